"""What a generated call tells the payment transport beside its request."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from coinslot.money import Dollars
from coinslot.offer import comparable
from coinslot.route import Route

if TYPE_CHECKING:
    from coinslot.effects import Request
    from coinslot.quote import Quote
    from coinslot.security import Credentials


@dataclass(frozen=True, slots=True)
class Budget:
    """One sum for many calls to an origin, kept in the ledger by its name, so that it outlives a restart."""

    name: str
    limit: Decimal | None
    """Dollars, ever; None: without end."""
    hour: Decimal | None = None
    """Dollars in any hour."""
    day: Decimal | None = None
    """Dollars in any 24 hours."""


@dataclass(frozen=True, slots=True)
class Agreed:
    """What somebody agreed to pay, as a quote told it: nothing else is signed."""

    backend: str
    payer: str
    network: str
    """CAIP-2 id."""
    asset: str
    """The token's address or mint."""
    amount: int
    """Atomic units."""
    payee: str

    @classmethod
    def on(cls, quote: Quote) -> Agreed:
        """Return what agreeing to a quote means."""
        return cls(
            quote.backend,
            quote.payer,
            quote.network,
            quote.asset.address,
            quote.offer.amount,
            quote.payee,
        )

    def differing(self, quote: Quote) -> list[str]:
        """Return the names of what a quote says otherwise."""
        other = Agreed.on(quote)
        ours, theirs = (
            {each.name: comparable(str(getattr(one, each.name))) for each in fields(self)}
            for one in (self, other)
        )
        return [name for name in ours if ours[name] != theirs[name]]


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
    parameters: tuple[tuple[str, str], ...] | None = field(default=None, repr=False)
    """What the operation takes in header fields and cookies, as it is sent; None: it takes nothing there."""
    budget: Budget | None = None
    """What it is paid out of, beside the budgets of the policy."""
    agreed: Agreed | None = None
    """What may be paid, and to whom; None: whatever the policy allows."""
    credentials: Credentials | None = None
    """What the request may be shown, by the names that it carries."""
    beside: Decimal | None = None
    """Dollars that its files are about to cost: say only whether both can be paid, and send nothing."""

    @property
    def streams(self) -> bool:
        """Whether an event stream is awaited."""
        return self.route is not None and self.route.streams
