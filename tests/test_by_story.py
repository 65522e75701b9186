"""The story as the unit: what belongs together, what is joined, how small a difference shows; scores by kind of article.

Expected values are worked by hand, or are those of the same scorer on the articles alone.
"""

import csv
import io
import json
from fractions import Fraction
from math import exp, log, sqrt
from pathlib import Path
from shutil import copytree

import msgspec
import pytest
from scipy import stats

from conftest import ROOT, SMALL, run
from parley.checks import Corpus, load_corpus
from parley.cli.tables import print_report
from parley.corpus import Outlet
from parley.leaderboard.agreement import measure
from parley.leaderboard.board import build_leaderboard, score_submissions, to_csv
from parley.model import Prediction
from parley.pages.report import cases_of, report_pages
from parley.scoring import METRICS, score
from parley.scoring.coreference import Contingency
from parley.scoring.counts import Tally, add_up, exact_counts
from parley.scoring.registry import HEADLINES
from parley.scoring.report import count_stories
from parley.scoring.significance import smallest_difference
from parley.scoring.uncertainty import Table, tables
from scoring_help import copies_of_the_small_article, in_stories
from test_leaderboard import submit, systems


def test_articles_of_a_story_are_one_unit_and_one_without_a_story_is_its_own() -> None:
    corpus = copies_of_the_small_article(4)[0]
    corpus.articles["copy-0"].story = corpus.articles["copy-2"].story = "river"
    assert corpus.by_story(corpus.articles) == {
        "river": ["copy-0", "copy-2"],
        "copy-1": ["copy-1"],
        "copy-3": ["copy-3"],
    }
    assert corpus.by_story(["copy-1", "copy-2"]) == {"copy-1": ["copy-1"], "river": ["copy-2"]}


# --- across articles


def test_clusters_are_joined_within_a_story_and_counted_over_stories() -> None:
    """Worked by hand. In both stories the gold has an entity r; the system calls it NIL1 and misses one link.

    Story s, its two articles joined: gold {r: 3}, predicted {NIL1: 2, other: 1}.
    MUC: r in 2 pieces, 3 − 2 = 1 of 2 links; predicted 1 link, right. B³: R (2·⅔ + 1·⅓) = 5/3 of 3, P 3 of 3.
    CEAFe: NIL1 is matched with r: 2·2/(3 + 2) = 4/5; 1 gold cluster, 2 predicted.
    Story t: one mention, found: MUC nothing, B³ 1 of 1 both ways, CEAFe 2·1/(1 + 1) = 1 of 1 and of 1.
    Together: MUC 1/2 and 1/1; B³ (5/3 + 1)/4 = 2/3 and 4/4; CEAFe 9/5 of 2 and of 3.
    Were the stories joined too, r would have four mentions.
    """
    counts = {
        "s-1": Contingency({"r": 2}, {"NIL1": 2}, {("r", "NIL1"): 2}),
        "t-1": Contingency({"r": 1}, {"NIL1": 1}, {("r", "NIL1"): 1}),
        "s-2": Contingency({"r": 1}, {"s-2 other": 1}, {("r", "s-2 other"): 1}),
    }
    metric = METRICS["entities.cross_conll"]
    found = count_stories(metric, counts, {"s": ["s-1", "s-2"], "t": ["t-1"]})
    muc, b_cubed, ceaf_e = (found["s"][part] for part in ("muc", "b_cubed", "ceaf_e"))
    assert (muc.gold, muc.predicted, muc.recalled, muc.precise) == (2, 1, 1, 1)
    assert (b_cubed.gold, b_cubed.predicted, b_cubed.recalled, b_cubed.precise) == (3, 3, Fraction(5, 3), 3)
    assert (ceaf_e.gold, ceaf_e.predicted, ceaf_e.recalled, ceaf_e.precise) == (1, 2, Fraction(4, 5), Fraction(4, 5))
    # F1: MUC 2·1/(2 + 1) = 2/3; B³ 2·(2/3)/(5/3) = 4/5; CEAFe 2·(9/5)/(2 + 3) = 18/25
    assert metric.score(add_up(found.values())).value == (Fraction(2, 3) + Fraction(4, 5) + Fraction(18, 25)) / 3


def renamed(prediction: Prediction, names: dict[str, str | None]) -> Prediction:
    """The prediction with other registry ids."""
    changed = [msgspec.structs.replace(e, registry=names.get(e.registry or "")) for e in prediction.entities or ()]
    return msgspec.structs.replace(prediction, entities=changed)


