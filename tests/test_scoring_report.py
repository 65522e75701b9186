"""The report: perfect on gold, equal to a hand calculation, the same whatever ids and order; what is absent."""

import json
import re
from fractions import Fraction
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import ROOT
from parley.checks import check_predictions, check_shape, load_corpus, read_predictions
from parley.derive import as_prediction
from parley.files import to_json
from parley.findings import FindingsError
from parley.mistakes import errors
from parley.model import LAYERS, Argument, Entity, Event, Mention, Prediction, Proposition, Span, Stance
from parley.report import Report
from parley.scoring import METRICS, score, score_file
from parley.scoring.alignment import alignment
from parley.scoring.counts import NOTHING
from parley.scoring.registry import HEADLINES, OVERALL
from parley.scoring.zones import scored_part
from scoring_help import Writer, found_corpus, small_corpus, small_prediction

ARTICLE = "harbour-talks"
EXAMPLE = ROOT / "eval" / "example" / "predictions.jsonl"


def scored(prediction: Prediction) -> Report:
    return score(small_corpus(), {ARTICLE: prediction})


def values(report: Report) -> dict[str, float | None]:
    return {name: metric.value for name, metric in report.metrics.items()}


def example() -> Prediction:
    """The example of eval/README.md: an imperfect prediction on the small corpus."""
    return read_predictions(EXAMPLE, small_corpus())[ARTICLE]


@pytest.mark.parametrize("folder", [ROOT / "tests" / "small", ROOT / "data"], ids=["small", "data"])
def test_gold_against_itself_is_perfect(folder: Path) -> None:
    corpus = load_corpus(folder)
    report = score(corpus, {name: as_prediction(document) for name, document in corpus.gold.items()})
    for name, metric in report.metrics.items():
        assert metric.value == (0 if NOTHING in metric.flags else 1), name
        for single in metric.per_article.values():
            assert single.value == (0 if NOTHING in single.flags else 1), name
    assert (report.overall.value, set(report.overall.parts.values())) == (1, {1})


# Worked by hand on eval/example/predictions.jsonl against tests/small/gold/harbour-talks.json.
EXPECTED = {
    # 20 mentions and values in the gold, 15 predicted; missed: foreign ministers, We, minister, reporters, them; the
    # type of Harrow and the extent of "at least nine" are wrong: 13 right. 2 · 13 / (20 + 15)
    "entities.typed_f1": Fraction(26, 35),
    # Gold clusters of 4 4 2 1 3 1 1 2 mentions, predicted of 3 4 2 2 1 1, each inside one of the gold.
    # MUC: gold links 3+3+1+0+2+0+0+1 = 10, predicted 2+3+1+1 = 7, all kept: R 7/10, P 1
    "entities.muc": Fraction(14, 17),
    # B³: Norland 3²/4, Sudovia 4²/4, Brink 2²/3, truce 2²/2, rockets 1/2, Harrow 1: 133/12 of 18; P 1
    "entities.b_cubed": Fraction(266, 349),
    # CEAFe: φ4 6/7 + 1 + 4/5 + 1 + 2/3 + 1 = 559/105; R of 8 clusters, P of 6: 2 · 559/105 / (8 + 6)
    "entities.ceaf_e": Fraction(559, 735),
    "entities.conll": (Fraction(14, 17) + Fraction(266, 349) + Fraction(559, 735)) / 3,
    # 12 mentions with the right span and type; the 2 of Ada Brink are not linked and should be
    "entities.linking": Fraction(10, 12),
    # 11 events in the gold, 9 predicted, all at true triggers; one typed Threaten is a Reject
    "events.ti": Fraction(18, 20),
    "events.tc": Fraction(16, 20),
    # 21 arguments in the gold, 16 predicted; wrong: Norland at "met", "nine", Agent and Content of the Threaten
    "events.ai": Fraction(24, 37),
    "events.ac": Fraction(24, 37),
    "events.ai_plus": Fraction(24, 37),
    "events.ac_plus": Fraction(24, 37),
    # "or seeking revenge" has two of three words in common with "seeking revenge"
    "events.propositions": Fraction(1),
    # Two event clusters of two mentions in the gold, none predicted: MUC 0. B³: R (3 · 1/2 + 6) / 11, P 1: 30/37.
    # CEAFe: 2 · 2/3 + 6 = 22/3 of 9 and of 9: 22/27
    "events.conll": (0 + Fraction(30, 37) + Fraction(22, 27)) / 3,
    # Of the 8 of right type one has the wrong status: 7 of 11 and of 9
    "events.factuality": Fraction(14, 20),
    # "deadly" does not say which harm; the prediction says killed
    "events.harm": Fraction(0),
    # Of three stances one is right (of one the polarity, of one all is wrong), of two in the gold
    "stance.tuple_f1": Fraction(2, 5),
    # That one: holder 2 of 3 gold tokens (minister Ada Brink), target all, expression 3 of 5 (want the truce to hold):
    # R (2/3 + 1 + 3/5) / 3 / 2 = 17/45; nothing too much: P 1/3. 2 · 17/45 · 1/3 / (17/45 + 1/3)
    "stance.sf1_repaired": Fraction(17, 48),
    # Five pairs, four answered, three right: support F 1; oppose 1 of 1 found and 2 predicted, F 2/3; none 1 of 3 and
    # 1 predicted, F 1/2; mixed does not occur
    "stance.classification": Fraction(13, 18),
}


