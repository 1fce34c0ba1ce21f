"""What became of attempts, and when: every move that was put on record."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

from coinslot.attempt import Delivery, Money
from coinslot.ledger._database import Database


@dataclass(frozen=True, slots=True)
class Move:
    """How an attempt stood from a moment on."""

    attempt_id: str
    at: float
    """Unix seconds."""
    money: Money
    delivery: Delivery
    note: str | None


def moves(database: Database, attempt_id: str | None = None) -> Iterator[Move]:
    """Yield the moves of one attempt, or of all, the oldest first."""
    with database.reading() as db:
        rows = db.execute(
            "SELECT * FROM moves WHERE ? IS NULL OR attempt_id = ? ORDER BY rowid", (attempt_id, attempt_id)
        ).fetchall()
    for row in rows:
        money, delivery = cast("Money", row["money"]), cast("Delivery", row["delivery"])
        yield Move(row["attempt_id"], row["at"], money, delivery, row["note"])
