"""Invented articles with gold and the output of an invented, noisy system: as many as wanted, from a seed.

Each article has the size that the speed of scoring is measured on: 60 mentions in 15 clusters, 25 events, 4 propositions,
12 stances, in 30 sentences of 18 words. Five mentions lie inside others: one in twelve, as in the real articles (18 of 232). Number ``n``
of a seed is always the same article, whatever is made before it.

    python -m benchmarks.synthetic FOLDER --articles 1000
"""

import argparse
import hashlib
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import NamedTuple

import msgspec

from parley.corpus import ZoneSpan
from parley.derive import SPEAKERS, stance_rows
from parley.ids import pair_id
from parley.model import Argument, Entity, Event, Mention, Prediction, Proposition, Span, Stance, StancePair
from parley.ontology import load_ontology
from parley.reading import AnnotatedArticle, ArticleText
from parley.scoring.totals import GoldLine

MENTIONS, CLUSTERS, EVENTS, PROPOSITIONS, STANCES = 60, 15, 25, 4, 12
NESTED = 5  # of the mentions, each the first word of another ("Norland | army")
SENTENCES, WORDS, SLOTS = 30, 18, 6  # a slot is two words that an item may stand on, with a word between slots
REGISTRY = 200  # entries that entities are linked to; a third of the entities are

_SYLLABLES = [c + v for c in "bdfgklmnprstvz" for v in "aeiou"]

Slot = list[tuple[int, int]]  # the places of its words


class Zones(NamedTuple):
    """What of an article its text is cut by."""

    zones: list[ZoneSpan]


def _text(random: Random) -> tuple[str, list[Slot], int]:
    """Return a text, the slots of its sentences, and where the headline ends."""
    text, slots, headline = "", [], 0
    for number in range(SENTENCES):
        places = []
        for position in range(WORDS):
            word = "".join(random.choices(_SYLLABLES, k=random.randint(1, 4)))
            text += " " if position else ""
            places.append((len(text), len(text) + len(word)))
            text += word if position else word.capitalize()
        text += ".\n" if number % 4 == 0 else ". "
        headline = headline or len(text)
        slots += [places[3 * slot : 3 * slot + 2] for slot in range(SLOTS)]
    return text, slots, headline


def _entities(random: Random) -> list[Entity]:
    types = load_ontology().names("entity_types")
    entities = []
    for number, entry in enumerate(random.sample(range(REGISTRY), CLUSTERS)):
        # Five that can speak, for speech events and stances; the type of a registry entry is always the same.
        kind = SPEAKERS[number] if number < len(SPEAKERS) else types[entry % len(types)]
        registry = f"{kind.lower()}-{entry}" if entry % 3 == 0 else None
        entities.append(Entity(id=f"e{number}", type=kind, name=f"Entity {number}", registry=registry))
    return entities


def _propositions(random: Random, text: str, slots: list[Slot]) -> list[Proposition]:
    """Return propositions of five words (two slots and the word between), each in a sentence of its own."""
    propositions = []
    for number, sentence in enumerate(sorted(random.sample(range(SENTENCES), PROPOSITIONS))):
        first = sentence * SLOTS + random.randrange(SLOTS - 1)
        start, end = slots[first][0][0], slots[first + 1][1][1]
        propositions.append(Proposition(id=f"p{number}", start=start, end=end, text=text[start:end]))
    return propositions


def _arguments(random: Random, event_type: str, resolved: AnnotatedArticle) -> list[Argument]:
    """Return up to three arguments that the ontology allows: an entity with one of its mentions, or a proposition."""
    ontology = load_ontology()
    allowed = ontology.event(event_type)
    roles = list(allowed.roles) if allowed else []
    arguments: dict[tuple[str, str], Argument] = {}
    for _ in range(random.choice((1, 2, 2, 3))):
        name = random.choice(roles)
        role = ontology.argument_role(name)
        fitting = [e for e in resolved.entities.values() if role and e.type in role.fillers]
        if fitting:
            entity = random.choice(fitting).id
            mention = random.choice(resolved.mentions_of[entity]).id
            arguments[name, entity] = Argument(role=name, entity=entity, mention=mention)
        elif role and "proposition" in role.fillers and allowed and allowed.propositions:
            proposition = random.choice([*resolved.propositions])
            arguments[name, proposition] = Argument(role=name, proposition=proposition)
    return list(arguments.values())


