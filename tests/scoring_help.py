"""What the scoring tests share: annotations written by words instead of offsets, and the small corpus."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

import msgspec

from conftest import ROOT, SMALL
from parley.checks import Corpus, load_corpus
from parley.corpus import Article, ArticleDate, ZoneSpan
from parley.derive import as_prediction, stance_rows
from parley.ids import pair_id
from parley.model import Argument, Document, Entity, Event, Mention, Prediction, Proposition, Span, Stance, StancePair
from parley.reading import ArticleText
from parley.scoring.pair import Pair

Words = str | tuple[str, int]  # words of the text and, where they stand in it several times, which (from 1)


@cache
def small_corpus() -> Corpus:
    """The small corpus, read once. Not to be changed."""
    return load_corpus(SMALL)


@cache
def found_corpus() -> Corpus:
    """The real articles of the dataset alone, read once. Not to be changed."""
    corpus = load_corpus(ROOT / "data")
    found = {name: article for name, article in corpus.articles.items() if article.origin == "found"}
    return msgspec.structs.replace(corpus, articles=found, gold={name: corpus.gold[name] for name in found})


def small_prediction() -> Prediction:
    """The gold of the small corpus as a prediction that a test may change."""
    prediction = as_prediction(small_corpus().gold["harbour-talks"])
    return msgspec.convert(msgspec.to_builtins(prediction), Prediction)


def copies_of_the_small_article(number: int) -> tuple[Corpus, dict[str, Prediction]]:
    """Return a corpus of copies; in every other one the first ten mentions are missed."""
    corpus = small_corpus()
    names = [f"copy-{i}" for i in range(number)]
    (article,), (text,), (gold,) = corpus.articles.values(), corpus.texts.values(), corpus.gold.values()
    many = msgspec.structs.replace(
        corpus,
        articles={name: msgspec.structs.replace(article, id=name) for name in names},
        texts=dict.fromkeys(names, text),
        gold={name: msgspec.structs.replace(gold, id=name) for name in names},
    )
    predictions = {}
    for i, name in enumerate(names):
        whole = small_prediction()
        predictions[name] = msgspec.structs.replace(whole, id=name, mentions=(whole.mentions or [])[10 * (i % 2) :])
    return many, predictions


def in_stories(corpus: Corpus, size: int) -> Corpus:
    """Return the corpus with every so many articles, one after another, telling a story of their own."""
    articles = {
        name: msgspec.structs.replace(article, story=f"story-{i // size}")
        for i, (name, article) in enumerate(corpus.articles.items())
    }
    return msgspec.structs.replace(corpus, articles=articles)


class Writer:
    """Writes records on one text, one body zone, by its words."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.article = Article(
            id="a",
            source_name="a.txt",
            sha256="0" * 64,
            split="test",
            language="en",
            title=None,
            date=ArticleDate(value="2031-03-04", basis="stated", reason="Invented."),
            provenance="Invented.",
            licence="CC0-1.0",
            zones=[ZoneSpan(zone="body", start=0, end=len(text))],
        )

    def place(self, words: Words) -> tuple[int, int]:
        """Start and end of some words."""
        quote, occurrence = (words, 1) if isinstance(words, str) else words
        start = -1
        for _ in range(occurrence):
            start = self.text.index(quote, start + 1)
        return start, start + len(quote)

    def span(self, words: Words) -> Span:
        start, end = self.place(words)
        return Span(start=start, end=end)

    def mentions(self, entities: Mapping[str, Iterable[Words]]) -> list[Mention]:
        """Mentions by entity id."""
        places = [(entity, *self.place(words)) for entity, spans in entities.items() for words in spans]
        return [
            Mention(id=f"{entity}-{start}-{end}", start=start, end=end, entity=entity, form="NAM")
            for entity, start, end in places
        ]

    def event(self, identifier: str, type_: str, words: Words, *arguments: Argument, **fields: Any) -> Event:
        start, end = self.place(words)
        fields = {"status": "actual", "via": None} | fields
        return Event(id=identifier, type=type_, start=start, end=end, arguments=list(arguments), **fields)

    def proposition(self, identifier: str, words: Words, *later: Words) -> Proposition:
        """A proposition by the words that state it, and the later expressions for it."""
        start, end = self.place(words)
        return Proposition(id=identifier, start=start, end=end, mentions=[self.span(each) for each in later])

    def stance(self, holder: str, target: str, polarity: str, *evidence: Words, facet: str = "blame") -> Stance:
        spans = [self.span(words) for words in evidence]
        return Stance(
            id=f"s-{holder}-{target}-{facet}",
            holder=holder,
            target=target,
            polarity=polarity,
            facet=facet,
            evidence=spans,
            explicit=True,
            via=None,
        )

    def prediction(
        self,
        entities: Mapping[str, Iterable[Words]],
        events: Sequence[Event] = (),
        stances: Sequence[Stance] = (),
        members: Mapping[str, list[str]] | None = None,
        types: Mapping[str, str] | None = None,
        propositions: Sequence[Proposition] = (),
    ) -> Prediction:
        """A prediction; entities are GPE unless ``types`` says otherwise."""
        return Prediction(
            id="a",
            mentions=self.mentions(entities),
            entities=[
                Entity(id=e, type=(types or {}).get(e, "GPE"), name=e, members=(members or {}).get(e)) for e in entities
            ],
            events=list(events),
            propositions=list(propositions),
            stances=list(stances),
        )

    def pair(self, gold: Prediction, predicted: Prediction) -> Pair:
        """A pair to count on; the gold is written as a prediction is."""
        layers = ("mentions", "entities", "events", "propositions", "stances")
        fields = {name: getattr(gold, name) for name in ("id", *layers)}
        document = Document(**fields, canary="c", ontology="1", annotator="test", sha256="0" * 64)
        return Pair(ArticleText(self.article, self.text), document, predicted)


def answered(polarities: Sequence[str | None]) -> Pair:
    """The small corpus's five given pairs answered so; None leaves one without an answer."""
    corpus = small_corpus()
    gold = corpus.gold["harbour-talks"]
    names = [pair_id(gold.id, row.holder, row.target) for row in stance_rows(gold)]
    answers = [
        StancePair(pair=name, polarity=polarity)
        for name, polarity in zip(names, polarities, strict=True)
        if polarity is not None
    ]
    ground = ArticleText(corpus.articles[gold.id], corpus.texts[gold.id])
    return Pair(ground, gold, Prediction(id=gold.id, stance_pairs=answers))
