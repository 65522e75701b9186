"""The text-free form: no words of the articles in it, and the dataset again with them."""

import json
import re
import shutil
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from conftest import ROOT, SMALL, ran, tree
from parley.adjudication.decisions import read_log
from parley.checks import load_corpus
from parley.dataset.build import build, differing
from parley.release.standoff import difference, find_text, hydrate, strip, text_sum

LEAST = 5  # words in a row that must not be left


def put(files: dict[str, bytes], folder: Path) -> Path:
    for path, data in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
    return folder


def run(*words: object) -> tuple[int, str]:
    code, out, err = ran(*words)
    return code, out + err


@pytest.fixture(scope="module", params=["small", "real"])
def whole(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A dataset folder, built: the invented one, and the one that is shipped."""
    source = ROOT / "data" if request.param == "real" else SMALL
    folder = Path(shutil.copytree(source, tmp_path_factory.mktemp("whole") / "data"))
    build(load_corpus(folder))
    return folder


@pytest.fixture(scope="module")
def stripped(whole: Path) -> Path:
    return put(strip(whole), whole.parent / "text-free")


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The invented corpus: its text-free form and its texts."""
    folder = tmp_path_factory.mktemp("parts")
    return put(strip(SMALL), folder / "text-free"), SMALL / "articles"


@pytest.fixture
def texts(parts: tuple[Path, Path], tmp_path: Path) -> Path:
    """A copy of the texts that a test may change."""
    return Path(shutil.copytree(parts[1], tmp_path / "texts"))


def grams(text: str) -> set[tuple[str, ...]]:
    words = re.findall(r"\w+", text.lower())
    return {tuple(words[i : i + LEAST]) for i in range(len(words) - LEAST + 1)}


def names(whole: Path) -> set[str]:
    """Entity names and ids, in gold, passes and registry, and names of outlets: they may stand in the text-free form."""
    found = {path.stem for path in (whole / "articles").glob("*.txt")}
    for path in [*whole.glob("gold/*.json"), *whole.glob("raw/*/*.json")]:
        found |= {entity["name"] for entity in json.loads(path.read_text("utf-8"))["entities"]}
    for line in (whole / "articles.jsonl").read_text("utf-8").splitlines():
        found |= {(json.loads(line).get("outlet") or {}).get("name") or ""}
    for entry in json.loads((whole / "registry.json").read_text("utf-8"))["entries"]:
        found |= {entry["name"], entry["id"]}
    return found


def test_no_five_words_of_an_article_are_left_but_names(whole: Path, stripped: Path) -> None:
    """Written without the code under test: files as text, words without case and punctuation."""
    articles = {gram for path in (whole / "articles").glob("*.txt") for gram in grams(path.read_text("utf-8"))}
    articles -= {gram for name in names(whole) for gram in grams(name)}
    assert len(articles) > 40
    for path, data in tree(stripped).items():
        if path.startswith(("stories/", "contrast/")):  # written before the articles; they belong to the dataset
            continue
        assert not grams(data.decode("utf-8")) & articles, path
    assert not list(stripped.rglob("*.parquet")) and not (stripped / "articles").exists()


def test_records_keep_everything_but_the_words(whole: Path, stripped: Path) -> None:
    def without_text(value: Any) -> Any:
        if isinstance(value, dict):
            return {k: without_text(v) for k, v in value.items() if k != "text"}
        return [without_text(v) for v in value] if isinstance(value, list) else value

    records = [*stripped.glob("gold/*.json"), *stripped.glob("raw/*/*.json")]
    assert len(records) == len([*whole.glob("gold/*.json"), *whole.glob("raw/*/*.json")])
    for path in records:
        assert '"text"' not in path.read_text("utf-8")
        original = json.loads((whole / path.relative_to(stripped)).read_text("utf-8"))
        assert json.loads(path.read_text("utf-8")) == without_text(original)


def test_with_the_texts_it_is_the_dataset_again(whole: Path, stripped: Path, tmp_path: Path) -> None:
    """All but notes: the texts and records to the byte, decisions, and tables as a fresh build gives them."""
    again = tmp_path / "again"
    paths = hydrate(stripped, whole / "articles", again)
    before, after = tree(whole), tree(again)
    assert sorted(paths) == sorted(after) == sorted(before.keys() - {"harbour-talks.quotes.json"})
    same = [p for p in before if p.startswith(("articles/", "gold/", "raw/")) or p.endswith((".parquet", "set.json"))]
    assert {p: after[p] for p in same} == {p: before[p] for p in same}
    one, other = load_corpus(whole), load_corpus(again)
    assert {a.id: a.title for a in one.articles.values()} == {a.id: a.title for a in other.articles.values()}
    decisions = [
        [(d.article, d.fact, d.decision, d.rule) for d in read_log(f / "adjudication.jsonl")] for f in (whole, again)
    ]
    assert decisions[0] == decisions[1]
    assert differing(other) == []


def test_two_strips_give_the_same_bytes(whole: Path, stripped: Path) -> None:
    assert strip(whole) == tree(stripped)


def test_texts_are_known_by_checksum_whatever_their_names(
    parts: tuple[Path, Path], texts: Path, tmp_path: Path
) -> None:
    (texts / "harbour-talks.txt").rename(texts / "000_abc.text")
    assert "articles/harbour-talks.txt" in hydrate(parts[0], texts, tmp_path / "again")


def test_sources_alone(parts: tuple[Path, Path], tmp_path: Path) -> None:
    code, _ = run("hydrate", *parts, tmp_path / "again", "--sources")
    assert code == 0 and not list((tmp_path / "again").rglob("*.parquet"))
    assert load_corpus(tmp_path / "again").gold == load_corpus(SMALL).gold


# A text that is not the article ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda t: t.replace("\n", "\r\n"), "it differs only in its line ends"),
        # Line 1 is "Photo: Lena Orr" (0 to 15), so line 2 begins at 16: "Norland and Sudovia meet as truce frays".
        (lambda t: t.replace("Norland and", "Norland or"), "it first differs in line 2, code points 16 to 54"),
        (lambda t: t + "\nmore", "it goes on in line"),
        (lambda t: t[: t.index("\n", 100)], "it ends after line"),
        (lambda t: t.replace("\n", "\r\n").replace("Sudovia denied", "Sudovia admits"), "it first differs in line 1,"),
    ],
)
def test_where_it_first_differs(
    parts: tuple[Path, Path], texts: Path, tmp_path: Path, change: Callable[[str], str], says: str
) -> None:
    path = texts / "harbour-talks.txt"
    before = path.read_bytes().decode()
    path.write_bytes(change(before).encode())
    code, shown = run("hydrate", parts[0], texts, tmp_path / "out")
    assert code == 1 and "harbour-talks.txt" in shown and says in shown
    assert not (tmp_path / "out").exists()


