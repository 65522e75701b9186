"""A release, used as its users will: unpacked elsewhere, loaded offline with an empty cache, read by mlcroissant."""

import io
import logging
import os
import subprocess
import sys
import tarfile
from pathlib import Path
from tempfile import TemporaryDirectory

from parley.dataset.croissant import PATH as CROISSANT
from parley.findings import Finding, FindingsError
from parley.release.packing import SUMS
from parley.release.standoff import digest

_SECONDS = 600

# Run in a process of its own: `datasets` settles where its cache is, and whether it is offline, when it is imported.
_LOAD = """
import sys
from pathlib import Path
import pyarrow.parquet as pq
from datasets import get_dataset_config_names, load_dataset
folder = Path(sys.argv[1])
found = {path.relative_to(folder).as_posix() for path in folder.glob("*/*.parquet")}
for config in get_dataset_config_names(str(folder)):
    for split, rows in load_dataset(str(folder), config).items():
        path = f"{config}/{split}-00000-of-00001.parquet"
        found.discard(path)
        if rows.with_format("arrow")[:].to_pylist() != pq.read_table(folder / path).to_pylist():
            sys.exit(f"{path}: load_dataset gives other rows than the file has")
if found:
    sys.exit(f"{min(found)}: no config of the card loads it")
"""


def _wrong(file: str, message: str) -> FindingsError:
    mend = "this is a fault in parley's build, not in your data: report it"
    return FindingsError([Finding(rule="not-usable", message=message, file=file, suggestion=mend)])


def _check_sums(folder: Path) -> None:
    """Raise unless SHA256SUMS names every file of the folder with its checksum."""
    lines = (line.partition("  ") for line in (folder / SUMS).read_text("utf-8").splitlines())
    listed = {path: own for own, _, path in lines}
    there = {p.relative_to(folder).as_posix(): digest(p.read_bytes()) for p in folder.rglob("*") if p.is_file()}
    if listed != {path: own for path, own in there.items() if path != SUMS}:
        raise _wrong(SUMS, "it does not list the files as they are")


def _check_croissant(folder: Path) -> None:
    import mlcroissant as mlc

    logger = logging.getLogger("absl")  # mlcroissant's; it warns of recommended fields that are not there
    before = logger.level
    logger.setLevel(logging.ERROR)
    try:
        dataset = mlc.Dataset(jsonld=str(folder / CROISSANT))
        for record_set in dataset.metadata.record_sets:
            next(iter(dataset.records(record_set.id)), None)  # reading compares the file's checksum
    except Exception as error:  # mlcroissant raises what it happens to meet
        raise _wrong(CROISSANT, f"mlcroissant does not take it: {error}") from None
    finally:
        logger.setLevel(before)


def _check_loading(folder: Path, cache: Path) -> None:
    offline = {
        "HF_HOME": str(cache),
        "HF_HUB_OFFLINE": "1",
        "HF_DATASETS_OFFLINE": "1",
        "HF_HUB_DISABLE_TELEMETRY": "1",
    }
    moved = {"HF_DATASETS_CACHE", "HF_HUB_CACHE", "HF_MODULES_CACHE"}  # would win over HF_HOME
    environment = {name: value for name, value in os.environ.items() if name not in moved} | offline
    done = subprocess.run([sys.executable, "-c", _LOAD, str(folder)], env=environment, cwd=cache, capture_output=True, text=True, timeout=_SECONDS)  # fmt: skip
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no message"])[-1]
        raise _wrong("README.md", f"load_dataset does not take the folder: {last}")


def try_release(archive: bytes, name: str) -> None:
    """Unpack an archive in a new folder and use it: checksums, mlcroissant, load_dataset of every config and split.

    Raises ``FindingsError`` for the first that fails. Takes some seconds.
    """
    with TemporaryDirectory(prefix="parley-release-") as place:
        with tarfile.open(fileobj=io.BytesIO(archive), mode="r:gz") as packed:
            packed.extractall(place, filter="data")
        folder, cache = Path(place) / name, Path(place) / "cache"
        cache.mkdir()
        _check_sums(folder)
        _check_croissant(folder)
        _check_loading(folder, cache)
