"""From what was found to the record: ids and offsets."""

from typing import Any

from baselines.rules.values import Value, values

from parley.model import Argument, Entity, Event, Mention, Prediction, Proposition

from .view import Act, Claim, Node, Run, View


def record(view: View) -> Prediction:
    """Return the prediction; stances are added to it later."""
    article = view.article
    ids: dict[str, str] = {}
    kinds: dict[str, tuple[str, str]] = {}
    for mention in view.mentions:
        if mention.form is not None:
            ids.setdefault(mention.entity, f"e{len(ids) + 1}")
            kinds.setdefault(mention.entity, (mention.type, article.phrase(mention.first, mention.last)))
    known = {(value.start, value.end): value for value in values(article)}

    def span(run: Run) -> dict[str, Any]:
        start, end = article.span(run.first, run.last)
        return {"start": start, "end": end, "text": article.text[start:end]}

    mentions = []
    for number, mention in enumerate(view.mentions, 1):
        place = {"id": f"m{number}"} | span(mention)
        start, end = place["start"], place["end"]
        if mention.form is not None:
            mentions.append(Mention(form=mention.form, entity=ids[mention.entity], role=mention.role, **place))
        else:
            own = next((v for (s, e), v in known.items() if s < end and start < e and v.type == mention.type), None)
            mentions.append(Mention(**place | _value(own, mention.type, article.date)))
    names = {m: f"m{number}" for number, m in enumerate(view.mentions, 1)}
    acts = {act: f"ev{number}" for number, act in enumerate(view.acts, 1)}
    claims = {
        words: f"p{number}"
        for number, words in enumerate(
            sorted({(f.first, f.last) for act in view.acts for _, f in act.arguments if isinstance(f, Claim)}), 1
        )
    }

    def argument(role: str, filler: Node | Claim | Act) -> Argument:
        if isinstance(filler, Act):
            return Argument(role=role, event=acts[filler])
        if isinstance(filler, Claim):
            return Argument(role=role, proposition=claims[filler.first, filler.last])
        if filler.form is None:
            return Argument(role=role, mention=names[filler])
        return Argument(role=role, entity=ids[filler.entity], mention=names[filler])

    firsts: dict[str, str] = {}
    events = []
    for act in view.acts:
        head = firsts.setdefault(act.cluster, acts[act])
        events.append(
            Event(
                id=acts[act],
                type=act.type,
                status=act.status,
                harm=act.harm,
                via=acts[act.via] if act.via else None,
                same_as=None if head == acts[act] else head,
                arguments=[argument(role, filler) for role, filler in act.arguments],
                **span(act),
            )
        )
    propositions = [Proposition(id=name, **span(Run(*words))) for words, name in claims.items()]
    return Prediction(
        id=article.id,
        mentions=mentions,
        entities=[Entity(id=ids[key], type=kind, name=name) for key, (kind, name) in kinds.items()],
        events=events,
        propositions=propositions,
    )


def _value(value: Value | None, kind: str, date: str) -> dict[str, Any]:
    """Return the keys of a TIME or QTY by the rules; a time they cannot read is the article's month, a number is vague."""
    if value is not None:
        found = value._asdict()
        return {key: found[key] for key in ("type", "value", "mod", "number", "unit", "qualifier")}
    return {"type": kind, "value": date[:7]} if kind == "TIME" else {"type": kind, "qualifier": "vague"}
