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

from parley.baselines import System, find, is_learned, main_scores, names, score_row
from parley.checks import load_corpus
from parley.cli.entrant import given_tasks, run_system
from parley.corpus import Corpus
from parley.dataset.pages import fill
from parley.files import write_whole
from parley.model import Prediction
from parley.paths import DATA
from parley.report import Report
from parley.scoring.report import score_file
from parley.task import Task

LEARNED = [name for name in names() if is_learned(name)]


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
    scores = [{} if report is None else main_scores(msgspec.to_builtins(report)) for report in reports.values()]
    rows = {head: [own.get(head) for own in scores] for own in scores for head in own}
    heads = ["| score | " + " | ".join(reports) + " |", "| --- |" + " ---: |" * len(reports)]
    return "\n".join([*heads, *(score_row(head, row) for head, row in rows.items() if any(v is not None for v in row))])


def main() -> None:
    """Fill the table of a page."""
    parser = argparse.ArgumentParser(prog="python -m baselines.scores", description="Fill the table of scores.")
    parser.add_argument("names", nargs="+", metavar="NAME", choices=LEARNED, help=f"baselines: {', '.join(LEARNED)}")
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
