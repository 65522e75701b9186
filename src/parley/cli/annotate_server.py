"""Commands for Label Studio: push, pull, status (and serve, from its own module)."""

import os
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Column, Table

from parley.checks import Corpus, load_corpus
from parley.cli.annotate_serve import PASSWORD, TOKEN, USER, prompt, serve
from parley.cli.console import (
    DEFAULT_DATA,
    FINDINGS,
    AsJson,
    DataFolder,
    count,
    findings_end_it,
    out,
    plain,
    print_findings,
    print_json,
    say,
    stop,
    summary,
)
from parley.findings import Finding
from parley.labelstudio import answers
from parley.labelstudio.client import Client, LabelStudioError, check_address
from parley.labelstudio.keep import FAULTY, UNKNOWN
from parley.labelstudio.work import Row, status

URL = "PARLEY_LS_URL"
_TITLE = 50  # characters that the server takes

Url = Annotated[
    str | None,
    typer.Option(help=f"Address of the server (or {URL}; default http://127.0.0.1:8080).", show_default=False),
]
Insecure = Annotated[
    bool, typer.Option("--insecure", help="Allow an address that is neither this machine nor encrypted.")
]
Title = Annotated[
    str | None,
    typer.Option("--project", help="Title of the project (default: the dataset's name).", show_default=False),
]


@contextmanager
def _client(url: str | None, insecure: bool) -> Iterator[Client]:
    """Connect with what the environment has, or a person types. Whatever the server does ends with a plain message."""
    address = url or os.environ.get(URL) or "http://127.0.0.1:8080"
    try:
        address = check_address(address, insecure=insecure)
    except LabelStudioError as error:
        stop(str(error))
    token = os.environ.get(TOKEN)
    user = password = ""
    if not token:
        user = os.environ.get(USER) or prompt("login name", USER)
        password = os.environ.get(PASSWORD) or prompt("password", PASSWORD, hidden=True)
    try:
        client = Client(address, token=token, user=user, password=password)
    except LabelStudioError as error:
        stop(str(error), FINDINGS)
    try:
        yield client
    finally:
        client.close()


def _corpus(data: Path) -> Corpus:
    with findings_end_it():
        return load_corpus(data, gold=False, raw=False)


def _title(given: str | None, corpus: Corpus, *, adjudicate: bool = False) -> str:
    """Return the title of the project: one a dataset, and another for its adjudication."""
    suffix = " (adjudication)" if adjudicate else ""
    title = given or corpus.info.name[: _TITLE - len(suffix)] + suffix
    if not 3 <= len(title) <= _TITLE:
        stop(f"a title has 3 to {_TITLE} characters; name another with --project")
    return title


def _finish(findings: Sequence[Finding], lines: Sequence[str], failure: str, report: object, as_json: bool) -> None:
    """Say what was done, what was found and what ended it; exit with 1 if anything is wrong."""
    if as_json:
        print_json(report)
    else:
        print_findings(findings, as_json=False)
        for line in lines:
            out.print(plain(line))
    if findings:
        say(summary(findings))
    if failure:
        stop(failure, FINDINGS)
    if any(finding.is_error for finding in findings):
        raise typer.Exit(FINDINGS)


def _no_room(error: OSError) -> str:
    """Return what an operating system's refusal means for the files."""
    where = f"{error.filename}: " if error.filename else ""
    return (
        f"{where}{error.strerror or error}; what was written is whole; mend it, then run the command again for the rest"
    )


# push -------------------------------------------------------------------------------------------------------


def push(
    source: Annotated[
        list[str] | None,
        typer.Option(
            "--from",
            help="Show these to begin with: gold, a pass under raw/, or a file of predictions. May be repeated.",
        ),
    ] = None,
    adjudicate: Annotated[
        bool, typer.Option("--adjudicate", help="Show every pass and what they agree on, in a project of its own.")
    ] = False,
    article: Annotated[list[str] | None, typer.Option(help="Only this article. May be repeated.")] = None,
    annotators: Annotated[int, typer.Option(min=1, max=100, help="How many people are to do each article.")] = 3,
    project: Title = None,
    url: Url = None,
    insecure: Insecure = False,
    data: DataFolder = DEFAULT_DATA,
    as_json: AsJson = False,
) -> None:
    """Make or update the project: its configuration, a task for each article, and pre-annotations.

    Run again, it doubles nothing and completes what broke off. Users of a project see each other's work: give each
    annotator of an independent pass a project of their own (--project).

    Example: parley annotate push --from annotator-1
    """
    from parley.labelstudio.push import PushReport
    from parley.labelstudio.push import push as send

    if adjudicate and source:
        stop("--adjudicate shows the passes; leave --from out")
    corpus = _corpus(data)
    if unknown := [name for name in article or () if name not in corpus.articles]:
        stop(f"there is no article '{unknown[0]}' in {data}; there are: {', '.join(corpus.articles)}")
    with findings_end_it():
        found = answers.for_adjudication(data) if adjudicate else _answers(corpus, source or [])
    wanted = article or [name for name in corpus.articles if not adjudicate or name in found]
    shown = answers.AGREED if adjudicate else next((name for own in found.values() for name in own), "")
    report, failure = PushReport(), ""
    with _client(url, insecure) as client:
        try:
            send(client, corpus, _title(project, corpus, adjudicate=adjudicate), wanted, found, report, shown=shown, annotators=annotators)  # fmt: skip
        except LabelStudioError as error:
            failure = str(error)
    made = "made" if report.project_made else "updated" if report.project_updated else "as it was"
    lines = [
        f"project '{report.project}': {made}",
        f"tasks: {report.tasks_made} made, {report.tasks_updated} updated, {report.tasks_unchanged} as they were",
        f"pre-annotations: {report.predictions_made} made, {report.predictions_updated} updated, {report.predictions_unchanged} as they were",
    ]
    _finish(report.findings, lines, failure, report, as_json)


