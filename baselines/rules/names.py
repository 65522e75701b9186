"""Names: runs of capitalised words, cut into title and name, typed by gazetteer, last word and context."""

import re
from collections import Counter
from collections.abc import Iterator

from .lexicon import gazetteer, heads, name_heads, trigger_nouns, verb_forms, words
from .mention import Found
from .text import Article, Sentence

DEMONYM = re.compile(r"(?:[a-z](?:ians?|eans?|ans?|ese|ish|ic|is?))$")
CALENDAR = frozenset(
    [
        "Monday",
        "Tuesday",
        "Wednesday",
        "Thursday",
        "Friday",
        "Saturday",
        "Sunday",
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
        "Jan",
        "Feb",
        "Mar",
        "Apr",
        "Jun",
        "Jul",
        "Aug",
        "Sept",
        "Sep",
        "Oct",
        "Nov",
        "Dec",
    ]
)


def _common(word: str) -> bool:
    """Whether a word with a capital, in small letters, is one of the lists: then the capital may be a sentence's."""
    lists = ("determiners", "prepositions", "subordinators", "auxiliaries", "adverbs", "other", "verbs", "empty")
    low = word.lower()
    return (
        any(low in words("words", name) for name in lists)
        or low in heads()
        or low in verb_forms()
        or low in trigger_nouns()
        or low.endswith(("ly", "ing"))
        or bool(re.fullmatch(r"(?:dozens|hundreds|thousands|scores|several|two|three|four|five|six|seven|eight|nine|ten|"
                             r"twenty|forty|thirty|fifty|new|old|last|next|local|foreign|senior|top|former|other|state|"
                             r"rival|armed|military|peace|defence|defense|national|public|medical|aid|late|early)(?:-\w+)?", low))
    )  # fmt: skip


def names(article: Article, busy: frozenset[int]) -> list[Found]:
    """Return the names and the titles before them. ``busy`` are the words of values."""
    runs = list(_runs(article, busy))
    votes = _votes(article, runs)
    found: list[Found] = []
    for first, last in runs:
        found += _cut(article, first, last, votes)
    return found


def _runs(article: Article, busy: frozenset[int]) -> Iterator[tuple[int, int]]:
    """Yield first and last word of each run of capitalised words that is a name."""
    small = {w.text for w in article.words if w.text[0].islower()}
    inside = {w.text for s in article.sentences if s.zone == "body" and not _in_title_case(article, s)
              for w in article.words[s.first + 1 : s.end] if w.capital}  # fmt: skip
    for sentence in article.sentences:
        titled = _in_title_case(article, sentence)
        at = sentence.first
        while at < sentence.end:
            if not _is_name(article, at, sentence.first, small, inside, busy, titled):
                at += 1
                continue
            last = at
            while True:
                following = last + 1
                if article.lower(following, article.words[at].sentence) in ("of", "for", "-") and (
                    article.words[last].text in name_heads() or article.words[following].text == "-"
                ):
                    following += 1
                    if article.lower(following) == "the":
                        following += 1
                if following >= sentence.end or not article.words[following].capital or following in busy:
                    break
                if article.words[following].text in CALENDAR or (
                    titled and not _is_name(article, following, -1, small, inside, busy, titled)
                ):
                    break
                if article.words[following - 1].text == "-" and article.words[following].text in gazetteer():
                    break  # "Norland-Sudovia"
                last = following
            yield at, last
            at = last + 1


def _in_title_case(article: Article, sentence: Sentence) -> bool:
    letters = [w for w in article.words[sentence.first : sentence.end] if len(w.text) > 3 and w.text.isalpha()]
    return len(letters) > 4 and sum(w.capital for w in letters) > 0.7 * len(letters)


def _is_name(
    article: Article, at: int, first: int, small: set[str], inside: set[str], busy: frozenset[int], titled: bool
) -> bool:
    word = article.words[at]
    if not word.capital or at in busy or not word.text[0].isalpha() or word.text in CALENDAR or len(word.text) == 1:
        return False
    opens = (
        at == first
        or at == article.dateline.get(word.sentence)
        or article.lower(at - 1) in ("“", '"', ":", "‘", "'", ".", "(")
        or article.words[at - 1].text == "•"
    )
    if titled:
        return (word.text in inside and not _common(word.text)) or word.text in gazetteer()
    if not opens:
        return word.lower not in words("words", "determiners")
    if word.text in gazetteer() or word.text in words("nouns", "titles", "honorific"):
        return True
    if _common(word.text):
        following = article.words[at + 1] if at + 1 < len(article.words) else None
        titled_name = word.text in words("nouns", "titles", "office") and following is not None and following.capital
        headed = word.text in inside and word.text in name_heads() and word.text.lower() not in small
        return titled_name or headed
    return word.text in inside or word.text.lower() not in small


