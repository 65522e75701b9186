"""Adding an article, or a story with its articles: zones from line numbers, checksum from bytes. Nobody counts offsets by hand."""

import hashlib
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from parley.checks.shape import CONTROL, check_shape
from parley.corpus import Article, ArticleDate, Story, ZoneSpan
from parley.files import BOM, read_bytes, read_json
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


def zone_plan(lines: Mapping[str, str]) -> str:
    """Return the plan of ``parse_zones`` for the lines of each zone, in any order.

    >>> zone_plan({"headline": "1", "credit": "2,11", "body": "3-10"})
    'headline=1,credit=2,body=3-10,credit=11'
    """
    pieces = [(piece.strip(), zone) for zone, given in lines.items() for piece in str(given).split(",")]
    first = {piece: int(match[0]) if (match := re.match(r"\d+", piece)) else 0 for piece, _ in pieces}
    return ",".join(f"{zone}={piece}" for piece, zone in sorted(pieces, key=lambda own: first[own[0]]))


def describe_story(
    folder: Path, canary: str, *, split: str, provenance: str, licence: str, language: str
) -> tuple[Story, dict[str, Article], dict[str, bytes]]:
    """Return a story with its articles and their texts, by article id, from a folder with what its writer left.

    These are story.json (without canary), zones.json (for each article the lines of each zone, as ``zone_plan`` takes
    them), a text <article>.txt for each outlet and, once an editor wrote it, phenomena.json (a list for each article).

    Raises ``FindingsError`` for files that are missing, of another form, or of articles that no outlet has.
    """
    found: dict[str, dict[str, Any]] = {}
    for name in ("story.json", "zones.json", "phenomena.json"):
        if name == "phenomena.json" and not (folder / name).exists():
            continue
        value, findings = read_json(folder / name)
        if not findings and not isinstance(value, dict):
            findings = [
                finding("wrong-type", value=value, found="no object", wanted="an object", file=str(folder / name))
            ]
        if not findings and name == "story.json":
            value = {**value, "canary": canary}
            findings = check_shape(value, "story", file=str(folder / name))
        if findings:
            raise FindingsError(findings)
        found[name] = value
    story = msgspec.convert(found["story.json"], Story)
    given = [(name, article) for name in ("zones.json", "phenomena.json") for article in found.get(name, {})]
    given += [(path.name, path.stem) for path in sorted(folder.glob("*.txt"))]
    known = {own.article for own in story.outlets}
    if strangers := [each for each in given if each[1] not in known]:
        kind = "outlet of the story with the article"
        raise FindingsError(
            finding("dangling-id", file=str(folder / name), kind=kind, id=article) for name, article in strangers
        )
    articles, texts = dict[str, Article](), dict[str, bytes]()
    for own in story.outlets:
        file = folder / f"{own.article}.txt"
        data, findings = read_bytes(file)
        if data is None:
            raise FindingsError(findings)
        try:
            article = describe(
                own.article,
                data,
                zone_plan(found["zones.json"].get(own.article, {})),
                split=split,
                date=ArticleDate(value=own.date, basis="stated", reason=f"The story {story.id} says so."),
                provenance=provenance,
                licence=licence,
                source_name=file.name,
                language=language,
            )
        except FindingsError as error:
            raise FindingsError(msgspec.structs.replace(each, file=str(file)) for each in error.findings) from None
        article.story, article.origin, article.outlet = story.id, "authored", story.outlet(own)
        article.phenomena = found.get("phenomena.json", {}).get(own.article, [])
        articles[own.article], texts[own.article] = article, data
    return story, articles, texts
