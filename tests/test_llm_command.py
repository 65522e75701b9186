"""`parley llm` and the tasks of Inspect: from an article to a checked submission, without a network and without a model."""

import json
import shutil
import socket
import tomllib
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml
from typer.testing import CliRunner

from conftest import ROOT, SMALL
from parley.checks import load_corpus
from parley.cli.app import app
from parley.dataset.tables import stance
from parley.findings import FindingsError
from parley.leaderboard.records import Run, Submission
from parley.model import Prediction, StancePair
from parley.reading import annotated

inspect_ai = pytest.importorskip("inspect_ai")
tasks = pytest.importorskip("parley.llm.tasks")
eval_command = pytest.importorskip("inspect_ai._cli.eval").eval_command

ARTICLE = "harbour-talks"


def run(*words: Any) -> Any:
    return CliRunner().invoke(app, [str(word) for word in words])


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """The small dataset, with its article in the split that is scored by default."""
    return Path(shutil.copytree(SMALL, tmp_path / "small"))


@pytest.fixture
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any) -> None:
        raise AssertionError("a replayed run needs no network")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


def evaluate(tmp_path: Path, task: Any, model: Any = "replay/gold", **options: Any) -> Any:
    (log,) = inspect_ai.eval(task, model=model, display="none", log_dir=str(tmp_path / "logs"), **options)
    assert log.status == "success", log.error
    return log


def scores(log: Any) -> dict[str, float]:
    return {name: metric.value for each in log.results.scores for name, metric in each.metrics.items()}


@pytest.mark.usefixtures("_no_network")
@pytest.mark.parametrize(
    "options",
    [{}, {"form": "json", "passes": "layers"}, {"form": "json", "structured": False, "shots": 3}, {"layers": "events"}],
)
def test_gold_replayed_scores_one(options: dict[str, Any], small: Path, tmp_path: Path) -> None:
    model = inspect_ai.model.get_model("replay/gold", data=str(small))
    log = evaluate(tmp_path, tasks.extract(data=str(small), **options), model)
    found = scores(log)
    assert found.pop("quotations_dropped") == 0
    assert set(found.values()) == {1.0}
    assert "overall" in found or "layers" in options


@pytest.mark.usefixtures("_no_network")
def test_from_a_log_to_a_submission(small: Path, tmp_path: Path) -> None:
    """Two recorded runs, the first empty, the second gold: the predictions are those of the first, the range is both."""
    gold = inspect_ai.model.get_model("replay/gold", data=str(small))
    log = evaluate(tmp_path, tasks.extract(data=str(small)), gold)
    filled = ["organisation=Us", "contact=a@example.org", "training_data=none", "saw_test=no", "licence=CC0-1.0"]
    place = ["system=Mine", "version=1", *filled, "--data", small]
    result = run("llm", "export", log.location, tmp_path / "gold", *place, "--answers", tmp_path / "a.jsonl")
    assert result.exit_code == 0, result.stderr
    recorded = json.loads((tmp_path / "a.jsonl").read_text("utf-8"))
    lines = [
        json.dumps({"article": ARTICLE, "epoch": 1, "answers": [["I cannot."]]}),
        json.dumps(recorded | {"epoch": 2}),
    ]
    (tmp_path / "b.jsonl").write_text("\n".join(lines), "utf-8")
    model = inspect_ai.model.get_model("replay/recorded", answers=str(tmp_path / "b.jsonl"))
    log = evaluate(tmp_path, tasks.extract(data=str(small)), model, epochs=2, temperature=0.5, seed=7)
    found = scores(log)
    assert (found["overall"], found["lowest"], found["highest"]) == (0.5, 0.0, 1.0)
    result = run("llm", "export", log.location, tmp_path / "mine", *place)
    assert result.exit_code == 0, result.stderr
    again = run("llm", "export", log.location, tmp_path / "mine", *place)
    assert again.exit_code == 2 and "submission.json exist already; --overwrite replaces them" in again.stderr
    assert run("check", tmp_path / "mine", "--data", small).exit_code == 0
    said = msgspec.json.decode((tmp_path / "mine" / "submission.json").read_bytes(), type=Submission)
    assert isinstance(said.run, Run)
    assert (said.run.runs, said.run.overall, said.run.temperature, said.run.seed) == (2, [0.0, 1.0], 0.5, 7)
    assert said.run.dropped == {"unread-answer": 1} and said.run.cost is None and said.run.input_tokens > 1000
    assert (said.track, said.base_models[0].name) == ("few-shot", "replay/recorded")
    made = msgspec.json.decode((tmp_path / "mine" / "predictions.jsonl").read_bytes(), type=Prediction)
    assert made.mentions == []


