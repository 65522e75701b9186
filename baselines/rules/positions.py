"""Stance from speech events, and the answers to the given pairs."""

from collections.abc import Iterable, Mapping, Sequence

from parley.model import Entity, Mention, Span, Stance, StancePair
from parley.task import Pair

from .lexicon import StanceRule, load_triggers
from .reading import Reading
from .triggers import Trigger

_EVIDENCE = 15  # tokens that evidence reaches beyond its trigger at most


def _target(trigger: Trigger, rule: StanceRule) -> tuple[str, str] | None:
    """Return what a speech event is about and the polarity toward it: who wants an end opposes what is to end."""
    for role in rule.targets:
        if role == "Content" and trigger.content is not None:
            content = trigger.content
            if content.type == "Halt" and content.content is not None:
                head = content.content.same_as or content.content
                return head.id, {"support": "oppose", "oppose": "support"}.get(rule.polarity, rule.polarity)
            return (content.same_as or content).id, rule.polarity
        found = next((a.entity for a in trigger.arguments if a.role == role and a.entity is not None), None)
        if found is not None:
            return found, rule.polarity
    return None


def _evidence(trigger: Trigger, reading: Reading) -> Span:
    """Return the span from a trigger to the end of what it is about, in its sentence."""
    sentence = reading.sentence(trigger.first)
    ends = [m.last for m in trigger.shown] + ([trigger.content.last] if trigger.content else [])
    last = max((e for e in ends if e <= min(sentence.stop, trigger.last + _EVIDENCE)), default=0)
    last = max(last, trigger.last)
    start, end = reading.tokens[trigger.first].start, reading.tokens[last - 1].end
    return Span(start=start, end=end, text=reading.task.text[start:end])


def _sides(trigger: Trigger, target: str, members: Mapping[str, Sequence[str]]) -> list[tuple[str, str]]:
    """Return holders with their targets. Of mutual blame ("accused each other") each member holds one to each other."""
    holders = dict.fromkeys(a.entity for a in trigger.arguments if a.role == "Agent" and a.entity)
    found = [(holder, target) for holder in holders if holder != target]
    mutual = members.get(target, ()) if target in holders else ()
    return found + [(one, other) for one in mutual for other in mutual if one != other]


def find_stances(reading: Reading, triggers: Sequence[Trigger], members: Mapping[str, Sequence[str]]) -> list[Stance]:
    """Return one stance for each holder, target and facet that a speech event shows, with all evidence.

    ``members`` are those of each plural entity, by its id.
    """
    rules = load_triggers().stance
    found: dict[tuple[str, str, str], Stance] = {}
    for trigger in triggers:
        rule = rules.get(trigger.type)
        about = _target(trigger, rule) if rule and trigger.status == "actual" else None
        if rule is None or about is None:
            continue
        polarity = about[1]
        for holder, target in _sides(trigger, about[0], members):
            evidence = _evidence(trigger, reading)
            known = found.get((holder, target, rule.facet))
            if known is None:
                found[holder, target, rule.facet] = Stance(
                    id=f"s{len(found) + 1}",
                    holder=holder,
                    target=target,
                    polarity=polarity,
                    facet=rule.facet,
                    evidence=[evidence],
                    explicit=True,
                    via=trigger.id,
                )
            else:
                known.evidence.append(evidence)
                if known.polarity != polarity:
                    known.polarity = "mixed"
    return list(found.values())


class PairAnswers:
    """Answers pairs from what was found: a pair's mentions are looked up among the baseline's own by their offsets."""

    def __init__(
        self, mentions: Iterable[Mention], entities: Iterable[Entity], triggers: Iterable[tuple[Span, str]], stances: Sequence[Stance]
    ) -> None:  # fmt: skip
        self.at: dict[tuple[int, int], set[str]] = {}
        self.at_end: dict[int, set[str]] = {}  # a head word is enough: extents differ more than heads do
        for mention in mentions:
            if mention.entity is not None:
                self._add(mention.start, mention.end, mention.entity)
        for span, event_cluster in triggers:
            self._add(span.start, span.end, event_cluster)
        self.kinds = {e.id for e in entities}
        self.polarities: dict[tuple[str, str], list[str]] = {}
        for stance in stances:
            self.polarities.setdefault((stance.holder, stance.target), []).append(stance.polarity)
        self.targets: dict[str, list[str]] = {}
        for holder, target in self.polarities:
            self.targets.setdefault(holder, []).append(target)

    def _add(self, start: int, end: int, identifier: str) -> None:
        self.at.setdefault((start, end), set()).add(identifier)
        self.at_end.setdefault(end, set()).add(identifier)

    def _own(self, spans: Iterable[Span], *, entity: bool) -> set[str]:
        found: set[str] = set()
        for span in spans:
            exact = self.at.get((span.start, span.end)) or self.at_end.get(span.end, set())
            found |= {i for i in exact if (i in self.kinds) == entity}
        return found

    def answer(self, pair: Pair) -> StancePair:
        """Return the polarity of the stances found between the pair's two, or ``none``."""
        holders = self._own(pair.holder_mentions, entity=True)
        targets = self._own(pair.target_mentions, entity=pair.target_kind == "entity")
        found = [
            polarity
            for holder in sorted(holders)
            for target in self.targets.get(holder, ())
            if target in targets
            for polarity in self.polarities[holder, target]
        ]
        polarity = "none" if not found else found[0] if len(set(found)) == 1 else "mixed"
        return StancePair(pair=pair.id, polarity=polarity)
