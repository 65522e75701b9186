"""Stance pairs as a multiple-choice task: for Inspect, for the Hub's benchmark file, for lm-evaluation-harness."""

import importlib.util
import json
from typing import Any

import pytest
import yaml

from conftest import ROOT, SMALL
from parley.checks import load_corpus
from parley.dataset.tables import stance, stance_pairs
from parley.reading import annotated

CORPUS = load_corpus(SMALL)
VIEW = annotated(CORPUS, "harbour-talks")
ROWS = list(stance_pairs(VIEW))


def test_each_pair_is_a_question_with_four_answers() -> None:
    pairs = list(stance(VIEW))
    assert [(row["id"], row["answer"]) for row in ROWS] == [(row["id"], row["polarity"]) for row in pairs]
    for row, pair in zip(ROWS, pairs, strict=True):
        assert [each.split(":")[0].split(" ")[0] for each in row["choices"]] == ["No", "Support", "Oppose", "Mixed"]
        assert all(VIEW.words(s.start, s.end) in row["question"] for s in VIEW.sentences)
        assert pair["target_name"] in row["question"]


def test_a_question_holds_no_gold() -> None:
    """Two pairs of the same holder and target kind differ in nothing but who they are: no polarity, no evidence."""
    for row in ROWS:
        about = row["question"].rsplit("Holder:", 1)[1].casefold()
        assert not any(word in about for word in ("support", "oppose", "mixed", "evidence", "facet"))
        assert CORPUS.info.canary not in row["question"]


def test_the_hub_reads_the_benchmark_file() -> None:
    hub = pytest.importorskip("inspect_ai._eval.task.hf")
    value = yaml.safe_load((ROOT / "data" / "eval.yaml").read_text("utf-8"))
    (task,) = [hub.HFTask.model_validate(each) for each in value["tasks"]]
    record = ROWS[0] | {"answer": 2}  # ClassLabel's number, as `datasets` gives it
    sample = hub._record_to_sample_hf(record, task.field_spec)
    assert (sample.input, sample.choices, sample.target) == (record["question"], record["choices"], "C")


def test_inspect_scores_the_pairs_as_the_leaderboard_does(tmp_path: Any) -> None:
    """Always 'A', no stance. By hand: with n of N pairs none, the F1 of none is 2n / (N + n), that of the others 0."""
    inspect_ai = pytest.importorskip("inspect_ai")
    from parley.llm.tasks import stance_pairs as task

    model = inspect_ai.model.get_model("replay/gold")
    (log,) = inspect_ai.eval(task(data=str(SMALL)), model=model, display="none", log_dir=str(tmp_path))
    assert log.status == "success", log.error
    found = {name: metric.value for each in log.results.scores for name, metric in each.metrics.items()}
    answers = [row["answer"] for row in ROWS]
    none, every = answers.count("none"), len(answers)
    assert found["accuracy"] == none / every
    assert found["macro_f1"] == pytest.approx(2 * none / (every + none) / len({*answers, "none"}))


def test_the_task_of_lm_eval_reads_the_files_of_the_dataset() -> None:
    folder = ROOT / "integrations" / "lm_eval"
    spec = importlib.util.spec_from_file_location("macro", folder / "macro.py")
    assert spec is not None and spec.loader is not None
    macro = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(macro)
    # By hand: label 0 has 1 right of 2 and 1, so 2/3; label 1 has 1 right of 1 and 2, so 2/3; label 2 has none of 1 and 1.
    assert macro.macro_f1([(0, 0), (0, 1), (1, 1), (2, 2)]) == pytest.approx((2 / 3 + 2 / 3 + 1) / 3)
    text = (folder / "parley_stance_pairs.yaml").read_text("utf-8").replace("!function ", "")
    task = yaml.safe_load(text)
    for pattern in task["dataset_kwargs"]["data_files"].values():
        assert list(ROOT.glob(pattern))
    assert json.dumps(task["doc_to_choice"]) == '["A", "B", "C", "D"]'
