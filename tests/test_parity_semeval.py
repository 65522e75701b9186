"""SemEval-2022 task 10 (sentiment graphs) and SemEval-2016 task 6 (stance), by hand."""

from fractions import Fraction

from parley.model import AUTHOR, Prediction, Stance
from parley.scoring.counts import Counts, exact_counts, f1, macro_f1
from parley.scoring.stance import for_and_against, nsf1_repaired, nsf1_semeval, sf1_repaired, sf1_semeval
from scoring_help import Words, Writer, answered

TEXT = Writer("Norland’s minister Ada Brink blamed Sudovia for the deadly attack. Sudovia hailed the truce.")
ENTITIES: dict[str, list[Words]] = {"b": ["minister Ada Brink"], "s": ["Sudovia", ("Sudovia", 2)], "t": ["truce"]}


def annotated(*stances: Stance, **entities: list[Words]) -> Prediction:
    return TEXT.prediction({**ENTITIES, **entities}, [], stances)


BLAME = TEXT.stance("b", "s", "oppose", "blamed Sudovia")
PRAISE = TEXT.stance("s", "t", "support", "hailed the truce")


def test_sf1_by_hand() -> None:
    """Two gold graphs; one prediction overlaps the first in part, one has the right words and the wrong polarity."""
    longer = TEXT.stance("b", "s", "oppose", "blamed Sudovia for the")
    wrong = TEXT.stance("s", "t", "oppose", "hailed the truce")
    pair = TEXT.pair(annotated(BLAME, PRAISE), annotated(longer, wrong, b=["Ada Brink"]))
    # First: holder 2 common of 3 gold and 2 predicted, target 1 of 1, expression 2 of 2 gold and of 4 predicted.
    # Recall: (2/3 + 1 + 1) / 3 = 8/9, the second 0; of 2. Precision: (1 + 1 + 1/2) / 3 = 5/6, the second 0; of 2.
    first = (Fraction(8, 9), Fraction(5, 6))
    assert sf1_semeval(pair).total == Counts(2, 2, *first)
    # R 4/9, P 5/12: 2 · 4/9 · 5/12 / (4/9 + 5/12) = 40/93 = 0.430 in the three decimals of the task
    assert f1(sf1_semeval(pair)).value == Fraction(40, 93)
    assert f"{float(f1(sf1_semeval(pair)).value):.3f}" == "0.430"
    # Without polarity the second is wholly right.
    assert nsf1_semeval(pair).total == Counts(2, 2, first[0] + 1, first[1] + 1)
    # Each graph overlaps one other at most: mended or not is the same.
    assert sf1_repaired(pair).total == sf1_semeval(pair).total
    assert nsf1_repaired(pair).total == nsf1_semeval(pair).total


def test_a_graph_needs_a_common_token_in_all_three() -> None:
    elsewhere = TEXT.stance("b", "s", "oppose", "attack")  # holder and target as in the gold, expression apart
    pair = TEXT.pair(annotated(BLAME), annotated(elsewhere))
    assert sf1_semeval(pair).total == nsf1_semeval(pair).total == Counts(1, 1, 0, 0)


def test_an_empty_holder_matches_only_an_empty_one() -> None:
    """In SemEval a holder without words is a token of its own; here that is the author."""
    by_author = TEXT.stance(AUTHOR, "s", "oppose", "blamed Sudovia")
    assert sf1_semeval(TEXT.pair(annotated(by_author), annotated(by_author))).total == Counts(1, 1, 1, 1)
    assert sf1_semeval(TEXT.pair(annotated(BLAME), annotated(by_author))).total == Counts(1, 1, 0, 0)


def test_nothing_predicted_is_zero() -> None:
    assert f1(sf1_semeval(TEXT.pair(annotated(BLAME), annotated()))).value == 0


def test_matched_without_polarity_one_to_one() -> None:
    """Two predictions on one gold graph: SemEval takes both for right, matching one of them."""
    twice = annotated(BLAME, TEXT.stance("b", "s", "support", "blamed Sudovia", facet="approval"))
    pair = TEXT.pair(annotated(BLAME), twice)
    assert nsf1_semeval(pair).total == Counts(1, 2, 1, 2)
    assert nsf1_repaired(pair).total == Counts(1, 2, 1, 1)


def test_f_avg_by_hand() -> None:
    """The small gold's pairs: none, none, none, support, oppose.

    Answers: support, none, oppose, support, oppose. Support 1 right of 1 gold and 2 answered, F 2/3; oppose the same.
    FAVOR and AGAINST are averaged, 2/3 = 0.6667 in the four decimals of the task; none (1 of 3 found) is not.
    """
    counted = for_and_against(answered(["support", "none", "oppose", "support", "oppose"]))
    assert counted == {"support": exact_counts(1, 1, 2), "oppose": exact_counts(1, 1, 2)}
    assert f"{float(macro_f1(counted).value):.4f}" == "0.6667"


def test_f_avg_of_one_class_never_answered() -> None:
    """Support right, oppose answered none: (1 + 0) / 2."""
    assert macro_f1(for_and_against(answered(["none", "none", "none", "support", "none"]))).value == Fraction(1, 2)
