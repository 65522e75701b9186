"""Adjudication: facts without ids, disagreements, a log that loses nothing, gold that follows from passes and log."""

import json
import re
import shutil
from pathlib import Path
from typing import Any

import msgspec
import pytest
from typer.testing import CliRunner, Result

from conftest import ROOT, SMALL
from parley.adjudication.adjudicate import Adjudication
from parley.adjudication.align import align
from parley.adjudication.decisions import Decision, append, read_log
from parley.adjudication.facts import Fact, Facts, from_facts, to_facts
from parley.checks import load_corpus
from parley.cli.app import app
from parley.findings import FindingsError
from parley.ids import slug
from parley.model import Document
from parley.reading import AnnotatedArticle, annotated


def facts_of(article: AnnotatedArticle) -> Facts:
    return to_facts(article, align([article])[0])


@pytest.mark.parametrize(
    ("written", "kind", "where", "field"),
    [
        ("mention:120-128", "mention", ("120-128",), ""),
        ("entity:the-hague-2.type", "entity", ("the-hague-2",), "type"),
        ("event:55-60.first", "event", ("55-60",), "first"),
        ("argument:55-60:Agent:entity=thailand", "argument", ("55-60", "Agent", "entity", "thailand"), ""),
        ("argument:55-60:Content:span=61-70", "argument", ("55-60", "Content", "span", "61-70"), ""),
        ("stance:AUTHOR:event=5-6:demand.via", "stance", ("AUTHOR", "event", "5-6", "demand"), "via"),
    ],
)
def test_a_fact_is_read_as_it_is_written(written: str, kind: str, where: tuple[str, ...], field: str) -> None:
    fact = Fact.parse(written)
    assert (fact, str(fact)) == (Fact(kind, where, field), written)


@pytest.mark.parametrize(
    ("fact", "value"),
    [
        ("mention:36-40.entity", ["thailand"]),
        ("event:177-181", "wanted"),
        ("event:177-181.status", 5),
        ("stance:ada-brink:event=177-181:demand.evidence", "177-181"),
        ("stance:ada-brink:event=177-181:demand.evidence", ["here"]),
        ("stance:ada-brink:event=177-181:demand.evidence", []),
        ("stance:ada-brink:event=177-181:demand.explicit", "yes"),
    ],
)
def test_a_value_that_a_fact_cannot_have_is_refused(fact: str, value: Any, small: Path) -> None:
    row = {"article": "harbour-talks", "fact": fact, "decision": value, "rule": "M1"}
    file = write_lines(small / "d.jsonl", [*decisions(small), row])
    result = adjudicate(small, "--decisions", str(file), "--apply")
    assert result.exit_code == 1 and "d.jsonl:6" in result.stderr and "is no value of" in result.stderr
    assert not (small / "adjudication.jsonl").exists()


@pytest.mark.parametrize(
    "fact", ["stance:ada-brink:event=177-181:demand.evidence", "event:177-181.status", "entity:harrow.type"]
)
def test_a_field_that_an_item_needs_cannot_be_left_out(fact: str, small: Path) -> None:
    row = {"article": "harbour-talks", "fact": fact, "decision": None, "rule": "M1"}
    result = adjudicate(small, "--decisions", str(write_lines(small / "d.jsonl", [*decisions(small), row])), "--apply")
    assert result.exit_code == 1 and fact in result.stderr + result.stdout


@pytest.mark.parametrize("written", ["", "mention", "mention:a-b", "events:1-2", "argument:1-2:Agent", "event:1-2.x y"])
def test_what_is_no_fact_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match="is no fact"):
        Fact.parse(written)


@pytest.mark.parametrize("folder", [SMALL, ROOT / "data"], ids=["small", "real"])
def test_facts_hold_the_whole_record(folder: Path) -> None:
    corpus = load_corpus(folder)
    for identifier, document in corpus.gold.items():
        article, text = corpus.articles[identifier], corpus.texts[identifier]
        facts = facts_of(annotated(corpus, identifier))
        again = from_facts(facts, article, text, annotator=document.annotator, canary=document.canary)
        assert facts_of(annotated(corpus, identifier, again)) == facts
        counts = [len(getattr(document, layer)) for layer in ("mentions", "entities", "events", "stances")]
        assert [len(getattr(again, layer)) for layer in ("mentions", "entities", "events", "stances")] == counts


