"""The labelling interface: its labels, fields and relations, and annotation/labelstudio.xml, which shows them.

A *region* is a labelled span. Its kind is the name of the control that labels it: ``entity`` (mentions and values),
``trigger`` (events), ``span`` (evidence of a stance, propositions) or ``zone`` (zones that are not annotated). A *field*
is a control whose value belongs to one region; it is shown for certain labels only.

There are three columns. The left one has all labels with their keys, and below them the fields of the selected region;
the middle one the text and a field for notes on the article; the right one is Label Studio's own. In a narrow window
the labels stand above the text.
"""

from functools import cache
from itertools import groupby
from string import ascii_lowercase
from typing import NamedTuple
from xml.etree import ElementTree as Tree

from scipy.optimize import linear_sum_assignment

from parley.ontology import load_ontology
from parley.pages.palette import tone

PATH = "annotation/labelstudio.xml"
TEXT = "text"  # the text in the interface, and its field in a task
NOTE, ENTITIES = "note", "entities"  # controls of the whole text: notes, and the hidden table of entities
KINDS = ("entity", "trigger", "span", "zone")
STANCE, EVIDENCE, PROPOSITION = "Stance", "Evidence", "Proposition"  # labels of the kind ``span``
COREF, MEMBER, SAME, VIA, HOLDER, TARGET, PROOF = "coref", "member", "same as", "via", "holder", "target", "evidence"
EXPLICIT = {"explicit": True, "inferred": False}
WRITER = "the author"


class Field(NamedTuple):
    """A field of a region: control, heading, the kind and labels it is shown for, type of its results, options.

    ``how`` is ``choices``, ``textarea`` or ``number``; only choices have options.
    """

    name: str
    heading: str
    kind: str
    labels: tuple[str, ...]
    how: str
    options: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """Where a result holds the value."""
        return "text" if self.how == "textarea" else self.how


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
        "span": (STANCE, EVIDENCE, PROPOSITION),
        "zone": tuple(zone_label(zone.name) for zone in ontology.zones if not zone.scored),
    }


@cache
def relation_labels() -> tuple[str, ...]:
    """Return the labels of relations: coreference and sources, roles of arguments, parts of a stance."""
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
        choice("role", "Role in context", "entity", ("GPE",), names("gpe_roles")),
        Field("name", "Name of the entity (on its first mention)", "entity", entities, "textarea"),
        Field("registry", "Registry id (on its first mention)", "entity", entities, "textarea"),
        Field("value", "Value", "entity", ("TIME",), "textarea"),
        choice("mod", "Modifier", "entity", ("TIME",), names("time_mods")),
        Field("number", "Number", "entity", ("QTY",), "number"),
        Field("unit", "Unit", "entity", ("QTY",), "textarea"),
        choice("qualifier", "Qualifier", "entity", ("QTY",), names("qty_qualifiers")),
        choice("status", "Status", "trigger", events, names("statuses")),
        choice("harm", "Harm", "trigger", ("Casualty",), names("harms")),
        Field("event_cluster", "Registry id of the event cluster", "trigger", events, "textarea"),
        choice("polarity", "Polarity", "span", stance, names("polarities")),
        choice("facet", "Facet", "span", stance, names("facets")),
        choice("explicit", "The facet is", "span", stance, list(EXPLICIT)),
        choice("author", "Holder, if not a mention", "span", stance, [WRITER]),
    ]
    return {field.name: field for field in every}


# The configuration --------------------------------------------------------------------------------------------------

_HEIGHT = "calc(100vh - 150px)"  # of both columns: what Label Studio's own bars leave
_GREY = "#8a8a8a"
_SPANS = {STANCE: "#0f7b6c", EVIDENCE: "#6fb8ad", PROPOSITION: "#b08d57"}
_VALUES = ("#5f6b7a", "#7a6b5f")  # of TIME and QTY

