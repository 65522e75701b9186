"""Parley: an annotated corpus of ceasefire news (entities, events, stance) and its benchmark."""

from importlib.metadata import version

__version__ = version("parley-bench")

from parley.api import load, report_frame, score
from parley.task import Task, tasks

__all__ = ["Task", "__version__", "load", "report_frame", "score", "tasks"]
