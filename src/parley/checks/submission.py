"""What a submission says of its system: the name that a report may carry, and the whole submission.json."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from parley.checks.shape import check_shape
from parley.files import printable, read_json, shorten
from parley.findings import Finding
from parley.report_form import Submission

MAX_SUBMISSION = 1_000_000  # bytes of a submission.json; one has some 2,000
UNNAMED = "unnamed"

# Names of devices, which Windows gives no folder.
_DEVICES = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)\Z", re.IGNORECASE)


def check_system_name(name: object, file: str = "", path: str = "") -> list[Finding]:
    """Return a finding unless ``name`` is one that submission.schema.json allows for a system.

    Reports, tables and pages show it, and no path is ever made of it.
    """
    wrong = [f for f in check_shape({"system": name}, "submission") if f.path == "$.system"]
    mend = "begin with a letter or digit; up to 79 letters, digits, spaces, '.', '_', '+' and '-' may follow"
    message = f"{shorten(name)} cannot be the name of a system"
    return [Finding(rule="bad-system-name", message=message, file=file, path=path, suggestion=mend)] if wrong else []


def name_system(predictions: Path) -> tuple[str, list[Finding]]:
    """Return the name of the system that made a file of predictions, and what is wrong with where it stands.

    It is that in the submission.json beside the file; where there is none, or it names no system, the file's own name;
    and ``UNNAMED`` if that cannot be a name. A submission.json that cannot be read is warned of; a name in it that
    cannot be one is an error.
    """
    own = predictions.name.removesuffix(".gz").removesuffix(".jsonl")
    own = UNNAMED if check_system_name(own) else own
    beside = predictions.with_name("submission.json")
    if not beside.exists():
        return own, []
    file = printable(str(beside))
    value, findings = read_json(beside, file, MAX_SUBMISSION)
    if findings:
        return own, [_warning(finding) for finding in findings]
    if not isinstance(value, dict) or "system" not in value:
        return own, []
    name = value["system"]
    findings = check_system_name(name, file, "$.system")
    return (own if findings else name), findings


def check_board_name(name: str, file: str = "", path: str = "$.system") -> list[Finding]:
    """Return a finding if ``name``, one that a report may carry, cannot be that of a system on the leaderboard.

    It names a folder there, on any machine: no dots, no blank at its end, no device of Windows.
    """
    mend = "leave out '.' and a blank at the end; the version has a field of its own"
    if _DEVICES.match(name):
        mend = "Windows keeps this name for a device; choose another"
    elif "." not in name and not name.endswith(" "):
        return []
    message = f"{shorten(name)} cannot be the name of a folder"
    return [Finding(rule="bad-system-name", message=message, file=file, path=path, suggestion=mend)]


def check_description(value: object, file: str = "") -> list[Finding]:
    """Return all that is wrong with the content of a submission.json, by itself: shape, name, and every string.

    Strings are on one line and hold no character that a terminal or a page would obey (control characters, marks that
    turn the direction of writing, characters without width). Markup is text like any other, but in the name.
    """
    findings = check_shape(value, "submission", file=file)
    if not isinstance(value, dict):
        return findings
    name = value.get("system")
    if isinstance(name, str):
        findings = [f for f in findings if f.path != "$.system"]
        findings += check_system_name(name, file, "$.system") or check_board_name(name, file)
    if isinstance(value.get("url"), str) and any(finding.path == "$.url" for finding in findings):
        message, mend = f"{shorten(value['url'])} is no address of a page", "begin it with https://, or write null"
        findings = [finding for finding in findings if finding.path != "$.url"]
        findings.append(Finding(rule="bad-value", message=message, file=file, path="$.url", suggestion=mend))
    known = {finding.path for finding in findings}
    findings += [finding for finding in check_strings(value, file) if finding.path not in known]
    return findings


def check_strings(node: Any, file: str = "", path: str = "$") -> Iterator[Finding]:
    """Yield a finding on every string of a JSON value, keys too, that is not plain text on one line."""
    if isinstance(node, dict):
        for key, item in node.items():
            inside = f"{path}.{printable(key[:60])}"
            yield from check_strings(key, file, inside)
            yield from check_strings(item, file, inside)
    elif isinstance(node, list):
        for i, item in enumerate(node):
            yield from check_strings(item, file, f"{path}[{i}]")
    elif isinstance(node, str) and not node.isprintable():
        bad = next(c for c in node if not c.isprintable())
        message = f"the character {shorten(bad)} in {shorten(node)}"
        mend = "write plain text on one line"
        yield Finding(rule="control-character", message=message, file=file, path=path, suggestion=mend)


def read_description(path: Path) -> tuple[Submission | None, list[Finding]]:
    """Return what a submission.json says, or None and all that is wrong with it."""
    file = printable(str(path))
    value, findings = read_json(path, file, MAX_SUBMISSION)
    findings = findings or check_description(value, file)
    return (None if findings else msgspec.convert(value, Submission)), findings


def _warning(finding: Finding) -> Finding:
    return Finding(
        rule=finding.rule,
        message=finding.message,
        file=finding.file,
        line=finding.line,
        path=finding.path,
        suggestion=finding.suggestion,
        severity="warning",
    )
