"""From the results of one Label Studio annotation to the record of an article."""

from collections.abc import Mapping
from typing import Any, NamedTuple, TypeVar

import msgspec

from parley.corpus import Article
from parley.files import shorten
from parley.findings import Finding
from parley.labelstudio.carried import Carried, parse_carried, same
from parley.labelstudio.clusters import Clusters, is_mention, read_clusters
from parley.labelstudio.controls import (
    CONTENT,
    EVIDENCE,
    EXPLICIT,
    HOLDER,
    PROOF,
    SAME,
    STANCE,
    TARGET,
    VIA,
)
from parley.labelstudio.parts import Faults, Note, Region
from parley.labelstudio.sheet import Sheet, read_sheet
from parley.model import AUTHOR, Document, Entity, Event, Mention, Stance
from parley.ontology import load_ontology

Item = dict[str, Any]
R = TypeVar("R")


class Reading(NamedTuple):
    """What came back: the record, what was wrong on the way, and what people remarked."""

    document: Document
    findings: list[Finding]
    notes: list[Note]


class Plain(NamedTuple):
    """What the regions say by themselves, by id; ``drawn``: for each event its arguments by role and region."""

    mentions: dict[str, Item]
    events: dict[str, Item]
    stances: dict[str, Item]
    drawn: dict[str, dict[tuple[str, str], Item]]


def from_results(results: Any, article: Article, text: str, annotator: str, *, canary: str, file: str = "") -> Reading:
    """Return the record that the results of an annotation say, with findings and the remarks of people.

    ``text`` is the article's. ``file`` is how findings name the annotation ("task 12, annotation 7 by anna"); their
    paths are places in the results. Never raises for what stands in ``results``: what cannot be part of a record is
    left out, with a finding that names its region. What the corpus demands of a record beyond its shape is not asked
    here (``check_shape``, ``check_annotation``).
    """
    faults = Faults(file)
    first = read_sheet(results, article, text, Faults(file))
    carried = parse_carried(first.carried, faults)
    reserved = {entity.id for entity in carried.entities}
    reserved |= {item.id for layer in _hidden(carried).values() for item in layer}
    sheet = read_sheet(results, article, text, faults, reserved)
    clusters = read_clusters(sheet, carried, faults)
    plain = read_plain(sheet, clusters, faults)
    layers = _restore(plain, sheet, carried, clusters, faults)
    _drop_unfinished(layers, sheet, faults)
    hidden = _hidden(carried)
    document = Document(
        id=article.id,
        canary=canary,
        ontology=load_ontology().version,
        annotator=annotator,
        sha256=article.sha256,
        entities=[item for item in (_record(entity, Entity, faults) for entity in clusters.entities) if item],
        mentions=_layer(layers["mentions"], hidden["mentions"], carried.order.get("mentions"), Mention, faults),
        events=_layer(layers["events"], hidden["events"], carried.order.get("events"), Event, faults),
        stances=_layer(layers["stances"], hidden["stances"], carried.order.get("stances"), Stance, faults),
    )
    return Reading(document, faults.found, sheet.notes)


def _hidden(carried: Carried) -> dict[str, list[Any]]:
    return {name: getattr(carried.hidden, name) for name in ("mentions", "events", "stances")}


def read_plain(sheet: Sheet, clusters: Clusters, faults: Faults) -> Plain:
    """Return what regions and relations say, nothing carried but the entities."""
    sole = {label: _sole(sheet, label, faults) for label in (SAME, VIA, HOLDER, TARGET)}
    plain = Plain({}, {}, {}, {})
    for region in sheet.regions.values():
        if region.kind == "entity":
            plain.mentions[region.id] = _mention(region, clusters)
        elif region.kind == "trigger":
            plain.events[region.id] = _event(region, sole)
            plain.drawn[region.id] = {}
        elif region.label == STANCE:
            plain.stances[region.id] = _stance(region, sole, clusters)
    used: set[str] = set()
    for one, other in sheet.relations[PROOF]:
        plain.stances[one.id]["evidence"].append(other.span)
        used.add(other.id)
    for role in load_ontology().names("argument_roles"):
        for one, other in sheet.relations[role]:
            plain.drawn[one.id][role, other.id] = {"role": role} | _filler(other, clusters)
            used.add(other.id)
    for region in sheet.regions.values():
        if region.label in (EVIDENCE, CONTENT) and region.id not in used:
            what = "a stance leads to it" if region.label == EVIDENCE else "an event leads to it"
            message = f"no relation from {what.replace(' leads to it', '')} leads to {region}; it was left out"
            faults.add("unfinished", region.place, message, "draw the relation, or delete the region")
    return plain


