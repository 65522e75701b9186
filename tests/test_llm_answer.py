"""Answers of language models: the gold comes back whole, and a bad answer costs its items, never the run."""

import json
import re
import time
from typing import Any

import msgspec
import pytest

from conftest import ROOT, SMALL
from parley.checks import check_predictions, load_corpus
from parley.llm.answer import Answer, read
from parley.llm.form import PARTS, parts_for, schema
from parley.llm.prompt import (
    Options,
    conversations,
    examples,
    system_message,
    template_sha256,
    windows,
    worked_examples,
)
from parley.llm.windows import join, prefixed
from parley.model import Prediction
from parley.notation import write_notation
from parley.quotes import QuoteDocument, resolve, to_quotes
from parley.scoring import score
from parley.task import tasks

CORPUS = load_corpus(SMALL)
ARTICLE, TEXT = CORPUS.articles["harbour-talks"], CORPUS.texts["harbour-talks"]
QUOTED: dict[str, Any] = json.loads((SMALL / "harbour-talks.quotes.json").read_text("utf-8"))
LISTS = {name: QUOTED.get(name, []) for lists in PARTS.values() for name in lists}
LINES = write_notation(msgspec.convert(QUOTED, QuoteDocument))
GOLD = read([[LINES]], ARTICLE, TEXT)


def filled(value: Any, form: dict[str, Any]) -> Any:
    """Return an answer as structured output gives it: every field there, null where it is absent."""
    if isinstance(value, list):
        return [filled(item, form["items"]) for item in value]
    if isinstance(value, dict):
        return {name: filled(value.get(name), field) for name, field in form["properties"].items()}
    return value


def answer(text: str, form: str = "json", **options: Any) -> Answer:
    """Read one answer to the article; what comes of it must pass `parley check`, and soon."""
    start = time.monotonic()
    made = read([[text]], ARTICLE, TEXT, form=form, **options)
    assert time.monotonic() - start < 20
    assert not any(each.is_error for each in made.findings)
    return made


@pytest.fixture(scope="module")
def corpus() -> Any:
    return load_corpus(ROOT / "data", raw=False)


@pytest.mark.parametrize("form", ["json", "lines"])
def test_gold_comes_back_whole(form: str, corpus: Any, tmp_path: Any) -> None:
    """The gold of the validation split, written as an answer in the form of structured output and in lines, scores 1."""
    predictions = {}
    for name in corpus.split("validation"):
        quoted = to_quotes(corpus.gold[name], corpus.articles[name], corpus.texts[name])
        said = write_notation(quoted) if form == "lines" else json.dumps(filled(msgspec.to_builtins(quoted), schema()))
        made = read([[said]], corpus.articles[name], corpus.texts[name], form=form)
        assert made.dropped == {}
        predictions[name] = made.prediction
    report = score(corpus, predictions, "validation", system="x")
    assert report.overall.parts == {"entities": 1, "events": 1, "stance": 1}
    file = tmp_path / "p.jsonl"
    file.write_bytes(b"".join(msgspec.json.encode(p) + b"\n" for p in predictions.values()))
    assert [str(f) for f in check_predictions(file, corpus, "validation")[1] if f.is_error] == []


@pytest.mark.parametrize(
    "around", ["{}", "```json\n{}\n```", "Sure! Here it is:\n\n```\n{}\n```\nAnything else?", "The answer: {} Done."]
)
def test_what_stands_around_an_answer_is_skipped(around: str) -> None:
    assert answer(around.replace("{}", json.dumps(LISTS))).prediction == GOLD.prediction
    assert answer(around.replace("{}", json.dumps({"annotation": [LISTS]}))).prediction == GOLD.prediction
    prose = around.replace("The answer: {} Done.", "The answer:\n{}\nDone.").replace("json", "")
    assert answer(prose.replace("{}", LINES), "lines").prediction == GOLD.prediction


@pytest.mark.parametrize(
    "said",
    [
        '<think>{"entities": [{"id": "draft"}]}</think>' + json.dumps(LISTS),
        'In {curly} style: {"a": 1}. ' + json.dumps(LISTS),
        "\n".join(json.dumps({name: items}) for name, items in LISTS.items()),
    ],
)
def test_json_is_found_wherever_it_stands(said: str) -> None:
    assert answer(said).prediction == GOLD.prediction


