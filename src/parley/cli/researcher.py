"""Commands for researchers: look at an article, count the corpus, check it, and a demonstration."""

from __future__ import annotations

import io
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from parley.cli.console import (
    DEFAULT_DATA,
    FINDINGS,
    AsJson,
    DataFolder,
    count,
    err,
    findings_end_it,
    or_close,
    out,
    print_findings,
    print_json,
    say,
    stop,
    summary,
)
from parley.files import to_json, write_whole
from parley.findings import Finding, FindingsError, finding
from parley.words import score_text

if TYPE_CHECKING:
    from rich.table import Table

    from parley.corpus import Corpus
    from parley.dataset.stats import Line, Stats
    from parley.model import Document
    from parley.pages.article import Shown
    from parley.report import Report

_MOST_LISTED = 6  # articles from which a column for each no longer fits a terminal
Folder = Annotated[Path, typer.Argument(help="Dataset folder, the one with articles.jsonl.", show_default=False)]
_DEMO_WIDTH = 100  # columns; a narrower table would break the numbers
_DEMO_LEGEND = """Scores are between 0 (nothing right) and 1 (everything as in the gold). Most are F1: the harmonic mean of \
the share of predicted items that are right and the share of gold items that were found; eval/README.md defines each. Baselines \
are there to compare with, not to use. Below a score: its 95 % interval."""


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
    from parley.checks import check_annotation
    from parley.checks.shape import read_record
    from parley.model import Document
    from parley.reading import annotated

    document = read_record(file, "document", Document)
    if document.id != article:
        stop(f"{file} annotates the article '{document.id}', not '{article}'")
    if document.sha256 != corpus.articles[article].sha256:
        raise FindingsError([finding("other-text", file=str(file), path="$.sha256")])
    _raise_errors(check_annotation(annotated(corpus, article, document), "corpus", str(file)))
    return document


