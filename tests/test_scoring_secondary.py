"""The metrics beside the headline ones: arguments by entity, status and source, facets, evidence, forms."""

from fractions import Fraction
from typing import Any

import pytest

from parley.model import Argument, Event, Mention, Prediction, Stance
from parley.scoring.counts import Counts, Tally, accuracy, exact_counts, f1, macro_f1
from parley.scoring.entities import NO_FORM, by_form
from parley.scoring.events import (
    OWN,
    REPORTED,
    ac_plus,
    ac_plus_by_type,
    by_entity,
    by_entity_and_type,
    status,
    via,
)
from parley.scoring.stance import evidence, facets
from scoring_help import Words, Writer

TEXT = Writer("Norland and Sudovia met. Norland said its army and both sides fought at dawn.")
ENTITIES: dict[str, list[Words]] = {
    "n": ["Norland", ("Norland", 2), "its"],
    "s": ["Sudovia"],
    "both": ["sides"],
    "a": ["army"],
}
MEMBERS = {"both": ["n", "s"]}


def fought(*arguments: Argument) -> Event:
    return TEXT.event("f", "Clash", "fought", *arguments)


def annotated(
    *events: Event, entities: dict[str, list[Words]] = ENTITIES, members: dict[str, list[str]] | None = MEMBERS
) -> Prediction:
    return TEXT.prediction(entities, events, (), members=members)


def of(entity: str, words: Words | None = None, role: str = "Participant") -> Argument:
    mention = None
    if words is not None:
        start, end = TEXT.place(words)
        mention = f"{entity}-{start}-{end}"
    return Argument(role=role, entity=entity, mention=mention)


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ([of("n", "its")], exact_counts(1, 1, 1)),
        ([of("n", ("Norland", 2))], exact_counts(1, 1, 1)),  # any mention of the entity
        ([of("n", "Norland"), of("n", "its")], exact_counts(1, 1, 1)),  # and it counts once
        ([of("n", "its", "Agent")], exact_counts(0, 1, 1)),  # but in its role
        ([of("a", "army")], exact_counts(0, 1, 1)),
        ([of("both", "sides")], exact_counts(1, 1, 2)),  # both sides: Norland, right, and Sudovia
    ],
)
def test_an_argument_is_its_entity(arguments: list[Argument], expected: Counts) -> None:
    pair = TEXT.pair(annotated(fought(of("n", "its"))), annotated(fought(*arguments)))
    assert by_entity(pair).total == expected
    assert by_entity_and_type(pair) == Tally({"Clash": expected})


def test_plural_entities_are_their_members() -> None:
    together, apart = annotated(fought(of("both"))), annotated(fought(of("n"), of("s")))
    assert by_entity(TEXT.pair(together, apart)).total == exact_counts(2, 2, 2)
    assert by_entity(TEXT.pair(apart, together)).total == exact_counts(2, 2, 2)
    assert by_entity(TEXT.pair(together, annotated(fought(of("both")), members={}))).total == exact_counts(2, 2, 2)
    assert ac_plus(TEXT.pair(together, apart)).total == exact_counts(0, 1, 2)


def test_coreference_of_the_system_is_not_asked_again() -> None:
    """A system that puts no mentions together is right on the entity by the mention it shows."""
    alone: dict[str, list[Words]] = {"x": ["Norland"], "y": [("Norland", 2)], "z": ["its"]}
    pair = TEXT.pair(annotated(fought(of("n"))), annotated(fought(of("y")), entities=alone, members={}))
    assert by_entity(pair).total == exact_counts(1, 1, 1)


def test_an_entity_shown_by_a_wrong_extent_is_the_one_it_is_mapped_to() -> None:
    wide: dict[str, list[Words]] = {"n": ["Norland", ("Norland", 2), "its army"]}
    pair = TEXT.pair(
        annotated(fought(of("n", "its"))), annotated(fought(of("n", "its army")), entities=wide, members={})
    )
    assert by_entity(pair).total == exact_counts(1, 1, 1)
    lone: dict[str, list[Words]] = {"q": ["its army"]}
    nobody = TEXT.pair(annotated(fought(of("n", "its"))), annotated(fought(of("q")), entities=lone, members={}))
    assert by_entity(nobody).total == exact_counts(0, 1, 1)


