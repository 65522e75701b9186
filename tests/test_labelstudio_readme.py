"""The ten commands of annotation/README.md against a real server; people's part is done through its API."""

import contextlib
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest

from conftest import ROOT, SMALL
from labelstudio_server import TOKEN, USER, Site, new_user, read, submit, tasks_of
from parley.adjudication.align import align
from parley.adjudication.facts import Facts, to_facts
from parley.checks import load_corpus
from parley.labelstudio.to_results import to_results
from parley.model import Document
from parley.reading import AnnotatedArticle, annotated

PAGE = (ROOT / "annotation" / "README.md").read_text("utf-8")
COMMANDS = dict(re.findall(r"```sh (begin|\d+)\n(.*?)```", PAGE, flags=re.DOTALL))


def made_by(annotator: str, **changed: Any) -> Document:
    """A pass over the small article, whose text the page invents again, as somebody makes it who has no registry."""
    record = read(SMALL / "raw" / annotator / "harbour-talks.json") | {"id": "harbour"} | changed
    for item in record["entities"] + record["events"]:
        item.pop("registry", None)
    return msgspec.convert(record, Document)


def do(site: Site, user: str, project: str, document: Document, folder: Path) -> None:
    """Submit a record in a project, as somebody who made it there by hand: the ids of regions are the record's."""
    corpus = load_corpus(folder, gold=False, raw=False)
    results = to_results(document, corpus.articles["harbour"], corpus.texts["harbour"])
    with contextlib.closing(site.client(user)) as client:
        submit(client, tasks_of(client, project)["harbour"], results)


def facts_of(*records: AnnotatedArticle) -> list[Facts]:
    return [to_facts(read, names) for read, names in zip(records, align(records), strict=True)]


def test_the_ten_commands(label_studio: Site, tmp_path: Path) -> None:
    assert list(COMMANDS) == ["begin", *(str(number) for number in range(1, 11))]
    login = {"PARLEY_LS_URL": label_studio.url, "PARLEY_LS_TOKEN": TOKEN}
    environment = {**os.environ, **login, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}

    def run(command: str) -> str:
        done = subprocess.run(
            ["bash", "-euc", COMMANDS.get(command, command)],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
        assert TOKEN not in done.stdout + done.stderr
        return done.stdout + done.stderr

    mine = tmp_path / "mine"
    run("begin")
    assert (mine / "articles/harbour.txt").read_bytes() == (SMALL / "articles/harbour-talks.txt").read_bytes()
    run("1")
    assert "met in Harrow" in run("parley annotate sentences harbour --data mine")
    run("2")
    run("3")
    logins = {name: f"{name}@labels-{os.getpid()}.example" for name in ("ana", "bo")}
    for user in logins.values():
        new_user(label_studio, user)
    do(label_studio, logins["ana"], "harbour, Ana", made_by("annotator-1"), mine)
    do(label_studio, logins["bo"], "harbour, Bo", made_by("annotator-2"), mine)
    assert "submitted" in run('parley annotate status --data mine --project "harbour, Ana"')
    assert "mine/raw/ana/harbour.json" in run("4")
    assert "mine/raw/bo/harbour.json" in run("5")
    assert "mentions" in run("6").lower()
    assert "pre-annotations: 3 made" in run("7")  # two passes, and what they agree on
    judged = made_by("annotator-2")
    judged.stances[0].polarity = "mixed"
    do(label_studio, USER, "harbour, adjudication", judged, mine)
    assert "mine/raw/judge/harbour.json" in run("8")
    assert "mine/gold/harbour.json" in run("9")
    assert "1 article built" in run("10")
    run("parley validate mine")
    run("parley build mine --check")
    run("parley adjudicate --data mine --check")
    corpus = load_corpus(mine)
    assert {name: own.role for name, own in corpus.passes.items()} == {"ana": "pass", "bo": "pass", "judge": "reader"}
    assert {own.guidelines for own in corpus.passes.values()} == {"2.0.0"}
    records = (corpus.raw["judge"]["harbour"], corpus.gold["harbour"], judged)
    record, gold, meant = facts_of(*(annotated(corpus, "harbour", one) for one in records))
    assert gold == record == meant
    log = [json.loads(line) for line in (mine / "adjudication.jsonl").read_text("utf-8").splitlines()]
    assert {line["rule"] for line in log} == {"guidelines 2.0.0"}
    assert "stance:ada-brink:entity=sudovia:blame.polarity" in {line["fact"] for line in log}


@pytest.mark.parametrize("picture", re.findall(r"\]\(\.\./(docs/\S+\.png)\)", PAGE))
def test_its_pictures_are_there(picture: str) -> None:
    assert 10_000 < (ROOT / picture).stat().st_size < 300_000
