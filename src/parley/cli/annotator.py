"""Commands for annotators: add an article, quote and resolve, compare annotators, adjudicate."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
import typer
from filelock import FileLock
from rich.markup import escape

from parley.cli.console import (
    DEFAULT_DATA,
    FINDINGS,
    AsJson,
    DataFolder,
    count,
    findings_end_it,
    or_close,
    out,
    plain,
    print_findings,
    print_json,
    print_written,
    say,
    stop,
    summary,
)
from parley.files import read_bytes, to_lines_json, write_whole
from parley.findings import FindingsError
from parley.words import printable

if TYPE_CHECKING:
    from parley.adjudication.adjudicate import Adjudication, Followed
    from parley.agreement import Measure
    from parley.checks import Corpus
    from parley.corpus import Article
    from parley.findings import Finding
    from parley.model import Document

app = typer.Typer(help="Add articles and annotate them, in text files or in Label Studio.", no_args_is_help=True)


def _article(data: Path, identifier: str) -> tuple[Corpus, Article, str]:
    """Return the articles of a dataset folder and the one that is named, with its text."""
    from parley.checks import load_corpus

    with findings_end_it():
        corpus = load_corpus(data, gold=False, raw=False)
    if identifier not in corpus.articles:
        stop(f"there is no article '{identifier}' in {data}; {or_close(identifier, [*corpus.articles])}")
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
    language: Annotated[str, typer.Option(help="Language of the text, as a BCP 47 tag.")] = "en",
    source_name: Annotated[str | None, typer.Option(help="File name under which it was supplied.")] = None,
    data: DataFolder = DEFAULT_DATA,
) -> None:
    """Describe a new article: append its line, with zones and checksum, to articles.jsonl.

    Example: parley annotate add data/articles/harbour.txt --zones headline=1,body=2- --date 2031-03-04 --reason "On the
    page." --provenance "Supplied by its publisher." --licence "CC BY 4.0" --data data
    """
    from parley.checks.corpus import check_new_article
    from parley.corpus import ArticleDate
    from parley.new_article import describe

    if file.resolve() != (data / "articles" / file.name).resolve() or file.suffix != ".txt":
        stop(f"{file} is not in the folder {data / 'articles'}; put the text there as <id>.txt")
    listing = data / "articles.jsonl"
    with findings_end_it():
        content, findings = read_bytes(file)
        if content is None:
            raise FindingsError(findings)
    # Without the lock, two commands at once would each write the list without the other's article.
    with findings_end_it(), FileLock(data / ".articles.lock", timeout=60):
        day = ArticleDate(value=date, basis=basis, reason=reason)
        origin = {"provenance": provenance, "licence": licence, "language": language}
        try:
            article = describe(
                file.stem, content, zones, split=split, date=day, source_name=source_name or file.name, **origin
            )
        except FindingsError as error:  # on the text alone, which has no name there
            raise FindingsError(msgspec.structs.replace(each, file=str(file)) for each in error.findings) from None
        line = json.dumps(msgspec.to_builtins(article), ensure_ascii=False).encode("utf-8")
        findings = check_new_article(data, line)
        if any(each.is_error for each in findings):
            raise FindingsError(findings)
        print_findings(findings, as_json=False)
        before = listing.read_bytes() if listing.is_file() else b""
        write_whole(listing, before + (b"" if not before or before.endswith(b"\n") else b"\n") + line + b"\n")
    say(f"{listing}: added {article.id}")


@app.command(name="add-story")
def add_story(
    folder: Annotated[Path, typer.Argument(help="Folder with story.json, zones.json and a text for each outlet.")],
    split: Annotated[str, typer.Option(help="train, validation or test.")],
    provenance: Annotated[str, typer.Option(help="How the story and its texts came to be.")],
    licence: Annotated[str, typer.Option(help="Whose they are.")],
    language: Annotated[str, typer.Option(help="Language of the texts, as a BCP 47 tag.")] = "en",
    data: DataFolder = DEFAULT_DATA,
) -> None:
    """Add an invented story with all its articles: to stories/, articles/ and articles.jsonl.

    zones.json has the lines of each zone: {"ID-1": {"headline": "1", "body": "2-5,7", "credit": "6"}}. An optional
    phenomena.json lists the phenomena of each article. Nothing is added if anything is wrong.

    Example: parley annotate add-story drafts/kelvaro --split test --provenance "Invented." --licence CC-BY-4.0
    """
    from parley.checks import check_corpus, load_corpus
    from parley.files import scratch_folder
    from parley.new_article import describe_story

    with findings_end_it(), FileLock(data / ".articles.lock", timeout=60):
        corpus = load_corpus(data, gold=False, raw=False)
        origin = {"provenance": provenance, "licence": licence, "language": language}
        story, articles, texts = describe_story(folder, corpus.info.canary, split=split, **origin)
        if taken := [name for name in articles if name in corpus.articles] or [story.id] * (story.id in corpus.stories):
            stop(f"{taken[0]} is in {data} already; a text that was added never changes")
        lines = "".join(
            json.dumps(msgspec.to_builtins(article), ensure_ascii=False) + "\n" for article in articles.values()
        )
        before = (data / "articles.jsonl").read_bytes()
        listing = before + (b"" if not before or before.endswith(b"\n") else b"\n") + lines.encode("utf-8")
        added = {f"articles/{name}.txt": text for name, text in texts.items()}
        added |= {f"stories/{story.id}.json": to_lines_json(story).encode("utf-8"), "articles.jsonl": listing}
        with scratch_folder(data / "add-story") as trial:  # the dataset as it would be
            kept = ["dataset.json", "registry.json", *(f"articles/{name}.txt" for name in corpus.articles)]
            kept += [f"stories/{name}.json" for name in corpus.stories]
            for path, content in [*((path, (data / path).read_bytes()) for path in kept), *added.items()]:
                (trial / path).parent.mkdir(exist_ok=True)
                (trial / path).write_bytes(content)
            findings = check_corpus(trial, gold=False, raw=False)[1]
        if any(each.is_error for each in findings):
            raise FindingsError(findings)
        print_findings(findings, as_json=False)
        for path, content in added.items():
            (data / path).parent.mkdir(exist_ok=True)
            write_whole(data / path, content)
    say(f"{data}: added the story {story.id} with {count(len(articles), 'article')}")


@app.command()
def sentences(
    article: Annotated[str, typer.Argument(help="Id of the article.")],
    data: DataFolder = DEFAULT_DATA,
    as_json: AsJson = False,
) -> None:
    """Print the numbered sentences of the scored zones: what the quote form's sentence numbers mean.

    Example: parley annotate sentences talks-agreed-clashes-erupt
    """
    from parley.segment import split_sentences

    _, found, text = _article(data, article)
    rows = split_sentences(text, found.zones)
    if as_json:
        print_json([{**s._asdict(), "text": text[s.start : s.end]} for s in rows])
        return
    for s in rows:
        print(s.number, s.zone, printable(text[s.start : s.end]), sep="\t")


@app.command(name="resolve")
def resolve_(
    file: Annotated[Path, typer.Argument(help="An annotation in quote form: JSON, or lines in a file named *.lines.")],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write the record here instead of standard output.")
    ] = None,
    annotator: Annotated[str, typer.Option(help="Who or what made the annotation.")] = "not stated",
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace the record that is there.")] = False,
    check: Annotated[bool, typer.Option("--check", help="Only check; print no record.")] = False,
    data: DataFolder = DEFAULT_DATA,
    as_json: AsJson = False,
) -> None:
    """Turn an annotation in quote form into a record with offsets, and check it.

    The quote form is JSON or, in a file whose name ends in .lines, the line notation (annotation/README.md). Quotations that cannot be found are findings that name similar text. Nothing is written if there is an error. The
    record goes into a file named after its article; one that is there is replaced with --overwrite only.

    Example: parley annotate resolve harbour.quotes.json --annotator "Ada" -o data/gold/harbour.json
    """
    from parley.checks.quoted import read_quoted, resolve_checked

    value, lines, findings = read_quoted(file)
    if not findings:
        identifier = value["id"]
        if output is not None and output.stem != identifier:
            stop(f"the annotation is of '{identifier}'; name its file {identifier}.json")
        if output is not None and output.exists() and not overwrite and not check:
            stop(f"{output} exists; --overwrite replaces it")
        corpus, _, _ = _article(data, identifier)
        document, findings = resolve_checked(value, lines, corpus, annotator, file, output)
        if document is not None and not any(f.is_error for f in findings) and not check:
            write_whole(output, to_lines_json(document)) if output else print_written(to_lines_json(document))
    print_findings(findings, as_json=as_json)
    say(f"{file}: {summary(findings)}")
    if any(f.is_error for f in findings):
        raise typer.Exit(FINDINGS)


def _read_folder(folder: Path, corpus: Corpus) -> dict[str, Document]:
    """Return the annotations in a folder by article: quote forms (*.lines, *.quotes.json) and records (*.json).

    Raises ``FindingsError`` with all that is wrong with them.
    """
    from parley.checks import check_annotation
    from parley.checks.quoted import read_quoted, resolve_checked
    from parley.checks.shape import read_record
    from parley.model import Document
    from parley.reading import annotated

    documents: dict[str, Document] = {}
    wrong: list[Finding] = []
    files = sorted(file for file in folder.iterdir() if file.suffix in (".json", ".lines"))
    for file in files:
        identifier, _, form = file.name.partition(".")
        if identifier not in corpus.articles:
            stop(f"{file} is of no article of {corpus.folder}; there are: {', '.join(corpus.articles)}")
        if identifier in documents:
            stop(f"{folder} has more than one annotation of '{identifier}'")
        if form == "json":
            document = read_record(file, "document", Document)
            findings = check_annotation(annotated(corpus, identifier, document), "corpus", str(file))
        else:
            value, lines, findings = read_quoted(file)
            if not findings and value["id"] != identifier:
                stop(f"{file} is of '{value['id']}'; name it after its article")
            found, findings = (None, findings) if findings else resolve_checked(value, lines, corpus, folder.name, file)
            if found is None:
                wrong += findings
                continue
            document = found
        wrong += [each for each in findings if each.is_error]
        documents[identifier] = document
    if wrong:
        raise FindingsError(wrong)
    return documents


@app.command()
def quote(
    file: Annotated[Path, typer.Argument(help="A record (data/gold/<id>.json).")],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write here instead of standard output.")
    ] = None,
    lines: Annotated[bool, typer.Option("--lines", help="Write the line notation instead of JSON.")] = False,
    data: DataFolder = DEFAULT_DATA,
) -> None:
    """Turn a record into the quote form, to be read or edited by hand.

    Example: parley annotate quote data/gold/talks-agreed-clashes-erupt.json --lines
    """
    from parley.checks import check_annotation
    from parley.checks.shape import read_record
    from parley.model import Document
    from parley.notation import write_notation
    from parley.quotes import to_quotes
    from parley.reading import annotated

    with findings_end_it():
        document = read_record(file, "document", Document)
        corpus, article, text = _article(data, document.id)
        wrong = [
            f for f in check_annotation(annotated(corpus, article.id, document), "corpus", str(file)) if f.is_error
        ]
        if wrong:
            raise FindingsError(wrong)
    form = to_quotes(document, article, text)
    quoted = write_notation(form) if lines else to_lines_json(form)
    write_whole(output, quoted) if output else print_written(quoted)


def _chosen_passes(
    corpus: Corpus, annotators: Sequence[str], articles: Sequence[str], least: int
) -> tuple[dict[str, dict[str, Document]], list[str]]:
    """Return the passes and the articles that were asked for; stop where one is not there or not whole."""
    names = list(annotators) or [name for name, own in corpus.passes.items() if own.role == "pass"]
    if unknown := [name for name in names if name not in corpus.raw]:
        stop(f"there is no annotator '{unknown[0]}'; {or_close(unknown[0], [*corpus.raw])}")
    if len(names) < least:
        stop("agreement needs two annotators or more under raw/, or one and --gold")
    annotated = dict.fromkeys(article for name in names for article in corpus.raw[name])
    wanted = list(articles) or [article for article in corpus.articles if article in annotated]
    if unknown := [article for article in wanted if article not in corpus.articles]:
        stop(f"there is no article '{unknown[0]}'; {or_close(unknown[0], [*corpus.articles])}")
    for name in names:
        if missing := [article for article in articles if article not in corpus.raw[name]]:
            stop(
                f"'{name}' has no annotation of '{missing[0]}'; name the articles to compare by --article, or annotate it",
                FINDINGS,
            )
    return {name: corpus.raw[name] for name in names}, wanted


def agreement(
    folders: Annotated[
        list[Path] | None,
        typer.Argument(help="Folders of annotations of the same articles, instead of the passes.", show_default=False),
    ] = None,
    annotator: Annotated[
        list[str] | None, typer.Option(help="Annotator under raw/ (may be repeated; default: all).")
    ] = None,
    article: Annotated[list[str] | None, typer.Option(help="Article (may be repeated; default: all).")] = None,
    split: Annotated[str | None, typer.Option(help="Only articles of this split.")] = None,
    gold: Annotated[bool, typer.Option("--gold", help="Also compare each annotator with gold.")] = False,
    labels: Annotated[bool, typer.Option("--labels", help="Also show F1 by label.")] = False,
    plot: Annotated[Path | None, typer.Option(help="Write a picture of the confusions (SVG or PNG).")] = None,
    data: DataFolder = DEFAULT_DATA,
    as_json: AsJson = False,
) -> None:
    """Measure how far passes agree, per layer and label: F1, Cohen's κ, Krippendorff's α, shares.

    By default those of the dataset. Folders may hold records and quote forms named after their articles (talks.lines);
    articles are then those that all folders have. Each measure is of the articles that its annotators share.

    Example: parley agreement --gold
    """
    from parley.checks import load_corpus

    try:
        from parley.agreement import agreement as measure
        from parley.corpus import who_agrees
        from parley.reading import ArticleText
    except ModuleNotFoundError as error:
        stop(f"agreement needs {error.name}: pip install 'parley-bench[agreement]'")
    with findings_end_it():
        corpus = load_corpus(data, gold=gold, raw=not folders, partial=True)
        if folders:
            names = [path.name for path in folders]
            named = names if len({*names}) == len(names) else [str(path) for path in folders]
            corpus.raw |= {name: _read_folder(path, corpus) for name, path in zip(named, folders, strict=True)}
            annotator = [*named, *(annotator or [])]
            article = article or [a for a in corpus.articles if all(a in corpus.raw[name] for name in named)]
            if not article:
                stop("the folders have no article in common")
    if split is not None:
        of_split = corpus.split(split)
        if not of_split:
            splits = dict.fromkeys(described.split for described in corpus.articles.values())
            stop(f"there is no split {split!r}; choose from: {', '.join(splits)}")
        corpus.raw = {name: {a: d for a, d in own.items() if a in of_split} for name, own in corpus.raw.items()}
        annotator = annotator or [n for n, own in corpus.passes.items() if own.role == "pass" and corpus.raw[n]]
    passes, wanted = _chosen_passes(corpus, annotator or [], article or [], 1 if gold else 2)
    if gold and (missing := [name for name in article or [] if name not in corpus.gold]):
        stop(f"'{missing[0]}' has no gold; name the articles to compare by --article", FINDINGS)
    texts = {identifier: ArticleText(corpus.articles[identifier], corpus.texts[identifier]) for identifier in wanted}
    found = measure(passes, texts, corpus.gold if gold else None)
    if not found:
        stop(f"{' and '.join(passes)} have no article{f' of the split {split!r}' if split else ''} in common", FINDINGS)
    if plot is not None:
        from parley.agreement import draw_confusions, in_all

        write_whole(plot, draw_confusions(passes, in_all(passes, texts), plot.suffix.lstrip(".") or "svg"))
        say(f"The picture is in {plot}.")
    if as_json:
        print_json(found)
        return
    described = [corpus.passes[name] for name in passes if name in corpus.passes]
    title = "agreement; who annotated is not recorded"
    if len(described) == len(passes):
        title = who_agrees(described) if len(passes) > 1 else "agreement with the gold"
    _print_agreement(found, labels, title)
    for own in described:
        say(f"{own.annotator}: {own.kind}")


def _print_agreement(found: Sequence[Measure], labels: bool, title: str) -> None:
    """Print a table of the passes and one of each against the gold: a line for each measure."""
    from rich import box
    from rich.table import Table

    from parley.agreement import FEW, GOLD, tabulate, value_text

    for against in (False, True):
        groups, rows = tabulate([m for m in found if (m.annotators[0] == GOLD) == against], labels=labels)
        if not groups:
            continue
        table = Table(
            title=escape(title), title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0)
        )
        table.add_column("measure", min_width=24)
        table.add_column("items", justify="right", no_wrap=True)
        for group in groups:
            names = group[against:] if len(group) == 2 else [f"all {len(group)}"]
            table.add_column("\n".join(names), justify="right", no_wrap=True)
        layer = ""
        for row in rows:
            if row.layer != layer:
                layer = row.layer
                table.add_section()
                table.add_row(f"[bold]{escape(layer)}")
            name = f"    {escape(row.label)}" if row.label else f"  {escape(row.measure)}"
            table.add_row(name, row.items, *map(value_text, row.values))
        out.print(table, soft_wrap=False)
        title = "each pass against the gold"
    out.print(f"In parentheses: of fewer than {FEW} items.", markup=False)


def adjudicate(
    listing: Annotated[bool, typer.Option("--list", help="List what is undecided, and decide nothing.")] = False,
    decisions: Annotated[
        Path | None,
        typer.Option(help="Take decisions from a file (JSON Lines of article, fact, decision, rule, note)."),
    ] = None,
    like: Annotated[
        str | None,
        typer.Option(
            help="Decide every fact as an adjudicator has it: raw/NAME, or a folder of records or quote forms."
        ),
    ] = None,
    reasons: Annotated[
        Path | None,
        typer.Option(help="With --like: which rule settles which facts (JSON Lines of rule, fact, sentence, note)."),
    ] = None,
    rule: Annotated[
        str | None, typer.Option(help="With --like: the rule that settles it, or what the reasons do not cover.")
    ] = None,
    note: Annotated[str, typer.Option(help="With --rule: why.")] = "",
    apply: Annotated[bool, typer.Option("--apply", help="Write gold from the passes and the decisions.")] = False,
    check: Annotated[
        bool, typer.Option("--check", help="Exit 1 unless passes and decisions give exactly the gold that is there.")
    ] = False,
    outcome: Annotated[
        bool, typer.Option("--outcome", help="Print how the decisions ended, and what was dropped that one pass had.")
    ] = False,
    data: DataFolder = DEFAULT_DATA,
    as_json: AsJson = False,
) -> None:
    """Settle what the passes disagree on, one by one; each decision is recorded with its rule in adjudication.jsonl.

    Without an option it asks about each open disagreement; it can be stopped and resumed at any time. --like records
    the decisions of an adjudicator who worked in Label Studio (push --adjudicate, pull --role reader) or in files; a
    decision that neither the reasons nor --rule cover is refused. Of two decisions on one fact the later one holds;
    none is ever removed.

    Example: parley adjudicate --list
    """
    from parley.adjudication.adjudicate import Adjudication
    from parley.adjudication.reasons import read_reasons
    from parley.checks import load_corpus

    has_rule = reasons is not None or (rule is not None and bool(rule.strip()))
    if (like is not None) != has_rule:
        stop("--like needs --reasons, or a rule that settles it all: --rule C11" if like else "--rule needs --like")
    with findings_end_it():
        corpus = load_corpus(data, gold=False)
        adjudication = Adjudication(corpus)
        if decisions is not None:
            number = adjudication.read_decisions(decisions)
            say(f"{count(number, 'decision')} recorded in {adjudication.log}")
        if like is not None:
            documents = corpus.raw.get(like) or (_read_folder(Path(like), corpus) if Path(like).is_dir() else {})
            given = read_reasons(reasons) if reasons is not None else []
            followed = adjudication.follow(like, documents, reasons=given, rule=rule, note=note)
            _say_followed(like, followed, adjudication.log)
        if apply:
            for path in adjudication.apply():
                say(f"  {path}")
        if outcome:
            _print_outcome(adjudication, as_json)
        if check:
            differing = adjudication.differences()
            print_findings(differing, as_json=as_json)
            say(f"{data}: {count(len(differing), 'difference')} between the gold and what passes and decisions give")
            raise typer.Exit(FINDINGS if differing else 0)
        if apply or outcome:
            return
        open_ones = adjudication.undecided()
    if listing or as_json or decisions is not None or like is not None:
        if as_json:
            print_json([{**msgspec.to_builtins(d), "shown": adjudication.describe(d)} for d in open_ones])
        else:
            for found in open_ones:
                out.print(plain(adjudication.describe(found)))
        say(f"{count(len(open_ones), 'disagreement')} undecided")
        return
    _ask(adjudication, open_ones)


def _say_followed(name: str, followed: Followed, log: Path) -> None:
    """Say how many decisions follow a record, and how many differ from the passes or an earlier decision."""
    by_why = followed.by_why
    say(f"as {name} has it: {count(by_why.total(), 'decision')} recorded in {log}")
    if by_why["shared"]:
        say(f"  {by_why['shared']} where all passes say otherwise, or none says it")
    if by_why["decided"]:
        say(f"  {by_why['decided']} in place of an earlier decision, which stays in the log")
    for reason in followed.unused:
        say(f"  not used: {msgspec.json.encode(reason).decode()}")


def _print_outcome(adjudication: Adjudication, as_json: bool) -> None:
    """Print a line for each kind of decision, then for the items that only one pass has, by pass and kind."""
    outcomes, only_one = adjudication.outcomes(), adjudication.only_one()
    if as_json:
        print_json({"decisions": [o._asdict() for o in outcomes], "only one pass has": [o._asdict() for o in only_one]})
        return
    for row in outcomes:
        if row.kind == "challenge":
            ended = f"{row.decisions - row.against_all} stand, {row.against_all} fall"
        else:
            as_pass = [f"{number} as {name}" for name, number in row.as_pass.items()]
            ended = ", ".join([*as_pass, f"{row.against_all} as no pass has it"])
        print(f"{row.kind}\t{count(row.decisions, 'decision')}\t{ended}")
    for item in only_one:
        share = item.dropped / item.items
        print(f"only {item.annotator}\t{count(item.items, item.kind)}\t{item.dropped} dropped ({share:.0%})")


def _ask(adjudication: Any, open_ones: Sequence[Any]) -> None:
    """Ask for each open disagreement; an empty answer goes on, 'q' stops."""
    for number, found in enumerate(open_ones, 1):
        out.print(f"\n{number} of {len(open_ones)}", markup=False)
        out.print(plain(adjudication.describe(found)))
        choices = list(found.readings)
        for at, annotator in enumerate(choices, 1):
            out.print(plain(f"  {at}  as {annotator}: {found.readings[annotator]}"))
        answer = typer.prompt(
            "number, a JSON value, Enter for later, q to stop", default="", show_default=False, err=True
        )
        if answer == "q":
            break
        if not answer:
            continue
        rule = typer.prompt("rule of the guidelines", err=True)
        note = typer.prompt("note", default="", show_default=False, err=True)
        value = (
            found.readings[choices[int(answer) - 1]]
            if answer.isdigit() and 0 < int(answer) <= len(choices)
            else _parsed(answer)
        )
        try:
            adjudication.decide(found, value, rule, note)
        except ValueError as error:
            say(f"not recorded: {error}")
    say(f"{count(len(adjudication.undecided()), 'disagreement')} undecided; the decisions are in {adjudication.log}")


def _parsed(answer: str) -> Any:
    """Return a value that a person typed: JSON if it is, else the words themselves."""
    try:
        return json.loads(answer)
    except ValueError:
        return answer
