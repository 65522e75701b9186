"""Commands that hand the dataset out: strip, hydrate, release."""

from pathlib import Path
from typing import Annotated

import typer

from parley.cli.console import DEFAULT_DATA, AsJson, DataFolder, count, findings_end_it, print_json, say, stop
from parley.files import write_whole
from parley.paths import SCHEMA

Out = Annotated[Path, typer.Argument(help="New folder to write.", show_default=False)]


def strip(
    data: Annotated[Path, typer.Argument(help="Dataset folder, the one with articles.jsonl.", show_default=False)],
    out: Out,
) -> None:
    """Write a text-free copy of a dataset folder: offsets, labels, ids, names and checksums, but no text.

    Left out are the articles, the words of every span, headlines, notes and built files. Exit code 1 if five words of
    an article in a row would be left anywhere else; then nothing is written.

    Example: parley strip data out/text-free
    """
    from parley.files import new_folder
    from parley.release.standoff import strip as strip_folder

    with findings_end_it(), new_folder(out) as folder:
        files = strip_folder(data)
        for path, content in files.items():
            write_whole(folder / path, content)
    say(f"{out}: {count(len(files), 'file')} without the articles; parley hydrate {out} TEXTS OUT joins them again")


def hydrate(
    stripped: Annotated[Path, typer.Argument(help="Text-free folder or release.", show_default=False)],
    texts: Annotated[Path, typer.Argument(help="Folder with the articles, under any names.", show_default=False)],
    out: Out,
    sources: Annotated[
        bool, typer.Option("--sources", help="Leave the built files out (parley build makes them).")
    ] = False,
) -> None:
    """Join a text-free folder to the texts: the dataset folder again, checked and built.

    Texts are recognised by their checksum. One that differs is refused, with the place where it first differs. Exit
    code 1 if anything is missing or differs; then nothing is written.

    Example: parley hydrate out/text-free data/articles out/whole
    """
    from parley.release.standoff import hydrate as join

    try:
        with findings_end_it():
            paths = join(stripped, texts, out, sources_only=sources)
    except ModuleNotFoundError as error:
        stop(f"building needs {error.name}: pip install 'parley-bench[build]', or use --sources")
    say(f"{out}: {count(len(paths), 'file')}; every text has the checksum of the original")


def release(
    out: Annotated[Path, typer.Argument(help="Folder to put the release into.", show_default=False)],
    data: DataFolder = DEFAULT_DATA,
    text_free: Annotated[bool, typer.Option("--text-free", help="Release the form without the articles.")] = False,
    as_json: AsJson = False,
) -> None:
    """Check everything and write a release: a folder to upload as a Hub dataset, with a list of checksums.

    The release is tried first (mlcroissant; load_dataset, offline, of every config). The same data gives the same
    bytes. A different release of the same version is never overwritten. Exit code 1 if there is any problem; then
    nothing is written.

    Example: parley release out/release
    """
    try:
        from parley.release.release import publish, release_of, try_release
    except ModuleNotFoundError as error:
        stop(f"this needs {error.name}: pip install 'parley-bench[build]'")

    with findings_end_it():
        made = release_of(data, SCHEMA.parent, text_free=text_free)
        try_release(made)
        is_new = publish(made, out)
    say(
        f"{out / made.name}: {count(len(made.files), 'file')}, {'checked and tried' if is_new else 'there before, the same'}"
    )
    if as_json:
        print_json({"name": made.name, "files": len(made.files), "new": is_new})


def register(app: typer.Typer) -> None:
    """Add the commands to the top of ``parley``."""
    app.command()(strip)
    app.command()(hydrate)
    app.command()(release)