def test_passes_with_other_ids_have_the_same_facts() -> None:
    corpus = load_corpus(SMALL)
    document = corpus.gold["harbour-talks"]
    renamed = msgspec.json.decode(re.sub(rb'"e([0-9]+)"', rb'"x\1"', msgspec.json.encode(document)), type=Document)
    assert renamed.entities[0].id == "x1"
    records = [annotated(corpus, "harbour-talks", record) for record in (document, renamed)]
    one, other = (to_facts(read, names) for read, names in zip(records, align(records), strict=True))
    assert one == other


def test_slug() -> None:
    assert [slug("Ada Brink"), slug("Café №2"), slug("🕊")] == ["ada-brink", "cafe-no2", "x"]


def adjudication(folder: Path) -> Adjudication:
    return Adjudication(load_corpus(folder, gold=False))


# What the second pass of the small corpus has otherwise than the first, and nothing else (see tests/small/raw).
DISAGREEMENTS = {
    "argument:101-104:Place:entity=harrow": "missing",
    "event:177-181.status": "status",
    "mention:184-191.role": "role",
    "mention:304-308": "missing",
    "stance:ada-brink:event=177-181:demand": "missing",
}
AS_FIRST: dict[str, Any] = {"event:177-181.status": "wanted", "mention:184-191.role": "state"}


def decisions(folder: Path, **changed: Any) -> list[dict[str, Any]]:
    """Decisions that take the first pass's reading of everything."""
    return [
        {"article": "harbour-talks", "fact": fact, "decision": AS_FIRST.get(fact, True), "rule": "M1", **changed}
        for fact in DISAGREEMENTS
    ]


