"""Quotations as language models write them: found in the text where a person would find them, and nowhere else.

``Finder.find`` tries, in this order: the quotation as it stands; the same but for quotation marks, dashes, blanks and
the form of letters (``fold``); the same in the sentence before or after, if only one place has it; a run of words of
the sentence that is like it (rapidfuzz, 90 of 100). Digits, numerals and negations are never matched loosely.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from parley.segment import Sentence, split_tokens

LIKE = 90  # of 100, rapidfuzz's ratio
_LONGEST = 2000  # code points; no quotation of a sentence is longer
_SAME = str.maketrans(
    dict.fromkeys("‘’‚‛′`´", "'") | dict.fromkeys("“”„‟″«»", '"') | dict.fromkeys("‐‑‒–—―−", "-") | {"…": "..."}
)
_INVISIBLE = re.compile("[\u00ad\u200b-\u200d\u2060\ufeff]")
_NUMERALS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand million billion dozen "
    "first second third half"
)
_FIXED = re.compile(
    rf"\d+|\b(?:{'|'.join(_NUMERALS.split())}|not|no|never|nor|none|nobody|nothing|neither|without|cannot)\b|n't\b"
)
_NEGATING = ("un", "in", "im", "il", "ir", "dis", "non", "non-", "mis", "anti", "anti-")


class Place(NamedTuple):
    """Where a quotation was found: code points of the text, half-open, and how ("exact", "folded", "moved", "loose")."""

    start: int
    end: int
    how: str


def fold(text: str) -> tuple[str, list[int]]:
    """Return a text with its quotation marks, dashes, blanks and letters in one form, and where each character was.

    The list has one place more than the folded text has characters: the end.

    >>> fold("“Not  now”")
    ('"Not now"', [0, 1, 2, 3, 4, 6, 7, 8, 9, 10])
    """
    folded, places = list[str](), list[int]()
    for match in re.finditer(r"\s+|\S[\u0300-\u036f]*", text):
        piece = " " if match[0].isspace() else _INVISIBLE.sub("", unicodedata.normalize("NFC", match[0]))
        piece = piece.translate(_SAME)
        folded.append(piece)
        places += [match.start()] * len(piece)
    return "".join(folded), [*places, len(text)]


def same_facts(a: str, b: str) -> bool:
    """Whether two folded texts have the same numbers and negations, so that a slip in writing can explain the rest.

    >>> same_facts("has not replied", "has now replied"), same_facts("a lawful act", "an unlawful act")
    (False, False)
    """
    a, b = a.casefold(), b.casefold()
    if _FIXED.findall(a) != _FIXED.findall(b):
        return False
    left, right = set(a.split()), set(b.split())
    own, other = left - right, right - left
    return not any({prefix + x for x in own} & other or {prefix + y for y in other} & own for prefix in _NEGATING)


class Finder:
    """Finds quotations in the sentences of one text. Each is folded and cut into words once."""

    def __init__(self, text: str, sentences: Sequence[Sentence]) -> None:
        self.text, self.sentences = text, sentences
        self._folded: dict[int, tuple[str, list[int]]] = {}

    def find(self, number: int, quote: str, occurrence: int | None) -> Place | None:
        """Return the place of a quotation in sentence ``number`` (from 1) or beside it; None if there is none.

        A quotation that has several places and names one that is not there has none.
        """
        quote = quote[: _LONGEST + 1]
        wanted = fold(quote)[0].strip()
        if not wanted or len(quote) > _LONGEST:
            return None
        if places := self._places(number, wanted):
            return self._choose(places, occurrence, "folded")
        beside = [place for n in (number - 1, number + 1) for place in self._places(n, wanted)]
        if len(beside) == 1:
            return Place(*beside[0], "moved")
        return self._like(number, wanted, occurrence)

    def _choose(self, places: list[tuple[int, int]], occurrence: int | None, how: str) -> Place | None:
        if len(places) == 1:
            return Place(*places[0], how)
        return Place(*places[(occurrence or 1) - 1], how) if (occurrence or 1) <= len(places) else None

    def _places(self, number: int, wanted: str) -> list[tuple[int, int]]:
        """Return the places of a folded quotation in a sentence, whole words only, in the order of the text."""
        if not 1 <= number <= len(self.sentences):
            return []
        folded, at = self._fold(number)
        base = self.sentences[number - 1].start
        found = []
        for match in re.finditer(f"(?={re.escape(wanted)})", folded):
            begin, end = match.start(), match.start() + len(wanted)
            if not folded[max(0, begin - 1) : begin].isalnum() and not folded[end : end + 1].isalnum():
                found.append((base + at[begin], base + at[end]))
        return found

    def _fold(self, number: int) -> tuple[str, list[int]]:
        if number not in self._folded:
            sentence = self.sentences[number - 1]
            self._folded[number] = fold(self.text[sentence.start : sentence.end])
        return self._folded[number]

    def _like(self, number: int, wanted: str, occurrence: int | None) -> Place | None:
        """Return the run of words of a sentence that is most like a quotation; None if none or several different are."""
        from rapidfuzz import fuzz  # of the extra `llm`

        if not 1 <= number <= len(self.sentences):
            return None
        folded, at = self._fold(number)
        base = self.sentences[number - 1].start
        runs: dict[str, list[tuple[int, int]]] = {}
        for begin, end in _runs(folded, len(list(split_tokens(wanted)))):
            runs.setdefault(folded[begin:end], []).append((base + at[begin], base + at[end]))
        scored = {run: fuzz.ratio(run, wanted, score_cutoff=LIKE) for run in runs}
        best = max(scored.values(), default=0)
        alike = [run for run, score in scored.items() if best and score == best]
        if len(alike) != 1 or not same_facts(alike[0], wanted):
            return None
        return self._choose(runs[alike[0]], occurrence, "loose")


def _runs(sentence: str, size: int) -> Iterator[tuple[int, int]]:
    """Yield the runs of ``size`` whole tokens, one less or one more."""
    tokens = list(split_tokens(sentence))
    for n in range(max(1, size - 1), size + 2):
        for i in range(len(tokens) - n + 1):
            yield tokens[i][0], tokens[i + n - 1][1]
