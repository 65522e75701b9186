"""The command ``parley``: data on standard output, messages on standard error, exit code 0, 1 or 2."""

from parley.cli.app import main

__all__ = ["main"]
