"""Sentences and tokens: derived from the text, never stored in the source.

``SEGMENTER`` names the rules. It is written into everything that is built with them, and changes when a text that was
built with them would be cut differently.
"""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from functools import cache
from operator import attrgetter
from typing import NamedTuple

import sentencex

from parley.corpus import ZoneSpan
from parley.ontology import load_ontology

SEGMENTER = "parley-1/sentencex-1.0"

_JOINERS = "\u00ad\u200c\u200d"  # soft hyphen, zero-width non-joiner and joiner
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")


# Other characters that end a line somewhere are blanks here. The library sentencex fails at some of them.
_BLANKS = str.maketrans(dict.fromkeys("\v\f\x1c\x1d\x1e\x85\u2028\u2029", " "))


def split_lines(text: str) -> list[str]:
    """Return the lines of a text, each with its end: LF, CR or CR LF, and nothing else."""
    return _LINE.findall(text)


@cache
def _token(marks: str) -> re.Pattern[str]:
    """Return what a token is in a text with these marks: a mark belongs to the character before it.

    A token is a number with its separators; a contraction's tail; a run of letters or digits; any other visible
    character. Hyphens and dashes are tokens of their own, so that both halves of "Norland-Sudovia" can be mentions.
    """
    after = f"[{re.escape(marks)}]*" if marks else ""
    letter = rf"(?:\w{after})" if marks else r"\w"
    end = rf"(?![\w{re.escape(marks)}])"
    return re.compile(
        rf"{letter}++(?!['’.,])|"  # most tokens; of other runs the rules below decide
        rf"\d+(?:[.,]\d+)+|(?:[^\W\d_]{after}\.){{2,}}|n['’]t{end}|['’](?:s|S|re|ve|ll|d|m){end}"
        rf"|{letter}+?(?=n['’]t{end})|{letter}+|\S{after}"
    )


class Sentence(NamedTuple):
    """A sentence of a scored zone: number from 1, zone, start and end in code points (half-open)."""

    number: int
    zone: str
    start: int
    end: int


_START = attrgetter("start")


def split_sentences(text: str, zones: Sequence[ZoneSpan]) -> list[Sentence]:
    """Return the sentences of the scored zones in order. A line end always ends a sentence.

    White space around a sentence is left out of it. Boundaries inside a line are those of the library sentencex.
    """
    scored = load_ontology().scored_zones
    found: list[Sentence] = []
    for zone in zones:
        if zone.zone not in scored:
            continue
        at = zone.start
        for line in split_lines(text[zone.start : zone.end]):
            for piece in sentencex.segment("en", line.translate(_BLANKS)):
                words = piece.strip()
                if words:
                    start = at + piece.index(words)
                    found.append(Sentence(len(found) + 1, zone.zone, start, start + len(words)))
                at += len(piece)
    return found


def split_tokens(text: str, start: int = 0, end: int | None = None) -> Iterator[tuple[int, int]]:
    """Yield start and end (code points, half-open) of each token of ``text[start:end]``.

    Combining marks, joiners and soft hyphens belong to the token before them.
    """
    marks = (c for c in set(text[start:end]) if c in _JOINERS or unicodedata.category(c).startswith("M"))
    token = _token("".join(sorted(c for c in marks if re.match(r"\W", c))))
    return map(re.Match.span, token.finditer(text, start, len(text) if end is None else end))


def sentence_at(sentences: Sequence[Sentence], start: int, end: int) -> Sentence | None:
    """Return the sentence that holds the span wholly, or None."""
    at = bisect_right(sentences, start, key=_START) - 1  # they come in the order of the text and do not overlap
    return sentences[at] if at >= 0 and end <= sentences[at].end else None
