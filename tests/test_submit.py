"""Submissions: made, checked, added; what is refused leaves everything as it was."""

import hashlib
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import pytest
from typer.testing import CliRunner

import conftest
from conftest import EXAMPLE, ROOT, SMALL
from parley.cli.app import app
from parley.files import to_json
from parley.leaderboard import submission
from parley.scoring import score_file
from scoring_help import small_corpus, small_prediction

FIELDS = {"system": "Mine", "version": "1", "organisation": "Us", "contact": "us@example.org", "track": "zero-shot", "training_data": "none", "saw_test": "unknown", "licence": "CC0"}  # fmt: skip
STRINGS = ["version", "organisation", "contact", "url", "track", "training_data", "saw_test", "licence", "weights", "note", "data_version"]  # fmt: skip


run = partial(conftest.run, data=SMALL)


def fields(**changes: str) -> list[str]:
    return [f"{name}={value}" for name, value in (FIELDS | changes).items()]


def snapshot(folder: Path) -> dict[str, bytes | None]:
    """All that is in a folder, hidden or not, but for the lock."""
    found = (p for p in folder.rglob("*") if p.name != ".lock")
    return {str(p.relative_to(folder)): p.read_bytes() if p.is_file() else None for p in found}


def description(folder: Path) -> dict[str, Any]:
    return json.loads((folder / "submission.json").read_bytes())


def change(folder: Path, **fields: object) -> None:
    (folder / "submission.json").write_text(json.dumps(description(folder) | fields), "utf-8")


def place(folder: Path, system: str = "Other", *, empty: bool = False, **changes: object) -> Path:
    """Make a submission beside others, of other predictions."""
    made = folder / f"made-{system}"
    made.mkdir(parents=True)
    whole = small_prediction()
    if empty:
        whole = msgspec.structs.replace(whole, stances=[])
    (made / "predictions.jsonl").write_bytes(msgspec.json.encode(whole) + b"\n")
    assert run("submit", "init", made / "predictions.jsonl", made, *fields(system=system)).exit_code == 0
    change(made, **changes)
    return made


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    """A submission without fault."""
    assert run("submit", "init", EXAMPLE, tmp_path / "mine", *fields()).exit_code == 0
    return tmp_path / "mine"


@pytest.fixture
def board(tmp_path: Path) -> Path:
    """Submissions of a leaderboard: one system, Other."""
    folder = tmp_path / "board"
    folder.mkdir()
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


def test_every_field_can_be_given(tmp_path: Path) -> None:
    more = fields(
        url="https://example.org/x", parameters="7,000,000,000", weights="open", note="n", data_version="0.1.0",
        base_models="a/b@main, c",
    )  # fmt: skip
    assert run("submit", "init", EXAMPLE, tmp_path, *more).exit_code == 0
    said = description(tmp_path)
    assert said["base_models"] == [{"name": "a/b", "revision": "main"}, {"name": "c", "revision": None}]
    assert (said["parameters"], said["weights"], said["note"]) == (7_000_000_000, "open", "n")
    schema = json.loads((ROOT / "schema" / "submission.schema.json").read_bytes())["properties"]
    assert {*said, "run"} == set(schema)  # the run comes from a log


def test_what_is_not_given_is_left_to_fill_in_and_check_says_what(tmp_path: Path) -> None:
    result = run("submit", "init", EXAMPLE, tmp_path / "new", "system=GPT-4.1", "track=zero-shot")
    assert result.exit_code == 0
    assert "Fill in version, organisation, contact, training_data, saw_test, licence in" in result.stderr
    said = run("check", tmp_path / "new").stdout
    for name in ("version", "organisation", "contact", "training_data", "saw_test", "licence"):
        assert f"$.{name}  not-filled-in  {name} is not filled in; " in said
    assert "; one of yes, no, unknown" in said
    change(tmp_path / "new", **{name: value for name, value in FIELDS.items() if name != "system"})
    assert run("check", tmp_path / "new").exit_code == 0


@pytest.mark.parametrize(
    ("given", "code", "said"),
    [
        ("system", 2, "'system' is not FIELD=VALUE"),
        ("sistem=Mine", 2, "the fields are system, version,"),
        ("predictions_sha512=0", 2, "is not FIELD=VALUE"),
        ("system=a/b", 1, "$.system  bad-system-name"),
        ("track=zero", 1, "use one of supervised, few-shot, zero-shot"),
        ("url=javascript:x", 1, "is not the address of a page"),
        ("parameters=many", 1, "'many' is a string"),
    ],
)
def test_a_field_that_is_wrong_is_refused_and_nothing_written(given: str, code: int, said: str, tmp_path: Path) -> None:
    result = run("submit", "init", EXAMPLE, tmp_path / "new", given)
    assert result.exit_code == code
    assert said in result.stderr
    assert not (tmp_path / "new").exists()


