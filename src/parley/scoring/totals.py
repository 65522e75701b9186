"""Counts of many articles, added up one at a time, so that memory grows with the number of their stories only.

``report.score`` has the whole corpus in memory and reports on each article; here only counts are kept. They are the
same, by the same functions.
"""

from collections import Counter
from fractions import Fraction
from typing import Any, NamedTuple

import msgspec

from parley.corpus import RegistryEntry, ZoneSpan
from parley.findings import FindingsError, finding, shorten
from parley.model import Document, Id, Prediction
from parley.reading import ArticleText
from parley.scoring.coreference import Contingency
from parley.scoring.counts import Score, Tally
from parley.scoring.pair import Pair
from parley.scoring.registry import METRICS
from parley.scoring.zones import scored_part


class GoldLine(Document, kw_only=True):
    """A line of gold.jsonl: the gold of one article with its text and zones, so that no other file is needed.

    ``registry`` holds the entries that it names, if they are to count: a holder is not paired with its own side.
    ``story`` is the story that the article tells, if others tell it too: metrics across articles join these.
    """

    text: str
    zones: list[ZoneSpan]
    registry: list[RegistryEntry] = msgspec.field(default_factory=list)
    story: Id | None = None

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

    Of a metric across articles, the clusters of a story are kept until its last article may have been read.
    """

    def __init__(self) -> None:
        self.articles = 0
        self.attempted: list[str] | None = None
        self.tallies: dict[str, Tally] = {}
        self.joined: dict[tuple[str, str], Contingency] = {}  # by metric (the first that counts so) and story
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
            if METRICS[first].layer in attempted and gold.story is None:
                self._count_story(first, pair.once(METRICS[first].count))
            elif METRICS[first].layer in attempted:
                _add(self.joined, (first, gold.story), pair.once(METRICS[first].count))

    def merge(self, other: "Totals") -> None:
        """Add the counts of other articles."""
        if other.attempted is not None:
            self._require_layers(other.attempted, "a later article")
        self.articles += other.articles
        self.ignored.update(other.ignored)
        for name, tally in other.tallies.items():
            _add(self.tallies, name, tally)
        for key, table in other.joined.items():
            _add(self.joined, key, table)

    def _require_layers(self, attempted: list[str], article: str) -> None:
        if self.attempted not in (None, attempted):
            problem = f"{shorten(article)} has other layers than the articles before it"
            fix = "write an empty list where nothing was found, or leave the layer out of every article"
            raise refusal("partial-layer", problem=problem, fix=fix)
        self.attempted = attempted

    def _count_story(self, first: str, table: Contingency) -> None:
        for name in _joined()[first]:
            _add(self.tallies, name, METRICS[name].of_story([table]))

    def scored(self) -> Scored:
        """Return the scores, computed from the summed counts. Raises ``FindingsError`` if there is no article."""
        if not self.articles:
            raise refusal("missing-article", problem="the gold has no article", fix="name a gold that has articles")
        for (first, _), table in self.joined.items():
            self._count_story(first, table)
        self.joined = {}
        tallies = {name: self.tallies[name] for name in METRICS if name in self.tallies}
        scores = {name: METRICS[name].score(tally) for name, tally in tallies.items()}
        return Scored(scores, tallies, dict(sorted(self.ignored.items())), self.articles)


def _joined() -> dict[str, list[str]]:
    """Return the metrics across articles, those with the same contingencies together, by the first of them."""
    by_count: dict[Any, list[str]] = {}
    for name, metric in METRICS.items():
        if metric.joined is not None:
            by_count.setdefault((metric.layer, metric.count), []).append(name)
    return {names[0]: names for names in by_count.values()}


def _add(totals: dict[Any, Any], name: Any, counts: Any) -> None:
    if name in totals:
        totals[name].add(counts)
    else:
        totals[name] = counts.copy()


def refusal(rule: str, **values: Any) -> FindingsError:
    """Return the error of one finding on predictions."""
    return FindingsError([finding(rule, scope="predictions", **values)])
