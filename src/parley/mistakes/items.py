"""The items of one annotation that are compared, layer by layer, each with what it is compared by."""

from collections.abc import Iterable, Mapping

import msgspec

from parley.mistakes.values import Item
from parley.model import AUTHOR, Argument, Event
from parley.scoring.pair import View

Place = tuple[int, int]  # start and end, code points, half-open
NOWHERE: Place = (-1, -1)  # where a voice stands that is not in the annotation


class Thing(msgspec.Struct, frozen=True):
    """An item with what it is compared by. ``anchor`` is where it stands in the text, for order and sentence."""

    item: Item
    anchor: Place
    label: str  # type, role, or polarity
    place: Place | None = None  # what of the text it is; None where nothing shows it
    event: tuple[Place, str] | None = None  # of an argument: trigger span and event type
    owner: str = ""  # of an argument: id of its event
    sides: tuple[str, str] = ("", "")  # of a stance: holder and target, as ids of the gold
    facet: str = ""
    status: str = ""
    via: Place | None = None


def ordered(things: Iterable[Thing]) -> list[Thing]:
    """Return things in the order of the text, an outer one before what is nested in it."""
    return sorted(things, key=lambda t: (t.anchor[0], -t.anchor[1], t.place or NOWHERE, t.label, t.item.id))


def _name(links: View, identifier: str) -> str:
    """Return how an entity or event is called; an id of nothing as it is."""
    if identifier == AUTHOR:
        return "the article's writer"
    if identifier in links.entities:
        return links.entities[identifier].name
    return identifier


def _event_name(event: Event, text: str) -> str:
    return f"{event.type} «{text[event.start : event.end]}»"


def mentions(view: View) -> list[Thing]:
    """Return mentions and values, compared by span and type."""
    things = []
    for m in view.record.mentions or ():
        type_ = view.type_of(m) or ""
        words = view.text[m.start : m.end]
        facts = {"type": type_, "words": words}
        if m.entity is not None:
            facts["entity"] = _name(view, m.entity)
        details = {"form": m.form, "role": m.role, "value": m.value, "unit": m.unit, "qualifier": m.qualifier}
        facts |= {name: value for name, value in details.items() if value}
        if m.number is not None:
            facts["number"] = f"{m.number:g}" if abs(m.number) < 1e15 else f"{float(m.number):.6g}"
        things.append(Thing(Item(m.id, type_, words, [m.span], facts), m.span, type_, m.span))
    return ordered(things)


def _told(view: View, event: Event) -> tuple[Place | None, str]:
    """Return the trigger span of the voice an event comes through (None: the article's own) and its name."""
    if event.via is None:
        return None, "the article"
    voice = view.events.get(event.via)
    if voice is None:
        return NOWHERE, event.via
    speakers = ", ".join(_name(view, who) for who in view.fillers(voice, "Agent"))
    return voice.span, f"{speakers} «{view.text[voice.start : voice.end]}»".strip()


def triggers(view: View) -> list[Thing]:
    """Return triggers, compared by span, type, status, and the trigger span of the voice they come through."""
    things = []
    for e in view.record.events or ():
        via, told = _told(view, e)
        words = view.text[e.start : e.end]
        facts = {"type": e.type, "words": words, "status": e.status, "via": told}
        things.append(
            Thing(Item(e.id, e.type, words, [e.span], facts), e.span, e.type, e.span, status=e.status, via=via)
        )
    return ordered(things)


def _filler(view: View, argument: Argument) -> str:
    """Return what fills a role, by name; empty for a value or a span: its words say it."""
    if argument.entity is not None:
        return _name(view, argument.entity)
    if argument.event is not None and argument.event in view.events:
        return _event_name(view.events[argument.event], view.text)
    return argument.event or ""


def arguments(view: View) -> list[Thing]:
    """Return arguments, compared by trigger span, event type, role and the span that shows the filler (as AC+)."""
    text, things = view.text, []
    for event in view.record.events or ():
        for number, argument in enumerate(event.arguments):
            place = view.argument_span(argument, event)
            words = text[place[0] : place[1]] if place else ""
            facts = {
                "event": _event_name(event, text),
                "role": argument.role,
                "words": words or "not shown in the text",
            }
            filler = _filler(view, argument)
            if filler:
                facts["filler"] = filler
            spans = [place] if place else []
            item = Item(f"{event.id}.{number}", argument.role, words or filler, spans, facts)
            things.append(Thing(item, event.span, argument.role, place, event=(event.span, event.type), owner=event.id))
    return ordered(things)


def stances(view: View, gold: View, mapped: Mapping[str, str] | None = None) -> list[Thing]:
    """Return stances, compared by holder, target, polarity and facet; plural holders and targets by their members.

    A stance of "both sides" is an item of each side, as in tuple F1. ``mapped`` gives the gold id of predicted
    entities and event clusters (``scoring.stance.alignment``); what has none keeps its id behind a question mark, which
    no gold id begins with. None: these are the gold's own.
    """
    links, text, things = view, view.text, []

    def sides(identifier: str) -> list[tuple[str, str]]:
        """Return the ids in the gold of what ``identifier`` stands for, each with its name."""
        found: dict[str, str] = {}
        for member in sorted(links.members(links.head(identifier))):
            event = links.events.get(member)
            name = _event_name(event, text) if event else _name(links, member)
            if mapped is None:
                found[member] = name
            elif member in mapped:
                for one in sorted(gold.members(mapped[member])):
                    found[one] = name if one == mapped[member] else _name(gold, one)
            else:
                found[f"?{member}"] = name
        return list(found.items())

    for s in view.record.stances or ():
        spans = sorted((span.start, span.end) for span in s.evidence)
        words = " … ".join(text[start:end] for start, end in spans)
        pairs = [(h, t) for h in sides(s.holder) for t in sides(s.target)]
        for number, (holder, target) in enumerate(pairs):
            facts = {"holder": holder[1], "target": target[1], "polarity": s.polarity, "facet": s.facet, "words": words}
            item = Item(s.id if len(pairs) == 1 else f"{s.id}.{number}", s.polarity, words, spans, facts)
            anchor = spans[0] if spans else NOWHERE
            things.append(Thing(item, anchor, s.polarity, anchor, sides=(holder[0], target[0]), facet=s.facet))
    return ordered(things)
