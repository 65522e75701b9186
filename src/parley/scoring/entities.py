"""Entities: mentions and values, exact, flat or with credit for overlap, and their links to the registry.

All are micro-F1 unless ``scoring.registry``, which assigns the average, says otherwise. Predictions outside the scored
zones are dropped first (``scoring.zones``).

The four schemas of SemEval-2013 task 9 (Segura-Bedmar et al. 2013) compare the mentions that overlap:

=======  ==============================  ====================================
strict   right with same words and type
exact    right with same words
type     right with same type            overlap of any length is enough
partial  right with same words           half right with overlap of any length
=======  ==============================  ====================================

Here gold and predicted mentions are matched one to one so that the total credit is the largest. The scorer nervaluate
instead takes predictions in order and lets each use up the first gold mention it overlaps; ``nervaluate`` reproduces
that.

In the examples, ``pair`` makes a pair of two annotations of a short text, and ``mentions(army="MIL")`` marks "army" as
a mention of type MIL (``tests/test_scoring_examples.py``).
"""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable
from fractions import Fraction
from itertools import accumulate
from operator import eq, itemgetter
from typing import NamedTuple

from parley.scoring.coreference import Contingency
from parley.scoring.counts import Counts, Tally, by_label, compare, exact_counts
from parley.scoring.matching import best_matching
from parley.scoring.pair import NIL, Item, Pair, View

NO_FORM = "no form"  # of a predicted mention that was given none


def typed(pair: Pair) -> Tally:
    """Count typed mentions and values: the set of (start, end, type), tallied by type. Nested ones count like all others.

    >>> typed(pair(mentions(Norland="GPE", army="MIL"), mentions(Norland="GPE", army="ORG")))["GPE"]
    Counts(gold=1, predicted=1, recalled=1, precise=1)
    """
    return compare(pair.gold.typed_spans, pair.predicted.typed_spans, itemgetter(2))


def untyped(pair: Pair) -> Tally:
    """Count mentions and values whatever their type: the set of (start, end).

    >>> untyped(pair(mentions(Norland="GPE", army="MIL"), mentions(Norland="GPE", army="ORG"))).total
    Counts(gold=2, predicted=2, recalled=2, precise=2)
    """
    gold, predicted = ({(start, end) for start, end, _ in view.typed_spans} for view in (pair.gold, pair.predicted))
    return compare(gold, predicted)


def by_form(pair: Pair) -> Tally:
    """Count entity mentions with their form: the set of (start, end, type, form), tallied by form. Values have no form.

    >>> by_form(pair(mentions(Norland="GPE"), mentions(Norland="GPE", army="MIL")))["NAM"]
    Counts(gold=1, predicted=2, recalled=1, precise=1)
    """

    def items(view: View) -> set[tuple[int, int, str, str]]:
        mentions = view.listed_mentions
        return {(m.start, m.end, view.type_of(m) or "", m.form or NO_FORM) for m in mentions if m.type is None}

    return compare(items(pair.gold), items(pair.predicted), itemgetter(3))


def flat(pair: Pair) -> Tally:
    """Count flat entities: the outermost mentions and values of each sentence as (start, end, type), tallied by type.

    These are the entities of the ``ner_tags`` in the dataset's ``entities`` config, and the scores are those of seqeval
    1.2.2 with ``mode="strict", scheme=IOB2`` on such tags. A predicted span that does not
    consist of whole tokens of one sentence has no tags; here it is a false positive.

    >>> flat(pair(mentions(army="MIL", **{"Its army": "MIL"}), mentions(**{"Its army": "MIL"}))).total
    Counts(gold=1, predicted=1, recalled=1, precise=1)
    """
    return compare(_outermost(pair.gold), _outermost(pair.predicted), itemgetter(2))


def _outermost(view: View) -> set[Item]:
    found, sentences = set(), view.sentences
    starts, covered = [s.start for s in sentences], [0] * len(sentences)  # covered: end of the last outermost span
    for start, end, kind in sorted(view.typed_spans, key=lambda item: (item[0], -item[1], item[2])):
        at = bisect_right(starts, start) - 1
        if at < 0 or start >= sentences[at].end or end > sentences[at].end:  # in no one sentence, so inside nothing
            found.add((start, end, kind))
        elif start >= covered[at]:
            found.add((start, end, kind))
            covered[at] = end
    return found


class Overlaps(NamedTuple):
    """The spans of both sides, sorted, and which of them overlap, by their indices in the two lists."""

    gold: list[Item]
    predicted: list[Item]
    touched: dict[int, list[int]]  # predicted span -> the gold spans that it overlaps, both in order

    @property
    def pairs(self) -> list[tuple[int, int]]:
        """The overlapping pairs: index in gold, index in predicted."""
        return [(i, j) for j, touched in self.touched.items() for i in touched]


def overlaps(pair: Pair) -> Overlaps:
    """Return which gold and predicted spans overlap."""
    gold, predicted = sorted(pair.gold.typed_spans), sorted(pair.predicted.typed_spans)
    starts, furthest = [start for start, _, _ in gold], list(accumulate((end for _, end, _ in gold), max))
    touched = {}
    for j, (start, end, _) in enumerate(predicted):
        candidates = range(bisect_right(furthest, start), bisect_left(starts, end))
        if there := [i for i in candidates if gold[i][1] > start]:
            touched[j] = there
    return Overlaps(gold, predicted, touched)


def strict(pair: Pair) -> Tally:
    """Count the schema *strict*, tallied by type: with one-to-one matching the same counts as ``typed``."""
    return pair.once(typed)


