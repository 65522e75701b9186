"""The leaderboard: which systems can be told apart; always scored again; what is refused changes nothing."""

import csv
import hashlib
import json
import os
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import msgspec
import pytest

from conftest import ROOT, SMALL, run
from parley.checks import Corpus, check_shape, load_corpus
from parley.corpus import who_agrees
from parley.derive import stance_rows
from parley.files import to_json
from parley.ids import pair_id
from parley.leaderboard.agreement import measure
from parley.leaderboard.board import COLUMNS, build_leaderboard, group_systems, score_submissions
from parley.leaderboard.records import Board, Submission
from parley.leaderboard.submission import add
from parley.model import Prediction, StancePair
from parley.report import Report
from scoring_help import copies_of_the_small_article, small_corpus, small_prediction

EVAL = ROOT / "eval"
FLIPS = 1999  # draws, so that the smallest p is 1/2000


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
    board.mkdir(exist_ok=True)
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
    scored, findings = score_submissions(thirty, [systems(30)[0]])
    assert findings == []
    (board,) = build_leaderboard(scored, thirty.parent, flips=FLIPS).boards
    return board


# groups ----------------------------------------------------------------------------------------------------


def test_groups_are_cut_where_all_above_are_better_than_all_below() -> None:
    assert group_systems("abc", set()) == [["a", "b", "c"]]
    assert group_systems("abc", {("a", "b"), ("a", "c")}) == [["a"], ["b", "c"]]
    assert group_systems("abc", {("a", "c"), ("b", "c")}) == [["a", "b"], ["c"]]
    # a and c differ, but b stands between them and differs from neither: no cut
    assert group_systems("abc", {("a", "c")}) == [["a", "b", "c"]]
    assert group_systems("abcd", {(x, y) for x in "ab" for y in "cd"} | {("c", "d")}) == [["a", "b"], ["c"], ["d"]]
    assert group_systems("", set()) == []


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
    overall = board_of_thirty.columns[0]
    assert (overall.name, overall.is_tested) == ("overall", True)
    found = {(t.a, t.b): (t.differing_stories, t.p, pytest.approx(t.p_holm)) for t in overall.tests}
    assert found == {
        ("perfect", "nearly"): (3, 2 / 8, 4 / 8),
        ("perfect", "half too"): (28, 1 / 2000, 6 / 2000),
        ("perfect", "half"): (30, 1 / 2000, 6 / 2000),
        ("nearly", "half too"): (25, 1 / 2000, 6 / 2000),
        ("nearly", "half"): (27, 1 / 2000, 6 / 2000),
        ("half too", "half"): (2, 2 / 4, 2 / 4),
    }
    assert overall.groups == [["perfect", "nearly"], ["half too", "half"]]
    rows = {row.submission.system: row.results["overall"] for row in board_of_thirty.systems}
    assert [(name, row.rank, row.group) for name, row in rows.items()] == [
        ("perfect", "1–2", 1),
        ("nearly", "1–2", 1),
        ("half too", "3–4", 2),
        ("half", "3–4", 2),
        ("no stance", None, None),
    ]
    assert rows["nearly"].better_than == ["half too", "half"]
    assert rows["half"].better_than == []


def test_a_layer_that_was_not_attempted_has_no_place_and_takes_none(board_of_thirty: Board) -> None:
    row = board_of_thirty.systems[-1]
    assert row.submission.system == "no stance"
    assert row.results["overall"].value is None
    assert row.results["stance"].value is None
    assert row.results["events"].rank == "1–3"
    figures = {figure.name: figure for figure in board_of_thirty.columns}
    assert figures["events"].groups == [["no stance", "perfect", "nearly"], ["half too", "half"]]
    assert all("no stance" not in group for group in figures["stance"].groups)


