"""``python -m baselines.curves``: the scores on validation of baselines that learned from more and more articles.

Writes ``baselines/curves.json``; ``parley leaderboard --site`` draws it. The articles are whole stories of the split
train, the first ones; ``rules``, which learns nothing, has one line.
"""

import argparse
from collections.abc import Callable
from functools import partial
from importlib import import_module
from pathlib import Path

from baselines.learning import examples
from baselines.scores import corpus, report_on

from parley import __version__
from parley.baselines import find
from parley.files import to_json, write_whole
from parley.model import Prediction
from parley.pages.curves import FILE, SHOWN, Curves, Point
from parley.paths import DATA
from parley.scoring.registry import OVERALL
from parley.task import Task

SYSTEMS = ("crf", "tfidf", "minilm")
ARTICLES = (10, 20, 31)
SPLIT = "validation"


def curves(systems: tuple[str, ...] = SYSTEMS, articles: tuple[int, ...] = ARTICLES) -> Curves:
    """Train every system on so many articles and return its scores."""
    found, gold = [], ""

    def add(name: str, predict: Callable[[Task], Prediction], number: int, stories: int) -> None:
        nonlocal gold
        report = report_on(SPLIT, predict)
        gold = report.hashes["gold"]
        scores = {"overall": report.overall.value if set(OVERALL) <= {*report.attempted} else None}
        scores |= {name: report.overall.parts[name] for name in OVERALL}
        scores |= {name: report.metrics[name].value for name in SHOWN if name in report.metrics}
        found.append(Point(system=name, articles=number, stories=stories, scores=scores))

    add("rules", find("rules").predict, 0, 0)
    for name in systems:
        module = import_module(f"baselines.{name}")
        for number in articles:
            learned = examples("train", number)
            stories = len(corpus().by_story([example.task.id for example in learned]))
            add(name, partial(module.apply, module.train(learned)), len(learned), stories)
    wanted = len(corpus().scored(SPLIT))
    return Curves(split=SPLIT, articles=wanted, data=corpus().info.version, gold=gold, parley=__version__, points=found)


def main() -> None:
    """Write the file."""
    parser = argparse.ArgumentParser(prog="python -m baselines.curves", description="Write the learning curves.")
    parser.add_argument("-o", "--output", type=Path, default=DATA.parent / FILE, help="file to write")
    options = parser.parse_args()
    write_whole(options.output, to_json(curves()))
    print(f"written to {options.output}")


if __name__ == "__main__":
    main()
