"""Which speech event presents each trigger, what a speech event is about, and which triggers are one event.

Links cannot be circular. Inside a sentence a source is to the left of what it presents; only a source that ends the
sentence may be to the right, and it has no source itself. The source of a quotation is outside all quotations.
"""

from bisect import bisect_left
from collections.abc import Sequence

from parley.model import Argument
from parley.ontology import load_ontology

from .lexicon import load_triggers
from .reading import Reading
from .triggers import Trigger

_OUTSIDE = -1  # in place of the number of a quotation: the trigger is in none
_CONTENT = 7  # tokens after "halt" or "agree" within which its content is found
_SUBJECT = 8  # tokens of "…, said the foreign minister of Norland on Monday."
_COORDINATING = ("and", "or", ",")


class SourceLinker:
    """Links the triggers of one article to each other."""

    def __init__(self, reading: Reading, triggers: Sequence[Trigger]) -> None:
        self.reading, self.triggers = reading, triggers
        self.lexicon = load_triggers()
        self.speech = load_ontology().speech_types
        self.by_sentence: dict[int, list[Trigger]] = {}
        for trigger in triggers:
            self.by_sentence.setdefault(reading.tokens[trigger.first].sentence, []).append(trigger)

    def link(self) -> None:
        """Set ``via``, ``content``, ``status`` of content, and ``same_as`` of the triggers."""
        for number, triggers in self.by_sentence.items():
            self._forward(triggers)
            self._backward(triggers, self.reading.sentences[number])
        self._quotations()
        self._contents()
        self._event_clusters()

    def _is_source(self, trigger: Trigger) -> bool:
        return trigger.type in self.speech and trigger.is_verb

    def _forward(self, triggers: Sequence[Trigger]) -> None:
        """Let a speech verb govern what follows it in its sentence, inside the same quotation or outside all."""
        current: dict[int, Trigger | None] = {}
        at = triggers[0].first
        presupposed = False
        for trigger in triggers:
            for between in range(at, trigger.first):
                low = self.reading.lows[between]
                if low in (";", "but", "while"):
                    current.clear()
                if low in self.lexicon.clauses.presupposing:
                    presupposed = True
                elif low in (",", "that"):
                    presupposed = False
            at = trigger.last
            where = self._quote(trigger)
            source = current.get(where)
            if source is not None and not presupposed:
                joined = self._is_source(trigger) and self._before(trigger) in _COORDINATING
                trigger.via = source.via if joined else source
            if self._is_source(trigger):
                current[where] = trigger
                presupposed = False

    def _quote(self, trigger: Trigger) -> int:
        quote = self.reading.quote_of.get(trigger.first)
        return _OUTSIDE if quote is None else quote.start

    def _before(self, trigger: Trigger) -> str:
        """Return the word before a verb and its auxiliaries."""
        sentence = self.reading.sentence(trigger.first)
        at = trigger.first - 1
        while at in sentence and trigger.first - at < 5 and self.reading.lows[at] in self.lexicon.verbs.auxiliaries:
            at -= 1
        return self.reading.low(at, sentence)

    def _backward(self, triggers: Sequence[Trigger], sentence: range) -> None:
        """Let "…, she said." and "according to" govern what comes before them."""
        last = next((t for t in reversed(triggers) if self._quote(t) == _OUTSIDE), None)
        if last is None or not self._is_source(last) or not (self._closes(last, sentence) and last.type == "State"):
            return
        for trigger in triggers:
            if trigger is not last and trigger.via is None and self._quote(trigger) == _OUTSIDE:
                trigger.via = last
        last.via = None

    def _closes(self, source: Trigger, sentence: range) -> bool:
        """Whether a verb of saying and its subject, set off by a comma, end the sentence."""
        if source.form.lemma == "according to":
            return True
        lows = self.reading.lows
        if not set(lows[max(sentence.start, source.first - _SUBJECT) : source.first]).intersection((",", "”", '"')):
            return False
        return self.reading.low(source.last, sentence) in ("", ".", ",") or sentence.stop - source.last <= _SUBJECT

    def _quotations(self) -> None:
        """Let the speech verb next to a quotation govern what is quoted."""
        by_quote: dict[int, list[Trigger]] = {}
        for trigger in self.triggers:
            by_quote.setdefault(self._quote(trigger), []).append(trigger)
        sources = [trigger for trigger in by_quote.get(_OUTSIDE, ()) if self._is_source(trigger)]
        for quote in self.reading.quotes:
            source = self._source_of(quote, sources)
            for trigger in by_quote.get(quote.start, ()):
                if trigger.via is None or self._quote(trigger.via) != quote.start:
                    trigger.via = source

    def _source_of(self, quote: range, sources: Sequence[Trigger]) -> Trigger | None:
        """Return the nearest of ``sources`` in the sentences where a quotation begins and ends; of two the later."""
        after = bisect_left(sources, quote.stop, key=lambda trigger: trigger.first)
        before = bisect_left(sources, quote.start, key=lambda trigger: trigger.first) - 1
        near = [sources[at] for at in (after, before) if 0 <= at < len(sources)]
        tokens = self.reading.tokens
        numbers = {tokens[quote.start].sentence, tokens[quote.stop - 1].sentence}
        near = [source for source in near if tokens[source.first].sentence in numbers]
        return min(near, key=lambda t: max(t.first - quote.stop, quote.start - t.last), default=None)

    # content --------------------------------------------------------------------------------------------

    def _contents(self) -> None:
        """Give each speech verb the first trigger it governs as content, and "halt", "agree" what follows them."""
        governed: dict[int, list[Trigger]] = {}
        for trigger in self.triggers:
            if trigger.via is not None:
                governed.setdefault(id(trigger.via), []).append(trigger)
        roles = {t.name: t.roles for t in load_ontology().event_types}
        for place, trigger in enumerate(self.triggers):
            content: Trigger | None = None
            if self._is_source(trigger):
                governed_here = [t for t in governed.get(id(trigger), []) if t.form.part != "adjective"]
                after = [t for t in governed_here if t.first > trigger.first]
                content = next(iter(after or governed_here), None)
            elif trigger.type in ("Halt", "Agree") and place + 1 < len(self.triggers):
                following = self.triggers[place + 1]
                near = following.first - trigger.last <= _CONTENT and following.form.part != "adjective"
                same = self.reading.tokens[following.first].sentence == self.reading.tokens[trigger.first].sentence
                content = following if near and same else None
            if content is not None and "Content" in roles.get(trigger.type, ()):
                trigger.content = content
                status = self.lexicon.status.content.get(trigger.type)
                if status is not None and content.status in ("actual", "wanted"):
                    content.status = status

    def _event_clusters(self) -> None:
        """Join nouns of one type and head; a toll is never another toll, and each act of speech is its own event."""
        first: dict[tuple[str, str], Trigger] = {}
        for trigger in self.triggers:
            if trigger.form.part == "noun" and trigger.type not in self.speech and trigger.type != "Casualty":
                earlier = first.setdefault((trigger.type, trigger.form.lemma), trigger)
                trigger.same_as = earlier if earlier is not trigger else None


def add_contents(triggers: Sequence[Trigger]) -> None:
    """Add the content of each trigger to its arguments, once triggers have ids."""
    for trigger in triggers:
        if trigger.content is not None:
            trigger.arguments.append(Argument(role="Content", event=trigger.content.id))
