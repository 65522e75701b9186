"""Learned from the split train: conditional random fields for mentions and events, classifiers for all between them."""

from collections.abc import Sequence

from baselines.learning import Example, load

from parley.model import Prediction
from parley.task import Task

from .system import System

__all__ = ["apply", "predict", "train"]


def train(examples: Sequence[Example]) -> System:
    """Return the system learned from articles with gold."""
    return System(examples)


def apply(system: System, task: Task) -> Prediction:
    """Annotate one article with a trained system."""
    return system.annotate(task)


def predict(task: Task) -> Prediction:
    """Annotate one article with the system in out/models. Raises ``NotTrainedError`` where there is none."""
    return apply(load("crf"), task)
