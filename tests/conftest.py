"""What the tests share: the small invented corpus, whole and broken."""

import os
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

os.environ.update(
    HF_HUB_OFFLINE="1", HF_DATASETS_OFFLINE="1", HF_HUB_DISABLE_TELEMETRY="1", NO_COLOR="1", COLUMNS="200"
)

pytest_plugins = ["labelstudio_server", "pages"]

TESTS = Path(__file__).parent
ROOT = TESTS.parent
SMALL = TESTS / "small"
EXAMPLE = ROOT / "eval" / "example" / "predictions.jsonl"


def run(*words: object, data: Path | None = None) -> Result:
    """Run a command; whatever it is given, it ends by itself: an exception is a fault."""
    from parley.cli.app import app

    result = CliRunner().invoke(app, [*map(str, words), *(["--data", str(data)] if data else [])])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def ran(*words: object) -> tuple[int, str, str]:
    """The same: exit code, standard output, standard error."""
    result = run(*words)
    return result.exit_code, result.stdout, result.stderr


def tree(folder: Path) -> dict[str, bytes]:
    """Every file in a folder, hidden or not, with its content."""
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A copy of the small corpus that a test may change."""
    return Path(shutil.copytree(SMALL, tmp_path / "small"))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how many inputs and faults the tests tried (their properties of these names)."""
    for report in (r for outcome in ("passed", "failed") for r in terminalreporter.stats.get(outcome, [])):
        for name, value in getattr(report, "user_properties", ()):
            if name in ("inputs tried", "faults tried") and report.when == "call":
                number = len(value) if isinstance(value, list) else value
                terminalreporter.write_line(f"{report.nodeid}: {number} {name}")
