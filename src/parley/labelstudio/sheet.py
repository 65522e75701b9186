"""What stands in the results of one annotation, as regions and relations; and whatever in it is not of their form.

Seen in Label Studio 1.23, open source, in a browser:

- An annotation made from a prediction keeps the ids of regions, ``readonly``, ``meta`` (a person's note on a region) and
  ``score``. Fields that it does not know are lost. ``origin`` says who made a region.
- Of two relations from one region to another, only the first is kept. A relation can have several labels, and keeps
  them: two roles of one filler are one relation. Relations of a region that is deleted go with it.
- A text area that is hidden by its style keeps its content, so what no region can hold is carried in one.
- 800.0 comes back as 800.
- Results come in the order of import, those of new regions after them, relations last.
- The ids of new regions are ten characters of A-Z, a-z, 0-9, ``_`` and ``-``, and may begin with any of them.
"""

import hashlib
import math
import re
from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from typing import Any, NamedTuple, TypeGuard

from parley.checks.shape import did_you_mean
from parley.corpus import Article
from parley.files import shorten
from parley.labelstudio.controls import CARRIED, KINDS, NOTE, Field, fields, region_labels, zone_label
from parley.labelstudio.parts import Faults, Note, Region
from parley.labelstudio.relations import Pairs, read_relations
from parley.model import AUTHOR
from parley.ontology import load_ontology

_ID = re.compile(r"[A-Za-z][A-Za-z0-9._-]{0,63}")
_EXACT = 2**53  # whole numbers beyond are not exact in a browser


class Sheet(NamedTuple):
    """The regions by id in the order of the text, relations by label, remarks, and the carried text."""

    regions: dict[str, Region]
    relations: Pairs
    notes: list[Note]
    carried: str | None


def free_id(wanted: str, taken: AbstractSet[str]) -> str:
    """Return ``wanted`` as an id of the record that is not ``taken``; the same for the same input."""
    name = re.sub(r"[^A-Za-z0-9._-]", "-", wanted)[:48]
    name = name if _ID.fullmatch(name) else f"r-{name}"
    if name in taken or (name != wanted and not wanted.isascii()):
        name += "-" + hashlib.sha256(wanted.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    while name in taken:
        name += "x"
    return name


def read_sheet(results: Any, article: Article, text: str, faults: Faults, reserved: Iterable[str] = ()) -> Sheet:
    """Return what stands in ``results``; what cannot be read is left out, with a finding.

    Ids that a record cannot have become ids that it can, none of them ``reserved``.
    """
    if not isinstance(results, list):
        faults.add("result-form", "$.result", f"{shorten(results)} is no list", "export the annotation again")
        results = []
    labelled: list[tuple[str, str, dict[str, Any], str]] = []
    valued: list[tuple[str, Field, dict[str, Any], str]] = []
    joined: list[tuple[dict[str, Any], str]] = []
    notes: list[Note] = []
    remarks: dict[str, list[str]] = {}
    carried: str | None = None
    for i, result in enumerate(results):
        place = f"$.result[{i}]"
        if not isinstance(result, dict):
            faults.add("result-form", place, f"{shorten(result)} is no result", "export the annotation again")
            continue
        if result.get("type") == "relation":
            joined.append((result, place))
            continue
        control, value, identifier = result.get("from_name"), result.get("value"), result.get("id")
        if not isinstance(value, dict):
            faults.add("result-form", place, "a result without a value", "export the annotation again")
        elif control == NOTE:
            notes += [Note(None, line) for line in _lines(value.get("text"))]
        elif control == CARRIED:
            carried = next(iter(_lines(value.get("text"))), carried)
        elif not isinstance(identifier, str) or not identifier:
            faults.add("result-form", place, "a result without an id", "export the annotation again")
        elif control in KINDS:
            labelled.append((identifier, str(control), value, place))
            remarks.setdefault(identifier, _remarks(result))
        elif isinstance(control, str) and control in fields():
            valued.append((identifier, fields()[control], value, place))
        else:
            message = f"region {shorten(identifier)} has a value of {shorten(control)}, which is no control here"
            faults.add("result-control", place, message, "write it in a note, and remove the value")
    names = _names([identifier for identifier, *_ in labelled], reserved)
    regions = _regions(labelled, names, article, text, faults)
    _fill(regions, valued, names, faults)
    regions = dict(sorted(regions.items(), key=lambda item: item[1].order))
    notes += [Note(names[raw], line) for raw in sorted(remarks) for line in remarks[raw]]
    kept = {name: region for name, region in regions.items() if region.kind != "zone"}
    return Sheet(kept, read_relations(joined, names, regions, faults), notes, carried)


def _lines(value: Any) -> list[str]:
    lines = value if isinstance(value, list) else [value]
    return [line for line in lines if isinstance(line, str) and line.strip()]


def _remarks(result: dict[str, Any]) -> list[str]:
    meta = result.get("meta")
    return _lines(meta.get("text")) if isinstance(meta, dict) else []


def _names(identifiers: list[str], reserved: Iterable[str]) -> dict[str, str]:
    """Map the ids of regions to ids that a record can have: themselves, wherever they can be."""
    fit = {i for i in identifiers if _ID.fullmatch(i) and i != AUTHOR}
    names, taken = {i: i for i in fit}, fit | {AUTHOR} | set(reserved)
    for identifier in sorted(set(identifiers) - fit):
        names[identifier] = free_id(identifier, taken)
        taken.add(names[identifier])
    return names


def _regions(
    labelled: list[tuple[str, str, dict[str, Any], str]],
    names: dict[str, str],
    article: Article,
    text: str,
    faults: Faults,
) -> dict[str, Region]:
    scored = load_ontology().scored_zones
    zones = {(zone.start, zone.end, zone_label(zone.zone)) for zone in article.zones if zone.zone not in scored}
    regions: dict[str, Region] = {}
    for identifier, kind, value, place in sorted(labelled, key=lambda own: (KINDS.index(own[1]), own[0])):
        what = f"region {shorten(identifier)}"
        start, end = value.get("start"), value.get("end")
        if not (_is_whole(start) and _is_whole(end) and 0 <= start < end <= len(text)):
            message = f"{what} goes from {shorten(start)} to {shorten(end)}; the text has {len(text)} characters"
            faults.add("region-span", place, message, "delete the region, and mark the place anew")
            continue
        covered = text[start:end]
        label = _label(value.get("labels"), kind, f"{what} at {start}–{end}, {shorten(covered, 40)},", place, faults)
        if label is None:
            continue
        shown = value.get("text")
        if shown is not None and shown != covered:
            message = (
                f"{what} says {shorten(shown)}, but at {start}–{end} stands {shorten(covered)}; the place was taken"
            )
            faults.add("region-text", place, message, "look whether it is the place that was meant")
        region = Region(names[identifier], kind, label, start, end, covered, {}, place)
        if kind == "zone" and (start, end, label) not in zones:
            message = f"{region} is no zone of this article; it was left out"
            faults.add("zone-changed", place, message, "label it as what was meant, or delete it", "warning")
        if region.id in regions:
            message = (
                f"{what} is labelled {regions[region.id].label} and {label}; it was taken as {regions[region.id].label}"
            )
            faults.add("region-label", place, message, "make a region of its own for the second label")
            continue
        regions[region.id] = region
    return regions


def _is_whole(value: Any) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)


