"""Many articles, scored one after another: only counts are kept, so that memory hardly grows with their number.

``evaluate.score`` has the whole corpus in memory and reports on each article; here pairs of gold and prediction come
from anywhere, or from two files of JSON lines that are read side by side. The counts are the same: those of
``registry.METRICS``, integers or exact fractions to the end.
"""

import gc
import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from fractions import Fraction
from functools import partial
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import msgspec

from parley.checks.predictions import MAX_LINE
from parley.checks.shape import check_shape
from parley.files import parse_json
from parley.findings import Finding, FindingsError
from parley.model import Annotation, Prediction
from parley.scoring.counts import Figure, Tally
from parley.scoring.registry import METRICS
from parley.scoring.totals import GoldLine, Totals

__all__ = ["GoldLine", "Scored", "Totals", "read_pairs", "score_lines", "score_pairs"]

BLOCK = 32  # articles counted at once; more take memory and are no faster
SHARE = 128  # articles given to a process at a time: adding up what comes back takes as long as counting a few

Lines = tuple[bytes, bytes]  # an article's gold and its prediction, as they stand in the files


class Scored(NamedTuple):
    """What was scored: figures by metric, tallies, items left out, articles."""

    figures: dict[str, Figure]
    tallies: dict[str, Tally]
    ignored: dict[str, int]
    articles: int

    def value(self, metric: str) -> Fraction:
        """Return a metric's value. Raises ``KeyError`` if its layer was not attempted."""
        return self.figures[metric].value


def _scored(totals: Totals) -> Scored:
    if not totals.articles:
        raise FindingsError([_missing("there is no article in the gold", "name a gold that has articles")])
    tallies = totals.tallies()
    figures = {name: METRICS[name].figure(tally) for name, tally in tallies.items()}
    return Scored(figures, tallies, dict(sorted(totals.ignored.items())), totals.articles)


def _missing(message: str, suggestion: str, file: str = "") -> Finding:
    return Finding(rule="missing-article", message=message, suggestion=suggestion, file=file)


def score_pairs(gold: Iterable[GoldLine], predictions: Iterable[Prediction]) -> Scored:
    """Return the scores of pairs, one at a time. Predictions may come in any order; those that come early are kept.

    The records are taken as valid. Raises ``FindingsError`` if an article has no prediction, if a prediction comes
    twice or belongs to no article, or if a layer was attempted in some articles only.
    """
    totals, waiting, coming = Totals(), dict[str, Prediction](), iter(predictions)
    for article in gold:
        while article.id not in waiting:
            following = next(coming, None)
            if following is None:
                raise FindingsError([_missing(f"there is no prediction for '{article.id}'", "every article needs one")])
            _once(following.id, waiting)
            waiting[following.id] = following
        totals.add(article, waiting.pop(article.id))
    _none_left([*waiting, *(prediction.id for prediction in coming)])
    return _scored(totals)


def _once(name: str, waiting: Iterable[str], file: str = "") -> None:
    if name in waiting:
        mend = "one line an article"
        raise FindingsError(
            [Finding(rule="duplicate-article", message=f"'{name}' comes twice", suggestion=mend, file=file)]
        )


def _none_left(names: list[str], file: str = "") -> None:
    findings = [
        Finding(rule="unknown-article", message=f"no article is left for '{name}'", suggestion="remove it", file=file)
        for name in names[:1000]
    ]
    if findings:
        raise FindingsError(findings)


class _Named(msgspec.Struct):
    """A line of which only the id is read."""

    id: str


_GOLD, _PREDICTION = msgspec.json.Decoder(GoldLine), msgspec.json.Decoder(Prediction)
_ID = msgspec.json.Decoder(_Named)
# Most lines begin with their id, so that the rest need not be read for it; ``_count`` sees whether it is the one.
_BEGINS_WITH_ID = re.compile(rb'\s*\{\s*"id"\s*:\s*"([A-Za-z0-9._-]+)"')


def read_pairs(gold: Path, predictions: Path) -> Iterator[Lines]:
    """Yield the lines of two files, gold and prediction of one article together.

    The gold leads. Predictions may stand in any order: of lines that come early only the place in the file is kept.
    Raises ``FindingsError`` for an article without prediction, a prediction without article and one that comes twice.
    """
    file, places = str(predictions), dict[str, tuple[int, int]]()
    with gold.open("rb") as golds, predictions.open("rb") as answers, predictions.open("rb") as again:
        for line in golds:
            if not line.strip():
                continue
            name = _id(line, str(gold))
            found = b""
            while name not in places:
                at = answers.tell()
                answer = answers.readline(MAX_LINE + 1)
                if not answer:
                    raise FindingsError([_missing(f"there is no line for '{name}'", "every article needs one", file)])
                if answer.strip():
                    known = _id(answer, file)
                    _once(known, places, file)
                    places[known] = (at, len(answer))
                    found = answer
            place = places.pop(name)
            yield line, found or _at(again, *place)
        left = [_id(answer, file) for answer in iter(partial(answers.readline, MAX_LINE + 1), b"") if answer.strip()]
        _none_left([*places, *left], file)


