"""95 % intervals of a score: how far it would move on other articles of the same kind.

The article is the sampling unit: mentions of one article are right or wrong together. Two intervals are made from
the counts of each article, without scoring anything again; ``benchmarks/coverage.py`` measures how often they hold.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from scipy.special import expit, logit, stdtrit

from parley.scoring.registry import Metric
from parley.scoring.tables import Floats, Table, block_sizes, overall_table, tables, weighted

ENOUGH_ARTICLES = 6  # for an interval: under six no test can reach p < .05
ENOUGH_FOR_BOOTSTRAP = 20  # articles under which the percentile bootstrap is too narrow to be shown
LEVEL = 0.95
DRAWS = 10_000  # of the bootstrap
SEED = 20_310_304  # any number; fixed, so that the same input gives the same report
TOO_FEW = "too few articles for an interval"
_WORDS = ("No articles", "One article", "Two articles", "Three articles", "Four articles", "Five articles")
OVERALL_NAME = "overall"  # beside the names of metrics

_EDGE = 1e-12  # nearer to 0 or 1 than any ratio of counts can be: the rest of a float subtraction
_DECIMALS = 6  # more would be noise, and differ with the machine's order of float additions

Interval = tuple[float, float]


class Uncertainty(NamedTuple):
    """The intervals of one score, and what a reader must know of them."""

    interval: Interval | None = None
    bootstrap: Interval | None = None
    flags: tuple[str, ...] = ()


def spread(without_each: Floats) -> float:
    """Return the jackknife's standard error from the n delete-one values: √((n−1)/n · Σ(value − mean)²)."""
    number = len(without_each)
    return float(np.sqrt((number - 1) / number * np.square(without_each - without_each.mean()).sum()))


def reach(number: int) -> float:
    """Return the largest share of articles that may be otherwise when all of ``number`` articles are alike.

    The upper end of the exact binomial interval of 0 in n (Clopper & Pearson 1934): 1 − (α/2)^(1/n).
    """
    return float(1 - ((1 - LEVEL) / 2) ** (1 / number))


def two_sided_t(number: int) -> float:
    """Return the quantile of Student's t with n − 1 degrees of freedom that leaves α/2 above it."""
    return float(stdtrit(number - 1, (1 + LEVEL) / 2))


def jackknife_t(table: Table) -> Interval | None:
    """Return the jackknife-t interval on the logit scale, or None with too few articles.

    With p the figure, p₍ᵢ₎ the figure without article i (counts taken off the sum, divided once) and θ = logit p:
    logit⁻¹(θ ± t · √((n−1)/n · Σ(θ₍ᵢ₎ − θ̄)²)), t with n − 1 degrees of freedom (Tukey 1958; Efron & Tibshirani 1993,
    chapter 11). The n are the articles with anything to count: others tell nothing of this score.

    The logit has no value at 0 and 1:

    - Where p₍ᵢ₎ is 0 or 1 for some article (all that is right, or all that is wrong, is in that one), the spread is
      taken on the plain scale and divided by p·(1 − p), the slope of the logit at p (the delta method).
    - Where p is 0 or 1, no spread is seen at all. The interval then reaches from p as far as the share of articles
      that may be otherwise (``reach``): [0, .46] at six articles, [0, .17] at twenty.
    """
    counts = table.counts[table.counted]
    number = len(counts)
    if number < ENOUGH_ARTICLES:
        return None
    here = Table(counts, table.figure)
    value, without_each = here.value, here.without_each
    if value < _EDGE:
        return 0.0, reach(number)
    if value > 1 - _EDGE:
        return 1 - reach(number), 1.0
    if without_each.min() < _EDGE or without_each.max() > 1 - _EDGE:
        error = spread(without_each) / (value * (1 - value))
    else:
        error = spread(logit(without_each))
    half = two_sided_t(number) * error
    return float(expit(logit(value) - half)), float(expit(logit(value) + half))


def resampled(articles: int, draws: int, seed: int) -> Iterator[Floats]:
    """Yield blocks of weights (draws, articles): how often each article is drawn when as many are drawn with replacement.

    That is a multinomial distribution; counting drawn numbers is faster than numpy's ``multinomial``.
    """
    random = np.random.default_rng(seed)
    for size in block_sizes(draws, articles):
        drawn = random.integers(0, articles, size=(size, articles), dtype=np.uint32)
        places = drawn + np.arange(size, dtype=np.int64)[:, None] * articles
        counted = np.bincount(places.ravel(), minlength=size * articles)
        yield counted.reshape(size, articles).astype(np.float64)


def percentile_bootstrap(
    by_metric: Mapping[str, Table], *, draws: int = DRAWS, seed: int = SEED
) -> dict[str, Interval | None]:
    """Return percentile bootstrap intervals (Efron 1979) of tables over the same articles, drawn once for all.

    None where fewer than twenty articles have anything to count, and where the figure is 0 or 1: every draw repeats
    it then, and an interval of no width would promise what nothing shows.
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
    for sums in weighted(matrix, resampled(len(matrix), draws, seed)):
        for (name, table), part in zip(usable.items(), np.split(sums, ends, axis=1), strict=True):
            values[name].append(table.of(part))
    tails = [(1 - LEVEL) / 2, (1 + LEVEL) / 2]
    for name, listed in values.items():
        low, high = np.quantile(np.concatenate(listed), tails).tolist()
        found[name] = (low, high)
    return found


def articles_in_words(number: int) -> str:
    """Return a number of articles as a sentence begins with it: "Two articles", "6 articles"."""
    return _WORDS[number] if number < len(_WORDS) else f"{number} articles"


def rounded(interval: Interval | None) -> Interval | None:
    """Return an interval with as many decimals as reports show."""
    return None if interval is None else (round(interval[0], _DECIMALS), round(interval[1], _DECIMALS))


def intervals(
    metrics: Mapping[str, Metric], tallies: Mapping[str, Sequence[Any]], *, draws: int = DRAWS, seed: int = SEED
) -> dict[str, Uncertainty]:
    """Return the intervals of each metric from its tallies by article, the same articles in each.

    The overall score has its own under ``overall``, where no metric of it is missing.

    A metric on all articles joined into one has none: its clusters run across articles, which are then no units that
    could be drawn one by one. Under six articles there are none at all and no flags, the report's note says so; where
    only this metric has too few articles with anything to count, its flags say so.
    """
    if max(map(len, tallies.values()), default=0) < ENOUGH_ARTICLES:
        return {name: Uncertainty() for name in tallies}
    made = {name: tables(metrics[name], listed)[0] for name, listed in tallies.items() if metrics[name].joined is None}
    whole = overall_table(made)
    if whole is not None:
        made[OVERALL_NAME] = whole
    bootstraps = percentile_bootstrap(made, draws=draws, seed=seed)
    found = {name: Uncertainty(flags=("no interval: the articles are joined into one",)) for name in tallies}
    for name, table in made.items():
        interval, number = jackknife_t(table), int(table.counted.sum())
        flags = () if interval else (f"{TOO_FEW}: {number} of {len(table.counts)} have anything to count",)
        found[name] = Uncertainty(rounded(interval), rounded(bootstraps[name]), flags)
    return found
