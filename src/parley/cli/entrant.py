"""Commands for entrants: run a baseline, check and score predictions, compare systems, list errors."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import msgspec
import typer

from parley.cli.console import (
    DEFAULT_DATA,
    FINDINGS,
    AsJson,
    DataFolder,
    count,
    err,
    findings_end_it,
    or_close,
    out,
    print_findings,
    print_json,
    say,
    stop,
    summary,
)
from parley.files import to_json, write_whole
from parley.findings import Finding, FindingsError
from parley.words import printable

if TYPE_CHECKING:
    from parley.baselines import System
    from parley.checks import Corpus
    from parley.model import Prediction
    from parley.task import Task

Predictions = Annotated[
    Path, typer.Argument(help="A predictions.jsonl, a line an article; also packed, .jsonl.gz.", show_default=False)
]
Checked = Annotated[
    Path, typer.Argument(help="A predictions.jsonl, also packed; or the folder of a submission.", show_default=False)
]
Split = Annotated[str, typer.Option(help="Split that is predicted.")]


def given_tasks(data: Path, split: str, *, pairs: bool = True) -> list[Task]:
    """Return what systems are given of a dataset folder, with ``pairs`` those of the articles that have gold.

    Stops the command where the folder has errors or no such split.
    """
    from parley import task
    from parley.dataset.tables import stance
    from parley.reading import annotated

    with findings_end_it():
        corpus = load_split(data, split)
    articles = [corpus.articles[name] for name in corpus.split(split)]
    documents = [
        {"id": a.id, "text": corpus.texts[a.id], "zones": map(msgspec.structs.asdict, a.zones), "date": a.date.value}
        for a in articles
    ]
    asked = [a.id for a in articles if pairs and a.id in corpus.gold]
    return task.tasks(documents, (row for name in asked for row in stance(annotated(corpus, name))))


def load_split(data: Path, split: str, *, raw: bool = False) -> Corpus:
    """Return the dataset in a folder or, for the splits ``twin`` and ``contrast``, what is derived from it.

    Raises ``FindingsError`` where the folder has errors or no such split.
    """
    from parley.checks import load_corpus
    from parley.leaderboard.submission import dataset_of

    return dataset_of(load_corpus(data, raw=raw, partial=True), split)


def find_system(name: str) -> System:
    """Return a system by its name or path; stop where it is not found or a package it needs is missing."""
    from parley.baselines import find

    try:
        return find(name)
    except ValueError as error:
        stop(str(error))
    except ModuleNotFoundError as error:
        _stop_for_package(name, error)


def _stop_for_package(name: str, error: ModuleNotFoundError) -> NoReturn:
    known = "; for the baselines of Parley: pip install 'parley-bench[baselines]'"
    stop(f"the system '{name}' needs a Python package that is not installed: {error.name}{known}", FINDINGS)


def run_system(system: System, given: list[Task], output: Path) -> None:
    """Write the predictions of a system, a line an article; show a bar on standard error in a terminal.

    The system is given each article without the pairs first: all layers but the answers to the pairs are from then.
    """
    from rich.progress import track

    from parley.baselines import NotTrainedError
    from parley.model import Prediction

    def answer(task: Task) -> Prediction:
        try:
            prediction = system.predict(task)
        except ModuleNotFoundError as error:
            _stop_for_package(system.name, error)
        except NotTrainedError as error:
            stop(str(error))
        except SystemExit:
            stop(f"'{system.name}' ended the run (sys.exit) on the article '{task.id}'", FINDINGS)
        except Exception as error:
            error.add_note(f"'{system.name}' failed on the article '{task.id}'")
            raise
        if not isinstance(prediction, Prediction):
            returned = type(prediction).__name__
            stop(f"predict of '{system.name}' returns {returned}; it must return parley.model.Prediction", FINDINGS)
        return prediction

    lines = []
    hidden = not err.is_terminal
    for task in track(given, description=system.name, console=err, disable=hidden, transient=True):
        prediction = answer(msgspec.structs.replace(task, pairs=[]))
        if task.pairs and prediction.stance_pairs is not None:
            prediction = msgspec.structs.replace(prediction, stance_pairs=answer(task).stance_pairs)
        lines.append(msgspec.json.encode(prediction) + b"\n")
    write_whole(output, b"".join(lines))


def tasks(
    output: Annotated[Path, typer.Option("--output", "-o", help="File to write, one line per article.")] = Path(
        "tasks.jsonl"
    ),
    pairs: Annotated[
        bool, typer.Option("--pairs", help="For the pair track only: the pairs to classify, too.", show_default=False)
    ] = False,
    data: DataFolder = DEFAULT_DATA,
    split: Split = "test",
) -> None:
    """Write what a system may read, as JSON lines for systems in any language.

    Each line has the id, text, zones, sentences and date of an article, offsets in code points. The pairs name holders
    and targets of the gold, so they are input of the pair track alone.

    Example: parley tasks -o tasks.jsonl
    """
    given = given_tasks(data, split, pairs=pairs)
    records = [msgspec.to_builtins(task) | {"sentences": [s._asdict() for s in task.sentences]} for task in given]
    if not pairs:
        for record in records:
            del record["pairs"]
    write_whole(output, b"".join(msgspec.json.encode(record) + b"\n" for record in records))
    say(f"{count(len(records), 'article')} of the split '{split}' written to {output}.")


def predict(
    name: Annotated[
        str, typer.Argument(help="Name of a baseline (`parley baselines` lists them) or path of a system's folder.")
    ],
    output: Annotated[Path, typer.Option("--output", "-o", help="File to write, one line per article.")] = Path(
        "predictions.jsonl"
    ),
    data: DataFolder = DEFAULT_DATA,
    split: Split = "test",
) -> None:
    """Run a system on a split of the dataset and write its predictions. The system never sees the gold.

    Example: parley predict rules -o predictions.jsonl
    """
    system = find_system(name)
    given = given_tasks(data, split)
    run_system(system, given, output)
    say(f"{system.name}: {count(len(given), 'article')} of the split '{split}' predicted; written to {output}.")


def check(
    predictions: Checked, data: DataFolder = DEFAULT_DATA, split: Split = "test", as_json: AsJson = False
) -> None:
    """Check a file of predictions, or a submission: report every problem with its location and a fix.

    The name in a submission.json beside the file is checked too. Of a submission's folder everything is checked: its
    description, its predictions, their checksum, the version of the data. Of errors and of warnings the first thousand
    are listed.

    Exit code 0 if there is no error, 1 if there is, 2 for wrong usage. A file with warnings only can be submitted.

    Example: parley check eval/example/predictions.jsonl --data tests/small
    """
    from parley.checks import check_predictions
    from parley.leaderboard.submission import name_system, read_submission

    with findings_end_it():
        corpus = load_split(data, split)
    if predictions.is_dir():
        _, found, _, findings = read_submission(predictions, corpus, split)
    else:
        found, findings = check_predictions(predictions, corpus, split)
        findings += name_system(predictions)[1]
    print_findings(findings, as_json=as_json)
    wanted = count(len(corpus.split(split)), "article")
    say(f"{printable(str(predictions))}: {len(found)} of {wanted} usable, {summary(findings)}")
    if any(finding.is_error for finding in findings):
        raise typer.Exit(FINDINGS)


def _system_name(predictions: Path) -> str:
    """Return the name in the submission.json beside the predictions. Raises ``FindingsError`` for a bad one."""
    from parley.leaderboard.submission import name_system

    name, findings = name_system(predictions)
    if any(finding.is_error for finding in findings):
        raise FindingsError(findings)
    print_findings(findings, as_json=False, console=err)
    return name


def score(
    predictions: Predictions,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="Write the report here (default: NAME.report.json beside NAME.jsonl)."),
    ] = None,
    system: Annotated[
        str | None, typer.Option(help="Name of the system (default: from the submission.json beside the predictions).")
    ] = None,
    html: Annotated[
        Path | None,
        typer.Option("--html", metavar="OUT", help="Write a page too: scores, confusions, every item in the text."),
    ] = None,
    data: DataFolder = DEFAULT_DATA,
    split: Split = "test",
    twin: Annotated[
        Path | None,
        typer.Option(metavar="TWINS", help="Predictions of the split 'twin', for the memorisation gap."),
    ] = None,
    contrast: Annotated[
        Path | None, typer.Option(metavar="CONTRAST", help="Predictions of the split 'contrast', for contrast pairs.")
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="Show every metric, not only the headline ones.")] = False,
    gold: Annotated[
        Path | None,
        typer.Option(metavar="GOLD", help="Score against a gold.jsonl (text and zones in each line): scores only."),
    ] = None,
    jobs: Annotated[int, typer.Option(min=1, max=256, help="With --gold: processes that share the work.")] = 1,
    trust: Annotated[
        bool, typer.Option("--trust", help="With --gold: skip the checks; for files checked before.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Score a file of predictions against the gold: check it, write the report, show the scores.

    With --json the report is printed instead of the tables. Nothing is written if the file has an error.

    With --gold two files of lines are read side by side, in little memory however many articles there are. Both are
    checked, but for registry ids. There is no report then.

    Example: parley score eval/example/predictions.jsonl --data tests/small -o report.json
    """
    from parley.checks.predictions import read_predictions
    from parley.leaderboard.submission import check_system_name

    if gold is not None:
        if any(given is not None for given in (output, html, system, twin, contrast)):
            stop("--output, --html, --system, --twin and --contrast belong to a report, which --gold does not make")
        from parley.cli.tables import print_scores
        from parley.scoring.lines import score_lines

        for path in (gold, predictions):
            if not path.is_file():
                stop(f"there is no file {path}")
            if path.suffix == ".gz":
                stop(f"{path} is packed; unpack it first, as lines are read from two places of the file")
        with findings_end_it():
            print_scores(score_lines(gold, predictions, jobs=jobs, trust=trust), every=every, as_json=as_json)
        return
    if jobs != 1 or trust:
        stop("--jobs and --trust need --gold: a dataset folder is scored by one process, and checked")
    from parley.cli.tables import print_report  # here, so that other commands need not wait for scipy
    from parley.scoring import score_file

    if system is not None and (wrong := check_system_name(system)):
        stop(f"--system: {wrong[0].message}; {wrong[0].suggestion}")
    stem = predictions.name.removesuffix(".gz").removesuffix(".jsonl")
    target = output or predictions.with_name(f"{stem}.report.json")
    if target.is_file() and predictions.is_file() and target.samefile(predictions):
        stop("the report would overwrite the predictions; name another file with --output")
    for written in (target, html):
        if written is not None and written.is_dir():
            stop(f"{written} is a folder; name a file")
    if html is not None and html.resolve() in (predictions.resolve(), target.resolve()):
        stop("the page would overwrite another file; name another one with --html")
    with findings_end_it():
        corpus = load_split(data, split, raw=html is not None)
        name = system or _system_name(predictions)
        report = score_file(corpus, predictions, split, system=name, twin=twin, contrast=contrast)
    write_whole(target, to_json(report))
    if html is not None:
        from parley.pages.report import cases_of, report_pages

        with findings_end_it():
            lines = read_predictions(predictions, corpus, report.split)
        cases = cases_of(corpus, lines, report.split)
        for name, page in report_pages(report, corpus, cases, html.name).items():
            write_whole(html.parent / name, page)
        say(f"The page is in {html}; it links to one page for each article.")
    if as_json:
        print_json(report)
    else:
        print_report(report, every=every)
    say(f"The report is in {target}.")


