"""Two reports of the same event clusters, side by side: what one tells and the other leaves out, and what is contested.

What is the same is settled by the registry: an event cluster or an entity with an entry there is one in every article. What
has none is compared by type and words. Plural fillers are expanded, so that "both sides" equals its two.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations, product
from typing import NamedTuple

from parley.corpus import RegistryEntry
from parley.derive import Account, contradict
from parley.ontology import load_ontology
from parley.show.palette import polarity_mark
from parley.show.values import ArgumentView, EventView, StanceView
from parley.site.reading import (
    Reading,
    entity_key,
    entity_name,
    entry_of_entity,
    entry_of_event,
    event_key,
    event_name,
)

PRONOUN = "PRO"  # a form that says nothing of how an article calls something
OWN_VOICE = "the article, in its own voice"
NAMELESS = "a voice without name"

WORDS, STATUS, TOLD_BY, CALLED, SAYS = "Words", "Status", "Told by", "Called", "Says"
TAKES_PART, HELD, TAKEN = "Takes part", "Stands toward", "Stances toward it"
_FIRST, _LAST = (WORDS, CALLED, STATUS, TOLD_BY, SAYS), (TAKES_PART, HELD, TAKEN)


class Aspect(NamedTuple):
    """One question and its answers: those of the left article alone, of both, of the right article alone."""

    name: str
    left: list[str]
    both: list[str]
    right: list[str]


class Contest(NamedTuple):
    """Two voices that present an event cluster differently: where (an article's id, empty for across), and what each says."""

    article: str
    one: str
    other: str


class SharedEventCluster(NamedTuple):
    """An event cluster that both articles tell, with all its tellings in each, in the order of the text."""

    entry: RegistryEntry
    left: list[EventView]
    right: list[EventView]
    aspects: list[Aspect]
    contests: list[Contest]


class SharedEntity(NamedTuple):
    """An entity that both articles mention, and how often each does."""

    entry: RegistryEntry
    left: int
    right: int
    aspects: list[Aspect]


class Alone(NamedTuple):
    """An event cluster that one article tells and the other does not, as far as the registry knows.

    ``contests`` says in words how voices within the article present it differently.
    """

    event: EventView
    name: str
    group: str
    tellings: int
    contests: list[Contest]


class Sides(NamedTuple):
    """Two articles compared; ``left_names`` and ``right_names`` are registered entities that only one mentions."""

    left: Reading
    right: Reading
    event_clusters: list[SharedEventCluster]
    entities: list[SharedEntity]
    left_alone: list[Alone]
    right_alone: list[Alone]
    left_names: list[str]
    right_names: list[str]


Facts = dict[str, dict[str, str]]  # aspect -> what it is compared by -> words for people


def _add(facts: Facts, aspect: str, key: str, words: str) -> None:
    facts.setdefault(aspect, {}).setdefault(key, words)


def _speakers(event: EventView) -> str:
    """Return who tells an event, the nearest voice."""
    if not event.voices:
        return OWN_VOICE
    return ", ".join(r.name for r in event.voices[0].speakers) or NAMELESS


def _fillers(reading: Reading, argument: ArgumentView) -> Iterator[tuple[str, str]]:
    """Yield what fills a role: the key it is compared by, and its words."""
    filler = argument.filler
    if filler.kind == "entity":
        for member in sorted(reading.links.expand(filler.id), key=lambda m: entity_name(reading, m)):
            yield entity_key(reading, member), entity_name(reading, member)
    elif filler.kind == "event":
        yield event_key(reading, filler.id), event_name(reading, filler.id)
    elif filler.kind == "value":
        yield (
            f"{filler.label}:{filler.detail or filler.name.casefold()}",
            f"“{filler.name}”" + (f" ({filler.detail})" if filler.detail else ""),
        )
    else:
        yield f"span:{filler.name.casefold()}", f"“{filler.name}”"


def _stance(reading: Reading, stance: StanceView, whom: str) -> tuple[str, str]:
    """Return key and words of a stance, seen from its other end (``whom``: holder or target)."""
    end = stance.holder if whom == "holder" else stance.target
    is_event = end.kind == "event"
    key = event_key(reading, end.id) if is_event else entity_key(reading, end.id)
    name = event_name(reading, end.id) if is_event else entity_name(reading, end.id)
    words = f"{polarity_mark(stance.polarity)} {name}: {stance.polarity} ({stance.facet})"
    return f"{key}:{stance.polarity}:{stance.facet}", words


def event_cluster_facts(reading: Reading, tellings: Sequence[EventView]) -> Facts:
    """Return what an article tells of an event cluster: its words, status, voices, fillers by role, and stances toward it."""
    facts: Facts = {}
    for event in tellings:
        _add(facts, WORDS, event.text.casefold(), f"“{event.text}”")
        _add(facts, STATUS, event.status, event.status)
        if event.voices:
            for speaker in event.voices[0].speakers:
                _add(facts, TOLD_BY, entity_key(reading, speaker.id), entity_name(reading, speaker.id))
            if not event.voices[0].speakers:
                _add(facts, TOLD_BY, NAMELESS, NAMELESS)
        else:
            _add(facts, TOLD_BY, OWN_VOICE, OWN_VOICE)
    for role in load_ontology().names("argument_roles"):
        for event in tellings:
            for argument in event.arguments:
                if argument.role == role:
                    for key, words in _fillers(reading, argument):
                        _add(facts, role, key, words)
    told = {event.id for event in tellings}
    for stance in reading.view.stances.values():
        if stance.target.id in told:
            _add(facts, TAKEN, *_stance(reading, stance, "holder"))
    return facts


def entity_facts(reading: Reading, entities: Iterable[str]) -> Facts:
    """Return what an article tells of an entity: what it is called, what it says, does and undergoes, who stands where."""
    facts: Facts = {}
    ids = set(entities)
    speech = load_ontology().speech_types
    for identifier in sorted(ids):
        for mention in reading.links.mentions_of.get(identifier, []):
            if mention.form != PRONOUN:
                words = reading.text[mention.start : mention.end]
                _add(facts, CALLED, words.casefold(), f"“{words}”")
    for event in reading.view.events.values():
        for argument in event.arguments:
            if argument.filler.kind != "entity" or not ids & {
                argument.filler.id,
                *reading.links.expand(argument.filler.id),
            }:
                continue
            if event.type in speech and argument.role == "Agent":
                _add(facts, SAYS, f"{event.type}:{event.text.casefold()}", f"“{event.text}” ({event.type})")
            else:
                name = event_name(reading, event.id)
                _add(facts, TAKES_PART, f"{argument.role}:{event_key(reading, event.id)}", f"{argument.role}: {name}")
    for stance in reading.view.stances.values():
        if stance.holder.id in ids:
            _add(facts, HELD, *_stance(reading, stance, "target"))
        if stance.target.id in ids:
            _add(facts, TAKEN, *_stance(reading, stance, "holder"))
    return facts


def compare(left: Facts, right: Facts) -> list[Aspect]:
    """Return the aspects that either has, with what is told by one, both, the other: words first, stances last."""
    roles = load_ontology().names("argument_roles")
    order = [*_FIRST, *roles, *_LAST]
    return [
        Aspect(
            name,
            [words for key, words in a.items() if key not in b],
            [words for key, words in a.items() if key in b],
            [words for key, words in b.items() if key not in a],
        )
        for name in sorted(left.keys() | right.keys(), key=order.index)
        for a, b in [(left.get(name, {}), right.get(name, {}))]
    ]


def _telling(reading: Reading, event: EventView) -> Account:
    """Return how an event is presented, by names that hold across articles."""
    told = reading.links.account(reading.links.events[event.id])

    def keys(entities: Iterable[str]) -> frozenset[str]:
        return frozenset(entity_key(reading, e) for e in entities)

    return Account(keys(told.speakers), told.status, keys(told.agents), keys(told.patients))


def _presented(reading: Reading, event: EventView) -> str:
    """Return in words how a telling presents its event cluster: who speaks, the word, the status, who does what to whom."""
    told = reading.links.account(reading.links.events[event.id])
    agents, patients = (
        ", ".join(sorted(entity_name(reading, e) for e in entities)) for entities in (told.agents, told.patients)
    )
    sides = f"{agents or 'no agent'} → {patients}" if patients else agents
    return f"{_speakers(event)}: “{event.text}”, {event.status}" + (f" ({sides})" if sides else "")


def contests(left: tuple[Reading, Sequence[EventView]], right: tuple[Reading, Sequence[EventView]]) -> list[Contest]:
    """Return every pair of voices that present an event cluster differently, within either article and across the two."""
    tellings = [[(reading, e, _telling(reading, e)) for e in events] for reading, events in (left, right)]
    found: dict[Contest, None] = {}
    pairs = [
        *((mine[0][0].id, pair) for mine in tellings if mine for pair in combinations(mine, 2)),
        *(("", pair) for pair in product(*tellings)),
    ]
    for article, ((reading, event, told), (other_reading, other, other_told)) in pairs:
        if contradict(told, other_told):
            found[Contest(article, _presented(reading, event), _presented(other_reading, other))] = None
    return list(found)


def _told(reading: Reading) -> dict[str, list[EventView]]:
    """Return the tellings of each registered event cluster, by registry id."""
    found: dict[str, list[EventView]] = {}
    for event in reading.view.events.values():
        entry = entry_of_event(reading, event.id)
        if entry is not None:
            found.setdefault(entry.id, []).append(event)
    return found


def _known(reading: Reading) -> dict[str, list[str]]:
    """Return the entities of each registry entry, by registry id (one, unless the annotation is at odds with itself)."""
    found: dict[str, list[str]] = {}
    for entity in reading.links.entities:
        entry = entry_of_entity(reading, entity)
        if entry is not None:
            found.setdefault(entry.id, []).append(entity)
    return found


def _alone(reading: Reading, shared: Iterable[str]) -> list[Alone]:
    """Return the event clusters of an article that are not among the shared ones, in the order of the text."""
    common = set(shared)
    groups = {t.name: t.group for t in load_ontology().event_types}
    found = []
    for event in reading.view.events.values():
        entry = entry_of_event(reading, event.id)
        if event.tellings[0] == event.id and not (entry and entry.id in common):
            name = entry.name if entry else f"“{event.text}”"
            tellings = [reading.view.events[i] for i in event.tellings]
            own = contests((reading, tellings), (reading, [])) if event.contested else []
            found.append(Alone(event, name, groups.get(event.type, ""), len(tellings), own))
    return found


def registered(reading: Reading) -> tuple[frozenset[str], frozenset[str]]:
    """Return the registry ids of the event clusters and of the entities of an article."""
    return frozenset(_told(reading)), frozenset(_known(reading))


def side_by_side(left: Reading, right: Reading) -> Sides:
    """Return two articles compared. What is told most often comes first."""
    told, known = (_told(left), _told(right)), (_known(left), _known(right))
    registry = left.registry

    def times(entry: str) -> tuple[int, str]:
        return -len(told[0][entry]) - len(told[1][entry]), entry

    event_clusters = [
        SharedEventCluster(
            registry[i],
            told[0][i],
            told[1][i],
            compare(event_cluster_facts(left, told[0][i]), event_cluster_facts(right, told[1][i])),
            contests((left, told[0][i]), (right, told[1][i])),
        )
        for i in sorted(told[0].keys() & told[1].keys(), key=times)
    ]
    both = known[0].keys() & known[1].keys()
    mentions = [
        Counter({i: sum(len(r.links.mentions_of.get(e, [])) for e in of[i]) for i in both})
        for r, of in zip((left, right), known, strict=True)
    ]
    entities = [
        SharedEntity(
            registry[i],
            mentions[0][i],
            mentions[1][i],
            compare(entity_facts(left, known[0][i]), entity_facts(right, known[1][i])),
        )
        for i in sorted(both, key=lambda i: (-mentions[0][i] - mentions[1][i], i))
    ]
    common = [h.entry.id for h in event_clusters]
    return Sides(
        left,
        right,
        event_clusters,
        entities,
        _alone(left, common),
        _alone(right, common),
        *([registry[i].name for i in of if i not in both] for of in known),
    )
