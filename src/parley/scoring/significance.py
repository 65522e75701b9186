"""Is one system better than another, or could chance explain it? A paired test over articles, and an interval.

Both systems are scored on the same articles, so the articles are paired. If the systems were equally good, either
could have given either answer to an article: swapping their answers, article by article, shows how large a difference
chance makes.
"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

import numpy as np

from parley.scoring.uncertainty import (
    ENOUGH_ARTICLES,
    SEED,
    Floats,
    Interval,
    Table,
    block_sizes,
    jackknife_error,
    two_sided_t,
    zero_event_bound,
)

EXACT_ARTICLES = 16  # up to so many, all 2ⁿ swaps are tried
FLIPS = 100_000  # else so many are drawn

_SAME = 1e-12  # a difference that equals the one observed but for the order of float additions


class FlipTest(NamedTuple):
    """The result of a sign-flip test."""

    p: float
    articles: int  # in which the two systems' counts differ; swapping the others changes nothing
    exact: bool  # all swaps tried, not a sample of them


def _differing(one: Table, other: Table) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    return np.asarray((one.counts != other.counts).any(axis=(1, 2)))


def _all_swaps(articles: int) -> Iterator[Floats]:
    """Yield blocks of all 2ⁿ choices of articles to swap: 1 swapped, 0 not."""
    done = 0
    for size in block_sizes(2**articles, articles):
        numbers = np.arange(done, done + size)
        yield ((numbers[:, None] >> np.arange(articles)) & 1).astype(np.float64)
        done += size


def _drawn_swaps(articles: int, draws: int, seed: int) -> Iterator[Floats]:
    """Yield blocks of random choices of articles to swap, each with probability ½."""
    random = np.random.default_rng(seed)
    for size in block_sizes(draws, articles):
        bits = np.unpackbits(random.integers(0, 256, size=(size, -(-articles // 8)), dtype=np.uint8), axis=1)
        yield bits[:, :articles].astype(np.float64)


def _as_far(pairs: Mapping[str, tuple[Table, Table]], swaps: Iterator[Floats]) -> dict[str, int]:
    """Return by metric how many swaps give a difference at least as large as the one observed, either way."""
    changes = np.concatenate([other.columns - one.columns for one, other in pairs.values()], axis=1)
    ends = np.cumsum([one.columns.shape[1] for one, _ in pairs.values()])[:-1]
    observed = {name: abs(one.value - other.value) for name, (one, other) in pairs.items()}
    far = dict.fromkeys(pairs, 0)
    for chosen in swaps:
        for (name, (one, other)), change in zip(pairs.items(), np.split(chosen @ changes, ends, axis=1), strict=True):
            difference = one.of(one.columns.sum(0) + change) - other.of(other.columns.sum(0) - change)
            far[name] += int((np.abs(difference) >= observed[name] - _SAME).sum())
    return far


def sign_flip(pairs: Mapping[str, tuple[Table, Table]], *, draws: int = FLIPS, seed: int = SEED) -> dict[str, FlipTest]:
    """Return the two-sided sign-flip test of two systems by metric, the same articles in each.

    The statistic is the difference of the pooled scores, |score(ΣA) − score(ΣB)|. Under the hypothesis that an
    article's two answers could as well have come from the other system each, its counts are swapped between A and B
    with probability ½, for all articles at once, and the scores divided anew (paired randomisation: Fisher 1935;
    Noreen 1989; Yeh 2000). p is the share of swaps with a statistic at least as large: of all 2ᵐ where the counts of at
    most 16 articles differ, else (c + 1)/(B + 1) with c of B random draws (Phipson & Smyth 2010).

    Articles in which both count the same are passed over: swapping them changes nothing. With m articles left the
    smallest possible p is 2/2ᵐ: none under .05 below m = 6.
    """
    found: dict[str, FlipTest] = {}
    many: dict[str, tuple[Table, Table]] = {}
    for name, (one, other) in pairs.items():
        differing = _differing(one, other)
        number = int(differing.sum())
        if number > EXACT_ARTICLES:
            many[name] = one, other
            continue
        # What does not differ joins every sum as one more row that is the same on both sides, and is never swapped.
        same = [table.counts[~differing].sum(0, keepdims=True) for table in (one, other)]
        short = tuple(
            Table(np.concatenate([table.counts[differing], rest]), table.score)
            for table, rest in zip((one, other), same, strict=True)
        )
        swaps = (np.pad(block, ((0, 0), (0, 1))) for block in _all_swaps(number))
        far = _as_far({name: (short[0], short[1])}, swaps)[name]
        found[name] = FlipTest(far / 2**number, number, exact=True)
    if many:
        articles = len(next(iter(many.values()))[0].counts)
        for name, far in _as_far(many, _drawn_swaps(articles, draws, seed)).items():
            found[name] = FlipTest((far + 1) / (draws + 1), int(_differing(*many[name]).sum()), exact=False)
    return {name: found[name] for name in pairs}


def holm(p_values: Mapping[str, float]) -> dict[str, float]:
    """Return p-values adjusted for there being several (Holm 1979): the k-th smallest of m is multiplied by m − k + 1.

    No adjusted value is below that of a smaller p-value, or above 1. If no metric truly differs, the chance that any
    adjusted value is under .05 is then at most .05.
    """
    adjusted: dict[str, float] = {}
    largest = 0.0
    for rank, (name, p) in enumerate(sorted(p_values.items(), key=lambda item: item[1])):
        largest = max(largest, min(1.0, (len(p_values) - rank) * p))
        adjusted[name] = largest
    return {name: adjusted[name] for name in p_values}


def difference_interval(one: Table, other: Table) -> Interval | None:
    """Return the jackknife-t interval of the difference, on the plain scale and cut to [−1, 1].

    d ± t · √((n−1)/n · Σ(d₍ᵢ₎ − d̄)²), where d₍ᵢ₎ is the difference without article i for both systems; n are the
    articles in which either has anything to count. None under six. Where leaving out an article changes nothing
    (both perfect, both empty, the same counts), the half-width is the share of articles that may differ unseen
    (``uncertainty.zero_event_bound``).
    """
    counted = one.counted | other.counted
    number = int(counted.sum())
    if number < ENOUGH_ARTICLES:
        return None
    left, right = Table(one.counts[counted], one.score), Table(other.counts[counted], other.score)
    difference = left.value - right.value
    error = jackknife_error(left.without_each - right.without_each)
    half = two_sided_t(number) * error if error > _SAME else zero_event_bound(number)
    return max(-1.0, difference - half), min(1.0, difference + half)
