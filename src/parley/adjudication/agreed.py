"""What all passes over an article say alike, as a record: where an adjudicator can begin."""

from collections.abc import Mapping
from typing import Any

from parley.adjudication.facts import Facts, field_of, from_facts, item_of, kind_of
from parley.adjudication.merge import prune, shared_facts, unanimous
from parley.corpus import Article
from parley.model import AUTHOR, Document

# Fields without which an item says nothing that could be shown.
_NEEDED = {
    "entity": ("type", "name"),
    "event": ("type", "status", "via", "first"),
    "stance": ("polarity", "explicit", "via", "evidence"),
    "mention": (),
    "argument": (),
}


def agreed_facts(facts: Mapping[str, Facts]) -> Facts:
    """Return the facts that all passes share, by annotator as ``shared_facts`` has them.

    An item stays only with the fields it needs and with everything it refers to: a mention whose entity is disputed is
    left out, and so is an event that reaches the reader through a disputed one.
    """
    kept: Facts = {}
    for key in sorted({key for own in facts.values() for key in own}):
        settled, value = unanimous(key, facts)
        if settled and ((value is not None and value is not False) or field_of(key) == "explicit"):
            kept[key] = value
    while True:
        items = {key for key in kept if not field_of(key)}
        smaller = prune({key: value for key, value in kept.items() if item_of(key) in items and _stands(key, kept)})
        if len(smaller) == len(kept):
            return smaller
        kept = smaller


def _stands(key: str, kept: Facts) -> bool:
    """Whether an item, or the field of one, has what it needs among the facts that are kept."""
    item, field = item_of(key), field_of(key)
    if field == "members":
        return all(f"entity:{member}" in kept for member in kept[key])
    if field:
        return True
    values: dict[str, Any] = {name: kept.get(f"{item}.{name}") for name in _NEEDED[kind_of(item)]}
    if any(value is None for value in values.values()):
        return False
    events = [values[name] for name in ("via", "first") if values.get(name) not in (None, "none")]
    if any(f"event:{place}" not in kept for place in events):
        return False
    if kind_of(item) == "mention":
        entity = kept.get(f"{item}.entity")
        return f"{item}.type" in kept or (f"{item}.form" in kept and entity is not None and f"entity:{entity}" in kept)
    if kind_of(item) == "stance":
        _, holder, target, _ = item.split(":", 3)
        return (holder == AUTHOR or f"entity:{holder}" in kept) and target.replace("=", ":", 1) in kept
    return True


def agreed(passes: Mapping[str, Document], article: Article, text: str, *, annotator: str, canary: str) -> Document:
    """Return what all passes over an article share (``agreed_facts``) as a record, ids numbered in the order of the text."""
    return from_facts(agreed_facts(shared_facts(passes)), article, text, annotator=annotator, canary=canary)
