"""PLOVER codes, worked by hand from the manual and the rules in the module's docstrings.

The manual is PLOVER_MANUAL.tex of github.com/openeventdata/PLOVER at commit 840dbef; a test names the section of its
chapter "Event Categories" that it rests on. Where the manual says nothing, the test says so. All sentences are
invented.
"""

from types import SimpleNamespace
from typing import Any

import pytest

from parley.corpus import RegistryEntry, ZoneSpan
from parley.model import Annotation, Argument, Entity, Event, Mention, Proposition
from parley.ontology import load_ontology
from parley.plover import PloverCode, plover_code
from parley.reading import AnnotatedArticle, ArticleText

# The tables of modes of the manual. AGREE, SUPPORT, CONCEDE, COOPERATE and AID have "Supplementary fields: None".
MODES = {
    "AGREE": set(),
    "CONSULT": {"visit", "third-party", "multilateral", "phone"},
    "SUPPORT": set(),
    "CONCEDE": set(),
    "AID": set(),
    "RETREAT": {"withdraw", "release", "disarm", "ceasefire", "access", "resign"},
    "REQUEST": {"assist", "change", "yield", "meet"},
    "ACCUSE": {"disapprove", "investigate", "allege"},
    "REJECT": {"assist", "change", "yield", "meet"},
    "THREATEN": {"restrict", "arrest", "relations", "expel", "territory", "violence"},
    "SANCTION": {"convict", "expel", "withdraw", "discontinue"},
    "MOBILIZE": {"troops", "weapons", "police", "militia"},
    "COERCE": {
        *("seize", "restrict", "censor", "curfew", "martial-law", "arrest", "deport", "withhold"),
        *("misinformation", "cyber"),
    },
    "ASSAULT": {
        *("abduct", "beat", "torture", "sexual", "targeted", "destroy", "primitive", "firearms", "explosives"),
        *("suicide-attack", "aerial", "drone", "heavy-weapons", "crowd-control", "unconventional"),
    },
}  # fmt: skip

TYPES = {  # of the words that fill a role
    **dict.fromkeys(("Norland", "Sudovia", "Ostmark", "Harrow"), "GPE"),
    **dict.fromkeys(("the Straits Council", "a ministry"), "ORG"),
    **dict.fromkeys(("fighter jets", "tanks", "a frigate", "a helicopter", "two trawlers", "buses"), "VEH"),
    **dict.fromkeys(("mortars", "drones", "sea mines", "rifles", "guns"), "WEA"),
    **dict.fromkeys(("the truce", "the accord", "a ceasefire"), "AGR"),
    **dict.fromkeys(("the garrison", "two marines"), "MIL"),
    **dict.fromkeys(("families", "nine fishermen", "envoys"), "GROUP"),
    **dict.fromkeys(("the crossing", "the pier", "an aid corridor"), "FAC"),
}


def happening(
    words: str, kind: str, *roles: tuple[str, str], status: str = "actual", same_as: str | None = None
) -> dict[str, Any]:
    """An event by its trigger; a role is filled by words of ``TYPES``, by the trigger of another event, else by a
    proposition."""
    return {"words": words, "kind": kind, "roles": roles, "status": status, "same_as": same_as}


def code(sentence: str, *events: dict[str, Any], sides: dict[str, str] | None = None) -> PloverCode | None:
    """The code of the first event; ``sides`` gives entities an entry in the registry, with that side."""

    def span(words: str) -> dict[str, Any]:
        start = sentence.index(words)
        return {"start": start, "end": start + len(words), "text": words}

    named = {words for event in events for _, words in event["roles"]}
    ids = {words: f"e{n}" for n, words in enumerate(sorted(named & TYPES.keys()))}
    triggers = {event["words"]: f"v{n}" for n, event in enumerate(events)}
    propositions = {words: f"p{n}" for n, words in enumerate(sorted(named - ids.keys() - triggers.keys()))}

    def filler(words: str) -> dict[str, Any]:
        if words in ids:
            return {"entity": ids[words]}
        return {"event": triggers[words]} if words in triggers else {"proposition": propositions[words]}

    entries = {
        key: RegistryEntry(id=key, kind="entity", type="GPE", name=key, side=s) for key, s in (sides or {}).items()
    }
    annotation = Annotation(
        id="a",
        mentions=[Mention(id=f"m{i}", entity=i, form="NOM", **span(words)) for words, i in ids.items()],
        entities=[
            Entity(id=i, type=TYPES[words], name=words, registry=words if words in entries else None)
            for words, i in ids.items()
        ],
        propositions=[Proposition(id=i, **span(words)) for words, i in propositions.items()],
        events=[
            Event(
                id=triggers[event["words"]], type=event["kind"], status=event["status"], via=None,
                same_as=triggers.get(event["same_as"]),
                arguments=[Argument(role=role, **filler(words)) for role, words in event["roles"]],
                **span(event["words"]),
            )
            for event in events
        ],
        stances=[],
    )  # fmt: skip
    text = ArticleText(SimpleNamespace(zones=[ZoneSpan(zone="body", start=0, end=len(sentence))]), sentence)
    article = AnnotatedArticle(annotation, text, entries)
    return plover_code(article.events["v0"], article)


