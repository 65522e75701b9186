"""An article with what is known of it so far, by words: the same for gold and prediction, so features are the same."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from baselines.learning import Example
from baselines.rules.text import Article

from parley.task import Task

from .words import Words


@dataclass(eq=False)
class Node:
    """A mention: first and last word, type, form; for a GPE its role in context. Values have no form."""

    first: int
    last: int
    type: str
    form: str | None = None
    role: str | None = None
    inner: bool = False  # within a larger one
    entity: str = ""  # the same for mentions of one entity


@dataclass(eq=False)
class View:
    """An article's words, their features, and the mentions in the order of the text."""

    article: Article
    words: Words
    mentions: list[Node] = field(default_factory=list)


def blank(task: Task) -> View:
    """Return an article of which nothing is known."""
    article = Article(task)
    return View(article, Words(article))


def gold(example: Example) -> View:
    """Return an article with its gold. What does not begin and end with a word is left out."""
    view = blank(example.task)
    starts = {word.start: at for at, word in enumerate(view.article.words)}
    ends = {word.end: at for at, word in enumerate(view.article.words)}
    for mention in example.gold.mentions.values():
        if mention.start in starts and mention.end in ends:
            kind = example.gold.type_of(mention) or ""
            first, last = starts[mention.start], ends[mention.end]
            view.mentions.append(Node(first, last, kind, mention.form, mention.role, entity=mention.entity or ""))
    view.mentions = nested(view.mentions)
    return view


def nested(mentions: Iterable[Node]) -> list[Node]:
    """Return mentions in the order of the text, outer ones first, with those inside larger ones marked."""
    found: list[Node] = []
    end = -1
    for mention in sorted(mentions, key=lambda m: (m.first, -m.last)):
        mention.inner = mention.last <= end
        end = max(end, mention.last)
        found.append(mention)
    return found
