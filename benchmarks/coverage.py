"""Do the intervals hold, and how often does the test raise a false alarm? A seeded simulation.

    python -m benchmarks.coverage [--replicates 600] [--seed 1]

Stories of three articles are drawn again and again from populations whose true score is known; an interval should
contain it in 95 of 100 draws, and a test should find a difference between systems that do not differ in 5 of 100.
Articles differ in size and in difficulty, and those of one story are alike in difficulty. Intervals and tests are
made twice from the same counts: with the article as the unit, as if articles of a story were independent, and with the
story, as Parley does. Counts are drawn, not texts: gold items, hits and false alarms of each article.
"""

import argparse
import time
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from scipy.special import betaincinv, ndtr

from parley.scoring.counts import Score, Tally, accuracy, f1, macro_f1
from parley.scoring.significance import difference_interval, holm, sign_flip
from parley.scoring.uncertainty import (
    DRAWS,
    ENOUGH_FOR_BOOTSTRAP,
    ENOUGH_STORIES,
    LEVEL,
    Floats,
    Table,
    jackknife_t,
    on_arrays,
    percentile_bootstrap,
)

STORIES = (2, 6, 10, 21, 60)
TOLD = 3  # articles of a story
ALIKE = 0.5  # correlation of the difficulties of two articles of a story
SHARED = 0.5  # correlation of the difficulties of one article for two systems
ALPHA = 0.05
_TRUTH_FROM = 100_000  # stories of which a population's true score is computed
_DRAWS = 1_000  # of bootstrap and swaps in a replicate; what is shipped draws more, which changes little


class Population(NamedTuple):
    """Articles of one kind, and what is computed from them."""

    size: float  # gold items an article and label, on average
    hit: float  # chance that a gold item is found, on average
    alarms: float  # false alarms for each gold item, on average
    together: float  # how alike the items of one article are: the larger, the less articles differ in difficulty
    labels: int = 1
    score: Callable[[Tally], Score] = f1


POPULATIONS = {
    "F1, 60 items an article": Population(60, 0.7, 0.4, 8),
    "F1, 12 items an article": Population(12, 0.3, 0.5, 4),
    "F1 near 1": Population(30, 0.97, 0.03, 30),
    "macro-F1 of 3 classes": Population(6, 0.5, 0.5, 6, labels=3, score=macro_f1),
    "accuracy": Population(25, 0.6, 0.0, 6, score=accuracy),
}


def _normal(stories: int, random: np.random.Generator) -> Floats:
    """Return a standard normal number for each article, those of a story with the correlation ``ALIKE``."""
    of_story, own = random.normal(size=(stories, 1)), random.normal(size=(stories, TOLD))
    return (np.sqrt(ALIKE) * of_story + np.sqrt(1 - ALIKE) * own).reshape(-1, 1)


def draw(population: Population, stories: int, systems: int, random: np.random.Generator) -> list[Table]:
    """Return the counts by article, story after story, of systems that are equally good on the same articles.

    The chance that a gold item is found has a Beta distribution over articles; the harder an article, the more false
    alarms. Part of the difficulty of an article is the same for all systems.
    """
    scale = random.lognormal(-0.125, 0.5, size=(stories * TOLD, 1))  # of mean 1: articles differ in length
    gold = random.poisson(population.size * scale, size=(stories * TOLD, population.labels)).astype(float)
    strength = population.hit * population.together, (1 - population.hit) * population.together
    for_all, made = _normal(stories, random), []
    for _ in range(systems):
        difficulty = np.sqrt(SHARED) * for_all + np.sqrt(1 - SHARED) * _normal(stories, random)
        hit = betaincinv(*strength, ndtr(difficulty))
        right = random.binomial(gold.astype(int), hit).astype(float)
        wrong = random.poisson(population.alarms * gold * (1 - hit) / (1 - population.hit)).astype(float)
        counts = np.stack([gold, right + wrong, right, right], axis=-1)
        made.append(Table(counts, on_arrays(population.score, [str(i) for i in range(population.labels)])))
    return made


def by_story(table: Table) -> Table:
    """Return the counts of each story: those of its articles added up."""
    return Table(table.counts.reshape(-1, TOLD, *table.counts.shape[1:]).sum(1), table.score)


def coverage(
    stories: int, replicates: int, random: np.random.Generator, truths: Mapping[str, float]
) -> dict[str, dict[str, float]]:
    """Return by population how often each interval holds the truth."""
    kinds = ("articles", "stories", "bootstrap")
    held: dict[str, dict[str, list[float]]] = {name: {kind: [] for kind in kinds} for name in POPULATIONS}
    for _ in range(replicates):
        drawn = {name: draw(population, stories, 1, random)[0] for name, population in POPULATIONS.items()}
        told = {name: by_story(table) for name, table in drawn.items()}
        bootstraps = percentile_bootstrap(told, draws=_DRAWS, seed=int(random.integers(2**31)))
        for name, truth in truths.items():
            for kind, ends in (
                ("articles", jackknife_t(drawn[name])),
                ("stories", jackknife_t(told[name])),
                ("bootstrap", bootstraps[name]),
            ):
                if ends is not None:
                    held[name][kind].append(ends[0] <= truth <= ends[1])
    return {
        name: {kind: float(np.mean(values)) if values else float("nan") for kind, values in by_kind.items()}
        for name, by_kind in held.items()
    }