def _answers(corpus: Corpus, sources: Sequence[str]) -> answers.Answers:
    """Return what each of ``--from`` names, by article."""
    found: answers.Answers = {}
    for source in sources:
        path = Path(source)
        is_file = path.suffix in (".jsonl", ".gz", ".json") or path.is_file()
        name = path.name.partition(".")[0] or source
        if is_file and name == "predictions":
            name = path.absolute().parent.name  # submissions/<system>/predictions.jsonl
        own = answers.from_file(corpus, path, name) if is_file else answers.from_folder(corpus, source)
        for article, documents in own.items():
            found.setdefault(article, {}).update(documents)
    return found


# pull -------------------------------------------------------------------------------------------------------


def pull(
    annotator: Annotated[str | None, typer.Option(help="Only this person: login name, or name under raw/.")] = None,
    name: Annotated[
        str | None, typer.Option("--as", help="Name under raw/ (default: what stands before the @ of the login name).")
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--out", help="Folder of the passes (default: raw/ in the dataset folder).")
    ] = None,
    project: Title = None,
    kind: Annotated[str, typer.Option(help="Who annotated, for a new entry in passes.json.")] = "a person",
    procedure: Annotated[str, typer.Option(help="In what order, for a new entry.")] = UNKNOWN,
    saw: Annotated[str, typer.Option(help="What the annotator was given, for a new entry.")] = UNKNOWN,
    guidelines: Annotated[
        str | None,
        typer.Option(help="Version of the guidelines, for a new entry (default: the newest in passes.json)."),
    ] = None,
    role: Annotated[str, typer.Option(help="pass or reader, for a new entry.")] = "pass",
    url: Url = None,
    insecure: Insecure = False,
    data: DataFolder = DEFAULT_DATA,
    as_json: AsJson = False,
) -> None:
    """Bring what was submitted into the dataset: one record an article and annotator, checked.

    Nothing is overwritten without its earlier version in previous/. A record that breaks a rule goes to faulty/ and does
    not hold up the rest. Run again, it writes nothing that did not change.

    Example: parley annotate pull --annotator ana@example.org
    """
    from parley.labelstudio.pull import PullReport, Wanted
    from parley.labelstudio.pull import pull as fetch

    corpus = _corpus(data)
    if name is not None and (annotator is None or not re.fullmatch("[A-Za-z][A-Za-z0-9._-]{0,63}", name)):
        stop("--as needs --annotator, and letters, digits, '.', '_' or '-' after a first letter")
    if role not in ("pass", "reader"):
        stop("--role is pass or reader")
    if guidelines is not None and not re.fullmatch(r"[0-9]+\.[0-9]+\.[0-9]+", guidelines):
        stop("--guidelines is a version like 1.3.0")
    wanted = Wanted(annotator=annotator, name=name, kind=kind, procedure=procedure, saw=saw, guidelines=guidelines, role=role)  # fmt: skip
    folder = output or data / "raw"
    report, failure = PullReport(), ""
    with _client(url, insecure) as client, findings_end_it():
        try:
            fetch(client, corpus, _title(project, corpus), folder, report, wanted)
        except LabelStudioError as error:
            failure = str(error)
        except OSError as error:
            failure = _no_room(error)
    for remark in report.remarks:
        say(remark)
    lines = [f"{folder / label}.json" for label in report.written]
    lines.append(f"{count(len(report.written), 'record')} written, {len(report.unchanged)} as before, {len(report.faulty)} set aside in {FAULTY}/")  # fmt: skip
    for described in report.described:
        say(f"{folder / 'passes.json'}: added {described}; fill in procedure and saw, and see that guidelines, date and role are true")  # fmt: skip
    _finish(report.findings, lines, failure, report, as_json)


# status -----------------------------------------------------------------------------------------------------


def show_status(
    project: Title = None,
    url: Url = None,
    insecure: Insecure = False,
    data: DataFolder = DEFAULT_DATA,
    as_json: AsJson = False,
) -> None:
    """Show who has done what: each article and annotator with state, last change and time spent.

    Example: parley annotate status
    """
    corpus = _corpus(data)
    title = _title(project, corpus)
    with _client(url, insecure) as client:
        try:
            found = client.project(title)
            rows = status(client, found.id) if found else None
        except LabelStudioError as error:
            stop(str(error), FINDINGS)
    if rows is None:
        stop(f"there is no project '{title}' at {client.url}; push it first, or name one with --project", FINDINGS)
    if as_json:
        print_json(rows)
        return
    _print_status(rows)


def _print_status(rows: Sequence[Row]) -> None:
    table = Table(
        Column("article", overflow="fold"),
        "task",
        Column("annotator", overflow="fold"),
        "state",
        "last change (UTC)",
        "minutes",
        box=None,
        pad_edge=False,
    )
    for row in rows:
        again = f" ×{row.submitted}" if row.submitted > 1 else ""
        changed = row.updated[:16].replace("T", " ") if row.updated else "–"
        spent = f"{row.lead_time / 60:.1f}" if row.lead_time is not None else "–"
        table.add_row(plain(row.article), str(row.task), plain(row.annotator or "–"), row.state + again, changed, spent)
    out.print(table)
    states = Counter(row.state for row in rows)
    say(", ".join(f"{number} {state}" for state, number in sorted(states.items())) or "no tasks")


def register(app: typer.Typer) -> None:
    """Add the commands to ``parley annotate``."""
    app.command()(serve)
    app.command()(push)
    app.command()(pull)
    app.command(name="status")(show_status)
