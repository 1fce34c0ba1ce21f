"""Budgets: what is spent or reserved, and whether one more payment fits. Exact, and in one transaction."""

from __future__ import annotations

import sqlite3
from decimal import Decimal

from coinslot.errors import PaymentRefused
from coinslot.ledger._interface import Limits, Plan
from coinslot.money import show, total

DAY_SECONDS = 24 * 60 * 60


def check_budgets(db: sqlite3.Connection, plan: Plan) -> None:
    """Refuse a plan that does not fit into a budget."""
    needed = total((plan.price, plan.max_fee))
    limits: Limits = plan.limits
    scopes = (
        ("this client", limits.session, "session = ?", (plan.session,)),
        ("this origin", limits.origin, "origin = ?", (plan.call.origin,)),
        ("24 hours", limits.day, "created_at > ?", (plan.now - DAY_SECONDS,)),
    )
    for name, limit, condition, arguments in scopes:
        if limit is None:
            continue
        rows = db.execute(
            f"SELECT price, max_fee FROM attempts WHERE {condition}"  # noqa: S608 - constants above
            " AND money NOT IN ('void', 'abandoned')",
            arguments,
        )
        held = total(Decimal(text) for row in rows for text in (row["price"], row["max_fee"]))
        if total((held, needed)) > limit:
            message = (
                f"The budget for {name} is {show(limit)}; {show(held)} of it is spent or reserved, "
                f"and this call needs {show(needed)}."
            )
            raise PaymentRefused(message, slug="budget")
