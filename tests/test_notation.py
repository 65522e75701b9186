"""The line notation: it says the same as the JSON of the quote form, and what is wrong is named with its line."""

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from conftest import ROOT, SMALL, ran
from parley.checks import check_annotation, check_shape, load_corpus
from parley.new_article import parse_zones
from parley.notation import read_notation, write_notation
from parley.quotes import QuoteDocument, resolve, to_quotes
from parley.reading import AnnotatedArticle, ArticleText

QUOTED: dict[str, Any] = json.loads((SMALL / "harbour-talks.quotes.json").read_text("utf-8"))

LINES = r"""
article a
// Norland and its minister
e e1 GPE "Norland" registry=norland
e e2 PER "Ada \"the Owl\" Brink"
e e3 GPE "both" members=e1,e4
# 2
m e1 NAM government "Norland"
m e2 NOM "minister"*2
v t1 TIME value=2031-05-09 mod=APPROX "Friday"
v q1 QTY number=12.5 unit="nautical mile" "12.5"
p p1 "treat the strait as common"
t v1 State actual "said" Agent=e2 Content=v2,p1 Agent=e1
t v2 Casualty planned via=v1 same=v1 harm=killed registry=r1 "die" Time=t1
s s1 e2 > p1 support demand implied via=v1 "said" @3 "common" "strait"
#3
p p1 "the proposal"
s s2 AUTHOR > e1 mixed trust explicit "even"
"""


def test_what_each_line_says() -> None:
    """Each line of ``LINES`` read by hand."""
    value, lines, findings = read_notation(LINES)
    assert findings == []
    assert value == {
        "id": "a",
        "entities": [
            {"id": "e1", "type": "GPE", "name": "Norland", "registry": "norland", "mentions": [
                {"sentence": 2, "quote": "Norland", "form": "NAM", "role": "government"}]},
            {"id": "e2", "type": "PER", "name": 'Ada "the Owl" Brink', "mentions": [
                {"sentence": 2, "quote": "minister", "occurrence": 2, "form": "NOM"}]},
            {"id": "e3", "type": "GPE", "name": "both", "members": ["e1", "e4"], "mentions": []},
        ],
        "values": [
            {"id": "t1", "type": "TIME", "sentence": 2, "quote": "Friday", "value": "2031-05-09", "mod": "APPROX"},
            {"id": "q1", "type": "QTY", "sentence": 2, "quote": "12.5", "number": 12.5, "unit": "nautical mile"},
        ],
        "events": [
            {"id": "v1", "type": "State", "status": "actual", "via": None, "sentence": 2, "quote": "said", "arguments": [
                {"role": "Agent", "entity": "e2"}, {"role": "Content", "event": "v2"},
                {"role": "Content", "proposition": "p1"}, {"role": "Agent", "entity": "e1"}]},
            {"id": "v2", "type": "Casualty", "status": "planned", "via": "v1", "same_as": "v1", "harm": "killed",
             "registry": "r1", "sentence": 2, "quote": "die", "arguments": [{"role": "Time", "value": "t1"}]},
        ],
        "propositions": [
            {"id": "p1", "sentence": 2, "quote": "treat the strait as common", "mentions": [
                {"sentence": 3, "quote": "the proposal"}]},
        ],
        "stances": [
            {"id": "s1", "holder": "e2", "target": "p1", "polarity": "support", "facet": "demand", "explicit": False,
             "via": "v1", "evidence": [{"sentence": 2, "quote": "said"}, {"sentence": 3, "quote": "common"},
                                       {"sentence": 3, "quote": "strait"}]},
            {"id": "s2", "holder": "AUTHOR", "target": "e1", "polarity": "mixed", "facet": "trust", "explicit": True,
             "via": None, "evidence": [{"sentence": 3, "quote": "even"}]},
        ],
    }  # fmt: skip
    assert check_shape(value, "quote") == []
    assert lines["$.entities[1].mentions[0]"] == 9
    assert lines["$.propositions[0].mentions[0]"] == 17


@pytest.mark.parametrize("folder", [SMALL, ROOT / "data"], ids=["small", "real"])
def test_round_trip_of_gold(folder: Path) -> None:
    corpus = load_corpus(folder)
    for identifier, document in corpus.gold.items():
        form = to_quotes(document, corpus.articles[identifier], corpus.texts[identifier])
        value, _, findings = read_notation(write_notation(form))
        assert findings == []
        assert msgspec.convert(value, QuoteDocument) == form


