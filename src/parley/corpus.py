"""The records around the annotation: articles, the stories they tell, the registry, passes, and the dataset.

Like those of ``parley.model``, they are the source of the published schemas.
"""

from collections.abc import Iterable, Sequence
from functools import cached_property
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta

from parley.model import Day, Document, End, Id, NonEmpty, Record, Start, labels

Version = Annotated[str, Meta(pattern=r"^\d+\.\d+\.\d+$")]  # semantic

# Closed sets that are no part of the annotation, and so not in the ontology.
ORIGINS = ["found", "authored"]
OUTLET_KINDS = [
    "wire",
    "state-media",
    "broadcaster",
    "paper",
    "digest",
    "situation-report",
    "live-blog",
    "statement",
    "analysis",
]
PHENOMENA = [
    "nested-report",
    "unnamed-source",
    "broken-quotation",
    "revised-toll",
    "denial",
    "rival-accounts",
    "negated-event",
    "hypothetical",
    "agentless-passive",
    "metonymy",
    "plural-actor",
    "cataphora",
    "irony",
    "elliptical-headline",
    "verbless-speech",
    "correction",
    "transliteration-variant",
    "typo",
]
WORLD_KINDS = [
    "state",
    "people",
    "force",
    "person",
    "place",
    "building",
    "body",
    "agreement",
    "vessel",
    "weapon",
    "group",
]
CONTRASTS = [
    "who-to-whom",
    "negated",
    "planned-or-done",
    "whose-claim",
    "demanded-or-reported",
    "one-sided-or-mutual",
    "same-event",
    "for-or-against",
    "which-agreement",
    "part-or-whole-toll",
]
SPLITS = ["train", "validation", "test"]
FACT_STATUSES = ["undisputed", "claimed", "denied", "disputed"]

STORY_ITEM = "^[A-Za-z][A-Za-z0-9._-]{0,63}(/[A-Za-z][A-Za-z0-9._-]{0,63})?$"  # story, or story, stroke, id in it
OutletKind = Annotated[str, Meta(title="Outlet kind", extra_json_schema={"enum": OUTLET_KINDS})]
Phenomenon = Annotated[str, Meta(title="Phenomenon", extra_json_schema={"enum": PHENOMENA})]


class ZoneSpan(Record, kw_only=True):
    """A zone of an article; zones cut the text into pieces that neither overlap nor leave a gap."""

    zone: Annotated[str, Meta(title="Zone", extra_json_schema=labels("zones"))]
    """Kind of zone."""
    start: Start
    """First code point of the zone, counted from 0 in the whole text of the article."""
    end: End
    """Code point after the last of the zone (half-open)."""


class ArticleDate(Record, kw_only=True):
    """When the article was published, as far as is known."""

    value: Day
    """ISO 8601 day that relative times are resolved against."""
    basis: Annotated[str, Meta(title="Basis", extra_json_schema={"enum": ["stated", "inferred"]})]
    """Whether the date was stated with the article or inferred from it."""
    reason: Annotated[str, Meta(min_length=1)]
    """Where it is stated, or how it was inferred."""
    not_after: Day | None = None
    """Latest day that fits, where the day is not certain."""


class Outlet(Record, kw_only=True):
    """Who published an article, as far as is known."""

    kind: OutletKind
    """What kind of outlet it is."""
    name: NonEmpty | None = None
    """Its name."""
    side: NonEmpty | None = None
    """Name of the state or body that it speaks for; left out for one that speaks for none."""


