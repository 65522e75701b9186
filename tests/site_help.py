"""What the tests of the site share: leaderboards and two reports of one event cluster, invented."""

import hashlib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from conftest import ROOT
from parley.checks.predictions import read_predictions
from parley.corpus import Corpus
from parley.files import to_json
from parley.leaderboard.records import (
    COMMENT,
    Agreement,
    AgreementScore,
    Annotator,
    Board,
    Column,
    Leaderboard,
    Quotations,
    Result,
    Row,
    Run,
    Submission,
)
from parley.model import Document
from parley.pages.article import Shown, shown
from parley.pages.board import Files, board_page
from parley.pages.html import Notice, Site, notice
from parley.pages.pair import Sides, pair_page, side_by_side
from parley.pages.report import cases_of
from parley.pages.site import SECTIONS, articles_page, stance_page
from parley.pages.system import system_page
from parley.report import Contrast, ContrastScore, Overall, Report, Subset
from parley.scoring import score_file
from scoring_help import small_corpus, small_prediction

SITE = Site(SECTIONS)
HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(2)>\x1b[31m{{7*7}}</style>\u202eevil'
EXAMPLE = ROOT / "eval" / "example" / "predictions.jsonl"
FILES = Files("systems/one.html", "report.json", "predictions.jsonl", "submission.json", "")
COLUMNS = ("overall", "entities", "entities.typed_f1", "events.tc")


@cache
def two_reports() -> Corpus:
    """The small corpus with a second report of the talks at Harrow, on the same words.

    It reports the talks once, as denied by Sudovia and of Norland only, without place and time; nobody takes a stance
    in it.
    """
    corpus = small_corpus()
    (article,), (text,), (gold,) = corpus.articles.values(), corpus.texts.values(), corpus.gold.values()
    record: dict[str, Any] = msgspec.to_builtins(gold)
    record["id"] = "second"
    record["stances"] = []
    record["events"] = [event for event in record["events"] if event["id"] != "v3"]
    talks = record["events"][0]
    talks["status"], talks["via"] = "negated", "v10"
    talks["arguments"] = talks["arguments"][:1]
    return msgspec.structs.replace(
        corpus,
        articles={article.id: article, "second": msgspec.structs.replace(article, id="second", title=None)},
        texts={article.id: text, "second": text},
        gold={article.id: gold, "second": msgspec.convert(record, Document)},
    )


@cache
def bad_reports() -> Corpus:
    """The same two with hostile names: headline, entities, registry."""
    corpus = two_reports()
    gold = msgspec.convert(msgspec.to_builtins(corpus.gold), dict[str, Document])
    for document in gold.values():
        for entity in document.entities:
            entity.name = HOSTILE
    entries = [msgspec.structs.replace(e, name=HOSTILE) for e in corpus.registry.entries]
    return msgspec.structs.replace(
        corpus,
        articles={i: msgspec.structs.replace(a, title=HOSTILE) for i, a in corpus.articles.items()},
        registry=msgspec.structs.replace(corpus.registry, entries=entries),
        gold=gold,
    )


def bad_pages() -> dict[str, str]:
    left, right = (shown(bad_reports(), article) for article in bad_reports().articles)
    return {
        "bad stance": stance_page(SITE, left, said()),
        "bad pair": pair_page(SITE, side_by_side(left, right), said(), "pairs/a/b.html"),
    }


def articles() -> list[Shown]:
    return [shown(two_reports(), article) for article in two_reports().articles]


def two_sides() -> Sides:
    return side_by_side(*articles())


def said() -> Notice:
    return notice(small_corpus())


def article_list() -> str:
    return articles_page(SITE, two_reports().info, articles())


def stances() -> str:
    return stance_page(SITE, articles()[0], said())


def pair() -> str:
    return pair_page(SITE, two_sides(), said(), "pairs/harbour-talks/second.html")


def result(value: float | None, group: int | None = 1, rank: str | None = "1", **fields: Any) -> Result:
    own = {"interval": None, "bootstrap": None, "per_article": {}, "better_than": []} | fields
    return Result(value=value, group=group, rank=rank, **own)


def row(system: str, results: Mapping[str, Result], *, folder: str = "submissions/x", **fields: Any) -> Row:
    own: dict[str, Any] = {
        "version": "1", "organisation": "Invented Institute", "contact": "nobody", "url": None, "track": "zero-shot",
        "saw_test": "no", "weights": "open", "base_models": [], "parameters": 7_000, "training_data": "none",
        "licence": "CC0-1.0", "note": None, "data_version": "1.0.0", "predictions_sha256": "0" * 64,
    }  # fmt: skip
    said = Submission(system=system, **(own | fields))
    return Row(submission=said, folder=folder, report_sha256="0" * 64, attempted=["entities"], results=dict(results))


def column(name: str, groups: Sequence[Sequence[str]], *, is_tested: bool = False) -> Column:
    return Column(
        name=name,
        title=f"title of {name}",
        layer=name.split(".")[0],
        is_mean="." not in name,
        mean_of=[],
        signature=None,
        is_tested=is_tested,
        smallest_difference=0.125 if is_tested and name == "overall" else None,
        note="A note.",
        groups=[list(g) for g in groups],
        tests=[],
    )


def board(rows: Sequence[Row], articles: Sequence[str], groups: Sequence[Sequence[str]], **fields: Any) -> Board:
    columns = [column(name, groups, is_tested=len(articles) >= 6) for name in COLUMNS]
    own: dict[str, Any] = {"split": "test", "data": "1.0.0", "parley": "0.1.0", "gold": "a" * 64, "note": "A board."}
    own["stories"] = len(articles)  # each article is a story of its own
    return Board(articles=list(articles), columns=columns, systems=list(rows), **({"agreement": None} | own | fields))


def agreement(articles: Sequence[str]) -> Agreement:
    return Agreement(
        comment="",
        label="agreement of 2 invented annotators",
        note="An upper bound.",
        split="test",
        data="1.0.0",
        parley="0.1.0",
        passes_sha256="b" * 64,
        annotators=[Annotator(name="one", kind="a model")],
        articles=list(articles),
        pairs=2,
        results={"overall": AgreementScore(value=0.9, lowest=0.8, highest=0.95, per_article={})},
    )


def few() -> Leaderboard:
    """Two articles, three systems that nobody can tell apart; an older board with one."""
    articles = ["north", "south"]
    values = {"Alpha": (0.5, 0.7), "beta": (0.6, 0.1), "gamma": (0.4, None)}
    tracks = {"Alpha": "zero-shot", "beta": "supervised", "gamma": "zero-shot"}
    rows = []
    for name, (overall, events) in values.items():
        results = {c: result(overall, per_article={"north": 0.25, "south": 0.75}) for c in COLUMNS[:3]}
        results["events.tc"] = result(events, *((None, None) if events is None else (1, "1–2")))
        rows.append(row(name, results, track=tracks[name], saw_test="unknown" if name == "beta" else "no"))
    rows.sort(key=lambda r: -(r.results["overall"].value or 0))
    groups = [["beta", "Alpha", "gamma"]]
    new = board(rows, articles, groups, agreement=agreement(articles))
    old = board([row("ancient", {c: result(0.2) for c in COLUMNS})], articles, [["ancient"]], data="0.9.0")
    return Leaderboard(comment=COMMENT, boards=[new, old])


def many() -> Leaderboard:
    """Eight articles: one system is told apart, two are not."""
    articles = [f"article-{i}" for i in range(8)]
    places = {"first": (0.9, 1, "1"), "second": (0.5, 2, "2–3"), "third": (0.45, 2, "2–3")}
    rows = [
        row(name, {c: result(v, group, rank, interval=[v - 0.1, v + 0.05]) for c in COLUMNS})
        for name, (v, group, rank) in places.items()
    ]
    return Leaderboard(comment=COMMENT, boards=[board(rows, articles, [["first"], ["second", "third"]])])


def hostile() -> Leaderboard:
    """Every string an entrant can choose, as bad as can be."""
    results = {c: result(0.5) for c in COLUMNS}
    bad = row(
        HOSTILE, results, version=HOSTILE, organisation=HOSTILE, url="javascript:alert(3)", track=HOSTILE,
        saw_test=HOSTILE, weights=HOSTILE, training_data=HOSTILE, licence=HOSTILE, note=HOSTILE,
        folder="javascript:alert(4)/../../etc",
    )  # fmt: skip
    return Leaderboard(comment=COMMENT, boards=[board([bad], [HOSTILE, "other"], [[HOSTILE]])])


def kinds(leaderboard: Leaderboard) -> dict[tuple[int, str], Report]:
    """Reports of the systems of the first board: .2 overall on the wire's article and .7, with an interval, on the rest;
    each system .01 more than the one before, in the order of the rows."""
    found = {}
    for i, own in enumerate(leaderboard.boards[0].systems):
        by = {}
        for value, articles, score in (("wire", 1, 0.2), ("paper", 7, 0.7)):
            parts = {"entities": score + i / 100, "events": None, "stance": None}
            by[value] = Subset(
                articles=articles,
                stories=articles,
                overall=Overall(value=score + i / 100, parts=parts),
                metrics={"entities.typed_f1": score, "events.tc": None},
                intervals={"overall": [0.65, 0.8]} if articles > 5 else {},
            )
        pairs = ContrastScore(pairs=8, both=2, one=5, value=0.25, interval=[0.071, 0.591])
        found[0, own.submission.system] = msgspec.structs.replace(
            report_of_the_example(),
            by={"outlet": by},
            twin=by["wire"],
            memorisation={"overall": 0.05, "entities": -0.125},
            contrast=Contrast(overall=pairs, by={"negated": pairs}, right={}) if i == 0 else None,
        )
    return found


@cache
def report_of_the_example() -> Report:
    return score_file(small_corpus(), EXAMPLE, "test", system="example")


def page(leaderboard: Leaderboard, reports: Mapping[tuple[int, str], Report] | None = None) -> str:
    """The page of a leaderboard, by default without reports."""
    files = {(n, r.submission.system): FILES for n, b in enumerate(leaderboard.boards) for r in b.systems}
    return board_page(SITE, leaderboard, reports or {}, files)


def priced() -> Leaderboard:
    """The eight articles, with what a run cost: 2 dollars for three runs, 50 for one, and not known."""
    made = many()
    for own, runs, cost in zip(made.boards[0].systems, (3, 1, 1), (6.0, 50.0, None), strict=True):
        own.submission.run = Run(
            template_sha256="c" * 64,
            form="json",
            shots=1,
            passes="whole",
            temperature=None,
            seed=None,
            runs=runs,
            overall=[0.9, 0.86, 0.94][:runs],
            input_tokens=3000 * runs,
            output_tokens=2000,
            cost=cost,
            seconds=12.0,
            quotations=Quotations(exact=90, folded=2, moved=0, loose=3, dropped=5),
            dropped={"unread-answer": runs - 1} if runs > 1 else {},
        )
    return made


def system(leaderboard: Leaderboard) -> str:
    """The page of the first system of a leaderboard, without a report."""
    board = leaderboard.boards[0]
    return system_page(SITE, board, board.systems[0], FILES)


def errors_of_the_example() -> str:
    """The page of a system with the report and the errors of the example, on the small corpus."""
    predictions = read_predictions(EXAMPLE, small_corpus(), "test")
    board = few().boards[0]
    files = FILES._replace(page="report.html")
    report = kinds(few())[0, "beta"]
    cases = cases_of(small_corpus(), predictions, "test")
    return system_page(SITE, board, board.systems[0], files, report, small_corpus(), cases)


def write_submission(folder: Path, system: str) -> Path:
    """Write a submission that answers the small corpus with its gold, scored; ``folder`` holds the submissions."""
    own = folder / system
    own.mkdir(parents=True)
    predictions = own / "predictions.jsonl"
    predictions.write_bytes(msgspec.json.encode(small_prediction()) + b"\n")
    (own / "report.json").write_text(to_json(score_file(small_corpus(), predictions, "test", system=system)))
    said = {
        "system": system, "version": "1", "organisation": "Invented Institute", "contact": "nobody", "url": None,
        "base_models": [], "parameters": None, "track": "zero-shot", "training_data": "none", "saw_test": "yes",
        "data_version": small_corpus().info.version, "licence": "CC0-1.0",
        "predictions_sha256": hashlib.sha256(predictions.read_bytes()).hexdigest(),
    }  # fmt: skip
    (own / "submission.json").write_text(to_json(said))
    return own
