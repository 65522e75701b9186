"""What follows from an annotation: the pairs of holder and target, by hand."""

from typing import Any

import msgspec

from parley.derive import pair_polarities, stance_rows
from parley.model import Annotation

# Norland (n) with its army (a) and minister (m), Sudovia (s), both together; an agency (p) that reports.
SIDE = {"norland": "norland", "army": "norland", "minister": "norland", "sudovia": "sudovia"}
ENTITIES: list[dict[str, Any]] = [
    {"id": "n", "type": "GPE", "name": "Norland", "registry": "norland"},
    {"id": "a", "type": "MIL", "name": "army", "registry": "army"},
    {"id": "m", "type": "PER", "name": "minister", "registry": "minister"},
    {"id": "s", "type": "GPE", "name": "Sudovia", "registry": "sudovia"},
    {"id": "both", "type": "GPE", "name": "both", "members": ["n", "s"]},
    {"id": "p", "type": "ORG", "name": "agency"},
    {"id": "t", "type": "AGR", "name": "truce"},
]


def speech(identifier: str, type: str, agent: str, **content: str) -> dict[str, Any]:
    arguments = [{"role": "Agent", "entity": agent}, *([{"role": "Content", **content}] if content else [])]
    said = {"id": identifier, "type": type, "status": "actual", "via": None, "arguments": arguments}
    return said | {"start": 0, "end": 1}


def pairs(
    events: list[dict[str, Any]], *stances: tuple[str, str], propositions: tuple[str, ...] = ()
) -> dict[str, list[str]]:
    """The targets that each holder is paired with; every stance is one of support."""
    taken = [
        {"id": f"st{i}", "holder": holder, "target": target, "polarity": "support", "facet": "approval"}
        | {"explicit": True, "via": None, "evidence": [{"start": 0, "end": 1}]}
        for i, (holder, target) in enumerate(stances)
    ]
    said = [{"id": name, "start": 0, "end": 1} for name in propositions]
    record = {"id": "x", "entities": ENTITIES, "events": events, "stances": taken, "propositions": said}
    annotation = msgspec.convert(record, Annotation)
    rows = stance_rows(annotation, SIDE.__getitem__)
    assert list(pair_polarities(annotation, SIDE.__getitem__)) == [f"x:{row.holder}:{row.target}" for row in rows]
    assert {(row.holder, row.target) for row in rows if row.stances} == set(stances)
    found: dict[str, list[str]] = {}
    for row in rows:
        found.setdefault(row.holder, []).append(row.target)
    return found


def test_who_only_says_or_reports_is_no_holder() -> None:
    events = [speech("v1", "Demand", "n"), speech("v2", "State", "p"), speech("v3", "State", "s")]
    assert pairs(events, ("m", "t")) == {"AUTHOR": ["t"], "n": ["t"], "m": ["t"]}
    assert pairs(events, ("s", "t")) == {"AUTHOR": ["t"], "n": ["t"], "s": ["t"]}  # but who takes a stance


def test_a_plural_entity_is_no_holder_beside_a_member() -> None:
    events = [speech("v1", "Accuse", "both"), speech("v2", "Reject", "s")]
    assert pairs(events, ("m", "t")) == {"AUTHOR": ["t"], "m": ["t"], "s": ["t"]}
    assert pairs(events[:1], ("m", "t")) == {"AUTHOR": ["t"], "m": ["t"], "both": ["t"]}
    taken = pairs(events, ("both", "t"))
    assert taken == {"AUTHOR": ["t"], "s": ["t"], "both": ["t"]}


def test_nobody_is_paired_with_the_own_side() -> None:
    events = [speech(f"v{who}", "Accuse", who) for who in ("n", "a", "s")]
    # Targets: Sudovia, Norland, both, the truce. Norland and its army are one side, and part of both.
    stances = ("m", "s"), ("s", "n"), ("m", "both"), ("m", "t")
    assert pairs(events, *stances) == {
        "AUTHOR": ["s", "n", "both", "t"],
        "n": ["s", "t"],
        "a": ["s", "t"],
        "m": ["s", "both", "t"],  # toward both it takes a stance
        "s": ["n", "t"],
    }


def test_a_proposition_is_paired_with_those_whose_speech_contains_it() -> None:
    # Norland's minister says that Sudovia demands monitors; the army rejects "the proposal"; Norland accuses.
    within = speech("v2", "Demand", "s", proposition="p1") | {"via": "v1"}
    rejected = speech("v3", "Reject", "a", proposition="p1")
    events = [speech("v1", "Commit", "m", event="v2"), within, rejected, speech("v4", "Accuse", "n")]
    assert pairs(events, ("s", "p1"), propositions=("p1", "p2")) == {"a": ["p1"], "m": ["p1"], "s": ["p1"]}


def test_without_a_stance_there_is_no_pair() -> None:
    assert pairs([speech("v1", "Accuse", "n")]) == {}
