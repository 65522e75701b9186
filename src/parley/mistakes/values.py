"""The plain values of an error analysis, and the table of its classes."""

from typing import NamedTuple

import msgspec

RIGHT, MISSED, SPURIOUS = "right", "missed", "spurious"


class Kind(NamedTuple):
    """A class of cases: its name, its family (what it looks like on a page) and its meaning in words.

    Families: ``right``; ``missed`` and ``spurious``, which have one side only; ``label``, the right place under a wrong
    label; ``place``, the right label in a wrong place.
    """

    name: str
    family: str
    meaning: str


# Layer -> its classes. A pair that is wrong in several ways stands in the class that is tried first: see ``classify``.
KINDS: dict[str, list[Kind]] = {
    "entities": [
        Kind(RIGHT, "right", "Same words, same type."),
        Kind("mistyped", "label", "Same words, another type."),
        Kind("wrong span", "place", "Same type, words that overlap."),
        Kind(MISSED, "missed", "In the gold; nothing predicted answers to it."),
        Kind(SPURIOUS, "spurious", "Predicted; nothing in the gold answers to it."),
    ],
    "events": [
        Kind(RIGHT, "right", "Same words, type, status and voice."),
        Kind("wrong status", "label", "Same words and type, another status (and perhaps another voice)."),
        Kind("wrong via", "label", "Same words, type and status; told through another voice."),
        Kind("mistyped", "label", "Same words, another type."),
        Kind("wrong span", "place", "Same type, words that overlap."),
        Kind(MISSED, "missed", "In the gold; nothing predicted answers to it."),
        Kind(SPURIOUS, "spurious", "Predicted; nothing in the gold answers to it."),
    ],
    "arguments": [
        Kind(RIGHT, "right", "Same trigger and event type, same role, same words."),
        Kind("wrong role", "label", "Same trigger and event type, same words, another role."),
        Kind("wrong filler", "place", "Same trigger and event type, same role, other words."),
        Kind("wrong trigger", "place", "Same role and words, at an event of another type or with other words."),
        Kind(MISSED, "missed", "In the gold; nothing predicted answers to it."),
        Kind(SPURIOUS, "spurious", "Predicted; nothing in the gold answers to it."),
    ],
    "stance": [
        Kind(RIGHT, "right", "Same holder, target, polarity and facet."),
        Kind(
            "wrong facet", "label", "Same holder, target and polarity; another facet. It counts as right in tuple F1."
        ),
        Kind("wrong polarity", "label", "Same holder and target, another polarity."),
        Kind(MISSED, "missed", "In the gold; nothing predicted answers to it."),
        Kind(SPURIOUS, "spurious", "Predicted; nothing in the gold answers to it."),
    ],
}
LAYERS = list(KINDS)


class Item(msgspec.Struct, frozen=True, omit_defaults=True):
    """One side of a case: a mention, a trigger, an argument or a stance, for people to read.

    ``spans`` are the places that show it, code points, half-open: one; of a stance all its evidence; none for an
    argument that nothing in the text shows. ``facts`` say what it is, by plain names in reading order.
    """

    id: str
    label: str  # type, role or polarity
    text: str
    spans: list[tuple[int, int]]
    facts: dict[str, str]


class Case(msgspec.Struct, frozen=True, omit_defaults=True):
    """A gold item, a predicted item, or the two that answer to each other, with the class they stand in.

    ``differences`` are the facts in which two sides differ. ``sentence`` counts from 1: that of the item, of an
    argument's trigger, of a stance's first evidence; None where a span is in none.
    """

    article: str
    layer: str
    kind: str
    sentence: int | None
    gold: Item | None = None
    predicted: Item | None = None
    differences: list[str] = []

    @property
    def sides(self) -> list[tuple[str, Item]]:
        """The items there are, each with the name of its side: ``gold``, ``predicted``."""
        return [(name, item) for name, item in (("gold", self.gold), ("predicted", self.predicted)) if item is not None]
