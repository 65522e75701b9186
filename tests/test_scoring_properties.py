"""What holds of every metric whatever is predicted: bounds, symmetry, order, ids, and that mistakes never pay."""

from collections.abc import Callable
from fractions import Fraction
from typing import Any
from unicodedata import normalize

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parley.baselines import find
from parley.checks import load_corpus
from parley.derive import as_prediction
from parley.model import Document, Entity, Event, Mention, Prediction, Span, Stance
from parley.ontology import load_ontology
from parley.paths import DATA
from parley.reading import ArticleText
from parley.scoring import score
from parley.scoring.coreference import detection, lea, on_shared_mentions, without_singletons
from parley.scoring.counts import Tally, f1, f1_of
from parley.scoring.pair import Pair
from parley.scoring.registry import METRICS
from parley.task import Task
from scoring_help import small_corpus, small_prediction
from test_scoring_coreference import MEASURES, partitions, table

CORPUS = small_corpus()
GOLD = CORPUS.gold["harbour-talks"]
GROUND = ArticleText(CORPUS.articles[GOLD.id], CORPUS.texts[GOLD.id])
# Items and tuples that are right or wrong as wholes, counted as sets.
SETS = [
    "entities.typed_f1", "entities.span_f1", "entities.form_f1", "entities.semeval_strict", "entities.semeval_exact",
    "events.ti", "events.tc", "events.ai", "events.ac", "events.ai_plus", "events.ac_plus", "events.factuality",
    "stance.tuple_f1", "stance.facet_f1",
]  # fmt: skip
# With precision and recall that change places when gold and prediction do.
SYMMETRIC = [
    "entities.typed_f1", "entities.span_f1", "entities.form_f1", "entities.flat_f1", "entities.semeval_strict",
    "entities.semeval_exact", "entities.semeval_type", "entities.semeval_partial", "entities.muc", "entities.b_cubed",
    "entities.ceaf_e", "entities.ceaf_m", "entities.lea", "entities.lea_multiple", "entities.cross_detection",
    "events.ti", "events.tc", "events.ai", "events.ac", "events.ai_plus", "events.ac_plus", "events.factuality",
    "events.lea", "stance.sf1_semeval", "stance.nsf1_semeval",
]  # fmt: skip


FEW = settings(max_examples=40, deadline=None)  # each example scores everything


def copied(prediction: Prediction) -> Prediction:
    return msgspec.convert(msgspec.to_builtins(prediction), Prediction)


@st.composite
def predictions(draw: st.DrawFn) -> Prediction:
    """The small gold with items lost, mistyped, moved by a character, and linked otherwise."""
    ontology, prediction = load_ontology(), small_prediction()
    assert prediction.mentions and prediction.entities and prediction.events and prediction.stances
    seed = draw(st.randoms(use_true_random=False))

    def some(items: list[Any]) -> list[Any]:
        return [item for item in items if seed.random() < 0.8]

    for entity in prediction.entities:
        if seed.random() < 0.2:
            entity.type = seed.choice(ontology.names("entity_types"))
    prediction.mentions = some(prediction.mentions)
    taken = {mention.span for mention in prediction.mentions}
    for mention in prediction.mentions:
        if mention.entity and seed.random() < 0.2:
            mention.entity = seed.choice(prediction.entities).id
        if seed.random() < 0.1 and (mention.start, mention.end - 1) not in taken and mention.end - mention.start > 1:
            mention.end -= 1
            mention.text = mention.text[:-1]
            taken.add(mention.span)
    for event in prediction.events:
        if seed.random() < 0.2:
            event.type = seed.choice(ontology.names("event_types"))
        if seed.random() < 0.2:
            event.status = seed.choice(ontology.names("statuses"))
        event.arguments = some(event.arguments)
    prediction.stances = some(prediction.stances)
    for stance in prediction.stances:
        if seed.random() < 0.3:
            stance.polarity = seed.choice(ontology.names("polarities"))
        if seed.random() < 0.3:
            stance.facet = seed.choice(ontology.names("facets"))
    for answer in prediction.stance_pairs or []:
        answer.polarity = seed.choice([*ontology.names("polarities"), "none"])
    return prediction


def value(name: str, predicted: Prediction, gold: Document = GOLD) -> Fraction:
    metric = METRICS[name]
    counted = metric.count(Pair(GROUND, gold, predicted))
    return metric.score(metric.joined(counted) if metric.joined else counted).value