@pytest.mark.parametrize(
    "sentence, trigger, role, filler, mode",
    [
        ("Norland's fighter jets bombed Harrow.", "bombed", "Instrument", "fighter jets", "aerial"),
        ("A raid by a helicopter of Norland.", "raid", "Agent", "a helicopter", "aerial"),
        ("The drones of Norland hit the pier.", "hit", "Instrument", "drones", "drone"),
        ("Norland shelled the pier with mortars.", "shelled", "Instrument", "mortars", "heavy-weapons"),
        ("Norland attacked with tanks.", "attacked", "Instrument", "tanks", "heavy-weapons"),
        ("A ferry was hit by sea mines.", "hit", "Instrument", "sea mines", "explosives"),
        ("They fired rifles from the quay.", "fired", "Instrument", "rifles", "firearms"),
        ("They fired guns from the quay.", "fired", "Instrument", "guns", None),  # of what kind is not told
        ("Norland's air strikes hit Harrow.", "strikes", "Agent", "Norland", "aerial"),
        ("Airstrikes by Norland.", "Airstrikes", "Agent", "Norland", "aerial"),
    ],
)
def test_the_weapon_or_craft_decides_the_mode_of_an_attack(sentence, trigger, role, filler, mode) -> None:
    """ASSAULT, table of modes: manned aircraft aerial, UAVs drone, artillery, tanks heavy-weapons, mines explosives."""
    assert code(sentence, happening(trigger, "Strike", (role, filler))) == ("ASSAULT", mode)


def test_fighting_has_no_mode_without_a_weapon_and_the_mode_of_the_first_that_decides() -> None:
    """ASSAULT. PLOVER allows several modes; that one is given, the first, is this module's choice."""
    assert code("Norland fought.", happening("fought", "Clash", ("Participant", "Norland"))) == ("ASSAULT", None)
    armed = happening("fought", "Clash", ("Instrument", "guns"), ("Instrument", "drones"), ("Instrument", "mortars"))
    assert code("Both fought with guns, drones and mortars.", armed) == ("ASSAULT", "drone")


def test_destruction_is_coded_by_its_weapon_and_as_destroy_where_none_is_known() -> None:
    """ASSAULT, potential ambiguities: destroy is the residual mode. Without a doer it may have been an accident."""
    burnt = "Norland wrecked the pier with tanks."
    agent, patient = ("Agent", "Norland"), ("Patient", "the pier")
    assert code(burnt, happening("wrecked", "Damage", agent, patient)) == ("ASSAULT", "destroy")
    assert code(burnt, happening("wrecked", "Damage", agent, ("Instrument", "tanks"))) == ("ASSAULT", "heavy-weapons")
    assert code(burnt, happening("wrecked", "Damage", patient)) is None


def test_a_place_taken_is_an_assault() -> None:
    """CAMEO to PLOVER translation: CAMEO 19, which holds the occupation of territory, is ASSAULT."""
    assert code("At dawn tanks took Harrow.", happening("took", "Seize", ("Instrument", "tanks"))) == (
        "ASSAULT",
        "heavy-weapons",
    )
    assert code("Norland retook Harrow.", happening("retook", "Seize", ("Agent", "Norland"))) == ("ASSAULT", None)


