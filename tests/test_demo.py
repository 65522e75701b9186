"""The demonstration: the whole path, and a table that says what it shows."""

import json
from pathlib import Path

from typer.testing import CliRunner

from conftest import ROOT
from parley.baselines import is_learned, names
from parley.checks import check_shape
from parley.cli.app import app


def test_demo(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["demo", "-o", str(tmp_path), "--data", str(ROOT / "data")])
    assert result.exit_code == 0, result.output
    for name in names():
        if is_learned(name) and not (ROOT / "eval" / "submissions" / name).is_dir():
            assert f"{name}: left out" in result.output
            continue
        report = json.loads((tmp_path / name / "report.json").read_text("utf-8"))
        assert check_shape(report, "report") == []
        assert report["system"] == name
        assert str(tmp_path / name / "report.json") in result.stdout.replace("\n", "")
    assert "stories. Intervals are 95 %, over stories" in " ".join(result.stdout.split())
    assert "F1: the harmonic mean" in " ".join(result.stdout.split())
