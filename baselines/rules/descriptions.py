"""Descriptions and pronouns: a head noun with the modifiers before it."""

from bisect import bisect_right

from .lexicon import heads, load, numbers, trigger_nouns, verb_forms, words
from .mention import Found
from .text import CLAUSE_MARKS, Article

_NESTED = frozenset({"GPE", "LOC", "FAC", "ORG", "MIL", "WEA", "VEH", "AGR", "GROUP", "PER"})


def _fixed(article: Article) -> set[int]:
    """Return the words of phrases that name nobody."""
    found: set[int] = set()
    by_first: dict[str, list[list[str]]] = {}
    for phrase in " ".join(load("nouns")["fixed"]["phrases"].split()).split("|"):
        parts = phrase.split()
        by_first.setdefault(parts[0], []).append(parts)
    for at, word in enumerate(article.words):
        for parts in by_first.get(word.lower, ()):
            if [article.lower(at + i, word.sentence) for i in range(len(parts))] == parts:
                found.update(range(at, at + len(parts)))
    return found


def descriptions(article: Article, names: list[Found], busy: frozenset[int]) -> list[Found]:
    """Return the descriptions. ``busy`` are the words of values."""
    name_at = {at: name for name in names for at in range(name.first, name.last + 1)}
    fixed = _fixed(article)
    found: list[Found] = []
    head_words = [
        at
        for at, word in enumerate(article.words)
        if word.lower in heads() and at not in name_at and at not in busy and at not in fixed and _is_noun(article, at)
    ]
    taken = set(head_words)
    for at in head_words:
        kind, many = heads()[article.words[at].lower]
        if kind == "PER" and not many and at + 1 in name_at and name_at[at + 1].type != "PER":
            continue  # "the rebel Valley League"
        inner = at + 1 in taken and article.words[at + 1].sentence == article.words[at].sentence
        if article.lower(at + 1) == "-" and at + 2 in taken:
            inner = True
        if inner and (kind not in _NESTED or (kind == "AGR" and heads()[article.lower(at + 1)][0] == "AGR")):
            continue
        first = at if inner else _start(article, at, name_at, busy, kind)
        found.append(Found(first, at, kind, "NOM", at, article.words[at].lower, many, inner))
    return found


def _is_noun(article: Article, at: int) -> bool:
    """Whether a word that may be a noun or a verb is a noun here."""
    word = article.words[at]
    before, after = article.lower(at - 1, word.sentence), article.lower(at + 1, word.sentence)
    if word.lower in ("home", "back", "well", "lead", "party") and before not in words("words", "determiners"):
        return False
    if word.lower in ("dead", "wounded") and before not in ("the", "their", "our", "its", "'s"):
        return False
    if word.lower in ("state", "side", "country") and before in ("", ",") and at:
        return False
    if word.lower in ("dead", "wounded", "bodies", "arms"):
        return after not in ("and", "in") or word.lower != "dead"
    form = verb_forms().get(word.lower)
    if word.lower in trigger_nouns() and word.lower not in ("mine", "mines"):
        return False
    if form is None:
        return True
    if before in (
        "to",
        "will",
        "would",
        "not",
        "n't",
        "may",
        "can",
        "could",
        "should",
        "must",
        "they",
        "we",
        "he",
        "she",
        "it",
    ):
        return False
    return "ing" not in form.tags and not ("past" in form.tags and before not in words("words", "determiners"))


def _stops(article: Article, at: int, name_at: dict[int, Found], busy: frozenset[int]) -> bool:
    """Whether the word cannot be a modifier before a noun."""
    word = article.words[at]
    low = word.lower
    if at in busy or word.text in CLAUSE_MARKS or not (word.text[0].isalpha() or word.text == "-"):
        return True
    for name in ("determiners", "prepositions", "subordinators", "auxiliaries", "other"):
        if low in words("words", name):
            return True
    if low in numbers() or low.endswith("ly") or low in ("also", "then", "still", "now", "again", "already", "ago"):
        return True
    if at in name_at:
        return name_at[at].form == "NOM" or name_at[at].type == "PER"
    determined = article.lower(at - 1, word.sentence) in words("words", "determiners") | {"'s"}
    form = verb_forms().get(low)
    if form is not None and low not in heads():
        before = article.lower(at - 1, word.sentence)
        subject = before in words("words", "other") or before in ("to", "will", "would", "") or before.endswith("s")
        return not determined and (form.tags != {"base"} or subject)
    if low in heads():
        return heads()[low][1]
    if (
        low.endswith("s")
        and not low.endswith(("ss", "us", "is", "ous"))
        and low not in ("arms", "customs", "sports", "news")
    ):
        return True
    return low.endswith("ing") and not determined


