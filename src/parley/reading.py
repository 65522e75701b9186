"""One annotation of an article with its references resolved: the common input of checks, metrics, tables and pages.

This module only looks things up; it validates and scores nothing. Ids that refer to nothing and circular references are
tolerated (``parley.checks`` reports them), so that a wrong annotation can be checked, scored and shown too.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cached_property
from graphlib import CycleError, TopologicalSorter
from operator import attrgetter
from typing import Protocol, TypeVar

from parley.claims import Claim, cluster_claims, contradictions
from parley.corpus import Corpus, RegistryEntry, ZoneSpan
from parley.derive import StanceRow, entity_sides, nearest_span, stance_rows
from parley.model import AUTHOR, Annotation, Argument, Entity, Event, Mention, Proposition, Span
from parley.segment import Sentence, sentence_at, split_sentences, split_tokens

Offsets = tuple[int, int]  # start and end of a span: code points, half-open
NO_ENTRIES: Mapping[str, RegistryEntry] = {}

_START, _END = attrgetter("start"), attrgetter("end")


class Zoned(Protocol):
    """Anything with zones: an article's metadata, or a line of a gold.jsonl."""

    @property
    def zones(self) -> Sequence[ZoneSpan]:
        """The zones of a text, in order."""


class ArticleText:
    """An article's text, cut into sentences and tokens when first asked for. Several annotations may share it."""

    def __init__(self, article: Zoned, text: str) -> None:
        self.article, self.text = article, text

    @cached_property
    def sentences(self) -> list[Sentence]:
        """Sentences of the scored zones, in the order of the text."""
        return split_sentences(self.text, self.article.zones)

    def sentence_of(self, start: int, end: int) -> Sentence | None:
        """Return the sentence that holds the span wholly, or None."""
        return sentence_at(self.sentences, start, end)

    @cached_property
    def token_edges(self) -> tuple[list[int], list[int]]:
        """Starts and ends of all tokens, in the order of the text: tokens neither nest nor overlap."""
        spans = list(split_tokens(self.text))
        return [start for start, _ in spans], [end for _, end in spans]

    def tokens(self, start: int, end: int) -> range:
        """Return the indices of the tokens that the span covers, wholly or in part."""
        starts, ends = self.token_edges
        return range(bisect_right(ends, start), bisect_left(starts, end))


