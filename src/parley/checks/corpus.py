"""The dataset folder: read whole, every problem in it found in one run."""

import datetime
import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from parley.checks.context import Context
from parley.checks.document import check_annotation
from parley.checks.shape import check_shape
from parley.corpus import Article, DatasetInfo, Pass, Passes, Registry, RegistryEntry
from parley.files import parse_json, read_bytes, read_json, read_lines, shorten
from parley.findings import RULES, Finding, FindingsError
from parley.model import Document
from parley.ontology import load_ontology


class Corpus(msgspec.Struct):
    """A dataset folder in memory. Dictionaries are keyed by article id, in the order of articles.jsonl."""

    folder: Path
    info: DatasetInfo
    registry: Registry
    articles: dict[str, Article]
    texts: dict[str, str]
    gold: dict[str, Document]
    raw: dict[str, dict[str, Document]]  # annotator, then article id
    passes: dict[str, Pass]  # how each was made, by annotator

    @property
    def entries(self) -> dict[str, RegistryEntry]:
        """Registry entries by id."""
        return {entry.id: entry for entry in self.registry.entries}

    def split(self, name: str) -> list[str]:
        """Return the ids of the articles of one split."""
        return [a.id for a in self.articles.values() if a.split == name]

    def context(self, article: str, scope: str, file: str = "", line: int | None = None) -> Context:
        """Return what an annotation of ``article`` is checked against."""
        return Context(self.articles[article], self.texts[article], self.entries, scope, file, line)


def _found(rule: str, file: str, message: str, suggestion: str, *, path: str = "", line: int | None = None) -> Finding:
    severity = RULES[rule].corpus or "error"
    return Finding(
        rule=rule, message=message, file=file, line=line, path=path, suggestion=suggestion, severity=severity
    )


def _read_record(path: Path, file: str, stem: str, record: Any) -> tuple[Any, list[Finding]]:
    """Return a file's content as ``record`` after JSON and shape, or None and the findings."""
    value, findings = read_json(path, file)
    findings = findings or check_shape(value, stem, file=file)
    return (None if findings else msgspec.convert(value, record)), findings


