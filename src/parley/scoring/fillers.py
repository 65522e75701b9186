"""Events beside TextEE's figures: arguments by entity, and status and voice apart from detection."""

from collections.abc import Iterator
from operator import itemgetter

from parley.model import Argument
from parley.scoring.counts import Tally, compare
from parley.scoring.events import voice_span
from parley.scoring.pairs import Pair, Place, View
from parley.scoring.stance import counterparts

Filler = str | Place | None  # gold id of an entity or happening; else the span that shows it
Filled = tuple[Place, str, str, Filler]  # trigger span, event type, role, filler


def attached_by_type(pair: Pair) -> Tally:
    """Count AC+ (``events.attached_arguments_in_role``) by event type instead of role."""
    return compare(set(pair.gold.arguments), set(pair.predicted.arguments), itemgetter(1))


def by_entity(pair: Pair) -> Tally:
    """Count arguments as the set of (trigger span, event type, role, filler), by role; a filler is who, not where.

    - An entity is the same whichever of its mentions shows it, and counts once in a role of a trigger. A predicted
      argument stands for the gold entity that has a mention with exactly the span that shows it; where none has, for
      what the predicted entity is mapped to, as in stances (``stance.counterparts``).
    - A plural entity stands for its members: "both sides" and each of the two are the same.
    - An event stands for its happening, known by its trigger; a value or a stretch of text for its own span.

    This is AC+ with the coreference criterion of document-level scorers (Li et al. 2021, "Document-Level Event
    Argument Extraction by Conditional Generation") and with plural entities expanded.
    """
    return compare(*pair.once(filled), itemgetter(2))


def by_entity_and_type(pair: Pair) -> Tally:
    """Count the same as ``by_entity``, by event type."""
    return compare(*pair.once(filled), itemgetter(1))


def filled(pair: Pair) -> tuple[set[Filled], set[Filled]]:
    """Return the arguments of the gold and of the prediction as ``by_entity`` compares them."""
    links = pair.gold.links
    entity_at = {span: entity for entity, spans in pair.gold.entity_clusters.items() for span in spans}
    happening_at = {span: head for head, spans in pair.gold.event_clusters.items() for span in spans}

    def in_gold(argument: Argument, span: Place | None) -> set[Filler]:
        if argument.entity is not None:
            return set(links.expand(argument.entity))
        return {links.head(argument.event) if argument.event is not None else span}

    def in_predicted(argument: Argument, span: Place | None) -> set[Filler]:
        if argument.entity is not None:
            shown = entity_at.get(span) if span else None
            return set(counterparts(argument.entity, pair) if shown is None else links.expand(shown))
        if argument.event is not None and span is not None:
            return {happening_at.get(span, f"?{argument.event}")}
        return {span}

    gold = {(*where, filler) for where, argument, span in _arguments(pair.gold) for filler in in_gold(argument, span)}
    predicted = {
        (*where, filler)
        for where, argument, span in _arguments(pair.predicted)
        for filler in in_predicted(argument, span)
    }
    return gold, predicted


def _arguments(view: View) -> Iterator[tuple[tuple[Place, str, str], Argument, Place | None]]:
    """Yield trigger span, event type and role of every argument, the argument, and the span that shows it."""
    listed = [argument for event in view.annotation.events or () for argument in event.arguments]
    for argument, (trigger, kind, role, span) in zip(listed, view.arguments, strict=True):
        yield (trigger, kind, role), argument, span


Trigger = tuple[Place, str]  # span and event type


def status(pair: Pair) -> Tally:
    """Count the statuses of the triggers that both sides have (span and type), by status.

    Averaged by ``macro_f1`` over the statuses that occur there, so that rare ones weigh as much as ``actual``. What
    is not found or has another type is TC's to count.
    """
    gold, predicted = _statuses(pair.gold), _statuses(pair.predicted)
    both = {where for where, _ in gold} & {where for where, _ in predicted}
    return compare(
        {item for item in gold if item[0] in both}, {item for item in predicted if item[0] in both}, itemgetter(1)
    )


def _statuses(view: View) -> set[tuple[Trigger, str]]:
    return {((event.span, event.type), event.status) for event in view.annotation.events or ()}


OWN_VOICE, OTHER_VOICE = "the article's own voice", "another's voice"


def via(pair: Pair) -> Tally:
    """Count the triggers that both sides have (span and type) and those of them with the right voice.

    The voice is the trigger span of the speech event in ``via``, or none. By whether the gold has one: always
    answering "none" would be right on all of the article's own voice. Divided by ``accuracy``.
    """
    gold, predicted = _voices(pair.gold), _voices(pair.predicted)
    both = {where for where, _ in gold} & {where for where, _ in predicted}
    return compare(
        {item for item in gold if item[0] in both},
        {item for item in predicted if item[0] in both},
        lambda item: OWN_VOICE if item[1] is None else OTHER_VOICE,
    )


def _voices(view: View) -> set[tuple[Trigger, Place | None]]:
    return {((event.span, event.type), voice_span(event, view.links)) for event in view.annotation.events or ()}