class AnnotatedArticle:
    """An article, its text and one annotation of it, with what can be derived from them.

    ``registry`` holds the entries by id. A layer that is None in the record is an empty dict here.
    """

    def __init__(
        self, record: Annotation, article_text: ArticleText, registry: Mapping[str, RegistryEntry] = NO_ENTRIES
    ) -> None:
        self.record, self.article_text, self.registry = record, article_text, registry
        self.text, self.article = article_text.text, article_text.article
        self.mentions: dict[str, Mention] = {m.id: m for m in record.mentions or ()}
        self.entities: dict[str, Entity] = {e.id: e for e in record.entities or ()}
        self.events: dict[str, Event] = {e.id: e for e in record.events or ()}
        self.propositions: dict[str, Proposition] = {p.id: p for p in record.propositions}
        self.contested_elsewhere: frozenset[str] = frozenset()  # registry ids of event clusters, see with_contested
        self._members: dict[str, frozenset[str]] = {}

    @property
    def sentences(self) -> list[Sentence]:
        """Sentences of the scored zones, in the order of the text."""
        return self.article_text.sentences

    @cached_property
    def mentions_of(self) -> dict[str, list[Mention]]:
        """Mentions of each entity, in the order of the text (an outer mention before the mentions nested in it)."""
        found: dict[str, list[Mention]] = {entity: [] for entity in self.entities}
        for mention in sorted(sorted(self.record.mentions or (), key=_END, reverse=True), key=_START):
            if mention.entity is not None:
                found.setdefault(mention.entity, []).append(mention)
        return found

    @cached_property
    def event_clusters(self) -> dict[str, list[Event]]:
        """Event mentions of each event cluster, by the id of the first one; listed in the order of the record."""
        found: dict[str, list[Event]] = {}
        for event in self.record.events or ():
            found.setdefault(self.head(event.id), []).append(event)
        return found

    def head(self, event: str) -> str:
        """Return the id of the first event mention of the event cluster that ``event`` belongs to."""
        seen = {event}
        while event in self.events and (earlier := self.events[event].same_as) and earlier not in seen:
            seen.add(earlier)
            event = earlier
        return event

    def type_of(self, mention: Mention) -> str | None:
        """Return the type of a mention: its entity's, or TIME or QTY; None if its entity is missing."""
        if mention.type is not None:
            return mention.type
        entity = self.entities.get(mention.entity or "")
        return entity.type if entity else None

    def words(self, start: int, end: int) -> str:
        """Return the words of a span, as in the text."""
        return self.text[start:end]

    def name(self, identifier: str) -> str:
        """Return the name of an entity, the trigger of an event, the words of a proposition; else the id itself."""
        if identifier in self.entities:
            return self.entities[identifier].name
        item: Span | None = self.events.get(identifier) or self.propositions.get(identifier)
        return self.words(item.start, item.end) if item else identifier

    def entry(self, identifier: str) -> RegistryEntry | None:
        """Return the registry entry of an entity, or of the event cluster an event belongs to, if it has one."""
        item = self.entities.get(identifier) or self.events.get(self.head(identifier))
        return self.registry.get((item.registry if item else None) or "")

    def members(self, entity: str) -> frozenset[str]:
        """Return the members of a plural entity, members of members included; an entity without members is its only member."""
        if entity not in self._members:
            found, waiting, seen = set[str](), [entity], set[str]()
            while waiting:
                at = waiting.pop()
                if at not in seen:
                    seen.add(at)
                    parts = self.entities[at].members if at in self.entities else None
                    waiting.extend(parts or ())
                    if not parts:
                        found.add(at)
            self._members[entity] = frozenset(found)
        return self._members[entity]

    def side(self, registry: str) -> str:
        """Return the side of a registry entry: the state or body that it acts for, in the end; else the entry itself."""
        seen = {registry}
        while (entry := self.registry.get(registry)) and entry.side and entry.side not in seen:
            seen.add(registry := entry.side)
        return registry

    @cached_property
    def _sides(self) -> dict[str, frozenset[str]]:
        return entity_sides(self.record, self.side)

    def sides(self, entity: str) -> frozenset[str]:
        """Return the sides of an entity, as ``derive.entity_sides`` has them; none for ``AUTHOR`` and what is no entity."""
        return self._sides.get(entity, frozenset())

    @cached_property
    def expanded_sizes(self) -> dict[str, int]:
        """Number of ids each entity refers to: itself and, for a plural one, all that its members refer to.

        It is what writing them all out would cost, found without doing so. Entities that are among their own members,
        directly or through others, or have such members, are left out.
        """
        sorter = TopologicalSorter({e.id: e.members or () for e in self.record.entities or ()})
        with suppress(CycleError):
            sorter.prepare()
        sizes: dict[str, int] = {}
        while ready := sorter.get_ready():
            for at in ready:
                parts = self.entities[at].members if at in self.entities else None
                sizes[at] = 1 + sum(sizes[part] for part in parts or ())
            sorter.done(*ready)
        return sizes

    def fillers(self, event: Event, role: str) -> list[str]:
        """Return the ids of the entities that fill ``role`` of ``event``, in the order of its arguments."""
        return [a.entity for a in event.arguments if a.role == role and a.entity is not None]

    def sources(self, event: Event) -> list[Event]:
        """Return the speech events that report ``event``, the innermost first; none if the article itself reports it."""
        chain: list[Event] = []
        seen, at = {event.id}, event.via
        while at is not None and at in self.events and at not in seen:
            seen.add(at)
            chain.append(self.events[at])
            at = self.events[at].via
        return chain

    def speakers(self, event: Event) -> list[str]:
        """Return who presents ``event``: the agents of its innermost source, or ``AUTHOR``."""
        sources = self.sources(event)
        return self.fillers(sources[0], "Agent") if sources else [AUTHOR]

    def argument_mention(self, event: Event, entity: str) -> Mention | None:
        """Return the mention of ``entity`` that realises it as an argument of ``event``: the one nearest the trigger.

        See ``derive.nearest_span``. None if the entity is not mentioned.
        """
        return nearest_span(event, self.mentions_of.get(entity, []), self.sentences)

    def argument_span(self, argument: Argument, event: Event) -> Offsets | None:
        """Return the span of an argument of ``event`` in the text; None if it has none.

        It is the trigger of the event that fills the role; the span of the proposition that ``nearest_span`` gives; the
        mention that the record names; else the mention of the entity nearest the trigger. The text is segmented only for
        what has several spans.
        """
        if argument.event is not None:
            filler = self.events.get(argument.event)
            return filler.span if filler else None
        if argument.proposition is not None:
            proposition = self.propositions.get(argument.proposition)
            spans = sorted(proposition.spans, key=_START) if proposition else []
            stated = nearest_span(event, spans, self.sentences) if len(spans) > 1 else next(iter(spans), None)
            return (stated.start, stated.end) if stated else None
        shown = self.mentions.get(argument.mention or "")
        if shown is None and argument.entity is not None:
            shown = self.argument_mention(event, argument.entity)
        return shown.span if shown else None

    @cached_property
    def contested_here(self) -> frozenset[str]:
        """First mentions of the event clusters that claims of this article contest; see ``claims``."""
        return frozenset(h for h in self.event_clusters if next(contradictions(cluster_claims(self, h)), None))

    def is_contested(self, head: str) -> bool:
        """Whether two claims of the event cluster contradict each other, here or in the articles read with this one."""
        first = self.events.get(head)
        return head in self.contested_here or (first is not None and first.registry in self.contested_elsewhere)

    def stance_rows(self) -> list[StanceRow]:
        """Return the holder-target pairs of the stance config; see ``derive.stance_rows``."""
        return stance_rows(self.record, self.side)


