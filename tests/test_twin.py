"""Twins: names exchanged, everything else as it was."""

import json
import shutil
from pathlib import Path

import msgspec
import pytest

from conftest import ROOT, SMALL, run
from parley.api import load
from parley.checks import check_annotation, load_corpus
from parley.derive import as_prediction
from parley.findings import FindingsError
from parley.model import Prediction
from parley.reading import annotated
from parley.scoring.report import score
from parley.twin import Swap, draw_names, read_twins, twins
from scoring_help import found_corpus

NAMES = {"Norland": "Ost", "Norlanders": "Ostians", "Port Ann": "Cape Ilm", "Ann": "Eva"}


def test_whole_words_are_exchanged_and_the_longest_name_counts() -> None:
    swap = Swap("Norland’s Norlanders met Ann in Port Ann; Annex A stays.", NAMES)
    assert swap.text == "Ost’s Ostians met Eva in Cape Ilm; Annex A stays."


def test_offsets_move_with_the_names() -> None:
    """Norland 0–7 becomes Ost 0–3; Ann 12–15 becomes Eva 8–11; the end 16 becomes 12."""
    swap = Swap("Norland met Ann.", NAMES)
    assert (swap.text, [swap.offset(at) for at in (0, 7, 8, 12, 15, 16)]) == ("Ost met Eva.", [0, 3, 4, 8, 11, 12])
    assert swap.span({"start": 12, "end": 15, "text": "Ann", "id": "m"}) == {
        "start": 8,
        "end": 11,
        "text": "Eva",
        "id": "m",
    }
    for inside in (1, 6, 13):
        with pytest.raises(ValueError, match="inside a name"):
            swap.offset(inside)


def test_names_without_a_twin_are_empty(tmp_path: Path) -> None:
    corpus = load_corpus(SMALL)
    assert read_twins(corpus) is None and twins(corpus).articles == {}


@pytest.fixture
def small(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SMALL, tmp_path / "small"))


def given(folder: Path, names: dict[str, str]) -> None:
    canary = json.loads((folder / "dataset.json").read_text("utf-8"))["canary"]
    value = {"canary": canary, "articles": ["harbour-talks"], "names": names}
    (folder / "twins.json").write_text(json.dumps(value), "utf-8")


def test_a_name_that_is_not_exchanged_is_named(small: Path) -> None:
    given(small, {"Norland": "Osteria"})
    with pytest.raises(FindingsError) as caught:
        twins(load_corpus(small))
    assert "names without a substitute: " in str(caught.value) and "'Harrow'" in str(caught.value)


def test_twins_of_the_real_articles_differ_in_names_alone() -> None:
    corpus = load_corpus(ROOT / "data")
    made = twins(corpus)
    names = read_twins(corpus).names
    real = [name for name, article in corpus.articles.items() if article.origin == "found"]
    assert list(made.articles) == [f"twin-{name}" for name in real]
    exchanged = {old for old, new in names.items() if old != new}
    for name in real:
        gold, twin = corpus.gold[name], made.gold[f"twin-{name}"]
        text = made.texts[f"twin-{name}"]
        assert not [old for old in exchanged if Swap(text, {old: ""}).text != text]
        for one, other in zip(gold.mentions, twin.mentions, strict=True):
            assert other.text == text[other.start : other.end]
            assert (one.id, one.entity, one.form, one.value) == (other.id, other.entity, other.form, other.value)
        assert [e.type for e in gold.events] == [e.type for e in twin.events]
        assert [e.text for e in gold.events] == [e.text for e in twin.events]  # no name is in a trigger
        assert check_annotation(annotated(made, twin.id), "corpus", "twin") == []
    assert all(entry.wikidata is None and entry.id.startswith("twin-") for entry in made.registry.entries)


def test_the_gap_is_the_difference_of_the_scores(tmp_path: Path) -> None:
    """The gold of the articles and nothing for their twins: every part is 1 on the one and 0 on the other."""
    corpus = found_corpus()
    gold = {name: as_prediction(record) for name, record in corpus.gold.items()}
    nothing = {
        name: Prediction(id=name, mentions=[], entities=[], events=[], stances=[]) for name in twins(corpus).gold
    }
    report = score(corpus, gold, twin=nothing)
    assert report.memorisation == {"overall": 1.0, "entities": 1.0, "events": 1.0, "stance": 1.0}
    assert report.twin is not None and (report.twin.articles, report.twin.stories) == (2, 1)
    same = score(corpus, gold, twin={name: as_prediction(record) for name, record in twins(corpus).gold.items()})
    assert same.memorisation == {"overall": 0.0, "entities": 0.0, "events": 0.0, "stance": 0.0}
    assert score(corpus, gold).memorisation is None
    with pytest.raises(FindingsError, match="missing-article"):
        score(corpus, gold, twin={})


def test_twins_are_predicted_checked_and_scored_like_a_split(tmp_path: Path) -> None:
    data, ours, theirs = ROOT / "data", tmp_path / "test.jsonl", tmp_path / "twin.jsonl"
    for split, file in (("test", ours), ("twin", theirs)):
        assert run("predict", "majority", "--split", split, "-o", file, data=data).exit_code == 0
    assert run("check", theirs, "--split", "twin", data=data).exit_code == 0
    shown = run("score", ours, "--twin", theirs, data=data)
    assert shown.exit_code == 0 and "Memorisation gap" in shown.stdout
    assert len(load("documents", "twin")) == 2


def test_names_are_drawn_written_and_kept(small: Path, tmp_path: Path) -> None:
    """The four names of the small article, each word for word; a second draw leaves those that are there."""
    assert run("twin", "-o", tmp_path / "out", data=small).exit_code == 0
    names = json.loads((small / "twins.json").read_text("utf-8"))["names"]
    assert list(names) == ["Ada Brink", "Harrow", "Norland", "Sudovia"]
    assert all(len(old.split()) == len(new.split()) and old != new for old, new in names.items())
    assert len({word for new in names.values() for word in new.split()}) == 5
    text = (tmp_path / "out/articles/twin-harbour-talks.txt").read_text("utf-8")
    assert all(new in text for new in names.values()) and not any(old in text for old in names)
    assert (tmp_path / "out/gold/twin-harbour-talks.json").is_file()
    assert run("validate", small).exit_code == 0
    assert run("twin", "harbour-talks", "--seed", "1", data=small).exit_code == 0
    assert json.loads((small / "twins.json").read_text("utf-8"))["names"] == names
    assert "there is no gold" in run("twin", "harbor", data=small).stderr


def test_a_word_that_is_also_written_small_stays() -> None:
    corpus = load_corpus(SMALL)
    (text,) = corpus.texts.values()
    corpus = msgspec.structs.replace(corpus, texts={"harbour-talks": text + "\nA harrow."})
    source = load_corpus(ROOT / "data", raw=False)
    drawn = draw_names(corpus, ["harbour-talks"], source)
    assert drawn.names["Harrow"] == "Harrow" and drawn.names["Norland"] != "Norland"
    with pytest.raises(FindingsError, match="too few names"):
        draw_names(corpus, ["harbour-talks"], msgspec.structs.replace(source, gold={}))
