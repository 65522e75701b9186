"""Events: triggers, arguments, propositions, factuality, and event clusters across articles.

All are micro-F1 unless ``scoring.registry``, which assigns the average, says otherwise. Predictions outside the scored
zones are dropped first (``scoring.zones``).

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

Argument spans come from ``AnnotatedArticle.argument_span``; a predicted argument without one is a false positive.

In the examples, ``pair`` makes a pair of two annotations of a short text, and
``events(attacked=("Strike", {"Agent": "army"}))`` marks "attacked" as a Strike trigger with an Agent; a string in place
of the roles is the status, of a Casualty the harm (``tests/test_scoring_examples.py``).
"""

from collections.abc import Callable, Hashable, Set
from operator import itemgetter
from typing import Any

from parley.model import Argument
from parley.reading import Offsets
from parley.scoring.alignment import aligned_propositions, counterparts
from parley.scoring.coreference import Contingency
from parley.scoring.counts import Tally, compare, exact_counts
from parley.scoring.pair import Pair, View

# A gold id of an entity, event cluster or proposition; "?id" for a prediction without a counterpart, never equal to
# gold; or a span.
Filler = str | Offsets | None

# Positions in the tuples of arguments, as in ``View.argument_items``; tuples of events begin alike.
_TRIGGER, _TYPE, _ROLE, _SPAN = range(4)
_STATUS = 2  # in tuples of events


def _events(pair: Pair, item: Callable[[View, Any], tuple[Hashable, ...]], label: int | None) -> Tally:
    gold, predicted = ({item(view, event) for event in view.listed_events} for view in (pair.gold, pair.predicted))
    return compare(gold, predicted, None if label is None else itemgetter(label))


def ti(pair: Pair) -> Tally:
    """Count trigger identification (TI): the set of trigger spans.

    >>> ti(pair(events(attacked=("Strike",)), events(attacked=("Clash",), said=("State",)))).total
    Counts(gold=1, predicted=2, recalled=1, precise=1)
    """
    return _events(pair, lambda _, e: (e.span,), None)


def tc(pair: Pair) -> Tally:
    """Count trigger classification (TC): the set of (trigger span, event type), tallied by event type.

    >>> tc(pair(events(attacked=("Strike",)), events(attacked=("Clash",))))["Strike"]
    Counts(gold=1, predicted=0, recalled=0, precise=0)
    """
    return _events(pair, lambda _, e: (e.span, e.type), _TYPE)


def factuality(pair: Pair) -> Tally:
    """Count factuality: the set of (trigger span, event type, status, source), tallied by status.

    The source is the trigger span of the speech event in ``via``, or None.

    >>> factuality(pair(events(attacked=("Strike", "actual")), events(attacked=("Strike", "planned")))).total
    Counts(gold=1, predicted=1, recalled=0, precise=0)
    """
    return _events(pair, lambda view, e: (e.span, e.type, e.status, view.source_span(e)), _STATUS)


def _arguments(pair: Pair, parts: tuple[int, ...], label: int) -> Tally:
    gold, predicted = (set(map(itemgetter(*parts), view.argument_items)) for view in (pair.gold, pair.predicted))
    return compare(gold, predicted, itemgetter(parts.index(label)))


def ai(pair: Pair) -> Tally:
    """Count argument identification (AI): the set of (event type, argument span), tallied by event type.

    >>> gold = events(attacked=("Strike", {"Agent": "army"}))
    >>> ai(pair(gold, events(said=("Strike", {"Patient": "army"})))).total
    Counts(gold=1, predicted=1, recalled=1, precise=1)
    """
    return _arguments(pair, (_TYPE, _SPAN), _TYPE)


def ac(pair: Pair) -> Tally:
    """Count argument classification (AC): the set of (event type, argument span, role), tallied by role.

    >>> gold = events(attacked=("Strike", {"Agent": "army"}))
    >>> ac(pair(gold, events(said=("Strike", {"Agent": "army"})))).total
    Counts(gold=1, predicted=1, recalled=1, precise=1)
    """
    return _arguments(pair, (_TYPE, _SPAN, _ROLE), _ROLE)