def test_it_is_much_shorter_than_json() -> None:
    quoted = msgspec.convert(QUOTED, QuoteDocument)
    assert len(write_notation(quoted)) < len(msgspec.json.encode(quoted)) / 2


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("x e1", "'x' begins no line of the notation; write article · # · e · m · v · p · t · s"),
        ("# " + "1" * 6000, "… is no number of a sentence; write # SENTENCE".removeprefix("… ")),
        ('m e1 NAM "N"*' + "1" * 6000, "the quotation is missing"),
        ("v q9 QTY number=" + "1" * 6000 + ' "x"', "is no number; write v ID TIME|QTY"),
        (r'e e9 GPE "\ud800"', "holds half of a character; write the character itself"),
        ("article b", "the article is already named; write article ID"),
        ('t v9 State actual via=v1 via=v2 "x"', "'via=v2' is not expected here; write t ID"),
        ("# two", "'two' is no number of a sentence; write # SENTENCE"),
        ("e e9 GPE Norland", "the name is missing or its quotation marks are not closed; write e ID TYPE"),
        ('e e9 GPE "Nor', "the name is missing or its quotation marks are not closed; write e ID TYPE"),
        (r'e e9 GPE "\x"', r'"\x" is no JSON string: Invalid \escape: line 1 column 2 (char 1); write e ID TYPE'),
        ('e e9 GPE "N" member=e1', "'member=e1' is not expected here; write e ID TYPE"),
        ('m e8 NAM "Norland"', "no line 'e e8 …' declares the entity; write m ENTITY FORM"),
        ('m e1 NAM state people "Norland"', "'people' is too much; write m ENTITY FORM"),
        ('m e1 NAM "Norland" twice', "'twice' is too much; write m ENTITY FORM"),
        ('v q9 QTY number=NaN "x"', "'NaN' is no number; write v ID TIME|QTY"),
        ('t v9 State actual "said" Content="a plan"', "words that fill a role are a proposition with an id; write t ID"),
        ('t v9 State actual "said" Agent=e8', "no line declares 'e8', which fills Agent; write t ID TYPE STATUS"),
        ('s s9 e1 e2 oppose blame explicit "x"', "between holder and target stands '>'; write s ID HOLDER"),
        ('s s9 e1 > e2 oppose blame maybe "x"', "'maybe' is neither 'explicit' nor 'implied'; write s ID HOLDER"),
        ("s s9 e1 > e2 oppose blame explicit", "the evidence is missing or its quotation marks are not closed; write s"),
        ('s s9 e1 > e2 oppose blame explicit "x" @0 "y"', "'@0' is not expected here; write s ID HOLDER"),
    ],
)  # fmt: skip
def test_a_line_that_is_not_of_its_form(line: str, says: str) -> None:
    _, _, findings = read_notation(f'article a\ne e1 GPE "N"\n# 1\n{line}\n', "a.lines")
    assert str(findings[0]).startswith("a.lines:4  line-notation  ")
    assert says in str(findings[0])


def test_lines_need_an_article_and_a_sentence() -> None:
    _, _, findings = read_notation('p p1 "x"', "a.lines")
    assert [str(each).split("  ", 2)[2] for each in findings] == [
        "no sentence is set; put a line like '# 1' before it; write p ID \"quotation\"",
        "the article is not named; write article ID",
    ]


def test_the_commands_read_and_write_it(tmp_path: Path) -> None:
    file = tmp_path / "harbour-talks.lines"
    gold = SMALL / "gold" / "harbour-talks.json"
    assert ran("annotate", "quote", gold, "--data", SMALL, "--lines", "-o", file)[0] == 0
    record = tmp_path / "harbour-talks.json"
    command = [
        "annotate",
        "resolve",
        file,
        "--data",
        SMALL,
        "--annotator",
        json.loads(gold.read_text())["annotator"],
        "-o",
        record,
    ]
    assert ran(*command)[0] == 0
    assert record.read_bytes() == gold.read_bytes()


def test_findings_name_the_line(tmp_path: Path) -> None:
    """Of the shape, of a quotation, and of the meaning: each on the line of its item."""
    gold = SMALL / "gold" / "harbour-talks.json"
    _, made, _ = ran("annotate", "quote", gold, "--data", SMALL, "--lines")
    text = made.splitlines()
    (said,) = [i for i, line in enumerate(text) if '"told"' in line]
    for change, rule in [(("told", "tolt"), "quote-not-found"), (("State", "Stat"), "unknown-label"), (("State", "Clash"), "role-not-allowed")]:  # fmt: skip
        file = tmp_path / "a.lines"
        file.write_text("\n".join([*text[:said], text[said].replace(*change), *text[said + 1 :]]), "utf-8")
        code, out, _ = ran("annotate", "resolve", file, "--data", SMALL, "--check")
        assert code == 1
        assert f"{file}:{said + 1} " in out and rule in out


def test_the_example_of_the_guide_resolves(tmp_path: Path) -> None:
    """The lines shown in annotation/README.md, over the article that the page adds."""
    page = (ROOT / "annotation" / "README.md").read_text("utf-8")
    text = page.partition("harbour.txt <<'END'\n")[2].partition("END\n")[0]
    article = msgspec.structs.replace(
        load_corpus(SMALL).articles["harbour-talks"],
        id="harbour",
        zones=parse_zones("credit=1,headline=2,body=3-4,notice=5-", text),
    )
    value, _, findings = read_notation(
        "article harbour\n" + page.partition("```\narticle harbour\n")[2].partition("```")[0]
    )
    assert findings == [] and check_shape(value, "quote") == []
    document, findings = resolve(msgspec.convert(value, QuoteDocument), article, text, annotator="a", canary="c")
    assert findings == [] and document is not None
    assert check_annotation(AnnotatedArticle(document, ArticleText(article, text)), "corpus") == []
