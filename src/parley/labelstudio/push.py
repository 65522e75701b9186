"""From the dataset to the server: the project, one task an article, and what annotators are shown to begin with.

Whatever is there already is found again and left or brought up to date, so that a push that broke off is completed by
pushing once more. Nothing that a person made is touched: annotations and drafts are never changed, tasks never deleted.
"""

from collections.abc import Iterable, Sequence

import msgspec

from parley.checks import Corpus
from parley.files import shorten
from parley.findings import Finding
from parley.labelstudio.answers import Answers
from parley.labelstudio.client import BATCH, Client, Json, Project, Task
from parley.labelstudio.config import label_config
from parley.labelstudio.regions import task_data, to_results
from parley.labelstudio.work import article_of, is_of


class PushReport(msgspec.Struct):
    """What a push has done so far: it is filled as the push goes on, so that it is true also of one that breaks off."""

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
    answers: Answers,
    report: PushReport,
    *,
    shown: str = "",
    annotators: int = 3,
) -> None:
    """Bring project ``title`` to where each of ``articles`` is a task with the ``answers`` to it as predictions.

    ``shown`` is the name of the answers that an annotator's work begins with; ``annotators`` is how many are to do each
    article. What is done is counted in ``report``. An article whose text is not that of its task is a finding, and its
    task is left alone. Raises ``LabelStudioError`` where the server ends it.
    """
    project = _project(client, title, annotators, report)
    tasks = _by_article(client.tasks(project.id), corpus, project, report)
    new = []
    for article in articles:
        described, text = corpus.articles[article], corpus.texts[article]
        data = task_data(described, text)
        results = {name: to_results(document, described, text) for name, document in answers.get(article, {}).items()}
        if article not in tasks:
            new.append({"data": data, "predictions": [{"model_version": n, "result": r} for n, r in results.items()]})
        elif is_of(tasks[article].data, described):
            _update(client, tasks[article], data, results, report)
        else:
            report.findings.append(_other_text(tasks[article], article, project))
    for at in range(0, len(new), BATCH):
        batch = new[at : at + BATCH]
        client.add_tasks(project.id, batch)
        report.tasks_made += len(batch)
        report.predictions_made += sum(len(task["predictions"]) for task in batch)
    if project.model_version != shown and any(shown in own for own in answers.values()):
        client.update_project(project.id, model_version=shown)  # last: it must be that of a prediction that is there
        report.project_updated = not report.project_made


def _project(client: Client, title: str, annotators: int, report: PushReport) -> Project:
    """Return the project of this title as it should be, made if it is not there."""
    report.project, config = title, label_config()
    project = client.project(title)
    if project is None:
        report.project_made = True
        return client.create_project(
            title,
            config,
            description="Made by parley annotate push. The articles and the configuration come from the dataset.",
            show_collab_predictions=True,
            maximum_annotations=annotators,
            enable_empty_annotation=True,  # an article may have none of what is annotated
            show_skip_button=True,
        )
    if project.config != config:
        client.update_project(project.id, label_config=config)
        report.project_updated = True
    return project


def _by_article(tasks: Iterable[Task], corpus: Corpus, project: Project, report: PushReport) -> dict[str, Task]:
    """Return the task of each article: of several the first with someone's work, else the first."""
    found: dict[str, Task] = {}
    for task in sorted(tasks, key=lambda task: (not task.submitted, task.id)):
        article = article_of(task.data)
        if article not in corpus.articles:
            message, mend = (
                f"task {task.id} is of no article of the dataset",
                "delete it in Label Studio, or list its article",
            )
            report.findings.append(Finding(rule="unknown-article", message=message, file=project.title, suggestion=mend, severity="warning"))  # fmt: skip
        elif article in found:
            message = f"task {task.id} is of {shorten(article)} like task {found[article].id}, which is used"
            mend = f"delete task {task.id} in Label Studio if nobody worked on it"
            report.findings.append(Finding(rule="duplicate-article", message=message, file=project.title, suggestion=mend))  # fmt: skip
        else:
            found[article] = task
    return found


def _other_text(task: Task, article: str, project: Project) -> Finding:
    message = f"task {task.id} shows another version of the text of {shorten(article)}; it was left alone"
    mend = "pull what was done on it, then delete the task in Label Studio and push again"
    return Finding(rule="other-text", message=message, file=project.title, suggestion=mend)


def _update(client: Client, task: Task, data: Json, results: dict[str, list[Json]], report: PushReport) -> None:
    """Bring a task and its predictions up to date; those by other names stay."""
    if task.data == data:
        report.tasks_unchanged += 1
    else:
        client.update_task(task.id, data)
        report.tasks_updated += 1
    there = client.predictions(task.id) if results and task.predictions else []
    for name, result in results.items():
        own = [prediction for prediction in there if prediction["model_version"] == name]
        if not own:
            client.add_prediction(task.id, name, result)
            report.predictions_made += 1
            continue
        if own[0]["result"] == result:
            report.predictions_unchanged += 1
        else:
            client.update_prediction(own[0]["id"], name, result)
            report.predictions_updated += 1
        for double in own[1:]:  # sent twice: by two pushes at once
            client.delete_prediction(double["id"])
