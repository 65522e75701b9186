"""From the results of one Label Studio annotation to the record of an article."""

from typing import Any, NamedTuple

import msgspec
from scipy.cluster.hierarchy import DisjointSet

from parley.canonical import finish, new_document
from parley.corpus import Article
from parley.findings import Finding, shorten
from parley.labelstudio.interface import (
    COREF,
    EVIDENCE,
    EXPLICIT,
    HOLDER,
    MEMBER,
    PROOF,
    PROPOSITION,
    SAME,
    STANCE,
    TARGET,
    VIA,
)
from parley.labelstudio.regions import Faults, Note, Region, RegionGraph, free_id, read_results
from parley.labelstudio.to_results import ListedEntity
from parley.model import AUTHOR, Argument, Document, Entity, Event, Mention, Proposition, Span, Stance
from parley.ontology import load_ontology


class Read(NamedTuple):
    """The record that was read, the findings, and the notes of people."""

    document: Document
    findings: list[Finding]
    notes: list[Note]


def from_results(results: Any, article: Article, text: str, annotator: str, *, canary: str, file: str = "") -> Read:
    """Return the record that the results of an annotation express, with findings and the notes of people.

    ``file`` is how findings name the annotation ("task 12, annotation 7 by anna"); their paths are places in the
    results. Never raises for what ``results`` hold: anything that cannot be part of a record is left out, with a
    finding that names its region. Rules on the meaning of a record are not checked here (``check_annotation``).
    """
    faults = Faults(file)
    graph = read_results(results, article, text, faults)
    _leave_out_unfinished_events(graph, faults)
    table = _table(graph.entities, faults)
    entities, entity_of = _entities(graph, table, faults)
    single = {label: _single(graph, label, faults) for label in (SAME, VIA, HOLDER, TARGET)}
    left = {entity.id for entity in entities}
    unmentioned = [row for row in table if not row.mentions and row.id in left]
    hidden = {
        HOLDER: {stance: row.id for row in unmentioned for stance in row.holder_of},
        TARGET: {stance: row.id for row in unmentioned for stance in row.target_of},
    }
    propositions, proposition_of = _propositions(graph, single[SAME], faults)
    item_of = entity_of | proposition_of
    regions = list(graph.regions.values())
    document = new_document(
        article,
        annotator,
        canary,
        mentions=[_mention(region, entity_of) for region in regions if region.kind == "entity"],
        entities=entities,
        events=[
            _event(region, graph, single, entity_of, proposition_of) for region in regions if region.kind == "trigger"
        ],
        propositions=propositions,
        stances=[
            stance
            for region in regions
            if region.label == STANCE and (stance := _stance(region, graph, single, item_of, hidden, faults))
        ],
    )
    used = {other.id for pairs in graph.relations.values() for _, other in pairs}
    for region in regions:
        if region.label == EVIDENCE and region.id not in used:
            faults.add("unfinished/loose", region.place, region=region)
    return Read(finish(document, article, text), faults.found, graph.notes)


# Entities ------------------------------------------------------------------------------------------------------------


def _table(text: str | None, faults: Faults) -> list[ListedEntity]:
    """Return the table of entities; an empty one, with a finding, where it cannot be read."""
    try:
        listed = msgspec.json.decode((text or "[]").encode("utf-8"), type=list[ListedEntity])
    except (msgspec.DecodeError, UnicodeEncodeError, RecursionError) as error:
        faults.add("entity-table", "$.result", why=shorten(str(error), 100))
        return []
    return list({entity.id: entity for entity in listed}.values())


