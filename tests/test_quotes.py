"""The quote form: quotations find their place, say what is close when they do not, and come back the same."""

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import ROOT, SMALL
from parley.checks import check_annotation, check_shape, load_corpus
from parley.corpus import Article
from parley.model import Document
from parley.quotes import QuoteDocument, occurrences, resolve, to_quotes
from parley.reading import annotated
from parley.segment import split_sentences, split_tokens

CORPUS = load_corpus(SMALL)
ARTICLE, TEXT = CORPUS.articles["harbour-talks"], CORPUS.texts["harbour-talks"]
QUOTED: dict[str, Any] = json.loads((SMALL / "harbour-talks.quotes.json").read_text("utf-8"))


def resolved(value: dict[str, Any], article: Article = ARTICLE, text: str = TEXT) -> tuple[Document | None, list[str]]:
    assert check_shape(value, "quote") == []
    document, findings = resolve(
        msgspec.convert(value, QuoteDocument), article, text, annotator="a", canary="c", file="q.json"
    )
    return document, [str(finding) for finding in findings]


def edited(path: list[Any], **changes: Any) -> dict[str, Any]:
    value = json.loads(json.dumps(QUOTED))
    at = value
    for key in path:
        at = at[key]
    at.update(changes)
    return value


def test_offsets_are_code_points() -> None:
    """After the dove (one code point, two UTF-16 units, four bytes) spans still cover their text."""
    document, findings = resolved(QUOTED)
    assert findings == [] and document is not None
    assert [TEXT[m.start : m.end] for m in document.mentions] == [m.text for m in document.mentions]
    (clashes,) = [e for e in document.events if e.text == "clashes"]
    assert clashes.start == TEXT.index("clashes") > TEXT.index("🕊")


def test_occurrences_count_whole_words_first() -> None:
    """By hand: 'Thai' is a word at 9 and inside one at 0 in 'Thailand Thai'; 'aa' begins at 0 and 1 in 'aaa'."""
    assert occurrences("Thailand Thai", "Thai") == [9, 0]
    assert occurrences("aaa", "aa") == [0, 1]


def test_a_quotation_with_alternatives_needs_an_occurrence() -> None:
    """'Sudovia' stands twice in sentence 4; without an occurrence the first is taken, with a warning."""
    value = edited(["entities", 1, "mentions", 2])
    del value["entities"][1]["mentions"][2]["occurrence"]
    document, findings = resolved(value)
    assert document == resolved(QUOTED)[0]
    (warning,) = findings
    assert (
        "$.entities[1].mentions[2].quote  ambiguous-quote (warning)  'Sudovia' is in sentence 4 more than once"
        in warning
    )
    assert "write the occurrence (1: “" in warning


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"sentence": 9}, "$.events[0].sentence  sentence-not-there  there is no sentence 9; the article has 4"),
        ({"quote": "told"}, "$.events[0].quote  quote-not-found  'told' is not in sentence 1; it is in sentence 3"),
        ({"quote": "meets"}, "$.events[0].quote  quote-not-found  'meets' is not in sentence 1; did you mean 'meet'?"),
        ({"quote": "me\u00adet"}, "$.events[0].quote  quote-not-found  'me\\xadet' is not in sentence 1; did you mean 'meet'? (they differ in invisible characters)"),
        ({"quote": "zzz"}, "$.events[0].quote  quote-not-found  'zzz' is not in sentence 1; nothing in the sentence is close to it"),
        ({"occurrence": 2}, "$.events[0].occurrence  occurrence-not-there  'meet' is in sentence 1 only once; write an occurrence from 1 to 1"),
    ],
)  # fmt: skip
def test_what_cannot_be_found_is_said(changes: dict[str, Any], says: str) -> None:
    document, findings = resolved(edited(["events", 0], **changes))
    assert document is None
    assert findings == [f"q.json {says}"]


def test_all_that_cannot_be_found_is_said_in_one_run() -> None:
    value = edited(["entities", 0, "mentions", 0], quote="Nordland")
    value["values"][0]["quote"] = "Mondays"
    value["stances"][0]["evidence"][0]["sentence"] = 2
    document, findings = resolved(value)
    assert document is None
    assert [f.split()[1] for f in findings] == [
        "$.entities[0].mentions[0].quote",
        "$.values[0].quote",
        "$.stances[0].evidence[0].quote",
    ]


def test_arguments_are_shown_by_the_nearest_mention() -> None:
    """By hand: 'told' (213–217) has 'minister' (194–202) and 'Ada Brink' (203–212) before it; the nearer is the name."""
    document, _ = resolved(QUOTED)
    assert document is not None
    mentions = {m.id: m.text for m in document.mentions}
    (told,) = [e for e in document.events if e.text == "told"]
    assert mentions[told.arguments[0].mention or ""] == "Ada Brink"


@pytest.mark.parametrize("folder", [SMALL, ROOT / "data"], ids=["small", "real"])
def test_round_trip_of_gold(folder: Path) -> None:
    corpus = load_corpus(folder)
    for identifier, document in corpus.gold.items():
        article, text = corpus.articles[identifier], corpus.texts[identifier]
        quoted = to_quotes(document, article, text)
        assert check_shape(msgspec.to_builtins(quoted), "quote") == []
        again, findings = resolve(quoted, article, text, annotator=document.annotator, canary=document.canary)
        assert findings == []
        assert again == document


WORDS = st.lists(
    st.sampled_from(["Norland", "Nor", "land", "a", "aa", "🕊", "𝐀𝐁", "”", "l’a", "the"]), min_size=1, max_size=12
)


@settings(max_examples=200, deadline=None)
@given(st.lists(WORDS, min_size=1, max_size=4), st.data())
def test_round_trip_of_any_span(lines: list[list[str]], data: st.DataObject) -> None:
    """Any span of whole tokens inside a sentence, however often its text repeats, is found again."""
    text = "\n".join(" ".join(words) for words in lines)
    article = msgspec.structs.replace(
        ARTICLE, zones=[msgspec.convert({"zone": "body", "start": 0, "end": len(text)}, type(ARTICLE.zones[0]))]
    )
    sentences = split_sentences(text, article.zones)
    sentence = data.draw(st.sampled_from(sentences))
    tokens = list(split_tokens(text, sentence.start, sentence.end))
    first = data.draw(st.integers(0, len(tokens) - 1))
    last = data.draw(st.integers(first, len(tokens) - 1))
    start, end = tokens[first][0], tokens[last][1]
    record = {"id": "x", "canary": "c", "ontology": "2.0.0", "annotator": "a", "sha256": ARTICLE.sha256, "mentions": [{"id": "m1", "start": start, "end": end, "text": text[start:end], "form": "NOM", "entity": "e1"}], "entities": [{"id": "e1", "type": "ORG", "name": "n"}], "events": [], "stances": []}  # fmt: skip
    document = msgspec.convert(record, Document)
    again, findings = resolve(to_quotes(document, article, text), article, text, annotator="a", canary="c")
    assert findings == [] and again is not None
    assert again.mentions == document.mentions


def test_the_resolved_record_passes_the_checks() -> None:
    document, _ = resolved(QUOTED)
    assert document is not None
    assert check_annotation(annotated(CORPUS, "harbour-talks", document), "corpus") == []
