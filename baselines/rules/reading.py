"""An article as the ``rules`` baseline reads it: tokens of the scored sentences, quotations, and what was found."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from parley.segment import split_sentences, split_tokens
from parley.task import Task

from .gazetteer import Name
from .lexicon import fold

_OPENING, _CLOSING, _STRAIGHT = "“", "”", '"'
_BEFORE_OPENING = frozenset('“"‘:•*…—–')
_TITLE_CASE = 0.85  # share of capitalised words from which capitals in a sentence are no sign of names


class Token(NamedTuple):
    """A token of a scored sentence: start and end in code points (half-open), folded form, number of its sentence."""

    start: int
    end: int
    text: str
    low: str
    sentence: int  # from 0


@dataclass(eq=False)
class FoundMention:
    """A mention that was found. ``first`` and ``last`` are token numbers, half-open."""

    first: int
    last: int
    type: str
    form: str
    head: str  # of a nominal its head noun, singular; of a name the name; of a pronoun the pronoun; folded
    plural: bool = False
    name: Name | None = None  # what the gazetteer says
    entity: str = ""  # id, once coreference is done
    role: str | None = None  # of a GPE
    id: str = ""


@dataclass
class Reading:
    """Tokens and sentences of a task. Token numbers run over all scored sentences."""

    task: Task
    tokens: list[Token] = field(default_factory=list)
    sentences: list[range] = field(default_factory=list)  # token numbers of each sentence that has tokens
    lines: list[range] = field(default_factory=list)  # token numbers of each line of the text

    @cached_property
    def lows(self) -> list[str]:
        """The folded tokens."""
        return [token.low for token in self.tokens]

    @cached_property
    def texts(self) -> list[str]:
        """The tokens as written, apostrophes straight."""
        return [token.text.replace("’", "'") for token in self.tokens]

    def low(self, at: int, within: range) -> str:
        """Return the folded token at ``at``, or "" where that is not in ``within``."""
        return self.lows[at] if at in within else ""

    def sentence(self, at: int) -> range:
        """Return the token numbers of the sentence of a token."""
        return self.sentences[self.tokens[at].sentence]

    def text(self, first: int, last: int) -> str:
        """Return the text from the first token to before the last."""
        return self.task.text[self.tokens[first].start : self.tokens[last - 1].end]

    def adjacent(self, at: int) -> bool:
        """Whether there is no space between a token and the next."""
        return at + 1 < len(self.tokens) and self.tokens[at].end == self.tokens[at + 1].start

    def opens(self, at: int) -> bool:
        """Whether a capital at this token is no sign of a name: it begins a sentence or a quotation, or follows a colon."""
        return at == self.sentence(at).start or self.tokens[at - 1].text in _BEFORE_OPENING

    @cached_property
    def title_case(self) -> list[bool]:
        """Of each sentence, whether it is set in title case, as headlines are."""
        found = []
        for sentence in self.sentences:
            long = [t for t in self.tokens[sentence.start : sentence.stop] if len(t.text) > 3 and t.text[0].isalpha()]
            found.append(len(long) >= 4 and sum(t.text[0].isupper() for t in long) >= _TITLE_CASE * len(long))
        return found

    @cached_property
    def quotes(self) -> list[range]:
        """Token numbers inside each quotation, marks left out. A quotation ends with its line at the latest."""
        found = []
        for line in self.lines:
            opened: int | None = None
            for at in line:
                mark = self.tokens[at].text
                if opened is None and mark in (_OPENING, _STRAIGHT):
                    opened = at + 1
                elif opened is not None and mark in (_CLOSING, _STRAIGHT):
                    found.append(range(opened, at))
                    opened = None
            if opened is not None:
                found.append(range(opened, line.stop))
        return [quote for quote in found if len(quote)]

    @cached_property
    def quote_of(self) -> dict[int, range]:
        """The quotation that a token is in."""
        return {at: quote for quote in self.quotes for at in quote}


def _lines(text: str, tokens: Sequence[Token]) -> list[range]:
    starts = [0] + [
        at for at in range(1, len(tokens)) if len(text[tokens[at - 1].end : tokens[at].start + 1].splitlines()) > 1
    ]
    return [range(a, b) for a, b in zip(starts, [*starts[1:], len(tokens)], strict=True) if a < b]


def read(task: Task) -> Reading:
    """Return the tokens of a task's scored sentences. Tokens are those of the whole text that lie in a sentence."""
    text = task.text
    sentences = split_sentences(text, task.zones)
    reading = Reading(task)
    at = first = 0
    for start, end in split_tokens(text):
        while at < len(sentences) and sentences[at].end <= start:
            at += 1
        if at == len(sentences):
            break
        if sentences[at].start <= start and end <= sentences[at].end:
            if reading.tokens and reading.tokens[-1].start < sentences[at].start:
                reading.sentences.append(range(first, len(reading.tokens)))
                first = len(reading.tokens)
            reading.tokens.append(Token(start, end, text[start:end], fold(text[start:end]), len(reading.sentences)))
    if first < len(reading.tokens):
        reading.sentences.append(range(first, len(reading.tokens)))
    reading.lines = _lines(text, reading.tokens)
    return reading
