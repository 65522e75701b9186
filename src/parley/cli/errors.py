"""The command errors: what a system got right and wrong, item by item, in the terminal."""

import difflib
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated

import typer
from rich.style import Style
from rich.table import Table
from rich.text import Text

from parley.checks import load_corpus
from parley.checks.predictions import read_predictions
from parley.cli.console import DEFAULT_DATA, AsJson, DataFolder, count, findings_end_it, out, print_json, say, stop
from parley.cli.score import Predictions, Split
from parley.findings import printable
from parley.pages.palette import AMBER, BLUE, GREEN, RED, VIOLET
from parley.segment import Sentence, split_sentences

if TYPE_CHECKING:
    from parley.mistakes import Case

COLOURS = {"right": GREEN, "label": VIOLET, "place": BLUE, "spurious": AMBER, "missed": RED}  # by family of kinds
_DIM = Style(dim=True)

Spans = Sequence[tuple[int, int]]


def _chosen(given: Sequence[str] | None, known: Sequence[str], option: str) -> list[str]:
    """Return what an option names, all of ``known`` by default; a name that is none ends the command."""
    for name in given or ():
        if name not in known:
            near = difflib.get_close_matches(name, known, 1)
            stop(f"{option}: there is no '{name}'; " + (f"did you mean '{near[0]}'?" if near else f"there are: {', '.join(known)}"))  # fmt: skip
    return list(given) if given else list(known)


def _passage(text: str, sentence: Sentence, gold: Spans, predicted: Spans, style: Style) -> Text:
    """Return a sentence with square brackets around spans of the gold and braces around predicted ones."""
    signs: dict[int, list[tuple[int, int, int, str]]] = {}
    for side, (spans, left, right) in enumerate(((gold, "[", "]"), (predicted, "{", "}"))):
        for start, end in dict.fromkeys(spans):
            start, end = max(start, sentence.start), min(end, sentence.end)
            if (
                start < end
            ):  # closing signs come before opening ones; of several, the outer one opens first, closes last
                signs.setdefault(end, []).append((0, -start, -side, right))
                signs.setdefault(start, []).append((1, -end, side, left))
    made, at = Text(), sentence.start
    inside = [False] * (sentence.end - sentence.start)
    for start, end in (*gold, *predicted):
        inside[max(start - sentence.start, 0) : max(end - sentence.start, 0)] = [True] * max(
            min(end, sentence.end) - max(start, sentence.start), 0
        )
    for place in [*sorted(signs), sentence.end]:
        if at < place:
            made.append(printable(text[at:place]), style if inside[at - sentence.start] else _DIM)
        for _, _, _, sign in sorted(signs.pop(place, ())):
            made.append(sign, style)
        at = place
    return made


def _differences(case: "Case") -> str:
    """Return what is wrong in words: the facts in which both sides differ, or those of the one side."""
    one, other = case.gold, case.predicted
    if one and other:
        told = [f"{name}: {one.facts.get(name, '–')} → {other.facts.get(name, '–')}" for name in case.differences]
        return "; ".join([f"{one.label} «{one.text}»", *told])
    item = one or other
    return "; ".join(f"{name}: {value}" for name, value in item.facts.items()) if item else ""


def errors(
    predictions: Predictions,
    layer: Annotated[
        list[str] | None,
        typer.Option(
            "--layer", help="This layer only: entities, events, arguments, stance; repeatable.", show_default=False
        ),
    ] = None,
    article: Annotated[
        list[str] | None,
        typer.Option("--article", metavar="ID", help="This article only; repeatable.", show_default=False),
    ] = None,
    kind: Annotated[
        list[str] | None,
        typer.Option(
            "--kind",
            help="This class only, e.g. missed, 'wrong span'; repeatable (default: all but right).",
            show_default=False,
        ),
    ] = None,
    data: DataFolder = DEFAULT_DATA,
    split: Split = "test",
    as_json: AsJson = False,
) -> None:
    """Show what a system got wrong, item by item, with the sentence it stands in.

    Every gold and every predicted item is in one class: right, missed, spurious, or what is wrong with it. In the
    sentences, [square brackets] hold words of the gold and {braces} words predicted.

    Example: parley errors eval/example/predictions.jsonl --data tests/small --layer entities --kind missed
    """
    from parley.mistakes import KINDS, LAYERS, RIGHT  # here, so that other commands need not wait for scipy
    from parley.mistakes import errors as classify

    known = list(dict.fromkeys(k.name for kinds in KINDS.values() for k in kinds))
    layers = _chosen(layer, LAYERS, "--layer")
    kinds = _chosen(kind, known, "--kind") if kind else [name for name in known if name != RIGHT]
    with findings_end_it():
        corpus = load_corpus(data)
        predicted = read_predictions(predictions, corpus, split)
    articles = _chosen(article, corpus.split(split), "--article")
    cases = [
        case
        for name in articles
        for case in classify(corpus.gold[name], predicted[name], corpus.articles[name], corpus.texts[name])
        if case.layer in layers
    ]
    shown = [case for case in cases if case.kind in kinds]
    if as_json:
        print_json(shown)
        return
    for name in articles:
        text = corpus.texts[name]
        sentences = split_sentences(text, corpus.articles[name].zones)
        for line in listing(name, [case for case in shown if case.article == name], text, sentences):
            out.print(line)
    counted = Counter((case.layer, case.kind) for case in cases)
    out.print(_counts(counted, layers), soft_wrap=False)
    say(f"{count(len(shown), 'item')} shown.")


def listing(article: str, cases: Sequence["Case"], text: str, sentences: Sequence[Sentence]) -> Iterator[Text]:
    """Yield the cases of one article, grouped by layer and kind."""
    from parley.mistakes import KINDS

    numbered = {sentence.number: sentence for sentence in sentences}
    if cases:
        yield Text(printable(article), Style(bold=True))
    for layer, kinds in KINDS.items():
        for kind in kinds:
            group = [case for case in cases if (case.layer, case.kind) == (layer, kind.name)]
            if not group:
                continue
            style = Style(color=COLOURS[kind.family].mid, bold=True)
            yield Text(f"\n{layer}: {kind.name} ({len(group)})", style)
            for case in group:
                yield Text.assemble("  ", (printable(_differences(case)), Style()))
                if case.sentence in numbered:
                    sides = [side.spans if side else [] for side in (case.gold, case.predicted)]
                    passage = _passage(text, numbered[case.sentence], sides[0], sides[1], style)
                    yield Text.assemble((f"  {case.sentence:>4}  ", _DIM), passage)
    if cases:
        yield Text()


def _counts(counted: Counter[tuple[str, str]], layers: Sequence[str]) -> Table:
    """Return the table of how many items are in each class."""
    from parley.mistakes import KINDS

    table = Table.grid(padding=(0, 2, 0, 0))
    for layer in layers:
        cells = [f"{counted[layer, kind.name]} {kind.name}" for kind in KINDS[layer] if counted[layer, kind.name]]
        table.add_row(layer, ", ".join(cells) or "nothing to compare")
    return table


def register(app: typer.Typer) -> None:
    """Add the command to the top of ``parley``."""
    app.command()(errors)
