"""Is one system better than another, or could chance explain it? A paired test over stories, and an interval.

Both systems are scored on the same stories, so the stories are paired. If the systems were equally good, either
could have given either answer to a story: swapping their answers, story by story, shows how large a difference
chance makes.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

import numpy as np

from parley.scoring.uncertainty import (
    ENOUGH_STORIES,
    SEED,
    Floats,
    Interval,
    Table,
    block_sizes,
    jackknife_error,
    upper_t,
    zero_event_bound,
)

EXACT_STORIES = 16  # up to so many, all 2ⁿ swaps are tried
FLIPS = 100_000  # else so many are drawn
POWER = 0.80  # chance that the smallest difference shown is found

_SAME = 1e-12  # a difference that equals the one observed but for the order of float additions


class FlipTest(NamedTuple):
    """The result of a sign-flip test."""

    p: float
    stories: int  # in which the two systems' counts differ; swapping the others changes nothing
    exact: bool  # all swaps tried, not a sample of them


def _differing(one: Table, other: Table) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    return np.asarray((one.counts != other.counts).any(axis=(1, 2)))


def _all_swaps(stories: int) -> Iterator[Floats]:
    """Yield blocks of all 2ⁿ choices of stories to swap: 1 swapped, 0 not."""
    done = 0
    for size in block_sizes(2**stories, stories):
        numbers = np.arange(done, done + size)
        yield ((numbers[:, None] >> np.arange(stories)) & 1).astype(np.float64)
        done += size


def _drawn_swaps(stories: int, draws: int, seed: int) -> Iterator[Floats]:
    """Yield blocks of random choices of stories to swap, each with probability ½."""
    random = np.random.default_rng(seed)
    for size in block_sizes(draws, stories):
        bits = np.unpackbits(random.integers(0, 256, size=(size, -(-stories // 8)), dtype=np.uint8), axis=1)
        yield bits[:, :stories].astype(np.float64)


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
    """Return the two-sided sign-flip test of two systems by metric, the same stories in each.

    The statistic is the difference of the pooled scores, |score(ΣA) − score(ΣB)|. Under the hypothesis that an
    story's two answers could as well have come from the other system each, its counts are swapped between A and B
    with probability ½, for all stories at once, and the scores divided anew (paired randomisation: Fisher 1935;
    Noreen 1989; Yeh 2000). p is the share of swaps with a statistic at least as large: of all 2ᵐ where the counts of at
    most 16 stories differ, else (c + 1)/(B + 1) with c of B random draws (Phipson & Smyth 2010).

    Stories in which both count the same are passed over: swapping them changes nothing. With m stories left the
    smallest possible p is 2/2ᵐ: none under .05 below m = 6.
    """
    found: dict[str, FlipTest] = {}
    many: dict[str, tuple[Table, Table]] = {}
    for name, (one, other) in pairs.items():
        differing = _differing(one, other)
        number = int(differing.sum())
        if number > EXACT_STORIES:
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
        stories = len(next(iter(many.values()))[0].counts)
        for name, far in _as_far(many, _drawn_swaps(stories, draws, seed)).items():
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


def _difference(one: Table, other: Table) -> tuple[int, float, float]:
    """Return the number of stories in which either has anything to count, the difference, and its jackknife error.

    √((n−1)/n · Σ(d₍ᵢ₎ − d̄)²), where d₍ᵢ₎ is the difference without story i for both systems; 0 where leaving out a
    story changes nothing (both perfect, both empty, the same counts).
    """
    counted = one.counted | other.counted
    left, right = Table(one.counts[counted], one.score), Table(other.counts[counted], other.score)
    error = jackknife_error(left.without_each - right.without_each) if counted.any() else 0.0
    return int(counted.sum()), left.value - right.value, error if error > _SAME else 0.0


def difference_interval(one: Table, other: Table) -> Interval | None:
    """Return the jackknife-t interval of the difference, on the plain scale and cut to [−1, 1].

    d ± t · s with the jackknife error s of the difference d; n are the stories in which either has anything to count.
    None under six. Where the error is 0, the half-width is the share of stories that may differ unseen
    (``uncertainty.zero_event_bound``).
    """
    number, difference, error = _difference(one, other)
    if number < ENOUGH_STORIES:
        return None
    half = upper_t(number) * error if error else zero_event_bound(number)
    return max(-1.0, difference - half), min(1.0, difference + half)


def smallest_difference(pairs: Iterable[tuple[Table, Table]]) -> float | None:
    """Return the smallest true difference that so many stories show: found at .05, two-sided, in four of five cases.

    (t(.975) + t(.80)) · s with n − 1 degrees of freedom, s the jackknife error of the difference of two systems: the
    minimum detectable effect (Bloom 1995, "Minimum Detectable Effects"; for comparisons of systems see Card et al.
    2020, "With Little Power Comes Great Responsibility"). The median over ``pairs`` of systems, as the error depends
    on how alike the two are. It is for a single test: Holm's adjustment needs more.

    Pairs whose error is 0, or of which fewer than six stories have anything to count, say nothing of it; None without
    any other.
    """
    found = [(number, error) for number, _, error in (_difference(*pair) for pair in pairs)]
    enough = [(upper_t(n) + upper_t(n, POWER)) * error for n, error in found if n >= ENOUGH_STORIES and error]
    return float(np.median(enough)) if enough else None
