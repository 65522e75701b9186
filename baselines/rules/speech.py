"""Who says so: what a speech event introduces (its region), the Content in it, propositions, and via."""

from .lexicon import among, verb_forms, words
from .syntax import Syntax
from .triggers import Act, Claim

ADVERBIAL = frozenset({"because", "while", "although", "unless", "if", "after", "before", "when", "until", "since"})
OPENERS = frozenset({"to", "not", "of", "for", "from", "with", "over", "on", "against", "about", "in"})
QUOTES = frozenset({"“", "”", '"'})


def regions(syntax: Syntax, acts: list[Act]) -> None:
    """Give every speech event the stretch of its sentence that it introduces."""
    for act in acts:
        if act.speech:
            act.region = _region(syntax, act)


def _region(syntax: Syntax, act: Act) -> tuple[int, int]:
    first, end = syntax.sentence(act.first)
    start, speaker = act.last + 1, syntax.object(act.last)
    if act.lemma == "according to" and act.first > first + 1:
        return first, act.first
    if act.verb and act.type == "State":
        subject = syntax.subject(act.first)
        inverted = syntax.inverted(act.first, speaker)
        edge = act.first if inverted else syntax.phrase(subject) if subject is not None else first
        closes = inverted or syntax.word(start) in ("", ".", ",", ";", "in", "on", "at") or start in syntax.value_at
        if edge > first and closes and syntax.word(edge - 1) in QUOTES | {","}:
            return first, edge - 1  # "..., she said"
    if not act.verb and syntax.word(start) not in ("for", "to", "that", "of", "on", "over"):
        return start, start
    if speaker is not None and (
        act.type == "Accuse" or act.lemma in words("events", "addressee") or act.lemma == "according to"
    ):
        start = speaker.last + 1
    for at in range(start, end):  # up to a comma and a conjunction that open another main clause
        if syntax.word(at) == ";" or (syntax.word(at) == "," and syntax.word(at + 1) in ("while", "but", "although")):
            return start, at
    return start, end


def set_via(syntax: Syntax, acts: list[Act]) -> dict[int, Act]:
    """Give every event the speech event it comes through; return the speech event of every quotation."""
    speech = [act for act in acts if act.speech]
    quoted = _quotations(syntax, speech)
    cover: dict[int, Act] = {}
    for act in sorted(speech, key=lambda act: act.region[0] - act.region[1]):  # the shorter regions last: they win
        cover |= dict.fromkeys(range(*act.region), act)
    for act in acts:
        via = above = cover.get(act.first) or quoted.get(syntax.article.words[act.first].quotation)
        for _ in range(9):  # no event comes through itself
            above = above.via if above is not None and above is not act else above
        act.via = via if above is None else None
    return quoted


def _quotations(syntax: Syntax, speech: list[Act]) -> dict[int, Act]:
    """Return by quotation the speech event outside it in one of its sentences."""
    words, found = syntax.article.words, dict[int, Act]()
    for act in speech:
        if act.verb and not words[act.first].quotation:
            for at in range(*syntax.sentence(act.first)):
                found.setdefault(words[at].quotation, act)
    found.pop(0, None)
    return found


def content(syntax: Syntax, acts: list[Act]) -> None:
    """Fill Content (and the Topic of a Meet) with events or propositions."""
    for act in acts:
        found: Act | Claim | None = None
        after = syntax.word(act.last + 1)
        following = [syntax.trigger_at[i] for i in range(act.last + 1, act.last + 7) if i in syntax.trigger_at]
        if act.speech and act.region[0] < act.region[1]:
            found = _main(syntax, act)
            if isinstance(found, Act):
                found.governor = found.governor or act
        elif act.type == "Meet" and act.first - 1 in syntax.trigger_at:
            found = syntax.trigger_at[act.first - 1]  # "monitoring talks"
        elif act.type == "Agree" and after == "to":
            found = next(iter(following), None)
        elif act.type == "Halt" and following and following[0].type in ("Strike", "Clash"):
            found = following[0]
        elif act.type == "Meet" and after in ("on", "about", "over", "to") and act.last + 2 not in syntax.value_at:
            found = _phrase(syntax, act.last + 2, syntax.clause(act.first)[1], act)
        if found is not None and found is not act:
            act.add("Topic" if act.type == "Meet" else "Content", found)


