"""Floors: what a score means can only be told beside them."""

from collections.abc import Iterator

from parley.baselines.lexicon import fold, load_lexicon
from parley.baselines.positions import answer_none
from parley.model import Entity, Mention, Prediction
from parley.segment import split_sentences, split_tokens
from parley.task import Task


def empty(task: Task) -> Prediction:
    """Find nothing: every layer attempted and empty, ``none`` for every pair."""
    return Prediction(id=task.id, mentions=[], entities=[], events=[], stances=[], stance_pairs=answer_none(task))


def _runs(task: Task) -> Iterator[tuple[int, int]]:
    """Yield start and end (code points, half-open) of each maximal run of capitalised words of a sentence."""
    sentences = split_sentences(task.text, task.zones)
    function_words = load_lexicon().names.function_words
    at = 0
    run: tuple[int, int] | None = None
    for start, end in split_tokens(task.text):
        while at < len(sentences) and sentences[at].end <= start:
            at += 1
            if run:
                yield run
            run = None
        if at == len(sentences) or start < sentences[at].start or end > sentences[at].end:
            continue
        word = task.text[start:end]
        initial = start == sentences[at].start and fold(word) in function_words
        if word[0].isupper() and not initial:
            run = (run[0] if run else start, end)
        elif run:
            yield run
            run = None
    if run:
        yield run


def majority(task: Task) -> Prediction:
    """Take every run of capitalised words for a state's name in its most frequent role; no events, no stance.

    "Majority" is by the nature of the genre (news names states more than anything else), not counted on any gold.
    """
    entities: dict[str, Entity] = {}
    mentions: list[Mention] = []
    for start, end in _runs(task):
        name = task.text[start:end]
        entity = entities.setdefault(name, Entity(id=f"e{len(entities) + 1}", type="GPE", name=name))
        mentions.append(
            Mention(
                id=f"m{len(mentions) + 1}", start=start, end=end, text=name, form="NAM", entity=entity.id, role="state"
            )
        )
    return Prediction(
        id=task.id,
        mentions=mentions,
        entities=list(entities.values()),
        events=[],
        stances=[],
        stance_pairs=answer_none(task),
    )
