"""PLOVER codes: worked by hand from PLOVER 2.0's event types and the rules in the module's docstrings."""

from types import SimpleNamespace
from typing import Any

import pytest

from parley.corpus import ZoneSpan
from parley.model import Annotation, Argument, Entity, Event
from parley.ontology import load_ontology
from parley.plover import PloverCode, plover_code
from parley.reading import AnnotatedArticle, ArticleText

TEXT = ArticleText(SimpleNamespace(zones=[ZoneSpan(zone="body", start=0, end=1)]), "x")
ENTITIES = [
    Entity(id="norland", type="GPE", name="Norland"),
    Entity(id="sudovia", type="GPE", name="Sudovia"),
    Entity(id="garrison", type="MIL", name="garrison"),
    Entity(id="mortars", type="WEA", name="mortars"),
    Entity(id="truce", type="AGR", name="truce"),
]


def event(
    identifier: str, kind: str, *arguments: tuple[str, str], status: str = "actual", same_as: str | None = None
) -> Event:
    """An event; a filler is the id of an entity, else of an event, or a span of text."""
    known = {entity.id for entity in ENTITIES}

    def filler(name: str) -> dict[str, Any]:
        if name in known:
            return {"entity": name, "mention": "m"}
        return {"event": name} if name.startswith("v") else {"start": 0, "end": 4, "text": "span"}

    return Event(
        id=identifier,
        type=kind,
        status=status,
        via=None,
        same_as=same_as,
        start=0,
        end=1,
        text="x",
        arguments=[Argument(role=role, **filler(name)) for role, name in arguments],
    )


def code(first: Event, *others: Event) -> PloverCode | None:
    annotation = Annotation(id="a", mentions=[], entities=ENTITIES, events=[first, *others], stances=[])
    return plover_code(first, AnnotatedArticle(annotation, TEXT))


def test_a_strike_with_a_weapon_is_an_assault_with_heavy_weapons() -> None:
    assert code(event("v1", "Strike", ("Agent", "norland"), ("Instrument", "mortars"))) == ("ASSAULT", "heavy-weapons")


def test_a_clash_without_a_weapon_has_no_mode() -> None:
    assert code(event("v1", "Clash", ("Participant", "norland"))) == ("ASSAULT", None)


@pytest.mark.parametrize("status", [name for name in load_ontology().names("statuses") if name != "actual"])
def test_what_did_not_happen_is_not_coded(status: str) -> None:
    assert code(event("v1", "Strike", ("Instrument", "mortars"), status=status)) is None


@pytest.mark.parametrize("kind", ["Casualty", "Displace", "State", "Violate"])
def test_what_plover_does_not_know_is_not_coded(kind: str) -> None:
    assert code(event("v1", kind, ("Agent", "norland"))) is None


def test_damage_and_collapse_are_acts_only_where_somebody_did_them() -> None:
    assert code(event("v1", "Damage", ("Patient", "garrison"))) is None
    assert code(event("v1", "Damage", ("Agent", "norland"))) == ("ASSAULT", "destroy")
    assert code(event("v1", "Collapse", ("Agreement", "truce"))) is None
    assert code(event("v1", "Collapse", ("Agent", "norland"), ("Agreement", "truce"))) == ("SANCTION", None)


@pytest.mark.parametrize("kind, plover_type", [("Demand", "REQUEST"), ("Reject", "REJECT")])
@pytest.mark.parametrize(
    "content, mode",
    [("Meet", "meet"), ("Halt", "yield"), ("Implement", "yield"), ("Aid", "assist"), ("Restrict", "change")],
)
def test_a_demand_or_refusal_has_the_mode_of_its_content(kind: str, plover_type: str, content: str, mode: str) -> None:
    asked = event("v2", content, status="wanted")  # the status of what is asked for does not matter
    assert code(event("v1", kind, ("Content", "v2")), asked) == (plover_type, mode)


