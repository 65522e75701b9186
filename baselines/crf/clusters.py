"""Event clusters: pairs of event mentions, each joined to its likeliest earlier mention."""

from collections.abc import Iterator, Sequence

from baselines.rules.lexicon import among

from .classifier import Classifier
from .view import Act, Claim, Node, View


class Clusters:
    """Groups event mentions into events."""

    def __init__(self, c: float = 0.1, new: float = 0.2) -> None:
        """Take the penalty for pairs, and the probability that an earlier mention needs; without one an event is new."""
        self.pair = Classifier(c)
        self.new = new

    def fit(self, views: Sequence[View]) -> "Clusters":
        """Learn from articles with their events and arguments."""
        pairs, same = [], []
        for view in views:
            for at, act in enumerate(view.acts):
                for other in view.acts[:at]:
                    pairs.append([*_pair(view, other, act)])
                    same.append(str(other.cluster == act.cluster))
        self.pair.fit(pairs, same)
        return self

    def group(self, view: View) -> None:
        """Give the event mentions of an article their clusters."""
        for at, act in enumerate(view.acts):
            others = view.acts[:at]
            scores = [row.get("True", 0.0) for row in self.pair.scores([[*_pair(view, o, act)] for o in others])]
            best = max(zip(scores, range(at), strict=True), default=(0.0, 0))
            act.cluster = others[best[1]].cluster if best[0] > self.new else f"x{at}"


def _entities(act: Act, *roles: str) -> set[str]:
    return {f.entity for role, f in act.arguments if isinstance(f, Node) and f.form and (not roles or role in roles)}


def _pair(view: View, one: Act, two: Act) -> Iterator[str]:
    """Yield the features of two event mentions."""
    article = view.article
    lemmas = [view.words.lemmas[act.last] for act in (one, two)]
    same_type, same_word = one.type == two.type, lemmas[0] == lemmas[1]
    types = one.type if same_type else "|".join(sorted((one.type, two.type)))
    far = article.words[two.first].sentence - article.words[one.first].sentence
    key = f"{same_type}|{two.speech or one.speech}"
    hints = [view.rules.by_words.get((act.first, act.last)) for act in (one, two)]
    if hints[0] and hints[1]:
        yield f"{key}|rules={hints[0].cluster == hints[1].cluster}"
    yield f"types={types}"
    yield f"types={types}|word={same_word}"
    yield f"{key}|word={same_word}|far={min(far, 3)}"
    yield f"words={'|'.join(sorted(lemmas))}"
    yield f"{key}|far={min(far, 6)}"
    yield f"{key}|headline={article.words[one.first].sentence == 0}|{same_word}"
    yield f"status={one.status}|{two.status}|{key}"
    yield f"via={one.via is None}{two.via is None}{one.via is two.via}|{key}"
    yield f"linked={one.via is two or two.via is one}"
    before = article.before(two.first)
    noun = not view.syntax.is_verb(two.first)
    yield f"before={before if among(before, 'determiners') else ''}|{noun}|{key}"
    yield f"verbs={view.syntax.is_verb(one.first)}{not noun}|{key}"
    nearer = sum(act.type == one.type for act in view.acts if one.first < act.first < two.first)
    yield f"nearer={min(nearer, 3)}|{key}"
    for name, roles in (("does", ("Agent", "Participant")), ("gets", ("Patient",)), ("place", ("Place",)), ("any", ())):
        own, other = _entities(one, *roles), _entities(two, *roles)
        shared = "none" if not own or not other else "same" if own == other else "some" if own & other else "differ"
        yield f"{name}={shared}|{key}"
        yield f"{name}={shared}|{types}"
        yield f"{name}={shared}|{key}|{same_word}|{far == 0}"
    for kind in ("TIME", "QTY"):
        found = [
            {
                article.phrase(f.first, f.last).lower()
                for _, f in act.arguments
                if isinstance(f, Node) and f.type == kind
            }
            for act in (one, two)
        ]
        shared = "none" if not all(found) else "same" if found[0] & found[1] else "differ"
        yield f"{kind}={shared}|{key}"
        yield f"{kind}={shared}|{types}"
    told = [
        {w for _, f in act.arguments if isinstance(f, Claim) for w in article.phrase(f.first, f.last).lower().split()}
        for act in (one, two)
    ]
    alike = len(told[0] & told[1]) / max(1, min(map(len, told)))
    yield f"told={round(alike * 4)}|{key}"
