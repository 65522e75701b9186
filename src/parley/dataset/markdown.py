"""What the Markdown pages share: templates, the example sentence, the tables of labels."""

import re
import textwrap
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from jinja2 import Environment, PackageLoader, StrictUndefined

from parley.agreement import value_text
from parley.dataset.tables import article_and_gold, mentions_in
from parley.ids import slug
from parley.model import AUTHOR, Argument, Event
from parley.ontology import Label, Ontology
from parley.reading import AnnotatedArticle
from parley.segment import Sentence, sentence_at
from parley.words import printable


def plain(text: Any) -> str:
    """Return a name or words of an article so that Markdown, HTML and terminals show them and obey nothing in them."""
    return re.sub(r"[\\`*_\[\]<>&]", r"\\\g<0>", printable(" ".join(str(text).split())))


def _cell(value: Any) -> str:
    """Return a value, ``plain`` where it comes from an annotation, as the cell of a Markdown table."""
    return " ".join(str(value).split()).replace("|", "\\|")


def _row(cells: Iterable[Any]) -> str:
    return "| " + " | ".join(_cell(cell) for cell in cells) + " |"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    return "\n".join(map(_row, [head, ["---"] * len(head), *rows]))


def _paragraph(text: str) -> str:
    """Return prose in lines of at most 116 characters: that leaves room for the mark and the indent of a list."""
    return "\n".join(textwrap.wrap(text, 116, break_long_words=False, break_on_hyphens=False))


def _type_name(kind: Any) -> str:
    """Return the type of a column in a word or two."""
    if isinstance(kind, dict):
        return "{" + ", ".join(kind) + "}"
    inner = getattr(kind, "feature", None)
    if inner is not None:
        return f"list of {_type_name(inner)}"
    return f"label ({kind.num_classes})" if hasattr(kind, "num_classes") else str(kind.dtype)


def render(template: str, **values: Any) -> str:
    """Return a page of ``templates/`` filled with values; never more than one blank line in a row."""
    environment = Environment(
        loader=PackageLoader("parley.dataset", "templates"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # Markdown, not HTML
    )
    environment.filters |= {
        "row": _row,
        "plain": plain,
        "bibtex": lambda text: re.sub(r"[\\{}`<>]", "", printable(text)),
        "key": slug,
        "cell": _cell,
        "type_name": _type_name,
        "value": value_text,
        "paragraph": _paragraph,
    }
    return re.sub(r"\n{3,}", "\n\n", environment.get_template(template).render(values))


class Example(NamedTuple):
    """A sentence with its annotation in words: the cells of three tables."""

    article: str
    sentence: Sentence
    text: str
    mentions: list[tuple[str, str, str, str]]  # text, type, form, entity or value
    events: list[tuple[str, str, str, str, str]]  # trigger, type, status, source, arguments
    stances: list[tuple[str, str, str, str, str]]  # holder, polarity, target, facet, evidence


def _name(view: AnnotatedArticle, identifier: str) -> str:
    if identifier == AUTHOR:
        return "the author"
    event = view.events.get(identifier)
    if identifier in view.propositions:
        return f"“{view.name(identifier)}”"
    return f"{event.text} ({event.type})" if event else view.name(identifier)


def _filler(view: AnnotatedArticle, argument: Argument) -> str:
    if argument.entity is None and argument.mention is not None:
        return view.mentions[argument.mention].text
    return _name(view, argument.entity or argument.event or argument.proposition or "")


def _source(view: AnnotatedArticle, event: Event) -> str:
    """Return who presents an event, and in which speech event."""
    sources = view.sources(event)
    if not sources:
        return "the article"
    speakers = ", ".join(_name(view, speaker) for speaker in view.speakers(event))
    return f"{speakers or 'somebody'} ({sources[0].text})"


def find_example(view: AnnotatedArticle) -> Example | None:
    """Return a sentence of the article that shows a stance, with its three layers; None if none does.

    It is the first of those that show the most else: a contested event cluster, then an event that has a source.
    """
    stances = [
        (sentence_at(view.sentences, s.evidence[0].start, s.evidence[0].end), s) for s in view.record.stances or ()
    ]
    candidates = sorted({sentence for sentence, _ in stances if sentence}, key=lambda sentence: sentence.number)
    if not candidates:
        return None

    def events_in(sentence: Sentence) -> list[Event]:
        return [e for e in view.events.values() if sentence.start <= e.start and e.end <= sentence.end]

    def shows(sentence: Sentence) -> tuple[bool, bool]:
        events = events_in(sentence)
        return any(view.is_contested(view.head(e.id)) for e in events), any(e.via for e in events)

    sentence = max(candidates, key=shows)
    return Example(
        article=article_and_gold(view)[0].id,
        sentence=sentence,
        text=view.words(sentence.start, sentence.end),
        mentions=[
            (
                m.text,
                view.type_of(m) or "",
                m.form or "",
                view.name(m.entity) if m.entity else m.value or ("" if m.number is None else str(m.number)),
            )
            for m in mentions_in(view, sentence)
        ],
        events=[
            (
                e.text,
                e.type,
                e.status,
                _source(view, e),
                "; ".join(f"{a.role}: {_filler(view, a)}" for a in e.arguments),
            )
            for e in events_in(sentence)
        ],
        stances=[
            (_name(view, s.holder), s.polarity, _name(view, s.target), s.facet, " … ".join(e.text for e in s.evidence))
            for shown_in, s in stances
            if shown_in == sentence
        ],
    )


def label_tables(ontology: Ontology) -> str:
    """Return every label with meaning and examples, event types with their roles, as Markdown sections."""
    always = set.intersection(*(set(t.roles) for t in ontology.event_types))
    everywhere = ", ".join(role for role in ontology.names("argument_roles") if role in always)

    def section(title: str, labels: Sequence[Label]) -> str:
        rows = [(f"`{label.name}`", label.definition, " · ".join(label.examples)) for label in labels]
        return f"### {title}\n\n" + _table(("label", "meaning", "examples"), rows)

    events = [
        (f"`{t.name}`", t.group, t.definition, ", ".join(r for r in t.roles if r not in always), " · ".join(t.examples))
        for t in ontology.event_types
    ]
    roles = [
        (f"`{r.name}`", r.definition, ", ".join(r.fillers), " · ".join(r.examples)) for r in ontology.argument_roles
    ]
    return "\n\n".join(
        [
            section("Entity types", ontology.entity_types),
            section("Values", ontology.value_types),
            section("Time modifiers", ontology.time_mods),
            section("Quantity qualifiers", ontology.qty_qualifiers),
            section("Forms", ontology.forms),
            f"### Event types\n\nEvery type also takes {everywhere}.\n\n"
            + _table(("type", "group", "meaning", "roles", "examples"), events),
            "### Argument roles\n\n" + _table(("role", "meaning", "filled by", "examples"), roles),
            section("Statuses", ontology.statuses),
            section("Polarities", ontology.polarities),
            section("Facets", ontology.facets),
        ]
    )
