"""Times and quantities: expressions, and their values against the article's date."""

import re
from calendar import day_name, month_name
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, timedelta
from typing import NamedTuple

from .lexicon import among, load, numbers
from .text import Article

DAYS, MONTHS = [day.lower() for day in day_name], [month.lower() for month in month_name]
LISTS = load("values")
_FUTURE = re.compile(r"\b(?:will|shall|due|scheduled|set (?:to|for)|(?:is|are) to|until)\b|['’]ll\b", re.IGNORECASE)
_ONE_OF = {name: "|".join(values).replace(" ", "[ ]") for name, values in LISTS.items()}
_ONE_OF["number"] = "|".join(numbers())
_TIME = re.compile(
    r"""\b(?:(?P<part>{parts})\ (?:on\ |of\ )?)?(?:(?P<mod>{mods})(?:[ -]|\ on\ ))?(?:
    (?:(?P<d>\d\d?)(?:st|nd|rd|th)?\ (?P<m>{month})|(?P<m_>{month})\ (?P<d_>\d\d?)(?:st|nd|rd|th)?\b)(?:,?\ (?P<y>\d{{4}})\b)?
  | (?P<only>(?P<m__>{month}))(?:\ (?P<y_>\d{{4}})\b)?
  | (?P<day>today|yesterday|tomorrow|{days}|this(?=\ (?:{parts})))(?:\ (?P<part_>{parts}))?
  | (?P<rel>last|this|next)\ (?P<unit>week|month|year)
  | (?P<n>\d+|an?|(?:{number})(?:-(?:{number}))?)[ -](?P<u>{units})s?\b(?P<dist>\ (?:{distances}))?
  | (?<=in\ |of\ |by\ )(?P<year>(?:19|20|21)\d\d)
    )\b""".format(month=_ONE_OF["months"] + "|" + "|".join(MONTHS[1:]), days="|".join(DAYS), **_ONE_OF),
    re.IGNORECASE | re.VERBOSE,
)
_QUANTITY = re.compile(
    r"""(?:\b(?P<q>{qualifiers})\ )?(?<![\w.,$-])(?:(?P<vague>{vague})\b
    |(?P<n>\d+(?:,\d\d\d)+|\d+(?:\.\d+)?|\ba(?=\ (?:{scales}))|\b(?:{number})(?:-(?:{number}))?\b)(?:\ ?(?P<s>{scales})\b)?)
    (?:-(?P<unit>[a-z]+)|(?![\w%]))""".format(**_ONE_OF),
    re.IGNORECASE | re.VERBOSE,
)


class Value(NamedTuple):
    """A TIME or QTY with its offsets."""

    type: str
    start: int
    end: int
    value: str | None = None
    mod: str | None = None
    number: float | int | None = None
    unit: str | None = None
    qualifier: str | None = None


def values(article: Article) -> list[Value]:
    """Return the times and quantities of an article in the order of the text."""
    found: list[Value] = []
    starts, ends = {w.start for w in article.words}, {w.end for w in article.words}
    for first, end, _ in article.sentences:
        begin, last = article.span(first, end - 1)
        times = [*_times(article.text[begin:last], article.date)]
        busy = {at for time in times for at in range(time.start, time.end)}
        others = [q for q in _quantities(article.text[begin:last]) if q.start not in busy and q.end - 1 not in busy]
        found += [v._replace(start=v.start + begin, end=v.end + begin) for v in [*times, *others]]
    return sorted((v for v in found if v.start in starts and v.end in ends), key=lambda value: value.start)


def _times(text: str, today: str) -> Iterator[Value]:
    for match in _TIME.finditer(text):
        groups = {key.rstrip("_"): value.lower() for key, value in match.groupdict().items() if value}
        article = groups.get("n", "") in ("a", "an") and "dist" not in groups
        verb = groups.get("only", "") in ("may", "march") and (match["only"].islower() or match.start("only") == 0)
        ahead = bool(_FUTURE.search(text, max(0, match.start() - 80), match.end() + 15))
        mod = LISTS["distances"].get(groups.get("dist", "").strip()) or LISTS["mods"].get(groups.get("mod", ""))
        if not verb and (not article or text[: match.start()].endswith(("by ", "for "))):
            with suppress(ValueError, OverflowError):  # no day of the calendar
                value = _time_value(groups, date.fromisoformat(today), ahead)
                yield Value("TIME", match.start("u" if article else 0), match.end(), value=value, mod=mod or None)


def _time_value(groups: dict[str, str], now: date, ahead: bool) -> str:
    part: str = LISTS["parts"].get(groups.get("part"), "")
    if "m" in groups:
        month = next(i for i, name in enumerate(MONTHS) if i and name.startswith(groups["m"][:3]))
        found = date(int(groups.get("y", now.year)), month, int(groups.get("d", 1)))
        if "y" not in groups and not ahead and (found - now).days > 60:
            found = found.replace(year=now.year - 1)  # a day without a year is the last one
        return found.isoformat() + part if "d" in groups else found.isoformat()[:7]
    if "day" in groups:
        offset = {"yesterday": -1, "tomorrow": 1}.get(groups["day"], 0)
        if groups["day"] in DAYS:
            offset = (DAYS.index(groups["day"]) - now.weekday()) % 7
            offset = offset or 7 if ahead else -(-offset % 7)
        return (now + timedelta(days=offset)).isoformat() + part
    if "rel" in groups:
        step = {"last": -1, "this": 0, "next": 1}[groups["rel"]]
        year, week, _ = (now + timedelta(weeks=step)).isocalendar()
        months = now.year * 12 + now.month - 1 + step
        by_unit = {"week": f"{year}-W{week:02}", "year": str(now.year + step)}
        return by_unit.get(groups["unit"], f"{months // 12}-{months % 12 + 1:02}")
    if "year" in groups:
        return groups["year"]
    number, unit = int(_number(groups["n"])), LISTS["units"][groups["u"]]
    if groups.get("dist") == " ago" and unit in ("D", "W"):
        return (now - timedelta(days=number * (7 if unit == "W" else 1))).isoformat()
    return f"PT{number}{unit[1]}" if unit[0] == "T" else f"P{number}{unit}"


def _number(text: str, scale: str | None = None) -> float | int:
    parts = [numbers().get(part, 1) for part in text.lower().split("-")]
    number = float(text.replace(",", "")) if text[0].isdigit() else sum(parts)
    number *= LISTS["scales"].get((scale or "").lower(), 1)
    return int(number) if number == int(number) else number


def _quantities(text: str) -> Iterator[Value]:
    for match in _QUANTITY.finditer(text):
        before = re.search(r"(\w*)\W*$", text[: match.start()].lower()[-20:])[1]  # type: ignore[index]
        after = re.match(r"\W?(\w*)", text[match.end() :].lower())[1]  # type: ignore[index]
        one = (match["n"] or "").lower() == "one" and (among(before, "determiners") or after in LISTS["not_counted"])
        known = among(before, "determiners") and after in LISTS["accompanied"]
        if not (one or known or before in LISTS["counters"] or match["unit"] in {*LISTS["units"], "old"}):
            qualifier = "vague" if match["vague"] else LISTS["qualifiers"].get((match["q"] or "").lower())
            number = None if match["vague"] else _number(match["n"], match["s"])
            yield Value("QTY", match.start(), match.end(), None, None, number, match["unit"], qualifier)
