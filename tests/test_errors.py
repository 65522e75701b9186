"""The classes of errors: each gold and each predicted item in exactly one; the command that shows them."""

import json
import random
from collections import Counter
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import EXAMPLE, SMALL, run
from parley.cli.tables import listing
from parley.mistakes import KINDS, Case, Item, errors
from parley.model import Argument, Document, Entity, Event, Mention, Prediction, Proposition, Span, Stance
from parley.ontology import load_ontology
from parley.pages.report import confusions
from parley.scoring import score
from parley.segment import Sentence
from scoring_help import Writer, small_corpus, small_prediction

TEXT = "Norland and Sudovia met in Harrow. Norland shelled the old port. Ada Brink blamed Sudovia for it."
WRITER = Writer(TEXT)


def classify(gold: Prediction, predicted: Prediction) -> list[Case]:
    pair = WRITER.pair(gold, predicted)
    document = pair.gold.record
    assert isinstance(document, Document)
    return errors(document, predicted, WRITER.article, TEXT)


def classes(cases: list[Case], layer: str) -> list[tuple[str, str, str]]:
    """Kind, words of the gold side, words of the predicted side."""
    return [
        (c.kind, c.gold.text if c.gold else "", c.predicted.text if c.predicted else "")
        for c in cases
        if c.layer == layer
    ]


def test_mentions() -> None:
    gold = WRITER.prediction({"n": ["Norland"], "h": ["Harrow"], "p": ["old port"], "a": ["Ada Brink"]})
    predicted = WRITER.prediction(
        {"n": ["Norland"], "h": ["Harrow"], "p": ["the old port"], "s": ["Sudovia"]}, types={"h": "LOC"}
    )
    assert classes(classify(gold, predicted), "entities") == [
        ("right", "Norland", "Norland"),
        ("spurious", "", "Sudovia"),
        ("mistyped", "Harrow", "Harrow"),
        ("wrong span", "old port", "the old port"),
        ("missed", "Ada Brink", ""),
    ]


def test_overlapping_spans_are_matched_so_that_they_overlap_most() -> None:
    # "old port" overlaps "the old" by 2·3/(8+7) = .40 and "port" by 2·4/(8+4) = .67; "the old port. Ada" overlaps
    # "the old" by 2·7/(17+7) = .58 and "port" by 2·4/(17+4) = .38. Best in sum: .67 + .58 against .40 + .38.
    gold = WRITER.prediction({"a": ["old port"], "b": ["the old port. Ada"]})
    predicted = WRITER.prediction({"a": ["the old"], "b": [("port", 1)]})
    assert sorted(classes(classify(gold, predicted), "entities")) == [
        ("wrong span", "old port", "port"),
        ("wrong span", "the old port. Ada", "the old"),
    ]


def test_triggers_status_and_voice() -> None:
    blame = WRITER.event("b", "Accuse", "blamed")
    gold = WRITER.prediction(
        {}, [WRITER.event("m", "Meet", "met"), WRITER.event("s", "Strike", "shelled"), blame, WRITER.event("x", "Clash", "it")]
    )  # fmt: skip
    predicted = WRITER.prediction(
        {},
        [
            WRITER.event("m", "Meet", "met", status="planned", via="b"),  # both wrong: the status comes first
            WRITER.event("s", "Strike", "shelled", via="b"),
            blame,
            WRITER.event("x", "Casualty", "it"),
        ],
    )
    cases = classify(gold, predicted)
    assert classes(cases, "events") == [
        ("wrong status", "met", "met"),
        ("wrong via", "shelled", "shelled"),
        ("right", "blamed", "blamed"),
        ("mistyped", "it", "it"),
    ]
    assert [c.differences for c in cases if c.layer == "events"] == [["status", "via"], ["via"], [], ["type"]]


def test_harm() -> None:
    def told(**harms: str | None) -> Prediction:
        return WRITER.prediction({}, [WRITER.event(word, "Casualty", word, harm=harm) for word, harm in harms.items()])

    cases = classify(told(met="killed", shelled="killed"), told(met="injured", shelled="killed"))
    assert classes(cases, "events") == [("wrong harm", "met", "met"), ("right", "shelled", "shelled")]
    assert [case.differences for case in cases] == [["harm"], []]


