"""Two files of lines: ids, processes, the command; sums added in place; the matching that needs no algorithm."""

import json
from fractions import Fraction
from itertools import permutations
from pathlib import Path
from typing import Any

import msgspec
import pytest
from benchmarks.synthetic import article, write
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from parley.cli.app import app
from parley.derive import Links, pair_polarities, stance_rows
from parley.findings import FindingsError
from parley.names import pair_id
from parley.scoring.assignment import best_matching, only_best
from parley.scoring.counts import Counts, Tally, compare, hits
from parley.scoring.stream import score_lines
from parley.scoring.sums import Sum

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
    """40 articles are two chunks; entities of a registry id are one cluster in all of them."""
    gold, predictions = write(tmp_path, 40)
    links = sum(len({m.entity for m in gold.mentions}) for gold, _ in (article(0, number) for number in range(40)))
    one, two = score_lines(gold, predictions), score_lines(gold, predictions, jobs=2)
    assert one == two
    assert one.tallies["entities.cross_conll"].by_label["ceaf_e"].gold < links


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
    assert list(pair_polarities(gold, Links(gold)).items()) == list(rows.items())
