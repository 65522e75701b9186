"""A model that calls nobody: it answers from a file, or with the gold. For tests, demonstrations and second readings.

``--model replay/gold`` answers with the gold of the dataset, ``--model replay/recorded -M answers=FILE`` with recorded
answers: JSON lines with ``article``, ``epoch`` (from 1; by default any) and ``answers``, a list for each window with an
answer to each request. ``parley llm export LOG --answers FILE`` writes them. Its usage is a guess of four characters a
token, so that no tokenizer is downloaded.
"""

import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
from inspect_ai.model import ChatMessage, GenerateConfig, ModelAPI, ModelOutput, ModelUsage, modelapi
from inspect_ai.tool import ToolChoice, ToolInfo

from parley.checks import load_corpus
from parley.corpus import Corpus
from parley.leaderboard.submission import dataset_of
from parley.llm.form import LINES, PARTS
from parley.notation import write_notation
from parley.paths import DATA
from parley.quotes import QuoteDocument, to_quotes


@cache
def dataset(folder: Path, split: str) -> Corpus:
    """Return the dataset of a split."""
    return dataset_of(load_corpus(folder, raw=False, partial=True), split)


@cache
def gold(folder: Path, split: str, article: str) -> QuoteDocument:
    """Return the gold of an article in quote form."""
    corpus = dataset(folder, split)
    return to_quotes(corpus.gold[article], corpus.articles[article], corpus.texts[article])


def gold_answer(quoted: QuoteDocument, parts: Sequence[str], sentences: Sequence[int], form: str) -> str:
    """Return the answer that gold gives to a request for ``parts`` of some sentences (first and last number)."""
    first, last = sentences

    def here(quote: Any) -> bool:
        return bool(first <= quote.sentence <= last)

    entities = [
        msgspec.structs.replace(entity, registry=None, mentions=list(filter(here, entity.mentions)))
        for entity in quoted.entities
    ]
    lists: dict[str, list[Any]] = {
        "entities": [entity for entity in entities if entity.mentions or entity.members]
        + [e for e in entities if not e.mentions and any(e.id in (other.members or ()) for other in entities)],
        "values": list(filter(here, quoted.values)),
        "propositions": list(filter(here, quoted.propositions)),
        "events": [msgspec.structs.replace(event, registry=None) for event in filter(here, quoted.events)],
        "stances": [stance for stance in quoted.stances if all(map(here, stance.evidence))],
    }
    if form == "json":
        return json.dumps(msgspec.to_builtins({name: lists[name] for part in parts for name in PARTS[part]}))
    kinds = "".join(LINES[part] for part in parts)
    lines = write_notation(QuoteDocument(id=quoted.id, **lists)).splitlines()
    return "\n".join(line for line in lines if line[0] == "#" or line.split(" ")[0] in [*kinds])


@modelapi(name="replay")
class Replay(ModelAPI):
    """The model: ``replay/gold`` or ``replay/recorded``."""

    def __init__(
        self,
        model_name: str,
        base_url: str | None = None,
        api_key: str | None = None,
        config: GenerateConfig = GenerateConfig(),  # noqa: B008
        answers: str | None = None,
        data: str | None = None,
        **_: Any,
    ) -> None:
        super().__init__(model_name, base_url, api_key, [], config)
        self.data = Path(data) if data else DATA
        self.recorded: dict[tuple[str, int], list[list[str]]] = {}
        if model_name == "recorded":
            if answers is None:
                raise ValueError("replay/recorded needs a file of answers: -M answers=FILE")
            for line in Path(answers).read_text("utf-8").splitlines():
                record = json.loads(line)
                self.recorded[record["article"], record.get("epoch", 0)] = record["answers"]
        elif model_name != "gold":
            raise ValueError(f"the model is replay/gold or replay/recorded, not replay/{model_name}")

    async def generate(
        self, input: list[ChatMessage], tools: list[ToolInfo], tool_choice: ToolChoice, config: GenerateConfig
    ) -> ModelOutput:
        """Return the answer to the last request; its metadata say what is asked for."""
        asked = input[-1].metadata or {}
        if not asked:
            said = "ANSWER: A"  # a question with choices, of which replay knows nothing
        elif self.recorded:
            article, epoch = asked["article"], asked["epoch"]
            own = self.recorded.get((article, epoch)) or self.recorded.get((article, 0)) or []
            said = own[asked["window"]][asked["step"]] if own else ""
        else:
            quoted = gold(self.data, asked["split"], asked["article"])
            said = gold_answer(quoted, asked["parts"], asked["sentences"], asked["form"])
        output = ModelOutput.from_content(f"replay/{self.model_name}", said)
        sent = sum(len(message.text) for message in input) // 4
        output.usage = ModelUsage(input_tokens=sent, output_tokens=len(said) // 4, total_tokens=sent + len(said) // 4)
        return output