def test_a_log_that_is_no_run_of_the_split_is_refused(small: Path, tmp_path: Path) -> None:
    gold = inspect_ai.model.get_model("replay/gold", data=str(small))
    log = evaluate(tmp_path, tasks.extract(data=str(small)), gold)
    result = run("llm", "export", log.location, tmp_path / "mine")
    assert result.exit_code == 2 and "it is of data 0.1.0" in result.stderr
    assert not (tmp_path / "mine").exists()


def test_answers_to_pairs_become_a_submission(small: Path, tmp_path: Path) -> None:
    """Replay answers 'A', no stance, to each pair. Nothing else is attempted, and there is no `run`."""
    log = evaluate(tmp_path, tasks.stance_pairs(data=str(small)), epochs=2)
    filled = ["organisation=Us", "contact=a@example.org", "training_data=none", "saw_test=no", "licence=CC0-1.0"]
    place = [tmp_path / "mine", "system=Mine", "version=1", *filled, "--data", small]
    result = run("llm", "export", log.location, *place)
    assert result.exit_code == 0, result.stderr
    assert run("check", tmp_path / "mine", "--data", small).exit_code == 0
    made = msgspec.json.decode((tmp_path / "mine" / "predictions.jsonl").read_bytes(), type=Prediction)
    pairs = sorted(row["id"] for row in stance(annotated(load_corpus(small), ARTICLE)))
    assert made == Prediction(id=ARTICLE, stance_pairs=[StancePair(pair=pair, polarity="none") for pair in pairs])
    said = json.loads((tmp_path / "mine" / "submission.json").read_bytes())
    assert said["base_models"] == [{"name": "replay/gold", "revision": None}] and "run" not in said
    log = evaluate(tmp_path, tasks.stance_pairs(data=str(small)), limit=1)
    result = run("llm", "export", log.location, tmp_path / "part", "--data", small)
    assert f"{len(pairs) - 1} of {len(pairs)} pairs not predicted" in result.stderr


