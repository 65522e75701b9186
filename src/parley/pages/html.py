"""What all pages share. A page contains its style sheet and script; its policy allows no others and no requests."""

import base64
import hashlib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

import msgspec
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from parley.corpus import Corpus, Pass, Passes
from parley.ontology import load_ontology
from parley.pages.palette import TONES, place, polarity_mark
from parley.words import percent, quoted, score_text, shorten

_PREFIXES = {"entity_types": "t", "event_groups": "g", "polarities": "p"}  # of the classes that give labels a colour


POWER = "about/power.txt"  # address of docs/power.md in the site


class Notice(NamedTuple):
    """What a page with annotation says of the dataset: its canary, who annotated, and the licences."""

    canary: str
    annotators: str
    licences: str


def notice(corpus: Corpus) -> Notice:
    """Return the notice of a dataset. Who annotated is what its ``raw/passes.json`` says."""
    file = corpus.folder / "raw" / "passes.json"
    passes: Sequence[Pass] = list(corpus.passes.values())
    if not passes and file.is_file():
        passes = msgspec.json.decode(file.read_bytes(), type=Passes).passes
    kinds: dict[str, list[str]] = {}
    for one in passes:
        if one.role == "pass":
            kinds.setdefault(one.kind, []).append(one.annotator)
    said = "; ".join(f"{', '.join(names)} ({kind})" for kind, names in kinds.items())
    licences = f"Annotation: {corpus.info.annotation_licence}. Texts: {corpus.info.text_licence}"
    return Notice(corpus.info.canary, f"The gold was made from the passes of {said}." if said else "", licences)


class Site(NamedTuple):
    """The site a page is part of, by addresses from its folder. A page outside a site has none (``ALONE``)."""

    sections: Sequence[tuple[str, str]] = ()
    about: Sequence[tuple[str, str]] = ()

    def around(self, address: str = "", section: str = "") -> dict[str, Any]:
        """Return what the layout needs for the page at an address: the way to the folder, links, the section."""
        return {
            "root": "../" * address.count("/"),
            "sections": self.sections,
            "about": self.about,
            "section": section,
            "here": address,
        }


ALONE = Site()


@cache
def static(name: str) -> str:
    """Return a file of the templates folder."""
    return (files("parley.pages") / "templates" / name).read_text(encoding="utf-8")


def label_class(kind: str, name: str) -> str:
    """Return the class that gives a label its colour; none for a label without colour."""
    at = place(kind, name)
    return "" if at is None else f"{_PREFIXES.get(kind, kind[0])}{at}"


@cache
def _colours() -> str:
    rules = [
        f".{prefix}{i} {{ --hue: {TONES[kind][i % len(TONES[kind])].hue}; --chroma: 1; }}"
        for kind, prefix in _PREFIXES.items()
        for i in range(len(load_ontology().names(kind)))
    ]
    return "\n".join(rules) + "\n"


@cache
def environment() -> Environment:
    """Return the templates: every value is escaped, and a name that is not defined is an error."""
    made = Environment(
        loader=PackageLoader("parley.pages", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {"exact": exact, "mark": polarity_mark, "score": score_text, "percent": percent}
    made.filters |= {"quoted": quoted, "shorten": shorten, "dots": dots}
    made.globals |= {"label_class": label_class, "ontology": load_ontology()}
    return made


def dots(per_article: Mapping[str, float], articles: Sequence[str]) -> list[tuple[int, str, float]]:
    """Return number, article and score of each article that has one, in the order of ``articles``."""
    return [(i, a, per_article[a]) for i, a in enumerate(articles) if a in per_article]


def page(template: str, sheet: str, script: str, rules: str = "", notice: Notice | None = None, **values: Any) -> str:
    """Return a page. ``sheet`` and ``script`` are names of files; ``rules`` is added to the style sheet."""
    styles, code = static("base.css") + static(sheet) + _colours() + rules, static(script)
    return (
        environment()
        .get_template(template)
        .render(
            policy=policy(styles, code),
            styles=Markup(styles),  # both are ours, without a character of the data
            script=Markup(code),
            notice=notice,
            **values,
        )
    )


def _digest(content: str) -> str:
    """Return the source expression by which a Content-Security-Policy allows exactly this inline content."""
    return "'sha256-" + base64.b64encode(hashlib.sha256(content.encode("utf-8")).digest()).decode("ascii") + "'"


def policy(styles: str, script: str) -> str:
    """Return the Content-Security-Policy of a page with this one style sheet and this one script, and nothing else."""
    return (
        f"default-src 'none'; style-src {_digest(styles)}; script-src {_digest(script)}; "
        "base-uri 'none'; form-action 'none'"
    )


def exact(text: str) -> Markup:
    """Return text escaped so that a browser gives it back to the character.

    HTML reads a bare CR as LF, so it is written as a reference; NUL does not exist in HTML and becomes U+FFFD.
    """
    return Markup(str(escape(text)).replace("\r", "&#13;").replace("\0", "\N{REPLACEMENT CHARACTER}"))
