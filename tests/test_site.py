"""The static site without a browser: what is drawn, checked by hand, and that no outside content gets in."""

import re
from pathlib import Path

import msgspec
import pytest
from typer.testing import CliRunner

from conftest import SMALL, tree
from pages import Reader, check_page
from parley.cli.app import app
from parley.pages import board as boards
from parley.pages.pair import Contest, identified
from parley.pages.site import MANIFEST, occupied, pairs, stance_page, write_site
from scoring_help import small_corpus
from site_help import (
    HOSTILE,
    SITE,
    article_list,
    articles,
    bad_pages,
    errors_of_the_example,
    few,
    hostile,
    kinds,
    many,
    page,
    pair,
    priced,
    said,
    stances,
    system,
    two_sides,
    write_submission,
)
from test_show import dispute_view

# side by side ----------------------------------------------------------------------------------------------


def test_propositions_are_compared_by_their_words_not_by_their_ids():
    view, _ = dispute_view()
    assert identified(view, "patrols") == ("proposition:joint patrols of the strait", "“joint patrols of the strait”")
    html = stance_page(SITE, view, said())
    assert html.count("<bdi>“joint patrols of the strait”</bdi>") == 2  # the row of the grid, the target of the stance


def test_what_one_reports_and_the_other_leaves_out():
    (talks,) = two_sides().event_clusters
    assert talks.entry.id == "harbour-talks"
    assert [e.id for e in talks.left] == ["v1", "v3"]
    assert [e.id for e in talks.right] == ["v1"]
    # The ministers of the second mention are expanded into their two. In the second report only Norland is left.
    assert [tuple(aspect) for aspect in talks.aspects] == [
        ("Words", ["“met”"], ["“meet”"], []),
        ("Type", [], ["Meet"], []),
        ("Status", ["actual"], [], ["negated"]),
        ("Source", ["the article"], [], ["Sudovia"]),
        ("Participant", ["Sudovia", "Ada Brink", "foreign minister of Sudovia"], ["Norland"], []),
        ("Place", ["Harrow"], [], []),
        ("Time", ["“Monday” (2031-03-03)"], [], []),
    ]


def test_what_is_contested_across_two_reports_and_within_one():
    sides = two_sides()
    own, denied = "the article", "Sudovia: “meet”, negated"
    assert sides.event_clusters[0].contests == [  # the first report itself, twice, and Sudovia in the second
        Contest("", f"{own}: “meet”, actual", denied),
        Contest("", f"{own}: “met”, actual", denied),
    ]
    # The firing has no registry entry: each report has it for itself, contested there.
    found = {one.name: one.contests for one in sides.left_alone if one.contests}
    within = Contest("harbour-talks", "Ada Brink: “firing”, actual (Sudovia)", "Sudovia: “firing”, negated (Sudovia)")
    assert found == {"“firing”": [within]}


def test_entities_are_compared_by_how_they_are_called_and_where_they_stand():
    sides = two_sides()
    # Norland has three mentions by name or pronoun: 16, 81, 156 (We), 184: four. Sudovia 28, 93, 241, 282: four.
    assert [(e.entry.id, len(e.left), len(e.right)) for e in sides.entities] == [
        ("norland", 4, 4), ("sudovia", 4, 4), ("ada-brink", 3, 3),
    ]  # fmt: skip
    brink = {aspect.name: aspect for aspect in sides.entities[2].aspects}
    assert brink["Names"].both == ["“minister”", "“Ada Brink”"]  # "She" is no name
    assert brink["Says"].both == ["“told” (State)", "“accused” (Accuse)"]
    assert brink["Stances held"].left == ["▲ “hold” (Implement): support (demand)", "▼ Sudovia: oppose (blame)"]
    assert brink["Stances held"].right == []


def test_pairs_are_those_that_share_something_and_one_article_has_none():
    (found,), left_out = pairs(articles())
    assert (found.event_clusters, found.entities, left_out) == (1, 3, False)
    assert pairs(articles()[:1]) == ([], False)


