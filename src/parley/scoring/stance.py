"""Stance: who supports or opposes whom, as tuples, as sentiment graphs, and as answers to given pairs.

All are micro-F1 unless ``scoring.registry``, which assigns the average, says otherwise.

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
from parley.scoring.counts import Counts, Tally, compare, exact_counts, sum_of_ratios
from parley.scoring.matching import best_matching
from parley.scoring.pair import Pair, View
from parley.segment import Sentence

StanceTuple = tuple[str, str, str]  # holder, target, polarity


# tuples -----------------------------------------------------------------------------------------------------


def stances(pair: Pair) -> tuple[list[tuple[StanceTuple, Stance]], list[tuple[StanceTuple, Stance]]]:
    """Return gold and predicted stances with their (holder, target, polarity).

    Predicted ids are mapped to gold ids, plural entities expanded.
    """
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
    """Count stance tuples: the set of (holder, target, polarity), tallied by polarity.

    A plural holder or target counts as its members: a stance of "both sides" is one of each side.
    Predicted entities, event clusters and propositions are mapped to gold ones by ``alignment``; a tuple whose holder
    or target is unaligned is a false positive. The facet is not compared.

    >>> gold = stances(("army", "Sudovia", "oppose", "said Sudovia"))
    >>> tuples(pair(gold, stances(("army", "Sudovia", "support", "said"))))["oppose"]
    Counts(gold=1, predicted=0, recalled=0, precise=0)
    """
    gold, predicted = ({item for item, _ in side} for side in pair.once(stances))
    return compare(gold, predicted, itemgetter(2))


def facets(pair: Pair) -> Tally:
    """Count stance tuples with their facet: the set of (holder, target, polarity, facet), tallied by facet.

    All else is as in ``tuples``.

    >>> gold = stances(("army", "Sudovia", "oppose", "said Sudovia"))
    >>> facets(pair(gold, stances(("army", "Sudovia", "oppose", "said Sudovia")))).total
    Counts(gold=1, predicted=1, recalled=1, precise=1)
    """
    gold, predicted = ({(*item, stance.facet) for item, stance in side} for side in pair.once(stances))
    return compare(gold, predicted, itemgetter(3))


def evidence(pair: Pair) -> Tally:
    """Count evidence tokens of the stances on both sides: the set of (stance tuple, token), tallied by polarity.

    Stances missing on one side do not count here; tuple F1 covers them.

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
    """A stance as sets of tokens with a polarity, in the form of SemEval-2022 task 10 opinion tuples."""

    holder: frozenset[int]
    target: frozenset[int]
    expression: frozenset[int]
    polarity: str


Evidence = tuple[Span, Sentence | None]  # a span and the sentence it begins in

# Sentinels: AUTHOR matches only AUTHOR, unmentioned only unmentioned.
_AUTHOR_TOKENS, _UNMENTIONED = frozenset([-1]), frozenset([-2])


def sentiment_graphs(view: View) -> list[SentimentGraph]:
    """Return a graph for each holder, target and polarity of the stances.

    - Stances that differ only in facet are merged into one graph. The expression is all tokens of their evidence.
    - Holder and target are, for each evidence span, all mentions of the entity in the sentence in which the span
      begins; if there is none, the nearest mention before, else the first after. Event targets: the same with triggers.
      Propositions: the same with the span that states it and the later expressions for it.
    - The tokens of these mentions are taken together, so that a system that misses one of two ("minister Ada Brink")
      loses part of the overlap and not the match. Plural entities are not expanded: their own mentions count.
    - The author matches only the author; an unmentioned entity matches only another unmentioned one.
    """
    merged: dict[StanceTuple, list[Span]] = defaultdict(list)
    for stance in view.record.stances or ():
        merged[stance.holder, view.head(stance.target), stance.polarity] += stance.evidence
    graphs = []
    for (holder, target, polarity), spans in merged.items():
        evidence = [(span, view.article_text.sentence_of(span.start, span.start + 1)) for span in spans]
        shown = _shown(view, holder, evidence), _shown(view, target, evidence)
        graphs.append(SentimentGraph(*shown, _tokens(view, spans), polarity))
    return sorted(graphs, key=lambda g: ([*map(sorted, g[:3])], g.polarity))  # of equal matchings always the same