def _votes(article: Article, runs: list[tuple[int, int]]) -> dict[str, str]:
    """Return the type of every name of the article (by its text): what most of its occurrences speak for."""
    votes: dict[str, Counter[str]] = {}
    for first, last in runs:
        first, last = _without_title(article, first, last)
        if first <= last:
            name = " ".join(w.text for w in article.words[first : last + 1])
            votes.setdefault(name, Counter()).update(_evidence(article, first, last))
    result = {name: min(found, key=lambda kind: (-found[kind], kind)) for name, found in votes.items()}
    people = {name.split()[-1] for name, kind in result.items() if kind == "PER" and " " in name}
    stems = {
        name[:5]: name for name, kind in sorted(result.items()) if kind == "GPE" and " " not in name and len(name) > 4
    }
    longer = {
        word: kind
        for name, kind in result.items()
        if kind in ("ORG", "MIL", "FAC", "LOC", "AGR")
        for word in name.split()[-1:]
    }
    for name in result:
        if name in people:
            result[name] = "PER"
        elif name in longer and name in name_heads():
            result[name] = longer[name]
        elif name[:5] in stems and DEMONYM.search(name) and name not in gazetteer():
            result[name] = "GPE"
    return result


def _without_title(article: Article, first: int, last: int) -> tuple[int, int]:
    """Return the run without titles, honorifics and adjectives before them."""
    titles = words("nouns", "titles", "office") | words("nouns", "titles", "honorific")
    cut = first
    for at in range(first, min(last, first + 5) + 1):
        if article.words[at].text in titles:
            cut = at + 1
            if article.lower(cut) in (".", "-") and cut < last:
                cut += 1
    ends = article.words[last].text in name_heads()
    return (cut, last) if not ends or cut > last else (first, last)


def _evidence(article: Article, first: int, last: int) -> dict[str, int]:
    """Return what an occurrence speaks for."""
    texts = [w.text for w in article.words[first : last + 1]]
    sentence = article.words[first].sentence
    before, after = article.lower(first - 1, sentence), article.lower(last + 1, sentence)
    known = gazetteer().get(" ".join(texts))
    if known:
        return {known.type: 99}
    if before == "(" and after == ")" and first < article.dateline.get(sentence, 0):
        return {"ORG": 99}
    of = next((texts[i - 1] for i in range(1, len(texts)) if texts[i] in ("of", "for")), None)
    head = of if of in name_heads() else texts[-1]
    if head in name_heads() and (len(texts) > 1 or before == "the" or first == last):
        return {name_heads()[head]: 50}
    if len(texts) == 1 and texts[0].isupper() and len(texts[0]) > 1:
        dateline = article.lower(last + 1) in (",", "(", "-", "—", "–") and first == article.sentences[sentence].first
        return {"GPE": 20} if dateline or len(texts[0]) > 5 else {"ORG": 20}
    if article.words[max(0, first - 1)].text in words("nouns", "titles", "office") | words(
        "nouns", "titles", "honorific"
    ):
        return {"PER": 60}
    if len(texts) > 1:
        if texts[0] in ("Port", "Fort", "Mount", "Lake", "Cape"):
            return {"LOC" if texts[0] in ("Mount", "Lake", "Cape") else "GPE": 40}
        return {"PER": 10}
    if before in ("in", "at", "near", "into", "outside", "from", "to", "around", "over"):
        return {"GPE": 6}
    if before == "the" and after not in ("'s",):
        following = heads().get(after)
        if following and DEMONYM.search(texts[0]):
            return {"GPE": 4}
        if texts[0].endswith("s"):
            return {"GPE" if DEMONYM.search(texts[0]) else "MIL": 3}
        return {"GPE": 3} if following else {"VEH": 5}
    if after in ("he", "she") or (before == "," and after == ","):
        return {"PER": 4}
    return {"GPE": 3}


def _cut(article: Article, first: int, last: int, votes: dict[str, str]) -> Iterator[Found]:
    """Yield the mentions of one run: the title, what is nested in it, the name."""
    sentence = article.words[first].sentence
    begin, _ = _without_title(article, first, last)
    office, honorific = words("nouns", "titles", "office"), words("nouns", "titles", "honorific")
    if begin > first:
        title_end = begin - 1
        while title_end >= first and (
            article.words[title_end].text in honorific or article.words[title_end].text in ".-"
        ):
            title_end -= 1
        start = next((i for i in range(first, title_end + 1) if article.words[i].text not in honorific), title_end + 1)
        if start <= title_end:
            yield Found(start, title_end, "PER", "NOM", title_end, article.words[title_end].lower)
            for at in range(start, title_end):
                if article.words[at].text not in office and _adjective(article, at, votes):
                    yield Found(at, at, "GPE", "NAM", at, article.words[at].text)
                    break
    if begin > last:
        return
    name = " ".join(w.text for w in article.words[begin : last + 1])
    adjective = article.words[begin].text
    kind = votes.get(name, "PER" if begin > first else "GPE")
    if begin > first and kind not in ("GPE",) and name not in gazetteer():
        kind = "PER" if article.words[last].text not in name_heads() else kind
    # "Norlandic Ada Brink": an adjective before a person's name is no part of it
    if last > begin and kind == "PER" and _adjective(article, begin, votes):
        yield Found(begin, begin, "GPE", "NAM", begin, adjective)
        begin += 1
        name = name.partition(" ")[2]
    small_follows = article.lower(last + 1, sentence)
    if kind == "ORG" and last == begin and article.words[last].lower in heads() and small_follows in heads() and False:
        return
    yield Found(begin, last, kind, "NAM", last, name)


def _adjective(article: Article, at: int, votes: dict[str, str]) -> bool:
    text = article.words[at].text
    place = gazetteer().get(text)
    return (place is not None and place.kind == "demonym") or (votes.get(text) == "GPE" and bool(DEMONYM.search(text)))
