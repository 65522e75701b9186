"""Commands for entrants: check a file of predictions, score it."""

from pathlib import Path
from typing import Annotated

import typer

from parley.checks import Corpus, check_predictions, load_corpus
from parley.cli.console import (
    DEFAULT_DATA,
    FINDINGS,
    AsJson,
    DataFolder,
    count,
    findings_end_it,
    print_findings,
    print_json,
    say,
    stop,
    summary,
)
from parley.io import read_json, to_json, write_whole

Predictions = Annotated[Path, typer.Argument(help="A predictions.jsonl, a line an article.", show_default=False)]
Split = Annotated[str, typer.Option(help="Split that is predicted.")]


def _corpus(data: Path) -> Corpus:
    """Return the dataset folder, checked; its findings end the command."""
    with findings_end_it():
        return load_corpus(data)


def check(
    predictions: Predictions, data: DataFolder = DEFAULT_DATA, split: Split = "test", as_json: AsJson = False
) -> None:
    """Check a file of predictions: every problem in it, each with line, path and how to mend it.

    Exit code 0 if there is no error (warnings cost score, not admission), 1 if there is, 2 for wrong usage.

    Example: parley check eval/example/predictions.jsonl --data tests/small
    """
    corpus = _corpus(data)
    found, findings = check_predictions(predictions, corpus, split)
    print_findings(findings, as_json=as_json)
    wanted = count(len(corpus.split(split)), "article")
    say(f"{predictions}: {len(found)} of {wanted} usable, {summary(findings)}")
    if any(finding.is_error for finding in findings):
        raise typer.Exit(FINDINGS)


def _system(predictions: Path) -> str:
    """Return the name in the submission.json beside the predictions; without one, the file's name."""
    beside = predictions.with_name("submission.json")
    value, _ = read_json(beside) if beside.is_file() else (None, [])
    name = value.get("system") if isinstance(value, dict) else None
    return name if isinstance(name, str) and name else predictions.stem


def score(
    predictions: Predictions,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="Write the report here (default: report.json beside the predictions)."),
    ] = None,
    system: Annotated[
        str | None, typer.Option(help="Name of the system (default: from the submission.json beside the predictions).")
    ] = None,
    data: DataFolder = DEFAULT_DATA,
    split: Split = "test",
    every: Annotated[bool, typer.Option("--all", help="Show every metric, not the headline ones alone.")] = False,
    as_json: AsJson = False,
) -> None:
    """Score a file of predictions against the gold: check it, write report.json, show the figures.

    With --json the report is printed instead of the tables. Nothing is written if the file has an error.

    Example: parley score eval/example/predictions.jsonl --data tests/small -o report.json
    """
    from parley.cli.score_tables import print_report  # here, so that other commands need not wait for scipy
    from parley.scoring import score_file

    if system == "":
        stop("--system needs a name")
    corpus = _corpus(data)
    with findings_end_it():
        report = score_file(corpus, predictions, split, system=system or _system(predictions))
    target = output or predictions.with_name("report.json")
    write_whole(target, to_json(report))
    if as_json:
        print_json(report)
    else:
        print_report(report, every=every)
    say(f"The report is in {target}.")


def register(app: typer.Typer) -> None:
    """Add the commands to the top of ``parley``."""
    app.command()(check)
    app.command()(score)
