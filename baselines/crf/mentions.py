"""Mentions: a tagger for the outermost ones, and a tagger for those within a description."""

from collections.abc import Sequence

from .tagger import Features, Labelled, Tagger, to_tags
from .view import Node, View, nested

PRONOUN = "PRO"  # its type is that of what it refers to


def label(mention: Node) -> str:
    """Return the label of a mention: form and type, of a pronoun the form, of a value the type."""
    if mention.form is None:
        return mention.type
    return PRONOUN if mention.form == "PRO" else f"{mention.form}-{mention.type}"


class Mentions:
    """Finds mentions and values with their forms and types; pronouns without type."""

    def __init__(self, c1: float = 0.3, c2: float = 0.05) -> None:
        """Take the penalties of the taggers."""
        self.outer, self.inner = Tagger(c1, c2), Tagger(c1, c2)

    def fit(self, views: Sequence[View]) -> "Mentions":
        """Learn from articles with their mentions."""
        features, tags = [], []
        for view in views:
            spans = [(m.first, m.last, label(m)) for m in view.mentions if not m.inner]
            for sentence in view.article.sentences:
                features.append([view.words.window(at) for at in range(sentence.first, sentence.end)])
                tags.append(to_tags(spans, sentence.first, sentence.end))
        self.outer.fit(features, tags)
        features, tags = [], []
        for view in views:
            spans = [(m.first, m.last, label(m)) for m in view.mentions if m.inner]
            for around in view.mentions:
                if _may_hold(around):
                    features.append(_inside(view, around))
                    tags.append(to_tags(spans, around.first, around.last + 1))
        self.inner.fit(features, tags)
        return self

    def find(self, view: View) -> list[Node]:
        """Return the mentions and values of an article in the order of the text."""
        found: list[Node] = []
        for sentence in view.article.sentences:
            features = [view.words.window(at) for at in range(sentence.first, sentence.end)]
            found += map(_node, self.outer.spans(features, sentence.first))
        for around in list(found):
            if _may_hold(around):
                spans = self.inner.spans(_inside(view, around), around.first)
                found += [_node(span) for span in spans if span[:2] != (around.first, around.last)]
        return nested(found)


def _node(span: Labelled) -> Node:
    first, last, name = span
    form, _, kind = name.rpartition("-")
    return Node(first, last, "", "PRO") if name == PRONOUN else Node(first, last, kind, form or None)


def _may_hold(mention: Node) -> bool:
    return not mention.inner and mention.form == "NOM" and mention.last > mention.first


def _inside(view: View, around: Node) -> list[Features]:
    """Return the features of the words of a mention for what is nested in it."""
    return [
        view.words.window(at) | {f"in={around.type}": 1.0, f"left={min(around.last - at, 2)}": 1.0}
        for at in range(around.first, around.last + 1)
    ]
