"""Many articles counted at once, as one long article.

Whole items, clusters and graphs lie within an article. Set one behind the other, with ids that differ, articles have the
sum of their counts: a metric is called once for a block of them, and what a call costs is shared. What is no sum over
parts of an article (the pairs of spans that BLANC counts) asks ``Ground.first`` where each article begins.
"""

from collections.abc import Sequence
from itertools import accumulate
from typing import NamedTuple

from parley.corpus import ZoneSpan
from parley.derive import pair_polarities
from parley.model import AUTHOR, Annotation, Document, Prediction, Span
from parley.scoring.pairs import Ground, Pair


class _Zones(NamedTuple):
    zones: list[ZoneSpan]


def block(golds: Sequence[Document], predictions: Sequence[Prediction], grounds: Sequence[Ground]) -> Pair:
    """Return articles, at least one, as one pair: their scored parts in the order given, a line break between texts.

    All predictions have the same layers. **The records are changed**: offsets move and ids get a prefix, so that no
    gold may share a record with a prediction.
    """
    asked: dict[str, str] = {}
    for gold in golds if predictions[0].stance_pairs is not None else ():
        asked.update(pair_polarities(gold))  # by the ids as they are given
    entities = [(g.entities, p.entities or ()) for g, p in zip(golds, predictions, strict=True)]
    answers: dict[str, str] = {}
    for predicted in predictions:
        own = f"{predicted.id}:"  # an answer for another article is none
        answers.update([(a.pair, a.polarity) for a in predicted.stance_pairs or () if a.pair.startswith(own)])
    offsets = [0, *accumulate(len(ground.text) + 1 for ground in grounds)][:-1]
    zones = []
    for number, (gold, predicted, ground, offset) in enumerate(zip(golds, predictions, grounds, offsets, strict=True)):
        _move(gold, offset, f"{number}.")
        _move(predicted, offset, f"{number}.")
        zones += [ZoneSpan(zone=z.zone, start=z.start + offset, end=z.end + offset) for z in ground.article.zones]
    text = "\n".join([ground.text for ground in grounds])
    first = predictions[0]
    one = Document(
        id="block",
        canary="",
        ontology="",
        annotator="",
        sha256="",
        mentions=[item for gold in golds for item in gold.mentions],
        entities=[item for gold in golds for item in gold.entities],
        events=[item for gold in golds for item in gold.events],
        stances=[item for gold in golds for item in gold.stances],
    )
    other = Prediction(
        id="block",
        mentions=None if first.mentions is None else [item for p in predictions for item in p.mentions or ()],
        entities=None if first.entities is None else [item for p in predictions for item in p.entities or ()],
        events=None if first.events is None else [item for p in predictions for item in p.events or ()],
        stances=None if first.stances is None else [item for p in predictions for item in p.stances or ()],
    )
    return Pair(
        Ground(_Zones(zones), text, offsets), one, other, asked=asked, answers=answers, entities_by_article=entities
    )


def fits(annotation: Annotation, length: int) -> bool:
    """Return whether an annotation of a text of so many code points can be part of a block.

    Its spans begin and end in the text, so that none reaches into the next article, and nothing but the holder of a
    stance has the reserved id of the author, who is the same in all articles.
    """
    if _names_author(annotation):
        return False
    spans: list[Span] = [*(annotation.mentions or ()), *(annotation.events or ())]
    for stance in annotation.stances or ():
        spans += stance.evidence
    if spans and (max([span.start for span in spans]) >= length or max([span.end for span in spans]) > length):
        return False
    arguments = [a for event in annotation.events or () for a in event.arguments if a.start is not None]
    return all((a.start or 0) < length and (a.end or 0) <= length for a in arguments)


def _names_author(annotation: Annotation) -> bool:
    events, entities = annotation.events or (), annotation.entities or ()
    return (
        AUTHOR in [mention.entity for mention in annotation.mentions or ()]
        or AUTHOR in [entity.id for entity in entities]
        or any(AUTHOR in entity.members for entity in entities if entity.members)
        or AUTHOR in [event.id for event in events]
        or AUTHOR in [argument.entity for event in events for argument in event.arguments]
        or AUTHOR in [stance.target for stance in annotation.stances or ()]
    )


def _move(annotation: Annotation, offset: int, prefix: str) -> None:
    """Move an annotation's spans by ``offset`` and begin its ids with ``prefix``."""
    for mention in annotation.mentions or ():
        mention.id = prefix + mention.id
        mention.start += offset
        mention.end += offset
        if mention.entity is not None:
            mention.entity = prefix + mention.entity
    for entity in annotation.entities or ():
        entity.id = prefix + entity.id
        if entity.members:
            entity.members = [prefix + member for member in entity.members]
    for event in annotation.events or ():
        event.id = prefix + event.id
        event.start += offset
        event.end += offset
        if event.via is not None:
            event.via = prefix + event.via
        if event.same_as is not None:
            event.same_as = prefix + event.same_as
        for argument in event.arguments:
            if argument.entity is not None:
                argument.entity = prefix + argument.entity
            if argument.event is not None:
                argument.event = prefix + argument.event
            if argument.mention is not None:
                argument.mention = prefix + argument.mention
            if argument.start is not None and argument.end is not None:
                argument.start += offset
                argument.end += offset
    for stance in annotation.stances or ():
        if stance.holder != AUTHOR:
            stance.holder = prefix + stance.holder
        stance.target = prefix + stance.target
        for span in stance.evidence:
            span.start += offset
            span.end += offset
