"""Claims: what one source says of an event cluster, and which claims contradict each other.

A claim is what a mention of the event says, with who says it: the speakers of the mention's source (``via``), or the
article itself. Names are not compared but **sides**: the state or body that a speaker or filler acts for
(``AnnotatedArticle.sides``), so that a state, its army and its minister are one. Claims are derived, never annotated.

A speech event that is itself negated leaves its content ``unconfirmed`` ("has not confirmed the talks"). One that is
planned, wanted, possible or generic makes no claim, nor does one that another source negates, nor one that does not
deny. Where the sides that accuse are also the sides that are accused ("accused each other of firing"), each side's
claim is about the others.

Two claims of different sides contradict each other in

- ``type``: both tell the event as actual, under different types;
- ``status``: one tells it as actual or planned, the other as negated or unconfirmed;

and, where both tell it as actual or planned, in

- ``time``: their dates lie in periods (day, week, month, quarter, half, year) that have no day in common;
- ``agent``, ``patient``: the fillers have no side in common;
- ``number``: of one unit and harm, no number of one is compatible with one of the other.

What is wanted, possible or generic contradicts nothing. What a claim leaves out is not denied. Nothing is compared that
is vague: about a number or a date, before or after a date, people, bodies and forces whose side is not known. The
registry says whose side an entity is on; only a state or city without an entry is its own side. The article itself has
no side: it can contradict a side, and not itself or another article. A source that is not named, or whose side is not
known, contradicts nothing: it may be on any side.
"""

import calendar
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from itertools import combinations
from typing import TYPE_CHECKING, NamedTuple

from parley.model import AUTHOR, Event, Mention

if TYPE_CHECKING:
    from parley.reading import AnnotatedArticle

UNCONFIRMED = "unconfirmed"  # the status of a claim that its source does not make
ASPECTS = ("type", "status", "time", "agent", "patient", "number")  # in what claims contradict each other

Period = tuple[date, date]  # first and last day
Unit = tuple[str | None, str | None]  # unit of a QTY, harm of its event

_TOLD = {"actual", "planned"}
_VAGUE = ("PER", "GROUP", "ORG", "MIL")  # types of entities that, without a registry entry, may be on any side
_VAGUE_AGENTS = (*_VAGUE, "VEH", "WEA")
_DATE = re.compile(r"(\d{4})(?:-(?:(\d{2})(?:-(\d{2})(?:T.*)?)?|W(\d{2})|Q([1-4])|H([12])))?")


class Claim(NamedTuple):
    """What a source says of an event cluster in one mention of it.

    Fillers are entities of the article, plural ones replaced by their members.
    """

    article: str
    event: str  # the event mention
    source: str | None  # the speech event; None: the article itself
    speakers: tuple[str, ...]  # entities; AUTHOR for the article itself, empty where no speaker is named
    sides: frozenset[str]  # of the speakers; empty for the article itself, and where one is not known
    type: str
    status: str  # of the mention, or unconfirmed
    harm: str | None
    agents: tuple[str, ...]
    patients: tuple[str, ...]
    participants: tuple[str, ...]
    times: tuple[Mention, ...]
    numbers: tuple[Mention, ...]
    agent_sides: frozenset[str]  # empty where there are none to compare
    patient_sides: frozenset[str]


class Contradiction(NamedTuple):
    """In what two claims contradict each other; the claims by their place in the list given."""

    aspect: str
    one: int
    other: int


def claims(view: "AnnotatedArticle", event: Event) -> list[Claim]:
    """Return the claims of an event mention: one, or none, or one for each side of a mutual accusation."""
    chain = view.sources(event)
    source = chain[0] if chain else None
    if any(outer.status != "actual" for outer in chain[1:]):
        return []
    status = event.status
    if source is not None and source.status != "actual":
        if source.status != "negated" or status == "negated":
            return []
        status = UNCONFIRMED

    def expanded(entities: Iterable[str]) -> tuple[str, ...]:
        found = {member for entity in entities for member in view.members(entity)}
        return tuple(e for e in view.entities if e in found) if found else ()

    def values(role: str) -> tuple[Mention, ...]:
        named = [a.mention for a in event.arguments if a.role == role and a.entity is None]
        return tuple(view.mentions[name] for name in named if name in view.mentions)

    def claim(speakers: tuple[str, ...], agents: tuple[str, ...]) -> Claim:
        patients = expanded(view.fillers(event, "Patient"))
        return Claim(
            article=view.record.id,
            event=event.id,
            source=source.id if source else None,
            speakers=speakers,
            sides=_compared(view, [speaker for speaker in speakers if speaker != AUTHOR], _VAGUE_AGENTS),
            type=event.type,
            status=status,
            harm=event.harm,
            agents=agents,
            patients=patients,
            participants=expanded(view.fillers(event, "Participant")),
            times=values("Time"),
            numbers=values("Quantity"),
            agent_sides=_compared(view, agents, _VAGUE_AGENTS),
            patient_sides=_compared(view, patients, _VAGUE),
        )

    agents = expanded(view.fillers(event, "Agent"))
    if source is None:
        return [claim((AUTHOR,), agents)]
    speakers = expanded(view.fillers(source, "Agent"))
    sides = _sides(view, speakers)
    if source.type != "Accuse" or len(sides) < 2 or sides != _sides(view, agents):
        return [claim(speakers, agents)]
    return [
        claim(
            tuple(e for e in speakers if side in view.sides(e)),
            tuple(e for e in agents if side not in view.sides(e)),
        )
        for side in sorted(sides)
    ]


