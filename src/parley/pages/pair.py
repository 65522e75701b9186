"""Two articles on the same event clusters, side by side: what one reports, what both report, what is contested.

Entities and event clusters with a registry entry are identified by it; the others by type and words. Plural fillers are
replaced by their members, so that "both sides" equals its two members.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations, product
from typing import NamedTuple

from parley.claims import Claim, claims, contradict
from parley.corpus import RegistryEntry
from parley.model import AUTHOR, Argument, Event, Stance
from parley.ontology import load_ontology
from parley.pages.article import Shown
from parley.pages.html import Notice, Site, page
from parley.pages.palette import polarity_mark
from parley.words import quoted

_UNNAMED = "an unnamed source"
_FIRST, _LAST = (
    ("Words", "Names", "Type", "Status", "Harm", "Source", "Says"),
    ("Takes part", "Stances held", "Stances toward it"),
)


class Aspect(NamedTuple):
    """One question and its answers: those of the left article only, of both, of the right article only."""

    name: str
    left: list[str]
    both: list[str]
    right: list[str]


class Contest(NamedTuple):
    """Two claims that contradict each other: the article's id (empty: across the two), and each in words."""

    article: str
    one: str
    other: str


class Shared(NamedTuple):
    """An entry of the registry that both articles have, with its mentions in each and what they say of it.

    ``left`` and ``right`` are event mentions in the order of the text, or the ids of the mentions of an entity.
    """

    entry: RegistryEntry
    left: Sequence[Event | str]
    right: Sequence[Event | str]
    aspects: list[Aspect]
    contests: list[Contest]


class Alone(NamedTuple):
    """An event cluster of one article that no registry entry ties to the other, by its first mention."""

    event: Event
    name: str
    group: str
    mentions: int
    contests: list[Contest]


class Sides(NamedTuple):
    """Two articles compared; ``left_names`` and ``right_names`` are registered entities that only one mentions."""

    left: Shown
    right: Shown
    event_clusters: list[Shared]
    entities: list[Shared]
    left_alone: list[Alone]
    right_alone: list[Alone]
    left_names: list[str]
    right_names: list[str]


Facts = dict[str, dict[str, str]]  # aspect -> what it is compared by -> words for people


def _add(facts: Facts, aspect: str, found: tuple[str, str]) -> None:
    facts.setdefault(aspect, {}).setdefault(*found)


def identified(a: Shown, identifier: str) -> tuple[str, str]:
    """Return the key that identifies an entity, event or proposition in every article, and its name.

    The key is the registry id, else type and name without regard to case; of a proposition its words. Each article's
    author has a key of its own.
    """
    if identifier == AUTHOR:
        return f"author:{a.id}", "the article itself"
    entry = a.entry(identifier)
    if entry is not None:
        return f"registry:{entry.id}", entry.name
    item = a.entities.get(identifier) or a.events.get(identifier)
    name = a.name(identifier)
    if identifier in a.propositions:
        return f"proposition:{name.casefold()}", quoted(name)
    words = f"{quoted(name)} ({item.type})" if isinstance(item, Event) else name
    return (f"{item.type}:{name.casefold()}" if item else f"unknown:{identifier}"), words


def _speakers(a: Shown, event: Event) -> list[tuple[str, str]]:
    """Return key and name of those who present an event mention."""
    if not a.sources(event):
        return [("the article", "the article")]
    return [identified(a, speaker) for speaker in a.speakers(event)] or [(_UNNAMED, _UNNAMED)]


def _fillers(a: Shown, argument: Argument, event: Event) -> Iterator[tuple[str, str]]:
    """Yield what fills a role: the key it is compared by, and its words."""
    if argument.entity is not None:
        yield from sorted((identified(a, member) for member in a.members(argument.entity)), key=lambda f: f[1])
    elif other := argument.event or argument.proposition:
        yield identified(a, other)
    else:
        words, mention = a.filler(argument, event), a.mentions.get(argument.mention or "")
        value = a.detail(mention) if mention else ""
        yield (
            f"{mention.type if mention else 'span'}:{value or words.casefold()}",
            quoted(words) + f" ({value})" * bool(value),
        )


def _stance(a: Shown, stance: Stance, other_end: str) -> tuple[str, str]:
    """Return key and words of a stance, seen from its other end."""
    key, name = identified(a, other_end)
    words = f"{polarity_mark(stance.polarity)} {name}: {stance.polarity} ({stance.facet})"
    return f"{key}:{stance.polarity}:{stance.facet}", words


def _event_facts(a: Shown, mentions: Sequence[Event]) -> Facts:
    """Return what an article says of an event cluster: words, types, status, harm, sources, fillers by role, stances toward it."""
    facts: Facts = {}
    for event in mentions:
        words = a.name(event.id)
        _add(facts, "Words", (words.casefold(), quoted(words)))
        _add(facts, "Type", (event.type, event.type))
        _add(facts, "Status", (event.status, event.status))
        if event.harm:
            _add(facts, "Harm", (event.harm, event.harm))
        for speaker in _speakers(a, event):
            _add(facts, "Source", speaker)
        for argument in event.arguments:
            for filler in _fillers(a, argument, event):
                _add(facts, argument.role, filler)
    ids = {event.id for event in mentions}
    for stance in a.shown_stances:
        if stance.target in ids:
            _add(facts, "Stances toward it", _stance(a, stance, stance.holder))
    return facts


