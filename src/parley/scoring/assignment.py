"""The best one-to-one matching, found piece by piece."""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping
from itertools import permutations
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment
from scipy.sparse import csr_array
from scipy.sparse.csgraph import min_weight_full_bipartite_matching

from parley.scoring.counts import Number

W = TypeVar("W", bound=Number | float)
Pairing = tuple[Any, Any]  # a row and a column that may be matched

_DENSE = 1_000_000  # cells of a piece from which its array would cost too much memory
_ONE_ARTICLE = 200  # pairs up to which those that outweigh their rivals are looked for
_EQUAL = 1e-12  # more than the rounding of a sum of weights, less than sums of an article's weights can differ by
_CLEAR = 1e-9  # by how much a pair must outweigh its rivals: more than sums of rounded weights can be wrong
_FEW = 3  # rows or columns of a piece up to which all its matchings are tried: an array costs more than that


def _pieces(weights: Mapping[tuple[Any, Any], Number | float]) -> Iterator[tuple[list[Any], list[Any]]]:
    """Yield the rows and columns, sorted, of each set of pairs that touches no other."""
    columns_of, rows_of = defaultdict(list), defaultdict(list)
    for row, column in weights:
        columns_of[row].append(column)
        rows_of[column].append(row)
    seen: set[Hashable] = set()
    for first in sorted(columns_of):
        if first in seen:
            continue
        if len(columns_of[first]) == 1 and len(rows_of[columns_of[first][0]]) == 1:  # most pieces are one pair
            yield [first], columns_of[first]
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


def _only_best(
    rows: list[Any], columns: list[Any], weights: Mapping[tuple[Any, Any], Number | float]
) -> list[tuple[Any, Any]] | None:
    """Return the best matching of a small piece by trying all; None if two are equally good.

    Which of several is taken is left to one algorithm, so that it does not depend on the size of the piece.
    """
    short, long = (rows, columns) if len(rows) <= len(columns) else (columns, rows)
    best: Number | float = -1
    found: tuple[Any, ...] = ()
    tied = False
    for chosen in permutations(long, len(short)):
        if short is rows:
            total = sum([weights.get(pair, 0) for pair in zip(rows, chosen, strict=True)])
        else:
            total = sum([weights.get(pair, 0) for pair in zip(chosen, columns, strict=True)])
        if total > best:
            best, found, tied = total, chosen, False
        elif total == best:
            tied = True
    if tied:
        return None
    pairs = zip(rows, found, strict=True) if short is rows else zip(found, columns, strict=True)
    return [pair for pair in pairs if pair in weights]


def _matrix(
    rows: list[Any], columns: list[Any], weights: Mapping[tuple[Any, Any], Number | float]
) -> NDArray[np.float64]:
    if len(rows) * len(columns) <= len(weights):
        return np.array([[float(weights.get((r, c), 0)) for c in columns] for r in rows])
    at_row, at_column = ({name: at for at, name in enumerate(names)} for names in (rows, columns))
    matrix = np.zeros((len(rows), len(columns)))
    for (row, column), weight in weights.items():
        if row in at_row:  # all columns of a row are in its piece
            matrix[at_row[row], at_column[column]] = float(weight)
    return matrix


def without_dominated(weights: dict[tuple[Any, Any], W]) -> dict[tuple[Any, Any], W]:
    """Return the pairs without some that a best matching can do without; the best sum stays the same.

    Of several rows that can be matched with one and the same column only, the heaviest alone is of use; columns
    likewise. Articles joined into one have thousands of these around an entity that all articles mention.
    """
    in_row, in_column = Counter(row for row, _ in weights), Counter(column for _, column in weights)
    best: dict[tuple[str, Any], tuple[Any, Any]] = {}
    for pair in sorted(weights):
        row, column = pair
        if in_row[row] == 1 or in_column[column] == 1:
            around = ("column", column) if in_row[row] == 1 else ("row", row)
            if around not in best or float(weights[pair]) > float(weights[best[around]]):
                best[around] = pair
    heaviest = set(best.values())
    return {p: w for p, w in weights.items() if p in heaviest or (in_row[p[0]] > 1 and in_column[p[1]] > 1)}


def _sparse_best(
    rows: list[Any], columns: list[Any], weights: Mapping[tuple[Any, Any], Number | float]
) -> dict[Any, Any]:
    """Return the best matching of a large piece in memory that grows with its pairs.

    Each row may also stay alone, which is a column of its own; then every row is matched, as the algorithm demands.
    All weights are raised by 1, which changes no choice, since a zero would be no entry of a sparse matrix.
    """
    at_row = {name: at for at, name in enumerate(rows)}
    at_column = {name: at for at, name in enumerate(columns)}
    own = [(at_row[r], at_column[c], float(w) + 1) for (r, c), w in weights.items() if r in at_row and c in at_column]
    alone = [(at, len(columns) + at, 1.0) for at in range(len(rows))]
    row, column, weight = zip(*own, *alone, strict=True)
    table = csr_array((weight, (row, column)), shape=(len(rows), len(columns) + len(rows)))
    matched = zip(*min_weight_full_bipartite_matching(table, maximize=True), strict=True)
    return {rows[r]: columns[c] for r, c in matched if c < len(columns)}


