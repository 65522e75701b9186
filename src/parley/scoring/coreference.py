"""Coreference: clusters of spans against clusters of spans.

Every metric is a function of a ``Contingency``: how large each cluster is and how many spans each gold cluster shares
with each predicted one. Spans are matched exactly and no twinless mentions are added or removed, as in the CoNLL
reference scorer v8.01 (Pradhan et al. 2014, "Scoring Coreference Partitions of Predicted Mentions"); singletons count.
A twin is the same span on the other side. Over articles, numerators and denominators are added, then divided; the
result is F1 unless ``scoring.registry`` says otherwise.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping
from typing import Any

from parley.scoring.counts import NOTHING, Counts, Once, Score, Tally, exact_counts, f1_of, flags, mean, sum_of_ratios
from parley.scoring.matching import best_matching


class Contingency(Once):
    """Sizes of gold and predicted clusters by name, and the overlap of every gold–predicted pair that is not zero."""

    def __init__(self, gold: dict[Any, int], predicted: dict[Any, int], shared: dict[tuple[Any, Any], int]) -> None:
        super().__init__()
        self.gold, self.predicted, self.shared = gold, predicted, shared

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Contingency) and self.parts == other.parts

    __hash__ = None  # type: ignore[assignment]

    @property
    def parts(self) -> tuple[dict[Any, int], dict[Any, int], dict[tuple[Any, Any], int]]:
        """Sizes of gold clusters, of predicted clusters, and of their overlaps."""
        return self.gold, self.predicted, self.shared

    def renamed(self, gold: Callable[[Any], Any], predicted: Callable[[Any], Any]) -> "Contingency":
        """Return a contingency with clusters renamed; clusters that get the same name are merged."""
        one, other = {name: gold(name) for name in self.gold}, {name: predicted(name) for name in self.predicted}
        return Contingency(
            _regrouped((one[name], size) for name, size in self.gold.items()),
            _regrouped((other[name], size) for name, size in self.predicted.items()),
            _regrouped(((one[i], other[j]), size) for (i, j), size in self.shared.items()),
        )

    def copy(self) -> "Contingency":
        """Return a contingency that can be added to without changing this one."""
        return Contingency(*(dict(sizes) for sizes in self.parts))

    def add(self, other: "Contingency") -> None:
        """Add another article's counts; clusters with the same name are merged."""
        for sizes, more in zip(self.parts, other.parts, strict=True):
            for name, size in more.items():
                sizes[name] = sizes.get(name, 0) + size
        self._known.clear()


def _regrouped(sizes: Iterable[tuple[Any, int]]) -> dict[Any, int]:
    found: dict[Any, int] = {}
    for name, size in sizes:
        found[name] = found.get(name, 0) + size
    return found


def contingency(gold: Mapping[Any, Collection[Hashable]], predicted: Mapping[Any, Collection[Hashable]]) -> Contingency:
    """Return the contingency of two clusterings, each given as spans by cluster name.

    Raises ``ValueError`` if a clustering has a span twice, which would be counted twice.
    """
    of_gold, of_predicted = _cluster_of(gold), _cluster_of(predicted)
    shared = Counter([(name, of_predicted[span]) for span, name in of_gold.items() if span in of_predicted])
    return Contingency(_sizes(gold), _sizes(predicted), shared)


def _sizes(clusters: Mapping[Any, Collection[Hashable]]) -> dict[Any, int]:
    return {name: len(spans) for name, spans in clusters.items() if spans}


def _cluster_of(clusters: Mapping[Any, Collection[Hashable]]) -> dict[Hashable, Any]:
    of_span = {span: name for name, spans in clusters.items() for span in spans}
    if len(of_span) < sum(map(len, clusters.values())):
        (span, _), *_ = Counter([span for spans in clusters.values() for span in spans]).most_common(1)
        first, second, *_ = [name for name, spans in clusters.items() for other in spans if other == span]
        raise ValueError(f"the span {span} is in {first!r} and again in {second!r}")
    return of_span


def without_singletons(table: Contingency) -> Contingency:
    """Return the contingency without singletons on either side, as in OntoNotes.

    A mention that is a singleton on one side only is then a miss or a false alarm.

    >>> without_singletons(contingency({"a": [1], "b": [2, 3], "c": [4, 5, 6]}, {"x": [1], "y": [4, 5]})).gold
    {'b': 2, 'c': 3}
    """
    gold = {name: size for name, size in table.gold.items() if size > 1}
    predicted = {name: size for name, size in table.predicted.items() if size > 1}
    return Contingency(gold, predicted, {p: n for p, n in table.shared.items() if p[0] in gold and p[1] in predicted})


