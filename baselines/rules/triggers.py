"""Triggers: the words for events, with type, harm and status."""

from dataclasses import dataclass, field
from typing import Union

from parley.ontology import load_ontology

from .lexicon import Entry, load, trigger_nouns, trigger_verbs, verb_forms, words
from .mention import Found, Thing
from .syntax import Syntax
from .values import Value


@dataclass(eq=False)
class Claim:
    """A proposition: first and last word."""

    first: int
    last: int


Filler = Union[Thing, "Act", Claim, Value]


@dataclass(eq=False)
class Act:
    """An event mention in the making."""

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

    def fillers(self, role: str) -> list[Filler]:
        """Return what fills a role."""
        return [filler for found, filler in self.arguments if found == role]

    def add(self, role: str, filler: Filler) -> None:
        """Fill a role, once with each filler."""
        if (role, filler) not in self.arguments:
            self.arguments.append((role, filler))


def triggers(syntax: Syntax) -> list[Act]:
    """Return the events of an article, in order, without arguments."""
    found: list[Act] = []
    end = -1
    for at, word in enumerate(syntax.article.words):
        if at <= end or at in syntax.value_at:
            continue
        act = _colon(syntax, at) if word.text == ":" else _at(syntax, at)
        if act is not None and (not found or act.first > found[-1].last):
            found.append(act)
            end = act.last
    return found


def _colon(syntax: Syntax, at: int) -> Act | None:
    """Return the speech event of a colon after a speaker that opens a sentence."""
    first, end = syntax.sentence(at)
    speaker = syntax.at.get(at - 1)
    if (
        speaker is None
        or syntax.phrase(speaker) != first
        or at + 1 >= end
        or syntax.mention_type(speaker) not in ("PER", "GPE", "ORG", "MIL")
    ):
        return None
    return Act(at, at, "State", ":", True)


def _at(syntax: Syntax, at: int) -> Act | None:
    """Return the event whose trigger begins at a word."""
    article, low = syntax.article, syntax.word(at)
    inside = syntax.at.get(at)
    form = verb_forms().get(low)
    if low == "according" and syntax.word(at + 1) == "to":
        return Act(at, at + 1, "State", "according to", True)
    if inside is not None:
        participle = (
            form is not None
            and "participle" in form.tags
            and inside.form == "NOM"
            and at < inside.head
            and inside.type == "GROUP"
        )
        if not participle:
            return None
    if form is not None and form.lemma in trigger_verbs() and (syntax.is_verb(at) or inside is not None):
        for particles, entry in trigger_verbs()[form.lemma]:
            apart = (
                len(particles) == 1
                and particles[0] in ("back", "out", "off", "over")
                and particles[0] in [syntax.word(at + i) for i in range(2, 6)]
            )
            if not apart and any(syntax.word(at + i) != particle for i, particle in enumerate(particles, 1)):
                continue
            passive = syntax.passive(at)
            if not _allowed(syntax, at, entry, passive):
                continue
            last = at if apart else at + len(particles)
            lemma = "_".join((form.lemma, *particles))
            first = last if particles and particles[-1] in ("blame", "accusations") else at
            kind = _speech_type(syntax, at, entry.type, form.lemma)
            return Act(first, last, kind, lemma, True, harm=entry.harm, passive=passive)
    for entry in trigger_nouns().get(low, ()):
        before = article.lower(at - 1)
        after = load("events")["after"].get(low)
        if after is not None and syntax.word(at + 1) not in after.split():
            continue
        if (entry.before and before not in entry.before) or not (entry.verbs or entry.nouns or entry.others):
            continue
        if low in ("talk", "discuss", "to") or (
            low == "missing" and before not in ("is", "are", "were", "was", "still")
        ):
            continue
        if low == "death" and syntax.word(at + 1) == "toll":
            continue
        return Act(at, at, entry.type, low, False, harm=entry.harm)
    return _general(syntax, at, low)


def _general(syntax: Syntax, at: int, low: str) -> Act | None:
    """Return a general noun as the event of a type it may take up; ``clusters`` drops it where there is none."""
    types = load("events")["general"].get(low)
    if types is None or syntax.word(at - 1) not in ("the", "this", "that", "latest"):
        return None
    return Act(at, at, types.split()[0], low, False)


