"""Members of an object schema, seen through `$ref`, `allOf` and alternatives with null."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from coinslot_codegen.document.errors import DocumentError
from coinslot_codegen.document.messages import is_json
from coinslot_codegen.document.model import RouteSpec, Schema
from coinslot_codegen.document.references import resolve

DEEPEST: Final = 20


def plain(document: Mapping[str, Any], schema: Schema | None, depth: int = 0) -> Mapping[str, Any]:
    """The schema with its `$ref` followed and its one alternative besides null taken."""
    if not isinstance(schema, Mapping) or depth > DEEPEST:
        return {}
    ref = schema.get("$ref")
    if isinstance(ref, str):
        try:
            return plain(document, resolve(document, ref), depth + 1)
        except DocumentError:
            return {}
    for name in ("anyOf", "oneOf", "allOf"):
        listed = schema.get(name)
        if isinstance(listed, list):
            real = [one for one in listed if not (isinstance(one, Mapping) and one.get("type") == "null")]
            if len(real) == 1 and "properties" not in schema:
                return plain(document, real[0], depth + 1)
    return schema


def members(
    document: Mapping[str, Any], schema: Schema | None, depth: int = 0
) -> dict[str, Mapping[str, Any]]:
    """The members of an object, `allOf` parts included; of alternatives only what all of them have."""
    if depth > DEEPEST:
        return {}
    seen = plain(document, schema, depth)
    found: dict[str, Mapping[str, Any]] = {}
    listed = seen.get("allOf")
    for part in listed if isinstance(listed, list) else []:
        found |= members(document, part, depth + 1)
    for name in ("oneOf", "anyOf"):
        listed = seen.get(name)
        if isinstance(listed, list) and listed:
            each = [members(document, part, depth + 1) for part in listed]
            found |= {key: each[0][key] for key in each[0] if all(key in one for one in each)}
    properties = seen.get("properties")
    if isinstance(properties, Mapping):
        found |= {str(name): plain(document, value, depth + 1) for name, value in properties.items()}
    return found


def inner(document: Mapping[str, Any], schema: Schema | None, name: str) -> Schema | None:
    """The schema of a member, which may stand in others, as in `data.id`; None where it is not there.

    What is described as any object may hold any member.
    """
    found = members(document, schema)
    if name in found:
        return found[name]
    first, _, rest = name.partition(".")
    if not rest or first not in found:
        return None
    return inner(document, found[first], rest) if members(document, found[first]) else {}


def required(document: Mapping[str, Any], schema: Schema | None) -> frozenset[str]:
    """Names of the members that an object must have."""
    seen = plain(document, schema)
    listed = seen.get("required")
    found = {str(name) for name in listed} if isinstance(listed, list) else set()
    parts = seen.get("allOf")
    for part in parts if isinstance(parts, list) else []:
        found |= required(document, part)
    return frozenset(found)


def answer_schema(route: RouteSpec) -> Schema | None:
    """The JSON that a successful call is answered with."""
    for answer in route.answers:
        if answer.status.startswith("2") and answer.media_type and is_json(answer.media_type):
            return answer.schema
    return None


def request_schema(route: RouteSpec) -> Schema | None:
    """The JSON that a call sends."""
    return next((body.schema for body in route.bodies if is_json(body.media_type)), None)


def kinds_of(schema: Mapping[str, Any]) -> frozenset[str]:
    """The types that a schema names itself, one or several."""
    kind = schema.get("type")
    listed = kind if isinstance(kind, list) else [kind]
    return frozenset(one for one in listed if isinstance(one, str))


def is_text(schema: Mapping[str, Any]) -> bool:
    """A string, possibly null."""
    return kinds_of(schema) in ({"string"}, {"string", "null"})