def test_people_who_flee_were_expelled() -> None:
    """SANCTION and RETREAT, potential ambiguities. That evacuation is not coded is our reading: no section names it."""
    fled = happening("fled", "Displace", ("Patient", "families"))
    assert code("Hundreds of families fled Harrow.", fled) == ("SANCTION", "expel")
    driven = happening("drove", "Displace", ("Agent", "Norland"), ("Patient", "families"))
    assert code("Norland drove families out.", driven) == ("SANCTION", "expel")
    assert code("Norland evacuated families.", happening("evacuated", "Displace", ("Patient", "families"))) is None


def test_troops_and_weapons_are_mobilized() -> None:
    """MOBILIZE, potential ambiguities: ships and vehicles are weapons, unless troops are mentioned too."""
    sent = "Norland sent the garrison, mortars, two trawlers and tanks."
    for filler, mode in (("the garrison", "troops"), ("mortars", "weapons"), ("two trawlers", "weapons")):
        assert code(sent, happening("sent", "Mobilize", ("Patient", filler))) == ("MOBILIZE", mode)
    both = happening("sent", "Mobilize", ("Patient", "tanks"), ("Patient", "the garrison"))
    assert code(sent, both) == ("MOBILIZE", "troops")
    crossed = happening("crossed", "Mobilize", ("Agent", "a frigate"))
    assert code("Then a frigate crossed the line.", crossed) == ("MOBILIZE", "weapons")
    assert code("Norland was on alert.", happening("alert", "Mobilize", ("Agent", "Norland"))) == ("MOBILIZE", None)


def test_the_detained_are_arrested_hostages_and_captured_combatants_abducted() -> None:
    """COERCE, table of modes (arrest); COERCE and ASSAULT, potential ambiguities (captured combatants: abduct)."""
    arrested = happening("arrested", "Detain", ("Patient", "nine fishermen"))
    assert code("Norland arrested nine fishermen.", arrested) == ("COERCE", "arrest")
    assert code("Norland captured nine fishermen.", happening("captured", "Detain", ("Patient", "nine fishermen"))) == (
        "ASSAULT",
        "abduct",
    )
    held = happening("holds", "Detain", ("Patient", "two marines"))
    assert code("Norland holds two marines.", held) == ("ASSAULT", "abduct")
    freed = happening("freed", "Release", ("Patient", "two marines"))
    assert code("Norland freed two marines.", freed) == ("RETREAT", "release")  # RETREAT, table of modes


def test_calls_and_visits() -> None:
    """CONSULT, table of modes."""
    both = ("Participant", "Norland"), ("Participant", "Sudovia")
    assert code("Norland and Sudovia met.", happening("met", "Meet", *both)) == ("CONSULT", None)
    assert code("An envoy of Norland visited Sudovia.", happening("visited", "Meet", *both)) == ("CONSULT", "visit")
    assert code("In a call, Norland told Sudovia so.", happening("call", "Meet", *both)) == ("CONSULT", "phone")
    assert code("Norland and Sudovia held phone talks.", happening("talks", "Meet", *both)) == ("CONSULT", "phone")


def test_a_meeting_of_three_sides_is_multilateral() -> None:
    """CONSULT, table of modes: in a multilateral context. That three sides make one is our reading."""
    three = happening("met", "Meet", ("Participant", "Norland"), ("Participant", "Sudovia"), ("Participant", "Ostmark"))
    sentence = "Norland, Sudovia and Ostmark met."
    assert code(sentence, three) == ("CONSULT", "multilateral")
    # Ostmark speaks for Sudovia: two sides
    assert code(sentence, three, sides={"Ostmark": "Sudovia", "Sudovia": "Sudovia"}) == ("CONSULT", None)


def test_talks_are_with_a_third_party_where_somebody_mediates_them() -> None:
    """CONSULT, table of modes: hosted by a third party."""
    sentence = "Norland met Sudovia; Ostmark brokered the talks and the truce."
    met = happening("met", "Meet", ("Participant", "Norland"), ("Participant", "Sudovia"))
    talks = happening("talks", "Meet", same_as="met")
    assert code(sentence, met, talks, happening("brokered", "Mediate", ("Content", "talks"))) == (
        "CONSULT",
        "third-party",
    )
    brokered = happening("brokered", "Mediate", ("Agreement", "the truce"))
    assert code(sentence, met, talks, brokered) == ("CONSULT", None)
    assert code(sentence, brokered) == ("CONSULT", "third-party")


