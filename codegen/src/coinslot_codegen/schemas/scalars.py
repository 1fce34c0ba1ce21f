"""Values that are not made of others: text, numbers and constants."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any, TypeGuard

from pydantic_core import SchemaError, SchemaValidator

from coinslot_codegen.schemas.shape import Normal, Role, Unsupported, whole

_LARGEST = 2**63
_LONGEST = 2**31

MEDIA: Normal = {"type": "string", "format": "uri"}
NULL: Normal = {"type": "null"}
SENT: tuple[Role, ...] = ("request", "parts")
"""What is strict."""


def text(schema: Mapping[str, Any], role: Role, *, media: bool = False) -> Normal:
    """Return a string's normal form. Its `format` never becomes a type: text stays as it is.

    `media`: it is the address of a medium, and a request may hold a file in its place.
    """
    if media and role == "request":
        return dict(MEDIA)
    is_file = schema.get("format") == "binary" or "contentMediaType" in schema
    if role == "parts" and is_file and "contentEncoding" not in schema:
        return {"type": "string", "format": "binary"}
    value: Normal = {"type": "string"}
    if role in SENT:
        value.update(_counts(schema, "minLength", "maxLength"))
        pattern = schema.get("pattern")
        if isinstance(pattern, str) and _is_portable(pattern):
            value["pattern"] = pattern
    return value


def number(schema: Mapping[str, Any], role: Role, kind: str) -> Normal:
    """Return the normal form of an `integer` or `number`."""
    value: Normal = {"type": kind}
    if role not in SENT:
        return value
    for word, exclusive in (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")):
        bound, strict = schema.get(word), schema.get(exclusive)
        is_open, is_lower = strict is True, word == "minimum"
        if _is_bound(strict):
            value[exclusive] = _rounded(strict, kind, up=not is_lower)
        if _is_bound(bound):
            # OpenAPI 3.0 has a flag beside the bound where JSON Schema has a second bound.
            value[exclusive if is_open else word] = _rounded(bound, kind, up=is_lower != is_open)
    # A fraction as a step refuses good values: 0.07 is no multiple of 0.01 in binary.
    step = schema.get("multipleOf")
    if isinstance(step, int) and _is_bound(step) and step > 0:
        value["multipleOf"] = step
    return value


def length(schema: Mapping[str, Any], role: Role) -> Normal:
    """Return the bounds on an array's length that a request keeps."""
    return _counts(schema, "minItems", "maxItems") if role in SENT else {}


def crossed(value: Normal) -> list[str]:
    """Return the words for bounds of a normal form between which nothing lies; none: all is well."""
    for lower, upper in (
        (("minLength",), ("maxLength",)),
        (("minItems",), ("maxItems",)),
        (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")),
    ):
        low = [word for word in lower if word in value]
        high = [word for word in upper if word in value]
        if not low or not high:
            continue
        least, most = max(value[word] for word in low), min(value[word] for word in high)
        open_ends = [word for word in (*low, *high) if word.startswith("exclusive")]
        if least > most or (least == most and any(value[word] == least for word in open_ends)):
            return [*low, *high]
        if value.get("type") == "integer":
            # Between 1 and 2 lie numbers, and none of them is whole.
            least = max(value[word] + word.startswith("exclusive") for word in low)
            if least > min(value[word] - word.startswith("exclusive") for word in high):
                return [*low, *high]
    return []


def constants(values: Sequence[Any], role: Role, pointer: str) -> Normal:
    """Return the normal form of an `enum` or `const`.

    An answer may hold another value tomorrow: its constants are known choices, not the only ones.
    """
    if not values:
        raise Unsupported(pointer, "an enum without values")
    for value in values:
        if isinstance(value, str):
            whole(value, pointer)
    kept = _distinct(value for value in values if value is not None)
    kinds = _distinct(_kind(value) for value in kept)
    nullable = len(kept) < len(_distinct(values))
    normal: Normal
    if not kept:
        return dict(NULL)
    if "any" in kinds:
        return {}
    if "number" in kinds or (role == "answer" and (kinds != ["string"] or len(kept) == 1)):
        normal = union([{"type": kind} for kind in kinds])
    elif role == "answer":
        normal = union([{"enum": kept}, {"type": "string"}])
    else:
        normal = {"enum": kept}
    return with_null(normal) if nullable else normal


def union(values: Iterable[Normal]) -> Normal:
    """Return the value that is one of `values`."""
    flat: list[Normal] = []
    for value in values:
        if not value:
            return {}
        options = value["anyOf"] if set(value) == {"anyOf"} else [value]
        flat += [option for option in options if option not in flat]
    constants = [option for option in flat if set(option) == {"enum"}]
    if len(constants) > 1:
        # Together, at the place of the first.
        every = {"enum": _distinct(constant for option in constants for constant in option["enum"])}
        flat[flat.index(constants[0])] = every
        flat = [option for option in flat if option is every or option not in constants]
    return flat[0] if len(flat) == 1 else {"anyOf": flat}


def with_null(value: Normal) -> Normal:
    """Return the value that may also be null."""
    if not value or value == NULL:
        return value
    return union([value, NULL]) if "anyOf" in value else {"anyOf": [value, dict(NULL)]}


def _distinct(values: Iterable[Any]) -> list[Any]:
    # 1, 1.0 and True are equal in Python and three values in JSON.
    return list({(type(value).__name__, repr(value)): value for value in values}.values())


def _kind(value: object) -> str:
    match value:
        case bool():
            return "boolean"
        case int():
            return "integer"
        case float():
            return "number"
        case str():
            return "string"
    return "any"


def _is_number(value: object) -> TypeGuard[int | float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_bound(value: object) -> TypeGuard[int | float]:
    """Whether pydantic can hold it as a bound."""
    return _is_number(value) and abs(value) < _LARGEST


def _rounded(bound: float, kind: str, *, up: bool) -> float:
    """Return the bound as a whole number where only whole numbers lie between bounds."""
    if kind != "integer":
        return bound
    return math.ceil(bound) if up else math.floor(bound)


def _counts(schema: Mapping[str, Any], *words: str) -> Normal:
    found: Normal = {}
    for word in words:
        count = schema.get(word)
        if _is_number(count) and 0 <= count <= _LONGEST and count == int(count):
            found[word] = int(count)
    return found


@cache
def _is_portable(pattern: str) -> bool:
    """Whether pydantic can hold it: its expressions know no look-around. The server checks the others."""
    try:
        SchemaValidator({"type": "str", "pattern": pattern})
    except SchemaError:
        return False
    return True
