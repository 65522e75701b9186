"""Which mentions are one entity: pairs of mentions, each joined to its likeliest antecedent; types and roles by entity."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from baselines.rules.lexicon import heads, trigger_verbs, verb_forms

from .classifier import Classifier
from .view import Node, View
from .words import lemma

REACH = 5  # sentences back that the antecedent of a pronoun is looked for
GENDER = {"he": "m", "him": "m", "his": "m", "himself": "m", "she": "f", "her": "f", "hers": "f", "herself": "f"}
FIRST = frozenset({"i", "me", "my", "mine", "myself", "we", "us", "our", "ours", "ourselves"})
MANY = frozenset(
    ["they", "them", "their", "theirs", "themselves", "we", "us", "our", "ours", "ourselves", "both", "each", "other"]
)
SPEECH = frozenset({"State", "Accuse", "Reject", "Demand", "Threaten", "Commit", "Endorse"})


class Entities:
    """Groups mentions into entities; gives types to pronouns and roles to the names of states."""

    def __init__(self, c: float = 0.3, new: float = 0.35) -> None:
        """Take the penalty for pairs, and the probability that an antecedent needs; without one an entity is new."""
        self.pair, self.type, self.role = Classifier(c), Classifier(1.0), Classifier(1.0)
        self.new = new

    def fit(self, views: Sequence[View]) -> "Entities":
        """Learn from articles whose mentions have their entities."""
        pairs, same, words, types, places, roles = [], [], [], [], [], []
        for view in views:
            known = [m for m in view.mentions if m.form is not None]
            for at, mention in enumerate(known):
                for other in _candidates(view, known, at):
                    pairs.append([*_pair(view, other, mention)])
                    same.append(str(other.entity == mention.entity))
                if mention.form == "PRO":
                    words.append([*_around(view, mention)])
                    types.append(mention.type)
                if mention.type == "GPE":
                    places.append([*_around(view, mention)])
                    roles.append(mention.role or "state")
        self.pair.fit(pairs, same)
        self.type.fit(words, types)
        self.role.fit(places, roles)
        return self

    def group(self, view: View) -> None:
        """Give the mentions of an article their entities, and what follows from these."""
        known = [m for m in view.mentions if m.form is not None]
        for at, mention in enumerate(known):
            others = [*_candidates(view, known, at)]
            scores = self.pair.scores([[*_pair(view, other, mention)] for other in others])
            best = max(
                zip(scores, others, strict=True), key=lambda pair: (pair[0].get("True", 0), pair[1].first), default=None
            )
            mention.entity = best[1].entity if best and best[0].get("True", 0) > self.new else f"x{at}"
        self._types(view, known)
        states = [m for m in known if m.type == "GPE"]
        for mention, role in zip(states, self.role.best([[*_around(view, m)] for m in states], "state"), strict=True):
            mention.role = role

    def _types(self, view: View, known: list[Node]) -> None:
        """Give all mentions of an entity one type: what most of them have, a name's before others; of a pronoun alone its own."""
        groups: dict[str, list[Node]] = defaultdict(list)
        for mention in known:
            groups[mention.entity].append(mention)
        for group in groups.values():
            votes = Counter(m.type for m in group if m.form != "PRO" for _ in range(2 if m.form == "NAM" else 1))
            own = self.type.best([[*_around(view, group[0])]], "PER")[0]
            kind = votes.most_common(1)[0][0] if votes else own
            for mention in group:
                mention.type = kind


def _candidates(view: View, known: Sequence[Node], at: int) -> Iterator[Node]:
    """Yield the mentions before one that may be its antecedent, the nearest first."""
    mention, words = known[at], view.article.words
    for other in reversed(known[:at]):
        far = words[mention.first].sentence - words[other.first].sentence
        if mention.form == "PRO" and far > REACH and words[mention.first].lower not in FIRST:
            break
        within = other.first <= mention.first and mention.last <= other.last
        alike = "PRO" in (mention.form, other.form) or other.type == mention.type
        if not within and alike and (mention.form, other.form) != ("NAM", "PRO"):
            yield other


def _type(mention: Node) -> str:
    """Return the type by a mention's own words: a pronoun has none."""
    return "" if mention.form == "PRO" else mention.type


def _many(view: View, mention: Node) -> bool:
    word = view.article.words[mention.last].lower
    return word in MANY if mention.form == "PRO" else heads().get(word, ("", word.endswith("s")))[1]


def _says(view: View, mention: Node) -> bool:
    """Whether a verb of speech stands beside a mention."""
    for at in (mention.first - 1, mention.last + 1, mention.last + 2):
        form = verb_forms().get(view.article.lower(at))
        if form and any(entry.type in SPEECH for _, entry in trigger_verbs().get(form.lemma, ())):
            return True
    return False


def _before(view: View, mention: Node) -> str:
    word = view.article.before(mention.first)
    return "'s" if word in ("'s", "its", "their", "his", "her", "our", "my") else word


