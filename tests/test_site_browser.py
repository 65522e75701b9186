"""The static site in a real browser. Skipped, aloud, where there is no Chromium to drive."""

from typing import Any

import pytest

from pages import WIDE_FONT, WORST_CONTRAST
from site_help import (
    HOSTILE,
    article_list,
    bad_pages,
    errors_of_the_example,
    few,
    hostile,
    kinds,
    many,
    page,
    pair,
    priced,
    report_of_the_example,
    stances,
    system,
)

PHONE = {"viewport": {"width": 360, "height": 740}, "is_mobile": True, "has_touch": True}


MAKERS = {
    "few": lambda: page(few()), "kinds": lambda: page(many(), kinds(many())), "many": lambda: page(many()), "hostile": lambda: page(hostile()),
    "priced": lambda: page(priced()), "system": errors_of_the_example, "hostile system": lambda: system(hostile()), "articles": article_list, "stance": stances, "pair": pair,
    "bad stance": lambda: bad_pages()["bad stance"], "bad pair": lambda: bad_pages()["bad pair"],
}  # fmt: skip
everywhere = pytest.mark.parametrize("name", list(MAKERS))


@pytest.fixture
def visit(visit: Any) -> Any:
    """Opens a page by its name."""
    return lambda name, **options: visit(MAKERS[name](), **options)


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
    assert [h[:8] for h in heads(page)] == ["Separate", "Group of"]
    assert page.locator(".ranking:visible tbody .rank").all_text_contents() == ["1", "2–3", "2–3"]
    page.locator(".ranking:visible th[data-sort='1'] button").click()
    page.locator(".ranking:visible th[data-sort='1'] button").click()
    assert names(page) == ["third", "second", "first"]
    assert [h[:8] for h in heads(page)] == ["Group of", "Separate"]


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


def test_a_name_leads_to_the_system_and_the_citation_can_be_copied(visit):
    page = visit("few", permissions=["clipboard-read", "clipboard-write"])
    assert page.locator(".ranking:visible a.name").first.get_attribute("href") == "systems/one.html"
    page.locator(".copy:visible").click()
    page.locator(".copied:visible", has_text="Copied.").wait_for()
    assert page.evaluate("navigator.clipboard.readText()").startswith("@misc{leaderboard,")


@pytest.mark.parametrize("javascript", [True, False])
def test_hostile_strings_are_text_and_never_links(visit, javascript):
    page = visit("hostile", java_script_enabled=javascript)
    assert page.locator(".ranking:visible .name").first.text_content() == HOSTILE.replace("\x1b", "\x1b")
    addresses = [a.get_attribute("href") for a in page.locator("a").all()]
    assert not [a for a in addresses if a and ":" in a]
    assert page.locator("img").count() == 0
    assert page.title() == "Leaderboard · Parley"
    page = visit("hostile system", java_script_enabled=javascript)
    assert page.locator(".facts", has_text="javascript:alert(3)").count() == 1
    assert page.locator("img").count() == 0 and page.locator("h1").text_content() == HOSTILE
    assert not [a for a in page.locator("a").all() if ":" in (a.get_attribute("href") or "")]


def test_without_a_script_it_is_a_plain_table_and_the_filters_work(visit):
    page = visit("few", java_script_enabled=False)
    assert names(page) == ["beta", "Alpha", "gamma"]
    assert page.locator(".ranking button").count() == 0 and page.locator(".copy:visible").count() == 0
    page.locator(".pills").get_by_text("supervised", exact=True).click()
    assert names(page) == ["Alpha", "gamma"]
    page.locator(".pills").get_by_text("0.9.0", exact=True).click()
    assert names(page) == ["ancient"]


def test_some_of_the_articles_are_chosen_and_the_address_says_which(visit):
    page = visit("kinds")
    parts = page.locator(".parts:visible")
    page.locator("select").select_option("wire")
    assert page.locator(".ranking:visible").count() == 0
    (rows,) = [body.locator("tr").all_inner_texts() for body in parts.locator("tbody:visible").all()]
    assert rows[0].split() == ["wire", "outlet;", "1", "article", "of", "1", "story"]
    assert [row.split() for row in rows[1:]] == [["third", "0.220", "0.220"], ["second", "0.210", "0.210"], ["first", "0.200", "0.200"]]  # fmt: skip
    page.locator(".pills").get_by_text("entities", exact=True).click()
    page.reload()
    assert page.locator("select").input_value() == "outlet=wire"
    assert parts.locator("thead").inner_text().split() == ["system", "entities", "typed_f1"]
    assert page.locator(".count").text_content() == "3 of 3 systems"
    page.locator("select").select_option("all")
    assert names(page) == ["first", "second", "third"] and parts.locator("tbody:visible").count() == 0


