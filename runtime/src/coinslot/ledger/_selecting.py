"""What the rules ask the SQLite ledger for, no more of it than they need."""

from __future__ import annotations

import sqlite3

from coinslot.ledger._interface import Payee, Plan
from coinslot.ledger._payees import KnownPayee
from coinslot.ledger._rows import standing_of
from coinslot.ledger._standing import Select, Standing, Which
from coinslot.offer import comparable

_QUERY = (
    "SELECT origin, session, network, payee, price, max_fee, money, delivery, created_at, owner, budget,"
    " CASE json_extract(offer, '$.protocol') WHEN 'mpp' THEN json_extract(offer, '$.raw.id') END"
    " AS challenge_id FROM attempts WHERE rowid IN ({} ORDER BY rowid DESC LIMIT ?) ORDER BY rowid"
)
_PART = "SELECT rowid FROM attempts WHERE money <> 'abandoned'{}"


def select_from(db: sqlite3.Connection) -> Select:
    """Return what shows the rules the attempts of a transaction."""

    def select(which: Which) -> list[Standing]:
        # One part for each delivery: its index gives the newest first, and so few are read.
        deliveries = [None] if which.deliveries is None else sorted(which.deliveries)
        parts: list[str] = []
        values: list[object] = []
        for delivery in deliveries:
            given = {
                " AND session = ?": which.session,
                " AND origin = ?": which.origin,
                " AND network = ?": which.network,
                " AND budget = ?": which.budget,
                " AND created_at > ?": which.since,
                " AND delivery = ?": delivery,
            }
            asked = {condition: value for condition, value in given.items() if value is not None}
            parts.append(_PART.format("".join(asked)))
            values += asked.values()
        newest = -1 if which.newest is None else which.newest
        query = _QUERY.format(" UNION ALL ".join(parts))
        return [standing_of(row) for row in db.execute(query, (*values, newest))]

    return select


def known_payees(db: sqlite3.Connection, plan: Plan) -> list[KnownPayee]:
    """Return the payees of a plan's origin, network and asset, the first known first."""
    rows = db.execute(
        "SELECT * FROM payees WHERE origin = ? AND network = ? AND asset = ? ORDER BY rowid",
        (plan.call.origin, plan.terms.network, comparable(plan.terms.asset)),
    )
    return [KnownPayee(payee_of(row), row["how"] == "trusted") for row in rows]


def payee_of(row: sqlite3.Row) -> Payee:
    """Build the payee that a row of `payees` holds."""
    return Payee(row["origin"], row["network"], row["asset"], row["payee"])
