"""A folder that appears whole or not at all."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from parley.findings import FindingsError, finding


@contextmanager
def new_folder(out: Path) -> Iterator[Path]:
    """Give a folder beside ``out`` to write into; it becomes ``out`` at the end, and is removed if anything fails.

    Raises ``FindingsError`` if ``out`` exists and is not an empty folder.
    """
    _refuse_if_there(out)
    beside = out.absolute().with_name(f".{out.absolute().name}.{os.getpid()}.tmp")
    shutil.rmtree(beside, ignore_errors=True)
    beside.mkdir(parents=True)
    try:
        yield beside
        _refuse_if_there(out)
        beside.replace(out)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def _refuse_if_there(out: Path) -> None:
    if out.is_symlink() or (out.exists() and not (out.is_dir() and not any(out.iterdir()))):
        problem, fix = "it exists, and nothing is overwritten", "name a new folder"
        raise FindingsError([finding("already-there", file=str(out), problem=problem, fix=fix)])
