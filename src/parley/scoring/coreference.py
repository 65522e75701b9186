"""Coreference: clusters of spans against clusters of spans.

Every metric is a function of a ``Contingency``: how large each cluster is and how many spans each gold cluster
shares with each predicted one. Spans are matched exactly and nothing is added to or taken from either side, as in
the CoNLL reference scorer v8.01 (Pradhan et al. 2014, "Scoring Coreference Partitions of Predicted Mentions");
singletons count. Over articles, numerators and denominators are added, then divided.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence, Set
from fractions import Fraction
from functools import cached_property
from typing import Any

from parley.scoring.assignment import apart_and_tangled, only_best, sum_of_best, without_dominated
from parley.scoring.counts import NOTHING, Counts, Figure, Tally, f1_of, mean, sum_of_ratios

Two = tuple[Any, Any]  # names of a gold cluster and a predicted one
_MANY = 500  # pairs of clusters that share a span: more than an article has


class Contingency:
    """Sizes of gold and predicted clusters by name, and the number of spans each two share, where they share any.

    Contingencies of several articles add: clusters of one name become one. That joins the articles into one.
    """

    def __init__(
        self,
        gold: Mapping[Any, int] | None = None,
        predicted: Mapping[Any, int] | None = None,
        shared: Mapping[Two, int] | None = None,
    ) -> None:
        self.gold: Mapping[Any, int] = {} if gold is None else gold
        self.predicted: Mapping[Any, int] = {} if predicted is None else predicted
        self.shared: Mapping[Two, int] = {} if shared is None else shared
        # Spans of the gold's clusters, of the predicted ones and of both, article by article, where there are several
        # articles in one table that are not joined: spans of two articles are no pair.
        self.spans: Sequence[Sequence[int]] | None = None
        self._matched: Callable[[], list[Two]] | None = None  # what ``matched_by_similarity`` is, where it is known
        self._same: Contingency | None = None  # the same table by other names
        self._matched_before: Callable[[], list[Two]] | None = None  # the same before clusters became one

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Contingency):
            return NotImplemented
        return (self.gold, self.predicted, self.shared) == (other.gold, other.predicted, other.shared)

    __hash__ = None  # type: ignore[assignment]

    def __add__(self, other: "Contingency") -> "Contingency":
        return Contingency(
            _added(self.gold, other.gold.items()),
            _added(self.predicted, other.predicted.items()),
            _added(self.shared, other.shared.items()),
        )

    @staticmethod
    def sum(tables: "Iterable[Contingency]") -> "Contingency":
        """Return the sum of many, added in place: with ``+`` each would be copied again and again."""
        total: tuple[Counter[Any], Counter[Any], Counter[Any]] = (Counter(), Counter(), Counter())
        for table in tables:
            for added, sizes in zip(total, (table.gold, table.predicted, table.shared), strict=True):
                added.update(sizes)
        return Contingency(*total)

    def renamed(self, gold: Callable[[Any], Any], predicted: Callable[[Any], Any]) -> "Contingency":
        """Return the same with clusters named anew; clusters that come to one name become one."""
        ones, others = {name: gold(name) for name in self.gold}, {name: predicted(name) for name in self.predicted}
        table = Contingency(
            _regrouped(self.gold, ones),
            _regrouped(self.predicted, others),
            _added({}, [((ones[one], others[other]), size) for (one, other), size in self.shared.items()]),
        )
        table._matched_before = lambda: [(ones[one], others[other]) for one, other in self.matched_by_similarity]
        if len(table.gold) == len(ones) and len(table.predicted) == len(others):  # none became one: matched as before
            table._matched, table._same = table._matched_before, self
        return table

    def part(self, gold: Set[Any], predicted: Set[Any]) -> "Contingency":
        """Return the part of some clusters that share no span with any other, and none of which became one."""
        table = Contingency(
            {name: size for name, size in self.gold.items() if name in gold},
            {name: size for name, size in self.predicted.items() if name in predicted},
            {pair: size for pair, size in self.shared.items() if pair[0] in gold},
        )
        before = self._matched_before
        table._matched = lambda: [
            pair for pair in (self.matched_by_similarity if before is None else before()) if pair[0] in gold
        ]
        return table

    @cached_property
    def conll_counts(self) -> Tally:
        """The counts of the three metrics of the CoNLL average; names play no part in them."""
        if self._same is not None:
            return self._same.conll_counts
        return Tally({"muc": muc(self), "b_cubed": b_cubed(self), "ceaf_e": ceaf_e(self)})

    @cached_property
    def _apart_and_tangled(self) -> tuple[list[Two], list[list[Two]]]:
        """The pairs of clusters that share spans with each other alone, and the pieces in which there is a choice."""
        return apart_and_tangled(self.shared)

    @cached_property
    def clear_and_open(self) -> tuple[list[Two], list[list[Two]]]:
        """The one-to-one matching of clusters that shares most spans, as far as it is clear that there is but one.

        Beside it the pieces, of clusters that share spans with no others, in which it is not clear.
        """
        apart, tangled = self._apart_and_tangled
        clear, unclear = list(apart), []
        for piece in tangled:
            only = only_best({pair: self.shared[pair] for pair in piece})
            if only is None:
                unclear.append(piece)
            else:
                clear += only
        return clear, unclear

    @cached_property
    def matched_by_size(self) -> list[Two]:
        """The one-to-one matching of clusters that shares most spans; one of them, if there are several."""
        clear, unclear = self.clear_and_open
        return [
            *clear,
            *[best for piece in unclear for best in sum_of_best({pair: self.shared[pair] for pair in piece})],
        ]

    @cached_property
    def matched_by_similarity(self) -> list[Two]:
        """The one-to-one matching of clusters with the largest sum of φ4 = 2·shared / (size + size)."""
        if self._matched is not None:
            return self._matched()
        apart, tangled = self._apart_and_tangled
        matched, gold, predicted, shared = list(apart), self.gold, self.predicted, self.shared
        for piece in tangled:
            # The quotient of two integers is rounded rightly: these floats are those of the fractions, and order so.
            similarity = {pair: 2 * shared[pair] / (gold[pair[0]] + predicted[pair[1]]) for pair in piece}
            matched += sum_of_best(_thinned(similarity))
        return matched


def _regrouped(sizes: Mapping[Any, int], names: Mapping[Any, Any]) -> dict[Any, int]:
    return _added({}, [(names[old], size) for old, size in sizes.items()])


def _added(sizes: Mapping[Any, int], more: Iterable[tuple[Any, int]]) -> dict[Any, int]:
    both = dict(sizes)
    for name, size in more:
        both[name] = both.get(name, 0) + size
    return both


def contingency(gold: Mapping[Any, Iterable[Hashable]], predicted: Mapping[Any, Iterable[Hashable]]) -> Contingency:
    """Return the contingency of two clusterings given as spans by cluster name.

    Raises ``ValueError`` if a span is in a clustering twice: it would be counted twice.
    """
    return contingency_of_places(_places(gold), _places(predicted))


def contingency_of_places(gold: Mapping[Any, Any], predicted: Mapping[Any, Any]) -> Contingency:
    """Return the contingency of two clusterings given as the cluster of each span."""
    common = gold.keys() & predicted.keys()
    shared = Counter([(gold[span], predicted[span]) for span in common])
    return Contingency(Counter(gold.values()), Counter(predicted.values()), shared)


def _places(clusters: Mapping[Any, Iterable[Hashable]]) -> dict[Hashable, Any]:
    """Return the cluster of each span."""
    places: dict[Hashable, Any] = {}
    for name, spans in clusters.items():
        for span in spans:
            if span in places:
                raise ValueError(f"the span {span} is in {places[span]!r} and again in {name!r}")
            places[span] = name
    return places


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
    gold, predicted = table.gold, table.predicted
    for (one, other), size in table.shared.items():
        square = size * size
        by_gold[gold[one]] += square
        by_predicted[predicted[other]] += square
    return Counts(sum(gold.values()), sum(predicted.values()), sum_of_ratios(by_gold), sum_of_ratios(by_predicted))


def _thinned(similarity: dict[Two, float]) -> dict[Two, float]:
    """Return what of many similarities is needed for their best sum; few are faster matched than thinned."""
    return without_dominated(similarity) if len(similarity) > _MANY else similarity


def ceaf_e(table: Contingency) -> Counts:
    """Similarity of the best one-to-one matching of clusters, φ4 = 2·shared / (size + size) (Luo 2005)."""
    by_sizes: dict[int, int] = defaultdict(int)
    for one, other in table.matched_by_similarity:
        by_sizes[table.gold[one] + table.predicted[other]] += 2 * table.shared[one, other]
    total = sum_of_ratios(by_sizes)
    return Counts(len(table.gold), len(table.predicted), total, total)


def ceaf_m(table: Contingency) -> Counts:
    """Spans shared in the best one-to-one matching of clusters, φ3 = shared (Luo 2005)."""
    total = sum([table.shared[pair] for pair in table.matched_by_size])
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
    gold, predicted = _pairs(table.gold.values()), _pairs(table.predicted.values())
    sides = (table.gold, table.predicted, table.shared)
    spans = table.spans or [[sum(sizes.values()) for sizes in sides]]
    all_gold, all_predicted, all_common = [_pairs(numbers) for numbers in zip(*spans, strict=True)]
    # Of all pairs of common spans: neither inside one gold cluster nor inside one predicted cluster.
    apart = all_common - _pairs(common_gold.values()) - _pairs(common_predicted.values()) + together
    return Tally(
        {
            "coreferent": Counts(gold, predicted, together, together),
            "separate": Counts(all_gold - gold, all_predicted - predicted, apart, apart),
        }
    )


def _pairs(sizes: Iterable[int]) -> int:
    return sum([size * (size - 1) for size in sizes]) // 2


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
    return table.conll_counts


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
