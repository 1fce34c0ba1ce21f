"""What the payment flow refuses before anything is signed: challenges, addresses, keys, clocks."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from coinslot.errors import MalformedChallenge, PaymentRefused, ServerUnavailable, UnexpectedPayment
from coinslot.route import Route

from .conftest import NOW, OTHER_PAYEE, ROUTE, Buyer, MakeBuyer, Shop, broken, offer

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


@pytest.mark.parametrize("changes", [{"note": "\ud800"}, {"extra": {"name": "\ud800"}}])
def test_what_cannot_be_said_back_to_the_server_is_malformed(
    shop: Shop, buyer: Buyer, changes: dict[str, Any]
) -> None:
    """Half a character can be written in JSON, and no credential that repeats it can be sent."""
    shop.offers = [offer(**changes)]

    with pytest.raises(MalformedChallenge, match="half a character"):
        buyer.draw()
    assert buyer.ledger.attempts() == []


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


def _terms(**terms: Any) -> Any:
    from coinslot.transport import CallTerms

    return CallTerms(route=ROUTE, **terms)
