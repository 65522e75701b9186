"""Meaning of stances: holders, targets, sources."""

from parley.checks.check import Check
from parley.derive import SPEAKERS
from parley.model import AUTHOR


def check_stances(check: Check) -> None:
    """Check holder, target and source of every stance, and that there is one for a holder, target and facet."""
    item = check.item
    seen: dict[tuple[str, str, str], int] = {}
    for i, stance in enumerate(check.record.stances or ()):
        path = f"$.stances[{i}]"
        if stance.holder != AUTHOR:
            check.refers(f"{path}.holder", stance.holder, "entity")
            holder = item.entities.get(stance.holder)
            if holder and holder.type not in SPEAKERS:
                check.found("holder-type", f"{path}.holder", id=stance.holder, type=holder.type)
        check.refers(f"{path}.target", stance.target, "entity", "event", "proposition")
        if stance.holder == stance.target:
            check.found("stance-self", path, id=stance.holder)
        target, head = item.events.get(stance.target), item.head(stance.target)
        if target and target.same_as is not None:
            check.found("target-not-first", f"{path}.target", id=stance.target, head=head)
        if stance.via is not None:
            check.refers(f"{path}.via", stance.via, "event")
            via = item.events.get(stance.via)
            if via and via.type not in check.ontology.speech_types:
                check.found("via-not-speech/stance", f"{path}.via", id=stance.via, type=via.type)
        first = seen.setdefault((stance.holder, head, stance.facet), i)
        if first != i:
            check.found("duplicate-stance", path, first=f"$.stances[{first}]")
