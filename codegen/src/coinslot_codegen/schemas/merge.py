"""Drawing the parts of an `allOf` into one schema."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import count
from typing import Any

from coinslot_codegen.document.errors import EndlessReference
from coinslot_codegen.document.references import LONGEST_WAY, resolve
from coinslot_codegen.schemas.shape import Impossible, Unclear, Unsupported

ANNOTATIONS = (
    "$comment", "$schema", "default", "deprecated", "description", "example", "examples", "externalDocs",
    "format", "nullable", "readOnly", "title", "writeOnly", "xml",
)  # fmt: skip
"""Words that say something about a value without changing which values there are."""

_TIGHTER_ABOVE = ("minLength", "minItems", "minimum", "exclusiveMinimum")
_TIGHTER_BELOW = ("maxLength", "maxItems", "maximum", "exclusiveMaximum")
_MOST_PRODUCTS = 64
_MOST_PARTS = 2_000
"""Drawn into one schema; parts that share parts multiply."""


def structural(schema: Mapping[str, Any]) -> list[str]:
    """Return the words of `schema` that decide which values it allows."""
    return [word for word in schema if word not in ANNOTATIONS and not word.startswith("x-")]


def merged(document: Mapping[str, Any], schema: Mapping[str, Any], pointer: str) -> dict[str, Any]:
    """Return `schema` with its `$ref` and `allOf` drawn in; members keep their own references."""
    return _merged(document, schema, pointer, (), count(1))


def _merged(
    document: Mapping[str, Any], schema: Any, pointer: str, inside: tuple[str, ...], parted: Iterator[int]
) -> dict[str, Any]:
    if len(inside) > LONGEST_WAY or next(parted) > _MOST_PARTS:
        raise Unsupported(pointer, "the parts of a schema lead on and on")
    if schema is True:
        return {}
    if not isinstance(schema, Mapping):
        raise Unclear(pointer, "a schema that allows no value" if schema is False else "is no schema")
    whole = {word: schema[word] for word in schema if word not in ("$ref", "allOf")}
    target = schema.get("$ref")
    parts: list[tuple[str, Any, tuple[str, ...]]] = []
    if target is not None:
        if target in inside:
            # That it is what it is says nothing more.
            return whole
        try:
            part = resolve(document, str(target), at=pointer)
        except EndlessReference:
            part = True
        parts.append((str(target), part, (*inside, str(target))))
    listed = schema.get("allOf", [])
    listed = [listed] if isinstance(listed, Mapping) and listed else listed
    if not isinstance(listed, list):
        raise Unclear(f"{pointer}/allOf", "allOf is not a list")
    parts += [
        (f"{pointer}/allOf/{index}", part, inside)
        for index, part in enumerate(listed)
        if isinstance(part, Mapping | bool)  # what is no schema is named by the document's flaws
    ]
    nulls = []
    added = False
    for where, part, path in parts:
        drawn = _merged(document, part, where, path, parted)
        nulls.append(drawn.pop("nullable", False) is True)
        # A part that says nothing else is how documents let a reference be null.
        added = added or (nulls[-1] and not structural(drawn))
        whole = _both(whole, drawn, where)
    if nulls and (added or all(nulls)) and "nullable" not in whole:
        whole["nullable"] = True
    return whole


def _both(first: dict[str, Any], second: dict[str, Any], pointer: str) -> dict[str, Any]:
    joined = dict(first)
    for word, value in second.items():
        joined[word] = _joined(word, joined[word], value, pointer) if word in joined else value
    return joined


def _joined(word: str, first: Any, second: Any, pointer: str) -> Any:  # noqa: C901 - one rule per word
    if first == second:
        return first
    match word, first, second:
        case "properties", Mapping(), Mapping():
            return {
                **first,
                **{
                    name: {"allOf": [first[name], value]} if name in first and first[name] != value else value
                    for name, value in second.items()
                },
            }
        case "required", list(), list():
            return [*first, *(name for name in second if name not in first)]
        case "enum", list(), list():
            return [value for value in first if value in second]
        case "type", _, _:
            return _common_type(first, second, pointer)
        case "anyOf" | "oneOf", list(), list():
            if len(first) * len(second) > _MOST_PRODUCTS:
                raise Unclear(pointer, f"too many combinations of {word}")
            return [{"allOf": [one, other]} for one in first for other in second]
        case "additionalProperties", _, _:
            return first if isinstance(first, Mapping) else second
        case str(), int() | float(), int() | float():
            if word in _TIGHTER_ABOVE:
                return max(first, second)
            if word in _TIGHTER_BELOW:
                return min(first, second)
    return first


def _common_type(first: Any, second: Any, pointer: str) -> Any:
    ours = first if isinstance(first, list) else [first]
    theirs = second if isinstance(second, list) else [second]
    common = [name for name in ours if name in theirs]
    if not common and "integer" in ours + theirs and "number" in ours + theirs:
        common = ["integer"]
    if not common:
        raise Impossible(pointer, f"no value is both {first!r} and {second!r}")
    return common[0] if len(common) == 1 else common
