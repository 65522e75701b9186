"""What follows from an annotation: when an event cluster is contested, by hand."""

from types import SimpleNamespace
from typing import Any

import msgspec
import pytest

from parley.model import Annotation
from parley.reading import AnnotatedArticle, ArticleText

ENTITIES = [{"id": name, "type": "GPE", "name": name} for name in ("norland", "sudovia")]
ENTITIES.append({"id": "both", "type": "GPE", "name": "both", "members": ["norland", "sudovia"]})  # type: ignore[dict-item]


def contested(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Whether a strike that Norland presents as ``one`` and Sudovia as ``other`` is contested."""

    def event(name: str, type_: str, start: int, **fields: Any) -> dict[str, Any]:
        fields = {"status": "actual", "via": None, "arguments": [], **fields}
        return {"id": name, "type": type_, "start": start, "end": start + 1, **fields}

    says = [
        event(f"s{i}", "State", i, arguments=[{"role": "Agent", "entity": who}])
        for i, who in enumerate(["norland", "sudovia"])
    ]
    strikes = [
        event("v1", "Strike", 10, **{"via": "s0", **one}),
        event("v2", "Strike", 20, **{"via": "s1", "same_as": "v1", **other}),
    ]
    record = {"id": "a", "mentions": [], "entities": ENTITIES, "events": [*says, *strikes], "stances": []}
    article = ArticleText(SimpleNamespace(zones=[]), text="")
    return AnnotatedArticle(msgspec.convert(record, Annotation), article).is_contested("v1")


def by(*names: str, role: str = "Agent") -> list[dict[str, str]]:
    return [{"role": role, "entity": name} for name in names]


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ({}, {}, False),
        ({}, {"status": "negated"}, True),
        ({"status": "planned"}, {"status": "possible"}, True),
        ({}, {"status": "wanted"}, False),  # wanting it denies nothing
        ({}, {"status": "negated", "via": "s0"}, False),  # one speaker
        ({}, {"status": "negated", "via": None}, True),  # a speaker against the article itself
        ({"arguments": by("norland")}, {"arguments": by("sudovia")}, True),
        ({"arguments": by("norland")}, {}, False),  # what is left out is not denied
        ({"arguments": by("both")}, {"arguments": by("norland", "sudovia")}, False),  # the same two
        ({"arguments": by("norland", role="Patient")}, {"arguments": by("sudovia", role="Patient")}, True),
    ],
)
def test_contested(one: dict[str, Any], other: dict[str, Any], expected: bool) -> None:
    assert contested(one, other) is expected