def _sole(sheet: Sheet, label: str, faults: Faults) -> dict[str, Region]:
    """The one region that each region leads to by a relation of which it can have one."""
    found: dict[str, Region] = {}
    for one, other in sheet.relations[label]:
        if one.id in found:
            message = f"'{label}' leads from {one} to {found[one.id]} and to {other}; the first was taken"
            faults.add("relation-twice", one.place, message, "delete the wrong one")
        found.setdefault(one.id, other)
    return found


_MENTION, _VALUE = ("form", "role"), ("value", "mod", "number", "unit", "qualifier")  # their own fields


def _mention(region: Region, clusters: Clusters) -> Item:
    if is_mention(region):
        own = {name: region.fields[name] for name in _MENTION if name in region.fields}
        return {"id": region.id} | region.span | own | {"entity": clusters.entity_of[region.id]}
    own = {name: value for name, value in region.fields.items() if name in _VALUE}  # fmt: skip
    return {"id": region.id} | region.span | own | {"type": region.label}


def _id(region: Region | None) -> str | None:
    return region.id if region else None


def _event(region: Region, sole: Mapping[str, Mapping[str, Region]]) -> Item:
    links = {"via": _id(sole[VIA].get(region.id)), "same_as": _id(sole[SAME].get(region.id))}
    own = {"status": region.fields.get("status"), "registry": region.fields.get("event_cluster")}
    return {"id": region.id} | region.span | {"type": region.label} | own | links


def _stance(region: Region, sole: Mapping[str, Mapping[str, Region]], clusters: Clusters) -> Item:
    def named(label: str) -> str | None:
        end = sole[label].get(region.id)
        return None if end is None else clusters.entity_of.get(end.id, end.id)

    own = {name: region.fields.get(name) for name in ("polarity", "facet")}
    explicit = region.fields.get("explicit")
    return {
        "id": region.id,
        "holder": AUTHOR if "author" in region.fields else named(HOLDER),
        "target": named(TARGET),
        "explicit": None if explicit is None else EXPLICIT[explicit],
        "via": _id(sole[VIA].get(region.id)),
        "evidence": [region.span],
    } | own


def _filler(region: Region, clusters: Clusters) -> Item:
    if region.kind == "trigger":
        return {"event": region.id}
    if region.label == CONTENT:
        return region.span
    return {"entity": clusters.entity_of[region.id], "mention": region.id} if is_mention(region) else {"mention": region.id}  # fmt: skip


# What fields and arguments name, so that a carried name of something that is gone is found out.
_REFERENCES = ("entity", "holder", "target")


def _restore(
    plain: Plain, sheet: Sheet, carried: Carried, clusters: Clusters, faults: Faults
) -> dict[str, dict[str, Item]]:
    """Put what is carried in where the regions still say what they said."""
    layers = {"mentions": plain.mentions, "events": plain.events, "stances": plain.stances}
    items = {name: item for layer in layers.values() for name, item in layer.items()}
    for name, changes in sorted(carried.fields.items()):
        for field, (shown, meant) in sorted(changes.items()):
            item = items.get(name)
            if item is None or not same(item.get(field), shown):
                continue
            value = _now(meant, clusters) if field in _REFERENCES else meant
            if value is None and meant is not None:
                message = (
                    f"{sheet.regions[name]} named entity {shorten(meant)} as {field}, which has no mention any more"
                )
                faults.add("carried-gone", sheet.regions[name].place, message, "draw a relation to another", "warning")
            else:
                item[field] = value
    for name, event in plain.events.items():
        event["arguments"] = _arguments(name, plain.drawn[name], sheet, carried, clusters, faults)
    for name, stance in plain.stances.items():
        shown = stance["evidence"]
        order = [msgspec.to_builtins(span) for span in carried.evidence.get(name, ())]
        stance["evidence"] = [span for span in order if span in shown] + [span for span in shown if span not in order]
    for name in sorted(set(carried.arguments) - set(plain.events)):
        if any(not isinstance(argument, tuple) for argument in carried.arguments[name]):
            message = f"event {shorten(name)} is gone, and with it arguments that no relation showed"
            faults.add("carried-gone", "$.result", message, "mark it anew if it was not meant to go", "warning")
    return layers


