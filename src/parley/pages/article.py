"""An annotated article with labels and numbers, as shown in the terminal and on pages, and its page."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, NamedTuple

import msgspec

from parley.corpus import Article, Corpus, RegistryEntry
from parley.mistakes import KINDS, Case
from parley.model import AUTHOR, Annotation, Argument, Document, Event, Mention, Proposition, Stance
from parley.ontology import load_ontology
from parley.pages.html import ALONE, Notice, Site, page
from parley.pages.palette import FAMILIES
from parley.pages.tree import Mark, Node, nest
from parley.reading import NO_ENTRIES, AnnotatedArticle, ArticleText, Offsets, with_contested
from parley.words import shorten

LAYERS = {"entities": "mentions", "events": "events", "stance": "stances"}  # layer -> the field of the record


class Shown(AnnotatedArticle):
    """An annotated article with numbers and labels, the order of its items, and the layers to be shown.

    A layer that is not shown still lends its names to the others. ``origin`` says where the annotation comes from.
    Ids that refer to nothing are shown as they are; spans beyond the text are not shown.
    """

    def __init__(
        self,
        about: Article,
        text: str,
        record: Annotation,
        registry: Mapping[str, RegistryEntry] = NO_ENTRIES,
        layers: Collection[str] = tuple(LAYERS),
        origin: str | None = None,
    ) -> None:
        super().__init__(record, ArticleText(about, text), registry)
        self.about, self.id = about, about.id
        self.layers = [layer for layer in LAYERS if layer in layers]
        self.not_attempted = [layer for layer in self.layers if getattr(record, LAYERS[layer]) is None]
        self.origin = origin or (record.annotator if isinstance(record, Document) else "prediction")
        last = len(text) + 1  # an entity that is only a member comes after those that are mentioned
        first = {entity: min((m.start for m in found), default=last) for entity, found in self.mentions_of.items()}
        by_place = sorted(self.entities, key=lambda e: first.get(e, last))
        in_text = sorted(record.events or (), key=lambda e: e.span)
        stated = sorted(record.propositions, key=lambda p: p.span)
        self._number = {e: n for n, e in enumerate(by_place, 1)} | {e.id: n for n, e in enumerate(in_text, 1)}
        self._number |= {p.id: n for n, p in enumerate(stated, 1)}
        self.shown_mentions = sorted(
            record.mentions or () if "entities" in self.layers else (), key=lambda m: (m.start, -m.end)
        )
        self.shown_entities = [self.entities[e] for e in by_place] if "entities" in self.layers else []
        self.shown_events = in_text if "events" in self.layers else []
        self.shown_propositions = stated if "events" in self.layers else []
        self.shown_stances = sorted(
            record.stances or () if "stance" in self.layers else (),
            key=lambda s: (
                s.holder == AUTHOR,
                self._number.get(s.holder, 0),
                min((e.start for e in s.evidence), default=0),
            ),
        )

    @property
    def title(self) -> str:
        """The headline; of an article without one, the beginning of its first sentence."""
        if self.about.title or not self.sentences:
            return self.about.title or self.id
        first = self.sentences[0]
        return shorten(" ".join(self.words(first.start, first.end).split()), 90)

    def label(self, identifier: str) -> str:
        """Return type and number of an entity, event or proposition (``GPE·1``); empty for anything else."""
        item = self.entities.get(identifier) or self.events.get(identifier)
        type_ = item.type if item else "Proposition" if identifier in self.propositions else ""
        return f"{type_}·{self._number[identifier]}" if type_ else ""

    def name(self, identifier: str) -> str:
        """Return the name of an entity, the trigger of an event; the author is the article; else the id itself."""
        return "the article" if identifier == AUTHOR else super().name(identifier)

    def mention_label(self, mention: Mention) -> str:
        """Return the label of a mention's entity, or the type of a value."""
        return (self.label(mention.entity) or "?") if mention.entity else mention.type or "?"

    def detail(self, mention: Mention) -> str:
        """Return form and role of a mention; the normalised value of a TIME or QTY."""
        if mention.entity:
            return ", ".join(part for part in (mention.form, mention.role) if part)
        if mention.value is not None:
            return f"{mention.value} ({mention.mod})" if mention.mod else mention.value
        number = None if mention.number is None else f"{mention.number:,}"
        return " ".join(part for part in (mention.qualifier, number, mention.unit) if part).replace("_", " ")

    def sentence(self, start: int, end: int) -> int | None:
        """Return the number of the sentence that holds a span, None if there is none."""
        found = self.article_text.sentence_of(start, end)
        return found.number if found else None

    def group(self, event: Event) -> str:
        """Return the group of an event's type."""
        kind = load_ontology().event(event.type)
        return kind.group if kind else ""

    def event_mentions(self, event: Event) -> list[Event]:
        """Return all mentions of the event cluster of ``event``, in the order of the text."""
        return sorted(self.event_clusters.get(self.head(event.id), []), key=lambda e: e.span)

    def cluster_types(self, event: Event) -> list[str]:
        """Return the types of the event cluster of ``event``, each once, in the order of the text."""
        return list(dict.fromkeys(other.type for other in self.event_mentions(event)))

    def contested(self, event: Event) -> bool:
        """Whether sources present the event cluster of ``event`` differently."""
        head = self.head(event.id)
        return head in self.event_clusters and self.is_contested(head)

    def chain(self, item: Event | Stance) -> list[Event]:
        """Return the speech events through which an event or a stance reaches the reader, the nearest first."""
        if isinstance(item, Event):
            return self.sources(item)
        speech = self.events.get(item.via or "")
        return [speech, *self.sources(speech)] if speech else []

    def by_role(self, event: Event) -> dict[str, list[Argument]]:
        """Return the arguments of each role, roles in the order of the record."""
        found: dict[str, list[Argument]] = {}
        for argument in event.arguments:
            found.setdefault(argument.role, []).append(argument)
        return found

    def filler(self, argument: Argument, event: Event) -> str:
        """Return what fills an argument: a name, a trigger, or words of the text."""
        if named := argument.entity or argument.event or argument.proposition:
            return self.name(named)
        span = self.argument_span(argument, event)
        return self.words(*span) if span else argument.mention or ""

    def evidence(self, stance: Stance) -> list[tuple[str, int, int]]:
        """Return the spans that show a stance, in the order of the text: id, start, end."""
        spans = sorted((e.start, e.end) for e in stance.evidence)
        return [(f"{stance.id}.{n}", start, end) for n, (start, end) in enumerate(spans, 1)]

    def expressions(self, proposition: Proposition) -> list[tuple[str, int, int]]:
        """Return the spans of a proposition, the one that states it first: id, start, end."""
        return [(f"{proposition.id}.{n}", *span.span) for n, span in enumerate(proposition.spans, 1)]

    @cached_property
    def expressed(self) -> dict[str, Proposition]:
        """The proposition of each expression, by the id of the expression."""
        return {piece: p for p in self.shown_propositions for piece, *_ in self.expressions(p)}

    def takes_part(self, identifier: str) -> list[tuple[str, Event]]:
        """Return the roles that an entity or a proposition fills, each with its event."""
        return [(a.role, e) for e in self.shown_events for a in e.arguments if identifier in (a.entity, a.proposition)]

    def stances_of(self, identifier: str) -> list[Stance]:
        """Return the stances that an entity, event or proposition holds or is the target of."""
        return [s for s in self.shown_stances if identifier in (s.holder, s.target)]

    @cached_property
    def evidence_of(self) -> dict[str, Stance]:
        """The stance that each piece of evidence shows, by the id of the piece."""
        return {piece: stance for stance in self.shown_stances for piece, *_ in self.evidence(stance)}

    @cached_property
    def mention_at(self) -> dict[tuple[Offsets, str | None], str]:
        """The id of the mention of an entity at a place."""
        return {(m.span, m.entity): m.id for m in self.shown_mentions}

    def shown_by(self, event: Event) -> str:
        """Return the page ids of the mentions, triggers and propositions that show an event's arguments."""
        found = []
        for argument in event.arguments:
            span = self.argument_span(argument, event)
            if argument.event is not None:
                found.append(f"trigger-{argument.event}")
            elif argument.proposition in self.propositions:
                pieces = self.expressions(self.propositions[argument.proposition])
                found += [f"expression-{piece}" for piece, *place in pieces if tuple(place) == span][:1]
            elif span and (mention := self.mention_at.get((span, argument.entity))):
                found.append(f"mention-{mention}")
        return " ".join(found)

    def tree(self, *more: Sequence[Mark]) -> list[Node]:
        """Return the text as a tree: zones, paragraphs, sentences, the marks of the shown layers and of ``more``."""
        zones = self.about.zones
        lines = [span for zone in zones for span in _paragraphs(self.text, zone.start, zone.end)]
        return nest(
            self.text,
            [
                *(Mark("zone", str(n), zone.start, zone.end) for n, zone in enumerate(zones)),
                *(Mark("paragraph", str(n), *span) for n, span in enumerate(lines)),
                *(Mark("sentence", str(s.number), s.start, s.end) for s in self.sentences),
            ],
            [
                *more,
                [Mark("mention", m.id, m.start, m.end) for m in self.shown_mentions],
                [Mark("trigger", e.id, e.start, e.end) for e in self.shown_events],
                [Mark("expression", *piece) for p in self.shown_propositions for piece in self.expressions(p)],
                [Mark("evidence", *piece) for stance in self.shown_stances for piece in self.evidence(stance)],
            ],
        )

    def as_data(self) -> dict[str, Any]:
        """Return all that is shown as plain data, items by id, each with its label, words and sentence."""

        def item(thing: Mention | Event | Proposition, **more: object) -> dict[str, Any]:
            span = {"text": self.words(*thing.span), "sentence": self.sentence(*thing.span)}
            return {**msgspec.to_builtins(thing), **span, **more}

        return {
            "id": self.id,
            "title": self.about.title,
            "date": self.about.date.value,
            "split": self.about.split,
            "source": self.origin,
            "layers": self.layers,
            "not_attempted": self.not_attempted,
            "mentions": {
                m.id: item(m, label=self.mention_label(m), detail=self.detail(m)) for m in self.shown_mentions
            },
            "entities": {e.id: msgspec.to_builtins(e) | {"label": self.label(e.id)} for e in self.shown_entities},
            "events": {
                e.id: item(
                    e,
                    label=self.label(e.id),
                    sources=[s.id for s in self.sources(e)],
                    event_mentions=[other.id for other in self.event_mentions(e)],
                    contested=self.contested(e),
                )
                for e in self.shown_events
            },
            "propositions": {p.id: item(p, label=self.label(p.id)) for p in self.shown_propositions},
            "stances": {s.id: msgspec.to_builtins(s) for s in self.shown_stances},
        }


