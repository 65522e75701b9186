"""What breaks between a Label Studio server and the dataset, and that nothing is lost: each fault is counted."""

import contextlib
import errno
import http.server
import os
import shutil
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from typer.testing import Result

from conftest import tree
from labelstudio_server import (
    ARTICLE,
    TOKEN,
    Run,
    Site,
    Wire,
    read,
    same_but_for_annotator,
    server_in,
    submit,
    submit_all,
    tasks_of,
)
from parley.checks import check_annotation, check_corpus, load_corpus
from parley.labelstudio import client as client_module
from parley.labelstudio.client import Client
from parley.model import Document
from parley.reading import annotated

# annotations that break the rules ------------------------------------------------------------------------------------


def _of(result: list[dict[str, Any]], kind: str) -> dict[str, Any]:
    return next(item for item in result if item["type"] == kind)


def _wrong_label(result: list[dict[str, Any]]) -> None:
    _of(result, "labels")["value"]["labels"] = ["Dragon"]


def _out_of_range(result: list[dict[str, Any]]) -> None:
    _of(result, "labels")["value"]["end"] = 99_999


def _deleted_region(result: list[dict[str, Any]]) -> None:
    _of(result, "relation")["to_id"] = "gone"


def _no_type(result: list[dict[str, Any]]) -> None:
    trigger = next(item for item in result if item["type"] == "labels" and item["value"]["labels"][0] in _event_types())
    trigger["value"]["labels"] = []


def _event_types() -> list[str]:
    from parley.ontology import load_ontology

    return load_ontology().names("event_types")


def _not_regions(result: list[dict[str, Any]]) -> None:
    result[0] = {"id": None, "value": 7}


@pytest.mark.parametrize("spoil", [_wrong_label, _out_of_range, _deleted_region, _no_type, _not_regions])
def test_a_faulty_annotation_is_named_and_the_rest_arrives(
    spoil: Callable[[list[dict[str, Any]]], None], run: Run, data: Path, admin: Client, title: str, faults: list[str]
) -> None:
    faults.append(spoil.__name__)
    run("push", "--project", title, "--data", data, "--from", "gold")
    tasks = tasks_of(admin, title)
    for article, task in tasks.items():
        result = admin.predictions(task)[0]["result"]
        if article == ARTICLE:
            spoil(result)
        submit(admin, task, result)
    pulled = run("pull", "--project", title, "--data", data)
    assert pulled.exit_code == 1
    lines = [line for line in pulled.stdout.splitlines() if f"admin, task {tasks[ARTICLE]}" in line]
    assert lines and any("region" in line or "result" in line for line in lines), pulled.output
    arrived = {path.stem for path in (data / "raw" / "admin").glob("*.json")}
    assert arrived >= {name for name in tasks if name != ARTICLE}
    assert ARTICLE in arrived or (data / "raw" / "admin" / "faulty" / f"{ARTICLE}.json").is_file()
    assert (data / "raw" / "admin" / "labelstudio" / f"{ARTICLE}.json").is_file()
    assert check_corpus(data)[0] is not None  # one bad annotation does not make the dataset unusable


# what breaks ----------------------------------------------------------------------------------------------------------

CUTS = [0, 700, 5_000, 30_000]  # bytes of answers after which the connection breaks


@pytest.mark.parametrize("of", ["answers", "questions"])
def test_a_push_that_breaks_off_is_completed_by_the_next(
    of: str, run: Run, data: Path, admin: Client, label_studio: Site, title: str, faults: list[str]
) -> None:
    for limit in CUTS:
        own = f"{title} {limit}"
        push = ("push", "--project", own, "--data", data, "--from", "gold", "--from", "annotator-1")
        with Wire(label_studio.url, limit, of=of) as wire:
            broken = run(*push, url=wire.url)
            was_cut = wire.is_cut
        if was_cut:
            faults.append(f"{of} cut after {limit} bytes")
            assert broken.exit_code == 1 or "tasks: 5 made" in broken.stdout
            assert broken.exit_code == 0 or ("parley: " in broken.stderr and "run the command again" in broken.stderr)
        assert run(*push).exit_code == 0
        tasks = tasks_of(admin, own)
        assert len(tasks) == 5
        for task in tasks.values():
            assert sorted(p["model_version"] for p in admin.predictions(task)) == ["annotator-1", "gold"]
    assert len(faults) >= 3


