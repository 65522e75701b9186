"""What the tests share: the small invented corpus, whole and broken."""

import os
import shutil
from pathlib import Path

import pytest

os.environ.update(
    HF_HUB_OFFLINE="1", HF_DATASETS_OFFLINE="1", HF_HUB_DISABLE_TELEMETRY="1", NO_COLOR="1", COLUMNS="200"
)

pytest_plugins = ["labelstudio_server", "pages"]

TESTS = Path(__file__).parent
ROOT = TESTS.parent
SMALL = TESTS / "small"


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
