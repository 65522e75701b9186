"""Which mentions are one entity: by name, by head noun, by apposition; pronouns by recency."""

from .lexicon import gazetteer, heads, load, trigger_verbs, verb_forms, words
from .mention import Found, Thing
from .text import Article

STATES = frozenset(["government", "nation", "country", "side", "state", "party", "republic", "kingdom", "regime"])
PLURALS = frozenset(
    [
        "sides",
        "parties",
        "countries",
        "nations",
        "governments",
        "states",
        "capitals",
        "neighbours",
        "neighbors",
        "republics",
    ]
)
GOVERNMENTAL = frozenset(
    [
        "say",
        "announce",
        "accuse",
        "deny",
        "reject",
        "urge",
        "demand",
        "warn",
        "agree",
        "sign",
        "insist",
        "claim",
        "refuse",
        "pledge",
        "protest",
    ]
)
INDEFINITE = frozenset(["a", "an", "any", "another", "no", "new", "some"])
WINDOW = 60  # so many mentions before a pronoun are looked at


def resolve(article: Article, mentions: list[Found]) -> list[Thing]:
    """Give every mention its entity and return the entities in the order of their first mention."""
    names: dict[str, Thing] = {}
    things: list[Thing] = []
    demonyms = _stems(mentions)
    for mention in mentions:
        if mention.form == "NAM":
            _named(article, mention, names, things, demonyms)
    _titles(article, mentions)
    by_head: dict[str, list[Thing]] = {}
    states = _ranked_states(mentions)
    both: Thing | None = None
    for index, mention in enumerate(mentions):
        if mention.thing is None and mention.form == "NOM":
            plural_states = mention.key in PLURALS and not mention.inner
            each = article.lower(mention.first - 1) in ("each", "either", "neither") and mention.key in STATES
            plural_states = plural_states or each
            if (
                plural_states
                and article.lower(mention.first - 1)
                in ("two", "both", "the", "rival", "warring", "each", "either", "neither")
                and len(states) > 1
            ):
                both = both or _new(things, Thing("GPE", "both sides", members=states[:2], many=True))
                mention.thing = both
            else:
                _described(article, mention, mentions, index, by_head, things, states)
        elif mention.thing is None and mention.form == "PRO":
            if mention.key in ("each other", "both", "neither") and len(states) > 1:
                both = both or _new(things, Thing("GPE", "both sides", members=states[:2], many=True))
                mention.thing = both
            elif mention.key not in ("we", "us", "our", "ours", "ourselves", "i", "me", "my", "mine", "myself"):
                _pronoun(article, mention, mentions, index, things, both)
        if mention.thing is not None:
            mention.type = mention.thing.type
            if mention not in mention.thing.mentions:
                mention.thing.mentions.append(mention)
    _owners(article, mentions)
    return things


def speakers(article: Article, mentions: list[Found], things: list[Thing], said_by: dict[int, Thing]) -> None:
    """Resolve "we" and "I" by the speaker of each quotation (``said_by``, by the quotation's number)."""
    writer = None
    for mention in mentions:
        if mention.thing is not None:
            continue
        speaker = said_by.get(article.words[mention.first].quotation)
        own = mention.key in ("i", "me", "my", "mine", "myself")
        if speaker is None:
            kind = "PER" if own else "GROUP"
            writer = writer or _new(things, Thing(kind, mention.key, many=not own))
            thing = writer
        elif own or speaker.type not in ("PER",) or speaker.owner is None:
            thing = speaker
        else:
            thing = speaker.owner
        mention.thing, mention.type = thing, thing.type
        thing.mentions.append(mention)


def _new(things: list[Thing], thing: Thing) -> Thing:
    things.append(thing)
    return thing


