"""Comparing two systems: the sign-flip test by brute force, Holm by hand, the difference, and what is said of it."""

import json
from collections.abc import Sequence
from fractions import Fraction
from itertools import product
from math import sqrt
from pathlib import Path

import msgspec
import numpy as np
import pytest
from scipy import stats

from conftest import EXAMPLE, ROOT, SMALL, run
from parley.api import load
from parley.baselines import find
from parley.checks import Corpus, load_corpus
from parley.compare import OVERALL_NAME, compare
from parley.derive import as_prediction
from parley.findings import FindingsError
from parley.model import Prediction
from parley.scoring import METRICS
from parley.scoring.counts import Counts, Tally, exact_counts, f1
from parley.scoring.registry import HEADLINES
from parley.scoring.significance import FlipTest, difference_interval, holm, sign_flip
from parley.scoring.uncertainty import Table, tables
from parley.task import tasks
from scoring_help import copies_of_the_small_article, in_stories, small_corpus, small_prediction

TYPED = METRICS["entities.typed_f1"]


def pair(a: Sequence[Counts], b: Sequence[Counts]) -> tuple[Table, Table]:
    one, other = tables(TYPED, [Tally({"": counts}) for counts in a], [Tally({"": counts}) for counts in b])
    return one, other


def shares(*right: int, of: int = 10) -> list[Counts]:
    """So many right of ``of`` in the gold and predicted: the figure is the mean share."""
    return [exact_counts(number, of, of) for number in right]


def flip(a: Sequence[Counts], b: Sequence[Counts], **options: int) -> FlipTest:
    return sign_flip({"x": pair(a, b)}, **options)["x"]


def by_brute_force(a: Sequence[Counts], b: Sequence[Counts]) -> Fraction:
    """Every swap tried with exact fractions: add the counts, divide once, compare the difference with the one seen."""

    def difference(swaps: Sequence[bool]) -> Fraction:
        mine = [y if swap else x for x, y, swap in zip(a, b, swaps, strict=True)]
        theirs = [x if swap else y for x, y, swap in zip(a, b, swaps, strict=True)]
        figures = [f1(Tally({"": sum(counts, Counts())})).value for counts in (mine, theirs)]
        return abs(figures[0] - figures[1])

    seen = difference([False] * len(a))
    swaps = list(product([False, True], repeat=len(a)))
    return Fraction(sum(difference(swap) >= seen for swap in swaps), len(swaps))


# --- the test


def test_better_in_every_article() -> None:
    """A is ahead in all six: only no swap and all swaps are as far apart, 2 of 64. In five it would be 2 of 32."""
    assert flip(shares(5, 6, 7, 5, 6, 7), shares(1, 2, 3, 1, 2, 3)) == FlipTest(2 / 64, 6, exact=True)
    assert flip(shares(5, 6, 7, 5, 6), shares(1, 2, 3, 1, 2)).p == 2 / 32  # above .05, as all under six are


def test_by_hand_on_three_articles() -> None:
    """Differences 3, 1, −1 of equal articles: sum 3. Signed sums: ±3 ±1 ±1: 5 3 3 1 and their negatives: 6 of 8."""
    assert flip(shares(5, 5, 5), shares(2, 4, 6)) == FlipTest(6 / 8, 3, exact=True)


@pytest.mark.parametrize("seed", range(8))
def test_exact_p_is_that_of_brute_force(seed: int) -> None:
    """Articles of different size, different numbers predicted: no mean of differences would do."""
    random = np.random.default_rng(seed)
    gold = random.integers(1, 9, size=7)
    a, b = (
        [exact_counts(int(random.integers(0, g + 1)), int(g), int(g + random.integers(0, 4))) for g in gold]
        for _ in range(2)
    )
    assert flip(a, b).p == by_brute_force(a, b)


def test_equal_articles_give_the_permutation_test_of_scipy() -> None:
    a, b = [7, 5, 9, 4, 8, 6, 7, 3], [6, 5, 7, 5, 5, 5, 6, 4]
    expected = stats.permutation_test(
        (a, b), lambda x, y: np.mean(x) - np.mean(y), permutation_type="samples", n_resamples=np.inf
    ).pvalue
    got = flip(shares(*a), shares(*b))
    assert got.p == pytest.approx(expected)
    assert (got.stories, got.exact) == (7, True)  # the second article is the same in both


