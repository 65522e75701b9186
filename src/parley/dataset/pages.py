"""The generated files outside the dataset folder: the datasheet, and the marked parts of other pages."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from operator import attrgetter
from pathlib import Path

from parley.checks import Corpus
from parley.dataset.card import how_made
from parley.dataset.markdown import find_example, label_tables, render
from parley.dataset.progress import progress
from parley.dataset.stats import FOUND, corpus_stats
from parley.dataset.variety import ALIKE, ALL, FIRST, check_variety, measure, summaries
from parley.findings import FindingsError, finding
from parley.labelstudio.interface import PATH as LABEL_CONFIG
from parley.labelstudio.interface import label_config
from parley.model import Document
from parley.ontology import load_ontology
from parley.reading import annotated_articles
from parley.segment import SEGMENTER

DATASHEET = "DATASHEET.md"

_MARKS = "(<!-- generated: {} -->\n).*?(<!-- end of generated part -->)"
# The counts in which the datasheet looks for labels that never occur.
_COUNTED = (
    "mentions",
    "forms",
    "GPE in context",
    "events",
    "statuses",
    "argument roles",
    "stances by polarity",
    "stances by facet",
)


def fill(text: str, parts: Mapping[str, str], file: str = "") -> str:
    """Return a page with the text between the marks of each part replaced.

    Raises ``FindingsError`` if the page does not have the marks of a part.
    """
    for name, content in parts.items():
        marks = re.compile(_MARKS.format(re.escape(name)), re.DOTALL)
        if not marks.search(text):
            fix = f"put <!-- generated: {name} --> and <!-- end of generated part --> where it belongs"
            problem = f"the marks of the part '{name}' are missing"
            raise FindingsError([finding("not-as-built", file=file, problem=problem, fix=fix)])
        head, before, after, tail = marks.split(text, maxsplit=1)
        text = f"{head}{before}\n{content.strip()}\n\n{after}{tail}"
    return text


def _in_several(registered: Iterable[set[str]]) -> int:
    """Return how many registry ids are in more than one of the articles' sets."""
    return sum(number > 1 for number in Counter(one for ids in registered for one in ids).values())


def _persons(records: Sequence[Document]) -> list[str]:
    """Return the names of the persons who have a mention by name, each once."""
    named = [(gold, {m.entity for m in gold.mentions if m.form == "NAM"}) for gold in records]
    return sorted({e.name for gold, ids in named for e in gold.entities if e.type == "PER" and e.id in ids})


def render_datasheet(corpus: Corpus) -> str:
    """Return the datasheet of a checked corpus: the questions of "Datasheets for Datasets" (Gebru et al. 2021)."""
    stats, records, entries = corpus_stats(corpus), list(corpus.gold.values()), corpus.registry.entries
    told = [line for line in progress(corpus) if line.story in corpus.stories]
    speakers = [own for own in stats.speakers if FOUND not in stats.groups or own.story not in corpus.stories]
    days = sorted({own.date for own in corpus.passes.values()})
    articles = [corpus.articles[article] for article in stats.articles]
    found = [article for article in articles if article.story not in corpus.stories]
    return render(
        "datasheet.md.j2",
        info=corpus.info,
        found=found,
        articles=articles,
        stats=stats,
        stances=next(line.total for line in stats.sizes if line.name == "stances"),
        absent=[f"`{line.name}`" for name in _COUNTED for line in stats.labels[name] if not line.total],
        zones=load_ontology().names("zones"),
        ontology=load_ontology(),
        segmenter=SEGMENTER,
        entries=len(entries),
        linked=sum(entry.wikidata is not None for entry in entries),
        shared_entities=_in_several({e.registry for e in gold.entities if e.registry} for gold in records),
        shared_events=_in_several({e.registry for e in gold.events if e.registry} for gold in records),
        passes=list(corpus.passes.values()),
        making=how_made(corpus),
        persons=_persons([corpus.gold[article.id] for article in found]),
        told=told,
        variety=[line for line in summaries(measure(corpus)) if line.name in ALL] if told else [],
        alike_limit=ALIKE,
        alike=check_variety(corpus) if told else [],
        first=FIRST,
        speakers=speakers,
        sides=[(side, list(own)) for side, own in groupby(speakers, key=attrgetter("story", "side"))],
        people=any(made.is_person for made in corpus.passes.values()),
        days=days,
    )


def build_pages(root: Path, corpus: Corpus) -> dict[str, bytes]:
    """Return the pages of the checkout at ``root``, whole or with their generated parts: path -> bytes."""
    example = next(filter(None, map(find_example, annotated_articles(corpus))), None)
    parts = {
        "README.md": {"example": render("example.md.j2", example=example) if example else ""},
        "annotation/GUIDELINES.md": {"labels": label_tables(load_ontology())},
    }
    pages = {path: fill((root / path).read_text("utf-8"), own, path) for path, own in parts.items()}
    pages |= {DATASHEET: render_datasheet(corpus), LABEL_CONFIG: label_config()}
    return {path: text.encode("utf-8") for path, text in pages.items()}
