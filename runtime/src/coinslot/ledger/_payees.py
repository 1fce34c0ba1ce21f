"""Whom an origin may be paid at: named by the user, or pinned at first use and provisional at first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from coinslot.attempt import Delivery
from coinslot.errors import PaymentRefused
from coinslot.ledger._interface import Payee, Plan
from coinslot.ledger._standing import Select, Standing, Which
from coinslot.money import show
from coinslot.offer import comparable

PROVISIONAL_CAP = Decimal("1.00")
"""Dollars that a payee may get in one payment before anything came of paying it."""
TOLERATED_FAILURES = 5
"""So many payments in a row without an answer or taken by nobody, and an origin is paid no more."""
FAILURE_SECONDS = 60 * 60
FIRST_PAYMENT_UNDER_WAY = "first-payment-under-way"
_READ: frozenset[Delivery] = frozenset({"finished", "saved"})
_UNANSWERED: frozenset[Delivery] = frozenset({"none"})
_LOOKS = (1, 20, None)
"""How many of the newest are looked at, one look after the other; None: all. The newest one mostly tells it,
and a ledger may hold many thousands."""


@dataclass(frozen=True, slots=True)
class KnownPayee:
    """A payee on record, and whether a person named it; else it was pinned at its first use."""

    payee: Payee
    trusted: bool


def check_payee(plan: Plan, known: Sequence[KnownPayee], select: Select) -> Payee | None:
    """Refuse a payee that is not the origin's; return it where it is to be pinned now.

    `known`: those of the plan's origin, network and asset.
    """
    asked = comparable(plan.terms.payee)
    if plan.payees is not None:
        if plan.payees and asked not in map(comparable, plan.payees):
            raise PaymentRefused(
                f"{plan.call.origin} asks for payment to {plan.terms.payee}; you named "
                f"{' or '.join(plan.payees)}.",
                slug="payee-changed",
            )
        return None
    if not known:
        _check_provisional(plan, select)
        return Payee(plan.call.origin, plan.terms.network, comparable(plan.terms.asset), plan.terms.payee)
    found = next((one for one in known if comparable(one.payee.address) == asked), None)
    if found is None:
        raise PaymentRefused(
            f"{plan.call.origin} asks for payment to {plan.terms.payee}; until now it was paid at "
            f"{' or '.join(one.payee.address for one in known)}. If the change is right: "
            f"coinslot trust {plan.call.origin} {plan.terms.payee}",
            slug="payee-changed",
        )
    if not found.trusted:
        _check_provisional(plan, select)
    return None


def check_origin(plan: Plan, select: Select) -> None:
    """Refuse an origin that took payment after payment and gave nothing."""
    origin, since = plan.call.origin, plan.now - FAILURE_SECONDS

    def recent(which: Which) -> list[Standing]:
        return [
            one
            for one in select(which)
            if one.origin == origin and one.created_at > since and one.money != "abandoned"
        ]

    # Payments without an answer are few, mostly none, where those of an hour may be thousands.
    if _failures(recent(Which(origin=origin, deliveries=_UNANSWERED))) < TOLERATED_FAILURES:
        return
    newest = recent(Which(origin=origin, since=since, newest=TOLERATED_FAILURES))[-TOLERATED_FAILURES:]
    if _failures(newest) == TOLERATED_FAILURES:
        raise PaymentRefused(
            f"The last {TOLERATED_FAILURES} payments to {plan.call.origin} came to nothing, so it is paid no "
            "more for an hour. See: coinslot ledger list",
            slug="origin-failing",
        )


def _failures(attempts: Sequence[Standing]) -> int:
    return sum(one.money in {"refused", "unknown"} and one.delivery == "none" for one in attempts)


def _check_provisional(plan: Plan, select: Select) -> None:
    origin, network, payee = plan.call.origin, plan.terms.network, comparable(plan.terms.payee)

    def own(deliveries: frozenset[Delivery], newest: int | None = None) -> list[Standing]:
        return [
            one
            for one in select(Which(origin=origin, network=network, deliveries=deliveries, newest=newest))
            if (one.origin, one.network, comparable(one.payee)) == (origin, network, payee)
            and one.delivery in deliveries
            and not one.released
        ]

    if any(one.money == "settled" for newest in _LOOKS for one in own(_READ, newest)):
        return
    trust = f"If you know it: coinslot trust {plan.call.origin} {plan.terms.payee}"
    if plan.price > PROVISIONAL_CAP:
        raise PaymentRefused(
            f"{plan.terms.payee} was never paid before, and gets at most {show(PROVISIONAL_CAP)} until the "
            f"result of a settled payment to it was read; this call costs {show(plan.price)}. {trust}",
            slug="payee-new",
        )
    if any(one.money != "settled" for one in own(_UNANSWERED)):
        raise PaymentRefused(
            f"{plan.terms.payee} is being paid for the first time, and gets no second payment before "
            f"something came of the first. {trust}",
            slug=FIRST_PAYMENT_UNDER_WAY,
        )