@pytest.mark.parametrize(
    "said",
    [
        "<think>\n" + LINES + "</think>\n" + LINES,
        "\ufeff" + LINES,
        LINES.replace(" ", "\t"),
        LINES.replace("\n", "\r\n"),
        re.sub("^([a-z] )", r"- \1", LINES, flags=re.MULTILINE),
        re.sub("^(# .*)", r"```\n\nThis sentence:\n```\n\1", LINES, flags=re.MULTILINE),
        re.sub('"(.*?)"', r"“\1”", LINES),
        re.sub('"(.*?)"', r"«\1»", LINES),
    ],
)
def test_lines_are_found_wherever_they_stand(said: str) -> None:
    made = answer(said, "lines")
    assert made.prediction == GOLD.prediction and made.dropped == {}


@pytest.mark.parametrize(
    ("said", "form", "message"),
    [
        ("", "lines", "no line of the notation"),
        ("I cannot.", "json", "one of the lists entities, values, propositions, events, stances"),
        (json.dumps(LISTS["entities"]), "json", "one of the lists entities"),
        (json.dumps(LISTS)[:-100], "json", "--repair"),
        ("x" * 1_000_001, "lines", "more than 1,000,000 characters"),
    ],
)
def test_an_answer_that_is_not_read_is_said(said: str, form: str, message: str) -> None:
    made = answer(said, form)
    assert made.dropped == {"unread-answer": 1} and message in str(made.findings[0])


def test_lines_that_are_skipped_are_said() -> None:
    made = answer("Sure!\nM e1 NAM government\n" + LINES, "lines")
    assert "2 lines of other text skipped, such as 'Sure!'" in str(made.findings[0]) and made.dropped == {}


def test_a_finding_names_the_line_of_the_answer() -> None:
    """The fourth line has no sentence before it; what comes before an answer counts, too."""
    (wrong,) = (f for f in answer('<think>\n</think>Sure!\n\nt t1 State actual "x"', "lines").findings if f.line)
    assert (wrong.rule, wrong.line) == ("line-notation", 4)


def test_answers_to_one_part_after_the_other_are_put_together() -> None:
    said = [json.dumps({name: LISTS[name] for name in PARTS[part]}) for part in PARTS]
    steps = [(part,) for part in PARTS]
    assert read([said], ARTICLE, TEXT, form="json", steps=steps).prediction == GOLD.prediction


def test_only_what_was_asked_for_is_read() -> None:
    parts = parts_for(["events"])
    made = answer(json.dumps(LISTS), parts=parts, layers=["events"])
    assert made.prediction.attempted == ["events"] and made.prediction.stances is None
    assert made.prediction.events == GOLD.prediction.events


def changed(layer: str, i: int, **fields: Any) -> str:
    value = json.loads(json.dumps(LISTS))
    value[layer][i] |= fields
    return json.dumps(value)


@pytest.mark.parametrize(
    ("said", "rule", "lost"),
    [
        (changed("events", 0, type="Attack"), "unknown-label", {"events": 1}),
        (changed("events", 0, status=None), "missing-field", {"events": 1}),
        (changed("events", 0, sentence="1"), "wrong-type", {"events": 1}),
        (changed("events", 0, sentence=True), "wrong-type", {"events": 1}),
        (changed("events", 0, id="1"), "bad-value", {"events": 1}),
        (changed("events", 0, sentence=float("nan")), "missing-field", {"events": 1}),
        (changed("events", 0, sentence=99), "sentence-not-there", {"events": 1}),
        (changed("events", 1, id=LISTS["events"][0]["id"]), "duplicate-id", {"events": 1}),
        (changed("events", 0, mood="bad"), "unknown-field", {}),
        (changed("events", 0, via="nobody"), "left-out", {}),
        (changed("events", 0, same_as="nobody"), None, {}),
        (json.dumps(LISTS | {"events": [*LISTS["events"], None, 7, "x", []]}), "wrong-type", {}),
        (json.dumps(LISTS | {"stances": "none"}), "wrong-type", {"stances": len(LISTS["stances"])}),
        (json.dumps(LISTS | {"stances": {"s1": LISTS["stances"][0]}}), "wrong-type", {"stances": len(LISTS["stances"])}),
    ],
)  # fmt: skip
def test_a_wrong_item_costs_itself(said: str, rule: str | None, lost: dict[str, int]) -> None:
    made = answer(said)
    for layer in ("mentions", "events", "stances"):
        kept = len(getattr(made.prediction, layer))
        hanging = 5 if lost and layer == "stances" else 0  # what the lost event carries
        assert len(getattr(GOLD.prediction, layer)) - lost.get(layer, 0) - hanging <= kept
        assert kept <= len(getattr(GOLD.prediction, layer)) - (lost.get(layer, 0) if layer == "events" else 0)
    assert rule is None or rule in made.dropped


