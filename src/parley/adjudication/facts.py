"""An annotation as facts: what is claimed of which place in the text, without ids.

Two passes name their items differently, so ids cannot be compared. A fact says what it is about by text offsets and by
entity keys that all passes share (``align``); its value is one label. So passes are compared, and decisions recorded,
fact by fact. Propositions whose spans differ by a little are one item, named after the place of the first; ``span`` says
where each has it. In a file a fact is written as::

    mention:120-128             True            there is a mention at 120–128
    mention:120-128.form        "NAM"
    mention:120-128.entity      "thailand"      of the entity with this key
    entity:thailand.type        "GPE"
    event:55-60.status          "planned"
    event:55-60.first           "20-24"         first mention of the event cluster
    argument:55-60:Agent:entity=thailand        True
    proposition:61-90.span      "61-84"         stated there
    stance:thailand:event=55-60:demand.polarity "support"
"""

import re
from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple

from parley.canonical import finish, new_document
from parley.corpus import Article
from parley.findings import shorten
from parley.model import AUTHOR, Argument, Document, Entity, Event, Mention, Proposition, Span, Stance
from parley.reading import AnnotatedArticle, Offsets

MENTION_FIELDS = ("form", "role", "type", "value", "mod", "number", "unit", "qualifier")
NEEDED = {  # fields without which an item cannot be written
    "entity": ("type", "name"),
    "event": ("type", "status"),
    "proposition": ("span",),
    "stance": ("polarity", "explicit", "evidence"),
}

# How items are written: {place} is start-end, {key} an entity's key or AUTHOR, {name} a key or a place.
_FORMS = {
    "mention": "{place}",
    "entity": "{key}",
    "event": "{place}",
    "proposition": "{place}",
    "argument": "{place}:{role}:{filler}={name}",
    "stance": "{key}:{filler}={name}:{facet}",
}
_PLACE = re.compile(r"\d+-\d+", re.ASCII)
_PART = {"place": r"\d+-\d+", "key": r"[\w-]+", "role": r"\w+", "facet": r"[\w-]+"}
_PART |= {"filler": "entity|event|proposition|value", "name": r"[\w-]+"}
_PATTERNS = {
    kind: re.compile(re.sub(r"{(\w+)}", lambda part: f"({_PART[part[1]]})", form) + r"(?:\.([a-z]+))?", re.ASCII)
    for kind, form in _FORMS.items()
}
# What a filler names.
_ITEM = {"entity": "entity", "event": "event", "proposition": "proposition", "value": "mention"}
_LETTERS = {"TIME": "t", "QTY": "q"}


class Fact(NamedTuple):
    """What a fact is about: an item (mention, entity, event, proposition, argument, stance), or a field of it.

    ``where`` holds the parts of the item's written form: of an argument the trigger's place, the role, what the filler
    is (entity, event, proposition, value) and its key or place; of a stance the holder's key, what the target is, its
    key or place, and the facet; else one key or place.
    """

    kind: str
    where: tuple[str, ...]
    field: str = ""

    def __str__(self) -> str:
        written = iter(self.where)
        item = re.sub(r"{\w+}", lambda _: next(written), _FORMS[self.kind])
        return f"{self.kind}:{item}" + (f".{self.field}" if self.field else "")

    @classmethod
    def parse(cls, written: str) -> "Fact":
        """Return the fact that is written so. Raises ``ValueError`` if none is."""
        return _parse(written)

    @property
    def item(self) -> "Fact":
        """The fact that the item is there."""
        return Fact(self.kind, self.where)

    def of(self, field: str) -> "Fact":
        """Return the fact that gives a field of the same item."""
        return Fact(self.kind, self.where, field)

    def takes(self, value: Any) -> bool:
        """Whether ``value`` is of the form that this fact has; None and False, which take it away, always are."""
        if value is None or value is False:
            return True
        if self.field in ("", "explicit"):
            return value is True
        if self.field == "number":
            return isinstance(value, (int, float)) and value is not True
        if self.field == "span":
            return isinstance(value, str) and _PLACE.fullmatch(value) is not None
        if self.field in ("members", "evidence", "mentions"):
            places = self.field != "members"
            return (
                isinstance(value, list)
                and len(value) > 0
                and all(isinstance(own, str) and (not places or _PLACE.fullmatch(own)) for own in value)
            )
        return isinstance(value, str)

    @property
    def place(self) -> str | None:
        """Where in the text it is: the span of a mention or trigger, of a stance that of its target; else None."""
        if self.kind == "stance":
            return self.where[2] if self.where[1] != "entity" else None
        return None if self.kind == "entity" else self.where[0]

    @property
    def refers_to(self) -> list["Fact"]:
        """The items without which an argument or a stance cannot be there; none of the other items."""
        if self.kind == "argument":
            trigger, _, filler, name = self.where
            return [Fact("event", (trigger,)), Fact(_ITEM[filler], (name,))]
        if self.kind == "stance":
            holder, target, name, _ = self.where
            return [*([] if holder == AUTHOR else [Fact("entity", (holder,))]), Fact(target, (name,))]
        return []


