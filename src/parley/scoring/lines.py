"""Scoring of many articles, one at a time: only counts are kept, so that memory hardly grows with their number.

``report.score`` has the whole corpus in memory and reports on each article; here pairs of gold and prediction come from
anywhere, or from two files of JSON lines that are read side by side. The counts are the same, by the same functions.
"""

import gc
import re
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from fractions import Fraction
from functools import partial
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, TypeVar

import msgspec

from parley.checks.corpus import check_zones
from parley.checks.predictions import MAX_LINE, check_meaning, check_size
from parley.checks.shape import check_shape, check_strings
from parley.corpus import ZoneSpan
from parley.files import parse_json
from parley.findings import Finding, FindingsError, finding, shorten
from parley.model import Document, Prediction
from parley.reading import AnnotatedArticle, ArticleText
from parley.scoring.coreference import Contingency
from parley.scoring.counts import Score, Tally
from parley.scoring.pair import Pair
from parley.scoring.registry import METRICS, Metric, added_metrics
from parley.scoring.zones import scored_part

MAX_LISTED = 1000  # findings of one kind
SHARE = 128  # articles given to a process at a time, and counted before finished clusters are put away


class Line(NamedTuple):
    """A line of a file: the file's name in messages, the line's number (from 1), its bytes."""

    file: str
    number: int
    data: bytes


Lines = tuple[Line, Line]  # an article's gold and its prediction


T = TypeVar("T")


class GoldLine(Document, kw_only=True):
    """A line of gold.jsonl: the gold of one article with its text and zones, so that no other file is needed."""

    text: str
    zones: list[ZoneSpan]


class Scored(NamedTuple):
    """What was scored: scores and tallies by metric, number of items left out by kind, number of articles."""

    scores: dict[str, Score]
    tallies: dict[str, Tally]
    ignored: dict[str, int]
    articles: int

    def value(self, metric: str) -> Fraction:
        """Return a metric's value. Raises ``KeyError`` if its layer was not attempted."""
        value: Fraction = self.scores[metric].value
        return value


class Totals:
    """Counts added over articles. Totals of different articles add up.

    Of a metric on joined articles, clusters are kept only where another article can still add to them through a
    registry id; ``close`` counts the others, if the metric allows it (``Metric.by_group``).
    """

    def __init__(self) -> None:
        self.articles = 0
        self.attempted: list[str] | None = None
        self.tallies: dict[str, Tally] = {}
        self.joined: dict[str, Contingency] = {}
        self.ignored: Counter[str] = Counter()

    def add(self, gold: GoldLine, prediction: Prediction, text: ArticleText | None = None) -> None:
        """Count an article. Raises ``FindingsError`` if a layer was attempted in some articles only."""
        attempted = prediction.attempted_layers
        self._require_layers(attempted, prediction.id)
        scored, ignored = scored_part(prediction, gold)
        self.ignored.update(ignored)
        self.articles += 1
        pair = Pair(text or ArticleText(gold, gold.text), gold, scored)
        for name, metric in METRICS.items():
            if metric.layer in attempted and metric.joined is None:
                _add(self.tallies, name, pair.once(metric.count))
        for first in _joined():
            if METRICS[first].layer in attempted:
                _add(self.joined, first, METRICS[first].count(pair))

    def merge(self, other: "Totals") -> None:
        """Add the counts of other articles."""
        if other.attempted is not None:
            self._require_layers(other.attempted, "a later article")
        self.articles += other.articles
        self.ignored.update(other.ignored)
        for name, tally in other.tallies.items():
            _add(self.tallies, name, tally)
        for name, table in other.joined.items():
            _add(self.joined, name, table)

    def _require_layers(self, attempted: list[str], article: str) -> None:
        if self.attempted not in (None, attempted):
            problem = f"{shorten(article)} has other layers than the articles before it"
            fix = "write an empty list where nothing was found, or leave the layer out of every article"
            raise _refusal("partial-layer", problem=problem, fix=fix)
        self.attempted = attempted

    def close(self, *, every: bool = False) -> None:
        """Count the joined clusters that no other article can add to, or ``every`` one, and put them away."""
        for first, names in _joined().items():
            table = self.joined.get(first)
            if table is None or not (every or all(METRICS[name].by_group for name in names)):
                continue
            finished = table if every else _finished(table)
            for name in names:
                joined = METRICS[name].joined
                if joined is not None:
                    _add(self.tallies, name, joined(finished))
            self.joined[first] = _without(table, finished)

    def scored(self) -> Scored:
        """Return the scores, computed from the summed counts. Raises ``FindingsError`` if there is no article."""
        if not self.articles:
            raise _refusal("missing-article", problem="the gold has no article", fix="name a gold that has articles")
        self.close(every=True)
        tallies = {name: self.tallies[name] for name in METRICS if name in self.tallies}
        scores = {name: METRICS[name].score(tally) for name, tally in tallies.items()}
        return Scored(scores, tallies, dict(sorted(self.ignored.items())), self.articles)


