"""Stance: mapping, plural entities, polarity, classification. (Overlap of words: test_parity_semeval.)"""

from fractions import Fraction

import pytest

from parley.model import AUTHOR, Prediction, Stance
from parley.reading import ArticleText
from parley.scoring.alignment import aligned_clusters, alignment
from parley.scoring.counts import Counts, Tally, exact_counts, f1, macro_f1
from parley.scoring.pair import Pair
from parley.scoring.stance import classification, sentiment_graphs, sf1_repaired, tuples
from parley.segment import split_tokens
from scoring_help import Words, Writer, answered, small_corpus, small_prediction

TEXT = Writer("Norland’s minister Ada Brink blamed Sudovia for the attack. Both sides hailed the truce. It broke.")
ENTITIES: dict[str, list[Words]] = {
    "n": ["Norland"],
    "b": ["minister", "Ada Brink"],
    "s": ["Sudovia"],
    "both": ["sides"],
    "t": ["truce", "It"],
}
MEMBERS = {"both": ["n", "s"]}
ATTACK = TEXT.event("v1", "Strike", "attack")


def annotated(*stances: Stance, entities: dict[str, list[Words]] = ENTITIES, members: object = MEMBERS) -> Prediction:
    return TEXT.prediction(entities, [ATTACK], stances, members=members)  # type: ignore[arg-type]


BLAME = TEXT.stance("b", "s", "oppose", "blamed Sudovia")


@pytest.mark.parametrize(
    ("stance", "expected"),
    [
        (BLAME, exact_counts(1, 1, 1)),
        (
            TEXT.stance("b", "s", "oppose", "broke", facet="demand"),
            exact_counts(1, 1, 1),
        ),  # facet and evidence do not count
        (TEXT.stance("b", "s", "support", "blamed Sudovia"), exact_counts(0, 1, 1)),
        (TEXT.stance("s", "b", "oppose", "blamed Sudovia"), exact_counts(0, 1, 1)),
        (TEXT.stance("b", "v1", "oppose", "blamed Sudovia"), exact_counts(0, 1, 1)),
        (TEXT.stance(AUTHOR, "s", "oppose", "blamed Sudovia"), exact_counts(0, 1, 1)),
    ],
)
def test_tuples(stance: Stance, expected: Counts) -> None:
    assert tuples(TEXT.pair(annotated(BLAME), annotated(stance))).total == expected


def test_a_wrong_polarity_lends_nothing() -> None:
    """Two predictions on one gold stance: the one of the wrong polarity earns nothing and lends no overlap."""
    wrong = TEXT.stance("b", "s", "support", "blamed Sudovia", facet="approval")
    right_elsewhere = TEXT.stance("b", "s", "oppose", "broke")
    pair = TEXT.pair(annotated(BLAME), annotated(wrong, right_elsewhere))
    assert tuples(pair) == Tally({"oppose": exact_counts(1, 1, 1), "support": exact_counts(0, 0, 1)})
    # The one of the right polarity has no common token in its evidence: no match at all.
    assert f1(sf1_repaired(pair)).value == 0


def test_plural_holders_are_their_members() -> None:
    """'Both sides hailed the truce' is the same as each side hailing it, whichever of the two is annotated."""
    together = annotated(TEXT.stance("both", "t", "support", "hailed"))
    apart = annotated(TEXT.stance("n", "t", "support", "hailed"), TEXT.stance("s", "t", "support", "hailed"))
    assert tuples(TEXT.pair(together, apart)).total == exact_counts(2, 2, 2)
    assert tuples(TEXT.pair(apart, together)).total == exact_counts(2, 2, 2)
    one = annotated(TEXT.stance("n", "t", "support", "hailed"))
    assert tuples(TEXT.pair(together, one)).total == exact_counts(1, 2, 1)


def test_a_plural_entity_without_members_is_expanded_by_the_gold() -> None:
    stance = TEXT.stance("both", "t", "support", "hailed")
    assert tuples(TEXT.pair(annotated(stance), annotated(stance, members={}))).total == exact_counts(2, 2, 2)


