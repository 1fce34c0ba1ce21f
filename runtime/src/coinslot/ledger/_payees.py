"""Whom an origin may be paid at: named by the user, or pinned at first use and provisional at first."""

from __future__ import annotations

import sqlite3
from decimal import Decimal

from coinslot.errors import PaymentRefused
from coinslot.ledger._interface import Plan
from coinslot.money import show
from coinslot.offer import comparable

PROVISIONAL_CAP = Decimal("1.00")
"""Dollars that a payee may get in one payment before anything came of paying it."""
TOLERATED_FAILURES = 5
"""So many payments in a row without an answer or taken by nobody, and an origin is paid no more."""
FAILURE_SECONDS = 60 * 60
FIRST_PAYMENT_UNDER_WAY = "first-payment-under-way"


def check_payee(db: sqlite3.Connection, plan: Plan) -> None:
    """Refuse a payee that is not the origin's; pin it where the origin has none yet."""
    if plan.payees is not None:
        if plan.payees and comparable(plan.terms.payee) not in map(comparable, plan.payees):
            raise PaymentRefused(
                f"{plan.call.origin} asks for payment to {plan.terms.payee}; you named "
                f"{' or '.join(plan.payees)}.",
                slug="payee-changed",
            )
        return
    scope = (plan.call.origin, plan.terms.network, comparable(plan.terms.asset))
    known = {
        comparable(row["payee"]): row
        for row in db.execute(
            "SELECT payee, how FROM payees WHERE origin = ? AND network = ? AND asset = ?"
            " ORDER BY first_seen",
            scope,
        )
    }
    if not known:
        pinned = (*scope, plan.terms.payee, "first use", plan.now)
        db.execute("INSERT INTO payees VALUES (?, ?, ?, ?, ?, ?)", pinned)
        _check_provisional(db, plan)
        return
    row = known.get(comparable(plan.terms.payee))
    if row is None:
        raise PaymentRefused(
            f"{plan.call.origin} asks for payment to {plan.terms.payee}; until now it was paid at "
            f"{' or '.join(entry['payee'] for entry in known.values())}. If the change is right: "
            f"coinslot trust {plan.call.origin} {plan.terms.payee}",
            slug="payee-changed",
        )
    if row["how"] == "first use":
        _check_provisional(db, plan)


def check_origin(db: sqlite3.Connection, plan: Plan) -> None:
    """Refuse an origin that took payment after payment and gave nothing."""
    rows = db.execute(
        "SELECT money, delivery FROM attempts WHERE origin = ? AND created_at > ? AND money <> 'abandoned'"
        " ORDER BY rowid DESC LIMIT ?",
        (plan.call.origin, plan.now - FAILURE_SECONDS, TOLERATED_FAILURES),
    ).fetchall()
    failed = [row for row in rows if row["money"] in {"refused", "unknown"} and row["delivery"] == "none"]
    if len(failed) == TOLERATED_FAILURES:
        raise PaymentRefused(
            f"The last {TOLERATED_FAILURES} payments to {plan.call.origin} came to nothing, so it is paid no "
            "more for an hour. See: coinslot ledger list",
            slug="origin-failing",
        )


def _check_provisional(db: sqlite3.Connection, plan: Plan) -> None:
    payments = db.execute(
        "SELECT money, delivery, payee FROM attempts WHERE origin = ? AND network = ? AND money NOT IN"
        " ('void', 'abandoned')",
        (plan.call.origin, plan.terms.network),
    ).fetchall()
    own = [row for row in payments if comparable(row["payee"]) == comparable(plan.terms.payee)]
    if any(row["money"] == "settled" and row["delivery"] in {"finished", "saved"} for row in own):
        return
    trust = f"If you know it: coinslot trust {plan.call.origin} {plan.terms.payee}"
    if plan.price > PROVISIONAL_CAP:
        raise PaymentRefused(
            f"{plan.terms.payee} was never paid before, and gets at most {show(PROVISIONAL_CAP)} until the "
            f"result of a settled payment to it was read; this call costs {show(plan.price)}. {trust}",
            slug="payee-new",
        )
    if any(row["money"] != "settled" and row["delivery"] == "none" for row in own):
        raise PaymentRefused(
            f"{plan.terms.payee} is being paid for the first time, and gets no second payment before "
            f"something came of the first. {trust}",
            slug=FIRST_PAYMENT_UNDER_WAY,
        )