@FEW
@given(predictions())
def test_every_metric_is_between_0_and_1(predicted: Prediction) -> None:
    for name in METRICS:
        assert 0 <= value(name, predicted) <= 1, name


def test_every_metric_has_something_to_count_in_the_small_gold_and_is_perfect_on_it() -> None:
    assert {name: value(name, small_prediction()) for name in METRICS} == dict.fromkeys(METRICS, 1)


@FEW
@given(predictions(), st.randoms(use_true_random=False))
def test_order_changes_nothing(predicted: Prediction, random: Any) -> None:
    """The order of records; that of an event's mentions says nothing since ``same_as`` names the first."""
    shuffled = copied(predicted)
    layers = (shuffled.mentions, shuffled.entities, shuffled.events, shuffled.propositions, shuffled.stances)
    for layer in (*layers, shuffled.stance_pairs):
        random.shuffle(layer)
    for event in shuffled.events or ():
        random.shuffle(event.arguments)
    for name in METRICS:
        assert value(name, predicted) == value(name, shuffled), name


@FEW
@given(predictions())
def test_ids_change_nothing(predicted: Prediction) -> None:
    """Every own id spelt anew, so that they sort the other way round; pair ids name the gold's."""
    plain = msgspec.to_builtins(predicted)
    ids = [
        item["id"] for layer in ("mentions", "entities", "events", "propositions", "stances") for item in plain[layer]
    ]
    new = {old: f"z{len(ids) - i:04d}" for i, old in enumerate(ids)}

    def again(node: Any, key: str = "") -> Any:
        if isinstance(node, dict):
            return {k: v if k in ("name", "text", "pair", "registry") else again(v, k) for k, v in node.items()}
        if isinstance(node, list):
            return [again(item, key) for item in node]
        named = key in (
            "id",
            "entity",
            "mention",
            "members",
            "event",
            "proposition",
            "via",
            "same_as",
            "holder",
            "target",
        )
        return new.get(node, node) if named and isinstance(node, str) else node

    renamed = msgspec.convert(again({k: v for k, v in plain.items() if k != "id"}) | {"id": plain["id"]}, Prediction)
    for name in METRICS:
        assert value(name, predicted) == value(name, renamed), name


@FEW
@given(predictions())
def test_gold_and_prediction_change_places(predicted: Prediction) -> None:
    as_gold = msgspec.structs.replace(
        GOLD,
        mentions=predicted.mentions,
        entities=predicted.entities,
        events=predicted.events,
        stances=predicted.stances,
    )
    for name in SYMMETRIC:
        metric = METRICS[name]
        one = metric.score(metric.count(Pair(GROUND, GOLD, predicted)))
        other = metric.score(metric.count(Pair(GROUND, as_gold, as_prediction(GOLD))))
        assert (one.value, one.precision, one.recall) == (other.value, other.recall, other.precision), name


def _wrong_mention(prediction: Prediction) -> None:
    """Three characters of white space and a bracket are never a mention."""
    assert prediction.mentions is not None and prediction.entities is not None
    prediction.entities.append(Entity(id="wrong", type="WEA", name="wrong"))
    prediction.mentions.append(Mention(id="wrong-m", start=54, end=55, entity="wrong", form="NAM"))


def _wrong_event(prediction: Prediction) -> None:
    assert prediction.events is not None
    prediction.events.append(Event(id="wrong", type="Aid", start=54, end=55, status="actual", via=None, arguments=[]))


def _wrong_stance(prediction: Prediction) -> None:
    """Of an entity that nothing in the gold corresponds to."""
    _wrong_mention(prediction)
    assert prediction.stances is not None
    prediction.stances.append(
        Stance(
            id="wrong-s",
            holder="wrong",
            target="wrong",
            polarity="support",
            facet="trust",
            evidence=[Span(start=54, end=55)],
            explicit=True,
            via=None,
        )
    )


@pytest.mark.parametrize("spoil", [_wrong_mention, _wrong_event, _wrong_stance])
@FEW
@given(predicted=predictions())
def test_a_wrong_item_never_raises_f1(spoil: Callable[[Prediction], None], predicted: Prediction) -> None:
    spoilt = copied(predicted)
    spoil(spoilt)
    for name in [
        *SETS,
        "stance.sf1_repaired",
        "stance.nsf1_repaired",
        "entities.semeval_type",
        "entities.semeval_partial",
    ]:
        assert value(name, spoilt) <= value(name, predicted), name


