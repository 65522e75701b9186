"""Error analysis: every gold and every predicted item of an article in exactly one class.

Items are matched in steps. In each step, the gold and predicted items that are still unmatched and agree in the step's
key are matched one to one so that the sum of the step's weights is largest; items left at the end are missed or
spurious. So a pair belongs to the first class that applies, whatever the order of the items and their ids.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple

import msgspec

from parley.corpus import Article
from parley.model import AUTHOR, Argument, Document, Event, Prediction
from parley.reading import AnnotatedArticle, ArticleText, Offsets
from parley.scoring.alignment import aligned_propositions, alignment
from parley.scoring.counts import Number
from parley.scoring.matching import best_matching
from parley.scoring.pair import NOWHERE, Pair
from parley.scoring.zones import scored_part

RIGHT, MISSED, SPURIOUS, WRONG_SPAN = "right", "missed", "spurious", "wrong span"


class Kind(NamedTuple):
    """A class of items: its name, its family (how a page shows it) and its meaning.

    Families: ``right``; ``missed`` and ``spurious``, which have one side only; ``label``, the right place with a wrong
    label; ``place``, the right label in a wrong place.
    """

    name: str
    family: str
    meaning: str


_ONE_SIDED = [
    Kind(MISSED, "missed", "In the gold; no predicted item corresponds to it."),
    Kind(SPURIOUS, "spurious", "Predicted; no gold item corresponds to it."),
]

# Layer -> its classes. An item that is wrong in several ways belongs to the class whose step comes first.
KINDS: dict[str, list[Kind]] = {
    "entities": [
        Kind(RIGHT, "right", "Same span, same type."),
        Kind("mistyped", "label", "Same span, another type."),
        Kind(WRONG_SPAN, "place", "Same type, overlapping spans."),
        *_ONE_SIDED,
    ],
    "events": [
        Kind(RIGHT, "right", "Same span, type, status and source; of a Casualty also the same harm."),
        Kind("wrong status", "label", "Same span and type, another status (and perhaps another source)."),
        Kind("wrong via", "label", "Same span, type and status; another source."),
        Kind("wrong harm", "label", "Same span, type, status and source; another harm. Counts as right in factuality."),
        Kind("mistyped", "label", "Same span, another type."),
        Kind(WRONG_SPAN, "place", "Same type, overlapping spans."),
        *_ONE_SIDED,
    ],
    "arguments": [
        Kind(RIGHT, "right", "Same trigger and event type, same role, same span."),
        Kind("wrong role", "label", "Same trigger and event type, same span, another role."),
        Kind("wrong filler", "place", "Same trigger and event type, same role, another span."),
        Kind("wrong trigger", "place", "Same role and span, at another trigger or event type."),
        *_ONE_SIDED,
    ],
    "propositions": [
        Kind(RIGHT, "right", "Same span."),
        Kind(WRONG_SPAN, "place", "At least half of the words in common. Counts as right in events.propositions."),
        *_ONE_SIDED,
    ],
    "stance": [
        Kind(RIGHT, "right", "Same holder, target, polarity and facet."),
        Kind("wrong facet", "label", "Same holder, target and polarity; another facet. Counts as right in tuple F1."),
        Kind("wrong polarity", "label", "Same holder and target, another polarity."),
        *_ONE_SIDED,
    ],
}
LAYERS = list(KINDS)


class Item(msgspec.Struct, frozen=True, omit_defaults=True):
    """One side of a case: a mention, a trigger, an argument, a proposition or a stance, for people to read.

    ``spans`` show it in the text (code points, half-open): one; of a stance all its evidence; none of an argument that
    no span shows. ``facts`` describe it, by plain names in reading order.
    """

    id: str
    label: str  # type, role or polarity
    text: str
    spans: list[Offsets]
    facts: dict[str, str]


class Case(msgspec.Struct, frozen=True, omit_defaults=True):
    """A gold item, a predicted item, or two that correspond to each other, with their class.

    ``differences`` are the facts in which the two differ. ``sentence`` counts from 1: that of the item, of the trigger
    of an argument, of the first evidence of a stance; None where a span is in none.
    """

    article: str
    layer: str
    kind: str
    sentence: int | None
    gold: Item | None = None
    predicted: Item | None = None
    differences: list[str] = []

    @property
    def sides(self) -> list[tuple[str, Item]]:
        """The items there are, each with the name of its side: ``gold``, ``predicted``."""
        return [(name, item) for name, item in (("gold", self.gold), ("predicted", self.predicted)) if item is not None]


# the items of one annotation --------------------------------------------------------------------------------


class _Compared(NamedTuple):
    """An item and what it is compared by. ``anchor`` is its place in the text, for order and sentence."""

    item: Item
    anchor: Offsets
    span: Offsets | None  # None where no span shows it
    event: tuple[Offsets, str] | None = None  # of an argument: trigger span and event type
    owner: str = ""  # of an argument: id of its event
    sides: tuple[str, str] = ("", "")  # of a stance: holder and target, as ids of the gold
    facet: str = ""
    status: str = ""
    source: Offsets | None = None  # of an event: trigger span of its source; None: the article itself
    harm: str | None = None

    @property
    def label(self) -> str:
        return self.item.label

    @property
    def order(self) -> tuple[int, int, Offsets, str]:
        """In the order of the text, an outer item before the items nested in it."""
        return self.anchor[0], -self.anchor[1], self.span or NOWHERE, self.label


def _ordered(items: Iterable[_Compared]) -> list[_Compared]:
    return sorted(items, key=lambda i: (i.order, i.item.id))


def _name(of: AnnotatedArticle, identifier: str) -> str:
    if identifier == AUTHOR:
        return "the author of the article"
    event = of.events.get(identifier)
    return _event_name(of, event) if event else of.name(identifier)


def _event_name(of: AnnotatedArticle, event: Event) -> str:
    return f"{event.type} «{of.words(*event.span)}»"


def _mentions(of: AnnotatedArticle) -> list[_Compared]:
    """Mentions and values, compared by span and type."""
    found = []
    for m in of.record.mentions or ():
        type_, words = of.type_of(m) or "", of.words(*m.span)
        facts = {"type": type_, "words": words}
        if m.entity is not None:
            facts["entity"] = of.name(m.entity)
        details = {"form": m.form, "role": m.role, "value": m.value, "unit": m.unit, "qualifier": m.qualifier}
        facts |= {name: value for name, value in details.items() if value}
        if m.number is not None:
            facts["number"] = f"{m.number:g}" if abs(m.number) < 1e15 else f"{float(m.number):.6g}"
        found.append(_Compared(Item(m.id, type_, words, [m.span], facts), m.span, m.span))
    return _ordered(found)


def _source(of: AnnotatedArticle, event: Event) -> tuple[Offsets | None, str]:
    """Return the trigger span of an event's source (None: the article itself) and its name."""
    if event.via is None:
        return None, "the article"
    source = of.events.get(event.via)
    if source is None:
        return NOWHERE, event.via
    speakers = ", ".join(of.name(speaker) for speaker in of.fillers(source, "Agent"))
    return source.span, f"{speakers} «{of.words(*source.span)}»".strip()


