"""Events: triggers, arguments, factuality, and happenings across articles.

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

from operator import itemgetter

from parley.scoring.coreference import Contingency
from parley.scoring.counts import Tally, compare
from parley.scoring.pairs import Pair, Place, View

# Of an argument as ``View.arguments`` has it: trigger span, event type, role, argument span.
_AI, _AC, _AI_PLUS = itemgetter(1, 3), itemgetter(1, 2, 3), itemgetter(0, 1, 3)
_FIRST, _SECOND, _THIRD = itemgetter(0), itemgetter(1), itemgetter(2)


def triggers(pair: Pair) -> Tally:
    """Count TI."""
    return compare(set(pair.gold.happening_at), set(pair.predicted.happening_at))


def typed_triggers(pair: Pair) -> Tally:
    """Count TC, by event type."""
    return compare(pair.gold.typed_triggers, pair.predicted.typed_triggers, _SECOND)


def arguments(pair: Pair) -> Tally:
    """Count AI, by event type."""
    return compare(set(map(_AI, pair.gold.arguments)), set(map(_AI, pair.predicted.arguments)), _FIRST)


def arguments_in_role(pair: Pair) -> Tally:
    """Count AC, by role."""
    return compare(set(map(_AC, pair.gold.arguments)), set(map(_AC, pair.predicted.arguments)), _SECOND)


def attached_arguments(pair: Pair) -> Tally:
    """Count AI+, by event type."""
    return compare(set(map(_AI_PLUS, pair.gold.arguments)), set(map(_AI_PLUS, pair.predicted.arguments)), _SECOND)


def attached_arguments_in_role(pair: Pair) -> Tally:
    """Count AC+, by role."""
    return compare(pair.gold.argument_set, pair.predicted.argument_set, _THIRD)


def factuality(pair: Pair) -> Tally:
    """Count (trigger span, type, status, trigger span of ``via`` or None), by status."""

    def items(view: View) -> set[tuple[tuple[Place, str], str, Place | None]]:
        return set(zip(view.triggers, view.statuses, view.voices, strict=True))

    return compare(items(pair.gold), items(pair.predicted), _SECOND)


def joined_happenings(pair: Pair) -> Contingency:
    """Return the article's happenings named for the joining of all articles into one, as ``joined_entities``."""
    return pair.happenings.renamed(pair.gold.happening_name, pair.predicted.happening_name)
