"""The dataset card: the YAML from the tables, the prose from a template, every figure from the data."""

import re
from collections.abc import Mapping, Sequence

from datasets import DatasetInfo, Features, SplitDict, SplitInfo
from datasets.info import DatasetInfosDict
from datasets.utils.metadata import MetadataConfigs
from huggingface_hub import DatasetCardData

from parley.checks import Corpus
from parley.dataset.example import find_example
from parley.dataset.features import configs
from parley.dataset.making import made
from parley.dataset.pages import environment
from parley.dataset.parquet import Table
from parley.dataset.stats import Stats, corpus_stats
from parley.dataset.view import ArticleView
from parley.ontology import load_ontology
from parley.segment import SEGMENTER

PATH = "README.md"

_SIZES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"))


def _size_category(rows: int) -> str:
    """Return the Hub's name for a number of rows (of the longest config)."""
    return next((name for limit, name in _SIZES if rows < limit), "n>1M")


def _dataset_info(name: str, features: Features, tables: Sequence[Table], files: Mapping[str, bytes]) -> DatasetInfo:
    splits = {t.split: SplitInfo(t.split, num_bytes=t.rows.nbytes, num_examples=t.rows.num_rows) for t in tables}
    return DatasetInfo(
        config_name=name,
        features=features,
        splits=SplitDict(splits),
        download_size=sum(len(files[t.path]) for t in tables),
        dataset_size=sum(t.rows.nbytes for t in tables),
    )


def card_yaml(corpus: Corpus, tables: Sequence[Table], files: Mapping[str, bytes]) -> str:
    """Return the YAML of the card: what the Hub shows, which files a config has, and the features of its columns."""
    of_config = {name: [t for t in tables if t.config == name] for name in configs()}
    rows = max((sum(t.rows.num_rows for t in found) for found in of_config.values()), default=0)
    data = DatasetCardData(
        pretty_name=f"{corpus.info.name}: entities, events and stance in ceasefire news",
        language=sorted({article.language for article in corpus.articles.values()}),
        license="other",
        license_name=f"annotations-{corpus.info.annotation_licence.lower()}",
        license_details=f"Annotations: {corpus.info.annotation_licence}. Texts: {corpus.info.text_licence}",
        annotations_creators=["machine-generated"],
        language_creators=["found"],
        multilinguality=["monolingual" if len({a.language for a in corpus.articles.values()}) == 1 else "multilingual"],
        size_categories=[_size_category(rows)],
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
            name: {"data_files": [{"split": t.split, "path": f"{name}/{t.split}-*.parquet"} for t in found]}
            | ({"default": True} if name == "documents" else {})
            for name, found in of_config.items()
        }
    ).to_dataset_card_data(data)
    infos = {name: _dataset_info(name, config.features, of_config[name], files) for name, config in configs().items()}
    DatasetInfosDict(infos).to_dataset_card_data(data)
    return data.to_yaml(line_break="\n")


_RARE = ("mentions", "events", "statuses", "stances by polarity", "stances by facet")  # counts that are looked through
_FEW = 5


def render_example(found: Sequence[ArticleView]) -> str:
    """Return the part of the card that shows the three layers on one sentence; empty if none shows a stance."""
    example = find_example(found)
    return environment().get_template("example.md.j2").render(example=example) if example else ""


def render_prose(
    corpus: Corpus, found: Sequence[ArticleView], tables: Sequence[Table], stats: Stats, *, text_free: bool = False
) -> str:
    """Return the card below its YAML; with ``text_free`` that of a dataset whose tables have no text."""
    prose = (
        environment()
        .get_template("card.md.j2")
        .render(
            info=corpus.info,
            articles=list(corpus.articles.values()),
            making=made(corpus),
            annotators=sorted({gold.annotator for gold in corpus.gold.values()}),
            ontology=load_ontology(),
            configs=configs(),
            rows={
                name: [f"{t.split}: {t.rows.num_rows} rows" for t in tables if t.config == name] for name in configs()
            },
            splits=sorted({t.split for t in tables}),
            example=None if text_free else find_example(found),
            text_free=text_free,
            stats=stats,
            rare=[f"`{line.name}`" for name in _RARE for line in stats.labels[name] if 0 < line.total < _FEW],
            segmenter=SEGMENTER,
        )
    )
    return re.sub(r"\n{3,}", "\n\n", prose)


def make_card(
    corpus: Corpus,
    found: Sequence[ArticleView],
    tables: Sequence[Table],
    files: Mapping[str, bytes],
    *,
    text_free: bool = False,
) -> str:
    """Return the text of the card. ``files`` are the built Parquet files: path in the dataset folder -> bytes.

    With ``text_free`` it is the card of a dataset whose tables have null where text would stand.
    """
    prose = render_prose(corpus, found, tables, corpus_stats(corpus), text_free=text_free)
    return f"---\n{card_yaml(corpus, tables, files)}\n---\n{prose}"
