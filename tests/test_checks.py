"""Every rule has a broken fixture, named after it, and finds it with place and mend."""

import ast
import hashlib
import json
import shutil
import time
from pathlib import Path
from typing import Any

import msgspec
import pytest

from conftest import ROOT, SMALL, TESTS
from parley.checks import RULES, check_annotation, check_corpus, check_predictions, check_shape, load_corpus
from parley.checks.entities import _is_time_value
from parley.corpus import ZoneSpan
from parley.findings import Finding, FindingsError, finding
from parley.model import Argument, Entity, Event, Mention, Prediction
from parley.ontology import load_ontology
from parley.reading import AnnotatedArticle, ArticleText

GOLD = "gold/harbour-talks.json"
FIXTURES = {path.stem: json.loads(path.read_text("utf-8")) for path in sorted((TESTS / "broken").glob("*.json"))}
# Rules that only predictions, submissions, releases and results of Label Studio can break have tests of their own.
NOT_IN_A_CORPUS = {rule for rule, demanded in RULES.items() if demanded.corpus is None}


def rule_of(fixture: str) -> str:
    """The rule a fixture breaks: its name, or the longest rule its name begins with."""
    return max((rule for rule in RULES if fixture == rule or fixture.startswith(f"{rule}-")), key=len)


def damage(fixture: dict[str, Any], data: bytes) -> bytes:
    """Return a file's bytes with the fixture's change made."""
    if fixture["find"] == "REPEAT":
        return data + data
    find = fixture["find"].encode()
    put = fixture["put"].encode("utf-8", "surrogateescape")
    put = put.replace(b"[*]", b"[" * 100_000)  # too-deep
    assert find in data
    return data.replace(find, put) if find == b"\n" else data.replace(find, put, 1)


def break_corpus(folder: Path, fixture: dict[str, Any]) -> None:
    path = folder / fixture["file"]
    if fixture["find"] is None:
        path.unlink()
    else:
        path.write_bytes(damage(fixture, path.read_bytes()))


def assert_found(findings: list[Finding], rule: str, fixture: dict[str, Any]) -> None:
    found = [f for f in findings if f.rule == rule]
    assert found, [str(f) for f in findings]
    assert any(f.path == fixture["path"] and fixture["says"] in str(f) for f in found), [str(f) for f in found]
    assert all(f.suggestion for f in found)
    assert {f.rule for f in findings} <= {rule, *fixture.get("also", ())}, [str(f) for f in findings]


def test_every_rule_has_a_fixture() -> None:
    assert {rule_of(name) for name in FIXTURES} | NOT_IN_A_CORPUS == set(RULES)


def test_the_table_has_every_rule_that_is_used_and_no_other() -> None:
    said, reported = set[str](), set[str]()
    for path in (ROOT / "src" / "parley").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8")) if path.name != "rules.py" else ast.Module()):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                said |= {node.value, node.value.partition("/")[0]}
            if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in ("finding", "Finding"):
                first = [*node.args[:1], *(keyword.value for keyword in node.keywords if keyword.arg == "rule")]
                reported |= {n.value for n in first if isinstance(n, ast.Constant)}
    assert set(RULES) <= said
    wordings = [(f"{name}/{wording}", wording) for name, rule in RULES.items() for wording in rule.wordings if wording]
    # An id that is put together has its wording, with or without the stroke, as a string of its own.
    assert [whole for whole, part in wordings if not {whole, part, f"/{part}"} & said] == []
    assert {rule.partition("/")[0] for rule in reported} <= set(RULES)


@pytest.mark.parametrize("rule", RULES)
def test_every_wording_says_how_to_fix_it(rule: str) -> None:
    for message, fix in RULES[rule].wordings.values():
        assert message and fix and "  " not in message + fix and not message.endswith("."), (message, fix)


