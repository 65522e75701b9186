"""Coreference: mentions in the order of the text join the nearest fitting entity before them, or begin one.

One pass with the last entity of each kind remembered: time grows with the number of mentions alone.
"""

from collections import Counter
from collections.abc import Iterable

from parley.model import Entity

from .lexicon import load_lexicon
from .reading import FoundMention, Reading
from .roles import GovernmentRoles

_THINGS = ("GPE", "ORG", "MIL", "AGR", "WEA")  # what "it" may stand for


def _adjectives(mentions: Iterable[FoundMention]) -> dict[tuple[int, int], FoundMention]:
    """Return the state's name that is nested in a description, by the tokens of the description."""
    found: dict[tuple[int, int], FoundMention] = {}
    outer: FoundMention | None = None
    for mention in sorted(mentions, key=lambda m: (m.first, -m.last)):
        if outer is None or mention.first >= outer.last:
            outer = mention
        elif outer.form == "NOM" and mention.form == "NAM" and mention.type == "GPE":
            found.setdefault((outer.first, outer.last), mention)
    return found


class Resolver:
    """Gives every mention of one article its entity."""

    def __init__(self, reading: Reading, mentions: list[FoundMention], roles: GovernmentRoles) -> None:
        self.reading, self.mentions, self.roles = reading, mentions, roles
        self.lexicon = load_lexicon()
        self.entities: list[Entity] = []
        self.last: dict[str, str] = {}  # entity last mentioned, by type
        self.last_of: dict[tuple[str, ...], str] = {}  # entity last mentioned, by type and head (and owner)
        self.named: dict[tuple[str, str], str] = {}  # entity by type and name, part of a name or acronym
        self.sides: str | None = None
        self.ends: dict[int, FoundMention] = {}  # mention (outermost so far) by the token after it
        self.states = Counter(m.name.state for m in mentions if m.name and m.name.state)
        self.state_entities: dict[str, str] = {}
        self.adjectives = _adjectives(mentions)

    def resolve(self) -> tuple[list[FoundMention], list[Entity]]:
        """Return the mentions that have an entity, and the entities. Pronouns that fit nothing are left out."""
        kept = []
        for mention in sorted(self.mentions, key=lambda m: (m.last, -m.first)):  # inner ones first
            entity = self._entity(mention)
            if entity is None:
                continue
            mention.entity = entity
            kind = mention.type
            self.last[kind] = entity
            if mention.plural:
                self.last["many " + kind] = self.last["many"] = entity
            if kind in _THINGS and not mention.plural:
                self.last["thing"] = entity
            outer = self.ends.get(mention.last)
            if outer is None or mention.first <= outer.first:
                self.ends[mention.last] = mention
            kept.append(mention)
        return kept, self._with_members()

    def _entity(self, mention: FoundMention) -> str | None:
        if mention.form == "PRO":
            return self._of_pronoun(mention)
        if mention.type == "GPE":
            return self._of_gpe(mention)
        if mention.type == "PER":
            return self._of_person(mention)
        if mention.form == "NAM":
            return self._of_name(mention)
        return self._of_description(mention)

    def _new(self, mention: FoundMention) -> str:
        name = self.reading.text(mention.first, mention.last)
        self.entities.append(Entity(id=f"e{len(self.entities) + 1}", type=mention.type, name=name))
        return self.entities[-1].id

    def _by_name(self, mention: FoundMention, *keys: str) -> str:
        found = next((self.named[mention.type, key] for key in keys if (mention.type, key) in self.named), None)
        entity = found or self._new(mention)
        for key in keys:
            self.named.setdefault((mention.type, key), entity)
        return entity

    # names ----------------------------------------------------------------------------------------------

    def _of_gpe(self, mention: FoundMention) -> str:
        name = mention.name
        if mention.form == "NAM":
            if name and name.state and (name.kind != "capital" or self.roles.acts(mention)):
                return self._state(mention, name.state)
            adjective = [mention.head[:-1]] if mention.head.endswith("ian") else []  # "Sudovian" of "Sudovia"
            return self._by_name(mention, mention.head, *adjective)
        if mention.plural and mention.head in self.lexicon.nominals.plural_states:
            if self.sides is None:
                self.sides = self._new(mention)
            return self.sides
        if mention.head in self.lexicon.nominals.governing or mention.head == "country":
            owner = self._owner(mention)
            if owner is not None and owner.type == "GPE" and owner.entity:
                return owner.entity
            if mention.head == "country" and "GPE" in self.last and self._definite(mention):
                return self.last["GPE"]
        return self._of_description(mention)

    def _state(self, mention: FoundMention, state: str) -> str:
        if state not in self.state_entities:
            self.state_entities[state] = self._new(mention)
        return self.state_entities[state]

    def _of_name(self, mention: FoundMention) -> str:
        parts = mention.head.split()
        acronym = "".join(part[0] for part in parts if part not in self.lexicon.names.links and part[0].isalpha())
        return self._by_name(mention, mention.head, *([acronym] if len(acronym) > 1 and len(parts) > 1 else []))

    # people ---------------------------------------------------------------------------------------------

    def _of_person(self, mention: FoundMention) -> str:
        before = self._apposed(mention)
        if mention.form == "NAM":
            parts = mention.head.split()
            keys = [mention.head, parts[-1], parts[0]] if len(parts) > 1 else [mention.head]
            known = next((self.named["PER", k] for k in keys[:2] if ("PER", k) in self.named), None)
            if known is None and before is not None:
                known = before.entity
            entity = known or self._new(mention)
            for key in keys:
                self.named.setdefault(("PER", key), entity)
            if before is not None and before.form == "NOM":
                self.last_of["PER", before.head] = entity
            return entity
        if before is not None and before.entity:
            self.last_of["PER", mention.head] = before.entity
            return before.entity
        return self._of_description(mention)

    def _apposed(self, mention: FoundMention) -> FoundMention | None:
        """Return the person's mention next to this one: "minister Ada Brink", "Ada Brink, a minister"."""
        sentence, lows = self.reading.sentence(mention.first), self.reading.lows
        direct = self.ends.get(mention.first)
        if direct is not None and direct.type == "PER" and direct.form != mention.form and direct.entity:
            return direct
        at, comma = mention.first - 1, False
        while at in sentence and mention.first - at <= 6:
            if lows[at] == ",":
                comma = True
                break
            if not (lows[at] in self.lexicon.nominals.determiners or self._in_name(at)):
                break
            at -= 1
        before = self.ends.get(at) if comma else None
        if before is None or before.type != "PER":
            return None
        is_title = mention.form == "NOM" and self._in_name(mention.first)
        return before if before.form != mention.form or is_title else None

    def _in_name(self, at: int) -> bool:
        return self.reading.tokens[at].text[0].isupper()

    # descriptions ---------------------------------------------------------------------------------------

    def _before(self, mention: FoundMention) -> str:
        return self.reading.low(mention.first - 1, self.reading.sentence(mention.first))

    def _definite(self, mention: FoundMention) -> bool:
        return self._before(mention) in self.lexicon.nominals.definite

    def _owner(self, mention: FoundMention) -> FoundMention | None:
        """Return the possessor or the adjective of a description: "Norland's army", "the Norland army"."""
        if self._before(mention) in ("'s", "'"):
            return self.ends.get(mention.first - 1)
        return self.adjectives.get((mention.first, mention.last))

    def _of_description(self, mention: FoundMention) -> str:
        if mention.type == "AGR":
            return self._agreement(mention)
        owner = self._owner(mention)
        owned: tuple[str, ...] = (mention.type, mention.head, self._owner_key(owner)) if owner else ()
        bare = (mention.type, mention.head)
        plural = (*bare, "many") if mention.plural else bare
        if owned:
            entity = self.last_of.get(owned) or self._new(mention)
            self.last_of[owned] = entity
        elif (self._definite(mention) or mention.type in ("LOC", "MIL")) and plural in self.last_of:
            entity = self.last_of[plural]
        else:
            entity = self._new(mention)
        self.last_of[plural] = entity
        return entity

    def _owner_key(self, owner: FoundMention) -> str:
        return owner.name.state if owner.name and owner.name.state else owner.entity or owner.head

    def _agreement(self, mention: FoundMention) -> str:
        """The existing agreement last spoken of, or the one prospective agreement of the article."""
        kind = "prospective" if self._before(mention) in self.lexicon.nominals.prospective else "existing"
        key = ("AGR", kind, "many") if mention.plural else ("AGR", kind)
        if key not in self.last_of:
            self.last_of[key] = self._new(mention)
        return self.last_of[key]

    # pronouns -------------------------------------------------------------------------------------------

    def _of_pronoun(self, mention: FoundMention) -> str | None:
        pronouns = self.lexicon.pronouns
        if mention.head in pronouns.person or mention.head in pronouns.speaker_one:
            entity = self.last.get("PER")
        elif mention.head in pronouns.thing:
            entity = self.last.get("thing")
        elif mention.head in pronouns.speaker_many:
            entity = self.last.get("GPE")
        else:
            entity = self.last.get("many")
        if entity is None:
            return None
        mention.type = self.entities[int(entity[1:]) - 1].type
        mention.plural = mention.plural and mention.head not in pronouns.speaker_many
        return entity

    def _with_members(self) -> list[Entity]:
        """Give the plural of states its two members: the two states most spoken of (of equals the first)."""
        two = [self.state_entities[s] for s, _ in self.states.most_common() if s in self.state_entities][:2]
        if self.sides is not None and len(two) == 2:
            self.entities[int(self.sides[1:]) - 1].members = two
        return self.entities
