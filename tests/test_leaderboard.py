"""The leaderboard: from reports alone, the same bytes each time; who can be told apart; no edited report gets in."""

import csv
import hashlib
import json
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import msgspec
import pytest
from click.testing import Result
from typer.testing import CliRunner

from conftest import ROOT
from parley.checks import Corpus, check_shape
from parley.cli.app import app
from parley.files import to_json
from parley.leaderboard import COLUMNS, build_leaderboard, read_entries
from parley.leaderboard.audit import audit
from parley.leaderboard.groups import cut
from parley.leaderboard_form import Board
from parley.model import Prediction
from parley.report_form import Report, Submission
from parley.scoring.registry import METRICS
from parley.submission import add
from scoring_help import copies_of_the_small_article, small_prediction

EVAL = ROOT / "eval"
FLIPS = 1999  # draws, so that the smallest p is 1/2000


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, [*map(str, arguments)])


def submit(board: Path, corpus: Corpus, system: str, predictions: Mapping[str, Prediction], **fields: Any) -> None:
    """Put a system's predictions on a board, by the way of any entrant."""
    folder = board.parent / "made" / system
    folder.mkdir(parents=True)
    data = b"".join(msgspec.json.encode(p) + b"\n" for p in predictions.values())
    (folder / "predictions.jsonl").write_bytes(data)
    said = Submission(
        system=system, version="1", organisation="Us", contact="us", url=None, base_models=[], parameters=None,
        track="zero-shot", training_data="none", saw_test="no", data_version=corpus.info.version, licence="CC0",
        predictions_sha256=hashlib.sha256(data).hexdigest(),
    )  # fmt: skip
    (folder / "submission.json").write_text(to_json(msgspec.structs.replace(said, **fields)), "utf-8")
    add(folder, corpus, board)


def systems(number: int) -> tuple[Corpus, Callable[..., dict[str, Prediction]]]:
    """Return a corpus of copies of the small article, and a way to write systems that are poor in some of them."""
    corpus, _ = copies_of_the_small_article(number)
    whole = small_prediction()
    poor = msgspec.structs.replace(whole, mentions=(whole.mentions or [])[10:], events=[], stances=[])

    def predictions(*, poor_in: range | list[int], stances: bool = True) -> dict[str, Prediction]:
        made = {}
        for i, article in enumerate(corpus.articles):
            own = msgspec.structs.replace(poor if i in poor_in else whole, id=article, stance_pairs=None)
            made[article] = own if stances else msgspec.structs.replace(own, stances=None)
        return made

    return corpus, predictions


