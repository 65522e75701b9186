"""What a submission says of its system: the name that a report may carry."""

from pathlib import Path

from parley.checks.shape import check_shape
from parley.findings import Finding
from parley.io import printable, read_json, shorten

MAX_SUBMISSION = 1_000_000  # bytes of a submission.json; one has some 2,000
UNNAMED = "unnamed"


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
