"""Submissions: made, checked, added; what is refused leaves everything as it was."""

import hashlib
import json
import re
import shlex
import shutil
from pathlib import Path
from typing import Any

import msgspec
import pytest
from click.testing import Result
from typer.testing import CliRunner

from conftest import ROOT, SMALL
from parley import submission
from parley.cli import submit as commands
from parley.cli.app import app
from parley.files import to_json
from parley.scoring import score_file
from scoring_help import small_corpus, small_prediction

EXAMPLE = ROOT / "eval" / "example" / "predictions.jsonl"
FLAGS = {"--system": "Mine", "--version": "1", "--organisation": "Us", "--contact": "us@example.org", "--track": "zero-shot", "--training-data": "none", "--saw-test": "unknown", "--licence": "CC0"}  # fmt: skip
STRINGS = ["version", "organisation", "contact", "url", "track", "training_data", "saw_test", "licence", "weights", "note", "data_version"]  # fmt: skip


def run(*arguments: object, data: Path = SMALL, answers: str = "") -> Result:
    return CliRunner().invoke(app, [*map(str, arguments), "--data", str(data)], input=answers)


def flags(**changes: str) -> list[str]:
    chosen = FLAGS | {f"--{name.replace('_', '-')}": value for name, value in changes.items()}
    return [part for pair in chosen.items() for part in pair]


def snapshot(folder: Path) -> dict[str, bytes | None]:
    """All that is in a folder, hidden or not."""
    return {str(p.relative_to(folder)): p.read_bytes() if p.is_file() else None for p in folder.rglob("*")}


def description(folder: Path) -> dict[str, Any]:
    return json.loads((folder / "submission.json").read_bytes())


def change(folder: Path, **fields: object) -> None:
    (folder / "submission.json").write_text(json.dumps(description(folder) | fields), "utf-8")


def place(folder: Path, system: str = "Other", *, empty: bool = False, **fields: object) -> Path:
    """Make a submission beside others, of other predictions."""
    made = folder / f"made-{system}"
    made.mkdir(parents=True)
    whole = small_prediction()
    if empty:
        whole = msgspec.structs.replace(whole, stances=[])
    (made / "predictions.jsonl").write_bytes(msgspec.json.encode(whole) + b"\n")
    assert run("submit", "init", made / "predictions.jsonl", made, *flags(system=system)).exit_code == 0
    change(made, **fields)
    return made


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    """A submission without fault."""
    assert run("submit", "init", EXAMPLE, tmp_path / "mine", *flags()).exit_code == 0
    return tmp_path / "mine"


@pytest.fixture
def board(tmp_path: Path) -> Path:
    """Submissions of a leaderboard: one system, Other."""
    folder = tmp_path / "board"
    assert run("submit", "add", place(tmp_path), "--to", folder).exit_code == 0
    return folder


def refused(folder: Path, board: Path, *options: str) -> str:
    """Add a submission that must be refused; nothing may have changed. Return what was said."""
    before = snapshot(board)
    result = run("submit", "add", folder, "--to", board, *options)
    assert (result.exit_code, result.stdout) == (1, "")
    assert snapshot(board) == before
    return result.stderr


# init ------------------------------------------------------------------------------------------------------


def test_init_writes_what_is_said_beside_a_copy(mine: Path) -> None:
    assert (mine / "predictions.jsonl").read_bytes() == EXAMPLE.read_bytes()
    said = description(mine)
    assert (said["system"], said["data_version"], said["base_models"], said["url"]) == ("Mine", "0.1.0", [], None)
    assert said["predictions_sha256"] == hashlib.sha256(EXAMPLE.read_bytes()).hexdigest()
    assert run("check", mine).exit_code == 0


