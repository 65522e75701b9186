"""Word forms of the triggers: which form of which word a token is."""

from functools import cache
from typing import NamedTuple

from .lexicon import Words, inflect, load_triggers, plural, words
from .phrases import Phrases


class Form(NamedTuple):
    """One reading of a word or phrase as a trigger."""

    list: int  # number of its list in triggers.toml
    lemma: str
    part: str  # "verb", "noun", "adjective" or "phrase"
    form: str  # of a verb: "base", "third", "past", "participle", "past participle" or "gerund"


@cache
def trigger_forms() -> Phrases[tuple[Form, ...]]:
    """Return every form of every trigger with all its readings, in the order of the lists."""
    found: dict[Words, list[Form]] = {}
    lexicon = load_triggers()

    def add(text: str, form: Form) -> None:
        readings = found.setdefault(words(text), [])
        if form not in readings:
            readings.append(form)

    for number, one in enumerate(lexicon.trigger):
        for phrase in one.phrases:
            add(phrase, Form(number, phrase, "phrase", "base"))
        for verb in one.verbs:
            forms = inflect(verb, lexicon.irregular)
            add(verb, Form(number, verb, "verb", "base"))
            add(forms.third, Form(number, verb, "verb", "third"))
            if forms.past == forms.participle:
                add(forms.past, Form(number, verb, "verb", "past participle"))
            else:
                add(forms.past, Form(number, verb, "verb", "past"))
                add(forms.participle, Form(number, verb, "verb", "participle"))
            add(forms.gerund, Form(number, verb, "verb", "gerund"))
        for noun in one.nouns:
            add(noun, Form(number, noun, "noun", "base"))
            add(plural(noun), Form(number, noun, "noun", "base"))
        for adjective in one.adjectives:
            add(adjective, Form(number, adjective, "adjective", "base"))
    return Phrases((text, tuple(readings)) for text, readings in found.items())


@cache
def _reporting() -> frozenset[str]:
    lexicon = load_triggers()
    found: set[str] = set()
    for one in lexicon.trigger:
        if one.type in lexicon.slots and "Addressee" in lexicon.slots[one.type].object:
            for verb in one.verbs:
                forms = inflect(verb, lexicon.irregular)
                found.update((forms.past, forms.third))
    return frozenset(found)


def is_reporting(low: str) -> bool:
    """Whether a folded token is a finite form of a verb of saying to somebody."""
    return low in _reporting()
