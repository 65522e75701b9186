"""The leaderboard: all submissions scored, in one table for each version of the data.

The predictions are always scored again; the reports beside them are not read. The same submissions and data give
the same bytes: nothing depends on the time, the machine or the order of files.
"""

import hashlib
import itertools
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from parley.compare import ALPHA
from parley.corpus import Corpus
from parley.files import to_json
from parley.findings import Finding, finding
from parley.leaderboard.records import COMMENT, Agreement, Board, Column, Leaderboard, Result, Row, Test
from parley.leaderboard.submission import (
    DESCRIPTION,
    REPORT,
    SPLIT,
    Entry,
    check_place,
    check_set_aside,
    folders_in,
    read_description,
    read_entry,
    read_submission,
)
from parley.report import Report
from parley.scoring.registry import HEADLINES, METRICS, OVERALL
from parley.scoring.report import count_articles, score
from parley.scoring.significance import FLIPS, holm, sign_flip
from parley.scoring.uncertainty import (
    ENOUGH_ARTICLES,
    OVERALL_NAME,
    SEED,
    Table,
    articles_in_words,
    jackknife_t,
    mean_table,
    percentile_bootstrap,
    rounded,
    tables,
)
from parley.words import printable

# Column -> the scores it is the mean of, if it is one.
COLUMNS: dict[str, tuple[str, ...]] = {OVERALL_NAME: tuple(OVERALL), **OVERALL, **dict.fromkeys(HEADLINES, ())}


class Scored(NamedTuple):
    """A submission with its report, and the counts that the scores are divided from, by metric and article."""

    entry: Entry
    report: Report
    counts: dict[str, dict[str, Any]]

    @property
    def system(self) -> str:
        """The name of the system."""
        return self.entry.description.system


def score_submissions(folder: Path, corpora: Sequence[Corpus]) -> tuple[list[Scored], list[Finding]]:
    """Check and score the submissions in a folder, by name; return those that can be used, and all errors.

    Each is scored on the corpus of its data version. A submission of another version is left out with a warning.
    """
    by_version = {corpus.info.version: corpus for corpus in corpora}
    columns = dict.fromkeys([*itertools.chain(*OVERALL.values()), *HEADLINES])
    scored, findings = list[Scored](), check_set_aside(folder)
    for place in folders_in(folder):
        description, _ = read_description(place / DESCRIPTION)
        version = corpora[0].info.version if description is None else description.data_version
        if version not in by_version:
            file = printable(str(place / DESCRIPTION))
            findings.append(finding("other-data-version/left-out", file=file, own=version, severity="warning"))
            continue
        corpus = by_version[version]
        description, predictions, found = read_submission(place, corpus)
        entry, _ = read_entry(place)
        errors = [f for f in found if f.is_error] + (check_place(place, description) if description is not None else [])
        findings += errors
        if description is not None and entry is not None and not errors:
            checksum = description.predictions_sha256
            report = score(corpus, predictions, SPLIT, system=description.system, predictions_sha256=checksum)
            counts, _ = count_articles(corpus, predictions, corpus.scored(SPLIT), columns)
            scored.append(Scored(entry, report, counts))
    for earlier, later in itertools.combinations(scored, 2):
        if (same := later.entry.same_as(earlier.entry)) is not None:
            findings.append(same)
    return scored, findings


# the table -----------------------------------------------------------------------------------------------


def build_leaderboard(
    scored: Iterable[Scored], root: Path, agreement: Agreement | None = None, *, flips: int = FLIPS
) -> Leaderboard:
    """Return the leaderboard of scored submissions (``score_submissions``): a board for each version of the data.

    Paths in it are from ``root``, the folder in which leaderboard.json will be. ``flips`` is the number of draws of the
    paired test where there are more than 16 articles.
    """
    by_version: dict[str, list[Scored]] = {}
    for one in sorted(scored, key=lambda one: one.system):
        by_version.setdefault(one.report.versions["data"], []).append(one)
    newest_first = sorted(by_version, key=lambda version: [*map(int, re.findall(r"\d+", version))], reverse=True)
    return Leaderboard(comment=COMMENT, boards=[_board(by_version[v], root, agreement, flips) for v in newest_first])


def _board(scored: Sequence[Scored], root: Path, agreement: Agreement | None, flips: int) -> Board:
    report = scored[0].report
    articles = list(report.overall_per_article)
    by_system = _tables(scored)
    results = {one.system: _results(one.report, by_system[one.system]) for one in scored}
    tests = _tests(by_system, results, len(articles), flips)
    columns = [_column(name, scored, results, tests.get(name), len(articles)) for name in COLUMNS]
    rows = [
        Row(
            submission=one.entry.description,
            folder=Path(os.path.relpath(one.entry.folder, root)).as_posix(),
            report_sha256=hashlib.sha256(to_json(one.report).encode()).hexdigest(),
            attempted=one.report.attempted,
            results=results[one.system],
        )
        for one in scored
    ]
    rows.sort(key=lambda row: (row.results[OVERALL_NAME].value is None, -(row.results[OVERALL_NAME].value or 0.0)))
    data, is_same = report.versions["data"], False
    if agreement is not None:
        is_same = (agreement.data, agreement.split, {*agreement.articles}) == (data, report.split, {*articles})
    return Board(
        split=report.split,
        data=data,
        parley=report.versions["parley"],
        gold=report.hashes["gold"],
        articles=articles,
        note=_board_note(len(articles)),
        columns=columns,
        systems=rows,
        agreement=agreement if is_same else None,
    )


