"""Invented stories: adding one with its articles, what is checked, what is counted, and the rows of its config."""

import json
import re
import shutil
from pathlib import Path

import msgspec
import pytest
from datasets import load_dataset

from conftest import ROOT, TESTS, run, tree
from parley.api import load
from parley.checks import check_corpus, load_corpus
from parley.corpus import OUTLET_KINDS, Outlet
from parley.dataset.build import build
from parley.dataset.progress import progress
from parley.dataset.variety import check_variety, measure, together
from parley.leaderboard.records import COMMENT, Leaderboard
from parley.model import Document
from parley.new_article import zone_plan
from parley.pages.article import Shown, shown
from parley.pages.html import Site, notice
from parley.pages.site import make_site
from parley.pages.story import story_page, tell

STORIES = TESTS / "stories"


@pytest.fixture
def stories(tmp_path: Path) -> Path:
    """A copy of the corpus of two stories that a test may change: one article of three is annotated."""
    return Path(shutil.copytree(STORIES, tmp_path / "stories"))


def draft(folder: Path, **changes: object) -> Path:
    """A story folder as a writer leaves it, with changes to the story."""
    story = {
        "id": "weir",
        "title": "A weir is opened",
        "kind": "water dispute",
        "stage": "talks",
        "calendar": "2 June 2031 is a Monday",
        "world": [{"id": "w1", "kind": "state", "name": "Tavelmo", "variants": [], "side": None}],
        "events": [
            {"id": "h1", "what": "Tavelmo opens the weir.", "when": "2031-06-02", "numbers": "", "part_of": None}
            | {"who": ["w1"], "to_whom": [], "where": [], "status": "undisputed", "claimed_by": [], "denied_by": []}
        ],
        "positions": [],
        "outlets": [
            {"article": "weir-1", "name": "Weir Post", "kind": "paper", "side": "w1", "date": "2031-06-03"}
            | {"knows": "h1", "leaves_out": "why", "slant": "plain"}
        ],
    } | changes
    folder.mkdir()
    (folder / "story.json").write_text(json.dumps(story), "utf-8")
    (folder / "zones.json").write_text('{"weir-1": {"headline": "1", "credit": "2, 4", "body": "3"}}', "utf-8")
    (folder / "weir-1.txt").write_text("Weir opens\nBy Lu Ann\nThe weir in Tavelmo is open.\n(Ends)\n", "utf-8")
    return folder


def add(folder: Path, data: Path, split: str = "validation") -> tuple[int, str]:
    origin = ("--provenance", "Invented for tests.", "--licence", "CC0-1.0")
    done = run("annotate", "add-story", folder, "--split", split, *origin, data=data)
    return done.exit_code, done.stderr


def test_zones_in_any_order_become_a_plan() -> None:
    assert zone_plan({"credit": "2,11", "body": "3-10", "headline": "1"}) == "headline=1,credit=2,body=3-10,credit=11"
    assert zone_plan({"body": "4-6,8-11", "notice": "7"}) == "body=4-6,notice=7,body=8-11"


def test_a_story_is_added_with_its_articles(stories: Path, tmp_path: Path) -> None:
    folder = draft(tmp_path / "weir")
    (folder / "phenomena.json").write_text('{"weir-1": ["agentless-passive"]}', "utf-8")
    code, says = add(folder, stories)
    assert (code, "added the story weir with 1 article" in says) == (0, True), says
    corpus = load_corpus(stories, partial=True)
    article = corpus.articles["weir-1"]
    assert (article.story, article.origin, article.split) == ("weir", "authored", "validation")
    assert article.outlet == Outlet(kind="paper", name="Weir Post", side="Tavelmo")
    assert (article.title, article.date.value, article.phenomena) == ("Weir opens", "2031-06-03", ["agentless-passive"])
    # lines of 11, 10, 29 and 7 code points with their ends
    assert [(z.zone, z.start, z.end) for z in article.zones] == [
        ("headline", 0, 11),
        ("credit", 11, 21),
        ("body", 21, 50),
        ("credit", 50, 57),
    ]
    assert corpus.stories["weir"].canary == corpus.info.canary
    before = tree(stories)
    code, says = add(folder, stories)
    assert code and "is in" in says and tree(stories) == before


