"""Two invented articles of one story: rows of event_clusters, and what is contested across them, by hand."""

import hashlib
import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from conftest import SMALL
from parley.api import load
from parley.checks import Corpus, load_corpus
from parley.corpus import Article
from parley.dataset.build import build
from parley.dataset.clusters import event_clusters
from parley.files import to_json
from parley.quotes import QuoteDocument, resolve
from parley.reading import annotated, annotated_articles

CANARY = json.loads((SMALL / "registry.json").read_text("utf-8"))["canary"]
ENTRIES = [
    {"id": "firing", "kind": "event", "type": "Strike", "name": "Firing at the border"},
    {"id": "norland", "kind": "entity", "type": "GPE", "name": "Norland"},
    {"id": "norland-army", "kind": "entity", "type": "MIL", "name": "Army of Norland", "side": "norland"},
    {"id": "sudovia", "kind": "entity", "type": "GPE", "name": "Sudovia"},
    {"id": "talks", "kind": "event", "type": "Meet", "name": "Talks on the border"},
]
ONE = """Norland said it will hold talks with Sudovia on Friday.
Norland and Sudovia accused each other of firing on Tuesday.
Sudovia demanded that the press be let in.
"""
TWO = """Sudovia has not confirmed the talks.
An army statement said Sudovia fired on Monday.
"""


def mention(sentence: int, quote: str, form: str = "NAM", role: str | None = "government") -> dict[str, Any]:
    return {"sentence": sentence, "quote": quote, "form": form} | ({"role": role} if role else {})


def event(
    name: str, sentence: int, quote: str, kind: str, via: str | None, *fillers: str, **more: Any
) -> dict[str, Any]:
    """An event; fillers are written "Agent entity e1"."""
    arguments = [{"role": role, key: filler} for role, key, filler in map(str.split, fillers)]
    said = {"id": name, "sentence": sentence, "quote": quote, "type": kind, "status": "actual", "via": via}
    return said | {"arguments": arguments} | more


