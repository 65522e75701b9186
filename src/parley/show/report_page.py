"""A score report as one page: figures, labels, confusions, and every item on the text. Readable without JavaScript."""

from collections.abc import Mapping, Sequence
from functools import cache

from jinja2 import Environment
from markupsafe import Markup

from parley.corpus import Corpus
from parley.mistakes import KINDS, MISSED, RIGHT, SPURIOUS, WRONG_SPAN, Confusion, confusions
from parley.model import Prediction
from parley.report_form import Report
from parley.scoring.registry import OVERALL
from parley.show.inline import page_environment, policy, static
from parley.show.palette import AMBER, BLUE, GREEN, RED, VIOLET
from parley.show.report_view import all_cases, bars, browser, headlines, slug

# Family of kinds -> hue, sign, style of the line under the words. Later ones win where a span shows several.
_FAMILIES = {
    "right": (GREEN.hue, "", "solid"),
    "label": (VIOLET.hue, "×", "solid"),
    "place": (BLUE.hue, "≈", "solid"),
    "spurious": (AMBER.hue, "+", "dotted"),
    "missed": (RED.hue, "−", "dashed"),
}
_STEPS = 6  # shades of a confusion matrix
FEW = 8  # articles up to which each has a letter of its own


def _styles(articles: int) -> str:
    """Return the style sheet: the static one, and what filters the error browser without a script."""
    rules = []
    for family, (hue, sign, line) in _FAMILIES.items():
        rules.append(f".f-{family} {{ --hue: {hue}; }}")
        mark = f'"\\2060 {sign}"' if sign else "none"  # a word joiner: the sign stays with the last word
        for layer, kinds in KINDS.items():
            for kind in kinds:
                if kind.family == family:
                    box, name = f"#kind-{layer}-{slug(kind.name)}", f"k-{slug(kind.name)}"
                    rules.append(
                        f"body:has({box}:checked) .of-{layer} .x.{name} "
                        f"{{ --hue: {hue}; --shown: 1; --sign: {mark}; --under: {line}; }}"
                    )
                    rules.append(f"body:has({box}:not(:checked)) .of-{layer} .cards .{name} {{ display: none; }}")
    shown = [
        f"body:has(#article-{n}:checked):has(#layer-{layer}:checked) .in-{n}.of-{layer}"
        for n in range(articles)
        for layer in KINDS
    ]
    filters = [f"body:has(#layer-{layer}:checked) .kinds.of-{layer}" for layer in KINDS]
    if shown:
        rules += [".view, .kinds { display: none; }", ", ".join(shown) + " { display: grid; }"]
        rules.append(", ".join(filters) + " { display: flex; }")
    return static("report.css") + "@supports selector(:has(*)) {\n" + "\n".join(rules) + "\n}\n"


def _percent(value: float) -> str:
    """Return a share of the width of a drawing."""
    return f"{100 * min(max(value, 0.0), 1.0):.2f}%"


def _figure(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def _shade(grid: Confusion, row: int, column: int) -> str:
    """Return the class of a cell: how much of its row it holds, and whether it is right."""
    number, total = grid.cells[row][column], sum(grid.cells[row])
    if not number:
        return "zero"
    right = grid.rows[row] == grid.columns[column] not in (WRONG_SPAN, SPURIOUS, MISSED)
    return f"{'hit' if right else 'miss'} s{max(1, round(_STEPS * number / total))}"


@cache
def _environment() -> Environment:
    environment = page_environment()
    environment.filters |= {"percent": _percent, "figure": _figure, "slug": slug}
    environment.globals |= {
        "kinds": KINDS,
        "families": {layer: {kind.name: kind.family for kind in kinds} for layer, kinds in KINDS.items()},
        "signs": {family: sign or "✓" for family, (_, sign, _) in _FAMILIES.items()},
        "shade": _shade,
        "letters": "ABCDEFGH",
        "few": FEW,
        "parts": OVERALL,
        "ends": (WRONG_SPAN, MISSED, SPURIOUS),
        "right": RIGHT,
    }
    return environment


def render(
    report: Report, corpus: Corpus, predictions: Mapping[str, Prediction], *, ways: Sequence[tuple[str, str]] = ()
) -> str:
    """Return the page of a report on checked predictions, by article id, of the corpus it was scored against.

    Elements of class ``text`` hold exactly the text of their article. ``ways`` are links to other pages, for one that
    is part of a site: label and address of each.
    """
    cases = all_cases(corpus, predictions, report.split)
    everything = [case for found in cases.values() for case in found]
    articles = browser(corpus, cases)
    styles, script = _styles(len(articles)), static("report.js")
    attempted = [layer for layer in KINDS if any(case.layer == layer for case in everything)]
    return (
        _environment()
        .get_template("report.html.j2")
        .render(
            report=report,
            ways=ways,
            styles=Markup(styles),  # both are ours, without a character of the report
            script=Markup(script),
            policy=policy(styles, script),
            headlines=headlines(report),
            bars=bars(report),
            grids=confusions(everything),
            articles=articles,
            layers=attempted,
            total=len(cases),
            places={name: number for number, name in enumerate(report.overall_per_article)},
        )
    )
