"""What a release holds: the dataset folder as it is built, and what a user of it needs beside it."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import yaml

from parley.adjudication.desk import Desk
from parley.checks import Corpus, load_corpus
from parley.dataset.checkout import build_pages
from parley.dataset.folder import build, differences, stale_files
from parley.dataset.view import views
from parley.findings import Finding, FindingsError
from parley.release.packing import SUMS, checksums
from parley.release.quotations import Quotations
from parley.release.standoff import dataset_files
from parley.release.strip import names_of, strip
from parley.schemas import render_schemas

CITATION = "CITATION.cff"
_NEEDED = ("LICENSE", "LICENSE-DATA", CITATION, "annotation/GUIDELINES.md")
_ALSO = ("DATASHEET.md", "CHANGELOG.md")
_OWN = "eval/submissions"  # made on the dataset of the checkout, and on no other
# Pages about the dataset share phrases with its articles by chance; from eight words on it is a quotation.
_LEAST_IN_PAGES = 8


class Release(NamedTuple):
    """A release: its name, and its files by their path in it."""

    name: str
    files: dict[str, bytes]


def _wrong(rule: str, file: str, message: str, suggestion: str) -> Finding:
    return Finding(rule=rule, message=message, file=file, suggestion=suggestion)


def _pages(root: Path, *, own: bool) -> dict[str, bytes]:
    """Return the files of the checkout that go with the dataset. Raises ``FindingsError`` for one that is missing."""
    paths = [path for path in (*_NEEDED, *_ALSO) if path in _NEEDED or (root / path).is_file()]
    for folder in ("schema", "annotation", *([_OWN] if own else [])):
        paths += [f"{folder}/{path}" for path in dataset_files(root / folder)]
    if missing := [path for path in _NEEDED if not (root / path).is_file()]:
        mend = "make releases in a checkout of the repository"
        raise FindingsError(_wrong("missing-file", path, "a release needs it", mend) for path in missing)
    return {path: (root / path).read_bytes() for path in dict.fromkeys(paths)}


def _generated(root: Path, corpus: Corpus, *, own: bool) -> dict[str, bytes]:
    """Return the generated files of the checkout: schemas, and for its own dataset the pages."""
    schemas = {f"schema/{name}": text.encode("utf-8") for name, text in render_schemas().items()}
    return schemas | (build_pages(root, corpus, list(views(corpus))) if own else {})


def _check_decisions(corpus: Corpus) -> list[Finding]:
    """Return where the gold is not what passes and decisions give; nothing to compare where there is no log."""
    return Desk(corpus).differences() if corpus.raw and (corpus.folder / "adjudication.jsonl").is_file() else []


def _check_citation(citation: bytes, corpus: Corpus) -> list[Finding]:
    """Return a finding if the citation is of another version of this dataset."""
    try:
        told = yaml.safe_load(citation)
        title, version = str(told["title"]), str(told["version"])
    except (yaml.YAMLError, KeyError, TypeError) as error:
        return [_wrong("bad-value", CITATION, f"it has no title and version: {error}", "see citation-file-format.github.io")]  # fmt: skip
    if title.split(":")[0] != corpus.info.name or version == corpus.info.version:
        return []
    message = f"it cites version {version}, the data is {corpus.info.version}"
    return [_wrong("other-data-version", CITATION, message, "write the version of dataset.json")]


def _without_quotations(pages: Mapping[str, bytes], corpus: Corpus) -> dict[str, bytes]:
    quotations = Quotations(corpus.texts, names_of(corpus), least=_LEAST_IN_PAGES)
    return {path: quotations.encode(data.decode("utf-8")).encode("utf-8") for path, data in pages.items()}


def release_of(folder: Path, root: Path, *, text_free: bool = False, rebuild: bool = False) -> Release:
    """Return the release of a dataset folder, with pages and schemas of the checkout at ``root``.

    Everything is checked: the folder with its passes, the gold against passes and decisions, built and generated files
    against a fresh build, the citation's version. With ``rebuild`` built files are taken fresh instead. With
    ``text_free`` it is the form without the articles (``strip``); submissions stay out, since they quote.

    Raises ``FindingsError`` with everything that stands against it.
    """
    corpus = load_corpus(folder)
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}", corpus.info.name):
        raise FindingsError([_wrong("bad-value", "dataset.json", "the name cannot be that of a folder", "use letters, digits and hyphens")])  # fmt: skip
    own = folder.resolve() == (root / "data").resolve()
    pages = _pages(root, own=own and not text_free)
    built, generated = build(corpus), _generated(root, corpus, own=own)
    findings = [*_check_decisions(corpus), *_check_citation(pages[CITATION], corpus)]
    if not rebuild:
        findings += differences(built, folder, stale_files(built, folder)) + differences(generated, root)
    if findings:
        raise FindingsError(findings)
    pages |= {path: data for path, data in generated.items() if path in pages}
    if text_free:
        files = strip(folder, rebuild=rebuild) | _without_quotations(pages, corpus)
    else:
        stale = set(stale_files(built, folder))
        files = {path: data for path, data in dataset_files(folder).items() if path not in stale} | built | pages
    if clash := sorted(set(pages) & set(dataset_files(folder))):
        raise FindingsError(_wrong("already-there", path, "the dataset folder has a file where the release puts another", "rename it") for path in clash)  # fmt: skip
    name = f"{corpus.info.name.lower()}-{corpus.info.version}{'-text-free' if text_free else ''}"
    return Release(name, files | {SUMS: checksums(files).encode("utf-8")})
