"""A lost answer's job is found in the payer's own list, by likeness, and never guessed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from coinslot.errors import PaymentOutcomeUnknown
from coinslot.policy import Policy

from .conftest import (
    DEVELOPMENT_KEY,
    NOW,
    ORIGIN,
    ROUTE,
    Buyer,
    MakeBuyer,
    Shop,
    accepted,
    broken,
    encode,
    receipt,
    status,
    transaction_of,
)

assert ROUTE.job is not None
OTHER_KEY = "test:0x59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d"
STYLE = replace(ROUTE.job, list_path="/api/jobs", cursor="nextCursor")
LISTED = replace(ROUTE, path="/api/painter/draw", job=STYLE)


def job(job_id: str = "job-9", *, at: float = NOW + 1, **changes: Any) -> dict[str, Any]:
    made = {
        "id": job_id,
        "type": "painter",
        "status": "loading",
        "input": {"prompt": "a cat", "size": "1K"},
        "createdAt": datetime.fromtimestamp(at, UTC).isoformat(),
    }
    return {**made, **changes}


def listing(*jobs: dict[str, Any], size: int = 2) -> Any:
    """Answer questions for the list in pages."""

    def answer(request: httpx.Request) -> httpx.Response:
        start = int(request.url.params.get("cursor", 0))
        following = str(start + size) if start + size < len(jobs) else None
        return httpx.Response(200, json={"items": jobs[start : start + size], "nextCursor": following})

    return answer


def lose(shop: Shop, times: int = 5) -> None:
    shop.answers = [broken(httpx.ReadTimeout)] * times


def test_t08_the_job_of_a_lost_answer_is_found(shop: Shop, buyer: Buyer) -> None:
    lose(shop)
    shop.look = listing(job())

    assert buyer.draw(route=LISTED).json()["jobId"] == "job-9"
    (attempt,) = buyer.ledger.attempts()
    assert (attempt.money, attempt.delivery, attempt.matched) == ("unknown", "accepted", True)
    assert len(shop.paid) == 1
    signed = {request.headers["SIGN-IN-WITH-X"] for request in shop.looked}
    assert len(signed) == len(shop.looked)


def test_a_job_on_a_later_page_is_found(shop: Shop, buyer: Buyer) -> None:
    lose(shop)
    others = [job(f"other-{number}", input={"prompt": "a dog"}, at=NOW + 9 - number) for number in range(5)]
    shop.look = listing(*others, job())

    assert buyer.draw(route=LISTED).json()["jobId"] == "job-9"


@pytest.mark.parametrize("size", [1, 2, 3])
def test_a_list_whose_oldest_come_first_is_read_to_its_end(shop: Shop, buyer: Buyer, size: int) -> None:
    lose(shop)
    others = [job(f"other-{number}", at=NOW - 9_000 + number) for number in range(5)]
    shop.look = listing(*others, job(), size=size)

    assert buyer.draw(route=LISTED).json()["jobId"] == "job-9"


def test_a_list_whose_newest_come_first_is_read_back_to_the_signing(shop: Shop, buyer: Buyer) -> None:
    lose(shop)
    old = [job(f"other-{number}", at=NOW - 9_000 - number) for number in range(50)]
    shop.look = listing(job(), *old)

    assert buyer.draw(route=LISTED).json()["jobId"] == "job-9"
    assert not [asked for asked in shop.looked if "cursor" in asked.url.params]


def test_the_open_call_of_another_wallet_is_not_in_this_ones_list(shop: Shop, make_buyer: MakeBuyer) -> None:
    shop.look, anyone = listing(), Policy(payees={ORIGIN: "dynamic"})
    for key in (OTHER_KEY, DEVELOPMENT_KEY):
        lose(shop)
        with pytest.raises(PaymentOutcomeUnknown):
            make_buyer(key, policy=anyone).draw(route=LISTED)
    lose(shop)
    shop.look = listing(job())

    assert make_buyer(policy=anyone).draw(route=LISTED).json()["jobId"] == "job-9"


def test_a_list_that_ignores_its_cursor_ends(shop: Shop, buyer: Buyer) -> None:
    lose(shop)
    shop.look = lambda _: httpx.Response(
        200, json={"items": [job("x", type="other")], "nextCursor": datetime.now(UTC).isoformat()}
    )
    with pytest.raises(PaymentOutcomeUnknown):
        buyer.draw(route=LISTED)


@pytest.mark.parametrize(
    "unlike",
    [
        {"type": "painter-pro"},
        {"type": "other"},
        {"type": ""},
        {"input": {"prompt": "a dog"}},
        {"input": {}},
        {"input": None},
        {"createdAt": datetime.fromtimestamp(NOW - 301, UTC).isoformat()},
        {"createdAt": "yesterday"},
    ],
    ids=str,
)
def test_an_unlike_job_is_not_taken(shop: Shop, buyer: Buyer, unlike: dict[str, Any]) -> None:
    lose(shop)
    shop.look = listing(job(**unlike))

    with pytest.raises(PaymentOutcomeUnknown):
        buyer.draw(route=LISTED)


@pytest.mark.parametrize("kind", ["painter", "Painter", "painter-draw", "painter-image", "painter_draw"])
def test_the_kinds_of_work_that_servers_write(shop: Shop, buyer: Buyer, kind: str) -> None:
    lose(shop)
    shop.look = listing(job(type=kind))

    assert buyer.draw(route=LISTED).status_code == 200


def test_two_likely_jobs_are_left_alone(shop: Shop, buyer: Buyer) -> None:
    lose(shop)
    shop.look = listing(job("job-8"), job("job-9"))

    with pytest.raises(PaymentOutcomeUnknown):
        buyer.draw(route=LISTED)
    (attempt,) = buyer.ledger.attempts()
    assert attempt.job_id is None


def cut(request: httpx.Request) -> httpx.Response:
    """Answer with a receipt of the payment, and break off in the body."""

    class Cut(httpx.SyncByteStream):
        def __iter__(self) -> Any:
            yield b'{"success": tr'
            raise httpx.RemoteProtocolError("cut")

    told = {"PAYMENT-RESPONSE": encode(receipt(transaction=f"0x{transaction_of(request)}"))}
    return httpx.Response(200, headers=told, stream=Cut())


def test_a_request_that_came_twice_made_two_jobs_and_one_is_brought_home(shop: Shop, buyer: Buyer) -> None:
    """Whatever stood between sent it twice, and a server that works before it settles did so for both."""
    shop.answers = [cut]
    shop.look = listing(job("job-8", error="it was not paid for"), job("job-9"), size=5)

    assert buyer.draw(route=LISTED).json()["jobId"] == "job-9"
    (attempt,) = buyer.ledger.attempts()
    assert (attempt.money, attempt.delivery, attempt.matched) == ("settled", "accepted", True)


def test_equal_calls_whose_requests_came_twice_get_a_job_each(shop: Shop, make_buyer: MakeBuyer) -> None:
    shop.answers = [cut, cut]
    shop.look = listing()
    one, other = make_buyer(), make_buyer()
    with pytest.raises(PaymentOutcomeUnknown):
        one.draw(route=LISTED, idempotency_key="one")
    with pytest.raises(PaymentOutcomeUnknown):
        other.draw(route=LISTED, idempotency_key="other")
    lose(shop, 10)
    shop.look = listing(job("job-7"), job("job-8"), job("job-9"), size=5)

    found = [
        buyer.draw(route=LISTED, idempotency_key=key).json()["jobId"]
        for buyer, key in ((one, "one"), (other, "other"))
    ]

    assert len(set(found)) == 2
    assert len(shop.credentials) == 2


def test_spare_jobs_are_left_alone_while_a_payment_may_still_have_made_them(
    shop: Shop, make_buyer: MakeBuyer
) -> None:
    shop.answers = [cut]
    shop.look = listing()
    with pytest.raises(PaymentOutcomeUnknown):
        make_buyer().draw(route=LISTED, idempotency_key="settled")
    lose(shop, 10)
    with pytest.raises(PaymentOutcomeUnknown):
        make_buyer().draw(route=LISTED, idempotency_key="unknown")
    lose(shop, 10)
    shop.look = listing(job("job-7"), job("job-8"), job("job-9"), size=5)

    with pytest.raises(PaymentOutcomeUnknown):
        make_buyer().draw(route=LISTED, idempotency_key="settled")


def test_a_job_that_belongs_to_another_attempt_is_not_a_candidate(shop: Shop, buyer: Buyer) -> None:
    shop.look = listing(job("job-8"), job("job-9"))
    shop.answers = [accepted("job-8"), *[broken(httpx.ReadTimeout)] * 5]
    buyer.draw(route=LISTED)

    assert buyer.draw(route=LISTED).json()["jobId"] == "job-9"


def test_t11_a_cut_answer_keeps_its_payment_and_finds_its_job(shop: Shop, buyer: Buyer) -> None:
    shop.answers = [cut]
    shop.look = listing(job())

    assert buyer.draw(route=LISTED).json()["jobId"] == "job-9"
    (attempt,) = buyer.ledger.attempts()
    assert (attempt.money, attempt.matched) == ("settled", True)


def test_a_resumed_call_finds_its_job(shop: Shop, make_buyer: MakeBuyer) -> None:
    lose(shop)
    shop.look = status(503)
    with pytest.raises(PaymentOutcomeUnknown):
        make_buyer().draw(route=LISTED)
    lose(shop)
    shop.look = listing(job())

    assert make_buyer().draw(route=LISTED).json()["jobId"] == "job-9"
    assert len(shop.credentials) == 1


def test_the_answer_of_another_call_is_not_taken_for_this_ones(shop: Shop, buyer: Buyer) -> None:
    """A machine between has kept the answer to an earlier payment, and gives it once more."""
    own = accepted("job-2", settled=receipt(transaction="0x" + "cd" * 32))
    kept = accepted("job-1", settled=receipt())
    shop.answers = [kept, kept, own]
    assert buyer.draw("a cat").json()["jobId"] == "job-1"

    assert buyer.draw("a dog").json()["jobId"] == "job-2"
    assert [(attempt.money, attempt.job_id) for attempt in buyer.ledger.attempts()] == [
        ("settled", "job-1"),
        ("settled", "job-2"),
    ]
    assert len(shop.credentials) == 2


def test_a_call_that_only_gets_the_answers_of_another_is_not_known(shop: Shop, buyer: Buyer) -> None:
    shop.answers = [accepted("job-1", settled=receipt())] * 6
    buyer.draw("a cat")
    with pytest.raises(PaymentOutcomeUnknown, match="another attempt"):
        buyer.draw("a dog")

    attempt = buyer.ledger.attempts()[1]
    assert (attempt.money, attempt.delivery, attempt.transaction) == ("unknown", "none", None)


def test_a_transaction_that_paid_for_another_call_proves_nothing_of_this_one(
    shop: Shop, buyer: Buyer
) -> None:
    shop.answers = [accepted("job-1", settled=receipt()), accepted("job-2", settled=receipt())]
    buyer.draw("a cat")
    assert buyer.draw("a dog").json()["jobId"] == "job-2"

    attempt = buyer.ledger.attempts()[1]
    assert (attempt.money, attempt.delivery, attempt.settled_by) == ("unknown", "accepted", None)
    assert "paid for another attempt" in str(attempt.note)


@pytest.mark.parametrize("own", [True, False], ids=["own-comes-next", "own-never-comes"])
def test_the_answer_of_a_call_whose_job_was_found_in_the_list_is_not_taken_for_anothers(
    shop: Shop,
    buyer: Buyer,
    own: bool,  # noqa: FBT001 - a column
) -> None:
    """Which transaction paid for that job was never told: its answer tells it, and comes to another call."""
    lose(shop)
    shop.look = listing(job())
    assert buyer.draw("a cat", route=LISTED).json()["jobId"] == "job-9"
    strayed = accepted("job-9", settled=receipt())
    shop.answers = [strayed, accepted("job-2")] if own else [strayed] * 6

    if own:
        assert buyer.draw("a dog", route=LISTED).json()["jobId"] == "job-2"
    else:
        with pytest.raises(PaymentOutcomeUnknown, match="another attempt"):
            buyer.draw("a dog", route=LISTED)

    cat, dog = buyer.ledger.attempts()
    assert (cat.money, cat.job_id) == ("unknown", "job-9")
    expected = ("settled", "accepted", "job-2") if own else ("unknown", "none", None)
    assert (dog.money, dog.delivery, dog.job_id) == expected
