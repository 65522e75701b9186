"""Commands for entrants who prompt a language model: what to send, what an answer gives, a submission from a log."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from parley.cli.console import (
    DEFAULT_DATA,
    AsJson,
    DataFolder,
    count,
    findings_end_it,
    print_findings,
    print_json,
    say,
    stop,
)
from parley.cli.entrant import Split, load_split
from parley.cli.submit import make, stop_unless_new
from parley.files import write_whole

if TYPE_CHECKING:
    from parley.corpus import Corpus

app = typer.Typer(
    name="llm",
    help="Prompt a language model: print the prompt, read its answers, make a submission from Inspect's log.",
    no_args_is_help=True,
)

FormOption = Annotated[str, typer.Option(help="Notation of the answer: lines or json.")]
Shots = Annotated[int, typer.Option(help="Number of examples, 0 to 4.", min=0, max=4)]
Layers = Annotated[str, typer.Option(help="Layers, with commas between: entities, events, stance.")]
ALL = "entities,events,stance"


def _asked(layers: str) -> tuple[list[str], list[str]]:
    """Return the layers of an option, and the parts that are asked for so that these can be scored."""
    from parley.llm.form import parts_for

    wanted = [layer.strip() for layer in layers.split(",")]
    try:
        return wanted, parts_for(wanted)
    except ValueError as error:
        stop(str(error))


def _stop_unless_of(split: str, article: str, corpus: Corpus, otherwise: str) -> None:
    """Stop the command unless the split has the article: say which one has it, or ``otherwise``."""
    if article not in corpus.split(split):
        known = corpus.articles.get(article)
        fix = f"it is of another: --split {known.split}" if known else otherwise
        stop(f"the split '{split}' has no article '{article}'; {fix}")


def _say_dropped(dropped: Mapping[str, int]) -> None:
    """Say what of the answers was left out, if anything."""
    if dropped:
        say(f"Left out, by rule: {', '.join(f'{number:,} {rule}' for rule, number in sorted(dropped.items()))}.")


@app.command()
def prompt(
    article: Annotated[str, typer.Argument(help="Id of an article.", show_default=False)],
    form: FormOption = "lines",
    shots: Shots = 1,
    layers: Layers = ALL,
    data: DataFolder = DEFAULT_DATA,
    split: Split = "test",
    as_json: AsJson = False,
) -> None:
    """Print what a model is sent about an article: rules, label tables, examples, the numbered sentences.

    To paste into a chat; with --json a list of messages for an API. It holds no gold.

    Example: parley llm prompt harbour-talks --data tests/small > prompt.txt
    """
    from parley.llm.prompt import Options, conversations
    from parley.task import task_of

    if form not in ("lines", "json"):
        stop(f"--form is lines or json, not {form}")
    with findings_end_it():
        corpus = load_split(data, split)
    _stop_unless_of(split, article, corpus, "`parley tasks` lists them")
    options = Options(form=form, shots=shots, parts=tuple(_asked(layers)[1]))  # type: ignore[arg-type]
    (made,) = conversations(task_of(corpus.articles[article], corpus.texts[article]), options)
    if as_json:
        print_json(made.messages)
        return
    titles = {"system": "", "user": "# Article\n\n", "assistant": "# Annotation\n\n"}
    typer.echo("\n\n".join(titles[message["role"]] + message["content"] for message in made.messages))


@app.command()
def read(
    answers: Annotated[
        list[Path],
        typer.Argument(
            help="Answers, a file an article: ARTICLE.lines, ARTICLE.json, ARTICLE.txt.", show_default=False
        ),
    ],
    output: Annotated[Path, typer.Option("--output", "-o", help="File to write, one line per article.")] = Path(
        "predictions.jsonl"
    ),
    layers: Layers = ALL,
    repair: Annotated[
        bool, typer.Option("--repair", help="Read JSON that was cut off or has needless commas.")
    ] = False,
    data: DataFolder = DEFAULT_DATA,
    split: Split = "test",
    as_json: AsJson = False,
) -> None:
    """Read the answers of a model into predictions, and say what was left out.

    An answer in a file that ends in .json is JSON, else lines; text around it is skipped.

    Example: parley llm read answers/*.lines -o predictions.jsonl
    """
    from parley.leaderboard.records import add_quotations
    from parley.llm.answer import read as read_answer

    wanted, parts = _asked(layers)
    with findings_end_it():
        corpus = load_split(data, split)
    files: dict[str, Path] = {}
    for file in answers:
        name = file.name.partition(".")[0]
        _stop_unless_of(split, name, corpus, f"name the file {file} after its article: ARTICLE.lines or ARTICLE.json")
        if name in files:
            stop(f"{file} and {files[name]} are of the same article")
        files[name] = file
    lines, findings, counted, dropped = [], [], [], Counter[str]()
    for name in (name for name in corpus.articles if name in files):
        text = files[name].read_bytes().decode("utf-8", "replace")
        form = "json" if files[name].suffix == ".json" else "lines"
        made = read_answer(
            [[text]], corpus.articles[name], corpus.texts[name],
            form=form, parts=parts, layers=wanted, repair=repair, file=str(files[name]),
        )  # fmt: skip
        lines.append(msgspec.json.encode(made.prediction) + b"\n")
        findings += made.findings
        counted.append(made.quotations)
        dropped.update(made.dropped)
    write_whole(output, b"".join(lines))
    print_findings(findings, as_json=as_json)
    total = add_quotations(counted)
    found = ", ".join(f"{number:,} {kind}" for kind, number in msgspec.structs.asdict(total).items())
    share = f"{len(lines)} of {count(len(corpus.split(split)), 'article')} of the split '{split}'"
    say(f"{share} written to {output}; quotations: {found} ({total.drop_rate:.1%} lost)")
    _say_dropped(dropped)


@app.command()
def export(
    log: Annotated[
        Path,
        typer.Argument(
            help="A log of `inspect eval parley/extract` or `parley/stance_pairs`, LOG.eval.", show_default=False
        ),
    ],
    folder: Annotated[Path, typer.Argument(help="Folder of the submission.", show_default=False)],
    fields: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="FIELD=VALUE", help="Fields of submission.json, as for `submit init`.", show_default=False
        ),
    ] = None,
    like: Annotated[
        Path | None, typer.Option(help="Folder of an earlier submission, to take the other fields from.")
    ] = None,
    answers: Annotated[
        Path | None, typer.Option(help="Also write the model's answers to this file, for replay/recorded.")
    ] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace files that are in the folder.")] = False,
    data: DataFolder = DEFAULT_DATA,
) -> None:
    """Make a submission from the log of a run: the predictions of its first run, and how it was run.

    Of a run on the twins or the contrast pairs only the predictions are put into the folder, beside the others.

    Example: parley llm export logs/2026-11-29_extract.eval out/mine system=Mine version=1
    """
    from parley.checks import load_corpus
    from parley.leaderboard.submission import DERIVED, SPLIT, derived_name

    try:
        from parley.llm.export import read_log
    except ModuleNotFoundError as error:
        stop(f"this needs a Python package that is not installed: {error.name}; pip install 'parley-bench[llm]'")
    if log.is_dir():
        found = sorted(log.glob("*.eval"))  # their names begin with the time
        stop(f"{log} is a folder; name a log in it" + (f", such as {found[-1]}, the latest" if found else ": LOG.eval"))
    with findings_end_it():
        corpus = load_corpus(data, raw=False)
        try:
            exported = read_log(log, corpus)
        except ValueError as error:
            stop(f"{log}: {error}")
    if answers is not None and exported.run is None:
        stop("--answers is for logs of parley/extract")
    if exported.split in DERIVED:
        file = folder / derived_name(exported.split)
        stop_unless_new([str(file)] if file.exists() else [], overwrite=overwrite)
        write_whole(file, exported.predictions)
        say(f"The predictions of the split '{exported.split}' are in {file}.")
    else:
        make(exported.predictions, folder, fields or [], like, exported.description, data, overwrite=overwrite)
        if exported.split != SPLIT:
            say(f"It is of the split '{exported.split}'; the leaderboard is of '{SPLIT}'.")
    if answers is not None:
        write_whole(answers, exported.answers)
    if (run := exported.run) is not None:
        cost = "" if run.cost is None else f", {run.cost:.2f} dollars"
        say(
            f"{count(run.runs, 'run')}, {run.input_tokens:,} tokens sent, {run.output_tokens:,} received{cost}; "
            f"{run.quotations.drop_rate:.1%} of the quotations were lost."
        )
        _say_dropped(run.dropped)
