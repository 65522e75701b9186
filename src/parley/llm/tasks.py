"""The tasks that Inspect runs: ``inspect eval parley/extract --model …``, ``inspect eval parley/stance_pairs --model …``.

Inspect calls the models, retries, caches, and logs tokens, costs and answers. The scorer of ``extract`` keeps each
article's prediction; its metric scores the articles together, as the leaderboard does. Of several runs (``--epochs``) it
gives the mean and the range. ``parley llm export`` makes a submission from the log.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, get_args

import msgspec
from inspect_ai import Task, task
from inspect_ai.dataset import MemoryDataset, Sample
from inspect_ai.model import (
    ChatMessage,
    ChatMessageAssistant,
    ChatMessageSystem,
    ChatMessageUser,
    GenerateConfig,
    ResponseSchema,
)
from inspect_ai.scorer import Metric, SampleScore, Score, Scorer, Target, Value, accuracy, choice, metric, scorer
from inspect_ai.solver import Generate, Solver, TaskState, multiple_choice, solver
from inspect_ai.util import JSONSchema

from parley.checks import load_corpus
from parley.corpus import Corpus
from parley.dataset.features import NO_STANCE
from parley.dataset.tables import stance_pairs as pair_rows
from parley.leaderboard.records import Quotations, add_quotations
from parley.leaderboard.submission import dataset_of
from parley.llm import replay as replay  # registers the model
from parley.llm.answer import read
from parley.llm.form import parts_for, schema
from parley.llm.prompt import Form, Options, Passes, conversations, template_sha256, windows
from parley.model import Prediction, StancePair
from parley.ontology import load_ontology
from parley.paths import DATA
from parley.reading import annotated
from parley.scoring import score
from parley.task import task_of

MAX_TOKENS = 16_000  # of an answer; the gold of the longest article has about half
# Inspect puts the package's name before a task's unless it is installed for development.
_PACKAGE = "" if "site-packages" in __file__ else "parley/"


def load(data: str | None, split: str) -> Corpus:
    """Return the dataset of a split, in a folder or by default of the dataset that comes with Parley."""
    return dataset_of(load_corpus(Path(data) if data else DATA, raw=False, partial=True), split)


@task(name=f"{_PACKAGE}extract")
def extract(
    split: str = "test",
    layers: str = "entities,events,stance",
    form: Form = "lines",
    shots: int = 1,
    passes: Passes = "whole",
    window: int = 0,
    overlap: int = 4,
    structured: bool = True,
    repair: bool = False,
    data: str | None = None,
) -> Task:
    """Annotate each article of a split; the whole annotation or some layers.

    Args:
        split: train, validation, test; twin or contrast.
        layers: Layers to be scored, with commas between: entities, events, stance.
        form: Notation of the answer, lines or json.
        shots: Number of examples, 0 to 4.
        passes: "whole", or "layers": one request for each layer, in one conversation.
        window: Sentences sent at a time; 0 for the whole article.
        overlap: Sentences that two windows share.
        structured: With json: ask the provider for output that has the form of the schema.
        repair: With json: close answers that were cut off.
        data: Folder of the dataset.
    """
    wanted = [layer.strip() for layer in str(layers).split(",")]
    for name, given, known in (("form", form, get_args(Form)), ("passes", passes, get_args(Passes))):
        if given not in known:
            raise ValueError(f"{name} is {' or '.join(known)}, not {given}")
    options = Options(
        form=form, shots=shots, parts=tuple(parts_for(wanted)), passes=passes, window=window, overlap=overlap
    )
    corpus = load(data, split)
    samples = [
        Sample(id=name, input=conversations(task_of(corpus.articles[name], corpus.texts[name]), options)[0].requests[0])
        for name in corpus.split(split)
    ]
    return Task(
        dataset=MemoryDataset(samples, name=split),
        solver=annotate(corpus, options, structured=structured),
        scorer=predictions(corpus, split, options, wanted, repair=repair),
        config=GenerateConfig(max_tokens=MAX_TOKENS),
        version=corpus.info.version,
        metadata={
            "canary": corpus.info.canary,
            "template_sha256": template_sha256(options),
            "options": msgspec.to_builtins(options),
            "layers": wanted,
            "split": split,
            "data": corpus.info.version,
        },
    )


@solver
def annotate(corpus: Corpus, options: Options, *, structured: bool) -> Solver:
    """Ask for the annotation, window after window and step after step; the answers are kept in the sample's store."""

    async def solve(state: TaskState, generate: Generate) -> TaskState:
        name = str(state.sample_id)
        given = task_of(corpus.articles[name], corpus.texts[name])
        answers = []
        spans = windows(len(given.sentences), options)
        for number, (made, span) in enumerate(zip(conversations(given, options), spans, strict=True)):
            state.messages = _start(made.system, [turn for example in made.examples for turn in example])
            own = []
            for step, (asked, parts) in enumerate(zip(made.requests, options.steps, strict=True)):
                about = {
                    "article": name,
                    "split": corpus.articles[name].split,
                    "epoch": state.epoch,
                    "window": number,
                    "step": step,
                }
                about |= {"parts": list(parts), "form": options.form, "sentences": [span[0], span[-1]]}
                state.messages.append(ChatMessageUser(content=asked, metadata=about))
                is_structured = structured and options.form == "json"
                state = await (generate(state, response_schema=_response(parts)) if is_structured else generate(state))
                own.append(state.output.completion)
            answers.append(own)
        state.store.set("answers", answers)
        return state

    return solve


