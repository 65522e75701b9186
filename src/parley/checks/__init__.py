"""Checks: first the shape (JSON Schema), then the meaning. All findings in one run, as values."""

from parley.checks.annotation import check_annotation
from parley.checks.corpus import check_corpus, load_corpus
from parley.checks.predictions import check_predictions, read_predictions
from parley.checks.shape import check_shape
from parley.corpus import Corpus
from parley.findings import RULES, Rule

__all__ = [
    "RULES",
    "Corpus",
    "Rule",
    "check_annotation",
    "check_corpus",
    "check_predictions",
    "check_shape",
    "load_corpus",
    "read_predictions",
]
