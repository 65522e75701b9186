"""Where a text differs from one that is not here: told from hashes of its blocks.

Hashes can be guessed at: who tries all texts of a few characters finds the one that a hash is of. So blocks are of
``BLOCK`` code points, over 80 bits of English at its usual 1.3 bits a character, a shorter rest goes with the block
before it, a text that is shorter than a block has none, and of each hash only 16 bits are kept: many texts share
them, so a hash alone confirms no guess, while a difference in a block goes unseen once in 65,536 times.
(The checksum of the whole confirms a guess of the whole text only.)
"""

import hashlib
import itertools
import unicodedata
from collections.abc import Callable, Iterator

import msgspec

BLOCK = 64  # code points
_KEPT = 4  # hexadecimal digits of each hash


class Fingerprint(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A text that is left out: how long it is, its checksum, and what finds a difference from it."""

    id: str
    sha256: str  # of its bytes in UTF-8
    bytes: int
    code_points: int
    blocks: str  # the first four hexadecimal digits of the hash of each block


def _block_hash(sha256: str, number: int, block: str) -> str:
    return hashlib.sha256(f"{sha256}\0{number}\0{block}".encode("utf-8", "surrogatepass")).hexdigest()[:_KEPT]


def _bounds(size: int) -> list[tuple[int, int]]:
    """Return start and end of each block of a text of ``size`` code points."""
    number = size // BLOCK
    return [(n * BLOCK, size if n == number - 1 else (n + 1) * BLOCK) for n in range(number)]


def fingerprint(article: str, data: bytes) -> Fingerprint:
    """Return the fingerprint of a text given as bytes in UTF-8."""
    text, sha256 = data.decode("utf-8"), hashlib.sha256(data).hexdigest()
    blocks = "".join(_block_hash(sha256, n, text[s:e]) for n, (s, e) in enumerate(_bounds(len(text))))
    return Fingerprint(id=article, sha256=sha256, bytes=len(data), code_points=len(text), blocks=blocks)


def _first_block(text: str, wanted: Fingerprint) -> int:
    """Return the number of the first block that differs, of how many there are if none does."""
    bounds = _bounds(wanted.code_points)
    for number, (start, end) in enumerate(bounds):
        if _block_hash(wanted.sha256, number, text[start:end]) != wanted.blocks[number * _KEPT :][:_KEPT]:
            return number
    return len(bounds)


def first_difference(text: str, wanted: Fingerprint) -> str:
    """Return in words where ``text`` first differs: line (from 1) and code points (from 0), as far as hashes tell."""
    bounds, number = _bounds(wanted.code_points), _first_block(text, wanted)
    if number < len(bounds):
        start, end = bounds[number]
        line = text.count("\n", 0, start) + 1
        last = text.count("\n", 0, max(start, min(end, len(text)) - 1)) + 1
        lines = f"line {line}" if last == line else f"lines {line} to {last}"
        return f"it first differs in {lines}, between code points {start} and {end}"
    if len(text) > wanted.code_points and bounds:
        line = text.count("\n", 0, wanted.code_points) + 1
        return f"it goes on (line {line}) after code point {wanted.code_points}, where the article ends"
    return f"it has {len(text)} code points, the article {wanted.code_points}"


def _curled(text: str) -> str:
    """Return a text with curly quotation marks for straight ones, opening or closing by what stands before them."""
    found = []
    for at, mark in enumerate(text):
        opens = at == 0 or text[at - 1].isspace() or text[at - 1] in "([{—–“‘"
        found.append({'"': "“" if opens else "”", "'": "‘" if opens else "’"}.get(mark, mark))
    return "".join(found)


_STRAIGHT = str.maketrans({"“": '"', "”": '"', "‘": "'", "’": "'"})

# What happens to texts on their way, each as what it is called and how to undo it. One of each group at most.
_CAUSES: list[list[tuple[str, Callable[[str], str]]]] = [
    [("it begins with a byte-order mark", lambda t: t.removeprefix("\ufeff"))],
    [
        ("its lines end in CR LF instead of LF", lambda t: t.replace("\r\n", "\n")),
        ("its lines end in CR instead of LF", lambda t: t.replace("\r", "\n")),
        ("its lines end in LF instead of CR LF", lambda t: t.replace("\n", "\r\n")),
    ],
    [
        ("its Unicode is not normalised (NFC)", lambda t: unicodedata.normalize("NFC", t)),
        ("its Unicode is composed (NFC) where the article's is not (NFD)", lambda t: unicodedata.normalize("NFD", t)),
    ],
    [
        ("it has straight quotation marks for curly ones", _curled),
        ("it has straight apostrophes for curly ones", lambda t: t.replace("'", "’")),
        ("it has curly quotation marks for straight ones", lambda t: t.translate(_STRAIGHT)),
    ],
    [("it has no-break spaces for plain ones", lambda t: t.replace("\xa0", " "))],
    [
        ("the line end at its end is missing", lambda t: t + "\n"),
        ("it has a line end too many at its end", lambda t: t.removesuffix("\n").removesuffix("\r")),
        ("it has empty lines at its end", lambda t: t.rstrip("\r\n")),
    ],
]


def _undone(text: str) -> Iterator[tuple[list[str], str]]:
    """Yield ``text`` with usual causes undone, and their names: none first, then the fewest."""
    choices = [[None, *group] for group in _CAUSES]
    # Several causes at once are tried on articles, not on books: it takes some hundred hashes of the text.
    most = len(choices) if len(text) <= 100_000 else 1
    for chosen in sorted(itertools.product(*choices), key=lambda c: sum(x is not None for x in c)):
        causes = [cause for cause in chosen if cause is not None]
        tried, names = text, list[str]()
        for name, undo in causes[: most + 1]:
            before, tried = tried, undo(tried)
            names += [name] if tried != before else []
        if len(names) == len(causes) <= most:  # else it has been yielded without the cause that changed nothing
            yield names, tried


def explain(text: str, wanted: Fingerprint) -> list[str]:
    """Return the usual causes that, undone, make of ``text`` the wanted one; empty if none do."""
    for names, tried in _undone(text):
        if len(tried) != wanted.code_points:
            continue
        if hashlib.sha256(tried.encode("utf-8", "surrogatepass")).hexdigest() == wanted.sha256:
            return names
    return []


def resembles(data: bytes, wanted: Fingerprint) -> bool:
    """Whether bytes are likely meant to be the wanted text: it begins alike, or a usual cause explains the difference."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    first = text[slice(*_bounds(wanted.code_points)[0])] if wanted.blocks else ""
    alike = bool(first) and _block_hash(wanted.sha256, 0, first) == wanted.blocks[:_KEPT]
    return alike or bool(explain(text, wanted))


def tell_difference(data: bytes, wanted: Fingerprint) -> tuple[str, str]:
    """Return what is wrong with bytes that are not the wanted text, and how to mend it."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        for encoding in ("cp1252", "utf-16"):
            try:
                other = data.decode(encoding)
            except UnicodeDecodeError:
                continue
            if hashlib.sha256(other.encode("utf-8", "surrogatepass")).hexdigest() == wanted.sha256 or explain(other, wanted):  # fmt: skip
                return f"it is in {encoding}, not in UTF-8", "save it as UTF-8"
        return f"byte {error.start} is not UTF-8", "save it as UTF-8"
    here = first_difference(text, wanted)
    if causes := explain(text, wanted):
        return "; ".join([here, *causes]), "undo that; nothing else differs"
    names, tried = max(_undone(text), key=lambda undone: _first_block(undone[1], wanted))  # the first of equals
    mend = "supply the text as it was when it was annotated"
    return "; ".join([here, *names, *([f"with that undone, {first_difference(tried, wanted)}"] if names else [])]), mend
