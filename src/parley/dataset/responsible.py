"""The responsible-AI fields of croissant.json (the Croissant RAI vocabulary 1.0), from what the corpus says of itself.

A field is filled only from what is recorded. Left out, because nothing is recorded that answers it: when the texts
were collected (``dataCollectionTimeFrame``) and on which platform the passes were written (``dataAnnotationPlatform``).
``dataManipulationProtocol`` is told under preprocessing: mlcroissant 1.1.1 writes it under a name that the vocabulary
does not have.
"""

from collections.abc import Iterable
from typing import Any

from parley.agreement import Row
from parley.checks import Corpus
from parley.dataset.making import Making
from parley.ontology import load_ontology
from parley.segment import SEGMENTER

_FEW = 6  # articles, under which no comparison of systems holds


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _figures(groups: list[list[str]], rows: Iterable[Row]) -> str:
    """Return a table of agreement in a sentence: each measure with its figures, groups in the order of the table."""
    told = [
        f"{row.layer}, {row.measure}: {', '.join(f'{m.value:.3f}' for m in row.figures if m and m.value is not None)}"
        for row in rows
        if any(m and m.value is not None for m in row.figures)
    ]
    return f"{' | '.join(' / '.join(group) for group in groups)}. {'; '.join(told)}."


def _analysis(making: Making) -> list[str]:
    if not making.passes:
        return ["One annotation only: no agreement can be measured."]
    told = []
    if making.agreement[0]:
        told.append(
            f"Agreement of the passes before adjudication (parley agreement), for {_figures(*making.agreement)} "
            "It is that of one language model with itself under one set of guidelines: an upper bound, and no evidence that what the passes share is right."
        )
    told += [f"{reader.own.annotator} against the gold, for {_figures(*reader.agreement)}" for reader in making.readers]
    if making.decisions:
        kinds = ", ".join(f"{kind} {number}" for kind, number in making.decisions.items())
        told.append(f"Decisions in adjudication.jsonl, each with its rule, by kind: {kinds}.")
    return told


def _protocol(making: Making) -> list[str]:
    told = ["By a large language model under written guidelines (annotation/GUIDELINES.md); no human has annotated."]
    for own in (*making.passes, *(reader.own for reader in making.readers)):
        saw = f"It saw: {own.saw}"
        told.append(f"{own.annotator} ({own.role}), guidelines {own.guidelines}: {own.procedure} {saw}")
    if making.decisions:
        told.append(
            "What the passes disagreed on was decided one by one, and the result read cold against the text; the gold is what passes and decisions give (parley adjudicate --check)."
        )
    return told


def responsible_ai(corpus: Corpus, making: Making) -> dict[str, Any]:
    """Return the responsible-AI fields of a checked corpus, as ``mlcroissant.Metadata`` names them."""
    articles = list(corpus.articles.values())
    inferred = [a.id for a in articles if a.date.basis == "inferred"]
    zones = load_ontology().zones
    gold = "adjudicated into one gold" if making.decisions else "beside the gold"
    told = {own.kind for own in (*making.passes, *(reader.own for reader in making.readers))}
    used = told or {gold.annotator for gold in corpus.gold.values()}
    limits = [
        "The annotation says what an article presents and by whose voice, not what happened.",
        "Labels with few or no instances (the card counts them) allow no statement.",
    ]
    if len(articles) < _FEW:
        limits.insert(
            0,
            f"{_count(len(articles), 'article')}: too few to compare systems with any confidence, to train on, or to stand for news of conflicts at large.",
        )
    return {
        "data_collection": " ".join(dict.fromkeys(article.provenance for article in articles)),
        "data_collection_type": ["Others"],
        "data_collection_missing_data": f"Day of publication: not told by the source of {len(inferred)} of {_count(len(articles), 'article')}. URL and author: given only where the provenance in articles.jsonl names them.",
        "data_collection_raw_data": "The texts as they were supplied, byte for byte (articles/*.txt; their SHA-256 in articles.jsonl), and every single annotation pass (raw/).",
        "data_imputation_protocol": "Days of publication that were not told are inferred from the text, with the reason and the latest day that fits (date in articles.jsonl). Nothing else is imputed."
        if inferred
        else "Nothing is imputed.",
        "data_preprocessing_protocol": [
            f"Texts are verbatim. Offsets mark their zones ({', '.join(z.name for z in zones)}); {', '.join(z.name for z in zones if z.scored)} are annotated.",
            f"Sentences and tokens of the tables are derived by one function ({SEGMENTER}); no offset depends on them.",
            "The Parquet files are built from gold, registry and texts by `parley build`; the same source gives the same bytes.",
        ],
        "data_annotation_protocol": _protocol(making),
        "data_annotation_analysis": _analysis(making),
        "annotations_per_item": f"{len(making.passes) or 1} of each article, independent of each other, {gold}; {_count(len(making.readers), 'later reader')} whose annotation no gold is made from."
        if making.passes
        else "1",
        "annotator_demographics": ["Does not apply: the annotators are language models, not people."],
        "machine_annotation_tools": sorted(used),
        "data_limitations": limits,
        "data_biases": [
            "The articles tell of one conflict, in one language, and whose voice is heard in them was the choice of newsrooms. The annotators are language models, whose errors repeat from pass to pass."
        ],
        "data_use_cases": ["Developing and testing systems that extract entities, events and stance from news."],
        "data_social_impact": "Who blames whom in a conflict can be misread as what happened, and extracted stances as what a people thinks; both are no use of this dataset. It must not serve decisions about persons.",
        "personal_sensitive_information": [
            "Persons named in the annotated parts are named in their public role, with positions that the articles report. Parts that are not annotated, such as teasers of other articles, may name other persons."
        ],
        "data_release_maintenance_plan": "Versions are semantic (the card says what makes a major, minor and patch version); a released version never changes; corrections and articles come as a new version, on no fixed dates. What a person concerned or a publisher asks to have removed is removed in the next version.",
    }
