"""TextEE's six scores by hand (Huang et al. 2024, section 3): tuples of a document, compared as sets."""

import pytest

from parley.model import Argument, Event
from parley.scoring import events
from parley.scoring.counts import Counts, exact_counts
from parley.scoring.pair import Pair
from scoring_help import Writer

TEXT = Writer("Norland shelled Harrow at dawn. Sudovia shelled Elm. Norland and Sudovia met in Harrow.")
ENTITIES = {
    "n": ["Norland", ("Norland", 2)],
    "s": ["Sudovia", ("Sudovia", 2)],
    "h": ["Harrow", ("Harrow", 2)],
    "e": ["Elm"],
}


def argument(role: str, entity: str) -> Argument:
    return Argument(role=role, entity=entity)


def gold() -> list[Event]:
    return [
        TEXT.event("g1", "Strike", ("shelled", 1), argument("Agent", "n"), argument("Patient", "h")),
        TEXT.event("g2", "Strike", ("shelled", 2), argument("Agent", "s"), argument("Patient", "e")),
        TEXT.event(
            "g3", "Meet", "met", argument("Participant", "n"), argument("Participant", "s"), argument("Place", "h")
        ),
    ]


def predicted() -> list[Event]:
    return [
        # Right trigger and type; Norland right, Harrow in the wrong role.
        TEXT.event("p1", "Strike", ("shelled", 1), argument("Agent", "n"), argument("Place", "h")),
        # Right trigger, wrong type: all its arguments are a Clash's.
        TEXT.event("p2", "Clash", ("shelled", 2), argument("Participant", "s"), argument("Participant", "e")),
        # Wrong trigger, right type: arguments of a Meet, but not of this trigger.
        TEXT.event("p3", "Meet", ("and", 3), argument("Participant", "n"), argument("Place", "s")),
    ]


# In the gold 3 triggers and 7 arguments, predicted 3 and 6.
EXPECTED = {
    "TI": exact_counts(2, 3, 3),  # the two "shelled"; not "and"
    "TC": exact_counts(1, 3, 3),  # the first "shelled"
    "AI": exact_counts(4, 7, 6),  # (Strike, Norland) (Strike, Harrow) (Meet, Norland 2) (Meet, Sudovia 2)
    "AC": exact_counts(
        2, 7, 6
    ),  # (Strike, Norland, Agent) (Meet, Norland 2, Participant); Harrow and Sudovia: other roles
    "AI+": exact_counts(2, 7, 6),  # (shelled 1, Strike, Norland) (shelled 1, Strike, Harrow)
    "AC+": exact_counts(1, 7, 6),  # (shelled 1, Strike, Norland, Agent)
}
SCORES = {
    "TI": events.ti,
    "TC": events.tc,
    "AI": events.ai,
    "AC": events.ac,
    "AI+": events.ai_plus,
    "AC+": events.ac_plus,
}


@pytest.fixture
def pair() -> Pair:
    return TEXT.pair(TEXT.prediction(ENTITIES, gold()), TEXT.prediction(ENTITIES, predicted()))


@pytest.mark.parametrize(("score", "expected"), EXPECTED.items())
def test_textee(score: str, expected: Counts, pair: Pair) -> None:
    assert SCORES[score](pair).total == expected


def test_the_same_argument_of_two_events_of_a_type_is_one_unattached() -> None:
    """AI and AC are sets over the document: Norland as Agent of two Strikes, by the same mention, counts once."""
    both = [
        TEXT.event("g1", "Strike", ("shelled", 1), argument("Agent", "n")),
        TEXT.event("g2", "Strike", "dawn", argument("Agent", "n")),
    ]
    pair = TEXT.pair(TEXT.prediction(ENTITIES, both), TEXT.prediction(ENTITIES, both[:1]))
    assert events.ai(pair).total == events.ac(pair).total == exact_counts(1, 1, 1)
    assert events.ac_plus(pair).total == exact_counts(1, 2, 1)
