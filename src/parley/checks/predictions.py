"""A system's predictions: one run reports every problem in the file, whatever it contains."""

import difflib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sized
from pathlib import Path
from typing import Any

import msgspec

from parley.checks.annotation import check_annotation
from parley.checks.shape import MAX_COMPARED, check_shape, check_strings
from parley.corpus import Corpus
from parley.derive import pair_polarities
from parley.files import LineFile, parse_json
from parley.findings import Finding, FindingsError, finding
from parley.model import LAYERS, Annotation, Prediction
from parley.reading import AnnotatedArticle, annotated
from parley.words import printable

MAX_LINE = 8_000_000  # bytes; a long article with every layer has some 200,000
MAX_VALUES = 200_000  # JSON values of a line; the same article has some 15,000
MIN_ITEMS = 1000  # that a list may have in the shortest article; in a longer one as many as its text has code points
MAX_FINDINGS = 1000  # kept of a file, of errors and of warnings each
MAX_COUNTED = 2_000_000  # findings, after which the rest of a file is not read
SPARE_LINES = 10  # beyond one an article, that are checked as closely as those for an article

_COMPARISONS = 200_000  # of ids, in search of the one that was meant
_LISTS = ("mentions", "entities", "events", "propositions", "stances")


def empty_split(corpus: Corpus, split: str, file: str = "") -> Finding:
    """Return the finding on a split that has no articles; it names those that have."""
    splits = list(dict.fromkeys(article.split for article in corpus.articles.values()))
    fix = f"name one of {', '.join(splits)}" if splits else None
    return finding("empty-split", file=file, split=split, fix=fix)


