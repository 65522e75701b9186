"""Meaning of events: sources, arguments, event clusters."""

from collections.abc import Mapping

from parley.checks.check import Check
from parley.model import Argument, Event


def check_events(check: Check) -> None:
    """Check triggers, the speech events through which events reach the reader, and propositions."""
    events, speech = check.item.events, check.ontology.speech_types
    circular = _circular(events)
    check.repeated("duplicate-event", "events", check.record.events)
    check.repeated("duplicate-proposition", "propositions", check.record.propositions)
    for i, event in enumerate(check.record.events or ()):
        if event.harm is not None and event.type != "Casualty":
            check.found("harm", f"$.events[{i}].harm", type=event.type)
        elif event.harm is None and event.type == "Casualty":
            check.found("harm/missing", f"$.events[{i}]", harms=check.ontology.names("harms"))
        if event.via is None:
            continue
        path = f"$.events[{i}].via"
        check.refers(path, event.via, "event")
        via = events.get(event.via)
        if via and via.type not in speech:
            types = [name for name in check.ontology.names("event_types") if name in speech]
            check.found("via-not-speech", path, id=event.via, type=via.type, speech=types)
        if event.id in circular:
            check.found("via-circular", path, id=event.id)


def _circular(events: Mapping[str, Event]) -> set[str]:
    """Return the ids of the events that reach the reader through themselves; each event is visited once."""
    found, seen = set[str](), set[str]()
    for start in events:
        chain, at = dict[str, int](), start
        while at in events and at not in seen:
            seen.add(at)
            chain[at] = len(chain)
            at = events[at].via or ""
        found.update(list(chain)[chain[at] :] if at in chain else ())
    return found


def check_arguments(check: Check) -> None:
    """Check the roles of events and what fills them."""
    for i, event in enumerate(check.record.events or ()):
        allowed = check.ontology.event(event.type)
        seen: set[tuple[object, ...]] = set()
        for j, argument in enumerate(event.arguments):
            path = f"$.events[{i}].arguments[{j}]"
            if allowed and argument.role not in allowed.roles:
                check.found(
                    "role-not-allowed", f"{path}.role", type=event.type, role=argument.role, roles=allowed.roles
                )
            shown = argument.mention if argument.entity is None else None
            key = (argument.role, argument.entity, argument.event, argument.proposition, shown)
            if key in seen:
                check.found("duplicate-argument", path, role=argument.role)
            seen.add(key)
            _check_filler(check, path, event, argument)


def _check_filler(check: Check, path: str, event: Event, argument: Argument) -> None:
    """Check that what fills a role is there, and is something that the ontology lets fill it."""
    item = check.item
    kind: str | None = None
    if argument.entity is not None:
        check.refers(f"{path}.entity", argument.entity, "entity")
        kind = item.entities[argument.entity].type if argument.entity in item.entities else None
        if kind is not None and argument.mention is not None:
            _check_shown(check, f"{path}.mention", event, argument.entity, argument.mention)
    elif argument.event is not None:
        check.refers(f"{path}.event", argument.event, "event")
        kind = "event" if argument.event in item.events else None
        if argument.event == event.id:
            check.found("wrong-kind/itself", f"{path}.event")
    elif argument.proposition is not None:
        check.refers(f"{path}.proposition", argument.proposition, "proposition")
        allowed = check.ontology.event(event.type)
        if allowed and allowed.propositions:
            kind = "proposition"
        elif argument.proposition in item.propositions:
            takers = [t.name for t in check.ontology.event_types if t.propositions]
            check.found("filler-not-allowed/proposition", path, type=event.type, takers=takers)
    elif argument.mention is not None:
        check.refers(f"{path}.mention", argument.mention, "mention")
        mention = item.mentions.get(argument.mention)
        kind = mention.type if mention else None
        if mention and mention.type is None:
            check.found("wrong-kind/mention", f"{path}.mention", id=mention.id, entity=mention.entity)
    role = check.ontology.argument_role(argument.role)
    if role and kind is not None and kind not in role.fillers:
        found = "an event" if kind == "event" else f"a {kind}"
        check.found("filler-not-allowed", path, role=argument.role, found=found, fillers=role.fillers)


def _check_shown(check: Check, path: str, event: Event, entity: str, shown: str) -> None:
    """Check the mention that shows an entity as an argument: one of the entity, in the corpus the nearest."""
    check.refers(path, shown, "mention")
    mention = check.item.mentions.get(shown)
    if mention and mention.entity != entity:
        check.found("foreign-mention", path, id=shown, other=mention.entity or "a value", entity=entity)
    elif mention and check.scope == "corpus":
        nearest = check.item.argument_mention(event, entity)
        if nearest and nearest.id != shown:
            check.found("argument-mention", path, id=shown, entity=entity, nearest=nearest.id)


def check_event_clusters(check: Check) -> None:
    """Check event coreference, within the article and to the registry."""
    events, head_of = check.item.events, check.item.head
    registered: dict[str, int] = {}
    for i, event in enumerate(check.record.events or ()):
        path = f"$.events[{i}]"
        if event.same_as is not None:
            check.refers(f"{path}.same_as", event.same_as, "event")
        first = events.get(event.same_as or "")
        if first is not None:
            if first.same_as is not None or first.id == event.id:
                head = head_of(first.id)
                is_other = head != event.id and events[head].same_as is None
                check.found(
                    "same-as-chain" if is_other else "same-as-chain/first", f"{path}.same_as", id=first.id, head=head
                )
            elif first.span > event.span and check.scope == "corpus":
                check.found("same-as-chain/later", f"{path}.same_as", id=first.id)
        if event.registry is not None:
            check.registered(
                path, event.registry, "event", *{e.type for e in check.item.event_clusters[head_of(event.id)]}
            )
            if event.same_as is not None:
                check.found("registry-not-first", f"{path}.registry", head=head_of(event.id))
            at = registered.setdefault(event.registry, i)
            if at != i:
                check.found("registry-twice/event", f"{path}.registry", id=event.registry, first=f"$.events[{at}]")
