"""One challenge at a time gets one credential, however many calls it was given to."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable

from coinslot.errors import PaymentRefused
from coinslot.ledger._interface import Plan

CHALLENGE_IN_USE = "challenge-in-use"


def check_challenge(db: sqlite3.Connection, plan: Plan, alive: Callable[[str | None], bool]) -> None:
    """Refuse a challenge that another call is answering right now.

    Only then: some servers give equal requests the same id, and each of them may be paid in turn.
    """
    wanted = plan.offer.challenge_id
    if wanted is None:
        return
    rows = db.execute(
        "SELECT offer, owner FROM attempts WHERE origin = ? AND delivery = 'none'"
        " AND money NOT IN ('void', 'abandoned')",
        (plan.call.origin,),
    )
    for row in rows:
        if json.loads(row["offer"])["raw"].get("id") == wanted and alive(row["owner"]):
            raise PaymentRefused(
                "The server gave two calls the same challenge, and the other one is paying it right now.",
                slug=CHALLENGE_IN_USE,
            )
