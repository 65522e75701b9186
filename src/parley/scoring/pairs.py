"""One article with its gold and its predicted annotation, prepared once for all metrics."""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from operator import itemgetter
from typing import Any, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from parley.derive import Links, argument_span, pair_polarities
from parley.model import Annotation, Argument, Document, Entity, Event, Prediction
from parley.scoring.clusters import without_singletons
from parley.scoring.coreference import Contingency, blanc_links, conll_counts, contingency, contingency_of_places
from parley.scoring.counts import Tally
from parley.scoring.ground import Ground as Ground
from parley.scoring.ground import Place as Place

Trigger = tuple[Place, str]  # span and event type
_PLACE = itemgetter(0, 1)
NOWHERE: Place = (-1, -1)  # where nothing stands
T = TypeVar("T")
NIL = "NIL"  # what an entity that registry.json does not have is linked to


Places = NDArray[np.int64]


class SpanArrays(NamedTuple):
    """Spans in the order of the text, and after each the furthest end of all up to it."""

    starts: Places
    ends: Places
    furthest: Places


class View:
    """An annotation as the metrics see it: spans, clusters, arguments. A layer not attempted is empty."""

    def __init__(self, annotation: Annotation, ground: Ground) -> None:
        self.annotation, self.ground = annotation, ground
        self.links = Links(annotation)

    @cached_property
    def typed_mentions(self) -> list[tuple[int, int, str]]:
        """Start, end and type of every mention and value, in the order of the record."""
        types = {entity.id: entity.type for entity in self.annotation.entities or ()}
        return [
            (m.start, m.end, types.get(m.entity or "", "") if m.type is None else m.type)
            for m in self.annotation.mentions or ()
        ]

    @cached_property
    def typed_spans(self) -> frozenset[tuple[int, int, str]]:
        """Start, end and type of every mention and value."""
        return frozenset(self.typed_mentions)

    @cached_property
    def sorted_spans(self) -> list[tuple[int, int, str]]:
        """``typed_spans`` in the order of the text."""
        return sorted(self.typed_spans)

    @cached_property
    def span_arrays(self) -> "SpanArrays":
        """Starts and ends of ``sorted_spans``."""
        starts = np.array([start for start, _, _ in self.sorted_spans], np.int64)
        ends = np.array([end for _, end, _ in self.sorted_spans], np.int64)
        return SpanArrays(starts, ends, np.maximum.accumulate(ends))

    @cached_property
    def places(self) -> frozenset[Place]:
        """Start and end of every mention and value."""
        return frozenset(map(_PLACE, self.typed_mentions))

    @cached_property
    def linked(self) -> dict[tuple[int, int, str], str]:
        """Registry id, or ``NIL``, of every entity mention by start, end and type."""
        registry = {
            entity.id: NIL if entity.registry is None or entity.registry.startswith(NIL) else entity.registry
            for entity in self.annotation.entities or ()
        }
        types = self.links.entities
        return {
            item if m.type is None else (m.start, m.end, types[m.entity].type): registry[m.entity]
            for item, m in zip(self.typed_mentions, self.annotation.mentions or (), strict=True)
            if m.entity in registry
        }

    @cached_property
    def entity_clusters(self) -> dict[str, list[Place]]:
        """Mention spans of each entity that is mentioned, by entity id. Values are in no cluster."""
        return {entity: [(m.start, m.end) for m in ms] for entity, ms in self.links.mentions_of.items() if ms}

    @cached_property
    def entity_at(self) -> dict[Place, str]:
        """The entity that each span mentions."""
        return {(m.start, m.end): m.entity for m in self.annotation.mentions or () if m.entity is not None}

    @property
    def repeats_mentions(self) -> bool:
        """Whether a span mentions two entities, or one twice: no clustering then."""
        return len(self.entity_at) < sum([m.entity is not None for m in self.annotation.mentions or ()])

    @property
    def repeats_triggers(self) -> bool:
        """Whether a span is a trigger twice."""
        return len(self.happening_at) < len(self.annotation.events or ())

    @cached_property
    def event_clusters(self) -> dict[str, list[Place]]:
        """Trigger spans of each happening, by the id of its first event mention."""
        return {head: [e.span for e in events] for head, events in self.links.happenings.items()}

    @cached_property
    def happening_at(self) -> dict[Place, str]:
        """The happening that each trigger tells, by the id of its first event mention."""
        head = self.links.head
        return {(e.start, e.end): e.id if e.same_as is None else head(e.id) for e in self.annotation.events or ()}

    @cached_property
    def triggers(self) -> list[Trigger]:
        """Span and event type of each event, in the order of the record."""
        return [((event.start, event.end), event.type) for event in self.annotation.events or ()]

    @cached_property
    def typed_triggers(self) -> frozenset[Trigger]:
        """Span and event type of each event."""
        return frozenset(self.triggers)

    @cached_property
    def statuses(self) -> list[str]:
        """Status of each event, in the order of the record."""
        return [event.status for event in self.annotation.events or ()]

    @cached_property
    def voices(self) -> list[Place | None]:
        """Trigger span of the speech event each event comes through, in the order of the record.

        None for the article's own voice. A voice that was left out with its zone stands where the gold's never does.
        """
        at = {event.id: (event.start, event.end) for event in self.annotation.events or ()}
        return [None if e.via is None else at.get(e.via, NOWHERE) for e in self.annotation.events or ()]

    @cached_property
    def arguments(self) -> list[tuple[Place, str, str, Place | None]]:
        """Trigger span, event type, role and argument span of every argument; None where nothing shows it."""
        found: list[tuple[Place, str, str, Place | None]] = []
        mentions = self.links.mentions
        for event, (trigger, type_) in zip(self.annotation.events or (), self.triggers, strict=True):
            for argument in event.arguments:
                # Where the record names the mention, sentences are not asked for: cutting them takes time.
                shown = mentions.get(argument.mention) if argument.mention and not argument.event else None
                span = (shown.start, shown.end) if shown else self._argument_span(argument, event)
                if span is None and len(self.ground.first) > 1:
                    # Two that nothing shows are one in an article, but not in two.
                    span = (NOWHERE[0], -bisect_right(self.ground.first, event.start))
                found.append((trigger, type_, argument.role, span))
        return found

    @cached_property
    def argument_set(self) -> frozenset[tuple[Place, str, str, Place | None]]:
        """The different ones of ``arguments``."""
        return frozenset(self.arguments)

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
    """An article, its gold and what a system predicted, or a block of articles (``scoring.block``).

    ``asked`` are the polarities of the given pairs of the stance classification by their ids, and ``answers`` those
    that the system gives; both follow from the records where they are not told.
    """

    def __init__(
        self,
        ground: Ground,
        gold: Document,
        predicted: Prediction,
        *,
        asked: Mapping[str, str] | None = None,
        answers: Mapping[str, str] | None = None,
        entities_by_article: Sequence[tuple[Sequence[Entity], Sequence[Entity]]] | None = None,
    ) -> None:
        self.ground = ground
        self.gold, self.predicted = View(gold, ground), View(predicted, ground)
        if answers is None:
            answers = {answer.pair: answer.polarity for answer in predicted.stance_pairs or ()}
        self.answers = answers
        self.entities_by_article = entities_by_article or [(gold.entities, predicted.entities or ())]
        self._asked = asked
        self._known: dict[Callable[[Pair], Any], Any] = {}

    @property
    def asked(self) -> Mapping[str, str]:
        """The gold's polarity of every given pair, by its id."""
        return pair_polarities(self.gold.annotation) if self._asked is None else self._asked

    def once(self, function: "Callable[[Pair], T]") -> T:
        """Return ``function(pair)``, worked out the first time it is asked for: what several metrics share."""
        if function not in self._known:
            self._known[function] = function(self)
        found: T = self._known[function]
        return found

    @cached_property
    def entities(self) -> Contingency:
        """Gold entities against predicted ones, by the mentions they share.

        Raises ``ValueError`` if a span is mentioned twice.
        """
        if self.gold.repeats_mentions or self.predicted.repeats_mentions:
            return contingency(self.gold.entity_clusters, self.predicted.entity_clusters)  # says which
        return self._contingency(self.gold.entity_at, self.predicted.entity_at)

    @cached_property
    def happenings(self) -> Contingency:
        """Gold happenings against predicted ones, by the triggers they share.

        Raises ``ValueError`` if a span is a trigger twice.
        """
        if self.gold.repeats_triggers or self.predicted.repeats_triggers:
            return contingency(self.gold.event_clusters, self.predicted.event_clusters)  # says which
        return self._contingency(self.gold.happening_at, self.predicted.happening_at)

    def _contingency(self, gold: Mapping[Place, str], predicted: Mapping[Place, str]) -> Contingency:
        table = contingency_of_places(gold, predicted)
        first = self.ground.first
        if len(first) > 1:
            by_article = [_by_article(first, places) for places in (gold, predicted, gold.keys() & predicted.keys())]
            table.spans = list(zip(*by_article, strict=True))
        return table

    @cached_property
    def repeated_entities(self) -> Contingency:
        """The same as ``entities``, without entities of one mention."""
        return without_singletons(self.entities)

    @cached_property
    def repeated_happenings(self) -> Contingency:
        """The same as ``happenings``, without happenings told once."""
        return without_singletons(self.happenings)

    @cached_property
    def entity_scores(self) -> Tally:
        """Counts of the CoNLL metrics on entities, computed once for the average and its parts."""
        return conll_counts(self.entities)

    @cached_property
    def happening_scores(self) -> Tally:
        """Counts of the CoNLL metrics on happenings."""
        return conll_counts(self.happenings)

    @cached_property
    def entity_links(self) -> Tally:
        """Counts of BLANC on entities, for both of its averages."""
        return blanc_links(self.entities)

    @cached_property
    def happening_links(self) -> Tally:
        """Counts of BLANC on happenings."""
        return blanc_links(self.happenings)


def _by_article(first: Sequence[int], places: Iterable[Place]) -> list[int]:
    """Return how many of the places are in each article."""
    article = np.searchsorted(first, [start for start, _ in places], side="right") - 1
    numbers: list[int] = np.bincount(article, minlength=len(first)).tolist()
    return numbers
