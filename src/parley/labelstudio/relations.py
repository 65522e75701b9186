"""Relations between regions, and which regions each can join."""

from collections.abc import Mapping
from typing import Any

from parley.checks.shape import did_you_mean
from parley.files import shorten
from parley.labelstudio.controls import (
    COREF,
    EVIDENCE,
    HOLDER,
    MEMBER,
    PROOF,
    SAME,
    STANCE,
    TARGET,
    VIA,
    relation_labels,
)
from parley.labelstudio.parts import Faults, Region
from parley.ontology import load_ontology

Pairs = dict[str, list[tuple[Region, Region]]]  # by label, in the order of the text


def _sort(region: Region) -> str:
    """What a region can be an end of: entity, value, trigger, or its label in lower case."""
    if region.kind == "entity":
        return "value" if region.label in load_ontology().names("value_types") else "entity"
    return region.label.lower() if region.kind == "span" else region.kind


# What each label can join; the labels of arguments join a trigger with what fills the role.
_ENDS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    COREF: (("entity",), ("entity",)),
    MEMBER: (("entity",), ("entity",)),
    SAME: (("trigger",), ("trigger",)),
    VIA: (("trigger", STANCE.lower()), ("trigger",)),
    HOLDER: ((STANCE.lower(),), ("entity",)),
    TARGET: ((STANCE.lower(),), ("entity", "trigger")),
    PROOF: ((STANCE.lower(),), (EVIDENCE.lower(),)),
}
_ARGUMENT = (("trigger",), ("entity", "value", "trigger", "content"))


def read_relations(
    joined: list[tuple[dict[str, Any], str]], names: Mapping[str, str], regions: Mapping[str, Region], faults: Faults
) -> Pairs:
    """Return the pairs of regions that each label joins; ``joined`` are results and their places, ``names`` ids by raw id.

    What leads nowhere, or where its label cannot, is left out with a finding.
    """
    relations: Pairs = {label: [] for label in relation_labels()}
    seen: set[tuple[str, str, str]] = set()
    for result, place in joined:
        ends = [result.get("from_id"), result.get("to_id")]
        if result.get("direction") == "left":
            ends.reverse()
        given = result.get("labels")
        labels = [label for label in given if label] if isinstance(given, list) else []
        found = [regions.get(names.get(end, "")) if isinstance(end, str) else None for end in ends]
        known = " and ".join(str(region) for region in found if region)
        what = f"a relation {shorten(', '.join(map(str, labels)))}" if labels else "a relation"
        one, other = found
        if one is None or other is None:
            gone = " and ".join(shorten(end) for end, region in zip(ends, found, strict=True) if region is None)
            message = f"{what} {f'of {known} ' if known else ''}leads to region {gone}, which is not there"
            faults.add("relation-end", place, message, "draw it anew, or delete it")
            continue
        if not labels:
            faults.add("relation-label", place, f"a relation from {one} to {other} has no label", "give it one")
        for label in labels:
            if not isinstance(label, str) or label not in relations:
                mend = did_you_mean(label, list(relations))
                faults.add("relation-label", place, f"{shorten(label)} from {one} to {other} is no relation", mend)
                continue
            sources, targets = _ENDS.get(label, _ARGUMENT)
            if _sort(one) not in sources or _sort(other) not in targets or one.id == other.id:
                message = f"'{label}' cannot lead from {one} to {other}"
                mend = f"it leads from {' or '.join(sources)} to {' or '.join(targets)}"
                faults.add("relation-end", place, message, mend)
            elif (label, one.id, other.id) not in seen:
                seen.add((label, one.id, other.id))
                relations[label].append((one, other))
    for pairs in relations.values():
        pairs.sort(key=lambda pair: (pair[0].order, pair[1].order))
    return relations