@pytest.mark.parametrize(
    ("changes", "file", "says"),
    [
        ({"title": ""}, None, "bad-value"),
        ({"id": "coast"}, None, "coast is in"),
        ({"world": [{"id": "w1", "kind": "state", "name": "Chad", "variants": [], "side": None}]}, None, "real-name"),
        ({"world": [{"id": "w1", "kind": "state", "name": "Hurn", "variants": [], "side": None}]}, None, "shared-name"),
        ({}, ("zones.json", "{}"), "bad-zones"),
        ({}, ("weir-2.txt", "Weir closed\n"), "there is no outlet of the story with the article 'weir-2'"),
        ({}, ("phenomena.json", '{"weir-2": []}'), "there is no outlet of the story with the article 'weir-2'"),
        ({}, ("zones.json", "[]"), "wrong-type"),
        ({}, ("zones.json", '{"weir-1": {"heading": "1-4"}}'), "is no zone"),
        ({}, ("phenomena.json", '{"weir-1": ["joke"]}'), "'joke' is not a value of phenomena"),
        ({}, ("weir-1.txt", None), "missing-file"),
    ],
)
def test_nothing_is_added_if_anything_is_wrong(
    changes: dict[str, object], file: tuple[str, str | None] | None, says: str, stories: Path, tmp_path: Path
) -> None:
    folder, before = draft(tmp_path / "weir", **changes), tree(stories)
    if file and file[1] is None:
        (folder / file[0]).unlink()
    elif file:
        (folder / file[0]).write_text(str(file[1]), "utf-8")
    code, message = add(folder, stories)
    assert (code, says in message) == (code or 1, True), message
    assert {path: data for path, data in tree(stories).items() if path != ".articles.lock"} == before


def test_the_two_stories_are_clean_but_for_gold() -> None:
    corpus, findings = check_corpus(STORIES)
    assert [(f.rule, f.file) for f in findings] == [
        ("missing-article", "gold/coast-2.json"),
        ("missing-article", "gold/ridge-1.json"),
    ]
    assert corpus is not None and list(corpus.stories) == ["coast", "ridge"]
    assert [article.id for article in corpus.told_by("coast")] == ["coast-1", "coast-2"]


def test_an_authored_article_needs_its_story_and_a_found_one_does_not(stories: Path) -> None:
    (stories / "stories/ridge.json").unlink()
    found = [str(f) for f in check_corpus(stories)[1] if f.is_error]
    assert found == [
        "articles.jsonl:3 $.story  dangling-id  there is no story 'ridge'; add it, or name one that is there"
    ]
    listing = stories / "articles.jsonl"
    lines = listing.read_text("utf-8").splitlines()
    lines[2] = lines[2].replace('"origin": "authored"', '"origin": "found"')
    listing.write_text("\n".join(lines) + "\n", "utf-8")
    assert not [f for f in check_corpus(stories)[1] if f.is_error]


