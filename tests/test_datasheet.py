"""The datasheet: every question has an answer, and every figure is that of the data."""

import re

from conftest import ROOT
from parley.checks import load_corpus
from parley.dataset.datasheet import render_datasheet
from parley.dataset.view import views
from scoring_help import small_corpus

# Gebru et al. 2021 have seven parts; questions that belong together are answered in one here.
PARTS = ["Motivation", "Composition", "Collection", "Preprocessing, cleaning, labelling", "Uses", "Distribution", "Maintenance"]  # fmt: skip


def questions(page: str) -> dict[str, str]:
    found = re.split(r"^\*\*([^*]+\?(?: [^*]+\?)*)\*\*", page, flags=re.MULTILINE)
    return dict(zip(found[1::2], found[2::2], strict=True))


def test_every_part_and_question_is_there() -> None:
    page = (ROOT / "DATASHEET.md").read_text("utf-8")
    assert re.findall(r"^## \d\. (.+)$", page, re.MULTILINE) == PARTS
    answered = questions(page)
    assert len(answered) >= 40
    assert all(len(answer.strip()) > 2 for answer in answered.values())


def test_the_figures_are_those_of_the_data() -> None:
    """The small corpus: counts by hand from tests/small/gold/harbour-talks.json."""
    corpus = small_corpus()
    page = render_datasheet(corpus, list(views(corpus)))
    gold = corpus.gold["harbour-talks"]
    assert f"| stances | {len(gold.stances)} | {len(gold.stances)} |" in page
    assert f"| event mentions | {len(gold.events)} | {len(gold.events)} |" in page
    assert corpus.info.canary in page
    assert "has 1 news article." in page


def test_it_says_who_annotated_and_what_cannot_be_concluded() -> None:
    corpus = load_corpus(ROOT / "data")
    page = render_datasheet(corpus, list(views(corpus)))
    assert "No human has annotated" in page
    assert "No conclusion" in page
    assert "generated\nby AI from source articles" in page
    assert "By The White House" in page
    for own in corpus.passes.values():
        assert f"`{own.annotator}`" in page
