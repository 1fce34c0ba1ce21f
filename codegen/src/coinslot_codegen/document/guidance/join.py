"""Document and guidance put together: the schema rules the types, the guidance price, time and polling."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from coinslot_codegen.document.figures import Money
from coinslot_codegen.document.guidance.said import Guidance, key
from coinslot_codegen.document.lengths import length_members
from coinslot_codegen.document.model import Finding, PriceSpec, Recommendation, RouteSpec, UploadSpec


@dataclass(frozen=True, slots=True)
class Joined:
    """What an `Api` is made of, besides the document itself."""

    routes: tuple[RouteSpec, ...]
    upload: UploadSpec | None
    recommendations: tuple[Recommendation, ...]
    findings: tuple[Finding, ...]


def join(
    document: Mapping[str, Any], routes: Sequence[RouteSpec], guidance: Guidance | None, at: str
) -> Joined:
    """The routes with what the guidance says of them, and a finding for every gap and contradiction."""
    said = guidance or Guidance()
    findings = list(said.findings)
    joined = []
    for route in routes:
        price = _price(document, route, said, findings, at)
        findings += _gaps(route, said)
        joined.append(
            replace(
                route,
                price=price,
                time=said.times.get(key(route)),
                poll_seconds=said.polls.get(key(route), route.poll_seconds),
                poll_provenance="guidance" if key(route) in said.polls else "default",
                result=route.result or said.results.get(key(route)),
                result_lifetime_seconds=said.lifetimes.get(key(route)),
                notes=said.notes.get(key(route), ()),
            )
        )
    return Joined(tuple(joined), said.upload, said.recommendations, tuple(findings))


def _price(
    document: Mapping[str, Any], route: RouteSpec, said: Guidance, findings: list[Finding], at: str
) -> PriceSpec | None:
    stated = said.prices.get(key(route))
    if stated is None:
        return route.price
    if route.access != "paid":
        where = f"{route.method} {route.path}"
        message = f"{_dollars(stated)} for {where}, which the document does not price; it is not paid"
        findings.append(Finding("disagreement", at, message))
        return None
    findings += _price_disagreements(route, stated, at)
    if stated.unit == "call":
        if Decimal(stated.high or stated.low) == 0:
            return route.price
        return PriceSpec(stated.low, stated.high, "call", "guidance")
    lengths = length_members(document, route)
    if len(lengths) != 1:
        where = f"{route.method} {route.path}"
        message = f"{_dollars(stated)} a second for {where}, but no one member says how many; it is unknown"
        findings.append(Finding("default", at, message))
        return None
    ((name, schema),) = lengths.items()
    default = schema.get("default")
    return PriceSpec(
        stated.low, stated.high, "second", "guidance", name, None if default is None else str(default)
    )


def _price_disagreements(route: RouteSpec, stated: Money, at: str) -> Iterator[Finding]:
    payment = route.payment
    if payment is None or stated.unit == "second":
        return
    low, high = Decimal(stated.low), Decimal(stated.high or stated.low)
    where = f"{route.method} {route.path}"
    if payment.price is not None:
        same = (low, high) == (Decimal(payment.price.low), Decimal(payment.price.high or payment.price.low))
        if not same:
            yield Finding(
                "disagreement",
                at,
                f"{_dollars(stated)} for {where}, but its x-payment-info states {_document(payment.price)}",
            )
    elif payment.high is not None and Decimal(payment.high) > 0 and high > Decimal(payment.high):
        yield Finding(
            "disagreement",
            at,
            f"{_dollars(stated)} for {where}, but its x-payment-info ends at ${payment.high}",
        )


def _gaps(route: RouteSpec, said: Guidance) -> Iterator[Finding]:
    if route.job is None:
        return
    if key(route) not in said.polls:
        message = f"no polling interval is stated; polled every {route.poll_seconds:g} s"
        yield Finding("default", route.pointer, message)
    stated = said.results.get(key(route))
    if route.result is None and stated is None:
        yield Finding(
            "default", route.pointer, "what a finished job holds is not stated; the result is a raw mapping"
        )
    elif route.result is not None and stated is not None and set(route.result.members) != set(stated.members):
        names = ", ".join(stated.members)
        yield Finding(
            "disagreement",
            route.pointer,
            f"the schema rules the result; the guidance says {names} ({stated.provenance})",
        )


def _dollars(stated: Money) -> str:
    return f"${stated.low}" + (f"–${stated.high}" if stated.high else "")


def _document(price: PriceSpec) -> str:
    return f"${price.low}" + (f"–${price.high}" if price.high else "")
