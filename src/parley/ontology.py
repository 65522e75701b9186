"""The one list of labels, read from ``schema/ontology.json``.

Everything that names a label (schemas, checks, dataset features, tables) asks this module; no other module
lists labels.
"""

from functools import cache
from pathlib import Path

import msgspec

from parley.paths import SCHEMA


class Label(msgspec.Struct, frozen=True):
    """A label with its meaning; examples are invented sentences, the annotated words between asterisks."""

    name: str
    definition: str
    examples: list[str] = []


class MentionType(Label, frozen=True):
    """An entity or value type and what it corresponds to in ACE 2005 and PLOVER."""

    ace: str | None = None
    plover: str | None = None


class Plover(msgspec.Struct, frozen=True):
    """Correspondence to PLOVER 2.0: event type (None: not coded there), the modes it can take, a remark."""

    type: str | None
    modes: list[str]
    note: str


class EventType(Label, frozen=True, kw_only=True):
    """An event type: its group, the argument roles it allows, PLOVER and ACE correspondence.

    ``propositions`` says whether a proposition may fill its Content or Topic.
    """

    group: str
    roles: list[str]
    propositions: bool
    plover: Plover
    ace: str | None


class ArgumentRole(Label, frozen=True, kw_only=True):
    """An argument role and its fillers: entity types, ``TIME``, ``QTY``, ``event`` or ``proposition``."""

    fillers: list[str]


class Zone(Label, frozen=True, kw_only=True):
    """A kind of zone of an article; only scored zones are annotated."""

    scored: bool


class Ontology(msgspec.Struct, frozen=True):
    """All labels. Each list keeps the order of the file, which is the order of ``ClassLabel`` names."""

    title: str
    version: str
    description: str
    sources: dict[str, str]
    entity_types: list[MentionType]
    value_types: list[MentionType]
    forms: list[Label]
    gpe_roles: list[Label]
    time_mods: list[Label]
    qty_qualifiers: list[Label]
    argument_roles: list[ArgumentRole]
    event_groups: list[Label]
    event_types: list[EventType]
    statuses: list[Label]
    harms: list[Label]
    polarities: list[Label]
    facets: list[Label]
    zones: list[Zone]
    author: Label

    def names(self, kind: str) -> list[str]:
        """Return the label names of one list, e.g. ``names("entity_types")``.

        ``"mention_types"`` is entity and value types together.
        """
        if kind == "mention_types":
            return self.names("entity_types") + self.names("value_types")
        return [label.name for label in getattr(self, kind)]

    def event(self, name: str) -> EventType | None:
        """Return an event type by name, or None if there is none of that name."""
        return next((t for t in self.event_types if t.name == name), None)

    def argument_role(self, name: str) -> ArgumentRole | None:
        """Return an argument role by name, or None if there is none of that name."""
        return next((r for r in self.argument_roles if r.name == name), None)

    def holds(self, version: str) -> bool:
        """Return whether a record made under ``version`` holds under this ontology: the same major, none newer.

        A minor version adds labels and takes none away; what changes the meaning of one is a major version.
        """
        try:
            made, own = ([int(part) for part in one.split(".")] for one in (version, self.version))
        except ValueError:
            return False
        return len(made) == len(own) and made[0] == own[0] and made <= own

    @property
    def speech_types(self) -> frozenset[str]:
        """Names of the event types that can carry others as their ``via``."""
        return frozenset(t.name for t in self.event_types if t.group == "speech")

    @property
    def scored_zones(self) -> frozenset[str]:
        """Names of the zones that are annotated and scored."""
        return frozenset(z.name for z in self.zones if z.scored)


@cache
def load_ontology(path: Path = SCHEMA / "ontology.json") -> Ontology:
    """Read the ontology (once per path).

    Raises ``msgspec.ValidationError`` if the file is not of its form.
    """
    return msgspec.json.decode(path.read_bytes(), type=Ontology)
