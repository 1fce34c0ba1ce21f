"""A planned payment, and how it comes to any of its states."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from coinslot.attempt import CallIdentity, Conclusion, Envelope, StoredAnswer
from coinslot.backend import Credential
from coinslot.ledger import Limits, Plan, SqliteLedger
from coinslot.offer import Offer, Terms

CALL = CallIdentity("https://api.example.com", "POST", "/draw", "fingerprint-1")
OFFER = Offer("x402", 2, "exact", "test:1", "0xToken", 134_000, "0xPayee", 300, {"name": "Coin"}, {"a": 1})
TERMS = Terms("test:1", "0xToken", 134_000, "0xPayee", "0xPayer", 2_000)
ENVELOPE = Envelope("POST", "https://api.example.com/draw", (("A", "b"),), b"{}", ("PAY", "signed-1"))
CREDENTIAL = Credential({"signature": "signed-1"}, nonce="n-1", evidence={"nonce": "n-1"})
PATHS = {
    "planned": (),
    "signed": ("signed",),
    "refused": ("signed", "refused"),
    "unknown": ("signed", "unknown"),
    "settled": ("signed", "settled"),
    "void": ("signed", "unknown", "void"),
    "abandoned": ("abandoned",),
}


def plan(number: int = 1, **changes: object) -> Plan:
    made = Plan(
        attempt_id=f"att_{number}",
        call=CALL,
        url="https://api.example.com/draw",
        backend="coin",
        offer=OFFER,
        terms=TERMS,
        symbol="COIN",
        price=Decimal("0.134"),
        max_fee=Decimal("0.001"),
        session="ses_1",
        limits=Limits(),
        now=1_000.0,
        payees=(),
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def walk(ledger: SqliteLedger, owner: str, *moves: str) -> None:
    for move in moves:
        if move == "signed":
            ledger.sign("att_1", owner, CREDENTIAL, ENVELOPE, 1_000.0)
        elif move == "abandoned":
            ledger.abandon("att_1", owner)
        else:
            ledger.conclude("att_1", owner, Conclusion(move, "as the test says"))  # type: ignore[arg-type]


def answered(path: Path) -> SqliteLedger:
    """Have an answer handed out by this process, which has left its owner and still waits for the job."""
    ledger = SqliteLedger(path)
    owner = ledger.enter()
    ledger.plan(plan(), owner)
    walk(ledger, owner, "signed")
    answer = StoredAnswer(200, "application/json", b"{}")
    told = Conclusion("settled", "paid", delivery="accepted", job_id="job-1", answer=answer)
    ledger.conclude("att_1", owner, told)
    ledger.leave(owner)
    ledger.hand_out("att_1")
    return ledger
