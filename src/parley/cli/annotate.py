"""Commands for those who annotate: sentences, resolve, quote."""

from pathlib import Path
from typing import Annotated

import msgspec
import typer

from parley.checks import Corpus, check_annotation, check_shape, load_articles
from parley.cli.console import (
    DEFAULT_DATA,
    FINDINGS,
    AsJson,
    DataFolder,
    findings_end_it,
    out,
    print_findings,
    print_json,
    say,
    stop,
    summary,
)
from parley.findings import FindingsError
from parley.io import read_json, to_lines_json, write_whole
from parley.model import Article, Document
from parley.quote_form import QuoteDocument
from parley.quotes import resolve, to_quotes
from parley.segment import split_sentences

app = typer.Typer(help="Annotate: number the sentences, resolve quotations to offsets.", no_args_is_help=True)


def _article(data: Path, identifier: str) -> tuple[Corpus, Article, str]:
    """Return the articles of a dataset folder and the one that is named, with its text."""
    with findings_end_it():
        corpus = load_articles(data)
    if identifier not in corpus.articles:
        stop(f"there is no article '{identifier}' in {data}; there are: {', '.join(corpus.articles)}")
    return corpus, corpus.articles[identifier], corpus.texts[identifier]


@app.command()
def sentences(
    article: Annotated[str, typer.Argument(help="Id of the article.")],
    data: DataFolder = DEFAULT_DATA,
    as_json: AsJson = False,
) -> None:
    """Print the numbered sentences of the scored zones: what the quote form's sentence numbers mean.

    Example: parley annotate sentences talks-agreed-clashes-erupt
    """
    _, found, text = _article(data, article)
    rows = split_sentences(text, found.zones)
    if as_json:
        print_json([{**s._asdict(), "text": text[s.start : s.end]} for s in rows])
        return
    for s in rows:
        out.print(f"{s.number}\t{s.zone}\t{text[s.start : s.end]}", markup=False)


@app.command(name="resolve")
def resolve_(
    file: Annotated[Path, typer.Argument(help="An annotation in quote form (schema/quote.schema.json).")],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write the record here instead of standard output.")
    ] = None,
    annotator: Annotated[str, typer.Option(help="Who or what made the annotation.")] = "language-model annotator 1",
    check: Annotated[bool, typer.Option("--check", help="Only check; print no record.")] = False,
    data: DataFolder = DEFAULT_DATA,
    as_json: AsJson = False,
) -> None:
    """Turn an annotation in quote form into a record with offsets, and check it.

    Quotations that cannot be found are findings that say what is close. Nothing is written if there is an error.

    Example: parley annotate resolve pass.json -o data/gold/talks-agreed-clashes-erupt.json
    """
    value, findings = read_json(file)
    findings = findings or check_shape(value, "quote", file=str(file))
    if not findings:
        quoted = msgspec.convert(value, QuoteDocument)
        corpus, article, text = _article(data, quoted.id)
        document, findings = resolve(
            quoted, article, text, annotator=annotator, canary=corpus.info.canary, file=str(file)
        )
        if document is not None:
            findings = check_annotation(document, corpus.context(article.id, "corpus", str(output or file)))
            if not any(f.is_error for f in findings) and not check:
                write_whole(output, to_lines_json(document)) if output else print(to_lines_json(document), end="")
    print_findings(findings, as_json=as_json)
    say(f"{file}: {summary(findings)}")
    if any(f.is_error for f in findings):
        raise typer.Exit(FINDINGS)


@app.command()
def quote(
    file: Annotated[Path, typer.Argument(help="A record (data/gold/<id>.json).")],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write here instead of standard output.")
    ] = None,
    data: DataFolder = DEFAULT_DATA,
) -> None:
    """Turn a record into the quote form, to be read or edited by hand.

    Example: parley annotate quote data/gold/talks-agreed-clashes-erupt.json
    """
    value, findings = read_json(file)
    findings = findings or check_shape(value, "document", file=str(file))
    with findings_end_it():
        if findings:
            raise FindingsError(findings)
        document = msgspec.convert(value, Document)
        corpus, article, text = _article(data, document.id)
        wrong = [f for f in check_annotation(document, corpus.context(article.id, "corpus", str(file))) if f.is_error]
        if wrong:
            raise FindingsError(wrong)
    quoted = to_lines_json(to_quotes(document, article, text))
    write_whole(output, quoted) if output else print(quoted, end="")
