"""Commands for maintainers: build, strip, hydrate, release, score all baselines, make the leaderboard."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from contextlib import nullcontext
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from parley.cli.console import (
    DEFAULT_DATA,
    FINDINGS,
    FINE,
    AsJson,
    DataFolder,
    count,
    err,
    findings_end_it,
    out,
    print_findings,
    print_json,
    say,
    stop,
)
from parley.files import to_json, to_lines_json, write_whole
from parley.findings import FindingsError
from parley.paths import DATA, SCHEMA
from parley.words import printable, score_text

if TYPE_CHECKING:
    from parley.leaderboard.records import Agreement, Board
    from parley.reading import AnnotatedArticle

_LONG = 50  # articles from which a build takes long enough for a progress bar
_MOST_LISTED = 6  # articles without gold that are named in a message
Folder = Annotated[Path, typer.Argument(help="Dataset folder, the one with articles.jsonl.", show_default=False)]
Out = Annotated[Path, typer.Argument(help="New folder to write.", show_default=False)]
_MAX_AGREEMENT = 50_000_000  # bytes
_SHOWN = ("overall", "entities", "events", "stance")


def _checkout_schemas() -> dict[str, bytes]:
    """Return the schema files to write: none where parley is installed, or their folder cannot be written."""
    from parley.schemas import render_schemas

    in_checkout = (SCHEMA.parent / "pyproject.toml").is_file() and os.access(SCHEMA, os.W_OK)
    return {name: text.encode("utf-8") for name, text in render_schemas().items()} if in_checkout else {}


def _watch(articles: Iterable[AnnotatedArticle], total: int) -> Iterable[AnnotatedArticle]:
    """Show a bar on standard error while a long build runs in a terminal."""
    from rich.progress import track

    hidden = total < _LONG or not err.is_terminal
    return track(articles, description="Building", total=total, console=err, disable=hidden, transient=True)


def build(
    folder: Folder = DEFAULT_DATA,
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; list every built file that a fresh build would change.")
    ] = False,
) -> None:
    """Build the dataset: Parquet files, card (README.md) and croissant.json.

    In a checkout this also writes the JSON Schemas and, for its own dataset, the generated parts of README and
    guidelines. The folder is checked first (as by validate). Articles without gold are left out. A second build
    changes nothing. Exit code 0 if all is well, 1 if the folder has errors or, with --check, a built file differs.

    Example: parley build --check
    """
    from parley.checks import load_corpus

    try:
        from parley.dataset import build as dataset
        from parley.dataset.pages import build_pages
    except ModuleNotFoundError as error:
        stop(f"building needs {error.name}: pip install 'parley-bench[build]'")

    # The check of the folder reads the schemas, so they are brought up to the code before it.
    schemas, root = _checkout_schemas(), SCHEMA.parent
    findings = dataset.differences({f"{SCHEMA.name}/{name}": data for name, data in schemas.items()}, root)
    written = 0
    if not check:
        for path in (changed := dataset.write_changed(schemas, SCHEMA)):
            say(f"  {SCHEMA.name}/{path}")
        written = len(changed)
    with findings_end_it():
        corpus = load_corpus(folder, partial=True)
        is_own = bool(schemas) and folder.resolve() == (root / "data").resolve()
        pages = build_pages(root, corpus) if is_own else {}
    if waiting := [article for article in corpus.articles if article not in corpus.gold]:
        shown = ", ".join(waiting[:_MOST_LISTED]) + (", …" if len(waiting) > _MOST_LISTED else "")
        say(f"{folder}: {count(len(waiting), 'article')} left out, without gold: {shown}")
    watch = partial(_watch, total=len(corpus.gold))
    if check:
        findings += dataset.differing(corpus, watch) + dataset.differences(pages, root)
        print_findings(findings, as_json=False)
        say(f"{folder}: {count(len(findings), 'file')} not as built")
        raise typer.Exit(FINDINGS if findings else FINE)
    touched = [*dataset.build(corpus, watch), *dataset.write_changed(pages, root)]
    for path in touched:
        say(f"  {path}")
    say(f"{folder}: {count(len(corpus.gold), 'article')} built, {count(written + len(touched), 'file')} changed")


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
    what = f"{count(len(files), 'file')} written, without the article texts"
    say(f"{out}: {what}; `parley hydrate {out} TEXTS OUT` puts the texts back")


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
    state = "checked and tried" if is_new else "unchanged: the same release was there before"
    say(f"{out / made.name}: {count(len(made.files), 'file')}, {state}")
    if as_json:
        print_json({"name": made.name, "files": len(made.files), "new": is_new})


def twin(
    articles: Annotated[
        list[str] | None, typer.Argument(help="Articles with gold (default: all that have it).", show_default=False)
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Folder for the texts and records of the twins.")
    ] = None,
    names: Annotated[
        Path | None,
        typer.Option(help="Dataset whose names are put in (default: Parley's).", show_default=False),
    ] = None,
    seed: Annotated[int, typer.Option(help="Of the draw.")] = 0,
    data: DataFolder = DEFAULT_DATA,
) -> None:
    """Give articles twins: all names exchanged for others of the same type and form, alike in all articles.

    The substitutes are written to twins.json of the dataset, where they can be edited; those that are there stay. The
    twins are the split 'twin' of all commands. What remains to be corrected is reported.

    Example: parley twin kelvaro-1 --data mine -o out/twins
    """
    from parley.checks import load_corpus
    from parley.twin import FILE, draw_names, twins

    with findings_end_it():
        corpus = load_corpus(data, raw=False, partial=True)
        if unknown := [name for name in articles or () if name not in corpus.gold]:
            stop(f"there is no gold of an article '{unknown[0]}'; there is of: {', '.join(corpus.gold)}")
        source = load_corpus(names or DATA, raw=False, partial=True)
        drawn = draw_names(corpus, articles or list(corpus.gold), source, seed=seed)
        write_whole(data / FILE, to_lines_json(drawn))
        made = twins(corpus)
    if output is not None:
        for name in made.articles:
            write_whole(output / "articles" / f"{name}.txt", made.texts[name])
            write_whole(output / "gold" / f"{name}.json", to_lines_json(made.gold[name]))
    say(f"{count(len(drawn.names), 'name')} in {data / FILE}, {count(len(made.articles), 'twin')}: the split 'twin'.")


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
    from parley.baselines import describe, names

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
    from parley.baselines import score_tables
    from parley.dataset.pages import fill

    folder = DATA.parent / "eval" / "submissions"
    reports = {s: folder / s / "report.json" for s in systems if (folder / s / "report.json").is_file()}
    if not reports or not page.is_file():
        stop(f"{page} and {folder} must be there: write the page in a checkout of Parley")
    old = page.read_text("utf-8")
    new = fill(old, {"scores": score_tables({s: json.loads(r.read_text("utf-8")) for s, r in reports.items()})})
    if not check:
        write_whole(page, new.encode())
        say(f"Scores of {count(len(reports), 'system')} written into {page}.")
    elif new != old:
        stop(f"{page} is not what `parley baselines -o {page}` writes now", FINDINGS)
    else:
        say(f"{page} is up to date.")


def leaderboard(
    submissions: Annotated[
        Path, typer.Argument(help="Folder with a folder for each submission.", show_default=False)
    ] = Path("eval/submissions"),
    output: Annotated[
        Path,
        typer.Option("--output", "-o", help="File to write; the same table as .csv is written beside it."),
    ] = Path("eval/leaderboard.json"),
    agreement: Annotated[
        bool, typer.Option("--agreement", help="Measure the annotators' agreement again, from the passes in --data.")
    ] = False,
    check: Annotated[bool, typer.Option("--check", help="Write nothing; exit 1 if a file would change.")] = False,
    site: Annotated[
        Path | None,
        typer.Option(
            "--site",
            metavar="FOLDER",
            help="Also write the static site: the leaderboard as a page, and the article browser.",
        ),
    ] = None,
    data: Annotated[
        list[Path],
        typer.Option("--data", help="Dataset folder; repeat it for boards of other versions.", show_default=False),
    ] = [DEFAULT_DATA],  # noqa: B006  # typer reads it and never changes it
    as_json: AsJson = False,
) -> None:
    """Score all submissions, and make the leaderboard: scores, intervals, and which systems differ by more than chance.

    Every submission is checked and scored again. Its report.json is written where it differs, as are the leaderboard
    and its CSV. Nothing is written if there is an error. The annotators' agreement is read from agreement.json beside
    the output, if there is one.

    Example: parley leaderboard --check
    """
    from parley.checks import load_corpus
    from parley.leaderboard.agreement import measure
    from parley.leaderboard.board import build_leaderboard, score_submissions, to_csv
    from parley.leaderboard.submission import REPORT, locked

    if not submissions.is_dir():
        stop(f"there is no folder {submissions}; name the one with the submissions, or run this in a checkout")
    _check_site(site, check=check)
    if output.suffix == ".csv":
        stop("the .csv would overwrite the output; name the output .json")
    beside = output.with_name("agreement.json")
    with findings_end_it(), nullcontext() if check else locked(submissions):
        corpora = [load_corpus(folder, partial=True) for folder in data]
        scored, findings = score_submissions(submissions, corpora)
        if any(finding.is_error for finding in findings):
            raise FindingsError(findings)
        measured = measure(corpora[0]) if agreement else _read_agreement(beside)
        print_findings(findings, as_json=False, console=err)
        made = build_leaderboard(scored, output.parent, measured)
        csv = to_csv(made)
        files = {own.entry.folder / REPORT: to_json(own.report) for own in scored}
        files |= {output: to_json(made), output.with_suffix(".csv"): csv}
        if agreement and measured is not None:
            files[beside] = to_json(measured)
        _write_files(files, check=check)
        if site is not None:
            from parley.pages.site import make_site, write_site

            contents = make_site(made, output.parent, csv, corpora[0])
            changed = write_site(site, contents)
            say(f"  {site}: {count(len(contents), 'file')}, {len(changed)} changed; open {site / 'index.html'}")
    if as_json:
        print_json(made)
        return
    for board in made.boards:
        _print_board(board)


def _check_site(site: Path | None, *, check: bool) -> None:
    """Stop if the site cannot be written to its folder."""
    if site is None:
        return
    from parley.pages.site import occupied

    if check:
        stop("--check writes nothing, and --site writes; use one of the two")
    if why := occupied(site):
        stop(f"the site cannot be written to {site}: {why}")


def _read_agreement(path: Path) -> Agreement | None:
    """Return the content of agreement.json, None if there is no file. Raises ``FindingsError`` if it is invalid."""
    from parley.checks.shape import read_record
    from parley.leaderboard.records import Agreement

    if not path.exists():
        return None
    return read_record(path, "agreement", Agreement, printable(str(path)), _MAX_AGREEMENT)


def _write_files(files: dict[Path, str], *, check: bool) -> None:
    """Write the files that differ; with ``check`` only name them, and exit if there are any."""
    changed = [
        path
        for path, content in files.items()
        if path.is_symlink() or not path.is_file() or path.read_bytes() != content.encode()
    ]
    for path in changed:
        if check:
            say(f"{path} is out of date; `parley leaderboard` writes it again")
        else:
            write_whole(path, files[path])
            say(f"  {path}")
    if check and changed:
        raise typer.Exit(FINDINGS)
    say(f"{count(len(files), 'file')}, {'all up to date' if check else f'{len(changed)} changed'}")


def _print_board(board: Board) -> None:
    """Print a board: its systems by overall score, and the annotators' agreement below."""
    from rich import box
    from rich.table import Table

    table = Table(
        title=f"data {escape(board.data)}, {count(len(board.articles), 'article')} of {count(board.stories, 'story', 'stories')}",
        box=box.SIMPLE_HEAD,
        pad_edge=False,
        title_justify="left",
    )
    table.add_column("rank", justify="right")
    table.add_column("system")
    table.add_column("version")
    for name in _SHOWN:
        table.add_column(name, justify="right")
    for row in board.systems:
        results = [row.results[name] for name in _SHOWN]
        cells = ["n/a" if r.value is None else score_text(r.value) for r in results]
        description = row.submission
        table.add_row(results[0].rank or "", escape(description.system), escape(description.version), *cells)
    table.add_section()
    smallest = {column.name: column.smallest_difference for column in board.columns}
    if any(smallest[name] is not None for name in _SHOWN):
        table.add_row("", "[italic]smallest difference shown", "", *(score_text(smallest[name]) for name in _SHOWN))
    if board.agreement is not None:
        scores = board.agreement.results
        cells = [score_text(scores[name].value) if name in scores else "" for name in _SHOWN]
        table.add_row("", f"[italic]{escape(board.agreement.label)}", "", *cells)
    out.print(table, soft_wrap=False)
    say(board.note)
