"""What `parley show` shows, in the terminal and as a page: nothing lost, nothing doubled, nothing executed."""

import io
import json
import re
import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import escape
from rich.console import Console
from typer.testing import CliRunner

from conftest import ROOT
from pages import Reader, check_page
from parley.checks import load_corpus
from parley.cli.app import app
from parley.cli.researcher import Layer
from parley.corpus import Article, ArticleDate, RegistryEntry, ZoneSpan
from parley.model import Argument, Document, Entity, Event, Mention, Prediction, Proposition, Span, Stance
from parley.ontology import load_ontology
from parley.pages import palette, terminal
from parley.pages.article import LAYERS, Shown, article_page
from parley.pages.tree import Mark, Node, leaves, nest
from parley.paths import DATA
from parley.words import printable, quoted, score_text

SMALL = Path(__file__).parent / "small"
TALKS = "harbour-talks"


def printed(view: Shown, *, width: int = 80, colour: bool = False) -> str:
    paper = io.StringIO()
    console = Console(
        file=paper, width=width, force_terminal=colour, color_system="truecolor" if colour else None,
        no_color=not colour, highlight=False,
    )  # fmt: skip
    console.print(terminal.render(view))
    return paper.getvalue()


def small_view(**options: object) -> tuple[Shown, str]:
    corpus = load_corpus(SMALL)
    return Shown(
        corpus.articles[TALKS],
        corpus.texts[TALKS],
        corpus.gold[TALKS],
        corpus.entries,
        **options,  # type: ignore[arg-type]
    ), corpus.texts[TALKS]


DISPUTE_TEXT = (
    "Two accounts of a wreck\n"
    "Norland proposed joint patrols of the strait on Friday. Sudovia refused the proposal.\n"
    "A mine hit the ferry, Norland said; Sudovia said that Norland shelled it. Three sailors died.\n"
)


