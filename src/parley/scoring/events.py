"""Events: triggers, arguments, factuality, and event_clusters across articles.

The six scores of TextEE (Huang et al. 2024, "TextEE: Benchmark, Reevaluation, Reflections, and Future Challenges in
Event Extraction"), each over sets of tuples; an article is TextEE's document:

====  ===========================================================
TI    trigger span
TC    trigger span, event type
AI    event type, argument span
AC    event type, argument span, role
AI+   trigger span, event type, argument span
AC+   trigger span, event type, argument span, role
====  ===========================================================

An argument's span is that of ``AnnotatedArticle.argument_span``; a predicted argument that nothing in the text
shows has none and is wrong.

In the examples, ``pair`` makes a pair of two annotations of a short text, and ``events`` makes words triggers: type,
then roles or status (``tests/test_scoring_examples.py``).
"""

from collections.abc import Callable, Hashable, Set
from operator import itemgetter
from typing import Any

from parley.model import Argument
from parley.reading import Offsets
from parley.scoring.alignment import counterparts
from parley.scoring.coreference import Contingency
from parley.scoring.counts import Tally, compare
from parley.scoring.pair import Pair, View

Filler = str | Offsets | None  # gold id of an entity or event cluster; else the span that shows it


def _events(pair: Pair, item: Callable[[View, Any], tuple[Hashable, ...]], label: int | None) -> Tally:
    gold, predicted = ({item(view, event) for event in view.listed_events} for view in (pair.gold, pair.predicted))
    return compare(gold, predicted, None if label is None else itemgetter(label))


def triggers(pair: Pair) -> Tally:
    """Count TI.

    >>> triggers(pair(events(attacked=("Strike",)), events(attacked=("Clash",), said=("State",)))).total
    Counts(gold=1, predicted=2, recalled=1, precise=1)
    """
    return _events(pair, lambda _, e: (e.start, e.end), None)


def typed_triggers(pair: Pair) -> Tally:
    """Count TC, by event type.

    >>> typed_triggers(pair(events(attacked=("Strike",)), events(attacked=("Clash",))))["Strike"]
    Counts(gold=1, predicted=0, recalled=0, precise=0)
    """
    return _events(pair, lambda _, e: (e.start, e.end, e.type), 2)


def factuality(pair: Pair) -> Tally:
    """Count (trigger span, type, status, trigger span of ``via`` or None), by status.

    >>> factuality(pair(events(attacked=("Strike", "actual")), events(attacked=("Strike", "planned")))).total
    Counts(gold=1, predicted=1, recalled=0, precise=0)
    """
    return _events(pair, lambda view, e: (e.start, e.end, e.type, e.status, view.source_span(e)), 3)


_TRIGGER, _TYPE, _ROLE, _SPAN = range(4)  # of the tuples in ``View.argument_items``


def _arguments(pair: Pair, parts: tuple[int, ...], label: int) -> Tally:
    gold, predicted = (set(map(itemgetter(*parts), view.argument_items)) for view in (pair.gold, pair.predicted))
    return compare(gold, predicted, itemgetter(parts.index(label)))


def arguments(pair: Pair) -> Tally:
    """Count AI, by event type.

    >>> gold = events(attacked=("Strike", {"Agent": "army"}))
    >>> arguments(pair(gold, events(said=("Strike", {"Patient": "army"})))).total
    Counts(gold=1, predicted=1, recalled=1, precise=1)
    """
    return _arguments(pair, (_TYPE, _SPAN), _TYPE)


def arguments_in_role(pair: Pair) -> Tally:
    """Count AC, by role.

    >>> gold = events(attacked=("Strike", {"Agent": "army"}))
    >>> arguments_in_role(pair(gold, events(said=("Strike", {"Agent": "army"})))).total
    Counts(gold=1, predicted=1, recalled=1, precise=1)
    """
    return _arguments(pair, (_TYPE, _SPAN, _ROLE), _ROLE)


def attached_arguments(pair: Pair) -> Tally:
    """Count AI+, by event type.

    >>> gold = events(attacked=("Strike", {"Agent": "army"}))
    >>> attached_arguments(pair(gold, events(said=("Strike", {"Agent": "army"})))).total
    Counts(gold=1, predicted=1, recalled=0, precise=0)
    """
    return _arguments(pair, (_TRIGGER, _TYPE, _SPAN), _TYPE)


def attached_arguments_in_role(pair: Pair) -> Tally:
    """Count AC+, by role.

    >>> gold = events(attacked=("Strike", {"Agent": "Norland", "Place": "Harrow"}))
    >>> predicted = events(attacked=("Strike", {"Agent": "army", "Place": "Harrow"}))
    >>> attached_arguments_in_role(pair(gold, predicted)).total
    Counts(gold=2, predicted=2, recalled=1, precise=1)
    """
    return _arguments(pair, (_TRIGGER, _TYPE, _SPAN, _ROLE), _ROLE)


