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

from collections.abc import Callable, Iterable
from fractions import Fraction
from itertools import pairwise
from operator import eq
from typing import NamedTuple

import numpy as np

from parley.scoring.assignment import apart_and_tangled, best_matching, sum_of_best
from parley.scoring.counts import Counts, Tally, hits
from parley.scoring.entities import typed
from parley.scoring.numbers import Column, by_label, column, compare_labelled, compare_rows, pack_both
from parley.scoring.pairs import NO_FORM as NO_FORM
from parley.scoring.pairs import Pair, Places, SpanArrays, View
from parley.segment import Sentence

Item = tuple[int, int, str]  # start and end, code points, half-open; type


def untyped(pair: Pair) -> Tally:
    """Count mentions and values as the set of (start, end)."""
    gold, predicted = pair.gold.span_arrays, pair.predicted.span_arrays
    return compare_rows((gold.starts, gold.ends), (predicted.starts, predicted.ends))


def by_form(pair: Pair) -> Tally:
    """Count entity mentions as the set of (start, end, type, form), by form. Values have no form and are left out."""
    *gold, forms = _formed(pair.gold)
    *predicted, answers = _formed(pair.predicted)
    return compare_labelled(gold, predicted, (forms, answers), pair.codes)


def _formed(view: View) -> list[Column]:
    columns = view.mention_columns
    has_form = columns.forms >= 0
    return [numbers[has_form] for numbers in columns[:4]]


def flat(pair: Pair) -> Tally:
    """Count the outermost mentions and values of each sentence as the set of (start, end, type), by type.

    These are the entities of the ``ner_tags`` in the dataset's ``entities`` config, and the figures those of seqeval
    1.2.2 with ``mode="strict", scheme=IOB2`` on such tags. A predicted span that is no run of whole tokens, or lies in
    no one sentence, has no tags and is wrong here.
    """
    *gold, kinds = _outermost(pair.gold)
    *predicted, answers = _outermost(pair.predicted)
    return compare_labelled(gold, predicted, (kinds, answers), pair.codes)


def _outermost(view: View) -> list[Column]:
    arrays = view.span_arrays
    number = len(arrays.starts)
    begins = np.ones(number, np.bool_)  # whether a span has nothing in common with any before it
    begins[1:] = arrays.starts[1:] >= arrays.furthest[:-1]
    firsts = np.append(np.flatnonzero(begins), number).tolist()
    inner = [at for first, end in pairwise(firsts) if end - first > 1 for at in _inner(range(first, end), view)]
    is_outermost = np.ones(number, np.bool_)
    is_outermost[inner] = False
    return [numbers[is_outermost] for numbers in arrays[:3]]


def _inner(places: range, view: View) -> list[int]:
    """Return those of some spans, by their places in ``View.sorted_spans``, that are not outermost in their sentence."""
    covered: dict[Sentence, int] = {}  # sentence -> end of its last outermost span
    found, spans = [], view.sorted_spans
    for at in sorted(places, key=lambda at: (spans[at][0], -spans[at][1], spans[at][2])):
        start, end, _ = spans[at]
        sentence = view.ground.sentence_of(start)
        if sentence is None or end > sentence.end:  # in no sentence, and therefore inside nothing
            continue
        if start >= covered.get(sentence, 0):
            covered[sentence] = end
        else:
            found.append(at)
    return found


class Alone(NamedTuple):
    """Of the pairs of spans that overlap nothing else: how many there are, and how far they are the same."""

    number: int = 0
    same_words: int = 0
    same: int = 0  # words and type
    same_type: Column = column([])  # codes of the types that are the same


