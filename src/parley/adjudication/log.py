"""The log of decisions: adjudication.jsonl, one line a decision, only ever added to."""

import os
from collections.abc import Iterable
from pathlib import Path

import msgspec

from parley.adjudication.merge import Decision
from parley.files import parse_json, read_lines
from parley.findings import Finding, FindingsError


def read_log(path: Path) -> list[Decision]:
    """Return all decisions, the oldest first; none if there is no log yet.

    A last line that a crash cut short is left out: the decision before it was whole. Raises ``FindingsError`` for any
    other line that is not a decision.
    """
    if not path.is_file():
        return []
    whole = path.read_bytes().endswith(b"\n")
    decisions: list[Decision] = []
    findings: list[Finding] = []
    lines = list(read_lines(path))
    for number, data in lines if whole else lines[:-1]:
        value, wrong = parse_json(data, path.name, number)
        if not wrong:
            try:
                decisions.append(msgspec.convert(value, Decision))
            except msgspec.ValidationError as error:
                wrong = [Finding(rule="wrong-type", message=str(error), file=path.name, line=number, suggestion="restore the line from the history")]  # fmt: skip
        findings += wrong
    if findings:
        raise FindingsError(findings)
    return decisions


def append(path: Path, decisions: Iterable[Decision]) -> None:
    """Add decisions to the log; each is on the disk before the next is written."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+b") as stream:
        size = stream.seek(0, os.SEEK_END)
        if size:
            stream.seek(size - 1)
            if stream.read(1) != b"\n":  # a line that a crash cut short
                stream.seek(0)
                stream.truncate(stream.read().rfind(b"\n") + 1)
        for decision in decisions:
            stream.write(msgspec.json.encode(decision) + b"\n")
            stream.flush()
            os.fsync(stream.fileno())
