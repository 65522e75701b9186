"""Do the intervals hold, and how often does the test raise a false alarm? A seeded simulation.

    python -m benchmarks.coverage [--replicates 2000] [--seed 1]

Articles are drawn again and again from populations whose true score is known; an interval should contain it in 95 of
100 draws, and a test should find a difference between systems that do not differ in 5 of 100. Articles differ in
size and in difficulty, so that the items of one article are right or wrong together: the article is the sampling
unit. Counts are drawn, not texts: gold items, hits and false alarms of each article.
"""

import argparse
import time
from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np

from parley.scoring.counts import Score, Tally, accuracy, f1, macro_f1
from parley.scoring.significance import difference_interval, holm, sign_flip
from parley.scoring.uncertainty import (
    DRAWS,
    ENOUGH_ARTICLES,
    ENOUGH_FOR_BOOTSTRAP,
    LEVEL,
    Floats,
    Table,
    jackknife_t,
    on_arrays,
    percentile_bootstrap,
)

ARTICLES = (6, 10, 20, 60)
ALPHA = 0.05
_TRUTH_FROM = 400_000  # articles of which a population's true score is computed
_DRAWS = 2_000  # of bootstrap and swaps in a replicate; what is shipped draws more, which changes little


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


class _Articles(NamedTuple):
    """Sizes and difficulties of drawn articles: what two systems on the same articles share."""

    gold: Floats  # (articles, labels)
    hit: Floats  # (articles, 1)


def _draw(population: Population, articles: int, random: np.random.Generator) -> _Articles:
    scale = random.lognormal(-0.125, 0.5, size=(articles, 1))  # of mean 1: articles differ in length
    gold = random.poisson(population.size * scale, size=(articles, population.labels)).astype(float)
    strength = population.hit * population.together, (1 - population.hit) * population.together
    return _Articles(gold, random.beta(*strength, size=(articles, 1)))


def _answer(population: Population, drawn: _Articles, random: np.random.Generator) -> Table:
    """Return the counts of a system on drawn articles; the harder an article, the more false alarms."""
    right = random.binomial(drawn.gold.astype(int), drawn.hit).astype(float)
    wrong = random.poisson(population.alarms * drawn.gold * (1 - drawn.hit) / (1 - population.hit)).astype(float)
    counts = np.stack([drawn.gold, right + wrong, right, right], axis=-1)
    return Table(counts, on_arrays(population.score, [str(i) for i in range(population.labels)]))


def coverage(
    articles: int, replicates: int, random: np.random.Generator, truths: Mapping[str, float]
) -> dict[str, dict[str, float]]:
    """Return by population how often each interval holds the truth, and how wide the jackknife-t is on average."""
    held: dict[str, dict[str, list[float]]] = {
        name: {"jackknife": [], "width": [], "bootstrap": []} for name in POPULATIONS
    }
    for _ in range(replicates):
        drawn = {name: _answer(p, _draw(p, articles, random), random) for name, p in POPULATIONS.items()}
        bootstraps = percentile_bootstrap(drawn, draws=_DRAWS, seed=int(random.integers(2**31)))
        for name, table in drawn.items():
            interval, bootstrap = jackknife_t(table), bootstraps[name]
            if interval is not None:
                held[name]["jackknife"].append(interval[0] <= truths[name] <= interval[1])
                held[name]["width"].append(interval[1] - interval[0])
            if bootstrap is not None:
                held[name]["bootstrap"].append(bootstrap[0] <= truths[name] <= bootstrap[1])
    return {
        name: {kind: float(np.mean(values)) if values else float("nan") for kind, values in kinds.items()}
        for name, kinds in held.items()
    }


def _other_balance(articles: int, random: np.random.Generator) -> tuple[Table, Table]:
    """Return two systems of the same F1 (.686): recall .8 and precision .6, and the other way round."""
    gold = random.poisson(30 * random.lognormal(-0.125, 0.5, size=(articles, 1))).astype(float)
    ease = random.uniform(0.75, 1.25, size=(articles, 1))
    made = []
    for recall, precision in ((0.8, 0.6), (0.6, 0.8)):
        right = random.binomial(gold.astype(int), recall * ease).astype(float)
        wrong = random.poisson(gold * (recall / precision - recall)).astype(float)
        made.append(Table(np.stack([gold, right + wrong, right, right], axis=-1), on_arrays(f1, [""])))
    return made[0], made[1]


