"""Names of states, peoples, capitals and provinces: the package ``countryinfo``, corrected by the lexicon."""

from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple

from parley.segment import split_tokens

from .lexicon import fold, load_lexicon
from .phrases import Phrases


class Name(NamedTuple):
    """What the gazetteer knows of a name. ``state`` is the key of the state it is, describes or governs, or ""."""

    type: str
    kind: str  # "state", "adjective", "capital" or "other"
    state: str


def _states() -> dict[str, dict[str, Any]]:
    from countryinfo import CountryInfo

    left_out = load_lexicon().gazetteer.leave_out
    return {key: dict(found) for key, found in sorted(CountryInfo.all().items()) if key not in left_out}


def _entries() -> Iterator[tuple[str, Name]]:
    """Yield names and what they are; of a name that comes twice the first counts."""
    lexicon = load_lexicon().gazetteer
    states = _states()
    for kind, of in lexicon.other.items():
        yield from ((name, Name(kind, "other", "")) for name in of)
    for key, found in states.items():
        names = [found["name"], *lexicon.names.get(key, [])]
        yield from ((name, Name("GPE", "state", key)) for name in names)
    for key, found in states.items():
        demonyms = (found.get("demonym") or "").replace("/", ",").replace(" and ", ",").split(",")
        for name in [d.strip() for d in demonyms] + lexicon.adjectives.get(key, []):
            state = lexicon.owner.get(name.lower(), key)
            if state == key and name and name != found["name"]:
                yield name, Name("GPE", "adjective", key)
                if name.endswith(("an", "i")):
                    yield name + "s", Name("GPE", "adjective", key)
    for key, found in states.items():
        capital = found.get("capital")
        for name in [*lexicon.capitals.get(key, []), *([capital] if isinstance(capital, str) else [])]:
            yield name, Name("GPE", "capital", key)
    yield from ((name, Name("GPE", "other", "")) for name in lexicon.cities)


@cache
def load_gazetteer() -> Phrases[Name]:
    """Return the gazetteer (built once), keyed by the tokens of the names as they are written."""
    return Phrases(
        (tuple(name[a:b].replace("’", "'") for a, b in split_tokens(name)), value) for name, value in _entries()
    )


@cache
def load_provinces() -> frozenset[str]:
    """Return the folded names of the world's provinces: many are common words or names, so they are a cue at most."""
    return frozenset(fold(name) for found in _states().values() for name in found.get("provinces", ()))
