"""Contrast pairs: read, checked, and right only where both sides are."""

import doctest
import json
import shutil
from pathlib import Path

import msgspec
import pytest

from conftest import ROOT, SMALL, TESTS, ran, run, tree
from parley import contrast as reading
from parley.api import load
from parley.checks import Corpus, load_corpus
from parley.contrast import contrast, places
from parley.derive import as_prediction
from parley.findings import FindingsError
from parley.leaderboard.board import build_leaderboard, score_submissions
from parley.model import Prediction
from parley.reading import ArticleText
from parley.report import ContrastScore
from parley.scoring import contrast as scoring
from parley.scoring.contrast import score_contrast, score_pairs
from scoring_help import Writer

PAIRS = TESTS / "contrast"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = Path(shutil.copytree(SMALL, tmp_path / "small"))
    shutil.copytree(PAIRS, made / "contrast")
    return made


def text(words: str) -> ArticleText:
    return ArticleText(Writer(words).article, words)


def gold_of(corpus: Corpus) -> dict[str, Prediction]:
    return {name: as_prediction(record) for name, record in contrast(corpus).gold.items()}


def changed(given: dict[str, Prediction], name: str, *old_and_new: str) -> dict[str, Prediction]:
    """Return predictions with words of one side's JSON replaced, one after another."""
    written = msgspec.json.encode(given[name]).decode()
    for old, new in zip(old_and_new[::2], old_and_new[1::2], strict=True):
        assert old in written
        written = written.replace(old, new)
    return given | {name: msgspec.json.decode(written, type=Prediction)}


def test_examples() -> None:
    for module in (reading, scoring):
        result = doctest.testmod(module, extraglobs={"text": text})
        assert result.attempted and not result.failed


def test_places_of_inserted_and_deleted_words() -> None:
    """ "raid" stands in both; "A second" stands for "The", ":" is only in the first text."""
    assert places(text("Then: The raid"), text("Then A second raid")) == ([0, -2, -2, 3], [0, -2, -2, 3])
    assert places(text("no raid"), text("raid")) == ([-1, 1], [1])


@pytest.mark.parametrize(
    ("both", "pairs", "lower", "upper"), [(15, 148, 0.0624, 0.1605), (0, 20, 0, 0.1611), (1, 29, 0.0061, 0.1718)]
)
def test_the_interval_is_wilsons(both: int, pairs: int, lower: float, upper: float) -> None:
    """The examples of Newcombe 1998, "Two-sided confidence intervals for the single proportion", table I, method 3."""
    score = score_pairs([2] * both + [0] * (pairs - both))
    assert (score.both, score.pairs, score.value) == (both, pairs, both / pairs)
    assert score.interval == pytest.approx([lower, upper], abs=5e-5)


def test_gold_is_right_on_all_pairs(folder: Path) -> None:
    corpus = load_corpus(folder)
    found = score_contrast(corpus, gold_of(corpus))
    assert found.overall is not None and (found.overall.pairs, found.overall.both, found.overall.one) == (4, 4, 0)
    assert {name: (own.pairs, own.both) for name, own in found.by.items()} == dict.fromkeys(
        ("who-to-whom", "planned-or-done", "same-event", "for-or-against"), (1, 1)
    )
    assert set(map(tuple, found.right.values())) == {("a", "b")}


def test_gold_of_the_shipped_pairs_is_right_on_all() -> None:
    corpus = load_corpus(ROOT / "data", raw=False)
    found = score_contrast(corpus, gold_of(corpus))
    assert found.overall is not None and found.overall.both == found.overall.pairs == len(found.right)


def sides(folder: Path, name: str, *old_and_new: str) -> list[str]:
    """Return which sides of a pair are right where one side of the gold is changed so."""
    corpus = load_corpus(folder)
    found = score_contrast(corpus, changed(gold_of(corpus), name, *old_and_new))
    (pair,) = (pair for pair in found.right if name.startswith(pair))
    assert found.overall is not None and (found.overall.both, found.overall.one) in ((3, 1), (4, 0))
    return found.right[pair]


