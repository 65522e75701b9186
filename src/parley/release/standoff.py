"""standoff.json: what a text-free folder left out, and how to know that it is there again."""

import hashlib
import importlib.metadata
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePath, PurePosixPath

import msgspec

from parley.files import read_bytes, read_json, shorten
from parley.findings import Finding, FindingsError
from parley.labelstudio.keep import FAULTY, ORIGINAL, PREVIOUS
from parley.release.fingerprint import Fingerprint

PATH = "standoff.json"
FORMAT = "parley-standoff/1"
_LIMIT = 64_000_000  # bytes of a standoff.json
_BUILDERS = ("parley-bench", "pyarrow", "datasets", "mlcroissant", "huggingface_hub")  # what decides the bytes that are built  # fmt: skip


class StandoffFile(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A file of the text-free folder. SHA-256 of it, and of the file of the whole dataset; None where that has none."""

    path: str
    sha256: str
    whole: str | None


class Standoff(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What standoff.json says."""

    format: str
    name: str
    version: str
    canary: str
    about: str
    built_with: dict[str, str]  # versions of what made the built files
    articles: list[Fingerprint]
    sources: list[StandoffFile]  # edited files, their quotations of articles replaced by references
    built: list[StandoffFile]  # built files: here from rows without text, made anew by hydrate


def digest(data: bytes) -> str:
    """Return the SHA-256 of bytes, as hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def builders() -> dict[str, str]:
    """Return the versions of the libraries that the bytes of the built files depend on."""
    found = {}
    for name in _BUILDERS:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            found[name] = "not installed"
    return found


def is_kept_work(inside: PurePath) -> bool:
    """Whether a file was kept beside a pass by ``parley annotate pull``: Label Studio's own form, what is faulty, what was.

    It is for those who work on the dataset, and no part of a release: it quotes the articles, says when people worked, and
    tells nothing of the annotation that the records do not.
    """
    return inside.parts[0] == "raw" and not {ORIGINAL, FAULTY, PREVIOUS}.isdisjoint(inside.parts[2:-1])


def dataset_files(folder: Path) -> dict[str, bytes]:
    """Return every file of a dataset folder, path -> bytes, sorted; left aside are hidden files, caches of Python, and what
    ``parley annotate pull`` keeps beside the records of a pass (``is_kept_work``).

    Raises ``FindingsError`` for what is no regular file.
    """
    found: dict[str, bytes] = {}
    findings: list[Finding] = []
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder)
        if (
            path.is_dir()
            or is_kept_work(inside)
            or any(part.startswith(".") or part == "__pycache__" for part in inside.parts)
        ):
            continue
        data, wrong = read_bytes(path, inside.as_posix())
        findings += wrong
        if data is not None:
            found[inside.as_posix()] = data
    if findings:
        raise FindingsError(findings)
    return found


def _is_inside(path: str) -> bool:
    """Whether a path that somebody else wrote stays in the folder it is relative to."""
    parts = PurePosixPath(path).parts
    return bool(parts) and not path.startswith("/") and not {"..", "."} & set(path.split("/")) and not set(path) & set("\\:\0")  # fmt: skip


def read_standoff(folder: Path) -> Standoff:
    """Return what standoff.json in a text-free folder says. Raises ``FindingsError`` where it cannot be used."""
    if not (folder / PATH).is_file():
        message = f"{shorten(str(folder), 200)} is no text-free dataset folder: it has no {PATH}"
        raise FindingsError([Finding(rule="missing-file", message=message, file=PATH, suggestion="name a folder that `parley strip` wrote")])  # fmt: skip
    value, findings = read_json(folder / PATH, PATH, _LIMIT)
    if findings:
        raise FindingsError(findings)
    mend = "get the text-free release again"
    try:
        standoff = msgspec.convert(value, Standoff)
    except msgspec.ValidationError as error:
        raise FindingsError([Finding(rule="wrong-type", message=str(error), file=PATH, suggestion=mend)]) from None
    if standoff.format != FORMAT:
        message = f"the format is {shorten(standoff.format)}, not '{FORMAT}'"
        raise FindingsError([Finding(rule="bad-value", message=message, file=PATH, path="$.format", suggestion="use the version of parley that wrote it")])  # fmt: skip
    outside = [f.path for f in (*standoff.sources, *standoff.built) if not _is_inside(f.path)]
    outside += [a.id for a in standoff.articles if not _is_inside(a.id) or "/" in a.id]
    if outside:
        raise FindingsError(Finding(rule="bad-value", message=f"{shorten(path)} is no path in the folder", file=PATH, suggestion=mend) for path in outside)  # fmt: skip
    return standoff


def read_files(folder: Path, listed: list[StandoffFile]) -> dict[str, bytes]:
    """Return the files of a text-free folder. Raises ``FindingsError`` naming each that is missing or changed."""
    found: dict[str, bytes] = {}
    findings: list[Finding] = []
    for file in listed:
        data, wrong = read_bytes(folder / file.path, file.path)
        findings += wrong
        if data is None:
            continue
        if digest(data) != file.sha256:
            message = "the file is not the one that was released: its checksum differs from the one in standoff.json"
            findings.append(Finding(rule="file-changed", message=message, file=file.path, suggestion="get the text-free release again"))  # fmt: skip
        found[file.path] = data
    if findings:
        raise FindingsError(findings)
    return found


def unlike(files: Mapping[str, bytes], listed: list[StandoffFile]) -> Iterator[str]:
    """Yield the paths of files that are not byte for byte those of the whole dataset."""
    return (file.path for file in listed if file.whole is not None and digest(files.get(file.path, b"")) != file.whole)
