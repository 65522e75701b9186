"""Shape: JSON values against the published schemas, each breach a finding with place and fix.

``jsonschema-rs`` accepts valid records, fast; ``jsonschema`` explains why others are not.
"""

import difflib
import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

import jsonschema_rs
import msgspec
from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import ValidationError
from jsonschema.validators import extend

from parley.files import read_json
from parley.findings import Finding, FindingsError, finding, shorten
from parley.model import DAY_PATTERN, ID_PATTERN
from parley.ontology import Label, load_ontology
from parley.schemas import validator
from parley.words import printable

_Record = TypeVar("_Record")

MAX_FINDINGS = 1000  # of one record: a file of nothing but errors stays readable
MAX_COMPARED = 80  # characters; nothing longer resembles a label or the name of a field

_JSON_NAMES = {
    "integer": "an integer",
    "number": "a number",
    "string": "a string",
    "boolean": "true or false",
    "array": "a list",
    "object": "an object",
    "null": "null",
}
_PYTHON_NAMES = {
    bool: "a boolean",
    int: "an integer",
    float: "a number with a point",
    str: "a string",
    list: "a list",
    dict: "an object",
    type(None): "null",
}
# Labels that other inventories use for what Parley calls otherwise; a plain edit distance would not find them.
_SYNONYMS = {
    "Attack": "Strike",
    "Die": "Casualty",
    "Injure": "Casualty",
    "Transport": "Displace",
    "VEH": "WEA",
    "PERSON": "PER",
    "favor": "support",
    "against": "oppose",
    "positive": "support",
    "negative": "oppose",
    "neutral": "mixed",
}
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
# What the bytes of a line have where one of these may be in a string: an escape, or the character itself.
_CONTROL_BYTES = re.compile(rb"\\[bfu]|\x7f|\xc2[\x80-\x9f]|\xe2(?:\x80[\xaa-\xae]|\x81[\xa6-\xa9])")
# What compact JSON has where a number may be one that JSON Schema takes for an integer and Parley does not: 3.0, 1e300.
_MAY_BE_WHOLE = re.compile(rb"[:\[,]-?\d+(?:\.0[,\]}]|[.\d]*[eE])")
_FORMATS = FormatChecker(["date"])


def is_day(text: str) -> bool:
    """Whether a text is a day of the calendar, year-month-day."""
    return bool(_FORMATS.conforms(text, "date"))


def _is_integer(_checker: object, value: object) -> bool:
    """An integer as written: JSON Schema alone would take 3.0 for one."""
    return isinstance(value, int) and not isinstance(value, bool)


@cache
def _expression(pattern: str) -> re.Pattern[str]:
    """Return a pattern as JSON Schema means it: its ``$`` is the very end, its ``\\d`` an ASCII digit."""
    return re.compile(pattern[:-1] + r"\Z" if pattern.endswith("$") else pattern, re.ASCII)


def _matches(_validator: object, pattern: str, value: object, _schema: object) -> Iterator[ValidationError]:
    """Check a pattern; the library's own check takes 'e1' with a line end behind it for an id."""
    if isinstance(value, str) and not _expression(pattern).search(value):
        yield ValidationError("no match")


@cache
def _explaining(stem: str) -> Draft202012Validator:
    """Return the validator that explains errors, and that decides where the two could differ."""
    checker = Draft202012Validator.TYPE_CHECKER.redefine("integer", _is_integer)
    strict = extend(Draft202012Validator, {"pattern": _matches}, type_checker=checker)
    return strict(validator(stem).schema, format_checker=_FORMATS)


@cache
def _accepting(stem: str) -> jsonschema_rs.Draft202012Validator:
    """Return the validator that says yes or no, hundreds of times faster."""
    return jsonschema_rs.Draft202012Validator(validator(stem).schema, formats={"date": is_day}, validate_formats=True)


def check_strings(value: Any, data: bytes | None, file: str, line: int | None = None) -> list[Finding]:
    """Return a finding on every string of a record with a character that a terminal would obey.

    All strings but ``text``, which must be that of the article: what a report, a page or a terminal shows of a record
    is then as harmless as the articles are. ``data`` is the record as JSON, where there is no time to look at strings
    that have none.
    """
    findings: list[Finding] = []
    nodes = [("$", value)] if data is None or _CONTROL_BYTES.search(data) else []
    while nodes:
        path, node = nodes.pop()
        if isinstance(node, dict):
            nodes += [(f"{path}.{printable(key[:60])}", item) for key, item in node.items() if key != "text"]
        elif isinstance(node, list):
            nodes += [(f"{path}[{i}]", item) for i, item in enumerate(node)]
        elif isinstance(node, str) and (match := CONTROL.search(node)):
            place: dict[str, Any] = {"file": file, "line": line, "path": path}
            findings.append(finding("control-character", **place, character=match.group(), text=node))
    return findings[::-1]


