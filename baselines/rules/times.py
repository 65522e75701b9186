"""TIME: expressions of the calendar and their values, resolved against the article's date."""

import datetime
import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import NamedTuple

from .lexicon import load_lexicon

Day = datetime.date


class Time(NamedTuple):
    """A TIME in a sentence: start and end in the text given (code points, half-open), value and modifier."""

    start: int
    end: int
    value: str
    mod: str | None


class Anchor(NamedTuple):
    """What relative expressions are resolved against: the article's day, and whether the sentence looks ahead."""

    day: Day
    ahead: bool


def _alternatives(options: list[str]) -> str:
    return "|".join(re.escape(option).replace(r"\ ", r"\s") for option in sorted(options, key=lambda o: -len(o)))


def _shift(day: Day, days: int) -> Day | None:
    try:
        return day + datetime.timedelta(days=days)
    except OverflowError:
        return None


def _month(day: Day, months: int) -> str | None:
    number = day.year * 12 + day.month - 1 + months
    return f"{number // 12:04d}-{number % 12 + 1:02d}" if 12 <= number < 120000 else None


def _iso_week(day: Day | None) -> str | None:
    if day is None:
        return None
    year, week, _ = day.isocalendar()
    return f"{year:04d}-W{week:02d}" if 1 <= year <= 9999 else None


def _number(text: str) -> int | None:
    text = text.lower()
    if text in ("a", "an"):
        return 1
    numbers = load_lexicon().numbers
    if text.isascii() and text.isdigit() and len(text) <= 4:
        return int(text)
    return numbers.words.get(text)


def _weekday(found: re.Match[str], anchor: Anchor) -> str | None:
    times = load_lexicon().times
    wanted = times.weekdays.index(found["weekday"].lower())
    back = (anchor.day.weekday() - wanted) % 7  # 0: the day of the article itself
    which = (found["which"] or "").lower().strip()
    if which == "next" or (anchor.ahead and which != "last"):
        days = 7 - back if back else (7 if which == "next" else 0)
    else:
        days = -(back or (7 if which == "last" else 0))
    day = _shift(anchor.day, days)
    part = times.parts.get((found["part"] or "").lower())
    return None if day is None else day.isoformat() + (f"T{part}" if part else "")


def _near_day(found: re.Match[str], anchor: Anchor) -> str | None:
    word = found["near"].lower()
    day = _shift(anchor.day, {"yesterday": -1, "tomorrow": 1}.get(word, 0))
    part = "NI" if word == "tonight" else load_lexicon().times.parts.get((found["part"] or "").lower())
    return None if day is None else day.isoformat() + (f"T{part}" if part else "")


def _year_of(month: int, day: int, anchor: Anchor) -> int:
    """Return the year of a month named without one: the last that has begun, ahead the next that has not ended."""
    here = anchor.day
    if anchor.ahead:
        return here.year + ((month, day) < (here.month, here.day if day else 0))
    return here.year - ((month, day) > (here.month, here.day if day else 12))


def _dated(found: re.Match[str], anchor: Anchor) -> str | None:
    groups = found.groupdict()
    month = load_lexicon().times.months.index(groups["month"].lower()) + 1
    day = int(groups.get("day") or 0)
    year = int(groups["year"]) if groups.get("year") else _year_of(month, day, anchor)
    if not day:
        return f"{year:04d}-{month:02d}" if 1 <= year <= 9999 else None
    try:
        return Day(year, month, day).isoformat()
    except ValueError:
        return None


def _period(found: re.Match[str], anchor: Anchor) -> str | None:
    step = {"last": -1, "this": 0, "next": 1, "past": -1}[found["which"].lower()]
    unit = found["period"].lower()
    if unit == "year":
        year = anchor.day.year + step
        return f"{year:04d}" if 1 <= year <= 9999 else None
    if unit == "month":
        return _month(anchor.day, step)
    week = _iso_week(_shift(anchor.day, 7 * step))
    return f"{week}-WE" if week and unit == "weekend" else week


def _ago(found: re.Match[str], anchor: Anchor) -> str | None:
    number, unit = _number(found["number"]), load_lexicon().times.units[found["unit"].lower()]
    if number is None:
        return None
    if unit in ("D", "W"):
        day = _shift(anchor.day, -number * (7 if unit == "W" else 1))
        return _iso_week(day) if unit == "W" else day.isoformat() if day else None
    if unit == "M":
        return _month(anchor.day, -number)
    years = anchor.day.year - number * {"Y": 1, "DE": 10, "CE": 100}.get(unit, 0)
    return f"{years:04d}" if unit in ("Y", "DE", "CE") and years > 0 else None


