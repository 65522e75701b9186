"""Records as Label Studio results and back: nothing is lost, and what people change is what counts."""

import json
import random
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conftest import ROOT
from labelstudio_records import Invented, items
from labelstudio_server import add_tanker
from parley.checks import load_corpus
from parley.corpus import Article
from parley.files import to_json
from parley.findings import RULES
from parley.labelstudio.client import Task
from parley.labelstudio.from_results import Read, from_results
from parley.labelstudio.interface import PATH, label_config
from parley.labelstudio.pull import PullReport, Work, _Arrival
from parley.labelstudio.regions import Note
from parley.labelstudio.to_results import task_data, to_results
from parley.model import Document

DATA = ROOT / "data"
RECORDS = sorted(
    [*DATA.glob("gold/*.json"), *(p for p in DATA.glob("raw/*/*.json")), *(ROOT / "tests/small").glob("gold/*.json")]
)

Results = list[dict[str, Any]]


def read(path: Path) -> tuple[Document, Article, str]:
    folder = next(parent for parent in path.parents if (parent / "articles.jsonl").is_file())
    lines = (folder / "articles.jsonl").read_bytes().splitlines()
    articles = {a.id: a for a in (msgspec.json.decode(line, type=Article) for line in lines)}
    document = msgspec.json.decode(path.read_bytes(), type=Document)
    text = (folder / "articles" / f"{document.id}.txt").read_bytes().decode("utf-8")
    return document, articles[document.id], text


def back(results: Any, document: Document, article: Article, text: str) -> Read:
    return from_results(
        results, article, text, document.annotator, canary=document.canary, file="task 1, annotation 2 by anna"
    )


def shuffled(results: Results, seed: int) -> Results:
    through_json: Results = json.loads(json.dumps(results))
    random.Random(seed).shuffle(through_json)
    return through_json


def as_bytes(document: Document) -> bytes:
    return msgspec.json.encode(document)  # 800 and 800.0 differ here, though they are equal


@pytest.mark.parametrize("path", RECORDS, ids=lambda path: "/".join(path.parts[-3:]))
def test_every_record_of_the_corpus_comes_back_as_it_was(path: Path) -> None:
    document, article, text = read(path)
    reading = back(shuffled(to_results(document, article, text), 1), document, article, text)
    assert as_bytes(reading.document) == as_bytes(document)
    assert (reading.findings, reading.notes) == ([], [])


def test_invented_records_come_back_as_they_were(record_property: Any) -> None:
    out = there = 0
    for seed in range(500):
        own = Invented(seed)
        reading = back(
            shuffled(to_results(own.document, own.article, own.text), seed), own.document, own.article, own.text
        )
        assert as_bytes(reading.document) == as_bytes(own.document), f"seed {seed}"
        assert reading.findings == [], f"seed {seed}"
        out, there = out + items(own.document), there + items(reading.document)
    record_property("inputs tried", f"500 generated articles: {out:,} items in, {there:,} items out;")
    assert out == there > 10_000


def by_sight(results: Results) -> Results:
    return [result for result in results if result.get("from_name") != "entities"]


def facts(document: Document) -> dict[str, Any]:
    """What a record says but for the ids of entities: spans with their fields, clusters, who does what."""
    cluster = {e.id: frozenset(m.span for m in document.mentions if m.entity == e.id) for e in document.entities}
    place = {e.id: e.span for e in document.events} | {m.id: m.span for m in document.mentions if not m.entity}
    place |= {p.id: p.span for p in document.propositions}

    def thing(name: str | None) -> Any:
        return cluster.get(name or "", place.get(name or "", name))

    return {
        "mentions": {
            (m.span, m.form, m.role, m.type, m.value, m.mod, m.number, m.unit, m.qualifier, thing(m.entity))
            for m in document.mentions
        },
        "entities": {
            (cluster[e.id], e.type, e.name, e.registry, frozenset(map(thing, e.members or ())))
            for e in document.entities
            if cluster[e.id]
        },
        "propositions": {(p.span, frozenset(m.span for m in p.mentions)) for p in document.propositions},
        "events": {
            (e.span, e.type, e.status, e.harm, thing(e.via), thing(e.same_as), e.registry) for e in document.events
        },
        "arguments": {
            (e.span, a.role, thing(a.entity or a.event or a.mention or a.proposition))
            for e in document.events
            for a in e.arguments
        },
        "stances": {
            (
                thing(s.holder),
                thing(s.target),
                s.polarity,
                s.facet,
                s.explicit,
                thing(s.via),
                frozenset((x.start, x.end) for x in s.evidence),
            )
            for s in document.stances
        },
    }