GOLD: dict[str, dict[str, Any]] = {
    "one": {
        "entities": [
            {"id": "e1", "type": "GPE", "name": "Norland", "registry": "norland"}
            | {"mentions": [mention(1, "Norland"), mention(1, "it", "PRO"), mention(2, "Norland")]},
            {"id": "e2", "type": "GPE", "name": "Sudovia", "registry": "sudovia"}
            | {"mentions": [mention(1, "Sudovia"), mention(2, "Sudovia"), mention(3, "Sudovia")]},
            {"id": "e3", "type": "GPE", "name": "Norland and Sudovia", "members": ["e1", "e2"]}
            | {"mentions": [mention(2, "each other", "PRO")]},
        ],
        "values": [
            {"id": "t1", "sentence": 1, "quote": "Friday", "type": "TIME", "value": "2031-03-07"},
            {"id": "t2", "sentence": 2, "quote": "Tuesday", "type": "TIME", "value": "2031-03-04"},
        ],
        "events": [
            event("v1", 1, "said", "State", None, "Agent entity e1", "Content event v2"),
            event("v2", 1, "talks", "Meet", "v1", "Participant entity e1", "Participant entity e2", "Time value t1")
            | {"status": "planned", "registry": "talks"},
            event("v3", 2, "accused", "Accuse", None, "Agent entity e1", "Agent entity e2", "Content event v4"),
            event("v4", 2, "firing", "Strike", "v3", "Agent entity e3", "Time value t2", registry="firing"),
            event("v5", 3, "demanded", "Demand", None, "Agent entity e2", "Content proposition p1"),
        ],
        "propositions": [{"id": "p1", "sentence": 3, "quote": "the press be let in"}],
        "stances": [
            {"id": "s1", "holder": "e2", "target": "p1", "polarity": "support", "facet": "demand", "explicit": True}
            | {"via": "v5", "evidence": [{"sentence": 3, "quote": "demanded that the press be let in"}]}
        ],
    },
    "two": {
        "entities": [
            {"id": "e1", "type": "GPE", "name": "Sudovia", "registry": "sudovia"}
            | {"mentions": [mention(1, "Sudovia"), mention(2, "Sudovia")]},
            {"id": "e2", "type": "MIL", "name": "army", "registry": "norland-army"}
            | {"mentions": [mention(2, "army", "NOM", None)]},
        ],
        "values": [{"id": "t1", "sentence": 2, "quote": "Monday", "type": "TIME", "value": "2031-03-03"}],
        "events": [
            event("v1", 1, "confirmed", "State", None, "Agent entity e1", "Content event v2", status="negated"),
            event("v2", 1, "talks", "Meet", "v1", "Participant entity e1", status="planned", registry="talks"),
            event("v3", 2, "said", "State", None, "Agent entity e2", "Content event v4"),
            event("v4", 2, "fired", "Strike", "v3", "Agent entity e1", "Time value t1", registry="firing"),
        ],
        "stances": [],
    },
}


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    """The two articles as a dataset folder, built."""
    folder: Path = tmp_path_factory.mktemp("two") / "data"
    (folder / "articles").mkdir(parents=True)
    (folder / "gold").mkdir()
    (folder / "dataset.json").write_bytes((SMALL / "dataset.json").read_bytes())
    (folder / "registry.json").write_text(json.dumps({"canary": CANARY, "entries": ENTRIES}), "utf-8")
    template = json.loads((SMALL / "articles.jsonl").read_text("utf-8").splitlines()[0])
    lines = []
    for name, text in (("one", ONE), ("two", TWO)):
        zones = [{"zone": "body", "start": 0, "end": len(text)}]
        own = template | {
            "id": name,
            "title": None,
            "zones": zones,
            "sha256": hashlib.sha256(text.encode()).hexdigest(),
        }
        lines.append(json.dumps(own))
        (folder / f"articles/{name}.txt").write_text(text, "utf-8")
        quoted, article = msgspec.convert({"id": name, **GOLD[name]}, QuoteDocument), msgspec.convert(own, Article)
        document, findings = resolve(quoted, article, text, annotator="by hand", canary=CANARY)
        assert document is not None, findings
        (folder / f"gold/{name}.json").write_text(to_json(document), "utf-8")
    (folder / "articles.jsonl").write_text("\n".join(lines) + "\n", "utf-8")
    found = load_corpus(folder)
    build(found)
    return found


@pytest.fixture(scope="module")
def rows(corpus: Corpus) -> dict[str, dict[str, Any]]:
    return {row["id"]: row for row in event_clusters(annotated_articles(corpus))}


def test_those_of_one_article_come_first_then_the_joined(rows: dict[str, dict[str, Any]]) -> None:
    assert list(rows) == ["one:v1", "one:v3", "one:v5", "two:v1", "two:v3", "talks", "firing"]


def test_a_plan_that_the_other_side_has_not_confirmed(rows: dict[str, dict[str, Any]]) -> None:
    talks = rows["talks"]
    assert (talks["name"], talks["articles"], talks["type"]) == ("Talks on the border", ["one", "two"], ["Meet"])
    assert [(m["id"], m["number"], m["trigger"], m["status"], m["via"], m["speakers"]) for m in talks["mentions"]] == [
        ("one:v2", 1, "talks", "planned", "v1", ["Norland"]),
        ("two:v2", 1, "talks", "planned", "v1", ["Sudovia"]),
    ]
    claims = [(c["number"], c["article"], c["sides"], c["status"], c["participant_sides"]) for c in talks["claims"]]
    assert claims == [
        (1, "one", ["norland"], "planned", ["norland", "sudovia"]),
        (2, "two", ["sudovia"], "unconfirmed", ["sudovia"]),
    ]
    assert (talks["contested"], talks["contradictions"]) == (True, [{"what": "status", "one": 1, "other": 2}])
    assert talks["times"] == [{"value": "2031-03-07", "mod": None}]