def test_a_run_on_the_twins_is_put_beside(tmp_path: Path) -> None:
    log = evaluate(tmp_path, tasks.extract(split="twin"))
    result = run("llm", "export", log.location, tmp_path / "mine")
    assert result.exit_code == 0, result.stderr
    assert [each.name for each in (tmp_path / "mine").iterdir()] == ["predictions.twin.jsonl"]
    assert run("check", tmp_path / "mine" / "predictions.twin.jsonl", "--split", "twin").exit_code == 0
    again = run("llm", "export", log.location, tmp_path / "mine")
    assert again.exit_code == 2 and "twin.jsonl exists already; --overwrite replaces it" in again.stderr


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04cut", b'{"a": 1}', b"\x00\xff"])
@pytest.mark.parametrize("name", ["log.eval", "log.json", "log"])
def test_what_is_no_log_is_said(content: bytes, name: str, small: Path, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(content)
    result = run("llm", "export", tmp_path / name, tmp_path / "mine", "--data", small)
    assert result.exit_code == 2
    assert result.stderr.endswith("name a file LOG.eval that `inspect eval` wrote\n")


def test_a_folder_of_logs_is_no_log(tmp_path: Path) -> None:
    result = run("llm", "export", tmp_path, tmp_path / "mine")
    assert result.exit_code == 2 and "is a folder; name a log in it: LOG.eval" in result.stderr
    for name in ("2026-01-02_b.eval", "2026-01-01_c.eval"):
        (tmp_path / name).touch()
    result = run("llm", "export", tmp_path, tmp_path / "mine")
    assert "such as" in result.stderr and "2026-01-02_b.eval, the latest" in result.stderr


def test_a_run_with_errors_is_finished_first(small: Path, tmp_path: Path) -> None:
    """The model has no answer in the second run: an error, after which Inspect goes on if it is told so."""
    recorded = [
        {"article": ARTICLE, "epoch": 1, "answers": [["# 1"]]},
        {"article": ARTICLE, "epoch": 2, "answers": [[]]},
    ]
    (tmp_path / "a.jsonl").write_text("\n".join(map(json.dumps, recorded)), "utf-8")
    model = inspect_ai.model.get_model("replay/recorded", answers=str(tmp_path / "a.jsonl"))
    log = evaluate(tmp_path, tasks.extract(data=str(small)), model, epochs=2, fail_on_error=False)
    result = run("llm", "export", log.location, tmp_path / "mine", "--data", small)
    assert result.exit_code == 2 and "1 of 1 article not predicted" in result.stderr
    assert "`inspect eval-retry`" in result.stderr


def test_the_prompt_can_be_pasted(small: Path) -> None:
    result = run("llm", "prompt", ARTICLE, "--data", small)
    assert result.exit_code == 0
    assert result.stdout.count("# Annotation") == 1 and "Annotate this article" in result.stdout
    messages = json.loads(run("llm", "prompt", ARTICLE, "--data", small, "--json", "--shots", 0).stdout)
    assert [message["role"] for message in messages] == ["system", "user"]
    wrong = run("llm", "prompt", "nowhere", "--data", small)
    assert wrong.exit_code == 2 and "the split 'test' has no article 'nowhere'" in wrong.stderr
    assert run("llm", "prompt", ARTICLE, "--data", small, "--layers", "mood").exit_code == 2


@pytest.mark.parametrize("command", ["llm prompt ARTICLE", "llm read ARTICLE.lines", "tasks", "predict rules"])
def test_a_split_that_does_not_exist_is_said(command: str, small: Path) -> None:
    result = run(*command.split(), "--data", small, "--split", "nosuch")
    assert result.exit_code == 1
    assert "no article in the split 'nosuch'; name one of test" in result.stderr and result.stdout == ""


def test_an_article_of_another_split_is_said(tmp_path: Path) -> None:
    result = run("llm", "prompt", "caddowyn-1")
    assert result.exit_code == 2 and result.stdout == ""
    assert "the split 'test' has no article 'caddowyn-1'; it is of another: --split validation" in result.stderr
    (tmp_path / "caddowyn-1.lines").write_text("# 1", "utf-8")
    result = run("llm", "read", tmp_path / "caddowyn-1.lines", "-o", tmp_path / "p.jsonl")
    assert result.exit_code == 2 and "--split validation" in result.stderr and not (tmp_path / "p.jsonl").exists()


def test_inspect_is_told_of_a_split_that_does_not_exist() -> None:
    with pytest.raises(FindingsError, match="no article in the split 'nosuch'; name one of test"):
        tasks.extract(split="nosuch", data=str(SMALL))


def test_gold_of_the_twins_is_replayed(tmp_path: Path) -> None:
    log = evaluate(tmp_path, tasks.extract(split="twin", shots=0), limit=1)
    assert scores(log)["overall"] == 1


@pytest.mark.usefixtures("_no_network")
@pytest.mark.parametrize("name", ["hosted", "local"])
def test_inspect_runs_the_configurations(name: str, tmp_path: Path) -> None:
    """All of a configuration of ``baselines/prompted`` but its model, which cannot be called here."""
    place = ROOT / "baselines" / "prompted" / f"{name}.yaml"
    instead = ["--model", "replay/gold", "-M", f"data={SMALL}", "-T", f"data={SMALL}", "--log-dir", str(tmp_path)]
    eval_command.main(["--run-config", str(place), *instead, "--display", "none"], standalone_mode=False)
    (file,) = tmp_path.glob("*.eval")
    log = inspect_ai.log.read_eval_log(str(file))
    assert log.status == "success" and scores(log)["overall"] == 1
    config = yaml.safe_load(place.read_text("utf-8"))
    assert log.eval.task_args_passed == config["task"]["args"] | {"data": str(SMALL)}
    assert log.eval.config.epochs == config["eval_config"]["epochs"] == 3
    assert (
        log.plan.config.merge(log.eval.model_generate_config).model_dump(exclude_none=True) == config["generate_config"]
    )


def test_answers_in_files_are_read(small: Path, tmp_path: Path) -> None:
    """The quote form of the article has 34 quotations; one is spoilt."""
    said = (small / f"{ARTICLE}.quotes.json").read_text("utf-8").replace('"quote": "meet"', '"quote": "zzz"', 1)
    answer = tmp_path / f"{ARTICLE}.json"
    answer.write_text(f"Here it is:\n```json\n{said}\n```", "utf-8")
    result = run("llm", "read", answer, "-o", tmp_path / "p.jsonl", "--data", small)
    assert result.exit_code == 0 and "quote-not-found (warning)" in result.stdout
    assert "1 of 1 article of the split 'test' written" in result.stderr
    assert "33 exact, 0 folded, 0 moved, 0 loose, 1 dropped" in result.stderr
    assert "Left out, by rule: 1 quote-not-found." in result.stderr
    assert run("check", tmp_path / "p.jsonl", "--data", small).exit_code == 0
    wrong = run("llm", "read", ROOT / "README.md", "-o", tmp_path / "q.jsonl", "--data", small)
    assert wrong.exit_code == 2 and not (tmp_path / "q.jsonl").exists()


def test_inspect_finds_the_tasks_by_the_entry_point() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert project["entry-points"]["inspect_ai"] == {"parley": tasks.__name__}
