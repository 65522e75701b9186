"""Arguments by position around the trigger, and which triggers are one event."""

from itertools import groupby

from .lexicon import among, load, trigger_nouns, verb_forms, words
from .syntax import Syntax
from .text import Found
from .triggers import Act, fits
from .values import Value

BACK = 12  # so many earlier events of its type may be the same one
COUNTED = ("Casualty", "Displace", "Detain", "Release")


def fill(syntax: Syntax, acts: list[Act]) -> None:
    """Fill the roles of all events but Content and Topic."""
    for act in acts:
        slots = load("events")["slots"][act.type]
        said(syntax, act) if act.speech else _verb(syntax, act, slots) if act.verb else _noun(syntax, act, slots)
        if not act.speech:
            _around(syntax, act, slots)
    for _, group in groupby(acts, lambda act: syntax.article.words[act.first].sentence):
        _share(syntax, list(group))
    for first, last, value in syntax.values:
        begin, end = syntax.sentence(first)
        near = range(max(begin, first - 15), min(end, last + 15))
        here = list(dict.fromkeys(syntax.trigger_at[i] for i in near if i in syntax.trigger_at))
        if first not in syntax.at and first >= syntax.article.sentences[syntax.article.words[first].sentence].body:
            _value(syntax, here, first, last, value)


def _share(syntax: Syntax, here: list[Act]) -> None:
    """Let the violence of a sentence have one place and instrument, and its fights and talks the two main sides."""
    violence = [act for act in here if act.type in ("Strike", "Casualty", "Damage", "Clash")]
    for act in violence:
        for role in ("Place", "Instrument"):
            told = next((other.things(role) for other in violence if other.things(role)), [])
            for thing in told if not act.things(role) else []:
                if thing not in act.things("Patient"):
                    act.add(role, thing)
    present = {mention.thing for mention in syntax.nested(here[0].first)}
    for act in here:
        if act.type in ("Clash", "Meet") and not act.things("Participant"):
            for side in syntax.sides:
                if side in present:
                    act.add("Participant", side)


def _put(syntax: Syntax, act: Act, role: str, mention: Found | None) -> None:
    """Let a mention, and those it is joined to, fill a role if their types may."""
    for one in syntax.coordinated(mention) if mention is not None else []:
        tool = one.type == "WEA" and (role == "Agent" or (role == "Patient" and act.type == "Strike"))
        crossed = act.type == "Mobilize" and role == "Patient" and one.type in ("LOC", "GPE", "FAC")
        agreement = one.type == "AGR" and role in ("Patient", "Addressee")
        chosen = "Instrument" if tool else "Agreement" if agreement else "Destination" if crossed else role
        if one.thing is not None and fits(act.type, chosen, one.type):
            act.add(chosen, one.thing)


def said(syntax: Syntax, act: Act) -> None:
    """Fill the roles of a speech event."""
    target, slots = syntax.object(act.last), load("events")["slots"][act.type]
    if act.lemma == ":":
        _put(syntax, act, "Agent", syntax.at[act.first - 1])
    elif act.lemma == "according to":
        _put(syntax, act, "Agent", next(iter(syntax.between(act.last + 1, act.last + 8)), None))
    elif not act.verb:
        _noun(syntax, act, slots)
    elif target is not None and syntax.inverted(act.first, target):
        _put(syntax, act, "Agent", target)
    else:
        told = slots["object"] != "Addressee" or act.lemma in words("events", "addressee")
        role = slots["object"] if told else "Agreement"
        _put(syntax, act, role if act.passive else "Agent", syntax.subject(act.first))
        if target is not None and act.region[1] > act.first:
            _put(syntax, act, role, target)
        for mention in syntax.between(act.last + 1, act.last + 8):
            if act.passive and syntax.preposition(mention) == "by":
                _put(syntax, act, "Agent", mention)
        if act.type == "Accuse" and not act.things("Patient"):  # "alleged that Norland did it"
            _put(syntax, act, "Patient", next(iter(syntax.between(*act.region)), None))
        if act.lemma.startswith("trade"):  # "traded blame"
            act.arguments += [("Patient", thing) for thing in act.things("Agent")]


