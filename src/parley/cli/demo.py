"""The whole path on real input: load, predict, check, score, and say what the figures mean."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer
from rich import box
from rich.table import Table

from parley.cli.console import DEFAULT_DATA, DataFolder, count, findings_end_it, out, print_findings, say
from parley.cli.predict import given_tasks, run_baseline
from parley.files import to_json, write_whole

if TYPE_CHECKING:
    from parley.report_form import Report


def demo(
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder for predictions and reports.")] = Path(
        "out/demo"
    ),
    data: DataFolder = DEFAULT_DATA,
) -> None:
    """Load the dataset, run every baseline on it, check and score what they predict, and show the result.

    Example: parley demo
    """
    from parley.baselines import BASELINES  # here, so that other commands need not wait for scipy and datasets
    from parley.checks import check_predictions, load_corpus
    from parley.scoring import score_file

    given = given_tasks(data, "test")
    with findings_end_it():
        corpus = load_corpus(data)
    say(f"Loaded {corpus.info.name} {corpus.info.version} by load_dataset: {count(len(given), 'article')}, {count(sum(len(task.pairs) for task in given), 'pair')} of a holder and a target.")  # fmt: skip
    reports = {}
    for name in BASELINES:
        file = output / name / "predictions.jsonl"
        predicted = run_baseline(name, given)
        write_whole(file, b"".join(msgspec.json.encode(prediction) + b"\n" for prediction in predicted))
        findings = check_predictions(file, corpus)[1]
        print_findings(findings, as_json=False)
        with findings_end_it():
            reports[name] = score_file(corpus, file, system=name)
        write_whole(file.with_name("report.json"), to_json(reports[name]))
        say(f"{name}: predicted, checked ({count(len(findings), 'finding')}), scored.")
    _print(reports)
    for name in reports:
        out.print(f"{name:10}{output / name / 'report.json'}", markup=False)
    out.print(f"\n{next(iter(reports.values())).note}", markup=False, soft_wrap=False, width=_WIDTH)


_WIDTH = 100  # columns: narrower would break the figures; a narrower terminal wraps
_LEGEND = """Each figure is between 0 (nothing right) and 1 (all as in the gold). Most are F1: the harmonic mean of the \
share of predicted items that are right and the share of gold items that were found. The baselines are floors to compare \
with, not systems to use."""


def _print(reports: "Mapping[str, Report]") -> None:
    """Print one table: what each figure asks, and what each system gets."""
    from parley.scoring.registry import HEADLINES, METRICS, OVERALL

    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    table.add_column("what is asked")
    table.add_column("metric", style="dim", no_wrap=True)
    for name in reports:
        table.add_column(name, justify="right", no_wrap=True)
    layer = ""
    for metric in HEADLINES:
        if METRICS[metric].layer != layer:
            table.add_section()
            layer = METRICS[metric].layer
        values = [report.metrics[metric].value for report in reports.values()]
        table.add_row(METRICS[metric].title, metric, *("–" if v is None else f"{v:.3f}" for v in values))
    table.add_section()
    for part in OVERALL:
        values = [report.overall.parts[part] for report in reports.values()]
        table.add_row(f"{part}, the mean of its main figures", "", *("–" if v is None else f"{v:.3f}" for v in values))
    values = [report.overall.value for report in reports.values()]
    table.add_row("[bold]overall, the mean of the three", "", *("–" if v is None else f"[bold]{v:.3f}" for v in values))
    articles = next(iter(reports.values())).articles
    out.print(f"\nThe baselines on the {count(articles, 'article')} of the test split\n", markup=False)
    out.print(table, width=_WIDTH, soft_wrap=False, crop=False)
    out.print(f"\n{_LEGEND}\n", markup=False, soft_wrap=False, width=_WIDTH)
    out.print("All figures, with counts, by type and by article, are in the reports:", markup=False)


def register(app: typer.Typer) -> None:
    """Add the command to the top of ``parley``."""
    app.command()(demo)
