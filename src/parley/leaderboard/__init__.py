"""The leaderboard: from the submissions' reports to one table. It reads neither gold nor predictions.

The same reports give the same bytes: nothing in it depends on the time, the machine or the order of files.
"""

import csv
import io
import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from parley.leaderboard.entries import Entry, read_entries
from parley.leaderboard.groups import Verdict, judge
from parley.leaderboard.tables import mean_table, metric_table
from parley.leaderboard_form import COMMENT, Agreement, Board, FigureColumn, Leaderboard, Result, Row
from parley.report_form import Overall
from parley.scoring.coreference import conll
from parley.scoring.registry import HEADLINES, METRICS, OVERALL
from parley.scoring.significance import FLIPS
from parley.scoring.uncertainty import (
    ENOUGH_ARTICLES,
    OVERALL_NAME,
    Interval,
    Table,
    articles_in_words,
    jackknife_t,
    percentile_bootstrap,
    rounded,
)
from parley.submission import DESCRIPTION, PREDICTIONS, REPORT

__all__ = ["COLUMNS", "build_leaderboard", "read_entries", "to_csv"]

# Column -> the figures it is the mean of, if it is one.
COLUMNS: dict[str, tuple[str, ...]] = {OVERALL_NAME: tuple(OVERALL), **OVERALL, **dict.fromkeys(HEADLINES, ())}


def build_leaderboard(
    entries: Sequence[Entry], root: Path, agreement: Agreement | None = None, *, flips: int = FLIPS
) -> Leaderboard:
    """Return the leaderboard of checked submissions (``read_entries``).

    Paths in it are from ``root``, the folder in which leaderboard.json will stand. ``flips`` are the draws of the
    paired test where there are more than 16 articles.
    """
    boards: dict[tuple[str, str, str, str], list[Entry]] = {}
    for entry in sorted(entries, key=lambda entry: entry.description.system):
        boards.setdefault(entry.board, []).append(entry)
    newest_first = sorted(boards, key=lambda key: ([*map(_version, key[1:3])], key), reverse=True)
    return Leaderboard(comment=COMMENT, boards=[_board(boards[key], root, agreement, flips) for key in newest_first])


def _version(text: str) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", text)[:8]]


def _board(entries: Sequence[Entry], root: Path, agreement: Agreement | None, flips: int) -> Board:
    split, data, parley, gold = entries[0].board
    articles = list(entries[0].report.overall_per_article)
    tables = {entry.description.system: _tables(entry, articles) for entry in entries}
    results = {entry.description.system: _results(entry, tables[entry.description.system]) for entry in entries}
    values = {
        name: {system: own[name].value for system, own in results.items() if own[name].value is not None}
        for name in COLUMNS
    }
    by_figure = {name: {system: own[name] for system, own in tables.items() if name in own} for name in COLUMNS}
    verdicts = judge(values, by_figure, len(articles), flips=flips)  # type: ignore[arg-type]  # None is left out above
    for system, own in results.items():
        for name, result in own.items():
            _place(system, result, verdicts[name])
    rows = [_row(entry, results[entry.description.system], root) for entry in entries]
    rows.sort(key=lambda row: (row.results[OVERALL_NAME].value is None, -(row.results[OVERALL_NAME].value or 0.0)))
    fits = agreement is not None and (agreement.data, agreement.split, {*agreement.articles}) == (
        data,
        split,
        {*articles},
    )
    return Board(
        split=split,
        data=data,
        parley=parley,
        gold=gold,
        articles=articles,
        note=_board_note(len(articles)),
        figures=[_column(name, entries, verdicts[name], len(articles)) for name in COLUMNS],
        systems=rows,
        agreement=agreement if fits else None,
    )


def _tables(entry: Entry, articles: Sequence[str]) -> dict[str, Table]:
    """Return the counts by article of every column that a report has them for."""
    metrics = {name for names in OVERALL.values() for name in names} | set(HEADLINES)
    found = {name: t for name in sorted(metrics) if (t := metric_table(entry.report, name, articles)) is not None}
    for name, parts in (*OVERALL.items(), (OVERALL_NAME, tuple(OVERALL))):
        if (table := mean_table(found, parts)) is not None:
            found[name] = table
    return {name: table for name, table in found.items() if name in COLUMNS}


def _results(entry: Entry, tables: Mapping[str, Table]) -> dict[str, Result]:
    report = entry.report
    parts = {part: tables[part] for part in OVERALL if part in tables}
    bootstraps = percentile_bootstrap(parts) if parts else {}
    results = {OVERALL_NAME: _overall_result(report.overall, report.overall_per_article)}
    for part in OVERALL:
        single = {article: own.parts[part] for article, own in report.overall_per_article.items()}
        results[part] = _result(
            report.overall.parts[part],
            _ends(jackknife_t(parts[part])) if part in parts else None,
            _ends(bootstraps.get(part)),
            single,
        )
    for name in HEADLINES:
        score = report.metrics.get(name)
        if score is None:
            results[name] = _result(None, None, None, {})
            continue
        single = {article: own.value for article, own in score.per_article.items()}
        results[name] = _result(score.value, score.interval, score.bootstrap, single)
    return results


def _overall_result(overall: Overall, per_article: Mapping[str, Overall]) -> Result:
    return _result(overall.value, overall.interval, overall.bootstrap, {a: own.value for a, own in per_article.items()})


def _result(
    value: float | None,
    interval: list[float] | None,
    bootstrap: list[float] | None,
    per_article: Mapping[str, float | None],
) -> Result:
    known = {article: own for article, own in per_article.items() if own is not None}
    return Result(
        value=value, interval=interval, bootstrap=bootstrap, per_article=known, group=None, rank=None, better_than=[]
    )


