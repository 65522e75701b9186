"""The dataset folder: read whole, every problem in it found in one run."""

import hashlib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import msgspec

from parley.checks.annotation import check_annotation
from parley.checks.shape import CONTROL, check_shape, check_strings
from parley.checks.stories import check_stories, check_story_links
from parley.corpus import Article, Corpus, DatasetInfo, Pass, Passes, Registry, Story, ZoneSpan
from parley.files import parse_json, read_bytes, read_json, read_lines
from parley.findings import Finding, FindingsError, finding
from parley.ids import is_file_name
from parley.model import Document
from parley.ontology import load_ontology
from parley.reading import annotated

_LISTING = "articles.jsonl"


def check_zones(zones: Sequence[ZoneSpan], length: int, file: str, line: int) -> list[Finding]:
    """Return a finding unless the zones follow each other from 0 to ``length``."""
    at = 0
    for i, zone in enumerate(zones):
        if zone.start != at or zone.end <= zone.start:
            return [finding("bad-zones", file=file, line=line, path=f"$.zones[{i}]", start=zone.start, expected=at)]
        at = zone.end
    if at != length:
        return [finding("bad-zones/end", file=file, line=line, path="$.zones", end=at, length=length)]
    return []


class _Reader:
    """Reads a dataset folder and keeps what it finds."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.findings: list[Finding] = []
        self.texts: dict[str, str] = {}
        self.articles: dict[str, Article] = {}
        self.lines: dict[str, int] = {}  # of articles.jsonl
        self.is_listed_whole = False

    def found(self, rule: str, file: str, path: str = "", line: int | None = None, **values: Any) -> None:
        self.findings.append(finding(rule, file=file, path=path, line=line, **values))

    def record(self, name: str, stem: str, record: Any) -> Any:
        """Return a file's content as ``record`` after JSON and shape, or None."""
        value, findings = read_json(self.folder / name, name)
        findings = findings or check_shape(value, stem, file=name) or check_strings(value, None, name)
        self.findings += findings
        return None if findings else msgspec.convert(value, record)

    def read(self) -> Corpus | None:
        """Return the folder without annotations; None where dataset.json or registry.json cannot be used."""
        info = self.record("dataset.json", "dataset", DatasetInfo)
        registry = self.record("registry.json", "registry", Registry)
        self._read_listing()
        if info is None or registry is None:
            return None
        self._check_registry(registry, info.canary)
        files = sorted((self.folder / "stories").glob("*.json"))
        stories = self._read_stories(files, info.canary)
        corpus = Corpus(self.folder, info, registry, self.articles, self.texts, {}, {}, {}, stories)
        if not files and any(article.story and article.origin == "authored" for article in self.articles.values()):
            self.found("missing-file/stories", "stories")
        else:
            self.findings += check_stories(corpus, self.lines, {path.stem for path in files}, self.is_listed_whole)
        return corpus

    def _read_listing(self) -> None:
        """Read articles.jsonl. If an article of it could not be read, none is said to be missing there."""
        if not (self.folder / _LISTING).is_file():
            return self.found("missing-file/dataset", _LISTING, what="file")
        lines = list(read_lines(self.folder / _LISTING))
        for line, data in lines:
            self._read_article(line, data)
        if not lines and any(self.folder.glob("*/*.json")):
            return self.found("missing-file/empty", _LISTING)
        self.is_listed_whole = len(self.articles) == len(lines)
        return None

    def _read_stories(self, files: Iterable[Path], canary: str) -> dict[str, Story]:
        """Return the stories of the folder by id."""
        stories: dict[str, Story] = {}
        for path in files:
            name = f"stories/{path.name}"
            story: Story | None = self.record(name, "story", Story)
            if story is None:
                continue
            if story.canary != canary:
                self.found("other-canary", name, "$.canary")
            if story.id != path.stem:
                self.found("wrong-file-name", name, "$.id", id=story.id)
                continue
            stories[story.id] = story
        return stories

    def _read_article(self, line: int, data: bytes) -> None:
        value, findings = parse_json(data, _LISTING, line)
        findings = findings or check_shape(value, "article", file=_LISTING, line=line)
        findings = findings or check_strings(value, data, _LISTING, line)
        self.findings += findings
        if findings:
            return
        article = msgspec.convert(value, Article)
        if article.id in self.articles:
            return self.found("duplicate-article", _LISTING, "$.id", line, id=article.id)
        if wrong := check_article_id(article.id, self.articles, _LISTING, line):
            self.findings += wrong
            return None
        self.articles[article.id], self.lines[article.id] = article, line
        text = self._read_text(article)
        if text is not None:
            wrong = check_zones(article.zones, len(text), _LISTING, line)
            self.findings += wrong
            if not wrong:
                self.texts[article.id] = text
        return None

    def _read_text(self, article: Article) -> str | None:
        """Return an article's text, if it is byte for byte what articles.jsonl says."""
        name = f"articles/{article.id}.txt"
        data, findings = read_bytes(self.folder / name, name)
        self.findings += findings
        if data is None:
            return None
        if hashlib.sha256(data).hexdigest() != article.sha256:
            has_line_ends_changed = hashlib.sha256(data.replace(b"\r\n", b"\n")).hexdigest() == article.sha256
            self.found("article-changed/crlf" if has_line_ends_changed else "article-changed", name)
            return None
        try:
            text = data.decode("utf-8")
            if match := CONTROL.search(text):
                self.found(
                    "control-character/article", name, severity="warning", character=match.group(), at=match.start()
                )
            return text
        except UnicodeDecodeError as error:
            self.found("not-utf8", name, at=error.start, fix="supply the article as UTF-8")
            return None

    def _check_registry(self, registry: Registry, canary: str) -> None:
        name, before = "registry.json", ""
        entity_types = load_ontology().names("entity_types")
        ids = {entry.id for entry in registry.entries}
        if registry.canary != canary:
            self.found("other-canary", name, "$.canary")
        for i, entry in enumerate(registry.entries):
            path = f"$.entries[{i}]"
            if entry.id <= before:
                self.found("registry-order", name, f"{path}.id", id=entry.id, before=before)
            before = entry.id
            if (entry.type in entity_types) != (entry.kind == "entity"):
                self.found("registry-kind", name, f"{path}.type", type=entry.type, kind=entry.kind)
            if entry.kind == "event" and (entry.side or entry.wikidata):
                self.found("registry-kind/event", name, path)
            if entry.side is not None and entry.side not in ids:
                self.found("dangling-id", name, f"{path}.side", kind="entry", id=entry.side)

    def documents(self, where: str, corpus: Corpus) -> dict[str, Document]:
        """Read and check the annotation files of one folder (``gold``, ``raw/<annotator>``)."""
        documents: dict[str, Document] = {}
        for path in sorted((self.folder / where).glob("*.json")):
            name = f"{where}/{path.name}"
            document: Document | None = self.record(name, "document", Document)
            if document is None:
                continue
            article = self.articles.get(document.id)
            if document.id != path.stem:
                self.found("wrong-file-name", name, "$.id", id=document.id)
                continue
            if article is None:
                if self.is_listed_whole:
                    self.found("unknown-article", name, "$.id", id=document.id)
                continue
            if document.canary != corpus.info.canary:
                self.found("other-canary", name, "$.canary")
            if not load_ontology().holds(document.ontology):
                current = load_ontology().version
                self.found("other-ontology", name, "$.ontology", version=document.ontology, current=current)
            if document.sha256 != article.sha256 and document.id in self.texts:
                self.found("other-text", name, "$.sha256")
                continue
            documents[document.id] = document
            if document.id in self.texts:
                self.findings += check_annotation(annotated(corpus, document.id, document), "corpus", name)
        return documents

    def passes(self, annotators: list[str]) -> dict[str, Pass]:
        """Return how each pass was made; every folder under raw/ must be described, and only those."""
        name = "raw/passes.json"
        listed: Passes | None = self.record(name, "passes", Passes)
        if listed is None:
            return {}
        described = {each.annotator: each for each in listed.passes}
        for i, each in enumerate(listed.passes):
            if each.annotator not in annotators:
                self.found("unlisted-pass", name, f"$.passes[{i}].annotator", annotator=each.annotator)
        for annotator in annotators:
            if annotator not in described:  # a pull describes last: one that was killed is completed by the next
                is_pulled = (self.folder / "raw" / annotator / "labelstudio").is_dir()
                wording, severity = ("pulled", "warning") if is_pulled else ("undescribed", "error")
                self.found(f"unlisted-pass/{wording}", name, annotator=annotator, severity=severity)
        return described


