"""What is installed: a wheel that works in an empty folder, with data and schemas inside, and no network."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from conftest import ROOT


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel built from the checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    built = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    subprocess.run(built, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    return wheel


@pytest.fixture(scope="module")
def wheel(archive: Path) -> Path:
    """The same, unpacked."""
    with zipfile.ZipFile(archive) as content:
        content.extractall(archive.parent / "site")
    return archive.parent / "site"


def run(wheel: Path, code: str, cwd: Path) -> str:
    environment = {
        "PYTHONPATH": str(wheel),
        "PATH": "/usr/bin:/bin",
        "HOME": str(cwd),
        "HF_HOME": str(cwd / "hf"),
        "HF_HUB_OFFLINE": "1",
        "HF_DATASETS_OFFLINE": "1",
    }
    done = subprocess.run([sys.executable, "-c", code], cwd=cwd, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_load_works_from_a_wheel_in_an_empty_folder(wheel: Path, tmp_path: Path) -> None:
    code = "import parley; rows = parley.load('stance'); print(parley.__file__); print(len(rows), rows.features['polarity'].names)"
    where, rows = run(wheel, code, tmp_path).splitlines()
    assert Path(where).is_relative_to(wheel)
    count, names = rows.split(" ", 1)
    assert int(count) > 0
    assert names == "['none', 'support', 'oppose', 'mixed']"


def test_the_command_works_from_a_wheel(wheel: Path, tmp_path: Path) -> None:
    assert (
        run(wheel, "import sys; sys.argv = ['parley', 'validate']; from parley.cli import main; main()", tmp_path) == ""
    )


def test_the_wheel_holds_what_it_must(archive: Path) -> None:
    with zipfile.ZipFile(archive) as content:
        held = set(content.namelist())
    data = ["README.md", "articles.jsonl", "croissant.json", "dataset.json", "registry.json"]
    assert {f"parley/data/{name}" for name in data} | {"parley/schema/ontology.json"} <= held
    assert not [name for name in held if name.endswith((".pyc", ".tmp"))]
    assert {Path(name).name for name in held if "/licenses/" in name} == {"LICENSE", "LICENSE-DATA"}


def test_importing_parley_is_quick() -> None:
    """The package itself pulls in neither datasets nor pyarrow: they load when they are asked for."""
    code = "import sys, parley; print([m for m in ('datasets', 'pyarrow', 'numpy', 'scipy') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_demo_works_from_a_wheel(wheel: Path, tmp_path: Path) -> None:
    """Or it says at once what it needs: no traceback."""
    code = "import sys; sys.argv = ['parley', 'demo', '-o', 'out']; from parley.cli import main; main()"
    assert "All" in run(wheel, code, tmp_path)
    assert (tmp_path / "out" / "majority" / "report.json").is_file()


def test_what_needs_a_checkout_says_so_at_once(wheel: Path, tmp_path: Path) -> None:
    for words in (["leaderboard", "--site", "site"], ["release", "out"]):
        code = f"import sys; sys.argv = ['parley', *{words}]; from parley.cli import main; main()"
        environment = {"PYTHONPATH": str(wheel), "PATH": "/usr/bin:/bin", "HOME": str(tmp_path)}
        done = subprocess.run(
            [sys.executable, "-c", code], cwd=tmp_path, env=environment, capture_output=True, text=True
        )
        assert done.returncode in (1, 2) and "checkout" in done.stderr, done.stderr
        assert "Traceback" not in done.stderr
