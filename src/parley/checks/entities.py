"""Meaning of mentions and entities."""

import calendar
import re

from parley.checks.check import Check

# ISO 8601 days, months, years, weeks, times, durations and TIMEX3 decades, seasons, parts of the day, references.
_TIME_VALUE = re.compile(
    r"(?:\d{4}(?:-(?:(?:0[1-9]|1[0-2])(?:-\d{2}(?:T(?:(?:[01]\d|2[0-3])(?::[0-5]\d)?|24(?::00)?|MO|MI|AF|EV|NI))?)?"
    r"|W(?:0[1-9]|[1-4]\d|5[0-3])(?:-(?:[1-7]|WE))?|Q[1-4]|H[12]"
    r"|SP|SU|FA|WI))?|\d{2}|\d{3}|\d{2}XX|P(?:\d+(?:\.\d+)?|X)(?:[YMWD]|DE|CE|WE)|PT(?:\d+(?:\.\d+)?|X)[HMS]"
    r"|XXXX-W?XX(?:-\d)?|PAST_REF|PRESENT_REF|FUTURE_REF)"
)


def _is_time_value(value: str) -> bool:
    """Whether a value has the form of a TIME, and a day in it is in the calendar."""
    day = re.match(r"(\d{4})-(\d{2})-(\d{2})", value)
    if not _TIME_VALUE.fullmatch(value):
        return False
    return day is None or 1 <= int(day[3]) <= calendar.monthrange(int(day[1]), int(day[2]))[1]


def check_mentions(check: Check) -> None:
    """Check mentions: one at a place, roles in context, values."""
    item = check.item
    check.repeated("duplicate-mention", "mentions", check.record.mentions)
    for i, mention in enumerate(check.record.mentions or ()):
        path = f"$.mentions[{i}]"
        if mention.entity is not None:
            check.refers(f"{path}.entity", mention.entity, "entity")
            type_ = item.type_of(mention)
            if type_ == "GPE" and mention.role is None:
                check.found("gpe-role", path, roles=check.ontology.names("gpe_roles"))
            elif type_ not in ("GPE", None) and mention.role is not None:
                check.found("gpe-role/other", f"{path}.role", type=type_)
        elif mention.type == "TIME":
            if not _is_time_value(mention.value or ""):
                check.found("bad-time-value", f"{path}.value", value=mention.value or "")
        elif (mention.number is None) != (mention.qualifier == "vague"):
            check.found("vague-number", path)


def check_entities(check: Check) -> None:
    """Check entities: that they are used, their members, their registry ids."""
    entities = check.record.entities or ()
    used = {m.entity for m in check.record.mentions or ()}
    used |= {member for e in entities for member in e.members or ()}
    registered: dict[str, int] = {}
    for i, entity in enumerate(entities):
        path = f"$.entities[{i}]"
        if entity.id not in used:
            check.found("unused-entity", path, id=entity.id)
        if entity.members is not None:
            for j, member in enumerate(entity.members):
                check.refers(f"{path}.members[{j}]", member, "entity")
            if len(entity.members) < 2 or len(set(entity.members)) < len(entity.members):
                check.found("bad-members", f"{path}.members")
            if entity.id not in check.item.expanded_sizes:
                check.found("bad-members/circular", f"{path}.members", id=entity.id)
        if entity.registry is not None:
            check.registered(path, entity.registry, "entity", entity.type)
            first = registered.setdefault(entity.registry, i)
            if first != i:
                check.found("registry-twice", f"{path}.registry", id=entity.registry, first=f"$.entities[{first}]")