def _joined() -> dict[str, list[str]]:
    """Return the metrics on joined articles, those with the same contingencies together, by the first of them."""
    by_count: dict[Any, list[str]] = {}
    for name, metric in METRICS.items():
        if metric.joined is not None:
            by_count.setdefault((metric.layer, metric.count), []).append(name)
    return {names[0]: names for names in by_count.values()}


def _add(totals: dict[str, Any], name: str, counts: Any) -> None:
    if name in totals:
        totals[name].add(counts)
    else:
        totals[name] = counts.copy()


def _finished(table: Contingency) -> Contingency:
    """Return the clusters that no other article can add to.

    They have no registry id (``View.global_name``) and share no span, directly or through others, with a cluster that has one.
    """
    touched: dict[Any, list[Any]] = {}  # cluster (side, name) -> clusters of the other side that it shares spans with
    for one, other in table.shared:
        touched.setdefault((0, one), []).append((1, other))
        touched.setdefault((1, other), []).append((0, one))
    sides = (table.gold, table.predicted)
    waiting = [(side, name) for side, sizes in enumerate(sides) for name in sizes if " " not in name]
    still_open = set(waiting)
    while waiting:
        for cluster in touched.get(waiting.pop(), ()):
            if cluster not in still_open:
                still_open.add(cluster)
                waiting.append(cluster)
    gold, predicted = (
        {n: size for n, size in sizes.items() if (s, n) not in still_open} for s, sizes in enumerate(sides)
    )
    return Contingency(gold, predicted, {pair: size for pair, size in table.shared.items() if pair[0] in gold})


def _without(table: Contingency, part: Contingency) -> Contingency:
    parts = zip(table.parts, part.parts, strict=True)
    return Contingency(*({name: size for name, size in whole.items() if name not in gone} for whole, gone in parts))


def _refusal(rule: str, **values: Any) -> FindingsError:
    return FindingsError([finding(rule, scope="predictions", **values)])


def _repeated(article: str, file: str = "") -> FindingsError:
    problem, fix = f"{shorten(article)} comes twice", "write one line for each article"
    return _refusal("duplicate-article", problem=problem, fix=fix, file=file)


def _require_none_left(articles: Iterable[str], file: str = "") -> None:
    left = [
        finding("unknown-article", problem=f"no article is left for {shorten(name)}", fix="remove it", file=file)
        for name in islice(articles, MAX_LISTED)
    ]
    if left:
        raise FindingsError(left)


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
                raise _refusal("missing-article/line", id=article.id)
            if following.id in waiting:
                raise _repeated(following.id)
            waiting[following.id] = following
        totals.add(article, waiting.pop(article.id))
        if totals.articles % SHARE == 0:
            totals.close()
    _require_none_left([*waiting, *(prediction.id for prediction in coming)])
    return totals.scored()