@pytest.fixture(scope="module")
def thirty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Five systems on thirty articles that are all alike."""
    board = tmp_path_factory.mktemp("thirty") / "board"
    corpus, predictions = systems(30)
    submit(board, corpus, "perfect", predictions(poor_in=[]))
    submit(board, corpus, "nearly", predictions(poor_in=[0, 1, 2]))
    submit(board, corpus, "half too", predictions(poor_in=range(28)))
    submit(board, corpus, "half", predictions(poor_in=range(30)))
    submit(board, corpus, "no stance", predictions(poor_in=[], stances=False))
    return board


@pytest.fixture(scope="module")
def board_of_thirty(thirty: Path) -> Board:
    entries, findings = read_entries(thirty)
    assert findings == []
    (board,) = build_leaderboard(entries, thirty.parent, flips=FLIPS).boards
    return board


# groups ----------------------------------------------------------------------------------------------------


def test_groups_are_cut_where_all_above_are_better_than_all_below() -> None:
    assert cut("abc", set()) == [["a", "b", "c"]]
    assert cut("abc", {("a", "b"), ("a", "c")}) == [["a"], ["b", "c"]]
    assert cut("abc", {("a", "c"), ("b", "c")}) == [["a", "b"], ["c"]]
    # a and c differ, but b stands between them and differs from neither: no cut
    assert cut("abc", {("a", "c")}) == [["a", "b", "c"]]
    assert cut("abcd", {(x, y) for x in "ab" for y in "cd"} | {("c", "d")}) == [["a", "b"], ["c"], ["d"]]
    assert cut("", set()) == []


def test_what_thirty_articles_can_tell_apart(board_of_thirty: Board) -> None:
    """Worked by hand.

    All articles are alike, so a pair of systems that differs in m articles has p = 2/2^m where m is at most 16: only no
    swap and all swaps make as large a difference. With more, no draw of 1,999 swaps all or none of m (chance 2/2^m), so
    that p = 1/2000.

        perfect, nearly     differ in  0–2:  3 articles, p = 2/8     half too, half    28, 29:  2, p = 2/4
        perfect, half too   0–27: 28, p = 1/2000                     perfect, half     30, p = 1/2000
        nearly, half too    3–27: 25, p = 1/2000                     nearly, half      3–29: 27, p = 1/2000

    Holm over six pairs: 6/2000 for the smallest four (no adjusted value is below one before it), then 2 · 2/8 and 2/4.
    """
    overall = board_of_thirty.figures[0]
    assert (overall.name, overall.is_tested) == ("overall", True)
    found = {(t.a, t.b): (t.differing_articles, t.p, pytest.approx(t.p_holm)) for t in overall.tests}
    assert found == {
        ("perfect", "nearly"): (3, 2 / 8, 4 / 8),
        ("perfect", "half too"): (28, 1 / 2000, 6 / 2000),
        ("perfect", "half"): (30, 1 / 2000, 6 / 2000),
        ("nearly", "half too"): (25, 1 / 2000, 6 / 2000),
        ("nearly", "half"): (27, 1 / 2000, 6 / 2000),
        ("half too", "half"): (2, 2 / 4, 2 / 4),
    }
    assert overall.groups == [["perfect", "nearly"], ["half too", "half"]]
    rows = {row.system: row.results["overall"] for row in board_of_thirty.systems}
    assert [(name, row.rank, row.group) for name, row in rows.items()] == [
        ("perfect", 1, 1),
        ("nearly", 1, 1),
        ("half too", 3, 2),
        ("half", 3, 2),
        ("no stance", None, None),
    ]
    assert rows["nearly"].better_than == ["half too", "half"]
    assert rows["half"].better_than == []


def test_a_layer_that_was_not_attempted_has_no_place_and_takes_none(board_of_thirty: Board) -> None:
    row = board_of_thirty.systems[-1]
    assert row.system == "no stance"
    assert row.results["overall"].value is None
    assert row.results["stance"].value is None
    assert row.results["events"].rank == 1
    figures = {figure.name: figure for figure in board_of_thirty.figures}
    assert figures["events"].groups == [["no stance", "perfect", "nearly"], ["half too", "half"]]
    assert all("no stance" not in group for group in figures["stance"].groups)


def test_intervals_are_those_of_the_reports_and_parts_have_their_own(board_of_thirty: Board, thirty: Path) -> None:
    report = msgspec.json.decode((thirty / "nearly" / "report.json").read_bytes(), type=Report)
    rows = {row.system: row for row in board_of_thirty.systems}
    assert rows["nearly"].results["overall"].interval == report.overall.interval
    typed = rows["nearly"].results["entities.typed_f1"]
    assert (typed.interval, typed.bootstrap) == (report.metrics["entities.typed_f1"].interval, report.metrics["entities.typed_f1"].bootstrap)  # fmt: skip
    # all right in thirty articles: Clopper–Pearson, 1 − .025^(1/30) = .1157 may be otherwise
    assert rows["perfect"].results["stance"].interval == [pytest.approx(1 - 0.115703, abs=1e-6), 1.0]
    low, high = rows["nearly"].results["events"].interval or (1, 0)
    assert low < (rows["nearly"].results["events"].value or 0) < high


def test_what_cannot_be_tested_from_reports_is_said(board_of_thirty: Board) -> None:
    figures = {figure.name: figure for figure in board_of_thirty.figures}
    assert list(figures) == list(COLUMNS)
    assert not figures["entities.cross_conll"].is_tested
    assert "joins all articles into one" in figures["entities.cross_conll"].note
    assert figures["stance.classification"].groups == []
    assert "No system attempted this." in figures["stance.classification"].note
    assert figures["entities.linking"].is_tested


def test_under_six_articles_all_are_one_group(tmp_path: Path) -> None:
    corpus, predictions = systems(5)
    submit(tmp_path / "board", corpus, "good", predictions(poor_in=[]))
    submit(tmp_path / "board", corpus, "bad", predictions(poor_in=range(5)))
    entries, findings = read_entries(tmp_path / "board")
    assert findings == []
    (board,) = build_leaderboard(entries, tmp_path).boards
    assert board.note.startswith("Five articles cannot tell two systems apart, whatever their scores")
    for figure in board.figures[:4]:
        assert (figure.groups, figure.tests, figure.is_tested) == ([["good", "bad"]], [], False)
    for row in board.systems:
        assert row.results["overall"].rank == 1
        assert row.results["overall"].interval is None
        assert len(row.results["overall"].per_article) == 5


def test_six_articles_can_tell_two_systems_apart(tmp_path: Path) -> None:
    corpus, predictions = systems(6)
    submit(tmp_path / "board", corpus, "good", predictions(poor_in=[]))
    submit(tmp_path / "board", corpus, "bad", predictions(poor_in=range(6)))
    (board,) = build_leaderboard(read_entries(tmp_path / "board")[0], tmp_path).boards
    assert board.figures[0].tests[0].p == 2 / 64  # of all 2⁶ swaps, none and all make as large a difference
    assert board.figures[0].groups == [["good"], ["bad"]]


def test_other_data_is_another_board_the_newest_first(tmp_path: Path) -> None:
    for version in ("0.9.0", "0.10.0"):
        corpus, predictions = systems(2)
        corpus = msgspec.structs.replace(corpus, info=msgspec.structs.replace(corpus.info, version=version))
        submit(tmp_path / "board", corpus, f"of {version[2:-2]}", predictions(poor_in=[0] if "9" in version else []))
    entries, findings = read_entries(tmp_path / "board")
    assert findings == []
    boards = build_leaderboard(entries, tmp_path).boards
    assert [(board.data, [row.system for row in board.systems]) for board in boards] == [
        ("0.10.0", ["of 10"]),
        ("0.9.0", ["of 9"]),
    ]


# the same bytes, from reports alone --------------------------------------------------------------------------


def test_the_leaderboard_that_is_shipped_is_what_the_reports_give(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    result = run("leaderboard", "--check", "--rescore", "--agreement")
    assert result.exit_code == 0, result.stderr
    assert check_shape(json.loads((EVAL / "leaderboard.json").read_bytes()), "leaderboard") == []
    assert check_shape(json.loads((EVAL / "agreement.json").read_bytes()), "agreement") == []


def test_reports_alone_give_the_same_bytes(tmp_path: Path) -> None:
    shutil.copy(EVAL / "agreement.json", tmp_path)
    for own in sorted((EVAL / "submissions").iterdir(), reverse=True):
        for name in ("report.json", "submission.json"):
            (tmp_path / "submissions" / own.name).mkdir(parents=True, exist_ok=True)
            shutil.copy(own / name, tmp_path / "submissions" / own.name)
    result = run("leaderboard", tmp_path / "submissions", "-o", tmp_path / "leaderboard.json")
    assert result.exit_code == 0, result.stderr
    assert "nobody can score them again" in result.stderr
    for name in ("leaderboard.json", "leaderboard.csv"):
        assert (tmp_path / name).read_bytes() == (EVAL / name).read_bytes()


def test_two_articles_put_all_baselines_into_one_group() -> None:
    (board,) = json.loads((EVAL / "leaderboard.json").read_bytes())["boards"]
    assert board["figures"][0]["groups"] == [["rules", "majority", "empty"]]
    assert {row["results"]["overall"]["rank"] for row in board["systems"]} == {1}
    assert all(figure["tests"] == [] for figure in board["figures"])
    assert {row["saw_test"] for row in board["systems"] if row["system"] == "rules"} == {"unknown"}
    for row in board["systems"]:
        for path in ("report", "predictions", "submission"):
            assert (EVAL / row[path]).is_file()


def test_agreement_is_of_language_models_and_has_no_rank() -> None:
    (board,) = json.loads((EVAL / "leaderboard.json").read_bytes())["boards"]
    agreement = board["agreement"]
    assert "language-model annotators, no human" in agreement["label"]
    assert agreement["pairs"] == 6  # three passes, each against two others
    assert all("rank" not in own for own in agreement["results"].values())
    assert not {"entities.linking", "stance.classification"} & set(agreement["results"])
    for own in agreement["results"].values():
        assert own["lowest"] <= own["value"] <= own["highest"]


# hostile and edited ------------------------------------------------------------------------------------------


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The shipped submissions with their leaderboard, to be changed."""
    return Path(shutil.copytree(EVAL, tmp_path / "eval"))


