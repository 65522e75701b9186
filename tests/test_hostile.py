"""Submissions that mean harm, or are broken as if they did: always a finding, never a traceback, in bounded time and memory.

The traps that public scorers fell into (the design's list) and where each is tested:

| trap | test |
|---|---|
| duplicate predictions raise recall | `test_score_command.test_duplicates_are_refused` |
| truncated submission | `test_truncated_submission` here, `test_checks.test_the_set_of_articles_is_exact` |
| three overlapping predictions for one gold item | `test_scoring_entities.test_three_overlapping_predictions_earn_one` |
| a wrong-polarity tuple lends its overlap | `test_scoring_stance.test_a_wrong_polarity_lends_nothing` |
| an off-by-one end is extended | `test_scoring_entities.test_an_end_off_by_one_is_wrong` |
| the order of predictions matters | `test_scoring_properties.test_order_changes_nothing`, `test_scoring_report.test_the_order_of_articles…` |
| partial credit with a floor division | `test_partial_credit_is_not_rounded_down` here |
| an empty submission | `test_scoring_report.test_an_empty_submission_scores_nothing`, `test_empty_files` here |
| a span that starts inside a word | `test_checks.test_broken_predictions[inside-word]`, `test_span_inside_a_word_is_kept_as_it_is` here |
| floats, booleans, strings as offsets | `test_checks.test_offsets_are_integers` |
| NaN, duplicate keys, byte-order mark | `test_score_command.test_what_cannot_be_scored_is_refused` |
| CRLF | `test_score_command.test_windows_line_ends_are_read` |
| astral characters | `test_scoring_entities.test_offsets_are_code_points` |
"""

import gzip
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import msgspec
import pytest
from typer.testing import CliRunner

from conftest import ROOT, SMALL
from parley.checks import RULES, check_predictions
from parley.checks import predictions as limits
from parley.checks.predictions import PredictionFile
from parley.cli.app import app
from parley.findings import Finding
from parley.leaderboard.submission import check_system_name, name_system
from parley.ontology import load_ontology
from parley.scoring.pair import Pair
from parley.scoring.registry import METRICS
from scoring_help import Writer, small_corpus, small_prediction

EXAMPLE = ROOT / "eval" / "example" / "predictions.jsonl"
GOOD = EXAMPLE.read_bytes()
EMPTY = b'{"id": "harbour-talks"}'
# What a terminal would obey or hide: controls but for the line end, marks of direction, half pairs.
OBEYED = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
MEGABYTE = 1_000_000


def check(content: bytes, folder: Path, name: str = "predictions.jsonl") -> list[Finding]:
    file = folder / name
    file.write_bytes(content)
    findings = check_predictions(file, small_corpus())[1]
    assert all(f.rule in RULES and f.message and f.suggestion and f.file for f in findings)
    assert not any(OBEYED.search(str(f)) for f in findings), findings
    assert all(len(str(f)) < 1000 for f in findings)
    return findings


def rules(findings: list[Finding]) -> list[str]:
    return list(dict.fromkeys(f.rule for f in findings))


def run(
    *arguments: object, data: Path = SMALL, env: dict[str, str] | None = None
) -> subprocess.CompletedProcess[bytes]:
    """Run the command as a user does, in a process of its own."""
    command = [sys.executable, "-c", "from parley.cli import main; main()", *map(str, arguments), "--data", str(data)]
    result = subprocess.run(command, capture_output=True, check=False, timeout=60, env=os.environ | (env or {}))
    assert b"Traceback" not in result.stderr, result.stderr.decode("utf-8", "replace")
    assert not re.search(rb"[\x00-\x08\x0b-\x1f\x7f]", result.stdout + result.stderr)
    return result


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """An empty folder; whatever a test does, no command may leave anything but the report."""
    place = tmp_path / "submission"
    place.mkdir()
    yield place
    assert sorted(p.name for p in tmp_path.iterdir()) == ["submission"]


