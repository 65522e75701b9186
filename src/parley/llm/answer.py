"""From the answers of a language model to a prediction that has no error.

Whatever an answer holds, reading it ends, soon, with a prediction: what is wrong in it is left out with what hangs on it
and has a finding, a warning, that says where and what. Text around the answer is skipped. Nothing is guessed but what
``parley.lenient`` says of quotations; an answer in JSON that was cut off is closed only when asked for.
"""

import json
import math
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import msgspec

from parley.canonical import finish
from parley.checks.annotation import check_annotation
from parley.checks.shape import CONTROL, check_shape
from parley.corpus import Article
from parley.findings import Finding, finding
from parley.leaderboard.records import Quotations
from parley.llm.form import LINES, PARTS, schema
from parley.llm.windows import join, prefixed
from parley.model import Document, Prediction
from parley.notation import read_notation
from parley.quotes import QuoteDocument, resolve
from parley.reading import AnnotatedArticle, ArticleText
from parley.words import count

MAX_ANSWER = 1_000_000  # characters; the longest article's annotation has some 60,000
MAX_LINE = 2000  # characters of a line of the notation
MAX_ITEMS = 1000  # of a list; in a longer article as many as it has code points
MAX_DEPTH = 32  # of nesting; the form needs six
MAX_TRIES = 32  # braces that begin no JSON, after which no more is looked for

_LISTS = [name for lists in PARTS.values() for name in lists]
_FORM = schema()
_ROUNDS = 30  # of checks: what hangs on what was left out is found in the next round
_MAY_BE_ABSENT = {
    "entities": {"members", "registry"},
    "mentions": {"occurrence", "role"},
    "values": {"occurrence", "value", "mod", "number", "unit", "qualifier"},
    "propositions": {"occurrence", "mentions"},
    "evidence": {"occurrence"},
    "events": {"occurrence", "harm", "via", "same_as", "registry"},
    "arguments": {"mention"},
    "stances": {"via"},
}
_FOUND = {"quote-folded": "folded", "quote-moved": "moved", "quote-loose": "loose"}
_OTHER_MARKS = dict.fromkeys(map(ord, "“”„«»"), '"')  # that may stand around the quotations of a line
_NOT_FOUND = {"quote-not-found", "sentence-not-there", "occurrence-not-there"}
_REMARKS = {*_FOUND, "ambiguous-quote", "repaired-answer", "skipped-lines"}  # nothing was left out


class Answer(msgspec.Struct, kw_only=True):
    """What became of the answers to one article."""

    prediction: Prediction
    """Has no error."""
    findings: list[Finding]
    """A warning for everything that was left out, and for every quotation that was not exact."""
    quotations: Quotations
    """How the quotations were found."""

    @property
    def dropped(self) -> dict[str, int]:
        """How many items and details were left out, by the rule that they break."""
        return dict(sorted(Counter(f.rule for f in self.findings if f.rule not in _REMARKS).items()))


