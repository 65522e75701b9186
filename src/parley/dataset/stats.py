"""Counts of the corpus by layer, label, split and article. The card and ``parley stats`` show the same."""

from collections import Counter

import msgspec

from parley.checks import Corpus
from parley.corpus import SPLITS, Article, DatasetInfo
from parley.dataset.tables import article_and_gold
from parley.ontology import load_ontology
from parley.reading import AnnotatedArticle, annotated_articles
from parley.segment import SEGMENTER, split_tokens

SIZE = "size"
FOUND = "found"  # the group of the articles that are real news
# Counts by label: name of the count -> list of the ontology with its labels.
LABELLED = {
    "mentions": "mention_types",
    "entities": "entity_types",
    "forms": "forms",
    "GPE in context": "gpe_roles",
    "events": "event_types",
    "statuses": "statuses",
    "harms": "harms",
    "argument roles": "argument_roles",
    "stances by polarity": "polarities",
    "stances by facet": "facets",
}


class Line(msgspec.Struct, frozen=True):
    """One count: by article (in the order of ``Stats.articles``), by group of articles, and in all."""

    name: str
    by_article: list[int]
    by_group: dict[str, int]  # keys as in ``Stats.groups``
    total: int


class Group(msgspec.Struct, frozen=True):
    """Articles that are counted together. An article without a story counts as a story."""

    articles: int
    stories: int


class StanceLine(msgspec.Struct, frozen=True):
    """The articles in which a holder takes a stance of one polarity and facet toward a target."""

    holder: str
    target: str
    polarity: str
    facet: str
    articles: list[str]


class Speaker(msgspec.Struct, frozen=True):
    """How often one speaker speaks and takes a stance. ``side``: whom it acts for; of several they are joined."""

    story: str | None
    side: str
    speaker: str
    speech: int  # mentions of speech events with the speaker as Agent
    stances: int


class Stats(msgspec.Struct, frozen=True):
    """All counts. A label that never occurs is listed with 0: users need to know what a corpus lacks."""

    name: str
    version: str
    segmenter: str
    groups: dict[str, Group]  # splits; where some articles are real news and some invented, also the ``FOUND``
    articles: list[str]
    sizes: list[Line]
    labels: dict[str, list[Line]]  # keys as in LABELLED
    stances: list[StanceLine]
    speakers: list[Speaker]  # those of one story and side together, of a story the side that is heard most first


def _count(view: AnnotatedArticle) -> dict[str, Counter[str | None]]:
    """Return every count of one article: by size, and by the labels of each list in ``LABELLED``."""
    gold, pairs = article_and_gold(view)[1], view.stance_rows()
    mentioned = Counter(m.entity for m in gold.mentions if m.entity is not None)
    sizes: dict[str | None, int] = {
        "characters": len(view.text),
        "sentences": len(view.sentences),
        "tokens": sum(1 for s in view.sentences for _ in split_tokens(view.text, s.start, s.end)),
        "mentions of entities": sum(mentioned.values()),
        "values (TIME, QTY)": sum(m.entity is None for m in gold.mentions),
        "entities": len(gold.entities),
        "entities mentioned once": sum(n == 1 for n in mentioned.values()),
        "plural entities": sum(bool(e.members) for e in gold.entities),
        "entities in the registry": sum(e.registry is not None for e in gold.entities),
        "event mentions": len(gold.events),
        "event clusters, by article": len(view.event_clusters),
        "contested event clusters, by article": sum(map(view.is_contested, view.event_clusters)),
        "event mentions with a source": sum(e.via is not None for e in gold.events),
        "propositions": len(gold.propositions),
        "arguments": sum(len(e.arguments) for e in gold.events),
        "stances": len(gold.stances),
        "stances not explicit": sum(not s.explicit for s in gold.stances),
        "holder-target pairs": len(pairs),
        "pairs with a stance": sum(bool(p.stances) for p in pairs),
    }
    return {
        SIZE: Counter(sizes),
        "mentions": Counter(view.type_of(m) for m in gold.mentions),
        "entities": Counter(e.type for e in gold.entities),
        "forms": Counter(m.form for m in gold.mentions),
        "GPE in context": Counter(m.role for m in gold.mentions),
        "events": Counter(e.type for e in gold.events),
        "statuses": Counter(e.status for e in gold.events),
        "harms": Counter(e.harm for e in gold.events),
        "argument roles": Counter(a.role for e in gold.events for a in e.arguments),
        "stances by polarity": Counter(s.polarity for s in gold.stances),
        "stances by facet": Counter(s.facet for s in gold.stances),
    }


