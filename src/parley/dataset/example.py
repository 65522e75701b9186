"""The sentence of the data that the card shows in all three layers: found, not written, so that it cannot go stale."""

from collections.abc import Iterable
from typing import NamedTuple

from parley.dataset.view import ArticleView
from parley.model import AUTHOR, Argument, Event, Stance
from parley.segment import Sentence, sentence_at


class Example(NamedTuple):
    """A sentence with its annotation, in words: cells of three tables."""

    article: str
    sentence: Sentence
    text: str
    mentions: list[tuple[str, str, str, str]]  # text, type, form, entity or value
    events: list[tuple[str, str, str, str, str]]  # trigger, type, status, voice, arguments
    stances: list[tuple[str, str, str, str, str]]  # holder, polarity, target, facet, evidence


def _name(view: ArticleView, identifier: str) -> str:
    """The name of an entity or the trigger of an event."""
    if identifier == AUTHOR:
        return "the author"
    entity, event = view.links.entities.get(identifier), view.links.events.get(identifier)
    return entity.name if entity else f"{event.text} ({event.type})" if event else identifier


def _filler(view: ArticleView, argument: Argument) -> str:
    if argument.entity is not None or argument.event is not None:
        return _name(view, argument.entity or argument.event or "")
    mention = view.links.mentions.get(argument.mention or "")
    return mention.text if mention else f"“{argument.text}”"


def _voice(view: ArticleView, event: Event) -> str:
    voices = view.links.sources(event)
    if not voices:
        return "the article"
    speakers = [_name(view, s) for s in view.links.fillers(voices[0], "Agent")]
    return f"{', '.join(speakers) or 'somebody'} ({voices[0].text})"


def _told(view: ArticleView, stance: Stance) -> Sentence | None:
    """The sentence of the first evidence of a stance, if one sentence holds it."""
    first = stance.evidence[0]
    return sentence_at(view.sentences, first.start, first.end)


def _interest(view: ArticleView, sentence: Sentence) -> tuple[bool, bool]:
    """Whether a sentence tells of something contested, and whether it tells something through a voice."""
    events = [e for e in view.gold.events if sentence.start <= e.start and e.end <= sentence.end]
    contested = any(view.links.is_contested(view.links.head(e.id)) for e in events)
    return contested, any(e.via for e in events)


def find_example(found: Iterable[ArticleView]) -> Example | None:
    """Return a sentence of the first article that shows a stance, with its three layers; None if none does.

    Of the article's sentences with a stance it is the first of those that show the most else: something contested,
    something told through a voice.
    """
    for view in found:
        shown = [(sentence, stance) for stance in view.gold.stances if (sentence := _told(view, stance))]
        if not shown:
            continue
        ordered = sorted({s for s, _ in shown}, key=lambda s: s.number)
        sentence = max(ordered, key=lambda s: _interest(view, s))
        mentions = [
            (
                m.text,
                view.links.type_of(m) or "",
                m.form or "",
                _name(view, m.entity) if m.entity else _value(m.value, m.number),
            )
            for m in view.mentions_in(sentence)
        ]
        events = [
            (
                event.text,
                event.type,
                event.status,
                _voice(view, event),
                "; ".join(f"{a.role}: {_filler(view, a)}" for a in event.arguments),
            )
            for event in view.gold.events
            if sentence.start <= event.start and event.end <= sentence.end
        ]
        stances = [
            (_name(view, s.holder), s.polarity, _name(view, s.target), s.facet, " … ".join(e.text for e in s.evidence))
            for told, s in shown
            if told == sentence
        ]
        text = view.text[sentence.start : sentence.end]
        return Example(view.article.id, sentence, text, mentions, events, stances)
    return None


def _value(value: str | None, number: float | None) -> str:
    return value or ("" if number is None else str(number))
