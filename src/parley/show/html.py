"""An annotated article as one page: no outside script, font or image; readable without JavaScript."""

from collections.abc import Iterable, Sequence
from functools import cache

from jinja2 import Environment
from markupsafe import Markup

from parley.ontology import Label, load_ontology
from parley.show.inline import page_environment, policy, static
from parley.show.palette import TONES, place, polarity_mark
from parley.show.tree import Node
from parley.show.values import ArticleView, EventView, Reference, StanceView


def _styles() -> str:
    """Return the style sheet: the static one and a class for each coloured label."""
    prefixes = {"entity_types": "t", "event_groups": "g", "polarities": "p"}
    hues = [
        f".{prefix}{i} {{ --hue: {TONES[kind][i % len(TONES[kind])].hue}; --chroma: 1; }}"
        for kind, prefix in prefixes.items()
        for i in range(len(load_ontology().names(kind)))
    ]
    return static("article.css") + "\n".join(hues) + "\n"


def _class(prefix: str, kind: str, name: str) -> str:
    """Return the class of a label: its prefix and its place in the ontology; none for one without colour."""
    at = place(kind, name)
    return "" if at is None else f"{prefix}{at}"


def _depth(node: Node) -> int:
    """Return how many mentions stand inside each other below a node."""
    return max((_depth(child) + (child.kind == "mention") for child in node.children), default=0)


def _taking_part(view: ArticleView) -> dict[str, list[tuple[str, EventView]]]:
    """Return the roles and events each entity fills."""
    found: dict[str, list[tuple[str, EventView]]] = {}
    for event in view.events.values():
        for argument in event.arguments:
            if argument.filler.kind == "entity":
                found.setdefault(argument.filler.id, []).append((argument.role, event))
    return found


def _positions(view: ArticleView) -> dict[str, list[StanceView]]:
    """Return the stances each entity or event holds or is the target of."""
    found: dict[str, list[StanceView]] = {}
    for stance in view.stances.values():
        for end in dict.fromkeys((stance.holder.id, stance.target.id)):
            found.setdefault(end, []).append(stance)
    return found


def _shown(event: EventView, view: ArticleView) -> str:
    """Return the ids of the mentions and events that stand for an event's arguments, for highlighting."""
    spans = {(m.start, m.end, m.entity or m.id): m.id for m in view.mentions.values()}
    ids = []
    for argument in event.arguments:
        filler = argument.filler
        if filler.kind == "event":
            ids.append(f"trigger-{filler.id}")
        elif filler.start is not None and filler.end is not None:
            found = spans.get((filler.start, filler.end, filler.id))
            ids += [f"mention-{found}"] if found else []
    return " ".join(ids)


def _by_role(event: EventView) -> dict[str, list[Reference]]:
    """Return the fillers of each role, roles in the order of the record."""
    found: dict[str, list[Reference]] = {}
    for argument in event.arguments:
        found.setdefault(argument.role, []).append(argument.filler)
    return found


def _legend() -> list[tuple[str, str, str, Iterable[Label]]]:
    """Return the parts of the legend: title, prefix of the class, list of the ontology, labels."""
    ontology = load_ontology()
    return [
        ("Entities", "t", "entity_types", ontology.entity_types),
        ("Values", "v", "value_types", ontology.value_types),
        ("Events", "g", "event_groups", ontology.event_groups),
        ("Status", "s", "statuses", ontology.statuses),
        ("Stance", "p", "polarities", ontology.polarities),
        ("Facets", "f", "facets", ontology.facets),
    ]


@cache
def _environment() -> Environment:
    environment = page_environment()
    environment.filters |= {"mark": polarity_mark, "depth": _depth, "by_role": _by_role}
    environment.globals |= {
        "entity_class": lambda name: _class("t", "entity_types", name),
        "group_class": lambda name: _class("g", "event_groups", name),
        "status_class": lambda name: _class("s", "statuses", name),
        "polarity_class": lambda name: _class("p", "polarities", name),
        "label_class": _class,
    }
    return environment


def render(view: ArticleView, *, ways: Sequence[tuple[str, str]] = ()) -> str:
    """Return the page of an annotated article. The element ``#text`` holds exactly the article's text.

    ``ways`` are links to other pages, for one that is part of a site: label and address of each.
    """
    styles, script = _styles(), static("article.js")
    ontology = load_ontology()
    return (
        _environment()
        .get_template("article.html.j2")
        .render(
            view=view,
            ways=ways,
            styles=Markup(styles),  # both are ours, without a character of the article
            script=Markup(script),
            policy=policy(styles, script),
            evidence={shown.id: stance for stance in view.stances.values() for shown in stance.evidence},
            taking_part=_taking_part(view),
            positions=_positions(view),
            shown={event.id: _shown(event, view) for event in view.events.values()},
            legend=_legend(),
            definitions={t.name: t.definition for t in (*ontology.entity_types, *ontology.value_types)}
            | {t.name: t.definition for t in (*ontology.event_types, *ontology.statuses)}
            | {t.name: t.definition for t in (*ontology.facets, *ontology.polarities, *ontology.argument_roles)},
            event_types={g.name: [t for t in ontology.event_types if t.group == g.name] for g in ontology.event_groups},
        )
    )
