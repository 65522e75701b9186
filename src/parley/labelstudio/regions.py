"""Reading results: the regions, relations and notes of one annotation, and findings on malformed ones.

Observed in Label Studio 1.23, open source, in a browser:

- An annotation made from a prediction keeps the ids of regions, ``readonly``, ``meta`` (a person's note on a region)
  and ``score``. Fields that it does not know are lost. ``origin`` says who made a region.
- Of two relations from one region to another, only the first is kept. A relation can have several labels, and keeps
  them: two roles of one filler are one relation. Relations of a region that is deleted go with it.
- A text area that is hidden by its style keeps its content, so the table of entities travels in one.
- 800.0 comes back as 800.
- Results come in the order of import, those of new regions after them, relations last.
- The ids of new regions are ten characters of A-Z, a-z, 0-9, ``_`` and ``-``, and may begin with any of them.
"""

import hashlib
import math
import re
from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from typing import Any, NamedTuple

import msgspec

from parley.canonical import natural
from parley.checks.shape import did_you_mean
from parley.corpus import Article
from parley.findings import Finding, finding, shorten
from parley.labelstudio.interface import (
    COREF,
    ENTITIES,
    EVIDENCE,
    HOLDER,
    KINDS,
    MEMBER,
    NOTE,
    PROOF,
    PROPOSITION,
    SAME,
    STANCE,
    TARGET,
    VIA,
    Field,
    fields,
    region_labels,
    relation_labels,
    zone_label,
)
from parley.model import AUTHOR
from parley.ontology import load_ontology

_ID = re.compile(r"[A-Za-z][A-Za-z0-9._-]{0,63}")
_EXACT = 2**53  # larger integers are not exact in a browser


class Note(NamedTuple):
    """A person's note on a region, by its id in the record, or on the whole text (None)."""

    region: str | None
    text: str


class Region(msgspec.Struct, kw_only=True):
    """A labelled span; ``id`` as in the record, ``place`` for findings."""

    id: str
    kind: str
    label: str
    start: int
    end: int
    text: str
    place: str
    fields: dict[str, Any] = {}

    @property
    def order(self) -> tuple[Any, ...]:
        """The order of the text: an outer span first; of equal spans by the number in the id."""
        return self.start, -self.end, natural(self.id)

    @property
    def span(self) -> dict[str, Any]:
        """Offsets (code points, half-open) and text, as in a record."""
        return {"start": self.start, "end": self.end, "text": self.text}

    @property
    def category(self) -> str:
        """The category by which relations are restricted: entity, value, trigger, zone, or the label of a ``span``."""
        if self.kind == "entity":
            return "value" if self.label in load_ontology().names("value_types") else "entity"
        return self.label.lower() if self.kind == "span" else self.kind

    def __str__(self) -> str:
        return f"{self.label} {shorten(self.text, 40)} (region {shorten(self.id)})"


Relations = dict[str, list[tuple[Region, Region]]]  # by label, in the order of the text


class RegionGraph(NamedTuple):
    """Regions by id in the order of the text (zones left out), relations, notes, and the table of entities as text."""

    regions: dict[str, Region]
    relations: Relations
    notes: list[Note]
    entities: str | None


