"""From the quote form to the record and back: quotations resolved to offsets, never counted by hand."""

import difflib
import itertools
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from parley.canonical import canonical
from parley.corpus import Article
from parley.derive import nearest_span
from parley.findings import Finding, finding
from parley.model import Argument, Document, Entity, Event, Mention, Span, Stance
from parley.ontology import load_ontology
from parley.quote_form import (
    Quote,
    QuoteArgument,
    QuoteDocument,
    QuoteEntity,
    QuoteEvent,
    QuoteMention,
    QuoteStance,
    QuoteValue,
)
from parley.reading import AnnotatedArticle, ArticleText
from parley.segment import Sentence, split_sentences, split_tokens


def occurrences(sentence: str, quote: str) -> Iterator[int]:
    """Yield every place in ``sentence`` where ``quote`` begins, overlapping ones too, in order."""
    at = sentence.find(quote)
    while at >= 0:
        yield at
        at = sentence.find(quote, at + 1)


def _closest(sentence: str, quote: str) -> str | None:
    """Return the stretch of whole tokens in ``sentence`` that is most like ``quote``, if any is close."""
    tokens = list(split_tokens(sentence))
    size = len(list(split_tokens(quote)))
    windows = {
        sentence[tokens[i][0] : tokens[i + n - 1][1]]
        for n in range(max(1, size - 1), size + 2)
        for i in range(len(tokens) - n + 1)
    }
    return next(iter(difflib.get_close_matches(quote, sorted(windows), n=1, cutoff=0.6)), None)


def _shared(record: msgspec.Struct, into: type[msgspec.Struct]) -> dict[str, Any]:
    """Return the fields that ``record`` and the class ``into`` both have, lists of records left out."""
    names = [name for name in into.__struct_fields__ if name in record.__struct_fields__]
    return {name: getattr(record, name) for name in names if name not in ("mentions", "arguments", "evidence")}


def _parts(span: Span) -> dict[str, Any]:
    return msgspec.structs.asdict(span)


class _Resolver:
    """Turns the quotations of one article into spans and collects what cannot be found."""

    def __init__(self, text: str, sentences: Sequence[Sentence], file: str) -> None:
        self.text, self.sentences, self.file = text, sentences, file
        self.findings: list[Finding] = []

    def _report(self, rule: str, path: str, **values: Any) -> None:
        self.findings.append(finding(rule, file=self.file, path=path, **values))

    def span(self, number: int, quote: str, occurrence: int, path: str) -> Span:
        """Return the span of a quotation; an empty one, with a finding, where it is not to be found."""
        nowhere = Span(start=0, end=1)
        if number > len(self.sentences):
            self._report("sentence-not-there", f"{path}.sentence", number=number, sentences=len(self.sentences))
            return nowhere
        sentence = self.sentences[number - 1]
        words = self.text[sentence.start : sentence.end]
        places = list(occurrences(words, quote))
        if not places:
            elsewhere = [s.number for s in self.sentences if quote in self.text[s.start : s.end]]
            close = None if elsewhere else _closest(words, quote)
            wording = "/elsewhere" if elsewhere else "/close" if close else ""
            values = {"quote": quote, "number": number, "sentences": elsewhere[:5], "close": close}
            self._report(f"quote-not-found{wording}", f"{path}.quote", **values)
            return nowhere
        if occurrence > len(places):
            times = "once" if len(places) == 1 else f"{len(places)} times"
            values = {"quote": quote, "number": number, "times": times, "places": len(places)}
            self._report("occurrence-not-there", f"{path}.occurrence", **values)
            return nowhere
        start = sentence.start + places[occurrence - 1]
        return Span(start=start, end=start + len(quote), text=quote)

    def of(self, quote: Quote, path: str) -> Span:
        """Return the span of a record that is a quotation."""
        return self.span(quote.sentence, quote.quote, quote.occurrence, path)


def _argument(quoted: QuoteArgument, resolver: _Resolver, path: str) -> Argument:
    if quoted.sentence is not None and quoted.quote is not None:
        span = resolver.span(quoted.sentence, quoted.quote, quoted.occurrence or 1, path)
        return Argument(role=quoted.role, start=span.start, end=span.end, text=span.text)
    return Argument(role=quoted.role, entity=quoted.entity, event=quoted.event, mention=quoted.value)


