"""The commands build and stats: what they write, print and exit with."""

import json
import shutil
from pathlib import Path

import pyarrow.parquet as pq
import pytest

import parley.cli.maintainer as command
from conftest import ROOT
from conftest import ran as run
from parley.checks import load_corpus
from parley.dataset.stats import Group, corpus_stats

FILES = [
    "README.md",
    "croissant.json",
    *(f"{c}/test-00000-of-00001.parquet" for c in ("documents", "entities", "events", "event_clusters", "stance")),
]


@pytest.fixture(autouse=True)
def schema(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout's schema folder of the test's own, so that no test writes into the real one."""
    folder = tmp_path / "checkout" / "schema"
    shutil.copytree(ROOT / "schema", folder)
    (folder.parent / "pyproject.toml").touch()
    monkeypatch.setattr(command, "SCHEMA", folder)
    return folder


def test_build_writes_everything_once(small: Path, schema: Path) -> None:
    (schema / "quote.schema.json").write_text("{}\n")
    code, out, err = run("build", str(small))
    assert (code, out) == (0, "")
    assert "schema/quote.schema.json" in err
    assert all((small / name).is_file() for name in FILES)
    written = {name: (small / name).stat().st_mtime_ns for name in FILES}
    code, _, err = run("build", str(small))
    assert code == 0 and "0 files changed" in err
    assert {name: (small / name).stat().st_mtime_ns for name in FILES} == written


def test_check_is_content_after_a_build(small: Path) -> None:
    run("build", str(small))
    code, out, err = run("build", str(small), "--check")
    assert (code, out) == (0, "")
    assert "0 files not as built" in err


def test_check_lists_every_file_that_differs_and_writes_nothing(small: Path, schema: Path) -> None:
    run("build", str(small))
    (small / "README.md").write_text("edited by hand\n")
    (small / "croissant.json").unlink()
    (small / "stance" / "train-00000-of-00001.parquet").write_bytes(b"left over")
    (schema / "report.schema.json").write_text("{}\n")
    code, out, _ = run("build", str(small), "--check")
    assert code == 1
    named = {line.split()[0] for line in out.splitlines()}
    assert named == {"README.md", "croissant.json", "stance/train-00000-of-00001.parquet", "schema/report.schema.json"}
    assert (small / "README.md").read_text() == "edited by hand\n"
    assert not (small / "croissant.json").exists()
    assert (small / "stance" / "train-00000-of-00001.parquet").exists()
    assert (schema / "report.schema.json").read_text() == "{}\n"


def test_check_notices_a_changed_annotation(small: Path) -> None:
    run("build", str(small))
    gold = small / "gold" / "harbour-talks.json"
    gold.write_text(gold.read_text("utf-8").replace('"facet": "blame"', '"facet": "approval"'), "utf-8")
    code, out, _ = run("build", str(small), "--check")
    assert code == 1
    named = {line.split()[0] for line in out.splitlines()}
    assert {"README.md", "documents/test-00000-of-00001.parquet", "stance/test-00000-of-00001.parquet"} <= named
    assert "events/test-00000-of-00001.parquet" not in named


def test_a_build_removes_the_parquet_of_a_split_that_is_gone(small: Path) -> None:
    run("build", str(small))
    stale = small / "events" / "validation-00000-of-00001.parquet"
    stale.write_bytes(b"left over")
    assert run("build", str(small))[0] == 0
    assert not stale.exists()


def test_a_folder_with_errors_is_not_built(small: Path) -> None:
    gold = small / "gold" / "harbour-talks.json"
    gold.write_text(gold.read_text("utf-8").replace('"type": "Meet"', '"type": "Met"'), "utf-8")
    code, _, err = run("build", str(small))
    assert code == 1 and "unknown-label" in err
    assert not (small / "README.md").exists()
    assert run("stats", str(small))[0] == 1


def test_articles_without_gold_are_left_out_and_named(small: Path) -> None:
    """A second article that waits for its annotation: the first is built all the same."""
    line = (small / "articles.jsonl").read_text("utf-8")
    (small / "articles.jsonl").write_text(line + line.replace('"id": "harbour-talks"', '"id": "waiting"'), "utf-8")
    shutil.copy(small / "articles/harbour-talks.txt", small / "articles/waiting.txt")
    code, _, err = run("build", str(small))
    assert code == 0 and "1 article left out, without gold: waiting" in err
    documents = pq.read_table(next((small / "documents").glob("*.parquet"))).to_pylist()
    assert [row["id"] for row in documents] == ["harbour-talks"]
    assert "1 article (test: 1)" in (small / "README.md").read_text("utf-8")
    assert run("build", str(small), "--check")[0] == 0
    assert json.loads(run("stats", str(small), "--json")[1])["articles"] == ["harbour-talks"]


def test_an_installed_copy_writes_no_schemas(small: Path, schema: Path) -> None:
    (schema.parent / "pyproject.toml").unlink()
    (schema / "report.schema.json").write_text("{}\n")
    assert run("build", str(small))[0] == 0
    assert (schema / "report.schema.json").read_text() == "{}\n"


def test_the_counts_of_the_small_corpus(small: Path) -> None:
    """Counted by hand in tests/small."""
    found = corpus_stats(load_corpus(small))
    assert (found.articles, found.groups) == (["harbour-talks"], {"test": Group(articles=1, stories=1)})
    sizes = {line.name: line.total for line in found.sizes}
    assert sizes["sentences"] == 4
    # 7 + 19 + 17 + 18: punctuation marks, quotation marks and the dove are a token each, "Norland’s" is two.
    assert sizes["tokens"] == 61
    assert (sizes["mentions of entities"], sizes["values (TIME, QTY)"]) == (18, 2)
    assert (sizes["entities"], sizes["plural entities"]) == (9, 1)
    assert sizes["entities mentioned once"] == 3  # foreign ministers, Harrow, reporters
    assert (sizes["event mentions"], sizes["event clusters, by article"]) == (11, 9)  # v3 is v1, v11 is v9
    assert sizes["contested event clusters, by article"] == 1  # the firing
    assert (sizes["stances"], sizes["holder-target pairs"], sizes["pairs with a stance"]) == (2, 5, 2)
    strikes = next(line for line in found.labels["events"] if line.name == "Strike")
    assert (strikes.by_article, strikes.by_group, strikes.total) == ([2], {"test": 2}, 2)
    assert next(line for line in found.labels["events"] if line.name == "Aid").total == 0
    assert [(s.holder, s.polarity, s.target, s.facet) for s in found.stances] == [
        ("Ada Brink", "support", "hold (Implement)", "demand"),
        ("Ada Brink", "oppose", "Sudovia", "blame"),
    ]


def test_stats_print_the_same_for_people_and_machines(small: Path) -> None:
    code, out, _ = run("stats", str(small), "--json")
    assert code == 0
    counted = json.loads(out)
    code, shown, _ = run("stats", str(small))
    assert code == 0
    for line in counted["sizes"]:
        assert any(line["name"] in row and row.split()[-1] == str(line["total"]) for row in shown.splitlines())
    assert "Ada Brink" in shown
