"""How far passes agree: per layer and label, in pairs, all together, and with the gold.

Scores of spans, clusters and tuples are the scorer's own, with one pass in place of the gold; they are the same
whichever of the two that is. Chance-corrected coefficients are computed on the items that both (κ) or at least two (α)
annotators have: Cohen, J. (1960), A coefficient of agreement for nominal scales; Krippendorff, K. (2011), Computing
Krippendorff's alpha-reliability. The libraries scikit-learn and krippendorff compute them.
"""

import io
import itertools
import warnings
from collections import Counter
from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import NamedTuple

import krippendorff
import msgspec
import numpy as np
from sklearn.metrics import ConfusionMatrixDisplay, cohen_kappa_score

from parley.adjudication.align import align
from parley.adjudication.decisions import same, shared_facts
from parley.adjudication.facts import Fact, Facts
from parley.derive import as_prediction
from parley.model import AUTHOR, Document
from parley.reading import AnnotatedArticle, ArticleText, Offsets
from parley.scoring.counts import Tally, add_up, compare, exact_counts, f1_of
from parley.scoring.matching import best_matching
from parley.scoring.pair import Pair
from parley.scoring.registry import METRICS
from parley.words import score_text

Passes = Mapping[str, Mapping[str, Document]]  # annotator, then article id
Labels = dict[Hashable, str]  # label by place: article, start and end in code points, half-open

GOLD = "gold"  # what the gold is called among annotators
FEW = 20  # items; from fewer nothing can be concluded
NOTHING = "no items"
ONE_LABEL = "one label only: chance agreement cannot be estimated"


