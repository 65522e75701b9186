"""Commands for annotators in Label Studio: serve, push, pull, status."""

from __future__ import annotations

import os
import re
import signal
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlsplit

import typer

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
    say,
    stop,
    summary,
)
from parley.findings import Finding
from parley.labelstudio import FAULTY, server

if TYPE_CHECKING:
    from parley.corpus import Corpus
    from parley.labelstudio.client import Client
    from parley.labelstudio.push import Records

URL, TOKEN = "PARLEY_LS_URL", "PARLEY_LS_TOKEN"

LOGIN = "admin@localhost"
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
ServerFolder = Annotated[Path, typer.Option("--folder", help="Folder of the server of `parley annotate serve`.")]


USER, PASSWORD = "PARLEY_LS_USER", "PARLEY_LS_PASSWORD"  # of the first user of the local server


@contextmanager
def _client(url: str | None, folder: Path, insecure: bool) -> Iterator[Client]:
    """Connect with the token of the environment, else with that of the local server; exits on failure."""
    from parley.labelstudio.client import Client, LabelStudioError, check_address, is_loopback

    client = None
    try:
        try:
            address = check_address(url or os.environ.get(URL) or "http://127.0.0.1:8080", insecure=insecure)
        except LabelStudioError as error:
            stop(str(error))
        is_here = is_loopback(urlsplit(address).hostname or "")
        token = os.environ.get(TOKEN) or (server.read_token(folder) if is_here else None)
        if not token:
            where = f", and there is none in {folder}" if is_here else ""
            stop(f"no access token: set {TOKEN}{where}; Label Studio shows yours under Account & Settings")
        client = Client(address, token)
        yield client
    except LabelStudioError as error:
        stop(str(error), FINDINGS)
    finally:
        if client:
            client.close()


def _corpus(data: Path) -> Corpus:
    from parley.checks import load_corpus

    with findings_end_it():
        return load_corpus(data, gold=False, raw=False)


def _title(given: str | None, corpus: Corpus, *, suffix: str = "") -> str:
    """Return the title of the project: one a dataset, and another for its adjudication."""
    title = given or corpus.info.name[: _TITLE - len(suffix)] + suffix
    if not 3 <= len(title) <= _TITLE:
        stop(f"a title has 3 to {_TITLE} characters; name another with --project")
    return title


def _finish(findings: Sequence[Finding], lines: Sequence[str], report: object, as_json: bool) -> None:
    """Print the result."""
    if as_json:
        print_json(report)
    else:
        print_findings(findings, as_json=False)
        for line in lines:
            out.print(plain(line))
    if findings:
        say(summary(findings))


