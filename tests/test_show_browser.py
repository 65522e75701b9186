"""The page of `parley show --html` in a real browser. Skipped, aloud, where there is no Chromium to drive."""

from typing import Any

import pytest

from pages import WIDE_FONT, WORST_CONTRAST
from parley.pages.article import article_page
from test_show import HOSTILE_NAME, dispute_view, hostile_view, small_view


@pytest.fixture
def visit(visit: Any) -> Any:
    """Opens the page of a view."""
    return lambda view=None, **options: visit(article_page(view or small_view()[0]), **options)


def texts(page: Any, selector: str) -> list[str]:
    return page.locator(selector).all_text_contents()


@pytest.mark.parametrize("make", [small_view, hostile_view, dispute_view])
def test_the_text_on_the_page_is_the_article_to_the_character(visit, make):
    view, text = make()
    assert visit(view).evaluate("document.getElementById('text').textContent") == text


def test_hovering_a_mention_lights_its_whole_cluster_and_nothing_else(visit):
    page = visit()
    page.locator("#mention-m15").hover()  # the third of Sudovia's four mentions
    assert texts(page, "#text .m.on") == ["Sudovia"] * 4
    page.locator("#mention-m4").hover()  # the ministers: one mention, and Ada Brink as a member
    assert texts(page, "#text .m.on") == ["foreign ministers"]
    assert texts(page, "#text .m.part") == ["minister", "Ada Brink", "She"]
    page.locator(".brand").hover()
    assert texts(page, "#text .on") == []


def test_hovering_a_trigger_shows_its_arguments(visit):
    page = visit()
    page.locator("#trigger-v9").hover()
    assert texts(page, "#text .arg") == ["Sudovia", "at least nine", "rockets"]
    assert texts(page, "#text .e.part") == ["firing", "firing"]  # both mentions of one event cluster


def test_clicking_an_event_opens_its_card_and_escape_closes_it(visit):
    page = visit()
    assert not page.locator("#inspector").is_visible()
    page.locator("#trigger-v11").click()
    card = page.locator("#inspector").inner_text()
    for words in (
        "Strike·11",
        "negated",
        "contested",
        "Who says so",
        "Sudovia denied",
        "rockets",
        "2 mentions of this event cluster",
    ):
        assert words in card, words
    page.locator("#inspector .chain a.verb").click()  # follow the source
    assert "Reject·10" in page.locator("#inspector").inner_text()
    page.keyboard.press("Escape")
    assert not page.locator("#inspector").is_visible()


def test_clicking_a_mention_opens_its_entity(visit):
    page = visit()
    page.locator("#mention-m14").click()
    card = page.locator("#inspector").inner_text()
    assert "Ada Brink" in card and "PER·6" in card and "She" in card and "blame" in card
    assert texts(page, "#text .m.on") == ["minister", "Ada Brink", "She"]  # stays lit while the card is open
    page.get_by_label("Close").click()
    page.locator(".brand").hover()  # away from what came to lie under the pointer
    assert texts(page, "#text .on") == []
    assert page.evaluate("document.activeElement.id") == "mention-m14"


def test_a_proposition_is_lit_wherever_it_is_mentioned_and_opens_its_card(visit):
    page = visit(dispute_view()[0])
    page.locator("#expression-patrols\\.2").hover()
    assert texts(page, "#text .prop.on") == ["joint patrols of the strait", "proposal"]
    page.locator("#trigger-refused").hover()
    assert texts(page, "#text .prop.arg") == ["proposal"]  # the expression nearest the trigger
    page.locator("#expression-patrols\\.2").click()
    card = page.locator("#inspector").inner_text()
    for words in ("Proposition·1", "joint patrols of the strait", "Also called", "proposal", "Content of", "oppose"):
        assert words in card, words
    page.locator("label:has(#show-events)").click()
    shown = "node => getComputedStyle(node).borderInlineStartWidth"
    assert page.locator("#expression-patrols\\.2").evaluate(shown) == "0px"


def test_evidence_leads_to_its_place_in_the_text(visit):
    page = visit(viewport={"width": 390, "height": 500}, reduced_motion="reduce")
    page.locator("#stance-s2 .evidence a").first.click()
    place = page.locator("#evidence-s2\\.1")
    assert "flash" in (place.get_attribute("class") or "")
    box = place.bounding_box()
    assert box is not None and 0 <= box["y"] <= 500


