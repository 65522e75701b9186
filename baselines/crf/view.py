"""An article with what is known of it so far, by words: the same for gold and prediction, so features are the same."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeVar

from baselines.learning import Example
from baselines.rules import predict
from baselines.rules.syntax import Syntax
from baselines.rules.text import Article, Found
from baselines.rules.values import Value

from parley.ontology import load_ontology
from parley.reading import AnnotatedArticle, ArticleText
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


class Layers:
    """Mentions and event mentions of an article, in the order of the text; also by their words."""

    def __init__(self, article: Article, record: AnnotatedArticle) -> None:
        """Read them from an annotation. What does not begin and end with a word is left out."""
        starts = {word.start: at for at, word in enumerate(article.words)}
        ends = {word.end: at for at, word in enumerate(article.words)}

        def run(span: tuple[int, int]) -> tuple[int, int] | None:
            return (starts[span[0]], ends[span[1]]) if span[0] in starts and span[1] in ends else None

        self.nodes: dict[tuple[int, int], Node] = {}
        for mention in record.mentions.values():
            if words := run(mention.span):
                kind = record.type_of(mention) or ""
                self.nodes[words] = Node(*words, kind, mention.form, mention.role, entity=mention.entity or mention.id)
        self.mentions = nested(self.nodes.values())
        acts: dict[str, Act] = {}
        for event in record.events.values():
            if words := run(event.span):
                acts[event.id] = Act(*words, event.type, event.status, event.harm, cluster=record.head(event.id))
        for event in record.events.values():
            if event.id in acts:
                acts[event.id].via = acts.get(event.via or "")
                for argument in event.arguments:
                    span = record.argument_span(argument, event)
                    if words := run(span) if span else None:
                        claim = Claim(*words) if argument.proposition else self.nodes.get(words)
                        if filler := acts.get(argument.event or "") or claim:
                            acts[event.id].arguments.append((argument.role, filler))
        self.acts = sorted(acts.values(), key=lambda act: act.first)
        self.by_words = {(act.first, act.last): act for act in self.acts}


class View:
    """An article's words, their features, what ``rules`` says, and what is known: mentions and event mentions."""

    def __init__(self, task: Task) -> None:
        """Read an article of which nothing is known."""
        self.article = Article(task)
        record = predict(task)
        self.rules = Layers(self.article, AnnotatedArticle(record, ArticleText(task, task.text)))
        self.words = Words(self.article)
        for act in self.rules.acts:
            self.words.add(act.first, act.last, f"rules={act.type}")
        for node in self.rules.mentions:
            self.words.add(node.first, node.last, f"rules={node.form}|{node.type}")
        self.mentions: list[Node] = []
        self.acts: list[Act] = []

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


def gold(example: Example) -> View:
    """Return an article with its gold."""
    view = View(example.task)
    layers = Layers(view.article, example.gold)
    view.mentions, view.acts = layers.mentions, layers.acts
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
