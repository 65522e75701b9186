"""The records: what one article's annotation is made of.

Offsets are Unicode code points, half-open, into the verbatim text, and stand with the text they cover.
Descriptions live here once: the published JSON Schemas are generated from these classes (``parley.schemas``).
A field marked with ``labels(...)`` takes the label names of that list of the ontology.
"""

from typing import Annotated, Any

import msgspec
from msgspec import Meta

AUTHOR = "AUTHOR"  # the reserved holder id of the article's writer

ID_PATTERN = "^[A-Za-z][A-Za-z0-9._-]{0,63}$"


def labels(kind: str) -> dict[str, Any]:
    """Mark a field as taking the label names of ``ontology[kind]``; read by ``parley.schemas``."""
    return {"$labels": kind}


Id = Annotated[str, Meta(pattern=ID_PATTERN)]
NonEmpty = Annotated[str, Meta(min_length=1)]
Day = Annotated[str, Meta(pattern=r"^\d{4}-\d{2}-\d{2}$")]  # ISO 8601
Start = Annotated[
    int,
    Meta(
        ge=0,
        title="Start",
        description="First code point of the span, counted from 0 in the whole text of the article.",
    ),
]
End = Annotated[int, Meta(ge=1, title="End", description="Code point after the last of the span (half-open).")]
Text = Annotated[
    str,
    Meta(
        min_length=1,
        title="Text",
        description="The text the span covers, exactly as in the article. May be left out in predictions; checked where it is given.",
    ),
]


# Fields that the record and the quote form share.
GpeRole = Annotated[
    str | None,
    Meta(
        title="Role in context",
        description="What a GPE stands for here. On mentions of GPE entities, and only there.",
        extra_json_schema=labels("gpe_roles"),
    ),
]
TimeValue = Annotated[
    NonEmpty | None,
    Meta(
        title="Time value",
        description="ISO 8601 or TIMEX3 value of a TIME, resolved against the article's date: 2025-12-24, 2025-07, 2025-W52, P5D.",
    ),
]
TimeModifier = Annotated[
    str | None,
    Meta(title="Time modifier", description="How the TIME modifies its value.", extra_json_schema=labels("time_mods")),
]
Number = Annotated[
    float | int | None,
    Meta(title="Number", description="Number of a QTY; absent where the text has none (dozens)."),
]
Unit = Annotated[
    NonEmpty | None,
    Meta(title="Unit", description="Unit of a QTY as in the text's language (kilometre, people), where it is told."),
]
Qualifier = Annotated[
    str | None,
    Meta(
        title="Qualifier",
        description="How exact the number is; absent where it is given as exact.",
        extra_json_schema=labels("qty_qualifiers"),
    ),
]
EntityType = Annotated[
    str,
    Meta(
        title="Entity type",
        description="Type of the entity and of all its mentions.",
        extra_json_schema=labels("entity_types"),
    ),
]
Name = Annotated[str, Meta(min_length=1, title="Name", description="A readable name, for people; never scored.")]
EntityRegistry = Annotated[
    Id | None,
    Meta(
        title="Registry id",
        description="Entry of registry.json, shared across articles. Predictions may use ids of their own that begin with NIL for entities that registry.json does not have.",
    ),
]
Members = Annotated[
    list[Id] | None,
    Meta(title="Members", description="Ids of the entities that together are this plural entity ('both sides')."),
]
ArgumentRole = Annotated[
    str,
    Meta(title="Role", description="Role of the filler in the event.", extra_json_schema=labels("argument_roles")),
]
FillingEntity = Annotated[Id | None, Meta(title="Entity", description="Id of the entity that fills the role.")]
FillingEvent = Annotated[Id | None, Meta(title="Event", description="Id of the event that fills the role.")]
EventType = Annotated[
    str, Meta(title="Event type", description="Type of the event.", extra_json_schema=labels("event_types"))
]
Status = Annotated[
    str, Meta(title="Status", description="How the text presents the event.", extra_json_schema=labels("statuses"))
]
Via = Annotated[
    Id | None,
    Meta(
        title="Via",
        description="Id of the speech event through which it reaches the reader; null for the article's own voice.",
    ),
]
SameAs = Annotated[
    Id | None,
    Meta(
        title="Same as",
        description="Id of the first mention of the same event cluster in this article; absent on that first mention itself.",
    ),
]
EventRegistry = Annotated[
    Id | None,
    Meta(
        title="Registry id",
        description="Entry of registry.json for an event cluster told in several articles; on the first mention only.",
    ),
]
Holder = Annotated[
    Id, Meta(title="Holder", description="Id of the entity that holds it, or AUTHOR for the article's writer.")
]
Target = Annotated[
    Id,
    Meta(
        title="Target",
        description="Id of the entity or event it is about. Of an event mentioned several times, the first mention.",
    ),
]
Polarity = Annotated[
    str, Meta(title="Polarity", description="For, against, or both.", extra_json_schema=labels("polarities"))
]
Facet = Annotated[str, Meta(title="Facet", description="In what respect.", extra_json_schema=labels("facets"))]
Explicit = Annotated[
    bool,
    Meta(
        title="Explicit",
        description="True where a speech verb or an attitude word names the facet; false where it must be inferred.",
    ),
]
StanceVia = Annotated[
    Id | None,
    Meta(
        title="Via",
        description="Id of the speech event that carries the first evidence span; null for the article's own voice.",
    ),
]