def on_shared_mentions(table: Contingency) -> Contingency:
    """Return the contingency restricted to mentions on both sides: linking quality apart from detection."""
    gold, predicted = Counter[Any](), Counter[Any]()
    for (one, other), size in table.shared.items():
        gold[one] += size
        predicted[other] += size
    return Contingency(gold, predicted, table.shared)


# the metrics ------------------------------------------------------------------------------------------------


def muc(table: Contingency) -> Counts:
    """Count MUC, the links inside clusters (Vilain et al. 1995).

    Recall is Σ(|G| − p(G)) / Σ(|G| − 1) over gold clusters G, where p(G) is the number of pieces the other side cuts
    G into; a mention without a twin is a piece of its own. Precision swaps the sides. The numerator is the sum of
    (shared − 1) over overlapping pairs of clusters, the same for both sides.

    >>> muc(contingency({"a": [1], "b": [2, 3], "c": [4, 5, 6]}, {"x": [1], "y": [4, 5]}))
    Counts(gold=3, predicted=1, recalled=1, precise=1)
    """
    links = [sum(sizes.values()) - len(sizes) for sizes in table.parts]
    return Counts(links[0], links[1], links[2], links[2])


def b_cubed(table: Contingency) -> Counts:
    """Count B³: for each mention m, how much of its cluster the other side has (Bagga & Baldwin 1998).

    The numerator of recall is Σₘ |G(m) ∩ P(m)| / |G(m)| with G(m) and P(m) the gold and the predicted cluster of m;
    that of precision has |P(m)| as denominator. A mention without a twin adds 0.

    >>> table = contingency({"a": [1], "b": [2, 3], "c": [4, 5, 6]}, {"x": [1], "y": [4, 5]})
    >>> b_cubed(table)  # recalled: 1 + 2/3 + 2/3
    Counts(gold=6, predicted=3, recalled=Fraction(7, 3), precise=Fraction(3, 1))
    """
    recalled, precise = defaultdict[int, int](int), defaultdict[int, int](int)  # Σ shared² / size, by size
    for (one, other), size in table.shared.items():
        recalled[table.gold[one]] += size * size
        precise[table.predicted[other]] += size * size
    return Counts(_spans(table.gold), _spans(table.predicted), sum_of_ratios(recalled), sum_of_ratios(precise))


def _spans(sizes: Mapping[Any, int]) -> int:
    return sum(sizes.values())


def ceaf_e(table: Contingency) -> Counts:
    """Count CEAFe: the similarity φ4 = 2·|G ∩ P| / (|G| + |P|) summed over the best one-to-one matching (Luo 2005).

    >>> ceaf_e(contingency({"a": [1], "b": [2, 3], "c": [4, 5, 6]}, {"x": [1], "y": [4, 5]}))  # 1 + 2·2/5
    Counts(gold=3, predicted=2, recalled=Fraction(9, 5), precise=Fraction(9, 5))
    """
    gold, predicted, shared = table.parts
    # The quotient of two integers is correctly rounded, so these floats order as the fractions do.
    similarity = {(i, j): 2 * n / (gold[i] + predicted[j]) for (i, j), n in shared.items()}
    parts = defaultdict[int, int](int)
    for i, j in best_matching(similarity).items():
        parts[gold[i] + predicted[j]] += 2 * shared[i, j]
    total = sum_of_ratios(parts)
    return Counts(len(gold), len(predicted), total, total)


def ceaf_m(table: Contingency) -> Counts:
    """Count CEAFm: the similarity φ3 = |G ∩ P| summed over the best one-to-one matching of clusters (Luo 2005).

    >>> ceaf_m(contingency({"a": [1], "b": [2, 3], "c": [4, 5, 6]}, {"x": [1], "y": [4, 5]}))
    Counts(gold=6, predicted=3, recalled=3, precise=3)
    """
    right = sum(table.shared[pair] for pair in best_matching(table.shared).items())
    return exact_counts(right, _spans(table.gold), _spans(table.predicted))


def lea(table: Contingency) -> Counts:
    """Count LEA (Moosavi & Strube 2016, "Which Coreference Evaluation Metric Do You Trust?").

    A cluster's importance is its size; its resolution is the fraction of its mention pairs linked on the other side.
    The numerator is the sum of importance · resolution, size · Σ C(shared, 2) / C(size, 2); the denominator is the sum
    of sizes. A singleton has one link, to itself; it is resolved if it is a singleton on the other side too.

    >>> table = contingency({"a": [1], "b": [2, 3], "c": [4, 5, 6]}, {"x": [1], "y": [4, 5]})
    >>> lea(table)  # recalled: 1 + 3·1/3, precise: 1 + 2
    Counts(gold=6, predicted=3, recalled=Fraction(2, 1), precise=Fraction(3, 1))
    """
    gold, predicted, shared = table.parts
    recalled, precise, alone = defaultdict[int, int](int), defaultdict[int, int](int), 0
    for (i, j), n in shared.items():  # size / C(size, 2) is 2 / (size − 1)
        if n > 1:
            recalled[gold[i] - 1] += n * (n - 1)
            precise[predicted[j] - 1] += n * (n - 1)
        alone += gold[i] == predicted[j] == 1
    return Counts(_spans(gold), _spans(predicted), alone + sum_of_ratios(recalled), alone + sum_of_ratios(precise))


