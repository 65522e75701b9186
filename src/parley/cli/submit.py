"""Commands for entrants: submit init, submit add, submit rescore."""

import hashlib
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from parley.checks import load_corpus
from parley.checks.submission import check_description, read_description
from parley.cli.console import (
    DEFAULT_DATA,
    FINDINGS,
    DataFolder,
    count,
    err,
    findings_end_it,
    plain,
    print_findings,
    say,
    stop,
    summary,
)
from parley.files import to_json, write_whole
from parley.findings import FindingsError
from parley.report_form import Submission
from parley.schemas import validator

app = typer.Typer(name="submit", help="Submit a system to the leaderboard: describe it, add it.", no_args_is_help=True)

_BOARD = Path("eval/submissions")
_ASKED = ("system", "version", "organisation", "contact", "url", "base_models", "parameters", "track", "training_data", "saw_test", "licence", "weights", "note")  # fmt: skip
_MAY_LACK: dict[str, Any] = {
    "url": None,
    "base_models": [],
    "parameters": None,
    "weights": None,
    "note": None,
}  # what they are then

Board = Annotated[Path, typer.Option("--to", help="Folder of the leaderboard's submissions.")]


def _base_model(text: str) -> dict[str, str | None]:
    """Read NAME@REVISION; a name alone has no revision."""
    name, _, revision = text.partition("@")
    return {"name": name.strip(), "revision": revision.strip() or None}


def _parameters(text: str) -> object:
    number = text.replace(",", "").replace("_", "").strip()
    return int(number) if number.isascii() and number.isdigit() and len(number) <= 18 else text


_READ: dict[str, Callable[[str], object]] = {
    "base_models": lambda text: [_base_model(part) for part in text.split(",") if part.strip()],
    "parameters": _parameters,
}


def _ask(name: str) -> object:
    """Ask for one field until the answer can stand there; Enter leaves out what may be left out."""
    schema = validator("submission").schema["properties"][name]
    options = f" ({', '.join(schema['enum'])})" if "enum" in schema else ""
    hint = " NAME@REVISION, several with commas between." if name == "base_models" else ""
    hint += " Enter for none." if name in _MAY_LACK else ""
    while True:
        err.print(plain(f"{schema['description']}{options}{hint}"))
        given: str = typer.prompt(name.replace("_", " "), default="", show_default=False, err=True).strip()
        if not given and name in _MAY_LACK:
            return _MAY_LACK[name]
        value = _READ.get(name, str)(given)
        wrong = [f for f in check_description({name: value}) if f.path.startswith(f"$.{name}")]
        if not wrong:
            return value
        print_findings(wrong, as_json=False, console=err)


def _can_ask() -> bool:
    return sys.stdin.isatty()


def _complete(fields: dict[str, Any]) -> dict[str, Any]:
    """Ask for the fields that are not given, or stop where nobody can be asked; return them all, in order."""
    lacking = [name for name in _ASKED if name not in fields]
    if _can_ask():
        fields |= {name: _ask(name) for name in lacking}
    elif needed := [f"--{name.replace('_', '-')}" for name in lacking if name not in _MAY_LACK]:
        stop(f"{', '.join(needed)}: needed, as there is no terminal to ask in")
    return _MAY_LACK | fields


