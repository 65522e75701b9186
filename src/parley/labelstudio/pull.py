"""From the server to the dataset: one record for each article and annotator under raw/, and beside it the original.

``raw/<annotator>/<article>.json`` is the record. ``raw/<annotator>/labelstudio/<article>.json`` holds every version of
the annotation that a pull has seen, so that no submitted work is lost.
``raw/<annotator>/faulty/<article>.json`` is a record that breaks a rule; it does not make the dataset invalid.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from parley.checks import check_annotation, check_shape
from parley.checks.shape import read_record
from parley.corpus import Corpus, Pass, Passes
from parley.files import read_json, to_json, to_lines_json, write_whole
from parley.findings import Finding, finding
from parley.ids import slug
from parley.labelstudio import FAULTY, ORIGINAL
from parley.labelstudio.client import Client, Json, Task
from parley.labelstudio.from_results import from_results
from parley.labelstudio.push import article_of, is_of
from parley.model import Document
from parley.reading import annotated

NOBODY = "(deleted user)"
UNKNOWN = "not stated yet"  # of a pass, in passes.json
_ITEM = re.compile(r"^\$\.(mentions|entities|events|propositions|stances)\[(\d+)\]")
# Fields of an annotation in the original: no names of people, as it is in the corpus.
_ORIGINAL_FIELDS = {
    "id",
    "result",
    "created_at",
    "updated_at",
    "lead_time",
    "was_cancelled",
    "ground_truth",
    "parent_prediction",
}


# Work on a task -------------------------------------------------------------------------------------------------------


class Work(msgspec.Struct):
    """The work of one person on one task, as on the server; each list newest first."""

    login: str
    user: int | None  # number of the user on the server
    submitted: list[Json] = []
    skipped: list[Json] = []
    drafts: list[Json] = []  # of a new annotation, or of changes to one that is submitted
    changed_by: dict[int, str] = {}  # annotation id and login, where another person changed it last

    @property
    def state(self) -> str:
        """``submitted``, ``submitted, changed since`` (by a newer draft), ``skipped`` or ``draft``."""
        if self.submitted:
            newest = self.submitted[0]["updated_at"]
            return "submitted, changed since" if any(d["updated_at"] > newest for d in self.drafts) else "submitted"
        return "draft" if self.drafts else "skipped"


def work_on(content: Json, logins: Mapping[int, str]) -> list[Work]:
    """Return everyone's work on a task (``Client.task``), sorted by login; ``logins`` are those of users by number."""
    found: dict[str, Work] = {}
    of_email = {login: number for number, login in logins.items()}

    def number(who: Any) -> int | None:  # the server names people by number, by login, or by an object with both
        who = who.get("id") if isinstance(who, Mapping) else who
        return who if isinstance(who, int) else of_email.get(str(who))

    def of(user: int | None) -> Work:
        login = logins.get(user or 0, NOBODY)
        return found.setdefault(login, Work(login, user))

    for annotation in sorted(content["annotations"], key=lambda a: (a["updated_at"], a["id"]), reverse=True):
        user, changer = number(annotation.get("completed_by")), number(annotation.get("updated_by"))
        work = of(user)
        (work.skipped if annotation.get("was_cancelled") else work.submitted).append(annotation)
        if changer is not None and changer != user:
            work.changed_by[annotation["id"]] = logins.get(changer, NOBODY)
    for draft in sorted(content["drafts"], key=lambda d: (d["updated_at"], d["id"]), reverse=True):
        of(number(draft.get("user"))).drafts.append(draft)
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
    changed_by: str | None = None  # another person who changed the newest annotation last


def status(client: Client, project: int) -> list[Row]:
    """Return everyone's work in a project, article by article."""
    logins = client.logins()
    rows = []
    for task in client.tasks(project):
        article, works = article_of(task.data), work_on(client.task(task.id), logins)
        if not works:
            rows.append(Row(article=article, task=task.id, annotator=None, state="not begun"))
        for work in works:
            items = work.submitted or work.drafts or work.skipped
            row = Row(article=article, task=task.id, annotator=work.login, state=work.state)
            row.updated = max(str(item["updated_at"]) for item in [*work.submitted, *work.skipped, *work.drafts])
            row.lead_time = round(float(items[0].get("lead_time") or 0.0), 1)
            row.submitted, row.changed_by = len(work.submitted), work.changed_by.get(items[0]["id"])
            rows.append(row)
    return rows


# Pull ---------------------------------------------------------------------------------------------------------------


class PullReport(msgspec.Struct):
    """The result of a pull, filled as it goes on, so that it is right for one that breaks off too."""

    project: str = ""
    written: list[str] = []  # records, as <annotator>/<article>
    unchanged: list[str] = []
    faulty: list[str] = []
    remarks: list[str] = []  # drafts, skips and people's notes
    described: list[str] = []  # annotators for whom an entry in passes.json was begun
    findings: list[Finding] = []


def folder_name(login: str) -> str:
    """Return the annotator's name for a login name: the part before the @, in letters, digits and hyphens."""
    name = slug(login.partition("@")[0])
    return name[:64] if name[0].isalpha() else f"a-{name}"[:64]


