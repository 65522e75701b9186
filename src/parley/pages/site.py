"""The whole site: every page and file of it, made in memory, then written; the same input gives the same bytes."""

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from pathlib import Path, PurePosixPath
from typing import NamedTuple
from urllib.parse import quote, unquote

import msgspec

from parley.checks.predictions import read_predictions
from parley.checks.shape import check_shape
from parley.corpus import Corpus, DatasetInfo
from parley.files import parse_json, read_bytes, to_json, write_whole
from parley.findings import Finding, FindingsError, finding
from parley.leaderboard.records import Board, Leaderboard, Row
from parley.leaderboard.submission import DESCRIPTION, PREDICTIONS, REPORT, read_description
from parley.pages.article import Shown, article_page, shown_articles
from parley.pages.board import Files, board_page
from parley.pages.curves import ADDRESS, FILE, SECTION, Curves, curves_page
from parley.pages.html import POWER, Notice, Site, notice, page
from parley.pages.pair import in_common, pair_page, side_by_side
from parley.pages.report import cases_of, report_pages
from parley.pages.story import story_page, tell
from parley.pages.system import system_page
from parley.report import Report
from parley.scoring.report import hash_gold
from parley.words import printable

MANIFEST = ".parley-site"  # the files that were written, a line each, so that a rebuild can remove those no longer made
MAX_FILE = 500_000_000  # bytes
MOST_PAIRS = 200  # pages of two articles side by side
SECTIONS = [("Leaderboard", "index.html"), ("Articles", "articles.html")]
STORIES = ("Stories", "stories.html")  # the section of datasets with invented stories
_PART = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._+-]*")

# Documents that every page links to: label, place in the repository, address in the site (plain text opens anywhere).
_ABOUT = [
    ("Dataset card", "data/README.md", "about/card.txt"),
    ("Datasheet", "DATASHEET.md", "about/datasheet.txt"),
    ("Annotation guidelines", "annotation/GUIDELINES.md", "about/guidelines.txt"),
    ("How to submit", "eval/README.md", "about/submit.txt"),
    ("What the benchmark can tell", "docs/power.md", POWER),
]

Contents = dict[str, bytes]  # address from the site's folder -> content


class Pair(NamedTuple):
    """Two articles that share something in the registry, the address of their page, and how much they share."""

    left: Shown
    right: Shown
    address: str
    event_clusters: int
    entities: int


def make_site(leaderboard: Leaderboard, root: Path, csv: str, corpus: Corpus) -> Contents:
    """Return every file of the site.

    ``root`` is the folder that the leaderboard's paths start from, ``csv`` the same table for spreadsheets. Reports
    and predictions must have the checksums that the leaderboard says. A report has a page where the dataset has the
    gold that it was scored against.

    Raises ``FindingsError`` with all that is wrong with the files of the submissions.
    """
    made: Contents = {}
    for _, path, address in _ABOUT:
        file = corpus.folder / "README.md" if path.startswith("data/") else corpus.folder.parent / path
        if file.is_file():
            made[address] = file.read_bytes()
    annotated = {corpus.articles[article].story for article in corpus.gold}
    sections = [*SECTIONS, STORIES] if annotated & corpus.stories.keys() else SECTIONS
    curves = _curves(corpus.folder.parent / FILE)
    if curves is not None:
        sections = [*sections, (SECTION, ADDRESS)]
    site = Site(sections, [(label, address) for label, _, address in _ABOUT if address in made])
    made |= _articles(site, corpus)
    if curves is not None:
        made[ADDRESS] = curves_page(site, curves).encode()
    findings: list[Finding] = []
    reports: dict[tuple[int, str], Report] = {}
    files: dict[tuple[int, str], Files] = {}
    for number, board in enumerate(leaderboard.boards):
        is_ours = board.data == corpus.info.version and board.gold == hash_gold(corpus, board.split)
        for row in board.systems:
            key = number, row.submission.system
            files[key] = _addresses(row, board, is_first=number == 0, has_page=is_ours)
            try:
                found, reports[key] = _system(row, root, site, corpus if is_ours else None, board, files[key])
            except FindingsError as error:
                findings += error.findings
                continue
            made |= found
    if findings:
        raise FindingsError(findings)
    made["index.html"] = board_page(site, leaderboard, reports, files).encode()
    made["leaderboard.json"] = to_json(leaderboard).encode()
    made["leaderboard.csv"] = csv.encode()
    return made


