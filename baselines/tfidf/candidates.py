"""Candidates for stances: a sign (a speech event or a word that shows an attitude), a holder, a target; with features."""

import functools
import re
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from parley.derive import SPEAKERS
from parley.model import AUTHOR, Annotation, Event, Span
from parley.ontology import load_ontology
from parley.reading import AnnotatedArticle, ArticleText, Offsets
from parley.segment import Sentence
from parley.task import Pair, Task

NEAR = 15  # tokens between a sign and a target
EXPLICIT = ("Accuse", "Demand", "Endorse", "Reject")
ELSEWHERE = 99
LONGEST = 25  # tokens of an evidence span
STOPS = frozenset({",", ";", ":", "—", "–", "but", "because", "while", "although", "if", "after", "before", "when"})
_ENDINGS = re.compile(r"(?:ing|ed|es|s|e|al|y|ies)$")


def stem(word: str) -> str:
    """Return a word without its ending, in lower case.

    >>> stem("accuses"), stem("accusing"), stem("Urged")
    ('accus', 'accus', 'urg')
    """
    short = _ENDINGS.sub("", word.lower())
    return short if len(short) > 2 else word.lower()


@functools.cache
def attitudes() -> dict[str, tuple[str, str]]:
    """Return facet and polarity of each word that shows a stance, by its stem."""
    listed = tomllib.loads((Path(__file__).parent / "words.toml").read_text("utf-8"))
    return {
        stem(word): (facet, polarity)
        for facet, by_polarity in listed.items()
        for polarity, words in by_polarity.items()
        for word in words.split()
    }


class Party(NamedTuple):
    """A holder or target: its id, kind, label (type of entity or event, with its status), and where it is mentioned."""

    id: str
    kind: str  # "author", "entity", "event" or "proposition"
    label: str
    spans: tuple[Offsets, ...]


class Sign(NamedTuple):
    """What may show a stance: tokens, and the speech event that it is or comes through."""

    first: int
    last: int
    stem: str
    is_speech: bool
    event: Event | None
    is_listed: bool  # a word or a kind of speech that shows a stance in so many words


class Link(NamedTuple):
    """How a sign is connected with a target."""

    target: Party
    path: str  # of roles, see ``Reader.paths``
    distance: int  # tokens from sign to target, negative before it; ELSEWHERE in another sentence
    between: int  # of the places after the sign where a target is, how many are nearer; -1 before it
    has_roles: bool  # whether anything fills a role of the speech event


class Candidate(NamedTuple):
    """A sign with a holder and a target, ids of the annotation; the features; the words, names masked."""

    sign: Sign
    holder: str
    target: str
    features: list[str]
    words: str