# files of lines ---------------------------------------------------------------------------------------------


class _Named(msgspec.Struct):
    """A line of which only the id is read."""

    id: str


_ID = msgspec.json.Decoder(_Named)
# Most lines begin with their id, so that the rest need not be read for it; ``_decoded`` verifies it.
_BEGINS_WITH_ID = re.compile(rb'\s*\{\s*"id"\s*:\s*"([A-Za-z0-9._-]+)"')
_ABOUT = ("canary", "ontology", "annotator", "sha256", "text", "zones")  # what gold has and a prediction has not


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
                    raise _refusal("missing-article/line", id=name, file=file)
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
    return _refusal("bad-value", problem=str(error), fix=fix, file=line.file, line=line.number)


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


def _decoded(gold: Line, answer: Line) -> tuple[GoldLine, Prediction, ArticleText]:
    """Return the records of two lines, and the text. Raises ``FindingsError`` where one is wrong.

    Both are checked as predictions are, but for registry ids: no registry is at hand.
    """
    article, prediction = _record(gold, GoldLine), _record(answer, Prediction)
    if article.id != _id(gold) or prediction.id != article.id:
        raise _refusal("duplicate-key", key="id", file=answer.file, line=answer.number)
    text = ArticleText(article, article.text)
    wrong = check_zones(article.zones, len(article.text), gold.file, gold.number)
    if not wrong:
        wrong = check_meaning(AnnotatedArticle(article, text), None, gold.file, gold.number)
        wrong += check_meaning(AnnotatedArticle(prediction, text), article, answer.file, answer.number)
    wrong = [each for each in wrong if each.is_error and each.rule != "registry-unknown"]
    if wrong:
        raise FindingsError(wrong)
    return article, prediction, text


def _count(lines: list[Lines]) -> Totals | list[Finding]:
    """Return the counts of some articles, or what is wrong: exceptions with arguments do not cross processes."""
    totals, was_on, findings = Totals(), gc.isenabled(), list[Finding]()
    gc.disable()  # the records are needed and hold no cycles: walking over them takes a tenth of the time
    try:
        for gold, answer in lines:
            try:
                totals.add(*_decoded(gold, answer))
            except FindingsError as error:
                findings += error.findings
    finally:
        if was_on:
            gc.enable()
    if findings:
        return findings[:MAX_LISTED]
    totals.close()
    return totals


def score_lines(gold: Path, predictions: Path, *, jobs: int = 1) -> Scored:
    """Return the scores of a file of predictions against a gold.jsonl (lines of ``GoldLine``), read side by side.

    Every line is checked as ``checks.check_predictions`` does, but for registry ids, as there is no registry; warnings
    are passed over. ``jobs`` processes share the work; the result is the same. Raises ``FindingsError`` with the
    errors of the first articles that have some.
    """
    lines, total = read_pairs(gold, predictions), Totals()
    shares = iter(lambda: list(islice(lines, SHARE)), [])
    for counted in map(_count, shares) if jobs <= 1 else _in_processes(shares, jobs):
        if isinstance(counted, list):
            raise FindingsError(counted)
        total.merge(counted)
    return total.scored()


def _install(metrics: dict[str, Metric]) -> None:
    METRICS.update(metrics)


def _in_processes(shares: Iterable[list[Lines]], jobs: int) -> Iterator[Totals | list[Finding]]:
    """Yield the counts of each share, in order. No more is read ahead than keeps the processes busy.

    Metrics that were added are sent to the processes: their functions must be importable there.
    """
    with get_context("spawn").Pool(jobs, _install, (added_metrics(),)) as pool:
        running = deque[Any]()
        for share in shares:
            running.append(pool.apply_async(_count, (share,)))
            if len(running) > 2 * jobs:
                yield running.popleft().get()
        while running:
            yield running.popleft().get()
