"""Stance: who supports or opposes whom, as tuples, as sentiment graphs, and as answers to given pairs.

In the examples, ``pair`` makes a pair of two annotations of a short text, ``stances`` gives holder, target, polarity
and evidence, and ``answered`` answers the five pairs of the small corpus (``tests/test_scoring_examples.py``).
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from fractions import Fraction
from functools import cache
from operator import itemgetter
from typing import NamedTuple

from parley.model import AUTHOR, Span, Stance
from parley.ontology import load_ontology
from parley.scoring.alignment import counterparts
from parley.scoring.counts import Counts, Tally, compare, sum_of_ratios, true_positives
from parley.scoring.matching import best_matching
from parley.scoring.pair import Pair, View

StanceTuple = tuple[str, str, str]  # holder, target, polarity


# tuples -----------------------------------------------------------------------------------------------------


def stances(pair: Pair) -> tuple[list[tuple[StanceTuple, Stance]], list[tuple[StanceTuple, Stance]]]:
    """Return the stances of both sides by tuple, with ids of the gold; plural holders and targets expanded."""
    gold, predicted = pair.gold, pair.predicted
    return (
        [
            ((holder, target, s.polarity), s)
            for s in gold.record.stances or ()
            for holder in gold.members(s.holder)
            for target in gold.members(gold.head(s.target))
        ],
        [
            ((holder, target, s.polarity), s)
            for s in predicted.record.stances or ()
            for holder in counterparts(pair, s.holder)
            for target in counterparts(pair, predicted.head(s.target))
        ],
    )


def tuples(pair: Pair) -> Tally:
    """Count stances as the set of (holder, target, polarity), by polarity.

    A plural holder or target counts as its members: a stance of "both sides" is one of each side.
    Predicted entities and event clusters are mapped to the gold's by ``alignment``; a tuple with one that has no
    counterpart is wrong. The facet is not compared.

    >>> gold = stances(("army", "Sudovia", "oppose", "said Sudovia"))
    >>> tuples(pair(gold, stances(("army", "Sudovia", "support", "said"))))["oppose"]
    Counts(gold=1, predicted=0, recalled=0, precise=0)
    """
    gold, predicted = ({item for item, _ in side} for side in pair.once(stances))
    return compare(gold, predicted, itemgetter(2))


def facets(pair: Pair) -> Tally:
    """Count stances as the set of (holder, target, polarity, facet), by facet; all else as ``tuples``.

    >>> gold = stances(("army", "Sudovia", "oppose", "said Sudovia"))
    >>> facets(pair(gold, stances(("army", "Sudovia", "oppose", "said Sudovia")))).total
    Counts(gold=1, predicted=1, recalled=1, precise=1)
    """
    gold, predicted = ({(*item, stance.facet) for item, stance in side} for side in pair.once(stances))
    return compare(gold, predicted, itemgetter(3))


def evidence(pair: Pair) -> Tally:
    """Count the tokens of the evidence of each (holder, target, polarity) that both sides have, by polarity.

    What is not found is counted by tuple F1.

    >>> gold = stances(("army", "Sudovia", "oppose", "said Sudovia"))
    >>> evidence(pair(gold, stances(("army", "Sudovia", "oppose", "Sudovia fears Norland")))).total
    Counts(gold=2, predicted=3, recalled=1, precise=1)
    """
    gold, predicted = pair.once(stances)
    both = {item for item, _ in gold} & {item for item, _ in predicted}
    tokens = pair.text.tokens
    gold_tokens, predicted_tokens = (
        {(i, t) for i, stance in side if i in both for span in stance.evidence for t in tokens(span.start, span.end)}
        for side in (gold, predicted)
    )
    return compare(gold_tokens, predicted_tokens, lambda item: item[0][2])


# sentiment graphs -------------------------------------------------------------------------------------------


class SentimentGraph(NamedTuple):
    """A stance as sets of tokens with a polarity, as SemEval-2022 task 10 has opinions."""

    holder: frozenset[int]
    target: frozenset[int]
    expression: frozenset[int]
    polarity: str


_AUTHOR_TOKENS, _NO_TOKENS = frozenset([-1]), frozenset([-2])  # each overlaps with itself alone


def sentiment_graphs(view: View) -> list[SentimentGraph]:
    """Return a graph for each holder, target and polarity of the stances.

    - The expression is all tokens of the evidence (of stances that differ in facet alone, of all of them).
    - Holder and target are, for each evidence span, all mentions of the entity in the sentence the span begins in;
      where there is none, the nearest before, else the first after. For an event, its triggers likewise. The tokens of
      these mentions are taken together: a system that misses one of two ("minister Ada Brink") loses part of the
      overlap and not the match. Plural entities are not expanded: their own mentions count.
    - The author as holder has no span; that overlaps only with the author. Nor has an entity that is never mentioned;
      that overlaps only with another such.
    """
    merged: dict[StanceTuple, list[Span]] = defaultdict(list)
    for stance in view.record.stances or ():
        merged[stance.holder, view.head(stance.target), stance.polarity] += stance.evidence
    graphs = [
        SentimentGraph(_shown(view, holder, spans), _shown(view, target, spans), _tokens(view, spans), polarity)
        for (holder, target, polarity), spans in merged.items()
    ]
    return sorted(graphs, key=lambda g: ([*map(sorted, g[:3])], g.polarity))  # of equal matchings always the same


def _tokens(view: View, spans: Iterable[Span]) -> frozenset[int]:
    return frozenset().union(*[view.article_text.tokens(span.start, span.end) for span in spans])


def _shown(view: View, identifier: str, evidence: Sequence[Span]) -> frozenset[int]:
    """Return the tokens of a holder or target near its evidence."""
    if identifier == AUTHOR:
        return _AUTHOR_TOKENS
    options: Sequence[Span] = view.mentions_of.get(identifier, ())
    if identifier in view.event_clusters:
        options = sorted(view.event_clusters[identifier], key=lambda e: (e.start, e.end))
    beside = [span for shown in evidence for span in _beside(view, shown, options)] if len(options) > 1 else options
    return _tokens(view, beside) or _NO_TOKENS


def _beside(view: View, evidence: Span, options: Sequence[Span]) -> Sequence[Span]:
    """Return those of ``options`` in the sentence the evidence begins in; else the last before it, else the first."""
    sentence = view.article_text.sentence_of(evidence.start, evidence.start + 1)
    inside = [s for s in options if sentence and sentence.start <= s.start and s.end <= sentence.end]
    return inside or [s for s in options if s.end <= evidence.start][-1:] or options[:1]


Edge = tuple[int, int]  # places of a graph of the gold and a graph of the prediction


class Graphs(NamedTuple):
    """The sentiment graphs of both sides, and how much each two that overlap have in common, whatever the polarities.

    Two graphs overlap if holder, target and expression each have a token in common. A weight is the mean of the three
    shares of common tokens: ``overlaps`` holds its numerator for the gold's graph and for the prediction's, over the
    graph's ``_denominator``. So weights stay integers until they are added up.
    """

    gold: list[SentimentGraph]
    predicted: list[SentimentGraph]
    overlaps: dict[Edge, tuple[int, int]]


def _denominator(graph: SentimentGraph) -> int:
    return 3 * len(graph.holder) * len(graph.target) * len(graph.expression)


def _sum(graphs: Sequence[SentimentGraph], numerators: Iterable[tuple[int, int]]) -> Fraction:
    sums = defaultdict[int, int](int)
    for place, numerator in numerators:
        sums[_denominator(graphs[place])] += numerator
    return sum_of_ratios(sums)


def graphs(pair: Pair) -> Graphs:
    """Return the sentiment graphs of an article with their overlaps."""
    gold, predicted = sentiment_graphs(pair.gold), sentiment_graphs(pair.predicted)
    found: dict[Edge, tuple[int, int]] = {}
    for i, one in enumerate(gold):
        for j, other in enumerate(predicted):
            if one.expression.isdisjoint(other.expression):  # asked first: it rules most pairs out
                continue
            expression, holder = len(one.expression & other.expression), len(one.holder & other.holder)
            target = len(one.target & other.target)
            if holder and target:
                common = holder, target, expression
                found[i, j] = _numerator(common, one), _numerator(common, other)
    return Graphs(gold, predicted, found)


def _numerator(common: tuple[int, int, int], graph: SentimentGraph) -> int:
    """Return Σ common / size of holder, target and expression, times the product of the three sizes."""
    a, b, c = common
    x, y, z = len(graph.holder), len(graph.target), len(graph.expression)
    return a * y * z + b * x * z + c * x * y


def _matched(graphs: Graphs, edges: Iterable[Edge]) -> list[Edge]:
    """Return the one-to-one matching of graphs with the largest sum of both weights."""
    weights: dict[Edge, float] = {}
    for i, j in edges:
        one, other = _denominator(graphs.gold[i]), _denominator(graphs.predicted[j])
        recalled, precise = graphs.overlaps[i, j]
        weights[i, j] = (recalled * other + precise * one) / (one * other)  # correctly rounded
    return list(best_matching(weights).items())


def sf1_repaired(pair: Pair) -> Tally:
    """Count stances as sentiment graphs with partial credit for overlapping words, by polarity.

    The sentiment-graph F1 of SemEval-2022 task 10 (Barnes et al. 2022) with two repairs. There one gold opinion credits
    any number of predicted ones; here graphs are matched one to one so that the sum of both weights is the largest.
    There an opinion of the wrong polarity lends its overlap to one of the right polarity; here only graphs of the same
    polarity can be matched. In recall a match weighs as shares of the gold's tokens, in precision of the prediction's.
    For the tokens of holder and target see ``sentiment_graphs``.

    >>> predicted = stances(("army", "Sudovia", "oppose", "said"))  # recalled: (1 + 1 + 1/2) / 3
    >>> sf1_repaired(pair(stances(("army", "Sudovia", "oppose", "said Sudovia")), predicted)).total
    Counts(gold=1, predicted=1, recalled=Fraction(5, 6), precise=Fraction(1, 1))
    """
    found = pair.once(graphs)
    gold, predicted, overlaps = found
    tally = Tally()
    matched = _matched(found, [(i, j) for i, j in overlaps if gold[i].polarity == predicted[j].polarity])
    in_gold, in_predicted = (Counter(graph.polarity for graph in side) for side in (gold, predicted))
    for polarity in sorted({*in_gold, *in_predicted}):
        own = [(i, j) for i, j in matched if gold[i].polarity == polarity]
        recalled, precise = _matched_weights(found, own)
        tally[polarity] = Counts(in_gold[polarity], in_predicted[polarity], recalled, precise)
    return tally


def _matched_weights(found: Graphs, matched: Iterable[Edge]) -> tuple[Fraction, Fraction]:
    """Return the sums of both weights of matched graphs."""
    edges = list(matched)
    return (
        _sum(found.gold, [(i, found.overlaps[i, j][0]) for i, j in edges]),
        _sum(found.predicted, [(j, found.overlaps[i, j][1]) for i, j in edges]),
    )


def nsf1_repaired(pair: Pair) -> Tally:
    """Count as ``sf1_repaired``, whatever the polarity.

    >>> gold = stances(("army", "Sudovia", "oppose", "said Sudovia"))
    >>> nsf1_repaired(pair(gold, stances(("army", "Sudovia", "support", "said")))).total.recalled
    Fraction(5, 6)
    """
    found = pair.once(graphs)
    weights = _matched_weights(found, _matched(found, found.overlaps))
    return Tally({"": Counts(len(found.gold), len(found.predicted), *weights)})


def sf1_semeval(pair: Pair) -> Tally:
    """Count stances as SemEval-2022 task 10 does its sentiment graphs: SF1, quirks kept (Barnes et al. 2022).

    A graph is right if *any* graph of the other side has its polarity and a common token in each of holder, target and
    expression. It then weighs the *best* mean overlap with any graph of the other side, whatever its polarity. An
    article is the task's sentence; the author is a token of its own, as an empty holder is there.

    >>> gold = stances(("army", "Sudovia", "oppose", "said Sudovia"))
    >>> sf1_semeval(pair(gold, stances(("army", "Sudovia", "support", "said")))).total.recalled
    Fraction(0, 1)
    """
    gold, predicted, overlaps = pair.once(graphs)
    return _semeval(pair, [(i, j) for i, j in overlaps if gold[i].polarity == predicted[j].polarity])


def nsf1_semeval(pair: Pair) -> Tally:
    """Count as ``sf1_semeval``, whatever the polarity: NSF1 (Barnes et al. 2021), quirks kept.

    >>> gold = stances(("army", "Sudovia", "oppose", "said Sudovia"))
    >>> nsf1_semeval(pair(gold, stances(("army", "Sudovia", "support", "said")))).total.recalled
    Fraction(5, 6)
    """
    return _semeval(pair, pair.once(graphs).overlaps)


def _semeval(pair: Pair, right: Iterable[Edge]) -> Tally:
    found = pair.once(graphs)
    recalled, precise = defaultdict[int, int](int), defaultdict[int, int](int)  # a graph's best overlap
    for (i, j), (of_gold, of_predicted) in found.overlaps.items():
        recalled[i], precise[j] = max(recalled[i], of_gold), max(precise[j], of_predicted)
    golds, answers = {i for i, _ in right}, {j for _, j in right}
    weights = (
        _sum(found.gold, [(i, recalled[i]) for i in golds]),
        _sum(found.predicted, [(j, precise[j]) for j in answers]),
    )
    return Tally({"": Counts(len(found.gold), len(found.predicted), *weights)})


# given pairs ------------------------------------------------------------------------------------------------


def classification(pair: Pair) -> Tally:
    """Count answers to the given pairs (``derive.stance_rows``), by class; a pair without an answer is wrong.

    It then counts for its own class in the gold and for no class in the prediction, as an answer outside the classes
    would.

    >>> classification(answered(["none", "none", None, "support", "oppose"]))["none"]  # one of three has no answer
    Counts(gold=3, predicted=2, recalled=2, precise=2)
    """
    answers = [(polarity, pair.answers.get(name)) for name, polarity in pair.asked.items()]
    in_gold, in_answers = Counter(true for true, _ in answers), Counter(given for _, given in answers)
    right = Counter(true for true, given in answers if true == given)
    return Tally({name: true_positives(right[name], in_gold[name], in_answers[name]) for name in _classes()})


@cache
def _classes() -> tuple[str, ...]:
    return (*load_ontology().names("polarities"), "none")


def for_and_against(pair: Pair) -> Tally:
    """Count the answers to the given pairs for two classes only: their ``macro_f1`` is F_avg of SemEval-2016 task 6.

    The other classes have no F1 in the mean, but an answer of theirs that is wrong still costs (Mohammad et al. 2016).
    A class that is neither in the gold nor in the answers is left out, so that a perfect answer has a perfect score.

    >>> list(for_and_against(answered(["none", "none", None, "support", "oppose"])))
    ['support', 'oppose']
    """
    return Tally({label: pair.once(classification)[label] for label in ("support", "oppose")})