def _stems(mentions: list[Found]) -> dict[str, str]:
    """Return by name of an unknown state or its adjective what it is called: the shortest name of the same beginning."""
    from .names import DEMONYM

    texts = sorted(
        {m.key for m in mentions if m.form == "NAM" and m.type == "GPE" and m.key not in gazetteer()},
        key=lambda t: (len(t), t),
    )
    plain = [t for t in texts if not DEMONYM.search(t)] + [t for t in texts if DEMONYM.search(t)]
    found: dict[str, str] = {}
    by_stem: dict[str, str] = {}
    for text in plain:
        key = text.removesuffix("s")[: max(4, min(len(text) - 3, 7))]
        match = next((by_stem[key[:n]] for n in range(len(key), 3, -1) if key[:n] in by_stem), None)
        if match is not None and DEMONYM.search(text):
            found[text] = match
        else:
            found[text] = text
            for n in range(4, len(text) + 1):
                by_stem.setdefault(text[:n], text)
    return found


def _named(
    article: Article, mention: Found, names: dict[str, Thing], things: list[Thing], stems: dict[str, str]
) -> None:
    key = mention.key
    place = gazetteer().get(key) or (gazetteer().get(key.title()) if key.isupper() else None)
    if place is not None:
        key = place.entity
        if place.kind == "capital" and (
            _located(article, mention) or (place.entity not in {t.name for t in things} and not _acts(article, mention))
        ):
            key = mention.key + " (city)"
    elif mention.type == "GPE":
        key = stems.get(key, key)
    elif mention.type == "PER":
        last = key.split()[-1]
        key = f"PER {last}"
    short = key.title() if key.isupper() and len(key) > 4 else key
    thing = names.get(short)
    if thing is None and mention.type in ("ORG", "MIL", "LOC", "FAC", "AGR", "VEH"):
        thing = next(
            (t for n, t in reversed(names.items()) if t.type == mention.type and n.endswith(" " + short)), None
        )
    if thing is None:
        thing = _new(things, Thing(mention.type, mention.key))
    if mention.type == "PER" and " " in mention.key and " " not in thing.name:
        thing.name = mention.key
    names[short] = mention.thing = thing
    after = mention.last + 1
    if article.lower(after) == "(" and article.lower(after + 2) == ")" and article.words[after + 1].text.isupper():
        names[article.words[after + 1].text] = thing
    initials = "".join(w[0] for w in mention.key.split() if w[0].isupper())
    if len(initials) > 2:
        names.setdefault(initials, thing)


def _located(article: Article, mention: Found) -> bool:
    return article.lower(mention.first - 1) in words("words", "places") and article.lower(mention.first - 1) not in (
        "to",
        "from",
        "between",
    )


def _acts(article: Article, mention: Found) -> bool:
    """Whether the word after it is a verb of governments."""
    form = verb_forms().get(article.lower(mention.last + 1))
    return form is not None and form.lemma in GOVERNMENTAL


def _titles(article: Article, mentions: list[Found]) -> None:
    """Join titles and appositions with the name beside them."""
    outer = [m for m in mentions if not m.inner]
    by_first = {m.first: m for m in outer if m.form == "NAM"}
    by_first_person = {m.first: m for m in outer if m.form == "NAM" and m.type == "PER"}
    by_last = {m.last: m for m in outer if m.form == "NAM"}
    for mention in outer:
        if mention.form != "NOM" or mention.thing is not None or mention.many:
            continue
        after = mention.last + 1
        name = by_first_person.get(after) if mention.type == "PER" else by_first.get(after)
        if name is not None and name.type != mention.type:
            name = None
        if name is None and article.lower(after) == "," and mention.type == "PER":
            name = by_first_person.get(after + 1) or by_first_person.get(after + 2)
        if name is None and article.lower(after) in ("of", "for") and mention.type == "PER":
            # "the head of the fleet, Ada Brink"
            comma = next((i for i in range(after, min(after + 8, len(article.words))) if article.lower(i) == ","), None)
            name = by_first_person.get(comma + 1) if comma is not None else None
        if name is None:
            before = mention.first - 1
            if article.lower(before) in words("words", "determiners") or article.lower(before) == "'s":
                owner = 1 if article.lower(before) != "'s" else 2
                before -= owner
            if article.lower(before) == ",":
                candidate = by_last.get(before - 1)
                if candidate is not None and candidate.type == mention.type:
                    name = candidate
        if name is not None and article.words[name.first].sentence == article.words[mention.first].sentence:
            mention.thing = name.thing


