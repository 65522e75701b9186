"""The templates of the pages in Markdown that are built, and what their tables need."""

from collections.abc import Iterable
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from parley.agreement import Measure


def _cell(value: Any) -> str:
    """A value as the cell of a Markdown table."""
    return " ".join(str(value).split()).replace("\\", "\\\\").replace("|", "\\|")


def _code(value: str) -> str:
    return f"`{value}`"


def _row(cells: Iterable[Any]) -> str:
    return "| " + " | ".join(_cell(cell) for cell in cells) + " |"


def _figure(measure: Measure | None) -> str:
    return "" if measure is None else "–" if measure.value is None else f"{measure.value:.3f}"


def _type_name(kind: Any) -> str:
    """The type of a column in a word or two, as the card's tables name it."""
    if isinstance(kind, dict):
        return "{" + ", ".join(kind) + "}"
    inner = getattr(kind, "feature", None)
    if inner is not None:
        return f"list of {_type_name(inner)}"
    return f"label ({kind.num_classes})" if hasattr(kind, "num_classes") else str(kind.dtype)


def environment() -> Environment:
    """Return the environment of the templates of Markdown pages: card, example, datasheet."""
    made = Environment(
        loader=PackageLoader("parley.dataset", "templates"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # Markdown, not HTML; the texts are checked and shown as they are
    )
    made.filters |= {"row": _row, "cell": _cell, "type_name": _type_name, "figure": _figure, "code": _code}
    return made
