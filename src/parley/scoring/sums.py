"""The sum of one metric's tallies over many articles, added in place and exact.

Adding tallies with ``+`` makes new counts at every step, and fractions with ever larger denominators. Here whole items
are counted by label where they stand, and part credit is kept as numerators by denominator: it becomes one fraction at
the end.
"""

from collections import Counter
from fractions import Fraction

from parley.scoring.counts import Counts, Number, Tally, sum_of_ratios

_MANY = 500  # denominators that are kept apart before they are brought to one


class _Parts:
    """A sum of fractions, as numerators by denominator."""

    __slots__ = ("numerators",)

    def __init__(self) -> None:
        self.numerators: dict[int, int] = {}

    def add(self, number: Number) -> None:
        if number:
            self._add(number.numerator, number.denominator)

    def merge(self, other: "_Parts") -> None:
        for denominator, numerator in other.numerators.items():
            self._add(numerator, denominator)

    def _add(self, numerator: int, denominator: int) -> None:
        known = self.numerators
        known[denominator] = known.get(denominator, 0) + numerator
        if len(known) > _MANY:
            whole = sum_of_ratios(known)
            self.numerators = {whole.denominator: whole.numerator}

    def total(self) -> Fraction:
        return sum_of_ratios(self.numerators)


class Sum:
    """The sum of many tallies of one metric."""

    __slots__ = ("_gold", "_parts", "_predicted", "_right")

    def __init__(self) -> None:
        self._gold: Counter[str] = Counter()
        self._predicted: Counter[str] = Counter()
        self._right: Counter[str] = Counter()  # whole items, in recall and precision alike
        self._parts: dict[str, tuple[_Parts, _Parts]] = {}  # what counts in part: in recall, in precision

    def add(self, tally: Tally) -> None:
        """Add the tally of an article."""
        for label, counts in tally.by_label.items():
            self._gold[label] += counts.gold
            self._predicted[label] += counts.predicted
            recalled, precise = counts.recalled, counts.precise
            if type(recalled) is int and recalled is precise:
                self._right[label] += recalled
            else:
                parts = self._parts.get(label)
                if parts is None:
                    parts = self._parts[label] = (_Parts(), _Parts())
                parts[0].add(recalled)
                parts[1].add(precise)

    def merge(self, other: "Sum") -> None:
        """Add the sum over other articles."""
        self._gold.update(other._gold)
        self._predicted.update(other._predicted)
        self._right.update(other._right)
        for label, others in other._parts.items():
            for mine, theirs in zip(self._parts.setdefault(label, (_Parts(), _Parts())), others, strict=True):
                mine.merge(theirs)

    def tally(self) -> Tally:
        """Return the sum as a tally, labels in the order in which they came."""
        return Tally({label: self._counts(label) for label in dict.fromkeys([*self._gold, *self._predicted])})

    def _counts(self, label: str) -> Counts:
        right = self._right[label]
        recalled: Number = right
        precise: Number = right
        if label in self._parts:
            in_recall, in_precision = self._parts[label]
            recalled, precise = right + in_recall.total(), right + in_precision.total()
        return Counts(self._gold[label], self._predicted[label], recalled, precise)