@app.command()
def init(
    predictions: Annotated[Path, typer.Argument(help="A file of predictions.", show_default=False)],
    folder: Annotated[Path, typer.Argument(help="Folder to make; it may be where the file is.", show_default=False)],
    system: Annotated[str | None, typer.Option(help="Name of the system, also of its folder: no dots.")] = None,
    version: Annotated[str | None, typer.Option(help="Version of the system.")] = None,
    organisation: Annotated[str | None, typer.Option(help="Who submits it.")] = None,
    contact: Annotated[str | None, typer.Option(help="How to reach them; it is published.")] = None,
    url: Annotated[str | None, typer.Option(help="Where it is described, https://….")] = None,
    base_model: Annotated[
        list[str] | None, typer.Option(help="Model it is built on, NAME@REVISION (may be repeated).")
    ] = None,
    parameters: Annotated[str | None, typer.Option(help="Number of parameters in all.")] = None,
    track: Annotated[str | None, typer.Option(help="supervised, few-shot or zero-shot.")] = None,
    training_data: Annotated[str | None, typer.Option(help="What it was trained on; 'none' for none.")] = None,
    saw_test: Annotated[
        str | None, typer.Option(help="Were the test articles in anything it was made from? yes, no or unknown.")
    ] = None,
    licence: Annotated[str | None, typer.Option(help="Licence of the predictions.")] = None,
    weights: Annotated[
        str | None, typer.Option(help="May anyone have its weights? open, closed, or none if it has none.")
    ] = None,
    note: Annotated[str | None, typer.Option(help="What else a reader of its scores must know.")] = None,
    data_version: Annotated[
        str | None, typer.Option(help="Version of the dataset that was predicted (default: that of --data).")
    ] = None,
    like: Annotated[
        Path | None, typer.Option(help="An earlier submission's folder: what is not given here is as it is there.")
    ] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace files that are in the folder.")] = False,
    data: DataFolder = DEFAULT_DATA,
) -> None:
    """Make a submission: submission.json beside a copy of the predictions, with their checksum.

    In a terminal it asks for what is not given. Nothing is overwritten unless told, and nothing written if a field is
    wrong. Check the folder with `parley check`, then add it with `parley submit add`.

    Example: parley submit init predictions.jsonl mine --like eval/submissions/rules --system Mine
    """
    from parley.submission import DESCRIPTION, PREDICTIONS, as_fields, read_plain

    given: dict[str, Any] = {}
    with findings_end_it():
        if like is not None:
            earlier, wrong = read_description(like / DESCRIPTION)
            if earlier is None:
                raise FindingsError(wrong)
            given = _MAY_LACK | as_fields(earlier)
        flags = {"system": system, "version": version, "organisation": organisation, "contact": contact, "url": url, "track": track, "training_data": training_data, "saw_test": saw_test, "licence": licence, "weights": weights, "note": note}  # fmt: skip
        given |= {name: value for name, value in flags.items() if value is not None}
        if base_model is not None:
            given["base_models"] = [_base_model(text) for text in base_model]
        if parameters is not None:
            given["parameters"] = _parameters(parameters)
        copy, file = folder / PREDICTIONS, folder / DESCRIPTION
        _refuse_overwriting(predictions, copy, file, overwrite)
        predicted, wrong = read_plain(predictions)
        if predicted is None:
            raise FindingsError(wrong)
        if data_version is None:
            data_version = load_corpus(data, gold=False, raw=False).info.version
        checksum = hashlib.sha256(predicted).hexdigest()
        content = _complete(given) | {"data_version": data_version, "predictions_sha256": checksum}
        left_out = [name for name in ("weights", "note") if content[name] is None]
        content = {name: value for name, value in content.items() if name not in left_out}
        if wrong := check_description(content, str(file)):
            raise FindingsError(wrong)
        if not (copy.exists() and copy.samefile(predictions)):
            write_whole(copy, predicted)
        write_whole(file, to_json(msgspec.convert(content, Submission)))
    say(f"The submission is in {folder}. Check it: parley check {folder}")


def _refuse_overwriting(predictions: Path, copy: Path, file: Path, overwrite: bool) -> None:
    there = [file] if file.exists() else []
    if copy.exists() and not (predictions.exists() and copy.samefile(predictions)):
        there.append(copy)
    if there and not overwrite:
        stop(f"{' and '.join(map(str, there))}: there already; --overwrite replaces what is there")


@app.command()
def add(
    folder: Annotated[Path, typer.Argument(help="Folder of a submission.", show_default=False)],
    to: Board = _BOARD,
    replace: Annotated[
        bool, typer.Option("--replace", help="Take the place of an earlier submission of the same system.")
    ] = False,
    data: DataFolder = DEFAULT_DATA,
) -> None:
    """Check a submission, score it, and put it with its report among those of the leaderboard.

    A system has one place: a new version takes that of the old one with --replace. To keep both, give the new one
    another name. What is refused leaves everything as it was.

    Example: parley submit add eval/submissions/rules
    """
    from parley import submission

    with findings_end_it():
        corpus = load_corpus(data)
        place = submission.add(folder, corpus, to, replace=replace)
    say(f"The submission is in {place}, with its report. `parley leaderboard` makes the leaderboard anew.")


@app.command()
def rescore(
    to: Board = _BOARD,
    check: Annotated[bool, typer.Option("--check", help="Write nothing; exit 1 if a report would change.")] = False,
    data: DataFolder = DEFAULT_DATA,
) -> None:
    """Score all submissions of the current data anew, after a change of gold or scorer.

    Submissions of other versions of the data keep their reports.

    Example: parley submit rescore --check
    """
    from parley import submission

    if not to.is_dir():
        stop(f"there is no folder {to}")
    with findings_end_it():
        corpus = load_corpus(data)
        changed, findings = submission.rescore(corpus, to, write=not check)
    print_findings(findings, as_json=False)
    if not check:
        for path in changed:
            say(f"  {path}")
    say(f"{to}: {count(len(changed), 'report')} {'to change' if check else 'changed'}, {summary(findings)}")
    if any(finding.is_error for finding in findings):
        raise typer.Exit(FINDINGS)


def register(top: typer.Typer) -> None:
    """Add the commands to ``parley`` as its sub-command ``submit``."""
    top.add_typer(app)