def _events(random: Random, text: str, slots: list[Slot], resolved: AnnotatedArticle) -> list[Event]:
    ontology = load_ontology()
    types, speech = ontology.names("event_types"), sorted(ontology.speech_types)
    events: list[Event] = []
    for number, slot in enumerate(sorted(slots)):
        start, end = slot[0]
        earlier = random.choice(events) if events and random.random() < 0.2 else None
        other = random.choice(speech if number % 3 == 0 else types)
        kind = earlier.type if earlier and random.random() < 0.9 else other  # few clusters are of two types
        sources = [event.id for event in events if event.type in ontology.speech_types]
        events.append(
            Event(
                id=f"v{number}",
                type=kind,
                start=start,
                end=end,
                text=text[start:end],
                status=random.choice(ontology.names("statuses")),
                harm=random.choice(ontology.names("harms")) if kind == "Casualty" else None,
                via=random.choice(sources) if sources and random.random() < 0.5 else None,
                same_as=(earlier.same_as or earlier.id) if earlier else None,
                arguments=_arguments(random, kind, resolved),
            )
        )
    return events


def _stances(random: Random, text: str, slots: list[Slot], resolved: AnnotatedArticle) -> list[Stance]:
    ontology = load_ontology()
    holders = [entity.id for entity in resolved.entities.values() if entity.type in SPEAKERS]
    targets = [*resolved.entities, *(event.id for event in resolved.events.values() if event.same_as is None)]
    targets += resolved.propositions
    stances: dict[tuple[str, str, str], Stance] = {}
    while len(stances) < STANCES:
        holder, target = random.choice(holders), random.choice(targets)
        facet = random.choice(ontology.names("facets"))
        first = random.randrange(len(slots))
        start, end = slots[first][0][0], slots[first][1][1]
        if holder != target and (holder, target, facet) not in stances:
            stances[holder, target, facet] = Stance(
                id=f"s{len(stances)}",
                holder=holder,
                target=target,
                polarity=random.choice(ontology.names("polarities")),
                facet=facet,
                evidence=[Span(start=start, end=end, text=text[start:end])],
                explicit=random.random() < 0.5,
                via=None,
            )
    return list(stances.values())


def _gold(random: Random, number: int) -> tuple[GoldLine, list[Slot]]:
    """Return the gold of an article and the slots that nothing stands on."""
    text, slots, headline = _text(random)
    free = random.sample(slots, len(slots))
    entities = _entities(random)
    roles = load_ontology().names("gpe_roles")
    # Each entity has a mention, the others go to few entities more often than to many.
    chosen = [*range(CLUSTERS), *(int(CLUSTERS * random.random() ** 2) for _ in range(MENTIONS - CLUSTERS))]
    outer = MENTIONS - NESTED
    standing = [(slot[0][0], slot[random.randint(0, 1)][1]) for slot in free[NESTED:outer]]
    for first, second in free[:NESTED]:
        standing += [(first[0], second[1]), first]
    mentions = []
    clusters = random.sample(chosen, MENTIONS)
    for index, ((start, end), cluster) in enumerate(zip(sorted(standing), clusters, strict=True)):
        mentions.append(
            Mention(
                id=f"m{index}",
                start=start,
                end=end,
                text=text[start:end],
                form=random.choice(load_ontology().names("forms")),
                entity=entities[cluster].id,
                role=random.choice(roles) if entities[cluster].type == "GPE" else None,
            )
        )
    zones = [ZoneSpan(zone="headline", start=0, end=headline), ZoneSpan(zone="body", start=headline, end=len(text))]
    source = ArticleText(Zones(zones), text)
    whole = Prediction(id="a", mentions=mentions, entities=entities, propositions=_propositions(random, text, slots))
    whole.events = _events(random, text, free[outer : outer + EVENTS], AnnotatedArticle(whole, source))
    gold = GoldLine(
        id=f"synthetic-{number:06d}",
        canary="none: invented",
        ontology=load_ontology().version,
        annotator="generator",
        sha256=hashlib.sha256(text.encode()).hexdigest(),
        mentions=mentions,
        entities=entities,
        events=whole.events,
        propositions=whole.propositions,
        stances=_stances(random, text, slots, AnnotatedArticle(whole, source)),
        text=text,
        zones=zones,
    )
    return gold, sorted(free[outer + EVENTS :])


