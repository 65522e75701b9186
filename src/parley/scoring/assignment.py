"""The best one-to-one matching, found piece by piece."""

from collections import defaultdict
from collections.abc import Hashable, Iterator, Mapping
from typing import Any

import numpy as np
from scipy.optimize import linear_sum_assignment

from parley.scoring.counts import Number


def _pieces(weights: Mapping[tuple[Any, Any], Number]) -> Iterator[tuple[list[Any], list[Any]]]:
    """Yield the rows and columns, sorted, of each set of pairs that touches no other."""
    columns_of, rows_of = defaultdict(list), defaultdict(list)
    for row, column in weights:
        columns_of[row].append(column)
        rows_of[column].append(row)
    seen: set[Hashable] = set()
    for first in sorted(columns_of):
        if first in seen:
            continue
        rows, columns, waiting = {first}, set(), [first]
        while waiting:
            for column in columns_of[waiting.pop()]:
                if column not in columns:
                    columns.add(column)
                    new = [row for row in rows_of[column] if row not in rows]
                    rows.update(new)
                    waiting += new
        seen |= rows
        yield sorted(rows), sorted(columns)


def best_matching(weights: Mapping[tuple[Any, Any], Number]) -> dict[Any, Any]:
    """Return the one-to-one matching, row to column, whose weights add up to the most.

    ``weights`` holds the pairs that may be matched, each above 0. Keys are sorted first, so that of several best
    matchings the same one is found whatever their order. Pairs fall into small pieces that do not touch (clusters
    mostly overlap one or two others), and each is solved alone: memory grows with the pairs, not with rows × columns.
    """
    matching: dict[Any, Any] = {}
    for rows, columns in _pieces(weights):
        if len(rows) == 1 or len(columns) == 1:
            pair = max(((r, c) for r in rows for c in columns), key=lambda pair: weights.get(pair, 0))
            matching[pair[0]] = pair[1]
            continue
        matrix = np.array([[float(weights.get((r, c), 0)) for c in columns] for r in rows])
        for i, j in zip(*linear_sum_assignment(matrix, maximize=True), strict=True):
            if (rows[i], columns[j]) in weights:
                matching[rows[i]] = columns[j]
    return matching