# JSON


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        (b'{"id": ' + b"9" * 10_000 + b"}", "not-a-number"),
        (b'{"id": -' + b"9" * 10_000 + b"}", "not-a-number"),
        (b'{"id": 1e999}', "not-a-number"),
        (b'{"id": -1e999}', "not-a-number"),
        (b'{"id": -Infinity}', "not-a-number"),
        (b'{"id": "' + b"a" * MEGABYTE + b'"}', "bad-value"),
        (b'{"id": "harbour-talks\\n"}', "bad-value"),  # a pattern's $ is the end, not the end but for a line end
        (b'{"id": "harbour-talks", "' + b"k" * MEGABYTE + b'": 1}', "unknown-field"),
        (b'{"' + b"k" * MEGABYTE + b'": 1, "' + b"k" * MEGABYTE + b'": 1}', "duplicate-key"),
        (b"[" * 100_000, "too-deep"),
        (b'{"a":' * 100_000, "too-deep"),
        (b'{"id":' + b"[" * 100_000 + b"]" * 100_000 + b"}", "too-deep"),
        (b'{"id":' + b"[" * 65 + b"]" * 65 + b"}", "too-deep"),
        (b'{"id": "\xff"}', "not-utf8"),
        (b'{"id": "\xed\xa0\x80"}', "not-utf8"),  # a surrogate written as UTF-8
        (b'{"id": "\xc0\xaf"}', "not-utf8"),  # '/' in two bytes
        (b'{"id": "\\ud800"}', "not-utf8"),
        (b'{"\\udc00": "x"}', "not-utf8"),
        (EMPTY.decode().encode("utf-16"), "not-utf8"),
        (b'{"id": "harbour\x00talks"}', "bad-json"),
        (b"\x00" * 100, "bad-json"),
        (EMPTY + EMPTY, "bad-json"),
        (b'{"id": 01}', "bad-json"),
        (b'{"id": +1}', "bad-json"),
        (b"{'id': 'harbour-talks'}", "bad-json"),
        (b'{"id": "harbour-talks",}', "bad-json"),
        (EMPTY + b"\n\xef\xbb\xbf{}", "byte-order-mark"),
        (b"null", "wrong-type"),
        (b"1", "wrong-type"),
        (b'{"id": ["harbour-talks"]}', "wrong-type"),
        (b'{"id": {}}', "wrong-type"),
    ],
)  # fmt: skip
def test_a_line_that_is_no_prediction(line: bytes, rule: str, folder: Path) -> None:
    started = time.monotonic()
    assert rule in rules(check(line, folder))
    assert time.monotonic() - started < 5


def test_the_depth_that_is_allowed_is_read(folder: Path) -> None:
    """64 levels are read and are of the wrong shape; the 65th is too deep (above)."""
    line = b'{"id":' + b"[" * 63 + b"]" * 63 + b"}"
    assert rules(check(line, folder)) == ["wrong-type", "missing-article"]


def test_line_separators_inside_strings_end_no_line(folder: Path) -> None:
    """U+2028, U+2029 and U+0085 are line ends to str.splitlines, and none to JSON lines."""
    name = '"name": "Norland\u2028\u2029"'
    line = GOOD.replace(b'"name": "Norland"', name.encode())
    assert line != GOOD
    assert check(line, folder) == []


def test_digits_of_other_scripts_are_no_digits() -> None:
    from parley.checks.shape import check_shape

    value = {"data_version": "١.٢.٣"}  # re's \d takes them, JSON Schema's does not
    assert "$.data_version" in {f.path for f in check_shape(value, "submission")}


@pytest.mark.parametrize("end", [b"", b"\n", b"\r\n", b"\n\n\n", b"\n" * MEGABYTE, b"\n  \t \r\n"])
def test_line_ends_and_empty_lines(end: bytes, folder: Path) -> None:
    assert check(GOOD.strip() + end, folder) == []
    assert check(end + GOOD, folder) == []


@pytest.mark.parametrize("content", [b"", b"\n", b" ", b"\n" * MEGABYTE, b"\r\n" * 1000])
def test_empty_files(content: bytes, folder: Path) -> None:
    assert rules(check(content, folder)) == ["missing-article"]


# Size


def with_sparse_line(file: Path, size: int, *lines: bytes) -> Path:
    """Write a file whose first line has ``size`` null bytes that take no room on the disk."""
    with file.open("wb") as stream:
        stream.truncate(size)
        stream.seek(size)
        stream.write(b"\n" + b"\n".join(lines))
    return file