def _start(system: str, turns: Sequence[tuple[str, str]]) -> list[ChatMessage]:
    shown = [m for asked, said in turns for m in (ChatMessageUser(content=asked), ChatMessageAssistant(content=said))]
    return [ChatMessageSystem(content=system), *shown]


def _response(parts: Sequence[str]) -> ResponseSchema:
    return ResponseSchema(name="annotation", json_schema=JSONSchema.model_validate(schema(parts)), strict=True)


@metric(scores="unreduced")
def as_the_leaderboard(corpus: Corpus, split: str) -> Metric:
    """Score the articles of each run together; give the mean and the range over runs, and the rate of lost quotations."""

    def compute(scores: list[SampleScore]) -> Value:
        return dict(summarise(corpus, split, [each.score.metadata or {} for each in scores]))

    return compute


def summarise(corpus: Corpus, split: str, kept: Sequence[dict[str, Any]]) -> dict[str, float]:
    """Return the scores of what the scorer kept of each article and run: means, the range of the overall score."""
    runs = by_run(kept)
    reports = [score(_only(corpus, run), run, split) for run in runs.values()]
    overall = [report.overall.value for report in reports if report.overall.value is not None]
    counted = quotations(kept)
    found: dict[str, float] = {"quotations_dropped": counted.drop_rate}
    for part in reports[0].overall.parts if reports else ():
        values = [value for report in reports if (value := report.overall.parts[part]) is not None]
        found |= {part: sum(values) / len(values)} if values else {}
    if overall:
        found |= {"overall": sum(overall) / len(overall), "lowest": min(overall), "highest": max(overall)}
    return found


def by_run(kept: Sequence[dict[str, Any]]) -> dict[int, dict[str, Prediction]]:
    """Return the predictions of each run by article, from what the scorer kept."""
    runs: dict[int, dict[str, Prediction]] = {}
    for each in kept:
        prediction = msgspec.json.decode(each["prediction"], type=Prediction)
        runs.setdefault(each["epoch"], {})[prediction.id] = prediction
    return dict(sorted(runs.items()))


def quotations(kept: Sequence[dict[str, Any]]) -> Quotations:
    """Return the counts of quotations of all articles and runs together, from what the scorer kept."""
    return add_quotations(msgspec.convert(each["quotations"], Quotations) for each in kept)


def _only(corpus: Corpus, predicted: dict[str, Prediction]) -> Corpus:
    """Return a corpus of the articles that were predicted: a trial of a few (``--limit``) has a score too."""
    return msgspec.structs.replace(corpus, articles={n: a for n, a in corpus.articles.items() if n in predicted})


