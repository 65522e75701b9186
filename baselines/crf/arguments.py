"""Arguments: what is said, found word by word for each trigger; all other roles by pairs of a trigger and a filler."""

from collections.abc import Iterator, Sequence

from baselines.rules.lexicon import among, verb_forms

from parley.ontology import load_ontology

from .classifier import Classifier
from .tagger import Features, Tagger, to_tags
from .view import Act, Claim, Node, View

NONE = "none"


class Arguments:
    """Finds what fills the roles of events."""

    def __init__(self, c1: float = 0.5, c2: float = 0.01, c: float = 1.0, sure: float = 0.45) -> None:
        """Take the penalties of the tagger and for pairs, and the probability that a role needs."""
        self.claim, self.role = Tagger(c1, c2), Classifier(c)
        self.sure = sure

    def fit(self, views: Sequence[View]) -> "Arguments":
        """Learn from articles with mentions, entities and events."""
        features, tags, pairs, roles = [], [], [], []
        for view in views:
            for act in view.acts:
                if _tells(act):
                    first, end = _sentence(view, act)
                    claims = [(c.first, c.last, "Content") for _, c in act.arguments if isinstance(c, Claim)]
                    features.append(_words(view, act))
                    tags.append(to_tags(claims, first, end))
                own = {filler: role for role, filler in act.arguments}
                for filler in _fillers(view, act):
                    pairs.append([*_pair(view, act, filler)])
                    roles.append(own.get(filler, NONE))
        self.claim.fit(features, tags)
        self.role.fit(pairs, roles)
        return self

    def fill(self, view: View) -> None:
        """Give the events of an article their arguments."""
        for act in view.acts:
            fillers = _fillers(view, act)
            rows = self.role.scores([[*_pair(view, act, filler)] for filler in fillers])
            for filler, scores in zip(fillers, rows, strict=True):
                role = max(sorted(_allowed(act, filler) & scores.keys()), key=scores.__getitem__, default=None)
                if role is not None and scores[role] > self.sure:
                    act.arguments.append((role, filler))
            if _tells(act):
                for first, last, role in self.claim.spans(_words(view, act), _sentence(view, act)[0]):
                    act.arguments.append((role, Claim(first, last)))


def _allowed(act: Act, filler: Node | Act) -> set[str]:
    """Return the roles of the ontology that a filler may have in an event."""
    ontology = load_ontology()
    own = ontology.event(act.type)
    kind = _kind(filler).partition(" ")[0]
    return {role.name for role in ontology.argument_roles if own and role.name in own.roles and kind in role.fillers}


def _kind(filler: Node | Act) -> str:
    if isinstance(filler, Act):
        return "event of speech" if filler.speech else "event"
    return filler.type


def _tells(act: Act) -> bool:
    return act.speech or act.type == "Agree"


def _sentence(view: View, act: Act) -> tuple[int, int]:
    sentence = view.article.sentences[view.article.words[act.first].sentence]
    return sentence.first, sentence.end


def _words(view: View, act: Act) -> list[Features]:
    """Return the features of the words of a sentence as what one of its speech events says."""
    article, syntax = view.article, view.syntax
    first, end = _sentence(view, act)
    acts = {i: a for a in view.sentence(act.first, view.acts) for i in range(a.first, a.last + 1)}
    verb = syntax.is_verb(act.first)
    hint = view.rules.by_words.get((act.first, act.last))
    claims = [c for _, c in hint.arguments if isinstance(c, Claim)] if hint else []
    found = []
    for at in range(first, end):
        features = view.words.window(at)
        for claim in claims:
            if claim.first <= at <= claim.last:
                features[f"rules={claim.first == at}|{claim.last == at}"] = 1.0
        side = "at" if act.first <= at <= act.last else "before" if at < act.first else "after"
        low, high = (at + 1, act.first) if at < act.first else (act.last + 1, at)
        between = [article.lower(i) for i in range(low, high)]
        others = [a for a in acts.values() if low <= a.first < high and a.speech]
        gap = min(len(between), 15)
        features[f"side={side}|{verb}"] = 1.0
        features[f"gap={gap}|{side}|{act.type}"] = 1.0
        features[f"act={act.type}|{side}|{article.lower(at)}"] = 1.0
        features[f"act={view.words.lemmas[act.first]}|{side}|{article.before(at)}"] = 1.0
        features[f"speeches={min(len(others), 2)}|{side}"] = 1.0
        features[f"quoted={bool(article.words[at].quotation)}{bool(article.words[act.first].quotation)}|{side}"] = 1.0
        for mark in ("that", "to", ",", '"', "“", "of", "for", "because", "after", "when", "while", "if", "but", "and"):
            if mark in between:
                features[f"mark={mark}|{side}"] = 1.0
                features[f"mark={mark}|{side}|{act.type}"] = 1.0
        for step in (-1, 0, 1):
            own = acts.get(at + step)
            if own is not None and own is not act:
                features[f"{step}:event={own.type}"] = 1.0
                features[f"{step}:event|{act.type}|{side}"] = 1.0
            if at + step in syntax.at:
                mention = syntax.at[at + step]
                features[f"{step}:mention={mention.form}|{side}"] = 1.0
                features[f"{step}:mention={mention.type}|{mention.first == at + step}"] = 1.0
        if side != "at":
            features[f"finite={syntax.finite(at)}|{side}"] = 1.0
            features[f"finite={syntax.finite(at)}|{article.before(at)}|{side}"] = 1.0
        found.append(features)
    return found


