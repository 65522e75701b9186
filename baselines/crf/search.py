"""``python -m baselines.crf.search``: the search for the settings of `crf`, as a Markdown table.

Every stage is trained on the split train with each of its choices, the others with the settings that were chosen, and
the whole is scored on validation.
"""

import argparse
from collections.abc import Callable
from itertools import product
from typing import Any

from baselines.learning import examples

from parley.api import score
from parley.paths import DATA

from .arguments import Arguments
from .clusters import Clusters
from .entities import Entities
from .events import Events
from .mentions import Mentions
from .system import System
from .view import gold

Settings = dict[str, float]


def grid(**values: tuple[float, ...]) -> list[Settings]:
    """Return every combination of the values of some settings."""
    return [dict(zip(values, chosen, strict=True)) for chosen in product(*values.values())]


PENALTIES = [*grid(c1=(0.1, 0.3), c2=(0.05,)), {"c1": 0.1, "c2": 0.3}, {"c1": 0.5, "c2": 0.01}]
CHOICES: list[tuple[str, Callable[..., Any], tuple[str, ...], list[Settings]]] = [
    ("mentions", Mentions, ("entities.typed_f1",), PENALTIES),
    (
        "entities",
        Entities,
        ("entities.conll", "entities.typed_f1"),
        grid(c=(0.1, 0.3, 1), new=(0.25, 0.35, 0.45)),
    ),
    (
        "events",
        Events,
        ("events.tc", "events.factuality"),
        [
            *(two | one for two in PENALTIES[:3] for one in grid(outside=(1, 0.5, 0.3))),
            *grid(status=(1, 3, 10)),
            *grid(via=(0.3, 1, 3), source=(0.4, 0.5)),
        ],
    ),
    (
        "arguments",
        Arguments,
        ("events.ac_plus", "events.propositions"),
        [*PENALTIES, *grid(c=(0.3, 1, 3), sure=(0.25, 0.35, 0.45))],
    ),
    (
        "clusters",
        Clusters,
        ("events.conll",),
        grid(c=(0.03, 0.1, 0.3), new=(0.15, 0.2, 0.25, 0.3)),
    ),
]


def main() -> None:
    """Print a line for each choice: its settings, the scores of its stage, and of the layers."""
    described = "Search for settings: a line for each choice, scored on validation."
    parser = argparse.ArgumentParser(prog="python -m baselines.crf.search", description=described)
    stages = list(dict.fromkeys(name for name, *_ in CHOICES))
    parser.add_argument("stages", nargs="*", metavar="STAGE", help=f"{', '.join(stages)} (all)")
    wanted = parser.parse_args().stages or stages
    if unknown := {*wanted} - {*stages}:
        parser.error(f"there is no stage '{min(unknown)}'; choose from: {', '.join(stages)}")
    learned = examples("train")
    views = [gold(example) for example in learned]
    system = System(learned)
    print("| stage | settings | its scores | entities | events |\n| --- | --- | --- | ---: | ---: |")
    for name, stage, metrics, choices in [own for own in CHOICES if own[0] in wanted]:
        chosen = getattr(system, name)
        for choice in choices:
            setattr(system, name, stage(**choice).fit(views))
            report: Any = score(DATA, [system.annotate(e.task) for e in examples("validation")], split="validation")
            own = ", ".join(f"`{metric}` {report.metrics[metric].value:.3f}" for metric in metrics)
            parts = " | ".join(f"{report.overall.parts[layer]:.3f}" for layer in ("entities", "events"))
            settings = ", ".join(f"{key} {value:g}" for key, value in choice.items())
            print(f"| {name} | {settings} | {own} | {parts} |", flush=True)
        setattr(system, name, chosen)


if __name__ == "__main__":
    main()
