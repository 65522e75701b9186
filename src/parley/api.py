"""Scoring from Python: paths, records or a ``datasets.Dataset`` in, a report or plain figures out."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from parley.model import Prediction
from parley.paths import DATA
from parley.scoring.lines import GoldLine, Scored, score_lines, score_pairs

if TYPE_CHECKING:
    import pandas as pd

    from parley.report_form import Report

Records = Mapping[str, Any] | Iterable[Any]


def score(gold: Any, predictions: Any, *, split: str = "test", jobs: int = 1) -> "Report | Scored":
    """Return the scores of ``predictions`` against ``gold``.

    ``gold`` is a dataset folder (the result is then a ``Report``, from checked predictions), or a gold.jsonl, or
    records or a ``datasets.Dataset`` of the ``documents`` config (then a ``Scored``: figures without articles).
    ``predictions`` is a path to a predictions.jsonl, or ``Prediction`` records, or the same as dictionaries, in a list
    or by article id. ``jobs`` processes share the work where both are files of lines.

    Raises ``FindingsError`` where something is wrong with the predictions, ``TypeError`` for anything else as gold.
    """
    if isinstance(gold, str | Path) and Path(gold).is_dir():
        return _score_folder(Path(gold), predictions, split)
    if isinstance(gold, str | Path) and isinstance(predictions, str | Path):
        return score_lines(Path(gold), Path(predictions), jobs=jobs)
    return score_pairs(_golds(gold), _predictions(predictions))


def compute(*, predictions: Any, references: Any = DATA) -> dict[str, float]:
    """Return every figure by metric name, as ``compute`` of the library ``evaluate`` does."""
    result = score(references, predictions)
    if isinstance(result, Scored):
        return {name: float(score.value) for name, score in result.scores.items()}
    return {name: entry.value for name, entry in result.metrics.items() if entry.value is not None}


def report_frame(result: "Report | Scored") -> "pd.DataFrame":
    """Return a row a metric: value, precision, recall, and the counts they are divided from where it has them."""
    import pandas as pd

    if isinstance(result, Scored):
        rows = {
            name: {"value": float(f.value), "precision": _float(f.precision), "recall": _float(f.recall)}
            for name, f in result.scores.items()
        }
    else:
        rows = {
            name: {"value": entry.value, "precision": entry.precision, "recall": entry.recall}
            | ({"gold": entry.counts.gold, "predicted": entry.counts.predicted} if entry.counts else {})
            for name, entry in result.metrics.items()
        }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("metric")


def _float(value: Any) -> float | None:
    return None if value is None else float(value)


def _score_folder(folder: Path, predictions: Any, split: str) -> "Report":
    from parley.checks import load_corpus
    from parley.scoring import score as score_corpus
    from parley.scoring import score_file

    corpus = load_corpus(folder)
    if isinstance(predictions, str | Path):
        return score_file(corpus, Path(predictions), split)
    return score_corpus(corpus, {prediction.id: prediction for prediction in _predictions(predictions)}, split)


def _predictions(given: Any) -> Iterable[Prediction]:
    if isinstance(given, str | Path):
        decoder = msgspec.json.Decoder(Prediction)
        with Path(given).open("rb") as stream:
            yield from (decoder.decode(line) for line in stream if line.strip())
        return
    for item in given.values() if isinstance(given, Mapping) else given:
        yield item if isinstance(item, Prediction) else msgspec.convert(item, Prediction)


def _golds(given: Any) -> Iterable[GoldLine]:
    if isinstance(given, str | Path):
        decoder = msgspec.json.Decoder(GoldLine)
        with Path(given).open("rb") as stream:
            yield from (decoder.decode(line) for line in stream if line.strip())
        return
    features = getattr(given, "features", None)
    for item in given:
        if isinstance(item, GoldLine):
            yield item
        elif isinstance(item, Mapping):
            yield msgspec.convert(_record(item, features), GoldLine)
        else:
            raise TypeError(f"gold is a folder, a file, GoldLine records or rows of 'documents', not {type(item)}")


def _record(row: Mapping[str, Any], features: Any) -> dict[str, Any]:
    """Return the record of a row of the documents config: label names for numbers, no nulls, no derived fields."""
    named = {name: _named(row[name], features[name]) if features else row[name] for name in row}
    record: dict[str, Any] = _kept({name: named[name] for name in GoldLine.__struct_fields__ if name in named})
    for mention in record["mentions"]:
        if "entity" in mention:
            mention.pop("type", None)
    for entity in record["entities"]:
        entity.pop("wikidata", None)
        entity.pop("side", None)
    for item in record["events"] + record["stances"]:
        item.setdefault("via", None)
    return record


def _named(value: Any, feature: Any) -> Any:
    if value is None:
        return None
    if hasattr(feature, "int2str"):
        return feature.int2str(value) if isinstance(value, int) else value
    inner = getattr(feature, "feature", None)
    if isinstance(value, list):
        return [_named(item, inner) for item in value]
    if isinstance(feature, dict):
        return {key: _named(value[key], feature[key]) for key in value}
    return value


def _kept(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _kept(item) for key, item in value.items() if item is not None}
    return [_kept(item) for item in value] if isinstance(value, list) else value
