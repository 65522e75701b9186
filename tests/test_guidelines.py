"""The guidelines: rules that decisions cite exist, and no example gives an article's words away."""

import re

from conftest import ROOT
from parley.adjudication.decisions import read_log
from parley.ontology import load_ontology

TEXT = (ROOT / "annotation/GUIDELINES.md").read_text("utf-8")
RULE = re.compile(r"\*\*([MCTVAUWIS]\d+)\.")


def words(text: str) -> list[str]:
    return re.findall(r"[\w’'-]+", text.replace("*", "").lower())


def grams(text: str, size: int) -> set[tuple[str, ...]]:
    found = words(text)
    return set(zip(*(found[i:] for i in range(size)), strict=False))


def test_rules_are_numbered_once() -> None:
    rules = RULE.findall(TEXT)
    assert len(rules) > 60
    assert len(rules) == len(set(rules))


def test_decisions_cite_rules_that_are_there() -> None:
    rules = {*RULE.findall(TEXT), "U1", "U2", "U3", "U4", "U5", "U6"}
    cited = {rule for d in read_log(ROOT / "data/adjudication.jsonl") for rule in re.findall(r"[A-Z]\d+", d.rule)}
    assert cited - rules == set()


def test_no_five_words_in_a_row_are_an_article_s() -> None:
    articles = set().union(*(grams(path.read_text("utf-8"), 5) for path in (ROOT / "data/articles").glob("*.txt")))
    assert grams(TEXT, 5) & articles == set()


def test_it_is_for_the_ontology_as_it_is() -> None:
    assert f"for ontology {load_ontology().version}" in TEXT