def _entities(graph: RegionGraph, table: list[ListedEntity], faults: Faults) -> tuple[list[Entity], dict[str, str]]:
    """Return the entities, under the ids they had, and the entity of each mention.

    Mentions joined by ``coref`` are one entity. It keeps the id of the table's entity whose first remaining mention
    comes first in the text. New entities come after those of the table.
    """
    mentions = {region.id: region for region in graph.regions.values() if region.category == "entity"}
    clusters = DisjointSet(mentions)
    for one, other in graph.relations[COREF]:
        clusters.merge(one.id, other.id)
    left = {entity.id: [name for name in entity.mentions if name in mentions] for entity in table}
    _keep_together(table, left, mentions, clusters, graph, faults)

    now: dict[str, str] = {}  # id in the table -> id now; entities that lost all mentions are missing
    owners: dict[str, ListedEntity] = {}  # by the root of a cluster
    for row in sorted((e for e in table if left[e.id]), key=lambda e: mentions[left[e.id][0]].order):
        now[row.id] = owners.setdefault(clusters[left[row.id][0]], row).id
    now |= {row.id: row.id for row in table if not row.mentions}

    found: dict[str, Entity] = {}
    entity_of: dict[str, str] = {}
    groups: dict[str, list[Region]] = {}
    for region in mentions.values():
        groups.setdefault(clusters[region.id], []).append(region)
    taken = {*graph.regions, *(entity.id for entity in table)}
    for root, group in groups.items():
        owner = owners.get(root)
        name = owner.id if owner else free_id(f"e-{group[0].id}", taken)
        taken.add(name)
        entity_of |= {region.id: name for region in group}
        lost = owner if owner and owner.mentions[0] not in mentions else None
        found[name] = _entity(name, group, lost, faults)
    before = {entity.id: entity for entity in table}
    listed = [
        found.pop(e.id) if e.id in found else Entity(id=e.id, type=e.type, name=e.name, registry=e.registry)
        for e in table
        if now.get(e.id) == e.id
    ]
    entities = [*listed, *found.values()]
    first_is_left = {e.id for e in table if e.mentions and e.mentions[0] in mentions}  # a relation shows membership
    for entity in entities:  # with the members that relations show, and earlier ones that no relation could show
        drawn = [entity_of[other.id] for one, other in graph.relations[MEMBER] if entity_of[one.id] == entity.id]
        was = before.get(entity.id)
        earlier = was.members or () if was else ()
        hidden = [now[m] for m in earlier if m in now and not {entity.id, m} <= first_is_left]
        entity.members = list(dict.fromkeys(drawn + hidden)) or None
    needed = {member for entity in entities for member in entity.members or ()} | set(entity_of.values())
    return [entity for entity in entities if entity.id in needed], entity_of


def _keep_together(
    table: list[ListedEntity],
    left: dict[str, list[str]],
    mentions: dict[str, Region],
    clusters: "DisjointSet[str]",
    graph: RegionGraph,
    faults: Faults,
) -> None:
    """Join the mentions of an entity whose first mention was deleted, and with it their relations to it."""
    leading = {one.id for one, _ in graph.relations[COREF]}
    for entity in table:
        loose = [name for name in left[entity.id] if name not in leading]
        if len(loose) > 1 and entity.mentions[0] not in mentions:
            for name in loose[1:]:
                clusters.merge(loose[0], name)
            values = {"entity": entity.name, "id": entity.id, "first": entity.mentions[0], "number": len(loose)}
            faults.add("cluster-kept", mentions[loose[0]].place, "warning", **values)


def _entity(identifier: str, group: list[Region], lost: ListedEntity | None, faults: Faults) -> Entity:
    """Return an entity from its mentions in the order of the text; ``lost``: its row, if its first mention is gone."""
    first = group[0]
    for region in group:
        if region.label != first.label:
            faults.add("cluster-type", region.place, region=region, first=first)
    names = [region.fields["name"] for region in group if "name" in region.fields]
    registered = {region.fields["registry"]: region for region in group if "registry" in region.fields}
    for other in list(registered)[1:]:
        what = {"value": other, "taken": next(iter(registered)), "first": first}
        faults.add("region-field/entity", registered[other].place, region=registered[other], **what)
    return Entity(
        id=identifier,
        type=first.label,
        name=next(iter(names), lost.name if lost else first.text),
        registry=next(iter(registered), lost.registry if lost else None),
    )


# Mentions, events, stances -------------------------------------------------------------------------------------------


def _leave_out_unfinished_events(graph: RegionGraph, faults: Faults) -> None:
    """Remove events without a status, with the relations that lead to or from them."""
    unfinished = {r.id for r in graph.regions.values() if r.kind == "trigger" and "status" not in r.fields}
    for name in unfinished:
        region = graph.regions.pop(name)
        faults.add("unfinished", region.place, region=region, lacking="status", fix="choose its status")
    for label, pairs in graph.relations.items():
        for one, other in pairs:
            if other.id in unfinished and one.id not in unfinished:
                faults.add("unfinished/relation", one.place, region=one, label=label)
        graph.relations[label] = [pair for pair in pairs if unfinished.isdisjoint(end.id for end in pair)]


def _single(graph: RegionGraph, label: str, faults: Faults) -> dict[str, str]:
    """Return the region that each region leads to, by a relation that it can have once."""
    found: dict[str, Region] = {}
    for one, other in graph.relations[label]:
        if one.id in found:
            faults.add("relation-twice", one.place, label=label, one=one, taken=found[one.id], other=other)
        found.setdefault(one.id, other)
    return {name: region.id for name, region in found.items()}