def _fillers(view: View, act: Act) -> list[Node | Act]:
    """Return what may fill a role: of each entity the mention nearest the trigger, the values, the other events."""
    nearest: dict[str, Node] = {}
    values: list[Node | Act] = []
    for mention in view.sentence(act.first, view.mentions):
        if mention.form is None:
            values.append(mention)
        elif mention.entity not in nearest or _gap(act, mention) < _gap(act, nearest[mention.entity]):
            nearest[mention.entity] = mention
    events = [other for other in view.sentence(act.first, view.acts) if other is not act]
    return [*nearest.values(), *values, *events]


def _gap(act: Act, mention: Node) -> int:
    return max(mention.first - act.last, act.first - mention.last, 0)


def _pair(view: View, act: Act, filler: Node | Act) -> Iterator[str]:
    """Yield the features of a trigger and what may fill a role of it."""
    article, syntax = view.article, view.syntax
    kind = _kind(filler)
    after = filler.first > act.last
    inside = filler.first <= act.first and act.last <= filler.last
    low, high = (act.last + 1, filler.first) if after else (filler.last + 1, act.first)
    between = [article.lower(i) for i in range(low, high)]
    verb, passive = syntax.is_verb(act.first), syntax.passive(act.first)
    where = (
        f"{'in' if inside else 'after' if after else 'before'}|{'passive' if passive else 'verb' if verb else 'noun'}"
    )
    lemma = view.words.lemmas[act.first]
    hint = view.rules.by_words.get((act.first, act.last))
    if hint is not None:
        roles = {role for role, other in hint.arguments if (other.first, other.last) == (filler.first, filler.last)}
        yield f"rules={'|'.join(sorted(roles))}"
        yield f"rules={'|'.join(sorted(roles))}|{act.type}|{kind}"
    yield f"{act.type}|{kind}"
    yield f"{act.type}|{kind}|{where}"
    yield f"{kind}|{where}"
    yield f"{lemma}|{kind}|{where}"
    yield f"gap={min(len(between), 10)}|{where}|{kind}"
    yield f"gap={min(len(between), 10)}|{where}|{act.speech}"
    others = [a for a in view.sentence(act.first, view.acts) if low <= a.first < high and a is not filler]
    speeches = sum(other.speech for other in others)
    mentions = [m for m in view.sentence(act.first, view.mentions) if low <= m.first < high and m.form and not m.inner]
    yield f"events={min(len(others), 3)}|{where}|{kind}"
    yield f"events={min(len(others), 3)}|{where}|{act.speech}"
    yield f"speeches={min(speeches, 2)}|{where}|{act.speech}"
    yield f"mentions={min(len(mentions), 4)}|{where}|{act.speech}"
    alike = sum(m.type == kind for m in mentions)
    yield f"alike={min(alike, 3)}|{where}|{kind}"
    for mark in (",", ";", "while", "but", "after", "before", "as", "when", "who", "which", "to", "that", '"', "by", "and", "of"):  # fmt: skip
        if mark in between:
            yield f"mark={mark}|{where}"
            yield f"mark={mark}|{where}|{act.type}"
    if len(between) < 5:
        yield f"between={' '.join(between)}|{act.speech}"
        yield f"between={' '.join(between)}|{act.type}"
    same = article.words[act.first].quotation == article.words[filler.first].quotation
    yield f"quotation={same}|{bool(article.words[act.first].quotation)}|{kind}|{act.speech}"
    if isinstance(filler, Node):
        found = next((m for m in syntax.nested(filler.first) if (m.first, m.last) == (filler.first, filler.last)), None)
        outer = syntax.at.get(filler.first)
        for name, other in (("subject", syntax.subject(act.first)), ("object", syntax.object(act.last))):
            is_it = other is not None and other in (found, outer)
            yield f"{name}={is_it}|{where}|{act.type}"
            yield f"{name}={is_it}|{where}|{kind}"
            yield f"{name}={is_it}|{where}|{act.speech}"
            if is_it and found is not outer:
                yield f"{name} holds it|{where}"
        if found is not None:
            preposition = syntax.preposition(found)
            yield f"preposition={preposition}|{kind}"
            yield f"preposition={preposition}|{act.type}|{kind}"
            yield f"preposition={preposition}|{where}|{act.type}"
            yield f"possessor={syntax.possessor(found)}|{where}|{act.speech}"
        form = filler.form
        role = filler.role
        yield f"form={form}|{where}|{act.speech}"
        yield f"role={role}|{act.type}"
        yield f"role={role}|{where}|{act.speech}"
        yield f"inner={filler.inner}|{where}|{act.type}"
        yield f"word={article.lower(filler.last)}|{act.type}"
        yield f"before={article.before(filler.first)}|{act.type}"
        for at in (filler.last + 1, filler.last + 2):
            form_ = verb_forms().get(article.lower(at))
            yield f"next={form_.lemma if form_ else article.lower(at)}|{kind}"
    else:
        yield f"types={act.type}|{filler.type}|{after}"
        yield f"status={act.status}|{filler.status}|{act.type}"
        yield f"via={filler.via is act}|{act.via is filler}|{where}"
        yield f"via={filler.via is act}|{act.type}"
        yield f"verbs={verb}{syntax.is_verb(filler.first)}|{act.type}"
        yield f"before={article.before(filler.first)}|{where}"
        skipped = all(among(word, "determiners", "auxiliaries", "adverbs") for word in between)
        yield f"opens={article.lower(low) if between else ''}|{act.type}"
        yield f"direct={skipped}|{where}"