def test_propositions() -> None:
    gold = WRITER.prediction({}, propositions=[WRITER.proposition("a", "met in Harrow"), WRITER.proposition("b", "the old port"), WRITER.proposition("c", "Ada Brink blamed")])  # fmt: skip
    predicted = WRITER.prediction({}, propositions=[WRITER.proposition("x", "met in Harrow"), WRITER.proposition("y", "old port"), WRITER.proposition("z", "blamed Sudovia for")])  # fmt: skip
    # "old port" has 2 words of 3 in common with "the old port"; "blamed" is 1 of 5.
    assert classes(classify(gold, predicted), "propositions") == [
        ("right", "met in Harrow", "met in Harrow"),
        ("wrong span", "the old port", "old port"),
        ("missed", "Ada Brink blamed", ""),
        ("spurious", "", "blamed Sudovia for"),
    ]


def test_arguments() -> None:
    entities = {"n": ["Norland", ("Norland", 2)], "s": ["Sudovia"], "p": ["old port"], "h": ["Harrow"]}

    def event(words: str, type_: str, *arguments: tuple[str, str]) -> Event:
        filled = [Argument(role=role, entity=entity) for role, entity in arguments]
        return WRITER.event(words, type_, words, *filled)

    gold = WRITER.prediction(
        entities, [event("met", "Meet", ("Participant", "n"), ("Participant", "s"), ("Place", "h")), event("shelled", "Strike", ("Agent", "n"), ("Patient", "p"))]
    )  # fmt: skip
    predicted = WRITER.prediction(
        entities, [event("met", "Agree", ("Participant", "n"), ("Time", "s")), event("shelled", "Strike", ("Agent", "s"), ("Place", "p"))]
    )  # fmt: skip
    found = Counter(kind for kind, _, _ in classes(classify(gold, predicted), "arguments"))
    # met: Participant Norland is right but for its event's type; Sudovia (another role there) and Harrow are missed,
    # Time Sudovia is spurious. shelled: Agent Norland → Sudovia; the port as Patient → Place.
    assert found == {"wrong trigger": 1, "missed": 2, "spurious": 1, "wrong filler": 1, "wrong role": 1}


def test_stances() -> None:
    entities = {"n": ["Norland"], "s": ["Sudovia"], "a": ["Ada Brink"], "both": ["it"]}
    members = {"both": ["n", "s"]}
    gold = WRITER.prediction(
        entities, [], [WRITER.stance("a", "both", "oppose", "blamed"), WRITER.stance("n", "s", "oppose", "shelled")], members
    )  # fmt: skip
    predicted = WRITER.prediction(
        entities,
        [],
        [
            WRITER.stance("a", "n", "oppose", "blamed"),  # of both is one of each
            WRITER.stance("a", "s", "oppose", "blamed", facet="demand"),
            WRITER.stance("n", "s", "support", "shelled"),
            WRITER.stance("s", "n", "oppose", "met"),
        ],
        members,
    )
    found = Counter(kind for kind, _, _ in classes(classify(gold, predicted), "stance"))
    assert found == {"right": 1, "wrong facet": 1, "wrong polarity": 1, "spurious": 1}


def test_the_gold_against_itself_is_right() -> None:
    corpus = small_corpus()
    article = "harbour-talks"
    cases = errors(corpus.gold[article], small_prediction(), corpus.articles[article], corpus.texts[article])
    assert {case.layer for case in cases} == set(KINDS)
    assert {case.kind for case in cases} == {"right"}


def test_a_layer_not_attempted_has_no_cases() -> None:
    gold = WRITER.prediction({"n": ["Norland"]})
    assert {c.layer for c in classify(gold, Prediction(id="a", events=[]))} == set()
    assert {c.layer for c in classify(gold, Prediction(id="a", mentions=[], entities=[]))} == {"entities"}


ontology = load_ontology()
places = st.tuples(st.integers(0, 30), st.integers(1, 8)).map(lambda p: (p[0], p[0] + p[1]))


