"""Meaning of spans: text, zones, sentences, tokens, nesting."""

import re
from collections.abc import Iterator, Sequence

from parley.checks.context import Check
from parley.files import shorten
from parley.findings import Finding
from parley.model import Event, Mention, Span
from parley.segment import sentence_at


def _spans(check: Check) -> Iterator[tuple[str, int, int, str]]:
    """Yield path, start, end and given text of every span of the annotation."""
    for i, mention in enumerate(check.annotation.mentions or ()):
        yield f"$.mentions[{i}]", mention.start, mention.end, mention.text
    for i, event in enumerate(check.annotation.events or ()):
        yield f"$.events[{i}]", event.start, event.end, event.text
        for j, argument in enumerate(event.arguments):
            if argument.start is not None and argument.end is not None:
                yield f"$.events[{i}].arguments[{j}]", argument.start, argument.end, argument.text or ""
    for i, stance in enumerate(check.annotation.stances or ()):
        for j, span in enumerate(stance.evidence):
            yield f"$.stances[{i}].evidence[{j}]", span.start, span.end, span.text


def check_spans(check: Check) -> Iterator[Finding]:
    """Yield findings on every span: range, text, zone, words, sentence."""
    for path, start, end, given in _spans(check):
        yield from _check_span(check, path, start, end, given)


def _check_span(check: Check, path: str, start: int, end: int, given: str) -> Iterator[Finding]:
    text = check.text
    if not start < end <= len(text):
        what = (
            f"{start}–{end} is not inside the text of {len(text)} code points"
            if start < end
            else f"the end {end} is not after the start {start}"
        )
        yield from check.found("span-out-of-range", path, what, "offsets are code points from 0, half-open")
        return
    covered = text[start:end]
    if given and given != covered:
        at = [m.start() for m in re.finditer(re.escape(given), text)]
        near = min(at, key=lambda place: abs(place - start), default=None)
        mend = (
            f"that text stands at {near}–{near + len(given)}" if near is not None else "that text is not in the article"
        )
        yield from check.found(
            "text-mismatch", path, f"at {start}–{end} the text is {shorten(covered)}, not {shorten(given)}", mend
        )
        return
    scored = check.ontology.scored_zones
    inside = [z for z in check.article.zones if z.start < end and start < z.end]
    kinds = {z.zone in scored for z in inside}
    if kinds == {False}:
        yield from check.found(
            "outside-zones",
            path,
            f"{shorten(covered)} is in the zone '{inside[0].zone}', which is not annotated",
            "remove it",
        )
        return
    if len(kinds) > 1 or len(inside) > 1:
        yield from check.found(
            "zone-edge",
            path,
            f"{shorten(covered)} crosses from '{inside[0].zone}' into '{inside[-1].zone}'",
            "end it at the zone's edge",
        )
        return
    starts, ends = check.token_edges
    if start not in starts or end not in ends:
        near_start = max((s for s in starts if s <= start), default=start)
        near_end = min((e for e in ends if e >= end), default=end)
        yield from check.found(
            "inside-word",
            path,
            f"{shorten(covered)} begins or ends inside a word",
            f"the words there are {shorten(text[near_start:near_end])} at {near_start}–{near_end}",
        )
    is_evidence = ".evidence[" in path or ".arguments[" in path
    if not is_evidence and sentence_at(check.sentences, start, end) is None:
        yield from check.found(
            "sentence-edge", path, f"{shorten(covered)} is not inside one sentence", "end it at the sentence's end"
        )


def check_crossing(check: Check) -> Iterator[Finding]:
    """Yield findings on spans of one layer that cross, and on what lies inside a name."""
    layers: list[tuple[str, Sequence[Mention | Event]]] = [
        ("mentions", check.annotation.mentions or ()),
        ("events", check.annotation.events or ()),
    ]
    for layer, items in layers:
        placed = sorted(enumerate(items), key=lambda pair: (pair[1].start, -pair[1].end))
        stack: list[tuple[int, Span]] = []
        for i, item in placed:
            while stack and stack[-1][1].end <= item.start:
                stack.pop()
            if stack and stack[-1][1].end < item.end:
                k, other = stack[-1]
                yield from check.found(
                    "crossing-spans",
                    f"$.{layer}[{i}]",
                    f"{item.start}–{item.end} crosses $.{layer}[{k}] at {other.start}–{other.end}",
                    "nest one in the other, or part them",
                )
            stack.append((i, item))
    names = sorted(m.span for m in check.annotation.mentions or () if m.form == "NAM" and check.scope == "corpus")
    for layer, items in layers:
        for i, item in enumerate(items):
            outer = next(
                (n for n in names if n[0] <= item.start and item.end <= n[1] and n != (item.start, item.end)), None
            )
            if outer:
                yield from check.found(
                    "inside-name",
                    f"$.{layer}[{i}]",
                    f"it lies inside the name {shorten(check.text[slice(*outer)])}",
                    "remove it: nothing is annotated inside a name",
                )
