"""Stance: from the type of a speech event and from attitude words; and the answers to given pairs."""

from dataclasses import dataclass, field

from parley.model import Span, StancePair
from parley.task import Pair

from .arguments import group_by_sentence
from .lexicon import load, plural, words
from .mention import Found, Thing
from .syntax import Syntax
from .triggers import Act, Claim

Target = Thing | Act | Claim
FOR_AGREEMENT = frozenset({"Agree", "Renew", "Implement", "Mediate"})


@dataclass(eq=False)
class View:
    """A stance in the making; holder None is the author."""

    holder: Thing | None
    target: Target
    polarity: str
    facet: str
    explicit: bool
    via: Act | None
    evidence: list[tuple[int, int]] = field(default_factory=list)  # first and last words


def stances(syntax: Syntax, acts: list[Act]) -> list[View]:
    """Return the stances of an article, one for each holder, target and facet."""
    views = [view for act in acts if act.speech for view in _speech(syntax, act)]
    views += _attitudes(syntax, acts) + _loaded(syntax)
    merged: dict[tuple[int, int, str], View] = {}
    for view in views:
        target = view.target.same or view.target if isinstance(view.target, Act) else view.target
        if view.holder is target or (isinstance(target, Thing) and view.holder in target.members):
            continue
        view.target = target
        known = merged.setdefault((id(view.holder), id(target), view.facet), view)
        if known is not view:
            known.evidence += [
                e for e in view.evidence if not any(e[0] <= o[1] and o[0] <= e[1] for o in known.evidence)
            ]
            known.explicit = known.explicit or view.explicit
    return list(merged.values())


def _clause_end(syntax: Syntax, start: int) -> int:
    """Return the last word of the evidence that begins at a word."""
    _, end = syntax.sentence(start)
    last = start
    for at in range(start, min(end, start + 25)):
        word = syntax.word(at)
        if at > start and word in (
            ",",
            ";",
            "—",
            "–",
            ":",
            "because",
            "while",
            "after",
            "when",
            "until",
            "unless",
            "as",
            "but",
        ):
            break
        last = at
    while last > start and not syntax.article.words[last].text[-1].isalnum():
        last -= 1
    return last


def _target(found: object) -> tuple[Target, bool] | None:
    """Return the target of a content, and whether it is to stop: an end to X is against X."""
    if isinstance(found, Act):
        stopped = next((f for f in found.fillers("Content") if isinstance(f, Act)), None)
        if found.type == "Halt" and stopped is not None:
            return stopped, True
        agreement = next((f for f in found.fillers("Agreement") if isinstance(f, Thing)), None)
        if found.type in FOR_AGREEMENT and agreement is not None:
            return agreement, False
        return found, found.status == "negated" and found.governor is not None and found.governor.type == "Demand"
    return (found, False) if isinstance(found, Thing | Claim) else None


def _speech(syntax: Syntax, act: Act) -> list[View]:
    rule = load("stance")["speech"].get(act.type)
    holders = [f for f in act.fillers("Agent") if isinstance(f, Thing)]
    if act.status in ("negated", "wanted", "possible", "planned") or not holders:
        return []
    evidence = (act.first, _clause_end(syntax, act.first))
    if act.type == "State":
        feared = words("stance", "words", "concern") & {syntax.word(i) for i in range(act.last + 1, act.last + 5)}
        contents = act.fillers("Content")
        if not (feared and act.lemma in ("express", "voice") and contents and isinstance(contents[0], Act)):
            return []
        return [View(h, contents[0], "oppose", "concern", True, act, [evidence]) for h in holders]
    if rule is None or act.lemma in words("stance", "words", "denials"):
        return []
    patients = [f for f in act.fillers("Patient") if isinstance(f, Thing)]
    agreements = [f for f in act.fillers("Agreement") if isinstance(f, Thing)]
    contents = [t for t in act.fillers("Content") if not isinstance(t, Thing)]
    polarity, facet = rule["polarity"], rule["facet"]
    targets: list[tuple[Target, bool]] = [(t, False) for t in patients or agreements]
    if not targets:
        targets = [t for t in map(_target, contents[:1]) if t is not None]
        facet = "approval" if act.type == "Accuse" else facet
        if (
            act.type == "Reject"
            and contents
            and isinstance(contents[0], Act)
            and contents[0].type in ("Accuse", "State")
        ):
            return []
    views = []
    for holder in holders:
        for target, reverse in targets:
            sign = (
                {"support": "oppose", "oppose": "support"}[polarity] if reverse and act.type != "Reject" else polarity
            )
            if act.type == "Accuse" and isinstance(target, Thing) and target.type == "AGR":
                facet = "approval"
            if (isinstance(target, Thing) and (holder in target.members or holder is target) and holder.members) or (
                isinstance(target, Thing) and target is holder and len(target.members) > 1
            ):
                views += [
                    View(a, b, sign, facet, True, act, [evidence])
                    for a in holder.members or [holder]
                    for b in target.members
                    if a is not b
                ]
            elif target is holder and len(holders) > 1:
                continue
            else:
                views.append(View(holder, target, sign, facet, True, act, [evidence]))
    return views


