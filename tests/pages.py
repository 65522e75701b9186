"""What the tests of pages share: a reader of HTML, what holds for every page, and a real browser.

A browser test is skipped, aloud, where there is no Chromium to drive; with ``PARLEY_REQUIRE_BROWSER`` it fails.
"""

import base64
import hashlib
import os
import re
import shutil
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

VOID = {"meta", "input", "br", "link", "hr", "img"}
LOADING = {"img", "iframe", "link", "object", "embed", "base", "image", "use"}  # elements that may load something
SCHEME = re.compile(r"\s*[a-zA-Z][a-zA-Z0-9+.-]*:|//")

# A font far wider than any a reader may have: what holds with it holds with the fonts of any machine.
WIDE_FONT = "* { font-family: monospace !important; letter-spacing: .12em !important; }"

# Contrast as in WCAG 2.2, of each element's text with what is painted behind it; colours read back through a canvas,
# since a browser gives OKLCH back as OKLCH.
WORST_CONTRAST = """(selector) => {
  const paint = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const rgba = (colour) => {
    paint.clearRect(0, 0, 1, 1); paint.fillStyle = colour; paint.fillRect(0, 0, 1, 1);
    return [...paint.getImageData(0, 0, 1, 1).data];
  };
  const light = ([r, g, b]) => {
    const [x, y, z] = [r, g, b].map((c) => (c /= 255) <= .04045 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4);
    return .2126 * x + .7152 * y + .0722 * z;
  };
  const behind = (node) => {
    for (; node; node = node.parentElement) {
      const colour = rgba(getComputedStyle(node).backgroundColor);
      if (colour[3] === 255) return colour;
    }
    return [255, 255, 255, 255];
  };
  let worst = [99, ""];
  for (const node of document.querySelectorAll(selector)) {
    if (!node.checkVisibility()) continue;
    const [a, b] = [light(rgba(getComputedStyle(node).color)), light(behind(node))];
    const contrast = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
    if (contrast < worst[0]) worst = [contrast, node.outerHTML.slice(0, 160)];
  }
  return worst;
}"""


class Reader(HTMLParser):
    """Reads a page as a browser's parser does, as far as the tests need it: tags, and the text of the element #text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text, self._depth = "", 0
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID and (self._depth or ("id", "text") in attrs):
            self._depth += 1

    def handle_endtag(self, tag: str) -> None:
        self._depth -= bool(self._depth)

    def handle_data(self, data: str) -> None:
        self.text += data if self._depth else ""

    def all(self, attribute: str) -> list[str]:
        """The values of an attribute, in the order of the page."""
        return [attributes[attribute] or "" for _, attributes in self.tags if attribute in attributes]


def check_page(html: str) -> list[str]:
    """Nothing is loaded, only our script runs, every id is the only one and is found; return the links to elsewhere."""
    reader = Reader(html)
    tags = [tag for tag, _ in reader.tags]
    assert not LOADING & set(tags)
    names = {name for _, attributes in reader.tags for name in attributes}
    assert not {n for n in names if n.startswith("on")} | names & {"style", "src", "action", "srcset", "data"}
    assert tags.count("script") == tags.count("style") == 1
    policy = next(a["content"] for _, a in reader.tags if a.get("http-equiv") == "Content-Security-Policy")
    assert policy and policy.startswith("default-src 'none'; ") and "unsafe" not in policy
    for tag in ("style", "script"):
        content = html.split(f"<{tag}>")[1].split(f"</{tag}>")[0]
        digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy
    assert not re.search(r"url\(|@import", html.split("<style>")[1].split("</style>")[0])
    ids, links = reader.all("id"), reader.all("href")
    assert len(ids) == len(set(ids))
    assert {link[1:] for link in links if link.startswith("#")} <= set(ids)
    assert {case for cases in reader.all("data-cases") for case in cases.split()} <= set(ids)
    return [link for link in links if SCHEME.match(link)]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if "PARLEY_REQUIRE_BROWSER" in os.environ:  # in CI: nothing is skipped there
        import playwright.sync_api as sync_api
    else:
        sync_api = pytest.importorskip(
            "playwright.sync_api", reason="playwright is not installed: NOT tried in a browser"
        )
        if chromium is None:
            pytest.skip("chromium is not installed: NOT tried in a browser")
    switches = ["no-sandbox", "disable-gpu", "disable-quic", "no-first-run", "disable-background-networking"]
    switches += ["disable-component-update", "disable-sync"]
    with sync_api.sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium, args=[f"--{switch}" for switch in switches])
        yield opened
        opened.close()


@pytest.fixture
def visit(browser: Any, tmp_path: Path) -> Iterator[Callable[..., Any]]:
    """Opens a page; fails at the end if the console had anything to say or anything was asked for."""
    said: list[str] = []
    asked: list[str] = []
    contexts = []

    def go(html: str, **options: Any) -> Any:
        file = tmp_path / "page.html"
        file.write_text(html, encoding="utf-8", newline="")
        context = browser.new_context(**({"viewport": {"width": 1300, "height": 900}} | options))
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("dialog", lambda dialog: (said.append("a dialog: " + dialog.message), dialog.dismiss()))
        page.on("request", lambda request: asked.append(request.url))
        page.goto(file.as_uri())
        return page

    yield go
    for context in contexts:
        context.close()
    assert said == []
    assert {re.split("[?#]", url.rpartition("/")[2])[0] for url in asked} <= {"page.html"}
