"""The first screen of README.md: what it shows is what its commands print."""

import os
import re
import subprocess
import sys
from pathlib import Path

from conftest import ROOT

PAGE = (ROOT / "README.md").read_text("utf-8")
PROMISES = PAGE[PAGE.index("## Three promises") : PAGE.index("## The three layers")]


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", PROMISES, re.DOTALL | re.MULTILINE)


def ran(command: list[str], folder: Path) -> str:
    """Return what a command prints, in the order of the streams: messages, then output."""
    search = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        command,
        cwd=folder,
        env=os.environ | {"PATH": search, "COLUMNS": "100"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode in (0, 1), done.stderr
    assert "Traceback" not in done.stderr
    return done.stdout + done.stderr


def words(text: str) -> str:
    return " ".join(text.split())


def test_a_researcher(tmp_path: Path) -> None:
    (code,), (shown,) = blocks("python"), blocks("text")
    assert ran([sys.executable, "-c", code], tmp_path).splitlines()[-1:] == shown.splitlines()


def test_an_entrant(tmp_path: Path) -> None:
    """Each command in turn; what is shown of its output stands in it, in order, … standing for what is left out."""
    (block,) = blocks("console")
    for step in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
        command, _, shown = step.partition("\n")
        printed = words(ran(["bash", "-c", command], tmp_path))
        at = 0
        for part in filter(None, map(words, shown.split("…"))):
            found = printed.find(part, at)
            assert found >= 0, f"{command} does not print: {part}"
            at = found + len(part)


def test_what_it_links_to_is_there() -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", PAGE):
        assert (ROOT / target).exists(), target
