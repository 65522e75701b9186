"""What passes disagree on, what was decided, and the gold that both make together.

Gold is a function of the passes and the log of decisions (adjudication.jsonl: a line a decision, only ever added to)
and of nothing else, so applying the log again gives the same record to the byte.
"""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import msgspec

from parley.adjudication.align import align
from parley.adjudication.facts import NEEDED, Fact, Facts, from_facts, parse_place, to_facts
from parley.corpus import Article
from parley.files import parse_json, read_lines
from parley.findings import Finding, FindingsError, finding, shorten
from parley.model import Document
from parley.reading import AnnotatedArticle

T = TypeVar("T")

Passes = Mapping[str, AnnotatedArticle]  # the passes over one article by annotator
ByAnnotator = Mapping[str, Facts]


class Disagreement(msgspec.Struct, frozen=True, kw_only=True):
    """One fact that the passes of an article do not share.

    ``readings`` has each annotator's value; None where the annotator has the item without this field, False where the
    annotator does not have the item. ``kind`` is the field, or ``missing``. Raises ``ValueError`` if ``fact`` is not
    the written form of a fact.
    """

    article: str
    fact: str
    kind: str
    readings: dict[str, Any]

    def __post_init__(self) -> None:
        Fact.parse(self.fact)

    @property
    def about(self) -> Fact:
        """The fact itself."""
        return Fact.parse(self.fact)

    @property
    def id(self) -> str:
        """The id under which its decision is recorded: article and fact."""
        return f"{self.article}/{self.fact}"


class Decision(Disagreement, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What was decided on one fact, and why: a line of adjudication.jsonl.

    ``decision`` is the value in the gold: True or False for whether an item is there, a label for a field, None for a
    field that is left out. ``kind`` is that of the disagreement; where all passes agreed it is ``cold-reading`` (the
    last reading found them wrong) or ``registry`` (names and registry entries, which the
    passes were not given). ``challenge``: an objection, named in ``note``, was held against the gold, and ``decision``
    says how it ended.
    """

    decision: Any
    rule: str
    note: str = ""

    def __post_init__(self) -> None:
        if not self.about.takes(self.decision):
            raise ValueError(f"{shorten(self.decision)} is no value of {shorten(self.fact)}")


# the log --------------------------------------------------------------------------------------------------------------


def read_log(path: Path) -> list[Decision]:
    """Return all decisions, the oldest first; none if there is no log yet.

    A last line that a crash cut short is left out: the decision before it was whole. Raises ``FindingsError`` for any
    other line that is not a decision.
    """
    if not path.is_file():
        return []
    lines = list(read_lines(path))
    return records(lines if path.read_bytes().endswith(b"\n") else lines[:-1], path.name, Decision, "wrong-type/log")


def records(lines: Iterable[tuple[int, bytes]], file: str, kind: type[T], rule: str) -> list[T]:
    """Return numbered lines of JSON as records of a kind.

    Raises ``FindingsError`` with a finding on ``rule`` for every line that is none.
    """
    found: list[T] = []
    findings: list[Finding] = []
    for number, data in lines:
        value, wrong = parse_json(data, file, number)
        if not wrong:
            try:
                found.append(msgspec.convert(value, kind))
            except msgspec.ValidationError as error:
                wrong = [finding(rule, file=file, line=number, why=str(error))]
        findings += wrong
    if findings:
        raise FindingsError(findings)
    return found


def append(path: Path, decisions: Iterable[Decision]) -> None:
    """Add decisions to the log; each is on the disk before the next is written."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+b") as stream:
        size = stream.seek(0, os.SEEK_END)
        if size:
            stream.seek(size - 1)
            if stream.read(1) != b"\n":  # a line that a crash cut short
                stream.seek(0)
                stream.truncate(stream.read().rfind(b"\n") + 1)
        for decision in decisions:
            stream.write(msgspec.json.encode(decision) + b"\n")
            stream.flush()
            os.fsync(stream.fileno())


# what the passes say --------------------------------------------------------------------------------------------------


def shared_facts(passes: Passes) -> dict[str, Facts]:
    """Return each annotator's facts of one article under shared entity keys; annotators in the order of their names."""
    annotators = sorted(passes)
    keys = align([passes[annotator] for annotator in annotators])
    return {name: to_facts(passes[name], own) for name, own in zip(annotators, keys, strict=True)}


