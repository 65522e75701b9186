"""``python -m baselines.search NAME``: the search for the settings of `tfidf` or `minilm`, as a Markdown table.

Each combination is trained on the split train and scored on validation; and, because validation has few stances, it is
also trained on all stories of train but one and scored on that one, for each in turn. The mean of the two scores
decides; of equal ones the first. Entities and events are those of `rules`.
"""

import argparse
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from itertools import product
from statistics import mean
from typing import Any

from baselines.learning import Example, examples
from baselines.minilm.vectors import Vectors
from baselines.scores import corpus
from baselines.tfidf.stances import Settings, Stances, tfidf

from parley.baselines import find
from parley.model import Prediction
from parley.scoring.counts import add_up
from parley.scoring.registry import METRICS
from parley.scoring.report import count_articles

WORDS: dict[str, Callable[[], Any]] = {"tfidf": tfidf, "minilm": Vectors}
INVERSE = (1, 3, 10)  # of the weight of the penalty
WEIGHTS = {"tfidf": (0, 0.5, 1), "minilm": (1, 2, 4)}  # vectors of MiniLM have many small numbers
THRESHOLDS = (0.15, 0.2, 0.25, 0.3)
TUPLES, PAIRS = ("stance.tuple_f1", "stance.sf1_repaired"), ("stance.classification",)


def score(predictions: dict[str, Prediction], metrics: Sequence[str]) -> float:
    """Return the mean of some scores on the articles that are predicted."""
    counts, _ = count_articles(corpus(), predictions, list(predictions), metrics)
    return mean(float(METRICS[name].score(add_up(counts[name].values())).value) for name in metrics)


@cache
def _entities_and_events(article: str) -> Prediction:
    task = next(e.task for split in ("train", "validation") for e in examples(split) if e.task.id == article)
    return find("rules").predict(task)


def _predict(stances: Stances, given: Sequence[Example]) -> dict[str, Prediction]:
    return {e.task.id: stances.add(_entities_and_events(e.task.id), e.task) for e in given}


def folds() -> Iterator[tuple[list[Example], list[Example]]]:
    """Yield what is learned from and what is predicted: all stories of train but one, and that one."""
    every = examples("train")
    for held_out in corpus().by_story([e.task.id for e in every]).values():
        yield [e for e in every if e.task.id not in held_out], [e for e in every if e.task.id in held_out]


def search(name: str) -> Iterator[tuple[Sequence[str], float, str]]:
    """Yield for each combination of settings: the metrics, the score that decides, and the line of the table."""
    for c, weight in product(INVERSE, WEIGHTS[name]):
        settings = Settings(c, weight, 0, c, weight)
        whole = Stances(examples("train"), settings, WORDS[name])
        crossed = [(Stances(learned, settings, WORDS[name]), held_out) for learned, held_out in folds()]
        for threshold in THRESHOLDS:
            whole.threshold = threshold
            found = dict[str, Prediction]()
            for stances, held_out in crossed:
                stances.threshold = threshold
                found |= _predict(stances, held_out)
            predicted = _predict(whole, examples("validation"))
            for metrics in (TUPLES, PAIRS) if threshold == THRESHOLDS[0] else (TUPLES,):
                both = score(predicted, metrics), score(found, metrics)
                shown = f"{c:g} | {weight:g} | " + (f"{threshold:g} | " if metrics == TUPLES else "")
                yield metrics, mean(both), f"| {shown}{both[0]:.3f} | {both[1]:.3f} | {mean(both):.3f} |"


def main() -> None:
    """Print a table for stances and one for pairs, the best lines first."""
    parser = argparse.ArgumentParser(prog="python -m baselines.search", description="Search for settings.")
    parser.add_argument("name", choices=sorted(WORDS))
    found = list(search(parser.parse_args().name))
    for metrics, extra in ((TUPLES, " threshold |"), (PAIRS, "")):
        print(f"{' and '.join(f'`{metric}`' for metric in metrics)}:\n")
        print(f"| C | words |{extra} validation | train, crossed | mean |")
        print(f"| ---: | ---: |{extra and ' ---: |'} ---: | ---: | ---: |")
        for _, _, line in sorted([each for each in found if each[0] == metrics], key=lambda each: -each[1]):
            print(line)
        print()


if __name__ == "__main__":
    main()
