"""From the dataset to the server: the project, one task an article, and the records that annotators start from.

Existing parts are left or updated, so a second push completes one that broke off. Annotations and drafts are never
changed, tasks never deleted.
"""

import copy
import hashlib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import msgspec

from parley.adjudication.decisions import agreed
from parley.canonical import finish, new_document
from parley.checks import check_annotation, check_shape, load_corpus
from parley.checks.predictions import PredictionFile
from parley.corpus import Article, Corpus
from parley.files import read_json
from parley.findings import Finding, FindingsError, finding
from parley.labelstudio.client import BATCH, Client, Json, Project, Task
from parley.labelstudio.from_results import from_results
from parley.labelstudio.interface import TEXT, label_config
from parley.labelstudio.to_results import Result, task_data, to_results
from parley.model import Annotation, Document, Span
from parley.reading import annotated

AGREED = "agreed"  # name of the record of what all passes share
BLANK = "blank"  # name of a start from nothing: only the zones that are not annotated are shown
MADE = "Made by parley annotate push."  # in the description of a project
_LAYERS = ("mentions", "entities", "events", "propositions", "stances")

Records = dict[str, dict[str, Document]]  # article id, then what it is by: gold, annotator-1, the name of a system


# What annotators start from -----------------------------------------------------------------------------------------


def from_folder(corpus: Corpus, source: str) -> Records:
    """Return the records of ``gold`` or of one pass under raw/, of the articles that have one.

    Raises ``FindingsError`` where one cannot be used, or there is no such pass.
    """
    where = "gold" if source == "gold" else f"raw/{source}"
    if not (corpus.folder / where).is_dir():
        known = ["gold", *sorted(path.name for path in (corpus.folder / "raw").glob("*") if path.is_dir())]
        fix = "name one of " + ", ".join(known) + ", or a file"
        raise FindingsError([finding("missing-file", file=where, problem=f"there is no pass {source}", fix=fix)])
    records: Records = {}
    wrong: list[Finding] = []
    for article in corpus.articles:
        name = f"{where}/{article}.json"
        if not (corpus.folder / name).is_file():
            continue
        value, findings = read_json(corpus.folder / name, name)
        findings = findings or check_shape(value, "document", file=name)
        if not findings:
            record = msgspec.convert(value, Document)
            records[article] = {source: record}
            if record.id != article:
                findings = [finding("wrong-file-name", file=name, path="$.id", id=record.id)]
            elif record.sha256 != corpus.articles[article].sha256:
                findings = [finding("other-text", file=name, path="$.sha256")]
            else:
                findings = check_annotation(annotated(corpus, article, record), "corpus", name)
        wrong += [found for found in findings if found.is_error]
    if wrong:
        raise FindingsError(wrong)
    return records


def from_file(corpus: Corpus, path: Path, name: str) -> Records:
    """Return the predictions of a file, one article a line, plain or gzip, as records by ``name``.

    Raises ``FindingsError`` with every error in it. Not every article, and not every layer, needs to be there.
    """
    in_one_split = {a.id: msgspec.structs.replace(a, split="all") for a in corpus.articles.values()}
    file = PredictionFile(path, msgspec.structs.replace(corpus, articles=in_one_split), "all")
    records: Records = {}
    for prediction in file:
        article, text = corpus.articles[prediction.id], corpus.texts[prediction.id]
        record = _complete(prediction, article, text, annotator=name, canary=corpus.info.canary)
        records[prediction.id] = {name: record}
    wrong = [each for each in file.findings if each.is_error and each.rule not in ("missing-article", "partial-layer")]
    if wrong:
        raise FindingsError(wrong)
    return records


def _complete(prediction: Annotation, article: Article, text: str, *, annotator: str, canary: str) -> Document:
    """Return a checked prediction as a record: layers not attempted are empty, texts and shown mentions derived."""
    layers: dict[str, Any] = {name: copy.deepcopy(getattr(prediction, name) or []) for name in _LAYERS}
    record = new_document(article, annotator, canary, **layers)
    spans: list[Span] = [*record.mentions, *record.events, *(s for x in record.stances for s in x.evidence)]
    spans += [span for proposition in record.propositions for span in proposition.spans]
    for span in spans:
        span.text = text[span.start : span.end]
    return finish(record, article, text)


def for_adjudication(folder: Path) -> Records:
    """Return every pass over every article, and what the passes of an article agree on where there are two or more.

    Raises ``FindingsError`` if the passes cannot be used, or no article has two.
    """
    corpus = load_corpus(folder, gold=False, raw=True)
    names = [name for name in corpus.raw if corpus.passes[name].role == "pass"]
    records: Records = {}
    for article, described in corpus.articles.items():
        passes = {name: corpus.raw[name][article] for name in names if article in corpus.raw[name]}
        if len(passes) >= 2:
            read = {name: annotated(corpus, article, record) for name, record in passes.items()}
            shared = agreed(read, described, corpus.texts[article], annotator=AGREED, canary=corpus.info.canary)
            records[article] = {AGREED: shared, **passes}
    if not records:
        problem, fix = "no article has two passes", "adjudication needs two or more under raw/"
        raise FindingsError([finding("missing-article", file="raw", problem=problem, fix=fix)])
    return records


# Push ---------------------------------------------------------------------------------------------------------------


class PushReport(msgspec.Struct):
    """The result of a push, filled as it goes on, so that it is right for one that breaks off too."""

    project: str = ""
    project_made: bool = False
    project_updated: bool = False
    tasks_made: int = 0
    tasks_updated: int = 0
    tasks_unchanged: int = 0
    predictions_made: int = 0
    predictions_updated: int = 0
    predictions_unchanged: int = 0
    findings: list[Finding] = []


