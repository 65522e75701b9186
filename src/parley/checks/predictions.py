"""A system's predictions: every problem in the file found in one run, whatever the file is."""

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping, Sized
from pathlib import Path
from typing import Any

import msgspec

from parley.checks.corpus import Corpus
from parley.checks.document import check_annotation
from parley.checks.shape import MAX_COMPARED, check_shape
from parley.derive import stance_rows
from parley.files import LineFile, parse_json, printable, shorten
from parley.findings import RULES, Finding, FindingsError
from parley.ids import pair_id
from parley.model import Prediction

MAX_LINE = 8_000_000  # bytes; a long article with every layer has some 200,000
MAX_VALUES = 200_000  # JSON values of a line; the same article has some 15,000
MIN_ITEMS = 1000  # that a list may have in the shortest article; in a longer one as many as its text has code points
MAX_FINDINGS = 1000  # kept of a file, of errors and of warnings each
MAX_COUNTED = 2_000_000  # findings, after which the rest of a file is not read
SPARE_LINES = 10  # beyond one an article, that are read as closely as those which answer an article

_COMPARISONS = 200_000  # of ids, in search of the one that was meant
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
# What the bytes of a line have where one of these may be in a string: an escape, or the character itself.
_CONTROL_BYTES = re.compile(rb"\\[bfu]|\x7f|\xc2[\x80-\x9f]|\xe2(?:\x80[\xaa-\xae]|\x81[\xa6-\xa9])")
_LAYERS = ("mentions", "events", "stances", "stance_pairs")


def _too_large(file: str, line: int, data: bytes) -> list[Finding]:
    """Return a finding on a line that would take too long to parse and to check; all it costs is counting."""
    what = None
    if len(data) > MAX_LINE:
        what = f"the line is longer than {MAX_LINE:,} bytes"
    elif len(data) > MAX_VALUES and sum(map(data.count, (b",", b"{", b"["))) > MAX_VALUES:
        what = f"the line has more than {MAX_VALUES:,} values"
    mend = "write one article a line, each item once"
    return [Finding(rule="too-large", message=what, file=file, line=line, suggestion=mend)] if what else []


def _too_many(prediction: Prediction, text: str, file: str, line: int) -> list[Finding]:
    """Return a finding on each list that is too long for the article: chains through it would take for ever."""
    lists: dict[str, Sized] = {f"$.{layer}": getattr(prediction, layer) or () for layer in ("entities", *_LAYERS[:3])}
    lists |= {f"$.entities[{i}].members": entity.members or () for i, entity in enumerate(prediction.entities or ())}
    lists |= {f"$.events[{i}].arguments": event.arguments for i, event in enumerate(prediction.events or ())}
    lists |= {f"$.stances[{i}].evidence": stance.evidence for i, stance in enumerate(prediction.stances or ())}
    limit = max(MIN_ITEMS, len(text))
    return [
        Finding(
            rule="too-large",
            message=f"{len(items):,} items on a text of {len(text):,} code points; {limit:,} can be read",
            file=file,
            line=line,
            path=path,
            suggestion="write each item once",
        )
        for path, items in lists.items()
        if len(items) > limit
    ]


def _check_strings(value: Any, data: bytes, file: str, line: int) -> list[Finding]:
    """Return a finding on every string with a character that a terminal would obey.

    All strings but ``text``, which must be that of the article: what a report, a page or a terminal shows of a
    prediction is then as harmless as the articles are.
    """
    if not _CONTROL_BYTES.search(data):
        return []
    findings = []
    nodes = [("$", value)]
    while nodes:
        path, node = nodes.pop()
        if isinstance(node, dict):
            nodes += [(f"{path}.{printable(key[:60])}", item) for key, item in node.items() if key != "text"]
        elif isinstance(node, list):
            nodes += [(f"{path}[{i}]", item) for i, item in enumerate(node)]
        elif isinstance(node, str) and (found := _CONTROL.search(node)):
            message = f"the control character {shorten(found.group())} in {shorten(node)}"
            findings.append(
                Finding(
                    rule="control-character", message=message, file=file, line=line, path=path, suggestion="remove it"
                )
            )
    return findings[::-1]


