"""Findings: what a check has to say, as values. Only the command prints them or exits."""

from collections.abc import Iterable

import msgspec


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
        """One line: where, rule, what, how to mend."""
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        where = " ".join(part for part in (place, self.path) if part)
        mend = f"; {self.suggestion}" if self.suggestion else ""
        label = self.rule if self.is_error else f"{self.rule} (warning)"
        return "  ".join(part for part in (where, label, self.message + mend) if part)


class FindingsError(Exception):
    """Input that cannot be used; ``findings`` says where, what, and how to mend it."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = list(findings)
        super().__init__("\n".join(str(finding) for finding in self.findings))
