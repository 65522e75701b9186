"""From what was found to the record: ids and offsets."""

from typing import Any

from baselines.rules.values import Value, values

from parley.model import Entity, Mention, Prediction

from .view import View


def record(view: View) -> Prediction:
    """Return the prediction, without stances."""
    article = view.article
    for mention in view.mentions:
        mention.type = mention.type or "PER"
        mention.entity = mention.entity or f"{mention.type} {article.phrase(mention.first, mention.last)}"
        if mention.type == "GPE":
            mention.role = mention.role or "state"
    ids: dict[str, str] = {}
    kinds: dict[str, tuple[str, str]] = {}
    for mention in view.mentions:
        if mention.form is not None:
            ids.setdefault(mention.entity, f"e{len(ids) + 1}")
            kinds.setdefault(mention.entity, (mention.type, article.phrase(mention.first, mention.last)))
    known = {(value.start, value.end): value for value in values(article)}
    mentions = []
    for number, mention in enumerate(view.mentions, 1):
        start, end = article.span(mention.first, mention.last)
        place: dict[str, Any] = {"id": f"m{number}", "start": start, "end": end, "text": article.text[start:end]}
        if mention.form is not None:
            mentions.append(Mention(form=mention.form, entity=ids[mention.entity], role=mention.role, **place))
        else:
            own = next((v for (s, e), v in known.items() if s < end and start < e and v.type == mention.type), None)
            mentions.append(Mention(**place | _value(own, mention.type, article.date)))
    return Prediction(
        id=article.id,
        mentions=mentions,
        entities=[Entity(id=ids[key], type=kind, name=name) for key, (kind, name) in kinds.items()],
        events=[],
        stances=[],
        stance_pairs=[],
    )


def _value(value: Value | None, kind: str, date: str) -> dict[str, Any]:
    """Return the keys of a TIME or QTY by the rules; a time they cannot read is the article's day, a number is vague."""
    if value is not None:
        found = value._asdict()
        return {key: found[key] for key in ("type", "value", "mod", "number", "unit", "qualifier")}
    return {"type": kind, "value": date} if kind == "TIME" else {"type": kind, "qualifier": "vague"}
