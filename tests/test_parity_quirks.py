"""The examples of eval/README.md, "Compat beside repaired": each value named there."""

from fractions import Fraction

from parley.model import Prediction, Stance
from parley.scoring.coreference import blanc, blanc_links, conll, conll_counts, lea, muc
from parley.scoring.counts import NOTHING, Tally, exact_counts, f1, f1_of, macro_f1
from parley.scoring.entities import nervaluate_strict, strict
from parley.scoring.registry import METRICS
from parley.scoring.stance import sf1_repaired, sf1_semeval
from scoring_help import Words, Writer
from test_scoring_coreference import table

TEXT = Writer("Norland’s minister Ada Brink blamed Sudovia.")


def test_nervaluate_lets_an_overlap_use_up_the_gold_mention() -> None:
    gold = TEXT.prediction({"b": ["Ada Brink"]})
    predicted = TEXT.prediction({"b": ["minister Ada Brink", "Ada Brink"]})
    pair = TEXT.pair(gold, predicted)
    assert f1(nervaluate_strict(pair)).value == 0
    assert f1(strict(pair)).value == Fraction(2, 3)


def stances(*listed: Stance, **entities: list[Words]) -> Prediction:
    return TEXT.prediction({"s": ["Sudovia"], **entities}, [], listed)


def test_semeval_credits_many_for_one() -> None:
    gold = stances(TEXT.stance("b", "s", "oppose", "blamed"), b=["minister Ada Brink"])
    two = stances(
        TEXT.stance("m", "s", "oppose", "blamed"),
        TEXT.stance("a", "s", "oppose", "blamed"),
        m=["minister"],
        a=["Ada Brink"],
    )
    pair = TEXT.pair(gold, two)
    # Holders 1 of 3 and 2 of 3 gold tokens: recall, of the better, (2/3 + 1 + 1) / 3 = 8/9; precision 1 and 1.
    assert f1(sf1_semeval(pair)).precision == 1
    assert f1(sf1_semeval(pair)).value == Fraction(16, 17)  # 2 · 1 · 8/9 / (17/9)
    assert f1(sf1_repaired(pair)).precision == Fraction(1, 2)
    assert f1(sf1_repaired(pair)).value == Fraction(16, 25)  # 2 · 1/2 · 8/9 / (25/18)


def test_semeval_lends_the_overlap_of_another_polarity() -> None:
    gold = stances(TEXT.stance("b", "s", "oppose", "blamed Sudovia"), b=["Brink"])
    predicted = stances(
        TEXT.stance("b", "s", "oppose", "blamed"),
        TEXT.stance("b", "s", "support", "blamed Sudovia", facet="approval"),
        b=["Brink"],
    )
    pair = TEXT.pair(gold, predicted)
    assert f1(sf1_semeval(pair)).recall == 1
    assert f1(sf1_repaired(pair)).recall == Fraction(5, 6)  # (1 + 1 + 1/2) / 3


def test_blanc_does_not_see_links_the_gold_has_none_of() -> None:
    tally = blanc_links(table(["abc"], ["ab", "c"]))
    assert tally == {"coreferent": exact_counts(1, 3, 1), "separate": exact_counts(0, 0, 2)}
    assert (blanc(tally).value, macro_f1(tally).value) == (Fraction(1, 2), Fraction(1, 4))
    assert (METRICS["entities.blanc"].score, METRICS["entities.blanc_luo"].score) == (blanc, macro_f1)


def test_f_avg_without_one_of_its_classes() -> None:
    """SemEval's script takes the F1 of the class that is nowhere for 0: (1 + 0) / 2."""
    tally = Tally({"support": exact_counts(3, 3, 3), "oppose": exact_counts(0, 0, 0)})
    assert sum(f1_of(counts).value for counts in tally.values()) / 2 == Fraction(1, 2)
    assert macro_f1(tally).value == 1
    assert [flag for flag in macro_f1(tally).flags if "'oppose'" in flag]


def test_muc_without_a_pair() -> None:
    singletons = table(["a", "b"], ["a", "b"])
    assert f1_of(muc(singletons)).flags == (NOTHING,)
    assert sum(f1_of(counts).value for counts in conll_counts(singletons).values()) / 3 == Fraction(2, 3)
    assert conll(conll_counts(singletons)).value == 1
    assert f1_of(lea(singletons)).value == 1  # a singleton's link to itself
