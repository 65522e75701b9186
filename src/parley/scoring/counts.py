"""Counts that add, and the figures they are divided into at the very end.

Count an article, add over articles, divide once. Counts are integers; where a metric gives part credit they are
exact fractions. A division by zero gives 0 and is flagged. Nothing here knows what is counted.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Set
from fractions import Fraction
from math import lcm
from typing import NamedTuple, TypeVar

import msgspec

Number = int | Fraction
T = TypeVar("T")

NOTHING = "nothing to count, in the gold or in the predictions: 0"
NO_GOLD = "nothing in the gold: recall is 0 of 0, taken as 0"
NO_PREDICTION = "nothing predicted: precision is 0 of 0, taken as 0"


class Counts(msgspec.Struct, frozen=True):
    """What recall and precision of one kind of item are divided from.

    ``gold`` and ``predicted`` are the denominators. ``recalled`` and ``precise`` are the numerators; they are the
    same number, the true positives, wherever whole items are right or wrong.
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


def hits(right: int, gold: int, predicted: int) -> Counts:
    """Return the counts of ``right`` true positives among so many gold and so many predicted items."""
    return Counts(gold, predicted, right, right)


class Tally:
    """Counts by label: a type, a role, a class; or by the component of an average (``muc``, ``b_cubed``).

    A metric without labels has the one label ``""``.
    """

    __slots__ = ("by_label",)

    def __init__(self, by_label: Mapping[str, Counts] | None = None) -> None:
        self.by_label: Mapping[str, Counts] = {} if by_label is None else by_label

    def __eq__(self, other: object) -> bool:
        return self.by_label == other.by_label if isinstance(other, Tally) else NotImplemented

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"Tally({dict(self.by_label)!r})"

    def __add__(self, other: "Tally") -> "Tally":
        added = dict(self.by_label)
        for label, counts in other.by_label.items():
            added[label] = added[label] + counts if label in added else counts
        return Tally(added)

    @property
    def total(self) -> Counts:
        """The counts of all labels together."""
        values = self.by_label.values()
        return next(iter(values)) if len(values) == 1 else sum(values, Counts())


def compare(gold: Set[T], predicted: Set[T], label: Callable[[T], str] | None = None) -> Tally:
    """Return the counts of two sets of items, labels sorted; an item is right if it is in both.

    ``label`` names an item's label.
    """
    if label is None:
        return Tally({"": hits(len(gold & predicted), len(gold), len(predicted))} if gold or predicted else {})
    right, in_gold, in_predicted = (Counter(map(label, items)) for items in (gold & predicted, gold, predicted))
    names = sorted({*in_gold, *in_predicted})
    return Tally({name: hits(right[name], in_gold[name], in_predicted[name]) for name in names})


def sum_of_ratios(numerators: Mapping[int, int]) -> Fraction:
    """Return the sum of numerator / denominator, given by denominator: exact, in integers to the end."""
    whole = lcm(*numerators)
    return Fraction(sum([n * (whole // denominator) for denominator, n in numerators.items()]), whole)


class Figure(NamedTuple):
    """A metric's value with precision and recall, where it has them, and what a reader must know of it."""

    value: Fraction
    precision: Fraction | None = None
    recall: Fraction | None = None
    flags: tuple[str, ...] = ()


def divide(numerator: Number, denominator: Number) -> Fraction:
    """Return the exact quotient; 0 where the denominator is 0."""
    return Fraction(numerator) / denominator if denominator else Fraction(0)


def mean(values: Iterable[Fraction]) -> Fraction:
    """Return the exact mean; 0 of no values."""
    listed = list(values)
    return divide(sum(listed, Fraction(0)), len(listed))


def f1_of(counts: Counts) -> Figure:
    """Return F1 (the harmonic mean of precision and recall) with both, from one kind of item's counts."""
    precision, recall = divide(counts.precise, counts.predicted), divide(counts.recalled, counts.gold)
    if counts.is_empty:
        flags: tuple[str, ...] = (NOTHING,)
    else:
        flags = (NO_GOLD,) * (counts.gold == 0) + (NO_PREDICTION,) * (counts.predicted == 0)
    return Figure(divide(2 * precision * recall, precision + recall), precision, recall, flags)


def f1(tally: Tally) -> Figure:
    """Return micro F1: the counts of all labels added, then divided."""
    return f1_of(tally.total)


def macro_f1(tally: Tally) -> Figure:
    """Return the unweighted mean of the labels' F1: scikit-learn's ``f1_score(average="macro", zero_division=0)``.

    Labels in neither gold nor prediction are left out of the mean and flagged, as scikit-learn leaves out labels
    that it does not see.
    """
    counted = [counts for counts in tally.by_label.values() if not counts.is_empty]
    if not counted:
        return Figure(Fraction(0), flags=(NOTHING,))
    flags = tuple(
        f"'{label}' is in neither gold nor prediction and is left out of the mean"
        for label, counts in tally.by_label.items()
        if counts.is_empty
    )
    return Figure(mean(f1_of(counts).value for counts in counted), flags=flags)


def accuracy(tally: Tally) -> Figure:
    """Return the share of items that are right."""
    total = tally.total
    return Figure(divide(total.recalled, total.gold), flags=(NOTHING,) * (total.gold == 0))
