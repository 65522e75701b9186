"""Commands on the dataset folder: validate."""

from pathlib import Path
from typing import Annotated

import typer

from parley.checks import check_corpus
from parley.cli.console import DEFAULT_DATA, FINDINGS, AsJson, count, print_findings, say, summary


def validate(
    folder: Annotated[
        Path, typer.Argument(help="Dataset folder, the one with articles.jsonl.", show_default=False)
    ] = DEFAULT_DATA,
    as_json: AsJson = False,
) -> None:
    """Check a dataset folder: JSON Schema first, then meaning. All findings in one run.

    Exit code 0 if there is no error, 1 if there is, 2 for wrong usage.

    Example: parley validate data/
    """
    corpus, findings = check_corpus(folder)
    print_findings(findings, as_json=as_json)
    if corpus is not None:
        say(f"{folder}: {count(len(corpus.articles), 'article')}, {summary(findings)}")
    else:
        say(f"{folder}: {summary(findings)}")
        raise typer.Exit(FINDINGS)


def register(app: typer.Typer) -> None:
    """Add the commands to the top of ``parley``."""
    app.command()(validate)
