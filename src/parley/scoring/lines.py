"""Two files of JSON lines, gold and predictions, read side by side and scored one article at a time."""

import gc
import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, TypeVar

import msgspec

from parley.checks.corpus import check_zones
from parley.checks.predictions import MAX_LINE, check_meaning, check_size
from parley.checks.shape import check_shape, check_strings
from parley.files import parse_json
from parley.findings import Finding, FindingsError, finding, shorten
from parley.model import Prediction
from parley.reading import AnnotatedArticle, ArticleText
from parley.scoring.registry import METRICS, Metric, added_metrics
from parley.scoring.totals import GoldLine, Scored, Totals, refusal

MAX_LISTED = 1000  # findings of one kind
SHARE = 128  # articles given to a process at a time, and counted before finished clusters are dropped


class Line(NamedTuple):
    """A line of a file: the file's name in messages, the line's number (from 1), its bytes."""

    file: str
    number: int
    data: bytes


Lines = tuple[Line, Line]  # an article's gold and its prediction


T = TypeVar("T")


def _repeated(article: str, file: str) -> FindingsError:
    problem, fix = f"{shorten(article)} comes twice", "write one line for each article"
    return refusal("duplicate-article", problem=problem, fix=fix, file=file)


def _require_none_left(articles: Iterable[str], file: str) -> None:
    left = [
        finding("unknown-article", problem=f"no article is left for {shorten(name)}", fix="remove it", file=file)
        for name in islice(articles, MAX_LISTED)
    ]
    if left:
        raise FindingsError(left)


class _Named(msgspec.Struct):
    """A line of which only the id is read."""

    id: str


_ID = msgspec.json.Decoder(_Named)
_GOLD, _PREDICTION = msgspec.json.Decoder(GoldLine), msgspec.json.Decoder(Prediction)
# Most lines begin with their id, so that the rest need not be read for it; ``_decoded`` verifies it.
_BEGINS_WITH_ID = re.compile(rb'\s*\{\s*"id"\s*:\s*"([A-Za-z0-9._-]+)"')
_ABOUT = (
    "canary",
    "story",
    "ontology",
    "annotator",
    "sha256",
    "text",
    "zones",
    "registry",
)  # what gold has and a prediction has not


def read_pairs(gold: Path, predictions: Path) -> Iterator[Lines]:
    """Yield the gold and the predicted line of each article, in the order of the gold.

    Predictions may come in any order: of lines that come early only the place in the file is kept.
    Raises ``FindingsError`` for an article without prediction, a prediction without article and one that comes twice.
    """
    file, places, number = str(predictions), dict[str, tuple[int, int, int]](), 0
    with gold.open("rb") as golds, predictions.open("rb") as answers, predictions.open("rb") as again:

        def following() -> tuple[str, Line, int] | None:
            """Return the next prediction that is not blank: id, line, byte offset in the file."""
            nonlocal number
            at = answers.tell()
            while data := answers.readline(MAX_LINE + 1):
                number += 1
                if data.strip():
                    line = Line(file, number, data)
                    return _id(line), line, at
                at = answers.tell()
            return None

        for at_gold, data in enumerate(iter(partial(golds.readline, MAX_LINE + 1), b""), 1):
            if not data.strip():
                continue
            line = Line(str(gold), at_gold, data)
            name, found = _id(line), None
            while name not in places:
                answer = following()
                if answer is None:
                    raise refusal("missing-article/line", id=name, file=file)
                known, found, at = answer
                if known in places:
                    raise _repeated(known, file)
                places[known] = (at, len(found.data), found.number)
            at, size, own = places.pop(name)
            yield line, found or Line(file, own, _at(again, at, size))
        left = [answer[0] for answer in iter(following, None) if answer is not None]
        _require_none_left([*places, *left], file)


def _at(stream: BinaryIO, place: int, size: int) -> bytes:
    stream.seek(place)
    return stream.read(size)


def _id(line: Line) -> str:
    if wrong := check_size(line.data, line.file, line.number):
        raise FindingsError(wrong)
    begins = _BEGINS_WITH_ID.match(line.data)
    if begins:
        return begins[1].decode()
    try:
        return _ID.decode(line.data).id
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        value, wrong = parse_json(line.data, line.file, line.number)
        wrong = wrong or check_shape(value, "prediction", file=line.file, line=line.number)
        raise FindingsError(wrong) if wrong else _unreadable(line, error) from None


def _unreadable(line: Line, error: Exception) -> FindingsError:
    fix = "write the record of an article (of gold with its text and zones)"
    return refusal("bad-value", problem=str(error), fix=fix, file=line.file, line=line.number)