def _triggers(of: AnnotatedArticle) -> list[_Compared]:
    """Triggers, compared by span, type, status, the trigger span of the source, and harm."""
    found = []
    for e in of.record.events or ():
        source, name = _source(of, e)
        words = of.words(*e.span)
        facts = {"type": e.type, "words": words, "status": e.status, "via": name} | ({"harm": e.harm} if e.harm else {})
        item = Item(e.id, e.type, words, [e.span], facts)
        found.append(_Compared(item, e.span, e.span, status=e.status, source=source, harm=e.harm))
    return _ordered(found)


def _propositions(of: AnnotatedArticle) -> list[_Compared]:
    """Propositions, compared by the span that states them and by the alignment."""
    found = []
    for stated in of.record.propositions:
        words = of.words(*stated.span)
        later = [of.words(*span.span) for span in stated.mentions]
        facts = {"words": words} | ({"later": " … ".join(later)} if later else {})
        found.append(_Compared(Item(stated.id, "Proposition", words, [stated.span], facts), stated.span, stated.span))
    return _ordered(found)


def _filler(of: AnnotatedArticle, argument: Argument) -> str:
    """Return the name of what fills a role; empty for a value, whose words say it."""
    filler = argument.entity or argument.event or argument.proposition
    return _name(of, filler) if filler else ""


def _arguments(of: AnnotatedArticle) -> list[_Compared]:
    """Arguments, compared by trigger span, event type, role and the span that shows the filler (as AC+)."""
    found = []
    for event in of.record.events or ():
        for number, argument in enumerate(event.arguments):
            span, filler = of.argument_span(argument, event), _filler(of, argument)
            words = of.words(*span) if span else ""
            facts = {"event": _event_name(of, event), "role": argument.role, "words": words or "not shown in the text"}
            facts |= {"filler": filler} if filler else {}
            item = Item(f"{event.id}.{number}", argument.role, words or filler, [span] if span else [], facts)
            found.append(_Compared(item, event.span, span, event=(event.span, event.type), owner=event.id))
    return _ordered(found)


