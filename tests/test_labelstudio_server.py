"""Out to a real Label Studio server and back: nothing doubled, nothing overwritten, and nothing lost when it breaks."""

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from conftest import tree
from labelstudio_server import (
    ARTICLE,
    PASSWORD,
    TOKEN,
    USER,
    Run,
    Site,
    add_tanker,
    executable,
    new_user,
    read,
    same_but_for_annotator,
    save_draft,
    submit,
    submit_all,
    tasks_of,
)
from parley import files
from parley.checks import load_corpus
from parley.cli.app import app
from parley.labelstudio.client import Client, LabelStudioError, check_address
from parley.labelstudio.pull import folder_name
from parley.labelstudio.server import is_healthy

# there and back -------------------------------------------------------------------------------------------------------


def test_gold_goes_out_and_comes_back_as_it_was(run: Run, admin: Client, title: str, tmp_path: Path) -> None:
    assert run("push", "--from", "gold", "--project", title).exit_code == 0
    submit_all(admin, title)
    result = run("pull", "--project", title, "--out", tmp_path / "raw")
    assert result.exit_code == 0, result.output
    corpus = load_corpus(Path(__file__).parents[1] / "data", raw=False)
    for article, document in corpus.gold.items():
        found = files.read_json(tmp_path / "raw" / "admin" / f"{article}.json")[0]
        assert same_but_for_annotator(found, json.loads(files.to_json(document))), article
        assert found["annotator"] == "admin"


def test_propositions_and_harm_go_out_and_come_back(run: Run, small: Path, admin: Client, title: str) -> None:
    add_tanker(small)
    assert run("push", "--from", "gold", "--project", title, "--data", small).exit_code == 0
    submit_all(admin, title)
    result = run("pull", "--project", title, "--data", small)
    assert result.exit_code == 0, result.output
    gold, back = read(small / "gold" / "tanker.json"), read(small / "raw" / "admin" / "tanker.json")
    assert same_but_for_annotator(back, gold)
    (proposition,) = back["propositions"]
    assert [span["text"] for span in proposition["mentions"]] == ["the proposal"]
    assert {event["harm"] for event in back["events"] if event["type"] == "Casualty"} == {"killed"}


def test_predictions_keep_their_propositions(run: Run, small: Path, admin: Client, title: str, tmp_path: Path) -> None:
    add_tanker(small)
    record = read(small / "gold" / "tanker.json")
    for proposition in record["propositions"]:
        for span in [proposition, *proposition["mentions"]]:
            span.pop("text")
    file = tmp_path / "mine.jsonl"
    layers = ("id", "mentions", "entities", "events", "propositions", "stances")
    file.write_text(json.dumps({name: record[name] for name in layers}) + "\n", "utf-8")
    result = run("push", "--project", title, "--data", small, "--from", file, "--article", "tanker")
    assert result.exit_code == 0 and "not-shown" not in result.output, result.output
    submit_all(admin, title)
    assert run("pull", "--project", title, "--data", small, "--as", "mine", "--annotator", USER).exit_code == 0
    back = read(small / "raw" / "mine" / "tanker.json")
    assert same_but_for_annotator(back, read(small / "gold" / "tanker.json"))


def test_pushing_again_doubles_nothing_and_completes_what_is_missing(
    run: Run, data: Path, admin: Client, title: str
) -> None:
    push = ("push", "--project", title, "--data", data)
    first = run(*push, "--article", ARTICLE)
    assert "project" in first.stdout and "tasks: 1 made" in first.stdout and "pre-annotations: 1 made" in first.stdout
    assert "tasks: 4 made, 0 updated, 1 unchanged" in run(*push).stdout
    shown = run(*push, "--from", "annotator-1")
    assert "5 unchanged" in shown.stdout and "pre-annotations: 5 made" in shown.stdout, shown.output
    assert "pre-annotations: 0 made, 0 updated, 5 unchanged" in run(*push, "--from", "annotator-1").stdout
    assert "pre-annotations: 5 made" in run(*push, "--from", "gold").stdout
    tasks = tasks_of(admin, title)
    assert len(tasks) == 5
    assert {p["model_version"] for p in admin.predictions(tasks[ARTICLE])} == {"blank", "annotator-1", "gold"}
    assert json.loads(run(*push, "--json").stdout)["tasks_unchanged"] == 5


