"""From the log of an Inspect run to a submission: the predictions of the first run, and how it was run."""

import json
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
from inspect_ai.log import EvalLog, read_eval_log

from parley.corpus import Corpus
from parley.leaderboard.records import Run
from parley.llm.tasks import by_run, quotations
from parley.scoring import score


class Exported(NamedTuple):
    """What a log holds for a submission."""

    predictions: bytes
    """Of the first run, a line an article."""
    run: Run
    """How it was run."""
    model: str
    """Name of the model, as Inspect calls it."""
    answers: bytes
    """All answers, as ``replay/recorded`` takes them."""


def read_log(path: Path, corpus: Corpus) -> Exported:
    """Read the log of ``parley/extract``.

    Raises ``ValueError`` if it is of another task, of other data, or not of a run that was finished, on all articles of
    its split.
    """
    log = read_eval_log(str(path))
    about = log.eval.metadata or {}
    if "template_sha256" not in about:
        raise ValueError("this is no log of the task parley/extract")
    if about["data"] != corpus.info.version:
        raise ValueError(f"it is of data {about['data']}, and the dataset is {corpus.info.version}")
    samples = sorted(log.samples or [], key=lambda sample: (sample.epoch, str(sample.id)))
    if log.status != "success" or any("parley" not in (sample.scores or {}) for sample in samples):
        raise ValueError(f"the run was not finished (its status is '{log.status}'); `inspect eval-retry` finishes it")
    kept = [(sample.scores or {})["parley"].metadata or {} for sample in samples]
    runs = by_run(kept)
    wanted = corpus.split(about["split"])
    if missing := [name for name in wanted if any(name not in run for run in runs.values())]:
        raise ValueError(f"{len(missing)} of {len(wanted)} articles were not predicted, such as {missing[0]}")
    overall = [score(corpus, run, about["split"]).overall.value for run in runs.values()]
    dropped = Counter[str]()
    for each in kept:
        dropped.update(each["dropped"])
    first = next(iter(runs.values()))
    lines = b"".join(msgspec.json.encode(first[name]) + b"\n" for name in wanted)
    answers = b"".join(
        msgspec.json.encode({"article": s.id, "epoch": s.epoch, "answers": s.store.get("answers", [])}) + b"\n"
        for s in samples
    )
    run = Run(
        template_sha256=about["template_sha256"],
        form=about["options"]["form"],
        shots=about["options"]["shots"],
        passes=about["options"]["passes"],
        runs=len(runs),
        overall=[value for value in overall if value is not None],
        seconds=round(sum(sample.working_time or 0 for sample in samples), 1),
        quotations=quotations(kept),
        dropped=dict(sorted(dropped.items())),
        **_usage(log),
    )
    return Exported(lines, run, log.eval.model, answers)


def _usage(log: EvalLog) -> dict[str, Any]:
    """Return temperature, seed, tokens and cost as the log has them; cached tokens count as sent."""
    usage = list(log.stats.model_usage.values())
    costs = [each.total_cost for each in usage if each.total_cost is not None]
    config = log.plan.config.merge(log.eval.model_generate_config)
    return {
        "temperature": config.temperature,
        "seed": config.seed,
        "input_tokens": sum(
            u.input_tokens + (u.input_tokens_cache_read or 0) + (u.input_tokens_cache_write or 0) for u in usage
        ),
        "output_tokens": sum(u.output_tokens for u in usage),
        "cost": round(sum(costs), 4) if costs else None,
    }


def description(exported: Exported) -> dict[str, Any]:
    """Return the fields of a submission.json that a log gives."""
    return {
        "base_models": [{"name": exported.model, "revision": None}],
        "track": "few-shot" if exported.run.shots else "zero-shot",
        "run": json.loads(msgspec.json.encode(exported.run)),
    }
