"""An article with what is known of it so far, by words: the same for gold and prediction, so features are the same."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeVar

from baselines.learning import Example
from baselines.rules.syntax import Syntax
from baselines.rules.text import Article, Found
from baselines.rules.values import Value

from parley.ontology import load_ontology
from parley.task import Task

from .words import Words


@dataclass(eq=False)
class Run:
    """A run of words: the first and the last."""

    first: int
    last: int


@dataclass(eq=False)
class Node(Run):
    """A mention: type, form; for a GPE its role in context. Values have no form."""

    type: str
    form: str | None = None
    role: str | None = None
    inner: bool = False  # within a larger one
    entity: str = ""  # the same for mentions of one entity


@dataclass(eq=False)
class Claim(Run):
    """A proposition."""


@dataclass(eq=False)
class Act(Run):
    """An event mention: the words are its trigger."""

    type: str
    status: str = "actual"
    harm: str | None = None
    via: "Act | None" = None
    cluster: str = ""  # the same for mentions of one event
    arguments: list[tuple[str, "Node | Claim | Act"]] = field(default_factory=list)

    @property
    def speech(self) -> bool:
        """Whether it is an act of speech."""
        return self.type in load_ontology().speech_types


T = TypeVar("T", bound=Run)


@dataclass(eq=False)
class View:
    """An article's words, their features, and what is known of it, in the order of the text."""

    article: Article
    words: Words
    mentions: list[Node] = field(default_factory=list)
    acts: list[Act] = field(default_factory=list)

    def sentence(self, at: int, items: Sequence[T]) -> list[T]:
        """Return those of ``items`` that stand in the sentence of a word."""
        sentence = self.article.sentences[self.article.words[at].sentence]
        return [item for item in items if sentence.first <= item.first < sentence.end]

    @cached_property
    def syntax(self) -> Syntax:
        """Word order as ``rules`` reads it, with the mentions of this article; ask for it once these are known."""
        article = self.article
        found = [
            Found(m.first, m.last, m.type, m.form, article.words[m.last].lower, inner=m.inner)
            for m in self.mentions
            if m.form is not None
        ]
        values = [Value(m.type, *article.span(m.first, m.last)) for m in self.mentions if m.form is None]
        return Syntax(article, found, values, [])


def blank(task: Task) -> View:
    """Return an article of which nothing is known."""
    article = Article(task)
    return View(article, Words(article))


def gold(example: Example) -> View:
    """Return an article with its gold. What does not begin and end with a word is left out."""
    view, record = blank(example.task), example.gold
    starts = {word.start: at for at, word in enumerate(view.article.words)}
    ends = {word.end: at for at, word in enumerate(view.article.words)}

    def run(span: tuple[int, int]) -> tuple[int, int] | None:
        return (starts[span[0]], ends[span[1]]) if span[0] in starts and span[1] in ends else None

    nodes: dict[tuple[int, int], Node] = {}
    for mention in record.mentions.values():
        if words := run(mention.span):
            kind = record.type_of(mention) or ""
            nodes[words] = Node(*words, kind, mention.form, mention.role, entity=mention.entity or mention.id)
    view.mentions = nested(nodes.values())
    acts: dict[str, Act] = {}
    for event in record.events.values():
        if words := run(event.span):
            acts[event.id] = Act(*words, event.type, event.status, event.harm, cluster=record.head(event.id))
    view.acts = sorted(acts.values(), key=lambda act: act.first)
    for event in record.events.values():
        if event.id in acts:
            acts[event.id].via = acts.get(event.via or "")
            for argument in event.arguments:
                span = record.argument_span(argument, event)
                if words := run(span) if span else None:
                    filler = acts.get(argument.event or "") or (Claim(*words) if argument.proposition else nodes[words])
                    acts[event.id].arguments.append((argument.role, filler))
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