def _shared_name(view: AnnotatedArticle, identifier: str) -> str:
    """Return a name of a holder or target that is the same in all articles: the registry's, if there is an entry."""
    entry, event = view.entry(identifier), view.events.get(identifier)
    if entry is not None:
        return entry.name
    return f"{event.text} ({event.type})" if event else view.name(identifier)


def _side_name(view: AnnotatedArticle, identifier: str) -> str:
    """Return the names of the sides of a holder or speaker; of one without side its own name."""
    own = {f"{view.record.id}:{entity}": _shared_name(view, entity) for entity in view.entities}
    names = {own.get(side) or view.registry[side].name for side in view.sides(identifier)}
    return " and ".join(sorted(names)) or _shared_name(view, identifier)


class Counts:
    """Adds up the counts of articles, one at a time: articles need not be in memory together."""

    def __init__(self) -> None:
        self.articles: dict[str, Article] = {}
        self._counts: list[dict[str, Counter[str | None]]] = []
        self._stances: dict[tuple[str, str, str, str], list[str]] = {}
        self._speech = Counter[tuple[str | None, str, str]]()  # by story, side and speaker
        self._taken = Counter[tuple[str | None, str, str]]()

    def add(self, view: AnnotatedArticle) -> None:
        """Count an article with its gold."""
        article, gold = article_and_gold(view)
        self.articles[article.id] = article
        self._counts.append(_count(view))
        for s in gold.stances:
            key = (_shared_name(view, s.holder), _shared_name(view, s.target), s.polarity, s.facet)
            self._stances.setdefault(key, []).append(article.id)
            self._taken[article.story, _side_name(view, s.holder), _shared_name(view, s.holder)] += 1
        for event in gold.events:
            if event.type in load_ontology().speech_types:
                for speaker in view.fillers(event, "Agent"):
                    self._speech[article.story, _side_name(view, speaker), _shared_name(view, speaker)] += 1

    def _groups(self) -> dict[str, list[str]]:
        """Return the articles of each group."""
        splits = sorted({a.split for a in self.articles.values()}, key=SPLITS.index)
        groups = {split: [a.id for a in self.articles.values() if a.split == split] for split in splits}
        found = [a.id for a in self.articles.values() if a.origin == FOUND]
        return groups | ({FOUND: found} if 0 < len(found) < len(self.articles) else {})

    def _line(self, count: str, name: str, groups: dict[str, list[str]]) -> Line:
        numbers = {a: counts[count][name] for a, counts in zip(self.articles, self._counts, strict=True)}
        by_group = {group: sum(numbers[a] for a in own) for group, own in groups.items()}
        return Line(name, [*numbers.values()], by_group, sum(numbers.values()))

    def _size(self, articles: list[str]) -> Group:
        return Group(len(articles), len({self.articles[a].unit for a in articles}))

    def stats(self, info: DatasetInfo) -> Stats:
        """Return the counts of all articles added. Stances are sorted by how many the holder takes."""
        groups = self._groups()
        stances_of: Counter[str] = Counter()
        for (holder, *_), articles in self._stances.items():
            stances_of[holder] += len(articles)
        stances = [StanceLine(*key, articles) for key, articles in self._stances.items()]
        sizes = self._counts[0][SIZE] if self._counts else ()
        heard = Counter[tuple[str | None, str]]()
        for (story, side, _), number in [*self._speech.items(), *self._taken.items()]:
            heard[story, side] += number
        order = list(dict.fromkeys(a.story for a in self.articles.values()))
        speakers = [Speaker(*own, self._speech[own], self._taken[own]) for own in {**self._speech, **self._taken}]
        return Stats(
            name=info.name,
            version=info.version,
            segmenter=SEGMENTER,
            groups={group: self._size(own) for group, own in groups.items()},
            articles=list(self.articles),
            sizes=[self._line(SIZE, str(name), groups) for name in sizes],
            labels={
                count: [self._line(count, name, groups) for name in load_ontology().names(kind)]
                for count, kind in LABELLED.items()
            },
            stances=sorted(stances, key=lambda line: (-stances_of[line.holder], line.holder)),
            speakers=sorted(
                speakers,
                key=lambda v: (
                    order.index(v.story),
                    -heard[v.story, v.side],
                    v.side,
                    -v.speech - v.stances,
                    v.speaker,
                ),
            ),
        )


def corpus_stats(corpus: Corpus) -> Stats:
    """Return all counts of the articles of a checked corpus that have gold."""
    counts = Counts()
    for view in annotated_articles(corpus):
        counts.add(view)
    return counts.stats(corpus.info)
