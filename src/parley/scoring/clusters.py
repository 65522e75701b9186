"""Coreference beside the CoNLL average: LEA, without singletons, detection apart from linking.

Functions of a ``Contingency``, as in ``parley.scoring.coreference``. BLANC's other rule needs no counts of its own: it
is ``macro_f1`` of ``blanc_links``, which leaves a class of links out only where neither side has any (Luo et al. 2014),
while ``blanc`` leaves it out as soon as the gold has none (the reference scorer v8.01).
"""

from collections import Counter, defaultdict
from typing import Any

from parley.scoring.coreference import Contingency, conll_counts
from parley.scoring.counts import Counts, Tally, hits, sum_of_ratios


def lea(table: Contingency) -> Counts:
    """Count LEA (Moosavi & Strube 2016, "Which Coreference Evaluation Metric Do You Trust?").

    Each cluster weighs as many spans as it has and is resolved to the share of its pairs of spans that are together
    on the other side: size · Σ C(shared, 2) / C(size, 2), over the sum of sizes. A singleton has one link, to itself;
    it is resolved if it is a singleton on the other side too.
    """
    # size / C(size, 2) is 2 / (size − 1): each two clusters add shared · (shared − 1) to the numerator over size − 1.
    by_gold: dict[int, int] = defaultdict(int)
    by_predicted: dict[int, int] = defaultdict(int)
    gold, predicted, single = table.gold, table.predicted, 0
    for (one, other), common in table.shared.items():
        if common > 1:
            links = common * (common - 1)
            by_gold[gold[one] - 1] += links
            by_predicted[predicted[other] - 1] += links
        elif gold[one] == predicted[other] == 1:
            single += 1
    return Counts(
        sum(gold.values()),
        sum(predicted.values()),
        single + sum_of_ratios(by_gold),
        single + sum_of_ratios(by_predicted),
    )


def without_singletons(table: Contingency) -> Contingency:
    """Return the contingency without clusters of one span, on either side.

    As scorers do that read data without singletons (OntoNotes; CoVal's option to remove them). A span that is alone
    on one side only is then missing there, and counts as missed or as spurious.
    """
    gold = {name: size for name, size in table.gold.items() if size > 1}
    predicted = {name: size for name, size in table.predicted.items() if size > 1}
    shared = {pair: size for pair, size in table.shared.items() if pair[0] in gold and pair[1] in predicted}
    return Contingency(gold, predicted, shared)


def detection(table: Contingency) -> Counts:
    """Count the spans in any cluster as a set: whether mentions are found, whatever they are linked to."""
    return hits(sum(table.shared.values()), sum(table.gold.values()), sum(table.predicted.values()))


def common_part(table: Contingency) -> Contingency:
    """Return the contingency of the spans that both sides have: linking with detection taken out of it."""
    gold: Counter[Any] = Counter()
    predicted: Counter[Any] = Counter()
    for (one, other), size in table.shared.items():
        gold[one] += size
        predicted[other] += size
    return Contingency(gold, predicted, table.shared)


def conll_of_common(table: Contingency) -> Tally:
    """Count the three metrics of the CoNLL average on ``common_part``."""
    return conll_counts(common_part(table))