def _attitudes(syntax: Syntax, acts: list[Act]) -> list[View]:
    """Return the stances that an attitude word shows: of its subject, or of the speaker."""
    table = {word: row for row in load("stance")["attitude"] for word in row["words"].split()}
    by_sentence = group_by_sentence(syntax, acts)
    triggers = {i for act in acts for i in range(act.first, act.last + 1)}
    found = []
    for at, word in enumerate(syntax.article.words):
        row = table.get(word.lower)
        if row is None or at in triggers or at in syntax.at:
            continue
        here = by_sentence.get(word.sentence, [])
        via = next((a for a in here if a.speech and a.region[0] <= at < a.region[1]), None)
        modal = word.lower in (
            "must",
            "should",
            "needs",
            "necessary",
            "illegal",
            "unlawful",
            "baseless",
            "false",
            "lie",
            "lies",
            "invented",
            "useful",
            "historic",
        )
        subject = None if modal else syntax.subject(at)
        holder = (
            subject.thing
            if subject is not None
            else next((f for f in via.fillers("Agent") if isinstance(f, Thing)), None)
            if via
            else None
        )
        if (
            holder is None
            or holder.type not in ("PER", "GROUP", "GPE", "ORG", "MIL")
            or syntax.word(at - 1) in ("not", "n't", "no")
        ):
            continue
        last = _clause_end(syntax, at)
        following = [a for a in here if at < a.first <= last and a is not via]
        target: tuple[Target, bool] | None = None
        if following:
            target = _target(following[0])
        else:
            agreement = next((m for m in syntax.mentions(at + 1, last + 1) if m.type == "AGR"), None)
            if agreement is not None and agreement.thing is not None:
                target = (agreement.thing, False)
        if target is None or (isinstance(target[0], Act) and target[0].speech):
            continue
        if row["facet"] == "concern" and not isinstance(target[0], Act):
            continue
        own = isinstance(target[0], Act) and holder in [
            f for r, f in target[0].arguments if r in ("Agent", "Participant")
        ]
        if own and not modal:
            continue
        sign = row["polarity"]
        sign = {"support": "oppose", "oppose": "support"}.get(sign, sign) if target[1] else sign
        found.append(View(holder, target[0], sign, row["facet"], True, via, [(at, last)]))
    return found


def _loaded(syntax: Syntax) -> list[View]:
    """Return the author's stances: loaded names outside quotations."""
    found = []
    for polarity in ("oppose", "support"):
        listed = words("stance", "loaded", polarity)
        listed = listed | {plural(word) for word in listed}
        for mention in syntax.outer:
            head = syntax.word(mention.head)
            if head in listed and mention.thing is not None and not syntax.article.words[mention.first].quotation:
                found.append(
                    View(None, mention.thing, polarity, "approval", False, None, [(mention.head, mention.head)])
                )
    return found


# pairs ------------------------------------------------------------------------------------------------------


def answers(syntax: Syntax, pairs: list[Pair], views: list[View]) -> list[StancePair]:
    """Answer each pair with the stance that was found between what its mentions overlap."""
    return [StancePair(pair=pair.id, polarity=_answer(syntax, pair, views)) for pair in pairs]


def _answer(syntax: Syntax, pair: Pair, views: list[View]) -> str:
    holders, targets = pair.holder_mentions, pair.target_mentions
    found = set()
    for view in views:
        if (view.holder is None) != (not holders):
            continue
        held = view.holder is None or _meets(syntax, view.holder, holders)
        if held and _meets(syntax, view.target, targets, pair.target_kind):
            found.add(view.polarity)
    if len(found) > 1:
        return "mixed"
    return found.pop() if found else "none"


def _meets(syntax: Syntax, one: Target, spans: list[Span], kind: str = "entity") -> bool:
    """Whether one of the spans is a mention of this entity, event or proposition."""
    if isinstance(one, Thing):
        if kind != "entity":
            return False
        every = [m for thing in (one, *one.members) for m in thing.mentions]
        own = {_head(syntax, m) for m in every}
        return any(span.start <= start and end <= span.end for span in spans for start, end in own) and _most(
            syntax, every, spans
        )
    first, last = syntax.article.span(one.first, one.last)
    return any(first < span.end and span.start < last for span in spans)


def _head(syntax: Syntax, mention: Found) -> tuple[int, int]:
    return syntax.article.span(mention.head, mention.head)


def _most(syntax: Syntax, mentions: list[Found], spans: list[Span]) -> bool:
    """Whether a fair part of the given mentions is mentions of the entity, so that a chance overlap does not count."""
    exact = {syntax.article.span(m.first, m.last) for m in mentions}
    hits = sum((span.start, span.end) in exact for span in spans)
    return hits * 3 >= len(spans)
