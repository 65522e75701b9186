"""From gold and predictions to a report. The gold drives the loop: every article of the split is scored."""

import hashlib
import itertools
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from parley import __version__
from parley.checks.predictions import PredictionFile, check_layers, empty_split
from parley.contrast import SPLIT as CONTRAST
from parley.contrast import contrast as sides
from parley.corpus import ORIGINS, OUTLET_KINDS, PHENOMENA, Article, Corpus
from parley.findings import Finding, FindingsError, finding, shorten
from parley.model import Prediction
from parley.ontology import load_ontology
from parley.reading import ArticleText
from parley.report import Counted, Overall, PartScore, Report, Subset
from parley.report import Score as MetricScore
from parley.scoring.contrast import score_contrast
from parley.scoring.counts import Counts, Score, Tally, add_up, f1_of, mean
from parley.scoring.pair import Pair
from parley.scoring.registry import HEADLINES, METRICS, OVERALL, Metric
from parley.scoring.zones import scored_part
from parley.twin import SPLIT as TWIN
from parley.twin import twin_id, twins
from parley.words import count

if TYPE_CHECKING:
    from parley.scoring.uncertainty import Uncertainty

# Uncertainty needs numpy and scipy: it is imported where it is used, so that other commands need not wait for them.

# Breakdown -> its values in order, and those of an article.
BREAKDOWNS: dict[str, tuple[list[str], Callable[[Article], Sequence[str | None]]]] = {
    "origin": (ORIGINS, lambda article: [article.origin]),
    "outlet": (OUTLET_KINDS, lambda article: [article.outlet.kind] if article.outlet else []),
    "phenomenon": (PHENOMENA, lambda article: article.phenomena),
}


def count_articles(
    corpus: Corpus, predictions: Mapping[str, Prediction], wanted: Sequence[str], names: Iterable[str]
) -> tuple[dict[str, dict[str, Any]], Counter[str]]:
    """Return the counts of each article by metric, and how many predicted items were left out, by kind.

    ``names`` are metrics; those of layers that were not attempted are left out. All articles have the same layers
    (``checks.check_layers``).
    """
    attempted = predictions[wanted[0]].attempted_layers
    counts: dict[str, dict[str, Any]] = {name: {} for name in names if METRICS[name].layer in attempted}
    ignored: Counter[str] = Counter()
    for article in wanted:
        kept, left_out = scored_part(predictions[article], corpus.articles[article])
        ignored.update(left_out)
        text = ArticleText(corpus.articles[article], corpus.texts[article])
        pair = Pair(text, corpus.gold[article], kept, corpus.entries)
        for name, own in counts.items():
            own[article] = pair.once(METRICS[name].count)
    return counts, ignored


