"""The records: what one article's annotation is made of.

Offsets are Unicode code points, half-open, into the verbatim text, and are given with the text they cover.
Descriptions live here once: the published JSON Schemas are generated from these classes (``parley.schemas``).
A field marked with ``labels(...)`` takes the label names of that list of the ontology.
"""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

AUTHOR = "AUTHOR"  # the reserved holder id of the article's writer

# What a system may attempt -> the field that holds it.
LAYERS = {"entities": "mentions", "events": "events", "stance": "stances", "stance classification": "stance_pairs"}

ID_PATTERN = "^[A-Za-z][A-Za-z0-9._-]{0,63}$"
DAY_PATTERN = r"^\d{4}-\d{2}-\d{2}$"


def labels(kind: str) -> dict[str, Any]:
    """Mark a field as taking the label names of ``ontology[kind]``; read by ``parley.schemas``."""
    return {"$labels": kind}


Id = Annotated[str, Meta(pattern=ID_PATTERN)]
NonEmpty = Annotated[str, Meta(min_length=1)]
Day = Annotated[str, Meta(pattern=DAY_PATTERN, extra_json_schema={"format": "date"})]  # ISO 8601
Start = Annotated[int, Meta(ge=0)]
End = Annotated[int, Meta(ge=1)]
Text = Annotated[str, Meta(min_length=1)]


# Fields that the record and the quote form share.
GpeRole = Annotated[str | None, Meta(title="Role in context", extra_json_schema=labels("gpe_roles"))]
TimeModifier = Annotated[str | None, Meta(title="Time modifier", extra_json_schema=labels("time_mods"))]
Qualifier = Annotated[str | None, Meta(title="Qualifier", extra_json_schema=labels("qty_qualifiers"))]
EntityType = Annotated[str, Meta(title="Entity type", extra_json_schema=labels("entity_types"))]
ArgumentRole = Annotated[str, Meta(title="Role", extra_json_schema=labels("argument_roles"))]
EventType = Annotated[str, Meta(title="Event type", extra_json_schema=labels("event_types"))]
Status = Annotated[str, Meta(title="Status", extra_json_schema=labels("statuses"))]
Harm = Annotated[str | None, Meta(title="Harm", extra_json_schema=labels("harms"))]
Polarity = Annotated[str, Meta(title="Polarity", extra_json_schema=labels("polarities"))]
Facet = Annotated[str, Meta(title="Facet", extra_json_schema=labels("facets"))]


class Record(msgspec.Struct, omit_defaults=True, forbid_unknown_fields=True):
    """What all records share: no unknown fields, defaults left out when written.

    Subclasses say ``kw_only=True`` again: msgspec does not inherit it.
    """


class Span(Record, kw_only=True):
    """A stretch of the article's text."""

    start: Start
    """First code point of the span, counted from 0 in the whole text of the article."""
    end: End
    """Code point after the last of the span (half-open)."""
    text: Text = ""
    """The text of the span, exactly as in the article. Optional in predictions; checked where it is given."""

    @property
    def span(self) -> tuple[int, int]:
        """Start and end, code points, half-open."""
        return self.start, self.end


class Mention(Span, kw_only=True):
    """A mention of an entity (with form and entity) or a value (with type TIME or QTY)."""

    id: Id
    """Unique among all ids of the article."""
    form: Annotated[str | None, Meta(title="Form", extra_json_schema=labels("forms"))] = None
    """Name, nominal or pronoun. Entity mentions only."""
    entity: Id | None = None
    """Id of the entity that is mentioned. Entity mentions only."""
    role: GpeRole = None
    """What the name of a GPE refers to here. Only on mentions of GPE entities."""
    type: Annotated[str | None, Meta(title="Value type", extra_json_schema=labels("value_types"))] = None
    """TIME or QTY. Values only; an entity mention has the type of its entity."""
    value: NonEmpty | None = None
    """ISO 8601 or TIMEX3 value of a TIME, resolved against the article's date: 2025-12-24, 2025-07, 2025-W52, P5D."""
    mod: TimeModifier = None
    """How the TIME modifies its value."""
    number: float | int | None = None
    """Number of a QTY; absent where the text has none (dozens)."""
    unit: NonEmpty | None = None
    """Unit of a QTY as in the text's language (kilometre, people), if it gives one."""
    qualifier: Qualifier = None
    """How exact the number is; absent where it is given as exact."""


class Entity(Record, kw_only=True):
    """A person, body, place, weapon or agreement of the article: what its mentions refer to."""

    id: Id
    """Unique among all ids of the article."""
    type: EntityType
    """Type of the entity and of all its mentions."""
    name: Annotated[str, Meta(min_length=1)]
    """A readable name, for people; never scored."""
    registry: Id | None = None
    """Entry of registry.json, shared across articles. Predictions may use ids of their own that begin with NIL for
    entities that registry.json does not have."""
    members: list[Id] | None = None
    """Ids of the entities that together are this plural entity ('both sides')."""


