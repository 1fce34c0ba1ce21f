"""How much an agent may spend by itself, and what it has spent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from coinslot import Attempt
from coinslot.money import total
from coinslot.terms import Budget

BUDGET = "agents"
"""Name of the budget in the ledger that every payment of this server is paid out of."""
_SPANS = (60 * 60, 24 * 60 * 60)
"""Seconds of an hour and of a day."""


@dataclass(frozen=True, slots=True)
class Caps:
    """Sums in dollars. The ledger holds to those for an hour and a day, also across restarts."""

    call: Decimal
    """For one call, uploads of its files included."""
    hour: Decimal
    day: Decimal
    confirm_above: Decimal
    """A call that costs more is paid only if a person says yes."""
    confirm_every: Decimal
    """When so much was spent without asking, the next call is paid only if a person says yes."""

    @property
    def budget(self) -> Budget:
        """Return what payments are reserved in."""
        return Budget(BUDGET, None, hour=self.hour, day=self.day)


@dataclass(slots=True)
class Unasked:
    """What was spent since a person was last asked, in dollars. It begins anew with each start."""

    spent: Decimal = Decimal(0)

    def take_back(self, price: Decimal) -> None:
        """Count a payment that was not made; it may have been counted before a person was asked."""
        self.spent = max(Decimal(0), self.spent - price)


@dataclass(frozen=True, slots=True)
class Held:
    """What agents spent, or may have spent, in dollars."""

    hour: Decimal
    day: Decimal

    @classmethod
    def of(cls, attempts: Sequence[Attempt], now: float) -> Held:
        """Add up the attempts of a server's origin."""
        sums = (total(one.reserved for one in attempts if one.created_at > now - span) for span in _SPANS)
        return cls(*sums)
