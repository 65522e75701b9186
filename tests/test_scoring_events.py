"""Events: what an argument and a source are known by; factuality. (TextEE's six scores: test_parity_textee.)"""

from fractions import Fraction
from typing import Any

import pytest

from parley.model import Argument, Event, Mention
from parley.scoring import events
from parley.scoring.alignment import alignment
from parley.scoring.counts import Counts, accuracy, exact_counts
from scoring_help import Writer

TEXT = Writer("Norland attacked Harrow and Sudovia attacked Harrow again. Norland denied that it attacked Harrow.")
ENTITIES = {"n": ["Norland", ("Norland", 2)], "s": ["Sudovia"], "h": ["Harrow", ("Harrow", 2), ("Harrow", 3)]}


def strike(identifier: str, occurrence: int, agent: str, **fields: Any) -> Event:
    return TEXT.event(
        identifier,
        "Strike",
        ("attacked", occurrence),
        Argument(role="Agent", entity=agent),
        Argument(role="Place", entity="h"),
        **fields,
    )


def test_unattached_arguments_are_those_of_any_trigger_of_the_type() -> None:
    """Arguments hung on the other trigger of the same type: right in AI and AC, wrong in AI+ and AC+."""
    gold = TEXT.prediction(ENTITIES, [strike("g1", 1, "n"), strike("g2", 2, "s")])
    crossed = [
        TEXT.event("p1", "Strike", ("attacked", 1), Argument(role="Agent", entity="s")),
        TEXT.event("p2", "Strike", ("attacked", 2), Argument(role="Patient", entity="n")),
    ]
    pair = TEXT.pair(gold, TEXT.prediction(ENTITIES, crossed))
    assert events.ai(pair).total == exact_counts(2, 4, 2)  # Sudovia and Norland are arguments of a Strike
    assert events.ac(pair).total == exact_counts(1, 4, 2)  # Sudovia is its Agent, Norland not its Patient
    assert events.ai_plus(pair).total == exact_counts(0, 4, 2)
    assert events.ac_plus(pair) == {
        "Agent": exact_counts(0, 2, 1),
        "Patient": exact_counts(0, 0, 1),
        "Place": exact_counts(0, 2, 0),
    }


def test_one_argument_in_two_roles_is_two_in_ac_and_one_in_ai() -> None:
    both = [Argument(role="Agent", entity="n"), Argument(role="Patient", entity="n")]
    gold = TEXT.prediction(ENTITIES, [TEXT.event("g", "Strike", "attacked", *both)])
    pair = TEXT.pair(gold, gold)
    assert (events.ai(pair).total, events.ac(pair).total) == (
        exact_counts(1, 1, 1),
        exact_counts(2, 2, 2),
    )


def test_what_fills_an_argument_is_known_by_its_span() -> None:
    """Entity by the derived mention, event by its trigger, value by its mention, proposition by its nearest span."""
    content = TEXT.proposition("c", ("Harrow", 3), "Harrow again")
    denial = [
        Argument(role="Agent", entity="n"),
        Argument(role="Content", event="e1"),
        Argument(role="Content", proposition="c"),
        Argument(role="Time", mention="t"),
    ]
    told = [TEXT.event("e2", "Reject", "denied", *denial), TEXT.event("e1", "Strike", ("attacked", 3))]
    gold = TEXT.prediction(ENTITIES, told, propositions=[content])
    again = TEXT.place("again")
    gold.mentions = [*(gold.mentions or []), Mention(id="t", type="TIME", value="P1D", start=again[0], end=again[1])]
    expected = {TEXT.place(("Norland", 2)), TEXT.place(("attacked", 3)), content.span, again}
    assert {span for *_, span in TEXT.pair(gold, gold).gold.argument_items} == expected


