"""Intervals: by hand, by brute force, by scipy; what is defined at the edges; what is not given."""

from collections.abc import Callable, Sequence
from fractions import Fraction
from math import exp, log, sqrt

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from parley.scoring import METRICS, coreference, score
from parley.scoring.counts import Counts, Score, Tally, accuracy, add_up, exact_counts, f1, macro_f1
from parley.scoring.registry import OVERALL, Metric
from parley.scoring.uncertainty import (
    Table,
    intervals,
    jackknife_t,
    overall_table,
    percentile_bootstrap,
    resampled,
    tables,
)
from scoring_help import copies_of_the_small_article

SCORES = [f1, accuracy, macro_f1, coreference.conll, coreference.blanc]
T5 = 2.570581835636314  # t with 5 degrees of freedom, .975; any table has 2.571


def metric(figure: Callable[[Tally], Score]) -> Metric:
    return Metric("entities", "a test", lambda pair: Tally(), figure, "")


def table(tallies: Sequence[Tally], figure: Callable[[Tally], Score] = f1) -> Table:
    return tables(metric(figure), tallies)[0]


def shares(*right: int, of: int = 10) -> list[Tally]:
    """An article for each number: so many right of ``of`` gold and ``of`` predicted items, so that F1 = right / of."""
    return [Tally({"": exact_counts(number, of, of)}) for number in right]


# --- scores of arrays equal the exact ones

counted = st.builds(
    lambda gold, predicted, share, other: Counts(
        gold, predicted, Fraction(share, 7) * min(gold, predicted), Fraction(other, 7) * min(gold, predicted)
    ),
    st.integers(0, 4),
    st.integers(0, 4),
    st.integers(0, 7),
    st.integers(0, 7),
)


@pytest.mark.parametrize("figure", SCORES, ids=lambda score: score.__name__)
@given(st.lists(st.fixed_dictionaries({"one": counted, "two": counted, "three": counted}), min_size=1, max_size=5))
@settings(max_examples=60)
def test_scores_of_arrays_are_the_exact_scores(figure: Callable[[Tally], Score], rows: list[dict[str, Counts]]) -> None:
    tallies = [Tally(row) for row in rows]
    made = table(tallies, figure)
    assert made.value == pytest.approx(float(figure(add_up(tallies)).value), abs=1e-12)
    without = [add_up([Tally(), *tallies[:i], *tallies[i + 1 :]]) for i in range(len(tallies))]
    full = [Tally({label: one.get(label, Counts()) for label in rows[0]}) for one in without]
    assert made.without_each == pytest.approx([float(figure(one).value) for one in full], abs=1e-12)


def test_every_score_of_the_registry_is_tried_on_arrays() -> None:
    assert {m.score for m in METRICS.values()} <= set(SCORES)


def test_the_overall_score_is_the_mean_of_its_parts() -> None:
    """The i-th metric is at i/10: entities (0 + .1) / 2, events (.2 + .3 + .4) / 3, stance (.5 + .6) / 2: 0.3."""
    names = [name for part in OVERALL.values() for name in part]
    parts = {
        name: tables(
            METRICS[name], [Tally({label: exact_counts(i, 10, 10) for label in ("muc", "b_cubed", "ceaf_e")})]
        )[0]
        for i, name in enumerate(names)
    }
    whole = overall_table(parts)
    assert whole is not None and whole.value == pytest.approx((0.05 + 0.3 + 0.55) / 3)
    del parts[names[0]]
    assert overall_table(parts) is None


# --- jackknife-t


def test_jackknife_t_by_hand() -> None:
    """Six articles of 10 items, right 2 4 4 6 6 8: p = 30/60 = 1/2, θ = 0.

    Without an article of r right p is (30 − r)/50: 28 26 26 24 24 22 fiftieths, θ = log of 28/22, 26/24, 26/24,
    24/26, 24/26, 22/28 = a, b, b, −b, −b, −a with mean 0. s² = 5/6 · (2a² + 4b²).
    """
    a, b = log(28 / 22), log(26 / 24)
    half = T5 * sqrt(5 / 6 * (2 * a * a + 4 * b * b))
    assert half == pytest.approx(0.8841, abs=1e-4)  # a .24116, b .08004: √(5/6 · .14195) = .34394, times 2.5706
    got = jackknife_t(table(shares(2, 4, 4, 6, 6, 8)))
    assert got == pytest.approx((1 / (1 + exp(half)), 1 / (1 + exp(-half))))


