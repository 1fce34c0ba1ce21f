"""What the events of an event stream hold, as its document says it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from coinslot_codegen.document.members import plain
from coinslot_codegen.document.model import AnswerSpec, Schema

_FIELDS: Final = frozenset({"comment", "data", "event", "id", "retry"})
_MOST: Final = 200
"""Kinds of events that one stream is taken to have."""


def event_data(document: Mapping[str, Any], answer: AnswerSpec) -> Schema | None:
    """The schema of an event's data, once it is read as JSON; None where it is not described.

    OpenAPI 3.2 describes an event with its fields (`itemSchema`), and what its data hold (`contentSchema`).
    Before, and where that is passed over, the schema is that of the data, or of a list of them.
    """
    if answer.item_schema is not None:
        return _data(document, answer.item_schema)
    seen = plain(document, answer.schema)
    items = seen.get("items") if seen.get("type") == "array" else None
    return items if isinstance(items, Mapping) else answer.schema


def event_names(document: Mapping[str, Any], answer: AnswerSpec) -> frozenset[str]:
    """The only kinds of events that there are, as `event` names them; empty where they are not told."""
    return _names(document, answer.item_schema) if answer.item_schema is not None else frozenset()


def _names(document: Mapping[str, Any], schema: Schema) -> frozenset[str]:
    seen = plain(document, schema)
    properties = seen.get("properties")
    if isinstance(properties, Mapping):
        named = plain(document, properties.get("event"))
        listed = [named["const"]] if "const" in named else named.get("enum")
        return frozenset(map(str, listed)) if isinstance(listed, list) else frozenset()
    for word in ("oneOf", "anyOf"):
        options = seen.get(word)
        if isinstance(options, list) and 0 < len(options) <= _MOST:
            each = [_names(document, one) for one in options if one != schema]
            return frozenset().union(*each) if all(each) else frozenset()
    return frozenset()


def _data(document: Mapping[str, Any], schema: Schema) -> Schema:
    seen = plain(document, schema)
    properties = seen.get("properties")
    if isinstance(properties, Mapping) and "data" in properties and _FIELDS.issuperset(properties):
        held = properties["data"]
        content = plain(document, held).get("contentSchema")
        return content if isinstance(content, Mapping) else held if isinstance(held, Mapping) else {}
    for word in ("oneOf", "anyOf"):
        options = seen.get(word)
        if isinstance(options, list) and 0 < len(options) <= _MOST and "properties" not in seen:
            return {"anyOf": [_data(document, one) for one in options if one != schema]}
    return schema
