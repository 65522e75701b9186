"""The submissions of a leaderboard as they are on disk: what each says, and its report, held against each other."""

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import msgspec

from parley.checks.shape import check_shape
from parley.checks.submission import check_strings, read_description
from parley.files import parse_json, printable, read_bytes, shorten
from parley.findings import Finding
from parley.leaderboard.audit import audit
from parley.report_form import Report, Submission
from parley.submission import DESCRIPTION, PREDICTIONS, REPORT, SPLIT, submissions_in

MAX_REPORT = 500_000_000  # bytes


class Entry(NamedTuple):
    """One submission."""

    folder: Path
    description: Submission
    report: Report
    report_sha256: str

    @property
    def board(self) -> tuple[str, str, str, str]:
        """Split, data version, scorer version and gold: figures compare where these are the same."""
        report = self.report
        return report.split, report.versions["data"], report.versions["parley"], report.hashes["gold"]


def read_entries(folder: Path) -> tuple[list[Entry], list[Finding]]:
    """Return the submissions in a folder, by name, and all that is wrong with them.

    Predictions are not needed; where they are there, only their checksum is taken.
    Raises ``FindingsError`` where an addition was cut short (``submission.submissions_in``).
    """
    entries, findings = list[Entry](), list[Finding]()
    for own in submissions_in(folder):
        entry, wrong = _read_entry(own)
        findings += wrong
        if entry is not None:
            entries.append(entry)
    return entries, findings + list(_check_together(entries))


def _read_entry(folder: Path) -> tuple[Entry | None, list[Finding]]:
    description, findings = read_description(folder / DESCRIPTION)
    path = folder / REPORT
    file = printable(str(path))
    data, wrong = read_bytes(path, file, MAX_REPORT)
    value = None
    if data is not None:
        value, wrong = parse_json(data, file)
    wrong = wrong or check_shape(value, "report", file=file) or list(check_strings(value, file))
    findings += wrong
    if description is None or data is None or wrong:
        return None, findings
    report = msgspec.convert(value, Report)
    if missing := [f"versions.{k}" for k in ("data", "parley") if k not in report.versions] + [
        f"hashes.{k}" for k in ("gold", "predictions") if k not in report.hashes
    ]:
        message, mend = f"'{missing[0]}' is missing", "make it anew with `parley submit rescore`"
        return None, [*findings, Finding(rule="missing-field", message=message, file=file, suggestion=mend)]
    findings += _check_place(folder, description, report, file) + audit(report, description, file)
    return Entry(folder, description, report, hashlib.sha256(data).hexdigest()), findings


def _check_place(folder: Path, description: Submission, report: Report, file: str) -> list[Finding]:
    """Return findings where folder, description, predictions and report do not belong together."""
    findings = []
    own = printable(str(folder / DESCRIPTION))
    if folder.name != description.system:
        message = f"the system is {shorten(description.system)}, its folder {shorten(folder.name)}"
        mend = f"rename the folder to {shorten(description.system)}"
        findings.append(Finding(rule="bad-system-name", message=message, file=own, path="$.system", suggestion=mend))
    if report.split != SPLIT:
        message = f"the report is of the split {shorten(report.split)}, the leaderboard of '{SPLIT}'"
        findings.append(Finding(rule="edited-report", message=message, file=file, path="$.split"))
    predictions = folder / PREDICTIONS
    if not predictions.exists():
        name, mend = printable(str(predictions)), "keep the predictions beside the report"
        message = "the predictions are not here, so that nobody can score them again"
        findings.append(Finding(rule="missing-file", message=message, file=name, suggestion=mend, severity="warning"))
        return findings
    with predictions.open("rb") as stream:
        found = hashlib.file_digest(stream, "sha256").hexdigest()
    if found != description.predictions_sha256:
        message = f"{PREDICTIONS} has another checksum: {found}"
        mend = "restore the predictions that were submitted"
        findings.append(
            Finding(rule="wrong-hash", message=message, file=own, path="$.predictions_sha256", suggestion=mend)
        )
    return findings


def _check_together(entries: Iterable[Entry]) -> Iterable[Finding]:
    """Yield a finding where two submissions are one, or two of a board are not of the same articles."""
    names: dict[str, Entry] = {}
    hashes: dict[str, Entry] = {}
    boards: dict[tuple[str, str, str, str], Entry] = {}
    for entry in entries:
        file = printable(str(entry.folder / DESCRIPTION))
        first = names.setdefault(entry.description.system.casefold(), entry)
        same = hashes.setdefault(entry.description.predictions_sha256, entry)
        board = boards.setdefault(entry.board, entry)
        if first is not entry:
            message = f"{printable(str(first.folder))} is a system of the same name but for capitals"
            yield Finding(rule="duplicate-submission", message=message, file=file, path="$.system")
        if same is not entry:
            message = f"{printable(str(same.folder))} has the same predictions"
            mend = "keep one of the two"
            yield Finding(rule="duplicate-submission", message=message, file=file, path="$.predictions_sha256", suggestion=mend)  # fmt: skip
        if set(board.report.overall_per_article) != set(entry.report.overall_per_article):
            message = f"its articles are not those of {printable(str(board.folder))}, though the gold is the same"
            report = printable(str(entry.folder / REPORT))
            yield Finding(rule="edited-report", message=message, file=report, path="$.overall_per_article")
