"""Arguments: by position around the trigger, then within the cluster; and which triggers are one event."""

from bisect import bisect_left
from functools import cache

from parley.ontology import load_ontology

from .lexicon import load, trigger_nouns, verb_forms, words
from .mention import Found, Thing
from .speech import is_inverted
from .syntax import Syntax
from .triggers import Act
from .values import Value

BACK = 12  # so many earlier events of its type may be the same one


@cache
def fillers() -> dict[str, frozenset[str]]:
    """Return by role the entity types that may fill it."""
    return {role.name: frozenset(role.fillers) for role in load_ontology().argument_roles}


def fill(syntax: Syntax, acts: list[Act]) -> None:
    """Fill the roles of all events but Content and Topic."""
    for act in acts:
        slots = load("events")["slots"][act.type]
        if act.speech:
            _speech(syntax, act, slots)
        else:
            _deed(syntax, act, slots)
    _times(syntax, acts)
    _quantities(syntax, acts)


def said(syntax: Syntax, act: Act) -> None:
    """Fill the roles of a speech event."""
    _speech(syntax, act, load("events")["slots"][act.type])


def _put(syntax: Syntax, act: Act, role: str, mention: Found, several: bool = True) -> None:
    """Let a mention, and those it is joined to, fill a role if their types may."""
    for one in syntax.coordinated(mention) if several else [mention]:
        kind, chosen = one.type, role
        if (kind == "WEA" and role == "Agent") or (kind in ("WEA", "VEH") and role == "Destination"):
            chosen = "Instrument"
        if role == "Patient" and kind in ("LOC",) and act.type in ("Casualty",):
            chosen = "Place"
        if kind == "AGR" and role in ("Patient", "Content"):
            chosen = "Agreement"
        if chosen in allowed(act.type) and kind in fillers().get(chosen, ()) and one.thing is not None:
            act.add(chosen, one.thing)


@cache
def allowed(kind: str) -> frozenset[str]:
    """Return the roles of an event type."""
    found = load_ontology().event(kind)
    return frozenset(found.roles) if found else frozenset()


def _speech(syntax: Syntax, act: Act, slots: dict[str, str]) -> None:
    first, _ = syntax.sentence(act.first)
    if act.lemma == ":":
        _put(syntax, act, "Agent", syntax.at[act.first - 1])
        return
    if act.lemma == "according to":
        after = next(iter(syntax.mentions(act.last + 1, act.last + 8)), None)
        if after is not None:
            _put(syntax, act, "Agent", after)
        return
    if not act.verb:
        _noun(syntax, act, slots)
        return
    target = syntax.object(act.last)
    if target is not None and act.region[1] <= act.first and is_inverted(syntax, act, target):
        _put(syntax, act, "Agent", target)
        return
    speaker = syntax.subject(act.first)
    role = slots["object"] if act.passive else "Agent"
    if speaker is not None and (role != "Addressee" or act.lemma in words("events", "speech", "addressee")):
        _put(syntax, act, role, speaker)
    if target is not None and not act.passive and act.region[1] > act.first:
        near = target.first - act.last <= 7
        if act.type in ("Accuse", "Endorse") and near:
            _put(syntax, act, "Patient", target)
        elif (
            target.type == "AGR"
            and near
            and "Agreement" in allowed(act.type)
            and not any(syntax.word(i) in ("to", "that") for i in range(act.last + 1, target.first))
        ):
            _put(syntax, act, "Agreement", target)
        elif act.lemma in words("events", "speech", "addressee") and syntax.word(act.last + 1) != "for":
            _put(syntax, act, "Addressee", target)
    for mention in syntax.mentions(act.last + 1, act.last + 8):
        before = syntax.preposition(mention)
        if before == "by" and act.passive:
            _put(syntax, act, "Agent", mention)
        elif before == "to" and act.lemma in ("appeal", "complain", "say", "report", "apologise", "apologize"):
            _put(syntax, act, "Addressee", mention)
        elif (
            act.lemma in ("call_for", "insist_on")
            and mention.type == "AGR"
            and mention is next(iter(syntax.mentions(act.last + 1, act.last + 5)), None)
        ):
            _put(syntax, act, "Agreement", mention)
    if act.lemma == "blame" and act.first > first and syntax.word(act.first - 1).startswith("trad"):
        for agent in act.fillers("Agent"):
            act.add("Patient", agent)


def _deed(syntax: Syntax, act: Act, slots: dict[str, str]) -> None:
    if act.verb:
        _verb(syntax, act, slots)
    else:
        _noun(syntax, act, slots)
    _around(syntax, act, slots)


