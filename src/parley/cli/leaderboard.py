"""The command that makes the leaderboard from the submissions."""

from contextlib import nullcontext
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich import box
from rich.markup import escape
from rich.table import Table

from parley.checks import load_corpus
from parley.checks.shape import check_shape
from parley.cli.console import (
    DEFAULT_DATA,
    FINDINGS,
    AsJson,
    count,
    err,
    findings_end_it,
    out,
    print_findings,
    print_json,
    say,
    stop,
)
from parley.files import read_json, to_json, write_whole
from parley.findings import FindingsError, printable
from parley.leaderboard.records import Agreement, Board

_MAX_AGREEMENT = 50_000_000  # bytes
_SHOWN = ("overall", "entities", "events", "stance")


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
    """Score all submissions, and make the leaderboard: scores, intervals, and which systems can be told apart.

    Every submission is checked and scored again. Its report.json is written where it differs, as are the leaderboard
    and its CSV. Nothing is written if there is an error. The annotators' agreement is read from agreement.json beside
    the output, if there is one.

    Example: parley leaderboard --check
    """
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
        corpora = [load_corpus(folder) for folder in data]
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
        _write(files, check=check)
        if site is not None:
            from parley.pages.site import make_site, write_site

            contents = make_site(made, output.parent, csv, corpora[0])
            changed = write_site(site, contents)
            say(f"  {site}: {count(len(contents), 'file')}, {len(changed)} changed; open {site / 'index.html'}")
    if as_json:
        print_json(made)
        return
    for board in made.boards:
        _print(board)


def _check_site(site: Path | None, *, check: bool) -> None:
    """Stop if the site cannot be written where it is wanted."""
    if site is None:
        return
    from parley.pages.site import occupied

    if check:
        stop("--check writes nothing, and --site writes; use one of the two")
    if why := occupied(site):
        stop(f"the site cannot be written to {site}: {why}")


def _read_agreement(path: Path) -> Agreement | None:
    """Return the content of agreement.json, None if there is none. Raises ``FindingsError`` if it cannot be used."""
    if not path.exists():
        return None
    file = printable(str(path))
    value, findings = read_json(path, file, _MAX_AGREEMENT)
    findings = findings or check_shape(value, "agreement", file=file)
    if findings:
        raise FindingsError(findings)
    return msgspec.convert(value, Agreement)


def _write(files: dict[Path, str], *, check: bool) -> None:
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


def _print(board: Board) -> None:
    """Print a board: its systems by overall score, and the annotators' agreement below."""
    table = Table(
        title=f"data {escape(board.data)}, {count(len(board.articles), 'article')}",
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
        cells = ["n/a" if r.value is None else f"{r.value:.3f}" for r in results]
        description = row.submission
        table.add_row(results[0].rank or "", escape(description.system), escape(description.version), *cells)
    if board.agreement is not None:
        table.add_section()
        scores = board.agreement.results
        cells = [f"{scores[name].value:.3f}" if name in scores else "" for name in _SHOWN]
        table.add_row("", f"[italic]{escape(board.agreement.label)}", "", *cells)
    out.print(table, soft_wrap=False)
    say(board.note)


def register(app: typer.Typer) -> None:
    """Add the command to the top of ``parley``."""
    app.command()(leaderboard)
