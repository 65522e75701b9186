"""The canonical order of a record."""

import random
from pathlib import Path

import msgspec
import pytest

from conftest import ROOT, SMALL
from parley.canonical import canonical, natural
from parley.model import Argument, Document, Entity, Event, Mention, Span, Stance

RECORDS = sorted([*ROOT.glob("data/gold/*.json"), *ROOT.glob("data/raw/*/*.json"), *SMALL.glob("gold/*.json")])


@pytest.mark.parametrize("path", RECORDS, ids=lambda path: "/".join(path.parts[-3:]))
def test_every_stored_record_is_in_canonical_order_however_it_is_shuffled(path: Path) -> None:
    record = msgspec.json.decode(path.read_bytes(), type=Document)
    assert canonical(record) == record
    other, order = msgspec.json.decode(path.read_bytes(), type=Document), random.Random(1)
    for items in (other.mentions, other.events, other.stances, *(e.arguments for e in other.events)):
        order.shuffle(items)
    for items in (*(s.evidence for s in other.stances), *(e.members for e in other.entities if e.members)):
        order.shuffle(items)
    assert canonical(other) == record


def test_the_order() -> None:
    """Worked by hand: Agent stands before Patient in the ontology; m2 begins where m10 does, and is longer."""
    mentions = [Mention(id=i, start=s, end=e, entity=n) for i, s, e, n in (("m10", 4, 6, "e1"), ("m2", 4, 9, "e2"))]
    arguments = [
        Argument(role="Patient", entity="e2", mention="m2"),
        Argument(role="Agent", entity="e1", mention="m10"),
        Argument(role="Agent", entity="e2", mention="m2"),
    ]
    event = Event(id="v1", start=1, end=3, type="Clash", status="actual", via=None, arguments=arguments)
    stance = Stance(
        id="s1",
        holder="e1",
        target="e2",
        polarity="oppose",
        facet="act",
        evidence=[Span(start=7, end=8), Span(start=1, end=3)],
        explicit=True,
        via=None,
    )
    found = canonical(
        Document(
            id="a",
            canary="c",
            ontology="1.0.0",
            annotator="x",
            sha256="0" * 64,
            mentions=mentions,
            entities=[
                Entity(id="e3", type="GROUP", name="both", members=["e2", "e1"]),
                Entity(id="e1", type="GPE", name="A"),
                Entity(id="e2", type="GPE", name="B"),
            ],
            events=[event],
            stances=[stance],
        )
    )
    assert [m.id for m in found.mentions] == ["m2", "m10"]
    assert found.entities[0].members == ["e1", "e2"]
    assert [(a.role, a.mention) for a in found.events[0].arguments] == [
        ("Agent", "m2"),
        ("Agent", "m10"),
        ("Patient", "m2"),
    ]
    assert [span.start for span in found.stances[0].evidence] == [1, 7]


def test_numbers_in_ids_count() -> None:
    assert sorted(["s10", "s2", "r-x", "s"], key=natural) == ["r-x", "s", "s2", "s10"]
