"""The page of one system on the leaderboard: what it says of itself, its scores, and what it gets wrong."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple
from urllib.parse import quote

from parley.corpus import Corpus
from parley.leaderboard.records import Board, Row
from parley.mistakes import KINDS, RIGHT, Case
from parley.pages.board import Files, badges, safe_link, scores_of
from parley.pages.html import Site, notice, page
from parley.pages.palette import FAMILIES
from parley.pages.report import FEW, Bars, bars
from parley.reading import ArticleText, Offsets
from parley.report import Report, Subset
from parley.scoring.registry import OVERALL
from parley.scoring.uncertainty import OVERALL_NAME

ENOUGH_ITEMS = 10  # gold items of a label that is shown: fewer say little
MOST_LABELS = 5  # of one score, the worst
_SHOWN_LAYERS = ("entities", "events", "arguments", "stance")
_PATTERNS = 2  # of a layer: its most frequent errors, one passage each
_SHORTEST = 40  # code points of a sentence that is shown: a shorter one says too little


class Passage(NamedTuple):
    """An error on its sentence: pieces of the text with what they are, and how often the system makes such an error."""

    case: Case
    often: int
    pieces: list[tuple[str, str]]  # text, class: what covers it, "gold", "predicted", both or nothing
    link: str  # to the error in the article, from the folder of the site


def worst_labels(report: Report) -> list[Bars]:
    """Return the labels with the lowest F1 by each score that has labels, the lowest first."""
    found = []
    for chart in bars(report):
        rows = [(label, part) for label, part in chart.rows if part.counts and part.counts.gold >= ENOUGH_ITEMS]
        rows.sort(key=lambda row: (row[1].value, row[0]))
        found.append(Bars(chart.name, chart.title, rows[:MOST_LABELS]))
    return [chart for chart in found if chart.rows]


def hardest(by: Mapping[str, Subset]) -> list[tuple[str, Subset, dict[str, float | None]]]:
    """Return the kinds of articles with their scores, that with the lowest overall score first."""
    rows = [(value, subset, scores_of(subset)) for value, subset in by.items()]
    return sorted(rows, key=lambda row: 2.0 if (overall := row[2][OVERALL_NAME]) is None else overall)


def count_families(cases: Sequence[Case]) -> list[tuple[str, dict[str, int]]]:
    """Return by layer how many items are in each family of classes (``mistakes.Kind``)."""
    families = {(layer, kind.name): kind.family for layer, kinds in KINDS.items() for kind in kinds}
    counted: dict[str, dict[str, int]] = defaultdict(lambda: dict.fromkeys(FAMILIES, 0))
    for case in cases:
        counted[case.layer][families[case.layer, case.kind]] += 1
    return list(counted.items())


def passages(cases: Mapping[str, Sequence[Case]], corpus: Corpus, folder: str) -> list[Passage]:
    """Return the most frequent errors of each layer, each on the shortest sentence that has one.

    Errors are alike that are of one class and have the same labels. ``cases`` are by article; ``folder`` is the address
    of the folder with the pages of the articles, which show all of them.
    """
    alike: dict[tuple[str, str, str], list[tuple[int, str, int, Case]]] = defaultdict(list)
    texts = {name: ArticleText(corpus.articles[name], corpus.texts[name]) for name in cases}
    for name, own in cases.items():
        for number, case in enumerate(own, 1):
            if case.kind != RIGHT and case.sentence is not None and case.layer in _SHOWN_LAYERS:
                sentence = texts[name].sentences[case.sentence - 1]
                labels = " → ".join(item.label for _, item in case.sides)
                alike[case.layer, case.kind, labels].append((sentence.end - sentence.start, name, number, case))
    found, used = [], set()
    for layer in _SHOWN_LAYERS:
        patterns = [listed for pattern, listed in alike.items() if pattern[0] == layer]
        for listed in sorted(patterns, key=len, reverse=True)[:_PATTERNS]:
            fit = [one for one in listed if one[0] >= _SHORTEST and (one[1], one[3].sentence) not in used]
            if not fit:
                continue
            _, name, number, case = min(fit, key=lambda one: one[:3])
            used.add((name, case.sentence))
            link = f"{folder}/{quote(name)}.html#case-{number}"
            found.append(Passage(case, len(listed), _pieces(case, texts[name]), link))
    return found


def _pieces(case: Case, text: ArticleText) -> list[tuple[str, str]]:
    """Return the sentence of a case, cut where a span of the gold or of the prediction begins or ends."""
    sentence = text.sentences[(case.sentence or 1) - 1]
    spans: list[tuple[str, Offsets]] = [(side, span) for side, item in case.sides for span in item.spans]
    edges = {sentence.start, sentence.end, *(edge for _, span in spans for edge in span)}
    cuts = sorted(edge for edge in edges if sentence.start <= edge <= sentence.end)
    return [
        (text.text[a:b], " ".join(dict.fromkeys(side for side, (start, end) in spans if start <= a and b <= end)))
        for a, b in pairwise(cuts)
    ]


def system_page(
    site: Site,
    board: Board,
    row: Row,
    files: Files,
    report: Report | None = None,
    corpus: Corpus | None = None,
    cases: Mapping[str, Sequence[Case]] | None = None,
) -> str:
    """Return the page of a system at ``files.system``.

    With the corpus that it was scored on and the ``cases`` of each article (``mistakes.errors``) it shows passages.
    """
    folder = files.page.removesuffix(".html") + "-articles"
    listed = [case for own in (cases or {}).values() for case in own]
    return page(
        "system.html.j2",
        "site.css",
        "board.js",
        notice=notice(corpus) if corpus else None,
        row=row,
        said=row.submission,
        url=safe_link(row.submission.url),
        badges=badges(row),
        files=files,
        board=board,
        few=FEW,
        report=report,
        labels=worst_labels(report) if report else [],
        kinds={kind: hardest(by) for kind, by in report.by.items()} if report else {},
        families=count_families(listed),
        passages=passages(cases, corpus, folder) if cases and corpus else [],
        parts=(OVERALL_NAME, *OVERALL),
        enough=ENOUGH_ITEMS,
        **site.around(files.system, "Leaderboard"),
    )
