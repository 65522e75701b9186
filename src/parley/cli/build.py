"""Commands that make something of the corpus: build, stats."""

import os
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich import box
from rich.markup import escape
from rich.table import Table

from parley.checks import load_corpus
from parley.cli.console import (
    DEFAULT_DATA,
    FINDINGS,
    FINE,
    AsJson,
    count,
    err,
    findings_end_it,
    out,
    print_findings,
    print_json,
    say,
    stop,
)
from parley.paths import SCHEMA
from parley.schemas import render_schemas

if TYPE_CHECKING:
    from parley.dataset.stats import Line, Stats
    from parley.reading import AnnotatedArticle

_LONG = 50  # articles from which a build takes long enough for a bar
_MANY = 6  # articles from which a column for each no longer fits a terminal

Folder = Annotated[Path, typer.Argument(help="Dataset folder, the one with articles.jsonl.", show_default=False)]


def _checkout_schemas() -> dict[str, bytes]:
    """Return the schema files to write: none where parley is installed, or their folder cannot be written."""
    in_checkout = (SCHEMA.parent / "pyproject.toml").is_file() and os.access(SCHEMA, os.W_OK)
    return {name: text.encode("utf-8") for name, text in render_schemas().items()} if in_checkout else {}


def _watch(articles: Iterable["AnnotatedArticle"], total: int) -> Iterable["AnnotatedArticle"]:
    """Show a bar on standard error while a long build runs in a terminal."""
    from rich.progress import track

    hidden = total < _LONG or not err.is_terminal
    return track(articles, description="Building", total=total, console=err, disable=hidden, transient=True)


def build(
    folder: Folder = DEFAULT_DATA,
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; list every built file that a fresh build would change.")
    ] = False,
) -> None:
    """Build the dataset: Parquet files, card (README.md) and croissant.json.

    In a checkout this also writes the JSON Schemas and, for its own dataset, the generated parts of README and
    guidelines. The folder is checked first (as by validate). Articles without gold are left out. A second build
    changes nothing. Exit code 0 if all is well, 1 if the folder has errors or, with --check, a built file differs.

    Example: parley build --check
    """
    try:
        from parley.dataset import build as dataset
        from parley.dataset.pages import build_pages
    except ModuleNotFoundError as error:
        stop(f"building needs {error.name}: pip install 'parley-bench[build]'")

    # The check of the folder reads the schemas, so they are brought up to the code before it.
    schemas, root = _checkout_schemas(), SCHEMA.parent
    findings = dataset.differences({f"{SCHEMA.name}/{name}": data for name, data in schemas.items()}, root)
    if not check:
        for path in dataset.write_changed(schemas, SCHEMA):
            say(f"  {SCHEMA.name}/{path}")
    with findings_end_it():
        corpus = load_corpus(folder, partial=True)
        is_own = bool(schemas) and folder.resolve() == (root / "data").resolve()
        pages = build_pages(root, corpus) if is_own else {}
    if waiting := [article for article in corpus.articles if article not in corpus.gold]:
        shown = ", ".join(waiting[:_MANY]) + (", …" if len(waiting) > _MANY else "")
        say(f"{folder}: {count(len(waiting), 'article')} left out, without gold: {shown}")
    watch = partial(_watch, total=len(corpus.gold))
    if check:
        findings += dataset.differing(corpus, watch) + dataset.differences(pages, root)
        print_findings(findings, as_json=False)
        say(f"{folder}: {count(len(findings), 'file')} not as built")
        raise typer.Exit(FINDINGS if findings else FINE)
    touched = dataset.build(corpus, watch)
    for path in [*touched, *dataset.write_changed(pages, root)]:
        say(f"  {path}")
    say(f"{folder}: {count(len(corpus.gold), 'article')} built, {count(len(touched), 'file')} changed")


def stats(folder: Folder = DEFAULT_DATA, as_json: AsJson = False) -> None:
    """Count the corpus: by layer, label and article, and who takes which stance.

    Example: parley stats data/
    """
    from parley.dataset.stats import corpus_stats

    with findings_end_it():
        counted = corpus_stats(load_corpus(folder, partial=True))
    if as_json:
        print_json(counted)
        return
    out.print(_counts("size", counted.sizes, counted))
    for name, lines in counted.labels.items():
        out.print(_counts(name, lines, counted))
    out.print(_stances(counted))


def _counts(name: str, lines: list["Line"], counted: "Stats") -> Table:
    """A table of counts: a column for each article while they fit, and one for all."""
    shown = counted.articles if len(counted.articles) <= _MANY else []
    table = Table(name, box=box.SIMPLE, title_justify="left")
    for heading in [*shown, "all"]:
        table.add_column(heading, justify="right", overflow="fold")
    for line in lines:
        cells = [*line.by_article, line.total] if shown else [line.total]
        table.add_row(line.name, *(str(number) for number in cells), style="" if line.total else "dim")
    return table


def _stances(counted: "Stats") -> Table:
    """Who stands where: a line for each holder, target, polarity and facet."""
    table = Table("holder", "polarity", "target", "facet", "articles", box=box.SIMPLE)
    for line in counted.stances:
        cells = (line.holder, line.polarity, line.target, line.facet, ", ".join(line.articles))
        table.add_row(*(escape(cell) for cell in cells))
    return table


def register(app: typer.Typer) -> None:
    """Add the commands to the top of ``parley``."""
    app.command()(build)
    app.command()(stats)