def refused(folder: Path, *options: object) -> str:
    """Make the leaderboard, which must be refused; its files are as they were. Return what was said."""
    names = ("leaderboard.json", "leaderboard.csv", "agreement.json")
    before = [(folder / name).read_bytes() for name in names]
    result = run("leaderboard", folder / "submissions", "-o", folder / "leaderboard.json", *options)
    assert (result.exit_code, result.stdout) == (1, "")
    assert [(folder / name).read_bytes() for name in names] == before
    return result.stderr


def edit(folder: Path, system: str, change: Callable[[Any], object], name: str = "report.json") -> None:
    path = folder / "submissions" / system / name
    value = json.loads(path.read_bytes())
    change(value)
    path.write_text(to_json(value), "utf-8")


EDITS: dict[str, tuple[Callable[[Any], object], str]] = {
    "a value": (lambda r: r["metrics"]["events.tc"].update(value=0.99), "$.metrics['events.tc'].value  edited-report"),
    "overall": (lambda r: r["overall"].update(value=0.99), "$.overall.value  edited-report"),
    "a part": (lambda r: r["overall"]["parts"].update(stance=0.5), "$.overall.parts['stance']"),
    "an article": (
        lambda r: r["overall_per_article"]["talks-to-revive-ceasefire"].update(value=1.0),
        "$.overall_per_article['talks-to-revive-ceasefire'].value",
    ),
    "counts": (lambda r: r["metrics"]["events.tc"]["counts"].update(right=138), "$.metrics['events.tc']"),
    "counts of a label": (
        lambda r: next(iter(r["metrics"]["events.tc"]["per_type"].values()))["counts"].update(gold=99),
        "$.metrics['events.tc'].per_type",
    ),
    "a component": (
        lambda r: r["metrics"]["entities.conll"]["components"]["muc"].update(value=0.99),
        "$.metrics['entities.conll'].components['muc'].value",
    ),
    "an interval from nowhere": (lambda r: r["overall"].update(interval=[0.5, 0.6]), "$.overall.interval"),
    "a metric's interval": (
        lambda r: r["metrics"]["stance.f_avg"].update(interval=[0.1, 0.2]),
        "$.metrics['stance.f_avg'].interval",
    ),
    "system": (lambda r: r.update(system="<b>best</b>"), "$.system  edited-report"),
    "split": (lambda r: r.update(split="train"), "$.split  edited-report"),
    "articles": (lambda r: r.update(articles=200), "$.articles  edited-report"),
    "data": (lambda r: r["versions"].update(data="9.0.0"), "$.versions.data  edited-report"),
    "no version": (lambda r: r["versions"].pop("parley"), "'versions.parley' is missing"),
    "no hash": (lambda r: r["hashes"].pop("gold"), "'hashes.gold' is missing"),
    "gold": (lambda r: r["hashes"].update(gold="0" * 64), "$.overall.signature  edited-report"),
    "predictions": (lambda r: r["hashes"].update(predictions="0" * 64), "$.hashes.predictions  edited-report"),
    "a signature": (
        lambda r: r["metrics"]["events.tc"].update(signature="events.tc|x"),
        "$.metrics['events.tc'].signature",
    ),
    "no metric": (lambda r: r["metrics"].pop("events.tc"), "$.metrics  edited-report"),
    "another metric": (lambda r: r["metrics"].update(mine=r["metrics"]["events.tc"]), "$.metrics  edited-report"),
    "not attempted": (lambda r: r["attempted"].remove("stance"), "$.metrics['stance.tuple_f1'].value"),
    "a layer": (lambda r: r["attempted"].append("magic"), "$.attempted  edited-report"),
    "shape": (lambda r: r["overall"].update(value=1.5), "$.overall.value  "),
    "a mark": (lambda r: r.update(note="\u202e"), "$.note  control-character"),
    "a field": (lambda r: r.update(best=True), "unknown-field"),
}


