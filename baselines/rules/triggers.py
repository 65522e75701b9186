"""Triggers: words of the lexicon that name an event here, and how the text presents it."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache

from parley.model import Argument

from .lexicon import load_lexicon, load_triggers, words
from .phrases import Phrases
from .reading import FoundMention, Reading
from .values import qualifier_at
from .verbs import Form, trigger_forms

_NEAR = 6  # tokens within which what a trigger needs must stand


@dataclass(eq=False)
class Trigger:
    """An event mention that was found. ``first`` and ``last`` are token numbers, half-open."""

    first: int
    last: int
    type: str
    form: Form
    status: str = "actual"
    via: "Trigger | None" = None
    same_as: "Trigger | None" = None
    content: "Trigger | None" = None
    arguments: list[Argument] = field(default_factory=list)
    shown: list[FoundMention] = field(default_factory=list)  # the mentions that fill its roles
    id: str = ""

    @property
    def is_verb(self) -> bool:
        """Whether it can have a subject."""
        return self.form.part in ("verb", "phrase")


@cache
def _without() -> Phrases[bool]:
    return Phrases((words(phrase), True) for phrase in load_triggers().without.phrases)


class TriggerFinder:
    """Finds the triggers of one article."""

    def __init__(self, reading: Reading, mentions: Sequence[FoundMention]) -> None:
        self.reading = reading
        self.lexicon = load_triggers()
        self.in_name = {at for m in mentions if m.form == "NAM" for at in range(m.first, m.last)}
        premodifiers = load_lexicon().nominals.premodifiers
        self.premodifying = {
            at
            for m in mentions
            if m.form == "NOM"
            for at in range(m.first, m.last - 1)
            if reading.lows[at] in premodifiers
        }
        self.starts = {m.first for m in mentions}
        self.in_mention = {m.last - 1 for m in mentions if m.form == "NOM"}
        self.at_type: dict[str, list[int]] = {}
        for mention in sorted(mentions, key=lambda m: m.first):
            self.at_type.setdefault(mention.type, []).append(mention.first)

    def find(self) -> list[Trigger]:
        """Return the triggers in the order of the text; they do not overlap."""
        found = []
        for sentence in self.reading.sentences:
            at = sentence.start
            while at < sentence.stop:
                trigger = self._at(at, sentence)
                if trigger is None:
                    at += 1
                else:
                    found.append(trigger)
                    at = trigger.last
        return found

    def _at(self, at: int, sentence: range) -> Trigger | None:
        if at in self.in_name:
            return None
        if self._is_without(at, sentence):
            return None
        known = trigger_forms().at(self.reading.lows, at, sentence.stop)
        if known is None or any(inner in self.in_name for inner in range(at, at + known[0])):
            return None
        length, forms = known
        if length > 1 and qualifier_at(self.reading.lows, at + length - 1, sentence.stop):
            known = trigger_forms().at(self.reading.lows, at, at + 1)  # "firing at least nine" is no "firing at"
            if known is None:
                return None
            length, forms = known
        if length == 1 and (at in self.in_mention or at in self.premodifying):
            return None  # part of a description: names no event
        nouns = any(form.part == "noun" for form in forms)
        for form in forms:
            one = self.lexicon.trigger[form.list]
            if nouns and form.form == "gerund" and not self._governs(at, at + length, sentence):
                continue
            if self._fits(at, form, sentence) and self._has_needed(at, sentence, one.needs, one.needs_event):
                trigger = Trigger(at, at + length, one.type, form)
                trigger.status = self._status(trigger, sentence)
                return trigger
        return None

    def _is_without(self, at: int, sentence: range) -> bool:
        """Whether a token stands in a phrase that names no event, which begins three tokens before it at most."""
        for start in range(max(at - 3, sentence.start), at + 1):
            found = _without().at(self.reading.lows, start, sentence.stop)
            if found is not None and start + found[0] > at:
                return True
        return False

    def _fits(self, at: int, form: Form, sentence: range) -> bool:
        """Whether the words around a form leave it the part of speech it would have."""
        before = self.reading.low(at - 1, sentence)
        after_determiner = before in load_lexicon().nominals.determiners
        if form.part == "verb":
            if form.form in ("base", "third") and (after_determiner or self._modified(at, sentence)):
                return False
            if form.form in ("base", "third"):
                return before in self.lexicon.verbs.auxiliaries or self._subject_before(at, sentence)
            return True
        if form.part == "noun":
            verbal = before in self.lexicon.verbs.auxiliaries and before not in ("to", "not", *self.lexicon.verbs.be)
            return not verbal
        return True

    def _governs(self, at: int, end: int, sentence: range) -> bool:
        """Whether a form like "shelling" or "fighting" is a verb: after "be" or a comma, or with an object."""
        before = self.reading.low(at - 1, sentence)
        lexicon = load_lexicon()
        has_object = end in self.starts or self.reading.low(end, sentence) in lexicon.nominals.determiners
        return before in self.lexicon.verbs.be or before == "," or has_object

    def _modified(self, at: int, sentence: range) -> bool:
        """Whether an adjective stands before a word, so that it is a noun."""
        lexicon = load_lexicon().nominals
        low = self.reading.low(at - 1, sentence)
        return low in lexicon.premodifiers or low in ("air", "artillery", "rocket", "missile", "drone", "mortar")

    def _subject_before(self, at: int, sentence: range) -> bool:
        """Whether the word before is a pronoun or ends a mention, as a subject does."""
        pronouns = load_lexicon().pronouns
        subjects = pronouns.many | pronouns.speaker_many | pronouns.thing | pronouns.person
        before = self.reading.low(at - 1, sentence)
        named = at - 1 in sentence and (at - 1 in self.in_mention or at - 1 in self.in_name)
        return named or before in subjects or before in self.lexicon.clauses.relative

    def _has_needed(self, at: int, sentence: range, types: list[str], events: list[str]) -> bool:
        if not types and not events:
            return True
        low, high = max(sentence.start, at - _NEAR), min(sentence.stop, at + _NEAR + 1)
        for kind in types:
            starts = self.at_type.get(kind, [])
            place = bisect_left(starts, low)
            if place < len(starts) and starts[place] < high:
                return True
        if events:
            for other in range(low, high):
                if other == at:
                    continue
                known = trigger_forms().at(self.reading.lows, other, sentence.stop)
                if known and any(self.lexicon.trigger[form.list].type in events for form in known[1]):
                    return True
        return False

    # status ---------------------------------------------------------------------------------------------

    def _status(self, trigger: Trigger, sentence: range) -> str:
        """Return the status that the words before a trigger in its clause give it."""
        cues, stops = self.lexicon.status, self.lexicon.clauses.stops
        lows: list[str] = []
        at = trigger.first - 1
        while at in sentence and len(lows) < cues.window:
            low = self.reading.lows[at]
            if low in stops and low not in cues.possible:
                break
            lows.append(low)
            if low == ",":
                break
            at -= 1
        if lows[:1] == ["no"] or (trigger.is_verb and cues.negated.intersection(lows[:4])):
            return "negated"
        if cues.negated.intersection(lows[:2]):
            return "negated"
        if cues.possible.intersection(lows):
            return "possible"
        to = lows.index("to") if "to" in lows[:3] else None
        base = trigger.is_verb and trigger.form.form in ("base", "participle", "past participle")
        if to is not None and base:
            is_to = lows[to + 1 : to + 2] and lows[to + 1] in self.lexicon.verbs.be  # "is to meet"
            return "planned" if is_to or cues.planned.intersection(lows[to:]) else "wanted"
        if trigger.is_verb and cues.planned.intersection(lows[:3]):
            return "planned"
        if cues.wanted.intersection(lows[:4]):
            return "wanted"
        return "actual" if trigger.is_verb else self._status_after(trigger, sentence)

    def _status_after(self, trigger: Trigger, sentence: range) -> str:
        """Return the status that the verb after a noun gives it: "talks would resume"."""
        cues, clauses = self.lexicon.status, self.lexicon.clauses
        for at in range(trigger.last, min(trigger.last + cues.window, sentence.stop)):
            low = self.reading.lows[at]
            if low in clauses.stops or low in clauses.relative or low == ",":
                break
            if low in cues.after:
                return cues.after[low]
        return "actual"
