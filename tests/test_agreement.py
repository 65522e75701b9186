"""Agreement: the libraries are called rightly (published examples), and the figures of two passes by hand."""

import json
from pathlib import Path

import msgspec
import pytest

from conftest import ROOT, SMALL, ran
from parley.agreement import agreement, cohen_kappa, confusions, krippendorff_alpha, overlap, polarity_grid, tabulate
from parley.checks import load_corpus
from parley.corpus import who_agrees
from parley.model import Document, Proposition
from parley.reading import ArticleText

CORPUS = load_corpus(SMALL)
TEXTS = {a: ArticleText(CORPUS.articles[a], CORPUS.texts[a]) for a in CORPUS.articles}
FOUND = {(m.layer, m.measure, m.label): m for m in agreement(CORPUS.raw, TEXTS)}


def test_krippendorff_of_the_published_example() -> None:
    """Krippendorff (2011), Computing Krippendorff's alpha-reliability, section C: four observers, twelve units,
    missing data, nominal: alpha = 0.743.
    """
    observers = [
        "1 2 3 3 2 1 4 1 2 . . .",
        "1 2 3 3 2 2 4 1 2 5 . 3",
        ". 3 3 3 2 3 4 2 2 5 1 .",
        "1 2 3 3 2 4 4 1 2 5 1 .",
    ]
    ratings = [{unit: value for unit, value in enumerate(line.split()) if value != "."} for line in observers]
    alpha, note, items = krippendorff_alpha(ratings)
    assert alpha == pytest.approx(0.743, abs=5e-4)
    assert (note, items) == ("", 11)  # unit 12 has one value only and pairs with nothing


def test_cohen_of_a_worked_example() -> None:
    """By hand: 50 items, both yes 20, yes/no 5, no/yes 10, both no 15.

    Observed 35/50 = .7; by chance .5 × .6 + .5 × .4 = .5; κ = (.7 − .5) / (1 − .5) = .4.
    """
    one = ["yes"] * 25 + ["no"] * 25
    other = ["yes"] * 20 + ["no"] * 5 + ["yes"] * 10 + ["no"] * 15
    assert cohen_kappa(one, other) == (pytest.approx(0.4), "")


def test_figures_that_are_not_defined_say_why() -> None:
    assert cohen_kappa([], []) == (None, "no items")
    assert cohen_kappa(["a", "a"], ["a", "a"])[0] is None
    assert krippendorff_alpha([{1: "a"}, {2: "a"}]) == (None, "no items", 0)
    assert krippendorff_alpha([{1: "a"}, {1: "a"}])[0] is None


def test_overlap_matches_one_to_one() -> None:
    """By hand: (0,5) and (4,9) both overlap (3,6) only: one match, of two and of one."""
    counts = overlap([(0, 5), (4, 9)], [(3, 6)]).total
    assert (counts.recalled, counts.gold, counts.predicted) == (1, 2, 1)


@pytest.mark.parametrize(
    ("key", "value", "items"),
    [
        # 20 mentions against 19, one missed: 2 × 19 / 39.
        (("entities", "mentions, exact F1", ""), 38 / 39, 20),
        (("entities", "mentions and types, F1", "WEA"), 2 * 1 / 3, 2),
        (("events", "triggers and types, F1", ""), 1.0, 11),
        # 2 + 1 + 3 + 1 + 3 + 3 + 3 + 3 + 2 = 21 arguments against 20: Harrow lacks in the second, and the rockets of the
        # last event are shown there by another mention: 19 in both.
        (("events", "arguments at their trigger, F1", ""), 2 * 19 / 41, 21),
        (("events", "propositions (half of their words in common), F1", ""), 1.0, 1),
        # 2 stances against 1: 2 × 1 / 3.
        (("stance", "holder, target and polarity, F1", ""), 2 / 3, 2),
        # Eight GPE mentions and Harrow: of nine, one differs. Observed 8/9. First: government 7, territory 1, state 1;
        # second: government 8, territory 1. By chance (7 × 8 + 1 × 1) / 81 = 57/81. κ = (72 − 57) / (81 − 57) = 15/24.
        (("entities", "role in context, Cohen's κ", ""), 15 / 24, 9),
    ],
)
def test_figures_by_hand(key: tuple[str, str, str], value: float, items: int) -> None:
    assert FOUND[key].value == pytest.approx(value, abs=1e-12)
    assert FOUND[key].items == items