def test_a_demand_takes_the_first_content_that_decides() -> None:
    contents = event("v2", "Clash"), event("v3", "Meet"), event("v4", "Aid")
    demand = event("v1", "Demand", ("Content", "v2"), ("Content", "v3"), ("Content", "v4"))
    assert code(demand, *contents) == ("REQUEST", "meet")


def test_a_demand_for_what_is_no_event_is_for_change_and_for_nothing_named_has_no_mode() -> None:
    assert code(event("v1", "Demand", ("Content", "a span"))) == ("REQUEST", "change")
    assert code(event("v1", "Reject", ("Agreement", "truce"))) == ("REJECT", "change")
    assert code(event("v1", "Reject", ("Agent", "norland"))) == ("REJECT", None)


def test_threats_of_force_of_broken_talks_and_of_other_restrictions() -> None:
    threat = event("v1", "Threaten", ("Agent", "norland"), ("Content", "v2"))
    assert code(threat, event("v2", "Strike", status="possible")) == ("THREATEN", "violence")
    talks = event("v3", "Meet", status="planned")
    assert code(threat, event("v2", "Restrict", ("Content", "v3"), status="possible"), talks) == (
        "THREATEN",
        "relations",
    )
    assert code(threat, event("v2", "Meet", status="negated")) == ("THREATEN", "relations")
    assert code(threat, event("v2", "Restrict", ("Patient", "sudovia"), status="possible")) == ("THREATEN", "restrict")
    assert code(event("v1", "Threaten", ("Agent", "norland"))) == ("THREATEN", None)


def test_talks_are_with_a_third_party_where_somebody_mediates_them() -> None:
    meeting = event("v1", "Meet", ("Participant", "norland"), ("Participant", "sudovia"))
    later = event("v2", "Meet", same_as="v1")
    assert code(meeting, event("v3", "Mediate", ("Content", "v2")), later) == ("CONSULT", "third-party")
    assert code(meeting, event("v3", "Mediate", ("Agreement", "truce"))) == ("CONSULT", None)
    assert code(event("v3", "Mediate", ("Agreement", "truce"))) == ("CONSULT", "third-party")


def test_the_rest_of_the_rules() -> None:
    fighting, talks = event("v2", "Clash"), event("v2", "Meet")
    assert code(event("v1", "Halt", ("Content", "v2")), fighting) == ("RETREAT", "ceasefire")
    assert code(event("v1", "Halt", ("Agent", "norland"))) == ("RETREAT", None)
    assert code(event("v1", "Implement", ("Agreement", "truce"))) == ("RETREAT", "ceasefire")
    assert code(event("v1", "Restrict", ("Content", "v2")), talks) == ("SANCTION", "discontinue")
    assert code(event("v1", "Restrict", ("Patient", "sudovia"))) == ("SANCTION", None)
    assert code(event("v1", "Accuse", ("Patient", "sudovia"), ("Content", "v2")), fighting) == ("ACCUSE", "allege")
    assert code(event("v1", "Accuse", ("Patient", "sudovia"))) == ("ACCUSE", "disapprove")
    assert code(event("v1", "Mobilize", ("Patient", "garrison"))) == ("MOBILIZE", "troops")
    assert code(event("v1", "Mobilize", ("Patient", "mortars"))) == ("MOBILIZE", "weapons")
    assert code(event("v1", "Aid", ("Patient", "garrison"))) == ("AID", "military")
    assert code(event("v1", "Agree", ("Participant", "norland"))) == ("AGREE", None)
    assert code(event("v1", "Commit", ("Agent", "norland"))) == ("AGREE", None)
    assert code(event("v1", "Endorse", ("Agent", "norland"))) == ("SUPPORT", None)


def test_every_type_is_coded_as_the_ontology_says() -> None:
    for kind in load_ontology().event_types:
        found = code(event("v1", kind.name, ("Agent", "norland")))
        if kind.name != "Collapse":
            assert (found.type if found else None) == kind.plover.type
        assert found is None or found.mode is None or found.mode in kind.plover.modes
