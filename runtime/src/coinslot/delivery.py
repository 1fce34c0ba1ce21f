"""Putting on record what became of a paid call's work."""

from __future__ import annotations

from typing import TYPE_CHECKING

from coinslot.attempt import DELIVERY_MOVES, Delivery
from coinslot.effects import Flow, Record

if TYPE_CHECKING:
    from coinslot.ledger import Ledger


def deliver(attempt_id: str, delivery: Delivery) -> Flow[None]:
    """Move an attempt's delivery on, where that is news.

    Two handles may watch one job, and a file may be saved twice: what is on record stays.
    """

    def move(ledger: Ledger) -> None:
        attempt = ledger.attempt(attempt_id)
        if attempt is not None and delivery in DELIVERY_MOVES[attempt.delivery]:
            ledger.deliver(attempt_id, delivery)

    yield Record(move, delivery)
