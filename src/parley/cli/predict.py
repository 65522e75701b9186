"""Commands that run baselines: predict, baselines."""

import json
import textwrap
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any, NoReturn

import msgspec
import typer

from parley.baselines import System, describe, find, names
from parley.cli.console import DEFAULT_DATA, FINDINGS, AsJson, DataFolder, count, err, print_json, say, stop
from parley.files import write_whole
from parley.model import Prediction
from parley.paths import DATA
from parley.task import Task

Split = Annotated[str, typer.Option(help="Split to predict.")]


def given_tasks(data: Path, split: str) -> list[Task]:
    """Return what systems are given, from the built dataset of a folder; stop where there is none."""
    import datasets

    from parley.api import load
    from parley.task import tasks

    datasets.disable_progress_bars()  # ours says more
    try:
        return tasks(load("documents", split, folder=data), load("stance", split, folder=data))
    except ValueError as error:
        stop(str(error))


def find_system(name: str) -> System:
    """Return a system by its name or path; stop where it is not found or a package it needs is missing."""
    try:
        return find(name)
    except ValueError as error:
        stop(str(error))
    except ModuleNotFoundError as error:
        _stop_for_package(name, error)


def _stop_for_package(name: str, error: ModuleNotFoundError) -> NoReturn:
    known = "; for the baselines of Parley: pip install 'parley-bench[baselines]'"
    stop(f"the system '{name}' needs a Python package that is not installed: {error.name}{known}", FINDINGS)


def run_system(system: System, given: list[Task], output: Path) -> None:
    """Write the predictions of a system, a line an article; show a bar on standard error in a terminal."""
    from rich.progress import track

    lines = []
    hidden = not err.is_terminal
    for task in track(given, description=system.name, console=err, disable=hidden, transient=True):
        try:
            prediction = system.predict(task)
        except ModuleNotFoundError as error:
            _stop_for_package(system.name, error)
        if not isinstance(prediction, Prediction):
            returned = type(prediction).__name__
            stop(f"predict of '{system.name}' returns {returned}; it must return parley.model.Prediction", FINDINGS)
        lines.append(msgspec.json.encode(prediction) + b"\n")
    write_whole(output, b"".join(lines))


def predict(
    name: Annotated[
        str, typer.Argument(help="Name of a baseline (`parley baselines` lists them) or path of a system's folder.")
    ],
    output: Annotated[Path, typer.Option("--output", "-o", help="File to write, one line per article.")] = Path(
        "predictions.jsonl"
    ),
    data: DataFolder = DEFAULT_DATA,
    split: Split = "test",
) -> None:
    """Run a system on a split of the built dataset and write its predictions. The system never sees the gold.

    Example: parley predict rules -o predictions.jsonl
    """
    system = find_system(name)
    given = given_tasks(data, split)
    run_system(system, given, output)
    say(f"{system.name}: {count(len(given), 'article')} of the split '{split}' predicted; written to {output}.")


def baselines(
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", help="Write the scores of the submissions into this page (baselines/README.md)."
        ),
    ] = None,
    check: Annotated[bool, typer.Option("--check", help="Write nothing; exit 1 if the page would change.")] = False,
    as_json: AsJson = False,
) -> None:
    """List the baselines; with -o, write their scores into the page about them.

    Example: parley baselines
    """
    found = {name: describe(name) for name in names()}
    if output is not None:
        _write_scores(output, list(found), check=check)
    elif check:
        stop("--check needs -o, the page to compare with")
    elif as_json:
        print_json(found)
    else:
        for name, description in found.items():
            print(f"{name}\t{description}")


def _write_scores(page: Path, systems: list[str], *, check: bool) -> None:
    """Write the scores of the systems' submissions between the marks of the page."""
    from parley.dataset.pages import fill

    folder = DATA.parent / "eval" / "submissions"
    reports = {s: folder / s / "report.json" for s in systems if (folder / s / "report.json").is_file()}
    if not reports or not page.is_file():
        stop(f"{page} and {folder} must be there: write the page in a checkout of Parley")
    old = page.read_text("utf-8")
    new = fill(old, {"scores": _score_tables({s: json.loads(r.read_text("utf-8")) for s, r in reports.items()})})
    if not check:
        write_whole(page, new.encode())
        say(f"Scores of {count(len(reports), 'system')} written into {page}.")
    elif new != old:
        stop(f"{page} is not what `parley baselines -o {page}` writes now", FINDINGS)
    else:
        say(f"{page} is up to date.")


def _score_tables(reports: dict[str, Any]) -> str:
    """Return the scores of the reports (by system) as two Markdown tables, and what must be known to read them."""
    from parley.scoring.registry import HEADLINES, METRICS, OVERALL

    def row(head: str, values: Iterable[float | None]) -> str:
        return f"| {head} | " + " | ".join("–" if value is None else f"{value:.3f}" for value in values) + " |"

    every = list(reports.values())
    first = every[0]
    versions = ", ".join(f"{what} {version}" for what, version in first["versions"].items())
    names = " | ".join(f"`{name}`" for name in reports)
    line = "| --- |" + " ---: |" * len(every)
    about = (
        f"{count(first['articles'], 'article')}; {versions}; gold {first['hashes']['gold'][:8]}. – was not attempted."
    )
    return "\n".join(
        [
            f"On the split `{first['split']}`: {about}",
            "",
            f"| score | {names} |",
            line,
            row("**overall**", [r["overall"]["value"] for r in every]),
            *(row(f"**{part}**", [r["overall"]["parts"][part] for r in every]) for part in OVERALL),
            *(row(f"`{m}` {METRICS[m].title}", [r["metrics"][m]["value"] for r in every]) for m in HEADLINES),
            "",
            "Overall, by article:",
            "",
            f"| article | {names} |",
            line,
            *(
                row(f"`{article}`", [r["overall_per_article"][article]["value"] for r in every])
                for article in first["overall_per_article"]
            ),
            "",
            textwrap.fill(first["note"], 120),
        ]
    )


def register(app: typer.Typer) -> None:
    """Add the commands to the top of ``parley``."""
    app.command()(predict)
    app.command()(baselines)
