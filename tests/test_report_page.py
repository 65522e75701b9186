"""The page of a score report: what is on it, that nothing comes from outside, and, with Chromium, that it works."""

import base64
import hashlib
import os
import re
import shutil
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import msgspec
import pytest
from typer.testing import CliRunner

from conftest import ROOT, SMALL
from parley.cli.app import app
from parley.model import Prediction
from parley.scoring import score
from parley.show import report_page
from scoring_help import small_corpus, small_prediction

EXAMPLE = ROOT / "eval" / "example" / "predictions.jsonl"
HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(2)>\x1b[31m{{7*7}}</style>\u202e'


def page(prediction: Prediction | None = None, system: str = "a system") -> str:
    found = prediction or msgspec.json.decode(EXAMPLE.read_bytes(), type=Prediction)
    report = score(small_corpus(), {found.id: found}, system=system)
    return report_page.render(report, small_corpus(), {found.id: found})


def hostile_page() -> str:
    prediction = small_prediction()
    for entity in prediction.entities or ():
        entity.name = HOSTILE
    del (prediction.events or [])[0].arguments[:]
    return page(prediction, HOSTILE)


class Reader(HTMLParser):
    """Reads a page as a browser's parser does, as far as these tests need it."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.data: dict[str, list[str]] = {"style": [], "script": []}
        self.texts: list[str] = []
        self._open: list[str] = []
        self._depth = 0
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag == "div" and ("class", "text") in attrs:
            self.texts.append("")
            self._depth = 1
        elif self._depth and tag == "div":
            self._depth += 1
        self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if self._depth and tag == "div":
            self._depth -= 1

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1] in self.data and not self._depth:
            self.data[self._open[-1]].append(data)
        if self._depth:
            self.texts[-1] += data


@pytest.mark.parametrize("make", [page, hostile_page])
def test_the_texts_are_the_article_to_the_character(make: Any) -> None:
    reader = Reader(make())
    assert len(reader.texts) == 4  # one for each layer
    assert set(reader.texts) == {small_corpus().texts["harbour-talks"]}


@pytest.mark.parametrize("make", [page, hostile_page])
def test_nothing_comes_from_outside_and_only_our_script_runs(make: Any) -> None:
    html = make()
    reader = Reader(html)
    assert {tag for tag, _ in reader.tags} & {"img", "iframe", "link", "object", "embed", "base", "form"} == set()
    names = {name for _, attributes in reader.tags for name in attributes}
    assert not {name for name in names if name.startswith("on")} | names & {"style", "src", "action"}
    assert {a["href"][:1] for _, a in reader.tags if a.get("href")} == {"#"}
    assert [tag for tag, _ in reader.tags].count("script") == 1
    policy = next(a["content"] for _, a in reader.tags if a.get("http-equiv") == "Content-Security-Policy")
    assert policy and policy.startswith("default-src 'none'; ")
    for tag in ("style", "script"):
        content = html.split(f"<{tag}>")[1].split(f"</{tag}>")[0]
        digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy
    assert not re.search(r"url\(|@import", html.split("<style>")[1].split("</style>")[0])


def test_ids_are_unique_and_links_lead_somewhere() -> None:
    reader = Reader(page())
    ids = [a["id"] for _, a in reader.tags if "id" in a]
    assert len(ids) == len(set(ids))
    assert {a["href"][1:] for _, a in reader.tags if a.get("href")} <= set(ids)
    cases = {case for _, a in reader.tags for case in (a.get("data-cases") or "").split()}
    assert cases <= set(ids)


def test_every_item_is_on_the_page() -> None:
    html = page()
    assert html.count("<details") == len(re.findall(r'id="a0-\w+-\d+"', html))
    for words in ("too few articles for an interval", "Are all mentions of one thing put together?", "Entity types"):
        assert words in html


def test_hostile_names_are_text() -> None:
    html = hostile_page()
    assert "<script>alert" not in html and "<img" not in html
    assert "&#34;&gt;&lt;script&gt;alert(1)" in html
    assert "{{7*7}}" in html


def test_layers_not_attempted_are_said_so() -> None:
    html = page(Prediction(id="harbour-talks", events=[]))
    assert "not attempted" in html
    assert 'id="layer-events"' in html and 'id="layer-stance"' not in html
    nothing = page(Prediction(id="harbour-talks"))
    assert 'id="errors"' not in nothing


def test_the_page_is_the_same_each_time() -> None:
    assert page() == page()


def test_score_writes_the_page(tmp_path: Path) -> None:
    file = tmp_path / "predictions.jsonl"
    file.write_bytes(EXAMPLE.read_bytes())
    target = tmp_path / "report.html"
    result = CliRunner().invoke(app, ["score", str(file), "--html", str(target), "--data", str(SMALL)])
    assert result.exit_code == 0
    assert "0.743" in target.read_text("utf-8")  # 26/35, see test_scoring_report
    result = CliRunner().invoke(app, ["score", str(file), "--html", str(file), "--data", str(SMALL)])
    assert result.exit_code == 2
    assert file.read_bytes() == EXAMPLE.read_bytes()


# In a real browser. Skipped, aloud, where there is no Chromium to drive -----------------------------------------

REQUIRED = "PARLEY_REQUIRE_BROWSER" in os.environ  # in CI: nothing is skipped there
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    if REQUIRED:
        import playwright.sync_api as sync_api
    else:
        sync_api = pytest.importorskip(
            "playwright.sync_api", reason="playwright is not installed: the report was NOT tried in a browser"
        )
        if CHROMIUM is None:
            pytest.skip("chromium is not installed: the report was NOT tried in a browser")
    with sync_api.sync_playwright() as playwright:
        opened = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        )
        yield opened
        opened.close()


@pytest.fixture
def visit(browser: Any, tmp_path: Path) -> Iterator[Any]:
    """Opens a page; fails at the end if the console had anything to say or anything was asked for."""
    said: list[str] = []
    contexts = []

    def go(html: str, **options: Any) -> Any:
        file = tmp_path / "page.html"
        file.write_text(html, encoding="utf-8", newline="")
        context = browser.new_context(**({"viewport": {"width": 1300, "height": 900}} | options))
        contexts.append(context)
        opened = context.new_page()
        opened.on("console", lambda message: said.append(message.text))
        opened.on("pageerror", lambda error: said.append(str(error)))
        opened.on("dialog", lambda dialog: said.append("a dialog: " + dialog.message))
        opened.on("request", lambda request: said.append(request.url) if "page.html" not in request.url else None)
        opened.goto(file.as_uri())
        return opened

    yield go
    for context in contexts:
        context.close()
    assert said == []


def test_in_the_browser_the_text_is_the_article(visit: Any) -> None:
    opened = visit(hostile_page())
    assert opened.locator(".text").first.evaluate("node => node.textContent") == small_corpus().texts["harbour-talks"]


def test_a_click_shows_both_sides_and_escape_closes(visit: Any) -> None:
    opened = visit(page())
    opened.locator(".of-entities .x.k-mistyped").click()
    box = opened.locator(".of-entities .inspector")
    assert "mistyped" in box.inner_text()
    assert opened.locator(".of-entities .inspector .differs").first.inner_text().split() == ["type", "GPE", "LOC"]
    assert opened.locator(".of-entities .x.on").all_text_contents() == ["Harrow"]
    opened.keyboard.press("Escape")
    assert not box.is_visible()


def test_marks_by_keyboard(visit: Any) -> None:
    opened = visit(page())
    opened.locator(".of-entities .x").first.focus()
    opened.keyboard.press("ArrowRight")
    opened.keyboard.press("Enter")
    assert opened.locator(".of-entities .inspector").is_visible()
    opened.keyboard.press("Escape")
    assert opened.evaluate("document.activeElement.classList.contains('x')")


@pytest.mark.parametrize("scripts", [True, False])
def test_filters_work_with_and_without_a_script(scripts: bool, visit: Any) -> None:
    opened = visit(page(), java_script_enabled=scripts)
    assert opened.locator(".view:visible").count() == 1
    opened.locator("label:has(#layer-events)").click()
    view = opened.locator(".view:visible")
    assert view.get_attribute("aria-label") == "harbour-talks: events"
    missed = view.locator(".cards .k-missed")
    assert missed.first.is_visible()
    opened.locator("label:has(#kind-events-missed)").click()
    assert not missed.first.is_visible()
    view.locator(".cards .k-mistyped summary").click()
    assert view.locator(".cards .k-mistyped .facts").is_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1300])
def test_it_fits_a_phone_and_a_desk(width: int, scheme: str, visit: Any) -> None:
    opened = visit(hostile_page(), viewport={"width": width, "height": 800}, color_scheme=scheme, bypass_csp=True)
    assert opened.evaluate("document.documentElement.scrollWidth") <= width
    from test_show_browser import WIDE_FONT

    opened.add_style_tag(content=WIDE_FONT)
    assert opened.evaluate("document.documentElement.scrollWidth") <= width