def pairs(articles: Sequence[Shown]) -> tuple[list[Pair], bool]:
    """Return the pairs that share anything, those that share most first, and whether more were left out."""
    found = [
        Pair(left, right, f"pairs/{left.id}/{right.id}.html", *common)
        for left, right in combinations(articles, 2)
        if any(common := in_common(left, right))
    ]
    found.sort(key=lambda p: (-p.event_clusters, -p.entities, p.left.id, p.right.id))
    return found[:MOST_PAIRS], len(found) > MOST_PAIRS


def articles_page(site: Site, info: DatasetInfo, articles: Sequence[Shown]) -> str:
    """Return the page that lists articles and pairs."""
    found, left_out = pairs(articles)
    return page(
        "articles.html.j2",
        "site.css",
        "board.js",
        info=info,
        articles=articles,
        pairs=found,
        left_out=left_out,
        **site.around("articles.html", "Articles"),
    )


def stance_page(site: Site, article: Shown, said: Notice) -> str:
    """Return the page with the table of an article's stances and their evidence."""
    address = f"stances/{article.id}.html"
    return page("stance.html.j2", "site.css", "board.js", notice=said, a=article, **site.around(address, "Articles"))


def _curves(path: Path) -> Curves | None:
    """Return the learning curves, if there are any: ours, written by a command. Raises ``FindingsError`` if unreadable."""
    data, findings = read_bytes(path, limit=MAX_FILE) if path.is_file() else (None, [])
    if findings:
        raise FindingsError(findings)
    return msgspec.json.decode(data, type=Curves) if data is not None else None


def _articles(site: Site, corpus: Corpus) -> Iterator[tuple[str, bytes]]:
    """Yield the pages of the article browser: articles that have gold."""
    articles, said = shown_articles(corpus), notice(corpus)
    yield "articles.html", articles_page(site, corpus.info, articles).encode()
    for a in articles:
        address, stances = f"articles/{a.id}.html", f"stances/{a.id}.html"
        ways = [("Who stands where", f"../{stances}")] if a.shown_stances else []
        yield address, article_page(a, notice=said, site=site, address=address, ways=ways).encode()
        if a.shown_stances:
            yield stances, stance_page(site, a, said).encode()
    yield from _stories(site, corpus, articles, said)
    for pair in pairs(articles)[0]:
        yield pair.address, pair_page(site, side_by_side(pair.left, pair.right), said, pair.address).encode()


def _stories(site: Site, corpus: Corpus, articles: Sequence[Shown], said: Notice) -> Iterator[tuple[str, bytes]]:
    """Yield the pages of the invented stories that have annotated articles."""
    stories = [own for story in corpus.stories.values() if (own := tell(story, articles)).reports]
    if not stories:
        return
    around = site.around("stories.html", "Stories")
    listed = page("storylist.html.j2", "site.css", "board.js", info=corpus.info, stories=stories, **around)
    yield "stories.html", listed.encode()
    for own in stories:
        address = f"stories/{own.story.id}.html"
        yield address, story_page(site, own, said, address).encode()


def _place(path: str, row: Row) -> str:
    """Return the address of a file of a submission in the site: as in the leaderboard, if that is a harmless path."""
    parts = PurePosixPath(path).parts
    if len(parts) > 1 and all(_PART.fullmatch(part) for part in parts):
        return "/".join(parts)
    return f"systems/{row.report_sha256[:16]}/{PurePosixPath(path).suffix.lstrip('.') or 'file'}-{_digest(path)}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def _page_place(row: Row) -> str:
    return str(PurePosixPath(_place(f"{row.folder}/{REPORT}", row)).with_suffix(".html"))


