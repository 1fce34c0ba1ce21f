"""Agreeing on a price: up to a sum calls are paid without a question, above it a person is asked."""

from __future__ import annotations

import sys
from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import click

from coinslot.console._session import amount
from coinslot.errors import PaymentRefused, UnknownPrice
from coinslot.money import show
from coinslot.policy import DEFAULT_CEILING
from coinslot.route import PriceRange, Route

if TYPE_CHECKING:
    from coinslot.console._options import Terms
    from coinslot.quote import Quote


def agreed(route: Route[Any, Any], terms: Terms, quote: Callable[[], Quote]) -> Decimal | None:
    """Return the most that this call may cost, in dollars; None: what its route's price allows.

    The server is only asked (`quote`) where it could want more than `--confirm-above`. Raises
    PaymentRefused where nobody agrees.
    """
    limit, free = terms.max_price, terms.confirm_above
    if limit is not None and limit <= free:
        return limit
    if limit is None and isinstance(route.price, PriceRange) and route.price.cap <= free:
        return None
    price = _asked(quote, limit)
    if limit is not None and price > limit:
        raise PaymentRefused(f"The call costs {show(price)}, and --max-price is {show(limit)}.", slug="price")
    if route.price is None and limit is None and (terms.yes or not _somebody_there()):
        raise UnknownPrice(
            f"No price is printed for {route}; its server now asks {show(price)}: "
            f"add --max-price {amount(price)}.",
            slug="unknown-price",
        )
    if price <= free and (route.price is not None or limit is not None):
        return price
    if terms.yes:
        if limit is None and price > DEFAULT_CEILING:
            raise PaymentRefused(
                f"The call costs {show(price)}, and --yes alone agrees to {show(DEFAULT_CEILING)} at most: "
                f"add --max-price {amount(price)}.",
                slug="price",
            )
        return price
    if not _somebody_there():
        raise PaymentRefused(
            f"The call costs {show(price)}, more than {show(free)}, and nobody is there to be asked: "
            f"add --yes --max-price {amount(price)}, or raise --confirm-above.",
            slug="not-confirmed",
        )
    if not click.confirm(f"This call costs {show(price)}. Pay it?", err=True):
        raise PaymentRefused("You did not agree to the price.", slug="not-confirmed")
    return price


def route_of(call: Any) -> Route[Any, Any]:
    """Return the route that a generated call belongs to: its module's."""
    route: Route[Any, Any] = sys.modules[type(call).__module__].ROUTE
    return route


def _asked(quote: Callable[[], Quote], limit: Decimal | None) -> Decimal:
    try:
        return quote().price
    except PaymentRefused:
        if limit is None:
            raise
        # Above the printed price, which the limit may allow: the call itself will tell.
        return limit


def _somebody_there() -> bool:
    return sys.stdin.isatty() and sys.stderr.isatty()