def test_counts_are_added_before_they_are_divided() -> None:
    """Articles of different size: p is 12/40, not the mean of the articles' shares."""
    tallies = [
        Tally({"": exact_counts(right, gold, gold)})
        for right, gold in ((1, 2), (1, 10), (2, 4), (3, 10), (2, 4), (3, 10))
    ]
    without = [(12 - right) / (40 - gold) for right, gold in ((1, 2), (1, 10), (2, 4), (3, 10), (2, 4), (3, 10))]
    thetas = [log(p / (1 - p)) for p in without]
    average = sum(thetas) / 6
    half = T5 * sqrt(5 / 6 * sum((theta - average) ** 2 for theta in thetas))
    centre = log(12 / 28)
    expected = 1 / (1 + exp(half - centre)), 1 / (1 + exp(-half - centre))
    assert jackknife_t(table(tallies)) == pytest.approx(expected)


def test_for_a_mean_the_spread_is_that_of_the_mean() -> None:
    """Articles of one size, figure far from the edges: the interval is near scipy's t interval of a mean."""
    right = [48, 50, 52, 49, 51, 50, 47, 53]
    plain = stats.t.interval(0.95, 7, loc=0.5, scale=stats.sem([r / 100 for r in right]))
    assert jackknife_t(table(shares(*right, of=100))) == pytest.approx(plain, abs=2e-4)


@pytest.mark.parametrize("number", [6, 20])
def test_at_the_edges_it_reaches_as_far_as_the_exact_binomial(number: int) -> None:
    """No article shows anything else: scipy's Clopper–Pearson interval of 0 in n articles."""
    exact = stats.binomtest(0, number).proportion_ci(0.95, method="exact")
    assert jackknife_t(table(shares(*[0] * number))) == pytest.approx((0, exact.high))
    assert jackknife_t(table(shares(*[10] * number))) == pytest.approx((1 - exact.high, 1))
    assert exact.high == pytest.approx({6: 0.459, 20: 0.168}[number], abs=1e-3)


def test_where_one_article_has_all_that_is_right() -> None:
    """Right 6 0 0 0 0 0 of 10: p = 1/10; without the first 0, without another 6/50 = .12; mean .1.

    s = √(5/6 · (.1² + 5 · .02²)) = √.01 = .1 on the plain scale, over p·(1 − p) = .09: 10/9 on the logit scale.
    """
    half, centre = T5 * 10 / 9, log(1 / 9)
    expected = 1 / (1 + exp(half - centre)), 1 / (1 + exp(-half - centre))
    assert jackknife_t(table(shares(6, 0, 0, 0, 0, 0))) == pytest.approx(expected)


def test_articles_without_anything_to_count_are_no_articles() -> None:
    six = shares(2, 4, 4, 6, 6, 8)
    nothing = [Tally({"": Counts()}), Tally()] * 20
    assert jackknife_t(table([*six, *nothing])) == jackknife_t(table(six))
    assert jackknife_t(table([*six[:5], *nothing])) is None


@given(st.lists(st.integers(0, 10), min_size=6, max_size=30), st.sampled_from([f1, accuracy, macro_f1]))
def test_an_interval_holds_its_figure_and_stays_in_bounds(right: list[int], figure: Callable[[Tally], Score]) -> None:
    made = table(shares(*right), figure)
    interval = jackknife_t(made)
    assert interval is not None
    assert 0 <= interval[0] <= made.value + 1e-12 and made.value - 1e-12 <= interval[1] <= 1


# --- bootstrap


def test_weights_are_multinomial() -> None:
    """Each draw has as many articles as there are; of 20 a weight has mean 1 and variance 19/20."""
    weights = np.concatenate(list(resampled(20, 10_000, seed=3)))
    assert weights.shape == (10_000, 20)
    assert set(weights.sum(axis=1)) == {20}
    assert weights.mean(axis=0) == pytest.approx(np.ones(20), abs=0.04)
    assert weights.var() == pytest.approx(0.95, abs=0.01)


def test_the_bootstrap_of_a_mean_is_that_of_scipy() -> None:
    right = [0, 1, 2, 2, 3, 3, 4, 4, 5, 5, 5, 6, 6, 7, 7, 8, 8, 9, 10, 10]
    drawn = stats.bootstrap(
        ([r / 10 for r in right],), np.mean, n_resamples=10_000, method="percentile", rng=np.random.default_rng(1)
    ).confidence_interval
    got = percentile_bootstrap({"x": table(shares(*right))})["x"]
    assert got == pytest.approx((drawn.low, drawn.high), abs=0.01)