def test_another_unicode_normalisation() -> None:
    wanted = text_sum("a", "The café said: “We don’t know.”\n")
    for form in ("NFD", "NFKD"):
        data = unicodedata.normalize(form, "The café said: “We don’t know.”\n").encode()
        assert difference(data, wanted)[0] == "it differs only in its Unicode normalisation: it is not NFC"


def test_a_text_that_is_not_utf8(parts: tuple[Path, Path], texts: Path, tmp_path: Path) -> None:
    path = texts / "harbour-talks.txt"
    path.write_bytes(path.read_bytes().decode().encode("utf-16"))
    code, shown = run("hydrate", parts[0], texts, tmp_path / "out")
    assert code == 1 and "byte 0 is not UTF-8" in shown and "save it as UTF-8" in shown


def test_a_missing_text_and_folder(parts: tuple[Path, Path], texts: Path, tmp_path: Path) -> None:
    (texts / "harbour-talks.txt").unlink()
    (texts / "other.txt").write_text("Something else.\n")
    code, shown = run("hydrate", parts[0], texts, tmp_path / "out")
    assert code == 1 and "no file in the folder is this article" in shown and "harbour-talks.txt" in shown
    assert run("hydrate", parts[0], tmp_path / "nowhere", tmp_path / "out")[0] == 1


# A text-free folder that is not what was released --------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "change"),
    [
        ("gold/harbour-talks.json", lambda t: t.replace('"end": 23', '"end": 99999', 1)),
        ("gold/harbour-talks.json", lambda t: t[:-9]),
        ("gold/harbour-talks.json", lambda t: t.replace('"id": "harbour-talks"', '"id": "other"', 1)),
        ("gold/harbour-talks.json", lambda t: "[]"),
        ("articles.jsonl", lambda t: "{}\n"),
        ("standoff.json", lambda t: t.replace("harbour-talks", "../harbour-talks")),
        ("standoff.json", lambda t: t.replace("standoff/2", "standoff/1")),
        ("standoff.json", lambda t: "{}"),
        ("registry.json", None),
        ("standoff.json", None),
    ],
)
def test_a_faulty_text_free_folder(
    parts: tuple[Path, Path], tmp_path: Path, path: str, change: Callable[[str], str] | None
) -> None:
    folder = Path(shutil.copytree(parts[0], tmp_path / "changed"))
    if change is None:
        (folder / path).unlink()
    else:
        before = (folder / path).read_text("utf-8")
        (folder / path).write_text(change(before), "utf-8")
        assert change(before) != before
    code, shown = run("hydrate", folder, parts[1], tmp_path / "out")
    assert code == 1 and path in shown
    assert not (tmp_path / "out").exists()