def dispute_view(**options: object) -> tuple[Shown, str]:
    """A proposition with a later mention, as argument and as target; a vehicle; harm; one happening of two types."""
    text = DISPUTE_TEXT
    at = 0

    def span(words: str) -> dict[str, object]:
        """The next place of the words, in the order of the text; spans inside a span start over at its beginning."""
        start = text.index(words, at)
        return {"start": start, "end": start + len(words), "text": words}

    def mention(identifier: str, entity: str, words: str) -> Mention:
        nonlocal at
        found = span(words)
        at = int(found["start"]) + 1  # type: ignore[call-overload]
        form = "NAM" if words[0].isupper() else "NOM"
        role = {"role": "government"} if entity in ("norland", "sudovia") else {}
        return Mention(id=identifier, entity=entity, form=form, **role, **found)  # type: ignore[arg-type]

    mentions = [
        mention("m1", "norland", "Norland"), mention("m2", "strait", "strait"), mention("m3", "sudovia", "Sudovia"),
        mention("m4", "mine", "mine"), mention("m5", "ferry", "ferry"), mention("m6", "norland", "Norland"),
        mention("m7", "sudovia", "Sudovia"), mention("m8", "norland", "Norland"), mention("m9", "ferry", "it"),
        mention("m10", "sailors", "sailors"),
    ]  # fmt: skip
    at = 0

    def event(identifier: str, kind: str, words: str, *arguments: Argument, **fields: object) -> Event:
        nonlocal at
        found = span(words)
        at = int(found["start"]) + 1  # type: ignore[call-overload]
        own = {"via": None, "status": "actual"} | fields | found
        return Event(id=identifier, type=kind, arguments=list(arguments), **own)  # type: ignore[arg-type]

    plan = Argument(role="Content", proposition="patrols")
    events = [
        event("proposed", "Demand", "proposed", Argument(role="Agent", entity="norland"), plan),
        event("refused", "Reject", "refused", Argument(role="Agent", entity="sudovia"), plan),
        event(
            "hit",
            "Strike",
            "hit",
            Argument(role="Patient", entity="ferry"),
            Argument(role="Instrument", entity="mine"),
            via="said1",
        ),
        event(
            "said1", "State", "said", Argument(role="Agent", entity="norland"), Argument(role="Content", event="hit")
        ),
        event(
            "said2",
            "State",
            "said",
            Argument(role="Agent", entity="sudovia"),
            Argument(role="Content", event="shelled"),
        ),
        event(
            "shelled",
            "Damage",
            "shelled",
            Argument(role="Agent", entity="norland"),
            Argument(role="Patient", entity="ferry"),
            via="said2",
            same_as="hit",
        ),
        event("died", "Casualty", "died", Argument(role="Patient", entity="sailors"), harm="killed"),
    ]
    at = 0
    stated, later, refused = span("joint patrols of the strait"), span("proposal"), span("refused the proposal")
    article = Article(
        id="dispute", source_name="x", sha256="0" * 64, split="train", language="en", title="Two accounts of a wreck",
        date=ArticleDate(value="2031-03-04", basis="stated", reason="Invented."), provenance="p", licence="l",
        zones=[ZoneSpan(zone="headline", start=0, end=24), ZoneSpan(zone="body", start=24, end=len(text))],
    )  # fmt: skip
    document = Document(
        id="dispute", canary="c", ontology="2.0.0", annotator="nobody", sha256="0" * 64,
        mentions=mentions, events=events,
        entities=[
            Entity(id="norland", type="GPE", name="Norland"), Entity(id="sudovia", type="GPE", name="Sudovia"),
            Entity(id="strait", type="LOC", name="strait"), Entity(id="mine", type="WEA", name="mine"),
            Entity(id="ferry", type="VEH", name="ferry"), Entity(id="sailors", type="GROUP", name="sailors"),
        ],
        propositions=[Proposition(id="patrols", mentions=[Span(**later)], **stated)],  # type: ignore[arg-type]
        stances=[
            Stance(
                id="s1", holder="sudovia", target="patrols", polarity="oppose", facet="approval", explicit=True,
                via="refused", evidence=[Span(**refused)],  # type: ignore[arg-type]
            )
        ],
    )  # fmt: skip
    return Shown(article, text, document, {}, **options), text  # type: ignore[arg-type]


# an article that means harm ------------------------------------------------------------------------------

HOSTILE_NAME = "<script>alert(1)</script>\x1b[31mred\x1b]0;title\x07\u202eevil [bold]x[/bold] {{ 7*7 }}"
HOSTILE_TEXT = "Caf\u0065\u0301 🕊👩\u200d🚀 <b>Norland & \"Sudovia\"</b>\r\n\r\nThe \u200fשלום\u200f army\u00a0said  'no' \x1b[2J.\n"


def hostile() -> tuple[Article, str, Document]:
    """Text and names that would steer a browser or a terminal; a trigger that crosses a mention; deep nesting."""
    text = HOSTILE_TEXT

    def span(words: str) -> dict[str, object]:
        start = text.index(words)
        return {"start": start, "end": start + len(words), "text": words}

    article = Article(
        id="bad", source_name="x", sha256="0" * 64, split="test", language='en" onload="alert(1)', title=HOSTILE_NAME,
        date=ArticleDate(value="2031-01-01", basis="stated", reason="</title><script>alert(2)</script>"),
        provenance="p", licence="l", zones=[ZoneSpan(zone="body", start=0, end=len(text))],
    )  # fmt: skip
    document = Document(
        id="bad", canary="c", ontology="1.0.0", annotator=HOSTILE_NAME, sha256="0" * 64,
        mentions=[
            Mention(id="m1", entity="e1", form="NAM", role="state", **span('Norland & "Sudovia"')),  # type: ignore[arg-type]
            Mention(id="m2", entity="e1", form="NAM", role="state", **span('& "Sudovia"')),  # type: ignore[arg-type]
            Mention(id="m3", entity="e2", form="NAM", role="state", **span("Sudovia")),  # type: ignore[arg-type]
            Mention(id="m4", type="TIME", value="<i>P1D</i>", **span("🕊👩\u200d🚀")),  # type: ignore[arg-type]
        ],
        entities=[Entity(id="e1", type="GPE", name=HOSTILE_NAME), Entity(id="e2", type="PER", name="x", members=["e1", "gone"])],
        events=[
            Event(
                id="v1", type="State", status="actual", via=None, **span("b>Norland"),  # type: ignore[arg-type]
                arguments=[Argument(role="Content", proposition="p1"), Argument(role="Content", proposition="gone")],
            )
        ],
        propositions=[
            Proposition(id="p1", mentions=[Span(**span("Norland"))], **span("<b>Norland & ")),  # type: ignore[arg-type]
            Proposition(id="p1.1", **span("שלום")),  # type: ignore[arg-type]
        ],
        stances=[
            Stance(
                id="s1", holder="AUTHOR", target="e1", polarity="oppose", facet="blame", explicit=True, via=None,
                evidence=[Span(**span('Sudovia"</b'))],  # type: ignore[arg-type]
            )
        ],
    )  # fmt: skip
    return article, text, document


