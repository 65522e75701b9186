"""A person's work in Label Studio: by mouse and keyboard in a real browser, submitted, pulled, and found in the record.

Skipped, aloud, where there is no server or no Chromium; with ``PARLEY_REQUIRE_LABEL_STUDIO`` and
``PARLEY_REQUIRE_BROWSER`` a missing one is a failure.
"""

from collections.abc import Callable, Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from labelstudio_server import ARTICLE, PASSWORD, USER, Run, Site, add_tanker, read, tasks_of
from parley.labelstudio.client import Client

# Where the words from one code point to another are in the window: left, middle of the first line, right, of the last.
PLACE = """([start, end]) => {
  const ends = [];
  let at = 0;
  for (const line of document.querySelectorAll(".lsf-richtext__line")) {
    const words = document.createTreeWalker(line, NodeFilter.SHOW_TEXT);
    for (let node; (node = words.nextNode()); ) {
      let unit = 0;
      for (const sign of node.data) {
        if (at === start) ends[0] = [node, unit];
        at++;
        unit += sign.length;
        if (at === end) ends[1] = [node, unit];
      }
    }
    at++;  // the line's end
  }
  const range = document.createRange();
  range.setStart(...ends[0]);
  range.setEnd(...ends[1]);
  const boxes = [...range.getClientRects()].filter((box) => box.width > 0);
  const [first, last] = [boxes[0], boxes.at(-1)];
  const [y, to_y] = [first.top + first.height / 2, last.top + last.height / 2];
  return { words: range.toString(), x: first.left, y, to_x: last.right, to_y };
}"""

OWN_FAULTS = ("/heidi-tips",)  # a page of advice that the server asks itself for and does not have


class Desk:
    """What a person sees and does: a task open in the browser."""

    def __init__(self, page: Any, url: str, text: str) -> None:
        self.page, self.url, self.text = page, url, text

    def open(self, project: int, task: int) -> None:
        self.page.goto(f"{self.url}/projects/{project}/data?task={task}")
        self.page.wait_for_selector(".lsf-richtext__container .htx-highlight")  # the pre-annotation is drawn

    def place(self, words: str, within: str = "") -> dict[str, Any]:
        """Where words are (first of them in ``within``); the page shows exactly these at their offsets."""
        start = self.text.index(words, self.text.index(within or words))
        found: dict[str, Any] = self.page.evaluate(PLACE, [start, start + len(words)])
        assert found["words"] == words
        return found

    def mark(self, words: str) -> None:
        """Drag over words."""
        at, mouse, before = self.place(words), self.page.mouse, self.highlights()
        mouse.move(at["x"] + 1, at["y"])
        mouse.down()
        mouse.move((at["x"] + at["to_x"]) / 2, at["to_y"])
        mouse.move(at["to_x"] - 0.5, at["to_y"], steps=4)
        mouse.up()
        self.page.wait_for_function("n => document.querySelectorAll('.htx-highlight').length > n", arg=before)

    def highlights(self) -> int:
        return int(self.page.locator(".htx-highlight").count())

    def click(self, words: str, within: str = "") -> None:
        """Click on the middle of words."""
        at = self.place(words, within)
        self.page.mouse.click((at["x"] + at["to_x"]) / 2, at["y"])

    def select(self, words: str, within: str = "") -> None:
        """Select the region under words."""
        self.click(words, within)
        self.page.wait_for_selector(".lsf-detailed-region")

    def choose(self, value: str) -> None:
        self.page.locator(".lsf-choice:visible").get_by_text(value, exact=True).click()

    def choices(self) -> list[str]:
        return list(self.page.locator(".lsf-choice:visible").all_text_contents())

    def let_go(self) -> None:
        self.page.keyboard.press("Escape")
        self.page.wait_for_selector(".lsf-detailed-region", state="detached")

    def label(self, name: str) -> None:
        self.page.locator(".lsf-label__text").get_by_text(name, exact=True).click()

    def tab(self, name: str) -> None:
        self.page.locator(".lsf-panel-tabs__tab:visible").get_by_text(name, exact=True).last.click()

    def relate(self, words: str, label: str) -> None:
        """Draw a relation from the selected region to that under words, and give it a label."""
        self.tab("Relations")
        relations = self.page.locator(".lsf-relations__item")
        before = relations.count()
        self.page.keyboard.press("Alt+r")
        self.click(words)
        self.page.wait_for_function("n => document.querySelectorAll('.lsf-relations__item').length > n", arg=before)
        relations.last.scroll_into_view_if_needed()
        relations.last.hover()
        relations.last.get_by_label("Show Relation Labels").click()
        relations.last.locator("[data-testid^=select-trigger]").click()
        self.page.get_by_role("option", name=label, exact=True).click()
        self.page.keyboard.press("Escape")
        self.tab("Regions")

    def remark(self, words: str) -> None:
        note = self.page.get_by_placeholder("Notes on the article")
        note.fill(words)
        note.press("Shift+Enter")

    def submit(self) -> None:
        with self.page.expect_response(
            lambda answer: answer.request.method == "POST" and "/annotations" in answer.url
        ) as posted:
            self.page.get_by_role("button", name="Submit").click()
        assert posted.value.ok


