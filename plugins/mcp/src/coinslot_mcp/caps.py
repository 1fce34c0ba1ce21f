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
_HOUR = 60 * 60
_DAY = 24 * _HOUR


@dataclass(frozen=True, slots=True)
class Caps:
    """Sums in dollars. The ledger holds to those for an hour and a day, also across restarts."""

    call: Decimal
    """For one call, uploads of its files included."""
    hour: Decimal
    day: Decimal
    confirm_above: Decimal
    """A call that costs more is paid only if a person says yes."""

    @property
    def budget(self) -> Budget:
        """Return what payments are reserved in."""
        return Budget(BUDGET, None, hour=self.hour, day=self.day)

    def left(self, attempts: Sequence[Attempt], now: float) -> tuple[Decimal, Decimal]:
        """Return what is left of this hour and of this day. `attempts`: those of this server's origin."""
        sums = []
        for limit, seconds in ((self.hour, _HOUR), (self.day, _DAY)):
            held = total(one.reserved for one in attempts if one.created_at > now - seconds)
            sums.append(max(limit - held, Decimal(0)))
        return sums[0], sums[1]
