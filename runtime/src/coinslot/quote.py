"""What a call would cost, and which offers were passed over."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from coinslot.money import show
from coinslot.offer import Asset, Offer, Refusal


@dataclass(frozen=True, slots=True)
class Quote:
    """An offer with its price in dollars. Nothing is signed by asking for one."""

    offer: Offer
    asset: Asset
    price: Decimal
    """Dollars."""
    backend: str
    """The backend that would pay."""
    payer: str
    """The address that would pay."""
    refused: tuple[tuple[Offer, Refusal], ...] = ()
    """Every offer that was passed over, with the reason."""
    uploads: Decimal | None = Decimal(0)
    """Dollars that uploading the call's files costs beside; None: not known."""
    above_cap: str | None = None
    """Why paying it would be refused: it costs more than is allowed. None: it may be paid."""

    @property
    def network(self) -> str:
        """CAIP-2 id of the chain that would be paid on."""
        return self.asset.network

    @property
    def payee(self) -> str:
        """The address that would be paid."""
        return self.offer.payee

    def _repr_html_(self) -> str:
        """Show the quote in a notebook."""
        from coinslot.showing import html_of_quote

        return html_of_quote(self)

    def __repr__(self) -> str:
        return f"<Quote {self}>"

    def __str__(self) -> str:
        beside = "" if self.uploads == 0 else ", and uploads at a price that is not known"
        if self.uploads:
            beside = f", and {show(self.uploads)} for uploads"
        above = f"; it would be refused: {self.above_cap}" if self.above_cap else ""
        return f"{show(self.price)} in {self.asset.symbol} on {self.network} to {self.payee}{beside}{above}"
