"""The line notation of the quote form: the same records, one item a line, about a third of the JSON in length.

People and language models write it by hand. ``read_notation`` gives the quote form as a JSON value, to be checked and
resolved like any other; ``write_notation`` gives the lines of one. ::

    article harbour-talks
    e e1 GPE "Norland"                                entity: id, type, readable name; registry= members=e2,e3
    e e2 PER "Ada Brink"
    # 1                                               the sentence of the lines that follow
    m e1 NAM government "Norland"                     mention: entity, form, role in context (of a GPE), quotation
    v t1 TIME value=2031-05-09 "Friday"               value: mod=; of a QTY number= unit= qualifier=
    p p1 "treat the strait as common"                 proposition; a second line of the same id is a later mention
    t v1 State actual "said" Agent=e2 Content=v2,p1   event: via= same= harm= registry=, then the trigger and its roles
    t v2 Meet planned via=v1 "meet"*2 Time=t1         *2: the second occurrence in the sentence
    s s1 e2 > p1 support demand explicit via=v1 "said" @2 "as common"      explicit or implied; @2: evidence in sentence 2

Quotations and values with blanks are JSON strings. Blank lines and lines that begin with ``//`` are skipped.
"""

import codecs
import itertools
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from parley.files import read_bytes, read_json
from parley.findings import Finding, finding, shorten
from parley.quotes import Quote, QuoteDocument, QuoteEvent
from parley.reading import AnnotatedArticle

FORMS = {
    "article": "article ID",
    "#": "# SENTENCE",
    "e": 'e ID TYPE "name" [registry=ID] [members=ID,ID]',
    "m": 'm ENTITY FORM [ROLE] "quotation"',
    "v": 'v ID TIME|QTY [value=…] [mod=…] [number=…] [unit=…] [qualifier=…] "quotation"',
    "p": 'p ID "quotation"',
    "t": 't ID TYPE STATUS [via=ID] [same=ID] [harm=…] [registry=ID] "trigger" [ROLE=ID,ID …]',
    "s": 's ID HOLDER > TARGET POLARITY FACET explicit|implied [via=ID] "evidence" [@SENTENCE "evidence"]',
}
_STRING = r'"(?:[^"\\]|\\.)*"'
_PARTS = re.compile(rf'\w+={_STRING}|{_STRING}(?:\*\d+)?|[^\s"]+|"')
_QUOTED = re.compile(rf"({_STRING})(?:\*(\d{{1,6}}))?")
_OPTIONS = {
    "e": ("registry", "members"),
    "v": ("value", "mod", "number", "unit", "qualifier"),
    "t": ("via", "same", "harm", "registry"),
    "s": ("via",),
}
_LISTS = {"e": "entities", "v": "values", "t": "events", "p": "propositions", "s": "stances"}
_FILLERS = {"entities": "entity", "values": "value", "events": "event", "propositions": "proposition"}
_NUMBER = re.compile(r"-?\d{1,15}(\.\d{1,15})?", re.ASCII)


class _LineError(ValueError):
    """A line that is not of its form; the argument says why."""


class _Line:
    """The parts of one line, taken from the left."""

    def __init__(self, kind: str, parts: list[str], sentence: int | None) -> None:
        self.kind, self.parts, self.sentence = kind, parts, sentence

    def word(self, what: str) -> str:
        if not self.parts or self.parts[0].startswith('"'):
            raise _LineError(f"{what} is missing")
        return self.parts.pop(0)

    def words_before_quote(self) -> list[str]:
        """Return the parts up to the next quotation."""
        return [self.parts.pop(0) for _ in list(itertools.takewhile(lambda part: part[0] != '"', self.parts))]

    def string(self, what: str) -> tuple[str, int | None]:
        """Return the quotation that comes next, and its occurrence if one is stated."""
        match = _QUOTED.fullmatch(self.parts[0]) if self.parts else None
        if match is None:
            raise _LineError(f"{what} is missing or its quotation marks are not closed")
        self.parts.pop(0)
        return _string(match[1]), int(match[2]) if match[2] else None

    def quote(self, what: str) -> dict[str, Any]:
        """Return the quotation that comes next, in the sentence the line stands under."""
        if self.sentence is None:
            raise _LineError("no sentence is set; put a line like '# 1' before it")
        quote, occurrence = self.string(what)
        stated = {} if occurrence is None else {"occurrence": occurrence}
        return {"sentence": self.sentence, "quote": quote, **stated}

    def options(self, parts: list[str]) -> dict[str, str]:
        """Return the ``key=value`` parts that this kind of line can have."""
        found: dict[str, str] = {}
        for part in parts:
            key, is_option, value = part.partition("=")
            if not is_option or key not in _OPTIONS[self.kind] or key in found:
                raise _LineError(f"{shorten(part)} is not expected here")
            found[key] = _string(value) if value.startswith('"') else value
        return found

    def end(self) -> None:
        if self.parts:
            raise _LineError(f"'{self.parts[0]}' is too much")


