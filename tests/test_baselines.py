"""Baselines: what the rules find in invented sentences, and what holds for any text whatever."""

import pytest
from baselines.rules.lexicon import entries, heads, load, name_heads
from baselines.rules.output import names
from baselines.rules.text import Found, Thing

from parley.baselines import find
from parley.corpus import ZoneSpan
from parley.model import Event, Prediction, Span, StancePair
from parley.ontology import load_ontology
from parley.task import Pair, Task

DATE = "2031-03-04"  # a Tuesday


def task(text: str, pairs: list[Pair] | None = None, zones: list[ZoneSpan] | None = None, date: str = DATE) -> Task:
    whole = [ZoneSpan(zone="body", start=0, end=len(text))] if text else []
    return Task(id="x", text=text, zones=whole if zones is None else zones, date=date, pairs=pairs or [])


def rules(text: str, pairs: list[Pair] | None = None) -> Prediction:
    return find("rules").predict(task(text, pairs))


def found(text: str) -> list[tuple[str, str]]:
    """Text and type of every entity mention."""
    prediction = rules(text)
    types = {e.id: e.type for e in prediction.entities or ()}
    return [(m.text, types[m.entity]) for m in prediction.mentions or () if m.entity is not None]


def named(prediction: Prediction, event: Event) -> list[tuple[str, str]]:
    """Role and filler of every argument: the name of the entity, the trigger, or the text."""
    names = {e.id: e.name for e in prediction.entities or ()}
    triggers = {e.id: e.text for e in prediction.events or ()}
    claims = {p.id: p.text for p in prediction.propositions}
    values = {m.id: m.text for m in prediction.mentions or ()}
    return [
        (
            a.role,
            names[a.entity]
            if a.entity
            else (triggers | claims)[a.event or a.proposition or ""]
            if not a.mention
            else values[a.mention],
        )
        for a in event.arguments
    ]


def event(prediction: Prediction, trigger: str) -> Event:
    return next(e for e in prediction.events or () if e.text == trigger)


def clusters(prediction: Prediction) -> list[list[str]]:
    """Texts of the mentions of each entity that has several."""
    every = [[m.text for m in prediction.mentions or () if m.entity == e.id] for e in prediction.entities or ()]
    return [texts for texts in every if len(texts) > 1]


# floors ---------------------------------------------------------------------------------------------------


def pair(identifier: str, holder: Span | None, target: Span, kind: str = "entity") -> Pair:
    return Pair(
        id=identifier,
        holder_name="h",
        holder_mentions=[] if holder is None else [holder],
        target_name="t",
        target_kind=kind,
        target_mentions=[target],
    )


@pytest.mark.parametrize("name", ["empty", "majority"])
def test_floors_answer_none_to_every_pair(name: str) -> None:
    given_pairs = [pair("x:e1:e2", None, Span(start=0, end=7)), pair("x:e2:e1", None, Span(start=0, end=7))]
    prediction = find(name).predict(task("Norland blamed Sudovia.", given_pairs))
    assert prediction.stance_pairs == [StancePair(pair=p.id, polarity="none") for p in given_pairs]
    assert prediction.events == [] and prediction.stances == []


def test_empty_attempts_every_layer_and_finds_nothing() -> None:
    prediction = find("empty").predict(task("Norland blamed Sudovia."))
    assert (prediction.mentions, prediction.entities) == ([], [])


def test_majority_takes_runs_of_capitals_for_states() -> None:
    prediction = find("majority").predict(task("The envoy Ada Brink left Norland. Then Ada Brink slept."))
    assert [m.text for m in prediction.mentions or ()] == ["Ada Brink", "Norland", "Ada Brink"]
    assert [(e.name, e.type) for e in prediction.entities or ()] == [("Ada Brink", "GPE"), ("Norland", "GPE")]
    assert {m.role for m in prediction.mentions or ()} == {"state"}


# mentions -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # no determiner, no number, no title in a name; the adjective nested
        ("He saw the three Iraqi soldiers.", [("Iraqi soldiers", "GROUP"), ("Iraqi", "GPE")]),
        ("The foreign minister, Mr Olaf Brandt, left.", [("foreign minister", "PER"), ("Olaf Brandt", "PER")]),
        # a capitalised body is one name, nothing inside it; a described one has its state nested
        ("It told the Iranian Red Crescent Society.", [("Iranian Red Crescent Society", "ORG")]),
        ("Talks with the Iranian navy stalled.", [("Iranian navy", "MIL"), ("Iranian", "GPE")]),
        ("It rained on the Ministry of Trade.", [("Ministry of Trade", "ORG")]),
        ("A new ceasefire agreement was near.", [("new ceasefire agreement", "AGR")]),
        ("A rusty patrol boat sank.", [("rusty patrol boat", "VEH")]),
        ("It fled Harrow province.", [("Harrow", "GPE")]),
        # a capital that opens a sentence is no name by itself
        ("Yesterday nothing moved. Meanwhile snow fell.", []),
        ("Shelling went on. Officials slept.", [("Officials", "GROUP")]),
        # fixed phrases
        ("Nothing changed on the ground.", []),
    ],
)
def test_extents_and_types(text: str, expected: list[tuple[str, str]]) -> None:
    assert [pair for pair in found(text) if pair[0] not in ("It", "He")] == expected


