from __future__ import annotations

import base64
import copy
import json
from typing import Any

import pytest
from eth_account import Account

from coinslot_sandbox import ManualClock
from tests.sandbox.buyer import ORIGIN, PRINT, Buyer, decoded
from tests.sandbox.conftest import MakeSandbox

BODY = {"prompt": "A lighthouse"}


def encoded(content: Any) -> str:
    return base64.b64encode(json.dumps(content).encode()).decode()


def test_the_challenge_has_the_captured_shape(make: MakeSandbox) -> None:
    answer = Buyer(make()).challenge(PRINT, BODY)
    assert answer.json() == {}
    assert decoded(answer.headers["PAYMENT-REQUIRED"]) == {
        "x402Version": 2,
        "resource": {
            "url": ORIGIN + PRINT,
            "method": "POST",
            "description": "print with Engraver",
            "mimeType": "application/json",
            "tags": ["Generate"],
            "serviceName": "Penny Press",
        },
        "accepts": [
            {
                "scheme": "exact",
                "network": "eip155:8453",
                "amount": "20000",
                "asset": "0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913",
                "payTo": make().options.pay_to,
                "maxTimeoutSeconds": 300,
                "extra": {"name": "USD Coin", "version": "2"},
            }
        ],
    }


def test_a_payment_moves_exactly_the_price_and_is_receipted(make: MakeSandbox) -> None:
    sandbox = make()
    buyer = Buyer(sandbox)
    before = sandbox.balance(buyer.address)
    answer = buyer.pay(PRINT, BODY)
    assert answer.status_code == 200
    receipt = decoded(answer.headers["PAYMENT-RESPONSE"])
    assert receipt["success"] is True
    assert (receipt["payer"], receipt["network"]) == (buyer.address, "eip155:8453")
    assert before - sandbox.balance(buyer.address) == 20_000 == sandbox.balance(sandbox.options.pay_to)
    (payment,) = sandbox.payments
    assert (payment.transaction, payment.amount) == (receipt["transaction"], 20_000)


def test_version_1_asks_in_the_body_and_receipts_in_its_own_header(make: MakeSandbox) -> None:
    sandbox = make(x402_version=1)
    buyer = Buyer(sandbox)
    challenge = buyer.challenge(PRINT, BODY)
    assert "PAYMENT-REQUIRED" not in challenge.headers
    (offer,) = challenge.json()["accepts"]
    assert (offer["network"], offer["maxAmountRequired"], offer["resource"]) == (
        "base",
        "20000",
        ORIGIN + PRINT,
    )
    answer = buyer.pay(PRINT, BODY)
    assert decoded(answer.headers["X-PAYMENT-RESPONSE"])["success"] is True
    assert sandbox.balance(sandbox.options.pay_to) == 20_000


@pytest.mark.parametrize("version", [1, 2])
def test_a_credential_pays_once(make: MakeSandbox, version: int) -> None:
    sandbox = make(x402_version=version)
    buyer = Buyer(sandbox)
    header = buyer.credential(buyer.challenge(PRINT, BODY))
    assert buyer.http.post(PRINT, json=BODY, headers=header).status_code == 200
    again = buyer.http.post(PRINT, json=BODY, headers=header)
    assert again.status_code == 402
    receipt = decoded(again.headers["PAYMENT-RESPONSE" if version == 2 else "X-PAYMENT-RESPONSE"])
    assert receipt["success"] is False
    assert receipt["errorReason"] == "invalid_exact_evm_nonce_already_used"
    assert len(sandbox.payments) == len(sandbox.jobs) == 1


def test_an_empty_wallet_is_refused(make: MakeSandbox) -> None:
    buyer = Buyer(make(), key=Account.create().key.hex())
    answer = buyer.pay(PRINT, BODY)
    assert answer.status_code == 402
    assert decoded(answer.headers["PAYMENT-REQUIRED"])["error"] == "invalid_exact_evm_insufficient_balance"


