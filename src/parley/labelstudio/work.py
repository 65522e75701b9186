"""Who did what on a task: its annotations, skips and drafts, by login."""

import hashlib
from collections.abc import Mapping

import msgspec

from parley.corpus import Article
from parley.labelstudio.client import Client, Json
from parley.labelstudio.controls import TEXT

NOBODY = "(deleted user)"


class Work(msgspec.Struct):
    """What one person has on one task; each list newest first, as the server has it."""

    login: str
    submitted: list[Json] = []
    skipped: list[Json] = []
    drafts: list[Json] = []  # of a new annotation, or of changes to one that is submitted

    @property
    def state(self) -> str:
        """``submitted``, ``submitted, changed since`` (by a newer draft), ``skipped`` or ``draft``."""
        if self.submitted:
            newest = self.submitted[0]["updated_at"]
            return "submitted, changed since" if any(d["updated_at"] > newest for d in self.drafts) else "submitted"
        return "draft" if self.drafts else "skipped"

    @property
    def updated(self) -> str:
        """When the newest of it was saved, ISO 8601 in UTC."""
        return max(str(item["updated_at"]) for item in [*self.submitted, *self.skipped, *self.drafts])

    @property
    def lead_time(self) -> float:
        """Seconds that the annotation counts; of a draft or a skip, where nothing is submitted."""
        items = self.submitted or self.drafts or self.skipped
        return round(float(items[0].get("lead_time") or 0.0), 1)


def _login(who: object, logins: Mapping[int, str]) -> str:
    if isinstance(who, Mapping):
        return str(who.get("email") or logins.get(int(who.get("id") or 0), NOBODY))
    if isinstance(who, int):
        return logins.get(who, NOBODY)
    return who if isinstance(who, str) and who else NOBODY


def work_on(content: Json, logins: Mapping[int, str]) -> list[Work]:
    """Return the work of everyone on a task (``Client.task``), sorted by login; ``logins`` names users by number."""
    found: dict[str, Work] = {}

    def of(who: object) -> Work:
        login = _login(who, logins)
        return found.setdefault(login, Work(login))

    newest = sorted(content["annotations"], key=lambda a: (a["updated_at"], a["id"]), reverse=True)
    for annotation in newest:
        work = of(annotation.get("completed_by"))
        (work.skipped if annotation.get("was_cancelled") else work.submitted).append(annotation)
    for draft in sorted(content["drafts"], key=lambda d: (d["updated_at"], d["id"]), reverse=True):
        of(draft.get("user")).drafts.append(draft)
    return [found[login] for login in sorted(found)]


class Row(msgspec.Struct, kw_only=True):
    """One person's work on one article: a line of ``parley annotate status``."""

    article: str
    task: int
    annotator: str | None  # None: nobody has begun
    state: str
    updated: str | None = None  # ISO 8601, UTC
    lead_time: float | None = None  # seconds
    submitted: int = 0  # annotations; more than one where somebody did it twice


def status(client: Client, project: int) -> list[Row]:
    """Return who has done what in a project, article by article."""
    logins = client.logins()
    rows = []
    for task in client.tasks(project):
        article = article_of(task.data)
        works = work_on(client.task(task.id), logins)
        if not works:
            rows.append(Row(article=article, task=task.id, annotator=None, state="not begun"))
        rows += [
            Row(article=article, task=task.id, annotator=w.login, state=w.state, updated=w.updated, lead_time=w.lead_time, submitted=len(w.submitted))
            for w in works
        ]  # fmt: skip
    return rows


def article_of(data: object) -> str:
    """Return the article that a task's data are of, or ``?`` for a task that was not made by a push."""
    article = data.get("article") if isinstance(data, dict) else None
    return article if isinstance(article, str) else "?"


def is_of(data: Json, article: Article) -> bool:
    """Whether a task shows the text of an article as it is, to the byte."""
    text = data.get(TEXT)
    if not isinstance(text, str):
        return False
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest() == article.sha256
