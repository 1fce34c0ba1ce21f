"""After a crash: what was sent is finished, what was paid is found, and nothing new is signed."""

from __future__ import annotations

import httpx
import pytest

from coinslot.errors import PaymentOutcomeUnknown
from coinslot.transport import PaymentTransport

from .conftest import Buyer, MakeBuyer, Shop, accepted, broken, status
from .test_matching import LISTED, job, listing, lose


def recover(buyer: Buyer) -> list[tuple[str, str, str | None]]:
    transport = buyer.client._transport
    assert isinstance(transport, PaymentTransport)
    return [(attempt.money, attempt.delivery, attempt.job_id) for attempt in transport.recover()]


def test_t09_sent_and_not_answered_is_sent_again(shop: Shop, make_buyer: MakeBuyer) -> None:
    lose(shop)
    with pytest.raises(PaymentOutcomeUnknown):
        make_buyer().draw()
    shop.answers = [accepted()]

    assert recover(make_buyer()) == [("settled", "accepted", "job-1")]
    assert len(shop.credentials) == 1


def test_paid_and_expired_is_found_in_the_list(shop: Shop, make_buyer: MakeBuyer) -> None:
    lose(shop)
    shop.look = status(503)
    with pytest.raises(PaymentOutcomeUnknown):
        make_buyer().draw(route=LISTED)
    buyer = make_buyer()
    buyer.clock.time += 1000
    shop.look = listing(job())

    assert recover(buyer) == [("unknown", "accepted", "job-9")]
    assert len(shop.paid) == 5


def test_a_job_that_was_not_waited_for_is_named(shop: Shop, make_buyer: MakeBuyer) -> None:
    make_buyer().draw()

    assert recover(make_buyer()) == [("settled", "accepted", "job-1")]


def test_what_is_at_its_end_is_left_alone(shop: Shop, make_buyer: MakeBuyer) -> None:
    buyer = make_buyer()
    buyer.draw()
    (attempt,) = buyer.ledger.attempts()
    for step in ("finished", "saved"):
        buyer.ledger.deliver(attempt.id, step)

    assert recover(buyer) == []


def test_what_nobody_can_tell_stays_unknown(shop: Shop, make_buyer: MakeBuyer) -> None:
    shop.answers = [broken(httpx.ReadTimeout)] * 10
    with pytest.raises(PaymentOutcomeUnknown):
        make_buyer().draw()

    assert recover(make_buyer()) == [("unknown", "none", None)]
    assert len(shop.credentials) == 1