def test_a_system_may_use_ids_of_its_own() -> None:
    """Which mentions share an id counts, not which id it is; without ids nothing is joined across articles."""
    corpus, predictions = copies_of_the_small_article(4)
    corpus = in_stories(corpus, 2)
    whole = predictions["copy-0"]
    ids = [entity.registry for entity in whole.entities or () if entity.registry]
    assert ids
    scores = {}
    for words, names in {
        "registry": {name: name for name in ids},
        "own": {name: f"NIL-{i}" for i, name in enumerate(ids)},
        "none": {},
    }.items():
        answers = {article: msgspec.structs.replace(renamed(whole, names), id=article) for article in corpus.articles}
        report = score(corpus, answers)
        scores[words] = report.metrics["entities.cross_conll"]
        assert report.metrics["entities.conll"].value == 1
    assert scores["registry"].value == scores["own"].value == 1
    assert scores["none"].value is not None and scores["none"].value < 1
    assert list(scores["none"].per_story) == ["story-0", "story-1"] and scores["none"].per_article == {}


# --- intervals


@pytest.mark.parametrize("name", ["entities.typed_f1", "entities.cross_conll"])
def test_the_interval_of_a_report_leaves_out_one_story_at_a_time(name: str) -> None:
    """Seven stories of one, two or three articles: the formula on reports without each story in turn, scored again."""
    many, predictions = copies_of_the_small_article(14)
    sizes = [1, 2, 3, 1, 2, 3, 2]
    told = [f"story-{i}" for i, size in enumerate(sizes) for _ in range(size)]
    articles = {
        name: msgspec.structs.replace(article, story=story, origin="authored")
        for (name, article), story in zip(many.articles.items(), told, strict=True)
    }
    report = score(msgspec.structs.replace(many, articles=articles), predictions)
    theta = []
    for story in dict.fromkeys(told):
        rest = {name: article for name, article in articles.items() if article.story != story}
        value = score(msgspec.structs.replace(many, articles=rest), predictions).metrics[name].value
        assert value is not None
        theta.append(log(value / (1 - value)))
    mean = sum(theta) / 7
    half = float(stats.t.ppf(0.975, 6)) * sqrt(6 / 7 * sum((one - mean) ** 2 for one in theta))
    metric = report.metrics[name]
    assert metric.value is not None and metric.interval is not None
    middle = log(metric.value / (1 - metric.value))
    ends = [1 / (1 + exp(-middle + half)), 1 / (1 + exp(-middle - half))]
    assert metric.interval == pytest.approx(ends, abs=1e-6)
    by_origin = report.by["origin"]["authored"].intervals  # of these, which are all
    assert (by_origin[name], by_origin["overall"]) == (metric.interval, report.overall.interval)
    assert (report.articles, report.stories, list(metric.per_story)) == (14, 7, [f"story-{i}" for i in range(7)])


def test_many_articles_of_few_stories_have_no_interval() -> None:
    many, predictions = copies_of_the_small_article(10)
    report = score(in_stories(many, 2), predictions)
    assert report.note.startswith("10 articles of 5 stories: too few stories for an interval")
    assert all(metric.interval is None for metric in report.metrics.values())


# --- the smallest difference


def of_shares(*right: int) -> Table:
    """A story for each number: so many right of ten gold and ten predicted items."""
    return tables(METRICS["entities.typed_f1"], [Tally({"": exact_counts(number, 10, 10)}) for number in right])[0]


def test_the_smallest_difference_by_hand() -> None:
    """Six stories, differences .1 .2 .3 0 .1 .2: of equal stories the jackknife error is that of a mean.

    Mean .15; squared deviations in hundredths .25 .25 2.25 2.25 .25 .25, sum 5.5; variance .055/5 = .011; error
    √(.011/6) = .042817. t with 5 degrees of freedom: 2.5706 (.975) and .9195 (.80), as in any table: 3.4901 in all.
    """
    a, b = of_shares(5, 6, 7, 5, 6, 7), of_shares(4, 4, 4, 5, 5, 5)
    assert smallest_difference([(a, b)]) == pytest.approx(3.4901 * 0.042817, abs=1e-5)
    assert smallest_difference([(a, b)]) == smallest_difference([(b, a)])


