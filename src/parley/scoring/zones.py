"""What of a prediction is scored: all that is not wholly outside the scored zones."""

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Protocol

from msgspec.structs import replace

from parley.corpus import ZoneSpan
from parley.derive import Links
from parley.model import Event, Prediction, Span, Stance
from parley.ontology import load_ontology


class Zoned(Protocol):
    """Whatever has zones: an article, or a line of a gold.jsonl."""

    @property
    def zones(self) -> Sequence[ZoneSpan]:
        """The zones of a text, in order."""


def _lost_entities(prediction: Prediction, gone: set[str]) -> set[str]:
    """Return the entities whose every mention is among ``gone``, but for members of entities that stay."""
    entities = prediction.entities or ()
    mentioned = {m.entity for m in prediction.mentions or () if m.id in gone}
    lost = {e.id for e in entities if e.id in mentioned}
    lost -= {m.entity for m in prediction.mentions or () if m.id not in gone and m.entity}
    while True:
        held = {member for e in entities if e.id not in lost for member in e.members or ()}
        if not lost & held:
            return lost
        lost -= held


class _Filter:
    """Leaves out of one prediction what lies outside the zones, and counts it by kind."""

    def __init__(self, prediction: Prediction, article: Zoned) -> None:
        scored = load_ontology().scored_zones
        self.zones = [(zone.start, zone.end) for zone in article.zones if zone.zone in scored]
        self.links = Links(prediction)
        self.ignored: Counter[str] = Counter()
        self.mentions = {m.id for m in prediction.mentions or () if self.is_outside(m.start, m.end)}
        self.events = {e.id for e in prediction.events or () if self.is_outside(e.start, e.end)}
        self.entities = _lost_entities(prediction, self.mentions)
        heads = {self.links.head(e.id) for e in prediction.events or () if e.id not in self.events}
        self.event_clusters = {
            e for e in self.events if self.links.head(e) not in heads
        }  # gone with all their mentions

    def is_outside(self, start: int, end: int) -> bool:
        return not any(first < end and start < last for first, last in self.zones)

    def event(self, event: Event) -> Event:
        kept = []
        for argument in event.arguments:
            gone = (
                argument.entity in self.entities
                or argument.event in self.events
                or (argument.entity is None and argument.mention in self.mentions)
                or (
                    argument.start is not None
                    and argument.end is not None
                    and self.is_outside(argument.start, argument.end)
                )
            )
            if not gone:
                kept.append(argument)
        self.ignored["arguments"] += len(event.arguments) - len(kept)
        return event if len(kept) == len(event.arguments) else replace(event, arguments=kept)

    def stance(self, stance: Stance) -> Stance | None:
        evidence: list[Span] = [span for span in stance.evidence if not self.is_outside(span.start, span.end)]
        if not evidence or stance.holder in self.entities or stance.target in self.entities | self.event_clusters:
            self.ignored["stances"] += 1
            return None
        self.ignored["evidence"] += len(stance.evidence) - len(evidence)
        return replace(stance, evidence=evidence, target=self.links.head(stance.target))


def _is_all_inside(prediction: Prediction, article: Zoned) -> bool:
    """Whether it is certain at a glance that nothing is to be left out: all spans lie in one run of scored zones."""
    scored = load_ontology().scored_zones
    zones = sorted((zone.start, zone.end) for zone in article.zones if zone.zone in scored)
    if not zones or any(one[1] != other[0] for one, other in pairwise(zones)):
        return False
    first, last = zones[0][0], zones[-1][1]
    spans: list[Span] = [*(prediction.mentions or ()), *(prediction.events or ())]
    for stance in prediction.stances or ():
        if not stance.evidence:
            return False
        spans += stance.evidence
    if spans and (max([span.start for span in spans]) >= last or min([span.end for span in spans]) <= first):
        return False
    return all(
        a.start is None or a.end is None or (a.start < last and first < a.end)
        for event in prediction.events or ()
        for a in event.arguments
    )


def scored_part(prediction: Prediction, article: Zoned) -> tuple[Prediction, Mapping[str, int]]:
    """Return a prediction without what lies wholly outside the scored zones, and how much was left out, by kind.

    What depends on it goes with it: an entity all of whose mentions are outside (unless it is a member of one that
    stays), arguments filled by what is gone, stances without evidence, holder or target left. An event that
    comes through a speech event outside keeps that voice, which no gold event has.
    """
    if _is_all_inside(prediction, article):
        return prediction, {}
    part = _Filter(prediction, article)
    entities = None
    if prediction.entities is not None:
        entities = [
            replace(e, members=[m for m in e.members if m not in part.entities]) if e.members else e
            for e in prediction.entities
            if e.id not in part.entities
        ]
    events = None
    if prediction.events is not None:
        events = [part.event(event) for event in prediction.events if event.id not in part.events]
    stances = None
    if prediction.stances is not None:
        stances = [kept for stance in prediction.stances if (kept := part.stance(stance)) is not None]
    mentions = None
    if prediction.mentions is not None:
        mentions = [mention for mention in prediction.mentions if mention.id not in part.mentions]
    part.ignored.update(mentions=len(part.mentions), entities=len(part.entities), events=len(part.events))
    ignored = {kind: number for kind, number in sorted(part.ignored.items()) if number}
    if not ignored:
        return prediction, {}
    return replace(prediction, mentions=mentions, entities=entities, events=events, stances=stances), ignored