def test_a_line_of_300_megabytes_is_passed_over(folder: Path) -> None:
    """2 GB were tried by hand: the same findings, the same memory. What comes after the line is read."""
    plain = (folder / "small.jsonl").write_bytes(GOOD)
    file = with_sparse_line(folder / "predictions.jsonl", 300 * MEGABYTE, GOOD)
    assert plain < 100_000
    script = """
import resource, sys
from pathlib import Path
from parley.checks import check_predictions, load_corpus
corpus = load_corpus(Path(sys.argv[1]))
for file in sys.argv[2:]:
    found, findings = check_predictions(Path(file), corpus)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(len(found), *(f"{f.rule}:{f.line}" for f in findings), peak)
"""
    command = [sys.executable, "-c", script, str(SMALL), str(folder / "small.jsonl"), str(file)]
    small, large = subprocess.run(command, capture_output=True, check=True, timeout=60).stdout.decode().splitlines()
    assert small.split()[:-1] == ["1"]
    assert large.split()[:-1] == ["1", "too-large:1"]
    unit = 1024 if sys.platform != "darwin" else 1
    grown = (int(large.split()[-1]) - int(small.split()[-1])) * unit
    assert grown < 5 * limits.MAX_LINE, grown


def test_a_long_line_of_blanks_hides_nothing(folder: Path) -> None:
    assert "too-large" in rules(check(b" " * (limits.MAX_LINE + 1) + GOOD, folder))


def test_a_line_of_more_values_than_any_annotation(folder: Path) -> None:
    line = b'{"id": "harbour-talks", "mentions": [' + b"[]," * limits.MAX_VALUES + b"[]]}"
    findings = check(line, folder)
    assert rules(findings) == ["too-large", "missing-article"]
    assert "200,000 values" in findings[0].message


@pytest.mark.parametrize("layer", ["entities", "events", "members", "arguments"])
def test_chains_through_more_items_than_the_article_has_room_for(layer: str, folder: Path) -> None:
    """Members of members of members: following each chain to its end would take minutes."""
    many = range(12_000)
    record: dict[str, Any] = {"id": "harbour-talks", "entities": [], "mentions": [], "events": []}
    event = {"id": "v", "type": "State", "start": 0, "end": 5, "status": "actual", "via": None, "arguments": []}
    if layer == "entities":
        record["entities"] = [{"id": f"e{i}", "type": "GPE", "name": "x", "members": [f"e{i + 1}", "a"]} for i in many]
    elif layer == "members":
        record["entities"] = [{"id": "e", "type": "GPE", "name": "x", "members": [f"e{i}" for i in many]}]
    elif layer == "events":
        record["events"] = [event | {"id": f"v{i}", "via": f"v{i + 1}", "same_as": f"v{i + 1}"} for i in many]
    else:
        record["events"] = [event | {"arguments": [{"role": "Content", "proposition": f"p{i}"} for i in many]}]
    started = time.monotonic()
    findings = check(json.dumps(record).encode(), folder)
    assert rules(findings) == ["too-large"]
    assert layer in findings[0].path
    assert time.monotonic() - started < 20


def test_a_million_findings(folder: Path) -> None:
    """Of a million bad lines the first thousand are told, and how many more there are."""
    findings = check(b"x\n" * MEGABYTE, folder)
    assert len(findings) == limits.MAX_FINDINGS + 1
    last = findings[-1]
    assert last.rule == "too-many-findings"
    assert last.is_error
    assert last.message.startswith("999,001 more errors")  # a million lines and a missing article, less a thousand


def test_a_million_findings_in_one_line(folder: Path) -> None:
    line = b'{"id": "harbour-talks",' + b",".join(b'"k%d":1' % i for i in range(150_000)) + b"}"
    assert len(check(line, folder)) <= limits.MAX_FINDINGS + 1


