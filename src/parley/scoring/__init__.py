"""Scoring: pure metrics over one article's gold and prediction, counted, added, and divided once."""

from parley.scoring.evaluate import score, score_file
from parley.scoring.registry import METRICS, Metric

__all__ = ["METRICS", "Metric", "score", "score_file"]
