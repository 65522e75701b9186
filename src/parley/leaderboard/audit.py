"""A report held against itself: its figures follow from its counts, its sums from its articles.

This needs neither gold nor predictions. It finds a figure that was changed by hand, not a report that was made up
whole: ``parley leaderboard --rescore`` finds that too.
"""

from collections.abc import Mapping
from fractions import Fraction

from parley import __version__
from parley.checks.shape import MAX_FINDINGS
from parley.findings import Finding
from parley.leaderboard.tables import CONLL_PARTS, metric_table
from parley.report_form import Counted, Figures, Overall, Report, Score, Submission
from parley.scoring.counts import Counts, Tally, accuracy, f1, f1_of
from parley.scoring.registry import LAYERS, METRICS, OVERALL, Metric
from parley.scoring.uncertainty import ENOUGH_ARTICLES, Table, jackknife_t, overall_table, percentile_bootstrap

_SAME = 1e-9  # between floats that were divided from the same counts
_SAME_END = 2e-6  # between ends of intervals, which a report rounds to six decimals

_MEND = "restore the report, or make it anew with `parley submit rescore`"


class _Audit:
    """Compares what a report says with what it must say, and keeps what differs."""

    def __init__(self, report: Report, file: str) -> None:
        self.report, self.file = report, file
        self.articles = list(report.overall_per_article)
        self.findings: list[Finding] = []

    def differs(self, path: str, message: str) -> None:
        if len(self.findings) < MAX_FINDINGS:
            self.findings.append(
                Finding(rule="edited-report", message=message, file=self.file, path=path, suggestion=_MEND)
            )

    def same(self, path: str, found: object, wanted: object, why: str) -> None:
        if found != wanted:
            self.differs(path, f"it has {found!r}, {why} {wanted!r}")

    def near(self, path: str, found: float | None, wanted: float | None, why: str, by: float = _SAME) -> None:
        if found is None or wanted is None:
            if found is not wanted:
                self.differs(path, f"it has {_shown(found)}, {why} {_shown(wanted)}")
        elif abs(found - wanted) > by:
            self.differs(path, f"it has {found!r}, {why} {wanted!r}")

    def ends(self, path: str, found: list[float] | None, wanted: tuple[float, float] | None) -> None:
        why = "the counts of the articles give"
        if found is None or wanted is None:
            if (found is None) != (wanted is None):
                self.differs(path, f"it has {_shown(found)}, {why} {_shown(wanted)}")
            return
        for i in (0, 1):
            self.near(f"{path}[{i}]", found[i], wanted[i], why, _SAME_END)


def _shown(value: object) -> str:
    return "nothing" if value is None else repr(value)


def _counts(counted: Counted) -> Counts:
    if counted.right is not None:
        return Counts(counted.gold, counted.predicted, counted.right, counted.right)
    return Counts(counted.gold, counted.predicted, Fraction(counted.recalled or 0.0), Fraction(counted.precise or 0.0))


def audit(report: Report, submission: Submission, file: str) -> list[Finding]:
    """Return where a report contradicts itself or the submission it stands beside."""
    found = _Audit(report, file)
    _check_heads(found, submission)
    for name, score in report.metrics.items():
        path = f"$.metrics['{name}']"
        metric = METRICS.get(name)
        if metric is None:
            continue  # of another version of the scorer; a report of this version has no such metric
        _check_score(found, path, name, metric, score)
        if metric.joined is None and score.value is not None:
            _check_articles(found, path, metric, score)
    _check_averages(found)
    _check_overall(found, "$.overall", report.overall, {name: s.value for name, s in report.metrics.items()})
    for article, overall in report.overall_per_article.items():
        values = {name: s.per_article[article].value for name, s in report.metrics.items() if article in s.per_article}
        _check_overall(found, f"$.overall_per_article['{article}']", overall, values)
    if not found.findings:  # intervals are of counts that hold
        _check_intervals(found)
    return found.findings


def _check_heads(found: _Audit, submission: Submission) -> None:
    report = found.report
    beside = "the submission.json beside it has"
    found.same("$.system", report.system, submission.system, beside)
    found.same("$.versions.data", report.versions.get("data"), submission.data_version, beside)
    found.same("$.hashes.predictions", report.hashes.get("predictions"), submission.predictions_sha256, beside)
    found.same("$.articles", report.articles, len(found.articles), "the articles listed are")
    gold, data, parley = (report.hashes.get("gold", ""), report.versions.get("data"), report.versions.get("parley"))
    version = f"|split:{report.split}|data:{data}|parley:{parley}|gold:{gold[:8]}"
    found.same("$.overall.signature", report.overall.signature, f"overall|mean:layers{version}", "its versions give")
    for name, score in report.metrics.items():
        settings = f"|{METRICS[name].settings}" if parley == __version__ and name in METRICS else ""
        if not (score.signature.startswith(f"{name}{settings}|") and score.signature.endswith(version)):
            found.differs(
                f"$.metrics['{name}'].signature", f"it is not that of {name}{settings}|…{version}, which its versions give"
            )  # fmt: skip
    if parley == __version__ and list(report.metrics) != list(METRICS):
        odd = sorted(set(report.metrics) ^ set(METRICS))
        found.differs("$.metrics", f"they are not those of parley {parley}: {', '.join(odd)[:200] or 'another order'}")
    if unknown := [layer for layer in report.attempted if layer not in LAYERS]:
        found.differs("$.attempted", f"there is no layer {unknown[0]!r}")


