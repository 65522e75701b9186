"""An annotated article in the terminal: readable in colour, without it, and in a pipe."""

import unicodedata
from collections.abc import Iterable, Iterator, Sequence

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.rule import Rule
from rich.style import Style
from rich.table import Table
from rich.text import Text

from parley.show.palette import RED, polarity_mark, tone
from parley.show.tree import Node
from parley.show.values import ArgumentView, ArticleView, EntityView, EventView, Reference, StanceView, Voice

_PLAIN, _DIM, _BOLD = Style(), Style(dim=True), Style(bold=True)
_ALARM = Style(color=RED.mid, bold=True)
_MARGIN = 5  # cells left of what belongs to a sentence
_JOINERS = "\u200c\u200d"  # parts of words and of emoji; all other invisible characters are escaped


def printable(text: str) -> str:
    """Return text that cannot steer a terminal: control and direction characters are escaped (``\\x1b``)."""
    return "".join(
        c if c.isprintable() or c in _JOINERS or unicodedata.category(c) == "Zs" else ascii(c)[1:-1] for c in text
    )


def _text(*parts: str | tuple[str, Style | str] | Text) -> Text:
    """Return one text of pieces, strings made printable; a piece is a string, a string with its style, or a text."""
    made = Text()
    for part in parts:
        if isinstance(part, Text):
            made.append_text(part)
        else:
            words, style = (part, _PLAIN) if isinstance(part, str) else part
            made.append(printable(words), style)
    return made


def _joined(parts: Iterable[Text], between: str) -> Text:
    return Text(between).join(parts)


def _colour(kind: str, name: str) -> Style:
    found = tone(kind, name)
    return Style(color=found.mid) if found else _PLAIN


def _name(reference: Reference) -> Text:
    """Return how something is named outside the text: entities by name, events by label and trigger."""
    kind = reference.label.partition("·")[0]
    if reference.kind == "entity":
        return _text((reference.name, _colour("entity_types", kind)), (f" {reference.label}", _DIM))
    if reference.kind == "event":
        return _text(f"{reference.label} «{reference.name}»")
    if reference.kind == "value":
        return _text(reference.name, (f" = {reference.detail}" if reference.detail else "", _DIM))
    return _text(f"“{reference.name}”" if reference.kind == "span" else reference.name)


def _voices(chain: Sequence[Voice]) -> Text:
    """Return who says so, the nearest voice first."""
    said = []
    for voice in chain:
        who = _joined((_text(r.name) for r in voice.speakers), ", ") if voice.speakers else Text("a voice without name")
        said.append(_text(who, f" «{voice.trigger}»"))
    return _joined(said, ", via ")


def _running(view: ArticleView, nodes: Iterable[Node], style: Style) -> Text:
    """Return running text: brackets around mentions, angle quotes around triggers, a label after each."""
    made = Text()
    for node in nodes:
        if node.kind == "text":
            made.append(printable("".join(node.text.splitlines())), style)
            continue
        left, right, label, colour, inner = "", "", "", _PLAIN, style
        if node.kind == "mention":
            mention = view.mentions[node.id]
            left, right, label, colour = "[", "]", mention.label, _colour("entity_types", mention.type)
            inner = style + colour
        elif node.kind == "trigger":
            event = view.events[node.id]
            left, right, label, colour = "«", "»", event.label, _colour("event_groups", event.group)
            inner = style + Style(bold=True, underline=True)
        made.append(left if node.first else "", colour)
        made.append_text(_running(view, node.children, inner))
        made.append(right + printable(label) if node.last else "", colour + _DIM)
    return made


def _arguments(arguments: Sequence[ArgumentView]) -> Text:
    by_role: dict[str, list[Text]] = {}
    for argument in arguments:
        by_role.setdefault(argument.role, []).append(_name(argument.filler))
    return _joined((_text((f"{role} ", _DIM), _joined(names, ", ")) for role, names in by_role.items()), "; ")


def _event(event: EventView, view: ArticleView) -> Iterator[RenderableType]:
    """Yield an event: label, trigger, status and voices; under it its arguments by role."""
    colour = _colour("event_groups", event.group)
    head = _text((event.label, colour + _BOLD), f" «{event.text}» ", (event.status, Style(italic=True)))
    if event.voices:
        head.append_text(_text((", via ", _DIM), _voices(event.voices)))
    if event.tellings and event.tellings[0] != event.id:
        head.append_text(_text((f", same as {view.events[event.tellings[0]].label}", _DIM)))
    if event.contested:
        head.append_text(_text(", ", ("contested", _ALARM)))
    yield Padding(head, (0, 0, 0, _MARGIN + 2))
    if event.arguments:
        yield Padding(_arguments(event.arguments), (0, 0, 0, _MARGIN + 5))


