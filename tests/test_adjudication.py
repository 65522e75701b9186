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
from parley.adjudication.adjudicate import Adjudication, with_words
from parley.adjudication.align import align
from parley.adjudication.decisions import Decision, append, read_log
from parley.adjudication.facts import Fact, Facts, from_facts, to_facts
from parley.checks import load_corpus
from parley.cli.app import app
from parley.corpus import Corpus
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
        ("argument:5-6:Topic:proposition=7-9", "argument", ("5-6", "Topic", "proposition", "7-9"), ""),
        ("proposition:61-90.span", "proposition", ("61-90",), "span"),
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
        ("proposition:177-181.span", "here"),
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


@pytest.mark.parametrize(
    ("value", "shown"),
    [("36-40", "36-40«meet»"), (["36-40"], '["36-40«meet»"]'), ("2031-03-07", "2031-03-07"), ("2031-04", "2031-04")],
)
def test_a_place_is_shown_with_its_words_and_a_date_as_it_is(value: object, shown: str, small: Path) -> None:
    corpus = load_corpus(small)
    assert with_words(value, annotated(corpus, "harbour-talks")) == shown


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


def shared(corpus: Corpus, name: str, article: str) -> tuple[Facts, Facts]:
    """Facts of a record and of the gold of an article, under the keys that the record gives."""
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
        # (with the reporters goes the argument that they fill)
        # what the passes do not share is as in the record, that is, as in the second pass
        "argument:101-104:Place:entity=harrow": False,
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
    one, other = shared(load_corpus(small), "judge", "harbour-talks")
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
    one, other = shared(load_corpus(small), "judge", "harbour-talks")
    assert one == other


@pytest.mark.parametrize("name", [*load_corpus(ROOT / "data").passes])
def test_the_gold_of_the_corpus_could_become_as_any_record(name: str, tmp_path: Path) -> None:
    """Hundreds of facts, and all earlier decisions, many of which say otherwise."""
    folder = tmp_path / "data"
    folder.mkdir()
    for part in ("articles", "gold", "raw", "stories"):
        shutil.copytree(ROOT / "data" / part, folder / part)
    for file in ("articles.jsonl", "dataset.json", "registry.json", "adjudication.jsonl"):
        shutil.copy(ROOT / "data" / file, folder / file)
    before = (folder / "adjudication.jsonl").read_bytes()
    result = adjudicate(folder, "--like", name, "--rule", "C11", "--apply", "--check")
    assert result.exit_code == 0, result.output
    assert (folder / "adjudication.jsonl").read_bytes().startswith(before)
    corpus = load_corpus(folder)
    for article in corpus.raw[name]:
        one, other = shared(corpus, name, article)
        assert one == other


# propositions and clusters of several types ---------------------------------------------------------------------------

# Places in the small corpus: “We want [the truce to hold],” Norland’s minister Ada Brink [told] reporters.
WANTED, LONGER = (168, 181), (159, 181)  # "truce to hold" 3 tokens, "want the truce to hold" 5: 3/5 in common


def told_that(record: dict[str, Any], span: tuple[int, int]) -> dict[str, Any]:
    """Return the record with a proposition as Content of "told", and as the target of a stance."""
    text = (SMALL / "articles/harbour-talks.txt").read_text("utf-8")
    told = next(e for e in record["events"] if e["text"] == "told")
    told["arguments"].append({"role": "Content", "proposition": "p9"})
    brink = next(e["id"] for e in record["entities"] if e["name"] == "Ada Brink")
    evidence = [{"start": 159, "end": 163, "text": "want"}]
    stance = {"id": "new", "holder": brink, "target": "p9", "polarity": "support", "facet": "approval"}
    record["stances"].append({**stance, "evidence": evidence, "explicit": True, "via": told["id"]})
    stated = {"id": "p9", "start": span[0], "end": span[1], "text": text[slice(*span)]}
    return {**record, "propositions": [stated, *record["propositions"]]}


def with_propositions(folder: Path) -> list[Path]:
    """Give both passes a proposition whose spans differ by two words; return their files."""
    files = [folder / f"raw/annotator-{number}/harbour-talks.json" for number in (1, 2)]
    for file, span in zip(files, (WANTED, LONGER), strict=True):
        file.write_text(json.dumps(told_that(read(file), span)), "utf-8")
    return files


def test_propositions_that_differ_by_a_little_are_one_item(small: Path) -> None:
    with_propositions(small)
    found = {d.fact: d for d in adjudication(small).undecided()}
    assert found.keys() - DISAGREEMENTS.keys() == {"proposition:168-181.span"}
    assert found["proposition:168-181.span"].readings == {"annotator-1": "168-181", "annotator-2": "159-181"}