def test_capitals_of_a_headline_in_title_case_say_nothing() -> None:
    text = "Norland And Sudovia Resume Fighting After Weeks Of Quiet\nGuards in Norland slept near Sudovia."
    assert [f for f in found(text) if f[1] == "GPE"] == [("Norland", "GPE"), ("Sudovia", "GPE")] * 2


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("Rain fell in Iran.", "territory"),
        ("Iran denied the report.", "government"),
        ("The council urged Iran to sign.", "government"),
        ("An Iranian sailor slept.", "state"),
        ("Iran’s navy sailed.", "state"),
    ],
)
def test_role_of_a_state_in_context(text: str, role: str) -> None:
    prediction = rules(text)
    assert [m.role for m in prediction.mentions or () if m.text.startswith("Iran") and m.form == "NAM"] == [role]


# values ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expression", "value", "mod"),
    [
        # The article is of Tuesday, 4 March 2031, in ISO week 10 (1 January 2031 is a Wednesday, so week 1 is
        # 30 December to 5 January, and 3 March, the 62nd day, lies 63 days after the first Monday).
        ("They met on Monday.", "Monday", "2031-03-03", None),
        ("They met on Tuesday.", "Tuesday", "2031-03-04", None),
        ("They met on Wednesday.", "Wednesday", "2031-02-26", None),
        ("They will meet on Friday.", "Friday", "2031-03-07", None),
        ("They met on Monday night.", "Monday night", "2031-03-03TNI", None),
        ("They left yesterday.", "yesterday", "2031-03-03", None),
        ("They met last week.", "last week", "2031-W09", None),
        ("They will meet next month.", "next month", "2031-04", None),
        ("They met on 24 December.", "24 December", "2030-12-24", None),
        ("They met on March 3, 2029.", "March 3, 2029", "2029-03-03", None),
        ("They met in late July.", "late July", "2030-07", "END"),
        ("They fought for three days.", "three days", "P3D", None),
        ("A 30-hour pause began.", "30-hour", "PT30H", None),
        ("It lasted more than two years.", "more than two years", "P2Y", "MORE_THAN"),
        ("It fell two days ago.", "two days ago", "2031-03-02", None),
        ("The war began in 2019.", "2019", "2019", None),
    ],
)
def test_times_are_resolved_against_the_article(text: str, expression: str, value: str, mod: str | None) -> None:
    times = [m for m in rules(text).mentions or () if m.type == "TIME"]
    assert [(m.text, m.value, m.mod) for m in times] == [(expression, value, mod)]


def test_a_day_that_is_not_in_the_calendar_is_no_time() -> None:
    assert not [m for m in rules("It was 31 February.").mentions or () if m.type == "TIME" and m.text != "February"]


@pytest.mark.parametrize(
    ("text", "expression", "number", "unit", "qualifier"),
    [
        ("At least 17 ferrymen died.", "At least 17", 17, None, "at_least"),
        ("Nearly two thousand villagers fled.", "Nearly two thousand", 2000, None, "approx"),
        ("Up to thirty-four masts fell.", "Up to thirty-four", 34, None, "at_most"),
        ("It shut the roughly 90-mile causeway.", "roughly 90-mile", 90, "mile", "approx"),
        ("Hundreds of buoys sank.", "Hundreds", None, None, "vague"),
        ("About 3,400 people fled.", "About 3,400", 3400, None, "approx"),
    ],
)
def test_quantities(text: str, expression: str, number: int | None, unit: str | None, qualifier: str) -> None:
    (quantity,) = [m for m in rules(text).mentions or () if m.type == "QTY"]
    assert (quantity.text, quantity.number, quantity.unit, quantity.qualifier) == (expression, number, unit, qualifier)


def test_numbers_that_count_nothing_are_left_out() -> None:
    assert not [m for m in rules("Article 12 and the two sides.").mentions or () if m.type]


