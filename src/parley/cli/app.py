"""The command's top: its sub-commands and what happens to errors nobody expected."""

import os
import sys
from io import TextIOWrapper

import typer

from parley import __version__
from parley.cli import (
    agreement,
    annotate,
    annotate_server,
    build,
    compare,
    corpus,
    demo,
    errors,
    leaderboard,
    predict,
    release,
    score,
    show,
    submit,
)
from parley.cli.console import FINDINGS, err, out, plain

app = typer.Typer(
    name="parley",
    help="Parley: who did what to whom, who says so, and who stands where. An annotated corpus of ceasefire news and its benchmark.",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
corpus.register(app)
build.register(app)
show.register(app)
predict.register(app)
score.register(app)
errors.register(app)
compare.register(app)
demo.register(app)
agreement.register(app)
release.register(app)
submit.register(app)
leaderboard.register(app)
annotate_server.register(annotate.app)
app.add_typer(annotate.app, name="annotate")


def _show_version(value: bool) -> None:
    if value:
        out.print(f"parley {__version__}")
        raise typer.Exit


@app.callback()
def _top(
    version: bool = typer.Option(
        False, "--version", callback=_show_version, is_eager=True, help="Print the version and exit."
    ),
) -> None:
    pass


def main() -> None:
    """Run the command. A broken pipe or an operating system's refusal ends it with a message, not a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a terminal that has no "–" still shows the rest
    try:
        app()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(FINDINGS)
    except OSError as error:
        place = f" {plain(str(error.filename))}" if error.filename else ""
        err.print(f"[red]parley:[/]{place}: {plain(error.strerror or str(error))}")
        sys.exit(FINDINGS)
