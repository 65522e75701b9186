"""Baselines on any text whatever, and the commands that run them."""

import time
from itertools import pairwise
from pathlib import Path

import msgspec
import pytest
from baselines.rules.lexicon import entries, heads, words
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from conftest import ROOT
from parley import baselines
from parley.baselines import find, is_learned, names
from parley.checks import check_annotation, check_predictions, check_shape, load_corpus
from parley.cli.app import app
from parley.corpus import Article, ArticleDate, ZoneSpan
from parley.dataset.build import build
from parley.model import Prediction
from parley.reading import AnnotatedArticle, ArticleText
from parley.task import Task

DATE = "2031-03-04"
UNLEARNED = [name for name in names() if not is_learned(name)]  # test_learned.py is about the others


def task(text: str, zones: list[ZoneSpan], date: str = DATE) -> Task:
    return Task(id="x", text=text, zones=zones, date=date, pairs=[])


def rules(text: str) -> Prediction:
    return find("rules").predict(task(text, [ZoneSpan(zone="body", start=0, end=len(text))]))


# any text -------------------------------------------------------------------------------------------------

_VOCABULARY = [
    *sorted(heads()),
    *sorted(words("names", "office")),
    *(word for entry in entries() for word in (*entry.verbs, *sorted(entry.nouns))),
    *[
        "the",
        "a",
        "of",
        "and",
        "to",
        "by",
        "in",
        "on",
        "said",
        "told",
        "accused",
        "denied",
        "they",
        "it",
        "he",
        "we",
        "each",
        "other",
        "Iran",
        "Iraqi",
        "U.S.",
        "NATO",
    ],
    *["’s", "'s", ",", ".", "“", "”", '"', "(", ")", ";", "-", "—", "🕊", "𝒩orland", "Ada Brink", "Norland", "at least"],
    *["17", "two", "two thousand", "Monday", "last week", "3 March", "31 February", "three days", "90-mile"],
]
_words = st.one_of(st.sampled_from(_VOCABULARY), st.sampled_from(_VOCABULARY).map(str.capitalize), st.text(max_size=4))
texts = st.one_of(
    st.text(max_size=100),
    st.lists(st.tuples(_words, st.sampled_from([" ", " ", " ", "", "\n", ". "])), max_size=60).map(
        lambda parts: "".join(word + space for word, space in parts)
    ),
)


def article(text: str, zones: list[ZoneSpan]) -> Article:
    return Article(
        id="x",
        source_name="x",
        sha256="0" * 64,
        split="test",
        language="en",
        title=None,
        date=ArticleDate(value=DATE, basis="stated", reason="x"),
        provenance="x",
        licence="x",
        zones=zones,
    )


@pytest.mark.parametrize("name", UNLEARNED)
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(text=texts, cuts=st.lists(st.integers(0, 100), max_size=3), date=st.sampled_from([DATE, "0001-01-01", "9999-12-31", "2031-02-30"]))  # fmt: skip
def test_any_text_gives_predictions_without_error_or_warning(name: str, text: str, cuts: list[int], date: str) -> None:
    edges = sorted({0, len(text), *(cut for cut in cuts if cut < len(text))})
    kinds = ["headline", "credit", "body", "notice"]
    zones = [ZoneSpan(zone=kinds[i % 4], start=a, end=b) for i, (a, b) in enumerate(pairwise(edges))]
    prediction = find(name).predict(task(text, zones, date))
    assert not check_shape(msgspec.to_builtins(prediction), "prediction")
    assert not check_annotation(AnnotatedArticle(prediction, ArticleText(article(text, zones), text)), "predictions")


def test_the_same_text_gives_the_same_prediction() -> None:
    text = "Iran said Iraq shelled Harrow on Monday, killing two. Oman urged both sides to talk. “We will,” Iraq said."
    assert len({msgspec.json.encode(rules(text)) for _ in range(3)}) == 1


def test_time_grows_with_the_length_of_a_sentence_no_faster() -> None:
    piece = 'Iran said “killed” and the border guards of Iraq fled (NATO), she said, "on Monday" '

    def seconds(times: int) -> float:
        start = time.perf_counter()
        rules(piece * times)
        return time.perf_counter() - start

    seconds(10)
    short = min(seconds(100) for _ in range(3))
    assert seconds(1600) < 16 * short * 5  # 16 times the text; growth with the square would take 256 times as long


# commands -------------------------------------------------------------------------------------------------


