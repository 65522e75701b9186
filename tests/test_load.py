"""Loading the dataset: from a built folder, without a network, never old rows."""

import subprocess
import sys
from pathlib import Path

import pytest
from datasets import config as datasets_config

import parley
from parley.checks import load_corpus
from parley.dataset.build import build


@pytest.fixture(autouse=True)
def fresh_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(datasets_config, "HF_DATASETS_CACHE", tmp_path / "cache")


@pytest.fixture
def built(small: Path) -> Path:
    build(load_corpus(small))
    return small


@pytest.mark.parametrize("streaming", [False, True])
def test_rewritten_files_give_new_rows(built: Path, streaming: bool) -> None:
    """`load_dataset` on a local folder keeps the rows it read first; `parley.load` does not."""
    before = list(parley.load("stance", streaming=streaming, folder=built))
    gold = built / "gold" / "harbour-talks.json"
    gold.write_text(gold.read_text("utf-8").replace('"polarity": "oppose"', '"polarity": "mixed"'), "utf-8")
    build(load_corpus(built))
    after = list(parley.load("stance", streaming=streaming, folder=built))
    assert [row["polarity"] for row in before] == [0, 0, 0, 1, 2]
    assert [row["polarity"] for row in after] == [0, 0, 0, 1, 3]


def test_the_fingerprint_is_that_of_the_rows(built: Path) -> None:
    """`datasets` caches what `map` gives under it."""
    one, again, other = (parley.load(config, folder=built) for config in ("stance", "stance", "events"))
    assert one._fingerprint == again._fingerprint != other._fingerprint


def test_an_unknown_config_or_split_names_those_that_are_there(built: Path) -> None:
    with pytest.raises(
        ValueError, match="no config 'stances'; choose from: documents, entities, events, event_clusters, stance"
    ):
        parley.load("stances", folder=built)
    with pytest.raises(ValueError, match="no split 'train'; choose from: test"):
        parley.load("stance", split="train", folder=built)


def test_a_folder_that_was_not_built_says_so(small: Path) -> None:
    with pytest.raises(ValueError, match="no built dataset; run `parley build`"):
        parley.load("stance", folder=small)


def test_loading_writes_nothing_into_the_folder(built: Path) -> None:
    before = sorted(built.rglob("*"))
    parley.load("documents", folder=built)
    assert sorted(built.rglob("*")) == before


def test_loading_needs_no_network_and_no_setting(built: Path, tmp_path: Path) -> None:
    code = """
import pathlib, socket, sys
def refuse(*_, **__): raise AssertionError("the network was asked for")
socket.socket.connect = socket.getaddrinfo = refuse
import parley
folder = pathlib.Path(sys.argv[1])
for config in ("documents", "entities", "events", "event_clusters", "stance"):
    print(len(parley.load(config, folder=folder)), len(list(parley.load(config, folder=folder, streaming=True))))
"""
    done = subprocess.run(
        [sys.executable, "-c", code, str(built)],
        env={"HF_HOME": str(tmp_path / "hf"), "HOME": str(tmp_path), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split("\n")[:5] == ["1 1", "4 4", "11 11", "9 9", "5 5"]


@pytest.mark.parametrize("streaming", [False, True])
def test_a_folder_with_glob_characters_in_its_path(built: Path, tmp_path: Path, streaming: bool) -> None:
    folder = built.rename(tmp_path / "data [v1] *?")
    assert len(list(parley.load("events", streaming=streaming, folder=folder))) == 11


@pytest.mark.parametrize("streaming", [False, True])
def test_info_has_version_licence_and_citation(built: Path, streaming: bool) -> None:
    info = parley.load("stance", streaming=streaming, folder=built).info
    assert (str(info.version), info.config_name) == ("0.1.0", "stance")
    assert "CC-BY-4.0" in info.license
    assert info.citation == "Small: an annotated corpus of ceasefire news and its benchmark. Version 0.1.0."