def _noisy_mentions(random: Random, gold: GoldLine, spare: list[Slot]) -> tuple[list[Mention], list[Entity]]:
    """Drop, widen, move and invent mentions; some entities get another type or another link."""
    ends = {slot[0][1]: slot[1][1] for slot in _slots_of(gold)}
    taken = {(mention.start, mention.end) for mention in gold.mentions}
    mentions = []
    for mention in gold.mentions:
        draw = random.random()
        if draw < 0.12:
            continue
        entity = random.choice(gold.entities).id if draw < 0.22 else mention.entity
        wider = ends.get(mention.end, mention.end)
        end = wider if draw > 0.92 and (mention.start, wider) not in taken else mention.end
        mentions.append(
            Mention(id=mention.id, start=mention.start, end=end, form=mention.form, entity=entity, role=mention.role)
        )
    for index, slot in enumerate(random.sample(spare, 4)):
        (start, end), entity = slot[0], random.choice(gold.entities).id
        mentions.append(Mention(id=f"n{index}", start=start, end=end, form="NOM", entity=entity))
    used = {mention.entity for mention in mentions}
    entities = []
    for entity in gold.entities:
        if entity.id in used:
            others = [kind for kind in ("PER", "GROUP", "ORG", "MIL", "LOC") if kind != entity.type]
            kind = random.choice(others) if random.random() < 0.08 else entity.type
            linked = entity.registry if kind == entity.type and random.random() > 0.1 else None
            entities.append(Entity(id=entity.id, type=kind, name=entity.name, registry=linked))
    kinds = {entity.id: entity.type for entity in entities}
    roles = load_ontology().names("gpe_roles")
    for mention in mentions:
        mention.role = (mention.role or roles[0]) if kinds[mention.entity or ""] == "GPE" else None
    return mentions, entities


def _slots_of(gold: GoldLine) -> Iterator[Slot]:
    """Yield the slots of an article's words, found again in its text."""
    start = 0
    for sentence in gold.text.replace("\n", " ").split(". "):
        at, places = start, []
        for word in sentence.split(" "):
            places.append((at, at + len(word)))
            at += len(word) + 1
        start += len(sentence) + 2
        yield from (places[3 * slot : 3 * slot + 2] for slot in range(SLOTS) if len(places) == WORDS)


