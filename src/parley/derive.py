"""What follows from an annotation and is therefore never annotated.

Clusters, sources, contested events, the mention that shows an argument, and the holder-target pairs of the stance
config. Everything here is a function of one article's record (and its sentences).
"""

import functools
import itertools
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from functools import cached_property
from operator import attrgetter
from typing import NamedTuple, TypeVar

from parley.ids import pair_id
from parley.model import (
    AUTHOR,
    Annotation,
    Argument,
    Document,
    Entity,
    Event,
    Mention,
    Prediction,
    Span,
    Stance,
    StancePair,
)
from parley.ontology import load_ontology
from parley.segment import Sentence, sentence_at

SPEAKERS = ("PER", "GROUP", "GPE", "ORG", "MIL")  # entity types that can hold a stance or speak

S = TypeVar("S", bound=Span)


_START, _END = attrgetter("start"), attrgetter("end")


class Links:
    """An annotation's cross-references, resolved once. Tolerates dangling and circular ones (checks report them)."""

    def __init__(self, annotation: Annotation) -> None:
        self.annotation = annotation
        self.mentions: dict[str, Mention] = {m.id: m for m in annotation.mentions or ()}
        self.entities: dict[str, Entity] = {e.id: e for e in annotation.entities or ()}
        self.events: dict[str, Event] = {e.id: e for e in annotation.events or ()}
        self._expanded: dict[str, frozenset[str]] = {}

    @cached_property
    def mentions_of(self) -> dict[str, list[Mention]]:
        """Mentions of each entity, in the order of the text (an outer span before what is nested in it)."""
        found: dict[str, list[Mention]] = {entity: [] for entity in self.entities}
        for mention in sorted(sorted(self.annotation.mentions or (), key=_END, reverse=True), key=_START):
            if mention.entity is not None:
                found.setdefault(mention.entity, []).append(mention)
        return found

    def type_of(self, mention: Mention) -> str | None:
        """Return the type of a mention: its entity's, or TIME or QTY; None if its entity is missing."""
        if mention.type is not None:
            return mention.type
        entity = self.entities.get(mention.entity or "")
        return entity.type if entity else None

    def head(self, event: str) -> str:
        """Return the id of the first mention of the event cluster that ``event`` tells."""
        seen = {event}
        while event in self.events and (earlier := self.events[event].same_as) and earlier not in seen:
            seen.add(earlier)
            event = earlier
        return event

    @cached_property
    def event_clusters(self) -> dict[str, list[Event]]:
        """Event mentions of each event cluster, keyed by the id of its first, in the order of the record."""
        found: dict[str, list[Event]] = {}
        for event in self.annotation.events or ():
            found.setdefault(self.head(event.id), []).append(event)
        return found

    def expand(self, entity: str) -> frozenset[str]:
        """Return the members of a plural entity, members of members included; a simple entity is its own."""
        known = self._expanded.get(entity)
        if known is not None:
            return known
        found: set[str] = set()
        open_ids, seen = [entity], set[str]()
        while open_ids:
            at = open_ids.pop()
            if at in seen:
                continue
            seen.add(at)
            members = self.entities[at].members if at in self.entities else None
            if members:
                open_ids.extend(members)
            else:
                found.add(at)
        self._expanded[entity] = frozenset(found)
        return self._expanded[entity]

    def fillers(self, event: Event, role: str) -> list[str]:
        """Return the entity ids that fill ``role`` of ``event``, in the order of its arguments."""
        return [a.entity for a in event.arguments if a.role == role and a.entity is not None]

    def sources(self, event: Event) -> list[Event]:
        """Return the speech events through which ``event`` reaches the reader, the nearest first."""
        chain: list[Event] = []
        seen = {event.id}
        at = event.via
        while at is not None and at in self.events and at not in seen:
            seen.add(at)
            chain.append(self.events[at])
            at = self.events[at].via
        return chain

    def _speaker(self, event: Event) -> frozenset[str]:
        """Who presents the event: the agents of its nearest speech event, or the author."""
        voices = self.sources(event)
        return frozenset(self.fillers(voices[0], "Agent")) if voices else frozenset({AUTHOR})

    def is_contested(self, head: str) -> bool:
        """Whether two voices present the event cluster in ways that cannot both be so.

        One tells it as fact or plan and the other as not so or open, or they name different agents or patients
        (plural ones by their members). A voice that merely wants it contests nothing.
        """

        return any(
            contradict(*pair) for pair in itertools.combinations(map(self.account, self.event_clusters[head]), 2)
        )

    def account(self, event: Event) -> "Account":
        """Return how an event mention presents its event cluster."""

        def who(role: str) -> frozenset[str]:
            return frozenset(member for entity in self.fillers(event, role) for member in self.expand(entity))

        return Account(self._speaker(event), event.status, who("Agent"), who("Patient"))


