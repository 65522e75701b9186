"""What a system is given: the text and the pairs, and no gold."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from datasets import config as datasets_config
from typer.testing import CliRunner

from parley.api import load
from parley.checks import load_corpus
from parley.cli.app import app
from parley.corpus import ZoneSpan
from parley.dataset.build import build
from parley.dataset.tables import documents, stance
from parley.model import Span
from parley.reading import AnnotatedArticle, annotated_articles
from parley.task import DOCUMENT_COLUMNS, PAIR_COLUMNS, tasks


@pytest.fixture
def view(small: Path) -> AnnotatedArticle:
    (found,) = annotated_articles(load_corpus(small))
    return found


class Watched(Mapping[str, Any]):
    """A row that notes which of its columns are read."""

    def __init__(self, row: dict[str, Any], read: set[str]) -> None:
        self.row, self.read = row, read

    def __getitem__(self, key: str) -> Any:
        self.read.add(key)
        return self.row[key]

    def __iter__(self) -> Iterator[str]:
        raise AssertionError("all columns were read")

    def __len__(self) -> int:
        return len(self.row)


def test_only_the_columns_of_a_task_are_read(view: AnnotatedArticle) -> None:
    of_documents, of_pairs = set[str](), set[str]()
    tasks([Watched(row, of_documents) for row in documents(view)], [Watched(row, of_pairs) for row in stance(view)])
    assert of_documents == set(DOCUMENT_COLUMNS)
    assert of_pairs == set(PAIR_COLUMNS)
    assert not of_documents & {"mentions", "entities", "events", "stances"}
    assert not of_pairs & {"polarity", "stances", "evidence"}


def test_a_task_of_plain_rows(view: AnnotatedArticle) -> None:
    (task,) = tasks(documents(view), stance(view))
    assert (task.id, task.date, task.text) == ("harbour-talks", "2031-03-04", view.text)
    assert task.zones[1] == ZoneSpan(zone="headline", start=16, end=56)
    assert len(task.pairs) == 5
    pair = task.pairs[4]
    assert (pair.id, pair.holder_name, pair.target_name) == ("harbour-talks:e5:e2", "Ada Brink", "Sudovia")
    assert (pair.target_kind, pair.holder_mentions[1]) == ("entity", Span(start=203, end=212, text="Ada Brink"))
    assert task.pairs[0].holder_mentions == []


def test_loaded_rows_give_the_same_task(view: AnnotatedArticle, small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(datasets_config, "HF_DATASETS_CACHE", small / "cache")
    build(load_corpus(small))
    loaded = tasks(load("documents", folder=small), load("stance", folder=small))
    assert loaded == tasks(documents(view), stance(view))


def test_formatted_rows_give_the_same_task(view: AnnotatedArticle, small: Path) -> None:
    build(load_corpus(small))
    rows = load("documents", folder=small)
    assert tasks(rows.with_format("numpy")) == tasks(rows.with_format("pandas")) == tasks(documents(view))


def test_the_command_writes_what_a_system_may_read(view: AnnotatedArticle, small: Path) -> None:
    """The small article's line by line: text, zones and sentences as they are; no pairs unless they are asked for."""
    command = ["tasks", "--data", str(small), "-o", str(small / "tasks.jsonl")]
    assert CliRunner().invoke(app, command).exit_code == 0
    (line,) = (small / "tasks.jsonl").read_text("utf-8").splitlines()
    task = json.loads(line)
    assert set(task) == {"id", "text", "zones", "sentences", "date"}
    assert (task["id"], task["text"], task["date"]) == ("harbour-talks", view.text, "2031-03-04")
    assert task["zones"][1] == {"zone": "headline", "start": 16, "end": 56}
    assert task["sentences"][0] == {"number": 1, "zone": "headline", "start": 16, "end": 55}
    assert CliRunner().invoke(app, [*command, "--pairs"]).exit_code == 0
    task = json.loads((small / "tasks.jsonl").read_bytes())
    assert [pair["id"] for pair in task["pairs"]][4] == "harbour-talks:e5:e2"
    assert not {"polarity", "stances"} & {key for pair in task["pairs"] for key in pair}


def test_a_system_sees_the_pairs_only_when_it_answers_them(small: Path) -> None:
    """This one would name every target of a pair an entity."""
    code = """
from parley.model import Entity, Prediction, StancePair
def predict(task):
    peeked = [Entity(id=f"e{i}", type="GPE", name=pair.target_name) for i, pair in enumerate(task.pairs)]
    answers = [StancePair(pair=pair.id, polarity="oppose") for pair in task.pairs]
    return Prediction(id=task.id, mentions=[], entities=peeked, stance_pairs=answers)
"""
    (small / "peeking").mkdir()
    (small / "peeking" / "__init__.py").write_text(code)
    out = small / "predictions.jsonl"
    ran = CliRunner().invoke(app, ["predict", str(small / "peeking"), "--data", str(small), "-o", str(out)])
    assert ran.exit_code == 0, ran.output
    prediction = json.loads(out.read_bytes())
    assert (prediction["entities"], len(prediction["stance_pairs"])) == ([], 5)


def test_pairs_of_other_articles_are_left_out(view: AnnotatedArticle) -> None:
    others = [row | {"article": "another"} for row in stance(view)]
    (task,) = tasks(documents(view), others)
    assert task.pairs == []
