"""Spans of mentions beside the headline: untyped, by form, with credit for overlap, and flat by sentence.

The four schemas of SemEval-2013 task 9 (Segura-Bedmar et al. 2013) compare the mentions that overlap:

=======  ==============================  ====================================
strict   right with same words and type
exact    right with same words
type     right with same type            overlap of any length is enough
partial  right with same words           half right with overlap of any length
=======  ==============================  ====================================

Here a gold mention earns for one prediction and a prediction from one gold mention, matched so that the sum is the
largest. The scorer nervaluate takes predictions in their order and lets each use up the first gold mention it
overlaps; ``nervaluate`` reproduces that.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Set
from fractions import Fraction
from itertools import pairwise
from operator import eq, itemgetter

import numpy as np

from parley.scoring.assignment import apart_and_tangled, best_matching, sum_of_best
from parley.scoring.counts import Counts, Tally, compare, hits
from parley.scoring.entities import typed
from parley.scoring.pairs import Pair, Places, SpanArrays, View
from parley.segment import Sentence

Item = tuple[int, int, str]  # start and end, code points, half-open; type

_TYPE = itemgetter(2)
NO_FORM = "no form"  # of a predicted mention that was given none


def untyped(pair: Pair) -> Tally:
    """Count mentions and values as the set of (start, end)."""
    return compare(pair.gold.places, pair.predicted.places)


def by_form(pair: Pair) -> Tally:
    """Count entity mentions as the set of (start, end, type, form), by form. Values have no form and are left out."""
    return compare(_formed(pair.gold), _formed(pair.predicted), itemgetter(1))


def _formed(view: View) -> set[tuple[Item, str]]:
    mentions = view.annotation.mentions or ()
    typed = zip(view.typed_mentions, mentions, strict=True)
    return {(item, mention.form or NO_FORM) for item, mention in typed if mention.type is None}


def flat(pair: Pair) -> Tally:
    """Count the outermost mentions and values of each sentence as the set of (start, end, type), by type.

    These are the entities of the ``ner_tags`` in the dataset's ``entities`` config, and the figures those of seqeval
    1.2.2 with ``mode="strict", scheme=IOB2`` on such tags. A predicted span that is no run of whole tokens, or lies in
    no one sentence, has no tags and is wrong here.
    """
    return compare(_outermost(pair.gold), _outermost(pair.predicted), _TYPE)


def _outermost(view: View) -> Set[Item]:
    spans = view.sorted_spans
    if not spans:
        return set()
    arrays = view.span_arrays
    begins = np.ones(len(spans), np.bool_)  # whether a span has nothing in common with any before it
    begins[1:] = arrays.starts[1:] >= arrays.furthest[:-1]
    firsts = [*np.flatnonzero(begins).tolist(), len(spans)]
    inner: set[Item] = set()
    for first, end in pairwise(firsts):
        if end - first > 1:
            inner |= _inner(spans[first:end], view)
    return view.typed_spans - inner


def _inner(spans: list[Item], view: View) -> set[Item]:
    """Return those of some spans that are not outermost in their sentence."""
    covered: dict[Sentence, int] = {}  # sentence -> end of its last outermost span
    found = set()
    for start, end, kind in sorted(spans, key=lambda item: (item[0], -item[1], item[2])):
        sentence = view.ground.sentence_of(start)
        if sentence is None or end > sentence.end:  # in no sentence, and therefore inside nothing
            continue
        if start >= covered.get(sentence, 0):
            covered[sentence] = end
        else:
            found.add((start, end, kind))
    return found


class Overlaps:
    """The spans of both sides, sorted, and which ``pairs`` overlap: (place in gold, place in predicted).

    ``apart`` are the pairs of spans that overlap nothing else, some of which may be known; in each of the ``pieces``
    of other pairs there is a choice.
    """

    def __init__(
        self,
        gold: list[Item],
        predicted: list[Item],
        pairs: Iterable[tuple[int, int]],
        apart: Iterable[tuple[int, int]] = (),
    ) -> None:
        self.gold, self.predicted = gold, predicted
        self.apart, self.pieces = apart_and_tangled(pairs)
        self.apart += apart


def _overlapping(gold: SpanArrays, predicted: SpanArrays) -> tuple[Places, Places]:
    """Return the pairs of spans with a part of the text in common: places in gold, places in predicted."""
    if not len(gold.starts) or not len(predicted.starts):
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    # Of each predicted span: the first gold span that could reach into it, and the first that begins after it.
    first = np.searchsorted(gold.furthest, predicted.starts, side="right")
    number = np.maximum(np.searchsorted(gold.starts, predicted.ends) - first, 0)
    other = np.repeat(np.arange(len(number)), number)
    one = np.arange(len(other)) + np.repeat(first - np.cumsum(number) + number, number)
    both = gold.ends[one] > predicted.starts[other]
    return one[both], other[both]


def overlaps(pair: Pair) -> Overlaps:
    """Return which gold and predicted spans overlap."""
    one, other = _overlapping(pair.gold.span_arrays, pair.predicted.span_arrays)
    alone = (np.bincount(one)[one] == 1) & (np.bincount(other)[other] == 1)
    apart, rest = (zip(one[which].tolist(), other[which].tolist(), strict=True) for which in (alone, ~alone))
    return Overlaps(pair.gold.sorted_spans, pair.predicted.sorted_spans, rest, apart)


def strict(pair: Pair) -> Tally:
    """Count the schema *strict*, by type. With the best matching these are the counts of ``entities.typed_f1``."""
    return pair.once(typed)


def exact(pair: Pair) -> Tally:
    """Count the schema *exact*: same words, whatever the type; of two types on the same words each needs its own."""
    gold, predicted = pair.gold, pair.predicted
    if len(gold.places) == len(gold.typed_spans) and len(predicted.places) == len(predicted.typed_spans):
        right = len(gold.places & predicted.places)  # no words have two types
        return Tally({"": hits(right, len(gold.places), len(predicted.places))})
    in_gold = Counter((start, end) for start, end, _ in gold.typed_spans)
    in_predicted = Counter((start, end) for start, end, _ in predicted.typed_spans)
    return Tally({"": hits((in_gold & in_predicted).total(), in_gold.total(), in_predicted.total())})


def same_type(pair: Pair) -> Tally:
    """Count the schema *type*, by type: overlap with the same type is right."""
    found = pair.once(overlaps)
    gold, predicted = found.gold, found.predicted
    right = [gold[i][2] for i, j in found.apart if gold[i][2] == predicted[j][2]]
    for piece in found.pieces:
        matching = best_matching({(i, j): 1 for i, j in piece if gold[i][2] == predicted[j][2]})
        right += [gold[i][2] for i in matching]
    in_gold, in_predicted = Counter(map(_TYPE, gold)), Counter(map(_TYPE, predicted))
    in_right = Counter(right)
    kinds = sorted({*in_gold, *in_predicted})
    return Tally({kind: hits(in_right[kind], in_gold[kind], in_predicted[kind]) for kind in kinds})


def partial(pair: Pair) -> Tally:
    """Count the schema *partial*: the same words are right, overlap is half right, whatever the type."""
    found = pair.once(overlaps)
    gold, predicted = found.gold, found.predicted
    halves = len(found.apart) + sum([_same_words(gold[i], predicted[j]) for i, j in found.apart])
    for piece in found.pieces:
        weights = {(i, j): 2 if _same_words(gold[i], predicted[j]) else 1 for i, j in piece}
        halves += sum([weights[place] for place in sum_of_best(weights)])
    right = Fraction(halves, 2)
    return Tally({"": Counts(len(gold), len(predicted), right, right)})


def nervaluate_strict(pair: Pair) -> Tally:
    """Count *strict* as nervaluate 1.2.1 does; see ``nervaluate``."""
    return Tally({"": nervaluate(pair.once(overlaps), eq)})


def nervaluate_exact(pair: Pair) -> Tally:
    """Count *exact* as nervaluate 1.2.1 does; see ``nervaluate``."""
    return Tally({"": nervaluate(pair.once(overlaps), _same_words)})


def _same_words(gold: Item, predicted: Item) -> bool:
    return gold[0] == predicted[0] and gold[1] == predicted[1]


def nervaluate(overlapping: Overlaps, is_right: Callable[[Item, Item], bool]) -> Counts:
    """Return the counts of nervaluate 1.2.1 on spans in the order of the text (start, end, type).

    Each prediction in turn takes the first gold span left that it is right on; failing that it is incorrect on the
    first one left that it overlaps by 1 % of the gold span or more, and that span is used up: a later prediction that
    has it exactly comes to nothing. On flat spans that cannot happen, and the figures are those of the best matching.
    """
    gold, predicted = overlapping.gold, overlapping.predicted
    right = sum([is_right(gold[i], predicted[j]) for i, j in overlapping.apart])
    touched: dict[int, list[int]] = {}
    for piece in overlapping.pieces:
        for i, j in piece:
            touched.setdefault(j, []).append(i)
    used: set[int] = set()
    for j, there in sorted(touched.items()):
        left = [i for i in sorted(there) if i not in used]
        match = next((i for i in left if is_right(gold[i], predicted[j])), None)
        if match is not None:
            right += 1
            used.add(match)
        else:
            used.update([i for i in left if _is_enough(gold[i], predicted[j])][:1])
    return hits(right, len(gold), len(predicted))


def _is_enough(gold: Item, predicted: Item) -> bool:
    """Return whether the overlap is 1 % of the gold span or more."""
    return 100 * (min(gold[1], predicted[1]) - max(gold[0], predicted[0])) >= gold[1] - gold[0]
