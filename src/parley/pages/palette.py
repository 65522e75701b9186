"""Colours by the order of the ontology's lists, so that a label has one colour in the terminal and on the page.

Each colour is a hue (degrees, OKLCH) and a mid-tone of it whose contrast with white and with black is 4.5 or more:
it can be read on a light and on a dark terminal alike.
"""

from functools import cache
from typing import NamedTuple

from parley.ontology import load_ontology


class Tone(NamedTuple):
    """A hue in degrees and its mid-tone, sRGB."""

    hue: int
    mid: str


AMBER, ORANGE, BLUE, TEAL, GREEN = (
    Tone(70, "#a4690c"),
    Tone(45, "#bf561d"),
    Tone(255, "#2e76cc"),
    Tone(200, "#148287"),
    Tone(150, "#03883d"),
)
VIOLET, OLIVE, RED, PINK = Tone(295, "#8164c8"), Tone(118, "#6e7d0e"), Tone(22, "#c44f51"), Tone(345, "#b7518f")
PLUM = Tone(320, "#a159b1")

# Kin have kindred hues: people warm, places blue to green, bodies violet and olive, weapons red, vehicles plum,
# agreements pink.
TONES = {
    "entity_types": [AMBER, ORANGE, BLUE, TEAL, GREEN, VIOLET, OLIVE, RED, PLUM, PINK],
    "event_groups": [RED, BLUE, AMBER, VIOLET],
    "polarities": [GREEN, RED, AMBER],
}


class Family(NamedTuple):
    """How a family of error kinds looks: its colour, its sign, and the style of the line under the words."""

    tone: Tone
    sign: str
    line: str


# By family of ``mistakes.Kind``. Where a span shows several cases, the later family wins.
FAMILIES = {
    "right": Family(GREEN, "✓", "solid"),
    "label": Family(VIOLET, "×", "solid"),
    "place": Family(BLUE, "≈", "solid"),
    "spurious": Family(AMBER, "+", "dotted"),
    "missed": Family(RED, "−", "dashed"),
}
MARKS = ["▲", "▼", "◆"]  # polarities without colour


@cache
def _place(kind: str) -> dict[str, int]:
    return {name: i for i, name in enumerate(load_ontology().names(kind))}


def place(kind: str, name: str) -> int | None:
    """Return the position of a label in its list of the ontology, from 0; None if it is not in it."""
    return _place(kind).get(name)


def tone(kind: str, name: str) -> Tone | None:
    """Return the colour of a label; None if it has none (values, unknown labels)."""
    at = place(kind, name)
    return None if at is None else TONES[kind][at % len(TONES[kind])]


def polarity_mark(name: str) -> str:
    """Return the sign of a polarity."""
    at = place("polarities", name)
    return "·" if at is None else MARKS[at % len(MARKS)]
