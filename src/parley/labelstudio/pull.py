"""From the server to the dataset: one record an article and annotator under raw/, and beside it what the server had.

``raw/<annotator>/<article>.json`` is the record; ``raw/<annotator>/labelstudio/<article>.json`` the annotations it was
made from, untouched; ``raw/<annotator>/faulty/<article>.json`` a record that breaks a rule, so that the dataset stays
usable until it is mended. No file is overwritten without its earlier version in ``previous/`` beside it.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import msgspec

from parley.adjudication.align import slug
from parley.checks import Corpus, check_annotation, check_shape
from parley.corpus import Pass, Passes
from parley.files import printable, read_json, shorten, to_json, to_lines_json, write_whole
from parley.findings import Finding, FindingsError
from parley.labelstudio.client import Client, Json, Project, Task
from parley.labelstudio.keep import FAULTY, ORIGINAL, UNKNOWN, keep_and_write
from parley.labelstudio.record import from_results
from parley.labelstudio.work import NOBODY, Work, article_of, is_of, work_on
from parley.model import Document
from parley.reading import annotated

_ITEM = re.compile(r"^\$\.(mentions|entities|events|stances)\[(\d+)\]")
# Of an annotation, what stays as it is until somebody works on it again.
_LASTING = ("id", "result", "created_at", "updated_at", "lead_time", "was_cancelled", "ground_truth", "parent_prediction", "parent_annotation")  # fmt: skip


class PullReport(msgspec.Struct):
    """What a pull has done so far: it is filled as the pull goes on, so that it is true also of one that breaks off."""

    project: str = ""
    written: list[str] = []  # records, as <annotator>/<article>
    unchanged: list[str] = []
    faulty: list[str] = []
    remarks: list[str] = []  # drafts, skips, and what the conversion says
    described: list[str] = []  # annotators for whom an entry in passes.json was begun
    findings: list[Finding] = []


class Wanted(msgspec.Struct, kw_only=True):
    """Whose work is pulled, under which name, and how the pass is described where it is new."""

    annotator: str | None = None  # login name, or folder name
    name: str | None = None  # folder name instead of that made from the login name
    kind: str = "a person"
    procedure: str = UNKNOWN
    saw: str = UNKNOWN
    guidelines: str | None = None  # version; None: the newest that a pass was made under
    role: str = "pass"


def folder_name(login: str) -> str:
    """Return the annotator's name for a login name: what stands before the @, in letters, digits and hyphens."""
    name = slug(login.partition("@")[0])
    return name[:64] if name[0].isalpha() else f"a-{name}"[:64]


def pull(client: Client, corpus: Corpus, title: str, out: Path, report: PullReport, wanted: Wanted) -> None:
    """Bring what was submitted in project ``title`` to ``out``, the folder raw/ of a dataset.

    What is wrong with one annotation is a finding that names annotator, task and region, and the rest arrives. Raises
    ``LabelStudioError`` where the server ends it and ``OSError`` where a file cannot be written; what had arrived by then
    is whole, and another pull brings the rest.
    """
    report.project = title
    project = client.project(title)
    if project is None:
        message, mend = (
            f"there is no project {shorten(title)} at {client.url}",
            "push it first, or name one with --project",
        )
        report.findings.append(Finding(rule="missing-project", message=message, file=title, suggestion=mend))
        return
    logins = client.logins()
    names = _names(list(logins.values()), wanted, report)
    seen: set[str] = set()
    for task in client.tasks(project.id):
        content = client.task(task.id)
        works = [work for work in work_on(content, logins) if work.login in names]
        if works and not _is_ours(task, content, corpus, project, report):
            continue
        for work in works:
            _Arrival(corpus, project, task, work, names[work.login], out, report).take()
            if work.submitted:
                seen.add(names[work.login])
    for name in sorted(seen):
        _describe(out, name, wanted, report)


