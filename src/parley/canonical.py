"""A new record, finished: the mentions of its arguments derived, its lists in canonical order.

Two records that say the same are then written the same.
"""

import re
from typing import Any

import msgspec

from parley.corpus import Article
from parley.model import Argument, Document, Event, Mention, Proposition, Span
from parley.ontology import load_ontology
from parley.reading import AnnotatedArticle, ArticleText


def natural(identifier: str) -> tuple[tuple[int, str], ...]:
    """Return a sort key by which s2 comes before s10."""
    pieces = re.findall(r"[0-9]+|[^0-9]+", identifier)
    return tuple((int(piece) if piece.isdecimal() else -1, piece) for piece in pieces)


def new_document(article: Article, annotator: str, canary: str, **layers: Any) -> Document:
    """Return a record over an article as it is, under the ontology as it is, with these layers."""
    version = load_ontology().version
    return Document(
        id=article.id, canary=canary, ontology=version, annotator=annotator, sha256=article.sha256, **layers
    )


def finish(document: Document, article: Article, text: str) -> Document:
    """Return a new record finished: every entity argument has the mention that shows it, lists are in order.

    See ``AnnotatedArticle.argument_mention`` and ``canonical``. The mentions are set in ``document`` itself.
    """
    read = AnnotatedArticle(document, ArticleText(article, text))
    for event in document.events:
        for argument in event.arguments:
            if argument.entity is not None:
                shown = read.argument_mention(event, argument.entity)
                argument.mention = shown.id if shown else None
    return canonical(document)


def canonical(record: Document) -> Document:
    """Return the record with its lists in canonical order; ids and everything else stay as they are.

    Mentions, events, propositions, stances and evidence are in the order of the text, an outer span before the spans nested in it, a
    stance where its evidence begins. Arguments are in the order of the ontology's roles, those of one role in the order
    of the text. Entities keep their order, for they have no place in the text; members are in the order of entities.
    """
    items: list[Mention | Event | Proposition] = [*record.events, *record.mentions, *record.propositions]
    places = {item.id: (item.start, -item.end, natural(item.id)) for item in items}
    first: dict[str, tuple[int, int, tuple[tuple[int, str], ...]]] = {}
    for mention in sorted(record.mentions, key=lambda mention: places[mention.id]):
        first.setdefault(mention.entity or "", places[mention.id])
    rank = {entity.id: number for number, entity in enumerate(record.entities)}
    roles = load_ontology().names("argument_roles")

    def argument_order(argument: Argument) -> tuple[object, ...]:
        role = roles.index(argument.role) if argument.role in roles else len(roles)
        shown = argument.event or argument.proposition or argument.mention or ""
        return role, places.get(shown) or first.get(argument.entity or "") or (0, 0, ())

    def in_order(event: Event) -> Event:
        return msgspec.structs.replace(event, arguments=sorted(event.arguments, key=argument_order))

    def spans_in_order(spans: list[Span]) -> list[Span]:
        return sorted(spans, key=lambda span: (span.start, -span.end))

    stances = [msgspec.structs.replace(s, evidence=spans_in_order(s.evidence)) for s in record.stances]
    return msgspec.structs.replace(
        record,
        mentions=sorted(record.mentions, key=lambda mention: places[mention.id]),
        entities=[
            msgspec.structs.replace(e, members=sorted(e.members, key=lambda m: rank.get(m, len(rank))))
            if e.members
            else e
            for e in record.entities
        ],
        events=[in_order(event) for event in sorted(record.events, key=lambda event: places[event.id])],
        propositions=[
            msgspec.structs.replace(p, mentions=spans_in_order(p.mentions))
            for p in sorted(record.propositions, key=lambda proposition: places[proposition.id])
        ],
        stances=sorted(stances, key=lambda s: (s.evidence[0].start if s.evidence else -1, natural(s.id))),
    )
