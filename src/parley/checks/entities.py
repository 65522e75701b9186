"""Meaning of mentions and entities."""

import re
from collections.abc import Iterator

from parley.checks.context import Check
from parley.files import shorten
from parley.findings import Finding

# ISO 8601 days, months, years, weeks, times, durations and TIMEX3 decades, seasons, parts of the day, references.
_TIME_VALUE = re.compile(
    r"(?:\d{4}(?:-(?:\d{2}(?:-\d{2}(?:T(?:\d{2}(?::\d{2})?|MO|MI|AF|EV|NI))?)?|W\d{2}(?:-(?:\d|WE))?|Q[1-4]|H[12]|SP|SU|FA|WI))?"
    r"|\d{2}|\d{3}|\d{2}XX|P(?:\d+(?:\.\d+)?|X)(?:[YMWD]|DE|CE|WE)|PT(?:\d+(?:\.\d+)?|X)[HMS]|XXXX-W?XX(?:-\d)?|PAST_REF|PRESENT_REF|FUTURE_REF)"
)


def check_mentions(check: Check) -> Iterator[Finding]:
    """Yield findings on mentions: one a place, roles in context, values."""
    seen: dict[tuple[int, int], int] = {}
    for i, mention in enumerate(check.annotation.mentions or ()):
        path = f"$.mentions[{i}]"
        first = seen.setdefault(mention.span, i)
        if first != i:
            yield from check.found(
                "duplicate-mention",
                path,
                f"{mention.start}–{mention.end} is already $.mentions[{first}]",
                "keep one of the two",
            )
        if mention.entity is not None:
            yield from check.refers(f"{path}.entity", mention.entity, "entity")
            is_gpe = check.links.type_of(mention) == "GPE"
            if is_gpe and mention.role is None:
                yield from check.found(
                    "gpe-role",
                    path,
                    "a GPE mention without its role in context",
                    "add role: " + ", ".join(check.ontology.names("gpe_roles")),
                )
            elif not is_gpe and mention.role is not None and mention.entity in check.links.entities:
                yield from check.found(
                    "gpe-role",
                    f"{path}.role",
                    f"a role in context on a mention of type {check.links.type_of(mention)}",
                    "remove it: only GPE mentions have one",
                )
        elif mention.type == "TIME":
            if not _TIME_VALUE.fullmatch(mention.value or ""):
                yield from check.found(
                    "bad-time-value",
                    f"{path}.value",
                    f"{shorten(mention.value or '')} is no ISO 8601 or TIMEX3 value",
                    "write 2025-12-24, 2025-12, 2025-W52, 2025, P5D or the like",
                )
        elif (mention.number is None) != (mention.qualifier == "vague"):
            yield from check.found(
                "vague-number",
                path,
                "a quantity has a number, or the qualifier 'vague' and none",
                "add the number, or the qualifier 'vague'",
            )


def check_entities(check: Check) -> Iterator[Finding]:
    """Yield findings on entities: use, members, registry."""
    used = {m.entity for m in check.annotation.mentions or ()}
    used |= {member for e in check.annotation.entities or () for member in e.members or ()}
    registered: dict[str, int] = {}
    for i, entity in enumerate(check.annotation.entities or ()):
        path = f"$.entities[{i}]"
        if entity.id not in used:
            yield from check.found(
                "unused-entity", path, f"{shorten(entity.id)} is never mentioned", "add its mentions, or remove it"
            )
        if entity.members is not None:
            for j, member in enumerate(entity.members):
                yield from check.refers(f"{path}.members[{j}]", member, "entity")
            if len(set(entity.members)) < 2 or len(set(entity.members)) < len(entity.members):
                yield from check.found(
                    "bad-members",
                    f"{path}.members",
                    "a plural entity has two different members or more",
                    "name each once, or leave members out",
                )
            if entity.id in entity.members or not check.links.expand(entity.id):
                yield from check.found(
                    "bad-members",
                    f"{path}.members",
                    f"{shorten(entity.id)} is among its own members",
                    "remove it there",
                )
        if entity.registry is not None:
            yield from check_registry(check, path, entity.registry, "entity", entity.type)
            first = registered.setdefault(entity.registry, i)
            if first != i:
                yield from check.found(
                    "registry-twice",
                    f"{path}.registry",
                    f"{shorten(entity.registry)} is already $.entities[{first}]",
                    "make the two one entity",
                )


def check_registry(check: Check, path: str, identifier: str, kind: str, type_: str) -> Iterator[Finding]:
    """Yield findings on the registry id of an item of a kind (entity, event) and type at ``path``."""
    entry = check.registry.get(identifier)
    if entry is None:
        if check.scope == "corpus" or not identifier.startswith("NIL"):
            mend = (
                "add it to registry.json, or leave it out"
                if check.scope == "corpus"
                else "name an entry of registry.json, or begin an id of your own with NIL"
            )
            yield from check.found(
                "registry-unknown",
                f"{path}.registry",
                f"there is no entry {shorten(identifier)} in the registry",
                mend,
            )
    elif (entry.kind, entry.type) != (kind, type_):
        yield from check.found(
            "registry-type",
            f"{path}.registry",
            f"{shorten(identifier)} is of kind {entry.kind} and type {entry.type}, this is of kind {kind} and type {type_}",
            "mend one of the two",
        )