def test_members_that_are_never_mentioned_are_mapped_by_what_they_are_members_of() -> None:
    """The small corpus has one: the foreign minister of Sudovia, a member of 'foreign ministers' only."""
    corpus = small_corpus()
    gold = corpus.gold["harbour-talks"]
    predicted = small_prediction()
    ground = ArticleText(corpus.articles["harbour-talks"], corpus.texts["harbour-talks"])
    assert alignment(Pair(ground, gold, predicted))["e6"] == "e6"


def test_entities_are_mapped_one_to_one_by_shared_mentions() -> None:
    gold = {"g1": [(0, 1), (2, 3), (4, 5)], "g2": [(6, 7)]}
    # Both p1 and p2 share most with g1; together p1-g1 (2) and p2-g2 (1) share more than p2-g1 (1) and p1-nothing.
    predicted = {"p1": [(0, 1), (2, 3)], "p2": [(4, 5), (6, 7)], "p3": [(8, 9)]}
    assert aligned_clusters(gold, predicted) == {"p1": "g1", "p2": "g2"}


def test_a_split_entity_keeps_one_half() -> None:
    """A stance of the half that is not mapped is wrong."""
    split: dict[str, list[Words]] = {**ENTITIES, "b": ["minister"], "x": ["Ada Brink"]}
    by_first = annotated(BLAME, entities=split)
    by_second = annotated(TEXT.stance("x", "s", "oppose", "blamed Sudovia"), entities=split)
    earned = [tuples(TEXT.pair(annotated(BLAME), predicted)).total.recalled for predicted in (by_first, by_second)]
    assert sorted(earned) == [0, 1]


def test_target_events_are_mapped_by_their_triggers() -> None:
    stance = TEXT.stance("b", "v1", "oppose", "blamed Sudovia")
    renamed = TEXT.prediction(
        ENTITIES, [TEXT.event("w", "Casualty", "attack")], [TEXT.stance("b", "w", "oppose", "It")]
    )
    assert tuples(TEXT.pair(annotated(stance), renamed)).total == exact_counts(1, 1, 1)


def test_sentiment_graph_spans() -> None:
    (graph,) = sentiment_graphs(TEXT.pair(annotated(BLAME), annotated()).gold)
    words = [TEXT.text[start:end] for start, end in split_tokens(TEXT.text)]
    # All mentions in the evidence's sentence stand for the holder.
    assert [words[token] for token in sorted(graph.holder)] == ["minister", "Ada", "Brink"]
    assert [words[token] for token in sorted(graph.target)] == ["Sudovia"]
    assert [words[token] for token in sorted(graph.expression)] == ["blamed", "Sudovia"]


def test_sentiment_graph_spans_from_afar() -> None:
    """Without a mention in the sentence the nearest before stands; the author has no words."""
    distant = TEXT.stance("b", "t", "oppose", "broke")
    by_author = TEXT.stance(AUTHOR, "t", "oppose", "broke")
    graphs = sentiment_graphs(TEXT.pair(annotated(distant, by_author), annotated()).gold)
    words = [TEXT.text[start:end] for start, end in split_tokens(TEXT.text)]
    assert [[words[token] for token in sorted(graph.holder) if token >= 0] for graph in graphs] == [
        [],
        ["Ada", "Brink"],
    ]
    assert {words[token] for graph in graphs for token in graph.target} == {"It"}


def test_no_answer_is_a_wrong_answer() -> None:
    assert macro_f1(classification(answered([None] * 5))).value == 0
    # Pairs: the author on the wish and on Sudovia (none), Sudovia on the wish (none), Brink on the wish (support) and
    # on Sudovia (oppose). One "none" is not answered: 2 of 3 found, F 2·2/(3 + 2) = 4/5; the other classes 1.
    counted = classification(answered(["none", "none", None, "support", "oppose"]))
    assert counted["none"] == exact_counts(2, 3, 2)
    assert macro_f1(counted).value == (Fraction(4, 5) + 1 + 1) / 3
