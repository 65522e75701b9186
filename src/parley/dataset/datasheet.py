"""DATASHEET.md: the questions of "Datasheets for Datasets" (Gebru et al. 2021), answered; every figure from the data."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from parley.checks import Corpus
from parley.dataset.making import made
from parley.dataset.pages import environment
from parley.dataset.stats import corpus_stats
from parley.dataset.view import ArticleView
from parley.ontology import load_ontology
from parley.segment import SEGMENTER

PATH = "DATASHEET.md"

_LISTS = ("mentions", "forms", "GPE in context", "events", "statuses", "argument roles", "stances by polarity", "stances by facet")  # fmt: skip


def _in_several(registered: Iterable[set[str]]) -> int:
    """Return how many registry ids stand in more than one of the articles' sets."""
    return sum(number > 1 for number in Counter(one for ids in registered for one in ids).values())


def _persons(found: Sequence[ArticleView]) -> list[str]:
    """Return the names of the persons that are annotated with a name of their own, each once."""
    named = {
        entity.name
        for view in found
        for entity in view.gold.entities
        if entity.type == "PER" and any(m.form == "NAM" for m in view.links.mentions_of.get(entity.id, ()))
    }
    return sorted(named)


def _when(days: Iterable[str]) -> str:
    """Return the days on which the annotation was finished, as words."""
    known = sorted(set(days))
    if not known:
        return "before this version"
    return f"on {known[0]}" if len(known) == 1 else f"from {known[0]} to {known[-1]}"


def render_datasheet(corpus: Corpus, found: Sequence[ArticleView]) -> str:
    """Return the datasheet of a checked corpus that has at least one article."""
    stats, making = corpus_stats(corpus), made(corpus)
    sizes = {line.name: line.total for line in stats.sizes}
    entries = corpus.registry.entries
    page = (
        environment()
        .get_template("datasheet.md.j2")
        .render(
            info=corpus.info,
            number=len(found),
            articles=[view.article for view in found],
            stats=stats,
            stances=sizes["stances"],
            absent=[f"`{line.name}`" for name in _LISTS for line in stats.labels[name] if not line.total],
            zones=load_ontology().names("zones"),
            ontology=load_ontology(),
            segmenter=SEGMENTER,
            entries=entries,
            linked=sum(entry.wikidata is not None for entry in entries),
            shared_entities=_in_several({e.registry for e in v.gold.entities if e.registry} for v in found),
            shared_events=_in_several({e.registry for e in v.gold.events if e.registry} for v in found),
            passes=list(corpus.passes.values()),
            making=making,
            persons=_persons(found),
            humans=[own for own in corpus.passes.values() if own.kind.startswith("a person")],
            when=_when(own.date for own in corpus.passes.values()),
        )
    )
    return re.sub(r"\n{3,}", "\n\n", page)
