"""Logistic regression over named features, one against the rest."""

from collections.abc import Iterable, Sequence
from typing import Any

from baselines.learning import SEED
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression


class Classifier:
    """Gives a label to a list of feature names. liblinear runs in one thread, and no BLAS has a part in it."""

    def __init__(self, c: float) -> None:
        """Take the inverse weight of the L2 penalty."""
        self.c = c
        self.names: Any = DictVectorizer()
        self.models: dict[str, Any] = {}  # a model for each label; a number where nothing else was seen

    def fit(self, features: Sequence[Iterable[str]], labels: Sequence[str]) -> "Classifier":
        """Learn from lists of feature names and their labels."""
        if features:
            self.names.fit([dict.fromkeys(names, 1.0) for names in features])
            found = self._matrix(features)
            known = sorted(set(labels))
            for label in known if len(known) > 2 else known[-1:]:
                model = LogisticRegression(C=self.c, solver="liblinear", random_state=SEED)
                own = [other == label for other in labels]
                self.models[label] = 1.0 if all(own) else model.fit(found, own)
            self.rest = known[0] if len(known) == 2 else None
        return self

    def _matrix(self, features: Sequence[Iterable[str]]) -> Any:
        """Return a row for each list of features; liblinear wants indices of 32 bits."""
        found = self.names.transform([dict.fromkeys(names, 1.0) for names in features])
        found.indices, found.indptr = found.indices.astype("int32"), found.indptr.astype("int32")
        return found

    def scores(self, features: Sequence[Iterable[str]]) -> list[dict[str, float]]:
        """Return the probability of each label, for each list of features."""
        if not features or not self.models:
            return [{} for _ in features]
        given = self._matrix(features)
        columns = {
            label: [model] * len(features) if isinstance(model, float) else model.predict_proba(given)[:, 1].tolist()
            for label, model in self.models.items()
        }
        rows = [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
        if self.rest is not None:
            for row in rows:
                row[self.rest] = 1 - sum(row.values())
        return rows

    def best(self, features: Sequence[Iterable[str]], default: str) -> list[str]:
        """Return the most probable label of each; ``default`` where nothing was learned."""
        return [max(sorted(row), key=row.__getitem__) if row else default for row in self.scores(features)]
