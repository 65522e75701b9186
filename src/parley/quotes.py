"""The quote form: annotation as people and language models write it, and its way to the record and back.

A span is a sentence number, an exact quotation and, where the quotation occurs in the sentence more than once, which
occurrence. Sentences are numbered from 1 through the scored zones of the article (``parley annotate sentences`` prints
them). Offsets are never written. A field of these records without a docstring means what it means in the record of that
name in ``parley.model`` (``QuoteEntity``: ``Entity``).
"""

import difflib
import itertools
from collections.abc import Iterator
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from parley.canonical import finish, new_document
from parley.corpus import Article
from parley.findings import Finding, finding
from parley.lenient import Finder
from parley.model import (
    AUTHOR,
    Argument,
    ArgumentRole,
    Document,
    Entity,
    EntityType,
    Event,
    EventType,
    Facet,
    GpeRole,
    Harm,
    Id,
    Mention,
    NonEmpty,
    Polarity,
    Proposition,
    Qualifier,
    Record,
    Span,
    Stance,
    Status,
    TimeModifier,
    labels,
)
from parley.reading import AnnotatedArticle, ArticleText
from parley.segment import split_tokens
from parley.words import look_alike


class Quote(Record, kw_only=True):
    """A span as sentence, quotation and occurrence."""

    sentence: Annotated[int, Meta(ge=1)]
    """Number of the sentence, from 1, through headline, standfirst and body."""
    quote: Annotated[str, Meta(min_length=1)]
    """The words of the span, exactly as in the sentence."""
    occurrence: Annotated[int, Meta(ge=1)] | None = None
    """Which of the places in the sentence where the quotation stands, from 1: first those that are whole words, then
    those inside longer words. The first if left out, with a warning where there are others."""


class QuoteMention(Quote, kw_only=True):
    """A mention of the entity in whose list it is."""

    form: Annotated[str, Meta(title="Form", extra_json_schema=labels("forms"))]
    """Name, nominal or pronoun."""
    role: GpeRole = None


class QuoteEntity(Record, kw_only=True):
    """An entity with its mentions."""

    id: Id
    """Unique among all ids of the article."""
    type: EntityType
    name: Annotated[str, Meta(min_length=1)]
    registry: Id | None = None
    members: list[Id] | None = None
    mentions: list[QuoteMention]
    """All mentions of it."""


class QuoteValue(Quote, kw_only=True):
    """A time or quantity."""

    id: Id
    """Unique among all ids of the article."""
    type: Annotated[str, Meta(title="Value type", extra_json_schema=labels("value_types"))]
    """TIME or QTY."""
    value: NonEmpty | None = None
    """ISO 8601 or TIMEX3 value of a TIME, resolved against the article's date: 2025-12-24, 2025-07, 2025-W52, P5D."""
    mod: TimeModifier = None
    """How the TIME modifies its value."""
    number: float | int | None = None
    """Number of a QTY; absent where the text has none (dozens)."""
    unit: NonEmpty | None = None
    """Unit of a QTY as in the text's language (kilometre, people), if it gives one."""
    qualifier: Qualifier = None
    """How exact the number is; absent where it is given as exact."""


class QuoteArgument(Record, kw_only=True):
    """A role and its one filler: an entity, an event, a proposition or a value."""

    role: ArgumentRole
    entity: Id | None = None
    event: Id | None = None
    proposition: Id | None = None
    value: Id | None = None
    """Id of the time or quantity that fills the role."""


class QuoteEvent(Quote, kw_only=True):
    """An event mention; the quotation is its trigger."""

    id: Id
    """Unique among all ids of the article."""
    type: EventType
    status: Status
    harm: Harm = None
    via: Id | None
    same_as: Id | None = None
    registry: Id | None = None
    arguments: list[QuoteArgument]
    """Who and what takes part, by role."""


class QuoteProposition(Quote, kw_only=True):
    """A proposition; the quotation states it."""

    id: Id
    """Unique among all ids of the article."""
    mentions: list[Quote] = msgspec.field(default_factory=list)
    """Later expressions for it ('the proposal')."""


class QuoteStance(Record, kw_only=True):
    """A stance with its evidence as quotations."""

    id: Id
    """Unique among all ids of the article."""
    holder: Id
    target: Id
    polarity: Polarity
    facet: Facet
    evidence: Annotated[list[Quote], Meta(min_length=1)]
    """Quotations that show it."""
    explicit: bool
    via: Id | None


