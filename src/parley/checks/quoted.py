"""An annotation in quote form, resolved and checked like any other."""

from pathlib import Path
from typing import Any

import msgspec

from parley.checks.annotation import check_annotation
from parley.checks.shape import check_shape
from parley.corpus import Corpus
from parley.findings import Finding
from parley.model import Document
from parley.notation import in_lines, read_quote_form
from parley.quotes import QuoteDocument, resolve
from parley.reading import annotated


def read_quoted(file: Path) -> tuple[Any, dict[str, int], list[Finding]]:
    """Return the quote form in a file as ``read_quote_form`` does, its shape checked too."""
    value, lines, findings = read_quote_form(file)
    return value, lines, findings or in_lines(check_shape(value, "quote", file=str(file)), lines)


def resolve_checked(
    value: Any, lines: dict[str, int], corpus: Corpus, annotator: str, file: Path, output: Path | None = None
) -> tuple[Document | None, list[Finding]]:
    """Return the record of a quote form of the right shape, and what is wrong with it."""
    quoted = msgspec.convert(value, QuoteDocument)
    article, text = corpus.articles[quoted.id], corpus.texts[quoted.id]
    document, findings = resolve(quoted, article, text, annotator=annotator, canary=corpus.info.canary, file=str(file))
    findings = in_lines(findings, lines)
    if document is not None:
        read = annotated(corpus, article.id, document)
        name = str(file if lines else output or file)
        findings += in_lines(check_annotation(read, "corpus", name), lines, value, read)
    return document, findings
