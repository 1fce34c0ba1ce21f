"""How much may be paid, and to whom: caps, ceilings, budgets and payees."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from coinslot import AsyncPaymentTransport, PaymentTransport
from coinslot.errors import (
    ConfigurationError,
    PaymentOutcomeUnknown,
    PaymentRefused,
    PaymentRejected,
    UnknownPrice,
)
from coinslot.policy import Policy
from coinslot.route import PricePerSecond, Route

from .conftest import (
    ORIGIN,
    OTHER_PAYEE,
    PAYEE,
    ROUTE,
    Buyer,
    MakeBuyer,
    Shop,
    accepted,
    broken,
    offer,
    status,
)

TRUSTED = {ORIGIN: [PAYEE]}


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
