"""Instances that hold no others: text and numbers within their bounds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from operator import ge, gt, le, lt
from typing import Any, Final

from coinslot_sandbox.schema.pattern import matching

BOUNDS: Final = {
    "minimum": max,
    "exclusiveMinimum": max,
    "minLength": max,
    "minItems": max,
    "maximum": min,
    "exclusiveMaximum": min,
    "maxLength": min,
    "maxItems": min,
}
"""Words that two schemas can both say, and which of them holds."""

_STRINGS: Final = {
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


def says_object(schema: Mapping[str, Any]) -> bool:
    """Whether a schema without a type speaks of objects."""
    return any(word in schema for word in ("properties", "additionalProperties", "required", "minProperties"))


def tighter(made: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    """Return `made` with the bounds of `other` where those are tighter."""
    return {**made, **{word: BOUNDS[word](made[word], bound) for word, bound in other.items()}}


def scalar(kind: Any, schema: Mapping[str, Any]) -> Any:
    """Return a text, number or truth value; None for any other kind."""
    match kind:
        case "string":
            return _text(schema)
        case "integer" | "number":
            return _number(schema, whole=kind == "integer")
        case "boolean":
            return True
        case None if "pattern" in schema or "minLength" in schema:
            return _text(schema)
        case _:
            return None


def apart(schema: Any, value: Any, number: int) -> Any:
    """Return the value as the `number`th of several that must differ."""
    listed = schema.get("enum") if isinstance(schema, Mapping) else None
    if isinstance(listed, list) and number < len(listed):
        return listed[number]
    if isinstance(value, str):
        return value if number == 0 else f"{value}{number}"
    return value + number if isinstance(value, int) and not isinstance(value, bool) else value


def _text(schema: Mapping[str, Any]) -> str:
    least, most = int(schema.get("minLength", 0)), schema.get("maxLength")
    if (pattern := schema.get("pattern")) is not None and (
        match := matching(str(pattern), least)
    ) is not None:
        return match
    text = _STRINGS.get(schema.get("format", ""), "example").ljust(least, "x")
    return text if most is None else text[: int(most)]


def _number(schema: Mapping[str, Any], *, whole: bool) -> float:
    """Return the least number that the bounds allow; 0 where nothing bounds it below."""
    low = _tightest(schema, ("minimum", "exclusiveMinimum"), max)
    high = _tightest(schema, ("maximum", "exclusiveMaximum"), min)
    start = low if low is not None else min(Fraction(0), high if high is not None else Fraction(0))
    step = Fraction(str(schema.get("multipleOf") or 1))
    first = -(-start // step) * step
    middle = (low + high) / 2 if low is not None and high is not None else start
    wanted = [start, first, first + step, first - step, middle]
    found = next((one for one in wanted if _fits(one, schema, whole=whole)), start)
    return int(found) if found.denominator == 1 else float(found)


def _tightest(
    schema: Mapping[str, Any], words: tuple[str, ...], choose: Callable[[list[Fraction]], Fraction]
) -> Fraction | None:
    said = [Fraction(str(schema[word])) for word in words if schema.get(word) is not None]
    return choose(said) if said else None


def _fits(number: Fraction, schema: Mapping[str, Any], *, whole: bool) -> bool:
    step = schema.get("multipleOf")
    if (whole and number.denominator != 1) or (step and (number / Fraction(str(step))).denominator != 1):
        return False
    rules = {"minimum": ge, "exclusiveMinimum": gt, "maximum": le, "exclusiveMaximum": lt}
    return all(rule(number, Fraction(str(schema[word]))) for word, rule in rules.items() if word in schema)
