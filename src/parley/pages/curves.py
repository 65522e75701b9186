"""The page of the learning curves: what a system scores that learned from so many articles."""

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import NamedTuple

import msgspec

from parley.pages.html import Site, page
from parley.scoring.registry import METRICS, OVERALL

FILE, ADDRESS, SECTION = "baselines/curves.json", "curves.html", "Learning curves"
SHOWN = ("overall", *OVERALL, "stance.classification")  # a plot each
WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 380, 220, 38, 60, 14, 40  # of a plot and of its margins, in pixels
LABEL = 14  # pixels between the names of two lines


class Point(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The scores of a system that learned from the first so many articles; 0 for one that learns nothing."""

    system: str
    articles: int
    stories: int
    scores: dict[str, float | None]


class Curves(msgspec.Struct, kw_only=True):
    """Learning curves, as ``python -m baselines.curves`` writes them. ``split`` is what the scores are of."""

    split: str
    articles: int
    data: str
    gold: str
    parley: str
    points: list[Point]


class Curve(NamedTuple):
    """A line of a plot, in pixels: its points, their articles and scores, and where its name stands."""

    system: str
    number: int  # of its colour
    dots: list[tuple[float, float, int, float]]
    is_level: bool  # of a system that learns nothing
    name_at: float

    @property
    def path(self) -> str:
        """The line as an SVG path."""
        return "M" + " L".join(f"{x:g} {y:g}" for x, y, _, _ in self.dots)


class Plot(NamedTuple):
    """A plot of one score: lines, and the marks of the two axes with their places."""

    name: str
    title: str
    curves: list[Curve]
    x_marks: list[tuple[float, int]]
    y_marks: list[tuple[float, float]]


def plots(curves: Curves) -> list[Plot]:
    """Return a plot for each score that a system has."""
    systems = {name: list(own) for name, own in groupby(curves.points, lambda point: point.system)}
    return [
        _plot(name, systems) for name in SHOWN if any(point.scores.get(name) is not None for point in curves.points)
    ]


def _plot(name: str, systems: Mapping[str, Sequence[Point]]) -> Plot:
    most = max(point.articles for own in systems.values() for point in own)
    values = [value for own in systems.values() for p in own if (value := p.scores.get(name)) is not None]
    top = -(-max(values) * 10 // 1) / 10 or 0.1  # the next tenth

    def x(articles: int) -> float:
        return round(LEFT + articles / most * (WIDTH - LEFT - RIGHT), 1)

    def y(value: float) -> float:
        return round(TOP + (1 - value / top) * (HEIGHT - TOP - BOTTOM), 1)

    found = []
    for number, (system, own) in enumerate(systems.items()):
        scored = [(point.articles, value) for point in own if (value := point.scores.get(name)) is not None]
        is_level = [articles for articles, _ in scored] == [0]
        if is_level:
            scored.append((most, scored[0][1]))
        if scored:
            dots = [(x(articles), y(value), articles, value) for articles, value in scored]
            found.append(Curve(system, number, dots, is_level, dots[-1][1]))
    found.sort(key=lambda curve: curve.name_at)
    for i in range(1, len(found)):  # names that would cover each other move down
        found[i] = found[i]._replace(name_at=max(found[i].name_at, found[i - 1].name_at + LABEL))
    marks = sorted({p.articles for own in systems.values() for p in own if p.articles})
    step = 0.2 if top > 0.5 else 0.1
    y_marks = [(y(i * step), round(i * step, 1)) for i in range(int(top / step + 1e-9) + 1)]
    title = "mean of entities, events, stance" if name == "overall" else METRICS[name].title if name in METRICS else ""
    return Plot(name, title, found, [(x(0), 0), *((x(at), at) for at in marks)], y_marks)


def curves_page(site: Site, curves: Curves) -> str:
    """Return the page."""
    return page(
        "curves.html.j2",
        "site.css",
        "board.js",
        curves=curves,
        plots=plots(curves),
        width=WIDTH,
        height=HEIGHT,
        left=LEFT,
        right=RIGHT,
        bottom=BOTTOM,
        shown=SHOWN,
        **site.around(ADDRESS, SECTION),
    )
