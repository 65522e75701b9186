"""Counts of many articles, added up one at a time, so that memory hardly grows with their number.

``report.score`` has the whole corpus in memory and reports on each article; here only counts are kept. They are the
same, by the same functions.
"""

from collections import Counter
from fractions import Fraction
from typing import Any, NamedTuple

import msgspec

from parley.corpus import RegistryEntry, ZoneSpan
from parley.findings import FindingsError, finding, shorten
from parley.model import Document, Prediction
from parley.reading import ArticleText
from parley.scoring.coreference import Contingency
from parley.scoring.counts import Score, Tally
from parley.scoring.pair import Pair
from parley.scoring.registry import METRICS
from parley.scoring.zones import scored_part


class GoldLine(Document, kw_only=True):
    """A line of gold.jsonl: the gold of one article with its text and zones, so that no other file is needed.

    ``registry`` holds the entries that it names, if they are to count: a holder is not paired with its own side.
    """

    text: str
    zones: list[ZoneSpan]
    registry: list[RegistryEntry] = msgspec.field(default_factory=list)

    @property
    def entries(self) -> dict[str, RegistryEntry]:
        """The entries by id."""
        return {entry.id: entry for entry in self.registry}


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
        pair = Pair(text or ArticleText(gold, gold.text), gold, scored, gold.entries)
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
            raise refusal("partial-layer", problem=problem, fix=fix)
        self.attempted = attempted

    def close(self, *, every: bool = False) -> None:
        """Count the joined clusters that no other article can add to, or ``every`` one, and drop them."""
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
            raise refusal("missing-article", problem="the gold has no article", fix="name a gold that has articles")
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

    They have no registry id (``View.global_name``) and share no span, directly or through others, with a cluster that
    has one.
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


def refusal(rule: str, **values: Any) -> FindingsError:
    """Return the error of one finding on predictions."""
    return FindingsError([finding(rule, scope="predictions", **values)])