class Article(Record, kw_only=True):
    """The metadata of an article: a line of articles.jsonl."""

    id: Id
    """Names the files of the article."""
    source_name: Annotated[str, Meta(min_length=1)]
    """File name under which the text was supplied."""
    sha256: Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]
    """SHA-256 of the bytes of articles/<id>.txt."""
    split: Annotated[str, Meta(title="Split", extra_json_schema={"enum": SPLITS})]
    """Split of the dataset it belongs to."""
    language: Annotated[str, Meta(min_length=2)]
    """BCP 47 tag."""
    title: str | None
    """The headline; null where the text has none."""
    date: ArticleDate
    """Publication date."""
    provenance: Annotated[str, Meta(min_length=1)]
    """How the text came to be here, and what it says of its own origin."""
    licence: Annotated[str, Meta(min_length=1)]
    """Whose the text is."""
    zones: Annotated[list[ZoneSpan], Meta(min_length=1)]
    """The zones, in order, covering the whole text."""
    notes: list[str] = msgspec.field(default_factory=list)
    """What a user of the text should know."""
    story: Id | None = None
    """The story that it tells: other articles of the same story tell of the same events. Invented ones are described
    in stories/<story>.json."""
    origin: Annotated[str | None, Meta(title="Origin", extra_json_schema={"enum": ORIGINS})] = None
    """'found': published elsewhere. 'authored': written for this dataset."""
    outlet: Outlet | None = None
    """Who published it."""
    phenomena: list[Phenomenon] = msgspec.field(default_factory=list)
    """What makes it hard to read, noted by its editor; left out where nobody looked."""

    @property
    def unit(self) -> str:
        """What intervals and tests take as independent: its story; an article that names none is a story of its own."""
        return self.story or self.id


class WorldEntry(Record, kw_only=True):
    """Who or what an invented story is about: a state, a person, a place, an agreement and so on."""

    id: Id
    """Unique among the ids of the story."""
    kind: Annotated[str, Meta(title="Kind", extra_json_schema={"enum": WORLD_KINDS})]
    """What kind of thing it is."""
    name: NonEmpty
    """The name in full. A proper name is in one story only."""
    variants: list[NonEmpty]
    """Other names and expressions that outlets use: short forms, demonyms, acronyms, spellings."""
    office: NonEmpty | None = None
    """What a person is; of persons only."""
    side: Id | None
    """World entry of the state or body that it belongs to; null for none."""


class StoryEvent(Record, kw_only=True):
    """What happened in an invented story, or is said to have happened."""

    id: Id
    """Unique among the ids of the story."""
    what: NonEmpty
    """What happened, in one plain sentence."""
    who: list[Id]
    """World entries that did it."""
    to_whom: list[Id]
    """World entries that it was done to."""
    where: list[Id]
    """World entries where it took place."""
    when: NonEmpty
    """ISO 8601 day, or words."""
    numbers: str
    """Tolls and other numbers, with whose they are; empty where there are none."""
    status: Annotated[str, Meta(title="Status", extra_json_schema={"enum": FACT_STATUSES})]
    """Whether it happened, or who says so."""
    claimed_by: list[Id]
    """World entries that say so."""
    denied_by: list[Id]
    """World entries that deny it."""
    part_of: Id | None
    """Event that it is a part of; null for none."""


class Position(Record, kw_only=True):
    """Where a holder stands toward a target in an invented story."""

    holder: Id
    """World entry that takes the position."""
    target: Id
    """World entry or event that the position is toward."""
    attitude: NonEmpty
    """The position, and how it shifts."""
    shown_by: NonEmpty
    """How the articles show it."""


class StoryOutlet(Record, kw_only=True):
    """An outlet that reports on an invented story: what its article was to tell, written before the article."""

    article: Id
    """Its article."""
    name: NonEmpty
    """Name of the outlet."""
    kind: OutletKind
    """What kind of outlet it is."""
    side: Id | None
    """World entry that it speaks for; null for none."""
    date: Day
    """Day of publication."""
    knows: NonEmpty
    """What it knows and tells."""
    leaves_out: NonEmpty
    """What it leaves out."""
    slant: NonEmpty
    """How it writes."""


