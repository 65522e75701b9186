"""The rows of ``event_clusters``: what the articles of a split say of one event cluster, joined by the registry."""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from parley.claims import Claim, cluster_claims, contradictions
from parley.dataset.tables import Row, about, cluster_id, sentence_with, sides_of
from parley.ids import event_id
from parley.model import Argument
from parley.reading import AnnotatedArticle


class Part(NamedTuple):
    """What one article says of an event cluster."""

    article: str
    about: Row  # of the article
    registry: str | None
    name: str
    mentions: list[Row]
    arguments: list[Row]
    times: list[Row]
    claims: list[tuple[Claim, Row]]
    numbers: list[list[Row]]  # of each claim


class Clusters:
    """Collects the event clusters of the articles of one split. Those with a registry entry wait for all articles."""

    def __init__(self) -> None:
        self._joined: dict[str, list[Part]] = {}

    def add(self, view: AnnotatedArticle) -> Iterator[Row]:
        """Yield the rows of an article's event clusters that no other article can have."""
        for head in view.event_clusters:
            part = _part(view, head)
            if part.registry is None:
                yield _row(cluster_id(view, head), [part])
            else:
                self._joined.setdefault(part.registry, []).append(part)

    def rest(self) -> Iterator[Row]:
        """Yield the rows of the joined event clusters, by the first article that reports them."""
        return (_row(registry, parts) for registry, parts in self._joined.items())


def event_clusters(articles: Iterable[AnnotatedArticle]) -> list[Row]:
    """Return the rows of the articles of one split."""
    found = Clusters()
    return [*(row for view in articles for row in found.add(view)), *found.rest()]


def _part(view: AnnotatedArticle, head: str) -> Part:
    article, events = view.record.id, sorted(view.event_clusters[head], key=lambda event: event.start)
    entry, found = view.entry(head), cluster_claims(view, head)
    arguments = [a for event in events for a in event.arguments]
    return Part(
        article=article,
        about=about(view),
        registry=view.events[head].registry,
        name=entry.name if entry else view.name(head),
        mentions=[
            {
                "id": event_id(article, event.id),
                "article": article,
                "event": event.id,
                "number": sentence_with(view, event).number,
                "trigger": event.text,
                **{name: getattr(event, name) for name in ("type", "status", "harm", "via")},
                "speakers": [view.name(speaker) for speaker in view.speakers(event)],
            }
            for event in events
        ],
        arguments=[filler for argument in arguments for filler in _fillers(view, argument)],
        times=[
            {"value": view.mentions[a.mention].value, "mod": view.mentions[a.mention].mod}
            for a in arguments
            if a.role == "Time" and a.mention
        ],
        claims=[(claim, _claim(view, claim)) for claim in found],
        numbers=[_numbers(view, claim) for claim in found],
    )


def _fillers(view: AnnotatedArticle, argument: Argument) -> Iterator[Row]:
    """Yield an argument as a row of the merged arguments, once for each member of a plural entity; values are none."""
    article = view.record.id
    if argument.entity is not None:
        for name in sorted(view.members(argument.entity), key=list(view.entities).index):
            entity, entry = view.entities[name], view.entry(name)
            yield {
                "role": argument.role,
                "kind": "entity",
                "name": entry.name if entry else entity.name,
                "type": entity.type,
                "registry": entity.registry,
                "sides": sides_of(view, [name]),
                "ids": [f"{article}:{name}"],
            }
    elif argument.event is not None or argument.proposition is not None:
        name = argument.event or argument.proposition or ""
        event, entry = view.events.get(name), view.entry(name)
        yield {
            "role": argument.role,
            "kind": "event" if event else "proposition",
            "name": entry.name if entry else view.name(name),
            "type": event.type if event else None,
            "registry": entry.id if entry else None,
            "sides": [],
            "ids": [f"{article}:{view.head(name) if event else name}"],
        }


def _claim(view: AnnotatedArticle, claim: Claim) -> Row:
    return {
        **{name: getattr(claim, name) for name in ("article", "event", "source", "type", "status", "harm")},
        "speakers": [view.name(speaker) for speaker in claim.speakers],
        "sides": sorted(claim.sides),
        "agents": [view.name(e) for e in claim.agents],
        "agent_sides": sorted(claim.agent_sides),
        "patients": [view.name(e) for e in claim.patients],
        "patient_sides": sorted(claim.patient_sides),
        "participants": [view.name(e) for e in claim.participants],
        "participant_sides": sides_of(view, claim.participants),
        "times": [time.value for time in claim.times],
    }


def _numbers(view: AnnotatedArticle, claim: Claim) -> list[Row]:
    return [
        {
            **{name: getattr(quantity, name) for name in ("text", "number", "unit", "qualifier")},
            "harm": claim.harm,
            "status": claim.status,
            "speakers": [view.name(speaker) for speaker in claim.speakers],
            "sides": sorted(claim.sides),
        }
        for quantity in claim.numbers
    ]


def _row(identifier: str, parts: list[Part]) -> Row:
    """Return the row of an event cluster from what each article says of it."""
    mentions = [mention for part in parts for mention in part.mentions]
    claims = [claim for part in parts for claim in part.claims]
    numbers = [own for part in parts for own in part.numbers]
    arguments = _merged(row for part in parts for row in part.arguments)
    by_side: dict[str, list[str]] = {}
    for row in arguments:
        if row["role"] == "Participant":
            for side in row["sides"]:
                by_side.setdefault(side, []).append(row["name"])
    against = list(contradictions([claim for claim, _ in claims]))
    return {
        "id": identifier,
        "registry": parts[0].registry,
        "name": parts[0].name,
        "articles": list(dict.fromkeys(part.article for part in parts)),
        "story": parts[0].about["story"],
        "origin": parts[0].about["origin"],
        "outlet_kinds": list(dict.fromkeys(part.about["outlet_kind"] for part in parts if part.about["outlet_kind"])),
        "type": list(dict.fromkeys(mention["type"] for mention in mentions)),
        "harm": list(dict.fromkeys(mention["harm"] for mention in mentions if mention["harm"])),
        "mentions": mentions,
        "arguments": arguments,
        "participants": [{"side": side, "names": names} for side, names in sorted(by_side.items())],
        "times": _once(time for part in parts for time in part.times),
        "claims": [{"number": number, **row} for number, (_, row) in enumerate(claims, 1)],
        "numbers": [{"claim": number, **row} for number, own in enumerate(numbers, 1) for row in own],
        "contested": bool(against),
        "contradictions": [{"what": c.aspect, "one": c.one + 1, "other": c.other + 1} for c in against],
    }


def _merged(arguments: Iterable[Row]) -> list[Row]:
    """Return each filler of a role once, with the ids it has in all articles; in the order of their first mention."""
    found: dict[tuple[Any, ...], Row] = {}
    for row in arguments:
        key = (row["role"], row["kind"], row["registry"] or row["ids"][0])
        merged = found.setdefault(key, row | {"ids": []})
        merged["ids"] = list(dict.fromkeys([*merged["ids"], *row["ids"]]))
    return list(found.values())


def _once(rows: Iterable[Row]) -> list[Row]:
    return list({tuple(row.values()): row for row in rows}.values())
