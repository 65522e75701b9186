"""The scored part of a prediction: everything that is not wholly outside the scored zones."""

from collections.abc import Mapping

from msgspec.structs import replace

from parley.model import Argument, Entity, Prediction, Proposition, Stance
from parley.ontology import load_ontology
from parley.reading import AnnotatedArticle, ArticleText, Zoned


def _lost_entities(prediction: Prediction, outside: set[str]) -> set[str]:
    """Return the entities whose mentions are all ``outside``, except members of entities that stay."""
    mentions, entities = prediction.mentions or (), prediction.entities or ()
    lost = {m.entity for m in mentions if m.id in outside} & {e.id for e in entities}
    lost -= {m.entity for m in mentions if m.id not in outside}
    while held := lost & {member for e in entities if e.id not in lost for member in e.members or ()}:
        lost -= held
    return {entity for entity in lost if entity is not None}


def scored_part(prediction: Prediction, article: Zoned) -> tuple[Prediction, Mapping[str, int]]:
    """Return a prediction without the items wholly outside the scored zones, and how many were left out, by kind.

    What depends on it is left out too: an entity all of whose mentions are outside (unless it is a member of one that
    stays), arguments filled by what is left out, stances without evidence, holder or target. A proposition is outside if
    the span that states it is; later expressions for it that are outside are left out alone. An event that comes
    through a speech event outside keeps that source, which no gold event has.
    """
    scored = load_ontology().scored_zones
    zones = [(zone.start, zone.end) for zone in article.zones if zone.zone in scored]

    def is_outside(start: int, end: int) -> bool:
        for first, last in zones:  # noqa: SIM110  # asked of every span: a generator would take twice the time
            if first < end and start < last:
                return False
        return True

    resolved = AnnotatedArticle(prediction, ArticleText(article, ""))
    listed = prediction.events or ()
    mentions = {m.id for m in prediction.mentions or () if is_outside(m.start, m.end)}
    events = {e.id for e in listed if is_outside(e.start, e.end)}
    propositions = {p.id for p in prediction.propositions if is_outside(p.start, p.end)}
    entities = _lost_entities(prediction, mentions) if mentions else set[str]()
    heads = {resolved.head(e.id) for e in listed if e.id not in events} if events else set[str]()
    clusters = {event for event in events if resolved.head(event) not in heads}  # all their mentions are outside

    def is_lost(argument: Argument) -> bool:
        return (
            argument.entity in entities
            or argument.event in events
            or argument.proposition in propositions
            or (argument.entity is None and argument.mention in mentions)
        )

    def stated(proposition: Proposition) -> Proposition:
        inside = [span for span in proposition.mentions if not is_outside(*span.span)]
        return proposition if len(inside) == len(proposition.mentions) else replace(proposition, mentions=inside)

    def without_members(entity: Entity) -> Entity:
        return replace(entity, members=[m for m in entity.members if m not in entities]) if entity.members else entity

    def part_of(stance: Stance) -> Stance | None:
        evidence = [span for span in stance.evidence if not is_outside(span.start, span.end)]
        if not evidence or stance.holder in entities or stance.target in entities | clusters | propositions:
            return None
        return replace(stance, evidence=evidence, target=resolved.head(stance.target))

    kept_events = [e for e in listed if e.id not in events]
    arguments = [[a for a in e.arguments if not is_lost(a)] for e in kept_events]
    kept_propositions = [p for p in prediction.propositions if p.id not in propositions]
    inside = [*map(stated, kept_propositions)]
    stances = [part_of(stance) for stance in prediction.stances or ()]
    ignored = {
        "arguments": sum(len(e.arguments) for e in kept_events) - sum(map(len, arguments)),
        "entities": len(entities),
        "events": len(events),
        "evidence": sum(
            len(whole.evidence) - len(part.evidence)
            for whole, part in zip(prediction.stances or (), stances, strict=True)
            if part is not None
        ),
        "mentions": len(mentions),
        "proposition mentions": sum(len(p.mentions) for p in kept_propositions) - sum(len(p.mentions) for p in inside),
        "propositions": len(propositions),
        "stances": stances.count(None),
    }
    ignored = {kind: number for kind, number in ignored.items() if number}
    if not ignored:
        return prediction, {}
    kept = {
        "mentions": [m for m in prediction.mentions or () if m.id not in mentions],
        "entities": [without_members(e) for e in prediction.entities or () if e.id not in entities],
        "events": [replace(e, arguments=own) for e, own in zip(kept_events, arguments, strict=True)],
        "propositions": inside,
        "stances": [stance for stance in stances if stance is not None],
    }
    return replace(prediction, **{k: items for k, items in kept.items() if getattr(prediction, k) is not None}), ignored