def _label(value: Any, kind: str, what: str, place: str, faults: Faults) -> str | None:
    given = value if isinstance(value, list) else []
    known = [label for label in given if isinstance(label, str) and label in region_labels()[kind]]
    for label in given:
        if label not in known:
            mend = did_you_mean(label, list(region_labels()[kind]))
            faults.add("region-label", place, f"{what} has the label {shorten(label)}, which is none of {kind}", mend)
    if not given:
        faults.add("region-label", place, f"{what} has no label of {kind}", "give it a label, or delete it")
    if len(known) > 1:
        message = f"{what} has the labels {', '.join(known)}; it was taken as {known[0]}"
        faults.add("region-label", place, message, "leave it the right one")
    return known[0] if known else None


def _fill(
    regions: dict[str, Region],
    valued: list[tuple[str, Field, dict[str, Any], str]],
    names: dict[str, str],
    faults: Faults,
) -> None:
    """Give the regions their fields."""
    for identifier, field, value, place in sorted(valued, key=lambda own: (own[0], own[1].name)):
        region = regions.get(names.get(identifier, ""))
        given = value.get("text" if field.how == "textarea" else field.how)
        if region is None:
            message = f"{shorten(given)} ({field.name}) belongs to region {shorten(identifier)}, which is not there"
            faults.add("region-field", place, message, "mark the place anew, or remove the value")
        elif region.kind != field.kind or region.label not in field.labels:
            message = f"{region} has no field '{field.name}'; its value {shorten(given)} was left out"
            faults.add("region-field", place, message, "look whether the label is right", "warning")
        elif field.name in region.fields:
            message = f"{region} has the field '{field.name}' twice; {shorten(given)} was left out"
            faults.add("region-field", place, message, "choose again")
        else:
            found = _value(field, given, region, place, faults)
            if found is not None:
                region.fields[field.name] = found


def _value(field: Field, given: Any, region: Region, place: str, faults: Faults) -> Any:
    if field.how == "number":
        if isinstance(given, int | float) and not isinstance(given, bool) and math.isfinite(given):
            return int(given) if isinstance(given, float) and given.is_integer() and abs(given) <= _EXACT else given
        if given is not None:
            faults.add("region-field", place, f"{shorten(given)} on {region} is no number", "write a number")
        return None
    values = given if isinstance(given, list) else [given]
    values = [value for value in values if value not in (None, "")]
    options = list(field.options)
    wrong = [value for value in values if not isinstance(value, str) or (options and value not in options)]
    for value in wrong:
        mend = did_you_mean(value, options) if options else "write it again"
        faults.add("region-field", place, f"{shorten(value)} is no {field.name}, on {region}", mend)
    fit = [value for value in values if value not in wrong]
    if len(fit) > 1:
        message = f"{region} has {len(fit)} values as {field.name}: {shorten(fit)}; the first was taken"
        faults.add("region-field", place, message, "leave it one")
    return fit[0] if fit else None
