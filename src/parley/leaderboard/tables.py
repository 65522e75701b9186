"""Counts by article out of reports, as the tests of differences want them. Nothing is scored again."""

from collections.abc import Mapping, Sequence

import numpy as np

from parley.report_form import Counted, Report
from parley.scoring.coreference import conll
from parley.scoring.counts import accuracy, f1
from parley.scoring.registry import METRICS
from parley.scoring.uncertainty import Floats, Table, on_arrays

CONLL_PARTS = ("muc", "b_cubed", "ceaf_e")  # metrics of their own, whose counts an average's report does not repeat


def parts_of(name: str) -> tuple[str, ...]:
    """Return the metrics whose counts by article make up those of ``name``; none where reports do not have them.

    A sum over labels is itself, a CoNLL average its three parts. A mean over classes has no counts of its classes by
    article in a report, and a metric that joins all articles has none by article at all.
    """
    metric = METRICS.get(name)
    if metric is None or metric.joined is not None:
        return ()
    if metric.score in (f1, accuracy):
        return (name,)
    if metric.score is conll and name == f"{metric.layer}.conll":
        return tuple(f"{metric.layer}.{part}" for part in CONLL_PARTS)
    return ()


def _cells(counts: Counted) -> tuple[float, float, float, float]:
    right = counts.right if counts.right is not None else 0
    recalled = counts.recalled if counts.recalled is not None else right
    precise = counts.precise if counts.precise is not None else right
    return float(counts.gold), float(counts.predicted), float(recalled), float(precise)


def metric_table(report: Report, name: str, articles: Sequence[str]) -> Table | None:
    """Return a metric's counts of ``articles`` in a report; None where it has none."""
    columns, parts = [], parts_of(name)
    for part in parts:
        score = report.metrics.get(part)
        if score is None or score.value is None or set(score.per_article) != set(articles):
            return None
        own = [score.per_article[article].counts for article in articles]
        cells = [_cells(counts) for counts in own if counts is not None]
        if len(cells) < len(articles):
            return None
        columns.append(cells)
    if not columns:
        return None
    return Table(np.array(columns, dtype=np.float64).transpose(1, 0, 2), on_arrays(METRICS[name].score, parts))


def mean_table(parts: Mapping[str, Table], names: Sequence[str]) -> Table | None:
    """Return a table of the mean of several figures; None where one of them is missing."""
    if any(name not in parts for name in names):
        return None
    ends = np.cumsum([parts[name].counts.shape[1] for name in names]).tolist()
    places = {name: slice(start, end) for name, start, end in zip(names, [0, *ends], ends, strict=False)}

    def figure(counts: Floats) -> Floats:
        values = [parts[name].score(counts[..., place, :]) for name, place in places.items()]
        return np.asarray(np.mean(values, axis=0))

    return Table(np.concatenate([parts[name].counts for name in names], axis=1), figure)