def _ends(interval: Interval | None) -> list[float] | None:
    ends = rounded(interval)
    return None if ends is None else list(ends)


def _place(system: str, result: Result, verdict: Verdict) -> None:
    """Set group, rank and whom a system is better than."""
    before = 0
    for number, group in enumerate(verdict.groups, 1):
        if system in group:
            result.group, result.rank = number, before + 1
            result.better_than = verdict.better_than(system)
        before += len(group)


def _row(entry: Entry, results: dict[str, Result], root: Path) -> Row:
    said, report = entry.description, entry.report
    place = Path(os.path.relpath(entry.folder, root)).as_posix()
    return Row(
        system=said.system,
        version=said.version,
        organisation=said.organisation,
        url=said.url,
        track=said.track,
        saw_test=said.saw_test,
        weights=said.weights,
        scored_here=report.hashes["predictions"] == said.predictions_sha256,
        base_models=said.base_models,
        parameters=said.parameters,
        training_data=said.training_data,
        licence=said.licence,
        note=said.note,
        attempted=report.attempted,
        report=f"{place}/{REPORT}",
        predictions=f"{place}/{PREDICTIONS}",
        submission=f"{place}/{DESCRIPTION}",
        report_sha256=entry.report_sha256,
        predictions_sha256=said.predictions_sha256,
        results=results,
    )


def _column(name: str, entries: Sequence[Entry], verdict: Verdict, articles: int) -> FigureColumn:
    metric = METRICS.get(name)
    if name == OVERALL_NAME:
        signatures = [entry.report.overall.signature for entry in entries]
    else:
        scores = [entry.report.metrics.get(name) for entry in entries]
        signatures = [score.signature for score in scores if score is not None]
    return FigureColumn(
        name=name,
        title=metric.title if metric is not None else f"mean of {', '.join(COLUMNS[name])}",
        layer=metric.layer if metric is not None else name,
        is_mean=metric is None,
        mean_of=list(COLUMNS[name]),
        signature=signatures[0] if signatures else None,
        is_tested=verdict.is_tested,
        note=_note(name, verdict, articles),
        groups=verdict.groups,
        tests=verdict.tests,
    )


def _note(name: str, verdict: Verdict, articles: int) -> str:
    """Return in plain words what the groups of a column mean."""
    metric = METRICS.get(name)
    if articles < ENOUGH_ARTICLES:
        return f"{articles_in_words(articles)} cannot tell two systems apart, whatever their scores: all are one group."
    if verdict.is_tested:
        number = len(verdict.tests)
        return (
            "Groups are cut where every system before is better than every system after by more than chance would explain: "
            f"sign-flip test over {articles} articles, Holm-adjusted for {number} {'pair' if number == 1 else 'pairs'}, p < .05."
        )
    if not verdict.groups:
        return "No system attempted this."
    if metric is not None and metric.joined is not None:
        return "Not tested, as this metric joins all articles into one: all systems are one group."
    if metric is not None and metric.score is not conll:
        return "Not tested, as reports have no counts of single classes by article: all systems are one group."
    return "Not tested: all systems are one group."


def _board_note(articles: int) -> str:
    if articles < ENOUGH_ARTICLES:
        return (
            f"{articles_in_words(articles)} cannot tell two systems apart, whatever their scores: it takes at least {ENOUGH_ARTICLES} "
            "articles for an interval, or for a difference that chance would not explain. All systems are one group; "
            "read the scores of the single articles."
        )
    return (
        f"{articles} articles. Intervals are 95 %, over articles. Systems of one group cannot all be told apart by these "
        "articles; a group shares its rank."
    )


# the table as a file for a spreadsheet -------------------------------------------------------------------


def _cell(value: object) -> str:
    """Return a cell; text that a spreadsheet would take for a formula gets an apostrophe before it."""
    if value is None:
        return ""
    if isinstance(value, float):
        return repr(value)
    text = str(value)
    return f"'{text}" if text.startswith(("=", "+", "-", "@")) else text


def to_csv(leaderboard: Leaderboard) -> str:
    """Return the table as CSV: a row a system and, of kind ``agreement``, one for the annotators of each board."""
    heads = ["kind", "data", "split", "parley", "articles", "rank", "group", "system", "version", "organisation"]
    heads += ["track", "saw_test", "weights", "scored_here", "url", "licence"]
    heads += [f"{name}{end}" for name in COLUMNS for end in ("", ".low", ".high")]
    heads += ["report", "predictions_sha256"]
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(heads)
    for board in leaderboard.boards:
        common = [board.data, board.split, board.parley, len(board.articles)]
        for row in board.systems:
            overall = row.results[OVERALL_NAME]
            cells: list[object] = ["system", *common, overall.rank, overall.group, row.system, row.version]
            cells += [row.organisation, row.track, row.saw_test, row.weights, "yes" if row.scored_here else "no"]
            cells += [row.url, row.licence]
            for name in COLUMNS:
                result = row.results[name]
                low, high = result.interval or (None, None)
                cells += [result.value, low, high]
            writer.writerow([_cell(cell) for cell in [*cells, row.report, row.predictions_sha256]])
        if board.agreement is not None:
            figures = board.agreement.results
            values = [[figures[name].value if name in figures else None, None, None] for name in COLUMNS]
            cells = ["agreement", *common, None, None, board.agreement.label, *[None] * 8]
            writer.writerow([_cell(cell) for cell in [*cells, *(v for three in values for v in three), None, None]])
    return stream.getvalue()
