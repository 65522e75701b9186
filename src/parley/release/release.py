"""A release: the built dataset folder with the pages that belong to it, checked, tried, and listed with checksums."""

import hashlib
import logging
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import yaml

from parley.adjudication.adjudicate import Adjudication
from parley.checks import Corpus, load_corpus
from parley.dataset.build import differences, differing
from parley.dataset.croissant import CROISSANT
from parley.dataset.pages import build_pages
from parley.files import new_folder, write_whole
from parley.findings import Finding, FindingsError, finding
from parley.release.standoff import find_text, strip
from parley.schemas import render_schemas

CITATION = "CITATION.cff"
SUMS = "SHA256SUMS"
_NEEDED = ("LICENSE", "LICENSE-DATA", CITATION, "annotation/GUIDELINES.md")
_ALSO = ("DATASHEET.md", "CHANGELOG.md")
_SUBMISSIONS = "eval/submissions"  # scored on the dataset of the checkout, and on no other; predictions quote the texts
_SECONDS = 600  # for loading every config in a process of its own


class Release(NamedTuple):
    """A release: its name, and its files by their path in it."""

    name: str
    files: dict[str, bytes]


def _files(folder: Path) -> dict[str, bytes]:
    """Return the files of a folder by path, sorted: no hidden files, caches, or folders beside the records in raw/."""
    paths = (p.relative_to(folder) for p in sorted(folder.rglob("*")) if p.is_file())
    return {
        path.as_posix(): (folder / path).read_bytes()
        for path in paths
        if not any(part.startswith(".") or part == "__pycache__" for part in path.parts)
        and not (path.parts[0] == "raw" and len(path.parts) > 3)
    }


def _pages(root: Path, *, submissions: bool) -> dict[str, bytes]:
    """Return the files of the checkout that go with the dataset. Raises ``FindingsError`` for one that is missing."""
    if missing := [path for path in _NEEDED if not (root / path).is_file()]:
        fix = "make releases in a checkout of the repository"
        raise FindingsError(finding("missing-file", file=p, problem="a release needs it", fix=fix) for p in missing)
    pages = {path: (root / path).read_bytes() for path in (*_NEEDED, *_ALSO) if (root / path).is_file()}
    for folder in ("schema", "annotation", *([_SUBMISSIONS] if submissions else [])):
        pages |= {f"{folder}/{path}": data for path, data in _files(root / folder).items()}
    return pages


def _check_citation(citation: bytes, corpus: Corpus) -> list[Finding]:
    """Return a finding if the citation is of another version of this dataset."""
    try:
        content = yaml.safe_load(citation)
        title, version = str(content["title"]), str(content["version"])
    except (yaml.YAMLError, KeyError, TypeError) as error:
        fix = "see citation-file-format.github.io"
        return [finding("bad-value", file=CITATION, problem=f"it has no title and version: {error}", fix=fix)]
    if title.split(":")[0] != corpus.info.name or version == corpus.info.version:
        return []
    problem = f"it cites version {version}, the data is {corpus.info.version}"
    return [finding("bad-value", file=CITATION, problem=problem, fix="write the version of dataset.json")]


def release_of(folder: Path, root: Path, *, text_free: bool = False) -> Release:
    """Return the release of a dataset folder, with pages and schemas of the checkout at ``root``.

    Everything is checked: the folder with its passes, the gold against passes and decisions, built and generated files
    against a fresh build, the citation's version. With ``text_free`` it is the form without the articles (``strip``),
    without submissions and without pages that quote an article.

    Raises ``FindingsError`` with every problem.
    """
    corpus = load_corpus(folder)
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}", corpus.info.name):
        problem, fix = "the name cannot be that of a folder", "use letters, digits and hyphens"
        raise FindingsError([finding("bad-value", file="dataset.json", problem=problem, fix=fix)])
    own = folder.resolve() == (root / "data").resolve()
    pages = _pages(root, submissions=own and not text_free)
    generated = {f"schema/{name}": text.encode("utf-8") for name, text in render_schemas().items()}
    findings = _check_citation(pages[CITATION], corpus)
    if corpus.raw and (corpus.folder / "adjudication.jsonl").is_file():
        findings += Adjudication(corpus).differences()
    findings += differing(corpus) + differences(generated | (build_pages(root, corpus) if own else {}), root)
    if findings:
        raise FindingsError(findings)
    if text_free:
        files, quoting = strip(folder), {found.file for found in find_text(pages, corpus)}
        pages = {path: data for path, data in pages.items() if path not in quoting}
    else:
        files = _files(folder)
    if clash := sorted(pages.keys() & files.keys()):
        problem = "the dataset folder has a file where the release puts another"
        raise FindingsError(finding("already-there", file=path, problem=problem, fix="rename it") for path in clash)
    name = f"{corpus.info.name.lower()}-{corpus.info.version}{'-text-free' if text_free else ''}"
    files |= pages
    return Release(name, files | {SUMS: checksums(files)})


