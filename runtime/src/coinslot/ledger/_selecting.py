"""What the rules ask the SQLite ledger for, no more of it than they need."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from coinslot.ledger._interface import Payee, Plan
from coinslot.ledger._payees import KnownPayee
from coinslot.ledger._rows import standing_of
from coinslot.ledger._standing import Select, Standing, Which
from coinslot.offer import comparable

_QUERY = (
    "SELECT origin, session, network, payee, price, max_fee, money, delivery, created_at, owner, budget,"
    " CASE json_extract(offer, '$.protocol') WHEN 'mpp' THEN json_extract(offer, '$.raw.id') END"
    " AS challenge_id FROM attempts WHERE rowid IN"
    " (SELECT rowid FROM attempts WHERE money <> 'abandoned'{} ORDER BY rowid DESC LIMIT ?) ORDER BY rowid"
)


def select_from(db: sqlite3.Connection) -> Select:
    """Return what shows the rules the attempts of a transaction."""

    def select(which: Which) -> list[Standing]:
        conditions: list[tuple[str, Sequence[object]]] = [
            (condition, (value,))
            for condition, value in (
                (" AND session = ?", which.session),
                (" AND origin = ?", which.origin),
                (" AND network = ?", which.network),
                (" AND budget = ?", which.budget),
                (" AND created_at > ?", which.since),
            )
            if value is not None
        ]
        if which.deliveries is not None:
            wanted = sorted(which.deliveries)
            conditions.append((f" AND delivery IN ({', '.join('?' * len(wanted))})", wanted))
        query = _QUERY.format("".join(condition for condition, _ in conditions))
        values = [value for _, given in conditions for value in given]
        newest = -1 if which.newest is None else which.newest
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
