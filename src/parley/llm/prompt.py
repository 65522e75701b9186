"""What a model is sent: rules and label tables, examples, and one article as numbered sentences.

The article is read from a ``Task``, so that no gold can get into a prompt. The canary is not sent: a provider that
filters by it would refuse. The labels come from the ontology, the examples from the passages of
``annotation/WORKED.md``, which were invented for this purpose.
"""

import hashlib
import json
import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, Literal

import jinja2
import msgspec

from parley.llm.form import LINES, PARTS
from parley.notation import read_notation
from parley.ontology import load_ontology
from parley.paths import ANNOTATION
from parley.task import Task

Form = Literal["json", "lines"]
Passes = Literal["whole", "layers"]

_ASKED = {
    "entities": "its entities with all mentions, its times and quantities",
    "events": "its events with their arguments, and its propositions",
    "stance": "its stances",
}
_TEMPLATES = jinja2.Environment(
    loader=jinja2.FileSystemLoader(Path(__file__).parent / "templates"),
    undefined=jinja2.StrictUndefined,
    autoescape=False,
)


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """How a model is prompted."""

    form: Form = "lines"
    """Notation of the answer."""
    shots: int = 1
    """Number of examples, 0 to 4."""
    parts: tuple[str, ...] = tuple(PARTS)
    """What is asked for; see ``form.PARTS``."""
    passes: Passes = "whole"
    """All parts in one request, or one after the other in one conversation."""
    window: int = 0
    """Sentences that are sent at a time; 0 for the whole article."""
    overlap: int = 4
    """Sentences that two windows share."""

    @property
    def steps(self) -> list[tuple[str, ...]]:
        """The parts that each request asks for, in order."""
        return [self.parts] if self.passes == "whole" else [(part,) for part in self.parts]


class Conversation(msgspec.Struct, frozen=True, kw_only=True):
    """What is sent of one article, or of a window of it: the system message, the examples, the requests in order."""

    system: str
    examples: list[list[tuple[str, str]]]
    """Of each example the requests and their answers."""
    requests: list[str]
    """Sent one after the other, each after the answer to the one before."""

    @property
    def messages(self) -> list[dict[str, str]]:
        """The messages up to the first request, as chat interfaces take them."""
        shown = [turn for example in self.examples for turn in example]
        turns = [
            m
            for asked, said in shown
            for m in ({"role": "user", "content": asked}, {"role": "assistant", "content": said})
        ]
        return [{"role": "system", "content": self.system}, *turns, {"role": "user", "content": self.requests[0]}]


class Example(msgspec.Struct, frozen=True):
    """An invented passage with its annotation in quote form."""

    date: str
    sentences: list[str]
    lines: str
    value: dict[str, Any]


@cache
def worked_examples() -> list[Example]:
    """Return the passages of ``annotation/WORKED.md`` with their annotation, without the reasons."""
    found = []
    text = (ANNOTATION / "WORKED.md").read_text("utf-8")
    for passage in re.split(r"^## ", text, flags=re.MULTILINE)[1:]:
        before, lines = passage.partition("\n")[2].split("```lines\n")
        said = re.search(r"^Date: (\S+)", before, re.MULTILINE)
        numbered = re.findall(r"^\d+\. (.*(?:\n {3}.*)*)", before, re.MULTILINE)
        kept = [line for line in lines.split("```")[0].splitlines() if line.strip() and not line.startswith("//")]
        value, _, _ = read_notation("\n".join(["article example", *kept]))
        sentences = [re.sub(r"\s+", " ", sentence) for sentence in numbered]
        found.append(Example(said[1] if said else "", sentences, "\n".join(kept), value))
    return found


def _answer(example: Example, parts: Sequence[str], form: Form) -> str:
    """Return the answer to a request for ``parts`` of an example."""
    if form == "json":
        lists = {name: example.value[name] for part in parts for name in PARTS[part]}
        return json.dumps(lists, ensure_ascii=False)
    wanted = "#" + "".join(LINES[part] for part in parts)
    kept = [line for line in example.lines.splitlines() if line[0] in wanted]
    used = [line for line, after in zip(kept, [*kept[1:], "#"], strict=True) if line[0] != "#" or after[0] != "#"]
    return "\n".join(used)


def _request(date: str, sentences: Sequence[tuple[int, str]], parts: Sequence[str], *, is_whole: bool) -> str:
    numbered = [{"number": number, "words": words} for number, words in sentences]
    asked = "; ".join(_ASKED[part] for part in parts)
    template = _TEMPLATES.get_template("article.md.jinja")
    return template.render(date=date, sentences=numbered, asked=asked, is_whole=is_whole).strip()


def _requests(date: str, sentences: Sequence[tuple[int, str]], options: Options, *, is_whole: bool = True) -> list[str]:
    first, *later = options.steps
    return [
        _request(date, sentences, first, is_whole=is_whole),
        *(f"Now annotate {'; '.join(_ASKED[part] for part in parts)}. Use the ids from above." for parts in later),
    ]


def system_message(options: Options) -> str:
    """Return the rules and label tables."""
    lists = [name for part in options.parts for name in PARTS[part]]
    template = _TEMPLATES.get_template("system.md.jinja")
    values = {"ontology": load_ontology(), "parts": options.parts, "form": options.form, "lists": lists}
    return re.sub(r"\n{3,}", "\n\n", template.render(**values)).strip()


def examples(options: Options) -> list[list[tuple[str, str]]]:
    """Return the requests and answers of as many examples as the options say.

    Raises ``ValueError`` for more examples than there are.
    """
    worked = worked_examples()
    if not 0 <= options.shots <= len(worked):
        raise ValueError(f"there are 0 to {len(worked)} examples, not {options.shots}")
    shown = []
    for example in worked[: options.shots]:
        asked = _requests(example.date, list(enumerate(example.sentences, 1)), options)
        shown.append(list(zip(asked, [_answer(example, step, options.form) for step in options.steps], strict=True)))
    return shown


def template_sha256(options: Options) -> str:
    """Return the SHA-256 of all that is sent but the article: rules, label tables, examples, the form of a request."""
    fixed = [system_message(options), examples(options), _requests("", [], options)]
    return hashlib.sha256(msgspec.json.encode(fixed)).hexdigest()


def windows(number: int, options: Options) -> list[range]:
    """Return the numbers of the sentences of each window, from 1; neighbours share ``overlap`` sentences.

    >>> windows(10, Options(window=6, overlap=2))
    [range(1, 7), range(5, 11)]

    Raises ``ValueError`` if windows are not longer than what they share.
    """
    if not options.window or number <= options.window:
        return [range(1, number + 1)]
    step = options.window - options.overlap
    if step < 1 or options.overlap < 0:
        raise ValueError("a window is longer than the overlap, which is not negative")
    last = range(1, number - options.overlap + 1, step)
    return [range(start, min(start + options.window, number + 1)) for start in last]


def conversations(task: Task, options: Options) -> list[Conversation]:
    """Return what is sent of an article: one conversation for each window."""
    sentences = [(s.number, task.text[s.start : s.end]) for s in task.sentences]
    system, shown = system_message(options), examples(options)
    return [
        Conversation(
            system=system,
            examples=shown,
            requests=_requests(
                task.date,
                [sentences[number - 1] for number in window],
                options,
                is_whole=len(window) == len(sentences),
            ),
        )
        for window in windows(len(sentences), options)
    ]
