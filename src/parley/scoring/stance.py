"""Stance: who stands where toward whom, and answers to given pairs."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from functools import cache
from operator import itemgetter
from typing import NamedTuple

from parley.model import AUTHOR, Span, Stance
from parley.ontology import load_ontology
from parley.scoring.alignment import Counterparts
from parley.scoring.assignment import apart_and_tangled, best_of_piece
from parley.scoring.counts import Counts, Tally, compare, hits, sum_of_ratios
from parley.scoring.pairs import Pair, Place, View
from parley.segment import Sentence

StanceTuple = tuple[str, str, str]  # holder, target, polarity


def gold_stances(pair: Pair) -> list[tuple[StanceTuple, Stance]]:
    """Return the gold's stances by tuple, plural holders and targets expanded."""
    links = pair.gold.links
    return [
        ((holder, target, stance.polarity), stance)
        for stance in pair.gold.annotation.stances or ()
        for holder in links.expand(stance.holder)
        for target in links.expand(links.head(stance.target))
    ]


def predicted_stances(pair: Pair) -> list[tuple[StanceTuple, Stance]]:
    """Return the predicted stances by tuple, holders and targets as ids of the gold (``Counterparts``)."""
    head, stands_for = pair.predicted.links.head, pair.once(Counterparts)
    return [
        ((holder, target, stance.polarity), stance)
        for stance in pair.predicted.annotation.stances or ()
        for holder in stands_for[stance.holder]
        for target in stands_for[head(stance.target)]
    ]


def tuples(pair: Pair) -> Tally:
    """Count stances as the set of (holder, target, polarity), by polarity.

    A plural holder or target stands for its members, on both sides: a stance of "both sides" is one of each side.
    Predicted entities and event clusters are mapped to the gold's by ``alignment``; a tuple with one that has no
    counterpart is wrong. The facet is not compared.
    """
    gold, predicted = pair.once(gold_stances), pair.once(predicted_stances)
    return compare({found for found, _ in gold}, {found for found, _ in predicted}, itemgetter(2))


class SentimentGraph(NamedTuple):
    """A stance as sets of tokens (by where they begin, sorted) with a polarity, as SemEval-2022 task 10 has opinions."""

    holder: tuple[int, ...]
    target: tuple[int, ...]
    expression: tuple[int, ...]
    polarity: str


def _place(span: Span) -> Place:
    return span.start, span.end


_AUTHOR_TOKENS, _NO_TOKENS = (-1,), (-2,)  # each overlaps with itself alone


def sentiment_graphs(view: View) -> list[SentimentGraph]:
    """Return a graph for each holder, target and polarity of the stances, sorted.

    - The expression is all tokens of the evidence (of stances that differ in facet alone, of all of them).
    - Holder and target are, for each evidence span, all mentions of the entity in the sentence the span begins in;
      where there is none, the nearest before, else the first after. For an event, its triggers likewise. The tokens
      of these mentions are taken together: a system that misses one of two ("minister Ada Brink") loses part of the
      overlap and not the match. Plural entities are not expanded: their own mentions stand.
    - The author as holder has no span; that overlaps only with the author. Nor has an entity that is never
      mentioned; that overlaps only with another such.
    """
    merged: dict[tuple[str, str, str], list[Span]] = {}
    for stance in view.annotation.stances or ():
        key = (stance.holder, view.links.head(stance.target), stance.polarity)
        merged.setdefault(key, []).extend(stance.evidence)
    graphs = []
    for (holder, target, polarity), evidence in merged.items():
        beside = [(span.start, view.ground.sentence_of(span.start)) for span in evidence]
        shown = [_shown(view, identifier, beside) for identifier in (holder, target)]
        graphs.append(SentimentGraph(shown[0], shown[1], _tokens(view, evidence), polarity))
    return sorted(graphs)


def _tokens(view: View, spans: Sequence[Span]) -> tuple[int, ...]:
    token_starts = view.ground.token_starts
    if len(spans) == 1:
        return token_starts(spans[0].start, spans[0].end)
    return tuple(sorted({token for span in spans for token in token_starts(span.start, span.end)}))


_Beside = Sequence[tuple[int, Sentence | None]]  # of each evidence span, where it begins and the sentence it begins in


def _shown(view: View, identifier: str, evidence: _Beside) -> tuple[int, ...]:
    """Return the tokens that stand for a holder or target beside its evidence."""
    if identifier == AUTHOR:
        return _AUTHOR_TOKENS
    event_cluster = view.links.event_clusters.get(identifier)
    options: Sequence[Span] = view.links.mentions_of.get(identifier, ())
    if event_cluster is not None:
        options = sorted(event_cluster, key=_place) if len(event_cluster) > 1 else event_cluster
    if not options:
        return _NO_TOKENS
    spans = options
    if len(options) > 1:
        spans = [span for at, sentence in evidence for span in _beside(at, sentence, options)]
    return _tokens(view, spans) or _NO_TOKENS


def _beside(at: int, sentence: Sentence | None, options: Sequence[Span]) -> Sequence[Span]:
    """Return those of ``options``, at least one, in the sentence of an evidence span that begins at ``at``.

    Where there is none, the nearest: the last one before the evidence, else the first after it.
    """
    if sentence is not None:
        _, _, first, last = sentence
        inside = [span for span in options if first <= span.start and span.end <= last]
        if inside:
            return inside
    before = [span for span in options if span.end <= at]
    return before[-1:] or options[:1]