@pytest.mark.parametrize(
    ("name", "find", "put", "expected"),
    [
        ("stories/coast.json", '"id": "coast",', '"id": "coast"', ("bad-json", "stories/coast.json", None)),
        ("stories/coast.json", '"id": "coast"', '"id": "ridge"', ("wrong-file-name", "stories/coast.json", None)),
        ("articles.jsonl", '{"id": "coast-1"', '\ufeff{"id": "coast-1"', ("byte-order-mark", "articles.jsonl", 1)),
        ("articles.jsonl", '"split": "train"', '"split": 3', ("unknown-label", "articles.jsonl", 1)),
        ("articles.jsonl", '"id": "coast-2"', '"id": "coast-1"', ("duplicate-article", "articles.jsonl", 2)),
        ("articles.jsonl", "2031-03-03", "2031-02-30", ("bad-date", "articles.jsonl", 1)),
        ("articles.jsonl", '"Ridge Courier"}}\n', '"Ridge', ("bad-json", "articles.jsonl", 3)),
        ("articles.jsonl", '"sha256": "c54', '"sha256": "b54', ("article-changed", "articles/coast-1.txt", None)),
        ("articles.jsonl", None, "", ("missing-file", "articles.jsonl", None)),
        ("stories", None, None, ("missing-file", "stories", None)),
    ],
)
def test_what_cannot_be_read_is_one_finding_and_nothing_that_refers_to_it(
    name: str, find: str | None, put: str | None, expected: tuple[str, str, int | None], stories: Path
) -> None:
    path = stories / name
    if put is None:
        shutil.rmtree(path)
    elif find is None:
        path.write_text(put, "utf-8")
    else:
        text = path.read_text("utf-8")
        assert find in text
        path.write_text(text.replace(find, put, 1), "utf-8")
    found = check_corpus(stories)[1]
    assert [(f.rule, f.file, f.line) for f in found if f.is_error] == [expected]


def test_a_lost_line_is_to_be_restored_and_nothing_is_to_be_removed(stories: Path) -> None:
    listing = stories / "articles.jsonl"
    listing.write_text("".join(listing.read_text("utf-8").splitlines(keepends=True)[1:]), "utf-8")  # coast-1
    assert [(f.file, f.suggestion) for f in check_corpus(stories)[1] if f.is_error] == [
        ("stories/coast.json", "add its line there, or correct the id"),
        ("gold/coast-1.json", "add its line there, or correct the id"),
    ]


def test_a_dataset_without_articles_can_be_begun(stories: Path) -> None:
    for part in ("articles", "gold", "stories"):
        shutil.rmtree(stories / part)
    (stories / "articles.jsonl").write_text("", "utf-8")
    registry = json.loads((stories / "registry.json").read_text("utf-8"))
    (stories / "registry.json").write_text(json.dumps({**registry, "entries": []}), "utf-8")
    assert check_corpus(stories)[1] == []


def test_a_long_name_makes_no_long_message(stories: Path) -> None:
    path = stories / "stories/coast.json"
    path.write_text(path.read_text("utf-8").replace('"Lantry Wire"', json.dumps("Lantry" * 20_000)), "utf-8")
    (found,) = (f for f in check_corpus(stories)[1] if f.is_error)
    assert (found.rule, len(str(found)) < 700) == ("story-article", True)


def test_an_event_may_be_dated_in_words(stories: Path) -> None:
    path = stories / "stories/coast.json"
    whole = path.read_text("utf-8")
    for when in ("never", "during the war", "4-5 March", "2032-01", "2036-02-29 06:00 to 2036-03-01"):  # a leap year
        path.write_text(whole.replace('"when": "2031-03-02"', f'"when": "{when}"', 1), "utf-8")
        assert not [f for f in check_corpus(stories)[1] if f.is_error], when


@pytest.mark.parametrize(
    ("events", "entities", "expected"),
    [
        ("coast", "coast/w1", []),  # an event that the facts do not list
        ("ridge", "coast/w1", ["story-other"]),
        ("ridge/w1", "coast/w1", ["wrong-kind", "story-other"]),
        (None, "coast/w1", ["story-unlinked"]),
        ("coast/h2", None, ["story-unlinked"]),
        ("coast/h2", "coast", []),  # another thing that has the name of one that is listed
        ("coast/h2", "ridge", ["story-other"]),
        ("coast/h9", "coast/w1", ["dangling-id"]),
    ],
)
def test_gold_is_linked_to_its_story(
    stories: Path, events: str | None, entities: str | None, expected: list[str]
) -> None:
    registry = stories / "registry.json"
    text = registry.read_text("utf-8")
    for name, other in (("coast/h2", events), ("coast/w1", entities)):
        text = re.sub(rf',\s*"story": "{name}"', "" if other is None else f', "story": "{other}"', text)
    registry.write_text(text, "utf-8")
    assert [f.rule for f in check_corpus(stories)[1] if f.rule != "missing-article"] == expected


