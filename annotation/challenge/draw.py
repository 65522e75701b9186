"""Draw gold items to be challenged: fifty a layer from the test split, seeded.

Run ``python annotation/challenge/draw.py`` in the repository. It prints JSON Lines: layer, article, sentence, the item as
a fact of the log of decisions, and what the gold says of it, with the words. Gold that has changed since gives other
draws.
"""

import json
import random
import re
from pathlib import Path

from parley.adjudication.adjudicate import Adjudication
from parley.adjudication.decisions import facts_like
from parley.adjudication.facts import Fact, parse_place
from parley.checks import load_corpus
from parley.reading import AnnotatedArticle, annotated

SEED, A_LAYER = 13, 50
LAYERS = {
    "entities": ("mention",),
    "events": ("event", "argument", "proposition"),
    "stance": ("stance",),
}


def main() -> None:
    """Print the items."""
    corpus = load_corpus(Path("data"))
    passes = Adjudication(corpus).passes
    found: dict[str, list[dict[str, object]]] = {layer: [] for layer in LAYERS}
    for article, described in corpus.articles.items():
        if described.split != "test":
            continue
        read = annotated(corpus, article, corpus.gold[article])
        facts = facts_like(read, passes[article])
        for layer, kinds in LAYERS.items():
            for item in sorted((f for f in facts if f.kind in kinds and not f.field), key=str):
                said = {
                    f.field: value if f.field == "value" else _words(value, read)
                    for f, value in facts.items()
                    if f.item == item and f.field
                }
                row = {"layer": layer, "article": article, "sentence": _sentence(item, said, read)}
                found[layer].append({**row, "fact": str(item), "words": _words(str(item), read), "gold": said})
    for layer, items in found.items():
        for item in random.Random(f"{layer} {SEED}").sample(items, A_LAYER):
            print(json.dumps(item, ensure_ascii=False))


def _words(value: object, read: AnnotatedArticle) -> object:
    """Return a value with the words of the text beside each place."""
    if isinstance(value, list):
        return [_words(own, read) for own in value]
    if not isinstance(value, str):
        return value
    return re.sub(r"\d+-\d+", lambda place: f"{place[0]} «{read.words(*parse_place(place[0]))}»", value)


def _sentence(item: Fact, said: dict[str, object], read: AnnotatedArticle) -> int | None:
    """Return the number of the sentence of an item; of a stance that of its first evidence."""
    evidence = said.get("evidence")
    place = item.place if item.kind != "stance" else str(evidence[0]).split()[0] if isinstance(evidence, list) else None
    sentence = place and read.article_text.sentence_of(*parse_place(place))
    return sentence.number if sentence else None


if __name__ == "__main__":
    main()