def test_articles_that_do_not_differ_change_nothing() -> None:
    a, b = shares(5, 6, 7, 5, 6, 7), shares(1, 2, 3, 1, 2, 9)
    same = shares(*[4] * 30)
    # The pooled figures are nearer to each other with 30 equal articles; which swaps are further apart is the same.
    assert flip([*a, *same], [*b, *same]) == flip(a, b)


def test_identical_systems_cannot_be_told_apart() -> None:
    assert flip(shares(1, 2, 3), shares(1, 2, 3)) == FlipTest(1.0, 0, exact=True)


def test_drawn_swaps_come_near_the_exact_p() -> None:
    """17 articles are too many to try all; for differences of one size the exact p is binomial: 13 of 17 ahead."""
    a, b = shares(*[6] * 13, *[5] * 4), shares(*[5] * 13, *[6] * 4)
    got = flip(a, b)
    exact = stats.binomtest(13, 17).pvalue
    assert got.exact is False
    assert got.p == pytest.approx(exact, abs=4 * sqrt(exact * (1 - exact) / 100_000))
    assert (got.p * 100_001 - 1) % 1 == pytest.approx(0, abs=1e-6)  # (c + 1) / (B + 1)
    assert flip(a, b) == got  # seeded


def test_p_is_never_zero() -> None:
    assert flip(shares(*[9] * 40), shares(*[1] * 40), draws=999).p == 1 / 1000


def test_the_test_knows_no_sides() -> None:
    a, b = shares(5, 6, 7, 1, 6, 7, 3), shares(1, 2, 3, 9, 2, 3, 3)
    assert flip(a, b) == flip(b, a)


def test_metrics_are_tested_together_as_they_would_be_alone() -> None:
    random = np.random.default_rng(0)
    many = {str(i): pair(shares(*random.integers(0, 10, 20)), shares(*random.integers(0, 10, 20))) for i in range(3)}
    assert sign_flip(many, draws=500) == {n: sign_flip({n: p}, draws=500)[n] for n, p in many.items()}


def test_holm_by_hand() -> None:
    """Holm 1979: of .01 .02 .03 .04 the smallest times 4, the next times 3 …, none below the one before."""
    assert holm({"d": 0.04, "a": 0.01, "c": 0.03, "b": 0.02}) == pytest.approx(
        {"d": 0.06, "a": 0.04, "c": 0.06, "b": 0.06}
    )
    assert holm({"a": 0.5, "b": 0.9}) == {"a": 1.0, "b": 1.0}
    assert holm({}) == {}


# --- the difference


def test_the_interval_of_a_difference_of_means_is_the_paired_t_interval() -> None:
    """On equal articles the jackknife's spread of a mean is the standard error: scipy's paired t interval."""
    a, b = [7, 5, 9, 4, 8, 6, 7, 3], [6, 5, 7, 5, 5, 5, 6, 4]
    expected = stats.ttest_rel([x / 10 for x in a], [x / 10 for x in b]).confidence_interval(0.95)
    assert difference_interval(*pair(shares(*a), shares(*b))) == pytest.approx((expected.low, expected.high))


def test_the_interval_of_a_difference_of_ratios_by_hand() -> None:
    """Articles of 2 and 4 items by turns, three of each: A finds 2 and 1 of them, B 1 and 2."""
    gold, a, b = [2, 4] * 3, [2, 1] * 3, [1, 2] * 3
    got = difference_interval(
        *pair(
            [exact_counts(x, g, g) for x, g in zip(a, gold, strict=True)],
            [exact_counts(x, g, g) for x, g in zip(b, gold, strict=True)],
        )
    )
    # d = 9/18 − 9/18 = 0. Without a small article: A 7/16, B 8/16: −1/16. Without a large one: 8/14 − 7/14 = 1/14.
    low, high = Fraction(-1, 16), Fraction(1, 14)
    middle = (low + high) / 2
    half = 2.570581835636314 * sqrt(Fraction(5, 6) * 6 * (high - middle) ** 2)
    assert got == pytest.approx((-half, half))


def test_without_spread_it_reaches_as_far_as_the_exact_binomial() -> None:
    most = 1 - 0.025 ** (1 / 6)  # Clopper–Pearson of 0 in 6
    assert difference_interval(*pair(shares(*[10] * 6), shares(*[0] * 6))) == pytest.approx((1 - most, 1))
    assert difference_interval(*pair(shares(*[3] * 6), shares(*[3] * 6))) == pytest.approx((-most, most))


