"""What passes disagree on, and the gold that passes and decisions make together.

Gold is a function of the passes and the log of decisions: nothing else goes in, so that applying the log again gives
the same record to the byte.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec

from parley.adjudication.align import align
from parley.adjudication.facts import Facts, field_of, item_of, kind_of, parse_place, to_facts
from parley.findings import Finding, FindingsError
from parley.model import Document

# A name is for people; whether an entity is there follows from its mentions.
_NOT_COMPARED = ("name",)


class Disagreement(msgspec.Struct, frozen=True, kw_only=True):
    """One fact that the passes of an article do not share.

    ``readings`` has each annotator's value; None where the annotator has the item without this field, False where the
    annotator does not have the item.
    """

    article: str
    fact: str
    kind: str
    readings: dict[str, Any]

    @property
    def id(self) -> str:
        """The id under which its decision is recorded: article and fact."""
        return f"{self.article}/{self.fact}"


class Decision(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What was decided on one fact, and why: a line of adjudication.jsonl.

    ``decision`` is the value in the gold: True or False for whether an item is there, a label for a field, None for a
    field that is left out. ``kind`` is that of the disagreement; where all passes agreed it is ``cold-reading`` (the last
    reading found them wrong), ``challenge`` (the best case against a shared reading was argued; ``decision`` says how
    it ended) or ``registry`` (names and registry entries, which the passes were not given).
    """

    article: str
    fact: str
    kind: str
    readings: dict[str, Any]
    decision: Any
    rule: str
    note: str = ""

    @property
    def id(self) -> str:
        """Article and fact."""
        return f"{self.article}/{self.fact}"


def shared_facts(passes: Mapping[str, Document]) -> dict[str, Facts]:
    """Return each annotator's facts of one article under shared entity keys; annotators in the order of their names."""
    annotators = sorted(passes)
    documents = [passes[annotator] for annotator in annotators]
    return {a: to_facts(d, names) for a, d, names in zip(annotators, documents, align(documents), strict=True)}


def _places(key: str) -> tuple[int, int, str]:
    """Return where in the text a fact belongs, to sort by: its first span; entities and stances go by their key."""
    kind, _, rest = item_of(key).partition(":")
    if kind in ("mention", "event", "argument"):
        return (*parse_place(rest.split(":")[0]), key)
    return (10**9, 0, key)


def disagreements(article: str, facts: Mapping[str, Facts]) -> Iterator[Disagreement]:
    """Yield every fact that is not the same in all passes, in the order of the text.

    Fields are compared among the passes that have the item; an item that some lack is one disagreement of its own.
    """
    keys = sorted({key for own in facts.values() for key in own}, key=_places)
    for key in keys:
        field, item = field_of(key), item_of(key)
        if field in _NOT_COMPARED or (not field and kind_of(key) == "entity"):
            continue
        having = [annotator for annotator, own in facts.items() if item in own]
        values = [facts[annotator].get(key) for annotator in having]
        missing = len(having) < len(facts) and not field
        if missing or any(value != values[0] for value in values):
            readings = {annotator: own.get(key) if item in own else False for annotator, own in facts.items()}
            yield Disagreement(article=article, fact=key, kind=field or "missing", readings=readings)


def unanimous(key: str, facts: Mapping[str, Facts]) -> tuple[bool, Any]:
    """Return whether the passes settle a fact among themselves, and how."""
    item, field = item_of(key), field_of(key)
    having = [own for own in facts.values() if item in own]
    values = [own.get(key) for own in having]
    if field in _NOT_COMPARED:
        return True, next(value for value in values if value is not None)
    if not field and kind_of(key) != "entity":
        return len(having) == len(facts), True
    return all(value == values[0] for value in values), values[0]


def prune(gold: Facts) -> Facts:
    """Drop fields without their item, entities that nothing refers to, and what refers to something dropped."""
    while True:
        items = {key for key in gold if not field_of(key)}
        used = {value for key, value in gold.items() if key.startswith("mention:") and key.endswith(".entity")}
        entities = {key.partition(":")[2] for key in items if kind_of(key) == "entity"}
        members = {
            m
            for key, value in gold.items()
            if key.endswith(".members") and key.split(".")[0][7:] in entities
            for m in value or ()
        }
        keep = {}
        for key, value in gold.items():
            item = item_of(key)
            kind, _, rest = item.partition(":")
            if item not in items:
                continue
            if kind == "entity" and rest not in used | members:
                continue
            if kind == "argument":
                trigger, _, filler = rest.split(":", 2)
                filler_kind, _, name = filler.partition("=")
                target = {"entity": "entity:", "event": "event:", "value": "mention:"}.get(filler_kind)
                if f"event:{trigger}" not in items or (target and target + name not in items):
                    continue
            keep[key] = value
        if len(keep) == len(gold):
            return keep
        gold = keep


def merge(article: str, facts: Mapping[str, Facts], decisions: Iterable[Decision]) -> Facts:
    """Return the facts of the gold: what all passes share, and what was decided.

    A later decision on a fact replaces an earlier one. Raises ``FindingsError`` naming every disagreement that has no
    decision and matters (one on the field of an item that is not in the gold does not), and every decision on something
    that is not there.
    """
    decided = {d.fact: d.decision for d in decisions if d.article == article}
    keys = list(dict.fromkeys([*sorted({key for own in facts.values() for key in own}), *decided]))
    gold: Facts = {}
    open_facts: list[str] = []
    for key in keys:
        if key in decided:
            value = decided[key]
        else:
            settled, value = unanimous(key, facts)
            if not settled:
                open_facts.append(key)
                continue
        if (value is not None and value is not False) or field_of(key) == "explicit":
            gold[key] = value
    idle = [key for key, value in decided.items() if value not in (None, False) and item_of(key) not in gold]
    gold = prune(gold)
    if idle:
        raise FindingsError(
            Finding(rule="dangling-id", message=f"a decision on {article}/{key} is about nothing in the gold", file="adjudication.jsonl", suggestion="decide on the item too, or take the decision back by one of null")
            for key in idle
        )  # fmt: skip
    relevant = [key for key in open_facts if item_of(key) in gold or (not field_of(key) and _could_stand(key, gold))]
    if relevant:
        raise FindingsError(
            Finding(rule="undecided", message=f"no decision on {article}/{key}", file="adjudication.jsonl", suggestion="decide it: parley adjudicate")
            for key in relevant
        )  # fmt: skip
    return gold


def _could_stand(key: str, gold: Facts) -> bool:
    """Whether a missing item would stand if it were decided to be there: an argument needs its event."""
    return kind_of(key) != "argument" or f"event:{key.split(':')[1]}" in gold
