"""Triggers: the words for events, with type, harm and status."""

from dataclasses import dataclass, field
from functools import cache
from typing import Union

from parley.ontology import load_ontology

from .lexicon import Entry, load, trigger_nouns, trigger_verbs, verb_forms
from .syntax import Syntax
from .text import Thing
from .values import Value


@dataclass(eq=False)
class Claim:
    """A proposition: first and last word."""

    first: int
    last: int


Filler = Union[Thing, "Act", Claim, Value]


@dataclass(eq=False)
class Act:
    """An event mention."""

    first: int
    last: int
    type: str
    lemma: str
    verb: bool
    harm: str | None = None
    passive: bool = False
    status: str = "actual"
    via: "Act | None" = None
    same: "Act | None" = None  # first mention of its cluster
    governor: "Act | None" = None  # the speech event that has it as Content
    region: tuple[int, int] = (0, 0)  # of a speech event: first word and one after the last of what is said
    arguments: list[tuple[str, Filler]] = field(default_factory=list)

    @property
    def speech(self) -> bool:
        """Whether it is an act of speech."""
        return self.type in load_ontology().speech_types

    def things(self, role: str) -> list[Thing]:
        """Return the entities in a role."""
        return [filler for found, filler in self.arguments if found == role and isinstance(filler, Thing)]

    def sides(self, role: str) -> set[object]:
        """Return what fills a role, for comparison: plural entities with their members, values by what they are."""
        found = {m for thing in self.things(role) for m in (thing, *thing.members)}
        return found | {(f.value, f.number) for r, f in self.arguments if r == role and isinstance(f, Value)}

    def add(self, role: str, filler: Filler) -> None:
        """Fill a role, once with each filler."""
        if (role, filler) not in self.arguments:
            self.arguments.append((role, filler))


@cache
def fits(kind: str, role: str, entity_type: str) -> bool:
    """Whether an entity of this type may fill the role of an event of this type."""
    event, argument = load_ontology().event(kind), load_ontology().argument_role(role)
    return bool(event and argument and role in event.roles and entity_type in argument.fillers)


def triggers(syntax: Syntax) -> list[Act]:
    """Return the events of an article, in order, without arguments."""
    found: list[Act] = []
    for at in range(len(syntax.article.words)):
        act = None if at in syntax.value_at or at in syntax.trigger_at else _at(syntax, at)
        if act is not None:
            found.append(act)
            syntax.trigger_at |= dict.fromkeys(range(act.first, act.last + 1), act)
    return found


def _at(syntax: Syntax, at: int) -> Act | None:
    """Return the event whose trigger begins at a word."""
    low, inside, speaker = syntax.word(at), syntax.at.get(at), syntax.at.get(at - 1)
    form = verb_forms().get(low)
    if low == "according" and syntax.word(at + 1) == "to":
        return Act(at, at + 1, "State", "according to", True)
    if low == ":" and speaker is not None and syntax.phrase(speaker) == syntax.sentence(at)[0]:
        return Act(at, at, "State", ":", True) if fits("State", "Agent", speaker.type) else None
    if inside is not None and not (form and "participle" in form.tags and inside.type == "GROUP" and at < inside.last):
        return None  # only "displaced families" has a trigger within
    if form is not None and (inside is not None or syntax.is_verb(at)):
        for particles, entry in trigger_verbs().get(form.lemma, ()):
            following = [syntax.word(at + i) for i in range(1, len(particles) + 1)]
            passive = syntax.passive(at)
            if following == particles and _allowed(syntax, at, entry, passive):
                last = at + len(particles)
                lemma = "_".join((form.lemma, *particles))
                return Act(
                    last if form.lemma in ("trade", "open") else at, last, entry.type, lemma, True, entry.harm, passive
                )
    noun, needed = trigger_nouns().get(low), load("events")["after"].get(low, "").split()
    if noun is not None and (not needed or syntax.word(at + 1) in needed):
        return Act(at, at, noun.type, low, False, noun.harm)
    return None


def _allowed(syntax: Syntax, at: int, entry: Entry, passive: bool) -> bool:
    """Whether the verb has the subject or object that the entry needs."""
    first, end = syntax.clause(at)
    near = {syntax.word(i) for i in range(max(first, at - 6), min(end, at + 8))}
    if not (entry.subject or entry.object) or entry.near & near:
        return True
    subject = syntax.subject(at)
    target = subject if passive else syntax.object(at)
    does = subject is not None and not passive and subject.type in entry.subject
    return does or (target is not None and target.type in entry.object)


def set_status(syntax: Syntax, acts: list[Act]) -> None:
    """Give every event its status: by the nearest word before it that decides, else by what governs it."""
    for act in acts:
        act.status = _status(syntax, act)


def _status(syntax: Syntax, act: Act) -> str:
    lists: dict[str, str] = {
        word: status for status, listed in load("events")["status"].items() for word in listed.split()
    }
    infinitive, governor = act.verb and syntax.word(act.first - 1) == "to", act.governor
    start = syntax.sentence(act.first)[0] if infinitive else syntax.clause(act.first)[0]
    reach = 14 if infinitive else 8 if act.verb else 4
    headline = act.first - 2 in syntax.at and act.first - start < 5
    if infinitive and (headline or syntax.word(act.first - 2) in ("is", "are", "was", "were")):
        return "planned"  # "is to meet", and in a headline "Norland to sign"
    governed = governor.last + 1 if governor is not None and governor.first < act.first else 0
    for at in range(act.first - 1, max(start, act.first - reach, governed) - 1, -1):
        if syntax.word(at) in lists:
            return lists[syntax.word(at)]
        if act.verb and (syntax.word(at) in ("and", "but") or syntax.is_verb(at)):
            break
    if syntax.word(syntax.clause(act.first)[0] - 1) in ("if", "unless", "whether"):
        return "possible"
    default = "wanted" if infinitive else "actual"
    if governor is None or (not act.verb and (act.speech or governor.type == "Reject") and governor.lemma != "deny"):
        return default
    return str(load("events")["speech_status"].get(governor.type, default))
