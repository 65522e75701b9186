"""One article with its gold and its predicted annotation, prepared once for all metrics."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any, TypeVar

from parley.derive import Links, argument_span
from parley.model import Annotation, Argument, Document, Event, Prediction
from parley.scoring.coreference import Contingency, conll_counts, contingency
from parley.scoring.counts import Tally
from parley.scoring.zones import Zoned
from parley.segment import Sentence, split_sentences, split_tokens

Place = tuple[int, int]  # start and end, code points, half-open
T = TypeVar("T")
NIL = "NIL"  # what an entity that registry.json does not have is linked to


class Ground:
    """An article's text, cut into sentences and tokens when first asked for."""

    def __init__(self, article: Zoned, text: str) -> None:
        self.article, self.text = article, text
        self._starts: dict[Place, tuple[int, ...]] = {}

    @cached_property
    def sentences(self) -> list[Sentence]:
        """Sentences of the scored zones."""
        return split_sentences(self.text, self.article.zones)

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
        while first > 0 and not text[first - 1].isspace():
            first -= 1
        while last < len(text) and not text[last].isspace():
            last += 1
        found, at = [], first
        for word in text[first:last].split():
            at = text.index(word, at)
            to = at + len(word)
            tokens = [(at, to)] if word.isalnum() else split_tokens(text, at, to)  # letters and digits are one token
            found += [one for one, last in tokens if last > start and one < end]
            at = to
        return found


class View:
    """An annotation as the metrics see it: spans, clusters, arguments. A layer not attempted is empty."""

    def __init__(self, annotation: Annotation, ground: Ground) -> None:
        self.annotation, self.ground = annotation, ground
        self.links = Links(annotation)

    @cached_property
    def typed_spans(self) -> frozenset[tuple[int, int, str]]:
        """Start, end and type of every mention and value."""
        type_of = self.links.type_of
        return frozenset([(m.start, m.end, type_of(m) or "") for m in self.annotation.mentions or ()])

    @cached_property
    def linked(self) -> dict[tuple[int, int, str], str]:
        """Registry id, or ``NIL``, of every entity mention by start, end and type."""
        found = {}
        for mention in self.annotation.mentions or ():
            entity = self.links.entities.get(mention.entity or "")
            if entity is not None:
                registry = entity.registry
                known = registry is not None and not registry.startswith(NIL)
                found[(mention.start, mention.end, entity.type)] = registry if known and registry else NIL
        return found

    @cached_property
    def entity_clusters(self) -> dict[str, list[Place]]:
        """Mention spans of each entity that is mentioned, by entity id. Values are in no cluster."""
        return {entity: [(m.start, m.end) for m in ms] for entity, ms in self.links.mentions_of.items() if ms}

    @cached_property
    def event_clusters(self) -> dict[str, list[Place]]:
        """Trigger spans of each happening, by the id of its first event mention."""
        return {head: [e.span for e in events] for head, events in self.links.happenings.items()}

    @cached_property
    def arguments(self) -> list[tuple[Place, str, str, Place | None]]:
        """Trigger span, event type, role and argument span of every argument; None where nothing shows it."""
        found: list[tuple[Place, str, str, Place | None]] = []
        mentions = self.links.mentions
        for event in self.annotation.events or ():
            trigger, type_ = (event.start, event.end), event.type
            for argument in event.arguments:
                # Where the record names the mention, sentences are not asked for: cutting them takes time.
                shown = mentions.get(argument.mention) if argument.mention and not argument.event else None
                span = (shown.start, shown.end) if shown else self._argument_span(argument, event)
                found.append((trigger, type_, argument.role, span))
        return found

    def _argument_span(self, argument: Argument, event: Event) -> Place | None:
        return argument_span(argument, event, self.links, self.ground.sentences)

    def entity_name(self, entity: str) -> tuple[str, str]:
        """Return an entity's name among all articles: its registry id, else the article's id and its own."""
        known = self.links.entities.get(entity)
        return ("", known.registry) if known and known.registry else (self.annotation.id, entity)

    def happening_name(self, head: str) -> tuple[str, str]:
        """Return a happening's name among all articles: its registry id, else the article's id and its own."""
        first = self.links.events.get(head)
        return ("", first.registry) if first and first.registry else (self.annotation.id, head)


class Pair:
    """An article, its gold and what a system predicted; ``answers`` are polarities by pair id, None if not given."""

    def __init__(self, ground: Ground, gold: Document, predicted: Prediction) -> None:
        self.ground = ground
        self.gold, self.predicted = View(gold, ground), View(predicted, ground)
        answers = predicted.stance_pairs
        self.answers: Mapping[str, str] = {answer.pair: answer.polarity for answer in answers or ()}
        self._known: dict[Callable[[Pair], Any], Any] = {}

    def once(self, function: "Callable[[Pair], T]") -> T:
        """Return ``function(pair)``, worked out the first time it is asked for: what several metrics share."""
        if function not in self._known:
            self._known[function] = function(self)
        found: T = self._known[function]
        return found

    @cached_property
    def entities(self) -> Contingency:
        """Gold entities against predicted ones, by the mentions they share."""
        return contingency(self.gold.entity_clusters, self.predicted.entity_clusters)

    @cached_property
    def happenings(self) -> Contingency:
        """Gold happenings against predicted ones, by the triggers they share."""
        return contingency(self.gold.event_clusters, self.predicted.event_clusters)

    @cached_property
    def entity_scores(self) -> Tally:
        """Counts of the CoNLL metrics on entities, computed once for the average and its parts."""
        return conll_counts(self.entities)

    @cached_property
    def happening_scores(self) -> Tally:
        """Counts of the CoNLL metrics on happenings."""
        return conll_counts(self.happenings)
