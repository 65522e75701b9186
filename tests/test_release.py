"""The release: loadable as it is unpacked, the same every time, whole or not there, never over another one."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from conftest import ROOT, SMALL, tree
from conftest import ran as run
from parley.checks import load_corpus
from parley.dataset.build import build
from parley.dataset.features import configs
from parley.findings import FindingsError
from parley.release.release import SUMS, Release, checksums, publish, release_of, try_release
from parley.release.standoff import find_text

NAMES = {"whole": "small-0.1.0", "text-free": "small-0.1.0-text-free"}


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a release takes from a checkout, copied once: others may be at work in the real one."""
    from parley.schemas import render_schemas

    root = tmp_path_factory.mktemp("checkout")
    for name in ("LICENSE", "LICENSE-DATA", "CITATION.cff", "CHANGELOG.md", "DATASHEET.md"):
        shutil.copy(ROOT / name, root / name)
    shutil.copytree(ROOT / "schema", root / "schema")
    for name, text in render_schemas().items():
        (root / "schema" / name).write_text(text, "utf-8")
    (root / "annotation").mkdir()
    shutil.copy(ROOT / "annotation" / "GUIDELINES.md", root / "annotation")
    return root


@pytest.fixture(autouse=True)
def use_checkout(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("parley.cli.maintainer.SCHEMA", checkout / "schema")


@pytest.fixture
def no_trial(monkeypatch: pytest.MonkeyPatch) -> None:
    """For tests of what is written where: the trial of each release takes seconds, and has tests of its own."""
    monkeypatch.setattr("parley.release.release.try_release", lambda release: None)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The invented corpus, built; not to be changed."""
    folder = Path(shutil.copytree(SMALL, tmp_path_factory.mktemp("built") / "data"))
    build(load_corpus(folder))
    return folder


@pytest.fixture
def data(built: Path, tmp_path: Path) -> Path:
    """The same, to be changed."""
    return Path(shutil.copytree(built, tmp_path / "data"))


@pytest.fixture(scope="module", params=list(NAMES))
def out(request: pytest.FixtureRequest, built: Path, checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a release in it, of either form; its name is that of the release."""
    place = tmp_path_factory.mktemp("out") / NAMES[request.param]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("parley.cli.maintainer.SCHEMA", checkout / "schema")
        code, _, err = run("release", place, "--data", built, *(["--text-free"] if "free" in request.param else []))
    assert code == 0, err
    return place


@pytest.fixture(scope="module")
def unpacked(out: Path) -> Path:
    """The release, copied elsewhere."""
    return Path(shutil.copytree(out / out.name, out.parent / "elsewhere" / out.name))


def test_the_checksums_are_those_of_the_files(out: Path, unpacked: Path) -> None:
    assert {p.name for p in out.iterdir()} == {out.name}
    lines = [line.split("  ") for line in (unpacked / "SHA256SUMS").read_text().splitlines()]
    for own, path in lines:
        assert hashlib.sha256((unpacked / path).read_bytes()).hexdigest() == own
    assert {path for _, path in lines} == set(tree(unpacked)) - {"SHA256SUMS"}


def test_it_holds_what_a_user_needs(unpacked: Path) -> None:
    held = set(tree(unpacked))
    assert {"README.md", "LICENSE", "LICENSE-DATA", "CITATION.cff", "DATASHEET.md"} <= held
    assert {"schema/ontology.json", "schema/document.schema.json", "annotation/GUIDELINES.md"} <= held
    assert {"gold/harbour-talks.json", "registry.json", "articles.jsonl", "raw/passes.json"} <= held
    whole = "standoff.json" not in held
    for path in ("articles/harbour-talks.txt", "croissant.json", "stance/test-00000-of-00001.parquet"):
        assert (path in held) == whole


@pytest.mark.parametrize("out", ["whole"], indirect=True)
def test_every_config_loads_from_the_unpacked_archive(unpacked: Path, tmp_path: Path) -> None:
    """In a process of its own, without a network, with an empty cache: the card alone says what there is to load."""
    code = """
import json, socket, sys
def refuse(*_, **__): raise AssertionError("the network was asked for")
socket.socket.connect = socket.getaddrinfo = refuse
from datasets import get_dataset_config_names, load_dataset
found = {}
for config in get_dataset_config_names(sys.argv[1]):
    rows = load_dataset(sys.argv[1], config, split="test")
    streamed = list(load_dataset(sys.argv[1], config, split="test", streaming=True))
    found[config] = [len(rows), len(streamed), len(rows.features)]
print(json.dumps(found))
"""
    done = subprocess.run(
        [sys.executable, "-c", code, str(unpacked)],
        env={"HF_HOME": str(tmp_path), "HF_HUB_OFFLINE": "1", "HOME": str(tmp_path), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    # Counted by hand in tests/small: an article, 4 sentences, 11 event mentions, 5 pairs (each also a question).
    rows = {"documents": 1, "entities": 4, "events": 11, "event_clusters": 9, "stance": 5, "stance_pairs": 5}
    assert json.loads(done.stdout) == {name: [rows[name]] * 2 + [len(configs()[name].columns)] for name in rows}


@pytest.mark.usefixtures("no_trial")
def test_a_second_release_is_the_same_and_changes_nothing(out: Path, built: Path, tmp_path: Path) -> None:
    words = ["--data", built, *(["--text-free"] if "free" in out.name else [])]
    before = {p: p.stat().st_mtime_ns for p in out.rglob("*")}
    code, printed, err = run("release", out, *words, "--json")
    assert code == 0 and "the same release was there before" in err and json.loads(printed)["new"] is False
    assert {p: p.stat().st_mtime_ns for p in out.rglob("*")} == before
    moved = Path(shutil.copytree(built, tmp_path / "elsewhere"))
    assert run("release", tmp_path / "out", "--data", moved, *words[2:])[0] == 0
    assert tree(tmp_path / "out") == tree(out)


@pytest.mark.usefixtures("no_trial")
def test_another_release_of_the_version_is_not_overwritten(out: Path, data: Path, tmp_path: Path) -> None:
    place = Path(shutil.copytree(out, tmp_path / "out"))
    registry = data / "registry.json"
    registry.write_text(registry.read_text("utf-8").replace('"Norland"', '"Norland (state)"'), "utf-8")
    build(load_corpus(data))
    words = ["--data", data, *(["--text-free"] if "free" in out.name else [])]
    before = tree(place)
    code, _, err = run("release", place, *words)
    assert code == 1 and "already-there" in err and "another release of this version" in err
    assert "raise the version in dataset.json" in err
    assert tree(place) == before
    info = data / "dataset.json"
    info.write_text(info.read_text().replace('"0.1.0"', '"0.1.1"'))
    build(load_corpus(data))
    assert run("release", place, *words)[0] == 0
    assert before.items() <= tree(place).items()


def test_nothing_half_made_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = {f"file-{n}": b"x" for n in range(5)}
    written: list[Any] = []

    def full(path: Path, content: str | bytes) -> None:
        written.append(path)
        if len(written) > 4:
            raise OSError(28, "No space left on device")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)

    monkeypatch.setattr("parley.release.release.write_whole", full)
    with pytest.raises(OSError, match="No space"):
        publish(Release("x-1", files), tmp_path)
    assert list(tmp_path.iterdir()) == []


# What stands against a release ----------------------------------------------------------------------------


def refused(data: Path, place: Path, *words: str) -> str:
    code, out, err = run("release", place, "--data", data, *words)
    assert (code, out) == (1, "") and not place.exists()
    return err


@pytest.mark.usefixtures("no_trial")
def test_built_files_that_are_out_of_date(data: Path, tmp_path: Path) -> None:
    (data / "README.md").write_text("edited by hand\n")
    (data / "stance" / "train-00000-of-00001.parquet").write_bytes(b"left over")
    for words in ([], ["--text-free"]):
        err = refused(data, tmp_path / "out", *words)
        assert "README.md  not-as-built" in err and "stance/train-00000-of-00001.parquet  not-as-built" in err


def test_a_broken_record(data: Path, tmp_path: Path) -> None:
    raw = data / "raw" / "annotator-2" / "harbour-talks.json"
    raw.write_text(raw.read_text("utf-8").replace('"type": "Meet"', '"type": "Met"', 1), "utf-8")
    assert "raw/annotator-2/harbour-talks.json" in refused(data, tmp_path / "out")


def test_a_gold_that_its_decisions_do_not_give(data: Path, tmp_path: Path) -> None:
    (data / "adjudication.jsonl").write_text("")
    assert "adjudication.jsonl" in refused(data, tmp_path / "out")


def test_a_citation_of_another_version(data: Path, tmp_path: Path, checkout: Path, monkeypatch: Any) -> None:
    root = Path(shutil.copytree(checkout, tmp_path / "root"))
    monkeypatch.setattr("parley.cli.maintainer.SCHEMA", root / "schema")
    (root / "CITATION.cff").write_text('title: "Small: invented"\nversion: 0.0.9\n')
    assert "it cites version 0.0.9, the data is 0.1.0" in refused(data, tmp_path / "out")
    (root / "CITATION.cff").write_text("[")
    assert "CITATION.cff" in refused(data, tmp_path / "out")
    (root / "CITATION.cff").unlink()
    assert "make releases in a checkout" in refused(data, tmp_path / "out")


def test_a_schema_that_is_out_of_date(data: Path, tmp_path: Path, checkout: Path, monkeypatch: Any) -> None:
    root = Path(shutil.copytree(checkout, tmp_path / "root"))
    monkeypatch.setattr("parley.cli.maintainer.SCHEMA", root / "schema")
    (root / "schema" / "registry.schema.json").write_text("{}\n")
    assert "schema/registry.schema.json  not-as-built" in refused(data, tmp_path / "out")


def test_names_that_are_no_folder_and_files_in_the_way(data: Path, tmp_path: Path) -> None:
    (data / "LICENSE").write_text("mine")
    assert "LICENSE  already-there" in refused(data, tmp_path / "out")
    (data / "LICENSE").unlink()
    info = data / "dataset.json"
    info.write_text(info.read_text().replace('"Small"', '"../Small"'))
    assert "the name cannot be that of a folder" in refused(data, tmp_path / "out")


def test_no_dataset_folder(tmp_path: Path) -> None:
    assert "no such folder" in refused(tmp_path / "nowhere", tmp_path / "out")


def test_a_place_that_is_a_file(data: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "from parley.cli import main; main()",
            "strip",
            str(data),
            str(tmp_path / "file" / "out"),
        ],
        capture_output=True,
        text=True,
        env=os.environ | {"PYTHONPATH": str(ROOT / "src")},
    )
    assert done.returncode == 1 and "Traceback" not in done.stderr and "file" in done.stderr


# The trial notices what others would stumble over -----------------------------------------------------------


@pytest.mark.parametrize("out", ["whole"], indirect=True)  # the trial is the same for both forms
@pytest.mark.parametrize(
    ("path", "change", "says"),
    [
        ("croissant.json", lambda b: b.replace(b'"sha256": "', b'"sha256": "0'), "mlcroissant does not accept it"),
        (
            "README.md",
            lambda b: b.replace(b"path: stance/test-*", b"path: stance/none-*"),
            "load_dataset does not accept",
        ),
        ("stance/test-00000-of-00001.parquet", lambda b: b[:-9], "mlcroissant does not accept it"),
        ("SHA256SUMS", lambda b: b[:-10], "does not list the files"),
    ],
)
def test_the_trial_fails_where_a_file_is_wrong(out: Path, path: str, change: Any, says: str) -> None:
    files = tree(out / out.name)
    files[path] = change(files[path])
    if path != SUMS:
        files[SUMS] = checksums({p: b for p, b in files.items() if p != SUMS})
    with pytest.raises(FindingsError, match=says):
        try_release(Release(out.name, files))


# The dataset that is shipped ----------------------------------------------------------------------------------


def test_the_shipped_dataset_can_be_released(checkout: Path) -> None:
    corpus = load_corpus(ROOT / "data")
    for text_free in (False, True):
        made = release_of(ROOT / "data", checkout, text_free=text_free)
        assert made.name == f"parley-{corpus.info.version}" + ("-text-free" if text_free else "")
        assert corpus.info.canary in made.files["README.md"].decode()
        if text_free:
            # a story was written before its articles, belongs to the dataset, and may share words with them
            files = {path: data for path, data in made.files.items() if not path.startswith(("stories/", "contrast/"))}
            assert find_text(files, corpus) == []
            assert "annotation/GUIDELINES.md" in made.files
        try_release(made)


def test_a_page_that_quotes_an_article_is_left_out_of_a_text_free_release(
    data: Path, checkout: Path, tmp_path: Path
) -> None:
    root = Path(shutil.copytree(checkout, tmp_path / "root"))
    (root / "CHANGELOG.md").write_text("- The foreign ministers\n  of Norland and Sudovia: corrected.\n")
    assert "CHANGELOG.md" not in release_of(data, root, text_free=True).files
    assert "CHANGELOG.md" in release_of(data, root).files


def test_the_citation_is_whole_and_of_this_version() -> None:
    told = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
    assert {"cff-version", "message", "title", "type", "authors", "version", "date-released", "license"} <= set(told)
    assert told["version"] == load_corpus(ROOT / "data").info.version
    assert told["type"] == "dataset"


def test_the_versioning_rules_are_told_to_users_and_makers() -> None:
    card, guide = ((ROOT / path).read_text("utf-8") for path in ("data/README.md", "CONTRIBUTING.md"))
    for word in ("**major**", "**minor**", "**patch**"):
        assert word in card and word in guide


def test_what_is_kept_beside_a_pass_is_not_released(data: Path, checkout: Path) -> None:
    """Label Studio's own form says when people worked, and what is faulty or earlier is no annotation of the dataset."""
    for part in ("labelstudio", "faulty", "previous", "labelstudio/previous"):
        (data / "raw/annotator-1" / part).mkdir()
        (data / "raw/annotator-1" / part / "harbour-talks.json").write_text("{}", "utf-8")
    files = release_of(data, checkout).files
    assert [path for path in files if path.startswith("raw/annotator-1/")] == ["raw/annotator-1/harbour-talks.json"]