def test_a_finding_quotes_and_shortens_its_values() -> None:
    (made,) = [finding("dangling-id", kind="entity", id="e\n9", scope="predictions")]
    assert (made.message, made.severity) == (r"there is no entity 'e\n9'", "error")
    made = finding("role-not-allowed", type="Talk\x1b", role="Agent", roles=["a", "b"], scope="predictions")
    assert (made.message, made.suggestion, made.severity) == (r"Talk\x1b has no role Agent", "one of a, b", "warning")
    assert len(finding("unknown-field", field="x" * 500).message) < 100
    assert finding("unknown-field", field="x", fix="did you mean 'y'?").suggestion == "did you mean 'y'?"
    assert str(finding("undecided", problem="{no} template", fix="decide")) == "undecided  {no} template; decide"
    with pytest.raises(KeyError):
        finding("undecided")
    with pytest.raises(KeyError):
        finding("no-such-rule")


def test_small_corpus_is_clean() -> None:
    corpus, findings = check_corpus(SMALL)
    assert (corpus is not None, findings) == (True, [])


def test_the_corpus_is_clean() -> None:
    corpus, findings = check_corpus(ROOT / "data")
    assert (corpus is not None, findings) == (True, [])


@pytest.mark.parametrize("name", FIXTURES)
def test_broken_corpus(name: str, tmp_path: Path) -> None:
    fixture = FIXTURES[name]
    folder = Path(shutil.copytree(TESTS / fixture.get("corpus", "small"), tmp_path / "broken"))
    break_corpus(folder, fixture)
    corpus, findings = check_corpus(folder)
    assert_found(findings, rule_of(name), fixture)
    has_error = any(f.is_error for f in findings)
    assert has_error == (corpus is None)
    if has_error:
        with pytest.raises(FindingsError):
            load_corpus(folder)


def test_article_ids_that_differ_in_case_only_are_refused(small: Path) -> None:
    listing = small / "articles.jsonl"
    line = listing.read_text("utf-8")
    listing.write_text(line + line.replace('"id": "harbour-talks"', '"id": "Harbour-talks"'), "utf-8")
    findings = check_corpus(small)[1]
    assert [(f.rule, f.line, f.path) for f in findings] == [("unsafe-article-id", 2, "$.id")]
    assert "'Harbour-talks' and 'harbour-talks' name one file" in findings[0].message


def test_an_article_without_gold_is_a_warning(small: Path) -> None:
    (small / GOLD).unlink()
    corpus, findings = check_corpus(small)
    assert corpus is not None and corpus.gold == {}
    assert [str(f) for f in findings] == [
        "gold/harbour-talks.json  missing-article (warning)  the article has no gold annotation; "
        "annotate it, or restore its file"
    ]
    assert load_corpus(small, partial=True).gold == {}
    with pytest.raises(FindingsError):  # a score would be of other articles than it says
        load_corpus(small)


def prediction_line() -> str:
    """The gold of the small corpus as a line of predictions, spelt like the gold file, so that fixtures apply."""
    lines = (SMALL / GOLD).read_text("utf-8").splitlines()
    header = ("canary", "ontology", "annotator", "sha256")
    return (
        " ".join(line.strip() for line in lines if not line.strip().startswith(tuple(f'"{h}"' for h in header))) + "\n"
    )


# A fixture that inserts a line, or that concerns the file as a whole, has no counterpart in predictions.
ITEM_FIXTURES = [
    name
    for name, fixture in FIXTURES.items()
    if fixture["file"] == GOLD and fixture["find"] and fixture["find"].split("\n")[0] in prediction_line() and RULES[rule_of(name)].predictions
]  # fmt: skip


@pytest.mark.parametrize("name", ITEM_FIXTURES)
def test_broken_predictions(name: str, tmp_path: Path) -> None:
    fixture, rule = FIXTURES[name], rule_of(name)
    file = tmp_path / "predictions.jsonl"
    file.write_bytes(damage(fixture, prediction_line().encode()).replace(b"\n", b" ") + b"\n")
    found, findings = check_predictions(file, load_corpus(SMALL))
    mine = [f for f in findings if f.rule == rule]
    assert mine and all(f.line == 1 and f.suggestion for f in mine), [str(f) for f in findings]
    assert {f.severity for f in mine} == {RULES[rule].predictions}
    assert bool(found) == (not any(f.is_error for f in findings))


def test_gold_as_predictions_is_clean(tmp_path: Path) -> None:
    file = tmp_path / "predictions.jsonl"
    file.write_text(prediction_line())
    found, findings = check_predictions(file, load_corpus(SMALL))
    assert (list(found), findings) == (["harbour-talks"], [])