def _entity_facts(a: Shown, entities: Iterable[str]) -> Facts:
    """Return what an article says of an entity: its names, what it says, does and undergoes, its stances."""
    facts: Facts = {}
    ids = set(entities)
    for identifier in sorted(ids):
        for mention in a.mentions_of.get(identifier, []):
            if mention.form != "PRO":  # a pronoun does not say what an article calls an entity
                words = a.words(*mention.span)
                _add(facts, "Names", (words.casefold(), quoted(words)))
    for event in a.shown_events:
        for argument in event.arguments:
            if argument.entity is None or not ids & {argument.entity, *a.members(argument.entity)}:
                continue
            if event.type in load_ontology().speech_types and argument.role == "Agent":
                words = a.name(event.id)
                _add(facts, "Says", (f"{event.type}:{words.casefold()}", f"{quoted(words)} ({event.type})"))
            else:
                key, name = identified(a, event.id)
                _add(facts, "Takes part", (f"{argument.role}:{key}", f"{argument.role}: {name}"))
    for stance in a.shown_stances:
        if stance.holder in ids:
            _add(facts, "Stances held", _stance(a, stance, stance.target))
        if stance.target in ids:
            _add(facts, "Stances toward it", _stance(a, stance, stance.holder))
    return facts


def _compare(left: Facts, right: Facts) -> list[Aspect]:
    """Return the aspects that either has, with the answers of either and of both: words first, stances last."""
    order = [*_FIRST, *load_ontology().names("argument_roles"), *_LAST]
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


def told(a: Shown, events: Sequence[Event]) -> list[tuple[Claim, str]]:
    """Return the claims of some event mentions, each with its words."""
    found = []
    for event in events:
        for claim in claims(a, event):
            agents, patients = (
                ", ".join(sorted(identified(a, e)[1] for e in side)) for side in (claim.agents, claim.patients)
            )
            parties = f"{agents or 'no agent'} → {patients}" if patients else agents
            speaker = ", ".join(identified(a, e)[1] for e in claim.speakers if e != AUTHOR)
            speaker = speaker or ("the article" if claim.speakers else _UNNAMED)
            words = f"{speaker}: {quoted(a.name(event.id))}, {claim.status}" + f" ({parties})" * bool(parties)
            found.append((claim, words))
    return found


def _contests(left: tuple[Shown, Sequence[Event]], right: tuple[Shown, Sequence[Event]]) -> list[Contest]:
    """Return every two claims that contradict each other, within either article and across the two."""
    sides = [told(a, events) for a, events in (left, right)]
    pairs = [
        *((left[0].id, pair) for pair in combinations(sides[0], 2)),
        *((right[0].id, pair) for pair in combinations(sides[1], 2)),
        *(("", pair) for pair in product(*sides)),
    ]
    found = [
        Contest(article, words, other_words)
        for article, ((claim, words), (other, other_words)) in pairs
        if contradict(claim, other)
    ]
    return list(dict.fromkeys(found))


def registered_events(a: Shown) -> dict[str, list[Event]]:
    """Return the event mentions of each registered event cluster, by registry id."""
    found: dict[str, list[Event]] = {}
    for event in a.shown_events:
        if entry := a.entry(event.id):
            found.setdefault(entry.id, []).append(event)
    return found


def _registered_entities(a: Shown) -> dict[str, list[str]]:
    """Return the entities of each registry entry, by registry id: one, unless the annotation contradicts itself."""
    found: dict[str, list[str]] = {}
    for entity in a.entities:
        if entry := a.entry(entity):
            found.setdefault(entry.id, []).append(entity)
    return found


def in_common(left: Shown, right: Shown) -> tuple[int, int]:
    """Return how many registered event clusters and entities two articles share."""
    events = registered_events(left).keys() & registered_events(right).keys()
    return len(events), len(_registered_entities(left).keys() & _registered_entities(right).keys())


def _alone(a: Shown, shared: Iterable[str]) -> list[Alone]:
    """Return the event clusters of an article that are not among the shared ones, in the order of the text."""
    found = []
    for event in a.shown_events:
        entry, mentions = a.entry(event.id), a.event_mentions(event)
        if mentions[0].id == event.id and not (entry and entry.id in shared):
            name = entry.name if entry else quoted(a.name(event.id))
            contests = _contests((a, mentions), (a, [])) if a.contested(event) else []
            found.append(Alone(event, name, a.group(event), len(mentions), contests))
    return found


def side_by_side(left: Shown, right: Shown) -> Sides:
    """Return two articles compared. Entries with the most mentions come first."""
    articles = (left, right)
    events = [registered_events(a) for a in articles]
    entities = [_registered_entities(a) for a in articles]
    mentions = [
        {i: [m.id for e in ids for m in a.mentions_of.get(e, [])] for i, ids in own.items()}
        for a, own in zip(articles, entities, strict=True)
    ]

    def common(one: Mapping[str, Sequence[object]], other: Mapping[str, Sequence[object]]) -> list[str]:
        return sorted(one.keys() & other.keys(), key=lambda i: (-len(one[i]) - len(other[i]), i))

    def event_cluster(i: str) -> Shared:
        one, other = events[0][i], events[1][i]
        aspects = _compare(_event_facts(left, one), _event_facts(right, other))
        return Shared(left.registry[i], one, other, aspects, _contests((left, one), (right, other)))

    def entity(i: str) -> Shared:
        aspects = _compare(_entity_facts(left, entities[0][i]), _entity_facts(right, entities[1][i]))
        return Shared(left.registry[i], mentions[0][i], mentions[1][i], aspects, [])

    shared = common(*events)
    return Sides(
        left,
        right,
        [event_cluster(i) for i in shared],
        [entity(i) for i in common(*mentions)],
        _alone(left, shared),
        _alone(right, shared),
        *([left.registry[i].name for i in entities[n] if i not in entities[1 - n]] for n in (0, 1)),
    )


def pair_page(site: Site, sides: Sides, notice: Notice, address: str) -> str:
    """Return the page of two articles side by side."""
    return page("pair.html.j2", "site.css", "board.js", notice=notice, sides=sides, **site.around(address, "Articles"))