def checksums(files: Mapping[str, bytes]) -> bytes:
    """Return a line for each file as ``sha256sum`` writes and checks them, sorted by path."""
    return "".join(f"{hashlib.sha256(data).hexdigest()}  {path}\n" for path, data in sorted(files.items())).encode()


def publish(release: Release, out: Path) -> bool:
    """Write a release into ``out``, as a folder of its name; return False if it is there already, the same.

    Raises ``FindingsError`` if another release of this name is there.
    """
    place = out / release.name
    if place.is_dir() and any(place.iterdir()):
        present = {p.relative_to(place).as_posix(): p.read_bytes() for p in place.rglob("*") if p.is_file()}
        other = sorted(p for p in {*present, *release.files} if present.get(p) != release.files.get(p))
        if not other:
            return False
        problem = f"another release of this version is there; {len(other)} of its files differ, this one first"
        fix = "raise the version in dataset.json, or remove the old release if nobody has it"
        raise FindingsError([finding("already-there", file=str(place / other[0]), problem=problem, fix=fix)])
    with new_folder(place) as folder:
        for path, data in release.files.items():
            write_whole(folder / path, data)
    return True


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


def _not_usable(file: str, problem: str) -> FindingsError:
    fix = "this is a fault in parley's build, not in your data: report it"
    return FindingsError([finding("not-usable", file=file, problem=problem, fix=fix)])


def try_release(release: Release) -> None:
    """Use a release as others will: checksums; mlcroissant; load_dataset, offline, of every config and split.

    A text-free release has no tables to load. Raises ``FindingsError`` for the first that fails. Takes some seconds.
    """
    if release.files[SUMS] != checksums({path: data for path, data in release.files.items() if path != SUMS}):
        raise _not_usable(SUMS, "it does not list the files as they are")
    if CROISSANT not in release.files:
        return
    with TemporaryDirectory(prefix="parley-release-") as place:
        folder, cache = Path(place) / release.name, Path(place) / "cache"
        for path, data in release.files.items():
            write_whole(folder / path, data)
        cache.mkdir()
        _try_croissant(folder)
        moved = {"HF_DATASETS_CACHE", "HF_HUB_CACHE", "HF_MODULES_CACHE"}  # these would override HF_HOME
        offline = {"HF_HUB_OFFLINE": "1", "HF_DATASETS_OFFLINE": "1", "HF_HUB_DISABLE_TELEMETRY": "1"}
        environment = {name: value for name, value in os.environ.items() if name not in moved}
        done = subprocess.run(
            [sys.executable, "-c", _LOAD, str(folder)],
            env=environment | offline | {"HF_HOME": str(cache)},
            cwd=cache,
            capture_output=True,
            text=True,
            timeout=_SECONDS,
        )
        if done.returncode:
            last = (done.stderr.strip().splitlines() or ["no message"])[-1]
            raise _not_usable("README.md", f"load_dataset does not accept the folder: {last}")


def _try_croissant(folder: Path) -> None:
    import mlcroissant as mlc

    logger = logging.getLogger("absl")  # mlcroissant's; it warns of recommended fields that are missing
    before = logger.level
    logger.setLevel(logging.ERROR)
    try:
        dataset = mlc.Dataset(jsonld=str(folder / CROISSANT))
        for record_set in dataset.metadata.record_sets:
            next(iter(dataset.records(record_set.id)), None)  # reading compares the file's checksum
    except Exception as error:  # mlcroissant raises various exceptions
        raise _not_usable(CROISSANT, f"mlcroissant does not accept it: {error}") from None
    finally:
        logger.setLevel(before)
