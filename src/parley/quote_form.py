"""The quote form's records: annotation as people and language models write it.

A span is a sentence number, an exact quotation and, where the quotation stands in the sentence more than once,
which of them. Sentences are numbered from 1 through the scored zones of the article (``parley annotate sentences``
prints them). Offsets are never written; ``parley.quotes`` resolves the quotations.
"""

from typing import Annotated

from msgspec import Meta

from parley.model import Id, NonEmpty, Record, labels

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
    role: Annotated[
        str | None,
        Meta(
            title="Role in context",
            description="What a GPE stands for here; GPE only.",
            extra_json_schema=labels("gpe_roles"),
        ),
    ] = None


class QuoteEntity(Record, kw_only=True):
    """An entity with its mentions."""

    id: Annotated[Id, Meta(title="Entity id", description="Unique among all ids of the article.")]
    type: Annotated[
        str, Meta(title="Entity type", description="Type of the entity.", extra_json_schema=labels("entity_types"))
    ]
    name: Annotated[str, Meta(min_length=1, title="Name", description="A readable name.")]
    registry: Annotated[
        Id | None, Meta(title="Registry id", description="Entry of registry.json, where there is one.")
    ] = None
    members: Annotated[
        list[Id] | None, Meta(title="Members", description="Ids of the entities that together are this plural entity.")
    ] = None
    mentions: Annotated[list[QuoteMention], Meta(title="Mentions", description="All mentions of it.")]


class QuoteValue(Quote, kw_only=True):
    """A time or quantity."""

    id: Annotated[Id, Meta(title="Value id", description="Unique among all ids of the article.")]
    type: Annotated[str, Meta(title="Value type", description="TIME or QTY.", extra_json_schema=labels("value_types"))]
    value: Annotated[NonEmpty | None, Meta(title="Time value", description="ISO 8601 or TIMEX3 value of a TIME.")] = (
        None
    )
    mod: Annotated[
        str | None,
        Meta(
            title="Time modifier", description="How the TIME modifies its value.", extra_json_schema=labels("time_mods")
        ),
    ] = None
    number: Annotated[float | int | None, Meta(title="Number", description="Number of a QTY.")] = None
    unit: Annotated[NonEmpty | None, Meta(title="Unit", description="Unit of a QTY.")] = None
    qualifier: Annotated[
        str | None,
        Meta(title="Qualifier", description="How exact the number is.", extra_json_schema=labels("qty_qualifiers")),
    ] = None


class QuoteArgument(Record, kw_only=True):
    """A role and its one filler: an entity, an event, a value, or a quotation."""

    role: Annotated[
        str,
        Meta(title="Role", description="Role of the filler in the event.", extra_json_schema=labels("argument_roles")),
    ]
    entity: Annotated[Id | None, Meta(title="Entity", description="Id of the entity that fills the role.")] = None
    event: Annotated[Id | None, Meta(title="Event", description="Id of the event that fills the role.")] = None
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
    type: Annotated[
        str, Meta(title="Event type", description="Type of the event.", extra_json_schema=labels("event_types"))
    ]
    status: Annotated[
        str, Meta(title="Status", description="How the text presents it.", extra_json_schema=labels("statuses"))
    ]
    via: Annotated[
        Id | None,
        Meta(
            title="Via",
            description="Id of the speech event through which it reaches the reader; null for the article's own voice.",
        ),
    ]
    same_as: Annotated[
        Id | None, Meta(title="Same as", description="Id of the first mention of the same happening.")
    ] = None
    registry: Annotated[
        Id | None, Meta(title="Registry id", description="Entry of registry.json, on the first mention only.")
    ] = None
    arguments: Annotated[list[QuoteArgument], Meta(title="Arguments", description="Who and what takes part, by role.")]


class QuoteStance(Record, kw_only=True):
    """A stance with its evidence as quotations."""

    id: Annotated[Id, Meta(title="Stance id", description="Unique among all ids of the article.")]
    holder: Annotated[Id, Meta(title="Holder", description="Id of the entity that holds it, or AUTHOR.")]
    target: Annotated[Id, Meta(title="Target", description="Id of the entity or event it is about.")]
    polarity: Annotated[
        str, Meta(title="Polarity", description="For, against, or both.", extra_json_schema=labels("polarities"))
    ]
    facet: Annotated[str, Meta(title="Facet", description="In what respect.", extra_json_schema=labels("facets"))]
    evidence: Annotated[list[Quote], Meta(min_length=1, title="Evidence", description="Quotations that show it.")]
    explicit: Annotated[
        bool, Meta(title="Explicit", description="True where a speech verb or an attitude word names the facet.")
    ]
    via: Annotated[
        Id | None,
        Meta(
            title="Via",
            description="Id of the speech event that carries the first evidence; null for the article's own voice.",
        ),
    ]


class QuoteDocument(Record, kw_only=True):
    """One article in the quote form."""

    id: Annotated[Id, Meta(title="Article id", description="Id of the article in articles.jsonl.")]
    entities: Annotated[list[QuoteEntity], Meta(title="Entities", description="Entities with their mentions.")]
    values: Annotated[list[QuoteValue], Meta(title="Values", description="Times and quantities.")]
    events: Annotated[list[QuoteEvent], Meta(title="Events", description="Event mentions.")]
    stances: Annotated[list[QuoteStance], Meta(title="Stances", description="One for each holder, target and facet.")]
