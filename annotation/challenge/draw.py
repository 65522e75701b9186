"""Draw gold items to be challenged: fifty a layer from the test split, seeded.

Run ``python annotation/challenge/draw.py`` in the repository. It prints JSON Lines: layer, article, sentence, the item as
a fact of the log of decisions, and what the gold says of it, with the words. A proposition is named by the place
that the log has for it; its span in the gold may differ by a few words. Gold that has changed since gives other draws.
"""

import json
import random
from collections import defaultdict
from pathlib import Path

from parley.adjudication.adjudicate import Adjudication, sentence_number, with_words
from parley.adjudication.decisions import facts_like
from parley.adjudication.facts import Fact
from parley.checks import load_corpus
from parley.reading import annotated

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
    for article in corpus.split("test"):
        read = annotated(corpus, article, corpus.gold[article])
        facts = facts_like(read, passes[article])
        said: dict[Fact, dict[str, str]] = defaultdict(dict)
        for fact, value in facts.items():
            said[fact.item][fact.field] = with_words(value, read)
        for item in sorted(said, key=str):
            fields = {field: value for field, value in said[item].items() if field}
            where = {"article": article, "sentence": sentence_number(item, read, [facts])}
            row = {**where, "fact": str(item), "words": with_words(str(item), read), "gold": fields}
            for layer, kinds in LAYERS.items():
                if item.kind in kinds:
                    found[layer].append({"layer": layer, **row})
    for layer, items in found.items():
        for item_row in random.Random(f"{layer} {SEED}").sample(items, A_LAYER):
            print(json.dumps(item_row, ensure_ascii=False))


if __name__ == "__main__":
    main()
