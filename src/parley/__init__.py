"""Parley: who did what to whom, who says so, and who stands where."""

from importlib.metadata import version

# Here and not on demand: once anything imports the module parley.load, a name found on demand would be the module.
from parley.load import load

__all__ = ["__version__", "load"]
__version__ = version("parley-bench")
