"""An annotation as facts: what is claimed of which place in the text, without ids.

Two passes name their items differently, so ids cannot be compared. A fact's key says what it is about by text
offsets and by entity keys that all passes share (``align``); its value is one label. So passes are compared, and
decisions recorded, fact by fact::

    mention:120-128             True            there is a mention at 120–128
    mention:120-128.form        "NAM"
    mention:120-128.entity      "thailand"      of the entity with this key
    entity:thailand.type        "GPE"
    event:55-60.status          "planned"
    event:55-60.first           "20-24"         first mention of the event cluster
    argument:55-60:Agent:entity=thailand        True
    stance:thailand:event=55-60:demand.polarity "support"

A field's fact stands only where its item does (``item_of``).
"""

import re
from collections.abc import Mapping
from typing import Any

from parley.canonical import finish, new_document
from parley.corpus import Article
from parley.derive import Links
from parley.model import AUTHOR, Argument, Document, Entity, Event, Mention, Span, Stance

Facts = dict[str, Any]

MENTION_FIELDS = ("form", "role", "type", "value", "mod", "number", "unit", "qualifier")
_FIELD = re.compile(r"\.([a-z]+)$")


def item_of(key: str) -> str:
    """Return the key of the item that a fact is about: the key without its field."""
    return _FIELD.sub("", key)


def field_of(key: str) -> str:
    """Return the field a fact gives, or ``""`` for the fact that the item is there."""
    match = _FIELD.search(key)
    return match[1] if match else ""


def kind_of(key: str) -> str:
    """Return what a fact is about: mention, entity, event, argument or stance."""
    return key.partition(":")[0]


def place(span: Span | Mention | Event) -> str:
    """Return a span as it stands in keys: start and end, code points, half-open."""
    return f"{span.start}-{span.end}"


def parse_place(written: str) -> tuple[int, int]:
    """Return start and end of a span as it stands in keys."""
    start, end = written.split("-")
    return int(start), int(end)


def _filler(argument: Argument, links: Links, names: Mapping[str, str]) -> str:
    if argument.entity is not None:
        return f"entity={names[argument.entity]}"
    if argument.event is not None:
        return f"event={place(links.events[argument.event])}"
    if argument.mention is not None:
        return f"value={place(links.mentions[argument.mention])}"
    return f"span={argument.start}-{argument.end}"


def to_facts(document: Document, names: Mapping[str, str]) -> Facts:
    """Return the facts of a checked document; ``names`` gives each entity id its shared key."""
    links = Links(document)
    facts: Facts = {}

    def item(key: str, **fields: Any) -> None:
        facts[key] = True
        facts.update({f"{key}.{field}": value for field, value in fields.items() if value is not None})

    def voice(via: str | None) -> str:
        return place(links.events[via]) if via else "none"

    for mention in document.mentions:
        fields = {field: getattr(mention, field) for field in MENTION_FIELDS}
        item(f"mention:{place(mention)}", entity=names[mention.entity] if mention.entity else None, **fields)
    for entity in document.entities:
        members = sorted(names[member] for member in entity.members) if entity.members else None
        item(
            f"entity:{names[entity.id]}", type=entity.type, name=entity.name, registry=entity.registry, members=members
        )
    for event in document.events:
        head = place(links.events[links.head(event.id)])
        key = f"event:{place(event)}"
        item(key, type=event.type, status=event.status, via=voice(event.via), first=head, registry=event.registry)
        for argument in event.arguments:
            item(f"argument:{place(event)}:{argument.role}:{_filler(argument, links, names)}")
    for stance in document.stances:
        holder = stance.holder if stance.holder == AUTHOR else names[stance.holder]
        is_event = stance.target in links.events
        target = f"event={place(links.events[stance.target])}" if is_event else f"entity={names[stance.target]}"
        evidence = [place(span) for span in stance.evidence]
        item(f"stance:{holder}:{target}:{stance.facet}", polarity=stance.polarity, explicit=stance.explicit, via=voice(stance.via), evidence=evidence)  # fmt: skip
    return facts


