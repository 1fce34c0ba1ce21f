"""What is wrong with a document's schemas, where what they mean can be told all the same."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, TypeAlias

from coinslot_codegen.document.model import Finding
from coinslot_codegen.document.references import DATA, NAMED, pointer
from coinslot_codegen.document.type_words import TYPES, is_of, type_meant

_PLACES: Final = ("paths", "components")
_COUNTS: Final = ("minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties")
_BOUNDS: Final = {
    **dict.fromkeys(("minimum", "maximum", "multipleOf"), ("number",)),
    # A truth in version 3.0 of OpenAPI, and a number from 3.1 on.
    **dict.fromkeys(("exclusiveMinimum", "exclusiveMaximum"), ("number", "boolean")),
}
_NOT_SCHEMAS: Final = frozenset({"securitySchemes", "security", "servers", "tags", "callbacks", "links"})
_At: TypeAlias = tuple[str | int, ...]


def schema_flaws(document: Mapping[str, Any]) -> Iterator[Finding]:
    """Give the flaws of all schemas, each with how it is read."""
    older = str(document.get("openapi", "")).strip().startswith("3.0")
    waiting: list[tuple[Any, _At, bool]] = [(document.get(place), (place,), False) for place in _PLACES]
    while waiting:
        value, at, names = waiting.pop()
        if isinstance(value, list):
            waiting.extend((child, (*at, index), False) for index, child in enumerate(value))
        elif (
            isinstance(value, str)
            and len(at) > 1
            and at[-2] == "properties"
            and type_meant(value) is not None
        ):
            yield Finding("flaw", pointer(*at), f"is no schema; it is read as the type {value!r}")
        elif isinstance(value, Mapping):
            if not names:
                for flaws in (_types, _choices, _members, _bounds, _values):
                    yield from flaws(value, at)
                if older and value.get("type") == "array" and "items" not in value:
                    yield Finding("flaw", pointer(*at), "an array without `items`; they may be anything")
            waiting.extend(
                (child, (*at, str(key)), not names and key in NAMED)
                for key, child in value.items()
                if names or not (key in DATA or key in _NOT_SCHEMAS or str(key).startswith("x-"))
            )


def _types(schema: Mapping[str, Any], at: _At) -> Iterator[Finding]:
    there = pointer(*at, "type")
    kinds = schema.get("type")
    if kinds in (None, []) and "type" in schema:
        yield Finding("flaw", there, "names no type; it is left out")
    for kind in kinds if isinstance(kinds, list) else [kinds]:
        meant = type_meant(kind) if isinstance(kind, str) and kind not in TYPES else None
        if meant is not None:
            read = meant.get("type", "any value")
            yield Finding("flaw", there, f"there is no type {kind!r}; it is read as {read}")


def _choices(schema: Mapping[str, Any], at: _At) -> Iterator[Finding]:
    for word in ("enum", "oneOf", "anyOf"):
        if schema.get(word) == []:
            yield Finding("flaw", pointer(*at, word), f"an empty {word} allows nothing; it is left out")
    for word in ("allOf", "oneOf", "anyOf"):
        if isinstance(schema.get(word), Mapping) and schema[word]:
            yield Finding("flaw", pointer(*at, word), "is no list; it is read as the one schema of it")
    listed = schema.get("allOf")
    for index, part in enumerate(listed if isinstance(listed, list) else ()):
        if not isinstance(part, Mapping | bool):
            yield Finding("flaw", pointer(*at, "allOf", index), "is no schema; it is left out")
    if "enum" in schema and not isinstance(schema["enum"], list) and "type" in schema:
        yield Finding("flaw", pointer(*at, "enum"), "is no list of values; it is left out")


def _members(schema: Mapping[str, Any], at: _At) -> Iterator[Finding]:
    if "properties" in schema and not schema["properties"] and not isinstance(schema["properties"], Mapping):
        yield Finding("flaw", pointer(*at, "properties"), "is no object; it is left out")
    demanded = schema.get("required", [])
    if isinstance(demanded, list):
        for index, name in enumerate(demanded):
            if not isinstance(name, str):
                yield Finding("flaw", pointer(*at, "required", index), "is no name; it is left out")
    elif "in" not in schema and ("properties" in schema or "type" in schema):
        yield Finding("flaw", pointer(*at, "required"), "is no list of names; it is left out")


def _bounds(schema: Mapping[str, Any], at: _At) -> Iterator[Finding]:
    for word in _COUNTS:
        if word in schema and not (is_of(schema[word], ["integer"]) and schema[word] >= 0):
            yield Finding("flaw", pointer(*at, word), "is no count; it is left out")
    for word, kinds in _BOUNDS.items():
        if word in schema and not is_of(schema[word], kinds):
            yield Finding("flaw", pointer(*at, word), "is no number; it is left out")


def _values(schema: Mapping[str, Any], at: _At) -> Iterator[Finding]:
    kinds = schema.get("type")
    kinds = kinds if isinstance(kinds, list) else [kinds]
    if not kinds or not all(isinstance(kind, str) and kind in TYPES for kind in kinds):
        return
    named = " or ".join(kinds)
    listed = schema.get("enum")
    for index, value in enumerate(listed if isinstance(listed, list) else ()):
        if value is not None and not is_of(value, kinds):
            yield Finding("flaw", pointer(*at, "enum", index), f"is no {named}; it is a choice all the same")
    default = schema.get("default")
    if default is not None and not is_of(default, kinds):
        yield Finding("flaw", pointer(*at, "default"), f"is no {named}; it is only told")
