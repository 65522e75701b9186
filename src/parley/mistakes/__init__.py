"""What a system got right and wrong, item by item: each gold and each predicted item in exactly one class."""

from parley.mistakes.classify import errors
from parley.mistakes.confusion import Confusion, confusions
from parley.mistakes.values import KINDS, LAYERS, RIGHT, Case, Item, Kind

__all__ = ["KINDS", "LAYERS", "RIGHT", "Case", "Confusion", "Item", "Kind", "confusions", "errors"]
