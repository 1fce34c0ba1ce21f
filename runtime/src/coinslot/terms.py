"""What a generated call tells the payment transport beside its request."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from coinslot.money import Dollars
from coinslot.route import Route

if TYPE_CHECKING:
    from coinslot.effects import Request
    from coinslot.security import Credentials


@dataclass(frozen=True, slots=True)
class Budget:
    """One sum for many calls to an origin, kept in the ledger by its name, so that it outlives a restart."""

    name: str
    limit: Decimal
    """Dollars."""


@dataclass(frozen=True, slots=True)
class CallTerms:
    """Travels as the request extension `coinslot`."""

    route: Route[Any, Any] | None = None
    """None: a plain client asks; then only an explicit `max_price` lets anything be paid."""
    max_price: Dollars | None = None
    idempotency_key: str | None = None
    quote_only: bool = False
    """Ask for the price; sign nothing."""
    identity: str | None = None
    """Name of the backend whose wallet signs in; None: the first."""
    payer: str | None = None
    """The address that must sign in; None: whatever address that wallet has."""
    known_as: Request | None = None
    """The request that tells which call this is, where the one that is sent holds addresses that may be
    others the next time; None: that one itself."""
    budget: Budget | None = None
    """What it is paid out of, beside the budgets of the policy."""
    credentials: Credentials | None = None
    """What the request may be shown, by the names that it carries."""