def _ranked_states(mentions: list[Found]) -> list[Thing]:
    """Return the states by how often they are mentioned, capitals with a class of their own left out."""
    count: dict[int, int] = {}
    things: dict[int, Thing] = {}
    for mention in mentions:
        if mention.thing is not None and mention.thing.type in ("GPE", "MIL") and mention.form == "NAM":
            weight = 3 if mention.thing.type == "GPE" else 1
            count[id(mention.thing)] = count.get(id(mention.thing), 0) + weight
            things[id(mention.thing)] = mention.thing
    return sorted(things.values(), key=lambda thing: -count[id(thing)])


def _modifiers(article: Article, mention: Found) -> frozenset[str]:
    return frozenset(article.lower(i) for i in range(mention.first, mention.last) if article.words[i].text != "-")


def _described(
    article: Article,
    mention: Found,
    mentions: list[Found],
    index: int,
    by_head: dict[str, list[Thing]],
    things: list[Thing],
    states: list[Thing],
) -> None:
    nested = _nested_state(article, mention, mentions, index)
    if mention.type == "GPE" and mention.key in STATES:
        own = [state for state in states if state.type == "GPE"]
        mention.thing = nested or (own[0] if own and mention.key in ("government", "country", "state") else None)
    before = article.lower(mention.first - 1, article.words[mention.first].sentence)
    family = "agreement" if mention.type == "AGR" else mention.key.removesuffix("s") if mention.many else mention.key
    family = f"{mention.type} {family} {mention.many}"
    if mention.thing is None and before not in INDEFINITE and "new" not in _modifiers(article, mention):
        mine = _modifiers(article, mention)
        for thing in reversed(by_head.get(family, [])[-6:]):
            theirs = _modifiers(article, thing.mentions[0]) if thing.mentions[0].form == "NOM" else frozenset()
            if (not mine or not theirs or mine & theirs) and (nested is None or thing.owner in (None, nested)):
                mention.thing = thing
                break
        if mention.thing is None and mention.type == "PER" and before in ("the", "") and not mention.inner:
            mention.thing = next((t for t in reversed(by_head.get(f"title {mention.key}", [])[-3:])), None)
    if mention.thing is None:
        kind = mention.type
        mention.thing = _new(
            things,
            Thing(
                kind, article.text[slice(*article.span(mention.first, mention.last))], many=mention.many, owner=nested
            ),
        )
    if mention.thing not in by_head.setdefault(family, []):
        by_head[family].append(mention.thing)


def _nested_state(article: Article, mention: Found, mentions: list[Found], index: int) -> Thing | None:
    """Return the state in a description, or the one that possesses it."""
    for other in mentions[max(0, index - 3) : index + 4]:
        if other is mention or other.thing is None or other.thing.type not in ("GPE", "ORG", "MIL"):
            continue
        inside = mention.first <= other.first <= other.last < mention.last + 1 and other.form == "NAM"
        owner = other.last == mention.first - 2 and article.lower(other.last + 1) == "'s"
        pronoun = other.last == mention.first - 1 and other.form == "PRO"
        of = article.lower(mention.last + 1) == "of" and other.first in (mention.last + 2, mention.last + 3)
        if inside or owner or pronoun or (of and other.form == "NAM"):
            return other.thing
    return None


def _owners(article: Article, mentions: list[Found]) -> None:
    for index, mention in enumerate(mentions):
        if mention.thing is not None and mention.form == "NOM" and mention.thing.owner is None:
            owner = _nested_state(article, mention, mentions, index)
            if owner is not mention.thing:
                mention.thing.owner = owner


