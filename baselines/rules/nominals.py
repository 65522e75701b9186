"""Descriptions and pronouns: head nouns with the words before them, by the extent rules of the guidelines."""

from collections.abc import Iterator, Sequence
from functools import cache
from typing import NamedTuple

from .lexicon import load_lexicon, load_triggers, plural, words
from .phrases import Phrases
from .reading import FoundMention, Reading

_LONGEST = 6  # tokens before a head that can belong to it


class Head(NamedTuple):
    """A head noun: entity type, singular, and whether this form of it is a plural."""

    type: str
    noun: str
    plural: bool


@cache
def _heads() -> Phrases[Head]:
    lexicon = load_lexicon().nominals.heads
    entries = [(words(noun), Head("GROUP", noun, True)) for noun in lexicon["GROUP"]]
    for kind, nouns in lexicon.items():
        if kind == "GROUP":
            continue
        many = "GROUP" if kind == "PER" else kind
        for noun in nouns:
            entries.append((words(plural(noun)), Head(many, noun, True)))
            entries.append((words(noun), Head(kind, noun, False)))
    return Phrases(entries)


def is_head(lows: Sequence[str], at: int, stop: int) -> bool:
    """Whether a head noun of the lexicon begins at a token."""
    return _heads().at(lows, at, stop) is not None


def head_type(lows: Sequence[str], at: int, stop: int) -> str | None:
    """Return the entity type of the head noun that begins at a token, or None."""
    found = _heads().at(lows, at, stop)
    return None if found is None else found[1].type


@cache
def _phrases_without() -> Phrases[bool]:
    return Phrases((words(phrase), True) for phrase in load_lexicon().nominals.phrases_without)


@cache
def _not_before() -> Phrases[bool]:
    return Phrases((words(phrase), True) for phrase in load_lexicon().nominals.not_before)


@cache
def _reciprocal() -> Phrases[bool]:
    return Phrases((words(phrase), True) for phrase in load_lexicon().pronouns.reciprocal)


