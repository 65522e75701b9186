"""Items of both sides as rows of numbers, so that sets of them are compared in a few calls of numpy.

A label is numbered by ``Codes``, the same for both sides. A column holds one number of each item (where it begins, where
it ends, its type …); equal rows are one item.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from parley.scoring.counts import Counts, Tally, hits

Column = NDArray[np.int64]

_FAR = 2**60
_ROOM = 2**62  # numbers that rows may be packed into


class Codes(dict[Any, int]):
    """Labels by number, in the order in which they are met."""

    def __missing__(self, label: Any) -> int:
        self[label] = code = len(self)
        return code


def column(numbers: Sequence[int]) -> Column:
    """Return numbers as a column. Beyond ``_FAR`` all are one: no text reaches so far."""
    try:
        return np.array(numbers, np.int64)
    except OverflowError:
        return np.array([max(-_FAR, min(number, _FAR)) for number in numbers], np.int64)


def pack(columns: Sequence[Column]) -> Column:
    """Return one number, 0 or above, for each row: equal for equal rows, and in the order of the rows."""
    packed, room = column([]), 1
    for numbers in columns:
        if not len(numbers):
            return numbers
        low = min(int(numbers.min()), 0)
        size = int(numbers.max()) - low + 1
        if room * size > _ROOM:  # numbers of what there is need less room
            different, numbers = np.unique(numbers, return_inverse=True)
            low, size = 0, len(different)
            if room * size > _ROOM:
                different, packed = np.unique(packed, return_inverse=True)
                room = len(different)
        numbers = numbers - low if low else numbers
        packed = packed * size + numbers if room > 1 else numbers
        room *= size
    return packed


def pack_both(gold: Sequence[Column], predicted: Sequence[Column]) -> tuple[Column, Column]:
    """Return ``pack`` of the rows of both sides together: rows that are equal have one number on both."""
    packed = pack([np.concatenate(both) for both in zip(gold, predicted, strict=True)])
    return packed[: len(gold[0])], packed[len(gold[0]) :]


def different(rows: Column) -> Column:
    """Return the different numbers, sorted. Of a few thousand that is faster than ``np.unique``, which hashes."""
    rows = np.sort(rows)
    is_first = np.ones(len(rows), np.bool_)
    is_first[1:] = rows[1:] != rows[:-1]
    return rows[is_first]


def compare_rows(gold: Sequence[Column], predicted: Sequence[Column]) -> Tally:
    """Return the counts of two sets of items given as columns, without labels; as ``counts.compare`` does of sets."""
    one, other = map(different, pack_both(gold, predicted))
    right = len(np.intersect1d(one, other, assume_unique=True))
    return Tally({"": hits(right, len(one), len(other))} if len(one) or len(other) else {})


def compare_labelled(
    gold: Sequence[Column], predicted: Sequence[Column], labels: tuple[Column, Column], codes: Codes
) -> Tally:
    """Return the counts of two sets of items given as columns, by label, sorted; as ``counts.compare`` does of sets.

    ``labels`` are the codes of the items' labels, a column of each side. What has two labels is two items.
    """
    one, other = pack_both((*gold, labels[0]), (*predicted, labels[1]))
    one, at_one = np.unique(one, return_index=True)
    other, at_other = np.unique(other, return_index=True)
    _, both, _ = np.intersect1d(one, other, assume_unique=True, return_indices=True)
    in_gold = labels[0][at_one]
    return by_label(in_gold[both], in_gold, labels[1][at_other], codes)


def by_label(right: Column, gold: Column, predicted: Column, codes: Codes) -> Tally:
    """Return the counts by label of items that are right, in the gold and predicted, given as codes of labels."""
    counted = [np.bincount(found, minlength=len(codes)).tolist() for found in (right, gold, predicted)]
    found: dict[str, Counts] = {
        label: hits(*numbers) for label, *numbers in zip(codes, *counted, strict=True) if numbers[1] or numbers[2]
    }
    return Tally(dict(sorted(found.items())))
