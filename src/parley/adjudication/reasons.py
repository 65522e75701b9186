"""Reasons of an adjudicator: which rule of the guidelines settles which facts, in a file of JSON Lines.

A line holds for one fact, for facts that begin alike, or for a sentence; the most exact one counts::

    {"article": "talks", "sentence": 3, "rule": "A1"}
    {"article": "talks", "sentence": 3, "fact": "event.status", "rule": "U2", "note": "An agenda."}
    {"article": "talks", "fact": "argument:55-60:Agent", "rule": "A4"}
    {"fact": "entity", "rule": "registry"}
"""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from parley.adjudication.decisions import records
from parley.adjudication.facts import Fact, Facts, parse_place
from parley.files import read_lines
from parley.model import NonEmpty

_WORDS = re.compile(r"«[^»]*»")  # as ``parley adjudicate --list`` shows them beside places


class Reason(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """The rule that settles some facts. Raises ``ValueError`` if it names neither a fact nor a sentence.

    ``fact`` is a fact as it is written or the beginning of one (``mention``, ``event:55-60``), or a kind with a field
    (``event.status``). A sentence stands for the facts in it: of a stance the first evidence counts, of an entity the
    first mention. Without an article it holds for all.
    """

    rule: NonEmpty
    fact: str = ""
    sentence: int | None = None
    article: str | None = None
    note: str = ""

    def __post_init__(self) -> None:
        if not self.fact and self.sentence is None:
            raise ValueError("it names neither a fact nor a sentence")

    def covers(self, article: str, fact: Fact, sentence: int | None) -> bool:
        """Whether it gives the rule for a fact in a sentence of an article."""
        own, written = _WORDS.sub("", self.fact), str(fact)
        return (
            self.article in (None, article)
            and self.sentence in (None, sentence)
            and (
                own in ("", written, f"{fact.kind}.{fact.field}")
                or written.startswith((f"{own}:", f"{own}.", f"{own}="))
            )
        )

    @property
    def exactness(self) -> tuple[int, bool, bool]:
        """By which the most exact of several reasons is the largest."""
        return len(_WORDS.sub("", self.fact)), self.sentence is not None, self.article is not None


def read_reasons(path: Path) -> list[Reason]:
    """Return the reasons of a file. Raises ``FindingsError`` naming every line that is none."""
    return records(read_lines(path), path.name, Reason, "wrong-type/reason")


def reason_for(article: str, fact: Fact, sentence: int | None, reasons: Iterable[Reason]) -> Reason | None:
    """Return the most exact reason for a fact, of equally exact ones the last; None if there is none."""
    own = [reason for reason in reasons if reason.covers(article, fact, sentence)]
    return max(reversed(own), key=lambda reason: reason.exactness, default=None)


def place_of(fact: Fact, known: Iterable[Facts]) -> str | None:
    """Return where in the text a fact is: its place, of a stance its first evidence, of an entity its first mention.

    ``known`` are the annotations that may have it; the first that has it counts.
    """
    return next((min(places, key=parse_place) for own in known if (places := [*_places(fact, own)])), None)


def _places(fact: Fact, facts: Facts) -> Iterator[str]:
    if fact.kind == "stance":
        yield from facts.get(fact.of("evidence")) or ()
    elif fact.kind == "entity":
        yield from (other.where[0] for other, key in facts.items() if other.field == "entity" and key == fact.where[0])
    else:
        yield fact.where[0]