@cache
def _parse(written: str) -> Fact:
    kind, _, rest = written.partition(":")
    match = _PATTERNS[kind].fullmatch(rest) if kind in _PATTERNS else None
    if match is None:
        raise ValueError(f"{shorten(written)} is no fact")
    *where, field = match.groups()
    return Fact(kind, tuple(where), field or "")


Facts = dict[Fact, Any]


def write_place(span: Span) -> str:
    """Return a span as it is written in facts: start and end, code points, half-open."""
    return f"{span.start}-{span.end}"


def parse_place(written: str) -> Offsets:
    """Return start and end of a span as it is written in facts."""
    start, end = written.split("-")
    return int(start), int(end)


def to_facts(article: AnnotatedArticle, names: Mapping[str, str]) -> Facts:
    """Return the facts of a checked annotation; ``names`` gives ids of entities and propositions their shared keys."""
    facts: Facts = {}
    mentions = {mention.id: write_place(mention) for mention in article.mentions.values()}
    events = {event.id: write_place(event) for event in article.events.values()}

    def item(kind: str, *where: str, **fields: Any) -> None:
        fact = Fact(kind, where)
        facts[fact] = True
        facts.update({fact.of(field): value for field, value in fields.items() if value is not None})

    def filler(argument: Argument) -> tuple[str, str]:
        if argument.entity is not None:
            return "entity", names[argument.entity]
        if argument.event is not None:
            return "event", events[argument.event]
        if argument.proposition is not None:
            return "proposition", names[argument.proposition]
        return "value", mentions[argument.mention or ""]

    for mention in article.mentions.values():
        fields = {field: getattr(mention, field) for field in MENTION_FIELDS}
        item("mention", mentions[mention.id], entity=names[mention.entity] if mention.entity else None, **fields)
    for entity in article.entities.values():
        members = sorted(names[member] for member in entity.members) if entity.members else None
        fields = {"type": entity.type, "name": entity.name, "registry": entity.registry, "members": members}
        item("entity", names[entity.id], **fields)
    for event in article.events.values():
        fields = {"type": event.type, "status": event.status, "harm": event.harm}
        fields["via"] = events[event.via] if event.via else "none"
        first = events[article.head(event.id)]
        item("event", events[event.id], **fields, first=first, registry=event.registry)
        for argument in event.arguments:
            item("argument", events[event.id], argument.role, *filler(argument))
    for stated in article.propositions.values():
        later = [*map(write_place, stated.mentions)] or None
        item("proposition", names[stated.id], span=write_place(stated), mentions=later)
    for stance in article.record.stances or ():
        holder = stance.holder if stance.holder == AUTHOR else names[stance.holder]
        propositions = {stated: names[stated] for stated in article.propositions}
        targets = {"event": events, "proposition": propositions, "entity": names}
        target = next((kind, known[stance.target]) for kind, known in targets.items() if stance.target in known)
        fields = {"polarity": stance.polarity, "explicit": stance.explicit}
        fields |= {
            "via": events[stance.via] if stance.via else "none",
            "evidence": [*map(write_place, stance.evidence)],
        }
        item("stance", holder, *target, stance.facet, **fields)
    return facts


