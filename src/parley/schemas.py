"""The published JSON Schemas (draft 2020-12), generated from the records and the ontology.

Shape is settled here and nowhere else; meaning is ``parley.checks``. The files in ``schema/`` are written by
``parley build`` and compared with this module in the tests.
"""

import ast
import inspect
import itertools
import json
from functools import cache
from pathlib import Path
from typing import Any, get_args, get_type_hints

import msgspec
from jsonschema import Draft202012Validator

from parley import corpus, model, quotes, report
from parley.leaderboard import records
from parley.ontology import Ontology, load_ontology
from parley.paths import SCHEMA

BASE = "https://parley-bench.example/schema/"

# file stem -> (record, title, what it is)
PUBLISHED: dict[str, tuple[type, str, str]] = {
    "document": (
        model.Document,
        "Parley document",
        "The annotation of one article: data/gold/<id>.json, data/raw/<annotator>/<id>.json.",
    ),
    "prediction": (
        model.Prediction,
        "Parley prediction",
        "A system's output for one article: one line of predictions.jsonl. "
        "A layer that is absent was not attempted; an empty list means none found.",
    ),
    "submission": (
        records.Submission,
        "Parley submission",
        "What a leaderboard entrant says of a system: submission.json.",
    ),
    "report": (report.Report, "Parley report", "The result of scoring predictions against gold: report.json."),
    "leaderboard": (
        records.Leaderboard,
        "Parley leaderboard",
        "All systems with their scores, and which of them the articles can separate: leaderboard.json.",
    ),
    "agreement": (
        records.Agreement,
        "Parley agreement",
        "How far independent annotators agree, by the metrics that systems are scored with: agreement.json.",
    ),
    "quote": (
        quotes.QuoteDocument,
        "Parley quote form",
        "An annotation written by people or language models: spans are quotations, resolved to offsets by a tool.",
    ),
    "article": (corpus.Article, "Parley article", "The metadata of an article: one line of articles.jsonl."),
    "story": (
        corpus.Story,
        "Parley story",
        "An invented conflict with the facts behind its articles: stories/<id>.json.",
    ),
    "registry": (corpus.Registry, "Parley registry", "Entities and events shared across articles: registry.json."),
    "twins": (corpus.Twins, "Parley twins", "Substitutes for the names of articles: twins.json."),
    "pair": (
        corpus.ContrastPair,
        "Parley contrast pair",
        "Two short passages that differ in one thing: one line of contrast/pairs.jsonl.",
    ),
    "passes": (corpus.Passes, "Parley passes", "How the independent annotations were made: raw/passes.json."),
    "dataset": (corpus.DatasetInfo, "Parley dataset", "The metadata of the dataset as a whole: dataset.json."),
}

_VALUE_FIELDS = ["value", "mod", "number", "unit", "qualifier"]


def _forbid(*fields: str) -> dict[str, Any]:
    """Forbid fields by ``{"not": {}}``: jsonschema loses the path of an error under the schema ``false``."""
    return {"properties": {field: {"not": {}} for field in fields}}


def _mention_kinds(reference_fields: list[str]) -> dict[str, Any]:
    """A mention has a type and is a value, or has none and refers to an entity through ``reference_fields``."""
    time = {"required": ["value"], **_forbid("number", "unit", "qualifier")}
    return {
        "if": {"required": ["type"]},
        "then": {
            **_forbid(*reference_fields, "role"),
            "if": {"properties": {"type": {"const": "TIME"}}},
            "then": time,
            "else": _forbid("value", "mod"),
        },
        "else": {"required": reference_fields, **_forbid(*_VALUE_FIELDS)},
    }


def _argument_kinds(value: str, *, strict: bool) -> dict[str, Any]:
    """An argument has exactly one filler: ``entity``, ``event``, ``proposition`` or a ``value`` mention."""
    kinds: dict[str, Any] = {
        "if": {"required": ["entity"]},
        "then": _forbid("event", "proposition"),
        "else": {
            "if": {"required": ["event"]},
            "then": _forbid(value, "proposition"),
            "else": {"if": {"required": ["proposition"]}, "then": _forbid(value), "else": {"required": [value]}},
        },
    }
    if strict:
        kinds["then"]["required"] = ["mention"]
    return kinds


def _enumerations(ontology: Ontology) -> dict[str, list[str]]:
    kinds = ["entity_types", "value_types", "forms", "gpe_roles", "time_mods", "qty_qualifiers", "argument_roles"]
    kinds += ["event_types", "statuses", "harms", "polarities", "facets", "zones"]
    lists = {kind: ontology.names(kind) for kind in kinds}
    lists["registry_types"] = lists["entity_types"] + lists["event_types"]
    lists["pair_polarities"] = lists["polarities"] + ["none"]
    return lists


def _fill_enumerations(node: Any, lists: dict[str, list[str]]) -> Any:
    """Replace every ``$labels`` mark by the label names; drop nulls that only mean 'may be left out'."""
    if isinstance(node, list):
        return [_fill_enumerations(item, lists) for item in node]
    if not isinstance(node, dict):
        return node
    node = {key: _fill_enumerations(value, lists) for key, value in node.items()}
    if "$labels" in node:
        node["enum"] = lists[node.pop("$labels")]
    return node


