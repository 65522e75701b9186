"""Sentences and tokens: derived from the text, never stored in the source.

``SEGMENTER`` names the rules; it stands in everything that is built with them, and changes when they change.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from operator import attrgetter
from typing import NamedTuple

import sentencex

from parley.corpus import ZoneSpan
from parley.ontology import load_ontology

SEGMENTER = "parley-1/sentencex-1.0"

# A number with its separators; a contraction's tail; a run of letters or digits; any other visible character.
# Hyphens and dashes stand alone, so that both halves of "Norland-Sudovia" can be mentions.
_TOKEN = re.compile(r"\d+(?:[.,]\d+)+|(?:[^\W\d_]\.){2,}|n['’]t\b|['’](?:s|S|re|ve|ll|d|m)\b|\w+?(?=n['’]t\b)|\w+|\S")


class Sentence(NamedTuple):
    """A sentence of a scored zone: number from 1, zone, start and end in code points (half-open)."""

    number: int
    zone: str
    start: int
    end: int


_START = attrgetter("start")


def split_sentences(text: str, zones: Sequence[ZoneSpan]) -> list[Sentence]:
    """Return the sentences of the scored zones in order. A line break always ends a sentence.

    White space around a sentence is left out of it. Boundaries inside a line are those of the library sentencex.
    """
    scored = load_ontology().scored_zones
    found: list[Sentence] = []
    for zone in zones:
        if zone.zone not in scored:
            continue
        at = zone.start
        for line in text[zone.start : zone.end].splitlines(keepends=True):
            for piece in sentencex.segment("en", line):
                words = piece.strip()
                if words:
                    start = at + piece.index(words)
                    found.append(Sentence(len(found) + 1, zone.zone, start, start + len(words)))
                at += len(piece)
    return found


def split_tokens(text: str, start: int = 0, end: int | None = None) -> Iterator[tuple[int, int]]:
    """Yield start and end (code points, half-open) of each token of ``text[start:end]``."""
    return map(re.Match.span, _TOKEN.finditer(text, start, len(text) if end is None else end))


def sentence_at(sentences: Sequence[Sentence], start: int, end: int) -> Sentence | None:
    """Return the sentence that holds the span wholly, or None."""
    at = bisect_right(sentences, start, key=_START) - 1  # they come in the order of the text and do not overlap
    return sentences[at] if at >= 0 and end <= sentences[at].end else None