class QuoteDocument(Record, kw_only=True):
    """One article in the quote form."""

    id: Id
    """Id of the article in articles.jsonl."""
    entities: list[QuoteEntity]
    """Entities with their mentions."""
    values: list[QuoteValue]
    """Times and quantities."""
    events: list[QuoteEvent]
    """Event mentions."""
    stances: list[QuoteStance]
    """One for each holder, target and facet."""
    propositions: list[QuoteProposition] = msgspec.field(default_factory=list)
    """What fills a Content or Topic, or is the target of a stance, and is no event or entity."""

    @property
    def lists(self) -> list[list[Any]]:
        """Everything that has an id, by kind."""
        return [self.entities, self.values, self.events, self.propositions, self.stances]


def occurrences(sentence: str, quote: str) -> list[int]:
    """Return every place in ``sentence`` where ``quote`` begins (code points): first those of whole words.

    Overlapping places count. A place is of whole words if no token is cut at either end.

    >>> occurrences("Thailand and a Thai boat", "Thai")
    [15, 0]
    """
    tokens = list(split_tokens(sentence))
    starts, ends = {start for start, _ in tokens}, {end for _, end in tokens}
    places = [at for at in range(len(sentence)) if sentence.startswith(quote, at)]
    return sorted(places, key=lambda at: (at not in starts or at + len(quote) not in ends, at))


def _closest(sentence: str, quote: str) -> str | None:
    """Return the run of whole tokens in ``sentence`` that is most like ``quote``, if any is close."""
    tokens = list(split_tokens(sentence))
    size = len(list(split_tokens(quote)))
    runs = {
        sentence[tokens[i][0] : tokens[i + n - 1][1]]
        for n in range(max(1, size - 1), size + 2)
        for i in range(len(tokens) - n + 1)
    }
    return next(iter(difflib.get_close_matches(quote, sorted(runs), n=1, cutoff=0.6)), None)


def _shared(record: msgspec.Struct, into: type[msgspec.Struct]) -> dict[str, Any]:
    """Return the fields that ``record`` and the class ``into`` both have, lists of records left out."""
    names = [name for name in into.__struct_fields__ if name in record.__struct_fields__]
    return {name: getattr(record, name) for name in names if name not in ("mentions", "arguments", "evidence")}


_FOUND = {"folded": "quote-folded", "moved": "quote-moved", "loose": "quote-loose"}
NOWHERE = Span(start=0, end=1)  # stands for the place of a quotation that was not found; compared by identity


class _Resolver:
    """Turns the quotations of one article into spans and collects what cannot be found."""

    def __init__(self, text: ArticleText, file: str, *, lenient: bool = False) -> None:
        self.text, self.file = text, file
        self.findings: list[Finding] = []
        self.finder = Finder(text.text, text.sentences) if lenient else None

    def span(self, quoted: Quote, path: str) -> Span:
        """Return the span of a quotation; ``NOWHERE``, with a finding, where it cannot be found."""
        if self.finder is None:
            return self._strictly(quoted, path)
        before = len(self.findings)
        if (span := self._strictly(quoted, path, close=False)) is not NOWHERE:
            return span
        wrong = self.findings[before:]
        del self.findings[before:]
        place = self.finder.find(quoted.sentence, quoted.quote, quoted.occurrence)
        if place is None:
            self.findings += [msgspec.structs.replace(each, severity="warning") for each in wrong]
            return NOWHERE
        text = self.text.text[place.start : place.end]
        if place.how != "folded" or text != quoted.quote:  # else only the occurrence was wrong
            values: dict[str, Any] = {"number": quoted.sentence, "quote": quoted.quote, "found": text}
            rule, where = _FOUND[place.how], f"{path}.quote"
            self.findings.append(finding(rule, severity="warning", file=self.file, path=where, **values))
        return Span(start=place.start, end=place.end, text=text)

    def _strictly(self, quoted: Quote, path: str, *, close: bool = True) -> Span:
        """Return the span of a quotation that stands in its sentence exactly; ``close``: say what is close to others."""
        number, quote, occurrence = quoted.sentence, quoted.quote, quoted.occurrence or 1
        text, sentences = self.text.text, self.text.sentences
        fields: dict[str, Any] = {"number": number, "quote": quote, "file": self.file}
        if number > len(sentences):
            self.findings.append(
                finding("sentence-not-there", path=f"{path}.sentence", sentences=len(sentences), **fields)
            )
            return NOWHERE
        sentence = sentences[number - 1]
        words = text[sentence.start : sentence.end]
        places = occurrences(words, quote)
        if not places:
            elsewhere = [str(s.number) for s in sentences if quote in text[s.start : s.end]]
            near = _closest(words, quote) if close else None
            wrong = "quote-not-found" + ("/elsewhere" if elsewhere else "/close" if near else "")
            fields |= {"close": near, "sentences": elsewhere[:5], "alike": look_alike(quote, near or "")}
            self.findings.append(finding(wrong, path=f"{path}.quote", **fields))
            return NOWHERE
        if occurrence > len(places):
            times = "once" if len(places) == 1 else f"{len(places)} times"
            self.findings.append(
                finding("occurrence-not-there", path=f"{path}.occurrence", times=times, places=len(places), **fields)
            )
            return NOWHERE
        if quoted.occurrence is None and len(places) > 1:
            around = [words[max(0, at - 12) : at + len(quote) + 12] for at in places]
            choices = ", ".join(f"{n}: “{context}”" for n, context in enumerate(around, 1))
            self.findings.append(
                finding("ambiguous-quote", severity="warning", path=f"{path}.quote", choices=choices, **fields)
            )
        start = sentence.start + places[occurrence - 1]
        return Span(start=start, end=start + len(quote), text=quote)

    def spans(self, quoted: list[Quote], path: str) -> list[Span]:
        """Return the spans of the quotations in a list that were found."""
        spans = [self.span(quote, f"{path}[{i}]") for i, quote in enumerate(quoted)]
        return [span for span in spans if span is not NOWHERE]


