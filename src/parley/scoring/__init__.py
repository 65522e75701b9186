"""Scoring: pure metrics over one article's gold and prediction, counted, added, and divided once."""

from parley.scoring.registry import METRICS, Metric
from parley.scoring.report import score, score_file

__all__ = ["METRICS", "Metric", "score", "score_file"]
