"""What is reserved, and what a budget holds back."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

from coinslot.conformance.ledger._scenes import (
    CALL,
    KEYED,
    NOW,
    TO,
    OpenLedger,
    bought,
    demand,
    plan,
    refused,
    walk,
)
from coinslot.errors import PaymentRefused
from coinslot.ledger import Limits
from coinslot.terms import Budget

_PRICE = plan().price + plan().max_fee
_ONE = _PRICE
_DAY = 24 * 60 * 60


class Budgets:
    """What is reserved, and what a budget holds back."""

    def test_only_void_and_abandoned_release_a_reservation(self, open_ledger: OpenLedger) -> None:
        """Price and fee are held from the plan on, whatever a server says."""
        for number, money in enumerate(TO):
            ledger = open_ledger()
            call = replace(CALL, origin=f"https://{money}.example.com")
            bought(ledger, money, 10 + number, call=call)
            next_one = plan(20 + number, call=call, limits=Limits(origin=_ONE))
            if money in {"void", "abandoned"}:
                ledger.plan(next_one, ledger.enter())
            else:
                with refused(PaymentRefused, f"what is {money} holds its price and fee"):
                    ledger.plan(next_one, ledger.enter())

    def test_each_budget_counts_its_own(self, open_ledger: OpenLedger) -> None:
        """A client's, an origin's, a day's and a named one, each up to its last unit and no further."""
        ledger = open_ledger()
        ledger.plan(plan(1, budget=Budget("sunsets", _ONE)), ledger.enter())
        elsewhere = replace(CALL, origin="https://api.example.org")
        later = NOW + _DAY + 1
        cases: dict[str, tuple[Callable[[Decimal], dict[str, Any]], dict[str, Any]]] = {
            "session": (lambda limit: {"limits": Limits(session=limit)}, {"session": "ses_2"}),
            "origin": (lambda limit: {"limits": Limits(origin=limit)}, {"call": elsewhere}),
            "day": (lambda limit: {"limits": Limits(day=limit)}, {"now": later}),
            "named": (lambda limit: {"budget": Budget("sunsets", limit)}, {"call": elsewhere}),
        }
        for number, (name, (limited, outside)) in enumerate(cases.items()):
            with refused(PaymentRefused, f"the {name} budget counts what is reserved in it"):
                ledger.plan(plan(10 + number, **limited(2 * _ONE - Decimal("0.000001"))), ledger.enter())
            bystander = ledger.enter()
            ledger.plan(plan(20 + number, **{**limited(2 * _ONE), **outside}), bystander)
            ledger.abandon(f"att_{20 + number}", bystander)
            owner = ledger.enter()
            ledger.plan(plan(30 + number, **limited(2 * _ONE)), owner)
            ledger.abandon(f"att_{30 + number}", owner)

    def test_a_plan_that_is_refused_leaves_nothing_behind(self, open_ledger: OpenLedger) -> None:
        """Neither an attempt nor a payee."""
        ledger = open_ledger()
        with refused(PaymentRefused, "a plan above its budget is refused"):
            ledger.plan(plan(payees=None, limits=Limits(day=Decimal("0.1"))), ledger.enter())
        demand(open_ledger().attempts() == [], "a refused plan is no attempt")
        demand(open_ledger().payees(CALL.origin) == [], "a refused plan pins no payee")

    def test_plans_at_once_do_not_overspend(self, open_ledger: OpenLedger) -> None:
        """Checking and reserving are one step, for all who have the ledger open."""
        made: list[int] = []
        start = threading.Barrier(8)

        def spend(number: int) -> None:
            ledger = open_ledger()
            start.wait(30)
            try:
                ledger.plan(plan(number, limits=Limits(day=3 * _ONE)), ledger.enter())
            except PaymentRefused:
                return
            made.append(number)

        threads = [threading.Thread(target=spend, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        demand(len(made) == 3, "eight plans at once reserve no more, and no less, than a budget holds")
        demand(len(open_ledger().attempts()) == 3, "what was refused is not on record")

    def test_a_plan_of_the_dead_holds_no_budget(self, open_ledger: OpenLedger) -> None:
        """Nothing was signed for it, and nobody can sign for it any more; the living hold theirs."""
        ledger = open_ledger()
        dead, living = bought(ledger, "planned", 1), bought(ledger, "planned", 2)
        ledger.leave(dead)
        other = replace(CALL, fingerprint="fingerprint-2")
        open_ledger().plan(plan(3, call=other, limits=Limits(day=2 * _ONE)), ledger.enter())
        found = [(attempt.id, attempt.money) for attempt in open_ledger().attempts()]
        demand(
            found == [("att_1", "abandoned"), ("att_2", "planned"), ("att_3", "planned")],
            "what a dead owner planned is abandoned where a budget needs it",
        )
        with refused(PaymentRefused, "what a living owner planned holds its budget"):
            ledger.plan(plan(4, call=other, limits=Limits(day=2 * _ONE)), living)

    def test_a_released_key_may_be_planned_again(self, open_ledger: OpenLedger) -> None:
        """What is proven void makes way for another credential of the same call."""
        ledger = open_ledger()
        owner = bought(ledger, "unknown", call=KEYED)
        walk(ledger, owner, "void")
        ledger.plan(plan(2, call=KEYED), owner)
        demand(len(ledger.attempts()) == 2, "the attempt that was void stays on record")
