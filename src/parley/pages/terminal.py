"""An annotated article in the terminal: readable in colour, without it, and in a pipe."""

from collections.abc import Iterable, Iterator, Sequence

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.rule import Rule
from rich.style import Style
from rich.table import Table
from rich.text import Text

from parley.model import Argument, Entity, Event, Stance
from parley.ontology import load_ontology
from parley.pages.article import Shown
from parley.pages.palette import RED, polarity_mark, tone
from parley.pages.tree import Node
from parley.words import count, printable, quoted

_PLAIN, _DIM, _BOLD = Style(), Style(dim=True), Style(bold=True)
_MARGIN = 5  # cells left of what belongs to a sentence


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


def _name(a: Shown, identifier: str) -> Text:
    """Return how something is named outside the text: entities by name, events by label and trigger."""
    if identifier in a.entities:
        colour = _colour("entity_types", a.entities[identifier].type)
        return _text((a.name(identifier), colour), (f" {a.label(identifier)}", _DIM))
    if identifier in a.events:
        return _text(f"{a.label(identifier)} «{a.name(identifier)}»")
    if identifier in a.propositions:
        return _text(quoted(a.name(identifier)), (f" {a.label(identifier)}", _DIM))
    return _text(a.name(identifier))


def _filler(a: Shown, argument: Argument, event: Event) -> Text:
    identifier = argument.entity or argument.event or argument.proposition
    if identifier:
        return _name(a, identifier)
    mention = a.mentions.get(argument.mention or "")
    if mention is None:
        return _text(quoted(a.filler(argument, event)))
    return _text(a.filler(argument, event), (f" = {a.detail(mention)}" if a.detail(mention) else "", _DIM))


def _sources(a: Shown, chain: Sequence[Event]) -> Text:
    """Return who says so, the nearest speaker first."""
    said = []
    for speech in chain:
        names = [_text(a.name(speaker)) for speaker in a.fillers(speech, "Agent")]
        said.append(_text(_joined(names, ", ") if names else "an unnamed source", f" «{a.name(speech.id)}»"))
    return _joined(said, ", via ")


def _running(a: Shown, nodes: Iterable[Node], style: Style) -> Text:
    """Return running text: brackets around mentions, angle quotes around triggers, braces around propositions, a label
    after each."""
    made = Text()
    for node in nodes:
        if node.kind == "text":
            made.append(printable("".join(node.text.splitlines())), style)
            continue
        left, right, label, colour, inner = "", "", "", _PLAIN, style
        if node.kind == "mention":
            mention = a.mentions[node.id]
            left, right, label = "[", "]", a.mention_label(mention)
            colour = _colour("entity_types", a.type_of(mention) or "?")
            inner = style + colour
        elif node.kind == "trigger":
            event = a.events[node.id]
            left, right, label, colour = "«", "»", a.label(event.id), _colour("event_groups", a.group(event))
            inner = style + Style(bold=True, underline=True)
        elif node.kind == "expression":
            left, right, label = "{", "}", a.label(a.expressed[node.id].id)
        made.append(left if node.first else "", colour)
        made.append_text(_running(a, node.children, inner))
        made.append(right + printable(label) if node.last else "", colour + _DIM)
    return made


def _event(a: Shown, event: Event) -> Iterator[RenderableType]:
    """Yield an event: label, trigger, status and sources; under it its arguments by role."""
    colour = _colour("event_groups", a.group(event))
    head = _text((a.label(event.id), colour + _BOLD), f" «{a.name(event.id)}» ", (event.status, Style(italic=True)))
    if event.harm:
        head.append_text(_text((", harm ", _DIM), event.harm))
    if chain := a.sources(event):
        head.append_text(_text((", via ", _DIM), _sources(a, chain)))
    first = next(iter(a.event_mentions(event)), event)
    if first.id != event.id:
        head.append_text(_text((f", same as {a.label(first.id)}", _DIM)))
    if len(types := a.cluster_types(event)) > 1:
        head.append_text(_text((", also told as ", _DIM), ", ".join(t for t in types if t != event.type)))
    if a.contested(event):
        head.append_text(_text(", ", ("contested", Style(color=RED.mid, bold=True))))
    yield Padding(head, (0, 0, 0, _MARGIN + 2))
    roles = [
        _text((f"{role} ", _DIM), _joined((_filler(a, argument, event) for argument in found), ", "))
        for role, found in a.by_role(event).items()
    ]
    if roles:
        yield Padding(_joined(roles, "; "), (0, 0, 0, _MARGIN + 5))


