"""Facts: a record becomes facts and comes back the same, whatever its ids."""

from pathlib import Path

import msgspec
import pytest

from conftest import ROOT, SMALL
from parley.adjudication.align import align, slug
from parley.adjudication.facts import from_facts, to_facts
from parley.checks import load_corpus
from parley.model import Document


def facts_of(document: Document) -> dict[str, object]:
    return to_facts(document, align([document])[0])


@pytest.mark.parametrize("folder", [SMALL, ROOT / "data"], ids=["small", "real"])
def test_facts_hold_the_whole_record(folder: Path) -> None:
    corpus = load_corpus(folder)
    for identifier, document in corpus.gold.items():
        article, text = corpus.articles[identifier], corpus.texts[identifier]
        facts = facts_of(document)
        again = from_facts(facts, article, text, annotator=document.annotator, canary=document.canary)
        assert facts_of(again) == facts
        counts = [len(getattr(document, layer)) for layer in ("mentions", "entities", "events", "stances")]
        assert [len(getattr(again, layer)) for layer in ("mentions", "entities", "events", "stances")] == counts


def test_passes_with_other_ids_have_the_same_facts() -> None:
    document = load_corpus(SMALL).gold["harbour-talks"]
    renamed = msgspec.json.decode(msgspec.json.encode(document).replace(b'"e', b'"x').replace(b'"xntit', b'"entit').replace(b'"xvent', b'"event').replace(b'"xnd"', b'"end"').replace(b'"xxplicit', b'"explicit').replace(b'"xvidence', b'"evidence'), type=Document)  # fmt: skip
    assert renamed.entities[0].id == "x1"
    one, other = align([document, renamed])
    assert to_facts(document, one) == to_facts(renamed, other)


def test_slug() -> None:
    assert [slug("Ada Brink"), slug("Café №2"), slug("🕊")] == ["ada-brink", "cafe-no2", "x"]
