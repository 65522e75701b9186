"""Entities: mentions and values, what they are linked to, and entities across articles."""

import numpy as np

from parley.scoring.coreference import Contingency
from parley.scoring.counts import Tally, hits
from parley.scoring.numbers import compare_labelled, pack_both
from parley.scoring.pairs import NIL, Pair


def typed(pair: Pair) -> Tally:
    """Count mentions and values as the set of (start, end, type), by type. Nested ones count like all others."""
    gold, predicted = pair.gold.span_arrays, pair.predicted.span_arrays
    labels = (gold.kinds, predicted.kinds)
    return compare_labelled((gold.starts, gold.ends), (predicted.starts, predicted.ends), labels, pair.codes)


def linking(pair: Pair) -> Tally:
    """Count correctly typed entity mentions whose registry id is right, by whether the gold has one.

    A mention is correctly typed if (start, end, type) is in the gold. No registry id and an id that begins with
    ``NIL`` are both ``NIL``: not in the registry. Gold and predicted are the same number here, the mentions that
    can be compared at all.
    """
    *ones, linked = pair.gold.linked
    *others, answers = pair.predicted.linked
    # Of a mention that is there twice, the last counts: it comes first from behind, where ``unique`` finds it.
    (one, at_one), (other, at_other) = (np.unique(rows[::-1], return_index=True) for rows in pack_both(ones, others))
    _, in_one, in_other = np.intersect1d(one, other, assume_unique=True, return_indices=True)
    registry, answered = linked[::-1][at_one[in_one]], answers[::-1][at_other[in_other]]
    is_nil, is_right = registry == pair.codes[NIL], registry == answered
    return Tally(
        {
            label: hits(int((is_right & of_label).sum()), int(of_label.sum()), int(of_label.sum()))
            for label, of_label in (("in registry", ~is_nil), (NIL, is_nil))
        }
    )


def joined_entities(pair: Pair) -> Contingency:
    """Return the article's entity clusters named for the joining of all articles into one.

    Entities of one registry id become one cluster (in predictions also ids of the system's own that begin with
    ``NIL``); an entity without one stays apart from those of other articles.
    """
    return pair.entities.renamed(pair.gold.entity_name, pair.predicted.entity_name)