def test_the_smallest_difference_is_the_median_over_pairs_that_vary() -> None:
    """A constant lead and two equal systems have no error; of the others, three and one more, the median."""
    a = of_shares(5, 6, 7, 5, 6, 7)
    pairs = [(a, of_shares(*right)) for right in ((4, 4, 4, 5, 5, 5), (1, 2, 9, 0, 0, 0), (5, 6, 7, 5, 6, 6))]
    alone = sorted(smallest_difference([pair]) or 0 for pair in pairs)
    assert 0 < alone[0] < alone[1] < alone[2]
    assert smallest_difference([*pairs, (a, a), (a, of_shares(4, 5, 6, 4, 5, 6))]) == alone[1]
    assert smallest_difference(pairs[:2]) == pytest.approx(sum(smallest_difference([p]) or 0 for p in pairs[:2]) / 2)
    assert smallest_difference([(a, a)]) is None
    assert smallest_difference([]) is None
    five = of_shares(5, 6, 7, 5, 6), of_shares(4, 4, 4, 5, 5)
    assert smallest_difference([five]) is None


# --- by kind of article


def kinds(number: int) -> tuple[Corpus, dict[str, Prediction]]:
    """Stories of two articles. The first is found, the others authored; wire and paper by turns; some are noted."""
    corpus, predictions = copies_of_the_small_article(number)
    corpus = in_stories(corpus, 2)
    for i, article in enumerate(corpus.articles.values()):
        article.origin = "found" if i < 2 else "authored"
        article.outlet = Outlet(kind="paper" if i % 2 else "wire") if i > 2 else None
        article.phenomena = ["typo", "denial"] if i == 3 else ["typo"] if i > 3 else []
    return corpus, predictions


def test_a_report_has_scores_by_kind_of_article() -> None:
    corpus, predictions = kinds(6)
    report = score(corpus, predictions)
    sizes = {name: {value: (own.articles, own.stories) for value, own in by.items()} for name, by in report.by.items()}
    assert sizes == {
        "origin": {"found": (2, 1), "authored": (4, 2)},
        "outlet": {"wire": (1, 1), "paper": (2, 2)},  # what is not known of the first three is left out
        "phenomenon": {"denial": (1, 1), "typo": (3, 2)},
    }
    for name, value, chosen in (
        ("origin", "authored", [2, 3, 4, 5]),
        ("outlet", "paper", [3, 5]),
        ("phenomenon", "typo", [3, 4, 5]),
    ):
        articles = {f"copy-{i}": corpus.articles[f"copy-{i}"] for i in chosen}
        alone, own = score(msgspec.structs.replace(corpus, articles=articles), predictions), report.by[name][value]
        assert (own.overall.value, own.overall.parts) == (alone.overall.value, alone.overall.parts)
        expected = {metric: alone.metrics[metric].value for metric in HEADLINES}
        assert own.metrics == expected | {"entities.linking": None}  # authored articles have no links to count


def test_a_report_of_which_nothing_is_known_has_no_breakdown() -> None:
    corpus, predictions = copies_of_the_small_article(2)
    assert score(corpus, predictions).by == {}
    only = msgspec.structs.replace(predictions["copy-0"], events=None, stances=None)
    corpus.articles["copy-0"].origin = "found"
    found = score(corpus, {name: msgspec.structs.replace(only, id=name) for name in corpus.articles}).by
    assert found["origin"]["found"].overall.value is None
    assert found["origin"]["found"].metrics["events.tc"] is None


def test_found_articles_are_on_their_own_in_the_page_and_in_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    corpus, predictions = kinds(6)
    report = score(corpus, predictions)
    html = report_pages(report, corpus, cases_of(corpus, predictions, "test"), "report.html")["report.html"]
    found = report.by["origin"]["found"]
    assert found.overall.value is not None
    shown = f'<th scope="row">found</th><td class="n">2</td><td class="n">1</td><td class="n value">{found.overall.value:.3f}</td>'
    assert shown in html and "6 articles of 3 stories" in html
    print_report(report, every=False)
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert ["found", "2", "1", f"{found.overall.value:.3f}"] in [words[:4] for words in lines]


# --- the leaderboard