def test_what_is_compared_of_shared_items(small: Path) -> None:
    """Changed in the second pass: the qualifier and the number of its only quantity, the harm of its only casualty, the
    evidence of its only stance; a registry id of three. Each share is over the items that both have.
    """
    corpus = load_corpus(small)
    other = corpus.raw["annotator-2"]["harbour-talks"]
    (quantity,) = [m for m in other.mentions if m.type == "QTY"]
    quantity.qualifier, quantity.number = None, 10
    (casualty,) = [e for e in other.events if e.type == "Casualty"]
    casualty.harm = "injured"
    (stance,) = other.stances
    (evidence,) = stance.evidence
    evidence.start = 241  # of "accused Sudovia" the last word
    evidence.text = corpus.texts["harbour-talks"][241 : evidence.end]
    next(e for e in other.entities if e.registry).registry = "another"
    found = {(m.layer, m.measure): m for m in agreement(corpus.raw, TEXTS) if not m.label}
    shares = {
        key[1]: (m.value, m.items) for key, m in found.items() if key[1].endswith(", equal") and key[0] != "events"
    }
    assert shares == {
        "TIME value, equal": (1, 1),
        "TIME modifier, equal": (1, 1),
        "QTY number, equal": (0, 1),
        "QTY unit, equal": (1, 1),
        "QTY qualifier, equal": (0, 1),
        "registry entry, equal": (pytest.approx(2 / 3), 3),
        "polarity, equal": (1, 1),
        "explicit, equal": (1, 1),
        "evidence spans, equal": (0, 1),
    }
    assert (found["events", "harm, equal"].value, found["events", "harm, equal"].items) == (0, 1)
    # 2 tokens against 1, which is one of the 2: 2 × 1 / (2 + 1)
    assert found["stance", "evidence of the stances in common, token F1"].value == pytest.approx(2 / 3)


def test_passes_without_registry_are_not_compared_on_it(small: Path) -> None:
    corpus = load_corpus(small)
    for entity in corpus.raw["annotator-2"]["harbour-talks"].entities:
        entity.registry = None
    found = {(m.layer, m.measure): m for m in agreement(corpus.raw, TEXTS)}
    assert (found["entities", "registry entry, equal"].value, found["entities", "registry entry, equal"].items) == (
        None,
        0,
    )


def test_propositions_agree_if_half_of_their_words_are_common() -> None:
    """By hand: "truce to hold" and "want the truce to hold" share 3 of 5 words; the second of one is alone: 2 × 1 / 3."""
    (document,) = CORPUS.gold.values()

    def stating(*spans: tuple[int, int]) -> dict[str, Document]:
        stated = [Proposition(id=f"p{start}", start=start, end=end) for start, end in spans]
        return {document.id: msgspec.structs.replace(document, propositions=stated, events=[], stances=[])}

    passes = {"one": stating((168, 181), (233, 248)), "other": stating((159, 181))}
    found = {m.measure: m for m in agreement(passes, TEXTS)}
    measure = found["propositions (half of their words in common), F1"]
    assert (measure.value, measure.items) == (pytest.approx(2 / 3), 2)


@pytest.mark.parametrize(
    ("kinds", "says"),
    [
        (["a language model", "a language model"], "self-consistency of one model over 2 passes"),
        (["a language model", "another model"], "agreement of 2 annotators, none of them human"),
        (["a person", "a person", "a person"], "agreement of 3 people"),
        (["a person", "a language model"], "agreement of 2 annotators, 1 of them people"),
    ],
)
def test_whose_agreement_it_is(kinds: list[str], says: str) -> None:
    described = [msgspec.structs.replace(CORPUS.passes["annotator-1"], kind=kind) for kind in kinds]
    assert who_agrees(described) == says


def test_ids_do_not_matter() -> None:
    """The second pass names its entities otherwise; clusters and stances are compared all the same."""
    assert {e.id for e in CORPUS.raw["annotator-2"]["harbour-talks"].entities} >= {"x1", "x2"}
    grids = polarity_grid(CORPUS.raw, TEXTS)
    assert grids[0].keys() == grids[1].keys()
    differing = [cell for cell in grids[0] if grids[0][cell] != grids[1][cell]]
    assert differing == [("harbour-talks", "ada-brink", "177-181")]


def test_confusions_count_both_directions_and_what_is_missing() -> None:
    counted = confusions(("entities", "type"), CORPUS.raw, TEXTS)
    assert (counted["WEA", "missing"], counted["missing", "WEA"], counted["WEA", "WEA"]) == (1, 1, 2)


def test_any_number_of_annotators() -> None:
    raw = {**CORPUS.raw, "annotator-3": CORPUS.raw["annotator-1"]}
    groups, rows = tabulate(agreement(raw, TEXTS, CORPUS.gold))
    assert [len(group) for group in groups] == [2] * 6 + [3]
    assert {row.layer for row in rows} == {"entities", "events", "stance"}


