"""The clusters of many articles joined into one, as numbers in arrays: memory hardly grows with the articles.

Clusters of one registry id are one cluster in all articles; every other cluster is of its own.
"""

from array import array
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import min_weight_full_bipartite_matching

from parley.scoring.coreference import Contingency
from parley.scoring.counts import Counts, Tally, sum_of_ratios

Numbers = NDArray[np.int64]

_CLEAR = 1e-12  # by how much a pair must outweigh its rivals: more than sums of rounded weights can be wrong


def is_shared(name: Any) -> bool:
    """Whether other articles can have a cluster of this name: it begins with an empty string (``View.entity_name``)."""
    return not name[0]


class _Side:
    """The sizes of one side's clusters, by number. A number whose cluster became one with another has size 0."""

    def __init__(self) -> None:
        self.sizes = array("q")
        self.numbers: dict[Any, int] = {}  # of clusters that other articles can have

    def add(self, sizes: Mapping[Any, int]) -> dict[Any, int]:
        """Add clusters by name and return their numbers."""
        found = {}
        for name, size in sizes.items():
            number = self.numbers.get(name)
            if number is None:
                number = len(self.sizes)
                self.sizes.append(0)
                if is_shared(name):
                    self.numbers[name] = number
            self.sizes[number] += size
            found[name] = number
        return found

    def merge(self, other: "_Side") -> Numbers:
        """Add another side and return the new number of each of its clusters."""
        first = len(self.sizes)
        found = np.arange(first, first + len(other.sizes))
        self.sizes.extend(other.sizes)
        for name, number in other.numbers.items():
            known = self.numbers.setdefault(name, first + number)
            if known != first + number:
                found[number] = known
                self.sizes[known] += other.sizes[number]
                self.sizes[first + number] = 0
        return found


class Joined:
    """The clusters of all articles joined into one: some 30 bytes for two clusters that share spans."""

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
        pairs = _numbers(other._pairs).reshape(-1, 3)
        renamed = np.stack([gold[pairs[:, 0]], predicted[pairs[:, 1]], pairs[:, 2]], axis=1)
        self._pairs.frombytes(renamed.tobytes())

    def _shared(self) -> tuple[Numbers, Numbers, Numbers]:
        """Return each two clusters that share spans, once, and how many they share."""
        pairs = _numbers(self._pairs).reshape(-1, 3)
        columns = max(1, len(self.predicted.sizes))
        cells, place = np.unique(pairs[:, 0] * columns + pairs[:, 1], return_inverse=True)
        shared = np.zeros(len(cells), np.int64)
        np.add.at(shared, place, pairs[:, 2])
        return cells // columns, cells % columns, shared

    def table(self) -> Contingency:
        """Return the contingency of the articles joined."""
        gold, predicted, shared = (numbers.tolist() for numbers in self._shared())
        ones, others = (
            {at: size for at, size in enumerate(side.sizes) if size} for side in (self.gold, self.predicted)
        )
        return Contingency(ones, others, dict(zip(zip(gold, predicted, strict=True), shared, strict=True)))

    def conll_counts(self) -> Tally:
        """Return what ``coreference.conll_counts`` does of ``table``."""
        return _conll_counts(_numbers(self.gold.sizes), _numbers(self.predicted.sizes), *self._shared())

    def conll_of_common(self) -> Tally:
        """Return what ``clusters.conll_of_common`` does of ``table``."""
        one, other, shared = self._shared()
        gold, predicted = np.zeros(len(self.gold.sizes), np.int64), np.zeros(len(self.predicted.sizes), np.int64)
        np.add.at(gold, one, shared)
        np.add.at(predicted, other, shared)
        return _conll_counts(gold, predicted, one, other, shared)


def _numbers(kept: "array[int]") -> Numbers:
    return np.frombuffer(kept, np.int64) if kept else np.zeros(0, np.int64)


