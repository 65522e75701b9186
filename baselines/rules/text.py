"""The article as the rules read it: words with their sentences, and what stands between quotation marks."""

from typing import NamedTuple

from parley.segment import split_sentences, split_tokens
from parley.task import Task

OPENING, CLOSING, STRAIGHT = "“", "”", '"'
CLAUSE_MARKS = frozenset(",;:—–()") | {OPENING, CLOSING, STRAIGHT}


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
    """The words of a sentence: first and one after the last, and its zone."""

    first: int
    end: int
    zone: str


class Article:
    """Text, words and sentences of an article."""

    def __init__(self, task: Task) -> None:
        """Cut the scored zones into sentences and words."""
        self.text, self.date = task.text, task.date
        self.words: list[Word] = []
        self.sentences: list[Sentence] = []
        self.dateline: dict[int, int] = {}  # first word after the dateline, by sentence
        whole = set(split_tokens(task.text))  # the end of a zone may cut a word in two
        quotation, opened, before = 0, False, 0
        for number, found in enumerate(split_sentences(task.text, task.zones)):
            if "\n" in task.text[before : found.start]:
                opened = False  # a quotation ends with its paragraph
            before, first = found.end, len(self.words)
            for start, end in split_tokens(task.text, found.start, found.end):
                text = task.text[start:end]
                if (start, end) not in whole:
                    continue
                if text == OPENING or (text == STRAIGHT and not opened):
                    quotation, opened = quotation + 1, True
                    inside = quotation
                else:
                    inside = quotation if opened else 0
                    if text in (CLOSING, STRAIGHT):
                        opened = False
                self.words.append(Word(start, end, text, text.lower().replace("’", "'"), number, inside))
            self.sentences.append(Sentence(first, len(self.words), found.zone))
            self._find_dateline(number)

    def _find_dateline(self, number: int) -> None:
        """Note where the sentence begins after "HARROW, March 3 (Agency) -"."""
        first, end, _ = self.sentences[number]
        for at in range(first + 1, min(end, first + 16)):
            spaced = (
                self.text[self.words[at].start - 1] == " "
                and self.text[self.words[at].end : self.words[at].end + 1] == " "
            )
            if self.words[at].text in "-–—" and spaced and self.words[first].text[:2].isupper():
                self.dateline[number] = at + 1

    def lower(self, index: int, sentence: int | None = None) -> str:
        """Return the word in small letters; nothing outside the article or the sentence."""
        if not 0 <= index < len(self.words) or (sentence is not None and self.words[index].sentence != sentence):
            return ""
        return self.words[index].lower

    def span(self, first: int, last: int) -> tuple[int, int]:
        """Return the offsets of a run of words."""
        return self.words[first].start, self.words[last].end
