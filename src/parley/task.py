"""What a system is given: the text, its zones, sentences and date; for the pair track also the pairs to classify.

A task is made from rows of the ``documents`` and ``stance`` configs. Only the columns in ``DOCUMENT_COLUMNS`` and
``PAIR_COLUMNS`` are read, so a system that takes a ``Task`` cannot see the gold by accident.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from parley.corpus import Article, ZoneSpan
from parley.model import Span
from parley.ontology import load_ontology
from parley.segment import Sentence, split_sentences

DOCUMENT_COLUMNS = ("id", "text", "zones", "date")
PAIR_COLUMNS = (
    "id",
    "article",
    "holder_name",
    "holder_mentions",
    "target_name",
    "target_kind",
    "target_mentions",
)


class Pair(msgspec.Struct, frozen=True, kw_only=True):
    """A holder and a target whose polarity is to be predicted (``support``, ``oppose``, ``mixed`` or ``none``).

    Mentions are in the order of the text. Those of an event are the triggers of all mentions of its event cluster, those
    of a proposition the words that state it and later expressions for it.
    The holder ``AUTHOR`` has none. Pairs are for stance classification only: a system that is scored on entities,
    events or stance tuples finds its own holders and targets.
    """

    id: str
    holder_name: str
    holder_mentions: list[Span]
    target_name: str  # name of the entity; of an event its trigger, of a proposition its words
    target_kind: str  # "entity", "event" or "proposition"
    target_mentions: list[Span]


class Task(msgspec.Struct, frozen=True, kw_only=True):
    """One article as a system sees it."""

    id: str
    text: str
    zones: list[ZoneSpan]  # cover the text; only the scored ones (see the ontology) are annotated
    date: str  # ISO 8601 day that relative times are resolved against
    pairs: list[Pair]  # empty but for the pair track

    @property
    def sentences(self) -> list[Sentence]:
        """The sentences of the scored zones, in order. No mention and no trigger crosses the edge of one."""
        return split_sentences(self.text, self.zones)


def plain_rows(rows: Any) -> Iterable[Any]:
    """Return rows or records one by one, also those of a pandas table or of a dataset with a format."""
    if hasattr(rows, "with_format"):
        rows = rows.with_format(None)
    elif hasattr(rows, "to_dict") and hasattr(rows, "columns"):
        rows = rows.to_dict("records")
    found: Iterable[Any] = rows
    return found


def _only(row: Mapping[str, Any], columns: Iterable[str]) -> dict[str, Any]:
    return {column: row[column] for column in columns}


def _spans(found: Iterable[Mapping[str, Any]]) -> list[Span]:
    return [Span(start=s["start"], end=s["end"], text=s["text"]) for s in found]


def _zones(found: Iterable[Mapping[str, Any]]) -> list[ZoneSpan]:
    """Return zones by name; rows of ``datasets`` hold the ``ClassLabel`` number."""
    names = load_ontology().names("zones")
    return [
        ZoneSpan(zone=names[z["zone"]] if isinstance(z["zone"], int) else z["zone"], start=z["start"], end=z["end"])
        for z in found
    ]


def _pair(row: Mapping[str, Any]) -> Pair:
    given = _only(row, PAIR_COLUMNS)
    return Pair(
        id=given["id"],
        holder_name=given["holder_name"],
        holder_mentions=_spans(given["holder_mentions"]),
        target_name=given["target_name"],
        target_kind=given["target_kind"],
        target_mentions=_spans(given["target_mentions"]),
    )


def tasks(documents_rows: Iterable[Mapping[str, Any]], stance_rows: Iterable[Mapping[str, Any]] = ()) -> list[Task]:
    """Return a task for each row of the ``documents`` config, in its order, with its pairs from the ``stance`` config.

    Give ``stance_rows`` to a system of the pair track only: the pairs name holders and targets of the gold.
    Rows may come from ``datasets`` (``parley.load("documents")``) or be plain dictionaries with label names.
    Pairs of articles that are not among the documents are left out.
    """
    pairs: dict[str, list[Pair]] = {}
    for row in plain_rows(stance_rows):
        pairs.setdefault(row["article"], []).append(_pair(row))
    found = []
    for row in plain_rows(documents_rows):
        given = _only(row, DOCUMENT_COLUMNS)
        found.append(
            Task(
                id=given["id"],
                text=given["text"],
                zones=_zones(given["zones"]),
                date=given["date"],
                pairs=pairs.get(given["id"], []),
            )
        )
    return found


def task_of(article: Article, text: str) -> Task:
    """Return the task of an article of a dataset in memory, without pairs."""
    return Task(id=article.id, text=text, zones=article.zones, date=article.date.value, pairs=[])