def _duration(found: re.Match[str], anchor: Anchor) -> str | None:
    unit = load_lexicon().times.units[found["unit"].lower()]
    text = found["number"]
    number = str(_number(text)) if text and _number(text) is not None else "X"
    return f"PT{number}{unit[1]}" if unit[0] == "T" else f"P{number}{unit}"


Resolver = Callable[[re.Match[str], Anchor], str | None]


@cache
def _patterns() -> list[tuple[re.Pattern[str], Resolver]]:
    """Return the patterns, the more specific first, each with what makes its value."""
    times, numbers = load_lexicon().times, load_lexicon().numbers
    month = f"(?P<month>{_alternatives([m.capitalize() for m in times.months])})"
    weekday = f"(?P<weekday>{_alternatives([w.capitalize() for w in times.weekdays])})"
    part = f"(?:\\s(?P<part>{_alternatives(list(times.parts))}))?"
    number = f"(?P<number>\\d{{1,4}}|{_alternatives(list(numbers.words))})"
    unit = f"(?P<unit>{_alternatives(list(times.units))})"
    many = f"(?P<unit>{_alternatives([u for u in times.units if u.endswith('s') or u.endswith('ies')])})"
    day, year = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?", r"(?P<year>\d{4})"
    which = r"(?P<which>(?:[Ll]ast|[Nn]ext|[Tt]his)\s)?"
    sources: list[tuple[str, Resolver]] = [
        (f"{day}\\s{month}(?:,?\\s{year})?", _dated),
        (f"{month}\\s{day}(?:,\\s{year})?(?!\\d)", _dated),
        (f"{month}\\s{year}", _dated),
        (f"{which}{weekday}{part}", _weekday),
        (f"(?P<near>[Tt]oday|[Yy]esterday|[Tt]omorrow|[Tt]onight){part}", _near_day),
        (r"(?P<which>[Ll]ast|[Tt]his|[Nn]ext|[Pp]ast)\s(?P<period>weekend|week|month|year)", _period),
        (f"(?P<number>an?|\\d{{1,4}}|{_alternatives(list(numbers.words))})\\s{unit}\\s(?:ago|earlier)", _ago),
        (f"{number}(?:\\s|-){unit}(?!-old)", _duration),
        (f"(?P<number>)(?<=\\bfor\\s){many}", _duration),
        (r"(?:(?<=\b[Ii]n\s)|(?<=\b[Ss]ince\s))(?:19|20)\d\d", lambda found, _: found[0]),
        (month, _dated),
    ]  # fmt: skip
    return [(re.compile(r"(?<!\w)(?:" + source + r")(?!\w)"), resolve) for source, resolve in sources]


@cache
def _mods() -> list[tuple[str, re.Pattern[str]]]:
    return [
        (mod, re.compile(rf"(?:^|(?<=\W))(?i:{_alternatives(texts)})[\s-]?$"))
        for mod, texts in load_lexicon().times.mods.items()
    ]


def _modified(text: str, start: int, is_duration: bool) -> tuple[int, str | None]:
    """Return where the expression begins with its modifier, and the modifier."""
    before = text[max(0, start - 20) : start]
    for mod, pattern in _mods():
        found = pattern.search(before)
        points = mod in ("START", "MID", "END")
        if found and points != is_duration:
            return start - len(before) + found.start(), mod
    return start, None


def find_times(text: str, anchor: Day, ahead: Callable[[int], bool]) -> Iterator[Time]:
    """Yield the TIMEs of one sentence, without overlap. ``ahead`` says whether the text before an offset looks ahead."""
    taken = bytearray(len(text))
    for pattern, resolve in _patterns():
        for found in pattern.finditer(text):
            if found[0] in ("May", "March") and found.start() == 0:
                continue  # the verb that opens a sentence
            if any(taken[found.start() : found.end()]):
                continue
            value = resolve(found, Anchor(anchor, ahead(found.start())))
            if value is None:
                continue
            start, mod = _modified(text, found.start(), value.startswith("P"))
            if any(taken[start : found.start()]):
                start, mod = found.start(), None
            taken[start : found.end()] = b"\1" * (found.end() - start)
            yield Time(start, found.end(), value, mod)
