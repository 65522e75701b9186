"""Adjudication: facts without ids, disagreements, a log that loses nothing, gold that follows from passes and log."""

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from typer.testing import CliRunner

from conftest import ROOT, SMALL
from parley.adjudication.align import align, slug
from parley.adjudication.desk import Desk
from parley.adjudication.facts import from_facts, to_facts
from parley.adjudication.log import append, read_log
from parley.adjudication.merge import Decision
from parley.checks import load_corpus
from parley.cli.app import app
from parley.findings import FindingsError
from parley.model import Document


def facts_of(document: Document) -> dict[str, object]:
    return to_facts(document, align([document])[0])


@pytest.mark.parametrize("folder", [SMALL, ROOT / "data"], ids=["small", "real"])
def test_facts_hold_the_whole_record(folder: Path) -> None:
    corpus = load_corpus(folder)
    for identifier, document in corpus.gold.items():
        article, text = corpus.articles[identifier], corpus.texts[identifier]
        facts = facts_of(document)
        again = from_facts(facts, article, text, annotator=document.annotator, canary=document.canary)
        assert facts_of(again) == facts
        counts = [len(getattr(document, layer)) for layer in ("mentions", "entities", "events", "stances")]
        assert [len(getattr(again, layer)) for layer in ("mentions", "entities", "events", "stances")] == counts


def test_passes_with_other_ids_have_the_same_facts() -> None:
    document = load_corpus(SMALL).gold["harbour-talks"]
    renamed = msgspec.json.decode(msgspec.json.encode(document).replace(b'"e', b'"x').replace(b'"xntit', b'"entit').replace(b'"xvent', b'"event').replace(b'"xnd"', b'"end"').replace(b'"xxplicit', b'"explicit').replace(b'"xvidence', b'"evidence'), type=Document)  # fmt: skip
    assert renamed.entities[0].id == "x1"
    one, other = align([document, renamed])
    assert to_facts(document, one) == to_facts(renamed, other)


def test_slug() -> None:
    assert [slug("Ada Brink"), slug("Café №2"), slug("🕊")] == ["ada-brink", "cafe-no2", "x"]


def desk(folder: Path) -> Desk:
    return Desk(load_corpus(folder, gold=False))


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
    found = {d.fact: d.kind for d in desk(small).undecided()}
    assert found == DISAGREEMENTS


def test_readings_are_shown_with_their_words(small: Path) -> None:
    table = desk(small)
    shown = table.shown(next(d for d in table.undecided() if d.kind == "status"))
    assert "event:177-181«hold».status" in shown
    assert "annotator-1: wanted" in shown and "annotator-2: possible" in shown
    assert "[3] “We want the truce to hold,”" in shown


def test_gold_follows_from_passes_and_log(small: Path) -> None:
    """Taking the first pass's reading everywhere gives the first pass, which is the small corpus's gold."""
    table = desk(small)
    assert table.take(write_lines(small / "d.jsonl", decisions(small))) == 5
    (path,) = table.apply()
    assert path.name == "harbour-talks.json"
    corpus = load_corpus(small)
    assert facts_of(corpus.gold["harbour-talks"]) == facts_of(load_corpus(SMALL).gold["harbour-talks"])
    assert table.apply() == [] and table.differences() == []
    again = desk(small)
    assert again.undecided() == [] and again.differences() == []


def test_what_is_undecided_is_named_and_nothing_is_written(small: Path) -> None:
    table = desk(small)
    table.take(write_lines(small / "d.jsonl", decisions(small)[1:]))
    before = (small / "gold/harbour-talks.json").read_bytes()
    with pytest.raises(FindingsError, match=r"no decision on harbour-talks/argument:101-104:Place:entity=harrow"):
        table.apply()
    assert (small / "gold/harbour-talks.json").read_bytes() == before


def test_the_field_of_an_item_that_is_dropped_needs_no_decision(small: Path) -> None:
    table = desk(small)
    rows = [row for row in decisions(small) if row["fact"] != "event:177-181.status"]
    rows = [{**row, "decision": False} if row["fact"].startswith("stance") else row for row in rows]
    rows.append({"article": "harbour-talks", "fact": "event:177-181", "decision": False, "rule": "V1"})
    rows.append(
        {"article": "harbour-talks", "fact": "argument:213-217:Content:event=177-181", "decision": False, "rule": "A3"}
    )
    table.take(write_lines(small / "d.jsonl", rows))
    assert "hold" not in [e.text for e in table.gold()["harbour-talks"].events]


def test_a_cold_reading_changes_what_all_passes_share(small: Path) -> None:
    table = desk(small)
    cold = {"article": "harbour-talks", "fact": "event:36-40.status", "decision": "planned", "rule": "U1"}
    table.take(write_lines(small / "d.jsonl", [*decisions(small), cold]))
    (meet,) = [e for e in table.gold()["harbour-talks"].events if e.text == "meet"]
    assert meet.status == "planned"
    assert [d.kind for d in table.decisions][-1] == "cold-reading"
    assert table.decisions[-1].readings == {"annotator-1": "actual", "annotator-2": "actual"}


def test_a_decision_that_breaks_a_rule_is_refused(small: Path) -> None:
    table = desk(small)
    wrong = {"article": "harbour-talks", "fact": "event:177-181.via", "decision": "146-153", "rule": "W1"}
    table.take(write_lines(small / "d.jsonl", [*decisions(small), wrong]))
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
        desk(small)


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


def test_bad_input(small: Path) -> None:
    run = CliRunner()
    (small / "d.jsonl").write_text('{"article": "harbour-talks"}\n{"fact"\n', "utf-8")
    result = run.invoke(app, ["adjudicate", "--decisions", str(small / "d.jsonl"), "--data", str(small)])
    assert (result.exit_code, "d.jsonl:1" in result.stderr, "d.jsonl:2" in result.stderr) == (1, True, True)
    assert not (small / "adjudication.jsonl").exists()
    (small / "raw/annotator-2/harbour-talks.json").unlink()
    missing = run.invoke(app, ["adjudicate", "--list", "--data", str(small)])
    assert (missing.exit_code, "raw/annotator-2/harbour-talks.json" in missing.stderr) == (1, True)