def predictions(corpus: Corpus, split: str, options: Options, layers: Sequence[str], *, repair: bool) -> Scorer:
    """Return the scorer that reads the answers and keeps the prediction; its value is the rate of quotations found."""

    @scorer(metrics=[as_the_leaderboard(corpus, split)], name="parley")
    def kept() -> Scorer:
        async def compute(state: TaskState, target: Target) -> Score:
            name = str(state.sample_id)
            made = read(
                state.store.get("answers", []),
                corpus.articles[name],
                corpus.texts[name],
                form=options.form,
                parts=options.parts,
                steps=options.steps,
                layers=layers,
                repair=repair,
                file=name,
            )
            return Score(
                value=1 - made.quotations.drop_rate,
                explanation="\n".join(str(each) for each in made.findings[:200]) or "everything was found",
                metadata={
                    "epoch": state.epoch,
                    "prediction": msgspec.json.encode(made.prediction).decode(),
                    "quotations": msgspec.to_builtins(made.quotations),
                    "dropped": made.dropped,
                },
            )

        return compute

    made: Callable[[], Scorer] = kept
    return made()


def pair_questions(corpus: Corpus, split: str) -> list[dict[str, Any]]:
    """Return the rows of the config ``stance_pairs`` of a split."""
    return [row for name in corpus.scored(split) for row in pair_rows(annotated(corpus, name))]


@task(name=f"{_PACKAGE}stance_pairs")
def stance_pairs(split: str = "test", data: str | None = None) -> Task:
    """Say of each given pair of a holder and a target which stance the article shows: one of four answers.

    Args:
        split: train, validation, test; twin or contrast.
        data: Folder of the dataset.
    """
    corpus = load(data, split)
    names = [NO_STANCE, *load_ontology().names("polarities")]
    samples = [
        Sample(
            id=row["id"],
            input=row["question"],
            choices=row["choices"],
            target="ABCD"[names.index(row["answer"])],
            metadata={"article": row["article"]},
        )
        for row in pair_questions(corpus, split)
    ]
    about = {"canary": corpus.info.canary, "split": split, "data": corpus.info.version}
    return Task(
        dataset=MemoryDataset(samples, name=split),
        solver=multiple_choice(),
        scorer=pair_answers(corpus, split, names),
        version=corpus.info.version,
        metadata=about,
    )


@metric(scores="unreduced")
def pairs_as_the_leaderboard(corpus: Corpus, split: str) -> Metric:
    """Score the answers to all pairs of each run together; give the mean over runs."""

    def compute(scores: list[SampleScore]) -> Value:
        runs = pairs_by_run([each.score.metadata or {} for each in scores])
        reports = [score(_only(corpus, run), run, split) for run in runs.values()]
        values = [report.metrics["stance.classification"].value or 0.0 for report in reports]
        return {"macro_f1": sum(values) / len(values)}

    return compute


def pairs_by_run(kept: Sequence[dict[str, Any]]) -> dict[int, dict[str, Prediction]]:
    """Return the answers to the pairs of each run by article, from what the scorer kept of each pair."""
    runs: dict[int, dict[str, Prediction]] = {}
    for each in kept:
        run = runs.setdefault(each["epoch"], {})
        own = run.setdefault(each["article"], Prediction(id=each["article"], stance_pairs=[]))
        if own.stance_pairs is not None and each["polarity"]:
            own.stance_pairs.append(StancePair(pair=each["pair"], polarity=each["polarity"]))
    return dict(sorted(runs.items()))


def pair_answers(corpus: Corpus, split: str, names: Sequence[str]) -> Scorer:
    """Return the scorer of the pairs: right or wrong, and the polarity that was answered."""

    @scorer(metrics=[accuracy(), pairs_as_the_leaderboard(corpus, split)], name="parley_pairs")
    def kept() -> Scorer:
        right_or_wrong = choice()

        async def compute(state: TaskState, target: Target) -> Score:
            made = await right_or_wrong(state, target)
            assert made is not None
            chosen = [name for name, each in zip(names, state.choices, strict=True) if each.correct]
            polarity = chosen[0] if len(chosen) == 1 else None
            about = {"epoch": state.epoch, "article": state.metadata["article"], "pair": str(state.sample_id)}
            made.metadata = about | {"polarity": polarity}
            return made

        return compute

    answers: Callable[[], Scorer] = kept
    return answers()
