"""README.md shows what its commands print; the map of CONTRIBUTING.md is right; all Markdown pages have short lines."""

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from conftest import ROOT
from parley.api import load

PAGE = (ROOT / "README.md").read_text("utf-8")
USERS = PAGE[PAGE.index("## For researchers") : PAGE.index("## Extend it")]


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", USERS, re.DOTALL | re.MULTILINE)


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


def test_the_code_about_baselines_runs(tmp_path: Path) -> None:
    (code,) = re.findall(r"^```python\n(.*?)^```$", (ROOT / "baselines/README.md").read_text("utf-8"), re.DOTALL | re.M)
    assert ran([sys.executable, "-c", f"{code}\nprint(len(predictions))"], tmp_path).splitlines()[-1] == str(
        len(load("documents", "test"))
    )


def test_an_entrant(tmp_path: Path) -> None:
    """Each command in turn; what is shown of its output is in it, in order; … means that something is left out."""
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


def test_the_sentence_at_the_top_is_annotated_as_it_says() -> None:
    """The reading at the top is written by hand; the tables further down are generated from the gold."""
    top, _, below = PAGE.partition("<!-- generated: example -->")
    tables = below.partition("<!-- end of generated part -->")[0]
    sentence = words(re.sub(r"[>*]", "", "".join(re.findall(r"^>.*\n", top, re.MULTILINE))))
    assert f"> {sentence}" in tables
    assert "| accused | Accuse | actual | the article |" in tables
    assert re.search(
        r"\| bomb \| Strike \| actual \| Cambodia’s Ministry of Defence \(accused\) \| Agent: Thai military;", tables
    )
    assert "| Cambodia’s Ministry of Defence | oppose | Thai military | blame |" in tables


def test_the_map_of_the_package_names_every_module_once_and_imports_follow_it() -> None:
    """Every module and folder of ``src/parley`` is in one row; it imports from its row and the rows above."""
    package, guide = ROOT / "src" / "parley", (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    table = guide[guide.index("| in `src/parley/` |") : guide.index("## How we work")].strip().splitlines()[2:]
    named = [(name, row) for row, line in enumerate(table) for name in re.findall(r"`([^`]+)`", line.split("|")[1])]
    rows = dict(named)
    units = {p.name + "/" * p.is_dir() for p in package.iterdir() if not p.name.startswith("__")}
    assert sorted(name for name, _ in named if "/" not in name[:-1]) == sorted(units)

    def row(module: str) -> int | None:
        """Return the row of a module, such as ``scoring/pair``; None for the package itself."""
        return rows.get(f"{module}.py", rows.get(f"{module.split('/')[0]}/"))

    for file in package.rglob("*.py"):
        own = row(file.relative_to(package).as_posix()[:-3])
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if own is not None and isinstance(node, ast.ImportFrom) and (node.module or "").startswith("parley."):
                module = (node.module or "").removeprefix("parley.").replace(".", "/")
                for name in node.names:
                    imported = rows.get(f"{module}/{name.name}.py", row(module))
                    assert imported is not None and imported <= own, (file, node.module)


def test_the_paths_that_contributing_names_are_there() -> None:
    """Paths in backquotes: from the top, from the package, or from the folder in the row's first cell."""
    for line in (ROOT / "CONTRIBUTING.md").read_text("utf-8").splitlines():
        names = re.findall(r"`([\w./-]+(?:\.(?:py|json|jsonl|xml|md)|/))`", line)
        for name in names:
            assert any((ROOT / place / name).exists() for place in ("", "src/parley", names[0])), name


PAGES = subprocess.run(
    ["git", "ls-files", "*.md"], cwd=ROOT, capture_output=True, text=True, check=True
).stdout.splitlines()


@pytest.mark.parametrize("page", PAGES)
def test_lines_of_markdown_are_short(page: str) -> None:
    """At most 120 characters, outside code, tables, generated quotations, the card's YAML and what has one long link."""
    text = (ROOT / page).read_text("utf-8")
    text = re.sub(r"\A---\n.*?^---\n", "", text, flags=re.DOTALL | re.MULTILINE)  # the card's YAML
    text = re.sub(r"^( *)```.*?^\1```$", "", text, flags=re.DOTALL | re.MULTILINE)
    prose = [line for line in text.splitlines() if not line.startswith(("|", "    ", "> "))]
    assert [line for line in prose if len(line) > 120 and not re.search(r"\]\([^)]{60,}\)", line)] == []


WORDS = re.compile(
    r"\b(mend\w*|happenings?|second hand|told by|telling|voices?|figures?|a line an \w+)\b", re.IGNORECASE
)


@pytest.mark.parametrize("page", [p for p in PAGES if p not in ("CHANGELOG.md", "annotation/GUIDELINES.md")])
def test_pages_use_the_words_of_the_field(page: str) -> None:
    """Event cluster, source, score, fix: the changelog alone names the earlier words."""
    assert WORDS.findall((ROOT / page).read_text("utf-8")) == []
