"""Entities from the mentions that relations join, under the ids and names they had before."""

from collections.abc import Iterable
from typing import Any, NamedTuple

import msgspec

from parley.files import shorten
from parley.labelstudio.carried import Carried, CarriedEntity
from parley.labelstudio.controls import COREF, MEMBER
from parley.labelstudio.parts import Faults, Region
from parley.labelstudio.sheet import Sheet, free_id
from parley.ontology import load_ontology


class Clusters(NamedTuple):
    """The entity of each mention, the entities, and what became of the carried ones (None: gone)."""

    entity_of: dict[str, str]
    entities: list[dict[str, Any]]
    now: dict[str, str | None]


def is_mention(region: Region) -> bool:
    """Whether a region is a mention of an entity (and no value)."""
    return region.kind == "entity" and region.label not in load_ontology().names("value_types")


class _Joined:
    """Sets of mentions that grow together."""

    def __init__(self, items: Iterable[str]) -> None:
        self.parent = {item: item for item in items}

    def root(self, item: str) -> str:
        while self.parent[item] != item:
            self.parent[item] = self.parent[self.parent[item]]
            item = self.parent[item]
        return item

    def join(self, one: str, other: str) -> None:
        self.parent[self.root(other)] = self.root(one)


def read_clusters(sheet: Sheet, carried: Carried, faults: Faults) -> Clusters:
    """Return the entities: mentions joined by ``coref``, in the order in which they were carried, new ones after them.

    Mentions of an entity whose first mention was deleted stay together, unless they were joined elsewhere.
    """
    mentions = {region.id: region for region in sheet.regions.values() if is_mention(region)}
    joined = _Joined(mentions)
    for one, other in sheet.relations[COREF]:
        joined.join(one.id, other.id)
    alive = [[m for m in entity.mentions if m in mentions] for entity in carried.entities]
    _keep_together(carried, alive, joined, sheet, faults)
    groups: dict[str, list[Region]] = {}
    for region in mentions.values():
        groups.setdefault(joined.root(region.id), []).append(region)

    owners: dict[str, CarriedEntity] = {}  # by root, the entity whose first mention comes first in the text
    anchored = [
        (mentions[own[0]].order, entity, joined.root(own[0]))
        for entity, own in zip(carried.entities, alive, strict=True)
        if own
    ]
    now: dict[str, str | None] = {entity.id: None for entity in carried.entities}
    for _, entity, root in sorted(anchored, key=lambda own: own[0]):
        now[entity.id] = owners.setdefault(root, entity).id
    for entity in carried.entities:
        if not entity.mentions:
            now[entity.id] = entity.id

    taken = set(sheet.regions) | set(now)
    found: dict[str, dict[str, Any]] = {}
    entity_of: dict[str, str] = {}
    for root, group in groups.items():
        owner = owners.get(root)
        identifier = owner.id if owner else free_id(f"e-{group[0].id}", taken)
        taken.add(identifier)
        entity_of |= {region.id: identifier for region in group}
        is_headless = owner is not None and owner.mentions[0] not in mentions
        found[identifier] = _entity(identifier, group, owner if is_headless else None, faults)
    _members(sheet, carried, mentions, entity_of, now, found)
    kept = []
    for entity in carried.entities:
        if entity.id in found:
            kept.append(found.pop(entity.id))
        elif not entity.mentions:
            kept.append(_unmentioned(entity, now))
    return Clusters(entity_of, kept + list(found.values()), now)


def _keep_together(carried: Carried, alive: list[list[str]], joined: _Joined, sheet: Sheet, faults: Faults) -> None:
    leading = {one.id for one, _ in sheet.relations[COREF]}
    for entity, own in zip(carried.entities, alive, strict=True):
        if own and own[0] != entity.mentions[0]:
            left = [mention for mention in own if mention not in leading]
            for mention in left[1:]:
                joined.join(left[0], mention)
            if len(left) > 1:
                message = f"the first mention of {shorten(entity.name)} ({entity.id}), region {shorten(entity.mentions[0])}, is gone; its other {len(left)} mentions were kept together"
                mend = "join them to the first that is left, if they belong together"
                faults.add("cluster-kept", sheet.regions[left[0]].place, message, mend, "warning")


def _entity(identifier: str, group: list[Region], headless: CarriedEntity | None, faults: Faults) -> dict[str, Any]:
    """An entity from its mentions in the order of the text; ``headless``: as carried, where its first mention is gone."""
    first = group[0]
    for region in group:
        if region.label != first.label:
            message = f"{region} is joined to {first}"
            faults.add("cluster-type", region.place, message, "give both one label, or undo the relation")
    name = next((region.fields["name"] for region in group if "name" in region.fields), None)
    registered = {region.fields["registry"]: region for region in group if "registry" in region.fields}
    registry = next(iter(registered), headless.registry if headless else None)
    for other in list(registered)[1:]:
        message = f"{registered[other]} has the registry id {shorten(other)}, {first} of the same entity {shorten(registry)}; the second was taken"
        faults.add("region-field", registered[other].place, message, "leave it the right one")
    entity = {"id": identifier, "type": first.label, "name": name or (headless.name if headless else first.text)}
    return entity | ({"registry": registry} if registry is not None else {})


def _members(
    sheet: Sheet,
    carried: Carried,
    mentions: dict[str, Region],
    entity_of: dict[str, str],
    now: dict[str, str | None],
    found: dict[str, dict[str, Any]],
) -> None:
    """Give plural entities their members: those that are drawn, and those that cannot be."""
    drawn: dict[str, list[str]] = {}
    for one, other in sheet.relations[MEMBER]:
        drawn.setdefault(entity_of[one.id], []).append(entity_of[other.id])
    before = {entity.id: entity for entity in carried.entities if entity.mentions}
    for identifier, entity in found.items():
        shown, was = drawn.get(identifier, []), before.get(identifier)
        members: list[str] = []
        for member in (was.members if was else None) or ():
            at = now.get(member, member)
            if at is not None and (at in shown or not (was and _could_draw(was, before.get(member), mentions))):
                members.append(at)
        members += [member for member in dict.fromkeys(shown) if member not in members]
        if members or (was is not None and was.members == []):
            entity["members"] = members


def _could_draw(plural: CarriedEntity, member: CarriedEntity | None, mentions: dict[str, Region]) -> bool:
    """Whether a relation would say that ``member`` is one of ``plural``: the first mentions of both are there."""
    return (
        member is not None
        and member.id != plural.id
        and plural.mentions[0] in mentions
        and member.mentions[0] in mentions
    )


def _unmentioned(entity: CarriedEntity, now: dict[str, str | None]) -> dict[str, Any]:
    """An entity that never had a mention, with the members that are left."""
    left = {name: value for name, value in msgspec.to_builtins(entity).items() if name != "mentions"}
    if entity.members is not None:
        left["members"] = [at for member in entity.members if (at := now.get(member, member)) is not None]
    return left
