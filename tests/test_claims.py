"""Who claims what, and which claims cannot both be true: cases by hand."""

from datetime import date
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest

from parley.claims import Claim, claims, cluster_claims, contradictions, period
from parley.corpus import RegistryEntry
from parley.model import Annotation
from parley.reading import AnnotatedArticle, ArticleText

# Norland (n) with its army (a), Sudovia (s) with its navy (v); both together; residents, a port and a ship of no side.
SIDES = {"n": None, "a": "n", "s": None, "v": "s"}
REGISTRY = {
    name: RegistryEntry(id=name, kind="entity", type="GPE", name=name, side=side) for name, side in SIDES.items()
}
TYPES = {"n": "GPE", "a": "MIL", "s": "GPE", "v": "MIL", "both": "GPE", "r": "GROUP", "port": "FAC", "ship": "VEH"}
ENTITIES = [
    {"id": name, "type": kind, "name": name}
    | ({"registry": name} if name in SIDES else {})
    | ({"members": ["n", "s"]} if name == "both" else {})
    for name, kind in TYPES.items()
]

Told = tuple[str | None, dict[str, Any]]  # the speaker (None: the article itself), and what of the mention is special


def told(
    status: str = "actual", *, type: str = "Strike", harm: str | None = None, time: Any = None, number: Any = None,
    **roles: str,
) -> dict[str, Any]:  # fmt: skip
    """A mention: ``agent="n"``, ``time="2031-03-03"`` or ("2031-03-03", "BEFORE"), ``number=9`` or (9, "at_least")."""
    return {"status": status, "type": type, "harm": harm, "time": time, "number": number, "roles": roles}


def read(
    *mentions: tuple[str | None, dict[str, Any]], speech: tuple[str, str] = ("State", "actual")
) -> AnnotatedArticle:
    """An article with one event cluster: each mention told by its speaker, in a speech event of this type and status."""
    events: list[dict[str, Any]] = []
    values: list[dict[str, Any]] = []
    for i, (speaker, fields) in enumerate(mentions):
        arguments = [{"role": role.capitalize(), "entity": filler} for role, filler in fields["roles"].items()]
        at = {"start": 10 * i, "end": 10 * i + 1}
        if fields["time"]:
            value, mod = fields["time"] if isinstance(fields["time"], tuple) else (fields["time"], None)
            values.append({"id": f"t{i}", "type": "TIME", "value": value, "mod": mod, **at})
            arguments.append({"role": "Time", "mention": f"t{i}"})
        if fields["number"]:
            number, *more = fields["number"] if isinstance(fields["number"], tuple) else (fields["number"],)
            extra = dict(zip(("qualifier", "unit"), more, strict=False))
            values.append({"id": f"q{i}", "type": "QTY", "number": number, **extra, **at})
            arguments.append({"role": "Quantity", "mention": f"q{i}"})
        if speaker is not None:
            agent = [{"role": "Agent", "entity": speaker}] if speaker else []
            head = {"id": f"s{i}", "type": speech[0], "status": speech[1], "via": None, "arguments": agent}
            events.append(head | {"start": 10 * i + 2, "end": 10 * i + 3})
        events.append(
            {k: fields[k] for k in ("status", "type", "harm")}
            | {"id": f"v{i}", "via": None if speaker is None else f"s{i}", "arguments": arguments, **at}
            | ({"same_as": "v0"} if i else {})
        )
    record = {"id": "x", "mentions": values, "entities": ENTITIES, "events": events, "stances": []}
    text = ArticleText(SimpleNamespace(zones=[]), text="")
    return AnnotatedArticle(msgspec.convert(record, Annotation), text, REGISTRY)


def found(*mentions: tuple[str | None, dict[str, Any]]) -> list[str]:
    """In what the claims of these mentions contradict each other."""
    return [each.aspect for each in contradictions(cluster_claims(read(*mentions), "v0"))]


def test_a_claim_says_who_of_whom_and_when() -> None:
    view = read(("a", told(agent="v", patient="port", time="2031-03-03", number=9)))
    (claim,) = claims(view, view.events["v0"])
    assert (claim.article, claim.event, claim.source, claim.speakers) == ("x", "v0", "s0", ("a",))
    assert claim.sides == {"n"}  # the army's
    assert (claim.agents, claim.agent_sides) == (("v",), {"s"})
    assert (claim.patients, claim.patient_sides) == (("port",), {"x:port"})  # without entry: itself
    assert [time.value for time in claim.times] == ["2031-03-03"] and [n.number for n in claim.numbers] == [9]


