"""Two files of lines: ids, wrong lines, processes, joined articles, added metrics; the command."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from benchmarks.synthetic import article, write
from typer.testing import CliRunner

import parley
from parley.cli.app import app
from parley.derive import pair_polarities, stance_rows
from parley.findings import FindingsError
from parley.ids import pair_id
from parley.scoring.coreference import Contingency, blanc_links, conll
from parley.scoring.counts import Tally, exact_counts, f1
from parley.scoring.entities import joined_entities
from parley.scoring.lines import score_lines
from parley.scoring.pair import Pair
from parley.scoring.registry import METRICS, Metric
from parley.scoring.totals import Totals


def _edited(path: Path, number: int, change: Any) -> None:
    lines = path.read_bytes().splitlines()
    lines[number] = change(lines[number])
    path.write_bytes(b"\n".join(lines) + b"\n")


def test_a_line_that_has_another_id_further_on_is_refused(tmp_path: Path) -> None:
    gold, predictions = write(tmp_path, 2)
    _edited(predictions, 1, lambda line: line[:-1] + b',"id":"synthetic-000000"}')
    with pytest.raises(FindingsError) as error:
        score_lines(gold, predictions)
    assert [finding.rule for finding in error.value.findings] == ["duplicate-key"]


def test_a_line_may_begin_with_another_field(tmp_path: Path) -> None:
    gold, predictions = write(tmp_path, 2)
    before = score_lines(gold, predictions)
    _edited(predictions, 1, lambda line: msgspec.json.encode(dict(reversed(json.loads(line).items()))))
    assert score_lines(gold, predictions) == before


def test_lines_that_are_trusted_have_the_same_scores(tmp_path: Path) -> None:
    gold, predictions = write(tmp_path, 3)
    assert score_lines(gold, predictions, trust=True) == score_lines(gold, predictions)
    _edited(predictions, 1, lambda line: line[:-9])
    with pytest.raises(FindingsError, match=r"predictions\.jsonl:2"):
        score_lines(gold, predictions, trust=True)


def _in_stories(gold: Path, number: int) -> None:
    """Let the articles tell so many stories by turns, so that those of a story lie far apart."""
    lines = [json.loads(line) for line in gold.read_bytes().splitlines()]
    told = [line | {"story": f"story-{i % number}"} for i, line in enumerate(lines)]
    gold.write_bytes(b"\n".join(map(msgspec.json.encode, told)) + b"\n")


def test_clusters_are_joined_within_stories_whatever_the_processes(tmp_path: Path) -> None:
    """140 articles are two shares of the work, and parts of each story are in both.

    An entity with a registry id is one cluster in all articles of a story; all others are clusters of one article.
    """
    gold, predictions = write(tmp_path, 140)
    clusters, alone = set[Any](), 0
    for number in range(140):
        line, _ = article(0, number)
        for entity in line.entities:
            alone += 1
            clusters.add((number % 9, entity.registry) if entity.registry else (line.id, entity.id))
    assert score_lines(gold, predictions).tallies["entities.cross_conll"]["ceaf_e"].gold == alone
    _in_stories(gold, 9)
    one, two = score_lines(gold, predictions), score_lines(gold, predictions, jobs=2)
    assert one == two == score_lines(gold, predictions, trust=True)
    assert one.tallies["entities.cross_conll"]["ceaf_e"].gold == len(clusters) < alone


def count_words(pair: Pair) -> Tally:
    """A metric of a user's own: an article has as many items as its text has words, and one is right."""
    return Tally({"": exact_counts(1, len(pair.text.text.split()), 1)})


def blanc_of_joined(table: Contingency) -> Tally:
    """A metric across articles of a user's own: pairs of spans in two clusters count too."""
    return blanc_links(table)


