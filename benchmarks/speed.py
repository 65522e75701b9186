"""How fast Parley is, and how much memory it takes: one table, with the target beside each measurement.

    python -m benchmarks.speed [--quick]

Every measurement is a process of its own, so that its memory is its own. Public scorers get the same articles in the
same run, as tag sequences that are in memory already (outermost mentions, tokens by white space). No scorer's imports
are measured. Seconds are processor time unless the row says otherwise: on a machine that others use, only that compares.
"""

import argparse
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import msgspec

from benchmarks.synthetic import write
from parley.model import Prediction
from parley.reading import ArticleText
from parley.scoring.lines import score_lines
from parley.scoring.pair import Pair
from parley.scoring.registry import METRICS
from parley.scoring.totals import GoldLine

ROOT = Path(__file__).parents[1]
SMALL = ROOT / "tests" / "small"
PARLEY = ("-c", "from parley.cli import main; main()")
SPLIT = 62  # articles of the test split that is planned
IN_MEMORY = 300  # articles of which a layer is measured


class Spent(NamedTuple):
    """What a process took: seconds by the clock, seconds of processor time, peak memory in MB."""

    clock: float
    processor: float
    memory: float


def measure(name: str, folder: Path, times: int = 1) -> Spent:
    """Return what a measurement took, in a process of its own: the one of least processor time of so many."""
    command = [sys.executable, "-m", "benchmarks.speed", "--run", name, "--folder", str(folder)]
    runs = [subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout for _ in range(times)]
    return min((Spent(*map(float, printed.split())) for printed in runs), key=lambda spent: spent.processor)


# what is measured, each in a process of its own -------------------------------------------------------------


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


def _decode(folder: Path) -> Callable[[], object]:
    return lambda: sum(1 for _ in _records(folder))


def _bulk(jobs: int) -> Callable[[Path], Callable[[], object]]:
    def prepare(folder: Path) -> Callable[[], object]:
        import scipy.optimize  # noqa: F401  # imported when a matching is first asked for

        return lambda: score_lines(folder / "gold.jsonl", folder / "predictions.jsonl", jobs=jobs, trust=True)

    return prepare


def _layer(prefix: str, *, clusters: bool) -> Callable[[Path], Callable[[], object]]:
    """Measure the metrics of one layer on articles in memory: those on clusters alone, or all the others."""
    parts = ("conll", "muc", "b_cubed", "ceaf", "blanc", "lea")
    names = [
        name
        for name, metric in METRICS.items()
        if metric.layer == prefix and metric.joined is None and (name.split(".")[1].startswith(parts) == clusters)
    ]

    def prepare(folder: Path) -> Callable[[], object]:
        import scipy.optimize  # noqa: F401  # imported when a matching is first asked for

        records = list(islice(_records(folder), IN_MEMORY))

        def run() -> None:
            for gold, prediction in records:
                pair = Pair(ArticleText(gold, gold.text), gold, prediction)
                for name in names:
                    pair.once(METRICS[name].count)

        return run

    return prepare


def _public(scorer: str) -> Callable[[Path], Callable[[], object]]:
    def prepare(folder: Path) -> Callable[[], object]:
        pairs = [(_tags(gold, gold.text), _tags(predicted, gold.text)) for gold, predicted in _records(folder)]
        true, answers = [one for one, _ in pairs], [other for _, other in pairs]
        if scorer == "seqeval":
            from seqeval.metrics import f1_score
            from seqeval.scheme import IOB2

            return lambda: f1_score(true, answers, mode="strict", scheme=IOB2)
        from nervaluate.evaluator import Evaluator

        kinds = sorted({tag[2:] for tags in true for tag in tags if tag != "O"})
        return lambda: Evaluator(true, answers, tags=kinds, loader="list").evaluate()

    return prepare