def _verb(syntax: Syntax, act: Act, slots: dict[str, str]) -> None:
    subject, target = syntax.subject(act.first), None if act.passive else syntax.object(act.last)
    bare = syntax.word(act.first - 1) == "to" or "ing" in verb_forms()[syntax.word(act.first)].tags
    if bare and act.governor is not None and act.governor.last < act.first:  # "urged both sides to withdraw"
        for thing in next(filter(None, map(act.governor.things, ("Addressee", "Patient", "Agent"))), []):
            subject = None
            if fits(act.type, slots["subject"], thing.type):
                act.add(slots["subject"], thing)
    alone = slots["subject"] if target is not None else slots.get("alone", slots["subject"])
    _put(syntax, act, slots["object"] if act.passive else alone, subject)
    _put(syntax, act, slots["object"], target)


def _noun(syntax: Syntax, act: Act, slots: dict[str, str]) -> None:
    """Fill roles by the adjectives, possessors and nouns before a noun, or by the subject of a light verb."""
    at = act.first - 1
    for _ in range(4):
        mention = syntax.at.get(at)
        if mention is not None:
            freed = act.type == "Release" and mention.type in ("GROUP", "PER")
            role = "Instrument" if mention.type in ("WEA", "VEH") else "Patient" if freed else slots["subject"]
            _put(syntax, act, role, mention)
            at = mention.first
        elif among(syntax.word(at), "light") or syntax.is_verb(at):
            form = verb_forms().get(syntax.word(at))
            _put(syntax, act, slots["subject"], syntax.subject(at) if form and among(form.lemma, "light") else None)
            break
        elif among(syntax.word(at), "prepositions"):
            break
        at -= 1


def _around(syntax: Syntax, act: Act, slots: dict[str, str]) -> None:
    """Fill roles by the prepositions after the trigger, up to the next verb or event."""
    for mention in syntax.between(act.last + 1, min(syntax.sentence(act.first)[1], act.last + 14)):
        between = [i for i in range(act.last + 1, mention.first) if i not in syntax.at]
        if any(syntax.word(i) in trigger_nouns() or syntax.is_verb(i) for i in between):
            break
        before = syntax.preposition(mention)
        of_nouns = before in ("on", "at", "of") or (before == "by" and not act.passive)
        if before in slots and not (act.verb and of_nouns):
            _put(syntax, act, slots[before], mention)
        elif among(before, "places") and not act.things("Place") and mention.role in ("territory", None):
            _put(syntax, act, "Place", mention)
        elif before in ("with", "by"):
            _put(syntax, act, "Instrument", mention)


def _value(syntax: Syntax, here: list[Act], first: int, last: int, value: Value) -> None:
    """Give a time to the nearest event, a quantity to the event whose Patient it counts, else to a toll beside it."""

    def distance(act: Act) -> int:
        left, right = min(act.last, first), max(act.first, last)
        commas = sum(syntax.word(i) in (",", "that", ";") for i in range(left, right))
        return right - left + 4 * (act.first > last and syntax.word(last + 1) != "'s") + 6 * commas

    if value.type == "QTY":
        counted = {mention.thing for mention in syntax.between(last + 1, last + 5)[:1]}
        here = [act for act in here if not act.speech and not any(role == "Quantity" for role, _ in act.arguments)]
        patients = [act for act in here if counted & {*act.things("Patient"), *act.things("Agent")}]
        here = patients or [act for act in here if act.type in COUNTED and abs(act.first - first) <= 4]
    if here:
        min(here, key=distance).add({"TIME": "Time", "QTY": "Quantity"}[value.type], value)


def clusters(syntax: Syntax, acts: list[Act]) -> None:
    """Join the mentions of one event."""
    by_type: dict[str, list[Act]] = {}
    for act in acts:
        earlier = by_type.setdefault(act.type, [])
        match = next((other for other in reversed(earlier[-BACK:]) if _same(syntax, act, other)), None)
        act.same = match and (match.same or match)
        earlier.append(act)


def _same(syntax: Syntax, act: Act, other: Act) -> bool:
    """Whether two triggers of one type are one event: nothing tells them apart, and something joins them."""
    definite = not act.verb and syntax.word(act.first - 1) in ("the", "this", "that", "those", "these", "such")
    if act.speech or act.harm != other.harm:
        return act.speech and definite
    shared = definite or act.type in ("Clash", "Mediate")
    for role in ("Patient", "Agreement", "Place", "Participant", "Time", "Quantity"):
        mine, theirs = act.sides(role), other.sides(role)
        if mine and theirs and not mine & theirs:
            return False
        shared = shared or bool(mine & theirs)
    open_ = act.status in ("wanted", "possible") and other.status == "actual" and act.type not in ("Clash", "Strike")
    return shared and not open_