def test_a_metric_that_was_added_is_counted_like_any_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(METRICS, "entities.words", Metric("entities", "a test", count_words, f1, ""))
    joined = Metric("entities", "a test", joined_entities, conll, "", joined=blanc_of_joined)
    monkeypatch.setitem(METRICS, "entities.joined_blanc", joined)
    gold, predictions = write(tmp_path, 140)
    _in_stories(gold, 9)
    words = sum(len(line.text.split()) for line, _ in (article(0, number) for number in range(140)))
    one = score_lines(gold, predictions)
    assert one.tallies["entities.words"] == Tally({"": exact_counts(140, words, 140)})
    at_once = Totals()
    for number in range(140):
        line, answer = article(0, number)
        at_once.add(msgspec.structs.replace(line, story=f"story-{number % 9}"), answer)
    assert one == at_once.scored() == score_lines(gold, predictions, jobs=2)


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        (lambda lines: lines[:-1], "missing-article"),
        (lambda lines: [lines[1], lines[1], *lines], "duplicate-article"),
        (lambda lines: [*lines, lines[0].replace(b"000000", b"999999")], "unknown-article"),
        (lambda lines: [b"{", *lines[1:]], "bad-json"),
        (lambda lines: [re.sub(rb'"start":\d+', b'"start":0.5', lines[0], count=1), *lines[1:]], "wrong-type"),
        (lambda lines: [lines[0].replace(b'"stances"', b'"stanzas"', 1), *lines[1:]], "unknown-field"),
        (lambda lines: [b'{"id":"synthetic-000000","mentions":[],"entities":[]}', *lines[1:]], "partial-layer"),
    ],
)
@pytest.mark.parametrize("jobs", [1, 2])
def test_wrong_files_are_refused(change: Any, rule: str, jobs: int, tmp_path: Path) -> None:
    gold, predictions = write(tmp_path, 3)
    predictions.write_bytes(b"\n".join(change(predictions.read_bytes().splitlines())) + b"\n")
    with pytest.raises(FindingsError) as error:
        score_lines(gold, predictions, jobs=jobs)
    assert {finding.rule for finding in error.value.findings} == {rule}


@pytest.mark.parametrize("layer", ["mentions", "events", "stances"])
def test_a_repeated_item_is_refused(layer: str, tmp_path: Path) -> None:
    gold, predictions = write(tmp_path, 1)
    record = json.loads(predictions.read_bytes())
    record[layer].append(record[layer][0])
    predictions.write_bytes(msgspec.json.encode(record))
    with pytest.raises(FindingsError, match="duplicate-id"):
        score_lines(gold, predictions)


def test_a_prediction_without_an_article_among_records_is_refused() -> None:
    (line, answer), (_, other) = article(0, 0), article(0, 1)
    with pytest.raises(FindingsError, match="unknown-article"):
        parley.score([line], [other, answer])


def test_the_command_prints_scores_of_two_files(tmp_path: Path) -> None:
    gold, predictions = write(tmp_path, 3)
    runner = CliRunner()
    command = ["score", str(predictions), "--gold", str(gold)]
    printed = json.loads(runner.invoke(app, [*command, "--jobs", "2", "--json"]).stdout)
    expected = score_lines(gold, predictions)
    assert printed["articles"] == 3
    assert {name: entry["value"] for name, entry in printed["metrics"].items()} == {
        name: float(score.value) for name, score in expected.scores.items()
    }
    table = runner.invoke(app, command)
    assert table.exit_code == 0
    assert f"{float(expected.value('events.tc')):.3f}" in table.stdout
    assert not (tmp_path / "report.json").exists()


def test_the_command_says_what_does_not_go_together(tmp_path: Path) -> None:
    gold, predictions = write(tmp_path, 1)
    runner = CliRunner()
    assert runner.invoke(app, ["score", str(predictions), "--jobs", "2"]).exit_code == 2
    both = ["score", str(predictions), "--gold", str(gold), "-o", str(tmp_path / "report.json")]
    assert runner.invoke(app, both).exit_code == 2
    assert runner.invoke(app, ["score", str(predictions), "--gold", str(tmp_path / "none.jsonl")]).exit_code == 2