_TokenSets = tuple[frozenset[int], frozenset[int], frozenset[int]]  # of holder, target and expression


def _token_sets(graphs: Sequence[SentimentGraph]) -> list[_TokenSets]:
    return [(frozenset(g.holder), frozenset(g.target), frozenset(g.expression)) for g in graphs]


class Share(NamedTuple):
    """A ratio of integers that is not reduced: a fraction would be, at every step."""

    numerator: int
    denominator: int

    @property
    def exact(self) -> Fraction:
        """The same as a fraction."""
        return Fraction(self.numerator, self.denominator)

    def is_above(self, other: "Share") -> bool:
        """Whether it is the larger of two; denominators are above 0."""
        return self.numerator * other.denominator > other.numerator * self.denominator


def sum_of_shares(shares: Iterable[Share]) -> Fraction:
    """Return the exact sum."""
    numerators: dict[int, int] = {}
    for numerator, denominator in shares:
        numerators[denominator] = numerators.get(denominator, 0) + numerator
    return sum_of_ratios(numerators)


def _mean_share(common: tuple[int, int, int], tokens: _TokenSets) -> Share:
    """Return the mean share of a graph's tokens that it has in common with another: the mean of three ratios."""
    (a, b, c), (x, y, z) = common, map(len, tokens)
    return Share(a * y * z + b * x * z + c * x * y, 3 * x * y * z)


Shares = tuple[Share, Share]  # of the gold's tokens, of the prediction's


class Graphs(NamedTuple):
    """The sentiment graphs of both sides, and of each pair that overlaps, whatever the polarities, both weights.

    Two graphs overlap if holder, target and expression each have a token in common.
    """

    gold: list[SentimentGraph]
    predicted: list[SentimentGraph]
    overlaps: dict[tuple[int, int], Shares]  # place in gold and in prediction


def graphs(pair: Pair) -> Graphs:
    """Return the sentiment graphs of an article with their overlaps: what several metrics share."""
    gold, predicted = sentiment_graphs(pair.gold), sentiment_graphs(pair.predicted)
    predicted_sets = _token_sets(predicted)
    with_token: dict[int, list[int]] = {}  # predicted graphs by token of their expression
    for j, graph in enumerate(predicted):
        for token in graph.expression:
            with_token.setdefault(token, []).append(j)
    found = {}
    for i, tokens in enumerate(_token_sets(gold)):
        holder, target, expression = tokens
        for j in sorted({j for token in expression for j in with_token.get(token, ())}):
            other = predicted_sets[j]
            common = (len(holder & other[0]), len(target & other[1]), len(expression & other[2]))
            if common[0] and common[1]:
                found[i, j] = (_mean_share(common, tokens), _mean_share(common, other))
    return Graphs(gold, predicted, found)


def matched_graphs(overlaps: Mapping[tuple[int, int], Shares]) -> list[tuple[int, int]]:
    """Return the one-to-one matching of graphs that overlap with the largest sum of both weights."""
    matched, tangled = apart_and_tangled(overlaps)
    for piece in tangled:
        weights = {place: sum([share.exact for share in overlaps[place]], Fraction(0)) for place in piece}
        matched += best_of_piece(weights).items()
    return matched


def sentiment_graph_overlap(pair: Pair) -> Tally:
    """Count stances as sentiment graphs with part credit for overlapping words, by polarity.

    The sentiment-graph F1 of SemEval-2022 task 10 (Barnes et al. 2022) with two things mended. There one gold
    opinion credits any number of predicted ones; here graphs are matched one to one, so that the sum of both weights
    is the largest. There an opinion of the wrong polarity lends its overlap to one of the right polarity; here only
    graphs of the same polarity can be matched. As there, a match needs a common token in each of holder, target and
    expression, and weighs the mean of their three overlaps: in recall as shares of the gold's tokens, in precision
    of the prediction's. What stands for holder and target is told at ``sentiment_graphs``.
    """
    gold, predicted, overlaps = pair.once(graphs)
    same = {(i, j): both for (i, j), both in overlaps.items() if gold[i].polarity == predicted[j].polarity}
    in_gold = Counter([graph.polarity for graph in gold])
    in_predicted = Counter([graph.polarity for graph in predicted])
    matched: dict[str, list[Shares]] = {polarity: [] for polarity in sorted({*in_gold, *in_predicted})}
    for i, j in matched_graphs(same):
        matched[gold[i].polarity].append(same[i, j])
    return Tally(
        {
            polarity: Counts(
                gold=in_gold[polarity],
                predicted=in_predicted[polarity],
                recalled=sum_of_shares([recalled for recalled, _ in shares]),
                precise=sum_of_shares([precise for _, precise in shares]),
            )
            for polarity, shares in matched.items()
        }
    )


def classification(pair: Pair) -> Tally:
    """Count answers to the given pairs (``derive.stance_rows``), by class; a pair without an answer is wrong.

    It then counts for its own class in the gold and for no class in the prediction, as an answer outside the
    classes would.
    """
    answers, asked = pair.answers, pair.asked
    given = [answers.get(name) for name in asked]
    true = list(asked.values())
    right = Counter([one for one, other in zip(true, given, strict=True) if one == other])
    in_gold, in_answers = Counter(true), Counter(given)
    return Tally({polarity: hits(right[polarity], in_gold[polarity], in_answers[polarity]) for polarity in _classes()})


@cache
def _classes() -> tuple[str, ...]:
    return (*load_ontology().names("polarities"), "none")
