"""The rows of the configs but ``event_clusters``: plain dictionaries with label names, from one article or story each.

Rows of ``events`` name what their ids refer to. Rows of ``stance`` give spans and no text, which is in ``documents``.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import msgspec

from parley.contrast import contrast, read_pairs
from parley.corpus import Article, Corpus, Story, StoryEvent, WorldEntry
from parley.dataset.features import configs
from parley.ids import event_id, pair_id, sentence_id
from parley.model import AUTHOR, Argument, Document, Event, Mention, Span
from parley.ontology import load_ontology
from parley.plover import plover_code
from parley.reading import AnnotatedArticle, annotated
from parley.segment import Sentence, sentence_at, split_tokens

Row = dict[str, Any]

_VALUE_FIELDS = ("value", "mod", "number", "unit", "qualifier")


def _fields(record: msgspec.Struct, *names: str) -> Row:
    return {name: getattr(record, name) for name in names}


def _span(record: Span) -> Row:
    return _fields(record, "start", "end", "text")


def article_and_gold(view: AnnotatedArticle) -> tuple[Article, Document]:
    """Return the metadata of an article of the corpus, and its gold: a complete record."""
    assert isinstance(view.article, Article) and isinstance(view.record, Document)
    return view.article, view.record


def sentence_with(view: AnnotatedArticle, span: Span) -> Sentence:
    """Return the sentence that holds a span. Raises ``ValueError`` if none does, which the checks rule out."""
    sentence = sentence_at(view.sentences, span.start, span.end)
    if sentence is None:
        raise ValueError(f"{view.record.id}: {span.start}-{span.end} lies in no sentence; run `parley validate`")
    return sentence


def mentions_in(view: AnnotatedArticle, sentence: Sentence) -> list[Mention]:
    """Return the mentions of a sentence in the order of the text, an outer one before those nested in it."""
    inside = [m for m in view.mentions.values() if sentence.start <= m.start and m.end <= sentence.end]
    return sorted(inside, key=lambda m: (m.start, -m.end))


def outermost(mentions: Sequence[Mention]) -> list[Mention]:
    """Return the mentions that lie in no other, in the order of the text. Mentions nest or do not overlap."""
    outer: list[Mention] = []
    for mention in sorted(mentions, key=lambda m: (m.start, -m.end)):
        if not outer or mention.start >= outer[-1].end:
            outer.append(mention)
    return outer


def about(view: AnnotatedArticle) -> Row:
    """Return what rows say of the article that they are from: its story, its origin and the kind of its outlet."""
    article, _ = article_and_gold(view)
    kind = article.outlet.kind if article.outlet else None
    return {"story": article.story, "origin": article.origin, "outlet_kind": kind}


def _zones(view: AnnotatedArticle) -> list[Row]:
    return [_fields(zone, "zone", "start", "end") for zone in view.article.zones]


def documents(view: AnnotatedArticle) -> Iterator[Row]:
    """Yield the one row of an article: the text and everything of its record."""
    article, gold = article_and_gold(view)
    entities = []
    for entity in gold.entities:
        entry = view.registry.get(entity.registry or "")
        shared = _fields(entry, "wikidata", "side") if entry else {"wikidata": None, "side": None}
        entities.append(_fields(entity, "id", "type", "name", "registry", "members") | shared)
    yield {
        **_fields(article, "id", "title", "language", "sha256", "phenomena"),
        **about(view),
        "outlet_name": article.outlet.name if article.outlet else None,
        "outlet_side": article.outlet.side if article.outlet else None,
        "text": view.text,
        "date": article.date.value,
        "date_basis": article.date.basis,
        **_fields(gold, "canary", "ontology", "annotator"),
        "zones": _zones(view),
        "sentences": [sentence._asdict() for sentence in view.sentences],
        "mentions": [
            _fields(m, "id", "start", "end", "text", "form", "entity", "role", *_VALUE_FIELDS)
            | {"type": view.type_of(m)}
            for m in gold.mentions
        ],
        "entities": entities,
        "events": [
            _fields(e, "id", "start", "end", "text", "type", "status", "harm", "via", "same_as", "registry")
            | {"arguments": [msgspec.structs.asdict(a) for a in e.arguments]}
            for e in gold.events
        ],
        "propositions": [
            _fields(p, "id", "start", "end", "text") | {"mentions": [_span(m) for m in p.mentions]}
            for p in gold.propositions
        ],
        "stances": [
            _fields(s, "id", "holder", "target", "polarity", "facet", "explicit", "via")
            | {"evidence": [_span(e) for e in s.evidence]}
            for s in gold.stances
        ],
    }


def entities(view: AnnotatedArticle) -> Iterator[Row]:
    """Yield a row for each sentence of the annotated zones."""
    for sentence in view.sentences:
        tokens = list(split_tokens(view.text, sentence.start, sentence.end))
        first = {start: at for at, (start, _) in enumerate(tokens)}
        last = {end: at + 1 for at, (_, end) in enumerate(tokens)}
        mentions = mentions_in(view, sentence)
        outer = {m.id: m for m in outermost(mentions)}
        tags = ["O"] * len(tokens)
        for m in outer.values():
            start, end = first[m.start], last[m.end]
            tags[start:end] = [f"{'B' if at == start else 'I'}-{view.type_of(m)}" for at in range(start, end)]
        yield {
            "id": sentence_id(view.record.id, sentence.number),
            "article": view.record.id,
            **about(view),
            "number": sentence.number,
            "zone": sentence.zone,
            "text": view.words(sentence.start, sentence.end),
            "start": sentence.start,
            "end": sentence.end,
            "tokens": [view.words(start, end) for start, end in tokens],
            "token_starts": [start for start, _ in tokens],
            "token_ends": [end for _, end in tokens],
            "ner_tags": tags,
            "mentions": [
                {
                    **_fields(m, "id", "start", "end", "text", "form", "role", "entity", *_VALUE_FIELDS),
                    "token_start": first[m.start],
                    "token_end": last[m.end],
                    "type": view.type_of(m),
                    "registry": view.entities[m.entity].registry if m.entity else None,
                    "outermost": m.id in outer,
                }
                for m in mentions
            ],
        }


def sides_of(view: AnnotatedArticle, entities: Iterable[str]) -> list[str]:
    """Return the sides of some entities, sorted; none for ids of something else."""
    return sorted({side for entity in entities for side in view.sides(entity)})


def cluster_id(view: AnnotatedArticle, head: str) -> str:
    """Return the id of an event cluster's row of ``event_clusters``: its registry id, else article and first mention."""
    return view.events[head].registry or event_id(view.record.id, head)


