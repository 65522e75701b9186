"""Who stands where toward whom: one article's stances as a graph with two columns, drawn when the site is built.

Holders stand left and targets right, both grouped by side. Places are computed here, so that the same annotation gives
the same picture, and nothing has to run where it is looked at. Lengths are in user units of the SVG.
"""

import textwrap
from bisect import bisect_right, insort
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from parley.show.values import Reference, StanceView
from parley.site.reading import Reading, side, taking_part

WIDTH = 820
NODE = 228  # width of a node
LEAD = 128  # straight beginning of an edge, over which its label stands
PORT = 28  # between two edges at one node
LINE = 17  # of text
GAP, GROUP_GAP, HEAD = 12, 22, 22
CHARACTERS = 27  # that fit on a line of a node, by the width of average letters
SWEEPS = 6

OTHERS, HAPPENINGS, WRITER = "Others", "Acts and event clusters", "The writer"
_LAST = (OTHERS, HAPPENINGS, WRITER)  # groups that come after the sides, in this order


class Node(NamedTuple):
    """A holder or a target: lines of its name, a line below them, its upper left corner and height, and its group."""

    id: str
    name: str
    lines: list[str]
    below: str
    x: float
    y: float
    height: float
    group: str


class Edge(NamedTuple):
    """A stance: its path, where its label begins, where its arrow ends, and the nodes that it joins."""

    stance: StanceView
    holder: str
    target: str
    path: str
    label: tuple[float, float]
    tip: tuple[float, float]


class Heading(NamedTuple):
    """The name of a group of nodes and where it stands."""

    name: str
    x: float
    y: float


class Graph(NamedTuple):
    """The picture, ``WIDTH`` wide and ``height`` high."""

    height: float
    nodes: list[Node]
    edges: list[Edge]
    headings: list[Heading]


class _End(NamedTuple):
    """A holder or target before it has a place."""

    id: str
    name: str
    below: str
    group: str


def _end(reading: Reading, reference: Reference) -> _End:
    """Return the node of a holder or target. All mentions of one event cluster are one node."""
    if reference.kind == "event":
        told = reading.view.events[reading.view.events[reference.id].tellings[0]]
        return _End(told.id, told.registry or f"“{reference.name}”", taking_part(told), HAPPENINGS)
    if reference.kind == "author":
        return _End(reference.id, "the article", "in its own voice", WRITER)
    found = reading.view.entities.get(reference.id)
    kind = found.type if found else reference.kind
    of = side(reading, reference.id)
    speaks_for = found.side if found else ""
    return _End(reference.id, reference.name, f"{kind}, for {speaks_for}" if speaks_for else kind, of or OTHERS)


def _lines(name: str) -> list[str]:
    """Return a name in at most two lines."""
    return textwrap.wrap(name, CHARACTERS, max_lines=2, placeholder=" …", break_on_hyphens=False) or [name[:CHARACTERS]]


def _mean(places: Iterable[int]) -> float:
    found = list(places)
    return sum(found) / len(found) if found else 0.0


def _arranged(ends: Mapping[str, _End], across: Mapping[str, list[int]]) -> list[str]:
    """Return the nodes of a column: groups, and nodes in them, by where the nodes they are joined to stand on average.

    Groups that are no side come last; ties keep the order there was.
    """
    weight = {i: _mean(across[i]) for i in ends}
    groups: dict[str, list[str]] = {}
    for i, end in ends.items():
        groups.setdefault(end.group, []).append(i)

    def place(group: str) -> tuple[int, float]:
        last = _LAST.index(group) + 1 if group in _LAST else 0
        return last, _mean(place for i in groups[group] for place in across[i])

    return [i for group in sorted(groups, key=place) for i in sorted(groups[group], key=lambda i: weight[i])]


def crossings(pairs: Iterable[tuple[int, int]]) -> int:
    """Return how often straight edges between two columns cross, given the places of their ends."""
    seen: list[int] = []
    found = 0
    for _, right in sorted(pairs):
        found += len(seen) - bisect_right(seen, right)
        insort(seen, right)
    return found


