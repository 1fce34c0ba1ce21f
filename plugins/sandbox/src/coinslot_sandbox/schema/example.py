"""An instance of a schema: always the same one, and filled with what the server knows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from coinslot_sandbox.schema.dialect import Dialect, Schema
from coinslot_sandbox.schema.pattern import matching

_DEPTH = 6
"""Schemas that contain themselves stop here."""

_STRINGS = {
    "date-time": "2026-01-01T00:00:00.000Z",
    "date": "2026-01-01",
    "time": "00:00:00Z",
    "uri": "https://example.com/",
    "url": "https://example.com/",
    "email": "someone@example.com",
    "uuid": "00000000-0000-4000-8000-000000000000",
    "ipv4": "127.0.0.1",
    "hostname": "example.com",
    "byte": "ZXhhbXBsZQ==",
}


class Examples:
    """Makes instances of one document's schemas."""

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect

    def of(self, schema: Schema | None, known: Mapping[str, Any] | None = None) -> Any:
        """Return an instance of `schema`, its members taken from `known` by name, at any depth.

        A member known to be None is left out unless it is required. Without a schema, or with one
        that says nothing, `known` itself is the answer.
        """
        known = known or {}
        if schema is None:
            return dict(known)
        made = self._make(self._dialect.read(schema), known, 0)
        return dict(known) if made is None and known else made

    def _make(self, schema: Schema, known: Mapping[str, Any], depth: int) -> Any:
        schema = self._dialect.resolve(schema)
        if isinstance(schema, bool):
            return None
        if (given := _stated(schema)) is not None:
            return given[0]
        if isinstance(parts := schema.get("allOf"), list):
            schema = self._merged(schema, parts)
        for word in ("oneOf", "anyOf"):
            if isinstance(choices := schema.get(word), list) and choices:
                base = {key: value for key, value in schema.items() if key != word}
                return self._make(self._merged(base, [choices[0]]), known, depth)
        kind = schema.get("type")
        if isinstance(kind, list):
            kind = next((word for word in kind if word != "null"), "null")
        if kind == "object" or (kind is None and "properties" in schema):
            return self._object(schema, known, depth)
        if kind == "array":
            return self._array(schema, known, depth)
        return _scalar(kind, schema)

    def _object(self, schema: Mapping[str, Any], known: Mapping[str, Any], depth: int) -> dict[str, Any]:
        required = schema.get("required", [])
        made: dict[str, Any] = {}
        for name, member in schema.get("properties", {}).items():
            if name in known:
                if known[name] is not None or name in required:
                    made[name] = known[name]
            elif name in required or depth < _DEPTH // 2:
                value = self._make(member, known, depth + 1) if depth < _DEPTH else None
                if value is not None or name in required:
                    made[name] = value
        return made

    def _array(self, schema: Mapping[str, Any], known: Mapping[str, Any], depth: int) -> list[Any]:
        count = schema.get("minItems", 1)
        if depth >= _DEPTH:
            return []
        return [self._make(schema.get("items", True), known, depth + 1) for _ in range(max(count, 1))]

    def _merged(self, schema: Mapping[str, Any], parts: list[Any]) -> Mapping[str, Any]:
        merged = {key: value for key, value in schema.items() if key != "allOf"}
        for part in parts:
            found = self._dialect.resolve(part)
            if isinstance(found, bool):
                continue
            if isinstance(nested := found.get("allOf"), list):
                found = self._merged(found, nested)
            properties = {**merged.get("properties", {}), **found.get("properties", {})}
            required = [*merged.get("required", []), *found.get("required", [])]
            merged = {**merged, **found}
            if properties:
                merged |= {"properties": properties, "required": required}
        return merged


def _stated(schema: Mapping[str, Any]) -> tuple[Any] | None:
    """Return the value that the schema itself names, in a tuple since it may be null."""
    if "const" in schema:
        return (schema["const"],)
    for word in ("enum", "examples"):
        if isinstance(values := schema.get(word), list) and values:
            return (values[0],)
    for word in ("example", "default"):
        if word in schema:
            return (schema[word],)
    return None


def _scalar(kind: Any, schema: Mapping[str, Any]) -> Any:
    match kind:
        case "string":
            if (pattern := schema.get("pattern")) is not None and (
                match := matching(str(pattern))
            ) is not None:
                return match
            text = _STRINGS.get(schema.get("format", ""), "example")
            text = text.ljust(schema.get("minLength", 0), "x")
            return text[: schema.get("maxLength", len(text))]
        case "integer" | "number":
            return _number(schema, 1 if kind == "integer" else schema.get("multipleOf", 1))
        case "boolean":
            return True
        case _:
            return None


def _number(schema: Mapping[str, Any], step: float) -> float:
    low = schema.get("minimum", 0)
    if (above := schema.get("exclusiveMinimum")) is not None:
        low = max(low, above + step)
    high = schema.get("maximum", low)
    if (below := schema.get("exclusiveMaximum")) is not None:
        high = min(high, below - step)
    value: float = min(low, high)
    return value