@pytest.mark.parametrize("name", EDITS)
def test_a_report_edited_by_hand_is_refused(name: str, copy: Path) -> None:
    change, said = EDITS[name]
    edit(copy, "rules", change)
    found = refused(copy)
    assert said in found
    assert "submissions/rules/report.json" in found


@pytest.mark.parametrize("metric", METRICS)
def test_no_value_of_any_metric_can_be_changed(metric: str) -> None:
    own = EVAL / "submissions" / "rules"
    report = msgspec.json.decode((own / "report.json").read_bytes(), type=Report)
    said = msgspec.json.decode((own / "submission.json").read_bytes(), type=Submission)
    assert audit(report, said, "") == []
    entry = report.metrics[metric]
    entry.value = (entry.value or 0.0) / 2 + 0.5
    assert f"$.metrics['{metric}'].value" in {finding.path for finding in audit(report, said, "")}


def test_what_only_a_rescoring_finds(copy: Path) -> None:
    """A report that was made up whole, here that of better predictions under the name of others."""
    better = (copy / "submissions" / "rules" / "report.json").read_text("utf-8")
    hashes = [json.loads((copy / "submissions" / n / "submission.json").read_bytes())["predictions_sha256"] for n in ("rules", "majority")]  # fmt: skip
    made_up = better.replace('"system": "rules"', '"system": "majority"').replace(hashes[0], hashes[1])
    (copy / "submissions" / "majority" / "report.json").write_text(made_up, "utf-8")
    options = ["-o", copy / "leaderboard.json"]
    assert run("leaderboard", copy / "submissions", *options, "--check").exit_code == 1
    said = refused(copy, "--rescore")
    assert "submissions/majority/report.json  edited-report" in said
    assert "not the report that scoring gives" in said


