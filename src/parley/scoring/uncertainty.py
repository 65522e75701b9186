"""95 % confidence intervals of a score: how far it would vary on other stories of the same kind.

The story is the sampling unit (``Corpus.by_story``): articles of one story tell of the same events in the same names,
and are right or wrong together. Intervals are made from the counts of each story, without scoring anything again;
``benchmarks/coverage.py`` measures how often they hold.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit, stdtrit

from parley.scoring.counts import Counts, Score, Tally, accuracy, f1
from parley.scoring.registry import OVERALL, Metric

Floats = NDArray[np.float64]
Interval = tuple[float, float]

ENOUGH_STORIES = 6  # for an interval: under six no test can reach p < .05
ENOUGH_FOR_BOOTSTRAP = 20  # stories under which the percentile bootstrap is too narrow to be shown
LEVEL = 0.95
DRAWS = 10_000  # of the bootstrap
SEED = 20_310_304  # any number; fixed, so that the same input gives the same report
TOO_FEW = "too few stories for an interval"
OVERALL_NAME = "overall"  # beside the names of metrics

_WORDS = ("No stories", "One story", "Two stories", "Three stories", "Four stories", "Five stories")
_EDGE = 1e-12  # nearer to 0 or 1 than any ratio of counts can be: the rounding error of a float subtraction
_DECIMALS = 6  # more would be noise, and differ with the machine's order of float additions
_CELLS = 500_000  # of a block of weights: 4 MB, which a processor's cache holds


class Table(NamedTuple):
    """One metric's counts by story, and the score as a function of their sums."""

    counts: Floats  # (stories, labels, 4): gold, predicted, recalled, precise
    score: Callable[[Floats], Floats]  # (…, labels, 4) to (…)

    @property
    def columns(self) -> Floats:
        """The counts with labels and kinds side by side: (stories, labels · 4)."""
        return self.counts.reshape(len(self.counts), -1)

    @property
    def value(self) -> float:
        """The score over all stories."""
        return float(self.score(self.counts.sum(0)))

    @property
    def counted(self) -> NDArray[np.bool_]:
        """Which stories have anything to count, in the gold or in the predictions."""
        return np.asarray(self.counts.any(axis=(1, 2)))

    @property
    def without_each(self) -> Floats:
        """The score without each story in turn: counts subtracted from the sum, then divided."""
        return self.score(self.counts.sum(0) - self.counts)

    def of(self, sums: Floats) -> Floats:
        """Return the score of sums of ``columns``: (sums, labels · 4) to (sums,)."""
        return self.score(sums.reshape(len(sums), *self.counts.shape[1:]))


def on_arrays(score: Callable[[Tally], Score], labels: Sequence[str]) -> Callable[[Floats], Floats]:
    """Return a score of ``parley.scoring.counts`` as a function of arrays of counts: (…, labels, 4) to (…)."""

    def values(counts: Floats) -> Floats:
        tally = Tally({label: Counts(*np.moveaxis(counts[..., i, :], -1, 0)) for i, label in enumerate(labels)})
        return np.broadcast_to(np.asarray(score(tally).value, dtype=np.float64), counts.shape[:-2])

    return values


def tables(metric: Metric, *systems: Sequence[Tally]) -> list[Table]:
    """Return a table for each system, with the same labels, of its tallies by story."""
    if metric.score in (f1, accuracy):  # these add their labels up first: one column of counts is enough
        systems = tuple([Tally({"": tally.total}) for tally in tallies] for tallies in systems)
    labels = list(dict.fromkeys(label for tallies in systems for tally in tallies for label in tally))
    nothing = Counts()
    made = []
    for tallies in systems:
        rows = [[_row(tally.get(label, nothing)) for label in labels] for tally in tallies]
        counts = np.array(rows, dtype=np.float64).reshape(len(tallies), len(labels), 4)
        made.append(Table(counts, on_arrays(metric.score, labels)))
    return made


def _row(counts: Counts) -> tuple[float, float, float, float]:
    return float(counts.gold), float(counts.predicted), float(counts.recalled), float(counts.precise)


