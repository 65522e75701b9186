"""What follows from an annotation and is therefore never annotated.

Which span goes with another, the sides of entities, and the holder-target pairs of the stance config. Claims and what
they contradict are in ``claims``; what needs an article's cross-references is in ``reading.AnnotatedArticle``.
"""

import functools
from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping, Sequence
from operator import attrgetter
from typing import Any, NamedTuple, TypeVar

from parley.ids import pair_id
from parley.model import (
    AUTHOR,
    Annotation,
    Document,
    Entity,
    Event,
    Prediction,
    Span,
    Stance,
    StancePair,
)
from parley.ontology import load_ontology
from parley.segment import Sentence, sentence_at

SPEAKERS = ("PER", "GROUP", "GPE", "ORG", "MIL")  # entity types that can hold a stance or speak

S = TypeVar("S", bound=Span)


def map_spans(value: Any, change: Callable[[dict[str, Any]], dict[str, Any]]) -> Any:
    """Return a record, as a JSON value, with ``change`` applied to every object that has offsets."""
    if isinstance(value, list):
        return [map_spans(item, change) for item in value]
    if not isinstance(value, dict):
        return value
    inner = {key: map_spans(item, change) for key, item in value.items()}
    return change(inner) if {"start", "end"} <= inner.keys() else inner


_START = attrgetter("start")


def nearest_span(anchor: Span, spans: Sequence[S], sentences: Sequence[Sentence]) -> S | None:
    """Return which of ``spans``, given in the order of the text, goes with ``anchor``.

    The nearest in the anchor's sentence (fewest code points between the two; the earlier of two equally near), else the
    nearest before the anchor, else the first after it. None if there are no spans.
    """
    sentence = sentence_at(sentences, anchor.start, anchor.end)

    def distance(span: S) -> int:
        return max(span.start - anchor.end, anchor.start - span.end, 0)

    if sentence is not None:
        near = spans[bisect_left(spans, sentence.start, key=_START) : bisect_left(spans, sentence.end, key=_START)]
        inside = [s for s in near if s.end <= sentence.end]
        if inside:
            return min(inside, key=lambda s: (distance(s), s.start))
    before = reversed(spans[: bisect_left(spans, anchor.start, key=_START)])
    return next((s for s in before if s.end <= anchor.start), next(iter(spans), None))


class StanceRow(NamedTuple):
    """A holder-target pair of the stance config. ``stances`` is empty where the pair has none."""

    holder: str
    target: str
    polarity: str
    stances: list[Stance]


def pair_polarity(polarities: Iterable[str]) -> str:
    """Return the polarity of a pair: that of its stances if they agree, ``mixed`` if not, ``none`` without any."""
    found = set(polarities)
    return "none" if not found else found.pop() if len(found) == 1 else "mixed"


def itself(registry: str) -> str:
    """Return the side of a registry entry where no registry is at hand: the entry itself."""
    return registry


def entity_sides(annotation: Annotation, side: Callable[[str], str] = itself) -> dict[str, frozenset[str]]:
    """Return the sides of each entity: whom it acts for. ``side`` gives that of a registry entry.

    The side of an entity without entry is the entity itself, named by article and id. A plural entity has the sides of
    its members, members of members included.
    """
    entities = {entity.id: entity for entity in annotation.entities or ()}
    found = {
        entity.id: frozenset([side(entity.registry) if entity.registry else f"{annotation.id}:{entity.id}"])
        for entity in entities.values()
        if not entity.members
    }
    for entity in entities.values():
        if entity.members:
            members = _expanded(entity.id, entities) & found.keys()
            found[entity.id] = frozenset(side for member in members for side in found[member])
    return found


def _expanded(entity: str, entities: Mapping[str, Entity]) -> set[str]:
    """Return an entity with its members, members of members included; members may be circular."""
    seen, waiting = set[str](), [entity]
    while waiting:
        at = waiting.pop()
        if at not in seen:
            seen.add(at)
            waiting += (entities[at].members or ()) if at in entities else ()
    return seen