def _verb(syntax: Syntax, act: Act, slots: dict[str, str]) -> None:
    subject, target = syntax.subject(act.first), None if act.passive else syntax.object(act.last)
    form = verb_forms().get(syntax.word(act.first))
    bare = form is not None and ("ing" in form.tags or syntax.word(act.first - 1) == "to")
    governor = act.governor
    if bare and governor is not None and governor.last < act.first:
        # "urged both sides to withdraw", "denied shelling the port": the subject is understood
        for role in ("Addressee", "Patient", "Agent"):
            understood = [f for f in governor.fillers(role) if isinstance(f, Thing)]
            if understood:
                for thing in understood:
                    if thing.type in fillers()["Agent"]:
                        act.add(slots["subject"], thing)
                subject = None
                break
    if subject is not None:
        if act.passive:
            _put(syntax, act, slots["object"], subject)
        elif (
            target is None
            and "intransitive" in slots
            and act.lemma not in ("kill", "wound", "injure", "damage", "destroy")
        ):
            _put(syntax, act, slots["intransitive"], subject)
        else:
            _put(syntax, act, slots["subject"], subject)
    if target is not None and target is not subject:
        _put(syntax, act, slots["object"], target)


def _noun(syntax: Syntax, act: Act, slots: dict[str, str]) -> None:
    owners = syntax.adjective_of(act.first)
    for mention in owners:
        if mention.type in ("WEA", "VEH"):
            _put(syntax, act, "Instrument", mention, several=False)
        elif act.type == "Release" and mention.type in ("GROUP", "PER") and not syntax.possessor(mention):
            _put(syntax, act, "Patient", mention, several=False)
        elif mention.type == "AGR":
            _put(syntax, act, "Agreement", mention, several=False)
        elif mention.type in fillers()["Agent"]:
            _put(syntax, act, slots["subject"], mention)
    if not owners:
        first, _ = syntax.clause(act.first)
        for at in range(act.first - 1, max(first, act.first - 6) - 1, -1):
            form = verb_forms().get(syntax.word(at))
            if form is not None and form.lemma in words("words", "light") and syntax.is_verb(at):
                subject = syntax.subject(at)
                if subject is not None and not syntax.passive(at):
                    _put(syntax, act, slots["subject"], subject)
                break


def _around(syntax: Syntax, act: Act, slots: dict[str, str]) -> None:
    """Fill roles by prepositions after the trigger; the place too."""
    _, end = syntax.sentence(act.first)
    placed = False
    for mention in syntax.mentions(act.last + 1, min(end, act.last + 14)):
        before = syntax.preposition(mention)
        if any(
            syntax.word(i) in trigger_nouns() or syntax.is_verb(i)
            for i in range(act.last + 1, mention.first)
            if i not in syntax.at
        ):
            break
        if (
            before in slots
            and before not in ("subject", "object")
            and not (before == "by" and act.verb and not act.passive)
        ):
            _put(syntax, act, slots[before], mention)
        elif before in words("words", "places") and not placed and mention.type in fillers()["Place"]:
            if mention.type != "GPE" or mention.role in ("territory", None):
                _put(syntax, act, "Place", mention, several=False)
                placed = True
        elif before in ("with", "by") and mention.type in fillers()["Instrument"]:
            _put(syntax, act, "Instrument", mention, several=False)


def _times(syntax: Syntax, acts: list[Act]) -> None:
    by_sentence = group_by_sentence(syntax, acts)
    for first, last, value in syntax.values:
        if (
            value.type != "TIME"
            or first in syntax.at
            or first < syntax.article.dateline.get(syntax.article.words[first].sentence, 0)
        ):
            continue
        here = by_sentence.get(syntax.article.words[first].sentence, [])
        middle = bisect_left(here, first, key=lambda act: act.first)
        here = here[max(0, middle - 6) : middle + 6]
        if not here:
            continue
        owned = syntax.word(last + 1) == "'s"

        def distance(act: Act, first: int = first, last: int = last, owned: bool = owned) -> float:
            gap = first - act.last if act.last < first else act.first - last
            left, right = min(act.last, first), max(act.first, last)
            commas = sum(syntax.word(i) in (",", "that", ";") for i in range(left, right))
            return gap + 6 * commas + (4 if act.first > last and not owned else 0) + (2 if not act.verb else 0)

        min(here, key=distance).add("Time", value)


def _quantities(syntax: Syntax, acts: list[Act]) -> None:
    by_sentence = group_by_sentence(syntax, acts)
    for first, last, value in syntax.values:
        if value.type != "QTY" or first in syntax.at:
            continue
        here = by_sentence.get(syntax.article.words[first].sentence, [])
        middle = bisect_left(here, first, key=lambda act: act.first)
        here = [a for a in here[max(0, middle - 4) : middle + 4] if not a.speech]
        counted = next(iter(syntax.mentions(last + 1, last + 5)), None)
        raised = next(
            (
                a
                for a in here
                if a.type == "Casualty" and a.governor and a.governor.lemma in ("raise", "revise", "lift")
            ),
            None,
        )
        if raised is not None and syntax.word(first - 1) != "from" and not raised.fillers("Quantity"):
            raised.add("Quantity", value)
            continue
        for act in here:
            filled = {f for role, f in act.arguments if role in ("Patient", "Agent", "Instrument")}
            if (
                counted is not None
                and counted.thing in filled
                and not any(role == "Quantity" for role, _ in act.arguments)
            ):
                act.add("Quantity", value)
                break
        else:
            counts = [
                a for a in here if a.type in ("Casualty", "Displace", "Detain", "Release") and not a.fillers("Quantity")
            ]
            if counts:
                nearest = min(counts, key=lambda a: abs(a.first - first))
                if abs(nearest.first - first) <= 4:
                    nearest.add("Quantity", value)


