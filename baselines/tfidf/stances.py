"""The models: which candidates are stances, with polarity and facet; and the answers to given pairs."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

import msgspec
from baselines.learning import SEED, Example
from scipy.sparse import hstack
from sklearn.feature_extraction import DictVectorizer
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.multiclass import OneVsRestClassifier

from parley.derive import pair_polarities
from parley.model import Annotation, Prediction, Stance, StancePair
from parley.reading import AnnotatedArticle
from parley.task import Task

from .candidates import Candidate, Reader

NONE, STANCE = "none", "stance"


class Settings(NamedTuple):
    """What is chosen by ``python -m baselines.search``, for stances and for given pairs.

    Inverse weights of the L2 penalties; weights of the words beside the features; and the probability from which on a
    candidate is a stance.
    """

    tuples_c: float
    tuples_words: float
    threshold: float
    pairs_c: float
    pairs_words: float


class Row(NamedTuple):
    """What a model is given of a candidate, or of all candidates of a pair."""

    features: Iterable[str]
    words: str


def tfidf() -> Any:
    """Return the vectors of words: tf-idf of single words and of two in a row."""
    return TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, min_df=2, token_pattern=r"\S+")


class Classifier:
    """Logistic regression, one against the rest. liblinear runs in one thread, and no BLAS has a part in it."""

    def __init__(self, c: float, weight: float, words: Callable[[], Any]) -> None:
        self.names: Any = DictVectorizer()
        self.words: Any = words()
        self.weight = weight
        self.model: Any = OneVsRestClassifier(LogisticRegression(C=c, solver="liblinear", random_state=SEED))

    def _matrix(self, rows: Sequence[Row], how: str) -> Any:
        named = getattr(self.names, how)([dict.fromkeys(row.features, 1.0) for row in rows])
        found = hstack([named, getattr(self.words, how)([row.words for row in rows]) * self.weight]).tocsr()
        found.indices, found.indptr = found.indices.astype("int32"), found.indptr.astype("int32")  # for liblinear
        return found

    def fit(self, rows: Sequence[Row], labels: Sequence[str]) -> "Classifier":
        """Learn from rows and their labels."""
        self.model.fit(self._matrix(rows, "fit_transform"), labels)
        return self

    def scores(self, rows: Sequence[Row]) -> list[dict[str, float]]:
        """Return the probability of each label, for each row."""
        if not rows:
            return []
        found = self.model.predict_proba(self._matrix(rows, "transform"))
        return [dict(zip(self.model.classes_.tolist(), row, strict=True)) for row in found.tolist()]


class Stances:
    """Finds stances in what some system found of entities and events, and answers pairs."""

    def __init__(self, examples: Sequence[Example], settings: Settings, words: Callable[[], Any] = tfidf) -> None:
        """Learn from articles with gold entities and events."""
        self.threshold = settings.threshold
        rows, labels = list[Row](), list[str]()
        pairs, answers = list[Row](), list[str]()
        for task, gold in examples:
            reader = Reader(task, gold.record)
            for candidate in reader.candidates():
                label = _label(reader, candidate, gold)
                if label is not None:
                    rows.append(Row(candidate.features, candidate.words))
                    labels.append(label)
            pairs += _pairs(task, gold.record)
            answers += _answers(task, gold)
        self.shown = Classifier(settings.tuples_c, settings.tuples_words, words)
        self.shown.fit(rows, [label if label == NONE else STANCE for label in labels])
        positive = [(row, label) for row, label in zip(rows, labels, strict=True) if label != NONE]
        self.kinds = Classifier(settings.tuples_c, settings.tuples_words, words)
        self.kinds.fit([row for row, _ in positive], [label for _, label in positive])
        self.pairs = Classifier(settings.pairs_c, settings.pairs_words, words).fit(pairs, answers)

    def add(self, prediction: Prediction, task: Task) -> Prediction:
        """Return a prediction with the stances and the answers to the pairs of the task, in place of its own."""
        answers = self.pairs.scores(_pairs(task, prediction))
        return msgspec.structs.replace(
            prediction,
            stances=self._found(Reader(task, prediction)),
            stance_pairs=[
                StancePair(pair=pair.id, polarity=_best(scores))
                for pair, scores in zip(task.pairs, answers, strict=True)
            ],
        )

    def _found(self, reader: Reader) -> list[Stance]:
        """Return the stances, the most certain first; later signs of the same holder, target and facet add evidence."""
        candidates = list(reader.candidates())
        rows = [Row(candidate.features, candidate.words) for candidate in candidates]
        scored = list(zip(self.shown.scores(rows), self.kinds.scores(rows), candidates, strict=True))
        found = dict[tuple[str, str, str], Stance]()
        for shown, kind, candidate in sorted(scored, key=lambda each: -each[0][STANCE]):
            if shown[STANCE] < self.threshold:
                break
            polarity, facet = _best(kind).split()
            evidence, event = reader.evidence(candidate.sign), candidate.sign.event
            known = found.get((candidate.holder, candidate.target, facet))
            if known is None:
                found[candidate.holder, candidate.target, facet] = Stance(
                    id=f"s{len(found) + 1}",
                    holder=candidate.holder,
                    target=candidate.target,
                    polarity=polarity,
                    facet=facet,
                    evidence=[evidence],
                    explicit=candidate.sign.is_listed,
                    via=event.id if event is not None else None,
                )
            elif all(evidence.end <= other.start or other.end <= evidence.start for other in known.evidence):
                known.evidence = sorted([*known.evidence, evidence], key=lambda span: span.start)
        return list(found.values())


def _best(scores: dict[str, float]) -> str:
    return max(sorted(scores), key=scores.__getitem__)


def _label(reader: Reader, candidate: Candidate, gold: AnnotatedArticle) -> str | None:
    """Return polarity and facet of a candidate of the gold, or none; None where another sign of its sentence shows it."""
    sentence, at = reader.sentence_at[candidate.sign.first], reader.starts[candidate.sign.first]
    shown = False
    for stance in gold.record.stances or ():
        if (stance.holder, gold.head(stance.target)) == (candidate.holder, candidate.target):
            near = [span for span in stance.evidence if sentence.start <= span.start < sentence.end]
            if any(span.start - MARGIN <= at < span.end for span in near):
                return f"{stance.polarity} {stance.facet}"
            shown = shown or bool(near)
    return None if shown else NONE


MARGIN = 30  # code points by which a sign may precede the evidence ("said the truce *was hasty*")


def _pairs(task: Task, record: Annotation) -> list[Row]:
    """Return a row for each pair of a task: all that its candidates have, and what holder and target are."""
    reader = Reader(task, record, task.pairs)
    by_pair = defaultdict[tuple[str, str], list[Candidate]](list)
    for candidate in reader.candidates() if task.pairs else ():
        by_pair[candidate.holder, candidate.target].append(candidate)
    rows = []
    for pair in task.pairs:
        holder = reader.parties[reader.party("entity", pair.holder_mentions)]
        target = reader.parties[reader.party(pair.target_kind, pair.target_mentions)]
        found = by_pair[holder.id, target.id]
        together = any(reader.at(holder, s) and reader.at(target, s) for s in reader.sentences)
        features = {name for candidate in found for name in candidate.features} | {
            f"pair holder={holder.kind} {holder.label}",
            f"pair target={target.kind} {target.label}",
            f"pair holder={holder.kind} target={target.kind}",
            f"pair signs={min(len(found), 3)}",
            f"pair together={together}",
        }
        rows.append(Row(sorted(features), " . ".join(dict.fromkeys(candidate.words for candidate in found))))
    return rows


def _answers(task: Task, gold: AnnotatedArticle) -> list[str]:
    """Return the gold answers to the pairs of a task."""
    known = pair_polarities(gold.record, gold.side)
    return [known[pair.id] for pair in task.pairs]