def resolve(
    quoted: QuoteDocument,
    article: Article,
    text: str,
    *,
    annotator: str,
    canary: str,
    file: str = "",
    lenient: bool = False,
) -> tuple[Document | None, list[Finding]]:
    """Return the record of an annotation in quote form with warnings, or None and what could not be found.

    Mentions are numbered ``m1``, ``m2`` … in the order of the text; values keep their ids. The record is finished as
    ``canonical.finish`` says. References are not checked here: ``parley.checks`` does that for every record alike.

    With ``lenient``, for the answers of language models, quotations are found as ``parley.lenient`` says. One that is
    not found is left out with what hangs on it, each with a warning; the record is never None. It needs rapidfuzz.
    """
    resolver = _Resolver(ArticleText(article, text), file, lenient=lenient)
    mentions: list[Mention] = []
    for i, entity in enumerate(quoted.entities):
        for j, mention in enumerate(entity.mentions):
            span = resolver.span(mention, f"$.entities[{i}].mentions[{j}]")
            if span is not NOWHERE:
                mentions.append(Mention(id="", entity=entity.id, **_fields(span), **_shared(mention, Mention)))
    for i, value in enumerate(quoted.values):
        if (span := resolver.span(value, f"$.values[{i}]")) is not NOWHERE:
            mentions.append(Mention(**_fields(span), **_shared(value, Mention)))
    mentions.sort(key=lambda m: (m.start, -m.end))
    taken = {item.id for items in quoted.lists for item in items}
    numbers = (f"m{number}" for number in itertools.count(1) if f"m{number}" not in taken)
    for placed in mentions:
        placed.id = placed.id or next(numbers)
    events = []
    for i, event in enumerate(quoted.events):
        path = f"$.events[{i}]"
        arguments = [Argument(mention=a.value, **_shared(a, Argument)) for a in event.arguments]
        if (span := resolver.span(event, path)) is not NOWHERE:
            events.append(Event(**_fields(span), **_shared(event, Event), arguments=arguments))
    propositions = []
    for i, proposition in enumerate(quoted.propositions):
        path = f"$.propositions[{i}]"
        first = resolver.span(proposition, path)
        later = resolver.spans(proposition.mentions, f"{path}.mentions")
        if first is not NOWHERE:
            propositions.append(Proposition(id=proposition.id, mentions=later, **_fields(first)))
    stances = []
    for i, stance in enumerate(quoted.stances):
        evidence = resolver.spans(stance.evidence, f"$.stances[{i}].evidence")
        stances.append(Stance(**_shared(stance, Stance), evidence=evidence))
    if any(each.is_error for each in resolver.findings):
        return None, resolver.findings
    entities = [Entity(**_shared(entity, Entity)) for entity in quoted.entities]
    layers = {"mentions": mentions, "entities": entities, "events": events, "propositions": propositions}
    document = new_document(article, annotator, canary, **layers, stances=stances)
    if lenient:
        resolver.findings += [
            finding("left-out", severity="warning", file=file, what=what, needs=needs)
            for what, needs in _leave_out_hanging(document)
        ]
    return finish(document, article, text), resolver.findings


