"""How far independent annotators agree, by the metrics that systems are scored with.

Every pass is scored against every other as if that were the gold. Against the real gold they would look better than
they are: it was made from them.
"""

import hashlib
import itertools
from collections.abc import Mapping, Sequence
from statistics import fmean

import msgspec

from parley.corpus import Corpus, Pass, who_agrees
from parley.derive import as_prediction
from parley.findings import FindingsError, finding
from parley.leaderboard.records import AGREEMENT_COMMENT, Agreement, AgreementScore, Annotator
from parley.model import Document
from parley.report import Report
from parley.scoring.registry import OVERALL
from parley.scoring.report import score

# Passes name no registry entries and answer no given pairs, so that linking, metrics across articles and
# classification have nothing to compare.
METRIC_NAMES = (*(name for names in OVERALL.values() for name in names), "events.factuality")

_NOTE = (
    "Each pass is scored against each other pass as if that were the gold, and the scores are averaged. This row has no "
    "rank, and it is no upper limit for systems, because the gold is made from the same passes. "
)


def measure(corpus: Corpus, split: str = "test") -> Agreement:
    """Return the agreement of the passes that the gold was made from, on the articles of a split that two of them have.

    Raises ``FindingsError`` if there is no such article.
    """
    names = [name for name, own in corpus.passes.items() if own.role == "pass"]
    shared = {
        (one, other): [a for a in corpus.scored(split) if a in corpus.raw[one] and a in corpus.raw[other]]
        for one, other in itertools.permutations(names, 2)
    }
    shared = {pair: articles for pair, articles in shared.items() if articles}
    if not shared:
        problem = "agreement needs an article of the split that has gold and two passes or more"
        fix = "add a second pass, or leave agreement.json out"
        raise FindingsError([finding("missing-article", file="raw/passes.json", problem=problem, fix=fix)])
    reports = [_against(corpus, one, other, articles, split) for (one, other), articles in shared.items()]
    compared = {article for articles in shared.values() for article in articles}
    articles = [article for article in corpus.scored(split) if article in compared]
    names = [name for name in names if any(name in pair for pair in shared)]
    label, note = _words([corpus.passes[name] for name in names])
    return Agreement(
        comment=AGREEMENT_COMMENT,
        label=label,
        note=note,
        split=split,
        data=corpus.info.version,
        parley=reports[0].versions["parley"],
        passes_sha256=_hash(
            {name: {a: corpus.raw[name][a] for a in articles if a in corpus.raw[name]} for name in names}
        ),
        annotators=[Annotator(name=name, kind=corpus.passes[name].kind) for name in names],
        articles=articles,
        pairs=len(reports),
        results=_results(reports, articles),
    )


def _against(corpus: Corpus, gold: str, other: str, articles: Sequence[str], split: str) -> Report:
    """Return the report on one annotator's pass against another's, on these articles."""
    as_gold = msgspec.structs.replace(corpus, gold={article: corpus.raw[gold][article] for article in articles})
    return score(as_gold, {article: as_prediction(corpus.raw[other][article]) for article in articles}, split)


def _words(annotators: Sequence[Pass]) -> tuple[str, str]:
    """Return the label and the note: who the annotators are, as passes.json describes them."""
    kinds = "; or ".join(dict.fromkeys(own.kind for own in annotators))
    of_people = "" if any(own.is_person for own in annotators) else "It does not show how far people agree. "
    return who_agrees(annotators), f"{_NOTE}{of_people}Kind of annotator: {kinds}."


def _hash(passes: Mapping[str, Mapping[str, Document]]) -> str:
    lines = (msgspec.json.encode(own[a]) + b"\n" for _, own in sorted(passes.items()) for a in sorted(own))
    return hashlib.sha256(b"".join(lines)).hexdigest()


def _results(reports: list[Report], articles: list[str]) -> dict[str, AgreementScore]:
    """Return the mean, the extremes and the means by article of each score over the reports."""
    results = {}
    sizes = [report.articles for report in reports]
    for name in ("overall", *OVERALL, *METRIC_NAMES):
        values = [_score(report, name) for report in reports]
        per_article = {
            a: fmean(_score(report, name, a) for report in reports if a in report.overall_per_article) for a in articles
        }
        results[name] = AgreementScore(
            value=fmean(values, sizes), lowest=min(values), highest=max(values), per_article=per_article
        )
    return results


def _score(report: Report, name: str, article: str | None = None) -> float:
    """Return a report's overall score, that of a layer, or that of a metric; 0 where it is undefined."""
    if name in report.metrics:
        metric = report.metrics[name]
        return (metric if article is None else metric.per_article[article]).value or 0.0
    overall = report.overall if article is None else report.overall_per_article[article]
    return (overall.value if name == "overall" else overall.parts[name]) or 0.0
