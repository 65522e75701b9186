"""parley strip: a dataset folder without its articles' words, from which ``hydrate`` gives it back to the byte.

Left out are the articles, the words of every span (its offsets say them), and every quotation of four words or more
in any other file, such as headlines, notes and names of over twelve words, for which references stand. What remains
of the texts is single words and short phrases: entity names and ids, normalised values, phrases of the language.
The built files are built from rows without text. Nothing is written that was not taken back and compared first.
"""

import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath

from parley.checks import Corpus, load_corpus
from parley.dataset.folder import build, differences, stale_files
from parley.files import to_json
from parley.findings import Finding, FindingsError
from parley.release import standoff
from parley.release.fingerprint import fingerprint
from parley.release.quotations import Quotations, decode, has_reference, map_strings
from parley.release.standoff import Standoff, StandoffFile, builders, dataset_files, digest
from parley.release.text_free import build_text_free, table_words

ABOUT = (
    "The annotation without the articles. Offsets count code points; ⟦article:start-end⟧ stands for the words of an "
    "article there. `parley hydrate` joins this folder to the texts and gives the whole dataset back, byte for byte."
)

_AS_PARLEY = "write spans as parley does: start, end, text, in this order"

# A span as it is written in gold and raw records: start, end, text, with the same white space between them.
_SPAN = r'("start"\s*:\s*(?P<start>\d+)(?P<comma>\s*,\s*)"end"(?P<colon>\s*:\s*)(?P<end>\d+))'
_SPAN_WITH_TEXT = re.compile(_SPAN + r'(?P=comma)"text"(?P=colon)(?P<text>"(?:[^"\\]|\\.)*")')
_SPAN_ALONE = re.compile(_SPAN)


def is_record(path: str) -> bool:
    """Whether a file of the dataset folder is the annotation of one article."""
    parts = PurePosixPath(path).parts
    folder = (parts[0], len(parts))
    return path.endswith(".json") and folder in {("gold", 2), ("raw", 3)}


def _article_of(path: str) -> str:
    return PurePosixPath(path).stem


def drop_span_texts(record: str, text: str) -> str:
    """Return a record (as JSON) with each span's text left out where it is the article's at its offsets."""

    def short(match: re.Match[str]) -> str:
        same = json.loads(match["text"]) == text[int(match["start"]) : int(match["end"])]
        return match[1] if same else match[0]

    return _SPAN_WITH_TEXT.sub(short, record)


def add_span_texts(record: str, text: str) -> str:
    """Return a record with the text of each span after its offsets. Raises ``ValueError`` for one outside the text."""

    def whole(match: re.Match[str]) -> str:
        start, end = int(match["start"]), int(match["end"])
        if not start < end <= len(text):
            raise ValueError(f"the span {start}-{end} lies outside the text")
        return f'{match[0]}{match["comma"]}"text"{match["colon"]}{json.dumps(text[start:end], ensure_ascii=False)}'

    return _SPAN_ALONE.sub(whole, record)


def to_standoff(path: str, content: str, quotations: Quotations) -> str:
    """Return a source file of the dataset folder without the articles' words."""
    if is_record(path):
        content = drop_span_texts(content, quotations.texts[_article_of(path)])
    return map_strings(content, quotations.encode)


def from_standoff(path: str, content: str, texts: Mapping[str, str]) -> str:
    """Return a source file with the articles' words. Raises ``ValueError`` where it refers to no place in them."""
    content = map_strings(content, lambda string: decode(string, texts))
    if is_record(path):
        if _article_of(path) not in texts:
            raise ValueError(f"there is no article '{_article_of(path)}'")
        content = add_span_texts(content, texts[_article_of(path)])
    return content


def names_of(corpus: Corpus) -> set[str]:
    """Return the names and ids that people gave to entities and event clusters, in gold, passes and registry."""
    records = [*corpus.gold.values(), *(record for own in corpus.raw.values() for record in own.values())]
    names = {entity.name for record in records for entity in record.entities}
    return names | {name for entry in corpus.registry.entries for name in (entry.name, entry.id)}


def _cannot(path: str, message: str, suggestion: str) -> Finding:
    return Finding(rule="cannot-strip", message=message, file=path, suggestion=suggestion)