def test_strip_says_what_it_wrote(tmp_path: Path) -> None:
    out = tmp_path / "out"
    code, shown = run("strip", SMALL, out)
    files = sum(path.is_file() for path in out.rglob("*"))
    assert code == 0 and f"{files} files written, without the article texts; `parley hydrate" in shown


def test_nothing_is_overwritten(parts: tuple[Path, Path], tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.txt").write_text("mine")
    for words in (("strip", SMALL), ("hydrate", *parts)):
        code, shown = run(*words, tmp_path / "out")
        assert code == 1 and "nothing is overwritten" in shown
    assert tree(tmp_path / "out") == {"mine.txt": b"mine"}
    assert list(tmp_path.iterdir()) == [tmp_path / "out"]


# Words that would be left ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("file", "old", "new", "path"),
    [
        (
            "articles.jsonl",
            '"provenance": "',
            '"provenance": "THE FOREIGN MINISTERS OF NORLAND AND ',
            ":1 $.provenance",
        ),
        ("raw/passes.json", '"saw": "', '"saw": "the foreign min\u00adisters of Norland and ', "$.passes[0].saw"),
    ],
)
def test_left_words_are_refused_with_their_place(
    small: Path, tmp_path: Path, file: str, old: str, new: str, path: str
) -> None:
    before = (small / file).read_text("utf-8")
    assert old in before
    (small / file).write_text(before.replace(old, new, 1), "utf-8")
    code, shown = run("strip", small, tmp_path / "out")
    assert code == 1 and f"{file}{'' if path[0] == ':' else ' '}{path}  cannot-strip" in shown
    assert "the foreign ministers of norland" in shown
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("text", "written", "is_left"),
    [
        ("We hold the line here, he said.", "note: WE—hold the “line” here!", True),
        ("We hold the line here, he said.", "we hold the line", False),  # four words
        ("The café’s owner spoke up first.", unicodedata.normalize("NFD", "café’s owner spoke up"), True),
        ("They met in the har\u00adbour at dawn.", "met in the harbour at", True),  # a soft hyphen in the article
        ("两国外交部长在边境会晤讨论停火", "两国外交部长在边境会晤", True),  # ten characters and more
        ("两国外交部长在边境会晤讨论停火", "外交部长", False),  # a name of four
        ("ไทยและกัมพูชาหยุดยิงตามแนวชายแดน", "กัมพูชาหยุดยิงตามแนว", True),
        ("We hold the line here, he said.", '["We", "hold", "the", "line", "here"]', True),  # tokens of a list
        ("We hold the line here, he said.", '{"a": "we hold \\u0074he line here"}', True),  # an escape in JSON
    ],
)
def test_a_run_of_five_words_is_found_however_it_is_written(text: str, written: str, is_left: bool) -> None:
    corpus = load_corpus(SMALL)
    corpus.texts["harbour-talks"] = text
    file = "a.json" if written[0] in "[{" else "a.txt"
    assert bool(find_text({file: written.encode()}, corpus)) == is_left


def test_what_cannot_be_searched_is_refused() -> None:
    (found,) = find_text({"notes.png": b"\x89PNG"}, load_corpus(SMALL))
    assert (found.rule, found.file) == ("cannot-strip", "notes.png")


def test_a_text_free_folder_is_not_stripped_again(parts: tuple[Path, Path], tmp_path: Path) -> None:
    code, shown = run("strip", parts[0], tmp_path / "out")
    assert code == 1 and "text-free already" in shown


def test_wrong_usage_exits_with_2() -> None:
    assert run("strip")[0] == 2 and run("hydrate", "a")[0] == 2 and run("release")[0] == 2


def test_what_lies_beside_the_records_is_left_out(small: Path, tmp_path: Path) -> None:
    """Label Studio's own form of a pass, faulty and previous records, and files that are not the dataset's."""
    for part in ("labelstudio", "labelstudio/previous", "faulty", "previous"):
        put({f"raw/annotator-1/{part}/harbour-talks.json": b'{"text": "want the truce to hold"}'}, small)
    (small / "notes.txt").write_text("want the truce to hold")
    assert strip(small) == strip(SMALL)