def write_lines(path: Path, rows: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return path


def test_every_disagreement_is_found_once(small: Path) -> None:
    found = {d.fact: d.kind for d in adjudication(small).undecided()}
    assert found == DISAGREEMENTS


def test_readings_are_shown_with_their_words(small: Path) -> None:
    table = adjudication(small)
    shown = table.describe(next(d for d in table.undecided() if d.kind == "status"))
    assert "event:177-181«hold».status" in shown
    assert "annotator-1: wanted" in shown and "annotator-2: possible" in shown
    assert "[3] “We want the truce to hold,”" in shown


def test_gold_follows_from_passes_and_log(small: Path) -> None:
    """Taking the first pass's reading everywhere gives the first pass, which is the small corpus's gold."""
    table = adjudication(small)
    assert table.read_decisions(write_lines(small / "d.jsonl", decisions(small))) == 5
    (path,) = table.apply()
    assert path.name == "harbour-talks.json"
    corpus = load_corpus(small)
    assert facts_of(annotated(corpus, "harbour-talks")) == facts_of(annotated(load_corpus(SMALL), "harbour-talks"))
    assert table.apply() == [] and table.differences() == []
    again = adjudication(small)
    assert again.undecided() == [] and again.differences() == []


def test_gold_is_of_the_newest_ontology_of_its_passes(small: Path) -> None:
    table = adjudication(small)
    table.read_decisions(write_lines(small / "d.jsonl", decisions(small)))
    assert table.gold()["harbour-talks"].ontology == "1.0.0"
    one, other = (own["harbour-talks"] for own in table.corpus.raw.values())
    one.ontology, other.ontology = "1.10.0", "1.9.0"
    assert table.gold()["harbour-talks"].ontology == "1.10.0"


def test_what_is_undecided_is_named_and_nothing_is_written(small: Path) -> None:
    table = adjudication(small)
    table.read_decisions(write_lines(small / "d.jsonl", decisions(small)[1:]))
    before = (small / "gold/harbour-talks.json").read_bytes()
    with pytest.raises(FindingsError, match=r"no decision on harbour-talks/argument:101-104:Place:entity=harrow"):
        table.apply()
    assert (small / "gold/harbour-talks.json").read_bytes() == before


def test_the_field_of_an_item_that_is_dropped_needs_no_decision(small: Path) -> None:
    table = adjudication(small)
    rows = [row for row in decisions(small) if row["fact"] != "event:177-181.status"]
    rows = [{**row, "decision": False} if row["fact"].startswith("stance") else row for row in rows]
    rows.append({"article": "harbour-talks", "fact": "event:177-181", "decision": False, "rule": "V1"})
    rows.append(
        {"article": "harbour-talks", "fact": "argument:213-217:Content:event=177-181", "decision": False, "rule": "A3"}
    )
    table.read_decisions(write_lines(small / "d.jsonl", rows))
    assert "hold" not in [e.text for e in table.gold()["harbour-talks"].events]


def test_a_cold_reading_changes_what_all_passes_share(small: Path) -> None:
    table = adjudication(small)
    cold = {"article": "harbour-talks", "fact": "event:36-40.status", "decision": "planned", "rule": "U1"}
    table.read_decisions(write_lines(small / "d.jsonl", [*decisions(small), cold]))
    (meet,) = [e for e in table.gold()["harbour-talks"].events if e.text == "meet"]
    assert meet.status == "planned"
    assert [d.kind for d in table.decisions][-1] == "cold-reading"
    assert table.decisions[-1].readings == {"annotator-1": "actual", "annotator-2": "actual"}


def test_a_decision_that_breaks_a_rule_is_refused(small: Path) -> None:
    table = adjudication(small)
    wrong = {"article": "harbour-talks", "fact": "event:177-181.via", "decision": "146-153", "rule": "W1"}
    table.read_decisions(write_lines(small / "d.jsonl", [*decisions(small), wrong]))
    with pytest.raises(FindingsError, match="via-not-speech"):
        table.apply()


def test_the_log_survives_a_crash(small: Path) -> None:
    """A line cut short by a crash is left out, and the next decision begins a line of its own."""
    log = small / "adjudication.jsonl"
    one = Decision(article="a", fact="mention:0-1", kind="missing", readings={}, decision=True, rule="M1")
    append(log, [one, one])
    log.write_bytes(log.read_bytes()[:-20])
    assert read_log(log) == [one]
    append(log, [one])
    assert read_log(log) == [one, one]


def test_a_spoilt_log_is_refused(small: Path) -> None:
    (small / "adjudication.jsonl").write_text('{"article": 7}\n', "utf-8")
    with pytest.raises(FindingsError, match=r"adjudication\.jsonl:1"):
        adjudication(small)


def test_it_resumes_where_it_stopped(small: Path) -> None:
    run = CliRunner()
    data = ["--data", str(small)]
    # the first disagreement as annotator-1, the second later, then stop
    stopped = run.invoke(app, ["adjudicate", *data], input="1\nA7\n\n\nq\n")
    assert stopped.exit_code == 0, stopped.output
    assert "4 disagreements undecided" in stopped.stderr
    listed = run.invoke(app, ["adjudicate", *data, "--list"])
    assert "Place" not in listed.stdout and "4 disagreements" in listed.stderr
    assert [d.rule for d in read_log(small / "adjudication.jsonl")] == ["A7"]


def test_the_gold_of_the_corpus_is_what_its_log_gives() -> None:
    result = CliRunner().invoke(app, ["adjudicate", "--check", "--data", str(ROOT / "data")])
    assert result.exit_code == 0, result.output


# following the record of an adjudicator -------------------------------------------------------------------------------


def read(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return found


def add_reader(folder: Path, record: dict[str, Any], name: str = "judge") -> None:
    """Add a record of one article as an adjudicator's: read, and no pass."""
    (folder / "raw" / name).mkdir()
    (folder / "raw" / name / f"{record['id']}.json").write_text(json.dumps(record), "utf-8")
    listed = read(folder / "raw" / "passes.json")
    own = {**listed["passes"][0], "annotator": name, "role": "reader"}
    (folder / "raw" / "passes.json").write_text(json.dumps({"passes": [*listed["passes"], own]}), "utf-8")


def adjudicate(folder: Path, *words: str) -> Result:
    result = CliRunner().invoke(app, ["adjudicate", *words, "--data", str(folder)])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def shared(folder: Path, name: str, article: str) -> tuple[Facts, Facts]:
    """Facts of a record and of the gold of an article, under the keys that the record gives."""
    corpus = load_corpus(folder)
    records = [annotated(corpus, article, document) for document in (corpus.raw[name][article], corpus.gold[article])]
    record, gold = (to_facts(read, names) for read, names in zip(records, align(records), strict=True))
    for facts in (record, gold):
        facts.update({fact: sorted(value) for fact, value in facts.items() if fact.field == "evidence"})
    return record, gold


def test_gold_becomes_as_the_adjudicators_record(small: Path) -> None:
    record = read(small / "raw/annotator-2/harbour-talks.json") | {"annotator": "judge"}
    mentions, events = record["mentions"], record["events"]
    mentions.remove(next(m for m in mentions if m["text"] == "reporters"))  # with its entity, and what it fills
    record["entities"] = [e for e in record["entities"] if e["name"] != "reporters"]
    told = next(e for e in events if e["text"] == "told")
    told["arguments"] = [a for a in told["arguments"] if a["role"] != "Addressee"]
    mentions.append({"id": "new", "start": 128, "end": 132, "text": "days", "form": "NOM", "entity": "group"})
    record["entities"].append({"id": "group", "type": "GROUP", "name": "days"})
    events.remove(next(e for e in events if e["text"] == "deadly"))
    next(e for e in events if e["text"] == "clashes")["status"] = "possible"
    next(e for e in record["entities"] if e["name"] == "Harrow")["name"] = "Harrow, the port"
    blame = next(s for s in record["stances"] if s["facet"] == "blame")
    blame |= {"polarity": "mixed", "explicit": False}
    blame["evidence"].insert(0, {"start": 252, "end": 258, "text": "firing"})  # before what comes earlier in the text
    add_reader(small, record)
    result = adjudicate(small, "--like", "judge", "--rule", "C11", "--note", "In the browser.", "--apply", "--check")
    assert result.exit_code == 0, result.output
    log = read_log(small / "adjudication.jsonl")
    assert f"{len(log)} decisions recorded" in result.stderr and {(d.rule, d.note) for d in log} == {
        ("C11", "In the browser.")
    }
    found = {d.fact: d.decision for d in log}
    assert found == {
        # what the passes do not share is as in the record, that is, as in the second pass
        "argument:101-104:Place:entity=harrow": False,
        "argument:213-217:Addressee:entity=reporters": False,
        "entity:days": True,
        "entity:days.name": "days",
        "entity:days.type": "GROUP",
        "entity:harrow.name": "Harrow, the port",
        "event:139-145": False,
        "event:146-153.status": "possible",
        "event:177-181.status": "possible",
        "mention:128-132": True,
        "mention:128-132.entity": "days",
        "mention:128-132.form": "NOM",
        "mention:184-191.role": "government",
        "mention:218-227": False,
        "mention:304-308": False,
        "stance:ada-brink:entity=sudovia:blame.evidence": ["233-248", "252-258"],
        "stance:ada-brink:entity=sudovia:blame.explicit": False,
        "stance:ada-brink:entity=sudovia:blame.polarity": "mixed",
        "stance:ada-brink:event=177-181:demand": False,
    } | {key: value for key, value in found.items() if key.startswith("argument:297-303")}
    one, other = shared(small, "judge", "harbour-talks")
    assert one == other
    assert adjudicate(small, "--check").exit_code == 0
    again = adjudicate(small, "--like", "judge", "--rule", "C11")
    assert (
        again.exit_code == 0
        and "0 decisions recorded" in again.stderr
        and read_log(small / "adjudication.jsonl") == log
    )


def test_earlier_decisions_stay_and_are_counted(small: Path) -> None:
    table = adjudication(small)
    table.read_decisions(write_lines(small / "d.jsonl", decisions(small)))
    before = read_log(small / "adjudication.jsonl")
    add_reader(small, read(small / "raw/annotator-2/harbour-talks.json") | {"annotator": "judge"})
    result = adjudicate(small, "--like", "judge", "--rule", "C11", "--apply")
    assert result.exit_code == 0 and "5 in place of an earlier decision, which stays in the log" in result.stderr, (
        result.output
    )
    log = read_log(small / "adjudication.jsonl")
    assert log[:5] == before and len(log) == 10
    one, other = shared(small, "judge", "harbour-talks")
    assert one == other


@pytest.mark.parametrize("name", ["annotator-1", "reader-1", "reader-2"])
def test_the_gold_of_the_corpus_could_become_as_any_record(name: str, tmp_path: Path) -> None:
    """Hundreds of facts, and 284 earlier decisions, many of which say otherwise."""
    folder = tmp_path / "data"
    folder.mkdir()
    for part in ("articles", "gold", "raw"):
        shutil.copytree(ROOT / "data" / part, folder / part)
    for file in ("articles.jsonl", "dataset.json", "registry.json", "adjudication.jsonl"):
        shutil.copy(ROOT / "data" / file, folder / file)
    before = (folder / "adjudication.jsonl").read_bytes()
    result = adjudicate(folder, "--like", name, "--rule", "C11", "--apply", "--check")
    assert result.exit_code == 0, result.output
    assert (folder / "adjudication.jsonl").read_bytes().startswith(before)
    for article in load_corpus(folder).articles:
        one, other = shared(folder, name, article)
        assert one == other


def test_following_needs_a_rule_and_a_record(small: Path) -> None:
    assert adjudicate(small, "--like", "judge").exit_code == 2
    assert adjudicate(small, "--like", "judge", "--rule", " ").exit_code == 2
    assert adjudicate(small, "--rule", "C11").exit_code == 2
    nobody = adjudicate(small, "--like", "judge", "--rule", "C11")
    assert nobody.exit_code == 1 and "annotator-1, annotator-2" in nobody.output
    orphan = read(small / "raw/annotator-2/harbour-talks.json") | {"annotator": "judge"}
    orphan["entities"].append({"id": "x", "type": "PER", "name": "Nobody at all"})
    add_reader(small, orphan)
    refused = adjudicate(small, "--like", "judge", "--rule", "C11")
    assert (
        refused.exit_code == 1 and "never mentioned" in refused.output and not (small / "adjudication.jsonl").exists()
    )


def test_articles_that_wait_for_their_passes_hold_up_nothing(small: Path) -> None:
    """A new article that one annotator has done; but a pass that decisions were made on must not go."""
    line = read(small / "articles.jsonl")
    (small / "articles.jsonl").write_text(json.dumps(line) + "\n" + json.dumps({**line, "id": "later"}) + "\n", "utf-8")
    shutil.copy(small / "articles/harbour-talks.txt", small / "articles/later.txt")
    record = read(small / "raw/annotator-1/harbour-talks.json") | {"id": "later"}
    (small / "raw/annotator-1/later.json").write_text(json.dumps(record), "utf-8")
    table = adjudication(small)
    table.read_decisions(write_lines(small / "d.jsonl", decisions(small)))
    assert [path.name for path in table.apply()] in ([], ["harbour-talks.json"])
    for name in ("annotator-1", "annotator-2"):
        (small / f"raw/{name}/later.json").write_text(json.dumps(record), "utf-8")
    (small / "raw/annotator-2/harbour-talks.json").unlink()
    with pytest.raises(FindingsError, match=r"raw/annotator-2/harbour-talks\.json"):
        adjudication(small).gold()


def test_bad_input(small: Path) -> None:
    run = CliRunner()
    (small / "d.jsonl").write_text(
        '{"article": "harbour-talks"}\n{"fact"\n'
        '{"article": "harbour-talks", "fact": "mention:a-b", "decision": true, "rule": "M1"}\n',
        "utf-8",
    )
    result = run.invoke(app, ["adjudicate", "--decisions", str(small / "d.jsonl"), "--data", str(small)])
    assert result.exit_code == 1 and all(f"d.jsonl:{line}" in result.stderr for line in (1, 2, 3))
    assert "'mention:a-b' is no fact" in result.stderr
    assert not (small / "adjudication.jsonl").exists()
    (small / "raw/annotator-2/harbour-talks.json").unlink()
    missing = run.invoke(app, ["adjudicate", "--list", "--data", str(small)])
    assert (missing.exit_code, "raw/annotator-2/harbour-talks.json" in missing.stderr) == (1, True)
