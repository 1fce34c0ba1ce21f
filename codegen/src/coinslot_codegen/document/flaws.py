"""What is wrong with a document's schemas, where what they mean can be told all the same."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from coinslot_codegen.document.model import Finding
from coinslot_codegen.document.references import DATA, NAMED, pointer
from coinslot_codegen.document.type_words import TYPES, type_meant

_PLACES: Final = ("paths", "components")
_NOT_SCHEMAS: Final = frozenset({"securitySchemes", "security", "servers", "tags", "callbacks", "links"})


def schema_flaws(document: Mapping[str, Any]) -> Iterator[Finding]:
    """Give the flaws of all schemas, each with how it is read."""
    waiting: list[tuple[Any, tuple[str | int, ...], bool]] = [
        (document.get(place), (place,), False) for place in _PLACES
    ]
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
                yield from _flaws(value, at)
            waiting.extend(
                (child, (*at, str(key)), not names and key in NAMED)
                for key, child in value.items()
                if names or not (key in DATA or key in _NOT_SCHEMAS or str(key).startswith("x-"))
            )


def _flaws(  # noqa: C901 - one rule per flaw
    schema: Mapping[str, Any], at: tuple[str | int, ...]
) -> Iterator[Finding]:
    kinds = schema.get("type")
    for kind in kinds if isinstance(kinds, list) else [kinds]:
        meant = type_meant(kind) if isinstance(kind, str) and kind not in TYPES else None
        if meant is not None:
            read = meant.get("type", "any value")
            yield Finding("flaw", pointer(*at, "type"), f"there is no type {kind!r}; it is read as {read}")
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
    if isinstance(schema.get("required"), str) and "properties" in schema:
        yield Finding("flaw", pointer(*at, "required"), "is no list of names; it is left out")
    if isinstance(schema.get("required"), bool) and "type" in schema:
        yield Finding("flaw", pointer(*at, "required"), "is no list of names; it is left out")
