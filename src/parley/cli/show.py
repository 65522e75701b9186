"""The command show: an annotated article for people to look at."""

import io
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.console import Console

from parley.checks import check_annotation, check_predictions, check_shape, load_corpus
from parley.cli.console import (
    DEFAULT_DATA,
    AsJson,
    DataFolder,
    err,
    findings_end_it,
    print_findings,
    print_json,
    say,
    stop,
)
from parley.corpus import Corpus
from parley.files import read_json, write_whole
from parley.findings import Finding, FindingsError
from parley.model import Annotation, Document
from parley.pages.article import LAYERS, Shown, article_page
from parley.pages.html import notice
from parley.pages.terminal import render
from parley.reading import annotated


class Layer(StrEnum):
    """A layer to be shown; the names are those of ``parley.pages.article.LAYERS``."""

    ENTITIES = "entities"
    EVENTS = "events"
    STANCE = "stance"


def _raise_errors(findings: list[Finding]) -> None:
    """Print warnings; raise ``FindingsError`` with all findings if one is an error."""
    if any(finding.is_error for finding in findings):
        raise FindingsError(findings)
    print_findings(findings, as_json=False, console=err)


def _record(file: Path, article: str, corpus: Corpus) -> Document:
    """Return a checked record of the article.

    Raises ``FindingsError`` with every finding if there is an error in it.
    """
    value, findings = read_json(file)
    findings = findings or check_shape(value, "document", file=str(file))
    if findings:
        raise FindingsError(findings)
    document = msgspec.convert(value, Document)
    if document.id != article:
        stop(f"{file} annotates the article '{document.id}', not '{article}'")
    if document.sha256 != corpus.articles[article].sha256:
        changed = "made over another version of the text"
        raise FindingsError([Finding(rule="other-text", message=changed, file=str(file), path="$.sha256")])
    _raise_errors(check_annotation(annotated(corpus, article, document), "corpus", str(file)))
    return document


def show(
    article: Annotated[str, typer.Argument(metavar="ID", help="Id of the article.")],
    data: DataFolder = DEFAULT_DATA,
    layer: Annotated[
        list[Layer] | None,
        typer.Option(
            "--layer",
            metavar="|".join(LAYERS),
            help="Show this layer only; repeatable (default: all).",
            show_default=False,
        ),
    ] = None,
    annotation: Annotated[
        Path | None, typer.Option("--annotation", help="Show this record instead of the gold: a raw pass, a draft.")
    ] = None,
    predictions: Annotated[
        Path | None,
        typer.Option("--predictions", help="Show a system's line for the article, after checking the file."),
    ] = None,
    html: Annotated[
        Path | None, typer.Option("--html", metavar="OUT", help="Write one self-contained page here instead.")
    ] = None,
    as_json: AsJson = False,
    width: Annotated[
        int | None, typer.Option("--width", min=40, max=400, help="Columns (default: those of the terminal).")
    ] = None,
) -> None:
    """Show an annotated article: its text with entities and events, who says so, and who stands where.

    In the text, square brackets hold mentions and «angle quotes» hold triggers, each with its type and number.

    Example: parley show talks-agreed-clashes-erupt --layer entities --layer stance
    """
    if annotation is not None and predictions is not None:
        stop("--annotation and --predictions exclude each other")
    with findings_end_it():
        corpus = load_corpus(data, gold=predictions is not None, raw=False, partial=True)
        if article not in corpus.articles:
            stop(f"there is no article '{article}' in {data}; there are: {', '.join(corpus.articles)}")
        found: Annotation
        origin = None
        if predictions is not None:
            lines, findings = check_predictions(predictions, corpus, corpus.articles[article].split)
            _raise_errors(findings)
            found, origin = lines[article], f"predictions of {predictions.name}"
        else:
            found = _record(annotation or data / "gold" / f"{article}.json", article, corpus)
    layers = [str(chosen) for chosen in layer] if layer else tuple(LAYERS)
    shown = Shown(corpus.articles[article], corpus.texts[article], found, corpus.entries, layers, origin)
    if html is not None:
        write_whole(html, article_page(shown, notice=notice(corpus)))
        say(f"{html}: written")
    if as_json:
        print_json(shown.as_data())
    elif html is None:
        _print(shown, width)


def _print(shown: Shown, width: int | None) -> None:
    """Print an article; where the output is no terminal, without the blanks that fill up the lines."""
    console = Console(width=width, highlight=False, emoji=False)
    drawn = render(shown)
    if console.is_terminal:
        console.print(drawn)
        return
    paper = io.StringIO()
    Console(file=paper, width=width, highlight=False, emoji=False).print(drawn)
    console.file.write("".join(line.rstrip() + "\n" for line in paper.getvalue().splitlines()))


def register(app: typer.Typer) -> None:
    """Add the command to the top of ``parley``."""
    app.command()(show)
