"""An article as the browser of the site reads it: its annotation, resolved, and names that hold across articles."""

from collections.abc import Mapping
from typing import NamedTuple

from parley.corpus import Corpus, RegistryEntry
from parley.derive import Links
from parley.model import AUTHOR, Document
from parley.show.values import ArticleView, EventView
from parley.show.view import build_view


class Reading(NamedTuple):
    """An article, its gold annotation, the cross-references in it, and the registry that ties it to others."""

    view: ArticleView
    text: str
    gold: Document
    links: Links
    registry: Mapping[str, RegistryEntry]

    @property
    def id(self) -> str:
        """Id of the article."""
        return self.view.id

    @property
    def name(self) -> str:
        """The headline; of an article without one, the beginning of its text."""
        return self.view.title or self.opening

    @property
    def opening(self) -> str:
        """The first sentence, cut to some 90 code points."""
        if not self.view.sentences:
            return self.view.id
        first = self.view.sentences[0]
        words = " ".join(self.text[first.start : first.end].split())
        return words if len(words) <= 90 else words[:90].rsplit(" ", 1)[0] + " …"


def read(corpus: Corpus, article: str) -> Reading:
    """Return an article of a corpus with its gold annotation. Raises ``KeyError`` if it has none."""
    gold = corpus.gold[article]
    text = corpus.texts[article]
    view = build_view(corpus.articles[article], text, gold, corpus.entries)
    return Reading(view, text, gold, Links(gold), corpus.entries)


def entry_of_entity(reading: Reading, entity: str) -> RegistryEntry | None:
    """Return the registry entry of an entity, if it has one."""
    found = reading.links.entities.get(entity)
    return reading.registry.get((found.registry if found else None) or "")


def entry_of_event(reading: Reading, event: str) -> RegistryEntry | None:
    """Return the registry entry of the event cluster that an event mention tells, if it has one."""
    first = reading.links.events.get(reading.links.head(event))
    return reading.registry.get((first.registry if first else None) or "")


def entity_key(reading: Reading, entity: str) -> str:
    """Return what is the same for an entity in every article: its registry id, else type and name.

    Names are compared without regard to case. The author of each article is somebody else.
    """
    if entity == AUTHOR:
        return f"author:{reading.id}"
    entry = entry_of_entity(reading, entity)
    if entry is not None:
        return f"registry:{entry.id}"
    found = reading.links.entities.get(entity)
    return f"{found.type}:{found.name.casefold()}" if found else f"unknown:{entity}"


def entity_name(reading: Reading, entity: str) -> str:
    """Return how people call an entity: as the registry does, else as the annotation does."""
    if entity == AUTHOR:
        return "the article itself"
    entry = entry_of_entity(reading, entity)
    found = reading.links.entities.get(entity)
    return entry.name if entry else found.name if found else entity


def event_key(reading: Reading, event: str) -> str:
    """Return what is the same for an event cluster in every article: its registry id, else type and words."""
    entry = entry_of_event(reading, event)
    if entry is not None:
        return f"registry:{entry.id}"
    found = reading.links.events.get(event)
    return f"{found.type}:{reading.view.events[event].text.casefold()}" if found else f"unknown:{event}"


def event_name(reading: Reading, event: str) -> str:
    """Return how people call an event cluster: as the registry does, else by its word and its type."""
    entry = entry_of_event(reading, event)
    shown = reading.view.events.get(event)
    return entry.name if entry else f"“{shown.text}” ({shown.type})" if shown else event


def side(reading: Reading, entity: str) -> str:
    """Return the name of the side an entity speaks or acts for; a side is its own; empty if none is known."""
    entry = entry_of_entity(reading, entity)
    if entry is None:
        return ""
    if entry.side is not None:
        of = reading.registry.get(entry.side)
        return of.name if of else entry.side
    return entry.name if any(other.side == entry.id for other in reading.registry.values()) else ""


def taking_part(event: EventView) -> str:
    """Return who takes part in an event as it is told there, in a few words: its type and the first two fillers."""
    names = dict.fromkeys(a.filler.name for a in event.arguments if a.filler.kind == "entity")
    shown = list(names)[:2]
    return event.type + (": " + ", ".join(shown) + (" …" if len(names) > len(shown) else "") if shown else "")
