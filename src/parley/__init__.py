"""Parley: who did what to whom, who says so, and who stands where."""

from importlib.metadata import version
from typing import Any

# Here and not on demand: once anything imports the module parley.load, a name found on demand would be the module.
from parley.load import load

__all__ = ["__version__", "compute", "load", "report_frame", "score"]
__version__ = version("parley-bench")


def __getattr__(name: str) -> Any:
    """Import what scores when it is first asked for: it takes numpy and scipy along."""
    if name in ("compute", "report_frame", "score"):
        from parley import api

        return getattr(api, name)
    raise AttributeError(f"module 'parley' has no attribute {name!r}")