def test_events_stand_for_their_event_cluster_and_values_for_their_span() -> None:
    start, end = TEXT.place("dawn")
    dawn = Mention(id="t", type="TIME", value="T06:00", start=start, end=end)
    first, again = TEXT.event("m", "Meet", "met"), TEXT.event("m2", "Meet", "fought", same_as="m")

    def said(filler: str) -> Prediction:
        told = TEXT.event(
            "d", "State", "said", Argument(role="Content", event=filler), Argument(role="Time", mention="t")
        )
        whole = annotated(first, again, told)
        whole.mentions = [*(whole.mentions or []), dawn]
        return whole

    assert by_entity(TEXT.pair(said("m"), said("m2"))).total == exact_counts(2, 2, 2)
    assert ac_plus(TEXT.pair(said("m"), said("m2"))).total == exact_counts(1, 2, 2)
    assert ac_plus_by_type(TEXT.pair(said("m"), said("m2"))) == Tally({"State": exact_counts(1, 2, 2)})


def test_status_and_source_only_of_what_is_found() -> None:
    def told(*events: tuple[str, str, str, str | None]) -> Prediction:
        return annotated(*(TEXT.event(words, kind, words, status=s, via=v) for words, kind, s, v in events))

    gold = told(
        ("said", "State", "actual", None),
        ("met", "Meet", "planned", None),
        ("fought", "Clash", "actual", "said"),
        ("dawn", "Strike", "negated", "said"),
    )
    predicted = told(
        ("said", "State", "actual", None),
        ("met", "Meet", "actual", "said"),  # wrong in both
        ("fought", "Clash", "actual", None),  # wrong source
        ("dawn", "Clash", "negated", "said"),  # wrong type: not asked
    )
    pair = TEXT.pair(gold, predicted)
    # Statuses: actual 2 right of 2 gold and 3 predicted, F 4/5; planned 0 of 1: mean 2/5.
    assert status(pair) == Tally({"actual": exact_counts(2, 2, 3), "planned": exact_counts(0, 1, 0)})
    assert macro_f1(status(pair)).value == Fraction(2, 5)
    # Sources: one of three right. Gold: two from the article itself, one from another source.
    assert via(pair) == Tally({REPORTED: exact_counts(0, 1, 1), OWN: exact_counts(1, 2, 2)})
    assert accuracy(via(pair)).value == Fraction(1, 3)


def stances(*listed: Stance, members: Any = MEMBERS) -> Prediction:
    return TEXT.prediction(ENTITIES, [], listed, members=members)


def test_facets() -> None:
    gold = stances(TEXT.stance("n", "s", "oppose", "said"), TEXT.stance("n", "s", "oppose", "met", facet="trust"))
    predicted = stances(TEXT.stance("n", "s", "oppose", "said"), TEXT.stance("n", "s", "oppose", "met", facet="demand"))
    assert facets(TEXT.pair(gold, predicted)) == Tally(
        {"blame": exact_counts(1, 1, 1), "demand": exact_counts(0, 0, 1), "trust": exact_counts(0, 1, 0)}
    )


def test_evidence_is_compared_by_words_on_stances_that_are_found() -> None:
    """Evidence of all facets together: gold said its army, met; predicted its army and. The other is not found."""
    gold = stances(
        TEXT.stance("n", "s", "oppose", "said its army"),
        TEXT.stance("n", "s", "oppose", "met", facet="trust"),
        TEXT.stance("s", "n", "support", "dawn"),
    )
    predicted = stances(TEXT.stance("n", "s", "oppose", "its army and"), TEXT.stance("s", "n", "oppose", "dawn"))
    tally = evidence(TEXT.pair(gold, predicted))
    assert tally == Tally({"oppose": exact_counts(2, 4, 3)})
    assert f1(tally).value == Fraction(4, 7)


def test_forms() -> None:
    gold, predicted = annotated(), annotated()
    assert gold.mentions and predicted.mentions
    gold.mentions.append(
        Mention(id="t", type="TIME", value="T06:00", **dict(zip(("start", "end"), TEXT.place("dawn"), strict=True)))
    )
    pronoun = next(m for m in gold.mentions if TEXT.text[m.start : m.end] == "its")
    pronoun.form = "PRO"
    next(m for m in predicted.mentions if TEXT.text[m.start : m.end] == "Sudovia").form = None
    # Six entity mentions; the value has no form. "its" is called a name, Sudovia nothing.
    tally = by_form(TEXT.pair(gold, predicted))
    assert tally == Tally({"NAM": exact_counts(4, 5, 5), "PRO": exact_counts(0, 1, 0), NO_FORM: exact_counts(0, 0, 1)})