@pytest.mark.parametrize("layer, selector, property_", [
    ("entities", "#mention-m1", "backgroundColor"),
    ("events", "#trigger-v1", "textDecorationLine"),
    ("stance", "#evidence-s1\\.1", "borderBottomStyle"),
])  # fmt: skip
@pytest.mark.parametrize("script", [True, False])
def test_a_layer_can_be_put_away_and_brought_back_also_without_javascript(visit, layer, selector, property_, script):
    page = visit(java_script_enabled=script, reduced_motion="reduce")

    def now() -> str:
        return str(page.locator(selector).evaluate(f"node => getComputedStyle(node).{property_}"))

    shown = now()
    page.locator(f"label:has(#show-{layer})").click()
    assert now() != shown
    page.locator(f"label:has(#show-{layer})").click()
    assert now() == shown


def test_labels_can_be_turned_on(visit):
    page = visit()
    label = "getComputedStyle(document.getElementById('mention-m1'), '::after').content"
    assert page.evaluate(label) == "none"
    page.locator("label:has(#show-labels)").click()
    assert page.evaluate(label) == '"GPE·1"'


def test_the_keyboard_steps_through_the_text(visit):
    page = visit()
    page.locator("#mention-m1").focus()
    assert texts(page, "#text .m.on") == ["Norland", "Norland", "We", "Norland"]
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.activeElement.id") == "mention-m2"
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    assert "Meet·1" in page.locator("#inspector").inner_text()
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.id") == "trigger-v1"  # back where it came from
    assert page.locator("#text [tabindex='0']").count() == 1  # one stop for the whole text


def test_tabs_show_one_panel_each(visit):
    page = visit()
    assert page.locator(".panel:visible").count() == 1
    page.get_by_role("tab", name="Entities").click()
    assert page.locator("#panel-entities").is_visible() and not page.locator("#panel-stance").is_visible()


def test_without_javascript_everything_is_there(visit):
    page = visit(java_script_enabled=False)
    assert page.locator(".panel:visible").count() == 4
    assert page.locator("#event-v9 .chain").is_visible()
    page.locator("#trigger-v9").click()
    assert page.url.endswith("#event-v9")


def test_hostile_names_are_shown_as_text(visit):
    view, _ = hostile_view()
    page = visit(view)
    page.locator("#mention-m1").focus()
    page.keyboard.press("Enter")
    shown = page.locator("#inspector .name bdi").first.text_content()
    assert shown == HOSTILE_NAME
    assert page.evaluate("document.scripts.length") == 1


def test_the_policy_stops_a_script_that_is_not_ours(browser, tmp_path):
    file = tmp_path / "page.html"
    file.write_text(
        article_page(small_view()[0]).replace("</main>", "<script>window.bad = 1</script></main>"), encoding="utf-8"
    )
    page = browser.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.goto(file.as_uri())
    assert page.evaluate("window.bad") is None
    assert len(said) == 1 and "Content Security Policy" in said[0]
    page.close()


@pytest.mark.parametrize("make, chosen", [(small_view, "#trigger-v9"), (dispute_view, "#expression-patrols\\.2")])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_has_contrast(visit, scheme, make, chosen):
    page = visit(make()[0], color_scheme=scheme, reduced_motion="reduce")
    page.locator(chosen).click()
    everything = "p, h1, h4, .m, .e, .q, .prop, a, dt, dd, label, .polarity, .facet, .badge, .aside, .place, .times, .type, button"
    for tab in ("Stances", "Entities", "Events", "Legend"):
        page.get_by_role("tab", name=tab).click()
        contrast, where = page.evaluate(WORST_CONTRAST, everything)
        assert contrast >= 4.5, where


@pytest.mark.parametrize("width", [320, 390, 1024, 1600])
@pytest.mark.parametrize("make", [small_view, dispute_view])
def test_nothing_is_wider_than_the_window(visit, width, make):
    page = visit(make()[0], viewport={"width": width, "height": 800}, bypass_csp=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.add_style_tag(content=WIDE_FONT)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
