"""From a report and its cases to what the report's page draws."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from parley.corpus import Article, Corpus
from parley.mistakes import KINDS, RIGHT, Case, errors
from parley.model import Document, Prediction
from parley.report_form import Figures, Report, Score
from parley.scoring.registry import HEADLINES, METRICS
from parley.show.tree import Mark, Node, nest
from parley.show.values import ZoneView
from parley.show.view import build_view

MOST_ARTICLES = 20  # in the error browser; a page with more would be slow to open

# Headline metrics as questions of someone who does not know metrics; one without a question has its title.
QUESTIONS = {
    "entities.typed_f1": "Are people, places, bodies, times and quantities found, with the right type?",
    "entities.conll": "Are all mentions of one thing put together?",
    "entities.cross_conll": "Are they put together across articles too?",
    "entities.linking": "Is each thing named as the registry names it?",
    "events.tc": "Are the words found that name an event, with the right type?",
    "events.ac_plus": "Is it told who did what to whom, when and where?",
    "events.conll": "Are the words put together that tell of one event cluster?",
    "events.factuality": "Is it told what is fact, plan or claim, and who says so?",
    "stance.tuple_f1": "Is it told who is for or against what?",
    "stance.sf1_repaired": "The same by the words that show it, with part credit",
    "stance.classification": "Given a holder and a target: for, against, both or none?",
}
BY_LABEL = {
    "entities.typed_f1": "Mentions and values by type",
    "events.tc": "Events by type",
    "events.ac_plus": "Arguments by role",
    "events.factuality": "Events with status and voice, by status",
    "stance.tuple_f1": "Stances by polarity",
    "stance.classification": "Given pairs by class",
}


class Headline(NamedTuple):
    """A row of the first table: a metric, what it asks, its score, its value on each article."""

    name: str
    question: str
    title: str
    score: Score
    dots: list[tuple[str, float]]


class Bars(NamedTuple):
    """A metric's figures by label, the label with most gold items first."""

    name: str
    title: str
    rows: list[tuple[str, Figures]]


class Marked(NamedTuple):
    """A stretch of the text with the cases it shows: their page ids and the style classes of their kinds."""

    cases: list[str]
    classes: list[str]
    title: str


class LayerView(NamedTuple):
    """One layer of one article: the text as a tree with its marks, its cases by page id, and how many of each kind."""

    layer: str
    tree: list[Node]
    marks: dict[str, Marked]
    cases: dict[str, Case]
    counts: dict[str, int]


class ArticleErrors(NamedTuple):
    """An article of the error browser."""

    id: str
    language: str
    zones: dict[str, ZoneView]
    layers: list[LayerView]


def all_cases(corpus: Corpus, predictions: Mapping[str, Prediction], split: str) -> dict[str, list[Case]]:
    """Return the cases of every article of a split, by article id."""
    return {
        name: errors(corpus.gold[name], predictions[name], corpus.articles[name], corpus.texts[name])
        for name in corpus.split(split)
    }


def headlines(report: Report) -> list[Headline]:
    """Return the headline metrics with their values on single articles."""
    return [
        Headline(
            name,
            QUESTIONS.get(name, METRICS[name].title),
            METRICS[name].title,
            report.metrics[name],
            [(article, figures.value) for article, figures in report.metrics[name].per_article.items()],
        )
        for name in HEADLINES
        if name in report.metrics
    ]


def bars(report: Report) -> list[Bars]:
    """Return what was scored by label."""

    def weight(row: tuple[str, Figures]) -> tuple[int, int, str]:
        counted = row[1].counts
        return (-counted.gold, -counted.predicted, row[0]) if counted else (0, 0, row[0])

    scored = {name: report.metrics[name].per_type for name in BY_LABEL if name in report.metrics}
    return [Bars(name, BY_LABEL[name], sorted(rows.items(), key=weight)) for name, rows in scored.items() if rows]


def slug(kind: str) -> str:
    """Return a kind as part of a class or id."""
    return kind.replace(" ", "-")


def _frame(nodes: Iterable[Node]) -> Iterator[Mark]:
    """Yield zones, paragraphs and sentences of a tree as marks, each outer one first."""
    for node in nodes:
        if node.kind in ("zone", "paragraph", "sentence"):
            yield Mark(node.kind, node.id, node.start, node.end)
            yield from _frame(node.children)


def _marked(cases: Mapping[str, Case]) -> dict[tuple[int, int], Marked]:
    """Return what stands at each span: a span that shows several cases is marked once."""
    found: dict[tuple[int, int], Marked] = {}
    for identifier, case in cases.items():
        for side, item in case.sides:
            for span in item.spans:
                mark = found.setdefault(span, Marked([], [], ""))
                if identifier not in mark.cases:
                    mark.cases.append(identifier)
                shape = [f"k-{slug(case.kind)}", side]
                mark.classes.extend(name for name in shape if name not in mark.classes)
    return {
        span: mark._replace(title=_tip([cases[identifier] for identifier in mark.cases]))
        for span, mark in found.items()
    }


def _tip(cases: Sequence[Case]) -> str:
    lines = []
    for case in cases[:6]:
        labels = list(dict.fromkeys(item.label for _, item in case.sides))
        lines.append(f"{case.kind}: {' → '.join(labels)}")
    return "\n".join(lines + ["…"] * (len(cases) > 6))


def _layer(layer: str, prefix: str, text: str, frame: Sequence[Mark], found: Sequence[Case]) -> LayerView:
    cases = {f"{prefix}-{layer}-{number}": case for number, case in enumerate(found, 1)}
    at = _marked(cases)
    marks = {f"{prefix}-{layer}-m{number}": (span, mark) for number, (span, mark) in enumerate(sorted(at.items()), 1)}
    counted = Counter(case.kind for case in found)
    # Spans of the gold are laid before spans that are only predicted: where two cross, the gold one stays whole.
    layers = [
        [Mark("mark", name, *span) for name, (span, mark) in marks.items() if ("gold" in mark.classes) == is_gold]
        for is_gold in (True, False)
    ]
    return LayerView(
        layer,
        nest(text, frame, layers),
        {name: mark for name, (_, mark) in marks.items()},
        cases,
        {kind.name: counted[kind.name] for kind in KINDS[layer]},
    )


def article_errors(number: int, article: Article, text: str, gold: Document, cases: Sequence[Case]) -> ArticleErrors:
    """Return an article of the error browser; ``number`` makes the ids of its parts its own."""
    bare = build_view(article, text, gold, {}, layers=())
    frame = list(_frame(bare.tree))
    layers = dict.fromkeys(case.layer for case in cases)
    return ArticleErrors(
        article.id,
        article.language,
        bare.zones,
        [_layer(layer, f"a{number}", text, frame, [c for c in cases if c.layer == layer]) for layer in layers],
    )


def browser(corpus: Corpus, cases: Mapping[str, Sequence[Case]]) -> list[ArticleErrors]:
    """Return the articles of the error browser: all, or of many those with most errors."""
    worst = sorted(cases, key=lambda name: (-sum(case.kind != RIGHT for case in cases[name]), name))[:MOST_ARTICLES]
    return [
        article_errors(number, corpus.articles[name], corpus.texts[name], corpus.gold[name], cases[name])
        for number, name in enumerate(name for name in cases if name in worst and cases[name])
    ]