def _ratios(numerators: Numbers, denominators: Numbers) -> dict[int, int]:
    """Return the sums of numerators by denominator."""
    different, place = np.unique(denominators, return_inverse=True)
    sums = np.zeros(len(different), np.int64)
    np.add.at(sums, place, numerators)
    return dict(zip(different.tolist(), sums.tolist(), strict=True))


def _conll_counts(gold: Numbers, predicted: Numbers, one: Numbers, other: Numbers, shared: Numbers) -> Tally:
    """Return MUC, B³ and CEAFe (``coreference``) of clusters ``one`` and ``other`` that share so many spans."""
    spans, answers = int(gold.sum()), int(predicted.sum())
    clusters, found = int(np.count_nonzero(gold)), int(np.count_nonzero(predicted))
    links = int(shared.sum()) - len(shared)
    of_gold, of_predicted = (
        sum_of_ratios(_ratios(shared * shared, gold[one])),
        sum_of_ratios(_ratios(shared * shared, predicted[other])),
    )
    together = gold[one] + predicted[other]
    best = _best(one, other, 2 * shared / together)
    similarity = sum_of_ratios(_ratios(2 * shared[best], together[best]))
    return Tally(
        {
            "muc": Counts(spans - clusters, answers - found, links, links),
            "b_cubed": Counts(spans, answers, of_gold, of_predicted),
            "ceaf_e": Counts(clusters, found, similarity, similarity),
        }
    )


def _rivals(names: Numbers, weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return for each pair the largest weight of another pair of the same cluster, by its number; 0 if there is none."""
    largest, second = np.zeros(names.max() + 1), np.zeros(names.max() + 1)
    np.maximum.at(largest, names, weights)
    is_largest = weights == largest[names]
    tied = np.bincount(names[is_largest], minlength=len(largest)) > 1
    np.maximum.at(second, names[~is_largest], weights[~is_largest])
    return np.where(is_largest & ~tied[names], second[names], largest[names])


def _best(one: Numbers, other: Numbers, similarity: NDArray[np.float64]) -> Numbers:
    """Return the places of the pairs in the best one-to-one matching.

    A pair that outweighs its largest rivals on both sides together is in it, as ``assignment`` tells; with its two
    clusters gone others outweigh theirs. That settles nearly all: what a cluster of an article shares with one that
    all articles mention is next to nothing of the latter. An algorithm matches the rest.
    """
    left, settled = np.arange(len(one)), []
    while len(left):
        ones, others, weights = one[left], other[left], similarity[left]
        clear = weights > _rivals(ones, weights) + _rivals(others, weights) + _CLEAR
        if not clear.any():
            break
        settled.append(left[clear])
        left = left[~np.isin(ones, ones[clear]) & ~np.isin(others, others[clear])]
    return np.concatenate([*settled, _matched(left, one, other, similarity)])


def _matched(left: Numbers, one: Numbers, other: Numbers, similarity: NDArray[np.float64]) -> Numbers:
    """Return which of the pairs ``left`` are in the best matching of them."""
    if not len(left):
        return left
    ones, row = np.unique(one[left], return_inverse=True)
    others, column = np.unique(other[left], return_inverse=True)
    # Each cluster may also stay alone, which is a column of its own: see ``assignment``, where pieces are smaller.
    alone = np.arange(len(ones))
    weights = np.concatenate([similarity[left] + 1, np.ones(len(ones))])
    places = (np.concatenate([row, alone]), np.concatenate([column, len(others) + alone]))
    table = csr_array((weights, places), shape=(len(ones), len(others) + len(ones)))
    matched_row, matched_column = min_weight_full_bipartite_matching(table, maximize=True)
    met = matched_column < len(others)
    cells = row * len(others) + column
    order = np.argsort(cells)
    at = np.searchsorted(cells, matched_row[met].astype(np.int64) * len(others) + matched_column[met], sorter=order)
    chosen: Numbers = left[order[at]]
    return chosen
