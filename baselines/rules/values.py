"""Values: TIME and QTY mentions, with what they say."""

import datetime
from collections.abc import Iterator, Sequence
from functools import cache
from typing import NamedTuple

from .lexicon import load_lexicon, words
from .nominals import is_head
from .phrases import Phrases
from .reading import FoundMention, Reading
from .times import Time, find_times
from .verbs import trigger_forms

_REACH = 4  # tokens between a number and what it counts


class Value(NamedTuple):
    """A TIME or QTY. ``first`` and ``last`` are token numbers, half-open."""

    first: int
    last: int
    type: str
    value: str | None = None
    mod: str | None = None
    number: int | float | None = None
    unit: str | None = None
    qualifier: str | None = None


@cache
def _qualifiers() -> Phrases[str]:
    return Phrases((words(text), kind) for kind, texts in load_lexicon().numbers.qualifiers.items() for text in texts)


def qualifier_at(lows: Sequence[str], at: int, stop: int) -> bool:
    """Whether a qualifier of numbers ("at least", "more than") of several words begins at a token."""
    found = _qualifiers().at(lows, at, stop)
    return found is not None and found[0] > 1


@cache
def _vague() -> Phrases[bool]:
    return Phrases((words(text), True) for text in load_lexicon().numbers.vague)


def _day(date: str) -> datetime.date:
    """Return the article's day; the format is checked where articles are read, the calendar is not."""
    try:
        return datetime.date.fromisoformat(date)
    except ValueError:
        return datetime.date(2000, 1, 1)


def _times(reading: Reading, sentence: range) -> Iterator[Value]:
    tokens = reading.tokens[sentence.start : sentence.stop]
    base = tokens[0].start
    starts = {t.start - base: sentence.start + i for i, t in enumerate(tokens)}
    ends = {t.end - base: sentence.start + i + 1 for i, t in enumerate(tokens)}
    future = load_lexicon().times.future
    looks_ahead = min((t.start - base for t in tokens if t.low in future), default=tokens[-1].end)
    found: Iterator[Time] = find_times(
        reading.text(sentence.start, sentence.stop), _day(reading.task.date), lambda at: looks_ahead < at
    )
    for one in found:
        if one.start in starts and one.end in ends:
            yield Value(starts[one.start], ends[one.end], "TIME", value=one.value, mod=one.mod)


def _whole(text: str) -> int | float | None:
    """Return the number that digits with separators stand for, or None."""
    plain = text.replace(",", "")
    if not plain.isascii() or not plain.replace(".", "", 1).isdigit() or len(plain) > 12:
        return None
    return float(plain) if "." in plain else int(plain)


def _spelled(reading: Reading, at: int, stop: int) -> tuple[int, int | float] | None:
    """Return the end and value of the number that begins at a token: "41", "twenty-one", "one million"."""
    numbers, lows = load_lexicon().numbers, reading.lows
    value: int | float | None = _whole(lows[at])
    end = at + 1
    if value is None:
        value = numbers.words.get(lows[at])
        if value is None and lows[at] == "a" and end < stop and lows[end] in numbers.scales:
            value = 1
        if value is None:
            return None
        if value >= 20 and end + 1 < stop and lows[end] == "-" and 0 < numbers.words.get(lows[end + 1], 0) < 10:
            value += numbers.words[lows[end + 1]]
            end += 2
    while end < stop and lows[end] in numbers.scales:
        value *= numbers.scales[lows[end]]
        end += 1
    return end, int(value) if value == int(value) else value


def _counts(reading: Reading, end: int, stop: int) -> bool:
    """Whether a number that ends at ``end`` counts something: a head noun, a unit, a toll or an event follows."""
    numbers = load_lexicon().numbers
    for at in range(end, min(end + _REACH, stop)):
        low = reading.lows[at]
        if low in numbers.counted or low in numbers.units or is_head(reading.lows, at, stop):
            return True
        forms = trigger_forms().at(reading.lows, at, stop)
        if forms and any(form.part == "noun" for form in forms[1]):
            return True
        if (not low.isalpha() and low != "-") or low in load_lexicon().names.function_words:
            return False
    return False


def _qualified(reading: Reading, at: int, sentence: range, used: set[int]) -> tuple[int, str | None]:
    """Return where a quantity begins with its qualifier, and the qualifier."""
    for length in (3, 2, 1):
        first = at - length
        if first in sentence and not used.intersection(range(first, at)):
            found = _qualifiers().at(reading.lows, first, at)
            if found and found[0] == length:
                return first, found[1]
    return at, None


def _quantity(reading: Reading, at: int, sentence: range, used: set[int]) -> Value | None:
    numbers, stop = load_lexicon().numbers, sentence.stop
    if reading.low(at - 1, sentence) in ("-", "the", "both"):  # "the two sides" counts nothing anew
        return None
    vague = _vague().at(reading.lows, at, stop)
    spelled = None if vague else _spelled(reading, at, stop)
    if vague:
        end, number = at + vague[0], None
        if not (reading.low(end, sentence) == "of" or _counts(reading, end, stop)):
            return None
    elif spelled:
        end, number = spelled
        if not _counts(reading, end, stop):
            return None
    else:
        return None
    unit = None
    if end + 1 < stop and reading.lows[end] == "-" and reading.lows[end + 1] in numbers.units:
        unit, end = reading.lows[end + 1], end + 2
    first, qualifier = _qualified(reading, at, sentence, used)
    return Value(first, end, "QTY", number=number, unit=unit, qualifier="vague" if vague else qualifier)


def find_values(reading: Reading, names: list[FoundMention]) -> list[Value]:
    """Return the values of an article, sentence by sentence; none lies in a name or in another."""
    found: list[Value] = []
    used = {at for name in names for at in range(name.first, name.last)}
    for sentence in reading.sentences:
        for time in _times(reading, sentence):
            if not used.intersection(range(time.first, time.last)):
                found.append(time)
                used.update(range(time.first, time.last))
        at = sentence.start
        while at < sentence.stop:
            quantity = None if at in used else _quantity(reading, at, sentence, used)
            if quantity and not used.intersection(range(quantity.first, quantity.last)):
                found.append(quantity)
                used.update(range(quantity.first, quantity.last))
                at = quantity.last
            else:
                at += 1
    return found
