"""The commands check and score: exit codes, what is printed, what is written, nothing after an error."""

import json
import subprocess
import sys
from functools import partial
from pathlib import Path

import msgspec
import pytest
from typer.testing import CliRunner

import conftest
from conftest import EXAMPLE, ROOT, SMALL
from parley.checks import check_shape
from parley.checks import predictions as prediction_checks
from parley.cli import tables
from parley.cli.app import app
from parley.cli.console import SafeConsole
from parley.cli.tables import print_report
from parley.files import write_whole
from parley.scoring import score
from parley.scoring.registry import HEADLINES
from scoring_help import copies_of_the_small_article, small_prediction

run = partial(conftest.run, data=SMALL)


@pytest.fixture
def predictions(tmp_path: Path) -> Path:
    file = tmp_path / "predictions.jsonl"
    file.write_bytes(EXAMPLE.read_bytes())
    return file


def write(file: Path, line: bytes) -> Path:
    file.write_bytes(line)
    return file


def test_check_is_quiet_about_what_is_right(predictions: Path) -> None:
    result = run("check", predictions)
    assert (result.exit_code, result.stdout) == (0, "")
    assert "1 of 1 article usable, 0 errors" in result.stderr


def test_check_names_every_problem(predictions: Path) -> None:
    broken = predictions.read_bytes().replace(b'"Clash"', b'"Attack"').replace(b'"start": 241', b'"start": 241.0')
    result = run("check", write(predictions, broken))
    assert result.exit_code == 1
    assert f"{predictions}:1 $.events[3].type  unknown-label" in result.stdout
    assert "did you mean 'Strike'?" in result.stdout
    assert "write 241" in result.stdout
    listed = json.loads(run("check", predictions, "--json").stdout)
    assert {finding["rule"] for finding in listed} == {"unknown-label", "wrong-type"}


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        (b"\xef\xbb\xbf{}", "byte-order-mark"),
        (b'{"id": "harbour-talks", "id": "harbour-talks"}', "duplicate-key"),
        (b'{"id": NaN}', "not-a-number"),
        (b"[]", "not-one-line"),
        (b"", "missing-article"),
        (b'{"id": "harbour-talks"}\n{"id": "harbour-talks"}', "duplicate-article"),
        (b'{"id": "harbour-talks"}\n{"id": "other"}', "unknown-article"),
    ],
)
def test_what_cannot_be_scored_is_refused(line: bytes, rule: str, predictions: Path) -> None:
    write(predictions, line)
    assert rule in run("check", predictions).stdout
    result = run("score", predictions)
    assert result.exit_code == 1
    assert rule in result.stderr
    assert not predictions.with_name("predictions.report.json").exists()


def test_windows_line_ends_are_read(predictions: Path) -> None:
    write(predictions, predictions.read_bytes().replace(b"\n", b"\r\n"))
    assert run("check", predictions).exit_code == 0


def test_a_line_beyond_all_size_is_not_read(predictions: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prediction_checks, "MAX_LINE", 100)
    result = run("check", predictions)
    assert (result.exit_code, "too-large" in result.stdout) == (1, True)


@pytest.mark.parametrize("repeated", ["mentions", "events", "stances"])
def test_duplicates_are_refused(repeated: str, predictions: Path) -> None:
    """A repeated item would raise recall above 1 where a scorer counts lists."""
    prediction = small_prediction()
    items = getattr(prediction, repeated)
    items.append(msgspec.structs.replace(items[0], id="again"))
    result = run("check", write(predictions, msgspec.json.encode(prediction)))
    assert (result.exit_code, "duplicate-" in result.stdout) == (1, True)


def test_a_split_without_articles(predictions: Path) -> None:
    result = run("score", predictions, "--split", "train")
    assert result.exit_code == 1
    assert "empty-split" in result.stderr and "name one of test" in result.stderr


def test_a_layer_of_some_articles_only(tmp_path: Path) -> None:
    lines = [
        '{"id": "talks-agreed-clashes-erupt", "mentions": [], "entities": []}',
        '{"id": "talks-to-revive-ceasefire"}',
    ]
    file = tmp_path / "predictions.jsonl"
    file.write_text("\n".join(lines))
    result = CliRunner().invoke(app, ["check", str(file), "--data", str(ROOT / "data")])
    assert result.exit_code == 1
    assert f"{file}:2 $.mentions  partial-layer" in result.stdout


