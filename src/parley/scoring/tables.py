"""One metric's counts of many articles as an array, and its figure on many sums of them at once.

Resampling asks for a figure some ten thousand times. What the figures of ``parley.scoring.counts`` compute exactly,
one tally at a time, is computed here in floats on arrays of sums; the tests hold the two against each other. A figure
that is not in ``FIGURES`` works as well, one tally at a time.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from parley.scoring import coreference
from parley.scoring.counts import Counts, Figure, Tally, accuracy, f1, macro_f1
from parley.scoring.registry import OVERALL, Metric

Floats = NDArray[np.float64]

GOLD, PREDICTED, RECALLED, PRECISE = range(4)  # the last axis of every array of counts
_CELLS = 500_000  # of a block of weights: 4 MB, which a processor's cache holds


def _ratio(numerator: Floats, denominator: Floats) -> Floats:
    """Return the quotient; 0 where the denominator is 0."""
    return np.divide(numerator, denominator, out=np.zeros_like(numerator), where=denominator != 0)


def _f1_by_label(counts: Floats) -> Floats:
    """Return F1 of each label: (…, labels, 4) to (…, labels)."""
    precision = _ratio(counts[..., PRECISE], counts[..., PREDICTED])
    recall = _ratio(counts[..., RECALLED], counts[..., GOLD])
    return _ratio(2 * precision * recall, precision + recall)


def _mean_of(values: Floats, counted: NDArray[np.bool_]) -> Floats:
    """Return the mean over the last axis of the values that are ``counted``; 0 of none."""
    return _ratio(np.where(counted, values, 0.0).sum(-1), counted.sum(-1).astype(np.float64))


def _f1(counts: Floats) -> Floats:
    return _f1_by_label(counts.sum(-2, keepdims=True))[..., 0]


def _accuracy(counts: Floats) -> Floats:
    total = counts.sum(-2)
    return _ratio(total[..., RECALLED], total[..., GOLD])


def _mean_f1(counts: Floats) -> Floats:
    """Return the mean F1 of the labels (or components) that have anything to count."""
    return _mean_of(_f1_by_label(counts), (counts[..., GOLD] > 0) | (counts[..., PREDICTED] > 0))


def _blanc(counts: Floats) -> Floats:
    return _mean_of(_f1_by_label(counts), counts[..., GOLD] > 0)


# A metric's figure -> the same on arrays of sums: (…, labels, 4) to (…).
FIGURES: dict[Callable[[Tally], Figure], Callable[[Floats], Floats]] = {
    f1: _f1,
    accuracy: _accuracy,
    macro_f1: _mean_f1,
    coreference.conll: _mean_f1,
    coreference.blanc: _blanc,
}
_POOLED = (f1, accuracy)  # add their labels up first: one column of counts is enough


def _one_at_a_time(figure: Callable[[Tally], Figure], labels: Sequence[str]) -> Callable[[Floats], Floats]:
    """Return ``figure`` as a function of an array of sums. Slow: it is called for each."""

    def of_sum(row: Floats) -> float:
        counts = {
            label: Counts(round(gold), round(predicted), Fraction(recalled), Fraction(precise))
            for label, (gold, predicted, recalled, precise) in zip(labels, row.tolist(), strict=True)
        }
        return float(figure(Tally(counts)).value)

    def of_sums(counts: Floats) -> Floats:
        rows = counts.reshape(-1, *counts.shape[-2:])
        return np.array([of_sum(row) for row in rows], dtype=np.float64).reshape(counts.shape[:-2])

    return of_sums


class Table(NamedTuple):
    """One metric's counts by article, and how sums of them are divided."""

    counts: Floats  # (articles, labels, 4): GOLD, PREDICTED, RECALLED, PRECISE
    figure: Callable[[Floats], Floats]  # (…, labels, 4) to (…)

    @property
    def columns(self) -> Floats:
        """The counts with labels and kinds side by side: (articles, labels · 4)."""
        return self.counts.reshape(len(self.counts), -1)

    @property
    def value(self) -> float:
        """The figure over all articles."""
        return float(self.figure(self.counts.sum(0)))

    @property
    def counted(self) -> NDArray[np.bool_]:
        """Which articles have anything to count, in the gold or in the predictions."""
        return np.asarray(self.counts.any(axis=(1, 2)))

    @property
    def without_each(self) -> Floats:
        """The figure without each article in turn: counts taken off the sum, then divided."""
        return self.figure(self.counts.sum(0) - self.counts)

    def of(self, sums: Floats) -> Floats:
        """Return the figure of sums of ``columns``: (sums, labels · 4) to (sums,)."""
        return self.figure(sums.reshape(len(sums), *self.counts.shape[1:]))


def tables(metric: Metric, *systems: Sequence[Tally]) -> list[Table]:
    """Return a table a system, with the same labels, of its tallies by article.

    Only for a metric whose counts add over articles, not for one that joins them.
    """
    figure = FIGURES.get(metric.figure)
    if metric.figure in _POOLED and figure is not None:
        return [Table(np.array([_pooled(tally) for tally in tallies]).reshape(-1, 1, 4), figure) for tallies in systems]
    labels = list(dict.fromkeys(label for tallies in systems for tally in tallies for label in tally.by_label))
    nothing = Counts()
    made = []
    for tallies in systems:
        rows = [[_row(tally.by_label.get(label, nothing)) for label in labels] for tally in tallies]
        counts = np.array(rows, dtype=np.float64).reshape(len(tallies), len(labels), 4)
        made.append(Table(counts, figure or _one_at_a_time(metric.figure, labels)))
    return made


def _row(counts: Counts) -> tuple[float, float, float, float]:
    return float(counts.gold), float(counts.predicted), float(counts.recalled), float(counts.precise)


def _pooled(tally: Tally) -> list[float]:
    gold = predicted = 0
    recalled = precise = 0.0
    for counts in tally.by_label.values():
        gold += counts.gold
        predicted += counts.predicted
        recalled += float(counts.recalled)
        precise += float(counts.precise)
    return [float(gold), float(predicted), recalled, precise]


def overall_table(parts: Mapping[str, Table]) -> Table | None:
    """Return a table of the overall score from those of its metrics; None where one of them is missing."""
    names = [name for metrics in OVERALL.values() for name in metrics]
    if any(name not in parts for name in names):
        return None
    ends = np.cumsum([parts[name].counts.shape[1] for name in names]).tolist()
    places = {name: slice(start, end) for name, start, end in zip(names, [0, *ends], ends, strict=False)}

    def figure(counts: Floats) -> Floats:
        layers = [
            np.mean([parts[name].figure(counts[..., places[name], :]) for name in metrics], axis=0)
            for metrics in OVERALL.values()
        ]
        return np.asarray(np.mean(layers, axis=0))

    return Table(np.concatenate([parts[name].counts for name in names], axis=1), figure)


def weighted(matrix: Floats, blocks: Iterator[Floats]) -> Iterator[Floats]:
    """Yield the sums of ``matrix`` (articles, columns) under blocks of weights (draws, articles)."""
    for weights in blocks:
        yield weights @ matrix


def block_sizes(draws: int, articles: int) -> Iterator[int]:
    """Yield how many draws to make at a time, so that memory does not grow with either number."""
    size = max(1, _CELLS // max(1, articles))
    for start in range(0, draws, size):
        yield min(size, draws - start)
