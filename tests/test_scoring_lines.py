"""Two files of lines: ids, processes, the command; sums added in place; the matching that needs no algorithm."""

import json
from fractions import Fraction
from itertools import permutations
from pathlib import Path
from random import Random
from typing import Any

import msgspec
import pytest
from benchmarks.synthetic import article, write
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from parley.cli.app import app
from parley.derive import as_prediction, pair_polarities, stance_rows
from parley.findings import FindingsError
from parley.ids import pair_id
from parley.model import Document, Prediction
from parley.scoring.assignment import best_matching, only_best
from parley.scoring.counts import Counts, Tally, compare, f1, hits
from parley.scoring.pairs import Pair
from parley.scoring.registry import METRICS, Metric
from parley.scoring.stream import GoldLine, Totals, score_lines
from parley.scoring.sums import Sum
from scoring_help import small_corpus

_NUMBERS = st.integers(0, 5)
_TALLIES = st.lists(
    st.dictionaries(
        st.sampled_from(["a", "b"]),
        st.builds(Counts, _NUMBERS, _NUMBERS, st.fractions(0, 5) | _NUMBERS, st.fractions(0, 5) | _NUMBERS),
    ).map(Tally),
    max_size=6,
)


@given(_TALLIES, _TALLIES)
def test_a_sum_is_what_adding_tallies_gives(first: list[Tally], second: list[Tally]) -> None:
    one, other = Sum(), Sum()
    for tally in first:
        one.add(tally)
    for tally in second:
        other.add(tally)
    one.merge(other)
    assert one.tally() == sum([*first, *second], Tally())


def test_a_sum_keeps_few_denominators() -> None:
    """1/2 + 1/3 + … + 1/2000, more denominators than are kept apart."""
    total = Sum()
    for number in range(2, 2001):
        total.add(Tally({"": Counts(1, 1, Fraction(1, number), 1)}))
    assert total.tally().by_label[""].recalled == sum(Fraction(1, number) for number in range(2, 2001))


def test_labels_counted_late_are_counted_rightly() -> None:
    tally = compare({("a", 1), ("b", 2)}, {("a", 1), ("c", 3)}, lambda item: str(item[0]))
    total = Sum()
    total.add(tally)
    expected = {"a": hits(1, 1, 1), "b": hits(0, 1, 0), "c": hits(0, 0, 1)}
    assert tally == total.tally() == Tally(expected)


_WEIGHTS = st.dictionaries(st.tuples(st.integers(0, 3), st.integers(0, 3)), st.integers(1, 6), min_size=1, max_size=9)


def _all_best(weights: dict[tuple[int, int], int]) -> tuple[int, set[frozenset[tuple[int, int]]]]:
    """Return the largest sum and every matching that has it, by trying all."""
    sums: dict[frozenset[tuple[int, int]], int] = {}
    for columns in permutations(range(4)):
        pairs = frozenset(pair for pair in enumerate(columns) if pair in weights)
        sums[pairs] = sum(weights[pair] for pair in pairs)
    best = max(sums.values())
    return best, {pairs for pairs, total in sums.items() if total == best}


@given(_WEIGHTS)
def test_pairs_that_outweigh_their_rivals_are_the_only_best_matching(weights: dict[tuple[int, int], int]) -> None:
    best, matchings = _all_best(weights)
    only = only_best(weights)
    assert only is None or matchings == {frozenset(only)}
    assert sum(weights[pair] for pair in best_matching(weights).items()) == best


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


def test_clusters_of_the_registry_are_joined_whatever_the_processes(tmp_path: Path) -> None:
    """140 articles are two shares of the work; entities of a registry id are one cluster in all of them."""
    gold, predictions = write(tmp_path, 140)
    links = sum(len({m.entity for m in gold.mentions}) for gold, _ in (article(0, number) for number in range(140)))
    one, two = score_lines(gold, predictions), score_lines(gold, predictions, jobs=2)
    assert one == two
    assert one.tallies["entities.cross_conll"].by_label["ceaf_e"].gold < links