def hostile_view() -> tuple[Shown, str]:
    article, text, document = hostile()
    entry = RegistryEntry(id="r", kind="entity", type="GPE", name=HOSTILE_NAME)
    return Shown(article, text, document, {"r": entry}), text


# the tree ------------------------------------------------------------------------------------------------


def shape(nodes: list[Node]) -> str:
    """Write a tree down: text as it is, pieces as kind(...), an open end as ~."""
    return "".join(
        n.text if n.kind == "text" else f"{n.kind}({'' if n.first else '~'}{shape(n.children)}{'' if n.last else '~'})"
        for n in nodes
    )


def test_nested_marks_nest_and_a_crossing_one_of_a_later_layer_is_cut():
    marks = [[Mark("m", "1", 0, 6), Mark("m", "2", 2, 4)], [Mark("t", "3", 3, 8)]]
    # abcdefgh: m1 = abcdef holds m2 = cd; t3 = defgh crosses both, so it is cut at 4 (end of m2) and 6 (end of m1)
    assert shape(nest("abcdefgh", [], marks)) == "m(abm(ct(d~))t(~ef~))t(~gh)"


def test_everything_is_cut_at_the_frame():
    frame = [Mark("s", "1", 0, 3), Mark("s", "2", 3, 6)]
    assert shape(nest("abcdef", frame, [[Mark("m", "1", 1, 6)]])) == "s(am(bc~))s(m(~def))"


def test_marks_that_are_empty_or_beyond_the_text_are_left_out():
    assert nest("abc", [], [[Mark("m", "1", 1, 1), Mark("m", "2", 2, 9), Mark("m", "3", -1, 2)]]) == [
        Node("text", 0, 3, text="abc")
    ]


spans = st.lists(st.tuples(st.integers(0, 14), st.integers(1, 8)), max_size=9)


@given(layers=st.lists(spans, max_size=3))
def test_no_character_is_lost_or_doubled_and_each_mark_keeps_its_own(layers: list[list[tuple[int, int]]]):
    text = "0123456789abcdefghij🕊!"
    marks = [
        [Mark(f"k{i}", str(j), start, start + length) for j, (start, length) in enumerate(layer)]
        for i, layer in enumerate(layers)
    ]
    tree = nest(text, [], marks)
    covered: dict[tuple[str, str], str] = {}

    def walk(nodes: list[Node], start: int, end: int) -> None:
        for node in nodes:
            assert start <= node.start < node.end <= end  # inside its parent, after its elder sibling
            start = node.end
            if node.kind != "text":
                key = node.kind, node.id
                covered[key] = covered.get(key, "") + leaves([node])
                walk(node.children, node.start, node.end)

    walk(tree, 0, len(text))
    assert leaves(tree) == text
    assert covered == {(m.kind, m.id): text[m.start : m.end] for layer in marks for m in layer}


# the view ------------------------------------------------------------------------------------------------