def test_intervals_are_those_of_the_reports_and_parts_have_their_own(board_of_thirty: Board, thirty: Path) -> None:
    report = msgspec.json.decode((thirty / "nearly" / "report.json").read_bytes(), type=Report)
    rows = {row.submission.system: row for row in board_of_thirty.systems}
    assert rows["nearly"].results["overall"].interval == report.overall.interval
    typed = rows["nearly"].results["entities.typed_f1"]
    assert (typed.interval, typed.bootstrap) == (report.metrics["entities.typed_f1"].interval, report.metrics["entities.typed_f1"].bootstrap)  # fmt: skip
    # all right in thirty articles: Clopper–Pearson, 1 − .025^(1/30) = .1157 may be otherwise
    assert rows["perfect"].results["stance"].interval == [pytest.approx(1 - 0.115703, abs=1e-6), 1.0]
    low, high = rows["nearly"].results["events"].interval or (1, 0)
    assert low < (rows["nearly"].results["events"].value or 0) < high


def test_what_is_not_tested_is_said(board_of_thirty: Board) -> None:
    figures = {figure.name: figure for figure in board_of_thirty.columns}
    assert list(figures) == list(COLUMNS)
    assert figures["entities.cross_conll"].is_tested
    assert figures["stance.classification"].groups == []
    assert "No system attempted this." in figures["stance.classification"].note
    assert figures["entities.linking"].is_tested


def test_under_six_articles_all_are_one_group(tmp_path: Path) -> None:
    corpus, predictions = systems(5)
    submit(tmp_path / "board", corpus, "good", predictions(poor_in=[]))
    submit(tmp_path / "board", corpus, "bad", predictions(poor_in=range(5)))
    scored, findings = score_submissions(tmp_path / "board", [corpus])
    assert findings == []
    (board,) = build_leaderboard(scored, tmp_path).boards
    assert board.note.startswith("Five stories cannot separate two systems, whatever their scores")
    for figure in board.columns[:4]:
        assert (figure.groups, figure.tests, figure.is_tested) == ([["good", "bad"]], [], False)
    for row in board.systems:
        assert row.results["overall"].rank == "1–2"
        assert row.results["overall"].interval is None
        assert len(row.results["overall"].per_article) == 5


def test_six_articles_can_tell_two_systems_apart(tmp_path: Path) -> None:
    corpus, predictions = systems(6)
    submit(tmp_path / "board", corpus, "good", predictions(poor_in=[]))
    submit(tmp_path / "board", corpus, "bad", predictions(poor_in=range(6)))
    (board,) = build_leaderboard(score_submissions(tmp_path / "board", [corpus])[0], tmp_path).boards
    assert board.columns[0].tests[0].p == 2 / 64  # of all 2⁶ swaps, none and all make as large a difference
    assert board.columns[0].groups == [["good"], ["bad"]]


def test_a_mean_over_classes_is_tested_too(tmp_path: Path) -> None:
    """The answers of one system have classes that those of the other do not; six articles: p = 2/64."""
    corpus, predictions = systems(6)
    rows = {(row.holder, row.target): row.polarity for row in stance_rows(next(iter(corpus.gold.values())))}
    for system, is_right in (("right", True), ("none", False)):
        made = {
            article: msgspec.structs.replace(
                prediction,
                stance_pairs=[
                    StancePair(pair=pair_id(article, holder, target), polarity=polarity if is_right else "none")
                    for (holder, target), polarity in rows.items()
                ],
            )
            for article, prediction in predictions(poor_in=[]).items()
        }
        submit(tmp_path / "board", corpus, system, made)
    (board,) = build_leaderboard(score_submissions(tmp_path / "board", [corpus])[0], tmp_path).boards
    (column,) = [column for column in board.columns if column.name == "stance.classification"]
    assert [(test.a, test.b, test.p, test.differing_stories) for test in column.tests] == [("right", "none", 2 / 64, 6)]
    assert column.groups == [["right"], ["none"]]


def test_other_data_is_another_board_the_newest_first(tmp_path: Path) -> None:
    corpora = []
    for version in ("0.9.0", "0.10.0"):
        corpus, predictions = systems(2)
        corpus = msgspec.structs.replace(corpus, info=msgspec.structs.replace(corpus.info, version=version))
        corpora.append(corpus)
        submit(tmp_path / "board", corpus, f"of {version[2:-2]}", predictions(poor_in=[0] if "9" in version else []))
    scored, findings = score_submissions(tmp_path / "board", corpora)
    assert findings == []
    boards = build_leaderboard(scored, tmp_path).boards
    assert [(board.data, [row.submission.system for row in board.systems]) for board in boards] == [
        ("0.10.0", ["of 10"]),
        ("0.9.0", ["of 9"]),
    ]


