"""Building the dataset folder: Parquet files, card and croissant.json from the source of the corpus.

The files are written beside the folder's own first; then those that differ replace them. The same corpus gives the
same bytes (with the same pyarrow, datasets and mlcroissant).
"""

import filecmp
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from parley.checks import Corpus
from parley.dataset.card import CARD, how_made, make_card
from parley.dataset.croissant import CROISSANT, make_croissant
from parley.dataset.features import configs
from parley.dataset.markdown import Example, find_example
from parley.dataset.parquet import write_tables
from parley.dataset.stats import Counts
from parley.dataset.tables import contrast_rows, stories
from parley.files import scratch_folder, write_whole
from parley.findings import Finding, finding
from parley.reading import AnnotatedArticle, annotated_articles
from parley.twin import twins

Watch = Callable[[Iterable[AnnotatedArticle]], Iterable[AnnotatedArticle]]


@contextmanager
def built(corpus: Corpus, watch: Watch = iter) -> Iterator[tuple[Path, list[str]]]:
    """Give a folder with every built file of a checked corpus, and their paths in it; it is removed at the end.

    Articles without gold are left out. ``watch`` gets the articles and yields them: a progress bar.
    """
    counts, examples = Counts(), list[Example]()

    def counted() -> Iterator[AnnotatedArticle]:
        for view in watch(annotated_articles(corpus)):
            counts.add(view)
            if not examples and (example := find_example(view)):
                examples.append(example)
            yield view
        yield from annotated_articles(twins(corpus))

    with scratch_folder(corpus.folder / "build") as folder:
        others = [("stories", split, row) for split, row in stories(corpus)]
        others += (("contrast", "test", row) for row in contrast_rows(corpus))
        tables = write_tables(folder, corpus.info, counted(), others)
        making, stats = how_made(corpus), counts.stats(corpus.info)
        card = make_card(corpus, making, tables, stats, *examples)
        croissant = make_croissant(corpus, [corpus.articles[a] for a in stats.articles], making, tables)
        (folder / CARD).write_bytes(card.encode("utf-8"))
        (folder / CROISSANT).write_bytes(croissant.encode("utf-8"))
        yield folder, [CARD, CROISSANT, *(table.path for table in tables)]


def stale_files(paths: Iterable[str], folder: Path) -> list[str]:
    """Return the Parquet files in the config folders that are not among the built ones, as paths in ``folder``."""
    present = {path.relative_to(folder).as_posix() for name in configs() for path in (folder / name).glob("*.parquet")}
    return sorted(present - set(paths))


def _finding(path: str, folder: Path, problem: str = "") -> Finding:
    problem = problem or ("it differs from a fresh build" if (folder / path).is_file() else "there is no such file")
    return finding("not-as-built", file=path, problem=problem)


def differing(corpus: Corpus, watch: Watch = iter) -> list[Finding]:
    """Return a finding for each built file of the corpus's folder that is missing, differs or belongs to no split."""
    with built(corpus, watch) as (folder, paths):
        changed = _changed(folder, paths, corpus.folder)
    stale = stale_files(paths, corpus.folder)
    return [_finding(path, corpus.folder) for path in changed] + [
        _finding(path, corpus.folder, "it belongs to no split of the dataset") for path in stale
    ]


def build(corpus: Corpus, watch: Watch = iter) -> list[str]:
    """Build into the corpus's folder: replace what differs, remove stale Parquet files. Return the paths changed."""
    with built(corpus, watch) as (folder, paths):
        changed = _changed(folder, paths, corpus.folder)
        for path in changed:
            (corpus.folder / path).parent.mkdir(exist_ok=True)
            (folder / path).replace(corpus.folder / path)
    stale = stale_files(paths, corpus.folder)
    for path in stale:
        (corpus.folder / path).unlink()
    return changed + stale


def _changed(fresh: Path, paths: Iterable[str], folder: Path) -> list[str]:
    """Return the paths at which a folder has no file, or another one than the fresh build."""
    return [p for p in paths if not (folder / p).is_file() or not filecmp.cmp(fresh / p, folder / p, shallow=False)]


def differences(files: Mapping[str, bytes], folder: Path) -> list[Finding]:
    """Return a finding for each generated file (path in ``folder`` -> bytes) that is missing or differs."""
    return [
        _finding(path, folder)
        for path, content in files.items()
        if not (folder / path).is_file() or (folder / path).read_bytes() != content
    ]


def write_changed(files: Mapping[str, bytes], folder: Path) -> list[str]:
    """Write the files that differ from what is in ``folder``; return their paths."""
    changed = [finding.file for finding in differences(files, folder)]
    for path in changed:
        write_whole(folder / path, files[path])
    return changed
