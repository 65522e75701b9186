"""The article as the rules read it: words with their sentences and quotations; mentions and what they refer to."""

from dataclasses import dataclass, field
from typing import NamedTuple

from parley.segment import split_sentences, split_tokens
from parley.task import Task

OPENING, CLOSING, STRAIGHT = "“", "”", '"'
MARKS = frozenset(",;:—–()") | {OPENING, CLOSING, STRAIGHT}


class Word(NamedTuple):
    """A token with its offsets, its sentence (from 0), and the number of the quotation it stands in (0: none)."""

    start: int
    end: int
    text: str
    lower: str
    sentence: int
    quotation: int

    @property
    def capital(self) -> bool:
        """Whether it begins with a capital letter."""
        return self.text[0].isupper()


class Sentence(NamedTuple):
    """The words of a sentence: the first, one after the last, and the first after a dateline."""

    first: int
    end: int
    body: int


@dataclass(eq=False)
class Thing:
    """An entity."""

    type: str
    name: str
    many: bool = False
    owner: "Thing | None" = None  # the state or body it belongs to, by an adjective or possessive
    female: bool | None = None
    members: list["Thing"] = field(default_factory=list)
    mentions: list["Found"] = field(default_factory=list)


@dataclass(eq=False)
class Found:
    """A mention: first and last word, type, form, and what it is called (a name, or its head in lower case)."""

    first: int
    last: int
    type: str
    form: str
    key: str
    many: bool = False
    inner: bool = False  # nested in a larger one
    role: str | None = None
    thing: Thing | None = None


class Article:
    """Text, words and sentences of an article."""

    def __init__(self, task: Task) -> None:
        """Cut the scored zones into sentences and words."""
        self.id, self.text, self.date = task.id, task.text, task.date
        self.words: list[Word] = []
        self.sentences: list[Sentence] = []
        whole = set(split_tokens(task.text))  # the end of a zone may cut a word in two
        quotation, opened, before = 0, False, 0
        for found in split_sentences(task.text, task.zones):
            opened = opened and "\n" not in task.text[before : found.start]  # a quotation ends with its paragraph
            before, first = found.end, len(self.words)
            for start, end in split_tokens(task.text, found.start, found.end):
                if (start, end) not in whole:
                    continue
                text, inside = task.text[start:end], opened
                if text in (OPENING, CLOSING, STRAIGHT):
                    opened = text == OPENING or (text == STRAIGHT and not opened)
                    quotation += opened
                number = quotation if opened or inside else 0
                lower = text.lower().replace("’", "'")
                self.words.append(Word(start, end, text, lower, len(self.sentences), number))
            if len(self.words) > first:
                self.sentences.append(Sentence(first, len(self.words), self._dateline(first)))

    def _dateline(self, first: int) -> int:
        """Return the first word after "HARROW, March 3 (Agency) -"."""
        if self.words[first].text[:2].isupper():
            for at in range(first + 1, min(len(self.words), first + 16)):
                if self.words[at].text in "-–—" and self.text[self.words[at].start - 1] == " ":
                    return at + 1
        return first

    def lower(self, at: int) -> str:
        """Return the word in small letters; nothing outside the article."""
        return self.words[at].lower if 0 <= at < len(self.words) else ""

    def before(self, at: int) -> str:
        """Return the word before this one in its sentence."""
        return self.lower(at - 1) if at > self.sentences[self.words[at].sentence].first else ""

    def after(self, at: int) -> str:
        """Return the word after this one in its sentence."""
        return self.lower(at + 1) if at + 1 < self.sentences[self.words[at].sentence].end else ""

    def opens(self, at: int) -> bool:
        """Whether a capital here may be the sentence's."""
        return at == self.sentences[self.words[at].sentence].body or self.before(at) in (
            "",
            ":",
            "(",
            ".",
            *MARKS - {","},
        )

    def span(self, first: int, last: int) -> tuple[int, int]:
        """Return the offsets of a run of words."""
        return self.words[first].start, self.words[last].end

    def phrase(self, first: int, last: int) -> str:
        """Return a run of words, with single blanks."""
        return " ".join(word.text for word in self.words[first : last + 1])