@pytest.mark.parametrize("path", RECORDS, ids=lambda path: "/".join(path.parts[-3:]))
def test_what_people_see_says_nearly_all(path: Path) -> None:
    """Without the hidden field all facts come back, but for members that no mention shows, and their stances."""
    document, article, text = read(path)
    found = facts(back(by_sight(to_results(document, article, text)), document, article, text).document)
    meant = facts(document)
    mentioned = {m.entity for m in document.mentions}
    if any(not set(e.members or ()) <= mentioned for e in document.entities):
        found["entities"] = {entity[:4] for entity in found["entities"]}
        meant["entities"] = {entity[:4] for entity in meant["entities"]}
    meant["stances"] = {stance for stance in meant["stances"] if frozenset() not in stance[:2]}
    assert found == meant


# Changes that a person makes, on the small article.

SMALL_RECORD = next((ROOT / "tests/small/gold").glob("*.json"))


class Sheet:
    """The results that show a record, to be changed."""

    def __init__(self, record: Path = SMALL_RECORD) -> None:
        self.document, self.article, self.text = read(record)
        self.results = to_results(self.document, self.article, self.text)

    def label(self, name: str) -> dict[str, Any]:
        return next(r for r in self.results if r.get("id") == name and r["type"] == "labels")

    def delete(self, name: str) -> None:
        """As Label Studio does: the region with its fields and relations."""
        self.results = [r for r in self.results if name not in (r.get("id"), r.get("from_id"), r.get("to_id"))]

    def mark(self, name: str, control: str, label: str, start: int, end: int) -> None:
        value = {"start": start, "end": end, "text": self.text[start:end], "labels": [label]}
        self.results.append({"id": name, "from_name": control, "to_name": "text", "type": "labels", "value": value})

    def choose(self, name: str, control: str, choice: str) -> None:
        self.results = [r for r in self.results if (r.get("id"), r.get("from_name")) != (name, control)]
        self.results.append(
            {"id": name, "from_name": control, "to_name": "text", "type": "choices", "value": {"choices": [choice]}}
        )

    def relate(self, one: str, label: str, other: str) -> None:
        self.results.append(
            {"type": "relation", "from_id": one, "to_id": other, "direction": "right", "labels": [label]}
        )

    def read(self) -> Read:
        return back(self.results, self.document, self.article, self.text)

    def rules(self) -> set[str]:
        return {finding.rule for finding in self.read().findings}


@pytest.fixture
def sheet() -> Sheet:
    return Sheet()


def test_a_chosen_status_is_the_only_change(sheet: Sheet) -> None:
    first = sheet.document.events[0]
    sheet.choose(first.id, "status", "generic")
    first.status = "generic"
    assert sheet.read() == (sheet.document, [], [])


def test_a_new_mention_gets_an_id_that_a_record_can_have(sheet: Sheet) -> None:
    before = {m.id for m in sheet.document.mentions}
    at = sheet.document.events[0].start
    sheet.mark("8SkZ_uBL-w", "entity", "PER", at, at + 1)
    reading = sheet.read()
    new = next(m for m in reading.document.mentions if m.id not in before)
    assert (new.id, new.start, new.entity) == ("r-8SkZ_uBL-w", at, "e-r-8SkZ_uBL-w")
    assert reading.document.entities[:-1] == sheet.document.entities
    assert (reading.document.entities[-1].type, reading.findings) == ("PER", [])


def largest(document: Document) -> tuple[str, list[str]]:
    """The entity with the most mentions, and these in the order of the text."""
    of = {e.id: [m.id for m in document.mentions if m.entity == e.id] for e in document.entities}
    return max(of.items(), key=lambda own: len(own[1]))


