"""The rows of the four configs: each a plain dictionary with label names, each usable without any other row."""

from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from parley.dataset.view import ArticleView, outermost
from parley.derive import StanceRow, argument_span, stance_rows
from parley.ids import event_id, pair_id, sentence_id
from parley.model import AUTHOR, Argument, Event, Mention, Span
from parley.ontology import load_ontology
from parley.plover import plover_code
from parley.segment import split_tokens

Row = dict[str, Any]

_VALUE_FIELDS = ("value", "mod", "number", "unit", "qualifier")


def _fields(record: msgspec.Struct, *names: str) -> Row:
    return {name: getattr(record, name) for name in names}


def _span(record: Span) -> Row:
    return _fields(record, "start", "end", "text")


def _zones(view: ArticleView) -> list[Row]:
    return [_fields(zone, "zone", "start", "end") for zone in view.article.zones]


def documents(view: ArticleView) -> Iterator[Row]:
    """Yield the one row of an article: the text and everything of its record."""
    article, gold, links = view.article, view.gold, view.links
    entities = []
    for entity in gold.entities:
        entry = view.entries.get(entity.registry or "")
        shared = _fields(entry, "wikidata", "side") if entry else {"wikidata": None, "side": None}
        entities.append(_fields(entity, "id", "type", "name", "registry", "members") | shared)
    yield {
        **_fields(article, "id", "title", "language", "sha256"),
        "text": view.text,
        "date": article.date.value,
        "date_basis": article.date.basis,
        **_fields(gold, "canary", "ontology", "annotator"),
        "zones": _zones(view),
        "sentences": [sentence._asdict() for sentence in view.sentences],
        "mentions": [
            _fields(m, "id", "start", "end", "text", "form", "entity", "role", *_VALUE_FIELDS)
            | {"type": links.type_of(m)}
            for m in gold.mentions
        ],
        "entities": entities,
        "events": [
            _fields(e, "id", "start", "end", "text", "type", "status", "via", "same_as", "registry")
            | {"arguments": [msgspec.structs.asdict(a) for a in e.arguments]}
            for e in gold.events
        ],
        "stances": [
            _fields(s, "id", "holder", "target", "polarity", "facet", "explicit", "via")
            | {"evidence": [_span(e) for e in s.evidence]}
            for s in gold.stances
        ],
    }


def entities(view: ArticleView) -> Iterator[Row]:
    """Yield a row for each sentence of the annotated zones."""
    for sentence in view.sentences:
        tokens = list(split_tokens(view.text, sentence.start, sentence.end))
        first = {start: at for at, (start, _) in enumerate(tokens)}
        last = {end: at + 1 for at, (_, end) in enumerate(tokens)}
        found = view.mentions_in(sentence)
        outer = outermost(found)
        outer_ids = {m.id for m in outer}
        tags = ["O"] * len(tokens)
        for m in outer:
            kind = view.links.type_of(m)
            tags[first[m.start] : last[m.end]] = [
                f"{'B' if at == first[m.start] else 'I'}-{kind}" for at in range(first[m.start], last[m.end])
            ]
        yield {
            "id": sentence_id(view.article.id, sentence.number),
            "article": view.article.id,
            "number": sentence.number,
            "zone": sentence.zone,
            "text": view.text[sentence.start : sentence.end],
            "start": sentence.start,
            "end": sentence.end,
            "tokens": [view.text[start:end] for start, end in tokens],
            "token_starts": [start for start, _ in tokens],
            "token_ends": [end for _, end in tokens],
            "ner_tags": tags,
            "mentions": [_mention(view, m, first[m.start], last[m.end], m.id in outer_ids) for m in found],
        }


def _mention(view: ArticleView, mention: Mention, token_start: int, token_end: int, is_outermost: bool) -> Row:
    entity = view.links.entities.get(mention.entity or "")
    return {
        **_fields(mention, "id", "start", "end", "text", "form", "role", "entity", *_VALUE_FIELDS),
        "token_start": token_start,
        "token_end": token_end,
        "type": view.links.type_of(mention),
        "registry": entity.registry if entity else None,
        "outermost": is_outermost,
    }