def _main(syntax: Syntax, act: Act) -> Act | Claim | None:
    """Return the main event of what is said, or the proposition."""
    start, end = act.region
    if act.passive and act.type == "State":  # "no arrests were announced"
        for at in range(max(syntax.clause(act.first)[0], act.first - 8), act.first):
            if at in syntax.trigger_at:
                return syntax.trigger_at[at]
    while start < end and (syntax.word(start) in QUOTES | {"that", ",", "also"} or start in syntax.value_at):
        start += 1
    if act.type in ("Demand", "Commit", "Threaten", "Reject"):  # "promised him in a call to send"
        ahead = [i for i in range(start, min(end, start + 9)) if syntax.word(i) == "to"]
        start = next((i for i in ahead if syntax.word(i + 1) in verb_forms()), start)
    clausal, opener = act.type == "State" or syntax.word(act.region[0]) in QUOTES | {"that"}, syntax.word(start)
    while start < end and syntax.word(start) in OPENERS:
        start += 1
    form = verb_forms().get(syntax.word(start))
    if opener in ("to", "not") or (form is not None and "ing" in form.tags):
        return _predicate(syntax, start, end, act)
    verb = next((i for i in range(start, end) if syntax.finite(i)), None)
    return _predicate(syntax, verb, end, act) if clausal and verb is not None else _phrase(syntax, start, end, act)


def _predicate(syntax: Syntax, verb: int, end: int, act: Act) -> Act | Claim | None:
    """Return the event of the predicate that begins at a verb, after its empty words, or the predicate as a proposition."""
    empty = False
    for at in range(verb, min(end, verb + 14)):
        word, form = syntax.word(at), verb_forms().get(syntax.word(at))
        if syntax.trigger_at.get(at) not in (None, act):
            return syntax.trigger_at[at]
        light = among(form.lemma if form else word, "light", "empty")
        filler = at in syntax.at or at in syntax.value_at or among(word, "determiners") or word in ("for", "of")
        empty = empty or light
        if not (light or (empty and filler) or word == "to" or among(word, "auxiliaries", "adverbs")):
            break
    return _claim(syntax, verb, end)


def _phrase(syntax: Syntax, start: int, end: int, act: Act) -> Act | Claim | None:
    """Return the event that a noun phrase names, or the phrase as a proposition; nothing where an entity fills it."""
    while start < end and (among(syntax.word(start), "determiners") or start in syntax.value_at):
        start += 1
    for at in range(start, min(end, start + 7)):
        if syntax.trigger_at.get(at) not in (None, act):
            return syntax.trigger_at[at]
        if not syntax.word(at).isalnum() or among(syntax.word(at), "prepositions", "subordinators"):
            break
    mention, of_entities = syntax.at.get(start), act.type in ("Accuse", "Endorse", "State")
    bare = mention is not None and (mention.type == "AGR" or mention.form == "PRO" or of_entities)
    return None if bare or among(syntax.word(start), "prepositions") else _claim(syntax, start, end)


def _claim(syntax: Syntax, first: int, end: int) -> Claim | None:
    """Return the proposition from a word on, to the end of its clause."""
    last = first
    for at in range(first + 1, end):
        word, following = syntax.word(at), syntax.word(at + 1)
        clause = among(following, "before_verbs") or following == "that" or syntax.is_verb(at + 1)
        coordinated = word in ("and", "but") and clause
        if word in QUOTES | ADVERBIAL | {",", ";", ":", "—", "–", "(", ")"} or coordinated:
            break
        last = at if word[0].isalnum() or word == "'s" else last
    return Claim(first, last) if first < end and syntax.word(first)[0].isalnum() else None