class Measure(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One value of agreement. ``items`` is the number it is computed on; ``value`` is None where it is undefined."""

    layer: str
    measure: str
    label: str = ""
    annotators: list[str]
    value: float | None
    items: int
    note: str = ""


def cohen_kappa(one: Sequence[str], other: Sequence[str]) -> tuple[float | None, str]:
    """Return Cohen's κ of two label sequences of the same items, or None and why it is undefined."""
    if not one:
        return None, NOTHING
    if len({*one, *other}) == 1:
        return None, ONE_LABEL
    return float(cohen_kappa_score(one, other)), ""


def krippendorff_alpha(ratings: Sequence[Mapping[Hashable, str]]) -> tuple[float | None, str, int]:
    """Return Krippendorff's nominal α of annotators' labels by item, why it is undefined, and the number of items.

    Items that fewer than two annotators have do not count.
    """
    counted = Counter(item for own in ratings for item in own)
    items = [item for item, number in counted.items() if number > 1]
    values = sorted({own[item] for own in ratings for item in items if item in own})
    if not items:
        return None, NOTHING, 0
    if len(values) == 1:
        return None, ONE_LABEL, len(items)
    codes = {value: code for code, value in enumerate(values)}
    table = np.array([[codes[own[item]] if item in own else np.nan for item in items] for own in ratings])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        alpha = krippendorff.alpha(reliability_data=table, level_of_measurement="nominal")
    return float(alpha), "", len(items)


# labels of items, by place ----------------------------------------------------------------------------------


def _mention_types(read: AnnotatedArticle) -> dict[Offsets, str | None]:
    return {m.span: read.type_of(m) for m in read.mentions.values()}


def _event_sources(read: AnnotatedArticle) -> dict[Offsets, str | None]:
    """The source of each event mention, by the place of the source's trigger."""
    sources = {e.span: read.events.get(e.via or "") for e in read.events.values()}
    return {span: f"{source.start}-{source.end}" if source else "none" for span, source in sources.items()}


# Layer and field -> the labels of an annotation's items, by span; items without a label are left out.
LABELS: dict[tuple[str, str], Callable[[AnnotatedArticle], dict[Offsets, str | None]]] = {
    ("entities", "type"): _mention_types,
    ("entities", "form"): lambda read: {m.span: m.form for m in read.mentions.values()},
    ("entities", "role in context"): lambda read: {m.span: m.role for m in read.mentions.values()},
    ("events", "type"): lambda read: {e.span: e.type for e in read.events.values()},
    ("events", "status"): lambda read: {e.span: e.status for e in read.events.values()},
    ("events", "via"): _event_sources,
}

# The scorer's metrics that measure agreement, with their names in the table.
SCORED = {
    "entities.typed_f1": ("entities", "mentions and types, F1"),
    "entities.conll": ("entities", "coreference, CoNLL average"),
    "events.tc": ("events", "triggers and types, F1"),
    "events.ac_plus": ("events", "arguments at their trigger, F1"),
    "events.conll": ("events", "coreference, CoNLL average"),
    "events.propositions": ("events", "propositions (half of their words in common), F1"),
    "stance.tuple_f1": ("stance", "holder, target and polarity, F1"),
    "stance.facet_f1": ("stance", "holder, target, polarity and facet, F1"),
    "stance.evidence_f1": ("stance", "evidence of the stances in common, token F1"),
}
_PER_LABEL = ("entities.typed_f1", "events.tc", "events.ac_plus", "stance.tuple_f1", "stance.facet_f1")


class Compared(NamedTuple):
    """A field of the items that two annotators share; ``type`` is the type that an item must have for both."""

    layer: str
    name: str
    kind: str  # of fact
    field: str
    type: str | None = None


# Stances are shared if holder, target and facet are the same. A field that both leave out is equal.
COMPARED = (
    Compared("entities", "TIME value", "mention", "value", "TIME"),
    Compared("entities", "TIME modifier", "mention", "mod", "TIME"),
    Compared("entities", "QTY number", "mention", "number", "QTY"),
    Compared("entities", "QTY unit", "mention", "unit", "QTY"),
    Compared("entities", "QTY qualifier", "mention", "qualifier", "QTY"),
    Compared("entities", "registry entry", "entity", "registry"),
    Compared("events", "harm", "event", "harm", "Casualty"),
    Compared("events", "registry entry", "event", "registry"),
    Compared("stance", "polarity", "stance", "polarity"),
    Compared("stance", "explicit", "stance", "explicit"),
    Compared("stance", "evidence spans", "stance", "evidence"),
)


def _labels(field: tuple[str, str], documents: Mapping[str, Document], texts: Mapping[str, ArticleText]) -> Labels:
    """Return the labels of one field over all articles of ``texts``."""
    return {
        (article, *span): label
        for article, text in texts.items()
        for span, label in LABELS[field](AnnotatedArticle(documents[article], text)).items()
        if label is not None
    }


def overlap(one: Sequence[Offsets], other: Sequence[Offsets]) -> Tally:
    """Return the counts of spans that overlap, matched one to one so that as many as possible are matched.

    >>> overlap([(0, 4)], [(2, 6), (8, 9)])[""]
    Counts(gold=1, predicted=2, recalled=1, precise=1)
    """
    pairs = {(i, j): 1 for i, a in enumerate(one) for j, b in enumerate(other) if a[0] < b[1] and b[0] < a[1]}
    return Tally({"": exact_counts(len(best_matching(pairs)), len(one), len(other))})


def _shared(field: Compared, one: Facts, other: Facts) -> list[Fact]:
    """Return the fields of the items of one article that both annotators have, to be compared.

    Of registry entries those that at least one of the two names.
    """
    fields = [fact.of(field.field) for fact in one if fact.kind == field.kind and not fact.field and fact in other]
    if field.type:
        fields = [f for f in fields if one.get(f.of("type")) == other.get(f.of("type")) == field.type]
    return [f for f in fields if f in one or f in other] if field.field == "registry" else fields


def _equal(field: Compared, facts: Sequence[tuple[Facts, Facts]]) -> tuple[float | None, int]:
    """Return the share of shared items with an equal field, and the number of items; of two annotators, by article.

    Registry entries are not compared unless both annotators name some.
    """
    if field.field == "registry" and not all(
        any(fact.kind == field.kind and fact.field == "registry" for pair in facts for fact in pair[i]) for i in (0, 1)
    ):
        return None, 0
    equal = [same(one.get(f), other.get(f)) for one, other in facts for f in _shared(field, one, other)]
    return (sum(equal) / len(equal) if equal else None), len(equal)


def _pairwise(one: str, other: str, passes: Passes, texts: Mapping[str, ArticleText]) -> list[Measure]:
    """Return the agreement of two annotators over all articles."""
    found: list[Measure] = []

    def measured(layer: str, measure: str, value: float | None, items: int, note: str = "", label: str = "") -> None:
        note = note or (NOTHING if value is None else "")
        found.append(
            Measure(
                layer=layer, measure=measure, label=label, annotators=[one, other], value=value, items=items, note=note
            )
        )

    pairs = [Pair(text, passes[one][a], as_prediction(passes[other][a])) for a, text in texts.items()]
    for layer, what in (("entities", "mentions"), ("events", "triggers")):
        spans = [
            [
                [item.span for item in getattr(side, "mentions" if layer == "entities" else "events").values()]
                for side in (pair.gold, pair.predicted)
            ]
            for pair in pairs
        ]
        exact = add_up(compare({*a}, {*b}) for a, b in spans)
        for kind, tally in (("exact", exact), ("overlap", add_up(overlap(a, b) for a, b in spans))):
            value = None if tally.total.is_empty else float(f1_of(tally.total).value)
            measured(layer, f"{what}, {kind} F1", value, tally.total.gold)
    for name, (layer, measure) in SCORED.items():
        metric = METRICS[name]
        tally = add_up(metric.count(pair) for pair in pairs)
        items = max((c.gold for c in tally.values()), default=0) if metric.is_average else tally.total.gold
        measured(layer, measure, None if tally.total.is_empty else float(metric.score(tally).value), items)
        if name in _PER_LABEL:
            for label, counts in tally.items():
                measured(layer, measure, float(f1_of(counts).value), counts.gold, label=label)
    facts = []
    for article, text in texts.items():
        by_name = shared_facts({name: AnnotatedArticle(passes[name][article], text) for name in (one, other)})
        facts.append((by_name[one], by_name[other]))
    for compared in COMPARED:
        measured(compared.layer, f"{compared.name}, equal", *_equal(compared, facts))
    for layer, field in LABELS:
        own, theirs = (_labels((layer, field), passes[annotator], texts) for annotator in (one, other))
        shared = [item for item in own if item in theirs]
        kappa, note = cohen_kappa([own[i] for i in shared], [theirs[i] for i in shared])
        measured(layer, f"{field}, Cohen's κ", kappa, len(shared), note)
    return found


def polarity_grid(passes: Passes, texts: Mapping[str, ArticleText]) -> list[Labels]:
    """Return each annotator's polarity, or ``none``, of every holder and target that any annotator pairs.

    Entities are aligned over all passes (``align``); target events by the first trigger of their event cluster.
    """
    grids: list[Labels] = [{} for _ in passes]
    for article, text in texts.items():
        records = [AnnotatedArticle(own[article], text) for own in passes.values()]
        for grid, read, names in zip(grids, records, align(records), strict=True):
            for row in read.stance_rows():
                target = read.events.get(row.target)
                key = f"{target.start}-{target.end}" if target else names[row.target]
                grid[article, names.get(row.holder, AUTHOR), key] = row.polarity
    cells = {cell for grid in grids for cell in grid}
    return [{cell: grid.get(cell, "none") for cell in cells} for grid in grids]


def _together(passes: Passes, texts: Mapping[str, ArticleText]) -> list[Measure]:
    """Return Krippendorff's α of all annotators: of labels by place, and of polarity over holders × targets."""
    ratings = {key: [_labels(key, own, texts) for own in passes.values()] for key in LABELS}
    ratings["stance", "polarity over holders × targets"] = polarity_grid(passes, texts)
    found = []
    for (layer, field), labels in ratings.items():
        alpha, note, items = krippendorff_alpha(labels)
        name = f"{field}, Krippendorff's α"
        found.append(Measure(layer=layer, measure=name, annotators=[*passes], value=alpha, items=items, note=note))
    return found


def agreement(
    passes: Passes, texts: Mapping[str, ArticleText], gold: Mapping[str, Document] | None = None
) -> list[Measure]:
    """Return every measure: of each pair of annotators, of all together (α), and of each with ``gold``.

    ``texts`` are the articles that count, by id. Each measure is of those that all of its annotators have; where there
    are none it is left out.
    """
    groups: list[Passes] = [{n: passes[n] for n in pair} for pair in itertools.combinations(passes, 2)]
    if gold is not None:
        groups += [{GOLD: gold, annotator: own} for annotator, own in passes.items()]
    found = list[Measure]()
    for group in groups:
        one, other = group
        if shared := in_all(group, texts):
            found += _pairwise(one, other, group, shared)
    if len(passes) > 1 and (shared := in_all(passes, texts)):
        found += _together(passes, shared)
    return found


def in_all(passes: Passes, texts: Mapping[str, ArticleText]) -> dict[str, ArticleText]:
    """Return the articles that every annotator has annotated."""
    return {article: text for article, text in texts.items() if all(article in own for own in passes.values())}


class Row(NamedTuple):
    """A row of the table: one measure, with its value for each set of annotators (None: not measured for it)."""

    layer: str
    measure: str
    label: str
    values: list[Measure | None]

    @property
    def items(self) -> str:
        """How many items the values are computed on; the least and the most where they differ."""
        numbers = {measure.items for measure in self.values if measure}
        return "–".join(map(str, sorted({min(numbers), max(numbers)})))


def value_text(measure: Measure | None) -> str:
    """Return a value as it is shown: in parentheses where fewer than ``FEW`` items were compared, a dash where it is
    not defined, nothing where it was not measured."""
    if measure is None or measure.value is None:
        return "" if measure is None else score_text(None)
    return f"({score_text(measure.value)})" if measure.items < FEW else score_text(measure.value)


def tabulate(found: Sequence[Measure], *, labels: bool = False) -> tuple[list[list[str]], list[Row]]:
    """Return the sets of annotators, pairs first, and a row for each measure that has items; with ``labels`` also those
    by label."""
    groups = sorted(dict.fromkeys(tuple(m.annotators) for m in found), key=lambda group: len(group) > 2)
    measures = {(m.layer, m.measure, m.label, tuple(m.annotators)): m for m in found}
    keys = dict.fromkeys((m.layer, m.measure, m.label) for m in found if labels or not m.label)
    layers, fields = (list(dict.fromkeys(key[:part] for key in keys)) for part in (1, 2))
    rows = []
    for key in sorted(keys, key=lambda key: (layers.index(key[:1]), fields.index(key[:2]))):
        own = [measures.get((*key, group)) for group in groups]
        if any(measure and measure.items for measure in own):
            rows.append(Row(*key, own))
    return [list(group) for group in groups], rows


# confusions -------------------------------------------------------------------------------------------------

_DRAWN = [("entities", "type"), ("entities", "role in context"), ("events", "type"), ("events", "status")]
MISSING = "missing"  # the label of an item for an annotator who does not have it


def confusions(field: tuple[str, str], passes: Passes, texts: Mapping[str, ArticleText]) -> Counter[tuple[str, str]]:
    """Return how often two annotators gave one item two labels, over all pairs of annotators in both directions.

    ``field`` is a key of ``LABELS``. Keys of the result are (label, other label); one may be ``MISSING``.
    """
    labels = [_labels(field, own, texts) for own in passes.values()]
    return Counter(
        (one.get(item, MISSING), other.get(item, MISSING))
        for one, other in itertools.permutations(labels, 2)
        for item in {*one, *other}
    )


def draw_confusions(passes: Passes, texts: Mapping[str, ArticleText], kind: str = "svg") -> bytes:
    """Return a picture (``svg`` or ``png``) of the confusions between all pairs of annotators, a matrix a field.

    A cell counts the items that one annotator gave the label of its row and another that of its column; the diagonal is
    agreement. Matrices are symmetric: each pair of annotators counts in both directions.
    """
    import matplotlib as mpl
    from matplotlib.figure import Figure

    with mpl.rc_context({"svg.hashsalt": "parley", "font.size": 8}):
        figure = Figure(figsize=(13, 12), layout="constrained")
        for axes, field in zip(figure.subplots(2, 2).flat, _DRAWN, strict=True):
            counted = confusions(field, passes, texts)
            labels = [*sorted({label for pair in counted for label in pair} - {MISSING}), MISSING]
            matrix = np.array([[counted[row, column] for column in labels] for row in labels])
            shown = ConfusionMatrixDisplay(matrix, display_labels=labels)
            most = int((matrix - np.diag(np.diag(matrix))).max()) or 1  # the diagonal would hide the confusions
            colours = {"vmin": 0, "vmax": 2 * most, "alpha": 0.5}  # light enough for black numbers
            shown.plot(
                ax=axes, cmap="Reds", colorbar=False, xticks_rotation=60, im_kw=colours, text_kw={"color": "black"}
            )
            axes.set(title=": ".join(field), xlabel="one annotator", ylabel="another annotator")
        content = io.BytesIO()
        figure.savefig(content, format=kind, metadata={"Date": None} if kind == "svg" else None)
        return content.getvalue()
