"""Submissions: read and checked in one place, and added to the leaderboard.

A submission is a folder with ``submission.json``, which describes a system, and ``predictions.jsonl``; it may also hold
``predictions.twin.jsonl`` and ``predictions.contrast.jsonl``, for the twins and the contrast pairs. On the leaderboard
each system has a folder of its name, with ``report.json`` beside these. Links in the folder are refused.
"""

import hashlib
import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
from filelock import FileLock

from parley.checks.predictions import PredictionFile, empty_split
from parley.checks.shape import check_shape
from parley.contrast import SPLIT as CONTRAST
from parley.contrast import contrast
from parley.corpus import Corpus
from parley.files import GZIP, new_folder, parse_json, read_bytes, read_json, remove, to_json, write_whole
from parley.findings import Finding, FindingsError, finding
from parley.leaderboard.records import Submission
from parley.model import Prediction
from parley.schemas import validator
from parley.twin import SPLIT as TWIN
from parley.twin import twins
from parley.words import printable

PREDICTIONS, DESCRIPTION, REPORT = "predictions.jsonl", "submission.json", "report.json"
SPLIT = "test"  # the one that the leaderboard is of
# Split -> the dataset of it that is derived from a dataset. A submission may hold predictions for it.
DERIVED: dict[str, Callable[[Corpus], Corpus]] = {TWIN: twins, CONTRAST: contrast}
UNNAMED = "unnamed"

_MAX_DESCRIPTION = 1_000_000  # bytes of a submission.json; one has some 2,000
_WAIT = 60  # seconds for another command to finish with the submissions
_DEVICES = re.compile(
    r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|\Z)", re.IGNORECASE
)  # Windows has no folder of these names
_MAX_ADDRESS = 500  # characters, as in the schema
_NOT_IN_ADDRESSES = re.compile(r"[\s\"'<>\\^`{|}]")
_TEMPORARY, _ASIDE = ".tmp", ".aside"


# submission.json -----------------------------------------------------------------------------------------


def check_system_name(name: object, file: str = "", path: str = "") -> list[Finding]:
    """Return a finding unless ``name`` can be the name of a system: in reports, on pages, and as a folder anywhere."""
    if isinstance(name, str) and _DEVICES.match(name):
        return [finding("bad-system-name/device", file=file, path=path, name=name)]
    wrong = any(f.path == "$.system" for f in check_shape({"system": name}, "submission"))
    return [finding("bad-system-name", file=file, path=path, name=name)] if wrong else []


def name_system(predictions: Path) -> tuple[str, list[Finding]]:
    """Return the name of the system that made a file of predictions, and findings on the submission.json beside it.

    Without a submission.json, or a name in it, it is the file's own name; ``UNNAMED`` if that is not allowed. A
    submission.json that cannot be read is a warning, a name that is not allowed an error.
    """
    own = predictions.name.removesuffix(".gz").removesuffix(".jsonl")
    own = UNNAMED if check_system_name(own) else own
    beside = predictions.with_name(DESCRIPTION)
    if not beside.exists():
        return own, []
    file = printable(str(beside))
    value, findings = read_json(beside, file, _MAX_DESCRIPTION)
    if findings:
        return own, [msgspec.structs.replace(f, severity="warning") for f in findings]
    if not isinstance(value, dict) or "system" not in value:
        return own, []
    findings = check_system_name(value["system"], file, "$.system")
    return (own if findings else value["system"]), findings