def _names(logins: list[str], wanted: Wanted, report: PullReport) -> dict[str, str]:
    """Return the folder name of each login that is wanted; logins that would share one are findings."""
    own = {login: folder_name(login) for login in [*logins, NOBODY]}
    if wanted.annotator is not None:
        own = {login: name for login, name in own.items() if wanted.annotator in (login, name)}
        if not own:
            message, mend = (
                f"no user has the name {shorten(wanted.annotator)}",
                "name one of " + ", ".join(sorted(logins)),
            )
            report.findings.append(
                Finding(rule="unknown-annotator", message=message, file=report.project, suggestion=mend)
            )
    if wanted.name is not None:
        own = dict.fromkeys(own, wanted.name)
    names: dict[str, str] = {}
    for login, name in own.items():
        others = [other for other, taken in own.items() if taken == name and other != login]
        if others and wanted.name is None:
            message = f"{printable(login)} and {printable(others[0])} would both be {name}; neither was taken"
            mend = "pull them one by one: --annotator LOGIN --as NAME"
            report.findings.append(
                Finding(rule="annotator-taken", message=message, file=report.project, suggestion=mend)
            )
        else:
            names[login] = name
    return names


def _is_ours(task: Task, content: Json, corpus: Corpus, project: Project, report: PullReport) -> bool:
    """Whether a task is of an article of the dataset as it is; a finding if not."""
    data = content["data"]
    article = article_of(data)
    if article not in corpus.articles:
        message = f"task {task.id} is of no article of the dataset; its work was not taken"
        mend = "list its article, or pull into the dataset it is of"
        report.findings.append(Finding(rule="unknown-article", message=message, file=project.title, suggestion=mend))
        return False
    if not is_of(data, corpus.articles[article]):
        message = f"task {task.id} shows another version of the text of {shorten(article)}; its work was not taken"
        mend = "restore the text it was made over"
        report.findings.append(Finding(rule="other-text", message=message, file=project.title, suggestion=mend))
        return False
    return True


