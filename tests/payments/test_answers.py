"""What an answer permits once a credential was sent, and how often the same bytes go out."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import httpx
import pytest

from coinslot.answers import judge
from coinslot.effects import Reply
from coinslot.errors import PaymentError, PaymentOutcomeUnknown, PaymentRejected

from .conftest import PAYEE, PAYER, Answer, Buyer, Shop, accepted, broken, offer, receipt, status

Row = tuple[str, list[Answer], str, str, int, type[Exception] | None]


ANSWERS: list[Row] = [
    ("receipt matches", [accepted()], "settled", "accepted", 1, None),
    ("no receipt", [accepted(receipted=False)], "unknown", "accepted", 1, None),
    ("success false", [accepted(settled=receipt(success=False))], "unknown", "accepted", 1, None),
    ("t48 another network", [accepted(settled=receipt(network="eip155:1"))], "unknown", "accepted", 1, None),
    ("t48 network is no text", [accepted(settled=receipt(network=["x"]))], "unknown", "accepted", 1, None),
    ("t48 another payer", [accepted(settled=receipt(payer=PAYEE))], "unknown", "accepted", 1, None),
    ("t48 another amount", [accepted(settled=receipt(amount="1"))], "unknown", "accepted", 1, None),
    ("t48 no transaction", [accepted(settled=receipt(transaction=""))], "unknown", "accepted", 1, None),
    ("t48 no hash", [accepted(settled=receipt(transaction="hello"))], "unknown", "accepted", 1, None),
    ("t48 part of a hash", [accepted(settled=receipt(transaction="0xab"))], "unknown", "accepted", 1, None),
    ("t48 a longer payer", [accepted(settled=receipt(payer=PAYER + "00"))], "unknown", "accepted", 1, None),
    ("t48 part of the payer", [accepted(settled=receipt(payer=PAYER[:-1]))], "unknown", "accepted", 1, None),
    ("t48 payer is no text", [accepted(settled=receipt(payer=["x"]))], "unknown", "accepted", 1, None),
    ("t48 lower case", [accepted(settled=receipt(payer=PAYER.lower()))], "settled", "accepted", 1, None),
    ("t48 no payer", [accepted(settled=receipt(payer=None))], "settled", "accepted", 1, None),
    ("t04 402 twice", [status(402), status(402)], "refused", "none", 2, PaymentRejected),
    ("402 once", [status(402), accepted()], "settled", "accepted", 2, None),
    ("t12 pending", [status(402, error="settlement_pending")], "unknown", "none", 1, PaymentOutcomeUnknown),
    (
        "nonce used",
        [status(402, error="invalid_exact_evm_nonce_already_used")],
        "unknown",
        "none",
        1,
        PaymentOutcomeUnknown,
    ),
    ("replay 403", [status(403, error="replay")], "unknown", "none", 1, PaymentOutcomeUnknown),
    ("408", [status(408), accepted()], "settled", "accepted", 2, None),
    ("425", [status(425), accepted()], "settled", "accepted", 2, None),
    ("409", [status(409, headers={"Retry-After": "3"}), accepted()], "settled", "accepted", 2, None),
    ("429", [status(429, headers={"Retry-After": "3"}), accepted()], "settled", "accepted", 2, None),
    ("429 long", [status(429, headers={"Retry-After": "900"})], "unknown", "none", 1, PaymentOutcomeUnknown),
    ("t10 5xx, then well", [status(503), accepted()], "settled", "accepted", 2, None),
    ("t10 5xx for ever", [status(500)] * 5, "unknown", "none", 5, PaymentOutcomeUnknown),
    ("t01 timeout, then well", [broken(httpx.ReadTimeout), accepted()], "settled", "accepted", 2, None),
    ("t01 timeouts", [broken(httpx.ReadTimeout)] * 5, "unknown", "none", 5, PaymentOutcomeUnknown),
    ("never connected", [broken(httpx.ConnectError)] * 5, "unknown", "none", 5, PaymentOutcomeUnknown),
    ("t26 redirect", [status(307, headers={"Location": "/x"})], "unknown", "none", 1, PaymentOutcomeUnknown),
    *[
        (f"{code}", [status(code, error="no")], "refused", "none", 1, PaymentRejected)
        for code in (400, 401, 403, 404, 412, 422)
    ],
]  # fmt: skip


@pytest.mark.parametrize(
    ("answers", "money", "delivery", "sent", "error"),
    [row[1:] for row in ANSWERS],
    ids=[row[0] for row in ANSWERS],
)
def test_what_an_answer_permits(
    shop: Shop,
    buyer: Buyer,
    *,
    answers: list[Answer],
    money: str,
    delivery: str,
    sent: int,
    error: type[Exception] | None,
) -> None:
    shop.answers = list(answers)

    if error is None:
        assert buyer.draw().json()["jobId"] == "job-1"
    else:
        with pytest.raises(error) as caught:
            buyer.draw()
        assert getattr(caught.value, "attempt_id", None) == buyer.ledger.attempts()[0].id

    (attempt,) = buyer.ledger.attempts()
    assert (attempt.money, attempt.delivery) == (money, delivery)
    assert attempt.reserved == Decimal("0.134")
    assert len(shop.paid) == sent
    assert len(shop.credentials) == 1


def test_a_resend_is_the_same_bytes(shop: Shop, buyer: Buyer) -> None:
    shop.answers = [status(500), broken(httpx.ReadError), accepted()]
    buyer.draw()

    wires = {(str(sent.url), sent.content, tuple(sent.headers.raw)) for sent in shop.paid}
    assert len(wires) == 1


def test_resends_stop_before_the_credential_expires(shop: Shop, buyer: Buyer) -> None:
    shop.offers = [offer(maxTimeoutSeconds=12)]
    shop.answers = [status(500)] * 5

    with pytest.raises(PaymentOutcomeUnknown):
        buyer.draw()
    assert len(shop.paid) == 2
    assert len(shop.credentials) == 1


@pytest.mark.parametrize("code", [400, 402, 500])
def test_t39_a_server_that_repeats_the_credential_gets_it_into_no_message(
    shop: Shop, buyer: Buyer, code: int
) -> None:
    shop.answers = [
        lambda request: httpx.Response(code, json={"error": request.headers["PAYMENT-SIGNATURE"]})
    ] * 6
    with pytest.raises(PaymentError) as caught:
        buyer.draw()

    (signed,) = shop.credentials
    told = f"{caught.value} {buyer.ledger.attempts()[0].note}"
    assert f"answered {code}" in told
    assert signed[:40] not in told


def test_who_has_too_little_is_told_where_to_see_it(shop: Shop, buyer: Buyer) -> None:
    shop.answers = [status(402, error="insufficient_funds")] * 2
    with pytest.raises(PaymentRejected, match="a sandbox funds the wallets that it names"):
        buyer.draw()
    (attempt,) = buyer.ledger.attempts()
    elsewhere = replace(attempt, call=replace(attempt.call, origin="https://api.example.com"))
    reply = Reply(402, body=b'{"error": "insufficient_funds"}')
    assert "`coinslot wallet balance` shows what the wallet holds" in judge(reply, elsewhere).note
