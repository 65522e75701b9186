"""The command that makes the leaderboard from the submissions' reports."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

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
from parley.files import printable, read_json, to_json, write_whole
from parley.findings import Finding, FindingsError
from parley.leaderboard_form import Agreement, Board, Leaderboard

if TYPE_CHECKING:
    from parley.checks import Corpus

_MAX_AGREEMENT = 50_000_000  # bytes
_SHOWN = ("overall", "entities", "events", "stance")


def leaderboard(
    submissions: Annotated[
        Path, typer.Argument(help="Folder with a folder for each submission.", show_default=False)
    ] = Path("eval/submissions"),
    output: Annotated[
        Path,
        typer.Option("--output", "-o", help="File to write; a table for spreadsheets, .csv, is written beside it."),
    ] = Path("eval/leaderboard.json"),
    agreement: Annotated[
        bool,
        typer.Option("--agreement", help="First measure annotators' agreement anew, from the raw passes of --data."),
    ] = False,
    rescore: Annotated[
        bool, typer.Option("--rescore", help="First score all predictions again and refuse a report that differs.")
    ] = False,
    check: Annotated[bool, typer.Option("--check", help="Write nothing; exit 1 if a file would change.")] = False,
    site: Annotated[
        Path | None,
        typer.Option(
            "--site",
            metavar="FOLDER",
            help="Write the static site here too: the leaderboard's page and the article browser of --data.",
        ),
    ] = None,
    data: DataFolder = DEFAULT_DATA,
    as_json: AsJson = False,
) -> None:
    """Make the leaderboard from the submissions' reports alone: figures, intervals, and who can be told apart.

    A report that contradicts itself or its submission is refused, and nothing is written. --rescore,
    --agreement and --site alone read the dataset. How far annotators agree is read from agreement.json beside the output, where there is one.

    Example: parley leaderboard --check
    """
    from parley.leaderboard import build_leaderboard, read_entries, to_csv

    if not submissions.is_dir():
        stop(f"there is no folder {submissions}; name the one with the submissions, or run this in a checkout")
    _check_site(site, check=check)
    if output.suffix == ".csv":
        stop("the table for spreadsheets would take the place of the output; name it .json")
    beside = output.with_name("agreement.json")
    with findings_end_it():
        entries, findings = read_entries(submissions)
        corpus = load_corpus(data) if rescore or agreement else None
        if rescore and corpus is not None:
            findings += _rescored(corpus, submissions)
        if any(finding.is_error for finding in findings):
            raise FindingsError(findings)
        measured = _measure(corpus) if agreement and corpus is not None else _read_agreement(beside)
        print_findings(findings, as_json=False, console=err)
        made = build_leaderboard(entries, output.parent, measured)
    files = {output: to_json(made), output.with_suffix(".csv"): to_csv(made)}
    if agreement and measured is not None:
        files[beside] = to_json(measured)
    _write(files, check=check)
    if site is not None:
        _write_site(site, made, output.parent, files[output.with_suffix(".csv")], data)
    if as_json:
        print_json(made)
        return
    for board in made.boards:
        _print(board)


def _check_site(site: Path | None, *, check: bool) -> None:
    """Stop if the site cannot be written where it is wanted."""
    if site is None:
        return
    from parley.site.whole import occupied

    if check:
        stop("--check writes nothing, and --site writes; name one of the two")
    if why := occupied(site):
        stop(f"{site} cannot take the site: {why}")


def _write_site(site: Path, made: Leaderboard, root: Path, csv: str, data: Path) -> None:
    from parley.site.whole import make_site, write_site

    with findings_end_it():
        contents = make_site(made, root, csv, load_corpus(data, raw=False))
    changed = write_site(site, contents)
    say(f"  {site}: {count(len(contents), 'file')}, {len(changed)} changed; open {site / 'index.html'}")


def _rescored(corpus: "Corpus", submissions: Path) -> list[Finding]:
    from parley.submission import rescore

    return rescore(corpus, submissions, write=False)[1]


def _measure(corpus: "Corpus") -> Agreement:
    from parley.leaderboard.agreement import measure

    return measure(corpus)


def _read_agreement(path: Path) -> Agreement | None:
    """Return what agreement.json says, None where there is none. Raises ``FindingsError`` if it cannot be used."""
    if not path.exists():
        return None
    file = printable(str(path))
    value, findings = read_json(path, file, _MAX_AGREEMENT)
    findings = findings or check_shape(value, "agreement", file=file)
    if findings:
        raise FindingsError(findings)
    return msgspec.convert(value, Agreement)


def _write(files: dict[Path, str], *, check: bool) -> None:
    changed = [path for path, content in files.items() if not path.is_file() or path.read_bytes() != content.encode()]
    if check:
        for path in changed:
            say(f"{path} is not what the reports give now; `parley leaderboard` makes it anew")
        if changed:
            raise typer.Exit(FINDINGS)
        say(f"{count(len(files), 'file')} up to date.")
        return
    for path in changed:
        write_whole(path, files[path])
        say(f"  {path}")
    say(f"{count(len(files), 'file')}, {len(changed)} changed")


def _print(board: Board) -> None:
    """Print a board: its systems in groups of overall, and the annotators' agreement below."""
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
        rank = results[0].rank
        table.add_row("" if rank is None else str(rank), escape(row.system), escape(row.version), *cells)
    if board.agreement is not None:
        table.add_section()
        figures = board.agreement.results
        cells = [f"{figures[name].value:.3f}" if name in figures else "" for name in _SHOWN]
        table.add_row("", f"[italic]{escape(board.agreement.label)}", "", *cells)
    out.print(table, soft_wrap=False)
    say(board.note)


def register(app: typer.Typer) -> None:
    """Add the command to the top of ``parley``."""
    app.command()(leaderboard)
