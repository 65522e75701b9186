"""From the record of an article to the task and the results that Label Studio shows."""

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from parley.corpus import Article
from parley.labelstudio.carried import Carried, CarriedEntity, Hidden, render_carried, same
from parley.labelstudio.clusters import read_clusters
from parley.labelstudio.controls import (
    CARRIED,
    CONTENT,
    COREF,
    EVIDENCE,
    EXPLICIT,
    HOLDER,
    MEMBER,
    NOTE,
    PROOF,
    SAME,
    STANCE,
    TARGET,
    TEXT,
    VIA,
    WRITER,
    fields,
    region_labels,
    zone_label,
)
from parley.labelstudio.parts import Faults, Note, natural
from parley.labelstudio.record import read_plain
from parley.labelstudio.sheet import free_id, read_sheet
from parley.model import AUTHOR, Argument, Document, Entity, Event, Mention, Span, Stance
from parley.ontology import load_ontology

Result = dict[str, Any]


def task_data(article: Article, text: str) -> dict[str, Any]:
    """Return what a task of the article holds: the text as it is, and what people and programs know it by."""
    scored = load_ontology().scored_zones
    return {
        "article": article.id,
        "title": article.title or article.id,
        "date": f"{article.date.value} ({article.date.basis})",
        "not_annotated": ", ".join(zone.zone for zone in article.zones if zone.zone not in scored) or "nothing",
        "sha256": article.sha256,
        TEXT: text,
    }


def to_results(document: Document, article: Article, text: str, notes: Iterable[Note] = ()) -> list[Result]:
    """Return the results that show a record in the interface of ``label_config``; ``from_results`` takes them back.

    The record is one that its schema allows; what breaks the rules of meaning (two items of one id, a mention of no
    entity) is carried in the hidden field. Text that spans leave out is filled in. ``notes`` are remarks to show.
    """
    page = _Page(document, article, text)
    page.draw_zones()
    for mention in document.mentions:
        page.draw_mention(mention)
    for event in document.events:
        page.draw_event(event)
    for stance in document.stances:
        page.draw_stance(stance)
    page.draw_links()
    return page.results(notes)


