"""The learned baselines: trained on three articles in seconds; valid predictions; the same bytes every time."""

from pathlib import Path

import msgspec
import pytest
from baselines import crf, learning

from conftest import ROOT
from parley.checks import check_predictions, load_corpus
from parley.cli.entrant import given_tasks


@pytest.fixture(scope="module")
def systems() -> list[crf.System]:
    """Two systems trained on the same three articles."""
    return [crf.train(learning.examples("train", 3)) for _ in range(2)]


def test_examples_are_whole_stories() -> None:
    assert [len(learning.examples("train", articles)) for articles in (1, 3, 4, None)] == [3, 3, 6, 31]
    assert learning.examples("train", 10) == learning.examples("train")[:12]


def test_no_baseline_learns_from_test() -> None:
    with pytest.raises(ValueError, match="not on 'test'"):
        learning.examples("test")


def test_two_trainings_give_the_same_valid_predictions(systems: list[crf.System], tmp_path: Path) -> None:
    tasks = given_tasks(ROOT / "data", "validation")
    lines = [[msgspec.json.encode(crf.apply(system, task)) for task in tasks] for system in systems]
    assert lines[0] == lines[1]
    file = tmp_path / "predictions.jsonl"
    file.write_bytes(b"".join(line + b"\n" for line in lines[0]))
    predictions, findings = check_predictions(file, load_corpus(ROOT / "data", raw=False), "validation")
    assert findings == []
    found = list(predictions.values())
    assert all(p.mentions and p.events for p in found)