def ai_plus(pair: Pair) -> Tally:
    """Count attached argument identification (AI+): as ``ai``, each argument with its trigger span.

    >>> gold = events(attacked=("Strike", {"Agent": "army"}))
    >>> ai_plus(pair(gold, events(said=("Strike", {"Agent": "army"})))).total
    Counts(gold=1, predicted=1, recalled=0, precise=0)
    """
    return _arguments(pair, (_TRIGGER, _TYPE, _SPAN), _TYPE)


def ac_plus(pair: Pair) -> Tally:
    """Count attached argument classification (AC+): as ``ac``, each argument with its trigger span.

    >>> gold = events(attacked=("Strike", {"Agent": "Norland", "Place": "Harrow"}))
    >>> predicted = events(attacked=("Strike", {"Agent": "army", "Place": "Harrow"}))
    >>> ac_plus(pair(gold, predicted)).total
    Counts(gold=2, predicted=2, recalled=1, precise=1)
    """
    return _arguments(pair, (_TRIGGER, _TYPE, _SPAN, _ROLE), _ROLE)


def ac_plus_by_type(pair: Pair) -> Tally:
    """Count AC+, tallied by event type instead of role."""
    return _arguments(pair, (_TRIGGER, _TYPE, _SPAN, _ROLE), _TYPE)


def by_entity(pair: Pair) -> Tally:
    """Count AC+ with entities in place of spans: the set of (trigger span, event type, role, filler), tallied by role.

    The filler of a role is an entity, event cluster or proposition, so that any mention of the right entity counts.

    - An entity counts once in a role of a trigger, however many of its mentions are arguments there. A predicted
      argument counts as the gold entity that has a mention with exactly the argument's span; otherwise as the gold
      entity it is aligned with (``alignment.counterparts``).
    - A plural entity counts as its members: "both sides" equals the two sides.
    - An event counts as its event cluster, identified by its trigger; a proposition as the gold one that it is aligned
      with; a value as its own span.

    This is AC+ with the coreference criterion of document-level scorers (Li et al. 2021, "Document-Level Event
    Argument Extraction by Conditional Generation") and with plural entities expanded.

    >>> gold = events(attacked=("Strike", {"Agent": "Norland", "Place": "Harrow"}))
    >>> predicted = events(attacked=("Strike", {"Agent": "army", "Place": "Harrow"}))
    >>> by_entity(pair(gold, predicted))["Place"]
    Counts(gold=1, predicted=1, recalled=1, precise=1)
    """
    return compare(*pair.once(filled), itemgetter(_ROLE))


def by_entity_and_type(pair: Pair) -> Tally:
    """Count as ``by_entity``, tallied by event type."""
    return compare(*pair.once(filled), itemgetter(_TYPE))


FilledRole = tuple[Offsets, str, str, Filler]  # trigger span, event type, role, filler


def filled(pair: Pair) -> tuple[set[FilledRole], set[FilledRole]]:
    """Return gold and predicted argument tuples for ``by_entity``."""
    gold = pair.gold
    entity_at = {span: entity for entity, spans in gold.entity_spans.items() for span in spans}
    cluster_at = {span: head for head, spans in gold.event_spans.items() for span in spans}

    def in_gold(argument: Argument, span: Offsets | None) -> Set[Filler]:
        if argument.entity is not None:
            return gold.members(argument.entity)
        if argument.proposition is not None:
            return {argument.proposition}
        return {span if argument.event is None else gold.head(argument.event)}

    def in_predicted(argument: Argument, span: Offsets | None) -> Set[Filler]:
        if argument.entity is not None:
            return gold.members(entity_at[span]) if span in entity_at else counterparts(pair, argument.entity)
        if argument.proposition is not None:
            return counterparts(pair, argument.proposition)
        return {cluster_at.get(span, f"?{argument.event}") if argument.event is not None and span else span}

    return _filled(gold, in_gold), _filled(pair.predicted, in_predicted)


