"""What all tools stand on: the client, its ledger, what is offered, and what a person allowed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from coinslot import AsyncClient, AsyncJob, Attempt
from coinslot.ledger import Ledger
from coinslot.money import show
from coinslot.recovered import job_of
from coinslot_mcp.caps import BUDGET, Caps, Held, Unasked
from coinslot_mcp.catalogue import Entry
from coinslot_mcp.folders import Folders
from coinslot_mcp.quotes import Quotes, key_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Shop:
    """One client, as an agent may use it."""

    client: AsyncClient[Any]
    origin: str
    ledger: Ledger
    entries: Mapping[str, Entry]
    folders: Folders
    output: Path | None
    """Where results are saved; None: nowhere."""
    caps: Caps
    quotes: Quotes
    unasked: Unasked = field(default_factory=Unasked)

    def attempts(self) -> list[Attempt]:
        """Return what was bought through this server, now or before, for this API."""
        every = self.ledger.attempts()
        return [one for one in every if one.budget == BUDGET and one.call.origin == self.origin]

    def held(self) -> Held:
        """Return what this hour and this day cost so far."""
        return Held.of(self.attempts(), self.quotes.now())

    def left(self) -> dict[str, str]:
        """Return what may still be spent, as an agent is told it."""
        held, caps = self.held(), self.caps
        sums = {
            "left_this_hour": caps.hour - held.hour,
            "left_these_24_hours": caps.day - held.day,
            "left_until_a_person_is_asked": caps.confirm_every - self.unasked.spent,
        }
        return {name: show(max(left, Decimal(0))) for name, left in sums.items()}

    def paid_with(self, quote_id: str) -> Attempt | None:
        """Return the last attempt that a quote led to."""
        own = [one for one in self.attempts() if one.call.idempotency_key == key_of(quote_id)]
        return own[-1] if own else None

    def job(self, attempt: Attempt) -> AsyncJob[Any] | None:
        """Return the job that an attempt paid for; None where none is known."""
        job: AsyncJob[Any] | None = job_of(self.client, attempt)
        if job is not None:
            self.ledger.hand_out(attempt.id)
        return job
