"""Events beside TextEE's figures: arguments by entity, and status and voice apart from detection."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from parley.model import Argument
from parley.scoring.alignment import Counterparts
from parley.scoring.counts import Tally
from parley.scoring.numbers import Codes, Column, column, compare_labelled, pack_both
from parley.scoring.pairs import NO_VOICE, EventColumns, Pair, Place, View


def attached_by_type(pair: Pair) -> Tally:
    """Count AC+ (``events.attached_arguments_in_role``) by event type instead of role."""
    gold, predicted = pair.gold.argument_columns, pair.predicted.argument_columns
    one, other = ((*found[:2], *found[3:]) for found in (gold, predicted))
    return compare_labelled(one, other, (gold.kinds, predicted.kinds), pair.codes)


def by_entity(pair: Pair) -> Tally:
    """Count arguments as the set of (trigger span, event type, role, filler), by role; a filler is who, not where.

    - An entity is the same whichever of its mentions shows it, and counts once in a role of a trigger. A predicted
      argument stands for the gold entity that has a mention with exactly the span that shows it; where none has, for
      what the predicted entity is mapped to, as in stances (``alignment.Counterparts``).
    - A plural entity stands for its members: "both sides" and each of the two are the same.
    - An event stands for its event cluster, known by its trigger; a value or a stretch of text for its own span.

    This is AC+ with the coreference criterion of document-level scorers (Li et al. 2021, "Document-Level Event
    Argument Extraction by Conditional Generation") and with plural entities expanded.
    """
    return _by_label(pair, "roles")


def by_entity_and_type(pair: Pair) -> Tally:
    """Count the same as ``by_entity``, by event type."""
    return _by_label(pair, "kinds")


def _by_label(pair: Pair, label: str) -> Tally:
    (gold, labels), (predicted, answers) = (
        ([*[numbers[places] for numbers in columns[:4]], who], getattr(columns, label)[places])
        for columns, (places, who) in zip(
            (pair.gold.argument_columns, pair.predicted.argument_columns), pair.once(filled), strict=True
        )
    )
    return compare_labelled(gold, predicted, (labels, answers), pair.codes)


def filled(pair: Pair) -> tuple[tuple[Column, Column], tuple[Column, Column]]:
    """Return who fills the arguments of the gold and of the prediction, as ``by_entity`` compares them.

    Each is two columns: the place of an argument in ``View.argument_columns``, and the number of one who fills it.
    """
    expand, head = pair.gold.links.expand, pair.gold.links.head
    entity_at, event_cluster_at = pair.gold.entity_at, pair.gold.event_cluster_at
    numbers = Codes()  # of gold ids, and of spans
    of_gold: dict[str, list[int]] = {}  # the numbers of those that a gold entity stands for
    of_predicted: dict[str, list[int]] = {}

    def of_entity(entity: str) -> list[int]:
        found = of_gold.get(entity)
        if found is None:
            found = of_gold[entity] = [numbers[member] for member in expand(entity)]
        return found

    gold: list[list[int]] = []
    for argument, span in _arguments(pair.gold):
        if argument.entity is not None:
            gold.append(of_entity(argument.entity))
        else:
            gold.append([numbers[span if argument.event is None else head(argument.event)]])
    stands_for = pair.once(Counterparts)
    predicted: list[list[int]] = []
    for argument, span in _arguments(pair.predicted):
        entity = argument.entity
        if entity is not None:
            shown = entity_at.get(span)
            if shown is not None:
                predicted.append(of_entity(shown))
                continue
            if entity not in of_predicted:
                of_predicted[entity] = [numbers[member] for member in stands_for[entity]]
            predicted.append(of_predicted[entity])
        elif argument.event is not None and span[0] >= 0:
            predicted.append([numbers[event_cluster_at.get(span, f"?{argument.event}")]])
        else:
            predicted.append([numbers[span]])
    return _rows(gold), _rows(predicted)


def _rows(numbers: list[list[int]]) -> tuple[Column, Column]:
    places = np.repeat(np.arange(len(numbers)), [len(found) for found in numbers])
    return places, column([number for found in numbers for number in found])


def _arguments(view: View) -> Iterator[tuple[Argument, Place]]:
    """Return every argument and the span that shows it."""
    arguments = [argument for event in view.annotation.events or () for argument in event.arguments]
    return zip(arguments, view.argument_spans, strict=True)


def _common(pair: Pair) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return which events have a trigger of the other side's, with its type: of the gold, of the prediction."""
    gold, predicted = pack_both(pair.gold.event_columns[:3], pair.predicted.event_columns[:3])
    return np.isin(gold, predicted), np.isin(predicted, gold)


def status(pair: Pair) -> Tally:
    """Count the statuses of the triggers that both sides have (span and type), by status.

    Averaged by ``macro_f1`` over the statuses that occur there, so that rare ones weigh as much as ``actual``. What
    is not found or has another type is TC's to count.
    """
    (gold, statuses), (predicted, answers) = (
        ([numbers[found] for numbers in view.event_columns[:3]], view.event_columns.statuses[found])
        for view, found in zip((pair.gold, pair.predicted), pair.once(_common), strict=True)
    )
    return compare_labelled(gold, predicted, (statuses, answers), pair.codes)


OWN_VOICE, OTHER_VOICE = "the article's own voice", "another's voice"


def via(pair: Pair) -> Tally:
    """Count the triggers that both sides have (span and type) and those of them with the right voice.

    The voice is the trigger span of the speech event in ``via``, or none. By whether the gold has one: always
    answering "none" would be right on all of the article's own voice. Divided by ``accuracy``.
    """
    names = column([pair.codes[OWN_VOICE], pair.codes[OTHER_VOICE]])
    (gold, voices), (predicted, answers) = (
        ([numbers[found] for numbers in (*columns[:3], *columns[4:])], names[_speaks(columns)][found])
        for columns, found in zip(
            (pair.gold.event_columns, pair.predicted.event_columns), pair.once(_common), strict=True
        )
    )
    return compare_labelled(gold, predicted, (voices, answers), pair.codes)


def _speaks(events: EventColumns) -> Column:
    """Return 1 for each event that comes through a speech event, else 0."""
    speaks: Column = (events.voice_starts != NO_VOICE[0]).astype(np.int64)
    return speaks
