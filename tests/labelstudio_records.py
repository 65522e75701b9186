"""Records of invented articles, with everything that a record may hold, for whoever converts records."""

import hashlib
import random

from parley.corpus import Article, ArticleDate, ZoneSpan
from parley.model import AUTHOR, Argument, Document, Entity, Event, Mention, Span, Stance
from parley.ontology import load_ontology

# Astral letters, a joined emoji, curly quotes, a combining mark, a line end of two characters, a tab, markup.
PIECES = [
    "Anna", "Norland", "army", "𝔑orland’s", "👩‍👩‍👧", "“truce”", "é", "Straits", "<b>talks</b>", "&amp;", "🙂", "a", "\u2029",
]  # fmt: skip
GAPS = [" ", " ", " ", "\n", "\r\n", "\t", " — "]
CANARY = "PARLEY-CANARY-00000000-0000-4000-8000-000000000000"


class Invented:
    """One article with its record. ``Invented(seed)`` is the same for the same seed."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.ontology = load_ontology()
        pick = self.random
        words = [pick.choice(PIECES) + pick.choice(GAPS) for _ in range(pick.randint(8, 60))]
        self.text = "".join(words)
        cut = sorted(pick.sample(range(1, len(self.text)), 2))
        zones = list(zip(["credit", "body", "notice"], [0, *cut], [*cut, len(self.text)], strict=True))
        self.article = Article(
            id=f"invented-{seed}", source_name="invented.txt", sha256=hashlib.sha256(self.text.encode()).hexdigest(),
            split="train", language="en", title=None, provenance="Invented.", licence="None.",
            date=ArticleDate(value="2031-03-04", basis="stated", reason="Invented."),
            zones=[ZoneSpan(zone=zone, start=start, end=end) for zone, start, end in zones],
        )  # fmt: skip
        self.document = self._document(seed)

    def _some(self, names: list[str]) -> str | None:
        return self.random.choice([None, *names])

    def _span(self) -> dict[str, object]:
        start = self.random.randrange(len(self.text))
        end = self.random.randint(start + 1, min(len(self.text), start + 30))
        return {"start": start, "end": end, "text": self.text[start:end]}

    def _document(self, seed: int) -> Document:
        pick, names = self.random, self.ontology.names
        ids = [f"{kind}{number}" for number in range(200) for kind in "abXz"]
        pick.shuffle(ids)
        entities = [
            Entity(id=ids.pop(), type=pick.choice(names("entity_types")), name=pick.choice(PIECES))
            for _ in range(pick.randint(1, 8))
        ]
        for entity in entities:
            entity.registry = self._some(["norland", "sudovia"])
            if pick.random() < 0.3:
                entity.members = [pick.choice(entities).id for _ in range(pick.randint(0, 4))]
        mentions = [self._mention(ids.pop(), entities) for _ in range(pick.randint(0, 25))]
        triggers = [ids.pop() for _ in range(pick.randint(0, 10))]
        events = [self._event(name, triggers, entities, mentions) for name in triggers]
        stances = [self._stance(ids.pop(), triggers, entities) for _ in range(pick.randint(0, 6))]
        if pick.random() < 0.7:  # mostly in the order of the text, as people's are
            mentions.sort(key=lambda m: (m.start, -m.end))
            events.sort(key=lambda e: (e.start, -e.end))
        return Document(
            id=self.article.id, canary=CANARY, ontology=self.ontology.version, annotator="tester",
            sha256=self.article.sha256, mentions=mentions, entities=entities, events=events, stances=stances,
        )  # fmt: skip

    def _mention(self, name: str, entities: list[Entity]) -> Mention:
        pick, names = self.random, self.ontology.names
        kind = pick.random()
        if kind < 0.15:
            value = self._some(["2031-03", "P5D", "“x”"])
            return Mention(id=name, **self._span(), type="TIME", value=value, mod=self._some(names("time_mods")))
        if kind < 0.3:
            number = pick.choice([None, 0, 41, 41.0, -0.0, 2.5, 1e30, 10**18 - 1, -7, 2**53, 2**53 + 1])
            own = {"unit": self._some(["kilometre", " m² "]), "qualifier": self._some(names("qty_qualifiers"))}
            return Mention(id=name, **self._span(), type="QTY", number=number, **own)
        entity = pick.choice(entities)
        role = self._some(names("gpe_roles")) if entity.type == "GPE" or pick.random() < 0.1 else None
        return Mention(id=name, **self._span(), form=self._some(names("forms")), entity=entity.id, role=role)

    def _event(self, name: str, triggers: list[str], entities: list[Entity], mentions: list[Mention]) -> Event:
        pick, names = self.random, self.ontology.names
        arguments = [self._argument(triggers, entities, mentions) for _ in range(pick.randint(0, 6))]
        return Event(
            id=name, **self._span(), type=pick.choice(names("event_types")), status=pick.choice(names("statuses")),
            via=self._some(triggers), same_as=self._some(triggers), registry=self._some(["clash-1"]),
            arguments=arguments,
        )  # fmt: skip

    def _argument(self, triggers: list[str], entities: list[Entity], mentions: list[Mention]) -> Argument:
        pick = self.random
        role = pick.choice(self.ontology.names("argument_roles"))
        kind = pick.randrange(4)
        if kind == 0 and mentions:
            shown = pick.choice(mentions)
            if shown.entity is None:
                return Argument(role=role, mention=shown.id)
            return Argument(role=role, entity=shown.entity, mention=shown.id)
        if kind == 1:
            return Argument(role=role, event=pick.choice(triggers))
        if kind == 2:
            return Argument(role=role, **self._span())
        return Argument(role=role, entity=pick.choice(entities).id)

    def _stance(self, name: str, triggers: list[str], entities: list[Entity]) -> Stance:
        pick, names = self.random, self.ontology.names
        things = [entity.id for entity in entities]
        spans = [Span(**self._span()) for _ in range(pick.choice([1, 1, 2, 4]))]
        return Stance(
            id=name, holder=pick.choice([AUTHOR, *things]), target=pick.choice(things + triggers),
            polarity=pick.choice(names("polarities")), facet=pick.choice(names("facets")),
            evidence=spans, explicit=pick.random() < 0.5, via=self._some(triggers),
        )  # fmt: skip


def items(document: Document) -> int:
    """How many things a record says: mentions, entities, members, events, arguments, stances, evidence spans."""
    return (
        len(document.mentions)
        + sum(1 + len(entity.members or ()) for entity in document.entities)
        + sum(1 + len(event.arguments) for event in document.events)
        + sum(1 + len(stance.evidence) for stance in document.stances)
    )
