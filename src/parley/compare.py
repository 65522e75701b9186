"""Two systems compared on the same articles, metric by metric: both scores, and whether they differ beyond chance.

Intervals, p-values and their adjustment come from ``scoring.significance``. ``parley compare`` prints a comparison.
"""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from parley.corpus import Corpus
from parley.model import Prediction, Record
from parley.scoring.counts import add_up
from parley.scoring.registry import HEADLINES, METRICS, OVERALL
from parley.scoring.report import count_articles, require_articles
from parley.scoring.significance import FLIPS, FlipTest, difference_interval, holm, sign_flip
from parley.scoring.uncertainty import (
    ENOUGH_ARTICLES,
    OVERALL_NAME,
    SEED,
    TOO_FEW,
    Table,
    articles_in_words,
    overall_table,
    tables,
)

ALPHA = 0.05


class Difference(Record, kw_only=True, omit_defaults=False):
    """One metric of two systems, A and B. Unknown values are null."""

    title: str
    a: float | None  # score of A; null where it did not attempt the layer
    b: float | None
    difference: float | None  # A − B
    interval: list[float] | None  # 95 % interval of the difference
    p: float | None  # of the two-sided sign-flip test
    p_holm: float | None  # the same, adjusted for the number of metrics tested
    differing_articles: int | None  # articles in which the counts of A and B differ
    exact: bool | None  # whether p is of all swaps, not of a sample
    sentence: str  # what it means


class Comparison(Record, kw_only=True, omit_defaults=False):
    """Two systems compared on one split."""

    a: str
    b: str
    split: str
    articles: int
    data: str  # version
    note: str  # what so many articles can tell
    metrics: dict[str, Difference]


class _Both(NamedTuple):
    """One metric's scores of both systems, with tables where it can be tested."""

    title: str
    a: float | None
    b: float | None
    pair: tuple[Table, Table] | None


def compare(
    corpus: Corpus,
    a: Mapping[str, Prediction],
    b: Mapping[str, Prediction],
    split: str = "test",
    *,
    names: tuple[str, str] = ("A", "B"),
    metrics: Iterable[str] = HEADLINES,
    flips: int = FLIPS,
    seed: int = SEED,
) -> Comparison:
    """Return how two systems' checked predictions (``checks.read_predictions``) differ, metric by metric.

    Every difference has an interval (``significance.difference_interval``) and a p-value of the sign-flip test
    (``significance.sign_flip``), Holm-adjusted over all metrics tested (``significance.holm``). A metric on articles joined into one has scores only: there is nothing to
    swap. The overall score is compared too where both attempted every layer.

    Raises ``FindingsError`` if the split has no articles, none has gold, or one that has it no prediction.
    """
    wanted = require_articles(corpus, split, {"prediction by A": a, "prediction by B": b})
    chosen = tuple(metrics)
    needed = list(dict.fromkeys([*(name for of_part in OVERALL.values() for name in of_part), *chosen]))
    counted = [count_articles(corpus, predictions, wanted, needed)[0] for predictions in (a, b)]
    found = {
        name: _both(name, *(list(own[name].values()) if name in own else None for own in counted)) for name in needed
    }
    tested = {name: both.pair for name, both in found.items() if both.pair is not None}
    shown = {name: found[name] for name in chosen}
    whole = [overall_table({name: pair[side] for name, pair in tested.items()}) for side in (0, 1)]
    if whole[0] is not None and whole[1] is not None:
        title = f"mean of {', '.join(OVERALL)}"
        shown = {OVERALL_NAME: _Both(title, whole[0].value, whole[1].value, (whole[0], whole[1]))} | shown
    tests = sign_flip({n: both.pair for n, both in shown.items() if both.pair is not None}, draws=flips, seed=seed)
    adjusted = holm({name: test.p for name, test in tests.items()})
    return Comparison(
        a=names[0],
        b=names[1],
        split=split,
        articles=len(wanted),
        data=corpus.info.version,
        note=_note(len(wanted), len(tests)),
        metrics={
            name: _difference(name, both, tests.get(name), adjusted.get(name), len(wanted))
            for name, both in shown.items()
        },
    )


def _both(name: str, a: list[Any] | None, b: list[Any] | None) -> _Both:
    metric = METRICS[name]

    def score_of(counts: list[Any] | None) -> float | None:
        if counts is None:
            return None
        total = add_up(counts)
        return float(metric.score(metric.joined(total) if metric.joined else total).value)

    pair = None
    if a is not None and b is not None and metric.joined is None:
        one, other = tables(metric, a, b)
        pair = one, other
    return _Both(metric.title, score_of(a), score_of(b), pair)


def _difference(name: str, both: _Both, test: FlipTest | None, adjusted: float | None, articles: int) -> Difference:
    known = both.a is not None and both.b is not None
    interval = None if both.pair is None else difference_interval(*both.pair)
    return Difference(
        title=both.title,
        a=both.a,
        b=both.b,
        difference=both.a - both.b if both.a is not None and both.b is not None else None,
        interval=None if interval is None else [round(end, 6) for end in interval],
        p=None if test is None else test.p,
        p_holm=adjusted,
        differing_articles=None if test is None else test.articles,
        exact=None if test is None else test.exact,
        sentence=_sentence(both, test, adjusted, articles) if known else _not_attempted(both),
    )


def _not_attempted(both: _Both) -> str:
    lacking = [letter for letter, value in (("A", both.a), ("B", both.b)) if value is None]
    return f"{' and '.join(lacking)} did not attempt this layer: nothing to compare."


def _sentence(both: _Both, test: FlipTest | None, adjusted: float | None, articles: int) -> str:
    """Return in plain words what can be said of a metric that both systems attempted."""
    difference = (both.a or 0.0) - (both.b or 0.0)
    better, worse = ("A", "B") if difference > 0 else ("B", "A")
    ahead = f"{better} is ahead" if difference else "Neither is ahead"
    if test is None or adjusted is None:
        return f"{ahead}; not tested, as this metric joins all articles into one."
    if test.articles == 0:
        return "A and B count the same in every article."
    if articles < ENOUGH_ARTICLES:
        return f"{ahead}; {articles_in_words(articles).lower()} cannot separate them."
    if test.articles < ENOUGH_ARTICLES:
        return f"{ahead}; they differ in {articles_in_words(test.articles).lower()} only, which cannot separate them."
    if adjusted < ALPHA:
        return f"{better} is better than {worse} by more than chance would explain."
    if test.p < ALPHA:
        return f"{ahead}; taken alone more than chance would explain, but not among so many metrics."
    return f"{ahead}; chance could explain it." if difference else "Neither is ahead."


def _note(articles: int, tested: int) -> str:
    number = articles_in_words(articles)
    if articles < ENOUGH_ARTICLES:
        return (
            f"{number} cannot separate two systems, whatever their scores: {TOO_FEW}, and with so few no p can be "
            f"smaller than {2.0 ** (1 - articles):g}. It takes at least {ENOUGH_ARTICLES} articles in which they "
            f"differ for a p under {ALPHA:g}."
        )
    smallest = 2.0 ** (1 - articles) * tested
    hopeless = f" With so few articles and so many metrics, no Holm p can be smaller than {smallest:.2g}."
    return (
        f"{number}. The interval is of the difference, 95 %, by jackknife over articles. p: how often swapping the two "
        f"systems' answers to articles at random makes as large a difference; Holm's p takes into account that "
        f"{tested} metrics were tested." + (hopeless if smallest >= ALPHA else "")
    )