def _stances(of: AnnotatedArticle, gold: AnnotatedArticle, aligned: Mapping[str, str] | None = None) -> list[_Compared]:
    """Stances, compared by holder, target, polarity and facet; plural holders and targets by their members.

    A stance of "both sides" is an item of each side, as in tuple F1. ``aligned`` gives the gold id of predicted
    entities, event clusters and propositions (``scoring.alignment``); one without a gold id keeps its own behind a question mark,
    which no gold id begins with. None: these are the gold's own.
    """

    def sides(identifier: str) -> list[tuple[str, str]]:
        """Return the gold ids that ``identifier`` corresponds to, each with its name."""
        found: dict[str, str] = {}
        for member in sorted(of.members(of.head(identifier))):
            name = _name(of, member)
            if aligned is None:
                found[member] = name
            elif member in aligned:
                for one in sorted(gold.members(aligned[member])):
                    found[one] = name if one == aligned[member] else _name(gold, one)
            else:
                found[f"?{member}"] = name
        return list(found.items())

    items = []
    for s in of.record.stances or ():
        spans = sorted((span.start, span.end) for span in s.evidence)
        words = " … ".join(of.words(*span) for span in spans)
        pairs = [(h, t) for h in sides(s.holder) for t in sides(s.target)]
        for number, ((holder, holder_name), (target, target_name)) in enumerate(pairs):
            facts = {"holder": holder_name, "target": target_name, "polarity": s.polarity, "facet": s.facet}
            identifier = s.id if len(pairs) == 1 else f"{s.id}.{number}"
            item = Item(identifier, s.polarity, words, spans, facts | {"words": words})
            place = spans[0] if spans else NOWHERE
            items.append(_Compared(item, place, place, sides=(holder, target), facet=s.facet))
    return _ordered(items)


# matching ---------------------------------------------------------------------------------------------------


def overlap(one: Offsets | None, other: Offsets | None) -> Fraction:
    """Return the overlap of two spans: 2 × common / (length + length), code points; 0 where one is missing.

    >>> overlap((0, 4), (2, 6))
    Fraction(1, 2)
    """
    if one is None or other is None:
        return Fraction(0)
    common = min(one[1], other[1]) - max(one[0], other[0])
    return Fraction(2 * max(common, 0), max(one[1] - one[0] + other[1] - other[0], 1))


def _spans_overlap(one: _Compared, other: _Compared) -> Fraction:
    return overlap(one.span, other.span)


class _Step(NamedTuple):
    """A step of matching: the class of its pairs, the key two items must share, the weight of a pair (0: none)."""

    kind: str | Callable[[_Compared, _Compared], str]
    key: Callable[[_Compared], Hashable]
    weight: Callable[[_Compared, _Compared], Number] = lambda one, other: 1


_Match = tuple[str, _Compared | None, _Compared | None]  # class, gold side, predicted side


def _match(gold: Sequence[_Compared], predicted: Sequence[_Compared], steps: Sequence[_Step]) -> Iterator[_Match]:
    """Yield every item of both sides once, with its class."""
    left, right = dict(enumerate(gold)), dict(enumerate(predicted))
    for step in steps:
        by_key: dict[Hashable, list[int]] = defaultdict(list)
        for j, other in right.items():
            by_key[step.key(other)].append(j)
        candidates = ((i, j, step.weight(one, right[j])) for i, one in left.items() for j in by_key[step.key(one)])
        for i, j in best_matching({(i, j): weight for i, j, weight in candidates if weight}).items():
            one, other = left.pop(i), right.pop(j)
            yield step.kind if isinstance(step.kind, str) else step.kind(one, other), one, other
    yield from ((MISSED, item, None) for item in left.values())
    yield from ((SPURIOUS, None, item) for item in right.values())


def _trigger_kind(one: _Compared, other: _Compared) -> str:
    """Return the class of two triggers of the same span and type."""
    if one.status != other.status:
        return "wrong status"
    if one.source != other.source:
        return "wrong via"
    return RIGHT if one.harm == other.harm else "wrong harm"


