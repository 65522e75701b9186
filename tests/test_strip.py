"""The text-free form: no words of the articles in it, and back to the byte with them."""

import hashlib
import json
import re
import shutil
import unicodedata
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
import yaml
from typer.testing import CliRunner

from conftest import ROOT, SMALL
from parley.checks import load_corpus
from parley.cli.app import app
from parley.dataset.features import configs
from parley.dataset.folder import build, write
from parley.release.fingerprint import BLOCK, explain, fingerprint, first_difference
from parley.release.hydrate import hydrate
from parley.release.quotations import Quotations, decode, map_strings
from parley.release.strip import strip

LEAST = 4  # words in a row that must not be left


def put(files: dict[str, bytes], folder: Path) -> Path:
    for path, data in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
    return folder


def tree(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def run(*words: object) -> tuple[int, str]:
    result = CliRunner().invoke(app, [str(word) for word in words])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.stdout + result.stderr


@pytest.fixture(scope="module", params=["small", "small unbuilt", "real"])
def whole(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A dataset folder: the invented one, built and as it is, and the one that is shipped."""
    source = ROOT / "data" if request.param == "real" else SMALL
    folder = Path(shutil.copytree(source, tmp_path_factory.mktemp("whole") / "data"))
    if request.param != "small unbuilt":
        write(build(load_corpus(folder)), folder)
    return folder


@pytest.fixture(scope="module")
def stripped(whole: Path) -> Path:
    return put(strip(whole), whole.parent / "text-free")


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The invented corpus, built: its text-free form and its texts."""
    folder = tmp_path_factory.mktemp("parts")
    whole = Path(shutil.copytree(SMALL, folder / "data"))
    write(build(load_corpus(whole)), whole)
    return put(strip(whole), folder / "text-free"), whole / "articles"


@pytest.fixture
def texts(parts: tuple[Path, Path], tmp_path: Path) -> Path:
    """A copy of the texts that a test may change."""
    return Path(shutil.copytree(parts[1], tmp_path / "texts"))


def strings(value: Any) -> Iterable[str]:
    """Every string in a value; those of one list also as one string."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from strings(item)
    elif isinstance(value, list):
        yield " ".join(string for item in value for string in strings(item))


def grams(text: str) -> set[tuple[str, ...]]:
    words = re.findall(r"\w+", text.lower())
    return {tuple(words[i : i + LEAST]) for i in range(len(words) - LEAST + 1)}


def names(whole: Path) -> set[str]:
    """Entity names and ids, in gold, passes and registry: they may stand in the text-free form."""
    found = {path.stem for path in (whole / "articles").glob("*.txt")}
    for path in [*whole.glob("gold/*.json"), *whole.glob("raw/*/*.json")]:
        found |= {entity["name"] for entity in json.loads(path.read_text("utf-8"))["entities"]}
    for entry in json.loads((whole / "registry.json").read_text("utf-8"))["entries"]:
        found |= {entry["name"], entry["id"]}
    return found


def test_no_four_words_of_an_article_are_left_but_names(whole: Path, stripped: Path) -> None:
    """Written without the code under test: files as text, Parquet row by row, words without case and punctuation."""
    articles = set[tuple[str, ...]]()
    for path in (whole / "articles").glob("*.txt"):
        articles |= grams(path.read_text("utf-8"))
    articles -= {gram for name in names(whole) for gram in grams(name)}
    assert len(articles) > 40
    for path in stripped.rglob("*"):
        if path.suffix == ".parquet":
            read = [s for row in pq.read_table(path).to_pylist() for s in strings(list(row.values()))]
        else:
            read = [path.read_text("utf-8")] if path.is_file() else []
        left = {gram for text in read for gram in grams(text)} & articles
        assert not left, (path, left)


def test_no_span_keeps_its_words(whole: Path, stripped: Path) -> None:
    for path in [*stripped.glob("gold/*.json"), *stripped.glob("raw/*/*.json")]:
        assert '"text"' not in path.read_text("utf-8")
        original = json.loads((whole / path.relative_to(stripped)).read_text("utf-8"))

        def without_text(value: Any) -> Any:
            if isinstance(value, dict):
                return {k: without_text(v) for k, v in value.items() if k != "text"}
            return [without_text(v) for v in value] if isinstance(value, list) else value

        assert json.loads(path.read_text("utf-8")) == without_text(original)
    assert not (stripped / "articles").exists()


def test_tables_keep_rows_columns_and_offsets(whole: Path, stripped: Path) -> None:
    if not (whole / "documents").exists():
        pytest.skip("was not built")
    blank = {"text", "title", "tokens", "trigger", "sentence", "name", "target_name"}

    def known(value: Any) -> Any:
        if isinstance(value, dict):
            return {k: known(v) for k, v in value.items() if k not in blank}
        return [known(v) for v in value] if isinstance(value, list) else value

    for config in configs():
        path = f"{config}/test-00000-of-00001.parquet"
        short, full = pq.read_table(stripped / path), pq.read_table(whole / path)
        assert short.schema == full.schema and short.schema.metadata == full.schema.metadata
        assert known(short.to_pylist()) == known(full.to_pylist())
    for row in pq.read_table(stripped / "events/test-00000-of-00001.parquet").to_pylist():
        assert row["trigger"] is None and row["sentence"] is None
    named = [
        [(a["kind"], a["name"]) for row in pq.read_table(folder / path).to_pylist() for a in row["arguments"]]
        for folder in (stripped, whole)
        for path in ["events/test-00000-of-00001.parquet"]
    ]
    assert named[0] == [(kind, None if kind == "event" else name) for kind, name in named[1]]


def test_the_card_of_the_text_free_form_says_so(stripped: Path) -> None:
    card = (stripped / "README.md").read_text("utf-8")
    _, front, prose = card.split("---\n", 2)
    assert [c["config_name"] for c in yaml.safe_load(front)["configs"]] == list(configs())
    assert "no article is in it" in prose and "parley hydrate" in prose
    assert "What is annotated, on one sentence" not in prose


def test_the_code_in_its_card_runs(
    parts: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    from datasets import config as datasets_config

    monkeypatch.setattr(datasets_config, "HF_DATASETS_CACHE", tmp_path / "cache")
    prose = (parts[0] / "README.md").read_text("utf-8")
    blocks = [part.split("```", 1)[0] for part in prose.split("```python\n")[1:]]
    assert len(blocks) == 1 + len(configs())
    scope: dict[str, Any] = {}
    for block in blocks:
        exec(block.replace("PATH", str(parts[0])), scope)
    printed = capsys.readouterr().out
    assert "v9 252 source: ['Ada Brink']" in printed  # “firing” begins at code point 252
    assert "Ada Brink → e2 [233]" in printed  # “accused Sudovia of firing”: 252 - 19


def test_back_to_the_byte(whole: Path, stripped: Path, tmp_path: Path) -> None:
    paths = hydrate(stripped, whole / "articles", tmp_path / "again")
    assert tree(tmp_path / "again") == tree(whole)
    assert sorted(paths) == sorted(tree(whole))


def test_two_strips_give_the_same_bytes(whole: Path, stripped: Path) -> None:
    assert strip(whole) == tree(stripped)


def test_texts_are_known_by_checksum_whatever_their_names(
    parts: tuple[Path, Path], texts: Path, tmp_path: Path
) -> None:
    (texts / "harbour-talks.txt").rename(texts / "000_abc.text")
    hydrate(parts[0], texts, tmp_path / "again")
    assert tree(tmp_path / "again") == tree(parts[1].parent)


def test_sources_alone(parts: tuple[Path, Path], tmp_path: Path) -> None:
    code, _ = run("hydrate", parts[0], parts[1], tmp_path / "again", "--sources")
    assert code == 0
    write(build(load_corpus(tmp_path / "again")), tmp_path / "again")
    assert tree(tmp_path / "again") == tree(parts[1].parent)


# A text that is not the article ------------------------------------------------------------------------

CHANGES = {
    "its lines end in CR LF instead of LF": lambda t: t.replace("\n", "\r\n"),
    "it begins with a byte-order mark": lambda t: "\ufeff" + t,
    "it has straight quotation marks for curly ones": lambda t: t.replace("“", '"').replace("”", '"').replace("’", "'"),
    "the line end at its end is missing": lambda t: t.removesuffix("\n"),
    "it has a line end too many at its end": lambda t: t + "\n",
}


@pytest.mark.parametrize("cause", CHANGES)
def test_usual_causes_are_named(parts: tuple[Path, Path], texts: Path, tmp_path: Path, cause: str) -> None:
    path = texts / "harbour-talks.txt"
    before = path.read_bytes().decode()
    path.write_bytes(CHANGES[cause](before).encode())
    code, shown = run("hydrate", parts[0], texts, tmp_path / "out")
    if before == path.read_bytes().decode():  # the article has no line end at its end to miss
        assert code == 0
        return
    assert code == 1 and not (tmp_path / "out").exists()
    assert "harbour-talks.txt" in shown and cause in shown and "nothing else differs" in shown


def test_several_causes_at_once() -> None:
    text = "The café said: “We don’t know.”\nMore of the same, long enough for a block of sixty-four code points.\n"
    wanted = fingerprint("a", text.encode())
    changed = unicodedata.normalize("NFD", text).replace("\n", "\r\n").replace("’", "'")
    changed = "\ufeff" + changed.replace("“", '"').replace("”", '"')
    assert explain(changed, wanted) == [
        "it begins with a byte-order mark",
        "its lines end in CR LF instead of LF",
        "its Unicode is not normalised (NFC)",
        "it has straight quotation marks for curly ones",
    ]


@pytest.mark.parametrize(("at", "where"), [(0, (0, 64)), (63, (0, 64)), (64, (64, 128)), (200, (192, 256)), (333, (256, 334))])  # fmt: skip
def test_where_it_first_differs(
    parts: tuple[Path, Path], texts: Path, tmp_path: Path, at: int, where: tuple[int, int]
) -> None:
    """Blocks of 64; the text has 334 code points = 5 · 64 + 14, and the short rest goes with the fifth."""
    path = texts / "harbour-talks.txt"
    text = path.read_bytes().decode()
    assert (len(text), BLOCK) == (334, 64)
    path.write_bytes((text[:at] + "#" + text[at + 1 :]).encode())
    code, shown = run("hydrate", parts[0], texts, tmp_path / "out")
    line = text.count("\n", 0, where[0]) + 1
    assert code == 1 and f"between code points {where[0]} and {where[1]}" in shown
    assert re.search(rf"it first differs in lines? {line}\b", shown)
    assert not (tmp_path / "out").exists()


def test_a_usual_cause_does_not_hide_another_difference(parts: tuple[Path, Path], texts: Path, tmp_path: Path) -> None:
    path = texts / "harbour-talks.txt"
    path.write_bytes(path.read_bytes().replace(b"Sudovia denied", b"Sudovia admits").replace(b"\n", b"\r\n"))
    code, shown = run("hydrate", parts[0], texts, tmp_path / "out")
    assert code == 1 and "lines 1 to 3, between code points 0 and 64; its lines end in CR LF instead of LF;" in shown
    assert "with that undone, it first differs in lines 4 to 5, between code points 256 and 334" in shown


def test_a_text_that_goes_on_or_stops_early() -> None:
    text = "abcdefgh\n" * 20  # 180 code points: two blocks, 0–64 and 64–180
    wanted = fingerprint("a", text.encode())
    assert (
        first_difference(text + "more", wanted) == "it goes on (line 21) after code point 180, where the article ends"
    )
    assert first_difference(text[:100], wanted) == "it first differs in lines 8 to 12, between code points 64 and 180"


def test_a_text_shorter_than_a_block_has_no_hashes_to_guess_at() -> None:
    assert fingerprint("a", b"Nobody should guess this.").blocks == ""
    assert len(fingerprint("a", b"x" * 127).blocks) == 4  # one block, four digits
    assert len(fingerprint("a", b"x" * 128).blocks) == 8


def test_another_encoding(parts: tuple[Path, Path], texts: Path, tmp_path: Path) -> None:
    path = texts / "harbour-talks.txt"
    path.write_bytes(path.read_bytes().decode().encode("utf-16"))
    code, shown = run("hydrate", parts[0], texts, tmp_path / "out")
    assert code == 1 and "utf-16" in shown and "save it as UTF-8" in shown


def test_a_changed_text_under_another_name_is_recognised(parts: tuple[Path, Path], texts: Path, tmp_path: Path) -> None:
    path = texts / "harbour-talks.txt"
    (texts / "download.txt").write_bytes(path.read_bytes().replace(b"Sudovia denied", b"Sudovia admitted"))
    path.unlink()
    code, shown = run("hydrate", parts[0], texts, tmp_path / "out")
    assert code == 1 and "download.txt" in shown and "code points 256 and 334" in shown


def test_a_missing_and_an_extra_text(parts: tuple[Path, Path], texts: Path, tmp_path: Path) -> None:
    (texts / "harbour-talks.txt").unlink()
    (texts / "other.txt").write_text("Something else.\n")
    code, shown = run("hydrate", parts[0], texts, tmp_path / "out")
    assert code == 1 and "missing-article" in shown and "harbour-talks.txt" in shown
    assert "other.txt" in shown and "no article of this dataset" in shown
    assert run("hydrate", parts[0], tmp_path / "nowhere", tmp_path / "out")[0] == 1


# A text-free folder that is not what was released --------------------------------------------------------


@pytest.mark.parametrize(
    "path", ["gold/harbour-talks.json", "registry.json", "README.md", "stance/test-00000-of-00001.parquet"]
)
def test_a_changed_byte_is_noticed(parts: tuple[Path, Path], tmp_path: Path, path: str) -> None:
    folder = Path(shutil.copytree(parts[0], tmp_path / "changed"))
    data = bytearray((folder / path).read_bytes())
    data[len(data) // 2] ^= 1
    (folder / path).write_bytes(data)
    code, shown = run("hydrate", folder, parts[1], tmp_path / "out")
    assert code == 1 and f"{path}  file-changed" in shown
    assert not (tmp_path / "out").exists()


def test_a_missing_file_and_a_wrong_folder(parts: tuple[Path, Path], tmp_path: Path) -> None:
    folder = Path(shutil.copytree(parts[0], tmp_path / "changed"))
    (folder / "registry.json").unlink()
    code, shown = run("hydrate", folder, parts[1], tmp_path / "out")
    assert code == 1 and "registry.json" in shown and "no such file" in shown
    code, shown = run("hydrate", SMALL, parts[1], tmp_path / "out")
    assert code == 1 and "no text-free dataset folder" in shown
    code, shown = run("hydrate", tmp_path / "nowhere", parts[1], tmp_path / "out")
    assert code == 1 and "no text-free dataset folder" in shown


@pytest.mark.parametrize("path", ["../outside.json", "/outside.json", "a/../../b.json", "C:\\x", ""])
def test_no_file_is_written_outside(parts: tuple[Path, Path], tmp_path: Path, path: str) -> None:
    folder = Path(shutil.copytree(parts[0], tmp_path / "hostile"))
    record = json.loads((folder / "standoff.json").read_text("utf-8"))
    record["sources"][0]["path"] = path
    (folder / "standoff.json").write_text(json.dumps(record))
    code, shown = run("hydrate", folder, parts[1], tmp_path / "out")
    assert code == 1 and "no path in the folder" in shown


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"format": 1}', "[" * 100_000, "\ufeff{}"])
def test_a_damaged_record_is_refused(parts: tuple[Path, Path], tmp_path: Path, content: str) -> None:
    folder = Path(shutil.copytree(parts[0], tmp_path / "damaged"))
    (folder / "standoff.json").write_text(content, "utf-8")
    code, shown = run("hydrate", folder, parts[1], tmp_path / "out")
    assert code == 1 and "standoff.json" in shown


def test_references_to_nothing_are_refused(parts: tuple[Path, Path], tmp_path: Path) -> None:
    """With checksums to match, so that nothing but the reference is wrong."""
    folder = Path(shutil.copytree(parts[0], tmp_path / "hostile"))
    line = (folder / "articles.jsonl").read_text("utf-8").replace("⟦harbour-talks:16-55⟧", "⟦harbour-talks:16-999999⟧")
    assert "999999" in line
    (folder / "articles.jsonl").write_text(line, "utf-8")
    record = json.loads((folder / "standoff.json").read_text("utf-8"))
    own = next(f for f in record["sources"] if f["path"] == "articles.jsonl")
    own["sha256"] = hashlib.sha256(line.encode()).hexdigest()
    (folder / "standoff.json").write_text(json.dumps(record))
    code, shown = run("hydrate", folder, parts[1], tmp_path / "out")
    assert code == 1 and "articles.jsonl" in shown and "no place in an article" in shown


def test_nothing_is_overwritten(parts: tuple[Path, Path], tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.txt").write_text("mine")
    for words in (("strip", SMALL), ("hydrate", *parts)):
        code, shown = run(*words, tmp_path / "out")
        assert code == 1 and "nothing is overwritten" in shown
    assert tree(tmp_path / "out") == {"mine.txt": b"mine"}
    assert list(tmp_path.iterdir()) == [tmp_path / "out"]


# A dataset folder that cannot be stripped ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "old", "new", "told"),
    [
        ("notes.png", None, b"\x89PNG", "what kind of file"),
        ("gold/harbour-talks.json", b'"canary"', b'"canarx"', "canarx"),
        ("registry.json", b'"name": "', b'"name": "\xe2\x9f\xa6harbour-talks:1-2\xe2\x9f\xa7 ', "as in text-free files"),
        ("gold/harbour-talks.json", b'"start": 16, "end": 23, "text": "Norland"', b'"start": 16, "text": "Norland", "end": 23', "the span in line 8 would be left"),
        ("notes.json", None, b'"THE FOREIGN MINISTERS OF NORLAND AND SUDOVIA MET"', "would be left"),
        ("README.md", None, b"not built", "not-as-built"),
    ],
)  # fmt: skip
def test_what_cannot_be_stripped_is_refused_with_its_place(
    small: Path, tmp_path: Path, path: str, old: bytes | None, new: bytes, told: str
) -> None:
    before = (small / path).read_bytes() if old else b""
    (small / path).write_bytes(before.replace(old, new, 1) if old else new)
    code, shown = run("strip", small, tmp_path / "out")
    assert code == 1 and told in shown and path in shown
    assert not (tmp_path / "out").exists()


def test_a_text_free_folder_is_not_stripped_again(parts: tuple[Path, Path], tmp_path: Path) -> None:
    code, shown = run("strip", parts[0], tmp_path / "out")
    assert code == 1 and "text-free already" in shown


def test_wrong_usage_is_told_apart() -> None:
    assert run("strip")[0] == 2 and run("hydrate", "a")[0] == 2 and run("release")[0] == 2


# References ------------------------------------------------------------------------------------------------

TEXT = "He said “we hold the line here” and left. Then the others left too."


@pytest.mark.parametrize(
    ("written", "short"),
    [
        ("Note: we hold the line here, he said", "Note: ⟦a:9-30⟧, he said"),
        ("we hold the", "we hold the"),  # three words
        ("We hold the line", "We ⟦a:12-25⟧"),  # the first in another case
        ("hold the, line here", "⟦a:12-20⟧, ⟦a:21-30⟧"),  # a comma that the article does not have
        ("here” and left. Then 🕊", "⟦a:26-46⟧ 🕊"),
        ("", ""),
    ],
)
def test_quotations_become_references_and_come_back(written: str, short: str) -> None:
    found = Quotations({"a": TEXT})
    assert found.encode(written) == short
    assert decode(short, {"a": TEXT}) == written


def test_names_stay() -> None:
    found = Quotations({"a": TEXT}, ["Hold the Line Here"])
    assert found.encode("hold the line here") == "hold the line here"
    assert found.first("hold the line here") is None
    assert found.first("we hold the line") == "we hold the line"


def test_only_changed_strings_of_json_are_written_anew() -> None:
    lines = '{"a" : "\\u00e9", "b":[1.0,"x\\"y"]}\n'
    assert map_strings(lines, lambda s: s.replace("y", "z")) == '{"a" : "\\u00e9", "b":[1.0,"x\\"z"]}\n'


# what is kept beside a pass that was pulled from Label Studio ---------------------------------------------------------


@pytest.fixture
def pulled(small: Path) -> Path:
    """The small corpus with a pass that was pulled twice, and one of which only a faulty record came."""
    record = json.loads((small / "raw/annotator-1/harbour-talks.json").read_text("utf-8"))
    span = {"end": 181, "labels": ["Stance"], "start": 159, "text": "want the truce to hold"}  # as a server orders it
    original = {"annotations": [{"id": 7, "lead_time": 12.5, "result": [{"id": "s1", "value": span}]}]}
    carried = {"annotations": [{"result": [{"value": {"text": [json.dumps({"parley": 1, "of": "The foreign ministers of Norland"})]}}]}]}  # fmt: skip
    put(
        {
            "raw/ana/harbour-talks.json": json.dumps({**record, "annotator": "ana"}).encode(),
            "raw/ana/labelstudio/harbour-talks.json": json.dumps(original).encode(),
            "raw/ana/labelstudio/previous/harbour-talks.1.json": json.dumps(carried).encode(),
            "raw/ana/previous/harbour-talks.1.json": b"{}",
            "raw/bo/labelstudio/harbour-talks.json": json.dumps(original).encode(),
            "raw/bo/faulty/harbour-talks.json": json.dumps({**record, "mentions": 3}).encode(),
        },
        small,
    )
    passes = json.loads((small / "raw/passes.json").read_text("utf-8"))["passes"]
    own = {**passes[0], "annotator": "ana"}
    (small / "raw/passes.json").write_text(json.dumps({"passes": [*passes, own]}), "utf-8")
    return small


def test_what_is_kept_beside_a_pass_is_no_part_of_the_text_free_form(pulled: Path, tmp_path: Path) -> None:
    code, said = run("strip", pulled, tmp_path / "short")
    assert code == 0, said
    short = tree(tmp_path / "short")
    assert [path for path in short if path.startswith("raw/ana/") or path.startswith("raw/bo/")] == ["raw/ana/harbour-talks.json"]  # fmt: skip
    assert not [path for path, data in short.items() if b"want the truce to hold" in data]
    code, said = run("hydrate", tmp_path / "short", pulled / "articles", tmp_path / "again")
    assert code == 0, said
    again = tree(tmp_path / "again")
    assert again["raw/ana/harbour-talks.json"] == (pulled / "raw/ana/harbour-talks.json").read_bytes()


def test_faulty_work_alone_is_no_pass_and_spoils_nothing(pulled: Path) -> None:
    assert set(load_corpus(pulled).raw) == {"annotator-1", "annotator-2", "ana"}
