"""Arguments by position: subject before a verb, object after it, and what prepositions govern."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence

from parley.model import Argument
from parley.ontology import load_ontology

from .lexicon import load_lexicon, load_triggers
from .reading import FoundMention, Reading
from .triggers import Trigger
from .values import Value

_LEFT, _RIGHT, _OBJECT = 25, 18, 7  # tokens within which subject, phrases and object are looked for


class Attacher:
    """Attaches entities and values to the triggers of one article."""

    def __init__(
        self, reading: Reading, mentions: Sequence[FoundMention], values: Sequence[Value], triggers: Sequence[Trigger]
    ) -> None:
        self.reading = reading
        self.lexicon = load_triggers()
        self.ontology = load_ontology()
        self.finite = self.lexicon.verbs.auxiliaries - {"to", "not", "both"}
        self.determiners = load_lexicon().nominals.determiners
        self.starts: dict[int, FoundMention] = {}  # outermost mention by first token
        self.ends: dict[int, FoundMention] = {}  # outermost mention by the token after it
        self.nested: dict[int, FoundMention] = {}  # any mention by the token after it, innermost
        inside = 0
        for mention in sorted(mentions, key=lambda m: (m.first, -m.last)):
            self.nested[mention.last] = mention
            if mention.first >= inside:
                self.starts[mention.first] = self.ends[mention.last] = mention
                inside = mention.last
        self.verbs = {at for t in triggers if t.is_verb for at in range(t.first, t.last)}
        self.triggers, self.values = triggers, values
        counts = [value for value in values if value.type == "QTY"]
        self.value_end = {value.first: value.last for value in counts}
        self.value_start = {value.last: value.first for value in counts}
        self.subjects: dict[int, list[FoundMention]] = {}  # subject of each verb so far, by its first token
        self.objects: set[int] = set()  # first tokens of the objects of verbs so far
        self.previous: dict[int, Trigger] = {}  # last verb so far, by sentence

    def attach(self, value_ids: Sequence[str]) -> None:
        """Fill the ``arguments`` of the triggers with entities, times and quantities."""
        for trigger in self.triggers:
            if trigger.form.part == "adjective":
                continue
            if trigger.is_verb:
                self._attach_verb(trigger)
            else:
                self._attach_noun(trigger)
        self._attach_values(value_ids)

    # filling --------------------------------------------------------------------------------------------

    def _fill(self, trigger: Trigger, found: Iterable[FoundMention], roles: Sequence[str]) -> None:
        """Let mentions fill the first of ``roles`` that the event type has and their type may fill."""
        kind = self.ontology.event(trigger.type)
        for mention in found:
            for name in roles:
                role = self.ontology.argument_role(name)
                if kind is None or role is None or name not in kind.roles or mention.type not in role.fillers:
                    continue
                mutual = mention.head == "each other" and not any(a.role == name for a in trigger.arguments)
                if mutual or not any(a.entity == mention.entity for a in trigger.arguments):
                    trigger.arguments.append(Argument(role=name, entity=mention.entity, mention=mention.id))
                    trigger.shown.append(mention)
                break

    # verbs ----------------------------------------------------------------------------------------------

    def _attach_verb(self, trigger: Trigger) -> None:
        slots = self.lexicon.slots[trigger.type]
        sentence = self.reading.sentence(trigger.first)
        if trigger.form.lemma == "according to":
            self._fill(trigger, self._object(trigger, sentence), slots.subject)
            return
        subject = (
            self._inverted(trigger, sentence) or self._addressees(trigger, sentence) or self._shared(trigger, sentence)
        )
        if subject is None:
            subject = list(self._subject(trigger.first, sentence, trigger, slots.subject + slots.object))
        self.subjects[trigger.first] = subject
        self.previous[self.reading.tokens[trigger.first].sentence] = trigger
        if self._passive(trigger, sentence) or trigger.form.lemma in self.lexicon.verbs.undergone:
            self._fill(trigger, subject, slots.object or slots.subject)
        else:
            self._fill(trigger, subject, slots.subject)
            objects = [m for m in self._object(trigger, sentence) if m not in subject]
            self.objects.update(m.first for m in objects)
            self._fill(trigger, objects, slots.object)
        self._attach_phrases(trigger, sentence)

    def _shared(self, trigger: Trigger, sentence: range) -> list[FoundMention] | None:
        """The subject of the verb before, where a verb is joined to it ("…, killing two", "… and said"), or None."""
        before = self.reading.low(trigger.first - 1, sentence)
        earlier = self.previous.get(self.reading.tokens[trigger.first].sentence)
        joined = before == "and" or (before == "," and trigger.form.form == "gerund")
        if not joined or earlier is None or trigger.first - earlier.last > _LEFT:
            return None
        return self.subjects.get(earlier.first, [])

    def _addressees(self, trigger: Trigger, sentence: range) -> list[FoundMention]:
        """Those addressed by the verb before, of whom an act is asked: "appealed to both sides to withdraw"."""
        earlier = self.previous.get(self.reading.tokens[trigger.first].sentence)
        if earlier is None or self.reading.low(trigger.first - 1, sentence) != "to":
            return []
        addressees = {a.mention for a in earlier.arguments if a.role == "Addressee"}
        return [mention for mention in earlier.shown if mention.id in addressees]

    def _passive(self, trigger: Trigger, sentence: range) -> bool:
        """Whether a participle comes after a form of "be" or before "by"."""
        if "participle" not in trigger.form.form:
            return False
        at = trigger.first - 1
        while at in sentence and trigger.first - at <= 4 and self.reading.lows[at] in self.lexicon.verbs.auxiliaries:
            if self.reading.lows[at] in self.lexicon.verbs.be:
                return True
            at -= 1
        return self.reading.low(trigger.last, sentence) == "by"

    def _subject(self, at: int, sentence: range, trigger: Trigger, roles: Sequence[str]) -> Iterator[FoundMention]:
        """Yield the nearest mention before a verb in its clause that no preposition governs, and those joined to it."""
        lexicon, lows = self.lexicon, self.reading.lows
        place, comma = at, False
        while place > sentence.start and at - place < _LEFT:
            low = lows[place - 1]
            mention = self.ends.get(place)
            if mention is not None:
                free = self._governor(mention, sentence) is None and not (comma and mention.first in self.objects)
                if free and self._can_fill(trigger, mention, roles):
                    yield from self._joined(mention, sentence)
                    return
                place = mention.first
            elif low in lexicon.clauses.relative:
                before = place - 1 - (self.reading.low(place - 2, sentence) == ",")
                head = self.ends.get(before)
                if head is not None:
                    yield head
                return
            elif low == ")" and (opened := self._opened(place - 1, sentence)) is not None:
                place = opened
            elif low in lexicon.clauses.stops:
                return
            else:
                comma = comma or low == ","
                place -= 1

    def _opened(self, at: int, sentence: range) -> int | None:
        """Return the parenthesis that a short insertion like "(SCO)" opens with."""
        return next((p for p in range(at - 1, max(at - 6, sentence.start), -1) if self.reading.lows[p] == "("), None)

    def _inverted(self, trigger: Trigger, sentence: range) -> list[FoundMention]:
        """The speaker after the verb: “…,” said Ada Brink."""
        before = self.reading.low(trigger.first - 1, sentence)
        after = self._at(trigger.last, sentence)
        quoted = trigger.type in self.ontology.speech_types and before in ("”", '"')
        says = trigger.form.lemma == "say" and before == ","
        return [after] if (quoted or says) and after is not None else []

    def _can_fill(self, trigger: Trigger, mention: FoundMention, roles: Sequence[str]) -> bool:
        return any((r := self.ontology.argument_role(name)) is not None and mention.type in r.fillers for name in roles)

    def _governor(self, mention: FoundMention, sentence: range) -> str | None:
        """Return the preposition or possession that governs a mention or what it is joined to, or None."""
        if self.reading.low(mention.last, sentence) == "'s":
            return "'s"
        for _ in range(3):
            at = self._left_of(mention, sentence)
            low = self.reading.low(at, sentence)
            earlier = self.ends.get(at) if low == "and" else None
            if earlier is None:
                partitive = low == "of" and at in self.value_start  # "dozens of residents"
                governs = low in self.lexicon.prepositions and at not in self.verbs  # "called on" is one verb
                return low if governs and not partitive else None
            mention = earlier
        return None

    def _left_of(self, mention: FoundMention, sentence: range) -> int:
        """Return the token before a mention and its determiners, numbers and adjectives."""
        at = mention.first - 1
        for _ in range(4):
            if at + 1 in self.value_start:
                at = self.value_start[at + 1] - 1
            elif at in sentence and self._skippable(at):
                at -= 1
        return at

    def _skippable(self, at: int) -> bool:
        """Whether a token may stand between a preposition or verb and the mention it governs."""
        low, lexicon = self.reading.lows[at], load_lexicon()
        if low in ("'s", "that"):
            return False
        inside = low in self.determiners or low in lexicon.nominals.premodifiers or low in lexicon.numbers.words
        return inside or low.isdigit()

    def _joined(self, mention: FoundMention, sentence: range) -> Iterator[FoundMention]:
        """Yield a mention and those that "and" joins to it from the left."""
        yield mention
        for _ in range(4):
            at = mention.first - 1
            while at in sentence and mention.first - at <= 3 and self.reading.lows[at] in self.determiners:
                at -= 1
            low = self.reading.low(at, sentence)
            earlier = self.ends.get(at) if low in ("and", "or", ",") else None
            if earlier is None or earlier.type != mention.type:
                return
            yield earlier
            mention = earlier

    def _at(self, at: int, sentence: range) -> FoundMention | None:
        """Return the mention that begins at a token or after determiners, possessors and numbers there."""
        possessive: FoundMention | None = None
        for _ in range(6):
            if at not in sentence or self.reading.lows[at] == "that":
                return possessive
            mention = self.starts.get(at)
            if mention is not None:
                if mention.form == "PRO" and mention.head in self.determiners:
                    possessive = mention
                elif self.reading.low(mention.last, sentence) != "'s":
                    return mention
                at = mention.last
            elif at in self.value_end:
                at = self.value_end[at]
            elif self._skippable(at) or self.reading.lows[at] == "'s" or at in self.value_start:  # "dozens of"
                at += 1
            else:
                return possessive
        return possessive

    def _object(self, trigger: Trigger, sentence: range) -> list[FoundMention]:
        """Return the mention right after a verb and those joined to it."""
        if trigger.type == "State" and trigger.form.lemma not in (*self.lexicon.verbs.addressing, "according to"):
            return []
        first = self._at(trigger.last, sentence)
        if first is None or first.first - trigger.last > _OBJECT:
            return []
        speech = trigger.type in self.ontology.speech_types
        if speech and self.reading.low(first.last, sentence) in self.finite:  # the subject of the content clause
            return []
        found = [first]
        while self.reading.low(found[-1].last, sentence) == "and" and len(found) < 4:
            following = self._at(found[-1].last + 1, sentence)
            if following is None or following.type != first.type or self.reading.low(following.last, sentence) == "'s":
                break
            found.append(following)
        return found

    def _attach_phrases(self, trigger: Trigger, sentence: range) -> None:
        """Attach what prepositions after a trigger govern, up to the next verb or the end of the clause."""
        at = trigger.last
        while at in sentence and at - trigger.last < _RIGHT:
            low = self.reading.lows[at]
            ended = low in self.lexicon.clauses.stops or low in self.lexicon.clauses.relative
            if ended or at in self.verbs or low in self.finite:
                return
            if low in self.lexicon.prepositions and at not in self.starts:
                following = self._at(at + 1, sentence)
                if following is not None:
                    found = [following]
                    joined = self.reading.low(following.last, sentence) == "and"
                    other = self._at(following.last + 1, sentence) if joined else None
                    if other is not None and other.type == following.type:
                        found.append(other)
                    roles = self.lexicon.prepositions[low]
                    if trigger.type in self.ontology.speech_types:  # "said talks in Harrow …": the place is the talks'
                        roles = [role for role in roles if role != "Place"]
                    if any(a.role == "Patient" for a in trigger.arguments):
                        roles = [role for role in roles if role != "Patient"]
                    self._fill(trigger, found, roles)
            at += 1

    # nouns ----------------------------------------------------------------------------------------------

    def _attach_noun(self, trigger: Trigger) -> None:
        """Attach the mentions before a noun (possessor, adjective, compound) and after it."""
        slots = self.lexicon.slots[trigger.type]
        sentence = self.reading.sentence(trigger.first)
        at = trigger.first
        while at > sentence.start and trigger.first - at < 5:
            mention = self.nested.get(at)
            if mention is not None and mention.first in sentence:
                roles = slots.subject if mention.type in ("GPE", "MIL", "ORG", "PER", "GROUP") else (
                    "Instrument", "Agreement", "Place", "Topic")  # fmt: skip
                self._fill(trigger, [mention], roles)
                at = mention.first
            elif self.reading.lows[at - 1] == "'s" or self._skippable(at - 1):
                at -= 1
            else:
                break
        if self.reading.low(at - 1, sentence) in self.lexicon.verbs.light:
            self._fill(trigger, self._subject(at - 1, sentence, trigger, slots.subject), slots.subject)
        self._attach_phrases(trigger, sentence)

    # values ---------------------------------------------------------------------------------------------

    def _attach_values(self, ids: Sequence[str]) -> None:
        """Give each value to the nearest trigger of its sentence; quantities only to what happens to people or things."""
        by_sentence: dict[int, list[Trigger]] = {}
        for trigger in self.triggers:
            by_sentence.setdefault(self.reading.tokens[trigger.first].sentence, []).append(trigger)
        violent = {t.name for t in self.ontology.event_types if t.group == "violence"}
        for value, identifier in zip(self.values, ids, strict=True):
            candidates = by_sentence.get(self.reading.tokens[value.first].sentence, ())
            following = self.starts.get(value.last)
            if value.type == "TIME" and following is not None and following.type == "AGR":
                continue  # "a seven-day ceasefire": how long the agreement is for
            role = "Time" if value.type == "TIME" else "Quantity"
            near = [
                t
                for t in _around(candidates, value.first)
                if (role == "Time" or t.type in violent) and t.form.part != "adjective"
            ]
            if near:
                nearest = min(near, key=lambda t: (max(value.first - t.last, t.first - value.last), t.first))
                nearest.arguments.append(Argument(role=role, mention=identifier))


def _around(triggers: Sequence[Trigger], at: int, reach: int = 4) -> Sequence[Trigger]:
    """Return the few triggers on either side of a token."""
    place = bisect_left(triggers, at, key=lambda trigger: trigger.first)
    return triggers[max(0, place - reach) : place + reach]
