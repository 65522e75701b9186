"""Articles that are sent in windows of sentences: their annotations put together.

The ids of each window begin with its number. Two windows share some sentences; what both mark there is one.
"""

from collections.abc import Sequence
from typing import Any

import msgspec

from parley.model import AUTHOR, Document, Event, Mention, Proposition

_REFERENCES = ("id", "entity", "event", "proposition", "via", "same_as", "holder", "target")


def prefixed(value: Any, prefix: str, *, filler: bool = False) -> Any:
    """Return an annotation in quote form whose ids, and references to them, begin with ``prefix``.

    ``filler``: ``value`` is an argument, whose ``value`` is an id.
    """
    if isinstance(value, list):
        return [prefixed(item, prefix, filler=filler) for item in value]
    if not isinstance(value, dict):
        return value
    made = {key: prefixed(item, prefix, filler=key == "arguments") for key, item in value.items()}
    for key in (*_REFERENCES, "value") if filler else _REFERENCES:
        if isinstance(made.get(key), str) and made[key] != AUTHOR:
            made[key] = prefix + made[key]
    if isinstance(made.get("members"), list):
        made["members"] = [prefix + member if isinstance(member, str) else member for member in made["members"]]
    return made


def join(documents: Sequence[Document]) -> Document:
    """Return the annotations of an article's windows as one; of what two windows mark in one place the first counts.

    Entities are one if they have a mention in common, events and propositions if they have their place in common; the
    clusters of events that have an event in common are one cluster.
    """
    same: dict[str, str] = {}  # an id, and the one that takes its place

    def now(identifier: str) -> str:
        while identifier in same:
            identifier = same[identifier]
        return identifier

    def unite(first: str, second: str) -> None:
        if now(first) != now(second):
            same[now(second)] = now(first)

    places: dict[tuple[str, int, int], Mention | Event | Proposition] = {}
    heads: list[tuple[str, str]] = []  # an event of an earlier window, and the head that the later window gives it
    for document in documents:
        items: list[Mention | Event | Proposition] = [*document.mentions, *document.events, *document.propositions]
        for item in items:
            kept = places.setdefault((type(item).__name__, item.start, item.end), item)
            if kept is item:
                continue
            if isinstance(item, Mention) and isinstance(kept, Mention) and item.entity and kept.entity:
                unite(kept.entity, item.entity)
            unite(kept.id, item.id)
            if isinstance(item, Event) and item.same_as:
                heads.append((kept.id, item.same_as))
    layers: dict[str, list[Any]] = {"mentions": [], "events": [], "propositions": []}
    for item in places.values():
        layers[type(item).__name__.lower() + "s"].append(item)
    entities = [entity for document in documents for entity in document.entities if now(entity.id) == entity.id]
    clusters: dict[str, str] = {}  # an event's id, and the next one on the way to the head of its cluster

    def head(event: str) -> str:
        event = now(event)
        while event in clusters:
            event = clusters[event]
        return event

    own = [(event.id, event.same_as) for event in layers["events"] if event.same_as]
    for event, earlier in [*own, *heads]:
        pair = head(event), head(earlier)
        if pair[0] != pair[1]:
            clusters[pair[0]] = pair[1]
    stances, seen = [], set[tuple[str, str, str]]()
    for stance in (stance for document in documents for stance in document.stances):
        made = msgspec.structs.replace(
            stance, holder=now(stance.holder), target=head(stance.target), via=stance.via and now(stance.via)
        )
        if (key := (made.holder, made.target, made.facet)) not in seen:
            seen.add(key)
            stances.append(made)
    return msgspec.structs.replace(
        documents[0],
        mentions=[msgspec.structs.replace(m, entity=m.entity and now(m.entity)) for m in layers["mentions"]],
        entities=[
            msgspec.structs.replace(e, members=e.members and list(dict.fromkeys(map(now, e.members)))) for e in entities
        ],
        events=[
            msgspec.structs.replace(
                event,
                via=event.via and now(event.via),
                same_as=head(event.id) if head(event.id) != event.id else None,
                arguments=[
                    msgspec.structs.replace(
                        a,
                        entity=a.entity and now(a.entity),
                        event=a.event and now(a.event),
                        proposition=a.proposition and now(a.proposition),
                        mention=a.mention and now(a.mention),
                    )
                    for a in event.arguments
                ],
            )
            for event in layers["events"]
        ],
        propositions=layers["propositions"],
        stances=stances,
    )