def _strip_source(path: str, data: bytes, quotations: Quotations) -> tuple[bytes, list[Finding]]:
    if PurePosixPath(path).suffix not in (".json", ".jsonl"):
        mend = "take it out of the dataset folder"
        return data, [_cannot(path, "what kind of file this is, and what it holds of the articles, is not known", mend)]
    try:
        content = data.decode("utf-8")
        if has_reference(content):
            return data, [_cannot(path, "it holds ⟦…⟧ as in text-free files", "write it another way")]
        short = to_standoff(path, content, quotations)
        whole = from_standoff(path, short, quotations.texts)
    except ValueError as error:
        return data, [_cannot(path, f"it is not JSON in UTF-8: {error}", "mend it: parley validate")]
    if whole != content:
        at = next((n for n, (a, b) in enumerate(zip(whole, content, strict=False)) if a != b), 0)
        line = content.count("\n", 0, at) + 1
        message = f"line {line} could not be given back as it is from offsets alone"
        return data, [_cannot(path, message, _AS_PARLEY)]
    if is_record(path) and (left := re.search(r'"text"\s*:', short)):
        line = short.count("\n", 0, left.start()) + 1
        return data, [_cannot(path, f"the words of the span in line {line} would be left in it", _AS_PARLEY)]
    return short.encode("utf-8"), []


def _left(files: Mapping[str, str], tables: Iterable[tuple[str, str]], quotations: Quotations) -> list[Finding]:
    """Return a finding for each file that still quotes an article."""
    found = []
    for path, content in [*files.items(), *tables]:
        if quoted := quotations.first(content):
            mend = "write it in other words, or with the capitals of the article"
            found.append(_cannot(path, f"the words '{quoted}' of an article would be left in it", mend))
    return found


def strip(folder: Path, *, rebuild: bool = False) -> dict[str, bytes]:
    """Return the text-free form of a dataset folder: path -> bytes.

    The same folder gives the same bytes. With ``rebuild`` built files are taken as a build gives them, not as they are
    in the folder; else a difference is an error. Raises ``FindingsError`` where the folder has errors, where built files are
    not as a build gives them, and where something could not be left out and given back exactly.
    """
    if (folder / standoff.PATH).exists():
        raise FindingsError([_cannot(standoff.PATH, "the folder is text-free already", "name the whole dataset folder")])  # fmt: skip
    corpus = load_corpus(folder)
    whole = dataset_files(folder)
    built = build(corpus)
    there = {path: data for path, data in built.items() if rebuild or path in whole}
    stale = stale_files(built, folder)
    if not rebuild and (wrong := differences(there, folder, stale)):
        raise FindingsError(wrong)
    quotations = Quotations(corpus.texts, names_of(corpus))
    articles = {f"articles/{article}.txt" for article in corpus.articles}
    sources, findings = dict[str, bytes](), list[Finding]()
    for path, data in whole.items():
        if path in articles or path in built or path in stale:
            continue
        sources[path], wrong = _strip_source(path, data, quotations)
        findings += wrong
    short, tables = build_text_free(corpus, quotations)
    strings = ((table.path, word) for table in tables for word in table_words(table))
    if not findings:
        readable = {p: d.decode("utf-8") for p, d in (sources | short).items() if not p.endswith(".parquet")}
        findings = _left(readable, strings, quotations)
    if findings:
        raise FindingsError(findings)
    record = Standoff(
        format=standoff.FORMAT,
        name=corpus.info.name,
        version=corpus.info.version,
        canary=corpus.info.canary,
        about=ABOUT,
        built_with=builders(),
        articles=[fingerprint(article, whole[f"articles/{article}.txt"]) for article in corpus.articles],
        sources=[StandoffFile(path=p, sha256=digest(d), whole=digest(whole[p])) for p, d in sources.items()],
        built=[
            StandoffFile(path=p, sha256=digest(d), whole=digest(there[p]) if p in there else None)
            for p, d in sorted(short.items())
        ],
    )
    return dict(sorted((sources | short | {standoff.PATH: to_json(record).encode("utf-8")}).items()))
