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
from parley.corpus import ORIGINS, Corpus
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
from parley.scoring.counts import Tally
from parley.scoring.registry import HEADLINES, METRICS, OVERALL
from parley.scoring.report import count_articles, score
from parley.scoring.significance import FLIPS, holm, sign_flip, smallest_difference
from parley.scoring.uncertainty import (
    ENOUGH_STORIES,
    OVERALL_NAME,
    SEED,
    Table,
    jackknife_t,
    percentile_bootstrap,
    rounded,
    stories_in_words,
    tables,
    with_means,
)
from parley.words import count, printable

# Column -> the scores it is the mean of, if it is one.
COLUMNS: dict[str, tuple[str, ...]] = {OVERALL_NAME: tuple(OVERALL), **OVERALL, **dict.fromkeys(HEADLINES, ())}
# Column -> the origin of the articles that its overall score is on; where a board has articles of several.
BY_ORIGIN = {f"{OVERALL_NAME}.{origin}": origin for origin in ORIGINS}
_DECIMALS = 6  # of a smallest difference


class Scored(NamedTuple):
    """A submission with its report, the counts that the scores are divided from, by metric and article, and the corpus."""

    entry: Entry
    report: Report
    counts: dict[str, dict[str, Any]]
    corpus: Corpus

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
        description, predictions, derived, found = read_submission(place, corpus)
        entry, _ = read_entry(place)
        errors = [f for f in found if f.is_error] + (check_place(place, description) if description is not None else [])
        findings += errors
        if description is not None and entry is not None and not errors:
            checksum = description.predictions_sha256
            report = score(
                corpus, predictions, SPLIT, system=description.system, predictions_sha256=checksum, **derived
            )
            counts, _ = count_articles(corpus, predictions, corpus.scored(SPLIT), columns)
            scored.append(Scored(entry, report, counts, corpus))
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
    paired test where there are more than 16 stories.
    """
    by_version: dict[str, list[Scored]] = {}
    for one in sorted(scored, key=lambda one: one.system):
        by_version.setdefault(one.report.versions["data"], []).append(one)
    newest_first = sorted(by_version, key=lambda version: [*map(int, re.findall(r"\d+", version))], reverse=True)
    return Leaderboard(comment=COMMENT, boards=[_board(by_version[v], root, agreement, flips) for v in newest_first])


def _board(scored: Sequence[Scored], root: Path, agreement: Agreement | None, flips: int) -> Board:
    report = scored[0].report
    articles = list(report.overall_per_article)
    stories = _stories(report)
    by_system = _tables(scored, stories)
    results = {one.system: _results(one, by_system[one.system], stories) for one in scored}
    tests = _tests(by_system, results, stories, flips)
    columns = [_column(name, scored, by_system, results, tests.get(name), number) for name, number in stories.items()]
    rows = [
        Row(
            submission=one.entry.description,
            folder=Path(os.path.relpath(one.entry.folder, root)).as_posix(),
            report_sha256=hashlib.sha256(to_json(one.report).encode()).hexdigest(),
            attempted=one.report.attempted,
            results=results[one.system],
            memorisation=one.report.memorisation,
            contrast=one.report.contrast,
        )
        for one in scored
    ]
    rows.sort(key=lambda row: (row.results[OVERALL_NAME].value is None, -(row.results[OVERALL_NAME].value or 0.0)))
    data, is_same = report.versions["data"], False
    if agreement is not None:
        is_same = (agreement.data, agreement.split) == (data, report.split) and {*agreement.articles} <= {*articles}
    return Board(
        split=report.split,
        data=data,
        parley=report.versions["parley"],
        gold=report.hashes["gold"],
        articles=articles,
        stories=report.stories,
        note=_board_note(report.stories, columns[0].smallest_difference),
        columns=columns,
        systems=rows,
        agreement=agreement if is_same else None,
    )


def _stories(report: Report) -> dict[str, int]:
    """Return the columns of a board, each with the number of stories that it is on."""
    origins = report.by.get("origin", {})
    of_origin = {name: origins[origin].stories for name, origin in BY_ORIGIN.items() if origin in origins}
    means = dict.fromkeys((OVERALL_NAME, *OVERALL), report.stories)
    return means | (of_origin if len(origins) > 1 else {}) | dict.fromkeys(HEADLINES, report.stories)


def _tables(scored: Sequence[Scored], columns: Iterable[str]) -> dict[str, dict[str, Table]]:
    """Return the counts by story of each system and column. Of one origin, stories without such articles count nothing."""
    corpus, report = scored[0].corpus, scored[0].report
    stories = corpus.by_story(report.overall_per_article)
    found = tables_on(scored, stories)
    for name in columns:
        if origin := BY_ORIGIN.get(name):
            part = {s: [a for a in own if corpus.articles[a].origin == origin] for s, own in stories.items()}
            for system, own in tables_on(scored, part).items():
                found[system] |= {name: own[OVERALL_NAME]} if OVERALL_NAME in own else {}
    return {system: {n: table for n, table in own.items() if n in columns} for system, own in found.items()}


def tables_on(scored: Sequence[Scored], stories: Mapping[str, Sequence[str]]) -> dict[str, dict[str, Table]]:
    """Return the counts by story of each system, metric and mean, from the articles that are given for each story."""
    found: dict[str, dict[str, Table]] = {one.system: {} for one in scored}
    for name in dict.fromkeys([*itertools.chain(*OVERALL.values()), *HEADLINES]):
        metric, attempted = METRICS[name], [one for one in scored if name in one.counts]
        tallies = [
            [
                metric.of_story(one.counts[name][article] for article in own) if own else Tally()
                for own in stories.values()
            ]
            for one in attempted
        ]
        for one, table in zip(attempted, tables(metric, *tallies), strict=True):
            found[one.system][name] = table
    return {system: with_means(own) for system, own in found.items()}


def _results(scored: Scored, by_column: Mapping[str, Table], columns: Iterable[str]) -> dict[str, Result]:
    """Return the scores of a system by column; groups and ranks are set later."""
    report, articles = scored.report, scored.corpus.articles
    metrics, single = report.metrics, report.overall_per_article
    values = {OVERALL_NAME: report.overall.value, **report.overall.parts, **{n: metrics[n].value for n in HEADLINES}}
    per_article: dict[str, dict[str, float | None]] = {
        OVERALL_NAME: {article: overall.value for article, overall in single.items()},
        **{part: {article: overall.parts[part] for article, overall in single.items()} for part in OVERALL},
        **{name: {article: score.value for article, score in metrics[name].per_article.items()} for name in HEADLINES},
    }
    for name, origin in BY_ORIGIN.items():
        if name in columns:
            values[name] = report.by["origin"][origin].overall.value
            per_article[name] = {a: single[a].value for a in single if articles[a].origin == origin}
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
        for name, value in ((name, values[name]) for name in columns)
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
    stories: Mapping[str, int],
    flips: int,
) -> dict[str, list[Test]]:
    """Return the tests of every two systems, by column.

    Each pair is compared by the sign-flip test over stories, Holm-adjusted over all pairs of a column. Columns that are
    on so few stories that no p under .05 exists are left out, and those that no system has.
    """
    orders = {name: _order(name, results) for name in stories}
    found: dict[str, list[Test]] = {
        name: [] for name, order in orders.items() if stories[name] >= ENOUGH_STORIES and order
    }
    for pair in itertools.combinations(by_system, 2):
        wanted = {name: sorted(pair, key=orders[name].index) for name in found if {*pair} <= {*orders[name]}}
        flipped = sign_flip(
            {name: (by_system[a][name], by_system[b][name]) for name, (a, b) in wanted.items()}, draws=flips, seed=SEED
        )
        for name, (a, b) in wanted.items():
            difference = max(0.0, (results[a][name].value or 0.0) - (results[b][name].value or 0.0))
            p, differing = flipped[name].p, flipped[name].stories
            found[name].append(Test(a=a, b=b, difference=difference, p=p, p_holm=1.0, differing_stories=differing))
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
    by_system: Mapping[str, Mapping[str, Table]],
    results: Mapping[str, dict[str, Result]],
    tests: list[Test] | None,
    stories: int,
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
    mean_of = COLUMNS.get(name, COLUMNS[OVERALL_NAME])
    title = f"mean of {', '.join(mean_of)}"
    if name in BY_ORIGIN:
        origin = BY_ORIGIN[name]
        title += f", on {count(report.by['origin'][origin].articles, f'{origin} article')}"
    attempted = [by_system[system][name] for system in order]
    smallest = smallest_difference(itertools.combinations(attempted, 2))
    return Column(
        name=name,
        title=metric.title if metric is not None else title,
        layer=metric.layer if metric is not None else name.partition(".")[0],
        is_mean=metric is None,
        mean_of=list(mean_of),
        signature=report.overall.signature if name == OVERALL_NAME else signature,
        is_tested=tests is not None,
        smallest_difference=None if smallest is None else round(smallest, _DECIMALS),
        note=_note(tests, groups, stories, smallest),
        groups=groups,
        tests=tests or [],
    )


def _board_note(stories: int, smallest: float | None) -> str:
    """Return what this number of stories allows to conclude, in words."""
    if stories < ENOUGH_STORIES:
        return (
            f"{stories_in_words(stories)} cannot separate two systems, whatever their scores: it takes at least "
            f"{ENOUGH_STORIES} stories for an interval, or for a difference that chance would not explain. "
            "All systems are one group; read the scores of the single articles."
        )
    shown = f" {_smallest(stories, smallest)} That is for the overall score." if smallest else ""
    return (
        f"{stories} stories. Intervals are 95 %, over stories. Systems of one group share their ranks: "
        f"a paired sign-flip test over stories, adjusted by Holm, does not separate all of them.{shown}"
    )


def _smallest(stories: int, smallest: float) -> str:
    return (
        f"The smallest difference that {stories} stories show is {smallest:.3f}: a single test finds it in four of five "
        "cases (median over the pairs of systems)."
    )


def _note(tests: list[Test] | None, groups: list[list[str]], stories: int, smallest: float | None) -> str:
    """Return the meaning of a column's groups, in words."""
    if stories < ENOUGH_STORIES:
        return f"{stories_in_words(stories)} cannot separate two systems, whatever their scores: all are one group."
    if tests is None:
        return "No system attempted this."
    pairs = f"{len(tests)} {'pair' if len(tests) == 1 else 'pairs'}"
    return (
        "A group ends where every system so far is better than every later one by more than chance would explain: "
        f"sign-flip test over {stories} stories, Holm-adjusted for {pairs}, p < .05."
        f"{' ' + _smallest(stories, smallest) if smallest else ''}"
    )


