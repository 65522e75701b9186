"""Counts that are added over articles, and the scores (F1, macro-F1, accuracy) computed from their sums.

Count each article, add the counts, divide once. Counts are integers; where a metric gives partial credit they are exact
fractions. A division by zero gives 0 and is flagged.

Every score is defined once, for numbers and for numpy arrays of numbers alike: a report divides exact fractions, an
interval divides ten thousand resampled sums at a time.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Set
from fractions import Fraction
from math import lcm
from typing import Any, NamedTuple, Self, TypeVar

import msgspec

Number = int | Fraction
T = TypeVar("T")

NOTHING = "nothing to count, in the gold or in the predictions: 0"
NO_GOLD = "nothing in the gold: recall is 0 of 0, taken as 0"
NO_PREDICTION = "nothing predicted: precision is 0 of 0, taken as 0"


class Counts(msgspec.Struct, frozen=True, gc=False):
    """Numerators and denominators of recall and precision for one label.

    Recall is ``recalled / gold``, precision is ``precise / predicted``. Both numerators are the number of true
    positives unless the metric gives partial credit.
    """

    gold: int = 0
    predicted: int = 0
    recalled: Number = 0
    precise: Number = 0

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(
            self.gold + other.gold,
            self.predicted + other.predicted,
            self.recalled + other.recalled,
            self.precise + other.precise,
        )

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to count, neither in the gold nor in the predictions."""
        return self.gold == 0 and self.predicted == 0


def exact_counts(right: int, gold: int, predicted: int) -> Counts:
    """Return counts without partial credit: ``right`` true positives among ``gold`` and ``predicted`` items."""
    return Counts(gold, predicted, right, right)


class Tally(dict[str, Counts]):
    """Counts by label: a type, a role, a class; or by the component of an average (``muc``, ``b_cubed``).

    A metric without labels has the one label ``""``.
    """

    def copy(self) -> "Tally":
        """Return a tally that can be added to without changing this one."""
        return Tally(self)

    def add(self, other: "Tally") -> None:
        """Add the counts of another article to these."""
        for label, counts in other.items():
            self[label] = self[label] + counts if label in self else counts

    @property
    def total(self) -> Counts:
        """The counts of all labels together."""
        return sum(self.values(), Counts())


def add_up(counts: Iterable[Any]) -> Any:
    """Return the sum of tallies, or of contingencies; none of them is changed. Raises ``ValueError`` if there is none.

    >>> add_up([Tally({"PER": exact_counts(1, 2, 1)}), Tally({"PER": exact_counts(2, 2, 3)})])
    {'PER': Counts(gold=4, predicted=4, recalled=3, precise=3)}
    """
    first, *rest = counts
    total = first.copy()
    for other in rest:
        total.add(other)
    return total


class Once:
    """Remembers what was computed from an object, for functions that several metrics share."""

    def __init__(self) -> None:
        self._known: dict[Callable[[Any], Any], Any] = {}

    def once(self, function: Callable[[Self], T]) -> T:
        """Return ``function(self)``, computed when it is first asked for."""
        known = self._known
        if function not in known:
            known[function] = function(self)
        return known[function]  # type: ignore[no-any-return]


def compare(gold: Set[T], predicted: Set[T], label: Callable[[T], str] | None = None) -> Tally:
    """Return the counts of two sets of items; an item is right if it is in both. ``label`` names an item's label.

    >>> compare({(0, 7, "GPE"), (8, 9, "PER")}, {(0, 7, "GPE")}, lambda item: item[2])["PER"]
    Counts(gold=1, predicted=0, recalled=0, precise=0)
    """
    both = gold & predicted
    if label is None:
        return Tally({"": exact_counts(len(both), len(gold), len(predicted))} if gold or predicted else {})
    right, in_gold, in_predicted = (Counter(map(label, items)) for items in (both, gold, predicted))
    return by_label(right, in_gold, in_predicted)