def test_no_interval_of_a_difference_under_six_articles() -> None:
    assert difference_interval(*pair(shares(1, 2, 3, 4, 5), shares(2, 3, 4, 5, 6))) is None


# --- the comparison


def answers(corpus: Corpus, missing: int) -> dict[str, Prediction]:
    """The gold's mentions without the first few, by turns one more and one less, and no other layer."""
    whole = small_prediction()
    return {
        name: Prediction(id=name, mentions=(whole.mentions or [])[missing + i % 2 :], entities=whole.entities)
        for i, name in enumerate(corpus.articles)
    }


def test_two_articles_of_one_story_cannot_separate_the_baselines() -> None:
    whole = load_corpus(ROOT / "data")
    found = {name: article for name, article in whole.articles.items() if article.origin == "found"}
    corpus = msgspec.structs.replace(whole, articles=found)  # both tell one story
    given = [task for task in tasks(load("documents", "test"), load("stance", "test")) if task.id in found]
    one, other = ({task.id: find(name).predict(task) for task in given} for name in ("rules", "majority"))
    result = compare(corpus, one, other)
    assert list(result.metrics) == [OVERALL_NAME, *HEADLINES]
    assert result.note.startswith("One story cannot separate two systems, whatever their scores")
    for name, difference in result.metrics.items():
        assert difference.interval is None
        assert difference.p in (None, 1.0)  # of one story: no swap and all swaps are as far apart
        assert "one story cannot separate them" in difference.sentence, name


def test_more_than_chance_would_explain() -> None:
    corpus = copies_of_the_small_article(12)[0]
    result = compare(corpus, answers(corpus, 0), answers(corpus, 6))
    typed = result.metrics["entities.typed_f1"]
    # Better in all 12: p = 2/4096; entities.typed_f1, conll, cross_conll and linking are tested, none is smaller: times 4.
    assert (typed.p, typed.p_holm, typed.exact, typed.differing_stories) == (2 / 4096, 8 / 4096, True, 12)
    assert typed.sentence == "A is better than B by more than chance would explain."
    assert typed.interval is not None and typed.difference is not None
    assert 0 < typed.interval[0] < typed.difference < typed.interval[1]
    swapped = compare(corpus, answers(corpus, 6), answers(corpus, 0)).metrics["entities.typed_f1"]
    assert swapped.sentence == "B is better than A by more than chance would explain."
    assert swapped.p == typed.p and swapped.difference == -typed.difference
    assert OVERALL_NAME not in result.metrics  # not every layer was attempted


def test_what_is_joined_across_articles_is_tested_by_story() -> None:
    """Fourteen articles in seven stories of two, all stories alike: A is ahead in every one, p = 2/2⁷.

    Nothing varies, so the interval reaches as far as the exact binomial of 0 in 7: 1 − .025^(1/7) = .4096 either way.
    """
    corpus = in_stories(copies_of_the_small_article(14)[0], 2)
    result = compare(corpus, answers(corpus, 0), answers(corpus, 6))
    joined = result.metrics["entities.cross_conll"]
    assert (result.articles, result.stories) == (14, 7)
    assert (joined.p, joined.differing_stories, joined.exact) == (2 / 128, 7, True)
    assert joined.difference is not None and joined.interval is not None
    assert joined.interval == pytest.approx([joined.difference - 0.409616, joined.difference + 0.409616], abs=2e-6)


def test_systems_that_differ_in_few_articles() -> None:
    corpus = copies_of_the_small_article(8)[0]
    one, other = answers(corpus, 0), answers(corpus, 0)
    other["copy-0"].mentions = []
    other["copy-1"].mentions = []
    typed = compare(corpus, one, other).metrics["entities.typed_f1"]
    assert typed.sentence == "A is ahead; they differ in two stories only, which cannot separate them."
    assert typed.p == 2 / 4  # no swap and both swaps