def read(
    answers: Sequence[Sequence[str]],
    article: Article,
    text: str,
    *,
    form: str = "lines",
    parts: Sequence[str] = tuple(PARTS),
    steps: Sequence[Sequence[str]] | None = None,
    layers: Sequence[str] | None = None,
    repair: bool = False,
    file: str = "",
) -> Answer:
    """Return the prediction that the answers to one article give.

    ``answers`` has the answers of each window in order, one to each of ``steps`` (by default any, to all ``parts``).
    ``layers`` are those to be scored, by default all parts. ``repair`` closes JSON that was cut off, and leaves out
    needless commas.
    """
    findings: list[Finding] = []
    documents: list[Document] = []
    counted: Counter[str] = Counter()
    for number, own in enumerate(answers, 1):
        value: dict[str, Any] = {name: [] for name in _LISTS}
        wanted = steps or [parts] * len(own)
        for said, asked in zip(own, wanted, strict=False):
            if len(said) > MAX_ANSWER:
                findings.append(finding("unread-answer/long", severity="warning", file=file, limit=MAX_ANSWER))
                continue
            read_value = _lines if form == "lines" else _json
            thought, _, said = said.rpartition("</think>")
            said = "\n" * thought.count("\n") + said  # so that findings name the right line
            for name, items in read_value(said, asked, findings, file, repair=repair).items():
                value[name] += items[: max(MAX_ITEMS, len(text)) - len(value[name])]
        value = _known(value, _FORM, findings, file)
        value = _unique({"id": article.id, **value}, findings, file)
        value = _without_errors(value, lambda v: check_shape(v, "quote", file=file), findings)
        value = {name: value.get(name) or [] for name in _LISTS}
        value = value if len(answers) == 1 else prefixed(value, f"w{number}.")
        quoted = msgspec.convert({"id": article.id, **value}, QuoteDocument)
        document, found = resolve(quoted, article, text, annotator="model", canary="none", file=file, lenient=True)
        findings += found
        counted["all"] += sum(map(_quotations, value.values()))
        counted.update(_FOUND.get(f.rule, "dropped") for f in found if f.rule in _FOUND or f.rule in _NOT_FOUND)
        if document is not None:
            documents.append(document)
    document = documents[0] if len(documents) == 1 else finish(join(documents), article, text)
    prediction = _prediction(document, article, text, parts, layers or parts, findings, file)
    exact = counted.pop("all") - counted.total()
    kinds = {name: counted[name] for name in ("folded", "moved", "loose", "dropped")}
    return Answer(prediction=prediction, findings=findings, quotations=Quotations(exact=exact, **kinds))


def _prediction(
    document: Document,
    article: Article,
    text: str,
    parts: Sequence[str],
    layers: Sequence[str],
    findings: list[Finding],
    file: str,
) -> Prediction:
    """Return the prediction of a record, without what ``parley check`` would call an error."""
    lists: dict[str, Any] = {"mentions": document.mentions, "entities": document.entities}
    lists |= {"events": document.events, "propositions": document.propositions} if "events" in parts else {}
    lists |= {"stances": document.stances} if "stance" in parts else {}
    attempted = None if list(layers) == list(parts) else list(layers)
    value = msgspec.to_builtins(Prediction(id=article.id, attempted=attempted, **lists))  # type: ignore[arg-type]
    source = ArticleText(article, text)

    def check(value: dict[str, Any]) -> list[Finding]:
        wrong = check_shape(value, "prediction", file=file)
        if any(each.is_error for each in wrong):
            return wrong
        return check_annotation(AnnotatedArticle(msgspec.convert(value, Prediction), source), "predictions", file)

    return msgspec.convert(_without_errors(value, check, findings), Prediction)


# from text to the lists of the quote form ------------------------------------------------------------------


def _json(answer: str, parts: Sequence[str], findings: list[Finding], file: str, *, repair: bool) -> dict[str, Any]:
    """Return the lists that the JSON objects in an answer have, of those that ``parts`` ask for."""
    wanted = [name for part in parts for name in PARTS[part]]
    holders = [holder for value in _objects(answer) for holder in _holders(_plain(value), wanted)]
    begin = re.search(r'\{\s*"', answer)
    if not holders and repair and begin and (closed := _closed(answer[begin.start() :])) is not None:
        holders = list(_holders(_plain(_DECODER.decode(closed)), wanted))
        findings.append(finding("repaired-answer", severity="warning", file=file))
    if not holders:
        findings.append(finding("unread-answer", severity="warning", file=file, lists=", ".join(wanted)))
    found: dict[str, list[Any]] = {name: [] for name in wanted}
    for holder in holders:
        for name in wanted:
            if isinstance(items := holder.get(name, []), list):
                found[name] += items
            else:
                what, place = "an object" if isinstance(items, dict) else "a value", f"$.{name}"
                wrong = finding("wrong-type", file=file, path=place, value=name, found=what, wanted="a list")
                findings.append(msgspec.structs.replace(wrong, severity="warning"))
    return found