def events(view: AnnotatedArticle) -> Iterator[Row]:
    """Yield a row for each event mention, in the order of the record."""
    contested = {head: view.is_contested(head) for head in view.event_clusters}
    for event in view.events.values():
        sentence, head = sentence_with(view, event), view.head(event.id)
        kind, code = load_ontology().event(event.type), plover_code(event, view)
        times = [view.mentions[a.mention] for a in event.arguments if a.role == "Time" and a.mention]
        yield {
            "id": event_id(view.record.id, event.id),
            "article": view.record.id,
            **about(view),
            "event": event.id,
            "number": sentence.number,
            "sentence": view.words(sentence.start, sentence.end),
            "sentence_start": sentence.start,
            "trigger": event.text,
            **_fields(event, "start", "end", "type", "status", "harm", "via"),
            "group": kind.group if kind else None,
            "sources": [
                {
                    "event": source.id,
                    "type": source.type,
                    "speakers": [view.name(speaker) for speaker in view.fillers(source, "Agent")],
                    "speaker_ids": view.fillers(source, "Agent"),
                    "speaker_registries": [view.entities[e].registry for e in view.fillers(source, "Agent")],
                    "sides": sides_of(view, view.fillers(source, "Agent")),
                }
                for source in view.sources(event)
            ],
            "event_cluster": head,
            "cluster": cluster_id(view, head),
            "registry": view.events[head].registry,
            "contested": contested[head],
            "plover_type": code.type if code else None,
            "plover_mode": code.mode if code else None,
            "times": [_fields(time, "value", "mod") for time in times],
            "arguments": [_argument(view, event, argument) for argument in event.arguments],
        }


def _argument(view: AnnotatedArticle, event: Event, argument: Argument) -> Row:
    """Return an argument with the kind, name and type of its filler, so that no other row is needed to read it."""
    filler_type, registry, members = None, None, list[str]()
    if argument.entity is not None:
        entity = view.entities[argument.entity]
        kind, name, filler_type, registry = "entity", entity.name, entity.type, entity.registry
        if entity.members:
            members = [e for e in view.entities if e in view.members(entity.id)]
    elif argument.event is not None:
        kind, name, filler_type = "event", view.name(argument.event), view.events[argument.event].type
        registry = view.events[view.head(argument.event)].registry
    elif argument.proposition is not None:
        kind, name = "proposition", view.name(argument.proposition)
    else:
        value = view.mentions[argument.mention or ""]
        number = None if value.number is None else str(value.number)
        kind, name, filler_type = "value", value.value or number or value.text, view.type_of(value)
    span = view.argument_span(argument, event)
    start, end = span or (None, None)
    return {
        **_fields(argument, "role", "entity", "event", "proposition", "mention"),
        "kind": kind,
        "name": name,
        "type": filler_type,
        "registry": registry,
        "sides": sides_of(view, [argument.entity or ""]),
        "start": start,
        "end": end,
        "text": view.words(*span) if span else None,
        "members": members,
        "member_names": [view.name(member) for member in members],
    }


