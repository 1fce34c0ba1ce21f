"""`x-payment-info` in every shape that is known.

- structured: `{price: {mode, currency?, amount | min, max}, protocols: [{"x402": {}}, …]}`, dollars
- legacy: `{pricingMode, price | minPrice, maxPrice, protocols: ["x402", …]}`, dollars
- offers: `{offers: [{intent, method, amount, currency}]}` or one offer's members flat, base units
- members of a challenge placed in the operation itself: `accepts`, `x402Version`, base units

A price that means nothing is unknown, never free: no figure, an upper bound of zero, a range wider
than threefold, base units (what they are worth only the asset's own table tells), another currency.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from coinslot_codegen.document.figures import money
from coinslot_codegen.document.model import Finding, PaymentSpec, PriceSpec

NARROW: Final = 3
"""A stated range is a price if its upper end is at most so many times its lower one."""
_FIXED: Final = frozenset({"fixed", "exact", "static"})
_CHALLENGE_MEMBERS: Final = ("accepts", "x402Version", "x-payment-accepts", "x-payment-required")


@dataclass(frozen=True, slots=True)
class Payment:
    """What was read, and what a person should know of it."""

    spec: PaymentSpec
    findings: tuple[Finding, ...]


def read_payment(operation: Mapping[str, Any], at: str) -> Payment | None:
    """What the operation says about paying; None if it says nothing."""
    info = operation.get("x-payment-info")
    if isinstance(info, Mapping):
        return _read_info(info, f"{at}/x-payment-info")
    said = {name: operation[name] for name in _CHALLENGE_MEMBERS if operation.get(name)}
    if "x-payment-info" in operation:
        problem = Finding("flaw", f"{at}/x-payment-info", "is not an object; the price is taken as unknown")
        return Payment(PaymentSpec(None, None, None, (), {}), (problem,))
    if not said:
        return None
    note = Finding("default", at, "asks for payment without stating dollars; the price is unknown")
    return Payment(PaymentSpec(None, None, None, ({"x402": {}},), said), (note,))


def _read_info(info: Mapping[str, Any], at: str) -> Payment:
    protocols = tuple(_protocols(info))
    stated = _stated(info)
    price, why = _judged(stated)
    spec = PaymentSpec(price, stated.low, stated.high, protocols, info)
    if price is not None:
        return Payment(spec, ())
    message = f"{stated.flaw or why}; the document's price is unknown"
    return Payment(spec, (Finding("flaw" if stated.flaw else "default", at, message),))


@dataclass(frozen=True, slots=True)
class _Stated:
    low: str | None = None
    high: str | None = None
    single: bool = False
    """Stated as the one price, not as bounds."""
    unit_is_second: bool = False
    why_not: str | None = None
    """Why the figures are no dollars."""
    flaw: str | None = None
    """What stands where an amount should, and is none."""


def _stated(info: Mapping[str, Any]) -> _Stated:
    price = info.get("price")
    if "offers" in info or ("intent" in info and "method" in info):
        return _Stated(why_not="amounts in base units say nothing in dollars")
    if isinstance(price, Mapping):
        return _structured(price)
    low, high = info.get("minPrice"), info.get("maxPrice")
    mode = str(info.get("pricingMode", "")).lower()
    if low is not None or high is not None:
        return _bounds(low, high, info.get("currency"))
    if price is not None and mode in {"", "fixed", "exact", "static", "range"}:
        return _figure(price, info.get("currency"))
    if price is not None:
        return _Stated(why_not=f"pricing mode {mode!r} makes {price!r} an example")
    amount, currency = info.get("amount"), info.get("currency")
    if amount is not None and "." in str(amount) and str(currency or "USD").upper() == "USD":
        return _figure(amount, currency)
    return _Stated(why_not=f"pricing mode {mode!r} without figures" if mode else "no figures")


def _structured(price: Mapping[str, Any]) -> _Stated:
    currency = price.get("currency")
    amount = price.get("amount", price.get("usd"))
    if str(price.get("mode", "fixed")).lower() in _FIXED and amount is not None:
        return _figure(amount, currency)
    low, high = price.get("min"), price.get("max")
    if low is not None or high is not None:
        return _bounds(low, high, currency)
    if "mode" in price and str(price["mode"]).lower() in _FIXED:
        return _Stated(flaw="a fixed price without an amount")
    return _Stated(why_not="a dynamic price without bounds")


def _figure(value: object, currency: object) -> _Stated:
    if not _in_dollars(currency):
        return _Stated(why_not=f"a price in {currency!r}")
    found = money(_text(value), bare=True)
    if found is None:
        return _Stated(flaw=f"a price of {_text(value)!r}")
    return _Stated(found.low, found.high, single=found.high is None, unit_is_second=found.unit == "second")


def _bounds(low: object, high: object, currency: object) -> _Stated:
    if not _in_dollars(currency):
        return _Stated(why_not=f"a price in {currency!r}")
    figures = [None if value is None else money(_text(value), bare=True) for value in (low, high)]
    lower, upper = (figure.low if figure else None for figure in figures)
    odd = [
        repr(_text(value))
        for value, one in zip((low, high), figures, strict=True)
        if value is not None and one is None
    ]
    if odd:
        return _Stated(lower, upper, flaw=f"a price with an end at {' and '.join(odd)}")
    if lower and upper and Decimal(upper) < Decimal(lower):
        return _Stated(lower, upper, flaw=f"a price from {lower} to {upper} dollars is no range")
    return _Stated(lower, upper)


def _in_dollars(currency: object) -> bool:
    return currency is None or str(currency).strip().upper() in {"USD", "$", "US$"}


def _text(value: object) -> str:
    """A JSON number without exponent, as in `0.0000001`."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    try:
        return format(Decimal(repr(value)), "f")
    except InvalidOperation:
        return str(value)


def _judged(stated: _Stated) -> tuple[PriceSpec | None, str]:
    if stated.flaw or stated.why_not:
        return None, stated.why_not or ""
    if stated.unit_is_second:
        return None, "a price for each second without a word on how many"
    low, high = stated.low, stated.high
    if stated.single and low is not None:
        if Decimal(low) == 0:
            return None, "a price of 0 is no price"
        return PriceSpec(low, None, "call", "document"), ""
    if low is None or high is None:
        return None, "only one end of the price range is stated"
    if Decimal(high) == 0:
        return None, "an upper bound of 0 means nothing"
    if Decimal(low) == 0 or Decimal(high) > NARROW * Decimal(low):
        return None, f"{low} to {high} dollars is too wide for a price"
    return PriceSpec(low, high if Decimal(high) != Decimal(low) else None, "call", "document"), ""


def _protocols(info: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """One single-key object for each protocol, whichever way they were listed."""
    listed = info.get("protocols")
    if isinstance(listed, Mapping):
        listed = [{name: terms} for name, terms in sorted(listed.items())]
    for one in listed if isinstance(listed, list) else []:
        if isinstance(one, Mapping) and one:
            yield one
        elif isinstance(one, str):
            yield {one: {}}
    offers = info.get("offers")
    if isinstance(offers, list):
        yield from ({"mpp": offer} for offer in offers if isinstance(offer, Mapping))
    elif "intent" in info and "method" in info:
        terms = {name: info[name] for name in ("method", "intent", "currency", "amount") if name in info}
        if not isinstance(listed, list):
            yield {"mpp": json.loads(json.dumps(terms))}
