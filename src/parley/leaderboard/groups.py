"""Which systems the articles can tell apart, and the groups of those that they cannot."""

import itertools
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from parley.leaderboard_form import Test
from parley.scoring.significance import FLIPS, holm, sign_flip
from parley.scoring.uncertainty import ENOUGH_ARTICLES, SEED, Table

ALPHA = 0.05


class Verdict(NamedTuple):
    """What is known of one figure: its systems in groups, best first, and the tests behind them."""

    groups: list[list[str]]
    tests: list[Test]
    is_tested: bool

    def better_than(self, system: str) -> list[str]:
        """Return the systems that ``system`` is better than by more than chance would explain."""
        return [test.b for test in self.tests if test.a == system and _separates(test)]


def _separates(test: Test) -> bool:
    return test.p_holm < ALPHA and test.difference > 0


def cut(order: Sequence[str], better: set[tuple[str, str]]) -> list[list[str]]:
    """Return the systems, best first, cut into groups.

    There is a cut where every system before it is better than every system after it: ``better`` has the pairs
    (better, worse). So are the clusters of the WMT shared tasks made. Two systems of one group may differ by more than
    chance where a third stands between them that differs from neither.
    """
    groups: list[list[str]] = []
    for i, system in enumerate(order):
        is_cut = all((above, below) in better for above in order[:i] for below in order[i:])
        if is_cut or not groups:
            groups.append([])
        groups[-1].append(system)
    return groups


def judge(
    values: Mapping[str, Mapping[str, float]],
    tables: Mapping[str, Mapping[str, Table]],
    articles: int,
    *,
    flips: int = FLIPS,
    seed: int = SEED,
) -> dict[str, Verdict]:
    """Return the verdict on each figure: ``values`` by figure and system, ``tables`` likewise where there are any.

    Every two systems are compared by the sign-flip test over articles, and Holm's adjustment is over all pairs of a
    figure. With fewer than six articles no p under .05 exists: nothing is tested and all systems are one group.
    """
    orders = {name: sorted(own, key=lambda system: (-own[system], system)) for name, own in values.items()}
    tested = {
        name
        for name, order in orders.items()
        if articles >= ENOUGH_ARTICLES and order and all(system in tables.get(name, {}) for system in order)
    }
    found: dict[str, dict[tuple[str, str], Test]] = {name: {} for name in tested}
    systems = sorted({system for order in orders.values() for system in order})
    for pair in itertools.combinations(systems, 2):
        wanted = {}
        for name in tested:
            if all(system in orders[name] for system in pair):
                a, b = sorted(pair, key=orders[name].index)
                wanted[name] = a, b
        results = sign_flip({n: (tables[n][a], tables[n][b]) for n, (a, b) in wanted.items()}, draws=flips, seed=seed)
        for name, (a, b) in wanted.items():
            difference = max(0.0, values[name][a] - values[name][b])
            found[name][a, b] = Test(
                a=a,
                b=b,
                difference=difference,
                p=results[name].p,
                p_holm=1.0,
                differing_articles=results[name].articles,
            )
    verdicts = {}
    for name, order in orders.items():
        tests = found.get(name, {})
        adjusted = holm({f"{a}\n{b}": test.p for (a, b), test in tests.items()})
        for (a, b), test in tests.items():
            test.p_holm = adjusted[f"{a}\n{b}"]
        listed = sorted(tests.values(), key=lambda test, order=order: (order.index(test.a), order.index(test.b)))  # type: ignore[misc]
        better = {(test.a, test.b) for test in listed if _separates(test)}
        groups = cut(order, better) if order else []
        verdicts[name] = Verdict(groups, listed, name in tested)
    return verdicts