def test_init_overwrites_nothing_unless_told(mine: Path) -> None:
    before = snapshot(mine)
    result = run("submit", "init", EXAMPLE, mine, *fields(version="2"))
    assert result.exit_code == 2
    assert "--overwrite" in result.stderr
    assert snapshot(mine) == before
    assert run("submit", "init", mine / "predictions.jsonl", mine, *fields(version="2")).exit_code == 2
    assert run("submit", "init", EXAMPLE, mine, *fields(version="2"), "--overwrite").exit_code == 0
    assert description(mine)["version"] == "2"


def test_init_like_an_earlier_one_takes_over_all_but_what_must_be_new(mine: Path, tmp_path: Path) -> None:
    change(mine, note="as before", data_version="0.0.9")
    assert run("submit", "init", EXAMPLE, tmp_path / "new", "version=2", "--like", mine).exit_code == 0
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
    result = run("submit", "init", tmp_path / name, tmp_path / "new", *fields())
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
    for said in ("$.track  unknown-label", "$.url  bad-address", "$.events[3].type  unknown-label"):
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
    assert sorted(p.name for p in board.iterdir()) == [".lock", "Mine", "Other"]
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


@pytest.mark.parametrize(
    "name", ["../owned", "a\u202eb", "\u200fa", "a\x1b[31m", " a", "con.1", None, 7, ["a"]], ids=ascii
)
def test_names_that_are_refused(name: object, mine: Path, board: Path) -> None:
    change(mine, system=name)
    said = refused(mine, board)
    assert f"{mine}/submission.json $.system  " in said
    assert "bad-system-name" in said or not isinstance(name, str)
    assert "\u202e" not in said and "\u200f" not in said and "\x1b" not in said
    assert not (board.parent / "owned").exists()


@pytest.mark.parametrize(
    ("field", "bad"),
    [*((field, "\u202e") for field in STRINGS)]
    + [("organisation", bad) for bad in ("\x1b[2J", "\u200f", "\u2028", "\x00", "\n", "\u200b")],
    ids=ascii,
)
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
        ({"data_version": "1"}, "'1' is not a version; write three numbers, e.g. 0.2.0"),
        ({"saw_test": "maybe"}, "unknown-label  'maybe' is not a value of saw_test; use one of yes, no, unknown"),
        ({"saw_test": True}, "$.saw_test"),
        ({"weights": "free"}, "$.weights  unknown-label"),
        ({"parameters": -3}, "-3 is less than 0; write a whole number of 0 or more, e.g. 7000000000"),
        ({"parameters": 1.5}, "$.parameters"),
        ({"extra": 1}, "unknown-field"),
        ({"url": 'https://x" onclick="y'}, "has a character that no address may hold: '\"'"),
        ({"url": "https://x/" + "y" * 491}, "$.url  bad-value  the text has 501 characters; at most 500 are allowed"),
        ({"url": "http://example.org"}, "$.url  bad-address"),
        (
            {"organisation": "x" * 201},
            "$.organisation  bad-value  the text has 201 characters; at most 200 are allowed",
        ),
        ({"organisation": "", "note": ""}, "$.note  bad-value  the text is empty"),
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


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda data: data + b"\n", "$.predictions_sha256  wrong-hash"),
        (lambda data: data.replace(b'"Clash"', b'"Attack"'), "predictions.jsonl:1 $.events[3].type  unknown-label"),
    ],
)
def test_predictions_that_were_changed_after_the_description(change: Any, said: str, mine: Path, board: Path) -> None:
    (mine / "predictions.jsonl").write_bytes(change(EXAMPLE.read_bytes()))
    assert said in refused(mine, board)


@pytest.mark.parametrize("ending", [b"", b"\n \n"])
def test_the_same_predictions_under_another_name(ending: bytes, board: Path, tmp_path: Path) -> None:
    made = place(tmp_path, "Copy")
    data = (made / "predictions.jsonl").read_bytes() + ending
    (made / "predictions.jsonl").write_bytes(data)
    change(made, predictions_sha256=hashlib.sha256(data).hexdigest())
    said = refused(made, board)
    assert "duplicate-submission" in said
    assert f"{board}/Other has the same predictions" in said
    refused(made, board, "--replace")


