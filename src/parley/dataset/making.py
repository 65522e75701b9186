"""How the gold was made, for the card: passes, their agreement, decisions, readers."""

from collections import Counter
from typing import NamedTuple

from parley.adjudication.log import read_log
from parley.agreement import Row, agreement, tabulate
from parley.checks import Corpus
from parley.corpus import Pass
from parley.reading import ArticleText

Table = tuple[list[list[str]], list[Row]]


class Reader(NamedTuple):
    """A reader who tested the rules, and the agreement with the gold."""

    own: Pass
    agreement: Table


class Making(NamedTuple):
    """What is told of how the gold was made; ``passes`` is empty where there are none yet."""

    passes: list[Pass]
    agreement: Table
    decisions: dict[str, int]  # by kind, the most first
    readers: list[Reader]


def made(corpus: Corpus) -> Making:
    """Return how the gold of a checked corpus was made. Figures are on the articles that all concerned have."""
    passes = [own for own in corpus.passes.values() if own.role == "pass"]
    readers = [own for own in corpus.passes.values() if own.role == "reader"]
    grounds = {a: ArticleText(corpus.articles[a], corpus.texts[a]) for a in corpus.articles}
    chosen = {own.annotator: corpus.raw[own.annotator] for own in passes}
    shared = {a: ground for a, ground in grounds.items() if all(a in own for own in chosen.values())}
    table = tabulate(agreement(chosen, shared)) if len(passes) > 1 else ([], [])
    kinds = Counter(decision.kind for decision in read_log(corpus.folder / "adjudication.jsonl"))
    tested = []
    for own in readers:
        theirs = corpus.raw[own.annotator]
        read = {a: ground for a, ground in grounds.items() if a in theirs}
        tested.append(Reader(own, tabulate(agreement({own.annotator: theirs}, read, corpus.gold))))
    return Making(passes, table, dict(kinds.most_common()), tested)