def exact(pair: Pair) -> Tally:
    """Count the schema *exact*: the multiset of (start, end); a span annotated with two types counts twice.

    >>> exact(pair(mentions(army="MIL"), mentions(army="ORG"))).total
    Counts(gold=1, predicted=1, recalled=1, precise=1)
    """
    in_gold, in_predicted = (
        Counter([(start, end) for start, end, _ in view.typed_spans]) for view in (pair.gold, pair.predicted)
    )
    return Tally({"": exact_counts((in_gold & in_predicted).total(), in_gold.total(), in_predicted.total())})


def same_type(pair: Pair) -> Tally:
    """Count the schema *type*, tallied by type: an overlap with the same type is right.

    >>> same_type(pair(mentions(army="MIL"), mentions(**{"Its army": "MIL"}))).total
    Counts(gold=1, predicted=1, recalled=1, precise=1)
    """
    gold, predicted, _ = found = pair.once(overlaps)
    matched = best_matching({(i, j): 1 for i, j in found.pairs if gold[i][2] == predicted[j][2]})
    right = [gold[i] for i in matched]
    return by_label(*(Counter(map(itemgetter(2), items)) for items in (right, gold, predicted)))


def partial(pair: Pair) -> Tally:
    """Count the schema *partial*, whatever the type: the same span has credit 1, an overlap ½.

    >>> partial(pair(mentions(army="MIL"), mentions(**{"Its army": "MIL"}))).total
    Counts(gold=1, predicted=1, recalled=Fraction(1, 2), precise=Fraction(1, 2))
    """
    gold, predicted, _ = found = pair.once(overlaps)
    halves = {(i, j): 1 + (gold[i][:2] == predicted[j][:2]) for i, j in found.pairs}
    right = Fraction(sum(halves[edge] for edge in best_matching(halves).items()), 2)
    return Tally({"": Counts(len(gold), len(predicted), right, right)})


def nervaluate_strict(pair: Pair) -> Tally:
    """Count *strict* as nervaluate 1.2.1 does; see ``nervaluate``."""
    return Tally({"": nervaluate(pair.once(overlaps), eq)})


def nervaluate_exact(pair: Pair) -> Tally:
    """Count *exact* as nervaluate 1.2.1 does; see ``nervaluate``."""
    return Tally({"": nervaluate(pair.once(overlaps), lambda gold, predicted: gold[:2] == predicted[:2])})


def nervaluate(overlapping: Overlaps, is_right: Callable[[Item, Item], bool]) -> Counts:
    """Return the counts of nervaluate 1.2.1 on spans in the order of the text.

    Each prediction in turn is matched with the first unused gold span that it is right on. If there is none, it is
    wrong and uses up the first unused one that it overlaps by 1 % of the gold span or more: a later prediction with
    exactly that span then has no credit. On flat spans this cannot happen, and the scores are those of the best
    matching.
    """
    gold, predicted, touched = overlapping
    used, right = set[int](), 0
    for j, there in touched.items():
        left = [i for i in there if i not in used]
        match = [i for i in left if is_right(gold[i], predicted[j])]
        right += bool(match)
        used.update((match or [i for i in left if _is_enough(gold[i], predicted[j])])[:1])
    return exact_counts(right, len(gold), len(predicted))


def _is_enough(gold: Item, predicted: Item) -> bool:
    """Return whether the overlap is 1 % of the gold span or more."""
    return 100 * (min(gold[1], predicted[1]) - max(gold[0], predicted[0])) >= gold[1] - gold[0]


def linking(pair: Pair) -> Tally:
    """Count entity linking: correctly typed entity mentions and how many have the right registry id.

    A mention is correctly typed if (start, end, type) is in the gold. No registry id and an id that begins with ``NIL``
    both mean ``NIL``: not in the registry. Scored by ``accuracy``: gold and predicted are both the number of mentions
    compared. Tallied by whether the gold entity is in the registry. Of invented articles nothing is counted: their
    registry is of things that no system can know.

    >>> linking(pair(mentions(Norland="GPE"), mentions(Norland="GPE")))["NIL"]
    Counts(gold=1, predicted=1, recalled=1, precise=1)
    """
    if getattr(pair.gold.article, "origin", None) == "authored":
        return Tally()
    gold, predicted = _linked(pair.gold), _linked(pair.predicted)
    both = {item: (gold[item], predicted[item]) for item in gold.keys() & predicted.keys()}
    in_gold = Counter(NIL if one == NIL else "in registry" for one, _ in both.values())
    right = Counter(NIL if one == NIL else "in registry" for one, other in both.values() if one == other)
    return Tally({label: exact_counts(right[label], in_gold[label], in_gold[label]) for label in ("in registry", NIL)})


def _linked(view: View) -> dict[Item, str]:
    """Return the registry id, or ``NIL``, of every entity mention."""
    found: dict[Item, str] = {}
    for entity in view.entities.values():
        entry = entity.registry or NIL
        entry = NIL if entry.startswith(NIL) else entry
        found.update({(m.start, m.end, entity.type): entry for m in view.mentions_of[entity.id]})
    return found


def joined_entities(pair: Pair) -> Contingency:
    """Return the article's entity clusters, renamed so that clusters join across the articles of a story.

    Entities with the same registry id become one cluster (in predictions also ids of the system's own that begin with
    ``NIL``); an entity without a registry id is not joined with those of other articles. A system need
    not know an id of the registry: only which mentions share an id counts, not which id it is.
    """
    return pair.entities.renamed(pair.gold.global_name, pair.predicted.global_name)
