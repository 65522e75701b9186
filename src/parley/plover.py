"""PLOVER codes of events: derived from type, status and arguments, never annotated.

PLOVER 2.0 (Halterman, Bagozzi, Beger, Schrodt and Scraborough 2023) codes what is reported as having happened, as an
event type with an optional mode. The types, and the modes that each can take, stand in the ontology; which mode it
is follows from the arguments by the rules in ``_MODES``. Where no rule decides, the mode is None and not a guess.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from parley.model import Event
from parley.ontology import load_ontology
from parley.reading import AnnotatedArticle


class PloverCode(NamedTuple):
    """A PLOVER event type and its mode; None where PLOVER has no mode or none follows from the arguments."""

    type: str
    mode: str | None


def _contents(event: Event, article: AnnotatedArticle) -> Iterator[Event]:
    """Yield the events that fill the Content of ``event``."""
    for argument in event.arguments:
        if argument.role == "Content" and argument.event in article.events:
            yield article.events[argument.event]


def _group(event: Event) -> str | None:
    kind = load_ontology().event(event.type)
    return kind.group if kind else None


def _filled_by(event: Event, article: AnnotatedArticle, role: str, *types: str) -> bool:
    """Whether an entity of one of ``types`` fills ``role``; a plural entity counts with its own type."""
    fillers = (article.entities.get(entity) for entity in article.fillers(event, role))
    return any(entity is not None and entity.type in types for entity in fillers)


def _weapon(event: Event, article: AnnotatedArticle) -> str | None:
    return "heavy-weapons" if _filled_by(event, article, "Instrument", "WEA") else None


def _forces(event: Event, article: AnnotatedArticle) -> str | None:
    if _filled_by(event, article, "Patient", "MIL", "GROUP"):
        return "troops"
    weapons = _filled_by(event, article, "Patient", "WEA") or _filled_by(event, article, "Instrument", "WEA")
    return "weapons" if weapons else None


def _mediated(event: Event, article: AnnotatedArticle) -> str | None:
    """Talks are with a third party where the article tells of a mediation whose Content they are."""
    head = article.head(event.id)
    mediations = (e for e in article.events.values() if e.type == "Mediate")
    return "third-party" if any(article.head(c.id) == head for m in mediations for c in _contents(m, article)) else None


def _halted(event: Event, article: AnnotatedArticle) -> str | None:
    return "ceasefire" if any(_group(content) == "violence" for content in _contents(event, article)) else None


def _ended(event: Event, article: AnnotatedArticle) -> str | None:
    ended = ("diplomacy", "pressure")
    return "discontinue" if any(_group(content) in ended for content in _contents(event, article)) else None


def _receiver(event: Event, article: AnnotatedArticle) -> str | None:
    return "military" if _filled_by(event, article, "Patient", "MIL") else None


def _charge(event: Event, article: AnnotatedArticle) -> str | None:
    """An accusation that says of what is an allegation, one that does not is disapproval."""
    return "allege" if any(a.role == "Content" for a in event.arguments) else "disapprove"


_ASKED = {"Meet": "meet", "Halt": "yield", "Implement": "yield", "Aid": "assist"}


def _asked(event: Event, article: AnnotatedArticle) -> str | None:
    """What is demanded or refused: the first Content that names it, else a change; None where nothing is named."""
    named = [_ASKED[content.type] for content in _contents(event, article) if content.type in _ASKED]
    told = any(a.role in ("Content", "Agreement") for a in event.arguments)
    return named[0] if named else "change" if told else None


def _threatened(event: Event, article: AnnotatedArticle) -> str | None:
    """What is threatened: force, else an end of talks, else another restriction."""
    contents = list(_contents(event, article))
    if any(_group(content) == "violence" for content in contents):
        return "violence"
    restrictions = [content for content in contents if content.type == "Restrict"]
    restricted = [inner for restriction in restrictions for inner in _contents(restriction, article)]
    if any(content.type == "Meet" for content in contents + restricted):
        return "relations"
    return "restrict" if restrictions else None


# event type -> rule; a type whose only mode is certain needs none
_MODES: dict[str, Callable[[Event, AnnotatedArticle], str | None]] = {
    "Clash": _weapon,
    "Strike": _weapon,
    "Mobilize": _forces,
    "Meet": _mediated,
    "Halt": _halted,
    "Restrict": _ended,
    "Aid": _receiver,
    "Accuse": _charge,
    "Reject": _asked,
    "Demand": _asked,
    "Threaten": _threatened,
}

# Types that are an act, and so coded, only where somebody did it; a Collapse that somebody causes ends an agreement.
_ONLY_WITH_AGENT = {"Damage": None, "Collapse": "SANCTION"}


def plover_code(event: Event, article: AnnotatedArticle) -> PloverCode | None:
    """Return the PLOVER code of ``event``, or None if PLOVER does not code it.

    Coded are events of status ``actual`` whose type has a PLOVER type in the ontology: planned, wanted, possible,
    negated and generic ones did not happen. ``Damage`` and ``Collapse`` need an Agent.
    """
    kind = load_ontology().event(event.type)
    if kind is None or event.status != "actual":
        return None
    coded = kind.plover.type
    if event.type in _ONLY_WITH_AGENT:
        if not article.fillers(event, "Agent"):
            return None
        coded = coded or _ONLY_WITH_AGENT[event.type]
    if coded is None:
        return None
    if event.type in _MODES:
        return PloverCode(coded, _MODES[event.type](event, article))
    return PloverCode(coded, kind.plover.modes[0] if len(kind.plover.modes) == 1 else None)