LAYERS_OF_SETS = {
    "mentions": SETS[:5],
    "events": ["events.ti", "events.tc"],
    "stances": ["stance.tuple_f1", "stance.facet_f1"],
}


@FEW
@given(predictions(), st.sampled_from(sorted(LAYERS_OF_SETS)), st.integers(0, 100))
def test_losing_a_right_item_never_raises_f1(predicted: Prediction, layer: str, which: int) -> None:
    """A right item has in common with the gold's of its id all that these metrics compare."""
    if layer == "stances":  # entities as in the gold, so that a stance of the same ids is right
        predicted.mentions, predicted.entities = small_prediction().mentions, small_prediction().entities
    types = {entity.id: entity.type for entity in predicted.entities or ()}
    true_types = {entity.id: entity.type for entity in GOLD.entities}

    def compared(item: Any, types: dict[str, str]) -> Any:
        if isinstance(item, Mention):
            return item.span, item.form, item.type or types.get(item.entity or "")
        if isinstance(item, Event):
            return item.span, item.type
        return item.holder, item.target, item.polarity, item.facet

    gold = {compared(item, true_types) for item in getattr(GOLD, layer)}
    right = [item.id for item in getattr(predicted, layer) if compared(item, types) in gold]
    if right:
        less = copied(predicted)
        setattr(less, layer, [item for item in getattr(less, layer) if item.id != right[which % len(right)]])
        for name in LAYERS_OF_SETS[layer]:
            assert value(name, less) <= value(name, predicted), name


@given(partitions(), partitions())
def test_cluster_metrics(gold: list[list[int]], predicted: list[list[int]]) -> None:
    counted, turned = table(gold, predicted), table(predicted, gold)
    one, other = f1_of(lea(counted)), f1_of(lea(turned))
    assert 0 <= one.value <= 1
    assert (one.precision, one.recall) == (other.recall, other.precision)
    assert f1_of(lea(table(gold, gold))).value == bool(gold)
    common = on_shared_mentions(counted)
    assert detection(common).gold == detection(common).predicted == detection(counted).recalled
    # Singletons have no links to lose: MUC is the same without them.
    assert MEASURES["muc"](without_singletons(counted)) == MEASURES["muc"](counted)


def test_the_named_metrics_exist() -> None:
    assert {*SETS, *SYMMETRIC} <= set(METRICS)
    assert all(METRICS[name].score is f1 for name in SETS)
    assert isinstance(METRICS["entities.typed_f1"].count(Pair(GROUND, GOLD, small_prediction())), Tally)


def test_scores_do_not_depend_on_the_normalisation_of_the_text() -> None:
    """An accent on every second letter, as one character or as two: the same annotations, the same scores."""
    corpus, system = load_corpus(DATA), find("rules")
    accents = str.maketrans("aeioucnstz", "\u00e1\u00e9\u00ed\u00f3\u00fa\u00e7\u00f1\u015f\u0165\u017e")

    def over(text: str, value: Any, form: str) -> Any:
        """The record over the text with accents: words written so, offsets counted anew."""
        if isinstance(value, list):
            return [over(text, item, form) for item in value]
        if isinstance(value, dict):
            moved = {key: over(text, item, form) for key, item in value.items()}
            for key in {"start", "end"} & value.keys():
                if value[key] is not None:
                    moved[key] = len(normalize(form, text[: value[key]].translate(accents)))
            return moved | {
                key: normalize(form, value[key].translate(accents))
                for key in ("text", "name") & value.keys()
                if value[key] is not None
            }
        return value

    def scores(form: str) -> dict[str, float | None]:
        def moved(record: Any) -> Any:
            return msgspec.convert(over(corpus.texts[record.id], msgspec.to_builtins(record), form), type(record))

        tasks = [
            Task(id=a.id, text=corpus.texts[a.id], zones=a.zones, date=a.date.value, pairs=[])
            for a in corpus.articles.values()
        ]
        predictions = {task.id: moved(system.predict(task)) for task in tasks}
        other = msgspec.structs.replace(
            corpus,
            texts={name: normalize(form, text.translate(accents)) for name, text in corpus.texts.items()},
            articles={name: moved(article) for name, article in corpus.articles.items()},
            gold={name: moved(gold) for name, gold in corpus.gold.items()},
        )
        return {name: metric.value for name, metric in score(other, predictions).metrics.items()}

    assert scores("NFC") == scores("NFD")