@pytest.fixture
def desk(browser: Any, label_studio: Site, small: Path) -> Iterator[Desk]:
    """A browser that is logged in. At the end: no error on the console, and nothing asked of another host."""
    errors: list[str] = []
    asked: list[str] = []
    context = browser.new_context(viewport={"width": 1680, "height": 950})
    page = context.new_page()
    page.set_default_timeout(20_000)
    page.on("console", lambda m: errors.append(f"{m.text} ({m.location.get('url')})") if m.type == "error" else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{label_studio.url}/user/login/")
    page.fill("input[name=email]", USER)
    page.fill("input[name=password]", PASSWORD)
    page.click("button[type=submit]")
    page.wait_for_url(lambda url: "/login" not in url)
    yield Desk(page, label_studio.url, (small / "articles" / f"{ARTICLE}.txt").read_text("utf-8"))
    context.close()
    assert [error for error in errors if not any(own in error for own in OWN_FAULTS)] == []
    assert [url for url in asked if not url.startswith((label_studio.url, "data:", "blob:"))] == []


@pytest.fixture
def opened(run: Run, small: Path, admin: Client, title: str, desk: Desk) -> Callable[[], int]:
    """Push the small corpus's gold as pre-annotation and open it; return the number of its task."""

    def go() -> int:
        assert run("push", "--from", "gold", "--project", title, "--data", small).exit_code == 0
        project, task = admin.project(title), tasks_of(admin, title)[ARTICLE]
        assert project is not None
        desk.open(project.id, task)
        return task

    return go


def item(record: dict[str, Any], layer: str, key: str, value: object) -> dict[str, Any]:
    found: dict[str, Any] = next(one for one in record[layer] if one[key] == value)
    return found


def test_what_a_person_does_is_in_the_record_and_nothing_else(
    opened: Callable[[], int], desk: Desk, run: Run, small: Path, admin: Client, title: str
) -> None:
    task = opened()
    desk.label("GROUP")  # a mention, by mouse
    desk.mark("days")
    desk.select("days")
    assert desk.choices() == ["NAM", "NOM", "PRO"]  # what a group has, and nothing else
    desk.choose("NOM")
    desk.let_go()
    desk.page.keyboard.press("s")  # a trigger: the label by its key, the place by mouse
    desk.mark("after")
    desk.select("after")
    desk.choose("possible")
    desk.relate("days", "Addressee")
    desk.let_go()
    desk.select("the", within="the truce to hold")
    assert desk.choices()[:3] == ["support", "oppose", "mixed"]
    desk.choose("mixed")
    desk.let_go()
    desk.select("rockets")  # the first mention of its entity, and what an event leads to
    desk.page.keyboard.press("Backspace")
    desk.page.wait_for_selector(".lsf-detailed-region", state="detached")
    desk.remark("Is this a group?")
    desk.submit()

    pulled = run("pull", "--project", title, "--data", small)
    assert pulled.exit_code == 0, pulled.output
    assert f"admin, task {task} ({ARTICLE}): note: Is this a group?" in pulled.stderr
    record = read(small / "raw" / "admin" / f"{ARTICLE}.json")
    expected = deepcopy(read(small / "gold" / f"{ARTICLE}.json")) | {"annotator": "admin"}
    days, after = item(record, "mentions", "text", "days")["id"], item(record, "events", "text", "after")["id"]
    group = item(record, "mentions", "id", days)["entity"]
    assert group not in {entity["id"] for entity in expected["entities"]}
    mention = {"id": days, "start": 128, "end": 132, "text": "days", "form": "NOM", "entity": group}
    expected["mentions"].insert(8, mention)  # behind Monday
    expected["entities"].append({"id": group, "type": "GROUP", "name": "days"})
    argument = {"role": "Addressee", "entity": group, "mention": days}
    event = {"id": after, "start": 133, "end": 138, "text": "after", "type": "State", "status": "possible", "via": None}
    expected["events"].insert(3, event | {"arguments": [argument]})  # behind met
    item(expected, "stances", "id", "s1")["polarity"] = "mixed"
    expected["mentions"].remove(item(expected, "mentions", "id", "m16"))
    fired = item(expected, "events", "id", "v9")["arguments"]
    fired.remove({"role": "Instrument", "entity": "e9", "mention": "m16"})
    assert record == expected

    (annotation,) = admin.task(task)["annotations"]
    hidden = [r["value"] for r in annotation["result"] if r.get("from_name") == "entities"]
    shown = admin.predictions(task)[0]["result"]
    assert hidden == [r["value"] for r in shown if r.get("from_name") == "entities"] and len(hidden) == 1


def test_a_proposition_and_a_harm_by_hand(run: Run, small: Path, admin: Client, title: str, desk: Desk) -> None:
    add_tanker(small)
    assert run("push", "--from", "gold", "--project", title, "--data", small, "--article", "tanker").exit_code == 0
    project = admin.project(title)
    assert project is not None
    desk.text = (small / "articles" / "tanker.txt").read_text("utf-8")
    desk.open(project.id, tasks_of(admin, title)["tanker"])
    desk.page.keyboard.press("Shift+P")
    desk.mark("had")
    desk.select("had")
    desk.relate("share", "same as")
    desk.let_go()
    desk.select("killing")
    assert desk.choices()[-5:] == ["killed", "injured", "missing", "mixed", "unsaid"]
    desk.choose("mixed")
    desk.let_go()
    desk.select("damaged")  # no Casualty: no harm
    assert desk.choices() == ["actual", "planned", "wanted", "possible", "negated", "generic"]
    desk.submit()

    pulled = run("pull", "--project", title, "--data", small)
    assert pulled.exit_code == 0, pulled.output
    expected = read(small / "gold" / "tanker.json") | {"annotator": "admin"}
    start = desk.text.index("had detained")
    item(expected, "propositions", "id", "p1")["mentions"].append({"start": start, "end": start + 3, "text": "had"})
    item(expected, "events", "id", "v8")["harm"] = "mixed"
    assert read(small / "raw" / "admin" / "tanker.json") == expected


def test_what_is_not_annotated_is_shown_and_stays(
    opened: Callable[[], int], desk: Desk, run: Run, small: Path, title: str
) -> None:
    opened()
    page, before = desk.page, desk.highlights()
    for words in ("Photo: Lena Orr", "This text was invented."):  # credit and notice
        desk.select(words)
        assert page.locator(".lsf-detailed-region").get_by_text("not annotated").is_visible()
        assert desk.choices() == []
        page.keyboard.press("3")  # as GPE
        page.keyboard.press("Backspace")
        page.wait_for_timeout(300)
        assert page.locator(".lsf-detailed-region").get_by_text("not annotated").is_visible()
        desk.let_go()
    assert desk.highlights() == before
    grounds = "getComputedStyle(document.querySelector(`.htx-highlight[data-label$=':${label}']`)).backgroundColor"
    look = {label: page.evaluate(f"label => {grounds}", label) for label in ("GPE", "Meet")}
    assert look["Meet"] == "rgba(0, 0, 0, 0)" != look["GPE"]  # an event does not look like a mention
    assert page.get_by_text("not annotated here: credit, notice").is_visible()
    hidden = page.get_by_text('[{"id":"e')  # the table of entities
    assert hidden.count() == 1 and not hidden.is_visible()
    assert not page.locator(".lsf-label:visible").get_by_text("not annotated").count()
    desk.submit()
    pulled = run("pull", "--project", title, "--data", small)
    assert pulled.exit_code == 0 and "zone-changed" not in pulled.output
    gold = read(small / "gold" / f"{ARTICLE}.json")
    assert read(small / "raw" / "admin" / f"{ARTICLE}.json") == gold | {"annotator": "admin"}


def test_a_mention_in_a_zone_that_is_not_annotated_is_reported(
    opened: Callable[[], int], desk: Desk, run: Run, small: Path, title: str
) -> None:
    task = opened()
    desk.select("reporters")
    desk.page.keyboard.press("1")  # a label is changed by the key of another
    desk.page.wait_for_selector(".htx-highlight[data-label$=':PER'] >> text=reporters")
    desk.let_go()
    desk.label("GPE")
    desk.mark("invented")
    desk.select("invented")  # of two regions the inner
    desk.choose("NAM")
    desk.choose("territory")
    desk.submit()
    pulled = run("pull", "--project", title, "--data", small)
    assert pulled.exit_code == 1
    (line,) = [line for line in pulled.stdout.splitlines() if f"admin, task {task}" in line]
    assert "zone" in line, line