def _other_balance(stories: int, random: np.random.Generator) -> tuple[Table, Table]:
    """Return two systems of the same F1 (.686): recall .8 and precision .6, and the other way round; by story."""
    gold = random.poisson(90 * random.lognormal(-0.125, 0.5, size=(stories, 1))).astype(float)
    ease = random.uniform(0.75, 1.25, size=(stories, 1))
    made = []
    for recall, precision in ((0.8, 0.6), (0.6, 0.8)):
        right = random.binomial(gold.astype(int), recall * ease).astype(float)
        wrong = random.poisson(gold * (recall / precision - recall)).astype(float)
        made.append(Table(np.stack([gold, right + wrong, right, right], axis=-1), on_arrays(f1, [""])))
    return made[0], made[1]


def false_alarms(stories: int, replicates: int, random: np.random.Generator) -> dict[str, float]:
    """Return how often the sign-flip test finds a difference at .05 where there is none, and what else is measured."""
    found: dict[str, list[bool]] = {kind: [] for kind in ("articles", "stories", "family", "balance", "covered")}
    for _ in range(replicates):
        drawn = {name: draw(population, stories, 2, random) for name, population in POPULATIONS.items()}
        pairs = {name: (one, other) for name, (one, other) in drawn.items()}
        told = {name: (by_story(one), by_story(other)) for name, (one, other) in pairs.items()}
        seed = int(random.integers(2**31))
        found["articles"] += [test.p < ALPHA for test in sign_flip(pairs, draws=_DRAWS, seed=seed).values()]
        p = {name: test.p for name, test in sign_flip(told, draws=_DRAWS, seed=seed).items()}
        found["stories"] += [value < ALPHA for value in p.values()]
        found["family"].append(min(holm(p).values()) < ALPHA)
        pair = _other_balance(stories, random)
        found["balance"].append(sign_flip({"": pair}, draws=_DRAWS, seed=seed)[""].p < ALPHA)
        for one, other in told.values():
            interval = difference_interval(one, other)
            if interval is not None:
                found["covered"].append(interval[0] <= 0 <= interval[1])
    return {kind: float(np.mean(values)) if values else float("nan") for kind, values in found.items()}


def bootstrap_seconds(stories: int = 1_000, metrics: int = 50) -> float:
    """Return the seconds that the bootstrap as shipped takes over so many stories, all metrics together."""
    random = np.random.default_rng(0)
    population = next(iter(POPULATIONS.values()))
    made = {str(i): by_story(draw(population, stories, 1, random)[0]) for i in range(metrics)}
    percentile_bootstrap(made, draws=100)
    start = time.perf_counter()
    percentile_bootstrap(made)
    return time.perf_counter() - start


def _share(value: float) -> str:
    return "–" if np.isnan(value) else f"{value:.3f}"


def _print_table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    print(f"| {' | '.join(heads)} |", f"|{' --- |' + ' ---: |' * (len(heads) - 1)}", sep="\n")
    for row in rows:
        print(f"| {' | '.join(row)} |")
    print()


def main() -> None:
    """Print what is measured beside what is promised."""
    parser = argparse.ArgumentParser(description="Coverage of the intervals and false alarms of the test, simulated.")
    parser.add_argument("--replicates", type=int, default=600, help="draws for each number of stories")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    random = np.random.default_rng(arguments.seed)
    start = time.perf_counter()
    truths = {name: draw(population, _TRUTH_FROM, 1, random)[0].value for name, population in POPULATIONS.items()}
    error = 2 * np.sqrt(LEVEL * (1 - LEVEL) / arguments.replicates)
    print(f"Coverage of {LEVEL:.0%} intervals: nominal {LEVEL}, {arguments.replicates} replicates (± {error:.3f})\n")
    measured = {stories: coverage(stories, arguments.replicates, random, truths) for stories in STORIES}
    kinds = {"articles": "over articles", "stories": "over stories", "bootstrap": "bootstrap over stories"}
    rows = [
        [name if kind == "articles" else "", words, *(_share(by_name[name][kind]) for by_name in measured.values())]
        for name in truths
        for kind, words in kinds.items()
    ]
    _print_table(("score", "jackknife-t", *(f"{stories} stories" for stories in STORIES)), rows)
    print(f"–: none over fewer than {ENOUGH_STORIES} units, no bootstrap over fewer than {ENOUGH_FOR_BOOTSTRAP}.\n")
    replicates = max(1, arguments.replicates // 2)
    error = 2 * np.sqrt(ALPHA * (1 - ALPHA) / replicates)
    print(f"False alarms of the sign-flip test: nominal at most {ALPHA}, {replicates} replicates (± {error:.3f})\n")
    rows = []
    for stories in STORIES:
        got = false_alarms(stories, replicates, random)
        rows.append([str(stories), *(_share(got[kind]) for kind in got)])
    heads = ("over articles", "over stories", "any of 5, Holm", "same F1, other balance", "0 in interval")
    _print_table(("stories", *heads), rows)
    print("Two systems that do not differ: both answer alike but for chance; or, same F1 with other balance, one finds")
    print(f"more, the other is more often right. 0 in interval: of the difference, jackknife-t, nominal {LEVEL}.\n")
    seconds = bootstrap_seconds()
    print(f"{DRAWS:,} bootstrap draws over 1,000 stories, 50 metrics together: {seconds:.2f} s (aim: under 0.5 s)")
    print(f"{time.perf_counter() - start:.0f} s in all")


if __name__ == "__main__":
    main()
