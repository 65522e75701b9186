"""Invented stories: ids refer, stories and articles fit, names and words are one story's own, gold is linked to them."""

import json
import re
from collections.abc import Collection, Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import msgspec

from parley.checks.shape import is_day
from parley.corpus import Corpus, Story
from parley.findings import Finding, finding
from parley.model import Document

RUN = 8  # words in a row that no two stories share
# A name of these words alone says what somebody is, and may be in several stories.
_OFFICES = frozenset(
    [
        "a",
        "and",
        "of",
        "the",
        "affairs",
        "army",
        "border",
        "coast",
        "defence",
        "defense",
        "foreign",
        "guard",
        "health",
        "home",
        "interior",
        "ministry",
        "minister",
        "navy",
        "office",
        "parliament",
        "police",
        "presidency",
        "president",
        "prime",
    ]
)


def check_stories(
    corpus: Corpus, lines: Mapping[str, int], known: Collection[str], is_listed_whole: bool
) -> list[Finding]:
    """Return what is wrong with the stories of a corpus and what its articles and registry say of them.

    ``lines`` are those of the articles in articles.jsonl. Nothing is said to be missing that could not be read: stories
    are ``known`` by their files, and articles may be missing only if ``is_listed_whole``.
    """
    real = {entry.name.casefold(): entry.id for entry in corpus.registry.entries if entry.wikidata}
    findings = [found for story in corpus.stories.values() for found in (*_ids(story), *_real_names(story, real))]
    findings += [*_articles(corpus, lines, known, is_listed_whole), *_shared_names(corpus)]
    findings += [*shared_runs(corpus), *_registry(corpus, known)]
    return findings


def _file(story: Story) -> str:
    return f"stories/{story.id}.json"


def _ids(story: Story) -> Iterator[Finding]:
    """Check that ids are unique, and that what they refer to is there."""
    world, events = {entry.id for entry in story.world}, {event.id for event in story.events}
    seen: dict[str, str] = {}
    places = [(entry.id, f"$.world[{i}]") for i, entry in enumerate(story.world)]
    places += [(event.id, f"$.events[{i}]") for i, event in enumerate(story.events)]
    for identifier, path in places:
        if (first := seen.setdefault(identifier, path)) != path:
            yield finding("duplicate-id", file=_file(story), path=f"{path}.id", id=identifier, first=first)
    references: list[tuple[str, str | None, str, set[str]]] = []
    for i, entry in enumerate(story.world):
        references.append((f"$.world[{i}].side", entry.side, "world entry", world))
    for i, event in enumerate(story.events):
        for field in ("who", "to_whom", "where", "claimed_by", "denied_by"):
            named = enumerate(getattr(event, field))
            references += ((f"$.events[{i}].{field}[{n}]", each, "world entry", world) for n, each in named)
        references.append((f"$.events[{i}].part_of", event.part_of, "event", events))
        for day in re.findall(r"\d{4}-\d{2}-\d{2}", event.when):
            if not is_day(day):
                yield finding("bad-date", file=_file(story), path=f"$.events[{i}].when", day=day)
    for i, position in enumerate(story.positions):
        references.append((f"$.positions[{i}].holder", position.holder, "world entry", world))
        references.append((f"$.positions[{i}].target", position.target, "world entry or event", world | events))
    for i, outlet in enumerate(story.outlets):
        references.append((f"$.outlets[{i}].side", outlet.side, "world entry", world))
    for path, reference, kind, known in references:
        if reference is not None and reference not in known:
            yield finding("dangling-id", file=_file(story), path=path, kind=kind, id=reference)


@cache
def _states() -> frozenset[str]:
    """Return the names of real states and peoples, in lower case."""
    text = (files("parley.checks") / "states.txt").read_text("utf-8")
    return frozenset(line.casefold() for line in text.splitlines() if not line.startswith("#"))


def _real_names(story: Story, entries: Mapping[str, str]) -> Iterator[Finding]:
    """Check that no name holds that of a real state or people, as a whole or as a capitalised word of it.

    Nor is it the name of a real person or body in the registry (``entries``: ids by name in lower case).
    """
    for i, entry in enumerate(story.world):
        for name in (entry.name, *entry.variants):
            words = [name, *(word for word in re.findall(r"\w+", name) if word[0].isupper())]
            real = next((word for word in words if word.casefold() in _states()), None)
            place: dict[str, Any] = {"file": _file(story), "path": f"$.world[{i}]", "name": name}
            if real is not None:
                yield finding("real-name", word=real, **place)
            elif name.casefold() in entries:
                yield finding("real-name/registry", id=entries[name.casefold()], **place)