def attached_by_type(pair: Pair) -> Tally:
    """Count AC+ by event type instead of role."""
    return _arguments(pair, (_TRIGGER, _TYPE, _SPAN, _ROLE), _TYPE)


def by_entity(pair: Pair) -> Tally:
    """Count arguments as the set of (trigger span, event type, role, filler), by role: who fills it, not which words.

    - An entity is the same whichever of its mentions shows it, and counts once in a role of a trigger. A predicted
      argument counts as the gold entity that has a mention with exactly the argument's span; where none has, as what
      the predicted entity is mapped to, as in stances (``alignment.counterparts``).
    - A plural entity counts as its members: "both sides" is the same as each of the two.
    - An event counts as its event cluster, identified by its trigger; a value or a stretch of text as its own span.

    This is AC+ with the coreference criterion of document-level scorers (Li et al. 2021, "Document-Level Event
    Argument Extraction by Conditional Generation") and with plural entities expanded.

    >>> gold = events(attacked=("Strike", {"Agent": "Norland", "Place": "Harrow"}))
    >>> predicted = events(attacked=("Strike", {"Agent": "army", "Place": "Harrow"}))
    >>> by_entity(pair(gold, predicted))["Place"]
    Counts(gold=1, predicted=1, recalled=1, precise=1)
    """
    return compare(*pair.once(filled), itemgetter(_ROLE))


def by_entity_and_type(pair: Pair) -> Tally:
    """Count as ``by_entity``, by event type."""
    return compare(*pair.once(filled), itemgetter(_TYPE))


FilledRole = tuple[Offsets, str, str, Filler]  # trigger span, event type, role, filler


def filled(pair: Pair) -> tuple[set[FilledRole], set[FilledRole]]:
    """Return the arguments of the gold and of the prediction as ``by_entity`` compares them."""
    gold = pair.gold
    entity_at = {span: entity for entity, spans in gold.entity_spans.items() for span in spans}
    cluster_at = {span: head for head, spans in gold.event_spans.items() for span in spans}

    def in_gold(argument: Argument, span: Offsets | None) -> Set[Filler]:
        if argument.entity is not None:
            return gold.members(argument.entity)
        return {span if argument.event is None else gold.head(argument.event)}

    def in_predicted(argument: Argument, span: Offsets | None) -> Set[Filler]:
        if argument.entity is not None:
            return gold.members(entity_at[span]) if span in entity_at else counterparts(pair, argument.entity)
        return {cluster_at.get(span, f"?{argument.event}") if argument.event is not None and span else span}

    return _filled(gold, in_gold), _filled(pair.predicted, in_predicted)


def _filled(view: View, fillers: Callable[[Argument, Offsets | None], Set[Filler]]) -> set[FilledRole]:
    listed = [argument for event in view.listed_events for argument in event.arguments]
    return {
        (trigger, type_, role, filler)
        for argument, (trigger, type_, role, span) in zip(listed, view.argument_items, strict=True)
        for filler in fillers(argument, span)
    }


def _of_common(pair: Pair, value: Callable[[View, Any], Any], label: Callable[[Any], str]) -> Tally:
    """Count a value of the triggers that both sides have, known by span and type; by ``label`` of the value."""
    gold, predicted = (
        {((e.start, e.end, e.type), value(view, e)) for e in view.listed_events} for view in (pair.gold, pair.predicted)
    )
    both = {where for where, _ in gold} & {where for where, _ in predicted}
    common = [{item for item in items if item[0] in both} for items in (gold, predicted)]
    return compare(common[0], common[1], lambda item: label(item[1]))


def status(pair: Pair) -> Tally:
    """Count the statuses of the triggers that both sides have (span and type), by status.

    Averaged by ``macro_f1`` over the statuses that occur there, so that rare ones weigh as much as ``actual``. What is
    not found or has another type is counted by TC.

    >>> status(pair(events(attacked=("Strike", "actual")), events(attacked=("Strike", "planned"))))["planned"]
    Counts(gold=0, predicted=1, recalled=0, precise=0)
    """
    return _of_common(pair, lambda _, e: e.status, str)


OWN, REPORTED = "the article itself", "another source"  # labels in reports


def via(pair: Pair) -> Tally:
    """Count the triggers that both sides have (span and type) and those of them with the right source.

    The source is the trigger span of the speech event in ``via``, or none. Labels tell whether the gold has one: always
    answering "none" is right wherever the article itself speaks. Divided by ``accuracy``.

    >>> via(pair(events(attacked=("Strike",)), events(attacked=("Strike",)))).total
    Counts(gold=1, predicted=1, recalled=1, precise=1)
    """
    return _of_common(pair, View.source_span, lambda source: OWN if source is None else REPORTED)


def joined_event_clusters(pair: Pair) -> Contingency:
    """Return the article's event_clusters named for the joining of all articles into one, as ``joined_entities``."""
    return pair.event_clusters.renamed(pair.gold.global_name, pair.predicted.global_name)
