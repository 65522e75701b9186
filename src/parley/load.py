"""The dataset that came with the package, loaded: no clone, no network."""

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

from parley.paths import DATA

if TYPE_CHECKING:
    from datasets import Dataset, IterableDataset


def _built(folder: Path) -> dict[str, dict[str, Path]]:
    """The built files of a dataset folder: config -> split -> path, both in alphabetical order."""
    found: dict[str, dict[str, Path]] = {}
    for path in sorted(folder.glob("*/*-00000-of-00001.parquet")):
        found.setdefault(path.parent.name, {})[path.name.removesuffix("-00000-of-00001.parquet")] = path
    return found


def _fingerprint(folder: Path, files: list[Path]) -> str:
    """A name for exactly these bytes: the folder's card and built files, and where they stand."""
    digest = hashlib.sha256(str(folder).encode())
    for path in [folder / "README.md", *files]:
        digest.update(f"\0{path.name}\0".encode() + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:16]


def load(
    config: str, split: str = "test", *, streaming: bool = False, folder: Path | None = None
) -> "Dataset | IterableDataset":
    """Return one split of one config of the dataset that came with parley (or of another built dataset ``folder``).

    Configs are ``documents``, ``entities``, ``events`` and ``stance``; the card says what their rows are. With
    ``streaming`` the rows are read as they are asked for. Rows are cached by ``datasets`` under a name made from the
    files' bytes: ``load_dataset`` by itself returns old rows when a file of a local folder was rewritten.

    Raises ``ValueError`` for a config or split that is not there, naming those that are.
    """
    folder = (folder or DATA).resolve()
    built = _built(folder)
    if not built:
        raise ValueError(f"{folder} holds no built dataset; run `parley build`")
    if config not in built:
        raise ValueError(f"there is no config {config!r}; choose from: {', '.join(built)}")
    if split not in built[config]:
        raise ValueError(f"config {config!r} has no split {split!r}; choose from: {', '.join(built[config])}")

    import datasets  # here, since it takes a second

    fingerprint = _fingerprint(folder, [path for splits in built.values() for path in splits.values()])
    cache = Path(datasets.config.HF_DATASETS_CACHE) / "parley" / fingerprint
    return datasets.load_dataset(str(folder), config, split=split, streaming=streaming, cache_dir=str(cache))
