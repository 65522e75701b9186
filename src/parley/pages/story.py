"""An invented story and its outlets side by side: what happened, who tells it and how, and who stands where.

The registry says which entities and event clusters of the gold are which items of the story.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from parley.claims import contradict
from parley.corpus import Story, StoryEvent, StoryOutlet
from parley.model import AUTHOR, Event
from parley.pages.article import Shown
from parley.pages.html import Notice, Site, page
from parley.pages.pair import registered_events, told
from parley.pages.palette import polarity_mark


class Report(NamedTuple):
    """An outlet and its article."""

    outlet: StoryOutlet
    article: Shown


class Telling(NamedTuple):
    """What one article tells of one fact: a claim in words, and the event mention that makes it."""

    event: Event
    words: str


class Fact(NamedTuple):
    """Something that happened, or is said to have; what each article tells of it; which claims contradict each other."""

    event: StoryEvent
    told: list[list[Telling]]  # by report
    clashes: list[tuple[str, str, str]]  # two contradicting claims, each with its outlet, and in what


class Standing(NamedTuple):
    """A holder's position toward a target in the story, and the stances that show it, by report."""

    holder: str
    target: str
    attitude: str
    shown: list[list[str]]


class Told(NamedTuple):
    """A story with what its articles tell."""

    story: Story
    reports: list[Report]
    facts: list[Fact]
    standings: list[Standing]
    names: dict[str, str]  # by id of a world entry or event


def story_items(a: Shown, ids: Iterable[str]) -> set[str]:
    """Return the world entries and events of the story that entities or events of an article are."""
    entries = [a.entry(identifier) for identifier in ids if identifier != AUTHOR]
    return {entry.story.partition("/")[2] for entry in entries if entry is not None and entry.story is not None}


def _by_item(a: Shown) -> dict[str, list[Event]]:
    """Return, by event of the story, the event mentions of the clusters that are it or part of it, as in the text."""
    found: dict[str, list[Event]] = {}
    for cluster in registered_events(a).values():
        for item in story_items(a, [cluster[0].id]):
            found.setdefault(item, []).extend(cluster)
    return {item: sorted(own, key=lambda e: e.span) for item, own in found.items()}


def _fact(event: StoryEvent, reports: Sequence[Report], mentions: Sequence[dict[str, list[Event]]]) -> Fact:
    tellings, claims = [], []
    for report, by_item in zip(reports, mentions, strict=True):
        own = [
            (claim, words, mention)
            for mention in by_item.get(event.id, [])
            for claim, words in told(report.article, [mention])
        ]
        tellings.append(
            [Telling(mention, words) for words, mention in {words: mention for _, words, mention in own}.items()]
        )
        claims += [
            (claim, report.article.entry(mention.id), f"{report.outlet.name}: {words}") for claim, words, mention in own
        ]
    clashes = [
        (one, other, " and ".join(aspects))
        for n, (claim, entry, one) in enumerate(claims)
        for second, same, other in claims[n + 1 :]
        if entry is same and (aspects := contradict(claim, second))
    ]
    return Fact(event, tellings, list(dict.fromkeys(clashes)))


def _shown(a: Shown, holder: str, target: str) -> list[str]:
    """Return the stances of an article between two items of the story, in words."""
    found = []
    for stance in a.shown_stances:
        holders = a.members(stance.holder) if stance.holder in a.entities else []
        if holder in story_items(a, [stance.holder, *holders]) and target in story_items(a, [stance.target]):
            found.append(f"{polarity_mark(stance.polarity)} {stance.polarity} ({stance.facet})")
    return list(dict.fromkeys(found))


def tell(story: Story, articles: Sequence[Shown]) -> Told:
    """Return a story with what its articles tell, outlets and events in the order of the story."""
    by_id = {a.id: a for a in articles}
    reports = [Report(outlet, by_id[outlet.article]) for outlet in story.outlets if outlet.article in by_id]
    mentions = [_by_item(report.article) for report in reports]
    names = {entry.id: entry.name for entry in story.world} | {event.id: event.what for event in story.events}
    standings = [
        Standing(names[p.holder], names[p.target], p.attitude, [_shown(r.article, p.holder, p.target) for r in reports])
        for p in story.positions
    ]
    return Told(story, reports, [_fact(event, reports, mentions) for event in story.events], standings, names)


def story_page(site: Site, told: Told, notice: Notice, address: str) -> str:
    """Return the page of a story."""
    return page("story.html.j2", "site.css", "board.js", notice=notice, told=told, **site.around(address, "Stories"))