def check_new_article(folder: Path, line: bytes) -> list[Finding]:
    """Return what would be wrong with ``line`` at the end of articles.jsonl, and with the article's text."""
    reader, number = _Reader(folder), 0
    for number, data in read_lines(folder / _LISTING) if (folder / _LISTING).is_file() else ():
        reader._read_article(number, data)
    reader.findings.clear()
    reader._read_article(number + 1, line)
    return reader.findings


def check_article_id(name: str, others: Iterable[str], file: str, line: int | None = None) -> list[Finding]:
    """Return a finding if files that are named by an article's id could be lost or overwritten on some machine."""
    place: dict[str, Any] = {"file": file, "line": line, "path": "$.id", "id": name}
    if not is_file_name(name):
        return [finding("unsafe-article-id", **place)]
    same = (other for other in others if other.casefold() == name.casefold())
    return [finding("unsafe-article-id/case", other=other, **place) for other in same]


def _is_pass(path: Path) -> bool:
    """Whether a path under raw/ is a pass: a folder that is empty, or holds more than folders (of faulty records)."""
    if not path.is_dir():
        return False
    inside = list(path.iterdir())
    return not inside or not all(each.is_dir() for each in inside)


def check_corpus(folder: Path, *, gold: bool = True, raw: bool = True) -> tuple[Corpus | None, list[Finding]]:
    """Read a dataset folder and return it with all findings.

    ``gold`` and ``raw`` say whether the adjudicated annotation and the single passes are read; a part that is not read
    is empty and may be missing. The corpus is None where there is an error. Warnings alone leave it usable.
    """
    if not folder.is_dir():
        return None, [finding("missing-file/dataset", file=str(folder), what="folder")]
    reader = _Reader(folder)
    corpus = reader.read()
    if corpus is None:
        return None, reader.findings
    annotators = sorted(path.name for path in (folder / "raw").glob("*") if _is_pass(path)) if raw else []
    if annotators:
        corpus.raw = {name: reader.documents(f"raw/{name}", corpus) for name in annotators}
        corpus.passes = reader.passes(annotators)
        corpus.raw = {name: own for name, own in corpus.raw.items() if name in corpus.passes}
    if gold:
        found = reader.documents("gold", corpus)
        corpus.gold = {article: found[article] for article in reader.articles if article in found}
        for article in reader.articles:
            if not (folder / "gold" / f"{article}.json").is_file():
                reader.found("missing-article", f"gold/{article}.json")
        reader.findings += check_story_links(corpus)
    return (None if any(each.is_error for each in reader.findings) else corpus), reader.findings


def load_corpus(folder: Path, *, gold: bool = True, raw: bool = True, partial: bool = False) -> Corpus:
    """Return a checked dataset folder; see ``check_corpus``.

    Raises ``FindingsError`` with every finding if there is an error in it, or if gold is wanted and an article has
    none; not so if ``partial``.
    """
    corpus, findings = check_corpus(folder, gold=gold, raw=raw)
    if not partial:
        needed = "missing-article"
        findings = [msgspec.structs.replace(f, severity="error") if f.rule == needed else f for f in findings]
    if corpus is None or any(each.is_error for each in findings):
        raise FindingsError(findings)
    return corpus
