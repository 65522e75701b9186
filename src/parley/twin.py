"""Twins: articles in which every name is exchanged for an invented one, and nothing else.

A system that scores higher on articles than on their twins has used what it knew of the names, or had seen the text:
the difference is the memorisation gap. Twins are derived whenever they are needed; the dataset has only the names.
"""

import hashlib
import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from random import Random
from typing import Any

import msgspec

from parley.canonical import finish
from parley.checks.shape import check_shape
from parley.corpus import Article, Corpus, RegistryEntry, Twins
from parley.derive import map_spans
from parley.files import read_json
from parley.findings import Finding, FindingsError, finding
from parley.model import Document, Entity, Event
from parley.segment import split_sentences

FILE = "twins.json"
SPLIT = "twin"


class Swap:
    """A text with its names exchanged. Offsets are code points."""

    def __init__(self, text: str, names: Mapping[str, str]) -> None:
        longest_first = sorted(names, key=len, reverse=True)
        self._names = names
        self._pattern = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first))})(?!\w)")
        found = list(self._pattern.finditer(text))
        self._inside = [match.span() for match in found]
        self._ends = [match.end() for match in found]
        self._grown = [0]  # by how much the text has grown after each name
        for match in found:
            self._grown.append(self._grown[-1] + len(names[match[0]]) - len(match[0]))
        self.text = self.words(text)

    def words(self, text: str) -> str:
        """Return other words with the same names exchanged."""
        return self._pattern.sub(lambda match: self._names[match[0]], text)

    def names_in(self, text: str) -> list[str]:
        """Return the names of other words that would be exchanged."""
        return [match[0] for match in self._pattern.finditer(text)]

    def offset(self, at: int) -> int:
        """Return where an offset of the old text lies in the new one. Raises ``ValueError`` if it is inside a name."""
        before = bisect_right(self._ends, at)
        if before < len(self._inside) and self._inside[before][0] < at:
            raise ValueError(f"the offset {at} is inside a name that is exchanged")
        return at + self._grown[before]

    def span(self, span: dict[str, Any]) -> dict[str, Any]:
        """Return an object with offsets, moved, with the words that are there now."""
        start, end = self.offset(span["start"]), self.offset(span["end"])
        return span | {"start": start, "end": end} | ({"text": self.text[start:end]} if "text" in span else {})


def read_twins(corpus: Corpus) -> Twins | None:
    """Return the names of the twins of a dataset; None if it has none. Raises ``FindingsError`` for a faulty file."""
    path = corpus.folder / FILE
    if not path.is_file():
        return None
    value, findings = read_json(path, FILE)
    findings = findings or check_shape(value, "twins", file=FILE)
    if findings:
        raise FindingsError(findings)
    return msgspec.convert(value, Twins)


def twins(corpus: Corpus) -> Corpus:
    """Return a dataset of the twins of a dataset: the split ``twin``. It has no articles where there are no names.

    Names of entities and registry entries are exchanged too; the entries have ids of their own and no Wikidata id.
    Raises ``FindingsError`` where an annotation begins or ends inside a name, where a sentence begins elsewhere than
    before, or where a name in the gold is not exchanged.
    """
    given = read_twins(corpus)
    if given is None:
        return msgspec.structs.replace(corpus, articles={}, texts={}, gold={}, raw={}, passes={}, stories={})
    swaps = {name: Swap(corpus.texts[name], given.names) for name in given.articles if name in corpus.articles}
    articles, texts, gold, findings = {}, {}, {}, list[Finding]()
    for name, swap in swaps.items():
        try:
            article = _article(corpus.articles[name], swap)
            articles[article.id], texts[article.id] = article, swap.text
            if name in corpus.gold:
                gold[article.id] = _record(corpus.gold[name], article, swap)
        except ValueError as error:
            findings.append(_faulty(name, str(error), "write the longer name, of which this one is a part, too"))
        else:
            findings += _left(corpus, name, swap, article)
    if findings:
        raise FindingsError(findings)
    words = Swap("", given.names).words
    used = {item.registry for name in swaps if name in corpus.gold for item in _linked(corpus.gold[name])}
    used |= {entry.side for entry in corpus.registry.entries if entry.id in used}
    entries = [_entry(entry, words) for entry in corpus.registry.entries if entry.story is None or entry.id in used]
    registry = msgspec.structs.replace(corpus.registry, entries=sorted(entries, key=lambda entry: entry.id))
    return Corpus(corpus.folder, corpus.info, registry, articles, texts, gold, {}, {})


_WORD = re.compile(r"(?:\w\.){2,}|\w+(?:[-’']\w+)*")


