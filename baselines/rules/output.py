"""From what was found to the record: ids, offsets, and nothing that refers to nothing."""

import re
import unicodedata
from typing import Any

from parley.model import AUTHOR, Argument, Entity, Event, Mention, Prediction, Proposition, Span, Stance, StancePair
from parley.task import Task

from .mention import Found, Thing
from .stance import View
from .text import Article
from .triggers import Act, Claim
from .values import Value


def record(
    task: Task,
    article: Article,
    mentions: list[Found],
    values: list[Value],
    things: list[Thing],
    acts: list[Act],
    views: list[View],
    pairs: list[StancePair],
) -> Prediction:
    """Return the prediction."""
    mentioned = [thing for thing in things if thing.mentions]
    kept = mentioned + [m for thing in mentioned for m in thing.members if not m.mentions]
    entity_ids = {id(thing): f"e{i}" for i, thing in enumerate(dict.fromkeys(kept), 1)}
    value_ids = {value: f"v{i}" for i, value in enumerate(values, 1)}
    event_ids = {id(act): f"ev{i}" for i, act in enumerate(acts, 1)}
    claims: dict[tuple[int, int], str] = {}

    def span(first: int, last: int) -> Span:
        start, end = article.span(first, last)
        return Span(start=start, end=end, text=article.text[start:end])

    def claim(found: Claim) -> str:
        return claims.setdefault((found.first, found.last), f"p{len(claims) + 1}")

    def arguments(act: Act) -> list[Argument]:
        result = []
        for role, filler in act.arguments:
            if isinstance(filler, Thing) and id(filler) in entity_ids:
                result.append(Argument(role=role, entity=entity_ids[id(filler)]))
            elif isinstance(filler, Act) and id(filler) in event_ids:
                result.append(Argument(role=role, event=event_ids[id(filler)]))
            elif isinstance(filler, Claim):
                result.append(Argument(role=role, proposition=claim(filler)))
            elif isinstance(filler, Value):
                result.append(Argument(role=role, mention=value_ids[filler]))
        return result

    events = [
        Event(
            id=event_ids[id(act)],
            type=act.type,
            status=act.status,
            harm=(act.harm or "unsaid") if act.type == "Casualty" else None,
            via=event_ids.get(id(act.via)),
            same_as=event_ids.get(id(act.same)),
            arguments=arguments(act),
            **_offsets(span(act.first, act.last)),
        )
        for act in acts
    ]
    stances: list[Stance] = []
    for view in views:
        holder = AUTHOR if view.holder is None else entity_ids.get(id(view.holder))
        if isinstance(view.target, Claim):
            target: str | None = claim(view.target)
        else:
            target = entity_ids.get(id(view.target)) or event_ids.get(id(view.target))
        if holder is None or target is None:
            continue
        stances.append(
            Stance(
                id=f"s{len(stances) + 1}",
                holder=holder,
                target=target,
                polarity=view.polarity,
                facet=view.facet,
                evidence=[span(*found) for found in sorted(view.evidence)],
                explicit=view.explicit,
                via=event_ids.get(id(view.via)),
            )
        )
    return Prediction(
        id=task.id,
        mentions=_mentions(article, mentions, values, entity_ids, value_ids),
        entities=[
            Entity(
                id=entity_ids[id(thing)],
                type=thing.type,
                name=thing.name,
                registry=_registry(thing),
                members=[entity_ids[id(m)] for m in thing.members] or None,
            )
            for thing in dict.fromkeys(kept)
        ],
        events=events,
        propositions=[Proposition(id=name, **_offsets(span(*words))) for words, name in sorted(claims.items())],
        stances=stances,
        stance_pairs=pairs,
    )


def _offsets(span: Span) -> dict[str, Any]:
    return {"start": span.start, "end": span.end, "text": span.text}


def _registry(thing: Thing) -> str | None:
    """Return an id that the same name has in every article; the shared registry is not used."""
    if not any(m.form == "NAM" for m in thing.mentions):
        return None
    plain = unicodedata.normalize("NFKD", thing.name).encode("ascii", "ignore").decode()
    slug = re.sub(r"[^A-Za-z0-9]+", "-", plain).strip("-").lower()[:50]
    return f"NIL-{thing.type}-{slug}" if slug else None


def _mentions(
    article: Article, mentions: list[Found], values: list[Value], entities: dict[int, str], value_ids: dict[Value, str]
) -> list[Mention]:
    found = []
    for number, mention in enumerate(mentions, 1):
        start, end = article.span(mention.first, mention.last)
        found.append(
            Mention(
                id=f"m{number}",
                start=start,
                end=end,
                text=article.text[start:end],
                form=mention.form,
                entity=entities[id(mention.entity)],
                role=mention.role,
            )
        )
    found += [
        Mention(id=value_ids[value], text=article.text[value.start : value.end], **value._asdict()) for value in values
    ]
    return sorted(found, key=lambda m: (m.start, -m.end))