def test_gold_with_propositions_becomes_as_the_record(small: Path) -> None:
    _, second = with_propositions(small)
    add_reader(small, read(second) | {"annotator": "judge"})
    result = adjudicate(small, "--like", "judge", "--rule", "A9", "--apply", "--check")
    assert result.exit_code == 0, result.output
    (gold,) = load_corpus(small).gold.values()
    assert [stated.text for stated in gold.propositions] == ["want the truce to hold", "seeking revenge"]
    (told,) = [e for e in gold.events if e.text == "told"]
    assert [a.proposition for a in told.arguments if a.role == "Content" and a.proposition] == ["p1"]
    assert [s.target for s in gold.stances if s.facet == "approval"] == ["p1"]
    assert adjudication(small).undecided() == []


def test_what_goes_with_a_proposition_needs_no_decision_but_a_stance_does(small: Path) -> None:
    _, second = with_propositions(small)
    record = read(second) | {"annotator": "judge"}
    record["propositions"] = [stated for stated in record["propositions"] if stated["id"] != "p9"]
    for event in record["events"]:
        event["arguments"] = [a for a in event["arguments"] if a.get("proposition") != "p9"]
    record["stances"] = [s for s in record["stances"] if s["target"] != "p9"]
    add_reader(small, record)
    assert adjudicate(small, "--like", "judge", "--rule", "A9", "--apply", "--check").exit_code == 0
    log = {d.fact: d.decision for d in read_log(small / "adjudication.jsonl")}
    assert {fact: decision for fact, decision in log.items() if "168-181" in fact} == {
        "proposition:168-181": False,
        "stance:ada-brink:proposition=168-181:approval": False,
    }
    assert adjudication(small).undecided() == []


def test_mentions_of_one_cluster_keep_their_types(small: Path) -> None:
    """Rival accounts: the second trigger of a cluster gets a type of its own, and the gold keeps both."""
    record = read(small / "raw/annotator-1/harbour-talks.json") | {"annotator": "judge"}
    firing, *later = [e for e in record["events"] if e["text"] == "firing"]
    assert [e.get("same_as") for e in later] == [firing["id"]]
    later[0]["type"] = "Clash"
    add_reader(small, record)
    result = adjudicate(small, "--like", "judge", "--rule", "I7", "--apply", "--check")
    assert result.exit_code == 0, result.output
    (gold,) = load_corpus(small).gold.values()
    first, second = [e for e in gold.events if e.text == "firing"]
    assert (first.type, second.type, second.same_as) == ("Strike", "Clash", first.id)


# reasons --------------------------------------------------------------------------------------------------------------

# Facts that differ (DISAGREEMENTS): an argument in sentence 2; a status, a role and a stance in 3; a mention in 4.
REASONS: list[dict[str, Any]] = [
    {"article": "harbour-talks", "sentence": 2, "rule": "A1", "note": "Nearest."},
    {"fact": "mention", "rule": "M1"},
    {"fact": "mention:184-191«Norland».role", "rule": "M9"},
    {"sentence": 3, "rule": "S1"},
    {"sentence": 3, "fact": "event.status", "rule": "U2"},
    {"fact": "entity:nobody", "rule": "M7"},
]


def judged(folder: Path, reasons: list[dict[str, Any]], *words: str) -> Result:
    """Follow the first pass as the record of an adjudicator in a folder of its own, in line notation."""
    own = folder / "judged"
    own.mkdir(exist_ok=True)
    record = str(folder / "raw/annotator-1/harbour-talks.json")
    lines = CliRunner().invoke(app, ["annotate", "quote", record, "--lines", "--data", str(folder)])
    (own / "harbour-talks.lines").write_text(lines.stdout, "utf-8")
    file = write_lines(folder / "reasons.jsonl", reasons)
    return adjudicate(folder, "--like", str(own), "--reasons", str(file), *words)


def test_each_decision_has_the_rule_of_its_most_exact_reason(small: Path) -> None:
    result = judged(small, REASONS, "--apply", "--check")
    assert result.exit_code == 0, result.output
    log = {d.fact: (d.rule, d.note) for d in read_log(small / "adjudication.jsonl")}
    assert log == {
        "argument:101-104:Place:entity=harrow": ("A1", "Nearest."),
        "event:177-181.status": ("U2", ""),
        "mention:184-191.role": ("M9", ""),
        "mention:304-308": ("M1", ""),
        "stance:ada-brink:event=177-181:demand": ("S1", ""),
    }
    assert 'not used: {"rule":"M7","fact":"entity:nobody"}' in result.stderr


