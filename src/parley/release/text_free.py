"""The built files without the articles' words: the same rows, columns and types, null where text would stand."""

import re
from collections.abc import Iterable
from typing import Any

import msgspec
import pyarrow as pa

from parley.checks import Corpus
from parley.dataset.card import PATH as CARD
from parley.dataset.card import make_card
from parley.dataset.croissant import PATH as CROISSANT
from parley.dataset.croissant import make_croissant
from parley.dataset.parquet import Table, make_tables, to_parquet
from parley.dataset.view import views
from parley.release.quotations import Quotations, map_strings

NOT_HERE = "This is the text-free form: no article is in it; `parley hydrate` joins it to the texts."

_LEFT_OUT = frozenset({"text", "title", "tokens", "trigger", "sentence"})
# A name is the trigger's words where what it names is an event: name -> the column that says of what kind it is.
_KIND_OF = {"name": "kind", "target_name": "target_kind"}


def _without_text(value: Any) -> Any:
    if isinstance(value, list):
        return [_without_text(item) for item in value]
    if not isinstance(value, dict):
        return value
    gone = {name for name, kind in _KIND_OF.items() if value.get(kind) == "event"} | _LEFT_OUT
    return {name: None if name in gone else _without_text(item) for name, item in value.items()}


def text_free_table(table: Table) -> Table:
    """Return a table with null for everything that is a stretch of an article."""
    rows = [_without_text(row) for row in table.rows.to_pylist()]
    return table._replace(rows=pa.Table.from_pylist(rows, schema=table.rows.schema))


def _words_of(value: Any) -> Iterable[str]:
    """Yield the strings of a row, those of a list as one."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from _words_of(item)
    elif isinstance(value, list):
        yield " ".join(string for item in value for string in _words_of(item))


def table_words(table: Table) -> Iterable[str]:
    """Yield all strings of a table, to be searched for quotations."""
    for row in table.rows.to_pylist():
        yield from (word for value in row.values() for word in _words_of(value))


def _prose_only(card: str, quotations: Quotations) -> str:
    """Return a card with references for quotations below its YAML."""
    head, yaml, prose = re.split(r"^---\n", card, maxsplit=2, flags=re.MULTILINE)
    return f"{head}---\n{yaml}---\n{quotations.encode(prose)}"


def build_text_free(corpus: Corpus, quotations: Quotations) -> tuple[dict[str, bytes], list[Table]]:
    """Return the built files of a checked corpus without text, path -> bytes, and their tables."""
    found = list(views(corpus))
    tables = [text_free_table(table) for table in make_tables(corpus, found)]
    files = {table.path: to_parquet(table) for table in tables}
    card = _prose_only(make_card(corpus, found, tables, files, text_free=True), quotations)
    named = msgspec.structs.replace(
        corpus,
        info=msgspec.structs.replace(corpus.info, text_licence=f"{corpus.info.text_licence} {NOT_HERE}"),
    )
    croissant = make_croissant(named, files, sorted({table.split for table in tables}))
    croissant = map_strings(croissant, quotations.encode)
    return {CARD: card.encode("utf-8"), CROISSANT: croissant.encode("utf-8")} | files, tables