def test_an_entity_outlives_its_first_mention(sheet: Sheet) -> None:
    entity, own = largest(sheet.document)
    assert len(own) > 2
    sheet.delete(own[0])
    reading = sheet.read()
    assert [m.id for m in reading.document.mentions if m.entity == entity] == own[1:]
    kept = next(e for e in reading.document.entities if e.id == entity)
    assert kept == next(e for e in sheet.document.entities if e.id == entity)
    assert "cluster-kept" in {f.rule for f in reading.findings if not f.is_error}


def test_a_mention_taken_out_of_its_entity_is_one_by_itself(sheet: Sheet) -> None:
    entity, own = largest(sheet.document)
    sheet.results = [r for r in sheet.results if (r.get("from_id"), r.get("to_id")) != (own[-1], own[0])]
    found = {m.id: m.entity for m in sheet.read().document.mentions}
    assert {found[m] for m in own[:-1]} == {entity}
    assert found[own[-1]] == f"e-{own[-1]}"


def test_any_mention_of_an_entity_names_it_as_an_argument_and_the_nearest_shows_it(sheet: Sheet) -> None:
    """A relation is moved to every other mention of the entity in turn: the record stays the same."""
    entity, own = largest(sheet.document)
    event, old = next((e.id, a.mention) for e in sheet.document.events for a in e.arguments if a.entity == entity)
    relation = next(r for r in sheet.results if (r.get("from_id"), r.get("to_id")) == (event, old))
    for mention in own:
        relation["to_id"] = mention
        assert sheet.read() == (sheet.document, [], [])


def test_a_member_without_mentions_goes_with_its_plural_entity(sheet: Sheet) -> None:
    plural = next(e for e in sheet.document.entities if e.members)
    mentioned = {m.entity for m in sheet.document.mentions}
    (hidden,) = set(plural.members or ()) - mentioned
    for mention in [m.id for m in sheet.document.mentions if m.entity == plural.id]:
        sheet.delete(mention)
    assert {plural.id, hidden}.isdisjoint(e.id for e in sheet.read().document.entities)


def test_remarks_come_back(sheet: Sheet) -> None:
    region = sheet.document.events[0].id
    notes = [Note(None, "second look needed"), Note(None, "“two”\nlines"), Note(region, "is it a Strike?")]
    sheet.results = to_results(sheet.document, sheet.article, sheet.text, notes)
    assert sheet.read() == (sheet.document, [], notes)


# Propositions, harm and clusters of several types, on the article of the tanker.

LATER = "proposition-153-165"  # the region of "the proposal"


@pytest.fixture
def tanker(small: Path) -> Sheet:
    add_tanker(small)
    return Sheet(small / "gold" / "tanker.json")


def test_propositions_harm_and_clusters_of_several_types_come_back(tanker: Sheet) -> None:
    """What ``tanker.lines`` says is in the results, and the record comes back from them."""
    regions = {r["id"]: (r["value"]["labels"], r["value"]["text"]) for r in tanker.results if r["type"] == "labels"}
    assert regions["p1"] == (["Proposition"], "share one harbour master")
    assert regions[LATER] == (["Proposition"], "the proposal")
    relations = {(r["from_id"], *r["labels"], r["to_id"]) for r in tanker.results if r["type"] == "relation"}
    nearest = {("v3", "Content", "p1"), ("v4", "Content", LATER), ("s1", "target", "p1"), ("s2", "target", LATER)}
    assert nearest | {(LATER, "same as", "p1")} == {relation for relation in relations if {LATER, "p1"} & {*relation}}
    assert {(one, regions[one][0][0]) for one, label, other in relations if (label, other) == ("same as", "v1")} == {
        ("v7", "Damage"),
        ("v11", "Strike"),
        ("v13", "Strike"),
    }
    (harm,) = [r for r in tanker.results if r.get("from_name") == "harm"]
    assert (harm["id"], harm["value"]["choices"]) == ("v8", ["killed"])
    assert tanker.read() == (tanker.document, [], [])


def test_any_mention_of_a_proposition_names_it(tanker: Sheet) -> None:
    for relation in tanker.results:
        if relation["type"] == "relation" and relation["to_id"] == "p1" and relation["labels"] != ["same as"]:
            relation["to_id"] = LATER
    assert tanker.read() == (tanker.document, [], [])


