"""Adding and annotating an article by the commands, as the contributor's recipe says."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from conftest import ROOT, SMALL
from parley.checks import check_corpus, load_corpus
from parley.cli.app import app
from parley.findings import FindingsError
from parley.new_article import parse_zones

RUN = CliRunner()
PLANS = {
    "talks-to-revive-ceasefire": "credit=1,body=2-",
    "talks-agreed-clashes-erupt": "headline=1,standfirst=2,body=3-8,notice=9,related=10-",
}


@pytest.mark.parametrize("identifier", PLANS)
def test_zones_of_the_real_articles(identifier: str) -> None:
    corpus = load_corpus(ROOT / "data", gold=False, raw=False)
    assert parse_zones(PLANS[identifier], corpus.texts[identifier]) == corpus.articles[identifier].zones


@pytest.mark.parametrize(
    ("plan", "says"),
    [
        ("headline=1,body=3", "line 2"),
        ("headline=1,body=2-9", "ends after line 3, the last"),
        ("headline=1", "before line 2"),
        ("heading=1,body=2-", "zones are credit, headline"),
        ("headline", "ZONE=LINE"),
        ("", "ZONE=LINE"),
    ],
)
def test_wrong_zones(plan: str, says: str) -> None:
    with pytest.raises(FindingsError, match=says):
        parse_zones(plan, "one\ntwo\nthree\n")


def add(folder: Path, name: str, *more: str) -> list[str]:
    options = ["--date", "2031-03-05", "--reason", "Invented.", "--provenance", "Invented.", "--licence", "CC0-1.0"]
    return ["annotate", "add", str(folder / "articles" / name), *options, "--data", str(folder), *more]


def test_an_article_from_nothing_to_gold(small: Path) -> None:
    (small / "articles/envoys.txt").write_text("Envoys meet\nNorland’s envoys met on 4 March 🕊.\n", "utf-8")
    added = RUN.invoke(app, add(small, "envoys.txt", "--zones", "headline=1,body=2", "--split", "test"))
    assert added.exit_code == 0, added.output
    row = json.loads((small / "articles.jsonl").read_text("utf-8").splitlines()[-1])
    assert (row["title"], row["zones"][1]) == ("Envoys meet", {"zone": "body", "start": 12, "end": 47})
    listed = RUN.invoke(app, ["annotate", "sentences", "envoys", "--data", str(small)])
    assert listed.stdout.splitlines()[1] == "2\tbody\tNorland’s envoys met on 4 March 🕊."
    quoted = {
        "id": "envoys",
        "entities": [
            {"id": "e1", "type": "GPE", "name": "Norland", "registry": "norland", "mentions": [{"sentence": 2, "quote": "Norland", "form": "NAM", "role": "state"}]},
            {"id": "e2", "type": "GROUP", "name": "envoys", "mentions": [{"sentence": 1, "quote": "Envoys", "form": "NOM"}, {"sentence": 2, "quote": "envoys", "form": "NOM"}]},
        ],
        "values": [{"id": "t1", "type": "TIME", "sentence": 2, "quote": "4 March", "value": "2031-03-04"}],
        "events": [
            {"id": "v1", "type": "Meet", "sentence": 1, "quote": "meet", "status": "actual", "via": None, "arguments": [{"role": "Participant", "entity": "e2"}]},
            {"id": "v2", "type": "Meet", "sentence": 2, "quote": "met", "status": "actual", "via": None, "same_as": "v1", "arguments": [{"role": "Participant", "entity": "e2"}, {"role": "Time", "value": "t1"}]},
        ],
        "stances": [],
    }  # fmt: skip
    (small / "pass.json").write_text(json.dumps(quoted), "utf-8")
    gold = small / "gold/envoys.json"
    resolved = RUN.invoke(app, ["annotate", "resolve", str(small / "pass.json"), "-o", str(gold), "--data", str(small)])
    assert resolved.exit_code == 0, resolved.output
    assert RUN.invoke(app, ["validate", str(small)]).exit_code == 0


def test_an_article_is_added_once(small: Path) -> None:
    before = (small / "articles.jsonl").read_bytes()
    again = RUN.invoke(app, add(small, "harbour-talks.txt", "--zones", "headline=1-5"))
    assert again.exit_code == 1
    assert "already listed" in again.stderr
    assert (small / "articles.jsonl").read_bytes() == before


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["annotate", "sentences", "harbor"], 2, "there are: harbour-talks"),
        (["annotate", "resolve", "nowhere.json"], 1, "there is no such file"),
        (["annotate", "quote", "nowhere.json"], 1, "there is no such file"),
        (["validate", "nowhere"], 1, "there is no such folder"),
        (["validate", "--wrong"], 2, "No such option"),
    ],
)
def test_wrong_use_says_what_to_do(arguments: list[str], code: int, says: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(SMALL)
    data = ["--data", "."] if arguments[0] == "annotate" else []
    result = RUN.invoke(app, [*arguments, *data])
    assert (result.exit_code, "Traceback" in result.output) == (code, False)
    assert says in result.output


def test_nothing_is_written_where_there_is_an_error(small: Path) -> None:
    quoted = (small / "harbour-talks.quotes.json").read_text("utf-8").replace('"quote": "told"', '"quote": "tolled"')
    (small / "pass.json").write_text(quoted, "utf-8")
    gold = small / "gold/harbour-talks.json"
    before = gold.read_bytes()
    command = ["annotate", "resolve", str(small / "pass.json"), "-o", str(gold), "--data", str(small)]
    result = RUN.invoke(app, [*command, "--overwrite"])
    assert result.exit_code == 1
    assert "did you mean 'told'?" in result.output
    assert gold.read_bytes() == before
    assert [p.name for p in gold.parent.iterdir()] == ["harbour-talks.json"]


def test_a_record_is_replaced_only_if_asked(small: Path) -> None:
    gold, quotes = small / "gold/harbour-talks.json", str(small / "harbour-talks.quotes.json")
    before = gold.read_bytes()
    result = RUN.invoke(app, ["annotate", "resolve", quotes, "-o", str(gold), "--data", str(small)])
    assert (result.exit_code, "--overwrite replaces it" in result.output, gold.read_bytes()) == (2, True, before)
    result = RUN.invoke(
        app, ["annotate", "resolve", quotes, "-o", str(small / "gold/other.json"), "--data", str(small)]
    )
    assert (result.exit_code, "name its file harbour-talks.json" in result.output) == (2, True)
    command = ["annotate", "resolve", quotes, "-o", str(gold), "--data", str(small), "--overwrite"]
    assert RUN.invoke(app, [*command, "--annotator", "Ada"]).exit_code == 0
    assert json.loads(gold.read_bytes())["annotator"] == "Ada"


@pytest.mark.parametrize(
    ("content", "options", "says"),
    [
        (b"Envoys meet\n", ["--date", "2031-02-30"], "bad-date"),
        (b"\xef\xbb\xbfEnvoys meet\n", [], "byte-order-mark"),
        (b" \n", [], "the text is empty"),
        (b"Envoys meet\n", ["--zones", "body=1-9"], "ends after line 1, the last"),
    ],
)
def test_an_article_that_could_not_be_read_is_not_added(
    content: bytes, options: list[str], says: str, small: Path
) -> None:
    before = (small / "articles.jsonl").read_bytes()
    (small / "articles/envoys.txt").write_bytes(content)
    result = RUN.invoke(app, [*add(small, "envoys.txt", "--zones", "body=1"), *options])
    assert (result.exit_code, says in result.output) == (1, True), result.output
    assert (small / "articles.jsonl").read_bytes() == before


def test_findings_as_json(small: Path) -> None:
    (small / "registry.json").unlink()
    result = RUN.invoke(app, ["validate", str(small), "--json"])
    (finding,) = json.loads(result.stdout)
    assert (finding["rule"], finding["file"]) == ("missing-file", "registry.json")


def test_articles_added_at_once_are_all_listed(small: Path) -> None:
    names = [f"envoys-{number}" for number in range(4)]
    for name in names:
        (small / f"articles/{name}.txt").write_text("Envoys meet\nThey met.\n", "utf-8")
    command = [sys.executable, "-c", "from parley.cli import main; main()"]
    started = [
        subprocess.Popen([*command, *add(small, f"{name}.txt", "--zones", "headline=1,body=2-")], env=os.environ)
        for name in names
    ]
    assert [process.wait() for process in started] == [0] * 4
    listed = [json.loads(line)["id"] for line in (small / "articles.jsonl").read_text("utf-8").splitlines()]
    assert set(names) <= set(listed)


def test_a_headline_with_a_control_character_gives_a_title_that_passes(small: Path) -> None:
    (small / "articles" / "boats.txt").write_text("Boats\x0cmove\nNorland spoke.\n", "utf-8")
    where = ("--data", str(small), "--zones", "headline=1,body=2-", "--date", "2031-03-07")
    about = ("--reason", "Invented.", "--provenance", "Invented.", "--licence", "CC0")
    result = CliRunner().invoke(app, ["annotate", "add", str(small / "articles" / "boats.txt"), *where, *about])
    assert result.exit_code == 0, result.stderr
    corpus, findings = check_corpus(small)
    assert corpus is not None and corpus.articles["boats"].title == "Boats move"
    assert {finding.severity for finding in findings} == {"warning"}


def test_sentences_print_no_escape_codes(small: Path) -> None:
    (small / "articles/red.txt").write_text("Envoys meet\nThey \x1b[31mmet.\n", "utf-8")
    RUN.invoke(app, add(small, "red.txt", "--zones", "headline=1,body=2-"))
    printed = RUN.invoke(app, ["annotate", "sentences", "red", "--data", str(small)]).stdout
    assert "\x1b" not in printed
    assert "[31mmet." in printed


def test_json_holds_no_character_that_a_terminal_obeys(small: Path) -> None:
    """A control sequence introducer of one character and a mark that turns the direction of writing; the value stays."""
    path, name = small / "gold/harbour-talks.json", "Ada \x9b31m\u202eBrink"
    path.write_text(path.read_text("utf-8").replace('"name": "Ada Brink"', f'"name": "{name}"'), "utf-8")
    result = CliRunner().invoke(app, ["annotate", "quote", str(path), "--data", str(small)])
    assert result.exit_code == 0, result.output
    assert "".join(result.stdout.split("\n")).isprintable()
    assert name in [entity["name"] for entity in json.loads(result.stdout)["entities"]]
