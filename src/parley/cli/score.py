"""Commands for entrants: check a file of predictions, score it."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from parley.checks import Corpus, check_predictions, load_corpus
from parley.checks.predictions import read_predictions
from parley.checks.submission import check_system_name, name_system
from parley.cli.console import (
    DEFAULT_DATA,
    FINDINGS,
    AsJson,
    DataFolder,
    count,
    err,
    findings_end_it,
    print_findings,
    print_json,
    say,
    stop,
    summary,
)
from parley.files import to_json, write_whole
from parley.findings import FindingsError

if TYPE_CHECKING:
    from parley.report_form import Report

Predictions = Annotated[
    Path, typer.Argument(help="A predictions.jsonl, a line an article; also packed, .jsonl.gz.", show_default=False)
]
Checked = Annotated[
    Path, typer.Argument(help="A predictions.jsonl, also packed; or the folder of a submission.", show_default=False)
]
Split = Annotated[str, typer.Option(help="Split that is predicted.")]


def _corpus(data: Path) -> Corpus:
    """Return the dataset folder, checked; its findings end the command."""
    with findings_end_it():
        return load_corpus(data)


def check(
    predictions: Checked, data: DataFolder = DEFAULT_DATA, split: Split = "test", as_json: AsJson = False
) -> None:
    """Check a file of predictions, or a submission: every problem in it, each with line, path and how to mend it.

    A name in the submission.json beside a file is checked too; of a submission's folder everything is: what it says,
    its predictions, their checksum, the version of the data. Of errors and of warnings the first thousand are listed.

    Exit code 0 if there is no error (warnings cost score, not admission), 1 if there is, 2 for wrong usage.

    Example: parley check eval/example/predictions.jsonl --data tests/small
    """
    corpus = _corpus(data)
    if predictions.is_dir():
        from parley.submission import check_submission  # here, so that a file need not wait for the scorer

        _, usable, findings = check_submission(predictions, corpus, split)
    else:
        found, findings = check_predictions(predictions, corpus, split)
        usable = len(found)
        findings += name_system(predictions)[1]
    print_findings(findings, as_json=as_json)
    wanted = count(len(corpus.split(split)), "article")
    say(f"{predictions}: {usable} of {wanted} usable, {summary(findings)}")
    if any(finding.is_error for finding in findings):
        raise typer.Exit(FINDINGS)


def _system(predictions: Path) -> str:
    """Return the name of the system, by the submission.json beside the predictions; a bad one ends the command."""
    name, findings = name_system(predictions)
    if any(finding.is_error for finding in findings):
        raise FindingsError(findings)
    print_findings(findings, as_json=False, console=err)
    return name


def score(
    predictions: Predictions,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="Write the report here (default: report.json beside the predictions)."),
    ] = None,
    system: Annotated[
        str | None, typer.Option(help="Name of the system (default: from the submission.json beside the predictions).")
    ] = None,
    html: Annotated[
        Path | None,
        typer.Option("--html", metavar="OUT", help="Write a page too: figures, confusions, every item on the text."),
    ] = None,
    data: DataFolder = DEFAULT_DATA,
    split: Split = "test",
    every: Annotated[bool, typer.Option("--all", help="Show every metric, not the headline ones alone.")] = False,
    gold: Annotated[
        Path | None,
        typer.Option(metavar="GOLD", help="Score against a gold.jsonl (text and zones in each line): figures only."),
    ] = None,
    jobs: Annotated[int, typer.Option(min=1, max=256, help="With --gold: processes that share the work.")] = 1,
    as_json: AsJson = False,
) -> None:
    """Score a file of predictions against the gold: check it, write report.json, show the figures.

    With --json the report is printed instead of the tables. Nothing is written if the file has an error.

    With --gold two files of lines are read side by side, as many articles as there are, in little memory. There is no
    report then, and of the checks only those of a line's shape are made.

    Example: parley score eval/example/predictions.jsonl --data tests/small -o report.json
    """
    if gold is not None:
        if output is not None or html is not None or system is not None:
            stop("--output, --html and --system belong to a report, which --gold does not make")
        from parley.cli.score_lines import print_scores

        print_scores(gold, predictions, jobs=jobs, every=every, as_json=as_json)
        return
    if jobs != 1:
        stop("--jobs needs --gold: a dataset folder is scored by one process")
    from parley.cli.score_tables import print_report  # here, so that other commands need not wait for scipy
    from parley.scoring import score_file

    if system is not None and (wrong := check_system_name(system)):
        stop(f"--system: {wrong[0].message}; {wrong[0].suggestion}")
    target = output or predictions.with_name("report.json")
    if target.is_file() and predictions.is_file() and target.samefile(predictions):
        stop("the report would take the place of the predictions; name another file with --output")
    if html is not None and html.resolve() in (predictions.resolve(), target.resolve()):
        stop("the page would take the place of another file; name another one with --html")
    corpus = _corpus(data)
    with findings_end_it():
        report = score_file(corpus, predictions, split, system=system or _system(predictions))
    write_whole(target, to_json(report))
    if html is not None:
        _write_page(html, report, corpus, predictions)
    if as_json:
        print_json(report)
    else:
        print_report(report, every=every)
    say(f"The report is in {target}.")


def _write_page(html: Path, report: "Report", corpus: Corpus, predictions: Path) -> None:
    """Write the page of a report; its predictions, known to be without errors, are read once more for it."""
    from parley.show.report_page import render

    with findings_end_it():
        write_whole(html, render(report, corpus, read_predictions(predictions, corpus, report.split)))
    say(f"The page is in {html}.")


def register(app: typer.Typer) -> None:
    """Add the commands to the top of ``parley``."""
    app.command()(check)
    app.command()(score)
