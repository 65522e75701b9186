"""The quote form's records: annotation as people and language models write it.

A span is a sentence number, an exact quotation and, where the quotation stands in the sentence more than once,
which of them. Sentences are numbered from 1 through the scored zones of the article (``parley annotate sentences``
prints them). Offsets are never written; ``parley.quotes`` resolves the quotations.
"""

from typing import Annotated

from msgspec import Meta

from parley.model import (
    ArgumentRole,
    EntityRegistry,
    EntityType,
    EventRegistry,
    EventType,
    Explicit,
    Facet,
    FillingEntity,
    FillingEvent,
    GpeRole,
    Holder,
    Id,
    Members,
    Name,
    NonEmpty,
    Number,
    Polarity,
    Qualifier,
    Record,
    SameAs,
    StanceVia,
    Status,
    Target,
    TimeModifier,
    TimeValue,
    Unit,
    Via,
    labels,
)

Positive = Annotated[int, Meta(ge=1)]


class Quote(Record, kw_only=True):
    """A span as sentence, quotation and occurrence."""

    sentence: Annotated[
        int,
        Meta(
            ge=1, title="Sentence", description="Number of the sentence, from 1, through headline, standfirst and body."
        ),
    ]
    quote: Annotated[
        str, Meta(min_length=1, title="Quotation", description="The words of the span, exactly as in the sentence.")
    ]
    occurrence: Annotated[
        int,
        Meta(
            ge=1,
            title="Occurrence",
            description="Which of the places in the sentence where the quotation begins, counted from 1 as plain substring matches; 1 if left out.",
        ),
    ] = 1


class QuoteMention(Quote, kw_only=True):
    """A mention of the entity it stands under."""

    form: Annotated[str, Meta(title="Form", description="Name, nominal or pronoun.", extra_json_schema=labels("forms"))]
    role: GpeRole = None


class QuoteEntity(Record, kw_only=True):
    """An entity with its mentions."""

    id: Annotated[Id, Meta(title="Entity id", description="Unique among all ids of the article.")]
    type: EntityType
    name: Name
    registry: EntityRegistry = None
    members: Members = None
    mentions: Annotated[list[QuoteMention], Meta(title="Mentions", description="All mentions of it.")]


class QuoteValue(Quote, kw_only=True):
    """A time or quantity."""

    id: Annotated[Id, Meta(title="Value id", description="Unique among all ids of the article.")]
    type: Annotated[str, Meta(title="Value type", description="TIME or QTY.", extra_json_schema=labels("value_types"))]
    value: TimeValue = None
    mod: TimeModifier = None
    number: Number = None
    unit: Unit = None
    qualifier: Qualifier = None


class QuoteArgument(Record, kw_only=True):
    """A role and its one filler: an entity, an event, a value, or a quotation."""

    role: ArgumentRole
    entity: FillingEntity = None
    event: FillingEvent = None
    value: Annotated[Id | None, Meta(title="Value", description="Id of the time or quantity that fills the role.")] = (
        None
    )
    sentence: Annotated[
        Positive | None, Meta(title="Sentence", description="Sentence of the quotation that fills the role.")
    ] = None
    quote: Annotated[
        NonEmpty | None, Meta(title="Quotation", description="Words that fill the role, where no event does.")
    ] = None
    occurrence: Annotated[
        Positive | None, Meta(title="Occurrence", description="Which match in the sentence, from 1; 1 if left out.")
    ] = None


class QuoteEvent(Quote, kw_only=True):
    """An event mention; the quotation is its trigger."""

    id: Annotated[Id, Meta(title="Event id", description="Unique among all ids of the article.")]
    type: EventType
    status: Status
    via: Via
    same_as: SameAs = None
    registry: EventRegistry = None
    arguments: Annotated[list[QuoteArgument], Meta(title="Arguments", description="Who and what takes part, by role.")]


class QuoteStance(Record, kw_only=True):
    """A stance with its evidence as quotations."""

    id: Annotated[Id, Meta(title="Stance id", description="Unique among all ids of the article.")]
    holder: Holder
    target: Target
    polarity: Polarity
    facet: Facet
    evidence: Annotated[list[Quote], Meta(min_length=1, title="Evidence", description="Quotations that show it.")]
    explicit: Explicit
    via: StanceVia


class QuoteDocument(Record, kw_only=True):
    """One article in the quote form."""

    id: Annotated[Id, Meta(title="Article id", description="Id of the article in articles.jsonl.")]
    entities: Annotated[list[QuoteEntity], Meta(title="Entities", description="Entities with their mentions.")]
    values: Annotated[list[QuoteValue], Meta(title="Values", description="Times and quantities.")]
    events: Annotated[list[QuoteEvent], Meta(title="Events", description="Event mentions.")]
    stances: Annotated[list[QuoteStance], Meta(title="Stances", description="One for each holder, target and facet.")]