# coreference ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Iran left. The Iranian navy stayed.", ["Iran", "Iranian"]),
        ("Iran left. Tehran denied that.", ["Iran", "Tehran"]),
        ("Envoy Ada Brink left. Brink said she slept.", ["Envoy", "Ada Brink", "Brink", "she"]),
        ("The Straits Trade Council (STC) met. STC slept.", ["Straits Trade Council", "STC", "STC"]),
        ("Iran signed the truce. The ceasefire held.", ["truce", "ceasefire"]),
        ("The residents fled. They slept.", ["residents", "They"]),
        ("“They lie,” said analyst Priya Nair.", ["analyst", "Priya Nair"]),
    ],
)
def test_mentions_of_one_entity(text: str, expected: list[str]) -> None:
    assert expected in clusters(rules(text))


def test_a_capital_as_a_place_is_not_the_state() -> None:
    assert ["Iran", "Tehran"] not in clusters(rules("Iran left. Snow fell in Tehran."))


def test_both_sides_are_the_two_states_most_spoken_of() -> None:
    prediction = rules("Iran and Iraq met. Iran left. Iraq left. Oman slept. Both sides slept.")
    names = {e.id: e.name for e in prediction.entities or ()}
    (sides,) = [e for e in prediction.entities or () if e.members]
    assert [names[m] for m in sides.members or ()] == ["Iran", "Iraq"]


# events ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "trigger", "kind", "arguments"),
    [
        ("Iran bombed the port.", "bombed", "Strike", [("Agent", "Iran"), ("Patient", "port")]),
        ("The port was bombed by Iran.", "bombed", "Strike", [("Patient", "port"), ("Agent", "Iran")]),
        ("Iran and Iraq met in Geneva.", "met", "Meet", [("Participant", "Iraq"), ("Participant", "Iran"), ("Place", "Geneva")]),
        ("Iran and Iraq held talks.", "talks", "Meet", [("Participant", "Iraq"), ("Participant", "Iran")]),
        ("The truce collapsed.", "collapsed", "Collapse", [("Agreement", "truce")]),
        ("Iran violated the truce.", "violated", "Violate", [("Agent", "Iran"), ("Agreement", "truce")]),
        ("At least six pilots drowned.", "drowned", "Casualty", [("Patient", "pilots"), ("Quantity", "At least six")]),
        ("“Nothing moves,” said Ada Brink.", "said", "State", [("Content", "Nothing moves"), ("Agent", "Ada Brink")]),
        ("According to Iran, snow fell.", "According to", "State", [("Content", "fell"), ("Agent", "Iran")]),
        ("Shells hit a jetty on Sunday.", "hit", "Strike", [("Instrument", "Shells"), ("Patient", "jetty"), ("Time", "Sunday")]),
    ],
)  # fmt: skip
def test_triggers_and_arguments(text: str, trigger: str, kind: str, arguments: list[tuple[str, str]]) -> None:
    prediction = rules(text)
    found_event = event(prediction, trigger)
    assert found_event.type == kind
    assert sorted(named(prediction, found_event)) == sorted(arguments)


@pytest.mark.parametrize(
    ("text", "trigger", "status"),
    [
        ("Iran attacked Iraq.", "attacked", "actual"),
        ("Iran will visit Iraq.", "visit", "planned"),
        ("Envoys are set to meet.", "meet", "planned"),
        ("Iran did not sign the truce.", "sign", "negated"),
        ("It is unclear whether Iran attacked Iraq.", "attacked", "possible"),
        ("Iran tried to stop the fighting.", "stop", "wanted"),
        ("The council urged Iran to sign.", "sign", "wanted"),
        ("Iran denied bombing Iraq.", "bombing", "negated"),
        ("Iran threatened to bomb Iraq.", "bomb", "planned"),
    ],
)
def test_status(text: str, trigger: str, status: str) -> None:
    assert event(rules(text), trigger).status == status


@pytest.mark.parametrize(
    ("text", "trigger", "source"),
    [
        ("Iran said Iraq attacked the port.", "attacked", "said"),
        ("Iraq attacked the port, Iran said.", "attacked", "said"),
        ("“Iraq attacked the port,” Iran said.", "attacked", "said"),
        ("Iran spoke. “Iraq attacked the port. Nobody slept,” Iran said.", "attacked", "said"),
        ("According to Iran, Iraq attacked the port.", "attacked", "According to"),
        ("Iran accused Iraq of attacking the port.", "attacking", "accused"),
        ("Iran said Iraq denied attacking the port.", "attacking", "denied"),
        ("Iran said Iraq denied attacking the port.", "denied", "said"),
        ("Iran attacked the port.", "attacked", None),
    ],
)
def test_source_of_an_event(text: str, trigger: str, source: str | None) -> None:
    prediction = rules(text)
    triggers = {e.id: e.text for e in prediction.events or ()}
    via = event(prediction, trigger).via
    assert (triggers[via] if via else None) == source


