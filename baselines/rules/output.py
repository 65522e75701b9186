"""From what was found to the record: ids, offsets, and nothing that refers to nothing."""

import re
import unicodedata
from collections.abc import Iterable
from typing import Any

from parley.model import AUTHOR, Argument, Entity, Event, Mention, Prediction, Proposition, Span, Stance

from .stance import View
from .text import Article, Found, Thing
from .triggers import Act, Claim
from .values import Value

KINDS = {Thing: "entity", Act: "event", Claim: "proposition", Value: "mention"}


def record(
    article: Article, mentions: list[Found], values: list[Value], acts: list[Act], views: list[View]
) -> Prediction:
    """Return the prediction, without answers to pairs."""
    things = dict.fromkeys(thing for m in mentions if m.thing for thing in (m.thing, *m.thing.members))
    ids: dict[Any, str] = {}
    for letters, items in (("e", things), ("m", mentions), ("v", values), ("ev", acts), ("s", views)):
        ids |= {item: f"{letters}{i}" for i, item in enumerate(items, 1)}
    claims: dict[tuple[int, int], str] = {}
    for claim in [filler for act in acts for _, filler in act.arguments] + [view.target for view in views]:
        if isinstance(claim, Claim):
            ids[claim] = claims.setdefault((claim.first, claim.last), f"p{len(claims) + 1}")

    def span(first: int, last: int) -> dict[str, Any]:
        start, end = article.span(first, last)
        return {"start": start, "end": end, "text": article.text[start:end]}

    named = names(things)
    found = [
        Mention(id=ids[m], form=m.form, entity=ids[m.thing], role=m.role, **span(m.first, m.last)) for m in mentions
    ]
    found += [Mention(id=ids[v], text=article.text[v.start : v.end], **v._asdict()) for v in values]
    return Prediction(
        id=article.id,
        mentions=sorted(found, key=lambda m: (m.start, -m.end)),
        entities=[
            Entity(
                id=ids[t], type=t.type, name=t.name, registry=named.get(t), members=[ids[m] for m in t.members] or None
            )
            for t in things
        ],
        events=[
            Event(
                id=ids[act],
                type=act.type,
                status=act.status,
                harm=(act.harm or "unsaid") if act.type == "Casualty" else None,
                via=ids.get(act.via),
                same_as=ids.get(act.same),
                arguments=[Argument(role=role, **{KINDS[type(filler)]: ids[filler]}) for role, filler in act.arguments],
                **span(act.first, act.last),
            )
            for act in acts
        ],
        propositions=[Proposition(id=name, **span(*words)) for words, name in sorted(claims.items())],
        stances=[
            Stance(
                id=ids[view],
                holder=ids[view.holder] if view.holder else AUTHOR,
                target=ids[view.target],
                polarity=view.polarity,
                facet=view.facet,
                evidence=[Span(**span(*words)) for words in sorted(view.evidence)],
                explicit=view.explicit,
                via=ids.get(view.via),
            )
            for view in views
        ],
    )


def names(things: Iterable[Thing]) -> dict[Thing, str]:
    """Return ids that the same name has in every article; of two things of one name and type only the first has it.

    The shared registry is not used.
    """
    found: dict[str, Thing] = {}
    for thing in things:
        plain = unicodedata.normalize("NFKD", thing.name).encode("ascii", "ignore").decode()
        slug = re.sub(r"[^A-Za-z0-9]+", "-", plain).strip("-").lower()[:50]
        if slug and any(m.form == "NAM" for m in thing.mentions):
            found.setdefault(f"NIL-{thing.type}-{slug}", thing)
    return {thing: name for name, thing in found.items()}