def test_an_expired_credential_is_refused(make: MakeSandbox) -> None:
    # The official client signs by the machine's time, which this clock has long passed.
    answer = Buyer(make(clock=ManualClock(4_000_000_000))).pay(PRINT, BODY)
    assert answer.status_code == 402
    error = decoded(answer.headers["PAYMENT-REQUIRED"])["error"]
    assert error == "invalid_exact_evm_payload_authorization_valid_before"


def change_amount(payload: dict[str, Any]) -> None:
    payload["accepted"]["amount"] = payload["payload"]["authorization"]["value"] = "1"


def change_payee(payload: dict[str, Any]) -> None:
    payload["accepted"]["payTo"] = payload["payload"]["authorization"]["to"] = "0x" + "11" * 20


def add_member(payload: dict[str, Any]) -> None:
    payload["accepted"]["extra"]["more"] = True


def change_resource(payload: dict[str, Any]) -> None:
    payload["resource"]["url"] = ORIGIN + "/api/generate/lantern/show"


def change_value_only(payload: dict[str, Any]) -> None:
    payload["payload"]["authorization"]["value"] = "1"


def change_signature(payload: dict[str, Any]) -> None:
    payload["payload"]["signature"] = "0x" + "22" * 65


def drop_authorization(payload: dict[str, Any]) -> None:
    payload["payload"] = {}


def change_version(payload: dict[str, Any]) -> None:
    payload["x402Version"] = 1


@pytest.mark.parametrize(
    "change",
    [
        change_amount,
        change_payee,
        add_member,
        change_resource,
        change_value_only,
        change_signature,
        drop_authorization,
        change_version,
    ],
)
def test_a_credential_for_anything_else_is_refused(make: MakeSandbox, change: Any) -> None:
    sandbox = make()
    buyer = Buyer(sandbox)
    header = buyer.credential(buyer.challenge(PRINT, BODY))
    payload = copy.deepcopy(decoded(header["PAYMENT-SIGNATURE"]))
    change(payload)
    answer = buyer.http.post(PRINT, json=BODY, headers={"PAYMENT-SIGNATURE": encoded(payload)})
    assert answer.status_code == 402
    assert "PAYMENT-REQUIRED" in answer.headers
    assert not sandbox.payments
    assert not sandbox.jobs


def test_a_credential_for_a_cheaper_body_does_not_pay_a_dearer_one(make: MakeSandbox) -> None:
    sandbox = make()
    buyer = Buyer(sandbox)
    header = buyer.credential(buyer.challenge(PRINT, BODY))
    answer = buyer.http.post(PRINT, json={**BODY, "imageSize": "4K"}, headers=header)
    assert answer.status_code == 402
    assert decoded(answer.headers["PAYMENT-REQUIRED"])["accepts"][0]["amount"] == "80000"
    assert not sandbox.payments


@pytest.mark.parametrize("header", ["", "%%%", "bm90IGpzb24=", "W10=", "e30=", "x" * 100_000])
def test_what_is_no_credential_settles_nothing(make: MakeSandbox, header: str) -> None:
    sandbox = make()
    answer = Buyer(sandbox).http.post(PRINT, json=BODY, headers={"PAYMENT-SIGNATURE": header})
    assert answer.status_code in {400, 402}
    assert not sandbox.payments


def test_offers_that_nobody_here_can_take_are_listed_and_refused(make: MakeSandbox) -> None:
    strange = {
        "scheme": "exact",
        "network": "eip155:1",
        "amount": "1",
        "asset": "0x" + "00" * 20,
        "payTo": "0x1",
        "maxTimeoutSeconds": 60,
        "extra": {},
    }
    buyer = Buyer(make(other_offers=[strange]))
    assert decoded(buyer.challenge(PRINT, BODY).headers["PAYMENT-REQUIRED"])["accepts"][1] == strange
    assert buyer.pay(PRINT, BODY).status_code == 200


def test_a_fixed_clock_and_seed_give_the_same_answers(make: MakeSandbox, clock: ManualClock) -> None:
    from coinslot_sandbox import seeded_entropy

    first, second = (make(clock=clock, entropy=seeded_entropy(7)) for _ in range(2))
    assert first.wallets == second.wallets
    one, two = (Buyer(each).http.get("/api/jobs") for each in (first, second))
    assert one.content == two.content
    assert one.headers == two.headers
