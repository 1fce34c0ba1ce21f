"""An example of each call, with arguments that the server would take."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from coinslot_codegen.document.model import RouteSpec
from coinslot_codegen.render.classes import Parameter
from coinslot_codegen.render.text import literal
from coinslot_codegen.schemas.gather import streams_only
from coinslot_codegen.schemas.samples import FORMATS
from coinslot_codegen.schemas.shape import Normal, Shape, Unset, referenced

_CEILING: Final = Decimal(1)
"""Dollars. Above it the runtime wants a client to be told so in as many words."""
_DEEPEST: Final = 6
_LONGEST: Final = 120
"""Characters of a text that is taken over from the document."""
_TEXTS: Final = (
    "...",
    *FORMATS.values(),
    "+15555550100",
    "0x" + "0" * 40,
    "0x" + "0" * 64,
    "en",
    "US",
    "A1",
    "a",
    "1",
    "123456",
)
"""What is tried where a text has to look like something."""


def arguments(parameters: Sequence[Parameter], shapes: Mapping[str, Shape]) -> list[str]:
    """Return what a call needs, as source: `name=value` for each parameter that has to be given."""
    return [f"{one.name}={argument(one, shapes)}" for one in parameters if one.required]


def argument(parameter: Parameter, shapes: Mapping[str, Shape]) -> str:
    """Return a value of a parameter, as source."""
    member = parameter.member
    stated = member.example if not isinstance(member.example, Unset) else member.default
    if not isinstance(stated, Unset) and _fits(stated, member.value):
        return written(stated)
    return written(_value(member.value, member.wire, shapes))


def lines(route: RouteSpec, call: str, given: Sequence[str]) -> list[str]:
    """Return the lines that make a call, and show what came of it."""
    if streams_only(route):
        opened = f"with {call}({', '.join(given)}) as events:"
        return [opened, "    for event in events:", "        print(event.data)"]
    if not route.job:
        return [f"print({call}({', '.join(given)}))"]
    shown = 'result.save("result")' if route.result else "print(result)"
    return [f"job = {call}({', '.join(given)})", "result = job.wait()", shown]


def cap(route: RouteSpec, parameters: Sequence[Parameter] = ()) -> str:
    """Return the keyword argument of a client that may pay for the example; empty: it needs none."""
    price = route.price
    if route.access != "paid" or price is None:
        return ""
    most = Decimal(price.high or price.low)
    if price.unit == "second":
        lengths = [one for one in parameters if one.member.wire == price.seconds_field]
        seconds = price.default_seconds or (_seconds(lengths[0]) if lengths else "")
        if not re.fullmatch(r"\d+(\.\d+)?", seconds):
            return ""
        most *= Decimal(seconds)
    allowed = f'max_price="{most}"'
    return allowed if most <= _CEILING else f'{allowed}, ceiling="{most}"'


def _seconds(parameter: Parameter) -> str:
    return argument(parameter, {}).strip('"')


def written(value: object) -> str:
    """Return JSON, or bytes, as Python source."""
    if isinstance(value, bytes):
        return repr(value)
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{literal(str(name))}: {written(one)}" for name, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(written, value)) + "]"
    return literal(value)


def _value(value: Normal, name: str, shapes: Mapping[str, Shape], depth: int = 0) -> Any:
    if value.get("enum"):
        return value["enum"][0]
    if value.get("anyOf"):
        options = [one for one in value["anyOf"] if one.get("type") != "null"]
        return _value(options[0], name, shapes, depth) if options else None
    key = referenced(value)
    if key is not None:
        return {} if depth > _DEEPEST else _object(shapes[key], name, shapes, depth + 1)
    match value.get("type"):
        case "string":
            return _text(value, name)
        case "integer" | "number":
            return _number(value)
        case "boolean":
            return True
        case "array" if "prefixItems" in value:
            return [_value(one, name, shapes, depth + 1) for one in value["prefixItems"]]
        case "array":
            return [_value(value.get("items", {}), name, shapes, depth + 1)] * max(
                value.get("minItems", 1), 1
            )
        case "null":
            return None
    return {}


def _object(shape: Shape, name: str, shapes: Mapping[str, Shape], depth: int) -> Any:
    if shape.whole is not None:
        return _value(shape.whole, name, shapes, depth)
    return {
        one.wire: one.example
        if not isinstance(one.example, Unset) and _fits(one.example, one.value)
        else _value(one.value, one.wire, shapes, depth)
        for one in shape.members
        if one.required
    }


def _text(value: Normal, name: str) -> Any:
    if value.get("format") == "binary":
        return b"..."
    if value.get("format") in FORMATS:
        return FORMATS[value["format"]]
    first = ("A sunset",) if "prompt" in name.lower() else ()
    for text in (*first, *_TEXTS):
        if _is_text(text, value):
            return text
    return "." * value.get("minLength", 3)


def _is_text(text: str, value: Normal) -> bool:
    if not value.get("minLength", 0) <= len(text) <= value.get("maxLength", len(text)):
        return False
    try:
        return "pattern" not in value or re.search(value["pattern"], text) is not None
    except re.error:
        # pydantic reads patterns that this module cannot, such as `\\p{L}`.
        return False


def _number(value: Normal) -> int | float:
    low = value.get("minimum", value.get("exclusiveMinimum"))
    high = value.get("maximum", value.get("exclusiveMaximum"))
    step = value.get("multipleOf", 1)
    if low is None:
        found = step if high is None or step <= high else high
    else:
        found = low + step if "exclusiveMinimum" in value else -(-low // step) * step
        found = low if high is not None and found > high else found
    return int(found) if value.get("type") == "integer" else found


def _fits(stated: object, value: Normal) -> bool:
    """Whether what the document gives as an example is one, as far as a glance tells."""
    if value.get("enum"):
        return stated in value["enum"]
    if value.get("anyOf"):
        return any(_fits(stated, one) for one in value["anyOf"])
    match value.get("type"):
        case "string":
            short = isinstance(stated, str) and 0 < len(stated) <= _LONGEST and "format" not in value
            # A fence of backticks would end the example in the README.
            return short and "`" not in str(stated) and _is_text(str(stated), value)
        case "integer":
            return isinstance(stated, int) and not isinstance(stated, bool)
        case "number":
            return isinstance(stated, int | float) and not isinstance(stated, bool)
        case "boolean":
            return isinstance(stated, bool)
        case "array":
            if not isinstance(stated, list) or not stated or len(str(stated)) > _LONGEST:
                return False
            return all(_fits(one, value.get("items", {})) for one in stated)
    return False
