"""Putting on record what became of a paid call's work."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from coinslot.attempt import DELIVERY_MOVES, Delivery
from coinslot.effects import Flow, Record

if TYPE_CHECKING:
    from coinslot.ledger import Ledger


def deliver(attempt_id: str, delivery: Delivery, *, saved_to: Path | None = None) -> Flow[None]:
    """Move an attempt's delivery on, where that is news; note where its file lies now.

    Two handles may watch one job, and a file may be saved twice: what is on record stays.
    """
    place = None if saved_to is None else str(saved_to.absolute())

    def move(ledger: Ledger) -> None:
        attempt = ledger.attempt(attempt_id)
        if attempt is None:
            return
        news = delivery in DELIVERY_MOVES[attempt.delivery]
        if news or (place is not None and attempt.delivery == delivery):
            ledger.deliver(attempt_id, delivery, saved_to=place)

    yield Record(move, delivery)
