"""The page of the learning curves."""

import msgspec
from baselines.scores import report_on

from conftest import ROOT
from parley.baselines import find
from parley.checks import load_corpus
from parley.leaderboard.board import COMMENT
from parley.leaderboard.records import Leaderboard
from parley.pages.curves import Curves, Point, curves_page, plots
from parley.pages.html import Site
from parley.pages.site import make_site

CURVES = Curves(
    split="validation",
    articles=12,
    data="1.0.0",
    gold="0" * 64,
    parley="0.1.0",
    points=[
        Point(system="rules", articles=0, stories=0, scores={"stance": 0.2}),
        Point(system="tfidf", articles=10, stories=3, scores={"stance": 0.1}),
        Point(system="tfidf", articles=20, stories=6, scores={"stance": 0.3, "overall": None}),
    ],
)


def test_places_in_a_plot() -> None:
    (plot,) = plots(CURVES)  # only the stance has scores
    assert plot.name == "stance"
    tfidf, rules = plot.curves  # from the top: .3, .2
    # x: 38 + articles / 20 * (380 - 38 - 60); y: 14 + (1 - score / .3) * (220 - 14 - 40)
    assert tfidf.dots == [(179, 124.7, 10, 0.1), (320, 14, 20, 0.3)]
    assert rules.is_level and rules.dots == [(38, 69.3, 0, 0.2), (320, 69.3, 20, 0.2)]
    assert plot.x_marks == [(38, 0), (179, 10), (320, 20)]
    assert plot.y_marks == [(180, 0), (124.7, 0.1), (69.3, 0.2), (14, 0.3)]


def test_names_do_not_cover_each_other() -> None:
    near = [
        Point(system=name, articles=10, stories=3, scores={"stance": 0.3 - i / 1000}) for i, name in enumerate("abc")
    ]
    (plot,) = plots(msgspec.structs.replace(CURVES, points=near))
    assert [curve.system for curve in plot.curves] == ["a", "b", "c"]
    assert [curve.name_at for curve in plot.curves] == [14, 28, 42]


def test_the_page() -> None:
    html = curves_page(Site(), CURVES)
    assert html.count("<svg") == 1
    assert "tfidf, 20 articles: 0.300" in html
    assert curves_page(Site(), CURVES) == html


def test_the_curves_are_of_todays_gold() -> None:
    own = msgspec.json.decode((ROOT / "baselines" / "curves.json").read_bytes(), type=Curves)
    report = report_on(own.split, find("empty").predict)
    assert (own.gold, own.articles) == (report.hashes["gold"], report.articles), "run `python -m baselines.curves`"


def test_the_site_has_the_page() -> None:
    bare = msgspec.structs.replace(load_corpus(ROOT / "data", partial=True), gold={})
    site = make_site(Leaderboard(comment=COMMENT, boards=[]), ROOT / "eval", "", bare)
    assert b"crf" in site["curves.html"] and b"curves.html" in site["articles.html"]
