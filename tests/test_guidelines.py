"""The guidelines: rules that decisions cite exist, and nothing that annotators read gives an article's words away."""

import re

import msgspec
import pytest

from conftest import ROOT, SMALL
from parley.adjudication.decisions import read_log
from parley.checks import check_annotation, check_shape, load_corpus
from parley.new_article import parse_zones
from parley.notation import read_notation
from parley.ontology import load_ontology
from parley.quotes import QuoteDocument, resolve
from parley.reading import AnnotatedArticle, ArticleText

TEXT = (ROOT / "annotation/GUIDELINES.md").read_text("utf-8")
RULE = re.compile(r"\*\*([MCTVPAUWIS]\d+)\.")


READ = ["annotation/GUIDELINES.md", "annotation/WORKED.md", "schema/ontology.json"]  # what annotators read

# Words without content: a run of four that has no other word gives nothing away.
_WORDS = (
    "a about after again all also an and another any are as at be because been before being between both but by can "
    "could did do does down during each every for from had has have he her here him his i if in into is it its just "
    "least less may might more most must my no not of off on one only or other our out over said say says shall she "
    "should since so some such tell than that the their them then there these they this those told two three to "
    "under until up us very was we were what when where whether which while who will with would you your"
)
FUNCTION_WORDS = frozenset(_WORDS.split())


def runs(text: str) -> set[tuple[str, ...]]:
    """Return every run of four words of a text that holds a content word; marks and numbers are no words."""
    found = re.findall(r"[^\W\d_]+(?:['’-][^\W\d_]+)*", re.sub(r"[*`]", "", text).replace("’", "'").lower())
    return {run for run in zip(*(found[i:] for i in range(4)), strict=False) if not FUNCTION_WORDS.issuperset(run)}


def test_rules_are_numbered_once() -> None:
    rules = RULE.findall(TEXT)
    assert len(rules) > 60
    assert len(rules) == len(set(rules))


def test_decisions_cite_rules_that_are_there() -> None:
    rules = {*RULE.findall(TEXT), "U1", "U2", "U3", "U4", "U5", "U6"}
    cited = {rule for d in read_log(ROOT / "data/adjudication.jsonl") for rule in re.findall(r"[A-Z]\d+", d.rule)}
    assert cited - rules == set()


def test_a_shared_run_is_found() -> None:
    """By hand: 'traded blame for the' is four words with content; 'and it was not' has none."""
    assert runs("they *traded* blame for the raid") & runs("Both traded blame for the war") == {
        ("traded", "blame", "for", "the")
    }
    assert runs("and it was not") == set()


@pytest.mark.parametrize("page", READ)
def test_no_run_of_four_words_is_an_article_s(page: str) -> None:
    """An example that repeats an article's words gives away how that article is to be annotated."""
    corpus = load_corpus(ROOT / "data", gold=False, raw=False)
    shared = [
        (" ".join(run), article.id)
        for article in corpus.articles.values()
        if article.split != "train"
        for run in runs((ROOT / page).read_text("utf-8")) & runs(corpus.texts[article.id])
    ]
    assert shared == []


def test_it_is_for_the_ontology_as_it_is() -> None:
    assert f"for ontology {load_ontology().version}" in TEXT


PASSAGE = re.compile(r"^## \d\. (.+?)\n\nDate: ([\d-]+).*?\n(.*?)```lines\n(.*?)```", re.DOTALL | re.MULTILINE)
PASSAGES = PASSAGE.findall((ROOT / "annotation/WORKED.md").read_text("utf-8"))


def test_there_are_worked_passages() -> None:
    assert len(PASSAGES) == 4


@pytest.mark.parametrize(("title", "date", "prose", "lines"), PASSAGES, ids=[title for title, *_ in PASSAGES])
def test_a_worked_passage_passes_every_check(title: str, date: str, prose: str, lines: str) -> None:
    """A sentence a line, the annotation in line notation: it resolves without a finding and breaks no rule."""
    sentences = re.findall(r"^\d+\. (.*(?:\n   .*)*)", prose, re.MULTILINE)
    text = "".join(re.sub(r"\n +", " ", sentence) + "\n" for sentence in sentences)
    article = msgspec.structs.replace(
        load_corpus(SMALL).articles["harbour-talks"], id="worked", zones=parse_zones("body=1-", text)
    )
    source = ArticleText(article, text)
    assert 6 <= len(sentences) == len(source.sentences) <= 8
    value, _, findings = read_notation("article worked\n" + lines)
    assert findings == [] and check_shape(value, "quote") == []
    document, findings = resolve(msgspec.convert(value, QuoteDocument), article, text, annotator="a", canary="c")
    assert findings == [] and document is not None
    assert check_annotation(AnnotatedArticle(document, source), "corpus") == []