def mean_table(parts: Sequence[Table | None]) -> Table | None:
    """Return a table of the mean of several scores; None where one of them is missing."""
    known = [part for part in parts if part is not None]
    if not known or len(known) < len(parts):
        return None
    ends = np.cumsum([part.counts.shape[1] for part in known]).tolist()
    places = [slice(start, end) for start, end in zip([0, *ends], ends, strict=False)]

    def score(counts: Floats) -> Floats:
        values = [part.score(counts[..., place, :]) for part, place in zip(known, places, strict=True)]
        return np.asarray(np.mean(values, axis=0))

    return Table(np.concatenate([part.counts for part in known], axis=1), score)


def with_means(by_metric: Mapping[str, Table]) -> dict[str, Table]:
    """Return the tables with those of the overall score and its parts, where none of their metrics is missing."""
    found = dict(by_metric)
    for name, parts in (*OVERALL.items(), (OVERALL_NAME, tuple(OVERALL))):
        if (mean := mean_table([found.get(part) for part in parts])) is not None:
            found[name] = mean
    return found


def overall_table(by_metric: Mapping[str, Table]) -> Table | None:
    """Return a table of the overall score from those of its metrics; None where one of them is missing."""
    return with_means(by_metric).get(OVERALL_NAME)


def block_sizes(draws: int, stories: int) -> Iterator[int]:
    """Yield how many draws to make at a time, so that memory does not grow with either number."""
    size = max(1, _CELLS // max(1, stories))
    for start in range(0, draws, size):
        yield min(size, draws - start)


# intervals --------------------------------------------------------------------------------------------------


class Uncertainty(NamedTuple):
    """The intervals of one score, and caveats for the reader."""

    interval: Interval | None = None
    bootstrap: Interval | None = None
    flags: tuple[str, ...] = ()


def jackknife_error(without_each: Floats) -> float:
    """Return the jackknife's standard error from the n delete-one values: √((n−1)/n · Σ(value − mean)²)."""
    number = len(without_each)
    return float(np.sqrt((number - 1) / number * np.square(without_each - without_each.mean()).sum()))


def zero_event_bound(number: int) -> float:
    """Return the largest share of stories that may differ when all of ``number`` stories are alike.

    The upper end of the exact binomial interval of 0 in n (Clopper & Pearson 1934): 1 − (α/2)^(1/n).
    """
    return float(1 - ((1 - LEVEL) / 2) ** (1 / number))


def upper_t(number: int, below: float = (1 + LEVEL) / 2) -> float:
    """Return the quantile of Student's t with n − 1 degrees of freedom that has so much below it; .975 for intervals."""
    return float(stdtrit(number - 1, below))


def jackknife_t(table: Table) -> Interval | None:
    """Return the jackknife-t interval on the logit scale, or None with too few stories.

    With p the score, p₍ᵢ₎ the score without story i (counts subtracted from the sum, divided once) and θ = logit p:
    logit⁻¹(θ ± t · √((n−1)/n · Σ(θ₍ᵢ₎ − θ̄)²)), t with n − 1 degrees of freedom (Tukey 1958; Efron & Tibshirani 1993,
    chapter 11). n is the number of stories with anything to count; the others say nothing about this score.

    The logit has no value at 0 and 1:

    - Where p₍ᵢ₎ is 0 or 1 for some story (it alone has all that is right, or all that is wrong), the error is taken
      on the plain scale and divided by p·(1 − p), the slope of the logit at p (the delta method).
    - Where p is 0 or 1, no variation is seen at all. The interval then extends from p by the share of stories that may
      differ (``zero_event_bound``): [0, .46] at six stories, [0, .17] at twenty.
    """
    counts = table.counts[table.counted]
    number = len(counts)
    if number < ENOUGH_STORIES:
        return None
    here = Table(counts, table.score)
    value, without_each = here.value, here.without_each
    if value < _EDGE:
        return 0.0, zero_event_bound(number)
    if value > 1 - _EDGE:
        return 1 - zero_event_bound(number), 1.0
    if without_each.min() < _EDGE or without_each.max() > 1 - _EDGE:
        error = jackknife_error(without_each) / (value * (1 - value))
    else:
        error = jackknife_error(logit(without_each))
    half = upper_t(number) * error
    return float(expit(logit(value) - half)), float(expit(logit(value) + half))


def resampled(stories: int, draws: int, seed: int) -> Iterator[Floats]:
    """Yield blocks of weights (draws, stories): how often each story is drawn in a resample with replacement.

    That is a multinomial distribution; counting drawn numbers is faster than numpy's ``multinomial``.
    """
    random = np.random.default_rng(seed)
    for size in block_sizes(draws, stories):
        drawn = random.integers(0, stories, size=(size, stories), dtype=np.uint32)
        places = drawn + np.arange(size, dtype=np.int64)[:, None] * stories
        counted = np.bincount(places.ravel(), minlength=size * stories)
        yield counted.reshape(size, stories).astype(np.float64)


def percentile_bootstrap(
    by_metric: Mapping[str, Table], *, draws: int = DRAWS, seed: int = SEED
) -> dict[str, Interval | None]:
    """Return percentile bootstrap intervals (Efron 1979) of tables over the same stories, drawn once for all.

    None where fewer than twenty stories have anything to count, and where the score is 0 or 1: every draw repeats it
    then, and an interval of no width would promise what nothing shows.
    """
    found: dict[str, Interval | None] = dict.fromkeys(by_metric)
    usable = {
        name: table
        for name, table in by_metric.items()
        if table.counted.sum() >= ENOUGH_FOR_BOOTSTRAP and _EDGE < table.value < 1 - _EDGE
    }
    if not usable:
        return found
    matrix = np.concatenate([table.columns for table in usable.values()], axis=1)
    ends = np.cumsum([table.columns.shape[1] for table in usable.values()])[:-1]
    values: dict[str, list[Floats]] = {name: [] for name in usable}
    for weights in resampled(len(matrix), draws, seed):
        for (name, table), part in zip(usable.items(), np.split(weights @ matrix, ends, axis=1), strict=True):
            values[name].append(table.of(part))
    tails = [(1 - LEVEL) / 2, (1 + LEVEL) / 2]
    for name, listed in values.items():
        low, high = np.quantile(np.concatenate(listed), tails).tolist()
        found[name] = (low, high)
    return found


def stories_in_words(number: int) -> str:
    """Return a number of stories as it begins a sentence: "Two stories", "6 stories"."""
    return _WORDS[number] if number < len(_WORDS) else f"{number} stories"


def rounded(interval: Interval | None) -> Interval | None:
    """Return an interval with as many decimals as reports show."""
    return None if interval is None else (round(interval[0], _DECIMALS), round(interval[1], _DECIMALS))


def intervals(
    metrics: Mapping[str, Metric], tallies: Mapping[str, Sequence[Any]], *, draws: int = DRAWS, seed: int = SEED
) -> dict[str, Uncertainty]:
    """Return the intervals of each metric from its tallies by story, the same stories in each.

    The overall score has its own under ``overall``, where no metric of it is missing.

    Under six stories there are none at all and no flags: the report's note says so. Where only one metric has too few
    stories with anything to count, its flags say so.
    """
    if max(map(len, tallies.values()), default=0) < ENOUGH_STORIES:
        return {name: Uncertainty() for name in tallies}
    made = {name: tables(metrics[name], listed)[0] for name, listed in tallies.items()}
    overall = overall_table(made)
    if overall is not None:
        made[OVERALL_NAME] = overall
    bootstraps = percentile_bootstrap(made, draws=draws, seed=seed)
    found = {}
    for name, table in made.items():
        interval, number = jackknife_t(table), int(table.counted.sum())
        flags = () if interval else (f"{TOO_FEW}: {number} of {len(table.counts)} have anything to count",)
        found[name] = Uncertainty(rounded(interval), rounded(bootstraps[name]), flags)
    return found


def part_intervals(metrics: Mapping[str, Metric], tallies: Mapping[str, Sequence[Any]]) -> dict[str, list[float]]:
    """Return jackknife-t intervals from tallies by story: of each metric, the overall score and its parts.

    Those of fewer than six stories are left out.
    """
    if max(map(len, tallies.values()), default=0) < ENOUGH_STORIES:
        return {}
    made = with_means({name: tables(metrics[name], listed)[0] for name, listed in tallies.items()})
    found = {name: rounded(jackknife_t(table)) for name, table in made.items()}
    return {name: list(ends) for name, ends in found.items() if ends is not None}
