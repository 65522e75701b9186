"""Sentences and tokens: where they end, by hand."""

import itertools
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley.corpus import ZoneSpan
from parley.new_article import parse_zones
from parley.segment import split_lines, split_sentences, split_tokens
from parley.words import look_alike


def tokens(text: str) -> list[str]:
    return [text[start:end] for start, end in split_tokens(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Norland’s envoy", "Norland|’s|envoy"),
        ("the nations' armies", "the|nations|'|armies"),
        ("They didn't, couldn’t", "They|did|n't|,|could|n’t"),
        ("a 1,200-mile (500.5) frontier", "a|1,200|-|mile|(|500.5|)|frontier"),
        ("U.S. troops", "U.S.|troops"),
        ("“No,” she said…", "“|No|,|”|she|said|…"),
        ("🕊 peace", "🕊|peace"),
        ("Norland-Sudovia", "Norland|-|Sudovia"),
        ("on 3 March 2031.", "on|3|March|2031|."),
        ("Poincare\u0301 said", "Poincare\u0301|said"),  # a combining accent (NFD)
        ("e\u0301le\u0300ve’s", "e\u0301le\u0300ve|’s"),
        ("co\u00adoperate now", "co\u00adoperate|now"),  # a soft hyphen
        ("می\u200cشود", "می\u200cشود"),  # a zero-width non-joiner
        ("हिन्दी में", "हिन्दी|में"),  # vowel signs
        ("🕊\ufe0f peace", "🕊\ufe0f|peace"),  # a variation selector
        ("didn\u0301t ([a\u0301-b])", "didn\u0301t|(|[|a\u0301|-|b|]|)"),
    ],
)
def test_tokens(text: str, expected: str) -> None:
    assert "|".join(tokens(text)) == expected


@given(st.text())
def test_tokens_cover_every_visible_character_once(text: str) -> None:
    assert "".join(tokens(text)) == "".join(text.split())


def sentences(text: str) -> list[str]:
    zones = [ZoneSpan(zone="body", start=0, end=len(text))]
    return [text[s.start : s.end] for s in split_sentences(text, zones)]


def test_sentences() -> None:
    text = "  Mr. Orr of the U.S. army left. “We agree.” He said so.\r\nA headline without a stop\nNext line."
    assert sentences(text) == [
        "Mr. Orr of the U.S. army left.",
        "“We agree.”",
        "He said so.",
        "A headline without a stop",
        "Next line.",
    ]


@given(st.text(alphabet=st.sampled_from("Ab .?!“”\n\r\f\x85\u2028🕊\t'"), max_size=60))
def test_sentences_hold_all_text_in_order(text: str) -> None:
    zones = [ZoneSpan(zone="body", start=0, end=len(text))]
    found = split_sentences(text, zones)
    assert [s.number for s in found] == list(range(1, len(found) + 1))
    assert all(a.end <= b.start for a, b in itertools.pairwise(found))
    assert "".join("".join(text[s.start : s.end].split()) for s in found) == "".join(text.split())


def test_only_line_ends_end_a_line() -> None:
    """A form feed, NEL and the separators of Unicode are blanks inside a line."""
    for blank in "\f\v\x1c\x85\u2028\u2029":
        assert split_lines(f"We agree{blank}with you\r\nand you\rand\n\nme") == [
            f"We agree{blank}with you\r\n",
            "and you\r",
            "and\n",
            "\n",
            "me",
        ]
        assert [z.end for z in parse_zones("headline=1,body=2-", f"One{blank}line\nmore")] == [9, 13]


def test_unscored_zones_have_no_sentences() -> None:
    text = "Photo credit.\nA sentence.\nA notice."
    zones = [
        ZoneSpan(zone="credit", start=0, end=14),
        ZoneSpan(zone="body", start=14, end=26),
        ZoneSpan(zone="notice", start=26, end=35),
    ]
    assert [(s.number, s.zone, text[s.start : s.end]) for s in split_sentences(text, zones)] == [
        (1, "body", "A sentence.")
    ]


@pytest.mark.parametrize(
    ("one", "other", "what"),
    [
        ("Poincar\u00e9", "Poincare\u0301", " (they differ in Unicode normalisation)"),
        ("a \u201cb\u201d", 'a "b"', " (they differ in quotation marks)"),
        ("a\u00a0b c\u2013d", "a b c-d", " (they differ in dashes and white space)"),
        ("cease\u00adfire", "ceasefire", " (they differ in invisible characters)"),
        ("truce", "truces", ""),
        ("truce", "truce", ""),
    ],
)
def test_texts_that_look_alike(one: str, other: str, what: str) -> None:
    assert look_alike(one, other) == look_alike(other, one) == what


@pytest.mark.parametrize("word", ["Zrakma'ş", "á.m.", "we'ré", "dóñ'ť"])
def test_an_accent_is_one_with_its_letter_also_at_the_end_of_a_contraction(word: str) -> None:
    """The accent may be part of the character or a mark of its own: the tokens are the same."""
    one, two = (unicodedata.normalize(form, word) for form in ("NFC", "NFD"))
    tokens = [unicodedata.normalize("NFC", two[start:end]) for start, end in split_tokens(two)]
    assert tokens == [one[start:end] for start, end in split_tokens(one)]
