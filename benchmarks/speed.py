"""How fast Parley scores, and how much memory it takes, beside public scorers on the same articles in one run.

    python -m benchmarks.speed [--quick]

Every measurement is a process of its own, so that its memory is its own. seqeval, nervaluate and scikit-learn get
the entities as tag sequences of one article each (outermost mentions, tokens by white space), already in memory.
"""

import argparse
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import msgspec

from benchmarks.synthetic import write
from parley.model import Prediction
from parley.reading import ArticleText
from parley.scoring.counts import Tally
from parley.scoring.lines import GoldLine, score_lines
from parley.scoring.pair import Pair
from parley.scoring.registry import METRICS
from parley.scoring.uncertainty import DRAWS, percentile_bootstrap, tables


class Spent(NamedTuple):
    """Seconds by the clock, and seconds of processor time: on a machine that others use, the latter alone compare."""

    clock: float
    processor: float


def _now() -> Spent:
    return Spent(time.perf_counter(), sum(os.times()[:4]))  # of this process and of those it waited for


def _since(start: Spent) -> Spent:
    now = _now()
    return Spent(now.clock - start.clock, now.processor - start.processor)


def _records(folder: Path) -> Iterator[tuple[GoldLine, Prediction]]:
    gold, prediction = msgspec.json.Decoder(GoldLine), msgspec.json.Decoder(Prediction)
    with (folder / "gold.jsonl").open("rb") as golds, (folder / "predictions.jsonl").open("rb") as answers:
        for one, other in zip(golds, answers, strict=True):
            yield gold.decode(one), prediction.decode(other)


def _tags(record: GoldLine | Prediction, text: str) -> list[str]:
    """Return BIO tags of the words that mentions begin and lie in."""
    types = {entity.id: entity.type for entity in record.entities or ()}
    spans = {m.start: (m.end, types.get(m.entity or "", "PER")) for m in record.mentions or ()}
    tags, at, end, kind = [], 0, 0, ""
    for word in text.split():
        at = text.index(word, at)
        if at in spans:
            end, kind = spans[at]
            tags.append(f"B-{kind}")
        else:
            tags.append(f"I-{kind}" if at < end else "O")
        at += len(word)
    return tags


def _decode(folder: Path) -> Spent:
    start = _now()
    for _ in _records(folder):
        pass
    return _since(start)


def _parley(folder: Path, jobs: int = 1) -> Spent:
    start = _now()
    score_lines(folder / "gold.jsonl", folder / "predictions.jsonl", jobs=jobs)
    return _since(start)


def _public(name: str) -> Callable[[Path], Spent]:
    def run(folder: Path) -> Spent:
        pairs = [(_tags(gold, gold.text), _tags(predicted, gold.text)) for gold, predicted in _records(folder)]
        true, answers = [one for one, _ in pairs], [other for _, other in pairs]
        kinds = sorted({tag[2:] for tags in true for tag in tags if tag != "O"})
        if name == "seqeval":
            from seqeval.metrics import f1_score
            from seqeval.scheme import IOB2

            start = _now()
            f1_score(true, answers, mode="strict", scheme=IOB2)
        elif name == "nervaluate":
            from nervaluate.evaluator import Evaluator

            start = _now()
            Evaluator(true, answers, tags=kinds, loader="list").evaluate()
        else:
            from sklearn.metrics import f1_score as by_class

            flat, given = [tag for tags in true for tag in tags], [tag for tags in answers for tag in tags]
            start = _now()
            by_class(flat, given, average="macro", zero_division=0)
        return _since(start)

    return run


def _bootstrap(every: bool) -> Callable[[Path], Spent]:
    """Measure 10,000 draws over 1,000 articles, of one metric or of all. 200 are counted and stand five times each."""

    def run(folder: Path) -> Spent:
        found: dict[str, list[Tally]] = {}
        wanted = [name for name, metric in METRICS.items() if metric.joined is None] if every else ["events.ac_plus"]
        for gold, prediction in islice(_records(folder), 200):
            pair = Pair(ArticleText(gold, gold.text), gold, prediction)
            for name in wanted:
                found.setdefault(name, []).append(METRICS[name].count(pair))
        made = {name: tables(METRICS[name], 5 * listed)[0] for name, listed in found.items()}
        start = _now()
        percentile_bootstrap(made, draws=DRAWS)
        return _since(start)

    return run


RUNS: dict[str, tuple[str, Callable[[Path], Spent]]] = {
    "decode": ("reading and decoding only (msgspec)", _decode),
    "parley": ("Parley: read, decode, all metrics", _parley),
    "jobs": ("the same, 2 processes", lambda folder: _parley(folder, 2)),
    "seqeval": ("seqeval: strict F1 of entity tags", _public("seqeval")),
    "nervaluate": ("nervaluate: SemEval-2013 of entity tags", _public("nervaluate")),
    "sklearn": ("scikit-learn: macro F1 of word tags", _public("sklearn")),
}


# Not articles a second: seconds of one call.
CALLS: dict[str, tuple[str, Callable[[Path], Spent]]] = {
    "bootstrap-one": ("bootstrap, 10,000 draws over 1,000 articles: one metric", _bootstrap(False)),
    "bootstrap": ("the same: every metric at once", _bootstrap(True)),
}


def _measure(name: str, folder: Path) -> tuple[Spent, float]:
    """Return what time one run takes and its peak memory in MB, in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.speed", "--run", name, "--folder", str(folder)]
    printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    clock, processor, memory = map(float, printed.split())
    return Spent(clock, processor), memory


def main() -> None:
    """Print the table, or run one measurement."""
    parser = argparse.ArgumentParser(description="Speed and memory of scoring, side by side.")
    parser.add_argument("--quick", action="store_true", help="200 and 1,000 articles instead of 1,000 and 10,000")
    parser.add_argument("--run", choices=[*RUNS, *CALLS], help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.run:
        spent = (RUNS | CALLS)[arguments.run][1](arguments.folder)
        used = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
        print(*spent, used / 1024)
        return
    few, many = (200, 1000) if arguments.quick else (1000, 10_000)
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, {platform.machine()}; {len(METRICS)} metrics")
    heads = (
        "articles a second",
        "by processor time",
        f"peak MB at {few:,}",
        f"at {many:,}",
        "growth",
        "of decode-only",
    )
    print(f"{'':40}" + "".join(f"{head:>19}" for head in heads))
    with tempfile.TemporaryDirectory() as name:
        folders = {size: Path(name) / str(size) for size in (few, many)}
        for size, folder in folders.items():
            write(folder, size)
        limit = 0.0
        for run, (title, _) in RUNS.items():
            (_, small), (spent, large) = _measure(run, folders[few]), _measure(run, folders[many])
            rate, by_processor = many / spent.clock, many / spent.processor
            limit = limit or by_processor
            share = f"{by_processor / limit:.0%}" if run in ("decode", "parley", "jobs") else "–"
            print(
                f"{title:40}{rate:19,.0f}{by_processor:19,.0f}{small:19.0f}{large:19.0f}{large / small:18.2f}x{share:>19}",
                flush=True,
            )
        print()
        for call, (title, _) in CALLS.items():
            spent, memory = _measure(call, folders[few])
            times = f"{spent.clock:8.2f} s{spent.processor:8.2f} s of processor time"
            print(f"{title:60}{times}{memory:8.0f} MB", flush=True)


if __name__ == "__main__":
    main()
