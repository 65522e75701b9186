"""Events: a tagger for triggers; classifiers for status, harm and via; pairs of triggers for what is one event."""

from collections.abc import Iterator, Sequence

from baselines.rules.lexicon import among, trigger_nouns, trigger_verbs, verb_forms

from .classifier import Classifier
from .tagger import Features, Tagger, to_tags
from .view import Act, View

BACK = 3  # sentences back that a speech event is looked for


class Events:
    """Finds event mentions with type, status, harm and via."""

    def __init__(
        self,
        c1: float = 0.1,
        c2: float = 0.05,
        outside: float = 0.3,
        status: float = 10,
        via: float = 1,
        source: float = 0.5,
    ) -> None:
        """Take the penalties and ``outside`` of the tagger, those for status and via, and what a source needs."""
        self.trigger = Tagger(c1, c2, outside)
        self.status, self.harm, self.via = Classifier(status), Classifier(1.0), Classifier(via)
        self.source = source

    def fit(self, views: Sequence[View]) -> "Events":
        """Learn from articles with their mentions and events."""
        features, tags, states, status, harmed, harms, pairs, via = [], [], [], [], [], [], [], []
        for view in views:
            spans = [(act.first, act.last, act.type) for act in view.acts]
            for sentence in view.article.sentences:
                features.append(_words(view, sentence.first, sentence.end))
                tags.append(to_tags(spans, sentence.first, sentence.end))
            for act in view.acts:
                states.append([*_state(view, act)])
                status.append(act.status)
                if act.type == "Casualty":
                    harmed.append([*_state(view, act)])
                    harms.append(act.harm or "unsaid")
                for speech in _sources(view, act):
                    pairs.append([*_source(view, act, speech)])
                    via.append(str(act.via is speech))
        self.trigger.fit(features, tags)
        self.status.fit(states, status)
        self.harm.fit(harmed, harms)
        self.via.fit(pairs, via)
        return self

    def find(self, view: View) -> list[Act]:
        """Return the event mentions of an article in the order of the text."""
        found: list[Act] = []
        for sentence in view.article.sentences:
            spans = self.trigger.spans(_words(view, sentence.first, sentence.end), sentence.first)
            found += [Act(*span) for span in spans]
        return found

    def complete(self, view: View) -> None:
        """Give the event mentions of an article status, harm and via."""
        for act in view.acts:
            act.status = self.status.best([[*_state(view, act)]], "actual")[0]
            if act.type == "Casualty":
                act.harm = self.harm.best([[*_state(view, act)]], "unsaid")[0]
        for act in view.acts:
            sources = [*_sources(view, act)]
            scores = self.via.scores([[*_source(view, act, speech)] for speech in sources])
            for score, speech in sorted(zip(scores, sources, strict=True), key=lambda pair: -pair[0].get("True", 0)):
                if score.get("True", 0) > self.source and not _depends(speech, act):
                    act.via = speech
                    break


def _depends(act: Act | None, other: Act) -> bool:
    """Whether an event mention comes through another, or is it."""
    while act is not None and act is not other:
        act = act.via
    return act is other


def _words(view: View, first: int, end: int) -> list[Features]:
    """Return the features of the words of a sentence as triggers."""
    syntax = view.syntax
    at_mention = {i: m for m in view.sentence(first, view.mentions) for i in range(m.first, m.last + 1)}
    outer = {i: m for m in view.sentence(first, view.mentions) if not m.inner for i in range(m.first, m.last + 1)}
    found = []
    for at in range(first, end):
        features = view.words.window(at)
        for step in (-2, -1, 0, 1, 2):
            if at + step in at_mention:
                features[f"{step}:mention={at_mention[at + step].type}"] = 1.0
        if at in outer:
            features[f"in={outer[at].form}|{at == outer[at].last}"] = 1.0
            if outer[at].form == "NAM":
                features["in name"] = 1.0
        form = verb_forms().get(view.article.lower(at))
        if form is not None:
            verb, passive = syntax.is_verb(at), syntax.passive(at)
            features[f"verb={verb}|passive={passive}"] = 1.0
            features[f"verb={verb}|{form.lemma}"] = 1.0
            for name, mention in (("subject", syntax.subject(at)), ("object", syntax.object(at))):
                if verb and mention is not None:
                    features[f"{name}={mention.type}|{form.lemma}"] = 1.0
                    for _, entry in trigger_verbs().get(form.lemma, ()):
                        features[f"{name}={mention.type}|{entry.type}|{passive}"] = 1.0
        elif view.article.lower(at) in trigger_nouns():
            entry = trigger_nouns()[view.article.lower(at)]
            features[f"noun={entry.type}|{view.article.before(at) in ('the', 'a', 'an')}"] = 1.0
        found.append(features)
    return found


def _governor(view: View, act: Act) -> Act | None:
    """Return the event mention that comes last before another in its sentence."""
    before = [other for other in view.sentence(act.first, view.acts) if other.last < act.first]
    return before[-1] if before else None


