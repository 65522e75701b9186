"""The page of the leaderboard, from its records and the reports; it computes no scores."""

import re
from collections.abc import Mapping, Sequence
from math import ceil, floor, log10
from typing import NamedTuple
from urllib.parse import urlsplit

from parley.leaderboard.board import BY_ORIGIN
from parley.leaderboard.records import AgreementScore, Board, Column, Leaderboard, Result, Row, Run
from parley.pages.html import POWER, Site, page
from parley.pages.report import FEW
from parley.report import Report, Subset
from parley.scoring.uncertainty import OVERALL_NAME, stories_in_words

_TRACKS = ("supervised", "few-shot", "zero-shot")  # in the order in which they are offered
_UNSAFE = re.compile(r"[\s\x00-\x1f\x7f\"'<>\\^`{|}]")


class Files(NamedTuple):
    """Addresses of a system's page and files, from the site's folder.

    ``page``, that of the report, is empty where none could be made.
    """

    system: str
    report: str
    predictions: str
    submission: str
    page: str


class Head(NamedTuple):
    """A group of systems that the data do not separate by one column."""

    column: int
    number: int
    systems: int
    words: str


class Line(NamedTuple):
    """A system's line in a table; ``results`` are in the order of the columns."""

    row: Row
    address: str
    track: int
    results: list[Result]


class Part(NamedTuple):
    """Some of the articles, and the scores on them: a row for each system, best first; scores as the columns are."""

    key: str
    kind: str
    value: str
    articles: int
    stories: int
    rows: list[tuple[Row, int, list[tuple[float | None, list[float] | None]]]]  # system, track, (score, interval)


class LayerTable(NamedTuple):
    """The systems by the scores of one layer, best first by its first column; those without a value last."""

    number: int
    layer: str
    columns: list[Column]
    lines: list[Line]
    heads: list[Head]
    agreement: list[AgreementScore | None]
    part_columns: list[str]
    parts: list[Part]


class CostPlot(NamedTuple):
    """Overall score against the cost of a run, on a logarithmic scale; places on it are shares of the width."""

    points: list[tuple[Line, float]]  # a system and its place
    ticks: list[tuple[float, float]]  # dollars and their place


class BoardView(NamedTuple):
    """A board as shown.

    ``runs`` are the systems that say how they were run, ``diagnosed`` those with a memorisation gap or contrast pairs.
    ``has_dots``: whether a score without an interval is drawn article by article.
    """

    number: int
    board: Board
    label: str
    tables: list[LayerTable]
    runs: list[Line]
    plot: CostPlot | None
    diagnosed: list[tuple[Line, Report]]
    has_dots: bool
    citation: str


def safe_link(url: str | None) -> str | None:
    """Return an address if it is one that a page may link to (https, a host, nothing that needs quoting), else None."""
    if not url or _UNSAFE.search(url) or not url.isascii():
        return None
    try:
        parts = urlsplit(url)
        is_fine = parts.scheme == "https" and bool(parts.hostname) and "@" not in parts.netloc
    except ValueError:
        return None
    return url if is_fine else None


# The badges of a system: words, class, explanation.
_SAW_TEST = {
    "yes": ("saw the test: yes", "warn", "The test articles were among the data it was made from."),
    "no": ("saw the test: no", "good", "The entrant states that no test article was among the data it was made from."),
    "unknown": (
        "saw the test: unknown",
        "unsure",
        "It is not known whether the test articles were among the data it was made from.",
    ),
}
_WEIGHTS = {
    "open": ("open weights", "good", "The weights of all its models are public."),
    "closed": ("closed weights", "plain", "The weights of its models are not public."),
    "none": ("no weights", "plain", "The system has no weights."),
    "not stated": ("weights not stated", "plain", "The entrant does not state whether the weights are open."),
}


def badges(row: Row) -> list[tuple[str, str, str]]:
    """Return the badges of a system: words, class, explanation."""
    saw_test, weights = row.submission.saw_test, row.submission.weights or "not stated"
    return [_SAW_TEST.get(saw_test, _SAW_TEST["unknown"]), _WEIGHTS.get(weights, _WEIGHTS["not stated"])]


