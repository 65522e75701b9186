"""Nobody waits for numpy to read a help text."""

import subprocess
import sys

import pytest

HEAVY = ("numpy", "scipy", "pyarrow", "datasets", "pandas", "jsonschema", "parley.scoring.registry")

PROGRAM = f"""
import sys
from parley.cli import main
try:
    main()
except SystemExit:
    print("LOADED", *[name for name in {HEAVY!r} if name in sys.modules])
"""


@pytest.mark.parametrize(
    "words", ["--version", "--help", "score --help", "build --help", "annotate push --help", "leaderboard --help"]
)
def test_help_loads_nothing_heavy(words: str) -> None:
    command = [sys.executable, "-c", PROGRAM, *words.split()]
    output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert output.splitlines()[-1].split() == ["LOADED"]
