"""The records around the annotation: what is known of articles, of what they share, and of the dataset.

Like those of ``parley.model``, they are the source of the published schemas.
"""

from typing import Annotated

import msgspec
from msgspec import Meta

from parley.model import Day, End, Id, NonEmpty, Record, Start, labels

Version = Annotated[str, Meta(pattern=r"^\d+\.\d+\.\d+$")]  # semantic


class ZoneSpan(Record, kw_only=True):
    """A zone of an article; zones cut the text into pieces that neither overlap nor leave a gap."""

    zone: Annotated[str, Meta(title="Zone", description="Kind of zone.", extra_json_schema=labels("zones"))]
    start: Start
    end: End


class ArticleDate(Record, kw_only=True):
    """When the article was published, as far as is known."""

    value: Annotated[Day, Meta(title="Date", description="ISO 8601 day that relative times are resolved against.")]
    basis: Annotated[
        str,
        Meta(
            title="Basis",
            description="Whether the date was stated with the article or inferred from it.",
            extra_json_schema={"enum": ["stated", "inferred"]},
        ),
    ]
    reason: Annotated[
        str, Meta(min_length=1, title="Reason", description="Where it is stated, or how it was inferred.")
    ]
    not_after: Annotated[
        Day | None, Meta(title="Not after", description="Latest day that fits, where the day is not certain.")
    ] = None


class Article(Record, kw_only=True):
    """What is known about an article: a line of articles.jsonl."""

    id: Annotated[Id, Meta(title="Article id", description="Names the files of the article.")]
    source_name: Annotated[
        str, Meta(min_length=1, title="Source name", description="File name under which the text was supplied.")
    ]
    sha256: Annotated[
        str, Meta(pattern="^[0-9a-f]{64}$", title="Checksum", description="SHA-256 of the bytes of articles/<id>.txt.")
    ]
    split: Annotated[
        str,
        Meta(
            title="Split",
            description="Split of the dataset it belongs to.",
            extra_json_schema={"enum": ["train", "validation", "test"]},
        ),
    ]
    language: Annotated[str, Meta(min_length=2, title="Language", description="BCP 47 tag.")]
    title: Annotated[str | None, Meta(title="Title", description="The headline; null where the text has none.")]
    date: Annotated[ArticleDate, Meta(title="Date", description="Publication date.")]
    provenance: Annotated[
        str,
        Meta(
            min_length=1,
            title="Provenance",
            description="How the text came to be here, and what it says of its own origin.",
        ),
    ]
    licence: Annotated[str, Meta(min_length=1, title="Licence note", description="Whose the text is.")]
    zones: Annotated[
        list[ZoneSpan], Meta(min_length=1, title="Zones", description="The zones, in order, covering the whole text.")
    ]
    notes: Annotated[list[str], Meta(title="Notes", description="What a user of the text should know.")] = (
        msgspec.field(default_factory=list)
    )


class RegistryEntry(Record, kw_only=True):
    """An entity or an event cluster that is shared across articles."""

    id: Annotated[Id, Meta(title="Registry id", description="Unique in the registry.")]
    kind: Annotated[
        str, Meta(title="Kind", description="Entity or event.", extra_json_schema={"enum": ["entity", "event"]})
    ]
    type: Annotated[
        str,
        Meta(
            title="Type",
            description="Entity type or event type of the ontology.",
            extra_json_schema=labels("registry_types"),
        ),
    ]
    name: Annotated[str, Meta(min_length=1, title="Name", description="A readable name.")]
    side: Annotated[
        Id | None, Meta(title="Side", description="Registry id of the state or body it speaks or acts for.")
    ] = None
    wikidata: Annotated[
        Annotated[str, Meta(pattern=r"^Q[1-9]\d*$")] | None,
        Meta(title="Wikidata id", description="Only where verified."),
    ] = None
    note: Annotated[
        str | None, Meta(title="Note", description="What the entry covers, where the name does not say.")
    ] = None


class Registry(Record, kw_only=True):
    """Entities and events shared across articles: registry.json."""

    canary: Annotated[str, Meta(title="Canary", description="A string that must never be in training data.")]
    entries: Annotated[list[RegistryEntry], Meta(title="Entries", description="Sorted by id.")]


class DatasetInfo(Record, kw_only=True):
    """What is true of the dataset as a whole: dataset.json."""

    name: Annotated[str, Meta(min_length=1, title="Name", description="Name of the dataset.")]
    version: Annotated[
        str, Meta(pattern=r"^\d+\.\d+\.\d+$", title="Version", description="Version of the data, semantic.")
    ]
    canary: Annotated[
        str,
        Meta(
            pattern="^PARLEY-CANARY-[0-9a-f-]{36}$",
            title="Canary",
            description="A string that must never be in training data.",
        ),
    ]
    annotation_licence: Annotated[
        str, Meta(min_length=1, title="Annotation licence", description="Licence of the annotations.")
    ]
    text_licence: Annotated[str, Meta(min_length=1, title="Text licence", description="Whose the texts are.")]


class Pass(Record, kw_only=True):
    """One independent annotation of the articles: how, when and by what it was made."""

    annotator: Annotated[Id, Meta(title="Annotator", description="Name of its folder under raw/.")]
    kind: Annotated[
        NonEmpty, Meta(title="Kind", description="What kind of annotator made it: a person, or which kind of model.")
    ]
    procedure: Annotated[NonEmpty, Meta(title="Procedure", description="In what order it was made.")]
    saw: Annotated[NonEmpty, Meta(title="Saw", description="What the annotator was given.")]
    guidelines: Annotated[Version, Meta(title="Guidelines", description="Version of the guidelines it was made under.")]
    date: Annotated[Day, Meta(title="Date", description="Day it was finished.")]
    role: Annotated[
        str,
        Meta(
            title="Role",
            description="'pass': the gold is made from it. 'reader': it was made after the gold's rules were settled, to test them, and no gold is made from it.",
            extra_json_schema={"enum": ["pass", "reader"]},
        ),
    ]
    note: Annotated[str | None, Meta(title="Note", description="What else a reader of its figures must know.")] = None


class Passes(Record, kw_only=True):
    """All independent annotations: raw/passes.json."""

    passes: Annotated[
        list[Pass], Meta(title="Passes", description="One for each folder under raw/, sorted by annotator.")
    ]