def test_intervals_and_sums_over_articles_are_checked_too(thirty: Path, tmp_path: Path) -> None:
    for path, change in {
        "$.overall.interval[0]": lambda r: r["overall"]["interval"].__setitem__(0, 0.0001),
        "$.metrics['events.tc'].bootstrap[1]": lambda r: r["metrics"]["events.tc"]["bootstrap"].__setitem__(1, 0.9999),
        "$.metrics['events.tc'].counts.gold": lambda r: r["metrics"]["events.tc"]["per_article"]["copy-7"]["counts"].update(gold=0),
        "$.metrics['events.conll'].per_article['copy-7'].value": lambda r: r["metrics"]["events.conll"]["per_article"]["copy-7"].update(value=0.5),
        "$.metrics['events.tc'].per_article": lambda r: r["metrics"]["events.tc"]["per_article"].pop("copy-7"),
    }.items():  # fmt: skip
        shutil.rmtree(tmp_path / "submissions", ignore_errors=True)
        shutil.copytree(thirty / "nearly", tmp_path / "submissions" / "nearly")
        edit(tmp_path, "nearly", change)
        _, findings = read_entries(tmp_path / "submissions")
        assert path in {finding.path for finding in findings}


def test_predictions_that_were_changed_are_refused(copy: Path) -> None:
    with (copy / "submissions" / "rules" / "predictions.jsonl").open("ab") as stream:
        stream.write(b"\n")
    assert "submissions/rules/submission.json $.predictions_sha256  wrong-hash" in refused(copy)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"system": "../owned"}, "$.system  bad-system-name"),
        ({"system": "v1.0"}, "$.system  bad-system-name"),
        ({"system": "a\u202eb"}, "$.system  bad-system-name"),
        ({"system": "Renamed"}, "the system is 'Renamed', its folder 'rules'"),
        ({"organisation": "a\u202eb"}, "$.organisation  control-character"),
        ({"predictions_sha256": "0" * 64}, "$.predictions_sha256  wrong-hash"),
        ({"data_version": "0.0.1"}, "$.versions.data  edited-report"),
    ],
)
def test_a_description_that_was_changed_is_refused(fields: dict[str, str], said: str, copy: Path) -> None:
    edit(copy, "rules", lambda value: value.update(fields), "submission.json")
    assert said in refused(copy)