def apart_and_tangled(pairs: Iterable[Pairing]) -> tuple[list[Pairing], list[list[Pairing]]]:
    """Return the pairs whose row and column are in no other pair, and the rest in pieces that touch no other.

    The former are in every best matching, whatever they weigh, so that only the latter are weighed at all.
    """
    of_row: dict[Any, list[Pairing]] = {}
    of_column: dict[Any, list[Pairing]] = {}
    for pair in pairs:
        row, column = pair
        one, other = of_row.get(row), of_column.get(column)
        if one is None:
            if other is None:
                of_row[row] = of_column[column] = [pair]
            else:
                other.append(pair)
                of_row[row] = other
        elif other is None or other is one:
            one.append(pair)
            of_column[column] = one
        else:  # two pieces become one
            small, large = (one, other) if len(one) < len(other) else (other, one)
            for at_row, at_column in small:
                of_row[at_row] = of_column[at_column] = large
            large += [*small, pair]
    apart, tangled = [], []
    for row, piece in of_row.items():
        if len(piece) == 1:
            apart += piece
        elif piece[0][0] == row:  # each piece once
            tangled.append(piece)
    return apart, tangled


def only_best(weights: Mapping[Pairing, Number | float]) -> list[Pairing] | None:
    """Return the best matching if it is clear that there is but one; None if it is not, or if there are many pairs."""
    return _by_weight(weights, _CLEAR)


def sum_of_best(weights: Mapping[Pairing, Number | float]) -> list[Pairing]:
    """Return a best matching of which only the sum is wanted: any of several will do, which is found sooner."""
    found = _by_weight(weights, -_EQUAL)
    return list(_by_pieces(weights).items()) if found is None else found


def _by_weight(weights: Mapping[Pairing, Number | float], margin: float) -> list[Pairing] | None:
    """Return a best matching found by the pairs that outweigh their rivals by ``margin``.

    A pair that weighs as much as the heaviest other pair of its row and the heaviest other of its column together is
    in a best matching: in one without it, it could take the place of the two pairs at most that stand in its way, for
    no smaller sum. If it weighs more, it is in every best matching. With its row and column gone, others outweigh
    theirs. None if some pairs are left in the end, or if there are more pairs than an article has.
    """
    if len(weights) == 2:
        (one, other), (of_one, of_other) = weights, weights.values()
        if one[0] == other[0] or one[1] == other[1]:  # there is one choice
            if of_one < of_other:
                one, other, of_one, of_other = other, one, of_other, of_one
            return [one] if of_one >= of_other + margin else None
        return [one, other]
    if len(weights) > _ONE_ARTICLE:
        return None
    in_row, in_column = defaultdict(list), defaultdict(list)
    for pair in weights:
        in_row[pair[0]].append(pair)
        in_column[pair[1]].append(pair)
    left, found = sorted(weights, key=weights.__getitem__, reverse=True), []
    while left:
        waiting, open_rows, open_columns = [], set[Any](), set[Any]()
        for pair in left:
            row, column = pair
            if row not in in_row or column not in in_column:
                continue  # its row or column is settled
            # The pairs come by weight: one whose row and column are both met for the first time is their heaviest.
            if row not in open_rows and column not in open_columns:
                rivals = max([weights[p] for p in in_row[row] if p is not pair and p[1] in in_column], default=0)
                rivals += max([weights[p] for p in in_column[column] if p is not pair and p[0] in in_row], default=0)
                if weights[pair] >= rivals + margin:
                    found.append(pair)
                    del in_row[row], in_column[column]
                    continue
            open_rows.add(row)
            open_columns.add(column)
            waiting.append(pair)
        if len(waiting) == len(left):
            return None
        left = waiting
    return found


def best_matching(weights: Mapping[tuple[Any, Any], Number | float]) -> dict[Any, Any]:
    """Return the one-to-one matching, row to column, whose weights add up to the most.

    ``weights`` holds the pairs that may be matched, each above 0. Of several best matchings the same one is found
    whatever their order. Most pairs touch no other or outweigh those they touch, and need no algorithm.
    """
    apart, tangled = apart_and_tangled(weights)
    matching = dict(apart)
    for piece in tangled:
        matching |= best_of_piece({pair: weights[pair] for pair in piece})
    return matching


def best_of_piece(weights: Mapping[tuple[Any, Any], Number | float]) -> dict[Any, Any]:
    """Return the best matching of a piece of pairs that touch each other, as ``best_matching`` does."""
    only = only_best(weights)
    return _by_pieces(weights) if only is None else dict(only)


def _by_pieces(weights: Mapping[tuple[Any, Any], Number | float]) -> dict[Any, Any]:
    """Return the best matching, each set of pairs that touches no other solved alone.

    So memory grows with the pairs, not with rows × columns. Keys are sorted first, so that order does not matter.
    """
    matching: dict[Any, Any] = {}
    for rows, columns in _pieces(weights):
        if len(rows) == 1 and len(columns) == 1:
            matching[rows[0]] = columns[0]
            continue
        if len(rows) == 1 or len(columns) == 1:
            pair = max(((r, c) for r in rows for c in columns), key=lambda pair: weights.get(pair, 0))
            matching[pair[0]] = pair[1]
            continue
        if len(rows) <= _FEW and len(columns) <= _FEW:
            only = _only_best(rows, columns, weights)
            if only is not None:
                matching.update(only)
                continue
        if len(rows) * len(columns) > _DENSE:
            matching.update(_sparse_best(rows, columns, weights))
            continue
        matrix = _matrix(rows, columns, weights)
        for i, j in zip(*linear_sum_assignment(matrix, maximize=True), strict=True):
            if (rows[i], columns[j]) in weights:
                matching[rows[i]] = columns[j]
    return matching
