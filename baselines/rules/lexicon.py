"""The lexicons of the ``rules`` baseline, read and typed, and the word forms made from them."""

import re
from functools import cache
from pathlib import Path

import msgspec

from parley.segment import split_tokens

_FOLDER = Path(__file__).parent
_VOWELS = "aeiou"

Words = tuple[str, ...]  # the tokens of a phrase, lower case


class _Strict(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A table of the lexicon: an unknown key is an error."""


class Gazetteer(_Strict, frozen=True):
    """Corrections to countryinfo, keyed by its names in lower case, and places and bodies it does not have."""

    names: dict[str, list[str]]
    adjectives: dict[str, list[str]]
    capitals: dict[str, list[str]]
    leave_out: list[str]
    owner: dict[str, str]
    cities: list[str]
    other: dict[str, list[str]]  # entity type: names


class Cues(_Strict, frozen=True):
    """What around a capitalised run speaks for a type."""

    place_before: list[str]
    place_after: list[str]
    adjective_endings: list[str]
    weapon: str  # regular expression


class Names(_Strict, frozen=True):
    """Words in and around names."""

    function_words: frozenset[str]
    honorifics: frozenset[str]
    links: frozenset[str]
    particles: frozenset[str]
    titles: list[str]
    heads: dict[str, list[str]]
    cues: Cues


class Pronouns(_Strict, frozen=True):
    """Pronouns by what they refer to."""

    person: frozenset[str]
    thing: frozenset[str]
    many: frozenset[str]
    speaker_many: frozenset[str]
    speaker_one: frozenset[str]
    empty_it_before: frozenset[str]
    reciprocal: list[str]


class Nominals(_Strict, frozen=True):
    """Head nouns by entity type, and the words that may surround them."""

    heads: dict[str, list[str]]
    not_before: list[str]
    phrases_without: list[str]
    premodifiers: frozenset[str]
    premodifier_suffixes: list[str]
    not_premodifiers: frozenset[str]
    adjective_heads: frozenset[str]
    determiners: frozenset[str]
    articles: frozenset[str]
    definite: frozenset[str]
    plural_states: frozenset[str]
    governing: frozenset[str]
    prospective: frozenset[str]


class Numbers(_Strict, frozen=True):
    """Number words, qualifiers and what numbers count."""

    words: dict[str, int]
    scales: dict[str, int]
    vague: list[str]
    units: frozenset[str]
    counted: frozenset[str]
    qualifiers: dict[str, list[str]]


class Times(_Strict, frozen=True):
    """Words of the calendar."""

    months: list[str]
    weekdays: list[str]
    parts: dict[str, str]
    units: dict[str, str]
    future: frozenset[str]
    mods: dict[str, list[str]]


class Lexicon(_Strict, frozen=True):
    """``lexicon.toml``: entities and values."""

    gazetteer: Gazetteer
    names: Names
    pronouns: Pronouns
    nominals: Nominals
    numbers: Numbers
    times: Times


class TriggerList(_Strict, frozen=True):
    """Words that name one type of event; ``needs``: mention types, ``needs_event``: event types close by."""

    type: str
    verbs: list[str] = []
    nouns: list[str] = []
    adjectives: list[str] = []
    phrases: list[str] = []
    needs: list[str] = []
    needs_event: list[str] = []


class Without(_Strict, frozen=True):
    """Phrases that hold a trigger and name no event."""

    phrases: list[str]


class Slots(_Strict, frozen=True):
    """Roles to try for the mentions before and after a verb."""

    subject: list[str]
    object: list[str]


class Verbs(_Strict, frozen=True):
    """Closed lists about verbs."""

    undergone: frozenset[str]
    addressing: frozenset[str]
    light: frozenset[str]
    be: frozenset[str]
    auxiliaries: frozenset[str]


class StatusCues(_Strict, frozen=True):
    """Words within ``window`` tokens before a trigger, by the status they make."""

    window: int
    negated: frozenset[str]
    possible: frozenset[str]
    planned: frozenset[str]
    wanted: frozenset[str]
    after: dict[str, str]
    content: dict[str, str]


class Clauses(_Strict, frozen=True):
    """Where clauses end."""

    stops: frozenset[str]
    relative: frozenset[str]
    presupposing: frozenset[str]


class StanceRule(_Strict, frozen=True):
    """The stance that a type of speech event shows."""

    polarity: str
    facet: str
    targets: list[str]


class Triggers(_Strict, frozen=True):
    """``triggers.toml``: events, their arguments, status and stance."""

    irregular: dict[str, list[str]]
    trigger: list[TriggerList]
    without: Without
    slots: dict[str, Slots]
    prepositions: dict[str, list[str]]
    verbs: Verbs
    status: StatusCues
    clauses: Clauses
    stance: dict[str, StanceRule]


@cache
def load_lexicon() -> Lexicon:
    """Return the lexicon of entities and values (read once)."""
    return msgspec.toml.decode((_FOLDER / "lexicon.toml").read_bytes(), type=Lexicon)


@cache
def load_triggers() -> Triggers:
    """Return the lexicon of events and stance (read once)."""
    return msgspec.toml.decode((_FOLDER / "triggers.toml").read_bytes(), type=Triggers)


def fold(text: str) -> str:
    """Return ``text`` as the lexicons spell it: lower case, straight apostrophe."""
    return text.lower().replace("’", "'")


def words(phrase: str) -> Words:
    """Return the tokens of a phrase, folded."""
    return tuple(fold(phrase[start:end]) for start, end in split_tokens(phrase))


def plural(noun: str) -> str:
    """Return the regular plural of a noun or a compound."""
    if noun.endswith("man") and noun != "human":
        return noun[:-2] + "en"
    if re.search("(?:s|x|z|ch|sh)$", noun):
        return noun + "es"
    if noun.endswith("y") and noun[-2:-1] not in _VOWELS:
        return noun[:-1] + "ies"
    return noun + "s"


class Forms(msgspec.Struct, frozen=True):
    """The forms of a verb."""

    third: str
    past: str
    participle: str
    gerund: str


def inflect(verb: str, irregular: dict[str, list[str]]) -> Forms:
    """Return the forms of a verb: those listed in ``irregular``, else the regular ones."""
    if verb in irregular:
        return Forms(*irregular[verb])
    third = plural(verb)
    if verb.endswith("e"):
        past, gerund = verb + "d", verb[:-1] + "ing"
    elif verb.endswith("y") and verb[-2:-1] not in _VOWELS:
        past, gerund = verb[:-1] + "ied", verb + "ing"
    else:
        past, gerund = verb + "ed", verb + "ing"
    return Forms(third, past, past, gerund)