def test_a_changed_answer_replaces_the_one_shown(run: Run, data: Path, admin: Client, title: str) -> None:
    push = ("push", "--project", title, "--data", data, "--from", "gold", "--article", ARTICLE)
    run(*push)
    record = read(data / "gold" / f"{ARTICLE}.json")
    (data / "gold" / f"{ARTICLE}.json").write_text(json.dumps({**record, "stances": []}), "utf-8")
    assert "pre-annotations: 0 made, 1 updated, 0 unchanged" in run(*push).stdout
    assert len(admin.predictions(tasks_of(admin, title)[ARTICLE])) == 1


def test_predictions_without_what_is_derived_are_shown(
    run: Run, data: Path, admin: Client, title: str, tmp_path: Path
) -> None:
    record = read(data / "gold" / f"{ARTICLE}.json")
    for event in record["events"]:
        event.pop("text")
        for argument in event["arguments"]:
            if "entity" in argument:
                argument.pop("mention", None)
    line = {
        key: record[key] for key in ("id", "mentions", "entities", "events", "propositions")
    }  # no stances: not attempted
    file = tmp_path / "mine.jsonl"
    file.write_text(json.dumps(line) + "\n", "utf-8")
    result = run("push", "--project", title, "--data", data, "--from", file, "--article", ARTICLE)
    assert result.exit_code == 0, result.output
    tasks = submit_all(admin, title)
    assert [p["model_version"] for p in admin.predictions(tasks[ARTICLE])] == ["mine"]
    run("pull", "--project", title, "--data", data, "--as", "mine", "--annotator", USER)
    gold, back = read(data / "gold" / f"{ARTICLE}.json"), read(data / "raw" / "mine" / f"{ARTICLE}.json")
    assert same_but_for_annotator(back, {**gold, "stances": []})


def test_a_faulty_file_of_predictions_is_refused_with_its_findings(
    run: Run, data: Path, title: str, tmp_path: Path
) -> None:
    file = tmp_path / "bad.jsonl"
    file.write_text('{"id": "harbour-talks", "mentions": 3}\n{"id": "elsewhere"}\nno json\n', "utf-8")
    result = run("push", "--project", title, "--data", data, "--from", file)
    assert result.exit_code == 1
    assert all(rule in result.output for rule in ("wrong-type", "unknown-article", "bad-json"))
    assert run("push", "--data", data, "--from", "nobody").exit_code == 1


def test_adjudication_shows_every_pass_and_what_they_agree_on(run: Run, data: Path, admin: Client, title: str) -> None:
    result = run("push", "--adjudicate", "--data", data, "--project", title)
    assert result.exit_code == 0, result.output
    predictions = {p["model_version"]: p["result"] for p in admin.predictions(tasks_of(admin, title)[ARTICLE])}
    assert set(predictions) == {"agreed", "annotator-1", "annotator-2"}

    def spans(name: str) -> set[tuple[int, int]]:
        return {(r["value"]["start"], r["value"]["end"]) for r in predictions[name] if r["type"] == "labels"}

    assert spans("agreed") and spans("agreed") <= spans("annotator-1") & spans("annotator-2")
    project = admin.project(title)
    assert project is not None and project.model_version == "agreed"