def show(
    article: Annotated[str, typer.Argument(metavar="ID", help="Id of the article.")],
    data: DataFolder = DEFAULT_DATA,
    layer: Annotated[
        list[Layer] | None,
        typer.Option(
            "--layer",
            metavar="|".join(Layer),
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
    """Show an annotated article: its text with entities, events and their sources, and the stances.

    In the text, square brackets hold mentions and «angle quotes» hold triggers, each with its type and number.

    Example: parley show talks-agreed-clashes-erupt --layer entities --layer stance
    """
    from parley.checks import check_predictions, load_corpus
    from parley.model import Annotation, Prediction
    from parley.pages.article import LAYERS, Shown, article_page
    from parley.pages.html import notice
    from parley.reading import with_contested

    if annotation is not None and predictions is not None:
        stop("--annotation and --predictions exclude each other")
    with findings_end_it():
        try:
            corpus = load_corpus(data, gold=annotation is None, raw=False, partial=True)
        except FindingsError:
            if predictions is not None:
                raise
            corpus = load_corpus(data, gold=False, raw=False, partial=True)  # the gold of another article may be faulty
        if article not in corpus.articles:
            stop(f"there is no article '{article}' in {data}; {or_close(article, [*corpus.articles])}")
        found: Annotation
        origin = None
        if predictions is not None:
            lines, findings = check_predictions(predictions, corpus, corpus.articles[article].split)
            _raise_errors(findings)
            found, origin = lines[article], f"predictions of {predictions.name}"
        elif annotation is None and not (data / "gold" / f"{article}.json").exists():
            say(f"The article '{article}' is not annotated yet. This is its text.")
            found, origin, layer = Prediction(id=article), "not annotated yet", []
        else:
            found = _record(annotation or data / "gold" / f"{article}.json", article, corpus)
    layers = tuple(LAYERS) if layer is None else [str(chosen) for chosen in layer]
    shown = Shown(corpus.articles[article], corpus.texts[article], found, corpus.entries, layers, origin)
    if annotation is None and predictions is None:
        (shown,) = with_contested(corpus, [shown])
    if html is not None:
        write_whole(html, article_page(shown, notice=notice(corpus)))
        say(f"{html}: written")
    if as_json:
        print_json(shown.as_data())
    elif html is None:
        _print_article(shown, width)


def _print_article(shown: Shown, width: int | None) -> None:
    """Print an article; where the output is no terminal, without the blanks that fill up the lines."""
    from rich.console import Console

    from parley.pages.terminal import render

    console = Console(width=width, highlight=False, emoji=False)
    drawn = render(shown)
    if console.is_terminal:
        console.print(drawn)
        return
    paper = io.StringIO()
    Console(file=paper, width=width, highlight=False, emoji=False).print(drawn)
    console.file.write("".join(line.rstrip() + "\n" for line in paper.getvalue().splitlines()))


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
    from parley.checks import check_corpus
    from parley.contrast import check_contrast
    from parley.scoring.contrast import check_differences
    from parley.twin import twins

    corpus, findings = check_corpus(folder)
    if corpus is not None:
        try:
            twins(corpus)
        except FindingsError as error:
            findings += error.findings
        made, wrong = check_contrast(corpus)
        findings += [*wrong, *check_differences(corpus, made)]
    print_findings(findings, as_json=as_json)
    if corpus is not None:
        say(f"{folder}: {count(len(corpus.articles), 'article')}, {summary(findings)}")
    else:
        say(f"{folder}: {summary(findings)}")
    if corpus is None or any(each.is_error for each in findings):
        raise typer.Exit(FINDINGS)


def stats(
    folder: Folder = DEFAULT_DATA,
    stories: Annotated[
        bool, typer.Option("--stories", help="Of each story instead: what is written, annotated and adjudicated.")
    ] = False,
    variety: Annotated[
        bool, typer.Option("--variety", help="Instead: how varied the prose is; exit code 1 if it is not enough.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Count the corpus: by layer, label and article, who takes which stance, and which side is heard how often.

    Example: parley stats data/
    """
    from parley.checks import load_corpus
    from parley.dataset.stats import corpus_stats

    if stories and variety:
        stop("--stories and --variety are two tables; ask for one")
    with findings_end_it():
        corpus = load_corpus(folder, partial=True)
    if stories:
        return _print_progress(corpus, as_json=as_json)
    if variety:
        return _print_variety(corpus, as_json=as_json)
    counted = corpus_stats(corpus)
    if as_json:
        print_json(counted)
        return
    for name, group in counted.groups.items():
        size = f"{count(group.articles, 'article')} in {count(group.stories, 'story', 'stories')}"
        out.print(f"{name}: {size}", soft_wrap=False)
    out.print(_count_table("size", counted.sizes, counted))
    for name, lines in counted.labels.items():
        out.print(_count_table(name, lines, counted))
    out.print(_stance_table(counted))
    out.print(_speaker_table(counted))
    return None


def _print_progress(corpus: Corpus, *, as_json: bool) -> None:
    """Print what of each story is written, annotated by whom, and adjudicated."""
    from rich import box
    from rich.table import Table

    from parley.dataset.progress import progress

    lines = progress(corpus)
    if as_json:
        print_json(lines)
        return
    table = Table(box=box.SIMPLE_HEAD, show_footer=True, pad_edge=False, collapse_padding=True)
    table.add_column("story", "all", overflow="fold", min_width=12)
    table.add_column("split")
    table.add_column("origin")
    for heading, total in (
        ("articles", sum(line.articles for line in lines)),
        ("words", sum(line.words for line in lines)),
        ("gold", sum(line.adjudicated for line in lines)),
    ):
        table.add_column(heading, str(total), justify="right", no_wrap=True)
    table.add_column("told", justify="right", no_wrap=True)
    table.add_column("annotated by")
    for line in lines:
        passes = ", ".join(f"{who} {number}" for who, number in line.passes.items())
        told = f"{line.told} of {line.events}" if line.events else ""
        numbers = (str(number) for number in (line.articles, line.words, line.adjudicated))
        table.add_row(line.story or "none", line.split, line.origin or "", *numbers, told, escape(passes))
    out.print(table, soft_wrap=False)
    out.print("gold: adjudicated articles; told: events of the story that a registry entry is linked to.")


def _print_variety(corpus: Corpus, *, as_json: bool) -> None:
    """Print how varied the articles are, and what is not varied enough; exit code 1 if anything is."""
    from rich import box
    from rich.table import Table

    from parley.dataset.variety import check_variety, measure, summaries

    measures, findings = measure(corpus), check_variety(corpus)
    if as_json:
        print_json({"articles": measures, "stories": summaries(measures), "findings": findings})
    else:
        table = Table(box=box.SIMPLE_HEAD, pad_edge=False, collapse_padding=True)
        table.add_column("story", overflow="fold", min_width=12)
        for heading in ("texts", "words", "length", "begin", "para.", "types", "least", "pairs", "least"):
            table.add_column(heading, justify="right", no_wrap=True)
        for line in summaries(measures):
            sizes = (str(line.articles), f"{line.shortest}–{line.longest}", f"{line.sentence_length:.1f}")
            shares = (f"{share:.2f}" for share in (line.openings, line.paragraph_openings))
            ratios = (line.types, line.least_types, line.bigrams, line.least_bigrams)
            table.add_row(line.name, *sizes, *shares, *(f"{ratio:.3f}" for ratio in ratios))
        out.print(table, soft_wrap=False)
        legend = (
            "Words of an article; length of a sentence in words; the share that is distinct of the first three words of "
            "articles (begin) and paragraphs (para.), and of the words (types) and pairs of words of an article, its "
            "first 200, with the least of one article."
        )
        out.print(legend, soft_wrap=False)
        print_findings(findings, as_json=False)
    if findings:
        raise typer.Exit(FINDINGS)
    return None


def _count_table(name: str, lines: list[Line], counted: Stats) -> Table:
    """A table of counts: a column for each article while they fit, else for each group of them; and one for all."""
    from rich import box
    from rich.table import Table

    few = len(counted.articles) <= _MOST_LISTED
    table = Table(name, box=box.SIMPLE, title_justify="left")
    for heading in [*(counted.articles if few else counted.groups), "all"]:
        table.add_column(heading, justify="right", overflow="fold")
    for line in lines:
        cells = [*(line.by_article if few else line.by_group.values()), line.total]
        table.add_row(line.name, *(str(number) for number in cells), style="" if line.total else "dim")
    return table


def _stance_table(counted: Stats) -> Table:
    """Return the stances: a line for each holder, target, polarity and facet."""
    from rich import box
    from rich.table import Table

    table = Table("holder", "polarity", "target", "facet", "articles", box=box.SIMPLE)
    for line in counted.stances:
        cells = (line.holder, line.polarity, line.target, line.facet, ", ".join(line.articles))
        table.add_row(*(escape(cell) for cell in cells))
    return table


def _speaker_table(counted: Stats) -> Table:
    """Return who is heard: a line for each speaker, by side."""
    from rich import box
    from rich.table import Table

    table = Table("story", "side", "speaker", "speech", "stances", box=box.SIMPLE)
    for own in counted.speakers:
        names = (own.story or "none", own.side, own.speaker)
        table.add_row(*map(escape, names), str(own.speech), str(own.stances))
    return table


def demo(
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder for predictions and reports.")] = Path(
        "out/demo"
    ),
    data: DataFolder = DEFAULT_DATA,
) -> None:
    """Load the dataset, run every baseline, check and score the predictions, and show the scores.

    Nothing is trained: of the baselines that learn, the predictions in eval/submissions are checked and scored.

    Example: parley demo
    """
    from parley.baselines import (  # here, so that other commands need not wait for scipy and datasets
        FOLDER,
        is_learned,
        names,
    )
    from parley.checks import check_predictions, load_corpus
    from parley.cli.entrant import find_system, given_tasks, run_system
    from parley.scoring import score_file

    given = given_tasks(data, "test")
    with findings_end_it():
        corpus = load_corpus(data, partial=True)
    pairs = sum(len(task.pairs) for task in given)
    say(
        f"Loaded {corpus.info.name} {corpus.info.version}: {count(len(given), 'article')}, {count(pairs, 'stance pair')}."
    )
    if not FOLDER.is_dir():
        say("This is not a checkout of Parley: of the baselines only the floors are here.")
    reports = {}
    for name in names():
        file = output / name / "predictions.jsonl"
        if not is_learned(name):
            run_system(find_system(name), given, file)
        elif (committed := FOLDER.parent / "eval" / "submissions" / name / "predictions.jsonl").is_file():
            write_whole(file, committed.read_bytes())
        else:
            say(f"{name}: left out; there are no predictions of it in eval/submissions.")
            continue
        findings = check_predictions(file, corpus)[1]
        with findings_end_it():
            reports[name] = score_file(corpus, file, system=name)
        write_whole(file.with_name("report.json"), to_json(reports[name]))
        how = "predictions of eval/submissions" if is_learned(name) else "predicted"
        say(f"{name}: {how}, checked ({summary(findings)}), scored.")
    articles = count(next(iter(reports.values())).articles, "article")
    out.print(f"\nThe baselines on the {articles} of the test split\n", markup=False)
    out.print(_demo_table(reports), width=_DEMO_WIDTH, soft_wrap=False, crop=False)
    out.print(f"\n{_DEMO_LEGEND}\n", markup=False, soft_wrap=False, width=_DEMO_WIDTH)
    out.print("All scores, with counts, by type and by article, are in the reports:", markup=False)
    for name in reports:
        out.print(f"{name:10}{output / name / 'report.json'}", markup=False)
    out.print(f"\n{next(iter(reports.values())).note}", markup=False, soft_wrap=False, width=_DEMO_WIDTH)


def _demo_table(reports: Mapping[str, Report]) -> Table:
    """Return a table with a row for each main score and a column for each system; six fit 80 columns."""
    from rich import box
    from rich.table import Table

    from parley.scoring.registry import HEADLINES, OVERALL

    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    table.add_column("score", no_wrap=True)
    for name in reports:
        table.add_column(name, justify="right", no_wrap=True)

    def add(name: str, scores: list[tuple[float | None, list[float] | None]], style: str = "") -> None:
        table.add_row(name, *(_with_interval(*score) for score in scores), style=style)

    group = ""
    for metric in HEADLINES:
        layer, _, name = metric.partition(".")
        if layer != group:
            group = layer
            table.add_section()
            table.add_row(layer, style="dim")
        scores = [(r.metrics[metric].value, r.metrics[metric].interval) for r in reports.values()]
        add(f"  {name}", scores)
    table.add_section()
    table.add_row("overall", style="dim")
    for part in OVERALL:
        add(f"  {part}", [(r.overall.parts[part], None) for r in reports.values()])
    add("  mean", [(r.overall.value, r.overall.interval) for r in reports.values()], "bold")
    return table


def _with_interval(value: float | None, interval: list[float] | None) -> str:
    """Return a score with its interval below it; an end of two decimals is enough to compare by eye."""
    ends = "" if interval is None else "\n" + "–".join(f"{end:.2f}".removeprefix("0") for end in interval)
    return score_text(value) + ends