# An article has some 500 relations, which would cover the text: only those pointed at in a list are drawn. Where passes
# are compared side by side ("viewAll") the labels give way to the texts.
_STYLE = """
.parley { display: flex; gap: 14px; align-items: stretch; }
.parley-left { flex: 0 0 350px; height: HEIGHT; display: flex; flex-direction: column; }
.parley-labels { flex: 1 1 auto; overflow-y: auto; }
.parley-fields { flex: 0 0 auto; max-height: 50%; overflow-y: auto; border-top: 2px solid #bbb; }
.parley-text { flex: 1 1 0; min-width: 0; height: HEIGHT; overflow-y: auto; }
.parley .lsf-richtext__container { line-height: 1.9 !important; }
.parley .lsf-labels { margin: 0 !important; }
.parley .lsf-label { margin: 0 3px 3px 0 !important; height: 23px !important; font-size: 13px !important; }
.parley-labels .lsf-labels h4 { flex-basis: 100%; }
.parley h4 { margin: 3px 0 1px !important; font-size: 12px !important; line-height: 1.25 !important; opacity: .75; }
.parley-fields .lsf-choices { margin: 2px 0 !important; }
.parley-fields input, .parley-fields textarea { height: 29px !important; padding: 3px 12px !important; }
@media (max-width: 900px) {
  .parley { flex-direction: column; }
  .parley-left { flex: none; height: auto; max-height: 45vh; width: auto; }
  .parley-text { flex: none; height: auto; }
}
.lsf-wrapper_viewAll .parley-left { display: none; }
.relations-overlay [class*=relationItem]:not([class*=ighlight]) { opacity: 0; }
"""
_SPAN = ".parley .htx-highlight[data-label$='{label}']:not(.__active)"  # Label Studio writes "12:Meet" into it
_LINE = " {{ background-color: {background} !important; border-bottom: {line} {colour} !important; }}\n"


def label_config() -> str:
    """Return the interface for the labels of the ontology as XML."""
    top = Tree.Element("View")
    Tree.SubElement(top, "Style").text = _STYLE.replace("HEIGHT", _HEIGHT) + _marks()
    page = _view(top, className="parley")
    left = _view(page, className="parley-left")
    _labels(_view(left, className="parley-labels"))
    _fields(_view(left, className="parley-fields"))
    middle = _view(page, className="parley-text")
    Tree.SubElement(middle, "Header", value="Published $date · not annotated here: $not_annotated", size="6")
    Tree.SubElement(middle, "Text", name=TEXT, value=f"${TEXT}", granularity="symbol")
    note = {"name": NOTE, "toName": TEXT, "rows": "2", "editable": "true"}
    Tree.SubElement(middle, "TextArea", note, placeholder="Notes on the article (Shift + Enter keeps one)")
    relations = Tree.SubElement(top, "Relations")
    for label in relation_labels():
        Tree.SubElement(relations, "Relation", value=label)
    hidden = _view(top, style="display:none")
    Tree.SubElement(hidden, "TextArea", name=ENTITIES, toName=TEXT, maxSubmissions="1")
    Tree.indent(top)
    head = "<!-- Generated by `parley build` from schema/ontology.json; do not edit. -->\n"
    return head + Tree.tostring(top, encoding="unicode") + "\n"


def _view(parent: Tree.Element, **attributes: str) -> Tree.Element:
    return Tree.SubElement(parent, "View", attributes)


def _labels(parent: Tree.Element) -> None:
    """Add the labels of every kind, each with its key and colour."""
    headings = dict.fromkeys(region_labels()["entity"], "Mentions and values")
    headings |= {event.name: f"Events: {event.group}" for event in load_ontology().event_types}
    headings |= dict.fromkeys(region_labels()["span"], "Stance (first evidence), further evidence, proposition")
    shown: set[str] = set()
    keys, colours = _keys(), _colours()
    for kind, labels in region_labels().items():
        own = _view(parent, style="display:none") if kind == "zone" else parent  # zones are never marked by hand
        control = Tree.SubElement(own, "Labels", name=kind, toName=TEXT, choice="single")
        for label in labels:
            heading = headings.get(label)
            if heading and heading not in shown:
                Tree.SubElement(control, "Header", value=heading, size="6")
                shown.add(heading)
            hotkey = {"hotkey": keys[label]} if label in keys else {}
            Tree.SubElement(control, "Label", {"value": label, "background": colours.get(label, _GREY)} | hotkey)


