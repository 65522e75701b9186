"""The records of a submission and of a score report."""

from typing import Annotated

import msgspec
from msgspec import Meta

from parley.model import Record

_SHA = "^[0-9a-f]{64}$"
_URL = r"^https://[A-Za-z0-9][^\s\x22'<>\\^`{|}]*$"  # nothing that a page would have to quote in a link
Fraction01 = Annotated[float, Meta(ge=0, le=1)]
Interval = Annotated[list[Fraction01], Meta(min_length=2, max_length=2)]


class Counted(Record, kw_only=True):
    """What figures are divided from. ``right`` stands alone, or ``recalled`` and ``precise`` in its place."""

    gold: Annotated[int, Meta(ge=0, title="Gold", description="Items in the gold: the denominator of recall.")]
    predicted: Annotated[
        int, Meta(ge=0, title="Predicted", description="Items predicted: the denominator of precision.")
    ]
    right: Annotated[
        Annotated[int, Meta(ge=0)] | None,
        Meta(title="Right", description="Items in both, the true positives: the numerator of both."),
    ] = None
    recalled: Annotated[
        Annotated[float, Meta(ge=0)] | None,
        Meta(title="Recalled", description="Numerator of recall, where items can be right in part."),
    ] = None
    precise: Annotated[
        Annotated[float, Meta(ge=0)] | None,
        Meta(title="Precise", description="Numerator of precision, where items can be right in part."),
    ] = None


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
        Annotated[str, Meta(pattern=_URL, max_length=500)] | None,
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
        str,
        Meta(
            min_length=1,
            max_length=2000,
            title="Training data",
            description="What it was trained on; 'none' for none.",
        ),
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
    licence: Annotated[
        str, Meta(min_length=1, max_length=200, title="Licence", description="Licence of the predictions.")
    ]
    predictions_sha256: Annotated[
        str, Meta(pattern=_SHA, title="Checksum", description="SHA-256 of predictions.jsonl.")
    ]
    weights: Annotated[
        str | None,
        Meta(
            title="Weights",
            description="Whether anyone may have the weights of all its models: 'open' or 'closed'; 'none' for a system that has no weights. Left out if not said.",
            extra_json_schema={"enum": ["open", "closed", "none"]},
        ),
    ] = None
    note: Annotated[
        Annotated[str, Meta(min_length=1, max_length=1000)] | None,
        Meta(title="Note", description="What else a reader of its scores must know."),
    ] = None


class Figures(Record, kw_only=True):
    """What is computed from one set of counts: of one label, one component of an average, or one article."""

    value: Annotated[Fraction01, Meta(title="Value", description="The figure, 0 to 1.")]
    precision: Annotated[
        Fraction01 | None, Meta(title="Precision", description="Precision, where the metric has one.")
    ] = None
    recall: Annotated[Fraction01 | None, Meta(title="Recall", description="Recall, where the metric has one.")] = None
    counts: Annotated[
        Counted | None, Meta(title="Counts", description="What it is divided from; see the counts of a score.")
    ] = None
    flags: Annotated[list[str], Meta(title="Flags", description="What a reader must know of it.")] = msgspec.field(
        default_factory=list
    )


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
        Counted | None,
        Meta(
            title="Counts",
            description="What the figure is divided from, added over articles: items in the gold, items predicted, and those right in both. Where a metric gives part credit, what is right is not the same for recall (of the gold) and precision (of the predicted), and is rounded to a float here; it is exact while it is computed.",
        ),
    ] = None
    flags: Annotated[
        list[str], Meta(title="Flags", description="What a reader must know: zero division, nothing to count.")
    ] = msgspec.field(default_factory=list)
    per_type: Annotated[
        dict[str, Figures] | None,
        Meta(title="Per type", description="The same by label: type, role, status, polarity or class."),
    ] = None
    components: Annotated[
        dict[str, Figures] | None, Meta(title="Components", description="What an average is the mean of.")
    ] = None
    per_article: Annotated[
        dict[str, Figures],
        Meta(
            title="Per article",
            description="The same by article id; empty for a metric on all articles joined into one, and for a layer that was not attempted.",
        ),
    ]
    interval: Annotated[
        Interval | None,
        Meta(
            title="Interval",
            description="95 % interval over articles, lower and upper end: jackknife-t on the logit scale. Absent where fewer than six articles have anything to count, and for a metric on all articles joined into one.",
        ),
    ] = None
    bootstrap: Annotated[
        Interval | None,
        Meta(
            title="Bootstrap interval",
            description="The same by percentile bootstrap over articles. Absent where fewer than twenty articles have anything to count, and where the figure is 0 or 1.",
        ),
    ] = None


class Overall(Record, kw_only=True):
    """The mean of the three layers, never told without them; null where a layer was not attempted."""

    value: Annotated[Fraction01 | None, Meta(title="Value", description="The mean of the parts, 0 to 1.")]
    parts: Annotated[
        dict[str, Fraction01 | None], Meta(title="Parts", description="The scores of entities, events and stance.")
    ]
    signature: Annotated[
        Annotated[str, Meta(min_length=1)] | None,
        Meta(title="Signature", description="What exactly was computed, on what; not on single articles."),
    ] = None
    interval: Annotated[
        Interval | None,
        Meta(
            title="Interval",
            description="95 % interval over articles, as that of a metric; absent with fewer than six articles, and on single articles.",
        ),
    ] = None
    bootstrap: Annotated[
        Interval | None,
        Meta(
            title="Bootstrap interval",
            description="The same by percentile bootstrap; absent with fewer than twenty articles, and on single articles.",
        ),
    ] = None


class Report(Record, kw_only=True):
    """The result of scoring one file of predictions."""

    system: Annotated[str, Meta(min_length=1, title="System", description="Name of the system that was scored.")]
    split: Annotated[str, Meta(min_length=1, title="Split", description="Split that was scored.")]
    articles: Annotated[int, Meta(ge=1, title="Articles", description="Number of gold articles.")]
    versions: Annotated[dict[str, str], Meta(title="Versions", description="Versions of parley, data and ontology.")]
    hashes: Annotated[
        dict[str, Annotated[str, Meta(pattern=_SHA)]],
        Meta(
            title="Hashes",
            description="SHA-256 of the gold (its records as compact JSON, a line each, sorted by id) and, where a file was scored, of the bytes of predictions.jsonl.",
        ),
    ]
    attempted: Annotated[list[str], Meta(title="Attempted", description="Layers the system attempted.")]
    ignored: Annotated[
        dict[str, int],
        Meta(
            title="Ignored",
            description="Predicted items left out before scoring, by kind: those wholly outside the scored zones, and what depends on them.",
        ),
    ]
    note: Annotated[str, Meta(title="Note", description="What the number of articles allows to conclude.")]
    overall: Annotated[
        Overall,
        Meta(
            title="Overall",
            description="Mean of entities (mean of typed F1 and CoNLL), events (mean of TC, AC+ and CoNLL) and stance (mean of tuple F1 and repaired SF1).",
        ),
    ]
    overall_per_article: Annotated[
        dict[str, Overall], Meta(title="Overall per article", description="The same by article id.")
    ]
    metrics: Annotated[dict[str, Score], Meta(title="Metrics", description="Every metric by its name.")]
