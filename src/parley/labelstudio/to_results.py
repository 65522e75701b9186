"""From the record of an article to the task and the results that Label Studio shows."""

from collections.abc import Iterable
from typing import Any, NamedTuple

import msgspec

from parley.canonical import natural
from parley.corpus import Article
from parley.derive import nearest_span
from parley.labelstudio.interface import (
    COREF,
    ENTITIES,
    EVIDENCE,
    EXPLICIT,
    HOLDER,
    MEMBER,
    NOTE,
    PROOF,
    PROPOSITION,
    SAME,
    STANCE,
    TARGET,
    TEXT,
    VIA,
    WRITER,
    fields,
    zone_label,
)
from parley.labelstudio.regions import Note, free_id
from parley.model import AUTHOR, Argument, Document, Entity, Event, Mention, Proposition, Span, Stance
from parley.ontology import load_ontology
from parley.reading import AnnotatedArticle, ArticleText

Result = dict[str, Any]


class ListedEntity(Entity, kw_only=True):
    """A row of the hidden table of entities: the entity, and the ids of its mentions in the order of the text.

    To an entity without mentions no relation can be drawn: the row names the stances of which it is holder or target.
    """

    mentions: list[str] = msgspec.field(default_factory=list)
    holder_of: list[str] = msgspec.field(default_factory=list)
    target_of: list[str] = msgspec.field(default_factory=list)


def task_data(article: Article, text: str) -> dict[str, Any]:
    """Return what a task of the article holds: the verbatim text, and what identifies it to people and programs."""
    scored = load_ontology().scored_zones
    return {
        "article": article.id,
        "title": article.title or article.id,
        "date": f"{article.date.value} ({article.date.basis})",
        "not_annotated": ", ".join(zone.zone for zone in article.zones if zone.zone not in scored) or "nothing",
        "sha256": article.sha256,
        TEXT: text,
    }


def to_results(record: Document, article: Article, text: str, notes: Iterable[Note] = ()) -> list[Result]:
    """Return the results that show a record in the interface; ``from_results`` reads the record from them.

    The record passes the checks (``check_annotation``). A holder, target or filler without a mention is not
    shown; holders and targets are kept in the table of entities. Regions come in the order of the text, relations last.
    ``notes`` are shown on their regions.
    """
    page = _Page(record, article, text)
    page.draw()
    remarks: dict[str | None, list[str]] = {}
    for note in notes:
        remarks.setdefault(note.region, []).append(note.text)
    results = [result for region in sorted(page.regions, key=lambda own: own.order) for result in region.results]
    for result in results:
        if result["id"] in remarks:
            result["meta"] = {"text": remarks[result["id"]]}
    listed = [
        ListedEntity(**msgspec.structs.asdict(entity), mentions=[m.id for m in page.reading.mentions_of[entity.id]])
        for entity in record.entities
    ]
    for row in listed:
        if not row.mentions:
            row.holder_of = [stance.id for stance in record.stances if stance.holder == row.id]
            row.target_of = [stance.id for stance in record.stances if stance.target == row.id]
    table = [msgspec.json.encode(listed).decode("utf-8")] if listed else []
    for name, lines in ((ENTITIES, table), (NOTE, remarks.get(None, []))):
        if lines:
            own = {"id": free_id(name, page.taken), "from_name": name, "to_name": TEXT, "type": "textarea"}
            results.append(own | {"value": {TEXT: lines}})
    relations = [
        {"type": "relation", "from_id": one, "to_id": other, "direction": "right", "labels": labels}
        for (one, other), labels in page.relations.items()
    ]
    return results + relations


class _Drawn(NamedTuple):
    """A region with its results; ``order`` is that of the text."""

    order: tuple[Any, ...]
    results: list[Result]


