"""A real Label Studio server for the tests: migrated once a run, then copied; and a connection that can break.

It is found by ``PARLEY_LABEL_STUDIO`` or in ``.venv-labelstudio`` (``make labelstudio``). Where there is none the tests
say so and are skipped; with ``PARLEY_REQUIRE_LABEL_STUDIO`` they fail.
"""

import contextlib
import hashlib
import json
import os
import re
import shutil
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from filelock import FileLock
from typer.testing import CliRunner, Result

from conftest import ROOT, TESTS
from conftest import run as parley
from parley.checks import check_corpus
from parley.cli.app import app
from parley.labelstudio.client import Client
from parley.labelstudio.server import Server, free_port

USER, PASSWORD, TOKEN = "admin@localhost", "a-secret-of-the-tests", "5ec2e7" * 6 + "abcd"


_tokens = {USER: TOKEN}  # and of the users that ``new_user`` made


class Site(NamedTuple):
    """A running server with a login."""

    url: str
    folder: Path
    server: Server

    def client(self, user: str = "") -> Client:
        """Connect as the first user, or as another that ``new_user`` made."""
        return Client(self.url, _tokens[user or USER])


def executable() -> Path:
    """The label-studio command, or skip (fail where it is demanded)."""
    named = os.environ.get("PARLEY_LABEL_STUDIO")
    path = Path(named) if named else ROOT / ".venv-labelstudio" / "bin" / "label-studio"
    if path.is_file():
        return path
    message = f"NO LABEL STUDIO at {path}: run make labelstudio, or set PARLEY_LABEL_STUDIO"
    if os.environ.get("PARLEY_REQUIRE_LABEL_STUDIO"):
        pytest.fail(message)
    pytest.skip(message)


def server_in(folder: Path) -> Server:
    """A server over a folder, on a port of its own; not started."""
    return Server(folder, executable=executable(), user=USER, password=PASSWORD, token=TOKEN, port=free_port())


@pytest.fixture(scope="session")
def migrated(pytestconfig: pytest.Config) -> Path:
    """A data folder with an empty database, to be copied. It is made once for each set of versions."""
    executable()
    versions = hashlib.sha256((ROOT / "constraints-labelstudio.txt").read_bytes()).hexdigest()[:12]
    folder = pytestconfig.cache.mkdir(f"labelstudio-{versions}") / "data"
    with FileLock(folder.with_name("lock")):
        if not (folder / "done").exists():
            shutil.rmtree(folder, ignore_errors=True)
            with server_in(folder):
                pass
            (folder / "done").touch()
    return folder


