"""A dictionary of phrases: the longest one that begins at a token, in time that does not grow with the dictionary."""

from collections.abc import Iterable, Sequence
from typing import Generic, TypeVar

Value = TypeVar("Value")


class Phrases(Generic[Value]):
    """Phrases (tuples of token strings) with a value each. Of one phrase given twice the first value stays."""

    def __init__(self, entries: Iterable[tuple[tuple[str, ...], Value]]) -> None:
        self._values: dict[tuple[str, ...], Value] = {}
        self._lengths: dict[str, list[int]] = {}
        for phrase, value in entries:
            if phrase and phrase not in self._values:
                self._values[phrase] = value
                lengths = self._lengths.setdefault(phrase[0], [])
                if len(phrase) not in lengths:
                    lengths.append(len(phrase))
                    lengths.sort(reverse=True)

    def at(self, tokens: Sequence[str], at: int, end: int) -> tuple[int, Value] | None:
        """Return length and value of the longest phrase in ``tokens[at:end]`` that begins at ``at``, or None."""
        for length in self._lengths.get(tokens[at], ()):
            value = self._values.get(tuple(tokens[at : at + length])) if at + length <= end else None
            if value is not None:
                return length, value
        return None
