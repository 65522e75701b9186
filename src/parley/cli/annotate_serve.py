"""The command that runs a Label Studio server, and how secrets are asked for."""

import os
import signal
import sys
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from parley.cli.console import FINDINGS, AsJson, out, plain, print_json, say, stop
from parley.labelstudio import server
from parley.labelstudio.client import Client, LabelStudioError

USER, PASSWORD, TOKEN = "PARLEY_LS_USER", "PARLEY_LS_PASSWORD", "PARLEY_LS_TOKEN"
LOGIN = "admin@localhost"  # the login of a server of our own, unless another is named


def prompt(what: str, variable: str, *, hidden: bool = False) -> str:
    """Ask for something on the terminal; without a terminal say which variable to set."""
    if not sys.stdin.isatty():
        stop(f"no {what}: set {variable}" + (f", or {TOKEN}" if variable != PASSWORD else ""))
    return str(typer.prompt(what.capitalize(), hide_input=hidden, err=True))


def serve(
    folder: Annotated[Path, typer.Option(help="Where the server keeps its database.")] = Path(".labelstudio"),
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port on 127.0.0.1.")] = 8080,
    user: Annotated[
        str | None, typer.Option(help=f"Login name of the first user (or {USER}; default {LOGIN}).", show_default=False)
    ] = None,
    label_studio: Annotated[
        Path | None,
        typer.Option(help=f"The label-studio command (or {server.EXECUTABLE}; default: make labelstudio's)."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Run a Label Studio server on this machine alone, until Ctrl-C. Nothing is sent to other hosts.

    The password of the first user comes from PARLEY_LS_PASSWORD or a prompt. A 40-digit PARLEY_LS_TOKEN becomes the
    user's token when the folder is new. The first start takes about a minute.

    Example: parley annotate serve --folder .labelstudio --port 8080
    """
    try:
        executable = server.find_executable(label_studio)
    except server.ServerError as error:
        stop(str(error), FINDINGS)
    login = user or os.environ.get(USER) or LOGIN
    password = os.environ.get(PASSWORD) or prompt(f"password for {login}", PASSWORD, hidden=True)
    running = server.Server(folder, executable=executable, user=login, password=password, token=os.environ.get(TOKEN), port=port)  # fmt: skip
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _end)
    say(f"starting {executable} in {folder} …")
    try:
        with running:
            _announce(running, login, password, as_json)
            running.wait()
    except server.ServerError as error:
        stop(str(error), FINDINGS)
    except KeyboardInterrupt:
        say("stopped")


def _end(_number: int, _frame: object) -> NoReturn:
    """End ``serve`` on the first signal, and let nothing interrupt the ending."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    raise KeyboardInterrupt


def _announce(running: server.Server, login: str, password: str, as_json: bool) -> None:
    """Say where the server is and as whom to log in, and whether that login works."""
    if as_json:
        print_json({"url": running.url, "user": login, "folder": str(running.folder)})
    else:
        out.print(plain(f"Label Studio is at {running.url}; log in as {login}"))
    sys.stdout.flush()
    try:
        Client(running.url, user=login, password=password).close()
    except LabelStudioError as error:
        say(f"note: {error}; a login that is in the folder already keeps its first password")
    say("Ctrl-C stops it")