def test_without_a_script_all_kinds_of_articles_are_listed(visit):
    page = visit("kinds", java_script_enabled=False)
    assert page.locator("select:visible").count() == 0 and page.locator(".ranking:visible").count() == 1
    page.locator(".parts:visible summary").click()
    assert page.locator(".parts:visible tbody").count() == 2
    assert "0.700\n0.650–0.800" in page.locator(".parts:visible").inner_text()


def test_a_system_shows_its_errors_on_their_sentences(visit):
    page = visit("system", java_script_enabled=False)
    first = page.locator(".passages li").first
    assert first.locator("p").first.inner_text() == "missed entities: GROUP. One of 2 such errors."
    assert first.locator(".gold").inner_text() == "reporters"
    assert first.locator("blockquote").inner_text() == "“We want the truce to hold,” Norland’s minister Ada Brink told reporters."  # fmt: skip
    assert first.locator("a").get_attribute("href").startswith("../report-articles/harbour-talks.html#case-")
    counted = page.locator("section", has=page.locator("#errors")).locator("table").first.locator("tr")
    assert counted.nth(1).inner_text().split() == ["entities", "13", "1", "1", "5", "0"]
    scored = report_of_the_example().metrics["entities.typed_f1"].counts
    assert scored and (scored.right, scored.gold, scored.predicted) == (13, 13 + 1 + 1 + 5, 13 + 1 + 1 + 0)


# stances ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["stance", "pair"])
@pytest.mark.parametrize("javascript", [True, False])
def test_a_cell_leads_to_the_words(visit, name, javascript):
    page = visit(name, java_script_enabled=javascript)
    page.locator(".standing a", has_text="oppose").first.click()
    assert page.url.endswith("stance-s2")
    row = page.locator("tr:target")
    if javascript:  # without a script a closed part of the page stays closed
        assert row.is_visible()
    assert row.locator("th").text_content() == "Ada Brink" and "accused Sudovia" in row.text_content()


@pytest.mark.parametrize("width", [360, 1280])
def test_all_targets_are_on_the_screen(visit, width):
    page = visit("stance", viewport={"width": width, "height": 800})
    boxes = [cell.bounding_box() for cell in page.locator(".standing tbody th").all()]
    assert len(boxes) == 2 and all(box["x"] + box["width"] <= width for box in boxes)


def test_a_pair_has_the_table_in_three_columns(visit):
    page = visit("pair")
    talks = page.locator("#event-clusters table").first
    status = talks.locator("tr", has_text="Status").locator("td").all_inner_texts()
    assert [words.strip("· ") for words in status] == ["actual", "–", "negated"]


# every page ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "javascript"),
    [*((name, True) for name in MAKERS), *((name, False) for name in ("few", "kinds", "hostile", "pair"))],
)
def test_a_phone_never_scrolls_sideways(visit, name, javascript):
    page = visit(name, **PHONE, java_script_enabled=javascript, bypass_csp=True)
    for summary in page.locator("summary:visible").all()[:6]:
        summary.click()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    if javascript:  # a style can be added by script only
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


def test_a_phone_shows_every_column_of_the_leaderboard(visit):
    page = visit("few", **PHONE)
    figures = page.locator(".ranking:visible").first.locator(".system-line").first.locator("td.figure")
    assert figures.count() == 2  # overall and entities
    for box in [figure.bounding_box() for figure in figures.all()]:
        assert box["x"] >= 0 and box["x"] + box["width"] <= 360


def test_a_filter_with_a_single_choice_is_not_shown(visit):
    page = visit("many")
    legends = page.locator(".tools legend:visible").all_text_contents()
    assert legends == ["Layer"]  # one track, one board


@everywhere
def test_on_paper_there_are_no_tools(visit, name):
    page = visit(name)
    page.emulate_media(media="print")
    assert page.locator(".tools:visible, .top nav:visible, .copy:visible").count() == 0
    assert page.locator("h1:visible").count() == 1
    if name == "few":  # every layer and every board
        assert page.locator(".ranking:visible").count() == page.locator(".ranking").count()


def test_right_to_left_marks_do_not_turn_what_stands_beside_them(visit):
    page = visit("hostile")
    assert page.locator(".ranking:visible .name bdi").first.count() == 1
    assert page.locator(".by bdi").first.count() == 1
