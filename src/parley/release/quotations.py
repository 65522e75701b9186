"""The words of the articles wherever they stand in other files: found, and replaced by references that give them back.

A quotation is a run of ``LEAST`` words or more that stands in an article too, whatever its case and punctuation. Shorter
runs are names, phrases of the language and labels, which the annotation needs; so are entity names and ids, up to
``LONGEST_NAME`` words. A reference ``⟦article:start-end⟧`` stands for code points start to end (half-open) of an article.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

LEAST = 4  # words
LONGEST_NAME = 12  # words; a longer name is treated like any other string

_WORD = re.compile(r"\w+")
_REFERENCE = re.compile(r"⟦([A-Za-z][A-Za-z0-9._-]{0,63}):(\d{1,9})-(\d{1,9})⟧")
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')

Gram = tuple[str, ...]


class Word(NamedTuple):
    """A word in a string: its form without case, and where it stands (code points, half-open)."""

    form: str
    start: int
    end: int


def split_words(text: str) -> list[Word]:
    """Return the words of a string: runs of letters, digits and underscores."""
    return [Word(match[0].casefold(), *match.span()) for match in _WORD.finditer(text)]


def _grams(forms: list[str], size: int) -> Iterator[tuple[int, Gram]]:
    return ((at, tuple(forms[at : at + size])) for at in range(len(forms) - size + 1))


def has_reference(text: str) -> bool:
    """Whether a string holds what would be read as a reference."""
    return bool(_REFERENCE.search(text))


class Quotations:
    """Finds the words of ``texts`` (article id -> text) in other strings.

    ``names`` may stand anywhere. ``least`` is the shortest run of words that counts.
    """

    def __init__(self, texts: Mapping[str, str], names: Iterable[str] = (), *, least: int = LEAST) -> None:
        self.texts, self.least = texts, least
        self._words = {article: split_words(text) for article, text in texts.items()}
        self._index: dict[Gram, list[tuple[str, int]]] = {}
        for article, words in self._words.items():
            for at, gram in _grams([w.form for w in words], least):
                self._index.setdefault(gram, []).append((article, at))
        known = ([w.form for w in split_words(name)] for name in (*names, *texts))
        self._names = {gram for forms in known if len(forms) <= LONGEST_NAME for _, gram in _grams(forms, least)}

    def first(self, written: str) -> str | None:
        """Return the first quotation in a string, None if there is none."""
        words = split_words(written)
        for at, gram in _grams([w.form for w in words], self.least):
            if gram in self._index and gram not in self._names:
                return written[words[at].start : words[at + self.least - 1].end]
        return None

    def encode(self, written: str) -> str:
        """Return a string with references for its quotations; ``decode`` gives it back exactly.

        Words of a quotation that differ from the article in case stay as they are, and so does what stands between
        the words where that differs.
        """
        words = split_words(written)
        forms = [w.form for w in words]
        done, at, pieces = 0, 0, list[str]()
        while at + self.least <= len(words):
            gram = tuple(forms[at : at + self.least])
            places = self._index.get(gram, []) if gram not in self._names else []
            if not places:
                at += 1
                continue
            article, there, length = max(
                ((a, p, self._common(forms, at, a, p)) for a, p in places), key=lambda found: found[2]
            )
            for start, end, reference in self._alike(written, words[at : at + length], article, there):
                pieces += [written[done:start], reference]
                done = end
            at += length
        return "".join([*pieces, written[done:]])

    def _common(self, forms: list[str], at: int, article: str, there: int) -> int:
        """Return for how many words two places go on alike."""
        words, length = self._words[article], self.least
        while at + length < len(forms) and there + length < len(words) and forms[at + length] == words[there + length].form:  # fmt: skip
            length += 1
        return length

    def _alike(self, written: str, words: list[Word], article: str, there: int) -> Iterator[tuple[int, int, str]]:
        """Yield start, end and reference of each longest stretch that is the article's, code point by code point."""
        text, theirs = self.texts[article], self._words[article][there : there + len(words)]
        at = 0
        while at < len(words):
            last = at
            if written[words[at].start : words[at].end] != text[theirs[at].start : theirs[at].end]:
                at += 1
                continue
            while (
                last + 1 < len(words)
                and written[words[last].end : words[last + 1].end] == text[theirs[last].end : theirs[last + 1].end]
            ):
                last += 1
            yield words[at].start, words[last].end, f"⟦{article}:{theirs[at].start}-{theirs[last].end}⟧"
            at = last + 1


def decode(written: str, texts: Mapping[str, str]) -> str:
    """Return a string with the articles' words for its references. Raises ``ValueError`` for one to nothing."""

    def words(match: re.Match[str]) -> str:
        article, start, end = match[1], int(match[2]), int(match[3])
        if article not in texts or not start < end <= len(texts[article]):
            raise ValueError(f"the reference {match[0]} is to no place in an article")
        return texts[article][start:end]

    return _REFERENCE.sub(words, written)


def map_strings(text: str, change: Callable[[str], str]) -> str:
    """Return JSON (or lines of it) with ``change`` applied to every string in it, all else as it is to the byte.

    Raises ``ValueError`` for a string that is not JSON.
    """

    def changed(match: re.Match[str]) -> str:
        value = json.loads(match[0])
        new = change(value)
        return match[0] if new == value else json.dumps(new, ensure_ascii=False)

    return _STRING.sub(changed, text)
