"""From the answers of a language model to a prediction that has no error.

Whatever an answer holds, reading it ends, soon, with a prediction: what is wrong in it is left out with what hangs on it
and has a finding, a warning, that says where and what. Text around the answer is skipped. Nothing is guessed but what
``parley.lenient`` says of quotations; an answer in JSON that was cut off is closed only when asked for.
"""

import json
import math
import re
from collections import Counter
from collections.abc import Callable, Sequence
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

MAX_ANSWER = 1_000_000  # characters; the longest article's annotation has some 60,000
MAX_LINE = 2000  # characters of a line of the notation
MAX_ITEMS = 1000  # of a list; in a longer article as many as it has code points
MAX_DEPTH = 32  # of nesting; the form needs six

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
_NOT_FOUND = {"quote-not-found", "sentence-not-there", "occurrence-not-there"}
_REMARKS = {*_FOUND, "ambiguous-quote", "repaired-answer"}  # nothing was left out


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
    ``layers`` are those to be scored, by default all parts. ``repair`` closes JSON that was cut off.
    """
    findings: list[Finding] = []
    documents: list[Document] = []
    counted: Counter[str] = Counter()
    for number, own in enumerate(answers, 1):
        value: dict[str, Any] = {name: [] for name in _LISTS}
        wanted = steps or [parts] * len(own)
        for said, asked in zip(own, wanted, strict=False):
            if len(said) > MAX_ANSWER:
                findings.append(_left_out("answer", f"at most {MAX_ANSWER:,} characters", file))
                continue
            read_value = _lines if form == "lines" else _json
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
    """Return the lists that a JSON object in an answer has, of those that ``parts`` ask for."""
    found: Any = None
    for candidate in [*sorted(_fenced(answer), key=len, reverse=True), answer]:
        begin = candidate.find("{")
        if begin < 0:
            continue
        try:
            found = _DECODER.raw_decode(candidate, begin)[0]
            break
        except (ValueError, RecursionError):
            closed = _closed(candidate[begin:]) if repair else None
            if closed is not None:
                found = _DECODER.decode(closed)
                findings.append(finding("repaired-answer", severity="warning", file=file))
                break
    found = _plain(found)
    if not isinstance(found, dict):
        findings.append(_left_out("answer", "a JSON object", file))
        return {}
    wanted = [name for part in parts for name in PARTS[part]]
    return {name: found[name] for name in wanted if isinstance(found.get(name), list)}


def _number(digits: str) -> float | int | None:
    value = float(digits) if len(digits) < 19 else math.inf
    return None if not math.isfinite(value) else int(value) if value.is_integer() else value


_DECODER = json.JSONDecoder(parse_constant=lambda _: None, parse_float=_number, parse_int=_number)


def _fenced(answer: str) -> list[str]:
    return re.findall(r"```[A-Za-z]*[ \t]*\n(.*?)(?:```|\Z)", answer, re.DOTALL)


def _closed(text: str) -> str | None:
    """Return cut-off JSON up to the last list or object in it that is whole, closed; None where there is none."""
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
        closed = None if whole is None else text[: whole[0]] + whole[1]
        return closed if closed is not None and _DECODER.decode(closed) is not None else None
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
    answer = re.sub("[\ud800-\udfff]", "�", answer)
    kinds = "".join(LINES[part] for part in parts)
    form = re.compile(rf"\s*(?:[{kinds}] \S|#\s*\d+\s*$)")
    chosen = max(_fenced(answer), key=len, default=answer)
    kept = [CONTROL.sub("", line) for line in chosen.splitlines() if len(line) <= MAX_LINE and form.match(line)]
    if not any(line.strip()[0] != "#" for line in kept):
        findings.append(_left_out("answer", "lines of the notation", file))
    value, _, wrong = read_notation("\n".join(["article answer", *kept]), file)
    findings += [msgspec.structs.replace(each, severity="warning") for each in wrong]
    return {name: value[name] for name in _LISTS}


def _left_out(what: str, needs: str, file: str) -> Finding:
    return finding("left-out", severity="warning", file=file, what=what, needs=needs)


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
    findings.append(_left_out("answer", "items without errors", wrong[0].file))
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
