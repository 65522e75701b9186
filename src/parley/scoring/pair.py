"""One article with its gold and its predicted annotation, prepared once for all metrics."""

from collections.abc import Mapping
from functools import cached_property

from parley.corpus import RegistryEntry
from parley.derive import pair_polarities
from parley.model import Annotation, Document, Event, Prediction
from parley.reading import NO_ENTRIES, AnnotatedArticle, ArticleText, Offsets
from parley.scoring.coreference import Contingency, contingency
from parley.scoring.counts import Once

Item = tuple[int, int, str]  # start and end (code points, half-open), type
ArgumentItem = tuple[Offsets, str, str, Offsets | None]  # trigger span, event type, role, argument span

NOWHERE: Offsets = (-1, -1)  # the span of a speech event that is not in the annotation
NIL = "NIL"  # what an entity is linked to that the registry does not have


class View(AnnotatedArticle):
    """An annotation as the metrics compare it: sets of spans, clusters, arguments. A layer not attempted is empty."""

    def __init__(
        self, record: Annotation, source: ArticleText, registry: Mapping[str, RegistryEntry] = NO_ENTRIES
    ) -> None:
        super().__init__(record, source, registry)
        self.listed_mentions, self.listed_events = record.mentions or (), record.events or ()

    @cached_property
    def typed_spans(self) -> frozenset[Item]:
        """Start, end and type of every mention and value."""
        return frozenset([(m.start, m.end, self.type_of(m) or "") for m in self.listed_mentions])

    @cached_property
    def entity_spans(self) -> dict[str, list[Offsets]]:
        """Mention spans of each entity that is mentioned, by entity id. Values are in no cluster."""
        return {entity: [(m.start, m.end) for m in own] for entity, own in self.mentions_of.items() if own}

    @cached_property
    def event_spans(self) -> dict[str, list[Offsets]]:
        """Trigger spans of each event cluster, by the id of its first event mention."""
        return {head: [(e.start, e.end) for e in events] for head, events in self.event_clusters.items()}

    def source_span(self, event: Event) -> Offsets | None:
        """Return the trigger span of the speech event that ``event`` comes through; None for the article itself."""
        if event.via is None:
            return None
        source = self.events.get(event.via)
        return (source.start, source.end) if source else NOWHERE

    @cached_property
    def argument_items(self) -> list[ArgumentItem]:
        """Trigger span, event type, role and argument span of every argument; None where the text shows nothing."""
        found: list[ArgumentItem] = []
        for event in self.listed_events:
            trigger, type_ = (event.start, event.end), event.type
            found += [(trigger, type_, a.role, self.argument_span(a, event)) for a in event.arguments]
        return found

    def global_name(self, identifier: str) -> str:
        """Return the name of an entity or an event cluster that is unique across articles.

        It is its registry id; without one, the article's id and its own, with a blank between, which no id has.
        """
        item = self.entities.get(identifier) or self.events.get(identifier)
        return item.registry if item is not None and item.registry else f"{self.record.id} {identifier}"


class Pair(Once):
    """An article, its gold, and what a system predicted. ``registry`` holds the entries by id: pairs need their sides."""

    def __init__(
        self,
        text: ArticleText,
        gold: Document,
        predicted: Prediction,
        registry: Mapping[str, RegistryEntry] = NO_ENTRIES,
    ) -> None:
        super().__init__()
        self.text, self.gold, self.predicted = text, View(gold, text, registry), View(predicted, text, registry)
        self.answers = {answer.pair: answer.polarity for answer in predicted.stance_pairs or ()}

    @cached_property
    def asked(self) -> Mapping[str, str]:
        """The gold polarity of every given holder-target pair, by the pair's id."""
        return pair_polarities(self.gold.record, self.gold.side)

    @cached_property
    def entities(self) -> Contingency:
        """Gold entities against predicted ones, by the mentions they share. ``ValueError`` if a span is in two."""
        return contingency(self.gold.entity_spans, self.predicted.entity_spans)

    @cached_property
    def event_clusters(self) -> Contingency:
        """Gold event clusters against predicted ones, by the triggers they share. ``ValueError`` if a trigger is in two."""
        return contingency(self.gold.event_spans, self.predicted.event_spans)
