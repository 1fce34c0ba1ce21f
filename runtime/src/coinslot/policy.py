"""Whether an offer may be paid, decided before anything is signed. Pure: no I/O, no clock."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Literal
from urllib.parse import urlsplit

from coinslot import mpp
from coinslot.attempt import Printed
from coinslot.backend import Backend
from coinslot.effects import Request
from coinslot.errors import PaymentRefused, UnknownPrice
from coinslot.ledger._interface import Limits
from coinslot.money import EXACT, Dollars, dollars, show
from coinslot.offer import Challenge, Offer, Refusal
from coinslot.origin import is_local, is_loopback, origin_of
from coinslot.quote import Quote
from coinslot.resource import is_same_resource
from coinslot.route import Price, PricePerSecond, Route

_SECONDS = re.compile(r"[0-9]{1,6}(\.[0-9]{1,6})?", re.ASCII)
DEFAULT_CEILING = Decimal("1.00")
_OWN = frozenset({"above-cap", "live-key", "test-key", "other-resource", "other-request"})
"""Slugs of what this module refuses, whatever a backend could pay."""
_OTHERS = "protocol"
"""The slug with which a backend leaves an offer to those that speak its protocol."""


@dataclass(frozen=True, slots=True)
class Policy:
    """The user's rules of spending. All sums are dollars; None leaves a budget out.

    `max_price` caps every call; `ceiling` stands over every cap, also over the `max_price` of a
    single call, until it is raised here.
    """

    max_price: Dollars | None = None
    ceiling: Dollars = DEFAULT_CEILING
    session_budget: Dollars | None = None
    origin_budget: Dollars | None = None
    daily_budget: Dollars | None = None
    payees: Mapping[str, Sequence[str] | Literal["dynamic"]] = field(default_factory=dict)
    """By origin, the addresses that may be paid there; `dynamic`: any, also a new one for each call."""
    limits: Limits = field(init=False)

    def __post_init__(self) -> None:
        if self.max_price is not None:
            dollars(self.max_price, "max_price")
        dollars(self.ceiling, "ceiling")
        limits = Limits(
            session=_optional(self.session_budget, "session_budget"),
            origin=_optional(self.origin_budget, "origin_budget"),
            day=_optional(self.daily_budget, "daily_budget"),
        )
        object.__setattr__(self, "limits", limits)
        named = {origin_of(origin): addresses for origin, addresses in self.payees.items()}
        object.__setattr__(self, "payees", MappingProxyType(named))

    def payees_of(self, origin: str) -> tuple[str, ...] | None:
        """Return whom the user named for an origin; empty: anyone; None: nobody was named."""
        named = self.payees.get(origin)
        if named is None:
            return None
        return () if named == "dynamic" else tuple(named)

    def cap(self, route: Route[Any, Any] | None, request: Request, max_price: Dollars | None) -> Cap:
        """Return the most that this call may cost, and where the figure comes from.

        Raises UnknownPrice where nobody named a price.
        """
        if max_price is not None:
            cap = Cap(dollars(max_price, "max_price"), "max_price of this call")
        else:
            printed = printed_cap(route, request)
            general = _optional(self.max_price, "max_price")
            named = [
                *([Cap(printed, "the printed price of this route")] if printed is not None else []),
                *([Cap(general, "max_price of this client")] if general is not None else []),
            ]
            if not named:
                message = (
                    f"No price is known for {route or request.method + ' ' + urlsplit(request.url).path}: "
                    'say what it may cost, as in max_price="0.25".'
                )
                raise UnknownPrice(message, slug="unknown-price")
            cap = min(named, key=lambda entry: entry.dollars)
        ceiling = dollars(self.ceiling, "ceiling")
        return (
            cap
            if cap.dollars <= ceiling
            else Cap(ceiling, "the ceiling of this client (raise it with ceiling=)")
        )


@dataclass(frozen=True, slots=True)
class Cap:
    """The most that one call may cost, in dollars, and who said so."""

    dollars: Decimal
    source: str


@dataclass(frozen=True, slots=True)
class Choice:
    """The offer that will be paid, the challenge that listed it, and who pays."""

    challenge: Challenge
    quote: Quote
    backend: Backend


def choose(
    challenges: Sequence[Challenge],
    request: Request,
    cap: Cap | None,
    backends: Sequence[Backend],
    *,
    now: float,
    cheapest: bool = False,
    quote_only: bool = False,
    shut_out: Mapping[str, Refusal] | None = None,
) -> Choice:
    """Choose the offer to pay: the first backend that may pay one, its cheapest first.

    `cap` is None where nobody named a price, and then nothing may be paid. `quote_only`: what costs more than
    the cap is quoted all the same, where nothing else can be. `cheapest`: of all backends the one that pays
    least, where nobody named an order. `now` is in Unix seconds; `shut_out` holds backends that must not pay,
    with the reason. Raises PaymentRefused with a reason for every offer.
    """
    refused: list[tuple[Offer, Refusal]] = []
    payable: list[Choice] = []
    for backend in backends:
        for challenge in challenges:
            for offer in challenge.offers:
                answer = (
                    _flaw(challenge, offer, request)
                    or _unfit(offer, request, now)
                    or _weigh(offer, backend, cap, request, (shut_out or {}).get(backend.name))
                )
                if isinstance(answer, Quote):
                    payable.append(Choice(challenge, answer, backend))
                else:
                    refused.append((offer, answer))
    fitting = [choice for choice in payable if choice.quote.above_cap is None]
    if fitting or not quote_only:
        above = [choice.quote for choice in payable if choice.quote.above_cap is not None]
        refused += [(quote.offer, Refusal("above-cap", quote.above_cap or "")) for quote in above]
        payable = fitting
    if not payable:
        raise PaymentRefused(_no_offer(challenges, refused), slug=_slug(refused), refused=refused)
    first = payable[0].backend
    willing = [choice for choice in payable if cheapest or choice.backend is first]
    best = min(willing, key=lambda choice: choice.quote.price)
    return replace(best, quote=replace(best.quote, refused=_passed_over(best.quote, payable, refused)))


def _passed_over(
    best: Quote, payable: Sequence[Choice], refused: Sequence[tuple[Offer, Refusal]]
) -> tuple[tuple[Offer, Refusal], ...]:
    """Return every other offer with the reason why it is not the one that is paid."""
    others = [choice.quote for choice in payable if choice.quote.offer is not best.offer]
    could = [quote.offer for quote in others]
    beaten = [(quote.offer, _beaten(quote, best)) for quote in others]
    # What one backend could pay needs no telling why another could not.
    rest = [
        (offer, why) for offer, why in refused if not any(offer is other for other in [best.offer, *could])
    ]
    return (*beaten, *rest)


def _beaten(quote: Quote, best: Quote) -> Refusal:
    told = f"{quote.backend} could pay {show(quote.price)} for it, but"
    if quote.price > best.price:
        return Refusal("dearer", f"{told} another offer costs {show(best.price)}")
    if quote.backend == best.backend:
        return Refusal("no-cheaper", f"{told} another offer costs the same")
    return Refusal("less-preferred", f"{told} {best.backend} comes first")


def check_destination(url: str) -> None:
    """Refuse to pay over plain http, loopback excepted. Raises PaymentRefused."""
    if urlsplit(url).scheme != "https" and not is_loopback(url):
        message = "Payments go over https only (this machine excepted)."
        raise PaymentRefused(message, slug="plain-http")


def key_refusal(backend: Backend, url: str) -> Refusal | None:
    """Say why this backend's key must not sign for `url`: live keys stay outside, test keys inside."""
    local = is_local(url)
    if local and not backend.test_key:
        return Refusal(
            "live-key",
            f"{backend.name} holds a live key, which never signs for a local or plain-http address: "
            "a test wallet does (coinslot wallet new --test)",
        )
    if not local and backend.test_key:
        return Refusal("test-key", f"{backend.name} holds a test key, which signs only for local addresses")
    return None