def test_the_bootstrap_of_a_ratio_is_that_of_whole_resamples() -> None:
    """Against tallies drawn, added and divided one by one, with part credit and components left out."""
    made = [
        Tally({"muc": exact_counts(i % 3, 2 * (i % 3), 3), "b_cubed": Counts(5, 4, Fraction(i, 9), Fraction(i, 8))})
        for i in range(20)
    ]
    slow = []
    for weights in resampled(20, 300, seed=5):
        for row in weights.astype(int):
            added = add_up(made[i] for i, times in enumerate(row) for _ in range(times))
            slow.append(float(coreference.conll(added).value))
    got = percentile_bootstrap({"x": table(made, coreference.conll)}, draws=300, seed=5)["x"]
    assert got == pytest.approx(np.quantile(slow, [0.025, 0.975]).tolist())


def test_no_bootstrap_under_twenty_or_without_spread() -> None:
    found = percentile_bootstrap({"x": table(shares(*range(10), *range(9)))})
    assert found == {"x": None}
    assert percentile_bootstrap({"all": table(shares(*[10] * 20)), "none": table(shares(*[0] * 20))}) == {
        "all": None,
        "none": None,
    }


def test_metrics_are_drawn_together_as_they_would_be_alone() -> None:
    one, other = table(shares(*range(10), *range(10))), table(shares(*[3, 4] * 10), macro_f1)
    together = percentile_bootstrap({"one": one, "other": other}, draws=500)
    assert together == {
        **percentile_bootstrap({"one": one}, draws=500),
        **percentile_bootstrap({"other": other}, draws=500),
    }


# --- what the report gets


def test_the_same_seed_gives_the_same_intervals() -> None:
    tallies = {"entities.typed_f1": shares(*[i * i for i in range(20)], of=400)}
    assert intervals(METRICS, tallies) == intervals(METRICS, tallies)
    assert intervals(METRICS, tallies) != intervals(METRICS, tallies, seed=2)


def test_under_six_articles_there_are_none() -> None:
    found = intervals(METRICS, {"entities.typed_f1": shares(1, 2, 3, 4, 5)})
    assert found["entities.typed_f1"] == (None, None, ())


def test_a_metric_with_too_few_articles_of_its_own_says_so() -> None:
    tallies = {"events.tc": shares(1, 2, 3, 4, 5, 6), "stance.tuple_f1": [*shares(1, 2), *[Tally()] * 4]}
    found = intervals(METRICS, tallies)
    assert found["events.tc"].interval is not None and found["events.tc"].flags == ()
    assert found["stance.tuple_f1"] == (
        None,
        None,
        ("too few stories for an interval: 2 of 6 have anything to count",),
    )


@pytest.mark.parametrize(("copies", "has_bootstrap"), [(7, False), (21, True)])
def test_the_report_has_them(copies: int, has_bootstrap: bool) -> None:
    many, whole = copies_of_the_small_article(copies)
    report = score(many, {name: msgspec.structs.replace(one, stances=None) for name, one in whole.items()})
    typed = report.metrics["entities.typed_f1"]
    assert typed.value is not None and typed.interval is not None
    assert 0 < typed.interval[0] < typed.value < typed.interval[1] < 1
    assert (typed.bootstrap is not None) == has_bootstrap
    assert report.metrics["entities.cross_conll"].interval is not None
    assert report.metrics["stance.tuple_f1"].interval is None
    assert report.overall.interval is None  # a layer of it was not attempted
    assert "Intervals are 95 %" in report.note


def test_the_overall_score_has_an_interval_of_its_own() -> None:
    """Equal to the formula on reports that leave each article out in turn, scored again."""
    many, predictions = copies_of_the_small_article(7)
    report = score(many, predictions)
    theta = []
    for left_out in many.articles:
        rest = {name: article for name, article in many.articles.items() if name != left_out}
        value = score(msgspec.structs.replace(many, articles=rest), predictions).overall.value
        assert value is not None
        theta.append(log(value / (1 - value)))
    mean = sum(theta) / 7
    error = sqrt(6 / 7 * sum((one - mean) ** 2 for one in theta))
    assert report.overall.value is not None and report.overall.interval is not None
    middle, half = log(report.overall.value / (1 - report.overall.value)), float(stats.t.ppf(0.975, 6)) * error
    ends = [1 / (1 + exp(-middle + half)), 1 / (1 + exp(-middle - half))]
    assert report.overall.interval == pytest.approx(ends, abs=1e-6)  # a report rounds them to six decimals
    assert report.overall.bootstrap is None
    assert all(one.interval is None for one in report.overall_per_article.values())
