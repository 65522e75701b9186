"""Stance classification and status equal scikit-learn's macro-averaged F1 on the same labels."""

import warnings

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import accuracy_score, f1_score

from parley.derive import stance_rows
from parley.ontology import load_ontology
from parley.scoring.counts import accuracy, macro_f1
from parley.scoring.events import status, via
from parley.scoring.stance import classification, for_and_against
from scoring_help import Writer, answered, small_corpus

GOLD = [row.polarity for row in stance_rows(small_corpus().gold["harbour-talks"])]
ANSWERS = st.lists(
    st.sampled_from(["support", "oppose", "mixed", "none", None]), min_size=len(GOLD), max_size=len(GOLD)
)
STATUSES = st.lists(st.sampled_from(load_ontology().names("statuses")), min_size=6, max_size=6)
TEXT = Writer("said one two three four five six")
NUMBERS = TEXT.text.split()[1:]


def theirs(gold: list[str], predicted: list[str], labels: list[str]) -> float:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return float(f1_score(gold, predicted, labels=labels, average="macro", zero_division=0))


@given(ANSWERS)
def test_classification(polarities: list[str | None]) -> None:
    predicted = [polarity or "no answer" for polarity in polarities]
    expected = theirs(GOLD, predicted, sorted({*GOLD, *predicted} - {"no answer"}))
    assert float(macro_f1(classification(answered(polarities))).value) == pytest.approx(expected, abs=1e-12)


@given(ANSWERS)
def test_f_avg(polarities: list[str | None]) -> None:
    """The small gold has a pair of each class, so that both always count."""
    expected = theirs(GOLD, [polarity or "no answer" for polarity in polarities], ["support", "oppose"])
    assert float(macro_f1(for_and_against(answered(polarities))).value) == pytest.approx(expected, abs=1e-12)


@given(STATUSES, STATUSES, st.integers(1, 6))
def test_status_on_common_triggers(one: list[str], other: list[str], found: int) -> None:
    """The prediction has the first ``found`` of six events: only these are compared."""
    gold = TEXT.prediction({}, [TEXT.event(n, "Strike", n, status=s) for n, s in zip(NUMBERS, one, strict=True)])
    events = [TEXT.event(n, "Strike", n, status=s) for n, s in zip(NUMBERS, other, strict=True)][:found]
    pair = TEXT.pair(gold, TEXT.prediction({}, events))
    labels = sorted({*one[:found], *other[:found]})
    expected = theirs(one[:found], other[:found], labels)
    assert float(macro_f1(status(pair)).value) == pytest.approx(expected, abs=1e-12)


VOICES = st.lists(st.sampled_from([None, "said"]), min_size=6, max_size=6)


@given(VOICES, VOICES, st.integers(1, 6))
def test_via_on_common_triggers(one: list[str | None], other: list[str | None], found: int) -> None:
    speech = TEXT.event("said", "State", "said")
    gold = TEXT.prediction(
        {}, [speech, *(TEXT.event(n, "Strike", n, via=v) for n, v in zip(NUMBERS, one, strict=True))]
    )
    events = [TEXT.event(n, "Strike", n, via=v) for n, v in zip(NUMBERS, other, strict=True)][:found]
    pair = TEXT.pair(gold, TEXT.prediction({}, [speech, *events]))
    # The speech event itself is a common trigger that comes from the article itself, on both sides.
    expected = accuracy_score([True, *map(bool, one[:found])], [True, *map(bool, other[:found])])
    wrong_way = sum(bool(a) != bool(b) for a, b in zip(one[:found], other[:found], strict=True))
    assert float(accuracy(via(pair)).value) == pytest.approx(expected, abs=1e-12)
    assert via(pair).total.gold - via(pair).total.recalled == wrong_way
