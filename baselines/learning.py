"""What the learned baselines share: the gold they learn from, their models on disk, and the command that trains them.

A learned baseline is a module with ``train(examples) -> model`` and ``apply(model, task) -> Prediction``. Models are
trained on the split ``train``; the split ``test`` is never read here.
"""

import argparse
from collections.abc import Callable, Sequence
from functools import cache, partial
from pathlib import Path
from typing import Any, NamedTuple

import joblib

from parley.baselines import NotTrainedError, System
from parley.checks import load_corpus
from parley.cli.entrant import given_tasks, run_system
from parley.model import Prediction
from parley.paths import DATA
from parley.reading import AnnotatedArticle, annotated
from parley.task import Task

OUT = DATA.parent / "out"  # not committed
PREDICTED = ("validation", "test", "twin", "contrast")
SEED = 20260101  # of everything random; most of the learning here has nothing random


class Example(NamedTuple):
    """An article to learn from: what a system is given (with the pairs), and the gold."""

    task: Task
    gold: AnnotatedArticle


@cache
def _split(split: str) -> list[tuple[str, Example]]:
    """Return the articles of a split with their stories, in the order of articles.jsonl."""
    if split not in ("train", "validation"):
        raise ValueError(f"a baseline learns from train and is tuned on validation, not on {split!r}")
    corpus = load_corpus(DATA, raw=False, partial=True)
    return [
        (corpus.articles[task.id].unit, Example(task, annotated(corpus, task.id))) for task in given_tasks(DATA, split)
    ]


def examples(split: str = "train", articles: int | None = None) -> list[Example]:
    """Return the articles of ``train`` or ``validation`` with their gold, in a fixed order.

    ``articles`` keeps the first whole stories that have at least so many articles together.
    """
    found: list[Example] = []
    story = ""
    for own, example in _split(split):
        if own != story and articles is not None and len(found) >= articles:
            break
        story = own
        found.append(example)
    return found


def model_path(name: str, articles: int | None = None) -> Path:
    """Return where the model of a baseline is kept; one trained on fewer articles has their number in its name."""
    return OUT / "models" / (f"{name}.joblib" if articles is None else f"{name}-{articles}.joblib")


@cache
def load(name: str) -> Any:
    """Return the trained model of a baseline. Raises ``NotTrainedError``, which says how to train it."""
    path, how = model_path(name), f"train it with: python -m baselines.{name}"
    if not path.is_file():
        raise NotTrainedError(f"the baseline '{name}' is not trained yet; {how}")
    try:
        return joblib.load(path)
    except Exception as error:  # a damaged pickle may raise anything
        raise NotTrainedError(f"{path} is no model that can be read ({type(error).__name__}); {how}") from None


def save(model: Any, path: Path) -> None:
    """Write a model."""
    path.parent.mkdir(parents=True, exist_ok=True)
    joblib.dump(model, path)


def command(
    name: str,
    train: Callable[[Sequence[Example]], Any],
    apply: Callable[[Any, Task], Prediction],
    given: Sequence[str] | None = None,
) -> None:
    """Run ``python -m baselines.NAME``: train, keep the model in out/models, write predictions to out/NAME.

    Predictions are named as in a submission: ``predictions.jsonl`` are those of the split ``test``,
    ``predictions.SPLIT.jsonl`` others. With ``--articles N`` model and folder are named NAME-N.
    """
    parser = argparse.ArgumentParser(prog=f"python -m baselines.{name}", description=f"Train the baseline {name}.")
    parser.add_argument(
        "--articles",
        type=int,
        choices=range(1, len(examples()) + 1),
        metavar="N",
        help=f"train on the first whole stories with so many articles, up to {len(examples())} (all)",
    )
    parser.add_argument(
        "--split",
        action="append",
        choices=("train", *PREDICTED),
        help=f"splits to predict ({', '.join(PREDICTED)})",
    )
    options = parser.parse_args(given)
    learned = examples("train", options.articles)
    model = train(learned)
    path = model_path(name, options.articles)
    save(model, path)
    print(f"{path.stem}: trained on {len(learned)} articles")
    for split in options.split or PREDICTED:
        output = OUT / path.stem / ("predictions.jsonl" if split == "test" else f"predictions.{split}.jsonl")
        output.parent.mkdir(parents=True, exist_ok=True)
        run_system(System(name, "", partial(apply, model)), given_tasks(DATA, split), output)
        print(f"{path.stem}: {split} predicted; written to {output}")