def _check_score(found: _Audit, path: str, name: str, metric: Metric, score: Score) -> None:
    """Check that a metric has a value where its layer was attempted, and that it follows from its counts."""
    if (score.value is not None) != (metric.layer in found.report.attempted):
        found.differs(f"{path}.value", f"it has {_shown(score.value)}, though 'attempted' says otherwise")
        return
    if score.value is None:
        return
    labels = (score.components if metric.is_average else score.per_type) or {}
    where = f"{path}.{'components' if metric.is_average else 'per_type'}"
    by_label = {label: _counts(own.counts) for label, own in labels.items() if own.counts is not None}
    for label, counts in by_label.items():
        _check_divided(found, f"{where}['{label}']", labels[label], counts, None)
    if score.counts is not None:
        total = _counts(score.counts)
        if metric.score in (f1, accuracy):
            _check_divided(found, path, score, total, metric)
        if by_label:
            _check_sum(found, f"{path}.counts", total, Tally(by_label).total, "its labels add up to")
    if metric.score not in (f1, accuracy):
        wanted = float(metric.score(Tally(by_label)).value)
        found.near(f"{path}.value", score.value, wanted, "its parts give")


def _check_divided(found: _Audit, path: str, own: Figures | Score, counts: Counts, metric: Metric | None) -> None:
    figure = f1_of(counts) if metric is None else metric.score(Tally({"": counts}))
    for field in ("value", "precision", "recall"):
        wanted = getattr(figure, field)
        found.near(f"{path}.{field}", getattr(own, field), None if wanted is None else float(wanted), "its counts give")


def _check_sum(found: _Audit, path: str, whole: Counts, added: Counts, why: str) -> None:
    for field, key in (("gold", "gold"), ("predicted", "predicted"), ("recalled", "right"), ("precise", "right")):
        found.near(f"{path}.{key}", float(getattr(whole, field)), float(getattr(added, field)), why)


def _check_articles(found: _Audit, path: str, metric: Metric, score: Score) -> None:
    if set(score.per_article) != set(found.articles):
        found.differs(f"{path}.per_article", "its articles are not those of 'overall_per_article'")
        return
    if score.counts is None:
        return
    added = Counts()
    for article, own in score.per_article.items():
        if own.counts is None:
            found.differs(f"{path}.per_article['{article}'].counts", "they are missing")
            return
        counts = _counts(own.counts)
        added += counts
        if metric.score in (f1, accuracy):
            _check_divided(found, f"{path}.per_article['{article}']", own, counts, metric)
    _check_sum(found, f"{path}.counts", _counts(score.counts), added, "its articles add up to")


def _check_averages(found: _Audit) -> None:
    """Check CoNLL averages against the metrics they average, article by article."""
    for layer in ("entities", "events"):
        name = f"{layer}.conll"
        score = found.report.metrics.get(name)
        parts = {part: found.report.metrics.get(f"{layer}.{part}") for part in CONLL_PARTS}
        if score is None or score.value is None:
            continue
        figure = METRICS[name].score
        for article, own in score.per_article.items():
            tally: dict[str, Counts] = {}
            for part, single in parts.items():
                figures = single.per_article.get(article) if single is not None else None
                if figures is not None and figures.counts is not None:
                    tally[part] = _counts(figures.counts)
            wanted = float(figure(Tally(tally)).value)
            found.near(f"$.metrics['{name}'].per_article['{article}'].value", own.value, wanted, "its parts give")
        for part, single in parts.items():
            component = (score.components or {}).get(part)
            if single is None or single.counts is None or component is None or component.counts is None:
                found.differs(f"$.metrics['{name}'].components['{part}']", "its counts are missing")
                continue
            why = f"{layer}.{part} has"
            _check_sum(found, f"$.metrics['{name}'].components['{part}'].counts", _counts(component.counts), _counts(single.counts), why)  # fmt: skip


def _check_overall(found: _Audit, path: str, overall: Overall, values: Mapping[str, float | None]) -> None:
    wanted: dict[str, float | None] = {}
    for part, names in OVERALL.items():
        own = [value for name in names if (value := values.get(name)) is not None]
        wanted[part] = sum(own) / len(own) if len(own) == len(names) else None
    found.same(f"{path}.parts", list(overall.parts), list(wanted), "the parts are")
    for part, value in wanted.items():
        found.near(f"{path}.parts['{part}']", overall.parts.get(part), value, "its metrics give")
    known = [value for value in wanted.values() if value is not None]
    mean = sum(known) / len(known) if len(known) == len(wanted) else None
    found.near(f"{path}.value", overall.value, mean, "its parts give")


def _check_intervals(found: _Audit) -> None:
    """Check the intervals: with too few articles there are none, else the counts of the articles give them."""
    report = found.report
    tables = {name: t for name in report.metrics if (t := metric_table(report, name, found.articles)) is not None}
    all_tables: dict[str, Table] = dict(tables)
    whole = overall_table(tables)
    if whole is not None:
        all_tables["overall"] = whole
    is_many = len(found.articles) >= ENOUGH_ARTICLES
    bootstraps = percentile_bootstrap(all_tables) if is_many else {}
    listed: list[tuple[str, Overall | Score]] = [("overall", report.overall), *report.metrics.items()]
    for name, own in listed:
        path = "$.overall" if own is report.overall else f"$.metrics['{name}']"
        if is_many and name not in all_tables:
            continue  # its counts by article are not in the report
        table = all_tables.get(name) if is_many else None
        found.ends(f"{path}.interval", own.interval, jackknife_t(table) if table is not None else None)
        found.ends(f"{path}.bootstrap", own.bootstrap, bootstraps.get(name))
