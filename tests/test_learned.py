"""The learned baselines: trained on three articles in seconds; valid predictions; the same bytes every time."""

import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import joblib
import msgspec
import pytest
from baselines import crf, learning, tfidf
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from conftest import ROOT
from parley.checks import check_annotation, check_predictions, check_shape, load_corpus
from parley.cli.app import app
from parley.cli.entrant import given_tasks
from parley.corpus import ZoneSpan
from parley.model import Prediction
from parley.reading import AnnotatedArticle, ArticleText
from parley.task import Task
from test_baselines_command import DATE, article, texts


@pytest.fixture(scope="module")
def system() -> crf.System:
    return crf.train(learning.examples("train", 3))


@pytest.fixture(scope="module")
def tasks() -> list[Task]:
    return given_tasks(ROOT / "data", "validation")


def test_examples_are_whole_stories() -> None:
    assert [len(learning.examples("train", articles)) for articles in (1, 3, 4, None)] == [3, 3, 6, 31]
    assert learning.examples("train", 10) == learning.examples("train")[:12]


def test_no_baseline_learns_from_test() -> None:
    with pytest.raises(ValueError, match="not on 'test'"):
        learning.examples("test")


def test_predictions_are_valid(system: crf.System, tasks: list[Task], tmp_path: Path) -> None:
    file = tmp_path / "predictions.jsonl"
    file.write_bytes(b"".join(msgspec.json.encode(crf.apply(system, task)) + b"\n" for task in tasks))
    predictions, findings = check_predictions(file, load_corpus(ROOT / "data", raw=False), "validation")
    assert findings == []
    assert all(p.mentions and p.events and p.stance_pairs for p in predictions.values())


def test_another_process_learns_the_same(system: crf.System, tasks: list[Task]) -> None:
    code = (
        "import sys, msgspec; from baselines import crf, learning\n"
        "task = learning.examples('validation')[0].task\n"
        "sys.stdout.buffer.write(msgspec.json.encode(crf.apply(crf.train(learning.examples('train', 3)), task)))"
    )
    path = os.pathsep.join((str(ROOT / "src"), str(ROOT)))
    environment = os.environ | {"PYTHONPATH": path, "PYTHONHASHSEED": "1", "OMP_NUM_THREADS": "1"}
    other = subprocess.run([sys.executable, "-c", code], capture_output=True, env=environment, check=True)
    assert other.stdout == msgspec.json.encode(crf.apply(system, tasks[0]))


@settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck))
@given(text=texts, date=st.sampled_from([DATE, "0001-01-01", "2031-02-30"]))
def test_any_text_gives_predictions_without_error_or_warning(system: crf.System, text: str, date: str) -> None:
    zones = [ZoneSpan(zone="body", start=0, end=len(text))] if text else []
    prediction = crf.apply(system, Task(id="x", text=text, zones=zones, date=date, pairs=[]))
    assert not check_shape(msgspec.to_builtins(prediction), "prediction")
    assert not check_annotation(AnnotatedArticle(prediction, ArticleText(article(text, zones), text)), "predictions")


def test_a_baseline_that_is_not_trained_says_how(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(learning, "OUT", tmp_path)
    learning.load.cache_clear()
    result = CliRunner().invoke(app, ["predict", "crf", "--split", "validation", "-o", str(tmp_path / "p.jsonl")])
    assert result.exit_code == 2
    assert "not trained yet; train it with: python -m baselines.crf" in result.output
    assert not (tmp_path / "p.jsonl").exists()


@pytest.mark.parametrize("damaged", [b"", b"\x80\x04", b"a model"])
def test_a_damaged_model_is_said(damaged: bytes, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(learning, "OUT", tmp_path)
    learning.load.cache_clear()
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "crf.joblib").write_bytes(damaged)
    result = CliRunner().invoke(app, ["predict", "crf", "--split", "validation", "-o", str(tmp_path / "p.jsonl")])
    assert result.exit_code == 2
    assert "crf.joblib is no model that can be read" in result.output


@pytest.mark.parametrize("number", ["0", "-3", "1000"])
def test_training_needs_articles_of_train(number: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        learning.command("counter", len, lambda _, task: Prediction(id=task.id), ["--articles", number])
    assert f"invalid choice: {number}" in capsys.readouterr().err


def test_the_command_trains_and_predicts(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """With a system that learns only how many articles there are."""
    monkeypatch.setattr(learning, "OUT", tmp_path)
    options = ["--articles", "3", "--split", "validation"]
    learning.command("counter", len, lambda number, task: Prediction(id=task.id, mentions=[], entities=[]), options)
    assert joblib.load(tmp_path / "models" / "counter-3.joblib") == 3
    assert len((tmp_path / "counter-3" / "predictions.validation.jsonl").read_bytes().splitlines()) == 12


@pytest.mark.parametrize("baseline", [crf, tfidf])
def test_training_anew_gives_the_submitted_predictions(baseline: ModuleType) -> None:
    """On the first articles of each split; `make baselines` compares all. For minilm, its page says what may move."""
    name = baseline.__name__.removeprefix("baselines.")
    model = baseline.train(learning.examples())
    for split in ("", ".twin", ".contrast"):
        file = ROOT / "eval" / "submissions" / name / f"predictions{split}.jsonl"
        lines = [
            msgspec.json.encode(baseline.apply(model, t)) for t in given_tasks(ROOT / "data", split[1:] or "test")[:20]
        ]
        assert lines == file.read_bytes().splitlines()[:20]
