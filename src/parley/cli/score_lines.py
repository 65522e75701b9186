"""`parley score --gold`: many articles in two files of lines, figures without a report."""

from pathlib import Path

from rich import box
from rich.table import Table

from parley.cli.console import count, findings_end_it, out, print_json, say, stop
from parley.scoring.counts import Figure
from parley.scoring.registry import HEADLINES, METRICS
from parley.scoring.stream import Scored, score_lines


def print_scores(gold: Path, predictions: Path, *, jobs: int, every: bool, as_json: bool) -> None:
    """Score a file of predictions against a gold.jsonl and print the figures; wrong lines end the command."""
    for path in (gold, predictions):
        if not path.is_file():
            stop(f"there is no file {path}")
        if path.suffix == ".gz":
            stop(f"{path} is packed; unpack it first, lines are read from two places of the file")
    with findings_end_it():
        scored = score_lines(gold, predictions, jobs=jobs)
    names = [name for name in (METRICS if every else HEADLINES) if name in scored.figures]
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
        figure = scored.figures[name]
        ratios = ["" if part is None else f"{float(part):.3f}" for part in (figure.precision, figure.recall)]
        table.add_row(name, f"{float(figure.value):.3f}", *ratios)
    return table


def _as_values(scored: Scored) -> dict[str, object]:
    return {
        "articles": scored.articles,
        "ignored": scored.ignored,
        "metrics": {name: _fields(figure) for name, figure in scored.figures.items()},
    }


def _fields(figure: Figure) -> dict[str, object]:
    return {
        "value": float(figure.value),
        "precision": None if figure.precision is None else float(figure.precision),
        "recall": None if figure.recall is None else float(figure.recall),
        "flags": list(figure.flags),
    }
