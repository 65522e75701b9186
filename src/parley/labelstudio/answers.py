"""What an annotator is shown to begin with: records of the gold, of a pass, of a file of predictions, or of all passes."""

import copy
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from parley.adjudication.agreed import agreed
from parley.checks import Corpus, check_annotation, check_shape, load_corpus
from parley.checks.predictions import MAX_LINE
from parley.corpus import Article
from parley.derive import Links, showing_mention
from parley.files import LineFile, parse_json, printable, read_json, shorten
from parley.findings import Finding, FindingsError
from parley.model import Annotation, Document, Prediction, Span
from parley.quotes import new_document
from parley.reading import annotated
from parley.segment import split_sentences

_LAYERS = ("mentions", "entities", "events", "stances")
AGREED = "agreed"  # name of what all passes share

Answers = dict[str, dict[str, Document]]  # article id, then what it is by: gold, annotator-1, the name of a system


def complete(prediction: Annotation, article: Article, text: str, *, annotator: str, canary: str) -> Document:
    """Return a checked prediction as a record: layers that were not attempted are empty, and what is derived is added.

    That is the text of spans and the mention that shows an argument, each where it was left out.
    """
    layers: dict[str, Any] = {name: copy.deepcopy(getattr(prediction, name) or []) for name in _LAYERS}
    document = new_document(article, annotator, canary, **layers)
    spans: list[Span] = [*document.mentions, *document.events, *(s for x in document.stances for s in x.evidence)]
    for span in spans:
        span.text = text[span.start : span.end]
    links, sentences = Links(document), split_sentences(text, article.zones)
    for event in document.events:
        for argument in event.arguments:
            if argument.start is not None:
                argument.text = text[argument.start : argument.end]
            if argument.entity is not None and argument.mention is None:
                shown = showing_mention(event, argument.entity, links, sentences)
                argument.mention = shown.id if shown else None
    return document


def _read_record(corpus: Corpus, name: str, article: str) -> tuple[Document | None, list[Finding]]:
    """Return the record in a file of the dataset folder, or None and what is wrong with it."""
    value, findings = read_json(corpus.folder / name, name)
    findings = findings or check_shape(value, "document", file=name)
    if findings:
        return None, findings
    document = msgspec.convert(value, Document)
    if document.id != article:
        message, mend = f"the record is of {shorten(document.id)}", f"rename the file to {document.id}.json"
        return None, [Finding(rule="wrong-file-name", message=message, file=name, path="$.id", suggestion=mend)]
    if document.sha256 != corpus.articles[article].sha256:
        message, mend = "made over another version of the text", "annotate the article as it is"
        return None, [Finding(rule="other-text", message=message, file=name, path="$.sha256", suggestion=mend)]
    wrong = [f for f in check_annotation(annotated(corpus, article, document), "corpus", name) if f.is_error]
    return (None if wrong else document), wrong


def from_folder(corpus: Corpus, source: str) -> Answers:
    """Return the records of ``gold`` or of one pass under raw/, of the articles that have one.

    Raises ``FindingsError`` where one cannot be used, or there is no such folder.
    """
    where = "gold" if source == "gold" else f"raw/{source}"
    if not (corpus.folder / where).is_dir():
        known = ["gold", *sorted(path.name for path in (corpus.folder / "raw").glob("*") if path.is_dir())]
        message, mend = f"there is no pass {shorten(source)}", "name one of " + ", ".join(known) + ", or a file"
        raise FindingsError([Finding(rule="missing-file", message=message, file=where, suggestion=mend)])
    answers: Answers = {}
    wrong: list[Finding] = []
    for article in corpus.articles:
        name = f"{where}/{article}.json"
        if (corpus.folder / name).is_file():
            document, findings = _read_record(corpus, name, article)
            wrong += findings
            if document is not None:
                answers[article] = {source: document}
    if wrong:
        raise FindingsError(wrong)
    return answers


def from_file(corpus: Corpus, path: Path, name: str) -> Answers:
    """Return the predictions of a file, one article a line, plain or gzip, as records by ``name``.

    Raises ``FindingsError`` with every error in it. Not every article needs to be there.
    """
    file = printable(str(path))
    lines = LineFile(path, file, line=MAX_LINE, unpacked=MAX_LINE * (len(corpus.articles) + 1))
    answers: Answers = {}
    wrong: list[Finding] = []
    for line, data in lines:
        if len(wrong) > 1000:
            break
        value, findings = parse_json(data[: MAX_LINE + 1], file, line)
        findings = findings or check_shape(value, "prediction", file=file, line=line)
        if findings:
            wrong += findings
            continue
        prediction = msgspec.convert(value, Prediction)
        if prediction.id not in corpus.articles or prediction.id in answers:
            again = prediction.id in answers
            rule, message = ("duplicate-article", "stands there already") if again else ("unknown-article", "is none of the dataset")  # fmt: skip
            wrong.append(Finding(rule=rule, message=f"{shorten(prediction.id)} {message}", file=file, line=line, path="$.id", suggestion="remove the line"))  # fmt: skip
            continue
        findings = check_annotation(annotated(corpus, prediction.id, prediction), "predictions", file, line)
        wrong += [finding for finding in findings if finding.is_error]
        if not any(finding.is_error for finding in findings):
            article, text = corpus.articles[prediction.id], corpus.texts[prediction.id]
            document = complete(prediction, article, text, annotator=name, canary=corpus.info.canary)
            answers[prediction.id] = {name: document}
    if wrong or lines.findings:
        raise FindingsError([*wrong, *lines.findings])
    return answers


def for_adjudication(folder: Path) -> Answers:
    """Return every pass over every article, and what the passes of an article agree on where there are two or more.

    Raises ``FindingsError`` if the passes cannot be used, or no article has two.
    """
    corpus = load_corpus(folder, gold=False, raw=True)
    names = [name for name in corpus.raw if corpus.passes[name].role == "pass"]
    answers: Answers = {}
    for article, described in corpus.articles.items():
        passes = {name: corpus.raw[name][article] for name in names if article in corpus.raw[name]}
        if len(passes) < 2:
            continue
        shared = agreed(passes, described, corpus.texts[article], annotator=AGREED, canary=corpus.info.canary)
        answers[article] = {AGREED: shared, **passes}
    if not answers:
        message, mend = "no article has two passes", "adjudication needs two or more under raw/"
        raise FindingsError([Finding(rule="missing-article", message=message, file="raw", suggestion=mend)])
    return answers


def only(answers: Answers, articles: Sequence[str]) -> Answers:
    """Return the answers of these articles; of all where none is named."""
    return {article: own for article, own in answers.items() if not articles or article in articles}