def test_names_numbers_sources_and_contest_are_resolved():
    view, _ = small_view()
    assert [view.label(e.id) for e in view.shown_entities][:3] == ["GPE·1", "GPE·2", "AGR·3"]  # by first mention
    assert view.shown_entities[-1].id == "e6"  # never mentioned, only a member
    assert [view.name(m) for m in view.entities["e4"].members or ()] == ["Ada Brink", "foreign minister of Sudovia"]
    assert view.entry("e1").wikidata == "Q1" and view.registry[view.entry("e5").side].name == "Norland"
    firing = view.events["v9"]
    assert [(view.name(s.id), view.fillers(s, "Agent")) for s in view.chain(firing)] == [("accused", ["e5"])]
    assert view.contested(firing) and [e.id for e in view.event_mentions(firing)] == ["v9", "v11"]
    quantity = firing.arguments[-1]
    assert view.filler(quantity, firing) == "at least nine"
    assert view.detail(view.mentions[quantity.mention]) == "at least 9"
    assert view.detail(view.mentions[view.events["v3"].arguments[-1].mention]) == "2031-03-03"
    stance = next(s for s in view.shown_stances if s.id == "s1")
    (_, *span), *_ = view.evidence(stance)
    assert (view.name(stance.holder), view.label(stance.target)) == ("Ada Brink", "Implement·6")
    assert (view.words(*span), view.sentence(*span)) == ("want the truce to hold", 3)


def test_propositions_are_numbered_and_shown_where_they_are_told_and_told_again():
    view, text = dispute_view()
    assert view.label("patrols") == "Proposition·1" and view.name("patrols") == "joint patrols of the strait"
    pieces = view.expressions(view.propositions["patrols"])
    assert [(piece, text[start:end]) for piece, start, end in pieces] == [
        ("patrols.1", "joint patrols of the strait"),
        ("patrols.2", "proposal"),
    ]
    assert view.shown_by(view.events["proposed"]) == "mention-m1 expression-patrols.1"
    assert view.shown_by(view.events["refused"]) == "mention-m3 expression-patrols.2"  # the nearest
    assert [(role, e.id) for role, e in view.takes_part("patrols")] == [("Content", "proposed"), ("Content", "refused")]
    assert [s.id for s in view.stances_of("patrols")] == ["s1"]
    assert view.as_data()["propositions"]["patrols"]["sentence"] == 2
    assert dispute_view(layers=["entities"])[0].shown_propositions == []


def test_an_event_cluster_of_several_types_says_so():
    view, _ = dispute_view()
    assert view.cluster_types(view.events["shelled"]) == ["Strike", "Damage"]
    assert view.cluster_types(view.events["died"]) == ["Casualty"]


def test_a_layer_that_is_not_shown_still_lends_its_names():
    view, text = small_view(layers=["events"])
    assert (view.layers, view.shown_mentions, view.shown_entities, view.shown_stances) == (["events"], [], [], [])
    event = view.events["v7"]
    assert view.filler(event.arguments[0], event) == "Ada Brink"
    assert leaves(view.tree()) == text
    page = article_page(view)
    assert "Ada Brink" in page and 'href="#entity-' not in page and 'href="#mention-' not in page


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("plain", "“plain”"),
        ("“maximum restraint.”", "“‘maximum restraint.’”"),
        ('said "no" and "yes"', "“said ‘no’ and ‘yes’”"),
        ('a 5" gun', '“a 5" gun”'),  # one mark alone opens nothing
    ],
)
def test_quotation_marks_inside_a_quotation_are_single(words, shown):
    assert quoted(words) == shown


def test_scores_have_three_decimals_and_a_zero_before_them():
    assert [score_text(v) for v in (0.5614, 1.0, 0.0, None)] == ["0.561", "1.000", "0.000", "–"]


def test_a_layer_that_was_not_attempted_is_told_apart_from_an_empty_one():
    corpus = load_corpus(SMALL)
    prediction = Prediction(id=TALKS, mentions=[], entities=[])
    view = Shown(corpus.articles[TALKS], corpus.texts[TALKS], prediction, {})
    assert view.not_attempted == ["events", "stance"]
    assert "not attempted: events, stance" in printed(view)
    assert "not attempted: events, stance" in article_page(view)