class NominalFinder:
    """Finds descriptions around the names that were found before."""

    def __init__(self, reading: Reading, names: list[FoundMention]) -> None:
        self.reading = reading
        self.lexicon = load_lexicon().nominals
        self.named = {at: name for name in names for at in range(name.first, name.last)}
        self.ends = {name.last: name for name in names}
        self.place_words = frozenset(load_lexicon().names.cues.place_after)  # "Punjab province": the name is enough
        self.verbal = load_triggers().verbs

    def find(self) -> list[FoundMention]:
        """Return the descriptions in the order of the text, those nested in others after them."""
        return [found for sentence in self.reading.sentences for found in self._in_sentence(sentence)]

    def _in_sentence(self, sentence: range) -> Iterator[FoundMention]:
        heads = list(self._heads(sentence))
        at = 0
        while at < len(heads):
            chain = [heads[at]]
            while at + 1 < len(heads) and self._compound(chain[-1][1], heads[at + 1][0], sentence):
                at += 1
                chain.append(heads[at])
            at += 1
            yield from self._mentions(chain, sentence)

    def _heads(self, sentence: range) -> Iterator[tuple[int, int, Head]]:
        """Yield first token, end and head of every head noun of a sentence that may be a mention."""
        at = sentence.start
        while at < sentence.stop:
            phrase = _phrases_without().at(self.reading.lows, at, sentence.stop)
            if phrase:
                at += phrase[0]
                continue
            found = None if at in self.named else _heads().at(self.reading.lows, at, sentence.stop)
            if found is None or any(inner in self.named for inner in range(at, at + found[0])):
                at += 1
                continue
            end = at + found[0]
            named = self.ends.get(at)
            is_class = named is not None and named.type == "GPE" and found[1].noun in self.place_words
            if not is_class and not self._is_verb(at, found[1], sentence) and not self._turned(end, sentence):
                yield at, end, found[1]
            at = end

    def _is_verb(self, at: int, head: Head, sentence: range) -> bool:
        """Whether a word is a verb here: after an auxiliary, or in the singular after "to" ("to host", "to shell")."""
        before = self.reading.low(at - 1, sentence)
        if before == "to":
            return not head.plural and head.type in ("PER", "FAC", "WEA")
        return before in self.verbal.auxiliaries and before not in self.verbal.be and before != "both"

    def _turned(self, end: int, sentence: range) -> bool:
        return end in sentence and _not_before().at(self.reading.lows, end, sentence.stop) is not None

    def _compound(self, end: int, following: int, sentence: range) -> bool:
        """Whether there are only premodifiers between two heads, so that the first premodifies the second."""
        return following - end <= 2 and all(self._premodifies(at, sentence) for at in range(end, following))

    def _premodifies(self, at: int, sentence: range) -> bool:
        low = self.reading.low(at, sentence)
        if low in self.lexicon.premodifiers:
            return True
        if low in self.lexicon.not_premodifiers or not low.isalpha() or len(low) < 5:
            return False
        return low.endswith(tuple(self.lexicon.premodifier_suffixes)) and self.reading.tokens[at].text.islower()

    def _start(self, at: int, sentence: range) -> int:
        """Return the first token of the extent whose head begins at ``at``."""
        start = at
        while start > sentence.start and at - start < _LONGEST:
            name = self.ends.get(start)
            if name is not None:
                if name.type == "PER" or name.form != "NAM":
                    break
                start = name.first
            elif self._premodifies(start - 1, sentence):
                start -= 1
            elif self._enclosed(start, sentence):
                return start - 1
            elif self._hyphened(start, sentence):
                start -= 3
            else:
                break
        return start

    def _enclosed(self, start: int, sentence: range) -> bool:
        """Whether there is a single word between an article and the extent so far: it can only belong to it."""
        if self.reading.low(start - 2, sentence) not in self.lexicon.articles or start - 1 in self.named:
            return False
        word, low = self.reading.tokens[start - 1].text, self.reading.lows[start - 1]
        outside = load_lexicon().names.function_words | self.lexicon.determiners | load_lexicon().numbers.scales.keys()
        return word.isalpha() and word.islower() and low not in outside and low not in load_lexicon().numbers.words

    def _hyphened(self, start: int, sentence: range) -> bool:
        """Whether a compound like "long-range" or "war-torn" ends before ``start``; numbers stay outside."""
        first = start - 3
        if (
            first not in sentence
            or self.reading.lows[start - 2] != "-"
            or any(at in self.named for at in range(first, start))
        ):
            return False
        numbers = load_lexicon().numbers
        low = self.reading.lows[first]
        glued = self.reading.adjacent(first) and self.reading.adjacent(first + 1)
        return glued and low.isalpha() and low not in numbers.words and self.reading.lows[start - 1].isalpha()

    def _mentions(self, chain: list[tuple[int, int, Head]], sentence: range) -> Iterator[FoundMention]:
        """Yield the mention of the last head of a compound and what is nested in it."""
        first, end, head = chain[-1]
        start = self._start(chain[0][0], sentence)
        yield FoundMention(start, end, head.type, "NOM", head.noun, plural=head.plural)
        for at, inner_end, inner in chain[:-1]:
            if inner.type != head.type and inner.noun not in self.lexicon.adjective_heads and at < first:
                inner_start = at if at > start else self._start(at, sentence)
                if (inner_start, inner_end) != (start, end):
                    yield FoundMention(inner_start, inner_end, inner.type, "NOM", inner.noun, plural=inner.plural)


def find_pronouns(reading: Reading) -> list[FoundMention]:
    """Return the pronouns that may refer to an entity. Their type is decided with what they refer to."""
    pronouns = load_lexicon().pronouns
    single = pronouns.person | pronouns.thing | pronouns.many | pronouns.speaker_many | pronouns.speaker_one
    found = []
    for sentence in reading.sentences:
        at = sentence.start
        while at < sentence.stop:
            phrase = _reciprocal().at(reading.lows, at, sentence.stop)
            if phrase:
                found.append(FoundMention(at, at + phrase[0], "", "PRO", "each other", plural=True))
                at += phrase[0]
                continue
            low = reading.lows[at]
            goes_on = reading.low(at + 2, sentence).endswith(("ing", "ed"))  # "it is holding"
            empty = low == "it" and reading.low(at + 1, sentence) in pronouns.empty_it_before and not goes_on
            country = reading.tokens[at].text == "US"  # the state, not the pronoun
            if low in single and not empty and not country:
                found.append(
                    FoundMention(at, at + 1, "", "PRO", low, plural=low in pronouns.many | pronouns.speaker_many)
                )
            at += 1
    return found
