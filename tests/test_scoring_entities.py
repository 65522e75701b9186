"""Span F1, linking: by hand. (Bounds, order, and that mistakes never pay: test_scoring_properties.)"""

from fractions import Fraction

import pytest

from parley.model import Entity, Mention
from parley.scoring.counts import (
    NO_GOLD,
    NO_PREDICTION,
    NOTHING,
    Counts,
    Tally,
    add_up,
    compare,
    exact_counts,
    f1_of,
    macro_f1,
)
from parley.scoring.entities import linking, typed
from scoring_help import Writer, small_corpus, small_prediction

WORDS = Writer("Norland and Sudovia signed the truce in Harrow on Monday while Ada Brink of Norland watched.")


def test_counts_add_and_are_divided_once() -> None:
    added = exact_counts(1, 1, 1) + exact_counts(0, 3, 0)
    assert added == Counts(4, 1, 1, 1)
    # precision 1/1, recall 1/4: 2 · 1 · ¼ / 1¼ = 2/5; the mean of 1 and 0 would be 1/2
    assert f1_of(added).value == Fraction(2, 5)


@pytest.mark.parametrize(
    ("counts", "flags"),
    [
        (exact_counts(0, 0, 0), (NOTHING,)),
        (exact_counts(0, 0, 3), (NO_GOLD,)),
        (exact_counts(0, 3, 0), (NO_PREDICTION,)),
        (exact_counts(0, 3, 3), ()),
    ],
)
def test_zero_division_is_zero_and_flagged(counts: Counts, flags: tuple[str, ...]) -> None:
    assert (f1_of(counts).value, f1_of(counts).flags) == (0, flags)


def test_labels_add_up() -> None:
    tally = compare({1, 2, 3}, {2, 3, 4}, lambda item: "even" if item % 2 == 0 else "odd")
    assert tally == Tally({"even": exact_counts(1, 1, 2), "odd": exact_counts(1, 2, 1)})
    assert add_up([tally, tally]).total == exact_counts(4, 6, 6)
    assert add_up([tally, Tally({"new": exact_counts(0, 1, 0)})]).total == exact_counts(2, 4, 3)


def test_macro_f1_leaves_out_what_is_not_there() -> None:
    got = macro_f1(Tally({"a": exact_counts(1, 1, 1), "b": exact_counts(0, 1, 1), "c": Counts()}))
    assert (got.value, len(got.flags)) == (Fraction(1, 2), 1)
    assert macro_f1(Tally({})).flags == (NOTHING,)


def test_nested_mentions_and_values_count() -> None:
    gold = WORDS.prediction({"n": ["Norland", ("Norland", 2)], "b": ["Ada Brink of Norland"]}, types={"b": "PER"})
    gold.mentions = [*(gold.mentions or []), Mention(id="t", type="TIME", value="2031-03-03", **vars_of("Monday"))]
    predicted = WORDS.prediction({"n": ["Norland", ("Norland", 2)], "s": ["Sudovia"], "b": ["Ada Brink"]})
    # Right: both Norlands. Gold has the nested one, the PER around it and the TIME too: 2 of 4; predicted 2 of 4.
    tally = typed(WORDS.pair(gold, predicted))
    assert tally == Tally({"GPE": exact_counts(2, 2, 4), "PER": exact_counts(0, 1, 0), "TIME": exact_counts(0, 1, 0)})


def vars_of(words: str) -> dict[str, int]:
    start, end = WORDS.place(words)
    return {"start": start, "end": end}


def test_an_end_off_by_one_is_wrong() -> None:
    gold = WORDS.prediction({"n": ["Norland"]})
    predicted = WORDS.prediction({"n": ["Norland "]})
    assert typed(WORDS.pair(gold, predicted)).total == exact_counts(0, 1, 1)


def test_three_overlapping_predictions_earn_one() -> None:
    gold = WORDS.prediction({"b": ["Ada Brink"]})
    predicted = WORDS.prediction({"b": ["Ada Brink"], "c": ["Ada"], "d": ["Brink"]})
    assert typed(WORDS.pair(gold, predicted)).total == exact_counts(1, 1, 3)


def test_linking() -> None:
    gold = WORDS.prediction({"n": ["Norland", ("Norland", 2)], "s": ["Sudovia"], "h": ["Harrow"]})
    predicted = WORDS.prediction(
        {"n": ["Norland"], "m": [("Norland", 2)], "s": ["Sudovia"], "h": ["Harrow"]}, types={"s": "ORG"}
    )

    def link(entities: list[Entity] | None, **registry: str) -> None:
        for entity in entities or []:
            entity.registry = registry.get(entity.id)

    link(gold.entities, n="norland", s="sudovia")
    link(predicted.entities, n="norland", m="NIL-1", s="sudovia")
    # Sudovia has another type and is not compared. The first Norland is right, the second is called NIL; Harrow is
    # NIL in both: "in registry" 1 of 2, NIL 1 of 1.
    tally = linking(WORDS.pair(gold, predicted))
    assert tally == Tally({"in registry": exact_counts(1, 2, 2), "NIL": exact_counts(1, 1, 1)})


def test_offsets_are_code_points() -> None:
    """The small article has an astral character before 'deadly': a UTF-16 or UTF-8 offset would miss."""
    text = small_corpus().texts["harbour-talks"]
    event = next(e for e in small_prediction().events or [] if e.text == "deadly")
    assert text[event.start : event.end] == "deadly"

    assert event.start != len(text[: event.start].encode("utf-16-le")) // 2
