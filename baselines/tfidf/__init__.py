"""Learned from the split train: stances and pairs, by logistic regression over tf-idf; entities and events of `rules`."""

from collections.abc import Sequence

import msgspec
from baselines.learning import Example, load

from parley.baselines import find
from parley.model import Prediction
from parley.task import Task

from .stances import Settings, Stances

__all__ = ["SETTINGS", "Settings", "Stances", "apply", "predict", "train"]

# Chosen by ``python -m baselines.search tfidf``.
SETTINGS = Settings(tuples_c=1, tuples_words=1, threshold=0.2, pairs_c=3, pairs_words=0.5)


def train(examples: Sequence[Example]) -> Stances:
    """Return the models learned from articles with gold."""
    return Stances(examples, SETTINGS)


def apply(stances: Stances, task: Task) -> Prediction:
    """Find the stances of an article, and answer its pairs, from the entities and events of `rules`."""
    found = stances.add(find("rules").predict(task), task)
    return msgspec.structs.replace(found, attempted=["stance", "stance classification"])


def predict(task: Task) -> Prediction:
    """Annotate one article with the models in out/models. Raises ``NotTrainedError`` where there are none."""
    return apply(load("tfidf"), task)
