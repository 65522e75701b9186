"""Times and quantities: expressions, and their values against the article's date."""

import re
from datetime import date, timedelta
from typing import NamedTuple

from .lexicon import numbers, words
from .text import Article

DAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
MONTHS = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]
PARTS = {"morning": "TMO", "dawn": "TMO", "sunrise": "TMO", "afternoon": "TAF", "noon": "TMI", "midday": "TMI"}
PARTS |= {"evening": "TEV", "dusk": "TEV", "night": "TNI", "midnight": "TNI"}
UNITS = {"hour": "TH", "minute": "TM", "day": "D", "week": "W", "month": "M", "year": "Y", "decade": "0Y"}
FUTURE = re.compile(
    r"\b(?:will|shall|due|scheduled|set (?:to|for)|(?:is|are) to|planned for|until)\b|['’]ll\b", re.IGNORECASE
)

_NUMBER = rf"(?:\d+(?:[.,]\d+)*|a|an|(?:{'|'.join(numbers())})(?:-(?:{'|'.join(numbers())}))?)"
_DAY = rf"(?:{'|'.join(DAYS)})"
_MONTH = rf"(?:{'|'.join(MONTHS)}|(?:jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)\b\.?)"
_PART = rf"(?:{'|'.join(PARTS)})"
_MANY = rf"(?P<n>{_NUMBER})[ -](?P<u>hour|minute|day|week|month|year|decade)s?"
_MOD = r"(?:(?P<mod>early|late|mid|about|around|nearly|almost|more\ than|over|less\ than|under)[ -])?"
_TIME = re.compile(
    rf"""\b(?:
    (?:(?P<part1>{_PART})\ (?:on|of)\ )?{_MOD}(?:(?P<d1>\d\d?)(?:st|nd|rd|th)?\ (?P<m1>{_MONTH})
        |(?P<m2>{_MONTH})\ (?P<d2>\d\d?)(?:st|nd|rd|th)?\b)(?:,?\ (?P<y1>\d{{4}})\b)?
  | {_MOD.replace("mod", "mod2")}(?P<m3>{_MONTH})(?:\ (?P<y2>\d{{4}})\b)?
  | (?:(?P<part2>{_PART})\ (?:on|of)\ )?(?:(?P<modw>early|late)\ (?:on\ )?)?(?P<wd>{_DAY})(?:\ (?P<part3>{_PART}))?
  | (?P<word>today|yesterday|tomorrow|tonight)(?:\ (?P<part4>morning|afternoon|evening|night))?
  | (?:this\ (?P<part5>morning|afternoon|evening))
  | (?:(?P<modp>early|late|earlier|later)\ )?(?P<rel>last|this|next)\ (?P<ru>week|month|year|night)
  | {_MOD.replace("mod", "mod3")}{_MANY}(?P<dist>\ (?:ago|earlier|later|after|before))?(?=\W|$)
  | (?P<year>(?:19|20|21)\d\d)\b(?=[\ .,;)]|$)
    )""",
    re.IGNORECASE | re.VERBOSE,
)
_MODS = {"early": "START", "late": "END", "mid": "MID", "about": "APPROX", "around": "APPROX", "nearly": "APPROX"}
_MODS |= {
    "almost": "APPROX",
    "more than": "MORE_THAN",
    "over": "MORE_THAN",
    "less than": "LESS_THAN",
    "under": "LESS_THAN",
}

