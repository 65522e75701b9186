"""How scores, quotations and names are written for people, in the terminal and on pages alike."""

import re
import unicodedata
from collections.abc import Callable

_JOINERS = "\u200c\u200d"  # parts of words and of emoji; all other invisible characters are escaped


def score_text(value: float | None) -> str:
    """Return a score with three decimals, ``0.561``; a dash for none."""
    return "–" if value is None else f"{value:.3f}"


def count(number: int, one: str, more: str = "") -> str:
    """Return '1 error', '2 errors', and with ``more`` '2 entities'."""
    return f"{number} {one if number == 1 else more or one + 's'}"


def percent(value: float) -> str:
    """Return a share of the width of a drawing."""
    return f"{100 * min(max(value, 0.0), 1.0):.2f}%"


def quoted(words: str) -> str:
    """Return words of a text in quotation marks; marks inside them become single ones."""
    inner = words.replace("“", "‘").replace("”", "’")
    if inner.count('"') % 2 == 0:
        opening, *others = inner.split('"')
        inner = opening + "".join(("‘", "’")[n % 2] + part for n, part in enumerate(others))
    return f"“{inner}”"


def shorten(words: str, length: int) -> str:
    """Return words cut after a word to a length in code points, with a sign that there was more."""
    return words if len(words) <= length else words[:length].rsplit(" ", 1)[0][: length - 1] + "…"


def printable(text: str) -> str:
    """Return text that cannot steer a terminal: control and direction characters are escaped (``\\x1b``)."""
    return "".join(
        c if c.isprintable() or c in _JOINERS or unicodedata.category(c) == "Zs" else ascii(c)[1:-1] for c in text
    )


_MARKS = str.maketrans("‘’‚‛′`´“”„‟″«»", "'" * 7 + '"' * 7)
_LOOKS: dict[str, Callable[[str], str]] = {
    "Unicode normalisation": lambda text: unicodedata.normalize("NFC", text),
    "quotation marks": lambda text: text.translate(_MARKS),
    "dashes": lambda text: re.sub("[‐‑‒–—−]", "-", text),
    "invisible characters": lambda text: re.sub("[\u00ad\u200b-\u200f\u2060\ufeff]", "", text),
    "white space": lambda text: "".join(text.split()),
}


def look_alike(one: str, other: str) -> str:
    """Return what two texts that look alike differ in, as the end of a message; nothing if they do not look alike.

    >>> look_alike("Poincar\u00e9", "Poincare\u0301")
    ' (they differ in Unicode normalisation)'
    """

    def differ(without: str = "") -> bool:
        first, second = one, other
        for name, form in _LOOKS.items():
            if name != without:
                first, second = form(first), form(second)
        return first != second

    names = [] if differ() else [name for name in _LOOKS if differ(name)]
    return f" (they differ in {' and '.join(names)})" if names else ""