def _group_words(column: Column, systems: int, stories: int) -> str:
    """Return what a group of a column means."""
    if systems == 1:
        return "Separated from all others." if len(column.groups) > 1 else "A single system."
    if column.is_tested or len(column.groups) > 1:
        return f"{stories} stories do not separate these systems; their order means little."
    return f"{stories_in_words(stories)} cannot separate these systems; their order means nothing."


def _layers(board: Board) -> list[tuple[str, list[Column]]]:
    """Return the tables of a board: the overall score with its parts, then the scores of each layer."""
    found: dict[str, list[Column]] = {}
    for column in board.columns:
        if column.is_mean:
            found.setdefault("overall", []).append(column)
        if not column.is_mean or column.layer != "overall":
            found.setdefault(column.layer, []).append(column)
    return list(found.items())


def scores_of(subset: Subset) -> dict[str, float | None]:
    """Return the scores on some of the articles by name, as the columns of a board are named."""
    return {OVERALL_NAME: subset.overall.value, **subset.overall.parts, **subset.metrics}


def _parts(
    names: Sequence[str], rows: Sequence[Row], tracks: Sequence[str], reports: Mapping[str, Report]
) -> list[Part]:
    """Return the scores on the articles of each origin, outlet and phenomenon, from the reports of the systems."""
    found = []
    for kind, values in next(iter(reports.values())).by.items() if reports else ():
        for value, any_subset in values.items():
            lines = []
            for row in rows:
                subset = reports[row.submission.system].by[kind][value]
                own = scores_of(subset)
                scores = [(own[name], subset.intervals.get(name)) for name in names]
                lines.append((row, tracks.index(row.submission.track), scores))
            lines.sort(key=lambda line: -1.0 if (first := line[2][0][0]) is None else first, reverse=True)
            found.append(Part(f"{kind}={value}", kind, value, any_subset.articles, any_subset.stories, lines))
    return found


def _table(
    number: int,
    layer: str,
    columns: list[Column],
    board: Board,
    addresses: Mapping[str, str],
    tracks: Sequence[str],
    reports: Mapping[str, Report],
) -> LayerTable:
    first = columns[0].name

    def place(row: Row) -> tuple[bool, float, str]:
        value = row.results[first].value if first in row.results else None
        return value is None, -(value or 0.0), row.submission.system

    lines = [
        Line(
            row,
            addresses[row.submission.system],
            tracks.index(row.submission.track),
            [row.results[c.name] for c in columns],
        )
        for row in sorted(board.systems, key=place)
        if all(c.name in row.results for c in columns)
    ]
    heads = [
        Head(i, group, len(members), _group_words(column, len(members), board.stories))
        for i, column in enumerate(columns)
        for group, members in enumerate(column.groups, 1)
    ]
    agreement = [board.agreement.results.get(c.name) for c in columns] if board.agreement else []
    names = [column.name for column in columns if column.name not in BY_ORIGIN]
    parts = _parts(names, [line.row for line in lines], tracks, reports)
    return LayerTable(number, layer, columns, lines, heads, agreement, names, parts)


def cost_of_run(run: Run) -> float | None:
    """Return what predicting the split once cost, in US dollars; None if not known."""
    return None if run.cost is None else run.cost / run.runs


def plot_costs(lines: Sequence[Line]) -> CostPlot | None:
    """Return the plot of the systems that say what a run cost, the first result of each line; None if none does.

    What cost nothing has no place on a logarithmic scale and is left out.
    """
    costs = [
        (line, cost)
        for line in lines
        if (run := line.row.submission.run) and (cost := cost_of_run(run)) and line.results[0].value is not None
    ]
    if not costs:
        return None
    low = floor(log10(min(cost for _, cost in costs)))
    high = max(low + 1, ceil(log10(max(cost for _, cost in costs))))

    def place(cost: float) -> float:
        return (log10(cost) - low) / (high - low)

    ticks = [(10.0**power, place(10.0**power)) for power in range(low, high + 1)]
    return CostPlot([(line, place(cost)) for line, cost in costs], ticks)


