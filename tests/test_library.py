"""Scoring from Python: the same figures whatever form gold and predictions come in."""

from pathlib import Path
from typing import Any

import msgspec
import pytest
from benchmarks.synthetic import article, write

import parley
from conftest import SMALL
from parley.findings import FindingsError
from parley.scoring.lines import GoldLine, Scored, score_lines
from parley.scoring.registry import METRICS
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