class _Kept:
    """The first errors and the first warnings of a file, in order, and how many more there were."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.number = 0
        self.kept: dict[bool, list[tuple[int, Finding]]] = {True: [], False: []}  # by whether it is an error
        self.more = {True: 0, False: 0}

    def add(self, findings: Iterable[Finding]) -> None:
        for finding in findings:
            self.number += 1
            kept = self.kept[finding.is_error]
            if len(kept) < MAX_FINDINGS:
                kept.append((self.number, finding))
            else:
                self.more[finding.is_error] += 1

    @property
    def is_full(self) -> bool:
        return self.number >= MAX_COUNTED

    def all(self) -> list[Finding]:
        found = [finding for _, finding in sorted(self.kept[True] + self.kept[False], key=lambda pair: pair[0])]
        counted = [
            f"{n:,} more {word}" for n, word in ((self.more[True], "errors"), (self.more[False], "warnings")) if n
        ]
        if counted:
            rest = "; the rest of the file was not read" if self.is_full else ""
            found.append(
                Finding(
                    rule="too-many-findings",
                    message=" and ".join(counted) + ", not listed" + rest,
                    file=self.file,
                    suggestion="mend those above, then check again",
                    severity="error" if self.more[True] else "warning",
                )
            )
        return found


def check_layers(
    predictions: Mapping[str, Prediction], file: str, lines: Mapping[str, int] | None = None
) -> list[Finding]:
    """Return a finding for each article that lacks a layer another one has.

    A layer left out means that it was not attempted. If that could be said of single articles, hard ones could be
    left out of the score. ``lines`` tells the line of an article in the file.
    """
    findings = []
    for layer in _LAYERS:
        lacking = dict.fromkeys(name for name, prediction in predictions.items() if getattr(prediction, layer) is None)
        if len(lacking) == len(predictions):
            continue
        given = next(name for name in predictions if name not in lacking)
        findings += [
            Finding(
                rule="partial-layer",
                message=f"'{layer}' is left out here and given for '{given}'",
                file=file,
                line=(lines or {}).get(name),
                path=f"$.{layer}",
                suggestion="write an empty list where nothing was found, or leave the layer out of every article",
            )
            for name in lacking
        ]
    return findings


def _check_pairs(prediction: Prediction, corpus: Corpus, file: str, line: int) -> list[Finding]:
    """Check that each answered pair is a row of the stance config, answered once."""
    known = {pair_id(prediction.id, row.holder, row.target) for row in stance_rows(corpus.gold[prediction.id])}
    seen: set[str] = set()
    findings = []
    for i, answer in enumerate(prediction.stance_pairs or ()):
        if answer.pair not in known:
            message, mend = (
                f"{shorten(answer.pair)} is no pair of this article",
                "take the ids of the rows of the stance config",
            )
        elif answer.pair in seen:
            message, mend = f"{shorten(answer.pair)} is answered twice", "keep one answer"
        else:
            seen.add(answer.pair)
            continue
        findings.append(
            Finding(
                rule="unknown-pair",
                message=message,
                file=file,
                line=line,
                path=f"$.stance_pairs[{i}].pair",
                suggestion=mend,
            )
        )
    return findings


class PredictionFile:
    """A file of predictions, plain or gzip, read and checked line by line.

    Iterate once, over the usable predictions: those without an error, each of an article of the split. Afterwards
    ``findings`` has all that is wrong (at most ``MAX_FINDINGS`` errors and as many warnings, then how many more) and
    ``sha256`` the checksum of the file. Memory does not grow with the length of a line, nor with the number of findings.
    """

    def __init__(self, path: Path, corpus: Corpus, split: str = "test") -> None:
        self.corpus, self.split = corpus, split
        self.file = printable(str(path))
        self.wanted = dict.fromkeys(corpus.split(split))
        self.lines: dict[str, int] = {}  # of each article of the dataset that has one
        self._source = LineFile(path, self.file, line=MAX_LINE, unpacked=MAX_LINE * (len(self.wanted) + 1))
        self._outlines: dict[str, Prediction] = {}  # which layers each article has, without what is in them
        self._kept = _Kept(self.file)
        self._spare = SPARE_LINES
        self._comparisons = _COMPARISONS

    @property
    def findings(self) -> list[Finding]:
        """What is wrong with what has been read so far."""
        return self._kept.all()

    @property
    def sha256(self) -> str | None:
        """Checksum of the file as it was read; None if it could not be read to its end."""
        return self._source.sha256

    def __iter__(self) -> Iterator[Prediction]:
        """Yield the usable predictions in the order of the file."""
        if not self.wanted:
            self._kept.add([self._no_split()])
            return
        for line, data in self._source:
            prediction, wrong = self._read(line, data)
            self._kept.add(wrong)
            if self._kept.is_full:
                return
            if prediction is not None and not any(finding.is_error for finding in wrong):
                layers: dict[str, Any] = {name: None if getattr(prediction, name) is None else [] for name in _LAYERS}
                self._outlines[prediction.id] = Prediction(id=prediction.id, **layers)
                yield prediction
        self._kept.add(self._source.findings)
        self._kept.add(check_layers(self._outlines, self.file, self.lines))
        if not any(finding.rule == "missing-file" for finding in self._source.findings):
            self._kept.add(self._missing(article) for article in self.wanted if article not in self.lines)

    def _read(self, line: int, data: bytes) -> tuple[Prediction | None, list[Finding]]:
        """Return a line's prediction, if it has the form of one that is wanted, and all that is wrong with it."""
        if wrong := _too_large(self.file, line, data):
            return None, wrong
        value, wrong = parse_json(data, self.file, line)
        if wrong:
            return None, wrong
        name = value.get("id") if isinstance(value, dict) else None
        name = name if isinstance(name, str) else ""
        known = name if name in self.corpus.articles else None
        first = self.lines.setdefault(known, line) if known else line  # known even where its content is wrong
        if first != line:
            message = f"{shorten(known)} stands already in line {first}"
            wrong.append(self._found("duplicate-article", line, message, "one line an article"))
        is_wanted = known in self.wanted and first == line
        self._spare -= not is_wanted
        if is_wanted or self._spare >= 0:  # a file of nothing but other lines is not read closely to its end
            shape = check_shape(value, "prediction", file=self.file, line=line)
            paths = {finding.path for finding in shape}
            wrong += shape
            wrong += [f for f in _check_strings(value, data, self.file, line) if f.path not in paths]
        if not wrong and name not in self.wanted:
            wrong.append(self._unknown(name, line))
        if wrong:
            return None, wrong
        prediction = msgspec.convert(value, Prediction)
        if wrong := _too_many(prediction, self.corpus.texts[name], self.file, line):
            return None, wrong
        wrong = check_annotation(prediction, self.corpus.context(prediction.id, "predictions", self.file, line))
        return prediction, wrong + _check_pairs(prediction, self.corpus, self.file, line)

    def _found(self, rule: str, line: int, message: str, suggestion: str) -> Finding:
        return Finding(rule=rule, message=message, file=self.file, line=line, path="$.id", suggestion=suggestion)

    def _unknown(self, name: str, line: int) -> Finding:
        close: list[str] = []
        if len(name) <= MAX_COMPARED and self._comparisons > 0:
            self._comparisons -= len(self.wanted)
            close = difflib.get_close_matches(name, self.wanted, n=1)
        mend = f"did you mean '{close[0]}'?" if close else "remove the line"
        message = f"the split {shorten(self.split)} has no article {shorten(name)}"
        return self._found("unknown-article", line, message, mend)

    def _missing(self, article: str) -> Finding:
        return Finding(
            rule="missing-article",
            message=f"there is no line for the article '{article}'",
            file=self.file,
            suggestion="every article of the split has a line, also one where nothing was found",
            severity=RULES["missing-article"].predictions or "error",
        )

    def _no_split(self) -> Finding:
        splits = dict.fromkeys(article.split for article in self.corpus.articles.values())
        return Finding(
            rule="empty-split",
            message=f"the dataset has no article in the split {shorten(self.split)}",
            file=self.file,
            suggestion="name one of " + ", ".join(splits) if splits else "name a dataset that has articles",
        )


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
    if any(finding.is_error for finding in findings):
        raise FindingsError(findings)
    return found
