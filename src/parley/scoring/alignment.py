"""Which gold entity or event cluster each predicted one corresponds to."""

from collections import Counter
from collections.abc import Mapping, Sequence

from parley.model import AUTHOR
from parley.reading import Place
from parley.scoring.matching import best_matching
from parley.scoring.pair import Pair

Clusters = Mapping[str, Sequence[Place]]


def aligned_clusters(gold: Clusters, predicted: Clusters) -> dict[str, str]:
    """Return the gold cluster of each predicted one: the one-to-one matching that shares most spans.

    Clusters are identified by their first spans here, so that of several best matchings the same one is found whatever
    the ids and the order of the record. Repeated spans are tolerated.
    """
    first = {name: min(spans) for name, spans in gold.items()}
    at = {span: first[name] for name, spans in gold.items() for span in spans}
    first_predicted = {min(spans): name for name, spans in predicted.items()}
    weights = Counter(
        [(at[span], start) for start, name in first_predicted.items() for span in predicted[name] if span in at]
    )
    names = {start: name for name, start in first.items()}
    return {first_predicted[other]: names[one] for one, other in best_matching(weights).items()}


def _unmentioned(pair: Pair, mapped: Mapping[str, str]) -> dict[str, str]:
    """Return the gold entity of each predicted one that is never mentioned but is a member of a plural entity.

    Such members share no span with anything. They are matched by what is left: the registry id, membership in plural
    entities that are matched with each other, and the type, in this order of weight.
    """
    lonely = [
        [e for e in view.record.entities or () if e.id not in view.entity_spans] for view in (pair.gold, pair.predicted)
    ]
    if not all(lonely):
        return {}
    known = pair.gold.entities
    plurals = [
        (known[mapped[e.id]].members or [], e.members or [])
        for e in pair.predicted.record.entities or ()
        if e.id in mapped
    ]
    weights = {}
    for one in lonely[0]:
        for other in lonely[1]:
            linked = one.registry is not None and one.registry == other.registry
            together = sum(one.id in members and other.id in others for members, others in plurals)
            if linked or together:
                weights[one.id, other.id] = 4 * len(plurals) * linked + 2 * together + (one.type == other.type)
    return {other: one for one, other in best_matching(weights).items()}


def alignment(pair: Pair) -> dict[str, str]:
    """Return the gold id of each predicted entity and event cluster that has one, and of the author.

    Entities are aligned by the mentions they share, event clusters by triggers; the latter go by the id of their first
    event mention.
    """
    mapped = aligned_clusters(pair.gold.entity_spans, pair.predicted.entity_spans)
    mapped |= _unmentioned(pair, mapped)
    mapped |= aligned_clusters(pair.gold.event_spans, pair.predicted.event_spans)
    return mapped | {AUTHOR: AUTHOR}


def counterparts(pair: Pair, identifier: str) -> frozenset[str]:
    """Return the gold ids that a predicted entity, event cluster or the author corresponds to.

    It is expanded into its members in the prediction, each is mapped by ``alignment``, and what comes of that expanded
    in the gold. A member without a counterpart gives an id that begins with "?", as no gold id does: it is wrong.
    """
    known = pair.once(_known)
    if identifier not in known:
        mapped, found = pair.once(alignment), set[str]()
        for member in pair.predicted.members(identifier):
            found |= pair.gold.members(mapped[member]) if member in mapped else {f"?{member}"}
        known[identifier] = frozenset(found)
    return known[identifier]


def _known(pair: Pair) -> dict[str, frozenset[str]]:
    return {}
