"""`parley score --gold`: many articles in two files of lines, figures without a report."""

from pathlib import Path

from rich import box
from rich.table import Table

from parley.cli.console import count, findings_end_it, out, print_json, say, stop
from parley.scoring.counts import Score
from parley.scoring.lines import Scored, score_lines
from parley.scoring.registry import HEADLINES, METRICS


def print_scores(gold: Path, predictions: Path, *, jobs: int, every: bool, as_json: bool) -> None:
    """Score a file of predictions against a gold.jsonl and print the figures; wrong lines end the command."""
    for path in (gold, predictions):
        if not path.is_file():
            stop(f"there is no file {path}")
        if path.suffix == ".gz":
            stop(f"{path} is packed; unpack it first, lines are read from two places of the file")
    with findings_end_it():
        scored = score_lines(gold, predictions, jobs=jobs)
    names = [name for name in (METRICS if every else HEADLINES) if name in scored.scores]
    if as_json:
        print_json(_as_values(scored))
    else:
        out.print(_table(scored, names), soft_wrap=False)
    left_out = ", ".join(f"{number:,} {kind}" for kind, number in scored.ignored.items())
    say(
        f"{count(scored.articles, 'article')}{'; left out, outside the scored zones: ' + left_out if left_out else ''}."
    )


def _table(scored: Scored, names: list[str]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, padding=(0, 1, 0, 0), pad_edge=False)
    table.add_column("score", no_wrap=True)
    for title in ("value", "P", "R"):
        table.add_column(title, justify="right", no_wrap=True)
    for name in names:
        score = scored.scores[name]
        ratios = ["" if part is None else f"{float(part):.3f}" for part in (score.precision, score.recall)]
        table.add_row(name, f"{float(score.value):.3f}", *ratios)
    return table


def _as_values(scored: Scored) -> dict[str, object]:
    return {
        "articles": scored.articles,
        "ignored": scored.ignored,
        "metrics": {name: _fields(score) for name, score in scored.scores.items()},
    }


def _fields(score: Score) -> dict[str, object]:
    return {
        "value": float(score.value),
        "precision": None if score.precision is None else float(score.precision),
        "recall": None if score.recall is None else float(score.recall),
        "flags": list(score.flags),
    }