def _string(written: str) -> str:
    try:
        value = json.loads(written)
    except ValueError as error:
        raise _LineError(f"{written} is no JSON string: {error}") from error
    if re.search("[\ud800-\udfff]", value):
        raise _LineError(f"{written} holds half of a character; write the character itself")
    return str(value)


def read_notation(text: str, file: str = "") -> tuple[dict[str, Any], dict[str, int], list[Finding]]:
    """Return the quote form that the lines write, the line of each item by its JSON path, and what is wrong.

    A finding for each line that is not of its form, and for each role whose filler no line declares.
    """
    lists: dict[str, list[Any]] = {name: [] for name in ("entities", "values", "events", "propositions", "stances")}
    value: dict[str, Any] = {"id": "", **lists}
    lines: dict[str, int] = {}
    findings: list[Finding] = []
    mentions: list[tuple[int, str, dict[str, Any]]] = []
    sentence: int | None = None

    def wrong(number: int, kind: str, why: str) -> None:
        form = FORMS.get(kind, " · ".join(FORMS))
        findings.append(finding("line-notation", file=file, line=number, why=why, form=form))

    for number, written in enumerate(text.split("\n"), 1):
        if not written.strip() or written.lstrip().startswith("//"):
            continue
        kind, *parts = _PARTS.findall(written.replace("#", "# ", 1) if written.lstrip()[0] == "#" else written)
        line = _Line(kind, parts, sentence)
        try:
            if kind == "article":
                if value["id"]:
                    raise _LineError("the article is already named")
                value["id"] = line.word("the id")
            elif kind == "#":
                count = line.word("the number")
                if not re.fullmatch(r"0*[1-9]\d{0,5}", count, re.ASCII):
                    raise _LineError(f"{shorten(count)} is no number of a sentence")
                sentence = int(count)
            elif kind == "m":
                mentions.append((number, line.word("the entity"), _mention(line)))
            elif kind in _LISTS:
                _add(value[_LISTS[kind]], line, number, lines)
            else:
                raise _LineError(f"'{kind}' begins no line of the notation")
            line.end()
        except _LineError as error:
            wrong(number, kind, str(error))
    entities = {entity["id"]: i for i, entity in reversed([*enumerate(value["entities"])])}
    for number, entity, mention in mentions:
        if entity not in entities:
            wrong(number, "m", f"no line 'e {entity} …' declares the entity")
            continue
        own = value["entities"][entities[entity]]["mentions"]
        lines[f"$.entities[{entities[entity]}].mentions[{len(own)}]"] = number
        own.append(mention)
    kinds = {item["id"]: filler for name, filler in _FILLERS.items() for item in value[name]}
    for i, event in enumerate(value["events"]):
        for argument in event["arguments"]:
            filler = argument.pop("filler")
            if filler not in kinds:
                wrong(lines[f"$.events[{i}]"], "t", f"no line declares '{filler}', which fills {argument['role']}")
            argument[kinds.get(filler, "entity")] = filler
    if not value["id"]:
        findings.append(
            finding("line-notation", file=file, line=1, why="the article is not named", form=FORMS["article"])
        )
    return value, lines, findings


def read_quote_form(path: Path) -> tuple[Any, dict[str, int], list[Finding]]:
    """Return the quote form in a file: line notation if its name ends in ``.lines``, else JSON.

    With it the line of each item by its JSON path (none for JSON), and what is wrong with the file or its lines.
    """
    if path.suffix != ".lines":
        value, findings = read_json(path)
        return value, {}, findings
    data, findings = read_bytes(path)
    if data is None:
        return None, {}, findings
    if data.startswith(codecs.BOM_UTF8):
        return None, {}, [finding("byte-order-mark", file=str(path), what="the file")]
    try:
        return read_notation(data.decode("utf-8"), str(path))
    except UnicodeDecodeError as error:
        return None, {}, [finding("not-utf8", file=str(path), at=error.start)]