def test_seven_articles_and_chance() -> None:
    corpus = copies_of_the_small_article(7)[0]
    one, other = answers(corpus, 0), answers(corpus, 6)
    result = compare(corpus, one, other, metrics=["entities.typed_f1"])
    assert result.metrics["entities.typed_f1"].p_holm == 2 / 128
    one["copy-0"], other["copy-0"] = other["copy-0"], one["copy-0"]
    one["copy-1"], other["copy-1"] = other["copy-1"], one["copy-1"]
    typed = compare(corpus, one, other, metrics=["entities.typed_f1"]).metrics["entities.typed_f1"]
    assert typed.sentence == "A is ahead; chance could explain it."
    both = compare(corpus, answers(corpus, 0), answers(corpus, 0)).metrics["entities.typed_f1"]
    assert (both.sentence, both.p) == ("A and B count the same in every story.", 1)


def test_more_than_chance_alone_but_not_among_several() -> None:
    """Six articles: p 2/64 = .031, of four metrics .125."""
    corpus = copies_of_the_small_article(6)[0]
    typed = compare(corpus, answers(corpus, 0), answers(corpus, 6)).metrics["entities.typed_f1"]
    assert (typed.p, typed.p_holm) == (2 / 64, 8 / 64)
    assert "taken alone" in typed.sentence


def test_a_layer_that_one_did_not_attempt() -> None:
    corpus = small_corpus()
    whole = {"harbour-talks": small_prediction()}
    part = {"harbour-talks": msgspec.structs.replace(small_prediction(), stances=None)}
    result = compare(corpus, whole, part)
    for name, difference in result.metrics.items():
        if METRICS[name].layer == "stance":
            assert (difference.a, difference.b, difference.p, difference.difference) == (1, None, None, None)
            assert difference.sentence == "B did not attempt this layer: nothing to compare."
        else:
            assert difference.p is None or difference.p == 1
    assert compare(corpus, part, part).metrics["stance.tuple_f1"].sentence.startswith("A and B did not attempt")


def test_the_scores_are_those_of_the_report() -> None:
    from parley.scoring import score

    corpus = load_corpus(ROOT / "data")
    whole = {name: as_prediction(document) for name, document in corpus.gold.items()}
    part = {name: msgspec.structs.replace(p, mentions=(p.mentions or [])[5:]) for name, p in whole.items()}
    result, report = compare(corpus, whole, part), score(corpus, part)
    assert result.metrics[OVERALL_NAME].b == pytest.approx(report.overall.value)
    for name in HEADLINES:
        assert result.metrics[name].b == report.metrics[name].value, name


def test_what_lacks_a_prediction_is_refused() -> None:
    with pytest.raises(FindingsError, match="missing-article"):
        compare(small_corpus(), {"harbour-talks": small_prediction()}, {})
    with pytest.raises(FindingsError, match="empty-split"):
        compare(small_corpus(), {}, {}, "train")


# --- the command


def test_the_command_prints_each_metric_and_what_it_means(tmp_path: Path) -> None:
    perfect = tmp_path / "perfect.jsonl"
    perfect.write_bytes(msgspec.json.encode(small_prediction()))
    result = run("compare", perfect, EXAMPLE, data=SMALL)
    assert result.exit_code == 0
    text = " ".join(result.stdout.split())
    for name in HEADLINES:
        assert name in text
    assert "entities.typed_f1 1.000 0.743 +0.257 – 1.000 1.000 A is ahead; one story cannot separate them." in text
    assert "too few stories for an interval" in text


def test_the_command_as_json() -> None:
    value = json.loads(run("compare", EXAMPLE, EXAMPLE, "--json", data=SMALL).stdout)
    assert value["articles"] == 1
    typed = value["metrics"]["entities.typed_f1"]
    assert (typed["difference"], typed["interval"], typed["p"]) == (0, None, 1)


def test_the_command_checks_both_files_first(tmp_path: Path) -> None:
    broken, missing = tmp_path / "broken.jsonl", tmp_path / "none.jsonl"
    broken.write_text("{")
    result = run("compare", broken, missing, data=SMALL)
    assert result.exit_code == 1
    assert "not-one-line" in result.stderr and "missing-file" in result.stderr and result.stdout == ""
    assert run("compare", EXAMPLE, data=SMALL).exit_code == 2


def test_markup_in_a_name_is_shown_not_obeyed(tmp_path: Path) -> None:
    odd = tmp_path / "[red]a\x1b[31m.jsonl"
    odd.write_bytes(EXAMPLE.read_bytes())
    result = run("compare", odd, EXAMPLE, data=SMALL)
    assert "[red]a\\x1b[31m.jsonl" in result.stdout and "\x1b" not in result.stdout