def test_mentions_of_a_proposition_in_a_chain_or_a_circle_are_one(tanker: Sheet) -> None:
    start = tanker.text.index("it had")
    tanker.mark("new", "span", "Proposition", start, start + 2)
    tanker.relate("new", "same as", LATER)
    (proposition,) = tanker.read().document.propositions
    assert (proposition.id, [span.text for span in proposition.mentions]) == ("p1", ["the proposal", "it"])
    tanker.relate("p1", "same as", "new")
    assert tanker.read().document.propositions == [proposition]
    assert tanker.rules() == set()


def test_a_proposition_that_nothing_leads_to_is_kept_with_a_warning(tanker: Sheet) -> None:
    tanker.mark("new", "span", "Proposition", 16, 22)
    tanker.relate("v1", "same as", "new")  # an event is no proposition
    reading = tanker.read()
    assert [p.id for p in reading.document.propositions] == ["new", "p1"]
    assert [(f.rule, f.severity) for f in reading.findings] == [("relation-end", "error"), ("unfinished", "warning")]


def test_harm_belongs_to_casualties(tanker: Sheet) -> None:
    tanker.choose("v8", "harm", "mixed")
    tanker.choose("v7", "harm", "killed")
    reading = tanker.read()
    assert {e.id: e.harm for e in reading.document.events if e.harm} == {"v8": "mixed"}
    assert [(f.rule, f.severity) for f in reading.findings] == [("region-field", "warning")]


# What breaks the form: one case for each rule, and the rest still arrives.

BROKEN: dict[str, list[Any]] = {
    "result-form": [
        lambda s: s.results.append("text"),
        lambda s: s.results.append({"id": "x", "from_name": "entity", "value": None}),
        lambda s: s.results.append({"id": 7, "from_name": "entity", "value": {}}),
    ],
    "result-control": [lambda s: s.results.append({"id": "x", "from_name": "mood", "value": {"choices": ["good"]}})],
    "region-span": [
        lambda s: s.label(s.document.mentions[0].id)["value"].update(end=10**6),
        lambda s: s.label(s.document.mentions[0].id)["value"].update(start="0"),
        lambda s: s.label(s.document.mentions[0].id)["value"].update(start=True),
        lambda s: s.label(s.document.mentions[0].id)["value"].update(start=-4),
    ],
    "region-text": [lambda s: s.label(s.document.mentions[0].id)["value"].update(text="not this")],
    "region-label": [
        lambda s: s.label(s.document.events[0].id)["value"].update(labels=[]),
        lambda s: s.label(s.document.events[0].id)["value"].update(labels=["Attack"]),
        lambda s: s.label(s.document.events[0].id)["value"].update(labels=["Clash", "Strike"]),
        lambda s: s.label(s.document.events[0].id)["value"].update(labels={"a": 1}),
        lambda s: s.mark(s.document.events[0].id, "entity", "PER", 0, 4),
    ],
    "region-field": [
        lambda s: s.choose(s.document.events[0].id, "status", "certain"),
        lambda s: s.choose(s.document.events[0].id, "polarity", "support"),
        lambda s: s.choose("gone", "status", "actual"),
        lambda s: s.results.append(s.results[1] | {"from_name": "number", "value": {"number": "many"}}),
    ],
    "zone-changed": [lambda s: s.mark("z", "zone", "not annotated: notice", 0, 3)],
    "relation-end": [
        lambda s: s.relate(s.document.events[0].id, "Agent", "deleted"),
        lambda s: s.relate(s.document.mentions[0].id, "Agent", s.document.events[0].id),
        lambda s: s.relate(None, "Agent", ["x"]),
    ],
    "relation-label": [
        lambda s: s.relate(s.document.events[0].id, "Actor", s.document.mentions[0].id),
        lambda s: s.relate(s.document.events[0].id, "", s.document.mentions[0].id),
    ],
    "relation-twice": [lambda s: [s.relate(s.document.stances[0].id, "target", e.id) for e in s.document.events[:2]]],
    "unfinished": [
        lambda s: s.mark("t", "trigger", "Clash", 0, 4),
        lambda s: s.mark("t", "span", "Stance", 0, 4),
        lambda s: s.mark("t", "span", "Proposition", 16, 23),
        lambda s: s.mark("t", "span", "Evidence", 0, 4),
    ],
    "cluster-type": [lambda s: s.label(largest(s.document)[1][1])["value"].update(labels=["WEA"])],
    "cluster-kept": [lambda s: s.delete(largest(s.document)[1][0])],
    "entity-table": [
        lambda s: s.results.append(table("{")),
        lambda s: s.results.append(table('{"parley":2}')),
        lambda s: s.results.append(table('[{"id":"e1"}]')),
    ],
}