def _start(article: Article, head: int, name_at: dict[int, Found], busy: frozenset[int], kind: str) -> int:
    """Return the first word of the description that this noun heads."""
    sentence = article.words[head].sentence
    first = head
    for at in range(head - 1, max(-1, head - 7), -1):
        if article.words[at].sentence != sentence or article.words[at].quotation != article.words[head].quotation:
            break
        if article.words[at].text == "-":
            if (
                article.words[at].start == article.words[at - 1].end
                and article.words[at].end == article.words[at + 1].start
            ):
                continue
            break
        hyphenated = (
            article.words[at + 1].text == "-" and at + 1 < head and article.words[at].end == article.words[at + 1].start
        )
        if hyphenated and article.words[at].text[0].isalpha() and at not in busy:
            first = at
            continue
        if hyphenated or _stops(article, at, name_at, busy):
            if at in busy and kind == "AGR" and article.lower(at - 1) not in ("on", "in"):
                while at - 1 in busy and article.words[at - 1].sentence == sentence:
                    at -= 1
                first = at
            break
        first = at
        if at in name_at:
            first = max(name_at[at].first, head - 8)
            break
    while first < head and (article.words[first].text == "-" or article.lower(first) in words("words", "adverbs")):
        first += 1
    return first


def pronouns(article: Article, names: list[Found], found: list[Found]) -> list[Found]:
    """Return the pronouns."""
    kinds = {word: kind for kind in load("nouns")["pronouns"] for word in words("nouns", "pronouns", kind)}
    result = []
    starts = sorted(m.first for m in names + found)
    for at, word in enumerate(article.words):
        low, after = word.lower, article.lower(at + 1, word.sentence)
        if low in ("each", "one") and after in ("other", "another") and (low == "one") == (after == "another"):
            result.append(Found(at, at + 1, "GPE", "PRO", at, "each other", True))
        elif low in ("both", "neither") and not _modifies(article, at, starts):
            result.append(Found(at, at, "GPE", "PRO", at, low, True))
        elif (
            low == "other"
            and article.lower(at - 1) == "the"
            and (after in ("of", "for", "'s", ".", ",", "") or after in words("words", "auxiliaries"))
        ):
            result.append(Found(at, at, "GPE", "PRO", at, "each other", True))
        elif (
            low in kinds
            and not (low == "it" and _expletive(article, at))
            and not (low in ("us", "mine") and word.capital)
        ):
            if low == "mine" and article.lower(at - 1) in ("a", "the", "of") and low in heads():
                continue
            if low == "mine":
                continue
            kind = {"THING": "GPE", "US": "GROUP"}.get(kinds[low], kinds[low])
            result.append(Found(at, at, kind, "PRO", at, low, kinds[low] in ("GROUP", "US")))
    return result


def _modifies(article: Article, at: int, starts: list[int]) -> bool:
    """Whether a noun phrase begins soon after the word: then it is a determiner."""
    index = bisect_right(starts, at)
    near = (
        index < len(starts)
        and starts[index] <= at + 3
        and article.words[starts[index]].sentence == article.words[at].sentence
    )
    between = article.lower(at + 1)
    return (near and between not in words("words", "auxiliaries") and between not in verb_forms()) or between in (
        "in",
        "of",
        "the",
    )


def _expletive(article: Article, at: int) -> bool:
    """Whether "it" stands for no entity: "it is clear that", "it emerged that"."""
    sentence = article.words[at].sentence
    following = [article.lower(at + i, sentence) for i in range(1, 7)]
    if following[0] in (
        "is",
        "was",
        "'s",
        "remains",
        "remained",
        "seems",
        "seemed",
        "appears",
        "appeared",
        "will",
        "would",
        "takes",
        "took",
    ):
        return any(word in ("that", "to", "whether", "who", "how", "when") for word in following[1:])
    return len(following) > 1 and following[1] == "that" and following[0].endswith("ed")
