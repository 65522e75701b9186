"""The word lists of the TOML files beside this module, with all forms of their words."""

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from countryinfo import all_countries


@cache
def load(name: str) -> dict[str, Any]:
    """Return the contents of ``name``.toml."""
    return tomllib.loads(Path(__file__).with_name(f"{name}.toml").read_text("utf-8"))


@cache
def words(file: str, *keys: str) -> frozenset[str]:
    """Return a list of words of a file: ``words("words", "determiners")``."""
    found: Any = load(file)
    for key in keys:
        found = found[key]
    return frozenset(found.split())


def among(word: str, *kinds: str) -> bool:
    """Whether a word is in one of the lists of ``words.toml``."""
    return any(word in words("words", kind) for kind in kinds)


class Form(NamedTuple):
    """A form of a verb: its lemma, and which forms it is (base, s, past, participle, ing)."""

    lemma: str
    tags: frozenset[str]


def plural(noun: str) -> str:
    """Return the plural of a noun."""
    for singular, form in load("nouns")["plurals"].items():
        if noun.endswith(singular):
            return noun.removesuffix(singular) + str(form)
    if re.search(r"craft$|corps$|[^s]s$", noun):
        return noun
    return re.sub("[^aeiou]ys$", lambda m: m[0][0] + "ies", noun + ("es" if re.search("(s|sh|ch|x)$", noun) else "s"))


def conjugate(lemma: str) -> Iterator[tuple[str, str]]:
    """Yield the forms of a verb, each with its tag."""
    double = re.fullmatch(r"[^aeiou]*[aeiou][bdgmnprt]|refer|admit|commit|permit|expel", lemma)
    stem = lemma + lemma[-1] if double else lemma if lemma.endswith("ee") else lemma.removesuffix("e")
    past = lemma[:-1] + "ied" if re.search("[^aeiou]y$", lemma) else lemma + "d" if lemma.endswith("e") else stem + "ed"
    pasts = load("words")["irregular"].get(lemma, past).split()
    yield from (
        (lemma, "base"),
        (plural(lemma) if lemma != "go" else "goes", "s"),
        (pasts[0], "past"),
        (pasts[-1], "participle"),
    )
    yield (lemma[:-2] + "ying" if lemma in ("lie", "die") else stem + "ing"), "ing"


class Entry(NamedTuple):
    """Triggers of one type and what they need to be one."""

    type: str
    harm: str | None
    verbs: tuple[str, ...]
    nouns: frozenset[str]  # singular and plural, and other words
    subject: frozenset[str]
    object: frozenset[str]
    near: frozenset[str]  # words that do instead of the subject or object


@cache
def entries() -> tuple[Entry, ...]:
    """Return the table of triggers."""
    return tuple(
        Entry(
            row["type"],
            row.get("harm"),
            tuple(" ".join(row.get("verbs", "").split()).split("|")) if "verbs" in row else (),
            frozenset(f for n in row.get("nouns", "").split() for f in (n, plural(n)))
            | set(row.get("others", "").split()),
            *(frozenset(row.get(key, "").split()) for key in ("subject", "object", "near")),
        )
        for row in load("events")["trigger"]
    )


@cache
def trigger_verbs() -> dict[str, list[tuple[list[str], Entry]]]:
    """Return by lemma the particles and the entry of its triggers, the narrower ones first."""
    found: dict[str, list[tuple[list[str], Entry]]] = defaultdict(list)
    for entry in entries():
        for lemma, *particles in map(str.split, entry.verbs):
            found[lemma].append((particles, entry))
    for rows in found.values():
        rows.sort(key=lambda row: (-len(row[0]), not row[1].object and not row[1].subject))
    return found


@cache
def trigger_nouns() -> dict[str, Entry]:
    """Return by noun (or other word) the entry it is a trigger of."""
    return {noun: entry for entry in reversed(entries()) for noun in sorted(entry.nouns)}


@cache
def verb_forms() -> dict[str, Form]:
    """Return every form of every verb of the lists."""
    lemmas = set(trigger_verbs()) | set(load("words")["irregular"]) | words("words", "verbs") | words("words", "light")
    tags: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for lemma in sorted(lemmas, key=lambda lemma: (len(lemma), lemma)):
        for form, tag in conjugate(lemma):
            tags[form][lemma].add(tag)
    return {form: Form(*next((lemma, frozenset(found)) for lemma, found in by.items())) for form, by in tags.items()}


@cache
def heads() -> dict[str, tuple[str, bool]]:
    """Return by noun the entity type of a description that it heads, and whether it is a plural."""
    found: dict[str, tuple[str, bool]] = {}
    for kind in load("nouns")["heads"]:
        for noun in sorted(words("nouns", "heads", kind)):
            found.setdefault(noun, (kind, kind == "GROUP"))
            found.setdefault(plural(noun), ("GROUP" if kind == "PER" else kind, True))
    return found


@cache
def name_heads() -> dict[str, str]:
    """Return by capitalised word the entity type of a name that it ends."""
    return {word: kind for kind in load("names")["heads"] for word in words("names", "heads", kind)}


@cache
def numbers() -> dict[str, int]:
    """Return the number words."""
    return {word: int(value) for word, value in (pair.split("=") for pair in load("words")["numbers"].split())}


@cache
def closed(word: str) -> bool:
    """Whether a word in small letters is of a closed class."""
    kinds = ("determiners", "prepositions", "subordinators", "auxiliaries", "adverbs", "other")
    return among(word, *kinds) or word in numbers()


def is_common(word: str) -> bool:
    """Whether a word with a capital is a common word in small letters: then the capital may be a sentence's."""
    low = word.lower()
    listed = low in heads() or low in verb_forms() or low in trigger_nouns() or low in words("words", "adjectives")
    return closed(low) or listed or low.endswith(("ly", "ing"))


class Place(NamedTuple):
    """What the gazetteer knows of a name: the type, the entity it means, and whether as name, demonym or capital."""

    type: str
    entity: str
    kind: str = "name"


@cache
def gazetteer() -> dict[str, Place]:
    """Return the names of states (from countryinfo), with demonyms and capitals, and the other names of the lists."""
    found = {word: Place(kind, word) for kind in load("names")["places"] for word in words("names", "places", kind)}
    found |= {word: Place("ORG" if state == "UN" else "GPE", state) for word, state in load("names")["aliases"].items()}
    for country in sorted(all_countries(), key=lambda one: (-(one.population() or 0), one.name())):
        name, capital = country.name(), country.capital()
        if isinstance(capital, str):
            found.setdefault(capital, Place("GPE", name, "capital"))
        for demonym in re.split(r"[,/;]", str(country.demonym() or "")):
            if demonym.strip():
                found.setdefault(demonym.strip(), Place("GPE", name, "demonym"))
                found.setdefault(plural(demonym.strip()), Place("GPE", name, "demonym"))
        found[name] = found[name.removeprefix("The ")] = Place("GPE", name)
    return found