def test_a_hand_worked_case() -> None:
    report = scored(example())
    got = values(report)
    assert {name: got[name] for name in EXPECTED} == pytest.approx({name: float(v) for name, v in EXPECTED.items()})
    parts = {part: sum(EXPECTED[name] for name in names) / len(names) for part, names in OVERALL.items()}
    assert report.overall.parts == pytest.approx({part: float(value) for part, value in parts.items()})
    assert report.overall.value == pytest.approx(float(sum(parts.values()) / 3))
    typed = report.metrics["entities.typed_f1"]
    assert typed.counts is not None and (typed.counts.gold, typed.counts.predicted, typed.counts.right) == (20, 15, 13)
    assert report.metrics["events.conll"].flags == ["muc: nothing predicted: precision is 0 of 0, taken as 0"]


def test_the_report_has_the_published_form() -> None:
    for prediction in (small_prediction(), example(), Prediction(id=ARTICLE)):
        assert check_shape(msgspec.to_builtins(scored(prediction)), "report") == []


def test_the_report_is_the_same_to_the_byte() -> None:
    one = to_json(score_file(small_corpus(), EXAMPLE, system="x"))
    assert one == to_json(score_file(small_corpus(), EXAMPLE, system="x"))
    assert msgspec.json.decode(one.encode(), type=Report) == score_file(small_corpus(), EXAMPLE, system="x")


def test_every_score_is_signed() -> None:
    report = scored(example())
    gold = report.hashes["gold"][:8]
    version = f"split:test|data:0.1.0|parley:{report.versions['parley']}|gold:{gold}"
    assert report.metrics["entities.typed_f1"].signature == f"entities.typed_f1|match:exact|nested:yes|{version}"
    assert all(metric.signature.endswith(version) for metric in report.metrics.values())
    assert report.overall.signature is not None and report.overall.signature.endswith(version)


def test_few_articles_are_said_to_be_few() -> None:
    assert "too few stories for an interval" in scored(example()).note
    assert all(metric.interval is None for metric in scored(example()).metrics.values())


def test_the_tables_name_each_other() -> None:
    assert {metric.layer for metric in METRICS.values()} == set(LAYERS)
    assert {name for names in OVERALL.values() for name in names} <= set(HEADLINES) <= set(METRICS)


# --- what is absent, what is empty, what is missing


def test_an_empty_submission_scores_nothing() -> None:
    empty = Prediction(id=ARTICLE, mentions=[], entities=[], events=[], stances=[], stance_pairs=[])
    report = scored(empty)
    assert set(values(report).values()) == {0}
    assert (report.overall.value, len(report.attempted)) == (0, len(LAYERS))


def test_a_layer_that_is_absent_was_not_attempted() -> None:
    report = scored(Prediction(id=ARTICLE, mentions=[], entities=[]))
    attempted = {name for name, value in values(report).items() if value is not None}
    assert attempted == {name for name, metric in METRICS.items() if metric.layer == "entities"}
    assert report.overall.value is None
    assert report.overall.parts == {"entities": 0, "events": None, "stance": None}
    assert report.attempted == ["entities"]


@pytest.mark.parametrize("layer", ["events", "stance", "stance classification"])
def test_a_system_can_abstain_from_entities(layer: str) -> None:
    """It carries the entities and mentions that its items need; they are not scored, and all else is as it was."""
    report = scored(msgspec.structs.replace(example(), attempted=[layer]))
    assert report.attempted == [layer]
    assert report.overall.value is None
    for name, metric in METRICS.items():
        expected = values(scored(example()))[name] if metric.layer == layer else None
        assert values(report)[name] == expected, name


