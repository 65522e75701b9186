"""Who says so: what a speech event introduces (its region), the Content in it, propositions, and via."""

from bisect import bisect_left

from .lexicon import load, verb_forms, words
from .mention import Found, Thing
from .syntax import Syntax
from .triggers import Act, Claim

ADVERBIAL = frozenset(
    ["because", "while", "although", "unless", "if", "after", "before", "when", "until", "since", "so", "as"]
)


def regions(syntax: Syntax, acts: list[Act]) -> None:
    """Give every speech event the stretch of its sentence that it introduces."""
    for act in acts:
        if act.speech:
            act.region = _region(syntax, act)


def _region(syntax: Syntax, act: Act) -> tuple[int, int]:
    first, end = syntax.sentence(act.first)
    if act.lemma == ":":
        return act.last + 1, end
    if act.lemma == "according to":
        comma = next((i for i in range(act.last + 1, end) if syntax.word(i) == ","), None)
        return (first, act.first) if act.first > first + 1 else ((comma or act.last) + 1, end)
    if act.verb and act.type == "State":
        back = _said_before(syntax, act, first, end)
        if back is not None:
            return back
    start = act.last + 1
    if not act.verb and syntax.word(start) not in ("for", "to", "that", "of", "on", "over"):
        return start, start
    addressee = syntax.object(act.last) if act.verb and act.lemma in words("events", "speech", "addressee") else None
    if act.type in ("Accuse",) and act.verb:
        addressee = syntax.object(act.last)
    if addressee is not None and addressee.first - act.last < 8:
        start = addressee.last + 1
    return start, _end(syntax, start, end)


def _end(syntax: Syntax, start: int, end: int) -> int:
    """Return where a region ends: before a semicolon, or a comma and a conjunction that open another main clause."""
    quotation = 0
    for at in range(start, end):
        word = syntax.word(at)
        if quotation and syntax.article.words[at].quotation == quotation:
            continue
        quotation = syntax.article.words[at].quotation
        if word == ";" or (word == "," and syntax.word(at + 1) in ("while", "but", "although")):
            return at
    return end


def _said_before(syntax: Syntax, act: Act, first: int, end: int) -> tuple[int, int] | None:
    """Return the words before the verb, if they are what is said: "..., she said" or "..." said the mayor."""
    after = act.last + 1
    speaker = syntax.object(act.last)
    inverted = speaker is not None and is_inverted(syntax, act, speaker)
    subject = None if inverted else syntax.subject(act.first)
    start = act.first if inverted else syntax.phrase(subject) if subject is not None else None
    if start is None or start <= first:
        return None
    following = syntax.word(after) if after < end else ""
    closes = (
        inverted or following in ("", ".", ",", ";", "!", "?", "in", "on", "at", "after") or after in syntax.value_at
    )
    if subject is not None and not inverted and act.first - subject.last > 3:
        closes = closes and following in ("", ".", ",")
    if not closes or syntax.word(start - 1) not in (",", "”", '"'):
        return None
    begin = start - 1
    while begin > first and syntax.word(begin - 1) not in (";", ":"):
        begin -= 1
    return begin, start - 1


def is_inverted(syntax: Syntax, act: Act, speaker: Found) -> bool:
    """Whether the speaker follows the verb: "...," said the mayor."""
    if (
        speaker.first - act.last > 4
        or syntax.word(act.first - 1) not in (",", "”", '"')
        or act.lemma in words("events", "speech", "addressee")
    ):
        return False
    last = speaker.last
    while last + 1 in syntax.at:  # title and name
        last = syntax.at[last + 1].last
    following = syntax.word(last + 1)
    return (
        following in ("", ".", ",", ";", "who", "”", '"')
        or following in words("words", "prepositions")
        or last + 1 in syntax.value_at
    )


def content(syntax: Syntax, acts: list[Act]) -> None:
    """Fill Content (and the Topic of a Meet) with events or propositions."""
    by_word = {i: act for act in acts for i in range(act.first, act.last + 1)}
    for act in acts:
        if act.speech and act.region[0] < act.region[1]:
            found: Act | Claim | None = _announced(syntax, act, by_word) if act.passive else None
            found = found or _main(syntax, act, by_word)
            if found is not None and found is not act:
                act.add("Content", found)
                if isinstance(found, Act) and found.governor is None:
                    found.governor = act
        elif act.type == "Agree" and act.verb and syntax.word(act.last + 1) == "to":
            found = by_word.get(act.last + 2) or next(
                (by_word[i] for i in range(act.last + 2, act.last + 6) if i in by_word), None
            )
            if found is not None:
                act.add("Content", found)
        elif act.type == "Halt":
            found = next((by_word[i] for i in range(act.last + 1, act.last + 6) if i in by_word), None)
            if found is not None and found.type in ("Strike", "Clash", "Violate"):
                act.add("Content", found)
        elif act.type == "Meet":
            _topic(syntax, act, by_word)