def test_a_board_counts_stories_and_shows_found_and_authored_articles(tmp_path: Path) -> None:
    """Fourteen articles in seven stories: the first is found, six are authored. All articles are alike.

    The bad system is poor in every article: p = 2/2⁷ over all stories, 2/2⁶ over the authored, nothing over the found.
    """
    _, predictions = systems(14)
    corpus = kinds(14)[0]
    submit(tmp_path / "board", corpus, "good", predictions(poor_in=[]))
    submit(tmp_path / "board", corpus, "fair", predictions(poor_in=[0, 3, 4]))
    submit(tmp_path / "board", corpus, "bad", predictions(poor_in=range(14)))
    leaderboard = build_leaderboard(score_submissions(tmp_path / "board", [corpus])[0], tmp_path)
    (board,) = leaderboard.boards
    columns = {column.name: column for column in board.columns}
    assert (len(board.articles), board.stories) == (14, 7)
    assert list(columns)[:6] == ["overall", "entities", "events", "stance", "overall.found", "overall.authored"]
    p = {name: {(t.a, t.b): t.p for t in columns[name].tests} for name in ("overall", "overall.authored")}
    assert (p["overall"]["good", "bad"], p["overall.authored"]["good", "bad"]) == (2 / 128, 2 / 64)
    assert (columns["overall.found"].is_tested, columns["overall.found"].smallest_difference) == (False, None)
    assert columns["overall.found"].note.startswith("One story cannot separate two systems")
    assert columns["overall.found"].title.endswith("on 2 found articles")
    # Copies 0, 3 and 4 are in the stories 0, 1 and 2: of the authored ones two differ for good and fair, p 2/4.
    assert p["overall.authored"]["good", "fair"] == 2 / 4
    smallest = columns["overall"].smallest_difference
    assert smallest is not None and f"The smallest difference that 7 stories show is {smallest:.3f}" in board.note
    for row in board.systems:
        result = row.results["overall.found"]
        assert (result.interval, len(result.per_article)) == (None, 2)
        assert row.results["overall.authored"].interval is not None
    rows = list(csv.DictReader(io.StringIO(to_csv(leaderboard))))
    assert [row["kind"] for row in rows] == ["system"] * 3 + ["smallest difference"]
    assert (rows[3]["stories"], float(rows[3]["overall"])) == ("7", smallest)
    assert rows[0]["overall.found"] == "1.0"


def test_a_board_of_one_origin_has_no_columns_for_it(tmp_path: Path) -> None:
    corpus, predictions = systems(2)
    for article in corpus.articles.values():
        article.origin = "found"
    submit(tmp_path / "board", corpus, "good", predictions(poor_in=[]))
    (board,) = build_leaderboard(score_submissions(tmp_path / "board", [corpus])[0], tmp_path).boards
    assert not [column.name for column in board.columns if column.name.startswith("overall.")]


def test_agreement_is_of_the_articles_that_two_passes_have() -> None:
    """Of three articles one has two passes and one another two; the third has one. Two pairs, in both directions."""

    one = next(iter(load_corpus(ROOT / "data").passes.values()))
    corpus = copies_of_the_small_article(3)[0]
    gold = corpus.gold
    short = msgspec.structs.replace(gold["copy-0"], events=[], stances=[])
    corpus = msgspec.structs.replace(
        corpus,
        passes={name: msgspec.structs.replace(one, annotator=name) for name in "abc"},
        raw={
            "a": {"copy-0": gold["copy-0"], "copy-1": gold["copy-1"]},
            "b": {"copy-0": short, "copy-2": gold["copy-2"]},
            "c": {"copy-1": gold["copy-1"]},
        },
    )
    found = measure(corpus)
    assert (found.articles, found.pairs) == (["copy-0", "copy-1"], 4)
    triggers = found.results["events.tc"]
    # a and b agree on no trigger of copy-0; a and c on all of copy-1; as many articles each.
    assert (triggers.value, triggers.lowest, triggers.highest) == (0.5, 0, 1)
    assert triggers.per_article == {"copy-0": 0, "copy-1": 1}


@pytest.mark.parametrize("split", ["train", "validation"])
def test_any_split_is_scored(split: str, tmp_path: Path) -> None:
    folder = copytree(SMALL, tmp_path / "data")
    path = folder / "articles.jsonl"
    path.write_text(path.read_text("utf-8").replace('"split": "test"', f'"split": "{split}"'), "utf-8")
    answers = tmp_path / "predictions.jsonl"
    answers.write_bytes(
        msgspec.json.encode(next(iter(copies_of_the_small_article(1)[1].values()))).replace(b"copy-0", b"harbour-talks")
    )
    done = run("score", answers, "--split", split, "--json", data=folder)
    assert done.exit_code == 0, done.stderr
    report = json.loads(done.stdout)
    assert (report["split"], report["articles"], report["stories"]) == (split, 1, 1)