def test_a_layer_that_is_not_attempted_has_no_errors_to_show() -> None:
    corpus = small_corpus()
    events = msgspec.structs.replace(example(), attempted=["events"])
    cases = errors(corpus.gold[ARTICLE], events, corpus.articles[ARTICLE], corpus.texts[ARTICLE])
    assert {case.layer for case in cases} == {"events", "arguments", "propositions"}


@pytest.mark.parametrize(
    ("first", "second", "found"),
    [
        (["events"], ["events"], set()),
        (["events", "stance"], ["stance", "events"], set()),
        (["events"], ["stance"], {("partial-layer", "$.attempted")}),
        (["events"], None, {("partial-layer", "$.attempted")}),
        (["stance classification"], ["stance classification"], {("missing-field", "$.attempted")}),
        (["event"], ["events"], {("unknown-label", "$.attempted[0]")}),
    ],
)
def test_the_attempted_layers_are_those_of_every_line(
    first: list[str], second: list[str] | None, found: set[tuple[str, str]], tmp_path: Path
) -> None:
    corpus = found_corpus()
    file = tmp_path / "predictions.jsonl"
    lines = []
    for (name, gold), attempted in zip(corpus.gold.items(), (first, second), strict=True):
        record = msgspec.to_builtins(msgspec.structs.replace(as_prediction(gold), stance_pairs=None))
        lines.append(json.dumps(record | ({"attempted": attempted} if attempted else {}) | {"id": name}))
    file.write_text("\n".join(lines))
    wrong = [finding for finding in check_predictions(file, corpus)[1] if finding.is_error]
    assert {(finding.rule, finding.path) for finding in wrong} == found


def test_a_missing_prediction_is_refused() -> None:
    corpus = found_corpus()
    first, *_ = corpus.gold
    with pytest.raises(FindingsError) as caught:
        score(corpus, {first: as_prediction(corpus.gold[first])})
    assert [finding.rule for finding in caught.value.findings] == ["missing-article"]


def test_a_split_without_articles_is_refused() -> None:
    with pytest.raises(FindingsError, match="empty-split"):
        score(small_corpus(), {}, "train")


def test_a_layer_attempted_in_some_articles_only_is_refused() -> None:
    corpus = load_corpus(ROOT / "data")
    predictions = {name: as_prediction(document) for name, document in corpus.gold.items()}
    name = list(predictions)[1]
    predictions[name] = msgspec.structs.replace(predictions[name], stances=None)
    with pytest.raises(FindingsError, match="partial-layer"):
        score(corpus, predictions)


def test_the_order_of_articles_changes_nothing() -> None:
    corpus = load_corpus(ROOT / "data")
    predictions = {name: as_prediction(document) for name, document in corpus.gold.items()}
    backwards = dict(reversed(predictions.items()))
    assert score(corpus, predictions) == score(corpus, backwards)


# --- outside the scored zones


def test_what_is_wholly_outside_is_left_out_and_counted() -> None:
    """Credit line 0–16 and notice 329–353 are not scored: what lies there costs nothing, nor what depends on it."""
    prediction = small_prediction()
    assert prediction.mentions and prediction.entities and prediction.events and prediction.stances
    prediction.mentions.append(Mention(id="x1", start=7, end=15, text="Lena Orr", form="NAM", entity="x"))
    prediction.entities.append(Entity(id="x", type="PER", name="Lena Orr"))
    prediction.events.append(
        Event(id="y", type="State", start=343, end=351, text="invented", status="actual", via=None, arguments=[])
    )
    prediction.events[0].arguments.append(Argument(role="Participant", entity="x"))
    prediction.stances.append(
        Stance(
            id="s9",
            holder="x",
            target="e2",
            polarity="oppose",
            facet="blame",
            evidence=[Span(start=36, end=40)],
            explicit=False,
            via=None,
        )
    )
    prediction.stances[0].evidence.append(Span(start=329, end=333, text="This"))
    prediction.propositions[0].mentions.append(Span(start=329, end=338, text="This text"))
    prediction.propositions.append(Proposition(id="z", start=339, end=351, text="was invented"))
    prediction.events[-2].arguments.append(Argument(role="Content", proposition="z"))
    prediction.stances.append(
        msgspec.structs.replace(prediction.stances[0], id="s8", target="z", evidence=[Span(start=36, end=40)])
    )
    report = scored(prediction)
    assert report.ignored == {
        "arguments": 2,
        "entities": 1,
        "events": 1,
        "evidence": 1,
        "mentions": 1,
        "proposition mentions": 1,
        "propositions": 1,
        "stances": 2,
    }
    assert set(values(report).values()) == {1}


