"""Counts of many articles, added as the articles come: nothing of an article is kept but what others can still touch."""

from array import array
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from parley.catalogue import ZoneSpan
from parley.findings import Finding, FindingsError
from parley.model import Document, Prediction
from parley.scoring.clusters import SUMS
from parley.scoring.coreference import Contingency
from parley.scoring.counts import Figure, Tally
from parley.scoring.pairs import Ground, Pair
from parley.scoring.registry import LAYERS, METRICS
from parley.scoring.sums import Sum
from parley.scoring.zones import scored_part


class GoldLine(Document, kw_only=True):
    """A line of a gold.jsonl: an article's gold with its text and zones, so that nothing else need be read."""

    text: str
    zones: list[ZoneSpan]


class _Side:
    """The sizes of one side's clusters, by number. Clusters of the registry have one number in all articles."""

    def __init__(self) -> None:
        self.sizes = array("q")
        self.numbers: dict[Any, int] = {}

    def add(self, sizes: Mapping[Any, int]) -> dict[Any, int]:
        """Add clusters by name and return their numbers."""
        found = {}
        for name, size in sizes.items():
            number = self.numbers.get(name)
            if number is None:
                number = len(self.sizes)
                self.sizes.append(0)
                if _is_shared(name):
                    self.numbers[name] = number
            self.sizes[number] += size
            found[name] = number
        return found

    def merge(self, other: "_Side") -> list[int]:
        """Add another side and return the new number of each of its clusters."""
        names = {number: name for name, number in other.numbers.items()}
        found: list[int] = []
        for number, size in enumerate(other.sizes):
            found += self.add({names.get(number, ("local", number)): size}).values()
        return found


class Joined:
    """The clusters of all articles joined into one, as numbers: some 30 bytes for two clusters that share spans."""

    def __init__(self) -> None:
        self.gold, self.predicted = _Side(), _Side()
        self._pairs = array("q")  # number in gold, number in prediction, shared spans; the same two can come again

    def add(self, table: Contingency) -> None:
        """Add the clusters of an article, by names as ``View.entity_name`` gives them."""
        gold, predicted = self.gold.add(table.gold), self.predicted.add(table.predicted)
        for (one, other), size in table.shared.items():
            self._pairs.extend((gold[one], predicted[other], size))

    def merge(self, other: "Joined") -> None:
        """Add the clusters of other articles."""
        gold, predicted = self.gold.merge(other.gold), self.predicted.merge(other.predicted)
        pairs = other._pairs
        for at in range(0, len(pairs), 3):
            self._pairs.extend((gold[pairs[at]], predicted[pairs[at + 1]], pairs[at + 2]))

    def table(self) -> Contingency:
        """Return the contingency of the articles joined."""
        gold, predicted, pairs = list(range(len(self.gold.sizes))), list(range(len(self.predicted.sizes))), self._pairs
        shared: dict[tuple[int, int], int] = {}
        for at in range(0, len(pairs), 3):
            place = (gold[pairs[at]], predicted[pairs[at + 1]])
            shared[place] = shared.get(place, 0) + pairs[at + 2]
        sizes = dict(zip(gold, self.gold.sizes, strict=True)), dict(zip(predicted, self.predicted.sizes, strict=True))
        return Contingency(*sizes, shared)


class Totals:
    """Counts added over articles. Totals of different articles add; nothing in them is an article's alone.

    Clusters of all articles joined are kept only where another article can still touch them, through a registry id.
    The rest is counted at once: the metrics in ``clusters.SUMS`` are sums over groups of clusters that share no span
    with any other.
    """

    def __init__(self) -> None:
        self.articles = 0
        self.attempted: tuple[str, ...] | None = None
        self.sums: dict[str, Sum] = {name: Sum() for name in METRICS}
        self.joined: dict[tuple[Callable[[Pair], Any], bool], Joined] = {}
        self.ignored: Counter[str] = Counter()

    def add(self, gold: GoldLine, prediction: Prediction) -> None:
        """Count an article. Raises ``FindingsError`` if a layer was attempted in some articles only."""
        attempted = tuple([layer for layer, field in LAYERS.items() if getattr(prediction, field) is not None])
        self._agree(attempted, prediction.id)
        kept, left_out = scored_part(prediction, gold)
        if left_out:
            self.ignored.update(left_out)
        pair = Pair(Ground(gold, gold.text), gold, kept)
        self.articles += 1
        closed: dict[Callable[[Pair], Any], Contingency] = {}  # of joined clusters, what no other article can touch
        for name, metric in METRICS.items():
            if metric.layer not in attempted:
                continue
            if metric.joined is None:
                self.sums[name].add(metric.counts(pair))
                continue
            in_groups, count = metric.joined in SUMS, metric.counts
            if in_groups and count not in closed:
                closed[count], still_open = _part(count(pair))
                self.joined.setdefault((count, True), Joined()).add(still_open)
            if in_groups:
                self.sums[name].add(metric.joined(closed[count]))
            else:
                self.joined.setdefault((count, False), Joined()).add(count(pair))

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
        found, tables = {}, dict[Any, Contingency]()
        for name, metric in METRICS.items():
            if metric.layer not in (self.attempted or ()):
                continue
            found[name] = self.sums[name].tally()
            if metric.joined is not None:
                key = (metric.counts, metric.joined in SUMS)
                if key not in tables:
                    tables[key] = self.joined[key].table()
                found[name] += metric.joined(tables[key])
        return found

    def figures(self) -> dict[str, Figure]:
        """Return the figure of every metric that was attempted, divided here for the first time."""
        return {name: METRICS[name].figure(tally) for name, tally in self.tallies().items()}


def _is_shared(name: Any) -> bool:
    """Whether other articles can have a cluster of this name: it begins with an empty string (``View.entity_name``)."""
    return not name[0]


def _part(table: Contingency) -> tuple[Contingency, Contingency]:
    """Return the part of an article's clusters that no other article can touch, and the rest.

    What shares a span with a cluster of the registry, directly or through others, stays with it.
    """
    gold, predicted = {n for n in table.gold if _is_shared(n)}, {n for n in table.predicted if _is_shared(n)}
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