class Overlaps:
    """The spans of both sides, sorted, and which ``pairs`` overlap: (place in gold, place in predicted).

    Pairs of spans that overlap nothing else may be counted already, ``alone``. Of the other pairs, ``apart`` are those
    that overlap nothing else; in each of the ``pieces`` there is a choice.
    """

    def __init__(
        self, gold: list[Item], predicted: list[Item], pairs: Iterable[tuple[int, int]], alone: Alone | None = None
    ) -> None:
        self.gold, self.predicted, self.alone = gold, predicted, alone or Alone()
        self.apart, self.pieces = apart_and_tangled(pairs)


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
    gold, predicted = pair.gold.span_arrays, pair.predicted.span_arrays
    one, other = _overlapping(gold, predicted)
    is_alone = (np.bincount(one)[one] == 1) & (np.bincount(other)[other] == 1)
    rest = zip(one[~is_alone].tolist(), other[~is_alone].tolist(), strict=True)
    one, other = one[is_alone], other[is_alone]
    same_words = (gold.starts[one] == predicted.starts[other]) & (gold.ends[one] == predicted.ends[other])
    same_type = gold.kinds[one] == predicted.kinds[other]
    alone = Alone(len(one), int(same_words.sum()), int((same_words & same_type).sum()), gold.kinds[one][same_type])
    return Overlaps(pair.gold.sorted_spans, pair.predicted.sorted_spans, rest, alone)


def strict(pair: Pair) -> Tally:
    """Count the schema *strict*, by type. With the best matching these are the counts of ``entities.typed_f1``."""
    return pair.once(typed)


def exact(pair: Pair) -> Tally:
    """Count the schema *exact*: same words, whatever the type; of two types on the same words each needs its own."""
    gold, predicted = pair.gold.span_arrays, pair.predicted.span_arrays
    rows = pack_both((gold.starts, gold.ends), (predicted.starts, predicted.ends))
    (one, in_gold), (other, in_predicted) = (np.unique(places, return_counts=True) for places in rows)
    _, at_one, at_other = np.intersect1d(one, other, assume_unique=True, return_indices=True)
    right = int(np.minimum(in_gold[at_one], in_predicted[at_other]).sum())
    return Tally({"": hits(right, len(gold.starts), len(predicted.starts))})


def same_type(pair: Pair) -> Tally:
    """Count the schema *type*, by type: overlap with the same type is right."""
    found, codes = pair.once(overlaps), pair.codes
    gold, predicted = found.gold, found.predicted
    right = []
    for piece in found.pieces:
        matching = best_matching({(i, j): 1 for i, j in piece if gold[i][2] == predicted[j][2]})
        right += [codes[gold[i][2]] for i in matching]
    in_right = np.concatenate([found.alone.same_type, column(right)])
    return by_label(in_right, pair.gold.span_arrays.kinds, pair.predicted.span_arrays.kinds, codes)


def partial(pair: Pair) -> Tally:
    """Count the schema *partial*: the same words are right, overlap is half right, whatever the type."""
    found = pair.once(overlaps)
    gold, predicted = found.gold, found.predicted
    halves = found.alone.number + found.alone.same_words
    for piece in found.pieces:
        weights = {(i, j): 2 if _same_words(gold[i], predicted[j]) else 1 for i, j in piece}
        halves += sum([weights[place] for place in sum_of_best(weights)])
    right = Fraction(halves, 2)
    return Tally({"": Counts(len(gold), len(predicted), right, right)})


def nervaluate_strict(pair: Pair) -> Tally:
    """Count *strict* as nervaluate 1.2.1 does; see ``nervaluate``."""
    return Tally({"": nervaluate(pair.once(overlaps), eq, pair.once(overlaps).alone.same)})


def nervaluate_exact(pair: Pair) -> Tally:
    """Count *exact* as nervaluate 1.2.1 does; see ``nervaluate``."""
    return Tally({"": nervaluate(pair.once(overlaps), _same_words, pair.once(overlaps).alone.same_words)})


def _same_words(gold: Item, predicted: Item) -> bool:
    return gold[0] == predicted[0] and gold[1] == predicted[1]


def nervaluate(overlapping: Overlaps, is_right: Callable[[Item, Item], bool], right: int = 0) -> Counts:
    """Return the counts of nervaluate 1.2.1 on spans in the order of the text (start, end, type).

    Each prediction in turn takes the first gold span left that it is right on; failing that it is incorrect on the
    first one left that it overlaps by 1 % of the gold span or more, and that span is used up: a later prediction that
    has it exactly comes to nothing. ``right`` of the spans that overlap nothing else are known to be right. On flat spans that cannot happen, and the figures are those of the best matching.
    """
    gold, predicted = overlapping.gold, overlapping.predicted
    right += sum([is_right(gold[i], predicted[j]) for i, j in overlapping.apart])
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