def _tokens(view: View, spans: Iterable[Span]) -> frozenset[int]:
    return frozenset().union(*[view.article_text.tokens(span.start, span.end) for span in spans])


def _shown(view: View, identifier: str, evidence: Sequence[Evidence]) -> frozenset[int]:
    """Return the tokens of a holder or target near its evidence."""
    if identifier == AUTHOR:
        return _AUTHOR_TOKENS
    options: Sequence[Span] = view.mentions_of.get(identifier, ())
    if identifier in view.event_clusters:
        options = sorted(view.event_clusters[identifier], key=lambda e: (e.start, e.end))
    elif identifier in view.propositions:
        options = sorted(view.propositions[identifier].spans, key=lambda s: (s.start, s.end))
    beside = [span for shown in evidence for span in _beside(*shown, options)] if len(options) > 1 else options
    return _tokens(view, beside) or _UNMENTIONED


def _beside(evidence: Span, sentence: Sentence | None, options: Sequence[Span]) -> Sequence[Span]:
    """Return those of ``options`` in the sentence the evidence begins in; else the last before it, else the first."""
    inside = [s for s in options if sentence and sentence.start <= s.start and s.end <= sentence.end]
    return inside or [s for s in options if s.end <= evidence.start][-1:] or options[:1]


Edge = tuple[int, int]  # indices of a gold and a predicted graph


class Graphs(NamedTuple):
    """The sentiment graphs of both sides, and the weights of every pair that overlaps, whatever the polarities.

    Two graphs overlap if holder, target and expression (H, T, E) each have a token in common. Then
    weight = (|H∩H'|/|H| + |T∩T'|/|T| + |E∩E'|/|E|) / 3, by gold sizes for recall, predicted sizes for precision.
    ``overlaps`` stores both as integer numerators over ``_denominator`` of the gold and of the predicted graph.
    """

    gold: list[SentimentGraph]
    predicted: list[SentimentGraph]
    overlaps: dict[Edge, tuple[int, int]]


def _denominator(graph: SentimentGraph) -> int:
    return 3 * len(graph.holder) * len(graph.target) * len(graph.expression)


def _sum(graphs: Sequence[SentimentGraph], numerators: Iterable[tuple[int, int]]) -> Fraction:
    sums = defaultdict[int, int](int)
    for index, numerator in numerators:
        sums[_denominator(graphs[index])] += numerator
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
    """Return the one-to-one matching of graphs with the largest total of recall weight + precision weight."""
    weights: dict[Edge, float] = {}
    for i, j in edges:
        one, other = _denominator(graphs.gold[i]), _denominator(graphs.predicted[j])
        recalled, precise = graphs.overlaps[i, j]
        weights[i, j] = (recalled * other + precise * one) / (one * other)  # correctly rounded
    return list(best_matching(weights).items())