class _Builder:
    """Builds the record of facts; ids are numbered in the order of the text."""

    def __init__(self, facts: Facts, article: Article, text: str) -> None:
        self.facts, self.article, self.text = facts, article, text
        self.items = {kind: [k for k in facts if kind_of(k) == kind and not field_of(k)] for kind in ("mention", "entity", "event", "argument", "stance")}  # fmt: skip
        self.mention_places = sorted(
            (parse_place(k.split(":")[1]) for k in self.items["mention"]), key=lambda p: (p[0], -p[1])
        )
        self.event_places = sorted(
            (parse_place(k.split(":")[1]) for k in self.items["event"]), key=lambda p: (p[0], -p[1])
        )
        self.event_ids = {f"{s}-{e}": f"v{n}" for n, (s, e) in enumerate(self.event_places, 1)}
        self.entity_ids = self._entity_ids()

    def of(self, key: str, field: str) -> Any:
        return self.facts.get(f"{key}.{field}")

    def _entity_ids(self) -> dict[str, str]:
        mentioned = [self.of(f"mention:{s}-{e}", "entity") for s, e in self.mention_places]
        keys = list(dict.fromkeys(key for key in mentioned if key is not None))
        known = [key.partition(":")[2] for key in self.items["entity"]]
        keys += sorted(key for key in known if key not in keys)
        return {key: f"e{n}" for n, key in enumerate((k for k in keys if k in known), 1)}

    def mentions(self) -> list[Mention]:
        built, numbers = [], {"TIME": 0, "QTY": 0, None: 0}
        for start, end in self.mention_places:
            key = f"mention:{start}-{end}"
            fields = {field: self.of(key, field) for field in MENTION_FIELDS}
            numbers[fields["type"]] += 1
            letter = {"TIME": "t", "QTY": "q", None: "m"}[fields["type"]]
            entity = self.entity_ids.get(self.of(key, "entity"))
            built.append(Mention(id=f"{letter}{numbers[fields['type']]}", start=start, end=end, text=self.text[start:end], entity=entity, **fields))  # fmt: skip
        return built

    def entities(self) -> list[Entity]:
        built = []
        for name, identifier in self.entity_ids.items():
            key = f"entity:{name}"
            members = [self.entity_ids[m] for m in self.of(key, "members") or ()] or None
            built.append(Entity(id=identifier, type=self.of(key, "type"), name=self.of(key, "name"), registry=self.of(key, "registry"), members=members))  # fmt: skip
        return built

    def events(self, mentions: list[Mention]) -> list[Event]:
        values = {place(m): m.id for m in mentions if m.type is not None}
        arguments: dict[str, list[Argument]] = {}
        for key in self.items["argument"]:
            _, trigger, role, filler = key.split(":", 3)
            arguments.setdefault(trigger, []).append(self._argument(role, filler, values))
        built = []
        for start, end in self.event_places:
            here = f"{start}-{end}"
            key, first, via = f"event:{here}", self.of(f"event:{here}", "first"), self.of(f"event:{here}", "via")
            own = arguments.get(here, [])
            built.append(Event(id=self.event_ids[here], start=start, end=end, text=self.text[start:end], type=self.of(key, "type"), status=self.of(key, "status"), via=self.event_ids.get(via), same_as=self.event_ids.get(first) if first != here else None, registry=self.of(key, "registry"), arguments=own))  # fmt: skip
        return built

    def _argument(self, role: str, filler: str, values: dict[str, str]) -> Argument:
        kind, _, name = filler.partition("=")
        if kind == "entity":
            return Argument(role=role, entity=self.entity_ids[name])
        if kind == "event":
            return Argument(role=role, event=self.event_ids[name])
        if kind == "value":
            return Argument(role=role, mention=values[name])
        start, end = parse_place(name)
        return Argument(role=role, start=start, end=end, text=self.text[start:end])

    def stances(self) -> list[Stance]:
        built = []
        for key in self.items["stance"]:
            _, holder, target, facet = key.split(":", 3)
            kind, _, name = target.partition("=")
            spans = sorted(parse_place(span) for span in self.of(key, "evidence"))
            built.append(Stance(id="", holder=holder if holder == AUTHOR else self.entity_ids[holder], target=self.entity_ids[name] if kind == "entity" else self.event_ids[name], polarity=self.of(key, "polarity"), facet=facet, evidence=[Span(start=s, end=e, text=self.text[s:e]) for s, e in spans], explicit=self.of(key, "explicit"), via=self.event_ids.get(self.of(key, "via"))))  # fmt: skip
        built.sort(key=lambda s: (s.evidence[0].start, s.holder, s.target, s.facet))
        for number, stance in enumerate(built, 1):
            stance.id = f"s{number}"
        return built


def from_facts(facts: Facts, article: Article, text: str, *, annotator: str, canary: str) -> Document:
    """Return the record of facts, ids numbered in the order of the text, the mentions of arguments derived.

    Raises ``KeyError`` naming the key for a fact that refers to an item that is not there.
    """
    builder = _Builder(facts, article, text)
    mentions = builder.mentions()
    document = new_document(
        article,
        annotator,
        canary,
        mentions=mentions,
        entities=builder.entities(),
        events=builder.events(mentions),
        stances=builder.stances(),
    )
    return finish(document, article, text)
