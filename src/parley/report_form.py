"""The records of a submission and of a score report."""

from typing import Annotated, Any

from msgspec import Meta

from parley.model import Record

_SHA = "^[0-9a-f]{64}$"
Fraction01 = Annotated[float, Meta(ge=0, le=1)]


class BaseModel(Record, kw_only=True):
    """A model a system is built on."""

    name: Annotated[str, Meta(min_length=1, title="Name", description="Name of the model.")]
    revision: Annotated[str | None, Meta(title="Revision", description="Exact revision; null if it has none.")]


class Submission(Record, kw_only=True):
    """What an entrant says of a system."""

    system: Annotated[
        str, Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9 ._+-]{0,79}$", title="System", description="Name of the system.")
    ]
    version: Annotated[str, Meta(min_length=1, max_length=40, title="Version", description="Version of the system.")]
    organisation: Annotated[
        str, Meta(min_length=1, max_length=200, title="Organisation", description="Who submits it.")
    ]
    contact: Annotated[str, Meta(min_length=1, max_length=200, title="Contact", description="How to reach them.")]
    url: Annotated[
        Annotated[str, Meta(pattern="^https://", max_length=500)] | None,
        Meta(title="URL", description="Where the system is described; null if nowhere."),
    ]
    base_models: Annotated[
        list[BaseModel], Meta(title="Base models", description="Models it is built on; empty for none.")
    ]
    parameters: Annotated[
        Annotated[int, Meta(ge=0)] | None,
        Meta(title="Parameters", description="Number of parameters in all; null if not known."),
    ]
    track: Annotated[
        str,
        Meta(
            title="Track",
            description="How it was made.",
            extra_json_schema={"enum": ["supervised", "few-shot", "zero-shot"]},
        ),
    ]
    training_data: Annotated[
        str, Meta(min_length=1, title="Training data", description="What it was trained on; 'none' for none.")
    ]
    saw_test: Annotated[
        str,
        Meta(
            title="Saw the test articles",
            description="Whether the test articles were in anything it was made from.",
            extra_json_schema={"enum": ["yes", "no", "unknown"]},
        ),
    ]
    data_version: Annotated[
        str,
        Meta(
            pattern=r"^\d+\.\d+\.\d+$", title="Data version", description="Version of the dataset that was predicted."
        ),
    ]
    licence: Annotated[str, Meta(min_length=1, title="Licence", description="Licence of the predictions.")]
    predictions_sha256: Annotated[
        str, Meta(pattern=_SHA, title="Checksum", description="SHA-256 of predictions.jsonl.")
    ]


class Score(Record, kw_only=True):
    """One metric on one split: figures with the counts they come from."""

    value: Annotated[
        Fraction01 | None,
        Meta(title="Value", description="The figure, 0 to 1; null where the layer was not attempted."),
    ]
    signature: Annotated[
        str, Meta(min_length=1, title="Signature", description="What exactly was computed, on what, by which versions.")
    ]
    precision: Annotated[
        Fraction01 | None, Meta(title="Precision", description="Precision, where the metric has one.")
    ] = None
    recall: Annotated[Fraction01 | None, Meta(title="Recall", description="Recall, where the metric has one.")] = None
    counts: Annotated[
        dict[str, float | int] | None,
        Meta(title="Counts", description="Exact counts the figure is computed from, added over articles."),
    ] = None
    flags: Annotated[
        list[str], Meta(title="Flags", description="What a reader must know: zero division, nothing to count.")
    ] = []
    per_type: Annotated[
        dict[str, Any] | None, Meta(title="Per type", description="The same counts and figures by label.")
    ] = None
    per_article: Annotated[dict[str, Any], Meta(title="Per article", description="Value and counts of each article.")]
    interval: Annotated[
        list[float] | None, Meta(title="Interval", description="95 % interval; absent under six articles.")
    ] = None


class Report(Record, kw_only=True):
    """The result of scoring one file of predictions."""

    system: Annotated[str, Meta(min_length=1, title="System", description="Name of the system that was scored.")]
    split: Annotated[str, Meta(min_length=1, title="Split", description="Split that was scored.")]
    articles: Annotated[int, Meta(ge=0, title="Articles", description="Number of gold articles.")]
    versions: Annotated[dict[str, str], Meta(title="Versions", description="Versions of parley, data and ontology.")]
    hashes: Annotated[dict[str, str], Meta(title="Hashes", description="SHA-256 of gold and predictions.")]
    attempted: Annotated[list[str], Meta(title="Attempted", description="Layers the system attempted.")]
    ignored: Annotated[
        dict[str, int], Meta(title="Ignored", description="Predicted items wholly outside the scored zones, by layer.")
    ]
    note: Annotated[str, Meta(title="Note", description="What the number of articles allows to conclude.")]
    overall: Annotated[Score, Meta(title="Overall", description="Mean of the three layers.")]
    parts: Annotated[
        dict[str, Fraction01 | None], Meta(title="Parts", description="The layers' scores that overall is the mean of.")
    ]
    metrics: Annotated[dict[str, Score], Meta(title="Metrics", description="Every metric by its name.")]