def check_lines(tmp_path: Path, *lines: str) -> list[Finding]:
    file = tmp_path / "predictions.jsonl"
    file.write_text("".join(f"{line}\n" for line in lines))
    return check_predictions(file, load_corpus(SMALL))[1]


@pytest.mark.parametrize(
    ("pairs", "says"),
    [
        ([{"pair": "harbour-talks:e5:e99", "polarity": "none"}], "no pair"),
        ([{"pair": "harbour-talks:e5:e2", "polarity": "none"}] * 2, "twice"),
    ],
)
def test_unknown_pair(pairs: list[dict[str, str]], says: str, tmp_path: Path) -> None:
    findings = check_lines(tmp_path, json.dumps({"id": "harbour-talks", "stance_pairs": pairs}))
    assert [f.rule for f in findings] == ["unknown-pair"]
    assert says in findings[0].message


def test_the_set_of_articles_is_exact(tmp_path: Path) -> None:
    assert [f.rule for f in check_lines(tmp_path)] == ["missing-article"]
    line = '{"id": "harbour-talks", "mentions": [], "entities": []}'
    assert [f.rule for f in check_lines(tmp_path, line, line)] == ["duplicate-article"]
    findings = check_lines(tmp_path, line, '{"id": "harbour-walks"}')
    assert [(f.rule, f.line, f.suggestion) for f in findings] == [
        ("unknown-article", 2, "did you mean 'harbour-talks'?")
    ]


def test_predictions_that_are_one_json_value_over_many_lines_are_one_finding(tmp_path: Path) -> None:
    line = prediction_line().strip()
    for text in (
        f"[{line}]",
        f"[\n{line}\n]",
        json.dumps(json.loads(line), indent=2),
        json.dumps([{"id": 1}], indent=1),
        f"[{line},\n{line}]",
        line.replace(", ", ",\n"),
        f"\n\n[\n{line},\n{line}\n]",
    ):
        findings = check_lines(tmp_path, text)
        blank = len(text) - len(text.lstrip())
        assert [(f.rule, f.line) for f in findings] == [("not-one-line", 1 + blank)], text[:30]
        assert "one article a line" in str(findings[0])


@pytest.mark.parametrize("offset", ["139.0", '"139"', "true", "1e2", "-1", "null"])
def test_offsets_are_integers(offset: str, tmp_path: Path) -> None:
    findings = check_lines(tmp_path, prediction_line().strip().replace('"start": 139,', f'"start": {offset},'))
    assert [f.path for f in findings] == ["$.events[3].start"]
    assert {f.rule for f in findings} <= {"wrong-type", "bad-value"}


def test_own_registry_ids_of_predictions_begin_with_nil(tmp_path: Path) -> None:
    line = prediction_line().strip()
    assert check_lines(tmp_path, line.replace('"registry": "norland"', '"registry": "NIL-7"')) == []


def test_a_layer_that_was_not_attempted_is_absent(tmp_path: Path) -> None:
    assert check_lines(tmp_path, '{"id": "harbour-talks", "mentions": [], "entities": []}') == []
    findings = check_lines(tmp_path, '{"id": "harbour-talks", "events": []}')
    assert [f.rule for f in findings] == ["missing-field"]


def test_all_findings_come_in_one_run(small: Path) -> None:
    """Breaches of different rules in different items do not hide each other."""
    chosen = ["inside-word", "filler-not-allowed", "bad-time-value", "holder-type", "bad-members"]
    for name in chosen:
        break_corpus(small, FIXTURES[name])
    assert {f.rule for f in check_corpus(small)[1]} == set(chosen)


@pytest.mark.parametrize(
    ("version", "holds"),
    [
        ("1.0.0", True),
        ("0.9.0", False),
        ("2.0.0", False),
        ("1.9.0", False),
        ("1.0", False),
        ("one", False),
        ("", False),
    ],
)
def test_records_of_an_earlier_minor_version_hold(version: str, holds: bool) -> None:
    ontology = msgspec.structs.replace(load_ontology(), version="1.2.0")
    assert ontology.holds(version) is holds
    assert ontology.holds("1.2.0") and ontology.holds("1.1.7")


