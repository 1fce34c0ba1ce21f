"""Request members that ask for a length in seconds: what a price for each second is multiplied with.

A request with such a member makes something that lasts, whatever the prose around it says.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from coinslot_codegen.document.members import kinds_of, members, request_schema
from coinslot_codegen.document.model import RouteSpec
from coinslot_codegen.document.naming import words

_LENGTH: Final = frozenset({"duration", "length", "seconds", "secs"})
_OTHER: Final = frozenset(
    {"expires", "expiry", "max", "min", "poll", "retry", "timeout", "tokens", "ttl", "wait"}
)


def length_members(document: Mapping[str, Any], route: RouteSpec) -> dict[str, Mapping[str, Any]]:
    """By wire name: numbers, or texts that spell numbers, whose name or description speaks of seconds."""
    found = members(document, request_schema(route))
    return {name: schema for name, schema in sorted(found.items()) if _is_length(name, schema)}


def _is_length(name: str, schema: Mapping[str, Any]) -> bool:
    spelled = set(words(name))
    if not spelled & _LENGTH or spelled & _OTHER or not _is_numeric(schema):
        return False
    said = str(schema.get("description", "")).lower()
    if re.search(r"minute|millisecond|character|word\b|token", said):
        return False
    return bool(spelled & {"duration", "seconds", "secs"}) or "second" in said


def _is_numeric(schema: Mapping[str, Any]) -> bool:
    kinds = kinds_of(schema)
    if kinds & {"number", "integer"}:
        return True
    values = schema.get("enum", [schema["const"]] if "const" in schema else None)
    if isinstance(values, list) and values:
        return all(re.fullmatch(r"\d+(\.\d+)?s?", str(value)) for value in values)
    return "string" in kinds and re.fullmatch(r"\d+(\.\d+)?", str(schema.get("default", ""))) is not None
