"""Meaning of spans: text, zones, sentences, tokens, nesting."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from typing import Any

from parley.checks.check import Check
from parley.model import Event, Mention, Span
from parley.words import look_alike


def check_spans(check: Check) -> None:
    """Check every span: range, text, zone, words, sentence."""
    for path, start, end, given in _spans(check):
        _check_span(check, path, start, end, given)


def _spans(check: Check) -> Iterator[tuple[str, int, int, str]]:
    """Yield path, start, end and given text of every span of the annotation."""
    for i, mention in enumerate(check.record.mentions or ()):
        yield f"$.mentions[{i}]", mention.start, mention.end, mention.text
    for i, event in enumerate(check.record.events or ()):
        yield f"$.events[{i}]", event.start, event.end, event.text
    for i, proposition in enumerate(check.record.propositions):
        yield f"$.propositions[{i}]", proposition.start, proposition.end, proposition.text
        for j, span in enumerate(proposition.mentions):
            yield f"$.propositions[{i}].mentions[{j}]", span.start, span.end, span.text
    for i, stance in enumerate(check.record.stances or ()):
        for j, span in enumerate(stance.evidence):
            yield f"$.stances[{i}].evidence[{j}]", span.start, span.end, span.text


def _check_span(check: Check, path: str, start: int, end: int, given: str) -> None:
    """Report the first thing that is wrong with where a span lies, and whether it cuts words and sentences."""
    text, source = check.item.text, check.item.article_text
    if not start < end <= len(text):
        rule = "span-out-of-range" if start < end else "span-out-of-range/reversed"
        return check.found(rule, path, start=start, end=end, length=len(text))
    covered = text[start:end]
    if given and given != covered:
        # The nearest place where the text is the given one.
        at = [place for place in (text.rfind(given, 0, start + len(given)), text.find(given, start)) if place >= 0]
        near = min(at, key=lambda place: abs(place - start), default=0)
        rule = "text-mismatch/elsewhere" if at else "text-mismatch"
        values: dict[str, Any] = {"near": near, "near_end": near + len(given), "alike": look_alike(covered, given)}
        return check.found(rule, path, start=start, end=end, covered=covered, given=given, **values)
    zones = [z for z in check.item.article.zones if z.start < end and start < z.end]
    if all(z.zone not in check.ontology.scored_zones for z in zones):
        return check.found("outside-zones", path, covered=covered, zone=zones[0].zone)
    if len(zones) > 1:
        return check.found("zone-edge", path, covered=covered, zone=zones[0].zone, next=zones[-1].zone)
    _check_words(check, path, start, end)
    is_sentence_bound = ".evidence[" not in path
    if is_sentence_bound and source.sentence_of(start, end) is None:
        check.found("sentence-edge", path, covered=covered)
    return None


def _check_words(check: Check, path: str, start: int, end: int) -> None:
    """Report a span that begins or ends inside a word or in a blank, and the words it should cover."""
    text = check.item.text
    starts, ends = check.item.article_text.token_edges
    first, last = bisect_right(starts, start) - 1, bisect_left(ends, end)
    if first >= 0 and starts[first] == start and last < len(ends) and ends[last] == end:
        return
    covered = text[start:end]
    trimmed = start + len(covered) - len(covered.lstrip()), end - (len(covered) - len(covered.rstrip()))
    if trimmed[0] < trimmed[1]:  # blanks around it belong to no word
        start, end = trimmed
    first, last = bisect_right(starts, start) - 1, bisect_left(ends, end)
    words = starts[first] if first >= 0 else start, ends[last] if last < len(ends) else end
    check.found("inside-word", path, covered=covered, words=text[slice(*words)], start=words[0], end=words[1])


def check_nesting(check: Check) -> None:
    """Report spans of one layer that cross, and what lies inside a name."""
    layers: dict[str, Sequence[Mention | Event]] = {
        "mentions": check.record.mentions or (),
        "events": check.record.events or (),
    }
    for layer, items in layers.items():
        stack: list[tuple[int, Span]] = []
        for i, item in sorted(enumerate(items), key=lambda pair: (pair[1].start, -pair[1].end)):
            while stack and stack[-1][1].end <= item.start:
                stack.pop()
            if stack and stack[-1][1].end < item.end:
                k, other = stack[-1]
                place: dict[str, Any] = {
                    "start": item.start,
                    "end": item.end,
                    "other_start": other.start,
                    "other_end": other.end,
                }
                check.found("crossing-spans", f"$.{layer}[{i}]", other=f"$.{layer}[{k}]", **place)
            stack.append((i, item))
    if check.scope != "corpus":
        return
    names = sorted(m.span for m in check.record.mentions or () if m.form == "NAM")
    for layer, items in layers.items():
        for i, item in enumerate(items):
            outer = (n for n in names if n[0] <= item.start and item.end <= n[1] and n != item.span)
            if name := next(outer, None):
                check.found("inside-name", f"$.{layer}[{i}]", name=check.item.text[slice(*name)])