def _command(*arguments: str) -> Callable[[Path], Callable[[], object]]:
    """Measure a command as a user runs it, start-up included; ``{}`` stands for the folder."""

    def prepare(folder: Path) -> Callable[[], object]:
        filled = [argument.replace("{}", str(folder)) for argument in arguments]
        return lambda: subprocess.run([sys.executable, *PARLEY, *filled], check=True, stdout=subprocess.DEVNULL)

    return prepare


def _load(folder: Path) -> Callable[[], object]:
    import parley

    parley.load("documents", folder=folder)  # imports and first use are not what is measured
    return lambda: [parley.load("documents", folder=folder).data.table.nbytes for _ in range(10)]


def _parquet(folder: Path) -> Callable[[], object]:
    import pyarrow.parquet as pq

    path = folder / "documents" / "test-00000-of-00001.parquet"
    pq.read_table(path)
    return lambda: [pq.read_table(path).nbytes for _ in range(10)]


RUNS: dict[str, Callable[[Path], Callable[[], object]]] = {
    "decode": _decode,
    "bulk": _bulk(1),
    "bulk-2": _bulk(2),
    "seqeval": _public("seqeval"),
    "nervaluate": _public("nervaluate"),
    "entities": _layer("entities", clusters=False),
    "coreference": _layer("entities", clusters=True),
    "events": _layer("events", clusters=False),
    "event coreference": _layer("events", clusters=True),
    "stance": _layer("stance", clusters=False),
    "help": _command("--help"),
    "version": _command("--version"),
    "check": _command("check", "{}/predictions.jsonl", "--data", "{}"),
    "score": _command("score", "{}/predictions.jsonl", "--data", "{}", "-o", "{}/report.json"),
    "build": _command("build", "{}"),
    "load": _load,
    "parquet": _parquet,
}


def run(name: str, folder: Path) -> None:
    """Run one measurement and print seconds by the clock, seconds of processor time and peak memory in MB."""
    measured = RUNS[name](folder)
    clock, processor = time.perf_counter(), _processor_time()
    measured()
    clock, processor = time.perf_counter() - clock, _processor_time() - processor
    who = resource.RUSAGE_CHILDREN if name in ("help", "version", "check", "score", "build") else resource.RUSAGE_SELF
    print(clock, processor, resource.getrusage(who).ru_maxrss / 1024)


def _processor_time() -> float:
    """Return the seconds of processor time that this process and its finished children have taken."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(of.ru_utime + of.ru_stime for of in used)


# the table --------------------------------------------------------------------------------------------------


def write_dataset(folder: Path, articles: int) -> None:
    """Write a dataset folder of copies of the small corpus's article, and their gold as predictions."""
    (folder / "articles").mkdir(parents=True)
    (folder / "gold").mkdir()
    for name in ("dataset.json", "registry.json"):
        (folder / name).write_bytes((SMALL / name).read_bytes())
    article = json.loads((SMALL / "articles.jsonl").read_bytes())
    gold = json.loads((SMALL / "gold" / "harbour-talks.json").read_bytes())
    text = (SMALL / "articles" / "harbour-talks.txt").read_bytes()
    listed, answers = [], []
    for number in range(articles):
        name = f"copy-{number:05d}"
        listed.append(json.dumps(article | {"id": name}))
        (folder / "articles" / f"{name}.txt").write_bytes(text)
        (folder / "gold" / f"{name}.json").write_text(json.dumps(gold | {"id": name}), "utf-8")
        kept = {field: gold[field] for field in ("mentions", "entities", "events", "propositions", "stances")}
        if number % 2:  # every other prediction lacks a stance
            kept["stances"] = kept["stances"][1:]
        answers.append(json.dumps({"id": name, **kept}))
    (folder / "articles.jsonl").write_text("\n".join(listed) + "\n", "utf-8")
    (folder / "predictions.jsonl").write_text("\n".join(answers) + "\n", "utf-8")


def row(what: str, measured: str, target: str = "", reached: bool | str = "") -> None:
    """Print a row of the table, whether or not the target was ``reached``."""
    mark = reached if isinstance(reached, str) else "yes" if reached else "NO"
    print(f"| {what:64} | {measured:>22} | {target:>28} | {mark:7} |", flush=True)