def serve(
    folder: ServerFolder = server.FOLDER,
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port on 127.0.0.1.")] = 8080,
    user: Annotated[
        str | None, typer.Option(help=f"Login name of the first user (or {USER}; default {LOGIN}).", show_default=False)
    ] = None,
    label_studio: Annotated[
        Path | None,
        typer.Option(help=f"The label-studio command (or {server.EXECUTABLE}; default: that of `make labelstudio`)."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Run a Label Studio server on this machine alone, until Ctrl-C. Nothing is sent to other hosts.

    The password of the first user comes from PARLEY_LS_PASSWORD or a prompt. An access token is kept in the folder,
    readable by you alone, so that push and pull need no login. The first start takes about a minute.

    Example: parley annotate serve --folder .labelstudio --port 8080
    """
    login = user or os.environ.get(USER) or LOGIN
    password = os.environ.get(PASSWORD)
    try:
        executable = server.find_executable(label_studio)
        if not password:
            if not sys.stdin.isatty():
                stop(f"no password: set {PASSWORD}")
            password = str(typer.prompt(f"Password for {login}", hide_input=True, err=True))
        token = os.environ.get(TOKEN)
        running = server.Server(folder, executable=executable, user=login, password=password, token=token, port=port)
        for number in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.default_int_handler)  # as Ctrl-C
        say(f"starting {executable} in {folder} …")
        with running:
            if as_json:
                print_json({"url": running.url, "user": login, "folder": str(running.folder)})
            else:
                out.print(plain(f"Label Studio is at {running.url}; log in as {login}"))
            sys.stdout.flush()
            say("Ctrl-C stops it")
            running.wait()
    except server.ServerError as error:
        stop(str(error), FINDINGS)
    except KeyboardInterrupt:
        say("stopped")


def push(
    source: Annotated[
        list[str] | None,
        typer.Option(
            "--from",
            help="Records to start from: gold, a pass under raw/, or a file of predictions. May be repeated.",
        ),
    ] = None,
    adjudicate: Annotated[
        bool, typer.Option("--adjudicate", help="Show every pass and their agreed record, in a project of its own.")
    ] = False,
    article: Annotated[list[str] | None, typer.Option(help="Only this article. May be repeated.")] = None,
    annotators: Annotated[int, typer.Option(min=1, max=100, help="How many people annotate each article.")] = 3,
    project: Title = None,
    url: Url = None,
    folder: ServerFolder = server.FOLDER,
    insecure: Insecure = False,
    data: DataFolder = DEFAULT_DATA,
    as_json: AsJson = False,
) -> None:
    """Make or update the project: its configuration, a task for each article, and pre-annotations.

    Run again, it duplicates nothing and completes a push that broke off. The users of a project see each other's work:
    give each annotator of an independent pass a project of their own (--project).

    Example: parley annotate push --from annotator-1
    """
    from parley.labelstudio.push import AGREED, BLANK, PushReport, for_adjudication
    from parley.labelstudio.push import push as send

    if adjudicate and source:
        stop("--adjudicate shows the passes; leave --from out")
    corpus = _corpus(data)
    if unknown := [name for name in article or () if name not in corpus.articles]:
        stop(f"there is no article '{unknown[0]}' in {data}; {or_close(unknown[0], [*corpus.articles])}")
    with findings_end_it():
        records = for_adjudication(data) if adjudicate else _records(corpus, source or [])
    wanted = article or [name for name in corpus.articles if not adjudicate or name in records]
    shown = AGREED if adjudicate else next((name for own in records.values() for name in own), BLANK)
    title = _title(project, corpus, suffix=" (adjudication)" if adjudicate else "")
    report = PushReport()
    with _client(url, folder, insecure) as client:
        try:
            send(client, corpus, title, wanted, records, report, shown=shown, annotators=annotators)
        finally:
            made = "made" if report.project_made else "updated" if report.project_updated else "unchanged"
            counts = [
                f"{what}: {new} made, {changed} updated, {same} unchanged"
                for what, new, changed, same in (
                    ("tasks", report.tasks_made, report.tasks_updated, report.tasks_unchanged),
                    (
                        "pre-annotations",
                        report.predictions_made,
                        report.predictions_updated,
                        report.predictions_unchanged,
                    ),
                )
            ]
            _finish(report.findings, [f"project '{report.project}': {made}", *counts], report, as_json)
    if any(finding.is_error for finding in report.findings):
        raise typer.Exit(FINDINGS)


def _records(corpus: Corpus, sources: Sequence[str]) -> Records:
    """Return the records of each ``--from``, by article."""
    from parley.labelstudio.push import from_file, from_folder

    found: Records = {}
    for source in sources:
        path = Path(source)
        is_file = path.suffix in (".jsonl", ".gz", ".json") or path.is_file()
        name = path.name.partition(".")[0] or source
        if is_file and name == "predictions":
            name = path.absolute().parent.name  # submissions/<system>/predictions.jsonl
        own = from_file(corpus, path, name) if is_file else from_folder(corpus, source)
        for article, records in own.items():
            found.setdefault(article, {}).update(records)
    return found


def pull(
    annotator: Annotated[str | None, typer.Option(help="Only this person, by their full login name.")] = None,
    name: Annotated[
        str | None, typer.Option("--as", help="Name under raw/ (default: the part of the login name before the @).")
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--out", help="Folder of the passes (default: raw/ in the dataset folder).")
    ] = None,
    project: Title = None,
    kind: Annotated[str, typer.Option(help="Who annotated, for a new entry in passes.json.")] = "a person",
    procedure: Annotated[str, typer.Option(help="In what order, for a new entry.")] = "not known",
    saw: Annotated[str, typer.Option(help="What the annotator was given, for a new entry.")] = "not known",
    guidelines: Annotated[
        str | None,
        typer.Option(help="Version of the guidelines, for a new entry (default: the newest in passes.json)."),
    ] = None,
    role: Annotated[str, typer.Option(help="pass or reader, for a new entry.")] = "pass",
    url: Url = None,
    folder: ServerFolder = server.FOLDER,
    insecure: Insecure = False,
    data: DataFolder = DEFAULT_DATA,
    as_json: AsJson = False,
) -> None:
    """Write submitted annotations into the dataset: a checked record for each article and annotator.

    Every version of an annotation that a pull sees is kept in labelstudio/ beside the records. A record that breaks a
    rule goes to faulty/; the others are still written. Run again, it writes only changes.

    Example: parley annotate pull --annotator ana@example.org
    """
    from parley.corpus import Pass
    from parley.labelstudio.pull import PullReport
    from parley.labelstudio.pull import pull as fetch

    corpus = _corpus(data)
    if name is not None and (annotator is None or not re.fullmatch("[A-Za-z][A-Za-z0-9._-]{0,63}", name)):
        stop("--as needs --annotator, and letters, digits, '.', '_' or '-' after a first letter")
    if role not in ("pass", "reader"):
        stop("--role is pass or reader")
    if guidelines is not None and not re.fullmatch(r"[0-9]+\.[0-9]+\.[0-9]+", guidelines):
        stop("--guidelines is a version like 1.3.0")
    entry = Pass(annotator="", kind=kind, procedure=procedure, saw=saw, guidelines=guidelines or "", date="", role=role)
    raw, report, title = output or data / "raw", PullReport(), _title(project, corpus)
    with _client(url, folder, insecure) as client, findings_end_it():
        try:
            fetch(client, corpus, title, raw, report, annotator=annotator, name=name, entry=entry)
        except OSError as error:
            where = f"{error.filename}: " if error.filename else ""
            stop(f"{where}{error.strerror or error}; written files are whole; run the command again", FINDINGS)
        finally:
            for remark in report.remarks:
                say(remark)
            lines = [f"{raw / label}.json" for label in report.written]
            wrote = f"{count(len(report.written), 'record')} written, {len(report.unchanged)} unchanged"
            lines.append(f"{wrote}, {len(report.faulty)} set aside in {FAULTY}/")
            for described in report.described:
                say(f"{raw / 'passes.json'}: added {described}; complete the entry, and check what it says")
            _finish(report.findings, lines, report, as_json)
    if any(finding.is_error for finding in report.findings):
        raise typer.Exit(FINDINGS)


def show_status(
    project: Title = None,
    url: Url = None,
    folder: ServerFolder = server.FOLDER,
    insecure: Insecure = False,
    data: DataFolder = DEFAULT_DATA,
    as_json: AsJson = False,
) -> None:
    """Show the state of the work: each article and annotator with state, last change and time spent.

    Example: parley annotate status
    """
    from rich.table import Column, Table

    from parley.labelstudio.pull import status

    title = _title(project, _corpus(data))
    with _client(url, folder, insecure) as client:
        found = client.project(title)
        if found is None:
            stop(f"there is no project '{title}' at {client.url}; push it first, or name one with --project", FINDINGS)
        rows = status(client, found.id)
    if as_json:
        print_json(rows)
        return
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
    for row in rows:
        if row.changed_by:
            say(f"warning: {row.article}: the annotation of {row.annotator} was last changed by {row.changed_by}")
    states = Counter(row.state for row in rows)
    say(", ".join(f"{number} {state}" for state, number in sorted(states.items())) or "no tasks")