def test_a_first_mention_outside_does_not_take_the_event_cluster_along() -> None:
    """The first mention of an event cluster lies outside: the rest stays one cluster, and a stance on it stands."""
    prediction = small_prediction()
    assert prediction.events and prediction.stances
    outside = Event(id="v0", type="Implement", start=343, end=351, status="actual", via=None, arguments=[])
    prediction.events.append(outside)
    hold = next(event for event in prediction.events if event.id == "v6")
    hold.same_as = "v0"
    prediction.stances[0].target = "v0"
    report = scored(prediction)
    assert report.ignored == {"events": 1}
    assert set(values(report).values()) == {1}


def test_a_voice_outside_is_no_voice_of_the_gold() -> None:
    prediction = small_prediction()
    assert prediction.events
    prediction.events.append(Event(id="v0", type="State", start=343, end=351, status="actual", via=None, arguments=[]))
    prediction.events[0].via = "v0"
    factuality = scored(prediction).metrics["events.factuality"].counts
    assert factuality is not None and (factuality.right, factuality.gold, factuality.predicted) == (10, 11, 11)


def test_a_member_whose_mention_is_outside_stays_a_member() -> None:
    prediction = small_prediction()
    assert prediction.mentions
    prediction.mentions.append(Mention(id="x1", start=7, end=15, form="NAM", entity="e6"))
    kept, ignored = scored_part(prediction, small_corpus().articles[ARTICLE])
    assert ignored == {"mentions": 1}
    assert kept == small_prediction()


def test_the_report_tells_its_counts_by_type() -> None:
    report = json.loads(to_json(scored(example())))
    meet = report["metrics"]["events.tc"]["per_type"]["Meet"]
    assert meet == {"value": 1.0, "precision": 1.0, "recall": 1.0, "counts": {"gold": 2, "predicted": 2, "right": 2}}
    assert list(report["metrics"]["entities.conll"]["components"]) == ["muc", "b_cubed", "ceaf_e"]


def test_the_guide_explains_every_metric_and_no_other() -> None:
    guide = (ROOT / "eval" / "README.md").read_text("utf-8")
    table = guide[guide.index("| metric |") : guide.index("**Overall**")].strip()
    named = [
        name for row in table.splitlines()[2:] for name in re.findall(r"`([a-z]+\.[a-z0-9_]+)`", row.split("|")[1])
    ]
    assert sorted(named) == sorted(METRICS)


# --- ties


def spans_of(prediction: Prediction) -> dict[str, list[tuple[int, int]]]:
    return {
        e.id: sorted(m.span for m in prediction.mentions or () if m.entity == e.id) for e in prediction.entities or ()
    }


@given(st.permutations(range(3)), st.permutations(range(3)), st.permutations("abcxyz"))
def test_of_equal_alignments_the_places_in_the_text_decide(one: Any, other: Any, names: Any) -> None:
    """Three gold entities of three mentions, and three predicted that share one mention with each: all are equally
    good. The mapping between places is the same whatever the ids and the order of the entities."""
    writer = Writer("a b c d e f g h i")
    golds = dict(zip(names[:3], (["a", "b", "c"], ["d", "e", "f"], ["g", "h", "i"]), strict=True))
    answers = dict(zip(names[3:], (["a", "d", "g"], ["b", "e", "h"], ["c", "f", "i"]), strict=True))

    def in_order(entities: dict[str, list[str]], order: Any) -> Prediction:
        return writer.prediction({name: entities[name] for name in [list(entities)[i] for i in order]})

    pair = writer.pair(in_order(golds, one), in_order(answers, other))
    mapped = alignment(pair)
    places = {answers[name][0]: golds[mapped[name]][0] for name in answers}
    assert places == {"a": "a", "b": "d", "c": "g"}


@given(st.permutations("pq"), st.permutations("xy"), st.permutations([0, 1]))
def test_members_that_are_never_mentioned_are_told_apart_by_what_is_said_of_them(
    golds: Any, names: Any, order: Any
) -> None:
    """Of both sides, neither named, one blames Norland and the other praises it; ids and order change no score."""
    writer = Writer("both sides blamed Norland , praised Norland")

    def made(ids: Any, order: Any) -> Prediction:
        entities: dict[str, list[Any]] = {"both": ["both sides"], "n": ["Norland", ("Norland", 2)]}
        entities |= {ids[i]: [] for i in order}
        stances = [writer.stance(ids[0], "n", "oppose", "blamed"), writer.stance(ids[1], "n", "support", "praised")]
        return writer.prediction(entities, stances=stances, members={"both": list(ids)})

    total = METRICS["stance.tuple_f1"].count(writer.pair(made(golds, [0, 1]), made(names, order))).total
    assert (total.gold, total.predicted, total.recalled) == (2, 2, 2)