def test_a_system_that_is_there(tmp_path: Path, board: Path) -> None:
    again = tmp_path / "made-Other"
    said = refused(again, board)
    assert f"$.system  duplicate-submission  {board}/Other is the same system, version '1'; --replace puts" in said
    change(again, version="2")
    assert run("submit", "add", again, "--to", board, "--replace").exit_code == 0
    assert description(board / "Other")["version"] == "2"
    assert sorted(p.name for p in board.iterdir()) == [".lock", "Other"]


@pytest.mark.parametrize("name", ["OTHER", "o-t-h-e-r"])
def test_names_that_differ_in_capitals_and_hyphens(name: str, board: Path, tmp_path: Path) -> None:
    if name != "OTHER":
        assert run("submit", "add", place(tmp_path, "O t H_e_r", empty=True), "--to", board).exit_code == 0
    made = place(tmp_path, name, empty=True)
    assert "has the same name but for capitals, spaces and hyphens" in refused(made, board)
    refused(made, board, "--replace")


def test_a_report_that_comes_with_a_submission_is_not_believed(mine: Path, board: Path) -> None:
    (mine / "report.json").write_text('{"overall": 1.0}')
    assert run("submit", "add", mine, "--to", board).exit_code == 0
    assert json.loads((board / "Mine" / "report.json").read_bytes())["system"] == "Mine"


@pytest.mark.parametrize("name", ["predictions.jsonl", "submission.json"])
@pytest.mark.parametrize("target", ["/dev/zero", "fifo", "kept", "nowhere"])
def test_only_plain_files_in_the_folder_are_opened(name: str, target: str, mine: Path, board: Path) -> None:
    (mine / name).rename(mine / "kept")
    os.mkfifo(mine / name) if target == "fifo" else (mine / name).symlink_to(target)
    rule = "missing-file" if target == "fifo" else "not-plain"
    assert f"{mine / name}  {rule}" in refused(mine, board)
    assert f"{mine / name}  {rule}" in run("check", mine).stdout


def test_outside_a_checkout_add_makes_no_folder(mine: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    result = run("submit", "add", mine)
    assert result.exit_code == 2
    assert "there is no folder eval/submissions; run this in a checkout" in result.stderr
    assert [p.name for p in tmp_path.iterdir()] == ["mine"]


ADD = """
import sys
from pathlib import Path
from parley.leaderboard.submission import add
from scoring_help import small_corpus
add(Path(sys.argv[1]), small_corpus(), Path(sys.argv[2]))
"""


def test_of_two_added_at_once_the_second_sees_the_first(mine: Path, board: Path, tmp_path: Path) -> None:
    """Two names for the same predictions: without a lock both would be added."""
    shutil.copytree(mine, tmp_path / "twin")
    change(tmp_path / "twin", system="Twin")
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT / "tests")])}
    both = [
        subprocess.Popen([sys.executable, "-c", ADD, folder, board], env=environment, stderr=subprocess.PIPE)
        for folder in (mine, tmp_path / "twin")
    ]
    errors = [process.communicate(timeout=60)[1] for process in both]
    assert sorted(process.returncode for process in both) == [0, 1]
    assert b"has the same predictions" in b"".join(errors)
    assert len([p for p in board.iterdir() if p.is_dir()]) == 2


def fail(*_: object, **__: object) -> None:
    raise KeyboardInterrupt


@pytest.mark.parametrize("where", ["read_submission", "new_folder", "to_json"])
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