def test_a_task_of_another_text_is_left_alone(run: Run, data: Path, admin: Client, title: str) -> None:
    push = ("push", "--project", title, "--data", data, "--from", "gold")
    run(*push)
    task = tasks_of(admin, title)[ARTICLE]
    shown = admin.task(task)["data"]
    admin.update_task(task, {**shown, "text": shown["text"] + "!"})
    submit(admin, task, [])
    result = run(*push)
    assert result.exit_code == 1 and "other-text" in result.stdout and "4 unchanged" in result.stdout
    assert admin.task(task)["data"]["text"].endswith("!")
    result = run("pull", "--project", title, "--data", data)
    assert result.exit_code == 1 and "other-text" in result.stdout and not (data / "raw" / "admin").exists()


def test_a_project_that_parley_did_not_make_is_left_alone(run: Run, data: Path, admin: Client, title: str) -> None:
    config = '<View><Text name="text" value="$text"/></View>'
    project = admin.create_project(title, config, description="Somebody else's.")
    result = run("push", "--project", title, "--data", data)
    assert result.exit_code == 1 and "foreign-project" in result.stdout
    assert admin.tasks(project.id) == [] and admin.project(title) == project


def test_what_is_not_annotated_is_always_shown_and_locked(run: Run, data: Path, admin: Client, title: str) -> None:
    """Without --from an annotation starts blank: it has the zones of the article, and nothing else."""
    run("push", "--project", title, "--data", data, "--article", ARTICLE)
    (prediction,) = admin.predictions(tasks_of(admin, title)[ARTICLE])
    shown = [(r["value"]["labels"], r["readonly"]) for r in prediction["result"]]
    assert shown == [(["not annotated: credit"], True), (["not annotated: notice"], True)]
    project = admin.project(title)
    assert project is not None and project.model_version == prediction["model_version"]


# pulling --------------------------------------------------------------------------------------------------------------


def test_pulling_writes_only_what_changed_and_keeps_what_was(run: Run, data: Path, admin: Client, title: str) -> None:
    pull = ("pull", "--project", title, "--data", data)
    run("push", "--project", title, "--data", data, "--from", "gold")
    tasks = submit_all(admin, title)
    first = run(*pull)
    assert first.exit_code == 0 and "5 records written" in first.stdout, first.output
    assert "complete the entry" in first.stderr
    corpus = load_corpus(data)  # the dataset is whole: the pass is described, its folders are tolerated
    assert corpus.passes["admin"].kind == "a person"
    before = tree(data)
    times = {path: path.stat().st_mtime_ns for path in data.rglob("*")}
    assert "0 records written, 5 unchanged" in run(*pull).stdout
    assert tree(data) == before and times == {path: path.stat().st_mtime_ns for path in data.rglob("*")}

    task = tasks[ARTICLE]
    annotation = admin.task(task)["annotations"][0]["id"]
    for result in ([], admin.predictions(task)[0]["result"]):  # somebody takes all away, then puts it back
        admin.call("PATCH", f"/api/annotations/{annotation}/", {"result": result})
        assert "1 record written, 4 unchanged" in run(*pull).stdout
    path = data / "raw" / "admin" / f"{ARTICLE}.json"
    assert path.read_bytes() == before[f"raw/admin/{ARTICLE}.json"]
    original = read(path.parent / "labelstudio" / path.name)  # with every version that a pull has seen
    assert [bool(a["result"]) for a in original["annotations"]] == [True, False, True]