# the leaderboard -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "url",
    [
        None, "", "javascript:alert(1)", "JaVaScRiPt:alert(1)", " https://a.example", "http://a.example", "//a.example",
        "https://", "https://user@a.example", "https://a.example/<b>", "https://a.example/\u202e", "data:text/html,x",
        "https://[a.example",
    ],
)  # fmt: skip
def test_what_is_no_plain_https_address_is_no_link(url):
    assert boards.safe_link(url) is None


def test_a_plain_https_address_is_a_link():
    assert boards.safe_link("https://a.example/x?y=1#z") == "https://a.example/x?y=1#z"


def test_few_articles_give_dots_and_plain_words_many_give_intervals():
    small, large = page(few()), page(many())
    assert "Two stories cannot separate these systems; their order means nothing." in small
    assert "interval" not in small.split("</style>")[1].split("<script>")[0]
    # Three systems, each with four figures by article: overall and entities in one table, entities and typed_f1 in the next.
    assert small.count('class="dot dot0"') == 3 * 4
    body = large.split("</style>")[1]
    assert "0.800 – 0.950" in body and "<circle" not in body.split("<script>")[0]
    assert "8 stories do not separate these systems" in body
    assert "Separated from all others." in body
    foot = large.split("<tfoot>")[1].split("</tfoot>")[0]
    assert "Smallest difference shown" in foot and "0.125" in foot
    assert "Smallest difference shown" not in small


def rows_of(html: str, label: str) -> list[list[str]]:
    """The cells of the table in the box with this label."""
    table = html.split(f'aria-label="{label}"')[1].split("</table>")[0]
    return [
        [re.sub("<[^>]*>", "", cell) for cell in re.findall("<t[hd].*?</t[hd]>", row)] for row in table.split("<tr")[2:]
    ]


def test_cost_is_drawn_on_a_logarithmic_scale_and_listed_by_run():
    html = page(priced())
    # A run of the first cost 6/3 = 2 dollars, of the second 50. From 1 to 100 dollars: log10(2)/2 = .1505, log10(50)/2 = .8495.
    places = re.findall(r'<circle class="dot" cx="([\d.]+)%" cy="([\d.]+)%"', html)
    assert places == [("15.05", "10.00"), ("84.95", "50.00")]  # scores .9 and .5, downwards; the third has no cost
    assert re.findall(r'text-anchor="middle">([^<]+)<', html) == ["$1", "$10", "$100"]
    assert rows_of(html, "Runs, data 1.0.0") == [
        ["first", "0.900", "0.900 (0.860–0.940)", "$2.00", "3,000", "666", "5.0 %, 2 answers unread"],
        ["second", "0.500", "one run", "$50.00", "3,000", "2,000", "5.0 %"],
        ["third", "0.450", "one run", "not stated", "3,000", "2,000", "5.0 %"],
    ]
    assert "No system says what its runs cost." in page(many())
    own = system(priced())
    assert "3 runs. In all 9,000 tokens in, 2,000 out, $6.00" in own
    assert "5 not found. Left out, by rule: 2 <code>unread-answer</code>. Templates" in own


def test_diagnostics_are_listed_by_system_and_by_part():
    html = page(many(), kinds(many()))
    assert rows_of(html, "Diagnostics, data 1.0.0") == [
        ["first", "+0.050", "0.250", "0.071–0.591"],
        ["second", "+0.050", "–", "–"],
        ["third", "+0.050", "–", "–"],
    ]
    assert "Diagnostics" not in page(many())
    own = errors_of_the_example()
    assert rows_of(own, "Memorisation") == [  # on the twins .2; real articles: twins + gap
        ["overall", "0.250", "0.200", "+0.050"],
        ["entities", "0.075", "0.200", "-0.125"],
    ]
    assert rows_of(own, "Contrast pairs") == [
        [name, "8", "2", "5", "0.250", "0.071–0.591"] for name in ("all", "negated")
    ]


def test_badges_say_what_an_entrant_said():
    text = page(few())
    assert "saw the test: unknown" in text and "saw the test: no" in text
    assert "open weights" in text


