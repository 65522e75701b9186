"""Commands that hand the dataset out: strip, hydrate, release."""

from pathlib import Path
from typing import Annotated

import typer

from parley.cli.console import DEFAULT_DATA, AsJson, DataFolder, count, findings_end_it, print_json, say, stop
from parley.files import write_whole
from parley.paths import SCHEMA

Out = Annotated[Path, typer.Argument(help="New folder to write.", show_default=False)]


def _needs_build() -> None:
    """Stop, saying what to install, where the libraries that build are missing."""
    try:
        import parley.release.text_free  # noqa: F401
    except ModuleNotFoundError as error:
        stop(f"this needs {error.name}: pip install 'parley-bench[build]'")


def strip(
    data: Annotated[Path, typer.Argument(help="Dataset folder, the one with articles.jsonl.", show_default=False)],
    out: Out,
) -> None:
    """Write a text-free copy of a dataset folder: offsets, labels, ids and checksums, and no word run of the articles.

    Left out are the articles, the words of every span, and every quotation of four words or more in any file.
    `parley hydrate` gives the whole folder back, byte for byte. Exit code 1 if something could not be left out
    or could not be given back exactly; then nothing is written.

    Example: parley strip data out/text-free
    """
    _needs_build()
    from parley.release.packing import new_folder
    from parley.release.strip import strip as strip_folder

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
    """Join a text-free folder to the texts: the whole dataset folder again, byte for byte, or nothing.

    Texts are known by their checksum. One that differs is refused, saying where it first differs and what usually
    causes such a difference. Exit code 1 if anything is missing or differs.

    Example: parley hydrate out/text-free data/articles out/whole
    """
    _needs_build()
    from parley.release.hydrate import hydrate as join

    with findings_end_it():
        paths = join(stripped, texts, out, sources_only=sources)
    say(f"{out}: {count(len(paths), 'file')}, each with the checksum of the original")


def release(
    out: Annotated[Path, typer.Argument(help="Folder to put the release into.", show_default=False)],
    data: DataFolder = DEFAULT_DATA,
    text_free: Annotated[bool, typer.Option("--text-free", help="Release the form without the articles.")] = False,
    rebuild: Annotated[
        bool, typer.Option("--rebuild", help="Build afresh instead of refusing built files that are out of date.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Check everything and write a release: a folder to upload as a Hub dataset, an archive, and checksums.

    The archive is unpacked elsewhere and tried first (mlcroissant; load_dataset, offline, of every config). The same
    data gives the same bytes. A different release of the same version is never overwritten. Exit code 1 if
    anything stands against the release; then nothing is written.

    Example: parley release out/release
    """
    _needs_build()
    from parley.release.contents import release_of
    from parley.release.packing import publish, to_archive
    from parley.release.standoff import digest
    from parley.release.trial import try_release

    with findings_end_it():
        name, files = release_of(data, SCHEMA.parent, text_free=text_free, rebuild=rebuild)
        archive = to_archive(files, name)
        try_release(archive, name)
        written = publish(files, archive, out, name)
    new = {target: target in written for target in (name, f"{name}.tar.gz", f"{name}.tar.gz.sha256")}
    for target, is_new in new.items():
        say(f"  {out / target}{'' if is_new else ' (was there, the same)'}")
    if as_json:
        print_json({"name": name, "files": len(files), "sha256": digest(archive), "written": written})
    say(f"{name}: {count(len(files), 'file')}, checked and tried; the archive's SHA-256 is {digest(archive)}")


def register(app: typer.Typer) -> None:
    """Add the commands to the top of ``parley``."""
    app.command()(strip)
    app.command()(hydrate)
    app.command()(release)