def test_warnings_do_not_hide_errors(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_FINDINGS", 2)
    prediction = small_prediction()
    entities = prediction.entities or []
    for i in range(5):
        entities.append(msgspec.structs.replace(entities[0], id=f"unused{i}", registry=None))
    findings = check(msgspec.json.encode(prediction) + b"\nx\nx\nx\n", folder)
    assert [(f.rule, f.severity) for f in findings] == [
        ("unused-entity", "warning"),
        ("unused-entity", "warning"),
        ("bad-json", "error"),
        ("bad-json", "error"),
        ("too-many-findings", "error"),
    ]
    assert findings[-1].message == "1 more errors and 3 more warnings, not listed"


def test_lines_that_nobody_asked_for_are_not_read_closely(folder: Path) -> None:
    """A wrong label in the hundredth copy of an article costs nobody any time."""
    bad = b'{"id": "harbour-talks", "entities": [{"id": "e", "type": "Attack", "name": "x"}], "mentions": []}\n'
    findings = check(bad * 100, folder)
    assert sum(f.rule == "duplicate-article" for f in findings) == 99
    assert sum(f.rule == "unknown-label" for f in findings) == 1 + limits.SPARE_LINES


# Gzip


def test_gzip_is_read_by_name_and_by_content(folder: Path) -> None:
    packed = gzip.compress(GOOD)
    for name in ("predictions.jsonl.gz", "predictions.jsonl", "p"):
        assert check(packed, folder, name) == []
    half = len(GOOD) // 2
    assert check(gzip.compress(GOOD[:half]) + gzip.compress(GOOD[half:]), folder) == []  # two members are one file


def test_gzip_is_scored(folder: Path) -> None:
    file = folder / "predictions.jsonl.gz"
    file.write_bytes(gzip.compress(GOOD))
    assert run("score", file).returncode == 0
    report = json.loads((folder / "predictions.report.json").read_bytes())
    assert report["system"] == "predictions"
    assert report["overall"]["value"] > 0


@pytest.mark.parametrize(
    "content",
    [
        gzip.compress(GOOD)[:-1],
        gzip.compress(GOOD)[:-9],
        gzip.compress(GOOD)[: len(gzip.compress(GOOD)) // 2],
        gzip.compress(GOOD)[:3],
        gzip.compress(GOOD)[:-8] + bytes(8),
        b"\x1f\x8b",
        b"\x1f\x8b" + b"\xff" * 1000,
        b"\x1f\x8b\x08\x08" + b"\x00" * 6 + b"n" * MEGABYTE,
        gzip.compress(GOOD) + b"rubbish",
    ],
    ids=["cut-1", "cut-9", "half", "head", "checksum", "magic", "rubbish", "endless-name", "tail"],
)
def test_broken_gzip(content: bytes, folder: Path) -> None:
    findings = check(content, folder, "predictions.jsonl.gz")
    assert "bad-gzip" in rules(findings), findings


def test_what_is_called_gzip_and_is_not(folder: Path) -> None:
    assert rules(check(GOOD, folder, "predictions.jsonl.gz")) == ["bad-gzip", "missing-article"]


@pytest.mark.parametrize("filling", [b"\n", b"0", b"x\n"])
def test_gzip_bomb(filling: bytes, folder: Path) -> None:
    """Some 300 MB in 300 KB: no more is unpacked than lines of the greatest length for all articles would need."""
    file = folder / "predictions.jsonl"
    with gzip.open(file, "wb", compresslevel=1) as stream:
        for _ in range(300):
            stream.write(filling * MEGABYTE)
    assert file.stat().st_size < 3 * MEGABYTE
    reading = PredictionFile(file, small_corpus())
    started = time.monotonic()
    assert list(reading) == []
    too_large = [f for f in reading.findings if "unpacks to more than" in f.message]
    unread = [f for f in reading.findings if "the rest of the file was not read" in f.message]
    assert too_large or unread
    assert reading.sha256 is None
    assert time.monotonic() - started < 60
    assert len(reading.findings) <= limits.MAX_FINDINGS + 1


# Files that are no files


@pytest.mark.parametrize("command", ["check", "score"])
def test_what_is_no_file(command: str, folder: Path) -> None:
    os.mkfifo(folder / "pipe.jsonl")
    (folder / "loop.jsonl").symlink_to("loop.jsonl")
    for place, says in [
        (folder, "folder"),
        (folder / "pipe.jsonl", "pipe"),
        (Path("/dev/zero"), "device"),
        (folder / "none.jsonl", "no such file"),
        (folder / "loop.jsonl", "cannot be read"),
    ]:
        result = CliRunner().invoke(app, [command, str(place), "--data", str(SMALL)])
        assert result.exit_code == 1, place
        assert "missing-file" in result.stdout + result.stderr
        assert says in result.stdout + result.stderr, place
    assert not list(folder.glob("*report.json"))


def test_a_path_with_a_null_character() -> None:
    assert rules(check_predictions(Path("a\0b"), small_corpus())[1]) == ["missing-file"]


@pytest.mark.skipif(not Path("/proc/self/mem").exists(), reason="needs Linux")
def test_a_file_that_refuses_to_be_read() -> None:
    """It can be opened and not be read; so does a file on a failing disk. (Root may open any file.)"""
    findings = check_predictions(Path("/proc/self/mem"), small_corpus())[1]
    assert findings[0].rule in ("missing-file", "file-changed")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission(folder: Path) -> None:
    file = folder / "predictions.jsonl"
    file.write_bytes(GOOD)
    file.chmod(0)
    assert rules(check_predictions(file, small_corpus())[1]) == ["missing-file"]


@pytest.mark.parametrize("packed", [False, True])
def test_a_file_that_changes_while_it_is_read(packed: bool, folder: Path) -> None:
    file = folder / "predictions.jsonl"
    lines = GOOD + b"x\n" * 10
    file.write_bytes(gzip.compress(lines) if packed else lines)
    reading = PredictionFile(file, small_corpus())
    for _ in reading:
        with file.open("ab") as stream:
            stream.write(b"\n" * 100_000)
    assert "file-changed" in rules(reading.findings) or (packed and "bad-gzip" in rules(reading.findings))
    assert reading.sha256 is None


def test_a_file_that_grows_for_ever(folder: Path) -> None:
    """Reading ends where the file ended when it was opened."""
    file = folder / "predictions.jsonl"
    file.write_bytes(GOOD + b"x\n" * 100_000)
    reading = PredictionFile(file, small_corpus())
    for grown, _ in reading._source:
        assert grown < 200_000
        with file.open("ab") as stream:
            stream.write(b"x\n")
    assert rules(reading._source.findings) == ["file-changed"]


def test_the_checksum_is_that_of_the_file(folder: Path) -> None:
    import hashlib

    for content in (GOOD, gzip.compress(GOOD)):
        file = folder / "predictions.jsonl"
        file.write_bytes(content)
        reading = PredictionFile(file, small_corpus())
        assert reading.sha256 is None
        assert len(list(reading)) == 1
        assert reading.sha256 == hashlib.sha256(content).hexdigest()


# Strings that mean harm

HOSTILE = [
    "\x1b[2J\x1b]0;owned\x07",
    "\x9b31m",
    "\u202eevil",
    "\x00",
    "\x7f",
    "a\rb\bc",
    "[red]markup[/] [link=https://x.example]y[/link] [/] \\[bold]",
    ":skull: :warning:",
    "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "{{ 7*7 }} {% raw %} ${jndi:x} $(touch owned) `touch owned`; touch owned",
    "../../../../etc/passwd",
    "=cmd|'/c calc'!A1",
    "%s%s%n {0} {}",
]
BAD_NAMES = [
    "",
    " ",
    "a" * 81,
    "x\n",
    "a ",
    *["é", "名", "-rf", ".hidden", "a/b", "a\\b", ".", "..", "v1.", "a&b", "NUL", "con.1"],
]
OBEYED_OR_SHOWN = [(text, bool(re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202e]", text))) for text in HOSTILE]


def spoilt(place: Callable[[dict[str, Any]], None]) -> bytes:
    record = json.loads(GOOD)
    place(record)
    return json.dumps(record).encode()


@pytest.mark.parametrize(("text", "is_obeyed"), OBEYED_OR_SHOWN)
def test_control_characters_are_refused_wherever_they_stand(text: str, is_obeyed: bool, folder: Path) -> None:
    """A name is free text; with a control character in it it is an error, without one it is only text."""
    findings = check(spoilt(lambda r: r["entities"][0].update(name=text)), folder)
    assert rules(findings) == (["control-character"] if is_obeyed else [])
    assert all(f.path == "$.entities[0].name" for f in findings)


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_hostile_reaches_the_terminal(text: str, folder: Path) -> None:
    """Every field, key and file name in turn (all at once); in the plain table and as JSON."""

    def place(record: dict[str, Any]) -> None:
        record[text] = text
        record["entities"][0] |= {"name": text, "type": text, text: 1}
        record["mentions"][0] |= {"entity": text, "form": text}
        record["events"][0] |= {"status": text, "text": text, "type": text}
        record["stances"][0] |= {"holder": text, "facet": [text]}
        record["stance_pairs"] = [{"pair": text, "polarity": "none"}, {"pair": "x", "polarity": text}]

    file = folder / (text.replace("/", "⁄").replace("\0", "") + ".jsonl")
    file.write_bytes(spoilt(place))
    for command in (["check"], ["check", "--json"], ["score"], ["score", "--json"]):
        result = CliRunner().invoke(app, [*command, str(file), "--data", str(SMALL)])
        assert (result.exit_code, type(result.exception)) == (1, SystemExit)
        shown = result.stdout + result.stderr
        assert not OBEYED.search(shown)
        assert "unknown-label" in shown
        if text.startswith("["):
            assert "[red]markup[/]" in shown  # shown, not obeyed
        if text.startswith(":"):
            assert ":skull:" in shown
    assert [p.name for p in folder.iterdir()] == [file.name]


def test_names_that_are_not_utf8_and_terminals_that_are_not(folder: Path) -> None:
    file = Path(os.fsdecode(os.fsencode(folder) + b"/\xff\xfe.jsonl"))
    file.write_bytes(b"[]")
    for flags in ([], ["--json"]):
        result = run("check", file, *flags, env={"PYTHONIOENCODING": "ascii"})
        assert (result.returncode, b"not-one-line" in result.stdout) == (1, True)


@pytest.mark.parametrize("name", [*HOSTILE, *BAD_NAMES], ids=ascii)
def test_hostile_names_of_systems(name: str, folder: Path) -> None:
    assert [f.rule for f in check_system_name(name)] == ["bad-system-name"]
    file = folder / "predictions.jsonl"
    file.write_bytes(GOOD)
    (folder / "submission.json").write_text(json.dumps({"system": name}))
    _, findings = name_system(file)
    assert [(f.rule, f.path, f.severity) for f in findings] == [("bad-system-name", "$.system", "error")]
    assert not OBEYED.search(str(findings[0]))


def test_the_report_never_goes_where_a_name_says(folder: Path) -> None:
    file = folder / "predictions.jsonl"
    file.write_bytes(GOOD)
    assert run("score", file, "--system", "../../owned").returncode == 2
    (folder / "submission.json").write_text('{"system": "../../owned"}')
    for command in ("check", "score"):
        result = run(command, file)
        assert result.returncode == 1
        assert b"bad-system-name" in result.stdout + result.stderr
    assert sorted(p.name for p in folder.iterdir()) == ["predictions.jsonl", "submission.json"]
    assert run("score", file, "--system", "Mine 1.0").returncode == 0  # the name given goes before that of the file
    assert json.loads((folder / "predictions.report.json").read_bytes())["system"] == "Mine 1.0"


@pytest.mark.parametrize(
    "content",
    [b"{", b"[" * 100_000, b"\xff", b"[]", b"\x00" * 2 * MEGABYTE, b'{"system": "a", "system": "b"}', b"{}", b""],
)
def test_a_submission_that_cannot_be_read_names_nothing(content: bytes, folder: Path) -> None:
    file = folder / "predictions.jsonl"
    file.write_bytes(GOOD)
    (folder / "submission.json").write_bytes(content)
    name, findings = name_system(file)
    assert name == "predictions"
    assert all(f.severity == "warning" and f.suggestion for f in findings)


def test_a_submission_that_is_a_pipe(folder: Path) -> None:
    os.mkfifo(folder / "submission.json")
    name, findings = name_system(folder / "predictions.jsonl")
    assert (name, rules(findings)) == ("predictions", ["missing-file"])
    assert name_system(folder / "nowhere" / "<b>.jsonl.gz") == ("unnamed", [])


def test_the_report_does_not_replace_the_predictions(folder: Path) -> None:
    file = folder / "report.json"
    file.write_bytes(GOOD)
    assert run("score", file, "-o", file).returncode == 2
    assert file.read_bytes() == GOOD


def test_the_report_is_not_written_through_a_link(folder: Path) -> None:
    """Neither through one in the report's place nor through one where it is written first."""
    from parley.files import write_whole

    victim = folder / "victim"
    victim.write_bytes(b"kept")
    (folder / "report.json").symlink_to(victim)
    (folder / f".report.json.{os.getpid()}.tmp").symlink_to(victim)
    write_whole(folder / "report.json", "new")
    assert (victim.read_bytes(), (folder / "report.json").read_bytes()) == (b"kept", b"new")


def test_no_table_steers_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    """What a command forgot to make printable is made so by the console; styles stay."""
    from rich.table import Table

    from parley.cli.console import SafeConsole

    table = Table("a\x1b[2Jb")
    table.add_row("\x9b31m\u202e \x07")
    SafeConsole(force_terminal=True, width=60).print(table, "[red]x[/] \x1b]0;t")
    said = capsys.readouterr().out
    assert not any(bad in said for bad in ("\x1b[2J", "\x9b", "\u202e", "\x07", "\x1b]"))
    assert "a\\x1b[2Jb" in said and "\x1b[1m" in said


def test_a_full_disk_names_the_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from parley.files import new_folder, write_whole

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match=r"No space left on device: '.*report\.json'"):
        write_whole(folder / "report.json", "new")
    with pytest.raises(OSError, match=r"No space left on device: '.*made'"), new_folder(folder / "made"):
        full()


def test_what_killed_commands_left_is_removed_by_the_next(folder: Path) -> None:
    from parley.files import new_folder, write_whole

    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    for name in ("report[1].json", "report1.json"):  # the second is no file of this command's
        (folder / f".{name}.{dead.pid}.tmp").write_text("half")
    (folder / f".made.{dead.pid}.tmp").mkdir()
    (folder / f".made.{dead.pid}.tmp" / "half").touch()
    (folder / ".report[1].json.1.tmp").write_text("of a process that runs")
    write_whole(folder / "report[1].json", "new")
    with new_folder(folder / "made"):
        pass
    left = {path.name for path in folder.glob(".*")}
    assert left == {f".report1.json.{dead.pid}.tmp", ".report[1].json.1.tmp"}


def test_free_text_of_predictions_never_reaches_the_report(folder: Path) -> None:
    """Ids, names, units: a report has none of them, so a page made of it cannot be attacked through them."""
    file = folder / "predictions.jsonl"
    file.write_bytes(spoilt(lambda r: [e.update(name="<script>OWNED</script>") for e in r["entities"]]))
    assert run("score", file).returncode == 0
    assert b"OWNED" not in (folder / "predictions.report.json").read_bytes()


# Plural entities: what they stand for is never written out before it is counted


def plural(number: int, members: Callable[[int], list[str]], **fields: Any) -> dict[str, Any]:
    entities = [{"id": f"e{i}", "type": "GPE", "name": "x", "members": members(i)} for i in range(number)]
    simple = [{"id": f"a{i}", "type": "GPE", "name": "x"} for i in range(1000 - number)]
    return {"id": "harbour-talks", "mentions": [], "entities": entities + simple, "events": [], "stances": []} | fields


def all_of_them(_: int) -> list[str]:
    return [f"a{i}" for i in range(600)]


def test_stances_of_plural_entities_toward_plural_entities(folder: Path) -> None:
    """60 stances × 600 members × 600 members in 56 KB: scored, they were 2.7 GB."""
    facets = load_ontology().names("facets")[:5]
    sides = [(f"e{i}", f"e{j}", facet) for i in range(4) for j in range(4) if i != j for facet in facets]
    stance = {"polarity": "oppose", "evidence": [{"start": 248, "end": 250}], "explicit": True, "via": None}
    stances = [
        stance | {"id": f"s{n}", "holder": holder, "target": target, "facet": facet}
        for n, (holder, target, facet) in enumerate(sides)
    ]
    line = json.dumps(plural(4, all_of_them, stances=stances)).encode()
    assert len(line) < 100_000
    (error,) = [f for f in check(line, folder) if f.is_error]
    assert (error.rule, error.path) == ("too-large", "$.entities")
    assert "plural entities" in error.message


def test_arguments_of_plural_entities(folder: Path) -> None:
    event = {"id": "v", "type": "State", "start": 248, "end": 250, "status": "actual", "via": None}
    arguments = [{"role": "Agent", "entity": "e0"} for _ in range(400)]
    findings = check(json.dumps(plural(1, all_of_them, events=[event | {"arguments": arguments}])).encode(), folder)
    assert [f.rule for f in findings if f.is_error] == ["too-large"]


def test_plural_entities_of_plural_entities(folder: Path) -> None:
    """A chain of plural entities, each one with a member more than the next, and the same doubled."""
    for members in (lambda i: [f"e{i + 1}", f"a{i % 100}"], lambda i: [f"e{i + 1}", f"e{i + 2}"]):
        findings = check(json.dumps(plural(600, members)).encode(), folder)
        assert "too-large" in [f.rule for f in findings if f.is_error]


def test_members_in_a_circle(folder: Path) -> None:
    """Each of two has the other, and a simple one: neither is its own member by name."""
    pairs = {0: ["e1", "a0"], 1: ["e0", "a1"], 2: ["a2", "a3"]}
    findings = check(json.dumps(plural(3, pairs.__getitem__)).encode(), folder)
    wrong = [(f.rule, f.path) for f in findings if f.is_error]
    assert wrong == [("bad-members", "$.entities[0].members"), ("bad-members", "$.entities[1].members")]


def test_a_few_members_are_no_bomb(folder: Path) -> None:
    assert [f for f in check(json.dumps(plural(2, lambda i: ["a0", "a1"])).encode(), folder) if f.is_error] == []


def test_many_arguments_without_mention_take_no_time(folder: Path) -> None:
    """Some 20,000 arguments without their mention: once 8 seconds."""
    text, roles = small_corpus().texts["harbour-talks"], load_ontology().names("argument_roles")
    tokens = [t.span() for t in re.finditer(r"[A-Za-z]+", text) if 56 <= t.start() < t.end() <= 334]
    form = {"form": "NAM", "role": "state"}
    mentions = [form | {"id": f"m{i}", "start": s, "end": e, "entity": f"a{i}"} for i, (s, e) in enumerate(tokens)]
    arguments = [{"role": role, "entity": mention["entity"]} for role in roles for mention in mentions]
    event = {"type": "State", "status": "actual", "via": None, "arguments": arguments}
    events = [event | {"id": f"v{i}", "start": s, "end": e} for i, (s, e) in enumerate(tokens)]
    (folder / "predictions.jsonl").write_text(json.dumps(plural(0, all_of_them, mentions=mentions, events=events)))
    assert len(arguments) * len(events) > 19_000
    started = time.monotonic()
    assert run("score", folder / "predictions.jsonl").returncode == 0
    assert time.monotonic() - started < 15


# Traps of scoring that have no test elsewhere


def test_truncated_submission(tmp_path: Path) -> None:
    """Of two articles one: no score at all, rather than 1.0 on the one that is there."""
    gold = json.loads((ROOT / "data" / "gold" / "talks-agreed-clashes-erupt.json").read_bytes())
    for header in ("canary", "ontology", "annotator", "sha256"):
        del gold[header]
    file = tmp_path / "predictions.jsonl"
    file.write_text(json.dumps(gold) + "\n")
    result = run("score", file, data=ROOT / "data")
    assert (result.returncode, b"missing-article" in result.stderr) == (1, True)
    file.write_text(json.dumps(gold) + "\n" + json.dumps(gold)[:5000])
    result = run("score", file, data=ROOT / "data")
    assert (result.returncode, b"bad-json" in result.stderr) == (1, True)
    assert not list(tmp_path.glob("*report.json"))


def test_partial_credit_is_not_rounded_down() -> None:
    """A stance of which a word in three is right counts more than 0 and less than 1, and is not divided by floor.

    Holder and target are right (1 each); of the evidence's words the prediction has one of three, and no wrong one:
    recall (1 + 1 + 1/3) / 3 = 7/9, precision (1 + 1 + 1) / 3 = 1.
    """
    writer = Writer("Ann praised Bob warmly today .")
    gold, predicted = (
        writer.prediction({"a": ["Ann"], "b": ["Bob"]}, stances=[writer.stance("a", "b", "support", words)])
        for words in ("praised Bob warmly", "praised")
    )
    counts = METRICS["stance.sf1_repaired"].count(writer.pair(gold, predicted)).total
    assert (Fraction(counts.recalled), Fraction(counts.precise)) == (Fraction(7, 9), Fraction(1))


def test_span_inside_a_word_is_kept_as_it_is() -> None:
    """It is neither widened to the word nor thrown away: it counts as predicted and is wrong."""
    writer = Writer("Norlanders met .")
    gold, predicted = writer.prediction({"a": ["Norlanders"]}), writer.prediction({"a": ["Norland"]})
    pair: Pair = writer.pair(gold, predicted)
    total = METRICS["entities.typed_f1"].count(pair).total
    assert (total.gold, total.predicted, total.recalled) == (1, 1, 0)
