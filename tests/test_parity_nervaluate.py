"""SemEval-2013: equal to nervaluate 1.2.1, strict and exact, and matched best where it is not."""

from fractions import Fraction
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nervaluate.evaluator import Evaluator

from parley.model import Entity, Mention, Prediction
from parley.scoring import entities as spans
from parley.scoring.counts import Counts, Tally, add_up, f1
from parley.scoring.entities import typed
from parley.scoring.pair import Pair
from scoring_help import Writer
from test_parity_seqeval import flat_spans

Item = tuple[int, int, str]
TYPES = ("GPE", "PER", "WEA")
TEXT = Writer("abcdefghijklmnopqrstuvwxyz")  # each letter stands for a place; types and spans are all that counts


def annotated(items: set[Item]) -> Prediction:
    return Prediction(
        id="a",
        mentions=[Mention(id=f"m{i}", start=s, end=e, entity=t, form="NAM") for i, (s, e, t) in enumerate(items)],
        entities=[Entity(id=t, type=t, name=t) for t in TYPES],
        events=[],
        stances=[],
    )


def pair(gold: set[Item], predicted: set[Item]) -> Pair:
    return TEXT.pair(annotated(gold), annotated(predicted))


def theirs(articles: list[tuple[set[Item], set[Item]]], schema: str) -> tuple[float, ...]:
    """nervaluate's scores, the spans in the order of the text. Its ends are inclusive."""

    def listed(items: set[Item]) -> list[dict[str, object]]:
        return [{"label": kind, "start": start, "end": end - 1} for start, end, kind in sorted(items)]

    gold, predicted = [listed(g) for g, _ in articles], [listed(p) for _, p in articles]
    result = Evaluator(gold, predicted, tags=list(TYPES), loader="dict").evaluate()["overall"][schema]
    return result.correct, result.possible, result.actual, result.precision, result.recall, result.f1


def ours(tally: Tally) -> tuple[object, ...]:
    score, total = f1(tally), tally.total
    return total.recalled, total.gold, total.predicted, score.precision, score.recall, score.value


nested = st.sets(
    st.tuples(st.integers(0, 12), st.integers(1, 8), st.sampled_from(TYPES)).map(lambda s: (s[0], s[0] + s[1], s[2])),
    max_size=8,
)


@given(st.lists(st.tuples(flat_spans(), flat_spans()), min_size=1, max_size=4))
def test_flat_spans_equal_nervaluate(articles: list[tuple[set[Item], set[Item]]]) -> None:
    """Strict and exact, compat and matched best: on flat data all are the same."""
    for schema, functions in (
        ("strict", (spans.strict, spans.nervaluate_strict)),
        ("exact", (spans.exact, spans.nervaluate_exact)),
    ):
        expected = theirs(articles, schema)
        for function in functions:
            tally = add_up(function(pair(gold, predicted)) for gold, predicted in articles)
            assert ours(tally) == pytest.approx(expected, abs=1e-12)


@given(nested, nested)
def test_compat_equals_nervaluate_on_nested_spans_too(gold: set[Item], predicted: set[Item]) -> None:
    for schema, function in (("strict", spans.nervaluate_strict), ("exact", spans.nervaluate_exact)):
        assert ours(function(pair(gold, predicted))) == pytest.approx(theirs([(gold, predicted)], schema), abs=1e-12)


@given(nested, nested)
def test_the_best_matching_is_never_below_nervaluate(gold: set[Item], predicted: set[Item]) -> None:
    both = pair(gold, predicted)
    assert spans.strict(both).total.recalled >= spans.nervaluate_strict(both).total.recalled
    assert spans.exact(both).total.recalled >= spans.nervaluate_exact(both).total.recalled
    assert spans.strict(both) == typed(both)


def test_one_percent_of_a_long_mention_is_no_overlap() -> None:
    """nervaluate wants 1 % of the gold span: of 101 characters one is too little to use the span up."""
    long, beside, right = (0, 101, "PER"), (100, 110, "PER"), (0, 101, "PER")
    touching = spans.Overlaps([long], sorted([right, beside]), {0: [0], 1: [0]})
    assert spans.nervaluate(touching, lambda gold, predicted: gold == predicted).recalled == 1
    # With the one beside first the gold span is still there for the right one; of 100 characters it would be gone.
    turned = spans.Overlaps([long], [beside, right], {0: [0], 1: [0]})
    assert spans.nervaluate(turned, lambda gold, predicted: gold == predicted).recalled == 1
    shorter = spans.Overlaps([(1, 101, "PER")], [beside, (1, 101, "PER")], {0: [0], 1: [0]})
    assert spans.nervaluate(shorter, lambda gold, predicted: gold == predicted).recalled == 0


def test_the_four_schemas_by_hand() -> None:
    """One exact, one of another type, one too long, one shifted, one missed, one spurious."""
    gold = {(0, 3, "PER"), (4, 6, "GPE"), (7, 9, "GPE"), (10, 14, "WEA"), (20, 22, "PER")}
    predicted = {(0, 3, "PER"), (4, 6, "PER"), (7, 10, "GPE"), (12, 16, "PER"), (23, 24, "GPE")}
    both = pair(gold, predicted)
    assert spans.strict(both).total == Counts(5, 5, 1, 1)  # the first
    assert spans.exact(both).total == Counts(5, 5, 2, 2)  # the second too
    assert spans.same_type(both).total == Counts(5, 5, 2, 2)  # the first and the third
    assert spans.partial(both).total == Counts(5, 5, 3, 3)  # 1 + 1 + ½ + ½
    assert spans.untyped(both).total == Counts(5, 5, 2, 2)


@given(
    st.sets(st.tuples(st.integers(0, 6), st.integers(1, 4)).map(lambda s: (s[0], s[0] + s[1], "PER")), max_size=4),
    st.sets(st.tuples(st.integers(0, 6), st.integers(1, 4)).map(lambda s: (s[0], s[0] + s[1], "PER")), max_size=4),
)
def test_partial_credit_is_the_most_any_matching_gives(gold: set[Item], predicted: set[Item]) -> None:
    """Against trying out every one-to-one matching."""

    def credit(one: Item, other: Item | None) -> Fraction:
        if other is None or one[1] <= other[0] or other[1] <= one[0]:
            return Fraction(0)
        return Fraction(1) if one == other else Fraction(1, 2)

    options: list[Item | None] = [*predicted, *([None] * len(gold))]
    best = max(
        (sum(map(credit, gold, chosen), Fraction(0)) for chosen in permutations(options, len(gold))),
        default=Fraction(0),
    )
    assert spans.partial(pair(gold, predicted)).total.recalled == best