@pytest.mark.parametrize("name", ["rename", "replace"])
def test_a_replacement_that_fails_puts_the_old_one_back(
    name: str, mine: Path, board: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    change(mine, system="Other", version="2")
    before = snapshot(board)
    real, calls = getattr(Path, name), []

    def first_fails(self: Path, target: Path) -> Path:
        calls.append(self)
        if len(calls) == 1:
            raise OSError(28, "No space left on device")
        return real(self, target)  # type: ignore[no-any-return]

    monkeypatch.setattr(Path, name, first_fails)
    with pytest.raises(OSError, match="No space"):
        submission.add(mine, small_corpus(), board, replace=True)
    assert snapshot(board) == before


def test_what_a_killed_command_left_is_cleaned_up_at_the_next(mine: Path, board: Path) -> None:
    (board / "Other").rename(board / ".Other.aside")  # killed while it was replaced: it gets its place back
    shutil.copytree(mine, board / ".Mine.3.tmp")
    shutil.copytree(mine, board / ".Mine.tmp")
    (board / ".Mine.tmp" / ".report.json.3.tmp").write_text("half")
    assert run("submit", "add", mine, "--to", board).exit_code == 0
    shutil.copytree(mine, board / ".Mine.aside")  # killed after that
    (board / "Other" / ".report.json.3.tmp").write_text("half")
    (board / "Other" / "report.json").unlink()
    result = run("leaderboard", board, "-o", board.parent / "leaderboard.json")
    assert result.exit_code == 0, result.stderr
    assert sorted(p.name for p in board.iterdir()) == [".lock", "Mine", "Other"]
    assert sorted(snapshot(board / "Other")) == ["predictions.jsonl", "report.json", "submission.json"]


def test_a_check_after_a_killed_replacement_says_where_the_submission_is(mine: Path, board: Path) -> None:
    """It writes nothing, so it cannot put it back; and it does not take the leaderboard without it for complete."""
    output = board.parent / "leaderboard.json"
    assert run("leaderboard", board, "-o", output).exit_code == 0
    (board / "Other").rename(board / ".Other.aside")
    shutil.copytree(mine, board / ".Other.3.tmp")
    before = snapshot(board)
    result = run("leaderboard", board, "-o", output, "--check")
    assert result.exit_code == 1
    assert f"{board / '.Other.aside'}  interrupted-replacement" in result.stderr
    assert "parley leaderboard" in result.stderr
    assert snapshot(board) == before
    assert run("leaderboard", board, "-o", output).exit_code == 0
    assert run("leaderboard", board, "-o", output, "--check").exit_code == 0


def test_cleaning_up_stays_in_the_folder(mine: Path, board: Path, tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / ".kept.tmp").write_text("kept")
    (board / ".a.tmp").symlink_to(tmp_path / "outside")
    (board / ".b.tmp").write_text("a file")
    (board / "link").symlink_to(tmp_path / "outside")
    assert run("submit", "add", mine, "--to", board).exit_code == 1  # as the link is no submission
    assert sorted(p.name for p in board.iterdir()) == [".lock", "Other", "link"]
    assert (tmp_path / "outside" / ".kept.tmp").read_text() == "kept"


def test_git_ignores_the_lock_and_what_a_killed_command_left() -> None:
    if not (ROOT / ".git").exists():
        pytest.skip("no git checkout")
    names = [".lock", ".Mine.tmp/report.json", ".Mine.aside/report.json", "Mine/.report.json.3.tmp"]
    paths = [f"eval/submissions/{name}" for name in names]
    paths += ["data/gold/.x.json.3.tmp", ".out.3.tmp/x", "data/.articles.lock"]
    done = subprocess.run(["git", "check-ignore", *paths], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.stdout.split() == paths


# what is shipped -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["empty", "majority", "rules"])
def test_the_baselines_are_made_by_the_commands_of_any_entrant(name: str, tmp_path: Path) -> None:
    """As `make submissions` does, in another folder."""
    own = ROOT / "eval" / "submissions" / name
    data = ROOT / "data"
    version = CliRunner().invoke(app, ["--version"]).stdout.split()[1]
    made = tmp_path / name
    assert run("predict", name, "-o", made / "predictions.jsonl", data=data).exit_code == 0
    for split in ("twin", "contrast"):
        file = made / f"predictions.{split}.jsonl"
        assert run("predict", name, "--split", split, "-o", file, data=data).exit_code == 0
    like = [f"version={version}", "--like", own]
    assert run("submit", "init", made / "predictions.jsonl", made, *like, data=data).exit_code == 0
    (tmp_path / "board").mkdir()
    assert run("submit", "add", made, "--to", tmp_path / "board", data=data).exit_code == 0
    assert snapshot(tmp_path / "board" / name) == snapshot(own), "run `make submissions`"


def test_rules_does_not_claim_that_it_never_saw_the_test_articles() -> None:
    said = description(ROOT / "eval" / "submissions" / "rules")
    assert said["saw_test"] != "no"
    assert "Not blind to the two real articles at second hand" in said["note"]


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


def test_the_program_of_the_guide_makes_predictions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    text = (ROOT / "eval" / "README.md").read_text("utf-8")
    (program,) = re.findall(r"^```python\n(.+?)^```", text, re.MULTILINE | re.DOTALL)
    exec(program, {})  # our own page
    assert run("check", "predictions.jsonl", data=ROOT / "data").exit_code == 0
    predictions = [json.loads(line) for line in Path("predictions.jsonl").read_text("utf-8").splitlines()]
    assert {entity["name"] for prediction in predictions for entity in prediction["entities"]} == {"ASEAN"}