class _Page:
    """The regions and relations of one record. Two regions have one relation, with all its labels."""

    def __init__(self, record: Document, article: Article, text: str) -> None:
        self.record, self.article, self.text = record, article, text
        self.reading = AnnotatedArticle(record, ArticleText(article, text))
        layers: list[list[Any]] = [
            record.mentions,
            record.entities,
            record.events,
            record.propositions,
            record.stances,
        ]
        self.taken = {item.id for layer in layers for item in layer} | {AUTHOR}
        self.regions: list[_Drawn] = []
        self.relations: dict[tuple[str, str], list[str]] = {}
        self.evidence: dict[tuple[int, int], str] = {}  # regions of further evidence by place
        self.stated: dict[str, list[Mention]] = {}  # the regions of each proposition, in the order of the text

    def region(self, identifier: str, kind: str, label: str, start: int, end: int, **values: Any) -> None:
        """Add a region with those of ``values`` that are given and that its label has."""
        place = {"start": start, "end": end, "text": self.text[start:end]}
        base = {"id": identifier, "to_name": TEXT}
        results: list[Result] = [base | {"from_name": kind, "type": "labels", "value": place | {"labels": [label]}}]
        if kind == "zone":
            results[0]["readonly"] = True
        for name, value in values.items():
            field = fields()[name]
            if value is not None and label in field.labels:
                shown = place | {field.key: value if field.how == "number" else [value]}
                results.append(base | {"from_name": name, "type": field.how, "value": shown})
        self.regions.append(_Drawn((start, -end, natural(identifier)), results))

    def relate(self, one: str, label: str, other: str | None) -> None:
        """Add a relation, unless there is nothing at its end."""
        if other is not None:
            labels = self.relations.setdefault((one, other), [])
            if label not in labels:
                labels.append(label)

    def span(self, label: str, span: Span) -> str:
        """Add a region that the record has no id for; return its id."""
        name = free_id(f"{label.lower()}-{span.start}-{span.end}", self.taken)
        self.taken.add(name)
        self.region(name, "span", label, span.start, span.end)
        return name

    def item(self, identifier: str, near: Span) -> str | None:
        """Return the region to which a relation from ``near`` leads: an event, else the nearest mention."""
        if identifier in self.reading.events:
            return identifier
        mentions = self.stated.get(identifier) or self.reading.mentions_of.get(identifier, [])
        shown = nearest_span(near, mentions, self.reading.sentences)
        return shown.id if shown else None

    def draw(self) -> None:
        """Add all regions and relations of the record."""
        scored = load_ontology().scored_zones
        for zone in self.article.zones:
            if zone.zone not in scored and zone.start < zone.end:
                name = free_id(f"zone-{zone.start}-{zone.end}", self.taken)
                self.region(name, "zone", zone_label(zone.zone), zone.start, zone.end)
        for mention in self.record.mentions:
            own = {name: getattr(mention, name) for name in ("form", "role", "value", "mod", "number", "unit")}
            own["qualifier"] = mention.qualifier
            entity = self.reading.entities.get(mention.entity or "")
            if entity and self.reading.mentions_of[entity.id][0] is mention:
                own |= {"name": entity.name, "registry": entity.registry}
            self.region(mention.id, "entity", self.reading.type_of(mention) or "", mention.start, mention.end, **own)
        for entity in self.record.entities:
            for mention in self.reading.mentions_of[entity.id][1:]:
                self.relate(mention.id, COREF, self.reading.mentions_of[entity.id][0].id)
            for first in self.reading.mentions_of[entity.id][:1]:
                for member in entity.members or ():
                    self.relate(first.id, MEMBER, next((m.id for m in self.reading.mentions_of[member]), None))
        for proposition in self.record.propositions:
            self.draw_proposition(proposition)
        for event in self.record.events:
            self.draw_event(event)
        for stance in self.record.stances:
            self.draw_stance(stance)

    def draw_proposition(self, proposition: Proposition) -> None:
        """Add the statement of a proposition and the later expressions for it, with their relations to it."""
        self.region(proposition.id, "span", PROPOSITION, proposition.start, proposition.end)
        stated = [Mention(id=proposition.id, start=proposition.start, end=proposition.end)]
        for mention in proposition.mentions:
            stated.append(Mention(id=self.span(PROPOSITION, mention), start=mention.start, end=mention.end))
            self.relate(stated[-1].id, SAME, proposition.id)
        self.stated[proposition.id] = sorted(stated, key=lambda mention: mention.start)

    def draw_event(self, event: Event) -> None:
        """Add a trigger with its relations."""
        values = {"status": event.status, "harm": event.harm, "event_cluster": event.registry}
        self.region(event.id, "trigger", event.type, event.start, event.end, **values)
        self.relate(event.id, SAME, event.same_as)
        self.relate(event.id, VIA, event.via)
        for argument in event.arguments:
            self.relate(event.id, argument.role, self.filler(argument, event))

    def filler(self, argument: Argument, event: Event) -> str | None:
        """Return the region that shows what fills a role."""
        return argument.mention or argument.event or self.item(argument.entity or argument.proposition or "", event)

    def draw_stance(self, stance: Stance) -> None:
        """Add a stance on its first evidence, with its relations."""
        first, *others = stance.evidence
        self.region(
            stance.id,
            "span",
            STANCE,
            first.start,
            first.end,
            polarity=stance.polarity,
            facet=stance.facet,
            explicit=next(word for word, value in EXPLICIT.items() if value == stance.explicit),
            author=WRITER if stance.holder == AUTHOR else None,
        )
        if stance.holder != AUTHOR:
            self.relate(stance.id, HOLDER, self.item(stance.holder, first))
        self.relate(stance.id, TARGET, self.item(stance.target, first))
        self.relate(stance.id, VIA, stance.via)
        for span in others:
            if span.span not in self.evidence:  # one region for all stances that need it
                self.evidence[span.span] = self.span(EVIDENCE, span)
            self.relate(stance.id, PROOF, self.evidence[span.span])
