"""Coreference metrics: exact counts, adding articles, joining articles, nothing to count."""

from collections.abc import Sequence
from fractions import Fraction
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley.scoring import matching as assignment
from parley.scoring.coreference import (
    Contingency,
    b_cubed,
    blanc,
    blanc_links,
    ceaf_e,
    ceaf_m,
    conll,
    conll_counts,
    contingency,
    muc,
)
from parley.scoring.counts import NOTHING, Counts, Score, add_up, f1_of
from parley.scoring.matching import best_matching

MEASURES = {"muc": muc, "bcub": b_cubed, "ceafe": ceaf_e, "ceafm": ceaf_m}

Clusters = Sequence[Sequence[Any]]


def table(gold: Clusters, predicted: Clusters) -> Contingency:
    def named(clusters: Clusters) -> dict[int, list[Any]]:
        return {i: [tuple(s) if isinstance(s, list) else s for s in cluster] for i, cluster in enumerate(clusters)}

    return contingency(named(gold), named(predicted))


def score_of(measure: str, counted: Contingency) -> Score:
    return blanc(blanc_links(counted)) if measure == "blanc" else f1_of(MEASURES[measure](counted))


def test_exact_counts_of_case_a2() -> None:
    """Gold {1} {2,3} {4,5,6}, predicted {1} {4,5}."""
    counted = table([[1], [2, 3], [4, 5, 6]], [[1], [4, 5]])
    # MUC: gold links 0 + 1 + 2, predicted links 0 + 1; {4,5,6} is cut into {4,5} and 6: one link is kept.
    assert muc(counted) == Counts(3, 1, 1, 1)
    # B³ recall: 1 for mention 1; 0 for 2 and 3; 2/3 for 4 and 5; 0 for 6: 7/3 of 6. Precision: all three, 3 of 3.
    assert b_cubed(counted) == Counts(6, 3, Fraction(7, 3), 3)
    # CEAFe: φ4({1},{1}) = 1, φ4({4,5,6},{4,5}) = 2·2/5: 9/5 of 3 gold and of 2 predicted clusters.
    assert ceaf_e(counted) == Counts(3, 2, Fraction(9, 5), Fraction(9, 5))
    # CEAFm: 1 + 2 mentions of 6 and of 3.
    assert ceaf_m(counted) == Counts(6, 3, 3, 3)


def test_articles_are_added_then_divided() -> None:
    one, other = table([[1, 2]], [[1, 2]]), table([[1, 2, 3, 4]], [[1], [2], [3], [4]])
    added = muc(one) + muc(other)
    # 1 of 1 link and 0 of 3 links: recall 1/4, not the mean of 1 and 0; predicted 1 link, right: precision 1.
    assert (f1_of(added).recall, f1_of(added).precision) == (Fraction(1, 4), 1)


def test_joined_articles_are_one_article() -> None:
    """Clusters of one name become one when contingencies are added; it is the same as scoring the joined text."""
    first = contingency({"n": [1, 2], "x": [3]}, {"n": [1], "y": [2, 3]})
    second = contingency({"n": [11], "z": [12]}, {"n": [11, 12]})
    joined = contingency({"n": [1, 2, 11], "x": [3], "z": [12]}, {"n": [1, 11, 12], "y": [2, 3]})
    assert conll_counts(add_up([first, second])) == conll_counts(joined)
    # MUC of the joined: gold links 2, predicted 2 + 1; {1,2,11} is cut into {1,11} and {2}: 1 kept.
    assert muc(add_up([first, second])) == Counts(2, 3, 1, 1)


def test_muc_without_any_cluster_of_two_is_left_out_and_flagged() -> None:
    alone = conll(conll_counts(table([[1], [2]], [[1], [2]])))
    assert alone.value == 1
    assert [flag.split(" has ")[0] for flag in alone.flags] == ["muc"]


def test_muc_counts_where_only_one_side_has_a_cluster_of_two() -> None:
    wrong = conll(conll_counts(table([[1], [2]], [[1, 2]])))
    # MUC 0 (flagged). B³: recall 2/2, precision (1/2 + 1/2)/2 = 1/2, F 2/3. CEAFe: φ4 = 2·1/3; R 1/3, P 2/3, F 4/9.
    assert wrong.value == Fraction(0 + Fraction(2, 3) + Fraction(4, 9)) / 3
    assert len(wrong.flags) == 1 and wrong.flags[0].startswith("muc: nothing in the gold")


def test_nothing_at_all() -> None:
    empty = table([], [])
    assert conll(conll_counts(empty)) == Score(Fraction(0), flags=(NOTHING,))
    assert blanc(blanc_links(empty)).flags == (NOTHING,)


def test_a_span_in_two_clusters_is_refused() -> None:
    with pytest.raises(ValueError, match="again in"):
        table([[1, 2]], [[1], [1, 2]])


@st.composite
def partitions(draw: st.DrawFn) -> list[list[int]]:
    """Some of ten spans, parted into clusters."""
    labels = draw(st.lists(st.integers(0, 4), min_size=10, max_size=10))
    clusters: dict[int, list[int]] = {}
    for span, label in enumerate(labels):
        if label:
            clusters.setdefault(label, []).append(span)
    return list(clusters.values())


@given(partitions(), partitions())
def test_bounds_and_symmetry(gold: list[list[int]], predicted: list[list[int]]) -> None:
    counted, turned = table(gold, predicted), table(predicted, gold)
    for measure in MEASURES:
        got, other = score_of(measure, counted), score_of(measure, turned)
        assert 0 <= got.value <= 1
        assert (got.precision, got.recall) == (other.recall, other.precision)
    got = score_of("blanc", counted)
    assert all(0 <= part <= 1 for part in got[:3] if isinstance(part, Fraction))


@given(partitions())
def test_perfect(gold: list[list[int]]) -> None:
    assert conll(conll_counts(table(gold, gold))).value == bool(gold)


@given(st.dictionaries(st.tuples(st.integers(0, 3), st.integers(0, 3)), st.integers(1, 9)))
def test_best_matching_is_the_best(weights: dict[tuple[int, int], int]) -> None:
    """Against trying out every matching of 4 rows with 4 columns."""
    matching = best_matching(weights)
    assert len(set(matching.values())) == len(matching)
    best = max(sum(weights.get((i, j), 0) for i, j in enumerate(order)) for order in permutations(range(4)))
    assert sum(weights[pair] for pair in matching.items()) == best


@given(st.dictionaries(st.tuples(st.integers(0, 6), st.integers(10, 16)), st.floats(0.1, 1), max_size=30))
def test_a_large_piece_is_matched_as_well_as_a_small_one(weights: dict[tuple[int, int], float]) -> None:
    """The sparse algorithm, which large pieces need, finds the same best sum as the dense one."""

    def best(cells: int) -> float:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(assignment, "_DENSE", cells)
            return sum(weights[pair] for pair in assignment.best_matching(weights).items())

    assert best(0) == pytest.approx(best(1_000_000), abs=1e-9)