@st.composite
def annotations(draw: st.DrawFn) -> Prediction:
    """Any annotation, in bounds of the text, with links that hold; sets as the checks demand, no more than that."""
    ids = [f"e{i}" for i in range(draw(st.integers(1, 4)))]
    types = ontology.names("entity_types")[:3]
    entities = [Entity(id=i, type=draw(st.sampled_from(types)), name=i) for i in ids]
    spans = draw(st.lists(places, max_size=8, unique=True))
    mentions = [Mention(id=f"m{n}", start=s, end=e, form="NAM", entity=draw(st.sampled_from(ids))) for n, (s, e) in enumerate(spans)]  # fmt: skip
    triggers = draw(st.lists(st.tuples(places, st.sampled_from(["Clash", "State", "Meet"])), max_size=5, unique=True))
    events = []
    for n, ((start, end), type_) in enumerate(triggers):
        fillers = st.tuples(st.sampled_from(["Agent", "Place"]), st.sampled_from(ids))
        filled = draw(st.lists(fillers, max_size=4, unique=True))
        events.append(
            Event(
                id=f"v{n}",
                type=type_,
                start=start,
                end=end,
                status=draw(st.sampled_from(["actual", "planned"])),
                via=draw(st.sampled_from([None, *(f"v{i}" for i in range(n))])),
                arguments=[Argument(role=role, entity=entity) for role, entity in filled],
            )
        )
    pairs = st.tuples(st.sampled_from(ids), st.sampled_from(ids), st.sampled_from(["blame", "trust"]))
    stances = [
        Stance(
            id=f"s{n}",
            holder=holder,
            target=target,
            polarity=draw(st.sampled_from(["support", "oppose"])),
            facet=facet,
            evidence=[Span(start=start, end=end) for start, end in [draw(places)]],
            explicit=True,
            via=None,
        )
        for n, (holder, target, facet) in enumerate(draw(st.lists(pairs, max_size=4, unique=True)))
    ]
    stated = draw(st.lists(places, max_size=4, unique=True))
    propositions = [Proposition(id=f"p{n}", start=start, end=end) for n, (start, end) in enumerate(stated)]
    return Prediction(
        id="a", mentions=mentions, entities=entities, events=events, propositions=propositions, stances=stances
    )


def sides(annotation: Prediction) -> dict[str, list[str]]:
    """The ids of all items of an annotation without plural entities, by layer."""
    return {
        "entities": sorted(m.id for m in annotation.mentions or ()),
        "events": sorted(e.id for e in annotation.events or ()),
        "arguments": sorted(f"{e.id}.{n}" for e in annotation.events or () for n in range(len(e.arguments))),
        "propositions": sorted(p.id for p in annotation.propositions),
        "stance": sorted(s.id for s in annotation.stances or ()),
    }


@settings(max_examples=150, deadline=None)
@given(annotations(), annotations(), st.randoms(use_true_random=False))
def test_every_item_is_in_exactly_one_class(gold: Prediction, predicted: Prediction, chance: random.Random) -> None:
    cases = classify(gold, predicted)
    for layer in KINDS:
        of_layer = [case for case in cases if case.layer == layer]
        assert sorted(c.gold.id for c in of_layer if c.gold) == sides(gold)[layer]
        assert sorted(c.predicted.id for c in of_layer if c.predicted) == sides(predicted)[layer]
        assert {case.kind for case in of_layer} <= {kind.name for kind in KINDS[layer]}
        for case in of_layer:
            assert (case.gold is None) == (case.kind == "spurious")
            assert (case.predicted is None) == (case.kind == "missed")
    for grid in confusions(cases):  # rows add up to the gold, columns to the prediction
        layer = "entities" if grid.title.startswith("Entity") else "events"
        inside = [r for r, row in enumerate(grid.rows) if row not in ("wrong span", "spurious")]
        assert sum(sum(grid.cells[r]) for r in inside) == len(sides(gold)[layer])
        across = [c for c, column in enumerate(grid.columns) if column not in ("wrong span", "missed")]
        assert sum(row[c] for row in grid.cells for c in across) == len(sides(predicted)[layer])
    shuffled = msgspec.convert(msgspec.to_builtins(predicted), Prediction)
    for items in (shuffled.mentions, shuffled.entities, shuffled.stances):
        chance.shuffle(items or [])
    assert Counter((c.layer, c.kind) for c in classify(gold, shuffled)) == Counter((c.layer, c.kind) for c in cases)