def in_lines(
    findings: Iterable[Finding], lines: Mapping[str, int], value: Any = None, read: AnnotatedArticle | None = None
) -> list[Finding]:
    """Return findings on a quote form ``value``, or on its record ``read``, with the line of the notation they are on."""
    found = []
    for each in findings:
        path = each.path if read is None else _quoted_path(each.path, value, read)
        while path and path not in lines:
            path = path[: max(path.rfind("."), path.rfind("["))]
        found.append(msgspec.structs.replace(each, line=lines[path]) if path else each)
    return found


def _quoted_path(path: str, value: Any, read: AnnotatedArticle) -> str:
    """Return the JSON path in the quote form of the item that ``path`` names in the record; empty if it has none."""
    match = re.match(r"\$\.(\w+)\[(\d+)\]", path)
    if match is None:
        return ""
    layer, item = match[1], getattr(read.record, match[1])[int(match[2])]
    if layer != "mentions" or item.type is not None:
        layer = "values" if layer == "mentions" else layer
        return next((f"$.{layer}[{i}]" for i, one in enumerate(value[layer]) if one["id"] == item.id), "")
    sentence = read.article_text.sentence_of(item.start, item.end)
    place = (sentence.number if sentence else 0, item.text)
    entity = next((i for i, one in enumerate(value["entities"]) if one["id"] == item.entity), 0)
    mentions = value["entities"][entity]["mentions"]
    own = (i for i, one in enumerate(mentions) if (one["sentence"], one["quote"]) == place)
    return f"$.entities[{entity}].mentions[{next(own, 0)}]"


def _mention(line: _Line) -> dict[str, Any]:
    form = line.word("the form")
    role = line.words_before_quote()
    if role[1:]:
        raise _LineError(f"'{role[1]}' is too much")
    return {**line.quote("the quotation"), "form": form, **({"role": role[0]} if role else {})}


def _add(items: list[Any], line: _Line, number: int, lines: dict[str, int]) -> None:
    """Add the item of a line to its list; a second line of a proposition adds a mention to it."""
    item = {"id": line.word("the id"), **_ITEMS[line.kind](line)}
    path = f"$.{_LISTS[line.kind]}[{len(items)}]"
    same = (i for i, other in enumerate(items) if other["id"] == item["id"])
    known = next(same, None) if line.kind == "p" else None  # only a proposition has several lines
    if known is not None:
        later = items[known]["mentions"]
        path = f"$.propositions[{known}].mentions[{len(later)}]"
        later.append({key: part for key, part in item.items() if key not in ("id", "mentions")})
    else:
        items.append(item)
    lines[path] = number


def _entity(line: _Line) -> dict[str, Any]:
    type_, (name, _) = line.word("the type"), line.string("the name")
    options: dict[str, Any] = line.options(line.words_before_quote())
    if "members" in options:
        options["members"] = options["members"].split(",")
    return {"type": type_, "name": name, **options, "mentions": []}


def _value(line: _Line) -> dict[str, Any]:
    type_, options = line.word("the type"), dict[str, Any](line.options(line.words_before_quote()))
    if "number" in options:
        if not _NUMBER.fullmatch(options["number"]):
            raise _LineError(f"{shorten(options['number'])} is no number")
        options["number"] = json.loads(options["number"])
    return {"type": type_, **line.quote("the quotation"), **options}


def _proposition(line: _Line) -> dict[str, Any]:
    return {**line.quote("the quotation"), "mentions": []}


def _event(line: _Line) -> dict[str, Any]:
    type_, status, options = line.word("the type"), line.word("the status"), line.options(line.words_before_quote())
    event = {"type": type_, "status": status, "via": options.pop("via", None), **line.quote("the trigger")}
    if "same" in options:
        event["same_as"] = options.pop("same")
    arguments = []
    while line.parts:
        role, is_role, fillers = line.word("the role").partition("=")
        if not is_role or not fillers or fillers.startswith('"'):
            raise _LineError(f"'{role}' is no role with ids; words that fill a role are a proposition with an id")
        arguments += [{"role": role, "filler": filler} for filler in fillers.split(",")]
    return {**event, **options, "arguments": arguments}


