"""Shape: JSON values against the published schemas, each breach a finding with place and mend."""

import difflib
import re
from collections.abc import Iterator
from functools import cache
from itertools import islice
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError
from jsonschema.validators import extend

from parley.files import shorten
from parley.findings import Finding
from parley.model import ID_PATTERN
from parley.schemas import validator

MAX_FINDINGS = 1000  # of one record: a file of nothing but errors stays readable
MAX_COMPARED = 80  # characters; nothing longer resembles a label or the name of a field

_JSON_NAMES = {"integer": "an integer", "number": "a number", "string": "a string", "boolean": "true or false", "array": "a list", "object": "an object", "null": "null"}  # fmt: skip


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
def _strict(stem: str) -> Draft202012Validator:
    checker = Draft202012Validator.TYPE_CHECKER.redefine("integer", _is_integer)
    strict = extend(Draft202012Validator, {"pattern": _matches}, type_checker=checker)
    return strict(validator(stem).schema)


def did_you_mean(value: object, options: list[str]) -> str:
    """Return a mend for a wrong label: the closest, or the whole list if none is close."""
    if isinstance(value, str) and len(value) <= MAX_COMPARED:
        folded = {option.lower(): option for option in reversed(options)}
        close = difflib.get_close_matches(value.lower(), list(folded), n=1, cutoff=0.5)
        if close:
            return f"did you mean '{folded[close[0]]}'?"
    return "one of " + ", ".join(options)


# Labels that other inventories use for what Parley calls otherwise; a plain edit distance would not find them.
_FIELD_SYNONYMS = {"Attack": "Strike", "Die": "Casualty", "Injure": "Casualty", "Transport": "Displace", "VEH": "WEA", "PERSON": "PER", "favor": "support", "against": "oppose", "positive": "support", "negative": "oppose", "neutral": "mixed"}  # fmt: skip


def _kind(error: ValidationError) -> str:
    """Return a word for the field that a label error is about: 'type' of an event is an 'event type'."""
    title = error.schema.get("title", "label") if isinstance(error.schema, dict) else "label"
    return str(title).lower()


def _type_name(value: object) -> str:
    names = {bool: "a boolean", int: "an integer", float: "a number with a point", str: "a string", list: "a list", dict: "an object", type(None): "null"}  # fmt: skip
    return names.get(type(value), "a value")


def _finding(error: ValidationError) -> tuple[str, str, str, str | None]:
    """Return rule, path, message and suggestion of one schema error."""
    path, rule, value = error.json_path, error.validator, error.instance
    if rule == "not":
        return "field-not-here", path, f"the field '{error.path[-1]}' does not belong to this kind of item", "remove it"
    if rule == "enum":
        options = [option for option in error.validator_value if option is not None]
        synonym = _FIELD_SYNONYMS.get(value) if isinstance(value, str) else None
        mend = f"did you mean '{synonym}'?" if synonym in options else did_you_mean(value, options)
        kind = _kind(error)
        article = "an" if kind[0] in "aeiou" else "a"
        return (
            "unknown-label",
            path,
            f"{shorten(value)} is no {kind}" if value is not None else f"null is not {article} {kind}",
            mend,
        )
    if rule == "required":
        missing = next(name for name in error.validator_value if name not in value)
        return "missing-field", path, f"the field '{missing}' is missing", f"add '{missing}'"
    if rule == "dependentRequired":
        given, missing = next(
            (g, n) for g, needs in error.validator_value.items() if g in value for n in needs if n not in value
        )
        return "missing-field", path, f"'{given}' is there without '{missing}'", f"add '{missing}', or leave both out"
    if rule == "additionalProperties":
        known = list(error.schema.get("properties", {}))
        name = next(name for name in value if name not in known)
        close = difflib.get_close_matches(name, known, n=1) if len(name) <= MAX_COMPARED else []
        return (
            "unknown-field",
            path,
            f"there is no field {shorten(name)}",
            f"did you mean '{close[0]}'?" if close else "remove it",
        )
    if rule == "anyOf":
        # Of the kinds of value that may stand here, the one that was meant: what is wrong with it says more.
        meant = [inner for inner in error.context or () if inner.validator != "type"]
        if meant:
            return _finding(_with(meant[0], path=error.path))
    if rule in ("type", "anyOf"):
        wanted = (
            [error.validator_value] if rule == "type" else [o["type"] for o in error.validator_value if "type" in o]
        )
        names = " or ".join(_JSON_NAMES.get(w, str(w)) for w in (wanted[0] if isinstance(wanted[0], list) else wanted))
        mend = (
            f"write {int(value)}"
            if names == "an integer" and isinstance(value, float) and value.is_integer()
            else f"write {names}"
        )
        return "wrong-type", path, f"{shorten(value)} is {_type_name(value)}, not {names}", mend
    if rule == "pattern":
        return (
            "bad-value",
            path,
            f"{shorten(value)} does not have the form asked for here",
            "begin with a letter; letters, digits, '.', '_' and '-' may follow"
            if error.validator_value == ID_PATTERN
            else f"it must match {error.validator_value}",
        )
    return (
        "bad-value",
        path,
        error.message if len(error.message) < 200 else f"the value breaks '{rule}'",
        f"see '{rule}' in the schema",
    )


def check_shape(value: Any, stem: str, *, file: str = "", line: int | None = None) -> list[Finding]:
    """Return the breaches of a published schema, e.g. ``check_shape(record, "prediction")``.

    At most ``MAX_FINDINGS`` of them. Several unknown or missing fields of one object are one finding each.
    """
    errors = (single for error in _strict(stem).iter_errors(value) for single in _single_fields(error))
    findings = []
    for rule, path, message, suggestion in map(_finding, islice(errors, MAX_FINDINGS)):
        findings.append(Finding(rule=rule, message=message, file=file, line=line, path=path, suggestion=suggestion))
    return list(dict.fromkeys(findings))


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