# what is shipped ---------------------------------------------------------------------------------------------


def test_the_leaderboard_that_is_shipped_is_up_to_date(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    result = run("leaderboard", "--check", "--agreement")
    assert result.exit_code == 0, result.stderr
    assert check_shape(json.loads((EVAL / "leaderboard.json").read_bytes()), "leaderboard") == []
    assert check_shape(json.loads((EVAL / "agreement.json").read_bytes()), "agreement") == []


def test_the_real_articles_of_one_story_put_all_baselines_into_one_group() -> None:
    (board,) = json.loads((EVAL / "leaderboard.json").read_bytes())["boards"]
    (found,) = [column for column in board["columns"] if column["name"] == "overall.found"]
    assert found["groups"] == [["rules", "crf", "majority", "empty"]] and found["tests"] == []
    assert [row["results"]["overall.found"]["rank"] for row in board["systems"]] == ["1–4"] * 4 + [None] * 2
    assert {row["submission"]["saw_test"] for row in board["systems"]} == {"unknown", "no"}
    for row in board["systems"]:
        for name in ("report.json", "predictions.jsonl", "submission.json"):
            assert (EVAL / row["folder"] / name).is_file()


def test_agreement_says_who_annotated_and_has_no_rank() -> None:
    agreement = json.loads((EVAL / "agreement.json").read_bytes())
    corpus = load_corpus(ROOT / "data")
    annotated = {own["name"]: {*corpus.raw[own["name"]]} & {*corpus.split("test")} for own in agreement["annotators"]}
    assert agreement["label"] == who_agrees([corpus.passes[name] for name in annotated])
    assert all(own["kind"] in agreement["note"] for own in agreement["annotators"])
    assert "does not show how far people agree" in agreement["note"]
    # each against each other one that has an article in common with it
    assert agreement["pairs"] == sum(bool(annotated[a] & annotated[b]) for a in annotated for b in annotated if a != b)
    assert all("rank" not in own for own in agreement["results"].values())
    assert not {"entities.linking", "stance.classification"} & set(agreement["results"])
    for own in agreement["results"].values():
        assert own["lowest"] <= own["value"] <= own["highest"]


def test_what_agreement_says_of_annotators_comes_from_their_descriptions() -> None:
    """Somebody else's corpus, annotated by a model and a person."""
    corpus = load_corpus(ROOT / "data")
    kinds = {"annotator-1": "a model of ours", "annotator-2": "a person, trained"}
    passes = {name: msgspec.structs.replace(corpus.passes[name], kind=kind) for name, kind in kinds.items()}
    found = measure(msgspec.structs.replace(corpus, passes=passes))
    assert found.label == "agreement of 2 annotators, 1 of them people"
    assert found.note.endswith("Kind of annotator: a model of ours; or a person, trained.")


# hostile and edited ------------------------------------------------------------------------------------------


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The shipped leaderboard with the submissions that are quickly scored, to be changed."""
    return Path(shutil.copytree(EVAL, tmp_path / "eval", ignore=shutil.ignore_patterns("crf", "minilm", "tfidf")))


def refused(folder: Path, *options: object) -> str:
    """Make the leaderboard, which must be refused; its files are as they were. Return what was said."""
    names = ("leaderboard.json", "leaderboard.csv", "agreement.json")
    before = [(folder / name).read_bytes() for name in names]
    result = run("leaderboard", folder / "submissions", "-o", folder / "leaderboard.json", *options)
    assert (result.exit_code, result.stdout) == (1, "")
    assert [(folder / name).read_bytes() for name in names] == before
    return result.stderr


def edit(folder: Path, system: str, change: Callable[[Any], object]) -> None:
    path = folder / "submissions" / system / "submission.json"
    value = json.loads(path.read_bytes())
    change(value)
    path.write_text(to_json(value), "utf-8")


@pytest.mark.parametrize("content", ['{"system": "rules", "overall": 1.0}', "{", None, "better"])
def test_a_forged_report_is_never_shown(content: str | None, copy: Path) -> None:
    """Whatever report lies beside the predictions, they are scored again and their report replaces it."""
    path = copy / "submissions" / "majority" / "report.json"
    good = path.read_bytes()
    better = (copy / "submissions" / "rules" / "report.json").read_text("utf-8").replace("rules", "majority")
    path.unlink() if content is None else path.write_text(better if content == "better" else content)
    assert f"{path} is out of date" in refused(copy, "--check")
    assert run("leaderboard", copy / "submissions", "-o", copy / "leaderboard.json").exit_code == 0
    assert path.read_bytes() == good
    boards = [json.loads((folder / "leaderboard.json").read_bytes())["boards"][0] for folder in (copy, EVAL)]
    rows = [row for board in boards for row in board["systems"] if row["submission"]["system"] == "majority"]
    one, other = ([row["results"][name]["value"] for name in COLUMNS] for row in rows)
    assert one == other


@pytest.mark.parametrize("name", ["predictions.jsonl", "submission.json"])
def test_only_plain_files_in_the_folder_are_opened(name: str, copy: Path) -> None:
    path = copy / "submissions" / "empty" / name
    path.rename(copy / name)
    for target in ("/dev/zero", copy / name, copy / "nowhere"):
        path.symlink_to(target)
        assert f"{path}  not-plain  this is a link" in refused(copy)
        path.unlink()
    os.mkfifo(path)
    assert f"{path}  missing-file" in refused(copy)


def test_a_folder_that_is_a_link_is_refused(copy: Path) -> None:
    (copy / "submissions" / "empty").rename(copy / "empty")
    (copy / "submissions" / "empty").symlink_to(copy / "empty")
    assert "put the folder itself there" in refused(copy)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"system": "../owned"}, "$.system  bad-system-name"),
        ({"system": "Renamed"}, "the system is 'Renamed', its folder 'rules'"),
        ({"predictions_sha256": "0" * 64}, "$.predictions_sha256  wrong-hash"),
    ],
)
def test_a_description_that_was_changed_is_refused(fields: dict[str, str], said: str, copy: Path) -> None:
    edit(copy, "rules", lambda value: value.update(fields))
    assert said in refused(copy)


@pytest.mark.parametrize("name", ["predictions.jsonl", "submission.json"])
@pytest.mark.parametrize("content", [None, b"[]", b"\xff"])
def test_a_file_that_is_none_is_refused(name: str, content: bytes | None, copy: Path) -> None:
    path = copy / "submissions" / "empty" / name
    path.unlink() if content is None else path.write_bytes(content)
    assert f"submissions/empty/{name}" in refused(copy)


def reorder(lines: list[bytes]) -> bytes:
    return b"\n".join([*lines[1:], b" ", json.dumps(dict(reversed(json.loads(lines[0]).items()))).encode(), b""])


@pytest.mark.parametrize("change", [b"\n".join, reorder], ids=["as it is", "a blank line, other order"])
def test_one_submission_twice_is_refused(change: Callable[[list[bytes]], bytes], copy: Path) -> None:
    shutil.copytree(copy / "submissions" / "majority", copy / "submissions" / "Mine")
    path = copy / "submissions" / "Mine" / "predictions.jsonl"
    path.write_bytes(change(path.read_bytes().splitlines()))
    checksum = hashlib.sha256(path.read_bytes()).hexdigest()
    edit(copy, "Mine", lambda value: value.update(system="Mine", predictions_sha256=checksum))
    assert "submissions/Mine has the same predictions" in refused(copy)


@pytest.mark.parametrize("name", ["My  System", "my-system"])
def test_names_that_differ_in_capitals_spaces_and_hyphens_are_one(name: str, copy: Path) -> None:
    for old, new in (("majority", "My System"), ("empty", name)):
        edit(copy, old, lambda value, new=new: value.update(system=new))  # type: ignore[misc]
        (copy / "submissions" / old).rename(copy / "submissions" / new)
    assert "has the same name but for capitals, spaces and hyphens" in refused(copy)


def test_a_submission_of_other_data_is_left_out_and_named(copy: Path) -> None:
    edit(copy, "rules", lambda value: value.update(data_version="0.0.1"))
    result = run("leaderboard", copy / "submissions", "-o", copy / "leaderboard.json")
    assert result.exit_code == 0
    assert "made for data '0.0.1', so it cannot be scored and is left out; name that dataset with another --data" in result.stderr  # fmt: skip
    (board,) = json.loads((copy / "leaderboard.json").read_bytes())["boards"]
    assert "rules" not in [row["submission"]["system"] for row in board["systems"]]


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b'{"label": "<b>"}'])
def test_an_agreement_that_is_none_is_refused(content: bytes, copy: Path) -> None:
    (copy / "agreement.json").write_bytes(content)
    assert "agreement.json" in refused(copy)


def test_markup_and_formulas_are_text(tmp_path: Path) -> None:
    """Every free field may hold what a page or a spreadsheet would obey; it stays text, to the letter."""
    corpus, prediction = small_corpus(), small_prediction()
    hostile = "=1+1</script><img src=x onerror=alert(1)>[red]{{7*7}}"
    fields = dict.fromkeys(("version", "organisation", "contact", "training_data", "licence", "note"), hostile)
    fields["version"] = "=<b>"
    url = "https://example.org/?a=1&b=%3Cscript%3E"
    submit(tmp_path / "submissions", corpus, "GPT-4.1+b_c", {prediction.id: prediction}, **fields, url=url)
    result = run("leaderboard", tmp_path / "submissions", "-o", tmp_path / "board.json", "--data", SMALL)
    assert result.exit_code == 0, result.stderr
    assert "=<b>" in result.stdout
    row = json.loads((tmp_path / "board.json").read_bytes())["boards"][0]["systems"][0]["submission"]
    assert [row["organisation"], row["training_data"], row["note"], row["licence"], row["url"]] == [hostile] * 4 + [url]
    with (tmp_path / "board.csv").open(newline="") as stream:
        (cells,) = csv.DictReader(stream)
    assert (cells["organisation"], cells["version"], cells["system"]) == ("'" + hostile, "'=<b>", "GPT-4.1+b_c")


def test_the_csv_has_the_figures_of_the_leaderboard() -> None:
    (board,) = json.loads((EVAL / "leaderboard.json").read_bytes())["boards"]
    with (EVAL / "leaderboard.csv").open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [row["kind"] for row in rows] == ["system"] * 6 + ["smallest difference", "agreement"]
    for row, own in zip(rows, board["systems"], strict=False):
        for name in COLUMNS:
            value = own["results"][name]["value"] if name in own["results"] else None
            assert row[name] == "" if value is None else float(row[name]) == value
    difference, agreement = rows[6:]
    assert float(difference["overall"]) == board["columns"][0]["smallest_difference"]
    assert agreement["rank"] == ""
    assert float(agreement["overall"]) == board["agreement"]["results"]["overall"]["value"]


def test_check_writes_nothing(copy: Path) -> None:
    (copy / "leaderboard.csv").write_text("old")
    assert f"{copy}/leaderboard.csv is out of date" in refused(copy, "--check")
    assert (copy / "leaderboard.csv").read_text() == "old"


def test_wrong_usage(tmp_path: Path) -> None:
    assert run("leaderboard", tmp_path / "nowhere").exit_code == 2
    assert run("leaderboard", tmp_path, "-o", tmp_path / "x.csv").exit_code == 2


def test_an_empty_folder_gives_an_empty_leaderboard(tmp_path: Path) -> None:
    (tmp_path / "submissions").mkdir()
    assert run("leaderboard", tmp_path / "submissions", "-o", tmp_path / "x.json").exit_code == 0
    assert json.loads((tmp_path / "x.json").read_bytes())["boards"] == []
