"""Stances of one prediction in terms of another: by common spans."""

from collections import Counter, defaultdict

import msgspec

from parley.model import AUTHOR, Prediction, Proposition, Span, Stance


def transfer(source: Prediction, prediction: Prediction) -> Prediction:
    """Return a prediction with the stances of another one of the same article, in place of its own.

    An entity becomes the one that has most of its mentions, an event the cluster of a trigger that it overlaps. A
    proposition becomes the one it shares most of its span with, or is added. A stance whose holder or target is not found
    is left out.
    """
    at = {mention.span: mention.entity for mention in prediction.mentions or () if mention.entity}
    votes = defaultdict[str, Counter[str]](Counter)
    for mention in source.mentions or ():
        if mention.entity and mention.span in at:
            votes[mention.entity][at[mention.span]] += 1
    ids = {AUTHOR: AUTHOR} | {own: max(sorted(found), key=found.__getitem__) for own, found in votes.items()}

    triggers: dict[str, str] = {}
    for event in source.events or ():
        for other in prediction.events or ():
            if _common(event, other) > 0 and event.id not in triggers:
                triggers[event.id] = other.id
                ids[event.id] = other.same_as or other.id

    added = {}
    for own in source.propositions:
        best = max(prediction.propositions, key=lambda other, own=own: _common(own, other), default=None)  # type: ignore[misc]
        if best is not None and _common(own, best) > 0:
            ids[own.id] = best.id
        else:
            ids[own.id] = f"added-{own.id}"
            added[ids[own.id]] = Proposition(id=ids[own.id], start=own.start, end=own.end, text=own.text)

    found: dict[tuple[str, str, str], Stance] = {}
    for stance in source.stances or ():
        holder, target = ids.get(stance.holder), ids.get(stance.target)
        if holder is not None and target is not None and holder != target:
            via = triggers.get(stance.via or "")
            moved = msgspec.structs.replace(stance, holder=holder, target=target, via=via)
            found.setdefault((holder, target, stance.facet), moved)
    used = [added[stance.target] for stance in found.values() if stance.target in added]
    propositions = [*prediction.propositions, *{proposition.id: proposition for proposition in used}.values()]
    return msgspec.structs.replace(prediction, stances=list(found.values()), propositions=propositions)


def _common(one: Span, other: Span) -> int:
    """Return how many code points two spans share; none or less where they are apart."""
    return min(one.end, other.end) - max(one.start, other.start)