@pytest.mark.parametrize(
    ("value", "said"), [(1.5, "1.5 is more than 1"), ("x", "'x' is a string, not a number or null")]
)
def test_where_several_kinds_may_stand_the_one_that_was_meant_is_told(value: object, said: str) -> None:
    report = json.loads((ROOT / "eval" / "submissions" / "empty" / "report.json").read_text("utf-8"))
    report["metrics"]["events.tc"]["value"] = value
    (finding,) = check_shape(report, "report")
    assert (finding.path, finding.message) == ("$.metrics['events.tc'].value", said)


def test_long_chains_and_many_mentions_are_checked_in_linear_time() -> None:
    """20,000 events that reach the reader through each other; 6,000 arguments of an entity with 6,000 mentions."""
    number = 20_000
    text = "Ada spoke. " * number
    zones = [ZoneSpan(zone="body", start=0, end=len(text))]
    article = msgspec.structs.replace(load_corpus(SMALL).articles["harbour-talks"], zones=zones)
    chain = [
        Event(
            id=f"v{i}", type="State", start=11 * i + 4, end=11 * i + 9, status="actual", via=f"v{i + 1}", arguments=[]
        )
        for i in range(number)
    ]
    chain[-1].via = None
    arguments = [[Argument(role="Agent", entity="e1")] for _ in range(6_000)]
    events = [msgspec.structs.replace(e, arguments=own, via=None) for e, own in zip(chain, arguments, strict=False)]
    mentions = [Mention(id=f"m{i}", start=11 * i, end=11 * i + 3, form="NAM", entity="e1") for i in range(6_000)]
    entities = [Entity(id="e1", type="PER", name="Ada")]
    started = time.process_time()
    found = AnnotatedArticle(Prediction(id="a", events=chain, entities=[]), ArticleText(article, text))
    assert check_annotation(found, "predictions") == []
    item = AnnotatedArticle(Prediction(id="a", mentions=mentions, entities=entities, events=events), found.article_text)
    assert [item.argument_span(e.arguments[0], e) for e in events[:3]] == [(0, 3), (11, 14), (22, 25)]
    assert {item.argument_span(e.arguments[0], e) for e in events} == {m.span for m in mentions}
    assert time.process_time() - started < 8


def test_a_pull_that_was_killed_before_it_described_the_pass_leaves_the_dataset_usable(small: Path) -> None:
    (small / "raw" / "annotator-9" / "labelstudio").mkdir(parents=True)
    record = (small / "raw" / "annotator-1" / "harbour-talks.json").read_text("utf-8")
    own = record.replace('"annotator-1"', '"annotator-9"')
    (small / "raw" / "annotator-9" / "harbour-talks.json").write_text(own, "utf-8")
    corpus, findings = check_corpus(small)
    assert [f.rule for f in findings if not f.is_error] == ["unlisted-pass"]
    assert corpus is not None and list(corpus.raw) == ["annotator-1", "annotator-2"]


def test_a_control_character_in_an_article_is_a_warning(small: Path) -> None:
    text = (small / "articles" / "harbour-talks.txt").read_bytes().replace(b"Photo", b"Pho\x1bto", 1)
    text = text.replace(b"Lena ", b"Lena", 1)  # as long as before
    (small / "articles" / "harbour-talks.txt").write_bytes(text)
    old = load_corpus(SMALL).articles["harbour-talks"].sha256
    new = hashlib.sha256(text).hexdigest()
    for path in [small / "articles.jsonl", *small.glob("gold/*.json"), *small.glob("raw/*/*.json")]:
        path.write_text(path.read_text("utf-8").replace(old, new), "utf-8")
    corpus, findings = check_corpus(small)
    assert corpus is not None
    assert [(f.rule, f.severity, f.file) for f in findings] == [
        ("control-character", "warning", "articles/harbour-talks.txt")
    ]


@pytest.mark.parametrize(
    ("value", "right"),
    [
        ("2031-03-07T24:00", True),  # midnight at the end of the day (ISO 8601-1)
        ("2031-03-07T24", True),
        ("2031-03-07T24:01", False),
        ("2031-03-07T25:00", False),
        ("2031-02-29", False),
        ("2032-02-29", True),
        ("2031-13-01", False),
    ],
)
def test_days_and_hours_are_those_of_the_calendar_and_clock(value: str, right: bool) -> None:
    assert _is_time_value(value) is right