def test_score_writes_the_report_beside(predictions: Path) -> None:
    result = run("score", predictions, "--system", "Example 1")
    assert result.exit_code == 0
    report = json.loads(predictions.with_name("predictions.report.json").read_bytes())
    assert check_shape(report, "report") == []
    assert report["system"] == "Example 1"
    for name in HEADLINES:
        assert name in result.stdout
    assert "too few stories for an interval" in " ".join(result.stdout.split())
    assert "0.743" in result.stdout  # 26/35, see test_scoring_report


def test_two_files_in_one_folder_have_two_reports(predictions: Path) -> None:
    other = predictions.with_name("other.jsonl")
    other.write_bytes(predictions.read_bytes())
    assert [run("score", file).exit_code for file in (predictions, other)] == [0, 0]
    reports = sorted(path.name for path in predictions.parent.glob("*.json"))
    assert reports == ["other.report.json", "predictions.report.json"]


def test_score_names_the_system_of_the_submission(predictions: Path) -> None:
    predictions.with_name("submission.json").write_text('{"system": "From the submission"}')
    assert json.loads(run("score", predictions, "--json").stdout)["system"] == "From the submission"
    predictions.with_name("submission.json").write_text("{")
    assert json.loads(run("score", predictions, "--json").stdout)["system"] == "predictions"


def test_score_writes_where_it_is_told(predictions: Path, tmp_path: Path) -> None:
    target = tmp_path / "elsewhere" / "r.json"
    result = run("score", predictions, "-o", target, "--json")
    assert target.read_text("utf-8") == result.stdout
    assert not predictions.with_name("predictions.report.json").exists()


def test_intervals_are_shown_where_there_are_enough_articles(capsys: pytest.CaptureFixture[str]) -> None:
    corpus, answers = copies_of_the_small_article(7)
    report = score(corpus, answers)
    print_report(report, every=False)
    shown = capsys.readouterr().out
    assert "95 % interval" in shown
    for ends in (report.overall.interval, report.metrics["entities.typed_f1"].interval):
        assert ends is not None and f"{ends[0]:.3f}–{ends[1]:.3f}" in shown


def test_what_was_not_attempted_is_shown_so(predictions: Path) -> None:
    result = run("score", write(predictions, b'{"id": "harbour-talks", "mentions": [], "entities": []}'), "--all")
    assert result.exit_code == 0
    assert "–" in result.stdout


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    assert run("score", tmp_path / "none.jsonl").exit_code == 1
    assert run("check", tmp_path).exit_code == 1
    assert run("score").exit_code == 2


@pytest.mark.parametrize("script", ["check", "score"])
def test_the_scripts_of_eval_are_the_commands(script: str, predictions: Path) -> None:
    command = [sys.executable, ROOT / "eval" / f"{script}.py", predictions, "--data", SMALL]
    assert subprocess.run(command, capture_output=True, check=False).returncode == 0


