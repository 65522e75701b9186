"""Parley: who did what to whom, who says so, and who stands where."""

from importlib.metadata import version

__version__ = version("parley-bench")