def _text_zone(view: ArticleView, zone: Node) -> Iterator[RenderableType]:
    """Yield the sentences of a scored zone, numbered, each with its events; another zone's text dimmed."""
    if not view.zones[zone.id].scored:
        for paragraph in zone.children:
            yield Padding(_running(view, paragraph.children, _DIM), (0, 0, 0, _MARGIN))
        yield Text()
        return
    for paragraph in zone.children:
        for node in paragraph.children:
            if node.kind != "sentence":
                continue
            row = Table.grid(padding=(0, 1, 0, 0))
            row.add_column(justify="right", width=_MARGIN - 1, style=_DIM, no_wrap=True)
            row.add_column(overflow="fold")
            row.add_row(node.id, _running(view, node.children, _PLAIN))
            yield row
            for event in view.events.values():
                if event.sentence == int(node.id):
                    yield from _event(event, view)
            yield Text()


def _entity(entity: EntityView) -> tuple[Text, Text, Text]:
    """Return the cells of an entity: label, name with parts and ids, number of mentions."""
    colour = _colour("entity_types", entity.type)
    about = [f"Wikidata {entity.wikidata}"] if entity.wikidata else []
    about += [f"registry {entity.registry}"] if entity.registry else []
    about += [f"speaks for {entity.side}"] if entity.side else []
    name = _text((entity.name, colour))
    if entity.members:
        name.append_text(_text((" = ", _DIM), _joined(map(_name, entity.members), " + ")))
    if about:
        name.append_text(_text(("  " + ", ".join(about), _DIM)))
    return _text((entity.label, colour)), name, Text(str(len(entity.mentions)), style=_BOLD)


def _stance(stance: StanceView) -> Iterator[RenderableType]:
    """Yield a stance: holder, target, polarity, facet; under it the evidence with its sentence."""
    colour = _colour("polarities", stance.polarity)
    how = stance.facet if stance.explicit else f"{stance.facet}, implicit"
    yield Padding(
        _text(
            (polarity_mark(stance.polarity), colour),
            " ",
            _name(stance.holder),
            " → ",
            _name(stance.target),
            "  ",
            (stance.polarity, colour + _BOLD),
            f"  {how}",
        ),
        (0, 0, 0, 1),
    )
    for shown in stance.evidence:
        place = f"  sentence {shown.sentence}" if shown.sentence else ""
        yield Padding(_text(f"“{shown.text}”", (place, _DIM)), (0, 0, 0, 3))


def _heading(words: str) -> Iterator[RenderableType]:
    yield Rule(Text(words, style=_BOLD), align="left", style=_DIM)


def _about(view: ArticleView) -> Iterator[RenderableType]:
    counts = {
        "entities": f"{len(view.mentions)} mentions, {len(view.entities)} entities",
        "events": f"{len(view.events)} events",
        "stance": f"{len(view.stances)} stances",
    }
    yield _text((view.title or view.id, _BOLD))
    yield _text((f"{view.id}, {view.date} ({view.date_basis}), {view.split}", _DIM))
    zones = ", ".join(zone.zone + ("" if zone.scored else " (not annotated)") for zone in view.zones.values())
    yield _text((f"zones: {zones}", _DIM))
    yield _text((f"{view.source}: ", _DIM), ", ".join(counts[k] for k in view.layers if k not in view.not_attempted))
    if view.not_attempted:
        yield _text((f"not attempted: {', '.join(view.not_attempted)}", _DIM))
    yield Text()


def render(view: ArticleView) -> RenderableType:
    """Return an annotated article to be printed by a rich console; it wraps at the console's width."""
    parts = list(_about(view))
    for zone in view.tree:
        scored = view.zones[zone.id].scored
        parts += _heading(view.zones[zone.id].zone + ("" if scored else ", not annotated"))
        parts += _text_zone(view, zone)
    if outside := [event for event in view.events.values() if event.sentence is None]:
        parts += _heading("events outside the sentences")
        parts += [drawn for event in outside for drawn in _event(event, view)]
    if view.entities:
        parts += _heading("entities")
        table = Table.grid(padding=(0, 2, 0, 0))
        table.add_column(no_wrap=True)
        table.add_column(overflow="fold")
        table.add_column(justify="right")
        for entity in view.entities.values():
            table.add_row(*_entity(entity))
        parts += [Padding(table, (0, 0, 1, 1))]
    if view.stances:
        parts += _heading("stances")
        for stance in view.stances.values():
            parts += _stance(stance)
    return Group(*parts)