def test_names_of_offices_and_common_nouns_may_be_in_several_stories(stories: Path) -> None:
    """Both stories have an Interior Ministry; "the navy" is no proper name."""
    path = stories / "stories/ridge.json"
    path.write_text(path.read_text("utf-8").replace("Interior Ministry", "the navy"), "utf-8")
    assert not [f for f in check_corpus(stories)[1] if f.is_error]


def annotation(article: str) -> dict[str, object]:
    """A line of predictions with nothing found."""
    return {"id": article, "mentions": [], "entities": [], "events": [], "stances": []}


def test_articles_without_gold_are_not_scored_and_this_is_said(stories: Path, tmp_path: Path) -> None:
    """Of the two articles of train one has gold. Systems answer both; one is scored."""
    file = tmp_path / "predictions.jsonl"
    assert run("predict", "empty", "--split", "train", "-o", file, data=stories).exit_code == 0
    assert [json.loads(line)["id"] for line in file.read_text("utf-8").splitlines()] == ["coast-1", "coast-2"]
    done = run("score", file, "--split", "train", "--json", "-o", tmp_path / "report.json", data=stories)
    assert done.exit_code == 0, done.stderr
    report = json.loads(done.stdout)
    assert (report["articles"], list(report["overall_per_article"])) == (1, ["coast-1"])
    assert report["note"].endswith("Articles of the split without gold, which are not scored: 1.")
    assert run("compare", file, file, "--split", "train", data=stories).exit_code == 0
    assert run("errors", file, "--split", "train", data=stories).exit_code == 0


def test_a_split_without_any_gold_is_not_scored(stories: Path, tmp_path: Path) -> None:
    file = tmp_path / "predictions.jsonl"
    file.write_text(json.dumps(annotation("ridge-1")) + "\n", "utf-8")
    done = run("score", file, "--split", "test", data=stories)
    assert (done.exit_code, "no article of the split 'test' has gold" in done.stdout + done.stderr) == (1, True), (
        done.output
    )


def test_articles_without_gold_can_be_built_counted_and_shown(stories: Path) -> None:
    for words in (["validate", stories], ["build", stories], ["stats", stories], ["build", stories, "--check"]):
        done = run(*words)
        assert done.exit_code == 0, done.stderr
    assert run("agreement", data=stories).exit_code == 2  # there are no passes


def built(folder: Path) -> Path:
    build(load_corpus(folder, partial=True))
    return folder


def test_a_row_a_story_with_what_is_linked_to_it(stories: Path) -> None:
    built(stories)
    (row,) = load("stories", "train", folder=stories)
    assert (row["id"], row["articles"], row["title"]) == ("coast", ["coast-1", "coast-2"], "A pier is shelled")
    kinds = load("stories", "train", folder=stories).features["world"].feature["kind"]
    shown = [(w["id"], kinds.int2str(w["kind"]), w["side"], w["registry"]) for w in row["world"]]
    assert shown[:3] == [
        ("w1", "state", None, ["ostrel"]),
        ("w2", "person", "w1", []),
        ("w3", "place", "w1", []),
    ]
    assert [(e["id"], e["who"], e["part_of"], e["registry"]) for e in row["events"]] == [
        ("h1", ["w4"], None, []),
        ("h2", ["w4"], "h1", ["coast-killing"]),
    ]
    assert row["outlets"][1]["name"] == "Voice of Ostrel" and row["positions"][0]["target"] == "w4"
    # The story is there though no article of it is annotated; rows of articles are not.
    assert [own["id"] for own in load("stories", "test", folder=stories)] == ["ridge"]
    assert len(load("documents", "test", folder=stories)) == 0
    for split in ("train", "test"):
        assert len(load_dataset(str(stories), "stories", split=split)) == 1


