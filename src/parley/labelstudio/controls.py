"""The controls of the labelling interface: one table that the configuration, the writing and the reading share.

A *region* is a labelled stretch of the text. Its kind is the name of the control that labels it: ``entity`` (mentions
and values), ``trigger`` (events), ``span`` (evidence of a stance, content that is no event) or ``zone`` (what is not to
be annotated). A *field* is a control whose value belongs to one region; it is shown for certain labels only.
"""

from functools import cache
from typing import NamedTuple

from parley.ontology import load_ontology

TEXT = "text"  # the text in the interface, and its field in a task
NOTE, CARRIED = "note", "carried"  # controls of the whole text: what people remark, and what no region can hold
KINDS = ("entity", "trigger", "span", "zone")
STANCE, EVIDENCE, CONTENT = "Stance", "Evidence", "Content"  # labels of the kind ``span``
COREF, MEMBER, SAME, VIA, HOLDER, TARGET, PROOF = "coref", "member", "same", "via", "holder", "target", "evidence"
EXPLICIT = {"in so many words": True, "to be inferred": False}
WRITER = "the author"


class Field(NamedTuple):
    """A value of one region: control, heading, the kind and labels it is shown for, type of its results, options.

    ``how`` is ``choices``, ``textarea`` or ``number``; only choices have options.
    """

    name: str
    heading: str
    kind: str
    labels: tuple[str, ...]
    how: str
    options: tuple[str, ...] = ()


def zone_label(zone: str) -> str:
    """Return the label of a region over a zone of this name."""
    return f"not annotated: {zone}"


@cache
def region_labels() -> dict[str, tuple[str, ...]]:
    """Return the labels of each kind of region, in the order of the ontology."""
    ontology = load_ontology()
    return {
        "entity": tuple(ontology.names("mention_types")),
        "trigger": tuple(ontology.names("event_types")),
        "span": (STANCE, EVIDENCE, CONTENT),
        "zone": tuple(zone_label(zone.name) for zone in ontology.zones if not zone.scored),
    }


@cache
def relation_labels() -> tuple[str, ...]:
    """Return the labels of relations: links between like things, roles of arguments, parts of a stance."""
    return (COREF, MEMBER, SAME, VIA, *load_ontology().names("argument_roles"), HOLDER, TARGET, PROOF)


@cache
def fields() -> dict[str, Field]:
    """Return the fields of regions by the name of their control."""
    names = load_ontology().names
    entities, events, stance = tuple(names("entity_types")), tuple(names("event_types")), (STANCE,)

    def choice(name: str, heading: str, kind: str, labels: tuple[str, ...], options: list[str]) -> Field:
        return Field(name, heading, kind, labels, "choices", tuple(options))

    every = [
        choice("form", "Form", "entity", entities, names("forms")),
        choice("role", "Stands here for", "entity", ("GPE",), names("gpe_roles")),
        Field("name", "Name of the entity (on its first mention)", "entity", entities, "textarea"),
        Field("registry", "Registry id (on its first mention)", "entity", entities, "textarea"),
        Field("value", "Value", "entity", ("TIME",), "textarea"),
        choice("mod", "Modifier", "entity", ("TIME",), names("time_mods")),
        Field("number", "Number", "entity", ("QTY",), "number"),
        Field("unit", "Unit", "entity", ("QTY",), "textarea"),
        choice("qualifier", "Qualifier", "entity", ("QTY",), names("qty_qualifiers")),
        choice("status", "Status", "trigger", events, names("statuses")),
        Field("event_cluster", "Registry id of the event cluster", "trigger", events, "textarea"),
        choice("polarity", "Polarity", "span", stance, names("polarities")),
        choice("facet", "Facet", "span", stance, names("facets")),
        choice("explicit", "The facet is named", "span", stance, list(EXPLICIT)),
        choice("author", "Holder, if not a mention", "span", stance, [WRITER]),
    ]
    return {field.name: field for field in every}
