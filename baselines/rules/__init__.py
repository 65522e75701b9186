"""Lexicons, capitals, reporting verbs and word order; no training. Attempts all three layers and the pairs.

Conventions: mentions and triggers are found as token numbers (``reading``) and turned into the records of ``parley.model`` at
the end. Every span begins and ends at the edge of a token inside one sentence of a scored zone. The pairs of the
task are used for ``stance_pairs`` alone: the offsets they carry never reach the other layers.
"""

from collections.abc import Iterable, Sequence

from parley import Task
from parley.model import Event, Mention, Prediction, Span

from .arguments import Attacher
from .capitals import NameFinder
from .coreference import Resolver
from .nominals import NominalFinder, find_pronouns
from .positions import PairAnswers, find_stances
from .reading import FoundMention, Reading, read
from .roles import GovernmentRoles
from .sources import SourceLinker, add_contents
from .triggers import Trigger, TriggerFinder
from .values import Value, find_values


def _arranged(pieces: Iterable[FoundMention | Value]) -> list[FoundMention | Value]:
    """Return the pieces in the order of the text without those that cross or repeat an earlier one."""
    kept: list[FoundMention | Value] = []
    open_: list[FoundMention | Value] = []
    for piece in sorted(pieces, key=lambda p: (p.first, -p.last)):
        while open_ and open_[-1].last <= piece.first:
            open_.pop()
        outer = open_[-1] if open_ else None
        if outer is not None and (outer.last < piece.last or (outer.first, outer.last) == (piece.first, piece.last)):
            continue
        if any(isinstance(o, Value) or o.form == "NAM" for o in open_):
            continue  # no mention is nested in a name or a value
        kept.append(piece)
        open_.append(piece)
    return kept


def _mention(found: FoundMention, reading: Reading) -> Mention:
    start, end = reading.tokens[found.first].start, reading.tokens[found.last - 1].end
    text = reading.task.text[start:end]
    return Mention(id=found.id, start=start, end=end, text=text, form=found.form, entity=found.entity, role=found.role)


def _value(value: Value, identifier: str, reading: Reading) -> Mention:
    start, end = reading.tokens[value.first].start, reading.tokens[value.last - 1].end
    return Mention(
        id=identifier,
        start=start,
        end=end,
        text=reading.task.text[start:end],
        type=value.type,
        value=value.value,
        mod=value.mod,
        number=value.number,
        unit=value.unit,
        qualifier=value.qualifier,
    )


def _event(trigger: Trigger, reading: Reading) -> Event:
    start, end = reading.tokens[trigger.first].start, reading.tokens[trigger.last - 1].end
    return Event(
        id=trigger.id,
        type=trigger.type,
        start=start,
        end=end,
        text=reading.task.text[start:end],
        status=trigger.status,
        via=trigger.via.id if trigger.via else None,
        same_as=trigger.same_as.id if trigger.same_as else None,
        arguments=trigger.arguments,
    )


def _find_events(reading: Reading, found: Sequence[FoundMention], values: Sequence[tuple[Value, str]]) -> list[Trigger]:
    """Return the triggers of an article, linked, with their arguments."""
    triggers = TriggerFinder(reading, found).find()
    for number, trigger in enumerate(triggers, 1):
        trigger.id = f"v{number}"
    Attacher(reading, found, [value for value, _ in values], triggers).attach([name for _, name in values])
    SourceLinker(reading, triggers).link()
    add_contents(triggers)
    return triggers


def predict(task: Task) -> Prediction:
    """Return what the rules find in an article: all three layers, and an answer to every given pair."""
    reading = read(task)
    names = NameFinder(reading).find()
    descriptions = NominalFinder(reading, names).find()
    pieces = _arranged([*names, *descriptions, *find_pronouns(reading), *find_values(reading, names)])
    roles = GovernmentRoles(reading)
    found, entities = Resolver(reading, [p for p in pieces if isinstance(p, FoundMention)], roles).resolve()
    found.sort(key=lambda m: (m.first, -m.last))
    for number, mention in enumerate(found, 1):
        mention.id = f"m{number}"
        mention.role = roles.role(mention) if mention.type == "GPE" else None
    values = [(v, f"x{n}") for n, v in enumerate((p for p in pieces if isinstance(p, Value)), 1)]
    triggers = _find_events(reading, found, values)
    stances = find_stances(reading, triggers, {e.id: e.members for e in entities if e.members})
    mentions = [_mention(m, reading) for m in found] + [_value(v, name, reading) for v, name in values]
    events = [_event(t, reading) for t in triggers]
    event_clusters = [(Span(start=e.start, end=e.end), e.same_as or e.id) for e in events]
    answers = PairAnswers(mentions, entities, event_clusters, stances)
    return Prediction(
        id=task.id,
        mentions=sorted(mentions, key=lambda m: (m.start, -m.end)),
        entities=entities,
        events=events,
        stances=stances,
        stance_pairs=[answers.answer(pair) for pair in task.pairs],
    )
