"""Types that no JSON Schema has, as documents name them all the same."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Final

TYPES: Final = frozenset({"array", "boolean", "integer", "null", "number", "object", "string"})
_MEANT: Final[Mapping[str, str]] = {
    **dict.fromkeys(("str", "text", "char", "uuid", "date", "datetime", "email", "uri", "url"), "string"),
    **dict.fromkeys(("int", "int32", "int64", "long", "short", "bigint", "timestamp"), "integer"),
    **dict.fromkeys(("float", "double", "decimal", "numeric"), "number"),
    **dict.fromkeys(("bool",), "boolean"),
    **dict.fromkeys(("list", "tuple", "set"), "array"),
    **dict.fromkeys(("dict", "map", "hash", "json"), "object"),
    **dict.fromkeys(("none", "nil", "void"), "null"),
}  # fmt: skip
_ANY: Final = frozenset({"any", "mixed", "unknown"})
_FILE: Final = frozenset({"file", "binary", "blob"})


def type_meant(kind: object) -> dict[str, Any] | None:
    """Return what a `type` that does not exist means, as words of a schema; None: nobody can tell."""
    word = kind.lower() if isinstance(kind, str) else ""
    if word in _FILE:
        return {"type": "string", "format": "binary"}
    if word in TYPES or word in _MEANT:
        return {"type": _MEANT.get(word, word)}
    return {} if word in _ANY else None


def is_of(value: object, kinds: Collection[str]) -> bool:
    """Whether a value is of one of these types of JSON Schema."""
    match value:
        case None:
            return "null" in kinds
        case bool():
            return "boolean" in kinds
        case int():
            return "integer" in kinds or "number" in kinds
        case float():
            return "number" in kinds or ("integer" in kinds and value.is_integer())
        case str():
            return "string" in kinds
        case list():
            return "array" in kinds
    return "object" in kinds
