"""Confusion matrices of what was found: labels of the gold against labels predicted."""

from collections import Counter
from collections.abc import Iterable, Sequence

import msgspec

from parley.mistakes.values import MISSED, SPURIOUS, Case
from parley.ontology import load_ontology

WRONG_SPAN = "wrong span"

# Title -> layer, fact that is compared, lists of the ontology its labels are of.
GRIDS = {
    "Entity types": ("entities", "type", ("entity_types", "value_types")),
    "Statuses": ("events", "status", ("statuses",)),
    "Event types": ("events", "type", ("event_types",)),
}


class Confusion(msgspec.Struct, frozen=True):
    """A grid: ``cells[r][c]`` items have the label ``rows[r]`` in the gold and ``columns[c]`` in the prediction.

    The last columns are gold items predicted with a wrong span, and missed ones; the last rows predicted items with
    a wrong span, and spurious ones. A row adds up to the gold items of its label, a column to the predicted ones.
    Labels that occur on neither side are left out.
    """

    title: str
    rows: list[str]
    columns: list[str]
    cells: list[list[int]]


def _pairs(cases: Iterable[Case], layer: str, fact: str) -> Counter[tuple[str, str]]:
    counted: Counter[tuple[str, str]] = Counter()
    for case in cases:
        if case.layer != layer:
            continue
        one = case.gold.facts[fact] if case.gold else SPURIOUS
        other = case.predicted.facts[fact] if case.predicted else MISSED
        if case.kind == WRONG_SPAN:
            counted[one, WRONG_SPAN] += 1
            counted[WRONG_SPAN, other] += 1
        else:
            counted[one, other] += 1
    return counted


def _grid(title: str, counted: Counter[tuple[str, str]], order: Sequence[str]) -> Confusion:
    seen = {label for pair in counted for label in pair}
    labels = [label for label in order if label in seen]
    rows = [*labels, *(name for name in (WRONG_SPAN, SPURIOUS) if name in seen)]
    columns = [*labels, *(name for name in (WRONG_SPAN, MISSED) if name in seen)]
    return Confusion(title, rows, columns, [[counted[row, column] for column in columns] for row in rows])


def confusions(cases: Sequence[Case]) -> list[Confusion]:
    """Return the grids of ``GRIDS`` that have anything in them."""
    ontology, found = load_ontology(), []
    for title, (layer, fact, kinds) in GRIDS.items():
        counted = _pairs(cases, layer, fact)
        if counted:
            found.append(_grid(title, counted, [name for kind in kinds for name in ontology.names(kind)]))
    return found