class Story(Record, kw_only=True):
    """An invented conflict that several outlets report on: stories/<id>.json. Its facts are known."""

    id: Id
    """Names the file; articles name it as their story."""
    canary: str
    """A string that must never be in training data."""
    title: NonEmpty
    """What the story is about."""
    kind: NonEmpty
    """What kind of conflict it is."""
    stage: NonEmpty
    """What stage the conflict is in."""
    calendar: NonEmpty
    """Which weekday a date is."""
    world: Annotated[list[WorldEntry], Meta(min_length=1)]
    """Who and what it is about."""
    events: Annotated[list[StoryEvent], Meta(min_length=1)]
    """What happened."""
    positions: list[Position]
    """Who stands where."""
    outlets: Annotated[list[StoryOutlet], Meta(min_length=1)]
    """Who reports, each with an article."""

    def outlet(self, own: StoryOutlet) -> Outlet:
        """Return what articles.jsonl says of an outlet of the story."""
        names = {entry.id: entry.name for entry in self.world}
        return Outlet(kind=own.kind, name=own.name, side=names.get(own.side or ""))


class RegistryEntry(Record, kw_only=True):
    """An entity or an event cluster that is shared across articles."""

    id: Id
    """Unique in the registry."""
    kind: Annotated[str, Meta(title="Kind", extra_json_schema={"enum": ["entity", "event"]})]
    """Entity or event."""
    type: Annotated[str, Meta(title="Type", extra_json_schema=labels("registry_types"))]
    """Entity type or event type of the ontology."""
    name: Annotated[str, Meta(min_length=1)]
    """A readable name."""
    side: Id | None = None
    """Registry id of the state or body it speaks or acts for."""
    wikidata: Annotated[str, Meta(pattern=r"^Q[1-9]\d*$")] | None = None
    """Only where verified."""
    note: str | None = None
    """What the entry covers, where the name does not say."""
    story: Annotated[str, Meta(pattern=STORY_ITEM)] | None = None
    """Story, stroke, id of the world entry or event of an invented story that it is: "kelvaro/w1". The story alone where
    its articles tell what its facts do not list."""


class Registry(Record, kw_only=True):
    """Entities and events shared across articles: registry.json."""

    canary: str
    """A string that must never be in training data."""
    entries: list[RegistryEntry]
    """Sorted by id."""


class Twins(Record, kw_only=True):
    """Substitutes for the names of articles, by which their twins are made: twins.json."""

    canary: str
    """A string that must never be in training data."""
    articles: list[Id]
    """The articles that have a twin."""
    names: dict[str, NonEmpty]
    """A substitute for each form of each name: "Thailand", "Thai", "Thais". A name may be its own substitute."""


class ContrastPair(Record, kw_only=True):
    """Two short passages that differ in one thing: a line of contrast/pairs.jsonl."""

    id: Id
    """Names the annotations: contrast/<id>-a.lines and contrast/<id>-b.lines."""
    phenomenon: Annotated[str, Meta(title="Contrast", extra_json_schema={"enum": CONTRASTS})]
    """In what the two differ."""
    date: Day
    """Day of publication that relative times are resolved against."""
    a: NonEmpty
    """The one passage, verbatim."""
    b: NonEmpty
    """The other."""
    differs: NonEmpty
    """What the one says and what the other, in one plain sentence."""

    @property
    def sides(self) -> dict[str, str]:
        """The passages by the ids of their articles."""
        return {f"{self.id}-a": self.a, f"{self.id}-b": self.b}