def score(
    corpus: Corpus,
    predictions: Mapping[str, Prediction],
    split: str = "test",
    *,
    system: str = "unnamed",
    predictions_sha256: str | None = None,
    twin: Mapping[str, Prediction] | None = None,
    contrast: Mapping[str, Prediction] | None = None,
) -> Report:
    """Return the report on checked predictions (``checks.read_predictions``), by article id.

    ``twin`` are those for the twins of the dataset (``parley.twin.twins``), for the memorisation gap; ``contrast`` those
    for its contrast pairs (``parley.contrast.contrast``).

    The articles are those of ``split`` that have gold; predictions for others are passed over. The same input gives the
    same report to the byte: there is no time in it.

    Raises ``FindingsError`` if no article has gold, if one of those that have has no prediction, if the split has no
    articles, or if a layer was attempted in some articles only.
    """
    from parley.scoring.uncertainty import OVERALL_NAME, Uncertainty, intervals

    wanted = require_articles(corpus, split, {"prediction": predictions})
    require_whole_layers(predictions, wanted)
    counts, ignored = count_articles(corpus, predictions, wanted, METRICS)
    metrics = {name: METRICS[name] for name in counts}
    gold_sha256 = hash_gold(corpus, split)
    version = f"split:{split}|data:{corpus.info.version}|parley:{__version__}|gold:{gold_sha256[:8]}"
    stories = corpus.by_story(wanted)
    results = {name: _result(metric, counts[name], stories) for name, metric in metrics.items()}
    uncertain = intervals(
        metrics, {name: [tally for tally, _ in result.stories.values()] for name, result in results.items()}
    )
    hashes = {"gold": gold_sha256}
    if predictions_sha256 is not None:
        hashes["predictions"] = predictions_sha256
    overall = _overall({name: result.score.value for name, result in results.items()})
    overall.signature = f"overall|mean:layers|{version}"
    overall.interval, overall.bootstrap = _ends(uncertain.get(OVERALL_NAME, Uncertainty()))
    on_twins, gap = (None, None) if twin is None else _memorisation(corpus, counts, twin)
    return Report(
        system=system,
        split=split,
        articles=len(wanted),
        stories=len(stories),
        versions={"parley": __version__, "data": corpus.info.version, "ontology": load_ontology().version},
        hashes=hashes,
        attempted=predictions[wanted[0]].attempted_layers,
        ignored=dict(sorted(ignored.items())),
        note=_note(len(wanted), len(stories), len(corpus.split(split)) - len(wanted)),
        overall=overall,
        overall_per_article={
            article: _overall({name: r.articles[article][1].value for name, r in results.items() if r.articles})
            for article in wanted
        },
        overall_per_story={
            story: _overall({name: r.stories[story][1].value for name, r in results.items()}) for story in stories
        },
        by=_breakdowns(corpus, counts, wanted),
        metrics={
            name: _score(f"{name}|{metric.settings}|{version}", results.get(name), uncertain.get(name, Uncertainty()))
            for name, metric in METRICS.items()
        },
        twin=on_twins,
        memorisation=gap,
        contrast=None if contrast is None else score_contrast(corpus, contrast),
    )


def score_file(
    corpus: Corpus,
    path: Path,
    split: str = "test",
    *,
    system: str = "unnamed",
    twin: Path | None = None,
    contrast: Path | None = None,
) -> Report:
    """Return the report on a file of predictions, checked first, and on those for the twins and the contrast pairs.

    Raises ``FindingsError`` with every finding if there is an error in a file.
    """
    predictions, sha256 = _read(path, corpus, split)
    on_twins = None if twin is None else _read(twin, twins(corpus), TWIN)[0]
    on_pairs = None if contrast is None else _read(contrast, sides(corpus), CONTRAST)[0]
    return score(corpus, predictions, split, system=system, predictions_sha256=sha256, twin=on_twins, contrast=on_pairs)


def _read(path: Path, corpus: Corpus, split: str) -> tuple[dict[str, Prediction], str | None]:
    """Return the predictions of a file, by article id, and its checksum."""
    file = PredictionFile(path, corpus, split)
    predictions = {prediction.id: prediction for prediction in file}
    if any(finding.is_error for finding in file.findings):
        raise FindingsError(file.findings)
    return predictions, file.sha256


def _memorisation(
    corpus: Corpus, counts: Mapping[str, Mapping[str, Any]], predictions: Mapping[str, Prediction]
) -> tuple[Subset, dict[str, float]]:
    """Return the scores on the twins, and by how much those on the articles they are made from are higher."""
    made = twins(corpus)
    wanted = require_articles(made, TWIN, {"prediction": predictions})
    require_whole_layers(predictions, wanted)
    of_articles = {twin_id(name): name for name in corpus.articles}
    originals = [of_articles[article] for article in wanted]
    if missing := [name for name in originals if not all(name in own for own in counts.values())]:
        problem = f"the twin of {shorten(missing[0])} was predicted, and this split does not have that article"
        raise FindingsError([finding("missing-article", severity="error", problem=problem, fix="score the split test")])
    on_twins = _subset(made, count_articles(made, predictions, wanted, METRICS)[0], wanted)
    on_articles = _subset(corpus, counts, originals)
    pairs = {
        "overall": (on_articles.overall.value, on_twins.overall.value),
        **{part: (value, on_twins.overall.parts[part]) for part, value in on_articles.overall.parts.items()},
    }
    return on_twins, {name: a - b for name, (a, b) in pairs.items() if a is not None and b is not None}