@pytest.fixture
def built(small: Path) -> Path:
    """The small corpus with its built tables."""
    build(load_corpus(small))
    return small


def run(*arguments: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, list(arguments))
    return result.exit_code, result.stdout, result.stderr


@pytest.mark.parametrize("name", UNLEARNED)
def test_predict_writes_what_check_accepts(name: str, built: Path, tmp_path: Path) -> None:
    target = tmp_path / "out" / "predictions.jsonl"
    code, out, err = run("predict", name, "--data", str(built), "-o", str(target))
    assert (code, out) == (0, "")
    assert str(target) in err
    predictions, findings = check_predictions(target, load_corpus(built))
    assert findings == []
    assert len(predictions["harbour-talks"].stance_pairs or ()) == 5


def test_predict_names_the_choices(tmp_path: Path) -> None:
    code, _, err = run("predict", "rule", "-o", str(tmp_path / "p.jsonl"))
    assert code == 2
    assert ", ".join(names()) in err
    assert not (tmp_path / "p.jsonl").exists()


def test_predict_needs_no_gold_and_no_built_tables(small: Path, tmp_path: Path) -> None:
    (small / "gold" / "harbour-talks.json").unlink()
    target = tmp_path / "p.jsonl"
    assert run("predict", "rules", "--data", str(small), "-o", str(target))[0] == 0
    assert run("check", str(target), "--data", str(small))[0] == 0
    for command in ("score", "errors"):
        code, _, err = run(command, str(target), "--data", str(small))
        assert code == 1
        assert "no article of the split 'test' has gold annotation" in err and "1 error" in err


def test_predict_wants_a_split_that_is_there(built: Path, tmp_path: Path) -> None:
    code, _, err = run("predict", "empty", "--data", str(built), "--split", "train", "-o", str(tmp_path / "p.jsonl"))
    assert code == 1  # as `score` and `check` end
    assert "no article in the split 'train'; name one of test" in err


def test_the_list_of_baselines() -> None:
    code, out, _ = run("baselines")
    assert code == 0
    assert [line.split("\t")[0] for line in out.splitlines()] == names()


def test_the_page_of_scores_is_up_to_date_and_compared(tmp_path: Path) -> None:
    page = tmp_path / "README.md"
    page.write_bytes((ROOT / "baselines" / "README.md").read_bytes())
    assert run("baselines", "-o", str(page), "--check")[0] == 0, "run `parley baselines -o baselines/README.md`"
    page.write_text(page.read_text("utf-8").replace("| **overall** |", "| **overall** | 1.000 |"), "utf-8")
    assert run("baselines", "-o", str(page), "--check")[0] == 1


def system(folder: Path, code: str) -> str:
    folder.mkdir()
    (folder / "__init__.py").write_text(code, "utf-8")
    return str(folder)


def test_a_system_is_a_folder(built: Path, tmp_path: Path) -> None:
    code = """'Nothing at all.'
from parley.model import Prediction
from .ids import name
def predict(task):
    return Prediction(id=name(task))
"""
    path = system(tmp_path / "nothing", code)
    (tmp_path / "nothing" / "ids.py").write_text("def name(task):\n    return task.id\n", "utf-8")
    target = tmp_path / "p.jsonl"
    assert run("predict", path, "--data", str(built), "-o", str(target))[0] == 0
    assert target.read_bytes() == b'{"id":"harbour-talks"}\n'


@pytest.mark.parametrize(
    ("code", "exit_code", "message"),
    [
        ("x = 1", 2, "does not define predict(task)"),
        ("import no_such_package", 1, "no_such_package"),
        ("def predict(task):\n    import no_such_package", 1, "no_such_package"),
        ("def predict(task):\n    return None", 1, "it must return parley.model.Prediction"),
    ],
)
def test_a_folder_that_is_no_system(code: str, exit_code: int, message: str, built: Path, tmp_path: Path) -> None:
    target = tmp_path / "p.jsonl"
    given_code, out, err = run("predict", system(tmp_path / "mine", code), "--data", str(built), "-o", str(target))
    assert (given_code, out) == (exit_code, "")
    assert message in err
    assert not target.exists()


def test_outside_a_checkout_there_are_the_floors(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(baselines, "FOLDER", tmp_path / "none")
    assert names() == ["empty", "majority"]
    code, _, err = run("predict", "rules", "-o", str(tmp_path / "p.jsonl"))
    assert code == 2
    assert "choose from: empty, majority; other baselines are in a checkout of Parley" in err