def _pronoun(
    article: Article, mention: Found, mentions: list[Found], index: int, things: list[Thing], both: Thing | None
) -> None:
    key = mention.key
    if key in words("nouns", "pronouns", "PER"):
        wanted: tuple[str, ...] = ("PER",)
        many = False
    elif key in words("nouns", "pronouns", "GROUP"):
        wanted, many = ("GROUP", "GPE", "MIL", "ORG"), True
    else:
        wanted, many = ("GPE", "ORG", "MIL", "AGR", "VEH", "FAC", "LOC", "WEA"), False
    female = (
        True if key in ("she", "her", "hers", "herself") else False if key in ("he", "him", "his", "himself") else None
    )
    sentence = article.words[mention.first].sentence
    best: tuple[float, Thing] | None = None
    for other in reversed(mentions[max(0, index - WINDOW) : index]):
        thing = other.thing
        if thing is None or thing.type not in wanted or other.last >= mention.first or other.inner:
            continue
        if many and not (thing.many or thing.type in ("MIL", "ORG", "GPE")):
            continue
        if not many and thing.many and thing.type in ("GROUP", "GPE"):
            continue
        if female is not None and thing.female is not None and thing.female != female:
            continue
        distance = sentence - article.words[other.first].sentence
        if distance > 6:
            break
        subject = (
            article.lower(other.first - 1) not in words("words", "prepositions")
            and article.lower(other.last + 1) != "'s"
        )
        score = -2.0 * distance + (1.5 if subject else 0) + (0.5 if other.form != "NOM" else 0)
        score -= 0.02 * (mention.first - other.last)
        score += 1.0 if many and thing.many else 0
        score -= 1.5 if thing.type in ("LOC", "WEA", "FAC", "AGR") else 0
        if best is None or score > best[0]:
            best = (score, thing)
    if best is None:
        kind = wanted[0]
        mention.thing = _new(things, Thing(kind, key, many=many))
    else:
        mention.thing = best[1]
        if female is not None:
            best[1].female = female


def gpe_role(article: Article, mention: Found, by_first: dict[int, Found]) -> str:
    """Return the role in context of the mention of a state (the first line of rule M10 that fits)."""
    sentence = article.words[mention.first].sentence
    before = article.lower(mention.first - 1, sentence)
    if before in words("words", "determiners"):
        before = article.lower(mention.first - 2, sentence)
    after = article.lower(mention.last + 1, sentence)
    text = article.words[mention.last].text
    place = gazetteer().get(text)
    adjective = mention.form == "NAM" and ((place is not None and place.kind == "demonym") or _is_demonym(mention))
    if adjective and text.endswith("s"):
        return "people"
    if after == "'s":
        owned = by_first.get(mention.last + 2)
        return "territory" if owned is not None and owned.type in ("LOC", "FAC", "GPE") else "state"
    if mention.form == "PRO" and mention.key in ("its", "their", "our", "ours"):
        owned = by_first.get(mention.last + 1)
        return "territory" if owned is not None and owned.type == "LOC" else "state"
    if adjective or mention.inner:
        owner = next((m for m in [by_first.get(mention.first)] if m is not None and m is not mention), None)
        return "territory" if owner is not None and owner.type in ("LOC",) else "state"
    if (before in words("words", "places") and before not in ("between", "to")) or (
        before == "to" and mention.form == "NAM" and _moves(article, mention)
    ):
        return "territory"
    if (
        mention.first == article.sentences[sentence].first
        and after in (",", "(", "-", "—", "–")
        and article.words[mention.first].text.isupper()
    ):
        return "territory"
    if mention.key in ("city", "town", "village", "capital"):
        return "territory"
    for at in range(mention.last + 1, min(mention.last + 6, len(article.words))):
        if article.words[at].sentence != sentence:
            break
        form = verb_forms().get(article.lower(at))
        if form is not None and form.lemma in trigger_verbs():
            group = {entry.type for _, entry in trigger_verbs()[form.lemma]}
            return "state" if group & {"Strike", "Clash", "Mobilize", "Seize", "Casualty", "Damage"} else "government"
    return "government"


def _is_demonym(mention: Found) -> bool:
    from .names import DEMONYM

    return (
        mention.thing is not None
        and mention.thing.name != mention.key
        and bool(DEMONYM.search(mention.key.removesuffix("s")))
    )


def _moves(article: Article, mention: Found) -> bool:
    forms = [verb_forms().get(article.lower(mention.first - i)) for i in range(1, 6)]
    return any(
        form is not None and form.lemma in ("go", "come", "flee", "return", "travel", "send", "move", "visit")
        for form in forms
    )


__all__ = ["gpe_role", "heads", "load", "resolve", "speakers"]
