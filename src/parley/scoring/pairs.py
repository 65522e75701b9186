"""One article with its gold and its predicted annotation, prepared once for all metrics."""

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any, TypeVar

import numpy as np

from parley.derive import Links, argument_span, pair_polarities
from parley.model import Annotation, Argument, Document, Entity, Event, Prediction
from parley.scoring.clusters import without_singletons
from parley.scoring.columns import ArgumentColumns as ArgumentColumns
from parley.scoring.columns import Clustered, MentionColumns
from parley.scoring.columns import EventColumns as EventColumns
from parley.scoring.columns import Places as Places
from parley.scoring.columns import SpanArrays as SpanArrays
from parley.scoring.coreference import Contingency, blanc_links, conll_counts, contingency
from parley.scoring.counts import Tally
from parley.scoring.ground import Ground as Ground
from parley.scoring.ground import Place as Place
from parley.scoring.numbers import Codes, Column, column, pack, pack_both

NOWHERE: Place = (-1, -1)  # where nothing stands
NO_VOICE: Place = (-2, -2)  # the voice of what comes through no speech event
T = TypeVar("T")
NO_FORM = "no form"  # of a predicted mention that was given none
NIL = "NIL"  # what an entity that registry.json does not have is linked to


class View:
    """An annotation as the metrics see it: spans, clusters, arguments. A layer not attempted is empty.

    ``codes`` number the labels; the views of a pair share them.
    """

    def __init__(self, annotation: Annotation, ground: Ground, codes: Codes | None = None) -> None:
        self.annotation, self.ground = annotation, ground
        self.codes = Codes() if codes is None else codes
        self.links = Links(annotation)

    @cached_property
    def entity_numbers(self) -> Codes:
        """Entities by number: those of the record in their order, then those that only mentions name."""
        numbers = Codes()
        named = [mention.entity for mention in self.annotation.mentions or () if mention.entity is not None]
        for name in dict.fromkeys([*(entity.id for entity in self.annotation.entities or ()), *named]):
            numbers[name] = len(numbers)
        return numbers

    def _of_entity(self, label: Callable[[Entity], str]) -> Column:
        """Return the code of a label of each entity by its number; -1 of one that is not in the record, and at the end."""
        numbers, codes = self.entity_numbers, self.codes
        found = [-1] * (len(numbers) + 1)
        for entity in self.annotation.entities or ():
            found[numbers[entity.id]] = codes[label(entity)]
        return column(found)

    @cached_property
    def _entity_kinds(self) -> Column:
        return self._of_entity(lambda entity: entity.type)

    @cached_property
    def mention_columns(self) -> MentionColumns:
        """Start, end, type, form and entity of every mention and value."""
        codes, mentions, numbers = self.codes, self.annotation.mentions or (), self.entity_numbers
        entities = column([-1 if m.entity is None else numbers[m.entity] for m in mentions])
        values = column([-1 if m.type is None else codes[m.type] for m in mentions])
        kinds = self._entity_kinds[entities]
        kinds[kinds < 0] = codes[""]
        return MentionColumns(
            column([m.start for m in mentions]),
            column([m.end for m in mentions]),
            np.where(values < 0, kinds, values),
            column([codes[m.form or NO_FORM] if m.type is None else -1 for m in mentions]),
            entities,
        )

    @cached_property
    def span_arrays(self) -> SpanArrays:
        """The different spans with their types, sorted by start, end and type."""
        starts, ends, kinds, *_ = self.mention_columns
        rank = np.zeros(len(self.codes), np.int64)
        rank[[code for _, code in sorted(self.codes.items())]] = np.arange(len(rank))
        _, first = np.unique(pack([starts, ends, rank[kinds]]), return_index=True)
        ends = ends[first]
        return SpanArrays(starts[first], ends, kinds[first], np.maximum.accumulate(ends))

    @cached_property
    def sorted_spans(self) -> list[tuple[int, int, str]]:
        """Start, end and type of the different mentions and values, in the order of the text."""
        starts, ends, kinds, _ = self.span_arrays
        names = list(self.codes)
        return list(zip(starts.tolist(), ends.tolist(), [names[kind] for kind in kinds.tolist()], strict=True))

    @cached_property
    def linked(self) -> tuple[Column, Column, Column, Column]:
        """Start, end, type and code of the registry id, or of ``NIL``, of every mention of an entity that there is."""
        starts, ends, _, _, entities = self.mention_columns
        registry = self._of_entity(lambda e: NIL if e.registry is None or e.registry.startswith(NIL) else e.registry)
        is_known = registry[entities] >= 0
        entities = entities[is_known]
        return starts[is_known], ends[is_known], self._entity_kinds[entities], registry[entities]

    @cached_property
    def entity_clusters(self) -> dict[str, list[Place]]:
        """Mention spans of each entity that is mentioned, by entity id. Values are in no cluster."""
        return {entity: [(m.start, m.end) for m in ms] for entity, ms in self.links.mentions_of.items() if ms}

    @cached_property
    def entity_at(self) -> dict[Place, str]:
        """The entity that each span mentions."""
        return {(m.start, m.end): m.entity for m in self.annotation.mentions or () if m.entity is not None}

    @cached_property
    def clustered_mentions(self) -> Clustered:
        """The mentions of entities with their entities."""
        columns = self.mention_columns
        names_one = columns.entities >= 0
        return Clustered(
            columns.starts[names_one], columns.ends[names_one], columns.entities[names_one], list(self.entity_numbers)
        )

    @cached_property
    def clustered_triggers(self) -> Clustered:
        """The triggers with their event clusters."""
        numbers, head = Codes(), self.links.head
        heads = [e.id if e.same_as is None else head(e.id) for e in self.annotation.events or ()]
        event_clusters = column([numbers[name] for name in heads])
        return Clustered(self.event_columns.starts, self.event_columns.ends, event_clusters, list(numbers))

    @cached_property
    def repeats_mentions(self) -> bool:
        """Whether a span mentions two entities, or one twice: no clustering then."""
        return self.clustered_mentions.is_repeated

    @cached_property
    def repeats_triggers(self) -> bool:
        """Whether a span is a trigger twice."""
        return self.clustered_triggers.is_repeated

    @cached_property
    def event_clusters(self) -> dict[str, list[Place]]:
        """Trigger spans of each event cluster, by the id of its first event mention."""
        return {head: [e.span for e in events] for head, events in self.links.event_clusters.items()}

    @cached_property
    def event_cluster_at(self) -> dict[Place, str]:
        """The event cluster that each trigger tells, by the id of its first event mention."""
        head = self.links.head
        return {(e.start, e.end): e.id if e.same_as is None else head(e.id) for e in self.annotation.events or ()}

    @cached_property
    def event_columns(self) -> EventColumns:
        """Trigger, type, status and voice of every event."""
        codes, events = self.codes, self.annotation.events or ()
        starts, ends = [event.start for event in events], [event.end for event in events]
        at = {event.id: place for event, place in zip(events, zip(starts, ends, strict=True), strict=True)}
        voices = [NO_VOICE if event.via is None else at.get(event.via, NOWHERE) for event in events]
        return EventColumns(
            column(starts),
            column(ends),
            column([codes[event.type] for event in events]),
            column([codes[event.status] for event in events]),
            column([start for start, _ in voices]),
            column([end for _, end in voices]),
        )

    @cached_property
    def argument_columns(self) -> ArgumentColumns:
        """Event, type of the event, role and span of every argument, in the order of the record."""
        events = self.annotation.events or ()
        event = np.repeat(np.arange(len(events)), [len(event.arguments) for event in events])
        columns, codes = self.event_columns, self.codes
        return ArgumentColumns(
            columns.starts[event],
            columns.ends[event],
            columns.kinds[event],
            column([codes[argument.role] for event in events for argument in event.arguments]),
            column([start for start, _ in self.argument_spans]),
            column([end for _, end in self.argument_spans]),
        )

    @cached_property
    def argument_spans(self) -> list[Place]:
        """The span that shows each argument, in the order of the record; it begins below 0 where nothing shows it."""
        found: list[Place] = []
        mentions, several = self.links.mentions, len(self.ground.first) > 1
        for event in self.annotation.events or ():
            for argument in event.arguments:
                # Where the record names the mention, sentences are not asked for: cutting them takes time.
                shown = mentions.get(argument.mention) if argument.mention and not argument.event else None
                span = (shown.start, shown.end) if shown else self._argument_span(argument, event)
                if span is None:
                    # Two that nothing shows are one in an article, but not in two.
                    span = (NOWHERE[0], -bisect_right(self.ground.first, event.start) if several else 0)
                found.append(span)
        return found

    def _argument_span(self, argument: Argument, event: Event) -> Place | None:
        return argument_span(argument, event, self.links, self.ground.sentences)

    def entity_name(self, entity: str) -> tuple[str, str]:
        """Return an entity's name among all articles: its registry id, else the article's id and its own."""
        known = self.links.entities.get(entity)
        return ("", known.registry) if known and known.registry else (self.annotation.id, entity)

    def event_cluster_name(self, head: str) -> tuple[str, str]:
        """Return an event cluster's name among all articles: its registry id, else the article's id and its own."""
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
        self.codes = Codes()
        self.gold, self.predicted = View(gold, ground, self.codes), View(predicted, ground, self.codes)
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
        return self._contingency(self.gold.clustered_mentions, self.predicted.clustered_mentions)

    @cached_property
    def event_clusters(self) -> Contingency:
        """Gold event clusters against predicted ones, by the triggers they share.

        Raises ``ValueError`` if a span is a trigger twice.
        """
        if self.gold.repeats_triggers or self.predicted.repeats_triggers:
            return contingency(self.gold.event_clusters, self.predicted.event_clusters)  # says which
        return self._contingency(self.gold.clustered_triggers, self.predicted.clustered_triggers)

    def _contingency(self, gold: Clustered, predicted: Clustered) -> Contingency:
        one, other = pack_both(gold[:2], predicted[:2])
        _, at_one, at_other = np.intersect1d(one, other, assume_unique=True, return_indices=True)
        of_both = gold.clusters[at_one] * len(predicted.names) + predicted.clusters[at_other]
        _, first, sizes = np.unique(of_both, return_index=True, return_counts=True)
        ones, others = gold.clusters[at_one[first]].tolist(), predicted.clusters[at_other[first]].tolist()
        shared = {
            (gold.names[i], predicted.names[j]): size for i, j, size in zip(ones, others, sizes.tolist(), strict=True)
        }
        table = Contingency(gold.sizes, predicted.sizes, shared)
        first_places = self.ground.first
        if len(first_places) > 1:
            by_article = [_by_article(first_places, s) for s in (gold.starts, predicted.starts, gold.starts[at_one])]
            table.spans = list(zip(*by_article, strict=True))
        return table

    @cached_property
    def repeated_entities(self) -> Contingency:
        """The same as ``entities``, without entities of one mention."""
        return without_singletons(self.entities)

    @cached_property
    def repeated_event_clusters(self) -> Contingency:
        """The same as ``event_clusters``, without event clusters told once."""
        return without_singletons(self.event_clusters)

    @cached_property
    def entity_scores(self) -> Tally:
        """Counts of the CoNLL metrics on entities, computed once for the average and its parts."""
        return conll_counts(self.entities)

    @cached_property
    def event_cluster_scores(self) -> Tally:
        """Counts of the CoNLL metrics on event clusters."""
        return conll_counts(self.event_clusters)

    @cached_property
    def entity_links(self) -> Tally:
        """Counts of BLANC on entities, for both of its averages."""
        return blanc_links(self.entities)

    @cached_property
    def event_cluster_links(self) -> Tally:
        """Counts of BLANC on event clusters."""
        return blanc_links(self.event_clusters)


def _by_article(first: Sequence[int], starts: Places) -> list[int]:
    """Return how many of the places are in each article."""
    article = np.searchsorted(first, starts, side="right") - 1
    numbers: list[int] = np.bincount(article, minlength=len(first)).tolist()
    return numbers