class Faults:
    """Collects findings on the results of one annotation, which ``file`` names."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.found: list[Finding] = []

    def add(self, rule: str, place: str, severity: str | None = None, **values: Any) -> None:
        """Add a finding at a place in the results."""
        given: dict[str, Any] = {
            name: str(value) if isinstance(value, Region) else value for name, value in values.items()
        }
        self.found.append(finding(rule, file=self.file, path=place, severity=severity, **given))


def free_id(wanted: str, taken: AbstractSet[str]) -> str:
    """Return ``wanted`` as an id of the record that is not ``taken``; the same for the same input."""
    name = re.sub(r"[^A-Za-z0-9._-]", "-", wanted)[:48]
    name = name if _ID.fullmatch(name) else f"r-{name}"
    if name in taken or (name != wanted and not wanted.isascii()):
        name += "-" + hashlib.sha256(wanted.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    while name in taken:
        name += "x"
    return name


def read_results(results: Any, article: Article, text: str, faults: Faults) -> RegionGraph:
    """Return the content of ``results``; unreadable parts are left out, with a finding.

    Ids that are not valid in a record are replaced by valid ones.
    """
    if not isinstance(results, list):
        faults.add("result-form", "$.result", what=f"{shorten(results)} is no list")
        results = []
    labelled: list[tuple[str, str, dict[str, Any], str]] = []  # id, control, value, place
    valued: list[tuple[str, str, dict[str, Any], str]] = []
    joined: list[tuple[dict[str, Any], str]] = []
    notes: list[Note] = []
    remarks: dict[str, list[str]] = {}
    entities = None
    for number, result in enumerate(results):
        place = f"$.result[{number}]"
        if not isinstance(result, dict):
            faults.add("result-form", place, what=f"{shorten(result)} is no result")
            continue
        control, value, identifier = result.get("from_name"), result.get("value"), result.get("id")
        if result.get("type") == "relation":
            joined.append((result, place))
        elif not isinstance(value, dict):
            faults.add("result-form", place, what="a result without a value")
        elif control == NOTE:
            notes += [Note(None, line) for line in _lines(value.get("text"))]
        elif control == ENTITIES:
            entities = next(iter(_lines(value.get("text"))), entities)
        elif not isinstance(identifier, str) or not identifier:
            faults.add("result-form", place, what="a result without an id")
        elif control in KINDS:
            labelled.append((identifier, str(control), value, place))
            meta = result.get("meta")
            remarks.setdefault(identifier, _lines(meta.get("text")) if isinstance(meta, dict) else [])
        elif isinstance(control, str) and control in fields():
            valued.append((identifier, control, value, place))
        else:
            faults.add("result-control", place, region=identifier, control=control)
    names = _names(identifier for identifier, *_ in labelled)
    regions = _regions(labelled, names, article, text, faults)
    for identifier, control, value, place in sorted(valued, key=lambda own: own[:2]):
        _fill(regions.get(names.get(identifier, "")), fields()[control], value, identifier, place, faults)
    regions = dict(sorted(regions.items(), key=lambda item: item[1].order))
    relations = _relations(joined, names, regions, faults)
    notes += [Note(names[raw], line) for raw in sorted(remarks) for line in remarks[raw]]
    annotated = {name: region for name, region in regions.items() if region.kind != "zone"}
    return RegionGraph(annotated, relations, notes, entities)


def _lines(value: Any) -> list[str]:
    lines = value if isinstance(value, list) else [value]
    return [line for line in lines if isinstance(line, str) and line.strip()]


def _names(identifiers: Iterable[str]) -> dict[str, str]:
    """Map the ids of regions to valid ids of a record: themselves, if they are valid."""
    every = set(identifiers)
    names = {i: i for i in every if _ID.fullmatch(i) and i != AUTHOR}
    taken = {*names, AUTHOR}
    for identifier in sorted(every - set(names)):
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
        start, end = value.get("start"), value.get("end")
        if type(start) is not int or type(end) is not int or not 0 <= start < end <= len(text):
            faults.add("region-span", place, region=identifier, start=start, end=end, length=len(text))
            continue
        covered, known = text[start:end], region_labels()[kind]
        raw = value.get("labels")
        given: list[Any] = raw if isinstance(raw, list) else []
        labels = [label for label in given if isinstance(label, str) and label in known]
        what = {"region": identifier, "where": f"{start}–{end}, {shorten(covered, 40)}", "kind": kind}
        for label in given:
            if label not in labels:
                hint = did_you_mean(label, list(known))
                faults.add("region-label", place, label=label, options=hint, **what)
        if not given:
            faults.add("region-label/none", place, **what)
        if len(labels) > 1:
            faults.add("region-label/several", place, labels=labels, taken=labels[0], **what)
        if not labels:
            continue
        shown = value.get("text")
        if shown is not None and shown != covered:
            faults.add("region-text", place, shown=shown, **what)
        region = Region(
            id=names[identifier], kind=kind, label=labels[0], start=start, end=end, text=covered, place=place, fields={}
        )
        if kind == "zone" and (start, end, region.label) not in zones:
            faults.add("zone-changed", place, "warning", region=region)
        if region.id in regions:
            pair = [regions[region.id].label, region.label]
            faults.add("region-label/several", place, labels=pair, taken=pair[0], **what)
        else:
            regions[region.id] = region
    return regions


def _fill(
    region: Region | None, field: Field, value: dict[str, Any], identifier: str, place: str, faults: Faults
) -> None:
    """Give a region the value of a field."""
    given = value.get(field.key)
    values = [one for one in (given if isinstance(given, list) else [given]) if one not in (None, "")]
    what: dict[str, Any] = {"field": field.name, "value": given}
    if region is None:
        faults.add("region-field/region", place, region=identifier, **what)
    elif region.kind != field.kind or region.label not in field.labels:
        faults.add("region-field/label", place, "warning", region=region, **what)
    elif field.name in region.fields:
        faults.add("region-field/twice", place, region=region, **what)
    else:
        wrong = [one for one in values if not _is_value(one, field)]
        for one in wrong:
            what["value"] = one
            hint = did_you_mean(one, list(field.options)) if field.options else "enter it again"
            faults.add("region-field", place, region=region, options=hint, **what)
        values = [one for one in values if one not in wrong]
        if len(values) > 1:
            faults.add("region-field/several", place, region=region, **what)
        for one in values[:1]:
            whole = isinstance(one, float) and one.is_integer() and abs(one) <= _EXACT
            region.fields[field.name] = int(one) if whole else one


def _is_value(value: Any, field: Field) -> bool:
    if field.how == "number":
        return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    return isinstance(value, str) and (not field.options or value in field.options)


# The categories that each label can join, by that of its beginning; a role joins a trigger and its filler.
_STANCE, _EVIDENCE, _PROPOSITION = STANCE.lower(), EVIDENCE.lower(), PROPOSITION.lower()
_ENDS: dict[str, dict[str, tuple[str, ...]]] = {
    COREF: {"entity": ("entity",)},
    MEMBER: {"entity": ("entity",)},
    SAME: {"trigger": ("trigger",), _PROPOSITION: (_PROPOSITION,)},
    VIA: {"trigger": ("trigger",), _STANCE: ("trigger",)},
    HOLDER: {_STANCE: ("entity",)},
    TARGET: {_STANCE: ("entity", "trigger", _PROPOSITION)},
    PROOF: {_STANCE: (_EVIDENCE,)},
}
_ARGUMENT = {"trigger": ("entity", "value", "trigger", _PROPOSITION)}


def _relations(
    joined: list[tuple[dict[str, Any], str]], names: dict[str, str], regions: dict[str, Region], faults: Faults
) -> Relations:
    """Return the pairs of regions that each label joins; ``names`` are ids by raw id."""
    relations: Relations = {label: [] for label in relation_labels()}
    for result, place in joined:
        ends = [result.get("from_id"), result.get("to_id")]
        if result.get("direction") == "left":
            ends.reverse()
        given = result.get("labels")
        labels = [label for label in given if label] if isinstance(given, list) else []
        one, other = (regions.get(names.get(end, "")) if isinstance(end, str) else None for end in ends)
        if one is None or other is None:
            gone = " and ".join(shorten(end) for end, found in zip(ends, (one, other), strict=True) if found is None)
            known = f" of {one or other}" if one or other else ""
            faults.add("relation-end", place, what=shorten(", ".join(map(str, labels))) + known, gone=gone)
            continue
        if not labels:
            faults.add("relation-label/none", place, one=one, other=other)
        for label in labels:
            if not isinstance(label, str) or label not in relations:
                hint = did_you_mean(label, list(relations))
                faults.add("relation-label", place, label=label, one=one, other=other, options=hint)
                continue
            ends_of = _ENDS.get(label, _ARGUMENT)
            if other.category not in ends_of.get(one.category, ()) or one.id == other.id:
                allowed = ", or ".join(f"from {source} to {' or '.join(to)}" for source, to in ends_of.items())
                faults.add("relation-end/kind", place, label=label, one=one, other=other, allowed=allowed)
            elif (one, other) not in relations[label]:
                relations[label].append((one, other))
    for pairs in relations.values():
        pairs.sort(key=lambda pair: (pair[0].order, pair[1].order))
    return relations
