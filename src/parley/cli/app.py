"""The command's top: its sub-commands and what happens to errors nobody expected."""

import os
import sys
from collections.abc import Callable
from io import TextIOWrapper

import typer

from parley import __version__
from parley.cli import annotator, entrant, labelstudio, llm, maintainer, researcher, submit
from parley.cli.console import FINDINGS, err, out, plain

app = typer.Typer(
    name="parley",
    help="Parley: a corpus of ceasefire news annotated with entities, events and stance, and its benchmark.",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
# The commands by who uses them, as `parley --help` lists them.
_COMMANDS: dict[str, list[Callable[..., None]]] = {
    "For researchers": [researcher.show, researcher.stats, researcher.validate, researcher.demo],
    "For annotators": [annotator.agreement, annotator.adjudicate],
    "For entrants": [
        entrant.tasks,
        entrant.predict,
        entrant.check,
        entrant.score,
        entrant.errors,
        entrant.compare,
    ],
    "For maintainers": [
        maintainer.build,
        maintainer.twin,
        maintainer.baselines,
        maintainer.leaderboard,
        maintainer.strip,
        maintainer.hydrate,
        maintainer.release,
    ],
}
for _panel, _commands in _COMMANDS.items():
    for _command in _commands:
        app.command(rich_help_panel=_panel)(_command)
app.add_typer(submit.app, name="submit", rich_help_panel="For entrants")
app.add_typer(llm.app, name="llm", rich_help_panel="For entrants")
app.add_typer(annotator.app, name="annotate", rich_help_panel="For annotators")
annotator.app.command()(labelstudio.serve)
annotator.app.command()(labelstudio.push)
annotator.app.command()(labelstudio.pull)
annotator.app.command("status")(labelstudio.show_status)


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
        place = f"{plain(str(error.filename))}: " if error.filename else ""
        err.print(f"[red]parley:[/] {place}{plain(error.strerror or str(error))}")
        sys.exit(FINDINGS)
