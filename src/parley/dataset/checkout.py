"""What is generated outside the dataset folder: the datasheet, and parts of pages between their marks."""

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from parley.checks import Corpus
from parley.dataset.card import render_example
from parley.dataset.datasheet import PATH as DATASHEET
from parley.dataset.datasheet import render_datasheet
from parley.dataset.labels import label_tables
from parley.dataset.view import ArticleView
from parley.findings import Finding, FindingsError
from parley.labelstudio.config import PATH as LABEL_CONFIG
from parley.labelstudio.config import label_config
from parley.ontology import load_ontology

_MARKS = "(<!-- generated: {} -->\n).*?(<!-- end of generated part -->)"

# Page in the checkout -> name of its generated part -> what stands there.
_PARTS: dict[str, dict[str, Callable[[Sequence[ArticleView]], str]]] = {
    "README.md": {"example": render_example},
    "annotation/GUIDELINES.md": {"labels": lambda _: label_tables(load_ontology())},
}


def fill(text: str, parts: Mapping[str, str], file: str = "") -> str:
    """Return a page with what stands between the marks of each part replaced.

    Raises ``FindingsError`` if the page does not have the marks of a part.
    """
    for name, content in parts.items():
        found = re.compile(_MARKS.format(re.escape(name)), re.DOTALL)
        if not found.search(text):
            mend = f"put <!-- generated: {name} --> and <!-- end of generated part --> where it belongs"
            raise FindingsError([Finding(rule="not-as-built", message=f"the marks of the part '{name}' are missing", file=file, suggestion=mend)])  # fmt: skip
        head, before, after, tail = found.split(text, maxsplit=1)
        text = f"{head}{before}\n{content.strip()}\n\n{after}{tail}"
    return text


def build_pages(root: Path, corpus: Corpus, found: Sequence[ArticleView]) -> dict[str, bytes]:
    """Return the pages of the checkout at ``root``, whole or with their generated parts: path -> bytes."""
    pages = {
        path: fill((root / path).read_text("utf-8"), {name: part(found) for name, part in parts.items()}, path).encode(
            "utf-8"
        )
        for path, parts in _PARTS.items()
    }
    whole = {DATASHEET: render_datasheet(corpus, found), LABEL_CONFIG: label_config()}
    return pages | {path: text.encode("utf-8") for path, text in whole.items()}
