"""What may be signed: prices, payees, assets, expiry, and whose word decides."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import FrozenInstanceError
from decimal import ROUND_DOWN, Decimal, localcontext
from fractions import Fraction
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coinslot import PriceRange, Route
from coinslot.backend import Surroundings
from coinslot.errors import (
    MalformedChallenge,
    PaymentOutcomeUnknown,
    PaymentRefused,
    PaymentRejected,
    RequestRejected,
    ServerUnavailable,
    UnknownPrice,
)
from coinslot.ledger import SqliteLedger
from coinslot.money import dollars
from coinslot.offer import Asset, Offer, Refusal
from coinslot.policy import Policy
from coinslot.transport import CallTerms, PaymentTransport
from tests.payments.conftest import (
    DEVELOPMENT_KEY,
    NOW,
    ORIGIN,
    OTHER_PAYEE,
    PAYEE,
    ROUTE,
    Buyer,
    Clock,
    MakeBuyer,
    Shop,
    accepted,
    decode,
    encode,
    offer,
    receipt,
    status,
)
from tests.runtime.studio import Draw, Server, Studio, code
from tests.threats.coin import PAYEE as COIN_PAYEE
from tests.threats.coin import CoinBackend, CoinShop, challenge
from tests.threats.coin import receipt as coin_receipt
from tests.threats.test_paying_once import PLAIN, buy, coin_client

TRUSTED = {ORIGIN: [PAYEE]}


def reasons(error: PaymentRefused) -> list[str]:
    return [why.slug for _, why in error.refused]


def test_t14_a_risen_price_is_refused_with_both_numbers_and_the_way_to_allow_it(
    shop: Shop, make_buyer: MakeBuyer
) -> None:
    buyer = make_buyer(policy=Policy(payees=TRUSTED))
    shop.offers = [offer(amount="260000")]

    with pytest.raises(PaymentRefused, match=r"\$0.26, more than the \$0.245 allowed by the printed price"):
        buyer.draw()
    assert buyer.draw(max_price="0.26").status_code == 200


def test_t15_the_offer_that_is_paid_is_the_one_that_was_checked(shop: Shop, buyer: Buyer) -> None:
    shop.offers = [offer(amount="134000", network="eip155:31337"), offer(amount="999000")]
    with pytest.raises(PaymentRefused) as caught:
        buyer.draw()
    assert "above-cap" in reasons(caught.value)
    assert shop.paid == []

    shop.offers = [offer(amount="999000"), offer(amount="240000"), offer(amount="134000")]
    buyer.draw()
    assert decode(shop.paid[0].headers["PAYMENT-SIGNATURE"])["accepted"]["amount"] == "134000"


class ExactCoin(CoinBackend):
    """The same payment method behind x402."""

    def refuses(self, offer: Offer) -> Refusal | None:
        return None if offer.scheme == "exact" else Refusal("scheme", "it is not paid in coins")


def coins_by_mpp() -> tuple[CoinBackend, Any]:
    return CoinBackend(), CoinShop()


def coins_by_x402() -> tuple[CoinBackend, Any]:
    return ExactCoin(), Shop([offer(network="coin:1", asset="coin", payTo=COIN_PAYEE)])


@pytest.mark.parametrize("sold", [coins_by_mpp, coins_by_x402])
@pytest.mark.parametrize(
    "bend",
    [
        {"amount": 134_001},
        {"payee": "thief"},
        {"payer": "somebody"},
        {"expires": 4_000_000_000},
        {"asset": "other-coin"},
        {"network": "coin:2"},
    ],
    ids=lambda bend: next(iter(bend)),
)
def test_t16_what_was_signed_is_read_back_and_held_to_what_was_allowed(
    clock: Clock, tmp_path: Path, bend: dict[str, Any], sold: Callable[[], tuple[CoinBackend, Any]]
) -> None:
    backend, shop = sold()
    backend.bend = lambda payload: {**payload, **bend}
    path = tmp_path / "ledger.sqlite3"
    with coin_client(shop, backend, clock, path) as client, pytest.raises(PaymentRefused) as caught:
        buy(client)

    assert caught.value.slug == "other-terms"
    assert (len(backend.signed), shop.paid) == (1, [])
    assert [attempt.money for attempt in SqliteLedger(path).attempts()] == ["abandoned"]


def test_t16_terms_cannot_be_changed_after_they_were_checked(shop: Shop, buyer: Buyer) -> None:
    quote = buyer.draw(quote_only=True).extensions["coinslot"]

    with pytest.raises(FrozenInstanceError):
        quote.offer.amount = 1
    with pytest.raises(TypeError):
        quote.offer.raw["payTo"] = OTHER_PAYEE
    with pytest.raises(TypeError):
        quote.offer.extra["name"] = "Coin"


@pytest.mark.parametrize(("asked", "lives"), [(86_400, 300), (10**9, 300), (60, 60), (0, 300)])
def test_t20_a_credential_lives_five_minutes_at_most(
    shop: Shop, buyer: Buyer, asked: int, lives: int
) -> None:
    shop.offers = [offer(maxTimeoutSeconds=asked)]
    buyer.draw()

    authorization = decode(shop.paid[0].headers["PAYMENT-SIGNATURE"])["payload"]["authorization"]
    assert (authorization["validAfter"], authorization["validBefore"]) == ("0", str(int(NOW) + lives))


def test_t22_an_expired_challenge_is_not_answered(clock: Clock, tmp_path: Path) -> None:
    backend, shop = CoinBackend(), CoinShop(asks=lambda: challenge(expires="2027-01-15T07:59:59Z"))
    with coin_client(shop, backend, clock, tmp_path / "ledger.sqlite3") as client:
        with pytest.raises(PaymentRefused, match="expired") as caught:
            buy(client)
        assert (reasons(caught.value), backend.signed) == (["expired"], [])
        shop.asks = lambda: challenge(expires="2027-01-15T08:05:00Z")
        assert buy(client).status_code == 200


def test_t23_the_user_and_not_the_server_orders_the_ways_to_pay(clock: Clock, tmp_path: Path) -> None:
    both = {
        "WWW-Authenticate": challenge(),
        "PAYMENT-REQUIRED": encode({"x402Version": 2, "accepts": [offer()]}),
    }
    coin = CoinBackend()

    def chosen(*pay_with: Any) -> str:
        transport = PaymentTransport(
            httpx.MockTransport(lambda _: httpx.Response(402, headers=both)),
            pay_with=pay_with,
            ledger=SqliteLedger(tmp_path / "ledger.sqlite3", now=clock.now),
            environ={"COINSLOT_EVM_KEY": DEVELOPMENT_KEY},
            surroundings=Surroundings(now=clock.now, sleep=clock.sleep),
        )
        with httpx.Client(transport=transport) as client:
            terms = CallTerms(route=PLAIN, quote_only=True)
            answer = client.post(f"{ORIGIN}/api/draw", extensions={"coinslot": terms})
        return str(answer.extensions["coinslot"].backend)

    assert [chosen("base", coin), chosen(coin, "base")] == ["base", "coin"]


def test_t25_an_empty_wallet_is_told_by_the_server_and_nothing_is_signed_again(
    shop: Shop, buyer: Buyer
) -> None:
    shop.answers = [status(402, error="insufficient_funds")] * 2

    with pytest.raises(PaymentRejected, match="insufficient_funds"):
        buyer.draw()
    assert len(shop.credentials) == 1
    (attempt,) = buyer.ledger.attempts()
    assert (attempt.money, attempt.reserved) == ("refused", attempt.price)


def test_t37_a_claim_to_have_taken_more_is_not_believed_and_frees_nothing(
    shop: Shop, make_buyer: MakeBuyer
) -> None:
    buyer = make_buyer(policy=Policy(daily_budget="0.20", payees=TRUSTED))
    shop.answers = [accepted(settled=receipt(amount="90000000"))]
    buyer.draw()

    (attempt,) = buyer.ledger.attempts()
    assert (attempt.money, attempt.reserved) == ("unknown", Decimal("0.134"))
    assert "another amount" in (attempt.note or "")
    with pytest.raises(PaymentRefused, match="budget"):
        buyer.draw("another")


@pytest.mark.parametrize(
    ("reference", "money"), [("coin-transaction", "settled"), ("hello", "unknown"), ("", "unknown")]
)
def test_t48_a_backend_knows_what_a_transaction_of_its_chain_looks_like(
    clock: Clock, tmp_path: Path, reference: str, money: str
) -> None:
    shop = CoinShop(settled=coin_receipt(reference=reference))
    with coin_client(shop, CoinBackend(), clock, tmp_path / "ledger.sqlite3") as client:
        attempt = buy(client).extensions["coinslot"].attempt

    assert (attempt.money, attempt.delivery) == (money, "finished")


def test_t45_every_offer_is_refused_with_its_own_reason(shop: Shop, buyer: Buyer) -> None:
    shop.offers = [
        offer(scheme="upto"),
        offer(network="eip155:31337"),
        offer(asset=OTHER_PAYEE),
        offer(amount="9000000"),
        offer(amount="cheap"),
    ]
    with pytest.raises(PaymentRefused, match="Offer 4 asks for 'cheap'") as caught:
        buyer.draw()

    assert len(set(reasons(caught.value))) == len(caught.value.refused) == 4
    for _, why in caught.value.refused:
        assert why.reason in str(caught.value)


def test_t55_what_was_asked_for_stays_out_of_the_payment(shop: Shop, buyer: Buyer) -> None:
    buyer.draw("a portrait of Ada, 12 Some Street")

    sent = decode(shop.paid[0].headers["PAYMENT-SIGNATURE"])
    assert "Ada" not in str(sent)
    assert sent["resource"]["url"] == f"{ORIGIN}/api/draw"
    (attempt,) = buyer.ledger.attempts()
    assert "Ada" not in repr(attempt)


@pytest.mark.parametrize("named", [{}, {"max_price": "0.50"}])
def test_t59_a_server_that_asks_its_own_maximum_is_refused(
    shop: Shop, make_buyer: MakeBuyer, named: dict[str, str]
) -> None:
    shop.offers = [offer(amount="10000000")]
    buyer = make_buyer(policy=Policy(max_price="20", ceiling="20", payees=TRUSTED))

    with pytest.raises(PaymentRefused, match=r"\$10.00, more than the"):
        buyer.draw(**named)
    assert shop.paid == []


@given(amount=st.integers(0, 10**30), decimals=st.integers(0, 24))
def test_t61_atomic_units_become_dollars_and_back_exactly(amount: int, decimals: int) -> None:
    asset = Asset("test:1", "coin", "COIN", decimals)

    assert Fraction(asset.dollars(amount)) * 10**decimals == amount
    assert asset.dollars(amount + 1) > asset.dollars(amount)


@given(cap=st.decimals("0.000000000001", "1", places=12, allow_nan=False))
def test_t61_a_cap_is_exact_at_any_precision(cap: Decimal) -> None:
    asset = Asset("test:1", "coin", "COIN", 6)
    most = int(cap.scaleb(6))

    assert dollars(str(cap), "cap") == cap
    assert asset.dollars(most) <= dollars(str(cap), "cap") < asset.dollars(most + 1)


def test_t61_the_callers_decimal_context_rounds_no_money(shop: Shop, make_buyer: MakeBuyer) -> None:
    with localcontext() as context:
        context.prec, context.rounding = 2, ROUND_DOWN
        shop.offers = [offer(amount="245001")]
        buyer = make_buyer(policy=Policy(daily_budget="0.267", payees=TRUSTED))
        with pytest.raises(PaymentRefused, match=r"\$0.245001, more than the \$0.245"):
            buyer.draw()
        shop.offers = [offer(amount="133999")]
        shop.answers = [accepted("job-1"), accepted("job-2")]
        buyer.draw("one")
        with pytest.raises(PaymentRefused, match=r"\$0.133999 of it is spent"):
            buyer.draw("two")


@pytest.mark.parametrize("amount", ["134000000000", "134000.0", "0.134"])
def test_t61_an_amount_in_another_unit_is_not_paid(shop: Shop, buyer: Buyer, amount: str) -> None:
    shop.offers = [offer(amount=amount)]

    with pytest.raises((PaymentRefused, MalformedChallenge)):
        buyer.draw(max_price="0.99")
    assert shop.paid == []


@pytest.mark.parametrize("price", [None, PriceRange("0", "10.00")])
def test_t62_no_price_is_not_free(shop: Shop, buyer: Buyer, price: PriceRange | None) -> None:
    route: Route[Any, Any] = Route("POST", "/api/draw", access="paid", job=ROUTE.job, price=price)
    shop.offers = [offer(amount="1000001")]

    with pytest.raises((UnknownPrice, PaymentRefused)):
        buyer.draw(route=route)
    assert shop.paid == []


Drawing = Draw[Any, Any]


def test_t63_what_went_wrong_before_payment_is_told_apart(
    draw: Drawing, server: Server, ledger: SqliteLedger
) -> None:
    def asking(**content: Any) -> Any:
        header = {"PAYMENT-REQUIRED": encode({"x402Version": 2, **content})} if content else {}
        return lambda _: httpx.Response(402, json={}, headers=header)

    told: list[type[Exception]] = []
    for answer in (
        code(400),
        code(500),
        asking(),
        asking(accepts=[]),
        asking(accepts=[offer(scheme="upto")]),
    ):
        server.answers["/api/draw"] = [answer]
        with pytest.raises(Exception) as caught:  # noqa: PT011 - its type is what is asked
            draw(prompt="a cat")
        told.append(type(caught.value))

    assert told == [RequestRejected, ServerUnavailable, MalformedChallenge, PaymentRefused, PaymentRefused]
    assert ledger.attempts() == []


def test_t58_a_method_that_charges_before_the_work_is_not_ours_by_default(
    shop: Shop, make_buyer: MakeBuyer, studio: Studio
) -> None:
    """What a backend does not know to be safe is refused; x402's `exact` is paid beside it."""
    buyer = make_buyer()
    shop.offers = [offer(scheme="push"), offer()]

    quote = buyer.draw(quote_only=True).extensions["coinslot"]
    assert (quote.offer.scheme, [why.slug for _, why in quote.refused]) == ("exact", ["scheme"])


def test_t20_terms_of_an_unknown_outcome_say_when_it_ends(clock: Clock, tmp_path: Path) -> None:
    backend, shop = CoinBackend(), CoinShop(on_paid=_lost)
    with (
        coin_client(shop, backend, clock, tmp_path / "ledger.sqlite3") as client,
        pytest.raises(PaymentOutcomeUnknown) as caught,
    ):
        buy(client)
    assert caught.value.expires_at == 1_800_000_200
    assert caught.value.offer is not None
    assert caught.value.offer.payee == COIN_PAYEE


def _lost() -> None:
    message = "as told"
    raise httpx.ReadTimeout(message)