def _articles(
    corpus: Corpus, lines: Mapping[str, int], known: Collection[str], is_listed_whole: bool
) -> Iterator[Finding]:
    """Check that stories and articles name each other, agree on outlet and date, and share the split."""
    first: dict[str, str] = {}
    for article in corpus.articles.values():
        at: dict[str, Any] = {"file": "articles.jsonl", "line": lines[article.id]}
        if article.story is None:
            continue
        other = corpus.articles[first.setdefault(article.story, article.id)]
        if other.split != article.split:
            values: dict[str, Any] = {"split": article.split, "other": other.id, "other_split": other.split}
            yield finding("story-article/split", path="$.split", id=article.id, **at, **values)
        story = corpus.stories.get(article.story)
        if story is None:
            if article.origin == "authored" and article.story not in known:
                yield finding("dangling-id", path="$.story", kind="story", id=article.story, **at)
            continue
        own = next((outlet for outlet in story.outlets if outlet.article == article.id), None)
        if own is None:
            yield finding("story-article/unnamed", path="$.story", story=story.id, id=article.id, **at)
            continue
        if article.outlet != story.outlet(own):
            expected = json.dumps(msgspec.to_builtins(story.outlet(own)), ensure_ascii=False)
            yield finding("story-article/outlet", path="$.outlet", expected=expected, **at)
        if article.date.value != own.date:
            yield finding("story-article/date", path="$.date.value", expected=own.date, **at)
    for story in corpus.stories.values():
        for i, outlet in enumerate(story.outlets):
            told = corpus.articles.get(outlet.article)
            if told.story != story.id if told else is_listed_whole:
                path = f"$.outlets[{i}].article"
                yield finding("story-article", file=_file(story), path=path, id=outlet.article, story=story.id)


def _is_proper(name: str) -> bool:
    """Whether a name is one that only one story can have: it begins with a capital and does not just say an office."""
    return name[:1].isupper() and not set(re.findall(r"\w+", name.casefold())) <= _OFFICES


def _shared_names(corpus: Corpus) -> Iterator[Finding]:
    """Check that what names something in one story names nothing in another; names are compared without case."""
    called: dict[str, dict[str, None]] = {}
    for story in corpus.stories.values():
        for entry in story.world:
            for name in (entry.name, *entry.variants):
                called.setdefault(name.casefold(), {})[story.id] = None
    for story in corpus.stories.values():
        for i, entry in enumerate(story.world):
            others = [other for other in called[entry.name.casefold()] if other != story.id]
            if others and _is_proper(entry.name):
                path = f"$.world[{i}].name"
                yield finding("shared-name", file=_file(story), path=path, name=entry.name, other=others[0])


def shared_runs(corpus: Corpus) -> Iterator[Finding]:
    """Yield the first run of ``RUN`` words of each article that an article of another story holds before it."""
    first: dict[tuple[str, ...], str] = {}
    for article in corpus.articles.values():
        if article.story is None or article.id not in corpus.texts:
            continue
        words = re.findall(r"\w+", corpus.texts[article.id].casefold())
        runs = [tuple(words[at : at + RUN]) for at in range(len(words) - RUN + 1)]
        for run in runs:
            other = first.get(run, article.id)
            if corpus.articles[other].story != article.story:
                yield finding("shared-run", file=f"articles/{article.id}.txt", run=" ".join(run), other=other)
                break
        for run in runs:
            first.setdefault(run, article.id)


def _registry(corpus: Corpus, known: Collection[str]) -> Iterator[Finding]:
    """Check that registry entries name world entries and events of the stories that are there."""
    for i, entry in enumerate(corpus.registry.entries):
        place: dict[str, Any] = {"file": "registry.json", "path": f"$.entries[{i}].story"}
        if entry.story is None:
            continue
        story_id, _, name = entry.story.partition("/")
        story = corpus.stories.get(story_id)
        if story is None:
            if story_id not in known:
                yield finding("dangling-id", kind="story", id=story_id, **place)
            continue
        if not name:  # of the story, but not among its facts
            continue
        kinds = {**{own.id: "entity" for own in story.world}, **{event.id: "event" for event in story.events}}
        if name not in kinds:
            yield finding("dangling-id", kind="item of the story", id=name, **place)
        elif kinds[name] != entry.kind:
            yield finding("wrong-kind", id=entry.story, found=kinds[name], kind=entry.kind, **place)


def check_story_links(corpus: Corpus) -> list[Finding]:
    """Return a warning for each entity and event cluster of the gold that its story knows and that is not linked to it,
    an error for each that is linked to another story.

    A story knows an entity by a name that it has in an article. The entry of something that its facts do not list, such
    as a town that has the name of a bridge, names the story alone.
    """
    return [
        found
        for name, document in corpus.gold.items()
        if (story := corpus.stories.get(corpus.articles[name].story or ""))
        for found in _links(document, story, corpus)
    ]


def _links(document: Document, story: Story, corpus: Corpus) -> Iterator[Finding]:
    known = {name: entry.id for entry in story.world for name in (entry.name, *entry.variants)}
    names: dict[str, list[str]] = {}
    for mention in document.mentions:
        if mention.form == "NAM" and mention.text in known:
            names.setdefault(mention.entity or "", []).append(mention.text)

    def of_story(registry: str | None) -> str:
        entry = corpus.entries.get(registry or "")
        return (entry.story or "").partition("/")[0] if entry else ""

    file = f"gold/{document.id}.json"
    entities = [(f"$.entities[{i}].registry", own.id, own.registry) for i, own in enumerate(document.entities)]
    events = [(f"$.events[{i}].registry", "", own.registry) for i, own in enumerate(document.events)]
    for path, entity, registry in entities + events:
        place: dict[str, Any] = {"file": file, "path": path, "story": story.id}
        other = of_story(registry)
        if other and other != story.id:
            yield finding("story-other", id=registry, other=other, **place)
        elif not other and entity in names:
            name = names[entity][0]
            yield finding("story-unlinked", name=name, id=known[name], **place)
        elif not other and not entity and registry in corpus.entries:
            yield finding("story-unlinked/event", id=registry, **place)