def _tables(scored: Sequence[Scored]) -> dict[str, dict[str, Table]]:
    """Return the counts by article of each system and column; a metric that joins all articles into one has none."""
    found: dict[str, dict[str, Table]] = {one.system: {} for one in scored}
    for name in dict.fromkeys([*itertools.chain(*OVERALL.values()), *HEADLINES]):
        attempted = [one for one in scored if name in one.counts and METRICS[name].joined is None]
        made = tables(METRICS[name], *(list(one.counts[name].values()) for one in attempted))
        for one, table in zip(attempted, made, strict=True):
            found[one.system][name] = table
    for by_column in found.values():
        for name, parts in (*OVERALL.items(), (OVERALL_NAME, tuple(OVERALL))):
            if (mean := mean_table([by_column.get(part) for part in parts])) is not None:
                by_column[name] = mean
    return {system: {n: table for n, table in one.items() if n in COLUMNS} for system, one in found.items()}


def _results(report: Report, by_column: Mapping[str, Table]) -> dict[str, Result]:
    """Return the scores of a system by column; groups and ranks are set later."""
    metrics, single = report.metrics, report.overall_per_article
    values = {OVERALL_NAME: report.overall.value, **report.overall.parts, **{n: metrics[n].value for n in HEADLINES}}
    per_article: dict[str, dict[str, float | None]] = {
        OVERALL_NAME: {article: overall.value for article, overall in single.items()},
        **{part: {article: overall.parts[part] for article, overall in single.items()} for part in OVERALL},
        **{name: {article: score.value for article, score in metrics[name].per_article.items()} for name in HEADLINES},
    }
    bootstraps = percentile_bootstrap(by_column)

    def ends(interval: tuple[float, float] | None) -> list[float] | None:
        shown = rounded(interval)
        return None if shown is None else list(shown)

    return {
        name: Result(
            value=value,
            interval=ends(jackknife_t(by_column[name])) if name in by_column else None,
            bootstrap=ends(bootstraps.get(name)),
            per_article={article: score for article, score in per_article[name].items() if score is not None},
            group=None,
            rank=None,
            better_than=[],
        )
        for name, value in values.items()
    }


# groups --------------------------------------------------------------------------------------------------


def group_systems(order: Sequence[str], better: set[tuple[str, str]]) -> list[list[str]]:
    """Return the systems, best first, in groups.

    A group ends where every system so far is better than every later one: ``better`` has the pairs (better, worse).
    These are the clusters of the WMT shared tasks. Two systems of one group may differ by more than chance where a
    third one between them differs from neither.

    >>> group_systems("abc", {("a", "c"), ("b", "c")})
    [['a', 'b'], ['c']]
    """
    groups: list[list[str]] = []
    for i, system in enumerate(order):
        if i == 0 or all((above, below) in better for above in order[:i] for below in order[i:]):
            groups.append([])
        groups[-1].append(system)
    return groups


def _order(name: str, results: Mapping[str, Mapping[str, Result]]) -> list[str]:
    """Return the systems that have a value in a column, best first."""
    values = {system: own[name].value for system, own in results.items()}
    return sorted((s for s, value in values.items() if value is not None), key=lambda s: (-(values[s] or 0.0), s))


def _tests(
    by_system: Mapping[str, Mapping[str, Table]],
    results: Mapping[str, Mapping[str, Result]],
    articles: int,
    flips: int,
) -> dict[str, list[Test]]:
    """Return the tests of every two systems, by column.

    Each pair is compared by the sign-flip test over articles, Holm-adjusted over all pairs of a column. Columns without
    counts by article are left out, and all columns where there are so few articles that no p under .05 exists.
    """
    orders = {name: _order(name, results) for name in COLUMNS}
    found: dict[str, list[Test]] = {
        name: []
        for name, order in orders.items()
        if articles >= ENOUGH_ARTICLES and order and all(name in by_system[system] for system in order)
    }
    for pair in itertools.combinations(by_system, 2):
        wanted = {name: sorted(pair, key=orders[name].index) for name in found if {*pair} <= {*orders[name]}}
        flipped = sign_flip(
            {name: (by_system[a][name], by_system[b][name]) for name, (a, b) in wanted.items()}, draws=flips, seed=SEED
        )
        for name, (a, b) in wanted.items():
            difference = max(0.0, (results[a][name].value or 0.0) - (results[b][name].value or 0.0))
            p, differing = flipped[name].p, flipped[name].articles
            found[name].append(Test(a=a, b=b, difference=difference, p=p, p_holm=1.0, differing_articles=differing))
    for name, tests in found.items():
        place = {system: i for i, system in enumerate(orders[name])}
        tests.sort(key=lambda test, place=place: (place[test.a], place[test.b]))  # type: ignore[misc]
        adjusted = holm({str(i): test.p for i, test in enumerate(tests)})
        for i, test in enumerate(tests):
            test.p_holm = adjusted[str(i)]
    return found


