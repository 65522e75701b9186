"""croissant.json: accepted by mlcroissant, and its records are the rows of the Parquet files."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import mlcroissant as mlc
import pyarrow.parquet as pq
import pytest

from conftest import ROOT, TESTS
from parley.checks import Corpus, load_corpus
from parley.dataset.build import build
from parley.dataset.features import configs

# Lists of structs inside lists of structs: not in the record sets (see parley.dataset.croissant).
LEFT_OUT = {
    ("contrast", "events", "arguments"),
    ("contrast", "propositions", "mentions"),
    ("contrast", "stances", "evidence"),
    ("documents", "events", "arguments"),
    ("documents", "stances", "evidence"),
    ("documents", "propositions", "mentions"),
    ("stance", "stances", "evidence"),
}


@pytest.fixture
def built(small: Path) -> Corpus:
    corpus = load_corpus(small)
    build(corpus)
    return corpus


def as_croissant(value: Any) -> Any:
    """A value of a Parquet row as mlcroissant returns it: strings as bytes, no arrays."""
    if isinstance(value, str):
        return value.encode()
    return [as_croissant(item) for item in value] if isinstance(value, list) else value


def expected(row: dict[str, Any], config: str, prefix: str) -> dict[str, Any]:
    """A Parquet row as a record: keys are full ids, lists of structs have no lists of structs in them."""
    record: dict[str, Any] = {}
    for name, value in row.items():
        where = f"{prefix}/{name}"
        if isinstance(value, list) and value and isinstance(value[0], dict):
            record[where] = [
                {f"{where}/{k}": as_croissant(v) for k, v in item.items() if (config, name, k) not in LEFT_OUT}
                for item in value
            ]
        else:
            record[where] = as_croissant(value)
    return record


def plain(value: Any) -> Any:
    """A record without numpy: arrays as lists, numbers as Python's."""
    if isinstance(value, dict):
        return {key: plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return plain(value.tolist()) if hasattr(value, "tolist") else value


def check_records(folder: Path) -> None:
    """Every file has a record set, and its records are the rows."""
    dataset = mlc.Dataset(jsonld=str(folder / "croissant.json"))
    built = [config for config in configs() if (folder / f"{config}/test-00000-of-00001.parquet").is_file()]
    sets = [r.id for r in dataset.metadata.record_sets if r.id.endswith("_test")]
    assert sets == [f"{config}_test" for config in built]
    for config in built:
        rows = pq.read_table(folder / f"{config}/test-00000-of-00001.parquet").to_pylist()
        records = [plain(record) for record in dataset.records(f"{config}_test")]
        assert records == [expected(row, config, f"{config}_test") for row in rows]


def test_the_records_are_the_rows(built: Corpus) -> None:
    check_records(built.folder)


def test_the_records_of_stories_are_the_rows(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(TESTS / "stories", tmp_path / "stories"))
    build(load_corpus(folder, partial=True))
    check_records(folder)


def test_the_records_of_the_shipped_dataset_are_its_rows() -> None:
    check_records(ROOT / "data")


def test_what_is_left_out_stands_a_level_less_deep_elsewhere(built: Corpus) -> None:
    """Each left-out list of structs has the same items in a column that is there."""
    folder = built.folder
    (document,) = pq.read_table(folder / "documents/test-00000-of-00001.parquet").to_pylist()
    events = pq.read_table(folder / "events/test-00000-of-00001.parquet").to_pylist()
    told = [{(a["role"], a["entity"], a["event"], a["mention"]) for a in e["arguments"]} for e in document["events"]]
    assert told == [{(a["role"], a["entity"], a["event"], a["mention"]) for a in e["arguments"]} for e in events]
    pairs = pq.read_table(folder / "stance/test-00000-of-00001.parquet").to_pylist()
    flat = [(e["stance"], e["start"], e["end"]) for pair in pairs for e in pair["evidence"]]
    assert flat == [(s["id"], e["start"], e["end"]) for s in document["stances"] for e in s["evidence"]]


def test_the_command_accepts_it(built: Corpus) -> None:
    command = [str(Path(sys.executable).with_name("mlcroissant")), "validate", "--jsonld", "croissant.json"]
    done = subprocess.run(command, cwd=built.folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "error" not in done.stderr.lower()


def test_a_changed_file_is_noticed(built: Corpus) -> None:
    path = built.folder / "stance/test-00000-of-00001.parquet"
    path.write_bytes(path.read_bytes() + b"x")
    dataset = mlc.Dataset(jsonld=str(built.folder / "croissant.json"))
    with pytest.raises(Exception, match="Download"):
        list(dataset.records("stance_test"))


def test_it_says_who_annotated_whose_the_texts_are_and_the_canary(built: Corpus) -> None:
    card = json.loads((built.folder / "croissant.json").read_text("utf-8"))
    assert card["version"] == built.info.version
    assert built.info.canary in card["description"]
    assert card["rai:machineAnnotationTools"] == "invented for tests"  # the kind of its passes
    assert not [f for f in card["distribution"] if f["contentUrl"].startswith(("/", "http"))]


def test_the_responsible_ai_fields_say_what_is_recorded() -> None:
    corpus = load_corpus(ROOT / "data")
    card = json.loads((corpus.folder / "croissant.json").read_text("utf-8"))
    assert card["conformsTo"] == ["http://mlcommons.org/croissant/1.0", "http://mlcommons.org/croissant/RAI/1.0"]
    assert card["@context"]["rai"] == "http://mlcommons.org/croissant/RAI/"
    assert all(article.provenance in card["rai:dataCollection"] for article in corpus.articles.values())
    assert "No human has annotated" in str(card["rai:dataAnnotationProtocol"])
    assert card["rai:dataLimitations"] == corpus.info.limits
    passes = [own for own in corpus.passes.values() if own.role == "pass"]
    assert card["rai:annotationsPerItem"] == str(len(passes))
    written = json.dumps(card, ensure_ascii=False)
    for own in corpus.passes.values():
        assert f"{own.annotator} ({own.role}), guidelines {own.guidelines}: {own.procedure}" in written


def test_its_agreement_is_that_of_the_command(built: Corpus) -> None:
    from parley.dataset.card import how_made

    groups, rows = how_made(built).agreement
    assert groups == [["annotator-1", "annotator-2"], ["gold", "annotator-1"], ["gold", "annotator-2"]]
    written = str(json.loads((built.folder / "croissant.json").read_text("utf-8"))["rai:dataAnnotationAnalysis"])
    for row in rows:
        values = [f"{own.value:.3f}" for own in row.values if own is not None and own.value is not None]
        if values:
            assert f"{row.layer}, {row.measure}: {', '.join(values)}" in written