def check_description(value: object, file: str = "") -> list[Finding]:
    """Return the findings on the content of a submission.json.

    Every string is on one line and has no control character, mark of writing direction or invisible character.
    Markup is text like any other.
    """
    findings = check_shape(value, "submission", file=file)
    if not isinstance(value, dict):
        return findings
    better = {}  # more precise findings than the schema's, by path
    for name in unfilled(value):
        field = validator("submission").schema["properties"][name]
        fix = field["description"][:1].lower() + field["description"][1:].rstrip(".")
        fix += f"; one of {', '.join(field['enum'])}" if "enum" in field else ""
        better[f"$.{name}"] = [finding("not-filled-in", file=file, path=f"$.{name}", field=name, fix=fix)]
    if isinstance(system := value.get("system"), str) and system:
        better["$.system"] = check_system_name(system, file, "$.system")
    url = value.get("url")
    if isinstance(url, str) and len(url) <= _MAX_ADDRESS and any(f.path == "$.url" for f in findings):
        bad = _NOT_IN_ADDRESSES.search(url) if url.startswith("https://") else None
        wrong = ("bad-address/character", bad[0]) if bad else ("bad-address", "")
        better["$.url"] = [finding(wrong[0], file=file, path="$.url", url=url, character=wrong[1])]
    number = [f for f in findings if f.path == "$.parameters"]
    if number:
        fix = "write a whole number of 0 or more, e.g. 7000000000, or null"
        better["$.parameters"] = [msgspec.structs.replace(f, suggestion=fix) for f in number]
    findings = [f for f in findings if f.path not in better] + [f for own in better.values() for f in own]
    known = {f.path for f in findings}
    return findings + [f for f in _check_strings(value, file) if f.path not in known]


def unfilled(description: dict[str, Any]) -> list[str]:
    """Return the required fields that are still empty."""
    return [f.name for f in msgspec.structs.fields(Submission) if f.required and description.get(f.name) == ""]


def _check_strings(node: Any, file: str, path: str = "$") -> Iterator[Finding]:
    """Yield a finding on every string of a JSON value, keys too, that is not plain text on one line."""
    if isinstance(node, dict):
        for key, item in node.items():
            inside = f"{path}.{printable(key[:60])}"
            yield from _check_strings(key, file, inside)
            yield from _check_strings(item, file, inside)
    elif isinstance(node, list):
        for i, item in enumerate(node):
            yield from _check_strings(item, file, f"{path}[{i}]")
    elif isinstance(node, str) and not node.isprintable():
        bad = next(c for c in node if not c.isprintable())
        yield finding("control-character/line", file=file, path=path, character=bad, text=node)


# a submission's folder -----------------------------------------------------------------------------------


def _read_plain(path: Path, limit: int = -1) -> tuple[bytes | None, list[Finding]]:
    """Return the bytes of a file in a submission's folder, or None and why it cannot be read; links are refused."""
    file = printable(str(path))
    if path.is_symlink():
        return None, [finding("not-plain", file=file, what="file")]
    return read_bytes(path, file, limit)


def read_description(path: Path) -> tuple[Submission | None, list[Finding]]:
    """Return the content of a submission.json, or None and the findings."""
    file = printable(str(path))
    data, findings = _read_plain(path, _MAX_DESCRIPTION)
    if data is None:
        if not path.exists() and not path.is_symlink():
            fix = "`parley submit init` writes it; to check predictions without their folder, name the file"
            findings = [finding("missing-file", file=file, fix=fix)]
        return None, findings
    value, findings = parse_json(data, file)
    findings = findings or check_description(value, file)
    return (None if findings else msgspec.convert(value, Submission)), findings


def dataset_of(corpus: Corpus, split: str) -> Corpus:
    """Return the dataset that has a split: the one given or, for those of ``DERIVED``, what is derived from it.

    Raises ``FindingsError`` if the split has no articles.
    """
    found = DERIVED[split](corpus) if split in DERIVED else corpus
    if not found.split(split):
        raise FindingsError([empty_split(corpus, split)])
    return found


class Read(NamedTuple):
    """A submission's folder as it was read."""

    description: Submission | None  # None if it cannot be used
    predictions: dict[str, Prediction]  # the usable ones by article
    derived: dict[str, dict[str, Prediction]]  # the same by split, for those of ``DERIVED`` that it holds
    findings: list[Finding]


def derived_name(split: str) -> str:
    """Return the name of the file with the predictions for a split of ``DERIVED``."""
    return f"predictions.{split}.jsonl"


