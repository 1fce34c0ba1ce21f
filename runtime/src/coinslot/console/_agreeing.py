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


def agreed(route: Route[Any, Any], terms: Terms, ask: Callable[[], Quote]) -> Decimal | None:
    """Return the most that this call may cost, in dollars; None: what its route's price allows.

    The server is only asked where it could want more than `--confirm-above`. Raises PaymentRefused
    where nobody agrees.
    """
    limit, free = terms.max_price, terms.confirm_above
    if limit is not None and limit <= free:
        return limit
    if limit is None and isinstance(route.price, PriceRange) and route.price.cap <= free:
        return None
    quote = ask()
    price = quote.price
    if limit is not None and price > limit:
        raise PaymentRefused(f"The call costs {show(price)}, and --max-price is {show(limit)}.", slug="price")
    # Above what is printed, only a person or a limit may agree.
    surprising = quote.above_cap is not None and limit is None
    if price <= free and not surprising:
        return price
    if terms.yes or not _somebody_there():
        refusal = (
            _unless_agreed(quote, route, terms) if surprising or not terms.yes else _too_dear(price, limit)
        )
        if refusal is not None:
            raise refusal
    elif not click.confirm(f"{_told(quote, route)} Pay it?", err=True):
        raise PaymentRefused("You did not agree to the price.", slug="not-confirmed")
    return price


def _unless_agreed(quote: Quote, route: Route[Any, Any], terms: Terms) -> PaymentRefused:
    """Return why a price that needs somebody's consent is not paid."""
    to_pay = f"{_told(quote, route)} To pay it: --yes --max-price {amount(quote.price)}."
    if terms.max_price is None and route.price is None:
        return UnknownPrice(to_pay, slug="unknown-price")
    if terms.max_price is None and quote.above_cap is not None:
        return PaymentRefused(to_pay, slug="above-cap")
    return PaymentRefused(
        f"The call costs {show(quote.price)}, more than {show(terms.confirm_above)}, and nobody is there to "
        f"be asked: add --yes --max-price {amount(quote.price)}, or raise --confirm-above.",
        slug="not-confirmed",
    )


def _too_dear(price: Decimal, limit: Decimal | None) -> PaymentRefused | None:
    if limit is not None or price <= DEFAULT_CEILING:
        return None
    return PaymentRefused(
        f"The call costs {show(price)}, and --yes alone agrees to {show(DEFAULT_CEILING)} at most: "
        f"add --max-price {amount(price)}.",
        slug="price",
    )


def route_of(call: Any) -> Route[Any, Any]:
    """Return the route that a generated call belongs to: its module's."""
    route: Route[Any, Any] = sys.modules[type(call).__module__].ROUTE
    return route


def _told(quote: Quote, route: Route[Any, Any]) -> str:
    """Say what a call costs, and what is odd about it."""
    files = f", and {show(quote.uploads)} for its files" if quote.uploads else ""
    if route.price is None:
        return f"This call costs {show(quote.price)}{files}; no price is printed for it."
    more = ", more than the price that is printed for it" if quote.above_cap else ""
    return f"This call costs {show(quote.price)}{files}{more}."


def _somebody_there() -> bool:
    return sys.stdin.isatty() and sys.stderr.isatty()
