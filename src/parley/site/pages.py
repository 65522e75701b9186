"""The pages of the article browser. Addresses are from the site's folder; every page knows the way back to it."""

from collections.abc import Mapping, Sequence
from functools import cache
from itertools import combinations
from typing import Any, NamedTuple

from jinja2 import Environment
from markupsafe import Markup

from parley.corpus import DatasetInfo
from parley.leaderboard.records import Leaderboard
from parley.ontology import load_ontology
from parley.report_form import Report
from parley.show.html import render as render_text
from parley.show.inline import page_environment, policy, static
from parley.show.palette import TONES, place, polarity_mark
from parley.show.report_page import FEW
from parley.site import boards
from parley.site.positions import LINE, NODE, WIDTH, graph
from parley.site.reading import Reading
from parley.site.sides import Sides, registered

PACKAGE = "parley.site"
BOARD, ARTICLES = "index.html", "articles.html"
MOST_PAIRS = 200  # pages of two articles side by side
_DASHES = ["none", "9 5", "2 5"]  # of a polarity's lines, by its place in the ontology


class Pair(NamedTuple):
    """A link to two articles side by side, and how much they share."""

    left: str
    right: str
    address: str
    event_clusters: int
    entities: int


def text_of(reading: Reading) -> str:
    """Return the address of an article's text with all layers."""
    return f"articles/{reading.id}.html"


def stances_of(reading: Reading) -> str:
    """Return the address of an article's graph of stances."""
    return f"stances/{reading.id}.html"


def pair_of(left: Reading, right: Reading) -> str:
    """Return the address of two articles side by side."""
    return f"pairs/{left.id}/{right.id}.html"


def _root(address: str) -> str:
    """Return the way from a page to the site's folder."""
    return "../" * address.count("/")


@cache
def styles() -> str:
    """Return the style sheet of the site: the static one and how each polarity looks."""
    hues = [
        f".p{i} {{ --hue: {TONES['polarities'][i % len(TONES['polarities'])].hue}; --chroma: 1; "
        f"--dash: {_DASHES[i % len(_DASHES)]}; }}"
        for i in range(len(load_ontology().polarities))
    ]
    return static("site.css", PACKAGE) + "\n".join(hues) + "\n"


def _polarity_class(name: str) -> str:
    at = place("polarities", name)
    return "" if at is None else f"p{at}"


def _cut(words: str, length: int) -> str:
    """Return words cut to a length, with a sign that there was more."""
    return words if len(words) <= length else words[: length - 1].rstrip() + "…"


@cache
def environment() -> Environment:
    """Return the templates of the site."""
    made = page_environment(PACKAGE)
    made.filters |= {"mark": polarity_mark, "polarity_class": _polarity_class, "cut": _cut}
    made.filters |= {"figure": boards.figure, "percent": boards.percent}
    made.globals |= {
        "badges": boards.badges,
        "dots": boards.dots,
        "few": FEW,
        "polarities": load_ontology().names("polarities"),
        "width": WIDTH,
        "node_width": NODE,
        "line": LINE,
        "text_of": text_of,
        "stances_of": stances_of,
        "list": ARTICLES,
    }
    return made


class Frame(NamedTuple):
    """What stands around every page: the sections of the site as (label, address), the first being its home."""

    sections: Sequence[tuple[str, str]]

    def page(self, template: str, address: str, section: str, script: str, extra: str = "", **values: Any) -> str:
        """Return a page from a template; ``extra`` is added to the style sheet."""
        sheet, code = styles() + extra, static(script, PACKAGE)
        return (
            environment()
            .get_template(template)
            .render(
                policy=policy(sheet, code),
                styles=Markup(sheet),  # both are ours, without a character of the data
                script=Markup(code),
                root=_root(address),
                home=self.sections[0][1],
                sections=self.sections,
                section=section,
                here=address,
                **values,
            )
        )

    def way_back(self, address: str) -> list[tuple[str, str]]:
        """Return the sections as links from a page that is not ours: the text, a report."""
        return [(label, _root(address) + target) for label, target in self.sections]


ARTICLES_LABEL, BOARD_LABEL = "Articles", "Leaderboard"


def board_page(
    frame: Frame,
    leaderboard: Leaderboard,
    reports: Mapping[tuple[int, str], Report],
    files: Mapping[tuple[int, str], boards.Files],
) -> str:
    """Return the page of the leaderboard. Reports and files are keyed by the board's place and the system."""
    tracks, layers = boards.tracks_of(leaderboard), boards.layers_of(leaderboard)
    return frame.page(
        "leaderboard.html.j2",
        BOARD,
        BOARD_LABEL,
        "board.js",
        boards.filters(len(tracks), len(layers), len(leaderboard.boards)),
        boards=boards.view(leaderboard, reports, files),
        tracks=tracks,
        layers=layers,
    )


def pairs(readings: Sequence[Reading]) -> tuple[list[tuple[Reading, Reading, Pair]], bool]:
    """Return the pairs that share anything, those that share most first, and whether more were left out."""
    known = [registered(reading) for reading in readings]
    found = []
    for m, n in combinations(range(len(readings)), 2):
        event_clusters, entities = (len(one & other) for one, other in zip(known[m], known[n], strict=True))
        if event_clusters or entities:
            left, right = readings[m], readings[n]
            pair = Pair(left.name, right.name, pair_of(left, right), event_clusters, entities)
            found.append((left, right, pair))
    found.sort(key=lambda p: (-p[2].event_clusters, -p[2].entities, p[0].id, p[1].id))
    return found[:MOST_PAIRS], len(found) > MOST_PAIRS


def articles_page(
    frame: Frame, info: DatasetInfo, readings: Sequence[Reading], links: Sequence[Pair], *, left_out: bool
) -> str:
    """Return the page that lists articles and pairs."""
    return frame.page(
        "articles.html.j2",
        ARTICLES,
        ARTICLES_LABEL,
        "graph.js",
        name=info.name,
        version=info.version,
        licence=info.annotation_licence,
        text_licence=info.text_licence,
        readings=readings,
        pairs=links,
        left_out=left_out,
    )


def text_page(frame: Frame, reading: Reading) -> str:
    """Return an article with all its layers, as `parley show --html` has it, with the way back."""
    ways = frame.way_back(text_of(reading))
    if reading.view.stances:
        ways.append(("Who stands where", _root(text_of(reading)) + stances_of(reading)))
    return render_text(reading.view, ways=ways)


def stance_page(frame: Frame, reading: Reading) -> str:
    """Return the graph and the table of an article's stances."""
    return frame.page(
        "stance.html.j2", stances_of(reading), ARTICLES_LABEL, "graph.js", reading=reading, graph=graph(reading)
    )


def pair_page(frame: Frame, sides: Sides) -> str:
    """Return two articles side by side."""
    return frame.page(
        "pair.html.j2",
        pair_of(sides.left, sides.right),
        ARTICLES_LABEL,
        "graph.js",
        sides=sides,
        graphs=[("a", sides.left, graph(sides.left)), ("b", sides.right, graph(sides.right))],
    )