def _mention(region: Region, entity_of: dict[str, str]) -> Mention:
    values = {name: value for name, value in region.fields.items() if name not in ("name", "registry")}
    entity = entity_of.get(region.id)
    return Mention(id=region.id, **region.span, **values, entity=entity, type=None if entity else region.label)


def _propositions(graph: RegionGraph, same: dict[str, str], faults: Faults) -> tuple[list[Proposition], dict[str, str]]:
    """Return the propositions, and the proposition that each region expresses.

    Regions joined by ``same as`` are one proposition. It is stated where no such relation leads on (in a circle: where
    the text comes first), and takes that region's id.
    """
    regions = {region.id: region for region in graph.regions.values() if region.label == PROPOSITION}
    joined = DisjointSet(regions)
    for one, other in same.items():
        if one in regions:
            joined.merge(one, other)
    needed = {other.id for label, pairs in graph.relations.items() if label != SAME for _, other in pairs}
    propositions: list[Proposition] = []
    proposition_of: dict[str, str] = {}
    for names in joined.subsets():
        first, *others = sorted((regions[name] for name in names), key=lambda own: (own.id in same, own.order))
        proposition_of |= dict.fromkeys(names, first.id)
        mentions = [Span(**other.span) for other in others]
        propositions.append(Proposition(id=first.id, **first.span, mentions=mentions))
        if needed.isdisjoint(names):
            faults.add("unfinished/proposition", first.place, "warning", region=first)
    return propositions, proposition_of


def _event(
    region: Region,
    graph: RegionGraph,
    single: dict[str, dict[str, str]],
    entity_of: dict[str, str],
    proposition_of: dict[str, str],
) -> Event:
    arguments: dict[tuple[str, str], Argument] = {}
    for role in load_ontology().names("argument_roles"):
        for _, filler in (pair for pair in graph.relations[role] if pair[0] is region):
            # any mention of an entity or a proposition names it: which one shows it is derived
            key = role, entity_of.get(filler.id) or proposition_of.get(filler.id, filler.id)
            if filler.id in entity_of:
                arguments[key] = Argument(role=role, entity=entity_of[filler.id])
            elif filler.id in proposition_of:
                arguments[key] = Argument(role=role, proposition=proposition_of[filler.id])
            elif filler.kind == "trigger":
                arguments[key] = Argument(role=role, event=filler.id)
            else:
                arguments[key] = Argument(role=role, mention=filler.id)
    return Event(
        id=region.id,
        **region.span,
        type=region.label,
        status=region.fields["status"],
        harm=region.fields.get("harm"),
        via=single[VIA].get(region.id),
        same_as=single[SAME].get(region.id),
        registry=region.fields.get("event_cluster"),
        arguments=list(arguments.values()),
    )


# The parts of a stance, and how an annotator gives each.
_NEEDED = {
    "holder": "draw 'holder' to a mention, or choose the author",
    "target": "draw 'target' to a mention, a trigger or a proposition",
    "polarity": "choose its polarity",
    "facet": "choose its facet",
    "explicit": "choose whether the facet is explicit",
}


def _stance(
    region: Region,
    graph: RegionGraph,
    single: dict[str, dict[str, str]],
    item_of: dict[str, str],
    hidden: dict[str, dict[str, str]],
    faults: Faults,
) -> Stance | None:
    """Return a stance; None, with a finding, where a part is missing.

    ``hidden`` has the holder and target of stances that had an entity without mentions. A relation counts more.
    """
    holder, target = (single[label].get(region.id, "") for label in (HOLDER, TARGET))
    own = {name: region.fields[name] for name in ("polarity", "facet", "explicit") if name in region.fields}
    who = AUTHOR if "author" in region.fields else item_of.get(holder) or hidden[HOLDER].get(region.id)
    given: dict[str, Any] = own | {"holder": who}
    given["target"] = item_of.get(target, target) or hidden[TARGET].get(region.id)
    lacking = [name for name in _NEEDED if not given.get(name)]
    if lacking:
        fix = "; ".join(_NEEDED[name] for name in lacking)
        faults.add("unfinished", region.place, region=region, lacking=", no ".join(lacking), fix=fix)
        return None
    evidence = [region.span, *(other.span for one, other in graph.relations[PROOF] if one is region)]
    given["explicit"] = EXPLICIT[given["explicit"]]
    spans = [Span(**span) for span in evidence]
    return Stance(id=region.id, **given, evidence=spans, via=single[VIA].get(region.id))
