"""What a system is given: the text and the pairs, and no gold."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from datasets import config as datasets_config

from parley.api import load
from parley.checks import load_corpus
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


def test_pairs_of_other_articles_are_left_out(view: AnnotatedArticle) -> None:
    others = [row | {"article": "another"} for row in stance(view)]
    (task,) = tasks(documents(view), others)
    assert task.pairs == []