def _as_lines(gold: Document, number: int) -> tuple[GoldLine, Prediction]:
    """The small corpus's gold under another id, and an answer to it that is wrong here and there."""
    corpus = small_corpus()
    named = msgspec.structs.replace(gold, id=f"copy-{number}")
    fields = {name: getattr(named, name) for name in named.__struct_fields__}
    line = GoldLine(**fields, text=corpus.texts[gold.id], zones=corpus.articles[gold.id].zones)
    answer = msgspec.convert(msgspec.to_builtins(as_prediction(named)), Prediction)
    random = Random(number)
    answer.mentions = [m for m in answer.mentions or () if random.random() > 0.2]
    answer.events = [e for e in answer.events or () if random.random() > 0.2]
    for entity in answer.entities or ():
        entity.members = None if random.random() > 0.5 else entity.members
    for event in answer.events:
        for argument in event.arguments:
            argument.mention = None if random.random() > 0.5 else argument.mention
    return msgspec.convert(msgspec.to_builtins(line), GoldLine), answer


def test_every_metric_counts_on_a_block_the_sum_of_what_it_counts_on_each_article() -> None:
    """Invented articles, nested mentions and all, and copies of the small one with plural entities and other zones."""
    gold = small_corpus().gold["harbour-talks"]
    pairs = [*(article(3, number) for number in range(6)), *(_as_lines(gold, number) for number in range(6))]
    one_by_one, at_once = Totals(), Totals()
    for line, answer in pairs:
        one_by_one.add(line, answer)
    at_once.add_block(pairs)  # the last use: it changes the records
    assert METRICS.keys() == at_once.tallies().keys()
    assert one_by_one.tallies() == at_once.tallies()
    assert one_by_one.ignored == at_once.ignored


def test_spans_that_reach_beyond_a_text_do_not_meet_the_next_article() -> None:
    pairs = [article(3, number) for number in range(3)]
    for line, answer in pairs:
        (answer.mentions or [])[0].end = len(line.text) + 500
        answer.stances = (answer.stances or []) * (line.id != "synthetic-000001")
    one_by_one, at_once = Totals(), Totals()
    for line, answer in pairs:
        one_by_one.add(line, answer)
    at_once.add_block(pairs)
    assert one_by_one.tallies() == at_once.tallies()


def test_an_answer_for_another_article_and_the_author_as_target_stay_in_their_article() -> None:
    pairs = [article(3, number) for number in range(3)]
    lines, answers = [line for line, _ in pairs], [answer for _, answer in pairs]
    moved, answers[1].stance_pairs = answers[1].stance_pairs or [], []
    answers[0].stance_pairs = [*(answers[0].stance_pairs or []), *moved]
    for record in (*lines[:2], *answers[:2]):
        for stance in record.stances or ():
            stance.holder, stance.target = "AUTHOR", "AUTHOR"
    one_by_one, at_once = Totals(), Totals()
    for line, answer in pairs:
        one_by_one.add(line, answer)
    at_once.add_block(pairs)
    assert one_by_one.tallies() == at_once.tallies()


def test_a_metric_added_at_run_time_is_counted_article_by_article(monkeypatch: pytest.MonkeyPatch) -> None:
    """The number of articles squared is no sum over articles: 1 + 1 + 1, and not 9."""
    seen: list[str] = []

    def count(pair: Pair) -> Tally:
        seen.append(pair.gold.annotation.id)
        return Tally({"": hits(1, len(pair.ground.first) ** 2, 1)})

    monkeypatch.setitem(METRICS, "entities.test", Metric("entities", "a test", count, f1, ""))
    totals = Totals()
    totals.add_block([article(3, number) for number in range(3)])
    assert totals.tallies()["entities.test"] == Tally({"": hits(3, 3, 3)})
    assert seen == ["synthetic-000000", "synthetic-000001", "synthetic-000002"]


def test_the_command_prints_figures_of_two_files(tmp_path: Path) -> None:
    gold, predictions = write(tmp_path, 3)
    runner = CliRunner()
    command = ["score", str(predictions), "--gold", str(gold)]
    printed = json.loads(runner.invoke(app, [*command, "--jobs", "2", "--json"]).stdout)
    expected = score_lines(gold, predictions)
    assert printed["articles"] == 3
    assert {name: entry["value"] for name, entry in printed["metrics"].items()} == {
        name: float(figure.value) for name, figure in expected.figures.items()
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
