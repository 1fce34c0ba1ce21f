"""What the promises are tried on: calls, plans, credentials, and how an attempt gets where it is wanted."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from decimal import Decimal
from typing import Any, TypeAlias

from coinslot.attempt import Attempt, CallIdentity, Conclusion, Envelope, Printed
from coinslot.backend import Credential
from coinslot.ledger import Ledger, Limits, Plan
from coinslot.offer import Offer, Terms
from coinslot.route import JobStyle

OpenLedger: TypeAlias = Callable[[], Ledger]

NOW = 1_800_000_000.0
ORIGIN = "https://api.example.com"
CALL = CallIdentity(ORIGIN, "POST", "/draw", "fingerprint-1")
KEYED = replace(CALL, idempotency_key="key-1")
PAYER, PAYEE, OTHER_PAYEE = "0xPayer", "0xPayee", "0xOther"
OFFER = Offer("x402", 2, "exact", "test:1", "0xToken", 134_000, PAYEE, 300, {"name": "Coin"}, {"a": [1]})
TERMS = Terms("test:1", "0xToken", 134_000, PAYEE, PAYER, 4_102_444_800)
"""Good until 2100: a ledger asks its own clock what has expired."""
STYLE = JobStyle(id="jobId", path="/jobs/{jobId}")
PRINTED = Printed((Decimal("0.13"), Decimal("0.240")), (5.0, 12.5))
ANYONE: tuple[str, ...] = ()

TO: Mapping[str, tuple[str, ...]] = {
    "planned": (),
    "signed": ("signed",),
    "refused": ("signed", "refused"),
    "unknown": ("signed", "unknown"),
    "settled": ("signed", "settled"),
    "void": ("signed", "unknown", "void"),
    "abandoned": ("abandoned",),
}
"""The way to each state of the money."""


def plan(number: int = 1, **changes: Any) -> Plan:
    """Return a plan that nothing forbids: anyone may be paid, and no budget is set."""
    made = Plan(
        attempt_id=f"att_{number}",
        call=CALL,
        url=f"{ORIGIN}/draw",
        backend="coin",
        offer=OFFER,
        terms=TERMS,
        symbol="COIN",
        price=Decimal("0.134"),
        max_fee=Decimal("0.001"),
        session="ses_1",
        limits=Limits(),
        now=NOW,
        payees=ANYONE,
        route_path="/draw",
        job_style=STYLE,
        printed=PRINTED,
    )
    return replace(made, **changes)


def credential(number: int = 1) -> Credential:
    """Return one of several credentials."""
    return Credential({"signature": f"s-{number}"}, nonce=f"n-{number}", evidence={"nonce": f"n-{number}"})


def envelope(number: int = 1) -> Envelope:
    """Return the signed request of a credential."""
    fields = (("Content-Type", "application/json"),)
    return Envelope("POST", f"{ORIGIN}/draw", fields, b'{"a":1}\xff', ("PAY", f"signed-{number}"))


def sign(ledger: Ledger, owner: str, number: int = 1) -> Attempt:
    """Put the credential of this number on record."""
    return ledger.sign(f"att_{number}", owner, credential(number), envelope(number), NOW)


def walk(ledger: Ledger, owner: str, *moves: str, number: int = 1) -> None:
    """Move an attempt's money."""
    for move in moves:
        if move == "signed":
            sign(ledger, owner, number)
        elif move == "abandoned":
            ledger.abandon(f"att_{number}", owner)
        else:
            conclude(ledger, owner, move, number=number)


def conclude(ledger: Ledger, owner: str, money: Any, *, number: int = 1, **changes: Any) -> Attempt:
    """Conclude an attempt."""
    return ledger.conclude(f"att_{number}", owner, Conclusion(money, "as the test says", **changes))


def bought(ledger: Ledger, money: str = "settled", number: int = 1, **changes: Any) -> str:
    """Plan an attempt and bring its money where it is wanted; return its owner, who is at work on it."""
    owner = ledger.enter()
    ledger.plan(plan(number, **changes), owner)
    walk(ledger, owner, *TO[money], number=number)
    return owner


def stands(ledger: Ledger, number: int = 1) -> Attempt:
    """Return an attempt that must be there."""
    attempt = ledger.attempt(f"att_{number}")
    demand(attempt is not None, "an attempt that was planned is on record")
    assert attempt is not None  # noqa: S101 - demanded above
    return attempt


def demand(kept: bool, promise: str) -> None:  # noqa: FBT001 - reads as the sentence it is
    """Raise AssertionError where a promise is not kept."""
    if not kept:
        raise AssertionError(f"This ledger breaks a promise: {promise}.")


@contextmanager
def refused(kinds: type[Exception] | tuple[type[Exception], ...], promise: str) -> Iterator[None]:
    """Demand that what is tried here is refused with one of these errors."""
    try:
        yield
    except kinds:
        return
    demand(kept=False, promise=promise)
