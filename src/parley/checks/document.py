"""Meaning: what no schema can say about one article's annotation."""

from collections.abc import Iterator

from parley.checks.context import Check, Context
from parley.checks.entities import check_entities, check_mentions
from parley.checks.events import check_arguments, check_event_clusters, check_events
from parley.checks.spans import check_crossing, check_spans
from parley.derive import SPEAKERS
from parley.files import shorten
from parley.findings import Finding
from parley.model import AUTHOR, Annotation


def check_ids(check: Check) -> Iterator[Finding]:
    """Yield findings on ids that stand for two things."""
    seen: dict[str, str] = {AUTHOR: "the author"}
    for layer in ("mentions", "entities", "events", "stances"):
        for i, item in enumerate(getattr(check.annotation, layer) or ()):
            place = f"$.{layer}[{i}]"
            taken = seen.setdefault(item.id, place)
            if taken != place:
                message = f"{shorten(item.id)} is taken by {taken}"
                yield from check.found("duplicate-id", f"{place}.id", message, "give each item an id of its own")


def check_stances(check: Check) -> Iterator[Finding]:
    """Yield findings on holders, targets and voices of stances."""
    seen: dict[tuple[str, str, str], int] = {}
    for i, stance in enumerate(check.annotation.stances or ()):
        path = f"$.stances[{i}]"
        if stance.holder != AUTHOR:
            yield from check.refers(f"{path}.holder", stance.holder, "entity")
            holder = check.links.entities.get(stance.holder)
            if holder and holder.type not in SPEAKERS:
                yield from check.found(
                    "holder-type",
                    f"{path}.holder",
                    f"{shorten(stance.holder)} is a {holder.type}, which holds no stance",
                    "name who speaks, or AUTHOR",
                )
        yield from check.refers(f"{path}.target", stance.target, "entity", "event")
        if stance.holder == stance.target:
            yield from check.found(
                "stance-self",
                path,
                f"{shorten(stance.holder)} takes a stance toward itself",
                "name another target, or remove it",
            )
        target = check.links.events.get(stance.target)
        if target and target.same_as is not None:
            yield from check.found(
                "target-not-first",
                f"{path}.target",
                f"{shorten(stance.target)} is a later mention of the event cluster",
                f"name '{check.links.head(stance.target)}'",
            )
        if stance.via is not None:
            yield from check.refers(f"{path}.via", stance.via, "event")
            via = check.links.events.get(stance.via)
            if via and via.type not in check.ontology.speech_types:
                yield from check.found(
                    "via-not-speech",
                    f"{path}.via",
                    f"{shorten(stance.via)} is a {via.type}, not a speech event",
                    "name the speech event, or null",
                )
        key = (stance.holder, check.links.head(stance.target), stance.facet)
        first = seen.setdefault(key, i)
        if first != i:
            yield from check.found(
                "duplicate-stance",
                path,
                f"holder, target and facet are those of $.stances[{first}]",
                "make them one, with all evidence",
            )


CHECKS = [
    check_ids,
    check_spans,
    check_crossing,
    check_mentions,
    check_entities,
    check_events,
    check_arguments,
    check_event_clusters,
    check_stances,
]


def check_annotation(annotation: Annotation, context: Context) -> list[Finding]:
    """Return all findings on the meaning of one article's annotation, in the order of ``CHECKS``.

    The shape must have been checked before (``check_shape``). Layers that are None are not checked.
    """
    check = Check(annotation, context)
    return [finding for part in CHECKS for finding in part(check)]