def test_signing_is_support_and_agreeing_agree() -> None:
    """SUPPORT (ratify, sign, finalize); AGREE (agree to, promises to sign)."""
    signed = happening("signed", "Agree", ("Participant", "Norland"), ("Agreement", "the truce"))
    assert code("Norland signed the truce.", signed) == ("SUPPORT", None)
    will_sign = happening("sign", "Agree", ("Agreement", "the accord"), status="planned")
    assert code("Norland will sign the accord.", will_sign) == ("AGREE", None)
    agreed = happening("agreed", "Agree", ("Content", "talks"))
    talks = happening("talks", "Meet", status="planned")
    assert code("Norland agreed to talks.", agreed, talks) == ("AGREE", None)
    promised = happening("promised", "Commit", ("Content", "sign"))
    assert code("Norland promised to sign the accord.", promised, will_sign) == ("AGREE", None)


def test_an_agreed_or_announced_meeting_is_agree_once() -> None:
    """CONSULT, potential ambiguities: future meetings. That a promise is coded once is our choice."""
    talks = happening("talks", "Meet", ("Participant", "Norland"), status="planned")
    assert code("Norland will hold talks on Friday.", talks) == ("AGREE", None)
    assert code("Norland agreed to talks.", talks, happening("agreed", "Agree", ("Content", "talks"))) is None
    brokering = happening("broker", "Mediate", ("Agent", "Ostmark"), status="planned")
    assert code("Ostmark will broker a deal.", brokering) == ("AGREE", None)
    assert code("Ostmark will send food.", happening("send", "Aid", ("Agent", "Ostmark"), status="planned")) == (
        "AGREE",
        None,
    )


def test_declared_ceasefires_and_withdrawals_are_concede() -> None:
    """CONCEDE (declarations, promised concessions) and its potential ambiguities (announced retreats)."""
    declared = happening("declared", "Commit", ("Agent", "Norland"), ("Agreement", "a ceasefire"))
    assert code("Norland declared a ceasefire.", declared) == ("CONCEDE", None)
    pledged = happening("pledged", "Commit", ("Content", "withdraw"))
    withdrawal = happening("withdraw", "Halt", ("Agent", "Norland"), status="planned")
    assert code("Norland pledged to withdraw.", pledged, withdrawal) == ("CONCEDE", None)
    assert code("Norland will withdraw.", withdrawal) == ("CONCEDE", None)
    stood_by = happening("stood by", "Commit", ("Agreement", "the accord"))
    assert code("Norland stood by the accord.", stood_by) == ("AGREE", None)


def test_words_of_regret_are_concede_other_statements_nothing() -> None:
    """SUPPORT and CONCEDE, potential ambiguities; statements: CAMEO to PLOVER translation, CAMEO 01 dropped."""
    for trigger, kind in (("regretted", "State"), ("apologised", "State"), ("regrets", "Endorse")):
        assert code(f"Norland {trigger} it.", happening(trigger, kind, ("Agent", "Norland"))) == ("CONCEDE", None)
    assert code("Norland said so.", happening("said", "State", ("Agent", "Norland"))) is None
    assert code("Norland welcomed it.", happening("welcomed", "Endorse", ("Agent", "Norland"))) == ("SUPPORT", None)


def test_ceasefires_kept_fighting_stopped_forces_withdrawn() -> None:
    """RETREAT, table of modes: implement ceasefire, withdraw forces."""
    assert code("Both observed the truce.", happening("observed", "Implement", ("Agreement", "the truce"))) == (
        "RETREAT",
        "ceasefire",
    )
    assert code("Both observed the accord.", happening("observed", "Implement", ("Agreement", "the accord"))) == (
        "RETREAT",
        None,
    )
    ended = happening("ended", "Halt", ("Content", "fighting"))
    assert code("They ended the fighting.", ended, happening("fighting", "Clash")) == ("RETREAT", "ceasefire")
    assert code("Norland pulled out.", happening("pulled out", "Halt", ("Agent", "Norland"))) == ("RETREAT", "withdraw")
    assert code("Norland showed restraint.", happening("restraint", "Halt", ("Agent", "Norland"))) == ("RETREAT", None)