def _allowed(syntax: Syntax, at: int, entry: Entry, passive: bool) -> bool:
    """Whether the verb has the subject or object that the entry needs."""
    if not entry.subject and not entry.object:
        return True
    first, end = syntax.clause(at)
    near = [syntax.word(i) for i in range(max(first, at - 6), min(end, at + 8)) if i != at]
    if entry.with_words & set(near):
        return True
    if "QUOTE" in entry.object:
        return any(syntax.word(i) in ("“", '"') for i in range(at + 1, at + 8))
    for wanted, found in ((entry.object, None), (entry.subject, None)):
        if not wanted:
            continue
        found = syntax.subject(at) if (wanted is entry.object) == passive else syntax.object(at)
        if wanted is entry.subject and not passive:
            found = syntax.subject(at)
        if found is not None and syntax.mention_type(found) in wanted:
            return True
    return False


def _speech_type(syntax: Syntax, at: int, kind: str, lemma: str) -> str:
    """Return the type of a speech verb where its object or clause decides."""
    following = [syntax.word(at + i) for i in range(1, 5)]
    if lemma in ("express", "voice") and words("events", "speech", "positive") & set(following):
        return "Endorse"
    if lemma == "ask" and words("events", "speech", "questions") & set(following):
        return "State"
    if (
        lemma == "warn"
        and {"it", "he", "she", "they", "we"} & set(following[:2])
        and {"would", "will", "'d"} & set(following)
    ):
        return "Threaten"
    if lemma == "offer" and kind == "Commit" and following[:1] == ["no"]:
        return "Reject"
    return kind


def set_status(syntax: Syntax, acts: list[Act]) -> None:
    """Give every event its status: the nearest word before it that decides, else what governs it."""
    lists = {status: words("events", "status", status) for status in load("events")["status"]}
    for act in acts:
        act.status = _status(syntax, act, lists)


def _status(syntax: Syntax, act: Act, lists: dict[str, frozenset[str]]) -> str:
    first, _ = syntax.clause(act.first)
    begin, _ = syntax.sentence(act.first)
    governor = act.governor
    reach = (14 if syntax.word(act.first - 1) == "to" else 8) if act.verb else 4
    low_limit = max(
        first if reach < 14 else begin,
        act.first - reach,
        governor.last + 1 if governor and governor.last < act.first else 0,
    )
    for at in range(act.first - 1, low_limit - 1, -1):
        word = syntax.word(at)
        if (
            syntax.is_verb(at)
            and act.verb
            and word not in ("plans", "plan", "set", "fail", "failed", "tried", "try")
            and not any(word in lists[s] for s in lists)
        ):
            break
        if word == "to" and act.verb and at == act.first - 1:
            before = syntax.word(at - 1)
            if before in ("is", "are", "was", "were") or (
                at - 1 in syntax.at and first == begin and syntax.at[at - 1].first <= first + 1
            ):
                return "planned"
            continue
        for status in ("negated", "wanted", "planned", "possible", "generic"):
            if word in lists[status]:
                return status
        if word in ("and", "but") and act.verb:
            break
    for at in range(act.first - 1, max(begin, act.first - 15) - 1, -1):
        if syntax.word(at) in ("if", "unless", "whether") and (
            governor is None or at > governor.last or governor.first > act.first
        ):
            return "possible"
        if syntax.word(at) in (",", ";", ":"):
            break
    if (governor is not None and not act.speech) or (governor is not None and act.verb):
        if governor.type == "Reject":
            if act.verb or governor.lemma == "deny":
                return "negated"
        elif governor.type in load("events")["speech_status"]:
            known_noun = not act.verb and governor.lemma == "demand" and False
            if not known_noun:
                return str(load("events")["speech_status"][governor.type])
    if act.verb and syntax.word(act.first - 1) == "to":
        return "wanted"
    return "actual"


def mentions_near(syntax: Syntax, act: Act) -> list[Found]:
    """Return the mentions of the event's sentence, also nested ones."""
    return syntax.nested(*syntax.sentence(act.first))