def false_alarms(articles: int, replicates: int, random: np.random.Generator) -> dict[str, float]:
    """Return how often the sign-flip test finds a difference at .05 where there is none, and what else is measured."""
    single: list[bool] = []
    family: list[bool] = []
    balance: list[bool] = []
    missed: list[bool] = []
    for _ in range(replicates):
        pairs = {}
        for name, population in POPULATIONS.items():
            drawn = _draw(population, articles, random)
            pairs[name] = _answer(population, drawn, random), _answer(population, drawn, random)
        seed = int(random.integers(2**31))
        p = {name: test.p for name, test in sign_flip(pairs, draws=_DRAWS, seed=seed).items()}
        single += [value < ALPHA for value in p.values()]
        family.append(min(holm(p).values()) < ALPHA)
        pair = _other_balance(articles, random)
        balance.append(sign_flip({"": pair}, draws=_DRAWS, seed=seed)[""].p < ALPHA)
        for one, other in pairs.values():
            interval = difference_interval(one, other)
            if interval is not None:
                missed.append(not interval[0] <= 0 <= interval[1])
    return {
        "single": float(np.mean(single)),
        "family": float(np.mean(family)),
        "balance": float(np.mean(balance)),
        "covered": 1 - float(np.mean(missed)) if missed else float("nan"),
    }


def bootstrap_seconds(articles: int = 1_000, metrics: int = 50) -> float:
    """Return the seconds that the bootstrap as shipped takes over so many articles, all metrics together."""
    random = np.random.default_rng(0)
    population = next(iter(POPULATIONS.values()))
    made = {str(i): _answer(population, _draw(population, articles, random), random) for i in range(metrics)}
    percentile_bootstrap(made, draws=100)
    start = time.perf_counter()
    percentile_bootstrap(made)
    return time.perf_counter() - start


def _share(value: float) -> str:
    return "     –" if np.isnan(value) else f"{value:6.3f}"


def main() -> None:
    """Print what is measured beside what is promised."""
    parser = argparse.ArgumentParser(description="Coverage of the intervals and false alarms of the test, simulated.")
    parser.add_argument("--replicates", type=int, default=2_000, help="draws for each number of articles")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    random = np.random.default_rng(arguments.seed)
    start = time.perf_counter()
    truths = {
        name: _answer(population, _draw(population, _TRUTH_FROM, random), random).value
        for name, population in POPULATIONS.items()
    }
    error = 2 * np.sqrt(LEVEL * (1 - LEVEL) / arguments.replicates)
    print(f"Coverage of {LEVEL:.0%} intervals: nominal {LEVEL}, {arguments.replicates} replicates (± {error:.3f})")
    print(f"{'score':26}{'truth':>7}{'articles':>10}{'jackknife-t':>13}{'mean width':>12}{'bootstrap':>11}")
    measured = {articles: coverage(articles, arguments.replicates, random, truths) for articles in ARTICLES}
    for name, truth in truths.items():
        for articles, by_name in measured.items():
            got = by_name[name]
            cells = f"{_share(got['jackknife']):>13}{_share(got['width']):>12}{_share(got['bootstrap']):>11}"
            print(f"{name if articles == ARTICLES[0] else '':26}{truth:7.3f}{articles:10}{cells}")
    print(
        f"– : no bootstrap under {ENOUGH_FOR_BOOTSTRAP} articles. Under {ENOUGH_ARTICLES} there is no interval at all."
    )
    print()
    error = 2 * np.sqrt(ALPHA * (1 - ALPHA) / (arguments.replicates // 2))
    print(
        f"False alarms of the sign-flip test: nominal at most {ALPHA}, "
        f"{arguments.replicates // 2} replicates (± {error:.3f})"
    )
    print(f"{'articles':>8}{'one metric':>13}{'any of 5, Holm':>17}{'same F1, other balance':>25}{'0 in interval':>16}")
    for articles in ARTICLES:
        got = false_alarms(articles, arguments.replicates // 2, random)
        widths = {"single": 13, "family": 17, "balance": 25, "covered": 16}
        cells = "".join(f"{_share(got[name]):>{width}}" for name, width in widths.items())
        print(f"{articles:8}{cells}")
    print("Two systems that do not differ: both answer alike but for chance; or, same F1 with other balance, one finds")
    print(f"more, the other is more often right. 0 in interval: of the difference, jackknife-t, nominal {LEVEL}.")
    print()
    seconds = bootstrap_seconds()
    print(f"{DRAWS:,} bootstrap draws over 1,000 articles, 50 metrics together: {seconds:.2f} s (aim: under 0.5 s)")
    print(f"{time.perf_counter() - start:.0f} s in all")


if __name__ == "__main__":
    main()