def _state(view: View, act: Act) -> Iterator[str]:
    """Yield what tells of the status of an event mention."""
    article, syntax = view.article, view.syntax
    first, end = article.sentences[article.words[act.first].sentence][:2]
    clause = syntax.clause(act.first)
    verb = syntax.is_verb(act.first)
    form = verb_forms().get(article.lower(act.first))
    yield f"type={act.type}"
    yield f"word={article.phrase(act.first, act.last).lower()}"
    yield f"verb={verb}"
    if form is not None:
        yield from (f"form={tag}|{verb}" for tag in sorted(form.tags))
    for at in range(max(first, act.first - 4), min(end, act.last + 4)):
        step = at - act.first if at <= act.last else at - act.last
        yield from (f"{step}:{name}" for name in view.words.own[at] if name[:2] in ("l=", "cl"))
    for at in range(max(first, act.first - 15), act.first):
        inside = at >= clause[0]
        yield f"before={view.words.lemmas[at]}|{act.first - at < 6}"
        yield f"before={view.words.lemmas[at]}|{inside}|{verb}"
    for at in range(act.last + 1, min(clause[1], act.last + 6)):
        yield f"after={view.words.lemmas[at]}"
    yield f"opens={article.lower(clause[0] - 1) if clause[0] > first else ''}"
    yield f"pair={article.lower(act.first - 2)}|{article.lower(act.first - 1)}"
    if hint := view.rules.by_words.get((act.first, act.last)):
        yield f"rules={hint.status}|{hint.harm}"
    governor = _governor(view, act)
    if governor is not None:
        between = [article.lower(i) for i in range(governor.last + 1, act.first)]
        near = min(len(between), 8)
        yield f"governor={governor.type}|{verb}"
        yield f"governor={governor.type}|{'to' in between}|{verb}|{near < 4}"
        yield f"governor={view.words.lemmas[governor.first]}|{near < 6}"
    yield f"quoted={bool(article.words[act.first].quotation)}"
    yield f"headline={article.words[act.first].sentence == 0}"
    yield f"negated={any(article.lower(i) in NEGATIONS for i in range(max(clause[0], act.first - 6), act.first))}"


NEGATIONS = frozenset(["not", "no", "n't", "never", "neither", "nor", "without", "denied", "deny", "denies", "cannot"])


def _sources(view: View, act: Act) -> Iterator[Act]:
    """Yield the speech events that an event mention may come through."""
    words = view.article.words
    sentence = words[act.first].sentence
    for other in view.acts:
        near = -BACK <= words[other.first].sentence - sentence <= 1
        quoted = words[act.first].quotation and words[other.first].sentence != sentence
        if other is not act and other.speech and near and (words[other.first].sentence == sentence or quoted):
            yield other


def _source(view: View, act: Act, speech: Act) -> Iterator[str]:
    """Yield the features of an event mention and a speech event."""
    article, words = view.article, view.article.words
    same = words[act.first].sentence == words[speech.first].sentence
    after = speech.first < act.first
    low, high = (speech.last + 1, act.first) if after else (act.last + 1, speech.first)
    between = [article.lower(i) for i in range(low, high)]
    others = [a for a in view.acts if low <= a.first < high]
    speeches = [a for a in others if a.speech]
    verb = view.syntax.is_verb(speech.first)
    where = f"{same}|{after}|{verb}"
    quoted = f"{bool(words[act.first].quotation)}{bool(words[speech.first].quotation)}"
    opened = any(word in ("that", '"', "“", ":") for word in between[:3])
    yield where
    hint = view.rules.by_words.get((act.first, act.last))
    if hint is not None:
        told = hint.via is not None and (hint.via.first, hint.via.last) == (speech.first, speech.last)
        yield f"rules={told}|{hint.via is None}"
    yield f"quoted={quoted}|{where}"
    yield f"types={speech.type}|{act.type}|{after}"
    yield f"lemma={view.words.lemmas[speech.first]}|{where}"
    yield f"speech={speech.type}|{where}|{act.speech}"
    yield f"gap={min(len(between), 12)}|{where}"
    yield f"others={min(len(others), 4)}|{where}"
    yield f"speeches={min(len(speeches), 3)}|{where}"
    yield f"speeches={min(len(speeches), 3)}|{quoted}|{where}"
    yield f"opened={opened}|{where}"
    yield f"first={between[0] if between else ''}|{where}"
    yield f"last={between[-1] if between else ''}|{where}"
    for mark in (",", ";", "while", "but", "after", "before", "as", "when", "who", "which", "to", "that", '"', "because", "and"):  # fmt: skip
        if mark in between:
            yield f"mark={mark}|{where}"
    yield f"commas={min(between.count(','), 3)}|{where}|{quoted}"
    yield f"verb={view.syntax.is_verb(act.first)}|{speech.type}|{where}"
    yield f"status={act.status}|{speech.type}"
    yield f"far={words[act.first].sentence - words[speech.first].sentence}|{quoted}"
    before = article.before(act.first)
    yield f"before={before if among(before, 'determiners', 'prepositions', 'subordinators') else ''}|{where}"
    if not after:
        closing = [article.lower(i) for i in range(speech.last + 1, min(len(words), speech.last + 4))]
        yield f"ends={'.' in closing}|{where}"