def hash_gold(corpus: Corpus, split: str) -> str:
    """Return the SHA-256 of a split's gold: its records as compact JSON, one line per article, sorted by id.

    It is that of the content: how the files in ``gold/`` are laid out does not matter.
    """
    lines = (msgspec.json.encode(corpus.gold[article]) + b"\n" for article in sorted(corpus.scored(split)))
    return hashlib.sha256(b"".join(lines)).hexdigest()


def require_articles(corpus: Corpus, split: str, predictions: Mapping[str, Mapping[str, Prediction]]) -> list[str]:
    """Return the articles of a split that have gold.

    ``predictions`` are by what a message calls them ("prediction"), then by article id.

    Raises ``FindingsError`` unless the split has articles, one of them has gold, and all that have it every prediction.
    """
    wanted, findings = corpus.scored(split), list[Finding]()
    if not wanted and corpus.split(split):
        problem, fix = f"no article of the split {shorten(split)} has gold annotation", "annotate one"
        findings.append(finding("missing-article", severity="error", problem=problem, fix=fix))
    elif not wanted:
        findings.append(empty_split(corpus, split))
    fix = "every article of the split that has gold needs one, also where nothing was found"
    findings += [
        finding(
            "missing-article",
            severity="error",
            problem=f"there is no {what} for the article {shorten(article)}",
            fix=fix,
        )
        for article in wanted
        for what, where in predictions.items()
        if article not in where
    ]
    if findings:
        raise FindingsError(findings)
    return wanted


def require_whole_layers(predictions: Mapping[str, Prediction], wanted: Sequence[str]) -> None:
    """Raise ``FindingsError`` if a layer was attempted in some articles only."""
    findings = check_layers({name: predictions[name] for name in wanted}, "")
    if findings:
        raise FindingsError(findings)


def _note(articles: int, stories: int, left_out: int) -> str:
    from parley.scoring.uncertainty import ENOUGH_FOR_BOOTSTRAP, ENOUGH_STORIES, TOO_FEW

    if left_out:
        return f"{_note(articles, stories, 0)} Articles of the split without gold, which are not scored: {left_out}."
    number = f"{count(articles, 'article')} of {count(stories, 'story', 'stories')}"
    if stories < ENOUGH_STORIES:
        return (
            f"{number}: {TOO_FEW}, and no difference between two systems can be shown to be "
            "more than chance. Read the scores of the single articles."
        )
    return (
        f"{number}. Intervals are 95 %, over stories, by jackknife-t on the logit scale; from {ENOUGH_FOR_BOOTSTRAP} "
        "stories on with the percentile bootstrap beside it."
    )


class _Result(NamedTuple):
    """A metric's counts and score over all articles, per article (none if the metric joins articles), and per story."""

    tally: Tally
    score: Score
    articles: dict[str, tuple[Tally, Score]]
    stories: dict[str, tuple[Tally, Score]]
    is_average: bool


def count_stories(metric: Metric, counts: Mapping[str, Any], stories: Mapping[str, Sequence[str]]) -> dict[str, Tally]:
    """Return a metric's counts by story, from those of its articles by article."""
    return {story: metric.of_story(counts[article] for article in own) for story, own in stories.items()}


def _result(metric: Metric, counts: Mapping[str, Any], stories: Mapping[str, Sequence[str]]) -> _Result:
    by_story = count_stories(metric, counts, stories)
    tally = add_up(by_story.values())
    by_article = counts if metric.joined is None else {}
    articles, told = (
        {name: (own, metric.score(own)) for name, own in tallies.items()} for tallies in (by_article, by_story)
    )
    return _Result(tally, metric.score(tally), articles, told, metric.is_average)


