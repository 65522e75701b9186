"""What stands where: the clause of a word, the preposition before a mention, the subject and object of a verb."""

from bisect import bisect_left, bisect_right

from .lexicon import numbers, trigger_nouns, verb_forms, words
from .mention import Found
from .text import CLAUSE_MARKS, Article
from .values import Value

REACH = 40  # no search goes further than this many words
BE = frozenset(["is", "are", "was", "were", "be", "been", "being", "am", "'s", "get", "gets", "got"])
MODALS = frozenset(
    [
        "to",
        "will",
        "would",
        "shall",
        "should",
        "can",
        "could",
        "may",
        "might",
        "must",
        "not",
        "n't",
        "'ll",
        "did",
        "does",
        "do",
        "cannot",
    ]
)
PRONOUNS = frozenset(["i", "you", "he", "she", "it", "we", "they", "who", "which", "that"])


class Syntax:
    """Answers questions of word order about one article."""

    def __init__(self, article: Article, mentions: list[Found], values: list[Value]) -> None:
        """Index the mentions by their words."""
        self.article = article
        self.outer = [m for m in mentions if not m.inner]
        self.firsts = [m.first for m in self.outer]
        self.at: dict[int, Found] = {i: m for m in self.outer for i in range(m.first, m.last + 1)}
        self.all = mentions
        self.all_firsts = [m.first for m in mentions]
        starts = {w.start: i for i, w in enumerate(article.words)}
        ends = {w.end: i for i, w in enumerate(article.words)}
        self.values = [(starts[v.start], ends[v.end], v) for v in values if v.start in starts and v.end in ends]
        self.value_at = {i: v for first, last, v in self.values for i in range(first, last + 1)}

    def sentence(self, at: int) -> tuple[int, int]:
        """Return first word and one after the last of the sentence, no further than REACH from the word."""
        found = self.article.sentences[self.article.words[at].sentence]
        first = self.article.dateline.get(self.article.words[at].sentence, found.first)
        return max(first if first <= at else found.first, at - REACH), min(found.end, at + REACH)

    def word(self, at: int) -> str:
        """Return the word in lower case; nothing outside the article."""
        return self.article.lower(at)

    def mentions(self, first: int, end: int) -> list[Found]:
        """Return the outer mentions that begin in ``[first, end)``."""
        return self.outer[bisect_left(self.firsts, first) : bisect_left(self.firsts, end)]

    def nested(self, first: int, end: int) -> list[Found]:
        """Return all mentions that begin in ``[first, end)``, also nested ones."""
        return self.all[bisect_left(self.all_firsts, first) : bisect_left(self.all_firsts, end)]

    def is_verb(self, at: int) -> bool:
        """Whether the word is a verb here, not a noun or an adjective."""
        article, word = self.article, self.article.words[at]
        form = verb_forms().get(word.lower)
        if form is None or at in self.value_at or (at in self.at and self.at[at].form == "NAM"):
            return False
        first, end = self.sentence(at)
        before = article.lower(at - 1) if at > first else ""
        after = article.lower(at + 1) if at + 1 < end else ""
        if before in MODALS or before in PRONOUNS or before in words("words", "subordinators"):
            return not (before == "to" and form.tags <= {"ing", "s"}) or "ing" in form.tags
        if before in words("words", "determiners") | {"'s"} and not (
            before in ("all", "both", "each", "that", "'s") and form.tags & {"past", "participle"}
        ):
            return False
        if low_adverb(word.lower):
            return after in words("words", "determiners") or at + 1 in self.at
        if "ing" in form.tags and word.lower in trigger_nouns():
            return before in BE or (before in (",", "and", "of", "by", "from") and self._opens_phrase(at + 1, end))
        if form.tags & {"past", "participle", "ing"} and word.lower not in ("hit", "cut", "set", "put", "shut"):
            return word.lower not in trigger_nouns() or before in BE or after in words("words", "determiners")
        if form.tags & {"past", "participle"} and "base" in form.tags and before in BE | {"has", "have", "had"}:
            return True
        opens = after in words("words", "determiners") | {
            "that",
            "him",
            "her",
            "them",
            "it",
            "us",
            "“",
            '"',
            "to",
            "on",
            "in",
            "off",
            "at",
        }
        follows = at - 1 in self.at or before in ("and", "or", "but", "also", ",", "then")
        named = at + 1 in self.at or at + 1 in self.value_at
        if word.lower in trigger_nouns() or "s" in form.tags or "base" in form.tags:
            ambiguous = word.lower in trigger_nouns()
            return (
                follows
                and (opens or named or (not ambiguous and after not in CLAUSE_MARKS))
                and not (ambiguous and before == "and")
            )
        return True

    def _opens_phrase(self, at: int, end: int) -> bool:
        """Whether a noun phrase begins here."""
        return at < end and (at in self.at or at in self.value_at or self.word(at) in words("words", "determiners"))

    def passive(self, at: int) -> bool:
        """Whether the participle is passive: after a form of "be", or before "by"."""
        form = verb_forms().get(self.word(at))
        if form is None or "participle" not in form.tags:
            return False
        first, _ = self.sentence(at)
        for i in range(at - 1, max(first, at - 5) - 1, -1):
            if self.word(i) in BE:
                return True
            if self.word(i) in ("has", "have", "had") or (
                self.word(i) not in words("words", "adverbs") and not self.word(i).endswith("ly")
            ):
                break
        return self.word(at + 1) == "by"

    def phrase(self, mention: Found) -> int:
        """Return the first word of the noun phrase: determiner, number, possessor and modifiers before the mention."""
        at, (first, _) = mention.first, self.sentence(mention.first)
        while at > first:
            before = self.word(at - 1)
            if (
                before in words("words", "determiners")
                or at - 1 in self.value_at
                or before in numbers()
                or before in ("other", "late")
            ):
                at -= 1
            elif before == "'s" and at - 2 in self.at:
                at = self.at[at - 2].first
            elif (
                at - 1 in self.at
                and self.at[at - 1].form in ("PRO", "NOM")
                and self.at[at - 1].last == at - 1
                and mention.form == "NAM"
            ):
                at = self.at[at - 1].first  # a title
            elif (
                at - 1 in self.at
                and self.at[at - 1].form == "PRO"
                and self.at[at - 1].key in ("its", "their", "his", "her", "our", "my")
            ):
                at -= 1
            else:
                break
        return at

    def preposition(self, mention: Found) -> str:
        """Return the preposition before the mention's phrase, also of the first of a list ("in A and B"); else nothing."""
        for _ in range(4):
            start = self.phrase(mention)
            first, _end = self.sentence(mention.first)
            before = self.word(start - 1) if start > first else ""
            if before in ("and", "or", ",", "&") and start - 2 >= first and start - 2 in self.at:
                mention = self.at[start - 2]
                continue
            if before in words("words", "prepositions") or before == "to":
                return before
            return ""
        return ""

    def possessor(self, mention: Found) -> bool:
        """Whether the mention owns what follows it."""
        pronoun = mention.form == "PRO" and mention.key in ("its", "their", "his", "our", "my", "whose")
        return pronoun or self.word(mention.last + 1) == "'s" or (mention.key == "her" and mention.last + 1 in self.at)

    def coordinated(self, mention: Found) -> list[Found]:
        """Return the mention with those it is joined to by "and" or commas, the mention first."""
        found = [mention]
        current = mention
        while True:
            start = self.phrase(current)
            if (self.word(start - 1) in ("and", "&") and start - 2 in self.at) or (
                len(found) > 1 and self.word(start - 1) == "," and start - 2 in self.at
            ):
                other = self.at[start - 2]
                if (
                    other in found
                    or self.article.words[other.first].sentence != self.article.words[mention.first].sentence
                ):
                    break
                found.append(other)
                current = other
            else:
                break
        start, (begin, _) = self.phrase(found[-1]), self.sentence(mention.first)
        headline = self.article.sentences[self.article.words[mention.first].sentence].zone == "headline"
        if headline and self.word(start - 1) == "," and start - 2 in self.at and self.at[start - 2].first == begin:
            found.append(self.at[start - 2])  # "Norland, Sudovia meet"
        at = mention.last + 1
        if self.word(at) == "and":
            following = next((m for m in self.mentions(at + 1, at + 5) if self.phrase(m) == at + 1), None)
            if following is not None and self.possessor(following) is False:
                found.append(following)
        return [
            m
            for m in found
            if m.type == mention.type or {m.type, mention.type} <= {"GPE", "MIL", "ORG", "PER", "GROUP"}
        ][:4]

    def clause(self, at: int) -> tuple[int, int]:
        """Return first word and one after the last of the stretch without a clause mark or subordinator around a word."""
        first, end = self.sentence(at)
        left = at
        while left > first and not self._boundary(left - 1):
            left -= 1
        right = at + 1
        while right < end and not self._boundary(right):
            right += 1
        return left, right

    def _boundary(self, at: int) -> bool:
        word = self.article.words[at]
        return word.text in CLAUSE_MARKS or word.lower in (
            "that",
            "which",
            "who",
            "when",
            "while",
            "because",
            "if",
            "whether",
            "unless",
            "although",
            "but",
        )

    def subject(self, at: int) -> Found | None:
        """Return the subject of the verb at a word: the nearest mention before it that no preposition governs."""
        first, _ = self.sentence(at)
        index = bisect_right(self.firsts, at) - 1
        relative = next(
            (i for i in range(at - 1, max(first, at - 6) - 1, -1) if self.word(i) in ("who", "which", "that", "whose")),
            None,
        )
        aside = False
        skip_objects = self.word(at - 1) in ("and", "but") or (self.word(at - 1) == "," and at - 1 > first)
        candidate = None
        while index >= 0 and self.outer[index].first >= first:
            mention = self.outer[index]
            index -= 1
            if mention.last >= at:
                continue
            if relative is not None and mention.last < relative:
                if relative - mention.last <= 2:
                    return mention
                relative = None
            between = [self.word(i) for i in range(mention.last + 1, at)]
            if (
                (
                    any(w in ("that", ";", "while", "whether", "because", "if", ":", "but") for w in between)
                    and candidate is None
                    and not aside
                )
                and relative is None
                and between
                and between[-1] not in ("and", "but", ",")
            ):
                return None
            if self.possessor(mention) or self.preposition(mention):
                continue
            if (
                mention.type in ("LOC",)
                and mention.form == "NAM"
                and self.article.words[mention.first].sentence != self.article.words[at].sentence
            ):
                continue
            if skip_objects:
                # "A shelled B and took C": go on to what stands before the verb before
                governed = next(
                    (i for i in range(mention.first - 1, max(first, mention.first - 8), -1) if self.is_verb(i)), None
                )
                if governed is not None:
                    candidate = candidate or mention
                    continue
            aside = "," in between[:1]
            return mention
        return candidate

    def object(self, at: int) -> Found | None:
        """Return the object of the verb at a word: the first mention after it without a preposition, in the clause."""
        _, right = self.clause(at)
        for mention in self.mentions(at + 1, right):
            if any(self.is_verb(i) for i in range(at + 1, mention.first) if i not in self.at):
                return None
            if self.possessor(mention):
                continue
            start = self.phrase(mention)
            if self.word(start - 1) in words("words", "prepositions") and start - 1 > at:
                return None
            return mention
        return None

    def mention_type(self, mention: Found) -> str:
        """Return the entity type of a mention."""
        return mention.type

    def adjective_of(self, at: int) -> list[Found]:
        """Return mentions just before a noun that say whose it is: adjectives, possessors, nouns."""
        found = []
        first, _ = self.sentence(at)
        i = at - 1
        while i >= max(first, at - 6):
            if i in self.at:
                found.append(self.at[i])
                i = self.at[i].first - 1
            elif self.word(i) == "'s" or (self.word(i).isalpha() and self.word(i) not in words("words", "prepositions")
                 and self.word(i) not in words("words", "auxiliaries") and self.word(i) not in words("words", "other")
                 and self.word(i) not in words("words", "determiners") and self.word(i) not in verb_forms()):  # fmt: skip
                i -= 1
            else:
                break
        return found


def low_adverb(word: str) -> bool:
    """Whether the word is an adverb more often than a verb ("back")."""
    return word in words("words", "adverbs")