def test_the_article_itself_has_no_side() -> None:
    view = read((None, told(agent="both")))
    (claim,) = claims(view, view.events["v0"])
    assert (claim.speakers, claim.sides, claim.source) == (("AUTHOR",), frozenset(), None)
    assert claim.agents == ("n", "s")  # a plural filler is its members


STATUS: list[tuple[str, str, bool]] = [
    ("actual", "negated", True),
    ("planned", "negated", True),
    ("actual", "possible", False),  # what is open contradicts nothing
    ("actual", "wanted", False),
    ("actual", "planned", False),  # it was planned, and took place
    ("negated", "negated", False),
    ("negated", "possible", False),
]


@pytest.mark.parametrize(("one", "other", "expected"), STATUS)
def test_status(one: str, other: str, expected: bool) -> None:
    assert found(("n", told(one)), ("s", told(other))) == ["status"] * expected


def test_only_different_sides_contradict_each_other() -> None:
    yes, no = told("actual"), told("negated")
    assert found(("n", yes), ("a", no)) == []  # a state and its army
    assert found(("both", yes), ("s", no)) == []  # one of the two speaks again
    assert found((None, yes), ("s", no)) == ["status"]  # the article itself against a side
    assert found((None, yes), (None, no)) == []  # the article itself corrects itself
    assert found(("n", yes), ("", no)) == []  # who denies is not named
    assert found(("r", yes), ("s", no)) == []  # residents may be on any side: the registry does not say


def test_what_a_negated_source_does_not_confirm() -> None:
    """“Sudovia has not confirmed the talks”: its claim is unconfirmed, and contradicts Norland's plan."""
    view = read(("s", told("planned", type="Meet")), speech=("State", "negated"))
    (claim,) = claims(view, view.events["v0"])
    assert (claim.speakers, claim.status) == (("s",), "unconfirmed")
    other = read(("n", told("planned", type="Meet")))
    told_by_norland = claims(other, other.events["v0"])
    assert [c.aspect for c in contradictions([*told_by_norland, claim])] == ["status"]
    # “Sudovia has not denied the talks” claims nothing, nor does “Sudovia may announce talks”.
    assert cluster_claims(read(("s", told("negated")), speech=("Reject", "negated")), "v0") == []
    assert cluster_claims(read(("s", told()), speech=("State", "possible")), "v0") == []


def test_a_source_that_another_source_negates_claims_nothing() -> None:
    """“Norland has not said that Sudovia announced talks”: neither claims the talks."""
    view = read(("s", told("planned")))
    outer = {"id": "o", "type": "State", "status": "negated", "via": None, "arguments": [], "start": 90, "end": 91}
    record = msgspec.to_builtins(view.record)
    for event in record["events"]:
        event.setdefault("via", None)
        if event["id"] == "s0":
            event["via"] = "o"
    record["events"].append(outer)
    again = AnnotatedArticle(msgspec.convert(record, Annotation), view.article_text, REGISTRY)
    assert cluster_claims(again, "v0") == []


def test_mutual_accusations_are_a_claim_of_each_side_about_the_other() -> None:
    """“Norland's army and Sudovia accused each other of firing first.”"""
    view = read(("both", told(agent="both")), speech=("Accuse", "actual"))
    own = claims(view, view.events["v0"])
    assert [(c.speakers, c.agents) for c in own] == [(("n",), ("s",)), (("s",), ("n",))]
    assert [c.aspect for c in contradictions(own)] == ["agent"]
    # Both together accuse the residents, or state what both did: one claim of both.
    for speech, agent in (("Accuse", "r"), ("State", "both")):
        view = read(("both", told(agent=agent)), speech=(speech, "actual"))
        (claim,) = claims(view, view.events["v0"])
        assert claim.speakers == ("n", "s")