def _pair(view: View, one: Node, two: Node) -> Iterator[str]:
    """Yield the features of a mention and an antecedent."""
    article = view.article
    forms = f"{one.form}{two.form}"
    first, second = article.phrase(one.first, one.last).lower(), article.phrase(two.first, two.last).lower()
    heads_ = lemma(article.words[one.last].lower), lemma(article.words[two.last].lower)
    kind = _type(one) or _type(two)
    far = article.words[two.first].sentence - article.words[one.first].sentence
    between = [m for m in view.mentions if one.last < m.first and m.last < two.first and m.form is not None]
    gap = article.phrase(one.last + 1, two.first - 1).lower() if two.first - one.last < 5 else ""
    plain = [
        f"far={min(far, 6)}",
        f"near={min(len(between), 8)}",
        f"type={kind}",
        f"same={first == second}",
        f"head={heads_[0] == heads_[1]}",
        f"within={first in second or second in first}",
        f"start={first[:4] == second[:4]}",
        f"many={_many(view, one)}{_many(view, two)}",
        f"before={_before(view, one)}",
        f"after={_before(view, two)}",
        f"says={_says(view, one)}{_says(view, two)}",
        f"quoted={bool(article.words[one.first].quotation)}{bool(article.words[two.first].quotation)}",
        f"one_quotation={article.words[one.first].quotation == article.words[two.first].quotation}",
        f"inner={one.inner}{two.inner}",
        f"opens={article.opens(one.first)}{article.opens(two.first)}",
    ]
    yield forms
    hints = [view.rules.nodes.get((m.first, m.last)) for m in (one, two)]
    if hints[0] and hints[1]:
        yield f"{forms}|rules={hints[0].entity == hints[1].entity}"
        yield f"{forms}|{kind}|rules={hints[0].entity == hints[1].entity}"
    for feature in plain:
        yield f"{forms}|{feature}"
    if gap or two.first == one.last + 1:
        yield f"{forms}|gap={gap}"
    if one.form == "NAM" == two.form:
        shared = set(first.split()) & set(second.split())
        yield f"shared={bool(shared)}|{kind}"
        initials = "".join(word[0] for word in article.phrase(one.first, one.last).split() if word[0].isupper())
        yield f"initials={article.words[two.last].text == initials}"
        yield f"last={first.split()[-1] == second.split()[-1]}|{kind}"
        yield f"start={first[:4] == second[:4]}|same={first == second}|{kind}"
    elif "PRO" in (one.form, two.form):
        who = second if two.form == "PRO" else first
        other = one if two.form == "PRO" else two
        yield f"who={who}|{_type(other)}|{forms}"
        yield f"who={who}|far={min(far, 4)}"
        yield f"who={who}|near={min(len(between), 5)}"
        yield (
            f"who={who}|{first if two.form == 'PRO' else second}" if one.form == two.form else f"who={who}|{other.form}"
        )
        yield f"who={who}|many={_many(view, other)}|{_type(other)}"
        yield f"who={who}|says={_says(view, other)}|{far}|{forms}"
        yield f"gender={GENDER.get(first)}{GENDER.get(second)}"
        same = [m for m in between if m.type == other.type and m.form != "PRO"]
        yield f"between={min(len(same), 4)}|{forms}|{who in FIRST}"
        place = "first" if other.first == article.sentences[article.words[other.first].sentence].body else "later"
        yield f"place={place}|{who}|{min(far, 2)}"
    else:
        yield f"heads={'|'.join(sorted(heads_))}"
        yield f"head={heads_[0] == heads_[1]}|{_before(view, two)}|{kind}"
        yield f"head={heads_[0] == heads_[1]}|{forms}|many={_many(view, two)}|far={min(far, 3)}"
        inside = [set(first.split()[:-1]), set(second.split()[:-1])]
        yield f"modifiers={bool(inside[0])}{bool(inside[1])}{bool(inside[0] & inside[1])}|head={heads_[0] == heads_[1]}"


def _around(view: View, mention: Node) -> Iterator[str]:
    """Yield the features of a mention and the words around it."""
    article = view.article
    sentence = article.sentences[article.words[mention.first].sentence]
    yield f"form={mention.form}|inner={mention.inner}"
    yield f"text={article.phrase(mention.first, mention.last).lower()}"
    yield f"suffix={article.words[mention.last].lower[-2:]}|{mention.form}|{mention.inner}"
    yield f"quoted={bool(article.words[mention.first].quotation)}"
    if hint := view.rules.nodes.get((mention.first, mention.last)):
        yield f"rules={hint.type}"
        yield f"rules={hint.role}|{mention.form}"
    yield f"dateline={mention.first < sentence.body}"
    for at in (*range(mention.first - 3, mention.first), *range(mention.last + 1, mention.last + 4)):
        if sentence.first <= at < sentence.end:
            step = at - mention.first if at < mention.first else at - mention.last
            yield from (f"{step}:{name}" for name in view.words.own[at])
    yield f"between={article.before(mention.first)}|{article.after(mention.last)}"
    if mention.form == "PRO":
        yield f"pronoun={article.phrase(mention.first, mention.last).lower()}|{article.after(mention.last)}"
