"""The plain values a view is made of: what the terminal and the page draw, and what ``--json`` prints."""

import msgspec

from parley.segment import Sentence
from parley.show.tree import Node


class Reference(msgspec.Struct, frozen=True, omit_defaults=True):
    """Something pointed to: ``kind`` is entity, event, value, span, author, or unknown (an id of nothing).

    ``label`` is type and number as shown everywhere (``GPE·1``); ``start`` and ``end`` are the place that shows it.
    """

    kind: str
    name: str
    id: str = ""
    label: str = ""
    detail: str = ""
    start: int | None = None
    end: int | None = None


class MentionView(msgspec.Struct, frozen=True, omit_defaults=True):
    """A mention; ``label`` is that of its entity or the value's type, ``detail`` what else is known, for people."""

    id: str
    type: str
    label: str
    start: int
    end: int
    text: str
    detail: str
    entity: str = ""
    sentence: int | None = None


class EntityView(msgspec.Struct, frozen=True, omit_defaults=True):
    """An entity, numbered in the order of first mention, with its mentions and its parts."""

    id: str
    number: int
    label: str
    type: str
    name: str
    mentions: list[str] = []
    members: list[Reference] = []
    registry: str = ""
    wikidata: str = ""
    side: str = ""
    note: str = ""


class Voice(msgspec.Struct, frozen=True):
    """A speech event through which something reaches the reader: its id, its trigger, who speaks."""

    event: str
    trigger: str
    speakers: list[Reference]


class ArgumentView(msgspec.Struct, frozen=True):
    """What fills a role of an event."""

    role: str
    filler: Reference


class EventView(msgspec.Struct, frozen=True, omit_defaults=True):
    """An event mention, numbered in the order of the text.

    ``voices`` are those through which it is told, the nearest first; ``tellings`` the ids of all mentions of the same
    event cluster, this one too; ``contested`` that voices present the event cluster differently.
    """

    id: str
    number: int
    label: str
    type: str
    group: str
    status: str
    start: int
    end: int
    text: str
    sentence: int | None
    voices: list[Voice]
    tellings: list[str]
    contested: bool
    arguments: list[ArgumentView]
    registry: str = ""


class Evidence(msgspec.Struct, frozen=True):
    """A span that shows a stance."""

    id: str
    start: int
    end: int
    text: str
    sentence: int | None


class StanceView(msgspec.Struct, frozen=True, omit_defaults=True):
    """Who stands where, in what respect, and the words that show it."""

    id: str
    number: int
    holder: Reference
    target: Reference
    polarity: str
    facet: str
    explicit: bool
    evidence: list[Evidence]
    voices: list[Voice]


class ZoneView(msgspec.Struct, frozen=True):
    """A zone of the article and whether it is annotated."""

    id: str
    zone: str
    scored: bool
    start: int
    end: int


class ArticleView(msgspec.Struct, frozen=True, omit_defaults=True):
    """An annotated article. Dictionaries are keyed by id, in the order to be shown.

    ``tree`` holds the text: zones, in them paragraphs, in them sentences, in these mentions, triggers and evidence.
    ``layers`` are those shown; ``not_attempted`` those of them that the annotation does not have.
    """

    id: str
    title: str | None
    language: str
    date: str
    date_basis: str
    date_reason: str
    split: str
    source: str
    layers: list[str]
    not_attempted: list[str]
    zones: dict[str, ZoneView]
    sentences: list[Sentence]
    mentions: dict[str, MentionView]
    entities: dict[str, EntityView]
    events: dict[str, EventView]
    stances: dict[str, StanceView]
    tree: list[Node]
