"""Baselines: two floors, and the systems found in folders.

A system is a function ``predict(task: Task) -> Prediction``. The floors ``empty`` and ``majority`` come with the
package. Every other system is a folder whose ``__init__.py`` defines ``predict``; the first line of its docstring says
what the system does. Systems of a checkout of Parley are in its folder ``baselines/`` and are called by the folder's
name.
"""

import ast
import importlib.util
import os
import sys
import textwrap
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from parley.model import Entity, Mention, Prediction, StancePair
from parley.paths import DATA
from parley.segment import split_sentences, split_tokens
from parley.task import Task
from parley.words import count, score_text

FOLDER = DATA.parent / "baselines"  # in a checkout; an installed package has none

# A capital on one of these words at the start of a sentence does not mark a name.
_FUNCTION_WORDS = """
the a an this that these those such some any each every all both either neither other another no not none in on at by
for from to of with without within into onto over under after before since until till during amid among between
against about around across along near through throughout toward towards upon via despite except besides beyond behind
inside outside following according and or but nor so yet if whether unless although though while whereas because as
than then when where who whom whose which what why how here there it its itself he him his himself she her hers
herself they them their theirs themselves we us our ours ourselves i me my mine you your yours one two three four five
six seven eight nine ten dozens hundreds thousands is are was were be been being am has have had having do does did
will would shall should can could may might must ought let also still even just only again ever never now once soon
later earlier meanwhile however moreover instead nevertheless nonetheless otherwise therefore thus hence perhaps maybe
indeed too very more most less least many much few several own same like unlike per off out up down back away asked
given based last next first second third new early late today yesterday tomorrow tonight mr mrs ms miss dr sir dame
madam lord lady
"""
_NOT_NAMES = frozenset(_FUNCTION_WORDS.split())


class NotTrainedError(Exception):
    """A learned system has no model yet. The message says how to train it."""


class System(NamedTuple):
    """A system: its name, what it does (a line), and its function."""

    name: str
    description: str
    predict: Callable[[Task], Prediction]


def empty(task: Task) -> Prediction:
    """Finds nothing in any layer; answers `none` to every pair."""
    return Prediction(
        id=task.id,
        mentions=[],
        entities=[],
        events=[],
        stances=[],
        stance_pairs=[StancePair(pair=pair.id, polarity="none") for pair in task.pairs],
    )


def majority(task: Task) -> Prediction:
    """Treats every run of capitalised words as the name of a state; no events, no stances; `none` to every pair."""
    mentions: list[Mention] = []
    entities: dict[str, Entity] = {}
    for start, end in _capitalised_runs(task):
        name = task.text[start:end]
        entity = entities.setdefault(name, Entity(id=f"e{len(entities) + 1}", type="GPE", name=name))
        identifier = f"m{len(mentions) + 1}"
        mentions.append(
            Mention(id=identifier, start=start, end=end, text=name, form="NAM", entity=entity.id, role="state")
        )
    return msgspec.structs.replace(empty(task), mentions=mentions, entities=list(entities.values()))


def _capitalised_runs(task: Task) -> Iterator[tuple[int, int]]:
    """Yield start and end (code points, half-open) of each longest run of capitalised words in a sentence."""
    tokens = set(split_tokens(task.text))
    for sentence in split_sentences(task.text, task.zones):
        run: tuple[int, int] | None = None
        for start, end in split_tokens(task.text, sentence.start, sentence.end):
            if (start, end) not in tokens:  # a word that the end of the zone cuts in two
                continue
            word = task.text[start:end]
            opens = start == sentence.start and word.lower().replace("’", "'") in _NOT_NAMES
            if word[0].isupper() and not opens:
                run = (run[0] if run else start, end)
            elif run:
                yield run
                run = None
        if run:
            yield run


FLOORS: dict[str, Callable[[Task], Prediction]] = {"empty": empty, "majority": majority}


def names() -> list[str]:
    """Return the names of the systems that are here: the floors, then the folders of the checkout."""
    return [*FLOORS, *sorted(path.parent.name for path in FOLDER.glob("*/__init__.py"))]


def is_learned(name: str) -> bool:
    """Whether a system of the checkout must be trained first: ``python -m baselines.NAME`` does it."""
    return (FOLDER / name / "__main__.py").is_file()


