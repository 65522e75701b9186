"""Stance: from the type of a speech event and from attitude words; and the answers to given pairs."""

from dataclasses import dataclass, field

from parley.derive import SPEAKERS
from parley.model import Span, StancePair
from parley.task import Pair

from .lexicon import load, words
from .speech import ADVERBIAL
from .syntax import Syntax
from .text import Thing
from .triggers import Act, Claim

Target = Thing | Act | Claim
KINDS = (*SPEAKERS, "AGR")
REVERSED = {"support": "oppose", "oppose": "support"}


@dataclass(eq=False)
class View:
    """A stance; holder None is the author."""

    holder: Thing | None
    target: Target
    polarity: str
    facet: str
    explicit: bool
    via: Act | None
    evidence: list[tuple[int, int]] = field(default_factory=list)  # first and last words


def stances(syntax: Syntax, acts: list[Act]) -> list[View]:
    """Return the stances of an article, one for each holder, target and facet."""
    merged: dict[tuple[Thing | None, Target, str], View] = {}
    views = []
    for act in acts:
        near = {syntax.word(i) for i in range(act.last + 1, act.last + 5)}
        concern = act.lemma in ("express", "voice") and bool(words("stance", "concern") & near)
        views += _speech(act, _evidence(syntax, act.first), concern) if act.speech else []
    for view in [*views, *_attitudes(syntax, acts), *_loaded(syntax)]:
        if isinstance(view.target, Act):
            view.target = view.target.same or view.target
        known = merged.setdefault((view.holder, view.target, view.facet), view)
        if all(last < view.evidence[0][0] for _, last in known.evidence):
            known.evidence += view.evidence
            known.explicit |= view.explicit
    return list(merged.values())


def _evidence(syntax: Syntax, start: int) -> tuple[int, int]:
    """Return first and last word of the evidence that begins at a word: to the end of its clause."""
    last = start
    for at in range(start + 1, min(syntax.sentence(start)[1], start + 25)):
        if syntax.word(at) in (",", ";", "—", "–", ":", "but") or syntax.word(at) in ADVERBIAL:
            break
        last = at if syntax.word(at)[0].isalnum() else last
    return start, last


def _target(found: Act | Claim) -> tuple[Target, bool]:
    """Return the target of a content, and whether it is to stop: an end to the shelling is against the shelling."""
    if isinstance(found, Act):
        taken_up = (found.same or found).arguments if found.speech and not found.verb else []
        for role, filler in taken_up:
            if role == "Content" and isinstance(filler, Act | Claim):
                return filler, False  # "rejected the calls for talks": the talks
        stopped = [filler for role, filler in found.arguments if role == "Content" and isinstance(filler, Act)]
        if found.type == "Halt" and stopped:
            return stopped[0], True
        if found.type in ("Agree", "Renew", "Implement", "Mediate") and found.things("Agreement"):
            return found.things("Agreement")[0], False
    return found, False


def _speech(act: Act, evidence: tuple[int, int], concern: bool) -> list[View]:
    """Return the stances of an act of speech: of each Agent, toward Patient, Agreement or Content."""
    rule = load("stance")["speech"].get(act.type) if act.type != "State" or concern else None
    if rule is None or act.status != "actual" or act.lemma in words("stance", "denials"):
        return []
    kinds = Act if concern else Act | Claim
    contents = [filler for role, filler in act.arguments if role == "Content" and isinstance(filler, kinds)]
    charge = act.type == "Reject" and contents and isinstance(contents[0], Act) and contents[0].type == "Accuse"
    targets: list[tuple[Target, bool]] = [
        (thing, False) for thing in act.things("Patient") or act.things("Agreement") if thing.type in KINDS
    ]
    facet = "approval" if act.type == "Accuse" and not targets else rule["facet"]  # a deed is condemned
    views = []
    for holder in act.things("Agent"):
        for target, stop in targets or [_target(found) for found in contents[:1] if not charge]:
            sign = REVERSED[rule["polarity"]] if stop and act.type != "Reject" else rule["polarity"]
            members = target.members if isinstance(target, Thing) else []
            mutual = target is holder or holder in members
            pairs = [(a, b) for a in holder.members or [holder] for b in members] if mutual else [(holder, target)]
            views += [View(a, b, sign, facet, True, act, [evidence]) for a, b in pairs if a is not b]
    return views


def _attitudes(syntax: Syntax, acts: list[Act]) -> list[View]:
    """Return the stances that an attitude word shows toward what follows: of its subject, or of the speaker."""
    table = {word: row for row in load("stance")["attitude"] for word in row["words"].split()}
    speaker = {i: act for act in acts if act.speech for i in range(*act.region)}
    found = []
    for at, word in enumerate(syntax.article.words):
        row, via = table.get(word.lower), speaker.get(at)
        if row is None or at in syntax.trigger_at or at in syntax.at or syntax.word(at - 1) in ("not", "n't", "no"):
            continue
        subject = None if "impersonal" in row else syntax.subject(at)
        speakers = [subject.thing] if subject is not None else via.things("Agent") if via is not None else []
        holder, evidence = next(iter(speakers), None), _evidence(syntax, at)
        events = [syntax.trigger_at[i] for i in range(at + 1, evidence[1] + 1) if i in syntax.trigger_at]
        own = any(act.speech or holder in act.things("Agent") + act.things("Participant") for act in events[:1])
        if events and not own and holder is not None and holder.type in SPEAKERS:
            target, stop = _target(events[0])
            sign = REVERSED.get(row["polarity"], row["polarity"]) if stop else row["polarity"]
            found.append(View(holder, target, sign, row["facet"], True, via, [evidence]))
    return found


def _loaded(syntax: Syntax) -> list[View]:
    """Return the author's stances: loaded names outside quotations."""
    listed = {word: sign for sign, words in load("stance")["loaded"].items() for word in words.split()}
    return [
        View(None, m.thing, listed[m.key], "approval", False, None, [(m.last, m.last)])
        for m in syntax.outer
        if m.key in listed and m.thing is not None and not syntax.article.words[m.first].quotation
    ]


# pairs ------------------------------------------------------------------------------------------------------


def answers(syntax: Syntax, pairs: list[Pair], views: list[View]) -> list[StancePair]:
    """Answer each pair with the stance that was found between what its mentions are."""
    answered = []
    for pair in pairs:
        found = {
            view.polarity
            for view in views
            if (_is(syntax, view.holder, pair.holder_mentions) if view.holder else not pair.holder_mentions)
            and isinstance(view.target, Thing) == (pair.target_kind == "entity")
            and _is(syntax, view.target, pair.target_mentions)
        }
        answer = "none" if not found else found.pop() if len(found) == 1 else "mixed"
        answered.append(StancePair(pair=pair.id, polarity=answer))
    return answered


def _is(syntax: Syntax, one: Target, spans: list[Span]) -> bool:
    """Whether the spans are mentions of this: for an entity a third of them, for an event or a proposition one."""
    if isinstance(one, Thing):
        own = {syntax.article.span(m.first, m.last) for thing in (one, *one.members) for m in thing.mentions}
        return 0 < len(spans) <= 3 * sum((span.start, span.end) in own for span in spans)
    first, last = syntax.article.span(one.first, one.last)
    return any(first < span.end and span.start < last for span in spans)