def shown(corpus: Corpus, article: str, record: Annotation | None = None) -> Shown:
    """Return an article of a corpus with an annotation (default: its gold). Raises ``KeyError`` if there is none."""
    about, text = corpus.articles[article], corpus.texts[article]
    return Shown(about, text, corpus.gold[article] if record is None else record, corpus.entries)


def shown_articles(corpus: Corpus) -> list[Shown]:
    """Return every article that has gold with it, with what is contested."""
    return list(with_contested(corpus, (shown(corpus, article) for article in corpus.gold)))


def _paragraphs(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the lines of a stretch of text, each with the blank lines after it."""
    begin = at = start
    for line in text[start:end].splitlines(keepends=True):
        if line.strip() and text[begin:at].strip():
            yield begin, at
            begin = at
        at += len(line)
    yield begin, end


# The second layer of marks: a system's right and wrong items ---------------------------------------------


class Marked(NamedTuple):
    """A span with the cases it shows, all of one layer: their page ids, the classes of the mark, a title."""

    cases: list[str]
    classes: list[str]
    title: list[str]


def slug(kind: str) -> str:
    """Return a kind as part of a class or an id."""
    return kind.replace(" ", "-")


def _marked(cases: Mapping[str, Case]) -> dict[str, tuple[Offsets, Marked]]:
    """Return the marks of an article's cases by page id: a span has one mark in each layer."""
    found: dict[tuple[str, Offsets], Marked] = {}
    for identifier, case in cases.items():
        for side, item in case.sides:
            for span in item.spans:
                mark = found.setdefault((case.layer, span), Marked([], [f"l-{case.layer}"], []))
                if identifier not in mark.cases:
                    mark.cases.append(identifier)
                    labels = dict.fromkeys(item.label for _, item in case.sides)
                    mark.title.append(f"{case.kind}: {' → '.join(labels)}")
                mark.classes.extend(name for name in (f"k-{slug(case.kind)}", side) if name not in mark.classes)
    order = {layer: n for n, layer in enumerate(KINDS)}
    at = sorted(found, key=lambda key: (order[key[0]], key[1]))
    return {f"mark-{n}": (key[1], found[key]) for n, key in enumerate(at, 1)}


def _rules() -> str:
    """Return the style rules that filter the cases without a script."""
    rules = []
    for family, (tone, sign, line) in FAMILIES.items():
        hue = tone.hue
        rules.append(f".f-{family} {{ --hue: {hue}; --chroma: 1; }}")
        after = "none" if family == "right" else f'"\\2060 {sign}"'  # a word joiner: the sign stays with the last word
        for layer, kinds in KINDS.items():
            for kind in kinds:
                if kind.family == family:
                    name, layer_on = slug(kind.name), f"body:has(#cases-{layer}:checked)"
                    box = f"#kind-{layer}-{name}"
                    rules.append(
                        f"{layer_on}:has({box}:checked) .x.l-{layer}.k-{name} "
                        f"{{ --hue: {hue}; --shown: 1; --sign: {after}; --under: {line}; cursor: pointer; }}"
                    )
                    rules.append(f"body:has({box}:not(:checked)) .cases .l-{layer}.k-{name} {{ display: none; }}")
    rules += [
        f"body:has(#cases-{layer}:not(:checked)) :is(.kinds, .cases .card).l-{layer} {{ display: none; }}"
        for layer in KINDS
    ]
    return "@supports selector(:has(*)) {\n" + "\n".join(rules) + "\n}\n"


def article_page(
    article: Shown,
    *,
    cases: Sequence[Case] | None = None,
    notice: Notice | None = None,
    site: Site = ALONE,
    address: str = "",
    ways: Sequence[tuple[str, str]] = (),
) -> str:
    """Return the page of an annotated article. The element ``#text`` holds exactly the article's text.

    With the ``cases`` of a system the text has a second layer of marks: right, missed, spurious and wrong items.
    ``ways`` are further links of the page: label and address of each.
    """
    ontology = load_ontology()
    by_id = {f"case-{n}": case for n, case in enumerate(cases or (), 1)}
    marks = _marked(by_id)
    # Spans of the gold are laid before spans that are only predicted: where two cross, the gold one stays whole.
    laid = [
        [Mark("mark", name, *span) for name, (span, mark) in marks.items() if ("gold" in mark.classes) == is_gold]
        for is_gold in (True, False)
    ]
    names = ["entity_types", "value_types", "event_types", "statuses", "harms", "facets", "polarities"]
    names.append("argument_roles")
    return page(
        "article.html.j2",
        "article.css",
        "article.js",
        _rules() if cases is not None else "",
        notice,
        a=article,
        tree=article.tree(*laid),
        ways=ways,
        cases=by_id,
        has_cases=cases is not None,
        marks={name: mark for name, (_, mark) in marks.items()},
        kinds={layer: kinds for layer, kinds in KINDS.items() if any(c.layer == layer for c in by_id.values())},
        families={layer: {kind.name: kind.family for kind in kinds} for layer, kinds in KINDS.items()},
        looks=FAMILIES,
        slug=slug,
        definitions={label.name: label.definition for name in names for label in getattr(ontology, name)},
        **site.around(address),
    )
