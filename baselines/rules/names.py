"""Names: runs of capitalised words, cut into title and name, typed by gazetteer, last word and context."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import pairwise

from .lexicon import among, closed, gazetteer, heads, is_common, name_heads, words
from .text import Article, Found, Sentence

DEMONYM = re.compile(r"[a-z](?:ians?|eans?|ans?|ese|ish|ic|is?)$")


def names(article: Article, busy: frozenset[int]) -> list[Found]:
    """Return the names and the titles before them. ``busy`` are the words of values."""
    bare = [_without_title(article, *run) for run in _runs(article, busy)]
    votes: dict[str, Counter[str]] = defaultdict(Counter)
    for _, first, last in bare:
        if first <= last:
            votes[article.phrase(first, last)].update(_evidence(article, first, last))
    types = {name: min(found, key=lambda kind: (-found[kind], kind)) for name, found in votes.items()}
    return [found for run in bare for found in _mentions(article, *run, types)]


def _runs(article: Article, busy: frozenset[int]) -> Iterator[tuple[int, int]]:
    """Yield first and last word of each run of capitalised words that is a name."""
    titled = {i for i, s in enumerate(article.sentences) if _in_title_case(article, s)}
    small = {w.text for w in article.words if w.text[0].islower()}
    later = {w for before, w in pairwise(article.words) if w.sentence == before.sentence}
    inside = {w.text for w in later if w.capital and w.sentence not in titled}

    def is_name(at: int) -> bool:
        word = article.words[at]
        if not word.capital or at in busy or len(word.text) == 1 or word.text in words("names", "calendar"):
            return False
        if word.sentence in titled:
            return (word.text in inside and not is_common(word.text)) or word.text in gazetteer()
        if not article.opens(at):
            return not closed(word.lower) and not article.after(at).isdigit()  # "Article 9"
        following = article.words[at + 1].capital if at + 1 < len(article.words) else False
        if word.text in words("names", "office") or word.text in name_heads():
            return following or (word.text in inside and word.lower not in small)
        seen = word.text in inside or word.lower not in small
        return word.text in gazetteer() or (seen and not is_common(word.text))

    at = 0
    while at < len(article.words):
        last = at
        while is_name(at):
            following = last + 1
            if article.words[last].text in words("names", "office") and article.lower(following) == "-":
                following += 1  # "Secretary-General"
            if article.lower(following) in ("of", "for") and article.words[last].text in name_heads():
                following += 2 if article.lower(following + 1) == "the" else 1
            same = following < len(article.words) and article.words[following].sentence == article.words[at].sentence
            if not same or not is_name(following):
                yield at, last
                break
            last = following
        at = last + 1


def _in_title_case(article: Article, sentence: Sentence) -> bool:
    letters = [w for w in article.words[sentence.first : sentence.end] if len(w.text) > 3 and w.text.isalpha()]
    return len(letters) > 4 and sum(w.capital for w in letters) > 0.7 * len(letters)


def _without_title(article: Article, first: int, last: int) -> tuple[int, int, int]:
    """Return where the run begins, where the name in it begins after its titles, and its last word."""
    titles = words("names", "office") | words("names", "honorific")
    at = max((i + 1 for i in range(first, last + 1) if article.words[i].text in titles), default=first)
    body = article.words[last].text in name_heads() or (
        article.words[first].text in name_heads() and article.lower(first + 1) in ("of", "for")
    )
    return first, first if body else at, last


def _evidence(article: Article, first: int, last: int) -> dict[str, int]:
    """Return what an occurrence speaks for."""
    texts = [w.text for w in article.words[first : last + 1]]
    before, after = article.before(first), article.after(last)
    known = gazetteer().get(" ".join(texts))
    head = next((a for a, b in pairwise(texts) if b in ("of", "for")), texts[-1])
    if known:
        return {known.type: 99}
    if head in name_heads():
        return {name_heads()[head]: 50}
    if before == "(" and after == ")":
        return {"ORG": 40}
    if len(texts) > 1 or article.words[first - 1].text in words("names", "office") | words("names", "honorific"):
        return {"PER": 10 * len(texts)}
    if len(texts[0]) < 6 and texts[0].isupper():
        return {"ORG": 20}
    if among(before, "places"):
        return {"GPE": 6}
    if before == "the" and after not in heads():
        return {"GPE" if DEMONYM.search(texts[0]) else "VEH": 4}
    return {"PER" if before == after == "," else "GPE": 3}


def _mentions(article: Article, first: int, begin: int, last: int, types: dict[str, str]) -> Iterator[Found]:
    """Yield the mentions of one run: the title, the adjective in it, the name."""
    honorifics = words("names", "honorific") | {"."}
    title = [i for i in range(first, begin) if article.words[i].text not in honorifics]
    if title:
        yield Found(title[0], title[-1], "PER", "NOM", article.lower(title[-1]))
    name = article.phrase(begin, last)
    kind = types.get(name, "GPE")
    for at in [*title[:-1], *([begin] if kind == "PER" and begin < last else [])]:
        text = article.words[at].text
        if (text in gazetteer() or types.get(text) == "GPE") and DEMONYM.search(text):
            yield Found(at, at, "GPE", "NAM", text)
            begin = max(begin, at + 1)  # "Norlandic Ada Brink"
    if begin <= last:
        yield Found(begin, last, kind, "NAM", article.phrase(begin, last))