def by_label(right: Mapping[str, int], gold: Mapping[str, int], predicted: Mapping[str, int]) -> Tally:
    """Return a tally from the numbers of right, gold and predicted items of each label, the labels sorted."""
    labels = sorted({*gold, *predicted})
    return Tally({i: exact_counts(right.get(i, 0), gold.get(i, 0), predicted.get(i, 0)) for i in labels})


def sum_of_ratios(numerators: Mapping[int, int]) -> Fraction:
    """Return the exact sum of numerator / denominator, given numerators by denominator; integers up to the division."""
    common = lcm(*numerators)
    return Fraction(sum([n * (common // denominator) for denominator, n in numerators.items()]), common)


# scores -----------------------------------------------------------------------------------------------------


class Score(NamedTuple):
    """A metric's value, its precision and recall if it has them, and caveats for the reader (flags)."""

    value: Any  # Fraction, or an array
    precision: Any = None
    recall: Any = None
    flags: tuple[str, ...] = ()


def divide(numerator: Any, denominator: Any) -> Any:
    """Return the quotient, 0 where the denominator is 0: a fraction of two numbers, or an array of floats."""
    if isinstance(denominator, int | Fraction):
        return Fraction(numerator) / denominator if denominator else Fraction(0)
    import numpy as np

    return np.divide(numerator, denominator, out=np.zeros_like(denominator), where=denominator != 0)


def mean(values: Iterable[Any], counted: Iterable[Any] | None = None) -> Any:
    """Return the mean of values, or of those that are ``counted`` (True or False for each value); 0 of none."""
    listed = list(values)
    weights = [1] * len(listed) if counted is None else [1 * is_counted for is_counted in counted]
    number = sum(weights) + 0 * sum(listed)  # of arrays: as many numbers as they have
    return divide(sum(value * weight for value, weight in zip(listed, weights, strict=True)), number)


def flags(*cases: tuple[Any, str]) -> tuple[str, ...]:
    """Return the texts of the cases that are True; none for arrays, whose flags nobody would read."""
    return tuple(text for is_so, text in cases if is_so is True)


def f1_of(counts: Counts) -> Score:
    """Return F1 (the harmonic mean of precision and recall) with precision and recall.

    >>> f1_of(exact_counts(1, 4, 1)).value
    Fraction(2, 5)
    """
    precision, recall = divide(counts.precise, counts.predicted), divide(counts.recalled, counts.gold)
    no_gold, no_prediction = counts.gold == 0, counts.predicted == 0
    flagged = flags((no_gold, NO_GOLD), (no_prediction, NO_PREDICTION))
    value = divide(2 * precision * recall, precision + recall)
    return Score(value, precision, recall, (NOTHING,) if len(flagged) == 2 else flagged)


def f1(tally: Tally) -> Score:
    """Return micro-F1: F1 of the counts summed over labels."""
    return f1_of(tally.total)


def macro_f1(tally: Tally) -> Score:
    """Return the unweighted mean of the labels' F1: scikit-learn's ``f1_score(average="macro", zero_division=0)``.

    Labels in neither gold nor prediction are left out of the mean and flagged, as scikit-learn leaves out labels that
    it does not see.

    >>> macro_f1(Tally({"support": exact_counts(1, 1, 1), "oppose": exact_counts(0, 1, 1)})).value
    Fraction(1, 2)
    """
    empty = {label: (counts.gold + counts.predicted) == 0 for label, counts in tally.items()}
    value = mean([f1_of(counts).value for counts in tally.values()], [is_empty ^ True for is_empty in empty.values()])
    missing = flags(
        *(
            (so, f"'{label}' is in neither gold nor prediction and is left out of the mean")
            for label, so in empty.items()
        )
    )
    return Score(value, flags=(NOTHING,) if len(missing) == len(tally) else missing)


def accuracy(tally: Tally) -> Score:
    """Return the share of items that are right."""
    total = tally.total
    return Score(divide(total.recalled, total.gold), flags=flags((total.gold == 0, NOTHING)))
