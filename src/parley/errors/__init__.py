"""What a system got right and wrong, item by item: each gold and each predicted item in exactly one class."""

from parley.errors.classify import errors
from parley.errors.confusion import Confusion, confusions
from parley.errors.values import KINDS, LAYERS, RIGHT, Case, Item, Kind

__all__ = ["KINDS", "LAYERS", "RIGHT", "Case", "Confusion", "Item", "Kind", "confusions", "errors"]