class Reader:
    """An article with the entities and events of some annotation."""

    def __init__(self, task: Task, record: Annotation, given: Iterable[Pair] = ()) -> None:
        self.source = ArticleText(task, task.text)
        self.seen = AnnotatedArticle(record, self.source)
        self.starts, self.ends = self.source.token_edges
        self.tokens = [task.text[start:end] for start, end in zip(self.starts, self.ends, strict=True)]
        self.lower = [token.lower() for token in self.tokens]
        self.speech = load_ontology().speech_types
        self.sentences: dict[Sentence, range] = {s: self.source.tokens(s.start, s.end) for s in self.source.sentences}
        self.sentence_at = {i: s for s, own in self.sentences.items() for i in own}
        self.parties = {party.id: party for party in self._parties()}
        self.given: dict[tuple[str, frozenset[Offsets]], str] = {}
        for pair in given:
            self.party("entity", pair.holder_mentions)
            self.party(pair.target_kind, pair.target_mentions)
        self.masks = self._masks()
        self.signs = sorted(self._signs(), key=lambda sign: sign.first)

    def _parties(self) -> Iterator[Party]:
        seen = self.seen
        yield Party(AUTHOR, "author", "", ())
        for entity in seen.entities.values():
            own = {m.span for part in (entity.id, *seen.members(entity.id)) for m in seen.mentions_of.get(part, ())}
            own = {m.span for m in seen.mentions_of.get(entity.id, ())} or own
            yield Party(entity.id, "entity", entity.type, tuple(sorted(own)))
        for head, events in seen.event_clusters.items():
            if head in seen.events:
                label = f"{seen.events[head].type} {seen.events[head].status}"
                yield Party(head, "event", label, tuple(sorted(e.span for e in events)))
        for claim in seen.propositions.values():
            yield Party(claim.id, "proposition", "", tuple(sorted(s.span for s in claim.spans)))

    def party(self, kind: str, spans: Iterable[Span]) -> str:
        """Return the id of a party that a pair names: the one with most of its spans, which gets them all; else a new one."""
        own = frozenset(span.span for span in spans)
        if own and (kind, own) not in self.given:
            free = [p for p in self.parties.values() if p.kind == kind and p.id not in self.given.values()]
            best = max(free, key=lambda p: len(own.intersection(p.spans)) / len(own.union(p.spans)), default=None)
            if best is None or own.isdisjoint(best.spans):
                best = Party(f"given{len(self.given)}", kind, "", ())
            self.given[kind, own] = best.id
            self.parties[best.id] = best._replace(spans=tuple(sorted(own)))
        return self.given[kind, own] if own else AUTHOR

    def _masks(self) -> dict[int, str]:
        """Return the type of the entity for each token of a name: names are invented and mean nothing."""
        found = {}
        for mention in self.seen.mentions.values():
            if mention.form == "NAM" or mention.form is None:
                for i in self.source.tokens(*mention.span):
                    found[i] = (self.seen.type_of(mention) or "").lower()
        return found

    def _signs(self) -> Iterator[Sign]:
        taken = set[int]()
        speech = [e for e in self.seen.events.values() if e.type in self.speech]
        for event in speech:
            own = self.source.tokens(*event.span)
            if own and own[0] in self.sentence_at:
                taken.update(own)
                word = stem(self.lower[own[0]])
                yield Sign(own[0], own[-1], word, True, event, word in attitudes() or event.type in EXPLICIT)
        for i, sentence in self.sentence_at.items():
            if i not in taken and stem(self.lower[i]) in attitudes() and self.lower[i].isalpha():
                yield Sign(i, i, stem(self.lower[i]), False, self._carrier(i, sentence), True)

    def _carrier(self, at: int, sentence: Sentence) -> Event | None:
        """Return the speech event that a word comes through: of the event nearest to it in its sentence."""
        near = [e for e in self.seen.events.values() if sentence.start <= e.start < sentence.end]
        near.sort(key=lambda e: (abs(e.start - self.starts[at]), e.start))
        for event in near:
            if event.type in self.speech and event.start < self.starts[at]:
                return event
            if event.via in self.seen.events:
                return self.seen.events[event.via]
        return next((e for e in near if e.type in self.speech), None)

    def at(self, party: Party, sentence: Sentence) -> list[range]:
        """Return the tokens of each mention of a party in a sentence."""
        return [self.source.tokens(s, e) for s, e in party.spans if sentence.start <= s and e <= sentence.end]

    def evidence(self, sign: Sign) -> Span:
        """Return the words from a sign to the end of its clause."""
        last, sentence = sign.last, self.sentence_at[sign.first]
        for i in range(sign.last + 1, min(self.sentences[sentence].stop, sign.first + LONGEST)):
            if self.lower[i] in STOPS:
                break
            last = i if self.tokens[i][0].isalnum() else last
        start, end = self.starts[sign.first], self.ends[last]
        return Span(start=start, end=end, text=self.seen.text[start:end])

    def paths(self, event: Event) -> dict[str, str]:
        """Return how each party is connected with a speech event: by a role, or through what is said."""
        seen, found = self.seen, dict[str, str]()

        def fill(of: Event, before: str, deeper: bool) -> None:
            for argument in of.arguments:
                filler = argument.entity or argument.proposition or (argument.event and seen.head(argument.event))
                if filler:
                    found.setdefault(filler, before + argument.role)
                if argument.event in seen.events and deeper:
                    fill(seen.events[argument.event], f"{before}{argument.role}>", False)

        fill(event, "", True)
        for other in seen.events.values():
            if other.via == event.id:
                found.setdefault(seen.head(other.id), "said")
                fill(other, "said>", False)
        return found

    def holders(self, sign: Sign) -> dict[str, str]:
        """Return who may hold what a sign shows, and why: agent of the speech, subject of the word, or the author."""
        found = dict[str, str]()
        sentence = self.sentence_at[sign.first]
        agents = self.seen.fillers(sign.event, "Agent") if sign.event is not None else []
        before = [
            (own[-1], len(own), party.id)
            for party in self.parties.values()
            if party.label in SPEAKERS and party.kind == "entity"
            for own in self.at(party, sentence)
            if own and own[-1] < sign.first
        ]
        subject = max(before)[2] if before else None
        for agent in agents:
            if agent in self.parties:
                found[agent] = "agent and subject" if agent == subject else "agent"
        if subject is not None and subject not in found:
            found[subject] = "subject, other agent" if found else "subject"
        if not sign.is_speech:
            found[AUTHOR] = "author"
        for plural in [holder for holder in found if self.mutual(sign, holder)]:
            found |= {m: "each" for m in self.seen.entities[plural].members or () if m in self.parties}
        return found

    def mutual(self, sign: Sign, holder: str) -> bool:
        """Whether a plural holder is said to speak of one another: "each blames the other"."""
        entity, own = self.seen.entities.get(holder), self.sentences[self.sentence_at[sign.first]]
        near = self.lower[max(own.start, sign.first - 4) : min(own.stop, sign.last + 8)]
        return bool(entity and entity.members) and bool(
            {"other", "another", "mutual", "mutually", "trade", "traded"} & {*near}
        )

    def targets(self, sign: Sign) -> list[Link]:
        """Return what a sign may be about, and how it is connected with it."""
        sentence = self.sentence_at[sign.first]
        paths = self.paths(sign.event) if sign.event is not None else {}
        found = []
        for party in self.parties.values():
            distances = [
                0 if own[0] <= sign.first <= own[-1] else max(own[0] - sign.last, 0) or own[-1] - sign.first
                for own in self.at(party, sentence)
                if own
            ]
            distance = min(distances, key=lambda d: (abs(d), -d), default=ELSEWHERE)
            if party.id in paths or abs(distance) <= NEAR:
                found.append((party, paths.get(party.id, "-"), distance))
        ahead = sorted({distance for _, _, distance in found if distance > 0})
        return [
            Link(party, path, distance, ahead.index(distance) if distance in ahead else -1, bool(paths))
            for party, path, distance in found
        ]

    def candidates(self) -> Iterator[Candidate]:
        """Yield every candidate of the article."""
        for sign in self.signs:
            holders = self.holders(sign)
            each = [Link(self.parties[holder], "each", 0, 0, True) for holder, why in holders.items() if why == "each"]
            own = self.seen.head(sign.event.id) if sign.event is not None and sign.is_speech else None
            for link in [*self.targets(sign), *each]:
                for holder, why in holders.items():
                    one_another = link.path == "each" and why != "each"
                    far = holder == AUTHOR and abs(link.distance) > 2
                    if link.target.id not in (holder, own) and not one_another and not far:
                        yield self._candidate(sign, self.parties[holder], why, link)

    def _candidate(self, sign: Sign, holder: Party, why: str, link: Link) -> Candidate:
        target, path, distance, between, has_roles = link
        facet, polarity = attitudes().get(sign.stem, ("-", "-"))
        kind = sign.event.type if sign.event is not None and sign.is_speech else "word"
        status = sign.event.status if sign.event is not None and sign.is_speech else "-"
        before = self.lower[max(sign.first - 3, 0) : sign.first]
        negated = any(word in ("not", "n't", "n’t", "no", "never", "without") for word in before)
        far = (
            "in" if distance == 0 else ("after" if distance > 0 else "before") + str(min(abs(distance).bit_length(), 4))
        )
        far = "elsewhere" if distance == ELSEWHERE else far
        shown = target.kind if target.kind != "entity" else target.label
        order = f"{min(between, 3)} {path != '-' or has_roles}"
        named = {
            f"sign={kind}",
            f"sign={kind} path={path}",
            f"sign={kind} path={path} target={shown}",
            f"why={why} sign={kind}",
            f"stem={sign.stem}",
            f"stem={sign.stem} path={path}",
            f"word={facet} {polarity}",
            f"word={facet} {polarity} far={far}",
            f"word={facet} {polarity} target={shown}",
            f"word={facet} {polarity} path={path}",
            f"path={path}",
            f"order={order}",
            f"order={order} sign={kind}",
            f"order={order} target={shown}",
            f"order={order} word={facet} {polarity}",
            f"far={far}",
            f"far={far} sign={kind}",
            f"target={shown}",
            f"target={target.kind} {target.label}",
            f"target={target.label} sign={kind}",
            f"holder={holder.kind} {holder.label}",
            f"status={status} sign={kind}",
            f"negated={negated} word={facet} {polarity}",
            f"negated={negated} sign={kind}",
        }
        return Candidate(sign, holder.id, target.id, sorted(named), self._words(sign, holder, target))

    def _words(self, sign: Sign, holder: Party, target: Party) -> str:
        """Return the words around a sign, holder, target and names masked."""
        sentence = self.sentence_at[sign.first]
        masks = dict(self.masks)
        masks |= {i: "holder" for own in self.at(holder, sentence) for i in own}
        masks |= {i: "target" for own in self.at(target, sentence) for i in own}
        own = self.sentences[sentence]
        found = list[str]()
        for i in range(max(own.start, sign.first - 5), min(own.stop, sign.last + NEAR + 1)):
            word = masks.get(i, self.lower[i])
            if not (found and found[-1] == word and i in masks):
                found.append(word)
        return " ".join(found)