def pull(
    client: Client,
    corpus: Corpus,
    title: str,
    out: Path,
    report: PullReport,
    *,
    annotator: str | None = None,
    name: str | None = None,
    entry: Pass | None = None,
) -> None:
    """Write the annotations submitted in project ``title`` to ``out``, the folder raw/ of a dataset.

    ``annotator`` restricts the pull to one login name, ``name`` is a folder name for it, ``entry`` the entry of a new
    pass in passes.json (guidelines, if empty: the newest of all passes). An error in one annotation is a finding, and
    the others are still pulled. Raises ``LabelStudioError`` where the server fails and ``OSError`` where a file cannot
    be written; files written before are complete.
    """
    report.project = title
    project = client.project(title)
    if project is None:
        report.findings.append(finding("missing-project", file=title, title=title, url=client.url))
        return
    logins = client.logins()
    names = _names(list(logins.values()), annotator, name, report)
    arrived: set[str] = set()
    for task in client.tasks(project.id):
        content = client.task(task.id)
        works = [work for work in work_on(content, logins) if work.login in names]
        if works and not _is_ours(task, content, corpus, report):
            continue
        for work in works:
            _Arrival(corpus, task, work, out / names[work.login], report).pull()
            if work.submitted:
                arrived.add(names[work.login])
    for own in sorted(arrived):
        _describe(out, own, entry, report)


def _names(logins: list[str], annotator: str | None, name: str | None, report: PullReport) -> dict[str, str]:
    """Return the folder name of each login that is wanted; logins that would share one are findings."""
    if annotator is not None and annotator not in logins:
        wrong = finding("unknown-annotator", file=report.project, login=annotator, logins=sorted(logins))
        report.findings.append(wrong)
        return {}
    wanted = [annotator] if annotator is not None else [*logins, NOBODY]
    names = {login: folder_name(login) for login in wanted}
    if name is not None and annotator is not None:
        names = {annotator: name}
    shared: dict[str, list[str]] = {}
    for login in names:
        shared.setdefault(names[login], []).append(login)
    for own, (one, *others) in shared.items():
        for other in others:
            report.findings.append(finding("annotator-taken", file=report.project, one=one, other=other, name=own))
    return {login: own for login, own in names.items() if len(shared[own]) == 1}


def _is_ours(task: Task, content: Json, corpus: Corpus, report: PullReport) -> bool:
    """Whether a task has the text of an article of the dataset; a finding if not."""
    article = article_of(content["data"])
    if article not in corpus.articles:
        problem = f"task {task.id} is of no article of the dataset; its annotations were not pulled"
        fix = "list its article, or pull into the dataset it belongs to"
        report.findings.append(finding("unknown-article", file=report.project, problem=problem, fix=fix))
        return False
    if not is_of(content["data"], corpus.articles[article]):
        problem = f"task {task.id} shows another version of the text of {article}; its annotations were not pulled"
        fix = "restore the text that was annotated"
        report.findings.append(finding("other-text", file=report.project, problem=problem, fix=fix))
        return False
    return True


class _Original(msgspec.Struct, kw_only=True):
    """The annotations of one person on one article, newest first, and the hashes of the records made from them."""

    project: str
    user: int | None
    login: str = ""  # SHA-256 of the login: user 1 of another server is another person
    task: int
    article: str
    sha256: str
    records: list[str] = []
    annotations: list[dict[str, Any]] = []


