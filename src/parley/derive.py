"""What follows from an annotation and is therefore never annotated.

When two accounts contradict each other, which span goes with another, and the holder-target pairs of the stance config.
What needs an article's cross-references is in ``reading.AnnotatedArticle``.
"""

import functools
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from operator import attrgetter
from typing import NamedTuple, TypeVar

from parley.ids import pair_id
from parley.model import (
    AUTHOR,
    Annotation,
    Document,
    Prediction,
    Span,
    Stance,
    StancePair,
)
from parley.ontology import load_ontology
from parley.segment import Sentence, sentence_at

SPEAKERS = ("PER", "GROUP", "GPE", "ORG", "MIL")  # entity types that can hold a stance or speak

S = TypeVar("S", bound=Span)


_START = attrgetter("start")


class Account(NamedTuple):
    """How a source presents an event cluster: speakers, status, agents and patients (plural ones by their members)."""

    speakers: frozenset[str]
    status: str
    agents: frozenset[str]
    patients: frozenset[str]


def contradict(one: Account, other: Account) -> bool:
    """Whether two accounts of an event cluster cannot both be so.

    One speaker presents it as fact or plan and another as not so or possible, or they name different agents or patients
    (plural ones by their members). A speaker who merely wants it contradicts nobody.
    """
    if one.speakers == other.speakers:
        return False
    statuses = {one.status, other.status}
    if statuses & {"actual", "planned"} and statuses & {"negated", "possible"}:
        return True
    pairs = [(one.agents, other.agents), (one.patients, other.patients)]
    return any(a and b and a != b for a, b in pairs)


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
        propositions=document.propositions,
        stances=document.stances,
        stance_pairs=[
            StancePair(pair=pair_id(document.id, row.holder, row.target), polarity=row.polarity)
            for row in stance_rows(document)
        ],
    )
