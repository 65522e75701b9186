"""What the modules hand on: mentions and the entities they belong to."""

from dataclasses import dataclass, field


@dataclass(eq=False)
class Thing:
    """An entity in the making."""

    type: str
    name: str
    mentions: list["Found"] = field(default_factory=list)
    members: list["Thing"] = field(default_factory=list)
    many: bool = False
    female: bool | None = None
    owner: "Thing | None" = None  # the state or body it belongs to, by an adjective or possessive


@dataclass(eq=False)
class Found:
    """A mention: first and last word, type, form, head word, and what it is called (a name, or its head in lower case)."""

    first: int
    last: int
    type: str
    form: str
    head: int
    key: str
    many: bool = False
    inner: bool = False  # nested in a larger description
    role: str | None = None
    thing: Thing | None = None

    @property
    def entity(self) -> Thing:
        """Return the entity, once it has one."""
        assert self.thing is not None
        return self.thing