def test_agreement_is_a_line_of_its_own_without_rank():
    foot = page(few()).split("<tfoot>")[1].split("</tfoot>")[0]
    assert "Agreement of 2 invented annotators" in foot and "unranked" in foot
    assert "<b>0.900</b>" in foot and "0.800 – 0.950" in foot
    assert "data-ranks" not in foot


def every_page() -> dict[str, str]:
    return {
        "few": page(few()),
        "many": page(many()),
        "hostile": page(hostile()),
        "priced": page(priced()),
        "system": errors_of_the_example(),
        "hostile system": system(hostile()),
        "articles": article_list(),
        "stance": stances(),
        "pair": pair(),
        **bad_pages(),
    }


@pytest.mark.parametrize(
    "name",
    [
        "few",
        "many",
        "priced",
        "hostile",
        "system",
        "hostile system",
        "articles",
        "stance",
        "pair",
        "bad stance",
        "bad pair",
    ],
)
def test_pages_load_nothing_and_run_only_our_script(name):
    assert check_page(every_page()[name]) == []


def test_hostile_strings_are_text():
    for html in (page(hostile()), system(hostile())):
        assert "<script>alert" not in html and "<img" not in html and "{{7*7}}" in html
        assert html.count("&lt;script&gt;alert(1)") > 5
        assert HOSTILE not in html
    assert "javascript:alert(3)</bdi>" in html  # shown, as text
    for html in bad_pages().values():
        assert "<script>alert" not in html and "<img" not in html and HOSTILE not in html
        assert html.count("&lt;script&gt;alert(1)") > 5


# the whole -------------------------------------------------------------------------------------------------


@pytest.fixture
def submissions(tmp_path: Path) -> Path:
    folder = tmp_path / "eval" / "submissions"
    write_submission(folder, "perfect one")
    return folder


def run(submissions: Path, site: Path, *more: str):
    output = str(submissions.parent / "leaderboard.json")
    return CliRunner().invoke(
        app, ["leaderboard", str(submissions), "-o", output, "--data", str(SMALL), "--site", str(site), *more]
    )


def test_the_command_writes_the_site_and_writes_it_again_to_the_byte(submissions, tmp_path):
    first = run(submissions, tmp_path / "one")
    assert first.exit_code == 0, first.output
    assert run(submissions, tmp_path / "two").exit_code == 0
    made = tree(tmp_path / "one")
    assert made == tree(tmp_path / "two")
    assert set(made) == {
        MANIFEST, "index.html", "articles.html", "leaderboard.json", "leaderboard.csv", "articles/harbour-talks.html",
        "stances/harbour-talks.html", "systems/perfect one.html", *(f"submissions/perfect one/{n}" for n in
        ("report.json", "report.html", "report-articles/harbour-talks.html", "predictions.jsonl", "submission.json")),
    }  # fmt: skip
    own = submissions / "perfect one"
    assert made["submissions/perfect one/report.json"] == (own / "report.json").read_bytes()
    assert made["leaderboard.json"] == (submissions.parent / "leaderboard.json").read_bytes()


def test_every_link_of_the_site_leads_to_a_place_in_it(submissions, tmp_path):
    from urllib.parse import unquote

    site = tmp_path / "site"
    assert run(submissions, site).exit_code == 0
    tags = {p: Reader(p.read_text("utf-8")).tags for p in site.rglob("*.html")}
    places = {p: {a["id"] for _, a in found if "id" in a} for p, found in tags.items()}
    for source, found in tags.items():
        for href in [a["href"] or "" for _, a in found if "href" in a]:
            if href.startswith("https://www.wikidata.org/"):
                continue
            address, _, fragment = href.partition("#")
            target = (source.parent / unquote(address)).resolve() if address else source
            assert target.is_file(), (source.name, href)
            assert not fragment or fragment in places[target], (source.name, href)


