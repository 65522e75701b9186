"""Stance: who stands where toward whom, and answers to given pairs."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from fractions import Fraction
from operator import attrgetter, itemgetter
from typing import NamedTuple

from parley.derive import nearest_span, stance_rows
from parley.model import AUTHOR, Span, Stance
from parley.names import pair_id
from parley.ontology import load_ontology
from parley.scoring.assignment import best_matching
from parley.scoring.counts import Counts, Tally, compare, hits
from parley.scoring.pairs import Pair, Place, View


def aligned_clusters(gold: Mapping[str, Sequence[Place]], predicted: Mapping[str, Sequence[Place]]) -> dict[str, str]:
    """Return the gold cluster of each predicted one: the one-to-one matching that shares most spans, exactly.

    Clusters that share no span are not matched. They are told apart by their first spans, so that of several best
    matchings the same one is found whatever the ids and the order of the record.
    """
    gold_id: dict[Place, str] = {}
    at_gold: dict[Place, Place] = {}
    for name, spans in gold.items():
        first = min(spans)
        gold_id[first] = name
        at_gold |= dict.fromkeys(spans, first)
    predicted_id: dict[Place, str] = {}
    weights: dict[tuple[Place, Place], int] = {}
    for name, spans in predicted.items():
        first = min(spans)
        predicted_id[first] = name
        for span in spans:
            if span in at_gold:
                pair = (at_gold[span], first)
                weights[pair] = weights.get(pair, 0) + 1
    matching = best_matching(weights)
    return {predicted_id[other]: gold_id[one] for one, other in matching.items()}


def _align_unmentioned(pair: Pair, mapped: Mapping[str, str]) -> dict[str, str]:
    """Return the gold entity of each predicted one that is never mentioned but is a member of a plural entity.

    Such members share no span with anything. They are matched by what is left: the registry id, membership in
    plural entities that are matched with each other, and the type, in this order of weight.
    """
    gold, predicted = pair.gold.links.entities, pair.predicted.links.entities
    lonely_gold = [e for e in gold.values() if e.id not in pair.gold.entity_clusters]
    lonely = [e for e in predicted.values() if e.id not in pair.predicted.entity_clusters]
    if not lonely_gold or not lonely:
        return {}
    plurals = [(gold[mapped[e.id]].members or [], e.members or []) for e in predicted.values() if e.id in mapped]
    weights: dict[tuple[int, int], int] = {}
    for i, one in enumerate(lonely_gold):
        for j, other in enumerate(lonely):
            linked = one.registry is not None and one.registry == other.registry
            together = sum(one.id in members and other.id in others for members, others in plurals)
            if linked or together:
                weights[i, j] = 4 * len(plurals) * linked + 2 * together + (one.type == other.type)
    return {lonely[j].id: lonely_gold[i].id for i, j in best_matching(weights).items()}


def alignment(pair: Pair) -> dict[str, str]:
    """Return the gold id of each predicted entity and happening that has one, and of the author.

    Entities are aligned by the mentions they share, happenings (by the id of their first event mention) by the
    triggers.
    """
    mapped = aligned_clusters(pair.gold.entity_clusters, pair.predicted.entity_clusters)
    mapped |= _align_unmentioned(pair, mapped)
    mapped |= aligned_clusters(pair.gold.event_clusters, pair.predicted.event_clusters)
    return mapped | {AUTHOR: AUTHOR}


StanceTuple = tuple[str, str, str]  # holder, target, polarity


def _gold_tuples(view: View) -> set[StanceTuple]:
    links = view.links
    return {
        (holder, target, stance.polarity)
        for stance in view.annotation.stances or ()
        for holder in links.expand(stance.holder)
        for target in links.expand(links.head(stance.target))
    }


def counterparts(identifier: str, pair: Pair) -> set[str]:
    """Return the gold ids that a predicted entity, happening or the author stands for.

    It is expanded into its members in the prediction, each is mapped by ``alignment``, and what comes of that expanded
    in the gold. A member without a counterpart gives an id that begins with "?", as no gold id does: it is wrong.
    """
    mapped = pair.once(alignment)
    found: set[str] = set()
    for member in pair.predicted.links.expand(identifier):
        found |= pair.gold.links.expand(mapped[member]) if member in mapped else {f"?{member}"}
    return found


def _predicted_tuples(pair: Pair) -> set[StanceTuple]:
    links = pair.predicted.links
    return {
        (holder, target, stance.polarity)
        for stance in pair.predicted.annotation.stances or ()
        for holder in counterparts(stance.holder, pair)
        for target in counterparts(links.head(stance.target), pair)
    }


def tuples(pair: Pair) -> Tally:
    """Count stances as the set of (holder, target, polarity), by polarity.

    A plural holder or target stands for its members, on both sides: a stance of "both sides" is one of each side.
    Predicted entities and happenings are mapped to the gold's by ``alignment``; a tuple with one that has no
    counterpart is wrong. The facet is not compared.
    """
    return compare(_gold_tuples(pair.gold), _predicted_tuples(pair), itemgetter(2))


class SentimentGraph(NamedTuple):
    """A stance as sets of tokens (by where they begin, sorted) with a polarity, as SemEval-2022 task 10 has opinions."""

    holder: tuple[int, ...]
    target: tuple[int, ...]
    expression: tuple[int, ...]
    polarity: str


_START = attrgetter("start")


def _place(span: Span) -> Place:
    return span.start, span.end


_AUTHOR_TOKENS, _NO_TOKENS = (-1,), (-2,)  # each overlaps with itself alone


def sentiment_graphs(view: View) -> list[SentimentGraph]:
    """Return a graph for each holder, target and polarity of the stances, sorted.

    - The expression is all tokens of the evidence (of stances that differ in facet alone, of all of them).
    - Holder and target are, for each evidence span, all mentions of the entity in the sentence the span begins in;
      where there is none, the nearest before, else the first after. For an event, its triggers likewise. The tokens
      of these mentions are taken together: a system that misses one of two ("minister Ada Brink") loses part of the
      overlap and not the match. Plural entities are not expanded: their own mentions stand.
    - The author as holder has no span; that overlaps only with the author. Nor has an entity that is never
      mentioned; that overlaps only with another such.
    """
    merged: dict[tuple[str, str, str], list[Stance]] = {}
    for stance in view.annotation.stances or ():
        key = (stance.holder, view.links.head(stance.target), stance.polarity)
        merged.setdefault(key, []).append(stance)
    graphs = []
    for (holder, target, polarity), stances in merged.items():
        evidence = [span for stance in stances for span in stance.evidence]
        graphs.append(
            SentimentGraph(
                _shown(view, holder, evidence), _shown(view, target, evidence), _tokens(view, evidence), polarity
            )
        )
    return sorted(graphs)


def _tokens(view: View, spans: Sequence[Span]) -> tuple[int, ...]:
    token_starts = view.ground.token_starts
    if len(spans) == 1:
        return token_starts(spans[0].start, spans[0].end)
    return tuple(sorted({token for span in spans for token in token_starts(span.start, span.end)}))


def _shown(view: View, identifier: str, evidence: Sequence[Span]) -> tuple[int, ...]:
    """Return the tokens that stand for a holder or target beside its evidence."""
    if identifier == AUTHOR:
        return _AUTHOR_TOKENS
    happening = sorted(view.links.happenings.get(identifier, ()), key=_place)
    options: Sequence[Span] = happening or view.links.mentions_of.get(identifier, ())
    return _tokens(view, [shown for span in evidence for shown in _beside(span, options, view)]) or _NO_TOKENS


def _beside(evidence: Span, options: Sequence[Span], view: View) -> list[Span]:
    """Return those of ``options`` in the sentence the evidence begins in, else the one that is nearest."""
    sentences = view.ground.sentences
    at = bisect_right(sentences, evidence.start, key=_START) - 1
    sentence = sentences[at] if at >= 0 else None
    if sentence is not None and evidence.start < sentence.end:
        inside = [span for span in options if sentence.start <= span.start and span.end <= sentence.end]
        if inside:
            return inside
    nearest = nearest_span(evidence, options, sentences)
    return [] if nearest is None else [nearest]


_TokenSets = list[frozenset[int]]  # of holder, target and expression


def _token_sets(graphs: Sequence[SentimentGraph]) -> list[_TokenSets]:
    return [[frozenset(tokens) for tokens in graph[:3]] for graph in graphs]


def _overlaps(gold: _TokenSets, predicted: _TokenSets) -> tuple[Fraction, Fraction] | None:
    """Return the mean share of the gold's and of the prediction's tokens that the two have in common.

    None if holder, target or expression have no token in common.
    """
    common = []
    for one, other in zip(gold, predicted, strict=True):
        if one.isdisjoint(other):
            return None
        common.append(len(one & other))
    return _mean_share(common, gold), _mean_share(common, predicted)


def _mean_share(common: list[int], tokens: _TokenSets) -> Fraction:
    """Return the mean of three ratios, exactly: one fraction made of integers is faster than fractions added."""
    (a, b, c), (x, y, z) = common, map(len, tokens)
    return Fraction(a * y * z + b * x * z + c * x * y, 3 * x * y * z)


class Graphs(NamedTuple):
    """The sentiment graphs of both sides, and of each pair that overlaps, whatever the polarities, both weights."""

    gold: list[SentimentGraph]
    predicted: list[SentimentGraph]
    overlaps: dict[tuple[int, int], tuple[Fraction, Fraction]]  # place in gold and in prediction; as in _overlaps


def graphs(pair: Pair) -> Graphs:
    """Return the sentiment graphs of an article with their overlaps: what several metrics share."""
    gold, predicted = sentiment_graphs(pair.gold), sentiment_graphs(pair.predicted)
    predicted_sets = _token_sets(predicted)
    found = {}
    for i, tokens in enumerate(_token_sets(gold)):
        for j, other in enumerate(predicted_sets):
            overlaps = _overlaps(tokens, other)
            if overlaps is not None:
                found[i, j] = overlaps
    return Graphs(gold, predicted, found)


def sentiment_graph_overlap(pair: Pair) -> Tally:
    """Count stances as sentiment graphs with part credit for overlapping words, by polarity.

    The sentiment-graph F1 of SemEval-2022 task 10 (Barnes et al. 2022) with two things mended. There one gold
    opinion credits any number of predicted ones; here graphs are matched one to one, so that the sum of both weights
    is the largest. There an opinion of the wrong polarity lends its overlap to one of the right polarity; here only
    graphs of the same polarity can be matched. As there, a match needs a common token in each of holder, target and
    expression, and weighs the mean of their three overlaps: in recall as shares of the gold's tokens, in precision
    of the prediction's. What stands for holder and target is told at ``sentiment_graphs``.
    """
    gold, predicted, overlaps = pair.once(graphs)
    weights = {(i, j): both for (i, j), both in overlaps.items() if gold[i].polarity == predicted[j].polarity}
    matching = best_matching({place: recalled + precise for place, (recalled, precise) in weights.items()})
    matched = [(gold[i].polarity, *weights[i, j]) for i, j in matching.items()]
    return Tally(
        {
            polarity: Counts(
                gold=sum(graph.polarity == polarity for graph in gold),
                predicted=sum(graph.polarity == polarity for graph in predicted),
                recalled=sum((recalled for of, recalled, _ in matched if of == polarity), Fraction(0)),
                precise=sum((precise for of, _, precise in matched if of == polarity), Fraction(0)),
            )
            for polarity in sorted({graph.polarity for graph in (*gold, *predicted)})
        }
    )


def classification(pair: Pair) -> Tally:
    """Count answers to the given pairs (``derive.stance_rows``), by class; a pair without an answer is wrong.

    It then counts for its own class in the gold and for no class in the prediction, as an answer outside the
    classes would.
    """
    article, answers = pair.gold.annotation, pair.answers
    pairs = [
        (row.polarity, answers.get(pair_id(article.id, row.holder, row.target)))
        for row in stance_rows(article, pair.gold.links)
    ]
    right = Counter([true for true, answer in pairs if true == answer])
    asked = Counter([true for true, _ in pairs])
    given = Counter([answer for _, answer in pairs])
    classes = [*load_ontology().names("polarities"), "none"]
    return Tally({polarity: hits(right[polarity], asked[polarity], given[polarity]) for polarity in classes})
