"""Descriptions and pronouns: a head noun with the modifiers before it."""

from .lexicon import among, closed, heads, load, numbers, trigger_nouns, verb_forms, words
from .text import MARKS, Article, Found


def descriptions(article: Article, names: list[Found], busy: frozenset[int]) -> list[Found]:
    """Return the descriptions. ``busy`` are the words of values."""
    name_at = {at: name for name in names for at in range(name.first, name.last + 1)}
    skip = busy | set(name_at)
    candidates = [at for at, word in enumerate(article.words) if word.lower in heads() and at not in skip]
    nouns = {at for at in candidates if _is_noun(article, at)}
    found = []
    for at in sorted(nouns):
        kind, many = heads()[article.lower(at)]
        following = name_at.get(at + 1)
        inner = at + 1 in nouns and article.after(at) != ""
        if inner and kind == heads()[article.lower(at + 1)][0] == "AGR":
            continue  # "ceasefire agreement"
        if following is not None and kind == "PER" != following.type and not many and article.after(at):
            continue  # "the rebel Straits League"
        first = at if inner else _start(article, at, name_at, busy)
        found.append(Found(first, at, kind, "NOM", article.lower(at), many))
    return found


def _is_noun(article: Article, at: int) -> bool:
    """Whether a word that heads descriptions is a noun here."""
    low, before = article.lower(at), article.before(at)
    determined = among(before, "determiners") or before == "'s"
    if low in words("nouns", "only_determined"):
        return determined
    tags = verb_forms()[low].tags if low in verb_forms() else frozenset()
    if low in trigger_nouns() and low not in ("mine", "mines"):
        return False
    return not tags or ("ing" not in tags and (determined or not (among(before, "before_verbs") or "past" in tags)))


def _start(article: Article, head: int, name_at: dict[int, Found], busy: frozenset[int]) -> int:
    """Return the first word of the description that this noun heads."""
    first = at = head
    while article.before(at) and head - at < 8:
        at -= 1
        word, low = article.words[at], article.lower(at)
        hyphen = low == "-" or article.words[at + 1].text == "-"
        if hyphen and article.words[at].end == article.words[at + 1].start and at not in busy:
            first = at if low != "-" else first
        elif at in busy and heads()[article.lower(head)][0] == "AGR":
            first = at  # "the 3 May truce"
        elif at in name_at and name_at[at].type != "PER" and name_at[at].last == at:
            return name_at[at].first
        elif at in name_at or at in busy or word.text in MARKS or not word.text[0].isalpha() or _stops(article, at):
            break
        else:
            first = at
    return first


def _stops(article: Article, at: int) -> bool:
    """Whether a word cannot be a modifier before a noun."""
    low, before = article.lower(at), article.before(at)
    if closed(low) or low.endswith("ly") or low in numbers():
        return True
    if low in heads():
        return heads()[low][1]
    determined = among(before, "determiners") or before == "'s" or before in numbers() or before.isdigit()
    if low in verb_forms():
        bare = verb_forms()[low].tags == {"base"} and not closed(before) and not before.endswith("s") and before
        return not determined and not bare
    many = low.endswith("s") and not low.endswith(("ss", "us", "is", "ous")) and low not in ("arms", "customs", "news")
    return many or (low.endswith("ing") and not determined)


def pronouns(article: Article, others: list[Found]) -> list[Found]:
    """Return the pronouns."""
    kinds = {word: kind for kind in load("nouns")["pronouns"] for word in words("nouns", "pronouns", kind)}
    starts = {m.first for m in others}
    result = []
    for at, word in enumerate(article.words):
        low, after = word.lower, article.after(at)
        predicate = among(after, "auxiliaries") or after in verb_forms() or not after.isalpha()
        if (low, after) in (("each", "other"), ("one", "another")):
            result.append(Found(at, at + 1, "GPE", "PRO", "each other", many=True))
        elif (low in ("both", "neither") and predicate and at + 1 not in starts) or (
            low == "other" and article.before(at) == "the" and (predicate or after in ("of", "for"))
        ):
            result.append(Found(at - (low == "other"), at, "GPE", "PRO", "each other", many=True))
        elif low in kinds and low not in heads() and word.text != "US":
            kind = {"THING": "GPE", "US": "GROUP"}.get(kinds[low], kinds[low])
            result.append(Found(at, at, kind, "PRO", low, many=kinds[low] in ("GROUP", "US")))
    return result