def tracks_of(leaderboard: Leaderboard) -> list[str]:
    """Return the tracks there are, in the order in which they are offered."""
    found = {row.submission.track for board in leaderboard.boards for row in board.systems}
    return [t for t in _TRACKS if t in found] + sorted(found - set(_TRACKS))


def layers_of(leaderboard: Leaderboard) -> list[str]:
    """Return the layers there are, in the order of the boards' columns."""
    return list(dict.fromkeys(layer for board in leaderboard.boards for layer, _ in _layers(board)))


def label(board: Board, boards: Sequence[Board]) -> str:
    """Return the label that distinguishes a board: data version and, where that is not enough, split, scorer, gold."""
    words = f"data {board.data}"
    parts = [f"{board.split} split", f"scorer {board.parley}", f"gold {board.gold[:8]}"]
    rivals = [b for b in boards if b is not board and b.data == board.data]
    return words if not rivals else ", ".join([words, *parts])


def citation(board: Board) -> str:
    """Return the entry for a bibliography that names the version. Whose data they are is on the card."""
    return (
        f"@misc{{leaderboard,\n"
        f"  title        = {{Leaderboard of the {board.split} split}},\n"
        f"  note         = {{Data version {board.data}, scorer version {board.parley}, gold {board.gold[:8]}}}\n"
        f"}}"
    )


def view(
    leaderboard: Leaderboard, reports: Mapping[tuple[int, str], Report], files: Mapping[tuple[int, str], Files]
) -> list[BoardView]:
    """Return the boards as shown. Reports and files are keyed by the board's place and the system."""
    tracks, layers = tracks_of(leaderboard), layers_of(leaderboard)
    found = []
    for n, board in enumerate(leaderboard.boards):
        addresses = {row.submission.system: files[n, row.submission.system].system for row in board.systems}
        own = {system: report for (number, system), report in reports.items() if number == n}
        tables = [_table(layers.index(name), name, cs, board, addresses, tracks, own) for name, cs in _layers(board)]
        results = [result for row in board.systems for result in row.results.values()]
        has_dots = any(result.per_article and result.interval is None for result in results)
        name = label(board, leaderboard.boards)
        runs = [line for line in tables[0].lines if line.row.submission.run]
        reported = [(line, own[line.row.submission.system]) for line in tables[0].lines if own]
        diagnosed = [(line, report) for line, report in reported if report.memorisation or report.contrast]
        plot, cited = plot_costs(runs), citation(board)
        found.append(BoardView(n, board, name, tables, runs, plot, diagnosed, has_dots, cited))
    return found


def _filters(tracks: int, layers: int, boards: int) -> str:
    """Return the style rules that filter without a script: each box and button has a number, never a name."""
    rules = [f"body:has(#track-{i}:not(:checked)) .of-track-{i} {{ display: none; }}" for i in range(tracks)]
    rules += [f"body:has(#layer-{i}:not(:checked)) .of-layer-{i} {{ display: none; }}" for i in range(layers)]
    rules += [f"body:has(#board-{i}:not(:checked)) .of-board-{i} {{ display: none; }}" for i in range(boards)]
    return "@supports selector(:has(*)) { @media not print {\n" + "\n".join(rules) + "\n} }\n"


def board_page(
    site: Site,
    leaderboard: Leaderboard,
    reports: Mapping[tuple[int, str], Report],
    files: Mapping[tuple[int, str], Files],
) -> str:
    """Return the page of the leaderboard. Reports and files are keyed by the board's place and the system."""
    tracks, layers = tracks_of(leaderboard), layers_of(leaderboard)
    boards = view(leaderboard, reports, files)
    return page(
        "leaderboard.html.j2",
        "site.css",
        "board.js",
        _filters(len(tracks), len(layers), len(leaderboard.boards)),
        boards=boards,
        choices=list(dict.fromkeys(part[:3] for board in boards for table in board.tables for part in table.parts)),
        tracks=tracks,
        layers=layers,
        badges=badges,
        cost_of_run=cost_of_run,
        few=FEW,
        power=POWER,
        **site.around("index.html", "Leaderboard"),
    )
