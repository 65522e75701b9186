"""The quote form's records: annotation as people and language models write it.

A span is a sentence number, an exact quotation and, where the quotation stands in the sentence more than once,
which of them. Sentences are numbered from 1 through the scored zones of the article (``parley annotate sentences``
prints them). Offsets are never written; ``parley.quotes`` resolves the quotations.
"""

from typing import Annotated

from msgspec import Meta

from parley.model import (
    ArgumentRole,
    EntityType,
    EventType,
    Facet,
    GpeRole,
    Id,
    NonEmpty,
    Polarity,
    Qualifier,
    Record,
    Status,
    TimeModifier,
    labels,
)

Positive = Annotated[int, Meta(ge=1)]


class Quote(Record, kw_only=True):
    """A span as sentence, quotation and occurrence."""

    sentence: Annotated[int, Meta(ge=1)]
    """Number of the sentence, from 1, through headline, standfirst and body."""
    quote: Annotated[str, Meta(min_length=1)]
    """The words of the span, exactly as in the sentence."""
    occurrence: Annotated[int, Meta(ge=1)] = 1
    """Which of the places in the sentence where the quotation begins, counted from 1 as plain substring matches; 1 if
    left out."""


class QuoteMention(Quote, kw_only=True):
    """A mention of the entity it stands under."""

    form: Annotated[str, Meta(title="Form", extra_json_schema=labels("forms"))]
    """Name, nominal or pronoun."""
    role: GpeRole = None


class QuoteEntity(Record, kw_only=True):
    """An entity with its mentions."""

    id: Id
    """Unique among all ids of the article."""
    type: EntityType
    name: Annotated[str, Meta(min_length=1)]
    registry: Id | None = None
    members: list[Id] | None = None
    mentions: list[QuoteMention]
    """All mentions of it."""


class QuoteValue(Quote, kw_only=True):
    """A time or quantity."""

    id: Id
    """Unique among all ids of the article."""
    type: Annotated[str, Meta(title="Value type", extra_json_schema=labels("value_types"))]
    """TIME or QTY."""
    value: NonEmpty | None = None
    """ISO 8601 or TIMEX3 value of a TIME, resolved against the article's date: 2025-12-24, 2025-07, 2025-W52, P5D."""
    mod: TimeModifier = None
    """How the TIME modifies its value."""
    number: float | int | None = None
    """Number of a QTY; absent where the text has none (dozens)."""
    unit: NonEmpty | None = None
    """Unit of a QTY as in the text's language (kilometre, people), where it is told."""
    qualifier: Qualifier = None
    """How exact the number is; absent where it is given as exact."""


class QuoteArgument(Record, kw_only=True):
    """A role and its one filler: an entity, an event, a value, or a quotation."""

    role: ArgumentRole
    entity: Id | None = None
    event: Id | None = None
    value: Id | None = None
    """Id of the time or quantity that fills the role."""
    sentence: Positive | None = None
    """Sentence of the quotation that fills the role."""
    quote: NonEmpty | None = None
    """Words that fill the role, where no event does."""
    occurrence: Positive | None = None
    """Which match in the sentence, from 1; 1 if left out."""


class QuoteEvent(Quote, kw_only=True):
    """An event mention; the quotation is its trigger."""

    id: Id
    """Unique among all ids of the article."""
    type: EventType
    status: Status
    via: Id | None
    same_as: Id | None = None
    registry: Id | None = None
    arguments: list[QuoteArgument]
    """Who and what takes part, by role."""


class QuoteStance(Record, kw_only=True):
    """A stance with its evidence as quotations."""

    id: Id
    """Unique among all ids of the article."""
    holder: Id
    target: Id
    polarity: Polarity
    facet: Facet
    evidence: Annotated[list[Quote], Meta(min_length=1)]
    """Quotations that show it."""
    explicit: bool
    via: Id | None


class QuoteDocument(Record, kw_only=True):
    """One article in the quote form."""

    id: Id
    """Id of the article in articles.jsonl."""
    entities: list[QuoteEntity]
    """Entities with their mentions."""
    values: list[QuoteValue]
    """Times and quantities."""
    events: list[QuoteEvent]
    """Event mentions."""
    stances: list[QuoteStance]
    """One for each holder, target and facet."""
