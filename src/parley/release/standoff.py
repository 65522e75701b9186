"""The dataset without the texts (``strip``), and joined to them again (``hydrate``).

A text-free folder holds the records with offsets and no words, the registry, the passes and the decisions. Left out
are the articles, the text of every span, headlines, notes and all built files. The rest is searched: no run of
``RUN`` words of an article may be in it, but in the names that annotators gave to entities and event clusters.
"""

import hashlib
import json
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from parley.checks import Corpus, load_corpus
from parley.corpus import Article
from parley.dataset.markdown import render
from parley.derive import map_spans
from parley.files import new_folder, read_bytes, read_json, to_json, to_lines_json, write_whole
from parley.findings import Finding, FindingsError, finding
from parley.model import Document, Id
from parley.new_article import headline
from parley.twin import FILE as TWINS

STANDOFF = "standoff.json"
FORMAT = "parley-standoff/2"
ABOUT = "The annotation without the articles. Offsets are code points. `parley hydrate` joins this folder to the texts."
RUN = 5  # words of an article in a row that must not be left; of a script without blanks, twice as many characters
_OWN_WORDS = ("stories/*.json", "contrast/pairs.jsonl", "contrast/*.lines", "eval.yaml")
LONGEST_NAME = 12  # words; a longer name is treated like any other string


