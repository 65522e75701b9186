"""Entities: mentions and values, what they are linked to, and entities across articles."""

from operator import itemgetter

from parley.scoring.coreference import Contingency
from parley.scoring.counts import Tally, compare, hits
from parley.scoring.pairs import NIL, Pair


def typed(pair: Pair) -> Tally:
    """Count mentions and values as the set of (start, end, type), by type. Nested ones count like all others."""
    return compare(pair.gold.typed_spans, pair.predicted.typed_spans, itemgetter(2))


def linking(pair: Pair) -> Tally:
    """Count correctly typed entity mentions whose registry id is right, by whether the gold has one.

    A mention is correctly typed if (start, end, type) is in the gold. No registry id and an id that begins with
    ``NIL`` are both ``NIL``: not in the registry. Gold and predicted are the same number here, the mentions that
    can be compared at all.
    """
    asked = {"in registry": 0, NIL: 0}
    right = {"in registry": 0, NIL: 0}
    answers, linked = pair.predicted.linked, pair.gold.linked
    for item in linked.keys() & answers.keys():
        registry = linked[item]
        label = NIL if registry == NIL else "in registry"
        asked[label] += 1
        right[label] += answers[item] == registry
    return Tally({label: hits(right[label], asked[label], asked[label]) for label in asked})


def joined_entities(pair: Pair) -> Contingency:
    """Return the article's entity clusters named for the joining of all articles into one.

    Entities of one registry id become one cluster (in predictions also ids of the system's own that begin with
    ``NIL``); an entity without one stays apart from those of other articles.
    """
    return pair.entities.renamed(pair.gold.entity_name, pair.predicted.entity_name)
