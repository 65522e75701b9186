"""How varied the prose of a corpus is, article by article, and what a story must not share with another.

Invented articles are set beside those that were found. Measures are of the scored zones; words are compared without
case.
"""

import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from statistics import mean
from typing import Any

import msgspec
from scipy.sparse import csr_matrix

from parley.checks import Corpus
from parley.findings import Finding, finding
from parley.reading import ArticleText
from parley.segment import Sentence

ALL = ("all authored", "all found")  # the lines below those of stories
OPENING = 3  # words
FIRST = 200  # words of an article that ratios are of: they fall with length
# The least of the two real articles (.660, .940) and of the four of the trial story (.620, .955).
LEAST_TYPES, LEAST_BIGRAMS = 0.62, 0.94
ALIKE = 0.6  # share of words in common (Jaccard) from which two sentences are one twice
SHORTEST = 5  # different words; shorter sentences are alike by chance


class ArticleVariety(msgspec.Struct, frozen=True):
    """The measures of one article."""

    article: str
    story: str | None
    origin: str | None
    words: int
    sentence_length: float  # words, on average
    opening: str  # its first three words
    paragraph_openings: list[str]  # the same of each paragraph of the body
    types: float  # type-token ratio of the first 200 words
    bigrams: float  # distinct bigrams of the first 200 words, as a share of all


class Variety(msgspec.Struct, frozen=True):
    """The measures of some articles together. Shares are of distinct among all."""

    name: str
    articles: int
    words: int
    shortest: int  # words
    longest: int
    sentence_length: float  # mean over articles, as all that follow but the shares
    openings: float
    paragraph_openings: float
    types: float
    least_types: float  # of one article
    bigrams: float
    least_bigrams: float


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


def _opening(text: str) -> str:
    return " ".join(_words(text)[:OPENING])


def _texts(corpus: Corpus) -> Iterator[tuple[str, ArticleText]]:
    for article, text in corpus.texts.items():
        yield article, ArticleText(corpus.articles[article], text)


def measure(corpus: Corpus) -> list[ArticleVariety]:
    """Return the measures of each article that has sentences to be annotated."""
    measures = []
    for name, article in _texts(corpus):
        sentences = [_words(article.text[s.start : s.end]) for s in article.sentences]
        words = [word for sentence in sentences for word in sentence]
        if len(words) < OPENING:
            continue
        start, first = article.sentences[0].start, words[:FIRST]
        bodies = [article.text[z.start : z.end] for z in corpus.articles[name].zones if z.zone == "body"]
        bigrams = [*pairwise(first)]
        measures.append(
            ArticleVariety(
                article=name,
                story=corpus.articles[name].story,
                origin=corpus.articles[name].origin,
                words=len(words),
                sentence_length=mean(map(len, sentences)),
                opening=_opening(article.text[start:]),
                paragraph_openings=[_opening(line) for body in bodies for line in body.splitlines() if _words(line)],
                types=len({*first}) / len(first),
                bigrams=len({*bigrams}) / len(bigrams),
            )
        )
    return measures


def together(name: str, measures: list[ArticleVariety]) -> Variety:
    """Return the measures of some articles, one or more, as one line."""
    paragraphs = [opening for own in measures for opening in own.paragraph_openings]
    return Variety(
        name=name,
        articles=len(measures),
        words=sum(own.words for own in measures),
        shortest=min(own.words for own in measures),
        longest=max(own.words for own in measures),
        sentence_length=mean(own.sentence_length for own in measures),
        openings=len({own.opening for own in measures}) / len(measures),
        paragraph_openings=len({*paragraphs}) / len(paragraphs) if paragraphs else 1.0,
        types=mean(own.types for own in measures),
        least_types=min(own.types for own in measures),
        bigrams=mean(own.bigrams for own in measures),
        least_bigrams=min(own.bigrams for own in measures),
    )


def summaries(measures: list[ArticleVariety]) -> list[Variety]:
    """Return a line for each story, and below them for all authored and all found articles."""
    stories = dict.fromkeys(own.story for own in measures if own.story)
    groups = {story: [own for own in measures if own.story == story] for story in stories}
    groups |= {name: [own for own in measures if own.origin == name.removeprefix("all ")] for name in ALL}
    return [together(name, own) for name, own in groups.items() if own]


def check_variety(corpus: Corpus) -> list[Finding]:
    """Return what is not varied enough in the authored articles of a corpus.

    No opening of an article is another's; no article has a ratio below ``LEAST_TYPES`` or ``LEAST_BIGRAMS``; no
    sentence has more than ``ALIKE`` of its words in common with one of another story.
    """
    measures, findings = measure(corpus), []
    first = dict[str, str]()
    for own in measures:
        other = first.setdefault(own.opening, own.article)
        if other != own.article:
            file = f"articles/{own.article}.txt"
            findings.append(finding("same-opening", file=file, opening=own.opening, other=other))
    for own in (each for each in measures if each.origin == "authored"):
        for name, value, least in (
            ("different words", own.types, LEAST_TYPES),
            ("different pairs of words", own.bigrams, LEAST_BIGRAMS),
        ):
            if value < least:
                values: dict[str, Any] = {"value": f"{value:.3f}", "least": least, "number": FIRST}
                findings.append(finding("little-variety", file=f"articles/{own.article}.txt", name=name, **values))
    return [*findings, *_twins(corpus)]


def _twins(corpus: Corpus) -> Iterator[Finding]:
    """Yield a finding for each sentence that is too much like an earlier one of another story."""
    sentences: list[tuple[str, Sentence, str]] = []
    rows, columns, number = list[int](), list[int](), dict[str, int]()
    for name, article in _texts(corpus):
        for sentence in article.sentences if corpus.articles[name].story else []:
            text = article.text[sentence.start : sentence.end]
            if len(words := {*_words(text)}) >= SHORTEST:
                rows += [len(sentences)] * len(words)
                columns += [number.setdefault(word, len(number)) for word in sorted(words)]
                sentences.append((name, sentence, text))
    if not sentences:
        return
    sizes = Counter(rows)
    held = csr_matrix(([1] * len(rows), (rows, columns)), shape=(len(sentences), len(number)))
    common = (held @ held.T).tocoo()
    for one, other, shared in sorted(zip(common.row.tolist(), common.col.tolist(), common.data.tolist(), strict=True)):
        share = shared / (sizes[one] + sizes[other] - shared)
        (name, own, text), (earlier, _, like) = sentences[one], sentences[other]
        if other < one and share > ALIKE and corpus.articles[name].story != corpus.articles[earlier].story:
            yield finding(
                "twin-sentence",
                file=f"articles/{name}.txt",
                number=own.number,
                text=text,
                share=f"{share:.2f}",
                like=like,
                other=earlier,
            )
