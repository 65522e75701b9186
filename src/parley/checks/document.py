"""Meaning: what no schema can say about one article's annotation."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from typing import NamedTuple

from parley.checks.rules import RULES
from parley.derive import SPEAKERS, Links, showing_mention
from parley.findings import Finding
from parley.io import shorten
from parley.model import AUTHOR, Annotation, Argument, Article, Event, Mention, RegistryEntry, Span
from parley.ontology import load_ontology
from parley.segment import sentence_at, split_sentences, split_tokens

# ISO 8601 days, months, years, weeks, times, durations and TIMEX3 decades, seasons, parts of the day, references.
_TIME_VALUE = re.compile(
    r"(?:\d{4}(?:-(?:\d{2}(?:-\d{2}(?:T(?:\d{2}(?::\d{2})?|MO|MI|AF|EV|NI))?)?|W\d{2}(?:-(?:\d|WE))?|Q[1-4]|H[12]|SP|SU|FA|WI))?"
    r"|\d{2}|\d{3}|\d{2}XX|P(?:\d+(?:\.\d+)?|X)(?:[YMWD]|DE|CE|WE)|PT(?:\d+(?:\.\d+)?|X)[HMS]|XXXX-W?XX(?:-\d)?|PAST_REF|PRESENT_REF|FUTURE_REF)"
)


class Context(NamedTuple):
    """What an annotation is checked against: its article, the text, the registry, and where it comes from."""

    article: Article
    text: str
    registry: dict[str, RegistryEntry]
    scope: str  # "corpus" or "predictions"
    file: str = ""
    line: int | None = None


class Checker:
    """Checks one annotation. Each ``_check`` method yields findings; ``run`` collects them all."""

    def __init__(self, annotation: Annotation, context: Context) -> None:
        self.annotation, self.context = annotation, context
        self.ontology = load_ontology()
        self.links = Links(annotation)
        self.sentences = split_sentences(context.text, context.article.zones)

    @cached_property
    def _token_edges(self) -> tuple[frozenset[int], frozenset[int]]:
        spans = list(split_tokens(self.context.text))
        return frozenset(s for s, _ in spans), frozenset(e for _, e in spans)

    def _found(self, rule: str, path: str, message: str, suggestion: str | None = None) -> Iterator[Finding]:
        demanded = RULES[rule]
        severity = demanded.corpus if self.context.scope == "corpus" else demanded.predictions
        if severity is not None:
            yield Finding(rule=rule, message=message, file=self.context.file, line=self.context.line, path=path, suggestion=suggestion, severity=severity)  # fmt: skip

    def run(self) -> list[Finding]:
        """Return all findings, in the order of the checks."""
        checks: list[Callable[[], Iterable[Finding]]] = [
            self._check_ids,
            self._check_spans,
            self._check_crossing,
            self._check_mentions,
            self._check_entities,
            self._check_events,
            self._check_arguments,
            self._check_happenings,
            self._check_stances,
        ]
        return [finding for check in checks for finding in check()]

    # ids ------------------------------------------------------------------------------------------------

    def _check_ids(self) -> Iterator[Finding]:
        seen: dict[str, str] = {AUTHOR: "the author"}
        a = self.annotation
        for layer, items in (
            ("mentions", a.mentions),
            ("entities", a.entities),
            ("events", a.events),
            ("stances", a.stances),
        ):
            for i, item in enumerate(items or ()):
                path = f"$.{layer}[{i}].id"
                if item.id in seen:
                    yield from self._found(
                        "duplicate-id",
                        path,
                        f"{shorten(item.id)} is taken by {seen[item.id]}",
                        "give each item an id of its own",
                    )
                else:
                    seen[item.id] = path.removesuffix(".id")

    def _kind(self, identifier: str) -> str | None:
        for kind, table in (
            ("entity", self.links.entities),
            ("event", self.links.events),
            ("mention", self.links.mentions),
        ):
            if identifier in table:
                return kind
        return None

    def _refers(self, path: str, identifier: str, *kinds: str) -> Iterator[Finding]:
        """Yield a finding unless ``identifier`` is that of an item of one of ``kinds``."""
        kind = self._kind(identifier)
        wanted = " or ".join(kinds)
        if kind is None:
            yield from self._found(
                "dangling-id", path, f"there is no {wanted} {shorten(identifier)}", "add it, or name one that is there"
            )
        elif kind not in kinds:
            yield from self._found(
                "wrong-kind", path, f"{shorten(identifier)} is of kind {kind}", f"name one of kind {wanted}"
            )

    # spans ----------------------------------------------------------------------------------------------

    def _spans(self) -> Iterator[tuple[str, int, int, str]]:
        """Yield path, start, end and given text of every span of the annotation."""
        for i, mention in enumerate(self.annotation.mentions or ()):
            yield f"$.mentions[{i}]", mention.start, mention.end, mention.text
        for i, event in enumerate(self.annotation.events or ()):
            yield f"$.events[{i}]", event.start, event.end, event.text
            for j, argument in enumerate(event.arguments):
                if argument.start is not None and argument.end is not None:
                    yield f"$.events[{i}].arguments[{j}]", argument.start, argument.end, argument.text or ""
        for i, stance in enumerate(self.annotation.stances or ()):
            for j, span in enumerate(stance.evidence):
                yield f"$.stances[{i}].evidence[{j}]", span.start, span.end, span.text

    def _check_spans(self) -> Iterator[Finding]:
        for path, start, end, given in self._spans():
            yield from self._check_span(path, start, end, given)

    def _check_span(self, path: str, start: int, end: int, given: str) -> Iterator[Finding]:
        text = self.context.text
        if not start < end <= len(text):
            what = (
                f"{start}–{end} is not inside the text of {len(text)} code points"
                if start < end
                else f"the end {end} is not after the start {start}"
            )
            yield from self._found("span-out-of-range", path, what, "offsets are code points from 0, half-open")
            return
        covered = text[start:end]
        if given and given != covered:
            at = [m.start() for m in re.finditer(re.escape(given), text)]
            near = min(at, key=lambda place: abs(place - start), default=None)
            mend = (
                f"that text stands at {near}–{near + len(given)}"
                if near is not None
                else "that text is not in the article"
            )
            yield from self._found(
                "text-mismatch", path, f"at {start}–{end} the text is {shorten(covered)}, not {shorten(given)}", mend
            )
            return
        scored = self.ontology.scored_zones
        inside = [z for z in self.context.article.zones if z.start < end and start < z.end]
        kinds = {z.zone in scored for z in inside}
        if kinds == {False}:
            yield from self._found(
                "outside-zones",
                path,
                f"{shorten(covered)} is in the zone '{inside[0].zone}', which is not annotated",
                "remove it",
            )
            return
        if len(kinds) > 1 or len(inside) > 1:
            yield from self._found(
                "zone-edge",
                path,
                f"{shorten(covered)} crosses from '{inside[0].zone}' into '{inside[-1].zone}'",
                "end it at the zone's edge",
            )
            return
        starts, ends = self._token_edges
        if start not in starts or end not in ends:
            near_start = max((s for s in starts if s <= start), default=start)
            near_end = min((e for e in ends if e >= end), default=end)
            yield from self._found(
                "inside-word",
                path,
                f"{shorten(covered)} begins or ends inside a word",
                f"the words there are {shorten(text[near_start:near_end])} at {near_start}–{near_end}",
            )
        is_evidence = ".evidence[" in path or ".arguments[" in path
        if not is_evidence and sentence_at(self.sentences, start, end) is None:
            yield from self._found(
                "sentence-edge", path, f"{shorten(covered)} is not inside one sentence", "end it at the sentence's end"
            )

    def _check_crossing(self) -> Iterator[Finding]:
        layers: list[tuple[str, Sequence[Mention | Event]]] = [
            ("mentions", self.annotation.mentions or ()),
            ("events", self.annotation.events or ()),
        ]
        for layer, items in layers:
            placed = sorted(enumerate(items), key=lambda pair: (pair[1].start, -pair[1].end))
            stack: list[tuple[int, Span]] = []
            for i, item in placed:
                while stack and stack[-1][1].end <= item.start:
                    stack.pop()
                if stack and stack[-1][1].end < item.end:
                    k, other = stack[-1]
                    yield from self._found(
                        "crossing-spans",
                        f"$.{layer}[{i}]",
                        f"{item.start}–{item.end} crosses $.{layer}[{k}] at {other.start}–{other.end}",
                        "nest one in the other, or part them",
                    )
                stack.append((i, item))
        names = sorted(
            (m.span for m in self.annotation.mentions or () if m.form == "NAM" and self.context.scope == "corpus")
        )
        for layer, items in layers:
            for i, item in enumerate(items):
                outer = next(
                    (n for n in names if n[0] <= item.start and item.end <= n[1] and n != (item.start, item.end)), None
                )
                if outer:
                    yield from self._found(
                        "inside-name",
                        f"$.{layer}[{i}]",
                        f"it lies inside the name {shorten(self.context.text[slice(*outer)])}",
                        "remove it: nothing is annotated inside a name",
                    )

    # entities -------------------------------------------------------------------------------------------

    def _check_mentions(self) -> Iterator[Finding]:
        seen: dict[tuple[int, int], int] = {}
        for i, mention in enumerate(self.annotation.mentions or ()):
            path = f"$.mentions[{i}]"
            first = seen.setdefault(mention.span, i)
            if first != i:
                yield from self._found(
                    "duplicate-mention",
                    path,
                    f"{mention.start}–{mention.end} is already $.mentions[{first}]",
                    "keep one of the two",
                )
            if mention.entity is not None:
                yield from self._refers(f"{path}.entity", mention.entity, "entity")
                is_gpe = self.links.type_of(mention) == "GPE"
                if is_gpe and mention.role is None:
                    yield from self._found(
                        "gpe-role",
                        path,
                        "a GPE mention without its role in context",
                        "add role: " + ", ".join(self.ontology.names("gpe_roles")),
                    )
                elif not is_gpe and mention.role is not None and mention.entity in self.links.entities:
                    yield from self._found(
                        "gpe-role",
                        f"{path}.role",
                        f"a role in context on a mention of type {self.links.type_of(mention)}",
                        "remove it: only GPE mentions have one",
                    )
            elif mention.type == "TIME":
                if not _TIME_VALUE.fullmatch(mention.value or ""):
                    yield from self._found(
                        "bad-time-value",
                        f"{path}.value",
                        f"{shorten(mention.value or '')} is no ISO 8601 or TIMEX3 value",
                        "write 2025-12-24, 2025-12, 2025-W52, 2025, P5D or the like",
                    )
            elif (mention.number is None) != (mention.qualifier == "vague"):
                yield from self._found(
                    "vague-number",
                    path,
                    "a quantity has a number, or the qualifier 'vague' and none",
                    "add the number, or the qualifier 'vague'",
                )

    def _check_entities(self) -> Iterator[Finding]:
        used = {m.entity for m in self.annotation.mentions or ()}
        used |= {member for e in self.annotation.entities or () for member in e.members or ()}
        registered: dict[str, int] = {}
        for i, entity in enumerate(self.annotation.entities or ()):
            path = f"$.entities[{i}]"
            if entity.id not in used:
                yield from self._found(
                    "unused-entity", path, f"{shorten(entity.id)} is never mentioned", "add its mentions, or remove it"
                )
            if entity.members is not None:
                for j, member in enumerate(entity.members):
                    yield from self._refers(f"{path}.members[{j}]", member, "entity")
                if len(set(entity.members)) < 2 or len(set(entity.members)) < len(entity.members):
                    yield from self._found(
                        "bad-members",
                        f"{path}.members",
                        "a plural entity has two different members or more",
                        "name each once, or leave members out",
                    )
                if entity.id in entity.members or not self.links.expand(entity.id):
                    yield from self._found(
                        "bad-members",
                        f"{path}.members",
                        f"{shorten(entity.id)} is among its own members",
                        "remove it there",
                    )
            if entity.registry is not None:
                yield from self._check_registry(path, entity.registry, "entity", entity.type)
                first = registered.setdefault(entity.registry, i)
                if first != i:
                    yield from self._found(
                        "registry-twice",
                        f"{path}.registry",
                        f"{shorten(entity.registry)} is already $.entities[{first}]",
                        "make the two one entity",
                    )

    def _check_registry(self, path: str, identifier: str, kind: str, type_: str) -> Iterator[Finding]:
        entry = self.context.registry.get(identifier)
        if entry is None:
            if self.context.scope == "corpus" or not identifier.startswith("NIL"):
                mend = (
                    "add it to registry.json, or leave it out"
                    if self.context.scope == "corpus"
                    else "name an entry of registry.json, or begin an id of your own with NIL"
                )
                yield from self._found(
                    "registry-unknown",
                    f"{path}.registry",
                    f"there is no entry {shorten(identifier)} in the registry",
                    mend,
                )
        elif (entry.kind, entry.type) != (kind, type_):
            yield from self._found(
                "registry-type",
                f"{path}.registry",
                f"{shorten(identifier)} is of kind {entry.kind} and type {entry.type}, this is of kind {kind} and type {type_}",
                "mend one of the two",
            )

    # events ---------------------------------------------------------------------------------------------

    def _check_events(self) -> Iterator[Finding]:
        seen: dict[tuple[int, int], int] = {}
        speech = self.ontology.speech_types
        for i, event in enumerate(self.annotation.events or ()):
            path = f"$.events[{i}]"
            first = seen.setdefault(event.span, i)
            if first != i:
                yield from self._found(
                    "duplicate-event",
                    path,
                    f"{event.start}–{event.end} already triggers $.events[{first}]",
                    "keep one of the two",
                )
            if event.via is not None:
                yield from self._refers(f"{path}.via", event.via, "event")
                if event.via in self.links.events and self.links.events[event.via].type not in speech:
                    yield from self._found(
                        "via-not-speech",
                        f"{path}.via",
                        f"{shorten(event.via)} is a {self.links.events[event.via].type}, not a speech event",
                        "one of " + ", ".join(t for t in self.ontology.names("event_types") if t in speech),
                    )
                if self._is_circular(event):
                    yield from self._found(
                        "via-circular",
                        f"{path}.via",
                        f"{shorten(event.id)} reaches the reader through itself",
                        "end the chain with null",
                    )

    def _is_circular(self, event: Event) -> bool:
        at, seen = event.via, set[str]()
        while at is not None and at in self.links.events and at not in seen:
            if at == event.id:
                return True
            seen.add(at)
            at = self.links.events[at].via
        return False

    def _check_arguments(self) -> Iterator[Finding]:
        for i, event in enumerate(self.annotation.events or ()):
            allowed = self.ontology.event(event.type)
            seen: set[tuple[object, ...]] = set()
            for j, argument in enumerate(event.arguments):
                path = f"$.events[{i}].arguments[{j}]"
                if allowed and argument.role not in allowed.roles:
                    yield from self._found(
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
                    yield from self._found(
                        "duplicate-argument",
                        path,
                        f"the same filler is there already as {argument.role}",
                        "keep one of the two",
                    )
                seen.add(key)
                yield from self._check_filler(path, event, argument)

    def _check_filler(self, path: str, event: Event, argument: Argument) -> Iterator[Finding]:
        links = self.links
        role = self.ontology.argument_role(argument.role)
        kind: str | None = "span"
        if argument.entity is not None:
            yield from self._refers(f"{path}.entity", argument.entity, "entity")
            kind = links.entities[argument.entity].type if argument.entity in links.entities else None
            yield from self._check_shown(path, event, argument)
        elif argument.event is not None:
            yield from self._refers(f"{path}.event", argument.event, "event")
            kind = "event" if argument.event in links.events else None
            if argument.event == event.id:
                yield from self._found(
                    "wrong-kind", f"{path}.event", "an event fills a role of itself", "name another event"
                )
        elif argument.mention is not None:
            yield from self._refers(f"{path}.mention", argument.mention, "mention")
            mention = links.mentions.get(argument.mention)
            kind = mention.type if mention else None
            if mention and mention.type is None:
                yield from self._found(
                    "wrong-kind",
                    f"{path}.mention",
                    f"{shorten(argument.mention)} is an entity's mention",
                    f"name the entity: 'entity': '{mention.entity}'",
                )
        if role and kind is not None and kind not in role.fillers:
            what = {"event": "an event", "span": "a span"}.get(kind, f"a {kind}")
            yield from self._found(
                "filler-not-allowed",
                path,
                f"{argument.role} is not filled by {what}",
                "it takes " + ", ".join(role.fillers),
            )

    def _check_shown(self, path: str, event: Event, argument: Argument) -> Iterator[Finding]:
        """Check the mention that shows an entity argument."""
        if argument.mention is None or argument.entity not in self.links.entities:
            return
        yield from self._refers(f"{path}.mention", argument.mention, "mention")
        mention = self.links.mentions.get(argument.mention)
        if mention is None:
            return
        if mention.entity != argument.entity:
            yield from self._found(
                "foreign-mention",
                f"{path}.mention",
                f"{shorten(argument.mention)} is a mention of {shorten(mention.entity or 'a value')}, not of {shorten(argument.entity)}",
                "name a mention of that entity, or leave it out",
            )
        elif self.context.scope == "corpus":
            nearest = showing_mention(event, argument.entity, self.links, self.sentences)
            if nearest and nearest.id != mention.id:
                yield from self._found(
                    "argument-mention",
                    f"{path}.mention",
                    f"{shorten(mention.id)} is not the nearest mention of {shorten(argument.entity)}",
                    f"it is {shorten(nearest.id)}",
                )

    def _check_happenings(self) -> Iterator[Finding]:
        registered: dict[str, int] = {}
        for i, event in enumerate(self.annotation.events or ()):
            path = f"$.events[{i}]"
            if event.same_as is not None:
                yield from self._refers(f"{path}.same_as", event.same_as, "event")
                first = self.links.events.get(event.same_as)
                if first is not None:
                    if first.same_as is not None or first.id == event.id:
                        head = self.links.head(event.same_as)
                        mend = (
                            f"name '{head}'"
                            if head != event.id and self.links.events[head].same_as is None
                            else "leave it out on the first mention"
                        )
                        yield from self._found(
                            "same-as-chain",
                            f"{path}.same_as",
                            f"{shorten(first.id)} is not the first mention of the happening",
                            mend,
                        )
                    elif first.span > event.span and self.context.scope == "corpus":
                        yield from self._found(
                            "same-as-chain",
                            f"{path}.same_as",
                            f"{shorten(first.id)} stands later in the text",
                            "let the later mention name the earlier",
                        )
                    if first.type != event.type:
                        yield from self._found(
                            "same-as-type",
                            f"{path}.same_as",
                            f"a {event.type} is called the same happening as a {first.type}",
                            "give both one type, or part them",
                        )
            if event.registry is not None:
                yield from self._check_registry(path, event.registry, "event", event.type)
                if event.same_as is not None:
                    yield from self._found(
                        "registry-not-first",
                        f"{path}.registry",
                        "a later mention of a happening carries a registry id",
                        f"put it on '{self.links.head(event.id)}'",
                    )
                first_at = registered.setdefault(event.registry, i)
                if first_at != i:
                    yield from self._found(
                        "registry-twice",
                        f"{path}.registry",
                        f"{shorten(event.registry)} is already $.events[{first_at}]",
                        "join the two by same_as",
                    )

    # stance ---------------------------------------------------------------------------------------------

    def _check_stances(self) -> Iterator[Finding]:
        seen: dict[tuple[str, str, str], int] = {}
        for i, stance in enumerate(self.annotation.stances or ()):
            path = f"$.stances[{i}]"
            if stance.holder != AUTHOR:
                yield from self._refers(f"{path}.holder", stance.holder, "entity")
                holder = self.links.entities.get(stance.holder)
                if holder and holder.type not in SPEAKERS:
                    yield from self._found(
                        "holder-type",
                        f"{path}.holder",
                        f"{shorten(stance.holder)} is a {holder.type}, which holds no stance",
                        "name who speaks, or AUTHOR",
                    )
            yield from self._refers(f"{path}.target", stance.target, "entity", "event")
            if stance.holder == stance.target:
                yield from self._found(
                    "stance-self",
                    path,
                    f"{shorten(stance.holder)} takes a stance toward itself",
                    "name another target, or remove it",
                )
            target = self.links.events.get(stance.target)
            if target and target.same_as is not None:
                yield from self._found(
                    "target-not-first",
                    f"{path}.target",
                    f"{shorten(stance.target)} is a later mention of the happening",
                    f"name '{self.links.head(stance.target)}'",
                )
            if stance.via is not None:
                yield from self._refers(f"{path}.via", stance.via, "event")
                via = self.links.events.get(stance.via)
                if via and via.type not in self.ontology.speech_types:
                    yield from self._found(
                        "via-not-speech",
                        f"{path}.via",
                        f"{shorten(stance.via)} is a {via.type}, not a speech event",
                        "name the speech event, or null",
                    )
            key = (stance.holder, self.links.head(stance.target), stance.facet)
            first = seen.setdefault(key, i)
            if first != i:
                yield from self._found(
                    "duplicate-stance",
                    path,
                    f"holder, target and facet are those of $.stances[{first}]",
                    "make them one, with all evidence",
                )


def check_annotation(annotation: Annotation, context: Context) -> list[Finding]:
    """Return all findings on the meaning of one article's annotation.

    The shape must have been checked before (``check_shape``). Layers that are None are not checked.
    """
    return Checker(annotation, context).run()