def test_arguments_are_merged_over_articles_and_grouped_by_side(rows: dict[str, dict[str, Any]]) -> None:
    talks = rows["talks"]
    assert [(a["role"], a["name"], a["sides"], a["ids"]) for a in talks["arguments"]] == [
        ("Participant", "Norland", ["norland"], ["one:e1"]),
        ("Participant", "Sudovia", ["sudovia"], ["one:e2", "two:e1"]),
    ]
    assert talks["participants"] == [
        {"side": "norland", "names": ["Norland"]},
        {"side": "sudovia", "names": ["Sudovia"]},
    ]
    # "each other" is its two members
    assert [(a["role"], a["registry"], a["ids"]) for a in rows["firing"]["arguments"]] == [
        ("Agent", "norland", ["one:e1"]),
        ("Agent", "sudovia", ["one:e2", "two:e1"]),
    ]
    (content,) = [a for a in rows["one:v5"]["arguments"] if a["role"] == "Content"]
    assert (content["kind"], content["name"], content["ids"]) == ("proposition", "the press be let in", ["one:p1"])


def test_a_mutual_accusation_and_a_time_that_differs(rows: dict[str, dict[str, Any]]) -> None:
    firing = rows["firing"]
    assert [(c["sides"], c["agent_sides"], c["times"]) for c in firing["claims"]] == [
        (["norland"], ["sudovia"], ["2031-03-04"]),
        (["sudovia"], ["norland"], ["2031-03-04"]),
        (["norland"], ["sudovia"], ["2031-03-03"]),  # its army's, in the other article: no contradiction to its own
    ]
    assert [(c["what"], c["one"], c["other"]) for c in firing["contradictions"]] == [
        ("agent", 1, 2),
        ("time", 2, 3),
        ("agent", 2, 3),
    ]


def test_contested_is_known_across_the_articles_of_a_split(corpus: Corpus) -> None:
    found = {
        (view.record.id, head): view.is_contested(head)
        for view in annotated_articles(corpus)
        for head in view.event_clusters
    }
    assert [key for key, contested in found.items() if contested] == [
        ("one", "v2"), ("one", "v4"), ("two", "v2"), ("two", "v4"),
    ]  # fmt: skip
    alone = annotated(corpus, "two")
    assert not any(map(alone.is_contested, alone.event_clusters))
    contested = {row["id"]: row["contested"] for row in load("events", folder=corpus.folder)}
    assert contested == {f"{article}:{event}": value for (article, event), value in found.items()}


def test_the_table_holds_the_rows(corpus: Corpus, rows: dict[str, dict[str, Any]]) -> None:
    loaded = load("event_clusters", folder=corpus.folder)
    types = loaded.features["type"].feature
    assert [(row["id"], types.int2str(row["type"])) for row in loaded] == [(n, r["type"]) for n, r in rows.items()]
    assert [len(row["contradictions"]) for row in loaded] == [0, 0, 0, 0, 0, 1, 3]


def test_a_proposition_as_target(corpus: Corpus) -> None:
    """Of those who speak, only Sudovia's speech contains it."""
    (row,) = load("stance", folder=corpus.folder)
    assert (row["id"], row["target_kind"], row["target_name"]) == ("one:e2:p1", "proposition", "the press be let in")
    assert (row["target_type"], row["target_registry"], row["target_sides"]) == (None, None, [])
    assert [span["text"] for span in row["target_mentions"]] == ["the press be let in"]
    (first, _) = load("documents", folder=corpus.folder)
    assert [p["text"] for p in first["propositions"]] == ["the press be let in"]


def test_a_toll_is_given_with_its_claim(corpus: Corpus) -> None:
    """The small corpus: “She accused Sudovia of firing at least nine rockets.”"""
    small = event_clusters(annotated_articles(load_corpus(SMALL)))
    (row,) = [row for row in small if row["numbers"]]
    (number,) = row["numbers"]
    assert (row["id"], number["claim"], number["number"], number["qualifier"]) == ("harbour-talks:v9", 1, 9, "at_least")
    assert (number["speakers"], number["sides"], number["status"]) == (["Ada Brink"], ["norland"], "actual")
    assert [row["harm"] for row in small if row["harm"]] == [["unsaid"]]
