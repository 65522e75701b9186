"""Two systems compared on the same articles, story by story and metric by metric: both scores, and whether they
differ beyond chance.

Intervals, p-values and their adjustment come from ``scoring.significance``. ``parley compare`` prints a comparison.
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from parley.corpus import Corpus
from parley.model import Prediction, Record
from parley.scoring.counts import Tally, add_up
from parley.scoring.registry import HEADLINES, METRICS, OVERALL
from parley.scoring.report import count_articles, count_stories, require_articles
from parley.scoring.significance import FLIPS, FlipTest, difference_interval, holm, sign_flip
from parley.scoring.uncertainty import (
    ENOUGH_STORIES,
    OVERALL_NAME,
    SEED,
    TOO_FEW,
    Table,
    overall_table,
    stories_in_words,
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
    differing_stories: int | None  # stories in which the counts of A and B differ
    exact: bool | None  # whether p is of all swaps, not of a sample
    sentence: str  # what it means


class Comparison(Record, kw_only=True, omit_defaults=False):
    """Two systems compared on one split."""

    a: str
    b: str
    split: str
    articles: int
    stories: int  # the unit of intervals and tests
    data: str  # version
    note: str  # what so many stories can tell
    metrics: dict[str, Difference]


class _Both(NamedTuple):
    """One metric's scores of both systems, with their counts by story where both attempted it."""

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
    (``significance.sign_flip``), Holm-adjusted over all metrics tested (``significance.holm``). The overall score is
    compared too where both attempted every layer.

    Raises ``FindingsError`` if the split has no articles, none has gold, or one that has it no prediction.
    """
    wanted = require_articles(corpus, split, {"prediction by A": a, "prediction by B": b})
    chosen = tuple(metrics)
    needed = list(dict.fromkeys([*(name for of_part in OVERALL.values() for name in of_part), *chosen]))
    counted = [count_articles(corpus, predictions, wanted, needed)[0] for predictions in (a, b)]
    stories = corpus.by_story(wanted)
    found = {
        name: _both(
            name,
            *(
                list(count_stories(METRICS[name], own[name], stories).values()) if name in own else None
                for own in counted
            ),
        )
        for name in needed
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
        stories=len(stories),
        data=corpus.info.version,
        note=_note(len(stories), len(tests)),
        metrics={
            name: _difference(name, both, tests.get(name), adjusted.get(name), len(stories))
            for name, both in shown.items()
        },
    )


def _both(name: str, a: list[Tally] | None, b: list[Tally] | None) -> _Both:
    metric = METRICS[name]
    scores = [None if tallies is None else float(metric.score(add_up(tallies)).value) for tallies in (a, b)]
    pair = None
    if a is not None and b is not None:
        one, other = tables(metric, a, b)
        pair = one, other
    return _Both(metric.title, scores[0], scores[1], pair)


def _difference(name: str, both: _Both, test: FlipTest | None, adjusted: float | None, stories: int) -> Difference:
    interval = None if both.pair is None else difference_interval(*both.pair)
    return Difference(
        title=both.title,
        a=both.a,
        b=both.b,
        difference=both.a - both.b if both.a is not None and both.b is not None else None,
        interval=None if interval is None else [round(end, 6) for end in interval],
        p=None if test is None else test.p,
        p_holm=adjusted,
        differing_stories=None if test is None else test.stories,
        exact=None if test is None else test.exact,
        sentence=_not_attempted(both)
        if test is None or adjusted is None
        else _sentence(both, test, adjusted, stories, interval),
    )


def _not_attempted(both: _Both) -> str:
    lacking = [letter for letter, value in (("A", both.a), ("B", both.b)) if value is None]
    return f"{' and '.join(lacking)} did not attempt this layer: nothing to compare."


def _sentence(both: _Both, test: FlipTest, adjusted: float, stories: int, interval: tuple[float, float] | None) -> str:
    """Return in plain words what can be said of a metric that both systems attempted."""
    difference = (both.a or 0.0) - (both.b or 0.0)
    better, worse = ("A", "B") if difference > 0 else ("B", "A")
    ahead = f"{better} is ahead" if difference else "Neither is ahead"
    if test.stories == 0:
        return "A and B count the same in every story."
    if stories < ENOUGH_STORIES:
        return f"{ahead}; {stories_in_words(stories).lower()} cannot separate them."
    if test.stories < ENOUGH_STORIES:
        return f"{ahead}; they differ in {stories_in_words(test.stories).lower()} only, which cannot separate them."
    if adjusted < ALPHA and interval is not None and interval[0] <= 0 <= interval[1]:
        return f"{ahead}; p is small, but the interval holds 0: they differ most in a few stories."
    if adjusted < ALPHA:
        return f"{better} is better than {worse} by more than chance would explain."
    if test.p < ALPHA:
        return f"{ahead}; taken alone more than chance would explain, but not among so many metrics."
    return f"{ahead}; chance could explain it." if difference else "Neither is ahead."


def _note(stories: int, tested: int) -> str:
    number = stories_in_words(stories)
    if stories < ENOUGH_STORIES:
        return (
            f"{number} cannot separate two systems, whatever their scores: {TOO_FEW}, and with so few no p can be "
            f"smaller than {2.0 ** (1 - stories):g}. It takes at least {ENOUGH_STORIES} stories in which they "
            f"differ for a p under {ALPHA:g}."
        )
    smallest = 2.0 ** (1 - stories) * tested
    hopeless = f" With so few stories and so many metrics, no Holm p can be smaller than {smallest:.2g}."
    return (
        f"{number}. The interval is of the difference, 95 %, by jackknife over stories. p: how often swapping the two "
        f"systems' answers to stories at random makes as large a difference; Holm's p takes into account that "
        f"{tested} metrics were tested." + (hopeless if smallest >= ALPHA else "")
    )
