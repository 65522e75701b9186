"""Tables of scores, differences and errors, as the commands print them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from string import ascii_uppercase
from typing import TYPE_CHECKING

from rich.markup import escape
from rich.style import Style

from parley.cli.console import count, out, print_json, say
from parley.findings import shorten
from parley.pages.palette import FAMILIES
from parley.words import printable, score_text

if TYPE_CHECKING:
    from rich.table import Table
    from rich.text import Text

    from parley.compare import Comparison, Difference
    from parley.mistakes import Case
    from parley.report import Contrast, Counted, Report, Subset
    from parley.scoring.totals import Scored
    from parley.segment import Sentence

_MANY = 5  # articles from which a column for each no longer fits a terminal

_NARROW = 80  # columns, below which a table has no room for those of single articles
_LEGEND = """\
Values are from 0 to 1; – was not attempted. P precision: of what was predicted, how much is right. R recall: of \
what is in the gold, how much was found. Where there are both, the value is F1, their harmonic mean. Right, gold and \
pred. count items over all articles; * counts parts of items."""
_DIM = Style(dim=True)
Spans = Sequence[tuple[int, int]]


def print_report(report: Report, *, every: bool) -> None:
    """Print a report for people: overall score, metrics (headline ones, or ``every``), values of single articles."""
    from parley.scoring.registry import HEADLINES, METRICS

    articles = list(report.overall_per_article) if 1 < report.articles < _MANY else []
    names = list(METRICS if every else HEADLINES)
    is_narrow = out.width < _NARROW
    size = f"{count(report.articles, 'article')} of {count(report.stories, 'story', 'stories')}"
    out.print(f"{report.system} on the split '{report.split}', {size}", markup=False)
    for letter, article in zip(ascii_uppercase, articles, strict=False):
        out.print(f"{letter}  {article}", markup=False)
    out.print(_report_table(report, names, [] if is_narrow else articles), soft_wrap=False, crop=False)
    if is_narrow and articles:  # their columns have a table of their own
        out.print()
        out.print(_report_table(report, names, articles, with_scores=False), soft_wrap=False, crop=False)
    if len(report.by.get("origin", {})) > 1:  # found articles are always shown on their own
        out.print()
        rows = report.by["origin"] | ({"twin": report.twin} if report.twin else {})
        out.print(_origin_table(rows), soft_wrap=False, crop=False)
    if report.memorisation is not None:
        gaps = ", ".join(f"{name} {gap:+.3f}" for name, gap in report.memorisation.items())
        out.print(f"\nMemorisation gap, the real articles minus their twins: {gaps}", soft_wrap=False, markup=False)
    if report.contrast is not None:
        out.print()
        out.print(_contrast_table(report.contrast), soft_wrap=False, crop=False)
    out.print()
    for text in (_LEGEND, report.note, *_remarks(report, names)):
        out.print(text, soft_wrap=False, markup=False)


def print_scores(scored: Scored, *, every: bool, as_json: bool) -> None:
    """Print the scores of two files of lines, headline ones or ``every`` one."""
    from parley.scoring.registry import HEADLINES, METRICS

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


def _table(width: int, *columns: str, first: str = "score") -> Table:
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, show_edge=False, padding=(0, 1, 0, 0), pad_edge=False)
    table.add_column(first, min_width=width or None, no_wrap=not width, overflow="fold")
    for title in columns:
        table.add_column(title, justify="right", no_wrap=True)
    return table


def _report_table(report: Report, names: list[str], articles: list[str], *, with_scores: bool = True) -> Table:
    """Return a row a metric: its scores, and its value on each of ``articles``."""
    from parley.scoring.registry import METRICS, OVERALL

    with_intervals = any(score.interval is not None for score in report.metrics.values())
    between = ("95 % interval",) if with_intervals else ()
    letters = ascii_uppercase[: len(articles)]
    columns = ("value", *between, "P", "R", "right", "gold", "pred.") if with_scores else ()
    table = _table(21 if out.width >= _NARROW else 12, *columns, *letters)

    def add(
        name: str, what: str, value: float | None, ends: list[float] | None, rest: list[str], single: list[str]
    ) -> None:
        interval = ("" if ends is None else f"{ends[0]:.3f}–{ends[1]:.3f}",) if with_intervals else ()
        cells = (score_text(value), *interval, *rest) if with_scores else ()
        table.add_row(f"[bold]{escape(name)}[/]\n[dim]{escape(what)}[/]", *cells, *single)

    empty = [""] * 5
    overall = [report.overall_per_article[article] for article in articles]
    needs = "" if report.overall.value is not None else "; needs all of them"
    values = [score_text(one.value) for one in overall]
    add("overall", f"mean of {', '.join(OVERALL)}{needs}", report.overall.value, report.overall.interval, empty, values)
    for part, metrics in OVERALL.items():
        what = "mean of " + ", ".join(name.removeprefix(f"{part}.") for name in metrics)
        add(part, what, report.overall.parts[part], None, empty, [score_text(one.parts[part]) for one in overall])
    layer = None
    for name in names:
        if METRICS[name].layer != layer:
            table.add_section()
            layer = METRICS[name].layer
        score = report.metrics[name]
        rest = [_number(score.precision), _number(score.recall), *_counts(score.counts)]
        values = [score_text(score.per_article[a].value) if a in score.per_article else "" for a in articles]
        add(name, METRICS[name].title, score.value, score.interval, rest, values)
    return table


def _origin_table(by_origin: Mapping[str, Subset]) -> Table:
    """Return a row an origin: how many articles and stories there are, the overall score and its parts on them."""
    from parley.scoring.registry import OVERALL

    table = _table(0, "articles", "stories", "overall", *OVERALL, first="origin")
    for origin, own in by_origin.items():
        scores = [own.overall.value, *(own.overall.parts[part] for part in OVERALL)]
        table.add_row(f"[bold]{origin}[/]", str(own.articles), str(own.stories), *map(score_text, scores))
    return table


def _contrast_table(contrast: Contrast) -> Table:
    """Return a row a phenomenon: how many contrast pairs have both sides right, how many one, and the share of both."""
    table = _table(0, "pairs", "both right", "one right", "both / pairs", "95 %", first="contrast")
    for name, own in [("all", contrast.overall), *contrast.by.items()]:
        if own is not None:
            ends = "–".join(map(score_text, own.interval))
            table.add_row(f"[bold]{name}[/]", *map(str, (own.pairs, own.both, own.one)), score_text(own.value), ends)
    return table


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
        yield f"Left out because outside the scored zones, or dependent on such items: {listed}."
    for name in names:
        if report.metrics[name].value is not None:
            yield from (f"{name}: {flag}" for flag in report.metrics[name].flags)


def print_comparison(comparison: Comparison) -> None:
    """Print what was compared, the table of differences, and what the stories can show."""
    size = f"{count(comparison.articles, 'article')} of {count(comparison.stories, 'story', 'stories')}"
    out.print(f"Compared on the split {shorten(comparison.split)}, {size}", markup=False)
    for letter, name in (("A", comparison.a), ("B", comparison.b)):
        out.print(f"{letter}  {shorten(name, 200)[1:-1]}", markup=False)
    out.print(_comparison_table(comparison), soft_wrap=False, crop=False)
    out.print()
    out.print(comparison.note, soft_wrap=False, markup=False)


def _comparison_table(comparison: Comparison) -> Table:
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, show_edge=False, padding=(0, 1, 0, 0), pad_edge=False)
    table.add_column("score", min_width=28 if out.width >= _NARROW else 12, overflow="fold")
    for title in ("A", "B", "A−B", "95 % interval", "p", "Holm"):
        table.add_column(title, justify="right", no_wrap=True)
    for name, difference in comparison.metrics.items():
        table.add_row(f"[bold]{escape(name)}[/]\n[dim]{escape(difference.sentence)}[/]", *_comparison_cells(difference))
    return table


def _comparison_cells(difference: Difference) -> list[str]:
    ends = difference.interval
    return [
        _number(difference.a),
        _number(difference.b),
        "–" if difference.difference is None else f"{difference.difference:+.3f}",
        "–" if ends is None else f"{ends[0]:+.3f} {ends[1]:+.3f}",
        _chance(difference.p),
        _chance(difference.p_holm),
    ]


def _chance(p: float | None) -> str:
    return "<.001" if p is not None and p < 0.001 else _number(p)


def _passage(text: str, sentence: Sentence, gold: Spans, predicted: Spans, style: Style) -> Text:
    """Return a sentence with square brackets around spans of the gold and braces around predicted ones."""
    from rich.text import Text

    signs: dict[int, list[tuple[int, int, int, str]]] = {}
    for side, (spans, left, right) in enumerate(((gold, "[", "]"), (predicted, "{", "}"))):
        for start, end in dict.fromkeys(spans):
            start, end = max(start, sentence.start), min(end, sentence.end)
            if start < end:  # closing signs come before opening ones; the outer one opens first and closes last
                signs.setdefault(end, []).append((0, -start, -side, right))
                signs.setdefault(start, []).append((1, -end, side, left))
    made, at = Text(), sentence.start
    for place in [*sorted(signs), sentence.end]:
        if at < place:
            made.append(
                printable(text[at:place]),
                style if any(start <= at < end for start, end in (*gold, *predicted)) else _DIM,
            )
        for _, _, _, sign in sorted(signs.pop(place, ())):
            made.append(sign, style)
        at = place
    return made


def _differences(case: Case) -> str:
    """Return the facts in which both sides differ, or those of the one side."""
    one, other = case.gold, case.predicted
    if one and other:
        changes = [f"{name}: {one.facts.get(name, '–')} → {other.facts.get(name, '–')}" for name in case.differences]
        return "; ".join([f"{one.label} «{one.text}»", *changes])
    item = one or other
    return "; ".join(f"{name}: {value}" for name, value in item.facts.items()) if item else ""


def listing(article: str, cases: Sequence[Case], text: str, sentences: Sequence[Sentence]) -> Iterator[Text]:
    """Yield the cases of one article, grouped by layer and kind."""
    from rich.text import Text

    from parley.mistakes import KINDS

    numbered = {sentence.number: sentence for sentence in sentences}
    if cases:
        yield Text(printable(article), Style(bold=True))
    for layer, kinds in KINDS.items():
        for kind in kinds:
            group = [case for case in cases if (case.layer, case.kind) == (layer, kind.name)]
            if not group:
                continue
            style = Style(color=FAMILIES[kind.family].tone.mid, bold=True)
            yield Text(f"\n{layer}: {kind.name} ({len(group)})", style)
            for case in group:
                yield Text.assemble("  ", (printable(_differences(case)), Style()))
                if case.sentence in numbered:
                    sides = [side.spans if side else [] for side in (case.gold, case.predicted)]
                    passage = _passage(text, numbered[case.sentence], sides[0], sides[1], style)
                    yield Text.assemble((f"  {case.sentence:>4}  ", _DIM), passage)
    if cases:
        yield Text()


def class_counts(counted: Counter[tuple[str, str]], layers: Sequence[str]) -> Table:
    """Return the table of how many items are in each class."""
    from rich.table import Table

    from parley.mistakes import KINDS

    table = Table.grid(padding=(0, 2, 0, 0))
    for layer in layers:
        cells = [f"{counted[layer, kind.name]} {kind.name}" for kind in KINDS[layer] if counted[layer, kind.name]]
        table.add_row(layer, ", ".join(cells) or "nothing to compare")
    return table