def describe(name: str) -> str:
    """Return the first line of a system's docstring, without running its code."""
    if name in FLOORS:
        return FLOORS[name].__doc__ or ""
    text = ast.get_docstring(ast.parse((FOLDER / name / "__init__.py").read_bytes())) or ""
    return text.partition("\n")[0]


def find(name: str) -> System:
    """Return the system of this name, or the one in the folder at this path (anything with a slash in it).

    Raises ``ValueError`` where there is no such system, and ``ModuleNotFoundError`` where it needs a package that
    is not installed. Other exceptions of its code are passed on.
    """
    if name in FLOORS:
        return System(name, describe(name), FLOORS[name])
    is_path = "/" in name or os.sep in name
    folder = (Path(name) if is_path else FOLDER / name).resolve()
    code = folder / "__init__.py"
    if not code.is_file():
        if is_path:
            raise ValueError(f"{name} is not the folder of a system: it has no __init__.py that defines predict(task)")
        elsewhere = "" if FOLDER.is_dir() else "; other baselines are in a checkout of Parley"
        raise ValueError(
            f"there is no baseline '{name}' here; choose from: {', '.join(names())}{elsewhere}, "
            "or give the path of a system's folder"
        )
    if folder.parent == FOLDER and str(FOLDER.parent) not in sys.path:
        sys.path.append(str(FOLDER.parent))  # baselines of the checkout import each other
    module_name = f"baselines.{folder.name}"
    module = sys.modules.get(module_name)
    if module is None or module.__file__ != str(code):
        spec = importlib.util.spec_from_file_location(module_name, code, submodule_search_locations=[str(folder)])
        assert spec is not None and spec.loader is not None  # the name ends in .py
        module = sys.modules[module_name] = importlib.util.module_from_spec(spec)
        try:
            spec.loader.exec_module(module)
        except BaseException:
            del sys.modules[module_name]
            raise
    if not callable(getattr(module, "predict", None)):
        raise ValueError(f"{code} does not define predict(task)")
    return System(folder.name, (module.__doc__ or "").partition("\n")[0], module.predict)


def main_scores(report: dict[str, Any]) -> dict[str, float | None]:
    """Return the main scores of a report, as JSON, by the heads that they have in tables; None if nothing counts."""
    from parley.scoring.counts import NOTHING
    from parley.scoring.registry import HEADLINES, METRICS, OVERALL

    def value(name: str) -> float | None:
        own = report["metrics"][name]
        return None if any(flag.startswith(NOTHING) for flag in own.get("flags", ())) else own["value"]

    found = {"**overall**": report["overall"]["value"]}
    found |= {f"**{part}**": report["overall"]["parts"][part] for part in OVERALL}
    return found | {f"`{name}` {METRICS[name].title}": value(name) for name in HEADLINES}


def score_row(head: str, values: Iterable[float | None]) -> str:
    """Return a row of a Markdown table of scores."""
    return f"| {head} | " + " | ".join(map(score_text, values)) + " |"


def score_tables(reports: dict[str, Any]) -> str:
    """Return the scores of the reports (by system) as two Markdown tables with the notes needed to read them."""
    every = list(reports.values())
    first, scores = every[0], [main_scores(report) for report in every]
    versions = ", ".join(f"{what} {version}" for what, version in first["versions"].items())
    heading = " | ".join(f"`{name}`" for name in reports)
    line = "| --- |" + " ---: |" * len(every)
    size = f"{count(first['articles'], 'article')} of {count(first['stories'], 'story', 'stories')}"
    about = f"{size}; {versions}; gold {first['hashes']['gold'][:8]}."
    legend = "–: not attempted, or nothing to count. The leaderboard has intervals."
    return "\n".join(
        [
            textwrap.fill(f"On the split `{first['split']}`: {about} {legend}", 120),
            "",
            f"| score | {heading} |",
            line,
            *(score_row(head, [own[head] for own in scores]) for head in scores[0]),
            "",
            "Overall, by origin and by story:",
            "",
            f"| articles | {heading} |",
            line,
            *(
                score_row(
                    f"**{origin}**: {own['articles']}", [r["by"]["origin"][origin]["overall"]["value"] for r in every]
                )
                for origin, own in first["by"].get("origin", {}).items()
            ),
            *(
                score_row(f"`{story}`", [r["overall_per_story"][story]["value"] for r in every])
                for story in first["overall_per_story"]
            ),
        ]
    )
