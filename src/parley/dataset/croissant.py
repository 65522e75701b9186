"""croissant.json: the built files described for machines (Croissant 1.0 and its responsible-AI vocabulary).

A record set for each config and split, read from its Parquet file, whose checksum stands with it. Labels are the
numbers of the Parquet files, with their names in the field's description. A list of structs is a field with
sub-fields. A list of structs inside such a list is left out, because mlcroissant 1.1.1 does not return it faithfully:
arguments are read from ``events`` and evidence from the column ``evidence`` of ``stance``, a level less deep.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

import mlcroissant as mlc
from datasets import ClassLabel, List

from parley.checks import Corpus
from parley.dataset.features import Config, configs
from parley.dataset.making import made
from parley.dataset.responsible import responsible_ai

PATH = "croissant.json"
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


def _data_type(kind: Any) -> Any:
    return mlc.DataType.INTEGER if isinstance(kind, ClassLabel) else _TYPES[kind.dtype]


def _source(file: str, column: str, path: str | None = None) -> mlc.Source:
    transforms = [mlc.Transform(json_path=path)] if path else []
    return mlc.Source(file_object=file, extract=mlc.Extract(column=column), transforms=transforms)


def _fields(table: str, config: Config) -> list[mlc.Field]:
    """The fields of a record set; ``table`` is the id of both the record set and its file's stem."""
    file, found = f"{table}.parquet", []
    for name, column in config.columns.items():
        where = f"{table}/{name}"
        if not _is_nested(column.type):
            repeated = isinstance(column.type, List)
            kind = column.type.feature if repeated else column.type
            found.append(
                mlc.Field(
                    id=where,
                    name=name,
                    description=_describe(column.meaning, kind),
                    data_types=[_data_type(kind)],
                    repeated=repeated or None,
                    source=_source(file, name),
                )
            )
            continue
        found.append(
            mlc.Field(
                id=where,
                name=name,
                description=column.meaning,
                repeated=True,
                sub_fields=[
                    _sub_field(where, name, inner, kind, file)
                    for inner, kind in column.type.feature.items()
                    if not _is_nested(kind)
                ],
            )
        )
    return found


def _sub_field(where: str, column: str, name: str, kind: Any, file: str) -> mlc.Field:
    repeated = isinstance(kind, List)
    inner = kind.feature if repeated else kind
    return mlc.Field(
        id=f"{where}/{name}",
        name=name,
        description=_describe(f"The {name.replace('_', ' ')} of each item.", inner),
        data_types=[_data_type(inner)],
        repeated=repeated or None,
        source=_source(file, column, name),
    )


def _describe(meaning: str, kind: Any) -> str:
    """A column's meaning, with the names of its labels by number."""
    if not isinstance(kind, ClassLabel):
        return meaning
    return f"{meaning} Labels: {', '.join(f'{at} {name}' for at, name in enumerate(kind.names))}."


def _about(corpus: Corpus) -> dict[str, Any]:
    """What holds of the dataset as a whole, with its responsible-AI fields."""
    info = corpus.info
    articles = f"{len(corpus.articles)} {'article' if len(corpus.articles) == 1 else 'articles'}"
    return {
        "name": info.name,
        "version": info.version,
        "description": f"An annotated corpus of ceasefire news ({articles}): entities, events and stance. {info.text_licence} "
        f"The annotations are {info.annotation_licence}. {info.canary}",
        "license": [f"https://spdx.org/licenses/{info.annotation_licence}.html", info.text_licence],
        "creators": [mlc.Organization(name="The Parley founders")],
        "keywords": ["entities", "coreference", "events", "stance", "news", "ceasefire"],
        "in_language": sorted({article.language for article in corpus.articles.values()}),
        "cite_as": f"The Parley founders. {info.name}: an annotated corpus of ceasefire news and its benchmark. Version {info.version}.",
        **responsible_ai(corpus, made(corpus)),
    }


def make_croissant(corpus: Corpus, files: Mapping[str, bytes], splits: Iterable[str]) -> str:
    """Return the text of croissant.json for the built Parquet ``files`` (path in the dataset folder -> bytes)."""
    distribution, record_sets = [], []
    for split in splits:
        for name, config in configs().items():
            path, table = f"{name}/{split}-00000-of-00001.parquet", f"{name}_{split}"
            distribution.append(
                mlc.FileObject(
                    id=f"{table}.parquet",
                    name=f"{table}.parquet",
                    description=f"Config {name}, split {split}.",
                    content_url=path,
                    content_size=f"{len(files[path])} B",
                    encoding_formats=["application/x-parquet"],
                    sha256=hashlib.sha256(files[path]).hexdigest(),
                )
            )
            record_sets.append(
                mlc.RecordSet(
                    id=table,
                    name=table,
                    description=f"Config {name}, split {split}: a record is {config.row}.",
                    key=[f"{table}/id"],
                    fields=_fields(table, config),
                )
            )
    metadata = mlc.Metadata(distribution=distribution, record_sets=record_sets, **_about(corpus))
    card = metadata.to_json()
    card["conformsTo"] = [card["conformsTo"], RAI]  # the first is mlcroissant's, which knows of one only
    return json.dumps(card, indent=2, ensure_ascii=False) + "\n"