def test_a_changed_report_is_refused_and_the_site_is_as_it_was(submissions, tmp_path):
    from parley.findings import FindingsError
    from parley.leaderboard.board import build_leaderboard, score_submissions
    from parley.pages.site import make_site

    leaderboard = build_leaderboard(score_submissions(submissions, [small_corpus()])[0], submissions.parent)
    report = submissions / "perfect one" / "report.json"
    report.write_text(report.read_text().replace('"perfect one"', '"perfect 0ne"'))
    with pytest.raises(FindingsError) as caught:
        make_site(leaderboard, submissions.parent, "", small_corpus())
    (finding,) = caught.value.findings
    assert finding.rule == "wrong-hash" and finding.file.endswith("report.json")


def test_a_system_has_a_page_on_each_board(submissions, tmp_path):
    from parley.leaderboard.board import build_leaderboard, score_submissions
    from parley.pages.site import make_site

    made = build_leaderboard(score_submissions(submissions, [small_corpus()])[0], submissions.parent)
    older = msgspec.structs.replace(made.boards[0], data="0.9.0", gold="0" * 64)  # of which the site has no gold
    made = msgspec.structs.replace(made, boards=[*made.boards, older])
    site = make_site(made, submissions.parent, "", small_corpus())
    new, old = (site[f"systems/{name}.html"].decode() for name in ("perfect one", "0.9.0/perfect one"))
    assert "Report and error browser" in new and "Report and error browser" not in old
    assert '<th scope="row">arguments</th>' in new and '<th scope="row">arguments</th>' not in old
    assert '"systems/0.9.0/perfect%20one.html"' in site["index.html"].decode()
    assert '"../../submissions/perfect%20one/report.json"' in old


def test_a_leaderboard_that_stands_elsewhere_still_links_into_the_site(submissions, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    output = str(tmp_path / "elsewhere" / "leaderboard.json")
    done = CliRunner().invoke(
        app, ["leaderboard", str(submissions), "-o", output, "--data", str(SMALL), "--site", str(tmp_path / "site")]
    )
    assert done.exit_code == 0, done.output
    assert not (tmp_path / "eval" / "site").exists()
    found = tree(tmp_path / "site")
    assert sum(name.startswith("systems/") for name in found) == 6


def test_what_an_earlier_site_had_is_taken_away_and_nothing_else(tmp_path):
    site = tmp_path / "site"
    write_site(site, {"a.html": b"a", "old/b.html": b"b"})
    (site / "mine.txt").write_text("mine")
    assert write_site(site, {"a.html": b"a"}) == [site / "old/b.html"]
    assert set(tree(site)) == {"a.html", "mine.txt", MANIFEST}
    (tmp_path / "outside").write_text("kept")
    (site / MANIFEST).write_text("../outside\n/etc/hostname\na.html\n")
    write_site(site, {"a.html": b"a"})
    assert (tmp_path / "outside").read_text() == "kept"


def test_a_folder_with_other_files_is_not_taken(submissions, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("x")
    done = run(submissions, tmp_path / "mine")
    assert done.exit_code == 2 and "holds other files" in done.output
    assert [p.name for p in (tmp_path / "mine").iterdir()] == ["thesis.txt"]
    assert occupied(tmp_path / "mine" / "thesis.txt") == "it is a file"
    assert run(submissions, tmp_path / "new", "--check").exit_code == 2


def test_pages_with_annotation_carry_the_canary_and_are_not_indexed():
    canary = small_corpus().info.canary
    for name, html in every_page().items():
        has_annotation = name in ("system", "stance", "pair", "bad stance", "bad pair")
        assert (canary in html) == ('content="noindex"' in html) == has_annotation, name


def test_the_table_of_stances_has_holders_in_columns_and_targets_in_rows():
    html = stances().split('<table class="standing')[1].split("</table>")[0]
    rows = [re.sub(r"<[^>]+>", " ", row).split() for row in html.split("<tr>")[1:]]
    # s1: Ada Brink supports (demand) that the truce holds; s2: she opposes (blame) Sudovia.
    assert rows[0] == ["toward", "Ada", "Brink"]
    assert sorted(rows[1:]) == [["Sudovia", "▼", "oppose", "blame"], ["hold", "Implement·6", "▲", "support", "demand"]]
