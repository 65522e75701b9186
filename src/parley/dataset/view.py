"""One article as the build sees it: text, record, and what follows from them."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from parley.checks import Corpus
from parley.corpus import Article, RegistryEntry
from parley.derive import Links
from parley.model import Document, Mention
from parley.segment import Sentence, sentence_at, split_sentences


class ArticleView(NamedTuple):
    """An article with its annotation, its links resolved and its sentences found."""

    article: Article
    text: str
    gold: Document
    links: Links
    sentences: list[Sentence]
    entries: dict[str, RegistryEntry]

    def sentence_of(self, start: int, end: int) -> Sentence:
        """Return the sentence that holds a span of the record.

        Raises ``ValueError`` if none does, which the checks of the corpus rule out.
        """
        sentence = sentence_at(self.sentences, start, end)
        if sentence is None:
            raise ValueError(f"{self.article.id}: {start}-{end} lies in no sentence; run `parley validate`")
        return sentence

    def mentions_in(self, sentence: Sentence) -> list[Mention]:
        """Return the mentions of a sentence in the order of the text, an outer one before what is nested in it."""
        inside = [m for m in self.gold.mentions if sentence.start <= m.start and m.end <= sentence.end]
        return sorted(inside, key=lambda m: (m.start, -m.end))


def views(corpus: Corpus) -> Iterator[ArticleView]:
    """Yield a view of every article of the corpus, in the order of articles.jsonl."""
    entries = corpus.entries
    for article in corpus.articles.values():
        text, gold = corpus.texts[article.id], corpus.gold[article.id]
        yield ArticleView(article, text, gold, Links(gold), split_sentences(text, article.zones), entries)


def outermost(mentions: Sequence[Mention]) -> list[Mention]:
    """Return the mentions that lie in no other, in the order of the text. Mentions nest or are apart."""
    found: list[Mention] = []
    for mention in sorted(mentions, key=lambda m: (m.start, -m.end)):
        if not found or mention.start >= found[-1].end:
            found.append(mention)
    return found