def table(text: str) -> dict[str, Any]:
    return {"id": "c", "from_name": "entities", "to_name": "text", "type": "textarea", "value": {"text": [text]}}


@pytest.mark.parametrize(("rule", "case"), [(rule, i) for rule, cases in BROKEN.items() for i in range(len(cases))])
def test_a_breach_is_reported_and_the_rest_arrives(sheet: Sheet, rule: str, case: int) -> None:
    BROKEN[rule][case](sheet)
    reading = sheet.read()
    found = [finding for finding in reading.findings if finding.rule == rule]
    assert found
    assert all(f.file == "task 1, annotation 2 by anna" and f.path.startswith("$.result") for f in found)
    assert items(reading.document) > 0.7 * items(sheet.document)


def test_every_rule_has_its_breach() -> None:
    assert set(BROKEN) == {rule for rule, r in RULES.items() if r.section == "results of Label Studio"}


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["entity", "labels", "Agent", "v1", "m1"]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["start", "end", "labels", "text", "x"]), inner, max_size=4)
    ),
    max_leaves=8,
)


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_nothing_in_results_raises(data: st.DataObject) -> None:
    own = Sheet()
    for _ in range(data.draw(st.integers(1, 4))):
        result = data.draw(st.sampled_from(own.results))
        key = data.draw(
            st.sampled_from(["id", "from_name", "type", "value", "from_id", "to_id", "labels", "meta", "direction"])
        )
        if key == "value" and data.draw(st.booleans()) and isinstance(result.get("value"), dict):
            result["value"][data.draw(st.sampled_from(["start", "end", "text", "labels", "choices", "number"]))] = (
                data.draw(JSON)
            )
        else:
            result[key] = data.draw(JSON)
    own.read()
    back(data.draw(JSON), own.document, own.article, own.text)


def test_the_interface_is_the_one_of_the_ontology() -> None:
    assert (ROOT / PATH).read_text("utf-8") == label_config(), "run `parley build`"


def test_a_task_holds_the_text_as_it_is(sheet: Sheet) -> None:
    data = task_data(sheet.article, sheet.text)
    assert (data["text"], data["article"], data["sha256"]) == (sheet.text, sheet.article.id, sheet.article.sha256)
    assert data["date"].startswith(sheet.article.date.value)


def test_the_sdk_finds_nothing_wrong() -> None:
    found = pytest.importorskip(
        "label_studio_sdk.label_interface",
        reason="label_studio_sdk is not installed: the interface was NOT tried with it",
    )
    interface = found.LabelInterface(label_config())
    interface.validate()
    for path in RECORDS:
        document, article, text = read(path)
        prediction = {"result": to_results(document, article, text), "model_version": "gold", "score": 1.0}
        assert interface.validate_task({"data": task_data(article, text)})
        assert interface.validate_prediction(prediction, return_errors=True) in ([], True)


def test_the_first_user_of_another_server_is_another_person(small: Path) -> None:
    """Both are number 1 there, both begin with "admin", and the projects have one title."""
    corpus, report = load_corpus(small, raw=False), PullReport(project="p")
    task, annotation = Task(1, {"article": "harbour-talks"}, 0, 1), {"id": 1, "result": [], "updated_at": "2031"}
    ones, others = (
        _Arrival(corpus, task, Work(login, 1, [annotation]), small / "raw" / "admin", report)
        for login in ("admin@a", "admin@b.org")
    )
    original = ones.updated_original()
    assert original is not None
    ones.original.parent.mkdir(parents=True)
    ones.original.write_text(to_json(original), "utf-8")
    assert ones.updated_original() is not None and not report.findings
    assert others.updated_original() is None
    assert [finding.rule for finding in report.findings] == ["annotator-taken"]
