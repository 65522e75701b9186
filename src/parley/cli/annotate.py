"""Commands for those who annotate: add, sentences, resolve, quote."""

import json
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from parley.checks import Corpus, check_annotation, check_shape, load_corpus
from parley.checks.corpus import check_article_id
from parley.cli.console import (
    DEFAULT_DATA,
    FINDINGS,
    AsJson,
    DataFolder,
    findings_end_it,
    print_findings,
    print_json,
    say,
    stop,
    summary,
)
from parley.corpus import Article, ArticleDate
from parley.files import read_bytes, read_json, to_lines_json, write_whole
from parley.findings import FindingsError, finding
from parley.model import Document
from parley.new_article import describe
from parley.quotes import QuoteDocument, resolve, to_quotes
from parley.reading import annotated
from parley.segment import split_sentences

app = typer.Typer(
    help="Annotate: add an article, number its sentences, resolve quotations to offsets.", no_args_is_help=True
)


def _article(data: Path, identifier: str) -> tuple[Corpus, Article, str]:
    """Return the articles of a dataset folder and the one that is named, with its text."""
    with findings_end_it():
        corpus = load_corpus(data, gold=False, raw=False)
    if identifier not in corpus.articles:
        stop(f"there is no article '{identifier}' in {data}; there are: {', '.join(corpus.articles)}")
    return corpus, corpus.articles[identifier], corpus.texts[identifier]


@app.command()
def add(
    file: Annotated[Path, typer.Argument(help="The text: articles/<id>.txt in the dataset folder.")],
    zones: Annotated[str, typer.Option(help="Lines of each zone, from 1: headline=1,standfirst=2,body=3-9,notice=10-")],
    date: Annotated[str, typer.Option(help="Day of publication, year-month-day.")],
    reason: Annotated[str, typer.Option(help="Where the day is stated, or how it was inferred.")],
    provenance: Annotated[str, typer.Option(help="How the text came to be here.")],
    licence: Annotated[str, typer.Option(help="Whose the text is.")],
    basis: Annotated[str, typer.Option(help="stated or inferred.")] = "stated",
    split: Annotated[str, typer.Option(help="train, validation or test.")] = "train",
    source_name: Annotated[str | None, typer.Option(help="File name under which it was supplied.")] = None,
    data: DataFolder = DEFAULT_DATA,
) -> None:
    """Describe a new article: append its line, with zones and checksum, to articles.jsonl.

    Example: parley annotate add data/articles/harbour.txt --zones headline=1,body=2- --date 2031-03-04 --reason "On the
    page." --provenance "Supplied by its publisher." --licence "CC BY 4.0" --data data
    """
    if file.resolve() != (data / "articles" / file.name).resolve() or file.suffix != ".txt":
        stop(f"{file} is not in the folder {data / 'articles'}; put the text there as <id>.txt")
    listing = data / "articles.jsonl"
    with findings_end_it():
        content, findings = read_bytes(file)
        if content is None:
            raise FindingsError(findings)
        day = ArticleDate(value=date, basis=basis, reason=reason)
        article = describe(file.stem, content, zones, split=split, date=day, provenance=provenance, licence=licence, source_name=source_name or file.name)  # fmt: skip
        row = msgspec.to_builtins(article)
        before = listing.read_bytes() if listing.is_file() else b""
        findings = check_shape(row, "article", file=str(file))
        listed = [json.loads(line)["id"] for line in before.splitlines() if line.strip()]
        if article.id in listed:
            findings.append(finding("duplicate-article", file=str(listing), id=article.id, fix="choose another id"))
        else:
            findings += check_article_id(article.id, listed, str(listing))
        if findings:
            raise FindingsError(findings)
    line = json.dumps(row, ensure_ascii=False).encode("utf-8")
    write_whole(listing, before + (b"" if not before or before.endswith(b"\n") else b"\n") + line + b"\n")
    say(f"{listing}: added {article.id}")


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
        print(s.number, s.zone, text[s.start : s.end], sep="\t")


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
            findings = check_annotation(annotated(corpus, article.id, document), "corpus", str(output or file))
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
        wrong = [
            f for f in check_annotation(annotated(corpus, article.id, document), "corpus", str(file)) if f.is_error
        ]
        if wrong:
            raise FindingsError(wrong)
    quoted = to_lines_json(to_quotes(document, article, text))
    write_whole(output, quoted) if output else print(quoted, end="")