def resolve(
    quoted: QuoteDocument, article: Article, text: str, *, annotator: str, canary: str, file: str = ""
) -> tuple[Document | None, list[Finding]]:
    """Return the record of an annotation in quote form, or None and what could not be found.

    Mentions are numbered ``m1``, ``m2`` … in the order of the text (values keep their ids), and every entity
    argument is given the mention that shows it (``derive.nearest_span``). Lists are in canonical order. References are not checked here:
    that is ``parley.checks``, for every record alike.
    """
    sentences = split_sentences(text, article.zones)
    resolver = _Resolver(text, sentences, file)
    mentions: list[Mention] = []
    for i, entity in enumerate(quoted.entities):
        for j, mention in enumerate(entity.mentions):
            span = resolver.of(mention, f"$.entities[{i}].mentions[{j}]")
            mentions.append(Mention(id="", entity=entity.id, **_parts(span), **_shared(mention, Mention)))
    for i, value in enumerate(quoted.values):
        mentions.append(Mention(**_parts(resolver.of(value, f"$.values[{i}]")), **_shared(value, Mention)))
    mentions.sort(key=lambda m: (m.start, -m.end))
    taken = {e.id for e in quoted.entities} | {v.id for v in quoted.values}
    taken |= {e.id for e in quoted.events} | {s.id for s in quoted.stances}
    numbers = (f"m{number}" for number in itertools.count(1) if f"m{number}" not in taken)
    for placed in mentions:
        placed.id = placed.id or next(numbers)
    events = []
    for i, event in enumerate(quoted.events):
        path = f"$.events[{i}]"
        arguments = [_argument(a, resolver, f"{path}.arguments[{j}]") for j, a in enumerate(event.arguments)]
        events.append(Event(**_parts(resolver.of(event, path)), **_shared(event, Event), arguments=arguments))
    stances = []
    for i, stance in enumerate(quoted.stances):
        evidence = [resolver.of(q, f"$.stances[{i}].evidence[{j}]") for j, q in enumerate(stance.evidence)]
        stances.append(Stance(**_shared(stance, Stance), evidence=evidence))
    if resolver.findings:
        return None, resolver.findings
    document = new_document(
        article,
        annotator,
        canary,
        mentions=mentions,
        entities=[Entity(**_shared(entity, Entity)) for entity in quoted.entities],
        events=events,
        stances=stances,
    )
    derive_mentions(document, sentences)
    return canonical(document), []


def new_document(article: Article, annotator: str, canary: str, **layers: Any) -> Document:
    """Return a record over an article as it is, under the ontology as it is, with these layers."""
    version = load_ontology().version
    return Document(
        id=article.id, canary=canary, ontology=version, annotator=annotator, sha256=article.sha256, **layers
    )


def derive_mentions(document: Document, sentences: Sequence[Sentence]) -> None:
    """Give every entity argument of ``document`` the mention that shows it, in place."""
    mentions_of: dict[str | None, list[Mention]] = {}
    for mention in sorted(document.mentions, key=lambda m: (m.start, -m.end)):
        mentions_of.setdefault(mention.entity, []).append(mention)
    for event in document.events:
        for argument in event.arguments:
            if argument.entity is not None:
                shown = nearest_span(event, mentions_of.get(argument.entity, []), sentences)
                argument.mention = shown.id if shown else None


def to_quotes(document: Document, article: Article, text: str) -> QuoteDocument:
    """Return a record in the quote form: ``resolve`` of it is the record again, but for the names of mention ids.

    Raises ``ValueError`` for a span that is not inside one sentence of a scored zone: it has no quote form.
    """
    item = AnnotatedArticle(document, ArticleText(article, text))

    def quote(start: int, end: int) -> tuple[int, str, int]:
        sentence = item.source.sentence_of(start, end)
        if sentence is None:
            raise ValueError(f"the span {start}–{end} of {document.id} is not inside one sentence")
        words = text[sentence.start : sentence.end]
        places = list(occurrences(words, text[start:end]))
        return sentence.number, text[start:end], places.index(start - sentence.start) + 1

    def argument(filler: Argument) -> QuoteArgument:
        if filler.start is not None and filler.end is not None:
            number, words, occurrence = quote(filler.start, filler.end)
            return QuoteArgument(
                role=filler.role, sentence=number, quote=words, occurrence=None if occurrence == 1 else occurrence
            )
        value = filler.mention if filler.entity is None else None
        return QuoteArgument(role=filler.role, entity=filler.entity, event=filler.event, value=value)

    def parts(span: Span) -> dict[str, Any]:
        number, words, occurrence = quote(span.start, span.end)
        return {"sentence": number, "quote": words, "occurrence": occurrence}

    entities = [
        QuoteEntity(
            **_shared(e, QuoteEntity),
            mentions=[QuoteMention(**parts(m), **_shared(m, QuoteMention)) for m in item.mentions_of[e.id]],
        )
        for e in document.entities
    ]
    values = [QuoteValue(**parts(m), **_shared(m, QuoteValue)) for m in document.mentions if m.type is not None]
    events = [
        QuoteEvent(**parts(e), **_shared(e, QuoteEvent), arguments=[argument(a) for a in e.arguments])
        for e in document.events
    ]
    stances = [
        QuoteStance(**_shared(s, QuoteStance), evidence=[Quote(**parts(span)) for span in s.evidence])
        for s in document.stances
    ]
    return QuoteDocument(id=document.id, entities=entities, values=values, events=events, stances=stances)
