"""Time of push and pull with a Label Studio server of our own, and whether records come back from it as they were.

    python -m benchmarks.labelstudio [--articles 100] [--generated 500] [--label-studio PATH]

The articles timed are those of the dataset, repeated under new ids, with their gold as pre-annotation; each is
submitted as it is shown. Then every gold and raw record of the dataset, and generated ones with everything that a record
may hold (tests/labelstudio_records.py), go to the server, are submitted and come back. Server and client share this
machine.
"""

import argparse
import importlib
import json
import shutil
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import msgspec

from parley.checks import load_corpus
from parley.labelstudio.client import BATCH, Client
from parley.labelstudio.from_results import from_results
from parley.labelstudio.interface import label_config
from parley.labelstudio.pull import PullReport, pull, status
from parley.labelstudio.push import PushReport, from_folder, push
from parley.labelstudio.server import Server, find_executable, free_port
from parley.labelstudio.to_results import task_data, to_results
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


def measure(articles: int, generated: int, executable: Path) -> None:
    """Print seconds of each step."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "data"
        folder.mkdir()
        _dataset(folder, articles)
        corpus = load_corpus(folder, raw=False)
        records = from_folder(corpus, "gold")
        server = Server(
            Path(place) / "server",
            executable=executable,
            user="admin@localhost",
            password=TOKEN,
            token=TOKEN,
            port=free_port(),
        )
        _timed("first start (makes the database)", server.__enter__)
        server.stop()
        _timed("start", server.__enter__)
        try:
            with closing(Client(server.url, TOKEN)) as client:
                _measure(client, corpus, records, folder / "raw", articles)
                _round_trip(client, generated)
        finally:
            server.stop()
        same = sum(
            msgspec.structs.replace(msgspec.json.decode(path.read_bytes(), type=type(gold)), annotator=gold.annotator)
            == gold
            for name, gold in corpus.gold.items()
            if (path := folder / "raw" / "admin" / f"{name}.json").is_file()
        )
        print(f"records out: {articles}, records in that are the same: {same}")


def _submit(client: Client, task: int) -> None:
    """Submit a pre-annotation as it is."""
    result = client.predictions(task)[0]["result"]
    client.call("POST", f"/api/tasks/{task}/annotations/", {"result": result, "lead_time": 1.0})


def _measure(client: Client, corpus, records, raw: Path, articles: int) -> None:  # type: ignore[no-untyped-def]
    sent, again = PushReport(), PushReport()
    _timed(
        f"push {articles} articles with pre-annotations",
        lambda: push(client, corpus, "Timing", list(corpus.articles), records, sent, shown="gold"),
    )
    _timed(
        "push again: nothing to do",
        lambda: push(client, corpus, "Timing", list(corpus.articles), records, again, shown="gold"),
    )
    project = client.project("Timing")
    assert project is not None

    def submit() -> None:
        for task in client.tasks(project.id):
            _submit(client, task.id)

    _timed("(submit them all)", submit)
    _timed("status", lambda: status(client, project.id))
    _timed(f"pull {articles} articles", lambda: pull(client, corpus, "Timing", raw, PullReport()))
    _timed("pull again: nothing to do", lambda: pull(client, corpus, "Timing", raw, PullReport()))
    assert sent.tasks_made == again.tasks_unchanged == articles


def _round_trip(client: Client, generated: int) -> None:
    """Send records out, submit them as they are shown, read them back; print how many items and records are the same."""
    records = importlib.import_module("tests.labelstudio_records")
    real = load_corpus(DATA)
    sets = [("gold of the dataset", [(real.articles[a], real.texts[a], d) for a, d in real.gold.items()])]
    passes = [(real.articles[a], real.texts[a], d) for own in real.raw.values() for a, d in own.items()]
    invented = [(i.article, i.text, i.document) for i in map(records.Invented, range(generated))]
    for what, given in [*sets, ("passes of the dataset", passes), ("generated articles", invented)]:
        project = client.create_project(f"Out and back: {what}", label_config())
        tasks = [
            {"data": task_data(a, t), "predictions": [{"model_version": "out", "result": to_results(d, a, t)}]}
            for a, t, d in given
        ]
        for at in range(0, len(tasks), BATCH):
            client.add_tasks(project.id, tasks[at : at + BATCH])
        out = back = same = 0
        for task, (article, text, document) in zip(client.tasks(project.id), given, strict=True):
            _submit(client, task.id)
            (annotation,) = client.task(task.id)["annotations"]
            found = from_results(annotation["result"], article, text, document.annotator, canary=document.canary)
            out, back = out + records.items(document), back + records.items(found.document)
            same += msgspec.json.encode(found.document) == msgspec.json.encode(document) and not found.findings
        print(f"{what}: {len(given)} records, {out} items out, {back} items in, {same} records the same", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, default=100)
    parser.add_argument("--generated", type=int, default=500)
    parser.add_argument("--label-studio", type=Path)
    arguments = parser.parse_args()
    measure(arguments.articles, arguments.generated, find_executable(arguments.label_studio))
