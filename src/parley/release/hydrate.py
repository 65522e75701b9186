"""parley hydrate: a text-free folder and the texts make the whole dataset again, to the byte or not at all."""

from pathlib import Path

from parley.checks import load_corpus
from parley.dataset.folder import build
from parley.files import read_bytes, shorten, write_whole
from parley.findings import Finding, FindingsError
from parley.release.fingerprint import Fingerprint, resembles, tell_difference
from parley.release.packing import new_folder
from parley.release.standoff import Standoff, builders, digest, read_files, read_standoff, unlike
from parley.release.strip import from_standoff

_FEW_FILES = 20  # among which one is looked for that was meant to be an article
_MOST_FILES = 1_000_000  # that are looked at for texts


def _wrong(rule: str, file: str, message: str, suggestion: str) -> Finding:
    return Finding(rule=rule, message=message, file=file, suggestion=suggestion)


def find_texts(folder: Path, wanted: list[Fingerprint]) -> dict[str, bytes]:
    """Return the texts in a folder, article id -> bytes: by checksum, whatever the files are called.

    Raises ``FindingsError`` naming each article that is missing, each ``<id>.txt`` that differs, saying where and
    how, and each ``.txt`` that is no article's.
    """
    if not folder.is_dir():
        raise FindingsError([_wrong("missing-file", str(folder), "there is no such folder", "name the folder with the texts")])  # fmt: skip
    of_hash = {article.sha256: article for article in wanted}
    longest = max((article.bytes for article in wanted), default=0)
    found, other = dict[str, bytes](), dict[str, bytes | None]()
    findings: list[Finding] = []
    paths = [path for _, path in zip(range(_MOST_FILES), sorted(folder.iterdir()), strict=False)]
    for path in (p for p in paths if p.is_file() and not p.name.startswith(".")):
        # Four times as long: what a change of encoding can do to a text. A longer file is read no further.
        data, wrong = read_bytes(path, path.name, 4 * longest + 1_000)
        article = of_hash.get(digest(data)) if data is not None else None
        if article is not None and data is not None:
            found[article.id] = data
        elif path.suffix == ".txt":
            other[path.name] = data
            findings += [] if data is not None else wrong
    for article in wanted:
        name = f"{article.id}.txt"
        if article.id not in found and name not in other and len(other) <= _FEW_FILES:
            name = next((n for n, data in other.items() if data is not None and resembles(data, article)), name)
        data = other.pop(name, None)
        if article.id in found:
            if data is not None:
                findings.append(_wrong("article-changed", name, "it is not the article, which is here under another name too", "take one of them away"))  # fmt: skip
        elif data is not None:
            message, mend = tell_difference(data, article)
            findings.append(_wrong("article-changed", name, f"the text is not the article that was annotated: {message}", mend))  # fmt: skip
        elif not any(finding.file == name for finding in findings):
            mend = f"put it there as {article.id}.txt ({article.bytes} bytes, SHA-256 {article.sha256})"
            findings.append(_wrong("missing-article", name, "no file in the folder is this article", mend))
    findings += [
        _wrong(
            "unknown-article", name, "it is no article of this dataset, by its checksum", "take it out of the folder"
        )
        for name, data in other.items()
        if data is not None
    ]
    if findings:
        raise FindingsError(findings)
    return found


def _sources(stripped: Path, record: Standoff, texts: dict[str, bytes]) -> dict[str, bytes]:
    """Return the source files of the whole dataset, articles included."""
    here = read_files(stripped, [*record.sources, *record.built])
    decoded = {article: data.decode("utf-8") for article, data in texts.items()}
    files, findings = dict[str, bytes](), list[Finding]()
    mend = "get the text-free release again"
    for file in record.sources:
        try:
            files[file.path] = from_standoff(file.path, here[file.path].decode("utf-8"), decoded).encode("utf-8")
        except ValueError as error:
            findings.append(_wrong("file-changed", file.path, f"it does not belong to these texts: {shorten(str(error), 200)}", mend))  # fmt: skip
    if not findings:
        message = "with the texts it is not the file of the dataset: its checksum differs"
        findings = [_wrong("file-changed", path, message, mend) for path in unlike(files, record.sources)]
    if findings:
        raise FindingsError(findings)
    return files | {f"articles/{article}.txt": data for article, data in texts.items()}


def _built(folder: Path, record: Standoff) -> dict[str, bytes]:
    """Return the built files that the dataset had, built from the sources in ``folder``."""
    built = build(load_corpus(folder))
    if different := list(unlike(built, record.built)):
        now = builders()
        others = [f"{name} {version} (here: {now.get(name, 'none')})" for name, version in record.built_with.items() if now.get(name) != version]  # fmt: skip
        why = f"it was built with {', '.join(others)}" if others else "another version of parley may have built it"
        mend = "install those versions, or hydrate the sources alone (--sources) and run `parley build`"
        raise FindingsError(_wrong("not-as-built", path, f"what is built here differs from it; {why}", mend) for path in different)  # fmt: skip
    return {file.path: built[file.path] for file in record.built if file.whole is not None}


def hydrate(stripped: Path, texts: Path, out: Path, *, sources_only: bool = False) -> list[str]:
    """Write the whole dataset to the new folder ``out`` and return its files' paths.

    ``stripped`` is a text-free folder or release, ``texts`` a folder with the articles. Every file is compared with
    the checksum of the original before ``out`` appears. With ``sources_only`` the built files are left out.

    Raises ``FindingsError`` for a missing, changed or unknown text, a changed file of the text-free folder, built files
    that come out otherwise here, and an ``out`` that is there already.
    """
    record = read_standoff(stripped)
    files = _sources(stripped, record, find_texts(texts, record.articles))
    with new_folder(out) as folder:
        for path, data in files.items():
            write_whole(folder / path, data)
        built = {} if sources_only else _built(folder, record)
        for path, data in built.items():
            write_whole(folder / path, data)
    return sorted([*files, *built])
