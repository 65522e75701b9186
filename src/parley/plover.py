"""PLOVER codes of events: derived from type, status, arguments and a few words, never annotated.

The rules follow the PLOVER manual (``PLOVER_MANUAL.tex`` of github.com/openeventdata/PLOVER at commit 840dbef, chapter
"Event Categories"); the docstring of a rule names the section it rests on, and says where the manual has none. The
ontology gives each event type its usual code. PLOVER lets an event have several modes; here it has the first that the
arguments decide, and None, not a guess, where they decide none.

What is reported as done is coded. Of what is planned, cooperation is: it is a promise (``_PROMISED``).
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from parley.model import Event
from parley.ontology import load_ontology
from parley.reading import AnnotatedArticle


class PloverCode(NamedTuple):
    """A PLOVER event type and its mode; None where PLOVER has no mode or none follows from the arguments."""

    type: str
    mode: str | None = None


_Rule = Callable[[Event, AnnotatedArticle], PloverCode | None]

# What planned events are coded as. AGREE: future CONSULT, SUPPORT and AID are. CONCEDE and RETREAT: announced retreats
# are CONCEDE (section AGREE would leave RETREAT + future as it is; the two sections on the types themselves do not).
_PROMISED = {"CONSULT": "AGREE", "SUPPORT": "AGREE", "AID": "AGREE", "RETREAT": "CONCEDE", "CONCEDE": "CONCEDE"}

# Section ASSAULT, table of modes: mode -> nouns, without the s of the plural. Bombs and guns may be of several kinds.
_WEAPONS = {
    "drone": {"drone", "uav", "quadcopter"},
    "aerial": {"aircraft", "airplane", "aeroplane", "warplane", "plane", "jet", "bomber", "helicopter"},
    "heavy-weapons": {
        *("artillery", "mortar", "howitzer", "cannon", "shell", "rocket", "missile", "launcher"),
        *("tank", "gunboat", "warship", "frigate", "destroyer"),
    },
    "explosives": {"mine", "landmine", "explosive", "ied"},
    "firearms": {"rifle", "pistol", "handgun"},
}
_CEASEFIRE = {"ceasefire", "cease-fire", "truce", "armistice"}


def _says(event: Event, article: AnnotatedArticle, *beginnings: str) -> bool:
    """Whether the trigger begins with one of ``beginnings``."""
    return article.words(*event.span).casefold().startswith(beginnings)


def _after(event: Event, article: AnnotatedArticle, *words: str) -> bool:
    """Whether one of ``words`` stands right before the trigger."""
    before = article.text[: event.start].casefold().replace("-", " ").split()
    return bool(before) and before[-1] in words


def _contents(event: Event, article: AnnotatedArticle) -> Iterator[Event]:
    """Yield the events that fill the Content of ``event``."""
    for argument in event.arguments:
        if argument.role == "Content" and argument.event in article.events:
            yield article.events[argument.event]


def _group(event: Event) -> str | None:
    kind = load_ontology().event(event.type)
    return kind.group if kind else None


def _usual(event: Event) -> str | None:
    """Return the PLOVER type that the ontology gives the type of ``event``."""
    kind = load_ontology().event(event.type)
    return kind.plover.type if kind else None


def _filled_by(event: Event, article: AnnotatedArticle, role: str, *types: str) -> bool:
    """Whether an entity of one of ``types`` fills ``role``; a plural entity counts with its own type."""
    fillers = (article.entities.get(entity) for entity in article.fillers(event, role))
    return any(entity is not None and entity.type in types for entity in fillers)


def _nouns(event: Event, article: AnnotatedArticle, role: str) -> Iterator[str]:
    """Yield what the fillers of ``role`` are called: the last word of each name and mention, in the singular."""
    for filler in article.fillers(event, role):
        mentions = [article.words(*m.span) for m in article.mentions_of.get(filler, ()) if m.form != "PRO"]
        for words in [*mentions, article.name(filler)]:
            yield words.casefold().split()[-1].removesuffix("s") if words.strip() else ""


def _weapon(event: Event, article: AnnotatedArticle) -> str | None:
    """Return the mode that the weapon, or the craft that acts, decides; an air strike is by aircraft (ASSAULT)."""
    for role in ("Instrument", "Agent"):
        for noun in _nouns(event, article, role):
            for mode, nouns in _WEAPONS.items():
                if noun in nouns:
                    return mode
    return "aerial" if _says(event, article, "airstrike", "air-strike") or _after(event, article, "air") else None


def _assault(event: Event, article: AnnotatedArticle) -> PloverCode:
    return PloverCode("ASSAULT", _weapon(event, article))


def _damage(event: Event, article: AnnotatedArticle) -> PloverCode | None:
    """Destruction that somebody caused; ``destroy`` is what is left where no weapon decides (ASSAULT)."""
    return PloverCode("ASSAULT", _weapon(event, article) or "destroy") if article.fillers(event, "Agent") else None


def _displace(event: Event, article: AnnotatedArticle) -> PloverCode | None:
    """People who flee are expelled by whoever caused it (SANCTION, RETREAT). The manual has no rule on evacuation."""
    return None if _says(event, article, "evacuat") else PloverCode("SANCTION", "expel")


def _mobilize(event: Event, article: AnnotatedArticle) -> PloverCode:
    """Troops where they are mentioned, else weapons, ships and vehicles (MOBILIZE)."""
    if _filled_by(event, article, "Patient", "MIL", "GROUP"):
        return PloverCode("MOBILIZE", "troops")
    hardware = (("Patient", "WEA", "VEH"), ("Instrument", "WEA", "VEH"), ("Agent", "VEH"))
    is_hardware = any(_filled_by(event, article, *role_and_types) for role_and_types in hardware)
    return PloverCode("MOBILIZE", "weapons" if is_hardware else None)


def _detain(event: Event, article: AnnotatedArticle) -> PloverCode:
    """Hostages and captured combatants are abducted (COERCE, ASSAULT), others arrested."""
    taken = _says(event, article, "abduct", "kidnap", "hostage", "hijack", "captur")
    is_combatant = _filled_by(event, article, "Patient", "MIL")
    return PloverCode("ASSAULT", "abduct") if taken or is_combatant else PloverCode("COERCE", "arrest")


def _meet(event: Event, article: AnnotatedArticle) -> PloverCode:
    """By phone; a visit; with a third party that mediates; of three sides or more (CONSULT)."""
    head = article.head(event.id)
    mediations = (e for e in article.events.values() if e.type == "Mediate")
    mediated = any(article.head(c.id) == head for m in mediations for c in _contents(m, article))
    by_phone = _says(event, article, "call", "phone", "telephone", "videoconference")
    if by_phone or _after(event, article, "phone", "telephone", "video"):
        return PloverCode("CONSULT", "phone")
    if _says(event, article, "visit"):
        return PloverCode("CONSULT", "visit")
    sides = {side for filler in article.fillers(event, "Participant") for side in article.sides(filler)}
    several = "multilateral" if len(sides) >= 3 else None
    return PloverCode("CONSULT", "third-party" if mediated else several)


def _is_ceasefire(event: Event, article: AnnotatedArticle) -> bool:
    return any(noun in _CEASEFIRE for noun in _nouns(event, article, "Agreement"))


def _promise(event: Event, article: AnnotatedArticle) -> PloverCode:
    """A declared ceasefire or withdrawal, a promise to release or open: CONCEDE (there); any other promise: AGREE."""
    concedes = any(_usual(content) in ("RETREAT", "CONCEDE") for content in _contents(event, article))
    return PloverCode("CONCEDE" if concedes or _is_ceasefire(event, article) else "AGREE")


def _agree(event: Event, article: AnnotatedArticle) -> PloverCode:
    """Signing, ratifying, finalising an agreement is SUPPORT (there); agreeing to something is a promise."""
    signs = _says(event, article, "sign", "ratif", "finali", "initial", "conclud")
    return PloverCode("SUPPORT") if signs else _promise(event, article)


def _implement(event: Event, article: AnnotatedArticle) -> PloverCode:
    return PloverCode("RETREAT", "ceasefire" if _is_ceasefire(event, article) else None)


def _halt(event: Event, article: AnnotatedArticle) -> PloverCode:
    """Forces withdraw, or fighting ends (RETREAT)."""
    if _says(event, article, "withdr", "pull", "retreat"):
        return PloverCode("RETREAT", "withdraw")
    fighting = any(_group(content) == "violence" for content in _contents(event, article))
    return PloverCode("RETREAT", "ceasefire" if fighting else None)


def _collapse(event: Event, article: AnnotatedArticle) -> PloverCode | None:
    """An agreement that somebody ends is a relation reduced (SANCTION); where nobody acts nothing is coded."""
    return PloverCode("SANCTION") if article.fillers(event, "Agent") else None


def _restrict(event: Event, article: AnnotatedArticle) -> PloverCode:
    """Curfews and blockades are COERCE, a cancelled meeting REJECT, all else is SANCTION (there)."""
    contents = list(_contents(event, article))
    if _says(event, article, "cancel") and any(content.type == "Meet" for content in contents):
        return PloverCode("REJECT", "meet")
    if _says(event, article, "curfew") or any(_says(content, article, "curfew") for content in contents):
        return PloverCode("COERCE", "curfew")
    if _says(event, article, "blockad", "cordon"):
        return PloverCode("COERCE", "restrict")
    if _says(event, article, "expel", "expuls"):
        return PloverCode("SANCTION", "expel")
    if _says(event, article, "withdr", "recall"):
        return PloverCode("SANCTION", "withdraw")
    ended = any(_group(content) in ("diplomacy", "pressure") for content in contents)
    return PloverCode("SANCTION", "discontinue" if ended or _says(event, article, "sanction", "embargo") else None)


def _open(event: Event, article: AnnotatedArticle) -> PloverCode:
    """A restriction that is lifted is CONCEDE (there); letting aid through is RETREAT with access (there)."""
    contents = list(_contents(event, article))
    if any(content.type == "Restrict" for content in contents):
        return PloverCode("CONCEDE")
    lets_in = any(content.type == "Aid" for content in contents) or "corridor" in _nouns(event, article, "Patient")
    return PloverCode("RETREAT", "access" if lets_in else None)


def _accuse(event: Event, article: AnnotatedArticle) -> PloverCode:
    """Condemning is disapproval whatever it is about; an accusation that says of what is an allegation (ACCUSE)."""
    disapproves = _says(event, article, "condemn", "critici", "denounc", "deplor", "decr", "protest")
    alleges = any(a.role == "Content" for a in event.arguments) and not disapproves
    return PloverCode("ACCUSE", "allege" if alleges else "disapprove")


_ASKED = {
    **{"Meet": "meet", "Mediate": "meet", "Aid": "assist"},
    **dict.fromkeys(("Halt", "Implement", "Renew", "Release", "Open"), "yield"),
}


def _asked(event: Event, article: AnnotatedArticle) -> str | None:
    """Return what is asked or refused: the first Content that decides, else a change; None where nothing is named."""
    named = [_ASKED[content.type] for content in _contents(event, article) if content.type in _ASKED]
    told = any(a.role in ("Content", "Agreement") for a in event.arguments)
    return named[0] if named else "change" if told else None


def _demand(event: Event, article: AnnotatedArticle) -> PloverCode:
    """A party to the fighting that calls for its end agrees to it (REQUEST, potential ambiguities)."""
    halts = [halt for halt in _contents(event, article) if halt.type == "Halt"]
    clashes = [clash for halt in halts for clash in _contents(halt, article) if clash.type == "Clash"]
    fighters = {
        member
        for clash in clashes
        for mention in article.event_clusters[article.head(clash.id)]
        for fighter in article.fillers(mention, "Participant")
        for member in article.members(fighter)
    }
    if any(agent in fighters for agent in article.fillers(event, "Agent")):
        return PloverCode("AGREE")
    return PloverCode("REQUEST", _asked(event, article))


def _reject(event: Event, article: AnnotatedArticle) -> PloverCode:
    """A refusal takes the mode of what is refused; a denial of a deed or a charge refuses nothing and has none.

    That a denial of responsibility is REJECT at all the manual leaves open (CAMEO to PLOVER translation, note 2).
    """
    contents = list(_contents(event, article))
    deeds = [c for c in contents if _group(c) in ("violence", "speech") or c.type in ("Violate", "Collapse")]
    return PloverCode("REJECT", None if contents and deeds == contents else _asked(event, article))


def _threaten(event: Event, article: AnnotatedArticle) -> PloverCode:
    """The mode is what is threatened: to take territory, force, arrests, an end of talks, another restriction."""
    contents = list(_contents(event, article))
    restrictions = [content for content in contents if content.type == "Restrict"]
    inner = [ended for restriction in restrictions for ended in _contents(restriction, article)]
    types = {content.type for content in contents}
    mode = "restrict" if restrictions else None
    if "Seize" in types:
        mode = "territory"
    elif any(_group(content) == "violence" for content in contents):
        mode = "violence"
    elif "Detain" in types:
        mode = "arrest"
    elif any(content.type == "Meet" for content in contents + inner):
        mode = "relations"
    elif any(_says(restriction, article, "expel", "expuls") for restriction in restrictions):
        mode = "expel"
    return PloverCode("THREATEN", mode)


_RULES: dict[str, _Rule] = {
    "Clash": _assault,
    "Strike": _assault,
    "Seize": _assault,
    "Damage": _damage,
    "Displace": _displace,
    "Mobilize": _mobilize,
    "Detain": _detain,
    "Meet": _meet,
    "Agree": _agree,
    "Commit": _promise,
    "Implement": _implement,
    "Halt": _halt,
    "Collapse": _collapse,
    "Restrict": _restrict,
    "Open": _open,
    "Accuse": _accuse,
    "Demand": _demand,
    "Reject": _reject,
    "Threaten": _threaten,
}


def _as_if_done(event: Event, article: AnnotatedArticle) -> PloverCode | None:
    """Return the code that the event has if it happened. Words of regret are CONCEDE whatever their type (there)."""
    kind = load_ontology().event(event.type)
    if kind is None:
        return None
    if kind.group == "speech" and _says(event, article, "regret", "apolog", "remorse"):
        return PloverCode("CONCEDE")
    if rule := _RULES.get(event.type):
        return rule(event, article)
    if kind.plover.type is None:
        return None
    return PloverCode(kind.plover.type, kind.plover.modes[0] if len(kind.plover.modes) == 1 else None)


def plover_code(event: Event, article: AnnotatedArticle) -> PloverCode | None:
    """Return the PLOVER code of ``event``, or None if PLOVER does not code it.

    Coded are events of status ``actual``, and planned cooperation unless an Agree or a Commit of the article already
    promises it; wanted, possible, negated and generic events did not happen.
    """
    if event.status not in ("actual", "planned"):
        return None
    code = _as_if_done(event, article)
    if code is None or event.status == "actual":
        return code
    promises = (e for e in article.events.values() if e.type in ("Agree", "Commit") and e.status == "actual")
    if code.type not in _PROMISED or any(c.id == event.id for p in promises for c in _contents(p, article)):
        return None
    return PloverCode(_PROMISED[code.type])
