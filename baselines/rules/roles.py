"""Roles of GPE mentions in context, by the first rule of the guidelines that applies."""

from parley.ontology import load_ontology

from .lexicon import load_lexicon, load_triggers
from .reading import FoundMention, Reading
from .verbs import trigger_forms

_PLACE_PREPOSITIONS = frozenset(("in", "at", "near", "from", "into", "inside", "across", "along", "around", "outside", "through", "throughout", "towards", "toward", "off"))  # fmt: skip
_ACTING_GROUPS = ("diplomacy", "speech", "pressure")
_ADDRESSING = ("Accuse", "Demand")


class GovernmentRoles:
    """Decides whether a GPE mention acts as a government, is a place, or neither."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        ontology = load_ontology()
        lists = load_triggers().trigger
        acting = {t.name for t in ontology.event_types if t.group in _ACTING_GROUPS}
        self._acting = {number for number, one in enumerate(lists) if one.type in acting}
        self._addressing = {number for number, one in enumerate(lists) if one.type in _ADDRESSING}

    def _verb(self, at: int, sentence: range, lists: set[int]) -> bool:
        if at not in sentence:
            return False
        found = trigger_forms().at(self.reading.lows, at, sentence.stop)
        return found is not None and any(f.part in ("verb", "phrase") and f.list in lists for f in found[1])

    def acts(self, mention: FoundMention) -> bool:
        """Whether it is the subject of a verb of speech or diplomacy, or the one who is urged or blamed."""
        sentence, lows = self.reading.sentence(mention.first), self.reading.lows
        if self.placed(mention):
            return False
        auxiliaries = load_triggers().verbs.auxiliaries
        after = mention.last
        while after in sentence and lows[after] in auxiliaries and after - mention.last < 4:
            after += 1
        if self._verb(after, sentence, self._acting):
            return True
        if self.reading.low(mention.last, sentence) in ("and", "or") and self._joint(mention, sentence):
            return True
        before = mention.first - 1
        return self._verb(before, sentence, self._addressing) or (
            self.reading.low(before, sentence) in ("on", "by") and self._verb(before - 1, sentence, self._acting)
        )

    def _joint(self, mention: FoundMention, sentence: range) -> bool:
        """Whether a verb follows the other half of "Norland and Sudovia"."""
        at = mention.last + 1
        while at in sentence and at - mention.last <= 3 and self.reading.tokens[at].text[0].isupper():
            at += 1
        return at > mention.last + 1 and self._verb(at, sentence, self._acting)

    def placed(self, mention: FoundMention) -> bool:
        """Whether a preposition of place governs it."""
        sentence = self.reading.sentence(mention.first)
        before = self.reading.low(mention.first - 1, sentence)
        if before in load_lexicon().nominals.determiners:
            before = self.reading.low(mention.first - 2, sentence)
        return before in _PLACE_PREPOSITIONS

    def role(self, mention: FoundMention) -> str:
        """Return the role of a GPE mention."""
        if mention.form != "PRO" and self.placed(mention):
            return "territory"
        if mention.name and mention.name.kind == "adjective":
            return "state"
        if self.acts(mention):
            return "government"
        governing = load_lexicon().nominals.governing
        return "government" if mention.form == "NOM" and mention.head in governing else "state"