def test_who_does_it_to_whom(folder: Path) -> None:
    """The gold of a: Agent army (e1), Patient rebels (e2); of b the other way round. Place is the same and counts not."""
    exchange = ('"Agent"', '"Both"', '"Patient"', '"Agent"', '"Both"', '"Patient"')
    assert sides(folder, "who-01-a", *exchange) == ["b"]
    assert sides(folder, "who-01-a", '"Patient"', '"Instrument"') == ["b"]
    assert sides(folder, "who-01-a", '"role":"Place"', '"role":"Instrument"') == ["a", "b"]


def test_another_mention_of_the_same_entity_is_right(folder: Path) -> None:
    """The army is mentioned a second time ("it", m4 in the order of the text), and the system names that mention."""
    listing = folder / "contrast" / "pairs.jsonl"
    listing.write_text(listing.read_text("utf-8").replace("near Harrow.", "near Harrow as it left."), "utf-8")
    for file in (folder / "contrast").glob("who-*.lines"):
        file.write_text(file.read_text("utf-8") + 'm e1 PRO "it"\n', "utf-8")
    agent = '"Agent","entity":"e1","mention":"m1"'
    assert sides(folder, "who-01-a", agent, agent.replace("m1", "m4")) == ["a", "b"]
    assert sides(folder, "who-01-a", agent, agent.replace("m1", "m2")) == ["b"]


def test_planned_or_done(folder: Path) -> None:
    """The trigger itself differs (free, freed): on b the status planned is that of a, at the same place."""
    assert sides(folder, "done-01-b", '"actual"', '"planned"') == ["a"]
    assert sides(folder, "done-01-a", '"planned"', '"wanted"') == ["b"]


def test_the_same_event(folder: Path) -> None:
    """Only a links the two raids; predicting the link on b too is wrong, missing it on a as well."""
    assert sides(folder, "same-01-a", ',"same_as":"ev1"', "") == ["b"]
    second = '"id":"ev2","type":"Strike","status":"actual","via":null'
    assert sides(folder, "same-01-b", second, second + ',"same_as":"ev1"') == ["a"]


def test_for_or_against(folder: Path) -> None:
    """The facet and the evidence do not matter; the other side's polarity beside the right one does."""
    assert sides(folder, "stance-01-b", '"oppose"', '"support"') == ["a"]
    assert sides(folder, "stance-01-b", '"blame"', '"demand"') == ["a", "b"]


def test_what_was_not_attempted_is_left_out(folder: Path) -> None:
    corpus = load_corpus(folder)
    events = {name: msgspec.structs.replace(own, attempted=["events"]) for name, own in gold_of(corpus).items()}
    found = score_contrast(corpus, events)
    assert found.overall is None and "for-or-against" not in found.by and len(found.right) == 3
    with pytest.raises(FindingsError, match="missing-article"):
        score_contrast(corpus, {name: own for name, own in events.items() if name != "who-01-a"})


def test_nothing_predicted_is_right_on_no_pair(folder: Path) -> None:
    """Of same-01 the side b has no link of its own, so that nothing is right there: one side, no pair."""
    corpus = load_corpus(folder)
    nothing = {name: Prediction(id=name, mentions=[], entities=[], events=[], stances=[]) for name in gold_of(corpus)}
    found = score_contrast(corpus, nothing)
    assert found.overall == ContrastScore(pairs=4, both=0, one=1, value=0, interval=score_pairs([0] * 4).interval)
    assert found.right["same-01"] == ["b"]


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        ("done-01-b.lines", "actual", "planned", "nothing that 'planned-or-done' compares differs"),
        ("done-01-b.lines", '"freed"', '"fled"', "did you mean"),
        ("done-01-b.lines", "article done-01-b", "article done-01-a", "rename the file"),
        ("pairs.jsonl", '"who-01"', '"done-01"', "already a pair 'done-01'"),
        (
            "pairs.jsonl",
            "The army shelled",
            "At six on the ninth of May in the year 2031, the army shelled",
            "13 words",
        ),
        ("pairs.jsonl", '"same-event"', '"same"', "'same'"),
    ],
)
def test_what_is_wrong_with_a_pair_is_said(folder: Path, file: str, old: str, new: str, message: str) -> None:
    path = folder / "contrast" / file
    given = path.read_text("utf-8")
    assert old in given
    path.write_text(given.replace(old, new), "utf-8")
    code, shown, said = ran("validate", folder)
    assert code == 1 and message in shown + said


