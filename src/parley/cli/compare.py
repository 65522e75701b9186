"""The command compare: two systems on the same articles."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from parley.cli.console import DEFAULT_DATA, AsJson, DataFolder, count, findings_end_it, out, print_json
from parley.findings import Finding, FindingsError, shorten

if TYPE_CHECKING:
    from rich.table import Table

    from parley.checks import Corpus
    from parley.compare import Comparison, Difference
    from parley.model import Prediction

_NARROW = 80  # columns, below which numbers would break


def compare(
    a: Annotated[Path, typer.Argument(help="A's predictions.jsonl.", show_default=False)],
    b: Annotated[Path, typer.Argument(help="B's predictions.jsonl.", show_default=False)],
    data: DataFolder = DEFAULT_DATA,
    split: Annotated[str, typer.Option(help="Split that is predicted.")] = "test",
    as_json: AsJson = False,
) -> None:
    """Compare two systems: scores, difference with interval and p, and whether the articles can separate them.

    Both files are checked first. The exit code is 0 once they are compared, whichever is better.

    Example: parley compare eval/example/predictions.jsonl eval/example/predictions.jsonl --data tests/small
    """
    from parley.checks import load_corpus  # here, so that other commands need not wait for scipy
    from parley.compare import compare as compared

    with findings_end_it():
        corpus = load_corpus(data)
        one, other = _read(corpus, a, b, split)
        comparison = compared(corpus, one, other, split, names=(str(a), str(b)))
    if as_json:
        print_json(comparison)
    else:
        _print(comparison)


def _read(corpus: "Corpus", a: Path, b: Path, split: str) -> tuple[dict[str, "Prediction"], dict[str, "Prediction"]]:
    """Return both files' predictions; raise ``FindingsError`` with what is wrong with either."""
    from parley.checks import read_predictions

    read: list[dict[str, Prediction]] = []
    findings: list[Finding] = []
    for path in dict.fromkeys((a, b)):
        try:
            read.append(read_predictions(path, corpus, split))
        except FindingsError as error:
            findings += error.findings
    if findings:
        raise FindingsError(findings)
    return read[0], read[-1]


def _print(comparison: "Comparison") -> None:
    width = max(out.width, _NARROW)
    out.print(
        f"Compared on the split {shorten(comparison.split)}, {count(comparison.articles, 'article')}", markup=False
    )
    for letter, name in (("A", comparison.a), ("B", comparison.b)):
        out.print(f"{letter}  {shorten(name, 200)[1:-1]}", markup=False)
    out.print(_table(comparison), width=width, soft_wrap=False)
    out.print()
    out.print(comparison.note, width=width, soft_wrap=False, markup=False)


def _table(comparison: "Comparison") -> "Table":
    from rich import box
    from rich.markup import escape
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, show_edge=False, padding=(0, 1, 0, 0), pad_edge=False)
    table.add_column("score", min_width=28)
    for title in ("A", "B", "A−B", "95 % interval", "p", "Holm"):
        table.add_column(title, justify="right", no_wrap=True)
    for name, difference in comparison.metrics.items():
        table.add_row(f"[bold]{escape(name)}[/]\n[dim]{escape(difference.sentence)}[/]", *_cells(difference))
    return table


def _cells(difference: "Difference") -> list[str]:
    ends = difference.interval
    return [
        _number(difference.a),
        _number(difference.b),
        "–" if difference.difference is None else f"{difference.difference:+.3f}",
        "–" if ends is None else f"{ends[0]:+.3f} {ends[1]:+.3f}",
        _chance(difference.p),
        _chance(difference.p_holm),
    ]


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def _chance(p: float | None) -> str:
    return "<.001" if p is not None and p < 0.001 else _number(p)


def register(app: typer.Typer) -> None:
    """Add the command to the top of ``parley``."""
    app.command()(compare)
