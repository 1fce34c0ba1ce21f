"""What a call costs: a fixed figure, or a place in the route's range that its parameters choose.

The document says only `$0.13–$0.24`. The sandbox asks more for what looks like more: each choice
(size, resolution, quality) stands somewhere between its least and its most, and the price stands
where they do on average. The same request always costs the same.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from coinslot_codegen.document.model import PriceSpec, RouteSpec
from coinslot_sandbox.schema.dialect import Dialect

_CHOICES = re.compile(r"size|resolution|quality|duration|seconds|length", re.IGNORECASE)
_SPANS = re.compile(r"duration|seconds|length", re.IGNORECASE)
_WORDS = {
    "auto": 0,
    "minimal": 1,
    "low": 1,
    "draft": 1,
    "standard": 2,
    "medium": 2,
    "high": 3,
    "hd": 3,
    "ultra": 4,
}
_STEP = Decimal("0.0001")


class Pricing:
    """Prices the requests of one document."""

    def __init__(self, dialect: Dialect, default: str = "0.01") -> None:
        self._dialect = dialect
        self._default = Decimal(default)

    def dollars(self, route: RouteSpec, parameters: Mapping[str, Any]) -> Decimal:
        """Return the price of a request in dollars; `parameters` are its body's and query's members."""
        price = route.price
        if price is None:
            return self._default
        low = Decimal(price.low)
        high = Decimal(price.high) if price.high is not None else low
        place = self._place(route, parameters, price)
        cost = low + (high - low) * place
        if price.unit == "second":
            cost *= _seconds(price, parameters)
        if low == high and price.unit == "call":
            return cost
        return max(cost.quantize(_STEP, ROUND_HALF_UP), Decimal("0.000001"))

    def _place(self, route: RouteSpec, parameters: Mapping[str, Any], price: PriceSpec) -> Decimal:
        places = []
        for name, schema in self._members(route):
            if name == price.seconds_field or not _CHOICES.search(name):
                continue
            place = _place_of(name, schema, parameters.get(name, schema.get("default")))
            if place is not None:
                places.append(place)
        return sum(places, Decimal(0)) / len(places) if places else Decimal(0)

    def _members(self, route: RouteSpec) -> list[tuple[str, Mapping[str, Any]]]:
        found = [(parameter.name, parameter.schema) for parameter in route.parameters]
        for body in route.bodies[:1]:
            schema = self._dialect.resolve(body.schema)
            if isinstance(schema, Mapping):
                found += schema.get("properties", {}).items()
        resolved = [(name, self._dialect.resolve(schema)) for name, schema in found]
        return [(name, schema) for name, schema in resolved if isinstance(schema, Mapping)]


def atomic(dollars: Decimal, decimals: int) -> int:
    """Return dollars as atomic units of a token with so many decimals."""
    return int((dollars * 10**decimals).to_integral_value(ROUND_HALF_UP))


def _place_of(name: str, schema: Mapping[str, Any], value: Any) -> Decimal | None:
    """Return where a value stands among its choices, 0 the least and 1 the most; None: no choices."""
    choices = schema.get("enum")
    if isinstance(choices, list) and len(choices) > 1:
        weights = sorted({_weight(choice) for choice in choices})
        if len(weights) == 1 or value not in choices:
            return Decimal(0)
        return Decimal(weights.index(_weight(value))) / (len(weights) - 1)
    low, high = _number(schema.get("minimum")), _number(schema.get("maximum"))
    if not _SPANS.search(name) or low is None or high is None or low >= high:
        return None
    given = _number(value)
    return Decimal(0) if given is None else min(max((given - low) / (high - low), Decimal(0)), Decimal(1))


def _weight(choice: Any) -> Decimal:
    """Return how much a choice looks like: pixels of `1024x1536`, 2 of `2K`, a rank of `high`."""
    text = str(choice).lower()
    if text in _WORDS:
        return Decimal(_WORDS[text])
    numbers = [Decimal(number) for number in re.findall(r"\d+(?:\.\d+)?", text)]
    if not numbers:
        return Decimal(0)
    if len(numbers) == 2 and re.search(r"\d\s*[x*×]\s*\d", text):
        return numbers[0] * numbers[1]
    # `512` beside `1K`: thousands are meant.
    return numbers[0] * 1000 if text.endswith("k") else numbers[0]


def _seconds(price: PriceSpec, parameters: Mapping[str, Any]) -> Decimal:
    asked = parameters.get(price.seconds_field) if price.seconds_field else None
    for value in (asked, price.default_seconds):
        if value is not None and re.fullmatch(r"\d+(?:\.\d+)?", str(value)):
            return Decimal(str(value))
    return Decimal(5)


def _number(value: Any) -> Decimal | None:
    return Decimal(str(value)) if isinstance(value, int | float) and not isinstance(value, bool) else None