def _record(line: Line, kind: type[T]) -> T:
    """Return the record in a line. Raises ``FindingsError`` unless it has the form of one."""
    place: dict[str, Any] = {"file": line.file, "line": line.number}
    value, wrong = parse_json(line.data, **place)
    if not wrong:
        layers = value
        if kind is GoldLine and isinstance(value, dict):
            layers = {key: field for key, field in value.items() if key not in _ABOUT}
            zones = check_shape({"zones": value.get("zones")}, "article", **place)
            wrong = [each for each in zones if each.path.startswith("$.zones")]
        wrong += check_shape(layers, "prediction", **place)
        wrong += check_strings(value, line.data, **place)
    if wrong:
        raise FindingsError(wrong)
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        raise _unreadable(line, error) from None


def _trusted(line: Line, decoder: msgspec.json.Decoder[T]) -> T:
    try:
        return decoder.decode(line.data)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise _unreadable(line, error) from None


def _decoded(gold: Line, answer: Line, trust: bool) -> tuple[GoldLine, Prediction, ArticleText]:
    """Return the records of two lines, and the text. Raises ``FindingsError`` where one is wrong.

    Both are checked as predictions are, but for registry ids: no registry is at hand. With ``trust`` only their form is.
    """
    if trust:
        article, prediction = _trusted(gold, _GOLD), _trusted(answer, _PREDICTION)
    else:
        article, prediction = _record(gold, GoldLine), _record(answer, Prediction)
    if article.id != _id(gold) or prediction.id != article.id:
        raise refusal("duplicate-key", key="id", file=answer.file, line=answer.number)
    text = ArticleText(article, article.text)
    if trust:
        return article, prediction, text
    wrong = check_zones(article.zones, len(article.text), gold.file, gold.number)
    if not wrong:
        wrong = check_meaning(AnnotatedArticle(article, text, article.entries), None, gold.file, gold.number)
        wrong += check_meaning(AnnotatedArticle(prediction, text, article.entries), article, answer.file, answer.number)
    wrong = [each for each in wrong if each.is_error and each.rule != "registry-unknown"]
    if wrong:
        raise FindingsError(wrong)
    return article, prediction, text


def _count(lines: list[Lines], trust: bool = False) -> Totals | list[Finding]:
    """Return the counts of some articles, or what is wrong: exceptions with arguments do not cross processes."""
    totals, was_on, findings = Totals(), gc.isenabled(), list[Finding]()
    gc.disable()  # the records are needed and hold no cycles: walking over them takes a tenth of the time
    try:
        for gold, answer in lines:
            try:
                totals.add(*_decoded(gold, answer, trust))
            except FindingsError as error:
                findings += error.findings
    finally:
        if was_on:
            gc.enable()
    if findings:
        return findings[:MAX_LISTED]
    return totals


def score_lines(gold: Path, predictions: Path, *, jobs: int = 1, trust: bool = False) -> Scored:
    """Return the scores of a file of predictions against a gold.jsonl (lines of ``GoldLine``), read side by side.

    Every line is checked as ``checks.check_predictions`` does, but for registry ids, as there is no registry; warnings
    are passed over. With ``trust`` lines are only decoded: for files that were checked before, in half the time.
    ``jobs`` processes share the work; the result is the same. Raises ``FindingsError`` with the errors of the first
    articles that have some.
    """
    lines, total = read_pairs(gold, predictions), Totals()
    shares = iter(lambda: list(islice(lines, SHARE)), [])
    count = partial(_count, trust=trust)
    for counted in map(count, shares) if jobs <= 1 else _in_processes(count, shares, jobs):
        if isinstance(counted, list):
            raise FindingsError(counted)
        total.merge(counted)
    return total.scored()


def _install(metrics: dict[str, Metric]) -> None:
    METRICS.update(metrics)


def _in_processes(
    count: Callable[[list[Lines]], Totals | list[Finding]], shares: Iterable[list[Lines]], jobs: int
) -> Iterator[Totals | list[Finding]]:
    """Yield the counts of each share, in order. No more is read ahead than keeps the processes busy.

    Metrics that were added are sent to the processes: their functions must be importable there.
    """
    with get_context("spawn").Pool(jobs, _install, (added_metrics(),)) as pool:
        running = deque[Any]()
        for share in shares:
            running.append(pool.apply_async(count, (share,)))
            if len(running) > 2 * jobs:
                yield running.popleft().get()
        while running:
            yield running.popleft().get()