def test_every_field_has_a_flag(tmp_path: Path) -> None:
    more = flags(
        url="https://example.org/x", parameters="7,000,000,000", weights="open", note="n", data_version="0.1.0"
    )
    models = ["--base-model", "a/b@main", "--base-model", "c"]
    assert run("submit", "init", EXAMPLE, tmp_path, *more, *models).exit_code == 0
    said = description(tmp_path)
    assert said["base_models"] == [{"name": "a/b", "revision": "main"}, {"name": "c", "revision": None}]
    assert (said["parameters"], said["weights"], said["note"]) == (7_000_000_000, "open", "n")
    fields = json.loads((ROOT / "schema" / "submission.schema.json").read_bytes())["properties"]
    assert set(said) == set(fields)


def test_init_asks_in_a_terminal_until_the_answer_can_stand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commands, "_can_ask", lambda: True)
    asked = ["my.system", "Mine", "1", "Us", "me", "javascript:x", "", "a@1, b", "many", "12", "zero", "zero-shot", "none", "no", "CC0", "", ""]  # fmt: skip
    result = run("submit", "init", EXAMPLE, tmp_path, answers="\n".join(asked) + "\n")
    assert result.exit_code == 0, result.stderr
    said = description(tmp_path)
    assert (said["system"], said["url"], said["parameters"], said["track"]) == ("Mine", None, 12, "zero-shot")
    assert said["base_models"] == [{"name": "a", "revision": "1"}, {"name": "b", "revision": None}]
    assert "weights" not in said
    for wrong in ("bad-system-name", "no address of a page", "did you mean 'zero-shot'?", "'many' is a string"):
        assert wrong in result.stderr


def test_without_a_terminal_the_flags_that_are_needed_are_named(tmp_path: Path) -> None:
    result = run("submit", "init", EXAMPLE, tmp_path / "new", "--system", "Mine")
    assert result.exit_code == 2
    assert "--version, --organisation, --contact, --track, --training-data, --saw-test, --licence: needed" in result.stderr  # fmt: skip
    assert not (tmp_path / "new").exists()


def test_init_overwrites_nothing_unless_told(mine: Path) -> None:
    before = snapshot(mine)
    result = run("submit", "init", EXAMPLE, mine, *flags(version="2"))
    assert result.exit_code == 2
    assert "--overwrite" in result.stderr
    assert snapshot(mine) == before
    assert run("submit", "init", mine / "predictions.jsonl", mine, *flags(version="2")).exit_code == 2
    assert run("submit", "init", EXAMPLE, mine, *flags(version="2"), "--overwrite").exit_code == 0
    assert description(mine)["version"] == "2"


def test_init_like_an_earlier_one_takes_over_all_but_what_must_be_new(mine: Path, tmp_path: Path) -> None:
    change(mine, note="as before", data_version="0.0.9")
    assert run("submit", "init", EXAMPLE, tmp_path / "new", "--like", mine, "--version", "2").exit_code == 0
    said = description(tmp_path / "new")
    assert (said["system"], said["note"], said["version"], said["data_version"]) == ("Mine", "as before", "2", "0.1.0")


@pytest.mark.parametrize(
    ("name", "content"), [("nowhere.jsonl", None), ("packed.jsonl", b"\x1f\x8b\x08\x00"), ("folder", "folder")]
)
def test_init_of_a_file_that_cannot_be_submitted(name: str, content: Any, tmp_path: Path) -> None:
    if content == "folder":
        (tmp_path / name).mkdir()
    elif content:
        (tmp_path / name).write_bytes(content)
    result = run("submit", "init", tmp_path / name, tmp_path / "new", *flags())
    assert result.exit_code == 1
    assert name in result.stderr
    assert not (tmp_path / "new").exists()


# check -----------------------------------------------------------------------------------------------------


def test_check_of_a_folder_finds_everything_in_one_go(mine: Path) -> None:
    broken = (mine / "predictions.jsonl").read_bytes().replace(b'"Clash"', b'"Attack"')
    (mine / "predictions.jsonl").write_bytes(broken)
    change(mine, data_version="0.0.9", track="zero", url="javascript:alert(1)")
    result = run("check", mine)
    assert result.exit_code == 1
    for said in ("$.track  unknown-label", "$.url  bad-value", "$.events[2].type  unknown-label"):
        assert said in result.stdout
    change(mine, track="zero-shot", url=None)
    said = run("check", mine).stdout
    for rule in ("$.data_version  other-data-version", "$.predictions_sha256  wrong-hash", "unknown-label"):
        assert rule in said