def detection(table: Contingency) -> Counts:
    """Count mention detection: the set of spans, whatever cluster they are in.

    >>> detection(contingency({"a": [1], "b": [2, 3], "c": [4, 5, 6]}, {"x": [1], "y": [4, 5]}))
    Counts(gold=6, predicted=3, recalled=3, precise=3)
    """
    return exact_counts(_spans(table.shared), _spans(table.gold), _spans(table.predicted))


def blanc_links(table: Contingency) -> Tally:
    """Count the links of BLANC (Luo et al. 2014, "An Extension of BLANC to System Mentions").

    A link is a pair of spans. Those inside one cluster are the class ``coreferent``, those across two ``separate``.

    >>> table = contingency({"a": [1], "b": [2, 3], "c": [4, 5, 6]}, {"x": [1], "y": [4, 5]})
    >>> blanc_links(table)["separate"]  # gold: 15 pairs of six spans, less 1 + 3 inside clusters
    Counts(gold=11, predicted=2, recalled=2, precise=2)
    """
    shared = table.once(on_shared_mentions)
    every = [_pairs([_spans(sizes)]) for sizes in table.parts]  # pairs of gold, predicted, shared mentions
    inside = [_pairs(sizes.values()) for sizes in table.parts]
    # Pairs of shared mentions that are inside no gold cluster and inside no predicted cluster.
    both_separate = every[2] - _pairs(shared.gold.values()) - _pairs(shared.predicted.values()) + inside[2]
    separate = exact_counts(both_separate, every[0] - inside[0], every[1] - inside[1])
    return Tally({"coreferent": exact_counts(inside[2], inside[0], inside[1]), "separate": separate})


def _pairs(sizes: Iterable[int]) -> int:
    return sum([size * (size - 1) for size in sizes]) // 2


def conll_counts(table: Contingency) -> Tally:
    """Return the counts of MUC, B³ and CEAFe, whose F1 the CoNLL average is the mean of."""
    return Tally({"muc": table.once(muc), "b_cubed": table.once(b_cubed), "ceaf_e": table.once(ceaf_e)})


# the averages -----------------------------------------------------------------------------------------------


def blanc(tally: Tally) -> Score:
    """Return BLANC: the mean of the two link classes' precision, recall and F1.

    A link class absent from the gold is left out and flagged, as in the reference scorer v8.01.
    """
    scores = [f1_of(counts) for counts in tally.values()]
    absent = [counts.gold == 0 for counts in tally.values()]
    counted = [is_absent ^ True for is_absent in absent]  # not: works on arrays too
    flagged = flags(
        *((so, f"the gold has no {name} pairs: they are left out") for name, so in zip(tally, absent, strict=True))
    )
    return Score(
        mean([score.value for score in scores], counted),
        mean([score.precision for score in scores], counted),
        mean([score.recall for score in scores], counted),
        (NOTHING,) if len(flagged) == len(tally) else flagged,
    )


def conll(tally: Tally) -> Score:
    """Return the CoNLL average: the mean of the F1 of MUC, B³ and CEAFe.

    Each is computed from counts summed over articles.
    Where neither gold nor prediction has a cluster of two or more, MUC has nothing to count; it is then left out of the
    mean and flagged, so that a perfect answer has a perfect score. Where only one side has such clusters, MUC is 0 and
    counts.

    >>> conll(conll_counts(contingency({"a": [1], "b": [2]}, {"x": [1, 2]}))).value  # (0 + 2/3 + 4/9) / 3
    Fraction(10, 27)
    """
    scores = {name: f1_of(counts) for name, counts in tally.items()}
    empty = {name: (counts.gold + counts.predicted) == 0 for name, counts in tally.items()}
    counted = [is_empty ^ True for is_empty in empty.values()]  # not: works on arrays too
    value = mean([score.value for score in scores.values()], counted)
    text = "has nothing to count (no cluster of two or more) and is left out of the average"
    flagged = flags(*((is_empty, f"{name} {text}") for name, is_empty in empty.items()))
    if len(flagged) == len(tally):
        return Score(value, flags=(NOTHING,))
    of_parts = [f"{name}: {flag}" for name, score in scores.items() for flag in score.flags if flag != NOTHING]
    return Score(value, flags=(*flagged, *of_parts))