class TextSum(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What identifies a text that is left out, and finds where another text first differs from it."""

    id: Id
    sha256: str  # of its bytes in UTF-8
    code_points: int
    lines: list[str]  # of each line four digits of a checksum: too few to guess the line from


class Standoff(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """The content of standoff.json."""

    format: str
    name: str
    version: str
    canary: str
    about: str
    articles: list[TextSum]


# words that are left ----------------------------------------------------------------------------------------

# Thai, Lao, Tibetan, Burmese, Khmer, kana, Chinese characters: written without blanks.
_NO_BLANKS = "\u0e00-\u0fff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
_WORD = re.compile(rf"[{_NO_BLANKS}]|(?:(?![{_NO_BLANKS}])[^\W_])+")
_NO_BLANK = re.compile(f"[{_NO_BLANKS}]")


def _words(text: str) -> list[str]:
    """Return the words of a text without case, accents and invisible characters, whatever its normalisation."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text) if unicodedata.category(c) not in ("Mn", "Me", "Cf"))
    return _WORD.findall(plain.casefold())


def runs(text: str) -> Iterator[tuple[str, ...]]:
    """Yield every run of ``RUN`` words of a text; a character of a script without blanks counts as half a word.

    >>> list(runs("One, two: three—four FIVE."))
    [('one', 'two', 'three', 'four', 'five')]
    """
    words = _words(text)
    halves = [1 if _NO_BLANK.match(word) else 2 for word in words]
    end, size = 0, 0
    for start in range(len(words)):
        while size < 2 * RUN and end < len(words):
            size, end = size + halves[end], end + 1
        if size < 2 * RUN:
            return
        yield tuple(words[start:end])
        size -= halves[start]


def _strings(value: Any, path: str = "$") -> Iterator[tuple[str, str]]:
    """Yield every string of a JSON value with its path; also the strings of a list as one."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield path, key
            yield from _strings(item, f"{path}.{key}")
    elif isinstance(value, list):
        yield path, " ".join(item for item in value if isinstance(item, str))
        for n, item in enumerate(value):
            yield from _strings(item, f"{path}[{n}]")


def _read_strings(path: str, data: bytes) -> Iterator[tuple[int | None, str, str]]:
    """Yield line, JSON path and content of every string of a file. Raises ``ValueError`` if it is not text or JSON."""
    text = data.decode("utf-8")
    if path.endswith(".jsonl"):
        for number, line in enumerate(text.split("\n"), 1):
            yield from ((number, *found) for found in _strings(json.loads(line or "null")))
    elif path.endswith(".json"):
        yield from ((None, *found) for found in _strings(json.loads(text)))
    else:
        yield None, "", text


def find_text(files: Mapping[str, bytes], corpus: Corpus) -> list[Finding]:
    """Return a finding for each place of some files that holds a run of words of an article of the corpus."""
    articles = {run for text in corpus.texts.values() for run in runs(text)}
    records = [*corpus.gold.values(), *(record for own in corpus.raw.values() for record in own.values())]
    names = {entity.name for record in records for entity in record.entities} | {*corpus.articles}
    names |= {article.outlet.name for article in corpus.articles.values() if article.outlet and article.outlet.name}
    names |= {name for entry in corpus.registry.entries for name in (entry.name, entry.id)}
    articles -= {run for name in names if len(_words(name)) <= LONGEST_NAME for run in runs(name)}
    findings = []
    for file, data in files.items():
        try:
            for line, path, string in _read_strings(file, data):
                if left := next((run for run in runs(string) if run in articles), None):
                    problem = f"the words '{' '.join(left)}' of an article are left in it"
                    findings.append(_cannot_strip(file, problem, "write it in other words", line, path))
        except ValueError as error:
            findings.append(_cannot_strip(file, f"it cannot be searched for text: {error}", "run `parley validate`"))
    return findings


def _cannot_strip(file: str, problem: str, fix: str, line: int | None = None, path: str = "") -> Finding:
    return finding("cannot-strip", file=file, line=line, path=path, problem=problem, fix=fix)


# strip ------------------------------------------------------------------------------------------------------


def _without_text(record: Document) -> bytes:
    spans = map_spans(msgspec.to_builtins(record), lambda span: {k: v for k, v in span.items() if k != "text"})
    return to_lines_json(spans).encode("utf-8")


def _without_headline(article: Article, text: str) -> dict[str, Any]:
    line = {key: value for key, value in msgspec.to_builtins(article).items() if key != "notes"}
    if article.title is not None and article.title == headline(article.zones, text):
        del line["title"]  # hydrate finds it in the text
    return line


def _to_lines(values: Iterable[Any]) -> bytes:
    return "".join(json.dumps(value, ensure_ascii=False) + "\n" for value in values).encode("utf-8")


def text_sum(article: str, text: str) -> TextSum:
    """Return what identifies a text."""
    sha256 = hashlib.sha256(text.encode("utf-8")).hexdigest()
    lines = [_line_sum(sha256, number, line) for number, line in enumerate(text.split("\n"))]
    return TextSum(id=article, sha256=sha256, code_points=len(text), lines=lines)


def _line_sum(sha256: str, number: int, line: str) -> str:
    return hashlib.sha256(f"{sha256}\0{number}\0{line}".encode("utf-8", "surrogatepass")).hexdigest()[:4]


def strip(folder: Path) -> dict[str, bytes]:
    """Return the text-free form of a dataset folder: path -> bytes. The same folder gives the same bytes.

    Raises ``FindingsError`` if the folder has errors, and where words of an article would be left.
    """
    if (folder / STANDOFF).exists():
        raise FindingsError(
            [_cannot_strip(STANDOFF, "the folder is text-free already", "name the whole dataset folder")]
        )
    corpus = load_corpus(folder, partial=True)
    registry = msgspec.to_builtins(corpus.registry)
    registry["entries"] = [{k: v for k, v in entry.items() if k != "note"} for entry in registry["entries"]]
    about = Standoff(
        format=FORMAT,
        name=corpus.info.name,
        version=corpus.info.version,
        canary=corpus.info.canary,
        about=ABOUT,
        articles=[text_sum(article, text) for article, text in corpus.texts.items()],
    )
    files = {
        STANDOFF: to_json(about).encode("utf-8"),
        "README.md": render("text-free.md.j2", info=corpus.info, number=len(corpus.articles)).encode("utf-8"),
        "dataset.json": (folder / "dataset.json").read_bytes(),
        "registry.json": to_lines_json(registry).encode("utf-8"),
        "articles.jsonl": _to_lines(_without_headline(a, corpus.texts[a.id]) for a in corpus.articles.values()),
    }
    files |= {f"gold/{article}.json": _without_text(record) for article, record in corpus.gold.items()}
    for annotator, own in corpus.raw.items():
        files |= {f"raw/{annotator}/{article}.json": _without_text(record) for article, record in own.items()}
    if corpus.raw:
        files["raw/passes.json"] = (folder / "raw/passes.json").read_bytes()
    if (names := folder / TWINS).is_file():
        files[TWINS] = names.read_bytes()
    if (log := folder / "adjudication.jsonl").is_file():
        decisions = (json.loads(line) for line in log.read_text("utf-8").splitlines() if line)
        files[log.name] = _to_lines(decision | {"note": ""} for decision in decisions)
    if findings := find_text(files, corpus):
        raise FindingsError(findings)
    # Stories and contrast pairs belong to the dataset, and may share words with the articles.
    return dict(sorted((files | _own_words(folder)).items()))


def _own_words(folder: Path) -> dict[str, bytes]:
    """Return the source files that hold words of the dataset's own and none of an article: path -> bytes."""
    found = (path for name in _OWN_WORDS for path in folder.glob(name))
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


# hydrate ----------------------------------------------------------------------------------------------------


def read_standoff(folder: Path) -> Standoff:
    """Return the content of standoff.json in a text-free folder. Raises ``FindingsError`` if it cannot be used."""
    if not (folder / STANDOFF).is_file():
        problem = f"{folder} is no text-free dataset folder: it has no {STANDOFF}"
        fix = "name a folder that `parley strip` wrote"
        raise FindingsError([finding("missing-file", file=STANDOFF, problem=problem, fix=fix)])
    value, findings = read_json(folder / STANDOFF, STANDOFF)
    if findings:
        raise FindingsError(findings)
    try:
        standoff = msgspec.convert(value, Standoff)
    except msgspec.ValidationError as error:
        raise FindingsError([_not_released(STANDOFF, str(error))]) from None
    if standoff.format != FORMAT:
        problem, fix = f"its format is {standoff.format!r}, not {FORMAT!r}", "use the version of parley that wrote it"
        raise FindingsError([finding("bad-value", file=STANDOFF, path="$.format", problem=problem, fix=fix)])
    return standoff


def _not_released(file: str, problem: str) -> Finding:
    return finding("file-changed", file=file, problem=problem, fix="get the text-free release again")


# What editors and file systems change without notice: its name, and the form of the text that it changes to.
_NORMALISATIONS: dict[str, Callable[[str], str]] = {
    "Unicode normalisation: it is not NFC": lambda text: unicodedata.normalize("NFC", text),
    "Unicode normalisation: it is not NFD": lambda text: unicodedata.normalize("NFD", text),
    "line ends: they are not LF": lambda text: text.replace("\r\n", "\n").replace("\r", "\n"),
}


def difference(data: bytes, wanted: TextSum) -> tuple[str, str]:
    """Return a finding on bytes that are not the wanted text."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        return f"byte {error.start} is not UTF-8", "save it as UTF-8"
    for name, form in _NORMALISATIONS.items():
        if hashlib.sha256(form(text).encode("utf-8")).hexdigest() == wanted.sha256:
            return f"it differs only in its {name}", "restore that"
    fix, start = "supply the text as it was when it was annotated", 0
    lines = text.split("\n")
    for number, line in enumerate(lines):
        if number == len(wanted.lines):
            return f"it goes on in line {number + 1}, after code point {start - 1}, where the article ends", fix
        if _line_sum(wanted.sha256, number, line) != wanted.lines[number]:
            return f"it first differs in line {number + 1}, code points {start} to {start + len(line)}", fix
        start += len(line) + 1
    return f"it ends after line {len(lines)}, the article has {len(wanted.lines)} lines", fix


def find_texts(folder: Path, wanted: Iterable[TextSum]) -> dict[str, str]:
    """Return the texts in a folder by article id. A text is known by its checksum, whatever its file is called.

    Raises ``FindingsError`` for each article that is missing, or whose file ``<id>.txt`` differs, saying where.
    """
    if not folder.is_dir():
        problem, fix = "there is no such folder", "name the folder with the texts"
        raise FindingsError([finding("missing-file", file=str(folder), problem=problem, fix=fix)])
    of_sum, findings = {article.sha256: article.id for article in wanted}, list[Finding]()
    texts, other = dict[str, str](), dict[str, bytes]()
    for path in sorted(folder.iterdir()):
        data = read_bytes(path)[0] if path.is_file() else None
        if data is None:
            continue
        identifier = of_sum.get(hashlib.sha256(data).hexdigest())
        if identifier is None:
            other[path.name] = data
        else:
            texts[identifier] = data.decode("utf-8")
    for article in wanted:
        name = f"{article.id}.txt"
        if article.id in texts:
            continue
        if name in other:
            problem, fix = difference(other[name], article)
            problem = f"the text is not the article that was annotated: {problem}"
            findings.append(finding("article-changed", file=name, problem=problem, fix=fix))
        else:
            fix = f"put it there as {name} (SHA-256 {article.sha256})"
            problem = "no file in the folder is this article"
            findings.append(finding("missing-file", file=name, problem=problem, fix=fix))
    if findings:
        raise FindingsError(findings)
    return texts


def _with_text(value: Any, texts: Mapping[str, str]) -> bytes:
    """Return a record with the text of each span. Raises ``ValueError`` for a span outside the text."""
    text = texts[value["id"]]

    def filled(span: dict[str, Any]) -> dict[str, Any]:
        if not 0 <= span["start"] < span["end"] <= len(text):
            raise ValueError(f"the span {span['start']}-{span['end']} lies outside the text")
        return span | {"text": text[span["start"] : span["end"]]}

    return to_lines_json(msgspec.convert(map_spans(value, filled), Document)).encode("utf-8")


def _sources(stripped: Path, texts: Mapping[str, str]) -> dict[str, bytes]:
    """Return the source files of the dataset folder, articles included. Raises ``FindingsError`` for a faulty file."""
    files, findings = {f"articles/{article}.txt": text.encode("utf-8") for article, text in texts.items()}, []
    kept = ("dataset.json", "registry.json", "articles.jsonl", "adjudication.jsonl", "raw/passes.json", TWINS)
    records = [*stripped.glob("gold/*.json"), *stripped.glob("raw/*/*.json")]
    for path in [*(stripped / name for name in kept), *sorted(records)]:
        file = path.relative_to(stripped).as_posix()
        if not path.exists() and file in kept[3:]:
            continue
        data, wrong = read_bytes(path, file)
        findings += wrong
        if data is None:
            continue
        try:
            if file == "articles.jsonl":
                data = _to_lines(_with_headline(line, texts) for line in data.decode("utf-8").splitlines() if line)
            elif file not in kept:
                data = _with_text(json.loads(data), texts)
        except (ValueError, KeyError, TypeError) as error:
            findings.append(_not_released(file, f"it does not belong to these texts: {error}"))
        files[file] = data
    if findings:
        raise FindingsError(findings)
    return files | _own_words(stripped)


def _with_headline(line: str, texts: Mapping[str, str]) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(line)
    if "title" in value:
        return value
    title = headline(msgspec.convert(value | {"title": None}, Article).zones, texts[value["id"]])
    before = ("id", "source_name", "sha256", "split", "language")
    return {**{k: value[k] for k in before}, "title": title, **{k: v for k, v in value.items() if k not in before}}


def hydrate(stripped: Path, texts: Path, out: Path, *, sources_only: bool = False) -> list[str]:
    """Join a text-free folder (or release) to the texts: write the dataset folder ``out``, and return its files' paths.

    The folder is checked and built as by `parley build`, unless ``sources_only``. Notes and headlines of other words
    than the text's are not in it. Raises ``FindingsError`` for a missing or changed text, a faulty text-free folder,
    and an ``out`` that exists.
    """
    files = _sources(stripped, find_texts(texts, read_standoff(stripped).articles))
    with new_folder(out) as folder:
        for path, data in files.items():
            write_whole(folder / path, data)
        corpus = load_corpus(folder, partial=True)
        if not sources_only:
            from parley.dataset.build import build

            return sorted([*files, *build(corpus)])
    return sorted(files)
