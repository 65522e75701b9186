"""From the log of an Inspect run to a submission: the predictions of the first run, and how it was run."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
from inspect_ai.log import EvalLog, EvalSample, read_eval_log

from parley.corpus import Corpus
from parley.leaderboard.records import Run
from parley.leaderboard.submission import dataset_of
from parley.llm.tasks import by_run, pair_questions, pairs_by_run, quotations
from parley.model import Prediction
from parley.scoring import score
from parley.words import count

_SCORERS = {"extract": "parley", "stance_pairs": "parley_pairs"}  # of the tasks whose logs can be exported


class Exported(NamedTuple):
    """What a log holds for a submission."""

    predictions: bytes
    """Of the first run, a line an article."""
    split: str
    """What was predicted."""
    description: dict[str, Any]
    """Fields of a submission.json that the log gives."""
    run: Run | None
    """How it was run; None for answers to the pairs of stance."""
    answers: bytes
    """All answers, as ``replay/recorded`` takes them; empty for answers to the pairs of stance."""


def read_log(path: Path, corpus: Corpus) -> Exported:
    """Read the log of ``parley/extract`` or ``parley/stance_pairs``. The answers to pairs are ``stance_pairs``.

    Raises ``ValueError`` if it is no log of these tasks, of other data, or not of a run that was finished, on the whole
    split; ``FindingsError`` if the dataset lacks the split.
    """
    try:
        log = read_eval_log(str(path))
    except (ValueError, LookupError, OSError) as error:
        raise ValueError("this is no log, or it was cut off; name a file LOG.eval that `inspect eval` wrote") from error
    about = log.eval.metadata or {}
    task = log.eval.task.rpartition("/")[2]
    if task not in _SCORERS or not {"split", "data"} <= about.keys():
        raise ValueError(
            f"this is a log of {log.eval.task}; what can be submitted is parley/extract or parley/stance_pairs"
        )
    if about["data"] != corpus.info.version:
        raise ValueError(f"it is of data {about['data']}, and the dataset is {corpus.info.version}")
    if log.status != "success":
        raise ValueError(f"the run was not finished (its status is '{log.status}'); `inspect eval-retry` finishes it")
    scorer = _SCORERS[task]
    scored = [sample for sample in log.samples or [] if scorer in (sample.scores or {})]
    samples = sorted(scored, key=lambda sample: (sample.epoch, str(sample.id)))
    corpus = dataset_of(corpus, about["split"])
    kept = [(sample.scores or {})[scorer].metadata or {} for sample in samples]
    wanted = corpus.split(about["split"])
    runs = by_run(kept) if task == "extract" else pairs_by_run(kept)
    items = wanted if task == "extract" else [row["id"] for row in pair_questions(corpus, about["split"])]
    for epoch in range(1, 1 + (log.eval.config.epochs or 1)):
        done = {str(sample.id) for sample in samples if sample.epoch == epoch}
        if missing := [item for item in items if item not in done]:
            asked = count(len(items), "article" if task == "extract" else "pair")
            raise ValueError(
                f"{len(missing)} of {asked} not predicted, such as {missing[0]}; "
                "run it without --limit, or finish it by `inspect eval-retry`"
            )
    first = next(iter(runs.values()))
    lines = [first.get(name) or Prediction(id=name, stance_pairs=[]) for name in wanted]  # an article may have no pair
    run, answers = (_run(log, samples, runs, corpus), _answers(samples)) if task == "extract" else (None, b"")
    model = {"name": log.eval.model, "revision": log.eval.model_args.get("revision")}
    description = {"base_models": [model], "track": "few-shot" if run and run.shots else "zero-shot"}
    description |= {"run": msgspec.to_builtins(run)} if run else {}
    return Exported(
        b"".join(msgspec.json.encode(line) + b"\n" for line in lines), about["split"], description, run, answers
    )


def _answers(samples: Sequence[EvalSample]) -> bytes:
    return b"".join(
        msgspec.json.encode({"article": s.id, "epoch": s.epoch, "answers": s.store.get("answers", [])}) + b"\n"
        for s in samples
    )


def _run(log: EvalLog, samples: Sequence[EvalSample], runs: dict[int, dict[str, Prediction]], corpus: Corpus) -> Run:
    """Return how ``parley/extract`` was run on a split of ``corpus``; ``runs`` are the predictions of each run."""
    about = log.eval.metadata or {}
    kept = [(sample.scores or {})[_SCORERS["extract"]].metadata or {} for sample in samples]
    overall = [score(corpus, run, about["split"]).overall.value for run in runs.values()]
    dropped = Counter[str]()
    for each in kept:
        dropped.update(each["dropped"])
    return Run(
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
