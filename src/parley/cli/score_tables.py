"""A score report on paper: one table, for someone who does not know the metrics."""

from collections.abc import Iterator
from string import ascii_uppercase

from rich import box
from rich.markup import escape
from rich.table import Table

from parley.cli.console import count, out
from parley.report_form import Counted, Report
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
    out.print(_table(report, names, articles), width=width, soft_wrap=False)
    out.print()
    for text in (_LEGEND, report.note, *_remarks(report, names)):
        out.print(text, width=width, soft_wrap=False, markup=False)


def _table(report: Report, names: list[str], articles: list[str]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, padding=(0, 1, 0, 0), pad_edge=False)
    table.add_column("score", min_width=21)
    between = ("95 % interval",) if _has_intervals(report) else ()
    for title in ("value", *between, "P", "R", "right", "gold", "pred.", *ascii_uppercase[: len(articles)]):
        table.add_column(title, justify="right", no_wrap=True)
    wholes = [report.overall, *(report.overall_per_article[article] for article in articles)]
    what = "mean of " + ", ".join(OVERALL) + ("" if wholes[0].value is not None else "; needs all of them")
    ends = (_interval(report.overall.interval),) if between else ()
    table.add_row(_cell("overall", what), *_spread([_number(whole.value) for whole in wholes], ends))
    for part, metrics in OVERALL.items():
        what = "mean of " + ", ".join(name.removeprefix(f"{part}.") for name in metrics)
        values = [_number(whole.parts[part]) for whole in wholes]
        table.add_row(_cell(part, what), *_spread(values, ("",) if between else ()))
    layer = None
    for name in names:
        if METRICS[name].layer != layer:
            table.add_section()
            layer = METRICS[name].layer
        score = report.metrics[name]
        ratios = ["" if value is None else _number(value) for value in (score.precision, score.recall)]
        single = [_number(score.per_article[a].value) if a in score.per_article else "" for a in articles]
        ends = (_interval(score.interval),) if between else ()
        row = (_number(score.value), *ends, *ratios, *_counts(score.counts), *single)
        table.add_row(_cell(name, METRICS[name].title), *row)
    return table


def _cell(name: str, what: str) -> str:
    """Return a metric's name with what it asks below it."""
    return f"[bold]{escape(name)}[/]\n[dim]{escape(what)}[/]"


def _has_intervals(report: Report) -> bool:
    return any(score.interval is not None for score in report.metrics.values())


def _interval(ends: list[float] | None) -> str:
    return "" if ends is None else f"{ends[0]:.3f}–{ends[1]:.3f}"


def _spread(values: list[str], ends: tuple[str, ...]) -> list[str]:
    """Return the cells of a row that has no counts: the value over all articles, then those of single ones."""
    return [values[0], *ends, "", "", "", "", "", *values[1:]]


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def _counts(counted: Counted | None) -> tuple[str, str, str]:
    """Return the cells for right, gold and predicted; empty for an average of several counts."""
    if counted is None:
        return "", "", ""
    right = f"{counted.recalled:.1f}*" if counted.right is None else str(counted.right)
    return right, str(counted.gold), str(counted.predicted)


def _remarks(report: Report, names: list[str]) -> Iterator[str]:
    """Yield what a reader must know of these figures."""
    if report.ignored:
        listed = ", ".join(f"{number} {kind}" for kind, number in report.ignored.items())
        yield f"Left out, outside the scored zones or dependent on what is: {listed}."
    for name in names:
        if report.metrics[name].value is not None:
            yield from (f"{name}: {flag}" for flag in report.metrics[name].flags)
