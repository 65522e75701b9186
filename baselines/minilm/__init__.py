"""Learned from the split train: as `tfidf`, with frozen sentence vectors of all-MiniLM-L6-v2 in place of tf-idf."""

from collections.abc import Sequence

from baselines.learning import Example, load
from baselines.tfidf import Settings, Stances, apply

from parley.model import Prediction
from parley.task import Task

from .vectors import Vectors

__all__ = ["SETTINGS", "apply", "predict", "train"]

# Chosen by ``python -m baselines.search minilm``.
SETTINGS = Settings(tuples_c=1, tuples_words=1, threshold=0.2, pairs_c=3, pairs_words=4)


def train(examples: Sequence[Example]) -> Stances:
    """Return the models learned from articles with gold."""
    return Stances(examples, SETTINGS, Vectors)


def predict(task: Task) -> Prediction:
    """Annotate one article with the models in out/models. Raises ``NotTrainedError`` where there are none."""
    return apply(load("minilm"), task)
