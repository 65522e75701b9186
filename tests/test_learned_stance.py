"""The learned baselines of stance: what they take for signs, holders and evidence; valid and the same every time."""

from pathlib import Path
from types import ModuleType

import msgspec
import pytest
from baselines import learning, minilm, tfidf
from baselines.minilm.vectors import Vectors
from baselines.tfidf.candidates import Reader, attitudes, stem
from baselines.tfidf.transfer import transfer

from conftest import ROOT
from parley.baselines import empty
from parley.checks import check_predictions, load_corpus
from parley.cli.entrant import given_tasks
from parley.corpus import ZoneSpan
from parley.model import AUTHOR, Annotation, Argument, Entity, Event, Mention, Prediction, Span, Stance
from parley.task import Task

TEXT = "Sudovia accused Norland of mining the bay, and Ostmark hopes for talks."


def span(words: str) -> dict[str, int]:
    return {"start": TEXT.index(words), "end": TEXT.index(words) + len(words)}


def reader() -> Reader:
    """An article with three states and two events: "accused" with Agent and Patient, and "talks"."""
    states = ["Sudovia", "Norland", "Ostmark"]
    record = Annotation(
        id="a",
        mentions=[Mention(id=f"m-{name}", form="NAM", entity=name, **span(name)) for name in states],
        entities=[Entity(id=name, type="GPE", name=name) for name in states],
        events=[
            Event(
                id="accuse",
                type="Accuse",
                status="actual",
                via=None,
                arguments=[Argument(role="Agent", entity="Sudovia"), Argument(role="Patient", entity="Norland")],
                **span("accused"),
            ),
            Event(id="talks", type="Meet", status="wanted", via=None, arguments=[], **span("talks")),
        ],
        stances=[],
    )
    zones = [ZoneSpan(zone="body", start=0, end=len(TEXT))]
    return Reader(Task(id="a", text=TEXT, zones=zones, date="2026-01-01", pairs=[]), record)


def test_forms_of_a_word_have_one_stem() -> None:
    assert {stem(word) for word in ("accuse", "accuses", "accused", "accusing")} == {"accus"}
    assert attitudes()["hop"] == ("demand", "support")


def test_candidates() -> None:
    found = {(c.sign.stem, c.holder, c.target) for c in reader().candidates()}
    assert ("accus", "Sudovia", "Norland") in found  # Agent and Patient
    assert ("hop", "Ostmark", "talks") in found  # the subject, the last state before the word
    assert not [c for c in found if c[1] == c[2]]
    assert {target for _, holder, target in found if holder == AUTHOR} == {"Ostmark", "talks"}  # two words from "hopes"


def test_evidence_ends_with_the_clause() -> None:
    article = reader()
    assert [article.evidence(sign).text for sign in article.signs] == [
        "accused Norland of mining the bay",
        "hopes for talks",
    ]


def test_a_given_pair_takes_the_place_of_what_was_found() -> None:
    article = reader()
    given = [Span(**span("Norland")), Span(**span("the bay"))]
    assert article.party("entity", given) == "Norland"
    assert article.parties["Norland"].spans == ((16, 23), (34, 41))  # code points of "Norland" and "the bay"
    assert article.party("event", [Span(**span("mining"))]) not in ("accuse", "talks")  # no event was found there


def test_stances_in_terms_of_another_prediction() -> None:
    """The states have the same spans; "accused Norland" overlaps "accused"; nothing there is the talks."""
    source = reader().seen.record
    evidence = [Span(**span("accused"))]
    common = {"polarity": "oppose", "facet": "blame", "evidence": evidence, "explicit": True, "via": "accuse"}
    found = msgspec.convert(msgspec.to_builtins(source), Prediction)
    found.stances = [
        Stance(id="s1", holder="Sudovia", target="Norland", **common),
        Stance(id="s2", holder="Sudovia", target="talks", **common),
    ]
    mentions = [
        Mention(id=f"n{i}", form="NAM", entity=f"o{i}", **span(n)) for i, n in enumerate(("Sudovia", "Norland"))
    ]
    event = Event(id="x", type="Accuse", status="actual", via=None, arguments=[], **span("accused Norland"))
    (moved,) = transfer(found, Prediction(id="a", mentions=mentions, events=[event])).stances or []
    assert (moved.holder, moved.target, moved.via) == ("o0", "o1", "x")


@pytest.mark.parametrize("system", [tfidf, minilm])
def test_two_trainings_give_the_same_valid_predictions(system: ModuleType, tmp_path: Path) -> None:
    tasks, examples = given_tasks(ROOT / "data", "validation"), learning.examples("train", 3)
    models = [system.train(examples) for _ in range(2)]
    lines, again = ([system.apply(model, task) for task in tasks[:2]] for model in models)
    assert lines == again
    assert all(len(line.stance_pairs) == len(task.pairs) for line, task in zip(lines, tasks, strict=False))
    rest = [msgspec.structs.replace(empty(task), attempted=lines[0].attempted) for task in tasks[2:]]
    file = tmp_path / "predictions.jsonl"
    file.write_bytes(b"".join(msgspec.json.encode(line) + b"\n" for line in [*lines, *rest]))
    predictions, findings = check_predictions(file, load_corpus(ROOT / "data", raw=False), "validation")
    assert findings == []
    assert predictions[tasks[0].id].attempted_layers == ["stance", "stance classification"]


def test_vectors_know_what_is_alike() -> None:
    one, like, other = Vectors().transform(["blamed the army", "accused the soldiers", "a sunny day"]).toarray()
    assert one @ one == pytest.approx(1)
    assert one @ like > one @ other + 0.2