def stance(view: AnnotatedArticle) -> Iterator[Row]:
    """Yield a row for each pair of a holder and a target, with and without a stance."""
    for pair in view.stance_rows():
        evidence = [
            {"stance": s.id, "number": sentence_with(view, e).number, **_span(e)}
            for s in pair.stances
            for e in s.evidence
        ]
        holder = view.entities.get(pair.holder)
        yield {
            "id": pair_id(view.record.id, pair.holder, pair.target),
            "article": view.record.id,
            **about(view),
            "holder": pair.holder,
            "holder_name": view.name(pair.holder),
            "holder_type": holder.type if holder else AUTHOR,
            "holder_registry": holder.registry if holder else None,
            "holder_sides": sides_of(view, [pair.holder]),
            "holder_mentions": [_span(m) for m in view.mentions_of.get(pair.holder, [])],
            "target": pair.target,
            **_target(view, pair.target),
            "polarity": pair.polarity,
            "stances": [
                _fields(s, "id", "polarity", "facet", "explicit", "via") | {"evidence": [_span(e) for e in s.evidence]}
                for s in pair.stances
            ],
            "evidence": evidence,
            "sentences": [sentence_id(view.record.id, n) for n in sorted({e["number"] for e in evidence})],
        }


def _target(view: AnnotatedArticle, target: str) -> Row:
    """Return what a row of ``stance`` says of its target."""
    target_type, registry = None, None
    spans: Sequence[Span]
    if target in view.entities:
        kind, target_type, registry = "entity", view.entities[target].type, view.entities[target].registry
        spans = view.mentions_of.get(target, [])
    elif target in view.events:
        head = view.head(target)
        kind, target_type, registry = "event", view.events[target].type, view.events[head].registry
        spans = view.event_clusters[head]
    else:
        kind, spans = "proposition", view.propositions[target].spans
    return {
        "target_kind": kind,
        "target_name": view.name(target),
        "target_type": target_type,
        "target_registry": registry,
        "target_sides": sides_of(view, [target]),
        "target_mentions": [_span(span) for span in sorted(spans, key=lambda s: s.start)],
    }


def stance_pairs(view: AnnotatedArticle) -> Iterator[Row]:
    """Yield each pair as a multiple-choice question: what the pair track is given, in words, and the four answers."""
    article, _ = article_and_gold(view)
    told = "\n".join(f"{s.number}. {view.words(s.start, s.end)}" for s in view.sentences)
    choices = ["No stance: the article shows no position of the holder toward the target."]
    choices += [f"{label.name.capitalize()}: {label.definition}" for label in load_ontology().polarities]
    for row in stance(view):
        is_author = row["holder"] == AUTHOR
        holder = (
            "the author of the article" if is_author else f"{row['holder_name']}{_shown(view, row['holder_mentions'])}"
        )
        target = f"the {row['target_kind']} “{row['target_name']}”{_shown(view, row['target_mentions'])}"
        question = (
            f"A news article of {article.date.value}:\n\n{told}\n\nHolder: {holder}\nTarget: {target}\n\n"
            "Which position does the holder take toward the target in this article?"
        )
        asked = {"id": row["id"], "article": row["article"], "question": question, "choices": choices}
        yield {**asked, "answer": row["polarity"]}


def _shown(view: AnnotatedArticle, spans: Sequence[Row]) -> str:
    """Return where a side of a pair is mentioned, in words: ``: “envoys” in sentence 2, “they” in sentence 4``."""
    found = []
    for span in spans:
        sentence = sentence_at(view.sentences, span["start"], span["end"])
        found += [f"“{span['text']}” in sentence {sentence.number}"] if sentence else []
    return f" ({', '.join(found)})" if found else ""


def stories(corpus: Corpus) -> Iterator[tuple[str, Row]]:
    """Yield the row of each invented story with the split of its articles; ``registry`` has what is linked to an item."""
    for story in corpus.stories.values():
        articles = corpus.told_by(story.id)
        linked: dict[str, list[str]] = {}
        for entry in corpus.registry.entries:
            if entry.story:
                linked.setdefault(entry.story, []).append(entry.id)
        yield (
            articles[0].split,
            {
                **_fields(story, "id", "title", "kind", "stage", "calendar", "canary"),
                "articles": [article.id for article in articles],
                "world": [_item(story, entry, linked) for entry in story.world],
                "events": [_item(story, event, linked) for event in story.events],
                "positions": [msgspec.structs.asdict(position) for position in story.positions],
                "outlets": [msgspec.structs.asdict(outlet) for outlet in story.outlets],
            },
        )


def _item(story: Story, item: WorldEntry | StoryEvent, linked: Mapping[str, list[str]]) -> Row:
    return {**msgspec.structs.asdict(item), "registry": linked.get(f"{story.id}/{item.id}", [])}


def contrast_rows(corpus: Corpus) -> Iterator[Row]:
    """Yield a row for each side of the contrast pairs: that of ``documents``, and what it is compared with."""
    made, columns = contrast(corpus), configs()["contrast"].columns
    for pair in read_pairs(corpus)[0]:
        for side, name in zip("ab", pair.sides, strict=True):
            (row,) = documents(annotated(made, name))
            told = {"pair": pair.id, "side": side, **_fields(pair, "phenomenon", "differs")}
            yield {column: value for column, value in (row | told).items() if column in columns}


ROWS: dict[str, Callable[[AnnotatedArticle], Iterator[Row]]] = {
    "documents": documents,
    "entities": entities,
    "events": events,
    "stance": stance,
    "stance_pairs": stance_pairs,
}
