"""Span F1 equals seqeval's strict IOB2: on generated tags, and on the dataset's own ``ner_tags``."""

import warnings
from collections.abc import Sequence
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from seqeval.metrics.v1 import precision_recall_fscore_support  # v1 is the strict mode
from seqeval.scheme import IOB2

from parley.dataset.tables import entities
from parley.model import Document, Entity, Mention, Prediction
from parley.reading import AnnotatedArticle, ArticleText
from parley.scoring.counts import Tally, add_up, compare, f1, f1_of
from parley.scoring.entities import flat
from parley.scoring.pair import Pair
from parley.segment import split_sentences, split_tokens
from scoring_help import small_corpus

Item = tuple[int, int, str]
TYPES = ("GPE", "PER", "WEA")
WORDS = 20


def assert_equal(tally: Tally, gold: list[list[str]], predicted: list[list[str]]) -> None:
    """Compare all scores of a tally with seqeval's on tags, micro-averaged and by type."""

    def theirs(average: str | None) -> Any:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return precision_recall_fscore_support(gold, predicted, average=average, scheme=IOB2, zero_division=0)

    if tally.total.is_empty:
        return
    precision, recall, value, support = theirs("micro")
    mine = f1(tally)
    assert (mine.precision, mine.recall, mine.value) == pytest.approx((precision, recall, value), abs=1e-12)
    assert support == tally.total.gold
    for i, label in enumerate(sorted(tally)):
        counts, by_type = tally[label], [values[i] for values in theirs(None)]
        score = f1_of(counts)
        assert (score.precision, score.recall, score.value, counts.gold) == pytest.approx(tuple(by_type), abs=1e-12)


@st.composite
def flat_spans(draw: st.DrawFn) -> set[Item]:
    """Typed spans over twenty words that do not overlap."""
    spans, at = set(), 0
    while at < WORDS:
        length = draw(st.integers(0, 3))
        if length and at + length <= WORDS:
            spans.add((at, at + length, draw(st.sampled_from(TYPES))))
        at += max(length, 1)
    return spans


def to_tags(spans: set[Item]) -> list[str]:
    tags = ["O"] * WORDS
    for start, end, type_ in spans:
        tags[start:end] = [f"B-{type_}"] + [f"I-{type_}"] * (end - start - 1)
    return tags


@given(st.lists(st.tuples(flat_spans(), flat_spans()), min_size=1, max_size=4))
def test_flat_spans_equal_seqeval_strict(sentences: list[tuple[set[Item], set[Item]]]) -> None:
    tally = add_up(compare(gold, predicted, lambda item: item[2]) for gold, predicted in sentences)
    assert_equal(tally, [to_tags(gold) for gold, _ in sentences], [to_tags(predicted) for _, predicted in sentences])


CORPUS = small_corpus()
GOLD = CORPUS.gold["harbour-talks"]
ARTICLE, TEXT = CORPUS.articles["harbour-talks"], CORPUS.texts["harbour-talks"]
SENTENCES = split_sentences(TEXT, ARTICLE.zones)


def tags(document: Document) -> list[list[str]]:
    """The ``ner_tags`` the dataset would have of a document."""
    view = AnnotatedArticle(document, ArticleText(ARTICLE, TEXT), CORPUS.entries)
    return [row["ner_tags"] for row in entities(view)]


def annotated(spans: Sequence[Item]) -> Document:
    """The small gold with other mentions."""
    mentions = [
        Mention(id=f"m{i}", start=start, end=end, entity=type_, form="NAM")
        for i, (start, end, type_) in enumerate(spans)
    ]
    return msgspec.structs.replace(
        GOLD, mentions=mentions, entities=[Entity(id=type_, type=type_, name=type_) for type_ in TYPES]
    )


@st.composite
def nested_spans(draw: st.DrawFn) -> list[Item]:
    """Typed spans of whole words inside sentences of the small article, nested or apart."""
    found: list[Item] = []
    for sentence in SENTENCES:
        tokens = list(split_tokens(TEXT, sentence.start, sentence.end))
        for _ in range(draw(st.integers(0, 5))):
            first = draw(st.integers(0, len(tokens) - 1))
            last = draw(st.integers(first, min(first + 4, len(tokens) - 1)))
            start, end = tokens[first][0], tokens[last][1]
            crosses = any(s < start < e < end or start < s < end < e or (s, e) == (start, end) for s, e, _ in found)
            if not crosses:
                found.append((start, end, draw(st.sampled_from(TYPES))))
    return found


def pair(gold: Document, predicted: Document) -> Pair:
    prediction = Prediction(id=GOLD.id, mentions=predicted.mentions, entities=predicted.entities)
    return Pair(ArticleText(ARTICLE, TEXT), gold, prediction)


@given(nested_spans(), nested_spans(), st.booleans())
def test_the_flat_projection_equals_seqeval_on_the_tags_of_the_dataset(
    one: list[Item], other: list[Item], real_gold: bool
) -> None:
    gold, predicted = (GOLD if real_gold else annotated(one)), annotated(other)
    assert_equal(flat(pair(gold, predicted)), tags(gold), tags(predicted))


def test_a_span_that_has_no_tags_is_wrong() -> None:
    """Half a word, and a span across two sentences: no tags can say that, and neither is right or swallowed."""
    start = TEXT.index("Norland", SENTENCES[1].start)
    gold = annotated([(start, start + len("Norland"), "GPE")])
    half = annotated([(start, start + 4, "GPE")])
    across = annotated([(SENTENCES[1].start, SENTENCES[2].start + 1, "GPE"), (start, start + len("Norland"), "GPE")])
    assert flat(pair(gold, half)).total.recalled == 0
    counted = flat(pair(gold, across)).total
    assert (counted.recalled, counted.predicted) == (1, 2)
