"""Which gold entity or event cluster each predicted one stands for."""

from collections.abc import Mapping, Sequence, Set

from parley.model import AUTHOR, Span
from parley.scoring.assignment import best_matching
from parley.scoring.coreference import Contingency
from parley.scoring.pairs import Pair, Place


def aligned_clusters(gold: Mapping[str, Sequence[Place]], predicted: Mapping[str, Sequence[Place]]) -> dict[str, str]:
    """Return the gold cluster of each predicted one: the one-to-one matching that shares most spans, exactly.

    Clusters that share no span are not matched. They are told apart by their first spans, so that of several best
    matchings the same one is found whatever the ids and the order of the record.
    """
    gold_id: dict[Place, str] = {}
    at_gold: dict[Place, Place] = {}
    for name, spans in gold.items():
        first = min(spans)
        gold_id[first] = name
        at_gold |= dict.fromkeys(spans, first)
    predicted_id: dict[Place, str] = {}
    weights: dict[tuple[Place, Place], int] = {}
    for name, spans in predicted.items():
        first = min(spans)
        predicted_id[first] = name
        for span in spans:
            if span in at_gold:
                pair = (at_gold[span], first)
                weights[pair] = weights.get(pair, 0) + 1
    matching = best_matching(weights)
    return {predicted_id[other]: gold_id[one] for one, other in matching.items()}


def _align_unmentioned(pair: Pair, mapped: Mapping[str, str]) -> dict[str, str]:
    """Return the gold entity of each predicted one that is never mentioned but is a member of a plural entity.

    Such members share no span with anything. They are matched by what is left: the registry id, membership in
    plural entities that are matched with each other, and the type, in this order of weight.
    """
    mentioned_gold, mentioned = pair.gold.clustered_mentions.sizes, pair.predicted.clustered_mentions.sizes
    found: dict[str, str] = {}
    known = pair.gold.links.entities
    for gold, predicted in pair.entities_by_article:
        lonely_gold = [e for e in gold if e.id not in mentioned_gold]
        lonely = [e for e in predicted if e.id not in mentioned] if lonely_gold else []
        if not lonely:
            continue
        plurals = [(known[mapped[e.id]].members or [], e.members or []) for e in predicted if e.id in mapped]
        weights: dict[tuple[int, int], int] = {}
        for i, one in enumerate(lonely_gold):
            for j, other in enumerate(lonely):
                linked = one.registry is not None and one.registry == other.registry
                together = sum(one.id in members and other.id in others for members, others in plurals)
                if linked or together:
                    weights[i, j] = 4 * len(plurals) * linked + 2 * together + (one.type == other.type)
        found |= {lonely[j].id: lonely_gold[i].id for i, j in best_matching(weights).items()}
    return found


def _aligned(
    table: Contingency, gold: Mapping[str, Sequence[Span]], predicted: Mapping[str, Sequence[Span]]
) -> dict[str, str]:
    """Return the gold cluster of each predicted one, as ``aligned_clusters`` tells it.

    Where the shared spans leave no choice, first spans need not be looked for.
    """
    clear, unclear = table.clear_and_open
    mapped = {other: one for one, other in clear}
    for piece in unclear:
        mapped |= aligned_clusters(
            {one: [(span.start, span.end) for span in gold[one]] for one, _ in piece},
            {other: [(span.start, span.end) for span in predicted[other]] for _, other in piece},
        )
    return mapped


def alignment(pair: Pair) -> dict[str, str]:
    """Return the gold id of each predicted entity and event cluster that has one, and of the author.

    Entities are aligned by the mentions they share, event clusters (by the id of their first event mention) by the
    triggers.
    """
    gold, predicted = pair.gold, pair.predicted
    if gold.repeats_mentions or predicted.repeats_mentions:
        mapped = aligned_clusters(gold.entity_clusters, predicted.entity_clusters)
    else:
        mapped = _aligned(pair.entities, gold.links.mentions_of, predicted.links.mentions_of)
    mapped |= _align_unmentioned(pair, mapped)
    if gold.repeats_triggers or predicted.repeats_triggers:
        mapped |= aligned_clusters(gold.event_clusters, predicted.event_clusters)
    else:
        mapped |= _aligned(pair.event_clusters, gold.links.event_clusters, predicted.links.event_clusters)
    return mapped | {AUTHOR: AUTHOR}


class Counterparts(dict[str, Set[str]]):
    """The gold ids that each predicted entity, each event cluster and the author stand for, worked out when asked for.

    It is expanded into its members in the prediction, each is mapped by ``alignment``, and what comes of that expanded
    in the gold. A member without a counterpart gives an id that begins with "?", as no gold id does: it is wrong.
    """

    def __init__(self, pair: Pair) -> None:
        super().__init__()
        self._gold, self._predicted, self._mapped = pair.gold.links, pair.predicted.links, alignment(pair)

    def __missing__(self, identifier: str) -> Set[str]:
        found: set[str] = set()
        for member in self._predicted.expand(identifier):
            one = self._mapped.get(member)
            found |= {f"?{member}"} if one is None else self._gold.expand(one)
        self[identifier] = found
        return found
