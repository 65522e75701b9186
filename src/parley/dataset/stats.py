"""Counts of the corpus: by layer, label and article. The card and ``parley stats`` show the same."""

from collections import Counter
from collections.abc import Iterable

import msgspec

from parley.checks import Corpus
from parley.dataset.view import ArticleView, views
from parley.derive import stance_rows
from parley.model import AUTHOR
from parley.ontology import load_ontology
from parley.segment import SEGMENTER, split_tokens

# What is counted by label: name of the count -> list of the ontology it is over.
LABELLED = {
    "mentions": "mention_types",
    "entities": "entity_types",
    "forms": "forms",
    "GPE in context": "gpe_roles",
    "events": "event_types",
    "statuses": "statuses",
    "argument roles": "argument_roles",
    "stances by polarity": "polarities",
    "stances by facet": "facets",
}


class Line(msgspec.Struct, frozen=True):
    """One count: its name, by article (in the order of ``Stats.articles``), and in all."""

    name: str
    by_article: list[int]
    total: int


class StanceLine(msgspec.Struct, frozen=True):
    """How often a holder takes stances of one polarity and facet toward a target; names, over all articles."""

    holder: str
    target: str
    polarity: str
    facet: str
    articles: list[str]


class Stats(msgspec.Struct, frozen=True):
    """All counts. Labels that never occur are there with 0: what a corpus lacks is worth knowing."""

    name: str
    version: str
    segmenter: str
    splits: dict[str, int]  # articles in each split
    articles: list[str]
    sizes: list[Line]
    labels: dict[str, list[Line]]  # keys as in LABELLED
    stances: list[StanceLine]


def _sizes(view: ArticleView) -> dict[str, int]:
    gold, links = view.gold, view.links
    mentioned = Counter(m.entity for m in gold.mentions if m.entity is not None)
    pairs = stance_rows(gold)
    return {
        "characters": len(view.text),
        "sentences": len(view.sentences),
        "tokens": sum(1 for s in view.sentences for _ in split_tokens(view.text, s.start, s.end)),
        "mentions of entities": sum(mentioned.values()),
        "values (TIME, QTY)": sum(m.entity is None for m in gold.mentions),
        "entities (clusters)": len(gold.entities),
        "entities mentioned once": sum(n == 1 for n in mentioned.values()),
        "plural entities": sum(bool(e.members) for e in gold.entities),
        "entities in the registry": sum(e.registry is not None for e in gold.entities),
        "event mentions": len(gold.events),
        "event clusters (event clusters)": len(links.event_clusters),
        "contested event clusters": sum(links.is_contested(head) for head in links.event_clusters),
        "event mentions told through a voice": sum(e.via is not None for e in gold.events),
        "arguments": sum(len(e.arguments) for e in gold.events),
        "stances": len(gold.stances),
        "stances not explicit": sum(not s.explicit for s in gold.stances),
        "holder-target pairs": len(pairs),
        "pairs with a stance": sum(bool(p.stances) for p in pairs),
    }


def _labelled(view: ArticleView) -> dict[str, Counter[str | None]]:
    gold = view.gold
    return {
        "mentions": Counter(view.links.type_of(m) for m in gold.mentions),
        "entities": Counter(e.type for e in gold.entities),
        "forms": Counter(m.form for m in gold.mentions),
        "GPE in context": Counter(m.role for m in gold.mentions),
        "events": Counter(e.type for e in gold.events),
        "statuses": Counter(e.status for e in gold.events),
        "argument roles": Counter(a.role for e in gold.events for a in e.arguments),
        "stances by polarity": Counter(s.polarity for s in gold.stances),
        "stances by facet": Counter(s.facet for s in gold.stances),
    }


def _line(name: str, counts: Iterable[int]) -> Line:
    by_article = list(counts)
    return Line(name, by_article, sum(by_article))


def _name(view: ArticleView, identifier: str) -> str:
    """Name a holder or target so that it is the same across articles: by the registry, where it has an entry."""
    if identifier == AUTHOR:
        return AUTHOR
    entity, event = view.links.entities.get(identifier), view.links.events.get(identifier)
    record = entity or event
    entry = view.entries.get(record.registry or "") if record else None
    if entry is not None:
        return entry.name
    return entity.name if entity else f"{event.text} ({event.type})" if event else identifier


def _stance_lines(found: list[ArticleView]) -> list[StanceLine]:
    """Holders by how many stances they take; the targets of each as first taken, a line for each facet."""
    articles: dict[tuple[str, str, str, str], list[str]] = {}
    for view in found:
        for s in view.gold.stances:
            key = (_name(view, s.holder), _name(view, s.target), s.polarity, s.facet)
            articles.setdefault(key, []).append(view.article.id)
    taken: Counter[str] = Counter()
    for (holder, *_), where in articles.items():
        taken[holder] += len(where)
    lines = [StanceLine(*key, where) for key, where in articles.items()]
    return sorted(lines, key=lambda line: (-taken[line.holder], line.holder))


def corpus_stats(corpus: Corpus) -> Stats:
    """Return all counts of a checked corpus."""
    ontology = load_ontology()
    found = list(views(corpus))
    sizes = [_sizes(view) for view in found]
    labelled = [_labelled(view) for view in found]
    return Stats(
        name=corpus.info.name,
        version=corpus.info.version,
        segmenter=SEGMENTER,
        splits=dict(Counter(view.article.split for view in found)),
        articles=[view.article.id for view in found],
        sizes=[_line(name, (size[name] for size in sizes)) for name in (sizes[0] if sizes else ())],
        labels={
            count: [_line(name, (one[count][name] for one in labelled)) for name in ontology.names(kind)]
            for count, kind in LABELLED.items()
        },
        stances=_stance_lines(found),
    )
