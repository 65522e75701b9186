"""The word lists of the TOML files beside this module, read once, with all forms of their words."""

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from countryinfo import all_countries

HERE = Path(__file__).parent


@cache
def load(name: str) -> dict[str, Any]:
    """Return the contents of ``name``.toml."""
    return tomllib.loads((HERE / f"{name}.toml").read_text("utf-8"))


@cache
def words(file: str, *keys: str) -> frozenset[str]:
    """Return a list of words of a file: ``words("words", "determiners")``."""
    found: Any = load(file)
    for key in keys:
        found = found[key]
    return frozenset(found.split())


class Form(NamedTuple):
    """A form of a verb: its lemma, and which form it is (base, s, past, participle, ing)."""

    lemma: str
    tags: frozenset[str]


def plural(noun: str) -> str:
    """Return the plural of a noun."""
    irregular = load("nouns")["plurals"]
    for singular, form in irregular.items():
        if noun == singular or (noun.endswith(singular) and singular in ("man", "woman")):
            return str(noun.removesuffix(singular) + form)
    if noun.endswith(("craft", "people", "corps", "s")) and not noun.endswith("ss"):
        return noun
    if re.search(r"[^aeiou]y$", noun):
        return noun[:-1] + "ies"
    return noun + ("es" if noun.endswith(("s", "sh", "ch", "x")) else "s")


def conjugate(lemma: str) -> Iterator[tuple[str, str]]:
    """Yield the forms of a verb, each with its tag."""
    irregular = load("words")["irregular"].get(lemma)
    double = re.fullmatch(r"[^aeiou]*[aeiou][bdgmnprt]|refer|admit|commit|permit|rebut|expel|unplug", lemma)
    stem = lemma + lemma[-1] if double and not lemma.endswith(("ow", "aw")) else lemma.removesuffix("e")
    if lemma.endswith("ee"):
        stem = lemma
    if re.search(r"[^aeiou]y$", lemma):
        third, past = lemma[:-1] + "ies", lemma[:-1] + "ied"
    else:
        third = lemma + ("es" if lemma.endswith(("s", "sh", "ch", "x", "z", "go", "do")) else "s")
        past = (lemma if lemma.endswith("e") else stem) + ("d" if lemma.endswith("e") else "ed")
    pasts = (irregular or past).split()
    ing = lemma[:-2] + "ying" if lemma in ("lie", "die") else (lemma if lemma.endswith("ye") else stem) + "ing"
    yield from ((lemma, "base"), (third, "s"), (ing, "ing"), (pasts[0], "past"), (pasts[-1], "participle"))


@cache
def verb_forms() -> dict[str, Form]:
    """Return every form of every verb of the lists."""
    lemmas = {lemma for entry in entries() for lemma in (v.split()[0] for v in entry.verbs)}
    lemmas |= words("words", "verbs") | words("words", "light") | set(load("words")["irregular"])
    tags: dict[str, set[str]] = defaultdict(set)
    lemma_of: dict[str, str] = {}
    for lemma in sorted(lemmas, key=lambda word: (len(word), word)):
        for form, tag in conjugate(lemma):
            lemma_of.setdefault(form, lemma)
            if lemma_of[form] == lemma:
                tags[form].add(tag)
    return {form: Form(lemma, frozenset(tags[form])) for form, lemma in lemma_of.items()}


class Entry(NamedTuple):
    """Triggers of one type and what they need to be one."""

    type: str
    harm: str | None
    verbs: tuple[str, ...]
    nouns: frozenset[str]  # singular and plural
    others: frozenset[str]
    subject: frozenset[str]
    object: frozenset[str]
    with_words: frozenset[str]
    before: frozenset[str]


@cache
def entries() -> tuple[Entry, ...]:
    """Return the table of triggers."""

    def listed(value: str | list[str], by: str = " ") -> list[str]:
        if isinstance(value, list):
            return value
        flat = " ".join(value.split())
        return [part.strip() for part in flat.split(by)] if flat else []

    return tuple(
        Entry(
            type=row["type"],
            harm=row.get("harm"),
            verbs=tuple(listed(row.get("verbs", ""), "|")),
            nouns=frozenset(f for n in listed(row.get("nouns", "")) for f in (n, plural(n))),
            others=frozenset(listed(row.get("others", ""))),
            subject=frozenset(row.get("subject", ())),
            object=frozenset(row.get("object", ())),
            with_words=frozenset(listed(row.get("with", ""))),
            before=frozenset(listed(row.get("before", ""))),
        )
        for row in load("events")["trigger"]
    )


@cache
def trigger_verbs() -> dict[str, list[tuple[tuple[str, ...], Entry]]]:
    """Return by lemma the particles and the entry of its triggers, those with particles first."""
    found: dict[str, list[tuple[tuple[str, ...], Entry]]] = defaultdict(list)
    for entry in entries():
        for verb in entry.verbs:
            lemma, *particles = verb.split()
            found[lemma].append((tuple(particles), entry))
    for rows in found.values():
        rows.sort(key=lambda row: (-len(row[0]), not row[1].object and not row[1].subject))
    return dict(found)


@cache
def trigger_nouns() -> dict[str, list[Entry]]:
    """Return by noun (or other word) the entries it is a trigger of."""
    found: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries():
        for noun in sorted(entry.nouns | entry.others):
            found[noun].append(entry)
    return dict(found)


@cache
def heads() -> dict[str, tuple[str, bool]]:
    """Return by noun the entity type of a description that it heads, and whether it is a plural."""
    found: dict[str, tuple[str, bool]] = {}
    for kind in load("nouns")["heads"]:
        for noun in sorted(words("nouns", "heads", kind)):
            many = kind == "GROUP"
            found.setdefault(noun, (kind, many))
            if plural(noun) != noun or not many:
                found.setdefault(plural(noun), ("GROUP" if kind == "PER" else kind, True))
    return found


@cache
def name_heads() -> dict[str, str]:
    """Return by capitalised word the entity type of a name that it ends."""
    return {word: kind for kind in load("nouns")["names"] for word in words("nouns", "names", kind)}


@cache
def numbers() -> dict[str, int]:
    """Return the number words."""
    pairs = (pair.split("=") for pair in words("words", "numbers"))
    return {word: int(value) for word, value in pairs}


class Place(NamedTuple):
    """What the gazetteer knows of a name: the type, the entity it means, whether it is an adjective or a capital."""

    type: str
    entity: str
    kind: str  # "name", "demonym" or "capital"


@cache
def gazetteer() -> dict[str, Place]:
    """Return the names of states (from countryinfo), with demonyms and capitals, and the other names of the lists."""
    found: dict[str, Place] = {}
    for group in ("regions", "places"):
        for kind in load("nouns")[group]:
            found |= {word: Place(kind, word, "name") for word in words("nouns", group, kind)}
    for word, entity in load("nouns")["aliases"].items():
        found[word] = Place("ORG" if entity == "UN" else "GPE", entity, "name")
    for country in sorted(all_countries(), key=lambda one: (-(one.population() or 0), one.name())):
        name, capital, demonyms = country.name(), country.capital(), str(country.demonym() or "")
        if isinstance(capital, str):
            found.setdefault(capital, Place("GPE", name, "capital"))
        for demonym in re.split(r"[,/;]", demonyms):
            if demonym.strip():
                found.setdefault(demonym.strip(), Place("GPE", name, "demonym"))
                found.setdefault(plural(demonym.strip()), Place("GPE", name, "demonym"))
        found[name] = found[name.removeprefix("The ")] = Place("GPE", name, "name")
    return found