@pytest.mark.parametrize("name", ["submission.json", "predictions.jsonl"])
def test_check_of_a_folder_that_lacks_a_file(name: str, mine: Path) -> None:
    (mine / name).unlink()
    result = run("check", mine)
    assert result.exit_code == 1
    assert f"{mine / name}  missing-file" in result.stdout


# add -------------------------------------------------------------------------------------------------------


def test_add_puts_the_submission_and_its_report_into_place(mine: Path, board: Path) -> None:
    assert run("submit", "add", mine, "--to", board).exit_code == 0
    assert sorted(p.name for p in board.iterdir()) == ["Mine", "Other"]
    own = snapshot(board / "Mine")
    assert sorted(own) == ["predictions.jsonl", "report.json", "submission.json"]
    assert own["predictions.jsonl"] == EXAMPLE.read_bytes()
    assert own["submission.json"] == (mine / "submission.json").read_bytes()
    fresh = to_json(score_file(small_corpus(), EXAMPLE, "test", system="Mine"))
    assert own["report.json"] == fresh.encode()


def test_a_folder_that_is_already_in_its_place_gets_its_report(mine: Path, board: Path) -> None:
    mine.rename(board / "Mine")
    assert run("submit", "add", board / "Mine", "--to", board).exit_code == 0
    assert (board / "Mine" / "report.json").exists()
    assert run("submit", "add", board / "Mine", "--to", board).exit_code == 0  # again: nothing to object to


def test_a_folder_in_place_bears_the_name_of_its_system(mine: Path, board: Path) -> None:
    mine.rename(board / "elsewhere")
    assert "the system is 'Mine', its folder 'elsewhere'; rename the folder to 'Mine'" in refused(
        board / "elsewhere", board
    )


BAD_NAMES = ["../owned", "a/b", "a\\b", ".", "..", ".hidden", "v1.0", "<b>x</b>", "a&b", "a\u202eb", "\u200fa", "a\x1b[31m", "a\nb", "", " a", "a ", "NUL", "a" * 81, "名", None, 7, ["a"]]  # fmt: skip


@pytest.mark.parametrize("name", BAD_NAMES, ids=ascii)
def test_names_that_are_refused(name: object, mine: Path, board: Path) -> None:
    change(mine, system=name)
    said = refused(mine, board)
    assert f"{mine}/submission.json $.system  " in said
    assert "bad-system-name" in said or not isinstance(name, str)
    assert "\u202e" not in said and "\u200f" not in said and "\x1b" not in said
    assert not (board.parent / "owned").exists()


@pytest.mark.parametrize("bad", ["\x1b[2J", "\u202e", "\u200f", "\u2028", "\x00", "\n", "\u200b"], ids=ascii)
@pytest.mark.parametrize("field", STRINGS)
def test_characters_that_no_field_may_hold(field: str, bad: str, mine: Path, board: Path) -> None:
    change(mine, **{field: f"https://a{bad}b"})
    said = refused(mine, board)
    assert f"$.{field}  " in said
    assert bad == "\n" or bad not in said