def read_submission(folder: Path, corpus: Corpus, split: str = SPLIT) -> Read:
    """Read and check a submission's folder: the description, all predictions, their checksum, the version of the data."""
    description, findings = read_description(folder / DESCRIPTION)
    file = printable(str(folder / DESCRIPTION))
    if description is not None and description.data_version != corpus.info.version:
        own, current = description.data_version, corpus.info.version
        age = "older" if [int(n) for n in own.split(".")] < [int(n) for n in current.split(".")] else "newer"
        findings.append(
            finding(f"other-data-version/{age}", file=file, path="$.data_version", own=own, current=current)
        )
    predictions, sha256, found = _read_predictions(folder / PREDICTIONS, corpus, split)
    findings += found
    if description is not None and sha256 not in (None, description.predictions_sha256):
        findings.append(_wrong_checksum(folder, sha256 or ""))
    derived = {}
    for name, derive in DERIVED.items():
        path = folder / derived_name(name)
        if path.exists() or path.is_symlink():
            derived[name], _, found = _read_predictions(path, derive(corpus), name)
            findings += found
    return Read(description, predictions, derived, findings)


def _read_predictions(
    path: Path, corpus: Corpus, split: str
) -> tuple[dict[str, Prediction], str | None, list[Finding]]:
    """Return the usable predictions of a file by article, its checksum, and all findings; links and gzip are refused."""
    if path.is_symlink():
        return {}, None, _read_plain(path)[1]
    lines = PredictionFile(path, corpus, split)
    predictions = {prediction.id: prediction for prediction in lines}
    findings = []
    if lines.sha256 is not None:
        with path.open("rb") as stream:
            if stream.read(len(GZIP)) == GZIP:
                findings.append(packed(path))
    return predictions, lines.sha256, findings + lines.findings


def packed(path: Path) -> Finding:
    """Return the finding that a file of predictions is gzip, which a submission may not be."""
    return finding("packed-predictions", file=printable(str(path)))


def _wrong_checksum(folder: Path, found: str) -> Finding:
    file = printable(str(folder / DESCRIPTION))
    return finding("wrong-hash", file=file, path="$.predictions_sha256", name=PREDICTIONS, found=found)


# the folder of all submissions ---------------------------------------------------------------------------


class Entry(NamedTuple):
    """A submission as it is compared with others."""

    folder: Path
    description: Submission
    content: str  # SHA-256 of the predictions, whatever the order of lines and keys, and without blank lines

    def same_as(self, other: "Entry") -> Finding | None:
        """Return a finding if the two are one system; None if they are two."""
        file, where = printable(str(self.folder / DESCRIPTION)), str(other.folder)
        if self.description.system == other.description.system:
            version = other.description.version
            return finding("duplicate-submission", file=file, path="$.system", where=where, version=version)
        if _folded(self.description.system) == _folded(other.description.system):
            return finding("duplicate-submission/name", file=file, path="$.system", where=where)
        if self.content == other.content:
            return finding("duplicate-submission/content", file=file, path="$.predictions_sha256", where=where)
        return None


def _folded(name: str) -> str:
    return re.sub("[ _-]+", " ", name).casefold()


def read_entry(folder: Path) -> tuple[Entry | None, list[Finding]]:
    """Return a submission as it is compared with others, or None and the findings; predictions are not checked."""
    description, findings = read_description(folder / DESCRIPTION)
    data, wrong = _read_plain(folder / PREDICTIONS)
    if description is None or data is None:
        return None, findings + wrong
    try:
        lines = sorted(json.dumps(json.loads(line), sort_keys=True) for line in data.splitlines() if line.strip())
    except (ValueError, RecursionError):  # the check of the predictions reports it
        return Entry(folder, description, description.predictions_sha256), []
    return Entry(folder, description, hashlib.sha256("\n".join(lines).encode("utf-8", "replace")).hexdigest()), []


def check_place(folder: Path, description: Submission) -> list[Finding]:
    """Return the findings on a folder of the leaderboard: it must be a plain folder with the name of its system."""
    if folder.is_symlink():
        return [finding("not-plain", file=printable(str(folder)), what="folder")]
    if folder.name == description.system:
        return []
    file = printable(str(folder / DESCRIPTION))
    return [finding("bad-system-name/folder", file=file, path="$.system", name=description.system, folder=folder.name)]