def group_by_sentence(syntax: Syntax, acts: list[Act]) -> dict[int, list[Act]]:
    """Return the events of each sentence."""
    found: dict[int, list[Act]] = {}
    for act in acts:
        found.setdefault(syntax.article.words[act.first].sentence, []).append(act)
    return found


def clusters(syntax: Syntax, acts: list[Act]) -> list[Act]:
    """Join the mentions of one event and return the events, without general nouns that take up none."""
    kept: list[Act] = []
    by_type: dict[str, list[Act]] = {}
    for act in acts:
        general = load("events")["general"].get(act.lemma) if not act.verb else None
        earlier = by_type.get(act.type, [])[-BACK:]
        if general is not None and act.lemma != "attack":
            types = general.split()
            earlier = [a for a in kept[-BACK:] if a.type in types]
            if not earlier:
                continue
            act.type, act.harm = earlier[-1].type, earlier[-1].harm
            act.same = earlier[-1].same or earlier[-1]
        elif not act.verb or not act.speech:
            match = next((a for a in reversed(earlier) if _same(syntax, act, a)), None)
            if match is not None:
                act.same = match.same or match
        kept.append(act)
        by_type.setdefault(act.type, []).append(act)
    return kept


def _same(syntax: Syntax, act: Act, other: Act) -> bool:
    """Whether two triggers of one type are one event."""
    definite = not act.verb and syntax.word(act.first - 1) in ("the", "this", "that", "those", "these", "such")
    if act.speech:
        return definite
    shared, plain = False, act.type in ("Clash", "Mediate")
    for role in ("Patient", "Agreement", "Place", "Time", "Agent", "Participant", "Destination"):
        mine, theirs = act.fillers(role), other.fillers(role)
        if not mine or not theirs:
            continue
        if role == "Time":
            if not {v.value for v in mine if isinstance(v, Value)} & {v.value for v in theirs if isinstance(v, Value)}:
                return False
            continue
        expanded = [{m for t in f for m in ([t, *t.members] if isinstance(t, Thing) else [t])} for f in (mine, theirs)]
        if expanded[0] & expanded[1]:
            shared = shared or role not in ("Agent",)
        elif role in ("Patient", "Agreement", "Place") or not definite:
            return False
    if act.harm != other.harm:
        return False
    if act.type == "Casualty":
        numbers = [{v.number for v in a.fillers("Quantity") if isinstance(v, Value)} for a in (act, other)]
        return bool(numbers[0] & numbers[1]) or (shared and not (numbers[0] and numbers[1])) or definite
    bare = not act.verb and syntax.word(act.first - 1) not in ("a", "an", "another", "new", "any")
    if act.status in ("wanted", "possible") and other.status == "actual" and act.type not in ("Clash", "Strike"):
        return False
    return shared or plain or (definite and bare) or (act.type in ("Meet", "Verify", "Halt") and not act.verb and bare)


def share(syntax: Syntax, acts: list[Act]) -> None:
    """Fill a role from the event's other mentions where the filler is mentioned in the sentence (rule A1)."""
    cluster: dict[int, list[Act]] = {}
    for act in acts:
        cluster.setdefault(id(act.same or act), []).append(act)
    present: dict[int, set[int]] = {}
    for mention in syntax.all:
        if mention.thing is not None:
            present.setdefault(syntax.article.words[mention.first].sentence, set()).add(id(mention.thing))
    for group in cluster.values():
        if group[0].speech or len(group) < 2:
            continue
        told: dict[str, list[Thing]] = {}
        for act in group:
            for role, filler in act.arguments:
                claimed = act.via is not None and role in ("Agent", "Instrument")
                if isinstance(filler, Thing) and not claimed and filler not in told.setdefault(role, []):
                    told[role].append(filler)
        for act in group:
            here = present.get(syntax.article.words[act.first].sentence, set())
            for role, things in told.items():
                if not act.fillers(role) and role in allowed(act.type):
                    for thing in things:
                        if id(thing) in here and not any(f is thing for _, f in act.arguments):
                            act.add(role, thing)


def reminders(syntax: Syntax, acts: list[Act]) -> None:
    """Take the via from bare reminders of an event that the article itself tells (rule W3)."""
    told = {id(act.same or act) for act in acts if act.via is None}
    opening = ("since", "after", "before", "during", "amid", "despite")
    for act in acts:
        if act.via is None or act.speech or act.verb or id(act.same or act) not in told:
            continue
        before = [syntax.word(act.first - i) for i in (1, 2)]
        governed = act.governor is not None and act.governor.type in ("Reject", "Commit", "State")
        if not governed and (before[0] in ("the", "such", "this", "that") or set(before) & set(opening)):
            act.via = None