FILLERS: list[tuple[dict[str, str], dict[str, str], list[str]]] = [
    ({"agent": "n"}, {"agent": "s"}, ["agent"]),
    ({"agent": "a"}, {"agent": "n"}, []),  # part and whole
    ({"agent": "both"}, {"agent": "s"}, []),  # one of the two
    ({"agent": "n"}, {}, []),  # what is left out is not denied
    ({"agent": "r"}, {"agent": "s"}, []),  # residents may be of any side
    ({"agent": "ship"}, {"agent": "s"}, []),  # so may a ship
    ({"patient": "n"}, {"patient": "v"}, ["patient"]),
    ({"patient": "port"}, {"patient": "ship"}, ["patient"]),
    ({"patient": "r"}, {"patient": "port"}, []),
    ({"agent": "n", "patient": "s"}, {"agent": "s", "patient": "n"}, ["agent", "patient"]),
    ({"participant": "n"}, {"participant": "s"}, []),  # participants are not compared
]


@pytest.mark.parametrize(("one", "other", "expected"), FILLERS)
def test_fillers(one: dict[str, str], other: dict[str, str], expected: list[str]) -> None:
    assert found(("n", told(**one)), ("s", told(**other))) == expected


def test_what_is_denied_has_no_details_to_compare() -> None:
    """“Sudovia denied that its navy fired”: in status alone."""
    assert found(("n", told(agent="n", number=9)), ("s", told("negated", agent="s", number=4))) == ["status"]


def test_type() -> None:
    """A mine struck, or a ship shelled; but what is only planned may turn out another."""
    assert found(("n", told(type="Strike")), ("s", told(type="Clash"))) == ["type"]
    assert found(("n", told("planned", type="Meet")), ("s", told("actual", type="Mediate"))) == []


TIMES: list[tuple[Any, Any, bool]] = [
    ("2031-03-03", "2031-03-04", True),
    ("2031-03-03", "2031-03-03T09:00", False),  # days, not hours
    ("2031-03-03", "2031-03", False),  # in it
    ("2031-02", "2031-W10", True),  # 3 to 9 March
    ("2031-02", "2031-W09", False),  # 24 February to 2 March
    ("2031-Q1", "2031-H2", True),
    ("2031", "2032-01-01", True),
    ("2031-03-03", "P2D", False),  # a duration is no date
    ("2031-03-03", ("2031-03-04", "BEFORE"), False),
    (("2031-03", "START"), "2031-04-01", True),
]


@pytest.mark.parametrize(("one", "other", "expected"), TIMES)
def test_time(one: Any, other: Any, expected: bool) -> None:
    assert found(("n", told(time=one)), ("s", told(time=other))) == ["time"] * expected


def test_periods() -> None:
    assert period("2031-02") == (date(2031, 2, 1), date(2031, 2, 28))
    assert period("2032-Q1") == (date(2032, 1, 1), date(2032, 3, 31))
    assert period("2031-H2") == (date(2031, 7, 1), date(2031, 12, 31))
    assert period("2031-02-30") is period("2031-SU") is period("PRESENT_REF") is period("0000") is None


NUMBERS: list[tuple[Any, Any, bool]] = [
    (9, 4, True),
    (9, (4, "at_least"), False),
    (9, (10, "at_least"), True),
    (9, (4, "at_most"), True),
    ((9, "at_least"), (4, "at_most"), True),
    (9, (10, "approx"), False),
    ((9, None, "shell"), (4, None, "rocket"), False),  # not of one unit
    ((9, None, "shell"), (4, None, "shell"), True),
]


@pytest.mark.parametrize(("one", "other", "expected"), NUMBERS)
def test_number(one: Any, other: Any, expected: bool) -> None:
    assert found(("n", told(number=one)), ("s", told(number=other))) == ["number"] * expected


def test_the_dead_and_the_injured_are_not_one_number() -> None:
    dead, hurt = told(type="Casualty", harm="killed", number=9), told(type="Casualty", harm="injured", number=4)
    assert found(("n", dead), ("s", hurt)) == []
    assert found(("n", dead), ("s", hurt | {"harm": "killed"})) == ["number"]


def test_a_contradiction_names_its_claims() -> None:
    own: list[Claim] = cluster_claims(read((None, told()), ("n", told()), ("s", told("negated"))), "v0")
    assert [(c.aspect, c.one, c.other) for c in contradictions(own)] == [("status", 0, 2), ("status", 1, 2)]