def _announced(syntax: Syntax, act: Act, by_word: dict[int, Act]) -> Act | None:
    """Return the event that is the subject of a passive verb of speech: "no arrests were announced"."""
    first, _ = syntax.clause(act.first)
    before = [by_word[i] for i in range(max(first, act.first - 8), act.first) if i in by_word]
    return before[0] if before and not before[0].verb else None


def _topic(syntax: Syntax, act: Act, by_word: dict[int, Act]) -> None:
    premodifier = by_word.get(act.first - 1)
    agreement = syntax.at.get(act.first - 1)
    if premodifier is not None and not premodifier.verb:
        act.add("Topic", premodifier)
    elif agreement is not None and agreement.type == "AGR":
        act.add("Topic", agreement.entity)
    else:
        _, end = syntax.clause(act.first)
        for at in range(act.last + 1, min(end, act.last + 10)):
            if (
                syntax.word(at) in ("on", "about", "over")
                and at not in syntax.value_at
                and at + 1 not in syntax.value_at
            ):
                found = _phrase(syntax, at + 1, end, by_word, act)
            elif syntax.word(at) == "to" and syntax.word(at + 1) in verb_forms():
                found = by_word.get(at + 1)
            elif at == act.last + 1 and act.lemma == "discuss":
                found = _phrase(syntax, at, end, by_word, act)
            else:
                continue
            if found is not None:
                act.add("Topic", found)
            return


def _main(syntax: Syntax, act: Act, by_word: dict[int, Act]) -> Act | Claim | None:
    """Return the main event of what is said, or the proposition."""
    start, end = act.region
    while start < end and (
        syntax.word(start) in (",", "“", '"', ":", "that", "—", "–", "as", "also") or start in syntax.value_at
    ):
        start += 1
    if act.type in ("Demand", "Commit", "Threaten", "Reject"):  # "promised him in a call to send"
        start = next(
            (i for i in range(start, min(end, start + 9)) if syntax.word(i) == "to" and _is_base(syntax, i + 1)), start
        )
    if act.lemma in ("raise", "revise", "lift"):
        toll = next((by_word[i] for i in range(start, end) if i in by_word and by_word[i].type == "Casualty"), None)
        if toll is not None:
            return toll
    opener = syntax.word(start)
    if opener in ("to", "not") or (opener in ("of", "for", "from", "with", "over", "on", "against", "about", "in")):
        while start < end and syntax.word(start) in (
            "to",
            "not",
            "of",
            "for",
            "from",
            "with",
            "over",
            "on",
            "against",
            "about",
            "in",
        ):
            start += 1
        if opener not in ("to", "not") and verb_forms().get(syntax.word(start)) is None:
            return _phrase(syntax, start, end, by_word, act)
        return _predicate(syntax, start, end, by_word, act, start)
    clausal = (
        act.type == "State"
        or opener in words("events", "speech", "questions")
        or syntax.word(act.region[0]) in ("that", '"', "“")
    )
    verb = _first_verb(syntax, start, end)
    form = verb_forms().get(opener)
    if form is not None and "ing" in form.tags:
        verb = start
    if verb is not None and (clausal or verb == start):
        return _predicate(syntax, verb, end, by_word, act, start)
    found = _phrase(syntax, start, end, by_word, act)
    if found is None and verb is not None:
        return _predicate(syntax, verb, end, by_word, act, start)
    return found


def _is_base(syntax: Syntax, at: int) -> bool:
    form = verb_forms().get(syntax.word(at))
    return form is not None and "base" in form.tags and at not in syntax.at


def _first_verb(syntax: Syntax, start: int, end: int) -> int | None:
    skip_until = -1
    for at in range(start, end):
        word = syntax.word(at)
        if at <= skip_until or (
            at in syntax.at and syntax.at[at].form != "PRO" and word not in words("words", "auxiliaries")
        ):
            continue
        if word in ("who", "which"):  # a relative clause is no main clause
            skip_until = at + 2
        elif (
            (
                word in words("words", "auxiliaries")
                and word not in ("'s", "need")
                and not (word == "may" and at in syntax.value_at)
            )
            or syntax.is_verb(at)
            or (
                word.endswith("ed")
                and len(word) > 4
                and at > start
                and syntax.word(at - 1) not in words("words", "determiners") | words("words", "prepositions")
            )
        ):
            return at
    return None


def _predicate(
    syntax: Syntax, verb: int, end: int, by_word: dict[int, Act], act: Act, start: int
) -> Act | Claim | None:
    """Return the event of the predicate that begins at a verb, after its empty words, or the predicate as a proposition."""
    at, seen_empty = verb, False
    limit = min(end, verb + 14)
    while at < limit:
        word = syntax.word(at)
        found = by_word.get(at)
        if found is not None and found is not act:
            return found
        form = verb_forms().get(word)
        lemma = form.lemma if form else word
        if (
            word in words("words", "auxiliaries")
            or word in words("words", "adverbs")
            or word.endswith("ly")
            or word in ("to", "be", "been", "being")
        ):
            at += 1
        elif lemma in words("words", "empty") or lemma in words("words", "light"):
            seen_empty = True
            at += 1
        elif seen_empty and (
            word in words("words", "determiners")
            or word in ("for", "that", "of")
            or at in syntax.value_at
            or at in syntax.at
        ):
            at += 1
        else:
            break
    return _claim(syntax, verb, end)


