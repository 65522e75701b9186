"""croissant.json: the built files described for machines (Croissant 1.0 and its responsible-AI vocabulary, RAI 1.0).

A record set describes each Parquet file and holds its checksum. Labels are the numbers of the Parquet files; the
field's description names them. A list of structs is a field with sub-fields. A list of structs inside such a list is
left out, because mlcroissant 1.1.1 does not return it faithfully: read arguments from ``events``, evidence from the
column ``evidence`` of ``stance``, and later expressions of propositions that are targets from its ``target_mentions``.
"""

import json
from collections.abc import Iterator, Sequence
from typing import Any

import mlcroissant as mlc
from datasets import ClassLabel, List

from parley.agreement import Row
from parley.checks import Corpus
from parley.corpus import Article
from parley.dataset.card import Making
from parley.dataset.features import Config, configs
from parley.dataset.parquet import Table
from parley.segment import SEGMENTER

CROISSANT = "croissant.json"
RAI = "http://mlcommons.org/croissant/RAI/1.0"

_TYPES = {
    "string": mlc.DataType.TEXT,
    "int32": mlc.DataType.INTEGER,
    "float64": mlc.DataType.FLOAT,
    "bool": mlc.DataType.BOOL,
}


def _is_nested(kind: Any) -> bool:
    """Whether a type is a list of structs."""
    return isinstance(kind, List) and isinstance(kind.feature, dict)


def _field(
    where: str, name: str, meaning: str, kind: Any, file: str, column: str, path: str | None = None
) -> mlc.Field:
    """Return a field with values of one type, or lists of them; ``path`` is where they are in a column of structs."""
    inner = kind.feature if isinstance(kind, List) else kind
    is_label = isinstance(inner, ClassLabel)
    labels = f" Labels: {', '.join(f'{n} {label}' for n, label in enumerate(inner.names))}." if is_label else ""
    transforms = [mlc.Transform(json_path=path)] if path else []
    return mlc.Field(
        id=where,
        name=name,
        description=meaning + labels,
        data_types=[mlc.DataType.INTEGER if is_label else _TYPES[inner.dtype]],
        repeated=isinstance(kind, List) or None,
        source=mlc.Source(file_object=file, extract=mlc.Extract(column=column), transforms=transforms),
    )


def _path(part: str) -> str:
    """Return the path to a part of a struct; ``where`` is a word of the path language of mlcroissant."""
    return f"'{part}'" if part == "where" else part


def _fields(table: str, config: Config) -> Iterator[mlc.Field]:
    """Yield the fields of a record set; ``table`` is the id of the record set and the stem of its file's id."""
    file = f"{table}.parquet"
    for name, column in config.columns.items():
        where = f"{table}/{name}"
        if not _is_nested(column.type):
            yield _field(where, name, column.meaning, column.type, file, name)
            continue
        parts = [
            _field(
                f"{where}/{part}", part, f"The {part.replace('_', ' ')} of each item.", kind, file, name, _path(part)
            )
            for part, kind in column.type.feature.items()
            if not _is_nested(kind)
        ]
        yield mlc.Field(id=where, name=name, description=column.meaning, repeated=True, sub_fields=parts)


def _agreement(groups: Sequence[Sequence[str]], rows: Sequence[Row]) -> str:
    """Return a table of agreement as a sentence: each measure with its values, groups in the order of the table."""
    values = [(row, [f"{m.value:.3f}" for m in row.values if m and m.value is not None]) for row in rows]
    measures = [f"{row.layer}, {row.measure}: {', '.join(own)}" for row, own in values if own]
    return f"{' | '.join(' / '.join(group) for group in groups)}. {'; '.join(measures)}."


def _responsible_ai(corpus: Corpus, articles: Sequence[Article], making: Making) -> dict[str, Any]:
    """Return the responsible-AI fields, as ``mlcroissant.Metadata`` names them: only what the data record."""
    annotators = [*making.passes, *(reader for reader, _ in making.readers)]
    tools = {made.kind for made in annotators if not made.is_person}
    analysis = [
        f"{making.whose} before adjudication, and agreement with the gold, for {_agreement(*making.agreement)}"
        if making.agreement[0]
        else "There are fewer than two passes, so no agreement can be measured."
    ]
    analysis += [f"Agreement with the gold, for {_agreement([[own.annotator]], rows)}" for own, rows in making.readers]
    if making.outcomes:
        kinds = ", ".join(f"{own.kind} {own.decisions}" for own in making.outcomes)
        analysis.append(f"Decisions in adjudication.jsonl by kind: {kinds}.")
    return {
        "data_collection": " ".join(dict.fromkeys(article.provenance for article in articles)),
        "data_preprocessing_protocol": [
            f"Texts are verbatim. Sentences and tokens are derived by one function ({SEGMENTER}).",
            "The Parquet files are built from gold, registry and texts by `parley build`.",
        ],
        "data_annotation_protocol": [
            *corpus.info.annotation,
            *(f"{own.annotator} ({own.role}), guidelines {own.guidelines}: {own.procedure}" for own in annotators),
        ],
        "data_annotation_analysis": analysis,
        "annotations_per_item": str(len(making.passes) or 1),
        "machine_annotation_tools": sorted(tools),
        "data_limitations": corpus.info.limits,
    }


def make_croissant(corpus: Corpus, articles: Sequence[Article], making: Making, tables: Sequence[Table]) -> str:
    """Return the text of croissant.json for the built tables of some articles of a corpus."""
    info = corpus.info
    distribution, record_sets = [], []
    for table in sorted(tables, key=lambda t: t.split):  # stable: the order of configs in each split
        name, about = f"{table.config}_{table.split}", f"Config {table.config}, split {table.split}"
        distribution.append(
            mlc.FileObject(
                id=f"{name}.parquet",
                name=f"{name}.parquet",
                description=f"{about}.",
                content_url=table.path,
                content_size=f"{table.size} B",
                encoding_formats=["application/x-parquet"],
                sha256=table.sha256,
            )
        )
        config = configs()[table.config]
        record_sets.append(
            mlc.RecordSet(
                id=name,
                name=name,
                description=f"{about}: a record is {config.row}.",
                key=[f"{name}/id"],
                fields=list(_fields(name, config)),
            )
        )
    number = f"{len(articles)} {'article' if len(articles) == 1 else 'articles'}"
    metadata = mlc.Metadata(
        name=info.name,
        version=info.version,
        description=f"An annotated corpus of ceasefire news ({number}): entities, events and stance. "
        f"{info.text_licence} The annotations are {info.annotation_licence}. {info.canary}",
        license=[f"https://spdx.org/licenses/{info.annotation_licence}.html", info.text_licence],
        creators=[mlc.Organization(name=name) for name in info.creators],
        keywords=["entities", "coreference", "events", "stance", "news", "ceasefire"],
        in_language=sorted({article.language for article in articles}),
        cite_as=info.citation,
        distribution=distribution,
        record_sets=record_sets,
        **_responsible_ai(corpus, articles, making),
    )
    page = metadata.to_json()
    page["conformsTo"] = [page["conformsTo"], RAI]  # mlcroissant writes only the first
    return json.dumps(page, indent=2, ensure_ascii=False) + "\n"