def test_of_two_empty_annotations_nothing_is_defined() -> None:
    (document,) = CORPUS.gold.values()
    empty = msgspec.structs.replace(document, mentions=[], entities=[], events=[], propositions=[], stances=[])
    found = agreement({"one": {document.id: empty}, "other": {document.id: empty}}, TEXTS)
    assert {(m.value, m.items) for m in found} == {(None, 0)}


def test_the_command(tmp_path: Path) -> None:
    code, stdout, stderr = ran("agreement", "--data", str(SMALL), "--gold", "--plot", str(tmp_path / "c.svg"))
    kinds = [f"{name}: {own.kind}" for name, own in CORPUS.passes.items()]  # who annotated is the dataset's to say
    assert (code, all(kind in stderr for kind in kinds), "0.974" in stdout) == (0, True, True)
    assert (tmp_path / "c.svg").read_bytes().startswith(b"<?xml")
    measures = json.loads(ran("agreement", "--data", str(ROOT / "data"), "--json")[1])
    assert {m["layer"] for m in measures} == {"entities", "events", "stance"}


def test_folders_of_annotations_that_are_no_passes(small: Path) -> None:
    """Records in one folder, the line notation in the other: the same figures as of the passes."""
    one, other = small / "raw/annotator-1", small / "blind"
    other.mkdir()
    record = str(small / "raw/annotator-2/harbour-talks.json")
    lines = ran("annotate", "quote", record, "--lines", "--data", str(small))[1]
    (other / "harbour-talks.lines").write_text(lines, "utf-8")
    code, stdout, stderr = ran("agreement", str(one), str(other), "--data", str(small), "--json")
    assert code == 0, stderr
    measures = {(m["layer"], m["measure"]): m["value"] for m in json.loads(stdout) if "label" not in m}
    assert measures["entities", "mentions, exact F1"] == pytest.approx(38 / 39)
    assert measures["stance", "holder, target and polarity, F1"] == pytest.approx(2 / 3)
    assert "who annotated is not recorded" in ran("agreement", str(one), str(other), "--data", str(small))[1]
    (other / "harbour-talks.lines").write_text("article harbour-talks\ne e1 GPE\n", "utf-8")
    code, stdout, stderr = ran("agreement", str(one), str(other), "--data", str(small))
    assert (code, "harbour-talks.lines:2" in stdout + stderr) == (1, True)
    (other / "nothing.json").write_text("{}", "utf-8")
    assert ran("agreement", str(one), str(other), "--data", str(small))[0] == 2


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["--annotator", "annotator-1"], 2, "two annotators"),
        (["--annotator", "nobody"], 2, "there are: annotator-1, annotator-2"),
        (["--article", "nothing"], 2, "there are: harbour-talks"),
    ],
)
def test_wrong_use(arguments: list[str], code: int, says: str) -> None:
    found, _, stderr = ran("agreement", "--data", str(SMALL), *arguments)
    assert (found, says in stderr) == (code, True)


def test_annotators_of_different_articles_are_measured_on_what_they_share() -> None:
    """Two annotators have the article; a third has another one only: no pair with it, and nothing of all three."""
    (article,) = TEXTS
    other = {"elsewhere": next(iter(CORPUS.raw.values()))[article]}
    passes = {**CORPUS.raw, "third": other}
    found = agreement(passes, TEXTS, {"elsewhere": other["elsewhere"]})
    assert {tuple(m.annotators) for m in found} == {("annotator-1", "annotator-2")}
    assert agreement({"annotator-1": CORPUS.raw["annotator-1"], "third": other}, TEXTS) == []


def test_a_split_is_measured_on_its_own() -> None:
    command = ("agreement", "--data", str(SMALL), "--json")
    assert ran(*command, "--split", "test")[:2] == ran(*command)[:2]
    code, _, says = ran(*command, "--split", "tset")
    assert (code, "there is no split 'tset'; choose from: test" in says) == (2, True)
    shipped = ("agreement", "--data", str(ROOT / "data"), "--annotator", "blind", "--annotator", "informed")
    code, _, says = ran(*shipped, "--split", "train")  # train has no blind pass
    assert (code, "blind and informed have no article of the split 'train' in common" in says) == (1, True)
    wide, narrow = (ran("agreement", "--data", str(ROOT / "data"), "--gold", *more)[1] for more in ((), ("--labels",)))
    assert "mentions, exact F1" in wide and "233–8883" in wide and "(1.000)" in narrow and "…" not in wide + narrow