def test_what_is_right_is_what_the_metrics_count() -> None:
    corpus = small_corpus()
    prediction = msgspec.json.decode(EXAMPLE.read_bytes(), type=Prediction)
    name = prediction.id
    report = score(corpus, {name: prediction})
    counted = Counter(
        (c.layer, c.kind) for c in errors(corpus.gold[name], prediction, corpus.articles[name], corpus.texts[name])
    )

    def right(metric: str) -> int | None:
        counts = report.metrics[metric].counts
        return counts.right if counts else None

    assert counted["entities", "right"] == right("entities.typed_f1")
    assert counted["events", "right"] + counted["events", "wrong harm"] == right("events.factuality")
    told = [counted["events", kind] for kind in ("right", "wrong harm", "wrong status", "wrong via")]
    assert sum(told) == right("events.tc")
    assert counted["arguments", "right"] == right("events.ac_plus")
    assert counted["propositions", "right"] + counted["propositions", "wrong span"] == right("events.propositions")


def test_the_command_shows_sentence_and_span() -> None:
    result = run("errors", EXAMPLE, "--layer", "entities", "--kind", "wrong span", data=SMALL)
    assert result.exit_code == 0
    assert "entities: wrong span (1)" in result.stdout
    assert "[at least {nine}] rockets" in result.stdout
    assert "events" not in result.stdout
    assert "1 item shown" in result.stderr


def test_the_command_as_json() -> None:
    listed = json.loads(
        run("errors", EXAMPLE, "--json", "--kind", "missed", "--article", "harbour-talks", data=SMALL).stdout
    )
    assert {case["kind"] for case in listed} == {"missed"}
    assert all("gold" in case and "predicted" not in case for case in listed)


@pytest.mark.parametrize(
    ("option", "value", "told"),
    [
        ("--kind", "mised", "did you mean 'missed'?"),
        ("--layer", "x", "there are: entities"),
        ("--article", "harbor-talks", "did you mean"),
    ],
)
def test_names_that_are_none(option: str, value: str, told: str) -> None:
    result = run("errors", EXAMPLE, option, value, data=SMALL)
    assert result.exit_code == 2
    assert told in " ".join(result.stderr.split())


def test_markup_in_names_is_shown_as_text(tmp_path: Path) -> None:
    prediction = small_prediction()
    person = next(entity for entity in prediction.entities or () if entity.type == "PER")
    person.name, person.type, person.registry = "[bold]x[/] [/oops] <b>", "GROUP", None
    file = tmp_path / "predictions.jsonl"
    file.write_bytes(msgspec.json.encode(prediction))
    result = run("errors", file, data=SMALL)
    assert result.exit_code == 0, result.stderr
    assert "[bold]x[/] [/oops] <b>" in result.stdout


def test_control_characters_reach_no_terminal() -> None:
    """Predictions with control characters are refused; a text may have them, and records made in Python."""
    name = "\x1b[31mred\x07 \u202e"
    item = Item("m", "PER", name, [(0, 3)], {"type": "PER", "words": name})
    case = Case(article="a\x1b", layer="entities", kind="missed", sentence=1, gold=item)
    shown = "".join(line.plain for line in listing("a\x1b", [case], "x\x1by", [Sentence(1, "body", 0, 3)]))
    assert shown.replace("\n", "").isprintable()
    assert "\\x1b[31mred\\x07 \\u202e" in shown and "[x\\x1by]" in shown


def test_predictions_with_errors_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "predictions.jsonl"
    file.write_text("[]")
    result = run("errors", file, data=SMALL)
    assert result.exit_code == 1
    assert "not-one-line" in result.stderr