def _colours() -> dict[str, str]:
    ontology = load_ontology()
    found = dict(zip(ontology.names("value_types"), _VALUES, strict=False)) | _SPANS
    tones = {name: tone("entity_types", name) for name in ontology.names("entity_types")}
    tones |= {event.name: tone("event_groups", event.group) for event in ontology.event_types}
    return found | {name: own.mid for name, own in tones.items() if own}


def _marks() -> str:
    """Return styles that distinguish events, evidence and zones from mentions: there are too few colours for all."""
    colours = _colours()
    looks = {"trigger": ("transparent", "3px solid"), "span": ("rgba(15, 123, 108, .1)", "2px dotted")}
    style = ""
    for kind, (background, line) in looks.items():
        for colour, labels in groupby(region_labels()[kind], key=lambda label: colours.get(label, _GREY)):
            chosen = ",\n".join(_SPAN.format(label=f":{label}") for label in labels)
            style += chosen + _LINE.format(background=background, line=line, colour=colour)
    zones = ",\n".join(_SPAN.format(label=f":{label}") for label in region_labels()["zone"])
    return style + zones + " { background-color: #eee !important; color: #767676; }\n"


def _keys() -> dict[str, str]:
    """Return a key for each label: for mentions a digit, for an event the earliest letter of its name that can be had.

    Speech events, the commonest, have the first choice, then those that come first in their group. Every plain letter
    is given out: Label Studio gives those that are left to choices and to labels that nobody should use, and they act
    on the selected region even where they are hidden.
    """
    ontology = load_ontology()
    keys = dict(zip(ontology.names("mention_types"), "1234567890-=", strict=False))
    keys |= {label: f"shift+{label[0].lower()}" for label in region_labels()["span"]}
    events, worst = ontology.event_types, len(ascii_lowercase)
    costs = []  # a row for each event, a column for each letter, further ones for events that get none
    for group, own in groupby(events, key=lambda event: event.group):
        for rank, event in enumerate(own, start=1):
            weight = worst if group == "speech" else 1 / rank
            letters = [place if (place := event.name.lower().find(key)) >= 0 else worst for key in ascii_lowercase]
            costs.append([cost * weight for cost in [*letters, *[worst - 1] * (len(events) - worst)]])
    for event, column in zip(events, linear_sum_assignment(costs)[1], strict=True):
        shifted = (f"shift+{letter}" for letter in event.name.lower())
        free = (key for key in shifted if key not in keys.values())
        keys[event.name] = ascii_lowercase[column] if column < worst else next(free)
    return keys


def _fields(parent: Tree.Element) -> None:
    """Add the fields of a region, shown where its label has them."""
    for (kind, labels), group in groupby(fields().values(), key=lambda field: (field.kind, field.labels)):
        shown = _view(parent, visibleWhen="region-selected", whenTagName=kind, whenLabelValue=",".join(labels))
        for field in group:
            Tree.SubElement(shown, "Header", value=field.heading, size="6")
            base = {"name": field.name, "toName": TEXT, "perRegion": "true"}
            if field.how == "number":
                Tree.SubElement(shown, "Number", base)
            elif field.how == "textarea":
                Tree.SubElement(shown, "TextArea", base | {"rows": "1", "maxSubmissions": "1", "editable": "true"})
            else:
                choice = "single-radio" if len(field.options) > 1 else "multiple"
                own = Tree.SubElement(shown, "Choices", base | {"choice": choice, "showInline": "true"})
                for option in field.options:
                    Tree.SubElement(own, "Choice", value=option)
