"""A system's predictions: every problem in the file found in one run."""

import difflib
from collections.abc import Mapping
from pathlib import Path

import msgspec

from parley.checks.corpus import Corpus
from parley.checks.document import check_annotation
from parley.checks.rules import RULES
from parley.checks.shape import check_shape
from parley.derive import stance_rows
from parley.findings import Finding, FindingsError
from parley.io import parse_json, read_lines, shorten
from parley.model import Prediction
from parley.names import pair_id

MAX_LINE = 16_000_000  # bytes; a long article with every layer has some 200,000

_LAYERS = ("mentions", "events", "stances", "stance_pairs")


def _too_large(file: str, line: int) -> Finding:
    return Finding(
        rule="too-large",
        message=f"the line is longer than {MAX_LINE:,} bytes",
        file=file,
        line=line,
        suggestion="write one article a line, each item once",
    )


def check_layers(
    predictions: Mapping[str, Prediction], file: str, lines: Mapping[str, int] | None = None
) -> list[Finding]:
    """Return a finding for each article that lacks a layer another one has.

    A layer left out means that it was not attempted. If that could be said of single articles, hard ones could be
    left out of the score. ``lines`` tells the line of an article in the file.
    """
    findings = []
    for layer in _LAYERS:
        lacking = [name for name, prediction in predictions.items() if getattr(prediction, layer) is None]
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


def check_predictions(path: Path, corpus: Corpus, split: str = "test") -> tuple[dict[str, Prediction], list[Finding]]:
    """Return a file's predictions by article id, and everything that is wrong with it.

    Predictions with errors are left out of the dictionary; warnings leave them in. The set of articles must be
    exactly that of the split.
    """
    file = str(path)
    if not path.is_file():
        return {}, [
            Finding(
                rule="missing-file", message="there is no such file", file=file, suggestion="name a predictions.jsonl"
            )
        ]
    wanted = corpus.split(split)
    found: dict[str, Prediction] = {}
    lines: dict[str, int] = {}
    findings: list[Finding] = []
    if not wanted:
        splits = dict.fromkeys(article.split for article in corpus.articles.values())
        findings.append(
            Finding(
                rule="empty-split",
                message=f"the dataset has no article in the split {shorten(split)}",
                file=file,
                suggestion="name one of " + ", ".join(splits) if splits else "name a dataset that has articles",
            )
        )
        return found, findings
    for line, data in read_lines(path, MAX_LINE):
        if len(data) > MAX_LINE:
            findings.append(_too_large(file, line))
            continue
        value, wrong = parse_json(data, file, line)
        wrong = wrong or check_shape(value, "prediction", file=file, line=line)
        name = value.get("id") if isinstance(value, dict) else None
        if isinstance(name, str) and name in corpus.articles:  # known even where its content is wrong
            if name in lines:
                wrong.append(
                    Finding(
                        rule="duplicate-article",
                        message=f"{shorten(name)} stands already in line {lines[name]}",
                        file=file,
                        line=line,
                        path="$.id",
                        suggestion="one line an article",
                    )
                )
            lines.setdefault(name, line)
        if wrong:
            findings += wrong
            continue
        prediction = msgspec.convert(value, Prediction)
        if prediction.id not in wanted:
            close = difflib.get_close_matches(prediction.id, wanted, n=1)
            mend = f"did you mean '{close[0]}'?" if close else "remove the line"
            findings.append(
                Finding(
                    rule="unknown-article",
                    message=f"the split '{split}' has no article {shorten(prediction.id)}",
                    file=file,
                    line=line,
                    path="$.id",
                    suggestion=mend,
                )
            )
            continue
        wrong = check_annotation(prediction, corpus.context(prediction.id, "predictions", file, line))
        wrong += _check_pairs(prediction, corpus, file, line)
        findings += wrong
        if not any(finding.is_error for finding in wrong):
            found[prediction.id] = prediction
    findings += check_layers(found, file, lines)
    for article in wanted:
        if article not in lines:
            severity = RULES["missing-article"].predictions or "error"
            findings.append(
                Finding(
                    rule="missing-article",
                    message=f"there is no line for the article '{article}'",
                    file=file,
                    suggestion="every article of the split has a line, also one where nothing was found",
                    severity=severity,
                )
            )
    return found, findings


def read_predictions(path: Path, corpus: Corpus, split: str = "test") -> dict[str, Prediction]:
    """Return a file's predictions by article id.

    Raises ``FindingsError`` with every finding if there is an error in it.
    """
    found, findings = check_predictions(path, corpus, split)
    if any(finding.is_error for finding in findings):
        raise FindingsError(findings)
    return found
