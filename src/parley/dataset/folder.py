"""The built files of the dataset folder: made, compared, written.

``build`` is a pure function of a checked corpus; ``write`` puts what it returns into a folder, and ``differences``
says where a folder is not what a fresh build gives. The same corpus gives the same bytes (with the same pyarrow).
"""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from parley.checks import Corpus
from parley.dataset.card import PATH as CARD
from parley.dataset.card import make_card
from parley.dataset.croissant import PATH as CROISSANT
from parley.dataset.croissant import make_croissant
from parley.dataset.features import configs
from parley.dataset.parquet import make_tables, to_parquet
from parley.dataset.view import ArticleView, views
from parley.files import write_whole
from parley.findings import Finding

Watch = Callable[[Iterable[ArticleView]], Iterable[ArticleView]]


def build(corpus: Corpus, watch: Watch = iter) -> dict[str, bytes]:
    """Return every built file of the dataset: path in the dataset folder -> bytes.

    The corpus must have been checked (``load_corpus``). ``watch`` is handed the articles and yields them on: a place
    for a progress bar.
    """
    found = list(watch(list(views(corpus))))
    tables = make_tables(corpus, found)
    files = {table.path: to_parquet(table) for table in tables}
    splits = sorted({table.split for table in tables})
    card = make_card(corpus, found, tables, files)
    croissant = make_croissant(corpus, files, splits)
    return {CARD: card.encode("utf-8"), CROISSANT: croissant.encode("utf-8")} | files


def stale_files(files: Mapping[str, bytes], folder: Path) -> list[str]:
    """Return the Parquet files in the config folders that are not among the built ones, as paths in ``folder``."""
    there = (path.relative_to(folder).as_posix() for name in configs() for path in (folder / name).glob("*.parquet"))
    return sorted(path for path in there if path not in files)


def differences(files: Mapping[str, bytes], folder: Path, stale: Iterable[str] = ()) -> list[Finding]:
    """Return a finding for each file in ``folder`` that is missing, not as built, or ``stale``."""
    found = []
    for path, content in files.items():
        place = folder / path
        if not place.is_file():
            found.append(_differs(path, "there is no such file"))
        elif place.read_bytes() != content:
            found.append(_differs(path, "the file is not what a fresh build gives"))
    return found + [_differs(path, "the file belongs to no split of the dataset") for path in stale]


def _differs(file: str, message: str) -> Finding:
    return Finding(rule="not-as-built", message=message, file=file, suggestion="run `parley build`")


def write_changed(files: Mapping[str, bytes], folder: Path) -> list[str]:
    """Write the files that differ from what is in ``folder``; return their paths."""
    changed = [finding.file for finding in differences(files, folder)]
    for path in changed:
        write_whole(folder / path, files[path])
    return changed


def write(files: Mapping[str, bytes], folder: Path) -> list[str]:
    """Write the built files that differ, remove stale Parquet from the dataset folder; return the paths touched."""
    stale = stale_files(files, folder)
    changed = write_changed(files, folder)
    for path in stale:
        (folder / path).unlink()
    return changed + stale
