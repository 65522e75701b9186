"""From the record of an adjudicator to decisions: one for every fact that passes and log do not give as the record has it."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from parley.adjudication.align import align
from parley.adjudication.facts import Facts, field_of, item_of, kind_of, parse_place, to_facts
from parley.adjudication.merge import Decision, merge, unanimous
from parley.files import shorten
from parley.findings import Finding, FindingsError
from parley.model import Document


class Change(NamedTuple):
    """A fact to decide on, and its value in the record: False for an item, None for a field that it does not have.

    ``why`` is ``open`` (the passes differ and nothing was decided), ``shared`` (all passes agree otherwise, or none has
    it) or ``decided`` (an earlier decision says otherwise).
    """

    fact: str
    value: Any
    why: str


def facts_like(record: Document, passes: Mapping[str, Document]) -> Facts:
    """Return the facts of an adjudicator's record under the entity keys that the passes share.

    Evidence is in the order of the text, as gold has it.
    """
    documents = [passes[name] for name in sorted(passes)]
    facts = to_facts(record, align([*documents, record])[-1])
    for key, value in facts.items():
        if field_of(key) == "evidence":
            facts[key] = sorted(value, key=parse_place)
    return facts


def _same(one: Any, other: Any) -> bool:
    """Whether two values of a fact are the same: True and 1 are not, lists of places whatever their order."""
    if isinstance(one, list) and isinstance(other, list):
        return sorted(one) == sorted(other)
    return type(one) is type(other) and bool(one == other)


def changes(facts: Mapping[str, Facts], decisions: Sequence[Decision], wanted: Facts) -> list[Change]:
    """Return what must be decided on one article so that passes and decisions give the facts that are wanted.

    ``facts`` are those of the passes, ``decisions`` those on the article so far. What falls away with its item (a field, an
    argument of an event, an entity that nothing refers to) is not decided by itself.
    """
    decided = {decision.fact: decision.decision for decision in decisions}
    known = {key for own in facts.values() for key in own}
    found = []
    for key in sorted(known | set(decided) | set(wanted), key=lambda key: (item_of(key), key)):
        field, there = field_of(key), item_of(key) in wanted
        value = wanted.get(key, None if field else False)
        if key in decided:
            now, why = decided[key], "decided"
        elif key in known:
            settled, now = unanimous(key, facts)
            why = "shared" if settled else "open"
        else:
            now, why = None if field else False, "shared"
        if not there and why != "decided" and (field or _falls(key, wanted)):
            continue
        if not there and field and now is False:
            continue  # of a stance that is gone: nothing to take back
        now = now if now is not None or field else False
        if why == "open" or not _same(now, value):
            found.append(Change(key, value, why))
    return found


def _falls(key: str, wanted: Facts) -> bool:
    """Whether an item that is not wanted falls away with what it belongs to."""
    kind, _, rest = key.partition(":")
    return kind == "entity" or (kind == "argument" and f"event:{rest.split(':')[0]}" not in wanted)


def check_outcome(article: str, facts: Mapping[str, Facts], decisions: Sequence[Decision], wanted: Facts) -> None:
    """Raise ``FindingsError`` unless passes and decisions give exactly the facts that are wanted, naming each other one."""
    given = merge(article, facts, decisions)
    wrong = [key for key in sorted(set(given) | set(wanted)) if not _same(given.get(key), wanted.get(key))]
    if wrong:
        raise FindingsError(
            Finding(rule="not-adjudicated", message=f"{shorten(key, 120)} of the record cannot be in the gold", file=f"{article}.json", suggestion="nothing refers to the entity: mark a mention of it, or take it away" if kind_of(key) == "entity" else "decide it by hand: parley adjudicate --decisions")
            for key in wrong
        )  # fmt: skip