def sf1_repaired(pair: Pair) -> Tally:
    """Count stances as sentiment graphs (SF1) with partial credit for overlapping words, tallied by polarity.

    The sentiment-graph F1 of SemEval-2022 task 10 (Barnes et al. 2022) with two repairs:

    1. Matching is one to one (SemEval lets one gold graph credit many): the matching with the largest total weight.
    2. Only graphs of equal polarity match (SemEval lets a graph of the wrong polarity raise the weight of a match).

    Recall uses the gold-based weight, precision the predicted-based one (see ``Graphs``).

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
    """Return the sum of the recall weights and the sum of the precision weights of matched graphs."""
    edges = list(matched)
    return (
        _sum(found.gold, [(i, found.overlaps[i, j][0]) for i, j in edges]),
        _sum(found.predicted, [(j, found.overlaps[i, j][1]) for i, j in edges]),
    )


def nsf1_repaired(pair: Pair) -> Tally:
    """Count as ``sf1_repaired``, ignoring polarity (NSF1).

    >>> gold = stances(("army", "Sudovia", "oppose", "said Sudovia"))
    >>> nsf1_repaired(pair(gold, stances(("army", "Sudovia", "support", "said")))).total.recalled
    Fraction(5, 6)
    """
    found = pair.once(graphs)
    weights = _matched_weights(found, _matched(found, found.overlaps))
    return Tally({"": Counts(len(found.gold), len(found.predicted), *weights)})


def sf1_semeval(pair: Pair) -> Tally:
    """Count the SF1 of SemEval-2022 task 10 (Barnes et al. 2022), reproducing the official scorer with its known flaws.

    A graph is right if *any* graph of the other side has its polarity and a common token in each of holder, target and
    expression. Its weight is then the *best* weight with any graph of the other side, whatever its polarity. Each
    article is treated as one SemEval sentence; AUTHOR plays the part of their empty holder.

    >>> gold = stances(("army", "Sudovia", "oppose", "said Sudovia"))
    >>> sf1_semeval(pair(gold, stances(("army", "Sudovia", "support", "said")))).total.recalled
    Fraction(0, 1)
    """
    gold, predicted, overlaps = pair.once(graphs)
    return _semeval(pair, [(i, j) for i, j in overlaps if gold[i].polarity == predicted[j].polarity])


def nsf1_semeval(pair: Pair) -> Tally:
    """Count as ``sf1_semeval``, ignoring polarity: NSF1 (Barnes et al. 2021), flaws included.

    >>> gold = stances(("army", "Sudovia", "oppose", "said Sudovia"))
    >>> nsf1_semeval(pair(gold, stances(("army", "Sudovia", "support", "said")))).total.recalled
    Fraction(5, 6)
    """
    return _semeval(pair, pair.once(graphs).overlaps)


def _semeval(pair: Pair, right: Iterable[Edge]) -> Tally:
    found = pair.once(graphs)
    recalled, precise = defaultdict[int, int](int), defaultdict[int, int](int)  # a graph's best weight
    for (i, j), (of_gold, of_predicted) in found.overlaps.items():
        recalled[i], precise[j] = max(recalled[i], of_gold), max(precise[j], of_predicted)
    matched_gold, matched_predicted = {i for i, _ in right}, {j for _, j in right}
    weights = (
        _sum(found.gold, [(i, recalled[i]) for i in matched_gold]),
        _sum(found.predicted, [(j, precise[j]) for j in matched_predicted]),
    )
    return Tally({"": Counts(len(found.gold), len(found.predicted), *weights)})


# given pairs ------------------------------------------------------------------------------------------------


def classification(pair: Pair) -> Tally:
    """Count stance classification: answers to the given pairs (``derive.stance_rows``), tallied by class.

    An unanswered pair is a false negative of its gold class and no false positive.

    >>> classification(answered(["none", "none", None, "support", "oppose"]))["none"]  # one of three has no answer
    Counts(gold=3, predicted=2, recalled=2, precise=2)
    """
    answers = [(polarity, pair.answers.get(name)) for name, polarity in pair.asked.items()]
    in_gold, in_answers = Counter([true for true, _ in answers]), Counter([given for _, given in answers])
    right = Counter([true for true, given in answers if true == given])
    return Tally({name: exact_counts(right[name], in_gold[name], in_answers[name]) for name in _classes()})


@cache
def _classes() -> tuple[str, ...]:
    return (*load_ontology().names("polarities"), "none")


def for_and_against(pair: Pair) -> Tally:
    """Count support and oppose among the given pairs: their ``macro_f1`` is F_avg of SemEval-2016 task 6.

    ``mixed`` and ``none`` are not averaged, but confusing them with support or oppose lowers those F1s (Mohammad et al.
    2016). A class in neither the gold nor the answers is left out, so that a perfect answer has a perfect score.

    >>> list(for_and_against(answered(["none", "none", None, "support", "oppose"])))
    ['support', 'oppose']
    """
    return Tally({label: pair.once(classification)[label] for label in ("support", "oppose")})
