"""Commands for entrants: describe a submission and add it to the leaderboard."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from parley.cli.console import DEFAULT_DATA, DataFolder, findings_end_it, say, stop
from parley.files import GZIP, read_bytes, to_json, write_whole
from parley.findings import FindingsError
from parley.words import printable

app = typer.Typer(name="submit", help="Submit a system to the leaderboard: describe it, add it.", no_args_is_help=True)


def _value(field: str, text: str) -> object:
    """Return the value of a field given as FIELD=TEXT; an empty text is that of a field that is not filled in."""
    if field == "base_models":
        pairs = [model.partition("@") for model in text.split(",") if model.strip()]
        return [{"name": name.strip(), "revision": revision.strip() or None} for name, _, revision in pairs]
    if field == "parameters":
        digits = text.replace(",", "").replace("_", "")
        return int(digits) if digits.isdecimal() and len(digits) <= 18 else text or None
    return text or (None if field == "url" else "")


@app.command()
def init(
    predictions: Annotated[Path, typer.Argument(help="A file of predictions.", show_default=False)],
    folder: Annotated[
        Path, typer.Argument(help="Folder of the submission; it may be where the file is.", show_default=False)
    ],
    fields: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="FIELD=VALUE",
            help="Fields of submission.json; the rest is left to fill in.",
            show_default=False,
        ),
    ] = None,
    like: Annotated[
        Path | None, typer.Option(help="Folder of an earlier submission, to take the other fields from.")
    ] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace files that are in the folder.")] = False,
    data: DataFolder = DEFAULT_DATA,
) -> None:
    """Make a submission: a copy of the predictions, and submission.json with their checksum.

    Give fields as FIELD=VALUE, or edit submission.json: `parley check FOLDER` lists missing and wrong fields. Models
    are given as NAME@REVISION, with commas between. Then add the submission with `parley submit add`.

    Example: parley submit init predictions.jsonl mine system=Mine track=zero-shot saw_test=unknown
    """
    make(predictions, folder, fields or [], like, {}, data, overwrite=overwrite)


def _plain_bytes(predictions: Path) -> bytes:
    """Return the bytes of a file of predictions; a packed one, or one that cannot be read, is an error."""
    from parley.leaderboard.submission import packed

    data, findings = read_bytes(predictions, printable(str(predictions)))
    if data is None or data.startswith(GZIP):
        raise FindingsError(findings or [packed(predictions)])
    return data


def stop_unless_new(existing: Sequence[str], *, overwrite: bool) -> None:
    """Stop the command if it would write over what exists."""
    if existing and not overwrite:
        verb, them = ("exists", "it") if len(existing) == 1 else ("exist", "them")
        stop(f"{' and '.join(existing)} {verb} already; --overwrite replaces {them}")


def make(
    predictions: Path | bytes,
    folder: Path,
    fields: list[str],
    like: Path | None,
    known: dict[str, Any],
    data: Path,
    *,
    overwrite: bool,
) -> None:
    """Write the folder of a submission and say what is still to be done; stop the command where it cannot be made.

    ``known`` has fields of the description that go before those of ``like``; ``fields`` go before both.
    """
    from parley.checks import load_corpus
    from parley.leaderboard.records import Submission
    from parley.leaderboard.submission import (
        DESCRIPTION,
        PREDICTIONS,
        check_description,
        read_description,
        unfilled,
    )

    required = [field.name for field in msgspec.structs.fields(Submission) if field.required]
    content: dict[str, Any] = dict.fromkeys(required, "") | {"url": None, "base_models": [], "parameters": None}
    content |= known
    copy, file = folder / PREDICTIONS, folder / DESCRIPTION
    path = predictions if isinstance(predictions, Path) else None
    is_there = path is not None and copy.exists() and path.exists() and copy.samefile(path)
    existing = [str(each) for each in (copy, file) if each.exists() and not (each == copy and is_there)]
    stop_unless_new(existing, overwrite=overwrite)
    with findings_end_it():
        if like is not None:
            earlier, findings = read_description(like / DESCRIPTION)
            if earlier is None:
                raise FindingsError(findings)
            content |= msgspec.to_builtins(earlier) | known
        content["data_version"] = load_corpus(data, gold=False, raw=False).info.version
        for given in fields:
            name, equals, text = given.partition("=")
            if name not in Submission.__struct_fields__ or name == "run" or not equals:
                names = ", ".join(f for f in Submission.__struct_fields__ if f not in ("predictions_sha256", "run"))
                stop(f"'{given}' is not FIELD=VALUE; the fields are {names}")
            content[name] = _value(name, text)
        data_read = predictions if isinstance(predictions, bytes) else _plain_bytes(predictions)
        content["predictions_sha256"] = hashlib.sha256(data_read).hexdigest()
        content = {
            name: content[name]
            for name in Submission.__struct_fields__
            if content.get(name, "") != "" or name in required
        }
        missing = unfilled(content)
        if wrong := [f for f in check_description(content, printable(str(file))) if f.path[2:] not in missing]:
            raise FindingsError(wrong)
        if not is_there:
            write_whole(copy, data_read)
        write_whole(file, to_json(content))
    say(f"The submission is in {folder}.")
    if missing:
        say(f"Fill in {', '.join(missing)} in {file}.")
    say(f"Check it: parley check {folder}")


@app.command()
def add(
    folder: Annotated[Path, typer.Argument(help="Folder of a submission.", show_default=False)],
    to: Annotated[Path, typer.Option("--to", help="Folder of the leaderboard's submissions.")] = Path(
        "eval/submissions"
    ),
    replace: Annotated[
        bool, typer.Option("--replace", help="Take the place of an earlier submission of the same system.")
    ] = False,
    data: DataFolder = DEFAULT_DATA,
) -> None:
    """Check a submission, score it, and copy it with its report to the submissions of the leaderboard.

    A system is there once: --replace puts a new version in the place of the old one. To keep both, give the new one
    another name. If the submission is refused, nothing changes.

    Example: parley submit add mine
    """
    from parley.checks import load_corpus
    from parley.leaderboard.submission import add as add_submission

    if not to.is_dir():
        stop(f"there is no folder {to}; run this in a checkout of Parley, or name the folder with --to")
    with findings_end_it():
        place = add_submission(folder, load_corpus(data), to, replace=replace)
    say(f"The submission is in {place}, with its report. `parley leaderboard` updates the leaderboard.")