def test_agreements_revived_verified_broken_ended() -> None:
    """SUPPORT (resume or expand cooperation); SANCTION (reduced relations). No section codes a check or a breach."""
    truce = ("Agreement", "the truce")
    assert code("Both revived the truce.", happening("revived", "Renew", truce)) == ("SUPPORT", None)
    assert code("Both will revive the truce.", happening("revive", "Renew", truce, status="planned")) == ("AGREE", None)
    assert code("Monitors checked the truce.", happening("checked", "Verify", truce)) is None
    assert code("Norland broke the truce.", happening("broke", "Violate", truce, ("Agent", "Norland"))) is None
    assert code("Norland ended the truce.", happening("ended", "Collapse", truce, ("Agent", "Norland"))) == (
        "SANCTION",
        None,
    )
    assert code("So the truce ended.", happening("ended", "Collapse", truce)) is None


def test_restrictions() -> None:
    """SANCTION and COERCE, tables of modes; SANCTION, potential ambiguities (a cancelled meeting is REJECT)."""
    talks = happening("talks", "Meet")
    assert code("Norland suspended talks.", happening("suspended", "Restrict", ("Content", "talks")), talks) == (
        "SANCTION",
        "discontinue",
    )
    assert code("Norland cancelled talks.", happening("cancelled", "Restrict", ("Content", "talks")), talks) == (
        "REJECT",
        "meet",
    )
    for trigger, expected in (
        ("curfew", ("COERCE", "curfew")),
        ("blockade", ("COERCE", "restrict")),
        ("expulsion", ("SANCTION", "expel")),
        ("recall", ("SANCTION", "withdraw")),
        ("sanctions", ("SANCTION", "discontinue")),
        ("closure", ("SANCTION", None)),
    ):
        assert code(f"The {trigger} by Norland.", happening(trigger, "Restrict", ("Agent", "Norland"))) == expected


def test_openings() -> None:
    """CONCEDE (easing restrictions, removing curfews); RETREAT, table of modes (access for those who bring aid)."""
    lifted = happening("lifted", "Open", ("Content", "curfew"))
    assert code("Norland lifted the curfew.", lifted, happening("curfew", "Restrict")) == ("CONCEDE", None)
    assert code("Norland opened an aid corridor.", happening("opened", "Open", ("Patient", "an aid corridor"))) == (
        "RETREAT",
        "access",
    )
    let_in = happening("let in", "Open", ("Content", "deliveries"))
    assert code("Norland let in deliveries.", let_in, happening("deliveries", "Aid")) == ("RETREAT", "access")
    assert code("Norland reopened the crossing.", happening("reopened", "Open", ("Patient", "the crossing"))) == (
        "RETREAT",
        None,
    )


def test_aid_has_no_mode() -> None:
    """AID, supplementary fields: none."""
    assert code("Ostmark armed the garrison.", happening("armed", "Aid", ("Patient", "the garrison"))) == ("AID", None)


def test_accusations_allege_condemnations_disapprove() -> None:
    """ACCUSE, table of modes."""
    firing = happening("firing", "Strike")
    accused = happening("accused", "Accuse", ("Patient", "Sudovia"), ("Content", "firing"))
    assert code("Norland accused Sudovia of firing.", accused, firing) == ("ACCUSE", "allege")
    assert code("Norland accused Sudovia.", happening("accused", "Accuse", ("Patient", "Sudovia"))) == (
        "ACCUSE",
        "disapprove",
    )
    assert code("Norland condemned the firing.", happening("condemned", "Accuse", ("Content", "firing")), firing) == (
        "ACCUSE",
        "disapprove",
    )


@pytest.mark.parametrize("verb, kind, plover_type", [("urged", "Demand", "REQUEST"), ("refused", "Reject", "REJECT")])
@pytest.mark.parametrize(
    "content, mode",
    [
        *[("Meet", "meet"), ("Mediate", "meet"), ("Aid", "assist"), ("Restrict", "change"), ("Verify", "change")],
        *((name, "yield") for name in ("Halt", "Implement", "Renew", "Release", "Open")),
    ],
)
def test_a_demand_or_refusal_has_the_mode_of_its_content(verb, kind, plover_type, content, mode) -> None:
    """REQUEST and REJECT, table of modes. The status of what is asked for does not matter."""
    asked = happening("that", content, status="wanted")
    assert code(f"Ostmark {verb} that.", happening(verb, kind, ("Content", "that")), asked) == (plover_type, mode)