class Account(NamedTuple):
    """How a source presents an event cluster: speakers, status, agents and patients (plural ones by their members)."""

    speakers: frozenset[str]
    status: str
    agents: frozenset[str]
    patients: frozenset[str]


def contradict(one: Account, other: Account) -> bool:
    """Whether two accounts of an event cluster cannot both be so; see ``AnnotatedArticle.is_contested``."""
    if one.speakers == other.speakers:
        return False
    statuses = {one.status, other.status}
    if statuses & {"actual", "planned"} and statuses & {"negated", "possible"}:
        return True
    pairs = [(one.agents, other.agents), (one.patients, other.patients)]
    return any(a and b and a != b for a, b in pairs)


def nearest_span(anchor: Span, spans: Sequence[S], sentences: Sequence[Sentence]) -> S | None:
    """Return which of ``spans``, given in the order of the text, goes with ``anchor``.

    The nearest in the anchor's sentence (fewest code points between the two; the earlier of two equally near), else the nearest
    before the anchor, else the first after it. None if there are no spans.
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


def showing_mention(event: Event, entity: str, links: Links, sentences: Sequence[Sentence]) -> Mention | None:
    """Return the mention of ``entity`` that shows it as an argument of ``event``: the one nearest the trigger.

    See ``nearest_span``. None if the entity is not mentioned.
    """
    return nearest_span(event, links.mentions_of.get(entity, []), sentences)


def argument_span(
    argument: Argument, event: Event, links: Links, sentences: Sequence[Sentence]
) -> tuple[int, int] | None:
    """Return the span that shows an argument, code points: mention, trigger of a filling event, or its own span."""
    if argument.entity is not None:
        shown = links.mentions.get(argument.mention or "") or showing_mention(event, argument.entity, links, sentences)
        return shown.span if shown else None
    if argument.event is not None:
        filler = links.events.get(argument.event)
        return filler.span if filler else None
    if argument.mention is not None:
        mention = links.mentions.get(argument.mention)
        return mention.span if mention else None
    return (argument.start, argument.end) if argument.start is not None and argument.end is not None else None


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


def stance_rows(annotation: Annotation) -> list[StanceRow]:
    """Return a row for every pair of a holder who speaks in the article and a target anyone takes a stance on.

    Holders are the author, the agents of speech events and the holders of stances; targets are the targets of
    stances. A pair of an item with itself is left out. Holders come in the order author, then entities as
    listed; targets as first taken.
    """
    holders, targets = _stance_sides(annotation)
    taken = _stances_by_pair(annotation)
    rows = []
    for holder in holders:
        for target in targets:
            if holder != target:
                stances = taken.get((holder, target), [])
                polarity = pair_polarity([s.polarity for s in stances])
                rows.append(StanceRow(holder, target, polarity, stances))
    return rows


def pair_polarities(annotation: Annotation) -> dict[str, str]:
    """Return the polarity of each row of ``stance_rows`` by the row's id (``ids.pair_id``), in their order.

    It is faster than the rows, which matters for many thousand articles.
    """
    holders, targets = _stance_sides(annotation)
    found: dict[str, str] = {}
    for holder in holders:
        row = pair_id(annotation.id, holder, "")
        found.update(dict.fromkeys([row + target for target in targets if target != holder], "none"))
    for (holder, target), stances in _stances_by_pair(annotation).items():
        if holder != target and holder in holders:
            found[pair_id(annotation.id, holder, target)] = pair_polarity([s.polarity for s in stances])
    return found


def _stance_sides(annotation: Annotation) -> tuple[list[str], list[str]]:
    """Return the holders and the targets of ``stance_rows``."""
    speech, stances = _speech_types(), annotation.stances or ()
    spoken = [event.arguments for event in annotation.events or () if event.type in speech]
    speaking = {a.entity for arguments in spoken for a in arguments if a.role == "Agent"}
    speaking |= {s.holder for s in stances}
    entities = dict.fromkeys([entity.id for entity in annotation.entities or ()])
    return [AUTHOR, *(e for e in entities if e in speaking)], list(dict.fromkeys([s.target for s in stances]))


@functools.cache
def _speech_types() -> frozenset[str]:
    return load_ontology().speech_types


def _stances_by_pair(annotation: Annotation) -> dict[tuple[str, str], list[Stance]]:
    taken: dict[tuple[str, str], list[Stance]] = {}
    for stance in annotation.stances or ():
        taken.setdefault((stance.holder, stance.target), []).append(stance)
    return taken


def as_prediction(document: Document) -> Prediction:
    """Return a document as the output of a system that found exactly this; it shares the document's records.

    Stance pairs are answered as ``stance_rows`` has them.
    """
    return Prediction(
        id=document.id,
        mentions=document.mentions,
        entities=document.entities,
        events=document.events,
        stances=document.stances,
        stance_pairs=[
            StancePair(pair=pair_id(document.id, row.holder, row.target), polarity=row.polarity)
            for row in stance_rows(document)
        ],
    )