def _is_whole(raw: Path, name: str, data: Path) -> None:
    """Every file is JSON to its end; every record passes the checks; nothing lies about half written."""
    corpus = load_corpus(data, gold=False, raw=False)
    for path in (raw / name).rglob("*"):
        if path.is_file():
            assert path.suffix == ".json", path
            value = read(path)
            if path.parent.name == name:
                document = msgspec.convert(value, Document)
                assert not [
                    f for f in check_annotation(annotated(corpus, document.id, document), "corpus") if f.is_error
                ]


def test_a_pull_that_breaks_off_is_completed_by_the_next(
    run: Run, data: Path, admin: Client, label_studio: Site, title: str, faults: list[str], tmp_path: Path
) -> None:
    run("push", "--project", title, "--data", data, "--from", "gold")
    submit_all(admin, title)
    whole = tmp_path / "whole"
    pull = ("pull", "--project", title, "--data", data, "--out")
    run(*pull, whole)
    for limit in [*CUTS, 60_000, 90_000]:
        raw = tmp_path / f"raw{limit}"
        with Wire(label_studio.url, limit) as wire:
            broken = run(*pull, raw, url=wire.url)
            if not wire.is_cut:
                continue
        faults.append(f"answers cut after {limit} bytes")
        assert broken.exit_code == 1 and "run the command again" in broken.stderr, broken.output
        _is_whole(raw, "admin", data)
        assert run(*pull, raw).exit_code == 0
        assert tree(raw) == tree(whole)
    assert len(faults) >= 3


def test_a_server_that_is_killed_in_the_middle(
    run: Run, data: Path, migrated: Path, faults: list[str], tmp_path: Path
) -> None:
    folder = Path(shutil.copytree(migrated, tmp_path / "server"))
    push = ("push", "--project", "killed", "--data", data, "--from", "gold")
    pull = ("pull", "--project", "killed", "--data", data)

    def broken(words: tuple[object, ...], limit: int, of: str) -> Result:
        with server_in(folder) as server:
            assert server.process is not None
            victim = server.process.pid
            with Wire(server.url, limit, of=of, at_cut=lambda: os.kill(victim, signal.SIGKILL)) as wire:
                result = run(*words, url=wire.url)
                assert wire.is_cut
            faults.append(f"server killed after {limit} bytes of {of}")
        return result

    for result in (broken(push, 3_000, "answers"), broken(push, 15_000, "questions")):
        assert result.exit_code == 1 and "run the command again" in result.stderr, result.output
    with server_in(folder) as server:
        assert run(*push, url=server.url).exit_code == 0
        with contextlib.closing(Client(server.url, TOKEN)) as client:
            assert len(submit_all(client, "killed")) == 5
    result = broken(pull, 40_000, "answers")
    assert result.exit_code == 1 and "run the command again" in result.stderr, result.output
    _is_whole(data / "raw", "admin", data)
    with server_in(folder) as server:
        assert run(*pull, url=server.url).exit_code == 0
    gold = read(data / "gold" / f"{ARTICLE}.json")
    assert same_but_for_annotator(read(data / "raw" / "admin" / f"{ARTICLE}.json"), gold)
    assert len(list((data / "raw" / "admin").glob("*.json"))) == 5