def compare(
    a: Annotated[Path, typer.Argument(help="A's predictions.jsonl.", show_default=False)],
    b: Annotated[Path, typer.Argument(help="B's predictions.jsonl.", show_default=False)],
    data: DataFolder = DEFAULT_DATA,
    split: Annotated[str, typer.Option(help="Split that is predicted.")] = "test",
    as_json: AsJson = False,
) -> None:
    """Compare two systems: scores, difference with interval and p, and whether the stories can separate them.

    Both files are checked first. The exit code is 0 once they are compared, whichever is better.

    Example: parley compare eval/example/predictions.jsonl eval/example/predictions.jsonl --data tests/small
    """
    from parley.compare import compare as compared

    with findings_end_it():
        corpus = load_split(data, split)
        one, other = _read_both(corpus, a, b, split)
        comparison = compared(corpus, one, other, split, names=(str(a), str(b)))
    if as_json:
        print_json(comparison)
    else:
        from parley.cli.tables import print_comparison

        print_comparison(comparison)


def _read_both(corpus: Corpus, a: Path, b: Path, split: str) -> tuple[dict[str, Prediction], dict[str, Prediction]]:
    """Return both files' predictions; raise ``FindingsError`` with the findings on either."""
    from parley.checks import read_predictions

    read: list[dict[str, Prediction]] = []
    findings: list[Finding] = []
    for path in dict.fromkeys((a, b)):
        try:
            read.append(read_predictions(path, corpus, split))
        except FindingsError as error:
            findings += error.findings
    if findings:
        raise FindingsError(findings)
    return read[0], read[-1]


