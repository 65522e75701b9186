"""Coreference: clusters of spans against clusters of spans.

Every metric is a function of a ``Contingency``: how large each cluster is and how many spans each gold cluster
shares with each predicted one. Spans are matched exactly and nothing is added to or taken from either side, as in
the CoNLL reference scorer v8.01 (Pradhan et al. 2014, "Scoring Coreference Partitions of Predicted Mentions");
singletons count. Over articles, numerators and denominators are added, then divided.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping
from fractions import Fraction
from math import comb, lcm
from typing import Any

import msgspec

from parley.scoring.assignment import best_matching, without_dominated
from parley.scoring.counts import NOTHING, Counts, Figure, Number, Tally, f1_of, mean

_MANY = 500  # pairs of clusters that share a span: more than an article has


class Contingency(msgspec.Struct, frozen=True):
    """Sizes of gold and predicted clusters by name, and the number of spans each two share, where they share any.

    Contingencies of several articles add: clusters of one name become one. That joins the articles into one.
    """

    gold: Mapping[Any, int] = {}
    predicted: Mapping[Any, int] = {}
    shared: Mapping[tuple[Any, Any], int] = {}

    def __add__(self, other: "Contingency") -> "Contingency":
        return Contingency(
            _added(self.gold, other.gold),
            _added(self.predicted, other.predicted),
            _added(self.shared, other.shared),
        )

    def renamed(self, gold: Callable[[Any], Any], predicted: Callable[[Any], Any]) -> "Contingency":
        """Return the same with clusters named anew; clusters that come to one name become one."""
        return Contingency(
            _regrouped(self.gold, gold),
            _regrouped(self.predicted, predicted),
            _regrouped(self.shared, lambda pair: (gold(pair[0]), predicted(pair[1]))),
        )


def _regrouped(sizes: Mapping[Any, int], name: Callable[[Any], Any]) -> dict[Any, int]:
    grouped: dict[Any, int] = defaultdict(int)
    for old, size in sizes.items():
        grouped[name(old)] += size
    return dict(grouped)


def _added(one: Mapping[Any, int], other: Mapping[Any, int]) -> dict[Any, int]:
    both = dict(one)
    for name, size in other.items():
        both[name] = both.get(name, 0) + size
    return both


def contingency(gold: Mapping[Any, Iterable[Hashable]], predicted: Mapping[Any, Iterable[Hashable]]) -> Contingency:
    """Return the contingency of two clusterings given as spans by cluster name.

    Raises ``ValueError`` if a span is in a clustering twice: it would be counted twice.
    """
    at_gold, at_predicted = _places(gold), _places(predicted)
    shared: dict[tuple[Any, Any], int] = defaultdict(int)
    for span, cluster in at_gold.items():
        if span in at_predicted:
            shared[cluster, at_predicted[span]] += 1
    return Contingency(_sizes(at_gold), _sizes(at_predicted), dict(shared))


def _places(clusters: Mapping[Any, Iterable[Hashable]]) -> dict[Hashable, Any]:
    """Return the cluster of each span."""
    places: dict[Hashable, Any] = {}
    for name, spans in clusters.items():
        for span in spans:
            if span in places:
                raise ValueError(f"the span {span} is in {places[span]!r} and again in {name!r}")
            places[span] = name
    return places


def _sizes(places: Mapping[Hashable, Any]) -> dict[Any, int]:
    sizes: dict[Any, int] = defaultdict(int)
    for name in places.values():
        sizes[name] += 1
    return dict(sizes)


def muc(table: Contingency) -> Counts:
    """Links that need not be added (Vilain et al. 1995): of a cluster in p pieces, size − p out of size − 1.

    The pieces of a cluster are the clusters of the other side that it meets, and each span the other side lacks. A
    cluster that shares s spans with m clusters is in m + (size − s) pieces, so that size − p = s − m: one less than
    it shares with each cluster it meets, and the same sum for both sides.
    """
    links = _links(table.shared)
    return Counts(_links(table.gold), _links(table.predicted), links, links)


def _links(sizes: Mapping[Any, int]) -> int:
    """Return the fewest links that hold each cluster together."""
    return sum(sizes.values()) - len(sizes)


def b_cubed(table: Contingency) -> Counts:
    """For each span, the share of its cluster that the other side's cluster of it shares (Bagga & Baldwin 1998)."""
    by_gold: dict[int, int] = defaultdict(int)
    by_predicted: dict[int, int] = defaultdict(int)
    for (one, other), size in table.shared.items():
        by_gold[table.gold[one]] += size * size
        by_predicted[table.predicted[other]] += size * size
    return Counts(
        sum(table.gold.values()), sum(table.predicted.values()), _sum_of_ratios(by_gold), _sum_of_ratios(by_predicted)
    )


