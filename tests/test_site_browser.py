"""The static site in a real browser. Skipped, aloud, where there is no Chromium to drive."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from parley.site import pages
from site_help import FRAME, HOSTILE, bad_pages, few, hostile, many, page, readings, two_sides
from test_show_browser import WIDE_FONT, WORST_CONTRAST, browser  # noqa: F401  # the fixture, and the skip without Chromium

PHONE = {"viewport": {"width": 360, "height": 740}, "is_mobile": True, "has_touch": True}


def stance() -> str:
    return pages.stance_page(FRAME, readings()[0])


def pair() -> str:
    return pages.pair_page(FRAME, two_sides())


def articles() -> str:
    from site_help import two_reports

    links = [p[2] for p in pages.pairs(readings())[0]]
    return pages.articles_page(FRAME, two_reports().info, readings(), links, left_out=False)


MAKERS = {
    "few": lambda: page(few()), "many": lambda: page(many()), "hostile": lambda: page(hostile()),
    "articles": articles, "stance": stance, "pair": pair,
    "bad stance": lambda: bad_pages()["bad stance"], "bad pair": lambda: bad_pages()["bad pair"],
}  # fmt: skip
everywhere = pytest.mark.parametrize("name", list(MAKERS))


@pytest.fixture
def visit(browser: Any, tmp_path: Path) -> Iterator[Any]:  # noqa: F811
    """Opens a page; fails at the end if the console had anything to say or anything was asked for."""
    said: list[str] = []
    asked: list[str] = []
    contexts = []

    def go(name: str, **options: Any) -> Any:
        file = tmp_path / "page.html"
        file.write_text(MAKERS[name](), encoding="utf-8")
        context = browser.new_context(**({"viewport": {"width": 1280, "height": 900}} | options))
        contexts.append(context)
        opened = context.new_page()
        opened.on("console", lambda message: said.append(message.text))
        opened.on("pageerror", lambda error: said.append(str(error)))
        opened.on("dialog", lambda dialog: (said.append("a dialog: " + dialog.message), dialog.dismiss()))
        opened.on("request", lambda request: asked.append(request.url))
        opened.goto(file.as_uri())
        return opened

    yield go
    for context in contexts:
        context.close()
    assert said == []
    assert {url.rpartition("/")[2].partition("#")[0] for url in asked} <= {"page.html"}


def names(page: Any) -> list[str]:
    """The systems of the first table that is seen, in the order on the page."""
    return page.locator(".ranking:visible").first.locator("tbody .name:visible").all_text_contents()


def heads(page: Any) -> list[str]:
    return page.locator(".ranking:visible").first.locator("tbody .group:visible").all_text_contents()


# the leaderboard -------------------------------------------------------------------------------------------


def test_sorting_by_mouse(visit):
    page = visit("few")
    table = page.locator(".ranking:visible").first
    assert names(page) == ["beta", "Alpha", "gamma"]  # .6, .5, .4
    assert table.locator("th[data-sort='0']").get_attribute("aria-sort") == "descending"
    table.locator("th[data-sort='0'] button").click()
    assert names(page) == ["gamma", "Alpha", "beta"]
    assert table.locator("th[data-sort='0']").get_attribute("aria-sort") == "ascending"
    table.locator("th[data-sort='name'] button").click()
    assert names(page) == ["Alpha", "beta", "gamma"]
    assert heads(page) == []  # in the order of names there are no groups
    assert table.locator("[aria-sort]").count() == 1


def test_what_was_not_attempted_stands_last_whichever_way(visit):
    page = visit("few")
    page.locator(".pills").get_by_text("events", exact=True).click()
    assert names(page) == ["Alpha", "beta", "gamma"]  # .7, .1, not attempted
    page.locator(".ranking:visible th[data-sort='0'] button").click()
    assert names(page) == ["beta", "Alpha", "gamma"]


def test_groups_go_with_the_column(visit):
    page = visit("many")
    assert names(page) == ["first", "second", "third"]
    assert [h[:8] for h in heads(page)] == ["Told apa", "Group of"]
    assert page.locator(".ranking:visible .rank").all_text_contents()[1:] == ["1", "2–3", "2–3"]
    page.locator(".ranking:visible th[data-sort='1'] button").click()
    page.locator(".ranking:visible th[data-sort='1'] button").click()
    assert names(page) == ["third", "second", "first"]
    assert [h[:8] for h in heads(page)] == ["Group of", "Told apa"]


def test_sorting_and_filtering_by_keyboard_alone(visit):
    page = visit("few")
    page.locator("#layer-0").focus()
    page.keyboard.press("ArrowRight")
    assert page.locator(".layer-name:visible").all_text_contents() == ["Entities"]
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Tab")  # to the tracks
    page.keyboard.press("Space")
    assert page.evaluate("document.activeElement.id") == "track-0"  # supervised: the order in which tracks are offered
    assert names(page) == ["Alpha", "gamma"]
    assert page.locator(".count").text_content() == "2 of 3 systems"
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowRight")  # to the older data
    assert names(page) == ["ancient"]
    page.keyboard.press("ArrowLeft")
    page.locator(".ranking:visible").first.locator("button").first.focus()
    page.keyboard.press("Enter")
    assert names(page) == ["Alpha", "gamma"]
    shown = page.evaluate("getComputedStyle(document.activeElement).outlineStyle + getComputedStyle(document.activeElement).outlineWidth")  # fmt: skip
    assert shown == "solid2px"


def test_a_group_without_systems_left_is_not_headed(visit):
    page = visit("few")
    page.locator("#track-0").uncheck(force=True)
    page.locator("#track-1").uncheck(force=True)
    assert names(page) == [] and heads(page) == []
    assert page.locator(".count").text_content() == "0 of 3 systems"
    assert page.locator("tfoot:visible").count() == 1  # the annotators are of no track


def test_a_link_opens_the_system_and_the_citation_can_be_copied(visit):
    page = visit("few", permissions=["clipboard-read", "clipboard-write"])
    page.locator(".ranking:visible a.name").first.click()
    page.wait_for_function("document.querySelector('details.system').open")
    page.locator(".copy:visible").click()
    page.locator(".copied:visible", has_text="Copied.").wait_for()
    assert page.evaluate("navigator.clipboard.readText()").startswith("@misc{parley,")


@pytest.mark.parametrize("javascript", [True, False])
def test_hostile_strings_are_text_and_never_links(visit, javascript):
    page = visit("hostile", java_script_enabled=javascript)
    assert page.locator(".ranking:visible .name").first.text_content() == HOSTILE.replace("\x1b", "\x1b")
    addresses = [a.get_attribute("href") for a in page.locator("a").all()]
    assert not [a for a in addresses if a and ":" in a]
    assert page.locator(".facts", has_text="javascript:alert(3)").count() == 1
    assert page.locator("img").count() == 0
    assert page.title() == "Leaderboard · Parley"


def test_without_a_script_it_is_a_plain_table_and_the_filters_work(visit):
    page = visit("few", java_script_enabled=False)
    assert names(page) == ["beta", "Alpha", "gamma"]
    assert page.locator(".ranking button").count() == 0 and page.locator(".copy:visible").count() == 0
    page.locator(".pills").get_by_text("supervised", exact=True).click()
    assert names(page) == ["Alpha", "gamma"]
    page.locator(".pills").get_by_text("0.9.0", exact=True).click()
    assert names(page) == ["ancient"]
    page.locator("summary", has_text="ancient").click()
    assert page.locator(".facts:visible").count() == 1


# the graph -------------------------------------------------------------------------------------------------


def test_a_line_of_the_graph_shows_its_words_by_mouse_and_keyboard(visit):
    page = visit("stance")
    told = page.locator(".told")
    assert told.text_content() == "Choose a line to read the words that show it."
    page.locator(".edge").nth(1).locator("text").click()
    assert "Ada Brink → Sudovia" in told.text_content() and "accused Sudovia" in told.inner_text()
    assert page.locator(".node.faint").count() == 1  # the act that the other line leads to
    page.keyboard.press("ArrowUp")
    assert "want the truce to hold" in told.text_content()
    assert (
        page.evaluate("document.activeElement.getAttribute('aria-label')") == "Ada Brink: support, demand, toward hold"
    )
    page.keyboard.press("Escape")
    assert "Choose a line" in told.text_content() and page.locator(".faint").count() == 0


def test_polarities_differ_in_colour_and_in_dashes(visit):
    page = visit("stance")
    style = "[...document.querySelectorAll('.edge .line')].map((l) => { const s = getComputedStyle(l); return [s.stroke, s.strokeDasharray]; })"
    one, other = page.evaluate(style)
    assert one[0] != other[0] and one[1] != other[1]


def test_without_a_script_a_line_leads_to_its_row_of_the_table(visit):
    page = visit("stance", java_script_enabled=False)
    page.locator(".edge").nth(1).focus()
    page.keyboard.press("Enter")
    assert page.url.endswith("#stance-s2")
    assert page.locator("tr:target").inner_text().startswith("Ada Brink")
    assert page.locator(".told:visible").count() == 0


@pytest.mark.parametrize("name", ["stance", "bad stance"])
def test_the_texts_of_the_graph_stay_in_their_boxes(visit, name):
    page = visit(name)
    beyond = page.evaluate("""[...document.querySelectorAll('.node')].flatMap((node) => {
      const box = node.querySelector('rect').getBoundingClientRect();
      return [...node.querySelectorAll('text')].filter((t) => t.getBoundingClientRect().right > box.right).map((t) => t.textContent);
    })""")
    assert beyond == []


def test_a_pair_has_both_graphs_and_the_table_in_three_columns(visit):
    page = visit("pair")
    talks = page.locator("#event-clusters table").first
    status = talks.locator("tr", has_text="Status").locator("td").all_inner_texts()
    assert [words.strip("· ") for words in status] == ["actual", "–", "possible"]
    assert page.locator(".graph").count() == 2
    page.locator("#a-standing .edge").first.focus()
    assert "want the truce to hold" in page.locator("#a-standing .told").text_content()
    assert "Choose a line" in page.locator("#b-standing .told").text_content()


# every page ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "javascript"),
    [*((name, True) for name in MAKERS), *((name, False) for name in ("few", "hostile", "pair"))],
)
def test_a_phone_never_scrolls_sideways(visit, name, javascript):
    page = visit(name, **PHONE, java_script_enabled=javascript, bypass_csp=True)
    for summary in page.locator("summary:visible").all()[:6]:
        summary.click()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.add_style_tag(content=WIDE_FONT)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


@everywhere
def test_words_can_be_read_in_the_light_and_in_the_dark(visit, name):
    page = visit(name)
    page.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = true; })")
    for scheme, paper in (("light", "rgb(252, 251, 248)"), ("dark", "rgb(23, 24, 27)")):
        page.emulate_media(color_scheme=scheme)
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == paper
        worst, where = page.evaluate(WORST_CONTRAST, "body *:not(svg, svg *, script, input, .skip)")
        assert worst >= 4.5, (scheme, where)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_words_of_the_graph_can_be_read(visit, scheme):
    page = visit("stance", color_scheme=scheme)
    page.evaluate("document.querySelectorAll('svg text').forEach((t) => { t.style.color = getComputedStyle(t).fill; })")
    for selector, ground in ((".edge text", "--paper"), (".node text", "--raised"), (".heading", "--paper")):
        page.evaluate("([s, g]) => document.querySelectorAll(s).forEach((t) => { t.style.backgroundColor = `var(${g})`; })", [selector, ground])  # fmt: skip
        worst, where = page.evaluate(WORST_CONTRAST, selector)
        assert worst >= 4.5, where


@everywhere
def test_on_paper_there_are_no_tools(visit, name):
    page = visit(name)
    page.emulate_media(media="print")
    assert page.locator(".tools:visible, .top nav:visible, .told:visible, .copy:visible").count() == 0
    assert page.locator("h1:visible").count() == 1
    if name == "few":  # every layer and every board
        assert page.locator(".ranking:visible").count() == page.locator(".ranking").count()


def test_right_to_left_marks_do_not_turn_what_stands_beside_them(visit):
    page = visit("hostile")
    assert page.locator(".ranking:visible .name bdi").first.count() == 1
    assert page.locator(".by bdi").first.count() == 1
