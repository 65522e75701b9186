"""Events: triggers, arguments, factuality, and event clusters across articles.

The six figures of TextEE (Huang et al. 2024, "TextEE: Benchmark, Reevaluation, Reflections, and Future Challenges in
Event Extraction"), each over sets of tuples; an article is TextEE's document:

====  ===========================================================
TI    trigger span
TC    trigger span, event type
AI    event type, argument span
AC    event type, argument span, role
AI+   trigger span, event type, argument span
AC+   trigger span, event type, argument span, role
====  ===========================================================

An argument's span is that of ``derive.argument_span``; a predicted argument that nothing in the text shows has none
and is wrong.
"""

from parley.scoring.coreference import Contingency
from parley.scoring.counts import Tally
from parley.scoring.numbers import Column, compare_labelled, compare_rows
from parley.scoring.pairs import ArgumentColumns, Pair


def triggers(pair: Pair) -> Tally:
    """Count TI."""
    return compare_rows(pair.gold.event_columns[:2], pair.predicted.event_columns[:2])


def typed_triggers(pair: Pair) -> Tally:
    """Count TC, by event type."""
    gold, predicted = pair.gold.event_columns, pair.predicted.event_columns
    return compare_labelled(gold[:2], predicted[:2], (gold.kinds, predicted.kinds), pair.codes)


def _attached(arguments: ArgumentColumns) -> tuple[Column, ...]:
    return (arguments.starts, arguments.ends, arguments.shown_starts, arguments.shown_ends)


def arguments(pair: Pair) -> Tally:
    """Count AI, by event type."""
    gold, predicted = pair.gold.argument_columns, pair.predicted.argument_columns
    return compare_labelled(gold[4:], predicted[4:], (gold.kinds, predicted.kinds), pair.codes)


def arguments_in_role(pair: Pair) -> Tally:
    """Count AC, by role."""
    gold, predicted = pair.gold.argument_columns, pair.predicted.argument_columns
    one, other = ((found.kinds, found.shown_starts, found.shown_ends) for found in (gold, predicted))
    return compare_labelled(one, other, (gold.roles, predicted.roles), pair.codes)


def attached_arguments(pair: Pair) -> Tally:
    """Count AI+, by event type."""
    gold, predicted = pair.gold.argument_columns, pair.predicted.argument_columns
    return compare_labelled(_attached(gold), _attached(predicted), (gold.kinds, predicted.kinds), pair.codes)


def attached_arguments_in_role(pair: Pair) -> Tally:
    """Count AC+, by role."""
    gold, predicted = pair.gold.argument_columns, pair.predicted.argument_columns
    one, other = ((found.kinds, *_attached(found)) for found in (gold, predicted))
    return compare_labelled(one, other, (gold.roles, predicted.roles), pair.codes)


def factuality(pair: Pair) -> Tally:
    """Count (trigger span, type, status, trigger span of ``via`` or None), by status."""
    gold, predicted = pair.gold.event_columns, pair.predicted.event_columns
    one, other = ((*found[:3], found.voice_starts, found.voice_ends) for found in (gold, predicted))
    return compare_labelled(one, other, (gold.statuses, predicted.statuses), pair.codes)


def joined_event_clusters(pair: Pair) -> Contingency:
    """Return the article's event clusters named for the joining of all articles into one, as ``joined_entities``."""
    return pair.event_clusters.renamed(pair.gold.event_cluster_name, pair.predicted.event_cluster_name)
