"""What can the benchmark tell? The smallest true difference of two systems that a test over n stories finds.

    python -m benchmarks.power [A B] [--replicates 1000] [--seed 1] [-o docs/power.md]

A and B are submissions (by default the two best that attempted every layer). For each score, their difference is written as the
sum of what each story contributes to it: the jackknife's pseudo-values n·d − (n − 1)·d₍ᵢ₎, with d the difference over
all n stories and d₍ᵢ₎ the difference without story i. Centred, these are story-wise differences of two systems that do
not differ. So many stories are drawn from them with replacement, a true difference is added to each, and the sign-flip
test of the leaderboard is made. The smallest difference found at p < .05 in four of five draws is searched by halving.
"""

import argparse
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from parley.checks import load_corpus
from parley.compare import ALPHA
from parley.dataset.pages import fill
from parley.files import write_whole
from parley.leaderboard.board import Scored, score_submissions, tables_on
from parley.leaderboard.submission import SPLIT
from parley.paths import DATA
from parley.scoring.registry import OVERALL
from parley.scoring.significance import POWER, sign_flip, smallest_difference
from parley.scoring.uncertainty import OVERALL_NAME, Floats, Table
from parley.words import score_text

STORIES = (10, 21, 60)
SCORES = (OVERALL_NAME, *OVERALL)
_DRAWS = 1_000  # swaps of a test over more than 16 stories; what is shipped draws more, which changes little
_HALVINGS = 10  # of a bracket of three times the formula's value: to a thousandth of it


def contributions(one: Table, other: Table) -> Floats:
    """Return what each story contributes to the difference of two systems: pseudo-values, whose mean is near it."""
    number, difference = len(one.counts), one.value - other.value
    return np.asarray(number * difference - (number - 1) * (one.without_each - other.without_each))


def as_table(values: Floats) -> Table:
    """Return story-wise values as a table whose score is their mean."""
    counts = np.zeros((len(values), 1, 4))
    counts[:, 0, 0] = values
    return Table(counts, lambda sums: np.asarray(sums[..., 0, 0] / len(values)))


def power(
    centred: Mapping[str, Floats], shifts: Mapping[str, float], stories: int, *, replicates: int, seed: int
) -> dict[str, float]:
    """Return by score how often the test over so many stories finds a true difference of the size in ``shifts``.

    ``centred`` are the observed story-wise differences less their mean, of the same stories for each score. The same
    seed draws the same stories, whatever the shifts.
    """
    found = dict.fromkeys(shifts, 0)
    nothing = as_table(np.zeros(stories))
    for replicate in range(replicates):
        random = np.random.default_rng([seed, stories, replicate])
        drawn = random.integers(0, len(next(iter(centred.values()))), size=stories)
        pairs = {name: (as_table(centred[name][drawn] + shift), nothing) for name, shift in shifts.items()}
        for name, test in sign_flip(pairs, draws=_DRAWS, seed=int(random.integers(2**31))).items():
            found[name] += test.p < ALPHA
    return {name: number / replicates for name, number in found.items()}


def smallest_found(
    centred: Mapping[str, Floats], highest: Mapping[str, float], stories: int, *, replicates: int, seed: int
) -> dict[str, float]:
    """Return by score the smallest true difference, up to ``highest``, that is found in four of five draws."""
    low, high = dict.fromkeys(highest, 0.0), dict(highest)
    for _ in range(_HALVINGS):
        middle = {name: (low[name] + high[name]) / 2 for name in highest}
        for name, share in power(centred, middle, stories, replicates=replicates, seed=seed).items():
            (low if share < POWER else high)[name] = middle[name]
    return high


def two_best(scored: Sequence[Scored]) -> list[str]:
    """Return the two systems of the highest overall score, the best first."""
    full = [one for one in scored if one.report.overall.value is not None]
    return [one.system for one in sorted(full, key=lambda one: (-(one.report.overall.value or 0.0), one.system))[:2]]


def measure(
    by_system: Mapping[str, Mapping[str, Table]], *, stories: Sequence[int] = STORIES, replicates: int, seed: int
) -> str:
    """Return the table of the smallest differences of two systems, from their counts by story and score."""
    (one, of_one), (other, of_other) = by_system.items()
    pairs = {name: (of_one[name], of_other[name]) for name in SCORES}
    observed = {name: contributions(*pair) for name, pair in pairs.items()}
    centred = {name: values - values.mean() for name, values in observed.items()}
    formula = {name: smallest_difference([pair]) or 0.0 for name, pair in pairs.items()}
    number = len(observed[OVERALL_NAME])
    found, alarms = {}, {}
    for n in stories:
        highest = {name: 3 * value * np.sqrt(number / n) for name, value in formula.items()}
        found[n] = smallest_found(centred, highest, n, replicates=replicates, seed=seed)
        alarms[n] = power(centred, dict.fromkeys(SCORES, 0.0), n, replicates=replicates, seed=seed)
    heads = ["score", f"{one} − {other}", *(f"{n} stories" for n in stories), f"formula, {number} stories"]
    rows = [heads, ["---", *["---:"] * (len(heads) - 1)]]
    for name, (a, b) in pairs.items():
        shown = (a.value - b.value, *(found[n][name] for n in stories), formula[name])
        rows.append([name, *map(score_text, shown)])
    rows.append(
        ["no true difference: overall “found”", "", *(score_text(alarms[n][OVERALL_NAME]) for n in stories), ""]
    )
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the table, and write it into a page if one is named."""
    parser = argparse.ArgumentParser(description="The smallest difference of two systems that n stories show.")
    parser.add_argument("systems", nargs="*", help="two submissions; the two best if none is named")
    parser.add_argument("--submissions", type=Path, default=DATA.parent / "eval" / "submissions")
    parser.add_argument("--data", type=Path, default=DATA, help="dataset folder")
    parser.add_argument("--replicates", type=int, default=1_000, help="draws for each difference that is tried")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--output", "-o", type=Path, help="page to write it into as well, between its marks")
    given = parser.parse_args(arguments)
    start = time.perf_counter()
    corpus = load_corpus(given.data, partial=True)
    scored, _ = score_submissions(given.submissions, [corpus])
    names = given.systems or two_best(scored)
    chosen = [one for name in names for one in scored if one.system == name]
    if len(names) != 2 or len(chosen) != 2:
        parser.error(f"name two of {', '.join(one.system for one in scored)}")
    by_system = tables_on(chosen, corpus.by_story(corpus.scored(SPLIT)))
    if any(name not in own for own in by_system.values() for name in SCORES):
        parser.error("both must have attempted every layer")
    table = measure(by_system, replicates=given.replicates, seed=given.seed)
    one, other = names
    said = (
        f"Data {corpus.info.version}, `{one}` and `{other}`, {given.replicates:,} draws, seed {given.seed}: "
        f"`python -m benchmarks.power {one} {other}`."
    )
    text = f"{said}\n\n{table}"
    if given.output:
        write_whole(given.output, fill(given.output.read_text("utf-8"), {"power": text}, str(given.output)).encode())
    print(text)
    print(f"{time.perf_counter() - start:.0f} s in all", file=sys.stderr)


if __name__ == "__main__":
    main()
