"""Alignment: which gold entity, event cluster or proposition each predicted one corresponds to.

The tie rule: clusters are ordered by their first spans, propositions by the spans that state them, entities without a
mention by what the annotation says of them. Which of several equally good matchings is found depends on this order alone, not on ids, names or the order of the
record.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from parley.model import AUTHOR, Entity
from parley.reading import Offsets
from parley.scoring.matching import best_matching
from parley.scoring.pair import Pair, View

Clusters = Mapping[str, Sequence[Offsets]]


def aligned_clusters(gold: Clusters, predicted: Clusters) -> dict[str, str]:
    """Return the gold cluster of each predicted one: the one-to-one matching that shares most spans.

    Clusters are identified by their first spans here, for the tie rule of this module. A valid annotation has no span in
    two clusters. In others, of clusters on one side with the same first span only the last listed can be aligned, and
    in the gold it has the spans of all of them.
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

    Such members have no spans to share. They are matched by registry id, membership in plural entities that are aligned
    with each other, and type, in this order of weight.
    """
    lonely = [
        [e for e in view.record.entities or () if e.id not in view.entity_spans] for view in (pair.gold, pair.predicted)
    ]
    if not all(lonely):
        return {}
    for view, own in zip((pair.gold, pair.predicted), lonely, strict=True):
        own.sort(key=lambda e, view=view: _said_of(view, e))  # type: ignore[misc]
    known = pair.gold.entities
    plurals = [
        (known[mapped[e.id]].members or [], e.members or [])
        for e in pair.predicted.record.entities or ()
        if e.id in mapped
    ]
    weights = {}
    for i, one in enumerate(lonely[0]):
        for j, other in enumerate(lonely[1]):
            linked = one.registry is not None and one.registry == other.registry
            together = sum(one.id in members and other.id in others for members, others in plurals)
            if linked or together:
                weights[i, j] = 4 * len(plurals) * linked + 2 * together + (one.type == other.type)
    return {lonely[1][j].id: lonely[0][i].id for i, j in best_matching(weights).items()}


def _said_of(view: View, entity: Entity) -> tuple[Any, ...]:
    """Return all that an annotation says of an entity without mentions, in a form that does not depend on ids."""
    plurals = [view.entity_spans.get(e.id, []) for e in view.entities.values() if entity.id in (e.members or ())]
    roles = [(e.span, a.role) for e in view.listed_events for a in e.arguments if a.entity == entity.id]
    stances = [
        (s.holder == entity.id, s.polarity, s.facet, sorted((span.start, span.end) for span in s.evidence))
        for s in view.record.stances or ()
        if entity.id in (s.holder, s.target)
    ]
    return entity.type, entity.registry or "", sorted(map(sorted, plurals)), sorted(roles), sorted(stances)


HALF = 0.5  # the least share that two propositions which correspond have in common


def common_share(one: range, other: range) -> float:
    """Return the share that two spans have in common: tokens in both / tokens in either (Jaccard).

    >>> common_share(range(2, 5), range(0, 5))
    0.6
    """
    common = max(min(one.stop, other.stop) - max(one.start, other.start), 0)
    return common / max(len(one) + len(other) - common, 1)


def aligned_propositions(pair: Pair) -> dict[str, str]:
    """Return the gold id of each aligned predicted proposition.

    Two propositions can be aligned if the spans that state them have at least half of their tokens in common (Jaccard:
    tokens in both / tokens in either). The one-to-one matching with the largest sum of these shares is taken.
    """
    gold, predicted = (
        {stated.span: stated.id for stated in view.record.propositions} for view in (pair.gold, pair.predicted)
    )
    tokens = {span: pair.text.tokens(*span) for span in (*gold, *predicted)}  # of a span: consecutive numbers
    shares = {(one, other): common_share(tokens[one], tokens[other]) for one in gold for other in predicted}
    shares = {pair: share for pair, share in shares.items() if share >= HALF}
    return {predicted[other]: gold[one] for one, other in best_matching(shares).items()}


def alignment(pair: Pair) -> dict[str, str]:
    """Return the gold id of each aligned predicted entity, event cluster and proposition, and of the author.

    Entities are aligned by shared mentions, event clusters by shared triggers, propositions by shared tokens. The id of
    an event cluster is that of its first event mention.
    """
    mapped = aligned_clusters(pair.gold.entity_spans, pair.predicted.entity_spans)
    mapped |= _unmentioned(pair, mapped)
    mapped |= aligned_clusters(pair.gold.event_spans, pair.predicted.event_spans)
    mapped |= pair.once(aligned_propositions)
    return mapped | {AUTHOR: AUTHOR}


def counterparts(pair: Pair, identifier: str) -> frozenset[str]:
    """Return the gold ids that a predicted entity, event cluster, proposition or the author corresponds to.

    A plural entity is expanded into its predicted members; each member is mapped by ``alignment`` and expanded again in
    the gold. A member without a counterpart gives "?id", which is never equal to a gold id.
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
