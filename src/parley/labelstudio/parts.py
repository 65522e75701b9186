"""Regions, and findings on them."""

import re
from typing import Any, NamedTuple

from parley.files import shorten
from parley.findings import Finding


class Note(NamedTuple):
    """What a person remarked: on a region, by its id in the record, or on the whole text (None)."""

    region: str | None
    text: str


class Region(NamedTuple):
    """A labelled stretch of the text; ``id`` as in the record, ``place`` for findings."""

    id: str
    kind: str
    label: str
    start: int
    end: int
    text: str
    fields: dict[str, Any]
    place: str

    @property
    def order(self) -> tuple[Any, ...]:
        """The order of the text: an outer span first; of equal spans by the number in the id."""
        return self.start, -self.end, natural(self.id)

    @property
    def span(self) -> dict[str, Any]:
        """Offsets and text, as in a record."""
        return {"start": self.start, "end": self.end, "text": self.text}

    def __str__(self) -> str:
        return f"{self.label} {shorten(self.text, 40)} (region {shorten(self.id)})"


class Faults:
    """Collects findings on the results of one annotation, which ``file`` names."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.found: list[Finding] = []

    def add(self, rule: str, place: str, message: str, mend: str, severity: str = "error") -> None:
        """Add a finding at a place in the results."""
        self.found.append(
            Finding(rule=rule, message=message, file=self.file, path=place, suggestion=mend, severity=severity)
        )


def natural(identifier: str) -> tuple[tuple[int, int, str], ...]:
    """Return a key by which s2 comes before s10."""
    pieces = re.findall(r"[0-9]+|[^0-9]+", identifier)
    return tuple((0, int(piece), piece) if piece[0] in "0123456789" else (1, 0, piece) for piece in pieces)
