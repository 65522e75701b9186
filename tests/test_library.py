"""Scoring from Python: the same figures whatever form gold and predictions come in."""

from pathlib import Path
from typing import Any

import datasets
import msgspec
import pandas as pd
import pytest
from benchmarks.synthetic import article, write

import parley
from conftest import SMALL
from parley.findings import FindingsError
from parley.scoring.lines import score_lines
from parley.scoring.registry import METRICS
from parley.scoring.totals import GoldLine, Scored
from scoring_help import small_corpus, small_prediction


def gold_line() -> GoldLine:
    corpus = small_corpus()
    gold = corpus.gold["harbour-talks"]
    fields = {name: getattr(gold, name) for name in gold.__struct_fields__}
    return GoldLine(**fields, text=corpus.texts[gold.id], zones=corpus.articles[gold.id].zones)


def values(result: Any) -> dict[str, float]:
    return {name: value for name, value in parley.report_frame(result)["value"].items() if value == value}


def test_a_folder_gives_a_report_and_records_the_same_figures() -> None:
    report = parley.score(SMALL, [small_prediction()])
    scored = parley.score([gold_line()], {"harbour-talks": small_prediction()})
    assert isinstance(scored, Scored)
    assert values(scored) == values(report)
    assert scored.value("stance.tuple_f1") == 1


def test_lines_in_any_order_and_by_several_processes_score_the_same(tmp_path: Path) -> None:
    gold, predictions = write(tmp_path, 40)
    once = score_lines(gold, predictions)
    assert set(once.scores) == set(METRICS)
    predictions.write_bytes(b"".join(reversed(predictions.read_bytes().splitlines(keepends=True))))
    assert score_lines(gold, predictions) == once
    assert parley.score(gold, predictions, jobs=2) == once
    assert parley.score(*zip(*(article(0, n) for n in range(40)), strict=True)) == once


def test_records_are_checked_like_a_file() -> None:
    """A label that does not exist is found in records, too, and the message names no file of ours."""
    wrong = msgspec.to_builtins(small_prediction())
    wrong["events"][0]["type"] = "Attack"
    with pytest.raises(FindingsError) as error:
        parley.score(SMALL, [wrong])
    (found,) = [f for f in error.value.findings if f.rule == "unknown-label"]
    assert (found.file, found.line, found.path) == ("predictions", 1, "$.events[0].type")


def test_records_in_any_container_are_the_same() -> None:
    """A list, a pandas table, a dataset, one with a format: one prediction, one score."""
    expected = values(parley.score(SMALL, [small_prediction()]))
    record = msgspec.to_builtins(small_prediction())
    layers = {"id": [record["id"]], "mentions": [[]], "entities": [[]]}
    empty = values(parley.score(SMALL, [{"id": record["id"], "mentions": [], "entities": []}]))
    assert values(parley.score(SMALL, pd.DataFrame([record]))) == expected
    table = datasets.Dataset.from_dict(layers)
    for rows in (table, table.with_format("numpy"), table.with_format("pandas")):
        assert values(parley.score(SMALL, rows)) == empty


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        (lambda r: r["events"][0].update(type="Attack"), "unknown-label"),
        (lambda r: r["mentions"][0].update(start=99998, end=99999), "span-out-of-range"),
        (lambda r: r["mentions"][0].update(entity="nobody"), "dangling-id"),
        (lambda r: r["stances"][0].update(holder="nobody"), "dangling-id"),
    ],
)
def test_records_against_gold_records_are_checked_too(change: Any, rule: str) -> None:
    record = msgspec.to_builtins(small_prediction())
    for text in (each for layer in ("mentions", "events") for each in record[layer]):
        del text["text"]
    change(record)
    for gold in (SMALL, [gold_line()]):
        with pytest.raises(FindingsError) as error:
            parley.score(gold, [record])
        assert rule in [f.rule for f in error.value.findings]
        with pytest.raises(FindingsError, match=r"duplicate-article|no article is left"):
            parley.score(gold, [small_prediction(), small_prediction()])
