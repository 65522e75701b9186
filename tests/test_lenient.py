"""Lenient resolving: quotations of language models are found where a person finds them; the rest costs its items only."""

import json
import random
from collections import Counter
from typing import Any

import msgspec
import pytest

from conftest import ROOT, SMALL
from parley.checks import check_annotation, load_corpus
from parley.corpus import ZoneSpan
from parley.lenient import Finder, Place, fold, same_facts
from parley.model import Document, Prediction
from parley.notation import read_notation, write_notation
from parley.quotes import QuoteDocument, resolve, to_quotes
from parley.reading import annotated
from parley.scoring import score
from parley.segment import split_sentences

CORPUS = load_corpus(SMALL)
ARTICLE, TEXT = CORPUS.articles["harbour-talks"], CORPUS.texts["harbour-talks"]
QUOTED: dict[str, Any] = json.loads((SMALL / "harbour-talks.quotes.json").read_text("utf-8"))

SAID = "“We’ll hold the truce – for now,” Ada Brink told a cafe\u0301 owner.\nThe navy did not fire.\nFour boats left. The boats left. The truce held."


def place(number: int, quote: str, occurrence: int | None = None, text: str = SAID) -> tuple[str, str] | None:
    """Return the words found and how."""
    sentences = split_sentences(text, [ZoneSpan(zone="body", start=0, end=len(text))])
    found = Finder(text, sentences).find(number, quote, occurrence)
    return None if found is None else (text[found.start : found.end], found.how)


@pytest.mark.parametrize(
    ("number", "quote", "found"),
    [
        (1, '"We\'ll hold the truce - for now,"', ("“We’ll hold the truce – for now,”", "folded")),
        (1, "Ada\u00a0 Brink", ("Ada Brink", "folded")),
        (1, "caf\u00e9", ("cafe\u0301", "folded")),
        (1, "did not fire", ("did not fire", "moved")),
        (1, "Ada Brinck told", ("Ada Brink told", "loose")),
        (2, "truce", ("truce", "moved")),  # of the sentences beside 2 only the first has it
        (4, "left", ("left", "folded")),
        (1, "owne", None),  # half a word: 2·4 / (4 + 5) = .89 of the whole one
        (2, "did now fire", None),  # a negation
        (3, "Five boats left", None),  # another number
        (9, "truce", None),
        (1, "", None),
        (1, "x" * 5_000_000, None),
    ],
)
def test_a_quotation_is_found_as_a_person_finds_it(number: int, quote: str, found: tuple[str, str] | None) -> None:
    assert place(number, quote) == found


def test_a_place_beside_the_sentence_must_be_the_only_one() -> None:
    """'The boats' is in sentence 4 alone; 'left' is in 3 and 4, so beside 2 only in 3; 'truce' beside 4 only in 5."""
    assert place(3, "The boats") == ("The boats", "moved")
    assert place(2, "left") == ("left", "moved")
    text = "The truce held.\nNobody came.\nThe truce fell."
    assert place(2, "truce", text=text) is None  # in the one before and the one after


def test_occurrences_hold_for_folded_quotations() -> None:
    text = "Brink’s aide and Brink’s son."
    assert place(1, "Brink's", 2, text) == ("Brink’s", "folded")
    assert place(1, "Brink's", 3, text) is None


def test_places_are_code_points_of_the_text() -> None:
    text = "🕊 – “cafe\u0301”"
    sentences = split_sentences(text, [ZoneSpan(zone="body", start=0, end=len(text))])
    assert Finder(text, sentences).find(1, '"caf\u00e9"', None) == Place(4, 11, "folded")
    assert fold(text)[0] == '🕊 - "caf\u00e9"'


@pytest.mark.parametrize(
    ("a", "b"),
    [("12 dead", "13 dead"), ("four men", "five men"), ("can't go", "can go"), ("it is lawful", "it is unlawful"),
     ("no troops", "now troops"), ("in 2031", "in 203l")],
)  # fmt: skip
def test_facts_are_never_matched_loosely(a: str, b: str) -> None:
    assert not same_facts(a, b)
    assert same_facts(a, a)