def folders_in(board: Path) -> list[Path]:
    """Return the submissions' folders, sorted by name, without hidden ones."""
    return sorted((p for p in board.iterdir() if p.is_dir() and not p.name.startswith(".")), key=lambda p: p.name)


def check_set_aside(board: Path) -> list[Finding]:
    """Return a finding on each submission that a command set aside and, being killed, did not replace or put back.

    Under ``locked`` there is none: they have their places again.
    """
    left = [(path, path.name[1 : -len(_ASIDE)]) for path in sorted(board.glob(f".*{_ASIDE}"))]
    return [
        finding("interrupted-replacement", file=printable(str(path)), system=system)
        for path, system in left
        if not (board / system).exists()
    ]


@contextmanager
def locked(board: Path) -> Iterator[None]:
    """Lock the submissions against other commands, and clean up before and after.

    Raises ``filelock.Timeout``, an ``OSError``, if another command holds the lock for a minute.
    """
    with FileLock(board / ".lock", timeout=_WAIT):
        _clean(board)
        try:
            yield
        finally:
            _clean(board)


def _clean(board: Path) -> None:
    """Remove what an interrupted command left; a submission that was set aside gets its place back if that is empty."""
    for left in board.glob(f".*{_ASIDE}"):
        place = board / left.name[1 : -len(_ASIDE)]
        remove(left) if place.exists() else left.rename(place)
    for left in [*board.glob(f".*{_TEMPORARY}"), *board.glob(f"*/.*{_TEMPORARY}")]:
        if not left.parent.is_symlink():
            remove(left)


def add(folder: Path, corpus: Corpus, board: Path, *, replace: bool = False) -> Path:
    """Check a submission, score it, and put it with its report into ``board`` under the name of its system.

    ``replace`` lets it take the place of an earlier submission of the same system. A submission that is already in its
    place only gets its report. Returns the folder.

    Raises ``FindingsError`` with everything that prevents it; ``board`` is then as it was, as it is after any other
    error.
    """
    from parley.scoring import score  # here, as a check need not wait for scipy

    with locked(board):
        description, predictions, derived, findings = read_submission(folder, corpus)
        if description is not None and not any(f.is_error for f in findings):
            findings += _check_others(folder, description, board, replace=replace)
        if description is None or any(f.is_error for f in findings):
            raise FindingsError(findings)
        checksum = description.predictions_sha256
        report = score(corpus, predictions, SPLIT, system=description.system, predictions_sha256=checksum, **derived)
        place = board / description.system
        if place.resolve() == folder.resolve():
            write_whole(place / REPORT, to_json(report))
            return place
        files = {}
        for name in (PREDICTIONS, *map(derived_name, derived)):
            data, findings = _read_plain(folder / name)
            if data is None:
                raise FindingsError(findings)
            files[name] = data
        if (now := hashlib.sha256(files[PREDICTIONS]).hexdigest()) != checksum:
            raise FindingsError([_wrong_checksum(folder, now)])  # the file changed after the check
        if place.exists():
            place.rename(board / f".{description.system}{_ASIDE}")
        with new_folder(place) as made:
            for name, data in files.items():
                (made / name).write_bytes(data)
            (made / DESCRIPTION).write_text(to_json(description), "utf-8", newline="\n")
            (made / REPORT).write_text(to_json(report), "utf-8", newline="\n")
    return place


def _check_others(folder: Path, description: Submission, board: Path, *, replace: bool) -> list[Finding]:
    """Return the findings on a submission from ``folder`` compared with those on the leaderboard."""
    own, findings = read_entry(folder)
    if folder.resolve().parent == board.resolve():
        findings += check_place(folder, description)
    for place in folders_in(board):
        if place.resolve() == folder.resolve() or (replace and place.name == description.system):
            continue
        other, wrong = read_entry(place)
        same = own.same_as(other) if own is not None and other is not None else None
        findings += [*wrong, same] if same is not None else wrong
    return findings
