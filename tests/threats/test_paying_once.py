"""Paying once: lost answers, repeated questions, rotated challenges, crashes, calls at the same time."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest

from coinslot import PriceRange, Route
from coinslot.backend import Surroundings
from coinslot.effects import Request
from coinslot.errors import ConflictingCall, PaymentOutcomeUnknown, PaymentRefused, PaymentRejected
from coinslot.ledger import SqliteLedger
from coinslot.policy import Policy
from coinslot.transport import CallTerms, PaymentTransport
from tests.base.chain import NODE, FakeChain
from tests.payments.conftest import (
    DEVELOPMENT_KEY,
    NOW,
    ORIGIN,
    PAYEE,
    ROUTE,
    Buyer,
    Clock,
    MakeBuyer,
    Shop,
    accepted,
    broken,
    decode,
    encode,
    offer,
    receipt,
    status,
)
from tests.proof.mortal import Forked
from tests.threats.coin import CoinBackend, CoinShop

TRUSTED = {ORIGIN: [PAYEE]}
PLAIN: Route[Any, Any] = Route("POST", "/api/draw", access="paid", price=PriceRange("0.13", "0.24"))


def test_t01_a_timeout_after_payment_carries_attempt_terms_and_expiry(shop: Shop, buyer: Buyer) -> None:
    shop.answers = [broken(httpx.ReadTimeout)] * 5

    with pytest.raises(PaymentOutcomeUnknown, match="Do not pay again") as caught:
        buyer.draw()

    (attempt,) = buyer.ledger.attempts()
    assert (caught.value.attempt_id, caught.value.expires_at) == (attempt.id, int(NOW) + 300)
    assert caught.value.offer == attempt.offer
    assert (
        attempt.nonce
        == decode(shop.paid[0].headers["PAYMENT-SIGNATURE"])["payload"]["authorization"]["nonce"]
    )
    assert (attempt.money, attempt.reserved) == ("unknown", attempt.price)


def test_t02_the_paid_leg_bears_more_silence_than_the_clients_own_timeout(shop: Shop, buyer: Buyer) -> None:
    slow: Route[Any, Any] = Route(
        "POST", "/api/draw", access="paid", price=PriceRange("0.13", "0.24"), typical_seconds=(90, 100)
    )
    shop.answers = [accepted("job-1"), accepted("job-2")]
    buyer.draw("one")
    buyer.draw("two", route=slow)

    quick, long = (request.extensions["timeout"] for request in shop.paid)
    assert buyer.client.timeout.read == 5
    assert (quick["read"], long["read"]) == (60, 200)
    assert quick["connect"] <= 10


def test_t05_a_fresh_challenge_is_answered_only_when_the_first_payment_is_proven_void(
    shop: Shop, clock: Clock, tmp_path: Path
) -> None:
    chain = FakeChain(final=0, genesis=int(NOW) - 1_000)

    def world(request: httpx.Request) -> httpx.Response:
        if str(request.url) != NODE:
            return shop(request)
        reply = chain(Request("POST", str(request.url), body=request.content))
        return httpx.Response(reply.status, content=reply.body)

    def again(_: httpx.Request) -> httpx.Response:
        rotated = {
            "x402Version": 2,
            "accepts": [offer(amount="135000", extra={**offer()["extra"], "x": "2"})],
        }
        return httpx.Response(402, json={}, headers={"PAYMENT-REQUIRED": encode(rotated)})

    transport = PaymentTransport(
        httpx.MockTransport(world),
        pay_with=["base"],
        ledger=SqliteLedger(tmp_path / "ledger.sqlite3", now=clock.now),
        environ={"COINSLOT_EVM_KEY": DEVELOPMENT_KEY, "COINSLOT_BASE_RPC": NODE},
        surroundings=Surroundings(now=clock.now, sleep=clock.sleep),
    )
    with httpx.Client(transport=transport) as client:
        call = {"json": {"prompt": "a cat"}, "extensions": {"coinslot": CallTerms(route=ROUTE)}}
        shop.answers = [again] * 4
        for _ in range(2):
            with pytest.raises(PaymentRejected):
                client.post(f"{ORIGIN}/api/draw", **call)  # type: ignore[arg-type]
        assert len(shop.credentials) == 1
        clock.time += 400
        with pytest.raises(PaymentOutcomeUnknown):
            client.post(f"{ORIGIN}/api/draw", **call)  # type: ignore[arg-type]

        chain.final = chain.block_at(int(clock.time))
        shop.answers = [accepted()]
        assert client.post(f"{ORIGIN}/api/draw", **call).status_code == 200  # type: ignore[arg-type]
        assert [attempt.money for attempt in transport.ledger.attempts()] == ["void", "settled"]
        assert len(shop.credentials) == 2


def test_t06_one_payment_has_one_identifier_however_often_it_is_sent(shop: Shop, buyer: Buyer) -> None:
    info = {"required": True, "x": 1}
    shop.challenge = {"extensions": {"payment-identifier": {"info": info, "schema": {"type": "object"}}}}
    shop.answers = [status(500), broken(httpx.ReadTimeout), accepted()]
    buyer.draw()

    (attempt,) = buyer.ledger.attempts()
    sent = [decode(request.headers["PAYMENT-SIGNATURE"])["extensions"] for request in shop.paid]
    assert (
        sent
        == [{"payment-identifier": {"info": {**info, "id": attempt.id}, "schema": {"type": "object"}}}] * 3
    )
    assert 16 <= len(attempt.id) <= 128
    assert len({request.content for request in shop.paid}) == 1


def test_t06_nothing_is_identified_where_nobody_asked(shop: Shop, buyer: Buyer) -> None:
    buyer.draw()

    assert "extensions" not in decode(shop.paid[0].headers["PAYMENT-SIGNATURE"])
    assert "Idempotency-Key" not in shop.paid[0].headers


def test_t07_a_conflict_is_answered_with_the_same_bytes(shop: Shop, buyer: Buyer) -> None:
    shop.answers = [status(409, headers={"Retry-After": "3"}), accepted()]
    buyer.draw()

    assert len({(request.content, tuple(request.headers.raw)) for request in shop.paid}) == 1
    assert buyer.clock.slept == [3]


def test_t09_a_crash_between_payment_and_job_is_shown_and_finished(
    shop: Shop, make_buyer: MakeBuyer, tmp_path: Path
) -> None:
    class Killed(BaseException):
        """As far as a process can be killed without ending it: nothing after it is recorded."""

    def die(_: httpx.Request) -> httpx.Response:
        raise Killed

    dead = make_buyer()
    crashing = dead.ledger.conclude
    dead.ledger.conclude = die  # type: ignore[method-assign,assignment]
    shop.answers = [accepted(), accepted()]
    with pytest.raises(BaseException):  # noqa: B017, PT011 - whatever a crash looks like
        dead.draw()
    dead.ledger.conclude = crashing  # type: ignore[method-assign]
    (left,) = dead.ledger.attempts()
    assert (left.money, left.delivery) == ("signed", "none")

    (recovered,) = make_buyer().client._transport.recover()  # type: ignore[attr-defined]
    assert (recovered.money, recovered.delivery, recovered.job_id) == ("settled", "accepted", "job-1")
    assert len(shop.credentials) == 1


@pytest.mark.parametrize(("budget", "allowed"), [("1.34", 10), ("1.339999", 9)])
def test_t36_ten_processes_together_do_not_overspend_by_one_unit(
    shop: Shop, tmp_path: Path, budget: str, allowed: int
) -> None:
    path = tmp_path / "ledger.sqlite3"
    SqliteLedger(path).attempts()

    def work(number: int) -> str:
        paid = 0
        transport = PaymentTransport(
            httpx.MockTransport(shop),
            pay_with=["base"],
            policy=Policy(daily_budget=budget, payees=TRUSTED),
            ledger=SqliteLedger(path),
            environ={"COINSLOT_EVM_KEY": DEVELOPMENT_KEY},
        )
        with httpx.Client(transport=transport) as client:
            for turn in range(2):
                shop.answers = [accepted(f"job-{number}-{turn}")]
                try:
                    client.post(
                        f"{ORIGIN}/api/draw",
                        json={"n": [number, turn]},
                        extensions={"coinslot": CallTerms(route=ROUTE)},
                    )
                except PaymentRefused as refusal:
                    assert refusal.slug == "budget"  # noqa: PT017 - only this, and not each time
                else:
                    paid += 1
        return str(paid)

    children = [Forked(partial(work, number)) for number in range(10)]
    ends = [child.end() for child in children]

    assert [status for status, _ in ends] == [0] * 10
    assert sum(int(paid) for _, paid in ends) == allowed
    attempts = SqliteLedger(path).attempts()
    assert [attempt.money for attempt in attempts] == ["settled"] * allowed


def test_t49_a_body_that_can_be_read_once_is_sent_whole_both_times(shop: Shop, buyer: Buyer) -> None:
    def once() -> Iterator[bytes]:
        yield b'{"prompt": '
        yield b'"a cat"}'

    buyer.client.post(f"{ORIGIN}/api/draw", content=once(), extensions={"coinslot": CallTerms(route=ROUTE)})

    assert {request.content for request in (*shop.asked, *shop.paid)} == {b'{"prompt": "a cat"}'}


@pytest.mark.parametrize("moment", ["the answer", "the wait before a resend"])
def test_t54_ctrl_c_while_a_payment_is_under_way_is_on_record_first(
    shop: Shop, buyer: Buyer, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    def press(*_: object) -> Any:
        raise KeyboardInterrupt

    if moment == "the answer":
        shop.answers = [press, accepted()]
    else:
        shop.answers = [status(503), accepted()]
        patient = buyer.clock.sleep
        object.__setattr__(buyer.client._transport._surroundings, "sleep", press)  # type: ignore[attr-defined]
    with pytest.raises(KeyboardInterrupt):
        buyer.draw()
    (attempt,) = buyer.ledger.attempts()
    assert (attempt.money, attempt.delivery) == ("unknown", "none")

    if moment != "the answer":
        object.__setattr__(buyer.client._transport._surroundings, "sleep", patient)  # type: ignore[attr-defined]
    assert buyer.draw().json()["jobId"] == "job-1"
    assert len(shop.credentials) == 1


def coin_client(shop: CoinShop, backend: CoinBackend, clock: Clock, path: Path) -> httpx.Client:
    transport = PaymentTransport(
        httpx.MockTransport(shop),
        pay_with=[backend],
        policy=Policy(payees={ORIGIN: "dynamic"}),
        ledger=SqliteLedger(path, now=clock.now),
        surroundings=Surroundings(now=clock.now, sleep=clock.sleep),
    )
    return httpx.Client(transport=transport)


def buy(client: httpx.Client, number: int = 0) -> httpx.Response:
    return client.post(
        f"{ORIGIN}/api/draw", json={"n": number}, extensions={"coinslot": CallTerms(route=PLAIN)}
    )


def test_t64_one_challenge_gets_one_credential_however_many_ask_at_once(clock: Clock, tmp_path: Path) -> None:
    backend, shop = CoinBackend(), CoinShop()
    failures: list[BaseException] = []
    with coin_client(shop, backend, clock, tmp_path / "ledger.sqlite3") as client:

        def second() -> None:
            try:
                buy(client)
            except PaymentRefused as refusal:
                failures.append(refusal)

        def meanwhile() -> None:
            shop.on_paid = lambda: None
            thread = threading.Thread(target=second)
            thread.start()
            thread.join()

        shop.on_paid = meanwhile
        assert buy(client).status_code == 200

    assert [getattr(failure, "slug", "") for failure in failures] == ["challenge-in-use"]
    assert len(backend.signed) == len(shop.paid) == 1


def test_t64_equal_challenges_are_paid_one_after_the_other(clock: Clock, tmp_path: Path) -> None:
    backend, shop = CoinBackend(), CoinShop()
    with coin_client(shop, backend, clock, tmp_path / "ledger.sqlite3") as client:
        assert [buy(client, number).status_code for number in range(2)] == [200, 200]
    assert len({request.headers["Authorization"] for request in shop.paid}) == 2


def test_t06_mpp_payments_carry_their_own_idempotency_key(clock: Clock, tmp_path: Path) -> None:
    backend, shop = CoinBackend(), CoinShop()
    with coin_client(shop, backend, clock, tmp_path / "ledger.sqlite3") as client:
        attempt = buy(client).extensions["coinslot"].attempt

    assert shop.paid[0].headers["Idempotency-Key"] == attempt.id


def test_t03_one_key_is_not_used_twice_at_the_same_time(shop: Shop, make_buyer: MakeBuyer) -> None:
    buyer = make_buyer()
    failures: list[BaseException] = []

    def meanwhile(request: httpx.Request) -> httpx.Response:
        try:
            buyer.draw(idempotency_key="order-7")
        except ConflictingCall as conflict:
            failures.append(conflict)
        return accepted(settled=receipt())(request)

    shop.answers = [meanwhile]
    buyer.draw(idempotency_key="order-7")

    assert len(failures) == len(shop.paid) == 1