def _filled(view: View, fillers: Callable[[Argument, Offsets | None], Set[Filler]]) -> set[FilledRole]:
    listed = [argument for event in view.listed_events for argument in event.arguments]
    return {
        (trigger, type_, role, filler)
        for argument, (trigger, type_, role, span) in zip(listed, view.argument_items, strict=True)
        for filler in fillers(argument, span)
    }


def propositions(pair: Pair) -> Tally:
    """Count propositions: those that are aligned (``alignment.aligned_propositions``) are right on both sides.

    >>> gold = stated("Sudovia fears Norland")  # 3 tokens of 4 in common
    >>> propositions(pair(gold, stated("said Sudovia fears Norland", "army in Harrow"))).total
    Counts(gold=1, predicted=2, recalled=1, precise=1)
    """
    gold, predicted = (len(view.record.propositions) for view in (pair.gold, pair.predicted))
    return Tally({"": exact_counts(len(pair.once(aligned_propositions)), gold, predicted)})


def _on_shared_triggers(
    pair: Pair, value: Callable[[View, Any], Any], label: Callable[[Any], str], only: str | None = None
) -> Tally:
    """Count a value of the triggers on both sides, identified by span and type; tallied under ``label(value)``.

    ``only``: the one event type whose triggers are counted; None: of every type.
    """
    gold, predicted = (
        {((e.span, e.type), value(view, e)) for e in view.listed_events if only in (None, e.type)}
        for view in (pair.gold, pair.predicted)
    )
    shared = {trigger for trigger, _ in gold} & {trigger for trigger, _ in predicted}
    compared = [{item for item in items if item[0] in shared} for items in (gold, predicted)]
    return compare(compared[0], compared[1], lambda item: label(item[1]))


def status(pair: Pair) -> Tally:
    """Count status classification on the triggers that both sides have (same span and type), tallied by status.

    Averaged by ``macro_f1`` over the statuses on either side of these triggers, so that rare ones weigh as much as
    ``actual``. Missed or mistyped triggers do not count here; TC covers them.

    >>> status(pair(events(attacked=("Strike", "actual")), events(attacked=("Strike", "planned"))))["planned"]
    Counts(gold=0, predicted=1, recalled=0, precise=0)
    """
    return _on_shared_triggers(pair, lambda _, e: e.status, str)


OWN, REPORTED = "the article itself", "another source"  # labels in reports


def via(pair: Pair) -> Tally:
    """Count the triggers that both sides have (same span and type) and how many have the right source.

    The source is the trigger span of the speech event in ``via``, or none. Scored by ``accuracy``. Tallied by whether
    the gold has a source, because always predicting "none" is right for what the article itself reports.

    >>> via(pair(events(attacked=("Strike",)), events(attacked=("Strike",)))).total
    Counts(gold=1, predicted=1, recalled=1, precise=1)
    """
    return _on_shared_triggers(pair, View.source_span, lambda source: OWN if source is None else REPORTED)


NO_HARM = "none given"  # label of a predicted Casualty without harm


def harm(pair: Pair) -> Tally:
    """Count the Casualty triggers that both sides have and how many have the right harm, tallied by harm.

    Scored by ``accuracy``. A prediction without harm is wrong.

    >>> gold = events(attacked=("Casualty", "killed"), said=("Casualty", "unsaid"))
    >>> harm(pair(gold, events(attacked=("Casualty", "injured"))))["killed"]
    Counts(gold=1, predicted=0, recalled=0, precise=0)
    """
    return _on_shared_triggers(pair, lambda _, e: e.harm, lambda given: given or NO_HARM, "Casualty")


def joined_event_clusters(pair: Pair) -> Contingency:
    """Return the article's event clusters, renamed so that clusters join as in ``joined_entities``."""
    return pair.event_clusters.renamed(pair.gold.global_name, pair.predicted.global_name)