def _all_facts(facts: ByAnnotator) -> list[Fact]:
    return sorted({fact for own in facts.values() for fact in own}, key=str)


def disagreements(article: str, facts: ByAnnotator) -> Iterator[Disagreement]:
    """Yield every fact that is not the same in all passes, in the order of the text; stances follow.

    Fields are compared among the passes that have the item; an item that some lack is one disagreement of its own. A
    name is for people and not compared; whether an entity is there follows from its mentions.
    """

    def in_order(fact: Fact) -> tuple[float, int]:
        return (float("inf"), 0) if fact.kind in ("entity", "stance") else parse_place(fact.where[0])

    for fact in sorted(_all_facts(facts), key=in_order):
        if fact.field == "name" or (fact.kind == "entity" and not fact.field):
            continue
        having = [own for own in facts.values() if fact.item in own]
        missing = len(having) < len(facts) and not fact.field
        if missing or any(own.get(fact) != having[0].get(fact) for own in having):
            readings = {name: own.get(fact) if fact.item in own else False for name, own in facts.items()}
            yield Disagreement(article=article, fact=str(fact), kind=fact.field or "missing", readings=readings)


def unanimous(fact: Fact, facts: ByAnnotator) -> tuple[bool, Any]:
    """Return whether the passes settle a fact among themselves, and how. Of names the first is taken."""
    having = [own for own in facts.values() if fact.item in own]
    values = [own.get(fact) for own in having]
    if fact.field == "name":
        return True, next(value for value in values if value is not None)
    if not fact.field and fact.kind != "entity":
        return len(having) == len(facts), True
    return all(value == values[0] for value in values), values[0]


# gold -----------------------------------------------------------------------------------------------------------------


def possible_items(facts: ByAnnotator, decided: Mapping[Fact, Any]) -> set[Fact]:
    """Return the items of an article that no decision rules out: entities need a mention or a plural entity left."""
    claimed = {fact.item for own in facts.values() for fact in own} | {
        f for f, v in decided.items() if not f.field and v
    }
    items = {item for item in claimed if decided.get(item) is not False}
    read = [(fact, value) for own in facts.values() for fact, value in own.items() if fact not in decided]
    values = [(fact, value) for fact, value in [*decided.items(), *read] if fact.item in items and value]
    used = {value for fact, value in values if fact.field == "entity"}
    used.update(*(value for fact, value in values if fact.field == "members"))
    return {item for item in items if item.kind != "entity" or item.where[0] in used}


def _is_claimed(fact: Fact, value: Any) -> bool:
    return (value is not None and value is not False) or fact.field == "explicit"


def prune(facts: Facts, holds: Callable[[Fact, Facts], bool] = lambda fact, facts: True) -> Facts:
    """Return ``facts`` without fields that lack their item, entities that nothing refers to, arguments that lack their
    event or filler, and those for which ``holds`` is false, until nothing more is to be dropped.
    """
    while True:
        used = {value for fact, value in facts.items() if fact.field == "entity"}
        for fact, value in facts.items():
            if fact.field == "members" and fact.item in facts:
                used.update(value)
        kept = {
            fact: value
            for fact, value in facts.items()
            if fact.item in facts
            and (fact.kind != "entity" or fact.where[0] in used)
            and (fact.kind != "argument" or all(other in facts for other in fact.refers_to))
            and holds(fact, facts)
        }
        if len(kept) == len(facts):
            return kept
        facts = kept


def merge(article: str, facts: ByAnnotator, decisions: Iterable[Decision]) -> Facts:
    """Return the facts of the gold: what all passes share, and what was decided.

    A later decision on a fact replaces an earlier one. Raises ``FindingsError`` naming every disagreement that has no
    decision and matters (one on the field of an item that is not in the gold does not, nor one on an argument whose
    event or filler is not), and every decision on something that is not there.
    """
    decided = {d.about: d.decision for d in decisions if d.article == article}
    gold: Facts = {}
    undecided: list[Fact] = []
    for fact in dict.fromkeys([*_all_facts(facts), *decided]):
        settled, value = (True, decided[fact]) if fact in decided else unanimous(fact, facts)
        if not settled:
            undecided.append(fact)
        elif _is_claimed(fact, value):
            gold[fact] = value
    idle = [fact for fact, value in decided.items() if value not in (None, False) and fact.item not in gold]
    gold = prune(gold)

    def matters(fact: Fact) -> bool:
        if fact.field:
            return fact.item in gold
        return fact.kind != "argument" or all(other in gold for other in fact.refers_to)

    for rule, wrong in ("dangling-id/decision", idle), ("undecided", [*filter(matters, undecided)]):
        if wrong:
            raise FindingsError(finding(rule, file="adjudication.jsonl", fact=f"{article}/{fact}") for fact in wrong)
    return gold