def test_a_missing_side_is_said(folder: Path) -> None:
    (folder / "contrast" / "who-01-b.lines").unlink()
    code, shown, _ = ran("validate", folder)
    assert code == 1 and "who-01-b.lines" in shown and "no such file" in shown


def test_pairs_are_predicted_checked_scored_and_loaded(folder: Path, tmp_path: Path) -> None:
    ours, theirs, page = tmp_path / "test.jsonl", tmp_path / "contrast.jsonl", tmp_path / "report.html"
    for split, file in (("test", ours), ("contrast", theirs)):
        assert run("predict", "rules", "--split", split, "-o", file, data=folder).exit_code == 0
    assert run("check", theirs, "--split", "contrast", data=folder).exit_code == 0
    shown = run("score", ours, "--contrast", theirs, "--html", page, data=folder)
    assert shown.exit_code == 0 and "who-to-whom" in shown.stdout and "Contrast pairs" in page.read_text("utf-8")
    report = json.loads((tmp_path / "test.report.json").read_text("utf-8"))
    assert report["contrast"]["overall"]["pairs"] == 4
    assert run("build", folder).exit_code == 0
    rows = load("contrast", folder=folder)
    assert rows["id"][:2] == ["who-01-a", "who-01-b"] and rows["side"][:2] == ["a", "b"]
    assert rows.features["phenomenon"].int2str(rows[0]["phenomenon"]) == "who-to-whom"


def test_a_submission_may_hold_predictions_for_the_pairs(folder: Path, tmp_path: Path) -> None:
    """They are checked with the rest, copied, scored, and on the leaderboard."""
    mine, board = tmp_path / "mine", tmp_path / "board"
    board.mkdir()
    beside = mine / "predictions.contrast.jsonl"
    for split, file in (("test", mine / "predictions.jsonl"), ("contrast", beside)):
        assert run("predict", "rules", "--split", split, "-o", file, data=folder).exit_code == 0
    about = {"system": "Mine", "version": "1", "organisation": "Us", "contact": "us@example.org", "track": "zero-shot"}
    about |= {"training_data": "none", "saw_test": "unknown", "licence": "CC0"}
    given = [f"{name}={value}" for name, value in about.items()]
    assert run("submit", "init", mine / "predictions.jsonl", mine, *given, data=folder).exit_code == 0
    whole = beside.read_bytes()
    beside.write_bytes(whole[: whole.index(b"\n") + 1])
    assert run("check", mine, data=folder).exit_code == 1
    assert run("submit", "add", mine, "--to", board, data=folder).exit_code == 1
    beside.write_bytes(whole)
    assert run("check", mine, data=folder).exit_code == 0
    assert run("submit", "add", mine, "--to", board, data=folder).exit_code == 0
    assert (board / "Mine" / beside.name).read_bytes() == whole
    scored, findings = score_submissions(board, [load_corpus(folder)])
    (row,) = build_leaderboard(scored, tmp_path).boards[0].systems
    assert findings == [] and row.memorisation is None
    assert row.contrast is not None and row.contrast.overall is not None and row.contrast.overall.pairs == 4


def test_pairs_are_in_a_text_free_dataset(folder: Path, tmp_path: Path) -> None:
    assert run("strip", folder, tmp_path / "free").exit_code == 0
    assert tree(tmp_path / "free" / "contrast") == tree(PAIRS)
    assert run("hydrate", tmp_path / "free", folder / "articles", tmp_path / "whole").exit_code == 0
    assert {name: (tmp_path / "whole" / "contrast" / name).read_bytes() for name in tree(PAIRS)} == tree(PAIRS)
