"""The whole site: every page and file of it, made in memory, then written; the same input gives the same bytes."""

import hashlib
import re
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from urllib.parse import quote

import msgspec

from parley.checks.predictions import read_predictions
from parley.checks.shape import check_shape
from parley.corpus import Corpus
from parley.files import parse_json, printable, read_bytes, to_json, write_whole
from parley.findings import Finding, FindingsError
from parley.leaderboard.records import Board, Leaderboard, Row
from parley.leaderboard.submission import DESCRIPTION, PREDICTIONS, REPORT, read_description
from parley.report_form import Report
from parley.scoring.report import hash_gold
from parley.show.report_page import render as render_report
from parley.site import pages
from parley.site.boards import Files
from parley.site.reading import read
from parley.site.sides import side_by_side

MANIFEST = ".parley-site"  # the files that were written, a line each, so that a rebuild can take away what is gone
MAX_FILE = 500_000_000  # bytes
_PART = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._+-]*")

Contents = dict[str, bytes]  # address from the site's folder -> content


def make_site(leaderboard: Leaderboard, root: Path, csv: str, corpus: Corpus) -> Contents:
    """Return every file of the site.

    ``root`` is the folder that the leaderboard's paths are from, ``csv`` the same table for spreadsheets. Reports and
    predictions must have the checksums that the leaderboard says. A page for a report is made where the dataset has
    the gold that it was scored against.

    Raises ``FindingsError`` with all that is wrong with the files of the submissions.
    """
    frame = pages.Frame([(pages.BOARD_LABEL, pages.BOARD), (pages.ARTICLES_LABEL, pages.ARTICLES)])
    made: Contents = dict(_articles(frame, corpus))
    findings: list[Finding] = []
    reports: dict[tuple[int, str], Report] = {}
    files: dict[tuple[int, str], Files] = {}
    for number, board in enumerate(leaderboard.boards):
        is_ours = board.data == corpus.info.version and board.gold == hash_gold(corpus, board.split)
        for row in board.systems:
            try:
                found, report = _system(row, root, frame, corpus if is_ours else None, board)
            except FindingsError as error:
                findings += error.findings
                continue
            key = number, row.submission.system
            reports[key] = report
            files[key] = _addresses(row, has_page=is_ours)
            made |= found
    if findings:
        raise FindingsError(findings)
    made[pages.BOARD] = pages.board_page(frame, leaderboard, reports, files).encode()
    made["leaderboard.json"] = to_json(leaderboard).encode()
    made["leaderboard.csv"] = csv.encode()
    return made


def _articles(frame: pages.Frame, corpus: Corpus) -> Iterator[tuple[str, bytes]]:
    """Yield the pages of the article browser: articles that have gold."""
    readings = [read(corpus, article) for article in corpus.articles if article in corpus.gold]
    found, left_out = pages.pairs(readings)
    links = [pair for _, _, pair in found]
    yield pages.ARTICLES, pages.articles_page(frame, corpus.info, readings, links, left_out=left_out).encode()
    for reading in readings:
        yield pages.text_of(reading), pages.text_page(frame, reading).encode()
        if reading.view.stances:
            yield pages.stances_of(reading), pages.stance_page(frame, reading).encode()
    for left, right, pair in found:
        yield pair.address, pages.pair_page(frame, side_by_side(left, right)).encode()


def _place(path: str, row: Row) -> str:
    """Return where a file of a submission stands in the site: as in the leaderboard, if that is a harmless path."""
    parts = PurePosixPath(path).parts
    if len(parts) > 1 and all(_PART.fullmatch(part) for part in parts):
        return "/".join(parts)
    return f"systems/{row.report_sha256[:16]}/{PurePosixPath(path).suffix.lstrip('.') or 'file'}-{_digest(path)}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def _page_place(row: Row) -> str:
    return str(PurePosixPath(_place(f"{row.folder}/{REPORT}", row)).with_suffix(".html"))


def _addresses(row: Row, *, has_page: bool) -> Files:
    """Return the links to a system's files."""
    report, predictions, submission = (
        quote(_place(f"{row.folder}/{name}", row)) for name in (REPORT, PREDICTIONS, DESCRIPTION)
    )
    return Files(report, predictions, submission, quote(_page_place(row)) if has_page else "")


def _checked(path: Path, sha256: str) -> bytes:
    """Return a file's bytes. Raises ``FindingsError`` if it cannot be read or has another checksum."""
    file = printable(str(path))
    data, findings = read_bytes(path, file, MAX_FILE)
    if data is None:
        raise FindingsError(findings)
    if hashlib.sha256(data).hexdigest() != sha256:
        message, mend = "its checksum is not the one on the leaderboard", "make the leaderboard anew"
        raise FindingsError([Finding(rule="wrong-hash", message=message, file=file, suggestion=mend)])
    return data


def _system(row: Row, root: Path, frame: pages.Frame, corpus: Corpus | None, board: Board) -> tuple[Contents, Report]:
    """Return the files of one system and its report; a page of the report if there is a corpus to read it against."""
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
    if corpus is not None:
        page = _page_place(row)
        lines = read_predictions(predictions_path, corpus, board.split)
        found[page] = render_report(report, corpus, lines, ways=frame.way_back(page)).encode()
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
    """Write the site and take away what an earlier one had and this one has not; return the files that changed."""
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
