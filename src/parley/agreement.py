"""How far independent passes agree: per layer and label, pairwise, all together, and against gold.

Figures on spans, clusters and tuples are the scorer's own, with one pass in the place of the gold; they are the same
whichever of the two that is. Chance-corrected figures are on items that both (κ) or all who have them (α) share:
Cohen, J. (1960), A coefficient of agreement for nominal scales; Krippendorff, K. (2011), Computing Krippendorff's
alpha-reliability. The libraries scikit-learn and krippendorff compute them.
"""

import itertools
import warnings
from collections import Counter
from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import NamedTuple

import krippendorff
import msgspec
import numpy as np
from sklearn.metrics import cohen_kappa_score

from parley.adjudication.align import align
from parley.derive import Links, as_prediction, stance_rows
from parley.model import AUTHOR, Document
from parley.reading import ArticleText
from parley.scoring.counts import Tally, add_up, f1, f1_of, true_positives
from parley.scoring.matching import best_matching
from parley.scoring.pair import Pair
from parley.scoring.registry import METRICS

Passes = Mapping[str, Mapping[str, Document]]  # annotator, then article id
Place = tuple[str, int, int]  # article, start and end in code points, half-open
Labels = Mapping[Hashable, str]

NOTHING = "no items"
ONE_LABEL = "one label only: chance cannot be told from agreement"


