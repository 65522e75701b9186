"""Many articles, scored one after another: only counts are kept, so that memory hardly grows with their number.

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
from typing import Any, BinaryIO, NamedTuple

import msgspec

from parley.checks.predictions import MAX_LINE
from parley.checks.shape import check_shape
from parley.corpus import ZoneSpan
from parley.files import parse_json
from parley.findings import Finding, FindingsError, finding, shorten
from parley.model import Annotation, Document, Prediction
from parley.reading import ArticleText
from parley.scoring.coreference import Contingency
from parley.scoring.counts import Score, Tally
from parley.scoring.pair import Pair
from parley.scoring.registry import METRICS, Metric, added_metrics, attempted_layers
from parley.scoring.zones import scored_part

MAX_LISTED = 1000  # findings of one kind
SHARE = 128  # articles given to a process at a time, and counted before finished clusters are put away

Lines = tuple[bytes, bytes]  # an article's gold and its prediction, as they are in the files


class GoldLine(Document, kw_only=True):
    """A line of a gold.jsonl: an article's gold with its text and zones, so that nothing else need be read."""

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

    def add(self, gold: GoldLine, prediction: Prediction) -> None:
        """Count an article. Raises ``FindingsError`` if a layer was attempted in some articles only."""
        attempted = attempted_layers(prediction)
        self._require_layers(attempted, prediction.id)
        scored, ignored = scored_part(prediction, gold)
        self.ignored.update(ignored)
        self.articles += 1
        pair = Pair(ArticleText(gold, gold.text), gold, scored)
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
        """Return the scores, divided here for the first time. Raises ``FindingsError`` if there is no article."""
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

    They have no registry id and share no span, directly or through others, with a cluster that has one.
    """
    touched: dict[Any, list[Any]] = {}  # cluster (side, name) -> clusters of the other side that it shares spans with
    for one, other in table.shared:
        touched.setdefault((0, one), []).append((1, other))
        touched.setdefault((1, other), []).append((0, one))
    sides = (table.gold, table.predicted)
    waiting = [(side, name) for side, sizes in enumerate(sides) for name in sizes if not name[0]]
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
    sides = zip(table.sides, part.sides, strict=True)
    return Contingency(*({name: size for name, size in whole.items() if name not in gone} for whole, gone in sides))


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


_GOLD, _PREDICTION = msgspec.json.Decoder(GoldLine), msgspec.json.Decoder(Prediction)
_ID = msgspec.json.Decoder(_Named)
# Most lines begin with their id, so that the rest need not be read for it; ``_count`` verifies it.
_BEGINS_WITH_ID = re.compile(rb'\s*\{\s*"id"\s*:\s*"([A-Za-z0-9._-]+)"')


def read_pairs(gold: Path, predictions: Path) -> Iterator[Lines]:
    """Yield the lines of an article together, in the order of the gold.

    Predictions may come in any order: of lines that come early only the place in the file is kept.
    Raises ``FindingsError`` for an article without prediction, a prediction without article and one that comes twice.
    """
    file, places = str(predictions), dict[str, tuple[int, int]]()
    with gold.open("rb") as golds, predictions.open("rb") as answers, predictions.open("rb") as again:
        for line in golds:
            if not line.strip():
                continue
            name, found = _id(line, str(gold)), b""
            while name not in places:
                at = answers.tell()
                answer = answers.readline(MAX_LINE + 1)
                if not answer:
                    raise _refusal("missing-article/line", id=name, file=file)
                if answer.strip():
                    known = _id(answer, file)
                    if known in places:
                        raise _repeated(known, file)
                    places[known] = (at, len(answer))
                    found = answer
            at, size = places.pop(name)
            yield line, found or _at(again, at, size)
        left = [_id(answer, file) for answer in iter(partial(answers.readline, MAX_LINE + 1), b"") if answer.strip()]
        _require_none_left([*places, *left], file)


def _at(stream: BinaryIO, place: int, size: int) -> bytes:
    stream.seek(place)
    return stream.read(size)


def _id(line: bytes, file: str) -> str:
    if len(line) > MAX_LINE:
        raise _refusal("too-large", what="a line", limit=MAX_LINE, file=file)
    begins = _BEGINS_WITH_ID.match(line)
    if begins:
        return begins[1].decode()
    try:
        return _ID.decode(line).id
    except (msgspec.DecodeError, RecursionError):
        raise FindingsError(_explain(line, file)) from None


def _explain(line: bytes, file: str) -> list[Finding]:
    """Return what is wrong with a line, by the slow checks."""
    value, findings = parse_json(line, file)
    findings = findings or check_shape(value, "prediction", file=file)
    problem, fix = "the line cannot be read", "run `parley check` on it"
    return findings or [finding("bad-json", problem=problem, fix=fix, file=file)]


def _is_repeated(annotation: Annotation) -> bool:
    """Whether an id, a mention's span or a trigger is there twice: predictions are sets."""
    mentions, entities, events = annotation.mentions or (), annotation.entities or (), annotation.events or ()
    ids = [item.id for items in (mentions, entities, events, annotation.stances or ()) for item in items]
    return (
        len({*ids}) < len(ids)
        or len({(m.start, m.end) for m in mentions}) < len(mentions)
        or len({(e.start, e.end) for e in events}) < len(events)
    )


def _decoded(gold: bytes, answer: bytes) -> tuple[GoldLine, Prediction]:
    """Return the records of two lines. Raises ``FindingsError`` where one is wrong."""

    try:
        article = _GOLD.decode(gold)
    except msgspec.DecodeError as error:
        raise _refusal(
            "bad-value", problem=str(error), fix="write a gold record with text and zones", file="gold"
        ) from None
    try:
        prediction = _PREDICTION.decode(answer)
    except (msgspec.DecodeError, RecursionError):
        raise FindingsError(_explain(answer, "predictions")) from None
    for line, record, file in ((gold, article, "gold"), (answer, prediction, "predictions")):
        if _id(line, file) != record.id:
            raise _refusal("duplicate-key", key="id", file=file)
    if _is_repeated(prediction):
        problem = f"an id, a mention or a trigger of {shorten(prediction.id)} is there twice"
        fix = "predictions are sets: give each item once, with an id of its own"
        raise _refusal("duplicate-id", problem=problem, fix=fix)
    return article, prediction


def _count(lines: list[Lines]) -> Totals | list[Finding]:
    """Return the counts of some articles, or what is wrong: exceptions with arguments do not cross processes."""
    totals, was_on = Totals(), gc.isenabled()
    gc.disable()  # the records are needed and hold no cycles: walking over them takes a tenth of the time
    try:
        for gold, answer in lines:
            totals.add(*_decoded(gold, answer))
    except FindingsError as error:
        return list(error.findings)
    finally:
        if was_on:
            gc.enable()
    totals.close()
    return totals


def score_lines(gold: Path, predictions: Path, *, jobs: int = 1) -> Scored:
    """Return the scores of a file of predictions against a gold.jsonl (lines of ``GoldLine``), read side by side.

    Lines are decoded strictly: wrong types, missing and unknown fields and repeated items are errors. What only
    ``checks.check_predictions`` can see (labels, words, zones) is not looked at: check a submission first.
    ``jobs`` processes share the work; the result is the same. Raises ``FindingsError`` where a line is wrong.
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
