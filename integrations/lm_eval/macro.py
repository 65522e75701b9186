"""The score of the stance pairs for lm-evaluation-harness: F1 of each of the four answers, averaged."""

from collections.abc import Sequence


def macro_f1(items: Sequence[tuple[int, int]]) -> float:
    """Return the macro F1 of pairs of the right answer and the given one; an answer that never occurs is left out.

    >>> macro_f1([(0, 0), (0, 1), (1, 1)])
    0.6666666666666666
    """
    scores = []
    for label in sorted({answer for pair in items for answer in pair}):
        right = sum(gold == given == label for gold, given in items)
        scores.append(2 * right / sum((gold == label) + (given == label) for gold, given in items))
    return sum(scores) / len(scores) if scores else 0.0
