"""From an annotation to what there is to see of it; the terminal and the page only draw that."""

from collections.abc import Collection, Iterator, Mapping

from parley.corpus import Article, RegistryEntry
from parley.derive import Links, argument_span
from parley.model import AUTHOR, Annotation, Argument, Document, Event, Mention, Stance
from parley.ontology import load_ontology
from parley.segment import sentence_at, split_sentences
from parley.show.tree import Mark, nest
from parley.show.values import (
    ArgumentView,
    ArticleView,
    EntityView,
    EventView,
    Evidence,
    MentionView,
    Reference,
    StanceView,
    Voice,
    ZoneView,
)

LAYERS = ("entities", "events", "stance")


class _Viewer:
    """Turns one annotation into what is shown; resolves ids to names and numbers once."""

    def __init__(
        self, article: Article, text: str, annotation: Annotation, registry: Mapping[str, RegistryEntry]
    ) -> None:
        self.article, self.text, self.annotation, self.registry = article, text, annotation, registry
        self.links = Links(annotation)
        self.sentences = split_sentences(text, article.zones)
        last = len(text) + 1  # an entity that is only a member comes after those that are mentioned
        first = {e: min((m.start for m in ms), default=last) for e, ms in self.links.mentions_of.items()}
        ordered = sorted(self.links.entities, key=lambda e: first.get(e, last))
        self.entity_number = {e: n for n, e in enumerate(ordered, 1)}
        self.event_number = {e.id: n for n, e in enumerate(sorted(annotation.events or (), key=lambda e: e.span), 1)}

    def _sentence(self, start: int, end: int) -> int | None:
        found = sentence_at(self.sentences, start, end)
        return found.number if found else None

    def label(self, identifier: str) -> str:
        """Return type and number of an entity or event."""
        if identifier in self.links.entities:
            return f"{self.links.entities[identifier].type}·{self.entity_number[identifier]}"
        if identifier in self.links.events:
            return f"{self.links.events[identifier].type}·{self.event_number[identifier]}"
        return ""

    def reference(self, identifier: str, span: tuple[int, int] | None = None) -> Reference:
        """Return what an id stands for."""
        start, end = span or (None, None)
        label = self.label(identifier)
        if identifier in self.links.entities:
            name = self.links.entities[identifier].name
            return Reference("entity", name, id=identifier, label=label, start=start, end=end)
        if identifier in self.links.events:
            event = self.links.events[identifier]
            words = self.text[event.start : event.end]
            return Reference("event", words, id=identifier, label=label, start=event.start, end=event.end)
        if identifier == AUTHOR:
            return Reference("author", "the article", id=AUTHOR)
        return Reference("unknown", identifier, id=identifier)

    def _filler(self, argument: Argument, event: Event) -> Reference:
        span = argument_span(argument, event, self.links, self.sentences)
        if argument.entity is not None or argument.event is not None:
            return self.reference(argument.entity or argument.event or "", span)
        words = self.text[slice(*span)] if span else argument.mention or argument.text or ""
        start, end = span or (None, None)
        mention = self.links.mentions.get(argument.mention or "")
        if mention is not None:
            return Reference(
                "value", words, id=mention.id, label=mention.type or "", detail=_value(mention), start=start, end=end
            )
        return Reference("span", words, start=start, end=end)

    def _voices(self, chain: list[Event]) -> list[Voice]:
        return [
            Voice(e.id, self.text[e.start : e.end], [self.reference(a) for a in self.links.fillers(e, "Agent")])
            for e in chain
        ]

    def mentions(self) -> Iterator[MentionView]:
        """Yield the mentions in the order of the text, an outer one before what is nested in it."""
        for m in sorted(self.annotation.mentions or (), key=lambda m: (m.start, -m.end)):
            kind = self.links.type_of(m) or "?"
            label = self.label(m.entity) or "?" if m.entity else kind
            parts = [m.form, m.role] if m.entity else [_value(m)]
            detail = ", ".join(part for part in parts if part)
            yield MentionView(
                m.id, kind, label, m.start, m.end, self.text[m.start : m.end], detail, m.entity or "", self._sentence(*m.span)
            )  # fmt: skip

    def entities(self) -> Iterator[EntityView]:
        """Yield the entities in the order of their numbers."""
        for identifier, number in self.entity_number.items():
            entity = self.links.entities[identifier]
            entry = self.registry.get(entity.registry or "")
            side = self.registry.get(entry.side) if entry and entry.side else None
            yield EntityView(
                entity.id,
                number,
                self.label(entity.id),
                entity.type,
                entity.name,
                mentions=[m.id for m in self.links.mentions_of.get(entity.id, [])],
                members=[self.reference(m) for m in entity.members or ()],
                registry=entity.registry or "",
                wikidata=(entry.wikidata if entry else None) or "",
                side=side.name if side else "",
                note=(entry.note if entry else None) or "",
            )

    def events(self) -> Iterator[EventView]:
        """Yield the events in the order of the text."""
        for identifier, number in self.event_number.items():
            event = self.links.events[identifier]
            kind = load_ontology().event(event.type)
            head = self.links.head(event.id)
            first = self.links.events.get(head)
            entry = self.registry.get((first.registry if first else None) or "")
            tellings = sorted(self.links.event_clusters.get(head, []), key=lambda e: e.span)
            yield EventView(
                event.id,
                number,
                self.label(event.id),
                event.type,
                kind.group if kind else "",
                event.status,
                event.start,
                event.end,
                self.text[event.start : event.end],
                self._sentence(*event.span),
                self._voices(self.links.sources(event)),
                [e.id for e in tellings],
                self.links.is_contested(head) if head in self.links.event_clusters else False,
                [ArgumentView(a.role, self._filler(a, event)) for a in event.arguments],
                registry=entry.name if entry else "",
            )

    def stances(self) -> Iterator[StanceView]:
        """Yield the stances, holder by holder: the author last, the others in the order of their numbers."""

        def place(stance: Stance) -> tuple[bool, int, int]:
            number = self.entity_number.get(stance.holder, 0)
            return stance.holder == AUTHOR, number, min((e.start for e in stance.evidence), default=0)

        for number, s in enumerate(sorted(self.annotation.stances or (), key=place), 1):
            spans = sorted((e.start, e.end) for e in s.evidence)
            evidence = [
                Evidence(f"{s.id}.{i}", start, end, self.text[start:end], self._sentence(start, end))
                for i, (start, end) in enumerate(spans, 1)
            ]
            said = self.links.events.get(s.via or "")
            voices = self._voices([said, *self.links.sources(said)] if said else [])
            yield StanceView(
                s.id, number, self.reference(s.holder), self.reference(s.target), s.polarity, s.facet, s.explicit, evidence, voices
            )  # fmt: skip


