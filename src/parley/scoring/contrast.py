"""Contrast pairs: whether a system is right on what differs between two passages.

What differs follows from the two golds: by phenomenon, both are sets of facts (``FACTS``), and what only one of them has
is what the pair is about. Facts of two texts are compared by the places of their spans (``contrast.places``: what
stands in place of what), by the names of entities, and by labels.

A side is right if all facts that only its own gold has are predicted, and none that only the gold of the other side
has; what is the same on both sides does not count here. Predicted spans must be exact; of an entity any mention will
do, as in ``events.by_entity`` and ``stance.tuples``, whose tuples are compared.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from itertools import combinations
from typing import Any

from parley.contrast import LISTING, SPLIT, contrast, places, read_pairs
from parley.corpus import CONTRASTS, ContrastPair, Corpus
from parley.derive import as_prediction
from parley.findings import Finding, finding
from parley.model import Prediction
from parley.reading import ArticleText
from parley.report import Contrast, ContrastScore
from parley.scoring.events import filled
from parley.scoring.pair import Pair, View
from parley.scoring.stance import stances

Fact = tuple[Any, ...]  # of spans, gold ids and labels
Facts = Callable[[Pair], tuple[Set[Fact], Set[Fact]]]  # of the gold and predicted, with gold ids

_TRIGGER, _ROLE = 0, 2  # positions in the tuples of ``filled``


def statuses(pair: Pair) -> tuple[set[Fact], set[Fact]]:
    """Return the events with their status, as (trigger span, type, status)."""
    return _both(pair, lambda view: ((e.span, e.type, e.status) for e in view.listed_events))


def sources(pair: Pair) -> tuple[set[Fact], set[Fact]]:
    """Return the events with their source, as (trigger span, type, trigger span of the source), and who speaks in these."""
    found = _both(pair, lambda view: ((e.span, e.type, view.source_span(e)) for e in view.listed_events))
    for own, roles in zip(found, pair.once(filled), strict=True):
        speech = {source for *_, source in own}
        own |= {fact for fact in roles if fact[_ROLE] == "Agent" and fact[_TRIGGER] in speech}
    return found


def links(pair: Pair) -> tuple[set[Fact], set[Fact]]:
    """Return the pairs of event mentions of one event cluster, by their trigger spans."""
    return _both(
        pair, lambda view: (own for spans in view.event_spans.values() for own in combinations(sorted(spans), 2))
    )


def roles_and_links(pair: Pair) -> tuple[set[Fact], set[Fact]]:
    """Return the facts of ``events.filled`` and of ``links``: whose number it is, and whether one is part of another."""
    (gold, predicted), (linked, also) = pair.once(filled), links(pair)
    return gold | linked, predicted | also


def positions(pair: Pair) -> tuple[set[Fact], set[Fact]]:
    """Return the stances, as (holder, target, polarity)."""
    gold, predicted = ({item for item, _ in own} for own in pair.once(stances))
    return gold, predicted


def _both(pair: Pair, of: Callable[[View], Any]) -> tuple[set[Fact], set[Fact]]:
    return set(of(pair.gold)), set(of(pair.predicted))


# Phenomenon -> the facts that it is about.
FACTS: dict[str, Facts] = dict.fromkeys(CONTRASTS, filled) | {
    "negated": statuses,
    "planned-or-done": statuses,
    "whose-claim": sources,
    "demanded-or-reported": statuses,
    "same-event": links,
    "for-or-against": positions,
    "part-or-whole-toll": roles_and_links,
}
LAYERS = dict.fromkeys(CONTRASTS, "events") | {"for-or-against": "stance"}  # that they are in


def is_right(own: Set[Fact], other: Set[Fact], predicted: Set[Fact]) -> bool:
    """Return whether all is predicted that only the own gold has, and nothing that only the other side's gold has.

    >>> army, rebels = ("shelled", "Agent", "army"), ("shelled", "Agent", "rebels")
    >>> town = ("shelled", "Place", "town")
    >>> is_right({army, town}, {rebels, town}, {army}), is_right({army, town}, {rebels, town}, {army, rebels})
    (True, False)
    """
    return own - other <= predicted and not predicted & (other - own)


class _Side:
    """A side of a pair as facts that can be compared with those of the other side."""

    def __init__(self, facts: Facts, pair: Pair, at: list[int]) -> None:
        view, self._tokens, self._at = pair.gold, pair.text.tokens, at
        self._names: dict[str, Any] = {e.id: ("entity", e.name) for e in view.entities.values()}
        self._names |= {id_: self._place(event.span) for id_, event in view.events.items()}
        self._names |= {id_: self._place(stated.span) for id_, stated in view.propositions.items()}
        gold, predicted = facts(pair)
        self.gold = {self._compared(fact) for fact in gold}
        # What is at the place of a fact of the gold without being it (other words of a stretch that differs) is none.
        self.predicted = {key for f in predicted if (key := self._compared(f)) not in self.gold or f in gold}

    def _place(self, span: tuple[int, int]) -> tuple[int, ...]:
        return tuple(dict.fromkeys(self._at[token] for token in self._tokens(*span)))

    def _compared(self, fact: Fact) -> Fact:
        return tuple(self._place(part) if isinstance(part, tuple) else self._names.get(part, part) for part in fact)


def _sides(made: Corpus, pair: ContrastPair, predictions: Mapping[str, Prediction]) -> list[_Side]:
    """Return the sides a and b of a pair."""
    texts = [ArticleText(made.articles[name], made.texts[name]) for name in pair.sides]
    return [
        _Side(FACTS[pair.phenomenon], Pair(text, made.gold[name], predictions[name]), at)
        for name, text, at in zip(pair.sides, texts, places(*texts), strict=True)
    ]


def check_differences(corpus: Corpus, made: Corpus) -> Iterator[Finding]:
    """Yield a finding on each pair of a dataset whose golds (``made``: ``check_contrast``) do not differ in its facts."""
    for pair in read_pairs(corpus)[0]:
        if pair.sides.keys() <= made.gold.keys():
            a, b = _sides(made, pair, {name: as_prediction(made.gold[name]) for name in pair.sides})
            if a.gold == b.gold:
                yield finding("faulty-pair/same", file=LISTING, id=pair.id, phenomenon=pair.phenomenon)


def score_contrast(corpus: Corpus, predictions: Mapping[str, Prediction]) -> Contrast:
    """Return the score of checked predictions for the contrast pairs of a dataset, by article id.

    Phenomena whose layer was not attempted are left out; there is no overall score then.

    Raises ``FindingsError`` if there are no pairs, or if a side has no prediction.
    """
    from parley.scoring.report import require_articles, require_whole_layers

    made = contrast(corpus)
    wanted = require_articles(made, SPLIT, {"prediction": predictions})
    require_whole_layers(predictions, wanted)
    attempted = predictions[wanted[0]].attempted_layers
    pairs = [pair for pair in read_pairs(corpus)[0] if LAYERS[pair.phenomenon] in attempted]
    right = {}
    for pair in pairs:
        a, b = _sides(made, pair, predictions)
        verdicts = {"a": is_right(a.gold, b.gold, a.predicted), "b": is_right(b.gold, a.gold, b.predicted)}
        right[pair.id] = [side for side, verdict in verdicts.items() if verdict]
    by = {
        name: score_pairs(len(right[pair.id]) for pair in pairs if pair.phenomenon == name)
        for name in CONTRASTS
        if any(pair.phenomenon == name for pair in pairs)
    }
    overall = score_pairs(map(len, right.values())) if len(right) == len(wanted) // 2 else None
    return Contrast(overall=overall, by=by, right=right)


def score_pairs(sides_right: Iterable[int]) -> ContrastScore:
    """Return the score of pairs, given how many sides of each are right.

    The interval is Wilson's (1927, "Probable inference, the law of succession, and statistical inference"), at 95 %:
    each pair is of a world of its own, so that pairs are independent.

    >>> score = score_pairs([2] * 81 + [1] * 100 + [0] * 82)  # 81 of 263: Newcombe 1998, table I
    >>> [round(end, 4) for end in score.interval]
    [0.2553, 0.3662]
    """
    from scipy.stats import binomtest

    number = Counter(sides_right)
    both, pairs = number[2], number.total()
    ends = binomtest(both, pairs).proportion_ci(method="wilson")
    return ContrastScore(
        pairs=pairs, both=both, one=number[1], value=both / pairs, interval=[float(ends.low), float(ends.high)]
    )
