"""Budgets: what is spent or reserved, and whether one more payment fits. Exact."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

from coinslot.errors import PaymentRefused
from coinslot.ledger._interface import Limits, Plan
from coinslot.ledger._standing import Select, Standing, Which
from coinslot.money import show, total
from coinslot.terms import Budget
from coinslot.text import clean

HOUR_SECONDS = 60 * 60
DAY_SECONDS = 24 * 60 * 60


@dataclass(frozen=True, slots=True)
class Within:
    """The budgets that a payment has to fit into."""

    origin: str
    session: str
    limits: Limits
    named: Budget | None
    now: float
    """Unix seconds."""


def check_budgets(plan: Plan, select: Select) -> None:
    """Refuse a plan that does not fit into a budget."""
    within = Within(plan.call.origin, plan.session, plan.limits, plan.budget, plan.now)
    check_sum(total((plan.price, plan.max_fee)), within, select)


def check_sum(needed: Decimal, within: Within, select: Select) -> None:
    """Refuse a sum that does not fit into a budget, in dollars. Raises PaymentRefused."""
    origin, named = within.origin, within.named
    scopes = [
        ("this client", within.limits.session, Which(session=within.session)),
        ("this origin", within.limits.origin, Which(origin=origin)),
        ("24 hours", within.limits.day, Which(since=within.now - DAY_SECONDS)),
    ]
    if named is not None:
        told, which = repr(clean(named.name)), Which(origin=origin, budget=named.name)
        scopes += [
            (told, named.limit, which),
            (f"{told} in one hour", named.hour, replace(which, since=within.now - HOUR_SECONDS)),
            (f"{told} in 24 hours", named.day, replace(which, since=within.now - DAY_SECONDS)),
        ]
    for name, limit, which in scopes:
        if limit is None:
            continue
        counted = (one for one in select(which) if not one.released and _within(one, which))
        held = total(part for one in counted for part in (one.price, one.max_fee))
        if total((held, needed)) > limit:
            message = (
                f"The budget for {name} is {show(limit)}; {show(held)} of it is spent or reserved, "
                f"and this call needs {show(needed)}."
            )
            raise PaymentRefused(message, slug="budget")


def _within(one: Standing, which: Which) -> bool:
    return (
        which.session in {None, one.session}
        and which.origin in {None, one.origin}
        and which.budget in {None, one.budget}
        and (which.since is None or one.created_at > which.since)
    )
