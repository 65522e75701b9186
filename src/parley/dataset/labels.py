"""Tables of the labels in Markdown, for the guidelines and whoever else shows them."""

from collections.abc import Iterable, Sequence

from parley.ontology import Label, Ontology


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(_cell(cell) for cell in line) + " |" for line in lines)


def _examples(label: Label) -> str:
    return " · ".join(label.examples)


def _simple(title: str, labels: Sequence[Label]) -> str:
    rows = [(f"`{label.name}`", label.definition, _examples(label)) for label in labels]
    return f"### {title}\n\n" + _table(("label", "meaning", "examples"), rows)


def label_tables(ontology: Ontology) -> str:
    """Return every label with meaning and examples, event types with their roles, as Markdown sections."""
    always = set.intersection(*(set(t.roles) for t in ontology.event_types))
    everywhere = ", ".join(role for role in ontology.names("argument_roles") if role in always)
    events = [
        (f"`{t.name}`", t.group, t.definition, ", ".join(r for r in t.roles if r not in always), _examples(t))
        for t in ontology.event_types
    ]
    roles = [(f"`{r.name}`", r.definition, ", ".join(r.fillers), _examples(r)) for r in ontology.argument_roles]
    return "\n\n".join(
        [
            _simple("Entity types", ontology.entity_types),
            _simple("Values", ontology.value_types),
            _simple("Time modifiers", ontology.time_mods),
            _simple("Quantity qualifiers", ontology.qty_qualifiers),
            _simple("Forms", ontology.forms),
            f"### Event types\n\nEvery type also takes {everywhere}.\n\n"
            + _table(("type", "group", "meaning", "roles", "examples"), events),
            "### Argument roles\n\n" + _table(("role", "meaning", "filled by", "examples"), roles),
            _simple("Statuses", ontology.statuses),
            _simple("Polarities", ontology.polarities),
            _simple("Facets", ontology.facets),
        ]
    )