def _now(name: Any, clusters: Clusters) -> Any:
    """What an entity that is carried is called now; None if it is gone. All else is as it was."""
    return clusters.now.get(name, name) if isinstance(name, str) else name


def _arguments(
    name: str,
    drawn: dict[tuple[str, str], Item],
    sheet: Sheet,
    carried: Carried,
    clusters: Clusters,
    faults: Faults,
) -> list[Item]:
    """The arguments of an event: the carried ones that hold, in their order, then what is new."""
    left, found = dict(drawn), []
    for argument in carried.arguments.get(name, ()):
        if isinstance(argument, tuple):
            key = argument[:2]
            read = left.pop(key, None) if all(isinstance(part, str) for part in key) else None
            if read is not None:
                is_as_was = len(argument) == 4 and isinstance(argument[3], dict) and same(read, argument[2])
                found.append(argument[3] if is_as_was else read)
            continue
        hidden = msgspec.to_builtins(argument)
        entity = _now(argument.entity, clusters)
        if argument.entity is not None and entity is None:
            region = sheet.regions[name]
            message = (
                f"{region} had entity {shorten(argument.entity)} as {argument.role}, which has no mention any more"
            )
            faults.add("carried-gone", region.place, message, "draw a relation to another", "warning")
        else:
            found.append(hidden if entity is None else hidden | {"entity": entity})
    return found + list(left.values())


# What a record cannot be without, by layer, and where a person finds it.
_NEEDED = {
    "events": {"status": "choose its status"},
    "stances": {
        "holder": "draw 'holder' to a mention, or choose the author",
        "target": "draw 'target' to a mention or a trigger",
        "polarity": "choose its polarity",
        "facet": "choose its facet",
        "explicit": "choose whether the facet is named",
    },
}


def _drop_unfinished(layers: dict[str, dict[str, Item]], sheet: Sheet, faults: Faults) -> None:
    """Leave out events and stances that a record cannot hold yet, and what leads to them."""
    gone: set[str] = set()
    for layer, needed in _NEEDED.items():
        for name, item in list(layers[layer].items()):
            if lacking := [field for field in needed if item.get(field) is None]:
                region = sheet.regions[name]
                mend = "; ".join(needed[field] for field in lacking)
                faults.add(
                    "unfinished", region.place, f"{region} has no {', no '.join(lacking)}; it was left out", mend
                )
                del layers[layer][name]
                gone.add(name)
        if layer == "events":
            _forget(layers, gone, sheet, faults)


def _forget(layers: dict[str, dict[str, Item]], gone: set[str], sheet: Sheet, faults: Faults) -> None:
    """Undo what leads to events that were left out."""

    def told(item: Item, what: str) -> None:
        region = sheet.regions[item["id"]]
        message = f"{what} of {region} led to an event that was left out"
        faults.add("unfinished", region.place, message, "finish that event")

    for item in [*layers["events"].values(), *layers["stances"].values()]:
        for field in ("via", "same_as", "target"):
            if item.get(field) in gone:
                told(item, f"'{field}'")
                item[field] = None
        for argument in [a for a in item.get("arguments", ()) if a.get("event") in gone]:
            told(item, f"'{argument['role']}'")
            item["arguments"].remove(argument)


def _record(item: Item, kind: type[R], faults: Faults) -> R | None:
    """An item as a record; a finding where carried values are not what a record can have."""
    try:
        return msgspec.convert(
            {name: value for name, value in item.items() if value is not None or name == "via"}, kind
        )
    except msgspec.ValidationError as error:
        message = f"{shorten(item.get('id'))} cannot be recorded: {shorten(str(error), 120)}"
        faults.add("carried-form", "$.result", message, "mark it anew")
        return None


def _layer(items: dict[str, Item], hidden: list[R], order: list[str] | None, kind: type[R], faults: Faults) -> list[R]:
    """The records of a layer in the carried order, else that of the text; what is new comes last."""
    found = [record for record in (_record(item, kind, faults) for item in items.values()) if record is not None]
    found += hidden
    if order is None:
        return found
    place = {name: i for i, name in reversed(list(enumerate(order)))}
    return sorted(found, key=lambda record: place.get(record.id, len(place)))  # type: ignore[attr-defined]
