"""Stance beside the headline: facets, evidence, sentiment graphs as SemEval-2022 counts them, SemEval-2016's mean."""

from collections.abc import Mapping, Sequence, Set
from operator import itemgetter

from parley.model import Stance
from parley.scoring.counts import Counts, Tally, compare
from parley.scoring.pairs import Pair
from parley.scoring.stance import (
    Share,
    StanceTuple,
    classification,
    gold_stances,
    graphs,
    matched_graphs,
    predicted_stances,
    sum_of_shares,
)

_AVERAGED = ("support", "oppose")  # FAVOR and AGAINST of SemEval-2016 task 6


def facets(pair: Pair) -> Tally:
    """Count stances as the set of (holder, target, polarity, facet), by facet; all else as ``stance.tuples``."""
    return compare(
        {(*found, stance.facet) for found, stance in pair.once(gold_stances)},
        {(*found, stance.facet) for found, stance in pair.once(predicted_stances)},
        itemgetter(3),
    )


def evidence(pair: Pair) -> Tally:
    """Count the tokens of the evidence of each (holder, target, polarity) that both sides have, by polarity.

    An item is a tuple with a token (by where it begins) of any of its evidence spans. What is not found is the tuple
    F1's to count.
    """
    gold, predicted = _by_tuple(pair.once(gold_stances)), _by_tuple(pair.once(predicted_stances))
    both = gold.keys() & predicted.keys()
    return compare(_words(pair, gold, both), _words(pair, predicted, both), lambda item: item[0][2])


def _by_tuple(stances: Sequence[tuple[StanceTuple, Stance]]) -> dict[StanceTuple, list[Stance]]:
    found: dict[StanceTuple, list[Stance]] = {}
    for item, stance in stances:
        found.setdefault(item, []).append(stance)
    return found


def _words(
    pair: Pair, by_tuple: Mapping[StanceTuple, list[Stance]], wanted: Set[StanceTuple]
) -> set[tuple[StanceTuple, int]]:
    """Return each wanted tuple with each token of the evidence of its stances."""
    spans = {(item, span.start, span.end) for item in wanted for stance in by_tuple[item] for span in stance.evidence}
    starts = {place: pair.ground.token_starts(*place) for place in {(start, end) for _, start, end in spans}}
    return {(item, token) for item, start, end in spans for token in starts[start, end]}


def _by_semeval(pair: Pair, *, polarity: bool) -> Counts:
    gold, predicted, overlaps = pair.once(graphs)
    recalled: dict[int, Share] = {}
    precise: dict[int, Share] = {}
    found: set[int] = set()
    true: set[int] = set()
    for (i, j), (of_gold, of_predicted) in overlaps.items():
        if i not in recalled or of_gold.is_above(recalled[i]):
            recalled[i] = of_gold
        if j not in precise or of_predicted.is_above(precise[j]):
            precise[j] = of_predicted
        if not polarity or gold[i].polarity == predicted[j].polarity:
            found.add(i)
            true.add(j)
    return Counts(
        len(gold),
        len(predicted),
        sum_of_shares([recalled[i] for i in found]),
        sum_of_shares([precise[j] for j in true]),
    )


def sf1_semeval(pair: Pair) -> Tally:
    """Count stances as SemEval-2022 task 10 does its sentiment graphs: SF1, quirks kept (Barnes et al. 2022).

    A graph is right if *any* graph of the other side has its polarity and a common token in each of holder, target and
    expression. It then weighs the *best* mean overlap with any graph of the other side, as shares of its own tokens:
    the gold's in recall, the prediction's in precision. So one gold graph credits any number of predictions, and the
    overlap may be with a graph of another polarity. An article is the task's sentence; ``sentiment_graphs`` tells what
    the tokens are. The author is a token of its own, as an empty holder is there.
    """
    return Tally({"": _by_semeval(pair, polarity=True)})


def nsf1_semeval(pair: Pair) -> Tally:
    """Count the same without regard to polarity: NSF1 (Barnes et al. 2021), quirks kept."""
    return Tally({"": _by_semeval(pair, polarity=False)})


def nsf1_repaired(pair: Pair) -> Tally:
    """Count ``stance.sentiment_graph_overlap`` without regard to polarity: matched one to one, both weights together."""
    gold, predicted, overlaps = pair.once(graphs)
    matched = [overlaps[place] for place in matched_graphs(overlaps)]
    recalled = sum_of_shares([recalled for recalled, _ in matched])
    precise = sum_of_shares([precise for _, precise in matched])
    return Tally({"": Counts(len(gold), len(predicted), recalled, precise)})


def for_and_against(pair: Pair) -> Tally:
    """Count the answers to the given pairs for two classes only, ``support`` and ``oppose``.

    Their ``macro_f1`` is F_avg of SemEval-2016 task 6 (Mohammad et al. 2016): the other classes have no F1 in the mean,
    but an answer of theirs that is wrong still costs. One thing is mended: a class that occurs neither in the gold nor
    in the answers has F1 0 there and is left out here, so that a perfect answer has a perfect score.
    """
    by_label = pair.once(classification).by_label
    return Tally({label: by_label[label] for label in _AVERAGED})
