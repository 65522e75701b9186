"""Counts of many articles, added as the articles come: nothing of an article is kept but what others can still touch."""

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from typing import Any

from parley.corpus import ZoneSpan
from parley.findings import Finding, FindingsError
from parley.model import Document, Prediction
from parley.scoring.block import block, fits
from parley.scoring.clusters import conll_of_common
from parley.scoring.coreference import Contingency, conll_counts
from parley.scoring.counts import Figure, Tally
from parley.scoring.joined import Joined, is_shared
from parley.scoring.pairs import Ground, Pair
from parley.scoring.registry import IN_BLOCKS, LAYERS, METRICS
from parley.scoring.sums import Sum
from parley.scoring.zones import scored_part


class GoldLine(Document, kw_only=True):
    """A line of a gold.jsonl: an article's gold with its text and zones, so that nothing else need be read."""

    text: str
    zones: list[ZoneSpan]


# What is a sum over groups of clusters that share no span with any other -> the same on joined articles. Groups are
# counted one after another, without waiting for the other articles.
SUMS: dict[Callable[[Contingency], Tally], Callable[[Joined], Tally]] = {
    conll_counts: Joined.conll_counts,
    conll_of_common: Joined.conll_of_common,
}


class Totals:
    """Counts added over articles. Totals of different articles add; nothing in them is an article's alone.

    Clusters of all articles joined are kept only where another article can still touch them, through a registry id.
    The rest is counted at once: the metrics in ``SUMS`` are sums over groups of clusters that share no span
    with any other.
    """

    def __init__(self) -> None:
        self.articles = 0
        self.attempted: tuple[str, ...] | None = None
        self.sums: dict[str, Sum] = {name: Sum() for name in METRICS}
        self.joined: dict[Any, Joined] = {}  # by what counts them if they are added in groups, else by metric
        self.ignored: Counter[str] = Counter()

    def add(self, gold: GoldLine, prediction: Prediction) -> None:
        """Count an article. Raises ``FindingsError`` if a layer was attempted in some articles only."""
        self._count(Pair(Ground(gold, gold.text), gold, self._scored(gold, prediction)), METRICS)

    def add_block(self, articles: Sequence[tuple[GoldLine, Prediction]]) -> None:
        """Count articles at once (``scoring.block``). **Their records are changed** and can be used no more.

        Raises ``FindingsError`` if a layer was attempted in some articles only.
        """
        together, alone = [], [name for name in METRICS if name not in IN_BLOCKS]
        for gold, prediction in articles:
            ground, kept = Ground(gold, gold.text), self._scored(gold, prediction)
            if fits(gold, len(gold.text)) and fits(kept, len(gold.text)):
                together.append((gold, kept, ground))
                if alone:
                    self._count(Pair(ground, gold, kept), alone)
            else:
                self._count(Pair(ground, gold, kept), METRICS)  # it would touch the next article
        if together:
            golds, predictions, grounds = zip(*together, strict=True)
            self._count(block(golds, predictions, grounds), IN_BLOCKS)

    def _scored(self, gold: GoldLine, prediction: Prediction) -> Prediction:
        """Return the scored part of an article's prediction, and note the article."""
        attempted = tuple([layer for layer, field in LAYERS.items() if getattr(prediction, field) is not None])
        self._agree(attempted, prediction.id)
        kept, left_out = scored_part(prediction, gold)
        if left_out:
            self.ignored.update(left_out)
        self.articles += 1
        return kept

    def _count(self, pair: Pair, names: Collection[str]) -> None:
        """Add the counts of an article, or a block of them, on some metrics."""
        attempted = self.attempted or ()
        closed: dict[Callable[[Pair], Any], Contingency] = {}  # of joined clusters, what no other article can touch
        for name, metric in METRICS.items():
            if metric.layer not in attempted or name not in names:
                continue
            if metric.joined is None:
                self.sums[name].add(metric.count(pair))
                continue
            count = metric.count
            if not _in_groups(name):
                self.joined.setdefault(name, Joined()).add(count(pair))
                continue
            if count not in closed:
                closed[count], still_open = _part(count(pair))
                self.joined.setdefault(count, Joined()).add(still_open)
            self.sums[name].add(metric.joined(closed[count]))

    def merge(self, other: "Totals") -> None:
        """Add the counts of other articles."""
        if other.attempted is not None:
            self._agree(other.attempted, "a later article")
        self.articles += other.articles
        self.ignored.update(other.ignored)
        for name, total in other.sums.items():
            self.sums[name].merge(total)
        for key, clusters in other.joined.items():
            self.joined.setdefault(key, Joined()).merge(clusters)

    def _agree(self, attempted: tuple[str, ...], article: str) -> None:
        if self.attempted is None:
            self.attempted = attempted
        elif self.attempted != attempted:
            message = f"'{article}' has other layers than the articles before it"
            mend = "write an empty list where nothing was found, or leave the layer out of every article"
            raise FindingsError([Finding(rule="partial-layer", message=message, suggestion=mend)])

    def tallies(self) -> dict[str, Tally]:
        """Return the counts of every metric that was attempted, those of joined articles included."""
        found = {}
        for name, metric in METRICS.items():
            if metric.layer not in (self.attempted or ()):
                continue
            found[name] = self.sums[name].tally()
            if metric.joined is not None:
                if _in_groups(name):
                    found[name] += SUMS[metric.joined](self.joined[metric.count])
                else:
                    found[name] += metric.joined(self.joined[name].table())
        return found

    def figures(self) -> dict[str, Figure]:
        """Return the figure of every metric that was attempted, divided here for the first time."""
        return {name: METRICS[name].figure(tally) for name, tally in self.tallies().items()}


def _in_groups(name: str) -> bool:
    """Whether a metric on joined articles is counted on groups of clusters, one after another."""
    return METRICS[name].joined in SUMS and name in IN_BLOCKS


def _part(table: Contingency) -> tuple[Contingency, Contingency]:
    """Return the part of an article's clusters that no other article can touch, and the rest.

    What shares a span with a cluster of the registry, directly or through others, stays with it.
    """
    gold, predicted = {n for n in table.gold if is_shared(n)}, {n for n in table.predicted if is_shared(n)}
    if not gold and not predicted:
        return table, Contingency()
    known = 0
    while known < len(gold) + len(predicted):  # until nothing new was touched
        known = len(gold) + len(predicted)
        for one, other in table.shared:
            if one in gold:
                predicted.add(other)
            elif other in predicted:
                gold.add(one)
    return table.part(table.gold.keys() - gold, table.predicted.keys() - predicted), table.part(gold, predicted)
