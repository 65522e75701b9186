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

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable
from fractions import Fraction
from itertools import accumulate, pairwise
from operator import eq, itemgetter

from parley.scoring.assignment import apart_and_tangled, best_matching
from parley.scoring.counts import Compared, Counts, Tally, compare, hits
from parley.scoring.entities import typed
from parley.scoring.pairs import Pair, View
from parley.segment import Sentence

Item = tuple[int, int, str]  # start and end, code points, half-open; type

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
    if not _nests(pair.gold) and not _nests(pair.predicted):
        return pair.once(typed)  # all are outermost
    return compare(_outermost(pair.gold), _outermost(pair.predicted), itemgetter(2))


def _nests(view: View) -> bool:
    """Return whether any two spans have a part of the text in common."""
    return any(end > start for (_, end, _), (start, _, _) in pairwise(view.sorted_spans))


def _outermost(view: View) -> set[Item]:
    covered: dict[Sentence, int] = {}  # sentence -> end of its last outermost span
    found = set()
    for start, end, kind in sorted(view.typed_spans, key=lambda item: (item[0], -item[1], item[2])):
        sentence = view.ground.sentence_of(start)
        if sentence is None or end > sentence.end:  # in no sentence, and therefore inside nothing
            found.add((start, end, kind))
        elif start >= covered.get(sentence, 0):
            found.add((start, end, kind))
            covered[sentence] = end
    return found


class Overlaps:
    """The spans of both sides, sorted, and which ``pairs`` overlap: (place in gold, place in predicted), sorted.

    ``apart`` are the pairs of spans that overlap nothing else; among the ``tangled`` ones there is a choice.
    """

    def __init__(self, gold: list[Item], predicted: list[Item], pairs: list[tuple[int, int]]) -> None:
        self.gold, self.predicted = gold, predicted
        self.apart, self.tangled = apart_and_tangled(pairs)


def overlaps(pair: Pair) -> Overlaps:
    """Return which gold and predicted spans overlap."""
    gold, predicted = pair.gold.sorted_spans, pair.predicted.sorted_spans
    starts = [start for start, _, _ in gold]
    furthest = list(accumulate([end for _, end, _ in gold], max))
    found = []
    for j, (start, end, _) in enumerate(predicted):
        i = bisect_left(starts, end) - 1
        while i >= 0 and furthest[i] > start:
            if gold[i][1] > start:
                found.append((i, j))
            i -= 1
    return Overlaps(gold, predicted, sorted(found))


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
    right = [gold[i] for i, j in found.apart if gold[i][2] == predicted[j][2]]
    right += [gold[i] for i in best_matching({(i, j): 1 for i, j in found.tangled if gold[i][2] == predicted[j][2]})]
    return Compared(right, gold, predicted, itemgetter(2))


def partial(pair: Pair) -> Tally:
    """Count the schema *partial*: the same words are right, overlap is half right, whatever the type."""
    found = pair.once(overlaps)
    gold, predicted = found.gold, found.predicted

    def halves(place: tuple[int, int]) -> int:
        return 2 if _same_words(gold[place[0]], predicted[place[1]]) else 1

    matched = [*found.apart, *best_matching({place: halves(place) for place in found.tangled}).items()]
    right = Fraction(sum(map(halves, matched)), 2)
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
    for i, j in overlapping.tangled:
        touched.setdefault(j, []).append(i)
    used: set[int] = set()
    for j, there in sorted(touched.items()):
        left = [i for i in there if i not in used]
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