def draw_names(corpus: Corpus, articles: Sequence[str], source: Corpus, *, seed: int = 0) -> Twins:
    """Return the names of the twins of a dataset, with a substitute for each name of these articles that has none yet.

    Names are exchanged word by word, one word for one everywhere: "Brink" in "Ada Brink" as alone. The substitutes are
    words of names in ``source`` of the same entity type and form (in capitals, last letter), as far as there are any;
    articles that were published are left out.
    A word that is written small somewhere in the texts is an ordinary word ("Council") and stays. Raises
    ``FindingsError`` if ``source`` has too few names.
    """
    given = read_twins(corpus) or Twins(canary=corpus.info.canary, articles=[], names={})
    taken = {word for name in articles for word in _WORD.findall(corpus.texts[name])}
    invented = [name for name in source.gold if source.articles[name].origin != "found"]
    left = {word: kind for word, kind in _words_of_names(source, invented).items() if word not in taken}
    random, exchanged = Random(seed), dict[str, str]()
    for word, kind in _words_of_names(corpus, articles).items():
        fitting = [other for other in left if left[other] == kind] or list(left)
        if not fitting:
            fix = "name a dataset with more names by --names"
            raise FindingsError(
                [finding("faulty-twin", file=FILE, id=articles[0], problem="too few names to draw", fix=fix)]
            )
        best = max(_alike(word, other) for other in fitting)
        exchanged[word] = random.choice([other for other in fitting if _alike(word, other) == best])
        del left[exchanged[word]]
    names = {name for article in articles for name in _names(corpus.gold[article])} - given.names.keys()
    drawn = {name: _WORD.sub(lambda match: exchanged.get(match[0], match[0]), name) for name in names}
    listed = dict.fromkeys([*given.articles, *articles])
    return Twins(canary=given.canary, articles=[*listed], names=dict(sorted((given.names | drawn).items())))


def _names(record: Document) -> Iterator[str]:
    return (mention.text for mention in record.mentions if mention.form == "NAM")


def _words_of_names(corpus: Corpus, articles: Iterable[str]) -> dict[str, str]:
    """Return the words of names in the gold of articles that are written small nowhere, with the first one's type."""
    ordinary = {word for text in corpus.texts.values() for word in _WORD.findall(text) if word.islower()}
    found: dict[str, str] = {}
    for article in articles:
        types = {entity.id: entity.type for entity in corpus.gold[article].entities}
        for mention in corpus.gold[article].mentions:
            if mention.form == "NAM":
                for word in _WORD.findall(mention.text):
                    if word[0].isupper() and word.lower() not in ordinary:
                        found.setdefault(word, types[mention.entity or ""])
    return found


def _alike(word: str, other: str) -> int:
    """Return in how much of their form two words agree: capitals count more than the last letter."""
    return 2 * (word.isupper() == other.isupper()) + (word[-1] == other[-1])


def twin_id(identifier: str) -> str:
    """Return the id of the twin of an article or registry entry."""
    return f"{SPLIT}-{identifier}"


def _article(article: Article, swap: Swap) -> Article:
    zones = [msgspec.structs.replace(z, start=swap.offset(z.start), end=swap.offset(z.end)) for z in article.zones]
    return msgspec.structs.replace(
        article,
        id=twin_id(article.id),
        sha256=hashlib.sha256(swap.text.encode("utf-8")).hexdigest(),
        split=SPLIT,
        title=None if article.title is None else swap.words(article.title),
        provenance=f"Made from {article.id} by exchanging its names.",
        zones=zones,
        notes=[],
        story=None if article.story is None else twin_id(article.story),
        origin="authored",
        outlet=None,
    )


def _record(record: Document, article: Article, swap: Swap) -> Document:
    moved = map_spans(msgspec.to_builtins(record), swap.span)
    moved |= {"id": article.id, "sha256": article.sha256}
    for entity in moved["entities"]:
        entity["name"] = swap.words(entity["name"])
    for item in (*moved["entities"], *moved["events"]):
        if item.get("registry") is not None:
            item["registry"] = twin_id(item["registry"])
    return finish(msgspec.convert(moved, Document), article, swap.text)


def _linked(record: Document) -> list[Entity | Event]:
    return [*record.entities, *record.events]


def _entry(entry: RegistryEntry, words: Callable[[str], str]) -> RegistryEntry:
    side = None if entry.side is None else twin_id(entry.side)
    return msgspec.structs.replace(
        entry, id=twin_id(entry.id), name=words(entry.name), side=side, wikidata=None, note=None, story=None
    )


def _left(corpus: Corpus, name: str, swap: Swap, article: Article) -> Iterator[Finding]:
    """Yield what makes a twin differ in more than names, or not in all of them."""
    before = split_sentences(corpus.texts[name], corpus.articles[name].zones)
    after = split_sentences(swap.text, article.zones)
    moved = [(swap.offset(s.start), swap.offset(s.end)) for s in before]
    if moved != [(s.start, s.end) for s in after]:
        yield _faulty(name, "its twin has other sentences", "write substitutes that end and begin as the names do")
    if name in corpus.gold:
        kept = {m.text for m in corpus.gold[name].mentions if m.form == "NAM" and not swap.names_in(m.text)}
        if kept:
            listed = ", ".join(repr(text) for text in sorted(kept))
            yield _faulty(name, f"names without a substitute: {listed}", "give each one; a name may be its own")


def _faulty(article: str, problem: str, fix: str) -> Finding:
    return finding("faulty-twin", file=FILE, id=article, problem=problem, fix=fix)
