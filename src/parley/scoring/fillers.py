"""Events beside TextEE's figures: arguments by entity, and status and voice apart from detection."""

from operator import itemgetter

from parley.model import Argument
from parley.scoring.alignment import Counterparts
from parley.scoring.counts import Tally, compare
from parley.scoring.pairs import Pair, Place, Trigger, View

Filler = str | Place | None  # gold id of an entity or happening; else the span that shows it
Filled = tuple[Place, str, str, Filler]  # trigger span, event type, role, filler


def attached_by_type(pair: Pair) -> Tally:
    """Count AC+ (``events.attached_arguments_in_role``) by event type instead of role."""
    return compare(pair.gold.argument_set, pair.predicted.argument_set, itemgetter(1))


def by_entity(pair: Pair) -> Tally:
    """Count arguments as the set of (trigger span, event type, role, filler), by role; a filler is who, not where.

    - An entity is the same whichever of its mentions shows it, and counts once in a role of a trigger. A predicted
      argument stands for the gold entity that has a mention with exactly the span that shows it; where none has, for
      what the predicted entity is mapped to, as in stances (``alignment.Counterparts``).
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
    expand, head = pair.gold.links.expand, pair.gold.links.head
    entity_at, happening_at = pair.gold.entity_at, pair.gold.happening_at
    gold: set[Filled] = set()
    for argument, (trigger, kind, role, span) in zip(_arguments(pair.gold), pair.gold.arguments, strict=True):
        if argument.entity is not None:
            for member in expand(argument.entity):
                gold.add((trigger, kind, role, member))
        else:
            gold.add((trigger, kind, role, span if argument.event is None else head(argument.event)))
    stands_for = pair.once(Counterparts)
    predicted: set[Filled] = set()
    for argument, (trigger, kind, role, span) in zip(_arguments(pair.predicted), pair.predicted.arguments, strict=True):
        if argument.entity is not None:
            shown = entity_at.get(span) if span is not None else None
            for member in stands_for[argument.entity] if shown is None else expand(shown):
                predicted.add((trigger, kind, role, member))
        elif argument.event is not None and span is not None and span[0] >= 0:
            predicted.add((trigger, kind, role, happening_at.get(span, f"?{argument.event}")))
        else:
            predicted.add((trigger, kind, role, span))
    return gold, predicted


def _arguments(view: View) -> list[Argument]:
    """Return every argument, in the order of ``View.arguments``."""
    return [argument for event in view.annotation.events or () for argument in event.arguments]


def status(pair: Pair) -> Tally:
    """Count the statuses of the triggers that both sides have (span and type), by status.

    Averaged by ``macro_f1`` over the statuses that occur there, so that rare ones weigh as much as ``actual``. What
    is not found or has another type is TC's to count.
    """
    both = pair.gold.typed_triggers & pair.predicted.typed_triggers

    def items(view: View) -> set[tuple[Trigger, str]]:
        return {item for item in zip(view.triggers, view.statuses, strict=True) if item[0] in both}

    return compare(items(pair.gold), items(pair.predicted), itemgetter(1))


OWN_VOICE, OTHER_VOICE = "the article's own voice", "another's voice"


def via(pair: Pair) -> Tally:
    """Count the triggers that both sides have (span and type) and those of them with the right voice.

    The voice is the trigger span of the speech event in ``via``, or none. By whether the gold has one: always
    answering "none" would be right on all of the article's own voice. Divided by ``accuracy``.
    """
    both = pair.gold.typed_triggers & pair.predicted.typed_triggers

    def items(view: View) -> set[tuple[Trigger, Place | None]]:
        return {item for item in zip(view.triggers, view.voices, strict=True) if item[0] in both}

    return compare(items(pair.gold), items(pair.predicted), lambda item: OWN_VOICE if item[1] is None else OTHER_VOICE)