def test_rows_say_which_story_and_outlet_they_are_from(stories: Path) -> None:
    built(stories)
    wire = OUTLET_KINDS.index("wire")
    for config in ("documents", "entities", "events", "stance"):
        rows = load(config, "train", folder=stories)
        assert {(r["story"], r["origin"], r["outlet_kind"]) for r in rows} == {("coast", 1, wire)}, config
    document = load("documents", "train", folder=stories)[0]
    assert (document["outlet_name"], document["outlet_side"], document["phenomena"]) == ("Lantry Wire", None, [])
    clusters = {r["id"]: r for r in load("event_clusters", "train", folder=stories)}
    killing = clusters["coast-killing"]
    assert (killing["story"], killing["origin"], killing["outlet_kinds"]) == ("coast", 1, [wire])


def test_the_text_free_form_keeps_the_stories(stories: Path, tmp_path: Path) -> None:
    from parley.release.standoff import hydrate, strip

    for path, data in strip(stories).items():
        (tmp_path / "stripped" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "stripped" / path).write_bytes(data)
    hydrate(tmp_path / "stripped", stories / "articles", tmp_path / "whole", sources_only=True)
    assert load_corpus(tmp_path / "whole", partial=True).stories == load_corpus(stories, partial=True).stories


def test_variety_of_an_article_is_counted_by_hand() -> None:
    """coast-1: "Ostrel says navy shelled port" (5 words), "Two dockers were killed at dawn on Sunday, Ostrel said."
    (10): 15 words, 14 different (Ostrel twice), 14 pairs, all different. coast-2: 7 and 13 words, "were" twice.
    """
    first, second, _ = measure(load_corpus(STORIES, partial=True))
    assert (first.words, first.sentence_length, first.opening) == (15, 7.5, "ostrel says navy")
    assert (first.types, first.bigrams, first.paragraph_openings) == (14 / 15, 1.0, ["two dockers were"])
    assert (second.words, second.types, second.paragraph_openings) == (20, 19 / 20, ["two dockers were"])
    line = together("coast", [first, second])
    assert (line.words, line.shortest, line.longest, line.sentence_length) == (35, 15, 20, (7.5 + 10) / 2)
    # Two articles begin differently; of their two paragraphs, both begin "two dockers were".
    assert (line.openings, line.paragraph_openings) == (1.0, 1 / 2)
    assert (line.types, line.least_types) == (pytest.approx((14 / 15 + 19 / 20) / 2), 14 / 15)


def test_what_is_not_varied_enough_is_found(stories: Path, tmp_path: Path) -> None:
    """weir-1 begins as coast-1 does. Its body and that of coast-1 have 9 of 11 words in common (.82), with coast-2's 8
    of 14 (.57), which is less than .6.
    """
    assert check_variety(load_corpus(stories, partial=True)) == []
    folder = draft(tmp_path / "weir")
    body = "On Sunday at dawn two dockers were killed, Tavelmo said."
    (folder / "weir-1.txt").write_text(f"Ostrel says navy lied\nBy Lu Ann\n{body}\n(Ends)\n", "utf-8")
    assert add(folder, stories)[0] == 0
    found = check_variety(load_corpus(stories, partial=True))
    assert [(f.rule, f.file) for f in found] == [
        ("same-opening", "articles/weir-1.txt"),
        ("twin-sentence", "articles/weir-1.txt"),
    ]
    assert "'ostrel says navy', as 'coast-1' does" in found[0].message
    assert f"sentence 2, '{body}', has 0.82" in found[1].message and "'coast-1'" in found[1].message
    done = run("stats", "--variety", stories)
    assert (done.exit_code, "all authored" in done.stdout) == (1, True)


def test_an_article_that_repeats_itself_is_found(stories: Path, tmp_path: Path) -> None:
    """2 + 10 words, of which the, weir, is, open, opens: 5 of 12 (.417). Of 11 pairs 6 are different (.545): weir opens,
    opens the, the weir, weir the, weir is, is open.
    """
    folder = draft(tmp_path / "weir")
    text = "Weir opens\nBy Lu Ann\nThe weir the weir the weir the weir is open.\n(Ends)\n"
    (folder / "weir-1.txt").write_text(text, "utf-8")
    assert add(folder, stories)[0] == 0
    found = [f.message for f in check_variety(load_corpus(stories, partial=True))]
    assert found == [
        "different words are 0.417 of the first 200 words, less than 0.62",
        "different pairs of words are 0.545 of the first 200 words, less than 0.94",
    ]