def is_accepted(value: Any, stem: str) -> bool:
    """Whether a value is surely of the form of a published schema; where this says no, ``check_shape`` decides."""
    try:
        return _accepting(stem).is_valid(value) and not _MAY_BE_WHOLE.search(msgspec.json.encode(value))
    except (ValueError, TypeError):  # lone surrogates, nesting beyond the library's limit
        return False


def read_record(path: Path, stem: str, record: type[_Record], file: str = "", limit: int = -1) -> _Record:
    """Return the content of a JSON file as ``record``, whose published schema is ``stem``; ``file`` is for findings.

    Raises ``FindingsError`` if it cannot be read, has more than ``limit`` bytes (negative: no limit) or breaks the
    schema.
    """
    name = file or str(path)
    value, findings = read_json(path, name, limit)
    findings = findings or check_shape(value, stem, file=name)
    if findings:
        raise FindingsError(findings)
    return msgspec.convert(value, record)


def check_shape(value: Any, stem: str, *, file: str = "", line: int | None = None) -> list[Finding]:
    """Return the breaches of a published schema, e.g. ``check_shape(record, "prediction")``.

    At most ``MAX_FINDINGS`` of them, and one more that says so if there are others. Several unknown or missing fields of one object are one finding each.
    """
    if is_accepted(value, stem):
        return []
    errors = (single for error in _explaining(stem).iter_errors(value) for single in _single_fields(error))
    found: dict[Finding, None] = {}
    for error in islice(errors, MAX_FINDINGS):
        if error.instance is None and error.path and _is_optional(validator(stem).schema, error.absolute_path):
            found[finding("wrong-type/null", path=error.json_path, field=error.path[-1])] = None
        else:
            found[_explain(error)] = None
    if next(errors, None) is not None:
        found[finding("too-many-findings", counted="more errors", rest="")] = None
    return [msgspec.structs.replace(each, file=file, line=line) for each in found]


def _is_optional(schema: Any, path: Sequence[str | int]) -> bool:
    """Whether the object that the last part of ``path`` is a field of can be without it."""

    def resolved(node: Any) -> Any:
        return schema["$defs"][node["$ref"].rpartition("/")[2]] if "$ref" in node else node

    def required(node: Any) -> set[str]:
        return set(node.get("required", ())).union(*(required(node[key]) for key in ("then", "else") if key in node))

    owner = schema
    for part in list(path)[:-1]:
        inside = owner.get("items") if isinstance(part, int) else owner.get("properties", {}).get(part)
        owner = resolved(inside or owner.get("additionalProperties") or {})
    return path[-1] in owner.get("properties", {}) and path[-1] not in required(owner)


def did_you_mean(value: object, options: list[str]) -> str:
    """Return a fix for a wrong label: the closest, or the whole list if none is close."""
    if isinstance(value, str) and len(value) <= MAX_COMPARED:
        folded = {option.lower(): option for option in reversed(options)}
        close = difflib.get_close_matches(value.lower(), list(folded), n=1, cutoff=0.5)
        if close:
            return f"did you mean '{folded[close[0]]}'?"
    return "one of " + ", ".join(options)


# One function for each keyword of JSON Schema that an error can be about. -----------------------------------


def _explain(error: ValidationError) -> Finding:
    """Return the finding on one schema error."""
    return _KEYWORDS.get(str(error.validator), _limit)(error)


def _not(error: ValidationError) -> Finding:
    return finding("field-not-here", path=error.json_path, field=error.path[-1])


@cache
def _labels() -> frozenset[str]:
    """Return all labels of the ontology. Other enumerations, such as of yes and no, are no matter of resemblance."""
    lists = [value for value in msgspec.structs.astuple(load_ontology()) if isinstance(value, list)]
    return frozenset(label.name for labels in lists for label in labels if isinstance(label, Label))


def _enum(error: ValidationError) -> Finding:
    options = [option for option in error.validator_value if option is not None]
    value = error.instance
    if not _labels().intersection(options):
        field = next((part for part in reversed(error.absolute_path) if isinstance(part, str)), "this field")
        return finding("unknown-label/value", path=error.json_path, value=value, field=field, options=options)
    synonym = _SYNONYMS.get(value) if isinstance(value, str) else None
    fix = f"did you mean '{synonym}'?" if synonym in options else did_you_mean(value, options)
    # The type of an event is an 'event type': its title, or else the field's own name.
    kind = error.schema.get("title") or next((part for part in reversed(error.path) if isinstance(part, str)), "label")
    rule = "unknown-label" if value is not None else "unknown-label/null"
    return finding(rule, path=error.json_path, value=value, kind=str(kind).lower(), fix=fix)