def _zone(a: Shown, zone: Node, *, is_scored: bool) -> Iterator[RenderableType]:
    """Yield the sentences of a scored zone, numbered, each with its events; another zone's text dimmed."""
    if not is_scored:
        for paragraph in zone.children:
            yield Padding(_running(a, paragraph.children, _DIM), (0, 0, 0, _MARGIN))
        yield Text()
        return
    for node in (node for paragraph in zone.children for node in paragraph.children if node.kind == "sentence"):
        row = Table.grid(padding=(0, 1, 0, 0))
        row.add_column(justify="right", width=_MARGIN - 1, style=_DIM, no_wrap=True)
        row.add_column(overflow="fold")
        row.add_row(node.id, _running(a, node.children, _PLAIN))
        yield row
        for event in a.shown_events:
            if a.sentence(*event.span) == int(node.id):
                yield from _event(a, event)
        yield Text()


def _entity(a: Shown, entity: Entity) -> tuple[Text, Text, Text]:
    """Return the cells of an entity: label, name with parts and ids, number of mentions."""
    colour = _colour("entity_types", entity.type)
    entry = a.entry(entity.id)
    side = a.registry.get((entry.side if entry else None) or "")
    about = [f"Wikidata {entry.wikidata}"] if entry and entry.wikidata else []
    about += [f"registry {entity.registry}"] if entity.registry else []
    about += [f"speaks for {side.name}"] if side else []
    name = _text((entity.name, colour))
    if entity.members:
        name.append_text(_text((" = ", _DIM), _joined((_name(a, member) for member in entity.members), " + ")))
    if about:
        name.append_text(_text(("  " + ", ".join(about), _DIM)))
    number = len(a.mentions_of.get(entity.id, ()))
    return _text((a.label(entity.id), colour)), name, Text(str(number), style=_BOLD)


def _stance(a: Shown, stance: Stance) -> Iterator[RenderableType]:
    """Yield a stance: holder, target, polarity, facet; under it the evidence with its sentence."""
    colour = _colour("polarities", stance.polarity)
    how = stance.facet if stance.explicit else f"{stance.facet}, implicit"
    mark, ends = (polarity_mark(stance.polarity), colour), (_name(a, stance.holder), " → ", _name(a, stance.target))
    yield Padding(_text(mark, " ", *ends, "  ", (stance.polarity, colour + _BOLD), f"  {how}"), (0, 0, 0, 1))
    for _, start, end in a.evidence(stance):
        number = a.sentence(start, end)
        place = f"  sentence {number}" if number else ""
        yield Padding(_text(quoted(a.words(start, end)), (place, _DIM)), (0, 0, 0, 3))


def _heading(words: str) -> RenderableType:
    return Rule(Text(words, style=_BOLD), align="left", style=_DIM)


def render(a: Shown) -> RenderableType:
    """Return an annotated article to be printed by a rich console; it wraps at the console's width."""
    is_scored = [zone.zone in load_ontology().scored_zones for zone in a.about.zones]
    zones = [
        zone.zone + ("" if scored else ", not annotated") for zone, scored in zip(a.about.zones, is_scored, strict=True)
    ]
    counts = {
        "entities": f"{count(len(a.shown_mentions), 'mention')}, {count(len(a.shown_entities), 'entity', 'entities')}",
        "events": count(len(a.shown_events), "event"),
        "stance": count(len(a.shown_stances), "stance"),
    }
    parts: list[RenderableType] = [
        _text((a.about.title or a.id, _BOLD)),
        _text((f"{a.id}, {a.about.date.value} ({a.about.date.basis}), {a.about.split}", _DIM)),
        _text((f"{a.origin}: ", _DIM), ", ".join(counts[k] for k in a.layers if k not in a.not_attempted)),
    ]
    if a.not_attempted:
        parts.append(_text((f"not attempted: {', '.join(a.not_attempted)}", _DIM)))
    parts.append(Text())
    for zone in a.tree():
        parts += [_heading(zones[int(zone.id)]), *_zone(a, zone, is_scored=is_scored[int(zone.id)])]
    if outside := [event for event in a.shown_events if a.sentence(*event.span) is None]:
        parts += [_heading("events outside the sentences")]
        parts += [drawn for event in outside for drawn in _event(a, event)]
    if a.shown_entities:
        table = Table.grid(padding=(0, 2, 0, 0))
        table.add_column(no_wrap=True)
        table.add_column(overflow="fold")
        table.add_column(justify="right")
        for entity in a.shown_entities:
            table.add_row(*_entity(a, entity))
        parts += [_heading("entities"), Padding(table, (0, 0, 1, 1))]
    if a.shown_stances:
        parts += [_heading("stances"), *(drawn for stance in a.shown_stances for drawn in _stance(a, stance))]
    return Group(*parts)
