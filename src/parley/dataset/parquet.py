"""The tables as Parquet: typed, with the canary in each file, and the same bytes every time.

Rows are written in groups, so that a build holds the rows of a few articles in memory and not those of all.
"""

import hashlib
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq
from datasets import ClassLabel, List

from parley.corpus import DatasetInfo
from parley.dataset.clusters import Clusters
from parley.dataset.features import configs
from parley.dataset.tables import ROWS, Row, article_and_gold
from parley.reading import AnnotatedArticle
from parley.segment import SEGMENTER

GROUP = 16  # articles whose rows are one row group of a file


class Table(NamedTuple):
    """A file of one config and split that was written. Sizes are in bytes; ``memory`` is that of the Arrow table."""

    config: str
    split: str
    path: str  # in the dataset folder
    rows: int
    memory: int
    size: int
    sha256: str


def table_path(config: str, split: str) -> str:
    """Return the path of a Parquet file in the dataset folder."""
    return f"{config}/{split}-00000-of-00001.parquet"


def _numbered(value: Any, kind: Any) -> Any:
    """Return a value with the numbers of labels for their names.

    ``Features.encode_example`` leaves a list as it is where its first item has no label that applies.
    """
    if value is None:
        return None
    if isinstance(kind, ClassLabel):
        return kind.str2int(value)
    if isinstance(kind, List):
        return [_numbered(item, kind.feature) for item in value]
    return {key: _numbered(value[key], inner) for key, inner in kind.items()} if isinstance(kind, dict) else value


class _Writer:
    """Writes the rows of one config and split; the file begins with the first row."""

    def __init__(self, folder: Path, config: str, split: str, about: dict[str, str], files: ExitStack) -> None:
        self.folder, self.config, self.split, self.files = folder, config, split, files
        self.features = configs()[config].features
        schema = self.features.arrow_schema
        self.schema = schema.with_metadata({**schema.metadata, **about})
        self.waiting: list[Row] = []
        self.articles = self.rows = self.memory = 0
        self.file: Any = None

    def add(self, rows: Iterable[Row]) -> None:
        """Add the rows of an article."""
        self.waiting += (_numbered(row, self.features) for row in rows)
        self.articles += 1
        if self.articles % GROUP == 0:
            self.flush()

    def flush(self) -> None:
        """Write the rows that wait as a row group."""
        if not self.waiting:
            return
        group = pa.Table.from_pylist(self.waiting, schema=self.schema)
        if self.file is None:
            path = self.folder / table_path(self.config, self.split)
            path.parent.mkdir(exist_ok=True)
            self.file = self.files.enter_context(pq.ParquetWriter(path, self.schema, compression="zstd"))
        self.file.write_table(group)
        self.rows, self.memory, self.waiting = self.rows + group.num_rows, self.memory + group.nbytes, []


def write_tables(
    folder: Path, info: DatasetInfo, articles: Iterable[AnnotatedArticle], others: Iterable[tuple[str, str, Row]] = ()
) -> list[Table]:
    """Write the file of every config and split that has rows; return them in the order of configs, then splits.

    ``others`` are rows that are of no single article, each with its config and split.
    The metadata of each schema holds ``canary``, ``version`` (of the data) and ``segmenter``.
    """
    about = {"canary": info.canary, "version": info.version, "segmenter": SEGMENTER}
    writers: dict[tuple[str, str], _Writer] = {}
    clusters: dict[str, Clusters] = {}
    with ExitStack() as files:
        for view in articles:
            split = article_and_gold(view)[0].split
            for config in (*ROWS, "event_clusters"):
                if (config, split) not in writers:
                    writers[config, split] = _Writer(folder, config, split, about, files)
                found = clusters.setdefault(split, Clusters()).add if config == "event_clusters" else ROWS[config]
                writers[config, split].add(found(view))
        for split, joined in clusters.items():
            writers["event_clusters", split].add(joined.rest())
        for config, split, row in others:
            if (config, split) not in writers:
                writers[config, split] = _Writer(folder, config, split, about, files)
            writers[config, split].add([row])
        for writer in writers.values():
            writer.flush()
    tables = []
    for config in configs():
        for split in sorted({split for _, split in writers}):
            written = writers.get((config, split))
            if written is not None and written.rows:
                path = table_path(config, split)
                with (folder / path).open("rb") as stream:
                    sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
                size = (folder / path).stat().st_size
                tables.append(Table(config, split, path, written.rows, written.memory, size, sha256))
    return tables
