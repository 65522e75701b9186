"""A linear-chain CRF over the words of a sentence, and spans as BIO tags."""

from collections.abc import Iterable, Sequence
from typing import Any

from sklearn_crfsuite import CRF

Features = dict[str, float]
Labelled = tuple[int, int, str]  # first and last word, label


def to_tags(spans: Iterable[Labelled], first: int, end: int) -> list[str]:
    """Return the BIO tags of the words ``[first, end)``: ``B-`` and the label at the first word of a span, ``I-`` inside."""
    tags = ["O"] * (end - first)
    for start, last, label in spans:
        if first <= start and last < end:
            tags[start - first : last + 1 - first] = [f"B-{label}"] + [f"I-{label}"] * (last - start)
    return tags


def to_spans(tags: Sequence[str], first: int) -> list[Labelled]:
    """Return the spans of BIO tags whose first is of the word ``first``. An ``I-`` after another label begins a span."""
    found: list[Labelled] = []
    for at, tag in enumerate(tags, first):
        start, _, label = tag.partition("-")
        if start == "I" and found and found[-1][1:] == (at - 1, label):
            found[-1] = (found[-1][0], at, label)
        elif start != "O":
            found.append((at, at, label))
    return found


class Tagger:
    """Finds labelled spans that do not overlap."""

    def __init__(self, c1: float, c2: float, outside: float = 1.0) -> None:
        """Take the weights of the L1 and L2 penalties; ``outside`` below 1 makes the tag of no span less likely.

        With 1 the likeliest sequence of tags is taken, else the likeliest tag of each word.
        """
        self.crf: Any = CRF("lbfgs", c1=c1, c2=c2, max_iterations=100)
        self.outside = outside

    def fit(self, features: Sequence[Sequence[Features]], tags: Sequence[Sequence[str]]) -> "Tagger":
        """Learn from sequences of words."""
        self.crf.fit(features, tags)
        return self

    def spans(self, features: Sequence[Features], first: int) -> list[Labelled]:
        """Return the spans in a sequence that begins with the word ``first``."""
        if self.outside == 1.0:
            return to_spans(self.crf.predict_single(features), first)
        tags = []
        for row in self.crf.predict_marginals_single(features):
            row["O"] *= self.outside
            tags.append(max(sorted(row), key=row.__getitem__))
        return to_spans(tags, first)
