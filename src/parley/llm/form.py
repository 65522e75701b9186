"""The quote form as a schema for structured output, with nothing that a provider refuses.

Providers take different parts of JSON Schema. These take all of it: no ``$ref``, no conditions, no patterns or limits,
no ``oneOf``; every field required, null where it may be absent; no other fields. What the schema cannot say is checked
when the answer is read.
"""

from collections.abc import Sequence
from typing import Any

from parley.schemas import validator

PARTS = {"entities": ("entities", "values"), "events": ("propositions", "events"), "stance": ("stances",)}
"""What is asked for, in order, and the lists of the quote form that answer it. Each part needs those before it."""

LINES = {"entities": "emv", "events": "pt", "stance": "s"}
"""The lines of the notation that answer each part, by their first letter."""

_NOT_ASKED = ("registry",)  # no system is given the registry's ids here


def parts_for(layers: Sequence[str]) -> list[str]:
    """Return the parts to be asked for, so that ``layers`` can be scored.

    >>> parts_for(["events"])
    ['entities', 'events']

    Raises ``ValueError`` for a layer that is none of ``PARTS``.
    """
    names = list(PARTS)
    unknown = [layer for layer in layers if layer not in names]
    if unknown or not layers:
        raise ValueError(f"the layers are {', '.join(names)}, not {', '.join(unknown) or 'none'}")
    return names[: 1 + max(map(names.index, layers))]


def schema(parts: Sequence[str] = tuple(PARTS)) -> dict[str, Any]:
    """Return the JSON Schema of an answer that has the lists of ``parts``."""
    published = validator("quote").schema
    lists = {name: published["properties"][name] for part in parts for name in PARTS[part]}
    return _object({"properties": lists, "required": list(lists)}, published["$defs"])


def _object(record: dict[str, Any], definitions: dict[str, Any]) -> dict[str, Any]:
    fields = {
        name: _field(field, definitions, nullable=name not in record["required"])
        for name, field in record["properties"].items()
        if name not in _NOT_ASKED
    }
    return {"type": "object", "properties": fields, "required": list(fields), "additionalProperties": False}


def _field(field: dict[str, Any], definitions: dict[str, Any], *, nullable: bool) -> dict[str, Any]:
    """Return a field without references and limits, with ``null`` among its types where it may be absent."""
    if "$ref" in field:
        return _object(definitions[field["$ref"].rsplit("/", 1)[1]], definitions)
    if "enum" in field:
        names = [label for label in field["enum"] if label is not None]
        return {"type": ["string", "null"], "enum": [*names, None]} if nullable else {"type": "string", "enum": names}
    kinds = [option["type"] for option in field.get("anyOf", [field])]
    kinds = ["number"] if "number" in kinds else kinds  # an integer is one
    kinds += ["null"] if nullable and "null" not in kinds else []
    made: dict[str, Any] = {"type": kinds if len(kinds) > 1 else kinds[0]}
    if "items" in field:
        made["items"] = _field(field["items"], definitions, nullable=False)
    return made