def _column(
    name: str,
    scored: Sequence[Scored],
    results: Mapping[str, dict[str, Result]],
    tests: list[Test] | None,
    articles: int,
) -> Column:
    """Return a column of the table, and set group, rank and ``better_than`` of its results."""
    order = _order(name, results)
    better = {(test.a, test.b) for test in tests or () if test.p_holm < ALPHA and test.difference > 0}
    groups = group_systems(order, better)
    for number, group in enumerate(groups, 1):
        first, last = order.index(group[0]) + 1, order.index(group[-1]) + 1
        for system in group:
            result = results[system][name]
            result.group, result.rank = number, str(first) if first == last else f"{first}–{last}"
            result.better_than = [worse for worse in order if (system, worse) in better]
    metric, report = METRICS.get(name), scored[0].report
    signature = report.metrics[name].signature if metric is not None else None
    return Column(
        name=name,
        title=metric.title if metric is not None else f"mean of {', '.join(COLUMNS[name])}",
        layer=metric.layer if metric is not None else name,
        is_mean=metric is None,
        mean_of=list(COLUMNS[name]),
        signature=report.overall.signature if name == OVERALL_NAME else signature,
        is_tested=tests is not None,
        note=_note(tests, groups, articles),
        groups=groups,
        tests=tests or [],
    )


def _board_note(articles: int) -> str:
    """Return what this number of articles allows to conclude, in words."""
    if articles < ENOUGH_ARTICLES:
        return (
            f"{articles_in_words(articles)} cannot separate two systems, whatever their scores: it takes at least "
            f"{ENOUGH_ARTICLES} articles for an interval, or for a difference that chance would not explain. "
            "All systems are one group; read the scores of the single articles."
        )
    return (
        f"{articles} articles. Intervals are 95 %, over articles. These articles cannot separate all systems of one "
        "group; a group shares its ranks."
    )


def _note(tests: list[Test] | None, groups: list[list[str]], articles: int) -> str:
    """Return the meaning of a column's groups, in words."""
    if articles < ENOUGH_ARTICLES:
        return f"{articles_in_words(articles)} cannot separate two systems, whatever their scores: all are one group."
    if not groups:
        return "No system attempted this."
    if tests is None:
        return "Not tested, as this metric joins all articles into one: all systems are one group."
    pairs = f"{len(tests)} {'pair' if len(tests) == 1 else 'pairs'}"
    return (
        "A group ends where every system so far is better than every later one by more than chance would explain: "
        f"sign-flip test over {articles} articles, Holm-adjusted for {pairs}, p < .05."
    )


# the table as a file for a spreadsheet -------------------------------------------------------------------


def to_csv(leaderboard: Leaderboard) -> str:
    """Return the table as CSV: a row for each system, and one of kind ``agreement`` for the annotators of each board.

    An apostrophe is put before text that a spreadsheet would read as a formula.
    """
    import pandas as pd

    described = ("system", "version", "organisation", "track", "saw_test", "weights", "url", "licence")
    rows: list[dict[str, object]] = []
    for board in leaderboard.boards:
        common = {"data": board.data, "split": board.split, "parley": board.parley, "articles": len(board.articles)}
        for row in board.systems:
            overall = row.results[OVERALL_NAME]
            rows.append({"kind": "system", **common, "rank": overall.rank, "group": overall.group})
            rows[-1] |= {field: getattr(row.submission, field) for field in described}
            for name in COLUMNS:
                low, high = row.results[name].interval or (None, None)
                rows[-1] |= {name: row.results[name].value, f"{name}.low": low, f"{name}.high": high}
            rows[-1] |= {"report": f"{row.folder}/{REPORT}", "predictions_sha256": row.submission.predictions_sha256}
        if board.agreement is not None:
            rows.append({"kind": "agreement", **common, "system": board.agreement.label})
            rows[-1] |= {name: one.value for name, one in board.agreement.results.items()}

    def guarded(cell: object) -> object:
        return f"'{cell}" if isinstance(cell, str) and cell.startswith(("=", "+", "-", "@")) else cell

    cells = [{head: guarded(cell) for head, cell in row.items()} for row in rows]
    return str(pd.DataFrame(cells, dtype=object).to_csv(index=False, lineterminator="\n"))