def test_every_coloured_label_has_a_colour_that_can_be_read_on_black_and_on_white():
    def luminance(colour: str) -> float:  # WCAG 2.2, relative luminance
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    for kind in ("entity_types", "event_groups", "polarities"):
        found = [palette.tone(kind, name) for name in load_ontology().names(kind)]
        assert len(set(found)) == len(found)  # no colour twice
        for tone in found:
            assert tone is not None
            light = luminance(tone.mid)
            assert 1.05 / (light + 0.05) >= 4.5 and (light + 0.05) / 0.05 >= 4.5


# the terminal --------------------------------------------------------------------------------------------


def test_the_terminal_shows_text_events_entities_and_stances():
    drawn = printed(small_view()[0], width=120)
    for words in (
        "Norland and Sudovia meet as truce frays",
        "harbour-talks, 2031-03-04 (stated), test",
        "credit, not annotated",
        "2 The [foreign ministers]GROUP·4 of [Norland]GPE·1 and [Sudovia]GPE·2 «met»Meet·3 in [Harrow]GPE·5",
        "Strike·9 «firing» actual, via Ada Brink «accused», contested",
        "Strike·11 «firing» negated, via Sudovia «denied», same as Strike·9, contested",
        "Quantity at least nine = at least 9",
        "▼ Ada Brink PER·6 → Sudovia GPE·2  oppose  blame",
        "“accused Sudovia”  sentence 4",
        "= Ada Brink PER·6 + foreign minister of Sudovia PER·9",
    ):
        assert words in drawn, words
    assert re.search(r"GPE·1 +Norland  Wikidata Q1, registry norland +4", drawn)


def test_the_terminal_shows_propositions_harm_and_clusters_of_several_types():
    drawn = printed(dispute_view()[0], width=120)
    for words in (
        "«proposed»Demand·1 {joint patrols of the [strait]LOC·2}Proposition·1 on Friday",
        "«refused»Reject·2 the {proposal}Proposition·1",
        "Content “joint patrols of the strait” Proposition·1",
        "Casualty·7 «died» actual, harm killed",
        "Strike·3 «hit» actual, via Norland «said», also told as Damage",
        "Sudovia GPE·3 → “joint patrols of the strait” Proposition·1  oppose  approval",
    ):
        assert words in drawn, words


@pytest.mark.parametrize("width", [40, 80, 200])
def test_no_line_is_wider_than_asked(width: int):
    drawn = printed(small_view()[0], width=width)
    assert max(map(len, drawn.splitlines())) <= width


def test_colour_adds_nothing_but_colour():
    view, _ = small_view()
    coloured = printed(view, colour=True)
    assert "\x1b[" in coloured
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == printed(view)


def test_nothing_in_an_article_steers_the_terminal():
    view, _ = hostile_view()
    drawn = printed(view, width=200)
    assert not {c for c in drawn if not c.isprintable()} - {"\n", "\u200d", "\u00a0"}
    assert r"\x1b[31mred\x1b]0;title\x07\u202eevil [bold]x[/bold]" in drawn  # shown, and no markup obeyed
    only_colour = re.sub(r"\x1b\[[0-9;]*m", "", printed(view, width=200, colour=True))
    assert only_colour == drawn


def test_an_emoji_and_a_no_break_space_stay_as_they_are():
    assert printable("👩\u200d🚀\u00a0é\u200f\x9b\u2028") == "👩\u200d🚀\u00a0é\\u200f\\x9b\\u2028"


# the page ------------------------------------------------------------------------------------------------