@contextlib.contextmanager
def _room_for(files: int, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let the disk be full once so many more files are on it."""
    sync, left = os.fsync, iter(range(files))

    def full(number: int) -> None:
        if next(left, None) is None:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "the disk")
        sync(number)

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        yield


def test_a_full_disk_leaves_files_whole_or_absent(
    run: Run, data: Path, admin: Client, title: str, faults: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("push", "--project", title, "--data", data, "--from", "gold")
    tasks = submit_all(admin, title)
    pull = ("pull", "--project", title, "--data", data, "--out")
    run(*pull, tmp_path / "whole")
    for room in (0, 1, 4, 10):  # files that can still be written: two a record, then passes.json
        raw = tmp_path / f"raw{room}"
        with _room_for(room, monkeypatch):
            result = run(*pull, raw)
        faults.append(f"disk full after {room} files")
        assert result.exit_code == 1 and "No space left" in result.stderr, result.output
        assert "run the command again" in result.stderr
        _is_whole(raw, "admin", data)
        assert run(*pull, raw).exit_code == 0
        assert tree(raw) == tree(tmp_path / "whole")

    # and where there is an earlier version: it stays, or is kept
    raw = tmp_path / "whole"
    before = (raw / "admin" / f"{ARTICLE}.json").read_bytes()
    submit(admin, tasks[ARTICLE], [])
    for room in range(4):
        with _room_for(room, monkeypatch):
            run(*pull, raw)
        faults.append(f"disk full after {room} files over an earlier version")
        kept = read(raw / "admin" / "labelstudio" / f"{ARTICLE}.json")["annotations"]
        assert [bool(a["result"]) for a in kept][-1]  # the first version is still there
        _is_whole(raw, "admin", data)
    run(*pull, raw)
    assert (raw / "admin" / f"{ARTICLE}.json").read_bytes() != before
    kept = read(raw / "admin" / "labelstudio" / f"{ARTICLE}.json")["annotations"]
    assert [bool(a["result"]) for a in kept] == [False, True]


def test_who_submits_while_we_read_arrives_now_or_with_the_next_pull(
    run: Run, data: Path, admin: Client, title: str, faults: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    run("push", "--project", title, "--data", data, "--from", "gold")
    tasks = tasks_of(admin, title)
    good = admin.predictions(tasks[ARTICLE])[0]["result"]
    submit(admin, tasks[ARTICLE], good)
    task, busy = Client.task, iter([None])

    def reading(self: Client, number: int) -> Any:
        found = task(self, number)
        if next(busy, 1) is None:  # the first is read: now somebody finishes two, one before and one behind us
            submit(admin, tasks[ARTICLE], [])
            submit(admin, tasks[f"{ARTICLE}-4"], admin.predictions(tasks[f"{ARTICLE}-4"])[0]["result"])
        return found

    monkeypatch.setattr(Client, "task", reading)
    faults.append("two submissions while reading")
    pull = ("pull", "--project", title, "--data", data)
    assert "2 records written" in run(*pull).stdout
    assert read(data / "raw" / "admin" / f"{ARTICLE}.json")["mentions"]
    assert "1 record written, 1 unchanged" in run(*pull).stdout
    assert read(data / "raw" / "admin" / f"{ARTICLE}.json")["mentions"] == []


def test_a_server_that_never_answers(
    run: Run, data: Path, title: str, faults: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client_module, "TIMEOUT", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        faults.append("no answer")
        result = run("pull", "--project", title, "--data", data, url=f"http://127.0.0.1:{deaf.getsockname()[1]}")
    assert result.exit_code == 1 and "did not answer in time" in result.stderr
    result = run("pull", "--project", title, "--data", data, url="http://127.0.0.1:9")
    faults.append("nothing listens")
    assert result.exit_code == 1 and "nothing answers" in result.stderr


@pytest.mark.parametrize(
    "body", [b"<html>Welcome</html>", b"[]", b'{"results": 3}', b'{"email": null}', b"", b"\xff\xfe"]
)
def test_something_else_than_label_studio(body: bytes, run: Run, data: Path, faults: list[str]) -> None:
    class Other(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_PATCH = do_GET  # noqa: N815

        def log_message(self, *_: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Other) as other:
        threading.Thread(target=other.serve_forever, daemon=True).start()
        for command in ("pull", "push", "status"):
            faults.append(f"{command} from what is no Label Studio")
            result = run(command, "--data", data, url=f"http://127.0.0.1:{other.server_port}")
            assert result.exit_code == 1 and "parley:" in result.stderr, result.output
        other.shutdown()
    assert not (data / "raw" / "admin").exists()