def _leave_out_hanging(document: Document) -> Iterator[tuple[str, str]]:
    """Take out of a record what needs an item that is not there; yield what it is, and what it needs.

    An event or stance whose source is not there has none. Where the first mention of an event cluster is not there, the
    next one is the first. Entities without a mention stay if they are members of a plural entity.
    """
    mentioned = {mention.entity for mention in document.mentions}
    while True:
        members = {member for entity in document.entities for member in entity.members or ()}
        kept = [e for e in document.entities if e.id in mentioned or e.id in members]
        if len(kept) == len(document.entities):
            break
        yield from ((f"entity {e.id}", "a mention") for e in document.entities if e not in kept)
        document.entities = kept
    entities = {entity.id for entity in document.entities} | {AUTHOR}
    for entity in document.entities:
        if entity.members and not entities.issuperset(entity.members):
            there = [member for member in entity.members if member in entities]
            yield f"list of members of {entity.id}", ", ".join(set(entity.members) - entities)
            entity.members = there if len(there) > 1 else None
    events = {event.id for event in document.events}
    fillers = entities | events | {p.id for p in document.propositions} | {m.id for m in document.mentions}
    first: dict[str, str] = {}  # of an event cluster whose first mention is not there
    for event in sorted(document.events, key=lambda event: event.start):
        if event.same_as is not None and event.same_as not in events:
            head = first.setdefault(event.same_as, event.id)
            event.same_as = head if head != event.id else None
        if event.via is not None and event.via not in events:
            yield f"source of {event.id}", event.via
            event.via = None
        arguments = event.arguments
        event.arguments = [a for a in arguments if (a.entity or a.event or a.proposition or a.mention) in fillers]
        for gone in arguments:
            if gone not in event.arguments:
                yield (
                    f"{gone.role} of {event.id}",
                    gone.entity or gone.event or gone.proposition or gone.mention or "it",
                )
    stances = []
    for stance in document.stances:
        stance.target = first.get(stance.target, stance.target)
        if stance.via is not None and stance.via not in events:
            yield f"source of {stance.id}", stance.via
            stance.via = None
        sides = [side for side in (stance.holder, stance.target) if side not in fillers]
        if sides or not stance.evidence:
            yield f"stance {stance.id}", ", ".join(sides) or "evidence"
        else:
            stances.append(stance)
    document.stances = stances


def _fields(span: Span) -> dict[str, Any]:
    return msgspec.structs.asdict(span)


def to_quotes(document: Document, article: Article, text: str) -> QuoteDocument:
    """Return a record in the quote form: ``resolve`` of it is the record again, except for the ids of mentions.

    Raises ``ValueError`` for a span that is not inside one sentence of a scored zone: it has no quote form.
    """
    read = AnnotatedArticle(document, ArticleText(article, text))

    def quote(start: int, end: int) -> dict[str, Any]:
        sentence = read.article_text.sentence_of(start, end)
        if sentence is None:
            raise ValueError(f"the span {start}–{end} of {document.id} is not inside one sentence")
        places = occurrences(read.words(sentence.start, sentence.end), read.words(start, end))
        occurrence = places.index(start - sentence.start) + 1 if len(places) > 1 else None
        return {"sentence": sentence.number, "quote": read.words(start, end), "occurrence": occurrence}

    def argument(filler: Argument) -> QuoteArgument:
        value = filler.mention if filler.entity is None else None
        return QuoteArgument(value=value, **_shared(filler, QuoteArgument))

    entities = [
        QuoteEntity(
            **_shared(e, QuoteEntity),
            mentions=[QuoteMention(**quote(*m.span), **_shared(m, QuoteMention)) for m in read.mentions_of[e.id]],
        )
        for e in document.entities
    ]
    values = [QuoteValue(**quote(*m.span), **_shared(m, QuoteValue)) for m in document.mentions if m.type is not None]
    events = [
        QuoteEvent(**quote(*e.span), **_shared(e, QuoteEvent), arguments=[argument(a) for a in e.arguments])
        for e in document.events
    ]
    propositions = [
        QuoteProposition(id=p.id, **quote(*p.span), mentions=[Quote(**quote(*span.span)) for span in p.mentions])
        for p in document.propositions
    ]
    stances = [
        QuoteStance(**_shared(s, QuoteStance), evidence=[Quote(**quote(*span.span)) for span in s.evidence])
        for s in document.stances
    ]
    return QuoteDocument(
        id=document.id, entities=entities, values=values, events=events, propositions=propositions, stances=stances
    )