def push(
    client: Client,
    corpus: Corpus,
    title: str,
    articles: Sequence[str],
    records: Records,
    report: PushReport,
    *,
    shown: str = BLANK,
    annotators: int = 3,
) -> None:
    """Make or update project ``title``: each of ``articles`` a task, with its ``records`` as predictions.

    ``shown`` is the name of the record that an annotation starts from; an article without one starts blank, with its
    zones. ``annotators`` is how many people are to annotate each article. A project that Parley did not make, and an
    article whose text is not that of its task, are not changed and give a finding. Raises ``LabelStudioError`` where
    the server fails.
    """
    report.project = title
    project = client.project(title)
    if project is not None and MADE not in project.description:
        report.findings.append(finding("foreign-project", file=title, title=title))
        return
    project = _project(client, title, project, annotators, report)
    tasks = _by_article(client.tasks(project.id), corpus, project, report)
    new = []
    for article in articles:
        described, text = corpus.articles[article], corpus.texts[article]
        blank = new_document(described, BLANK, corpus.info.canary, **{name: [] for name in _LAYERS})
        own = {shown: blank} | records.get(article, {})
        results = {name: to_results(record, described, text) for name, record in own.items()}
        report.findings += _not_shown(own, results, described, text, title)
        data = task_data(described, text)
        if article not in tasks:
            new.append({"data": data, "predictions": [{"model_version": n, "result": r} for n, r in results.items()]})
        elif is_of(tasks[article].data, described):
            _update(client, tasks[article], data, results, report)
        else:
            problem = f"task {tasks[article].id} shows another version of the text of {article}; it was not changed"
            fix = "pull what was done on it, then delete the task in Label Studio and push again"
            report.findings.append(finding("other-text", file=title, problem=problem, fix=fix))
    for at in range(0, len(new), BATCH):
        batch = new[at : at + BATCH]
        client.add_tasks(project.id, batch)
        report.tasks_made += len(batch)
        report.predictions_made += sum(len(task["predictions"]) for task in batch)
    if project.model_version != shown and articles:
        client.update_project(project.id, model_version=shown)  # last, as it must name an existing prediction
        report.project_updated = not report.project_made


def _project(client: Client, title: str, found: Project | None, annotators: int, report: PushReport) -> Project:
    """Return the project as it should be, made if it is not there."""
    config = label_config()
    if found is None:
        report.project_made = True
        return client.create_project(
            title,
            config,
            description=f"{MADE} The articles and the configuration come from the dataset.",
            show_collab_predictions=True,
            maximum_annotations=annotators,
            enable_empty_annotation=True,  # an article may have nothing to annotate
            show_skip_button=True,
        )
    if found.config != config:
        client.update_project(found.id, label_config=config)
        report.project_updated = True
    return found


def _not_shown(
    records: dict[str, Document], results: dict[str, list[Result]], article: Article, text: str, title: str
) -> Iterable[Finding]:
    """Yield a warning for each record of which the results do not show everything (a holder without a mention, say)."""
    for name, record in records.items():
        read = from_results(results[name], article, text, record.annotator, canary=record.canary)
        lost = [
            i.id
            for layer in ("events", "propositions", "stances")
            for i in getattr(record, layer)
            if i not in getattr(read[0], layer)
        ]
        if lost := [*lost, *(found.message for found in read.findings if found.is_error)]:
            what = ", ".join(lost)
            yield finding("not-shown", file=f"{title}, {article.id}", severity="warning", name=name, what=what)


def _by_article(tasks: Iterable[Task], corpus: Corpus, project: Project, report: PushReport) -> dict[str, Task]:
    """Return the task of each article. If there are several, the first with submitted work, else the first."""
    found: dict[str, Task] = {}
    for task in sorted(tasks, key=lambda task: (not task.submitted, task.id)):
        article = article_of(task.data)
        if article not in corpus.articles:
            problem, fix = f"task {task.id} is of no article of the dataset", "delete it, or list its article"
            wrong = finding("unknown-article", file=project.title, severity="warning", problem=problem, fix=fix)
            report.findings.append(wrong)
        elif article in found:
            problem = f"task {task.id} and task {found[article].id} are both of {article}; the latter is used"
            fix = f"delete task {task.id} in Label Studio if nobody worked on it"
            report.findings.append(finding("duplicate-article", file=project.title, problem=problem, fix=fix))
        else:
            found[article] = task
    return found


def _update(client: Client, task: Task, data: Json, results: dict[str, list[Result]], report: PushReport) -> None:
    """Update a task and its predictions; predictions by other names stay."""
    if task.data == data:
        report.tasks_unchanged += 1
    else:
        client.update_task(task.id, data)
        report.tasks_updated += 1
    there = client.predictions(task.id) if task.predictions else []
    for name, result in results.items():
        own = [prediction for prediction in there if prediction["model_version"] == name]
        if not own:
            client.add_prediction(task.id, name, result)
            report.predictions_made += 1
        elif own[0]["result"] == result:
            report.predictions_unchanged += 1
        else:
            client.update_prediction(own[0]["id"], name, result)
            report.predictions_updated += 1
        for double in own[1:]:  # sent by two pushes at once
            client.delete_prediction(double["id"])


def article_of(data: object) -> str:
    """Return the article that a task's data are of, or ``?`` if no push made the task."""
    article = data.get("article") if isinstance(data, dict) else None
    return article if isinstance(article, str) else "?"


def is_of(data: Json, article: Article) -> bool:
    """Whether the text of a task is byte for byte the article's."""
    text = data.get(TEXT)
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest() if isinstance(text, str) else None
    return digest == article.sha256
