"""Submissions: a folder with predictions and what is said of the system, checked, scored and given its place.

A submission is ``submission.json`` beside ``predictions.jsonl``. On the leaderboard each system has a folder of its
name with both and ``report.json``. It is made whole beside its place and then renamed, so that nothing half-made is
ever there.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from parley.checks.predictions import PredictionFile
from parley.checks.submission import read_description
from parley.corpus import Corpus
from parley.files import GZIP, printable, read_bytes, shorten, to_json, write_whole
from parley.findings import Finding, FindingsError
from parley.report_form import Submission
from parley.scoring.report import score_file

PREDICTIONS, DESCRIPTION, REPORT = "predictions.jsonl", "submission.json", "report.json"
SPLIT = "test"  # the one that the leaderboard is of
_ASIDE = ".aside"  # end of the name of a folder that waits for the one in its place to be renamed
_MAX_REPORT = 500_000_000  # bytes


def _name(path: Path) -> str:
    return printable(str(path))


def check_submission(folder: Path, corpus: Corpus, split: str = SPLIT) -> tuple[Submission | None, int, list[Finding]]:
    """Check a submission's folder in one go: what it says, its predictions, their checksum, the version of the data.

    Returns what submission.json says (None if it cannot be used), how many articles have a usable prediction, and all
    findings.
    """
    description, findings = read_description(folder / DESCRIPTION)
    if not (folder / DESCRIPTION).exists():
        message, mend = (
            "the folder has no such file",
            "`parley submit init` writes it; to check predictions alone, name their file",
        )
        findings = [Finding(rule="missing-file", message=message, file=_name(folder / DESCRIPTION), suggestion=mend)]
    predictions = folder / PREDICTIONS
    file = PredictionFile(predictions, corpus, split)
    usable = sum(1 for _ in file)
    if description is not None:
        findings += _check_version(description, corpus, _name(folder / DESCRIPTION))
        if file.sha256 is not None and file.sha256 != description.predictions_sha256:
            findings.append(_wrong_hash(folder, file.sha256))
    if file.sha256 is not None and _is_packed(predictions):
        findings.append(
            Finding(rule="bad-gzip", message="the file is packed", file=file.file, suggestion="unpack it, as predictions.jsonl")
        )  # fmt: skip
    return description, usable, findings + file.findings


def _is_packed(path: Path) -> bool:
    with path.open("rb") as stream:
        return stream.read(len(GZIP)) == GZIP


def _wrong_hash(folder: Path, found: str) -> Finding:
    return Finding(
        rule="wrong-hash",
        message=f"{PREDICTIONS} has another checksum: {found}",
        file=_name(folder / DESCRIPTION),
        path="$.predictions_sha256",
        suggestion="restore the predictions it was written for, or write it anew with `parley submit init`",
    )


def _check_version(description: Submission, corpus: Corpus, file: str) -> list[Finding]:
    own, current = description.data_version, corpus.info.version
    if own == current:
        return []
    older = [int(n) for n in own.split(".")] < [int(n) for n in current.split(".")]
    return [
        Finding(
            rule="other-data-version",
            message=f"made for data {shorten(own)}, {'older' if older else 'newer'} than this dataset, '{current}'",
            file=file,
            path="$.data_version",
            suggestion=f"predict data {current}, then write submission.json anew"
            if older
            else "name the folder of that dataset with --data",
        )
    ]


def read_plain(predictions: Path) -> tuple[bytes | None, list[Finding]]:
    """Return the bytes of a file of predictions, or None and why it cannot be submitted; a packed one cannot."""
    data, findings = read_bytes(predictions, _name(predictions))
    if data is None or not data.startswith(GZIP):
        return data, findings
    mend = "unpack it first (gunzip): a submission holds plain text"
    return None, [Finding(rule="bad-gzip", message="the file is packed", file=_name(predictions), suggestion=mend)]


def submissions_in(folder: Path) -> list[Path]:
    """Return the submissions' folders, sorted by name; hidden ones are none.

    Raises ``FindingsError`` where one was left aside by an addition that was cut short: nothing is lost, but somebody
    must rename it.
    """
    if not folder.is_dir():
        return []
    findings = [
        Finding(
            rule="interrupted-add",
            message="an addition was cut short and left this submission aside",
            file=_name(left),
            suggestion=f"rename it back to {shorten(left.name[1 : -len(_ASIDE)])}, or remove it",
        )
        for left in sorted(folder.glob(f".*{_ASIDE}"))
        if not (folder / left.name[1 : -len(_ASIDE)]).exists()
    ]
    if findings:
        raise FindingsError(findings)
    return sorted((p for p in folder.iterdir() if p.is_dir() and not p.name.startswith(".")), key=lambda p: p.name)


def _check_others(description: Submission, folder: Path, board: Path, *, replace: bool) -> list[Finding]:
    """Return what speaks against a submission beside those that are there; ``folder`` is where it comes from."""
    findings: list[Finding] = []
    file = _name(folder / DESCRIPTION)

    def found(path: str, message: str, mend: str) -> None:
        findings.append(Finding(rule="duplicate-submission", message=message, file=file, path=path, suggestion=mend))

    if folder.resolve().parent == board.resolve() and folder.name != description.system:
        message = f"the system is {shorten(description.system)}, its folder {shorten(folder.name)}"
        mend = f"rename the folder to {shorten(description.system)}"
        findings.append(Finding(rule="bad-system-name", message=message, file=file, path="$.system", suggestion=mend))
    for other_folder in submissions_in(board):
        if other_folder.resolve() == folder.resolve():
            continue
        other, wrong = read_description(other_folder / DESCRIPTION)
        if other is None:
            findings += wrong
            continue
        where = _name(other_folder)
        if other.system.casefold() == description.system.casefold():
            if other.system != description.system:
                found("$.system", f"{where} is a system of the same name but for capitals", "choose another name")
            elif not replace:
                same = other.version == description.version
                what = "this version of the system" if same else f"version {shorten(other.version)} of the system"
                mend = "--replace puts this one in its place; to keep both, give this one another name"
                found("$.version" if same else "$.system", f"{what} is there already, in {where}", mend)
        elif other.predictions_sha256 == description.predictions_sha256:
            mend = "predictions stand on the leaderboard once; submit those of this system"
            found("$.predictions_sha256", f"{where} has the same predictions under another name", mend)
    return findings


def add(folder: Path, corpus: Corpus, board: Path, *, replace: bool = False) -> Path:
    """Check a submission, score it and put it, with its report, into ``board`` under the name of its system.

    ``replace`` lets it take the place of an earlier submission of the same system. A submission that is already in
    its place only gets its report. A report that comes with it must be what scoring gives. Returns the folder.

    Raises ``FindingsError`` with all that speaks against it; ``board`` is then as it was, as it is after any other
    error.
    """
    description, _, findings = check_submission(folder, corpus)
    if description is not None:
        findings += _check_others(description, folder, board, replace=replace)
    if description is None or any(finding.is_error for finding in findings):
        raise FindingsError(findings)
    place = board / description.system
    in_place = place.is_dir() and place.resolve() == folder.resolve()
    board.mkdir(parents=True, exist_ok=True)
    with _beside(place) as made:
        for name in (PREDICTIONS, DESCRIPTION):
            data, findings = read_bytes(folder / name, _name(folder / name))
            if data is None:
                raise FindingsError(findings)
            write_whole(made / name, data)
        # What is scored is the copy: whatever happens to the original meanwhile, report and copy belong together.
        report = score_file(corpus, made / PREDICTIONS, SPLIT, system=description.system)
        again, _ = read_description(made / DESCRIPTION)
        if again != description or report.hashes["predictions"] != description.predictions_sha256:
            raise FindingsError([_wrong_hash(folder, report.hashes["predictions"])])
        content = to_json(report)
        if not (in_place and replace) and (wrong := _check_report(folder / REPORT, content)):
            raise FindingsError(wrong)
        if in_place:
            write_whole(place / REPORT, content)
        else:
            write_whole(made / REPORT, content)
            _move(made, place)
    return place


def _check_report(path: Path, fresh: str) -> list[Finding]:
    """Return a finding if there is a report and it is not what was scored just now, to the byte."""
    if not path.exists():
        return []
    data, findings = read_bytes(path, _name(path), _MAX_REPORT)
    if data is None:
        return findings
    if data == fresh.encode("utf-8"):
        return []
    message = "this is not the report that scoring gives, byte for byte" + _first_difference(data, fresh)
    mend = "remove it: adding a submission makes its report; `parley submit rescore` renews those that are in place"
    return [Finding(rule="edited-report", message=message, file=_name(path), suggestion=mend)]


def _first_difference(data: bytes, fresh: str) -> str:
    pairs = zip(data.decode("utf-8", "replace").splitlines(), fresh.splitlines(), strict=False)
    for line, (found, wanted) in enumerate(pairs, 1):
        if found != wanted:
            return f"; line {line} has {shorten(found.strip())} where scoring gives {shorten(wanted.strip())}"
    return "; one ends before the other"


@contextmanager
def _beside(place: Path) -> Iterator[Path]:
    """Give an empty hidden folder beside ``place``; what is still in it afterwards is removed."""
    made = place.with_name(f".{place.name}.{os.getpid()}.tmp")
    shutil.rmtree(made, ignore_errors=True)
    made.mkdir()
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


def _move(made: Path, place: Path) -> None:
    """Rename ``made`` to ``place``; what stood there is put back if that fails, and removed if it does not."""
    aside = place.with_name(f".{place.name}{_ASIDE}")
    shutil.rmtree(aside, ignore_errors=True)
    if place.exists():
        place.rename(aside)
    try:
        made.rename(place)
    except BaseException:
        if aside.exists():
            aside.rename(place)
        raise
    shutil.rmtree(aside, ignore_errors=True)


def rescore(corpus: Corpus, board: Path, *, write: bool = True) -> tuple[list[Path], list[Finding]]:
    """Score every submission of the current data anew; return the reports that changed, and what is wrong.

    With ``write`` false a changed report is a finding and nothing is written. Submissions of other versions of the
    data are passed over: their gold is not here.
    """
    changed: list[Path] = []
    findings: list[Finding] = []
    for folder in submissions_in(board):
        description, wrong = read_description(folder / DESCRIPTION)
        if description is None:
            findings += wrong
            continue
        if description.data_version != corpus.info.version:
            continue
        description, _, wrong = check_submission(folder, corpus)
        if description is None or any(finding.is_error for finding in wrong):
            findings += wrong
            continue
        content = to_json(score_file(corpus, folder / PREDICTIONS, SPLIT, system=description.system))
        if differing := _check_report(folder / REPORT, content) or _missing_report(folder / REPORT):
            changed.append(folder / REPORT)
            if write:
                write_whole(folder / REPORT, content)
            else:
                findings += differing
    return changed, findings


def _missing_report(path: Path) -> list[Finding]:
    if path.exists():
        return []
    mend = "`parley submit add` on the folder makes it"
    return [Finding(rule="missing-file", message="the submission has no report", file=_name(path), suggestion=mend)]


def as_fields(description: Submission) -> dict[str, object]:
    """Return what can be taken over from an earlier submission: all but the checksum and the version of the data."""
    fields: dict[str, object] = msgspec.to_builtins(description)
    return {name: value for name, value in fields.items() if name not in ("predictions_sha256", "data_version")}