def _order(
    holders: dict[str, _End], targets: dict[str, _End], pairs: list[tuple[str, str]]
) -> tuple[list[str], list[str]]:
    """Return the order of both columns: sweeps of the barycentre method, the one with the fewest crossings kept."""
    left, right = list(holders), list(targets)
    best, fewest = (left, right), -1
    for _ in range(SWEEPS):
        at = {i: n for n, i in enumerate(left)}
        right = _arranged({i: targets[i] for i in right}, {i: [at[h] for h, t in pairs if t == i] for i in right})
        at = {i: n for n, i in enumerate(right)}
        left = _arranged({i: holders[i] for i in left}, {i: [at[t] for h, t in pairs if h == i] for i in left})
        place = {i: n for n, i in enumerate(left)}
        cost = crossings((place[h], at[t]) for h, t in pairs)
        if fewest < 0 or cost < fewest:
            best, fewest = (left, right), cost
    return best


def _column(order: list[str], ends: Mapping[str, _End], degree: Mapping[str, int], x: float) -> list[Node]:
    """Return the nodes of a column, one below the other; a node is high enough for its text and its edges."""
    nodes: list[Node] = []
    y, group = 0.0, None
    for i in order:
        end = ends[i]
        if end.group != group:
            y += (GROUP_GAP if nodes else 0) + HEAD
            group = end.group
        elif nodes:
            y += GAP
        lines = _lines(end.name)
        height = float(max((len(lines) + 1) * LINE + 16, degree[i] * PORT + 6))
        nodes.append(Node(i, end.name, lines, end.below, x, y, height, end.group))
        y += height
    return nodes


def _headings(nodes: list[Node]) -> list[Heading]:
    found: list[Heading] = []
    before = None
    for node in nodes:
        if node.group != before:
            found.append(Heading(node.group, node.x, node.y - 8))
            before = node.group
    return found


def _centred(nodes: list[Node], height: float) -> list[Node]:
    """Return a column moved down so that it stands in the middle of the picture."""
    spare = (height - max((n.y + n.height for n in nodes), default=0.0)) / 2
    return [n._replace(y=round(n.y + spare, 1)) for n in nodes]


def _ports(nodes: Mapping[str, Node], ends: list[tuple[str, float, float]]) -> list[float]:
    """Return where each edge touches its node: edges in the order of where they come from.

    ``ends`` has for each edge the node, the middle of the node across, and a number that settles ties.
    """
    places = [0.0] * len(ends)
    for i, node in nodes.items():
        mine = sorted((n for n, end in enumerate(ends) if end[0] == i), key=lambda n: ends[n][1:])
        top = node.y + node.height / 2 - (len(mine) - 1) * PORT / 2
        for rank, n in enumerate(mine):
            places[n] = round(top + rank * PORT, 1)
    return places


def graph(reading: Reading) -> Graph:
    """Return the picture of an article's stances: one edge each, in the order in which they are listed."""
    stances = list(reading.view.stances.values())
    ends = [(_end(reading, s.holder), _end(reading, s.target)) for s in stances]
    pairs = [(holder.id, target.id) for holder, target in ends]
    holders, targets = {h.id: h for h, _ in ends}, {t.id: t for _, t in ends}
    left, right = _order(holders, targets, pairs)
    columns = []
    for number, (order, known, x) in enumerate(((left, holders, 0.0), (right, targets, float(WIDTH - NODE)))):
        degree = {i: sum(pair[number] == i for pair in pairs) for i in order}
        columns.append(_column(order, known, degree, x))
    height = max((n.y + n.height for column in columns for n in column), default=0.0)
    columns = [_centred(column, height) for column in columns]
    at = [{n.id: n for n in column} for column in columns]
    middle = [{i: n.y + n.height / 2 for i, n in nodes.items()} for nodes in at]
    starts = _ports(at[0], [(h, middle[1][t], float(k)) for k, (h, t) in enumerate(pairs)])
    tips = _ports(at[1], [(t, middle[0][h], float(k)) for k, (h, t) in enumerate(pairs)])
    edges = [
        _edge(stance, pair, (float(NODE), start), (float(WIDTH - NODE), tip))
        for stance, pair, start, tip in zip(stances, pairs, starts, tips, strict=True)
    ]
    return Graph(height + 6, columns[0] + columns[1], edges, _headings(columns[0]) + _headings(columns[1]))


def _edge(stance: StanceView, pair: tuple[str, str], start: tuple[float, float], tip: tuple[float, float]) -> Edge:
    (x, y), (u, v) = start, tip
    bend, end = (u - x - LEAD) / 2, u - 9  # the arrow takes the last 9
    path = f"M{x:g} {y:g}H{x + LEAD:g}C{x + LEAD + bend:g} {y:g} {end - bend:g} {v:g} {end:g} {v:g}"
    return Edge(stance, *pair, path, (x + 10, y - 6), tip)
