"""A score report as a page, and a page of each article with what the system got right, missed and made up."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import quote

import msgspec

from parley.corpus import Corpus
from parley.mistakes import MISSED, RIGHT, SPURIOUS, WRONG_SPAN, Case, errors
from parley.model import Prediction
from parley.ontology import load_ontology
from parley.pages.article import Shown, article_page
from parley.pages.html import ALONE, Site, notice, page, static
from parley.report import PartScore, Report, Score
from parley.scoring.registry import HEADLINES, METRICS, OVERALL

FEW = 8  # articles up to which each has a letter and a colour of its own
_STEPS = 6  # shades of a confusion matrix

# The question that each headline metric answers. A metric without one shows its title.
QUESTIONS = {
    "entities.typed_f1": "Are mentions, times and quantities found, with the right type?",
    "entities.conll": "Are the mentions of an entity put into one cluster?",
    "entities.cross_conll": "Are entities resolved across articles?",
    "entities.linking": "Are entities linked to the right registry entry?",
    "events.tc": "Are event triggers found, with the right type?",
    "events.ac_plus": "Are the arguments found: who did what to whom, when and where?",
    "events.conll": "Are the mentions of an event put into one cluster?",
    "events.factuality": "Are status and source right: fact, plan or claim, and who says so?",
    "stance.tuple_f1": "Are stances found: who is for or against what?",
    "stance.sf1_repaired": "The same by evidence spans, with partial credit",
    "stance.classification": "Given holder and target: support, oppose, both or none?",
}
BY_LABEL = {
    "entities.typed_f1": "Mentions and values by type",
    "events.tc": "Events by type",
    "events.ac_plus": "Arguments by role",
    "events.factuality": "Events with status and source, by status",
    "stance.tuple_f1": "Stances by polarity",
    "stance.classification": "Given pairs by class",
}


class Headline(NamedTuple):
    """A row of the first table: a metric, the question it answers, its score."""

    name: str
    question: str
    title: str
    score: Score


class Bars(NamedTuple):
    """A metric's scores by label, the label with most gold items first."""

    name: str
    title: str
    rows: list[tuple[str, PartScore]]


def bars(report: Report) -> list[Bars]:
    """Return the scores by label."""

    def weight(row: tuple[str, PartScore]) -> tuple[int, int, str]:
        counted = row[1].counts
        return (-counted.gold, -counted.predicted, row[0]) if counted else (0, 0, row[0])

    scored = {name: report.metrics[name].per_type for name in BY_LABEL if name in report.metrics}
    return [Bars(name, BY_LABEL[name], sorted(rows.items(), key=weight)) for name, rows in scored.items() if rows]


# Title -> layer, fact that is compared, lists of the ontology its labels are of.
_GRIDS = {
    "Entity types": ("entities", "type", ("entity_types", "value_types")),
    "Statuses": ("events", "status", ("statuses",)),
    "Event types": ("events", "type", ("event_types",)),
}


class Confusion(msgspec.Struct, frozen=True):
    """A confusion matrix: ``cells[r][c]`` items have the label ``rows[r]`` in the gold and ``columns[c]`` predicted.

    The last columns are gold items predicted with a wrong span, and missed ones; the last rows predicted items with
    a wrong span, and spurious ones. A row adds up to the gold items of its label, a column to the predicted ones.
    Labels that occur on neither side are left out.
    """

    title: str
    rows: list[str]
    columns: list[str]
    cells: list[list[int]]


def confusions(cases: Sequence[Case]) -> list[Confusion]:
    """Return the confusion matrices of entity types, statuses and event types that have anything in them."""
    ontology, found = load_ontology(), []
    for title, (layer, fact, lists) in _GRIDS.items():
        counted: Counter[Any] = Counter()
        for case in cases:
            if case.layer == layer:
                one = case.gold.facts[fact] if case.gold else SPURIOUS
                other = case.predicted.facts[fact] if case.predicted else MISSED
                pairs = [(one, WRONG_SPAN), (WRONG_SPAN, other)] if case.kind == WRONG_SPAN else [(one, other)]
                counted.update(pairs)
        seen = {label for pair in counted for label in pair}
        labels = [label for name in lists for label in ontology.names(name) if label in seen]
        rows, columns = ([*labels, *(x for x in (WRONG_SPAN, last) if x in seen)] for last in (SPURIOUS, MISSED))
        if counted:
            found.append(
                Confusion(title, rows, columns, [[counted[row, column] for column in columns] for row in rows])
            )
    return found


def _shade(grid: Confusion, row: int, column: int) -> str:
    """Return the class of a cell: how much of its row it holds, and whether it is right."""
    number, total = grid.cells[row][column], sum(grid.cells[row])
    if not number:
        return "zero"
    right = grid.rows[row] == grid.columns[column] not in (WRONG_SPAN, SPURIOUS, MISSED)
    return f"{'hit' if right else 'miss'} s{max(1, round(_STEPS * number / total))}"


def cases_of(corpus: Corpus, predictions: Mapping[str, Prediction], split: str) -> dict[str, list[Case]]:
    """Return the cases of each scored article of a split (``mistakes.errors``), from checked predictions by article."""
    return {
        name: errors(corpus.gold[name], predictions[name], corpus.articles[name], corpus.texts[name])
        for name in corpus.scored(split)
    }


def report_pages(
    report: Report, corpus: Corpus, cases: Mapping[str, Sequence[Case]], address: str, site: Site = ALONE
) -> dict[str, str]:
    """Return the pages of a report by address: the report's own, and one for each article.

    ``cases`` are by article id (``cases_of``). The report's page is at ``address``; those of the articles are in a
    folder beside it (``report-articles``). An article of which nothing was attempted has no page.
    """
    folder = address.removesuffix(".html") + "-articles"
    said = notice(corpus)
    found = {}
    links = []
    back = ("Report", "../" + quote(address.rpartition("/")[2]))
    for name, own in cases.items():
        if own:
            mistakes = sum(case.kind != RIGHT for case in own)
            links.append((name, quote(f"{folder.rpartition('/')[2]}/{name}.html"), len(own) - mistakes, mistakes))
            target = f"{folder}/{name}.html"
            article = Shown(
                corpus.articles[name], corpus.texts[name], corpus.gold[name], layers=(), origin=report.system
            )
            found[target] = article_page(article, cases=own, notice=said, site=site, address=target, ways=[back])
    found[address] = page(
        "report.html.j2",
        "site.css",
        "board.js",
        static("report.css"),
        said,
        report=report,
        headlines=[
            Headline(name, QUESTIONS.get(name, METRICS[name].title), METRICS[name].title, report.metrics[name])
            for name in HEADLINES
            if name in report.metrics
        ],
        breakdowns=report.by if any(len(rows) > 1 for rows in report.by.values()) else {},
        bars=bars(report),
        grids=confusions([case for own in cases.values() for case in own]),
        shade=_shade,
        articles=links,
        letters="ABCDEFGH",
        few=FEW,
        parts=OVERALL,
        ends=(WRONG_SPAN, MISSED, SPURIOUS),
        places={name: number for number, name in enumerate(report.overall_per_article)},
        **site.around(address, "Leaderboard" if site.sections else ""),
    )
    return found
