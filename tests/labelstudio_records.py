"""Generated records in canonical order, with everything that a record may hold."""

import hashlib
import random

from parley.canonical import finish, new_document
from parley.corpus import Article, ArticleDate, ZoneSpan
from parley.model import AUTHOR, Argument, Document, Entity, Event, Mention, Proposition, Span, Stance
from parley.ontology import load_ontology

# Astral letters, a joined emoji, curly quotes, a combining mark, a line end of two characters, a tab, markup.
PIECES = [
    "Anna",
    "Norland",
    "army",
    "𝔑orland’s",
    "👩‍👩‍👧",
    "“truce”",
    "e\u0301",
    "Straits",
    "<b>talks</b>",
    "&amp;",
    "🙂",
    "a",
    "\u2029",
]
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
            id=f"invented-{seed}",
            source_name="invented.txt",
            sha256=hashlib.sha256(self.text.encode()).hexdigest(),
            split="train",
            language="en",
            title=None,
            provenance="Invented.",
            licence="None.",
            date=ArticleDate(value="2031-03-04", basis="stated", reason="Invented."),
            zones=[ZoneSpan(zone=zone, start=start, end=end) for zone, start, end in zones],
        )
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
        mentions = [self._mention(ids.pop(), entities) for _ in range(pick.randint(0, 25))]
        mentioned = [entity for entity in entities if any(m.entity == entity.id for m in mentions)]
        for entity in entities:
            entity.registry = self._some(["norland", "sudovia"])
            others = [other.id for other in entities if other is not entity]
            if len(others) > 1 and pick.random() < 0.3:
                entity.members = pick.sample(others, 2)
        members = {member for entity in mentioned for member in entity.members or ()}
        entities = [entity for entity in entities if entity in mentioned or entity.id in members]
        for entity in entities:
            if entity not in mentioned:
                entity.members = None
        listed = {entity.id for entity in entities}
        for entity in mentioned:
            entity.members = [member for member in entity.members or () if member in listed] or None
        triggers = [ids.pop() for _ in range(pick.randint(0, 10))]
        propositions = [self._proposition(ids.pop()) for _ in range(pick.randint(0, 4))]
        stated = [proposition.id for proposition in propositions]
        events = [self._event(name, triggers, mentions, stated) for name in triggers]
        things = [entity.id for entity in mentioned]
        stances = [
            self._stance(ids.pop(), triggers, triggers + stated, things) for _ in range(pick.randint(0, 6)) if things
        ]
        needed = {a.proposition for e in events for a in e.arguments} | {s.target for s in stances}
        document = new_document(
            self.article,
            "tester",
            CANARY,
            mentions=mentions,
            entities=entities,
            events=events,
            propositions=[proposition for proposition in propositions if proposition.id in needed],
            stances=stances,
        )
        return finish(document, self.article, self.text)

    def _mention(self, name: str, entities: list[Entity]) -> Mention:
        pick, names = self.random, self.ontology.names
        kind = pick.random()
        if kind < 0.15:
            value = self._some(["2031-03", "P5D", "“x”"])
            return Mention(id=name, **self._span(), type="TIME", value=value, mod=self._some(names("time_mods")))
        if kind < 0.3:
            number = pick.choice([None, 0, 41, 2.5, 1e30, 10**18 - 1, -7, 2**53, 2**53 + 1])
            own = {"unit": self._some(["kilometre", " m² "]), "qualifier": self._some(names("qty_qualifiers"))}
            return Mention(id=name, **self._span(), type="QTY", number=number, **own)
        entity = pick.choice(entities)
        role = self._some(names("gpe_roles")) if entity.type == "GPE" else None
        return Mention(id=name, **self._span(), form=self._some(names("forms")), entity=entity.id, role=role)

    def _proposition(self, name: str) -> Proposition:
        spans = [Span(**self._span()) for _ in range(self.random.choice([0, 0, 1, 3]))]
        return Proposition(id=name, **self._span(), mentions=list({span.span: span for span in spans}.values()))

    def _event(self, name: str, triggers: list[str], mentions: list[Mention], propositions: list[str]) -> Event:
        pick, names = self.random, self.ontology.names
        others = [other for other in triggers if other != name]
        possible = bool(others or mentions)
        arguments = [self._argument(others, mentions, propositions) for _ in range(pick.randint(0, 6)) if possible]
        kind = pick.choice(names("event_types"))
        return Event(
            id=name,
            **self._span(),
            type=kind,
            harm=self._some(names("harms")) if kind == "Casualty" else None,
            status=pick.choice(names("statuses")),
            via=self._some(others),
            same_as=self._some(others),
            registry=self._some(["clash-1"]),
            arguments=list({(a.role, a.entity, a.event, a.mention, a.proposition): a for a in arguments}.values()),
        )

    def _argument(self, others: list[str], mentions: list[Mention], propositions: list[str]) -> Argument:
        pick = self.random
        role = pick.choice(self.ontology.names("argument_roles"))
        kind = pick.randrange(4)
        if kind == 3 and propositions:
            return Argument(role=role, proposition=pick.choice(propositions))
        if mentions and (kind < 2 or not others):
            shown = pick.choice(mentions)
            return Argument(role=role, entity=shown.entity, mention=None if shown.entity else shown.id)
        return Argument(role=role, event=pick.choice(others))

    def _stance(self, name: str, triggers: list[str], others: list[str], things: list[str]) -> Stance:
        pick, names = self.random, self.ontology.names
        spans = [Span(**self._span()) for _ in range(pick.choice([1, 1, 2, 4]))]
        return Stance(
            id=name,
            holder=pick.choice([AUTHOR, *things]),
            target=pick.choice(things + others),
            polarity=pick.choice(names("polarities")),
            facet=pick.choice(names("facets")),
            evidence=list({(span.start, span.end): span for span in spans}.values()),
            explicit=pick.random() < 0.5,
            via=self._some(triggers),
        )


def items(document: Document) -> int:
    """Return how many items a record has: mentions, entities, members, events, arguments and so on."""
    return (
        len(document.mentions)
        + sum(1 + len(entity.members or ()) for entity in document.entities)
        + sum(1 + len(event.arguments) for event in document.events)
        + sum(1 + len(proposition.mentions) for proposition in document.propositions)
        + sum(1 + len(stance.evidence) for stance in document.stances)
    )
