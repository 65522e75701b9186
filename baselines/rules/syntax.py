"""What stands where: the clause of a word, the preposition before a mention, the subject and object of a verb."""

from bisect import bisect_left
from operator import attrgetter
from typing import TYPE_CHECKING

from .lexicon import among, trigger_nouns, verb_forms
from .text import MARKS, Article, Found, Thing
from .values import Value

if TYPE_CHECKING:
    from .triggers import Act

REACH = 40  # no search goes further than this many words
BE = frozenset({"is", "are", "was", "were", "be", "been", "being", "'s", "get", "got"})
LINKS = frozenset({"that", "which", "who", "when", "while", "because", "if", "whether", "unless", "although", "but"})
EDGES = MARKS | LINKS
_first = attrgetter("first")


class Syntax:
    """Answers questions of word order about one article."""

    def __init__(self, article: Article, mentions: list[Found], values: list[Value], sides: list[Thing]) -> None:
        """Index the mentions and values by their words."""
        self.article, self.mentions, self.sides = article, mentions, sides
        self.outer = [m for m in mentions if not m.inner]
        self.firsts = [m.first for m in self.outer]
        self.at = {i: m for m in self.outer for i in range(m.first, m.last + 1)}
        starts = {w.start: i for i, w in enumerate(article.words)}
        ends = {w.end: i for i, w in enumerate(article.words)}
        self.values = [(starts[v.start], ends[v.end], v) for v in values]
        self.trigger_at: dict[int, Act] = {}  # filled by ``triggers``
        self.value_at = {i: v for first, last, v in self.values for i in range(first, last + 1)}

    def word(self, at: int) -> str:
        """Return the word in small letters."""
        return self.article.lower(at)

    def sentence(self, at: int) -> tuple[int, int]:
        """Return first word (after a dateline) and one after the last of the sentence, no further than REACH."""
        found = self.article.sentences[self.article.words[at].sentence]
        return max(found.body if found.body <= at else found.first, at - REACH), min(found.end, at + REACH)

    def clause(self, at: int) -> tuple[int, int]:
        """Return first word and one after the last of the stretch without a mark or link around a word."""
        first, end = self.sentence(at)
        left = next((i + 1 for i in range(at - 1, first - 1, -1) if self.word(i) in EDGES), first)
        return left, next((i for i in range(at + 1, end) if self.word(i) in EDGES), end)

    def between(self, first: int, end: int) -> list[Found]:
        """Return the outer mentions that begin in ``[first, end)``."""
        return self.outer[bisect_left(self.firsts, first) : bisect_left(self.firsts, end)]

    def nested(self, at: int) -> list[Found]:
        """Return all mentions of the sentence of a word, also nested ones."""
        first, end = self.sentence(at)
        return self.mentions[
            bisect_left(self.mentions, first, key=_first) : bisect_left(self.mentions, end, key=_first)
        ]

    def is_verb(self, at: int) -> bool:
        """Whether the word is a verb here, not a noun or an adjective."""
        low = self.word(at)
        form = verb_forms().get(low)
        if form is None or at in self.value_at or at in self.at:
            return False
        before, after = self.article.before(at), self.article.after(at)
        if among(before, "before_verbs") or before in LINKS:
            return True
        if at - 1 not in self.at and (among(before, "determiners") or before == "'s"):
            return "past" in form.tags and before in ("all", "both", "each", "that", "'s")
        phrase = at + 1 in self.at or at + 1 in self.value_at or among(after, "determiners")
        noun = low in trigger_nouns()
        if among(low, "adverbs"):
            return phrase and before not in verb_forms()  # "backed", not "kept back four"
        if "ing" in form.tags:
            return not noun or before in BE or (phrase and before in (",", "and", "of", "by", "from"))
        if form.tags & {"past", "participle"} and "base" not in form.tags:
            return not noun or before in BE or phrase
        opens = phrase or after in ("that", "“", '"', "to", "on", "in", "off", "at")
        if before in BE or before in ("has", "have", "had"):
            return "participle" in form.tags
        joined = before in ("also", ",", "then") or (not noun and before in ("and", "or", "but"))
        follows = at - 1 in self.at or at - 1 in self.value_at or joined
        return follows and (opens or not noun)

    def passive(self, at: int) -> bool:
        """Whether the participle is passive: after a form of "be", or before "by"."""
        form, first = verb_forms().get(self.word(at)), self.sentence(at)[0]
        back = at - 1
        while back > first and (among(self.word(back), "adverbs") or self.word(back).endswith("ly")):
            back -= 1
        return form is not None and "participle" in form.tags and (self.word(back) in BE or self.word(at + 1) == "by")

    def phrase(self, mention: Found) -> int:
        """Return the first word of the noun phrase: determiner, number, possessor and title before the mention."""
        at, first = mention.first, self.sentence(mention.first)[0]
        while at > first:
            owner = self.at.get(at - 2 if self.word(at - 1) == "'s" else at - 1)
            title = owner is not None and owner.form == "NOM" and mention.form == "NAM"
            if owner is not None and (title or self.possessor(owner)):
                at = owner.first
            elif among(self.word(at - 1), "determiners") or at - 1 in self.value_at:
                at -= 1
            else:
                break
        return at

    def preposition(self, mention: Found) -> str:
        """Return the preposition before the mention's phrase; of a list ("in A and B") that before the first."""
        for _ in range(4):
            start = self.phrase(mention)
            before = self.article.before(start)
            if before not in ("and", "or", ",") or start - 2 not in self.at:
                return before if among(before, "prepositions") else ""
            mention = self.at[start - 2]
        return ""

    def possessor(self, mention: Found) -> bool:
        """Whether the mention owns what follows it."""
        her = mention.key == "her" and mention.last + 1 in self.at
        return her or mention.key in ("its", "their", "his", "our", "my") or self.word(mention.last + 1) == "'s"

    def coordinated(self, mention: Found) -> list[Found]:
        """Return the mention with those it is joined to by "and" or commas, the mention first."""
        found = [mention]
        while len(found) < 4:
            start = self.phrase(found[-1])
            comma = self.word(start - 1) == "," and (len(found) > 1 or start - 3 < self.sentence(mention.first)[0])
            if start - 2 not in self.at or not (self.word(start - 1) == "and" or comma):
                break
            found.append(self.at[start - 2])
        if self.word(mention.last + 1) == "and":
            after = self.between(mention.last + 2, mention.last + 6)[:1]
            found += [m for m in after if self.phrase(m) == mention.last + 2 and not self.possessor(m)]
        sides = {"GPE", "MIL", "ORG", "PER", "GROUP"}
        return [m for m in found if m.type == mention.type or {m.type, mention.type} <= sides]

    def subject(self, at: int) -> Found | None:
        """Return the subject of the verb at a word: the nearest mention before it that no preposition governs."""
        first = self.sentence(at)[0]
        joined, fallback = self.word(at - 1) in ("and", "but", ","), None
        for mention in reversed(self.between(first, at)):
            if mention.last >= at or self.possessor(mention):
                continue
            between = [self.word(i) for i in range(mention.last + 1, at)]
            relative = next((i for i, word in enumerate(between[:2]) if word in ("who", "which", "that")), None)
            if relative is None and {"that", ";", "while", "whether", "because", "if", ":", "but"} & set(between[:-1]):
                return fallback
            before = "" if relative is not None else self.preposition(mention)
            if before and not (among(before, "subordinators") and mention.last == at - 1):  # "after shells struck"
                continue
            if joined and any(self.is_verb(i) for i in range(max(first, mention.first - 8), mention.first)):
                fallback = fallback or mention  # "A shelled B and took C": go on to what stands before the verb before
                continue
            return mention
        return fallback

    def object(self, at: int) -> Found | None:
        """Return the object of the verb at a word: the first mention after it without a preposition, in the clause."""
        for mention in self.between(at + 1, self.clause(at)[1]):
            if any(self.is_verb(i) for i in range(at + 1, mention.first)):
                return None
            if not self.possessor(mention):
                start = self.phrase(mention)
                return None if start - 1 > at and among(self.word(start - 1), "prepositions") else mention
        return None

    def finite(self, at: int) -> bool:
        """Whether a predicate begins here that is not in a relative clause."""
        auxiliary = among(self.word(at), "auxiliaries") and self.word(at) != "'s"
        relative = self.word(at - 1) in ("who", "which")
        return at not in self.at and at not in self.value_at and not relative and (auxiliary or self.is_verb(at))

    def inverted(self, verb: int, speaker: Found | None) -> bool:
        """Whether the speaker follows the verb of speech: "...," said the mayor."""
        if speaker is None or speaker.first - verb > 5 or self.word(verb - 1) not in (",", "”", '"'):
            return False
        last = speaker.last
        while last + 1 in self.at:  # title and name
            last = self.at[last + 1].last
        following = self.article.after(last)
        return following in ("", ".", ",", ";", "who") or among(following, "prepositions")