def test_the_page_shows_propositions_harm_and_clusters_of_several_types():
    page = article_page(dispute_view()[0])
    reader = Reader(page)
    assert reader.all("data-proposition") == ["patrols", "patrols", "patrols"]  # two marks and the card
    # the Content of two events; the target of a stance, in its card, the holder's and the target's; the card's own name
    assert page.count('href="#proposition-patrols"') == 6
    assert ">killed</span>" in page and "told as Strike and Damage" in page
    hidden = article_page(dispute_view(layers=["stance"])[0])
    assert "<bdi>“joint patrols of the strait”</bdi>" in hidden and "#proposition-" not in hidden


@pytest.mark.parametrize("make", [small_view, hostile_view, dispute_view])
def test_the_page_without_its_tags_is_the_text_to_the_character(make):
    view, text = make()
    assert Reader(article_page(view)).text == text


@pytest.mark.parametrize("article", sorted(path.stem for path in (DATA / "gold").glob("*.json")))
def test_the_real_articles_are_shown_whole(article: str):
    corpus = load_corpus(DATA)
    view = Shown(corpus.articles[article], corpus.texts[article], corpus.gold[article], corpus.entries)
    assert Reader(article_page(view)).text == corpus.texts[article]
    assert all(f"«{event.text}»" in printed(view, width=400) for event in corpus.gold[article].events)


@pytest.mark.parametrize("make", [small_view, hostile_view, dispute_view])
def test_the_page_asks_for_nothing_from_outside_and_every_link_leads_somewhere(make):
    assert all(link.startswith("https://www.wikidata.org/") for link in check_page(article_page(make()[0])))


def test_hostile_names_are_text():
    page = article_page(hostile_view()[0])
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "{{ 7*7 }}" in page and "&lt;i&gt;P1D&lt;/i&gt;" in page


def test_the_legend_has_every_label_with_its_definition():
    page = article_page(small_view()[0])
    ontology = load_ontology()
    for kind in ("entity_types", "value_types", "event_groups", "event_types", "statuses", "polarities", "facets"):
        for label in getattr(ontology, kind):
            assert f'title="{escape(label.definition)}"' in page, label.name


def test_the_same_view_gives_the_same_page():
    assert article_page(small_view()[0]) == article_page(small_view()[0])


# the command ---------------------------------------------------------------------------------------------


def run(*arguments: object):
    return CliRunner().invoke(app, ["show", *map(str, arguments)])


def test_the_command_prints_the_article():
    result = run(TALKS, "--data", SMALL, "--width", 80)
    assert result.exit_code == 0
    assert "[Sudovia]GPE·2 «denied»Reject·10" in result.stdout
    assert not [line for line in result.stdout.splitlines() if line != line.rstrip() or len(line) > 80]


def test_layers_can_be_chosen():
    result = run(TALKS, "--data", SMALL, "--layer", "stance", "--width", 80)
    assert result.exit_code == 0
    assert "→ Sudovia" in result.stdout and "]GPE" not in result.stdout and "«met»" not in result.stdout
    assert [str(layer) for layer in Layer] == list(LAYERS)


def test_an_unknown_article_is_wrong_usage_and_the_ids_are_listed():
    result = run("nowhere", "--data", SMALL)
    assert result.exit_code == 2
    assert "there is no article 'nowhere'" in result.stderr and TALKS in result.stderr


def test_json_has_what_is_shown():
    value = json.loads(run(TALKS, "--data", SMALL, "--json").stdout)
    assert value["entities"]["e1"]["label"] == "GPE·1"
    assert value["events"]["v9"]["contested"] and value["events"]["v9"]["event_mentions"] == ["v9", "v11"]
    assert value["events"]["v9"]["text"] == "firing" and value["mentions"]["m1"]["sentence"] == 1


def test_an_article_without_gold_is_shown_as_text(small: Path, tmp_path: Path):
    (small / "gold" / "harbour-talks.json").unlink()
    ran = run("harbour-talks", "--data", str(small), "--html", str(tmp_path / "a.html"))
    assert ran.exit_code == 0 and "not annotated yet" in ran.stderr
    shown = run("harbour-talks", "--data", str(small))
    assert shown.exit_code == 0 and "Norland and Sudovia meet as truce frays" in shown.stdout