# the table as a file for a spreadsheet -------------------------------------------------------------------


def to_csv(leaderboard: Leaderboard) -> str:
    """Return the table as CSV: a row for each system, one of kind ``smallest difference`` for each board with enough
    stories, and one of kind ``agreement`` for its annotators.

    An apostrophe is put before text that a spreadsheet would read as a formula.
    """
    import pandas as pd

    described = ("system", "version", "organisation", "track", "saw_test", "weights", "url", "licence")
    rows: list[dict[str, object]] = []
    for board in leaderboard.boards:
        common = {"data": board.data, "split": board.split, "parley": board.parley, "articles": len(board.articles)}
        common |= {"stories": board.stories}
        for row in board.systems:
            overall = row.results[OVERALL_NAME]
            rows.append({"kind": "system", **common, "rank": overall.rank, "group": overall.group})
            rows[-1] |= {field: getattr(row.submission, field) for field in described}
            for name in row.results:
                low, high = row.results[name].interval or (None, None)
                rows[-1] |= {name: row.results[name].value, f"{name}.low": low, f"{name}.high": high}
            rows[-1] |= {"report": f"{row.folder}/{REPORT}", "predictions_sha256": row.submission.predictions_sha256}
        smallest = {column.name: column.smallest_difference for column in board.columns}
        if any(value is not None for value in smallest.values()):
            rows.append({"kind": "smallest difference", **common, **smallest})
        if board.agreement is not None:
            rows.append({"kind": "agreement", **common, "system": board.agreement.label})
            rows[-1] |= {name: one.value for name, one in board.agreement.results.items()}

    def guarded(cell: object) -> object:
        return f"'{cell}" if isinstance(cell, str) and cell.startswith(("=", "+", "-", "@")) else cell

    cells = [{head: guarded(cell) for head, cell in row.items()} for row in rows]
    return str(pd.DataFrame(cells, dtype=object).to_csv(index=False, lineterminator="\n"))