class Record(msgspec.Struct, omit_defaults=True, forbid_unknown_fields=True):
    """What all records share: no unknown fields, defaults left out when written.

    Subclasses say ``kw_only=True`` again: msgspec does not inherit it.
    """


class Span(Record, kw_only=True):
    """A stretch of the article's text."""

    start: Start
    end: End
    text: Text = ""


class Mention(Span, kw_only=True):
    """A mention of an entity (with form and entity) or a value (with type TIME or QTY)."""

    id: Annotated[Id, Meta(title="Mention id", description="Unique among all ids of the article.")]
    form: Annotated[
        str | None,
        Meta(
            title="Form",
            description="Name, nominal or pronoun. Entity mentions only.",
            extra_json_schema=labels("forms"),
        ),
    ] = None
    entity: Annotated[
        Id | None, Meta(title="Entity", description="Id of the entity that is mentioned. Entity mentions only.")
    ] = None
    role: GpeRole = None
    type: Annotated[
        str | None,
        Meta(
            title="Value type",
            description="TIME or QTY. Values only; an entity mention has the type of its entity.",
            extra_json_schema=labels("value_types"),
        ),
    ] = None
    value: TimeValue = None
    mod: TimeModifier = None
    number: Number = None
    unit: Unit = None
    qualifier: Qualifier = None

    @property
    def span(self) -> tuple[int, int]:
        """Start and end, code points, half-open."""
        return self.start, self.end


class Entity(Record, kw_only=True):
    """A person, body, place, weapon or agreement of the article: what its mentions refer to."""

    id: Annotated[Id, Meta(title="Entity id", description="Unique among all ids of the article.")]
    type: EntityType
    name: Name
    registry: EntityRegistry = None
    members: Members = None


class Argument(Record, kw_only=True):
    """What fills a role of an event: an entity, an event, a value mention, or a span of text."""

    role: ArgumentRole
    entity: FillingEntity = None
    mention: Annotated[
        Id | None,
        Meta(
            title="Mention",
            description="With entity: the mention of it that shows the argument, derived as the nearest in the sentence, else the nearest before; may be left out in predictions. Alone: the TIME or QTY that fills the role.",
        ),
    ] = None
    event: FillingEvent = None
    start: Annotated[Start | None, Meta()] = None
    end: Annotated[End | None, Meta()] = None
    text: Annotated[Text | None, Meta()] = None


class Event(Span, kw_only=True):
    """An event mention: a trigger with its type, status, voice and arguments."""

    id: Annotated[Id, Meta(title="Event id", description="Unique among all ids of the article.")]
    type: EventType
    status: Status
    via: Via
    same_as: SameAs = None
    registry: EventRegistry = None
    arguments: Annotated[list[Argument], Meta(title="Arguments", description="Who and what takes part, by role.")]

    @property
    def span(self) -> tuple[int, int]:
        """Start and end of the trigger, code points, half-open."""
        return self.start, self.end


class Stance(Record, kw_only=True):
    """A position that a holder takes toward a target in the article."""

    id: Annotated[Id, Meta(title="Stance id", description="Unique among all ids of the article.")]
    holder: Holder
    target: Target
    polarity: Polarity
    facet: Facet
    evidence: Annotated[
        list[Span],
        Meta(title="Evidence", description="The spans that show it, in the order of the text.", min_length=1),
    ]
    explicit: Explicit
    via: StanceVia


class StancePair(Record, kw_only=True):
    """An answer to the stance classification task: the polarity of one given pair."""

    pair: Annotated[
        str, Meta(min_length=1, max_length=256, title="Pair id", description="Id of the row of the stance config.")
    ]
    polarity: Annotated[
        str,
        Meta(
            title="Polarity",
            description="A polarity of the ontology, or none.",
            extra_json_schema=labels("pair_polarities"),
        ),
    ]


Mentions = Annotated[
    list[Mention], Meta(title="Mentions", description="Mentions of entities, and values; spans may nest, never cross.")
]
Entities = Annotated[
    list[Entity],
    Meta(
        title="Entities",
        description="What the mentions refer to; every entity is mentioned at least once or is a member of a plural one.",
    ),
]
Events = Annotated[list[Event], Meta(title="Events", description="Event mentions.")]
Stances = Annotated[list[Stance], Meta(title="Stances", description="One for each holder, target and facet.")]


class Annotation(Record, kw_only=True):
    """The layers of one article. A layer that is None was not attempted; an empty list means none found."""

    id: Annotated[Id, Meta(title="Article id", description="Id of the article in articles.jsonl.")]
    mentions: Mentions | None = None
    entities: Entities | None = None
    events: Events | None = None
    stances: Stances | None = None


class Document(Annotation, kw_only=True):
    """A complete annotation of one article, as in data/gold and data/raw."""

    canary: Annotated[str, Meta(title="Canary", description="A string that must never be in training data.")]
    ontology: Annotated[str, Meta(title="Ontology version", description="Version of ontology.json it was made under.")]
    annotator: Annotated[str, Meta(min_length=1, title="Annotator", description="Who or what made it.")]
    sha256: Annotated[
        str,
        Meta(
            pattern="^[0-9a-f]{64}$",
            title="Checksum",
            description="SHA-256 of the article's bytes that the offsets belong to.",
        ),
    ]
    mentions: Mentions
    entities: Entities
    events: Events
    stances: Stances


class Prediction(Annotation, kw_only=True):
    """A system's output for one article: a line of predictions.jsonl."""

    stance_pairs: Annotated[
        list[StancePair] | None, Meta(title="Stance pairs", description="Answers to the stance classification task.")
    ] = None
