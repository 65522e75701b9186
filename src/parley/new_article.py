"""Adding an article: zones from line numbers, checksum from bytes. Nobody counts offsets by hand."""

import hashlib
import re
from collections.abc import Iterable

from parley.checks.shape import CONTROL
from parley.corpus import Article, ArticleDate, ZoneSpan
from parley.files import BOM
from parley.findings import FindingsError, finding, shorten
from parley.ontology import load_ontology
from parley.segment import split_lines

_PIECE = re.compile(r"(?P<zone>[a-z]+)=(?P<first>\d+)(?P<range>-(?P<last>\d*))?")


def _refuse(message: str, suggestion: str) -> FindingsError:
    return FindingsError([finding("bad-zones", problem=message, fix=suggestion)])


def headline(zones: Iterable[ZoneSpan], text: str) -> str | None:
    """Return the headline of an article, blanks in place of control characters; None if it has none."""
    return next((CONTROL.sub(" ", text[z.start : z.end]).strip() for z in zones if z.zone == "headline"), None)


def parse_zones(plan: str, text: str) -> list[ZoneSpan]:
    """Return the zones that ``plan`` divides ``text`` into, e.g. ``headline=1,standfirst=2,body=3-9,notice=10-``.

    Numbers are lines of the text, counted from 1; a range without an end goes to the last line. Every line must be in
    one zone, in order. Raises ``FindingsError`` for a plan of another form, or one that does not cover the text.
    """
    lines = split_lines(text)
    known = load_ontology().names("zones")
    zones: list[ZoneSpan] = []
    at, line = 0, 1
    for piece in plan.split(","):
        match = _PIECE.fullmatch(piece.strip())
        if match is None or match["zone"] not in known:
            raise _refuse(
                f"{shorten(piece)} is no zone", f"write ZONE=LINE or ZONE=FIRST-LAST; zones are {', '.join(known)}"
            )
        first = int(match["first"])
        last = int(match["last"]) if match["last"] else len(lines) if match["range"] else first
        if first != line or not first <= last <= len(lines):
            problem = f"does not go on from line {line}" if first != line else f"ends after line {len(lines)}, the last"
            raise _refuse(
                f"{shorten(piece)} {problem}",
                f"cover lines 1 to {len(lines)} in order, each once",
            )
        size = sum(map(len, lines[first - 1 : last]))
        zones.append(ZoneSpan(zone=match["zone"], start=at, end=at + size))
        at, line = at + size, last + 1
    if line <= len(lines):
        raise _refuse(f"the zones end before line {line}", f"cover lines 1 to {len(lines)}")
    return zones


def describe(
    identifier: str,
    data: bytes,
    plan: str,
    *,
    split: str,
    date: ArticleDate,
    provenance: str,
    licence: str,
    source_name: str,
    language: str,
) -> Article:
    """Return the line of articles.jsonl for a text given as bytes; its title is its headline, if the plan has one.

    Raises ``FindingsError`` if the bytes are empty, not UTF-8 or begin with a byte-order mark, or if the zones (see ``parse_zones``) do not fit.
    """
    if data.startswith(BOM):
        raise FindingsError([finding("byte-order-mark", what="the text")])
    if not data.strip():
        raise FindingsError([finding("bad-zones", problem="the text is empty", fix="put the article into the file")])
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise FindingsError([finding("not-utf8", at=error.start)]) from None
    zones = parse_zones(plan, text)
    return Article(
        id=identifier,
        source_name=source_name,
        sha256=hashlib.sha256(data).hexdigest(),
        split=split,
        language=language,
        title=headline(zones, text),
        date=date,
        provenance=provenance,
        licence=licence,
        zones=zones,
    )
