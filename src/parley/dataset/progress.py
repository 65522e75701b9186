"""What of each story is written, annotated and adjudicated."""

import re

import msgspec

from parley.checks import Corpus


class Progress(msgspec.Struct, frozen=True):
    """How far one story is. An event of the story is told if a registry entry is linked to it."""

    story: str | None  # None: articles of no story
    split: str
    origin: str | None
    articles: int
    words: int
    passes: dict[str, int]  # articles annotated, by annotator
    adjudicated: int  # articles with gold
    events: int
    told: int


def progress(corpus: Corpus) -> list[Progress]:
    """Return a line for each story, in the order of articles.jsonl; articles without a story are one line a split."""
    linked = {entry.story for entry in corpus.registry.entries}
    lines = []
    for name, split in dict.fromkeys((article.story, article.split) for article in corpus.articles.values()):
        articles = [a for a in corpus.articles.values() if (a.story, a.split) == (name, split)]
        story = corpus.stories.get(name or "")
        events = [f"{story.id}/{event.id}" for event in story.events] if story else []
        passes = {who: sum(a.id in own for a in articles) for who, own in corpus.raw.items()}
        lines.append(
            Progress(
                story=name,
                split=split,
                origin=articles[0].origin,
                articles=len(articles),
                words=sum(len(re.findall(r"\w+", corpus.texts[a.id])) for a in articles),
                passes={who: number for who, number in passes.items() if number},
                adjudicated=sum(a.id in corpus.gold for a in articles),
                events=len(events),
                told=sum(event in linked for event in events),
            )
        )
    return lines