def _no_optional_null(definition: dict[str, Any]) -> None:
    """A field with default null is left out, not written as null: keep null only where the field is required."""
    for name, field in definition.get("properties", {}).items():
        if name in definition.get("required", []) or "anyOf" not in field:
            continue
        kept = [option for option in field.pop("anyOf") if option != {"type": "null"}]
        field.pop("default", None)
        if len(kept) == 1:
            for key, value in kept[0].items():
                field.setdefault(key, value)
        else:
            field["anyOf"] = kept


def _tidy(definition: dict[str, Any]) -> None:
    """Drop defaults (absent fields have none) and put the null of required nullable label fields into the enum."""
    for field in definition.get("properties", {}).values():
        field.pop("default", None)
        options = field.get("anyOf", [])
        if "enum" in field and {"type": "null"} in options:
            field["enum"] = [*field["enum"], None]
            del field["anyOf"]
        elif "enum" in field and "anyOf" in field:
            del field["anyOf"]
        if "enum" in field:
            field.pop("type", None)


def _field_docs(record: type) -> dict[str, str]:
    """Return the docstring under each field of a record, by field name.

    A field without one means what it means in the class above, or, in the quote form, in the record of that name
    (``QuoteEntity``: ``Entity``).
    """
    docs: dict[str, str] = {}
    mirrored = getattr(model, record.__name__.removeprefix("Quote"), object)
    for owner in (*reversed(mirrored.__mro__), *reversed(record.__mro__)):
        if not issubclass(owner, model.Record):
            continue
        body = ast.parse(inspect.getsource(owner)).body[0].body  # type: ignore[attr-defined]
        for field, doc in itertools.pairwise(body):
            if isinstance(field, ast.AnnAssign) and isinstance(doc, ast.Expr):
                docs[field.target.id] = " ".join(ast.literal_eval(doc.value).split())  # type: ignore[union-attr]
    return docs


def _records(record: type) -> dict[str, type]:
    """Return the records that a record is made of, itself included, by class name."""
    found, waiting = dict[str, type](), [record]
    while waiting:
        kind = waiting.pop()
        if isinstance(kind, type) and issubclass(kind, model.Record):
            if kind.__name__ not in found:
                found[kind.__name__] = kind
                waiting += get_type_hints(kind).values()
        else:
            waiting += get_args(kind)
    return found


def _describe(definition: dict[str, Any], record: type) -> None:
    """Put the docstring under each field into the schema, as its description."""
    names = {field.name: field.encode_name for field in msgspec.structs.fields(record)}
    for name, doc in _field_docs(record).items():
        field = definition["properties"].get(names.get(name))
        if field is not None and "description" not in field:
            title = {"title": field.pop("title")} if "title" in field else {}
            definition["properties"][names[name]] = {**title, "description": doc, **field}


def build_schema(stem: str, ontology: Ontology) -> dict[str, Any]:
    """Return one published schema as a JSON value; ``stem`` is a key of ``PUBLISHED``."""
    record, title, description = PUBLISHED[stem]
    (top,), definitions = msgspec.json.schema_components([record], ref_template="#/$defs/{name}")
    top_name = top["$ref"].rsplit("/", 1)[1]
    lists = _enumerations(ontology)
    definitions = _fill_enumerations(definitions, lists)
    records = _records(record)
    for name, definition in definitions.items():
        _describe(definition, records[name])
        _no_optional_null(definition)
        _tidy(definition)
    if stem in ("document", "prediction"):
        strict = stem == "document"
        if strict:
            for name in ("Mention", "Event", "Proposition", "Span"):
                definitions[name]["required"].append("text")
        definitions["Mention"] |= _mention_kinds(["form", "entity"])
        definitions["Argument"] |= _argument_kinds("mention", strict=strict)
    if stem == "prediction":
        needs = {"mentions": ["entities"], "entities": ["mentions"], "stances": ["entities"], "events": ["entities"]}
        needs["propositions"] = ["events"]
        definitions[top_name]["dependentRequired"] = needs
    if stem == "quote":
        definitions["QuoteArgument"] |= _argument_kinds("value", strict=False)
    body = definitions.pop(top_name)
    body.pop("title", None)
    body.pop("description", None)
    return {
        "$comment": "Generated by `parley build` from src/parley/model.py and schema/ontology.json; do not edit.",
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"{BASE}{stem}.schema.json",
        "title": title,
        "description": description,
        **body,
        "$defs": dict(sorted(definitions.items())),
    }


def render_schemas(ontology: Ontology | None = None) -> dict[str, str]:
    """Return the text of every published schema by file name."""
    ontology = ontology or load_ontology()
    return {
        f"{stem}.schema.json": json.dumps(build_schema(stem, ontology), indent=2, ensure_ascii=False) + "\n"
        for stem in PUBLISHED
    }


@cache
def validator(stem: str, folder: Path = SCHEMA) -> Draft202012Validator:
    """Return the validator of a published schema, read from its file in ``folder``."""
    return Draft202012Validator(json.loads((folder / f"{stem}.schema.json").read_text("utf-8")))
