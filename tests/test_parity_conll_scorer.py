"""Coreference equals the CoNLL reference scorer v8.01 on all its cases; LEA the worked example of its paper."""

import json
from fractions import Fraction
from typing import Any

import pytest

from conftest import TESTS
from parley.scoring.coreference import blanc_links, detection, lea, on_shared_mentions, without_singletons
from parley.scoring.counts import Counts, exact_counts, f1_of, macro_f1
from test_scoring_coreference import MEASURES, score_of, table

CASES = json.loads((TESTS / "cases" / "coref-cases.json").read_text("utf-8"))["cases"]


@pytest.mark.parametrize(
    ("case", "measure"), [(case, measure) for case in CASES for measure in case["expected"]],
    ids=lambda value: value if isinstance(value, str) else value["id"],
)  # fmt: skip
def test_reference_scorer(case: dict[str, Any], measure: str) -> None:
    got = score_of(measure, table(case["gold"], case["predicted"]))
    assert (got.recall, got.precision, got.value) == pytest.approx(case["expected"][measure], abs=1e-4)


def test_every_measure_has_cases() -> None:
    assert {measure for case in CASES for measure in case["expected"]} == {*MEASURES, "blanc"}


@pytest.mark.parametrize("case", [case for case in CASES if "blanc" in case["expected"]], ids=lambda case: case["id"])
def test_blanc_by_the_other_rule(case: dict[str, Any]) -> None:
    """Only M3 and N3 have a class of links that the key has none of and the response has: it halves the mean.

    M3: one gold entity, the response cuts it: non-coreference links in the response alone. N3: six gold singletons,
    the response links some: coreference links in the response alone.
    """
    published = case["expected"]["blanc"][2]
    expected = published / 2 if case["id"] in ("M3", "N3") else published
    assert float(macro_f1(blanc_links(table(case["gold"], case["predicted"]))).value) == pytest.approx(
        expected, abs=1e-4
    )


def test_lea_as_in_its_paper() -> None:
    """Moosavi & Strube 2016, the example of section 3: K1 = abc, K2 = defg; R1 = ab, R2 = cd, R3 = fghi."""
    counted = lea(table(["abc", "defg"], ["ab", "cd", "fghi"]))
    # Recall: 3 · 1/3 (of ab ac bc: ab) + 4 · 1/6 (of six: fg) = 5/3 of 7 = .24
    # Precision: 2 · 1/1 (ab) + 2 · 0/1 + 4 · 1/6 (fg) = 8/3 of 8 = .33
    assert counted == Counts(7, 8, Fraction(5, 3), Fraction(8, 3))
    assert float(f1_of(counted).value) == pytest.approx(0.28, abs=0.005)


def test_lea_of_singletons() -> None:
    """A singleton is resolved if it is one on the other side too: a is, b is not; bc is none of the gold's pairs."""
    assert lea(table(["a", "b", "cd"], ["a", "bc", "d"])) == Counts(4, 4, 1, 1)


def test_singletons_left_out() -> None:
    """Gold ab c, predicted ac b: without singletons ab against ac, a alone in common."""
    counted = without_singletons(table(["ab", "c"], ["ac", "b"]))
    assert detection(counted) == exact_counts(1, 2, 2)
    assert MEASURES["bcub"](counted) == Counts(2, 2, Fraction(1, 2), Fraction(1, 2))  # a: 1/2; b and c are missing
    assert detection(without_singletons(table(["a"], ["a"]))).is_empty


def test_detection_apart_from_linking() -> None:
    """Gold ab cd, predicted ab ex: a and b are found, c and d missed; what is found is put together perfectly."""
    counted = table(["ab", "cd"], ["ab", "ex"])
    assert detection(counted) == exact_counts(2, 4, 4)
    assert MEASURES["bcub"](on_shared_mentions(counted)) == Counts(2, 2, 2, 2)
    # Wrong links among what is found stay wrong: gold ab c, predicted a b(c missing): nothing linked.
    assert MEASURES["muc"](on_shared_mentions(table(["ab", "c"], ["a", "b"]))) == Counts(1, 0, 0, 0)