def test_progress_of_each_story() -> None:
    """coast-1 and coast-2 have 22 and 20 words, credits included; coast-1 has gold; of h1 and h2 the registry has h2."""
    coast, ridge = progress(load_corpus(STORIES, partial=True))
    assert (coast.story, coast.split, coast.origin, coast.articles, coast.words) == (
        "coast",
        "train",
        "authored",
        2,
        42,
    )
    assert (coast.passes, coast.adjudicated, coast.told, coast.events) == ({}, 1, 1, 2)
    assert (ridge.story, ridge.adjudicated, ridge.told, ridge.events) == ("ridge", 0, 0, 1)


def test_stats_of_stories_are_a_table_or_json() -> None:
    shown, as_json = run("stats", "--stories", STORIES), run("stats", "--stories", "--json", STORIES)
    assert shown.exit_code == 0 and "1 of 2" in shown.stdout
    assert [line["story"] for line in json.loads(as_json.stdout)] == ["coast", "ridge"]
    assert set(json.loads(run("stats", "--variety", "--json", STORIES).stdout)) == {"articles", "stories", "findings"}
    assert run("stats", "--stories", "--variety", STORIES).exit_code == 2


def test_the_real_articles_tell_one_story_that_is_found() -> None:
    corpus = load_corpus(ROOT / "data", gold=False, raw=False)
    found = [article for article in corpus.articles.values() if article.origin == "found"]
    assert {article.story for article in found} == {"thailand-cambodia-2025-12"}
    assert len(found) == 2


def test_a_page_holds_what_happened_against_what_each_outlet_tells() -> None:
    """coast-1: "Two dockers were killed …, Ostrel said." Here coast-2 says in its own voice that they were not."""
    corpus = check_corpus(STORIES)[0]
    assert corpus is not None
    one = shown(corpus, "coast-1")
    record = msgspec.to_builtins(corpus.gold["coast-1"])
    killed = next(event for event in record["events"] if event["id"] == "v3")
    killed["status"], killed["via"] = "negated", None
    denial = msgspec.convert(record | {"id": "coast-2", "stances": []}, Document)
    two = Shown(corpus.articles["coast-2"], corpus.texts["coast-1"], denial, corpus.entries)
    told = tell(corpus.stories["coast"], [two, one])
    assert [report.article.id for report in told.reports] == ["coast-1", "coast-2"]
    pier, killing = told.facts
    assert pier.told == [[], []] and pier.clashes == []
    assert [[telling.words for telling in own] for own in killing.told] == [
        ["Ostrel: “killed”, actual (no agent → dockers)"],
        ["the article: “killed”, negated (no agent → dockers)"],
    ]
    first, second = (report.outlet.name for report in told.reports)
    assert killing.clashes == [
        (
            f"{first}: Ostrel: “killed”, actual (no agent → dockers)",
            f"{second}: the article: “killed”, negated (no agent → dockers)",
            "status",
        )
    ]
    page = story_page(Site(), told, notice(corpus), "stories/coast.html")
    assert page.count("No article tells it.") == 1 and "A pier is shelled" in page  # that of the pier
    assert page.count('href="../articles/coast-1.html#trigger-v3"') == 1


def test_only_a_dataset_with_annotated_stories_has_pages_of_them() -> None:
    corpus = check_corpus(STORIES)[0]
    assert corpus is not None
    leaderboard = Leaderboard(comment=COMMENT, boards=[])
    made = make_site(leaderboard, Path(), "", corpus)
    assert {"stories.html", "stories/coast.html"} <= made.keys() and "stories/ridge.html" not in made
    assert b'href="stories.html"' in made["index.html"]
    bare = make_site(leaderboard, Path(), "", msgspec.structs.replace(corpus, gold={}))
    assert "stories.html" not in bare and b"stories.html" not in bare["index.html"]