class _FirstFindings:
    """The first errors and the first warnings of a file, in order, and how many more there were."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.number = 0
        self.kept: dict[bool, list[tuple[int, Finding]]] = {True: [], False: []}  # by whether it is an error
        self.more = {True: 0, False: 0}
        self.is_cut = False  # whether a line has more errors than were counted

    def add(self, findings: Iterable[Finding]) -> None:
        for each in findings:
            if each.rule == "too-many-findings":
                self.is_cut = True
                continue
            self.number += 1
            kept = self.kept[each.is_error]
            if len(kept) < MAX_FINDINGS:
                kept.append((self.number, each))
            else:
                self.more[each.is_error] += 1

    @property
    def is_full(self) -> bool:
        return self.number >= MAX_COUNTED

    def all(self) -> list[Finding]:
        found = [each for _, each in sorted(self.kept[True] + self.kept[False], key=lambda pair: pair[0])]
        words = {True: "errors", False: "warnings"}
        counted = [f"{number:,} more {words[is_error]}" for is_error, number in self.more.items() if number]
        if self.is_cut:
            counted = [f"at least {counted[0]}" if self.more[True] else "more errors", *counted[self.more[True] > 0 :]]
        if counted:
            rest = "; the rest of the file was not read" if self.is_full else ""
            severity = "error" if self.more[True] or self.is_cut else "warning"
            values: dict[str, Any] = {"counted": " and ".join(counted), "rest": rest, "severity": severity}
            found.append(finding("too-many-findings", file=self.file, **values))
        return found


def check_layers(
    predictions: Mapping[str, Prediction], file: str, lines: Mapping[str, int] | None = None
) -> list[Finding]:
    """Return a finding for each article that lacks a layer another one has.

    A layer left out means that it was not attempted. If that could be said of single articles, hard ones could be
    left out of the score. ``lines`` gives the line of an article in the file.
    """
    findings = []
    for layer, field in LAYERS.items():
        attempting = {name for name, prediction in predictions.items() if layer in prediction.attempted_layers}
        if not attempting:
            continue
        other = next(name for name in predictions if name in attempting)
        for name in predictions:
            if name not in attempting:
                is_there = getattr(predictions[name], field) is not None
                place: dict[str, Any] = {"file": file, "line": (lines or {}).get(name), "other": other}
                if is_there:
                    findings.append(finding("partial-layer/attempted", path="$.attempted", layer=layer, **place))
                else:
                    findings.append(finding("partial-layer", path=f"$.{field}", layer=field, **place))
    return findings


def outline(prediction: Prediction) -> Prediction:
    """Return a prediction with its layers emptied: what ``check_layers`` needs of it."""
    emptied: dict[str, Any] = {
        field: [] for field in (*LAYERS.values(), "entities") if getattr(prediction, field) is not None
    }
    return msgspec.structs.replace(prediction, **emptied)


def _place(file: str, line: int | None, path: str) -> dict[str, Any]:
    return {"file": file, "line": line, "path": path, "scope": "predictions"}


def check_size(data: bytes, file: str, line: int) -> list[Finding]:
    """Return a finding on a line that would take too long to parse and to check; all it costs is counting."""
    place = _place(file, line, "")
    if len(data) > MAX_LINE:
        return [finding("too-large", what="the line", limit=MAX_LINE, **place)]
    if len(data) > MAX_VALUES and sum(map(data.count, (b",", b"{", b"["))) > MAX_VALUES:
        return [finding("too-large/values", limit=MAX_VALUES, **place)]
    return []


def check_meaning(item: AnnotatedArticle, gold: Annotation | None, file: str, line: int) -> list[Finding]:
    """Return the findings on a line of the right shape; ``gold``, if there is one, has the pairs to be answered.

    If it has too many items to be scored in reasonable time, that is all that is said.
    """
    return _check_lengths(item, file, line) or _check_attempted(item.record, file, line) + check_annotation(
        item, "predictions", file, line
    ) + _check_pairs(item, gold, file, line)


def _check_lengths(item: AnnotatedArticle, file: str, line: int) -> list[Finding]:
    """Return a finding on lists too long for the article: following references through them would be too slow."""
    record, length = item.record, len(item.text)
    lists: dict[str, Sized] = {f"$.{each}": getattr(record, each) or () for each in _LISTS}
    lists |= {f"$.entities[{i}].members": each.members or () for i, each in enumerate(record.entities or ())}
    lists |= {f"$.events[{i}].arguments": each.arguments for i, each in enumerate(record.events or ())}
    lists |= {f"$.propositions[{i}].mentions": each.mentions for i, each in enumerate(record.propositions)}
    lists |= {f"$.stances[{i}].evidence": each.evidence for i, each in enumerate(record.stances or ())}
    limit = max(MIN_ITEMS, length)
    found = [
        finding("too-large/items", items=len(items), length=length, limit=limit, **_place(file, line, path))
        for path, items in lists.items()
        if len(items) > limit
    ]
    if not found and _expanded(item) > MAX_VALUES:
        found.append(finding("too-large/members", limit=MAX_VALUES, **_place(file, line, "$.entities")))
    return found


def _expanded(item: AnnotatedArticle) -> int:
    """Return how many values the line would have if plural entities were written out as their members.

    A stance of one plural entity toward another is one of each member toward each member. Nothing is written out.
    """
    record, sizes = item.record, item.expanded_sizes

    def size(identifier: str) -> int:
        return sizes.get(identifier, 1)

    return (
        sum(sizes.values())
        + sum(size(a.entity) for e in record.events or () for a in e.arguments if a.entity is not None)
        + sum(size(s.holder) * size(s.target) for s in record.stances or ())
    )


def _check_attempted(record: Annotation, file: str, line: int) -> list[Finding]:
    """Return a finding on each layer that is attempted and is not there, or is named twice."""
    attempted = Counter((record.attempted or ()) if isinstance(record, Prediction) else ())
    lacking = [layer for layer in attempted if getattr(record, LAYERS[layer]) is None]
    place = _place(file, line, "$.attempted")
    found = [finding("missing-field/attempted", layer=layer, field=LAYERS[layer], **place) for layer in lacking]
    twice = [layer for layer, number in attempted.items() if number > 1]
    return found + [finding("partial-layer/twice", layer=layer, **place) for layer in twice]


def _check_pairs(item: AnnotatedArticle, gold: Annotation | None, file: str, line: int) -> list[Finding]:
    """Check that each answered pair is a row of the stance config, answered once."""
    record = item.record
    if gold is None or not isinstance(record, Prediction) or not record.stance_pairs:
        return []
    known, seen = pair_polarities(gold, item.side), set[str]()
    findings = []
    for i, answer in enumerate(record.stance_pairs):
        if answer.pair not in known or answer.pair in seen:
            rule = "unknown-pair/twice" if answer.pair in seen else "unknown-pair"
            findings.append(finding(rule, id=answer.pair, **_place(file, line, f"$.stance_pairs[{i}].pair")))
        seen.add(answer.pair)
    return findings


def _goes_on(data: bytes) -> bool:
    """Whether a line is the beginning of a list, or of an object that goes on in the next line."""
    line = data.strip()
    return line.startswith(b"[") or (line.startswith(b"{") and line.endswith((b"{", b"[", b",")))


class PredictionFile:
    """A file of predictions, plain or gzip, read and checked line by line.

    Iterate once, over the usable predictions: those without an error, each of an article of the split. Afterwards
    ``findings`` has all findings (at most ``MAX_FINDINGS`` errors and as many warnings, then how many more) and
    ``sha256`` the checksum of the file. Memory does not grow with the length of a line or the number of findings.
    """

    def __init__(self, path: Path, corpus: Corpus, split: str = "test") -> None:
        self.corpus, self.split = corpus, split
        self.file = printable(str(path))
        self.wanted = dict.fromkeys(corpus.split(split))
        self.lines: dict[str, int] = {}  # of each article of the dataset that has one
        self._source = LineFile(path, self.file, line=MAX_LINE, unpacked=MAX_LINE * (len(self.wanted) + 1))
        self._outlines: dict[str, Prediction] = {}  # the layers that each article has, emptied
        self._first = _FirstFindings(self.file)
        self._is_unread = False  # whether it is unknown which article some line is for
        self._spare = SPARE_LINES
        self._comparisons = _COMPARISONS

    @property
    def findings(self) -> list[Finding]:
        """The findings on the lines read so far."""
        return self._first.all()

    @property
    def sha256(self) -> str | None:
        """Checksum of the file as it was read; None if it could not be read to its end."""
        return self._source.sha256

    def __iter__(self) -> Iterator[Prediction]:
        """Yield the usable predictions in the order of the file."""
        if not self.wanted:
            self._first.add([empty_split(self.corpus, self.split, self.file)])
            return
        is_first = True
        for line, data in self._source:
            prediction, wrong = self._read(line, data, is_first=is_first)
            is_first = False
            self._first.add(wrong)
            if self._first.is_full or any(each.rule == "not-one-line" for each in wrong):
                return
            if prediction is not None and not any(each.is_error for each in wrong):
                self._outlines[prediction.id] = outline(prediction)
                yield prediction
        self._first.add(self._source.findings)
        self._first.add(check_layers(self._outlines, self.file, self.lines))
        self._is_unread = self._is_unread or any(each.is_error for each in self._source.findings)
        attempting = any(each.attempted_layers for each in self._outlines.values())
        if self._outlines and not attempting and not self._is_unread and self.lines.keys() == self._outlines.keys():
            self._first.add([self._finding("partial-layer/none", None, "")])
        if not any(each.rule == "missing-file" for each in self._source.findings):
            missing = (article for article in self.wanted if article not in self.lines)
            rule = "missing-article/unread" if self._is_unread else "missing-article/line"
            self._first.add(self._finding(rule, None, "", id=article) for article in missing)

    def _read(self, line: int, data: bytes, *, is_first: bool) -> tuple[Prediction | None, list[Finding]]:
        """Return a line's prediction, if it has the form of one that is wanted, and all that is wrong with it."""
        if wrong := check_size(data, self.file, line):
            self._is_unread = True
            return None, wrong
        value, wrong = parse_json(data, self.file, line)
        if is_first and (isinstance(value, list) or (wrong and _goes_on(data) and wrong[0].rule == "bad-json")):
            return None, [self._finding("not-one-line", line, "")]
        if wrong:
            self._is_unread = True
            return None, wrong
        name = value.get("id") if isinstance(value, dict) else None
        self._is_unread = self._is_unread or not isinstance(name, str)
        name = name if isinstance(name, str) else ""
        known = name if name in self.corpus.articles else None
        first = self.lines.setdefault(known, line) if known else line  # known even where its content is wrong
        if first != line:
            wrong.append(self._finding("duplicate-article/line", line, id=known, first=first))
        is_wanted = known in self.wanted and first == line
        self._spare -= not is_wanted
        if is_wanted or self._spare >= 0:  # a file of nothing but other lines is not read closely to its end
            shape = check_shape(value, "prediction", file=self.file, line=line)
            paths = {each.path for each in shape}
            wrong += shape
            wrong += [each for each in check_strings(value, data, self.file, line) if each.path not in paths]
        if not wrong and name not in self.wanted:
            wrong.append(self._unknown(line, name))
        if wrong:
            return None, wrong
        prediction = msgspec.convert(value, Prediction)
        item = annotated(self.corpus, prediction.id, prediction)
        return prediction, check_meaning(item, self.corpus.gold.get(prediction.id), self.file, line)

    def _finding(
        self, rule: str, line: int | None, path: str = "$.id", fix: str | None = None, **values: Any
    ) -> Finding:
        return finding(rule, fix=fix, **_place(self.file, line, path), **values)

    def _unknown(self, line: int, name: str) -> Finding:
        close: list[str] = []
        if len(name) <= MAX_COMPARED and self._comparisons > 0:
            self._comparisons -= len(self.wanted)
            close = difflib.get_close_matches(name, self.wanted, n=1)
        fix = f"did you mean '{close[0]}'?" if close else None
        return self._finding("unknown-article/split", line, fix=fix, split=self.split, id=name)


def check_predictions(path: Path, corpus: Corpus, split: str = "test") -> tuple[dict[str, Prediction], list[Finding]]:
    """Return a file's predictions by article id, and everything that is wrong with it (see ``PredictionFile``).

    Predictions with errors are left out of the dictionary; warnings leave them in. The set of articles must be
    exactly that of the split.
    """
    file = PredictionFile(path, corpus, split)
    found = {prediction.id: prediction for prediction in file}
    return found, file.findings


def read_predictions(path: Path, corpus: Corpus, split: str = "test") -> dict[str, Prediction]:
    """Return a file's predictions by article id.

    Raises ``FindingsError`` with every finding if there is an error in it.
    """
    found, findings = check_predictions(path, corpus, split)
    if any(each.is_error for each in findings):
        raise FindingsError(findings)
    return found