def _breakdowns(
    corpus: Corpus, counts: Mapping[str, Mapping[str, Any]], wanted: Sequence[str]
) -> dict[str, dict[str, Subset]]:
    """Return the scores on the articles with each value of each of ``BREAKDOWNS``; values that none has are absent."""
    found: dict[str, dict[str, Subset]] = {}
    for name, (values, of_article) in BREAKDOWNS.items():
        for value in values:
            if articles := [article for article in wanted if value in of_article(corpus.articles[article])]:
                found.setdefault(name, {})[value] = _subset(corpus, counts, articles)
    return found


def _subset(corpus: Corpus, counts: Mapping[str, Mapping[str, Any]], articles: Sequence[str]) -> Subset:
    from parley.scoring.uncertainty import part_intervals

    stories = corpus.by_story(articles)
    by_story = {
        name: list(count_stories(METRICS[name], counts[name], stories).values())
        for name in dict.fromkeys([*itertools.chain(*OVERALL.values()), *HEADLINES])
        if name in counts
    }
    tallies = {name: add_up(own) for name, own in by_story.items()}
    values = {name: METRICS[name].score(tally).value for name, tally in tallies.items()}
    something = {name: float(values[name]) for name, tally in tallies.items() if not tally.total.is_empty}
    return Subset(
        articles=len(articles),
        stories=len(stories),
        overall=_overall(values),
        metrics={name: something.get(name) for name in HEADLINES},
        intervals=part_intervals(METRICS, by_story),
    )


def _overall(values: Mapping[str, Fraction]) -> Overall:
    """Return the mean of the parts, each the mean of its metrics; null where one was not attempted."""
    parts = {
        part: mean(values[name] for name in names) if all(name in values for name in names) else None
        for part, names in OVERALL.items()
    }
    known = [value for value in parts.values() if value is not None]
    return Overall(
        value=float(mean(known)) if len(known) == len(parts) else None,
        parts={part: None if value is None else float(value) for part, value in parts.items()},
    )


def _counted(counts: Counts) -> Counted:
    if isinstance(counts.recalled, int) and isinstance(counts.precise, int):
        return Counted(gold=counts.gold, predicted=counts.predicted, right=counts.recalled)
    recalled, precise = float(counts.recalled), float(counts.precise)
    return Counted(gold=counts.gold, predicted=counts.predicted, recalled=recalled, precise=precise)


def _fields(score: Score, tally: Tally | None) -> dict[str, Any]:
    """Return the fields that all score records share; exact fractions become floats here."""
    return {
        "value": float(score.value),
        "precision": None if score.precision is None else float(score.precision),
        "recall": None if score.recall is None else float(score.recall),
        "counts": None if tally is None else _counted(tally.total),
        "flags": list(score.flags),
    }


def _ends(uncertain: "Uncertainty") -> tuple[list[float] | None, list[float] | None]:
    """Return the interval and the bootstrap interval as a report has them."""
    interval, bootstrap = (None if ends is None else list(ends) for ends in uncertain[:2])
    return interval, bootstrap


def _score(signature: str, result: _Result | None, uncertain: "Uncertainty") -> MetricScore:
    """Return a metric's entry in the report; without a result it was not attempted."""
    if result is None:
        flags = ["the layer was not attempted"]
        return MetricScore(value=None, signature=signature, flags=flags, per_article={}, per_story={})
    labels = {
        label: PartScore(**_fields(f1_of(counts), Tally({label: counts})))
        for label, counts in result.tally.items()
        if label
    }
    articles, stories = (
        {
            name: PartScore(**_fields(score, None if result.is_average else tally))
            for name, (tally, score) in own.items()
        }
        for own in (result.articles, result.stories)
    )
    entry = MetricScore(
        signature=signature,
        **_fields(result.score, None if result.is_average else result.tally),
        per_type=labels if labels and not result.is_average else None,
        components=labels if labels and result.is_average else None,
        per_article=articles,
        per_story=stories,
    )
    entry.interval, entry.bootstrap = _ends(uncertain)
    entry.flags += uncertain.flags
    return entry
