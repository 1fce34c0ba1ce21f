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


def test_an_erased_credential_is_not_sent_where_the_clock_is_set_back(
    shop: Shop, make_buyer: MakeBuyer
) -> None:
    lose(shop)
    shop.look = listing()
    with pytest.raises(PaymentOutcomeUnknown):
        make_buyer().draw(route=LISTED)
    buyer = make_buyer()
    for seconds in (10_000, -10_000):
        buyer.clock.time += seconds
        assert recover(buyer) == [("unknown", "none", None)]

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


OWN = {"Authorization": "Bearer not-for-the-disk", "X-Api-Key": "nor-this-one", "traceparent": "00-ab-cd-01"}


def test_the_callers_own_fields_are_not_on_record(shop: Shop, make_buyer: MakeBuyer) -> None:
    lose(shop)
    buyer = make_buyer()
    buyer.client.headers.update(OWN)
    with pytest.raises(PaymentOutcomeUnknown):
        buyer.draw()

    assert {request.headers["Authorization"] for request in shop.paid} == {OWN["Authorization"]}
    on_disk = b"".join(path.read_bytes() for path in buyer.ledger.path.parent.glob("ledger*"))
    assert b"authorization" in on_disk
    assert b"application/json" in on_disk
    for value in OWN.values():
        assert value.encode() not in on_disk


def test_the_same_call_sends_the_same_request_with_what_it_has_itself(
    shop: Shop, make_buyer: MakeBuyer
) -> None:
    lose(shop)
    first, again = make_buyer(), make_buyer()
    first.client.headers.update(OWN)
    again.client.headers.update(OWN)
    with pytest.raises(PaymentOutcomeUnknown):
        first.draw()
    shop.answers = [accepted()]

    assert again.draw().json()["jobId"] == "job-1"
    before, after = (dict(shop.paid[number].headers) for number in (0, -1))
    for of_one_sending in ("traceparent", "connection"):
        assert before.pop(of_one_sending)
    assert (before, shop.paid[0].content) == (after, shop.paid[-1].content)


def test_recovery_sends_no_request_that_lacks_a_field(shop: Shop, make_buyer: MakeBuyer) -> None:
    lose(shop)
    buyer = make_buyer()
    buyer.client.headers.update(OWN)
    with pytest.raises(PaymentOutcomeUnknown):
        buyer.draw()
    sent = len(shop.paid)

    assert recover(make_buyer()) == [("unknown", "none", None)]
    assert len(shop.paid) == sent
    note = buyer.ledger.attempts()[0].note or ""
    assert "authorization, x-api-key, which only its caller has" in note
    # Nor does a call that has other fields than the first.
    with pytest.raises(PaymentOutcomeUnknown):
        make_buyer().draw()
    assert len(shop.paid) == sent
