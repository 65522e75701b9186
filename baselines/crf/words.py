"""What the taggers and classifiers know of a word: its letters, the word lists of ``rules``, its neighbours."""

import re
from collections import defaultdict
from collections.abc import Iterator

from baselines.rules.lexicon import (
    closed,
    gazetteer,
    heads,
    load,
    name_heads,
    numbers,
    trigger_nouns,
    trigger_verbs,
    verb_forms,
    words,
)
from baselines.rules.text import Article
from baselines.rules.values import values

CLOSED = ("determiners", "prepositions", "subordinators", "auxiliaries", "adverbs", "adjectives", "light", "empty")
TITLES = frozenset(word.lower() for kind in ("office", "honorific") for word in load("names")[kind].split())


def shape(word: str) -> str:
    """Return the pattern of a word's letters: "Xx" for Norland, "X" for UN, "d" for 12."""
    letters = re.sub(r"[^\W\d_]", lambda m: "X" if m[0].isupper() else "x", word)
    return re.sub(r"(.)\1+", r"\1", re.sub(r"\d", "d", letters))


def lemma(word: str) -> str:
    """Return the lemma of a verb of the lists, else the word without a plural's ending."""
    form = verb_forms().get(word)
    return (
        form.lemma if form else re.sub("ies$", "y", word) if word.endswith("ies") else re.sub("(?<=[^su])s$", "", word)
    )


def lists(word: str, text: str) -> Iterator[str]:
    """Yield in which lists a word stands."""
    yield from (f"class={kind}" for kind in CLOSED if word in words("words", kind))
    if word in heads():
        yield f"head={heads()[word][0]}"
    if text[0].isupper():
        if text in name_heads():
            yield f"name={name_heads()[text]}"
        if text in gazetteer():
            yield f"place={gazetteer()[text].kind}"
    if word in TITLES:
        yield "title"
    if word in numbers():
        yield "number"
    form = verb_forms().get(word)
    if form is not None:
        yield from (f"form={tag}" for tag in sorted(form.tags))
        for particles, entry in trigger_verbs().get(form.lemma, ()):
            yield f"verb={entry.type}{'+' * bool(particles)}"
    if word in trigger_nouns():
        yield f"noun={trigger_nouns()[word].type}"


class Words:
    """The words of an article with the features of each."""

    def __init__(self, article: Article) -> None:
        """Compute what the windows are put together from."""
        self.article = article
        self.value = {}
        starts = {word.start: at for at, word in enumerate(article.words)}
        for found in values(article):
            at = starts[found.start]
            while at < len(article.words) and article.words[at].end <= found.end:
                self.value[at] = f"{'B' if article.words[at].start == found.start else 'I'}-{found.type}"
                at += 1
        self.lemmas = [lemma(word.lower) for word in article.words]
        self.own = [self._own(at) for at in range(len(article.words))]
        self.elsewhere = self._elsewhere()

    def _own(self, at: int) -> list[str]:
        word = self.article.words[at]
        found = [f"w={word.lower}", f"l={self.lemmas[at]}", f"shape={shape(word.text)}", *lists(word.lower, word.text)]
        if at in self.value:
            found.append(f"value={self.value[at]}")
        return found

    def add(self, first: int, last: int, name: str) -> None:
        """Add a feature to a run of words, with whether a word is the first of it."""
        for at in range(first, last + 1):
            self.own[at].append(f"{name}|{'B' if at == first else 'I'}")

    def _elsewhere(self) -> dict[str, set[str]]:
        """Return what stands around each capitalised word anywhere in the article."""
        found: dict[str, set[str]] = defaultdict(set)
        small = {word.text for word in self.article.words if word.text[0].islower()}
        for at, word in enumerate(self.article.words):
            if word.capital:
                around = found[word.text]
                for step in (-1, 1):
                    other = self.article.before(at) if step < 0 else self.article.after(at)
                    if other:
                        around.add(f"{step}:{other}")
                        around.update(f"{step}:{kind}" for kind in lists(other, other) if "=" in kind)
                if word.lower in small:
                    around.add("small")
                if not self.article.opens(at):
                    around.add("inside")
        return found

    def window(self, at: int, reach: int = 2) -> dict[str, float]:
        """Return the features of a word with those of its neighbours in the sentence."""
        sentence = self.article.sentences[self.article.words[at].sentence]
        word = self.article.words[at]
        found = {"bias": 1.0}
        for i in range(max(sentence.first, at - reach), min(sentence.end, at + reach + 1)):
            found.update((f"{i - at}:{name}", 1.0) for name in self.own[i])
        found.update((f"suffix={word.lower[-size:]}", 1.0) for size in (2, 3, 4) if len(word.lower) > size)
        found[f"prefix={word.lower[:3]}"] = 1.0
        for i in (at - 1, at):
            found[f"{i - at}:pair={self.article.lower(i)}|{self.article.lower(i + 1)}"] = 1.0
        if word.capital:
            found.update((f"else={name}", 1.0) for name in sorted(self.elsewhere[word.text]))
        if at < sentence.body:
            found["dateline"] = 1.0
        if self.article.opens(at):
            found["opens"] = 1.0
        if word.quotation:
            found["quoted"] = 1.0
        if word.sentence == 0:
            found["headline"] = 1.0
        if closed(word.lower):
            found["closed"] = 1.0
        return found
