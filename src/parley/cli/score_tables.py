"""Scores on paper: the table of a report, and that of two files of lines."""

from collections.abc import Iterator
from string import ascii_uppercase

from rich import box
from rich.markup import escape
from rich.table import Table

from parley.cli.console import count, out, print_json, say
from parley.report_form import Counted, Report
from parley.scoring.lines import Scored
from parley.scoring.registry import HEADLINES, METRICS, OVERALL

_MANY = 5  # articles from which a column for each no longer fits a terminal
_NARROW = 80  # columns, below which numbers would break

_LEGEND = """\
Values are from 0 to 1; – was not attempted. P precision: of what was predicted, how much is right. R recall: of \
what is in the gold, how much was found. Where there are both, the value is F1, their harmonic mean. Right, gold and \
pred. count items over all articles; * counts parts of items."""


def print_report(report: Report, *, every: bool) -> None:
    """Print a report for people: overall score, metrics (headline ones, or ``every``), values of single articles."""
    articles = list(report.overall_per_article) if 1 < report.articles < _MANY else []
    names = list(METRICS if every else HEADLINES)
    width = max(out.width, _NARROW)
    out.print(f"{report.system} on the split '{report.split}', {count(report.articles, 'article')}", markup=False)
    for letter, article in zip(ascii_uppercase, articles, strict=False):
        out.print(f"{letter}  {article}", markup=False)
    out.print(_report_table(report, names, articles), width=width, soft_wrap=False)
    out.print()
    for text in (_LEGEND, report.note, *_remarks(report, names)):
        out.print(text, width=width, soft_wrap=False, markup=False)


def print_scores(scored: Scored, *, every: bool, as_json: bool) -> None:
    """Print the scores of two files of lines, headline ones or ``every`` one."""
    if as_json:
        rows = {name: score._asdict() | {"flags": list(score.flags)} for name, score in scored.scores.items()}
        parts = ("value", "precision", "recall")
        metrics = {
            name: row | {part: None if row[part] is None else float(row[part]) for part in parts}
            for name, row in rows.items()
        }
        print_json({"articles": scored.articles, "ignored": scored.ignored, "metrics": metrics})
    else:
        table = _table(0, "value", "P", "R")
        for name in (name for name in (METRICS if every else HEADLINES) if name in scored.scores):
            score = scored.scores[name]
            table.add_row(name, *map(_number, (score.value, score.precision, score.recall)))
        out.print(table, soft_wrap=False)
    ignored = ", ".join(f"{number:,} {kind}" for kind, number in scored.ignored.items())
    say(f"{count(scored.articles, 'article')}{'; left out, outside the scored zones: ' + ignored if ignored else ''}.")


def _table(width: int, *columns: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, padding=(0, 1, 0, 0), pad_edge=False)
    table.add_column("score", min_width=width or None, no_wrap=not width)
    for title in columns:
        table.add_column(title, justify="right", no_wrap=True)
    return table


def _report_table(report: Report, names: list[str], articles: list[str]) -> Table:
    with_intervals = any(score.interval is not None for score in report.metrics.values())
    between = ("95 % interval",) if with_intervals else ()
    letters = ascii_uppercase[: len(articles)]
    table = _table(21, "value", *between, "P", "R", "right", "gold", "pred.", *letters)

    def add(
        name: str, what: str, value: float | None, ends: list[float] | None, rest: list[str], single: list[str]
    ) -> None:
        interval = ("" if ends is None else f"{ends[0]:.3f}–{ends[1]:.3f}",) if with_intervals else ()
        table.add_row(f"[bold]{escape(name)}[/]\n[dim]{escape(what)}[/]", _value(value), *interval, *rest, *single)

    empty = [""] * 5
    overall = [report.overall_per_article[article] for article in articles]
    needs = "" if report.overall.value is not None else "; needs all of them"
    values = [_value(one.value) for one in overall]
    add("overall", f"mean of {', '.join(OVERALL)}{needs}", report.overall.value, report.overall.interval, empty, values)
    for part, metrics in OVERALL.items():
        what = "mean of " + ", ".join(name.removeprefix(f"{part}.") for name in metrics)
        add(part, what, report.overall.parts[part], None, empty, [_value(one.parts[part]) for one in overall])
    layer = None
    for name in names:
        if METRICS[name].layer != layer:
            table.add_section()
            layer = METRICS[name].layer
        score = report.metrics[name]
        rest = [_number(score.precision), _number(score.recall), *_counts(score.counts)]
        values = [_value(score.per_article[a].value) if a in score.per_article else "" for a in articles]
        add(name, METRICS[name].title, score.value, score.interval, rest, values)
    return table


def _value(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def _number(value: float | None) -> str:
    return "" if value is None else f"{float(value):.3f}"


def _counts(counted: Counted | None) -> tuple[str, str, str]:
    """Return the cells for right, gold and predicted; empty for an average of several counts."""
    if counted is None:
        return "", "", ""
    right = f"{counted.recalled:.1f}*" if counted.right is None else str(counted.right)
    return right, str(counted.gold), str(counted.predicted)


def _remarks(report: Report, names: list[str]) -> Iterator[str]:
    """Yield what a reader must know of these scores."""
    if report.ignored:
        listed = ", ".join(f"{number} {kind}" for kind, number in report.ignored.items())
        yield f"Left out, outside the scored zones or dependent on what is: {listed}."
    for name in names:
        if report.metrics[name].value is not None:
            yield from (f"{name}: {flag}" for flag in report.metrics[name].flags)
