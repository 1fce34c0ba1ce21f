"""The payment flow against a shop: what is asked, quoted and paid, and which call is the same."""

from __future__ import annotations

import re
import sqlite3
from decimal import Decimal
from typing import Any

import httpx
import pytest

from coinslot.errors import ConflictingCall, LedgerUnavailable, PaymentOutcomeUnknown, PaymentRefused
from coinslot.quote import Quote
from coinslot.terms import Agreed

from .conftest import (
    NOW,
    OTHER_PAYEE,
    PAYEE,
    PAYER,
    Buyer,
    MakeBuyer,
    Shop,
    accepted,
    broken,
    decode,
    offer,
    receipt,
    status,
)


def test_pays_the_asked_price_once(shop: Shop, buyer: Buyer) -> None:
    response = buyer.draw()

    assert response.json()["jobId"] == "job-1"
    credential = decode(shop.paid[0].headers["PAYMENT-SIGNATURE"])
    assert credential["accepted"] == offer()
    assert credential["resource"]["method"] == "POST"
    authorization = credential["payload"]["authorization"]
    assert (authorization["value"], authorization["to"], authorization["from"]) == ("134000", PAYEE, PAYER)
    assert authorization["validBefore"] == str(int(NOW) + 300)
    (attempt,) = buyer.ledger.attempts()
    assert (attempt.money, attempt.delivery, attempt.job_id) == ("settled", "accepted", "job-1")
    assert (attempt.price, attempt.settled_by) == (Decimal("0.134"), "server")
    assert response.extensions["coinslot"].attempt == attempt


def test_the_paid_request_is_the_unpaid_one_with_one_header_more(shop: Shop, buyer: Buyer) -> None:
    buyer.draw("un café")

    asked, paid = shop.asked[0], shop.paid[0]
    assert (paid.method, paid.url, paid.content) == (asked.method, asked.url, asked.content)
    assert {*paid.headers} - {*asked.headers} == {"payment-signature"}


def test_version_1_is_paid_in_its_own_form(shop: Shop, buyer: Buyer) -> None:
    original = shop.__call__

    def old(request: httpx.Request) -> httpx.Response:
        if "X-PAYMENT" in request.headers:
            shop.paid.append(request)
            return accepted(settled=receipt(network="base"))(request)
        if request.method == "GET":
            return original(request)
        asked = {**offer(network="base", maxAmountRequired="134000"), "resource": str(request.url)}
        del asked["amount"]
        return httpx.Response(402, json={"x402Version": 1, "error": "pay", "accepts": [asked]})

    buyer.client._transport._inner = httpx.MockTransport(old)  # type: ignore[attr-defined]
    buyer.draw()

    credential = decode(shop.paid[0].headers["X-PAYMENT"])
    assert {**credential, "payload": ...} == {
        "x402Version": 1,
        "scheme": "exact",
        "network": "base",
        "payload": ...,
    }
    (attempt,) = buyer.ledger.attempts()
    assert (attempt.money, attempt.terms.network) == ("settled", "eip155:8453")


def test_a_free_answer_is_passed_on(shop: Shop, make_buyer: MakeBuyer) -> None:
    buyer = make_buyer()
    shop_answer = httpx.Response(200, text="free")
    buyer.client._transport._inner = httpx.MockTransport(lambda _: shop_answer)  # type: ignore[attr-defined]

    assert buyer.draw().text == "free"
    assert buyer.ledger.attempts() == []


@pytest.mark.parametrize(
    ("terms", "why"),
    [
        ({"max_price": "0.10"}, r"asks \$0.134, more than the \$0.10 allowed by max_price of this call"),
        ({"route": None}, r"asks \$0.134, and nobody said what it may cost \(give max_price=\)"),
    ],
    ids=["above the cap", "no cap"],
)
def test_a_quote_tells_a_price_that_would_not_be_paid(
    shop: Shop, buyer: Buyer, terms: dict[str, Any], why: str
) -> None:
    quote = buyer.draw(quote_only=True, **terms).extensions["coinslot"]
    assert (quote.price, quote.payee, quote.backend) == (Decimal("0.134"), PAYEE, "base")
    assert re.search(why, quote.above_cap)
    assert re.search(f"would be refused: it {why}", str(quote))

    with pytest.raises(PaymentRefused):
        buyer.draw(**terms)
    assert not shop.paid
    assert not buyer.ledger.attempts()


def test_a_quote_prefers_what_may_be_paid(shop: Shop, buyer: Buyer) -> None:
    shop.offers = [offer(amount="500000"), offer(amount="200000")]
    quote = buyer.draw(quote_only=True).extensions["coinslot"]
    assert (quote.price, quote.above_cap) == (Decimal("0.2"), None)
    assert [why.slug for _, why in quote.refused] == ["above-cap"]


def test_a_quote_signs_nothing(shop: Shop, buyer: Buyer) -> None:
    quote = buyer.draw(quote_only=True).extensions["coinslot"]

    assert isinstance(quote, Quote)
    assert (quote.price, quote.payee, quote.backend) == (Decimal("0.134"), PAYEE, "base")
    assert shop.paid == []
    assert buyer.ledger.attempts() == []


def test_a_job_that_could_not_be_fetched_is_not_paid_for(shop: Shop, buyer: Buyer) -> None:
    shop.look = status(402, error="siwx_invalid_signature")

    with pytest.raises(PaymentRefused, match="could not be fetched by this wallet") as caught:
        buyer.draw()
    assert [why.slug for _, why in caught.value.refused] == ["uncollectable"]
    assert shop.paid == []
    assert buyer.ledger.attempts() == []