View = TypeVar("View", bound=AnnotatedArticle)


def annotated(corpus: Corpus, article: str, record: Annotation | None = None) -> AnnotatedArticle:
    """Return an article of a corpus with an annotation of it (default: its gold).

    Raises ``KeyError`` if the article is not in the corpus, or has no gold.
    """
    text = ArticleText(corpus.articles[article], corpus.texts[article])
    return AnnotatedArticle(corpus.gold[article] if record is None else record, text, corpus.entries)


def annotated_articles(corpus: Corpus) -> Iterator[AnnotatedArticle]:
    """Yield every article that has gold with it, in the order of articles.jsonl, with what is contested."""
    return with_contested(corpus, (annotated(corpus, article) for article in corpus.gold))


def with_contested(corpus: Corpus, views: Iterable[View]) -> Iterator[View]:
    """Yield articles of a corpus that know what the gold of all articles of their split contests."""
    contested = _contested_across(corpus)
    for view in views:
        view.contested_elsewhere = contested[corpus.articles[view.record.id].split]
        yield view


def _contested_across(corpus: Corpus) -> dict[str, frozenset[str]]:
    """Return the registry ids of the event clusters of each split that claims of its articles contest."""
    found: dict[str, dict[str, list[Claim]]] = {article.split: {} for article in corpus.articles.values()}
    for name in corpus.gold:
        view = annotated(corpus, name)
        for head in view.event_clusters:
            if registry := view.events[head].registry:
                own = found[corpus.articles[name].split].setdefault(registry, [])
                own += cluster_claims(view, head)
    return {
        split: frozenset(entry for entry, told in own.items() if next(contradictions(told), None))
        for split, own in found.items()
    }
