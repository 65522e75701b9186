"""Which mentions are one entity: by name, by head noun, by apposition; pronouns by recency."""

from collections import Counter, defaultdict
from itertools import pairwise

from .lexicon import among, gazetteer, trigger_verbs, verb_forms, words
from .names import DEMONYM
from .text import Article, Found, Thing

WINDOW = 60  # so many mentions before a pronoun are looked at
VIOLENT = frozenset({"Strike", "Clash", "Mobilize", "Seize", "Casualty", "Damage"})
STATES = words("nouns", "states")
GENDER = {"she": True, "her": True, "he": False, "him": False, "his": False}  # whether female


class Resolver:
    """Gives every mention of an article its entity; "we" and "I" only once the speakers are known."""

    def __init__(self, article: Article, mentions: list[Found]) -> None:
        """Resolve names, then titles beside them, then descriptions and pronouns in the order of the text."""
        self.article, self.mentions = article, mentions
        self.names: dict[str, Thing] = {}
        self.heads: dict[tuple[str, str, bool], list[Thing]] = defaultdict(list)
        for mention in mentions:
            if mention.form == "NAM":
                self._join(mention, self._named(mention))
        self._titles()
        count = Counter(m.thing for m in mentions if m.thing and m.type in ("GPE", "MIL") and not self._place(m))
        self.states = [thing for thing, _ in count.most_common(2)]
        self.both = Thing("GPE", "both sides", True, members=self.states if len(self.states) > 1 else [])
        for index, mention in enumerate(mentions):
            if mention.form == "NOM" and mention.thing is None:
                self._join(mention, self._described(mention, index))
            elif mention.form == "PRO" and mention.key not in words("nouns", "first_person"):
                self._join(mention, self._pronoun(mention, index))

    def speakers(self, said_by: dict[int, Thing]) -> None:
        """Resolve "we" and "I" by the speaker of each quotation (by its number); outside quotations it is the writer."""
        writers = {many: Thing("GROUP" if many else "PER", "writer", many) for many in (True, False)}
        for mention in self.mentions:
            if mention.thing is None:
                thing = said_by.get(self.article.words[mention.first].quotation, writers[mention.many])
                own_side = mention.many and thing.type == "PER" and thing.owner is not None
                self._join(mention, thing.owner if own_side and thing.owner else thing)

    def _place(self, mention: Found) -> bool:
        """Whether a name is that of the place where something is."""
        dateline = mention.first < self.article.sentences[self.article.words[mention.first].sentence].body
        return dateline or self.article.before(mention.first) in words("words", "places") - {"to", "between"}

    def _join(self, mention: Found, thing: Thing) -> None:
        mention.thing, mention.type = thing, thing.type
        thing.mentions.append(mention)

    def _named(self, mention: Found) -> Thing:
        key = mention.key.title() if mention.key.isupper() and len(mention.key) > 5 else mention.key
        place, known = gazetteer().get(key), self.names
        if place is not None:
            town = place.kind == "capital" and among(self.article.before(mention.first), "places")
            key = f"{key} (town)" if town else place.entity
        elif mention.type == "PER":
            key = key.split()[-1]
        elif mention.type == "GPE":  # "Norland" and "Norlandic"
            alike = [n for n in known if n[:4] == key[:4] and known[n].type == "GPE"]
            related = [n for n in alike if DEMONYM.search(key) or DEMONYM.search(n)]
            key = key if key in known or not related else related[0]
        elif key not in known:  # "the Council" after "Straits Council"
            key = next((n for n, thing in known.items() if thing.type == mention.type and n.endswith(" " + key)), key)
        thing = known.setdefault(key, Thing(mention.type, mention.key))
        initials = "".join(part[0] for part in mention.key.split() if part[0].isupper())
        if len(initials) > 2:
            known.setdefault(initials, thing)
        return thing

    def _titles(self) -> None:
        """Join titles and appositions with the name beside them."""
        outer = [m for m in self.mentions if not m.inner and m.form != "PRO"]
        for one, two in pairwise(outer):
            name, title = (one, two) if one.form == "NAM" else (two, one)
            between = [self.article.lower(i) for i in range(one.last + 1, two.first)]
            aside = between[:1] == [","] and set(between) <= words("words", "determiners") | {",", "mr", "mrs", "dr"}
            same = one.type == two.type and name.form != title.form and not one.many and not two.many
            if same and (aside or (not between and title is one)) and title.thing is None and name.thing is not None:
                self._join(title, name.thing)
                self.heads[title.type, title.key, False].append(name.thing)

    def _described(self, mention: Found, index: int) -> Thing:
        before, owner = self.article.before(mention.first), self._owner(mention, index)
        each = ("two", "both", "the") if mention.many else ("each", "either", "neither")
        if mention.key in STATES and before in each:
            return self.both
        if mention.key in STATES and not mention.many and (owner is not None or (self.states and before == "the")):
            return owner or self.states[0]
        modifiers = self._modifiers(mention)
        known = self.heads[mention.type, "agreement" if mention.type == "AGR" else mention.key, mention.many]
        if before not in ("a", "an", "any", "another", "no", "new") and "new" not in modifiers:
            for thing in reversed(known[-6:]):
                other = self._modifiers(thing.mentions[0])
                same_side = owner is None or thing.owner in (None, owner)
                if same_side and (not modifiers or not other or modifiers & other):
                    return thing
        known.append(Thing(mention.type, self.article.phrase(mention.first, mention.last), mention.many, owner))
        return known[-1]

    def _modifiers(self, mention: Found) -> set[str]:
        return {self.article.lower(i) for i in range(mention.first, mention.last)} if mention.form == "NOM" else set()

    def _owner(self, mention: Found, index: int) -> Thing | None:
        """Return the state or body in a description, or the one that possesses it."""
        for other in self.mentions[max(0, index - 2) : index + 3]:
            inside = mention.first <= other.first and other.last < mention.last
            before = other.last == mention.first - (2 if self.article.lower(mention.first - 1) == "'s" else 1)
            of = self.article.lower(mention.last + 1) == "of" and other.first - mention.last in (2, 3)
            if other.thing is not None and other.thing.type in ("GPE", "ORG", "MIL") and (inside or before or of):
                return other.thing
        return None

    def _pronoun(self, mention: Found, index: int) -> Thing:
        if mention.key == "each other":
            return self.both
        many, female, sentence = mention.many, GENDER.get(mention.key), self.article.words[mention.first].sentence
        plural = ("GROUP", "GPE", "MIL", "ORG")
        wanted = ("PER",) if mention.type == "PER" else plural if many else ("GPE", "ORG", "MIL", "VEH")
        best, score = Thing(wanted[0], mention.key, many), -12.0
        for other in self.mentions[max(0, index - WINDOW) : index]:
            thing = other.thing
            if thing is None or thing.type not in wanted or other.inner:
                continue
            number = many is thing.many or thing.type not in ("GPE", "GROUP")
            governed = among(self.article.before(other.first), "prepositions")
            subject = not governed and self.article.after(other.last) != "'s"
            distance = 2 * (sentence - self.article.words[other.first].sentence) + 0.02 * (mention.first - other.last)
            if 1.5 * subject - distance >= score and number and thing.female in (None, female):
                best, score = thing, 1.5 * subject - distance
        best.female = female if best.female is None else best.female
        return best

    def roles(self) -> None:
        """Give every mention of a state its role in context; find the owners of all entities."""
        firsts = {m.first: m for m in self.mentions if not m.inner}
        for index, mention in enumerate(self.mentions):
            if mention.thing is not None and mention.form == "NOM" and mention.thing.owner is None:
                owner = self._owner(mention, index)
                mention.thing.owner = owner if owner is not mention.thing else None
            mention.role = self._role(mention, firsts) if mention.type == "GPE" else None

    def _role(self, mention: Found, firsts: dict[int, Found]) -> str:
        """Return the first line of rule M10 that fits."""
        article, text, after = self.article, self.article.words[mention.last].text, self.article.after(mention.last)
        at = mention.first - (among(article.before(mention.first), "determiners"))
        if after == "'s" or mention.key in ("its", "their", "our"):
            owned = firsts.get(mention.last + 1 + (after == "'s"))
            return "territory" if owned is not None and owned.type in ("LOC", "FAC") else "state"
        if mention.form == "NAM" and DEMONYM.search(text.removesuffix("s")) and (mention.inner or text.endswith("ns")):
            return "state" if mention.inner else "people"
        if mention.inner or self._place(mention) or article.before(at) in words("words", "places") - {"to", "between"}:
            return "state" if mention.inner else "territory"
        following = [verb_forms().get(article.lower(i)) for i in range(mention.last + 1, mention.last + 6)]
        rows = [trigger_verbs()[form.lemma] for form in following if form and form.lemma in trigger_verbs()]
        return "state" if rows and rows[0][-1][1].type in VIOLENT else "government"
