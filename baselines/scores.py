"""``python -m baselines.scores NAME``: the scores of a learned baseline on its page: train, validation and test.

Those on train and validation are computed with the model in out/models; those on the test split are of the submission
in eval/submissions, if there is one. Nothing is predicted on test here.
"""

import argparse
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from parley.baselines import System, find
from parley.checks import load_corpus
from parley.cli.entrant import given_tasks, run_system
from parley.corpus import Corpus
from parley.dataset.pages import fill
from parley.files import write_whole
from parley.model import Prediction
from parley.paths import DATA
from parley.report import Report
from parley.scoring.registry import HEADLINES, METRICS, OVERALL
from parley.scoring.report import score_file
from parley.task import Task
from parley.words import score_text


@cache
def corpus() -> Corpus:
    """Return the dataset."""
    return load_corpus(DATA, raw=False, partial=True)


def report_on(split: str, predict: Callable[[Task], Prediction]) -> Report:
    """Return the report on what a function predicts for a split."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "predictions.jsonl"
        run_system(System("", "", predict), given_tasks(DATA, split), file)
        return score_file(corpus(), file, split)


def table(reports: Mapping[str, Report | None]) -> str:
    """Return the scores on each split as a Markdown table; – where there are none."""

    heads = {"**overall**": "", **{f"**{part}**": part for part in OVERALL}}
    heads |= {f"`{name}` {METRICS[name].title}": name for name in HEADLINES}
    lines = ["| score | " + " | ".join(reports) + " |", "| --- |" + " ---: |" * len(reports)]
    for head, name in heads.items():
        values = [None if report is None else _value(report, name) for report in reports.values()]
        if any(value is not None for value in values):
            lines.append(f"| {head} | " + " | ".join(map(score_text, values)) + " |")
    return "\n".join(lines)


def _value(report: Report, name: str) -> float | None:
    """Return a score by its name: a metric, a layer, or "" for the mean of the layers."""
    if not name:
        return report.overall.value
    return report.overall.parts[name] if name in OVERALL else report.metrics[name].value


def main() -> None:
    """Fill the table of a page."""
    parser = argparse.ArgumentParser(prog="python -m baselines.scores", description="Fill the table of scores.")
    parser.add_argument("names", nargs="+", metavar="NAME", help="baselines")
    for name in parser.parse_args().names:
        file = DATA.parent / "eval" / "submissions" / name / "report.json"
        predict = find(name).predict
        reports = {split: report_on(split, predict) for split in ("train", "validation")}
        test = msgspec.json.decode(file.read_bytes(), type=Report) if file.is_file() else None
        page = DATA.parent / "baselines" / name / "README.md"
        write_whole(page, fill(page.read_text("utf-8"), {"scores": table({**reports, "test": test})}))
        print(f"scores written into {page.relative_to(DATA.parent)}")


if __name__ == "__main__":
    main()
