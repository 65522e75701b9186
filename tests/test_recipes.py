"""The recipes of README.md, followed to the letter in a copy of the checkout."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest
from datasets import load_dataset

import parley
from conftest import ROOT
from parley.checks import load_corpus
from parley.dataset.features import configs
from parley.scoring import METRICS, score
from scoring_help import small_corpus, small_prediction

COPIED = ("src", "data", "schema", "annotation", "baselines", "eval", "README.md", "DATASHEET.md", "pyproject.toml")


def recipe(title: str) -> list[tuple[str, str]]:
    """Return the fenced blocks of a recipe: language and content, in order."""
    page = (ROOT / "README.md").read_text("utf-8")
    section = re.search(rf"^### {title}\n(.*?)(?=^##)", page, re.DOTALL | re.MULTILINE)
    assert section, title
    return re.findall(r"^```(\w+)\n(.*?)^```$", section[1], re.DOTALL | re.MULTILINE)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of what the recipes change, with the code that runs on it."""
    for name in COPIED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


def shell(commands: str, folder: Path) -> str:
    """Run commands with the copy's code, as a reader would; stop at the first that fails."""
    search = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    ran = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", commands],
        cwd=folder,
        env=os.environ | {"PATH": search, "PYTHONPATH": str(folder / "src")},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout + ran.stderr


def test_an_article(checkout: Path) -> None:
    blocks = recipe("Add an article")
    earlier = {c: len(parley.load(c, "train")) for c in configs()}
    assert [language for language, _ in blocks] == ["bash", "bash"]
    numbered = shell(blocks[0][1], checkout)
    assert "Gunboats clash off Harrow" in numbered
    shell(blocks[1][1], checkout)
    corpus = load_corpus(checkout / "data")
    added = corpus.gold["gunboats"]
    text = corpus.texts["gunboats"]
    assert "gunboats" in corpus.split("train")
    assert [(event.type, text[event.start : event.end]) for event in added.events] == [("Clash", "clash"), ("State", "said"), ("Strike", "fired")]  # fmt: skip
    before = parley.load("stance").num_rows  # type: ignore[union-attr]
    rows = {c: len(parley.load(c, "train", folder=checkout / "data")) for c in configs()}
    new = {
        "documents": 1,
        "entities": 2,
        "events": 3,
        "event_clusters": 3,
        "stance": 0,
        "stance_pairs": 0,
        "stories": 0,
        "contrast": 0,
    }
    assert rows == {config: earlier[config] + number for config, number in new.items()}
    data, cache = str(checkout / "data"), str(checkout / "cache")
    there = {config: number for config, number in rows.items() if config != "contrast"}  # which has one split, test
    assert {c: load_dataset(data, c, split="train", cache_dir=cache).num_rows for c in there} == there
    assert load_dataset(data, "stance", split="test", cache_dir=cache).num_rows == before
    shell("parley build --check && parley validate", checkout)


def test_a_label(checkout: Path) -> None:
    (_, line), (_, commands) = recipe("Add a label")
    file = checkout / "schema" / "ontology.json"
    ontology = json.loads(file.read_text("utf-8"))
    ontology["entity_types"].append(json.loads(line))
    ontology["version"] = "2.1.0"
    file.write_text(json.dumps(ontology), "utf-8")
    built = shell(commands, checkout)
    assert f", {len(re.findall('^  ', built, re.MULTILINE))} files changed" in built  # all that are listed, pages too
    shell("parley build --check && parley validate && parley adjudicate --check", checkout)
    name = json.loads(line)["name"]
    for place in ("schema/prediction.schema.json", "annotation/GUIDELINES.md", "data/README.md"):  # fmt: skip
        assert name in (checkout / place).read_text("utf-8"), place


def test_a_metric(monkeypatch: pytest.MonkeyPatch) -> None:
    """All names but two of the small article: as many right as the gold has names, less two."""
    ((_, code),) = recipe("Add a metric")
    monkeypatch.setitem(METRICS, "entities.names_f1", None)  # type: ignore[arg-type]  # taken away after the test
    exec(compile(code, "README.md", "exec"), {})
    corpus, answer = small_corpus(), small_prediction()
    mentions = answer.mentions or []
    named = [mention for mention in mentions if mention.form == "NAM"]
    kept = [mention for mention in mentions if mention not in named[:2]]
    report = score(corpus, {answer.id: msgspec.structs.replace(answer, mentions=kept)})
    counts = report.metrics["entities.names_f1"].counts
    assert counts is not None
    assert (counts.right, counts.gold, counts.predicted) == (len(named) - 2, len(named), len(named) - 2)


def test_a_baseline(checkout: Path) -> None:
    ((language, commands),) = recipe("Add a baseline")
    assert language == "bash"
    printed = shell(commands, checkout)
    assert "events.tc" in printed
    lines = (checkout / "said.jsonl").read_text("utf-8").splitlines()
    texts = load_corpus(checkout / "data").texts
    answers = [json.loads(line) for line in lines]
    assert sum(bool(answer["events"]) for answer in answers) > len(answers) / 2  # not every article has such a verb
    for answer in answers:
        assert all(e["text"] in ("said", "says", "told", "announced") for e in answer["events"])
        assert all(texts[answer["id"]][e["start"] : e["end"]] == e["text"] for e in answer["events"])
    assert "said\tMarks every verb of saying as a speech event." in shell("parley baselines", checkout)