def events(view: ArticleView) -> Iterator[Row]:
    """Yield a row for each event mention, in the order of the record."""
    ontology, links = load_ontology(), view.links
    contested = {head: links.is_contested(head) for head in links.event_clusters}
    for event in view.gold.events:
        sentence = view.sentence_of(event.start, event.end)
        kind, head, code = ontology.event(event.type), links.head(event.id), plover_code(event, links)
        times = [links.mentions[a.mention] for a in event.arguments if a.role == "Time" and a.mention]
        yield {
            "id": event_id(view.article.id, event.id),
            "article": view.article.id,
            "event": event.id,
            "number": sentence.number,
            "sentence": view.text[sentence.start : sentence.end],
            "sentence_start": sentence.start,
            "trigger": event.text,
            **_fields(event, "start", "end", "type", "status", "via"),
            "group": kind.group if kind else None,
            "sources": [_voice(view, voice) for voice in links.sources(event)],
            "event_cluster": head,
            "registry": links.events[head].registry,
            "contested": contested[head],
            "plover_type": code.type if code else None,
            "plover_mode": code.mode if code else None,
            "times": [_fields(time, "value", "mod") for time in times],
            "arguments": [_argument(view, event, argument) for argument in event.arguments],
        }


def _voice(view: ArticleView, voice: Event) -> Row:
    speakers = view.links.fillers(voice, "Agent")
    return {
        "event": voice.id,
        "type": voice.type,
        "speakers": [view.links.entities[s].name for s in speakers],
        "speaker_ids": speakers,
    }


def _argument(view: ArticleView, event: Event, argument: Argument) -> Row:
    """Return an argument with its filler's kind, name and type, so that no other row is needed to read it."""
    links = view.links
    name: str | None
    filler_type: str | None
    members: list[str] = []
    if argument.entity is not None:
        entity = links.entities[argument.entity]
        kind, name, filler_type = "entity", entity.name, entity.type
        if entity.members:
            parts = links.expand(entity.id)
            members = [e for e in links.entities if e in parts]
    elif argument.event is not None:
        filler = links.events[argument.event]
        kind, name, filler_type = "event", filler.text, filler.type
    elif argument.mention is not None:
        value = links.mentions[argument.mention]
        number = None if value.number is None else str(value.number)
        kind, name, filler_type = "value", value.value or number, links.type_of(value)
    else:
        kind, name, filler_type = "span", None, None
    shown = argument_span(argument, event, links, view.sentences)
    start, end = shown if shown else (None, None)
    return {
        **_fields(argument, "role", "entity", "event", "mention"),
        "kind": kind,
        "name": name,
        "type": filler_type,
        "start": start,
        "end": end,
        "text": view.text[start:end] if shown else None,
        "members": members,
        "member_names": [links.entities[m].name for m in members],
    }


def stance(view: ArticleView) -> Iterator[Row]:
    """Yield a row for each pair of a holder and a target, with and without a stance."""
    for pair in stance_rows(view.gold):
        yield {
            "id": pair_id(view.article.id, pair.holder, pair.target),
            "article": view.article.id,
            "text": view.text,
            "zones": _zones(view),
            **_holder(view, pair.holder),
            **_target(view, pair.target),
            **_position(pair),
        }


def _holder(view: ArticleView, holder: str) -> Row:
    if holder == AUTHOR:
        return {"holder": holder, "holder_name": AUTHOR, "holder_type": AUTHOR, "holder_mentions": []}
    entity = view.links.entities[holder]
    return {
        "holder": holder,
        "holder_name": entity.name,
        "holder_type": entity.type,
        "holder_mentions": [_span(m) for m in view.links.mentions_of[holder]],
    }


def _target(view: ArticleView, target: str) -> Row:
    links = view.links
    entity, event = links.entities.get(target), links.events.get(target)
    if event is not None:
        kind, name, target_type = "event", event.text, event.type
        shown: list[Span] = sorted(links.event_clusters[links.head(target)], key=lambda e: e.start)
    else:
        assert entity is not None  # the checks let no reference dangle
        kind, name, target_type = "entity", entity.name, entity.type
        shown = list(links.mentions_of[target])
    return {
        "target": target,
        "target_kind": kind,
        "target_name": name,
        "target_type": target_type,
        "target_mentions": [_span(s) for s in shown],
    }


def _position(pair: StanceRow) -> Row:
    evidence = [{"stance": s.id, **_span(e)} for s in pair.stances for e in s.evidence]
    return {
        "polarity": pair.polarity,
        "stances": [
            _fields(s, "id", "polarity", "facet", "explicit", "via") | {"evidence": [_span(e) for e in s.evidence]}
            for s in pair.stances
        ],
        "evidence": evidence,
    }


ROWS: dict[str, Callable[[ArticleView], Iterator[Row]]] = {
    "documents": documents,
    "entities": entities,
    "events": events,
    "stance": stance,
}
