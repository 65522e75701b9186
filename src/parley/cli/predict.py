"""Commands that run baselines: predict, baselines."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from parley.cli.console import (
    DEFAULT_DATA,
    FINDINGS,
    AsJson,
    DataFolder,
    count,
    err,
    findings_end_it,
    print_json,
    say,
    stop,
)
from parley.files import write_whole
from parley.model import Prediction

if TYPE_CHECKING:
    from parley.task import Task

Split = Annotated[str, typer.Option(help="Split to predict.")]


def given_tasks(data: Path, split: str) -> list["Task"]:
    """Return what the systems are given, from the built dataset of a folder; stop where there is none."""
    import datasets

    from parley.api import load
    from parley.task import tasks

    datasets.disable_progress_bars()  # ours says more
    try:
        return tasks(load("documents", split, folder=data), load("stance", split, folder=data))
    except ValueError as error:
        stop(str(error))


def run_baseline(name: str, given: list["Task"]) -> list[Prediction]:
    """Return a baseline's predictions, with a bar on standard error in a terminal."""
    from rich.progress import track

    from parley.baselines import BASELINES

    hidden = not err.is_terminal
    try:
        return [
            BASELINES[name].predict(task)
            for task in track(given, description=name, console=err, disable=hidden, transient=True)
        ]
    except ModuleNotFoundError as error:
        stop(str(error), FINDINGS)


def predict(
    name: Annotated[str, typer.Argument(help="Name of the baseline; `parley baselines` lists them.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="File to write, a line an article.")] = Path(
        "predictions.jsonl"
    ),
    data: DataFolder = DEFAULT_DATA,
    split: Split = "test",
) -> None:
    """Run a baseline on a split of the built dataset and write its predictions. It is given no gold.

    Example: parley predict rules -o predictions.jsonl
    """
    from parley.baselines import BASELINES

    if name not in BASELINES:
        stop(f"there is no baseline '{name}'; choose from: {', '.join(BASELINES)}")
    predictions = run_baseline(name, given_tasks(data, split))
    write_whole(output, b"".join(msgspec.json.encode(prediction) + b"\n" for prediction in predictions))
    say(f"{name}: {count(len(predictions), 'article')} of the split '{split}' predicted; they are in {output}.")


def baselines(
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Run and score every baseline; write the page here.")
    ] = None,
    check: Annotated[bool, typer.Option("--check", help="Write nothing; exit 1 if the page would change.")] = False,
    data: DataFolder = DEFAULT_DATA,
    split: Split = "test",
    as_json: AsJson = False,
) -> None:
    """List the baselines; with -o, run and score them all and write the page about them.

    Example: parley baselines
    """
    from parley.baselines import BASELINES

    if output is None:
        if check:
            stop("--check needs -o, the page to compare with")
        if as_json:
            print_json(
                {
                    name: {"description": b.description, "configuration": b.configuration}
                    for name, b in BASELINES.items()
                }
            )
            return
        for name, baseline in BASELINES.items():
            print(f"{name}\t{baseline.description}")
        return

    from parley.baselines.page import render_page
    from parley.checks import load_corpus
    from parley.scoring import score

    with findings_end_it():
        corpus = load_corpus(data)
    given = given_tasks(data, split)
    reports = {}
    for name in BASELINES:
        say(f"{name} …")
        with findings_end_it():
            reports[name] = score(corpus, {p.id: p for p in run_baseline(name, given)}, split, system=name)
    page = render_page(BASELINES, reports).encode("utf-8")
    if not check:
        write_whole(output, page)
        say(f"The page is in {output}.")
    elif not output.is_file() or output.read_bytes() != page:
        stop(f"{output} is not what `parley baselines -o {output}` writes now", FINDINGS)
    else:
        say(f"{output} is up to date.")


def register(app: typer.Typer) -> None:
    """Add the commands to the top of ``parley``."""
    app.command()(predict)
    app.command()(baselines)