def read(value: dict[str, Any]) -> tuple[Document, list[str]]:
    document, findings = resolve(
        msgspec.convert(value, QuoteDocument), ARTICLE, TEXT, annotator="a", canary="c", lenient=True
    )
    assert document is not None and not any(each.is_error for each in findings)
    assert [f for f in check_annotation(annotated(CORPUS, ARTICLE.id, document), "predictions") if f.is_error] == []
    return document, [each.rule for each in findings]


def test_what_is_right_is_resolved_as_ever() -> None:
    strict, _ = resolve(msgspec.convert(QUOTED, QuoteDocument), ARTICLE, TEXT, annotator="a", canary="c")
    assert read(QUOTED) == (strict, [])


@pytest.mark.parametrize("layer", ["entities", "values", "events", "propositions", "stances"])
def test_what_hangs_on_a_lost_quotation_is_left_out(layer: str) -> None:
    """Every item of every layer is lost once; what is left is a record without an error."""
    for i in range(len(QUOTED[layer])):
        value = json.loads(json.dumps(QUOTED))
        item = value[layer][i]
        quotations = [q for q in [item, *item.get("mentions", []), *item.get("evidence", [])] if "quote" in q]
        if not quotations:  # a member of a plural entity that is not mentioned by itself
            continue
        for quoted in quotations:
            quoted["quote"] = "zzz"
        document, rules = read(value)
        kept = {each.id for items in (document.mentions, document.events, document.propositions) for each in items}
        kept |= {each.id for each in document.stances}
        assert item["id"] not in kept
        assert set(rules) <= {"quote-not-found", "left-out"} and "quote-not-found" in rules


def test_the_next_mention_of_an_event_cluster_becomes_the_first() -> None:
    event = {"type": "Meet", "status": "actual", "via": None, "arguments": []}
    stance = {"id": "s1", "holder": "AUTHOR", "target": "t1", "polarity": "support", "facet": "approval", "via": None}
    value = {
        "id": ARTICLE.id, "entities": [], "values": [],
        "events": [
            {**event, "id": "t1", "sentence": 1, "quote": "zzz"},
            {**event, "id": "t2", "sentence": 1, "quote": "meet", "same_as": "t1"},
            {**event, "id": "t3", "sentence": 4, "quote": "Sudovia", "occurrence": 1, "same_as": "t1"},
        ],
        "stances": [{**stance, "explicit": True, "evidence": [{"sentence": 1, "quote": "meet"}]}],
    }  # fmt: skip
    document, rules = read(value)
    assert [(e.id, e.same_as) for e in document.events] == [("t2", None), ("t3", "t2")]
    assert [s.target for s in document.stances] == ["t2"] and rules == ["quote-not-found"]


@pytest.mark.parametrize("lines", [False, True])
def test_spoilt_quotations_cost_little(lines: bool) -> None:
    """One quotation in a hundred is spoilt: the score stays above .95, in both notations, and each loss is named."""
    corpus, dice = load_corpus(ROOT / "data", raw=False), random.Random(7)
    lost, spoilt, predictions = Counter[str](), 0, {}
    for name in corpus.split("validation"):
        value = msgspec.to_builtins(to_quotes(corpus.gold[name], corpus.articles[name], corpus.texts[name]))
        waiting: list[Any] = [value]
        while waiting:
            node = waiting.pop()
            if isinstance(node, dict):
                if "quote" in node and dice.random() < 0.01:
                    node["quote"], spoilt = "zzz " + node["quote"][::-1], spoilt + 1
                waiting += node.values()
            elif isinstance(node, list):
                waiting += node
        if lines:
            value = read_notation(write_notation(msgspec.convert(value, QuoteDocument)))[0]
        document, findings = resolve(
            msgspec.convert(value, QuoteDocument), corpus.articles[name], corpus.texts[name],
            annotator="a", canary="c", lenient=True,
        )  # fmt: skip
        assert document is not None
        lost.update(each.rule for each in findings)
        fields = ("mentions", "entities", "events", "propositions", "stances")
        predictions[name] = Prediction(id=name, **{field: getattr(document, field) for field in fields})
    assert spoilt > 3 and lost["quote-not-found"] == spoilt
    report = score(corpus, predictions, "validation", system="x")
    assert report.overall.value is not None and 0.95 < report.overall.value < 1
