"""What a user imports: ``parley.load``, ``parley.score``, ``parley.report_frame``."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import msgspec

from parley.corpus import DatasetInfo
from parley.findings import FindingsError
from parley.paths import DATA

if TYPE_CHECKING:
    import datasets
    import pandas as pd

    from parley.report import Report
    from parley.scoring.totals import Scored

# Libraries are imported where they are used: `import parley` takes no second.


def load(
    config: str, split: str = "test", *, streaming: bool = False, folder: Path | None = None
) -> "datasets.Dataset | datasets.IterableDataset":
    """Return one split of one config of the dataset that came with parley, or of another built dataset ``folder``.

    Configs are ``documents``, ``entities``, ``events``, ``event_clusters``, ``stance``, ``stories`` and ``contrast``;
    the card describes their rows. All of them hold gold or, ``stories``, what the articles were written from: what a
    system may read of them is ``parley.tasks(parley.load("documents"))``. With
    ``streaming`` rows are read as they are asked for. A config without rows in a split of the dataset is empty but
    typed. ``info`` holds version, licence and citation. Nothing is cached: rows are always those of the files.

    Raises ``ValueError`` for a config or split that does not exist, naming those that do.
    """
    folder = (folder or DATA).resolve()
    suffix = "-00000-of-00001.parquet"
    files = {(path.parent.name, path.name.removesuffix(suffix)): path for path in folder.glob(f"*/*{suffix}")}
    if not files:
        raise ValueError(f"{folder} holds no built dataset; run `parley build`")
    import datasets
    import pyarrow.parquet as pq

    from parley.dataset.features import configs

    if config not in configs():
        raise ValueError(f"there is no config {config!r}; choose from: {', '.join(configs())}")
    splits = sorted({split for _, split in files})
    if split not in splits:
        raise ValueError(f"there is no split {split!r}; choose from: {', '.join(splits)}")
    path = files.get((config, split))
    if streaming:
        features = datasets.Features.from_arrow_schema(pq.read_schema(path)) if path else configs()[config].features
        rows = datasets.IterableDataset.from_generator(
            _read_rows, features=features, gen_kwargs={"paths": [path] if path else []}, split=datasets.Split(split)
        )
    else:
        table = pq.read_table(path) if path else configs()[config].features.arrow_schema.empty_table()
        # By default `datasets` makes the fingerprint from a copy of the table, which takes longer than reading it.
        name = hashlib.sha256(path.read_bytes() if path else f"{config} {split}".encode()).hexdigest()[:16]
        rows = datasets.Dataset(table, split=datasets.Split(split), fingerprint=name)
    _describe(rows.info, config, folder)
    return rows


def _read_rows(paths: Iterable[Path]) -> Iterator[dict[str, Any]]:
    import pyarrow.parquet as pq

    for path in paths:
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches(batch_size=16):
                yield from batch.to_pylist()


def _describe(info: Any, config: str, folder: Path) -> None:
    """Fill in the description that ``datasets`` keeps of a dataset, from dataset.json."""
    info.config_name, info.dataset_name = config, folder.name
    if (folder / "dataset.json").is_file():
        about = msgspec.json.decode((folder / "dataset.json").read_bytes(), type=DatasetInfo)
        info.dataset_name, info.version, info.citation = about.name, about.version, about.citation
        info.description = " ".join(about.annotation)
        info.license = f"Annotations: {about.annotation_licence}. Texts: {about.text_licence}"


def score(gold: Any, predictions: Any, *, split: str = "test", jobs: int = 1) -> "Report | Scored":
    """Return the scores of ``predictions`` against ``gold``. Both are checked first.

    ``gold`` is a dataset folder (the result is then a ``Report``), or a gold.jsonl or ``GoldLine`` records (then a
    ``Scored``: values without a report on each article). ``predictions`` is a predictions.jsonl, or ``Prediction``
    records or dictionaries: in a list, by article id, or in a dataset or table. ``jobs`` processes share the work where
    gold is lines.

    Raises ``FindingsError`` if something is wrong with either.
    """
    with TemporaryDirectory(prefix="parley-") as place:
        answers = _lines(predictions, Path(place), "predictions")
        try:
            if isinstance(gold, str | Path) and Path(gold).is_dir():
                from parley.checks import load_corpus
                from parley.scoring import score_file

                return score_file(load_corpus(Path(gold), raw=False, partial=True), answers, split)
            from parley.scoring.lines import score_lines

            return score_lines(_lines(gold, Path(place), "gold"), answers, jobs=jobs)
        except FindingsError as error:
            raise FindingsError(
                msgspec.structs.replace(
                    finding, file=Path(finding.file).name if place in finding.file else finding.file
                )
                for finding in error.findings
            ) from None


def _lines(given: Any, folder: Path, name: str) -> Path:
    """Return the file of lines that was given, or one with the records that were: both are checked alike."""
    if isinstance(given, str | Path):
        return Path(given)
    from parley.task import plain_rows

    records = given.values() if isinstance(given, Mapping) else plain_rows(given)
    path = folder / name
    path.write_bytes(b"".join(msgspec.json.encode(record) + b"\n" for record in records))
    return path


def report_frame(result: "Report | Scored") -> "pd.DataFrame":
    """Return a row a metric: value, precision, recall, and the counts they are divided from where it has them."""
    import pandas as pd

    from parley.report import Report

    if isinstance(result, Report):
        rows = {
            name: {"value": entry.value, "precision": entry.precision, "recall": entry.recall}
            | ({"gold": entry.counts.gold, "predicted": entry.counts.predicted} if entry.counts else {})
            for name, entry in result.metrics.items()
        }
    else:
        parts = ("value", "precision", "recall")
        rows = {
            name: {part: None if (value := getattr(own, part)) is None else float(value) for part in parts}
            for name, own in result.scores.items()
        }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("metric")