@pytest.mark.parametrize("width", [60, 100])
def test_no_number_is_lost_on_a_narrow_terminal(
    width: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    report = score(*copies_of_the_small_article(2))
    monkeypatch.setattr(tables, "out", SafeConsole(width=width, highlight=False, soft_wrap=True))
    tables.print_report(report, every=True)
    said = capsys.readouterr().out
    found = report.metrics["entities.typed_f1"]
    assert found.counts is not None
    numbers = [found.value, found.precision, found.recall, *(own.value for own in found.per_article.values())]
    rows = " ".join(line for line in said.splitlines() if line.startswith("entities.typed_f1"))
    for number in (
        *(f"{n:.3f}" for n in numbers if n is not None),
        str(found.counts.gold),
        str(found.counts.predicted),
    ):
        assert number in rows.split()
    assert max(map(len, said.split("\n\n")[0].splitlines())) <= width


def test_the_summary_says_that_more_errors_exist(predictions: Path) -> None:
    """Of a file with too many bad lines, and of one line with too many errors."""
    wrong = ", ".join(["{}"] * 1500)
    line = f'{{"id": "harbour-talks", "entities": [], "mentions": [{wrong}]}}'.encode()
    for content in (b"x\n" * 1500, line):
        result = run("check", write(predictions, content))
        assert result.exit_code == 1
        assert "more than 1000 errors (the first 1000 are listed), 0 warnings" in result.stderr
        assert "too-many-findings" in result.stdout
    assert json.loads(run("check", predictions, "--json").stdout)[-1]["rule"] == "too-many-findings"


def test_of_one_rule_the_first_twenty_errors_are_printed(predictions: Path) -> None:
    result = run("check", write(predictions, b"x\n" * 25))
    lines = result.stdout.splitlines()
    assert sum("  bad-json  " in line for line in lines) == 20
    assert lines[-1] == "… and 5 more errors bad-json"
    assert sum(f["rule"] == "bad-json" for f in json.loads(run("check", predictions, "--json").stdout)) == 25


def test_errors_come_first_and_like_warnings_are_summed_up(predictions: Path) -> None:
    prediction = small_prediction()
    entities = prediction.entities or []
    entities += [msgspec.structs.replace(entities[0], id=f"unused{i}", registry=None) for i in range(8)]
    result = run("check", write(predictions, msgspec.json.encode(prediction) + b"\nx\n"))
    lines = result.stdout.splitlines()
    assert "bad-json" in lines[0]
    assert sum("unused-entity (warning)" in line for line in lines) == 5
    assert lines[-1] == "… and 3 more warnings unused-entity"
    assert "1 error, 8 warnings" in result.stderr
    listed = json.loads(run("check", predictions, "--json").stdout)
    assert sum(finding["rule"] == "unused-entity" for finding in listed) == 8


def test_a_folder_is_no_file_to_write(predictions: Path) -> None:
    folder = predictions.with_name("mine")
    folder.mkdir()
    result = run("score", predictions, "--html", folder)
    assert (result.exit_code, f"{folder} is a folder; name a file" in result.stderr) == (2, True)
    with pytest.raises(IsADirectoryError, match="name a file") as caught:
        write_whole(folder, "x")
    assert caught.value.filename == str(folder)
    assert sorted(path.name for path in predictions.parent.iterdir()) == ["mine", "predictions.jsonl"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no full device")
def test_a_full_standard_output_has_a_message(predictions: Path) -> None:
    command = [sys.executable, "-c", "from parley.cli import main; main()", "check", str(write(predictions, b"x"))]
    with Path("/dev/full").open("w") as full:
        result = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert (result.returncode, result.stderr) == (1, "parley: No space left on device\n")


def test_a_line_break_in_a_name_is_escaped(predictions: Path) -> None:
    file = predictions.rename(predictions.with_name("a\nb.jsonl"))
    assert "a\\nb.jsonl: 1 of 1 article usable" in run("check", file).stderr


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ("", "no layer is attempted in any line"),
        (', "attempted": []', "no layer is attempted in any line"),
        (', "mentions": [], "entities": [], "attempted": []', "no layer is attempted in any line"),
        (', "mentions": [], "entities": [], "attempted": ["entities", "entities"]', "'entities' is named twice"),
    ],
)
def test_a_file_attempts_a_layer_and_names_it_once(fields: str, message: str, predictions: Path) -> None:
    result = run("check", write(predictions, f'{{"id": "harbour-talks"{fields}}}'.encode()))
    assert result.exit_code == 1
    assert "partial-layer" in result.stdout and message in result.stdout
    assert "1 error, 0 warnings" in result.stderr


@pytest.mark.parametrize("mark", [b"\xef\xbb\xbf", b"[", b"x", b'{"id": "a", "id": "b"}\n ['])
def test_of_a_line_that_cannot_be_read_it_is_not_said_that_it_is_not_there(mark: bytes, predictions: Path) -> None:
    shown = run("check", write(predictions, b"x\n" + mark + predictions.read_bytes())).stdout
    assert "no line that can be used is for the article 'harbour-talks'" in shown
    assert "there is no line" not in shown
    assert "there is no line for the article 'harbour-talks'" in run("check", write(predictions, b"")).stdout