def test_a_decision_without_a_reason_is_refused_unless_a_rule_is_given_for_the_rest(small: Path) -> None:
    refused = judged(small, REASONS[1:], "--apply")
    assert refused.exit_code == 1 and not (small / "adjudication.jsonl").exists()
    assert "no reason covers argument:101-104«met»:Place:entity=harrow, in sentence 2" in refused.output
    assert "1 error" in refused.output, refused.output
    assert judged(small, REASONS[1:], "--rule", "no rule", "--apply", "--check").exit_code == 0
    assert [d.rule for d in read_log(small / "adjudication.jsonl")].count("no rule") == 1


def test_lines_that_are_no_reasons_are_named(small: Path) -> None:
    wrong = [{"rule": "A1"}, {"fact": "event"}, {"fact": "event", "rule": "A1", "sentence": "3"}]
    result = judged(small, [*wrong, REASONS[0]])
    assert result.exit_code == 1 and [n for n in range(1, 5) if f"reasons.jsonl:{n}" in result.output] == [1, 2, 3]


def test_a_challenge_is_held_against_the_gold(small: Path) -> None:
    """A fact that was decided against the first pass: the objection falls back to it, or the decision stands."""
    rows = decisions(small)
    decided = {**rows[4], "decision": False}
    for again, ended in ((False, "1 stand, 0 fall"), (True, "0 stand, 1 fall")):
        challenge = {**decided, "kind": "challenge", "decision": again, "note": "Objection: …"}
        (small / "adjudication.jsonl").unlink(missing_ok=True)
        file = write_lines(small / "d.jsonl", [*rows[:4], decided, challenge])
        result = adjudicate(small, "--decisions", str(file), "--outcome")
        assert f"challenge\t1 decision\t{ended}" in result.stdout


def test_the_outcome_is_printed(small: Path) -> None:
    """By hand: of five decisions three are as the second pass has it; one challenge stands, the other falls."""
    rows = decisions(small)
    rows[0]["decision"] = False  # Harrow is in annotator-1 only, and goes
    rows[3]["decision"] = False  # so does the mention
    rows[4]["decision"] = False  # and the stance
    challenge = {"article": "harbour-talks", "kind": "challenge", "rule": "U1"}
    rows.append({**challenge, "fact": "event:36-40.status", "decision": "planned"})
    rows.append({**challenge, "fact": "event:36-40.type", "decision": "Meet"})
    file = write_lines(small / "d.jsonl", rows)
    result = adjudicate(small, "--decisions", str(file), "--outcome")
    assert result.exit_code == 0, result.output
    assert result.stdout.splitlines() == [
        "missing\t3 decisions\t0 as annotator-1, 3 as annotator-2, 0 as no pass has it",
        "challenge\t2 decisions\t1 stand, 1 fall",
        "status\t1 decision\t1 as annotator-1, 0 as annotator-2, 0 as no pass has it",
        "role\t1 decision\t1 as annotator-1, 0 as annotator-2, 0 as no pass has it",
        "only annotator-1\t1 argument\t1 dropped (100%)",
        "only annotator-1\t1 mention\t1 dropped (100%)",
        "only annotator-1\t1 stance\t1 dropped (100%)",
    ]


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


def test_one_pass_that_a_reader_checked(small: Path) -> None:
    """A training article: what the reader changes is a cold reading, the rest is the pass; nothing is undecided."""
    shutil.rmtree(small / "raw/annotator-2")
    listed = read(small / "raw/passes.json")
    (small / "raw/passes.json").write_text(json.dumps({"passes": listed["passes"][:1]}), "utf-8")
    record = read(small / "raw/annotator-1/harbour-talks.json") | {"annotator": "judge"}
    record["events"][0]["status"] = "planned"
    add_reader(small, record)
    assert "no article has two passes" in adjudicate(small, "--apply").stderr
    result = adjudicate(small, "--like", "judge", "--rule", "U1", "--apply", "--check")
    assert result.exit_code == 0, result.output
    table = adjudication(small)
    assert [(d.kind, d.decision) for d in table.decisions] == [("cold-reading", "planned")]
    assert (table.undecided(), table.only_one()) == ([], [])
    (gold,) = load_corpus(small).gold.values()
    assert [e.status for e in gold.events] == [e["status"] for e in record["events"]]


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
    assert "no article has two passes" in missing.stderr
