"""The published schemas are those of the records and the ontology, and say what every field means."""

import copy
import json
import random
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from conftest import ROOT, TESTS
from parley.checks import check_shape
from parley.checks.shape import _explaining, is_accepted
from parley.ontology import load_ontology
from parley.schemas import PUBLISHED, build_schema, render_schemas

ONTOLOGY = load_ontology()
SCHEMAS = {stem: build_schema(stem, ONTOLOGY) for stem in PUBLISHED}


def test_files_are_what_is_generated() -> None:
    files = {path.name: path.read_text("utf-8") for path in (ROOT / "schema").glob("*.schema.json")}
    assert files == render_schemas(), "run `parley build`"


@pytest.mark.parametrize("stem", SCHEMAS)
def test_schema_is_draft_2020_12(stem: str) -> None:
    assert SCHEMAS[stem]["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    Draft202012Validator.check_schema(SCHEMAS[stem])


def fields(schema: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, definition in {"": schema, **schema["$defs"]}.items():
        for field, content in definition.get("properties", {}).items():
            yield f"{name}.{field}", content


@pytest.mark.parametrize("stem", SCHEMAS)
def test_every_field_has_a_description(stem: str) -> None:
    bare = [name for name, content in fields(SCHEMAS[stem]) if not content.get("description")]
    assert bare == []
    assert SCHEMAS[stem]["title"] and SCHEMAS[stem]["description"]


@pytest.mark.parametrize(
    ("definition", "field", "kind"),
    [
        ("Entity", "type", "entity_types"),
        ("Event", "type", "event_types"),
        ("Event", "status", "statuses"),
        ("Argument", "role", "argument_roles"),
        ("Mention", "form", "forms"),
        ("Mention", "role", "gpe_roles"),
        ("Mention", "mod", "time_mods"),
        ("Stance", "polarity", "polarities"),
        ("Stance", "facet", "facets"),
    ],
)
def test_enumerations_are_the_ontology(definition: str, field: str, kind: str) -> None:
    for stem in ("document", "prediction"):
        assert SCHEMAS[stem]["$defs"][definition]["properties"][field]["enum"] == ONTOLOGY.names(kind)


def test_ontology_is_complete() -> None:
    """The counts of the design, and everything an annotator needs to know of a label."""
    assert [len(ONTOLOGY.names(k)) for k in ("entity_types", "value_types", "event_types", "statuses", "facets")] == [
        10,
        2,
        28,
        6,
        6,
    ]
    labels = [*ONTOLOGY.entity_types, *ONTOLOGY.value_types, *ONTOLOGY.event_types, *ONTOLOGY.argument_roles]
    labels += [*ONTOLOGY.forms, *ONTOLOGY.gpe_roles, *ONTOLOGY.statuses, *ONTOLOGY.polarities, *ONTOLOGY.facets]
    assert [label.name for label in labels if not (label.definition and label.examples)] == []
    assert [label.name for label in labels if not all("*" in e for e in label.examples)] == [
        label.name for label in (*ONTOLOGY.polarities, *ONTOLOGY.facets)
    ]
    names = [label.name for label in labels]
    assert len(names) == len(set(names))
    roles = set(ONTOLOGY.names("argument_roles"))
    assert all(set(t.roles) <= roles and {"Time", "Place", "Quantity"} <= set(t.roles) for t in ONTOLOGY.event_types)
    assert {role for t in ONTOLOGY.event_types for role in t.roles} == roles
    fillers = {*ONTOLOGY.names("mention_types"), "event", "proposition"}
    assert all(set(role.fillers) <= fillers for role in ONTOLOGY.argument_roles)


def test_plover_types_are_the_sixteen() -> None:
    """PLOVER 2.0's event types (Halterman et al. 2023, table 1)."""
    sixteen = "AGREE CONSULT SUPPORT CONCEDE COOPERATE AID RETREAT REQUEST ACCUSE REJECT THREATEN PROTEST SANCTION MOBILIZE COERCE ASSAULT"
    assert {t.plover.type for t in ONTOLOGY.event_types} - {None} <= set(sixteen.split())


@pytest.mark.parametrize(
    ("fields_", "ok"),
    [
        ({"entity": "e1", "mention": "m1"}, True),
        ({"entity": "e1"}, False),  # a document says which mention shows it
        ({"event": "v1"}, True),
        ({"mention": "t1"}, True),
        ({"proposition": "p1"}, True),
        ({"proposition": "p1", "mention": "m1"}, False),
        ({"start": 0, "end": 4, "text": "Talk"}, False),  # ontology 1.x had such spans
        ({"entity": "e1", "mention": "m1", "event": "v1"}, False),
        ({"event": "v1", "mention": "m1"}, False),
        ({}, False),
    ],
)
def test_an_argument_has_one_filler(fields_: dict[str, Any], ok: bool) -> None:
    small = json.loads((ROOT / "tests/small/gold/harbour-talks.json").read_text("utf-8"))
    small["events"][0]["arguments"] = [{"role": "Participant", **fields_}]
    assert (check_shape(small, "document") == []) is ok


def _records() -> Iterator[tuple[str, Any]]:
    """Every record of the project that a schema is for, with the stem of its schema."""
    data = ROOT / "data"
    for path in data.glob("gold/*.json"):
        yield "document", json.loads(path.read_text("utf-8"))
    for path in (*ROOT.glob("eval/submissions/*/predictions.jsonl"), *sorted((TESTS / "fuzz").glob("valid-*.jsonl"))):
        yield from (("prediction", json.loads(line)) for line in path.read_text("utf-8").splitlines())
    yield from (("article", json.loads(line)) for line in (data / "articles.jsonl").read_text("utf-8").splitlines())
    for stem, file in (("registry", "registry"), ("dataset", "dataset"), ("passes", "raw/passes")):
        yield stem, json.loads((data / f"{file}.json").read_text("utf-8"))
    for path in ROOT.glob("eval/submissions/*/*.json"):
        yield path.stem, json.loads(path.read_text("utf-8"))


def _places(node: Any) -> Iterator[tuple[Any, Any]]:
    """Yield every container in a JSON value with each of its keys."""
    if isinstance(node, (dict, list)):
        for key, inside in list(node.items() if isinstance(node, dict) else enumerate(node)):
            yield node, key
            yield from _places(inside)


def test_what_accepts_and_what_explains_agree() -> None:
    """On all real records, and on 600 with one value damaged, the two libraries say the same."""
    chance = random.Random(20261128)
    odd = [
        None,
        True,
        0,
        -1,
        3,
        3.0,
        2.5,
        1e300,
        10**17,
        "",
        "x",
        "e1\n",
        "\u0664",
        "Strike",
        "1.0.0",
        "AUTHOR",
        [],
        {},
    ]
    odd += ["2025-12-24\n", "Q\u0661", "e" * 65, "\U0001f54a\ufe0f", [None], {"id": "a"}, "a" * 64, "\ud800"]
    said = Counter[bool]()
    records = list(_records())
    for stem, record in records:
        assert is_accepted(record, stem) or stem == "report", stem  # a report has scores of 1.0: not surely accepted
        assert not list(_explaining(stem).iter_errors(record)), stem
    for _ in range(600):
        stem, record = chance.choice(records)
        damaged = copy.deepcopy(record)
        node, key = chance.choice(list(_places(damaged)))
        if isinstance(node, dict) and chance.random() < 0.3:
            node[chance.choice([*node, "other"])] = chance.choice(odd)
        else:
            node[key] = chance.choice(odd)
        accepted, explained = is_accepted(damaged, stem), next(_explaining(stem).iter_errors(damaged), None)
        said[accepted] += 1
        is_doubtful = r"\ud800" in str(damaged) or any(isinstance(n[k], float) for n, k in _places(damaged))
        assert accepted == (explained is None) or (is_doubtful and not accepted), (stem, node, explained)
    assert min(said.values()) > 30


def test_what_breaks_a_limit_or_a_pattern_is_told_in_words() -> None:
    bad = {"id": "1a", "mentions": [{"start": -1, "end": 0}], "entities": [], "events": [{"type": "Attack"}]}
    said = [str(f) for f in check_shape(bad, "prediction") if f.rule != "missing-field"]
    assert said == [
        "$.id  bad-value  '1a' is not a valid id; begin with a letter; "
        "up to 63 letters, digits, '.', '_' and '-' may follow",
        "$.mentions[0].start  bad-value  -1 is less than 0; write a whole number of 0 or more",
        "$.mentions[0].end  bad-value  0 is less than 1; write a whole number of 1 or more",
        "$.events[0].type  unknown-label  'Attack' is no event type; did you mean 'Strike'?",
    ]
    day = next(
        f for f in check_shape({"date": {"value": "7 March", "basis": "stated"}}, "article") if f.rule == "bad-value"
    )
    assert str(day) == "$.date.value  bad-value  '7 March' is not a date; write it as YYYY-MM-DD, e.g. 2031-03-07"


@pytest.mark.parametrize(
    ("stem", "change", "said"),
    [
        ("prediction", {"events": None}, "$.events  wrong-type  null is no value of 'events'; leave the field out"),
        ("prediction", {"id": None}, "$.id  wrong-type  'null' is null, not a string; write a string"),
        ("article", {"notes": None}, "$.notes  wrong-type  null is no value of 'notes'; leave the field out"),
        (
            "article",
            {"split": None},
            "$.split  unknown-label  'null' is not a value of split; use one of train, validation, test",
        ),
    ],
)
def test_null_in_a_field_that_can_be_left_out(stem: str, change: dict[str, Any], said: str) -> None:
    record = next(record for of, record in _records() if of == stem)
    assert [str(f) for f in check_shape(record | change, stem)] == [said]