def agreed(passes: Passes, article: Article, text: str, *, annotator: str, canary: str) -> Document:
    """Return what all passes over an article share as a record, ids numbered in the order of the text.

    An item is there only with the fields it needs and with everything it refers to: a mention whose entity is disputed
    is left out, and so is an event whose source is disputed.
    """
    facts = shared_facts(passes)
    found = {fact: unanimous(fact, facts) for fact in _all_facts(facts)}
    shared = {fact: value for fact, (settled, value) in found.items() if settled and _is_claimed(fact, value)}
    return from_facts(prune(shared, _complete), article, text, annotator=annotator, canary=canary)


_LINKS = {"event": ("via", "first"), "stance": ("via",)}  # fields that name an event, or "none"


def _complete(fact: Fact, facts: Facts) -> bool:
    """Whether an item, or the field of one, has what it needs among ``facts``."""
    if fact.field == "members":
        return all(Fact("entity", (member,)) in facts for member in facts[fact])
    if fact.field:
        return True
    if any(fact.of(field) not in facts for field in NEEDED.get(fact.kind, ())):
        return False
    places = [facts.get(fact.of(field)) for field in _LINKS.get(fact.kind, ())]
    if any(place is None or (place != "none" and Fact("event", (place,)) not in facts) for place in places):
        return False
    if fact.kind == "mention" and fact.of("type") not in facts:
        return fact.of("form") in facts and Fact("entity", (facts.get(fact.of("entity"), ""),)) in facts
    return all(other in facts for other in fact.refers_to)


# following the record of an adjudicator -------------------------------------------------------------------------------


class Change(NamedTuple):
    """A fact to decide on, and its value in the record: False for an item, None for a field that it does not have.

    ``why`` is ``open`` (the passes differ and nothing was decided), ``shared`` (all passes agree otherwise, or none has
    it) or ``decided`` (an earlier decision says otherwise).
    """

    fact: Fact
    value: Any
    why: str


def facts_like(record: AnnotatedArticle, passes: Passes) -> Facts:
    """Return the facts of an adjudicator's record under the entity keys that the passes share.

    Evidence is in the order of the text, as gold has it.
    """
    facts = to_facts(record, align([*(passes[name] for name in sorted(passes)), record])[-1])
    return {fact: sorted(v, key=parse_place) if fact.field == "evidence" else v for fact, v in facts.items()}


def same(one: Any, other: Any) -> bool:
    """Whether two values of a fact are the same: True and 1 are not, lists of places whatever their order."""
    if isinstance(one, list) and isinstance(other, list):
        return sorted(one) == sorted(other)
    return type(one) is type(other) and bool(one == other)


def changes(facts: ByAnnotator, decisions: Sequence[Decision], wanted: Facts) -> Iterator[Change]:
    """Yield what must be decided on one article so that passes and decisions give the facts that are wanted.

    ``facts`` are those of the passes, ``decisions`` those on the article so far. What is dropped with its item (a
    field, an argument of an event or with a filler, an entity that nothing refers to) needs no decision.
    """
    decided = {decision.about: decision.decision for decision in decisions}
    known = {fact for own in facts.values() for fact in own}
    for fact in sorted({*known, *decided, *wanted}, key=lambda fact: (str(fact.item), str(fact))):
        absent = None if fact.field else False
        value, settled, now, why = wanted.get(fact, absent), True, absent, "shared"
        if fact in decided:
            now, why = decided[fact], "decided"
        elif fact in known:
            settled, now = unanimous(fact, facts)
        if fact.item not in wanted:
            lacking = fact.kind == "argument" and any(other not in wanted for other in fact.refers_to)
            if fact not in decided and (fact.field or fact.kind == "entity" or lacking):
                continue  # it is dropped with what it belongs to
            if fact.field and now is False:
                continue  # ``explicit`` of a stance that is dropped
        if not settled:
            yield Change(fact, value, "open")
        elif not same(absent if now is None else now, value):
            yield Change(fact, value, why)
