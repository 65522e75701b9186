"""Findings: the results of checks, as values. Only the commands print them and exit.

Every rule of the project is in the table of ``parley.rules`` with its wordings. A check gives the rule and its values::

    finding("dangling-id", file="gold/a.json", path="$.events[2].via", kind="event", id="ev9")
    # gold/a.json $.events[2].via  dangling-id  there is no event 'ev9'; add it, or name one that is there

A rule with several wordings is called as ``finding("same-as-chain/later", ...)``; its id remains ``same-as-chain``. A
``problem=`` or ``fix=`` takes the place of the rule's own wording where only the caller can say it.
"""

import json
from collections.abc import Iterable
from typing import Any

import msgspec

from parley.rules import RULES as RULES
from parley.rules import Rule as Rule
from parley.words import printable


class Finding(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One problem in one place.

    ``file`` is as the caller named it; ``line`` counts from 1 (files of one record a line only); ``path`` is a
    JSON path from the record's top (``$.events[14].type``).
    """

    rule: str
    message: str
    file: str = ""
    line: int | None = None
    path: str = ""
    suggestion: str | None = None
    severity: str = "error"

    @property
    def is_error(self) -> bool:
        """Whether it makes the input unusable; a warning does not."""
        return self.severity == "error"

    def __str__(self) -> str:
        """One line: where, rule, what, how to fix it."""
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        where = " ".join(part for part in (place, self.path) if part)
        fix = f"; {self.suggestion}" if self.suggestion else ""
        label = self.rule if self.is_error else f"{self.rule} (warning)"
        return "  ".join(part for part in (where, label, self.message + fix) if part)


class FindingsError(Exception):
    """Input that cannot be used; ``findings`` says where, what, and how to fix it."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = list(findings)
        super().__init__("\n".join(str(finding) for finding in self.findings))


def shorten(value: object, limit: int = 60) -> str:
    """Return ``value`` quoted, safe to print (``printable``) and cut to ``limit`` characters."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return "'" + printable(text if len(text) <= limit else text[: limit - 1] + "…") + "'"


_LONGEST = 500  # characters of a value in a message


class _Value:
    """A value in a template: ``{x!r}`` quotes and shortens it, ``{x}`` writes up to 500 characters, a list with commas."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def __repr__(self) -> str:
        return shorten(self.value)

    def __format__(self, spec: str) -> str:
        value = ", ".join(map(str, self.value)) if isinstance(self.value, (list, tuple)) else self.value
        if not isinstance(value, str):
            return format(value, spec)
        return printable(value if len(value) <= _LONGEST else value[: _LONGEST - 1] + "…")


_BY_THE_CALLER = ("{problem}", "{fix}")  # of a rule without a wording of its own


def finding(
    rule: str,
    *,
    file: str = "",
    line: int | None = None,
    path: str = "",
    scope: str = "corpus",
    severity: str | None = None,
    problem: str | None = None,
    fix: str | None = None,
    **values: Any,
) -> Finding:
    """Return a finding on ``rule`` (or ``rule/wording``), its templates filled with ``values``.

    Its severity is the rule's in ``scope`` unless one is given; "error" where the rule has none there. Raises
    ``KeyError`` for a rule, a wording or a value that is missing.
    """
    name, _, wording = rule.partition("/")
    own = RULES[name]
    by_caller = not own.wordings or (problem and fix and not wording)
    message, suggestion = _BY_THE_CALLER if by_caller else own.wordings[wording]
    if problem is not None:
        message, values["problem"] = "{problem}", problem
    if fix is not None:
        suggestion, values["fix"] = "{fix}", fix
    fields = {key: value if type(value) is int else _Value(value) for key, value in values.items()}
    return Finding(
        rule=name,
        message=message.format_map(fields),
        file=file,
        line=line,
        path=path,
        suggestion=suggestion.format_map(fields),
        severity=severity or own.severity(scope) or "error",
    )