def _sum_of_ratios(numerators: Mapping[int, int]) -> Number:
    """Return the sum of numerator / denominator, given by denominator: exact, in integers to the end."""
    whole = lcm(*numerators)
    return Fraction(sum(n * (whole // denominator) for denominator, n in numerators.items()), whole)


def _thinned(similarity: dict[tuple[Any, Any], float]) -> dict[tuple[Any, Any], float]:
    """Return what of many similarities is needed for their best sum; few are faster matched than thinned."""
    return without_dominated(similarity) if len(similarity) > _MANY else similarity


def ceaf_e(table: Contingency) -> Counts:
    """Similarity of the best one-to-one matching of clusters, φ4 = 2·shared / (size + size) (Luo 2005)."""
    # The quotient of two integers is rounded rightly: these floats are those of the fractions, and order as they do.
    similarity = {
        (one, other): 2 * size / (table.gold[one] + table.predicted[other])
        for (one, other), size in table.shared.items()
    }
    by_sizes: dict[int, int] = defaultdict(int)
    for one, other in best_matching(_thinned(similarity)).items():
        by_sizes[table.gold[one] + table.predicted[other]] += 2 * table.shared[one, other]
    total = _sum_of_ratios(by_sizes)
    return Counts(len(table.gold), len(table.predicted), total, total)


def ceaf_m(table: Contingency) -> Counts:
    """Spans shared in the best one-to-one matching of clusters, φ3 = shared (Luo 2005)."""
    total = sum(table.shared[pair] for pair in best_matching(table.shared).items())
    return Counts(sum(table.gold.values()), sum(table.predicted.values()), total, total)


def blanc_links(table: Contingency) -> Tally:
    """Pairs of spans inside one cluster (``coreferent``) and across two (``separate``), each as a class.

    Luo et al. 2014, "An Extension of BLANC to System Mentions".
    """
    common_gold: dict[Any, int] = defaultdict(int)
    common_predicted: dict[Any, int] = defaultdict(int)
    for (one, other), size in table.shared.items():
        common_gold[one] += size
        common_predicted[other] += size
    together = _pairs(table.shared.values())
    # Of all pairs of common spans: neither inside one gold cluster nor inside one predicted cluster.
    apart = comb(sum(common_gold.values()), 2) - _pairs(common_gold.values()) - _pairs(common_predicted.values())
    apart += together
    gold, predicted = _pairs(table.gold.values()), _pairs(table.predicted.values())
    all_gold, all_predicted = comb(sum(table.gold.values()), 2), comb(sum(table.predicted.values()), 2)
    return Tally(
        {
            "coreferent": Counts(gold, predicted, together, together),
            "separate": Counts(all_gold - gold, all_predicted - predicted, apart, apart),
        }
    )


def _pairs(sizes: Iterable[int]) -> int:
    return sum(comb(size, 2) for size in sizes)


def blanc(tally: Tally) -> Figure:
    """Return BLANC: the mean of the two link classes' precision, recall and F1.

    A class that the gold has no links of is left out and flagged, as in the reference scorer v8.01.
    """
    figures = {name: f1_of(counts) for name, counts in tally.by_label.items() if counts.gold}
    if not figures:
        return Figure(Fraction(0), Fraction(0), Fraction(0), (NOTHING,))
    return Figure(
        mean(figure.value for figure in figures.values()),
        mean(figure.precision or Fraction(0) for figure in figures.values()),
        mean(figure.recall or Fraction(0) for figure in figures.values()),
        tuple(f"the gold has no {name} pairs: they are left out" for name in tally.by_label if name not in figures),
    )


def conll_counts(table: Contingency) -> Tally:
    """Return the counts of the three metrics of the CoNLL average."""
    return Tally({"muc": muc(table), "b_cubed": b_cubed(table), "ceaf_e": ceaf_e(table)})


def conll(tally: Tally) -> Figure:
    """Return the CoNLL average: the mean of the F1 of MUC, B³ and CEAFe, each from its own added counts.

    Where neither gold nor prediction has a cluster of two or more, MUC has nothing to count; it is then left out of
    the mean and flagged, so that a perfect answer has a perfect score. Where only one side has such clusters, MUC
    is 0 and counts.
    """
    counted = {name: f1_of(counts) for name, counts in tally.by_label.items() if not counts.is_empty}
    if not counted:
        return Figure(Fraction(0), flags=(NOTHING,))
    flags = [
        f"{name} has nothing to count (no cluster of two or more) and is left out of the average"
        for name in tally.by_label
        if name not in counted
    ]
    flags += [f"{name}: {flag}" for name, figure in counted.items() for flag in figure.flags]
    return Figure(mean(figure.value for figure in counted.values()), flags=tuple(flags))
