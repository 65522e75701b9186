"""What the metrics count of an annotation, as columns of numbers: an item's number stands at its place in each."""

from typing import NamedTuple

import numpy as np

from parley.scoring.numbers import Column, different, pack

Places = Column


class SpanArrays(NamedTuple):
    """Different spans with their types in the order of the text, and after each the furthest end of all up to it."""

    starts: Places
    ends: Places
    kinds: Column  # codes of types
    furthest: Places


class MentionColumns(NamedTuple):
    """Mentions and values in the order of the record, a number of each in every column."""

    starts: Places
    ends: Places
    kinds: Column  # codes of types
    forms: Column  # codes of forms, -1 of values
    entities: Column  # numbers of entities (``View.entity_numbers``), -1 where none is named


class EventColumns(NamedTuple):
    """Events in the order of the record, a number of each in every column."""

    starts: Places
    ends: Places
    kinds: Column  # codes of types
    statuses: Column  # codes of statuses
    voice_starts: Places  # of the trigger of the speech event it comes through; below 0 of the article's own voice
    voice_ends: Places


class ArgumentColumns(NamedTuple):
    """Arguments in the order of the record, a number of each in every column."""

    starts: Places  # of the trigger
    ends: Places
    kinds: Column  # codes of the event types
    roles: Column  # codes of the roles
    shown_starts: Places  # of the span that shows it; below 0 where nothing does
    shown_ends: Places


class Clustered(NamedTuple):
    """Spans with the cluster of each, by number, and the names of the clusters."""

    starts: Places
    ends: Places
    clusters: Column
    names: list[str]

    @property
    def is_repeated(self) -> bool:
        """Whether a span is there twice."""
        return len(different(pack(self[:2]))) < len(self.starts)

    @property
    def sizes(self) -> dict[str, int]:
        """The spans of each cluster that has any, by its name."""
        sizes = np.bincount(self.clusters, minlength=len(self.names)).tolist()
        return {name: size for name, size in zip(self.names, sizes, strict=True) if size}
