"""The dataset card: the YAML from the tables, the prose from a template, every number from the data."""

from collections.abc import Sequence
from typing import NamedTuple

from datasets import DatasetInfo, SplitDict, SplitInfo
from datasets.info import DatasetInfosDict
from datasets.utils.metadata import MetadataConfigs
from huggingface_hub import DatasetCardData

from parley.adjudication.adjudicate import Adjudication, OnlyOne, Outcome
from parley.agreement import Row, agreement, tabulate
from parley.checks import Corpus
from parley.corpus import Article, Pass, who_agrees
from parley.dataset.features import configs
from parley.dataset.markdown import Example, render
from parley.dataset.parquet import Table
from parley.dataset.stats import Stats
from parley.findings import FindingsError
from parley.ontology import load_ontology
from parley.reading import ArticleText
from parley.segment import SEGMENTER
from parley.twin import read_twins

CARD = "README.md"
_SIZES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"))


class Making(NamedTuple):
    """How the gold was made. ``passes`` is empty where there are none; a table is annotator groups and its rows."""

    passes: list[Pass]
    whose: str  # what the agreement is the agreement of
    agreement: tuple[list[list[str]], list[Row]]  # of the passes, before adjudication, and of each with the gold
    by_label: tuple[list[list[str]], list[Row]]  # of the passes, before adjudication: F1 of each label
    outcomes: list[Outcome]  # of the decisions, the most frequent kind first
    only_one: list[OnlyOne]  # items that one pass alone had; none where the gold is not adjudicated
    readers: list[tuple[Pass, list[Row]]]  # who tested the rules, with the agreement with the gold


def how_made(corpus: Corpus) -> Making:
    """Return how the gold of a checked corpus was made. Agreement is on the articles with gold that both annotators have."""
    passes = [made for made in corpus.passes.values() if made.role == "pass"]
    texts = {a: ArticleText(corpus.articles[a], corpus.texts[a]) for a in corpus.gold}
    chosen = {made.annotator: corpus.raw[made.annotator] for made in passes}
    several = len(passes) > 1
    measured = agreement(chosen, texts, corpus.gold) if several else []
    before = [m for m in measured if m.annotators[0] in chosen and len(m.annotators) == 2 and m.label]
    readers = []
    for made in corpus.passes.values():
        if made.role == "reader":
            records = corpus.raw[made.annotator]
            measures = agreement({made.annotator: records}, texts, corpus.gold)
            readers.append((made, tabulate(measures)[1]))
    adjudication = Adjudication(corpus)
    try:
        only_one = adjudication.only_one()
    except FindingsError:  # no two passes, or something undecided
        only_one = []
    whose = who_agrees(passes) if several else ""
    by_label = tabulate(before, labels=True)
    return Making(passes, whose, tabulate(measured), by_label, adjudication.outcomes(), only_one, readers)


def card_yaml(corpus: Corpus, articles: Sequence[Article], tables: Sequence[Table]) -> str:
    """Return the YAML of the card: what the Hub shows, the files of each config, and the features of its columns."""
    of_config = {name: [t for t in tables if t.config == name] for name in configs()}
    rows = max((sum(t.rows for t in own) for own in of_config.values()), default=0)
    languages = sorted({article.language for article in articles})
    annotators = {made.is_person for made in corpus.passes.values() if made.role == "pass"}
    data = DatasetCardData(
        pretty_name=f"{corpus.info.name}: entities, events and stance in ceasefire news",
        language=languages,
        license="other",
        license_name=f"annotations-{corpus.info.annotation_licence.lower()}",
        license_details=f"Annotations: {corpus.info.annotation_licence}. Texts: {corpus.info.text_licence}",
        annotations_creators=[
            name for name, person in (("expert-generated", True), ("machine-generated", False)) if person in annotators
        ]
        or None,
        language_creators=sorted({"other" if a.origin == "authored" else "found" for a in articles}),
        multilinguality=["monolingual" if len(languages) == 1 else "multilingual"],
        size_categories=[next((name for limit, name in _SIZES if rows < limit), "n>1M")],  # rows of the longest config
        source_datasets=["original"],
        task_categories=["token-classification", "text-classification"],
        task_ids=["named-entity-recognition", "coreference-resolution"],
        tags=[
            "event-extraction",
            "stance-detection",
            "attribution",
            "factuality",
            "news",
            "armed-conflict",
            "benchmark",
        ],
    )
    MetadataConfigs(
        {
            name: {"data_files": [{"split": t.split, "path": f"{name}/{t.split}-*.parquet"} for t in own]}
            | ({"default": True} if name == "documents" else {})
            for name, own in of_config.items()
            if own
        }
    ).to_dataset_card_data(data)
    DatasetInfosDict(
        {
            name: DatasetInfo(
                config_name=name,
                features=configs()[name].features,
                splits=SplitDict({t.split: SplitInfo(t.split, num_bytes=t.memory, num_examples=t.rows) for t in own}),
                download_size=sum(t.size for t in own),
                dataset_size=sum(t.memory for t in own),
            )
            for name, own in of_config.items()
            if own
        }
    ).to_dataset_card_data(data)
    return data.to_yaml(line_break="\n")


_COUNTED = ("mentions", "events", "statuses", "stances by polarity", "stances by facet")  # where rare labels are named
_RARE = 5  # instances


def make_card(
    corpus: Corpus, making: Making, tables: Sequence[Table], stats: Stats, example: Example | None = None
) -> str:
    """Return the text of the card of what was built."""
    articles = [corpus.articles[article] for article in stats.articles]
    prose = render(
        "card.md.j2",
        info=corpus.info,
        articles=articles,
        making=making,
        ontology=load_ontology(),
        configs=configs(),
        rows={name: [f"{t.split}: {t.rows} rows" for t in tables if t.config == name] for name in configs()},
        split="test" if "test" in stats.groups else min(stats.groups, default="test"),
        example=example,
        stats=stats,
        twins=len(given.articles) if (given := read_twins(corpus)) else 0,
        rare=[f"`{line.name}`" for name in _COUNTED for line in stats.labels[name] if 0 < line.total < _RARE],
        segmenter=SEGMENTER,
    )
    return f"---\n{card_yaml(corpus, articles, tables)}\n---\n{prose}"