_QUALIFIER = {"at_least": "at least|more than|over|no fewer than|as many as|upwards of", "at_most": "up to|at most"}
_QUALIFIER |= {"approx": "about|around|close to|nearly|roughly|almost|some|approximately|an estimated"}
_SCALE = {"hundred": 100, "thousand": 1000, "million": 10**6, "billion": 10**9, "m": 10**6, "bn": 10**9}
_WORDS = "|".join(numbers())
_QUANTITY = re.compile(
    rf"""(?:\b(?P<q>{"|".join(_QUALIFIER.values()).replace(" ", "[ ]")})\ )?(?<![\w.,])
    (?:(?P<a>a\ )?(?P<n>\d+(?:,\d\d\d)+|\d+(?:\.\d+)?|(?:{_WORDS})(?:-(?:{_WORDS}))?\b)?(?P<s>\ ?(?:hundred|thousand|million|billion)\b)?
      |(?P<v>\b(?:dozens|hundreds|thousands|scores|several|tens\ of\ thousands)\b))
    (?P<h>-(?P<hu>[a-z]+))?""",
    re.IGNORECASE | re.VERBOSE,
)
_NAMES_BEFORE = frozenset(
    [
        "article",
        "annex",
        "section",
        "chapter",
        "item",
        "no",
        "route",
        "highway",
        "flight",
        "resolution",
        "grade",
        "page",
    ]
)
_ACCOMPANIED = frozenset(
    [
        "sides",
        "countries",
        "states",
        "nations",
        "governments",
        "parties",
        "neighbours",
        "neighbors",
        "capitals",
        "armies",
    ]
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
    for sentence in article.sentences:
        if sentence.first == sentence.end:
            continue
        begin, end = article.span(sentence.first, sentence.end - 1)
        text = article.text[begin:end].replace("\n", " ")
        edges = {w.start - begin for w in article.words[sentence.first : sentence.end]}
        ends = {w.end - begin for w in article.words[sentence.first : sentence.end]}
        times = [t for t in _times(text, article.date) if t.start in edges and t.end in ends]
        busy = [(t.start, t.end) for t in times]
        both = times + [q for q in _quantities(text, busy) if q.start in edges and q.end in ends]
        found += [value._replace(start=value.start + begin, end=value.end + begin) for value in both]
    return sorted(found, key=lambda value: value.start)


def _times(text: str, today: str) -> list[Value]:
    try:
        now = date.fromisoformat(today)
    except ValueError:  # no day of the calendar: nothing to resolve against
        return []
    found = []
    for match in _TIME.finditer(text):
        groups = {key: value.lower() for key, value in match.groupdict().items() if value}
        start = match.start()
        if groups.get("m3") in ("may", "march", "mar", "dec", "jan", "sept") and not (
            match["m3"][0].isupper() and start
        ):
            continue
        if groups.get("m3") == "may" and re.match(r" (?:have|be|not|[a-z]+ve)\b", text[match.end() :]):
            continue
        if groups.get("year") and not re.search(
            r"\b(?:in|since|of|by|from|until|to|and|early|late) $", text[:start].lower()
        ):
            continue
        if "n" in groups and groups["n"] in ("a", "an"):
            if not groups.get("dist") or groups["dist"].strip() not in ("later", "earlier", "ago", "after", "before"):
                continue
            start = match.start("u") if "mod3" not in groups else start
        ahead = bool(FUTURE.search(text, max(0, match.start() - 80), match.end() + 15))
        try:
            value, mod = _time_value(groups, now, ahead)
        except (ValueError, OverflowError):
            continue
        if value:
            end = match.end()
            found.append(Value("TIME", start, end, value=value, mod=mod))
    return found


def _month(name: str) -> int:
    return next(i for i, month in enumerate(MONTHS, 1) if month.startswith(name.rstrip(".")[:3]))


def _time_value(groups: dict[str, str], now: date, ahead: bool) -> tuple[str | None, str | None]:
    """Return value and modifier of a matched expression."""
    part = next((PARTS[groups[key]] for key in ("part1", "part2", "part3", "part4", "part5") if key in groups), "")
    mod = next((_MODS[groups[key]] for key in ("mod", "mod2", "mod3", "modw") if key in groups), None)
    if "d1" in groups or "d2" in groups:
        day, month = int(groups.get("d1") or groups["d2"]), _month(groups.get("m1") or groups["m2"])
        year = int(groups["y1"]) if "y1" in groups else _near_year(now, month, day, ahead)
        return date(year, month, day).isoformat() + part, mod
    if "m3" in groups:
        month = _month(groups["m3"])
        return f"{int(groups['y2']) if 'y2' in groups else _near_year(now, month, 1, ahead)}-{month:02}", mod
    if "wd" in groups:
        back = (now.weekday() - DAYS.index(groups["wd"])) % 7
        day_found = now + timedelta(days=(7 - back) % 7 or 7) if ahead else now - timedelta(days=back)
        return day_found.isoformat() + part, mod
    if "word" in groups or "part5" in groups:
        word = groups.get("word", "today")
        day_found = now + timedelta(days={"yesterday": -1, "tomorrow": 1}.get(word, 0))
        return day_found.isoformat() + ("TNI" if word == "tonight" else part), None
    if "rel" in groups:
        step = {"last": -1, "this": 0, "next": 1}[groups["rel"]]
        mod = {"early": "START", "late": "END"}.get(groups.get("modp", ""))
        if groups["ru"] == "week":
            iso = (now + timedelta(weeks=step)).isocalendar()
            return f"{iso.year}-W{iso.week:02}", mod
        if groups["ru"] == "night":
            return (now + timedelta(days=step)).isoformat() + "TNI", mod
        if groups["ru"] == "year":
            return str(now.year + step), mod
        month = now.month - 1 + step
        return f"{now.year + month // 12}-{month % 12 + 1:02}", mod
    if "n" in groups:
        number = _number(groups["n"], None)
        if number is None or number != int(number):
            return None, None
        unit, count = UNITS[groups["u"]], int(number)
        distance = groups.get("dist", "").strip()
        if distance == "ago" and groups["u"] in ("day", "week"):
            return (now - timedelta(days=count * (7 if unit == "W" else 1))).isoformat(), mod
        sign = {"later": "AFTER", "after": "AFTER", "earlier": "BEFORE", "before": "BEFORE", "ago": "BEFORE"}
        unit = f"{count}0Y" if unit == "0Y" else f"{count}{unit}" if unit[0] != "T" else f"T{count}{unit[1]}"
        return f"P{unit}", sign.get(distance, mod)
    return groups.get("year"), None


def _near_year(now: date, month: int, day: int, ahead: bool) -> int:
    """Return the year of a day without one: the last such day, or the next in a sentence about the future."""
    this = date(now.year, month, day)
    if this > now and not ahead and (this - now).days > 60:
        return now.year - 1
    if this < now and ahead and (now - this).days > 180:
        return now.year + 1
    return now.year


def _number(text: str, scale: str | None) -> float | int | None:
    text = text.lower().replace(",", "")
    parts = text.split("-")
    if all(part in numbers() for part in parts):
        found: float = sum(numbers()[part] for part in parts)
    elif text in ("a", "an", ""):
        found = 1
    else:
        try:
            found = float(text)
        except ValueError:
            return None
    found *= _SCALE[scale.strip().lower()] if scale else 1
    return int(found) if found == int(found) else found


def _quantities(text: str, busy: list[tuple[int, int]]) -> list[Value]:
    found, at = [], 0
    for match in _QUANTITY.finditer(text):
        if not (match["n"] or match["s"] or match["v"]) or (match["a"] and not match["s"]):
            continue
        while at < len(busy) and busy[at][1] <= match.start():
            at += 1
        if at < len(busy) and busy[at][0] < match.end():
            continue
        after = re.findall(r"[A-Za-z'’]+|\d+|[^\w\s]", text[match.end() : match.end() + 60])
        before = re.findall(r"[\w'’]+|[^\w\s]", text[max(0, match.start() - 30) : match.start()])
        follows, precedes = (after[0].lower() if after else ""), (before[-1].lower() if before else "")
        number, word = _number(match["n"] or "", match["s"]), (match["n"] or "").lower()
        if not match["v"] and number is None:
            continue
        if precedes in _NAMES_BEFORE or (before and before[-1] in "-/:$"):
            continue
        if word == "one" and (
            follows in ("of", "another", "side", "day", "")
            or not follows.isalpha()
            or precedes in ("no", "this", "that", "the", "any", "every")
        ):
            continue
        if precedes in ("the", "both", "these", "their", "its") and follows in _ACCOMPANIED:
            continue
        if match["h"] and match["hu"] in ("year", "day", "week", "hour", "month", "old", "minute", "th", "st", "nd"):
            continue
        if not match["n"] and not match["v"] and not match["a"]:
            continue
        if re.match(r"(?:st|nd|rd|th|pm|am|%)\b|[.:]\d", text[match.end() :]):
            continue
        qualifier = next((k for k, v in _QUALIFIER.items() if (match["q"] or "").lower() in v.split("|")), None)
        unit = match["hu"] if match["h"] else _unit(after)
        start = match.start() + (2 if match["a"] and False else 0)
        found.append(
            Value(
                "QTY",
                start,
                match.end(),
                number=None if match["v"] else number,
                unit=unit,
                qualifier="vague" if match["v"] else qualifier,
            )
        )
    return found


def _unit(after: list[str]) -> str | None:
    """Return the noun that a number counts, in the singular: the last word of the phrase that follows."""
    stop = (
        words("words", "prepositions")
        | words("words", "auxiliaries")
        | words("words", "determiners")
        | words("words", "other")
    )
    phrase: list[str] = []
    for word in after[:4]:
        if not word.isalpha() or word.lower() in stop:
            break
        phrase.append(word)
        if word.endswith("s") or word in ("people", "men", "women", "children", "personnel", "troops"):
            break
    if not phrase:
        return None
    last = phrase[-1]
    special = {
        "people": "people",
        "men": "man",
        "women": "woman",
        "children": "child",
        "lives": "life",
        "families": "family",
    }
    if last in special or not last.endswith("s"):
        return special.get(last)
    return (
        last[:-3] + "y" if last.endswith("ies") else last[:-2] if last.endswith(("ches", "shes", "sses")) else last[:-1]
    )