class Measure(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One figure of agreement. ``items`` is what it is computed on; ``value`` is None where it is not defined."""

    layer: str
    measure: str
    label: str = ""
    annotators: list[str]
    value: float | None
    items: int
    note: str = ""


def cohen_kappa(one: Sequence[str], other: Sequence[str]) -> tuple[float | None, str]:
    """Return Cohen's κ of two label sequences of the same items, or None and why there is none."""
    if not one:
        return None, NOTHING
    if len({*one, *other}) == 1:
        return None, ONE_LABEL
    return float(cohen_kappa_score(one, other)), ""


def krippendorff_alpha(ratings: Sequence[Mapping[Hashable, str]]) -> tuple[float | None, str, int]:
    """Return Krippendorff's nominal α of annotators' labels by item, why there is none, and the number of items.

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


# labels of items, by place ------------------------------------------------------------------------------


def _mention_labels(field: str) -> Callable[[Document], dict[Hashable, str]]:
    """Return a function that gives the ``field`` of every mention that has it, by place."""

    def labels(document: Document) -> dict[Hashable, str]:
        links = Links(document)
        found = ((m, links.type_of(m) if field == "type" else getattr(m, field)) for m in document.mentions)
        return {(document.id, m.start, m.end): value for m, value in found if value is not None}

    return labels


def _event_labels(field: str) -> Callable[[Document], dict[Hashable, str]]:
    """Return a function that gives the ``field`` of every event mention, by place; ``via`` by the voice's trigger."""

    def labels(document: Document) -> dict[Hashable, str]:
        events = Links(document).events

        def value(via: str | None) -> str:
            return f"{events[via].start}-{events[via].end}" if via else "none"

        return {
            (document.id, e.start, e.end): value(e.via) if field == "via" else getattr(e, field)
            for e in document.events
        }

    return labels


LABELS: dict[tuple[str, str], Callable[[Document], dict[Hashable, str]]] = {
    ("entities", "type"): _mention_labels("type"),
    ("entities", "form"): _mention_labels("form"),
    ("entities", "role in context"): _mention_labels("role"),
    ("events", "type"): _event_labels("type"),
    ("events", "status"): _event_labels("status"),
    ("events", "via"): _event_labels("via"),
}

# The scorer's metrics that say how far two passes agree, as they are named in the table.
SCORED = {
    "entities.typed_f1": ("entities", "mentions and types, F1"),
    "entities.conll": ("entities", "coreference, CoNLL average"),
    "events.tc": ("events", "triggers and types, F1"),
    "events.ac_plus": ("events", "arguments at their trigger, F1"),
    "events.conll": ("events", "coreference, CoNLL average"),
    "stance.tuple_f1": ("stance", "holder, target and polarity, F1"),
}
_PER_LABEL = ("entities.typed_f1", "events.tc")


def overlap(one: Sequence[tuple[int, int]], other: Sequence[tuple[int, int]]) -> Tally:
    """Return the counts of spans that overlap, matched one to one so that the most are matched."""
    pairs = {(i, j): 1 for i, a in enumerate(one) for j, b in enumerate(other) if a[0] < b[1] and b[0] < a[1]}
    return Tally({"": true_positives(len(best_matching(pairs)), len(one), len(other))})


def _spans(layer: str, document: Document) -> list[tuple[int, int]]:
    return [item.span for item in (document.mentions if layer == "entities" else document.events)]


def _sum(tallies: Sequence[Tally]) -> Tally:
    total: Tally = add_up(tallies)
    return total


def _pairwise(one: str, other: str, passes: Passes, grounds: Mapping[str, ArticleText]) -> list[Measure]:
    """Return the figures of two annotators over all articles."""
    names = [one, other]
    couples = [(passes[one][a], passes[other][a]) for a in grounds]
    found: list[Measure] = []
    for layer, what in (("entities", "mentions"), ("events", "triggers")):
        spans = [(_spans(layer, a), _spans(layer, b)) for a, b in couples]
        exact = _sum([Tally({"": true_positives(len({*a} & {*b}), len(a), len(b))}) for a, b in spans])
        for measure, tally in (
            (f"{what}, exact F1", exact),
            (f"{what}, overlap F1", _sum([overlap(*s) for s in spans])),
        ):
            found.append(Measure(layer=layer, measure=measure, annotators=names, value=float(f1(tally).value), items=tally.total.gold))  # fmt: skip
    pairs = [Pair(grounds[a.id], a, as_prediction(b)) for a, b in couples]
    for name, (layer, measure) in SCORED.items():
        metric = METRICS[name]
        tally = _sum([metric.count(pair) for pair in pairs])
        items = max((c.gold for c in tally.values()), default=0) if metric.is_average else tally.total.gold
        found.append(Measure(layer=layer, measure=measure, annotators=names, value=float(metric.score(tally).value), items=items))  # fmt: skip
        if name in _PER_LABEL:
            found += [
                Measure(
                    layer=layer,
                    measure=measure,
                    label=label,
                    annotators=names,
                    value=float(f1_of(counts).value),
                    items=counts.gold,
                )
                for label, counts in tally.items()
            ]
    for (layer, field), labels in LABELS.items():
        own, theirs = _united(labels, passes[one]), _united(labels, passes[other])
        shared = [item for item in own if item in theirs]
        kappa, note = cohen_kappa([own[i] for i in shared], [theirs[i] for i in shared])
        found.append(Measure(layer=layer, measure=f"{field}, Cohen's κ", annotators=names, value=kappa, items=len(shared), note=note))  # fmt: skip
    return found


def _united(
    labels: Callable[[Document], dict[Hashable, str]], documents: Mapping[str, Document]
) -> dict[Hashable, str]:
    return {place: label for document in documents.values() for place, label in labels(document).items()}


def polarity_grid(passes: Passes, articles: Sequence[str]) -> list[dict[Hashable, str]]:
    """Return each annotator's polarity, or ``none``, of every holder and target that any annotator pairs.

    Entities are aligned over all passes (``align``); target events by the first trigger of their event cluster.
    """
    grids: list[dict[Hashable, str]] = [{} for _ in passes]
    for article in articles:
        documents = [own[article] for own in passes.values()]
        for grid, document, names in zip(grids, documents, align(documents), strict=True):
            links = Links(document)
            for row in stance_rows(document):
                target = links.events.get(row.target)
                key = f"{target.start}-{target.end}" if target else names[row.target]
                holder = AUTHOR if row.holder == AUTHOR else names[row.holder]
                grid[article, holder, key] = row.polarity
    cells = {cell for grid in grids for cell in grid}
    return [{cell: grid.get(cell, "none") for cell in cells} for grid in grids]


def _together(passes: Passes, grounds: Mapping[str, ArticleText]) -> list[Measure]:
    """Return Krippendorff's α of all annotators: of labels by place, and of polarity over holders × targets."""
    annotators, found = list(passes), list[Measure]()
    chosen = {annotator: {a: passes[annotator][a] for a in grounds} for annotator in annotators}
    for (layer, field), labels in LABELS.items():
        alpha, note, items = krippendorff_alpha([_united(labels, own) for own in chosen.values()])
        found.append(Measure(layer=layer, measure=f"{field}, Krippendorff's α", annotators=annotators, value=alpha, items=items, note=note))  # fmt: skip
    alpha, note, items = krippendorff_alpha(polarity_grid(chosen, list(grounds)))
    found.append(Measure(layer="stance", measure="polarity over holders × targets, Krippendorff's α", annotators=annotators, value=alpha, items=items, note=note))  # fmt: skip
    return found


def agreement(
    passes: Passes, grounds: Mapping[str, ArticleText], gold: Mapping[str, Document] | None = None
) -> list[Measure]:
    """Return every figure: of each pair of annotators, of all together (α), and of each against ``gold``.

    ``grounds`` are the articles that count, by id; every annotator must have them all. Two annotators or more.
    """
    annotators = list(passes)
    found = [m for one, other in itertools.combinations(annotators, 2) for m in _pairwise(one, other, passes, grounds)]
    if len(annotators) > 1:
        found += _together(passes, grounds)
    if gold is not None:
        for annotator in annotators:
            found += _pairwise("gold", annotator, {"gold": gold, annotator: passes[annotator]}, grounds)
    return found


class Row(NamedTuple):
    """A line of the table: one measure, its figure for each set of annotators (None: not measured for it)."""

    layer: str
    measure: str
    label: str
    items: int  # the most that any of the figures is computed on
    figures: list[Measure | None]


def tabulate(found: Sequence[Measure], *, labels: bool = False) -> tuple[list[list[str]], list[Row]]:
    """Return the sets of annotators, pairs first, and a row for each measure; with ``labels`` also those by label."""
    groups = sorted(dict.fromkeys(tuple(m.annotators) for m in found), key=lambda group: len(group) > 2)
    figures = {(m.layer, m.measure, m.label, tuple(m.annotators)): m for m in found}
    keys = dict.fromkeys((m.layer, m.measure, m.label) for m in found if labels or not m.label)
    layers = list(dict.fromkeys(layer for layer, _, _ in keys))
    rows = []
    for key in sorted(keys, key=lambda key: layers.index(key[0])):
        own = [figures.get((*key, group)) for group in groups]
        rows.append(Row(*key, max(m.items for m in own if m), own))
    return [list(group) for group in groups], rows


def confusions(layer: str, field: str, passes: Passes, articles: Sequence[str]) -> Counter[tuple[str, str]]:
    """Return how often two annotators gave one item two labels, over all pairs of annotators in both directions.

    An item that one of the two does not have is labelled ``missing`` for that one. Keys are (label, other label).
    """
    labels = LABELS[layer, field]
    united = {a: _united(labels, {article: own[article] for article in articles}) for a, own in passes.items()}
    found: Counter[tuple[str, str]] = Counter()
    for one, other in itertools.permutations(united, 2):
        for item in {*united[one], *united[other]}:
            found[united[one].get(item, "missing"), united[other].get(item, "missing")] += 1
    return found
