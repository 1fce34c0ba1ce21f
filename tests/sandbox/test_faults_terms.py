"""Faults in what is asked for and in what is said to have been paid."""

from __future__ import annotations

from email.utils import parsedate_to_datetime

import httpx
import pytest

from coinslot_sandbox import Fault
from coinslot_sandbox.faults.terms import STRANGER, WORTHLESS
from tests.sandbox.buyer import PRINT, decoded
from tests.sandbox.stage import BODY, PRICE, Stage

pytestmark = pytest.mark.loopback


def test_price(stage: Stage) -> None:
    stage.arm("price", "price=0.5")
    stage.arm(Fault("price", after=2))
    assert stage.terms()["amount"] == "500000"
    assert stage.terms()["amount"] == str(PRICE)
    assert stage.pay().status_code == 200
    assert stage.books() == (1, 1, 10 * PRICE)


def test_payee(stage: Stage) -> None:
    stage.arm("payee")
    assert stage.pay().status_code == 200
    assert stage.sandbox.balance(STRANGER) == PRICE
    assert stage.sandbox.balance(stage.sandbox.options.pay_to) == 0


def test_asset(stage: Stage) -> None:
    stage.arm("asset")
    challenge = stage.buyer.challenge(PRINT, BODY)
    assert decoded(challenge.headers["PAYMENT-REQUIRED"])["accepts"][0]["asset"] == WORTHLESS
    answer = stage.buyer.http.post(PRINT, json=BODY, headers=stage.buyer.credential(challenge))
    assert answer.status_code == 402
    assert stage.books() == (0, 0, 0)


def test_network(stage: Stage) -> None:
    stage.arm("network")
    challenge = stage.buyer.challenge(PRINT, BODY)
    assert decoded(challenge.headers["PAYMENT-REQUIRED"])["accepts"][0]["network"] == "eip155:1"
    answer = stage.buyer.http.post(PRINT, json=BODY, headers=stage.buyer.credential(challenge))
    assert answer.status_code == 402
    assert stage.books() == (0, 0, 0)


def test_challenge_expired(stage: Stage) -> None:
    stage.arm("challenge-expired")
    late, good = (stage.buyer.credential(stage.buyer.challenge(PRINT, BODY)) for _ in range(2))
    # The official client signs by the machine's clock, from which the one that stands is far by now.
    signed = decoded(late["PAYMENT-SIGNATURE"])["payload"]["authorization"]
    stage.clock.advance(int(signed["validBefore"]) - 1 - stage.clock.now())
    answer = stage.buyer.http.post(PRINT, json=BODY, headers=late)
    assert answer.status_code == 402
    assert "valid_before" in decoded(answer.headers["PAYMENT-REQUIRED"])["error"]
    assert stage.books() == (0, 0, 0)
    assert stage.buyer.http.post(PRINT, json=BODY, headers=good).status_code == 200


def test_blockhash_expired(stage: Stage) -> None:
    """Base's offers name none."""
    stage.arm("blockhash-expired")
    assert stage.pay().status_code == 200


def test_receipt_missing(stage: Stage) -> None:
    stage.arm("receipt-missing")
    answer = stage.pay()
    assert (answer.status_code, "PAYMENT-RESPONSE" in answer.headers) == (200, False)
    assert stage.books() == (1, 1, PRICE)


@pytest.mark.parametrize(
    ("value", "member", "lie"),
    [
        ("payer", "payer", "0x" + "22" * 20),
        ("amount", "amount", "1"),
        ("network", "network", "eip155:1"),
        ("transaction", "transaction", "0x" + "33" * 32),
        ("failed", "success", False),
    ],
)
def test_receipt_forged(stage: Stage, value: str, member: str, lie: object) -> None:
    stage.arm(f"receipt-forged={value}")
    answer = stage.pay()
    assert (answer.status_code, decoded(answer.headers["PAYMENT-RESPONSE"])[member]) == (200, lie)
    assert stage.books() == (1, 1, PRICE)


def test_a_receipt_can_be_garbage(stage: Stage) -> None:
    stage.arm("receipt-forged=garbage")
    assert stage.pay().headers["PAYMENT-RESPONSE"] == "%%% no base64 %%%"


def test_wrong_content_type(stage: Stage) -> None:
    stage.arm("wrong-content-type")
    answer = stage.pay()
    assert (answer.headers["content-type"], answer.json()["success"]) == ("text/html", True)


def test_html_page(stage: Stage) -> None:
    stage.arm("html-page")
    answer = stage.pay()
    assert (answer.status_code, answer.text[:9]) == (200, "<!doctype")
    assert decoded(answer.headers["PAYMENT-RESPONSE"])["success"]
    assert stage.books() == (1, 1, PRICE)


def test_challenge_huge(stage: Stage) -> None:
    stage.arm("challenge-huge")
    assert len(stage.buyer.challenge(PRINT, BODY).headers["PAYMENT-REQUIRED"]) == 80_000
    stage.arm("challenge-huge=200000")
    with pytest.raises(httpx.RemoteProtocolError):
        stage.buyer.challenge(PRINT, BODY)


@pytest.mark.parametrize("value", ["base64", "json", "object"])
def test_challenge_garbage(stage: Stage, value: str) -> None:
    stage.arm(f"challenge-garbage={value}")
    challenge = stage.buyer.challenge(PRINT, BODY)
    with pytest.raises(Exception, match=r"."):
        stage.buyer.credential(challenge)


def test_challenge_missing(stage: Stage) -> None:
    stage.arm("challenge-missing")
    assert "PAYMENT-REQUIRED" not in stage.buyer.challenge(PRINT, BODY).headers


def test_challenge_contradicts(stage: Stage) -> None:
    stage.arm("challenge-contradicts")
    challenge = stage.buyer.challenge(PRINT, BODY)
    amounts = [
        terms["accepts"][0]["amount"]
        for terms in (challenge.json(), decoded(challenge.headers["PAYMENT-REQUIRED"]))
    ]
    assert amounts == [str(PRICE // 100), str(PRICE)]


def test_clock_off(stage: Stage) -> None:
    stage.arm("clock-off=-180")
    answer = stage.buyer.http.post(PRINT, json=BODY)
    behind = stage.clock.now() - parsedate_to_datetime(answer.headers["Date"]).timestamp()
    assert 180 <= behind < 181
