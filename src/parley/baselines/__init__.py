"""Baselines: systems that are given a ``Task`` and return a ``Prediction``. None of them sees the gold.

``BASELINES`` is all there is to the registry.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from parley.baselines.floors import empty, majority
from parley.baselines.rules import rules
from parley.model import Prediction
from parley.task import Task


class Baseline(NamedTuple):
    """A system: what it does, in a line, what it is configured by, and the function."""

    description: str
    configuration: Mapping[str, str]
    predict: Callable[[Task], Prediction]


BASELINES: dict[str, Baseline] = {
    "empty": Baseline(
        "Finds nothing in any layer and answers `none` to every pair, the most frequent answer by the way the pairs are made.",
        {},
        empty,
    ),
    "majority": Baseline(
        "Takes every run of capitalised words for a state's name, one entity a string; no events, no stance, `none` for every pair.",
        {},
        majority,
    ),
    "rules": Baseline(
        "Lexicon, capitals, reporting verbs and positions; no training. All three layers and the pairs.",
        {
            "entities and values": "src/parley/baselines/lexicon.toml",
            "events and stance": "src/parley/baselines/triggers.toml",
            "states, peoples, capitals and provinces, a package": "countryinfo",
        },
        rules,
    ),
}
