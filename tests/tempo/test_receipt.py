"""Who pays the fee alone knows its transaction when it signs, and takes no other's receipt for its own."""

from __future__ import annotations

import base64
import json
from contextlib import closing
from pathlib import Path

import httpx
import pytest
from eth_hash.auto import keccak

from coinslot import PaymentTransport
from coinslot.ledger import SqliteLedger
from coinslot.transport import CallTerms
from tests.swap.shop import KEYS, URL, Shop

STRAYED = "0x" + "ab" * 32
"""The transaction of somebody's other call."""


def bought(folder: Path, reference: str | None) -> tuple[httpx.Response, str, str | None]:
    """Buy once from a shop whose receipt names `reference`, else what was sent; return what is on record."""
    asking = Shop({"tempo": 134_000})

    def answer(request: httpx.Request) -> httpx.Response:
        sent = request.headers.get("Authorization")
        if sent is None:
            return asking(request)
        credential = json.loads(base64.urlsafe_b64decode(sent.partition(" ")[2] + "=="))
        own = "0x" + keccak(bytes.fromhex(credential["payload"]["signature"][2:])).hex()
        told = {
            "status": "success",
            "method": "tempo",
            "reference": reference or own.upper().replace("X", "x"),
        }
        receipt = base64.urlsafe_b64encode(json.dumps(told).encode()).decode().rstrip("=")
        return httpx.Response(200, json={"drawn": True}, headers={"Payment-Receipt": receipt})

    with closing(SqliteLedger(folder / "ledger.sqlite3")) as ledger:
        wire = PaymentTransport(httpx.MockTransport(answer), pay_with=["tempo"], ledger=ledger, environ=KEYS)
        with httpx.Client(transport=wire) as client:
            terms = {"coinslot": CallTerms(max_price="0.20")}
            reply = client.post(f"{URL}/draw", json={"prompt": "a cat"}, extensions=terms)
        (attempt,) = ledger.attempts()
        return reply, attempt.money, attempt.note


@pytest.mark.parametrize(("reference", "money"), [(None, "settled"), (STRAYED, "unknown")])
def test_a_receipt_of_another_transaction_proves_nothing(
    tmp_path: Path, reference: str | None, money: str
) -> None:
    reply, found, note = bought(tmp_path, reference)

    assert reply.json() == {"drawn": True}
    assert found == money
    assert ("another transaction" in str(note)) is (money == "unknown")