def _objects(answer: str) -> Iterator[Any]:
    """Yield the JSON objects of a text that stand in no other."""
    at = failed = 0
    while failed < MAX_TRIES and (at := answer.find("{", at)) >= 0:
        try:
            value, at = _DECODER.raw_decode(answer, at)
            yield value
        except (ValueError, RecursionError):
            at, failed = at + 1, failed + 1


def _holders(value: Any, names: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Yield the outermost objects that have one of the fields ``names``."""
    if isinstance(value, dict) and not value.keys().isdisjoint(names):
        yield value
    elif isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _holders(inner, names)


def _number(digits: str) -> float | int | None:
    value = float(digits) if len(digits) < 19 else math.inf
    return None if not math.isfinite(value) else int(value) if value.is_integer() else value


_DECODER = json.JSONDecoder(parse_constant=lambda _: None, parse_float=_number, parse_int=_number)


def _closed(text: str) -> str | None:
    """Return cut-off JSON up to the last list or object in it that is whole, closed; None where there is none.

    Commas that nothing follows are left out.
    """
    stack: list[str] = []
    whole: tuple[int, str] | None = None
    for match in re.finditer(r'"(?:[^"\\]|\\.)*(?:"|\Z)|[\[\]{}]', text, re.DOTALL):
        if match[0] in "[{":
            stack.append("]" if match[0] == "[" else "}")
            if len(stack) > MAX_DEPTH:
                return None
        elif match[0] in "]}":
            if not stack or stack.pop() != match[0]:
                return None
            whole = match.end(), "".join(reversed(stack))
    try:
        if whole is None:
            return None
        closed = re.sub(r'("(?:[^"\\]|\\.)*")|,(?=\s*[\]}])', r"\1", text[: whole[0]]) + whole[1]
        return closed if _DECODER.decode(closed) is not None else None
    except ValueError:
        return None


def _plain(node: Any, depth: int = 0) -> Any:
    """Return JSON without nulls (but of ``via``), harmful characters, and what is nested too deeply."""
    if depth > MAX_DEPTH:
        return None
    if isinstance(node, dict):
        inside = {CONTROL.sub("", key): _plain(item, depth + 1) for key, item in node.items()}
        return {key: item for key, item in inside.items() if item is not None or key == "via"}
    if isinstance(node, list):
        return [item for item in (_plain(each, depth + 1) for each in node) if item is not None]
    return CONTROL.sub("", re.sub("[\ud800-\udfff]", "�", node)) if isinstance(node, str) else node


def _lines(answer: str, parts: Sequence[str], findings: list[Finding], file: str, *, repair: bool) -> dict[str, Any]:
    """Return the lists that the lines of an answer give, of those that ``parts`` ask for; other lines are skipped."""
    kinds = "".join(LINES[part] for part in parts)
    form = re.compile(rf"(?:[-*•] +)?((?:[{kinds}] \S|# *\d+$).*)")
    lines, skipped = [], []
    for written in re.sub("[\ud800-\udfff]", "�", answer).split("\n"):
        line = CONTROL.sub("", written.expandtabs(1)).strip(" \r\ufeff")
        matched = form.fullmatch(line) if len(line) <= MAX_LINE else None
        lines.append(matched[1] if matched else "")
        if not matched and line and not line.startswith(("```", "//", "article ")):
            skipped.append(line)
        if '"' not in lines[-1]:
            lines[-1] = lines[-1].translate(_OTHER_MARKS)
    if not any(line[:1].isalpha() for line in lines):
        findings.append(finding("unread-answer/lines", severity="warning", file=file))
    elif skipped:
        number = count(len(skipped), "line")
        findings.append(finding("skipped-lines", severity="warning", file=file, lines=number, example=skipped[0]))
    value, _, wrong = read_notation("\n".join(["article answer", *lines]), file)
    findings += [msgspec.structs.replace(each, severity="warning", line=(each.line or 2) - 1) for each in wrong]
    return {name: value[name] for name in _LISTS}


# what is wrong is left out ---------------------------------------------------------------------------------


def _known(node: Any, form: dict[str, Any], findings: list[Finding], file: str, path: str = "$") -> Any:
    """Return an answer without fields that are not in the form."""
    if isinstance(node, list) and "items" in form:
        return [_known(item, form["items"], findings, file, f"{path}[{i}]") for i, item in enumerate(node)]
    if not isinstance(node, dict) or "properties" not in form:
        return node
    fields = form["properties"]
    for key in node.keys() - fields.keys() - {"registry"}:  # which the notation has, and nobody asked for
        fix = f"the fields are {', '.join(fields)}"
        findings.append(finding("unknown-field", severity="warning", file=file, path=path, field=key, fix=fix))
    return {key: _known(node[key], fields[key], findings, file, f"{path}.{key}") for key in fields if key in node}


def _unique(value: dict[str, Any], findings: list[Finding], file: str) -> dict[str, Any]:
    """Return an answer whose ids are used once: the first item of an id is kept. A source that is not said is null."""
    seen: dict[str, str] = {}
    for name in _LISTS:
        kept = []
        for i, item in enumerate(value[name]):
            if isinstance(item, dict):
                if name in ("events", "stances"):
                    item.setdefault("via", None)
                identifier, place = str(item.get("id")), f"$.{name}[{i}]"
                if (first := seen.setdefault(identifier, place)) != place:
                    path = f"{place}.id"
                    findings.append(
                        finding("duplicate-id", severity="warning", file=file, path=path, id=identifier, first=first)
                    )
                    continue
            kept.append(item)
        value[name] = kept
    return value


def _without_errors(
    value: dict[str, Any], check: Callable[[dict[str, Any]], list[Finding]], findings: list[Finding]
) -> dict[str, Any]:
    """Return an answer without what ``check`` calls an error, each a warning in ``findings``.

    The smallest thing is left out that an error is on: a detail that may be absent, else the item of the innermost
    list. If errors are left after some rounds, the lists are emptied.
    """
    for _ in range(_ROUNDS):
        wrong = [each for each in check(value) if each.is_error]
        if not wrong:
            return value
        findings += [msgspec.structs.replace(each, severity="warning") for each in wrong]
        _remove(value, {(each.path, each.rule) for each in wrong})
    findings.append(finding("unread-answer/errors", severity="warning", file=wrong[0].file, rounds=_ROUNDS))
    return value | {name: [] for name in (*_LISTS, "mentions") if name in value}


def _remove(value: dict[str, Any], wrong: set[tuple[str, str]]) -> None:
    """Take out of a value what is at the JSON paths; each comes with the rule that is broken there."""
    items: set[tuple[str, int]] = set()
    for path, rule in wrong:
        steps = re.findall(r"\.([^.\[\]]+)|\[(\d+)\]", path)
        at = [i for i, (_, number) in enumerate(steps) if number]
        field = steps[-1][0] if steps else ""
        if not at:
            value.pop(field, None)
            continue
        inner = at[-1]
        owner = _at(value, steps[: inner + 1])
        listed = steps[inner - 1][0]
        spare = rule == "field-not-here" or field in _MAY_BE_ABSENT.get(listed, ())
        if inner == len(steps) - 2 and spare and isinstance(owner, dict) and owner.get(field) is not None:
            if field == "via":
                owner["via"] = None
            else:
                del owner[field]
        else:
            items.add((path[: path.rindex(f"[{steps[inner][1]}]")], int(steps[inner][1])))
    for path, number in sorted(items, key=lambda item: (-item[0].count("["), item[0], -item[1])):
        owner = _at(value, re.findall(r"\.([^.\[\]]+)|\[(\d+)\]", path))
        if isinstance(owner, list) and number < len(owner):
            del owner[number]


def _at(value: Any, steps: Sequence[tuple[str, str]]) -> Any:
    for name, number in steps:
        if number and isinstance(value, list) and int(number) < len(value):
            value = value[int(number)]
        elif not number and isinstance(value, dict) and name in value:
            value = value[name]
        else:
            return None
    return value


def _quotations(node: Any) -> int:
    """Return how many quotations a part of an answer has."""
    if isinstance(node, list):
        return sum(map(_quotations, node))
    return ("quote" in node) + sum(map(_quotations, node.values())) if isinstance(node, dict) else 0