@pytest.mark.parametrize("form", ["json", "lines"])
@pytest.mark.parametrize(
    "said",
    [
        "",
        "I cannot help with that.",
        "{" * 10_000,
        '{"events":' * 10_000,
        "[" * 100_000 + "]" * 100_000,
        '{"events": [' + '{"a":' * 10_000 + "1" + "}" * 10_000 + "]}",
        "x" * 5_000_000,
        json.dumps(LISTS)[:-100],
        '{"events": ' + "9" * 5000 + "}",
        '{"events": [{"sentence": 1e999, "quote": "\\ud800", "id": "\\u0000"}]}',
        "null",
        "[]",
        "```json\n```",
        "t " + '"\\' * 900,
        "\n".join(f't t{i} State actual "' + '\\"' * 400 for i in range(300)),
        "\x00\u202e\ud800",
    ],
)
def test_a_hostile_answer_gives_an_empty_prediction(said: str, form: str) -> None:
    made = answer(said, form)
    assert (made.prediction.mentions, made.prediction.events, made.prediction.stances) == ([], [], [])


@pytest.mark.parametrize("form", ["json", "lines"])
def test_an_answer_that_repeats_itself_is_read_in_time(form: str) -> None:
    """Thirty thousand items, all with ids of their own, all in one place."""
    event = {"type": "State", "status": "actual", "via": None, "arguments": [], "sentence": 1, "quote": "meet"}
    if form == "json":
        said = json.dumps({"events": [event | {"id": f"t{i}"} for i in range(8000)]})
    else:
        said = "# 1\n" + "\n".join(f't t{i} State actual "meet"' for i in range(30_000))
    made = answer(said, form)
    assert made.prediction.events is not None and len(made.prediction.events) == 1


def test_cut_off_json_is_closed_only_when_asked_for() -> None:
    said = json.dumps(LISTS)
    cut = said[: said.index('"events"') + 400]
    assert answer(cut).prediction.mentions == []
    made = answer(cut, repair=True)
    assert made.prediction.entities == GOLD.prediction.entities
    assert "repaired-answer" in {each.rule for each in made.findings}
    made = answer(json.dumps(LISTS)[:-1] + ",}", repair=True)
    assert made.prediction == GOLD.prediction
    lines = LINES[: LINES.index("# 4")]  # cut-off lines need no repair
    assert answer(lines, "lines").prediction.mentions


def test_quotations_are_counted() -> None:
    """Of the article's quotations one is made loose, one folded, one lost: by hand, exact is the rest."""
    value = json.loads(json.dumps(LISTS))
    total = sum(1 for _ in filter(lambda at: at == "quote", _keys(value)))
    mentions = [m for e in value["entities"] for m in e["mentions"]]
    long = max(mentions, key=lambda m: len(m["quote"]))
    long["quote"] = long["quote"][:-3] + long["quote"][-2:]
    value["events"][-1]["quote"] = "zzz"
    counts = answer(json.dumps(value)).quotations
    assert counts.exact + counts.folded + counts.moved + counts.loose + counts.dropped == total
    assert counts.dropped >= 1 and counts.drop_rate == counts.dropped / total


def _keys(node: Any) -> Any:
    if isinstance(node, dict):
        yield from node
        node = list(node.values())
    if isinstance(node, list):
        for item in node:
            yield from _keys(item)


# form and prompt -------------------------------------------------------------------------------------------


def test_the_form_holds_nothing_that_providers_refuse() -> None:
    """Keywords of the structured output of the large providers, in common; every field required, no other field."""
    allowed = {"type", "enum", "items", "properties", "required", "additionalProperties"}

    def walk(node: dict[str, Any]) -> None:
        assert set(node) <= allowed
        if "properties" in node:
            assert node["required"] == list(node["properties"]) and node["additionalProperties"] is False
            for field in node["properties"].values():
                walk(field)
        if "items" in node:
            walk(node["items"])

    for layers in (["entities"], ["events"], ["stance"], list(PARTS)):
        made = schema(layers)
        walk(made)
        assert len(json.dumps(made)) < 8000