def test_whether_a_job_can_be_fetched_is_asked_once(shop: Shop, buyer: Buyer) -> None:
    shop.answers = [accepted("job-1"), accepted("job-2")]
    buyer.draw("one")
    buyer.draw("two")

    (question,) = shop.looked
    assert question.url.path == "/api/jobs/none"
    assert "SIGN-IN-WITH-X" in question.headers
    assert "PAYMENT-SIGNATURE" not in question.headers


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"payTo": OTHER_PAYEE}, "payee"),
        ({"amount": "133999"}, "amount"),
    ],
)
def test_what_was_agreed_to_is_paid_and_nothing_else(
    shop: Shop, buyer: Buyer, change: dict[str, Any], named: str
) -> None:
    quote = buyer.draw(quote_only=True).extensions["coinslot"]
    shop.offers = [offer(**change)]
    with pytest.raises(PaymentRefused, match=f"{named}.*another quote") as refused:
        buyer.draw(agreed=Agreed.on(quote))
    assert (refused.value.slug, shop.paid) == ("not-as-agreed", [])
    shop.offers = [offer()]
    assert buyer.draw(agreed=Agreed.on(quote)).json()["jobId"] == "job-1"


def test_t03_the_naive_loop_pays_once(shop: Shop, buyer: Buyer) -> None:
    shop.answers = [broken(httpx.ReadTimeout)] * 10 + [accepted()]
    answered = None
    for _ in range(3):
        try:
            answered = buyer.draw()
            break
        except PaymentOutcomeUnknown:
            continue

    assert answered is not None
    assert answered.json()["jobId"] == "job-1"
    assert len(shop.credentials) == 1
    assert len(buyer.ledger.attempts()) == 1


def test_another_process_resumes_what_a_dead_one_sent(shop: Shop, make_buyer: MakeBuyer) -> None:
    shop.answers = [broken(httpx.ReadTimeout)] * 5 + [accepted()]
    with pytest.raises(PaymentOutcomeUnknown):
        make_buyer().draw()

    assert make_buyer().draw().json()["jobId"] == "job-1"
    assert len(shop.credentials) == 1


def test_after_expiry_the_old_attempt_is_looked_up_and_nothing_is_signed(shop: Shop, buyer: Buyer) -> None:
    shop.answers = [broken(httpx.ReadTimeout)] * 5
    with pytest.raises(PaymentOutcomeUnknown) as first:
        buyer.draw()
    buyer.clock.time += 1000

    with pytest.raises(PaymentOutcomeUnknown, match="COINSLOT_BASE_RPC") as second:
        buyer.draw()
    assert second.value.attempt_id == first.value.attempt_id
    assert len(shop.paid) == 5


def test_a_concluded_call_may_be_made_again(shop: Shop, buyer: Buyer) -> None:
    shop.answers = [accepted("job-1"), accepted("job-2")]

    assert [buyer.draw().json()["jobId"] for _ in range(2)] == ["job-1", "job-2"]
    assert len(shop.credentials) == 2


def test_one_key_is_one_attempt_for_ever(shop: Shop, make_buyer: MakeBuyer) -> None:
    first = make_buyer().draw(idempotency_key="order-7")
    again = make_buyer().draw(idempotency_key="order-7")

    assert again.json() == first.json()
    assert len(shop.paid) == len(shop.asked) == 1
    with pytest.raises(ConflictingCall, match="another request"):
        make_buyer().draw("a dog", idempotency_key="order-7")


def test_a_job_that_is_another_attempts_is_not_taken_twice(shop: Shop, buyer: Buyer) -> None:
    shop.answers = [accepted("job-1"), accepted("job-1")]
    buyer.draw("one")
    buyer.draw("two")

    assert [attempt.job_id for attempt in buyer.ledger.attempts()] == ["job-1", None]
    assert [attempt.money for attempt in buyer.ledger.attempts()] == ["settled", "settled"]


def test_a_ledger_that_fails_after_paying_does_not_cost_the_answer(shop: Shop, buyer: Buyer) -> None:
    def lock_then_accept(request: httpx.Request) -> httpx.Response:
        rival.execute("BEGIN IMMEDIATE")
        return accepted()(request)

    buyer.ledger.attempts()
    rival = sqlite3.connect(buyer.ledger.path, isolation_level=None)
    set_patience(buyer)
    shop.answers = [lock_then_accept]
    assert buyer.draw().json()["jobId"] == "job-1"
    rival.execute("ROLLBACK")
    rival.close()

    (attempt,) = buyer.ledger.attempts()
    assert (attempt.money, attempt.delivery) == ("signed", "none")


def test_nothing_is_signed_without_a_ledger(shop: Shop, buyer: Buyer) -> None:
    buyer.ledger.attempts()
    rival = sqlite3.connect(buyer.ledger.path, isolation_level=None)
    set_patience(buyer)
    rival.execute("BEGIN IMMEDIATE")
    with pytest.raises(LedgerUnavailable, match="locked"):
        buyer.draw()
    rival.close()
    assert shop.paid == []


def set_patience(buyer: Buyer) -> None:
    """Wait for no lock: the tests hold one on purpose."""
    with buyer.ledger.database.reading() as db:
        db.execute("PRAGMA busy_timeout = 10")