def test_an_argument_that_nothing_shows_is_wrong() -> None:
    gold = TEXT.prediction(ENTITIES, [strike("g", 1, "n")])
    predicted = TEXT.prediction({**ENTITIES, "x": []}, [strike("p", 1, "x")])
    assert events.ac_plus(TEXT.pair(gold, predicted)).total == exact_counts(1, 2, 2)  # the Place


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"status": "negated", "via": "d"}, exact_counts(2, 2, 2)),
        ({"status": "actual", "via": "d"}, exact_counts(1, 2, 2)),
        ({"status": "negated", "via": None}, exact_counts(1, 2, 2)),
        ({"status": "negated", "via": "gone"}, exact_counts(1, 2, 2)),  # a source that was left out with its zone
    ],
)
def test_factuality(fields: dict[str, Any], expected: Counts) -> None:
    def told(**status: Any) -> list[Event]:
        return [TEXT.event("d", "Reject", "denied"), TEXT.event("x", "Strike", ("attacked", 3), **status)]

    gold = TEXT.prediction(ENTITIES, told(status="negated", via="d"))
    predicted = TEXT.prediction(ENTITIES, told(**fields))
    assert events.factuality(TEXT.pair(gold, predicted)).total == expected


def test_the_voice_is_known_by_its_trigger_not_its_type() -> None:
    """A speech event of the wrong type costs its own item; what it carries is right."""
    gold = TEXT.prediction(
        ENTITIES, [TEXT.event("d", "Reject", "denied"), TEXT.event("x", "Strike", ("attacked", 3), via="d")]
    )
    predicted = TEXT.prediction(
        ENTITIES, [TEXT.event("s", "State", "denied"), TEXT.event("y", "Strike", ("attacked", 3), via="s")]
    )
    assert events.factuality(TEXT.pair(gold, predicted)).total == exact_counts(1, 2, 2)


def test_harm_of_casualties_on_both_sides() -> None:
    def told(*harms: tuple[str, str, str | None]) -> list[Event]:
        return [TEXT.event(words, kind, words, harm=harm) for words, kind, harm in harms]

    gold = told(
        ("attacked", "Casualty", "killed"),
        ("again", "Casualty", "killed"),
        ("denied", "Casualty", "missing"),
        ("it", "Casualty", "mixed"),
        ("that", "Clash", None),
    )
    predicted = told(
        ("attacked", "Casualty", "killed"),
        ("again", "Casualty", "injured"),
        ("denied", "Casualty", None),  # no answer is wrong
        ("it", "Clash", None),  # another type: not asked
        ("that", "Clash", None),
    )
    tally = events.harm(TEXT.pair(TEXT.prediction({}, gold), TEXT.prediction({}, predicted)))
    assert tally == {
        "killed": exact_counts(1, 2, 1),
        "missing": exact_counts(0, 1, 0),
        "injured": exact_counts(0, 0, 1),
        events.NO_HARM: exact_counts(0, 0, 1),
    }
    assert accuracy(tally).value == Fraction(1, 3)


def test_mentions_of_one_event_cluster_may_differ_in_type() -> None:
    """A mine struck or a ship shelled: each mention by its own type, the cluster by its triggers, whatever the types."""
    first = TEXT.event("g1", "Strike", ("attacked", 1), registry="incident")
    gold = TEXT.prediction(ENTITIES, [first, TEXT.event("g2", "Clash", ("attacked", 2), same_as="g1")])
    other = TEXT.event("p1", "Clash", ("attacked", 1), registry="incident")
    predicted = TEXT.prediction(ENTITIES, [other, TEXT.event("p2", "Clash", ("attacked", 2), same_as="p1")])
    pair = TEXT.pair(gold, predicted)
    assert events.tc(pair) == {"Clash": exact_counts(1, 1, 2), "Strike": exact_counts(0, 1, 0)}
    assert alignment(pair)["p1"] == "g1"
    joined = events.joined_event_clusters(pair)
    assert (joined.gold, joined.predicted) == ({"incident": 2}, {"incident": 2})
    assert joined.shared == {("incident", "incident"): 2}
