"""Commands for entrants: check a file of predictions, score it."""

from pathlib import Path
from typing import Annotated

import typer

from parley.checks import check_predictions, load_corpus
from parley.checks.predictions import read_predictions
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
from parley.leaderboard.submission import check_system_name, name_system, read_submission

Predictions = Annotated[
    Path, typer.Argument(help="A predictions.jsonl, a line an article; also packed, .jsonl.gz.", show_default=False)
]
Checked = Annotated[
    Path, typer.Argument(help="A predictions.jsonl, also packed; or the folder of a submission.", show_default=False)
]
Split = Annotated[str, typer.Option(help="Split that is predicted.")]


def check(
    predictions: Checked, data: DataFolder = DEFAULT_DATA, split: Split = "test", as_json: AsJson = False
) -> None:
    """Check a file of predictions, or a submission: report every problem with its location and a fix.

    The name in a submission.json beside the file is checked too. Of a submission's folder everything is checked: its
    description, its predictions, their checksum, the version of the data. Of errors and of warnings the first thousand
    are listed.

    Exit code 0 if there is no error (warnings cost score, not admission), 1 if there is, 2 for wrong usage.

    Example: parley check eval/example/predictions.jsonl --data tests/small
    """
    with findings_end_it():
        corpus = load_corpus(data)
    if predictions.is_dir():
        _, found, findings = read_submission(predictions, corpus, split)
    else:
        found, findings = check_predictions(predictions, corpus, split)
        findings += name_system(predictions)[1]
    print_findings(findings, as_json=as_json)
    wanted = count(len(corpus.split(split)), "article")
    say(f"{predictions}: {len(found)} of {wanted} usable, {summary(findings)}")
    if any(finding.is_error for finding in findings):
        raise typer.Exit(FINDINGS)


def _system(predictions: Path) -> str:
    """Return the name in the submission.json beside the predictions. Raises ``FindingsError`` for a bad one."""
    name, findings = name_system(predictions)
    if any(finding.is_error for finding in findings):
        raise FindingsError(findings)
    print_findings(findings, as_json=False, console=err)
    return name


def score(
    predictions: Predictions,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="Write the report here (default: NAME.report.json beside NAME.jsonl)."),
    ] = None,
    system: Annotated[
        str | None, typer.Option(help="Name of the system (default: from the submission.json beside the predictions).")
    ] = None,
    html: Annotated[
        Path | None,
        typer.Option("--html", metavar="OUT", help="Write a page too: scores, confusions, every item in the text."),
    ] = None,
    data: DataFolder = DEFAULT_DATA,
    split: Split = "test",
    every: Annotated[bool, typer.Option("--all", help="Show every metric, not only the headline ones.")] = False,
    gold: Annotated[
        Path | None,
        typer.Option(metavar="GOLD", help="Score against a gold.jsonl (text and zones in each line): scores only."),
    ] = None,
    jobs: Annotated[int, typer.Option(min=1, max=256, help="With --gold: processes that share the work.")] = 1,
    as_json: AsJson = False,
) -> None:
    """Score a file of predictions against the gold: check it, write the report, show the scores.

    With --json the report is printed instead of the tables. Nothing is written if the file has an error.

    With --gold two files of lines are read side by side, in little memory however many articles there are. There is no
    report then, and only the shape of each line is checked.

    Example: parley score eval/example/predictions.jsonl --data tests/small -o report.json
    """
    if gold is not None:
        if output is not None or html is not None or system is not None:
            stop("--output, --html and --system belong to a report, which --gold does not make")
        from parley.cli.score_tables import print_scores
        from parley.scoring.lines import score_lines

        for path in (gold, predictions):
            if not path.is_file():
                stop(f"there is no file {path}")
            if path.suffix == ".gz":
                stop(f"{path} is packed; unpack it first, as lines are read from two places of the file")
        with findings_end_it():
            print_scores(score_lines(gold, predictions, jobs=jobs), every=every, as_json=as_json)
        return
    if jobs != 1:
        stop("--jobs needs --gold: a dataset folder is scored by one process")
    from parley.cli.score_tables import print_report  # here, so that other commands need not wait for scipy
    from parley.scoring import score_file

    if system is not None and (wrong := check_system_name(system)):
        stop(f"--system: {wrong[0].message}; {wrong[0].suggestion}")
    stem = predictions.name.removesuffix(".gz").removesuffix(".jsonl")
    target = output or predictions.with_name(f"{stem}.report.json")
    if target.is_file() and predictions.is_file() and target.samefile(predictions):
        stop("the report would overwrite the predictions; name another file with --output")
    if html is not None and html.resolve() in (predictions.resolve(), target.resolve()):
        stop("the page would overwrite another file; name another one with --html")
    with findings_end_it():
        corpus = load_corpus(data)
        report = score_file(corpus, predictions, split, system=system or _system(predictions))
    write_whole(target, to_json(report))
    if html is not None:
        from parley.pages.report import report_pages

        with findings_end_it():
            lines = read_predictions(predictions, corpus, report.split)
        for name, page in report_pages(report, corpus, lines, html.name).items():
            write_whole(html.parent / name, page)
        say(f"The page is in {html}; it links to one page for each article.")
    if as_json:
        print_json(report)
    else:
        print_report(report, every=every)
    say(f"The report is in {target}.")


def register(app: typer.Typer) -> None:
    """Add the commands to the top of ``parley``."""
    app.command()(check)
    app.command()(score)