def test_drafts_and_skips_are_reported_and_not_pulled(
    run: Run, data: Path, label_studio: Site, admin: Client, title: str
) -> None:
    run("push", "--project", title, "--data", data, "--from", "gold")
    tasks = list(tasks_of(admin, title).values())
    good = admin.predictions(tasks[0])[0]["result"]
    new_user(label_studio, f"zoe.{os.getpid()}@labels.example")
    zoe = label_studio.client(f"zoe.{os.getpid()}@labels.example")
    submit(zoe, tasks[0], good)
    save_draft(zoe, tasks[1], good)
    submit(zoe, tasks[2], [], was_cancelled=True)
    submit(admin, tasks[0], good)
    result = run("pull", "--project", title, "--data", data)
    name = f"zoe-{os.getpid()}"
    assert result.exit_code == 0, result.output
    assert f"{name}, task {tasks[1]} ({ARTICLE}-1): a draft" in result.stderr
    assert f"{name}, task {tasks[2]} ({ARTICLE}-2): skipped" in result.stderr
    assert sorted(tree(data / "raw" / name)) == [f"{ARTICLE}.json", f"labelstudio/{ARTICLE}.json"]
    original = read(data / "raw" / name / "labelstudio" / f"{ARTICLE}.json")
    assert original["annotations"][0]["result"] == good and original["annotations"][0]["lead_time"] == 12.5
    assert "labels.example" not in json.dumps(original)  # raw/ is released: no addresses of people

    rows = json.loads(run("status", "--project", title, "--data", data, "--json").stdout)
    assert {(row["article"], (row["annotator"] or "").partition(".")[0], row["state"]) for row in rows} == {
        (ARTICLE, "admin@localhost", "submitted"),
        (ARTICLE, "zoe", "submitted"),
        (f"{ARTICLE}-1", "zoe", "draft"),
        (f"{ARTICLE}-2", "zoe", "skipped"),
        (f"{ARTICLE}-3", "", "not begun"),
        (f"{ARTICLE}-4", "", "not begun"),
    }
    assert "zoe" in run("status", "--project", title, "--data", data).stdout
    zoe.close()


def test_the_newer_of_two_submissions_is_pulled_and_the_older_kept(
    run: Run, data: Path, admin: Client, title: str
) -> None:
    run("push", "--project", title, "--data", data, "--from", "gold", "--article", ARTICLE)
    task = submit_all(admin, title)[ARTICLE]
    submit(admin, task, [])
    result = run("pull", "--project", title, "--data", data)
    assert result.exit_code == 0 and "annotated-twice" in result.stdout and f"admin, task {task}" in result.stdout
    assert read(data / "raw" / "admin" / f"{ARTICLE}.json")["mentions"] == []
    original = read(data / "raw" / "admin" / "labelstudio" / f"{ARTICLE}.json")
    assert [bool(a["result"]) for a in original["annotations"]] == [False, True]


def test_no_other_pass_is_ever_overwritten(run: Run, data: Path, admin: Client, title: str) -> None:
    run("push", "--project", title, "--data", data, "--from", "gold", "--article", ARTICLE)
    submit_all(admin, title)
    before = tree(data / "raw")
    pull = ("pull", "--data", data, "--annotator", USER, "--as")
    result = run(*pull, "annotator-1", "--project", title)
    assert result.exit_code == 1 and "annotator-taken" in result.stdout and tree(data / "raw") == before
    assert run(*pull, "me", "--project", title).exit_code == 0
    run("push", "--project", f"{title} b", "--data", data, "--from", "gold", "--article", ARTICLE)
    submit_all(admin, f"{title} b")
    result = run(*pull, "me", "--project", f"{title} b")
    assert result.exit_code == 1 and "annotator-taken" in result.stdout


def test_a_record_that_was_changed_by_hand_is_left_alone(run: Run, data: Path, admin: Client, title: str) -> None:
    run("push", "--project", title, "--data", data, "--from", "gold", "--article", ARTICLE)
    task = submit_all(admin, title)[ARTICLE]
    pull = ("pull", "--project", title, "--data", data)
    assert run(*pull).exit_code == 0
    path = data / "raw" / "admin" / f"{ARTICLE}.json"
    path.write_text(path.read_text("utf-8") + "\n", "utf-8")
    by_hand = path.read_bytes()
    submit(admin, task, [])
    result = run(*pull)
    assert result.exit_code == 1 and "changed after it was pulled" in result.stdout and path.read_bytes() == by_hand


