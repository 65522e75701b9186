"""Word lists, capitals, reporting verbs and word order: all three layers and the pairs, without any training."""

from parley.model import Prediction
from parley.task import Task

from .arguments import clusters, fill, reminders, said, share
from .coreference import gpe_role, resolve, speakers
from .descriptions import descriptions, pronouns
from .mention import Found
from .names import names
from .output import record
from .speech import content, regions, set_via, speakers_of
from .stance import answers, stances
from .syntax import Syntax
from .text import Article
from .triggers import set_status, triggers
from .values import values

__all__ = ["predict"]


def predict(task: Task) -> Prediction:
    """Annotate one article: mentions, then entities, events, and stances, each from what the step before it found."""
    article = Article(task)
    found = values(article)
    starts = {w.start: i for i, w in enumerate(article.words)}
    ends = {w.end: i for i, w in enumerate(article.words)}
    busy = frozenset(i for v in found for i in range(starts[v.start], ends[v.end] + 1))

    named = names(article, busy)
    described = descriptions(article, named, busy)
    mentions = _nest(named + described + pronouns(article, named, described))
    things = resolve(article, mentions)

    syntax = Syntax(article, mentions, found)
    events = triggers(syntax)
    regions(syntax, events)
    quoted = set_via(syntax, events)
    for event in quoted.values():
        said(syntax, event)
    speakers(article, mentions, things, speakers_of(quoted))
    by_first = {m.first: m for m in mentions if not m.inner}
    for mention in mentions:
        mention.role = gpe_role(article, mention, by_first) if mention.entity.type == "GPE" else None

    for event in events:
        event.arguments.clear()
    content(syntax, events)
    fill(syntax, events)
    set_status(syntax, events)
    events = clusters(syntax, events)
    share(syntax, events)
    reminders(syntax, events)
    views = stances(syntax, events)
    return record(task, article, mentions, found, things, events, views, answers(syntax, task.pairs, views))


def _nest(mentions: list[Found]) -> list[Found]:
    """Return the mentions in order, those in larger ones marked; of two that cross, or are equal, the first."""
    kept: list[Found] = []
    open_: list[Found] = []
    for mention in sorted(mentions, key=lambda m: (m.first, -m.last, m.form)):
        while open_ and open_[-1].last < mention.first:
            open_.pop()
        around = open_[-1] if open_ else None
        if around is not None and (
            mention.last > around.last or (mention.first, mention.last) == (around.first, around.last)
        ):
            continue
        if any(one.form == "NAM" for one in open_):
            continue  # nothing is marked inside a name
        mention.inner = around is not None
        kept.append(mention)
        open_.append(mention)
    return kept