def test_the_same_noun_is_the_same_event_cluster() -> None:
    prediction = rules("The fighting spread. Iran mourned the fighting.")
    first, second = [e for e in prediction.events or () if e.text == "fighting"]
    assert (first.same_as, second.same_as) == (None, first.id)


# stance ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "holder", "target", "polarity", "facet", "evidence"),
    [
        ("Iran accused Iraq of treason.", "Iran", "Iraq", "oppose", "blame", "accused Iraq of treason"),
        ("Oman welcomed the truce.", "Oman", "truce", "support", "approval", "welcomed the truce"),
        ("Oman called for a ceasefire.", "Oman", "ceasefire", "support", "demand", "called for a ceasefire"),
        (
            "Oman urged Iran to stop the fighting.",
            "Oman",
            "fighting",
            "oppose",
            "demand",
            "urged Iran to stop the fighting",
        ),
        ("Iran rejected the accord.", "Iran", "accord", "oppose", "demand", "rejected the accord"),
    ],
)
def test_stance_of_speech(text: str, holder: str, target: str, polarity: str, facet: str, evidence: str) -> None:
    prediction = rules(text)
    names = {e.id: e.name for e in prediction.entities or ()} | {e.id: e.text for e in prediction.events or ()}
    (stance,) = prediction.stances or ()
    assert (names[stance.holder], names[stance.target], stance.polarity, stance.facet) == (holder, target, polarity, facet)  # fmt: skip
    assert [span.text for span in stance.evidence] == [evidence]


def test_mutual_blame_is_a_stance_each_way() -> None:
    prediction = rules("Iran and Iraq met. The two countries blamed each other.")
    names = {e.id: e.name for e in prediction.entities or ()}
    assert sorted((names[s.holder], names[s.target]) for s in prediction.stances or ()) == [("Iran", "Iraq"), ("Iraq", "Iran")]  # fmt: skip


def test_pairs_are_answered_from_own_stances() -> None:
    text = "Iran accused Iraq of treason."
    iran, iraq = Span(start=0, end=4), Span(start=13, end=17)
    pairs = [pair("a", iran, iraq), pair("b", iraq, iran), pair("c", None, iraq), pair("d", iran, iraq, kind="event")]
    answers = {a.pair: a.polarity for a in rules(text, pairs).stance_pairs or ()}
    assert answers == {"a": "oppose", "b": "none", "c": "none", "d": "none"}


def test_given_pairs_reach_no_other_layer() -> None:
    text = "Iran accused Iraq of treason. Nobody listened to Harrowgate."
    with_pairs = rules(text, [pair("a", Span(start=30, end=36), Span(start=49, end=59))])
    without = rules(text)
    with_pairs.stance_pairs = without.stance_pairs
    assert with_pairs == without


# the lexicons ---------------------------------------------------------------------------------------------


def test_the_word_lists_use_labels_of_the_ontology_alone() -> None:
    ontology, events, stance = load_ontology(), load("events"), load("stance")
    assert {kind for kind, _ in heads().values()} | set(name_heads().values()) <= set(ontology.names("entity_types"))
    assert {entry.type for entry in entries()} == set(ontology.names("event_types")) == set(events["slots"])
    assert {entry.harm for entry in entries()} - {None} <= set(ontology.names("harms"))
    for kind, slots in events["slots"].items():
        found_type = ontology.event(kind)
        assert found_type is not None and set(slots.values()) <= set(found_type.roles), kind
    assert set(events["status"]) | set(events["speech_status"].values()) <= set(ontology.names("statuses"))
    assert set(stance["speech"]) | set(events["speech_status"]) <= ontology.speech_types
    for row in [*stance["speech"].values(), *stance["attitude"]]:
        assert row["polarity"] in ontology.names("polarities") and row["facet"] in ontology.names("facets")


def test_an_id_of_its_own_is_given_once_for_a_name_and_type() -> None:
    """Accents do not count; a thing that is never called by a name has none."""
    first, same, town, unnamed = (
        Thing("PER", "Ana Bréll"),
        Thing("PER", "Ana Brell"),
        Thing("GPE", "Brell"),
        Thing("GPE", "town"),
    )
    for thing in (first, same, town):
        thing.mentions.append(Found(0, 0, thing.type, "NAM", thing.name))
    assert names([first, same, town, unnamed]) == {first: "NIL-PER-ana-brell", town: "NIL-GPE-brell"}