class Proposition(Span, kw_only=True):
    """What is said, demanded, agreed or rejected and is no event or entity. The span is the text that states it."""

    id: Id
    """Unique among all ids of the article."""
    mentions: list[Span] = msgspec.field(default_factory=list)
    """Later expressions for it ('the proposal'), in the order of the text."""

    @property
    def spans(self) -> list[Span]:
        """The span that states it and the later expressions for it."""
        return [self, *self.mentions]


class Argument(Record, kw_only=True):
    """What fills a role of an event: an entity, an event, a proposition or a value mention."""

    role: ArgumentRole
    """Role of the filler in the event."""
    entity: Id | None = None
    """Id of the entity that fills the role."""
    mention: Id | None = None
    """With entity: the mention of it that shows the argument, derived as the nearest in the sentence, else the nearest
    before; may be left out in predictions. Alone: the TIME or QTY that fills the role."""
    event: Id | None = None
    """Id of the event that fills the role."""
    proposition: Id | None = None
    """Id of the proposition that fills the role."""


class Event(Span, kw_only=True):
    """An event mention: a trigger with its type, status, source and arguments."""

    id: Id
    """Unique among all ids of the article."""
    type: EventType
    """Type of the event."""
    status: Status
    """How the text presents the event."""
    harm: Harm = None
    """What happened to the people of a Casualty. Only on events of that type."""
    via: Id | None
    """Id of the speech event through which it reaches the reader; null for the article itself."""
    same_as: Id | None = None
    """Id of the first mention of the same event cluster in this article; absent on that first mention itself."""
    registry: Id | None = None
    """Entry of registry.json for an event cluster that several articles report; on the first mention only."""
    arguments: list[Argument]
    """Who and what takes part, by role."""


class Stance(Record, kw_only=True):
    """A position that a holder takes toward a target in the article."""

    id: Id
    """Unique among all ids of the article."""
    holder: Id
    """Id of the entity that holds it, or AUTHOR for the article's writer."""
    target: Id
    """Id of the entity, event or proposition it is about. Of an event mentioned several times, the first mention."""
    polarity: Polarity
    """For, against, or both."""
    facet: Facet
    """In what respect."""
    evidence: Annotated[list[Span], Meta(min_length=1)]
    """The spans that show it, in the order of the text."""
    explicit: bool
    """True where a speech verb or an attitude word names the facet; false where it must be inferred."""
    via: Id | None
    """Id of the speech event that carries the first evidence span; null for the article itself."""


class StancePair(Record, kw_only=True):
    """An answer to the stance classification task: the polarity of one given pair."""

    pair: Annotated[str, Meta(min_length=1, max_length=256)]
    """Id of the row of the stance config."""
    polarity: Annotated[str, Meta(title="Polarity", extra_json_schema=labels("pair_polarities"))]
    """A polarity of the ontology, or none."""


class Annotation(Record, kw_only=True):
    """The layers of one article. A layer that is None was not attempted; an empty list means none found."""

    id: Id
    """Id of the article in articles.jsonl."""
    mentions: list[Mention] | None = None
    """Mentions of entities, and values; spans may nest, never cross."""
    entities: list[Entity] | None = None
    """What the mentions refer to; every entity is mentioned at least once or is a member of a plural one."""
    events: list[Event] | None = None
    """Event mentions."""
    propositions: list[Proposition] = msgspec.field(default_factory=list)
    """What fills a Content or Topic, or is the target of a stance, and is no event or entity."""
    stances: list[Stance] | None = None
    """One for each holder, target and facet."""


class Document(Annotation, kw_only=True):
    """A complete annotation of one article, as in data/gold and data/raw."""

    canary: str
    """A string that must never be in training data."""
    ontology: str
    """Version of ontology.json it was made under."""
    annotator: Annotated[str, Meta(min_length=1)]
    """Who or what made it."""
    sha256: Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]
    """SHA-256 of the article's bytes that the offsets belong to."""
    mentions: list[Mention]
    entities: list[Entity]
    events: list[Event]
    stances: list[Stance]


class Prediction(Annotation, kw_only=True):
    """A system's output for one article: a line of predictions.jsonl."""

    stance_pairs: list[StancePair] | None = None
    """Answers to the stance classification task."""
    attempted: list[Literal["entities", "events", "stance", "stance classification"]] | None = None
    """The layers to be scored, the same in every line; by default all that are present. A system that predicts only
    events or stances leaves out 'entities': the entities and mentions that its items need are then not scored."""

    @property
    def attempted_layers(self) -> list[str]:
        """The layers that are scored, in the order of ``LAYERS``: those that are present and not abstained from."""
        present = [layer for layer, field in LAYERS.items() if getattr(self, field) is not None]
        return present if self.attempted is None else [layer for layer in present if layer in self.attempted]
