"""The tables as Parquet: explicit features, the canary in the file, the same bytes every time."""

from collections.abc import Iterable
from io import BytesIO
from typing import NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from parley.checks import Corpus
from parley.dataset.features import Config, configs
from parley.dataset.tables import ROWS, Row
from parley.dataset.view import ArticleView
from parley.segment import SEGMENTER


class Table(NamedTuple):
    """One config's rows of one split."""

    config: str
    split: str
    rows: pa.Table

    @property
    def path(self) -> str:
        """Path of the Parquet file in the dataset folder."""
        return f"{self.config}/{self.split}-00000-of-00001.parquet"


def _arrow(config: Config, rows: Iterable[Row], about: dict[str, str]) -> pa.Table:
    features = config.features
    schema = features.arrow_schema
    table = pa.Table.from_pylist([features.encode_example(row) for row in rows], schema=schema)
    return table.replace_schema_metadata({**schema.metadata, **about})


def make_tables(corpus: Corpus, found: Iterable[ArticleView]) -> list[Table]:
    """Return the table of every config and split that has articles, in the order of configs and of articles.jsonl.

    The metadata of each schema holds ``canary``, ``version`` (of the data) and ``segmenter``.
    """
    about = {"canary": corpus.info.canary, "version": corpus.info.version, "segmenter": SEGMENTER}
    of_split: dict[str, list[ArticleView]] = {}
    for view in found:
        of_split.setdefault(view.article.split, []).append(view)
    return [
        Table(name, split, _arrow(config, (row for view in views for row in ROWS[name](view)), about))
        for name, config in configs().items()
        for split, views in sorted(of_split.items())
    ]


def to_parquet(table: Table) -> bytes:
    """Return the bytes of a table as a Parquet file; the same for the same rows and version of pyarrow."""
    stream = BytesIO()
    pq.write_table(table.rows, stream, compression="zstd")
    return stream.getvalue()
