"""Spans that nest, touch and cross, made into one tree that holds every character once."""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

import msgspec


class Mark(NamedTuple):
    """A span to be shown: what it is, its id, start and end in code points (half-open)."""

    kind: str
    id: str
    start: int
    end: int


class Node(msgspec.Struct, frozen=True, omit_defaults=True):
    """A piece of a mark with its children, or (kind ``text``) a piece of text.

    ``first`` and ``last`` say whether the piece begins and ends its mark; both are true of a mark in one piece.
    """

    kind: str
    start: int
    end: int
    id: str = ""
    text: str = ""
    first: bool = True
    last: bool = True
    children: "list[Node]" = []

    @property
    def depth(self) -> int:
        """How many mentions are nested below."""
        return max((child.depth + (child.kind == "mention") for child in self.children), default=0)


def _pieces(mark: Mark, laid: Sequence[Mark], edges: Iterable[int]) -> list[Mark]:
    """Cut ``mark`` at the edges in it and where marks laid before it cross it; one inside or around it cuts nothing."""
    cuts = {mark.start, mark.end, *(edge for edge in edges if mark.start < edge < mark.end)}
    for other in laid:
        if other.start < mark.start < other.end < mark.end:
            cuts.add(other.end)
        elif mark.start < other.start < mark.end < other.end:
            cuts.add(other.start)
    at = sorted(cuts)
    return [mark._replace(start=start, end=end) for start, end in pairwise(at)]


def nest(text: str, frame: Iterable[Mark], layers: Iterable[Iterable[Mark]]) -> list[Node]:
    """Return the whole text as a tree of the marks.

    The marks of the ``frame`` (zones, paragraphs, sentences) nest, each outer one before those inside it; everything
    else is cut at their edges. Then marks are laid layer by layer: one that crosses an earlier mark is cut into
    pieces at the crossing, so an early layer stays in one piece. Marks that are empty or reach beyond the text are
    left out. The texts of the leaves, joined, are ``text``.
    """
    laid = list(frame)
    edges = {edge for mark in laid for edge in (mark.start, mark.end)}
    whole = {(mark.kind, mark.id): [(mark.start, mark.end)] for mark in laid}  # before they were cut
    for layer in layers:
        for mark in layer:
            if 0 <= mark.start < mark.end <= len(text):
                whole.setdefault((mark.kind, mark.id), []).append((mark.start, mark.end))
                laid += _pieces(mark, laid, edges)
    order = sorted(range(len(laid)), key=lambda i: (laid[i].start, -laid[i].end, i))
    queue = [laid[i] for i in order]
    at = 0

    def build(start: int, end: int) -> list[Node]:
        nonlocal at
        found: list[Node] = []
        while at < len(queue) and queue[at].start < end:
            mark = queue[at]
            at += 1
            if start < mark.start:
                found.append(Node("text", start, mark.start, text=text[start : mark.start]))
            original = whole[mark.kind, mark.id]
            found.append(
                Node(
                    mark.kind,
                    mark.start,
                    mark.end,
                    id=mark.id,
                    first=any(mark.start == s for s, _ in original),
                    last=any(mark.end == e for _, e in original),
                    children=build(mark.start, mark.end),
                )
            )
            start = mark.end
        if start < end:
            found.append(Node("text", start, end, text=text[start:end]))
        return found

    return build(0, len(text))


def leaves(nodes: Iterable[Node]) -> str:
    """Return the text of a tree."""
    return "".join(node.text if node.kind == "text" else leaves(node.children) for node in nodes)
