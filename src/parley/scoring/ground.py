"""The text that an article's annotations stand on, cut into sentences and tokens."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from functools import cached_property
from itertools import accumulate

from parley.scoring.zones import Zoned
from parley.segment import Sentence, split_sentences, split_tokens

Place = tuple[int, int]  # start and end, code points, half-open


class Ground:
    """An article's text, cut into sentences and tokens when first asked for."""

    def __init__(self, article: Zoned, text: str, first: Sequence[int] = (0,)) -> None:
        self.article, self.text = article, text
        self.first = first  # where each article begins; there are several in a block (``scoring.block``)
        self._starts: dict[Place, tuple[int, ...]] = {}

    @cached_property
    def sentences(self) -> list[Sentence]:
        """Sentences of the scored zones."""
        return split_sentences(self.text, self.article.zones)

    @cached_property
    def _sentence_starts(self) -> list[int]:
        return [sentence.start for sentence in self.sentences]

    def sentence_of(self, place: int) -> Sentence | None:
        """Return the sentence that a code point is in."""
        at = bisect_right(self._sentence_starts, place) - 1
        return self.sentences[at] if at >= 0 and place < self.sentences[at].end else None

    @cached_property
    def _edges(self) -> tuple[list[int], list[int]]:
        spans = list(split_tokens(self.text))
        return [start for start, _ in spans], [end for _, end in spans]

    def tokens(self, start: int, end: int) -> range:
        """Return the numbers (from 0) of the tokens that the span covers, wholly or in part."""
        starts, ends = self._edges
        return range(bisect_right(ends, start), bisect_left(starts, end))

    def token_starts(self, start: int, end: int) -> tuple[int, ...]:
        """Return where the tokens begin (code points) that the span covers, wholly or in part.

        Only the words the span touches are cut, since no token holds white space: the text's other tokens, most of
        them, are never looked for.
        """
        known = self._starts.get((start, end))
        if known is None:
            known = self._starts[start, end] = tuple(self._cut(start, end))
        return known

    def _cut(self, start: int, end: int) -> list[int]:
        text, first, last = self.text, start, end
        if text[start - 1 : start] == " " == text[end : end + 1]:  # whole words, as most are
            words = text[start:end]
            if words.isalnum():
                return [start]
            plain = words.split(" ")
            if "" not in plain and "".join(plain).isalnum():
                return list(accumulate([len(word) + 1 for word in plain[:-1]], initial=start))
        while first > 0 and not text[first - 1].isspace():
            first -= 1
        while last < len(text) and not text[last].isspace():
            last += 1
        words = text[first:last]
        if words.isalnum():
            return [first]
        found, at = [], first
        for word in words.split():
            at = text.index(word, at)
            to = at + len(word)
            tokens = [(at, to)] if word.isalnum() else split_tokens(text, at, to)  # letters and digits are one token
            found += [one for one, last in tokens if last > start and one < end]
            at = to
        return found