def printed_cap(route: Route[Any, Any] | None, request: Request) -> Decimal | None:
    """Return the most that the document lets this request cost, in dollars; None if it says nothing."""
    if route is None or route.price is None:
        return None
    if not isinstance(route.price, PricePerSecond):
        return route.price.cap
    seconds = _seconds_asked(route.price, request)
    return None if seconds is None else route.price.cap(seconds)


def printed_for(route: Route[Any, Any] | None, request: Request) -> Printed:
    """Return what the document says of this request's price, as printed, and of its time."""
    if route is None:
        return Printed()
    return Printed(_printed_range(route.price, request), route.typical_seconds)


def _printed_range(price: Price | None, request: Request) -> tuple[Decimal, Decimal] | None:
    if price is None:
        return None
    low, high = Decimal(price.low), Decimal(price.high or price.low)
    if not isinstance(price, PricePerSecond):
        return low, high
    seconds = _seconds_asked(price, request)
    return None if seconds is None else (EXACT.multiply(low, seconds), EXACT.multiply(high, seconds))


def _seconds_asked(price: PricePerSecond, request: Request) -> Decimal | None:
    try:
        member = json.loads(request.body or b"{}").get(price.seconds_field, price.default_seconds)
    except (ValueError, AttributeError, RecursionError):
        return None
    told = str(member)
    if isinstance(member, bool) or not _SECONDS.fullmatch(told) or not Decimal(told):
        return None
    return Decimal(told)