class _Reader:
    """Reads a dataset folder and keeps what it finds."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.findings: list[Finding] = []
        self.texts: dict[str, str] = {}
        self.articles: dict[str, Article] = {}

    def record(self, name: str, stem: str, record: Any) -> Any:
        value, findings = _read_record(self.folder / name, name, stem, record)
        self.findings += findings
        return value

    def read(self) -> Corpus | None:
        """Return the folder without annotations; None where dataset.json or registry.json cannot be used."""
        info = self.record("dataset.json", "dataset", DatasetInfo)
        registry = self.record("registry.json", "registry", Registry)
        self._read_articles()
        if info is None or registry is None:
            return None
        self.findings += _check_registry(registry, info.canary)
        return Corpus(self.folder, info, registry, self.articles, self.texts, {}, {}, {})

    def _read_articles(self) -> None:
        name = "articles.jsonl"
        if not (self.folder / name).is_file():
            self.findings.append(
                _found(
                    "missing-file",
                    name,
                    "there is no such file",
                    "name the dataset folder, the one with articles.jsonl",
                )
            )
            return
        for line, data in read_lines(self.folder / name):
            value, findings = parse_json(data, name, line)
            findings = findings or check_shape(value, "article", file=name, line=line)
            self.findings += findings
            if findings:
                continue
            article = msgspec.convert(value, Article)
            if article.id in self.articles:
                self.findings.append(
                    _found(
                        "duplicate-article",
                        name,
                        f"{shorten(article.id)} is listed before",
                        "keep one of the two",
                        path="$.id",
                        line=line,
                    )
                )
                continue
            self.articles[article.id] = article
            self.findings += _check_day(article.date.value, name, line, "$.date.value")
            if article.date.not_after is not None:
                self.findings += _check_day(article.date.not_after, name, line, "$.date.not_after")
            self._read_text(article, line)

    def _read_text(self, article: Article, line: int) -> None:
        name = f"articles/{article.id}.txt"
        data, findings = read_bytes(self.folder / name, name)
        self.findings += findings
        if data is None:
            return
        if hashlib.sha256(data).hexdigest() != article.sha256:
            line_ends = hashlib.sha256(data.replace(b"\r\n", b"\n")).hexdigest() == article.sha256
            mend = (
                "its line ends were changed to CR LF: restore LF"
                if line_ends
                else "restore the original; articles are never edited"
            )
            self.findings.append(
                _found("article-changed", name, "the text is not what its checksum in articles.jsonl says", mend)
            )
            return
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError as error:
            self.findings.append(
                _found("not-utf8", name, f"byte {error.start} is not UTF-8", "supply the article as UTF-8")
            )
            return
        at = 0
        for i, zone in enumerate(article.zones):
            if zone.start != at or zone.end <= zone.start:
                self.findings.append(
                    _found(
                        "bad-zones",
                        "articles.jsonl",
                        f"the zone begins at {zone.start} where {at} is next",
                        "zones follow each other without gap or overlap",
                        path=f"$.zones[{i}]",
                        line=line,
                    )
                )
                return
            at = zone.end
        if at != len(text):
            self.findings.append(
                _found(
                    "bad-zones",
                    "articles.jsonl",
                    f"the zones end at {at}, the text at {len(text)}",
                    "let the zones cover the whole text",
                    path="$.zones",
                    line=line,
                )
            )
            return
        self.texts[article.id] = text


def _check_day(day: str, file: str, line: int, path: str) -> Iterator[Finding]:
    try:
        datetime.date.fromisoformat(day)
    except ValueError:
        yield _found(
            "bad-date", file, f"{shorten(day)} is no day of the calendar", "write year-month-day", path=path, line=line
        )


def _check_registry(registry: Registry, canary: str) -> Iterator[Finding]:
    name = "registry.json"
    entity_types = load_ontology().names("entity_types")
    ids = {entry.id for entry in registry.entries}
    if registry.canary != canary:
        yield _found(
            "other-canary", name, "the canary is not the dataset's", "copy it from dataset.json", path="$.canary"
        )
    before = ""
    for i, entry in enumerate(registry.entries):
        path = f"$.entries[{i}]"
        if entry.id <= before:
            yield _found(
                "registry-order",
                name,
                f"{shorten(entry.id)} does not come after {shorten(before)}",
                "sort by id, each id once",
                path=f"{path}.id",
            )
        before = entry.id
        if (entry.type in entity_types) != (entry.kind == "entity"):
            yield _found(
                "registry-kind",
                name,
                f"the type {entry.type} is not of kind {entry.kind}",
                "mend kind or type",
                path=f"{path}.type",
            )
        if entry.kind == "event" and (entry.side or entry.wikidata):
            yield _found(
                "registry-kind",
                name,
                "an event cluster has no side and no Wikidata id of an entity",
                "remove it",
                path=path,
            )
        if entry.side is not None and entry.side not in ids:
            yield _found(
                "dangling-id",
                name,
                f"there is no entry {shorten(entry.side)}",
                "add it, or name one that is there",
                path=f"{path}.side",
            )


def _documents(reader: _Reader, where: str, corpus: Corpus) -> dict[str, Document]:
    """Read and check the annotation files of one folder (``gold``, ``raw/<annotator>``)."""
    documents: dict[str, Document] = {}
    for path in sorted((reader.folder / where).glob("*.json")):
        name = f"{where}/{path.name}"
        document, findings = _read_record(path, name, "document", Document)
        reader.findings += findings
        if document is None:
            continue
        article = reader.articles.get(document.id)
        if document.id != path.stem:
            reader.findings.append(
                _found(
                    "wrong-file-name",
                    name,
                    f"the record is of {shorten(document.id)}",
                    f"rename the file to {document.id}.json",
                    path="$.id",
                )
            )
            continue
        if article is None:
            reader.findings.append(
                _found(
                    "unknown-article",
                    name,
                    f"articles.jsonl has no article {shorten(document.id)}",
                    "list the article, or remove the file",
                    path="$.id",
                )
            )
            continue
        if document.canary != corpus.info.canary:
            reader.findings.append(
                _found(
                    "other-canary",
                    name,
                    "the canary is not the dataset's",
                    "copy it from dataset.json",
                    path="$.canary",
                )
            )
        if not load_ontology().holds(document.ontology):
            reader.findings.append(
                _found(
                    "other-ontology",
                    name,
                    f"made under ontology {shorten(document.ontology)}, not {load_ontology().version}",
                    "bring the annotation up to the ontology's major version",
                    path="$.ontology",
                )
            )
        if document.sha256 != article.sha256:
            reader.findings.append(
                _found(
                    "other-text",
                    name,
                    "made over another version of the text",
                    "annotate the article as it is",
                    path="$.sha256",
                )
            )
            continue
        documents[document.id] = document
        if document.id in reader.texts:
            reader.findings += check_annotation(document, corpus.context(document.id, "corpus", name))
    return documents


def _is_pass(path: Path) -> bool:
    """Whether a path under raw/ is a pass: one of which only faulty records came has nothing but folders in it so far."""
    if not path.is_dir():
        return False
    inside = list(path.iterdir())
    return not inside or not all(each.is_dir() for each in inside)


def _passes(reader: _Reader, annotators: list[str]) -> dict[str, Pass]:
    """Return how each pass was made; every folder under raw/ must be described, and only those."""
    name = "raw/passes.json"
    listed = reader.record(name, "passes", Passes)
    if listed is None:
        return {}
    for i, described in enumerate(listed.passes):
        if described.annotator not in annotators:
            message = f"there is no folder raw/{described.annotator}"
            path = f"$.passes[{i}].annotator"
            reader.findings.append(
                _found("unlisted-pass", name, message, "add the pass, or remove the entry", path=path)
            )
    found = {described.annotator: described for described in listed.passes}
    for annotator in annotators:
        if annotator not in found:
            message = f"the folder raw/{annotator} is not described"
            reader.findings.append(_found("unlisted-pass", name, message, "say in it how the pass was made"))
    return found


def check_corpus(folder: Path, *, gold: bool = True, raw: bool = True) -> tuple[Corpus | None, list[Finding]]:
    """Read a dataset folder and return it with everything that is wrong with it.

    ``gold`` and ``raw`` say whether the adjudicated annotation and the single passes are read; what is not read is
    empty and may be missing. The corpus is None where there is an error. Warnings alone leave it usable.
    """
    if not folder.is_dir():
        mend = "name the dataset folder, the one with articles.jsonl"
        return None, [_found("missing-file", str(folder), "there is no such folder", mend)]
    reader = _Reader(folder)
    corpus = reader.read()
    if corpus is None:
        return None, reader.findings
    annotators = sorted(path.name for path in (folder / "raw").glob("*") if _is_pass(path)) if raw else []
    if annotators:
        corpus.raw = {name: _documents(reader, f"raw/{name}", corpus) for name in annotators}
        corpus.passes = _passes(reader, annotators)
    if gold:
        found = _documents(reader, "gold", corpus)
        corpus.gold = {article: found[article] for article in reader.articles if article in found}
        for article in reader.articles:
            name = f"gold/{article}.json"
            if not (folder / name).is_file():
                mend = "annotate it, or take it out of articles.jsonl"
                reader.findings.append(_found("missing-article", name, "the article has no gold annotation", mend))
    return (None if any(finding.is_error for finding in reader.findings) else corpus), reader.findings


def load_corpus(folder: Path, *, gold: bool = True, raw: bool = True) -> Corpus:
    """Return a checked dataset folder; see ``check_corpus``.

    Raises ``FindingsError`` with every finding if there is an error in it.
    """
    corpus, findings = check_corpus(folder, gold=gold, raw=raw)
    if corpus is None:
        raise FindingsError(findings)
    return corpus
