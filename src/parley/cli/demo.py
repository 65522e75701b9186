"""Load the dataset, run the baselines, check and score what they predict, and explain the scores."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich import box
from rich.table import Table

from parley.cli.console import DEFAULT_DATA, DataFolder, count, findings_end_it, out, print_findings, say
from parley.cli.predict import find_system, given_tasks, run_system
from parley.files import to_json, write_whole

if TYPE_CHECKING:
    from parley.report_form import Report

_WIDTH = 100  # columns; a narrower table would break the numbers
_LEGEND = """Scores are between 0 (nothing right) and 1 (everything as in the gold). Most are F1: the harmonic mean of the \
share of predicted items that are right and the share of gold items that were found. The baselines are floors to compare \
with, not systems to use."""


def demo(
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder for predictions and reports.")] = Path(
        "out/demo"
    ),
    data: DataFolder = DEFAULT_DATA,
) -> None:
    """Load the dataset, run every baseline, check and score the predictions, and show the scores.

    Example: parley demo
    """
    from parley.baselines import FOLDER, names  # here, so that other commands need not wait for scipy and datasets
    from parley.checks import check_predictions, load_corpus
    from parley.scoring import score_file

    given = given_tasks(data, "test")
    with findings_end_it():
        corpus = load_corpus(data)
    pairs = sum(len(task.pairs) for task in given)
    say(
        f"Loaded {corpus.info.name} {corpus.info.version}: {count(len(given), 'article')}, {count(pairs, 'stance pair')}."
    )
    if not FOLDER.is_dir():
        say("This is not a checkout of Parley: of the baselines only the floors are here.")
    reports = {}
    for name in names():
        file = output / name / "predictions.jsonl"
        run_system(find_system(name), given, file)
        findings = check_predictions(file, corpus)[1]
        print_findings(findings, as_json=False)
        with findings_end_it():
            reports[name] = score_file(corpus, file, system=name)
        write_whole(file.with_name("report.json"), to_json(reports[name]))
        say(f"{name}: predicted, checked ({count(len(findings), 'finding')}), scored.")
    articles = count(next(iter(reports.values())).articles, "article")
    out.print(f"\nThe baselines on the {articles} of the test split\n", markup=False)
    out.print(_table(reports), width=_WIDTH, soft_wrap=False, crop=False)
    out.print(f"\n{_LEGEND}\n", markup=False, soft_wrap=False, width=_WIDTH)
    out.print("All scores, with counts, by type and by article, are in the reports:", markup=False)
    for name in reports:
        out.print(f"{name:10}{output / name / 'report.json'}", markup=False)
    out.print(f"\n{next(iter(reports.values())).note}", markup=False, soft_wrap=False, width=_WIDTH)


def _table(reports: "Mapping[str, Report]") -> Table:
    """Return a table with a row for each main score and a column for each system."""
    from parley.scoring.registry import HEADLINES, METRICS, OVERALL

    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    table.add_column("what is scored")
    table.add_column("metric", style="dim", no_wrap=True)
    for name in reports:
        table.add_column(name, justify="right", no_wrap=True)

    def add(title: str, metric: str, values: list[float | None], style: str = "") -> None:
        table.add_row(title, metric, *("–" if v is None else f"{v:.3f}" for v in values), style=style)

    layer = ""
    for metric in HEADLINES:
        if METRICS[metric].layer != layer:
            table.add_section()
            layer = METRICS[metric].layer
        add(METRICS[metric].title, metric, [report.metrics[metric].value for report in reports.values()])
    table.add_section()
    for part in OVERALL:
        add(f"{part}: mean of its main scores", "", [report.overall.parts[part] for report in reports.values()])
    add("overall: mean of the three", "", [report.overall.value for report in reports.values()], style="bold")
    return table


def register(app: typer.Typer) -> None:
    """Add the command to the top of ``parley``."""
    app.command()(demo)