def _at(stream: BinaryIO, place: int, size: int) -> bytes:
    stream.seek(place)
    return stream.read(size)


def _id(line: bytes, file: str) -> str:
    if len(line) > MAX_LINE:
        message = f"a line is longer than {MAX_LINE:,} bytes"
        raise FindingsError(
            [Finding(rule="too-large", message=message, suggestion="write one article a line", file=file)]
        )
    begins = _BEGINS_WITH_ID.match(line)
    if begins:
        return begins[1].decode()
    try:
        return _ID.decode(line).id
    except (msgspec.DecodeError, RecursionError):
        raise FindingsError(_why(line, "prediction", file)) from None


def _why(line: bytes, stem: str, file: str) -> list[Finding]:
    """Return what is wrong with a line, by the slow checks."""
    value, findings = parse_json(line, file)
    findings = findings or check_shape(value, stem, file=file)
    mend = "run `parley check` on it"
    return findings or [Finding(rule="bad-json", message="the line cannot be read", suggestion=mend, file=file)]


def _is_repeated(annotation: Annotation) -> bool:
    """Whether an id, a mention's span or a trigger is there twice: predictions are sets."""
    mentions, entities, events = annotation.mentions or (), annotation.entities or (), annotation.events or ()
    ids = [item.id for items in (mentions, entities, events, annotation.stances or ()) for item in items]
    return (
        len({*ids}) < len(ids)
        or len({(m.start, m.end) for m in mentions}) < len(mentions)
        or len({(e.start, e.end) for e in events}) < len(events)
    )


@contextmanager
def _uncollected() -> Iterator[None]:
    """Keep the garbage collector from walking over records that are needed and hold no cycles: a tenth of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


@_uncollected()
def _count(lines: list[Lines], totals: Totals) -> None:
    """Add the counts of some articles, read from their lines."""
    articles = []
    for gold, answer in lines:
        try:
            article = _GOLD.decode(gold)
        except msgspec.DecodeError as error:
            mend = "write a gold record with text and zones"
            raise FindingsError([Finding(rule="bad-value", message=f"gold: {error}", suggestion=mend)]) from None
        try:
            prediction = _PREDICTION.decode(answer)
        except (msgspec.DecodeError, RecursionError):
            raise FindingsError(_why(answer, "prediction", "predictions")) from None
        for line, record, file in ((gold, article, "gold"), (answer, prediction, "predictions")):
            if _id(line, file) != record.id:
                message, mend = f"a line begins with another id than '{record.id}'", "give each record one id"
                raise FindingsError([Finding(rule="duplicate-key", message=message, suggestion=mend, file=file)])
        if _is_repeated(prediction):
            message = f"an id, a mention or a trigger of '{prediction.id}' is there twice"
            mend = "predictions are sets: give each item once, with an id of its own"
            raise FindingsError([Finding(rule="duplicate-id", message=message, suggestion=mend)])
        articles.append((article, prediction))
    totals.add_block(articles)


def _chunks(lines: Iterable[Lines], size: int) -> Iterator[list[Lines]]:
    coming = iter(lines)
    while chunk := list(islice(coming, size)):
        yield chunk


def score_lines(gold: Path, predictions: Path, *, jobs: int = 1) -> Scored:
    """Return the scores of a file of predictions against a gold.jsonl (lines of ``GoldLine``), read side by side.

    Lines are decoded strictly: wrong types, missing and unknown fields and repeated items are errors. What only
    ``checks.check_predictions`` can see (labels, words, zones) is not looked at: check a submission first.
    ``jobs`` processes share the work; the result is the same. Raises ``FindingsError`` where a line is wrong.
    """
    totals, lines = Totals(), read_pairs(gold, predictions)
    if jobs <= 1:
        for chunk in _chunks(lines, BLOCK):
            _count(chunk, totals)
        return _scored(totals)
    with get_context("spawn").Pool(jobs) as pool:
        # No more chunks are read ahead than keep the processes busy: Pool.imap would read the whole files.
        running: deque[Any] = deque()
        take: Callable[[], None] = lambda: totals.merge(_merged(running.popleft().get()))  # noqa: E731
        for chunk in _chunks(lines, SHARE):
            running.append(pool.apply_async(_try_count, (chunk,)))
            if len(running) > 2 * jobs:
                take()
        while running:
            take()
    return _scored(totals)


def _try_count(lines: list[Lines]) -> Totals | list[Finding]:
    """Count, with findings as a value: exceptions with arguments of their own do not cross processes."""
    totals = Totals()
    try:
        for chunk in _chunks(lines, BLOCK):
            _count(chunk, totals)
    except FindingsError as error:
        return list(error.findings)
    return totals


def _merged(result: Totals | list[Finding]) -> Totals:
    if isinstance(result, list):
        raise FindingsError(result)
    return result
