"""The payment flow against a shop: what is sent, what is recorded, what is raised."""

from __future__ import annotations

import re
import sqlite3
from decimal import Decimal
from typing import Any

import httpx
import pytest

from coinslot import AsyncPaymentTransport, PaymentTransport
from coinslot.errors import (
    ConfigurationError,
    ConflictingCall,
    LedgerUnavailable,
    MalformedChallenge,
    PaymentError,
    PaymentOutcomeUnknown,
    PaymentRefused,
    PaymentRejected,
    ServerUnavailable,
    UnexpectedPayment,
    UnknownPrice,
)
from coinslot.policy import Policy
from coinslot.quote import Quote
from coinslot.route import PricePerSecond, Route
from coinslot.terms import Agreed

from .conftest import (
    NOW,
    ORIGIN,
    OTHER_PAYEE,
    PAYEE,
    PAYER,
    ROUTE,
    Answer,
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

TRUSTED = {ORIGIN: [PAYEE]}


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


REFUSED: list[tuple[str, dict[str, Any], str]] = [
    ("t13 amount above the cap", {"amount": "245001"}, "above-cap"),
    ("t18 unknown asset", {"asset": OTHER_PAYEE}, "asset"),
    ("t18 wrong domain", {"extra": {"name": "USDC", "version": "2"}}, "domain"),
    ("t19 permit2", {"extra": {"name": "USD Coin", "version": "2", "assetTransferMethod": "permit2"}}, ""),
    ("t19 upto", {"scheme": "upto"}, "scheme"),
    ("t24 another chain", {"network": "eip155:1"}, "network"),
    ("nothing", {"amount": "0"}, "amount"),
]


@pytest.mark.parametrize(("changes", "slug"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_refuses_before_anything_is_signed(
    shop: Shop, buyer: Buyer, changes: dict[str, Any], slug: str
) -> None:
    shop.offers = [offer(**changes)]

    with pytest.raises(PaymentRefused, match="Nothing was signed and nothing was paid") as caught:
        buyer.draw()

    assert [slug in why.slug for _, why in caught.value.refused] == [True]
    assert shop.paid == []
    assert buyer.ledger.attempts() == []


@pytest.mark.parametrize("amount", ["1e6", "-1", "0x10", "1.0", "", "9" * 79, None, 134000])
def test_t43_a_malformed_amount_is_named(shop: Shop, buyer: Buyer, amount: object) -> None:
    shop.offers = [offer(amount=amount)]

    with pytest.raises(MalformedChallenge, match="Offer 0"):
        buyer.draw()


def test_an_unreadable_offer_does_not_hide_a_payable_one(shop: Shop, buyer: Buyer) -> None:
    shop.offers = [offer(amount="cheap"), offer(scheme="upto"), offer()]

    assert buyer.draw().status_code == 200


def test_t44_header_and_body_that_disagree_are_refused(shop: Shop, buyer: Buyer) -> None:
    original = shop.__call__

    def two_faced(request: httpx.Request) -> httpx.Response:
        answer = original(request)
        return httpx.Response(402, headers=answer.headers, json={"accepts": [offer(payTo=OTHER_PAYEE)]})

    buyer.client._transport._inner = httpx.MockTransport(two_faced)  # type: ignore[attr-defined]
    with pytest.raises(MalformedChallenge, match="different payments"):
        buyer.draw()


def test_the_challenge_must_sell_what_was_asked_for(shop: Shop, buyer: Buyer) -> None:
    shop.challenge = {"resource": {"url": "http://127.0.0.1:4020/api/other"}}

    with pytest.raises(PaymentRefused, match="another resource"):
        buyer.draw()


def test_a_challenge_may_escape_the_address_in_its_own_way(shop: Shop, buyer: Buyer) -> None:
    shop.challenge = {"resource": {"url": "http://127.0.0.1:4020/%61pi/draw"}}

    assert buyer.draw().status_code == 200


def test_t33_an_open_route_is_never_paid(shop: Shop, buyer: Buyer) -> None:
    with pytest.raises(UnexpectedPayment):
        buyer.draw(route=Route("POST", "/api/draw"))
    assert shop.paid == []


def test_t31_a_signed_route_is_never_paid(shop: Shop, buyer: Buyer) -> None:
    with pytest.raises(Exception, match="sign-in challenge"):
        buyer.draw(route=Route("POST", "/api/draw", access="signed"))
    assert shop.paid == []


def test_t62_an_unknown_price_needs_a_maximum(shop: Shop, buyer: Buyer) -> None:
    unpriced: Route[Any, Any] = Route("POST", "/api/draw", access="paid", job=ROUTE.job)

    with pytest.raises(UnknownPrice, match="max_price"):
        buyer.draw(route=unpriced)
    assert shop.asked == []
    assert buyer.draw(route=unpriced, max_price="0.134").status_code == 200


def test_a_plain_client_pays_only_with_a_maximum(shop: Shop, make_buyer: MakeBuyer) -> None:
    with pytest.raises(UnknownPrice):
        make_buyer().draw(route=None)
    assert make_buyer(policy=Policy(max_price="0.14")).draw(route=None).status_code == 200


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


def test_the_client_cap_and_the_printed_price_both_hold(shop: Shop, make_buyer: MakeBuyer) -> None:
    with pytest.raises(
        PaymentRefused, match=r"\$0.134, more than the \$0.13 allowed by max_price of this client"
    ):
        make_buyer(policy=Policy(max_price="0.13")).draw()
    shop.offers = [offer(amount="250000")]
    with pytest.raises(PaymentRefused, match=r"\$0.245 allowed by the printed price"):
        make_buyer(policy=Policy(max_price="0.90")).draw()


def test_the_ceiling_stands_over_the_price_of_one_call(shop: Shop, make_buyer: MakeBuyer) -> None:
    shop.offers = [offer(amount="1000001")]

    with pytest.raises(PaymentRefused, match="raise it with ceiling"):
        make_buyer().draw(max_price="5")
    assert make_buyer(policy=Policy(ceiling="5", payees=TRUSTED)).draw(max_price="5").status_code == 200


@pytest.mark.parametrize("kind", [PaymentTransport, AsyncPaymentTransport])
def test_a_ceiling_stands_in_a_policy_or_beside_none(kind: type[Any]) -> None:
    kind(ceiling="5", max_price="2")
    with pytest.raises(ConfigurationError, match="Give ceiling inside the policy"):
        kind(policy=Policy(), ceiling="5")
    with pytest.raises(ConfigurationError, match="ceiling"):
        kind(ceiling="a lot")


@pytest.mark.parametrize(("seconds", "amount", "paid"), [("10", "1750000", True), ("10", "1750001", False)])
def test_a_price_per_second_is_counted_for_the_seconds_asked(
    shop: Shop, make_buyer: MakeBuyer, seconds: str, amount: str, *, paid: bool
) -> None:
    price = PricePerSecond("0.08", "0.17", seconds_field="duration", default_seconds=seconds)
    route: Route[Any, Any] = Route("POST", "/api/draw", access="paid", price=price, job=ROUTE.job)
    shop.offers = [offer(amount=amount)]
    buyer = make_buyer(policy=Policy(ceiling="20", payees=TRUSTED))

    if paid:
        assert buyer.draw(route=route).status_code == 200
        return
    with pytest.raises(PaymentRefused):
        buyer.draw(route=route)


def test_t17_a_changed_payee_is_refused_with_both_addresses(shop: Shop, buyer: Buyer) -> None:
    buyer.draw()
    shop.offers = [offer(payTo=OTHER_PAYEE)]

    with pytest.raises(PaymentRefused, match=f"{OTHER_PAYEE}.*{PAYEE}"):
        buyer.draw("another")
    assert len(shop.paid) == 1


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


def test_a_new_payee_gets_little_until_its_result_was_read(shop: Shop, make_buyer: MakeBuyer) -> None:
    buyer = make_buyer(policy=Policy(ceiling="5"))
    shop.answers = [accepted("job-1"), accepted("job-2")]
    shop.offers = [offer(amount="1000001")]
    with pytest.raises(PaymentRefused, match="never paid before"):
        buyer.draw(max_price="2")
    shop.offers = [offer()]
    buyer.draw("small")
    shop.offers = [offer(amount="1000001")]
    with pytest.raises(PaymentRefused, match="never paid before"):
        buyer.draw(max_price="2")
    (attempt,) = buyer.ledger.attempts()
    buyer.ledger.deliver(attempt.id, "finished")

    assert buyer.draw(max_price="2").status_code == 200


def test_a_new_payee_is_paid_once_at_a_time(shop: Shop, buyer: Buyer) -> None:
    shop.answers = [broken(httpx.ReadTimeout)] * 5
    with pytest.raises(PaymentOutcomeUnknown):
        buyer.draw("one")

    with pytest.raises(PaymentRefused, match="coinslot trust"):
        buyer.draw("two")
    assert len(shop.paid) == 5
    (pinned,) = buyer.ledger.payees(ORIGIN)
    buyer.ledger.trust(pinned)
    shop.answers = [accepted("job-2")]
    assert buyer.draw("two").status_code == 200


def test_named_payees_are_the_only_ones(shop: Shop, make_buyer: MakeBuyer) -> None:
    with pytest.raises(PaymentRefused, match="you named"):
        make_buyer(policy=Policy(payees={ORIGIN: [OTHER_PAYEE]})).draw()


def test_t60_payees_may_be_dynamic_where_the_user_says_so(shop: Shop, make_buyer: MakeBuyer) -> None:
    buyer = make_buyer(policy=Policy(payees={ORIGIN: "dynamic"}))
    shop.answers = [accepted("job-1"), accepted("job-2")]
    buyer.draw("one")
    shop.offers = [offer(payTo=OTHER_PAYEE)]

    assert buyer.draw("two").status_code == 200


def test_t46_an_origin_that_gives_nothing_is_paid_no_more(shop: Shop, make_buyer: MakeBuyer) -> None:
    buyer = make_buyer(policy=Policy(payees=TRUSTED))
    shop.answers = [status(400)] * 9
    for number in range(5):
        with pytest.raises(PaymentRejected):
            buyer.draw(f"number {number}")

    with pytest.raises(PaymentRefused, match="came to nothing"):
        buyer.draw("number 6")
    assert len(shop.paid) == 5
    buyer.clock.time += 60 * 60 + 1
    with pytest.raises(PaymentRejected):
        buyer.draw("number 6")


def test_budgets_count_what_is_reserved(shop: Shop, make_buyer: MakeBuyer) -> None:
    buyer = make_buyer(policy=Policy(daily_budget="0.30", payees=TRUSTED))
    shop.answers = [status(400), accepted("job-2")]
    with pytest.raises(PaymentRejected):
        buyer.draw("one")
    buyer.draw("two")

    with pytest.raises(PaymentRefused, match=r"\$0.268 of it is spent or reserved"):
        buyer.draw("three")
    buyer.clock.time += 24 * 60 * 60 + 1
    shop.answers = [accepted("job-3")]
    assert buyer.draw("three").status_code == 200


def test_live_keys_stay_outside_and_test_keys_inside(shop: Shop, make_buyer: MakeBuyer) -> None:
    buyer = make_buyer()
    with pytest.raises(PaymentRefused, match="test key"):
        buyer.client.post(
            "https://api.example.com/api/draw", json={}, extensions={"coinslot": _terms(max_price="1")}
        )
    assert shop.paid == []


def test_t28_plain_http_is_not_paid(shop: Shop, buyer: Buyer) -> None:
    with pytest.raises(PaymentRefused, match="https only"):
        buyer.client.post("http://api.example.com/api/draw", json={}, extensions={"coinslot": _terms()})
    assert shop.asked == []


def test_t21_a_clock_that_is_off_is_explained(shop: Shop, buyer: Buyer) -> None:
    shop.date = NOW + 90

    with pytest.raises(PaymentRefused, match="90 s behind"):
        buyer.draw()


def test_no_connection_before_payment_is_no_payment(buyer: Buyer) -> None:
    buyer.client._transport._inner = httpx.MockTransport(broken(httpx.ReadTimeout))  # type: ignore[attr-defined]

    with pytest.raises(ServerUnavailable, match="nothing was paid"):
        buyer.draw()
    assert buyer.ledger.attempts() == []


Row = tuple[str, list[Answer], str, str, int, type[Exception] | None]
ANSWERS: list[Row] = [
    ("receipt matches", [accepted()], "settled", "accepted", 1, None),
    ("no receipt", [accepted(receipted=False)], "unknown", "accepted", 1, None),
    ("success false", [accepted(settled=receipt(success=False))], "unknown", "accepted", 1, None),
    ("t48 another network", [accepted(settled=receipt(network="eip155:1"))], "unknown", "accepted", 1, None),
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


def _terms(**terms: Any) -> Any:
    from coinslot.transport import CallTerms

    return CallTerms(route=ROUTE, **terms)


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
    with pytest.raises(PaymentRejected, match="coinslot wallet balance"):
        buyer.draw()