def _addresses(row: Row, board: Board, *, is_first: bool, has_page: bool) -> Files:
    """Return the links to a system's page and files. On older boards the page's address has the version of the data."""
    name = row.submission.system
    name = name if _PART.fullmatch(name) else f"system-{_digest(name)}"
    own = quote(f"systems/{name}.html" if is_first else f"systems/{board.data}/{name}.html")
    report, predictions, submission = (
        quote(_place(f"{row.folder}/{name}", row)) for name in (REPORT, PREDICTIONS, DESCRIPTION)
    )
    return Files(own, report, predictions, submission, quote(_page_place(row)) if has_page else "")


def _checked(path: Path, sha256: str) -> bytes:
    """Return a file's bytes. Raises ``FindingsError`` if it cannot be read or has another checksum."""
    file = printable(str(path))
    data, findings = read_bytes(path, file, MAX_FILE)
    if data is None:
        raise FindingsError(findings)
    if hashlib.sha256(data).hexdigest() != sha256:
        problem, fix = "its checksum differs from the one on the leaderboard", "run `parley leaderboard` again"
        raise FindingsError([finding("wrong-hash", file=file, problem=problem, fix=fix)])
    return data


def _system(
    row: Row, root: Path, site: Site, corpus: Corpus | None, board: Board, files: Files
) -> tuple[Contents, Report]:
    """Return the page and files of one system, and its report; pages of the report if there is a corpus for it."""
    report_path, predictions_path = root / f"{row.folder}/{REPORT}", root / f"{row.folder}/{PREDICTIONS}"
    data = _checked(report_path, row.report_sha256)
    file = printable(str(report_path))
    value, findings = parse_json(data, file)
    findings = findings or check_shape(value, "report", file=file)
    if findings:
        raise FindingsError(findings)
    report = msgspec.convert(value, Report)
    predictions = _checked(predictions_path, row.submission.predictions_sha256)
    description, findings = read_description(root / f"{row.folder}/{DESCRIPTION}")
    if description is None:
        raise FindingsError(findings)
    submission, findings = read_bytes(root / f"{row.folder}/{DESCRIPTION}", limit=MAX_FILE)
    if submission is None:
        raise FindingsError(findings)
    found = {
        _place(f"{row.folder}/{REPORT}", row): data,
        _place(f"{row.folder}/{PREDICTIONS}", row): predictions,
        _place(f"{row.folder}/{DESCRIPTION}", row): submission,
    }
    cases = None
    if corpus is not None:
        cases = cases_of(corpus, read_predictions(predictions_path, corpus, board.split), board.split)
        pages = report_pages(report, corpus, cases, _page_place(row), site)
        found |= {at: html.encode() for at, html in pages.items()}
    found[unquote(files.system)] = system_page(site, board, row, files, report, corpus, cases).encode()
    return found, report


def occupied(folder: Path) -> str | None:
    """Return why a folder cannot take the site, None if it can: it is new, empty, or holds one that was made before."""
    if not folder.exists():
        return None
    if not folder.is_dir():
        return "it is a file"
    if not (folder / MANIFEST).is_file() and any(folder.iterdir()):
        return "it holds other files; name a new folder"
    return None


def write_site(folder: Path, contents: Mapping[str, bytes]) -> list[Path]:
    """Write the site and remove what an earlier one had and this one does not; return the files that changed."""
    before = _manifest(folder)
    changed = []
    for address in sorted(contents):
        path = folder / address
        if not path.is_file() or path.read_bytes() != contents[address]:
            write_whole(path, contents[address])
            changed.append(path)
    for address in sorted(before - contents.keys()):
        (folder / address).unlink(missing_ok=True)
        changed.append(folder / address)
    listed = "".join(f"{address}\n" for address in sorted(contents))
    if not (folder / MANIFEST).is_file() or (folder / MANIFEST).read_text("utf-8") != listed:
        write_whole(folder / MANIFEST, listed)
    return changed


def _manifest(folder: Path) -> set[str]:
    """Return the files of an earlier site; lines that lead out of the folder are none."""
    path = folder / MANIFEST
    if not path.is_file():
        return set()
    lines = path.read_text("utf-8", errors="replace").splitlines()
    return {line for line in lines if line and all(_PART.fullmatch(part) for part in PurePosixPath(line).parts)}