class _Page:
    """The results of one record, as they grow."""

    def __init__(self, document: Document, article: Article, text: str) -> None:
        self.document, self.article, self.text = document, article, text
        layers: list[list[Any]] = [document.mentions, document.entities, document.events, document.stances]
        self.taken = {item.id for layer in layers for item in layer} | {AUTHOR}
        self.entities: dict[str, Entity] = {}
        for entity in document.entities:
            self.entities.setdefault(entity.id, entity)
        self.mentions: dict[str, Mention] = {}
        self.events: dict[str, Event] = {}
        self.stances: dict[str, Stance] = {}
        self.mentions_of: dict[str, list[Mention]] = {}
        self.hidden = Hidden()
        self.drawn: dict[str, tuple[int, int]] = {}  # every region, by id
        self.spans: dict[tuple[str, int, int], str] = {}  # evidence and content, by label and place
        self.regions: list[tuple[tuple[Any, ...], list[Result]]] = []
        self.relations: dict[tuple[str, str], list[str]] = {}

    def _fits(self, span: Span | Argument) -> bool:
        return span.start is not None and span.end is not None and 0 <= span.start < span.end <= len(self.text)

    def _region(self, identifier: str, kind: str, label: str, start: int, end: int, values: dict[str, Any]) -> None:
        place = {"start": start, "end": end, "text": self.text[start:end]}
        base = {"id": identifier, "to_name": TEXT}
        first: Result = base | {"from_name": kind, "type": "labels", "value": place | {"labels": [label]}}
        if kind == "zone":
            first["readonly"] = True
        results = [first]
        for name, value in values.items():
            field = fields()[name]
            if value is None or label not in field.labels or (field.options and value not in field.options):
                continue
            key = "text" if field.how == "textarea" else field.how
            shown = place | {key: value if field.how == "number" else [value]}
            results.append(base | {"from_name": name, "type": field.how, "value": shown})
        self.drawn[identifier] = start, end
        self.regions.append(((start, -end, natural(identifier)), results))

    def draw_zones(self) -> None:
        """Show what is not to be annotated."""
        scored = load_ontology().scored_zones
        for zone in self.article.zones:
            if zone.zone not in scored and self._fits(Span(start=zone.start, end=zone.end)):
                name = free_id(f"zone-{zone.start}-{zone.end}", self.taken)
                self.taken.add(name)
                self._region(name, "zone", zone_label(zone.zone), zone.start, zone.end, {})

    def draw_mention(self, mention: Mention) -> None:
        """Show a mention or value, or carry it whole."""
        entity = self.entities.get(mention.entity or "")
        label = mention.type or (entity.type if entity else None)
        if mention.id in self.drawn or label not in region_labels()["entity"] or not self._fits(mention):
            self.hidden.mentions.append(mention)
            return
        self.mentions[mention.id] = mention
        if mention.type is None and entity is not None and label not in load_ontology().names("value_types"):
            self.mentions_of.setdefault(entity.id, []).append(mention)
        self.drawn[mention.id] = mention.span

    def draw_event(self, event: Event) -> None:
        """Show a trigger, or carry the event whole."""
        if event.id in self.drawn or event.type not in region_labels()["trigger"] or not self._fits(event):
            self.hidden.events.append(event)
            return
        self.events[event.id] = event
        values = {"status": event.status, "event_cluster": event.registry}
        self._region(event.id, "trigger", event.type, event.start, event.end, values)

    def draw_stance(self, stance: Stance) -> None:
        """Show a stance on its first evidence, or carry it whole."""
        if stance.id in self.drawn or not stance.evidence or not all(map(self._fits, stance.evidence)):
            self.hidden.stances.append(stance)
            return
        self.stances[stance.id] = stance
        explicit = next(word for word, value in EXPLICIT.items() if value == stance.explicit)
        author = WRITER if stance.holder == AUTHOR else None
        values = {"polarity": stance.polarity, "facet": stance.facet, "explicit": explicit, "author": author}
        first = stance.evidence[0]
        self._region(stance.id, "span", STANCE, first.start, first.end, values)

    def _span(self, label: str, start: int, end: int) -> str:
        """The region of further evidence or content at a place: one for all that need it."""
        key = (label, start, end)
        if key not in self.spans:
            self.spans[key] = free_id(f"{label.lower()}-{start}-{end}", self.taken)
            self.taken.add(self.spans[key])
            self._region(self.spans[key], "span", label, start, end, {})
        return self.spans[key]

    def _relate(self, one: str, label: str, other: str | None) -> bool:
        """Draw a relation; of two regions there can be one only, with several labels, none of them twice."""
        if other is None or one == other:
            return False
        labels = self.relations.setdefault((one, other), [])
        if label in labels:
            return False
        labels.append(label)
        return True

    def draw_links(self) -> None:
        """Show mentions with their entities, and all relations."""
        for mentions in self.mentions_of.values():
            mentions.sort(key=lambda m: (m.start, -m.end, natural(m.id)))
        first = {own[0].id: self.entities[name] for name, own in self.mentions_of.items()}
        for mention in self.mentions.values():
            entity = self.entities.get(mention.entity or "")
            label = mention.type or (entity.type if entity else "")
            values = {name: getattr(mention, name) for name in ("form", "role", "value", "mod", "unit", "qualifier")}
            values["number"] = mention.number if _is_exact(mention.number) else None
            if mention.id in first:
                values |= {"name": first[mention.id].name, "registry": first[mention.id].registry}
            self._region(mention.id, "entity", label, mention.start, mention.end, values)
        for name, own in self.mentions_of.items():
            for mention in own[1:]:
                self._relate(mention.id, COREF, own[0].id)
            for member in self.entities[name].members or ():
                if member in self.mentions_of:
                    self._relate(own[0].id, MEMBER, self.mentions_of[member][0].id)
        for event in self.events.values():
            for label, other in ((SAME, event.same_as), (VIA, event.via)):
                self._relate(event.id, label, other if other in self.events else None)
        for stance in self.stances.values():
            self._relate(stance.id, VIA, stance.via if stance.via in self.events else None)
            if stance.holder != AUTHOR:
                self._relate(stance.id, HOLDER, self._nearest(stance.holder, stance.evidence[0]))
            target = stance.target if stance.target in self.events else None
            self._relate(stance.id, TARGET, self._nearest(stance.target, stance.evidence[0]) or target)
            spans = {(span.start, span.end) for span in stance.evidence}
            spans.discard((stance.evidence[0].start, stance.evidence[0].end))
            for start, end in sorted(spans):
                self._relate(stance.id, PROOF, self._span(EVIDENCE, start, end))

    def _nearest(self, entity: str, span: Span) -> str | None:
        """The mention of an entity to which a relation from ``span`` is drawn: the nearest, of two the earlier."""
        own = self.mentions_of.get(entity, [])
        near = min(own, key=lambda m: (max(m.start - span.end, span.start - m.end, 0), m.start, -m.end), default=None)
        return near.id if near else None

    def _filler(self, event: Event, argument: Argument) -> str | None:
        """The region that shows what fills a role."""
        if argument.entity is not None:
            shown = self.mentions.get(argument.mention or "")
            if shown is not None and shown in self.mentions_of.get(argument.entity, ()):
                return shown.id
            return self._nearest(argument.entity, event)
        if argument.event is not None:
            return argument.event if argument.event in self.events else None
        if argument.mention is not None:
            return argument.mention if argument.mention in self.mentions else None
        if argument.start is None or argument.end is None or not self._fits(argument):
            return None
        return self._span(CONTENT, argument.start, argument.end)

    def _arguments(self, event: Event) -> list[tuple[Any, ...] | Argument]:
        """Draw the arguments of an event; each as its role and region, or as it is where no relation can show it."""
        known = load_ontology().argument_role
        entries: list[tuple[Any, ...] | Argument] = []
        for argument in event.arguments:
            region = self._filler(event, argument) if known(argument.role) else None
            drawn = self._relate(event.id, argument.role, region)
            entries.append((argument.role, region) if drawn else argument)
        return entries

    def results(self, notes: Iterable[Note]) -> list[Result]:
        """All results: regions in the order of the text, what belongs to the whole text, relations."""
        arguments = {name: self._arguments(event) for name, event in self.events.items()}
        regions = [result for _, own in sorted(self.regions, key=lambda own: own[0]) for result in own]
        remarks: dict[str | None, list[str]] = {}
        for note in notes:
            remarks.setdefault(note.region if note.region in self.drawn else None, []).append(note.text)
        for result in regions:
            if result["id"] in remarks:
                result["meta"] = {"text": remarks[result["id"]]}
        relations = [
            {"type": "relation", "from_id": one, "to_id": other, "direction": "right", "labels": labels}
            for (one, other), labels in self.relations.items()
            if labels
        ]
        carried = render_carried(self._carried(regions + relations, arguments))
        whole = [(CARRIED, [carried]), (NOTE, remarks.get(None, []))]
        for name, lines in whole:
            if lines:
                own = free_id(name, self.taken)
                regions.append(
                    {"id": own, "from_name": name, "to_name": TEXT, "type": "textarea", "value": {TEXT: lines}}
                )
        return regions + relations

    def _carried(self, results: list[Result], arguments: dict[str, list[tuple[Any, ...] | Argument]]) -> Carried:
        """What the results, read back, do not say as the record does."""
        faults = Faults("")
        carried = Carried(parley=1, hidden=self.hidden, entities=list(self._entities()))
        sheet = read_sheet(results, self.article, self.text, faults)
        plain = read_plain(sheet, read_clusters(sheet, carried, faults), faults)
        for layer, own in ((plain.mentions, self.mentions), (plain.events, self.events), (plain.stances, self.stances)):
            for name, record in own.items():
                differing = dict(_differing(layer[name], self._filled(record)))
                if differing:
                    carried.fields[name] = differing
        for name, entries in arguments.items():
            drawn, meant = plain.drawn[name], [self._filled(argument) for argument in self.events[name].arguments]
            if list(drawn.values()) != meant:
                carried.arguments[name] = [
                    (*entry, drawn[entry], true) if isinstance(entry, tuple) and drawn[entry] != true else entry
                    for entry, true in zip(entries, meant, strict=True)
                ]
        for name, stance in self.stances.items():
            spans = [self._filled(span) for span in stance.evidence]
            if plain.stances[name]["evidence"] != spans:
                carried.evidence[name] = [msgspec.convert(span, Span) for span in spans]
        self._orders(carried, {"mentions": list(plain.mentions), "events": list(plain.events), "stances": list(plain.stances)})  # fmt: skip
        return carried

    def _orders(self, carried: Carried, shown: dict[str, list[str]]) -> None:
        for layer, names in shown.items():
            meant = [item.id for item in getattr(self.document, layer)]
            if names + [item.id for item in getattr(self.hidden, layer)] != meant:
                carried.order[layer] = meant

    def _entities(self) -> Iterator[CarriedEntity]:
        seen: set[str] = set()
        for entity in self.document.entities:
            own = [] if entity.id in seen else [mention.id for mention in self.mentions_of.get(entity.id, ())]
            seen.add(entity.id)
            yield CarriedEntity(**{name: getattr(entity, name) for name in Entity.__struct_fields__}, mentions=own)

    def _filled(self, record: Span | Argument | Stance) -> dict[str, Any]:
        """A record as JSON values, with the text of its place if it has none."""
        own: dict[str, Any] = msgspec.to_builtins(record)
        if "start" in own and not own.get("text"):
            own["text"] = self.text[own["start"] : own["end"]]
        return own


def _is_exact(number: float | None) -> bool:
    """Whether a number passes through a browser as it is."""
    return number is not None and (isinstance(number, float) or abs(number) <= 2**53)


def _differing(shown: dict[str, Any], meant: dict[str, Any]) -> Iterator[tuple[str, tuple[Any, Any]]]:
    """The fields in which what the regions say is not what the record says."""
    for name in sorted(set(shown) | set(meant)):
        if name not in ("arguments", "evidence") and not same(shown.get(name), meant.get(name)):
            yield name, (shown.get(name), meant.get(name))
