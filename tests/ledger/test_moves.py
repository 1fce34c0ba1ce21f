"""What an attempt may become, and what it holds of a budget."""

from __future__ import annotations

import itertools
from dataclasses import replace
from decimal import Decimal

import pytest

from coinslot.attempt import DELIVERY_MOVES, MONEY_MOVES, ForbiddenMove
from coinslot.errors import PaymentOutcomeUnknown, PaymentRefused
from coinslot.ledger import Limits, SqliteLedger
from coinslot.ledger._rows import planned_row
from coinslot.terms import Budget
from tests.ledger.parts import CALL, OFFER, PATHS, TERMS, plan, walk


@pytest.mark.parametrize(("old", "new"), list(itertools.product(MONEY_MOVES, repeat=2)))
def test_only_named_moves_of_the_money_are_possible(ledger: SqliteLedger, old: str, new: str) -> None:
    owner = ledger.enter()
    ledger.plan(plan(), owner)
    walk(ledger, owner, *PATHS[old])
    if new == "planned":
        return
    if new in MONEY_MOVES[old]:
        walk(ledger, owner, new)
    elif old == new and new not in {"signed", "abandoned"}:
        walk(ledger, owner, new)  # saying the same again moves nothing
    else:
        with pytest.raises((ForbiddenMove, PaymentOutcomeUnknown)):
            walk(ledger, owner, new)
    attempt = ledger.attempt("att_1")
    assert attempt is not None
    assert attempt.money == (new if new in MONEY_MOVES[old] else old)


@pytest.mark.parametrize(("old", "new"), list(itertools.product(DELIVERY_MOVES, repeat=2)))
def test_only_named_moves_of_the_delivery_are_possible(ledger: SqliteLedger, old: str, new: str) -> None:
    paths = {
        "none": (),
        "accepted": ("accepted",),
        "finished": ("accepted", "finished"),
        "saved": ("accepted", "finished", "saved"),
        "failed": ("accepted", "failed"),
        "lost": ("lost",),
    }
    ledger.plan(plan(), ledger.enter())
    for step in paths[old]:
        ledger.deliver("att_1", step)  # type: ignore[arg-type]
    if new in DELIVERY_MOVES[old] or old == new:
        ledger.deliver("att_1", new)  # type: ignore[arg-type]
    else:
        with pytest.raises(ForbiddenMove):
            ledger.deliver("att_1", new)  # type: ignore[arg-type]


@pytest.mark.parametrize("money", PATHS)
def test_only_void_and_abandoned_release_a_reservation(ledger: SqliteLedger, money: str) -> None:
    owner = ledger.enter()
    ledger.plan(plan(), owner)
    walk(ledger, owner, *PATHS[money])

    attempt = ledger.attempt("att_1")
    assert attempt is not None
    assert attempt.reserved == (Decimal(0) if money in {"void", "abandoned"} else Decimal("0.135"))
    limited = plan(2, limits=Limits(day=Decimal("0.20")))
    if money in {"void", "abandoned"}:
        ledger.plan(limited, owner)
    else:
        with pytest.raises(PaymentRefused, match=r"\$0.135 of it"):
            ledger.plan(limited, owner)


def test_an_attempt_reads_back_as_it_was_written(ledger: SqliteLedger) -> None:
    owner = ledger.enter()
    ledger.plan(plan(), owner)
    walk(ledger, owner, "signed")
    read = SqliteLedger(ledger.path).attempt("att_1")

    assert read is not None
    assert (read.offer, read.terms, read.call) == (OFFER, TERMS, CALL)
    assert (read.nonce, read.evidence, read.signed_at) == ("n-1", {"nonce": "n-1"}, 1_000)


def test_planning_a_payment_costs_the_same_in_a_ledger_of_thousands(ledger: SqliteLedger) -> None:
    steps: list[int] = []

    def planned(number: int) -> int:
        with ledger.database.reading() as db:
            db.set_progress_handler(lambda: steps.append(1), 1)
        steps.clear()
        ledger.plan(plan(number, payees=None), ledger.enter())
        return len(steps)

    _bought_before(ledger, range(1, 30))
    among_few = planned(30)
    _bought_before(ledger, range(31, 2_000))
    assert planned(2_000) < 1.2 * among_few


def _bought_before(ledger: SqliteLedger, numbers: range) -> None:
    rows = [planned_row(plan(number), "") | {"money": "settled", "delivery": "saved"} for number in numbers]
    names, places = ", ".join(rows[0]), ", ".join("?" for _ in rows[0])
    with ledger.database.transaction() as db:
        insert = f"INSERT INTO attempts ({names}) VALUES ({places})"  # noqa: S608
        db.executemany(insert, [tuple(row.values()) for row in rows])


def test_a_named_budget_holds_for_all_calls_of_its_name_to_an_origin(ledger: SqliteLedger) -> None:
    sunsets = Budget("sunsets", Decimal("0.30"))
    for number in (1, 2):
        ledger.plan(plan(number, budget=sunsets, session=f"ses_{number}"), ledger.enter())

    elsewhere = replace(CALL, origin="https://api.example.org")
    ledger.plan(plan(3, budget=sunsets, call=elsewhere), ledger.enter())
    ledger.plan(plan(4, budget=replace(sunsets, name="cats")), ledger.enter())
    with pytest.raises(PaymentRefused, match=r"'sunsets' is \$0.30; \$0.27 of it"):
        ledger.plan(plan(5, budget=sunsets), ledger.enter())
    assert [attempt.budget for attempt in ledger.attempts()] == ["sunsets"] * 3 + ["cats"]


def test_a_named_budget_may_hold_for_an_hour_and_for_a_day(ledger: SqliteLedger) -> None:
    hourly = Budget("agent", None, hour=Decimal("0.15"), day=Decimal("0.30"))
    ledger.plan(plan(1, budget=hourly), ledger.enter())
    with pytest.raises(PaymentRefused, match=r"'agent' in one hour is \$0.15; \$0.13"):
        ledger.plan(plan(2, budget=hourly), ledger.enter())
    ledger.plan(plan(3, budget=hourly, now=1_000.0 + 3601), ledger.enter())
    with pytest.raises(PaymentRefused, match=r"'agent' in 24 hours is \$0.30; \$0.27"):
        ledger.plan(plan(4, budget=hourly, now=1_000.0 + 7300), ledger.enter())
    ledger.plan(plan(5, budget=hourly, now=1_000.0 + 24 * 3600 + 1), ledger.enter())
