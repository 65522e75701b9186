"""Meaning of events: voices, arguments, event clusters."""

from collections.abc import Iterator

from parley.checks.context import Check
from parley.checks.entities import check_registry
from parley.derive import showing_mention
from parley.files import shorten
from parley.findings import Finding
from parley.model import Argument, Event


def check_events(check: Check) -> Iterator[Finding]:
    """Yield findings on triggers and on the speech events they come through."""
    seen: dict[tuple[int, int], int] = {}
    speech = check.ontology.speech_types
    for i, event in enumerate(check.annotation.events or ()):
        path = f"$.events[{i}]"
        first = seen.setdefault(event.span, i)
        if first != i:
            yield from check.found(
                "duplicate-event",
                path,
                f"{event.start}–{event.end} already triggers $.events[{first}]",
                "keep one of the two",
            )
        if event.via is not None:
            yield from check.refers(f"{path}.via", event.via, "event")
            if event.via in check.links.events and check.links.events[event.via].type not in speech:
                yield from check.found(
                    "via-not-speech",
                    f"{path}.via",
                    f"{shorten(event.via)} is a {check.links.events[event.via].type}, not a speech event",
                    "one of " + ", ".join(t for t in check.ontology.names("event_types") if t in speech),
                )
            if _is_circular(check, event):
                yield from check.found(
                    "via-circular",
                    f"{path}.via",
                    f"{shorten(event.id)} reaches the reader through itself",
                    "end the chain with null",
                )


def _is_circular(check: Check, event: Event) -> bool:
    at, seen = event.via, set[str]()
    while at is not None and at in check.links.events and at not in seen:
        if at == event.id:
            return True
        seen.add(at)
        at = check.links.events[at].via
    return False


def check_arguments(check: Check) -> Iterator[Finding]:
    """Yield findings on roles and on what fills them."""
    for i, event in enumerate(check.annotation.events or ()):
        allowed = check.ontology.event(event.type)
        seen: set[tuple[object, ...]] = set()
        for j, argument in enumerate(event.arguments):
            path = f"$.events[{i}].arguments[{j}]"
            if allowed and argument.role not in allowed.roles:
                yield from check.found(
                    "role-not-allowed",
                    f"{path}.role",
                    f"{event.type} has no role {argument.role}",
                    "one of " + ", ".join(allowed.roles),
                )
            key = (
                argument.role,
                argument.entity,
                argument.event,
                argument.mention if argument.entity is None else None,
                argument.start,
                argument.end,
            )
            if key in seen:
                yield from check.found(
                    "duplicate-argument",
                    path,
                    f"the same filler is there already as {argument.role}",
                    "keep one of the two",
                )
            seen.add(key)
            yield from _check_filler(check, path, event, argument)


def _check_filler(check: Check, path: str, event: Event, argument: Argument) -> Iterator[Finding]:
    links = check.links
    role = check.ontology.argument_role(argument.role)
    kind: str | None = "span"
    if argument.entity is not None:
        yield from check.refers(f"{path}.entity", argument.entity, "entity")
        kind = links.entities[argument.entity].type if argument.entity in links.entities else None
        yield from _check_shown(check, path, event, argument)
    elif argument.event is not None:
        yield from check.refers(f"{path}.event", argument.event, "event")
        kind = "event" if argument.event in links.events else None
        if argument.event == event.id:
            yield from check.found(
                "wrong-kind", f"{path}.event", "an event fills a role of itself", "name another event"
            )
    elif argument.mention is not None:
        yield from check.refers(f"{path}.mention", argument.mention, "mention")
        mention = links.mentions.get(argument.mention)
        kind = mention.type if mention else None
        if mention and mention.type is None:
            yield from check.found(
                "wrong-kind",
                f"{path}.mention",
                f"{shorten(argument.mention)} is an entity's mention",
                f"name the entity: 'entity': '{mention.entity}'",
            )
    if role and kind is not None and kind not in role.fillers:
        what = {"event": "an event", "span": "a span"}.get(kind, f"a {kind}")
        yield from check.found(
            "filler-not-allowed",
            path,
            f"{argument.role} is not filled by {what}",
            "it takes " + ", ".join(role.fillers),
        )


def _check_shown(check: Check, path: str, event: Event, argument: Argument) -> Iterator[Finding]:
    """Check the mention that shows an entity argument."""
    if argument.mention is None or argument.entity not in check.links.entities:
        return
    yield from check.refers(f"{path}.mention", argument.mention, "mention")
    mention = check.links.mentions.get(argument.mention)
    if mention is None:
        return
    if mention.entity != argument.entity:
        yield from check.found(
            "foreign-mention",
            f"{path}.mention",
            f"{shorten(argument.mention)} is a mention of {shorten(mention.entity or 'a value')}, not of {shorten(argument.entity)}",
            "name a mention of that entity, or leave it out",
        )
    elif check.scope == "corpus":
        nearest = showing_mention(event, argument.entity, check.links, check.sentences)
        if nearest and nearest.id != mention.id:
            yield from check.found(
                "argument-mention",
                f"{path}.mention",
                f"{shorten(mention.id)} is not the nearest mention of {shorten(argument.entity)}",
                f"it is {shorten(nearest.id)}",
            )


def check_event_clusters(check: Check) -> Iterator[Finding]:
    """Yield findings on event coreference, within the article and to the registry."""
    registered: dict[str, int] = {}
    for i, event in enumerate(check.annotation.events or ()):
        path = f"$.events[{i}]"
        if event.same_as is not None:
            yield from check.refers(f"{path}.same_as", event.same_as, "event")
            first = check.links.events.get(event.same_as)
            if first is not None:
                if first.same_as is not None or first.id == event.id:
                    head = check.links.head(event.same_as)
                    mend = (
                        f"name '{head}'"
                        if head != event.id and check.links.events[head].same_as is None
                        else "leave it out on the first mention"
                    )
                    yield from check.found(
                        "same-as-chain",
                        f"{path}.same_as",
                        f"{shorten(first.id)} is not the first mention of the event cluster",
                        mend,
                    )
                elif first.span > event.span and check.scope == "corpus":
                    yield from check.found(
                        "same-as-chain",
                        f"{path}.same_as",
                        f"{shorten(first.id)} stands later in the text",
                        "let the later mention name the earlier",
                    )
                if first.type != event.type:
                    yield from check.found(
                        "same-as-type",
                        f"{path}.same_as",
                        f"a {event.type} is called the same event cluster as a {first.type}",
                        "give both one type, or part them",
                    )
        if event.registry is not None:
            yield from check_registry(check, path, event.registry, "event", event.type)
            if event.same_as is not None:
                yield from check.found(
                    "registry-not-first",
                    f"{path}.registry",
                    "a later mention of an event cluster carries a registry id",
                    f"put it on '{check.links.head(event.id)}'",
                )
            first_at = registered.setdefault(event.registry, i)
            if first_at != i:
                yield from check.found(
                    "registry-twice",
                    f"{path}.registry",
                    f"{shorten(event.registry)} is already $.events[{first_at}]",
                    "join the two by same_as",
                )
