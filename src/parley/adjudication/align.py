"""Shared entity keys: which entity of one pass is which of another."""

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence

from parley.derive import Links
from parley.model import Document
from parley.scoring.matching import best_matching


def slug(name: str) -> str:
    """Return a name as a key: ASCII letters and digits in lower case, joined by hyphens; ``x`` if none is left."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return "-".join(re.findall(r"[a-z0-9]+", plain)) or "x"


def align(passes: Sequence[Document]) -> list[dict[str, str]]:
    """Return, for each pass over one article, the shared key of each of its entities.

    The first pass names its entities by their names. Each further pass is matched one to one to the keys so far, by
    the most shared mention spans in all (summed over the passes that have the key); entities without mentions, and
    those with none shared, by the same name; what is left gets a key of its own.
    """
    spans: dict[str, Counter[tuple[int, int]]] = {}
    names: dict[str, str] = {}  # key by name of the first entity that got it
    result = []
    for document in passes:
        links = Links(document)
        own = {entity: [m.span for m in mentions] for entity, mentions in links.mentions_of.items()}
        weights = {
            (entity, key): shared
            for entity, places in own.items()
            for key, counted in spans.items()
            if (shared := sum(counted[place] for place in places))
        }
        keys = dict(best_matching(weights))
        for entity in document.entities:
            if entity.id not in keys and names.get(entity.name) not in (None, *keys.values()):
                keys[entity.id] = names[entity.name]
        for entity in document.entities:
            if entity.id not in keys:
                base, number = slug(entity.name), 2
                key = base
                while key in spans:
                    key, number = f"{base}-{number}", number + 1
                keys[entity.id] = key
                names.setdefault(entity.name, key)
            spans.setdefault(keys[entity.id], Counter()).update(own[entity.id])
        result.append({entity.id: keys[entity.id] for entity in document.entities})
    return result