@pytest.mark.parametrize("number", range(5))
def test_polarities_by_pair_are_those_of_the_rows(number: int) -> None:
    gold, _ = article(1, number)
    rows = {pair_id(gold.id, row.holder, row.target): row.polarity for row in stance_rows(gold)}
    assert list(pair_polarities(gold).items()) == list(rows.items())


def spoilt(line: bytes, place: Callable[[Any], object]) -> bytes:
    record = json.loads(line)
    place(record)
    return json.dumps(record).encode()


SPOILT = [
    (lambda line: line.replace(b'"mentions"', b'"\xff"'), "not-utf8"),
    (lambda line: b"\xff" + line, "not-utf8"),
    (lambda line: line.replace(b'"mentions"', b'"mentions":1,"mentions"', 1), "duplicate-key"),
    (lambda line: b"[" * 100_000, "too-deep"),
    (lambda line: b"null", "wrong-type"),
    (lambda line: spoilt(line, lambda r: r["mentions"][0].update(id=r["mentions"][1]["id"])), "duplicate-id"),
    (lambda line: spoilt(line, lambda r: r["mentions"][0].update(entity="nobody")), "dangling-id"),
    (lambda line: spoilt(line, lambda r: r["stances"][0].update(holder="nobody")), "dangling-id"),
    (lambda line: spoilt(line, lambda r: r["events"][0].update(via="nobody")), "dangling-id"),
    (lambda line: spoilt(line, lambda r: r["stances"][0]["evidence"][0].update(start=99998, end=99999)), "span-out-of-range"),
    (lambda line: spoilt(line, lambda r: r["mentions"][0].update(end=0)), "bad-value"),
    (lambda line: spoilt(line, lambda r: r["events"][0].update(type="Attack")), "unknown-label"),
    (lambda line: spoilt(line, lambda r: r["mentions"][0].update(start=None)), "wrong-type"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "rule"), SPOILT)
@pytest.mark.parametrize("side", ["gold", "predictions"])
def test_each_line_is_checked_and_the_finding_says_where(
    side: str, change: Callable[[bytes], bytes], rule: str, tmp_path: Path
) -> None:
    """Of either file the second line is wrong, after a blank one: the command names line 3 and prints no traceback."""
    gold, predictions = write(tmp_path, 2)
    file = gold if side == "gold" else predictions
    first, second = file.read_bytes().splitlines()
    file.write_bytes(first + b"\n\n" + change(second) + b"\n")
    result = CliRunner().invoke(app, ["score", str(predictions), "--gold", str(gold)])
    assert (result.exit_code, type(result.exception)) == (1, SystemExit), result.exception
    assert f"{file}:3 " in result.stderr
    assert f" {rule} " in result.stderr


ZONES = [[], None, [{"zone": "body", "start": 0, "end": 5}], [{"zone": "nowhere", "start": 0, "end": 5}], "body"]


@pytest.mark.parametrize("zones", ZONES)
def test_gold_has_zones_that_cover_its_text(zones: Any, tmp_path: Path) -> None:
    gold, predictions = write(tmp_path, 1)
    gold.write_bytes(spoilt(gold.read_bytes(), lambda record: record.update(zones=zones)))
    with pytest.raises(FindingsError) as error:
        score_lines(gold, predictions)
    (found,) = error.value.findings
    assert (found.file, found.line, found.path[:7]) == (str(gold), 1, "$.zones")


@pytest.mark.parametrize("field", ["text", "zones", "canary", "mentions"])
def test_gold_without_a_field(field: str, tmp_path: Path) -> None:
    gold, predictions = write(tmp_path, 1)
    gold.write_bytes(spoilt(gold.read_bytes(), lambda record: record.pop(field)))
    with pytest.raises(FindingsError) as error:
        score_lines(gold, predictions)
    assert all(found.file == str(gold) and found.line == 1 and found.is_error for found in error.value.findings)