def _noisy(random: Random, gold: GoldLine, spare: list[Slot]) -> Prediction:
    """Return what a system of middling quality might find in the article: valid, and wrong in every layer."""
    ontology = load_ontology()
    mentions, entities = _noisy_mentions(random, gold, spare)
    shown = {mention.id: mention.entity for mention in mentions}
    known = {entity.id: entity for entity in entities}
    stated = []
    for proposition in gold.propositions:
        draw = random.random()
        if draw > 0.15:
            end = proposition.end if draw < 0.7 else gold.text.rindex(" ", proposition.start, proposition.end)
            stated.append(Proposition(id=proposition.id, start=proposition.start, end=end))
    ((start, _), (_, end)) = random.choice(spare)
    stated.append(Proposition(id="q0", start=start, end=end))  # an invented one
    events = []
    kept = {event.id for event in gold.events if random.random() > 0.15}
    for event in gold.events:
        if event.id not in kept:
            continue
        arguments = []
        for argument in event.arguments:
            role = ontology.argument_role(argument.role)
            if random.random() < 0.15 or not role:
                continue
            if argument.proposition in {proposition.id for proposition in stated}:
                arguments.append(Argument(role=argument.role, proposition=argument.proposition))
            elif argument.entity in known and known[argument.entity].type in role.fillers:
                mention = argument.mention if shown.get(argument.mention or "") == argument.entity else None
                arguments.append(Argument(role=argument.role, entity=argument.entity, mention=mention))
        same_as = event.same_as if event.same_as in kept and random.random() > 0.2 else None
        kind = event.type
        if random.random() < 0.08 and same_as is None and event.via is None and not arguments:
            kind = random.choice(ontology.names("event_types"))
        status = random.choice(ontology.names("statuses")) if random.random() < 0.1 else event.status
        via = event.via if event.via in kept else None
        harm = random.choice(ontology.names("harms")) if kind == "Casualty" and random.random() < 0.2 else event.harm
        harm = harm if kind == "Casualty" else None
        fields = {"start": event.start, "end": event.end, "status": status, "arguments": arguments, "harm": harm}
        events.append(Event(id=event.id, type=kind, via=via, same_as=same_as, **fields))
    _mend(events)
    stances = []
    targets = {event.id for event in events if event.same_as is None} | {*known} | {p.id for p in stated}
    for stance in gold.stances:
        there = stance.holder in known and known[stance.holder].type in SPEAKERS
        if there and stance.target in targets and random.random() > 0.1:
            polarity = random.choice(ontology.names("polarities")) if random.random() < 0.15 else stance.polarity
            span = stance.evidence[0]
            start = span.start if random.random() > 0.2 else gold.text.index(" ", span.start) + 1
            fields = {"holder": stance.holder, "target": stance.target, "facet": stance.facet}
            evidence = [Span(start=start, end=span.end)]
            stances.append(
                Stance(id=stance.id, polarity=polarity, evidence=evidence, explicit=True, via=None, **fields)
            )
    answers = []
    for row in stance_rows(gold):
        polarity = row.polarity if random.random() > 0.2 else random.choice(["none", *ontology.names("polarities")])
        answers.append(StancePair(pair=pair_id(gold.id, row.holder, row.target), polarity=polarity))
    layers = {"mentions": mentions, "entities": entities, "events": events, "propositions": stated}
    return Prediction(id=gold.id, **layers, stances=stances, stance_pairs=answers)


def _mend(events: list[Event]) -> None:
    """Take away sources that a changed type has broken."""
    types = {event.id: event.type for event in events}
    speech = load_ontology().speech_types
    for event in events:
        if event.via is not None and types[event.via] not in speech:
            event.via = None


def article(seed: int, number: int) -> tuple[GoldLine, Prediction]:
    """Return the gold and the predicted annotation of article ``number`` (from 0)."""
    random = Random(f"{seed}:{number}")
    gold, spare = _gold(random, number)
    return gold, _noisy(random, gold, spare)


def write(folder: Path, articles: int, seed: int = 0) -> tuple[Path, Path]:
    """Write ``gold.jsonl`` and ``predictions.jsonl``, a line an article, and return their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = folder / "gold.jsonl", folder / "predictions.jsonl"
    with paths[0].open("wb") as golds, paths[1].open("wb") as predictions:
        for number in range(articles):
            gold, predicted = article(seed, number)
            golds.write(msgspec.json.encode(gold) + b"\n")
            predictions.write(msgspec.json.encode(predicted) + b"\n")
    return paths


def main() -> None:
    """Write the files of one size."""
    parser = argparse.ArgumentParser(description="Write invented articles, gold and predicted, as JSON lines.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--articles", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    for path in write(arguments.folder, arguments.articles, arguments.seed):
        print(path)


if __name__ == "__main__":
    main()