def given(corpus: Any, split: str) -> list[Any]:
    rows = [
        {"id": a.id, "text": corpus.texts[a.id], "zones": map(msgspec.structs.asdict, a.zones), "date": a.date.value}
        for a in (corpus.articles[name] for name in corpus.split(split))
    ]
    return tasks(rows)


@pytest.mark.parametrize("form", ["json", "lines"])
@pytest.mark.parametrize("passes", ["whole", "layers"])
def test_a_prompt_holds_the_article_and_no_gold(form: Any, passes: Any, corpus: Any) -> None:
    options = Options(form=form, passes=passes, shots=3)
    for task in given(corpus, "validation")[:3]:
        (made,) = conversations(task, options)
        sent = json.dumps(made.messages + made.requests, ensure_ascii=False)
        assert corpus.info.canary not in sent
        first = task.sentences[0]
        assert f"1. {task.text[first.start : first.end]}" in made.requests[0]
        assert len(made.requests) == len(options.steps)
        assert len(made.messages) == 2 + 2 * len(options.steps) * 3


def test_examples_are_right_answers() -> None:
    """Each passage of WORKED.md has eight sentences; its JSON and its lines give the same lists, by layer and whole."""
    assert [len(example.sentences) for example in worked_examples()] == [8, 8, 8, 8]
    for passes in ("whole", "layers"):
        for lines, value in zip(
            examples(Options(shots=4, passes=passes)),
            examples(Options(shots=4, passes=passes, form="json")),
            strict=True,
        ):
            assert [asked for asked, _ in lines] == [asked for asked, _ in value]
            assert all(json.loads(said) for _, said in value)
    with pytest.raises(ValueError, match="0 to 4 examples"):
        examples(Options(shots=5))


def test_the_hash_is_that_of_what_is_sent() -> None:
    hashes = [
        template_sha256(options)
        for options in (Options(), Options(shots=0), Options(form="json"), Options(passes="layers"))
    ]
    assert len(set(hashes)) == 4 and hashes[0] == template_sha256(Options(window=10))
    assert "stance" not in system_message(Options(parts=("entities",))).casefold()


# windows ---------------------------------------------------------------------------------------------------


def test_windows_cover_the_article_and_overlap() -> None:
    """By hand: 10 sentences in windows of 6 that share 2 are 1–6 and 5–10; 11 need 9–11 too, as 11 is in no other."""
    assert windows(10, Options(window=6, overlap=2)) == [range(1, 7), range(5, 11)]
    assert windows(11, Options(window=6, overlap=2)) == [range(1, 7), range(5, 11), range(9, 12)]
    assert windows(6, Options(window=6)) == windows(6, Options()) == [range(1, 7)]


def test_windows_are_joined_by_what_they_share() -> None:
    """The article sent twice: what the second answer marks is what the first marked, whatever its ids."""
    made = read([[LINES], [LINES]], ARTICLE, TEXT)
    assert made.dropped == {}
    twice, once = made.prediction, GOLD.prediction
    assert [m.span for m in twice.mentions or ()] == [m.span for m in once.mentions or ()]
    assert [(e.span, e.type, e.same_as and e.same_as.removeprefix("w1.")) for e in twice.events or ()] == [
        (e.span, e.type, e.same_as) for e in once.events or ()
    ]
    assert len(twice.stances or ()) == len(once.stances or ())
    one = {len([m for m in once.mentions or () if m.entity == e.id]) for e in once.entities or ()}
    assert {len([m for m in twice.mentions or () if m.entity == e.id]) for e in twice.entities or ()} == one


def test_ids_of_a_window_begin_with_its_number() -> None:
    value = {
        "id": "t1",
        "via": None,
        "arguments": [{"role": "Time", "value": "v1"}],
        "value": "2031",
        "holder": "AUTHOR",
    }
    assert prefixed(value, "w2.") == {
        "id": "w2.t1", "via": None, "arguments": [{"role": "Time", "value": "w2.v1"}], "value": "2031", "holder": "AUTHOR",
    }  # fmt: skip


def test_one_document_is_joined_to_itself() -> None:
    document, _ = resolve(msgspec.convert(QUOTED, QuoteDocument), ARTICLE, TEXT, annotator="a", canary="c")
    assert document is not None and join([document]) == document
    assert isinstance(GOLD.prediction, Prediction)