_SPAN_STEPS = [_Step("mistyped", lambda i: i.span), _Step(WRONG_SPAN, lambda i: i.label, _spans_overlap)]
_MENTION_STEPS = [_Step(RIGHT, lambda i: (i.span, i.label)), *_SPAN_STEPS]
_TRIGGER_STEPS = [
    _Step(
        _trigger_kind,
        lambda i: (i.span, i.label),
        lambda one, other: 1 + 2 * (one.status == other.status) + (one.source == other.source),
    ),
    *_SPAN_STEPS,
]
_STANCE_STEPS = [
    _Step(RIGHT, lambda i: (i.sides, i.label, i.facet), lambda one, other: 1 + _spans_overlap(one, other)),
    _Step("wrong facet", lambda i: (i.sides, i.label), lambda one, other: 1 + _spans_overlap(one, other)),
    _Step(
        "wrong polarity",
        lambda i: i.sides,
        lambda one, other: 1 + (one.facet == other.facet) + _spans_overlap(one, other),
    ),
]


def _proposition_steps(aligned: Mapping[str, str]) -> list[_Step]:
    """Return the steps for propositions, given the gold id of those that are aligned."""
    pairs = {(one, other) for other, one in aligned.items()}

    def is_aligned(one: _Compared, other: _Compared) -> int:
        return int((one.item.id, other.item.id) in pairs)

    return [
        _Step(RIGHT, lambda i: i.span, is_aligned),
        _Step(WRONG_SPAN, lambda _: None, is_aligned),
    ]


def _argument_steps(triggers: Sequence[_Match]) -> list[_Step]:
    """Return the steps for arguments, given how triggers were matched. Arguments without a span never match by span."""
    events = {(one.item.id, other.item.id) for _, one, other in triggers if one and other}
    return [
        _Step(RIGHT, lambda i: (i.event, i.label, i.span)),
        _Step("wrong role", lambda i: (i.event, i.span or id(i))),
        _Step("wrong filler", lambda i: (i.event, i.label), lambda one, other: 1 + _spans_overlap(one, other)),
        _Step(
            "wrong trigger",
            lambda i: (i.label, i.span or id(i)),
            lambda one, other: int((one.owner, other.owner) in events),
        ),
    ]


def errors(gold: Document, prediction: Prediction, article: Article, text: str) -> list[Case]:
    """Return every gold and every predicted item of an article, each in exactly one case, layer by layer.

    An item is right if the metrics count it as right: ``entities.typed_f1``; ``events.factuality`` (with ``wrong
    status`` and ``wrong via``: ``events.tc``), which ignores ``wrong harm``; ``events.ac_plus``; with ``wrong span``:
    ``events.propositions``. Stances also differ by facet here, which tuple F1 ignores. Items outside the scored zones
    are left out, as in scoring. A layer that was not attempted has no cases; arguments and propositions belong to the
    layer of events.
    """
    kept, _ = scored_part(prediction, article)
    pair = Pair(ArticleText(article, text), gold, kept)
    matched: dict[str, list[_Match]] = {}
    if "entities" in kept.attempted_layers:
        matched["entities"] = list(_match(_mentions(pair.gold), _mentions(pair.predicted), _MENTION_STEPS))
    if "events" in kept.attempted_layers:
        matched["events"] = list(_match(_triggers(pair.gold), _triggers(pair.predicted), _TRIGGER_STEPS))
        steps = _argument_steps(matched["events"])
        matched["arguments"] = list(_match(_arguments(pair.gold), _arguments(pair.predicted), steps))
        steps = _proposition_steps(pair.once(aligned_propositions))
        matched["propositions"] = list(_match(_propositions(pair.gold), _propositions(pair.predicted), steps))
    if "stance" in kept.attempted_layers:
        predicted = _stances(pair.predicted, pair.gold, alignment(pair))
        matched["stance"] = list(_match(_stances(pair.gold, pair.gold), predicted, _STANCE_STEPS))
    cases = []
    for layer, matches in matched.items():
        sides = [(kind, one, other, one or other) for kind, one, other in matches]
        for kind, one, other, either in sorted(sides, key=lambda side: side[3].order if side[3] else ()):
            assert either is not None  # a match has a side
            sentence = pair.text.sentence_of(*either.anchor)
            cases.append(
                Case(
                    article=article.id,
                    layer=layer,
                    kind=kind,
                    sentence=sentence.number if sentence else None,
                    gold=one.item if one else None,
                    predicted=other.item if other else None,
                    differences=_differences(layer, one, other) if one and other else [],
                )
            )
    return cases


def _differences(layer: str, one: _Compared, other: _Compared) -> list[str]:
    """Return the facts in which two items differ, without the names of things that are compared by place or id."""
    facts, others = one.item.facts, other.item.facts
    names = [name for name in dict.fromkeys((*facts, *others)) if facts.get(name) != others.get(name)]
    if layer == "events":  # a source is compared by its trigger's span
        return [name for name in names if name != "via"] + ["via"] * (one.source != other.source)
    return [name for name in names if layer != "stance" or name not in ("holder", "target")]