class _Arrival:
    """One person's work on one task, and the files of a pass that it is written to."""

    def __init__(self, corpus: Corpus, task: Task, work: Work, folder: Path, report: PullReport) -> None:
        self.corpus, self.task, self.work, self.folder, self.report = corpus, task, work, folder, report
        self.article = article_of(task.data)
        self.file = folder / f"{self.article}.json"
        self.original = folder / ORIGINAL / f"{self.article}.json"
        self.who = f"{folder.name}, task {task.id}"

    def add(self, rule: str, severity: str | None = None, **values: Any) -> None:
        """Add a finding on this person's work."""
        self.report.findings.append(finding(rule, file=str(self.file), severity=severity, who=self.who, **values))

    def remark(self, what: str) -> None:
        """Add a remark, which is no finding."""
        self.report.remarks.append(f"{self.who} ({self.article}): {what}")

    def pull(self) -> None:
        """Write the submitted annotation; remark on drafts and skips."""
        if self.work.drafts:
            what = "changed since it was submitted, as a draft" if self.work.submitted else "a draft"
            self.remark(f"{what}; drafts are not pulled until they are submitted")
        if not self.work.submitted:
            if self.work.skipped:
                self.remark("skipped; nothing was pulled")
            return
        newest = self.work.submitted[0]
        if len(self.work.submitted) > 1:
            self.add("annotated-twice", "warning", times=len(self.work.submitted), newest=newest["id"])
        if newest["id"] in self.work.changed_by:
            other = self.work.changed_by[newest["id"]]
            self.add("changed-by-another", "warning", id=newest["id"], other=other)
        original = self.updated_original()
        if original is None:
            return
        article, text = self.corpus.articles[self.article], self.corpus.texts[self.article]
        where = f"{self.who}, annotation {newest['id']}"
        canary, name = self.corpus.info.canary, self.folder.name
        read = from_results(newest["result"], article, text, name, canary=canary, file=where)
        self.report.findings += read.findings
        for note in read.notes:
            self.remark(f"note{f' on {note.region}' if note.region else ''}: {note.text}")
        self.write(read.document, original)

    def updated_original(self) -> _Original | None:
        """Return the original with the new versions; None, with a finding, if the files are not this pass's own."""
        own = _Original(
            project=self.report.project,
            user=self.work.user,
            login=_hash(self.work.login.encode()),
            task=self.task.id,
            article=self.article,
            sha256=self.corpus.articles[self.article].sha256,
        )
        if self.original.is_file():
            try:
                before = msgspec.json.decode(self.original.read_bytes(), type=_Original)
            except (msgspec.DecodeError, UnicodeDecodeError):
                self.add("annotator-taken/damaged", path=str(self.original))
                return None
            if (before.project, before.user, before.login or own.login) != (own.project, own.user, own.login):
                self.add("annotator-taken/elsewhere")
                return None
            own.records, own.annotations = before.records, before.annotations
        if self.file.is_file() and _hash(self.file.read_bytes()) not in own.records:
            self.add("annotator-taken/changed" if own.records else "annotator-taken/elsewhere")
            return None
        here = [
            {k: v for k, v in a.items() if k in _ORIGINAL_FIELDS} for a in [*self.work.submitted, *self.work.skipped]
        ]
        own.annotations = [*(a for a in here if a not in own.annotations), *own.annotations]
        own.annotations.sort(key=lambda a: (str(a.get("updated_at")), int(a.get("id", 0))), reverse=True)
        return own

    def write(self, record: Document, original: _Original) -> None:
        """Write the original, then the record: to its place if it breaks no rule, else among the faulty."""
        try:
            content = to_lines_json(record).encode("utf-8")
        except UnicodeEncodeError:  # half of a surrogate pair; the original has it as an escape
            _write(self.original, json.dumps(msgspec.to_builtins(original), indent=2).encode("ascii"))
            problem = f"{self.who}: the annotation holds half of a surrogate pair; only the original was kept"
            self.add("not-utf8", problem=problem, fix="write the character itself in Label Studio")
            return
        found = check_shape(json.loads(content), "document", file=str(self.file))
        found = found or check_annotation(annotated(self.corpus, self.article, record), "corpus", str(self.file))
        self.report.findings += [self.located(one, record) for one in found]
        is_faulty = any(one.is_error for one in found)
        if not is_faulty and _hash(content) not in original.records:
            original.records = [*original.records, _hash(content)]
        _write(self.original, to_json(original).encode("utf-8", "surrogatepass"))
        label = f"{self.folder.name}/{self.article}"
        faulty = self.folder / FAULTY / f"{self.article}.json"
        if is_faulty:
            _write(faulty, content)
            self.report.faulty.append(label)
        else:
            (self.report.written if _write(self.file, content) else self.report.unchanged).append(label)
            faulty.unlink(missing_ok=True)  # it can be made again from the original

    def located(self, one: Finding, record: Document) -> Finding:
        """Return a finding that names annotator, task and, where it is about an item, the item's region."""
        who = self.who
        if (match := _ITEM.match(one.path)) and "region" not in one.message:
            items = getattr(record, match[1])
            who += f", region {items[int(match[2])].id}" if int(match[2]) < len(items) else ""
        return msgspec.structs.replace(one, message=f"{who}: {one.message}")


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _write(path: Path, content: bytes) -> bool:
    """Write a file unless it has this content; return whether it was written."""
    if path.is_file() and path.read_bytes() == content:
        return False
    write_whole(path, content)
    return True


def _describe(out: Path, name: str, entry: Pass | None, report: PullReport) -> None:
    """Add an entry for the pass to raw/passes.json, which must have one for each folder, if it has none."""
    path = out / "passes.json"
    if not any((out / name).glob("*.json")):
        return  # all records were faulty: there is no pass yet
    listed = Passes(passes=[])
    if path.is_file():
        listed = read_record(path, "passes", Passes)
    if any(described.annotator == name for described in listed.passes):
        return
    versions = [described.guidelines for described in listed.passes] or ["0.0.0"]
    newest = max(versions, key=lambda version: [int(part) for part in version.split(".")])
    originals = [read_json(original)[0] or {} for original in (out / name / ORIGINAL).glob("*.json")]
    day = max(str(a.get("updated_at"))[:10] for original in originals for a in original.get("annotations", ()))
    entry = entry or Pass(
        annotator="", kind="a person", procedure=UNKNOWN, saw=UNKNOWN, guidelines="", date="", role="pass"
    )
    own = msgspec.structs.replace(entry, annotator=name, guidelines=entry.guidelines or newest, date=day)
    passes = sorted([*listed.passes, own], key=lambda described: described.annotator)
    write_whole(path, to_lines_json(Passes(passes=passes)))
    report.described.append(name)