def test_demands_take_the_first_content_that_decides_and_propositions_are_changes() -> None:
    sentence = "Ostmark urged fighting, talks and relief, new elections and the truce."
    others = happening("fighting", "Clash"), happening("talks", "Meet"), happening("relief", "Aid")
    contents = [("Content", event["words"]) for event in others]
    assert code(sentence, happening("urged", "Demand", *contents), *others) == ("REQUEST", "meet")
    assert code(sentence, happening("urged", "Demand", ("Content", "new elections"))) == ("REQUEST", "change")
    assert code(sentence, happening("urged", "Reject", ("Agreement", "the truce"))) == ("REJECT", "change")
    assert code(sentence, happening("urged", "Reject")) == ("REJECT", None)


def test_a_denial_refuses_nothing() -> None:
    """CAMEO to PLOVER translation, note 2, leaves denials open; they stay REJECT, without a mode."""
    denied = happening("denied", "Reject", ("Agent", "Sudovia"), ("Content", "it"))
    for kind in ("Strike", "Violate", "Accuse"):
        assert code("Sudovia denied it.", denied, happening("it", kind, status="negated")) == ("REJECT", None)


def test_a_party_that_calls_for_the_end_of_its_war_agrees_to_it() -> None:
    """REQUEST, potential ambiguities."""
    sentence = "Norland urged an end to the fighting."
    end = happening("end", "Halt", ("Content", "fighting"), status="wanted")
    fighting = happening("fighting", "Clash", ("Participant", "Norland"))
    assert code(sentence, happening("urged", "Demand", ("Agent", "Norland"), ("Content", "end")), end, fighting) == (
        "AGREE",
        None,
    )
    outsider = happening("urged", "Demand", ("Agent", "Ostmark"), ("Content", "end"))
    assert code("Norland, Ostmark urged an end to the fighting.", outsider, end, fighting) == ("REQUEST", "yield")


def test_threats_have_the_mode_of_what_is_threatened() -> None:
    """THREATEN, table of modes."""
    threat = happening("warned", "Threaten", ("Agent", "Norland"), ("Content", "that"))

    def threatened(kind: str, *roles: tuple[str, str], words: str = "that") -> PloverCode | None:
        act = happening(words, kind, *roles, status="possible")
        warned = {**threat, "roles": (("Agent", "Norland"), ("Content", words))}
        return code(f"Norland warned of {words} and of talks.", warned, act, happening("talks", "Meet"))

    assert threatened("Strike") == ("THREATEN", "violence")
    assert threatened("Seize") == ("THREATEN", "territory")
    assert threatened("Detain") == ("THREATEN", "arrest")
    assert threatened("Restrict", ("Content", "talks")) == ("THREATEN", "relations")
    assert threatened("Meet") == ("THREATEN", "relations")
    assert threatened("Restrict", words="expulsions") == ("THREATEN", "expel")
    assert threatened("Restrict") == ("THREATEN", "restrict")
    assert code("Norland warned.", happening("warned", "Threaten", ("Agent", "Norland"))) == ("THREATEN", None)


@pytest.mark.parametrize("status", [s for s in load_ontology().names("statuses") if s not in ("actual", "planned")])
def test_what_did_not_happen_is_not_coded(status: str) -> None:
    assert code("Norland fired guns.", happening("fired", "Strike", ("Instrument", "guns"), status=status)) is None


@pytest.mark.parametrize("kind", ["Strike", "Displace", "Mobilize", "Restrict", "Detain", "Accuse", "Demand"])
def test_planned_conflict_is_not_coded(kind: str) -> None:
    assert code("Norland will do it.", happening("do", kind, ("Agent", "Norland"), status="planned")) is None


def test_every_type_has_the_code_of_the_ontology_and_modes_of_the_manual() -> None:
    for kind in load_ontology().event_types:
        found = code("Norland did it.", happening("did", kind.name, ("Agent", "Norland")))
        if kind.name != "Collapse":
            assert (found.type if found else None) == kind.plover.type
        if kind.plover.type:
            assert set(kind.plover.modes) <= MODES[kind.plover.type]
        assert found is None or found.mode is None or found.mode in kind.plover.modes
