"""Agreeing on a price: up to a sum calls are paid without a question, above it a person is asked."""

from __future__ import annotations

import sys
from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import click

from coinslot.console._options import CONFIRM_ABOVE
from coinslot.console._session import amount
from coinslot.errors import PaymentRefused, UnknownPrice
from coinslot.money import show, total
from coinslot.policy import DEFAULT_CEILING
from coinslot.route import PriceRange, Route
from coinslot.uploads import steps_of

if TYPE_CHECKING:
    from coinslot.client import Client
    from coinslot.console._options import Terms
    from coinslot.quote import Quote

_NOTHING = Decimal(0)


def agreed(
    route: Route[Any, Any], terms: Terms, ask: Callable[[], Quote], *, uploads: Decimal = _NOTHING
) -> Decimal | None:
    """Return the most that this call may cost, in dollars; None: what its route's price allows.

    The server is only asked where it could want more than `--confirm-above` or `--max-price`, the `uploads`
    of the call's files (dollars) among it. Raises PaymentRefused where nobody agrees.
    """
    limit, free = terms.max_price, terms.confirm_above
    most = total((route.price.cap, uploads)) if isinstance(route.price, PriceRange) else None
    if limit is not None and limit <= free and most is not None and most <= limit:
        return limit
    if limit is None and most is not None and most <= free:
        return None
    quote = ask()
    price = total((quote.price, quote.uploads or Decimal(0)))
    if limit is not None and price > limit:
        raise PaymentRefused(f"The call costs {show(price)}, and --max-price is {show(limit)}.", slug="price")
    if limit is not None and limit <= free:
        return limit
    # Above what is printed, only a person or a limit may agree.
    surprising = quote.above_cap is not None and limit is None
    if price <= free and not surprising:
        return price
    if terms.yes or not _somebody_there():
        refusal = (
            _unless_agreed(quote, price, route, terms)
            if surprising or not terms.yes
            else _too_dear(price, limit)
        )
        if refusal is not None:
            raise refusal
    elif not click.confirm(f"{_told(quote, route)} Pay it?", err=True):
        raise PaymentRefused("You did not agree to the price.", slug="not-confirmed")
    return price


def cost_of_upload(client: Client) -> Decimal:
    """Return what one upload costs at most by its document, in dollars; without a price none is paid for."""
    steps = steps_of(client)
    price = None if steps is None else steps.token.price
    return price.cap if isinstance(price, PriceRange) else _NOTHING


def check_upload(client: Client, limit: Decimal | None) -> None:
    """Refuse an upload that nobody agreed to: above the threshold it takes a limit. Raises PaymentRefused."""
    most = cost_of_upload(client)
    if limit is None and most > CONFIRM_ABOVE:
        raise PaymentRefused(
            f"The upload may cost {show(most)}, more than {show(CONFIRM_ABOVE)}: say so with "
            f"--max-price {amount(most)}, as 'upload FILE' takes it.",
            slug="not-confirmed",
        )


def _unless_agreed(quote: Quote, price: Decimal, route: Route[Any, Any], terms: Terms) -> PaymentRefused:
    """Return why a price that needs somebody's consent is not paid."""
    to_pay = f"{_told(quote, route)} To pay it: --yes --max-price {amount(price)}."
    if terms.max_price is None and route.price is None:
        return UnknownPrice(to_pay, slug="unknown-price")
    if terms.max_price is None and quote.above_cap is not None:
        return PaymentRefused(to_pay, slug="above-cap")
    return PaymentRefused(
        f"The call costs {show(price)}, more than {show(terms.confirm_above)}, and nobody is there to "
        f"be asked: add --yes --max-price {amount(price)}, or raise --confirm-above.",
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


def _told(quote: Quote, route: Route[Any, Any]) -> str:
    """Say what a call costs, and what is odd about it."""
    files = f", and {show(quote.uploads)} for its files" if quote.uploads else ""
    if route.price is None:
        return f"This call costs {show(quote.price)}{files}; no price is printed for it."
    more = ", more than the price that is printed for it" if quote.above_cap else ""
    return f"This call costs {show(quote.price)}{files}{more}."


def _somebody_there() -> bool:
    return sys.stdin.isatty() and sys.stderr.isatty()