def test_characters_in_the_name_of_a_base_model(mine: Path, board: Path) -> None:
    change(mine, base_models=[{"name": "fine", "revision": None}, {"name": "x\u202e", "revision": "\x07"}])
    said = refused(mine, board)
    assert "$.base_models[1].name  control-character" in said
    assert "$.base_models[1].revision  control-character" in said


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"predictions_sha256": "0" * 64}, "$.predictions_sha256  wrong-hash"),
        ({"predictions_sha256": "0"}, "$.predictions_sha256  bad-value"),
        ({"data_version": "0.0.9"}, "older than this dataset, '0.1.0'"),
        ({"data_version": "0.0.10"}, "older than this dataset"),
        ({"data_version": "0.10.0"}, "newer than this dataset"),
        ({"data_version": "1"}, "$.data_version  bad-value"),
        ({"saw_test": "perhaps"}, "$.saw_test  unknown-label"),
        ({"saw_test": True}, "$.saw_test"),
        ({"weights": "free"}, "$.weights  unknown-label"),
        ({"parameters": -1}, "$.parameters"),
        ({"parameters": 1.5}, "$.parameters"),
        ({"extra": 1}, "unknown-field"),
        ({"url": 'https://x" onclick="y'}, "$.url  bad-value"),
        ({"url": "http://example.org"}, "$.url  bad-value"),
        ({"organisation": "x" * 201}, "$.organisation"),
        ({"note": "x" * 1001}, "$.note"),
        ({"base_models": "none"}, "$.base_models  wrong-type"),
    ],
)
def test_what_is_said_must_be_true_and_in_form(changes: dict[str, object], rule: str, mine: Path, board: Path) -> None:
    change(mine, **changes)
    assert rule in refused(mine, board)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff", b'{"system": NaN}', b'{"a": 1, "a": 2}', b"[" * 9999])
def test_a_submission_json_that_is_none(content: bytes, mine: Path, board: Path) -> None:
    (mine / "submission.json").write_bytes(content)
    assert f"{mine}/submission.json" in refused(mine, board)


def test_predictions_that_were_changed_after_the_description(mine: Path, board: Path) -> None:
    (mine / "predictions.jsonl").write_bytes(EXAMPLE.read_bytes() + b"\n")
    assert "$.predictions_sha256  wrong-hash" in refused(mine, board)


def test_predictions_with_an_error(mine: Path, board: Path) -> None:
    (mine / "predictions.jsonl").write_bytes(EXAMPLE.read_bytes().replace(b'"Clash"', b'"Attack"'))
    assert "predictions.jsonl:1 $.events[2].type  unknown-label" in refused(mine, board)


def test_the_same_predictions_under_another_name(board: Path, tmp_path: Path) -> None:
    said = refused(place(tmp_path, "Copy"), board)
    assert "duplicate-submission" in said
    assert f"{board}/Other has the same predictions under another name" in said
    refused(tmp_path / "made-Copy", board, "--replace")


def test_a_system_that_is_there(tmp_path: Path, board: Path) -> None:
    again = tmp_path / "made-Other"
    assert "$.version  duplicate-submission  this version of the system is there already" in refused(again, board)
    change(again, version="2")
    assert "--replace puts this one in its place" in refused(again, board)
    assert run("submit", "add", again, "--to", board, "--replace").exit_code == 0
    assert description(board / "Other")["version"] == "2"
    assert [p.name for p in board.iterdir()] == ["Other"]


def test_a_name_that_differs_in_capitals_alone(board: Path, tmp_path: Path) -> None:
    made = place(tmp_path, "OTHER", empty=True)
    assert "same name but for capitals" in refused(made, board)
    refused(made, board, "--replace")


def test_a_report_that_is_not_what_scoring_gives(mine: Path, board: Path) -> None:
    assert run("score", mine / "predictions.jsonl").exit_code == 0
    good = (mine / "report.json").read_bytes()
    (mine / "report.json").write_bytes(good.replace(b'"value": 0.', b'"value": 0.9', 1))
    said = refused(mine, board)
    assert f"{mine}/report.json  edited-report" in said
    assert 'has \'"value": 0.9' in said
    (mine / "report.json").write_bytes(good)
    assert run("submit", "add", mine, "--to", board).exit_code == 0


def fail(*_: object, **__: object) -> None:
    raise KeyboardInterrupt


@pytest.mark.parametrize("where", ["score_file", "write_whole", "_move", "to_json"])
@pytest.mark.parametrize("replace", [False, True])
def test_an_interruption_leaves_nothing_behind(
    where: str, replace: bool, mine: Path, board: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if replace:
        change(mine, system="Other", version="2")
    before = snapshot(board)
    monkeypatch.setattr(submission, where, fail)
    with pytest.raises(KeyboardInterrupt):
        submission.add(mine, small_corpus(), board, replace=replace)
    assert snapshot(board) == before


@pytest.mark.parametrize("failing", [1, 2])
def test_a_replacement_that_fails_puts_the_old_one_back(
    failing: int, mine: Path, board: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    change(mine, system="Other", version="2")
    before = snapshot(board)
    rename, calls = Path.rename, []

    def sometimes(self: Path, target: Path) -> Path:
        calls.append(self)
        if len(calls) == failing:
            raise OSError(28, "No space left on device")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", sometimes)
    with pytest.raises(OSError, match="No space"):
        submission.add(mine, small_corpus(), board, replace=True)
    assert snapshot(board) == before


def test_what_a_crash_left_aside_is_told_and_not_lost(mine: Path, board: Path) -> None:
    (board / "Other").rename(board / ".Other.aside")
    assert "rename it back to 'Other'" in refused(mine, board)


def test_rescore_renews_reports_and_says_which(mine: Path, board: Path) -> None:
    run("submit", "add", mine, "--to", board)
    good = (board / "Mine" / "report.json").read_bytes()
    assert run("submit", "rescore", "--to", board, "--check").exit_code == 0
    (board / "Mine" / "report.json").write_bytes(good.replace(b"0.", b"0.1", 1))
    result = run("submit", "rescore", "--to", board, "--check")
    assert result.exit_code == 1
    assert f"{board}/Mine/report.json  edited-report" in result.stdout
    assert run("submit", "rescore", "--to", board).exit_code == 0
    assert (board / "Mine" / "report.json").read_bytes() == good


# what is shipped -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["empty", "majority", "rules"])
def test_the_baselines_are_made_by_the_commands_of_any_entrant(name: str, tmp_path: Path) -> None:
    """As `make submissions` does, in another folder."""
    own = ROOT / "eval" / "submissions" / name
    data = ROOT / "data"
    version = CliRunner().invoke(app, ["--version"]).stdout.split()[1]
    made = tmp_path / name
    assert run("predict", name, "-o", made / "predictions.jsonl", data=data).exit_code == 0
    like = ["--like", own, "--version", version]
    assert run("submit", "init", made / "predictions.jsonl", made, *like, data=data).exit_code == 0
    assert run("submit", "add", made, "--to", tmp_path / "board", data=data).exit_code == 0
    assert snapshot(tmp_path / "board" / name) == snapshot(own), "run `make submissions`"


def test_rules_does_not_claim_that_it_never_saw_the_test_articles() -> None:
    said = description(ROOT / "eval" / "submissions" / "rules")
    assert said["saw_test"] != "no"
    assert "second hand" in said["note"]


def test_the_commands_of_the_guide_run_as_they_stand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(ROOT / "eval", tmp_path / "eval")
    monkeypatch.chdir(tmp_path)
    text = (ROOT / "eval" / "README.md").read_text("utf-8")
    section = text[text.index("## How to submit") : text.index("## The metrics")].replace("\\\n", " ")
    lines = re.findall(r"^    parley (.+)$", section, re.MULTILINE)
    codes = [CliRunner().invoke(app, shlex.split(line)).exit_code for line in lines]
    # The guide says that adding the predictions of `rules` once more is refused.
    assert list(zip((line.split()[0] for line in lines), codes, strict=True)) == [
        ("predict", 0),
        ("submit", 0),
        ("check", 0),
        ("submit", 1),
        ("leaderboard", 0),
        ("leaderboard", 0),
    ]
    assert (tmp_path / "out" / "site" / "index.html").is_file()


def test_an_unreadable_board_is_no_traceback(mine: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    result = run("submit", "add", mine, "--to", tmp_path / "file")
    assert result.exit_code != 0
    assert isinstance(result.exception, (SystemExit, OSError))  # the command's top prints an OSError as a message