def test_two_people_never_share_a_name(run: Run, data: Path, label_studio: Site, admin: Client, title: str) -> None:
    """Both would be ``ana-…``: neither is pulled, unless by the full login name under a name of its own."""
    logins = [f"ana.{os.getpid()}@{place}.example" for place in ("north", "south")]
    run("push", "--project", title, "--data", data, "--from", "gold", "--article", ARTICLE)
    task = tasks_of(admin, title)[ARTICLE]
    for login in logins:
        new_user(label_studio, login)
        with contextlib.closing(label_studio.client(login)) as client:
            submit(client, task, [])
    pull = ("pull", "--project", title, "--data", data)
    result = run(*pull)
    assert result.exit_code == 1 and "annotator-taken" in result.stdout and not list((data / "raw").glob("ana*"))
    assert run(*pull, "--annotator", f"ana-{os.getpid()}").exit_code == 1  # no login name
    assert run(*pull, "--annotator", logins[0], "--as", "north").exit_code == 0
    result = run(*pull, "--annotator", logins[1], "--as", "north")
    assert result.exit_code == 1 and "annotator-taken" in result.stdout
    assert run(*pull, "--annotator", logins[1], "--as", "south").exit_code == 0


def test_an_annotation_that_somebody_else_changed_is_reported(
    run: Run, data: Path, label_studio: Site, admin: Client, title: str
) -> None:
    login = f"bo.{os.getpid()}@labels.example"
    new_user(label_studio, login)
    run("push", "--project", title, "--data", data, "--from", "gold", "--article", ARTICLE)
    number = submit(admin, tasks_of(admin, title)[ARTICLE], [])
    with contextlib.closing(label_studio.client(login)) as client:
        client.call("PATCH", f"/api/annotations/{number}/", {"result": []})
    result = run("pull", "--project", title, "--data", data)
    assert "changed-by-another" in result.stdout and login in result.stdout
    assert f"last changed by {login}" in run("status", "--project", title, "--data", data).stderr


# secrets and addresses ------------------------------------------------------------------------------------------------


def test_only_this_machine_or_an_encrypted_address() -> None:
    for good in ("http://127.0.0.1:8080/", "http://localhost:1", "http://[::1]:8080", "https://labels.example.org"):
        assert check_address(good) == good.rstrip("/")
    for bad in (
        "http://labels.example.org",
        "http://10.0.0.4:8080",
        "ftp://127.0.0.1",
        "127.0.0.1:8080",
        "http://",
        "http://127.0.0.1.example.org",
        "https://me:secret@labels.example.org",
        "http://127.0.0.1:x",
        "https://exa mple.org",
        "http://[::1",
    ):
        with pytest.raises(LabelStudioError) as refused:
            check_address(bad)
        assert "secret" not in str(refused.value)
    assert check_address("http://10.0.0.4:8080", insecure=True) == "http://10.0.0.4:8080"