def _stance(line: _Line) -> dict[str, Any]:
    holder, arrow, target = line.word("the holder"), line.word("'>'"), line.word("the target")
    if arrow != ">":
        raise _LineError("between holder and target stands '>'")
    polarity, facet, how = line.word("the polarity"), line.word("the facet"), line.word("'explicit' or 'implied'")
    if how not in ("explicit", "implied"):
        raise _LineError(f"'{how}' is neither 'explicit' nor 'implied'")
    options = line.options([part for part in line.words_before_quote() if not _is_place(line, part)])
    evidence = [line.quote("the evidence")]
    while line.parts:
        for part in line.words_before_quote():
            if not _is_place(line, part):
                raise _LineError(f"'{part}' is not expected here")
        evidence.append(line.quote("the evidence"))
    return {
        **{"holder": holder, "target": target, "polarity": polarity, "facet": facet},
        **{"evidence": evidence, "explicit": how == "explicit", "via": options.get("via")},
    }


def _is_place(line: _Line, part: str) -> bool:
    """Set the sentence of the evidence that follows if ``part`` is ``@n``, and say whether it is."""
    if not re.fullmatch(r"@[1-9]\d{0,5}", part, re.ASCII):
        return False
    line.sentence = int(part[1:])
    return True


_ITEMS = {"e": _entity, "v": _value, "p": _proposition, "t": _event, "s": _stance}


def write_notation(document: QuoteDocument) -> str:
    """Return the lines of an annotation in quote form: entities, then sentence by sentence all that stands there.

    What ``quotes.to_quotes`` gives is read back exactly. Of other annotations, items of one kind that are not in the
    order of the sentences come back in that order.
    """
    head = [f"article {document.id}"]
    for entity in document.entities:
        options = _written(entity, "registry") + (["members=" + ",".join(entity.members)] if entity.members else [])
        head.append(" ".join(["e", entity.id, entity.type, json.dumps(entity.name, ensure_ascii=False), *options]))
    body: dict[int, list[str]] = {}
    for sentence, line in _lines(document):
        body.setdefault(sentence, []).append(line)
    parts = [head, *([f"# {sentence}", *body[sentence]] for sentence in sorted(body))]
    return "\n".join("\n".join(part) for part in parts) + "\n"


def _lines(document: QuoteDocument) -> Iterator[tuple[int, str]]:
    """Yield every line under a sentence with the sentence's number, kind after kind."""
    for entity in document.entities:
        for mention in entity.mentions:
            role = [mention.role] if mention.role else []
            yield mention.sentence, " ".join(["m", entity.id, mention.form, *role, _quoted(mention)])
    for value in document.values:
        options = _written(value, *_OPTIONS["v"])
        yield value.sentence, " ".join(["v", value.id, value.type, *options, _quoted(value)])
    for proposition in document.propositions:
        for quote in (proposition, *proposition.mentions):
            yield quote.sentence, f"p {proposition.id} {_quoted(quote)}"
    for event in document.events:
        same = [f"same={event.same_as}"] if event.same_as else []
        options = [*_written(event, "via"), *same, *_written(event, "harm", "registry")]
        parts = ["t", event.id, event.type, event.status, *options, _quoted(event), *_roles(event)]
        yield event.sentence, " ".join(parts)
    for stance in document.stances:
        how = "explicit" if stance.explicit else "implied"
        parts = ["s", stance.id, stance.holder, ">", stance.target, stance.polarity, stance.facet, how]
        at = first = stance.evidence[0].sentence
        evidence = list[str]()
        for quote in stance.evidence:
            evidence += [_quoted(quote)] if quote.sentence == at else [f"@{quote.sentence}", _quoted(quote)]
            at = quote.sentence
        yield first, " ".join([*parts, *_written(stance, "via"), *evidence])


def _roles(event: QuoteEvent) -> Iterator[str]:
    for role, arguments in itertools.groupby(event.arguments, key=lambda argument: argument.role):
        yield f"{role}=" + ",".join(a.entity or a.event or a.proposition or a.value or "" for a in arguments)


def _quoted(quote: Quote) -> str:
    times = f"*{quote.occurrence}" if quote.occurrence is not None else ""
    return json.dumps(quote.quote, ensure_ascii=False) + times


def _written(record: msgspec.Struct, *names: str) -> list[str]:
    """Return the named fields of a record that are given, as ``key=value``; quoted where they hold a blank or quote."""
    found = {name: value for name in names if (value := getattr(record, name)) is not None}
    plain = re.compile(r'[^\s"]+')
    return [
        f"{key}={value if plain.fullmatch(str(value)) else json.dumps(value, ensure_ascii=False)}"
        for key, value in found.items()
    ]