def stance_rows(annotation: Annotation, side: Callable[[str], str] = itself) -> list[StanceRow]:
    """Return the pairs of a holder and a target: every pair with a stance, and those that could have one.

    Holders are the author, whoever takes a stance, and the agents of speech events other than ``State``: who only says
    or reports something ("according to") is none. A plural entity that takes no stance is no holder where a member is
    one. Targets are the targets of stances. Without a stance a holder is not paired with its own side (itself, its
    state, its members: entities with a side in common; ``side`` gives that of a registry entry), nor with a proposition
    that no speech of the holder contains. Holders come in the order author, then entities as listed; targets as first
    taken.
    """
    return [
        StanceRow(holder, target, pair_polarity([s.polarity for s in stances]), stances)
        for (holder, target), stances in _stances_by_pair(annotation, side).items()
    ]


def pair_polarities(annotation: Annotation, side: Callable[[str], str] = itself) -> dict[str, str]:
    """Return the polarity of each row of ``stance_rows`` by the row's id (``ids.pair_id``), in their order."""
    first = pair_id(annotation.id, "", "")[:-1]  # of every id of the article
    return {
        f"{first}{holder}:{target}": pair_polarity([s.polarity for s in stances]) if stances else "none"
        for (holder, target), stances in _stances_by_pair(annotation, side).items()
    }


def _stances_by_pair(annotation: Annotation, side: Callable[[str], str]) -> dict[tuple[str, str], list[Stance]]:
    """Return the pairs of ``stance_rows`` with their stances, in order."""
    taken: dict[tuple[str, str], list[Stance]] = {}
    for stance in annotation.stances or ():
        if stance.holder != stance.target:
            taken.setdefault((stance.holder, stance.target), []).append(stance)
    if not taken:
        return {}
    sides = entity_sides(annotation, side)
    speech = _speech_by_proposition(annotation)
    targets = dict.fromkeys(target for _, target in taken)
    pairs: dict[tuple[str, str], list[Stance]] = {}
    for holder in _holders(annotation):
        own = sides.get(holder, frozenset())
        for target in targets:
            stances = taken.get((holder, target))
            if stances is not None:
                pairs[holder, target] = stances
            elif holder == target or own & sides.get(target, frozenset()):
                continue
            elif target not in speech or holder in speech[target]:
                pairs[holder, target] = []
    return pairs


def _holders(annotation: Annotation) -> list[str]:
    """Return the holders of ``stance_rows``, in order."""
    speech, entities = _speech_types() - {"State"}, {entity.id: entity for entity in annotation.entities or ()}
    taking = {s.holder for s in annotation.stances or ()}
    speaking = {
        a.entity
        for event in annotation.events or ()
        if event.type in speech
        for a in event.arguments
        if a.role == "Agent" and a.entity is not None
    }
    found = taking | speaking

    def stands_alone(holder: str) -> bool:
        return not entities[holder].members or not (_expanded(holder, entities) - {holder}) & found

    return [AUTHOR, *(e for e in entities if e in taking or (e in speaking and stands_alone(e)))]


def _speech_by_proposition(annotation: Annotation) -> dict[str, set[str]]:
    """Return the speakers whose speech contains each proposition.

    It fills a role of the speech event, or of an event that reaches the reader through it.
    """
    found: dict[str, set[str]] = {proposition.id: set() for proposition in annotation.propositions}
    if not found:
        return found
    events = {event.id: event for event in annotation.events or ()}
    for event in events.values():
        contained = {a.proposition for a in event.arguments if a.proposition in found}
        at: Event | None = event if contained else None
        passed = set[str]()
        while at is not None and at.id not in passed:
            passed.add(at.id)
            if at.type in _speech_types():
                speakers = {a.entity for a in at.arguments if a.role == "Agent" and a.entity is not None}
                for proposition in contained:
                    found[proposition or ""] |= speakers
            at = events.get(at.via or "")
    return found


@functools.cache
def _speech_types() -> frozenset[str]:
    return load_ontology().speech_types


def as_prediction(document: Document, side: Callable[[str], str] = itself) -> Prediction:
    """Return a document as the output of a system that found exactly this; it shares the document's records.

    Stance pairs are answered as ``stance_rows`` has them.
    """
    return Prediction(
        id=document.id,
        mentions=document.mentions,
        entities=document.entities,
        events=document.events,
        propositions=document.propositions,
        stances=document.stances,
        stance_pairs=[
            StancePair(pair=pair_id(document.id, row.holder, row.target), polarity=row.polarity)
            for row in stance_rows(document, side)
        ],
    )
