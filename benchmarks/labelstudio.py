"""How long it takes to push articles to a Label Studio server of our own, and to pull what was done on them.

    python -m benchmarks.labelstudio [--articles 100] [--label-studio PATH]

The articles are those of the dataset, over and over under new ids, with their gold as pre-annotation; each is submitted
as it is shown. Server and client share this machine.
"""

import argparse
import json
import shutil
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import msgspec

from parley.checks import load_corpus
from parley.labelstudio.answers import from_folder
from parley.labelstudio.client import Client
from parley.labelstudio.pull import PullReport, Wanted, pull
from parley.labelstudio.push import PushReport, push
from parley.labelstudio.server import Server, find_executable, free_port
from parley.labelstudio.work import status
from parley.paths import DATA

TOKEN = "0" * 40  # of a server that lives as long as the measurement


def _dataset(folder: Path, articles: int) -> None:
    """Write a dataset of so many articles."""
    source = load_corpus(DATA, raw=False)
    for name in ("dataset.json", "registry.json"):
        shutil.copy(DATA / name, folder / name)
    for part in ("articles", "gold", "raw"):
        (folder / part).mkdir()
    with (folder / "articles.jsonl").open("w", encoding="utf-8") as listing:
        for number in range(articles):
            known = list(source.articles.values())[number % len(source.articles)]
            name = f"article-{number:04d}"
            listing.write(json.dumps(msgspec.to_builtins(msgspec.structs.replace(known, id=name))) + "\n")
            shutil.copy(DATA / "articles" / f"{known.id}.txt", folder / "articles" / f"{name}.txt")
            record = msgspec.structs.replace(source.gold[known.id], id=name)
            (folder / "gold" / f"{name}.json").write_bytes(msgspec.json.encode(record))


def _timed(what: str, action: Callable[[], object]) -> None:
    start = time.perf_counter()
    action()
    print(f"{what:<44}{time.perf_counter() - start:8.1f} s", flush=True)


def measure(articles: int, executable: Path) -> None:
    """Print seconds of each step."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "data"
        folder.mkdir()
        _dataset(folder, articles)
        corpus = load_corpus(folder, raw=False)
        answers = from_folder(corpus, "gold")
        server = Server(Path(place) / "server", executable=executable, user="admin@localhost", password=TOKEN, token=TOKEN, port=free_port())  # fmt: skip
        _timed("first start (makes the database)", server.__enter__)
        server.stop()
        _timed("start", server.__enter__)
        try:
            with closing(Client(server.url, token=TOKEN)) as client:
                _measure(client, corpus, answers, folder / "raw", articles)
        finally:
            server.stop()
        same = sum(
            msgspec.structs.replace(msgspec.json.decode(path.read_bytes(), type=type(gold)), annotator=gold.annotator) == gold
            for name, gold in corpus.gold.items()
            if (path := folder / "raw" / "admin" / f"{name}.json").is_file()
        )  # fmt: skip
        print(f"records out: {articles}, records in that are the same: {same}")


def _measure(client: Client, corpus, answers, raw: Path, articles: int) -> None:  # type: ignore[no-untyped-def]
    sent, again = PushReport(), PushReport()
    _timed(f"push {articles} articles with pre-annotations", lambda: push(client, corpus, "Timing", list(corpus.articles), answers, sent, shown="gold"))  # fmt: skip
    _timed("push again: nothing to do", lambda: push(client, corpus, "Timing", list(corpus.articles), answers, again, shown="gold"))  # fmt: skip
    project = client.project("Timing")
    assert project is not None

    def submit() -> None:
        for task in client.tasks(project.id):
            client._sdk.annotations.create(id=task.id, result=client.predictions(task.id)[0]["result"], lead_time=1.0)

    _timed("(submit them all)", submit)
    _timed("status", lambda: status(client, project.id))
    _timed(f"pull {articles} articles", lambda: pull(client, corpus, "Timing", raw, PullReport(), Wanted()))
    _timed("pull again: nothing to do", lambda: pull(client, corpus, "Timing", raw, PullReport(), Wanted()))
    assert sent.tasks_made == again.tasks_unchanged == articles


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, default=100)
    parser.add_argument("--label-studio", type=Path)
    arguments = parser.parse_args()
    measure(arguments.articles, find_executable(arguments.label_studio))