def _weigh(
    offer: Offer, backend: Backend, cap: Cap | None, request: Request, shut_out: Refusal | None
) -> Quote | Refusal:
    refusal = backend.refuses(offer) or key_refusal(backend, request.url)
    if refusal is not None:
        return refusal
    asset = backend.asset(offer)
    if asset is None:
        return Refusal("unknown-asset", f"{backend.name} does not know the asset {offer.asset}")
    if offer.amount <= 0:
        return Refusal("no-amount", "it asks for nothing")
    price = asset.dollars(offer.amount)
    if shut_out is not None:
        return shut_out
    payer = backend.identity.address
    return Quote(offer, asset, price, backend.name, payer, above_cap=_above(price, cap))


def _above(price: Decimal, cap: Cap | None) -> str | None:
    if cap is None:
        return f"it asks {show(price)}, and nobody said what it may cost (give max_price=)"
    if price <= cap.dollars:
        return None
    return f"it asks {show(price)}, more than the {show(cap.dollars)} allowed by {cap.source}"


def _flaw(challenge: Challenge, offer: Offer, request: Request) -> Refusal | None:
    """Say why an offer may not be paid here: it sells something else than was asked for."""
    told = [] if challenge.resource is None else [challenge.resource.get("url")]
    if (challenge.protocol, challenge.version) == ("x402", 1):
        # There each offer names what it sells.
        told = [offer.raw["resource"]] if "resource" in offer.raw else []
    if all(is_same_resource(resource, request.url) for resource in told):
        return None
    return Refusal("other-resource", "its challenge sells another resource than the one that was asked for")


def _unfit(offer: Offer, request: Request, now: float) -> Refusal | None:
    """Say why an offer does not fit this request at this time, whoever would pay it."""
    if offer.expires_at is not None and offer.expires_at <= now:
        return Refusal("expired", "its challenge has expired")
    if offer.protocol != "mpp":
        return None
    binding = mpp.binding_refusal(offer, request.url, request.body)
    if binding is not None:
        return Refusal("other-request", binding)
    field_name = offer.raw.get("header", "Authorization")
    if request.headers.get(field_name) is not None:
        return Refusal("header-in-use", f"the request carries its own {field_name} header already")
    return None


def _no_offer(challenges: Sequence[Challenge], refused: Sequence[tuple[Offer, Refusal]]) -> str:
    if not any(challenge.offers for challenge in challenges):
        return "The server asks for payment and offers no way to pay."
    if not refused:
        return "No payment backend is configured: install one and name it in pay_with."
    telling = [(offer, why) for offer, why in refused if why.slug != _OTHERS] or refused
    # What the user can decide comes first: a backend's own reasons are often those of an offer for another.
    telling = sorted(telling, key=lambda entry: entry[1].slug not in _OWN)
    reasons = [f"{offer.scheme} on {offer.network}: {why.reason}" for offer, why in telling]
    unreadable = [reason for challenge in challenges for reason in challenge.unreadable]
    told = "; ".join([*dict.fromkeys(reasons), *unreadable])
    return f"None of the server's offers may be paid. {told}."


def _slug(refused: Sequence[tuple[Offer, Refusal]]) -> str:
    slugs = {why.slug for _, why in refused}
    return slugs.pop() if len(slugs) == 1 else "no-payable-offer"


def _optional(value: Dollars | None, name: str) -> Decimal | None:
    return None if value is None else dollars(value, name)