@pytest.mark.parametrize("name", ["report.json", "submission.json"])
@pytest.mark.parametrize("content", [None, b"", b"[]", b"{", b"\xff", b"[" * 9999, b'{"a": NaN}'])
def test_a_file_that_is_none_is_refused(name: str, content: bytes | None, copy: Path) -> None:
    path = copy / "submissions" / "empty" / name
    path.unlink() if content is None else path.write_bytes(content)
    assert f"submissions/empty/{name}" in refused(copy)


def test_one_submission_twice_is_refused(copy: Path) -> None:
    shutil.copytree(copy / "submissions" / "rules", copy / "submissions" / "Rules")
    edit(copy, "Rules", lambda value: value.update(system="Rules"))
    edit(copy, "Rules", lambda value: value.update(system="Rules"), "submission.json")
    said = refused(copy)
    assert "same name but for capitals" in said
    assert "has the same predictions" in said


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b'{"label": "<b>"}'])
def test_an_agreement_that_is_none_is_refused(content: bytes, copy: Path) -> None:
    (copy / "agreement.json").write_bytes(content)
    assert "agreement.json" in refused(copy)


def test_markup_and_formulas_are_text(tmp_path: Path) -> None:
    """Every free field may hold what a page or a spreadsheet would obey; it stays text, to the letter."""
    corpus, predictions = systems(2)
    hostile = "=1+1</script><img src=x onerror=alert(1)>[red]{{7*7}}"
    fields = dict.fromkeys(("version", "organisation", "contact", "training_data", "licence", "note"), hostile)
    fields["version"] = "=<b>"
    url = "https://example.org/?a=1&b=%3Cscript%3E"
    submit(tmp_path / "submissions", corpus, "A+B_c-1", predictions(poor_in=[]), **fields, url=url)
    result = run("leaderboard", tmp_path / "submissions", "-o", tmp_path / "board.json")
    assert result.exit_code == 0, result.stderr
    assert "=<b>" in result.stdout
    row = json.loads((tmp_path / "board.json").read_bytes())["boards"][0]["systems"][0]
    assert [row["organisation"], row["training_data"], row["note"], row["licence"], row["url"]] == [hostile] * 4 + [url]
    assert "contact" not in row
    with (tmp_path / "board.csv").open(newline="") as stream:
        (cells,) = csv.DictReader(stream)
    assert (cells["organisation"], cells["version"], cells["system"]) == ("'" + hostile, "'=<b>", "A+B_c-1")


def test_the_csv_has_the_figures_of_the_leaderboard() -> None:
    (board,) = json.loads((EVAL / "leaderboard.json").read_bytes())["boards"]
    with (EVAL / "leaderboard.csv").open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [row["kind"] for row in rows] == ["system"] * 3 + ["agreement"]
    for row, own in zip(rows, board["systems"], strict=False):
        for name in COLUMNS:
            assert float(row[name]) == own["results"][name]["value"]
    assert rows[3]["rank"] == ""
    assert float(rows[3]["overall"]) == board["agreement"]["results"]["overall"]["value"]


def test_check_writes_nothing(copy: Path) -> None:
    (copy / "leaderboard.csv").write_text("old")
    said = refused_check(copy)
    assert f"{copy}/leaderboard.csv is not what the reports give now" in said
    assert (copy / "leaderboard.csv").read_text() == "old"


def refused_check(folder: Path) -> str:
    result = run("leaderboard", folder / "submissions", "-o", folder / "leaderboard.json", "--check")
    assert result.exit_code == 1
    return result.stderr


def test_wrong_usage(tmp_path: Path) -> None:
    assert run("leaderboard", tmp_path / "nowhere").exit_code == 2
    assert run("leaderboard", tmp_path, "-o", tmp_path / "x.csv").exit_code == 2


def test_an_empty_folder_gives_an_empty_leaderboard(tmp_path: Path) -> None:
    (tmp_path / "submissions").mkdir()
    assert run("leaderboard", tmp_path / "submissions", "-o", tmp_path / "x.json").exit_code == 0
    assert json.loads((tmp_path / "x.json").read_bytes())["boards"] == []
