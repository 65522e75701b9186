"""One article with its gold and its predicted annotation, prepared once for all metrics."""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from functools import cached_property

from parley.catalogue import Article
from parley.derive import Links, argument_span
from parley.model import Annotation, Document, Prediction
from parley.scoring.coreference import Contingency, conll_counts, contingency
from parley.scoring.counts import Tally
from parley.segment import Sentence, split_sentences, split_tokens

Place = tuple[int, int]  # start and end, code points, half-open
NIL = "NIL"  # what an entity that registry.json does not have is linked to


class Ground:
    """An article's text, cut into sentences and tokens when first asked for."""

    def __init__(self, article: Article, text: str) -> None:
        self.article, self.text = article, text

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


class View:
    """An annotation as the metrics see it: spans, clusters, arguments. A layer not attempted is empty."""

    def __init__(self, annotation: Annotation, ground: Ground) -> None:
        self.annotation, self.ground = annotation, ground
        self.links = Links(annotation)

    @cached_property
    def typed_spans(self) -> frozenset[tuple[int, int, str]]:
        """Start, end and type of every mention and value."""
        return frozenset((m.start, m.end, self.links.type_of(m) or "") for m in self.annotation.mentions or ())

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
        return {entity: [m.span for m in ms] for entity, ms in self.links.mentions_of.items() if ms}

    @cached_property
    def event_clusters(self) -> dict[str, list[Place]]:
        """Trigger spans of each happening, by the id of its first event mention."""
        return {head: [e.span for e in events] for head, events in self.links.happenings.items()}

    @cached_property
    def arguments(self) -> list[tuple[Place, str, str, Place | None]]:
        """Trigger span, event type, role and argument span of every argument; None where nothing shows it."""
        return [
            (event.span, event.type, argument.role, argument_span(argument, event, self.links, self.ground.sentences))
            for event in self.annotation.events or ()
            for argument in event.arguments
        ]

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
