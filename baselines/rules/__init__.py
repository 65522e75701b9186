"""Word lists, capitals, reporting verbs and word order: all three layers and the pairs, without any training."""

from parley.model import Prediction
from parley.task import Task

from .arguments import clusters, fill, said
from .coreference import Resolver
from .descriptions import descriptions, pronouns
from .names import names
from .output import record
from .speech import content, regions, set_via
from .stance import answers, stances
from .syntax import Syntax
from .text import Article, Found
from .triggers import set_status, triggers
from .values import values

__all__ = ["predict"]


def predict(task: Task) -> Prediction:
    """Annotate one article: mentions, entities, events, stances, each from what the steps before it found."""
    article = Article(task)
    found = values(article)
    inside = {at for value in found for at in range(value.start, value.end)}
    busy = frozenset(i for i, word in enumerate(article.words) if word.start in inside)

    named = names(article, busy)
    described = descriptions(article, named, busy)
    mentions = _nest([*named, *described, *pronouns(article, named + described)])
    resolver = Resolver(article, mentions)

    syntax = Syntax(article, mentions, found, [resolver.both, *resolver.states])
    events = triggers(syntax)
    regions(syntax, events)
    quoted = set_via(syntax, events)
    for event in quoted.values():
        said(syntax, event)
    resolver.speakers({number: event.things("Agent")[0] for number, event in quoted.items() if event.things("Agent")})
    resolver.roles()

    content(syntax, events)
    fill(syntax, events)
    set_status(syntax, events)
    clusters(syntax, events)
    views = stances(syntax, events)
    prediction = record(article, mentions, found, events, views)
    prediction.stance_pairs = answers(syntax, task.pairs, views)
    return prediction


def _nest(mentions: list[Found]) -> list[Found]:
    """Return the mentions in order, those within larger ones marked, without those in a name or across an edge."""
    kept: list[Found] = []
    around: list[Found] = []
    for mention in sorted(mentions, key=lambda m: (m.first, -m.last, m.form)):
        around = [other for other in around if other.last >= mention.first]
        same = around and (around[-1].first, around[-1].last) == (mention.first, mention.last)
        if not same and all(mention.last <= other.last and other.form != "NAM" for other in around):
            mention.inner = bool(around)
            kept.append(mention)
            around.append(mention)
    return kept
