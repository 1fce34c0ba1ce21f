"""Saying in words what the generator knows: prices, times, bounds."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from coinslot_codegen.document.model import PriceSpec, RouteSpec, TimeSpec
from coinslot_codegen.render.text import first_sentence, literal, one_line, sentence
from coinslot_codegen.schemas.scalars import MEDIA
from coinslot_codegen.schemas.shape import Member, Unset

_MINUTE = 60
_NULL = {"type": "null"}
_KINDS = {
    "array": "a list",
    "boolean": "true or false",
    "integer": "a whole number",
    "number": "a number",
    "object": "an object",
    "string": "text",
}


def dollars(price: PriceSpec) -> str:
    """Return `$0.13–$0.24`, or one price."""
    low, high = one_line(price.low), one_line(price.high or "")
    return f"${low}–${high}" if high and high != low else f"${low}"


def price(route: RouteSpec) -> str:
    """Return what a call costs, as in `$0.13–$0.24 a call`."""
    if route.access == "signed":
        return "signed, not paid"
    if route.access == "open":
        return "not paid"
    return f"{dollars(route.price)} a {route.price.unit}" if route.price else "price unknown"


def time(spec: TimeSpec) -> str:
    """Return how long it takes, as in `about 10 s` or `1 to 3 min`; words of the document stay."""
    if spec.high is None or not re.search(r"\d", spec.text):
        return one_line(spec.text)
    unit, scale = ("min", _MINUTE) if spec.low >= _MINUTE else ("s", 1)
    low, high = figure(spec.low / scale), figure(spec.high / scale)
    return f"about {low} {unit}" if low == high else f"{low} to {high} {unit}"


def span(seconds: float) -> str:
    """Return a span of time, as in `20 min`."""
    if seconds >= _MINUTE and seconds % _MINUTE == 0:
        return f"{figure(seconds / _MINUTE)} min"
    return f"{figure(seconds)} s"


def figure(number: float) -> str:
    """Return a number without a fraction that is zero."""
    return str(int(number)) if float(number).is_integer() else repr(float(number))


def told(route: RouteSpec) -> tuple[str, str]:
    """Return what the document says that a call does: in a sentence, and what is said beside that."""
    if not route.summary.strip():
        first, more = first_sentence(route.description)
        return sentence(first), sentence(more)
    return sentence(route.summary), sentence(route.description) if route.description != route.summary else ""


def facts(route: RouteSpec) -> str:
    """Return the line under a module's title: price, time, polling, and whether it goes."""
    parts = [f"`{route.method} {one_line(route.path)}`", price(route)]
    if route.time:
        parts.append(time(route.time))
    if route.job:
        parts.append(f"polled every {span(route.poll_seconds)}")
    if route.deprecated:
        parts.append("deprecated")
    return " · ".join(parts)


def cost(route: RouteSpec) -> str:
    """Return what a call costs and how long it takes, in a sentence."""
    if route.access == "signed":
        return "Signed with the wallet's identity; nothing is paid."
    took = time(route.time) if route.time else ""
    if route.access == "open":
        return sentence(f"Takes {took}" if re.match(r"about|\d", took) else took)
    told = (
        f"Costs {price(route)}" if route.price else "Its price is not known, so a call must say `max_price`"
    )
    if not took:
        return f"{told}."
    return f"{told} and takes {took}." if re.match(r"about|\d", took) else f"{told}; {took}."


def in_sentence(text: str) -> str:
    """Return a heading as it stands inside a sentence; abbreviations and names keep their capitals."""
    line = one_line(text)
    return line[:1].lower() + line[1:] if line[1:2].islower() else line


def words_of(name: str) -> str:
    """Return a Python name as it stands in a sentence."""
    return name.strip("_").replace("_", " ")


def member(one: Member, *, defaults: bool = True) -> str:
    """Return what a person should know of a member: description, bounds, the server's default."""
    said, bounds = sentence(one.description), _bounds(one.value)
    figures = re.findall(r"\d+", bounds)
    if figures and all(re.search(rf"(?<!\d){number}(?!\d)", said) for number in figures):
        bounds = ""  # the document's own words have said it
    default = "" if isinstance(one.default, Unset) or one.default is None else one.default
    defaults = defaults and default != "" and not _says_default(said, default)
    told = f"The server's default is {_shown(default)}." if defaults else ""
    files = _files(one.value) if one.uploads else ""
    return " ".join(part for part in (said, bounds, files, told) if part)


def _says_default(said: str, default: object) -> bool:
    """Whether the document's own words have told the default already."""
    shown = re.escape(_shown(default).strip('"'))
    return bool(
        re.search(r"\bdefaults?\b", said, re.IGNORECASE)
        and re.search(rf"(?<![\w.]){shown}(?![\w]|\.\d)", said, re.IGNORECASE)
    )


def undescribed(value: Mapping[str, Any]) -> str:
    """Return what is known of a value that the document does not describe: what kind it is of."""
    options = [option for option in value.get("anyOf", [value]) if option != _NULL]
    if any("enum" in option for option in options):
        return "One of the values of its type."
    kinds = list(dict.fromkeys(map(_kind, options)))
    if "" in kinds or not kinds:
        return "Any JSON value."
    *others, last = kinds
    return sentence(f"{', '.join(others)} or {last}" if others else last)


def _kind(value: Mapping[str, Any]) -> str:
    return "an object" if "$ref" in value else _KINDS.get(str(value.get("type")), "")


def _files(value: object, *, many: bool = False) -> str:
    """Say what happens to a file where one may stand in place of an address."""
    if isinstance(value, Mapping):
        if value.get("format") == MEDIA["format"]:
            return "Files are uploaded first." if many else "A file is uploaded first."
        inner = [(one, many or word == "items") for word, one in value.items()]
    else:
        inner = [(one, many) for one in value] if isinstance(value, list) else []
    return next((told for one, several in inner if (told := _files(one, many=several))), "")


def _shown(value: object) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_shown(str(name))}: {_shown(item)}" for name, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_shown(item) for item in value) + "]"
    if isinstance(value, str):
        return f'"{one_line(value)}"'
    return literal(value) if isinstance(value, bool | int | float) or value is None else one_line(str(value))


def _bounds(value: Mapping[str, Any]) -> str:
    options = [option for option in value.get("anyOf", [value]) if option != _NULL]
    if len(options) != 1:
        return ""
    one = options[0]
    said = [
        _range(one.get("minLength"), one.get("maxLength"), "character"),
        _range(one.get("minItems"), one.get("maxItems"), "item") if "prefixItems" not in one else "",
        _range(one.get("minimum"), one.get("maximum")),
    ]
    if "exclusiveMinimum" in one:
        said.append(f"More than {literal(one['exclusiveMinimum'])}.")
    if "exclusiveMaximum" in one:
        said.append(f"Less than {literal(one['exclusiveMaximum'])}.")
    if "multipleOf" in one:
        said.append(f"A multiple of {literal(one['multipleOf'])}.")
    return " ".join(part for part in said if part)


def _range(low: float | None, high: float | None, unit: str = "") -> str:
    if low == 0 and unit:
        low = None
    if (low, high, unit) == (1, None, "character"):
        return "Not empty."
    if low is None and high is None:
        return ""
    if low is not None and high is not None:
        text = literal(low) if low == high else f"{literal(low)} to {literal(high)}"
    else:
        text = f"At least {literal(low)}" if high is None else f"At most {literal(high)}"
    last = high if high is not None else low
    return f"{text}{f' {unit}' if unit else ''}{'s' if unit and last != 1 else ''}."
