"""The smallest difference that so many stories show, by simulation."""

import shutil
from pathlib import Path

import numpy as np
import pytest
from benchmarks.power import contributions, main, power, smallest_found
from scipy.special import ndtri

from conftest import ROOT
from parley.scoring.counts import f1
from parley.scoring.uncertainty import Table, on_arrays


def test_what_a_story_contributes():
    # F1 = 2·right / (gold + predicted). A: 3 of 4 and 1 of 4, 8 predicted; B: nothing right.
    # d = 8/16 = 1/2; without story 1: 2/8 = 1/4, without story 2: 6/8 = 3/4. So 2·1/2 − 1/4 = 3/4 and 2·1/2 − 3/4 = 1/4.
    counts = np.array([[[4, 4, 3, 3]], [[4, 4, 1, 1]]], dtype=float)
    nothing = counts * [1, 1, 0, 0]
    one, other = (Table(own, on_arrays(f1, [""])) for own in (counts, nothing))
    assert contributions(one, other) == pytest.approx([0.75, 0.25])


def test_normal_differences_give_what_the_power_of_the_t_test_gives():
    # 400 quantiles of the normal distribution. A two-sided t-test over n of them finds δ with 80 % power where
    # δ ≈ (t(.975) + t(.80))/√n: at 10 stories (2.262 + .883)/√10 = .995, at 21 (2.086 + .860)/√21 = .643.
    centred = {"a score": ndtri((np.arange(400) + 0.5) / 400)}
    for stories, expected in ((10, 0.995), (21, 0.643)):
        found = smallest_found(centred, {"a score": 2.0}, stories, replicates=150, seed=3)["a score"]
        assert found == pytest.approx(expected, rel=0.12)
    assert power(centred, {"a score": 0.0}, 21, replicates=300, seed=3)["a score"] < 0.09  # .05 ± .025


def test_the_page_has_what_the_command_prints(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    page = tmp_path / "power.md"
    shutil.copy(ROOT / "docs" / "power.md", page)
    main(["rules", "majority", "--replicates", "3", "-o", str(page)])
    printed = capsys.readouterr().out.strip()
    assert printed.count("\n| ") == 7 and "| entities | 0." in printed  # heads, rule, four scores, the check
    text = page.read_text("utf-8")
    assert f"<!-- generated: power -->\n\n{printed}\n\n<!-- end of generated part -->" in text
    assert text.partition("<!--")[0] == (ROOT / "docs" / "power.md").read_text("utf-8").partition("<!--")[0]
