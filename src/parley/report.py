"""The records of a score report."""

from typing import Annotated

import msgspec
from msgspec import Meta

from parley.model import Record

_SHA = "^[0-9a-f]{64}$"
Fraction01 = Annotated[float, Meta(ge=0, le=1)]
Interval = Annotated[list[Fraction01], Meta(min_length=2, max_length=2)]


class Counted(Record, kw_only=True):
    """The counts that scores are computed from: ``right``, or ``recalled`` and ``precise`` in its place."""

    gold: Annotated[int, Meta(ge=0)]
    """Items in the gold: the denominator of recall."""
    predicted: Annotated[int, Meta(ge=0)]
    """Items predicted: the denominator of precision."""
    right: Annotated[int, Meta(ge=0)] | None = None
    """Items in both, the true positives: the numerator of both."""
    recalled: Annotated[float, Meta(ge=0)] | None = None
    """Numerator of recall, where items can be right in part."""
    precise: Annotated[float, Meta(ge=0)] | None = None
    """Numerator of precision, where items can be right in part."""


class PartScore(Record, kw_only=True):
    """The score of one part: of one label, one component of an average, one article, or one story."""

    value: Fraction01
    """The score, 0 to 1."""
    precision: Fraction01 | None = None
    """Precision, where the metric has one."""
    recall: Fraction01 | None = None
    """Recall, where the metric has one."""
    counts: Counted | None = None
    """The counts that it is computed from; see the counts of a score."""
    flags: list[str] = msgspec.field(default_factory=list)
    """What a reader must know about it."""


class Score(Record, kw_only=True):
    """One metric on one split: its score with the counts it comes from."""

    value: Fraction01 | None
    """The score, 0 to 1; null where the layer was not attempted."""
    signature: Annotated[str, Meta(min_length=1)]
    """What exactly was computed, on which data, by which versions."""
    precision: Fraction01 | None = None
    """Precision, where the metric has one."""
    recall: Fraction01 | None = None
    """Recall, where the metric has one."""
    counts: Counted | None = None
    """The counts that the score is computed from, added over articles: items in the gold, items predicted, and those
    right in both. Where a metric gives partial credit, the numerators of recall (over the gold) and precision (over the
    predicted) differ. They are rounded to floats here; the computation is exact."""
    flags: list[str] = msgspec.field(default_factory=list)
    """What a reader must know: zero division, nothing to count."""
    per_type: dict[str, PartScore] | None = None
    """The same by label: type, role, status, polarity or class."""
    components: dict[str, PartScore] | None = None
    """The scores that an average is the mean of."""
    per_article: dict[str, PartScore]
    """The same by article id; empty for a metric across articles, and for a layer that was not attempted."""
    per_story: dict[str, PartScore]
    """The same by story, the unit of the intervals: of a metric across articles, the articles of the story joined into
    one. An article without a story is a story of its own, by the article's id."""
    interval: Interval | None = None
    """95 % interval over stories, lower and upper end: jackknife-t on the logit scale. Absent where fewer than six
    stories have anything to count."""
    bootstrap: Interval | None = None
    """The same by percentile bootstrap over stories. Absent where fewer than twenty stories have anything to count,
    and where the score is 0 or 1."""


class Overall(Record, kw_only=True):
    """The mean of the three layers, never given without them; null where a layer was not attempted."""

    value: Fraction01 | None
    """The mean of the parts, 0 to 1."""
    parts: dict[str, Fraction01 | None]
    """The scores of entities, events and stance."""
    signature: Annotated[str, Meta(min_length=1)] | None = None
    """What exactly was computed, on which data; absent on a part of the articles."""
    interval: Interval | None = None
    """95 % interval over stories, as that of a metric; absent with fewer than six stories, and on a part of the
    articles."""
    bootstrap: Interval | None = None
    """The same by percentile bootstrap; absent with fewer than twenty stories, and on a part of the articles."""


class Subset(Record, kw_only=True):
    """The scores on some of the articles: those of one origin, say. From the sums of their counts."""

    articles: Annotated[int, Meta(ge=1)]
    """Number of articles."""
    stories: Annotated[int, Meta(ge=1)]
    """Number of stories that they tell."""
    overall: Overall
    """The overall score and its parts."""
    metrics: dict[str, Fraction01 | None]
    """The headline metrics by name; null where the layer was not attempted, or these articles have nothing to count."""
    intervals: dict[str, Interval] = msgspec.field(default_factory=dict)
    """95 % intervals over stories by jackknife-t: of 'overall', its parts and the headline metrics. Those of fewer than
    six stories with anything to count are left out."""


class ContrastScore(Record, kw_only=True):
    """How many contrast pairs are right: pairs of passages that differ in one thing."""

    pairs: Annotated[int, Meta(ge=1)]
    """Number of pairs."""
    both: Annotated[int, Meta(ge=0)]
    """Pairs with both sides right on what differs."""
    one: Annotated[int, Meta(ge=0)]
    """Pairs with one side right and the other wrong."""
    value: Fraction01
    """both / pairs."""
    interval: Interval
    """95 % interval over pairs (Wilson), lower and upper end."""


class Contrast(Record, kw_only=True):
    """The scores on the contrast pairs."""

    overall: ContrastScore | None
    """On all pairs; null where a layer was not attempted."""
    by: dict[str, ContrastScore]
    """By phenomenon; one whose layer was not attempted is left out."""
    right: dict[str, list[str]]
    """The sides, a and b, that are right, by pair."""


class Report(Record, kw_only=True):
    """The result of scoring one file of predictions."""

    system: Annotated[str, Meta(min_length=1)]
    """Name of the system that was scored."""
    split: Annotated[str, Meta(min_length=1)]
    """Split that was scored."""
    articles: Annotated[int, Meta(ge=1)]
    """Number of gold articles."""
    stories: Annotated[int, Meta(ge=1)]
    """Number of stories that they tell, the unit of intervals and tests: articles of one story are not independent. An
    article without a story is a story of its own."""
    versions: dict[str, str]
    """Versions of parley, data and ontology."""
    hashes: dict[str, Annotated[str, Meta(pattern=_SHA)]]
    """SHA-256 of the gold (its records as compact JSON, a line each, sorted by id) and, where a file was scored, of
    the bytes of predictions.jsonl."""
    attempted: list[str]
    """Layers the system attempted."""
    ignored: dict[str, int]
    """Predicted items left out before scoring, by kind: those wholly outside the scored zones, and what depends on
    them."""
    note: str
    """What the number of stories allows to conclude."""
    overall: Overall
    """Mean of entities (mean of typed F1 and CoNLL), events (mean of TC, AC+ and CoNLL) and stance (mean of tuple F1
    and repaired SF1)."""
    overall_per_article: dict[str, Overall]
    """The same by article id."""
    overall_per_story: dict[str, Overall]
    """The same by story."""
    by: dict[str, dict[str, Subset]]
    """The scores on the articles of each 'origin' (found or authored), 'outlet' (its kind) and 'phenomenon'. Articles
    of which it is not known are left out of that breakdown; one that nothing is known of is absent."""
    metrics: dict[str, Score]
    """Every metric by its name."""
    twin: Subset | None = None
    """The scores on the twins, the real articles with all names exchanged; absent where they were not predicted."""
    memorisation: dict[str, float] | None = None
    """The memorisation gap: the overall score and its parts on the real articles minus those on their twins, for the
    layers that were attempted."""
    contrast: Contrast | None = None
    """The scores on the contrast pairs; absent where they were not predicted."""
