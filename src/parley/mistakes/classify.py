"""Each gold and each predicted item of an article put into exactly one class.

Steps are taken in order. In each, gold and predicted items that are still alone and agree in the step's key are
matched one to one so that the sum of the step's weights is the largest; what is left at the end is missed or
spurious. So a pair stands in the first class that fits it, whatever the order of the items and their ids.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator, Sequence
from fractions import Fraction
from typing import NamedTuple

from parley.corpus import Article
from parley.mistakes.items import Place, Thing, arguments, mentions, stances, triggers
from parley.mistakes.values import MISSED, RIGHT, SPURIOUS, Case
from parley.model import Document, Prediction
from parley.reading import ArticleText
from parley.scoring.alignment import alignment
from parley.scoring.counts import Number
from parley.scoring.matching import best_matching
from parley.scoring.pair import Pair
from parley.scoring.zones import scored_part
from parley.segment import Sentence, sentence_at


class Step(NamedTuple):
    """A way of matching: the key two items must share, the weight of a pair (0: no match), the class it is then in."""

    key: Callable[[Thing], Hashable]
    kind: Callable[[Thing, Thing], str]
    weight: Callable[[Thing, Thing], Number] = lambda one, other: 1


Match = tuple[str, Thing | None, Thing | None]  # class, gold side, predicted side


def overlap(one: Place | None, other: Place | None) -> Fraction:
    """Return how much two spans overlap: 2 × common / (length + length), code points; 0 where one is missing."""
    if one is None or other is None:
        return Fraction(0)
    common = min(one[1], other[1]) - max(one[0], other[0])
    return Fraction(2 * max(common, 0), max(one[1] - one[0] + other[1] - other[0], 1))


def _match(gold: Sequence[Thing], predicted: Sequence[Thing], steps: Sequence[Step]) -> Iterator[Match]:
    """Yield every item of both sides once, with its class."""
    left, right = dict(enumerate(gold)), dict(enumerate(predicted))
    for step in steps:
        by_key: dict[Hashable, list[int]] = defaultdict(list)
        for j, other in right.items():
            by_key[step.key(other)].append(j)
        weights: dict[tuple[int, int], Number] = {}
        for i, one in left.items():
            for j in by_key.get(step.key(one), ()):
                weight = step.weight(one, right[j])
                if weight:
                    weights[i, j] = weight
        for i, j in best_matching(weights).items():
            one, other = left.pop(i), right.pop(j)
            yield step.kind(one, other), one, other
    yield from ((MISSED, thing, None) for thing in left.values())
    yield from ((SPURIOUS, None, thing) for thing in right.values())


def _always(kind: str) -> Callable[[Thing, Thing], str]:
    return lambda one, other: kind


def _told(one: Thing, other: Thing) -> str:
    """Return the class of two triggers of the same span and type."""
    return "wrong status" if one.status != other.status else "wrong via" if one.via != other.via else RIGHT


_SPAN_STEPS = [
    Step(lambda t: t.place, _always("mistyped")),
    Step(lambda t: t.label, _always("wrong span"), lambda one, other: overlap(one.place, other.place)),
]
_MENTIONS = [Step(lambda t: (t.place, t.label), _always(RIGHT)), *_SPAN_STEPS]
_TRIGGERS = [
    Step(
        lambda t: (t.place, t.label),
        _told,
        lambda one, other: 1 + 2 * (one.status == other.status) + (one.via == other.via),
    ),
    *_SPAN_STEPS,
]
_STANCES = [
    Step(lambda t: (t.sides, t.label, t.facet), _always(RIGHT), lambda one, other: 1 + overlap(one.place, other.place)),
    Step(lambda t: (t.sides, t.label), _always("wrong facet"), lambda one, other: 1 + overlap(one.place, other.place)),
    Step(
        lambda t: t.sides,
        _always("wrong polarity"),
        lambda one, other: 1 + (one.facet == other.facet) + overlap(one.place, other.place),
    ),
]


def _argument_steps(matched: Sequence[Match]) -> list[Step]:
    """Return the steps for arguments, given how triggers were matched."""
    events = {(one.item.id, other.item.id) for _, one, other in matched if one and other}

    def shown(thing: Thing) -> Hashable:
        return thing.event, thing.place or id(thing)  # what nothing shows is like nothing else

    return [
        Step(lambda t: (t.event, t.label, t.place), _always(RIGHT)),
        Step(shown, _always("wrong role")),
        Step(
            lambda t: (t.event, t.label),
            _always("wrong filler"),
            lambda one, other: 1 + overlap(one.place, other.place),
        ),
        Step(
            lambda t: (t.label, t.place or id(t)),
            _always("wrong trigger"),
            lambda one, other: int((one.owner, other.owner) in events),
        ),
    ]


def _case(article: str, layer: str, match: Match, sentences: Sequence[Sentence]) -> Case:
    kind, one, other = match
    thing = one or other
    assert thing is not None  # a match has a side
    found = sentence_at(sentences, *thing.anchor)
    differences = []
    if one and other:
        facts, others = one.item.facts, other.item.facts
        differences = [name for name in dict.fromkeys((*facts, *others)) if facts.get(name) != others.get(name)]
        if layer == "events":  # the same words are often told by another name: what counts is where the voice stands
            differences = [name for name in differences if name != "via"] + ["via"] * (one.via != other.via)
        elif layer == "stance":  # holders and targets of a pair are the same, whatever they are called
            differences = [name for name in differences if name not in ("holder", "target")]
    return Case(
        article=article,
        layer=layer,
        kind=kind,
        sentence=found.number if found else None,
        gold=one.item if one else None,
        predicted=other.item if other else None,
        differences=differences,
    )


def errors(gold: Document, prediction: Prediction, article: Article, text: str) -> list[Case]:
    """Return every gold and every predicted item of an article, each in exactly one case, layer by layer.

    What is right is what the metrics count as right: ``entities.typed_f1``; ``events.factuality`` (with ``wrong
    status`` and ``wrong via``: ``events.tc``); ``events.ac_plus``. Stances are told apart by facet here, as tuple F1
    does not. What lies outside the scored zones is left out, as it is when scoring. A layer that was not attempted
    has no cases; arguments belong to the layer of events.
    """
    kept, _ = scored_part(prediction, article)
    pair = Pair(ArticleText(article, text), gold, kept)
    matched: dict[str, list[Match]] = {}
    if kept.mentions is not None:
        matched["entities"] = list(_match(mentions(pair.gold), mentions(pair.predicted), _MENTIONS))
    if kept.events is not None:
        matched["events"] = list(_match(triggers(pair.gold), triggers(pair.predicted), _TRIGGERS))
        steps = _argument_steps(matched["events"])
        matched["arguments"] = list(_match(arguments(pair.gold), arguments(pair.predicted), steps))
    if kept.stances is not None:
        links = pair.gold
        predicted = stances(pair.predicted, links, alignment(pair))
        matched["stance"] = list(_match(stances(pair.gold, links), predicted, _STANCES))
    cases = []
    for layer, matches in matched.items():
        matches.sort(key=lambda match: _order(match[1] or match[2]))
        cases += [_case(article.id, layer, match, pair.text.sentences) for match in matches]
    return cases


def _order(thing: Thing | None) -> tuple[int, int, Place, str]:
    assert thing is not None  # a match has a side
    return thing.anchor[0], -thing.anchor[1], thing.place or (-1, -1), thing.label