def test_a_faulty_record_of_another_article_is_no_hindrance(tmp_path: Path):
    data = Path(shutil.copytree(ROOT / "tests" / "stories", tmp_path / "data"))
    (data / "gold" / "coast-2.json").write_text("{", "utf-8")
    ran = run("coast-1", "--data", str(data))
    assert ran.exit_code == 0, ran.stderr


def test_the_page_is_written_whole_with_the_canary_and_is_not_indexed(tmp_path: Path):
    result = run(TALKS, "--data", SMALL, "--html", tmp_path / "page.html")
    assert (result.exit_code, result.stdout) == (0, "")
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert page.rstrip().endswith("</html>")
    canary = load_corpus(SMALL).info.canary
    assert f'<meta name="canary" content="{canary}">' in page and '<meta name="robots" content="noindex">' in page


def test_another_record_can_be_shown_and_is_checked_first(tmp_path: Path):
    record = json.loads((SMALL / "gold" / f"{TALKS}.json").read_text(encoding="utf-8"))
    record["events"], record["stances"], record["annotator"] = [], [], "a draft"
    draft = tmp_path / "draft.json"
    draft.write_text(json.dumps(record), encoding="utf-8")
    result = run(TALKS, "--data", SMALL, "--annotation", draft, "--width", 80)
    assert result.exit_code == 0 and "a draft: 20 mentions, 9 entities, 0 events" in result.stdout
    record["mentions"], record["entities"] = record["mentions"][:1], record["entities"][:1]
    record["mentions"][0]["entity"] = record["entities"][0]["id"]
    draft.write_text(json.dumps(record), encoding="utf-8")
    shown = run(TALKS, "--data", SMALL, "--annotation", draft, "--width", 80)
    assert "a draft: 1 mention, 1 entity, 0 events, 0 stances" in shown.stdout, shown.output
    record["mentions"][0]["end"] = 9999
    draft.write_text(json.dumps(record), encoding="utf-8")
    result = run(TALKS, "--data", SMALL, "--annotation", draft)
    assert result.exit_code == 1 and "span-out-of-range" in result.stderr and result.stdout == ""


def test_a_record_over_another_text_or_of_another_article_is_refused(tmp_path: Path):
    record = json.loads((SMALL / "gold" / f"{TALKS}.json").read_text(encoding="utf-8"))
    other = tmp_path / "other.json"
    other.write_text(json.dumps(record | {"sha256": "0" * 64}), encoding="utf-8")
    result = run(TALKS, "--data", SMALL, "--annotation", other)
    assert result.exit_code == 1 and "other-text" in result.stderr
    other.write_text(json.dumps(record | {"id": "another"}), encoding="utf-8")
    assert run(TALKS, "--data", SMALL, "--annotation", other).exit_code == 2
    assert run(TALKS, "--data", SMALL, "--annotation", tmp_path / "none.json").exit_code == 1


def test_predictions_are_checked_and_shown(tmp_path: Path):
    file = tmp_path / "predictions.jsonl"
    mention = {"id": "m1", "start": 16, "end": 23, "form": "NAM", "entity": "e1", "role": "state"}
    line = {"id": TALKS, "mentions": [mention], "entities": [{"id": "e1", "type": "GPE", "name": "Norland"}]}
    file.write_text(json.dumps(line) + "\n", encoding="utf-8")
    result = run(TALKS, "--data", SMALL, "--predictions", file, "--width", 80)
    assert result.exit_code == 0
    assert "[Norland]GPE·1 and Sudovia meet" in result.stdout and "predictions of predictions.jsonl" in result.stdout
    line["entities"] = [{"id": "e1", "type": "Land", "name": "Norland"}]
    file.write_text(json.dumps(line) + "\n", encoding="utf-8")
    result = run(TALKS, "--data", SMALL, "--predictions", file)
    assert result.exit_code == 1 and "unknown-label" in result.stderr
    assert run(TALKS, "--data", SMALL, "--predictions", file, "--annotation", file).exit_code == 2
