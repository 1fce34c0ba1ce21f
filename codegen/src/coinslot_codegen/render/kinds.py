"""The kinds of values on a command line: a member's schema as a type of click's, or of the runtime's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from coinslot_codegen.render.text import literal

RUNTIME: Final = ("Constant", "Content", "FILE", "JSON", "JSON_OR_TEXT", "MEDIA", "Number", "TEXT")
"""What the runtime brings; the others are click's or Python's."""
NULL: Final = {"type": "null"}
_OF_TEXT: Final = {"uri": "MEDIA", "binary": "FILE"}


def without_null(value: Mapping[str, Any]) -> tuple[Mapping[str, Any], bool]:
    """Return a schema without its null, and whether it had one."""
    options = value.get("anyOf")
    if options is None or NULL not in options:
        return value, False
    kept = [one for one in options if one != NULL]
    return (kept[0] if len(kept) == 1 else {"anyOf": kept}), True


def items_of(value: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Return the schema of one item where the whole can be said by repeating an option; else None.

    So are lists of single values, also where one value may stand in place of a list of it.
    """
    options = value.get("anyOf", [value])
    lists = [one for one in options if one.get("type") == "array" and "prefixItems" not in one]
    single = [one for one in options if one not in lists]
    if len(lists) != 1 or len(single) > 1:
        return None
    items, _ = without_null(lists[0].get("items") or {})
    kind = kind_of(items)
    if kind == "JSON":
        # Objects are written one by one; what may be anything at all, or a list again, is written whole.
        return items if "$ref" in items and not single else None
    return items if not single or kind_of(single[0]) == kind else None


def kind_of(value: Mapping[str, Any]) -> str | None:
    """Return the type of one value as source; None for plain text."""
    options = value.get("anyOf")
    if options is not None:
        kinds = {kind_of(one) for one in options if one != NULL}
        if len(kinds) == 1:
            return kinds.pop()
        if "MEDIA" in kinds:
            return "MEDIA"
        return "JSON_OR_TEXT" if None in kinds else "JSON"
    if "enum" in value:
        listed = ", ".join(literal(one) for one in value["enum"])
        plain = all(isinstance(one, str) for one in value["enum"])
        return f"click.Choice([{listed}])" if plain else f"Constant([{listed}])"
    match value.get("type"):
        case "string":
            return _OF_TEXT.get(str(value.get("format")))
        case "integer":
            return _range(value)
        case "number":
            return f"Number({_bounds(value, 'low', 'high')})"
        case "boolean":
            return "bool"
    return "JSON"


def _range(value: Mapping[str, Any]) -> str:
    words = _bounds(value, "min", "max")
    for bound, word in (("exclusiveMinimum", "min"), ("exclusiveMaximum", "max")):
        if bound in value:
            words += f"{', ' if words else ''}{word}={literal(value[bound])}, {word}_open=True"
    return f"click.IntRange({words})" if words else "int"


def _bounds(value: Mapping[str, Any], low: str, high: str) -> str:
    pairs = [(low, value.get("minimum")), (high, value.get("maximum"))]
    # A bound may stand beside an exclusive one, which then says more.
    skipped = {
        word for bound, word in (("exclusiveMinimum", low), ("exclusiveMaximum", high)) if bound in value
    }
    return ", ".join(
        f"{word}={literal(bound)}" for word, bound in pairs if bound is not None and word not in skipped
    )