class DatasetInfo(Record, kw_only=True):
    """The metadata of the dataset as a whole: dataset.json."""

    name: Annotated[str, Meta(min_length=1)]
    """Name of the dataset."""
    version: Annotated[str, Meta(pattern=r"^\d+\.\d+\.\d+$")]
    """Version of the data, semantic."""
    canary: Annotated[str, Meta(pattern="^PARLEY-CANARY-[0-9a-f-]{36}$")]
    """A string that must never be in training data."""
    annotation_licence: Annotated[str, Meta(min_length=1)]
    """Licence of the annotations."""
    text_licence: Annotated[str, Meta(min_length=1)]
    """Whose the texts are."""
    creators: list[NonEmpty] = msgspec.field(default_factory=list)
    """Who made the dataset, as it is to be cited."""
    preface: list[NonEmpty] = msgspec.field(default_factory=list)
    """What a reader must know first, at the top of card and datasheet: a paragraph each."""
    annotation: list[NonEmpty] = msgspec.field(default_factory=list)
    """How the annotation was made and what weakens it: a paragraph each."""
    limits: list[NonEmpty] = msgspec.field(default_factory=list)
    """What cannot be concluded from the dataset: a paragraph each."""

    @property
    def citation(self) -> str:
        """How to cite this version, in a sentence."""
        title = f"{self.name}: an annotated corpus of ceasefire news and its benchmark. Version {self.version}."
        return " ".join([*([", ".join(self.creators) + "."] if self.creators else []), title])


class Pass(Record, kw_only=True):
    """One independent annotation of the articles: how, when and by what it was made."""

    annotator: Id
    """Name of its folder under raw/."""
    kind: NonEmpty
    """What kind of annotator made it: a person, or which kind of model."""
    procedure: NonEmpty
    """In what order it was made."""
    saw: NonEmpty
    """What the annotator was given."""
    guidelines: Version
    """Version of the guidelines it was made under."""
    date: Day
    """Day it was finished."""
    role: Annotated[str, Meta(title="Role", extra_json_schema={"enum": ["pass", "reader"]})]
    """'pass': the gold is made from it. 'reader': it was made after the gold's rules were settled, to test them, and
    no gold is made from it."""
    note: str | None = None
    """What else a reader of its scores must know."""

    @property
    def is_person(self) -> bool:
        """Whether a person made it: its kind begins with "a person" or "a human", as ``annotate pull`` writes it."""
        return self.kind.lower().startswith(("a person", "a human", "person", "human"))


def who_agrees(passes: Sequence[Pass]) -> str:
    """Return what the agreement of these passes is the agreement of, in a few words.

    Passes that are all of one kind of model, in the same words, are one model that repeats itself.
    """
    people = sum(own.is_person for own in passes)
    if people == len(passes):
        return f"agreement of {people} people"
    if not people and len({own.kind for own in passes}) == 1:
        return f"self-consistency of one model over {len(passes)} passes"
    return f"agreement of {len(passes)} annotators, {f'{people} of them people' if people else 'none of them human'}"


class Passes(Record, kw_only=True):
    """All independent annotations: raw/passes.json."""

    passes: list[Pass]
    """One for each folder under raw/, sorted by annotator."""


class Corpus(msgspec.Struct, dict=True):
    """A dataset folder in memory. Dictionaries are keyed by article id, in the order of articles.jsonl."""

    folder: Path
    info: DatasetInfo
    registry: Registry
    articles: dict[str, Article]
    texts: dict[str, str]
    gold: dict[str, Document]
    raw: dict[str, dict[str, Document]]  # annotator, then article id
    passes: dict[str, Pass]  # how each was made, by annotator
    stories: dict[str, Story] = {}  # those that are invented, by id

    @cached_property
    def entries(self) -> dict[str, RegistryEntry]:
        """Registry entries by id."""
        return {entry.id: entry for entry in self.registry.entries}

    def split(self, name: str) -> list[str]:
        """Return the ids of the articles of one split."""
        return [a.id for a in self.articles.values() if a.split == name]

    def scored(self, split: str) -> list[str]:
        """Return the ids of the articles of one split that have gold: those that a system is scored on."""
        return [article for article in self.split(split) if article in self.gold]

    def by_story(self, articles: Iterable[str]) -> dict[str, list[str]]:
        """Return articles by story (``Article.unit``): those of one story are not independent."""
        found: dict[str, list[str]] = {}
        for article in articles:
            found.setdefault(self.articles[article].unit, []).append(article)
        return found

    def told_by(self, story: str) -> list[Article]:
        """Return the articles of a story."""
        return [a for a in self.articles.values() if a.story == story]