def cluster_claims(view: "AnnotatedArticle", head: str) -> list[Claim]:
    """Return the claims of all mentions of an event cluster in an article, in the order of the record."""
    return [claim for event in view.event_clusters.get(head, ()) for claim in claims(view, event)]


def contradictions(found: Sequence[Claim]) -> Iterator[Contradiction]:
    """Yield every contradiction between two of the claims of an event cluster."""
    for (i, one), (j, other) in combinations(enumerate(found), 2):
        for aspect in contradict(one, other):
            yield Contradiction(aspect, i, j)


def contradict(one: Claim, other: Claim) -> list[str]:
    """Return in what two claims of an event cluster contradict each other, in the order of ``ASPECTS``."""
    unknown = any(not claim.sides and claim.speakers != (AUTHOR,) for claim in (one, other))
    if unknown or one.sides & other.sides or not (one.sides or other.sides):
        return []
    statuses = {one.status, other.status}
    if not statuses <= _TOLD:
        return ["status"] if statuses & _TOLD and statuses & {"negated", UNCONFIRMED} else []
    differ = {
        "type": statuses == {"actual"} and one.type != other.type,
        "time": _apart(one, other),
        "agent": _disjoint(one.agent_sides, other.agent_sides),
        "patient": _disjoint(one.patient_sides, other.patient_sides),
        "number": _incompatible(one, other),
    }
    return [aspect for aspect, found in differ.items() if found]


def _sides(view: "AnnotatedArticle", entities: Iterable[str]) -> frozenset[str]:
    return frozenset(side for entity in entities for side in view.sides(entity))


def _compared(view: "AnnotatedArticle", entities: Sequence[str], vague: Sequence[str]) -> frozenset[str]:
    """Return the sides of speakers or fillers; none if one of them is of a vague type and its side is not known."""
    for entity in entities:
        entry = view.entry(entity)
        if view.entities[entity].type in vague and not (entry and (entry.side or entry.type != "GROUP")):
            return frozenset()
    return _sides(view, entities)


def _disjoint(one: frozenset[str], other: frozenset[str]) -> bool:
    return bool(one and other) and not one & other


def period(value: str) -> Period | None:
    """Return the first and the last day of the value of a TIME; None if it is no date.

    >>> period("2031-W10")
    (datetime.date(2031, 3, 3), datetime.date(2031, 3, 9))
    """
    found = _DATE.fullmatch(value)
    if not found:
        return None
    year, month, day, week, quarter, half = (int(part) if part else 0 for part in found.groups())
    try:
        if day:
            return date(year, month, day), date(year, month, day)
        if week:
            monday = date.fromisocalendar(year, week, 1)
            return monday, monday + timedelta(days=6)
        length = 1 if month else 3 if quarter else 6 if half else 12
        first = month or 3 * quarter - 2 * bool(quarter) or 6 * half - 5 * bool(half) or 1
        last = first + length - 1
        return date(year, first, 1), date(year, last, calendar.monthrange(year, last)[1])
    except ValueError:
        return None


def _periods(claim: Claim) -> list[Period]:
    """Return the periods of the dates of a claim; none if one of them is only near, before or after its value."""
    dates = [(time, found) for time in claim.times if (found := period(time.value or ""))]
    return [found for _, found in dates] if all(t.mod in (None, "START", "MID", "END") for t, _ in dates) else []


def _apart(one: Claim, other: Claim) -> bool:
    pairs = [(a, b) for a in _periods(one) for b in _periods(other)]
    return bool(pairs) and all(a[1] < b[0] or b[1] < a[0] for a, b in pairs)


def _bounds(claim: Claim) -> dict[Unit, list[tuple[float, float]]]:
    """Return the least and the greatest number that each QTY of a claim allows, by unit and harm."""
    found: dict[Unit, list[tuple[float, float]]] = {}
    for quantity in claim.numbers:
        if (number := quantity.number) is None or quantity.qualifier not in (None, "at_least", "at_most"):
            continue
        least = float("-inf") if quantity.qualifier == "at_most" else number
        greatest = float("inf") if quantity.qualifier == "at_least" else number
        found.setdefault((quantity.unit, claim.harm), []).append((least, greatest))
    return found


def _incompatible(one: Claim, other: Claim) -> bool:
    mine, others = _bounds(one), _bounds(other)
    return any(
        all(a[1] < b[0] or b[1] < a[0] for a in mine[unit] for b in others[unit])
        for unit in mine.keys() & others.keys()
    )