class _Arrival:
    """One person's work on one task, on its way into the dataset."""

    def __init__(self, corpus: Corpus, project: Project, task: Task, work: Work, name: str, out: Path, report: PullReport) -> None:  # fmt: skip
        self.corpus, self.project, self.task, self.work = corpus, project, task, work
        self.name, self.out, self.report = name, out, report
        self.article = article_of(task.data)
        self.file = out / name / f"{self.article}.json"
        self.original = out / name / ORIGINAL / f"{self.article}.json"
        self.faulty = out / name / FAULTY / f"{self.article}.json"
        self.label = f"{name}/{self.article}"
        self.where = f"{name}, task {task.id}"

    def take(self) -> None:
        """Write what was submitted; say what was not."""
        if self.work.drafts:
            what = "changed since it was submitted, as a draft" if self.work.submitted else "a draft"
            self.report.remarks.append(f"{self.where} ({self.article}): {what}; drafts are not taken until submitted")
        if self.work.skipped and not self.work.submitted:
            self.report.remarks.append(f"{self.where} ({self.article}): skipped; nothing was taken")
        if not self.work.submitted or not self._may_write():
            return
        newest, older = self.work.submitted[0], self.work.submitted[1:]
        if older:
            kept = ", ".join(str(annotation["id"]) for annotation in older)
            self._found("annotated-twice", f"submitted {len(older) + 1} times; annotation {newest['id']}, the newest, was taken, and {kept} kept in {ORIGINAL}/", "delete in Label Studio what should not count", "warning")  # fmt: skip
        article, text = self.corpus.articles[self.article], self.corpus.texts[self.article]
        file = f"{self.where}, annotation {newest['id']}"
        read = from_results(
            newest["result"], article, text, annotator=self.name, canary=self.corpus.info.canary, file=file
        )
        self.report.findings += read.findings
        self.report.remarks += [f"{self.where} ({self.article}): note{f' on {note.region}' if note.region else ''}: {note.text}" for note in read.notes]  # fmt: skip
        keep_and_write(self.original, self._untouched())
        try:
            self._write(read.document)
        except UnicodeEncodeError:
            self._found("not-utf8", f"annotation {newest['id']} holds half of a surrogate pair; it was kept in {ORIGINAL}/ only", "write the character itself in Label Studio")  # fmt: skip

    def _write(self, document: Document) -> None:
        """Write the record: to its place if it breaks no rule, else among the faulty."""
        content = to_lines_json(document).encode("utf-8")
        found = check_shape(json.loads(content), "document", file=str(self.file))
        found = found or check_annotation(annotated(self.corpus, self.article, document), "corpus", str(self.file))
        self.report.findings += [self._located(finding, document) for finding in found]
        if any(finding.is_error for finding in found):
            keep_and_write(self.faulty, content)
            self.report.faulty.append(self.label)
            return
        if keep_and_write(self.file, content):
            self.report.written.append(self.label)
        else:
            self.report.unchanged.append(self.label)
        self.faulty.unlink(missing_ok=True)  # what it was made from is among the originals

    def _may_write(self) -> bool:
        """Whether the place is this pass's own: not another annotator's, nor that of another project."""
        if not self.original.is_file():
            if self.file.is_file():
                self._found("annotator-taken", "there is a record here that did not come from Label Studio; it was left alone", "give this pass a name of its own: --annotator LOGIN --as NAME")  # fmt: skip
                return False
            return True
        try:
            before = json.loads(self.original.read_bytes())
        except ValueError:
            before = None
        title = before.get("project") if isinstance(before, dict) else None
        if title == self.project.title:
            return True
        what = f"what is here came from the project {shorten(title)}" if title else f"{self.original} is damaged"
        self._found("annotator-taken", f"{what}; it was left alone", "give this pass a name of its own: --annotator LOGIN --as NAME")  # fmt: skip
        return False

    def _untouched(self) -> bytes:
        """Return what the server has of this person on this task, without names of people: raw/ is released."""
        annotations = [{k: a[k] for k in _LASTING if k in a} for a in [*self.work.submitted, *self.work.skipped]]
        article = self.corpus.articles[self.article]
        kept = {"project": self.project.title, "task": self.task.id, "article": article.id, "sha256": article.sha256, "annotations": annotations}  # fmt: skip
        try:
            return to_json(kept).encode("utf-8")
        except UnicodeEncodeError:  # half of a surrogate pair: as an escape it is kept too
            return json.dumps(kept, indent=2).encode("ascii")

    def _found(self, rule: str, message: str, mend: str, severity: str = "error") -> None:
        self.report.findings.append(Finding(rule=rule, message=f"{self.where}: {message}", file=str(self.file), suggestion=mend, severity=severity))  # fmt: skip

    def _located(self, finding: Finding, document: Document) -> Finding:
        """Return a finding that names annotator, task and, where it is about an item, the item's region."""
        where = self.where
        if (match := _ITEM.match(finding.path)) and "region" not in finding.message:
            items = getattr(document, match[1])
            where += f", region {items[int(match[2])].id}" if int(match[2]) < len(items) else ""
        return msgspec.structs.replace(finding, file=str(self.file), message=f"{where}: {finding.message}")


def _describe(out: Path, name: str, wanted: Wanted, report: PullReport) -> None:
    """Begin the entry of a pass in raw/passes.json, which demands one for each folder, if it has none."""
    path = out / "passes.json"
    if not any((out / name).glob("*.json")):
        return  # all that came was faulty: there is no pass yet
    listed = Passes(passes=[])
    if path.is_file():
        value, findings = read_json(path)
        findings = findings or check_shape(value, "passes", file=str(path))
        if findings:
            raise FindingsError(findings)
        listed = msgspec.convert(value, Passes)
    if any(entry.annotator == name for entry in listed.passes):
        return
    versions = [entry.guidelines for entry in listed.passes] or ["0.0.0"]
    newest = max(versions, key=lambda version: [int(part) for part in version.split(".")])
    days = sorted(_days(out / name / ORIGINAL))
    entry = Pass(annotator=name, kind=wanted.kind, procedure=wanted.procedure, saw=wanted.saw, guidelines=wanted.guidelines or newest, date=days[-1], role=wanted.role)  # fmt: skip
    passes = sorted([*listed.passes, entry], key=lambda entry: entry.annotator)
    write_whole(path, to_lines_json(Passes(passes=passes)))  # nothing in it is lost: one entry is added
    report.described.append(name)


def _days(folder: Path) -> Iterator[str]:
    """Yield the day on which each annotation of a pass was last saved."""
    for path in folder.glob("*.json"):
        value, _ = read_json(path)
        yield from (str(annotation["updated_at"])[:10] for annotation in (value or {}).get("annotations", ()))