def _required(error: ValidationError) -> Finding:
    missing = next(name for name in error.validator_value if name not in error.instance)
    return finding("missing-field", path=error.json_path, field=missing)


def _dependent_required(error: ValidationError) -> Finding:
    needed = ((given, name) for given, names in error.validator_value.items() for name in names)
    given, missing = next((g, n) for g, n in needed if g in error.instance and n not in error.instance)
    return finding("missing-field/together", path=error.json_path, given=given, field=missing)


def _additional_properties(error: ValidationError) -> Finding:
    known = list(error.schema.get("properties", {}))
    name = next(name for name in error.instance if name not in known)
    close = difflib.get_close_matches(name, known, n=1) if len(name) <= MAX_COMPARED else []
    fix = f"did you mean '{close[0]}'?" if close else None
    return finding("unknown-field", path=error.json_path, field=name, fix=fix)


def _type(error: ValidationError) -> Finding:
    types = error.validator_value if isinstance(error.validator_value, list) else [error.validator_value]
    return _wrong_type(error, types)


def _any_of(error: ValidationError) -> Finding:
    """Explain a breach of the alternative that was meant, which is more helpful than a list of all alternatives."""
    meant = [inner for inner in error.context or () if inner.validator != "type"]
    if meant:
        return _explain(_with(meant[0], path=error.path))
    return _wrong_type(error, [option["type"] for option in error.validator_value if "type" in option])


def _wrong_type(error: ValidationError, types: list[str]) -> Finding:
    value, wanted = error.instance, " or ".join(_JSON_NAMES.get(each, each) for each in types)
    is_whole = types == ["integer"] and isinstance(value, float) and value.is_integer()
    found = _PYTHON_NAMES.get(type(value), "a value")
    fix = f"write {int(value)}" if is_whole else None
    return finding("wrong-type", path=error.json_path, value=value, found=found, wanted=wanted, fix=fix)


def _pattern(error: ValidationError) -> Finding:
    rule = _PATTERNS.get(error.validator_value, "bad-value")
    return finding(rule, path=error.json_path, value=error.instance, pattern=error.validator_value)


def _format(error: ValidationError) -> Finding:
    """Explain that a date is no day; where it has another form as well, the finding is that on the pattern."""
    if _expression(DAY_PATTERN).search(error.instance):
        return finding("bad-date", path=error.json_path, day=error.instance)
    return finding("bad-value/date", path=error.json_path, value=error.instance)


def _limit(error: ValidationError) -> Finding:
    """Explain a limit, or any other keyword in the library's words."""
    if wording := _LIMITS.get(str(error.validator)):
        value, limit = error.instance, error.validator_value
        wanted = "a whole number" if error.schema.get("type") == "integer" else "a number"
        given = {"value": shorten(value)[1:-1], "limit": limit, "wanted": wanted}
        length = len(value) if isinstance(value, (str, list)) else 0
        return finding(f"bad-value/{wording}", path=error.json_path, length=length, **given)
    why = error.message if len(error.message) < 200 else f"the value breaks '{error.validator}'"
    return finding("bad-value/limit", path=error.json_path, why=why, keyword=error.validator)


_PATTERNS = {
    ID_PATTERN: "bad-value/id",
    DAY_PATTERN: "bad-value/date",
    r"^\d+\.\d+\.\d+$": "bad-value/version",
    "^[0-9a-f]{64}$": "bad-value/checksum",
}
_LIMITS = {  # the wording of a breach, by keyword
    "minimum": "low",
    "maximum": "high",
    "minLength": "empty",
    "maxLength": "long",
    "minItems": "few",
    "maxItems": "many",
}
_KEYWORDS: dict[str, Callable[[ValidationError], Finding]] = {
    "not": _not,
    "enum": _enum,
    "required": _required,
    "dependentRequired": _dependent_required,
    "additionalProperties": _additional_properties,
    "type": _type,
    "anyOf": _any_of,
    "pattern": _pattern,
    "format": _format,
}


def _single_fields(error: ValidationError) -> Iterator[ValidationError]:
    """Split an error on several unknown fields into one for each; the library already does so for missing ones."""
    if error.validator == "required":
        missing = [name for name in error.validator_value if name not in error.instance]
        name = next((n for n in missing if error.message.startswith(f"'{n}'")), missing[0])
        yield _with(error, validator_value=[name])
    elif error.validator == "additionalProperties":
        known = error.schema.get("properties", {})
        yield from (_with(error, instance={name: None}) for name in error.instance if name not in known)
    else:
        yield error


def _with(error: ValidationError, **changes: Any) -> ValidationError:
    copy = ValidationError.create_from(error)
    copy.parent = error.parent
    for name, value in changes.items():
        setattr(copy, name, value)
    return copy