def _value(mention: Mention) -> str:
    """Return the normalised value of a TIME or QTY for people."""
    if mention.value is not None:
        return f"{mention.value} ({mention.mod})" if mention.mod else mention.value
    number = None if mention.number is None else f"{mention.number:,}"
    return " ".join(part for part in (mention.qualifier, number, mention.unit) if part).replace("_", " ")


def _paragraphs(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the lines of a stretch of text, each with the blank lines after it."""
    begin = at = start
    for line in text[start:end].splitlines(keepends=True):
        if line.strip() and text[begin:at].strip():
            yield begin, at
            begin = at
        at += len(line)
    yield begin, end


def build_view(
    article: Article,
    text: str,
    annotation: Annotation,
    registry: Mapping[str, RegistryEntry],
    *,
    layers: Collection[str] = LAYERS,
    source: str | None = None,
) -> ArticleView:
    """Return what there is to see of an annotation, the layers named in ``layers`` only.

    A layer left out still lends its names to the others. ``source`` says where the annotation comes from (default:
    its annotator). Ids that refer to nothing are shown as they are; spans beyond the text are not shown.
    """
    viewer = _Viewer(article, text, annotation, registry)
    shown = [layer for layer in LAYERS if layer in layers]
    mentions = {m.id: m for m in viewer.mentions()} if "entities" in shown else {}
    entities = {e.id: e for e in viewer.entities()} if "entities" in shown else {}
    events = {e.id: e for e in viewer.events()} if "events" in shown else {}
    stances = {s.id: s for s in viewer.stances()} if "stance" in shown else {}
    attempted = {
        "entities": annotation.mentions is not None,
        "events": annotation.events is not None,
        "stance": annotation.stances is not None,
    }
    scored = load_ontology().scored_zones
    zones = {
        f"z{n}": ZoneView(f"z{n}", z.zone, z.zone in scored, z.start, z.end) for n, z in enumerate(article.zones, 1)
    }
    lines = [span for z in article.zones for span in _paragraphs(text, z.start, z.end)]
    tree = nest(
        text,
        [
            *(Mark("zone", z.id, z.start, z.end) for z in zones.values()),
            *(Mark("paragraph", f"p{n}", *span) for n, span in enumerate(lines, 1)),
            *(Mark("sentence", str(s.number), s.start, s.end) for s in viewer.sentences),
        ],
        [
            [Mark("mention", m.id, m.start, m.end) for m in mentions.values()],
            [Mark("trigger", e.id, e.start, e.end) for e in events.values()],
            [Mark("evidence", e.id, e.start, e.end) for s in stances.values() for e in s.evidence],
        ],
    )
    return ArticleView(
        id=article.id,
        title=article.title,
        language=article.language,
        date=article.date.value,
        date_basis=article.date.basis,
        date_reason=article.date.reason,
        split=article.split,
        source=source or (annotation.annotator if isinstance(annotation, Document) else "prediction"),
        layers=shown,
        not_attempted=[layer for layer in shown if not attempted[layer]],
        zones=zones,
        sentences=viewer.sentences,
        mentions=mentions,
        entities=entities,
        events=events,
        stances=stances,
        tree=tree,
    )