def main() -> None:
    """Print the table, or run one measurement."""
    parser = argparse.ArgumentParser(description="Speed and memory of Parley, beside public scorers.")
    parser.add_argument("--quick", action="store_true", help="200 and 1,000 articles instead of 1,000 and 10,000")
    parser.add_argument("--run", choices=RUNS, help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.run:
        run(arguments.run, arguments.folder)
        return
    few, many = (200, 1000) if arguments.quick else (1000, 10_000)
    began, load = time.perf_counter(), os.getloadavg()[0]
    print(
        f"{date.today()}, Python {platform.python_version()}, {os.cpu_count()} cores, {platform.machine()}, "
        f"load average before {load:.1f}; {len(METRICS)} metrics\n"
    )
    row("measurement", "measured", "target", "reached")
    row("---", "---:", "---:", "---")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        small, large, split, built = folder / "few", folder / "many", folder / "split", folder / "built"
        write(small, few)
        write(large, many)
        write_dataset(split, SPLIT)
        write_dataset(built, few)

        for command in ("help", "version"):
            took = measure(command, split).processor
            row(f"parley --{command}", f"{took:.2f} s", "0.5 s", took <= 0.5)
        for command in ("check", "score"):
            took = measure(command, split).processor
            row(f"parley {command}, {SPLIT} articles, start-up included", f"{took:.2f} s", "3 s", took <= 3)

        rates = {scorer: few / measure(scorer, small, 3).processor for scorer in ("seqeval", "nervaluate", "decode")}
        one, two, grown = measure("bulk", small, 3), measure("bulk-2", large), measure("bulk", large)
        rate = few / one.processor
        for scorer, title in (("decode", "reading and decoding alone"), ("seqeval", "seqeval alone, in memory")):
            row(f"{title}, {few:,} articles", f"{rates[scorer]:,.0f} a second")
        row(f"all metrics of all layers from files, {few:,} articles", f"{rate:,.0f} a second")
        share = rate / rates["seqeval"]
        row("… of the rate of seqeval alone", f"{share:.2f}", "0.5", share >= 0.5)
        # Of a short run start-up is the larger part: only the long one is judged.
        title, target = f"… with two processes, {many:,} articles", "" if arguments.quick else "1.8 times"
        faster = grown.clock / two.clock
        row(f"{title}, by the clock", f"{faster:.2f} times", target, "" if arguments.quick else faster >= 1.8)
        row(f"{title}, processor time", f"{two.processor / grown.processor:.2f} times")
        growth = grown.memory / one.memory
        memory = f"{one.memory:.0f} to {grown.memory:.0f} MB"
        row(f"… peak memory, {few:,} to {many:,} articles", memory, "flat but for registry", growth <= 1.3)

        for layer in ("entities", "coreference", "events", "event coreference", "stance"):
            rate = min(IN_MEMORY, few) / measure(layer, small, 3).processor
            if layer == "entities":
                least = min(rates["seqeval"], rates["nervaluate"])
                target = f"{rates['seqeval']:,.0f}, {rates['nervaluate']:,.0f}"
                row(f"all metrics of {layer} (seqeval, nervaluate)", f"{rate:,.0f} a second", target, rate >= least)
            else:
                row(f"all metrics of {layer}", f"{rate:,.0f} a second")

        took = measure("build", built)
        row(f"parley build, {few:,} articles: peak memory", f"{took.memory:.0f} MB", "500 MB", took.memory < 500)
        row("… time", f"{took.processor:.1f} s")
        loaded, bare = measure("load", built, 3).processor, measure("parquet", built, 3).processor
        row("parley.load beside a bare Parquet read", f"{loaded / bare:.2f} times", "1.2 times", loaded <= 1.2 * bare)
    print(f"\nThe run took {time.perf_counter() - began:.0f} seconds, load average after {os.getloadavg()[0]:.1f}.")


if __name__ == "__main__":
    main()
