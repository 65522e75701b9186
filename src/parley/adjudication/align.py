"""Shared keys: which entity and which proposition of one pass is which of another."""

from collections import Counter
from collections.abc import Sequence

from parley.ids import slug
from parley.reading import AnnotatedArticle, Offsets
from parley.scoring.alignment import HALF, common_share
from parley.scoring.matching import best_matching


def align(passes: Sequence[AnnotatedArticle]) -> list[dict[str, str]]:
    """Return, for each pass over one article, the shared key of each of its entities and propositions, by id.

    Of entities, the first pass names its entities by their names. Each further pass is matched one to one to the keys so far, by
    the number of shared mention spans, summed over the passes that have the key. Entities that share none are matched
    by the same name; an entity that remains gets a key of its own. The key of a proposition is the place of the first
    that was matched (``_align_propositions``).
    """
    spans: dict[str, Counter[Offsets]] = {}
    names: dict[str, str] = {}  # key by name of the first entity that got it
    result = []
    for one in passes:
        own = {entity: [m.span for m in one.mentions_of[entity]] for entity in one.entities}
        weights = {
            (entity, key): shared
            for entity, places in own.items()
            for key, counted in spans.items()
            if (shared := sum(counted[place] for place in places))
        }
        keys = dict(best_matching(weights))
        for entity in one.entities.values():
            if entity.id not in keys and names.get(entity.name) not in (None, *keys.values()):
                keys[entity.id] = names[entity.name]
        for entity in one.entities.values():
            if entity.id not in keys:
                base, number = slug(entity.name), 2
                key = base
                while key in spans:
                    key, number = f"{base}-{number}", number + 1
                keys[entity.id] = key
                names.setdefault(entity.name, key)
            spans.setdefault(keys[entity.id], Counter()).update(own[entity.id])
        result.append({entity: keys[entity] for entity in one.entities})
    return [keys | stated for keys, stated in zip(result, _align_propositions(passes), strict=True)]


def _align_propositions(passes: Sequence[AnnotatedArticle]) -> list[dict[str, str]]:
    """Return, for each pass, the key of each of its propositions: start and end of the first one that was matched.

    Propositions are matched to those of earlier passes as the scorer aligns them (``scoring.alignment``).
    """
    keys: dict[str, range] = {}
    result = []
    for one in passes:
        own = {stated.id: one.article_text.tokens(*stated.span) for stated in one.propositions.values()}
        shares = {
            (stated, key): share
            for stated, tokens in own.items()
            for key, others in keys.items()
            if (share := common_share(tokens, others)) >= HALF
        }
        matched = dict(best_matching(shares))
        for stated in one.propositions.values():
            key = matched.setdefault(stated.id, f"{stated.start}-{stated.end}")
            keys.setdefault(key, own[stated.id])
        result.append(matched)
    return result