def _chosen_names(given: Sequence[str] | None, known: Sequence[str], option: str) -> list[str]:
    """Return what an option names, all of ``known`` by default; a name that is none ends the command."""
    for name in given or ():
        if name not in known:
            stop(f"{option}: there is no '{name}'; {or_close(name, known)}")
    return list(given) if given else list(known)


def errors(
    predictions: Predictions,
    layer: Annotated[
        list[str] | None,
        typer.Option(
            "--layer",
            help="This layer only: entities, events, arguments, propositions, stance; repeatable.",
            show_default=False,
        ),
    ] = None,
    article: Annotated[
        list[str] | None,
        typer.Option("--article", metavar="ID", help="This article only; repeatable.", show_default=False),
    ] = None,
    kind: Annotated[
        list[str] | None,
        typer.Option(
            "--kind",
            help="This class only, e.g. missed, 'wrong span'; repeatable (default: all but right).",
            show_default=False,
        ),
    ] = None,
    data: DataFolder = DEFAULT_DATA,
    split: Split = "test",
    as_json: AsJson = False,
) -> None:
    """Show what a system got wrong, item by item, with its sentence.

    Every gold and every predicted item is in one class: right, missed, spurious, or a kind of error. In the
    sentences, \\[square brackets] hold words of the gold and {braces} words predicted.

    Example: parley errors eval/example/predictions.jsonl --data tests/small --layer entities --kind missed
    """
    from parley.checks.predictions import read_predictions
    from parley.mistakes import KINDS, LAYERS, RIGHT  # here, so that other commands need not wait for scipy
    from parley.mistakes import errors as classify
    from parley.scoring.report import require_articles
    from parley.segment import split_sentences

    known = list(dict.fromkeys(k.name for kinds in KINDS.values() for k in kinds))
    layers = _chosen_names(layer, LAYERS, "--layer")
    kinds = _chosen_names(kind, known, "--kind") if kind else [name for name in known if name != RIGHT]
    with findings_end_it():
        corpus = load_split(data, split)
        predicted = read_predictions(predictions, corpus, split)
        scored = require_articles(corpus, split, {"prediction": predicted})
    articles = _chosen_names(article, scored, "--article")
    cases = [
        case
        for name in articles
        for case in classify(corpus.gold[name], predicted[name], corpus.articles[name], corpus.texts[name])
        if case.layer in layers
    ]
    shown = [case for case in cases if case.kind in kinds]
    if as_json:
        print_json(shown)
        return
    from parley.cli.tables import class_counts, listing

    for name in articles:
        text = corpus.texts[name]
        sentences = split_sentences(text, corpus.articles[name].zones)
        for line in listing(name, [case for case in shown if case.article == name], text, sentences):
            out.print(line)
    counted = Counter((case.layer, case.kind) for case in cases)
    out.print(class_counts(counted, layers), soft_wrap=False)
    say(f"{count(len(shown), 'item')} shown.")