@pytest.fixture(scope="session")
def label_studio(migrated: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """One server for the tests of a process; each uses a project of its own."""
    folder = Path(shutil.copytree(migrated, tmp_path_factory.mktemp("labelstudio") / "data"))
    with server_in(folder) as server:
        yield Site(server.url, folder, server)


def new_user(site: Site, login: str) -> None:
    """Sign a user up by the invitation of the first."""
    import httpx

    with contextlib.closing(site.client()) as admin:
        link = admin.call("GET", "/api/invite")["invite_url"]
    with httpx.Client(base_url=site.url, trust_env=False) as http:
        page = http.get(link)
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
        assert token, page.text[:500]
        form = {"email": login, "password": PASSWORD, "csrfmiddlewaretoken": token[1], "allow_newsletters": "false"}
        answer = http.post(link, data=form, headers={"Referer": site.url})
        assert answer.status_code == 302, answer.text[:2000]
        _tokens[login] = http.get("/api/current-user/token").raise_for_status().json()["token"]


class Wire:
    """A connection to a server that is cut for good once ``limit`` bytes of answers (or of questions) have passed."""

    def __init__(
        self, url: str, limit: int, *, of: str = "answers", at_cut: Callable[[], object] | None = None
    ) -> None:
        self.target = int(url.rpartition(":")[2])
        self.left, self.of, self.at_cut = limit, of, at_cut
        self.is_cut = False
        self._lock = threading.Lock()
        self._open: list[socket.socket] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def __enter__(self) -> "Wire":
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._cut()
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
                far = socket.create_connection(("127.0.0.1", self.target))
            except OSError:
                return
            self._open += [near, far]
            if self.is_cut:
                self._cut()
                continue
            threading.Thread(target=self._carry, args=(near, far, "questions"), daemon=True).start()
            threading.Thread(target=self._carry, args=(far, near, "answers"), daemon=True).start()

    def _carry(self, one: socket.socket, other: socket.socket, what: str) -> None:
        with contextlib.suppress(OSError):
            while data := one.recv(4096):
                with self._lock:
                    passing = data if what != self.of else data[: max(self.left, 0)]
                    self.left -= len(data) if what == self.of else 0
                    over = self.left <= 0
                other.sendall(passing)
                if over:
                    if not self.is_cut:
                        self.is_cut = True
                        if self.at_cut:
                            self.at_cut()
                    self._cut()
        with contextlib.suppress(OSError):
            other.shutdown(socket.SHUT_WR)

    def _cut(self) -> None:
        self.is_cut = True
        while self._open:
            end = self._open.pop()
            with contextlib.suppress(OSError):
                end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # reset, no farewell
                end.shutdown(socket.SHUT_RDWR)
            end.close()


def submit(client: Client, task: int, result: list[dict[str, Any]], **more: Any) -> int:
    """Submit an annotation as the client's login, as the Submit button does; return its number."""
    body = json.dumps({"result": result, "lead_time": 12.5, **more})  # in ASCII, as a browser may send half a character
    headers = {"Content-Type": "application/json"}
    answer = client._http.post(f"/api/tasks/{task}/annotations/", content=body, headers=headers)
    assert answer.status_code == 201, answer.text
    return int(answer.json()["id"])


def save_draft(client: Client, task: int, result: list[dict[str, Any]]) -> None:
    """Save a draft as the client's login."""
    answer = client._http.post(f"/api/tasks/{task}/drafts", json={"result": result, "lead_time": 3.0})
    assert answer.status_code == 201, answer.text


# what the tests of the commands share ---------------------------------------------------------------------------------

ARTICLE = "harbour-talks"
_titles = (f"corpus {number} of process {os.getpid()}" for number in count(1))


@pytest.fixture
def title() -> str:
    return next(_titles)


@pytest.fixture
def data(small: Path) -> Path:
    """The small corpus and four further articles of the same text, in gold and in the passes."""
    line = json.loads((small / "articles.jsonl").read_text("utf-8"))
    lines = [line]
    for number in range(1, 5):
        name = f"{ARTICLE}-{number}"
        lines.append({**line, "id": name})
        shutil.copy(small / "articles" / f"{ARTICLE}.txt", small / "articles" / f"{name}.txt")
        for folder in ("gold", "raw/annotator-1", "raw/annotator-2"):
            record = json.loads((small / folder / f"{ARTICLE}.json").read_text("utf-8"))
            (small / folder / f"{name}.json").write_text(json.dumps({**record, "id": name}), "utf-8")
    (small / "articles.jsonl").write_text("".join(json.dumps(one) + "\n" for one in lines), "utf-8")
    assert check_corpus(small)[0] is not None
    return small


Run = Callable[..., Result]


@pytest.fixture
def run(label_studio: Site, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run ``parley annotate …`` against the server; whatever happens, no secret is in what it says."""
    monkeypatch.setenv("PARLEY_LS_TOKEN", TOKEN)

    def command(*words: object, url: str = label_studio.url) -> Result:
        monkeypatch.setenv("PARLEY_LS_URL", url)
        result = CliRunner().invoke(app, ["annotate", *map(str, words)])
        assert TOKEN not in result.output and PASSWORD not in result.output
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return result

    return command


@pytest.fixture
def admin(label_studio: Site) -> Iterator[Client]:
    with contextlib.closing(label_studio.client()) as client:
        yield client


@pytest.fixture
def faults(record_property: Callable[[str, object], None]) -> list[str]:
    """The faults a test tries: it adds to them, and the end of the run counts them."""
    tried: list[str] = []
    record_property("faults tried", tried)
    return tried


def tasks_of(client: Client, title: str) -> dict[str, int]:
    """Return the number of each article's task; there is one for each."""
    project = client.project(title)
    tasks = client.tasks(project.id) if project else []
    assert len({task.data["article"] for task in tasks}) == len(tasks)
    return {task.data["article"]: task.id for task in tasks}


def submit_all(client: Client, title: str) -> dict[str, int]:
    """Submit each task's pre-annotation as it is; return the tasks."""
    tasks = tasks_of(client, title)
    for task in tasks.values():
        submit(client, task, client.predictions(task)[0]["result"])
    return tasks


def same_but_for_annotator(one: dict[str, Any], other: dict[str, Any]) -> bool:
    return {**one, "annotator": ""} == {**other, "annotator": ""}


def read(path: Path) -> Any:
    return json.loads(path.read_text("utf-8"))


def add_tanker(folder: Path) -> None:
    """Add the article of tests/tanker to a dataset, its record to the gold: what the small corpus has no case of."""
    article = shutil.copy(TESTS / "tanker" / "tanker.txt", folder / "articles")
    about = ("--reason", "Invented.", "--provenance", "Invented.", "--licence", "CC0-1.0", "--date", "2031-03-11")
    zones = "credit=1,headline=2,body=3-4,notice=5-"
    assert parley("annotate", "add", article, "--zones", zones, *about, data=folder).exit_code == 0
    lines, record = TESTS / "tanker" / "tanker.lines", folder / "gold" / "tanker.json"
    assert parley("annotate", "resolve", lines, "--annotator", "gold", "-o", record, data=folder).exit_code == 0
