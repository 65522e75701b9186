"""What no region can hold, as compact JSON in a hidden text area of the annotation.

Entities are no regions, so they are carried whole, each with its mentions. Of all else only that is carried which the
regions do not say as the record does: a field as a pair *what the regions say, what the record says*, so that it holds
exactly as long as nobody changes what the regions say.
"""

import json
from typing import Any, Literal

import msgspec

from parley.files import shorten
from parley.labelstudio.parts import Faults
from parley.model import Argument, Entity, Event, Mention, Span, Stance


class CarriedEntity(Entity, kw_only=True):
    """An entity with the ids of its mentions, in the order of the text; the first shows name and registry id."""

    mentions: list[str] = msgspec.field(default_factory=list)


class Hidden(msgspec.Struct, omit_defaults=True):
    """Items of the record that cannot be regions at all (two of one id, say), as they are."""

    mentions: list[Mention] = msgspec.field(default_factory=list)
    events: list[Event] = msgspec.field(default_factory=list)
    stances: list[Stance] = msgspec.field(default_factory=list)


class Carried(msgspec.Struct, omit_defaults=True):
    """All that is carried.

    ``fields``: by item and field, what the regions say and what the record says. ``arguments``: by event, all of them in
    order; ``[role, region]`` where a relation says it, with two more, what the relation says and what the record says,
    where they differ; as in the record where no relation can say it. ``evidence``: by stance, all spans in order.
    ``order``: ids by layer, where it is not that of the text.
    """

    parley: Literal[1]  # version of this form
    entities: list[CarriedEntity] = msgspec.field(default_factory=list)
    fields: dict[str, dict[str, tuple[Any, Any]]] = msgspec.field(default_factory=dict)
    arguments: dict[str, list[tuple[Any, ...] | Argument]] = msgspec.field(default_factory=dict)
    evidence: dict[str, list[Span]] = msgspec.field(default_factory=dict)
    order: dict[str, list[str]] = msgspec.field(default_factory=dict)
    hidden: Hidden = msgspec.field(default_factory=Hidden)


def render_carried(carried: Carried) -> str:
    """Return what is carried as JSON of one line."""
    return msgspec.json.encode(carried).decode("utf-8")


def parse_carried(text: str | None, faults: Faults) -> Carried:
    """Return what is carried; nothing, with a finding, where it is not of its form."""
    if text is None:
        return Carried(parley=1)
    try:
        return msgspec.json.decode(text.encode("utf-8"), type=Carried)
    except (msgspec.DecodeError, UnicodeEncodeError, RecursionError) as error:
        message = f"what is carried in the hidden field cannot be read ({shorten(str(error), 100)}); it was left out"
        mend = "ids and names of entities are new, and what has no mention is gone: compare with what was pushed"
        faults.add("carried-form", "$.result", message, mend)
        return Carried(parley=1)


def same(one: Any, other: Any) -> bool:
    """Whether two values of a record are the same: 800 and 800.0 are not."""
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)