def from_facts(facts: Facts, article: Article, text: str, *, annotator: str, canary: str) -> Document:
    """Return the record of facts, ids numbered in the order of the text, the mentions of arguments derived.

    Raises ``KeyError`` naming the key for a fact that refers to an item that is not there, or the field that an item
    lacks.
    """
    items: dict[str, list[Fact]] = {kind: [] for kind in _FORMS}
    for fact in facts:
        if not fact.field:
            items[fact.kind].append(fact)
            lacking = [str(fact.of(field)) for field in NEEDED.get(fact.kind, ()) if fact.of(field) not in facts]
            if lacking:
                raise KeyError(lacking[0])

    def value(fact: Fact, field: str) -> Any:
        return facts.get(fact.of(field))

    def span(place: str) -> dict[str, Any]:
        start, end = parse_place(place)
        return {"start": start, "end": end, "text": text[start:end]}

    def in_order(fact: Fact) -> tuple[int, int]:
        start, end = parse_place(fact.where[0])
        return start, -end

    items["mention"].sort(key=in_order)
    items["event"].sort(key=in_order)
    items["proposition"].sort(key=lambda fact: parse_place(value(fact, "span")))
    mentioned = [value(mention, "entity") for mention in items["mention"]]
    known = {entity.where[0] for entity in items["entity"]}
    keys = [key for key in dict.fromkeys([*mentioned, *sorted(known)]) if key in known]
    entity_ids = {key: f"e{number}" for number, key in enumerate(keys, 1)}
    event_ids = {event.where[0]: f"v{number}" for number, event in enumerate(items["event"], 1)}
    proposition_ids = {stated.where[0]: f"p{number}" for number, stated in enumerate(items["proposition"], 1)}

    mentions, value_ids, numbers = [], dict[str, str](), {"TIME": 0, "QTY": 0, None: 0}
    for fact in items["mention"]:
        fields = {field: value(fact, field) for field in MENTION_FIELDS}
        kind = fields["type"]
        numbers[kind] += 1
        identifier = f"{_LETTERS.get(kind, 'm')}{numbers[kind]}"
        if kind is not None:
            value_ids[fact.where[0]] = identifier
        entity = entity_ids.get(value(fact, "entity"))
        mentions.append(Mention(id=identifier, **span(fact.where[0]), entity=entity, **fields))

    entities = []
    for key, identifier in entity_ids.items():
        fact = Fact("entity", (key,))
        members = [entity_ids[member] for member in value(fact, "members") or ()] or None
        fields = {field: value(fact, field) for field in ("type", "name", "registry")}
        entities.append(Entity(id=identifier, **fields, members=members))

    ids = {"entity": entity_ids, "event": event_ids, "proposition": proposition_ids, "value": value_ids}
    arguments: dict[str, list[Argument]] = {}
    for fact in items["argument"]:
        trigger, role, filler, name = fact.where
        arguments.setdefault(trigger, []).append(Argument(role=role, **{_ITEM[filler]: ids[filler][name]}))

    events = []
    for fact in items["event"]:
        (place,), first = fact.where, value(fact, "first")
        fields = {field: value(fact, field) for field in ("type", "status", "harm", "registry")}
        fields |= {
            "via": event_ids.get(value(fact, "via")),
            "same_as": event_ids.get(first) if first != place else None,
        }
        events.append(Event(id=event_ids[place], **span(place), **fields, arguments=arguments.get(place, [])))

    propositions = []
    for fact in items["proposition"]:
        later = [Span(**span(place)) for place in sorted(value(fact, "mentions") or (), key=parse_place)]
        identifier = proposition_ids[fact.where[0]]
        propositions.append(Proposition(id=identifier, **span(value(fact, "span")), mentions=later))

    stances = []
    for fact in items["stance"]:
        holder, target, name, facet = fact.where
        evidence = [Span(**span(place)) for place in sorted(value(fact, "evidence"), key=parse_place)]
        fields = {"polarity": value(fact, "polarity"), "explicit": value(fact, "explicit"), "facet": facet}
        fields |= {"via": event_ids.get(value(fact, "via")), "evidence": evidence}
        fields["holder"] = holder if holder == AUTHOR else entity_ids[holder]
        fields["target"] = ids[target][name]
        stances.append(Stance(id="", **fields))
    stances.sort(key=lambda s: (s.evidence[0].start, s.holder, s.target, s.facet))
    for number, stance in enumerate(stances, 1):
        stance.id = f"s{number}"

    layers = {"mentions": mentions, "entities": entities, "events": events, "propositions": propositions}
    return finish(new_document(article, annotator, canary, **layers, stances=stances), article, text)
