"""Propositions: aligned by their words; as fillers, as targets of stances, in sentiment graphs and given pairs."""

import pytest

from parley.derive import as_prediction, stance_rows
from parley.ids import pair_id
from parley.model import Argument, Document, Prediction, StancePair
from parley.scoring import events
from parley.scoring.alignment import aligned_propositions, alignment
from parley.scoring.counts import exact_counts
from parley.scoring.stance import classification, sentiment_graphs, tuples
from parley.segment import split_tokens
from scoring_help import Words, Writer

TEXT = Writer("Norland asked Sudovia to pull back its old ships from the bank. Sudovia refused that.")
ENTITIES: dict[str, list[Words]] = {"n": ["Norland"], "s": ["Sudovia", ("Sudovia", 2)]}


def stated(*words: Words) -> Prediction:
    return TEXT.prediction({}, propositions=[TEXT.proposition(f"p{i}", each) for i, each in enumerate(words)])


@pytest.mark.parametrize(
    ("gold", "predicted", "right"),
    [
        ("pull back its old ships", "pull back its old ships", 1),
        ("pull back its old ships", "to pull back its old ships from the bank", 1),  # 5 of 9 words
        ("pull back its", "pull back its old ships from", 1),  # 3 of 6: one half is enough
        ("pull back", "pull back its old ships", 0),  # 2 of 5
        ("pull back its old", "its old ships from", 0),  # 2 of 6
        ("pull back", "the bank", 0),
    ],
)
def test_at_least_half_of_the_words_are_in_common(gold: str, predicted: str, right: int) -> None:
    for one, other in ((gold, predicted), (predicted, gold)):
        assert events.propositions(TEXT.pair(stated(one), stated(other))).total == exact_counts(right, 1, 1)


def test_propositions_are_aligned_one_to_one() -> None:
    """Three predicted ones overlap one gold proposition: the one with most words in common is aligned."""
    predicted = stated("pull back its old", "pull back its old ships from", "pull back its old ships")
    pair = TEXT.pair(stated("pull back its old ships"), predicted)
    assert aligned_propositions(pair) == {"p2": "p0"}
    assert events.propositions(pair).total == exact_counts(1, 1, 3)


def test_the_alignment_with_the_largest_sum_is_taken() -> None:
    """Best first: p0 with p0 (4/5), p1 with p1 (2/4), 1.3 together; crosswise 3/4 and 3/5, 1.35 together."""
    gold = stated("pull back its old", "pull back its")
    predicted = stated("pull back its old ships", "back its old")
    assert aligned_propositions(TEXT.pair(gold, predicted)) == {"p1": "p0", "p0": "p1"}


def request(content: Words, *later: Words, target: str = "c") -> Prediction:
    """Norland asks for what ``content`` says, which it supports; Sudovia refuses it."""
    asked = TEXT.event(
        "d", "Demand", "asked", Argument(role="Agent", entity="n"), Argument(role="Content", proposition="c")
    )
    refused = TEXT.event(
        "r", "Reject", "refused", Argument(role="Agent", entity="s"), Argument(role="Content", proposition="c")
    )
    stances = [
        TEXT.stance("n", target, "support", "asked", facet="demand"),
        TEXT.stance("s", target, "oppose", "refused", facet="demand"),
    ]
    propositions = [TEXT.proposition("c", content, *later)]
    return TEXT.prediction(ENTITIES, [asked, refused], stances, propositions=propositions)


GOLD = request("pull back its old ships", "that")


def test_a_filler_is_compared_by_the_alignment_and_in_ac_plus_by_its_span() -> None:
    pair = TEXT.pair(GOLD, request("pull back its old ships from the bank", "that"))  # 5 of 8 words
    assert events.by_entity(pair)["Content"] == exact_counts(2, 2, 2)
    # AC+: the span of the first differs, the later expression "that" shows the second on both sides.
    assert events.ac_plus(pair)["Content"] == exact_counts(1, 2, 2)
    other = TEXT.pair(GOLD, request("from the bank"))
    assert events.by_entity(other)["Content"] == exact_counts(0, 2, 2)


def test_a_target_is_compared_by_the_alignment() -> None:
    assert tuples(TEXT.pair(GOLD, request("to pull back its old ships"))).total == exact_counts(2, 2, 2)
    assert tuples(TEXT.pair(GOLD, request("from the bank"))).total == exact_counts(0, 2, 2)
    assert tuples(TEXT.pair(GOLD, request("pull back its old ships", target="d"))).total == exact_counts(0, 2, 2)
    assert "c" not in alignment(TEXT.pair(GOLD, request("from the bank")))


def test_the_words_of_a_target_are_those_nearest_the_evidence() -> None:
    words = [TEXT.text[start:end] for start, end in split_tokens(TEXT.text)]
    graphs = sentiment_graphs(TEXT.pair(GOLD, GOLD).gold)
    assert [" ".join(words[i] for i in sorted(graph.target)) for graph in graphs] == ["pull back its old ships", "that"]


def test_given_pairs_have_propositions_as_targets() -> None:
    record = TEXT.pair(GOLD, GOLD).gold.record
    assert isinstance(record, Document)
    asked = {(row.holder, row.target): row.polarity for row in stance_rows(record)}
    assert (asked["n", "c"], asked["s", "c"]) == ("support", "oppose")
    answers = [StancePair(pair=pair_id("a", h, t), polarity="support") for h, t in asked]
    answered = Prediction(id="a", stance_pairs=answers)
    tally = classification(TEXT.pair(GOLD, answered))
    assert tally["support"] == exact_counts(1, 1, len(asked))
    assert classification(TEXT.pair(GOLD, as_prediction(record)))["oppose"] == exact_counts(1, 1, 1)
