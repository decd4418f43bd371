"""Checks a JSON document against a schema of ours (draft 2020-12, the keywords that we use).

No validator is installed here. This one knows few keywords and raises for any other, so a schema
can never ask for something that is silently not checked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

_TYPES: Mapping[str, tuple[type, ...]] = {
    "object": (dict,), "array": (list,), "string": (str,), "integer": (int,),
    "number": (int, float), "boolean": (bool,), "null": (type(None),),
}  # fmt: skip
_WORDS = {"$schema", "title", "description", "$defs"}
_KNOWN = _WORDS | {
    "$ref", "type", "enum", "const", "pattern", "minimum", "minItems", "items", "required",
    "properties", "additionalProperties",
}  # fmt: skip


def complaints(document: Any, schema: Mapping[str, Any]) -> list[str]:
    """Where and how a document breaks a schema; nothing if it does not."""
    return list(_check(document, schema, schema, "$"))


def keywords(schema: Any) -> Iterator[Mapping[str, Any]]:
    """Every subschema of a schema, the schema itself first."""
    if isinstance(schema, dict):
        yield schema
        for name in ("properties", "$defs"):
            for inner in schema.get(name, {}).values():
                yield from keywords(inner)
        for name in ("items", "additionalProperties"):
            yield from keywords(schema.get(name))


def _is(value: Any, name: str) -> bool:
    if isinstance(value, bool) and name != "boolean":
        return False
    return isinstance(value, _TYPES[name])


def _check(
    value: Any, schema: Mapping[str, Any], whole: Mapping[str, Any], at: str
) -> Iterator[str]:
    unknown = set(schema) - _KNOWN
    if unknown:
        raise ValueError(f"the schema uses {unknown} at {at}")
    if "$ref" in schema:
        name = schema["$ref"].removeprefix("#/$defs/")
        yield from _check(value, whole["$defs"][name], whole, at)
    types = schema.get("type", [])
    types = [types] if isinstance(types, str) else types
    if types and not any(_is(value, name) for name in types):
        yield f"{at}: {value!r} is no {' or '.join(types)}"
        return
    if "enum" in schema and value not in schema["enum"]:
        yield f"{at}: {value!r} is none of {schema['enum']}"
    if "const" in schema and value != schema["const"]:
        yield f"{at}: {value!r} is not {schema['const']!r}"
    if "pattern" in schema and isinstance(value, str) and not re.search(schema["pattern"], value):
        yield f"{at}: {value!r} does not match {schema['pattern']}"
    if "minimum" in schema and value is not None and value < schema["minimum"]:
        yield f"{at}: {value!r} is too small"
    if isinstance(value, list):
        if len(value) < schema.get("minItems", 0):
            yield f"{at}: too few"
        for number, item in enumerate(value):
            yield from _check(item, schema.get("items", {}), whole, f"{at}[{number}]")
    if isinstance(value, dict):
        yield from _check_object(value, schema, whole, at)


def _check_object(
    value: Mapping[str, Any], schema: Mapping[str, Any], whole: Mapping[str, Any], at: str
) -> Iterator[str]:
    for name in schema.get("required", []):
        if name not in value:
            yield f"{at}: {name} is missing"
    known = schema.get("properties", {})
    more = schema.get("additionalProperties", True)
    for name, inner in value.items():
        if name in known:
            yield from _check(inner, known[name], whole, f"{at}.{name}")
        elif more is False:
            yield f"{at}: {name} is unknown"
        elif isinstance(more, dict):
            yield from _check(inner, more, whole, f"{at}.{name}")