def _phrase(syntax: Syntax, start: int, end: int, by_word: dict[int, Act], act: Act) -> Act | Claim | None:
    """Return the event that a noun phrase names, or the phrase as a proposition; nothing where an entity fills it."""
    at = start
    while at < end and (syntax.word(at) in words("words", "determiners") or at in syntax.value_at):
        at += 1
    if at >= end or syntax.word(at) in ("", ".", ",", ";", ")"):
        return None
    mention = syntax.at.get(at)
    for i in range(at, min(end, at + 7)):
        if i in by_word and by_word[i] is not act:
            return by_word[i]
        low = syntax.word(i)
        if (
            low in ("of",)
            and i > at
            and syntax.word(i - 1) in ("need", "importance", "possibility", "idea", "number", "claims")
        ):
            continue
        if (
            low in (",", ".", ";")
            or (low in words("words", "prepositions") and not (mention and low == "of"))
            or low in words("words", "subordinators")
        ):
            break
        if syntax.is_verb(i) and i > at:
            break
    if mention is not None and (mention.type == "AGR" or act.type in ("Accuse", "Endorse", "State")):
        return None
    if (
        syntax.word(at) in words("words", "prepositions")
        or syntax.word(at) in words("words", "subordinators")
        or (mention and mention.form == "PRO")
    ):
        return None
    return _claim(syntax, at, end)


def _claim(syntax: Syntax, first: int, end: int) -> Claim | None:
    """Return the proposition from a word on, to the end of its clause."""
    last = first
    article = syntax.article
    if not article.words[first].text[0].isalnum():
        return None
    for at in range(first, end):
        word = syntax.word(at)
        if at > first and (
            (word in (",", ";", ":", "—", "–", "(", ")") and not _number_comma(syntax, at))
            or word in ("“", "”", '"')
            or (word in ADVERBIAL and word not in ("as", "so"))
        ):
            break
        if (
            at > first
            and word in ("and", "but")
            and (
                syntax.word(at + 1) in ("that", "it", "he", "she", "they", "we")
                or (at + 1 < end and syntax.is_verb(at + 1))
            )
        ):
            break
        last = at
    while last > first and not article.words[last].text[-1].isalnum():
        last -= 1
    return Claim(first, last)


def _number_comma(syntax: Syntax, at: int) -> bool:
    return syntax.word(at) == "," and syntax.word(at - 1).isdigit() and syntax.word(at + 1).isdigit()


def set_via(syntax: Syntax, acts: list[Act]) -> dict[int, Act]:
    """Give every event the speech event it comes through; return the speech event of every quotation."""
    speech = [act for act in acts if act.speech]
    quoted = _quotations(syntax, speech)
    cover: dict[int, Act] = {}
    for act in sorted(speech, key=lambda a: a.region[0] - a.region[1]):  # the shorter regions last: they win
        for at in range(*act.region):
            cover[at] = act
    for act in acts:
        found = cover.get(act.first)
        if found is None or found is act:
            found = quoted.get(syntax.article.words[act.first].quotation)
        if found is not act and found is not None and not _loop(act, found):
            act.via = found
    return quoted


def _loop(act: Act, via: Act | None) -> bool:
    for _ in range(10):
        if via is act:
            return True
        via = via.via if via is not None else None
    return via is not None


def _quotations(syntax: Syntax, speech: list[Act]) -> dict[int, Act]:
    """Return by quotation the speech event that introduces it: the next in its sentence, or the last one before."""
    words = syntax.article.words
    verbs = [act for act in speech if act.verb and not words[act.first].quotation]
    firsts = [act.first for act in verbs]
    edges: dict[int, tuple[int, int]] = {}
    for at, word in enumerate(words):
        if word.quotation:
            edges[word.quotation] = (edges.get(word.quotation, (at, at))[0], at)
    found: dict[int, Act] = {}
    for quotation, (first, last) in edges.items():
        after, before = bisect_left(firsts, last), bisect_left(firsts, first) - 1
        near = [(verbs[i], abs(words[firsts[i]].sentence - words[edge].sentence), abs(firsts[i] - edge))
                for i, edge in ((after, last), (before, first)) if 0 <= i < len(verbs)]  # fmt: skip
        best = min(near, key=lambda one: one[1:], default=None)
        if best is not None and best[1] <= 1:
            found[quotation] = best[0]
    return found


def speakers_of(quoted: dict[int, Act]) -> dict[int, Thing]:
    """Return the speaker of every quotation."""
    found = {}
    for quotation, act in quoted.items():
        speaker = next((f for f in act.fillers("Agent") if isinstance(f, Thing)), None)
        if speaker is not None:
            found[quotation] = speaker
    return found


__all__ = ["content", "load", "regions", "set_via", "speakers_of"]
