"""The pages of a score report: what is on them, that nothing comes from outside, and, with Chromium, that they work."""

import re
from pathlib import Path
from typing import Any

import msgspec
import pytest
from typer.testing import CliRunner

from conftest import ROOT, SMALL
from pages import WIDE_FONT, Reader, check_page
from parley.cli.app import app
from parley.mistakes import errors
from parley.model import Prediction
from parley.pages.report import cases_of, report_pages
from parley.scoring import score
from scoring_help import small_corpus, small_prediction

EXAMPLE = ROOT / "eval" / "example" / "predictions.jsonl"
HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(2)>\x1b[31m{{7*7}}</style>\u202e'


def pages(prediction: Prediction | None = None, system: str = "a system") -> dict[str, str]:
    found = prediction or msgspec.json.decode(EXAMPLE.read_bytes(), type=Prediction)
    report = score(small_corpus(), {found.id: found}, system=system)
    return report_pages(report, small_corpus(), cases_of(small_corpus(), {found.id: found}, "test"), "report.html")


def page() -> str:
    return pages()["report.html"]


def article() -> str:
    return pages()["report-articles/harbour-talks.html"]


def hostile_pages() -> dict[str, str]:
    prediction = small_prediction()
    for entity in prediction.entities or ():
        entity.name = HOSTILE
    del (prediction.events or [])[0].arguments[:]
    return pages(prediction, HOSTILE)


def hostile_page() -> str:
    return hostile_pages()["report.html"]


def hostile_article() -> str:
    return hostile_pages()["report-articles/harbour-talks.html"]


@pytest.mark.parametrize("make", [article, hostile_article])
def test_the_text_is_the_article_to_the_character(make: Any) -> None:
    assert Reader(make()).text == small_corpus().texts["harbour-talks"]


@pytest.mark.parametrize("make", [page, hostile_page, article, hostile_article])
def test_nothing_comes_from_outside_and_links_lead_somewhere(make: Any) -> None:
    html = make()
    assert check_page(html) == []
    pages_beside = {link for link in Reader(html).all("href") if link[:1] != "#"}
    assert pages_beside <= {"report-articles/harbour-talks.html", "../report.html"}


def test_every_item_is_on_the_page() -> None:
    corpus = small_corpus()
    found = msgspec.json.decode(EXAMPLE.read_bytes(), type=Prediction)
    cases = errors(corpus.gold[found.id], found, corpus.articles[found.id], corpus.texts[found.id])
    assert len(set(re.findall(r'id="(case-\d+)"', article()))) == len(cases) > 50
    for words in (
        "too few stories for an interval",
        "Are the mentions of an entity put into one cluster?",
        "Entity types",
    ):
        assert words in page()


def test_what_a_page_holds_does_not_grow_with_the_articles() -> None:
    assert 'id="text"' not in page() and len(page()) < 120_000
    nothing = Prediction(id="harbour-talks", mentions=[], entities=[], events=[], stances=[])
    assert len(pages(nothing)["report.html"]) < 120_000


def test_hostile_names_are_text() -> None:
    for html in hostile_pages().values():
        assert "<script>alert" not in html and "<img" not in html
        assert "&#34;&gt;&lt;script&gt;alert(1)" in html
        assert "{{7*7}}" in html


def test_layers_not_attempted_are_said_so() -> None:
    found = pages(Prediction(id="harbour-talks", events=[]))
    assert "not attempted" in found["report.html"]
    own = found["report-articles/harbour-talks.html"]
    assert 'id="cases-events"' in own and 'id="cases-stance"' not in own
    assert list(pages(Prediction(id="harbour-talks"))) == ["report.html"]


def test_the_page_is_the_same_each_time() -> None:
    assert pages() == pages()


def test_score_writes_the_page(tmp_path: Path) -> None:
    file = tmp_path / "predictions.jsonl"
    file.write_bytes(EXAMPLE.read_bytes())
    target = tmp_path / "report.html"
    result = CliRunner().invoke(app, ["score", str(file), "--html", str(target), "--data", str(SMALL)])
    assert result.exit_code == 0
    assert "0.743" in target.read_text("utf-8")  # 26/35, see test_scoring_report
    assert (tmp_path / "report-articles" / "harbour-talks.html").is_file()
    result = CliRunner().invoke(app, ["score", str(file), "--html", str(file), "--data", str(SMALL)])
    assert result.exit_code == 2
    assert file.read_bytes() == EXAMPLE.read_bytes()


# In a real browser -------------------------------------------------------------------------------------------


def test_in_the_browser_the_text_is_the_article(visit: Any) -> None:
    opened = visit(hostile_article())
    assert opened.locator("#text").evaluate("node => node.textContent") == small_corpus().texts["harbour-talks"]


def test_a_click_shows_both_sides_and_escape_closes(visit: Any) -> None:
    opened = visit(article())
    opened.locator(".x.l-entities.k-mistyped").click()
    box = opened.locator("#inspector")
    assert "mistyped" in box.inner_text()
    assert box.locator(".differs").first.inner_text().split() == ["type", "GPE", "LOC"]
    assert opened.locator(".x.on").all_text_contents() == ["Harrow"]
    opened.keyboard.press("Escape")
    assert not box.is_visible()


def test_a_card_lights_its_words(visit: Any) -> None:
    opened = visit(article())
    opened.locator(".cases .l-entities.k-mistyped .name").click()
    assert opened.locator(".x.on").all_text_contents() == ["Harrow"]


def test_marks_by_keyboard(visit: Any) -> None:
    opened = visit(article())
    opened.locator(".x.l-entities").first.focus()
    opened.keyboard.press("ArrowRight")
    opened.keyboard.press("Enter")
    assert opened.locator("#inspector").is_visible()
    opened.keyboard.press("Escape")
    assert opened.evaluate("document.activeElement.classList.contains('x')")


@pytest.mark.parametrize("scripts", [True, False])
def test_filters_work_with_and_without_a_script(scripts: bool, visit: Any) -> None:
    opened = visit(article(), java_script_enabled=scripts)
    missed = opened.locator(".cases .l-events.k-missed").first
    shown = "n => getComputedStyle(n).getPropertyValue('--shown').trim()"
    mark = opened.locator("#text .x.l-events.k-missed").first
    assert not missed.is_visible() and mark.evaluate(shown) == "0"  # the first layer is entities
    opened.locator("label:has(#cases-events)").click()
    assert missed.is_visible() and mark.evaluate(shown) == "1"
    opened.locator("label:has(#kind-events-missed)").click()
    assert not missed.is_visible() and mark.evaluate(shown) == "0"
    assert scripts or opened.locator(".cases .l-events.k-mistyped .facts").first.is_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1300])
@pytest.mark.parametrize("make", [hostile_page, hostile_article])
def test_it_fits_a_phone_and_a_wide_screen(make: Any, width: int, scheme: str, visit: Any) -> None:
    opened = visit(make(), viewport={"width": width, "height": 800}, color_scheme=scheme, bypass_csp=True)
    assert opened.evaluate("document.documentElement.scrollWidth") <= width
    opened.add_style_tag(content=WIDE_FONT)
    assert opened.evaluate("document.documentElement.scrollWidth") <= width
