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

from parley.derive import Links
from parley.model import Event
from parley.scoring.coreference import Contingency
from parley.scoring.counts import Tally, compare
from parley.scoring.pairs import Pair, Place, View

_NOWHERE: Place = (-1, -1)  # where a voice stands that was left out with its zone: never where the gold's does


def _spans(view: View) -> set[Place]:
    return {(event.start, event.end) for event in view.annotation.events or ()}


def triggers(pair: Pair) -> Tally:
    """Count TI."""
    return compare(_spans(pair.gold), _spans(pair.predicted))


def _typed(view: View) -> set[tuple[Place, str]]:
    return {((event.start, event.end), event.type) for event in view.annotation.events or ()}


def typed_triggers(pair: Pair) -> Tally:
    """Count TC, by event type."""
    return compare(_typed(pair.gold), _typed(pair.predicted), itemgetter(1))


def arguments(pair: Pair) -> Tally:
    """Count AI, by event type."""

    def items(view: View) -> set[tuple[str, Place | None]]:
        return {(type_, span) for _, type_, _, span in view.arguments}

    return compare(items(pair.gold), items(pair.predicted), itemgetter(0))


def arguments_in_role(pair: Pair) -> Tally:
    """Count AC, by role."""

    def items(view: View) -> set[tuple[str, str, Place | None]]:
        return {(type_, role, span) for _, type_, role, span in view.arguments}

    return compare(items(pair.gold), items(pair.predicted), itemgetter(1))


def attached_arguments(pair: Pair) -> Tally:
    """Count AI+, by event type."""

    def items(view: View) -> set[tuple[Place, str, Place | None]]:
        return {(trigger, type_, span) for trigger, type_, _, span in view.arguments}

    return compare(items(pair.gold), items(pair.predicted), itemgetter(1))


def attached_arguments_in_role(pair: Pair) -> Tally:
    """Count AC+, by role."""
    return compare(set(pair.gold.arguments), set(pair.predicted.arguments), itemgetter(2))


def voice_span(event: Event, links: Links) -> Place | None:
    """Return the trigger span of the speech event an event comes through; None for the article's own voice."""
    if event.via is None:
        return None
    voice = links.events.get(event.via)
    return voice.span if voice else _NOWHERE


def factuality(pair: Pair) -> Tally:
    """Count (trigger span, type, status, trigger span of ``via`` or None), by status."""

    def items(view: View) -> set[tuple[Place, str, str, Place | None]]:
        events = view.annotation.events or ()
        return {((event.start, event.end), event.type, event.status, voice_span(event, view.links)) for event in events}

    return compare(items(pair.gold), items(pair.predicted), itemgetter(2))


def joined_happenings(pair: Pair) -> Contingency:
    """Return the article's happenings named for the joining of all articles into one, as ``joined_entities``."""
    return pair.happenings.renamed(pair.gold.happening_name, pair.predicted.happening_name)