def test_the_token_is_that_of_the_environment_or_of_our_own_server_and_never_shown(
    run: Run, data: Path, label_studio: Site, title: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    push = ("push", "--project", title, "--data", data)
    assert run(*push, url="http://labels.example.org").exit_code == 2
    monkeypatch.setenv("PARLEY_LS_TOKEN", "0" * 40)
    refused = run(*push)
    assert refused.exit_code == 1 and "token is not valid" in refused.stderr and "0" * 40 not in refused.output
    monkeypatch.delenv("PARLEY_LS_TOKEN")
    missing = run(*push, "--folder", tmp_path)
    assert missing.exit_code == 2 and "PARLEY_LS_TOKEN" in missing.stderr
    assert (label_studio.folder / "token").stat().st_mode & 0o077 == 0
    assert run(*push, "--folder", label_studio.folder, "--from", "gold").exit_code == 0
    secrets = (PASSWORD.encode(), TOKEN.encode())
    assert not [name for name, content in tree(data).items() if any(secret in content for secret in secrets)]
    assert not [name for name, content in tree(label_studio.folder).items() if PASSWORD.encode() in content]


def test_a_personal_access_token_works_too(
    run: Run, data: Path, label_studio: Site, title: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with contextlib.closing(label_studio.client()) as admin:
        organization = admin.call("GET", "/api/current-user/whoami")["active_organization"]
        settings = {"api_tokens_enabled": True, "legacy_api_tokens_enabled": True}
        admin.call("POST", "/api/jwt/settings", settings)
        personal = admin.call("POST", "/api/token/")["token"]
    assert organization and personal.count(".") == 2
    monkeypatch.setenv("PARLEY_LS_TOKEN", personal)
    assert run("push", "--project", title, "--data", data, "--from", "gold").exit_code == 0


# serve ----------------------------------------------------------------------------------------------------------------


def _listening() -> set[str]:
    """Return the addresses of this machine that are listened on, as the kernel writes them: hexadecimal, port last."""
    rows = [line.split() for name in ("tcp", "tcp6") for line in Path(f"/proc/net/{name}").read_text().splitlines()[1:]]
    return {row[1] for row in rows if row[3] == "0A"}


def test_serve_starts_says_where_and_leaves_nothing_behind(migrated: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(migrated, tmp_path / "served"))
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    environment = os.environ | {"PARLEY_LS_PASSWORD": PASSWORD, "PARLEY_LABEL_STUDIO": str(executable())}
    command = [sys.executable, "-m", "parley", "annotate", "serve", "--folder", str(folder), "--port", str(port)]
    if not (Path(files.__file__).parent / "__main__.py").is_file():
        command[1:3] = ["-c", "from parley.cli import main; main()"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)
    assert process.stdout is not None and process.stderr is not None
    line = process.stdout.readline()
    try:
        assert line == f"Label Studio is at http://127.0.0.1:{port}; log in as {USER}\n"
        assert is_healthy(f"http://127.0.0.1:{port}")
        mine = {address for address in _listening() if address.endswith(f":{port:04X}")}
        assert mine == {f"0100007F:{port:04X}"}  # 127.0.0.1 and nothing else
    finally:
        process.send_signal(signal.SIGTERM)
    _, said = process.communicate(timeout=40)
    assert process.returncode == 0 and said.endswith("stopped\n") and PASSWORD not in said and "note:" not in said
    assert not is_healthy(f"http://127.0.0.1:{port}")
    with socket.create_server(("127.0.0.1", port)):
        pass
    own = f"--port\0{port}".encode()
    assert not [p for p in Path("/proc").glob("[0-9]*/cmdline") if own in _bytes(p) and b"label-studio" in _bytes(p)]


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:  # it ended
        return b""


def test_serve_says_why_it_cannot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, faults: list[str]) -> None:
    monkeypatch.setenv("PARLEY_LS_PASSWORD", PASSWORD)
    serve = ["annotate", "serve", "--folder", str(tmp_path / "data")]
    dies = tmp_path / "dies"
    dies.write_text(f"#!/bin/sh\necho no such table; echo {PASSWORD}\nexit 3\n")
    dies.chmod(0o755)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        for words, message in (
            (["--label-studio", "/nowhere/label-studio"], "is no executable file"),
            (["--label-studio", str(dies)], "no such table"),
            (["--label-studio", str(dies), "--port", port], f"port {port} is taken"),
        ):
            faults.append(message)
            result = CliRunner().invoke(app, [*serve, "--port", "8765", *words])
            assert result.exit_code == 1 and message in result.stderr, result.output
            assert PASSWORD not in result.output
    monkeypatch.delenv("PARLEY_LABEL_STUDIO", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(app, serve)
    assert result.exit_code == 1 and "pip install label-studio" in result.stderr


# files ----------------------------------------------------------------------------------------------------------------


def test_names_of_annotators() -> None:
    assert folder_name("Ana.Müller@labels.example") == "ana-muller"
    assert folder_name("7of9@labels.example") == "a-7of9"
    assert folder_name("…@x") == "x"
