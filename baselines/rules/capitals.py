"""Names: runs of capitalised words, cut into titles, gazetteer names and others, typed by cues."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import cache

from .gazetteer import Name, load_gazetteer, load_provinces
from .lexicon import Words, fold, load_lexicon, words
from .nominals import head_type, is_head
from .phrases import Phrases
from .reading import FoundMention, Reading
from .verbs import is_reporting, trigger_forms


@cache
def _titles() -> Phrases[str]:
    return Phrases((words(title), title) for title in load_lexicon().names.titles)


@cache
def _heads() -> dict[str, str]:
    """Type by head word of a capitalised run; of a word given for two types the first counts."""
    found: dict[str, str] = {}
    for kind, heads in load_lexicon().names.heads.items():
        for head in heads:
            found.setdefault(head, kind)
    return found


@cache
def _person_heads() -> frozenset[str]:
    return frozenset(words(noun)[-1] for noun in load_lexicon().nominals.heads["PER"])


@cache
def _weapon() -> re.Pattern[str]:
    return re.compile(load_lexicon().names.cues.weapon)


@cache
def _calendar() -> frozenset[str]:
    times = load_lexicon().times
    return frozenset([*times.months, *times.weekdays])


def _head_type(low: Words) -> str | None:
    """Return the type that the last word of a run speaks for, or its first before "of" or "for"."""
    heads = _heads()
    if len(low) > 1 and low[-1] in heads:
        return heads[low[-1]]
    inner = next((i for i, word in enumerate(low) if word in ("of", "for") and i > 0), None)
    return heads.get(low[inner - 1]) if inner is not None else None


class NameFinder:
    """Finds the names of one article. Types are decided by votes over all occurrences of a string."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.names = load_lexicon().names
        self.gazetteer = load_gazetteer()
        self.votes: defaultdict[Words, Counter[str]] = defaultdict(Counter)
        self.lower_case = {t.text for t in reading.tokens if t.text.islower()}
        self.capitalised = Counter(
            t.low for at, t in enumerate(reading.tokens) if self._capital(at) and not self._says_nothing(at)
        )

    def _capital(self, at: int) -> bool:
        return self.reading.tokens[at].text[0].isupper()

    def _says_nothing(self, at: int) -> bool:
        return self.reading.title_case[self.reading.tokens[at].sentence] or self.reading.opens(at)

    def find(self) -> list[FoundMention]:
        """Return the names in the order of the text; capitalised titles before names are among them as nominals."""
        found = [name for sentence in self.reading.sentences for name in self._in_sentence(sentence)]
        self._vote_by_part(found)
        for mention in found:
            if mention.type == "":
                mention.type = self._elected(mention.first, mention.last)
        return [self._without_class_noun(mention) for mention in found]

    # runs -----------------------------------------------------------------------------------------------

    def _known(self, at: int, end: int) -> tuple[int, Name] | None:
        return self.gazetteer.at(self.reading.texts, at, end)

    def _in_sentence(self, sentence: range) -> Iterator[FoundMention]:
        at = sentence.start
        while at < sentence.stop:
            if not self._capital(at):
                at += 1
                continue
            if self._opens_plainly(at, sentence.stop):
                at += 1
                continue
            weapon = self._weapon(at, sentence.stop)
            if weapon:
                yield FoundMention(at, weapon, "WEA", "NAM", fold(self.reading.text(at, weapon)))
                at = weapon
                continue
            end = self._run_end(at, sentence.stop)
            yield from self._pieces(at, end, sentence)
            at = max(end, at + 1)

    def _opens_plainly(self, at: int, stop: int) -> bool:
        """Whether a function word is where a capital is no sign of a name."""
        plain = self.reading.lows[at] in self.names.function_words - self.names.honorifics
        return plain and self.reading.opens(at) and self._known(at, stop) is None

    def _weapon(self, at: int, end: int) -> int | None:
        if at + 2 >= end or self.reading.tokens[at + 1].text != "-" or len(self.reading.tokens[at].text) > 3:
            return None
        return at + 3 if _weapon().fullmatch(self.reading.text(at, at + 3)) else None

    def _run_end(self, at: int, stop: int) -> int:
        """Return the end of the capitalised run that begins at ``at``; small words and hyphens may join it."""
        known = self._known(at, stop)
        if known is None and self.reading.lows[at] in _calendar():
            return at + 1
        end = at + (known[0] if known else 1)
        while end < stop:
            if self._weapon(end, stop):
                break
            if self._capital(end) and self.reading.lows[end] not in _calendar():
                known = self._known(end, stop)
                end += known[0] if known else 1
                continue
            joined = self._joined(at, end, stop)
            if joined is None:
                break
            end = joined
        return end

    def _joined(self, first: int, end: int, stop: int) -> int | None:
        """Return where the run goes on after a small word or hyphen at ``end``, or None if it ends there."""
        reading, low = self.reading, self.reading.lows[end]
        after = end + 1
        if low == "-" and after < stop and reading.adjacent(end) and reading.adjacent(end - 1) and self._capital(after):
            both_known = self._known(end - 1, end) and self._known(after, stop)
            return None if both_known else after
        if low not in self.names.links:
            return None
        title = _titles().at(reading.lows, end - 1, stop)
        if title and title[0] > 1 and self._capital(end - 2 + title[0]):  # "Secretary of State"
            return after
        if low in ("of", "for") and after < stop and reading.lows[after] == "the":
            after += 1
        if after >= stop or not self._capital(after):
            return None
        body = any(word in _heads() for word in reading.lows[first:end])
        return after if low in self.names.particles or body else None

    # pieces ---------------------------------------------------------------------------------------------

    def _pieces(self, at: int, end: int, sentence: range) -> Iterator[FoundMention]:
        """Cut a run into titles, gazetteer names and the rest."""
        reading, names = self.reading, self.names
        flat = reading.title_case[reading.tokens[at].sentence]
        after_title = ""
        while at < end:
            low = reading.lows[at]
            known = self._known(at, end)
            if known is None and (low in names.function_words and (reading.opens(at) or flat or end - at > 1)):
                after_title = "PER" if low in names.honorifics else ""
                at += 1
                continue
            if low in _calendar():
                at += 1
                continue
            title = _titles().at(reading.lows, at, end)
            if title and (at + title[0] < end or not reading.opens(at)) and not _head_type(tuple(reading.lows[at:end])):
                yield FoundMention(at, at + title[0], "PER", "NOM", title[1])
                at, after_title = at + title[0], "PER"
                continue
            if flat:
                piece = self._flat_piece(at, end, known, sentence)
                if piece is not None:
                    yield piece
                at, after_title = (piece.last if piece else at + 1), ""
                continue
            piece = self._gazetteer_piece(at, end, known) if known else None
            if piece is None:
                piece = self._unknown_piece(at, end, sentence, after_title)
                if piece is None:
                    return
            yield piece
            at, after_title = piece.last, ""

    def _flat_piece(self, at: int, end: int, known: tuple[int, Name] | None, sentence: range) -> FoundMention | None:
        """In title case: a gazetteer name, or words that are capitalised elsewhere and nowhere in lower case."""
        if known is not None:
            name = " ".join(self.reading.lows[at : at + known[0]])
            return FoundMention(at, at + known[0], known[1].type, "NAM", name, name=known[1])
        stop = at
        while stop < end and self.capitalised[self.reading.lows[stop]] and not self._is_common(stop):
            stop += 1
        return self._unknown_piece(at, stop, sentence, "") if stop > at else None

    def _is_common(self, at: int) -> bool:
        """Whether a word is met in lower case too, or is one of the lexicon's nouns and verbs."""
        lows = self.reading.lows
        listed = is_head(lows, at, at + 1) or trigger_forms().at(lows, at, at + 1) is not None
        return listed or lows[at] in self.lower_case or lows[at] in self.names.function_words

    def _gazetteer_piece(self, at: int, end: int, known: tuple[int, Name]) -> FoundMention | None:
        """A gazetteer name alone, or the capitalised body that begins with it ("Norland Trade Ministry")."""
        length, name = known
        rest = tuple(self.reading.lows[at:end])
        if length < end - at:
            head = _head_type(rest)
            if head is not None:
                return FoundMention(at, end, head, "NAM", " ".join(rest))
            follows_title = _titles().at(self.reading.lows, at + length, end)
            is_place = name.kind != "adjective" and name.type == "GPE"
            if is_place and not follows_title and self._known(at + length, end) is None:
                return None  # a person's or body's name that holds a place's: left to the cues
        return FoundMention(at, at + length, name.type, "NAM", " ".join(rest[:length]), name=name)

    def _unknown_piece(self, at: int, end: int, sentence: range, after_title: str) -> FoundMention | None:
        """The rest of a run: a name of unknown type, on which the cues around it vote."""
        reading = self.reading
        low = tuple(reading.lows[at:end])
        if not reading.tokens[at].text[0].isalpha() or not self._credible(at, end, sentence):
            return None
        for kind, weight in self._cues(at, end, sentence, after_title):
            self.votes[low][kind] += weight
        return FoundMention(at, end, "", "NAM", " ".join(low))

    def _credible(self, at: int, end: int, sentence: range) -> bool:
        """Whether the capitals are those of a name: a lone word that opens a sentence needs another sign."""
        if end - at > 1 or not self._says_nothing(at):
            return len(self.reading.tokens[at].text) > 1 or end - at > 1
        after = self.reading.low(end, sentence)
        named = bool(self.capitalised[self.reading.lows[at]]) or after == "'s" or is_reporting(after)
        return named and not self._is_common(at)

    # cues -----------------------------------------------------------------------------------------------

    def _cues(self, at: int, end: int, sentence: range, after_title: str) -> Iterator[tuple[str, int]]:
        """Yield types that the run and the words around it speak for, with weights."""
        reading, cues = self.reading, self.names.cues
        low = tuple(reading.lows[at:end])
        before, after = reading.low(at - 1, sentence), reading.low(end, sentence)
        length = end - at
        if after_title or before in _person_heads() or before in self.names.honorifics:
            yield "PER", 9
        if head := _head_type(low):
            yield head, 8
        if length == 1 and len(low[0]) > 1 and reading.tokens[at].text.replace(".", "").isupper():
            yield "ORG", 6
        if " ".join(low) in load_provinces():
            yield "GPE", 2
        if length == 1 and low[0].endswith(tuple(cues.adjective_endings)):
            yield "GPE", 5
        if after in cues.place_after:
            yield "GPE", 5
        if before in cues.place_before:
            yield "GPE", 3
        if is_reporting(after):
            yield ("PER", 3) if length in (2, 3) else ("GPE", 1)
        if after == "'s" and length == 1:
            yield "GPE", 1
        if before in ("the", "a", "an"):
            following = head_type(reading.lows, end, sentence.stop) if end in sentence else None
            yield following or "ORG", 4
        yield ("GPE", 1) if length == 1 else ("PER", 1) if length <= 3 else ("ORG", 1)

    def _elected(self, at: int, end: int) -> str:
        votes = self.votes[tuple(self.reading.lows[at:end])]
        return max(sorted(votes), key=lambda kind: votes[kind])

    def _vote_by_part(self, found: list[FoundMention]) -> None:
        """Let a lone name that is part of a person's full name be that person's."""
        people: set[str] = set()
        for low, votes in self.votes.items():
            if 2 <= len(low) <= 4 and max(sorted(votes), key=lambda kind: votes[kind]) == "PER":
                people.update((low[0], low[-1]))
        for mention in found:
            if mention.type == "" and mention.last - mention.first == 1 and mention.head in people:
                self.votes[(mention.head,)]["PER"] += 7

    def _without_class_noun(self, mention: FoundMention) -> FoundMention:
        """Cut "Province" and the like off the name of a province, unless it comes first."""
        last = self.reading.lows[mention.last - 1]
        is_longer = mention.name is None and mention.last - mention.first > 1
        if mention.type == "GPE" and is_longer and last in self.names.cues.place_after:
            mention.last -= 1
            mention.head = " ".join(self.reading.lows[mention.first : mention.last])
        return mention
