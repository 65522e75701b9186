"""The examples in the docstrings of ``parley.scoring`` are right."""

import doctest
import importlib
from typing import Any

import pytest

from parley.model import Argument, Event, Prediction
from parley.scoring.pair import Pair
from scoring_help import Writer, answered

TEXT = Writer("Norland attacked Harrow. Its army in Harrow said Sudovia fears Norland.")
MODULES = ("counts", "matching", "coreference", "entities", "events", "stance")


def pair(gold: Prediction, predicted: Prediction) -> Pair:
    return TEXT.pair(gold, predicted)


def mentions(**types: str) -> Prediction:
    """Each word a mention of an entity of its own, with its type."""
    return TEXT.prediction({word: [word] for word in types}, types=types)


def events(**told: Any) -> Prediction:
    """Each word a trigger: its type, then its arguments by role, or its status, of a Casualty its harm."""
    entities = {word: [word] for word in ("Norland", "Harrow", "Sudovia", "army")}
    made: list[Event] = []
    for word, (type_, *rest) in told.items():
        roles = next((part for part in rest if isinstance(part, dict)), {})
        label = next((part for part in rest if isinstance(part, str)), None)
        fields = {"harm" if type_ == "Casualty" else "status": label} if label else {}
        made.append(TEXT.event(word, type_, word, *(Argument(role=r, entity=e) for r, e in roles.items()), **fields))
    return TEXT.prediction(entities, made)


def stated(*words: str) -> Prediction:
    """Each stretch of words a proposition."""
    return TEXT.prediction({}, propositions=[TEXT.proposition(each, each) for each in words])


def stances(*listed: tuple[str, str, str, str]) -> Prediction:
    """Holder, target, polarity, evidence."""
    entities = {word: [word] for word in ("Norland", "Harrow", "Sudovia", "army")}
    return TEXT.prediction(entities, [], [TEXT.stance(*one) for one in listed])


@pytest.mark.parametrize("module", MODULES)
def test_examples(module: str) -> None:
    names = {"pair": pair, "mentions": mentions, "events": events, "stances": stances, "answered": answered}
    names["stated"] = stated
    loaded = importlib.import_module(f"parley.scoring.{module}")
    result = doctest.testmod(loaded, extraglobs=names, optionflags=doctest.NORMALIZE_WHITESPACE)
    assert result.attempted and not result.failed
